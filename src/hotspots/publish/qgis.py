"""The folder of a run as QGIS opens it: one project, one layer file, and a style beside every layer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np

from hotspots.analysis.results import Analysis, Group, Layer
from hotspots.base.columns import theme_words
from hotspots.base.crs import reproject
from hotspots.export.geopackage import write_geopackage
from hotspots.export.qgis.labels import legible_from
from hotspots.export.qgis.write import (
    Imprint,
    Labels,
    QgisLayer,
    area_layer,
    context_layer,
    outline_layer,
    raster_layer,
    store_styles,
    write_qgz,
    write_qlr,
    write_qml,
)
from hotspots.export.style import style_for
from hotspots.publish.layers import has_districts, left_out_words, month_columns, with_months, written_table
from hotspots.publish.views import drawing, drawn_columns
from hotspots.publish.words.change import calendar_words
from hotspots.publish.words.legend import legend_words
from hotspots.publish.words.names import singular
from hotspots.publish.words.publication import foot_words

log = logging.getLogger(__name__)

DISTRICTS = "layers/districts.gpkg"
_BY_MONTH = "incidents by month"
_CONTEXT: Mapping[str, tuple[Literal["town", "road", "water"], str]] = {
    "context_towns": ("town", "Towns"),
    "context_roads": ("road", "Main roads"),
    "context_water": ("water", "Rivers and water"),
}


def write_qgis(analysis: Analysis, folder: Path) -> None:
    """Write the styles beside the layers of a run, and the project and layer file that open them all.

    Parameters
    ----------
    analysis : Analysis
        What was computed.
    folder : Path
        Where `layers/` and `geojson/` have been written already.
    """
    recipe, layers = analysis.recipe, qgis_layers(analysis)
    if has_districts(analysis):
        write_geopackage({"districts": analysis.outline}, folder / DISTRICTS)
    for key, table in _context_tables(analysis).items():
        write_geopackage({key: table}, folder / f"layers/{key}.gpkg")
    for path in dict.fromkeys(layer.path for layer in layers):
        styled = [
            _alone(analysis, layer) for layer in layers if layer.path == path and layer.style is not None
        ]
        if not styled:
            styled = [layer for layer in layers if layer.path == path]
        if path.endswith(".gpkg"):
            store_styles(styled, folder / path)
        write_qml(styled[0], (folder / path).with_suffix(".qml"))
        beside = folder / "geojson" / f"{Path(path).stem}.geojson"
        if beside.exists():
            write_qml(styled[0], beside.with_suffix(".qml"))
    origin = analysis.origin
    imprint = Imprint(recipe.title, calendar_words(analysis.calendar), origin.source, foot_words(analysis))
    months = [str(month) for month in analysis.calendar]
    write_qlr(layers, folder / "hotspots.qlr", imprint=imprint, months=months)
    write_qgz(layers, folder / "hotspots.qgz", crs=recipe.crs, imprint=imprint, months=months)


def layer_path(group: Group, key: str) -> str:
    """Return where the GeoPackage of one layer of a group stands in a run's folder; it holds nothing else.

    Dropped on an empty project, a file of one layer asks nothing, and covers nothing.
    """
    return f"layers/{group.key}_{key}.gpkg"


def qgis_layers(analysis: Analysis) -> list[QgisLayer]:
    """Return the layers of a QGIS project: lines and names on top, then each theme's areas, contours and heat-map."""
    first = analysis.groups[0]
    areas = first.layers[0]
    table, from_scale = written_table(areas, analysis.uncovered), legible_from(areas.table)
    layers = []
    if has_districts(analysis):
        # Names of districts make room for those of areas.
        names = Labels("name", nearest=from_scale, size=9.5, bold=True)
        layers.append(
            outline_layer(
                analysis.outline,
                path=DISTRICTS,
                table="districts",
                title="District boundaries",
                labels=names,
                line="thick",
            )
        )
    layers.append(
        outline_layer(
            table,
            path=layer_path(first, areas.key),
            table=f"{first.key}_{areas.key}",
            title=f"{singular(areas.label)} boundaries and names",
            labels=_names(areas),
        )
    )
    for key, table in _context_tables(analysis).items():
        kind, title = _CONTEXT[key]
        made = context_layer(
            table, kind, path=f"layers/{key}.gpkg", table=key, title=title, note="For orientation only."
        )
        layers.append(made)
    for group in analysis.groups:
        layers += _qgis_group(analysis, group, lines=areas.label)
    return layers


def _context_tables(analysis: Analysis) -> dict[str, gpd.GeoDataFrame]:
    """Return towns, roads and water by the name of their file, those that there are.

    A folder that is to be published has no towns: it may hold no points, whatever they are called.
    """
    whole = analysis.context
    if whole is None:
        return {}
    found = {}
    for key, (kind, _) in _CONTEXT.items():
        rows = whole[(whole["kind"] == kind).to_numpy()]
        if kind == "town" and analysis.recipe.publish is not None and len(rows):
            log.info("Towns stand on the maps, but not in 'layers', where a public folder has no points")
            continue
        if len(rows):
            codes = [f"{key}_{number:04d}" for number in range(1, len(rows) + 1)]
            found[key] = reproject(rows[["name", "geometry"]].set_axis(codes, axis=0), analysis.areas.crs)
    return found


def _names(layer: Layer) -> Labels | None:
    """Return the labels of a layer whose areas have names, from the scale at which half of them have room."""
    if layer.kind == "cells" or "name" not in layer.table:
        return None
    return Labels("name", farthest=2 * legible_from(layer.table))


def _alone(analysis: Analysis, layer: QgisLayer) -> QgisLayer:
    """Return a layer as it is drawn outside the project, where no lines above it bring the names."""
    if layer.labels is not None or layer.kind != "areas":
        return layer
    for group in analysis.groups:
        for shown in group.layers:
            if layer.path == layer_path(group, shown.key):
                return replace(layer, labels=_names(shown))
    return layer


def _qgis_group(analysis: Analysis, shown: Group, *, lines: str) -> list[QgisLayer]:
    """Return the layers of a group, the one that is ticked first; those labelled `lines` have names anyway."""
    partial, uncovered = analysis.quality.partial_month, analysis.uncovered
    layers: list[QgisLayer] = []
    for layer in shown.layers:
        names, table = None if layer.label == lines else _names(layer), written_table(layer, uncovered)
        for column in drawn_columns(layer.table, layer.kind):
            layers.append(
                area_layer(
                    table,
                    column,
                    path=layer_path(shown, layer.key),
                    table=f"{shown.key}_{layer.key}",
                    title=f"{layer.label}: {theme_words(column)}",
                    group=shown.name,
                    draw=drawing(layer.table, layer.kind),
                    visible=not layers,
                    labels=names,
                    note=" ".join(
                        words
                        for words in (legend_words(analysis, layer, column), left_out_words(layer))
                        if words
                    ),
                )
            )
        if layer is shown.layers[0] and (months := month_columns(shown, partial)):
            table = with_months(shown, layer, partial, uncovered)
            layers.append(_by_month(shown, layer, months, table))
    if shown.contours is not None:
        layers.append(
            area_layer(
                shown.contours,
                "multiple" if "multiple" in shown.contours else "dens_share",
                path=layer_path(shown, "contours"),
                table=f"{shown.key}_contours",
                title="Contours of the density (incidents per km² a year)",
                group=shown.name,
            )
        )
    if shown.surface is not None:
        layers.append(
            raster_layer(
                shown.surface,
                path=f"layers/{shown.key}_density.tif",
                title="Heat-map (incidents per km² a year)",
                group=shown.name,
            )
        )
    return layers


def _by_month(shown: Group, layer: Layer, months: dict[str, str], table: gpd.GeoDataFrame) -> QgisLayer:
    """Return the layer that QGIS's temporal controller steps through, in the same classes in every month."""
    values = np.concatenate([table[column].to_numpy(dtype=float) for column in months.values()])
    return area_layer(
        table,
        list(months.values())[-1],
        path=layer_path(shown, layer.key),
        table=f"{shown.key}_{layer.key}",
        title=f"{layer.label}: {_BY_MONTH}",
        group=shown.name,
        style=replace(style_for("n", values), column=list(months.values())[-1]),
        months=months,
        note="Step through the months with the temporal controller; without it, the last month is drawn.",
    )
