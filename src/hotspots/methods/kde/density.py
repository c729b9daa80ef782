"""Kernel density of incidents, exact at cell centres."""

from __future__ import annotations

import logging
import math
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hotspots.areas.gate import as_areas
from hotspots.base.columns import COLUMNS
from hotspots.base.crs import Floats, crs_text, parse_crs
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean
from hotspots.base.limits import BANDWIDTH
from hotspots.base.surface import Surface, limits_of_shares
from hotspots.counting.period import period_of
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents, row_numbers
from hotspots.methods.kde.bandwidth import Rule, choose_bandwidth, two_figures
from hotspots.methods.kde.grid import (
    Bools,
    Grid,
    cells_inside,
    divide_by_mass,
    interpolated,
    sum_kernels,
    support,
)
from hotspots.methods.kde.points import figure, near, nothing_near, weights_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Kernel = Literal["quartic", "triweight", "epanechnikov", "triangular", "uniform", "gaussian"]
Edge = Literal["none", "uniform"]

MAX_CELLS = 50_000_000
# As many as a cell size that nobody asked for may make.
MANY_CELLS = 20_000_000
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
    bandwidth: float | Rule = "likelihood",
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
    bandwidth : float or {'likelihood', 'rule-of-thumb'}, default 'likelihood'
        In metres, at least one cell. ``'likelihood'`` takes half of the bandwidth, among thirteen from 200 to
        3,200 m, at which places that are left out are foreseen best (see `bandwidth_likelihood`), but at least
        200 m, and 500 m where the incidents within the bounds of the areas stand on fewer than 100 places. Half,
        because the likelihood weighs all ground, empty country too, and the densest ground, which a map is for,
        wants less. ``'rule-of-thumb'`` takes ``0.9 min(SD, D / √ln 2) n^(-1/5)`` of the n incidents, to two
        significant figures, where SD is their standard distance and D their median distance from the mean
        centre: Silverman's rule with spread measured in the plane. It is far too wide for crime, which stands
        in towns. The Gaussian kernel takes 1/√8 of either, which makes it as wide as a quartic.
    cell_size : float, optional
        Side of a cell in metres; by default a fifth of the bandwidth, to two significant figures, or as much
        more as keeps the grid under 20 million cells. Cells are aligned to multiples of their size, so that
        surfaces of one cell size lie on one another.
    kernel : {'quartic', 'triweight', 'epanechnikov', 'triangular', 'uniform', 'gaussian'}
        Shape of the kernel. It matters far less than the bandwidth.
    months : float, optional
        Length of the period in months; by default that of the months asked for or, where none were, of those
        that the files have; see `hotspots.counting.period`.
    edge : {'none', 'uniform'}
        ``'uniform'`` leaves out incidents outside the areas and divides each density by the share of the
        kernel's mass that falls inside, so that a border does not look safe because nothing is known beyond.
        The share is summed over the same cells, an inside cell being one whose centre is inside.
    clip : bool, default True
        Whether cells whose centre lies in no area are NaN.

    Returns
    -------
    Surface
        Densities, with all choices in ``parameters``, and there in ``share_limits`` the densities that 10, 25, 50
        and 75% of the incidents in the areas exceed where they stand, by which a heat-map is classed. A centre
        that no kernel reaches is exactly 0. The result is the same, byte for byte, whatever the number of threads.

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
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis, section 3.4.4 and equations
    3.31 and 4.5.
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
    weights = weights_of(incidents)
    length = period_of(incidents).length if months is None else _positive("months", months, "months")
    if isinstance(bandwidth, str):
        _require_choice("bandwidth", bandwidth, get_args(Rule))
        bandwidth, source = choose_bandwidth(bandwidth, x, y, weights, areas, kernel=kernel)
    else:
        bandwidth, source = _positive("bandwidth", bandwidth, "metres"), "given"
    grid = _grid(bounds, bandwidth, _cell_size(cell_size, bandwidth, bounds))
    inside = _inside(areas, grid) if clip or edge == "uniform" else None

    used = near(x, y, grid.bounds, bandwidth * support(kernel)) & (weights > 0)
    if edge == "uniform":
        used[used] = _in_areas(x[used], y[used], areas)
    if not used.any():
        where = "inside the areas" if edge == "uniform" else f"within {figure(bandwidth)} m of the areas"
        raise nothing_near(x, y, bounds, where)
    x, y, weights = x[used], y[used], weights[used]
    number = int(row_numbers(incidents)[used].sum())
    _warn_of_few(number)
    scale = CONSTANTS[kernel] / bandwidth**2 * 1e6 * 12 / length
    values = sum_kernels(x, y, weights, grid, bandwidth, kernel, scale)
    if edge == "uniform" and inside is not None:
        divide_by_mass(values, inside, grid, bandwidth, kernel)
    if clip and inside is not None:
        values[~inside] = np.nan
    parameters: dict[str, Any] = {
        "kernel": kernel,
        "bandwidth": bandwidth,
        "bandwidth_from": source,
        "cell_size": grid.cell_size,
        "months": float(length),
        "edge": edge,
        "incidents": number,
        "weight": float(weights.sum()),
        "classes": "share",
    }
    unit = COLUMNS["density"].unit
    surface = Surface(values, grid.west, grid.north, grid.cell_size, crs_text(crs), unit, parameters)
    return _with_shares(surface, x, y, weights)


def _warn_of_few(incidents: int) -> None:
    if incidents < FEW_INCIDENTS:
        message = f"the density rests on {incidents} incidents: it shows single places, not a pattern"
        warnings.warn(message, HotspotsWarning, stacklevel=3)


def density_at(surface: Surface, x: Floats, y: Floats) -> Floats:
    """Return the density at places, as a map would draw it; NaN off the grid and in cells without one."""
    return interpolated(
        surface.values,
        (x - surface.west) / surface.cell_size,
        (surface.north - y) / surface.cell_size,
    )


def _with_shares(surface: Surface, x: Floats, y: Floats, weights: Floats) -> Surface:
    """Return the surface with the densities that shares of the incidents exceed where they stand."""
    at_places = density_at(surface, x, y)
    found = at_places > 0
    limits = limits_of_shares(at_places[found], weights[found])
    shares = {"share_limits": [list(pair) for pair in limits.items()]}
    return replace(surface, parameters={**surface.parameters, **shares})


def _inside(areas: gpd.GeoDataFrame, grid: Grid) -> NDArray[np.bool_]:
    inside = cells_inside(areas, grid)
    if not inside.any():
        raise ParameterError(
            f"no cell of {figure(grid.cell_size)} m has its centre in an area",
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
            f"'{name}' is {figure(value)}, but a positive number of {unit} is needed",
            hint=f"give '{name}' a number above 0, or leave it out",
        )
    return float(value)


def _cell_size(cell_size: float | None, bandwidth: float, bounds: tuple[float, ...]) -> float:
    if cell_size is not None:
        return _positive("cell_size", cell_size, "metres")
    left, bottom, right, top = bounds
    chosen, why = two_figures(bandwidth / 5), "a fifth of the bandwidth"
    least = math.sqrt((right - left) * (top - bottom) / MANY_CELLS)
    if least > chosen:
        chosen, why = (
            min(two_figures(least, up=True), bandwidth),
            f"smaller ones would be over {MANY_CELLS:,}",
        )
    _logger.info("Cell size %s m (%s; choose another with 'cell_size')", figure(chosen), why)
    return chosen


def _grid(bounds: tuple[float, ...], bandwidth: float, cell_size: float) -> Grid:
    if bandwidth > BANDWIDTH:
        raise ParameterError(
            f"bandwidth {bandwidth:,.0f} m is over {BANDWIDTH:,.0f} m, farther than any hotspot reaches",
            hint="give a 'bandwidth' in metres, such as 500",
        )
    if bandwidth < cell_size:
        raise ParameterError(
            f"bandwidth {figure(bandwidth)} m is smaller than the cell size {figure(cell_size)} m, so cell "
            "centres would miss incidents",
            hint=f"give a 'cell_size' of {figure(two_figures(bandwidth / 5))} (a fifth of the bandwidth), "
            f"or a 'bandwidth' of at least {figure(cell_size)}",
        )
    left, bottom, right, top = bounds
    cells = ((right - left) / cell_size + 1) * ((top - bottom) / cell_size + 1)
    grid = Grid.over((left, bottom, right, top), cell_size) if cells < 4 * MAX_CELLS else None
    if grid is None or grid.rows * grid.columns > MAX_CELLS:
        # A cell more on each axis, because the grid is aligned: solve (w/c + 2)(h/c + 2) = MAX_CELLS for c.
        wide, high = right - left, top - bottom
        side = (wide + high + math.sqrt((wide + high) ** 2 + (MAX_CELLS - 4) * wide * high)) / (MAX_CELLS - 4)
        raise ParameterError(
            f"cells of {figure(cell_size)} m over {wide / 1000:,.1f} x {high / 1000:,.1f} km make more than "
            f"{MAX_CELLS:,} cells",
            hint=f"give a 'cell_size' of at least {figure(two_figures(side, up=True))}",
        )
    return grid


def _in_areas(x: Floats, y: Floats, areas: gpd.GeoDataFrame) -> Bools:
    from hotspots.areas.locate.index import AreaIndex

    inside: Bools = AreaIndex(areas.geometry.to_numpy(), points=x.size).locate(x, y) >= 0
    return inside
