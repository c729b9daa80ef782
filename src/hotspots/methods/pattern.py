"""Is there any pattern at all? Moran's I and General G over all areas, before a local hotspot is read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours, as_neighbours
from hotspots.base.draws import require_draws, require_seed
from hotspots.base.errors import DataError

CLEAR = 0.05
"""A pattern is called clear where its p value is at most this."""

Floats = npt.NDArray[np.float64]

_HELD = 4_000_000  # permuted values held in memory at a time
_SAME = 1e-12  # relative difference under which two sums are tied: rounding alone makes that much

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from libpysal.weights import W

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GlobalPattern:
    """Whether like values lie together, over all areas; see `global_pattern`.

    Attributes
    ----------
    moran_i, moran_expected, moran_z, moran_p : float
        Moran's I, its mean where values are laid out at random (-1 / (n - 1)), its distance from that mean in
        standard deviations of the permutations, and its two-sided p value.
    general_g, general_expected, general_z, general_p : float
        The same of General G; NaN where a value is negative or fewer than two values are over 0.
    n : int
        Areas with a value.
    permutations, seed : int
        How many random layouts were drawn, and from which seed.
    neighbours : str
        What counts as a neighbour, in words.
    of_rates : bool
        Whether populations were allowed for.
    """

    moran_i: float
    moran_expected: float
    moran_z: float
    moran_p: float
    general_g: float
    general_expected: float
    general_z: float
    general_p: float
    n: int
    permutations: int
    seed: int
    neighbours: str
    of_rates: bool = False

    def sentence(self, subject: str = "the value", *, between: str = "areas") -> str:
        """Return what Moran's I says in one sentence, and whether local hotspots deserve a reading.

        Parameters
        ----------
        subject : str, default 'the value'
            What was counted, such as ``"burglary"``.
        between : str, default 'areas'
            What the areas are, such as ``"wards"``.

        Examples
        --------
        >>> pattern = GlobalPattern(0.31, -0.01, 6.2, 0.0002, 0.2, 0.1, 4.0, 0.0002, 100, 9999, 0, "queen contiguity")
        >>> pattern.sentence("burglary", between="wards")
        "Burglary is clustered between wards: Moran's I = 0.31, p < 0.001 (9,999 permutations)."
        """
        found = (
            f"Moran's I = {self.moran_i:.2f}{' of rates' * self.of_rates}, {_p_words(self.moran_p)} "
            f"({self.permutations:,} permutations)"
        )
        if self.moran_p > CLEAR:
            unclear = f"{_capital(subject)}: no pattern between {between} is clear"
            return f"{unclear}: {found}. Read local hotspots with care."
        if self.moran_i > self.moran_expected:
            return f"{_capital(subject)} is clustered between {between}: {found}."
        return (
            f"{_capital(subject)} is dispersed between {between}, unlike values side by side: {found}. "
            "Read local hotspots with care."
        )

    def sentence_of_g(self) -> str:
        """Return what General G says in one sentence: whether high values lie together."""
        if np.isnan(self.general_g):
            if self.of_rates:
                return "General G is undefined: chance explains the whole spread of the rates."
            return "General G is undefined: it needs values of 0 or more, two of them over 0."
        against = f"{self.general_g:.3g} against {self.general_expected:.3g} expected"
        found = f"General G = {against}, {_p_words(self.general_p)}"
        if self.general_p > CLEAR:
            return f"High values clearly lie neither together nor apart: {found}."
        together = "together" if self.general_g > self.general_expected else "apart"
        return f"High values lie {together}: {found}."


def global_pattern(
    values: pd.Series[Any],
    neighbours: Neighbours | Graph | W,
    *,
    population: pd.Series[Any] | None = None,
    permutations: int = 9_999,
    seed: int = 0,
) -> GlobalPattern:
    r"""Return whether like values lie together, against every value being as likely anywhere.

    Moran's I is ``(n / Σw) · (z'Wz / z'z)`` with z the values less their mean and W the neighbours with each
    row summing to 1: over 0 where like lie beside like, about 0 at random, under 0 where unlike do. General G
    is the share of ``x_i·x_j`` over all pairs that neighbours have (W of ones): high where high values lie
    together.

    Counts of areas with unlike populations show where people live, and even rates of small populations spread
    more than those of large ones: neither is as likely anywhere. With `population` the values are counts, and
    what is tested is their rates, made comparable: Moran's I of Assunção and Reis's index
    ``(y_i - m) / √(a + m / population_i)`` with y the rates, m the rate of all and a the variance of the true
    rates; General G of the rates drawn towards m by ``a / (a + m / population_i)``.

    Both are compared with random permutations of the values over the areas; the p value is
    ``min(1, 2·(k + 1) / (R + 1))`` with k the number of R permutations at least as extreme on the side with
    fewer of them.

    Parameters
    ----------
    values : Series of numbers, n rows
        One value per area, on the index of `neighbours`. Areas without a value (NaN) are left out, and with
        them their links.
    neighbours : Neighbours
        See `hotspots.make_neighbours`. Areas without a neighbour count in n and in the mean.
    population : Series of numbers, optional
        People in each area, on the same index: then `values` are counts. Areas without people are left out.
    permutations : int, default 9,999
        How many; the smallest p value is 2 / (permutations + 1).
    seed : int, default 0
        Seed of the permutations.

    Returns
    -------
    GlobalPattern

    Raises
    ------
    DataError
        When `values` or `population` are not those of the neighbours' areas, fewer than 4 are known, all are equal,
        counts are negative, or no two areas with a value are neighbours.
    ParameterError
        When there are fewer than 99 permutations, or the seed is negative.

    References
    ----------
    Moran, P. A. P. (1950) Notes on continuous stochastic phenomena. Biometrika 37(1/2), 17-23.
    https://doi.org/10.1093/biomet/37.1-2.17

    Getis, A. and Ord, J. K. (1992) The analysis of spatial association by use of distance statistics.
    Geographical Analysis 24(3), 189-206. https://doi.org/10.1111/j.1538-4632.1992.tb00261.x

    Assunção, R. M. and Reis, E. A. (1999) A new proposal to adjust Moran's I for population density. Statistics
    in Medicine 18(16), 2147-2162.
    https://doi.org/10.1002/(SICI)1097-0258(19990830)18:16<2147::AID-SIM179>3.0.CO;2-I

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> from hotspots.areas.neighbours import make_neighbours
    >>> squares = [box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x in range(6) for y in range(6)]
    >>> areas = gpd.GeoDataFrame(index=[f"E050000{i:02d}" for i in range(36)], geometry=squares, crs="EPSG:27700")
    >>> values = pd.Series([x for x in range(6) for y in range(6)], index=areas.index)
    >>> pattern = global_pattern(values, make_neighbours(areas, method="rook"), permutations=999)
    >>> round(pattern.moran_i, 2), pattern.moran_p
    (0.89, 0.002)
    """
    neighbours = as_neighbours(neighbours, values.index)
    require_draws(permutations, name="permutations")
    require_seed(seed)
    of_g = None
    if population is not None:
        values, of_g = _standardised_rates(values, population)
    x, matrix = _known(values, neighbours)
    g = x if of_g is None else of_g.to_numpy(dtype=float)[of_g.notna().to_numpy()]
    ones = matrix.copy()
    ones.data[:] = 1.0
    rows = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), np.finfo(float).tiny)
    standardised = matrix.multiply(1 / rows[:, None]).tocsr()
    has_g = bool(
        (g >= 0).all() and (g > 0).sum() >= 2 and (population is None or np.ptp(g) > _SAME * g.max())
    )
    deviations = x - x.mean()
    draws_i, draws_g = np.empty(permutations), np.empty(permutations)
    random = np.random.default_rng(seed)
    block = max(1, _HELD // len(x))
    for start in range(0, permutations, block):
        count = min(block, permutations - start)
        order = random.permuted(np.tile(np.arange(len(x)), (count, 1)), axis=1).T
        draws_i[start : start + count] = _cross_products(standardised, deviations[order])
        if has_g:
            draws_g[start : start + count] = _cross_products(ones, g[order])
    observed_i = _cross_products(standardised, deviations[:, None])[0]
    i_scale = len(x) / standardised.sum() / (deviations @ deviations)
    moran = _against(observed_i, draws_i, i_scale, -1 / (len(x) - 1))
    general = (np.nan,) * 4
    if has_g:
        observed_g = _cross_products(ones, g[:, None])[0]
        expected = ones.nnz / (len(x) * (len(x) - 1))
        general = _against(observed_g, draws_g, 1 / (g.sum() ** 2 - g @ g), expected)
    return GlobalPattern(
        *moran, *general, len(x), permutations, seed, neighbours.description, population is not None
    )


def _standardised_rates(
    n: pd.Series[Any], population: pd.Series[Any]
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return Assunção and Reis's index, and the rates drawn towards that of all, as shares of it.

    Where a is under 0, chance explains more than the whole spread. Then the index falls back on m / population
    where its variance would be negative, as its authors do, and the drawn rates are all alike.
    """
    if not population.index.equals(n.index):
        raise DataError(
            "values and population are not of the same areas in the same order",
            hint="take both from one layer",
        )
    count, people = (each.to_numpy(dtype=float, na_value=np.nan) for each in (n, population))
    if (count < 0).any():
        raise DataError(
            f"with populations the values are counts, but that of '{n.index[count < 0][0]}' is negative",
            hint="choose a column of counts such as 'n'",
        )
    people = np.where(people > 0, people, np.nan)
    count = np.where(np.isnan(people), np.nan, count)
    people = np.where(np.isnan(count), np.nan, people)
    y, mean = count / people, np.nansum(count) / max(np.nansum(people), 1.0)
    if mean == 0:
        return (pd.Series(y, index=n.index),) * 2
    variance = float(np.nansum(people * (y - mean) ** 2) / max(np.nansum(people), 1.0))
    variance -= mean / float(np.nanmean(people)) if np.isfinite(people).any() else 0.0
    chance = mean / people
    own = np.where(variance + chance < 0, chance, variance + chance)
    with np.errstate(invalid="ignore"):
        index = (y - mean) / np.sqrt(own)
        drawn = 1 + (y / mean - 1) * max(variance, 0.0) / (max(variance, 0.0) + chance)
    return pd.Series(index, index=n.index), pd.Series(drawn, index=n.index)


def _known(values: pd.Series[Any], neighbours: Neighbours) -> tuple[Floats, Any]:
    """Return the known values and the weights between their areas, without the diagonal."""
    from scipy import sparse

    if not values.index.equals(neighbours.index):
        raise DataError(
            "values and neighbours are not of the same areas in the same order",
            hint="make the neighbours from the layer that holds the values",
        )
    x: Floats = values.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(x).any():
        raise DataError(
            f"the value of '{values.index[np.isinf(x)][0]}' is infinite",
            hint="make it NaN where nothing is known",
        )
    known = ~np.isnan(x)
    if known.sum() < len(x):
        _log.info("Pattern: %s of %s areas have no value and are left out", int((~known).sum()), len(x))
    x, matrix = x[known], sparse.csr_array(neighbours.matrix)[known][:, known]
    if len(x) < 4:
        raise DataError(
            f"{len(x)} areas have a value, but at least 4 are needed", hint="choose another column"
        )
    if np.ptp(x) <= _SAME * np.abs(x).max():
        raise DataError(
            f"all {len(x):,} values are equal, so there is no pattern to test", hint="choose another column"
        )
    matrix = sparse.csr_array(matrix - sparse.diags_array(matrix.diagonal()))
    matrix.eliminate_zeros()
    if matrix.nnz == 0:
        raise DataError(
            "no two areas with a value are neighbours",
            hint="use 'neighbours' = 'nearest', or 'distance' with a 'distance'",
        )
    return x, matrix


def _cross_products(matrix: Any, columns: Floats) -> Floats:
    """Return Σ_ij w_ij x_i x_j for each column of values."""
    products: Floats = np.einsum("ij,ij->j", columns, matrix @ columns)
    return products


def _against(
    observed: float, draws: Floats, scale: float, expected: float
) -> tuple[float, float, float, float]:
    """Return the statistic, its expectation, its z score and its two-sided p value."""
    tie = _SAME * max(abs(observed), float(np.abs(draws).max()))
    extreme = min(int((draws >= observed - tie).sum()), int((draws <= observed + tie).sum()))
    p = min(1.0, 2 * (extreme + 1) / (len(draws) + 1))
    sd = float(draws.std() * scale)
    z = (observed * scale - expected) / sd if sd > 0 else float("nan")
    return float(observed * scale), float(expected), float(z), p


def _p_words(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
