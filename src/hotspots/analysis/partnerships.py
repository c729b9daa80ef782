"""The profile of partnerships from incidents: counted by area and offence, and what they are compared with read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.changes import Comparison, Months
from hotspots.analysis.comparators import choose_comparators, read_comparators
from hotspots.analysis.force import by_category
from hotspots.analysis.profile import Profile, make_profile
from hotspots.analysis.recipe.tables import Comparators, Recipe
from hotspots.counting.counts import count_incidents
from hotspots.counting.period import months_covered, over_months, period_of
from hotspots.incidents import read_incidents
from hotspots.incidents.gate import row_weights
from hotspots.methods.dispersion import long_periods

YEAR = 12.0
"""Months that counts of comparators cover where neither their table nor the recipe says it."""

MOST_KINDS = 8
"""Kinds of incidents of a further source that a profile has a row for each of; of more, it has their sum alone."""


def find_comparators(recipe: Recipe, *, period: str | None) -> pd.DataFrame | None:
    """Return the comparators that a recipe names, from its table and from street files of other forces.

    Parameters
    ----------
    recipe : Recipe
        Its table ``[comparators]`` says which.
    period : str, optional
        The months that are taken of street files, such as ``"2025-01..2025-12"``.

    Returns
    -------
    DataFrame or None
        From `hotspots.analysis.comparators.choose_comparators`; None where the recipe has no such table.
    """
    step = recipe.comparators
    if step is None:
        return None
    tables = [] if step.source is None else [read_comparators(recipe.path(step.source))]
    tables += [_of_street_files(recipe, step, place, period) for place in range(len(step.force))]
    table: pd.DataFrame = pd.concat(tables, axis=1)
    table.attrs["periods"] = {
        label: said for one in tables for label, said in one.attrs.get("periods", {}).items()
    }
    return choose_comparators(
        table,
        national=step.national,
        similar=step.similar,
        months=YEAR if step.months is None else step.months,
        period=step.period,
    )


def _of_street_files(recipe: Recipe, step: Comparators, place: int, period: str | None) -> pd.DataFrame:
    """Return the counts of another force's street files by offence, with its people and months."""
    other = step.force[place]
    incidents, _ = read_incidents([recipe.path(name) for name in other.source], crs=recipe.crs, period=period)
    counts = by_category(incidents["category"], row_weights(incidents))
    length = period_of(incidents).length
    return pd.DataFrame(
        {
            f"{other.name} n": counts.astype(float),
            f"{other.name} population": other.population,
            f"{other.name} months": length,
        }
    )


def profile_incidents(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    assigned: pd.Series[Any],
    months: float,
    comparison: Comparison | None = None,
    before: pd.DataFrame | None = None,
    before_in: pd.Series[Any] | None = None,
    comparators: pd.DataFrame | None = None,
    margin: float = 0,
    sources: pd.Series[Any] | None = None,
) -> Profile:
    """Return the profile of each partnership from the incidents in its areas; see `make_profile`.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables; the incidents are those of the reporting period.
    assigned : Series
        The area of each incident; see `hotspots.assign_areas`.
    months : float
        Length of the reporting period.
    comparison : Comparison, optional
        Two periods whose change is told.
    before, before_in : DataFrame, Series, optional
        Incidents outside the reporting period, and the area of each: the earlier period is counted in both.
    comparators, margin
        See `make_profile`.
    sources : Series of categorical, optional
        The source of each incident, those of `before` too, where there are several. Only those of the first are
        offences; the others stand below them, see `OtherRow`.
    """
    other = [] if sources is None else _other_rows(incidents, sources)

    def counts(of: pd.DataFrame, within: pd.Series[Any], months: Months | None = None) -> pd.DataFrame:
        kept = of if months is None else of[of["month"].isin(list(months))]
        offences = _offences(kept, sources)
        found = count_incidents(offences, areas, per="category", assigned=within.loc[offences.index])
        found.columns = found.columns.astype(str)
        for row in other:
            own = row.of(kept, sources)
            found[row.label] = count_incidents(own, areas, assigned=within.loc[own.index])
        return found

    changed: dict[str, Any] = {}
    if comparison is not None:
        earlier = counts(incidents, assigned, comparison.before)
        if before is not None and before_in is not None and len(before):
            # The earlier period may lie outside the reporting period, inside it, or in both.
            earlier = earlier.add(counts(before, before_in, comparison.before), fill_value=0)
        changed = {
            "before": earlier,
            "after": counts(incidents, assigned, comparison.after),
            "months_before": len(comparison.before),
            "months_after": len(comparison.after),
        }
    parts = {}
    if {"month", "category"} <= set(incidents.columns) and incidents["month"].notna().any():
        covered = months_covered(incidents)
        offences = _offences(incidents, sources)
        each = {
            str(kind): offences[offences["category"] == kind]
            for kind in offences["category"].dropna().unique()
        }
        for kind, own in (each | {row.label: row.of(incidents, sources) for row in other}).items():
            if own["month"].notna().any():
                monthly = count_incidents(own, areas, per="month", assigned=assigned.loc[own.index])
                parts[kind] = long_periods(over_months(monthly, covered))
    return make_profile(
        counts(incidents, assigned),
        areas,
        months=months,
        comparators=comparators,
        periods=pd.concat(parts, axis=1) if parts else None,
        margin=margin,
        beside=[row.label for row in other],
        **changed,
    )


@dataclass(frozen=True)
class OtherRow:
    """What a profile counts of a source that has no offences: all of it or, where it has a few kinds, one of them."""

    source: str
    kind: str | None = None

    @property
    def label(self) -> str:
        """The row's heading."""
        return f"{self.source}: {self.kind or 'all'}"

    def of(self, incidents: pd.DataFrame, sources: pd.Series[Any] | None) -> pd.DataFrame:
        """Return the incidents that it counts."""
        assert sources is not None  # noqa: S101 - there are no such rows without sources
        kept = sources.loc[incidents.index] == self.source
        if self.kind is not None:
            kept = kept & (incidents["category"] == self.kind)
        return incidents[kept]


def _other_rows(incidents: pd.DataFrame, sources: pd.Series[Any]) -> list[OtherRow]:
    rows = []
    for name in sources.cat.categories[1:]:
        whole = OtherRow(str(name))
        kinds = sorted(map(str, whole.of(incidents, sources)["category"].dropna().unique()))
        rows += [whole, *(OtherRow(str(name), kind) for kind in kinds if 1 < len(kinds) <= MOST_KINDS)]
    return rows


def _offences(incidents: pd.DataFrame, sources: pd.Series[Any] | None) -> pd.DataFrame:
    """Return the incidents of the first source; all where there is one."""
    if sources is None:
        return incidents
    own: pd.DataFrame = incidents[sources.loc[incidents.index] == sources.cat.categories[0]]
    category = own["category"]
    if isinstance(category.dtype, pd.CategoricalDtype):
        own = own.assign(category=category.cat.remove_unused_categories())
    return own
