"""Getis-Ord Gi and Gi*: where high or low values cluster, and how surely."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours, as_neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.draws import require_draws, require_seed
from hotspots.base.errors import HotspotsWarning, InferenceWarning, ParameterError, did_you_mean
from hotspots.methods.getisord.exact import exact_p
from hotspots.methods.getisord.permutation import permutation_p
from hotspots.methods.getisord.sums import EQUAL, Sums, make_sums

if TYPE_CHECKING:
    from libpysal.graph import Graph
    from libpysal.weights import W

log = logging.getLogger(__name__)

Inference = Literal["exact", "analytic", "permutation"]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GI_CLASSES = ("hot99", "hot95", "hot90", "none", "cold90", "cold95", "cold99", "undefined")
"""The classes of ``gi_class``, from hottest to coldest; then the areas where the statistic does not exist."""

_LEVELS = ((0.01, "99"), (0.05, "95"), (0.10, "90"))
_INFERENCES = ("exact", "analytic", "permutation")
_FEW = 30


def gi_star(
    values: pd.Series[Any],
    neighbours: Neighbours | Graph | W,
    *,
    inference: Inference = "exact",
    cap: float = 0.95,
    permutations: int = 99_999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Compare the sum over each area and its neighbours with what chance would give: Getis-Ord Gi*.

    The z score is positive where high values cluster and negative where low ones do. For weights
    :math:`w_{ij}` that include the area itself, with n values of mean :math:`\bar x` and population variance
    :math:`s^2`,

    .. math:: z_i = \frac{\sum_j w_{ij} x_j - \bar x W_i}{\sqrt{s^2 (n S_i - W_i^2) / (n - 1)}},
        \quad W_i = \sum_j w_{ij}, \quad S_i = \sum_j w_{ij}^2 .

    This is right for any weights, and multiplying a row of them changes nothing: binary and row-standardised
    weights give the same z. The area's own weight is the diagonal where the weights have one, and otherwise
    the largest weight in its row (1 for binary weights).

    Parameters
    ----------
    values : Series of numbers, n rows
        One value per area, such as counts, on the codes of `neighbours` in any order. An area without a value
        (NaN) is left out: it counts neither in the mean nor as anyone's neighbour.
    neighbours : Neighbours
        From `make_neighbours` or `from_graph`.
    inference : {'exact', 'analytic', 'permutation'}, default 'exact'
        Where p comes from. ``"exact"``: from the exact distribution of the sum over the area and its neighbours
        when all values, the largest capped, change places. It needs equal weights, keeps its promise on the heavy
        tail of crime, and tests hot and cold apart, each on one side. ``"analytic"``: the two-sided p value of z
        under the normal distribution; on real counts of crime, of which a few cells hold much, it finds many
        hotspots that are not there. ``"permutation"``: two-sided, by chance arrangements in which an area's own
        value is held; it keeps its promise, but one large value hides what is beside it.
    cap : float, default 0.95
        For ``"exact"``: values above this quantile of those over 0 count as much as it (where some values are
        negative, both ends are pulled in). At 1 no value is capped.
    permutations : int, default 99,999
        For ``"permutation"``. The smallest p that can come out is 2 / (permutations + 1).
    seed : int, default 0
        For ``"permutation"``: the same seed gives the same result. Record it.

    Returns
    -------
    DataFrame
        On the index of `values`, in its order:

        - ``gi_z``: z score, a float; NaN where undefined.
        - ``gi_p``: p value in [0, 1], before correction for the number of areas. ``"exact"``: one-sided, of the
          side that is less likely, high or low. Else two-sided.
        - ``gi_q``: p after the Benjamini-Hochberg correction over all areas where Gi* is defined; ``"exact"``:
          over the p values of that side.
        - ``gi_class``: categorical; ``"hot99"``, ``"hot95"``, ``"hot90"`` where q is at most 0.01, 0.05, 0.10 on
          the high side, ``"cold99"`` ... on the low one, else ``"none"``; ``"undefined"``. The side is z's,
          for ``"exact"`` that of the capped sum. Of the areas marked with q at most 0.05, at most 5 in 100 are
          expected to be chance.
        - ``gi_note``: why Gi* is undefined: ``"no value"``, ``"all values are equal"``, ``"no neighbours"``
          or ``"its neighbourhood covers every area"``; otherwise ``""``.
        - ``gi_se``, for ``"permutation"`` only: standard error sqrt(p (2 - p) / R) of ``gi_p``, which is twice
          a share of R draws. The draws are shared, so the errors of different areas are not independent.

    Raises
    ------
    DataError
        When values are not numbers, are infinite, or stand on other codes than the neighbours.
    ParameterError
        When an option is unknown or out of range, or ``"exact"`` meets weights that differ within a row or areas
        with more neighbours than can be computed.

    Warns
    -----
    HotspotsWarning
        When all values are equal, or fewer than 30 values go by the normal distribution.

    Notes
    -----
    Exact: a sum over k areas is the sum of a random k-subset of the values, whose distribution
    `hotspots.base.subset_sums` computes. No draws are made, so that there is no seed and no least p. z is of the
    values as they are, not capped.

    Permutation draws random subsets of the areas once for all: an area with k neighbours is compared with the
    draws' k-subsets, leaving out those that hold the area itself, which makes them uniform over the others.
    It thus has about, not exactly, `permutations` draws, and p = min(1, 2 (min(g, l) + 1) / (draws + 1)),
    where g and l count the sums at least and at most as large as its own. Rows with unequal weights are
    simulated area by area. Neighbouring areas share values, so their z are correlated.

    References
    ----------
    Ord, J. K. and Getis, A. (1995) Local spatial autocorrelation statistics. Geographical Analysis 27(4),
    286-306.
    https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Benjamini, Y. and Hochberg, Y. (1995) Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57(1), 289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Caldas de Castro, M. and Singer, B. H. (2006) Controlling the false discovery rate: a new application to
    account for multiple and dependent tests in local statistics of spatial association. Geographical Analysis
    38(2), 180-208. https://doi.org/10.1111/j.0016-7363.2006.00682.x

    Anselin, L. (1995) Local indicators of spatial association: LISA. Geographical Analysis 27(2), 93-115.
    https://doi.org/10.1111/j.1538-4632.1995.tb00338.x

    Examples
    --------
    Six points, each a neighbour of those within 15 m:

    >>> import geopandas as gpd, pandas as pd
    >>> from hotspots.areas.neighbours import make_neighbours
    >>> x, y = [10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30]
    >>> places = gpd.GeoSeries.from_xy(x, y, index=list("abcdef"), crs="EPSG:27700").to_frame("geometry")
    >>> near = make_neighbours(places, method="distance", distance=15)
    >>> result = gi_star(pd.Series([2, 3, 3.2, 5, 8, 7], index=list("abcdef")), near)
    >>> result["gi_z"].round(3).tolist()
    [-1.397, -0.289, 0.651, -0.289, 1.235, 2.024]

    f and its neighbour e hold 7 and 8, of 15 pairs the only one with so large a sum: p is 1/15.

    >>> result["gi_p"].round(3).tolist()
    [0.1, 0.4, 0.267, 0.4, 0.167, 0.067]
    """
    neighbours = as_neighbours(neighbours, values.index)
    return _local_g(values, neighbours, True, inference, cap, permutations, seed)


def gi(
    values: pd.Series[Any],
    neighbours: Neighbours | Graph | W,
    *,
    inference: Inference = "exact",
    cap: float = 0.95,
    permutations: int = 99_999,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Compare the sum over each area's neighbours, itself left out, with chance: Getis-Ord Gi.

    As `gi_star`, but the area's own value takes no part: mean and variance are those of the other n - 1
    values, and :math:`z_i = (\sum_{j \ne i} w_{ij} x_j - \bar x_i W_i) / \sqrt{s_i^2 ((n - 1) S_i - W_i^2) /
    (n - 2)}`. Use it where an area should not be called a hotspot for its own value.

    Parameters
    ----------
    values, neighbours, inference, cap, permutations, seed
        As for `gi_star`, but that for ``"exact"``, too, the area's own value is held, and p is never under 1e-12.

    Returns
    -------
    DataFrame
        The columns of `gi_star`. One more reason in ``gi_note``: ``"all other values are equal"``.

    Raises
    ------
    DataError, ParameterError
        As `gi_star`.

    References
    ----------
    Ord, J. K. and Getis, A. (1995) Local spatial autocorrelation statistics. Geographical Analysis 27(4),
    286-306.
    https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from hotspots.areas.neighbours import make_neighbours
    >>> x, y = [10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30]
    >>> places = gpd.GeoSeries.from_xy(x, y, index=list("abcdef"), crs="EPSG:27700").to_frame("geometry")
    >>> near = make_neighbours(places, method="distance", distance=15)
    >>> result = gi(pd.Series([2, 3, 3.2, 5, 8, 7], index=list("abcdef")), near)
    >>> result["gi_z"].round(3).tolist()
    [-1.014, -0.044, 1.316, -0.314, 1.154, 1.778]
    """
    neighbours = as_neighbours(neighbours, values.index)
    return _local_g(values, neighbours, False, inference, cap, permutations, seed)


def _local_g(
    values: pd.Series[Any],
    neighbours: Neighbours,
    star: bool,
    inference: str,
    cap: float,
    permutations: int,
    seed: int,
) -> pd.DataFrame:
    _check_options(inference, cap, permutations, seed)
    x, place = neighbours.align(values)
    has_value = np.isfinite(x)
    z, p, q, side, error = (np.full(len(x), np.nan) for _ in range(5))
    notes = np.full(len(x), "", dtype=object)
    notes[~has_value] = "no value"
    kept = np.flatnonzero(has_value)
    if len(kept) and np.ptp(x[kept]) <= EQUAL * np.abs(x[kept]).max():
        notes[kept] = "all values are equal"
        warnings.warn(
            f"Gi* is undefined everywhere: all {len(kept):,} values are equal", HotspotsWarning, stacklevel=3
        )
    elif len(kept):
        sums = make_sums(x[kept], neighbours.matrix if has_value.all() else neighbours.matrix[kept][:, kept])
        z[kept], notes[kept] = _z_scores(sums, star)
        defined = notes == ""
        if inference == "exact":
            _require_equal_weights(neighbours.index[kept], sums.alike if star else sums.equal, defined[kept])
            found = exact_p(x[kept], sums, defined[kept], star, cap)
            p[kept], q[kept], side[kept] = found
        else:
            side = z
            if inference == "permutation":
                p[kept], error[kept] = permutation_p(sums, defined[kept], permutations, seed)
            else:
                _warn_of_the_normal_distribution(len(kept))
                p[defined] = _two_sided(z[defined])
            q[defined] = benjamini_hochberg(p[defined])
    columns: dict[str, Any] = {"gi_z": z[place], "gi_p": p[place]}
    if inference == "permutation":
        columns["gi_se"] = error[place]
    columns |= {
        "gi_q": q[place],
        "gi_class": _classes(side, q)[place],
        "gi_note": pd.array(notes[place], dtype="str"),
    }
    return pd.DataFrame(columns, index=values.index)


def _check_options(inference: str, cap: float, permutations: int, seed: int) -> None:
    if inference not in _INFERENCES:
        raise ParameterError(
            f"'inference' is '{inference}', which is not one of its choices",
            hint=did_you_mean(inference, _INFERENCES),
        )
    if not 0.5 <= cap <= 1:
        raise ParameterError(
            f"'cap' is {cap:g}, but must be a share from 0.5 to 1",
            hint="set 'cap' to 0.95, or to 1 for no cap",
        )
    require_draws(permutations, name="permutations")
    require_seed(seed)


def _z_scores(sums: Sums, star: bool) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Return z, and where it is undefined the reason."""
    n, y = len(sums.y), sums.y
    notes = np.full(n, "", dtype=object)
    with np.errstate(divide="ignore", invalid="ignore"):
        if star:
            lag, total = sums.lag + sums.own * y, sums.total + sums.own
            variance = (n * (sums.squares + sums.own**2) - total**2) / (n - 1)
            z = lag / np.sqrt(variance)
            covering = (sums.number == n - 1) & sums.alike
        else:
            others = -y / (n - 1)  # mean of the others: all y add up to 0
            spread = (n - y**2) / (n - 1) - others**2  # their variance: all y² add up to n
            variance = spread * ((n - 1) * sums.squares - sums.total**2) / (n - 2)
            z = (sums.lag - others * sums.total) / np.sqrt(variance)
            covering = (sums.number == n - 1) & sums.equal
            notes[_only_different(y)] = "all other values are equal"
    notes[covering] = "its neighbourhood covers every area"
    notes[sums.number == 0] = "no neighbours"
    z[notes != ""] = np.nan
    return z, notes


def _only_different(y: Floats) -> Flags:
    """Mark the one value that differs where all others are equal (both, where there are but two)."""
    order = np.argsort(y)
    close = EQUAL * max(1.0, float(np.abs(y).max()))
    alone = np.zeros(len(y), dtype=bool)
    alone[order[0]] = y[order[-1]] - y[order[1]] <= close
    alone[order[-1]] = y[order[-2]] - y[order[0]] <= close
    return alone


def _two_sided(z: Floats) -> Floats:
    from scipy.special import ndtr

    p: Floats = 2 * ndtr(-np.abs(z))
    return p


def _require_equal_weights(codes: pd.Index[Any], equal: Flags, defined: Flags) -> None:
    unequal = np.flatnonzero(defined & ~equal)
    if len(unequal):
        raise ParameterError(
            f"the weights of '{codes[unequal[0]]}' and its neighbours differ, "
            "but 'inference' = 'exact' needs equal ones",
            hint="set 'inference' to 'permutation'",
        )


def _warn_of_the_normal_distribution(n: int) -> None:
    if n < _FEW:
        warnings.warn(
            f"Gi* of {n} values: with fewer than {_FEW} the normal distribution may be a poor guide to p; "
            "consider 'inference' set to 'exact'",
            InferenceWarning,
            stacklevel=4,
        )
    log.info(
        "Gi* by the normal distribution finds hotspots by chance where a few areas hold many incidents: "
        "on shuffled cells of crime 3 to 53 for every 100 on the real ones ('inference' = 'exact': none)"
    )


def _classes(side: Floats, q: Floats) -> pd.Categorical:
    named = np.where(np.isnan(side), "undefined", "none").astype(object)
    for level, label in reversed(_LEVELS):
        reached = q <= level
        named[reached & (side > 0)] = f"hot{label}"
        named[reached & (side < 0)] = f"cold{label}"
    return pd.Categorical(named, categories=list(GI_CLASSES))
