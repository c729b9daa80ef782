"""The steps of an analysis: a layer in, the same layer with more columns out.

The command line takes one step at a time, a recipe several; both do it here.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.areas.locate.index import AreaIndex
from hotspots.areas.lookup import read_lookup
from hotspots.areas.neighbours import Method, Neighbours, make_neighbours
from hotspots.areas.population import population_near
from hotspots.areas.uncovered import NOT_COVERED
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.base.poisson import Limits, dispersion_of, require_dispersion
from hotspots.base.tables import Source, mostly_numbers
from hotspots.counting.counts import (
    By,
    Per,
    agreement,
    assign_areas,
    count_incidents,
    rate,
    rate_limits,
    recorded_areas,
)
from hotspots.counting.period import months_covered, over_months
from hotspots.incidents import coordinates, select_incidents
from hotspots.incidents.doubts import warn_outside
from hotspots.incidents.filters import month_range
from hotspots.incidents.quality import QualityReport
from hotspots.methods.change import FlaggedBy, change
from hotspots.methods.compare import Comparator, compare_rate
from hotspots.methods.dispersion import long_periods
from hotspots.methods.funnel import Funnel, Overdispersion, fit_funnel, place_in_funnel
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.meansd import flag_mean_sd
from hotspots.methods.outliers import local_moran
from hotspots.methods.pattern import GlobalPattern, global_pattern
from hotspots.methods.risk.measure import RiskModel, risk
from hotspots.methods.smooth import smooth_rates

log = logging.getLogger(__name__)

ALL = "all"


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
    placed = int(assigned.notna().sum())
    log.info("%s: %s of %s incidents placed by %s", label, f"{placed:,}", f"{len(incidents):,}", by)
    if by == "polygon":
        warn_outside(
            int((incidents["x"].notna() & assigned.isna()).sum()),
            int(incidents["x"].notna().sum()),
            label=label,
            stacklevel=2,
        )
    if by == "polygon" and "lsoa_code" in incidents and incidents["lsoa_code"].isin(areas.index).any():
        both, share = agreement(assigned, recorded_areas(incidents, areas))
        log.info(
            "%s: the recorded code names the same area for %.1f%% of %s incidents",
            label,
            100 * share,
            f"{both:,}",
        )
    return assigned


def account(quality: QualityReport, incidents: pd.DataFrame, assigned: pd.Series) -> QualityReport:
    """Return the account with the incidents that have coordinates divided into inside the areas and outside them."""
    located = incidents["x"].notna()
    inside = int((located & assigned.notna()).sum())
    return quality.with_areas(inside=inside, outside=int(located.sum()) - inside)


def account_of_density(
    quality: QualityReport, incidents: pd.DataFrame, areas: gpd.GeoDataFrame
) -> QualityReport:
    """Return the account divided as `account` does, and warn of many incidents outside the areas of a density."""
    x, y = coordinates(incidents, areas.crs)
    inside = int(np.count_nonzero(AreaIndex(areas.geometry.to_numpy(), points=len(x)).locate(x, y) >= 0))
    outside = quality.located - inside
    warn_outside(outside, quality.located, label="areas", result="density", stacklevel=2)
    return quality.with_areas(inside=inside, outside=outside)


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
        left_out = int(rates.isna().sum())
        if left_out:
            log.info(
                "No rate for %d of %d areas: population unknown, 0 or under %g ('min_population')",
                left_out,
                len(areas),
                min_population,
            )
        if smooth == "bayes":
            added.append(smooth_rates(n, population, months=months, min_population=min_population))
    elif smooth == "bayes":
        raise DataError(
            "there are no rates to smooth: no population is known",
            hint="name its column with 'population', or join a table with 'population_table'",
        )
    if split is not None:
        added.append(split.add_prefix("n_"))
    result = _with_columns(areas, pd.concat(added, axis=1))
    if phi is not None:
        result.attrs["dispersion"] = phi
    return result


def flag_layer(
    layer: gpd.GeoDataFrame,
    *,
    value: str = "rate",
    within: str = ALL,
    ddof: Literal[0, 1] = 1,
    near: float = 0.1,
) -> gpd.GeoDataFrame:
    """Return the layer with the mean + SD flags of one of its columns; see `hotspots.flag_mean_sd`.

    Raises
    ------
    DataError
        When the layer lacks the column `value`, or the column `within` that names the groups.
    """
    values = _numbers(layer, value)
    groups = None if within == ALL else _column(layer, within)
    return _with_columns(layer, flag_mean_sd(values, within=groups, ddof=ddof, near=near))


def gistar_layer(
    layer: gpd.GeoDataFrame,
    *,
    value: str = "n",
    neighbours: Method | Neighbours = "queen",
    distance: float | None = None,
    nearest: int = 8,
    inference: Literal["exact", "analytic", "permutation"] = "exact",
    cap: float = 0.95,
    permutations: int = 99_999,
    seed: int = 0,
) -> gpd.GeoDataFrame:
    """Return the layer with Gi* of one of its columns; see `hotspots.make_neighbours` and `hotspots.gi_star`.

    ``attrs["gistar"]`` holds the inference, from which legends say what q is worth.

    Raises
    ------
    DataError
        When the layer lacks the column `value`.
    """
    values = _numbers(layer, value)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
        log.info("Neighbours: %s", neighbours.description)
    found = gi_star(values, neighbours, inference=inference, cap=cap, permutations=permutations, seed=seed)
    result = _with_columns(layer, found)
    result.attrs["gistar"] = {"inference": inference}
    return result


def outliers_layer(
    layer: gpd.GeoDataFrame,
    *,
    value: str = "n",
    neighbours: Method | Neighbours = "queen",
    distance: float | None = None,
    nearest: int = 8,
    cap: float = 0.95,
) -> gpd.GeoDataFrame:
    """Return the layer with local Moran's I of one of its columns; see `hotspots.local_moran`.

    Raises
    ------
    DataError
        When the layer lacks the column `value`.
    """
    values = _numbers(layer, value)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
        log.info("Neighbours: %s", neighbours.description)
    found = local_moran(values, neighbours, cap=cap)
    return _with_columns(layer, found)


def layer_months(layer: gpd.GeoDataFrame, months: float | None = None) -> float:
    """Return the length of the period that a layer's counts cover: as given, or as its provenance says.

    Raises
    ------
    ParameterError
        When neither says it.
    """
    known = months if months is not None else (layer.attrs.get("provenance") or {}).get("months")
    if known is None:
        raise ParameterError(
            "the layer does not say how many months its counts cover",
            hint="give their number with 'months', or use the GeoJSON that 'hotspots count' wrote",
        )
    return float(known)


def layer_dispersion(layer: gpd.GeoDataFrame, dispersion: float | None = None) -> float:
    """Return the dispersion of a layer's counts: as given, or as the step that counted them left it; else 1, said."""
    if dispersion is not None:
        return require_dispersion(dispersion)
    count = ((layer.attrs.get("provenance") or {}).get("steps") or {}).get("count") or {}
    known = layer.attrs.get("dispersion", count.get("dispersion"))
    if known is not None:
        log.info("Dispersion %.2f, as counted (set it with 'dispersion')", known)
        return float(known)
    log.info(
        "The layer does not say by how much its counts vary beyond chance, so limits rest on Poisson counts, the "
        "narrowest that can be defended (set it with 'dispersion', or use the GeoJSON that 'hotspots count' wrote)"
    )
    return 1.0


def funnel_layer(
    layer: gpd.GeoDataFrame,
    *,
    value: str = "n",
    months: float | None = None,
    overdispersion: Overdispersion = "lognormal",
    dispersion: float | None = None,
    winsorise: float = 0.1,
    min_population: float = 0,
) -> tuple[gpd.GeoDataFrame, Funnel]:
    """Return the layer with the funnel limits of the rates of a column of counts, and the funnel itself.

    See `hotspots.funnel`.

    Raises
    ------
    DataError
        When the layer lacks the column `value` or ``population``.
    ParameterError
        When the length of the period is not known.
    """
    n, population = _numbers(layer, value), _numbers(layer, "population")
    fitted = fit_funnel(
        n,
        population,
        months=layer_months(layer, months),
        overdispersion=overdispersion,
        dispersion=layer_dispersion(layer, dispersion) if overdispersion in ("lognormal", "gamma") else 1.0,
        winsorise=winsorise,
        min_population=min_population,
    )
    return _with_columns(layer, place_in_funnel(fitted, n, population, min_population=min_population)), fitted


def risk_layer(
    layer: gpd.GeoDataFrame,
    *,
    value: str = "n",
    months: float | None = None,
    model: RiskModel = "lognormal",
    neighbours: Method | Neighbours = "queen",
    distance: float | None = None,
    nearest: int = 8,
    times: float = 2.0,
    dispersion: float | None = None,
    min_population: float = 0,
) -> gpd.GeoDataFrame:
    """Return the layer with the probability of a rate over a multiple of that of all; see `hotspots.risk`.

    The neighbours are found for the model ``'bym2'`` only.

    Raises
    ------
    DataError
        When the layer lacks the column `value` or ``population``.
    ParameterError
        When the length of the period is not known.
    """
    n, population = _numbers(layer, value), _numbers(layer, "population")
    beside = None
    if model == "bym2":
        beside = (
            neighbours
            if isinstance(neighbours, Neighbours)
            else make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
        )
        log.info("Neighbours: %s", beside.description)
    found = risk(
        n,
        population,
        months=layer_months(layer, months),
        model=model,
        neighbours=beside,
        times=times,
        dispersion=layer_dispersion(layer, dispersion),
        min_population=min_population,
    )
    result = _with_columns(layer, found)
    result.attrs["risk"] = found.attrs["risk"]
    return result


def compare_layer(
    layer: gpd.GeoDataFrame,
    *,
    comparator: Comparator,
    value: str = "n",
    months: float | None = None,
    margin: float = 0,
    min_population: float = 0,
    level: float = 0.95,
    dispersion: float | None = None,
    limits: Limits = "exact",
) -> gpd.GeoDataFrame:
    """Return the layer with its rates against a comparator; see `hotspots.compare_rate`.

    Raises
    ------
    DataError
        When the layer lacks the column `value` or ``population``.
    ParameterError
        When the length of the period is not known.
    """
    compared = compare_rate(
        _numbers(layer, value),
        _numbers(layer, "population"),
        months=layer_months(layer, months),
        comparator=comparator,
        margin=margin,
        min_population=min_population,
        level=level,
        dispersion=layer_dispersion(layer, dispersion),
        limits=limits,
    )
    return _with_columns(layer, compared)


def layer_pattern(
    layer: gpd.GeoDataFrame,
    *,
    value: str = "n",
    neighbours: Method | Neighbours = "queen",
    distance: float | None = None,
    nearest: int = 8,
    population: str = "auto",
    permutations: int = 9_999,
    seed: int = 0,
) -> GlobalPattern:
    """Return whether a column of the layer has any pattern; see `hotspots.global_pattern`.

    Parameters
    ----------
    population : str, default 'auto'
        The column of populations with which `value` is a column of counts; ``"none"``: the values are tested as they
        are. ``"auto"``: rates are replaced by the counts and populations behind them, where the layer holds
        ``n`` and ``population``; everything else is tested as it is.

    Raises
    ------
    DataError
        When the layer lacks the column `value` or `population`.
    """
    if population == "auto":
        behind = value in ("rate", "rate_eb") and {"n", "population", value} <= set(layer.columns)
        population = "population" if behind else "none"
        if behind:
            log.info(
                "Pattern of '%s': tested by 'n' and 'population', which allows for areas with few people "
                "('population' = 'none' does not)",
                value,
            )
            value = "n"
    values = _numbers(layer, value)
    people = None if population == "none" else _numbers(layer, population)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
    return global_pattern(values, neighbours, population=people, permutations=permutations, seed=seed)


def period_months(period: str) -> int:
    """Return how many months a range such as ``"2024-01..2024-12"`` has, both ends included."""
    first, last = month_range(period) or (0, 0)
    return last - first + 1


def change_layer(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    assigned: pd.Series,
    before: str,
    after: str,
    level: float = 0.95,
    dispersion: float | None = None,
    flagged_by: FlaggedBy = "q",
    label: str = "areas",
) -> gpd.GeoDataFrame:
    """Return the areas with the change from one range of months to another; see `hotspots.change`.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables.
    assigned : Series
        The area of each incident; see `hotspots.assign_areas`.
    before, after : str
        Ranges of months such as ``"2024-01..2024-12"``, both ends included. Their lengths may differ.
    level : float, default 0.95
        Confidence of the limits.
    dispersion, flagged_by
        See `hotspots.change`. What was used is left in the layer's ``attrs["change_dispersion"]``.
    label : str, default 'areas'
        What the areas are called in notes.

    Raises
    ------
    ParameterError
        When a range is not one, or the second does not begin after the first ends.
    DataError
        When a period has no incident.

    Warns
    -----
    HotspotsWarning
        When a month of a period has no incident at all.
    """
    (_, before_ends), (after_begins, _) = (month_range(period) or (0, 0) for period in (before, after))
    if after_begins <= before_ends:
        raise ParameterError(
            f"the second period, {after}, does not begin after the first, {before}, ends",
            hint="give 'before' and 'after' as ranges that do not overlap",
        )
    counts = []
    for period in (before, after):
        chosen = select_incidents(incidents, period=period)
        length = period_months(period)
        empty = length - chosen["month"].nunique()
        if empty:
            warnings.warn(
                f"{empty} of the {length} months of {period} have no incident: "
                "where their files are missing, the change is wrong",
                HotspotsWarning,
                stacklevel=2,
            )
        counts.append(count_incidents(chosen, areas, assigned=assigned))
    changed = change(
        counts[0],
        counts[1],
        months_before=period_months(before),
        months_after=period_months(after),
        level=level,
        dispersion=dispersion,
        flagged_by=flagged_by,
    )
    if changed.attrs["dispersion_from"] == "Poisson":
        log.info(
            "%s, change: too few areas to tell the dispersion of the counts, so p and limits rest on Poisson counts, "
            "the narrowest that can be defended (set it with 'dispersion')",
            label,
        )
    elif dispersion is None:
        log.info(
            "%s, change: dispersion %.2f, the variance of the counts over their mean in the two periods; p, q and "
            "limits allow for it (set it with 'dispersion')",
            label,
            changed.attrs["dispersion"],
        )
    result = _with_columns(areas, changed)
    result.attrs["change_dispersion"] = changed.attrs["dispersion"]
    return result


def _column(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    choices = [column for column in layer.columns if column != layer.geometry.name]
    if name not in choices:
        raise DataError(f"the layer has no column '{name}'", hint=did_you_mean(name, choices))
    column: pd.Series = layer[name]
    return column


def _numbers(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    values = _column(layer, name)
    held = mostly_numbers(values, what=f"'{name}' of the layer")
    if held is None or pd.api.types.is_bool_dtype(values):
        numeric = [c for c in layer.columns if pd.api.types.is_numeric_dtype(layer[c])]
        example = "" if values.dropna().empty else f", but '{values.dropna().iloc[0]}'"
        raise DataError(
            f"the column '{name}' does not hold numbers{example}", hint=did_you_mean(name, numeric)
        )
    return held


def add_columns(layer: gpd.GeoDataFrame, added: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the layer with the columns of a table on the same index, the geometry last."""
    return _with_columns(layer, added)


def _with_columns(layer: gpd.GeoDataFrame, added: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the layer with columns added or replaced, the geometry last; what is not covered is in no class."""
    if "coverage" in layer:
        out = (layer["coverage"] == NOT_COVERED).to_numpy()
        words = [name for name in added if not pd.api.types.is_numeric_dtype(added[name].dtype)]
        added = added.copy()
        for name in words:
            added[name] = added[name].astype(object).mask(out, None)
    kept = layer.drop(columns=[name for name in added.columns if name in layer.columns])
    joined: Any = kept.join(added)
    geometry = layer.geometry.name
    order = [name for name in joined.columns if name != geometry] + [geometry]
    result: gpd.GeoDataFrame = joined[order]
    result.attrs = dict(layer.attrs)
    return result
