"""Hot times: at what hours, weekdays, months and seasons incidents are; every incident accounted for."""

from __future__ import annotations

import datetime
import logging
import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.hours import band_of
from hotspots.base.binomial import share_limits
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.base.poisson import dispersion_of, require_dispersion
from hotspots.counting.period import months_covered
from hotspots.incidents.clock import (
    BACKWARDS,
    DAY,
    DAYS,
    NO_DAY,
    OPEN,
    SKIPPED,
    SPAN,
    TIME,
    UNREAD,
)
from hotspots.incidents.gate import row_weights
from hotspots.methods.dispersion import long_periods
from hotspots.methods.time.heaps import Heap, find_heaps
from hotspots.methods.time.peak import Peak, find_peak
from hotspots.methods.time.times import (
    HOURS,
    PARTS,
    WEEKDAYS,
    Hours,
    label_hours,
    make_hours,
    spread,
    time_grid,
)

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
MissingEnd = Literal["exclude", "start"]

ALL = "All"
LONGEST = 24.0
FEWEST = 30
"""Of fewer incidents there is no grid."""
_MUCH = 0.1  # a share of incidents left out that is worth a warning
_IMPROBABLE = 0.001  # the probability of a gap at an end of the period, under which data are missing there
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, eq=False)
class HotTimes:
    """Incidents by one part of time or two.

    Attributes
    ----------
    name : str
        What they are the incidents of.
    by : tuple of str
        The parts: of hour, weekday, month and season one or two.
    table : DataFrame
        A row for each cell, with a column for each of `by` and those of `time_grid`; of two parts also the totals
        by each, where the other is called "All".
    bands : DataFrame
        A row for each band of hours asked for: ``band``, ``n``, ``share_n`` with its limits ``share_lo`` and
        ``share_hi``, the share of the hours that it is, ``share_hrs``, and ``tm_ratio``.
    peak, daily : Peak or None
        The run of hours of the week, and of the day whatever the weekday, that stands out most; None where times of
        day are not looked at, or the period has not all of them.
    total : int
        Incidents that there are.
    n : float
        Those in the grid, the sum of their weights.
    left : dict of str to int
        The others, by the reason.
    spans : int
        How many of those in the grid are spread over a span.
    heaps : tuple of Heap
        Times of day that stand for times that are not known.
    days : DatetimeIndex
        The days of the period.
    zone : str
        Whose clock it is.
    dispersion : float
        What the limits allow for.
    longest : float
        The longest span that is spread, in hours.
    leave_out : tuple of str
        The times of day that are left out.
    """

    name: str
    by: tuple[str, ...]
    table: pd.DataFrame
    bands: pd.DataFrame
    peak: Peak | None
    daily: Peak | None
    total: int
    n: float
    left: dict[str, int]
    spans: int
    heaps: tuple[Heap, ...]
    days: pd.DatetimeIndex
    zone: str
    dispersion: float
    longest: float
    leave_out: tuple[str, ...]

    @property
    def cells(self) -> pd.DataFrame:
        """The rows of the table that are cells, not totals."""
        keep = ~np.logical_or.reduce([self.table[one].astype(str) == ALL for one in self.by])
        cells: pd.DataFrame = self.table[keep]
        return cells

    def __repr__(self) -> str:
        return f"<HotTimes '{self.name}': {self.n:g} incidents by {' and '.join(self.by)}>"


@dataclass(frozen=True)
class Asked:
    """How hot times are to be told; see `hot_times`."""

    by: tuple[str, ...] = ("weekday", "hour")
    shifts: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    longest: float = LONGEST
    missing_end: MissingEnd = "exclude"
    leave_out: tuple[str, ...] = ()
    dispersion: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.by) <= 2 or len(set(self.by)) != len(self.by):
            raise ParameterError(
                f"'by' is {' and '.join(self.by) or 'empty'}",
                hint=f"name one or two of: {', '.join(PARTS)}",
            )
        for one in self.by:
            if one not in PARTS:
                raise ParameterError(f"'by' is '{one}'", hint=did_you_mean(one, PARTS))
        if self.shifts and "hour" not in self.by:
            raise ParameterError(
                f"'shifts' divide the hours, and 'by' is {' and '.join(self.by)}", hint="leave out the shifts, or add hour to 'by'"
            )
        if not 0 < self.longest <= 24 * 366:
            raise ParameterError(
                f"'longest' is {self.longest:g}", hint="give the hours of the longest span to spread, such as 24 or 168"
            )
        if self.missing_end not in ("exclude", "start"):
            raise ParameterError(f"'missing_end' is '{self.missing_end}'", hint="use 'exclude' or 'start'")
        for text in self.leave_out:
            if not _CLOCK.fullmatch(text):
                raise ParameterError(f"'leave_out' is '{text}'", hint="give a time of day such as 00:00")
        bands_of(self.shifts)
        bands_of(self.bands)
        if self.dispersion is not None:
            require_dispersion(self.dispersion)

    @property
    def timed(self) -> bool:
        """Whether times of day are looked at."""
        return "hour" in self.by or bool(self.bands)


def bands_of(texts: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return bands of hours as their first and their last hour, the latter not included."""
    words = [band_of(text)[0] for text in texts]
    return tuple((int(text[:2]), int(text[-5:-3])) for text in words)


def hot_times(
    incidents: pd.DataFrame,
    asked: Asked | None = None,
    *,
    name: str = "All incidents",
    until: datetime.date | None = None,
) -> HotTimes:
    """Return how often incidents are in each cell of a grid of times, for each hour that the period had of it.

    An incident whose time is known is of its hour; one that has a span is spread over it (`spread`). Which ones
    are in the grid, and why the others are not, is accounted for.

    Parameters
    ----------
    incidents : DataFrame
        Read with a `Clock`, or any selection of its rows.
    asked : Asked, optional
        ``by``, one or two of 'hour', 'weekday', 'month' and 'season'. ``shifts``, bands of hours such as
        ``"22:00-07:00"`` instead of each hour; what crosses midnight is of the day on which it begins. ``bands``,
        whose shares are told beside. ``longest``, the hours of the longest span that is spread, longer ones are left
        out. ``missing_end``, what becomes of incidents without an end in files that have ends: 'exclude', or 'start',
        which takes their start for their time. ``leave_out``, times of day such as ``"00:00"`` that stand for times
        not known. ``dispersion``, estimated without it.
    name : str
        What they are the incidents of.
    until : date, optional
        The last day that can have been; today without it.

    Raises
    ------
    DataError
        When no incident has a day, or a time of day where hours are asked for; when under 30 are left.
    ParameterError
        When the incidents were read without a `Clock`.

    Warns
    -----
    HotspotsWarning
        When a tenth or more of the incidents is left out, or times of day are heaped on midnight or noon.
    """
    asked = asked or Asked()
    if "timing" not in incidents or not isinstance(incidents["start"].dtype, pd.DatetimeTZDtype):
        raise ParameterError(
            "the incidents were read without their times", hint="read them with a 'clock', such as Clock()"
        )
    last = pd.Timestamp(until or datetime.date.today())  # noqa: DTZ011 - a day, told to the reader
    zone = str(incidents["start"].dtype.tz)
    _refuse_months(incidents, asked)
    wall = incidents["start"].dt.tz_localize(None)
    why = _reasons(incidents, wall, asked, last)
    days = _days(incidents, wall[why == ""], last)
    why[(why == "") & ~wall.dt.normalize().isin(days).to_numpy()] = "outside"
    kept = why == ""
    left = {one: int((why == one).sum()) for one in _WORDS if (why == one).any()}
    if kept.sum() < FEWEST:
        raise DataError(
            f"{int(kept.sum()):,} of {len(incidents):,} incidents of '{name}' can be put in a grid of times, and it takes {FEWEST}: "
            f"{left_words(left) or 'there are no others'}",
            hint="choose more incidents, or see to their times",
        )
    _warn_of_left(left, len(incidents), asked)
    made = _grid(incidents[kept], days, zone, asked)
    heaps = _heaps(wall[kept & incidents["timing"].isin([TIME, SPAN, OPEN]).to_numpy()], name) if asked.timed else ()
    return HotTimes(
        name,
        asked.by,
        *made[:3],
        len(incidents),
        made[4],
        left,
        made[5],
        heaps,
        days,
        zone,
        made[3],
        asked.longest,
        asked.leave_out,
    )


def _refuse_months(incidents: pd.DataFrame, asked: Asked) -> None:
    """Refuse incidents that have months alone, or days alone where hours are asked for."""
    timing = incidents["timing"]
    if (timing == NO_DAY).all() or timing.isna().all():
        if "month" in incidents and incidents["month"].notna().any():
            raise DataError(
                "no incident has a day: the files tell months alone, as those of police.uk do, and a month has neither "
                "weekday nor hour",
                hint="give incidents with dates and times, such as an extract from your own crime system",
            )
        raise DataError("no incident has a date", hint="name the column of dates with 'month_column'")
    if asked.timed and timing.isin([DAY, DAYS, NO_DAY]).all():
        raise DataError(
            "no incident has a time of day, so that hours cannot be told",
            hint="name the column of times with 'time_column', or ask for 'by' weekday and month alone",
        )


def _reasons(incidents: pd.DataFrame, wall: pd.Series[Any], asked: Asked, last: pd.Timestamp) -> Any:
    """Return why each incident is not in the grid; empty for one that is."""
    timing = incidents["timing"].astype(object).where(incidents["timing"].notna(), NO_DAY).to_numpy()
    why = np.full(len(incidents), "", dtype=object)

    def put(mask: Mask, reason: str) -> None:
        why[mask & (why == "")] = reason

    for one in (NO_DAY, UNREAD, SKIPPED, BACKWARDS):
        put(timing == one, one)
    put((wall > last + pd.Timedelta(days=1)).to_numpy(), "future")
    if asked.timed:
        put(np.isin(timing, [DAY, DAYS]), "no time")
    if asked.missing_end == "exclude":
        put(timing == OPEN, OPEN)
    length = (incidents["end"] - incidents["start"]).dt.total_seconds().to_numpy()
    put(np.isin(timing, [SPAN, DAYS]) & (length > 3600 * asked.longest), "long")
    minutes = (wall.dt.hour * 60 + wall.dt.minute).to_numpy()
    out = [60 * int(found[1]) + int(found[2]) for text in asked.leave_out if (found := _CLOCK.fullmatch(text))]
    put(np.isin(timing, [TIME, SPAN, OPEN]) & np.isin(minutes, out), "left out")
    return why


def _days(incidents: pd.DataFrame, wall: pd.Series[Any], last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the days of the period: those of its months, without days at its ends that the data do not reach."""
    months = months_covered(incidents)
    every = [pd.date_range(one.start_time, one.end_time.normalize()) for one in months]
    days = every[0].append(every[1:]) if every else pd.DatetimeIndex([])
    days = days[days <= last]
    held = wall.dt.normalize()
    inside = held[held.isin(days)]
    if inside.empty:
        return days
    gap = math.log(1 / _IMPROBABLE) * len(days) / len(inside)
    first, final = inside.min(), inside.max()
    lead, tail = int((days < first).sum()), int((days > final).sum())
    for number, words in ((lead, f"begin on {first:%Y-%m-%d}"), (tail, f"end on {final:%Y-%m-%d}")):
        if number > gap:
            log.info(
                "The incidents %s, so the %d days %s count for no hours",
                words, number, "before" if words.startswith("begin") else "after",
            )  # fmt: skip
    if lead > gap:
        days = days[days >= first]
    return days[days <= final] if tail > gap else days


def _grid(
    used: pd.DataFrame, days: pd.DatetimeIndex, zone: str, asked: Asked
) -> tuple[pd.DataFrame, pd.DataFrame, Peak | None, float, float, int]:
    """Return table, bands and peak, the dispersion, the incidents, and how many are spread."""
    start = _seconds(used["start"])
    spread_out = used["timing"].isin([SPAN, DAY, DAYS]).to_numpy()
    end = np.where(spread_out, _seconds(used["end"].fillna(used["start"])), start)
    ends = pd.DatetimeIndex(end.view("datetime64[s]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    walls = used["start"].dt.tz_localize(None)
    hours = make_hours(days, zone, start=walls.min(), end=ends.max())
    incident, hour, weight = spread(start, end, hours.edges)
    weights = row_weights(used)
    weight = weight if weights is None else weight * weights[incident]
    shifts = bands_of(asked.shifts)
    labels = [label_hours(hours, part, shifts=shifts) for part in asked.by]
    cell, index = _cells(labels, asked.by)
    # Rounded, so that three thirds are one.
    n = pd.Series(np.bincount(cell[hour], weight, minlength=len(index)).round(9), index=index)
    exposure = pd.Series(np.bincount(cell, hours.exposed, minlength=len(index)).round(9), index=index)
    month = (walls.dt.year * 12 + walls.dt.month).to_numpy()[incident]
    week = (walls.dt.normalize().astype("datetime64[s]").to_numpy().astype("int64") // (7 * 86_400))[incident]
    phi = _dispersion(cell[hour], weight, month, week, asked)
    table = _with_totals(n, exposure, asked.by, phi)
    bands, peak, daily = pd.DataFrame(), None, None
    if asked.timed:
        bands = _bands(hours, hour, weight, asked.bands, phi)
        peak, daily = (_peak(hours, hour, weight, phi, cycle=cycle) for cycle in ("week", "day"))
    total = float(len(used) if weights is None else weights.sum())
    return table, bands, peak, phi, total, int(used["timing"].isin([SPAN, DAYS]).sum())


def _cells(labels: list[Any], by: tuple[str, ...]) -> tuple[Any, pd.Index[Any]]:
    """Return the cell of each hour, and what the cells are called."""
    shape = [len(names) for _, names in labels]
    cell = np.ravel_multi_index([codes for codes, _ in labels], shape)
    categories = [pd.CategoricalIndex(names, categories=names, ordered=True) for _, names in labels]
    if len(by) == 1:
        return cell, categories[0].rename(by[0])
    return cell, pd.MultiIndex.from_product(categories, names=by)


def _dispersion(cell: Any, weight: Floats, month: Any, week: Any, asked: Asked) -> float:
    """Return the dispersion of the cells' counts, and say it.

    It is told from two halves of the period, or its years; where the cells are months or seasons, which no half has
    all of, from its even and its odd weeks.
    """
    if asked.dispersion is not None:
        return asked.dispersion
    whole = not {"month", "season"} & set(asked.by)
    counts = pd.DataFrame({"cell": cell, "time": month if whole else week % 2, "n": weight})
    table = counts.pivot_table(index="cell", columns="time", values="n", aggfunc="sum", fill_value=0.0)
    if whole:
        every = range(int(month.min()), int(month.max()) + 1)
        table = long_periods(table.reindex(columns=pd.Index(every), fill_value=0.0))
    phi = dispersion_of(table.to_numpy())
    if math.isnan(phi):
        log.info(
            "The dispersion of the counts cannot be told (it takes two months and 11 cells with incidents), so limits "
            "rest on Poisson counts, the narrowest that can be defended (set it with 'dispersion')"
        )
        return 1.0
    where = f"{table.shape[1]} parts of the period" if whole else "even and odd weeks"
    log.info(
        "Dispersion %.2f, the variance of the cells' counts over their mean in %s; limits allow for it (set it with "
        "'dispersion')",
        phi, where,
    )  # fmt: skip
    return phi


def _with_totals(n: pd.Series[Any], hours: pd.Series[Any], by: tuple[str, ...], phi: float) -> pd.DataFrame:
    """Return the cells and, of two parts, the totals by each and of all."""
    parts = [time_grid(n, hours, dispersion=phi).reset_index()]
    if len(by) == 2:
        for one, other in (by, by[::-1]):
            sums = [held.groupby(level=one, observed=False, sort=False).sum() for held in (n, hours)]
            parts.append(time_grid(*sums, dispersion=phi).reset_index().assign(**{other: ALL}))
    whole: dict[str, Any] = dict.fromkeys(by, ALL) | {"n": n.sum(), "hours": hours.sum(), "tm_ratio": 1.0}
    whole["per_hour"] = whole["n"] / whole["hours"]
    parts.append(pd.DataFrame([whole]))
    plain = [part.astype(dict.fromkeys(by, object) | ({"tm_flag": object} if "tm_flag" in part else {})) for part in parts]
    table = pd.concat(plain, ignore_index=True)
    return table[[*by, *(name for name in table.columns if name not in by)]]


def _bands(hours: Hours, hour: Any, weight: Floats, texts: Sequence[str], phi: float) -> pd.DataFrame:
    """Return the share of each band of hours, with limits, beside the share of the hours that it is."""
    at = hours.clock.hour.to_numpy()
    rows = []
    for text in texts:
        words, held = band_of(text)
        inside = np.isin(at, list(held))
        n, of = float(weight[inside[hour]].sum()), float(weight.sum())
        lower, upper = share_limits([n], [of], dispersion=phi)
        share = float(hours.exposed[inside].sum() / hours.exposed.sum())
        rows.append(
            {
                "band": words,
                "n": round(n, 9),
                "share_n": n / of,
                "share_lo": float(lower[0]),
                "share_hi": float(upper[0]),
                "share_hrs": share,
                "tm_ratio": n / of / share,
            }
        )
    return pd.DataFrame(rows)


def _peak(
    hours: Hours, hour: Any, weight: Floats, phi: float, *, cycle: Literal["week", "day"]
) -> Peak | None:
    """Return the run of hours of the week or the day that stands out most; None where the period has not all."""
    at = hours.clock.hour.to_numpy() + (24 * hours.clock.weekday.to_numpy() if cycle == "week" else 0)
    cells = 168 if cycle == "week" else 24
    exposure = np.bincount(at, hours.exposed, minlength=cells)
    if (exposure <= 0).any():
        return None
    return find_peak(np.bincount(at[hour], weight, minlength=cells), exposure, dispersion=phi)


def run_words(peak: Peak) -> str:
    """Return which hours a run of hours of the week or the day is.

    Examples
    --------
    >>> run_words(Peak(4 * 24 + 22, 4, 60.0, 2.4, 0.001)), run_words(Peak(20, 4, 60.0, 2.4, 0.001))
    ('Friday 22:00 to Saturday 02:00', 'Monday 20:00 to 24:00')
    """
    return _words_between(peak, weekdays=True)


def daily_words(peak: Peak) -> str:
    """Return which hours a run of hours of the day is.

    Examples
    --------
    >>> daily_words(Peak(22, 4, 60.0, 2.4, 0.001)), daily_words(Peak(20, 4, 60.0, 2.4, 0.001))
    ('22:00 to 02:00', '20:00 to 24:00')
    """
    return _words_between(peak, weekdays=False)


def _words_between(peak: Peak, *, weekdays: bool) -> str:
    last = peak.start + peak.length
    begun, ended = peak.start // 24, (last - 1) // 24
    end = f"{last - 24 * ended:02d}:00"
    if not weekdays:
        return f"{HOURS[peak.start % 24]} to {end}"
    other = "" if begun == ended else f"{WEEKDAYS[ended % 7]} "
    return f"{WEEKDAYS[begun]} {HOURS[peak.start % 24]} to {other}{end}"


def _heaps(wall: pd.Series[Any], name: str) -> tuple[Heap, ...]:
    """Return the times of day that stand for times not known, and warn of them."""
    if wall.empty:
        return ()
    found = tuple(find_heaps((wall.dt.hour * 60 + wall.dt.minute).to_numpy()))
    for heap in found:
        warnings.warn(
            f"{heap.n:,} of {len(wall):,} times of '{name}' are {heap.clock} ({100 * heap.share:.0f}%), where the times an hour "
            f"before and after lead one to expect {heap.expected:,.0f}: it often stands for a time that is not known "
            "(leave it out with 'leave_out')",
            HotspotsWarning,
            stacklevel=3,
        )
    return found


def _warn_of_left(left: dict[str, int], total: int, asked: Asked) -> None:
    number = sum(left.values())
    if number < _MUCH * total:
        return
    hint = ""
    if left.get(OPEN, 0) >= _MUCH * total:
        hint = "; take the start of those without an end for their time with 'missing_end' = 'start'"
    elif left.get("long", 0) >= _MUCH * total:
        hint = f"; spread spans of more than {asked.longest:g} hours with 'longest', such as 168"
    warnings.warn(
        f"{number:,} of {total:,} incidents ({100 * number / total:.0f}%) are not in the grid: {left_words(left)}; their times "
        f"may be others than those of the rest{hint}",
        HotspotsWarning,
        stacklevel=3,
    )


_WORDS = {
    NO_DAY: "no day",
    UNREAD: "a time that cannot be read",
    SKIPPED: "a time that the clocks skipped",
    BACKWARDS: "an end before the start",
    "future": "a day in the future",
    "no time": "no time of day",
    OPEN: "no time of the end",
    "long": "too long a span",
    "left out": "a time that is left out",
    "outside": "a day outside the period, by the local clock",
}


def left_words(left: dict[str, int]) -> str:
    """Return why incidents are not in the grid, and how many each.

    Examples
    --------
    >>> left_words({"no time": 12, "backwards": 1})
    'no time of day (12), an end before the start (1)'
    """
    return ", ".join(f"{_WORDS[reason]} ({number:,})" for reason, number in left.items())


def _seconds(stamps: pd.Series[Any]) -> npt.NDArray[np.int64]:
    utc = stamps.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[s]")
    seconds: npt.NDArray[np.int64] = utc.astype(np.int64)
    return seconds

