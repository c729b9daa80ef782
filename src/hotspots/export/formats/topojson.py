"""TopoJSON, as Power BI's shape map reads it: borders written once, in whole numbers of a fine grid of degrees."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.base.crs import WGS84, crs_text, parse_crs, transform_xy
from hotspots.base.files import replacing
from hotspots.export.formats.table import plain_table
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd

Longs = npt.NDArray[np.int64]

GRID = 1_000_000
"""Steps of the grid along the longer side of the layer: about 10 cm for a county."""


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
    arcs = _Arcs()
    polygons = _cut_into_arcs(shapes, drawn, np.array([west, south]), step, arcs)
    rows = table.drop(columns=table.geometry.name).to_dict("records")
    areas = [
        {**_geometry(rings), "id": row["code"], "properties": row}
        for rings, row in zip(polygons, rows, strict=True)
    ]
    made: dict[str, Any] = {"type": "Topology"}
    if drawn.any():
        made["bbox"] = [west, south, east, north]
    made |= {
        "transform": {"scale": [step, step], "translate": [west, south]},
        "hotspots": {**provenance, "crs": crs_text(layer.crs)},
        "objects": {name: {"type": "GeometryCollection", "geometries": areas}},
        "arcs": arcs.deltas(),
    }
    return to_json(made) + "\n"


def _geometry(polygons: list[list[list[int]]]) -> dict[str, Any]:
    if not polygons:
        return {"type": None}
    if len(polygons) == 1:
        return {"type": "Polygon", "arcs": polygons[0]}
    return {"type": "MultiPolygon", "arcs": polygons}


@dataclass
class _Arcs:
    """Arcs as they are found, each kept once in whichever direction it came first."""

    points: list[Longs] = field(default_factory=list)
    _places: dict[bytes, int] = field(default_factory=dict)

    def place(self, ids: Longs, where: Longs) -> int:
        """Return an arc's number; as TopoJSON has it, -1 - number for one that is there the other way round."""
        forward, back = ids.tobytes(), ids[::-1].tobytes()
        if forward in self._places:
            return self._places[forward]
        if back in self._places:
            return -1 - self._places[back]
        self._places[forward] = len(self.points)
        self.points.append(where[ids])
        return len(self.points) - 1

    def deltas(self) -> list[list[list[int]]]:
        """Return the arcs as steps from point to point, the first from the corner of the grid."""
        return [np.diff(arc, axis=0, prepend=np.zeros((1, 2), np.int64)).tolist() for arc in self.points]


def _cut_into_arcs(
    shapes: npt.NDArray[np.object_],
    drawn: npt.NDArray[np.bool_],
    corner: npt.NDArray[np.float64],
    step: float,
    arcs: _Arcs,
) -> list[list[list[list[int]]]]:
    """Return the arcs of each area: of its polygons, of their rings."""
    parts, area_of = shapely.get_parts(shapes[drawn], return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    whole = np.rint((xy - corner) / step).astype(np.int64)
    # Each point once, under a number; where it lies is looked up by that.
    where, ids = np.unique(whole, axis=0, return_inverse=True)
    ids = ids.ravel().astype(np.int64)
    starts = np.searchsorted(ring_of, np.arange(len(rings) + 1))
    loops = [_loop(ids[a:b]) for a, b in itertools.pairwise(starts)]
    junctions = _junctions(loops, len(where))
    polygons: list[list[list[int]]] = [[] for _ in parts]
    whole_part = np.ones(len(parts), dtype=bool)
    first_ring = np.searchsorted(part_of, np.arange(len(parts)))
    for number, (part, loop) in enumerate(zip(part_of.tolist(), loops, strict=True)):
        if len(loop) >= 3:
            polygons[part].append([arcs.place(arc, where) for arc in _split(loop, junctions)])
        elif number == first_ring[part]:
            whole_part[part] = False
    places = np.flatnonzero(drawn)
    areas: list[list[list[list[int]]]] = [[] for _ in shapes]
    for part, area in enumerate(area_of.tolist()):
        if whole_part[part]:
            areas[places[area]].append(polygons[part])
    return areas


def _loop(ids: Longs) -> Longs:
    """Return a ring without its last point, which is its first, and without points that fall on the one before."""
    kept = ids[:-1]
    loop: Longs = kept[kept != np.roll(kept, 1)]
    return loop


def _junctions(loops: list[Longs], count: int) -> npt.NDArray[np.bool_]:
    """Return which points have other neighbours in one ring than in another: there borders part."""
    if not loops:
        return np.zeros(count, dtype=bool)
    here = np.concatenate(loops)
    before = np.concatenate([np.roll(loop, 1) for loop in loops])
    after = np.concatenate([np.roll(loop, -1) for loop in loops])
    pairs = np.unique(np.column_stack((here, np.minimum(before, after), np.maximum(before, after))), axis=0)
    return np.bincount(pairs[:, 0], minlength=count) > 1


def _split(loop: Longs, junctions: npt.NDArray[np.bool_]) -> list[Longs]:
    """Return a ring's arcs: from junction to junction, or the whole ring from its lowest point where it has none."""
    cuts = np.flatnonzero(junctions[loop])
    start = int(cuts[0]) if len(cuts) else int(np.argmin(loop))
    turned = np.roll(loop, -start)
    closed = np.append(turned, turned[0])
    ends = [*(np.flatnonzero(junctions[turned]).tolist() or [0]), len(turned)]
    return [closed[a : b + 1] for a, b in itertools.pairwise(ends)]
