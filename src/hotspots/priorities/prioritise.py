"""From incidents and a plan to priority areas: indicators, selection, how sure, localities and reasons."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.base.errors import IslandsWarning
from hotspots.counting.tally import Tally
from hotspots.methods.stability import changes_over_time, stability
from hotspots.priorities.budgets import Held, held_by
from hotspots.priorities.draws import posterior, resampled
from hotspots.priorities.indicators import Indicators, make_indicators
from hotspots.priorities.localities import join_localities, make_localities
from hotspots.priorities.overlap import together
from hotspots.priorities.plan import Plan
from hotspots.priorities.ranks import rank_intervals
from hotspots.priorities.reasons import SURE, reasons
from hotspots.priorities.selection import Wide, flags_over_time, select_areas

log = logging.getLogger(__name__)

COLUMNS_SHOWN = (
    "rank", "rank_lo", "rank_hi", "sel_share", "wt_lo", "wt_hi", "wt_share", "score", "score_sd", "score_loc",
    "persist", "known", "priority", "selected", "borderline", "locality", "reason",
)  # fmt: skip
BORDERLINE = "borderline"
"""Stands before the priority of an area whose selection is less likely than `hotspots.priorities.reasons.SURE`."""


@dataclass(frozen=True, eq=False)
class Priorities:
    """What a plan came to.

    Attributes
    ----------
    layer : GeoDataFrame
        The areas with ``n``, the columns of `COLUMNS_SHOWN`, ``top_share`` where the plan asks for it, and the
        latest value of each indicator in a column such as ``i_crime``. Its ``priority`` is "borderline
        force-wide" or "borderline local" where the selection is not sure; with `wide` "overall", it says that
        for "force-wide".
    localities : GeoDataFrame or None
        One polygon per locality; None where nothing is selected.
    selection : DataFrame
        All that `select_areas` returned.
    indicators : Indicators
        What was scored.
    held : Held
        What the selection holds, and what one more area would add.
    turnover : DataFrame or None
        What changed from each period to the next; see `hotspots.methods.stability.changes_over_time`. None where
        there is one period.
    together : tuple of str
        Which indicators count the same incidents, and how closely they go together, in sentences.
    flags : DataFrame of bool
        In which periods each area's score is flagged against all areas; see `hotspots.methods.stability`.
    noun : str
        What an area is called.
    wide : {'force-wide', 'overall'}
        What the highest priority is called.
    plain : Series of str or None
        ``reason`` without a word of statistics, on the index of `layer`; see `hotspots.priorities.reasons.reasons`.
    """

    layer: gpd.GeoDataFrame
    localities: gpd.GeoDataFrame | None
    selection: pd.DataFrame
    indicators: Indicators
    held: Held
    flags: pd.DataFrame
    noun: str
    turnover: pd.DataFrame | None = None
    together: tuple[str, ...] = ()
    wide: Wide = "force-wide"
    plain: pd.Series[str] | None = None

    def __repr__(self) -> str:
        found = f"{int(self.layer['selected'].sum()):,} of {len(self.layer):,} {self.noun}s selected"
        pieces = 0 if self.localities is None else len(self.localities)
        return f"<Priorities: {found}, in {pieces:,} localities>"


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


def prioritise(
    areas: gpd.GeoDataFrame,
    counted: Tally,
    plan: Plan,
    *,
    wide: Wide | None = None,
    n: pd.Series[Any] | None = None,
) -> Priorities:
    """Select priority areas by a plan, with reasons, localities and intervals of rank.

    Parameters
    ----------
    areas : GeoDataFrame
        The areas table.
    counted : Tally
        The incidents counted in them, by the plan's periods; see `hotspots.counting.tally.tally`.
    plan : Plan
        What makes an area a priority.
    wide : {'force-wide', 'overall'}, optional
        What the highest priority is called, whose areas stand out of all: "overall" where the areas are a part
        of a force only. By default "overall" for the areas of one district, else "force-wide".
    n : Series, optional
        The incidents of each area, where they are not the sum of all that was counted, as where categories overlap.

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
    least = plan.min_population
    made = make_indicators(plan.indicator, areas, counted=counted, min_population=least, resolve=plan.path)
    n = _counts(counted) if n is None else n
    km2 = areas.geometry.area / 1e6
    neighbours = _neighbours(areas, plan)
    districts = areas["district"] if (areas["district"] != "").any() else None
    wide = wide or _called(districts)
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
        "scale": made.scales(plan.scale),
    }
    selection = select_areas(made.table, **asked)
    alike = _together(made)
    sure = _sure(made, selection, plan, asked)
    borderline = (selection["selected"] & (sure["sel_share"] < SURE)).rename("borderline")
    shown = selection.assign(priority=_shown_priority(selection, borderline, wide))
    flags = flags_over_time(
        made.table, weights=made.weights, bad=made.bad, rules=plan.rules, scale=asked["scale"]
    )
    locality = join_localities(areas, selection, neighbours)
    facts: dict[str, Any] = {
        "units": made.units,
        "bad": made.bad,
        "rules": plan.rules,
        "counts": made.plain_counts(),
        "months": made.months,
        "rounded": counted.rounded,
        "districts": districts,
        "noun": noun,
        "chance": sure["sel_share"],
        "wide": wide,
    }
    reason = reasons(made.table, selection, **facts)
    plain = reasons(made.table, selection, wording="plain", **facts)
    layer = _with_columns(areas, made, flags, [n, shown, sure, borderline, locality, reason])
    localities = None
    if bool(selection["selected"].any()):
        localities = make_localities(areas, shown, locality, counts=n, reason=reason, noun=noun)
    found = held_by(selection, counts=n, km2=km2, population=areas["population"])
    turnover = changes_over_time(flags) if flags.shape[1] > 1 else None
    return Priorities(layer, localities, selection, made, found, flags, noun, turnover, alike, wide, plain)


def _counts(counted: Tally) -> pd.Series[Any]:
    return pd.Series(counted.counts.sum(axis=(1, 2)), index=counted.index, name="n")


def _neighbours(areas: gpd.GeoDataFrame, plan: Plan) -> Neighbours:
    with warnings.catch_warnings():
        # An area without neighbours is a locality of its own, which is as it should be.
        warnings.simplefilter("ignore", IslandsWarning)
        return make_neighbours(areas, method=plan.neighbours)


def _together(made: Indicators) -> tuple[str, ...]:
    alike = tuple(together(made))
    for line in alike:
        log.info("%s", line.removesuffix("."))
    return alike


def _called(districts: pd.Series[Any] | None) -> Wide:
    """Return what stands out of all areas of these districts is called: those of one are no whole force."""
    return "overall" if districts is not None and len(set(districts)) == 1 else "force-wide"


def _sure(made: Indicators, selection: pd.DataFrame, plan: Plan, asked: Mapping[str, Any]) -> pd.DataFrame:
    """Return the interval of ranks and the chance of selection, and apart from them those of other weights."""
    sure = plan.sure
    varied = {"runs": sure.runs, "level": sure.level, "seed": sure.seed, **asked}
    still = pd.DataFrame(
        {
            "rank_lo": selection["rank"],
            "rank_hi": selection["rank"],
            "sel_share": selection["selected"].astype(float),
        }
    )
    several = sum(weight > 0 for weight in made.weights.values()) > 1
    if sure.method == "resample":
        found = rank_intervals(
            made.table, draw=resampled(made), concentration=sure.concentration, top=sure.top, **varied
        )
    else:
        draw = posterior(made)
        found = still if draw is None else rank_intervals(made.table, draw=draw, top=sure.top, **varied)
        if draw is None and sure.top is not None:
            found = found.assign(top_share=(selection["rank"] <= sure.top).fillna(False).astype(float))
    log.info("Ranks and chances of selection from %d draws (seed %d)", sure.runs, sure.seed)
    other = (
        rank_intervals(made.table, concentration=sure.concentration, **varied) if several else still
    ).rename(columns={"rank_lo": "wt_lo", "rank_hi": "wt_hi", "sel_share": "wt_share"})
    return found.join(other)


def _shown_priority(selection: pd.DataFrame, borderline: pd.Series[bool], wide: Wide) -> pd.Series[Any]:
    """Return each priority in words, with "borderline" before one that is not sure."""
    plain = selection["priority"].astype(str).replace("force-wide", wide)
    unsure = borderline & plain.isin([wide, "local"])
    return plain.mask(unsure, BORDERLINE + " " + plain)


def _with_columns(
    areas: gpd.GeoDataFrame, made: Indicators, flags: pd.DataFrame, parts: list[pd.DataFrame | pd.Series]
) -> gpd.GeoDataFrame:
    """Return the areas with what was found of them, and the latest value of each indicator."""
    shown = ["n", *COLUMNS_SHOWN]
    if any("top_share" in part for part in parts if isinstance(part, pd.DataFrame)):
        shown.insert(shown.index("sel_share") + 1, "top_share")
    if flags.shape[1] > 1:
        parts = [*parts, stability(flags)[["st_class", "st_text"]].astype(str)]
        shown += ["st_class", "st_text"]
    columns = pd.concat(parts, axis=1)[shown]
    replaced = [name for name in (*columns, "geometry") if name in areas]
    layer: gpd.GeoDataFrame = areas.drop(columns=replaced).join(columns).join(made.latest())
    return layer.set_geometry(areas.geometry)
