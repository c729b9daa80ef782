"""At what hours, weekdays, months and seasons incidents are, those of spans spread over the time they may have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.binomial import rounded_limits
from hotspots.base.classes import COMPARED
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.rounded import least_and_most

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
SEASONS = ("Winter", "Spring", "Summer", "Autumn")
"""Of the northern half: December to February, March to May, June to August, September to November."""
HOURS = tuple(f"{hour:02d}:00" for hour in range(24))
OTHER_HOURS = "other hours"
PARTS = ("hour", "weekday", "month", "season")
FALSE = 0.05
"""At most this share of the cells that are called above or below are expected to be chance."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Shifts = Sequence[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Hours:
    """The hours of some days by the local clock: cut wherever the clock shows a full hour, or is changed.

    Attributes
    ----------
    edges : ndarray of int64, shape (k + 1,)
        Seconds since 1970, UTC, ascending.
    clock : DatetimeIndex
        What the local clock shows as each begins.
    exposed : ndarray of float64, shape (k,)
        How many hours of each count as exposure: its length on the days of the period, else 0.
    """

    edges: Integers
    clock: pd.DatetimeIndex
    exposed: Floats


def make_hours(days: pd.DatetimeIndex, zone: str, *, start: pd.Timestamp, end: pd.Timestamp) -> Hours:
    """Return the hours from `start` to `end`, and which of them are of the days of the period.

    A week in which the clocks go forward has 167 hours, and one in which they go back 169.

    Parameters
    ----------
    days : DatetimeIndex
        The days of the period, without time zone.
    zone : str
        The time zone.
    start, end : Timestamp
        What the hours must cover, without time zone; the whole days are.

    Examples
    --------
    >>> week = pd.date_range("2025-03-24", "2025-03-30")
    >>> made = make_hours(week, "Europe/London", start=week[0], end=week[-1])
    >>> float(made.exposed.sum()), len(made.clock)
    (167.0, 167)
    """
    first, last = min(start, days.min()).floor("D"), max(end, days.max()).floor("D") + pd.Timedelta(days=1)
    wall = pd.date_range(first, last, freq="h", unit="s")
    both = [
        wall.tz_localize(zone, ambiguous=np.full(len(wall), fold), nonexistent="shift_forward")
        for fold in (True, False)
    ]
    edges = np.unique(np.concatenate([_seconds_of(one) for one in both]))
    clock = pd.DatetimeIndex(edges[:-1].view("datetime64[s]")).tz_localize("UTC").tz_convert(zone)
    clock = clock.tz_localize(None)
    exposed = np.where(clock.normalize().isin(days), np.diff(edges) / 3600, 0.0)
    return Hours(edges, clock, exposed)


def spread(start: Integers, end: Integers, edges: Integers) -> tuple[Integers, Integers, Floats]:
    """Return the aoristic weights of spans: in each hour, the share of the span that lies in it.

    ``weight = (overlap of span and hour) / (length of the span)``, in (0, 1]; those of an incident sum to 1. It is
    the probability of the hour where every moment of the span is as likely as any other.

    Parameters
    ----------
    start, end : ndarray of int64
        Seconds; an `end` that is the start is an instant, which is of its hour alone.
    edges : ndarray of int64
        The hours' edges, ascending; they cover all spans.

    Returns
    -------
    incident, hour : ndarray of int64
        Positions, one pair for each hour that a span touches.
    weight : ndarray of float64

    References
    ----------
    Ratcliffe, J. H. (2000) Aoristic analysis: the spatial interpretation of unspecific temporal events. International
    Journal of Geographical Information Science 14(7), 669-679. https://doi.org/10.1080/136588100424963

    Examples
    --------
    From 22:30 to 01:15 are 165 minutes: 30 before 23:00, 60, 60, and 15 after 01:00.

    >>> hours = 3600 * np.arange(20, 29)
    >>> incident, hour, weight = spread(np.array([81_000]), np.array([90_900]), hours)
    >>> dict(zip((20 + hour).tolist(), weight.round(6).tolist()))
    {22: 0.181818, 23: 0.363636, 24: 0.363636, 25: 0.090909}
    """
    first = np.searchsorted(edges, start, side="right") - 1
    last = np.maximum(np.searchsorted(edges, end, side="left") - 1, first)
    touched = last - first + 1
    incident = np.repeat(np.arange(len(start)), touched)
    begun = np.cumsum(touched) - touched
    hour = np.arange(touched.sum()) - np.repeat(begun, touched) + np.repeat(first, touched)
    overlap = np.minimum(end[incident], edges[hour + 1]) - np.maximum(start[incident], edges[hour])
    length = (end - start)[incident]
    return incident, hour, np.where(length > 0, overlap / np.maximum(length, 1), 1.0)


def label_hours(hours: Hours, part: str, *, shifts: Shifts = ()) -> tuple[Integers, tuple[str, ...]]:
    """Return which class of hour, weekday, month or season each hour is in, and the classes in their order.

    With shifts the hours are in these, and what crosses midnight is of the day on which the shift began: Saturday's
    02:00 is of Friday's 22:00 to 07:00. Its month and season are that day's, too.

    Raises
    ------
    ParameterError
        When `part` is none, or two shifts overlap.
    """
    clock, found = hours.clock, None
    if shifts:
        found, begun = _shift_of(clock.hour.to_numpy(), shifts)
        clock = clock - pd.to_timedelta(begun, unit="D")
    if part == "hour":
        if found is None:
            return clock.hour.to_numpy().astype(np.int64), HOURS
        names = tuple(shift_words(one) for one in shifts)
        return found, names + ((OTHER_HOURS,) if (found == len(shifts)).any() else ())
    if part == "weekday":
        return clock.day_of_week.to_numpy().astype(np.int64), WEEKDAYS
    if part == "month":
        return clock.month.to_numpy().astype(np.int64) - 1, MONTHS
    if part == "season":
        return clock.month.to_numpy().astype(np.int64) % 12 // 3, SEASONS
    raise ParameterError(f"'by' names '{part}'", hint=did_you_mean(part, PARTS))


def shift_words(shift: tuple[int, int]) -> str:
    """Return a shift in words.

    Examples
    --------
    >>> shift_words((22, 7))
    '22:00 to 07:00'
    """
    return f"{shift[0]:02d}:00 to {shift[1]:02d}:00"


def time_grid(
    n: pd.Series[Any],
    hours: pd.Series[Any],
    *,
    level: float = 0.95,
    dispersion: float = 1.0,
    rounded: int = 1,
) -> pd.DataFrame:
    """Return how often incidents are in each cell of a grid of times, against its share of the hours.

    ``tm_ratio = (share of the incidents) / (share of the hours)``, from 0 up: how many times the mean rate per hour.
    A cell's hours are those that the period had of it: of 31 days that begin on a Friday five Fridays, but four
    Mondays. The limits are the exact ones of the share of incidents, for counts whose variance is `dispersion`
    times their mean. Those of spread spans are sums of shares, which vary less than whole incidents do, so that
    limits are then wider than need be.

    Parameters
    ----------
    n : Series of numbers
        Incidents of each cell, 0 or more; sums of aoristic weights.
    hours : Series of numbers
        Hours of exposure of each cell, on the same index; 0 where the period has none of it.
    level : float, default 0.95
        Confidence of the limits, which hold for each cell by itself.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`.
    rounded : int, default 1
        What the counts were rounded to the nearest multiple of, halves upwards; 1 where they are exact. Limits, q
        and flags are then the most cautious of all counts that the rounded ones stand for.

    Returns
    -------
    DataFrame
        On the index of `n`:

        - ``n``, ``hours``, ``per_hour``: incidents, hours, and their ratio.
        - ``tm_ratio``, ``tm_lo``, ``tm_hi``: multiples of the mean, with limits; missing without hours.
        - ``tm_q``: the chance of so great a difference from the mean rate, by two tails of the binomial
          distribution, corrected for the number of cells (Benjamini and Hochberg).
        - ``tm_flag``: 'above' or 'below' where q is 0.05 or less, else 'similar'.

    Raises
    ------
    DataError
        When the indexes differ, or no cell with hours has an incident.
    ParameterError
        When `level` or `dispersion` is out of range.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995) Controlling the false discovery rate. Journal of the Royal Statistical
    Society B 57(1), 289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    30 of 40 incidents in a quarter of the hours: (30 / 40) / (1 / 4) = 3 times the mean.

    >>> cells = ["night", "day"]
    >>> made = time_grid(pd.Series([30, 10], cells), pd.Series([60, 180], cells))
    >>> made["tm_ratio"].round(2).to_dict(), made["tm_flag"].tolist()
    ({'night': 3.0, 'day': 0.33}, ['above', 'below'])
    """
    if not n.index.equals(hours.index):
        raise DataError("the incidents and hours are of different cells", hint="give both on one index")
    counted, exposure = n.to_numpy(dtype=float), hours.to_numpy(dtype=float)
    there = exposure > 0
    total = counted[there].sum()
    if not total > 0:
        raise DataError("no incident is in the hours of the period", hint="choose another period")
    share = np.where(there, exposure / exposure.sum(), np.nan)
    held = np.where(there, counted, np.nan)
    lower, upper = rounded_limits(held, rounded=rounded, level=level, dispersion=dispersion)
    q = np.full(len(held), np.nan)
    q[there] = benjamini_hochberg(_two_tails(held[there], share[there], dispersion, rounded))
    ratio = held / total / share
    sure = q <= FALSE
    place = np.where(~there, -1, np.where(sure & (ratio > 1), 2, np.where(sure & (ratio < 1), 0, 1)))
    order = [str(entry.value) for entry in reversed(COMPARED)]  # from the lowest to the highest
    return pd.DataFrame(
        {
            "n": counted,
            "hours": exposure,
            "per_hour": held / np.where(there, exposure, np.nan),
            "tm_ratio": ratio,
            "tm_lo": lower / share,
            "tm_hi": upper / share,
            "tm_q": q,
            "tm_flag": pd.Categorical.from_codes(place, categories=pd.Index(order), ordered=True),
        },
        index=n.index,
    )


def _two_tails(n: Floats, share: Floats, dispersion: float, rounded: int) -> Floats:
    """Return twice the smaller tail of the binomial distribution, at most 1; counts need not be whole.

    Of rounded counts, a cell is taken at the least that it stands for and the others at the most in the upper tail,
    and the other way round in the lower.
    """
    from scipy import special

    alone = share >= 1
    inside = np.where(alone, 0.5, share)
    low, high = least_and_most(n, rounded)
    x, left = low / dispersion, (high.sum() - high) / dispersion
    upper = np.where(x > 0, special.betainc(np.where(x > 0, x, 1.0), left + 1, inside), 1.0)
    x, left = high / dispersion, (low.sum() - low) / dispersion
    lower = np.where(left > 0, special.betaincc(x + 1, np.where(left > 0, left, 1.0), inside), 1.0)
    return np.where(alone, 1.0, np.minimum(1.0, 2 * np.minimum(upper, lower)))


def _shift_of(hour: npt.NDArray[Any], shifts: Shifts) -> tuple[Integers, Integers]:
    """Return which shift each hour is in, the number of shifts for none, and how many days ago it began."""
    shift_at, begun_at = np.full(24, len(shifts), dtype=np.int64), np.zeros(24, dtype=np.int64)
    for number, (start, end) in enumerate(shifts):
        for step in range(start, end if end > start else end + 24):
            if shift_at[step % 24] != len(shifts):
                raise ParameterError(
                    f"'shifts' overlap: {step % 24:02d}:00 is in {shift_words(shifts[shift_at[step % 24]])} and in "
                    f"{shift_words((start, end))}",
                    hint="let one begin where another ends, such as 07:00-15:00 and 15:00-23:00",
                )
            shift_at[step % 24], begun_at[step % 24] = number, step // 24
    return shift_at[hour], begun_at[hour]


def _seconds_of(stamps: pd.DatetimeIndex) -> Integers:
    seconds: Integers = stamps.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[s]").astype(np.int64)
    return seconds
