"""Months of single areas for publication, protected with all sums that they belong to, and hotspots over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.charts import whole_months
from hotspots.analysis.public.shown import Name, standing_in
from hotspots.analysis.public.tables import ALL, REPORT, areas_within, parted_themes
from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.disclosure.case import closely_known
from hotspots.disclosure.counts import published
from hotspots.disclosure.protect import Protection
from hotspots.disclosure.rules import Profile as Rules
from hotspots.disclosure.tables import Tables, make_tables
from hotspots.methods.time.emerging import LEAST_STEPS

Bools = npt.NDArray[np.bool_]
ROUNDS = 12
"""So often more months are hidden, until none of what is shown tells on a small count."""
SINGLY = 3
"""So often single months of an area are hidden; then all its months are, and nothing more is told of it than before."""
HIDES = "the rules hide counts, and most of single months and areas would be hidden"
UNDATED = (
    "some incidents have no month, and the months would not add up to what is published of the whole period"
)
UNMET = "they would tell on counts that are published of the whole period"


@dataclass(frozen=True, eq=False)
class Months:
    """Months of the first areas as they may be published.

    Attributes
    ----------
    counts : dict of str to DataFrame
        By theme, each area by month; missing where hidden.
    hidden : dict
        Which months of all areas together are hidden, by the names of their tables.
    why : str
        Why there are none.
    """

    counts: dict[str, pd.DataFrame]
    hidden: dict[Name, pd.Series[bool]]
    why: str = ""


def public_months(analysis: Analysis, rules: Rules, first: Protection) -> Months:
    """Return the months of the first areas, protected with their districts, classes, themes and whole period.

    What is shown of the whole period stays shown, and what is hidden of it stays hidden and is protected from the
    months as well.

    Parameters
    ----------
    analysis : Analysis
        With exact figures.
    rules : Profile
        What is kept from readers.
    first : Protection
        Of the first areas by theme and period.
    """
    if rules.hide == "suppress" or rules.dominance is not None:
        return Months({}, {}, why=HIDES)
    themes = {theme.key: _whole_months(theme) for theme in analysis.themes}
    if any(table is None for table in themes.values()):
        return Months({}, {}, why=UNDATED)
    tables = _tables(analysis, {key: table for key, table in themes.items() if table is not None})
    index = tables.counts.index
    held = first.table["shown"].reindex(index)
    there = index.isin(first.table.index)
    codes = {*map(str, analysis.areas.index), ALL}
    seen = np.array([area in codes and theme in themes for area, theme, _ in index])
    seen = np.asarray(np.where(there, held.notna(), seen))
    known = pd.Series(there & held.notna().to_numpy(), index=index)
    gone: frozenset[str] = frozenset()
    for turn in range(ROUNDS):
        told = closely_known(replace(tables, published=seen), rules, known=known)
        told = told[~told.get_level_values("area").isin(gone)]
        if not len(told):
            return _named(analysis, published(tables.counts, rules)["shown"].where(seen))
        if turn >= SINGLY:
            gone |= {str(area) for area in told.get_level_values("area")}
        seen = np.where(known, seen, seen & _still(index, told, gone))
    return Months({}, {}, why=UNMET)


def _still(index: pd.Index[Any], told: pd.Index[Any], gone: frozenset[str]) -> Bools:
    """Return which counts are not of the areas and months of those that are told, in whatever theme."""
    dark = {(area, period) for area, _, period in told}
    return np.array([(area, period) not in dark and area not in gone for area, _, period in index])


def _whole_months(theme: ThemeResult) -> pd.DataFrame | None:
    """Return the months of a theme's areas; None where they do not add up to the whole period."""
    monthly = theme.monthly
    if (
        monthly is None
        or not (
            monthly.sum(axis=1).round().to_numpy() == theme.first["n"].astype(float).round().to_numpy()
        ).all()
    ):
        return None
    return monthly.astype(float).round()


def _tables(analysis: Analysis, themes: dict[str, pd.DataFrame]) -> Tables:
    """Return counts by area, theme and month with all their sums."""
    parts, wholes = parted_themes(analysis, themes)
    months = {str(month): month for month in next(iter(themes.values())).columns}
    periods: dict[str, Sequence[str]] = {}
    later = [] if analysis.comparison is None else [str(month) for month in analysis.comparison.after]
    if later and set(later) < set(months):
        periods["after"] = later
    periods[REPORT] = list(months)
    columns = {(key, text): table[month] for key, table in parts.items() for text, month in months.items()}
    counts = pd.concat(columns, names=["theme", "period", "area"]).astype(np.int64)
    within = {"area": areas_within(analysis), "theme": wholes, "period": periods}
    return make_tables(counts.reorder_levels(["area", "theme", "period"]), within=within)


def _named(analysis: Analysis, shown: pd.Series[Any]) -> Months:
    """Return what is shown by theme, and which months of all areas are hidden."""
    counts: dict[str, pd.DataFrame] = {}
    hidden: dict[Name, pd.Series[bool]] = {}
    for theme in analysis.themes:
        assert theme.monthly is not None  # noqa: S101 - it was protected; this tells the type checker
        names = [str(month) for month in theme.monthly.columns]
        one = shown.xs(theme.key, level="theme").unstack("period")[names]  # noqa: PD010 - one value each
        table = one.reindex(theme.monthly.index).set_axis(theme.monthly.columns, axis=1)
        counts[theme.key] = table if table.isna().any(axis=None) else table.astype(np.int64)
        hidden["months", theme.name] = pd.Series(one.loc[ALL].isna().to_numpy(), index=names)
    return Months(counts, hidden)


def steps_of(analysis: Analysis, theme: ThemeResult) -> pd.DataFrame | None:
    """Return the months by which hotspots of a theme are told over time; None where they are not shown.

    What is left of an area's published total by the months that are shown is shared out among those that are hidden.

    Parameters
    ----------
    analysis : Analysis
        With exact figures.
    theme : ThemeResult
        As it is published.
    """
    step, counts = analysis.recipe.emerging, theme.monthly
    if step is None or counts is None or step.step.strip().upper() != "1M":
        return None
    filled = pd.DataFrame(
        [standing_in(row, float(theme.first["n"][area])) for area, row in counts.astype(float).iterrows()],
        index=counts.index,
    )
    held = whole_months(filled, analysis.quality.partial_month)
    return held if held.shape[1] >= LEAST_STEPS else None
