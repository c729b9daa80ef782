"""Classes of areas for publication: their counts are shown on their own, and all else is made of these."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.public.shown import Shown
from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.methods.classes import class_rates

_PLACE = ("name", "district", "area_km2")
_OF_ALL = ("share_n", "cmp_rate", "cmp_ratio", "cmp_lo", "cmp_hi", "cmp_flag")
"""What is told of a class by the counts of all others too."""
_RATES = ("rate", "rate_lo", "rate_hi", "cmp_rate")


def public_classes(
    analysis: Analysis, theme: ThemeResult, layer: Layer, areas: Layer, shown: Shown, *, dispersion: float
) -> Layer:
    """Return the classes of a layer's areas made anew of published counts.

    The count of a class is shown as other counts are, and belongs to the tables that were protected together. Rates,
    shares and ratios are of these counts; where one of them is hidden, no class is set against the others, as they
    would tell it. Where people of some areas are not known, there are no rates: they would be of other counts.

    Parameters
    ----------
    analysis, theme : Analysis, ThemeResult
        With exact figures.
    layer, areas : Layer
        The classes, and the areas that they are made of.
    shown : Shown
        How counts are shown.
    dispersion : float
        What the limits allow for.
    """
    members, table = layer.members, areas.table
    assert members is not None  # noqa: S101 - a layer of classes has them; this tells the type checker
    asked = next(one for one in analysis.recipe.classes if one.name == layer.label)
    people = (
        table["population"].astype(float) if "population" in table else pd.Series(np.nan, index=table.index)
    )
    exact = pd.DataFrame({"n": table["n"].astype(float).round(), "people": people}).groupby(
        members.astype(object)
    )
    sums = exact["n"].sum().reindex(layer.table.index)
    whole = exact["people"].agg(lambda one: one.sum(skipna=False)).reindex(layer.table.index)
    if whole.isna().any():
        whole[:] = np.nan
    n = shown.counts((theme.key, layer.key), sums)
    dark = n.isna()
    names = pd.Series(
        pd.Categorical(n.index, categories=list(n.index), ordered=True), index=n.index, dtype="category"
    )
    made = class_rates(
        n[~dark],
        whole[~dark],
        names[~dark],
        months=analysis.months,
        against=asked.against,
        dispersion=dispersion,
        limits=analysis.recipe.count.limits,
        rounded=shown.base,
    )
    made = made.set_axis(made.index.astype(str)).reindex(n.index)
    made["members"] = members.astype(object).value_counts().reindex(n.index)
    made["population"], made["share_pop"] = whole, whole / whole.sum()
    return Layer(layer.key, layer.kind, layer.label, _tidied(layer, made, dark, shown), members)


def _tidied(layer: Layer, made: pd.DataFrame, dark: pd.Series[bool], shown: Shown) -> gpd.GeoDataFrame:
    """Return the table of a layer of classes, its rates rounded and what cannot be told left out."""
    if dark.any():
        made[list(_OF_ALL)] = np.nan
        made["hidden"] = dark
    rates = {name: shown.profile.rate_decimals for name in _RATES if name in made}
    made = made.round(rates)
    empty = [name for name in made.columns if made[name].isna().all() and name not in ("n", "share_n")]
    place: Any = layer.table[[*_PLACE, layer.table.geometry.name]]
    found: gpd.GeoDataFrame = place[list(_PLACE)].join(made.drop(columns=empty))
    found = gpd.GeoDataFrame(found, geometry=place.geometry, crs=layer.table.crs)
    found.attrs = dict(layer.table.attrs)
    return found
