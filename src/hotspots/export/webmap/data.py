"""What the map's page reads: every polygon once, every column once, one letter per area and theme."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.crs import WGS84, crs_text, parse_crs, reproject, transform_xy
from hotspots.base.errors import ParameterError
from hotspots.export.style import NEUTRAL, Style, StyleClass, style_for
from hotspots.export.webmap.columns import Pool, add_table
from hotspots.export.webmap.image import WEB_MERCATOR, draw_surface
from hotspots.export.webmap.shapes import Shapes, encode_places, encode_shapes, simplify_together
from hotspots.export.webmap.themes import AreaTheme, SurfaceTheme

if TYPE_CHECKING:
    import geopandas as gpd

# At about 3.3 letters a vertex this keeps all polygons of a map near 500 kB.
MAX_VERTICES = 150_000
_UNDER_BASEMAP = 0.7
_NOT_DRAWN = "."


Places = npt.NDArray[np.int16]


@dataclass(frozen=True)
class _Drawing:
    """A theme's classes, and each area's place in them for each column that it steps through."""

    style: Style
    found: dict[str, Places]


@dataclass
class _Store:
    """The polygons that several themes share, and which of them any theme draws."""

    shapes: Shapes
    crs: str
    drawn: npt.NDArray[np.bool_]
    themes: list[int] = field(default_factory=list)


def map_data(
    areas: Sequence[AreaTheme],
    surfaces: Sequence[SurfaceTheme],
    *,
    boundary: gpd.GeoDataFrame | None,
    basemap: bool,
    attribution: str,
) -> dict[str, Any]:
    """Return everything the page's script needs, ready for JSON."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        # numpy and zlib draw the pictures while Python sees to the polygons.
        drawing = threads.map(_surface, surfaces)
        drawings, stores = _classified(areas)
        pool = Pool()
        themes, tables = _themes(areas, drawings, stores, pool)
        return {
            "attribution": attribution,
            "strength": _UNDER_BASEMAP if basemap else 1,
            "bounds": _bounds(stores, surfaces, boundary),
            "stores": _encoded(stores),
            "columns": pool.columns,
            "tables": tables,
            "themes": themes,
            "surfaces": list(drawing),
            "outline": None if boundary is None else _outline(boundary),
            "land": "" if basemap else NEUTRAL,
        }


def _themes(
    areas: Sequence[AreaTheme], drawings: Sequence[_Drawing], stores: Sequence[_Store], pool: Pool
) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Return what the page reads of each theme, and the table of columns of each layer."""
    themes: list[dict[str, Any]] = [{} for _ in areas]
    tables: list[list[int]] = []
    for position, store in enumerate(stores):
        known: dict[int, int] = {}
        for index in store.themes:
            theme = areas[index]
            if id(theme.layer) not in known:
                known[id(theme.layer)] = len(tables)
                tables.append(add_table(theme.layer[store.drawn], pool))
            themes[index] = _theme(theme, drawings[index], store.drawn)
            themes[index] |= {"store": position, "table": known[id(theme.layer)]}
    return themes, tables


def to_script(data: Any) -> str:
    """Return JSON that no parser of HTML or of templates can mistake for anything else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub(r"[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _classified(areas: Sequence[AreaTheme]) -> tuple[list[_Drawing], list[_Store]]:
    drawings = []
    stores: dict[str, _Store] = {}
    keys: dict[int, str] = {}
    for index, theme in enumerate(areas):
        layer, style = theme.layer, theme.resolved_style()
        columns = dict.fromkeys(theme.periods.values()) or [theme.column]
        drawing = _Drawing(style, {column: style.classify(layer[column]) for column in columns})
        drawings.append(drawing)
        if id(layer) not in keys:
            keys[id(layer)] = _fingerprint(layer)
        key = keys[id(layer)]
        if key not in stores:
            shapes, crs = _metric_shapes(layer)
            stores[key] = _Store(shapes, crs, np.zeros(len(layer), dtype=bool))
        for found in drawing.found.values():
            stores[key].drawn |= _drawn(theme, style, found)
        stores[key].themes.append(index)
    return drawings, list(stores.values())


def _fingerprint(layer: gpd.GeoDataFrame) -> str:
    digest = hashlib.sha256("\x00".join(layer.index.astype(str).tolist()).encode())
    digest.update(b"".join(shapely.to_wkb(layer.geometry.to_numpy())))
    return digest.hexdigest()


def _metric_shapes(layer: gpd.GeoDataFrame) -> tuple[Shapes, str]:
    metric = reproject(layer, WEB_MERCATOR) if layer.crs is None or layer.crs.is_geographic else layer
    shapes = metric.geometry.to_numpy()
    if shapely.has_z(shapes).any():
        shapes = np.asarray(shapely.force_2d(shapes), dtype=object)
    flat = shapely.get_dimensions(shapes) != 2
    if flat.any():
        code = layer.index[int(np.flatnonzero(flat)[0])]
        raise ParameterError(
            f"area '{code}' is not a polygon, and the map draws polygons",
            hint="leave it out, or count its incidents into areas first",
        )
    return shapes, crs_text(metric.crs)


def _drawn(theme: AreaTheme, style: Style, found: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    if theme.draw == "all":
        return np.ones(len(found), dtype=bool)
    neutral = np.array([entry.neutral for entry in style.classes] + [True])  # -1, no data, reads the last
    return ~neutral[found]


def _encoded(stores: Sequence[_Store]) -> list[dict[str, str]]:
    kept = [store.shapes[store.drawn] for store in stores]
    counts = [int(shapely.get_num_coordinates(shapes).sum()) for shapes in kept]
    total = max(1, sum(counts))
    encoded = []
    for store, shapes, count in zip(stores, kept, counts, strict=True):
        simple = simplify_together(shapes, vertices=MAX_VERTICES * count // total)
        text = encode_shapes(simple, store.crs)
        inside = encode_places(shapely.point_on_surface(simple), store.crs)
        encoded.append({"rings": text.rings, "points": text.points, "places": inside})
    return encoded


def _theme(theme: AreaTheme, drawing: _Drawing, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    style, hidden = drawing.style, theme.draw == "classed"
    steps = [
        _step(theme, drawing, kept, column) | {"label": label}
        for label, column in (theme.periods or {"": theme.column}).items()
    ]
    default = [] if "n" not in theme.layer.columns or theme.column == "n" or theme.periods else ["n"]
    return {
        "title": theme.title,
        "measure": theme.measure or theme.title,
        "group": theme.group,
        "noun": theme.noun,
        "tooltip": default if theme.tooltip_columns is None else list(theme.tooltip_columns),
        "ownTooltip": theme.tooltip_columns is None,
        "rank": theme.ranking(),
        "legendTitle": style.title,
        "legend": [_entry(entry, drawn=not (hidden and entry.neutral)) for entry in style.classes],
        "missing": _entry(style.missing),
        "steps": steps,
        "opens": list(drawing.found).index(theme.column),
    }


def _step(theme: AreaTheme, drawing: _Drawing, kept: npt.NDArray[np.bool_], column: str) -> dict[str, Any]:
    """Return what changes from period to period: the column, its classes, how many areas are in each."""
    style, found = drawing.style, drawing.found[column]
    hidden = theme.draw == "classed"
    counts = np.bincount(found[found >= 0], minlength=len(style.classes))
    missing = int((found < 0).sum())
    letters = np.array([*(str(place) for place in range(len(style.classes))), "-"])
    letters = np.where(_drawn(theme, style, found), letters[found], _NOT_DRAWN)
    notes = [theme.note, _left_out(theme.noun, style, counts, missing) if hidden else ""]
    return {
        "column": column,
        "classes": "".join(letters[kept]),
        "counts": counts.tolist(),
        "gaps": 0 if hidden else missing,
        "note": " ".join(note for note in notes if note),
    }


def _left_out(noun: str, style: Style, counts: npt.NDArray[np.int64], missing: int) -> str:
    """Say which areas are not drawn, such as "Not drawn: 46,298 cells (neither hotspot nor coldspot)."."""
    parts = [
        f"{count:,} {noun} ({entry.label[:1].lower()}{entry.label[1:]})"
        for entry, count in zip(style.classes, counts.tolist(), strict=True)
        if entry.neutral
    ]
    if missing:
        parts.append(f"{missing:,} {noun} without data")
    return f"Not drawn: {', '.join(parts)}." if parts else ""


def _entry(entry: StyleClass, *, drawn: bool = True) -> dict[str, Any]:
    row: dict[str, Any] = {
        "label": entry.label,
        "colour": entry.colour,
        "opacity": entry.opacity if drawn else 0,
    }
    # What cannot be helped is worth a line only where it happens.
    return row | {"rare": True} if entry.value == "undefined" else row


def _surface(theme: SurfaceTheme) -> dict[str, Any]:
    style = theme.style or style_for("density", np.ravel(theme.surface.values))
    overlay = draw_surface(theme.surface, style)
    under = [entry for entry in style.classes if entry.opacity == 0]
    note = " ".join(
        part
        for part in (
            theme.note,
            *(f"Not drawn: {entry.label[:1].lower()}{entry.label[1:]}." for entry in under),
        )
        if part
    )
    return {
        "title": theme.title,
        "group": theme.group,
        "note": note,
        "visible": theme.visible,
        "image": overlay.image,
        "bounds": overlay.bounds,
        "legendTitle": style.title,
        "legend": [_entry(entry) for entry in style.classes],
    }


def _outline(boundary: gpd.GeoDataFrame) -> dict[str, Any]:
    shapes, crs = _metric_shapes(boundary)
    text = encode_shapes(simplify_together(shapes, vertices=MAX_VERTICES // 10), crs)
    places = shapely.get_coordinates(shapely.point_on_surface(shapes))
    longitude, latitude = transform_xy(places[:, 0], places[:, 1], source=crs, target=WGS84)
    names = boundary["name"] if "name" in boundary.columns else boundary.index
    # The largest district keeps its name where two would overlap.
    order = np.argsort(-shapely.area(shapes), kind="stable")
    labels = [
        [round(float(latitude[i]), 5), round(float(longitude[i]), 5), str(names.tolist()[i])] for i in order
    ]
    return {"title": "Districts", "shapes": {"rings": text.rings, "points": text.points}, "labels": labels}


def _bounds(
    stores: Sequence[_Store], surfaces: Sequence[SurfaceTheme], boundary: gpd.GeoDataFrame | None
) -> list[list[float]]:
    boxes = [(shapely.total_bounds(store.shapes), store.crs) for store in stores if len(store.shapes)]
    if boundary is not None:
        boxes.append((boundary.total_bounds, crs_text(boundary.crs)))
    if not boxes:
        boxes = [(np.array(entry.surface.bounds), entry.surface.crs) for entry in surfaces]
    corners = []
    for (west, south, east, north), crs in boxes:
        x, y = np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9))
        corners.append(
            np.column_stack(transform_xy(x.ravel(), y.ravel(), source=parse_crs(crs), target=WGS84))
        )
    points = np.concatenate(corners)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return [[round(float(south), 5), round(float(west), 5)], [round(float(north), 5), round(float(east), 5)]]
