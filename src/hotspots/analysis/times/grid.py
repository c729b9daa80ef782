"""Hot times: at what hours, weekdays, months and seasons incidents are; every incident accounted for."""

from __future__ import annotations

import datetime
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.hours import band_of
from hotspots.analysis.times.account import (
    WORDS,
    days_of,
    heaps_of,
    left_words,
    reasons_of,
    refuse_months,
    warn_of_left,
)
from hotspots.analysis.times.ask import LONGEST, Asked, MissingEnd, bands_of
from hotspots.base.binomial import share_limits
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import dispersion_of
from hotspots.incidents.clock import DAY, DAYS, OPEN, SPAN, TIME
from hotspots.incidents.gate import row_weights
from hotspots.methods.dispersion import long_periods
from hotspots.methods.time.heaps import Heap
from hotspots.methods.time.peak import Peak, find_peak
from hotspots.methods.time.times import (
    HOURS,
    WEEKDAYS,
    Hours,
    label_hours,
    make_hours,
    spread,
    time_grid,
)

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]

ALL = "All"
FEWEST = 30
"""Of fewer incidents there is no grid."""


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


def hot_times(
    incidents: pd.DataFrame,
    *,
    by: Sequence[str] = ("weekday", "hour"),
    shifts: Sequence[str] = (),
    bands: Sequence[str] = (),
    longest: float = LONGEST,
    missing_end: MissingEnd = "exclude",
    leave_out: Sequence[str] = (),
    dispersion: float | None = None,
    name: str = "All incidents",
    until: datetime.date | None = None,
) -> HotTimes:
    r"""Return how often incidents are in each cell of a grid of times, for each hour that the period had of it.

    An incident whose time is known is of its hour; one that has a span is spread over it (`spread`). Which ones
    are in the grid, and why the others are not, is accounted for.

    Parameters
    ----------
    incidents : DataFrame
        Read with a `Clock`, or any selection of its rows.
    by : sequence of str, default 'weekday' and 'hour'
        One or two of 'hour', 'weekday', 'month' and 'season'.
    shifts : sequence of str, default none
        Bands of hours such as ``"22:00-07:00"`` instead of each hour; what crosses midnight is of the day on which it
        begins.
    bands : sequence of str, default none
        Bands of hours whose shares are told beside.
    longest : float, default 24
        Hours of the longest span that is spread; longer ones are left out.
    missing_end : {'exclude', 'start'}, default 'exclude'
        What becomes of incidents without an end in files that have ends: left out, or taken to have been at their
        start.
    leave_out : sequence of str, default none
        Times of day such as ``"00:00"`` that stand for times not known.
    dispersion : float, optional
        Variance over mean that the limits allow for; estimated without it.
    name : str
        What they are the incidents of.
    until : date, optional
        The last day that can have been; today without it.

    Raises
    ------
    DataError
        When no incident has a day, or a time of day where hours are asked for; when under 30 are left.
    ParameterError
        When the incidents were read without a `Clock`, or an option is none of its choices.

    Warns
    -----
    HotspotsWarning
        When a tenth or more of the incidents is left out, or times of day are heaped on midnight or noon.

    Examples
    --------
    Sixty burglaries of a month, all at 22:30, hold one hour of the day: 24 times the mean.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from hotspots.incidents.clock import Clock
    >>> from hotspots.incidents.reading import read_incidents
    >>> rows = [f"400000,300000,Burglary,{1 + k % 30:02}/06/2025 22:30" for k in range(60)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "burglary.csv"
    ...     _ = path.write_text("\n".join(["Easting,Northing,Category,Date", *rows]))
    ...     incidents, _ = read_incidents(path, clock=Clock())
    >>> made = hot_times(incidents, by=["hour"])
    >>> made.table.set_index("hour").loc["22:00", ["n", "tm_ratio"]].tolist()
    [60.0, 24.0]
    """
    asked = Asked(tuple(by), tuple(shifts), tuple(bands), longest, missing_end, tuple(leave_out), dispersion)
    if "timing" not in incidents or not isinstance(incidents["start"].dtype, pd.DatetimeTZDtype):
        raise ParameterError(
            "the incidents were read without their times", hint="read them with a 'clock', such as Clock()"
        )
    last = pd.Timestamp(until or datetime.date.today())
    zone = str(incidents["start"].dtype.tz)
    refuse_months(incidents, asked)
    wall = incidents["start"].dt.tz_localize(None)
    why = reasons_of(incidents, wall, asked, last)
    days = days_of(incidents, wall[why == ""], last)
    why[(why == "") & ~wall.dt.normalize().isin(days).to_numpy()] = "outside"
    kept = why == ""
    left = {one: int((why == one).sum()) for one in WORDS if (why == one).any()}
    if kept.sum() < FEWEST:
        raise DataError(
            f"{int(kept.sum()):,} of {len(incidents):,} incidents of '{name}' can be put in a grid of times, and it "
            f"takes {FEWEST}: not in it are {left_words(left) or 'no others'}",
            hint="choose more incidents, or see to their times",
        )
    warn_of_left(left, len(incidents), asked)
    heaps = (
        heaps_of(wall[kept & incidents["timing"].isin([TIME, SPAN, OPEN]).to_numpy()], name)
        if asked.timed
        else ()
    )
    return HotTimes(
        name=name,
        by=asked.by,
        total=len(incidents),
        left=left,
        heaps=heaps,
        days=days,
        zone=zone,
        longest=asked.longest,
        leave_out=asked.leave_out,
        **_grid(incidents[kept], days, zone, asked, name),
    )


def _grid(used: pd.DataFrame, days: pd.DatetimeIndex, zone: str, asked: Asked, name: str) -> dict[str, Any]:
    """Return what `HotTimes` holds of the incidents that are in the grid."""
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
    phi = _dispersion(cell[hour], weight, month, week, asked, name)
    table = _with_totals(n, exposure, asked.by, phi)
    bands, peak, daily = pd.DataFrame(), None, None
    if asked.timed:
        bands = _bands(hours, hour, weight, asked.bands, phi)
        peak, daily = (_peak(hours, hour, weight, phi, cycle=cycle) for cycle in ("week", "day"))
    return {
        "table": table,
        "bands": bands,
        "peak": peak,
        "daily": daily,
        "dispersion": phi,
        "n": float(len(used) if weights is None else weights.sum()),
        "spans": int(used["timing"].isin([SPAN, DAYS]).sum()),
    }


def _cells(labels: list[Any], by: tuple[str, ...]) -> tuple[Any, pd.Index[Any]]:
    """Return the cell of each hour, and what the cells are called."""
    shape = [len(names) for _, names in labels]
    cell = np.ravel_multi_index([codes for codes, _ in labels], shape)
    categories = [pd.CategoricalIndex(names, categories=names, ordered=True) for _, names in labels]
    if len(by) == 1:
        return cell, categories[0].rename(by[0])
    return cell, pd.MultiIndex.from_product(categories, names=by)


def _dispersion(cell: Any, weight: Floats, month: Any, week: Any, asked: Asked, name: str) -> float:
    """Return the dispersion of the cells' counts, and say it.

    It is told from two halves of the period, or its years; where the cells are months or seasons, which no half has
    all of, from its even and its odd weeks.
    """
    if asked.dispersion is not None:
        return asked.dispersion
    whole = not {"month", "season"} & set(asked.by)
    at = month - month.min() if whole else week % 2
    times = int(at.max()) + 1
    sums = np.bincount(cell * times + at, weight, minlength=(int(cell.max()) + 1) * times)
    table = pd.DataFrame(sums.reshape(-1, times))
    table = long_periods(table) if whole else table
    phi = dispersion_of(table.to_numpy())
    if math.isnan(phi):
        log.info(
            "%s: the dispersion of the counts cannot be told (it takes two months and 11 cells with incidents), so "
            "limits rest on Poisson counts, the narrowest that can be defended (set it with 'dispersion')",
            name,
        )
        return 1.0
    where = f"{table.shape[1]} parts of the period" if whole else "even and odd weeks"
    log.info(
        "%s: dispersion %.2f, the variance of the cells' counts over their mean in %s; limits allow for it (set it "
        "with 'dispersion')",
        name,
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
    plain = [
        part.astype(dict.fromkeys(by, object) | ({"tm_flag": object} if "tm_flag" in part else {}))
        for part in parts
    ]
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
    at = hours.clock.hour.to_numpy() + (24 * hours.clock.day_of_week.to_numpy() if cycle == "week" else 0)
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


def _seconds(stamps: pd.Series[Any]) -> npt.NDArray[np.int64]:
    utc = stamps.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[s]")
    seconds: npt.NDArray[np.int64] = utc.astype(np.int64)
    return seconds
