"""The outlines of districts, which maps draw over their areas."""

from __future__ import annotations

import geopandas as gpd


def outline_of(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines of the districts, or of all areas together where no district is known.

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
    whole = (
        areas[["district", "geometry"]] if "district" in areas else areas[["geometry"]].assign(district="")
    )
    joined = whole.dissolve("district", method="unary")
    return joined.assign(name=joined.index)
