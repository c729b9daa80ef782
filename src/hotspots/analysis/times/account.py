"""Which incidents have times that can be told, why the others have not, and which days they are of."""

from __future__ import annotations

import logging
import math
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.times.ask import Asked, minute_of
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.counting.period import months_covered
from hotspots.incidents.clock import BACKWARDS, DAY, DAYS, NO_DAY, OPEN, SKIPPED, SPAN, TIME, UNREAD
from hotspots.methods.time.heaps import Heap, find_heaps

log = logging.getLogger(__name__)

Mask = npt.NDArray[np.bool_]

_MUCH = 0.1  # a share of incidents left out that is worth a warning
_IMPROBABLE = 0.001  # the probability of a gap at an end of the period, under which data are missing there
WORDS = {
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


def refuse_months(incidents: pd.DataFrame, asked: Asked) -> None:
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


def reasons_of(incidents: pd.DataFrame, wall: pd.Series[Any], asked: Asked, last: pd.Timestamp) -> Any:
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
    out = [minute_of(text) for text in asked.leave_out]
    put(np.isin(timing, [TIME, SPAN, OPEN]) & np.isin(minutes, out), "left out")
    return why


def days_of(incidents: pd.DataFrame, wall: pd.Series[Any], last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the days of the period: those of its months, without days at its ends that the data do not reach."""
    months = months_covered(incidents)
    every = [pd.date_range(one.start_time, one.end_time.normalize()) for one in months]
    days = pd.DatetimeIndex(np.concatenate([one.to_numpy() for one in every]) if every else [])
    days = pd.DatetimeIndex(days[days <= last])
    held = wall.dt.normalize()
    inside = held[held.isin(days)]
    if inside.empty:
        return days
    gap = math.log(1 / _IMPROBABLE) * len(days) / len(inside)
    first, final = inside.min(), inside.max()
    lead, tail = int((days < first).sum()), int((days > final).sum())
    for number, word, day, side in ((lead, "begin", first, "before"), (tail, "end", final, "after")):
        if number > gap:
            log.info(
                "The incidents %s on %s, so the %d days %s it count for no hours",
                word,
                f"{day:%Y-%m-%d}",
                number,
                side,
            )
    if lead > gap:
        days = pd.DatetimeIndex(days[days >= first])
    return pd.DatetimeIndex(days[days <= final]) if tail > gap else days


def warn_of_left(left: dict[str, int], total: int, asked: Asked) -> None:
    """Warn where a tenth or more of the incidents is not in the grid."""
    number = sum(left.values())
    if number < _MUCH * total:
        return
    hint = ""
    if left.get(OPEN, 0) >= _MUCH * total:
        hint = "; take the start of those without an end for their time with 'missing_end' = 'start'"
    elif left.get("long", 0) >= _MUCH * total:
        hint = f"; spread spans of more than {asked.longest:g} hours with 'longest', such as 168"
    warnings.warn(
        f"{number:,} of {total:,} incidents ({100 * number / total:.0f}%) are not in the grid: {left_words(left)}; "
        f"their times may be others than those of the rest{hint}",
        HotspotsWarning,
        stacklevel=3,
    )


def left_words(left: dict[str, int]) -> str:
    """Return why incidents are not in the grid, and how many each.

    Examples
    --------
    >>> left_words({"no time": 12, "backwards": 1})
    'no time of day (12), an end before the start (1)'
    """
    return ", ".join(f"{WORDS[reason]} ({number:,})" for reason, number in left.items())


def heaps_of(wall: pd.Series[Any], name: str) -> tuple[Heap, ...]:
    """Return the times of day that stand for times not known, and warn of them."""
    if wall.empty:
        return ()
    found = tuple(find_heaps((wall.dt.hour * 60 + wall.dt.minute).to_numpy()))
    for heap in found:
        warnings.warn(
            f"{heap.n:,} of {len(wall):,} times of '{name}' are {heap.clock} ({100 * heap.share:.0f}%), where the "
            f"times an hour before and after lead one to expect {heap.expected:,.0f}: it often stands for a time "
            "not known (leave it out with 'leave_out')",
            HotspotsWarning,
            stacklevel=3,
        )
    return found
