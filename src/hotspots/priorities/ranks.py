"""How sure a ranking is: the same selection made from drawn incidents or from varied weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.draws import require_draws, require_seed
from hotspots.base.errors import DataError, ParameterError
from hotspots.priorities.budgets import Budget
from hotspots.priorities.cube import Bad, Scale, Scored, score_cube
from hotspots.priorities.scoring import Composite, composite
from hotspots.priorities.selection import Rules, decide, take

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_MOST = 9_999
"""Runs: a country's 36,000 areas then take 1.4 GB, and the ends of an interval stand to a hundredth of its share."""


def rank_intervals(
    indicators: pd.DataFrame,
    *,
    draw: Callable[[np.random.Generator], Floats] | None = None,
    concentration: float | None = None,
    runs: int = 999,
    level: float = 0.95,
    seed: int = 0,
    top: int | None = None,
    weights: Mapping[str, float] | None = None,
    period_weights: Mapping[Any, float] | None = None,
    bad: Mapping[str, Bad] | None = None,
    districts: pd.Series[Any] | None = None,
    rules: Rules | None = None,
    budget: Budget | None = None,
    counts: pd.Series[Any] | None = None,
    km2: pd.Series[Any] | None = None,
    neighbours: Neighbours | None = None,
    scale: Scale | Mapping[str, Scale] = "log",
) -> pd.DataFrame:
    """Return between which ranks each area lies, and how likely it is selected.

    Each run draws the values of the indicators, or their weights, and ranks and selects as `select_areas` does.
    With values from `hotspots.priorities.draws.posterior` the interval is one of the area's rank by its lasting
    risk: it holds the true rank of 94 to 96 in 100 areas, at `level` 0.95, for counts of 3 to 500 in all and a
    dispersion of 1 to 2. It says nothing of how incidents are recorded. With `concentration` it says how far the
    choice of weights could move an area, which is a matter of judgement and has no such promise; so do one or
    the other, not both.

    Weights are drawn from a Dirichlet distribution around those given: with `concentration` 4 and five equal
    weights, a drawn weight is the given one with a standard deviation of 44 % of it; a weight of 0 stays 0.

    Parameters
    ----------
    indicators, weights, period_weights, bad, districts, rules, budget, counts, km2, neighbours, scale
        As for `select_areas`.
    draw : callable, optional
        Takes a generator and returns new values, of shape (areas, indicators, periods) with the indicators in
        the table's order and the periods ascending; see `hotspots.priorities.draws`. Without it
        the values stay as they are.
    concentration : float, optional
        How closely drawn weights keep to those given: the higher, the closer. None leaves them as they are.
    runs : int, default 999
        How many.
    level : float, default 0.95
        Share of the runs that the interval holds.
    seed : int, default 0
        Same seed, same result.
    top : int, optional
        Also count how often each area is among the first `top` of the ranking.

    Returns
    -------
    DataFrame
        On the index of `indicators`: ``rank_lo`` and ``rank_hi``, the ends of the interval (missing for an
        area without a score); ``sel_share``, the share of runs in which the area is selected, in [0, 1]; with
        `top`, ``top_share``, the share in which its rank is `top` or better, in [0, 1]. A run in which the budget
        cannot be met selects nothing.

    Raises
    ------
    ParameterError
        When nothing varies, or a value is out of range.
    DataError
        When `draw` returns another shape.

    References
    ----------
    Goldstein, H. and Spiegelhalter, D. J. (1996) League tables and their limitations: statistical issues in
    comparisons of institutional performance. Journal of the Royal Statistical Society A 159(3), 385-443.
    https://doi.org/10.2307/2983325

    Saisana, M., Saltelli, A. and Tarantola, S. (2005) Uncertainty and sensitivity analysis techniques as
    tools for the quality assessment of composite indicators. Journal of the Royal Statistical Society A
    168(2), 307-323. https://doi.org/10.1111/j.1467-985X.2005.00350.x

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"Crime": [10, 12, 11, 13, 12, 11, 10, 60], "ASB": [5, 4, 6, 5, 4, 6, 5, 30]}, index=list("abcdefgh"))
    >>> rank_intervals(table, concentration=4, runs=99).loc["h"].astype(float).to_dict()
    {'rank_lo': 1.0, 'rank_hi': 1.0, 'sel_share': 1.0}
    """
    if draw is None and concentration is None:
        raise ParameterError(
            "neither values nor weights vary, so every run is the same",
            hint="give 'draw' or 'concentration'",
        )
    require_variation(concentration=concentration, runs=runs, level=level, seed=seed, top=top)
    rules = rules or Rules()
    scored = score_cube(
        indicators, weights=weights, period_weights=period_weights, bad=bad, districts=districts, scale=scale
    )
    random = np.random.default_rng(seed)
    codes = np.unique(scored.codes.astype(str).to_numpy(dtype=str), return_inverse=True)[1]
    ranks = np.full((runs, len(codes)), np.nan, dtype=np.float32)  # whole, and under ten million
    selected = np.zeros(len(codes))
    unscored = np.isnan(_composite(scored, scored.cube, scored.weights, rules).score)
    for run in range(runs):
        values = scored.cube if draw is None else _drawn(draw, random, scored)
        drawn = scored.weights if concentration is None else _draw(scored.weights, concentration, random)
        made = _composite(scored, values, drawn, rules)
        made.score[unscored] = np.nan
        made.by_period[unscored] = np.nan
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
    found = _intervals(ranks, selected / runs, level, scored.codes)
    return found if top is None else found.assign(top_share=(ranks <= top).mean(axis=0))


def _composite(scored: Scored, values: Floats, weights: Floats, rules: Rules) -> Composite:
    z = scored.z(values, ddof=rules.ddof)
    return composite(z, weights, scored.period_weights, least_known=rules.least_known)


def require_variation(
    *, concentration: float | None, runs: int, level: float, seed: int, top: int | None
) -> None:
    """Refuse what no interval can be made with; see `rank_intervals`.

    Raises
    ------
    ParameterError
        When a value is out of range.
    """
    if top is not None and top < 1:
        raise ParameterError(
            f"'top' is {top}, but must be 1 or more", hint="set 'top' to a number such as 10"
        )
    if concentration is not None and not 0 < concentration < np.inf:
        raise ParameterError(
            f"'concentration' is {concentration:g}, but must be more than 0",
            hint="set 'concentration' to a number such as 4",
        )
    require_draws(runs, name="runs", usual=999, most=_MOST)
    require_seed(seed)
    if not 0 < level < 1:
        raise ParameterError(
            f"'level' is {level:g}", hint="use a share between 0 and 1, such as 'level' = 0.95"
        )


def _drawn(
    draw: Callable[[np.random.Generator], Floats], random: np.random.Generator, scored: Scored
) -> Floats:
    values = draw(random)
    if values.shape != scored.cube.shape:
        raise DataError(
            f"'draw' returned values of shape {values.shape}, but the indicators have {scored.cube.shape}",
            hint="return (areas, indicators, periods), such as hotspots.priorities.draws.posterior does",
        )
    return values


def _draw(weights: Floats, concentration: float, random: np.random.Generator) -> Floats:
    """Return weights around those given, as gamma variates, of which only the proportions matter."""
    positive = weights > 0
    shape = weights / weights.sum() * concentration * positive.sum()
    drawn = np.where(positive, random.gamma(np.where(positive, shape, 1.0)), 0.0)
    return drawn if drawn.any() else weights


def _intervals(
    ranks: npt.NDArray[np.float32], share: Floats, level: float, index: pd.Index[Any]
) -> pd.DataFrame:
    ends = {}
    scored = np.flatnonzero(~np.isnan(ranks).all(axis=0))
    tail = (1 - level) / 2
    held = ranks[:, scored]
    # numpy goes through the columns one by one where some may have gaps.
    quantile_of: Any = np.nanquantile if np.isnan(held).any() else np.quantile
    for name, quantile in (("rank_lo", tail), ("rank_hi", 1 - tail)):
        column = pd.array([pd.NA] * len(index), dtype="Int64")
        found = quantile_of(held, quantile, axis=0, method="closest_observation")
        column[scored] = found.astype(np.int64)
        ends[name] = column
    return pd.DataFrame({**ends, "sel_share": share}, index=index)
