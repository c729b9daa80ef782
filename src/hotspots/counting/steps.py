"""Steps of time: months, several months, weeks or days, and the incidents of each area in each of them."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, listed
from hotspots.base.sums import add_up
from hotspots.counting.belonging import area_positions
from hotspots.incidents.cells import month_ordinals
from hotspots.incidents.filters import range_text
from hotspots.incidents.gate import row_weights

log = logging.getLogger(__name__)

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TimeSteps:
    """Steps of one length, ascending; where months are in no file, those that touch them are not among them.

    Attributes
    ----------
    begins : tuple of int
        The first month of each step as an ordinal of monthly periods or, for steps of days, its first day since 1970.
    length : int
        Months or days in each.
    unit : {'months', 'days'}
        Which of the two.
    """

    begins: tuple[int, ...]
    length: int
    unit: str

    @property
    def labels(self) -> tuple[str, ...]:
        """What each step is called: its month, or its first and last month or day."""
        ends = [(begin, begin + self.length - 1) for begin in self.begins]
        if self.unit == "months":
            return tuple(range_text(both) for both in ends)
        return tuple("..".join(str(np.datetime64(day, "D")) for day in dict.fromkeys(both)) for both in ends)

    def of(self, incidents: pd.DataFrame) -> Integers:
        """Return the position of each incident's step; -1 for those in none.

        Raises
        ------
        DataError
            When steps are of days, and no incident has one.
        """
        number = _days(incidents) if self.unit == "days" else month_ordinals(incidents["month"])
        if not self.begins:
            return np.full(len(incidents), -1)
        begins = np.asarray(self.begins, dtype=np.int64)
        position = np.searchsorted(begins, number, side="right") - 1
        inside = (position >= 0) & (number < begins[position] + self.length)
        found: Integers = np.where(inside, position, -1).astype(np.int64)
        return found


def make_steps(
    months: Sequence[pd.Period], *, step: str = "1M", until: pd.Timestamp | None = None
) -> TimeSteps:
    """Divide time into steps of one length, counted back from the end, so that the last one is whole.

    Parameters
    ----------
    months : sequence of monthly Period
        The months covered, ascending, such as `hotspots.counting.period.months_covered` returns them: those without a
        file are not among them, those without an incident are.
    step : str, default '1M'
        A number and a unit: ``"M"`` months, ``"W"`` weeks, ``"D"`` days.
    until : Timestamp, optional
        For weeks and days, the last day that there is, where it is before the end of the last month.

    Returns
    -------
    TimeSteps

    Raises
    ------
    ParameterError
        When the step is not one.
    DataError
        When no month is known.

    Warns
    -----
    HotspotsWarning
        When steps are left out, because one of their months is in no file.

    Examples
    --------
    Thirteen months make four steps of three, and the first month is left over:

    >>> year = pd.period_range("2024-12", "2025-12", freq="M")
    >>> make_steps(year, step="3M").labels
    ('2025-01..2025-03', '2025-04..2025-06', '2025-07..2025-09', '2025-10..2025-12')
    >>> make_steps(year, step="2W").labels[-1]
    '2025-12-18..2025-12-31'
    """
    asked = re.fullmatch(r"\s*(\d*)\s*([MWD])\s*", step.upper())
    if asked is None or asked[1] == "0":
        raise ParameterError(
            f"'step' is '{step}', which is not a length of time",
            hint="give 'step' as a number and M, W or D, for months, weeks or days: 1M, 3M, 4W or 7D",
        )
    if len(months) == 0:
        raise DataError(
            "no incident has a month, so that there are no steps of time",
            hint="name the column with 'month_column'",
        )
    length, unit = int(asked[1] or 1) * (7 if asked[2] == "W" else 1), "months" if asked[2] == "M" else "days"
    covered = {month.ordinal for month in months}
    if unit == "months":
        first, end = min(covered), max(covered) + 1
    else:
        first, end = _day(months[0].start_time), _day(months[-1].end_time) + 1
        end = end if until is None else min(end, _day(until) + 1)
    begins = list(range(end - length, first - 1, -length))[::-1]
    whole = [begin for begin in begins if covered >= _touched(begin, length, unit)]
    made = TimeSteps(tuple(whole), length, unit)
    _say_what_is_left(TimeSteps(tuple(begins), length, unit), made, first)
    return made


def count_by_step(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, steps: TimeSteps, *, assigned: pd.Series
) -> pd.DataFrame:
    """Count incidents, or add up their weights, in each area and step.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables.
    steps : TimeSteps
        From `make_steps`.
    assigned : Series
        The area of each incident; see `hotspots.assign_areas`.

    Returns
    -------
    DataFrame of numbers
        On the index of `areas`, a column for each step, 0 where nothing happened. Incidents without a month, or in
        no step, count nowhere.

    Raises
    ------
    DataError
        When steps are of days, and no incident has one.
    """
    place, step = area_positions(incidents, areas, assigned=assigned), steps.of(incidents)
    weights = row_weights(incidents)
    kept = (place >= 0) & (step >= 0)
    number = len(steps.begins)
    flat = place[kept].astype(np.int64) * number + step[kept]
    table = add_up(flat, len(areas) * number, None if weights is None else weights[kept])
    return pd.DataFrame(table.reshape(len(areas), number), index=areas.index, columns=list(steps.labels))


def _days(incidents: pd.DataFrame) -> Integers:
    if "date" not in incidents or incidents["date"].isna().all():
        raise DataError(
            "the incidents have months but no days, so that they cannot be counted by weeks or days",
            hint="count by months: 'step' = '1M'",
        )
    days: Integers = incidents["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    return days


def _day(moment: pd.Timestamp) -> int:
    return int(np.datetime64(moment, "D").astype(np.int64))


def _touched(begin: int, length: int, unit: str) -> set[int]:
    """Return the months that a step touches."""
    if unit == "months":
        return set(range(begin, begin + length))
    ends = (
        np.array([begin, begin + length - 1]).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )
    return set(range(int(ends[0]), int(ends[1]) + 1))


def _say_what_is_left(every: TimeSteps, whole: TimeSteps, first: int) -> None:
    over = (every.begins[0] if every.begins else first) - first
    if over:
        log.info(
            "The first %d %s fill no step and are left out", over, every.unit if over > 1 else every.unit[:-1]
        )
    gaps = [
        label for label, begin in zip(every.labels, every.begins, strict=True) if begin not in whole.begins
    ]
    if gaps:
        have, are = ("has", "is") if len(gaps) == 1 else ("have", "are")
        warnings.warn(
            f"{len(gaps)} of {len(every.begins)} steps {have} a month that no file holds ({listed(gaps)}) and {are} "
            "left out: what is before and after is taken to follow at once",
            HotspotsWarning,
            stacklevel=3,
        )
