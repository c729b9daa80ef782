"""Join the rows of many incident files into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from hotspots.base.errors import DataError
from hotspots.base.limits import allowed, raising
from hotspots.base.threads import thread_count
from hotspots.incidents.cells import Hashes, dictionary
from hotspots.incidents.clock import without_false_midnights
from hotspots.incidents.columns import ColumnNames, kept_role
from hotspots.incidents.files import MOST_FORCES, IncidentFile
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.quality import SourceReport
from hotspots.incidents.repeats import without_copies
from hotspots.incidents.sources import Source

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of all files, in order, one array a column.

    Attributes
    ----------
    files : tuple of IncidentFile
        The files, read.
    copies : tuple of str
        The files that were left out, as another has the same bytes, in words.
    file : ndarray of int64
        The file that each row is from.
    row : ndarray of int64
        The row's number over all files.
    x, y : ndarray of float64
        As in the files.
    second : ndarray of bool
        Whether they are of the second pair of columns, longitude and latitude.
    category : Categorical
        In alphabetical order; NA = none.
    month : ndarray of int64
        Ordinals of monthly periods; the smallest integer = none.
    date : ndarray of datetime64[s] or None
        None where no file has full dates.
    lsoa_code : Categorical or None
        None where no file has the column.
    crime_id : ndarray of uint64
        0 = none.
    weight : ndarray of float64
        At least 0.
    kept : dict of str to Categorical
        Columns that are kept as they are, by what the caller calls them.
    times : dict of str to ndarray
        When each row was, as `hotspots.incidents.clock.tell_times` tells it; empty where no times are read.
    """

    files: tuple[IncidentFile, ...]
    copies: tuple[str, ...]
    file: Integers
    row: Integers
    x: Floats
    y: Floats
    second: npt.NDArray[np.bool_]
    category: pd.Categorical
    month: Integers
    date: npt.NDArray[np.datetime64] | None
    lsoa_code: pd.Categorical | None
    crime_id: Hashes
    weight: Floats
    kept: dict[str, pd.Categorical]
    times: dict[str, npt.NDArray[Any]]


def read_rows(sources: Sequence[Source], named: ColumnNames) -> Rows:
    """Read the sources side by side and join them in their order.

    Raises
    ------
    FileError, DataError
        When one of them cannot be read, or there are no rows at all.
    """
    opened, copies = without_copies(open_incidents(sources, named))
    with ThreadPoolExecutor(max_workers=thread_count()) as pool:
        taken = [0] * len(opened)
        read = list(pool.map(_read, opened, range(len(opened)), repeat(taken)))
    files = tuple(opened)
    refuse_no_rows(files)
    lengths = [table.num_rows for table in read]
    starts = np.cumsum([0, *(file.found.rows for file in files)])[:-1]
    joined = pa.concat_tables(read)
    date = joined.column("date").to_numpy().astype("datetime64[s]")
    coded = any(file.columns.lsoa_code for file in files)
    number = np.repeat(np.arange(len(files)), lengths)
    told = (
        {name: joined.column(name).to_numpy() for name in ("start", "end", "timing", "written")}
        if named.clock
        else {}
    )
    return Rows(
        files=files,
        copies=copies,
        file=number,
        row=joined.column("row").to_numpy() + np.repeat(starts, lengths),
        x=joined.column("x").to_numpy(),
        y=joined.column("y").to_numpy(),
        second=joined.column("second").to_numpy(),
        category=_categorical(joined.column("category")),
        month=joined.column("month").to_numpy(),
        date=None if np.isnat(date).all() else date,
        lsoa_code=_categorical(joined.column("lsoa_code")) if coded else None,
        crime_id=joined.column("crime_id").to_numpy(),
        weight=joined.column("weight").to_numpy(),
        kept={name: _categorical(joined.column(kept_role(name))) for name in named.keep},
        times=without_false_midnights(told, named.clock.time_zone, number) if named.clock else {},
    )


def _read(file: IncidentFile, place: int, taken: list[int]) -> pa.Table:
    """Read a file, noting its rows at its place, as long as all files have no more than memory is to hold."""
    most, batches = allowed("rows"), []
    for batch in file.iter_tables():
        batches.append(batch)
        taken[place] += batch.num_rows
        if sum(taken) > most:
            raise DataError(
                f"there are more than {most:,} rows, and what is asked for holds all of them in memory",
                hint=f"give fewer files at a time; {raising('rows', 10 * most)}",
            )
    return pa.concat_tables(batches) if batches else file.empty_table()


def refuse_no_rows(files: Sequence[IncidentFile]) -> None:
    """Refuse files that were read and have not one good row among them."""
    if any(file.found.rows > file.found.malformed for file in files):
        return
    names = f"'{files[0].source.name}' has" if len(files) == 1 else f"the {len(files):,} files have"
    examples = [example for file in files for example in file.found.examples]
    hint = f"mend the rows, such as {examples[0]}" if examples else "download or export the file again"
    raise DataError(f"{names} no row that can be read", hint=hint)


def _categorical(column: Any) -> pd.Categorical:
    texts, codes = dictionary(column)
    # A text may be left over from malformed rows alone, and is then no category.
    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(texts)))
    order = sorted((place for place in used.tolist() if texts[place] is not None), key=texts.__getitem__)
    rank = np.full(len(texts) + 1, -1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    categories = pd.Index([texts[position] for position in order], dtype="str")
    return pd.Categorical.from_codes(rank[codes], categories=categories)


def account_of(files: Sequence[IncidentFile]) -> dict[str, Any]:
    """Return the fields of a `QualityReport` that the files tell, once they have been read."""
    found = [file.found for file in files]
    counters = {
        "no_ids": [one.no_ids for one in found],
        "unread_months": [one.unread for one in found],
        "day_numbers": [one.day_numbers for one in found],
    }
    totals = {name: sum(counter.total() for counter in held) for name, held in counters.items()}
    met = {name: [text for counter in held for text in counter if text] for name, held in counters.items()}
    return {
        "sources": tuple(_source_report(file) for file in files),
        "rows_read": sum(one.rows for one in found),
        "malformed": sum(one.malformed for one in found),
        "examples": tuple(example for one in found for example in one.examples)[:5],
        "mended": tuple(f"{file.source.name}, row {line + 1:,}" for file in files for line in file.mended)[
            :5
        ],
        "notes": {name: texts[0][:60] for name, texts in met.items() if texts},
        **totals,
    }


def _source_report(file: IncidentFile) -> SourceReport:
    return SourceReport(
        name=file.source.name,
        sha256=file.sha256,
        rows=file.found.rows,
        malformed=file.found.malformed,
        reasons=dict(sorted(file.found.reasons.items())),
        encoding=file.encoding,
        has_ids=file.columns.crime_id is not None,
        forces=_forces(file.found.forces),
    )


def _forces(found: Mapping[str, set[int]]) -> dict[str, tuple[str, ...]]:
    """Return the months of each force as texts, both sorted; none where there are more names than forces."""
    if len(found) > MOST_FORCES:
        return {}
    return {
        name: tuple(str(pd.Period(ordinal=month, freq="M")) for month in sorted(months))
        for name, months in sorted(found.items())
    }
