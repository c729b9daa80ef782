"""Why an area is a priority, or is not: one sentence for each, made of its own figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.columns import format_value
from hotspots.base.errors import DataError
from hotspots.base.poisson import ratio_limits
from hotspots.base.rounded import least_and_most
from hotspots.base.text import list_words
from hotspots.priorities.cube import STATIC, Bad, Scored, score_cube
from hotspots.priorities.selection import Rules, Wide

SURE = 0.8
"""A selection that is less likely than this is borderline."""
Wording = Literal["exact", "plain"]
"""Whether a reason gives scores and thresholds in standard deviations, or only what they come to."""
OTHERS = 3
"""At most this many indicators are named after the first."""
_WIDE_ONES: dict[Wide, str] = {"force-wide": "force-wide", "overall": "overall priorities"}
_NOUNS = (
    ("year", r"\d{4}"),
    ("half-year", r"\d{4} H[12]"),
    ("quarter", r"\d{4} Q[1-4]"),
    ("month", r"\d{4}-\d\d"),
)

Floats = npt.NDArray[np.float64]


def reasons(
    indicators: pd.DataFrame,
    selection: pd.DataFrame,
    *,
    units: Mapping[str, str] | None = None,
    bad: Mapping[str, Bad] | None = None,
    rules: Rules | None = None,
    counts: pd.DataFrame | None = None,
    months: Mapping[str, float] | None = None,
    rounded: int = 1,
    districts: pd.Series[Any] | None = None,
    noun: str = "area",
    chance: pd.Series[Any] | None = None,
    wide: Wide = "force-wide",
    wording: Wording = "exact",
) -> pd.Series[str]:
    """Say in one sentence why each area is a priority, watched or neither, from its own figures.

    It says what the area is; then, for the indicator that stands out most, its standing against the mean of
    all areas in each period (above: over the mean + 1 SD; significantly above: over the mean + 2 SD, as
    `flag_mean_sd` has it, of the values as they are) with the latest value and the mean; then up to three
    others that stand out, the most often flagged first; then a change of that first indicator since the
    earliest period. A change is named only where the exact 95 % limits of the ratio of the two counts leave
    out 1, and called "rising" or "falling" only where every year since has gone the same way. What was flagged
    once and is no longer is said to be in line with the average.

    Parameters
    ----------
    indicators : DataFrame
        As for `select_areas`.
    selection : DataFrame
        What `select_areas` made of them.
    units : mapping of str to str, optional
        What the values of each indicator are, such as ``"per 1,000"``.
    bad, rules, districts
        As for `select_areas`.
    counts : DataFrame, optional
        Incidents behind the indicators, with the same columns for those that count incidents.
    months : mapping of str to float, optional
        Length of each period in months, for changes; without it or `counts` no change is named.
    rounded : int, default 1
        What the counts are rounded to: a change is named only where all counts that they stand for would show it.
    noun : str, default "area"
        What an area is called: "ward".
    chance : Series of float, optional
        How likely each area's selection is, ``sel_share`` of `rank_intervals`. A selected area of under
        `SURE` is called borderline, with the figure.
    wide : {'force-wide', 'overall'}, default 'force-wide'
        What the highest priority is called: "overall" where the areas are a part of a force only.
    wording : {'exact', 'plain'}, default 'exact'
        "plain" leaves out scores and thresholds in standard deviations, and changes from another season, for
        readers without statistics.

    Returns
    -------
    Series of str
        ``reason``, on the index of `indicators`; never empty.

    Raises
    ------
    DataError
        When the selection is not of the same areas in the same order.

    Examples
    --------
    >>> import pandas as pd
    >>> from hotspots.priorities.selection import select_areas
    >>> table = pd.DataFrame(
    ...     {("Overall crime", "2024"): [10, 12, 11, 13, 12, 11, 10, 60],
    ...      ("Overall crime", "2025"): [11, 11, 12, 13, 12, 10, 9, 71]}, index=list("abcdefgh"))
    >>> said = reasons(table, select_areas(table), units={"Overall crime": "per 1,000"}, noun="ward")
    >>> print(said["h"])
    Force-wide priority: overall crime significantly above the ward average in 2 of 2 years (71.0 per 1,000 in
    2025; average 18.6).
    """
    if not indicators.index.equals(selection.index):
        raise DataError(
            "the selection is not of the same areas in the same order", hint="make it from these indicators"
        )
    rules = rules or Rules()
    scored = score_cube(indicators, bad=bad, scale="plain")
    facts = _Facts.of(indicators, scored, rules, units or {}, noun, wide)
    change = _changes(facts, counts, months or {}, wording, rounded)
    budgeted = not selection["selected"].equals(selection["priority"].isin(["force-wide", "local"]))
    ranked = int(selection["rank"].count())
    highest = selection.index[(selection["priority"] == "force-wide").to_numpy()]
    shadowed = set() if districts is None else {str(districts[code]) for code in highest}
    said = []
    for area, (code, row) in enumerate(zip(selection.index, selection.itertuples(), strict=True)):
        district = "" if districts is None else str(districts.get(code, ""))
        head = _head(row, rules, facts, district, ranked, wording, budgeted=budgeted, shadowed=shadowed)
        if chance is not None and row.selected and chance.iloc[area] < SURE:
            head = f"Borderline (chance of selection {chance.iloc[area]:.0%}). {head}"
        said.append(_sentence(head, _body(facts, area, change), _unknown(facts, area)))
    return pd.Series(said, index=indicators.index, name="reason", dtype="str")


@dataclass(frozen=True, eq=False)
class _Facts:
    """Every figure that a sentence may use."""

    scored: Scored
    z: Floats
    mean: Floats
    static: tuple[bool, ...]
    units: Mapping[str, str]
    noun: str
    periods: str
    wide: Wide

    @classmethod
    def of(
        cls,
        indicators: pd.DataFrame,
        scored: Scored,
        rules: Rules,
        units: Mapping[str, str],
        noun: str,
        wide: Wide,
    ) -> _Facts:
        z = scored.z(ddof=rules.ddof)
        known = ~np.isnan(scored.cube)
        with np.errstate(invalid="ignore"):
            mean = np.where(known, scored.cube, 0.0).sum(axis=0) / known.sum(axis=0)
        plain = indicators.columns.nlevels == 1
        once = {str(pair[0]) for pair in indicators.columns.to_list() if not plain and str(pair[1]) == STATIC}
        static = tuple(plain or name in once or len(scored.periods) == 1 for name in scored.names)
        return cls(scored, z, mean, static, units, noun, _period_noun(scored.periods), wide)


def _period_noun(periods: tuple[str, ...]) -> str:
    for noun, pattern in _NOUNS:
        if all(re.fullmatch(pattern, period) for period in periods):
            return noun
    return "period"


def _head(
    row: Any,
    rules: Rules,
    facts: _Facts,
    district: str,
    ranked: int,
    wording: Wording,
    *,
    budgeted: bool,
    shadowed: set[str],
) -> str:
    if pd.isna(row.score):
        return "No score"
    place = district or "its district"
    exact = wording == "exact"
    if row.priority == "force-wide":
        return f"{facts.wide.capitalize()} priority" + ("" if row.selected else ", outside the budget")
    if row.priority == "local":
        outside = "" if row.selected else ", outside the budget"
        aside = f" that are not {_WIDE_ONES[facts.wide]}" if district in shadowed else ""
        if not exact:
            return f"Local priority{outside}: stands out among the {facts.noun}s of {place}{aside}"
        average = f"the average score of {facts.noun}s there{aside}"
        within = f"{row.score_loc:.1f} SD above {average}, {_across(row.score_sd, facts)}"
        return f"Local priority{outside}: stands out in {place} ({within})"
    rank = f"rank {row.rank} of {ranked}"
    plain = (
        f"Selected within the budget ({rank})" if row.selected and budgeted else f"Not a priority ({rank})"
    )
    if row.priority != "watch":
        return plain
    start = f"Watch ({'selected within the budget, ' if row.selected else ''}{rank}): "
    near, local = (
        f" ({score:.2f} SD; threshold {threshold:g})" if exact else ""
        for score, threshold in ((row.score_sd, rules.force_wide), (row.score_loc, rules.local))
    )
    by = f"at least {rules.rise:g} SD" if exact else "well"
    earlier = f"its score {by} above that of its earlier {facts.periods}s"
    why = {
        "near force-wide": f"narrowly below the {facts.wide} threshold{near}",
        "near local": f"narrowly below the local threshold in {place}{local}",
        "brief": f"over a threshold, but flagged in under {rules.persistent:.0%} of its {facts.periods}s",
        "rising": f"rising: flagged in {facts.scored.periods[-1]}, {earlier}",
    }
    return start + why[row.watch]


def _across(score: float, facts: _Facts) -> str:
    everyone = "all" if facts.wide == "force-wide" else f"all {facts.noun}s compared"
    return f"{abs(score):.1f} SD {'above' if score >= 0 else 'below'} that of {everyone}"


def _body(facts: _Facts, area: int, change: npt.NDArray[np.object_]) -> list[str]:
    """Return what stands out, the most marked first, and what no longer does."""
    flagged, past = [], []
    for i in range(len(facts.scored.names)):
        z = facts.z[area, i]
        if np.isnan(z).all():
            continue
        if z[-1] <= 1 and not facts.static[i] and (z[:-1] > 1).any():
            past.append(i)
        elif (z > 1).any():
            flagged.append(i)
    flagged.sort(key=lambda i: (-np.nanmean(facts.z[area, i]), i))
    text = []
    if flagged:
        parts = [_lead(facts, area, flagged[0]), *_others(facts, area, flagged[1:])]
        text.append(", ".join(parts))
        if change[area, flagged[0]]:
            text.append(f"{_lower(facts.scored.names[flagged[0]])} {change[area, flagged[0]]}")
    text += _no_longer(facts, area, past)
    if not text:
        when = "" if all(facts.static) or len(facts.scored.periods) == 1 else f" in any {facts.periods}"
        text.append(f"no indicator is flagged against the {facts.noun} average{when}")
    return text


def _lead(facts: _Facts, area: int, i: int) -> str:
    """Say how often one indicator is above the mean, and how far in the latest period that is known."""
    z = facts.z[area, i]
    latest = int(np.flatnonzero(~np.isnan(z))[-1])
    unit = facts.units.get(facts.scored.names[i], "")
    value = f"{_figure(facts.scored.cube[area, i, latest])}{' ' + unit if unit else ''}"
    when = "" if facts.static[i] else f" in {facts.scored.periods[latest]}"
    standing = _standing(facts, area, i, f"the {facts.noun} average")
    return f"{_lower(facts.scored.names[i])} {standing} ({value}{when}; average {_figure(facts.mean[i, latest])})"


def _others(facts: _Facts, area: int, flagged: list[int]) -> list[str]:
    """Say the same of the next few, those of one standing together."""
    grouped: dict[str, list[str]] = {}
    for i in flagged[:OTHERS]:
        grouped.setdefault(_standing(facts, area, i, ""), []).append(_lower(facts.scored.names[i]))
    parts = [f"{list_words(names)} {standing}" for standing, names in grouped.items()]
    left = len(flagged) - OTHERS
    more = f"and {left} more indicator{'' if left == 1 else 's'} flagged"
    return [*parts, more] if left > 0 else parts


def _standing(facts: _Facts, area: int, i: int, than: str) -> str:
    z = facts.z[area, i]
    marked, above = int((z > 2).sum()), int((z > 1).sum())
    level, times = ("significantly ", marked) if marked else ("", above)
    side = f"worse than {than or 'average'}" if facts.scored.sign[i] < 0 else f"above {than}".rstrip()
    if facts.static[i]:
        return level + side
    known = int((~np.isnan(z)).sum())
    return f"{level}{side} in {times} of {known} {facts.periods}{'' if known == 1 else 's'}"


def _no_longer(facts: _Facts, area: int, past: list[int]) -> list[str]:
    """Say what was above the mean in an earlier period and is not in the latest."""
    parts = []
    for i in past:
        earlier = [facts.scored.periods[t] for t in np.flatnonzero(facts.z[area, i, :-1] > 1)]
        when = list_words(earlier) if len(earlier) <= OTHERS else f"{len(earlier)} earlier {facts.periods}s"
        parts.append(f"{_lower(facts.scored.names[i])} ({when})")
    now = "in line with" if (facts.z[area, past, -1] >= -1).all() else "in line with or better than"
    return [f"previously flagged, now {now} the average: {', '.join(parts)}"] if parts else []


def _unknown(facts: _Facts, area: int) -> list[str]:
    measured: Any = ~np.isnan(facts.mean)
    gaps: Any = np.isnan(facts.scored.cube[area]) & measured
    return [
        name
        if gaps[i].sum() == measured[i].sum()
        else f"{name} in {int(gaps[i].sum())} of {int(measured[i].sum())}"
        for i, name in enumerate(facts.scored.names)
        if gaps[i].any()
    ]


def _sentence(head: str, body: list[str], unknown: list[str]) -> str:
    if head == "No score":
        return f"No score: {', '.join(unknown)} unknown." if unknown else "No score: nothing could be scored."
    joint = "; " if ": " in head else ": "
    return f"{head}{joint}{'; '.join(body)}." + (f" Unknown here: {', '.join(unknown)}." if unknown else "")


def _changes(
    facts: _Facts, counts: pd.DataFrame | None, months: Mapping[str, float], wording: Wording, rounded: int
) -> npt.NDArray[np.object_]:
    """Return, by area and indicator, how the latest period differs from the first where it clearly does."""
    periods = facts.scored.periods
    said = np.full(facts.z.shape[:2], "", dtype=object)
    if counts is None or len(periods) < 2 or not all(period in months for period in periods):
        return said
    first, last = periods[0], periods[-1]
    # "2025 Q4" and "2024 Q4" are of one season, "2025 Q1" is of another.
    season = "" if first[4:] == last[4:] else " (another season)"
    if season and wording == "plain":
        return said
    for i, name in enumerate(facts.scored.names):
        if any((name, period) not in counts.columns for period in periods):
            continue
        table = counts[[(name, period) for period in periods]].to_numpy(dtype=float)
        (was_low, was_high), (now_low, now_high) = (
            least_and_most(table[:, place], rounded) for place in (0, -1)
        )
        lower = ratio_limits(now_low, months[last], was_high, months[first])[1]
        upper = ratio_limits(now_high, months[last], was_low, months[first])[2]
        steps = np.diff(table / np.array([months[period] for period in periods]), axis=1)
        yearly = facts.periods == "year" and len(periods) > 2
        directions: tuple[tuple[Any, Any, str, str], ...] = (
            (lower > 1, steps > 0, "rising", "higher"),
            (upper < 1, steps < 0, "falling", "lower"),
        )
        for clear, onward, steady, word in directions:
            said[clear, i] = f"{word} than in {first}{season}"
            if yearly:
                said[clear & onward.all(axis=1), i] = f"{steady} since {first}"
    return said


def _figure(value: float) -> str:
    return format_value("rate", value)


def _lower(name: str) -> str:
    """Return a name as it stands within a sentence; abbreviations keep their capitals."""
    first = name.split(" ", 1)[0]
    return name if sum(letter.isupper() for letter in first) > 1 else name[:1].lower() + name[1:]
