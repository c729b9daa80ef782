"""A theme of which every figure is made of counts that may be published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.changes import ThemeChange, change_of_counts
from hotspots.analysis.public.classes import public_classes
from hotspots.analysis.public.density import public_density
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.public.spared import Spared
from hotspots.analysis.public.tables import classes_of_layer
from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.analysis.run.place import Place
from hotspots.analysis.run.theme import RISK, measure_layer, risk_of_layer
from hotspots.analysis.steps.counted import counted_layer
from hotspots.areas.hidden import HIDDEN
from hotspots.areas.neighbours import Neighbours
from hotspots.base.surface import Surface
from hotspots.counting.rates import rate
from hotspots.methods.contours import make_contours

_FIGURES = ("rate", "rate_lo", "rate_hi", "rate_eb")


def areas_of(layer: Layer) -> gpd.GeoDataFrame:
    """Return the areas of a layer as they were before anything was counted in them."""
    table = layer.table
    names = [str(name) for name in table.columns]
    areas: gpd.GeoDataFrame = table[[*names[: names.index("n")], table.geometry.name]]
    areas.attrs = {name: held for name, held in table.attrs.items() if name in ("populations", "attribution")}
    return areas


def public_theme(
    analysis: Analysis,
    theme: ThemeResult,
    shown: Shown,
    beside: Mapping[str, Neighbours],
    spared: Spared,
    monthly: pd.DataFrame | None = None,
) -> ThemeResult:
    """Return a theme made anew of its published counts.

    An area whose count is hidden takes no part in the measures over all areas, and its row is left blank. What cannot
    be made of published counts is left out.

    Parameters
    ----------
    analysis, theme : Analysis, ThemeResult
        With exact figures.
    shown : Shown
        How counts are shown.
    beside : mapping of str to Neighbours
        What local Moran's I takes as neighbours, by the key of the layer.
    spared : Spared
        Leaves out what the published counts do not allow.
    monthly : DataFrame, optional
        The months of its first areas as they are shown, where they are.
    """
    total = shown.number((theme.key, "all"), theme.n)
    changed = _change(analysis, theme, shown)
    layers = tuple(
        _layer(analysis, theme, layer, shown, changed, beside, spared)
        for layer in theme.layers
        if layer.key in shown.layers or (layer.kind == "cells" and not shown.suppresses)
    )
    surface, contours = _density(analysis, theme, shown)
    return replace(
        theme,
        layers=(*layers, *_classes(analysis, theme, shown)),
        surface=surface,
        contours=contours,
        n=int(total) if not np.isnan(total) else total,
        rate=_rate(analysis, theme, shown, total),
        monthly=monthly,
        earlier=None,
        change=changed,
        breakdowns=(),
        shares=(),
        repeats=None,
        times=None,
        bears=None,
        pieces=None,
    )


def _rate(analysis: Analysis, theme: ThemeResult, shown: Shown, total: float) -> float | None:
    """Return the rate of all areas that have one, from their published total."""
    if theme.rate is None:
        return None
    table = theme.first
    rated = table["rate"].notna()
    if shown.suppresses and not rated.all():
        return None  # the counts with people and those of all would tell of the few without
    n = total if rated.all() else shown.number((theme.key, "rated"), float(table.loc[rated, "n"].sum()))
    people = pd.Series([table.loc[rated, "population"].sum()])
    found = float(rate(pd.Series([n]), people, months=analysis.months).iloc[0])
    return None if np.isnan(found) else round(found, shown.profile.rate_decimals)


def _layer(
    analysis: Analysis,
    theme: ThemeResult,
    layer: Layer,
    shown: Shown,
    changed: ThemeChange | None,
    beside: Mapping[str, Neighbours],
    spared: Spared,
) -> Layer:
    recipe, areas = analysis.recipe, areas_of(layer)
    first = layer is theme.layers[0]
    n = shown.counts((theme.key, layer.key), layer.table["n"])
    place = Place(layer.key, layer.kind, layer.label, areas, "polygon")
    phi = layer.table.attrs.get("dispersion")
    attempt = partial(spared.attempt, theme.name, layer.label)
    made = counted_layer(
        n.rename("n"),
        None,
        areas,
        months=analysis.months,
        min_population=recipe.count.min_population,
        dispersion=None if phi is None else coarse(phi),
        limits=recipe.count.limits,
        label=layer.label,
    )
    made = measure_layer(
        recipe,
        place,
        made,
        first=first,
        changed=changed,
        comparison=analysis.comparison,
        neighbours=analysis.neighbours.get(layer.key),
        beside=beside.get(layer.key),
        attempt=attempt,
    )
    of_risk = partial(risk_of_layer, recipe, analysis.months, place, first=first, rounded=shown.base)
    made = attempt(RISK, made, of_risk)
    for name in set(_FIGURES) & set(made.columns):
        made[name] = made[name].round(shown.profile.rate_decimals)
    made = blanked(made, n.isna(), areas.columns)
    if shown.suppresses:
        made.attrs[HIDDEN] = shown.profile.hidden_words()
    return replace(layer, table=made)


def _classes(analysis: Analysis, theme: ThemeResult, shown: Shown) -> list[Layer]:
    """Return the classes of areas whose counts were protected with those of their areas."""
    held = [one for one in theme.layers if one.key in shown.layers]
    return [
        public_classes(
            analysis,
            theme,
            layer,
            areas,
            shown,
            dispersion=coarse(areas.table.attrs.get("dispersion") or 1.0),
        )
        for areas in held
        for layer in classes_of_layer(theme, areas)
    ]


def coarse(dispersion: float) -> float:
    """Return a dispersion to one decimal, in which no count can be read; at least 1."""
    return max(1.0, round(float(dispersion), 1))


def blanked(table: gpd.GeoDataFrame, dark: pd.Series[bool], kept: Any) -> gpd.GeoDataFrame:
    """Return a table whose hidden rows hold nothing but what areas are told by."""
    if not dark.any():
        return table
    made = table.copy()
    for name in [column for column in table.columns if column not in set(kept)]:
        column = made[name]
        if pd.api.types.is_bool_dtype(column):
            made[name] = column.mask(dark, other=False)
        elif pd.api.types.is_integer_dtype(column):
            made[name] = column.astype("Int64").mask(dark)
        elif isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_numeric_dtype(column):
            made[name] = column.mask(dark)
        else:
            made[name] = column.mask(dark, "")
    made.insert(list(table.columns).index("n") + 1, "hidden", dark.to_numpy())
    made.attrs = dict(table.attrs)
    return made


def _change(analysis: Analysis, theme: ThemeResult, shown: Shown) -> ThemeChange | None:
    """Return the change of published counts; those of the reporting period are the theme's own."""
    held, comparison = theme.change, analysis.comparison
    if held is None or comparison is None:
        return None
    step = analysis.recipe.change
    names = [[str(month) for month in period] for period in comparison.periods]
    own = tuple(comparison.after) == tuple(analysis.calendar)

    def of(what: str, counts: pd.Series[Any], period: int) -> pd.Series[Any]:
        name = (theme.key, what) if own and period == -1 else (theme.key, what, *names[period])
        return shown.counts(name, counts)

    key = theme.layers[0].key
    areas = [of(key, held.areas[name], place) for name, place in (("n_before", -2), ("n_after", -1))]
    totals = tuple(
        float(of("all", pd.Series([count], index=["all"]), place - len(held.counts)).iloc[0])
        for place, count in enumerate(held.counts)
    )
    districts = None
    if held.districts is not None:
        districts = [
            of("districts", held.districts[name], place)
            for name, place in (("n_before", -2), ("n_after", -1))
        ]
    made = change_of_counts(
        areas,
        totals,
        districts,
        comparison,
        dispersion=coarse(held.areas.attrs["dispersion"]),
        flagged_by="q" if step is None else step.flagged_by,
        rounded=shown.base,
    )
    made.areas.attrs["dispersion_from"] = held.areas.attrs.get("dispersion_from", "")
    return made


def _density(
    analysis: Analysis, theme: ThemeResult, shown: Shown
) -> tuple[Surface | None, gpd.GeoDataFrame | None]:
    if theme.surface is None or theme.bears is None:
        return None, None
    surface = public_density(theme.surface, theme.bears, shown.profile)
    return surface, None if surface is None else make_contours(surface, areas=analysis.areas)
