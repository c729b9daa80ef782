"""A first look at incidents in batches or on Dask: how they fit the areas, and where they are."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.crs import require_metres
from hotspots.base.errors import HotspotsWarning
from hotspots.scale.account import refuse_elsewhere
from hotspots.scale.engine import read_all
from hotspots.scale.job import Job, open_job
from hotspots.scale.rows import AGREES, CODED, KNOWN, RECORDED, WANTED, Table, Tally
from hotspots.scale.stream import Counted, account, counts_of, divided

if TYPE_CHECKING:
    import geopandas as gpd
    from distributed import Client

Floats = npt.NDArray[np.float64]
Places = tuple[Floats, Floats, npt.NDArray[np.int64]]
"""The x and y of distinct places, in metres, and how many rows are at each."""


class Looked(NamedTuple):
    """What a look at all rows has found.

    Attributes
    ----------
    counted : Counted
        The account of every row, divided into inside the areas and outside where there are areas; and the incidents in
        each, of all months and by month.
    places : tuple of arrays
        Where the used rows are.
    recorded, known : int
        Used rows that record the code of an area, and those whose code is one of the areas'.
    both, agreed : int
        Used rows with an area by place and by code, and those for which it is the same.
    """

    counted: Counted
    places: Places
    recorded: int
    known: int
    both: int
    agreed: int


class _Distinct:
    """The places of rows; see `hotspots.scale.stream.Wanted`."""

    def over(self, job: Job, rows: Table) -> None:
        """Return nothing: places are told once all rows of each are together."""

    def added(self, one: None, other: None) -> None:
        """Return nothing, too."""

    def at(self, spots: Table) -> Places:
        """Return the distinct places, and how many rows are at each."""
        _, first, rows = np.unique(spots["place"], return_index=True, return_counts=True)
        return spots["x"][first], spots["y"][first], rows


def look_over(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame | None = None,
    *,
    crs: Any = "EPSG:27700",
    dask: bool = False,
    scheduler: str | Client | None = None,
    **reading: Any,
) -> Looked:
    """Look at all rows in batches or on Dask.

    Parameters
    ----------
    source, scheduler, **reading
        As for `hotspots.count_dask`.
    areas : GeoDataFrame, optional
        The areas table.
    crs : anything that pyproj takes
        The reference system to look in where there are no areas.
    dask : bool
        Whether the work is done on Dask.
    """
    within = _anywhere(crs) if areas is None else areas
    job, files, copies = open_job(source, within, with_coordinates=True, **reading)
    job, tally, _, at = read_all(job, files, _Distinct(), dask=dask, scheduler=scheduler)
    report = account(job, files, tally, copies)
    places: Any = tuple(np.concatenate(part) for part in zip(*at, strict=True)) if at else _NOWHERE
    if areas is not None:
        if report.located:
            refuse_elsewhere(tally, by="polygon", areas=areas)
        report = divided(report, tally)
    found = (_rows_with(tally, bits) for bits in (RECORDED, KNOWN, CODED, AGREES))
    return Looked(counts_of(job, within, tally, report), places, *found)


_NOWHERE: Places = (np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))


def _anywhere(crs: Any) -> gpd.GeoDataFrame:
    """Return one area in which every incident lies, where there are no areas to look at."""
    import geopandas as gpd
    from shapely import box

    everywhere = box(-1e9, -1e9, 1e9, 1e9)
    return gpd.GeoDataFrame(
        geometry=[everywhere], index=pd.Index([""]), crs=require_metres(crs, what="incidents")
    )


def _rows_with(tally: Tally, bits: Any) -> int:
    wanted = int(bits | WANTED)
    return sum(rows for cell, rows in tally.cells.items() if cell & wanted == wanted)


def count_codes(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    dask: bool = False,
    scheduler: str | Client | None = None,
    **reading: Any,
) -> Counted:
    """Count by recorded code; the rows are read. What is wrong with the codes is said as counting by code says it.

    Raises
    ------
    DataError
        As `hotspots.assign_areas` by code.
    """
    job, files, copies = open_job(source, areas, by="code", **reading)
    with warnings.catch_warnings():
        # What is odd about the rows was said when they were read before.
        warnings.simplefilter("ignore", HotspotsWarning)
        job, tally, *_ = read_all(job, files, None, dask=dask, scheduler=scheduler)
        report = account(job, files, tally, copies)
    refuse_elsewhere(tally, by="code", areas=areas)
    return counts_of(job, areas, tally, report)
