"""Incidents as sums by area, category and month: a small table in the place of all rows, for whatever only counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from hotspots.base.crs import crs_text
from hotspots.base.sums import MILLION, millionths
from hotspots.incidents import QualityReport
from hotspots.scale.account import cell_frame
from hotspots.scale.job import Job, open_job
from hotspots.scale.rows import WANTED, Table, Tally, what_is
from hotspots.scale.stream import Gathered, checked, tally_all

if TYPE_CHECKING:
    import geopandas as gpd

# Rows of one area (-1: none), category and month, and the millionths of their weights.
_SUM = np.dtype([("what", "u8"), ("area", "i4"), ("weight", "i8")])


class Summed(NamedTuple):
    """Incidents as sums, where they are, and the account of every row.

    Attributes
    ----------
    incidents : DataFrame
        One row for each area, category and month that has any incident: ``category``, ``month`` and ``weight``, how
        many they are. Whatever counts incidents takes it as it takes all rows, to the same result.
    assigned : Series
        The area of each row; see `hotspots.assign_areas`.
    report : QualityReport
        The account of every row that was read.
    """

    incidents: pd.DataFrame
    assigned: pd.Series[Any]
    report: QualityReport


class Cube:
    """The sums by area, category and month; those of some rows and of others add up to those of all."""

    def over(self, job: Job, rows: Table) -> Table | None:
        """Return the sums of rows that are not repeats."""
        kept = rows[(rows["cell"] & WANTED) > 0]
        if len(kept) == 0:
            return None
        sums = np.empty(len(kept), dtype=_SUM)
        sums["what"], sums["area"] = what_is(kept["cell"]), np.maximum(kept["area"], -1)
        sums["weight"] = MILLION if job.named.weight is None else millionths(kept["weight"])
        return _grouped(sums)

    def added(self, one: Table | None, other: Table | None) -> Table | None:
        """Return two sums of different rows as one."""
        if one is None or other is None:
            return other if one is None else one
        return _grouped(np.concatenate([one, other]))

    def at(self, made: Table | None, spots: Table) -> None:
        """Return nothing: of places there is nothing to be known."""


def _grouped(sums: Table) -> Table:
    """Return one row for each area, category and month, in one order whatever order they came in."""
    sums = sums[np.lexsort((sums["area"], sums["what"]))]
    new = (sums["what"][1:] != sums["what"][:-1]) | (sums["area"][1:] != sums["area"][:-1])
    starts = np.flatnonzero(np.append(True, new))
    grouped = sums[starts]
    grouped["weight"] = np.add.reduceat(sums["weight"], starts)
    return grouped


def sum_stream(source: str | Path | Sequence[str | Path], areas: gpd.GeoDataFrame, **reading: Any) -> Summed:
    """Read incidents in batches as sums by area, category and month; the parameters are those of `count_stream`.

    Raises
    ------
    FileError, DataError, CRSError, ParameterError
        As `hotspots.count_stream`.
    """
    job, files, copies = open_job(source, areas, **reading)
    sums = Gathered(job, Cube())
    job, tally = tally_all(job, files, sums)
    report = checked(job, areas, files, tally, copies)
    return make_summed(sums.total(), areas, job, tally, report)


def make_summed(
    sums: Table | None, areas: gpd.GeoDataFrame, job: Job, tally: Tally, report: QualityReport
) -> Summed:
    """Return sums as a table of incidents, its rows in the order of areas, categories and months."""
    held = np.empty(0, dtype=_SUM) if sums is None else sums
    position, distinct = pd.factorize(held["what"])
    frame, _ = cell_frame(dict.fromkeys(distinct.tolist(), 1), tally)
    incidents = frame.iloc[position].assign(weight=held["weight"] / MILLION)
    area = held["area"].astype(np.int64)
    order = np.lexsort((incidents["month"], incidents["category"].cat.codes, area))
    incidents = incidents.iloc[order].reset_index(drop=True)
    incidents.attrs = {"crs": crs_text(job.crs), "months": list(report.months)}
    if report.period is not None:
        incidents.attrs["period"] = report.period
    assigned = pd.Series(pd.Categorical.from_codes(area[order], categories=areas.index), name="area")
    return Summed(incidents, assigned, report)
