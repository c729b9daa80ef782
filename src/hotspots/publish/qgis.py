"""The folder of a run as QGIS opens it: one project, one layer file, and a style beside every layer."""

from __future__ import annotations

from pathlib import Path

from hotspots.analysis.results import Analysis, Group
from hotspots.base.columns import DRAWN, column_label
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
from hotspots.publish.views import drawing, drawn_columns


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
        layers,
        folder / "hotspots.qgz",
        title=recipe.title,
        crs=recipe.crs,
        attribution=analysis.origin.attribution,
    )


def qgis_layers(analysis: Analysis) -> list[QgisLayer]:
    """Return the layers of a QGIS project: outlines on top, then each theme's heat-map, contours and areas."""
    first = analysis.groups[0]
    areas = first.layers[0]
    layers = [
        outline_layer(
            areas.table,
            path=f"layers/{first.key}.gpkg",
            table=areas.key,
            title=f"{areas.label}: outlines",
        )
    ]
    for group in analysis.groups:
        layers += _qgis_group(group, visible=group is first)
    return layers


def _qgis_group(shown: Group, *, visible: bool) -> list[QgisLayer]:
    data, group = f"layers/{shown.key}.gpkg", shown.name
    layers = []
    if shown.contours is not None:
        layers.append(
            area_layer(
                shown.contours,
                "multiple" if "multiple" in shown.contours else "dens_share",
                path=data,
                table="contours",
                title="Contours of the density (incidents per km² a year)",
                group=group,
            )
        )
    if shown.surface is not None:
        layers.append(
            raster_layer(
                shown.surface,
                path=f"layers/{shown.key}_density.tif",
                title="Heat-map (incidents per km² a year)",
                group=group,
            )
        )
    for layer in shown.layers:
        for column in drawn_columns(layer.table, layer.kind):
            layers.append(
                area_layer(
                    layer.table,
                    column,
                    path=data,
                    table=layer.key,
                    title=f"{layer.label}: {DRAWN[column].theme or column_label(column)}",
                    group=group,
                    draw=drawing(layer.table, layer.kind),
                    visible=visible,
                )
            )
            visible = False
    return layers
