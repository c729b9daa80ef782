"""What a notebook shows: a map of one layer or surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotspots.areas.outline import outline_of
from hotspots.base.columns import DRAWN, theme_words
from hotspots.base.errors import DataError
from hotspots.base.surface import Surface
from hotspots.export.webmap.make import AreaView, SurfaceView, make_map
from hotspots.publish.views import drawing, drawn_columns, layer_kind

if TYPE_CHECKING:
    import folium
    import geopandas as gpd


def explore(layer: gpd.GeoDataFrame | Surface, *, column: str | None = None, title: str = "") -> folium.Map:
    """Return an interactive map of one layer or surface, which a notebook shows when it is a cell's last line.

    It is the map that ``hotspots map`` writes: classes and colours of the columns' own styles, tooltips, search
    and legend, and no network needed.

    Parameters
    ----------
    layer : GeoDataFrame or Surface
        Areas with results, such as ``areas.join(gi_star(...))``, or a density.
    column : str, optional
        Draw this column only; by default all that a map colours can be switched between, flags first.
    title : str, default ''
        The heading.

    Returns
    -------
    folium.Map
        Other folium layers can be added to it; `hotspots.write_map` saves it.

    Raises
    ------
    DataError
        When the layer has no column that a map can colour.
    ParameterError
        When it has no column of the name given.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> square = shapely.box(400_000, 300_000, 401_000, 301_000)
    >>> wards = gpd.GeoDataFrame({"n": [12]}, geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> "<iframe" in explore(wards)._repr_html_()
    True
    """
    heading = title or "Hotspots"
    if isinstance(layer, Surface):
        return make_map([SurfaceView("Heat-map", layer, visible=True)], title=heading)
    kind = layer_kind(layer)
    columns = [column] if column is not None else drawn_columns(layer, kind)
    if not columns:
        drawn = ", ".join(f"'{name}'" for name in DRAWN)
        raise DataError(
            f"the layer has no column that a map can colour ({drawn})",
            hint="join a result to it, or name a column of numbers with 'column'",
        )
    draw: Any = drawing(layer, kind) if column is None else "all"
    views = [AreaView(theme_words(name).capitalize(), layer, name, noun=kind, draw=draw) for name in columns]
    boundary = outline_of(layer) if "district" in layer and kind != "cells" else None
    return make_map(views, title=heading, boundary=boundary)
