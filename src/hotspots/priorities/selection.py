"""Priority areas: several indicators over several periods to one ranking, and to a short list."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError, ParameterError
from hotspots.priorities.budgets import Budget, how_many, on_index, taking_order
from hotspots.priorities.cube import Bad, Scale, Scored, report_small_districts, report_unscored, score_cube
from hotspots.priorities.scoring import FEWEST_AREAS, Composite, Standing, composite, standing

PRIORITIES = ("force-wide", "local", "watch", "")
"""The priorities, from the highest; the last is none."""
Wide = Literal["force-wide", "overall"]
"""What a reader calls the highest priority: force-wide, or overall where the areas are a part of a force only."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rules:
    """When an area is a priority. All thresholds are in standard deviations above a mean.

    Attributes
    ----------
    force_wide : float, default 2
        Force-wide: the area's score is more than this many SDs above the mean score of all areas.
    local : float, default 2
        Local: not force-wide, and the score is more than this many SDs above the mean score of the areas of
        its district that are not force-wide either. (A town centre that stands out of the whole force would
        raise mean and SD so far that nothing else in its district could stand out.)
    flagged : float, default 1
        A period counts as flagged when the area's score of that period is more than this many SDs above the
        mean of all areas (for a local priority, of its district) in that period.
    persistent : float, default 0.5
        A priority is flagged in at least this share of its periods; else it is watched.
    near : float, default 0.25
        Watch: at most this many SDs below the force-wide or the local threshold.
    rise : float, default 0.5
        Watch: flagged in the latest period, when its score is at least this much above the mean of its
        earlier ones.
    least_known : float, default 0.5
        An area has a score when at least this share of the weight of its indicators and periods is known.
    ddof : {0, 1}, default 1
        1: sample SD (division by n - 1); 0: population SD.

    Raises
    ------
    ParameterError
        When a value is out of range.
    """

    force_wide: float = 2.0
    local: float = 2.0
    flagged: float = 1.0
    persistent: float = 0.5
    near: float = 0.25
    rise: float = 0.5
    least_known: float = 0.5
    ddof: int = 1

    def __post_init__(self) -> None:
        for name in ("force_wide", "local", "flagged", "near", "rise"):
            value = getattr(self, name)
            if not 0 <= value < np.inf:
                raise ParameterError(
                    f"'{name}' is {value:g} SD, but must be 0 or more", hint=f"set '{name}' in SDs, such as 1"
                )
        for name in ("persistent", "least_known"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ParameterError(
                    f"'{name}' is {value:g}, but a share lies between 0 and 1",
                    hint=f"set '{name}' to a share such as 0.5",
                )
        if self.ddof not in (0, 1):
            raise ParameterError(
                f"'ddof' is {self.ddof}, but only 0 and 1 are defined", hint="set 'ddof' to 1, the sample SD"
            )


def select_areas(
    indicators: pd.DataFrame,
    *,
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
    """Rank areas by several indicators over several periods, and select the priorities.

    Each indicator in each period is scaled, and scored in standard deviations above the unweighted mean of all
    areas. On the scale of rates the score would find town centres and little else: a few areas lie so far out
    that mean and SD are theirs. An area's score is the weighted mean of these: 1 says that, over its indicators
    and periods, it stands on average one SD above the mean; there is no upper or lower limit. The scores are
    then themselves compared with those of all areas and with those of the area's own district, which gives
    the priorities of `Rules`. It is a description, not a significance test: see `rank_intervals` for how far
    the ranks can be relied on.

    Parameters
    ----------
    indicators : DataFrame of numbers, one row per area
        Columns are pairs (indicator, period); the period "all" marks an indicator that was
        measured once and counts in every period. Plain columns are taken as indicators of one period.
        Missing values (NaN) are never taken as zero: the score is the mean over what is known, and an area of
        which under `Rules.least_known` of the weight is known has none.
    weights : mapping of str to float, optional
        Weight of each indicator, 0 or more; 1 where not named. Only their proportions matter.
    period_weights : mapping of period to float, optional
        Weight of each period, in the same way.
    bad : mapping of str to {'high', 'low'}, optional
        Which end of an indicator is the worse; "high" where not named. A deprivation rank, in which 1 is the
        most deprived, is "low".
    districts : Series of str, optional
        District of each area, for local priorities, on the indicators' index in any order. A district of
        under six areas has none: there, nothing can stand out by 2 SD.
    rules : Rules, optional
        The thresholds; by default `Rules()`.
    budget : Budget, optional
        Select by a budget instead of by priority.
    counts, km2 : Series of float, optional
        Incidents (or harm) and size of each area, where the budget is measured in them.
    neighbours : Neighbours, optional
        Which areas touch, for a budget in one piece.
    scale : {'log', 'capped', 'plain'}, or mapping of str to one of them, default 'log'
        How the values of each indicator are scaled, within each period: "log", ln(1 + value / mean of the
        areas), for values of 0 or more with a long tail, such as rates; "capped", where the worse end is cut
        at what 95 % of the areas do not pass, for any values; "plain", as they are, the scale of
        `flag_mean_sd`. "log" where not named.

    Returns
    -------
    DataFrame
        On the index of `indicators`, in its order:

        - ``score``: the weighted mean of scores, in SDs; NaN where too little is known.
        - ``score_sd``: SDs of the score above the mean score of all areas.
        - ``score_loc``: the same against the areas of its district that are not force-wide; NaN without
          districts, or where under six such areas are known.
        - ``persist``: share of periods in which the area is flagged against all areas, in [0, 1].
        - ``pers_loc``: the same within its district.
        - ``known``: share of the weight that is known, in [0, 1].
        - ``rank``: 1 for the highest score; equal scores by the higher latest period, then by code.
        - ``priority``: categorical of `PRIORITIES`.
        - ``watch``: why it is watched: "near force-wide", "near local", "brief" (over a threshold, but not
          persistent) or "rising"; else empty.
        - ``selected``: whether it is force-wide or local or, with a budget, within it.
        - ``turn``: its place in the order in which areas are taken; missing where it cannot be.

    Raises
    ------
    DataError
        When the table is empty, holds no numbers, or nothing in it can be scored; when a value below 0 is to
        be scaled by its logarithm.
    ParameterError
        When a weight is negative, all are 0, a name is unknown, or the budget cannot be met.

    Warns
    -----
    HotspotsWarning
        When an indicator has equal values everywhere, or under six, in a period: it is left out there. When
        one is missing for some of the areas: their score is the mean over what is known.

    References
    ----------
    OECD and JRC (2008) Handbook on constructing composite indicators, sections 5 to 7 (standardisation,
    weighting, linear aggregation, sensitivity). https://doi.org/10.1787/9789264043466-en

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {("Crime", "2024"): [10, 12, 11, 13, 12, 11, 10, 60], ("Crime", "2025"): [11, 11, 12, 13, 12, 10, 9, 71]},
    ...     index=list("abcdefgh"))
    >>> chosen = select_areas(table)
    >>> chosen.loc["h", ["rank", "priority", "persist"]].to_dict()
    {'rank': 1, 'priority': 'force-wide', 'persist': 1.0}
    >>> chosen.index[chosen["selected"]].tolist()
    ['h']
    """
    rules = rules or Rules()
    scored = score_cube(
        indicators, weights=weights, period_weights=period_weights, bad=bad, districts=districts, scale=scale
    )
    z = scored.z(ddof=rules.ddof)
    report_unscored(scored, z)
    if districts is not None:
        report_small_districts(districts, scored.codes)
    made = composite(z, scored.weights, scored.period_weights, least_known=rules.least_known)
    if np.isnan(made.score).all():
        raise DataError(
            "no area has a score: every indicator is equal everywhere, or known for too few areas",
            hint=f"give an indicator that differs between areas and is known for {FEWEST_AREAS} or more of them",
        )
    decided = decide(scored, made, rules)
    ranked = made.order(scored.codes.astype(str).to_numpy(dtype=str))
    if budget is not None and budget.order is None and budget.takes == "count":
        _log.info(
            "Areas with most incidents are taken first, for the smallest set (or set 'order' to 'score')"
        )
    order, taken = take(scored, ranked, decided, budget, counts=counts, km2=km2, neighbours=neighbours)
    return _table(scored, made, decided, ranked, order, taken)


def flags_over_time(
    indicators: pd.DataFrame,
    *,
    weights: Mapping[str, float] | None = None,
    bad: Mapping[str, Bad] | None = None,
    rules: Rules | None = None,
    scale: Scale | Mapping[str, Scale] = "log",
) -> pd.DataFrame:
    """Return in which periods each area's score is flagged against all areas, as `Rules.flagged` has it.

    Parameters
    ----------
    indicators, weights, bad, rules, scale
        As for `select_areas`.

    Returns
    -------
    DataFrame of bool
        Areas by periods, on the index of `indicators`; what `hotspots.methods.stability` takes. An area
        without a score in a period is not flagged in it.

    Raises
    ------
    DataError, ParameterError
        As `select_areas`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {("Crime", "2024"): [10, 12, 11, 13, 12, 60], ("Crime", "2025"): [11, 70, 12, 13, 12, 14]},
    ...     index=list("abcdef"))
    >>> flags_over_time(table).loc["f"].tolist()
    [True, False]
    """
    rules = rules or Rules()
    scored = score_cube(indicators, weights=weights, bad=bad, scale=scale)
    even = np.ones(len(scored.periods))
    made = composite(scored.z(ddof=rules.ddof), scored.weights, even, least_known=rules.least_known)
    force = standing(made, ddof=rules.ddof, flagged=rules.flagged)
    return pd.DataFrame(
        force.by_period > rules.flagged, index=scored.codes, columns=pd.Index(scored.periods, name="period")
    )


@dataclass(frozen=True, eq=False)
class Decided:
    """The priorities, as positions in `PRIORITIES`, and what they rest on."""

    force: Standing
    local: Standing
    priority: Integers
    watch: npt.NDArray[np.object_]


def decide(scored: Scored, made: Composite, rules: Rules) -> Decided:
    """Apply the rules to composite scores."""
    force = standing(made, ddof=rules.ddof, flagged=rules.flagged)
    over = force.level > rules.force_wide
    is_force = over & (force.persist >= rules.persistent)
    groups = np.full(len(scored.codes), -1) if scored.groups is None else scored.groups
    # A town centre that stands out of the whole force would hide what else stands out in its district.
    local = standing(made, ddof=rules.ddof, flagged=rules.flagged, groups=groups, reference=~is_force)
    over_local = local.level > rules.local
    is_local = ~is_force & over_local & (local.persist >= rules.persistent)
    watch = np.full(len(scored.codes), "", dtype=object)
    for reason, holds in (
        ("rising", _rising(made, force, rules)),
        ("near local", local.level > rules.local - rules.near),
        ("near force-wide", force.level > rules.force_wide - rules.near),
        ("brief", over | over_local),
    ):
        watch[holds & ~is_force & ~is_local] = reason
    priority = np.select([is_force, is_local, watch != ""], [0, 1, 2], default=3)
    return Decided(force, local, priority.astype(np.int64), watch)


def _rising(made: Composite, force: Standing, rules: Rules) -> npt.NDArray[np.bool_]:
    earlier, latest = made.by_period[:, :-1], made.by_period[:, -1]
    counted = (~np.isnan(earlier)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        before = np.nansum(earlier, axis=1) / counted
    risen: npt.NDArray[np.bool_] = (force.by_period[:, -1] > rules.flagged) & (latest - before >= rules.rise)
    return risen


def take(
    scored: Scored,
    ranked: Integers,
    decided: Decided,
    budget: Budget | None,
    *,
    counts: pd.Series[Any] | None,
    km2: pd.Series[Any] | None,
    neighbours: Neighbours | None,
) -> tuple[Integers, int]:
    """Return the order in which areas are taken, and how many are; see `select_areas` for the parameters."""
    if budget is None:
        chosen = decided.priority[ranked] <= 1
        return np.concatenate([ranked[chosen], ranked[~chosen]]), int(chosen.sum())
    if neighbours is not None and not neighbours.index.equals(scored.codes):
        raise DataError(
            "the neighbours are not of the same areas in the same order", hint="make them from the same areas"
        )
    n = None if counts is None else on_index(counts, scored.codes, "counts")
    ground = None if km2 is None else on_index(km2, scored.codes, "km2")
    order = taking_order(ranked, budget, counts=n, neighbours=neighbours)
    return order, how_many(order, budget, codes=scored.codes, counts=n, km2=ground, scored=len(ranked))


def _table(
    scored: Scored, made: Composite, decided: Decided, ranked: Integers, order: Integers, taken: int
) -> pd.DataFrame:
    rank, turn = (pd.array([pd.NA] * len(scored.codes), dtype="Int64") for _ in range(2))
    rank[ranked] = np.arange(1, len(ranked) + 1)
    turn[order] = np.arange(1, len(order) + 1)
    selected = np.zeros(len(scored.codes), dtype=bool)
    selected[order[:taken]] = True
    return pd.DataFrame(
        {
            "score": made.score,
            "score_sd": decided.force.level,
            "score_loc": decided.local.level,
            "persist": decided.force.persist,
            "pers_loc": decided.local.persist,
            "known": made.known,
            "rank": rank,
            "priority": pd.Categorical.from_codes(decided.priority, categories=pd.Index(PRIORITIES)),
            "watch": decided.watch,
            "selected": selected,
            "turn": turn,
        },
        index=scored.codes,
    )
