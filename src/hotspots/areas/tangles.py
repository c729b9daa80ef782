"""Polygons that no computer should be asked to mend: too many corners, borders that cross themselves over and over."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.base.errors import DataError
from hotspots.base.limits import allowed, raising

_FIRST = 16  # edges that are looked up together at first

Geometries = npt.NDArray[np.object_]


def refuse_large(shapes: Geometries, codes: pd.Index, *, where: str) -> None:
    """Refuse polygons of more corners than are allowed.

    Raises
    ------
    DataError
    """
    corners = shapely.get_num_coordinates(shapes)
    if corners.max(initial=0) > allowed("corners"):
        raise DataError(
            f"the polygon of {codes[int(np.argmax(corners))]} in {where} has {corners.max():,} corners, "
            f"more than {allowed('corners'):,}",
            hint="give generalised boundaries: the ONS calls them BGC or BSC; "
            + raising("corners", int(corners.max())),
        )


def refuse_tangles(shapes: Geometries, codes: pd.Index, *, where: str) -> None:
    """Refuse invalid polygons that cross themselves more often than is allowed, or have corners that are nowhere.

    Crossings are counted only as far as the limit, in time about proportional to the edges and those found.

    Raises
    ------
    DataError
    """
    most = allowed("crossings")
    for shape, code in zip(shapes, codes, strict=True):
        corners = shapely.get_coordinates(shape)
        if not np.isfinite(corners).all():
            raise DataError(
                f"the polygon of {code} in {where} has a corner whose coordinates are no numbers",
                hint="draw it again, or delete its row",
            )
        if len(corners) ** 2 / 2 > most and _crosses_often(shape, most):
            raise DataError(
                f"the border of {code} in {where} crosses itself more than {most:,} times",
                hint=f"draw it again, or delete its row; {raising('crossings', 10 * most)}",
            )


def _crosses_often(shape: shapely.Geometry, most: int) -> bool:
    rings = shapely.get_rings(shape)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    there = np.flatnonzero(ring[:-1] == ring[1:])
    edges = shapely.linestrings(np.stack([points[there], points[there + 1]], axis=1))
    tree = shapely.STRtree(edges)
    found, start, some = 0, 0, _FIRST
    while start < len(edges) and found <= 2 * most:  # each is met from both its edges
        found += tree.query(edges[start : start + some], predicate="crosses").shape[1]
        start, some = start + some, 2 * some  # few at first: among the worst, each crosses thousands
    return found > 2 * most
