"""The arithmetic of area selection on plain arrays, so that a thousand resamples take a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FEWEST_AREAS = 6
"""With fewer values, none can exceed their mean by 2 SD, so none is scored."""
DECIMALS = 9
"""Scores are rounded to this many decimals: rounding errors neither make nor break ties."""

_EQUAL = 1e-12
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Composite:
    """Scores of n areas in T periods, from an (n, I, T) cube of standard scores.

    Attributes
    ----------
    score : (n,) array
        Weighted mean over all indicators and periods known; NaN where too little is known.
    known : (n,) array
        Share of the weight that is known.
    by_period : (n, T) array
        Weighted mean over the indicators, for each period.
    """

    score: Floats
    known: Floats
    by_period: Floats

    def order(self, codes: npt.NDArray[Any]) -> Integers:
        """Return the positions of the scored areas: highest score, then highest latest period, then code.

        Instead of the codes their places in order will do, which are sorted sooner.
        """
        latest = np.where(np.isnan(self.by_period[:, -1]), -np.inf, self.by_period[:, -1])
        ranked = np.lexsort((codes, -latest, -np.where(np.isnan(self.score), -np.inf, self.score)))
        kept: Integers = ranked[~np.isnan(self.score[ranked])].astype(np.int64)
        return kept


def standard_scores(x: Floats, ddof: int) -> Floats:
    """Return SDs above the mean over the first axis; NaN throughout where under six are known or all are equal."""
    every = np.ones(len(x), dtype=bool)
    return grouped_scores(x, np.zeros(len(x), dtype=np.int64), ddof, every)


def grouped_scores(x: Floats, groups: Integers, ddof: int, reference: Bools) -> Floats:
    """Return `standard_scores` within each group; group -1 has none.

    Mean and SD are those of the rows that `reference` marks, and all rows of the group are scored by them.
    """
    scored = np.full(x.shape, np.nan)
    # All groups at once, for a country has hundreds: their members lie together, and each group's begin at `starts`.
    members = np.argsort(groups, kind="stable")[np.count_nonzero(groups < 0) :]
    if not len(members):
        return scored
    starts = np.flatnonzero(np.diff(groups[members], prepend=-1))
    sizes = np.diff(starts, append=len(members))
    x, known = x[members], ~np.isnan(x[members])
    base = known & reference[members].reshape(-1, *[1] * (x.ndim - 1))

    def spread(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.repeat(values, sizes, axis=0)

    n = np.add.reduceat(base, starts, axis=0, dtype=np.int64)
    filled = np.where(base, x, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = spread(np.add.reduceat(filled, starts, axis=0) / n)
        deviation = np.where(base, x - mean, 0.0)
        sd = np.sqrt(np.add.reduceat(deviation**2, starts, axis=0) / (n - ddof))
        largest = [np.maximum.reduceat(np.abs(values), starts, axis=0) for values in (deviation, filled)]
        told = (n >= FEWEST_AREAS) & (largest[0] > _EQUAL * largest[1])
        scored[members] = np.where(known & spread(told), (x - mean) / spread(sd), np.nan)
    return scored


def composite(z: Floats, weights: Floats, period_weights: Floats, *, least_known: float) -> Composite:
    """Combine an (n, I, T) cube of scores by weights of shape (I,) and (T,), leaving out what is missing.

    What no area has (an indicator in a period that it was not measured in) is not missing but absent.
    """
    known = ~np.isnan(z)
    filled = np.where(known, z, 0.0)
    of_indicator, of_period = weights / weights.sum(), period_weights / period_weights.sum()
    cells = of_indicator[:, None] * of_period[None, :]
    measured = known.any(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (known * cells).sum(axis=(1, 2))
        share = np.round(weight / (measured * cells).sum(), DECIMALS)
        score = np.round((filled * cells).sum(axis=(1, 2)) / weight, DECIMALS)
        in_period = (known * of_indicator[:, None]).sum(axis=1)
        by_period = np.round((filled * of_indicator[:, None]).sum(axis=1) / in_period, DECIMALS)
    enough = (share >= least_known) & (weight > 0)
    score = np.where(enough, score, np.nan)
    return Composite(score, share, np.where(enough[:, None] & (in_period > 0), by_period, np.nan))


@dataclass(frozen=True, eq=False)
class Standing:
    """Where the scores stand among those of all areas, or of the same district."""

    level: Floats
    by_period: Floats
    persist: Floats


def standing(
    made: Composite,
    *,
    ddof: int,
    flagged: float,
    groups: Integers | None = None,
    reference: Bools | None = None,
) -> Standing:
    """Score the composite itself, over all periods and in each, and count the periods in which it is flagged.

    Against all areas or, with `groups` and `reference`, against those of the same group that are marked.
    """
    both = np.column_stack([made.score, made.by_period])
    if groups is None or reference is None:
        scored = standard_scores(both, ddof)
    else:
        scored = grouped_scores(both, groups, ddof, reference)
    scored = np.round(scored, DECIMALS)
    level, by_period = scored[:, 0], scored[:, 1:]
    counted = (~np.isnan(by_period)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        persist = (by_period > flagged).sum(axis=1) / counted
    return Standing(level, by_period, np.where(np.isnan(level), np.nan, persist))
