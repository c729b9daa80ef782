"""Emerging hotspots of a layer: its steps of time, its counts in them, and what kind of hotspot each area is."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.steps.columns import add_columns
from hotspots.areas.neighbours import Method, Neighbours, make_neighbours
from hotspots.base.errors import DataError, HotspotsWarning, listed
from hotspots.counting.period import months_covered
from hotspots.counting.steps import TimeSteps, count_by_step, make_steps
from hotspots.methods.time.emerging import LEAST_STEPS, Comparison, emerging_hotspots

log = logging.getLogger(__name__)


def months_of(incidents: pd.DataFrame) -> tuple[pd.Period, ...]:
    """Return the months that incidents cover and some file holds, ascending.

    A month with a row of any category is in a file, whatever category is counted.

    Warns
    -----
    HotspotsWarning
        When a month asked for is in no file.
    """
    covered = months_covered(incidents)
    there = set(incidents.attrs.get("months", ())) or {str(month) for month in covered}
    lacking = [month for month in covered if str(month) not in there]
    if lacking:
        warnings.warn(
            f"{len(lacking)} of the {len(covered)} months asked for {'is' if len(lacking) == 1 else 'are'} in no file "
            f"({listed(lacking)}) and left out",
            HotspotsWarning,
            stacklevel=2,
        )
    return tuple(month for month in covered if str(month) in there)


def find_steps(
    incidents: pd.DataFrame, months: Sequence[pd.Period], *, step: str = "1M", partial: str | None = None
) -> TimeSteps:
    """Return the steps of time that incidents cover, and say them.

    Parameters
    ----------
    incidents : DataFrame
        The incidents table, of all categories: its last day ends the last step of weeks or days.
    months : sequence of monthly Period
        The months covered; those that no file holds are not among them.
    step : str, default '1M'
        See `hotspots.counting.steps.make_steps`.
    partial : str, optional
        A last month that looks incomplete, such as ``"2025-12"``; steps of months are without it.

    Returns
    -------
    TimeSteps

    Raises
    ------
    DataError
        When they are fewer than ten.
    ParameterError
        When `step` is not a length of time.

    Warns
    -----
    HotspotsWarning
        When the last month is left out.
    """
    if partial is not None and months and str(months[-1]) == partial and step.strip().upper().endswith("M"):
        warnings.warn(
            f"{partial} looks incomplete, with under half the usual rows, and is left out of emerging hotspots",
            HotspotsWarning,
            stacklevel=2,
        )
        months = months[:-1]
    dates = incidents["date"].dropna() if "date" in incidents else pd.Series(dtype="datetime64[s]")
    steps = make_steps(months, step=step, until=None if dates.empty else dates.max())
    if len(steps.begins) < LEAST_STEPS:
        raise DataError(
            f"the incidents cover {len(steps.begins)} steps of {step}, but emerging hotspots need {LEAST_STEPS} or "
            "more to tell a pattern from chance",
            hint="give the files of more months, or shorter steps with 'step'",
        )
    log.info(
        "Emerging hotspots: %d steps of %s, from %s to %s (set them with 'step')",
        len(steps.begins), step, steps.labels[0], steps.labels[-1],
    )  # fmt: skip
    return steps


def emerging_layer(
    layer: gpd.GeoDataFrame,
    incidents: pd.DataFrame,
    steps: TimeSteps,
    *,
    assigned: pd.Series[Any],
    neighbours: Method | Neighbours = "queen",
    distance: float | None = None,
    nearest: int = 8,
    comparison: Comparison = "step",
    previous: int | None = None,
    cap: float = 0.95,
) -> gpd.GeoDataFrame:
    """Return the layer with what kind of hotspot each area is over the steps; see `hotspots.emerging_hotspots`.

    Parameters
    ----------
    layer : GeoDataFrame
        The areas, with any columns.
    incidents : DataFrame
        Those to be counted.
    steps : TimeSteps
        From `find_steps`.
    assigned : Series
        The area of each incident; see `hotspots.assign_areas`.
    neighbours, distance, nearest
        See `hotspots.make_neighbours`.
    comparison, previous, cap
        See `hotspots.emerging_hotspots`.

    Returns
    -------
    GeoDataFrame
        On the index of `layer`.
    """
    if not isinstance(neighbours, Neighbours):
        neighbours = make_neighbours(layer, method=neighbours, distance=distance, nearest=nearest)
        log.info("Neighbours: %s", neighbours.description)
    counts = count_by_step(incidents, layer, steps, assigned=assigned)
    return add_columns(
        layer, emerging_hotspots(counts, neighbours, comparison=comparison, previous=previous, cap=cap)
    )
