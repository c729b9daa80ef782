"""Incidents as sums by area, category and month: a small table in the place of all rows, for whatever only counts."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from hotspots.base.crs import crs_text
from hotspots.base.sums import MILLION, millionths
from hotspots.incidents import QualityReport
from hotspots.scale.account import cell_frame
from hotspots.scale.job import Job, open_job
from hotspots.scale.rows import LOCATED, MONTH, WANTED, Table, Tally, month_of, what_is
from hotspots.scale.stream import Gathered, checked, tally_all

if TYPE_CHECKING:
    import geopandas as gpd

# What rows of one area (-1: none; less: a code that none has), category and month come to: how many they are, how many
# of them have coordinates, and where rows carry weights the millionths of these.
_SUM = np.dtype([("what", "u8"), ("area", "i8"), ("rows", "i4"), ("located", "i4")])
_WEIGHTED_SUM = np.dtype([*_SUM.descr, ("weight", "i8")])

# Sums merged at a time.
PART_ROWS = 1 << 18


class Summed(NamedTuple):
    """Incidents as sums, where they are, and the account of every row.

    Attributes
    ----------
    incidents : DataFrame
        One row for each area, category and month that has any incident: ``category``, ``month`` and ``weight``, how
        many they are; ``rows`` and ``located``, how many rows that is and how many have coordinates. Whatever counts
        incidents takes it as it takes all rows, to the same result.
    assigned : Series
        The area of each row; see `hotspots.assign_areas`.
    report : QualityReport
        The account of every row that was read.
    """

    incidents: pd.DataFrame
    assigned: pd.Series[Any]
    report: QualityReport


@dataclass(frozen=True)
class Cube:
    """The sums by area, category and month; those of some rows and of others add up to those of all.

    Attributes
    ----------
    layer : int
        The areas, among the layers of the job; the first are its own.
    kinds : bool
        Whether categories are told apart. Together they are a tenth of the sums, and months that rows are only
        compared with are not among them.
    """

    layer: int = 0
    kinds: bool = True

    def over(self, job: Job, rows: Table) -> Table | None:
        """Return the sums of rows that are not repeats; those of months that are only compared with among them."""
        chosen = (rows["cell"] & WANTED) > 0
        if job.filters.compared and self.kinds:
            chosen |= job.filters.beside(month_of(rows["cell"]))
        cell = rows["cell"][chosen]
        if len(cell) == 0:
            return None
        sums = np.empty(len(cell), dtype=_SUM if job.named.weight is None else _WEIGHTED_SUM)
        sums["what"] = what_is(cell) if self.kinds else what_is(cell) & MONTH
        sums["area"] = (rows["beside"][:, self.layer - 1] if self.layer else rows["area"])[chosen]
        if job.named.weight is not None:
            sums["weight"] = millionths(rows["weight"][chosen])
        sums["rows"], sums["located"] = 1, (cell & LOCATED) > 0
        return grouped(sums, ("what", "area"))

    def added(self, one: Table | None, other: Table | None) -> Table | None:
        """Return two sums of different rows as one."""
        if one is None or other is None:
            return other if one is None else one
        return merged(one, other, ("what", "area"))

    def at(self, spots: Table) -> None:
        """Return nothing: of places there is nothing to be known."""


def grouped(sums: Table, by: Sequence[str]) -> Table:
    """Return one row for each combination of some fields, in one order whatever order they came in.

    The fields `weight`, `rows` and, where there is one, `located` are added up.
    """
    sums = sums[np.lexsort([sums[name] for name in reversed(by)])]
    new = np.zeros(len(sums), dtype=bool)
    new[:1] = True
    for name in by:
        new[1:] |= sums[name][1:] != sums[name][:-1]
    starts = np.flatnonzero(new)
    made = sums[starts]
    for name in {"weight", "rows", "located"} & set(sums.dtype.names or ()):
        made[name] = np.add.reduceat(sums[name], starts)
    return made


def merged(one: Table, other: Table, by: Sequence[str]) -> Table:
    """Return two grouped tables as one, grouped by the same fields.

    A part is merged at a time: the sums of a whole country take as much room as all else together, and to sort them in
    one go would take three times that.
    """
    first, second = one[by[0]], other[by[0]]
    cuts = np.unique(first[PART_ROWS::PART_ROWS])
    # What is reserved and never written takes no memory.
    made, stop = np.empty(len(one) + len(other), dtype=one.dtype), 0
    bounds = [[0, *held.searchsorted(cuts).tolist(), len(held)] for held in (first, second)]
    for mine, others in zip(*map(itertools.pairwise, bounds), strict=True):
        part = grouped(np.concatenate([one[slice(*mine)], other[slice(*others)]]), by)
        made[stop : stop + len(part)] = part
        stop += len(part)
    return made[:stop]


def sum_stream(
    source: str | Path | Sequence[str | Path], areas: gpd.GeoDataFrame, *, kinds: bool = True, **reading: Any
) -> Summed:
    """Read incidents in batches as sums by area, category and month.

    Parameters
    ----------
    source, areas, **reading
        As for `count_stream`.
    kinds : bool, default True
        Whether categories are told apart; see `Cube`.

    Raises
    ------
    FileError, DataError, CRSError, ParameterError
        As `hotspots.count_stream`.
    """
    job, files, copies = open_job(source, areas, **reading)
    sums = Gathered(job, Cube(kinds=kinds))
    job, tally = tally_all(job, files, sums)
    report = checked(job, areas, files, tally, copies)
    return make_summed(sums.total(), areas, job, tally, report, kinds=kinds)


def make_summed(
    sums: Table | None,
    areas: gpd.GeoDataFrame,
    job: Job,
    tally: Tally,
    report: QualityReport,
    *,
    kinds: bool = True,
) -> Summed:
    """Return sums as a table of incidents, its rows in the order of areas, categories and months."""
    if kinds:
        return Summed(*table_of(sums, areas.index, job, tally, report)[:2], report)
    # Of rows without a category nothing is asked.
    job = dataclasses.replace(job, filters=dataclasses.replace(job.filters, category=None))
    table, assigned, *_ = table_of(sums, areas.index, job, tally, report)
    return Summed(table.drop(columns="category"), assigned, report)


def table_of(
    sums: Table | None, codes: pd.Index[Any], job: Job, tally: Tally, report: QualityReport
) -> tuple[pd.DataFrame, pd.Series[Any], pd.DataFrame, pd.Series[Any]]:
    """Return sums as a table of incidents and the area of each, and the same of those that are only compared with.

    The rows are in the order of areas, categories and months. ``rows`` and ``located`` say how many rows, and how many
    with coordinates, each stands for (see `hotspots.incidents.gate.row_numbers`).
    """
    held = np.empty(0, dtype=_SUM) if sums is None else sums
    position, distinct = pd.factorize(held["what"])
    frame, _ = cell_frame(dict.fromkeys(distinct.tolist(), 1), tally)
    names = [str(name) for name in frame["category"].cat.categories]
    wanted = job.filters.by_category(names)[frame["category"].cat.codes.to_numpy()]
    inside = job.filters.by_month(month_of(distinct))
    # Sums may be tens of millions: small numbers are held as such, and each of them no longer than needed.
    position, area = position.astype(np.int32), np.maximum(held["area"], -1).astype(np.int32)
    # Position of each kind in the order of categories and months.
    rank = np.empty(len(frame), dtype=np.int32)
    rank[np.lexsort((frame["month"], frame["category"].cat.codes))] = np.arange(len(frame))
    order = np.lexsort((rank[position], area)).astype(np.int32)
    attrs: dict[Any, Any] = {"crs": crs_text(job.crs), "months": list(report.months), "sums": True}
    if tally.dated:
        attrs["dated"] = True
    if report.period is not None:
        attrs["period"] = report.period
    made: list[Any] = []
    for kinds in (wanted & inside, wanted & ~inside):
        chosen = order[kinds[position[order]]]
        table = frame.take(position[chosen]).set_axis(pd.RangeIndex(len(chosen)))
        table["category"] = table["category"].cat.remove_unused_categories()
        weighted = "weight" in (held.dtype.names or ())
        table["weight"] = held["weight"][chosen] / MILLION if weighted else held["rows"][chosen].astype(float)
        table["rows"], table["located"] = held["rows"][chosen], held["located"][chosen]
        table.attrs = attrs.copy()
        made += [table, pd.Series(pd.Categorical.from_codes(area[chosen], categories=codes), name="area")]
    return made[0], made[1], made[2], made[3]
