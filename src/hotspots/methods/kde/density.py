"""Kernel density of incidents, exact at cell centres."""

from __future__ import annotations

import logging
import math
import warnings
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hotspots.areas.gate import as_areas
from hotspots.base.columns import COLUMNS
from hotspots.base.crs import Floats, crs_text, parse_crs
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.base.surface import Surface
from hotspots.counting.counts import months_present
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents, row_weights
from hotspots.methods.kde.grid import (
    Bools,
    Grid,
    cells_inside,
    divide_by_mass,
    sum_kernels,
    support,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Kernel = Literal["quartic", "triweight", "epanechnikov", "triangular", "uniform", "gaussian"]
Edge = Literal["none", "uniform"]

MAX_CELLS = 50_000_000
FEW_INCIDENTS = 20

# Each kernel integrates to 1 over the plane when multiplied by this over the squared bandwidth.
CONSTANTS: dict[str, float] = {
    "quartic": 3 / math.pi,
    "triweight": 4 / math.pi,
    "epanechnikov": 2 / math.pi,
    "triangular": 3 / math.pi,
    "uniform": 1 / math.pi,
    "gaussian": 1 / (2 * math.pi),
}

_logger = logging.getLogger(__name__)


def kernel_density(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    bandwidth: float | None = None,
    cell_size: float | None = None,
    kernel: Kernel = "quartic",
    months: float | None = None,
    edge: Edge = "none",
    clip: bool = True,
) -> Surface:
    """Density of incidents per km² a year at the centre of every cell, by a kernel of fixed bandwidth.

    At a centre ``s`` the density is ``Σ w K(|s - x| / h) / h²`` over all incidents, each with its weight
    ``w`` and bandwidth ``h``, scaled to a square kilometre and a year of twelve months. It is 0 or more, has
    no upper limit, and is exact: every incident counts at its own coordinates, not at those of a cell. The
    kernels integrate to 1 over the plane, with ``u`` the distance in bandwidths:

    ============ ==================== ======
    quartic      (3 / π) (1 - u²)²    u < 1
    triweight    (4 / π) (1 - u²)³    u < 1
    epanechnikov (2 / π) (1 - u²)     u < 1
    triangular   (3 / π) (1 - u)      u < 1
    uniform      1 / π                u < 1
    gaussian     exp(-u² / 2) / (2 π)
    ============ ==================== ======

    So the bandwidth is the radius within which an incident counts, but the standard deviation of the Gaussian
    kernel, which is left out where it is below 1e-12 of its peak (7.5 bandwidths off along either axis).

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame
        Incidents; those without coordinates are left out. Incidents outside the areas count as far as the
        bandwidth carries them, which is right at borders. A column ``weight`` is used where there is one.
    areas : GeoDataFrame
        Polygons in a CRS in metres. They, not the incidents, set the extent, because some incidents of every
        force lie far outside it.
    bandwidth : float, optional
        In metres, at least one cell. By default ``0.9 min(SD, D / √ln 2) n^(-1/5)`` of the n incidents within
        the bounds of the areas, to two significant figures, where SD is their standard distance and D their
        median distance from the mean centre: Silverman's rule of thumb with spread measured in the plane,
        which a few far incidents do not stretch. The Gaussian kernel takes 1/√8 of that, which makes it as
        wide as a quartic. It is a starting point: try half of it too.
    cell_size : float, optional
        Side of a cell in metres; by default a fifth of the bandwidth, to two significant figures. Cells are
        aligned to multiples of their size, so that surfaces of one cell size lie on one another.
    kernel : {'quartic', 'triweight', 'epanechnikov', 'triangular', 'uniform', 'gaussian'}
        Shape of the kernel. It matters far less than the bandwidth.
    months : float, optional
        Length of the period in months; by default the number of distinct months in the column ``month``. Give
        it where a rare category may be absent from a month.
    edge : {'none', 'uniform'}
        ``'uniform'`` leaves out incidents outside the areas and divides each density by the share of the
        kernel's mass that falls inside, so that a border does not look safe because nothing is known beyond.
        The share is summed over the same cells, an inside cell being one whose centre is inside.
    clip : bool, default True
        Whether cells whose centre lies in no area are NaN.

    Returns
    -------
    Surface
        Densities, with all choices in ``parameters``. A centre that no kernel reaches is exactly 0. The
        result is the same, byte for byte, whatever the number of threads.

    Raises
    ------
    ParameterError
        When a bandwidth, cell size or number of months makes no sense, or the grid would be too large.
    DataError
        When no incident is near the areas, weights are negative or missing, or the period is unknown.
    CRSError
        When the areas have no CRS, or one that is not in metres.

    Warns
    -----
    HotspotsWarning
        When fewer than 20 incidents carry the whole surface.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis, equations 3.31 and 4.5.
    https://doi.org/10.1201/9781315140919

    Diggle, P. J. (1985). A kernel method for smoothing point process data. Applied Statistics 34, 138-147
    (edge correction). https://doi.org/10.2307/2347366

    Examples
    --------
    Twenty incidents a year on one spot, and the density there: 20 · 3 / (π · 0.5²) per km².

    >>> import geopandas as gpd, pandas as pd, shapely
    >>> areas = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 2000)], crs="EPSG:27700")
    >>> incidents = pd.DataFrame({"x": [1050.0] * 20, "y": [950.0] * 20})
    >>> incidents.attrs["crs"] = "EPSG:27700"
    >>> surface = kernel_density(incidents, areas, bandwidth=500, cell_size=100, months=12)
    >>> surface.shape
    (20, 20)
    >>> round(surface.values.max(), 4)
    np.float64(76.3944)
    """
    _require_choice("kernel", kernel, get_args(Kernel))
    _require_choice("edge", edge, get_args(Edge))
    areas = as_areas(areas, crs="metres")
    crs = parse_crs(areas.crs)
    if len(incidents) == 0:
        raise DataError("there are no incidents", hint="choose other categories or months")
    bounds = tuple(float(side) for side in areas.total_bounds)
    incidents = as_incidents(incidents)
    x, y = coordinates(incidents, crs)
    held = row_weights(incidents)
    weights = np.ones(len(incidents)) if held is None else held
    period = float(months_present(incidents)) if months is None else _positive("months", months, "months")
    rule = "given" if bandwidth is not None else "rule of thumb"
    if bandwidth is None:
        bandwidth = _rule_of_thumb(x, y, bounds, kernel)
    bandwidth = _positive("bandwidth", bandwidth, "metres")
    grid = _grid(bounds, bandwidth, _cell_size(cell_size, bandwidth))
    inside = _inside(areas, grid) if clip or edge == "uniform" else None

    used = _near(x, y, grid.bounds, bandwidth * support(kernel)) & (weights > 0)
    if edge == "uniform":
        used[used] = _in_areas(x[used], y[used], areas)
    if not used.any():
        where = "inside the areas" if edge == "uniform" else f"within {_figure(bandwidth)} m of the areas"
        raise _nothing_near(x, y, bounds, where)
    x, y, weights = x[used], y[used], weights[used]
    if x.size < FEW_INCIDENTS:
        message = f"the density rests on {x.size} incidents: it shows single places, not a pattern"
        warnings.warn(message, HotspotsWarning, stacklevel=2)

    scale = CONSTANTS[kernel] / bandwidth**2 * 1e6 * 12 / period
    values = sum_kernels(x, y, weights, grid, bandwidth, kernel, scale)
    if edge == "uniform" and inside is not None:
        divide_by_mass(values, inside, grid, bandwidth, kernel)
    if clip and inside is not None:
        values[~inside] = np.nan
    parameters: dict[str, Any] = {
        "kernel": kernel,
        "bandwidth": bandwidth,
        "bandwidth_from": rule,
        "cell_size": grid.cell_size,
        "months": period,
        "edge": edge,
        "incidents": int(x.size),
        "weight": float(weights.sum()),
    }
    return Surface(
        values, grid.west, grid.north, grid.cell_size, crs_text(crs), COLUMNS["density"].unit, parameters
    )


def _inside(areas: gpd.GeoDataFrame, grid: Grid) -> NDArray[np.bool_]:
    inside = cells_inside(areas, grid)
    if not inside.any():
        raise ParameterError(
            f"no cell of {_figure(grid.cell_size)} m has its centre in an area",
            hint="give a smaller 'cell_size'",
        )
    return inside


def _require_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ParameterError(
            f"{name} '{value}' is unknown", hint=f"{did_you_mean(value, choices)} for '{name}'"
        )


def _positive(name: str, value: float, unit: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ParameterError(
            f"'{name}' is {_figure(value)}, but a positive number of {unit} is needed",
            hint=f"give '{name}' a number above 0, or leave it out",
        )
    return float(value)


def _figure(value: float) -> str:
    return f"{value:,.10g}"


def _round(value: float, *, up: bool = False) -> float:
    """Round to two significant figures."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    count = math.ceil(value / unit - 1e-9) if up else round(value / unit)
    return float(f"{count * unit:.12g}")


def _cell_size(cell_size: float | None, bandwidth: float) -> float:
    if cell_size is not None:
        return _positive("cell_size", cell_size, "metres")
    chosen = _round(bandwidth / 5)
    _logger.info(
        "Cell size %s m (a fifth of the bandwidth; choose another with 'cell_size')", _figure(chosen)
    )
    return chosen


def _rule_of_thumb(x: Floats, y: Floats, bounds: tuple[float, ...], kernel: str) -> float:
    within = _near(x, y, bounds, 0.0)
    east, north = x[within], y[within]
    n = east.size
    if n == 0:
        raise _nothing_near(x, y, bounds, "within the bounds of the areas")
    away = np.hypot(east - east.mean(), north - north.mean())
    spread = min(float(np.sqrt((away**2).mean())), float(np.median(away)) / math.sqrt(math.log(2)))
    if not spread > 1e-6:
        raise DataError(
            f"no bandwidth can be derived, because most of the {n:,} incidents stand on one coordinate",
            hint="give one in metres with 'bandwidth', for example 500",
        )
    bandwidth = 0.9 * spread * n**-0.2
    bandwidth = _round(bandwidth / math.sqrt(8) if kernel == "gaussian" else bandwidth)
    _logger.info("Bandwidth %s m (rule of thumb; choose another with 'bandwidth')", _figure(bandwidth))
    return bandwidth


def _grid(bounds: tuple[float, ...], bandwidth: float, cell_size: float) -> Grid:
    if bandwidth < cell_size:
        raise ParameterError(
            f"bandwidth {_figure(bandwidth)} m is smaller than the cell size {_figure(cell_size)} m, so cell "
            "centres would miss incidents",
            hint=f"give a 'cell_size' of {_figure(_round(bandwidth / 5))} (a fifth of the bandwidth), "
            f"or a 'bandwidth' of at least {_figure(cell_size)}",
        )
    left, bottom, right, top = bounds
    cells = ((right - left) / cell_size + 1) * ((top - bottom) / cell_size + 1)
    grid = Grid.over((left, bottom, right, top), cell_size) if cells < 4 * MAX_CELLS else None
    if grid is None or grid.rows * grid.columns > MAX_CELLS:
        # A cell more on each axis, because the grid is aligned: solve (w/c + 2)(h/c + 2) = MAX_CELLS for c.
        wide, high = right - left, top - bottom
        side = (wide + high + math.sqrt((wide + high) ** 2 + (MAX_CELLS - 4) * wide * high)) / (MAX_CELLS - 4)
        raise ParameterError(
            f"cells of {_figure(cell_size)} m over {wide / 1000:,.1f} x {high / 1000:,.1f} km make more than "
            f"{MAX_CELLS:,} cells",
            hint=f"give a 'cell_size' of at least {_figure(_round(side, up=True))}",
        )
    return grid


def _near(x: Floats, y: Floats, bounds: tuple[float, ...], distance: float) -> Bools:
    west, south, east, north = bounds
    near: Bools = (
        (x >= west - distance) & (x <= east + distance) & (y >= south - distance) & (y <= north + distance)
    )
    return near


def _nothing_near(x: Floats, y: Floats, bounds: tuple[float, ...], where: str) -> DataError:
    located = np.isfinite(x) & np.isfinite(y)
    if not located.any():
        return DataError(
            f"none of the {x.size:,} incidents has coordinates",
            hint="name the coordinate columns with 'x' and 'y' when reading them",
        )
    extent = (x[located].min(), y[located].min(), x[located].max(), y[located].max())
    return DataError(
        f"no incident lies {where}: incidents span {_extent(extent)}, areas {_extent(bounds)}",
        hint="choose areas of the same place, or correct the incidents' 'source_crs'",
    )


def _extent(bounds: tuple[float, ...]) -> str:
    west, south, east, north = bounds
    return f"x {west:,.0f} to {east:,.0f} and y {south:,.0f} to {north:,.0f}"


def _in_areas(x: Floats, y: Floats, areas: gpd.GeoDataFrame) -> Bools:
    from hotspots.areas.locate.index import AreaIndex

    inside: Bools = AreaIndex(areas.geometry.to_numpy(), points=x.size).locate(x, y) >= 0
    return inside
