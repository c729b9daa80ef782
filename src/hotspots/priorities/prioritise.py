"""From incidents and a plan to priority areas: indicators, selection, how sure, localities and reasons."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import HotspotsWarning
from hotspots.counting.tally import Tally
from hotspots.methods.stability import changes_over_time, stability
from hotspots.priorities.budgets import Coverage, coverage
from hotspots.priorities.groups import find_group
from hotspots.priorities.indicators import Indicators, make_indicators
from hotspots.priorities.localities import join_localities, make_localities
from hotspots.priorities.plan import Plan
from hotspots.priorities.ranks import rank_intervals
from hotspots.priorities.reasons import reasons
from hotspots.priorities.selection import PRIORITIES, flags_over_time, select_areas

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

    def summary(self) -> list[str]:
        """Return the outcome in words: how many of each priority, the coverage, what changed over the periods."""
        found = self.layer["priority"].astype(str)
        tally = [f"{int((found == priority).sum()):,} {priority}" for priority in PRIORITIES[:3]]
        lines = [
            f"Priorities: {', '.join(tally)}",
            self.coverage.sentence(self.layer["name"], noun=self.noun),
        ]
        if self.flags.shape[1] > 1:
            lines += [
                f"Flagged in {row.Index}: {row.kept} kept, {row.new} new, {row.dropped} dropped "
                f"(Jaccard {row.jaccard:.2f})"
                for row in changes_over_time(self.flags).itertuples()
            ]
        return lines

    def lines(self) -> list[str]:
        """Return the summary, and each locality with its reason."""
        lines = self.summary()
        if self.localities is not None:
            lines += [f"  {row.name}: {row.reason}" for row in self.localities.itertuples()]
        return lines

    def brief_note(self, plan: Plan) -> str:
        """Return the method in the few lines that a page has room for; `notes` says all of it."""
        rules = plan.rules
        weighed = ", ".join(f"{entry.name} ({entry.weight:g})" for entry in self.indicators.entries)
        return (
            f"Method. Score: mean of the standard deviations (SD) above the {self.noun} average, over indicators "
            f"(weights) and periods: {weighed}. Force-wide: over {rules.force_wide:g} SD; local: over {rules.local:g} "
            f"SD in its district; both flagged in at least {rules.persistent:.0%} of the periods. Watch: narrowly "
            f"below, flagged too seldom, or newly rising. Rank, runs: of {plan.sure.runs:,} runs with incidents "
            f"resampled and weights varied, the ranks of {plan.sure.level:.0%}, and the share that selected the "
            f"{self.noun}. It ranks what was recorded, at the nearest of police.uk's map points; it is not a "
            "significance test, and PAI in sample flatters."
        )

    def notes(self, plan: Plan) -> list[str]:
        """Return what a reader must know of the method to use the list honestly."""
        rules, entries = plan.rules, self.indicators.entries
        weighed = ", ".join(f"{entry.name} ({entry.weight:g})" for entry in entries)
        told = [find_group(entry.group).note for entry in entries if entry.group]
        return [
            f"Score: the mean over indicators and periods of standard deviations above the mean of all {self.noun}s. "
            f"Indicators and their weights: {weighed}. What is unknown is left out, never taken as zero.",
            f"Force-wide: the score is over {rules.force_wide:g} SD above the mean score of all {self.noun}s. "
            f"Local: over {rules.local:g} SD above that of the district's {self.noun}s that are not force-wide. Both: "
            f"flagged (over {rules.flagged:g} SD) in at least {rules.persistent:.0%} of the periods. Watch: at most "
            f"{rules.near:g} SD below a threshold, flagged too seldom, or newly rising.",
            f"Ranks and runs: {plan.sure.runs:,} repetitions with incidents resampled and weights varied (seed "
            f"{plan.sure.seed}); {plan.sure.level:.0%} of them put the {self.noun} between the two ranks.",
            "It ranks what was recorded; it is not a significance test. Police.uk moves each incident to the nearest "
            "of a fixed set of map points. PAI in sample is scored on the incidents that chose the areas, which "
            "flatters it.",
            *[note for note in told if note],
        ]


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
    noun = plan.noun or area_noun(areas.index)
    made = make_indicators(
        plan.indicator, areas, counted=counted, min_population=plan.min_population, resolve=plan.path
    )
    n = pd.Series(counted.counts.sum(axis=(1, 2)), index=areas.index, name="n")
    km2 = areas.geometry.area / 1e6
    with warnings.catch_warnings():
        # An area without neighbours is a locality of its own, which is as it should be.
        warnings.filterwarnings("ignore", message=".*no neighbours", category=HotspotsWarning)
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
    return Priorities(layer, localities, selection, made, found, flags, noun)


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
