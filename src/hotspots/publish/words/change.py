"""Periods and changes in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from hotspots.analysis.changes import Comparison, Months
from hotspots.areas.hidden import zero_word
from hotspots.areas.uncovered import is_lacking
from hotspots.base.months import span_words

NO_PERIOD = "period not recorded"
_LISTED = 4  # months named one by one where they are not all that lie between the first and the last


def calendar_words(months: Sequence[pd.Period]) -> str:
    """Return the time that an analysis covers: ``"January to December 2025"`` or ``"July 2016, July 2017"``."""
    if not months:
        return NO_PERIOD
    whole = months[-1].ordinal - months[0].ordinal + 1
    if 1 < len(months) < whole and len(months) <= _LISTED:
        return ", ".join(month.strftime("%B %Y") for month in months)
    return span_words(months)


def season_words(months: Months) -> str:
    """Return months without their year, such as ``"January to December"`` or ``"July, September"``."""
    first, last = months[0], months[-1]
    if len(months) == 1:
        return str(first.strftime("%B"))
    if last.ordinal - first.ordinal + 1 == len(months):
        return f"{first.strftime('%B')} to {last.strftime('%B')}"
    return ", ".join(month.strftime("%B") for month in months)


def year_words(months: Months) -> str:
    """Return the year of some months: ``"2025"``, or ``"2024/25"`` where they begin in one and end in the next."""
    first, last = months[0].year, months[-1].year
    return str(first) if first == last else f"{first}/{last % 100:02d}"


def compared_words(comparison: Comparison) -> tuple[str, str]:
    """Return the two periods compared, the earlier first."""
    before, after = comparison.before, comparison.after
    if comparison.asked:
        return span_words(before), span_words(after)
    season = season_words(after)
    return f"{season} {year_words(before)}", f"{season} {year_words(after)}"


def is_whole(comparison: Comparison, calendar: Sequence[Any]) -> bool:
    """Return whether the later of the periods compared is the whole period that all else is of."""
    return comparison.after == tuple(calendar)


def change_words(row: pd.Series[Any], *, few: int = 0) -> str:
    """Return a change as ``"up 36%"``, ``"up from 1 to 434"`` (a percentage of 1 says little) or "no clear change".

    Where there is none, it says which months the files do not cover.

    Parameters
    ----------
    row : Series
        The columns of `hotspots.change`.
    few : int, default 0
        What a 0 of rounded counts stands for fewer than: nothing went down by 100 % to a count that may be 4.
    """
    flag, percent = row["ch_flag"], row["ch_pct"]
    if pd.isna(flag):
        note = str(row.get("ch_note", ""))
        return note if is_lacking(note) else ""
    if flag == "no clear change":
        return str(flag)
    if pd.isna(percent):
        counts = [row["n_before"], row["n_after"]]
        before, after = (zero_word("n", few) if few and n == 0 else f"{n:,.0f}" for n in counts)
        return f"{flag} from {before} to {after}"
    return f"{flag} {abs(percent):,.0f}%"


def limits_words(row: pd.Series[Any]) -> str:
    """Return the limits of a change in percent; nothing from under 10 incidents, or where one of them is infinite."""
    low, high = row["ch_lo"], row["ch_hi"]
    if pd.isna(row["ch_pct"]) or pd.isna(low) or pd.isna(high):
        return ""
    return f"{_signed(low)} to {_signed(high)}"


def standing_words(table: pd.DataFrame, before: str) -> str:
    """Return which areas are newly, no longer, still and narrowly not above the average; nothing without standings.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["Town", "Vale", "Moor"], "district": ["Abbeyshire", "", ""],
    ...                       "sd_since": ["newly above", "still above", "not above"]})
    >>> standing_words(table, "July 2017")
    'Against July 2017: newly above the average: Town (Abbeyshire); still above: Vale.'
    """
    if "sd_since" not in table:
        return ""
    said = []
    for value, word in (
        ("newly above", "newly above the average"),
        ("still above", "still above"),
        ("no longer above", "no longer above"),
        ("narrowly below", "narrowly below"),
    ):
        found = table[table["sd_since"] == value]
        names = [
            f"{name} ({district})" if district and not pd.isna(district) else str(name)
            for name, district in zip(found["name"], found["district"], strict=True)
        ]
        if names:
            said.append(f"{word}: {', '.join(names)}")
    return (
        f"Against {before}: {'; '.join(said)}." if said else f"Against {before}: none is above the average."
    )


def _signed(ratio: float) -> str:
    return f"{100 * (ratio - 1):+,.0f}%".replace("-", "\u2212")
