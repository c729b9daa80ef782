"""What the map's page reads: every polygon once, every column once, one letter per area and theme."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.crs import WGS84, crs_label, parse_crs, reproject, transform_xy
from hotspots.errors import ParameterError
from hotspots.export._webmap_columns import Pool, add_table
from hotspots.export._webmap_image import WEB_MERCATOR, draw_surface
from hotspots.export._webmap_shapes import Shapes, encode_shapes, simplify_together
from hotspots.export.style import Style, StyleClass, layer_style, style_for
from hotspots.surface import Surface

if TYPE_CHECKING:
    import geopandas as gpd

# At about 3.3 letters a vertex this keeps all polygons of a map near 500 kB.
MAX_VERTICES = 150_000
_UNDER_BASEMAP = 0.7
_NOT_DRAWN = "."


@dataclass(frozen=True)
class AreaTheme:
    """One way to colour one layer of areas; themes exclude each other on the map.

    Attributes
    ----------
    title : str
        What the layer list and the legend call it, such as ``"Rate by ward"``.
    layer : GeoDataFrame
        Areas indexed by code, with the column to draw and whatever the popup should tell. Themes whose layers
        have the same areas share one set of polygons.
    column : str
        The column to draw.
    group : str
        The heading it stands under, such as ``"Burglary"``.
    note : str
        A sentence below its legend.
    tooltip_columns : sequence of str, optional
        Shown on hover; by default the drawn column and the number of incidents.
    style : Style, optional
        By default the style that `hotspots.export.style.layer_style` gives.
    noun : str
        What an area is called in the plural: ``"wards"``, ``"LSOAs"``, ``"cells"``.
    draw : {'all', 'classed'}
        ``"classed"`` leaves out areas in the uneventful middle class and those without data, and the legend
        says so: for layers of many cells.
    """

    title: str
    layer: gpd.GeoDataFrame
    column: str
    group: str = ""
    note: str = ""
    tooltip_columns: Sequence[str] | None = None
    style: Style | None = None
    noun: str = "areas"
    draw: Literal["all", "classed"] = "all"


@dataclass(frozen=True)
class SurfaceTheme:
    """A density surface that can be laid over any theme.

    Attributes
    ----------
    title : str
        What the layer list and the legend call it, such as ``"Heat-map: Burglary"``.
    surface : Surface
        Drawn by multiples of its mean over cells above zero; below the mean nothing is drawn.
    note : str
        A sentence below its legend, such as the bandwidth.
    style : Style, optional
        Other classes.
    visible : bool
        Whether it is shown when the map opens.
    """

    title: str
    surface: Surface
    note: str = ""
    style: Style | None = None
    visible: bool = False


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
    classes, stores = _classified(areas)
    pool = Pool()
    themes: list[dict[str, Any]] = [{} for _ in areas]
    tables: list[list[int]] = []
    for position, store in enumerate(stores):
        known: dict[int, int] = {}
        for index in store.themes:
            theme = areas[index]
            if id(theme.layer) not in known:
                known[id(theme.layer)] = len(tables)
                tables.append(add_table(theme.layer[store.drawn], pool))
            style, found = classes[index]
            themes[index] = _theme(theme, style, found, store.drawn)
            themes[index] |= {"store": position, "table": known[id(theme.layer)]}
    if surfaces and themes:
        themes.append(_outlines_only(themes[0], areas[0].noun))
    return {
        "attribution": attribution,
        "strength": _UNDER_BASEMAP if basemap else 1,
        "bounds": _bounds(stores, surfaces, boundary),
        "stores": _encoded(stores),
        "columns": pool.columns,
        "tables": tables,
        "themes": themes,
        "surfaces": [_surface(entry) for entry in surfaces],
        "outline": None if boundary is None else _outline(boundary),
    }


def to_script(data: Any) -> str:
    """Return JSON that no parser of HTML or of templates can mistake for anything else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub(r"[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _classified(areas: Sequence[AreaTheme]) -> tuple[list[tuple[Style, npt.NDArray[np.int16]]], list[_Store]]:
    classes = []
    stores: dict[str, _Store] = {}
    keys: dict[int, str] = {}
    for index, theme in enumerate(areas):
        layer = theme.layer
        if theme.column not in layer.columns or theme.style is None:
            style = layer_style(layer, theme.column)
        else:
            style = theme.style
        found = style.classify(layer[theme.column])
        classes.append((style, found))
        key = keys.setdefault(id(layer), _fingerprint(layer))
        if key not in stores:
            shapes, crs = _metric_shapes(layer)
            stores[key] = _Store(shapes, crs, np.zeros(len(layer), dtype=bool))
        stores[key].drawn |= _drawn(theme, style, found)
        stores[key].themes.append(index)
    return classes, list(stores.values())


def _fingerprint(layer: gpd.GeoDataFrame) -> str:
    digest = hashlib.sha256("\x00".join(layer.index.astype(str)).encode())
    digest.update(b"".join(shapely.to_wkb(layer.geometry.to_numpy())))
    return digest.hexdigest()


def _metric_shapes(layer: gpd.GeoDataFrame) -> tuple[Shapes, str]:
    metric = reproject(layer, WEB_MERCATOR) if layer.crs is None or layer.crs.is_geographic else layer
    shapes = np.asarray(shapely.force_2d(metric.geometry.to_numpy()), dtype=object)
    flat = shapely.get_dimensions(shapes) != 2
    if flat.any():
        code = layer.index[int(np.flatnonzero(flat)[0])]
        raise ParameterError(
            f"area '{code}' is not a polygon, and the map draws polygons",
            hint="leave it out, or count its incidents into areas first",
        )
    return shapes, crs_label(metric.crs)


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
        encoded.append({"rings": text.rings, "points": text.points})
    return encoded


def _theme(
    theme: AreaTheme, style: Style, found: npt.NDArray[np.int16], kept: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    counts = np.bincount(found[found >= 0], minlength=len(style.classes))
    missing = int((found < 0).sum())
    drawn = _drawn(theme, style, found)
    letters = np.array([*(str(place) for place in range(len(style.classes))), "-"])
    letters = np.where(drawn, letters[found], _NOT_DRAWN)
    hidden = theme.draw == "classed"
    shown = [(entry, int(count)) for entry, count in zip(style.classes, counts, strict=True)]
    legend = [_entry(entry, count, drawn=_in_legend(entry, count, hidden)) for entry, count in shown]
    notes = [theme.note, _left_out(theme.noun, style, counts, missing) if hidden else ""]
    default = [theme.column, *(["n"] if "n" in theme.layer.columns and theme.column != "n" else [])]
    return {
        "title": theme.title,
        "group": theme.group,
        "column": theme.column,
        "noun": theme.noun,
        "note": " ".join(note for note in notes if note),
        "tooltip": list(default if theme.tooltip_columns is None else theme.tooltip_columns),
        "legendTitle": style.title,
        "legend": legend,
        "missing": _entry(style.missing, 0 if hidden else missing),
        "classes": "".join(letters[kept]),
    }


def _in_legend(entry: StyleClass, count: int, hidden: bool) -> bool:
    return not (hidden and entry.neutral) and not (entry.value == "undefined" and count == 0)


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


def _entry(entry: StyleClass, count: int | None, *, drawn: bool = True) -> dict[str, Any]:
    row: dict[str, Any] = {
        "label": entry.label,
        "colour": entry.colour,
        "opacity": entry.opacity if drawn else 0,
    }
    return row if count is None else row | {"count": count}


def _outlines_only(first: dict[str, Any], noun: str) -> dict[str, Any]:
    """Return a theme without colours, so that a surface can be read on its own."""
    blank = {"label": noun[:1].upper() + noun[1:], "colour": "#ffffff", "opacity": 1}
    return first | {
        "title": "Boundaries only",
        "group": "",
        "note": "",
        "legendTitle": "",
        "legend": [blank],
        "classes": re.sub(r"[^.]", "0", first["classes"]),
        "missing": blank | {"count": 0},
    }


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
        "note": note,
        "visible": theme.visible,
        "image": overlay.image,
        "bounds": overlay.bounds,
        "legendTitle": style.title,
        "legend": [_entry(entry, None) for entry in style.classes],
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
        boxes.append((boundary.total_bounds, crs_label(boundary.crs)))
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
