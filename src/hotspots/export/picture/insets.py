"""Where insets go: windows on coloured areas that are too small to see, and free ground of the sheet to put them on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

Bounds = tuple[float, float, float, float]


def find_windows(
    shapes: npt.NDArray[np.object_], *, smallest: float, size: tuple[float, float], most: int
) -> list[Bounds]:
    """Return windows around clusters of areas that are too small to see.

    Parameters
    ----------
    shapes : array of polygons
        The coloured areas.
    smallest : float
        Metres; an area whose square root is under it is too small.
    size : (float, float)
        Width and height of a window in metres.
    most : int
        At most so many windows: the one that holds most of the areas first, then of those that are left.

    Returns
    -------
    list of (west, south, east, north)
        Of clusters of equal size, that of the first area comes first. An area wider than a window has none.

    Examples
    --------
    >>> towns = shapely.box([0, 200, 9000], 0, [100, 300, 9100], 100)
    >>> find_windows(towns, smallest=150, size=(1000, 1000), most=1)
    [(-350.0, -450.0, 650.0, 550.0)]
    """
    left = shapely.bounds(shapes[np.sqrt(shapely.area(shapes)) < smallest])
    reach = np.array(size) / 2
    left = left[(left[:, 2:] - left[:, :2] <= 2 * reach).all(axis=1)]
    windows: list[Bounds] = []
    while len(left) and len(windows) < most:
        middles = (left[:, :2] + left[:, 2:]) / 2
        held = [_inside(left, middle, reach) for middle in middles]
        most_held = left[held[int(np.argmax([found.sum() for found in held]))]]
        middle = (most_held[:, :2].min(axis=0) + most_held[:, 2:].max(axis=0)) / 2
        (west, south), (east, north) = (middle - reach).tolist(), (middle + reach).tolist()
        windows.append((west, south, east, north))
        left = left[~_inside(left, middle, reach)]
    return windows


def free_ground(
    size: tuple[float, float],
    sheet: Bounds,
    *,
    ground: shapely.Geometry,
    taken: Sequence[Bounds],
    near: tuple[float, float],
) -> Bounds | None:
    """Return where a box of a size stands on the sheet without covering the ground or what is taken.

    Parameters
    ----------
    size : (float, float)
        Width and height in metres on the map's scale.
    sheet : (west, south, east, north)
        What the sheet shows.
    ground : geometry
        What must not be covered.
    taken : sequence of (west, south, east, north)
        Boxes that stand there already.
    near : (float, float)
        Of the free places the one whose middle is nearest to this point is taken.

    Returns
    -------
    (west, south, east, north) or None
        None where there is no room.
    """
    west, south, east, north = sheet
    if east - west < size[0] or north - south < size[1]:
        return None
    x, y = (
        places.ravel()
        for places in np.meshgrid(
            np.linspace(west, east - size[0], 40), np.linspace(south, north - size[1], 40)
        )
    )
    boxes = shapely.box(x, y, x + size[0], y + size[1])
    shapely.prepare(ground)
    free = ~shapely.intersects(ground, boxes)
    for other in taken:
        free &= ~shapely.intersects(shapely.box(*other), boxes)
    if not free.any():
        return None
    away = np.hypot(x + size[0] / 2 - near[0], y + size[1] / 2 - near[1])
    best = int(np.where(free, away, np.inf).argmin())
    found: Bounds = tuple(shapely.bounds(boxes[best]).tolist())
    return found


def _inside(
    boxes: npt.NDArray[np.float64], middle: npt.NDArray[np.float64], reach: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    inside = ((boxes[:, :2] >= middle - reach) & (boxes[:, 2:] <= middle + reach)).all(axis=1)
    return np.asarray(inside)
