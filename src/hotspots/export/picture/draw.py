"""Static pictures of a map for slides and reports: PNG, SVG or PDF, in the classes and colours of the web map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.areas.borders import edge_matched, simplify_together
from hotspots.areas.uncovered import coverage_label
from hotspots.base.crs import reproject
from hotspots.base.errors import ParameterError
from hotspots.base.surface import Surface
from hotspots.base.text import list_words
from hotspots.export.picture.canvas import SLIDE, Bounds, Canvas, Shapes, Size
from hotspots.export.picture.context import in_system
from hotspots.export.picture.parts import LegendBox, LegendEntry
from hotspots.export.picture.saving import steady
from hotspots.export.picture.sheet import Words
from hotspots.export.sizes import BORDERED, is_shown
from hotspots.export.style import MISSING_CLASS, Style, layer_style, surface_style
from hotspots.export.unsure import unsure_areas, unsure_class
from hotspots.export.where import MOST, compass, highest

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

    from hotspots.export.picture.figure import MapFigure

GROUND = "#efeeea"  # below the lowest drawn class of a surface without outlines
NAMED = 12  # at most this many areas are named
_VERTICES = 12_000  # of all polygons of a picture: under a pixel of a slide
_FINEST = 1 / 5_000  # of the extent, by which they are simplified at the least: a third of a pixel


@steady()
def draw_map(
    layer: gpd.GeoDataFrame,
    column: str,
    *,
    title: str = "",
    subtitle: str = "",
    source: str = "",
    attribution: str = "",
    outline: gpd.GeoDataFrame | None = None,
    uncovered: gpd.GeoDataFrame | None = None,
    context: gpd.GeoDataFrame | None = None,
    style: Style | None = None,
    draw: Literal["all", "classed"] = "all",
    noun: str = "areas",
    named: Sequence[str] | None = None,
    marked: Sequence[str] = (),
    note: str = "",
    legend: Literal["beside", "none"] = "beside",
    insets: int = 0,
    size: Size = SLIDE,
    letters: float | None = None,
) -> MapFigure:
    """Draw one column of a layer as a picture: areas by class, legend, scale bar, north and source.

    Classes that hold no area are left out of the legend; the others say how many they hold. Text from the
    data is drawn as it stands: a dollar sign starts no formula.

    Parameters
    ----------
    layer : GeoDataFrame
        Areas with the column to draw. A layer in degrees is drawn in the UTM zone that it lies in.
    column : str
        The column to draw.
    title, subtitle : str
        The two lines above the map; without them there is no room for them either.
    source, attribution : str
        The lines below.
    outline : GeoDataFrame, optional
        Districts, drawn as outlines and named by their column ``name``.
    uncovered : GeoDataFrame, optional
        Areas that the files do not cover, as areas without data are drawn; the legend says so.
    context : GeoDataFrame, optional
        Towns, roads and water from `hotspots.areas.context.read_context`: thin lines over the colours, and names of
        towns where there is room.
    style : Style, optional
        By default the one that `hotspots.export.style.layer_style` gives.
    draw : {'all', 'classed'}, default 'all'
        ``"classed"`` leaves out areas of the uneventful middle class and those without data.
    noun : str, default 'areas'
        What an area is called in the plural.
    named : sequence of str, optional
        Codes of areas to write the names of, the most important first; a name that finds no room is left out.
        By default the areas significantly above the average, on a map of ``sd_flag``.
    marked : sequence of str, optional
        Codes of areas that bear the numbers 1, 2, 3 and so on.
    note : str
        A sentence below the legend.
    legend : {'beside', 'none'}, default 'beside'
        Without it the map takes its room, for a page that says the meaning of the colours in its own text.
    insets : int, default 0
        At most so many insets enlarge areas that are too small to see, where there is free ground for them: the
        marked ones, or else clusters of coloured ones.
    size : (float, float)
        Inches; by default a slide of 16:9.
    letters : float, optional
        Size of the legend's letters in points; all others are in proportion. By default 11.5 on a slide, and
        larger or smaller with the width.

    Returns
    -------
    matplotlib.figure.Figure
        Independent of pyplot; see `write_picture`.

    Raises
    ------
    ParameterError
        When the layer has no such column.
    DataError
        When a value is in none of the column's classes.

    Examples
    --------
    >>> import geopandas as gpd
    >>> square = shapely.box(400_000, 300_000, 401_000, 301_000)
    >>> wards = gpd.GeoDataFrame({"gi_class": ["hot99"]}, geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> draw_map(wards, "gi_class", title="Burglary").get_size_inches().tolist()
    [13.333333333333334, 7.5]
    """
    chosen = layer_style(layer, column) if style is None or column not in layer.columns else style
    layer = _in_metres(layer)
    found = chosen.classify(layer[column])
    shapes = _simple(layer)
    drawn = _drawn(chosen, found, draw)
    hatched = drawn & unsure_areas(layer, chosen)
    entries = [*_legend_entries(chosen, found, draw), *_hatched_entry(chosen, hatched), *_beyond(uncovered)]
    lines = None if outline is None else reproject(outline, layer.crs)
    picture = Canvas(
        size,
        _extent(shapes[drawn] if outline is None else shapes, lines),
        words=Words(title, subtitle, _foot(source, attribution)),
        legend=LegendBox(chosen.title, entries, noun, note) if legend == "beside" else None,
        letters=letters,
    )
    stands_out = ~np.array([entry.neutral for entry in chosen.classes] + [True])[found]
    coloured = shapes[stands_out]
    ground = shapely.union_all(shapes) if lines is None else shapely.union_all(lines.geometry.to_numpy())
    if insets:
        held = layer.index.get_indexer(list(marked))
        picture.add_insets(coloured, ground, most=insets, marked=shapes[held])
    picture.uncovered(uncovered, layer.crs)
    picture.areas(shapes, chosen, np.where(drawn, found, -2))
    picture.hatch(shapes, chosen, np.where(hatched, found, -2))
    around = in_system(context, layer.crs)
    picture.lines(around)
    first = _ranked_first(layer)
    picture.keep_clear(shapes[stands_out | first], first[stands_out | first])
    picture.symbols(shapes, chosen, np.where(drawn, found, -2))
    picture.marks(layer, marked)
    if lines is not None:
        picture.outline(lines, avoid=coloured)
    picture.names(layer, _named(layer, column, named))
    picture.towns(around)
    picture.figure.name, picture.figure.words = title or chosen.title, highest(layer, column, chosen, found)
    picture.furniture(ground)
    return picture.figure


def _foot(source: str, attribution: str) -> str:
    return " · ".join(part for part in (f"Source: {source}" if source else "", attribution) if part)


def _beyond(uncovered: gpd.GeoDataFrame | None) -> list[LegendEntry]:
    """Return the line of the legend for ground that the files do not cover, where there is any."""
    if uncovered is None or uncovered.empty:
        return []
    return [LegendEntry(replace(MISSING_CLASS, label=coverage_label(uncovered)), len(uncovered))]


def _hatched_entry(style: Style, hatched: npt.NDArray[np.bool_]) -> list[LegendEntry]:
    """Return the line of the legend for areas that rest on little, where there are any."""
    line = unsure_class(style)
    return [] if line is None or not hatched.any() else [LegendEntry(line, int(hatched.sum()))]


def _ranked_first(layer: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Return which areas have the first rank; none in a layer without ranks."""
    if "rank" not in layer:
        return np.zeros(len(layer), dtype=bool)
    return np.asarray(layer["rank"].to_numpy(dtype=float, na_value=np.nan) == 1)


def _legend_entries(style: Style, found: npt.NDArray[Any], draw: str) -> list[LegendEntry]:
    """Return the classes that areas are in, with how many are, and those without data where they are drawn."""
    entries = [
        LegendEntry(entry, int((found == place).sum()))
        for place, entry in enumerate(style.classes)
        if place in found
    ]
    if draw == "classed":
        return [line for line in entries if not line.entry.neutral]
    if (found < 0).any():
        entries.append(LegendEntry(style.missing, int((found < 0).sum())))
    return entries


@steady()
def draw_heatmap(
    surface: Surface,
    *,
    title: str = "",
    subtitle: str = "",
    source: str = "",
    attribution: str = "",
    areas: gpd.GeoDataFrame | None = None,
    outline: gpd.GeoDataFrame | None = None,
    uncovered: gpd.GeoDataFrame | None = None,
    context: gpd.GeoDataFrame | None = None,
    style: Style | None = None,
    note: str = "",
    legend: Literal["beside", "none"] = "beside",
    insets: int = 0,
    size: Size = SLIDE,
    letters: float | None = None,
) -> Figure:
    """Draw a surface as a picture, in its classes (see `surface_style`); see `draw_map`.

    Between the centres of cells values are interpolated, as on the web map.

    Parameters
    ----------
    surface : Surface
        What to draw.
    areas : GeoDataFrame, optional
        Areas whose borders are drawn thinly over it, where they are large enough not to hide it.
    title, subtitle, source, attribution, outline, uncovered, context, style, note, legend, insets, size, letters
        As for `draw_map`; insets enlarge the ground of the two highest classes.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        When a value is in none of the classes of `style`.
    """
    chosen = surface_style(surface) if style is None else style
    if outline is None:
        chosen = _with_ground(chosen)
    lines = None if outline is None else reproject(outline, surface.crs)
    picture = Canvas(
        size,
        _extent(np.empty(0, dtype=object), lines, surface.bounds),
        words=Words(title, subtitle, _foot(source, attribution)),
        legend=LegendBox(chosen.title, [*map(LegendEntry, chosen.classes), *_beyond(uncovered)], "", note)
        if legend == "beside"
        else None,
        letters=letters,
    )
    ground = shapely.box(*surface.bounds) if lines is None else shapely.union_all(lines.geometry.to_numpy())
    dense = _densest(surface, chosen)
    if insets:
        picture.add_insets(dense, ground, most=insets)
    picture.uncovered(uncovered, surface.crs)
    picture.surface(surface, chosen, lines)
    around = in_system(context, surface.crs)
    picture.lines(around)
    picture.figure.name = title or chosen.title
    picture.figure.words = _densest_words(dense, ground)
    if areas is not None:
        placed = reproject(areas, surface.crs)
        if is_shown(placed.geometry.to_numpy(), BORDERED, metres_per_inch=picture.scale):
            picture.borders(_simple(placed))
    if lines is not None:
        picture.outline(lines, avoid=dense)
    picture.towns(around)
    picture.furniture(ground)
    return picture.figure


def _densest(surface: Surface, style: Style) -> Shapes:
    """Return the ground of the two highest classes that occur, as squares of cells."""
    found = style.classify(surface.values.ravel())
    # The first classes are empty where one place holds more incidents than their shares.
    drawn = [
        place
        for place, entry in enumerate(style.classes)
        if entry.opacity and not entry.neutral and (found == place).any()
    ][:2]
    rows, columns = np.unravel_index(np.flatnonzero(np.isin(found, drawn)), surface.shape)
    west, _, _, north = surface.bounds
    step = surface.cell_size
    cells = shapely.box(
        west + columns * step, north - (rows + 1) * step, west + (columns + 1) * step, north - rows * step
    )
    joined = shapely.get_parts(shapely.union_all(cells))
    return np.asarray(joined[shapely.area(joined) > 0])


def _densest_words(dense: Shapes, ground: Any) -> str:
    """Return in which parts of the ground its densest places lie, the largest first."""
    if not len(dense):
        return "No ground stands out."
    largest = dense[np.argsort(-shapely.area(dense), kind="stable")][:MOST]
    points = shapely.get_coordinates(shapely.point_on_surface(largest)).tolist()
    bounds = shapely.bounds(ground).tolist()
    parts = dict.fromkeys(compass(x, y, bounds) for x, y in points)
    return f"The densest ground lies in the {list_words(list(parts))}."


def _with_ground(style: Style) -> Style:
    """Return the style with its undrawn class in a pale grey, so that the surface's extent can be seen."""
    classes = tuple(
        entry if entry.opacity else replace(entry, colour=GROUND, opacity=1.0) for entry in style.classes
    )
    return replace(style, classes=classes)


def _in_metres(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if layer.crs is not None and layer.crs.is_projected:
        return layer
    return reproject(layer, "EPSG:27700" if layer.crs is None else layer.estimate_utm_crs())


def _simple(layer: gpd.GeoDataFrame) -> Shapes:
    """Return a layer's polygons, fitted together and simplified to what a picture shows."""
    shapes = edge_matched(np.asarray(shapely.force_2d(layer.geometry.to_numpy())))
    return simplify_together(shapes, vertices=_VERTICES, finest=_FINEST).shapes


def _drawn(style: Style, found: npt.NDArray[np.int16], draw: str) -> npt.NDArray[np.bool_]:
    if draw == "all":
        return np.ones(len(found), dtype=bool)
    neutral = np.array([entry.neutral for entry in style.classes] + [True])  # -1, no data, reads the last
    return np.asarray(~neutral[found])


def _extent(shapes: Shapes, outline: gpd.GeoDataFrame | None, bounds: Bounds | None = None) -> Bounds:
    boxes = [np.asarray(bounds)] if bounds is not None else []
    boxes += [shapely.total_bounds(shapes)] if len(shapes) else []
    boxes += [] if outline is None else [np.asarray(outline.total_bounds)]
    if not boxes:
        raise ParameterError("there is nothing to draw", hint="pass an 'outline', or draw all areas")
    every = np.array(boxes, dtype=np.float64)
    (west, south), (east, north) = every[:, :2].min(axis=0).tolist(), every[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _named(layer: gpd.GeoDataFrame, column: str, named: Sequence[str] | None) -> list[str]:
    if named is not None:
        return list(named)
    if column != "sd_flag" or "name" not in layer:
        return []
    top = layer[layer["sd_flag"] == "significantly above"]
    if "sd_score" in top:
        top = top.sort_values("sd_score", ascending=False, kind="stable")
    return [str(code) for code in top.index[:NAMED]]
