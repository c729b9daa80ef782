"""Pictures of layer files: which column and outlines are drawn, and what the layer itself says of its origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from hotspots.analysis.origins import NOT_STATED, Origin
from hotspots.analysis.results import Kind
from hotspots.areas.context import read_context
from hotspots.areas.layers import computing_crs
from hotspots.areas.outline import outline_of
from hotspots.areas.reading import read_layer
from hotspots.base.columns import DRAWN
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.surface import Surface
from hotspots.export.picture.draw import draw_heatmap, draw_map
from hotspots.export.raster import read_geotiff, read_origin
from hotspots.publish.drawn import read_drawn
from hotspots.publish.views import drawing, drawn_columns, layer_kind
from hotspots.publish.words.legend import told_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INSETS = 3
_GEOTIFF = (".tif", ".tiff")


def file_picture(
    paths: Sequence[str],
    *,
    column: str | None = None,
    title: str | None = None,
    period: str = "",
    source: str = "",
    attribution: str = "",
    context: Sequence[str] = (),
) -> Figure:
    """Draw a layer or GeoTIFF file as a picture for a slide.

    Parameters
    ----------
    paths : sequence of str
        The file to draw and, where wanted, a layer of areas whose outlines are drawn over it. A layer of areas
        with districts needs none.
    column : str, optional
        The column to draw; by default the first of those that a map colours, flags before rates.
    title, period, source, attribution : str
        The lines around the map; where not given, what the layer's provenance says.
    context : sequence of str
        Layers of towns, roads or water, drawn for orientation.

    Returns
    -------
    matplotlib.figure.Figure
        For `hotspots.export.picture.draw.write_picture`.

    Raises
    ------
    ParameterError
        When there are more than two files, the column does not exist, or one is given for a GeoTIFF.
    DataError
        When the layer has no column that a map can colour.
    """
    if len(paths) > 2:
        raise ParameterError(
            f"a picture shows one layer, and {len(paths)} are given",
            hint="give the layer to draw and at most one more, whose outlines are drawn over it",
        )
    above = read_layer(paths[1]) if len(paths) > 1 else None
    outline = None if above is None else outline_of(above)
    if Path(paths[0]).suffix.casefold() in _GEOTIFF:
        if column is not None:
            raise ParameterError("a GeoTIFF has no columns to choose from", hint="leave out 'column'")
        surface, told = read_geotiff(paths[0]), read_origin(paths[0])
        origin = layer_origin(told, source, attribution)
        return draw_heatmap(
            surface,
            areas=above,
            outline=outline,
            context=_context(context, _ground(surface) if outline is None else outline),
            title=title or told.get("title", "Heat-map"),
            subtitle=period or told.get("period", ""),
            source=origin.source,
            attribution=origin.attribution,
            insets=INSETS,
        )
    layer = read_drawn(paths[0])
    kind = layer_kind(layer)
    chosen = _column(layer, kind, column, paths[0])
    told = layer.attrs.get("provenance") or {}
    origin = layer_origin(told, source, attribution)
    if outline is None and chosen not in ("multiple", "dens_share"):
        outline = outline_of(layer)
    return draw_map(
        layer,
        chosen,
        title=title or str(told.get("title", "Hotspots")),
        subtitle=period or str(told.get("period", "")),
        source=origin.source,
        attribution=origin.attribution,
        outline=outline,
        context=_context(context, layer),
        draw=drawing(layer, kind),
        noun=kind,
        note=told_words(layer, chosen, noun=kind, period=period),
        insets=INSETS,
    )


def _context(sources: Sequence[str], within: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    return read_context(sources, within=within, crs=computing_crs(within)) if sources else None


def _ground(surface: Surface) -> gpd.GeoDataFrame:
    """Return the ground of a surface as one area."""
    return gpd.GeoDataFrame(geometry=[shapely.box(*surface.bounds)], crs=surface.crs)


def layer_origin(told: Mapping[str, Any], source: str = "", attribution: str = "") -> Origin:
    """Return source and licence of a layer: as given, else as the layer says; a warning where neither does.

    Parameters
    ----------
    told : mapping
        The layer's provenance, or what a GeoTIFF holds.
    source, attribution : str, optional
        As a person names them.
    """
    said = source or str(told.get("source", ""))
    licence = attribution or str(told.get("attribution", ""))
    if licence and "not stated" not in licence:
        return Origin(said, licence)
    unstated = Origin(said, licence or ("Licence not stated." if said else NOT_STATED), unstated=True)
    unstated.warn("name them with '--source' and '--attribution'")
    return unstated


def _column(layer: gpd.GeoDataFrame, kind: Kind, wanted: str | None, path: str) -> str:
    if wanted is not None:
        choices = [name for name in layer.columns if name != layer.geometry.name]
        if wanted not in choices:
            raise ParameterError(f"'{path}' has no column '{wanted}'", hint=did_you_mean(wanted, choices))
        return wanted
    found = drawn_columns(layer, kind)
    if not found:
        drawn = ", ".join(f"'{name}'" for name in DRAWN)
        raise DataError(
            f"'{path}' has no column that a map can colour ({drawn})",
            hint="name one with '--column', or make one with: hotspots count, hotspots flag or hotspots gistar",
        )
    return found[0]
