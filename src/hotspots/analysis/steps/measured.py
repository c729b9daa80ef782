"""A counted layer in, the same layer with a measure's columns out; one function a measure."""

from __future__ import annotations

import logging
from typing import Literal

import geopandas as gpd

from hotspots.analysis.steps.columns import add_columns, column_of, numbers_of
from hotspots.areas.neighbours import Method, Neighbours, make_neighbours
from hotspots.base.errors import ParameterError
from hotspots.base.poisson import Limits, require_dispersion
from hotspots.methods.compare import Comparator, compare_rate
from hotspots.methods.funnel import Funnel, Overdispersion, fit_funnel, place_in_funnel
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.meansd import flag_mean_sd
from hotspots.methods.outliers import local_moran
from hotspots.methods.pattern import GlobalPattern, global_pattern
from hotspots.methods.risk.measure import RiskModel, risk

log = logging.getLogger(__name__)

ALL = "all"


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
    values = numbers_of(layer, value)
    groups = None if within == ALL else column_of(layer, within)
    return add_columns(layer, flag_mean_sd(values, within=groups, ddof=ddof, near=near))


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
    values = numbers_of(layer, value)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
        log.info("Neighbours: %s", neighbours.description)
    found = gi_star(values, neighbours, inference=inference, cap=cap, permutations=permutations, seed=seed)
    result = add_columns(layer, found)
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
    values = numbers_of(layer, value)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
        log.info("Neighbours: %s", neighbours.description)
    found = local_moran(values, neighbours, cap=cap)
    return add_columns(layer, found)


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
    rounded: int = 1,
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
    n, population = numbers_of(layer, value), numbers_of(layer, "population")
    fitted = fit_funnel(
        n,
        population,
        months=layer_months(layer, months),
        overdispersion=overdispersion,
        dispersion=layer_dispersion(layer, dispersion) if overdispersion in ("lognormal", "gamma") else 1.0,
        winsorise=winsorise,
        min_population=min_population,
    )
    placed = place_in_funnel(fitted, n, population, min_population=min_population, rounded=rounded)
    return add_columns(layer, placed), fitted


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
    rounded: int = 1,
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
    n, population = numbers_of(layer, value), numbers_of(layer, "population")
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
        rounded=rounded,
    )
    result = add_columns(layer, found)
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
        numbers_of(layer, value),
        numbers_of(layer, "population"),
        months=layer_months(layer, months),
        comparator=comparator,
        margin=margin,
        min_population=min_population,
        level=level,
        dispersion=layer_dispersion(layer, dispersion),
        limits=limits,
    )
    return add_columns(layer, compared)


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
    values = numbers_of(layer, value)
    people = None if population == "none" else numbers_of(layer, population)
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
    return global_pattern(values, neighbours, population=people, permutations=permutations, seed=seed)
