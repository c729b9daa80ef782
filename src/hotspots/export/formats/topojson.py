"""TopoJSON, as Power BI's shape map reads it: borders written once, in whole numbers of a fine grid of degrees."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.crs import WGS84, crs_text, parse_crs, transform_xy
from hotspots.base.files import replacing
from hotspots.export.arcs import Arcs, cut_into_arcs
from hotspots.export.formats.table import plain_table
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd

GRID = 1_000_000
"""Steps of the grid along the longer side of the layer: about 10 cm for a county."""

_WGS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


def write_topojson(
    layer: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a layer as TopoJSON: WGS 84, each border between two areas once, coordinates as whole numbers.

    Areas are sorted by code; each has its code as ``id`` and as the property ``code``. Outer rings run clockwise, as
    Power BI and D3 want them. A hole or part that is a line on the grid is left out.

    Parameters
    ----------
    layer : GeoDataFrame
        Polygons with a CRS; the index is the code. Left unchanged.
    path : path
        The file; its name without suffix is the name of the object in it.
    provenance : mapping, optional
        Where the layer comes from. It becomes the foreign member ``hotspots``.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.

    References
    ----------
    Bostock, M. and Metcalf, C., *The TopoJSON Format Specification*, version 1.
    """
    text = _topology(layer, Path(path).stem, provenance or {})
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _topology(layer: gpd.GeoDataFrame, name: str, provenance: Mapping[str, Any]) -> str:
    table = plain_table(layer)
    crs = parse_crs(layer.crs)

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transform_xy(points[:, 0], points[:, 1], source=crs, target=WGS84))

    shapes = shapely.orient_polygons(shapely.transform(table.geometry.to_numpy(), move), exterior_cw=True)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    west, south, east, north = (
        (float(side) for side in shapely.total_bounds(shapes[drawn])) if drawn.any() else (0.0,) * 4
    )
    step = max(east - west, north - south) / GRID or 1.0
    parts, area_of = shapely.get_parts(shapes[drawn], return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    arcs = cut_into_arcs(np.rint((points - (west, south)) / step).astype(np.int64), ring_of)
    polygons: list[list[list[list[int]]]] = [[] for _ in shapes]
    for area, part in zip(np.flatnonzero(drawn)[area_of].tolist(), _parts(arcs, part_of), strict=True):
        if part:
            polygons[area].append(part)
    rows = table.drop(columns=table.geometry.name).to_dict("records")
    areas = [
        {**_geometry(own), "id": row["code"], "properties": row}
        for own, row in zip(polygons, rows, strict=True)
    ]
    # The format has no place for a reference system; GDAL, and so QGIS, takes it from where GeoJSON once had it.
    made: dict[str, Any] = {"type": "Topology", "crs": _WGS84}
    if drawn.any():
        made["bbox"] = [west, south, east, north]
    made |= {
        "transform": {"scale": [step, step], "translate": [west, south]},
        "hotspots": {**provenance, "crs": crs_text(layer.crs)},
        "objects": {name: {"type": "GeometryCollection", "geometries": areas}},
        "arcs": _deltas(arcs),
    }
    return to_json(made) + "\n"


def _geometry(polygons: list[list[list[int]]]) -> dict[str, Any]:
    if not polygons:
        return {"type": None}
    if len(polygons) == 1:
        return {"type": "Polygon", "arcs": polygons[0]}
    return {"type": "MultiPolygon", "arcs": polygons}


def _parts(arcs: Arcs, part_of: npt.NDArray[np.intp]) -> list[list[list[int]]]:
    """Return the rings of each part as arcs, -1 - number for one that runs the other way; none where it is a line."""
    numbers = np.where(arcs.refs & 1, -1 - (arcs.refs >> 1), arcs.refs >> 1)
    _, outer = np.unique(part_of, return_index=True)
    whole = np.isin(outer, arcs.rings)
    parts: list[list[list[int]]] = [[] for _ in outer]
    rings = np.split(numbers, np.cumsum(arcs.sizes))[:-1]
    for part, ring in zip(part_of[arcs.rings].tolist(), rings, strict=True):
        if whole[part]:
            parts[part].append(ring.tolist())
    return parts


def _deltas(arcs: Arcs) -> list[list[list[int]]]:
    """Return the arcs as steps from point to point, the first from the corner of the grid."""
    steps = np.diff(arcs.points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    ends = np.cumsum(arcs.lengths)
    starts = ends - arcs.lengths
    steps[starts] = arcs.points[starts]
    return [arc.tolist() for arc in np.split(steps, ends)[:-1]]
