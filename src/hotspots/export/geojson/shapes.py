"""Geometries as GeoJSON texts: in degrees, rounded, valid, wound as RFC 7946 asks."""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.fit import polygon_parts
from hotspots.base.crs import WGS84, parse_crs, transform_xy, transformation
from hotspots.base.threads import thread_count
from hotspots.export.geojson.text import plain_numeral

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

DECIMALS = 7
# Areas to a task, at most: fewer where there are few, so that every thread has its share.
_BLOCK = 2048
_EXPONENT = re.compile(r"-?[0-9.]+e[+-]?[0-9]+")


@dataclass(frozen=True, eq=False)
class Shapes:
    """The geometries of a layer as they stand in a file, in the layer's order.

    Attributes
    ----------
    texts : list of str
        GeoJSON geometries; null where there is none.
    bounds : ndarray, shape (4,)
        West, south, east and north of all in degrees; NaN where there is none.
    """

    texts: list[str]
    bounds: npt.NDArray[np.float64]


def draw_shapes(layer: gpd.GeoDataFrame) -> Shapes:
    """Draw a layer's geometries, once for all the files that show them.

    Where any area is of several parts, all are written as if they were: programs take a layer of one kind more easily.
    """
    geometries, crs = layer.geometry.to_numpy(), parse_crs(layer.crs)
    several = bool((shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON).any())
    threads = thread_count()
    size = max(min(_BLOCK, len(geometries) // (4 * threads)), 1)
    blocks = [geometries[start : start + size] for start in range(0, len(geometries), size)]
    # Chosen before there are threads: choosing sets filters of warnings, which shapely sets too, for all threads.
    transformation(crs, WGS84)
    with ThreadPoolExecutor(threads) as pool:
        drawn = list(pool.map(lambda block: _draw(block, crs, several=several), blocks))
    sides = np.vstack([np.empty((0, 4)), *(bounds for _, bounds in drawn)])
    known = sides[~np.isnan(sides[:, 0])]
    bounds = np.r_[known[:, :2].min(axis=0), known[:, 2:].max(axis=0)] if len(known) else np.full(4, np.nan)
    return Shapes(list(itertools.chain.from_iterable(texts for texts, _ in drawn)), bounds)


def _draw(
    geometries: npt.NDArray[np.object_], crs: CRS, *, several: bool = False
) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return each geometry in degrees as JSON text, and its bounds, shape (n, 4); NaN where there is none."""
    shapes, rounded = _in_degrees(geometries, crs)
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    if several and single.any():
        shapes = shapes.copy()
        shapes[single] = shapely.multipolygons(shapes[single].reshape(-1, 1))
    bounds = shapely.bounds(shapes)
    kinds = shapely.get_type_id(shapes)
    polygons = (kinds == shapely.GeometryType.POLYGON) | (kinds == shapely.GeometryType.MULTIPOLYGON)
    quick = rounded & polygons & (np.abs(bounds).max(axis=1) <= 360)
    texts = np.full(len(shapes), "null", dtype=object)
    texts[quick] = _polygon_texts(shapes[quick])
    texts[~quick] = [
        # GEOS writes a coordinate within a ten-thousandth of a degree of 0 with an exponent.
        _EXPONENT.sub(lambda found: plain_numeral(found[0]), text) if text else "null"
        for text in shapely.to_geojson(shapes[~quick]).tolist()
    ]
    return texts.tolist(), bounds


def _polygon_texts(shapes: npt.NDArray[np.object_]) -> list[str]:
    """Return polygons of seven decimals as JSON texts."""
    from hotspots.base.rings import vertices_and_rings
    from hotspots.export.geojson.kernels import UNIT, write_polygons

    coordinates, rings, ring_starts = vertices_and_rings(shapes)
    part_counts = shapely.get_num_geometries(shapes)
    # An area of as many rings as parts has no holes; only the others need to be taken apart.
    holed = np.diff(ring_starts) > part_counts
    ring_counts = np.ones(part_counts.sum(), dtype=np.int64)
    ring_counts[np.repeat(holed, part_counts)] += shapely.get_num_interior_rings(
        shapely.get_parts(shapes[holed])
    )
    text, begins = write_polygons(
        np.rint(coordinates * UNIT).astype(np.int64),
        rings,
        np.concatenate(([0], np.cumsum(ring_counts))),
        np.concatenate(([0], np.cumsum(part_counts, dtype=np.int64))),
        shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON,
    )
    everything, cuts = text.tobytes().decode("ascii"), begins.tolist()
    return [everything[begin:end] for begin, end in itertools.pairwise(cuts)]


def _in_degrees(
    geometries: npt.NDArray[np.object_], crs: CRS
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Return flat geometries in WGS 84, valid where the originals are, wound as RFC 7946 asks; which are rounded."""

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        # Areas share their borders: each vertex is moved once.
        place, distinct = pd.factorize(np.ascontiguousarray(points).view(np.complex128).ravel())
        moved = transform_xy(distinct.real, distinct.imag, source=crs, target=WGS84)
        return np.column_stack(moved)[place]

    def rounding(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(points, DECIMALS)

    moved = shapely.transform(geometries, lambda points: rounding(move(points)))
    rounded = np.ones(len(moved), dtype=bool)
    broken = np.flatnonzero(~shapely.is_valid(moved) & ~shapely.is_missing(moved))
    if len(broken):
        exact = shapely.transform(geometries[broken], move)
        # A straight side in metres is bent in degrees, and may come to lie across a vertex close to it.
        crossed = ~shapely.is_valid(exact)
        mended = shapely.make_valid(exact[crossed], method="structure", keep_collapsed=False)
        exact[crossed] = polygon_parts(mended)
        # Snapping may leave a coordinate one bit beside its decimal; rounding again says it shortly.
        snapped = shapely.transform(shapely.set_precision(exact, 10.0**-DECIMALS), rounding)
        gone = shapely.is_empty(snapped) | ~shapely.is_valid(snapped)
        moved[broken] = np.where(gone, exact, snapped)
        rounded[broken] = ~gone
    moved[shapely.is_empty(moved)] = None
    return np.asarray(shapely.orient_polygons(moved), dtype=object), rounded
