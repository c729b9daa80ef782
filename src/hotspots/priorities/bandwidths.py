"""Which bandwidth would have found later incidents: densities of earlier ones, scored by those that came after."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
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
from hotspots.priorities.blocks import FOLDS, Folds, across, warn_of_empty
from hotspots.priorities.spreading import Scoring, Spread

Flags = npt.NDArray[np.bool_]
Parts = list[Flags]

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
    blocks: float | None = None,
    folds: int = FOLDS,
    seed: int = 0,
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
    blocks, folds, seed
        Whether each density is scored once more in separate parts of the ground, as by `evaluate`: cells belong to
        the block that their centre lies in.

    Returns
    -------
    DataFrame
        One row a bandwidth and share of ground: ``bandwidth``, ``ground``, ``n`` (later incidents found),
        ``hit_rate``, ``pai``, ``periods`` (how many were scored); with blocks also ``folds``, ``hit_mean``,
        ``hit_se``, ``pai_mean``, ``pai_se`` and each fold's own (see `hotspots.priorities.blocks.across`).

    Raises
    ------
    ParameterError
        When there is only one period, a share is out of range, or there are fewer blocks than folds.
    DataError
        When no later incident lies in the areas.
    """
    _check_grounds(grounds)
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
    parts: Parts | None = None
    # The whole ground comes first, then each fold of blocks.
    number = 1 if blocks is None else 1 + folds
    hits, total = np.zeros((len(tried), len(grounds), number)), np.zeros(number)
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
                    parts = parts or _parts(surface, blocks, folds, seed)
                    total += [observed[part].sum() for part in parts]
                for place, part in enumerate(parts or ()):
                    hits[row, :, place] += _found(surface, observed, grounds, part)
    if not total[0]:
        raise DataError(
            "no later incident lies in the areas", hint="choose areas of the same place, or more months"
        )
    if blocks is not None:
        warn_of_empty(total[1:])
    return _curve(hits, total, tried, grounds, periods=len(periods) - 1)


def _curve(
    hits: Floats, total: Floats, tried: Sequence[float], grounds: Sequence[float], *, periods: int
) -> pd.DataFrame:
    """Return a row for each bandwidth and share of ground, from the hits in the whole ground and in each fold."""
    rows = []
    with np.errstate(invalid="ignore"):
        hit_rates = hits / total
    for (row, bandwidth), (column, ground) in product(enumerate(tried), enumerate(grounds)):
        whole, *folded = hit_rates[row, column]
        found = {"bandwidth": bandwidth, "ground": ground, "n": hits[row, column, 0], "hit_rate": whole}
        found |= {"pai": whole / ground, "periods": periods}
        rows.append(found | across(np.array(folded), ground) if folded else found)
    return pd.DataFrame(rows)


def _check_grounds(grounds: Sequence[float]) -> None:
    for ground in grounds:
        if not 0 < ground <= 1:
            raise ParameterError(
                f"'ground' is {ground:g}, but a share lies between 0 and 1",
                hint="set 'ground' to a share such as 0.05",
            )


def _parts(surface: Surface, blocks: float | None, folds: int, seed: int) -> Parts:
    """Return which of the cells that have a value lie in the whole ground, and in each fold of it."""
    known = ~np.isnan(surface.values)
    parts: Parts = [np.ones(int(known.sum()), dtype=bool)]
    if blocks is not None:
        x, y = np.meshgrid(*surface.centres())
        dealt = Folds.dealt(x[known], y[known], blocks=blocks, folds=folds, seed=seed)
        parts += [dealt.of == fold for fold in range(folds)]
    return parts


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


def _found(surface: Surface, observed: Floats, grounds: Sequence[float], part: Flags) -> Floats:
    """Return how many of the observed lie on each share of a part of the ground, the densest first."""
    density = surface.values.ravel()  # noqa: PD011 - a surface's grid, not a frame's values
    density, observed = density[~np.isnan(density)][part], observed[part]
    order = taking(density, observed)
    taken = np.concatenate(([0.0], np.cumsum(observed[order])))
    found: Floats = np.interp(np.asarray(grounds) * observed.size, np.arange(taken.size), taken)
    return found
