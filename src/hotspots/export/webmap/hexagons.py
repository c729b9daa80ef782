"""Areas as hexagons of one size, so that small areas are seen as well as large ones."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.areas.outline import join_together

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

MOST = 1_500
"""Of more areas there are no hexagons: they would be too small, and take long to place."""
FEWEST = 7
_CLOSER = 0.985  # by which a grid is drawn together until it has a cell for every area


def hexagons_of(shapes: Shapes) -> Shapes | None:
    """Return a hexagon for each area, all of one size, on a grid that fills the ground of all of them.

    The sum of the squared distances from the areas' centres to their hexagons' is the least that any way of giving them
    out has, so that neighbours mostly stay neighbours and each area stays on its side of the others. The same areas
    give the same hexagons.

    Parameters
    ----------
    shapes : array of polygons
        In metres.

    Returns
    -------
    array of polygons, or None
        In the order of the areas; None of fewer than 7 or more than 1,500 areas, and where one has no ground.

    Examples
    --------
    >>> x, y = np.arange(9) % 3, np.arange(9) // 3
    >>> hexagons = hexagons_of(shapely.box(x, y, x + 1, y + 1))
    >>> len(hexagons), float(np.ptp(shapely.area(hexagons)).round(9))
    (9, 0.0)
    """
    if not FEWEST <= len(shapes) <= MOST or shapely.is_empty(shapes).any():
        return None
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    ground = join_together(shapes, np.zeros(len(shapes), dtype=np.int64), 1)[0]
    steps, step, origin = _grid(ground, len(shapes))
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    _, chosen = linear_sum_assignment(cdist(middles, origin + steps * step, "sqeuclidean"))
    # Corners by whole steps, so that neighbours have the very same ones.
    rim = np.array([[0, 2], [-1, 1], [-1, -1], [0, -2], [1, -1], [1, 1]])
    return np.asarray(shapely.polygons(origin + (steps[chosen][:, None, :] + rim) * step), dtype=object)


def _grid(ground: shapely.Geometry, count: int) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Return the middles of a grid of hexagons inside a ground, at least so many, in steps from an origin.

    From one hexagon to the next in its row are two steps east, from one row to the next three north and one east.
    """
    pitch = math.sqrt(2 / math.sqrt(3) * ground.area / count)
    west, south, east, north = ground.bounds
    shapely.prepare(ground)
    origin = np.array([west, south])
    while True:
        step = np.array([pitch / 2, pitch / (2 * math.sqrt(3))])
        columns, rows = np.ceil((np.array([east, north]) - origin) / step / [2, 3]).astype(np.int64) + 1
        column, row = (part.ravel() for part in np.meshgrid(np.arange(columns), np.arange(rows)))
        steps = np.column_stack([2 * column + row % 2, 3 * row])
        places = origin + steps * step
        inside = shapely.contains_xy(ground, places[:, 0], places[:, 1])
        if inside.sum() >= count:
            return steps[inside], step, origin
        pitch *= _CLOSER
