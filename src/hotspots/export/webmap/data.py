"""What the map's page reads: every polygon once, every column once, one letter per area and view."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.borders import edge_matched, simplify_together
from hotspots.areas.outline import districts_of, join_together, outline_of
from hotspots.areas.uncovered import coverage_label, uncovered_words
from hotspots.base.crs import WGS84, crs_text, parse_crs, reproject, transform_xy
from hotspots.base.errors import ParameterError
from hotspots.base.threads import thread_count
from hotspots.export.sizes import BORDERED, HATCHED
from hotspots.export.style import MISSING_CLASS, NEUTRAL, Style, StyleClass, surface_style
from hotspots.export.unsure import CLOSER, ON_FEW, unsure_areas, unsure_class
from hotspots.export.webmap.cards import card_data
from hotspots.export.webmap.columns import Pool, add_table
from hotspots.export.webmap.context import context_data
from hotspots.export.webmap.hexagons import hexagons_of
from hotspots.export.webmap.image import WEB_MERCATOR, draw_surface
from hotspots.export.webmap.shapes import Shapes, encode_integers, encode_places, encode_shapes
from hotspots.export.webmap.views import AreaView, Sparks, SurfaceView
from hotspots.export.webmap.whatif import whatif_data

if TYPE_CHECKING:
    import geopandas as gpd

# At about 4.4 letters a vertex this keeps the borders of a map of wards under 700 kB, and of all LSOAs under 2.3 MB.
MAX_VERTICES = 150_000
_VERTICES_AN_AREA = 10
# Zooming ends where the borders' error would be this many pixels wide, or at the closest that streets are drawn.
_ERROR_PIXELS = 8
_CLOSEST = 18
# Metres to a pixel at zoom 0, at 53° N.
_METRES = 94_200
_UNDER_BASEMAP = 0.7
_NOT_DRAWN = "."


Places = npt.NDArray[np.int16]


@dataclass(frozen=True)
class _Drawing:
    """A view's classes, and each area's place in them for each column that it steps through."""

    style: Style
    found: dict[str, Places]


@dataclass(eq=False)
class _Store:
    """The polygons that several views share, and which of them any view draws."""

    shapes: Shapes
    crs: str
    drawn: npt.NDArray[np.bool_]
    districts: pd.Series[Any]
    views: list[int] = field(default_factory=list)
    tolerance: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether all its areas are drawn."""
        return bool(self.drawn.all())


def map_data(
    areas: Sequence[AreaView],
    surfaces: Sequence[SurfaceView],
    *,
    boundary: gpd.GeoDataFrame | None,
    uncovered: gpd.GeoDataFrame | None = None,
    context: gpd.GeoDataFrame | None = None,
    basemap: bool,
    attribution: str,
) -> dict[str, Any]:
    """Return everything the page's script needs, ready for JSON."""
    with ThreadPoolExecutor(thread_count()) as threads:
        # numpy and zlib draw the pictures while Python sees to the polygons.
        drawing = threads.map(_surface, surfaces)
        drawings, stores = _classified(areas)
        bounds = _bounds(stores, surfaces, boundary)
        _simplify(stores)
        outline = None if boundary is None else _outline(boundary)
        names = set() if outline is None else {name for _, _, name in outline["labels"]}
        pool = Pool()
        views, tables, sparks, known = _views(areas, drawings, stores, pool)
        return {
            "attribution": attribution,
            "strength": _UNDER_BASEMAP if basemap else 1,
            "bounds": bounds,
            "stores": [_encoded(store, names) for store in stores],
            "columns": pool.columns,
            "tables": tables,
            "sparks": sparks,
            "cards": _cards(areas, stores, known),
            "whatif": _whatif(areas, stores, known),
            "themes": views,
            "surfaces": list(drawing),
            "outline": outline,
            "uncovered": None if uncovered is None else _uncovered(uncovered),
            "context": None if context is None or context.empty else context_data(context),
            "land": NEUTRAL,
            "least": {"border": BORDERED, "hatch": HATCHED},
        }


def _views(
    areas: Sequence[AreaView], drawings: Sequence[_Drawing], stores: Sequence[_Store], pool: Pool
) -> tuple[list[dict[str, Any]], list[list[int]], list[dict[str, Any] | int | None], dict[int, int]]:
    """Return what the page reads of each view, each layer's table of columns and months, and the table's number."""
    views: list[dict[str, Any]] = [{} for _ in areas]
    tables: list[list[int]] = []
    sparks: list[dict[str, Any] | int | None] = []
    known: dict[int, int] = {}
    for position, store in enumerate(stores):
        told: dict[int, int] = {}  # tables that share their months name the first that has them
        for index in store.views:
            view = areas[index]
            if id(view.layer) not in known:
                known[id(view.layer)] = len(tables)
                tables.append(add_table(view.layer[store.drawn], pool))
                if view.sparks is None or id(view.sparks) in told:
                    sparks.append(told.get(id(view.sparks)))
                else:
                    told[id(view.sparks)] = known[id(view.layer)]
                    sparks.append(_sparks(view.sparks, store.drawn))
            views[index] = _view(view, drawings[index], store)
            views[index] |= {"store": position, "table": known[id(view.layer)]}
    return views, tables, sparks, known


def _cards(
    areas: Sequence[AreaView], stores: Sequence[_Store], known: dict[int, int]
) -> list[dict[str, Any] | None]:
    """Return what the cards of each set of areas tell; None where no view of it says."""
    of = {
        id(areas[index].layer): (position, store.drawn)
        for position, store in enumerate(stores)
        for index in store.views
    }
    found: list[dict[str, Any] | None] = []
    for store in stores:
        card = next((areas[index].card for index in store.views if areas[index].card is not None), None)
        told = None if card is None else card_data(card, store.drawn, lambda layer: known.get(id(layer)), of)
        found.append(told)
    return found


def _whatif(
    areas: Sequence[AreaView], stores: Sequence[_Store], known: dict[int, int]
) -> dict[str, Any] | None:
    """Return what tries other weights on the first view that has them."""
    for store in stores:
        for index in store.views:
            view = areas[index]
            if view.whatif is not None:
                return whatif_data(view.whatif, table=known[id(view.layer)], drawn=store.drawn)
    return None


def _sparks(given: Sparks, drawn: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return the months of the areas that are drawn, in whole incidents where they are whole; null where unknown."""
    held = {
        name: [[_brief(value) for value in row] for row in values.tolist()]
        for name, values in (
            ("n", given.n[drawn]), ("lower", given.lower[drawn]), ("upper", given.upper[drawn]),
            ("signal", given.signal[drawn]),
        )
    }  # fmt: skip
    return {"label": given.label, "months": list(given.months), **held}


def _brief(value: float) -> float | int | None:
    if math.isnan(value):
        return None
    return int(value) if value == int(value) else round(value, 1)


def to_script(data: Any) -> str:
    """Return JSON that no parser of HTML or of templates can mistake for anything else."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub(r"[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


def _classified(areas: Sequence[AreaView]) -> tuple[list[_Drawing], list[_Store]]:
    drawings = []
    stores: dict[str, _Store] = {}
    keys: dict[int, str] = {}
    for index, view in enumerate(areas):
        layer, style = view.layer, view.resolved_style()
        columns = dict.fromkeys(view.periods.values()) or [view.column]
        drawing = _Drawing(style, {column: style.classify(layer[column]) for column in columns})
        drawings.append(drawing)
        if id(layer) not in keys:
            keys[id(layer)] = _fingerprint(layer)
        key = keys[id(layer)]
        if key not in stores:
            shapes, crs = _metric_shapes(layer)
            stores[key] = _Store(shapes, crs, np.zeros(len(layer), dtype=bool), districts_of(layer))
        for found in drawing.found.values():
            stores[key].drawn |= _drawn(view, style, found)
        stores[key].views.append(index)
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


def _drawn(view: AreaView, style: Style, found: npt.NDArray[np.int16]) -> npt.NDArray[np.bool_]:
    if view.draw == "all":
        return np.ones(len(found), dtype=bool)
    neutral = np.array([entry.neutral for entry in style.classes] + [True])  # -1, no data, reads the last
    return ~neutral[found]


def _simplify(stores: Sequence[_Store]) -> None:
    """Fit the areas of each store together, and simplify all that is drawn to what a page can hold."""
    for store in stores:
        store.shapes = store.shapes[store.drawn]
        if store.whole:
            store.shapes = edge_matched(store.shapes)
    counts = [int(shapely.get_num_coordinates(store.shapes).sum()) for store in stores]
    total = max(1, sum(counts))
    for store, count in zip(stores, counts, strict=True):
        most = MAX_VERTICES * count // total + _VERTICES_AN_AREA * len(store.shapes)
        simple = simplify_together(store.shapes, vertices=most)
        store.shapes, store.tolerance = simple.shapes, simple.tolerance


def _encoded(store: _Store, names: set[str]) -> dict[str, Any]:
    """Return the areas of a store as text, and after them their districts where they make up those of these names."""
    shapes, order = store.shapes, _order(store)
    whole = store.whole and names == set(order)
    joined: Shapes = _joined(shapes, store, order) if whole else np.zeros(0, dtype=object)
    return {
        **_text(np.append(shapes, joined), store.crs),
        "districts": len(joined),
        "places": encode_places(shapely.point_on_surface(shapes), store.crs),
        "zoom": _closest_zoom(store.tolerance),
        "hexagons": _hexagons(store),
    }


def _hexagons(store: _Store) -> dict[str, Any] | None:
    """Return the areas of a store as hexagons and the districts that they make up; None where there are none."""
    shapes = hexagons_of(store.shapes) if store.whole else None
    if shapes is None:
        return None
    order = _order(store)
    joined = _joined(shapes, store, order)
    return {
        **_text(np.append(shapes, joined), store.crs),
        "districts": len(joined),
        "names": order,
        "places": encode_places(shapely.centroid(shapes), store.crs),
        "zoom": _CLOSEST,
    }


def _order(store: _Store) -> list[Any]:
    """Return the names of the districts of a store, in the order in which they are drawn."""
    return sorted(store.districts.dropna().unique())


def _joined(shapes: Shapes, store: _Store, order: list[Any]) -> Shapes:
    """Return the districts that the areas of a store make up, drawn as these shapes."""
    return join_together(shapes, pd.Categorical(store.districts, categories=order).codes, len(order))


def _text(shapes: Shapes, crs: str) -> dict[str, str]:
    text = encode_shapes(shapes, crs)
    return {"sizes": text.sizes, "refs": text.refs, "lengths": text.lengths, "points": text.points}


def _closest_zoom(tolerance: float) -> float:
    """Return the zoom level where borders that are out by this many metres are out by a few pixels."""
    if not tolerance:
        return _CLOSEST
    return min(float(_CLOSEST), math.floor(4 * math.log2(_METRES * _ERROR_PIXELS / tolerance)) / 4)


def _detail(tolerance: float) -> str:
    """Say where zooming ends before streets would be seen, and why."""
    if _closest_zoom(tolerance) == _CLOSEST:
        return ""
    metres = math.ceil(tolerance / 10) * 10
    return f"Borders are drawn to about {metres:,} m, and the map goes no closer than they hold."


def _view(view: AreaView, drawing: _Drawing, store: _Store) -> dict[str, Any]:
    style, hidden = drawing.style, view.draw == "classed"
    steps = [
        _step(view, drawing, store, column) | {"label": label}
        for label, column in (view.periods or {"": view.column}).items()
    ]
    default = [] if "n" not in view.layer.columns or view.column == "n" or view.periods else ["n"]
    return {
        "title": view.title,
        "measure": view.measure or view.title,
        "group": view.group,
        "noun": view.noun,
        "tooltip": default if view.tooltip_columns is None else list(view.tooltip_columns),
        "ownTooltip": view.tooltip_columns is None,
        "rank": view.ranking(),
        "ranked": "rank" in view.layer.columns,
        "legendTitle": style.title,
        "legend": [_entry(entry, drawn=not (hidden and entry.neutral)) for entry in style.classes],
        "missing": _entry(style.missing),
        **_hatch(style),
        "steps": steps,
        "opens": list(drawing.found).index(view.column),
    }


def _step(view: AreaView, drawing: _Drawing, store: _Store, column: str) -> dict[str, Any]:
    """Return what changes from period to period: the column, its classes, how many areas are in each."""
    style, found = drawing.style, drawing.found[column]
    hidden = view.draw == "classed"
    counts = np.bincount(found[found >= 0], minlength=len(style.classes))
    missing = int((found < 0).sum())
    letters = np.array([*(str(place) for place in range(len(style.classes))), "-"])
    letters = np.where(_drawn(view, style, found), letters[found], _NOT_DRAWN)
    notes = [
        view.note,
        _left_out(view.noun, style, counts, missing) if hidden else "",
        _detail(store.tolerance),
    ]
    return {
        "column": column,
        "classes": "".join(letters[store.drawn]),
        "counts": counts.tolist(),
        "gaps": 0 if hidden else missing,
        **_hatched(view, replace(style, column=column), store),
        "note": " ".join(note for note in notes if note),
    }


def _hatch(style: Style) -> dict[str, Any]:
    """Return the line of the legend that says why areas are hatched, where no class of their own does."""
    said, closer = unsure_class(style), unsure_class(style, lead=CLOSER)
    if said is None or closer is None:
        return {}
    return {"hatch": _entry(said) | {"closer": closer.label, "why": ON_FEW.capitalize()}}


def _hatched(view: AreaView, style: Style, store: _Store) -> dict[str, Any]:
    """Return which areas are hatched beside their class, by their places among those that are drawn."""
    if unsure_class(style) is None:
        return {}
    places = np.flatnonzero(unsure_areas(view.layer, style)[store.drawn])
    return {"hatched": encode_integers(np.diff(places, prepend=0))} if len(places) else {}


def _left_out(noun: str, style: Style, counts: npt.NDArray[np.int64], missing: int) -> str:
    """Say which areas are not drawn, such as "Not drawn: 46,298 cells (neither hotspot nor coldspot)."."""
    parts = [
        f"{count:,} {noun} ({entry.label[:1].lower()}{entry.label[1:]})"
        for entry, count in zip(style.classes, counts.tolist(), strict=True)
        if entry.neutral
    ]
    if missing:
        label = style.missing.label
        told = "without data" if label == MISSING_CLASS.label else f"({label[:1].lower()}{label[1:]})"
        parts.append(f"{missing:,} {noun} {told}")
    return f"Not drawn: {', '.join(parts)}." if parts else ""


def _entry(entry: StyleClass, *, drawn: bool = True) -> dict[str, Any]:
    row: dict[str, Any] = {
        "label": entry.label,
        "colour": entry.colour,
        "opacity": entry.opacity if drawn else 0,
        **({"neutral": True} if entry.neutral else {}),
        **({"mark": entry.mark} if entry.mark else {}),
        **({"unsure": True} if entry.unsure else {}),
    }
    # What cannot be helped is worth a line only where it happens.
    return row | {"rare": True} if entry.value == "undefined" else row


def _surface(view: SurfaceView) -> dict[str, Any]:
    style = view.style or surface_style(view.surface)
    overlay = draw_surface(view.surface, style)
    under = [entry for entry in style.classes if entry.opacity == 0]
    note = " ".join(
        part
        for part in (
            view.note,
            *(f"Not drawn: {entry.label[:1].lower()}{entry.label[1:]}." for entry in under),
        )
        if part
    )
    return {
        "title": view.title,
        "group": view.group,
        "note": note,
        "visible": view.visible,
        "image": overlay.image,
        "bounds": overlay.bounds,
        "legendTitle": style.title,
        "legend": [_entry(entry) for entry in style.classes],
    }


def _roomiest(shape: Any) -> npt.NDArray[np.float64]:
    """Return the middle of the largest circle inside a shape, where a name has most room."""
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    west, south, east, north = shapely.bounds(largest)
    radius = shapely.maximum_inscribed_circle(largest, max(east - west, north - south) / 200)
    return np.asarray(shapely.get_coordinates(radius)[0], dtype=np.float64)


def _outline(boundary: gpd.GeoDataFrame) -> dict[str, Any]:
    shapes, crs = _metric_shapes(boundary)
    simple = simplify_together(edge_matched(shapes), vertices=MAX_VERTICES // 10)
    places = np.array([_roomiest(shape) for shape in shapes])
    longitude, latitude = transform_xy(places[:, 0], places[:, 1], source=crs, target=WGS84)
    names = boundary["name"] if "name" in boundary.columns else boundary.index
    # The largest district keeps its name where two would overlap.
    order = np.argsort(-shapely.area(shapes), kind="stable")
    labels = [
        [round(float(latitude[i]), 5), round(float(longitude[i]), 5), str(names.tolist()[i])] for i in order
    ]
    return {"title": "Districts", "shapes": _text(simple.shapes, crs), "labels": labels}


def _uncovered(areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the ground that the files do not cover, a shape for each district, and what a legend says of it."""
    joined = outline_of(areas)
    shapes, crs = _metric_shapes(joined)
    simple = simplify_together(edge_matched(shapes), vertices=MAX_VERTICES // 10)
    label = f"{coverage_label(areas)}: {uncovered_words(areas)}"
    return {"legend": _entry(replace(MISSING_CLASS, label=label)), "shapes": _text(simple.shapes, crs)}


def _bounds(
    stores: Sequence[_Store], surfaces: Sequence[SurfaceView], boundary: gpd.GeoDataFrame | None
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
