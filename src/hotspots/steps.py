"""The steps of an analysis: a layer in, the same layer with more columns out.

The command line takes one step at a time, a recipe several; both do it here.
"""

from __future__ import annotations

import logging
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from hotspots.counts import By, Per, agreement, assign_areas, count_incidents, rate, rate_limits
from hotspots.errors import DataError, did_you_mean
from hotspots.incidents.quality import QualityReport
from hotspots.methods.getisord import gi_star
from hotspots.methods.meansd import flag_mean_sd
from hotspots.neighbours import Method, Neighbours, make_neighbours

log = logging.getLogger(__name__)

ALL = "all"


def locate(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, *, by: By = "polygon", label: str = "areas"
) -> pd.Series:
    """Return the area of each incident (see `hotspots.assign_areas`), and say how far the recorded codes agree."""
    assigned = assign_areas(incidents, areas, by=by)
    placed = int(assigned.notna().sum())
    log.info("%s: %s of %s incidents placed by %s", label, f"{placed:,}", f"{len(incidents):,}", by)
    if by == "polygon" and "lsoa_code" in incidents and incidents["lsoa_code"].isin(areas.index).any():
        both, share = agreement(assigned, assign_areas(incidents, areas, by="code"))
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


def count_layer(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    assigned: pd.Series,
    months: float | None,
    min_population: float = 0,
    per: Per | None = None,
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

    Returns
    -------
    GeoDataFrame
        On the index of `areas`.
    """
    n = count_incidents(incidents, areas, assigned=assigned)
    added: list[pd.Series | pd.DataFrame] = [n]
    if months is not None and areas["population"].notna().any():
        population = areas["population"]
        rates = rate(n, population, months=months, min_population=min_population)
        added += [rates, rate_limits(n, population, months=months, min_population=min_population)]
        left_out = int(rates.isna().sum())
        if left_out:
            log.info(
                "No rate for %d of %d areas: population unknown, 0 or under %g ('min_population')",
                left_out,
                len(areas),
                min_population,
            )
    if per is not None:
        added.append(count_incidents(incidents, areas, per=per, assigned=assigned).add_prefix("n_"))
    return _with_columns(areas, pd.concat(added, axis=1))


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
    inference: Literal["analytic", "permutation"] = "analytic",
    permutations: int = 99_999,
    seed: int = 0,
) -> gpd.GeoDataFrame:
    """Return the layer with Gi* of one of its columns; see `hotspots.make_neighbours` and `hotspots.gi_star`.

    Raises
    ------
    DataError
        When the layer lacks the column `value`.
    """
    values = _numbers(layer, value)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
    result = gi_star(values, neighbours, inference=inference, permutations=permutations, seed=seed)
    return _with_columns(layer, result)


def _column(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    choices = [column for column in layer.columns if column != layer.geometry.name]
    if name not in choices:
        raise DataError(f"the layer has no column '{name}'", hint=did_you_mean(name, choices))
    column: pd.Series = layer[name]
    return column


def _numbers(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    values = _column(layer, name)
    if not pd.api.types.is_numeric_dtype(values):
        numeric = [c for c in layer.columns if pd.api.types.is_numeric_dtype(layer[c])]
        raise DataError(f"the column '{name}' does not hold numbers", hint=did_you_mean(name, numeric))
    numbers: pd.Series = values.astype(float)
    return numbers


def _with_columns(layer: gpd.GeoDataFrame, added: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the layer with columns added or replaced, the geometry last."""
    kept = layer.drop(columns=[name for name in added.columns if name in layer.columns])
    joined: Any = kept.join(added)
    geometry = layer.geometry.name
    order = [name for name in joined.columns if name != geometry] + [geometry]
    result: gpd.GeoDataFrame = joined[order]
    result.attrs = dict(layer.attrs)
    return result
