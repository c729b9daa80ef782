"""Which areas of other layers each area shares ground with, where their borders need not agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SLIVER = 0.002
"""Borders that were simplified apart differ by slivers of about this share of an area."""
MOST = 300
"""Layers of more areas in all are not taken apart into pieces: what can be known of each takes too long to solve."""
OUTSIDE = ""
"""Stands for the area of a layer where ground lies in none."""
Combination = tuple[str, ...]
"""An area of each of several layers."""


def largest_overlap(areas: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Return the area of another layer that each area shares most ground with.

    Parameters
    ----------
    areas, others : GeoDataFrame
        Polygons in one reference system, each indexed by code.

    Returns
    -------
    Series of str
        Codes of `others` on the index of `areas`, missing where none shares any ground. Of several that share the same,
        the first in the order of `others`.

    Examples
    --------
    >>> squares = shapely.box([0, 100], 0, [100, 200], 100)
    >>> wards = gpd.GeoDataFrame(geometry=squares, index=["Town", "Hill"], crs="EPSG:27700")
    >>> lsoas = gpd.GeoDataFrame(geometry=shapely.box([80, 900], 0, [110, 950], 50), index=["A", "B"], crs="EPSG:27700")
    >>> largest_overlap(lsoas, wards).to_dict()
    {'A': 'Town', 'B': nan}
    """
    own, other = areas.geometry.to_numpy(), others.geometry.to_numpy()
    here, there = shapely.STRtree(other).query(own, predicate="intersects")
    shared = shapely.area(shapely.intersection(own[here], other[there]))
    pairs = pd.DataFrame({"here": here, "there": there, "shared": shared})
    pairs = pairs[pairs["shared"] > 0].sort_values(["here", "shared", "there"], ascending=[True, False, True])
    best = pairs.drop_duplicates("here")
    found = pd.Series(others.index[best["there"]].astype(str), index=areas.index[best["here"]], dtype="str")
    return found.reindex(areas.index)


def lay_over(layers: Sequence[gpd.GeoDataFrame]) -> set[Combination]:
    """Return which areas of each layer share more than a sliver of ground.

    Parameters
    ----------
    layers : sequence of GeoDataFrame
        Polygons in one reference system in metres, each indexed by code.

    Returns
    -------
    set of tuple of str
        An area of each layer, `OUTSIDE` where more than a sliver of the others' ground lies in none of it.

    Examples
    --------
    >>> ward = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 1)], index=["W"], crs="EPSG:27700")
    >>> boxes = [shapely.box(i, 0, i + 1.5, 1) for i in (0, 1.5)]
    >>> lsoas = gpd.GeoDataFrame(geometry=boxes, index=list("ab"), crs=27700)
    >>> sorted(lay_over([ward, lsoas]))
    [('', 'b'), ('W', 'a'), ('W', 'b')]
    """
    codes: list[Combination] = [(str(code),) for code in layers[0].index]
    ground = shapely.make_valid(layers[0].geometry.to_numpy())
    for depth, layer in enumerate(layers[1:], start=1):
        others = shapely.make_valid(layer.geometry.to_numpy())
        left, right = shapely.STRtree(others).query(ground, predicate="intersects")
        both = shapely.intersection(ground[left], others[right])
        shared, own, size = shapely.area(both), shapely.area(ground), shapely.area(others)
        some = shared > SLIVER * np.minimum(own[left], size[right])
        rest = np.flatnonzero(own - np.bincount(left, shared, len(own)) > SLIVER * own)
        beyond = np.flatnonzero(size - np.bincount(right, shared, len(size)) > SLIVER * size)
        names = [str(code) for code in layer.index]
        made = [(*codes[at], names[to]) for at, to in zip(left[some], right[some], strict=True)]
        made += [(*codes[at], OUTSIDE) for at in rest]
        made += [(OUTSIDE,) * depth + (names[to],) for to in beyond]
        if layer is not layers[-1]:
            ground = np.concatenate([both[some], _less(ground, others, rest), _less(others, ground, beyond)])
        codes = made
    return set(codes)


def _less(ones: Any, others: Any, chosen: Any) -> Any:
    """Return what others leave of the chosen polygons."""
    tree = shapely.STRtree(others)
    return np.array(
        [
            shapely.difference(ones[at], shapely.union_all(others[tree.query(ones[at])]))
            for at in chosen.tolist()
        ],
        dtype=object,
    )
