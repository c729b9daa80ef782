"""Which bandwidth would have found later incidents: densities of earlier ones, scored by those that came after."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.base.crs import Floats
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.surface import Surface
from hotspots.counting.tally import Every, period_label
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents
from hotspots.methods.accuracy import taking
from hotspots.methods.kde.bandwidth import BANDWIDTHS
from hotspots.methods.kde.density import kernel_density
from hotspots.priorities.spreading import Scoring, Spread

GROUNDS = (0.01, 0.02, 0.05)
CELL_SIZE = 100.0

log = logging.getLogger(__name__)


def bandwidth_curve(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    bandwidths: Sequence[float] = BANDWIDTHS,
    every: Every = "quarter",
    grounds: Sequence[float] = GROUNDS,
    scoring: Scoring = "unsnapped",
    cell_size: float = CELL_SIZE,
) -> pd.DataFrame:
    """Share of later incidents on the densest ground of the earlier ones, for several bandwidths.

    Forward chaining: each period but the first is scored by the density of all the periods before it, and the
    hits of all are added up. A density ranks square cells; they are taken in that order until the share of the
    ground is used up, the last one in part.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables; incidents need a month.
    bandwidths : sequence of float, default 200 to 3,200 m in thirteen steps
        In metres, at least one cell.
    every : {'year', 'half', 'quarter', 'month'}, default 'quarter'
        How long a period is.
    grounds : sequence of float, default (0.01, 0.02, 0.05)
        Shares of the ground, in (0, 1].
    scoring : {'unsnapped', 'snapped'}, default 'unsnapped'
        Whether a later incident is spread over the ground nearest to its map point, up to 250 m off, or stands
        on it. Where incidents were moved to map points, as by police.uk, scoring on them rewards the narrowest
        bandwidth for finding the same points again.
    cell_size : float, default 100
        Side of a cell in metres.

    Returns
    -------
    DataFrame
        One row a bandwidth and share of ground: ``bandwidth``, ``ground``, ``n`` (later incidents found),
        ``hit_rate``, ``pai``, ``periods`` (how many were scored).

    Raises
    ------
    ParameterError
        When there is only one period, or a share is out of range.
    DataError
        When no later incident lies in the areas.
    """
    for ground in grounds:
        if not 0 < ground <= 1:
            raise ParameterError(
                f"'ground' is {ground:g}, but a share lies between 0 and 1",
                hint="set 'ground' to a share such as 0.05",
            )
    incidents = as_incidents(incidents)
    months = sorted(incidents["month"].dropna().unique()) if "month" in incidents else []
    labels = {month: period_label(month, every) for month in months}
    periods = list(dict.fromkeys(labels.values()))
    if len(periods) < 2:
        raise ParameterError(
            f"there is only one period, {periods[0] if periods else 'not recorded'}, so nothing later to score on",
            hint="divide the incidents with 'periods' quarter or month, or give a bandwidth in metres",
        )
    x, y = coordinates(incidents, areas.crs)
    spread = Spread.over(x, y) if scoring == "unsnapped" else None
    period = incidents["month"].map(labels)
    tried = sorted(float(bandwidth) for bandwidth in bandwidths)
    hits, total = np.zeros((len(tried), len(grounds))), 0.0
    with warnings.catch_warnings():
        # Few incidents in one period say nothing of all.
        warnings.simplefilter("ignore", HotspotsWarning)
        for k, later in enumerate(periods[1:], start=1):
            known = incidents[period.isin(periods[:k]).to_numpy()]
            scored = (period == later).to_numpy()
            observed = None
            for row, bandwidth in enumerate(tried):
                surface = kernel_density(known, areas, bandwidth=bandwidth, cell_size=cell_size, months=12)
                if observed is None:
                    observed = _in_cells(surface, x[scored], y[scored], spread)
                    total += observed.sum()
                hits[row] += _found(surface, observed, grounds)
    if not total:
        raise DataError(
            "no later incident lies in the areas", hint="choose areas of the same place, or more months"
        )
    rows = [
        {
            "bandwidth": bandwidth,
            "ground": ground,
            "n": hits[row, column],
            "hit_rate": hits[row, column] / total,
            "pai": hits[row, column] / total / ground,
            "periods": len(periods) - 1,
        }
        for row, bandwidth in enumerate(tried)
        for column, ground in enumerate(grounds)
    ]
    return pd.DataFrame(rows)


def density_at_best(incidents: pd.DataFrame, areas: gpd.GeoDataFrame, **choices: Any) -> Surface:
    """Return the density at the bandwidth that finds most later incidents on 1% of the ground; of equals, the wider.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables.
    **choices
        Those of `kernel_density` but the bandwidth.

    Raises
    ------
    ParameterError, DataError
        As `bandwidth_curve` and `kernel_density`.
    """
    curve = bandwidth_curve(incidents, areas, grounds=GROUNDS[:1])
    best = curve.sort_values(["hit_rate", "bandwidth"], ascending=False, kind="stable").iloc[0]
    log.info(
        "Bandwidth %s m (of %s tried it finds most later incidents: %.1f%% of them on 1%% of the ground)",
        f"{best['bandwidth']:,g}",
        len(curve),
        100 * best["hit_rate"],
    )
    surface = kernel_density(incidents, areas, bandwidth=float(best["bandwidth"]), **choices)
    return replace(surface, parameters={**surface.parameters, "bandwidth_from": "best"})


def _in_cells(surface: Surface, x: Floats, y: Floats, spread: Spread | None) -> Floats:
    """Return how many incidents lie in each cell that has a value, in the order of those cells."""
    if spread is None:
        at_x, at_y, weights = x, y, np.ones(x.size)
    else:
        at_x, at_y, weights = spread.x, spread.y, spread.weights(x, y)
    rows, columns = surface.shape
    with np.errstate(invalid="ignore"):
        column = np.floor((at_x - surface.west) / surface.cell_size)
        row = np.floor((surface.north - at_y) / surface.cell_size)
        within = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    cell = (row[within] * columns + column[within]).astype(np.int64)
    held = np.bincount(cell, weights=weights[within], minlength=rows * columns)
    values = surface.values.ravel()  # noqa: PD011 - a surface's grid, not a frame's values
    observed: Floats = held[~np.isnan(values)].astype(float)
    return observed


def _found(surface: Surface, observed: Floats, grounds: Sequence[float]) -> Floats:
    """Return how many of the observed lie on each share of the ground, the densest first."""
    density = surface.values.ravel()  # noqa: PD011 - a surface's grid, not a frame's values
    density = density[~np.isnan(density)]
    order = taking(density, observed)
    taken = np.concatenate(([0.0], np.cumsum(observed[order])))
    found: Floats = np.interp(np.asarray(grounds) * observed.size, np.arange(taken.size), taken)
    return found
