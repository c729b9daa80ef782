"""What ranks and selects the areas again under other weights, without a second count."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hotspots.areas.neighbours import make_neighbours
from hotspots.base.errors import IslandsWarning
from hotspots.priorities.budgets import Budget
from hotspots.priorities.cube import score_cube
from hotspots.priorities.plan import Plan
from hotspots.priorities.prioritise import Priorities
from hotspots.priorities.selection import Rules

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scenario:
    """All that a selection's ranking and rules read beside the weights of its indicators.

    With these, `hotspots.priorities.selection.select_areas` can be repeated to the last decimal by whoever can add:
    the map's page does.

    Attributes
    ----------
    names : tuple of str
        The indicators.
    weights, period_weights : array
        The weights that the plan gives them and its periods.
    z : array, shape (areas, indicators, periods)
        The standard scores; NaN where a value is unknown.
    groups : array of int
        Each area's district by number; -1 for none, or one in which nothing can stand out.
    rules : Rules
        The thresholds.
    budget : Budget or None
        The limits, where the plan selects by them.
    counts, km2 : array
        Incidents and size of each area.
    touching : tuple of array of int or None
        The neighbours of each area, where the budget asks for one piece.
    """

    names: tuple[str, ...]
    weights: Floats
    period_weights: Floats
    z: Floats
    groups: npt.NDArray[np.int64]
    rules: Rules
    budget: Budget | None
    counts: Floats
    km2: Floats
    touching: tuple[npt.NDArray[Any], ...] | None = None


def find_scenario(made: Priorities, plan: Plan, areas: gpd.GeoDataFrame) -> Scenario | None:
    """Return what ranks selected areas again; None where there is one indicator, whose weight means nothing.

    Parameters
    ----------
    made : Priorities
        The selection.
    plan : Plan
        What it was made by.
    areas : GeoDataFrame
        Its layer, with ``district`` and ``n``.
    """
    if len(made.indicators.entries) < 2:
        return None
    districts = areas["district"] if (areas["district"] != "").any() else None
    scored = score_cube(
        made.indicators.table,
        weights=made.indicators.weights,
        period_weights=plan.period_weights,
        bad=made.indicators.bad,
        districts=districts,
        scale=made.indicators.scales(plan.scale),
    )
    touching = None
    if plan.budget is not None and plan.budget.contiguous:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IslandsWarning)
            matrix = make_neighbours(areas, method=plan.neighbours).matrix
        touching = tuple(np.split(matrix.indices, matrix.indptr[1:-1]))
    return Scenario(
        scored.names,
        scored.weights,
        scored.period_weights,
        scored.z(ddof=plan.rules.ddof),
        np.full(len(areas), -1) if scored.groups is None else scored.groups,
        plan.rules,
        plan.budget,
        areas["n"].to_numpy(dtype=float, na_value=np.nan),
        areas.geometry.area.to_numpy() / 1e6,
        touching,
    )
