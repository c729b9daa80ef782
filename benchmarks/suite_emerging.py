"""Emerging hotspots: from counts by month and ready neighbours to the months in which each cell is hot.

esda has no emerging hotspots; its part is Gi* of each month by conditional permutation, corrected over all months of
cells as here, without the kinds and the trends that are told from it. Two programs do the whole, and could not be run
where these figures were taken: sfdep is on CRAN alone, and geolibre-wasm (PyPI, 1.7.1) fetches its program from a
release page when it is first used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from benchmarks import gistar as gi
from benchmarks.suite import Inputs, Suite

MONTHS, SIDE = 12, 3


def load_emerging(settings: dict[str, Any], _: Path) -> Inputs:
    """Return counts of twelve months on cells of unequal risks, where squares of nine are busy in the last six."""
    from hotspots.areas.neighbours import make_neighbours

    columns, rows = settings["shape"]
    areas = gi.made_up_areas(columns, rows)
    random = np.random.default_rng(0)
    risk = np.repeat(random.gamma(2.0, 2.0, len(areas))[:, None], MONTHS, axis=1)
    planted = np.zeros((columns, rows), dtype=bool)
    for c, r in random.integers(0, (columns - SIDE, rows - SIDE), (settings["planted"], 2)):
        planted[c : c + SIDE, r : r + SIDE] = True
    busy = np.repeat(planted.ravel()[:, None], MONTHS, axis=1)
    busy[:, : MONTHS // 2] = False
    counts = random.poisson(np.where(busy, 20.0, risk))
    months = [f"2025-{month:02}" for month in range(1, MONTHS + 1)]
    table = pd.DataFrame(counts, index=areas.index, columns=months)
    return {"counts": table, "near": make_neighbours(areas), "busy": busy, **settings}


def emerging_here(given: Inputs) -> npt.NDArray[np.bool_]:
    """Test, class and find the trends."""
    from hotspots.methods.time.emerging import emerging_hotspots

    steps = emerging_hotspots(given["counts"], given["near"])["em_steps"]
    return np.array([list(letters) for letters in steps]) == "H"


def emerging_esda(given: Inputs) -> npt.NDArray[np.bool_]:
    """Test each month by esda, on one core; classes and trends are left to the user."""
    from esda.getisord import G_Local

    from hotspots.base.discovery import benjamini_hochberg

    weights = given.setdefault("esda", given["near"].to_graph().to_W())
    p, high = np.ones(given["counts"].shape), np.zeros(given["counts"].shape, dtype=bool)
    for month in range(MONTHS):
        values = given["counts"].iloc[:, month].to_numpy(dtype=float)
        found = G_Local(values, weights, transform="B", star=True, permutations=999, seed=1)
        p[:, month], high[:, month] = found.p_sim, found.Zs > 0
    return high & (benjamini_hochberg(p.ravel()).reshape(p.shape) <= 0.05)


def check_emerging(given: Inputs, hot: npt.NDArray[np.bool_]) -> tuple[bool, str]:
    """Say how many of the busy months of cells are found, and how many are hot that touch none."""
    busy = given["busy"]
    touched = (given["near"].matrix @ busy.astype(float) > 0) | busy
    found, false = hot[busy].mean(), hot[~touched].sum() / max(hot.sum(), 1)
    return bool(false <= 0.1), f"{found:.0%} of busy months found, {false:.1%} of those hot touch none"


EMERGING = Suite(
    "Emerging hotspots, 12 months", "cells",
    {f"{side**2:,} cells": (side**2, {"shape": (side, side), "planted": side**2 // 500})
     for side in (50, 100, 300)},
    ("2,500 cells", "10,000 cells"),
    load_emerging,
    {"hotspots": emerging_here, "esda": emerging_esda},
    check_emerging, {"esda": 10_000},
)  # fmt: skip
