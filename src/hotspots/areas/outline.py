"""The outlines of districts, which maps draw over their areas."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.borders import SLIVER, Shapes, closed, edge_matched, fits_together

# Metres to a degree of latitude.
_DEGREE = 111_320.0


def outline_of(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines of the districts, or of all areas together where no district is known.

    Slivers between areas and slits at the rim, up to 20 m wide, are no ground of their own and leave no line; see
    `hotspots.areas.borders.edge_matched`.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``district`` where it is known.

    Returns
    -------
    GeoDataFrame
        A row for each district, in alphabetical order, with its ``name``; an empty name for areas without a district.

    Examples
    --------
    >>> import shapely
    >>> squares = shapely.box([0, 100, 200], 0, [100, 200, 300], 100)
    >>> wards = gpd.GeoDataFrame({"district": ["B", "A", "A"]}, geometry=squares, crs="EPSG:27700")
    >>> outline_of(wards).area.to_dict()
    {'A': 20000.0, 'B': 10000.0}
    """
    names = districts_of(areas)
    order = sorted(names.dropna().unique())
    sliver = SLIVER / _DEGREE if areas.crs is not None and areas.crs.is_geographic else SLIVER
    shapes = shapely.force_2d(areas.geometry.to_numpy())
    joined = join_together(shapes, pd.Categorical(names, categories=order).codes, len(order))
    if not fits_together(shapes, sliver=sliver):
        joined = edge_matched(closed(joined, sliver=sliver), sliver=sliver)
    return gpd.GeoDataFrame(
        {"name": order},
        geometry=joined,
        index=pd.Index(order, name="district", dtype=object),
        crs=areas.crs,
    )


def districts_of(areas: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Return the district of each area, an empty text where the layer tells of none."""
    told = areas.get("district", "")
    return pd.Series(told, index=areas.index, dtype=object)


def join_together(shapes: Shapes, group: npt.NDArray[np.integer[Any]], count: int) -> Shapes:
    """Return each group's polygons as one, its borders those of its members; groups are numbered from 0.

    Polygons that do not fit together (see `hotspots.areas.borders.edge_matched`) are joined all the same, by geometry.
    """
    fits = shapely.coverage_is_valid(shapes[~shapely.is_empty(shapes)])
    join = shapely.coverage_union_all if fits else shapely.union_all
    return np.array([join(shapes[group == place]) for place in range(count)], dtype=object)
