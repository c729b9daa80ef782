"""All that a run counts, from one pass over the files: sums by area of several layers, and how much is where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hotspots.base.crs import crs_text
from hotspots.base.sums import MILLION, millionths
from hotspots.counting.belonging import By, assign_areas, refuse_other_census
from hotspots.incidents import QualityReport
from hotspots.incidents.dates import NO_MONTH
from hotspots.incidents.files import IncidentFile
from hotspots.scale.account import cell_frame, refuse_elsewhere, stray_codes
from hotspots.scale.cube import Cube, grouped, table_of
from hotspots.scale.engine import read_all
from hotspots.scale.job import Job, Layer, open_job
from hotspots.scale.rows import MONTH, Table, Tally, month_of, what_is
from hotspots.scale.stream import account

if TYPE_CHECKING:
    import geopandas as gpd
    from distributed import Client

# The category of some rows, where they are, the millionths of their weights, and how many rows they are.
_PLACE = np.dtype([("what", "u8"), ("x", "f8"), ("y", "f8"), ("weight", "i8"), ("rows", "i4")])


@dataclass(frozen=True)
class Sums:
    """The sums of each of a job's layers and, where rows have coordinates, those by place and category.

    Attributes
    ----------
    dated : bool
        Whether those by place are by month as well.
    """

    dated: bool = False

    def over(self, job: Job, rows: Table) -> list[Table | None]:
        """Return the sums of rows that are not repeats, for each layer."""
        return [Cube(layer).over(job, rows) for layer in range(len(job.layers))]

    def added(
        self, one: list[Table | None] | None, other: list[Table | None] | None
    ) -> list[Table | None] | None:
        """Return two sums of different rows as one."""
        if one is None or other is None:
            return other if one is None else one
        return [Cube().added(*pair) for pair in zip(one, other, strict=True)]

    def at(self, spots: Table) -> Table:
        """Return how much of each category is at each of some places, of the reporting period."""
        if "x" not in (spots.dtype.names or ()):
            return np.empty(0, dtype=_PLACE)
        sums = np.empty(len(spots), dtype=_PLACE)
        what = what_is(spots["cell"])
        sums["what"] = what if self.dated else what & ~MONTH
        sums["x"], sums["y"], sums["rows"] = spots["x"], spots["y"], 1
        sums["weight"] = millionths(spots["weight"])
        return grouped(sums, ("x", "y", "what"))


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass over all files has found, before it is judged.

    Attributes
    ----------
    areas : sequence of (GeoDataFrame, By)
        The layers.
    """

    areas: Sequence[tuple[gpd.GeoDataFrame, By]]
    job: Job
    files: Sequence[IncidentFile]
    copies: tuple[str, ...]
    tally: Tally
    sums: list[Table | None]
    places: Sequence[Table]

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the files, ascending."""
        found = {int(month) for month in map(month_of, self.tally.cells) if month != NO_MONTH}
        return tuple(str(pd.Period(ordinal=month, freq="M")) for month in sorted(found))

    def report(self) -> QualityReport:
        """Return the account of every row, or say what is wrong with them."""
        return account(self.job, self.files, self.tally, self.copies)

    def tables(
        self, layer: int, report: QualityReport
    ) -> tuple[pd.DataFrame, pd.Series[Any], pd.DataFrame, pd.Series[Any]]:
        """Return what is counted in the areas of one layer, as `table_of` does, or say why nothing can be.

        Raises
        ------
        DataError
            As `hotspots.assign_areas`.
        """
        areas, by = self.areas[layer]
        sums = self.sums[layer]
        made = table_of(sums, areas.index, self.job, self.tally, report)
        incidents, assigned, *_ = made
        if layer == 0:
            refuse_elsewhere(self.tally, by=by, areas=areas)
        elif not assigned.notna().any():
            self._refuse(areas, by)
        elif by == "code":
            self._refuse_census(areas, sums, incidents, assigned)
        return made

    def _refuse(self, areas: gpd.GeoDataFrame, by: By) -> None:
        """Refuse incidents of which none is near the areas, or none has recorded a code of theirs."""
        codes = sorted(self.tally.codes)
        west, south, east, north = self.tally.extent
        if by == "code":
            found = pd.DataFrame({"lsoa_code": pd.Categorical(codes, categories=codes)})
        else:
            found = pd.DataFrame({"x": [west, east], "y": [south, north]})
        assign_areas(found, areas, by=by)

    def _refuse_census(
        self, areas: gpd.GeoDataFrame, sums: Table | None, incidents: pd.DataFrame, assigned: pd.Series[Any]
    ) -> None:
        """Refuse recorded codes of another census than the areas, and warn of those of another year."""
        held = np.empty(0, dtype=[("area", "i8"), ("located", "i4")]) if sums is None else sums
        strays = held[held["area"] < -1]
        located: Counter[int] = Counter()
        inside: Counter[int] = Counter()
        for number, rows in zip(strays["area"].tolist(), strays["located"].tolist(), strict=True):
            code = -(-number // 2)
            located[code] += rows
            inside[code] += rows * (number % 2)
        refuse_other_census(
            stray_codes(self.tally, located, inside),
            recorded=sorted(self.tally.codes),
            codes=areas.index,
            placed=int(incidents["rows"][assigned.notna()].sum()),
            stacklevel=3,
        )

    def by_place(self, report: QualityReport) -> pd.DataFrame:
        """Return how much of each category is where: ``x``, ``y``, ``category``, ``weight`` and ``rows``.

        Where months were asked for, ``month`` as well. What takes incidents with coordinates takes them.
        """
        held = np.concatenate([np.empty(0, dtype=_PLACE), *self.places])
        held = held[np.lexsort((held["what"], held["x"], held["y"]))]
        position, distinct = pd.factorize(held["what"])
        frame, _ = cell_frame(dict.fromkeys(distinct.tolist(), 1), self.tally)
        if frame["month"].isna().all():
            frame = frame.drop(columns="month")
        table = frame.iloc[position].reset_index(drop=True)
        for name in ("x", "y", "rows"):
            table[name] = held[name]
        table["weight"] = held["weight"] / MILLION
        table.attrs = {"crs": crs_text(self.job.crs), "months": list(report.months), "sums": True}
        if report.period is not None:
            table.attrs["period"] = report.period
        return table


def pass_over(
    source: str | Path | Sequence[str | Path],
    areas: Sequence[tuple[gpd.GeoDataFrame, By]],
    *,
    dask: bool = False,
    scheduler: str | Client | None = None,
    places: bool = False,
    dated: bool = False,
    **reading: Any,
) -> Pass:
    """Read files once, in batches or on Dask, and return what they come to in the areas of several layers.

    Parameters
    ----------
    source, scheduler
        As for `hotspots.scale.cluster.count_dask`.
    areas : sequence of (GeoDataFrame, {'polygon', 'code'})
        The layers, and how incidents are placed in each.
    dask : bool
        Whether the work is done on Dask.
    places, dated : bool
        Whether it is to be known how much of each category is where, and of each month.
    **reading
        What `hotspots.count_stream` takes, and `compared`: ranges of months that the period is compared with.

    Raises
    ------
    FileError, DataError, CRSError, ParameterError
        As `hotspots.count_stream`.
    """
    (first, by), *others = areas
    beside = [Layer.of(layer, placed_by) for layer, placed_by in others]
    job, files, copies = open_job(source, first, by=by, with_coordinates=places, beside=beside, **reading)
    sums = Sums(dated=dated)
    job, tally, made, at = read_all(job, files, sums, dask=dask, scheduler=scheduler)
    return Pass(areas, job, files, copies, tally, made or [None] * len(areas), at if places else ())
