"""What a map's page shows where no script runs: the opening view as a drawing, and its first areas in words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.base.classes import StyleClass
from hotspots.base.columns import format_value
from hotspots.base.crs import crs_text, transform_xy
from hotspots.base.text import area_name
from hotspots.export.style import NEUTRAL, Style
from hotspots.export.unsure import ink_on
from hotspots.export.webmap.columns import measure_of
from hotspots.export.webmap.image import WEB_MERCATOR
from hotspots.export.webmap.views import AreaView
from hotspots.export.where import highest

if TYPE_CHECKING:
    import geopandas as gpd

LISTED = 20
DRAWN = 2_500
"""Of more areas the highest ones are drawn, over the land, and the page says so."""

_SIDE = 800  # longer side of the drawing, in its own units
_WHY = "Scripts do not run here, so the map is a picture. Opened in a browser that runs them, it can be explored."


def still_html(view: AreaView, boundary: gpd.GeoDataFrame | None = None) -> str:
    """Return the drawing of a view, its legend and its first twenty areas, as HTML without a style or a script.

    Areas are in the order of the map's list: by class where a class is drawn, then from the largest number.
    """
    style, layer = view.resolved_style(), view.layer
    found = style.classify(layer[view.column])
    order = _order(view, layer, style, found)
    heading = ": ".join(part for part in (view.group, view.title) if part)
    first = order[:LISTED]
    told = highest(layer, view.column, style, found)
    if len(layer) > DRAWN:
        told += f" Drawn are the {DRAWN:,} highest of {len(layer):,} {view.noun}."
    return "\n".join(
        (
            '<div class="hotspots-still">',
            f"<p>{_WHY}</p>",
            _drawing(layer, style, found, order, boundary, title=heading, told=told),
            _legend(style, found),
            f"<h2>{escape(heading)}: the first {len(first)} of {len(layer):,} {escape(view.noun)}</h2>",
            f"<ol>{''.join(_item(view, layer.iloc[place], style, int(found[place])) for place in first)}</ol>",
            "</div>",
        )
    )


def _order(
    view: AreaView, layer: pd.DataFrame, style: Style, found: npt.NDArray[np.int16]
) -> npt.NDArray[np.int64]:
    rank = view.ranking()
    numbers = layer[rank].astype(float).to_numpy() if rank else np.zeros(len(layer))
    missing = np.isnan(numbers) | (found < 0)
    # A class that is less sure stands with its own, which comes before it.
    places = np.array([place - bool(entry.unsure and place) for place, entry in enumerate(style.classes)])
    by_class = places[found] if rank != view.column else np.zeros(len(layer))
    return np.lexsort((-np.nan_to_num(numbers), np.where(missing, np.inf, by_class)))


def _drawing(
    layer: gpd.GeoDataFrame,
    style: Style,
    found: npt.NDArray[np.int16],
    order: npt.NDArray[np.int64],
    boundary: gpd.GeoDataFrame | None,
    *,
    title: str,
    told: str,
) -> str:
    drawn = np.sort(order[:DRAWN])
    shapes = _mercator(layer)
    frame = _frame(shapes)
    ground = [] if boundary is None else _paths(_mercator(boundary), frame)
    paths = _paths(shapes[drawn], frame)
    fills = [_fill(style, place) for place in found[drawn].tolist()]
    land = "".join(f'<path d="{path}" fill="{NEUTRAL}"/>' for path in ground)
    lines = "".join(f'<path d="{path}" fill="none" stroke="#3b4754"/>' for path in ground)
    areas = "".join(
        f'<path d="{path}" fill="{fill}"/>' for path, fill in zip(paths, fills, strict=True) if path
    )
    hatches = "".join(_hatch(place, entry) for place, entry in enumerate(style.classes) if entry.unsure)
    return (
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-labelledby="still-title still-words">'
        f'<title id="still-title">{escape(title)}</title><desc id="still-words">{escape(told)}</desc>'
        f'{hatches}{land}<g stroke="#7b8794" stroke-width="0.5">{areas}</g>{lines}</svg>\n<p>{escape(told)}</p>'
    )


def _fill(style: Style, place: int) -> str:
    if place < 0:
        return style.missing.colour
    entry = style.classes[place]
    if not entry.opacity:
        return NEUTRAL
    return f"url(#still-hatch-{place})" if entry.unsure else entry.colour


def _hatch(place: int, entry: StyleClass) -> str:
    """Return the lines of a class that is less sure: told by its colour alone it would be its neighbour's."""
    return (
        f'<pattern id="still-hatch-{place}" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" fill="{entry.colour}"/>'
        f'<line y2="5" stroke="{ink_on(entry.colour)}" stroke-width="2"/></pattern>'
    )


@dataclass(frozen=True)
class _Frame:
    """Where the drawing lies on a web map, in metres, and its unit and sides."""

    west: float
    north: float
    unit: float
    width: int
    height: int


def _frame(shapes: npt.NDArray[Any]) -> _Frame:
    west, south, east, north = shapely.total_bounds(shapes)
    unit = max(east - west, north - south) / _SIDE
    return _Frame(west, north, unit, round((east - west) / unit), round((north - south) / unit))


def _mercator(layer: gpd.GeoDataFrame) -> npt.NDArray[Any]:
    """Return the shapes of a layer where a web map has them, in metres."""
    shapes, crs = layer.geometry.to_numpy(), crs_text(layer.crs)

    def moved(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transform_xy(*points.T, source=crs, target=WEB_MERCATOR))

    return np.asarray(shapely.transform(shapely.force_2d(shapes), moved), dtype=object)


def _paths(shapes: npt.NDArray[Any], frame: _Frame) -> list[str]:
    """Return each area as the data of a path, in whole units."""
    try:
        simple = shapely.coverage_simplify(shapes, frame.unit)
    except shapely.errors.GEOSException:  # what is not a polygon, or is unsound
        simple = shapely.simplify(shapes, frame.unit)
    return ["".join(_ring(ring, frame) for ring in _rings(shape)) for shape in simple]


def _rings(shape: Any) -> list[npt.NDArray[np.float64]]:
    return [
        shapely.get_coordinates(ring)
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]


def _ring(points: npt.NDArray[np.float64], frame: _Frame) -> str:
    """Return a ring in steps from corner to corner; nothing of one that comes to a line or a point."""
    corners = np.rint((points - (frame.west, frame.north)) / (frame.unit, -frame.unit)).astype(int)
    steps = np.diff(corners[:-1], axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(steps) < 2:
        return ""
    return f"M{corners[0, 0]} {corners[0, 1]}l{' '.join(f'{x} {y}' for x, y in steps.tolist())}z"


def _legend(style: Style, found: npt.NDArray[np.int16]) -> str:
    counts = np.bincount(found[found >= 0], minlength=len(style.classes)).tolist()
    rows = "".join(
        f'<li><svg width="22" height="14" aria-hidden="true"><rect width="22" height="14" fill="{_fill(style, place)}" '
        f'stroke="#7b8794"/></svg> {escape(style.classes[place].label)}: {count:,}</li>'
        for place, count in enumerate(counts)
        if count
    )
    return f"<h2>{escape(style.title)}</h2><ul>{rows}</ul>"


def _item(view: AreaView, row: pd.Series[Any], style: Style, place: int) -> str:
    name = area_name(str(row.get("name") or row.name), str(row.get("district") or ""))
    entry = style.classes[place] if place >= 0 else style.missing
    facts = [entry.label] if view.ranking() != view.column else []
    rank = view.ranking()
    if rank:
        known = measure_of(rank)
        unit = f" {known.unit}" if known and known.unit else ""
        facts.append(
            f"{known.label if known else rank} {format_value(known.name if known else rank, row[rank])}{unit}"
        )
    why = str(row["reason"]) if "reason" in row.index and isinstance(row["reason"], str) else ""
    return f"<li>{escape(name)}. {escape('. '.join([*facts, *([why] if why else [])]))}</li>"
