"""Where on the ground areas lie, in words of the compass, for who cannot see the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.base.columns import DRAWN
from hotspots.base.text import list_words
from hotspots.export.style import Style

if TYPE_CHECKING:
    import geopandas as gpd

_COMPASS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
_MIDDLE = 1 / 4
MOST = 5
"""Of more areas than this the first ones are told."""


def compass(x: float, y: float, bounds: Sequence[float]) -> str:
    """Return in which part of a box a place lies: one of the eight points of the compass, or the middle quarter.

    Each side is measured by its own half length, so that a long and narrow box has a north-east too.

    Examples
    --------
    >>> [compass(x, y, (0, 0, 9, 9)) for x, y in ((5, 4), (8, 8), (1, 4.5), (4, 0))]
    ['middle', 'north-east', 'west', 'south']
    """
    west, south, east, north = bounds
    across = (x - (west + east) / 2) / max((east - west) / 2, 1e-9)
    up = (y - (south + north) / 2) / max((north - south) / 2, 1e-9)
    if max(abs(across), abs(up)) <= _MIDDLE:
        return "middle"
    return _COMPASS[round(math.degrees(math.atan2(up, across)) / 45) % 8]


def highest(layer: gpd.GeoDataFrame, column: str, style: Style, found: npt.NDArray[np.int16]) -> str:
    """Return which class is the highest that any area is in, how many are, and where, for who sees no picture.

    Parameters
    ----------
    layer : GeoDataFrame
        The areas, indexed by code.
    column : str
        What is drawn; the number behind it, as ``gi_z`` is behind ``gi_class``, says which areas are named first.
    style : Style
        Its classes.
    found : array of int
        The place of each area in them, from `Style.classify`.
    """
    present = sorted(set(found[found >= 0].tolist()))
    if not present or style.classes[present[0]].neutral:
        return "No area stands out."
    behind = (DRAWN[column].behind if column in DRAWN else "") or column
    chosen = layer[found == present[0]]
    if behind in chosen.columns and pd.api.types.is_numeric_dtype(chosen[behind].dtype):
        chosen = chosen.sort_values(behind, ascending=False, kind="stable")
    label = style.classes[present[0]].label
    count = f"{len(chosen):,} of {len(layer):,} areas"
    return f"{label}: {count}, {where(layer, chosen.index.tolist())}."


def where(layer: gpd.GeoDataFrame, codes: Sequence[object]) -> str:
    """Return where areas of a layer lie, such as "in the north-east around Hanley and in the south around Stone".

    Parameters
    ----------
    layer : GeoDataFrame
        All areas, indexed by code, with ``name`` where they have names.
    codes : sequence
        Those that are told, the most important first; the first `MOST` of them.

    Returns
    -------
    str
        The parts of the layer's box that they lie in, each with the first area there; empty for no area.

    Examples
    --------
    >>> import geopandas as gpd
    >>> squares = [shapely.box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)]
    >>> layer = gpd.GeoDataFrame({"name": list("ABCDEFGHI")}, geometry=squares, index=range(9), crs="EPSG:27700")
    >>> where(layer, [8, 4, 5])
    'in the north-east around I, in the middle around E and in the north around F'
    """
    first = list(codes)[:MOST]
    if not first:
        return ""
    bounds = [float(side) for side in layer.total_bounds]
    told = layer.loc[first]
    points = shapely.get_coordinates(shapely.point_on_surface(told.geometry.to_numpy())).tolist()
    names = told["name"].astype(str).tolist() if "name" in told.columns else [str(code) for code in first]
    parts: dict[str, str] = {}
    for (x, y), name in zip(points, names, strict=True):
        parts.setdefault(compass(x, y, bounds), name)
    return list_words([f"in the {part} around {name}" for part, name in parts.items()])
