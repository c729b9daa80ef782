"""From incidents and a plan to priority areas: indicators, selection, how sure, localities and reasons."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import IslandsWarning
from hotspots.counting.tally import Tally
from hotspots.methods.stability import changes_over_time, stability
from hotspots.priorities.budgets import Coverage, coverage
from hotspots.priorities.indicators import Indicators, make_indicators
from hotspots.priorities.localities import join_localities, make_localities
from hotspots.priorities.plan import Plan
from hotspots.priorities.ranks import rank_intervals
from hotspots.priorities.reasons import reasons
from hotspots.priorities.selection import flags_over_time, select_areas

log = logging.getLogger(__name__)

COLUMNS_SHOWN = (
    "rank", "rank_lo", "rank_hi", "sel_share", "score", "score_sd", "score_loc", "persist", "known",
    "priority", "selected", "locality", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Priorities:
    """What a plan came to.

    Attributes
    ----------
    layer : GeoDataFrame
        The areas with ``n``, the columns of `COLUMNS_SHOWN`, and the latest value of each indicator in a
        column such as ``i_crime``.
    localities : GeoDataFrame or None
        One polygon per locality; None where nothing is selected.
    selection : DataFrame
        All that `select_areas` returned.
    indicators : Indicators
        What was scored.
    coverage : Coverage
        What the selection covers, and what one more area would add.
    turnover : DataFrame or None
        What changed from each period to the next; see `hotspots.methods.stability.changes_over_time`. None where
        there is one period.
    flags : DataFrame of bool
        In which periods each area's score is flagged against all areas; see `hotspots.methods.stability`.
    noun : str
        What an area is called.
    """

    layer: gpd.GeoDataFrame
    localities: gpd.GeoDataFrame | None
    selection: pd.DataFrame
    indicators: Indicators
    coverage: Coverage
    flags: pd.DataFrame
    noun: str
    turnover: pd.DataFrame | None = None


def area_noun(codes: pd.Index) -> str:
    """Return what areas of these codes are called.

    Examples
    --------
    >>> area_noun(pd.Index(["E05006922", "W05000001"])), area_noun(pd.Index(["cell_0001_0002"]))
    ('ward', 'cell')
    """
    kinds = {"ward": ("E05", "W05"), "LSOA": ("E01", "W01"), "MSOA": ("E02", "W02"), "cell": ("cell_",)}
    return next(
        (noun for noun, starts in kinds.items() if all(str(code).startswith(starts) for code in codes)),
        "area",
    )


def prioritise(areas: gpd.GeoDataFrame, counted: Tally, plan: Plan) -> Priorities:
    """Select priority areas by a plan, with reasons, localities and intervals of rank.

    Parameters
    ----------
    areas : GeoDataFrame
        The areas table.
    counted : Tally
        The incidents counted in them, by the plan's periods; see `hotspots.counting.tally.tally`.
    plan : Plan
        What makes an area a priority.

    Returns
    -------
    Priorities

    Raises
    ------
    HotspotsError
        Whatever the steps raise; see `make_indicators` and `select_areas`.
    """
    areas = with_all_columns(as_areas(areas, crs="metres"))
    noun = plan.noun or area_noun(areas.index)
    made = make_indicators(
        plan.indicator, areas, counted=counted, min_population=plan.min_population, resolve=plan.path
    )
    n = pd.Series(counted.counts.sum(axis=(1, 2)), index=areas.index, name="n")
    km2 = areas.geometry.area / 1e6
    with warnings.catch_warnings():
        # An area without neighbours is a locality of its own, which is as it should be.
        warnings.simplefilter("ignore", IslandsWarning)
        neighbours = make_neighbours(areas, method=plan.neighbours)
    districts = areas["district"] if (areas["district"] != "").any() else None
    asked = {
        "weights": made.weights,
        "period_weights": plan.period_weights,
        "bad": made.bad,
        "districts": districts,
        "rules": plan.rules,
        "budget": plan.budget,
        "counts": n,
        "km2": km2,
        "neighbours": neighbours,
    }
    selection = select_areas(made.table, **asked)
    sure = rank_intervals(
        made.table,
        resample=made.resampler(),
        concentration=plan.sure.concentration,
        runs=plan.sure.runs,
        level=plan.sure.level,
        seed=plan.sure.seed,
        **asked,
    )
    log.info(
        "Ranks under %d runs of resampled incidents and weights (seed %d)", plan.sure.runs, plan.sure.seed
    )
    flags = flags_over_time(made.table, weights=made.weights, bad=made.bad, rules=plan.rules)
    locality = join_localities(areas, selection, neighbours)
    reason = reasons(
        made.table,
        selection,
        units=made.units,
        bad=made.bad,
        rules=plan.rules,
        counts=made.plain_counts(),
        months=made.months,
        districts=districts,
        noun=noun,
    )
    layer = _with_columns(areas, made, flags, [n, selection, sure, locality, reason])
    localities = None
    if bool(selection["selected"].any()):
        localities = make_localities(areas, selection, locality, counts=n, reason=reason, noun=noun)
    found = coverage(selection, counts=n, km2=km2, population=areas["population"])
    turnover = changes_over_time(flags) if flags.shape[1] > 1 else None
    return Priorities(layer, localities, selection, made, found, flags, noun, turnover)


def _with_columns(
    areas: gpd.GeoDataFrame, made: Indicators, flags: pd.DataFrame, parts: list[pd.DataFrame | pd.Series]
) -> gpd.GeoDataFrame:
    """Return the areas with what was found of them, and the latest value of each indicator."""
    shown = ["n", *COLUMNS_SHOWN]
    if flags.shape[1] > 1:
        parts = [*parts, stability(flags)[["st_class", "st_text"]].astype(str)]
        shown += ["st_class", "st_text"]
    columns = pd.concat(parts, axis=1)[shown]
    columns["priority"] = columns["priority"].astype(str)
    replaced = [name for name in (*columns, "geometry") if name in areas]
    layer: gpd.GeoDataFrame = areas.drop(columns=replaced).join(columns).join(made.latest())
    return layer.set_geometry(areas.geometry)
