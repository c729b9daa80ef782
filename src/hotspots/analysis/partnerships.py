"""The profile of partnerships from incidents: counted by area and offence, and what they are compared with read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.changes import Comparison, Months
from hotspots.analysis.comparators import choose_comparators, read_comparators
from hotspots.analysis.profile import Profile, make_profile
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.street_files import read_force
from hotspots.base.errors import DataError
from hotspots.counting.counts import count_incidents
from hotspots.counting.period import months_covered, over_months
from hotspots.incidents.quality import QualityReport
from hotspots.methods.compare import comparator_columns
from hotspots.methods.dispersion import long_periods

YEAR = 12.0
"""Months that counts of comparators cover where neither their table nor the recipe says it."""

MOST_KINDS = 8
"""Kinds of incidents of a further source that a profile has a row for each of; of more, it has their sum alone."""


@dataclass(frozen=True, eq=False)
class Others:
    """What a recipe compares the force with.

    Attributes
    ----------
    table : DataFrame
        From `hotspots.analysis.comparators.choose_comparators`.
    accounts : mapping of str to QualityReport
        The account of the street files of each other force, by its name.
    """

    table: pd.DataFrame
    accounts: Mapping[str, QualityReport]


def find_comparators(recipe: Recipe) -> Others | None:
    """Return the comparators that a recipe names, from its table and from street files of other forces.

    Street files are counted over the reporting period.

    Returns
    -------
    Others or None
        None where the recipe has no table ``[comparators]``.

    Raises
    ------
    HotspotsError
        As `read_comparators`, `read_force` and `choose_comparators`; and when the table has one of the forces, too.
    """
    step = recipe.comparators
    if step is None:
        return None
    tables = [] if step.source is None else [read_comparators(recipe.path(step.source))]
    listed = {name.casefold() for table in tables for name in comparator_columns(table)}
    twice = next((other.name for other in step.force if other.name.casefold() in listed), None)
    if twice is not None:
        raise DataError(
            f"'{twice}' stands in the table of comparators and under [[comparators.force]]",
            hint="give the force one way, or another name",
        )
    read = {other.name: read_force(recipe, other, period=recipe.periods.report) for other in step.force}
    tables += [counts for counts, _ in read.values()]
    table: pd.DataFrame = pd.concat(tables, axis=1)
    table.attrs = {
        "periods": {label: said for one in tables for label, said in one.attrs.get("periods", {}).items()},
        "street": list(read),
    }
    chosen = choose_comparators(
        table,
        national=step.national,
        similar=step.similar,
        months=YEAR if step.months is None else step.months,
        period=step.period,
    )
    return Others(chosen, {name: account for name, (_, account) in read.items()})


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
