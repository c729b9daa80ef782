"""A whole force beside its comparators: its incidents by category, the people it serves, and their rates."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hotspots.analysis.profile import TOTAL
from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.areas.locate.index import AreaIndex
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.base.poisson import Limits, dispersion_of
from hotspots.base.sums import add_up
from hotspots.counting.counts import count_incidents
from hotspots.counting.period import months_covered, over_months, period_of
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents, row_weights
from hotspots.methods.compare import compare_categories
from hotspots.methods.dispersion import long_periods

if TYPE_CHECKING:
    import geopandas as gpd

_ASB = "anti-social behaviour"
_OUTSIDE = 0.01  # a larger share of incidents outside the areas is not the rounding of coordinates

log = logging.getLogger(__name__)


def compare_force(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    comparators: pd.DataFrame,
    months: float | None = None,
    name: str | None = None,
    margin: float = 0,
    level: float = 0.95,
    dispersion: float | None = None,
    limits: Limits = "exact",
) -> pd.DataFrame:
    """Return the table of rates of the force whose areas and incidents these are, or of a part of it.

    Of a whole force every incident counts, with coordinates or without: its recorded crime includes what is on
    no map. Where more than 1 % of the incidents with coordinates lie outside the areas, these are a part of what
    the files cover, such as one borough of a force, and only the incidents in them count.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables; the population is that of all areas together.
    comparators : DataFrame
        See `hotspots.read_comparators`.
    months : float, optional
        Length of the period; without it, see `hotspots.counting.period`.
    name : str, optional
        The heading of its column. Without it, the district where the areas are of one alone, else "Force".
    margin, level, limits
        See `hotspots.compare_categories`.
    dispersion : float, optional
        For all categories. Without it, each has what its counts in the areas tell over the longest periods,
        which is said; 1, for Poisson counts, where they tell none.

    Returns
    -------
    DataFrame
        As `hotspots.compare_categories`: `TOTAL`, the categories by name, anti-social behaviour last.

    Raises
    ------
    DataError
        When no incident has a category, an area has no population, or no category is among the comparators'.

    Warns
    -----
    HotspotsWarning
        When the areas are a part, and how many incidents therefore do not count.
    """
    areas, incidents = with_all_columns(as_areas(areas)), as_incidents(incidents)
    unknown = int(areas["population"].isna().sum())
    if unknown:
        raise DataError(
            f"{unknown:,} of {len(areas):,} areas have no population, so the force's is not known",
            hint="name its column with 'population', or join a table with 'population_table'",
        )
    if "category" not in incidents or incidents["category"].isna().all():
        raise DataError("no incident has a category", hint="name the column with 'category_column'")
    incidents, assigned = _counting(incidents, areas)
    people = float(areas["population"].sum())
    name = name or _name_of(areas)
    log.info(
        "%s: %s incidents among %s people in %d areas",
        name, f"{len(incidents):,}", f"{people:,.0f}", len(areas),
    )  # fmt: skip
    counts = by_category(incidents["category"], row_weights(incidents))
    spread = (
        _dispersions(incidents, areas, assigned, counts.index)
        if dispersion is None
        else pd.Series(dispersion, index=counts.index)
    )
    return compare_categories(
        counts,
        people,
        months=period_of(incidents, months=months).length,
        comparators=comparators,
        name=name,
        margin=margin,
        level=level,
        dispersion=spread,
        limits=limits,
    )


def _dispersions(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, assigned: pd.Series[Any], kinds: pd.Index[Any]
) -> pd.Series[float]:
    """Return the dispersion of each kind of incident over the areas, and say the least and the most of them."""
    told = pd.Series(float("nan"), index=kinds)
    if "month" in incidents and not incidents["month"].isna().all():
        category = incidents["category"].astype(str)
        # Every kind over the same periods, those of all incidents.
        months = months_covered(incidents)
        for kind in kinds:
            own = category.str.casefold() != _ASB if kind == TOTAL else category == kind
            if incidents.loc[own, "month"].notna().any():
                monthly = count_incidents(incidents[own], areas, per="month", assigned=assigned)
                told[kind] = dispersion_of(long_periods(over_months(monthly, months)).to_numpy())
    if told.notna().any():
        log.info(
            "Dispersion of the counts in %d areas: %.2f to %.2f by type of offence; limits allow for it (set it with "
            "'dispersion')",
            len(areas), told.min(), told.max(),
        )  # fmt: skip
    if told.isna().any():
        log.info(
            "No dispersion can be told of %d of %d types of offence: their limits rest on Poisson counts, the "
            "narrowest that can be defended",
            int(told.isna().sum()), len(told),
        )  # fmt: skip
    return told


def by_category(category: pd.Series[Any], weights: Any) -> pd.Series[Any]:
    """Return the counts: all crime, the categories by name, anti-social behaviour last."""
    known = category.notna().to_numpy()
    kind, names = pd.factorize(category[known].astype(str), sort=True)
    counts = pd.Series(add_up(kind, len(names), None if weights is None else weights[known]), index=names)
    disorder = counts.index.str.casefold() == _ASB
    total = pd.Series({TOTAL: counts[~disorder].sum()})
    joined: pd.Series[Any] = pd.concat([total, counts[~disorder], counts[disorder]])
    return joined


def _counting(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return the incidents that count and the area of each: all of a whole force; of a part, said, those in it."""
    x, y = coordinates(incidents, areas.crs)
    positions = AreaIndex(areas.geometry.to_numpy(), points=len(x)).locate(x, y)
    codes = pd.Categorical.from_codes(positions, categories=areas.index.astype(str))
    assigned = pd.Series(codes, index=incidents.index, name="code")
    located, inside = np.isfinite(x), positions >= 0
    outside = int((located & ~inside).sum())
    if outside <= _OUTSIDE * located.sum():
        return incidents, assigned
    if not inside.any():
        raise DataError(
            "no incident lies in an area", hint="check that incidents and areas are of the same place"
        )
    unlocated = int((~located).sum())
    warnings.warn(
        f"{outside:,} of {int(located.sum()):,} incidents with coordinates lie outside the areas, which are a part "
        f"of what the files cover: the {int(inside.sum()):,} inside count"
        + (f", and none of the {unlocated:,} without coordinates" if unlocated else ""),
        HotspotsWarning,
        stacklevel=3,
    )
    kept = incidents[inside]
    kept.attrs = incidents.attrs
    return kept, assigned[inside]


def _name_of(areas: gpd.GeoDataFrame) -> str:
    districts = areas["district"].astype(str).unique()
    return districts[0] if len(districts) == 1 and districts[0] else "Force"
