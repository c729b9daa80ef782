"""What the page needs to rank and select again by other weights: numbers in full, eight bytes each."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.export.style import StyleClass

MOST = 100_000
"""Scores that a page carries: about 1 MB."""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Other weights for a layer of priorities.

    Attributes
    ----------
    names, weights : sequence of str, array
        The indicators, and the weights that the layer was made with.
    period_weights : array
        The weights of the periods.
    z : array of float, shape (areas, indicators, periods)
        Standard scores, in the order of the layer's rows; NaN where unknown.
    groups : array of int
        Each area's district by number, -1 for none.
    rules : mapping
        The thresholds of the selection, by name.
    budget : mapping, optional
        The limits, where they decide.
    counts, km2 : array
        Incidents and size of each area, for limits.
    touching : sequence of array of int, optional
        The neighbours of each area, where the selection must be one piece.
    classes : sequence of StyleClass
        What the four priorities are called and how they are drawn, from the highest to none.
    """

    names: Sequence[str]
    weights: npt.NDArray[np.float64]
    period_weights: npt.NDArray[np.float64]
    z: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]
    rules: Mapping[str, Any]
    counts: npt.NDArray[np.float64]
    km2: npt.NDArray[np.float64]
    classes: Sequence[StyleClass]
    budget: Mapping[str, Any] | None = None
    touching: Sequence[npt.NDArray[Any]] | None = field(default=None)


def whatif_data(given: WhatIf | str, *, table: int, drawn: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return it ready for JSON; of a layer that is too large, or not drawn as a whole, why it is left out.

    Parameters
    ----------
    given : WhatIf or str
        Of one layer; or why it carries nothing to try other weights with, in a sentence.
    table : int
        The number of the layer's table on the page.
    drawn : array of bool
        Which of its areas are drawn.
    """
    if isinstance(given, str):
        return {"table": table, "names": [], "left": given}
    told: dict[str, Any] = {"table": table, "names": list(given.names)}
    if given.z.size > MOST or not drawn.all():
        reason = (
            f"This map does not carry the scores of its {len(given.z):,} areas, so that other weights cannot be tried "
            "on it. 'hotspots select' takes them."
        )
        return told | {"left": reason}
    told |= {
        "weights": given.weights.tolist(),
        "periodWeights": given.period_weights.tolist(),
        "z": _packed(given.z),
        "groups": given.groups.tolist(),
        "rules": dict(given.rules),
        "budget": None if given.budget is None else dict(given.budget),
        "classes": [
            {
                "label": entry.label,
                "colour": entry.colour,
                "opacity": entry.opacity,
                "neutral": entry.neutral,
            }
            for entry in given.classes
        ],
    }
    if given.budget is not None:
        told |= {"counts": _packed(given.counts), "km2": _packed(given.km2)}
    if given.touching is not None:
        told["touching"] = [one.tolist() for one in given.touching]
    return told


def _packed(values: npt.NDArray[np.float64]) -> str:
    """Return numbers as base64 of their eight bytes each, the lowest first, so that none loses a digit."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode("ascii")
