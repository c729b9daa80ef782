"""What a map carries so that its reader can try other weights: scores, rules, and what priorities are called."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hotspots.analysis.results import Selection
from hotspots.analysis.scenario import find_scenario
from hotspots.base.classes import PRIORITY
from hotspots.export.webmap.whatif import MOST, WhatIf
from hotspots.priorities.budgets import Budget
from hotspots.priorities.plan import Plan
from hotspots.priorities.prioritise import Priorities
from hotspots.priorities.scoring import composite
from hotspots.priorities.selection import Rules

if TYPE_CHECKING:
    import geopandas as gpd

log = logging.getLogger(__name__)

SCENARIO = "scenario"
"""Where the provenance of a layer of priorities holds what ranks its areas again."""

_CLOSE = 1e-8  # scores are stored to nine decimals


def selection_whatif(selection: Selection) -> WhatIf | None:
    """Return what ranks a selection again under other weights; None where it has one indicator only."""
    return priorities_whatif(selection.priorities, selection.plan, selection.layers[0].table)


def priorities_whatif(made: Priorities, plan: Plan, areas: gpd.GeoDataFrame) -> WhatIf | None:
    """Return what ranks areas again under other weights; None where there is one indicator only."""
    found = find_scenario(made, plan, areas)
    if found is None:
        return None
    classes = {entry.value: entry for entry in PRIORITY}
    return WhatIf(
        found.names,
        found.weights,
        found.period_weights,
        found.z,
        found.groups,
        asdict(found.rules),
        found.counts,
        found.km2,
        [classes[value] for value in (made.wide, "local", "watch", "")],
        None if found.budget is None else asdict(found.budget) | {"takes": found.budget.takes},
        found.touching,
    )


def told_scenario(given: WhatIf, areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what a layer's provenance keeps of other weights, ready for JSON: their number where they are too many.

    Parameters
    ----------
    given : WhatIf
        What ranks the areas again.
    areas : GeoDataFrame
        The areas, in the same order.
    """
    if given.z.size > MOST:
        log.info("The layer keeps no scores to try other weights with on its map: %s", too_many(given.z.size))
        return {SCENARIO: {"scores": int(given.z.size)}}
    told = {
        "codes": areas.index.astype(str).tolist(),
        "names": list(given.names),
        "weights": given.weights.tolist(),
        "period_weights": given.period_weights.tolist(),
        "z": base64.b64encode(np.ascontiguousarray(given.z, dtype="<f8").tobytes()).decode("ascii"),
        "groups": given.groups.tolist(),
        "rules": dict(given.rules),
        "budget": None if given.budget is None else dict(given.budget),
        "wide": given.classes[0].value,
    }
    if given.touching is not None:
        told["touching"] = [one.tolist() for one in given.touching]
    return {SCENARIO: told}


def too_many(scores: int) -> str:
    """Return that scores are too many to be kept: ``"there are 256,000, more than 100,000"``."""
    return f"there are {scores:,}, more than {MOST:,}"


def layer_whatif(layer: gpd.GeoDataFrame) -> WhatIf | str | None:
    """Return what ranks the areas of a layer from a file again; None where it does not say, or is no longer as it was.

    Of a layer that was selected by more scores than are kept, a sentence that says so.

    A layer that lost areas, or whose scores are not those of its weights, is not ranked by what its file says. Areas
    that joined it, such as those that are not covered, have no score.
    """
    told = (layer.attrs.get("provenance") or {}).get(SCENARIO)
    if not isinstance(told, Mapping) or not {"priority", "score", "n"} <= set(layer.columns):
        return None
    if isinstance(scores := told.get("scores"), int):
        return (
            "Other weights cannot be tried on this map, which does not carry the scores of its areas: "
            f"{too_many(scores)}. 'hotspots select' takes them."
        )
    try:
        return _read(told, layer)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


def _read(told: Mapping[str, Any], layer: gpd.GeoDataFrame) -> WhatIf | None:
    names = [str(name) for name in told["names"]]
    weights, periods = (np.array(told[key], dtype=np.float64) for key in ("weights", "period_weights"))
    held = np.frombuffer(base64.b64decode(told["z"], validate=True), dtype="<f8")
    held = held.reshape(len(told["codes"]), len(names), len(periods))
    place = layer.index.astype(str).get_indexer(told["codes"])
    if (place < 0).any() or len(weights) != len(names) or not layer.index.is_unique:
        return None
    z = np.full((len(layer), *held.shape[1:]), np.nan)
    z[place] = held
    groups = np.full(len(layer), -1)
    groups[place] = told["groups"]
    rules, budget = Rules(**told["rules"]), None
    if told["budget"] is not None:
        budget = Budget(**{key: value for key, value in told["budget"].items() if key != "takes"})
    score = composite(z, weights, periods, least_known=rules.least_known).score
    shown = layer["score"].to_numpy(dtype=float, na_value=np.nan)
    if not np.allclose(score, shown, rtol=0, atol=_CLOSE, equal_nan=True):
        return None
    classes = {entry.value: entry for entry in PRIORITY}
    return WhatIf(
        names,
        weights,
        periods,
        z,
        groups,
        asdict(rules),
        layer["n"].to_numpy(dtype=float, na_value=np.nan),
        layer.geometry.area.to_numpy() / 1e6,
        [classes[value] for value in (told["wide"], "local", "watch", "")],
        None if budget is None else asdict(budget) | {"takes": budget.takes},
        _touching(told, place, len(layer)),
    )


def _touching(
    told: Mapping[str, Any], place: npt.NDArray[np.intp], count: int
) -> list[npt.NDArray[Any]] | None:
    """Return the neighbours of each area by its place in the layer."""
    if "touching" not in told:
        return None
    found = [np.zeros(0, dtype=np.int64)] * count
    for own, others in zip(place, told["touching"], strict=True):
        found[own] = place[np.array(others, dtype=np.int64)]
    return found
