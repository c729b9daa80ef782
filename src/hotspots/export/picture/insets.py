"""Where insets go: windows on coloured areas that are too small to see, and free ground of the sheet to put them on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely

Bounds = tuple[float, float, float, float]


def find_windows(
    shapes: npt.NDArray[np.object_], *, smallest: float, size: tuple[float, float], most: int
) -> list[Bounds]:
    """Return windows around clusters of areas that are too small to see, none on another.

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
        if not any(_meet((west, south, east, north), other) for other in windows):
            windows.append((west, south, east, north))
        left = left[~_inside(left, middle, reach)]
    return windows


def windows_around(
    shapes: npt.NDArray[np.object_],
    *,
    smallest: float,
    size: tuple[float, float],
    widest: float,
    most: int,
) -> list[Bounds]:
    """Return windows that hold each of some small areas whole, none on another.

    Areas whose windows would meet share one, which is as large as it takes. Where that would be too large, those
    that come later have none.

    Parameters
    ----------
    shapes : array of polygons
        The areas, the most important first.
    smallest : float
        Metres; an area whose square root is under it is small.
    size : (float, float)
        Width and height of a window in metres.
    widest : float
        How many times as wide and high a window may be.
    most : int
        At most so many windows: those that hold most of the areas, then those of the first.

    Returns
    -------
    list of (west, south, east, north)

    Examples
    --------
    >>> towns = shapely.box([0, 900, 9000], 0, [100, 1000, 9100], 100)
    >>> windows_around(towns, smallest=150, size=(1000, 1000), widest=2, most=2)
    [(-50.0, -500.0, 1050.0, 600.0), (8550.0, -450.0, 9550.0, 550.0)]
    """
    bounds = shapely.bounds(shapes[np.sqrt(shapely.area(shapes)) < smallest])
    groups = [[place] for place in range(len(bounds))]
    windows = [_window(bounds[group], size) for group in groups]
    while pair := _first_pair(windows):
        one, other = pair
        joined = _window(bounds[groups[one] + groups[other]], size)
        if joined[2] - joined[0] <= widest * size[0]:
            groups[one] += groups[other]
            windows[one] = joined
        del groups[other], windows[other]
    fitting = [n for n, box in enumerate(windows) if box[2] - box[0] <= widest * size[0]]
    chosen = sorted(fitting, key=lambda number: (-len(groups[number]), number))[:most]
    return [windows[number] for number in chosen]


def _window(bounds: npt.NDArray[np.float64], size: tuple[float, float]) -> Bounds:
    """Return the window around some bounds, with a twentieth of them free on each side."""
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    times = max(1.0, float((1.1 * (high - low) / np.array(size)).max()))
    middle, reach = (low + high) / 2, times * np.array(size) / 2
    (west, south), (east, north) = (middle - reach).tolist(), (middle + reach).tolist()
    return west, south, east, north


def _first_pair(windows: Sequence[Bounds]) -> tuple[int, int] | None:
    pairs = combinations(range(len(windows)), 2)
    return next((pair for pair in pairs if _meet(windows[pair[0]], windows[pair[1]])), None)


def _meet(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
