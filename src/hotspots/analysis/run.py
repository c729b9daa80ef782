"""Run a recipe: the only module that knows the whole flow."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from hotspots.analysis.recipe import CELLS, Recipe, Theme
from hotspots.analysis.steps import account, change_layer, count_layer, flag_layer, gistar_layer, locate
from hotspots.areas.grid import make_grid
from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError
from hotspots.base.surface import Surface
from hotspots.counting.counts import count_incidents, months_present
from hotspots.counting.tally import Tally, tally
from hotspots.incidents import read_incidents, select_incidents
from hotspots.incidents.quality import QualityReport
from hotspots.methods.contours import make_contours
from hotspots.methods.kde.density import kernel_density
from hotspots.priorities.plan import Plan, read_plan
from hotspots.priorities.prioritise import Priorities, prioritise

log = logging.getLogger(__name__)

Progress = Callable[..., None]

PRIORITIES = "Priorities"  # what the theme of selected areas is called


@dataclass(frozen=True)
class ThemeResult:
    """What one theme came to.

    Attributes
    ----------
    theme : Theme
        The recipe's entry.
    layers : dict of str to GeoDataFrame
        One layer per areas layer, by its label, and one called ``"cells"`` where the recipe has a grid.
    surface : Surface or None
        The density, where the recipe asks for it.
    contours : GeoDataFrame or None
        Its contour polygons.
    monthly : DataFrame or None
        Incidents in each area of the first layer by month of the analysis; None where no month is known.
    """

    theme: Theme
    layers: dict[str, gpd.GeoDataFrame]
    surface: Surface | None
    contours: gpd.GeoDataFrame | None
    monthly: pd.DataFrame | None = None

    @property
    def slug(self) -> str:
        """The theme's name as a part of file names."""
        return slug(self.theme.name)


@dataclass(frozen=True)
class Analysis:
    """What a recipe came to, before anything is written.

    Attributes
    ----------
    recipe : Recipe
        What was asked for.
    quality : QualityReport
        What became of every row.
    period : str
        The first and last month in words.
    months : float
        Length of the period in months.
    themes : tuple of ThemeResult
        In the recipe's order.
    outline : GeoDataFrame
        The first areas layer: the study area.
    neighbours : dict of str to Neighbours
        What counted as neighbours, by layer.
    plan, priorities : Plan, Priorities, or None
        By what priority areas were selected, and which; the first of `themes` is then made of them.
    tally : Tally or None
        The incidents that they were selected by.
    """

    recipe: Recipe
    quality: QualityReport
    period: str
    months: float
    themes: tuple[ThemeResult, ...]
    outline: gpd.GeoDataFrame
    neighbours: dict[str, Neighbours]
    plan: Plan | None = None
    priorities: Priorities | None = None
    tally: Tally | None = None

    @property
    def counted_themes(self) -> tuple[ThemeResult, ...]:
        """The recipe's themes, without the one that is made of the priorities."""
        return self.themes if self.priorities is None else self.themes[1:]

    def _repr_html_(self) -> str:
        """Return the headline, for notebooks."""
        from hotspots.publish.notebook import analysis_html

        return analysis_html(self)


def slug(name: str) -> str:
    """Return a name as a safe part of a file name: lower case, letters, digits and hyphens.

    Examples
    --------
    >>> slug("Violence & sexual offences")
    'violence-sexual-offences'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "theme"


def count_steps(recipe: Recipe) -> int:
    """Return how many steps `analyse` reports to its progress callback."""
    return 4 + len(recipe.theme) + (recipe.select is not None)


def analyse(recipe: Recipe, *, progress: Progress = lambda *_: None) -> Analysis:
    """Compute all that a recipe asks for; writes nothing.

    Parameters
    ----------
    recipe : Recipe
        From `hotspots.read_recipe`.
    progress : callable, optional
        Called with the name of each step as it begins.

    Returns
    -------
    Analysis

    Raises
    ------
    HotspotsError
        Whatever the steps raise; see `read_areas`, `read_incidents`, `kernel_density`, `gi_star` and
        `flag_mean_sd`.
    """
    progress("Reading areas")
    places = _read_places(recipe)
    progress("Reading incidents")
    incidents, quality = _read_incidents(recipe)
    months = recipe.count.months or months_present(incidents)
    progress("Locating incidents")
    first = recipe.areas[0].label
    if recipe.grid is not None:
        places[CELLS] = make_grid(places[first], cell_size=recipe.grid.cell_size, shape=recipe.grid.shape)
    by = {entry.label: entry.by for entry in recipe.areas}
    assigned = {
        label: locate(incidents, areas, by=by.get(label, "polygon"), label=label)
        for label, areas in places.items()
    }
    quality = account(quality, incidents, assigned[first])
    progress("Finding neighbours")
    neighbours = _find_neighbours(recipe, places)
    results = []
    for theme in recipe.theme:
        progress(theme.name)
        results.append(_compute(recipe, theme, incidents, places, assigned, neighbours, months))
    plan = priorities = counted = None
    if recipe.select is not None:
        progress(PRIORITIES)
        plan = read_plan(recipe.path(recipe.select.plan))
        counted = tally(incidents, places[first], every=plan.periods, assigned=assigned[first])
        priorities = prioritise(places[first], counted, plan)
        results.insert(0, _priority_theme(priorities, label=first))
    period = _period(incidents)
    return Analysis(
        recipe, quality, period, months, tuple(results), places[first], neighbours, plan, priorities, counted
    )


def _read_places(recipe: Recipe) -> dict[str, gpd.GeoDataFrame]:
    places = {}
    for entry in recipe.areas:
        table = recipe.path(entry.population_table) if entry.population_table else None
        places[entry.label] = read_areas(
            recipe.path(entry.source),
            layer=entry.layer,
            code=entry.code,
            name=entry.name,
            district=entry.district,
            population=entry.population,
            population_table=table,
            within=entry.within or None,
            crs=recipe.crs,
        )
    return places


def _read_incidents(recipe: Recipe) -> tuple[pd.DataFrame, QualityReport]:
    asked = recipe.incidents
    return read_incidents(
        [recipe.path(name) for name in asked.source],
        crs=recipe.crs,
        source_crs=asked.source_crs,
        x=asked.x,
        y=asked.y,
        category_column=asked.category_column,
        month_column=asked.month_column,
        weight_column=asked.weight_column,
        category=asked.category or None,
        exclude=asked.exclude or None,
        period=asked.period,
    )


def _find_neighbours(recipe: Recipe, places: dict[str, gpd.GeoDataFrame]) -> dict[str, Neighbours]:
    step = recipe.gistar
    if step is None:
        return {}
    default = [recipe.areas[0].label, *([CELLS] if recipe.grid else [])]
    return {
        label: make_neighbours(
            places[label], method=step.neighbours, distance=step.distance, nearest=step.nearest
        )
        for label in step.layers or default
    }


def _compute(
    recipe: Recipe,
    theme: Theme,
    incidents: pd.DataFrame,
    places: dict[str, gpd.GeoDataFrame],
    assigned: dict[str, pd.Series],
    neighbours: dict[str, Neighbours],
    months: float,
) -> ThemeResult:
    log.info("Theme: %s", theme.name)
    chosen = select_incidents(incidents, category=theme.category or None, exclude=theme.exclude or None)
    flagged = (recipe.flag.layers or (recipe.areas[0].label,)) if recipe.flag else ()
    layers = {}
    for label, areas in places.items():
        layer = count_layer(
            chosen, areas, assigned=assigned[label], months=months, min_population=recipe.count.min_population
        )
        if recipe.flag is not None and label in flagged:
            layer = _flag(recipe, label, layer)
        if recipe.change is not None and label == recipe.areas[0].label:
            before, after = recipe.change.before, recipe.change.after
            layer = change_layer(chosen, layer, assigned=assigned[label], before=before, after=after)
        if recipe.gistar is not None and label in neighbours:
            step = recipe.gistar
            layer = gistar_layer(
                layer,
                value="n" if label == CELLS else step.value,  # cells are of one size and have no population
                neighbours=neighbours[label],
                inference=step.inference,
                cap=step.cap,
                permutations=step.permutations,
                seed=step.seed,
            )
        layers[label] = layer
    surface, contours = _density(recipe, chosen, places[recipe.areas[0].label], months)
    monthly = _by_month(incidents, chosen, places[recipe.areas[0].label], assigned[recipe.areas[0].label])
    return ThemeResult(theme, layers, surface, contours, monthly)


def _priority_theme(priorities: Priorities, *, label: str) -> ThemeResult:
    """Return the selection as a theme among the others: its areas, and its localities where there are any."""
    layers = {label: priorities.layer}
    if priorities.localities is not None:
        layers["Localities"] = priorities.localities
    return ThemeResult(Theme(PRIORITIES), layers, None, None, None)


def _flag(recipe: Recipe, label: str, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    step = recipe.flag
    assert step is not None  # noqa: S101 - the caller checked; this tells the type checker
    if step.value not in layer:
        raise DataError(
            f"[flag] compares rates, but the areas of '{label}' have no population",
            hint="name a 'population_table' for them, or compare counts with: value = \"n\"",
        )
    return flag_layer(layer, value=step.value, within=step.within, ddof=step.ddof, near=step.near)


def _density(
    recipe: Recipe, incidents: pd.DataFrame, areas: gpd.GeoDataFrame, months: float
) -> tuple[Surface | None, gpd.GeoDataFrame | None]:
    step = recipe.kde
    if step is None:
        return None, None
    surface = kernel_density(
        incidents,
        areas,
        bandwidth=step.bandwidth,
        cell_size=step.cell_size,
        kernel=step.kernel,
        edge=step.edge,
        months=months,
    )
    return surface, make_contours(surface, areas=areas)


def _by_month(
    incidents: pd.DataFrame, chosen: pd.DataFrame, areas: gpd.GeoDataFrame, assigned: pd.Series
) -> pd.DataFrame | None:
    """Return the chosen incidents by area and month, with a column for every month that any incident has."""
    if "month" not in incidents or chosen["month"].isna().all():
        return None
    months = pd.Index(sorted(incidents["month"].dropna().unique()), name="month")
    counts = count_incidents(chosen, areas, per="month", assigned=assigned)
    return counts.reindex(columns=months, fill_value=0)


def _period(incidents: pd.DataFrame) -> str:
    """Return the period in words, such as ``"January to December 2025"`` or ``"July 2016, July 2017"``."""
    months = sorted(incidents["month"].dropna().unique()) if "month" in incidents else []
    if not months:
        return "period not recorded"
    first, last = months[0], months[-1]
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    if 1 < len(months) < span and len(months) <= 4:
        return ", ".join(month.strftime("%B %Y") for month in months)
    if len(months) == 1:
        return str(first.strftime("%B %Y"))
    if first.year == last.year:
        return f"{first.strftime('%B')} to {last.strftime('%B %Y')}"
    return f"{first.strftime('%B %Y')} to {last.strftime('%B %Y')}"
