"""What a folder says of itself: its months, its themes, the rules it was published under."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from hotspots.analysis.audit.shown import WHOLE, theme_key
from hotspots.analysis.editions import RECORD
from hotspots.analysis.periods import settle
from hotspots.base.errors import DataError, HotspotsError
from hotspots.counting.tally import period_label
from hotspots.priorities.indicators import Indicator, indicator_columns, named_indicator

CERTIFICATE = "about/disclosure.json"
Months = frozenset[str]


@dataclass(frozen=True)
class Theme:
    """The categories of a theme; no `category` stands for all but those of `exclude`."""

    category: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()

    def takes(self, category: str) -> bool:
        """Whether incidents of a category are of the theme."""
        return category not in self.exclude and (not self.category or category in self.category)

    def holds(self, other: Theme) -> bool:
        """Whether every incident of another theme is one of this.

        Examples
        --------
        >>> crime, burglary = Theme(exclude=frozenset({"ASB"})), Theme(frozenset({"Burglary"}))
        >>> crime.holds(burglary), burglary.holds(crime), crime.holds(Theme(frozenset({"ASB"})))
        (True, False, False)
        """
        if self.category:
            return bool(other.category) and other.category - other.exclude <= self.category - self.exclude
        if other.category:
            return not (other.category - other.exclude) & self.exclude
        return self.exclude <= other.exclude


@dataclass(frozen=True)
class Counted:
    """What a column of an indicator counts: of a theme, in some months, as a rate or as a number a year."""

    theme: str
    what: Theme
    months: Months
    measure: str


@dataclass(frozen=True)
class Context:
    """What the record of a folder says, as far as it has one.

    Attributes
    ----------
    months : frozenset of str
        Those of the reporting period; empty where it is not known.
    before, after : frozenset of str
        Those of the periods compared; empty for none.
    themes : dict of str to Theme
        By key.
    dispersion : dict of (str, str) to float
        What the limits of rates allow for, by the keys of theme and layer.
    flagged : str
        The column that is compared with the average.
    gistar : dict
        How Gi* was asked for.
    rules : dict or str or None
        The profile that the folder says it was published under.
    located : dict of str to int
        Rows with coordinates by category, as the record gives them; `outside` of them lie in no area.
    outside : int or None
        None where the record does not say.
    title, period : str
        What the folder calls itself and the time that it covers, in its own words.
    names : dict of str to str
        What the recipe calls themes, layers of areas and classes, by their keys.
    risk : str
        The model by which chance was taken out of rates.
    indicators : dict of str to Counted
        What the columns of the plan's indicators count, by column; those that only count incidents.
    """

    months: Months = frozenset()
    before: Months = frozenset()
    after: Months = frozenset()
    themes: Mapping[str, Theme] = field(default_factory=dict)
    dispersion: Mapping[tuple[str, str], float] = field(default_factory=dict)
    flagged: str = "rate"
    gistar: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Any] | str | None = None
    located: Mapping[str, int] = field(default_factory=dict)
    outside: int | None = None
    title: str = ""
    period: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    risk: str = "lognormal"
    indicators: Mapping[str, Counted] = field(default_factory=dict)

    def months_of(self, period: str) -> Months:
        """Return the months of a column's period: the reporting period's for none, a year's, or the month itself."""
        if period == WHOLE:
            return self.months
        if len(period) == 4:
            return frozenset(f"{period}-{month:02d}" for month in range(1, 13)) & (
                self.months or _year(period)
            )
        return frozenset({period})


def _year(year: str) -> Months:
    return frozenset(f"{year}-{month:02d}" for month in range(1, 13))


def period_key(months: Months) -> str:
    """Return a period as text: runs of months, first and last.

    Examples
    --------
    >>> period_key(frozenset({"2025-01", "2025-02", "2024-12", "2025-07"}))
    '2024-12..2025-02+2025-07'
    """
    runs: list[list[str]] = []
    for month in sorted(months):
        if runs and _next(runs[-1][-1]) == month:
            runs[-1][1:] = [month]
        else:
            runs.append([month])
    return "+".join("..".join(run) for run in runs)


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def read_context(folder: Path) -> Context:
    """Read the record of a folder.

    Raises
    ------
    DataError
        When the folder has a record that cannot be read.
    """
    path = folder / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return _of_record(record, folder)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"the record of '{folder}', {RECORD}, cannot be read: it was changed by hand or is of another version",
            hint="run the recipe again and audit the folder that it writes, or remove the record",
        ) from error


def _of_record(record: Mapping[str, Any], folder: Path) -> Context:
    recipe = record.get("recipe") or {}
    incidents = record.get("incidents") or {}
    reported = frozenset(
        str(share["label"])
        for share in incidents.get("by_month") or ()
        if re.fullmatch(r"\d{4}-\d\d", str(share["label"]))
    )
    before, after = _compared(recipe)
    themes = {
        theme_key(theme["name"]): Theme(
            frozenset(theme.get("category") or ()), frozenset(theme.get("exclude") or ())
        )
        for theme in recipe.get("theme") or ()
    }
    return Context(
        months=reported,
        before=before,
        after=after or (reported if before else frozenset()),
        themes=themes,
        dispersion={
            (theme_key(entry["of"]), entry["layer"]): float(entry["dispersion"])
            for entry in record.get("dispersion") or ()
            if entry["measure"] in ("rate", "profile")
        },
        flagged=str((recipe.get("flag") or {}).get("value", "rate")),
        gistar=recipe.get("gistar") or {},
        rules=_rules(record, folder),
        # Rows say nothing of counts that are sums of weights.
        located={}
        if incidents.get("weight") is not None
        else {str(one["label"]): int(one["located"]) for one in incidents.get("by_category") or ()},
        outside=incidents.get("outside"),
        title=str(record.get("title") or ""),
        period=str(record.get("period") or ""),
        names=_named(recipe),
        risk=str((recipe.get("risk") or {}).get("model") or "lognormal"),
        indicators=_indicators(record.get("plan") or {}, reported, recipe.get("theme") or (), themes),
    )


def _indicators(
    plan: Mapping[str, Any], months: Months, asked: Sequence[Mapping[str, Any]], themes: Mapping[str, Theme]
) -> dict[str, Counted]:
    """Return what the columns of a plan's indicators count in their latest period, under a theme's key where one does.

    One that has no theme of its own stands under its column.
    """
    entries = [
        named_indicator(Indicator(**{key: _hashable(value) for key, value in entry.items()}))
        for entry in plan.get("indicator") or ()
    ]
    if not entries or not months:
        return {}
    labels = {month: period_label(pd.Period(month, "M"), plan.get("periods") or "year") for month in months}
    latest = max(labels.values())
    # A theme of some hours, or of rows that a column says yes of, is not all of its categories.
    whole = {
        theme_key(theme["name"])
        for theme in asked
        if not any(theme.get(key) for key in ("incidents", "flag", "hours"))
    }
    found = {}
    for name, column in indicator_columns(entries).items():
        entry = next(one for one in entries if one.name == name)
        if not entry.counted or entry.harm or entry.incidents or entry.measure == "risk":
            continue
        what = Theme(frozenset(entry.category), frozenset(entry.exclude))
        twin = next((key for key in sorted(whole) if themes[key] == what), column)
        covered = frozenset(month for month, label in labels.items() if label == latest)
        found[column] = Counted(twin, what, covered, entry.measure)
    return found


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _named(recipe: Mapping[str, Any]) -> dict[str, str]:
    """Return what a recipe calls its classes, layers and themes, by key."""
    kinds = (("classes", "name"), ("areas", "label"), ("theme", "name"))
    return {
        theme_key(str(entry[word])): str(entry[word])
        for kind, word in kinds
        for entry in recipe.get(kind) or ()
        if isinstance(entry, Mapping) and entry.get(word)
    }


def _compared(recipe: Mapping[str, Any]) -> tuple[Months, Months]:
    """Return the months of the periods that a recipe compares."""
    change = recipe.get("change") or {}
    if not change.get("before"):
        return frozenset(), frozenset()
    asked = recipe.get("incidents") or {}
    period = (asked[0] if isinstance(asked, list) else asked).get("period")
    before = change["before"]
    try:
        found, _ = settle(period, [before] if isinstance(before, str) else before, change.get("after"))
    except HotspotsError:
        return frozenset(), frozenset()
    ends = found.before[-1] if found.before else None
    return _between(ends), _between(found.after)


def _between(ends: tuple[int, int] | None) -> Months:
    if ends is None:
        return frozenset()
    return frozenset(f"{1970 + month // 12}-{month % 12 + 1:02d}" for month in range(ends[0], ends[1] + 1))


def _rules(record: Mapping[str, Any], folder: Path) -> Mapping[str, Any] | str | None:
    """Return the profile that a folder names: in its recipe with its numbers, in its record, or in its certificate."""
    publication = record.get("publication") or {}
    asked = (record.get("recipe") or {}).get("publish")
    if publication.get("public") is False:
        return None
    if isinstance(asked, Mapping):
        return {key: value for key, value in asked.items() if value not in (None, [], "")}
    if publication.get("profile") or record.get("profile"):
        return str(publication.get("profile") or record["profile"])
    if not (folder / CERTIFICATE).is_file():
        return None
    held = json.loads((folder / CERTIFICATE).read_text(encoding="utf-8"))
    return {key: value for key, value in held["profile"].items() if key != "name"}
