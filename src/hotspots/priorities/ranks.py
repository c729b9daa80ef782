"""How sure a ranking is: the same selection made from resampled incidents and varied weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError, ParameterError
from hotspots.priorities.budgets import Budget
from hotspots.priorities.cube import Bad, Scored, score_cube
from hotspots.priorities.scoring import composite
from hotspots.priorities.selection import Rules, decide, take

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def rank_intervals(
    indicators: pd.DataFrame,
    *,
    resample: Callable[[np.random.Generator], Floats] | None = None,
    concentration: float | None = 4.0,
    runs: int = 999,
    level: float = 0.95,
    seed: int = 0,
    weights: Mapping[str, float] | None = None,
    period_weights: Mapping[Any, float] | None = None,
    bad: Mapping[str, Bad] | None = None,
    districts: pd.Series[Any] | None = None,
    rules: Rules | None = None,
    budget: Budget | None = None,
    counts: pd.Series[Any] | None = None,
    km2: pd.Series[Any] | None = None,
    neighbours: Neighbours | None = None,
) -> pd.DataFrame:
    """Return between which ranks each area falls when incidents and weights vary, and how often it is selected.

    Each run draws the incidents anew, or the indicators' weights, or both, and ranks and selects as
    `select_areas` does. Weights are drawn from a Dirichlet distribution around those given: with
    `concentration` 4 and five equal weights, a drawn weight is the given one with a standard deviation of 44 %
    of it; a weight of 0 stays 0. The interval says how far chance in the counts and one's choice of
    weights could move an area; it says nothing of how incidents are recorded.

    Parameters
    ----------
    indicators, weights, period_weights, bad, districts, rules, budget, counts, km2, neighbours
        As for `select_areas`.
    resample : callable, optional
        Takes a generator and returns new values, of shape (areas, indicators, periods) with the indicators in
        the table's order and the periods ascending; see `hotspots.priorities.indicators.Indicators.resampler`.
        Without it incidents are not varied.
    concentration : float or None, default 4
        How closely drawn weights keep to those given: the higher, the closer. None leaves them as they are.
    runs : int, default 999
        How many.
    level : float, default 0.95
        Share of the runs that the interval holds.
    seed : int, default 0
        Same seed, same result.

    Returns
    -------
    DataFrame
        On the index of `indicators`: ``rank_lo`` and ``rank_hi``, the ends of the interval (missing for an
        area without a score); ``sel_share``, the share of runs in which the area is selected, in [0, 1]. A
        run in which the budget cannot be met selects nothing.

    Raises
    ------
    ParameterError
        When nothing varies, or a value is out of range.
    DataError
        When `resample` returns another shape.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993) An Introduction to the Bootstrap.
    https://doi.org/10.1007/978-1-4899-4541-9

    Saisana, M., Saltelli, A. and Tarantola, S. (2005) Uncertainty and sensitivity analysis techniques as
    tools for the quality assessment of composite indicators. Journal of the Royal Statistical Society A
    168(2), 307-323. https://doi.org/10.1111/j.1467-985X.2005.00350.x

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"Crime": [10, 12, 11, 13, 12, 11, 10, 60], "ASB": [5, 4, 6, 5, 4, 6, 5, 30]}, index=list("abcdefgh"))
    >>> rank_intervals(table, runs=99).loc["h"].astype(float).to_dict()
    {'rank_lo': 1.0, 'rank_hi': 1.0, 'sel_share': 1.0}
    """
    _check(resample, concentration, runs, level)
    rules = rules or Rules()
    scored = score_cube(
        indicators, weights=weights, period_weights=period_weights, bad=bad, districts=districts
    )
    random = np.random.default_rng(seed)
    codes = scored.codes.astype(str).to_numpy(dtype=str)
    ranks = np.full((runs, len(codes)), np.nan)
    selected = np.zeros(len(codes))
    for run in range(runs):
        values = scored.cube if resample is None else _resampled(resample, random, scored)
        drawn = (
            scored
            if concentration is None
            else replace(scored, weights=_draw(scored.weights, concentration, random))
        )
        made = composite(
            scored.z(values, ddof=rules.ddof),
            drawn.weights,
            scored.period_weights,
            least_known=rules.least_known,
        )
        ranked = made.order(codes)
        ranks[run, ranked] = np.arange(1, len(ranked) + 1)
        try:
            order, taken = take(
                scored,
                ranked,
                decide(scored, made, rules),
                budget,
                counts=counts,
                km2=km2,
                neighbours=neighbours,
            )
        except ParameterError:  # what this run ranks first may not fit the budget: nothing is selected
            continue
        selected[order[:taken]] += 1
    return _intervals(ranks, selected / runs, level, scored.codes)


def _check(resample: object, concentration: float | None, runs: int, level: float) -> None:
    if resample is None and concentration is None:
        raise ParameterError(
            "neither incidents nor weights vary, so every run is the same",
            hint="give 'resample' or 'concentration'",
        )
    if concentration is not None and not 0 < concentration < np.inf:
        raise ParameterError(
            f"'concentration' is {concentration:g}, but must be more than 0",
            hint="set 'concentration' to a number such as 4",
        )
    if runs < 99:
        raise ParameterError(f"'runs' is {runs}, too few for an interval", hint="set 'runs' to 99 or more")
    if not 0 < level < 1:
        raise ParameterError(
            f"'level' is {level:g}", hint="use a share between 0 and 1, such as 'level' = 0.95"
        )


def _resampled(
    resample: Callable[[np.random.Generator], Floats], random: np.random.Generator, scored: Scored
) -> Floats:
    values = resample(random)
    if values.shape != scored.cube.shape:
        raise DataError(
            f"'resample' returned values of shape {values.shape}, but the indicators have {scored.cube.shape}",
            hint="return (areas, indicators, periods), such as Indicators.resampler() does",
        )
    return values


def _draw(weights: Floats, concentration: float, random: np.random.Generator) -> Floats:
    """Return weights around those given, as gamma variates, of which only the proportions matter."""
    positive = weights > 0
    shape = weights / weights.sum() * concentration * positive.sum()
    drawn = np.where(positive, random.gamma(np.where(positive, shape, 1.0)), 0.0)
    return drawn if drawn.any() else weights


def _intervals(ranks: Floats, share: Floats, level: float, index: pd.Index[Any]) -> pd.DataFrame:
    ends = {}
    scored = np.flatnonzero(~np.isnan(ranks).all(axis=0))
    tail = (1 - level) / 2
    for name, quantile in (("rank_lo", tail), ("rank_hi", 1 - tail)):
        column = pd.array([pd.NA] * len(index), dtype="Int64")
        found = np.nanquantile(ranks[:, scored], quantile, axis=0, method="closest_observation")
        column[scored] = found.astype(np.int64)
        ends[name] = column
    return pd.DataFrame({**ends, "sel_share": share}, index=index)
