"""One HTML file that anyone can open: boundaries, views, heat-maps, legends, and no network needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.files import refuse_existing, replacing
from hotspots.base.text import list_words
from hotspots.export.webmap.assets import split_page
from hotspots.export.webmap.columns import period_columns
from hotspots.export.webmap.data import map_data, to_script
from hotspots.export.webmap.still import still_html
from hotspots.export.webmap.views import AreaView, SurfaceView

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["AreaView", "SurfaceView", "make_map", "period_columns", "write_map"]

BASEMAPS = ("none", "osm")
PARTS = ("inside", "beside")
_OSM = {
    "url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    "attribution": "© OpenStreetMap contributors",
    "link": "https://www.openstreetmap.org/copyright",
}


def make_map(
    views: Sequence[AreaView | SurfaceView],
    *,
    title: str,
    period: str = "",
    source: str = "",
    attribution: str = "",
    method_notes: Sequence[str] = (),
    boundary: gpd.GeoDataFrame | None = None,
    uncovered: gpd.GeoDataFrame | None = None,
    context: gpd.GeoDataFrame | None = None,
    basemap: Literal["none", "osm"] = "none",
    tiles: str = "",
) -> folium.Map:
    """Make an interactive map that holds everything it needs.

    A panel beside the map has a search by name or code, the views (one shown at a time, chosen by group, areas
    and measure), their periods, the surfaces to lay over them, the legend, and the areas in their order, which
    lead to the map. The address keeps what is shown, so that it can be sent; all of it works from the keyboard
    and prints on A4. Where no script runs, as in a preview of mail, the page shows the first view as a drawing, its
    first twenty areas and the method.

    Each distinct set of areas is stored once, its polygons simplified together so that shared borders stay shared,
    each border once, and districts along them; numbers are stored to the decimals that a reader sees. Zooming ends
    where borders that had to be simplified would be out by a few pixels, and the legend says so.

    Text from the data is shown as text whatever it contains. The same views give the same bytes.

    Parameters
    ----------
    views : sequence of AreaView and SurfaceView
        At least one. The first area view is shown when the map opens.
    title : str
        The heading of the page.
    period : str
        What time the map covers, in words.
    source : str
        Where the incidents and boundaries come from.
    attribution : str
        The licence line.
    method_notes : sequence of str
        How the map was made, one sentence or paragraph each.
    boundary : GeoDataFrame, optional
        Districts, drawn as outlines and named by their column ``name`` (else their index).
    uncovered : GeoDataFrame, optional
        Areas that the files do not cover: grey ground that the legend names, in no list and no class.
    context : GeoDataFrame, optional
        Towns, roads and water from `hotspots.areas.context.read_context`, drawn as thin lines and small names that
        leave the colours what the legend says.
    basemap : {'none', 'osm'}, default 'none'
        ``"osm"`` lays OpenStreetMap's tiles underneath, for readers with a network; the map still works
        without them. That server refuses pages opened as a file, where the map says so and asks for none.
    tiles : str, optional
        The address of another map server, with ``{z}``, ``{x}`` and ``{y}``, such as
        ``"https://maps.force.example/{z}/{x}/{y}.png"``; it takes the place of `basemap`.

    Returns
    -------
    folium.Map
        Other folium layers can be added to it; what they link is their own affair.

    Raises
    ------
    ParameterError
        When there is no view, a view's column is missing, an area is not a polygon, `basemap` is something
        else, or `tiles` is no such address.
    DataError
        When a value is in none of its column's classes.
    CRSError
        When a layer has no CRS.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> square = shapely.box(400_000, 300_000, 401_000, 301_000)
    >>> wards = gpd.GeoDataFrame({"gi_class": ["hot99"]}, geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> page = make_map([AreaView("Hotspots", wards, "gi_class", noun="wards")], title="Burglary")
    >>> html = page.get_root().render()
    >>> "<title>Burglary</title>" in html, "https://cdn" in html
    (True, False)
    """
    areas = [view for view in views if isinstance(view, AreaView)]
    surfaces = [view for view in views if isinstance(view, SurfaceView)]
    if not views:
        raise ParameterError(
            "there is nothing to draw on the map", hint="pass at least one AreaView or SurfaceView"
        )
    if basemap not in BASEMAPS:
        raise ParameterError(f"'basemap' is '{basemap}'", hint=did_you_mean(str(basemap), BASEMAPS))

    from hotspots.export.webmap.page import OfflineMap

    under = _tiles(basemap, tiles)
    data = map_data(
        areas,
        surfaces,
        boundary=boundary,
        uncovered=uncovered,
        context=context,
        basemap=under is not None,
        attribution=attribution,
    )
    data["tiles"] = under
    page = {
        "title": title,
        "period": period,
        "source": source,
        "attribution": attribution,
        "methods": tuple(method_notes),
        "still": still_html(areas[0], boundary) if areas else "",
    }
    return OfflineMap(to_script(data), page, data["bounds"])


def _tiles(basemap: str, address: str) -> dict[str, str] | None:
    """Return the server of a street map and its credit, or None for none."""
    if address:
        lacks = [part for part in ("{z}", "{x}", "{y}") if part not in address]
        if lacks or not address.startswith(("https://", "http://")):
            raise ParameterError(
                f"'tiles' is '{address}', which {f'lacks {list_words(lacks)}' if lacks else 'is no web address'}",
                hint="write it as https://maps.force.example/{z}/{x}/{y}.png",
            )
        return {"url": address, "attribution": "", "link": ""}
    return dict(_OSM) if basemap == "osm" else None


def write_map(
    made: folium.Map,
    path: str | os.PathLike[str],
    *,
    parts: Literal["inside", "beside"] = "inside",
    overwrite: bool = False,
) -> list[Path]:
    """Write a map as one HTML file, or with its style and scripts in files beside it.

    Parameters
    ----------
    made : folium.Map
        What `make_map` returned.
    path : path
        The file.
    parts : {'inside', 'beside'}, default 'inside'
        ``"beside"`` puts style and scripts into a folder named after the file, such as ``map_files``, for web servers
        whose policy (Content-Security-Policy) forbids them inside a page. File and folder go together.
    overwrite : bool, default False
        Whether existing files may be replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ParameterError
        When `parts` is something else.
    FileError
        When a file exists and `overwrite` is false, or cannot be written.
    """
    if parts not in PARTS:
        raise ParameterError(f"'parts' is '{parts}'", hint=did_you_mean(str(parts), PARTS))
    target = Path(path)
    page, texts = made.get_root().render(), {}
    if parts == "beside":
        beside = target.parent / f"{target.stem}_files"
        page, named = split_page(page, quote(beside.name))
        texts = {beside / name: text for name, text in named.items()}
    texts[target] = page
    for place in texts:
        refuse_existing(place, overwrite=overwrite)
    for place, text in texts.items():
        with replacing(place, overwrite=overwrite) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)
