"""Run a recipe: the only module that knows the whole flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.charts import MonthCharts
from hotspots.analysis.facts import AreaFacts, find_facts
from hotspots.analysis.keys import make_keys
from hotspots.analysis.origins import recipe_origin
from hotspots.analysis.pages import check_pages
from hotspots.analysis.partnerships import find_comparators
from hotspots.analysis.people import classes_of
from hotspots.analysis.plans import recipe_plan
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.results import Analysis, Selection, ThemeResult
from hotspots.analysis.run.months import make_charts, with_charts
from hotspots.analysis.run.narrow import Lacking, beyond, narrowed, selection_among_all, theme_among_all
from hotspots.analysis.run.parts import Apart, hidden, selection_with_parts, set_apart
from hotspots.analysis.run.place import Held, Place
from hotspots.analysis.run.study import (
    Study,
    begin_study,
    keep_covered,
    locate_all,
    read_places,
    say_comparison,
    with_cells,
)
from hotspots.analysis.run.sums import Engine, sum_sources
from hotspots.analysis.run.theme import compute_theme
from hotspots.analysis.run.whole import (
    SELECTION,
    assess,
    make_profile,
    make_standings,
    select_areas,
    set_against,
)
from hotspots.analysis.sources import Sources, account_each, of_source, read_sources, rows_by_month
from hotspots.analysis.steps.counted import account, people_of
from hotspots.analysis.steps.covered import Covering
from hotspots.areas.context import read_context
from hotspots.areas.uncovered import with_coverage
from hotspots.counting.coverage.forces import forces_of
from hotspots.counting.coverage.words import gaps_words, sources_words
from hotspots.counting.period import period_of
from hotspots.incidents.quality import QualityReport
from hotspots.priorities.plan import Plan

Progress = Callable[..., None]


def count_steps(recipe: Recipe) -> int:
    """Return how many steps `analyse` reports to its progress callback."""
    return 4 + len(recipe.theme) + (recipe.select is not None)


def analyse(
    recipe: Recipe,
    *,
    engine: Engine = "memory",
    scheduler: Any = None,
    progress: Progress = lambda *_: None,
) -> Analysis:
    """Compute all that a recipe asks for; writes nothing.

    Parameters
    ----------
    recipe : Recipe
        From `hotspots.read_recipe`.
    engine : {'memory', 'stream', 'dask'}, default 'memory'
        Whether all rows are held in memory or, in batches or on Dask, their sums; see `hotspots.analysis.run.sums`.
    scheduler : str or distributed.Client, optional
        A running scheduler of Dask.
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
    plan = None if recipe.select is None else recipe_plan(recipe)
    progress("Reading areas")
    places = read_places(recipe)
    progress("Reading incidents")
    read, held, spots = _read(recipe, places, engine=engine, scheduler=scheduler)
    incidents, quality = read.incidents, read.quality
    places = [replace(place, areas=people_of(place.areas, quality)) for place in places]
    period = period_of(incidents, months=recipe.count.months)
    others = find_comparators(recipe)
    against = None if others is None else others.table
    progress("Locating incidents")
    held = held or locate_all(incidents, read.before, places)
    apart, uncovered, covering = _whole(recipe, places, held, quality, period.months)
    places, held = with_cells(recipe, apart.places, spots, apart.held)
    quality = account(quality, incidents, apart.located)
    reports = read.accounts or {recipe.incidents[0].name: quality}
    progress("Finding neighbours")
    study = begin_study(recipe, held, spots, places, period, apart, quality.partial_month)
    say_comparison(study)
    lacking = {} if recipe.publish is not None else covering.lacking
    results, charts = _themes(recipe, study, quality.partial_month, progress, lacking)
    selection = None if plan is None else _selection(recipe, plan, study, against, lacking, progress)
    profile = make_profile(recipe, study, against)
    return Analysis(
        recipe,
        quality,
        period.months,
        period.length,
        apart.covered,
        results,
        study.neighbours,
        selection,
        study.comparison,
        make_standings(recipe, places[0], results),
        assess(recipe, results),
        profile,
        account_each(read, apart.located, label=places[0].label),
        {} if others is None else others.accounts,
        classes_of(study.groupings, places[0].key),
        rows_by_month(incidents, read.before),
        origin=recipe_origin(recipe, reports, [apart.covered, *(place.areas for place in places[1:])]),
        charts=charts,
        against=set_against(recipe, results, profile, against, months=period.length),
        facts=_facts(recipe, study),
        comparators=against,
        uncovered=uncovered,
        gaps=gaps_words(apart.covered, covering.gaps, forces_of(quality.sources)),
        lacking=sources_words(covering.lacking),
        parts={key: part.areas for key, part in apart.parts.items()},
        lapses=apart.lapses,
        context=_context(recipe, apart.covered),
    )


def _whole(
    recipe: Recipe,
    places: list[Place],
    held: dict[str, Held],
    quality: QualityReport,
    months: Sequence[pd.Period],
) -> tuple[Apart, dict[str, gpd.GeoDataFrame], Covering]:
    """Return the areas that the files cover in every month and, apart from them, those that they do not."""
    places, held, uncovered, covering = keep_covered(recipe, places, held, quality)
    check_pages(recipe, places[0].areas["district"].astype(str))
    needed = None if recipe.publish is None else _all_months(covering)
    apart = set_apart(places, held, covering.lapses, months, needed=needed)
    return (apart, uncovered, covering) if recipe.publish is None else (*hidden(apart, uncovered), covering)


def _all_months(covering: Covering) -> list[pd.Period]:
    """Return every month that some area lacks."""
    return [pd.Period(month, freq="M") for gone in covering.lapses for month in gone]


def _read(
    recipe: Recipe, places: Sequence[Place], *, engine: Engine, scheduler: Any
) -> tuple[Sources, dict[str, Held], pd.DataFrame]:
    """Return the incidents and, in batches and on Dask, their sums beside what is held by area and by place."""
    if engine == "memory":
        read = read_sources(recipe)
        return read, {}, read.incidents
    return sum_sources(recipe, places, engine=engine, scheduler=scheduler)


def _selection(
    recipe: Recipe,
    plan: Plan,
    study: Study,
    against: pd.DataFrame | None,
    lacking: Lacking,
    progress: Progress,
) -> Selection:
    """Return the selection among the areas that every source of the plan covers, in every month."""
    progress(SELECTION.capitalize())
    gone = beyond({entry.incidents for entry in plan.indicator if entry.counted}, lacking)
    own = narrowed(recipe, study, gone)
    chosen = selection_with_parts(select_areas(recipe, plan, own, against), own.parts)
    return selection_among_all(chosen, study) if len(gone) else chosen


def _themes(
    recipe: Recipe, study: Study, partial: str | None, progress: Progress, lacking: Lacking
) -> tuple[tuple[ThemeResult, ...], MonthCharts | None]:
    """Return the results of all themes, with the charts of their months.

    Published counts are protected in one system of areas for all themes, of which none is lacking then.
    """
    results = []
    studies: dict[str | None, Study] = {}
    keys = make_keys([theme.name for theme in recipe.theme], fallback="theme", taken=[SELECTION])
    for theme, key in zip(recipe.theme, keys, strict=True):
        progress(theme.name)
        if theme.incidents not in studies:
            studies[theme.incidents] = narrowed(recipe, study, beyond([theme.incidents], lacking))
        own = studies[theme.incidents]
        found = compute_theme(recipe, theme, key, own)
        results.append(found if own is study else theme_among_all(found, study))
    charts = make_charts(recipe, study, results, partial=partial)
    return tuple(with_charts(result, charts) for result in results), charts


def _context(recipe: Recipe, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return what maps show for orientation, where the recipe names it."""
    if not recipe.context:
        return None
    return read_context([recipe.path(name) for name in recipe.context], within=areas, crs=recipe.crs)


def _facts(recipe: Recipe, study: Study) -> AreaFacts:
    """Return what the cards of the first areas tell: the offences of the first source, and the areas inside them."""
    return find_facts(
        of_source(study.incidents, recipe.incidents[0].name or None),
        study.apart.covered,
        study.apart.located,
        [
            (
                place.key,
                with_coverage(place.areas, study.parts[place.key].areas)
                if place.key in study.parts
                else place.areas,
            )
            for place in study.places[1:]
            if place.kind == "areas"
        ],
    )
