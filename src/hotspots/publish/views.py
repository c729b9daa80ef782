"""Which views a map shows: from an analysis, or from layers that were written earlier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from hotspots.analysis.charts import whole_months
from hotspots.analysis.results import Analysis, Group, Kind, Layer, Selection, ThemeResult
from hotspots.areas.uncovered import COVERED
from hotspots.base.columns import COLUMNS, DRAWN, theme_words
from hotspots.base.errors import DataError
from hotspots.export.raster import read_geotiff, read_origin
from hotspots.export.webmap.cards import Card
from hotspots.export.webmap.make import AreaView, SurfaceView, period_columns
from hotspots.export.webmap.views import Sparks
from hotspots.export.webmap.whatif import WhatIf
from hotspots.publish.cards import analysis_card, layer_card
from hotspots.publish.drawn import read_drawn
from hotspots.publish.whatif import layer_whatif, selection_whatif
from hotspots.publish.words.brief import brief_reasons
from hotspots.publish.words.coverage import lacking_sentence, legend_sentence
from hotspots.publish.words.legend import legend_words, told_words

MOST_DRAWN = 100_000  # of more areas than this, only those in a hotspot or coldspot are drawn
MANY = 5_000  # the months of more areas than this are too much for a page
STEPPED = 60_000  # counts of months in a map for each theme; of more, the latest are kept

Views = list[AreaView | SurfaceView]


def analysis_views(analysis: Analysis) -> Views:
    """Return the views of an analysis: flags first, then rates and hotspots, for each view and layer."""
    views: Views = []
    shown = {id(layer.table): _told(group, layer) for group in analysis.groups for layer in group.layers}
    card = analysis_card(analysis, shown)
    for group in analysis.groups:
        for layer in group.layers:
            sparks = _sparks(analysis, group, layer)
            views += _area_views(
                shown[id(layer.table)],
                layer.label,
                layer.kind,
                group=group.name,
                noun="cells" if layer.kind == "cells" else layer.label,
                ranked=_flagged(analysis),
                sparks=sparks,
                card=card if layer is group.layers[0] else None,
                whatif=selection_whatif(group)
                if isinstance(group, Selection) and layer is group.layers[0]
                else None,
                said=partial(legend_words, analysis, layer),
            )
            views += _by_month(analysis, group, layer, sparks)
    lacking = lacking_sentence(analysis)
    views += [_surface_view(group, lacking) for group in analysis.groups if group.surface is not None]
    return views


def _sparks(analysis: Analysis, group: Group, layer: Layer) -> Sparks | None:
    """Return the months of a theme's first areas, where the recipe charts them and they are not too many for a page."""
    charts = None if analysis.charts is None else analysis.charts.areas
    if charts is None or group.name not in charts.themes or layer is not group.layers[0]:
        return None
    if len(layer.table) > MANY or not layer.table.index.equals(charts.areas):
        return None
    place = charts.themes.index(group.name)
    return Sparks(
        "Incidents by month",
        [month.strftime("%B %Y") for month in charts.months],
        *(held[place] for held in (charts.n, charts.lower, charts.upper, charts.signal)),
    )


def _by_month(analysis: Analysis, group: Group, layer: Layer, sparks: Sparks | None) -> list[AreaView]:
    """Return the view that steps through the months of a theme's first areas; none where there are fewer than two.

    The months that are only compared with come first. The view has a table of its own, so that no other view lists
    a row for each month.
    """
    if not isinstance(group, ThemeResult) or layer is not group.layers[0] or len(layer.table) > MANY:
        return []
    if group.monthly is None:
        return []
    cut_month = analysis.quality.partial_month
    monthly = whole_months(group.monthly, cut_month)
    counts = (
        monthly if group.earlier is None else pd.concat([group.earlier, monthly], axis=1).sort_index(axis=1)
    )
    if counts.shape[1] < 2:
        return []
    counts = counts.iloc[:, -max(STEPPED // max(len(counts), 1), 2) :]
    kept = [name for name in ("name", "district", "population", "un_text") if name in layer.table]
    areas = layer.table[[*kept, layer.table.geometry.name]]
    if told := analysis.partly:
        areas = areas.assign(coverage=[told.get(code, COVERED) for code in areas.index])
    table = areas.join(counts.set_axis([f"n_{month}" for month in counts.columns], axis=1))
    view = _over_time(table, layer.label, "n", group=group.name, noun=layer.label)
    cut = monthly.shape[1] < group.monthly.shape[1]
    said = [view.note, legend_sentence(analysis, "n")]
    if cut:
        said.append(f"{pd.Period(cut_month, freq='M').strftime('%B %Y')} looks incomplete and is left out.")
    return [replace(view, measure="By month", sparks=sparks, note=" ".join(filter(None, said)))]


def in_words(group: Group, layer: Layer) -> gpd.GeoDataFrame:
    """Return a layer's table with the columns of a selection's indicators under headings for a reader."""
    if not isinstance(group, Selection):
        return layer.table
    named: gpd.GeoDataFrame = layer.table.rename(columns=group.priorities.indicators.headings)
    return named


def _told(group: Group, layer: Layer) -> gpd.GeoDataFrame:
    """Return a layer's table as the map tells it: reasons in plain words, as the brief has them."""
    table = in_words(group, layer)
    if isinstance(group, Selection) and layer is group.layers[0]:
        table = table.assign(reason=brief_reasons(group.priorities))
    return table


def file_views(paths: tuple[str, ...]) -> tuple[Views, gpd.GeoDataFrame | None]:
    """Return the views of layer and GeoTIFF files, and the first layer that can serve as an outline.

    Raises
    ------
    DataError
        When a layer has none of the columns that a map can colour.
    """
    views: Views = []
    outline = None
    for path in paths:
        if Path(path).suffix.casefold() in (".tif", ".tiff"):
            surface = read_geotiff(path)
            shown = file_name(read_origin(path), path)
            views.append(SurfaceView(f"Heat-map: {shown}", surface, visible=not views))
            continue
        layer = read_drawn(path)
        name = file_name(layer.attrs.get("provenance") or {}, path)
        found = _area_views(
            layer,
            "Areas",
            "areas",
            group=name,
            noun="areas",
            card=layer_card(layer),
            whatif=layer_whatif(layer),
            said=partial(told_words, layer),
        )
        if not found and len(layer) > MOST_DRAWN:
            raise DataError(
                f"'{path}' has {len(layer):,} areas, and a map draws more than {MOST_DRAWN:,} only where they are "
                "hotspots or coldspots",
                hint="make them with: hotspots gistar",
            )
        if not found:
            drawn = ", ".join(f"'{column}'" for column in DRAWN)
            raise DataError(
                f"'{path}' has no column that a map can colour ({drawn})",
                hint="make one with: hotspots count, hotspots flag or hotspots gistar",
            )
        views += found
        if outline is None and not {"multiple", "dens_share"} & set(layer.columns):
            outline = layer
    return views, outline


def file_name(told: Mapping[str, Any], path: str) -> str:
    """Return what a reader calls a layer: its theme where the file tells it, else the file's name in words.

    Examples
    --------
    >>> file_name({"theme": {"name": "Vehicle crime"}}, "vehicle-crime_wards.geojson")
    'Vehicle crime'
    >>> file_name({}, "maps/vehicle-crime_wards.geojson"), file_name({}, "-")
    ('Vehicle crime wards', 'Layer')
    """
    theme = told.get("theme")
    if isinstance(theme, Mapping) and theme.get("name"):
        return str(theme["name"])
    words = "" if path == "-" else " ".join(Path(path).stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] if words else "Layer"


def origin_told(view: AreaView | SurfaceView, path: str) -> Mapping[str, Any]:
    """Return what a layer or GeoTIFF file says of its title, period, source and licence; empty where it does not."""
    if isinstance(view, SurfaceView):
        return read_origin(path)
    told: Mapping[str, Any] = view.layer.attrs.get("provenance") or {}
    return told


def _area_views(
    layer: gpd.GeoDataFrame,
    label: str,
    kind: Kind,
    *,
    group: str,
    noun: str,
    ranked: str | None = None,
    sparks: Sparks | None = None,
    card: Card | None = None,
    whatif: WhatIf | str | None = None,
    said: Callable[[str], str] = lambda _: "",
) -> list[AreaView]:
    columns, draw = drawn_columns(layer, kind), drawing(layer, kind)
    views = [
        AreaView(
            f"{label}: {theme_words(name)}",
            layer,
            name,
            group=group,
            note=said(name),
            noun=noun,
            draw=draw,
            measure=DRAWN[name].button or COLUMNS[name].label,
            rank_column=ranked if name == "sd_flag" and ranked in layer else None,
            sparks=sparks,
            card=card,
            whatif=whatif if name == "priority" else None,
        )
        for name in columns
    ]
    measures = [] if draw == "classed" else ["rate", "n"]
    return views + [
        _over_time(layer, label, measure, group=group, noun=noun)
        for measure in measures
        if len(period_columns(layer, measure)) > 1
    ]


def _over_time(layer: gpd.GeoDataFrame, label: str, measure: str, *, group: str, noun: str) -> AreaView:
    """Return the view that steps through a measure's columns of years or months, opened on the latest."""
    periods = period_columns(layer, measure)
    word = COLUMNS[measure].label
    step = "year" if next(iter(periods)).isdigit() else "month"
    return AreaView(
        f"{label}: {word.casefold()} by {step}",
        layer,
        list(periods.values())[-1],
        group=group,
        note="The classes are the same in every period.",
        noun=noun,
        measure=f"{word} by {step}",
        periods=periods,
    )


def _flagged(analysis: Analysis) -> str | None:
    """Return the column that the flags compare, where the recipe flags."""
    return analysis.recipe.flag.value if analysis.recipe.flag is not None else None


def layer_kind(layer: gpd.GeoDataFrame) -> Kind:
    """Return whether a layer of a file holds cells, which are told by their codes, or areas."""
    return "cells" if len(layer) and str(layer.index[0]).startswith("cell_") else "areas"


def drawn_columns(layer: gpd.GeoDataFrame, kind: Kind) -> list[str]:
    """Return the columns of a layer that a map colours, flags first; of many cells only the hotspots."""
    columns = [name for name in DRAWN if name in layer and layer[name].notna().any()]
    if "rate" in columns:
        columns = [name for name in columns if name != "n"]
    if drawing(layer, kind) == "classed":
        columns = [name for name in columns if name in ("gi_class", "em_class", "lm_class")]
    return columns


def drawing(layer: gpd.GeoDataFrame, kind: Kind) -> Literal["all", "classed"]:
    """Return whether all areas of a layer are drawn, or only those in a hotspot or coldspot."""
    return "classed" if len(layer) > MOST_DRAWN or kind == "cells" else "all"


def _surface_view(group: Group, lacking: str) -> SurfaceView:
    assert group.surface is not None  # noqa: S101 - the caller chose; this tells the type checker
    made = group.surface.parameters
    note = f"{made['kernel'].capitalize()} kernel, bandwidth {made['bandwidth']:g} m, cells of {made['cell_size']:g} m."
    return SurfaceView("Heat-map", group.surface, note=f"{note} {lacking}".strip(), group=group.name)
