"""The bandwidth of a density where none is given: by the likelihood of places left out, or by a rule of thumb."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.crs import Floats, require_metres
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.threads import thread_count
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents
from hotspots.methods.kde.points import figure, near, nothing_near, weights_of

if TYPE_CHECKING:
    import geopandas as gpd

Integers = npt.NDArray[np.int64]
Rule = Literal["likelihood", "rule-of-thumb"]

BANDWIDTHS = (200.0, 250.0, 320.0, 400.0, 500.0, 630.0, 800.0, 1000.0, 1250.0, 1600.0, 2000.0, 2500.0, 3200.0)
"""What is tried, in metres: each about a quarter wider than the one before."""

FALLBACK = 500.0
"""The bandwidth where places are too few to tell."""

FEW_PLACES = 100
LEAST = 200.0
# An isolated place has no density without this share of the incidents spread evenly over the ground.
BACKGROUND = 0.02
# Bandwidths whose mean log density is within this of the highest do about as well.
FLAT = 0.02
# Places that are left out in turn; from about so many on more of them change nothing that matters.
MOST_LEFT_OUT = 3000
_TASKS = 16
_CELLS_IN_WIDEST = 8
_MOST_CELLS = 2_000_000

_logger = logging.getLogger(__name__)


def bandwidth_likelihood(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, *, bandwidths: Sequence[float] = BANDWIDTHS
) -> pd.Series[float]:
    r"""Mean log density at places that are left out in turn, for each of several bandwidths: the higher, the better.

    A place is a coordinate with all the incidents on it, because police coordinates are map points: leaving out
    one incident of several at a point would only show that points repeat, and the narrowest bandwidth would
    always win. With weights ``w`` that add up to ``N``, the area ``A`` of the ground and the quartic kernel K:

    ``f(l) = Σ w(k) K(|l - k| / h) / h² / (N - w(l))`` over all places ``k`` but ``l``

    ``Σ w(l) ln(0.98 f(l) + 0.02 / A) / Σ w(l)`` over the places ``l``

    The second term keeps one isolated place from deciding all. Of more than 3,000 places about so many
    are left out, picked by a mixture of the digits of their coordinates; each still meets all the others.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame
        Those within the bounds of the areas take part, with the column ``weight`` where there is one.
    areas : GeoDataFrame
        Polygons in a CRS in metres.
    bandwidths : sequence of float, default 200 to 3,200 m in thirteen steps
        In metres, in any order.

    Returns
    -------
    Series of float64
        On the bandwidths, rising. In the logarithm of a density per m²; only differences mean something.

    Raises
    ------
    ParameterError
        When there is no bandwidth, or one is not above 0.
    DataError
        When the incidents within the bounds stand on fewer than two places, or weights are negative or missing.
    CRSError
        When the areas have no CRS, or one that is not in metres.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis, section 3.4.4 (likelihood
    cross-validation). https://doi.org/10.1201/9781315140919

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd, shapely
    >>> areas = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 2000)], crs="EPSG:27700")
    >>> incidents = pd.DataFrame(
    ...     {"x": [0, 100, 0, 400, 450, 1000], "y": [0, 0, 150, 400, 380, 1000], "weight": [5, 2, 1, 3, 1, 1]}
    ... )
    >>> incidents.attrs["crs"] = "EPSG:27700"
    >>> bandwidth_likelihood(incidents, areas, bandwidths=[150, 300, 600]).round(4).tolist()
    [-13.4855, -13.4585, -14.439]
    """
    tried = np.unique(np.asarray(bandwidths, dtype=float))
    if not (tried.size and np.isfinite(tried).all() and tried[0] > 0):
        raise ParameterError(
            "'bandwidths' needs one or more numbers of metres above 0",
            hint="give 'bandwidths' such as 250, 500 and 1000",
        )
    crs = require_metres(areas.crs, what="areas")
    incidents = as_incidents(incidents)
    x, y = coordinates(incidents, crs)
    weights = weights_of(incidents)
    used = near(x, y, areas.total_bounds, 0.0) & (weights > 0)
    places = _Places.of(x[used], y[used], weights[used], tried[-1]) if used.any() else None
    if places is None or places.number < 2:
        raise DataError(
            "the incidents within the bounds of the areas stand on fewer than two places",
            hint="give one bandwidth in metres, for example 500",
        )
    found = places.likelihood(tried, _ground(areas))
    return pd.Series(found, index=pd.Index(tried, name="bandwidth"), name="likelihood")


def choose_bandwidth(
    rule: Rule, x: Floats, y: Floats, weights: Floats, areas: gpd.GeoDataFrame, *, kernel: str
) -> tuple[float, str]:
    """Return a bandwidth in metres and what it comes from, and say both; see `kernel_density` for the rules."""
    bounds = areas.total_bounds
    used = near(x, y, bounds, 0.0) & (weights > 0)
    if not used.any():
        raise nothing_near(x, y, bounds, "within the bounds of the areas")
    narrowed = 1 / math.sqrt(8) if kernel == "gaussian" else 1.0
    if rule == "rule-of-thumb":
        bandwidth = two_figures(_rule_of_thumb(x[used], y[used]) * narrowed)
        source = because = "rule of thumb"
    else:
        bandwidth, source, because = _by_likelihood(x[used], y[used], weights[used], _ground(areas))
        if kernel == "gaussian":
            bandwidth = two_figures(bandwidth * narrowed)
    _logger.info("Bandwidth %s m (%s; choose another with 'bandwidth')", figure(bandwidth), because)
    return bandwidth, source


def _by_likelihood(x: Floats, y: Floats, weights: Floats, ground: float) -> tuple[float, str, str]:
    places = _Places.of(x, y, weights, BANDWIDTHS[-1])
    if places.number < FEW_PLACES:
        return FALLBACK, "few places", f"the incidents stand on {places.number} places, too few to tell by"
    tried = np.array(BANDWIDTHS)
    found = places.likelihood(tried, ground)
    best = float(tried[found.argmax()])
    alike = tried[found >= found.max() - FLAT]
    because = f"half of the {figure(best)} m at which places left out are foreseen best"
    if best / 2 < LEAST:
        because += f", but at least {figure(LEAST)} m"
    if alike[-1] / 2 > LEAST and alike.size > 1:
        least = max(alike[0] / 2, LEAST)
        because += f"; {figure(least)} to {figure(alike[-1] / 2)} m would do about as well"
    return max(best / 2, LEAST), "likelihood", because


def _rule_of_thumb(x: Floats, y: Floats) -> float:
    away = np.hypot(x - x.mean(), y - y.mean())
    spread = min(float(np.sqrt((away**2).mean())), float(np.median(away)) / math.sqrt(math.log(2)))
    if not spread > 1e-6:
        raise DataError(
            f"no bandwidth can be derived, because most of the {x.size:,} incidents stand on one coordinate",
            hint="give one in metres with 'bandwidth', for example 500",
        )
    return float(0.9 * spread * x.size**-0.2)


def two_figures(value: float, *, up: bool = False) -> float:
    """Round to two significant figures, to the nearest or up."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    count = math.ceil(value / unit - 1e-9) if up else round(value / unit)
    return float(f"{count * unit:.12g}")


def _ground(areas: gpd.GeoDataFrame) -> float:
    """Return the square metres of all areas together."""
    return float(areas.geometry.area.sum())


@dataclass(frozen=True, eq=False)
class _Places:
    """The distinct coordinates of incidents in the order of square cells, row by row."""

    x: Floats
    y: Floats
    weights: Floats
    starts: Integers
    corner: tuple[float, float]
    cell_size: float
    columns: int

    @classmethod
    def of(cls, x: Floats, y: Floats, weights: Floats, widest: float) -> _Places:
        """Collapse incidents to places, in cells that suit the widest of the bandwidths to be tried."""
        from hotspots.methods.kde.kernels import collapse_cells

        west, north = float(x.min()), float(y.max())
        wide, high = float(x.max()) - west, north - float(y.min())
        cell_size = max(widest / _CELLS_IN_WIDEST, math.sqrt(wide * high / _MOST_CELLS))
        rows, columns = int(high // cell_size) + 1, int(wide // cell_size) + 1
        found = collapse_cells(x, y, weights, (west, north), cell_size, (rows, columns))
        return cls(*found, (west, north), cell_size, columns)

    @property
    def number(self) -> int:
        return int(self.x.size)

    def likelihood(self, bandwidths: Floats, ground: float) -> Floats:
        """Return the mean log density at places left out, for each of the rising bandwidths."""
        from hotspots.methods.kde.kernels import add_left_out

        left_out = self._left_out()

        def add(some: Integers) -> Floats:
            sums = np.zeros(bandwidths.size)
            add_left_out(
                *(self.x, self.y, self.weights, self.starts, self.corner, self.cell_size, self.columns),
                *(some, bandwidths, 1.0 - BACKGROUND, BACKGROUND / ground, sums),
            )
            return sums

        # The tasks are always the same, so that the sums do not depend on how many threads share them.
        with ThreadPoolExecutor(thread_count()) as pool:
            parts = list(pool.map(add, np.array_split(left_out, _TASKS)))
        mean: Floats = np.sum(parts, axis=0) / self.weights[left_out].sum()
        return mean

    def _left_out(self) -> Integers:
        """Return the places to leave out: all, or of many a part by a mixture of their digits, whatever their order."""
        from hotspots.methods.kde.kernels import HASH_X, HASH_Y

        step = math.ceil(self.number / MOST_LEFT_OUT)
        if step == 1:
            return np.arange(self.number)
        east, up = ((axis * 128).astype(np.int64).astype(np.uint64) for axis in (self.x, self.y))
        mixed = (east * HASH_X + up * HASH_Y) >> np.uint64(40)
        return np.flatnonzero(mixed % np.uint64(step) == 0)
