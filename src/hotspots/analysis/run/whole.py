"""What a run says of all its themes at once: priorities, matrix, standings, profile, assessment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.against import Against, theme_against
from hotspots.analysis.comparators import DISORDER, theme_comparator
from hotspots.analysis.partnerships import profile_incidents
from hotspots.analysis.profile import Profile
from hotspots.analysis.recipe.tables import Flag, Recipe
from hotspots.analysis.results import Layer, Selection, ThemeResult
from hotspots.analysis.run.place import Place
from hotspots.analysis.run.study import LOCALITIES, Study
from hotspots.analysis.run.theme import Attempt, at_once
from hotspots.analysis.sources import of_sources, sources_of
from hotspots.analysis.standings import Standings, find_standings
from hotspots.analysis.steps.measured import flag_layer
from hotspots.base.errors import DataError
from hotspots.counting.tally import Tally, tally
from hotspots.priorities.assess import assess_themes, read_sheet
from hotspots.priorities.groups import find_group
from hotspots.priorities.indicators import Indicator, Indicators
from hotspots.priorities.matrix import THEMES, DistrictMatrix, district_matrix
from hotspots.priorities.plan import Plan
from hotspots.priorities.prioritise import Priorities, prioritise

log = logging.getLogger(__name__)

PLACES = "the places at greatest risk"
"""What standings are called where a theme is left out of them."""
SELECTION = "priorities"  # the key of the group of selected areas


def select_areas(recipe: Recipe, plan: Plan, study: Study, against: pd.DataFrame | None) -> Selection:
    """Return the priority areas as layers among the others: the areas, and their localities where there are any."""
    first = study.places[0]
    held = of_sources(study.incidents, {entry.incidents for entry in plan.indicator if entry.counted})
    counted = tally(
        held,
        first.areas,
        every=plan.periods,
        assigned=study.assigned[first.key],
        sources=sources_of(held),
    )
    made = prioritise(first.areas, counted, plan, wide="overall" if recipe.areas[0].only else None)
    matrix = make_matrix(recipe, first.areas, made.indicators, against, noun=made.noun)
    return selection_of(made, plan, counted, matrix, key=first.key, label=first.label)


def selection_of(
    made: Priorities, plan: Plan, counted: Tally, matrix: DistrictMatrix | None, *, key: str, label: str
) -> Selection:
    """Return priorities as layers: their areas, under the key and label of these, and their localities."""
    layers = [Layer(key, "areas", label, made.layer)]
    if made.localities is not None:
        layers.append(Layer(LOCALITIES, "localities", LOCALITIES.capitalize(), made.localities))
    return Selection(
        SELECTION,
        SELECTION.capitalize(),
        tuple(layers),
        plan=plan,
        priorities=made,
        tally=counted,
        matrix=matrix,
    )


Recount = Callable[[Tally, Sequence[Indicator]], tuple[Tally, list[Indicator], pd.DataFrame]]
"""Returns other counts of some indicators, the indicators of these, and the counts of their districts."""


def make_matrix(
    recipe: Recipe,
    areas: gpd.GeoDataFrame,
    made: Indicators,
    against: pd.DataFrame | None,
    *,
    noun: str,
    recount: Recount | None = None,
) -> DistrictMatrix | None:
    """Return which themes are a priority of which district, or None where districts cannot be compared.

    Parameters
    ----------
    recipe, areas, made : Recipe, GeoDataFrame, Indicators
        What is asked for, the first areas, and what was scored, with its tally.
    against : DataFrame, optional
        From `hotspots.analysis.partnerships.find_comparators`.
    noun : str
        What an area is called.
    recount : callable, optional
        What other counts than those of the tally are to be compared.
    """
    counted = made.tally
    assert counted is not None  # noqa: S101 - a recipe's priorities are counted; this tells the type checker
    themes, kinds = _themes(made, counted)
    if not themes:
        log.info("There are no priorities by partnership: no incident is of any of their themes")
        return None
    name = recipe.comparators.matrix if recipe.comparators else None
    comparator = None
    if name is not None and against is not None:
        groups = {theme.group: find_group(theme.group) for theme in themes if theme.group is not None}
        asked = {group.name: (group.category, group.exclude) for group in groups.values()}
        months = float(sum(counted.months))
        comparator = theme_comparator(against, name, asked, months=months, kinds=kinds)
        comparator = comparator.reindex([*asked, *(theme.name for theme in themes if theme.group is None)])
    districts = None
    if recount is not None:
        counted, themes, districts = recount(counted, themes)
    try:
        return district_matrix(
            areas,
            counted,
            themes,
            districts=districts,
            min_population=recipe.count.min_population,
            noun=noun,
            comparator=comparator,
            compared_with=name or "the comparator",
        )
    except DataError as error:
        log.info("There are no priorities by partnership: %s", error.message)
        return None


def _themes(made: Indicators, counted: Tally) -> tuple[list[Indicator], list[str]]:
    """Return the themes of the matrix, and the categories of the sources that have police.uk's.

    They are police.uk's groups, each of the first source that has incidents of it, and what the plan counts of the
    sources that have none of them.
    """
    themes: list[Indicator] = []
    for group in map(find_group, THEMES):
        for source in dict.fromkeys(counted.sources) or (None,):
            if counted.mask(group.category, group.exclude, source=source).any():
                themes.append(Indicator(group=group.key, incidents=source))
                break
    police = {theme.incidents for theme in themes}
    kinds = [
        category
        for place, category in enumerate(counted.categories)
        if not counted.sources or counted.sources[place] in police
    ]
    taken = {find_group(theme.group).name for theme in themes if theme.group is not None}
    others = [
        replace(
            entry,
            name=f"{entry.name} ({entry.incidents})" if entry.name in taken else entry.name,
            group=None,
            measure="rate",
        )
        for entry in made.entries
        if entry.counted and entry.harm is None and entry.incidents not in police and counted.sources
    ]
    return [*themes, *others], kinds


def make_standings(
    recipe: Recipe,
    first: Place,
    themes: Sequence[ThemeResult],
    *,
    attempt: Callable[[str], Attempt] = lambda _: at_once,
) -> Standings | None:
    """Return where each area stands against all areas, whatever group ``[flag]`` compares it with.

    Themes that `attempt`, given their names, leaves out are not in it; without any there are no standings.
    """
    if recipe.places is None:
        return None
    step = recipe.flag or Flag()
    flags = {}
    for theme in themes:
        table = theme.first
        if step.value not in table:
            raise DataError(
                f"[places] compares rates, but the areas of '{first.label}' have no population",
                hint="name a 'population_table' for them, or compare counts with [flag] value = \"n\"",
            )
        if step.within != "all":
            table = table.drop(columns="sd_flag", errors="ignore")
        if "sd_flag" not in table:
            log.info("Theme: %s, for the places at greatest risk", theme.name)
            against_all = partial(flag_layer, value=step.value, ddof=step.ddof, near=step.near)
            table = attempt(theme.name)(PLACES, table, against_all)
        if "sd_flag" in table:
            flags[theme.name] = table[["sd_flag", "sd_score", "sd_near"]]
    if not flags:
        return None
    counts = pd.DataFrame({theme.name: theme.first["n"] for theme in themes if theme.name in flags})
    return find_standings(first.areas, flags, counts, before=_left(step, themes), top=recipe.places.top)


def _left(step: Flag, themes: Sequence[ThemeResult]) -> dict[str, pd.Series[Any]]:
    """Return the flags before of the areas that are no longer above in the same months, by theme.

    The flags of the reporting period may be of other months, so that they alone do not tell who left.
    """
    tables = {theme.name: theme.first for theme in themes if step.within == "all"}
    return {
        name: table["sd_before"].where(table["sd_since"] == "no longer above")
        for name, table in tables.items()
        if "sd_since" in table
    }


def make_profile(recipe: Recipe, study: Study, comparators: pd.DataFrame | None) -> Profile | None:
    """Return the profile of each partnership, or None where the areas tell of none or incidents have no category."""
    first, asked = study.places[0], recipe.incidents[0]
    if asked.category or {name.casefold() for name in asked.exclude} - {DISORDER.casefold()}:
        log.info("There is no profile of partnerships: the recipe takes only some offences of the files")
        return None
    if len(recipe.incidents) > 1:
        log.info("Profile of partnerships: offences of '%s', the first of the [[incidents]]", asked.name)
    try:
        return profile_incidents(
            study.incidents,
            first.areas,
            assigned=study.assigned[first.key],
            months=study.months,
            comparison=study.comparison,
            before=study.before,
            before_in=study.before_in,
            sources=sources_of(study.incidents, study.before),
            comparators=comparators,
            margin=recipe.comparators.margin if recipe.comparators else 0,
        )
    except DataError as error:
        if comparators is not None:
            raise
        log.info("There is no profile of partnerships: %s", error.message)
        return None


def set_against(
    recipe: Recipe,
    themes: Sequence[ThemeResult],
    profile: Profile | None,
    comparators: pd.DataFrame | None,
    *,
    months: float,
    rounded: int = 1,
) -> dict[str, Against]:
    """Return each theme's rate beside the comparators' and its districts', by the theme's key."""
    options: dict[str, Any] = {"months": months, "rounded": rounded}
    return {
        one.key: theme_against(recipe, one.theme, one.first, profile, comparators, **options)
        for one in themes
    }


def assess(recipe: Recipe, results: Sequence[ThemeResult]) -> pd.DataFrame | None:
    """Return the themes as people scored them, with the volumes that they left to the counts."""
    step = recipe.assess
    if step is None:
        return None
    sheet = read_sheet(
        recipe.path(step.sheet),
        scale=(step.scale[0], step.scale[1]) if step.scale else None,
        counts={result.name: result.n for result in results},
        volume=step.volume,
    )
    return assess_themes(
        sheet,
        combine=step.combine,
        groups=step.groups,
        step=step.step,
        draws=step.draws,
        seed=step.seed,
        top=step.top,
        bands=step.bands,
        banner=step.banner,
    )
