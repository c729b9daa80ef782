"""A density as a public folder shows it: in classes, blank where few incidents or one heavy one bear on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.base.surface import SHARES, Floats, Surface
from hotspots.disclosure.rounding import rounded
from hotspots.disclosure.rules import Profile
from hotspots.methods.kde.density import kernel_density

LEAST_IN_ALL = 30
"""A density of fewer incidents is not published at all."""
STEP = 50.0
"""A bandwidth that was found from the incidents is rounded up to a multiple of this many metres."""
KEPT = ("kernel", "bandwidth", "bandwidth_from", "cell_size", "months", "edge")


def bearing(incidents: pd.DataFrame, areas: gpd.GeoDataFrame, surface: Surface) -> Floats:
    """Return how many incidents bear on each cell of a surface: those within its bandwidth, dominance allowed for.

    It is the square of the sum of their weights over the sum of the squares: their number where all weigh alike,
    hardly more than one where one of them has nearly all the weight. NaN outside the areas.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        What the surface was made of.
    surface : Surface
        From `hotspots.kernel_density`.
    """
    made: dict[str, Any] = {
        "bandwidth": surface.parameters["bandwidth"],
        "cell_size": surface.cell_size,
        "kernel": "uniform",
        "months": 12,
    }
    one = np.pi * made["bandwidth"] ** 2 / 1e6  # what the density of one incident is divided by

    def per_cell(of: pd.DataFrame) -> Floats:
        found: Floats = kernel_density(of, areas, **made).values * one  # noqa: PD011 - a surface's grid
        return found

    sums = per_cell(incidents)
    if "weight" not in incidents:
        return sums
    squares = incidents.assign(weight=incidents["weight"].astype(float) ** 2)
    held = per_cell(squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(held > 0, sums**2 / held, np.where(np.isnan(held), np.nan, 0.0))
    return found


def widened(surface: Surface, profile: Profile) -> dict[str, float]:
    """Return the bandwidth and cell size with which a density may be published: no smaller than the profile's.

    A bandwidth that was found is rounded up, since found from the incidents it could tell of them.
    """
    made = surface.parameters
    bandwidth = max(float(made["bandwidth"]), profile.bandwidth)
    if made.get("bandwidth_from") != "given":
        bandwidth = float(np.ceil(bandwidth / STEP) * STEP)
    return {"bandwidth": bandwidth, "cell_size": max(surface.cell_size, profile.cell_size)}


def measured_anew(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, surface: Surface, profile: Profile
) -> tuple[Surface, Floats]:
    """Return the density as wide as it may be published, and how many incidents bear on each of its cells.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        What the surface was made of.
    surface : Surface
        With the bandwidth and cells that were asked for, or found.
    profile : Profile
        The rules.
    """
    made: dict[str, Any] = {name: surface.parameters[name] for name in ("kernel", "edge", "months")}
    wide = kernel_density(incidents, areas, **made | widened(surface, profile))
    found = surface.parameters["bandwidth_from"]
    wide = replace(wide, parameters={**wide.parameters, "bandwidth_from": found})
    return wide, bearing(incidents, areas, wide)


def public_density(surface: Surface, bears: Floats, profile: Profile) -> Surface | None:
    """Return a surface of which each cell holds but the class of its density; None of too few incidents.

    Classes are by the share of the incidents, with limits of two figures; the lowest of them, and all cells on which
    too few incidents bear, are 0. A cell of any other class holds the middle of its limits, and one of the highest a
    quarter more than its lower limit.
    """
    if surface.parameters["incidents"] < max(LEAST_IN_ALL, profile.fewest):
        return None
    found = {share: _two_figures(limit) for share, limit in surface.share_limits().items()}
    limits = [found[share] for share in sorted(SHARES, reverse=True) if share in found]  # from the lowest
    limits = list(dict.fromkeys(limits))
    values, density = np.zeros(surface.shape), surface.values  # noqa: PD011 - a surface's grid
    enough = np.nan_to_num(bears) >= profile.fewest - 1e-6
    for low, high in zip(limits, [*limits[1:], 1.5 * limits[-1]], strict=True):
        values[enough & (density > low)] = (low + high) / 2
    if not values.any():
        return None
    values[np.isnan(density)] = np.nan
    kept = {name: surface.parameters[name] for name in KEPT if name in surface.parameters}
    return replace(
        surface,
        values=values,
        parameters={
            **kept,
            "incidents": int(rounded([surface.parameters["incidents"]], max(profile.base, 10))[0]),
            "classes": "share",
            "values": "the middle of each class; 0 in the lowest, and where too few incidents bear on a cell",
            "share_limits": [[share, limit] for share, limit in found.items()],
        },
    )


def _two_figures(limit: float) -> float:
    return float(f"{limit:.2g}")
