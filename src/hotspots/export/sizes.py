"""How large areas are on the screen or on paper, and from which size on they have borders, a hatch, a thick line.

One rule for the web map, pictures and QGIS: the middle one of the areas by height decides for all. Borders of areas
lower than seven pixels would grey out the colours that they enclose, and in one lower than twelve no hatch is seen.
"""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

INCH = 0.0254  # metres
PIXEL = INCH / 96
BORDERED = 7
"""Pixels from which on areas have borders."""
HATCHED = 12
"""Pixels from which on areas that rest on little are hatched."""
PARTED = 40
"""Pixels from which on districts are parted by a thick line."""
_DEGREE = 111_195.0  # metres of a degree of latitude


def middle_height(shapes: npt.NDArray[np.object_]) -> float:
    """Return the median height of shapes, from their south to their north, in their own units; 0 without shapes.

    Examples
    --------
    >>> middle_height(shapely.box(0, 0, 1, [100, 200, 9_000]))
    200.0
    """
    boxes = shapely.bounds(shapes)
    heights = (boxes[:, 3] - boxes[:, 1])[~np.isnan(boxes[:, 1])]
    return float(np.median(heights)) if len(heights) else 0.0


def scale_from(layer: gpd.GeoDataFrame, pixels: float) -> float:
    """Return the denominator of the scale from which the middle area is so many pixels high; 0 without areas.

    Parameters
    ----------
    layer : GeoDataFrame
        Areas, in metres or in degrees; without a reference system, in metres.
    pixels : float
        Of a ninety-sixth of an inch, as on a screen.

    Returns
    -------
    float
        In two digits.

    Examples
    --------
    >>> wards = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 1_852)], crs="EPSG:27700")
    >>> scale_from(wards, BORDERED)  # 1,852 m in 1.852 mm
    1000000.0
    """
    high: Any = middle_height(layer.geometry.to_numpy())
    if layer.crs is not None and layer.crs.is_geographic:
        high *= _DEGREE
    if not high > 0:
        return 0.0
    return two_digits(high / (pixels * PIXEL))


def two_digits(scale: float) -> float:
    """Return a denominator over 0 in two digits: 543,210 as 540,000."""
    return float(round(scale, 1 - math.floor(math.log10(scale))))


def is_shown(shapes: npt.NDArray[np.object_], pixels: float, *, metres_per_inch: float) -> bool:
    """Return whether the middle one of shapes in metres is so many pixels high on paper.

    Examples
    --------
    >>> is_shown(shapely.box(0, 0, 9, [1_000]), BORDERED, metres_per_inch=13_000)
    True
    >>> is_shown(shapely.box(0, 0, 9, [1_000]), BORDERED, metres_per_inch=14_000)
    False
    """
    return middle_height(shapes) / metres_per_inch * INCH >= pixels * PIXEL
