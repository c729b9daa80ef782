"""Incidents to areas: located, accounted for, counted, and related to people."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.steps.columns import add_columns
from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.areas.locate.index import AreaIndex
from hotspots.areas.lookup import read_lookup
from hotspots.areas.population import population_near
from hotspots.base.errors import DataError
from hotspots.base.poisson import Limits, dispersion_of, require_dispersion
from hotspots.base.tables import Source
from hotspots.counting.belonging import By, agreement, assign_areas, recorded_areas
from hotspots.counting.counts import Per, count_incidents
from hotspots.counting.period import months_covered, over_months
from hotspots.counting.rates import rate, rate_limits
from hotspots.incidents import coordinates
from hotspots.incidents.doubts import warn_outside
from hotspots.incidents.gate import located_rows, row_numbers
from hotspots.incidents.quality import QualityReport
from hotspots.methods.dispersion import long_periods
from hotspots.methods.smooth import smooth_rates

log = logging.getLogger(__name__)


def locate(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    by: By = "polygon",
    lookup: Source | Sequence[Source] | None = None,
    label: str = "areas",
) -> pd.Series:
    """Return the area of each incident (see `hotspots.assign_areas`), and say how far the recorded codes agree."""
    assigned = assign_areas(incidents, areas, by=by, lookup=None if lookup is None else read_lookup(lookup))
    say_placed(incidents, assigned, by=by, label=label)
    if by == "polygon" and "lsoa_code" in incidents and incidents["lsoa_code"].isin(areas.index).any():
        both, share = agreement(assigned, recorded_areas(incidents, areas))
        log.info(
            "%s: the recorded code names the same area for %.1f%% of %s incidents",
            label,
            100 * share,
            f"{both:,}",
        )
    return assigned


def say_placed(incidents: pd.DataFrame, assigned: pd.Series[Any], *, by: By, label: str) -> None:
    """Say how many incidents are in an area, and warn of many with coordinates that are in none."""
    rows, located, inside = row_numbers(incidents), located_rows(incidents), assigned.notna().to_numpy()
    log.info(
        "%s: %s of %s incidents placed by %s",
        label,
        f"{int(rows[inside].sum()):,}",
        f"{int(rows.sum()):,}",
        by,
    )
    if by == "polygon":
        warn_outside(int(located[~inside].sum()), int(located.sum()), label=label, stacklevel=3)


def account(quality: QualityReport, incidents: pd.DataFrame, assigned: pd.Series) -> QualityReport:
    """Return the account with the incidents that have coordinates divided into inside the areas and outside them."""
    located = located_rows(incidents)
    inside = int(located[assigned.notna().to_numpy()].sum())
    return quality.with_areas(inside=inside, outside=int(located.sum()) - inside)


def account_of_density(
    quality: QualityReport,
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    left_out: gpd.GeoDataFrame | None = None,
) -> QualityReport:
    """Return the account divided as `account` does, and warn of many incidents outside the areas of a density.

    Those in areas that were left out, of which a warning told already, are outside and not warned of again.
    """
    x, y = coordinates(incidents, areas.crs)
    inside, told = (
        0
        if places is None or places.empty
        else int(np.count_nonzero(AreaIndex(places.geometry.to_numpy(), points=len(x)).locate(x, y) >= 0))
        for places in (areas, left_out)
    )
    outside = quality.located - inside
    warn_outside(outside - told, quality.located - told, label="areas", result="density", stacklevel=2)
    return quality.with_areas(inside=inside, outside=outside)


def among(assigned: pd.Series[Any], areas: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Return the area of each incident, missing where it is none of those areas."""
    if isinstance(assigned.dtype, pd.CategoricalDtype):
        return assigned.cat.set_categories(areas.index)
    return assigned.where(assigned.isin(areas.index))


def people_of(areas: gpd.GeoDataFrame, quality: QualityReport) -> gpd.GeoDataFrame:
    """Return the areas with the population of the year nearest to the incidents; see `population_near`."""
    return population_near(areas, [share.label for share in quality.by_month if share.label])


def count_layer(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    assigned: pd.Series,
    months: float | None,
    min_population: float = 0,
    per: Per | None = None,
    smooth: Literal["none", "bayes"] = "none",
    dispersion: float | None = None,
    limits: Limits = "exact",
    label: str = "areas",
) -> gpd.GeoDataFrame:
    """Return the areas with ``n`` and, where populations are known, ``rate``, ``rate_lo`` and ``rate_hi``.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables.
    assigned : Series
        The area of each incident; see `hotspots.assign_areas`.
    months : float or None
        Length of the period; without it there are no rates.
    min_population : float, default 0
        See `hotspots.rate`.
    per : {'category', 'month', 'year'}, optional
        Adds one column ``n_<value>`` of counts for each value.
    smooth : {'none', 'bayes'}, default 'none'
        ``'bayes'`` adds ``rate_eb``, the empirical-Bayes rate; see `hotspots.smooth_rates`.
    dispersion, limits, label
        See `counted_layer`.

    Returns
    -------
    GeoDataFrame
        On the index of `areas`.

    Raises
    ------
    DataError
        When rates are to be smoothed and there are none.
    """
    n = count_incidents(incidents, areas, assigned=assigned)
    split = None if per is None else count_incidents(incidents, areas, per=per, assigned=assigned)
    return counted_layer(
        n,
        split,
        areas,
        months=months,
        min_population=min_population,
        smooth=smooth,
        monthly=monthly_counts(incidents, areas, assigned=assigned),
        dispersion=dispersion,
        limits=limits,
        label=label,
    )


def monthly_counts(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, *, assigned: pd.Series
) -> pd.DataFrame | None:
    """Return the incidents in each area by month, or None where none has a month."""
    if "month" not in incidents or incidents["month"].isna().all():
        return None
    counts = count_incidents(incidents, areas, per="month", assigned=assigned)
    return over_months(counts, months_covered(incidents))


def choose_dispersion(
    monthly: pd.DataFrame | None, dispersion: float | None = None, *, label: str = "areas"
) -> float:
    """Return the dispersion that limits allow for, and say it: as given, or estimated over the longest periods.

    Parameters
    ----------
    monthly : DataFrame or None
        Incidents in each area by month.
    dispersion : float, optional
        Taken as it is where given.
    label : str
        What the areas are called in the note.

    Returns
    -------
    float
        1 where it cannot be told.
    """
    if dispersion is not None:
        return require_dispersion(dispersion)
    periods = pd.DataFrame() if monthly is None else long_periods(monthly)
    told = dispersion_of(periods.to_numpy())
    if monthly is None or math.isnan(told):
        log.info(
            "%s: the dispersion of the counts cannot be told (it takes two periods and 11 areas with incidents), so "
            "limits rest on Poisson counts, the narrowest that can be defended (set it with 'dispersion')",
            label,
        )
        return 1.0
    log.info(
        "%s: dispersion %.2f, the variance of the counts over their mean in %d periods of %s; limits allow for it "
        "(set it with 'dispersion')",
        label,
        told,
        periods.shape[1],
        _months_each(monthly.shape[1], periods.shape[1]),
    )
    return told


def _months_each(months: int, periods: int) -> str:
    each = months // periods
    if months % periods:
        return f"{each} or {each + 1} months"
    return "a month" if each == 1 else f"{each} months"


def counted_layer(
    n: pd.Series,
    split: pd.DataFrame | None,
    areas: gpd.GeoDataFrame,
    *,
    months: float | None,
    min_population: float = 0,
    smooth: Literal["none", "bayes"] = "none",
    monthly: pd.DataFrame | None = None,
    dispersion: float | None = None,
    limits: Limits = "exact",
    label: str = "areas",
) -> gpd.GeoDataFrame:
    """Return the layer that `count_layer` does, from counts made already, on the index of `areas`.

    Parameters
    ----------
    n : Series
        Incidents in each area.
    split : DataFrame or None
        The same by category, month or year: one column for each value.
    areas, months, min_population, smooth
        See `count_layer`.
    monthly : DataFrame, optional
        Incidents in each area by month, from which the dispersion of the counts is told.
    dispersion : float, optional
        See `choose_dispersion`; what was chosen is left in the layer's ``attrs["dispersion"]``.
    limits : {'exact', 'byar'}, default 'exact'
        See `hotspots.rate_limits`.
    label : str, default 'areas'
        What the areas are called in notes.

    Raises
    ------
    DataError
        When rates are to be smoothed and there are none.
    """
    areas = with_all_columns(as_areas(areas))
    added: list[pd.Series | pd.DataFrame] = [n]
    phi = None
    if months is not None and areas["population"].notna().any():
        population = areas["population"]
        rates = rate(n, population, months=months, min_population=min_population)
        added.append(rates)
        phi = choose_dispersion(monthly, dispersion, label=label)
        added.append(
            rate_limits(
                n, population, months=months, min_population=min_population, dispersion=phi, limits=limits
            )
        )
        for gone, why in (
            (rates.isna() & n.isna(), "their counts are hidden"),
            (
                rates.isna() & n.notna(),
                f"population unknown, 0 or under {min_population:g} ('min_population')",
            ),
        ):
            if gone.any():
                log.info("No rate for %d of %d areas: %s", int(gone.sum()), len(areas), why)
        if smooth == "bayes":
            added.append(smooth_rates(n, population, months=months, min_population=min_population))
    elif smooth == "bayes":
        raise DataError(
            "there are no rates to smooth: no population is known",
            hint="name its column with 'population', or join a table with 'population_table'",
        )
    if split is not None:
        added.append(split.add_prefix("n_"))
    result = add_columns(areas, pd.concat(added, axis=1))
    if phi is not None:
        result.attrs["dispersion"] = phi
    return result
