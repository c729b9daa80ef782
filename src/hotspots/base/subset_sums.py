"""How large the sum over a few areas is by chance: exactly, over every way to lay the values out."""

from __future__ import annotations

import logging
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel
from hotspots.base.errors import ParameterError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEVELS = 400
"""Values are coded as whole numbers from 0 to at most this."""

_REACH = 16_000
"""Where areas have many neighbours there are fewer levels, so that sums stay under about this many ..."""
_LEAST_LEVELS = 20
"""... but never fewer than this."""
_FLOOR = 1e-12
"""Least probability that is right after a value has been taken out of a distribution again."""
_MOST_STEPS = 5e10
"""Additions after which an exact distribution is no longer worth the wait: about a minute."""

_log = logging.getLogger(__name__)


def neighbourhood_tails(
    x: Floats, links: Any, *, own: Literal["moved", "held"], cap: float = 0.95
) -> tuple[Floats, Floats]:
    """Return how likely chance alone makes each area's sum so large, and so small: exact, without a draw.

    The values are taken as laid out over the areas at random, every arrangement as likely as every other. Before
    that, those above a quantile are pulled in to it, so that no single value decides; which values these are does
    not depend on where they lie, and so the probabilities are exact for what is left. Values with many levels are
    rounded to 400 equal steps (fewer where an area has more than 40 neighbours), which changes nothing in that.

    Parameters
    ----------
    x : ndarray of float64, shape (n,)
        Finite values.
    links : scipy.sparse.csr_array, shape (n, n)
        Who is whose neighbour; the weights are not looked at, and the diagonal must be empty.
    own : {'moved', 'held'}
        ``"moved"``: the sum is over the area and its neighbours, and all values change places. ``"held"``: it is
        over the neighbours alone, the area's own value stays, and the others change places.
    cap : float, default 0.95
        Share in (0, 1]. Where no value is negative, values above this quantile of those over 0 become it; where
        some are, both ends are pulled in, at this quantile and at 1 - `cap`. At 1, no value is.

    Returns
    -------
    upper, lower : ndarray of float64, shape (n,)
        The probability of a sum at least, and at most, as large as the area's. 1 for areas without neighbours.
        With ``"held"`` never under 1e-12.

    Raises
    ------
    ParameterError
        When areas have so many neighbours that the distribution is out of reach.

    Examples
    --------
    Nine areas in a ring. Of the 84 ways to choose three values, one adds up to more than the 107 of the eighth:

    >>> from scipy import sparse
    >>> ring = sparse.csr_array(np.roll(np.eye(9), 1, axis=1) + np.roll(np.eye(9), -1, axis=1))
    >>> x = np.array([1.0, 1, 2, 2, 3, 3, 4, 4, 100])
    >>> upper, _ = neighbourhood_tails(x, ring, own="moved", cap=1)
    >>> upper.round(6).tolist()
    [0.333333, 1.0, 0.97619, 0.809524, 0.666667, 0.404762, 0.357143, 0.011905, 0.214286]
    """
    capped = cap_values(x, cap)
    _say_what_was_capped(x, capped, cap)
    number = np.diff(links.indptr).astype(np.int64)
    sizes = number + (own == "moved")
    coded = code_values(capped, int(number.max(initial=0)))
    binary = type(links)((np.ones(links.nnz), links.indices, links.indptr), shape=links.shape)
    sums = np.rint(binary @ coded.astype(float)).astype(np.int64) + coded * (own == "moved")
    upper, lower = np.ones(len(x)), np.ones(len(x))
    linked = np.flatnonzero(number > 0)
    if len(linked) == 0:
        return upper, lower
    if own == "moved":
        upper[linked], lower[linked] = subset_tails(coded, sizes[linked], sums[linked])
    else:
        upper[linked], lower[linked] = _tails_without_own(coded, linked, sizes[linked], sums[linked])
    return upper, lower


def cap_values(x: Floats, cap: float) -> Floats:
    """Return the values with the largest pulled in to a quantile (the smallest too, where some are negative).

    Parameters
    ----------
    x, cap
        As for `neighbourhood_tails`. A quantile is one of the values: the least that `cap` of them do not exceed.

    Returns
    -------
    ndarray of float64

    Examples
    --------
    >>> cap_values(np.array([0.0, 0, 1, 2, 3, 4, 90]), 0.8).tolist()
    [0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 4.0]
    """
    if (x >= 0).all():
        over = x[x > 0]
        return np.minimum(x, np.quantile(over, cap, method="inverted_cdf")) if len(over) else x
    lower, upper = (-np.quantile(-x, cap, method="inverted_cdf"), np.quantile(x, cap, method="inverted_cdf"))
    return np.clip(x, lower, upper)


def code_values(x: Floats, longest: int) -> Integers:
    """Return whole numbers from 0 in place of the values: exact where they are whole and few, else in equal steps.

    Parameters
    ----------
    x : ndarray of float64
    longest : int
        The most neighbours that an area has.

    Examples
    --------
    >>> code_values(np.array([3.0, 1, 1, 7]), 8).tolist(), code_values(np.array([0.0, 0.5, 2]), 8).tolist()
    ([2, 0, 0, 6], [0, 100, 400])
    """
    levels = max(_LEAST_LEVELS, min(LEVELS, _REACH // max(longest, 1)))
    low, spread = x.min(), np.ptp(x)
    if spread == 0 or ((x == np.round(x)).all() and spread <= levels):
        coded = x - low
    else:
        coded = np.rint((x - low) / spread * levels)
    whole: Integers = coded.astype(np.int64)
    return whole


def _say_what_was_capped(x: Floats, capped: Floats, cap: float) -> None:
    above = int((x > capped).sum())
    if above:
        _log.info(
            "Exact p: values over %s count as %s (the %g quantile%s), %s of %s",
            *[f"{capped.max():,.6g}"] * 2, cap, " of those over 0" * bool((x >= 0).all()), f"{above:,}", f"{len(x):,}",
        )  # fmt: skip


def subset_tails(coded: Integers, sizes: Integers, sums: Integers) -> tuple[Floats, Floats]:
    """Return how likely a sum of values chosen at random is so large, and so small.

    Parameters
    ----------
    coded : ndarray of int64, shape (n,)
        Whole numbers from 0, such as `code_values` makes: each choice of as many of them is as likely as any other.
    sizes, sums : ndarray of int64, shape (m,)
        How many are chosen, and what they are compared with; any number, reached or not.

    Returns
    -------
    upper, lower : ndarray of float64, shape (m,)
        P(sum of `sizes` of all values at least, and at most, `sums`).

    Raises
    ------
    ParameterError
        When the distribution is out of reach.

    Examples
    --------
    Of the six pairs of 0, 1, 2 and 3, two add up to 4 or more and none to more than 5:

    >>> upper, lower = subset_tails(np.array([0, 1, 2, 3]), np.array([2, 2]), np.array([4, 9]))
    >>> upper.round(4).tolist(), lower.round(4).tolist()
    ([0.3333, 0.0], [0.8333, 1.0])
    """
    # The sum over most values is the total less the sum over the few that are left out.
    few = 2 * sizes <= len(coded)
    size = np.where(few, sizes, len(coded) - sizes)
    observed = np.where(few, sums, coded.sum() - sums)
    shares = _distribution(coded, int(size.max()))
    upper, lower = np.ones(len(size)), np.ones(len(size))
    for m in np.unique(size):
        at = size == m
        upper[at], lower[at] = _from_both_ends(shares[m], observed[at])
    return np.where(few, upper, lower), np.where(few, lower, upper)


def _tails_without_own(
    coded: Integers, areas: Integers, sizes: Integers, sums: Integers
) -> tuple[Floats, Floats]:
    """Return the same of all values but each area's own.

    A k-subset of all n holds the value v with probability k/n, and without it is a k-subset of the others: the
    distribution over the others is what that leaves. The error stays at rounding's as long as k is under n/2.
    """
    others, own = len(coded) - 1, coded[areas]
    few = 2 * sizes <= others
    size = np.where(few, sizes, others - sizes)
    observed = np.where(few, sums, coded.sum() - own - sums)
    longest = int(size.max())
    shares = _distribution(coded, longest)
    upper, lower = np.ones(len(size)), np.ones(len(size))
    without = np.zeros_like(shares)
    without[0, 0] = 1.0
    for value in np.unique(own):
        for k in range(1, longest + 1):
            without[k] = shares[k] * (others + 1)
            without[k, value:] -= k * without[k - 1, : without.shape[1] - value]
            without[k] /= others + 1 - k
        held = own == value
        for m in np.unique(size[held]):
            at = held & (size == m)
            upper[at], lower[at] = _from_both_ends(without[m], observed[at])
    upper, lower = np.maximum(upper, _FLOOR), np.maximum(lower, _FLOOR)
    return np.where(few, upper, lower), np.where(few, lower, upper)


def _from_both_ends(shares: Floats, at: Integers) -> tuple[Floats, Floats]:
    """Return the shares at and above, and at and below; each added up from its own end, where it is small."""
    upper = np.append(np.minimum(shares[::-1].cumsum()[::-1], 1.0), 0.0)
    lower = np.append(0.0, np.minimum(shares.cumsum(), 1.0))
    return upper[np.clip(at, 0, len(shares))], lower[np.clip(at + 1, 0, len(shares))]


def _distribution(coded: Integers, longest: int) -> Floats:
    """Return the probability of each sum of k values chosen at random, in row k, for k up to `longest`."""
    from scipy.special import gammaln

    values, copies = np.unique(coded, return_counts=True)
    width = int(np.sort(coded)[len(coded) - longest :].sum()) + 1
    steps = float(np.minimum(copies, longest).sum()) * longest * width / 2
    if steps > _MOST_STEPS:
        raise ParameterError(
            f"exact p values of sums over {longest:,} of {len(coded):,} areas are out of reach",
            hint="set 'inference' to 'permutation', or give each area fewer neighbours "
            "with 'neighbours' = 'nearest'",
        )
    shares: Floats = spread_sums(values, copies, longest, width, gammaln(np.arange(len(coded) + 1) + 1.0))
    return shares


@kernel()
def spread_sums(
    values: Integers, copies: Integers, longest: int, width: int, log_factorial: Floats
) -> Floats:
    """Return the distribution of the sum of k values drawn without replacement, in row k.

    One distinct value after the other joins those that can be drawn: of k drawn, j are copies of it with a
    hypergeometric probability. All terms are positive, so that even the smallest keep their digits.
    """
    shares = np.zeros((longest + 1, width))
    shares[0, 0] = 1.0
    most = np.zeros(longest + 1, dtype=np.int64)  # the largest sum of k so far
    row = np.empty(width)
    chance = np.empty(longest + 1)
    held = 0
    for g in range(values.size):
        for k in range(min(longest, held + copies[g]), 0, -1):
            first = max(0, k - held)
            last = min(k, copies[g])
            largest = 0
            peak = -np.inf
            for j in range(first, last + 1):
                chance[j] = -(log_factorial[j] + log_factorial[copies[g] - j])
                chance[j] -= log_factorial[k - j] + log_factorial[held - k + j]
                peak = max(peak, chance[j])
                largest = max(largest, most[k - j] + j * values[g])
            total = 0.0
            for j in range(first, last + 1):
                chance[j] = np.exp(chance[j] - peak)
                total += chance[j]
            row[: largest + 1] = 0.0
            for j in range(first, last + 1):
                share = chance[j] / total
                for s in range(most[k - j] + 1):
                    row[s + j * values[g]] += share * shares[k - j, s]
            for s in range(largest + 1):
                shares[k, s] = row[s]
            most[k] = largest
        held += copies[g]
    return shares
