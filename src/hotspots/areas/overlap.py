"""Which area of another layer each area lies in, where their borders need not agree."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely


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
