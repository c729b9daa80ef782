"""What a map carries so that its reader can try other weights: scores, rules, and what priorities are called."""

from __future__ import annotations

from dataclasses import asdict

from hotspots.analysis.results import Selection
from hotspots.analysis.scenario import find_scenario
from hotspots.base.classes import PRIORITY
from hotspots.export.webmap.whatif import WhatIf


def selection_whatif(selection: Selection) -> WhatIf | None:
    """Return what ranks a selection again under other weights; None where it has one indicator only."""
    found = find_scenario(selection)
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
        [classes[value] for value in (selection.priorities.wide, "local", "watch", "")],
        None if found.budget is None else asdict(found.budget) | {"takes": found.budget.takes},
        found.touching,
    )
