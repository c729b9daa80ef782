"""A theme against others in sentences: the comparators, or else its districts among themselves."""

from __future__ import annotations

from typing import Any

from hotspots.analysis.against import Against
from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.base.text import list_words
from hotspots.publish.words.profile import STANDING, comparator_words

NAMED = 4  # districts of one standing named one by one
NONE = "No national or similar figure is at hand."
_WHOLE = 10  # from here up a rate is said without decimals


def against_words(analysis: Analysis, theme: ThemeResult) -> str:
    """Return how a theme's rate stands beside the comparators' or, without one, its districts beside each other.

    Empty where there is neither.
    """
    found = analysis.against.get(theme.key)
    if found is None or theme.rate is None:
        return ""
    if len(found.comparators):
        return _comparators(analysis, found, theme.rate)
    districts = _districts(found)
    return f"{NONE} {districts}" if districts else ""


def rate_words(value: float) -> str:
    """Return a rate as a page says it: whole from 10 up, else with one decimal.

    Examples
    --------
    >>> rate_words(104.31), rate_words(7.25)
    ('104', '7.2')
    """
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.1f}"


def _comparators(analysis: Analysis, found: Against, rate: float) -> str:
    rows: Any = found.comparators.iterrows()
    said = []
    for label, row in rows:
        period = found.periods.get(label, "")
        figure = ", ".join(part for part in (rate_words(row["cmp_rate"]), period) if part)
        said.append(f"{STANDING[row['cmp_flag']]} that of {comparator_words(label)} ({figure})")
    text = f"At {rate_words(rate)} a year for every 1,000 people, the rate is {list_words(said)}."
    if analysis.months < 12 and any(found.periods.get(label) for label in found.comparators.index):
        text += " Where theirs is a whole year, the season is part of the difference."
    return text


def _districts(found: Against) -> str:
    table = found.districts
    if table.empty:
        return ""
    said: list[str] = []
    for flag in ("above", "similar", "below"):
        rows = table[table["cmp_flag"] == flag].sort_values("rate", ascending=False, kind="stable")
        if rows.empty:
            continue
        names = [f"{name} ({rate_words(value)})" for name, value in rows["rate"].items()]
        listed = names if len(names) <= NAMED + 1 else [*names[:NAMED], f"{len(names) - NAMED} more"]
        verb = "is" if len(names) == 1 else "are"
        # What is compared with is named once.
        standing = STANDING[flag].removesuffix(" to") if said else f"{STANDING[flag]} all others together"
        said.append(f"{list_words(listed)} {verb} {standing}")
    return f"Of the {len(table):,} districts, {'; '.join(said)}."
