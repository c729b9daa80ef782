"""The folder of a run as QGIS opens it: one project, one layer file, and a style beside every layer."""

from __future__ import annotations

from pathlib import Path

from hotspots.analysis.run import Analysis, ThemeResult, slug
from hotspots.base.columns import column_label
from hotspots.export.qgis.write import (
    QgisLayer,
    area_layer,
    outline_layer,
    raster_layer,
    store_styles,
    write_qgz,
    write_qlr,
    write_qml,
)
from hotspots.publish.themes import NAMES, drawing, drawn_columns


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
    for path in dict.fromkeys(layer.path for layer in layers):
        styled = [layer for layer in layers if layer.path == path and layer.style is not None]
        if path.endswith(".gpkg"):
            store_styles(styled, folder / path)
            for table in dict.fromkeys(layer.table for layer in styled):
                own = next(layer for layer in styled if layer.table == table)
                write_qml(own, folder / "geojson" / f"{Path(path).stem}_{table}.qml")
            styled = [layer for layer in styled if layer.table != "contours"]
        write_qml(styled[0], (folder / path).with_suffix(".qml"))
    write_qlr(layers, folder / "hotspots.qlr", title=recipe.title)
    write_qgz(
        layers, folder / "hotspots.qgz", title=recipe.title, crs=recipe.crs, attribution=recipe.attribution
    )


def qgis_layers(analysis: Analysis) -> list[QgisLayer]:
    """Return the layers of a QGIS project: outlines on top, then each theme's heat-map, contours and areas."""
    first, label = analysis.themes[0], analysis.recipe.areas[0].label
    layers = [
        outline_layer(
            first.layers[label],
            path=f"layers/{first.slug}.gpkg",
            table=slug(label),
            title=f"{label}: outlines",
        )
    ]
    for result in analysis.themes:
        layers += _qgis_theme(result, visible=result is first)
    return layers


def _qgis_theme(result: ThemeResult, *, visible: bool) -> list[QgisLayer]:
    data, group = f"layers/{result.slug}.gpkg", result.theme.name
    layers = []
    if result.contours is not None:
        layers.append(
            area_layer(
                result.contours,
                "multiple",
                path=data,
                table="contours",
                title="Contours of the density (incidents per km² a year)",
                group=group,
            )
        )
    if result.surface is not None:
        layers.append(
            raster_layer(
                result.surface,
                path=f"layers/{result.slug}_density.tif",
                title="Heat-map (incidents per km² a year)",
                group=group,
            )
        )
    for label, layer in result.layers.items():
        for column in drawn_columns(layer, label):
            layers.append(
                area_layer(
                    layer,
                    column,
                    path=data,
                    table=slug(label),
                    title=f"{label}: {NAMES.get(column, column_label(column))}",
                    group=group,
                    draw=drawing(layer, label),
                    visible=visible,
                )
            )
            visible = False
    return layers
