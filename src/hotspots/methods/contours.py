"""Contour polygons of a density surface, by the share of incidents on the densest ground or multiples of its mean."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt
import shapely

from hotspots.areas.gate import as_areas
from hotspots.base.crs import Floats, reproject
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.surface import SHARES, Classes, Surface

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def mean_of_cells(surface: Surface) -> float:
    """Mean of a surface over the cells that an incident reaches: those inside the areas with a value above 0.

    This is the unit of the incremental mean legend. It is above 0, in the unit of the surface. Cells outside
    the areas (NaN) and cells that no incident reaches do not take part, so empty countryside does not lower
    it; note that it depends on the bandwidth, which sets how far an incident reaches.

    Parameters
    ----------
    surface : Surface
        Values at cell centres, NaN outside the areas.

    Returns
    -------
    float
        The mean.

    Raises
    ------
    DataError
        When no cell has a value above 0.

    References
    ----------
    Chainey, S., Reid, S. and Stuart, N. (2003). When is a hotspot a hotspot? A procedure for creating
    statistically robust hotspot maps of crime. In Kidner, D., Higgs, G. and White, S. (eds), Socio-Economic
    Applications of Geographic Information Science, chapter 3. Taylor & Francis.
    https://doi.org/10.1201/b12606-10

    Home Office. Crime Reduction Toolkits, Focus Areas and Hotspots, page fa020207 (defining hot spot
    thresholds).

    Examples
    --------
    >>> surface = Surface(np.array([[0.0, 2.0], [np.nan, 4.0]]), 0, 200, 100, "EPSG:27700", "per km²")
    >>> mean_of_cells(surface)
    3.0
    """
    values = surface.values  # noqa: PD011 - a surface's grid, not a frame's values
    reached = values[values > 0]
    if reached.size == 0:
        raise DataError(
            "the surface has no value above 0, so it has no contours",
            hint="check that the incidents lie in the areas, or give a larger 'bandwidth'",
        )
    return float(reached.mean())


def make_contours(
    surface: Surface,
    *,
    classes: Classes | None = None,
    multiples: Sequence[float] = (1, 2, 3, 4, 5),
    areas: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Bands of equal density class, one row a class: of shares of the incidents, or of multiples of the mean.

    By share, the last class is the densest ground that holds at most 10% of the incidents, and with each class
    below it the ground holds at most 25, 50 and 75% (see `Surface.share_limits`). By mean, class ``k`` has at
    least ``multiples[k]`` times `mean_of_cells`, and less than the next multiple. Densities are interpolated
    linearly between cell centres. The last class has no upper limit, what lies below the first is in none, and
    the bands do not overlap, so a map can fill them. A value equal to a limit belongs to the upper class.

    Parameters
    ----------
    surface : Surface
        A density surface. Cells outside the areas (NaN) are read as their nearest neighbour inside, so that
        bands reach the border.
    classes : {'share', 'mean'}, optional
        By default as the surface is classed: by share, unless it says otherwise.
    multiples : sequence of float, default (1, 2, 3, 4, 5)
        Rising multiples of the mean, above 0; for classes by mean.
    areas : GeoDataFrame, optional
        Polygons that the bands are cut to. Without them, bands are cut to the cells that have a value.

    Returns
    -------
    GeoDataFrame
        Index ``code`` (``contour_1`` is the lowest class), columns ``dens_share`` (the share of the incidents that
        the class and all above it hold at most) or ``multiple``, ``dens_lo``, ``dens_hi`` (NaN for the last class),
        ``area_km2`` and ``geometry``, valid MultiPolygons in the surface's CRS. A
        class that no place reaches has no row. ``multiple`` is an integer where all multiples are.

    Raises
    ------
    ParameterError
        When the multiples do not rise, or are not above 0.
    DataError
        When no cell has a value above 0.
    CRSError
        When the areas have no CRS.

    References
    ----------
    See `mean_of_cells`.

    Examples
    --------
    >>> values = np.zeros((5, 5))
    >>> values[1:4, 1:4], values[2, 2] = 1.0, 10.0
    >>> surface = Surface(values, 0, 500, 100, "EPSG:27700", "incidents per km² a year")
    >>> make_contours(surface, classes="mean", multiples=(1, 3))[["multiple", "dens_lo", "dens_hi"]]
               multiple  dens_lo  dens_hi
    code
    contour_1         1      2.0      6.0
    contour_2         3      6.0      NaN
    """
    import geopandas as gpd
    import pandas as pd

    lower, named = _classes(surface, classes or surface.classes, multiples)
    within = _extent(surface) if areas is None else _union(reproject(as_areas(areas), surface.crs))
    upper = np.append(lower[1:], np.inf)
    bands = [_cut(polygons, within) for polygons in _bands(surface, lower)]
    kept = [k for k, band in enumerate(bands) if not band.is_empty]
    if not kept and named.name == "dens_share" and lower.min() > np.nanmax(surface.values):
        warnings.warn(
            f"no ground is in a class: one place has over {max(SHARES):.0%} of the incidents, and nothing is denser; "
            "set 'classes' to 'mean' for contours",
            HotspotsWarning,
            stacklevel=2,
        )
    geometry = [bands[k] for k in kept]
    digits = len(str(lower.size))
    return gpd.GeoDataFrame(
        {
            named.name: named.to_numpy()[kept],
            "dens_lo": lower[kept],
            "dens_hi": np.where(np.isinf(upper[kept]), np.nan, upper[kept]),
            "area_km2": shapely.area(np.array(geometry, dtype=object)) / 1e6,
        },
        geometry=geometry,
        index=pd.Index([f"contour_{k + 1:0{digits}}" for k in kept], name="code", dtype="str"),
        crs=surface.crs,
    )


def _classes(surface: Surface, classes: Classes, multiples: Sequence[float]) -> tuple[Floats, pd.Series[Any]]:
    """Return the rising lower limits of the classes, and the column that names each."""
    import pandas as pd

    if classes not in get_args(Classes):
        raise ParameterError(f"classes '{classes}' are unknown", hint="give 'share' or 'mean' for 'classes'")
    times = _limits(multiples)
    mean = mean_of_cells(surface)
    if classes == "mean":
        whole = bool((times == np.rint(times)).all())
        return times * mean, pd.Series(times.astype(np.int64) if whole else times, name="multiple")
    found = sorted((limit, -share) for share, limit in surface.share_limits().items())
    # Where one place has more than two shares, the ground between their equal limits is none.
    distinct = [pair for k, pair in enumerate(found) if k + 1 == len(found) or found[k + 1][0] > pair[0]]
    limits, shares = np.array(distinct).T
    return limits, pd.Series(-shares, name="dens_share")


def _limits(multiples: Sequence[float]) -> Floats:
    limits = np.asarray(multiples, dtype=float)
    rising = limits.ndim == 1 and limits.size > 0 and bool(np.isfinite(limits).all() and limits[0] > 0)
    if not (rising and (np.diff(limits) > 0).all()):
        shown = ", ".join(f"{value:g}" for value in np.atleast_1d(limits).ravel())
        raise ParameterError(
            f"multiples ({shown}) are not rising numbers above 0",
            hint="give 'multiples' such as (1, 2, 3, 4, 5)",
        )
    return limits


def _bands(surface: Surface, lower: Floats) -> list[Any]:
    """Return a MultiPolygon for each class, not yet cut to the areas."""
    from contourpy import FillType, contour_generator

    values = np.pad(_filled(surface.values), 1, mode="edge")
    rows, columns = values.shape
    x = surface.west + (np.arange(columns) - 0.5) * surface.cell_size
    y = surface.north - (np.arange(rows) - 0.5) * surface.cell_size
    generator = contour_generator(x, y, values, name="serial", fill_type=FillType.OuterOffset)
    # contourpy takes values above a level; a value equal to a limit is to belong to the class above it.
    levels = [*np.nextafter(lower, 0.0), max(values.max(), lower[-1]) * 2]
    return [_polygons(*generator.filled(low, high)) for low, high in pairwise(levels)]


def _filled(values: Floats) -> Floats:
    """Return the values with each NaN replaced by the nearest value, so that bands reach the border."""
    from scipy.ndimage import distance_transform_edt

    missing = np.isnan(values)
    if not missing.any():
        return values
    row, column = distance_transform_edt(missing, return_distances=False, return_indices=True)
    nearest: Floats = values[row, column]
    return nearest


def _polygons(points: list[Floats], offsets: list[npt.NDArray[np.uint32]]) -> Any:
    """Return one valid MultiPolygon from contourpy's outer rings, each followed by its holes."""
    if not points:
        return shapely.MultiPolygon()
    lengths = [np.diff(offset) for offset in offsets]
    ring_of_point = np.repeat(np.arange(sum(map(len, lengths))), np.concatenate(lengths))
    rings = shapely.linearrings(np.concatenate(points), indices=ring_of_point)
    polygon_of_ring = np.repeat(np.arange(len(offsets)), [len(length) for length in lengths])
    polygons = shapely.polygons(rings, indices=polygon_of_ring)
    return shapely.multipolygons(polygons)


def _cut(band: Any, within: Any) -> Any:
    """Return the part of a band that lies within, as a MultiPolygon without stray lines and points."""
    if band.is_empty:
        return band
    found = shapely.get_parts(shapely.intersection(shapely.make_valid(band), within))
    parts = shapely.get_parts(found)
    parts = parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0)]
    return shapely.multipolygons(parts) if parts.size else shapely.MultiPolygon()


def _union(areas: gpd.GeoDataFrame) -> Any:
    return shapely.union_all(areas.geometry.to_numpy())


def _extent(surface: Surface) -> Any:
    """Return the union of the cells that have a value, from the runs of such cells in each row."""
    present = np.zeros((surface.shape[0], surface.shape[1] + 2), dtype=np.int8)
    present[:, 1:-1] = ~np.isnan(surface.values)
    step = np.diff(present, axis=1)
    row, first = np.nonzero(step == 1)
    _, last = np.nonzero(step == -1)
    size = surface.cell_size
    top = surface.north - row * size
    return shapely.union_all(
        shapely.box(surface.west + first * size, top - size, surface.west + last * size, top)
    )
