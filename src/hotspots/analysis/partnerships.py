"""The profile of partnerships from incidents: counted by area and offence, and what they are compared with read."""

from __future__ import annotations

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
    """

    def counts(of: pd.DataFrame, within: pd.Series[Any], months: Months | None = None) -> pd.DataFrame:
        kept = of if months is None else of[of["month"].isin(list(months))]
        return count_incidents(kept, areas, per="category", assigned=within.loc[kept.index])

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
        for kind in incidents["category"].dropna().unique():
            own = incidents[incidents["category"] == kind]
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
        **changed,
    )
