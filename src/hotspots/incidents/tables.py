"""Join the rows of many incident files into arrays, and place them in one reference system."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS

from hotspots.base.crs import (
    BRITISH_NATIONAL_GRID,
    WGS84,
    announce_transformation,
    crs_label,
    parse_crs,
    transform_xy,
)
from hotspots.base.errors import CRSError, DataError, HotspotsWarning
from hotspots.incidents.columns import ColumnNames, month_numbers
from hotspots.incidents.files import IncidentFile, open_incidents
from hotspots.incidents.quality import SourceReport
from hotspots.incidents.sources import Source

_LOG = logging.getLogger(__name__)
_STREET = re.compile(r"\d{4}-\d{2}-.+-street\.csv", re.IGNORECASE)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """The rows of all files, in order, one array a column.

    Attributes
    ----------
    files : tuple of IncidentFile
        The files, read.
    file : ndarray of int64
        The file that each row is from.
    row : ndarray of int64
        The row's number over all files.
    x, y : ndarray of float64
        As in the files.
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
    """

    files: tuple[IncidentFile, ...]
    file: Integers
    row: Integers
    x: Floats
    y: Floats
    category: pd.Categorical
    month: Integers
    date: npt.NDArray[np.datetime64] | None
    lsoa_code: pd.Categorical | None
    crime_id: npt.NDArray[np.uint64]
    weight: Floats


@dataclass(frozen=True)
class Places:
    """Where the rows are, in one reference system; each distinct coordinate was projected once.

    Attributes
    ----------
    x, y : ndarray of float64, shape (rows,)
        NaN = without coordinates.
    number : ndarray of int64, shape (rows,)
        Which distinct coordinate a row has; -1 = none.
    distinct_x, distinct_y : ndarray of float64
        The distinct coordinates.
    out_of_range : int
        Rows whose coordinates cannot be, and were set aside.
    transformation : str or None
        How the coordinates were projected.
    """

    x: Floats
    y: Floats
    number: Integers
    distinct_x: Floats
    distinct_y: Floats
    out_of_range: int
    transformation: str | None


def read_rows(sources: Sequence[Source], named: ColumnNames) -> Rows:
    """Read the sources side by side and join them in their order.

    Raises
    ------
    FileError, DataError
        When one of them cannot be read, the same month of a force is given twice, or there are no rows at
        all.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        read = list(pool.map(lambda source: _read(source, named), sources))
    files = tuple(file for file, _ in read)
    refuse_repeats([file for file in files if file.rows])
    refuse_no_rows(files)
    lengths = [table.num_rows for _, table in read]
    starts = np.cumsum([0, *(file.rows for file in files)])[:-1]
    joined = pa.concat_tables([table for _, table in read])
    month, date = _months(joined.column("month"))
    return Rows(
        files=files,
        file=np.repeat(np.arange(len(files)), lengths),
        row=joined.column("row").to_numpy() + np.repeat(starts, lengths),
        x=joined.column("x").to_numpy(),
        y=joined.column("y").to_numpy(),
        category=_categorical(joined.column("category")),
        month=month,
        date=date,
        lsoa_code=_categorical(joined.column("lsoa_code"))
        if any(f.columns.lsoa_code for f in files)
        else None,
        crime_id=joined.column("crime_id").to_numpy(),
        weight=joined.column("weight").to_numpy(),
    )


def _read(source: Source, named: ColumnNames) -> tuple[IncidentFile, pa.Table]:
    file = open_incidents(source, named)
    batches = list(file.iter_tables())
    return file, pa.concat_tables(batches) if batches else file.empty_table()


def refuse_no_rows(files: Sequence[IncidentFile]) -> None:
    """Refuse files that were read and have not one good row among them."""
    if any(file.rows > file.malformed for file in files):
        return
    names = f"'{files[0].source.name}' has" if len(files) == 1 else f"the {len(files):,} files have"
    examples = [example for file in files for example in file.examples]
    hint = f"mend the rows, such as {examples[0]}" if examples else "download or export the file again"
    raise DataError(f"{names} no row that can be read", hint=hint)


def refuse_repeats(files: Sequence[IncidentFile]) -> None:
    """Refuse the same file twice: incidents without a Crime ID would count twice, and nothing could tell."""
    by_hash: dict[str, str] = {}
    by_month: dict[str, str] = {}
    for file in files:
        name = file.source.name
        if file.sha256 in by_hash:
            raise DataError(
                f"'{by_hash[file.sha256]}' and '{name}' have the same contents", hint="give each file once"
            )
        by_hash[file.sha256] = name
        base = PurePosixPath(name).name.casefold()
        if not _STREET.fullmatch(base):
            continue
        if base in by_month:
            raise DataError(
                f"'{by_month[base]}' and '{name}' are the same month of the same force",
                hint="give each month once, or incidents without a Crime ID count twice",
            )
        by_month[base] = name


def _codes(column: Any) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return the distinct texts of a dictionary column and each row's position among them; -1 for null."""
    joined = column.unify_dictionaries().combine_chunks()
    single = joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
    return single.dictionary.to_pylist(), pc.fill_null(single.indices, -1).to_numpy(zero_copy_only=False)


def _categorical(column: Any) -> pd.Categorical:
    texts, codes = _codes(column)
    # A text may be left over from malformed rows alone, and is then no category.
    used = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(texts)))
    order = sorted(used.tolist(), key=texts.__getitem__)
    rank = np.full(len(texts) + 1, -1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    categories = pd.Index([texts[position] for position in order], dtype="str")
    return pd.Categorical.from_codes(rank[codes], categories=categories)


def _months(column: Any) -> tuple[Integers, npt.NDArray[np.datetime64] | None]:
    texts, codes = _codes(column)
    # One more entry, for rows whose code is -1.
    months, days = month_numbers([*texts, ""])
    return months[codes], None if np.isnat(days).all() else days[codes].astype("datetime64[s]")


def place_rows(rows: Rows, *, source_crs: Any, crs: CRS) -> Places:
    """Project the rows' coordinates to `crs`; blank ones, and 0 and 0, are none.

    Raises
    ------
    CRSError
        When a file's reference system is not known, or its coordinates contradict it.
    """
    held = [_file_crs(file, rows, number, source_crs) for number, file in enumerate(rows.files)]
    place = np.full(len(rows.x), -1, dtype=np.int64)
    distinct: list[tuple[Floats, Floats]] = []
    out_of_range, start, how = 0, 0, []
    for name in dict.fromkeys(held):
        files = [number for number, other in enumerate(held) if other == name]
        mine = slice(None) if len(files) == len(held) else np.flatnonzero(np.isin(rows.file, files))
        number, east, north = _distinct(rows.x[mine], rows.y[mine])
        source = parse_crs(name)
        if source != crs:
            how.append(
                f"from {crs_label(source)}: {announce_transformation(source, crs, what='incidents', aloud=False)}"
            )
        moved = transform_xy(east, north, source=source, target=crs)
        beyond = _impossible(east, north, source) | np.isnan(moved[0])
        # Number -1, no coordinates, takes the last entry.
        set_aside = np.append(beyond, False)[number]
        if beyond.any():
            _warn_out_of_range(int(np.count_nonzero(set_aside)), east[beyond][0], north[beyond][0], source)
            out_of_range += int(np.count_nonzero(set_aside))
        place[mine] = np.where((number < 0) | set_aside, -1, number + start)
        distinct.append(moved)
        start += len(east)
    distinct_x = np.concatenate([x for x, _ in distinct])
    distinct_y = np.concatenate([y for _, y in distinct])
    x, y = np.append(distinct_x, np.nan)[place], np.append(distinct_y, np.nan)[place]
    for line in how:
        _LOG.info("Coordinates projected %s", line)
    return Places(x, y, place, distinct_x, distinct_y, out_of_range, "; ".join(how) or None)


def _distinct(x: Floats, y: Floats) -> tuple[Integers, Floats, Floats]:
    """Return each row's number among the distinct coordinates, and those; -1 = none, as are 0 and 0."""
    code_x, values_x = pd.factorize(x)
    code_y, values_y = pd.factorize(y)
    none = (code_x < 0) | (code_y < 0) | ((x == 0) & (y == 0))
    packed = code_x.astype(np.int64) * max(len(values_y), 1) + code_y
    packed[none] = -1
    number, pairs = pd.factorize(packed[~none])
    numbers = np.full(len(x), -1, dtype=np.int64)
    numbers[~none] = number
    return numbers, values_x[pairs // max(len(values_y), 1)], values_y[pairs % max(len(values_y), 1)]


def _file_crs(file: IncidentFile, rows: Rows, number: int, source_crs: Any) -> str:
    """Return the reference system of one file's coordinates as WKT, after a look at whether they agree."""
    mine = slice(*np.searchsorted(rows.file, [number, number + 1]))
    x, y = rows.x[mine], rows.y[mine]
    known = ~(np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0)))
    x, y = x[known], y[known]
    degrees = bool(np.count_nonzero((np.abs(x) <= 180) & (np.abs(y) <= 90)) * 2 > len(x))
    crs = _stated_crs(file, source_crs, degrees)
    if len(x):
        _refuse_contradiction(file, crs, degrees, x, y)
    return str(crs.to_wkt())


def _stated_crs(file: IncidentFile, source_crs: Any, degrees: bool) -> CRS:
    if source_crs is not None:
        return parse_crs(source_crs)
    if not file.columns.x:
        if file.crs is None:
            raise CRSError(
                f"'{file.source.name}' states no coordinate reference system",
                hint=f"name it with 'source_crs', for example '{BRITISH_NATIONAL_GRID}'",
            )
        return parse_crs(file.crs)
    if file.columns.kind != "unknown":
        return parse_crs(WGS84 if file.columns.kind == "degrees" else BRITISH_NATIONAL_GRID)
    guess = WGS84 if degrees else BRITISH_NATIONAL_GRID
    _LOG.info(
        "%s: '%s' and '%s' taken as %s by their values (choose another with 'source_crs')",
        file.source.name,
        file.columns.x,
        file.columns.y,
        guess,
    )
    return parse_crs(guess)


def _refuse_contradiction(file: IncidentFile, crs: CRS, degrees: bool, x: Floats, y: Floats) -> None:
    where = f"'{file.columns.x}' and '{file.columns.y}'" if file.columns.x else "the points"
    values = f"'{file.source.name}': {where} hold values such as {x[0]:.10g}, {y[0]:.10g}"
    if crs.is_geographic and not degrees:
        raise CRSError(
            f"{values}, which are metres, but {crs_label(crs)} is in degrees",
            hint=f"name what they are with 'source_crs', for example '{BRITISH_NATIONAL_GRID}'",
        )
    if crs.is_projected and degrees:
        raise CRSError(
            f"{values}, which are degrees, but {crs_label(crs)} is in metres",
            hint=f"name what they are with 'source_crs', for example '{WGS84}'",
        )
    # Great Britain spans latitudes 49 to 61 and longitudes -9 to 2: the other way round, the columns are
    # swapped.
    if crs.is_geographic and np.mean((x > 49) & (x < 61) & (y > -9) & (y < 3)) > 0.5:
        raise CRSError(
            f"{values}: longitude and latitude are swapped",
            hint="name the column of longitudes with 'x' and that of latitudes with 'y'",
        )


def _impossible(x: Floats, y: Floats, crs: CRS) -> npt.NDArray[np.bool_]:
    if crs.is_geographic:
        return (np.abs(x) > 180) | (np.abs(y) > 90)
    if crs == parse_crs(BRITISH_NATIONAL_GRID):
        return (x < 0) | (x > 700_000) | (y < 0) | (y > 1_300_000)
    return np.zeros(len(x), dtype=bool)


def _warn_out_of_range(count: int, x: float, y: float, crs: CRS) -> None:
    rows = "1 row has coordinates" if count == 1 else f"{count:,} rows have coordinates"
    warnings.warn(
        f"{rows} that {crs_label(crs)} cannot have, such as {x:.10g}, {y:.10g}: "
        "counted as without coordinates",
        HotspotsWarning,
        stacklevel=4,
    )


def source_reports(files: Sequence[IncidentFile]) -> tuple[SourceReport, ...]:
    """Return the account of each file, once it has been read."""
    return tuple(
        SourceReport(
            name=file.source.name,
            sha256=file.sha256,
            rows=file.rows,
            malformed=file.malformed,
            encoding=file.encoding,
            has_ids=file.columns.crime_id is not None,
        )
        for file in files
    )
