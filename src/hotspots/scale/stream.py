"""Counting in batches: the numbers of `hotspots.counting.counts` in memory that does not grow with the files.

Rows without a Crime ID are counted where they are read. Rows with one are put aside, on disk where they are
many, in drawers by their ID; each drawer then holds all rows of its IDs, in reading order, and drops those that
repeat others.
Where files are found to hold the same month, all is read once more, and the rows without an ID of such months
go through drawers too.
"""

from __future__ import annotations

import dataclasses
import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from hotspots.base.sums import from_millionths
from hotspots.counting.belonging import By
from hotspots.counting.counts import Per
from hotspots.counting.period import over_months, report_months
from hotspots.incidents import QualityReport
from hotspots.incidents.dates import NO_MONTH
from hotspots.incidents.doubts import warn_of, warn_outside
from hotspots.incidents.files import Found, IncidentFile
from hotspots.incidents.filters import Words
from hotspots.incidents.places import announce
from hotspots.incidents.sources import list_sources
from hotspots.scale.account import check_counted, located_inside, make_report, split_columns
from hotspots.scale.job import Job, estimate_rows, open_job
from hotspots.scale.rows import WANTED, Table, Tally, month_of

if TYPE_CHECKING:
    import geopandas as gpd

log = logging.getLogger(__name__)

# Rows handled at a time: enough that places repeat within a batch and are projected and located once.
BATCH_ROWS = 1 << 19
# A drawer of four billion rows would still fit in memory.
DRAWERS = 256
# What waits in memory before it goes to the drawers' files, of each kind of rows.
WAITING_BYTES = 1 << 25
# Rows that wait until something is made of them: enough that sums are not merged too often.
WAITING_ROWS = 1 << 20


class Counted(NamedTuple):
    """Incidents in each area, and the account of every row.

    Attributes
    ----------
    n : Series of int64
        Incidents in each area, on the areas' index.
    split : DataFrame of int64 or None
        The same by category, month or year, a column for each; None where that was not asked for.
    report : QualityReport
        What was read, dropped and kept, and how many incidents are inside the areas.
    monthly : DataFrame of int64 or None
        Incidents in each area by month; None where no incident has one.
    """

    n: pd.Series
    split: pd.DataFrame | None
    report: QualityReport
    monthly: pd.DataFrame | None = None


def count_stream(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    per: Per | None = None,
    by: By = "polygon",
    category: Words = None,
    exclude: Words = None,
    period: Any = None,
    **settings: Any,
) -> Counted:
    r"""Count incidents in areas straight from files, in batches.

    The numbers are those of `hotspots.read_incidents` and `hotspots.count_incidents`, and so is the account
    of every row. What is held in memory are the areas, one batch, and the sums; what finding repeated Crime
    IDs and shared places takes is kept in temporary files where it is much, of 28 bytes for each row with an
    ID and 16 for each with coordinates, and cleared away at the end.

    Parameters
    ----------
    source : path, str, or sequence of them
        As for `hotspots.read_incidents`.
    areas : GeoDataFrame
        The areas table, in a reference system in metres.
    per : {'category', 'month', 'year'}, optional
        Count separately per value of this as well.
    by : {'polygon', 'code'}, default 'polygon'
        See `hotspots.assign_areas`.
    category, exclude, period : optional
        Which incidents to count, as for `hotspots.read_incidents`.
    **settings
        ``source_crs``, ``x``, ``y``, ``category_column``, ``month_column``, ``weight_column``, ``id_column`` and
        ``date_order``, as for `hotspots.read_incidents`.

    Returns
    -------
    Counted
        ``n``, ``split`` and ``report``.

    Raises
    ------
    FileError, DataError, CRSError, ParameterError
        As reading and counting in one go. A file's reference system is judged by its first batch.

    Examples
    --------
    >>> import geopandas, pathlib, tempfile
    >>> from shapely import box
    >>> areas = geopandas.GeoDataFrame(
    ...     geometry=[box(400000, 300000, 401000, 301000), box(401000, 300000, 402000, 301000)],
    ...     index=["E05000001", "E05000002"], crs="EPSG:27700")
    >>> calls = pathlib.Path(tempfile.mkdtemp()) / "calls.csv"
    >>> crime, call = "a,400500,300500\n", ",401500,300500\n"
    >>> _ = calls.write_text("Crime ID,Easting,Northing\n" + crime + call + call)
    >>> counted = count_stream(calls, areas)
    >>> counted.n.tolist(), counted.report.duplicates
    ([1, 2], 0)
    """
    job, files, copies = open_job(
        source, areas, per=per, by=by, category=category, exclude=exclude, period=period, **settings
    )
    job, tally = tally_all(job, files)
    return finish(job, areas, files, tally, copies)


class Wanted(Protocol):
    """What is to be made of rows beside their tally."""

    def over(self, job: Job, rows: Table) -> Any:
        """Return that of rows that are not repeats; None where they come to nothing."""

    def added(self, one: Any, other: Any) -> Any:
        """Return that of different rows together; None is that of none."""

    def at(self, spots: Table) -> Any:
        """Return what is to be known of some places, from all their rows."""


class Gathered:
    """What is made of rows that come in batches.

    Attributes
    ----------
    at : list
        What is to be known of the places.
    """

    def __init__(self, job: Job, wanted: Wanted) -> None:
        self._job, self._wanted = job, wanted
        self.clear()

    def clear(self) -> None:
        """Forget all rows, before they are read again."""
        self._waiting: list[Table] = []
        self._made: Any = None
        self.at: list[Any] = []

    def put(self, rows: Table) -> None:
        """Add rows that are not repeats."""
        self._waiting.append(rows)
        if sum(len(held) for held in self._waiting) >= WAITING_ROWS:
            self.total()

    def total(self) -> Any:
        """Return what is made of all rows so far."""
        if self._waiting:
            made = self._wanted.over(self._job, np.concatenate(self._waiting))
            self._made = self._wanted.added(self._made, made)
            self._waiting = []
        return self._made

    def see(self, spots: Table) -> None:
        """Look at all rows of some places."""
        self.at.append(self._wanted.at(spots))


def tally_all(job: Job, files: Sequence[IncidentFile], gathered: Gathered | None = None) -> tuple[Job, Tally]:
    """Read all files, and count; once more where they turn out to hold the same month, with a job that knows."""
    tally = _counted(job, files, gathered)
    shared = tally.sketches.overlaps(files)
    if shared:
        if gathered is not None:
            gathered.clear()
        job = dataclasses.replace(job, shared=shared)
        tally = _counted(job, files, gathered)
    return job, tally


def _counted(job: Job, files: Sequence[IncidentFile], gathered: Gathered | None) -> Tally:
    """Read all files, and count."""
    tally, indexes = job.tally(), job.indexes()
    with tempfile.TemporaryDirectory(prefix="hotspots-") as folder:
        ids = Drawers(Path(folder, "ids"), job.dtype, "key")
        again = Drawers(Path(folder, "again"), job.shared_dtype, "key")
        spots = Drawers(Path(folder, "places"), job.spot_dtype, "place")

        def settle(rows: Table, spotted: Table) -> None:
            spots.put(spotted)
            if gathered is not None:
                gathered.put(rows)

        for number, opened in enumerate(files):
            file = dataclasses.replace(opened, found=Found())
            for table in batches(file):
                settled, named, shared = job.rows(file, number, table, indexes, tally)
                ids.put(named)
                again.put(shared)
                settle(settled, job.settle(settled, tally))
            tally.note(number, file.found)
        for held in ids:
            settle(*job.settle_named(held, tally))
        for held in again:
            settle(*job.settle_shared(held, tally))
        for held in spots:
            tally.add_spots(held)
            if gathered is not None:
                gathered.see(held)
    return tally


def finish(
    job: Job, areas: gpd.GeoDataFrame, files: Sequence[IncidentFile], tally: Tally, copies: tuple[str, ...]
) -> Counted:
    """Turn the tally of all rows into counts and the account, or say what is wrong with them."""
    return counts_of(job, areas, tally, checked(job, areas, files, tally, copies))


def counts_of(job: Job, areas: gpd.GeoDataFrame, tally: Tally, report: QualityReport) -> Counted:
    """Return the counts of a tally beside the account of its rows."""
    n = sum(tally.counts.values(), start=np.zeros(len(areas), dtype=np.int64))
    n = from_millionths(n) if tally.weighted else n
    split = None if job.per is None else split_columns(tally, job.per, areas)
    dated = any(month_of(np.uint64(cell)) != NO_MONTH for cell in tally.cells if cell & int(WANTED))
    monthly = None
    if dated:
        monthly = over_months(
            split_columns(tally, "month", areas, counts=tally.months), report_months(report)
        )
    return Counted(pd.Series(n, index=areas.index, name="n"), split, report, monthly)


def checked(
    job: Job, areas: gpd.GeoDataFrame, files: Sequence[IncidentFile], tally: Tally, copies: tuple[str, ...]
) -> QualityReport:
    """Return the account of all rows, those in the areas among them, or say what is wrong with them."""
    report = account(job, files, tally, copies)
    check_counted(report, tally, by=job.by, areas=areas)
    report = divided(report, tally)
    if job.by == "polygon":
        warn_outside(report.located - (report.inside or 0), report.located, label="areas", stacklevel=4)
    return report


def account(job: Job, files: Sequence[IncidentFile], tally: Tally, copies: tuple[str, ...]) -> QualityReport:
    """Turn the tally of all rows into the account of them, or say what is wrong with them."""
    for number, file in enumerate(files):
        file.found = tally.found.get(number, Found())
    announce(tally.notes, tally.doubts.values(), stacklevel=3)
    report = make_report(files, tally, job.filters, job.crs, copies=copies, shared=job.shared)
    report.say_rows()
    report.say_compared()
    report.say_weights()
    warn_of(report, stacklevel=3)
    return report


def divided(report: QualityReport, tally: Tally) -> QualityReport:
    """Return the account with the incidents that have coordinates divided into inside the areas and outside."""
    inside = located_inside(tally)
    return report.with_areas(inside=inside, outside=report.located - inside)


def batches(file: IncidentFile) -> Iterator[pa.Table]:
    """Read a file in batches of about `BATCH_ROWS`."""
    waiting: list[pa.Table] = []
    for table in file.iter_tables():
        waiting.append(table)
        if sum(held.num_rows for held in waiting) >= BATCH_ROWS:
            yield pa.concat_tables(waiting)
            waiting = []
    if sum(held.num_rows for held in waiting):
        yield pa.concat_tables(waiting)


def input_rows(source: str | Path | Sequence[str | Path]) -> int:
    """Return about how many rows the files of a source have, without reading them."""
    # What was left out is said when the files are read.
    return estimate_rows(list_sources(source)[0])


class Drawers:
    """Rows put aside by the first bits of a hash; a drawer gives them back in the order they came.

    They wait in memory, and go to disk only when there are many: few rows make no file, and many are written
    by the drawerful.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet.
    dtype : dtype
        Of the rows.
    key : str
        The field that says which drawer a row belongs to.
    """

    def __init__(self, folder: Path, dtype: np.dtype[Any], key: str) -> None:
        folder.mkdir()
        self._paths = [folder / f"{number:03}" for number in range(DRAWERS)]
        self._dtype, self._key = dtype, key
        self._waiting: list[Table] = []
        self._written = False

    def put(self, rows: Table) -> None:
        """Add rows."""
        self._waiting.append(rows)
        if sum(held.nbytes for held in self._waiting) > WAITING_BYTES:
            self._write()

    def _write(self) -> None:
        for path, held in zip(self._paths, dealt(self._emptied(), self._key, DRAWERS), strict=True):
            if len(held):
                with path.open("ab") as stream:
                    stream.write(held.tobytes())
        self._written = True

    def _emptied(self) -> Table:
        rows = np.concatenate([np.empty(0, self._dtype), *self._waiting])
        self._waiting = []
        return rows

    def __iter__(self) -> Iterator[Table]:
        """Give the rows of each drawer that has any, and remove it; rows that were never written are one drawer."""
        if not self._written:
            rows = self._emptied()
            if len(rows):
                yield rows
            return
        self._write()
        for path in self._paths:
            if path.exists():
                yield np.fromfile(path, dtype=self._dtype)
                path.unlink()


def dealt(rows: Table, key: str, count: int) -> list[Table]:
    """Return the rows dealt out to `count` (a power of two, at most 256) by the first bits of their key."""
    number = (rows[key] >> np.uint64(56)).astype(np.int64) * count >> 8
    order = np.argsort(number, kind="stable")
    stops = np.cumsum(np.bincount(number, minlength=count))
    return np.split(rows[order], stops[:-1])
