"""The hot times that a recipe asks for."""

from __future__ import annotations

import warnings

import pandas as pd

from hotspots.analysis.people import asks_of
from hotspots.analysis.recipe.tables import Incidents, Recipe, Theme, Times
from hotspots.analysis.times.ask import Asked
from hotspots.analysis.times.grid import HotTimes, hot_times
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.incidents.clock import Clock


def asked_of(step: Times) -> Asked:
    """Return how a recipe wants hot times to be told.

    Raises
    ------
    ParameterError
        When one of its values is none.
    """
    return Asked(
        step.by,
        step.shifts,
        step.bands,
        step.longest,
        step.missing_end,
        step.leave_out,
        step.dispersion,
    )


def clock_of_source(recipe: Recipe, source: Incidents) -> Clock | None:
    """Return how the times of a source are read; None where the recipe asks for none.

    Raises
    ------
    ParameterError
        When the time zone is none.
    """
    if recipe.times is None or not asks_of(recipe, recipe.times.theme, source):
        return None
    return Clock(
        source.time_column, source.to_column, source.to_time_column, recipe.times.time_zone, source.offsets
    )


def times_of_theme(recipe: Recipe, theme: Theme, incidents: pd.DataFrame) -> HotTimes | None:
    """Return the hot times of a theme; None where none are asked for, or too few incidents have times.

    Raises
    ------
    DataError
        When its incidents have no times, and the recipe asks for them by its name.

    Warns
    -----
    HotspotsWarning
        When its incidents have no times, and the recipe asks for those of all themes.
    """
    step = recipe.times
    if step is None or (step.theme and theme.name not in step.theme):
        return None
    try:
        return hot_times(incidents, **vars(asked_of(step)), name=theme.name)
    except DataError as error:
        if step.theme:
            raise
        warnings.warn(f"{theme.name}: there are no hot times: {error.message}", HotspotsWarning, stacklevel=2)
        return None
