"""Run a recipe: the only module that knows the whole flow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.changes import Comparison, ThemeChange, find_comparison, theme_change, theme_standing
from hotspots.analysis.comparators import theme_comparator
from hotspots.analysis.keys import make_keys
from hotspots.analysis.partnerships import find_comparators, profile_incidents
from hotspots.analysis.people import Grouping, class_layers, people_of_theme, read_groupings
from hotspots.analysis.profile import DISORDER, Profile
from hotspots.analysis.recipe import CELLS, Flag, GiStar, Grid, Outliers, Recipe, Theme
from hotspots.analysis.results import Analysis, Kind, Layer, Selection, ThemeResult
from hotspots.analysis.sources import account_each, of_source, of_theme, read_sources
from hotspots.analysis.standings import Standings, find_standings
from hotspots.analysis.steps import (
    account,
    add_columns,
    count_layer,
    flag_layer,
    gistar_layer,
    locate,
    outliers_layer,
    people_of,
    risk_layer,
)
from hotspots.areas.grid import make_grid
from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError
from hotspots.base.surface import Surface
from hotspots.counting.counts import By, assign_areas, count_incidents, rate
from hotspots.counting.period import period_of
from hotspots.counting.tally import Tally, tally
from hotspots.methods.contours import make_contours
from hotspots.methods.kde.density import kernel_density
from hotspots.priorities.assess import assess_themes, read_sheet
from hotspots.priorities.bandwidths import density_at_best
from hotspots.priorities.groups import find_group
from hotspots.priorities.indicators import Indicator
from hotspots.priorities.matrix import THEMES, DistrictMatrix, district_matrix
from hotspots.priorities.plan import read_plan
from hotspots.priorities.prioritise import prioritise

log = logging.getLogger(__name__)

Progress = Callable[..., None]

SELECTION = "priorities"  # the key of the group of selected areas
LOCALITIES = "localities"
TAKEN = (CELLS, LOCALITIES, "contours")  # keys of layers that no areas of the recipe can have


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
    read = read_sources(recipe)
    incidents, before, quality = read.incidents, read.before, read.quality
    places = [replace(place, areas=people_of(place.areas, quality)) for place in places]
    period = period_of(incidents, months=recipe.count.months)
    against = find_comparators(recipe, period=recipe.period)
    progress("Locating incidents")
    if recipe.grid is not None:
        cells = _make_cells(recipe.grid, places[0].areas, incidents)
        places.append(_Place(CELLS, "cells", CELLS.capitalize(), cells, "polygon"))
    assigned = {
        place.key: locate(incidents, place.areas, by=place.by, lookup=place.lookup or None, label=place.label)
        for place in places
    }
    quality = account(quality, incidents, assigned[places[0].key])
    accounts = account_each(read, assigned[places[0].key], label=places[0].label)
    progress("Finding neighbours")
    study = _Study(
        incidents,
        places,
        assigned,
        _find_neighbours(recipe.gistar, places),
        _find_neighbours(recipe.outliers, places),
        period.months,
        period.length,
        find_comparison(recipe.periods, period.months),
        before,
        _locate_before(before, places[0]),
        read_groupings(
            recipe,
            [(place.key, place.label, place.areas) for place in places if place.kind == "areas"],
            taken=(*TAKEN, *assigned),
        ),
    )
    _say_comparison(study)
    results = []
    keys = make_keys([theme.name for theme in recipe.theme], fallback="theme", taken=[SELECTION])
    for theme, key in zip(recipe.theme, keys, strict=True):
        progress(theme.name)
        results.append(_compute(recipe, theme, key, study))
    selection = None
    if recipe.select is not None:
        progress(SELECTION.capitalize())
        selection = _select(recipe, study, against)
    return Analysis(
        recipe,
        quality,
        period.months,
        period.length,
        places[0].areas,
        tuple(results),
        study.neighbours,
        selection,
        study.comparison,
        _standings(recipe, places[0], results),
        _assess(recipe, results),
        _profile(recipe, study, against),
        accounts,
    )


@dataclass(frozen=True, eq=False)
class _Place:
    """Areas that incidents are counted in, before any theme is."""

    key: str
    kind: Kind
    label: str
    areas: gpd.GeoDataFrame
    by: By
    lookup: tuple[str, ...] = ()


def _read_places(recipe: Recipe) -> list[_Place]:
    keys = make_keys([entry.label for entry in recipe.areas], fallback="areas", taken=TAKEN)
    places = []
    for entry, key in zip(recipe.areas, keys, strict=True):
        table = recipe.path(entry.population_table) if entry.population_table else None
        areas = read_areas(
            recipe.path(entry.source),
            layer=entry.layer,
            code=entry.code,
            name=entry.name,
            district=entry.district,
            population=entry.population,
            population_table=table,
            only=entry.only or None,
            areas_crs=entry.areas_crs,
            crs=recipe.crs,
        )
        lookup = tuple(recipe.path(name) for name in entry.lookup)
        places.append(_Place(key, "areas", entry.label, areas, entry.by, lookup))
    return places


def _locate_before(before: pd.DataFrame, place: _Place) -> pd.Series[Any]:
    """Return the area of each incident of the comparison alone, by the first areas."""
    if before.empty:
        return pd.Series(dtype=object)
    label = f"{place.label}, comparison"
    return locate(before, place.areas, by=place.by, lookup=place.lookup or None, label=label)


def _say_comparison(study: _Study) -> None:
    compared = study.comparison
    if compared is not None and not compared.asked:
        log.info(
            "Every table is of all %d months; the change compares %s with %s (report on one period alone with "
            "'period' in [incidents] and 'before' in [change])",
            len(study.calendar), _ends(compared.after), _ends(compared.before),
        )  # fmt: skip


def _ends(months: tuple[pd.Period, ...]) -> str:
    return "..".join(dict.fromkeys([str(months[0]), str(months[-1])]))


def _make_cells(step: Grid, areas: gpd.GeoDataFrame, incidents: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the cells over the areas; where asked, only those in which any incident of any theme lies."""
    cells = make_grid(areas, cell_size=step.cell_size, shape=step.shape)
    if step.keep == "all":
        return cells
    used = cells.index.isin(assign_areas(incidents, cells).dropna().unique())
    log.info(
        "Cells: %s of %s hold an incident of any kind and are the study area",
        f"{int(used.sum()):,}", f"{len(cells):,}",
    )  # fmt: skip
    return cells[used]


def _named(place: _Place, layers: tuple[str, ...]) -> bool:
    """Return whether a step names a place among its layers; the grid's cells have one name for all recipes."""
    return (CELLS if place.kind == "cells" else place.label) in layers


def _find_neighbours(step: GiStar | Outliers | None, places: list[_Place]) -> dict[str, Neighbours]:
    if step is None:
        return {}
    return {
        place.key: make_neighbours(
            place.areas, method=step.neighbours, distance=step.distance, nearest=step.nearest
        )
        for position, place in enumerate(places)
        if (_named(place, step.layers) if step.layers else position == 0 or place.kind == "cells")
    }


@dataclass(frozen=True, eq=False)
class _Study:
    """What all themes share: incidents, places, where each incident is, and the time they cover."""

    incidents: pd.DataFrame
    places: list[_Place]
    assigned: dict[str, pd.Series]
    neighbours: dict[str, Neighbours]  # of [gistar]
    beside: dict[str, Neighbours]  # of [outliers]
    calendar: tuple[pd.Period, ...]
    months: float
    comparison: Comparison | None
    before: pd.DataFrame
    before_in: pd.Series[Any]
    groupings: tuple[Grouping, ...] = ()


def _compute(recipe: Recipe, theme: Theme, key: str, study: _Study) -> ThemeResult:
    log.info("Theme: %s", theme.name)
    chosen = of_theme(recipe, theme, study.incidents)
    first = study.places[0]
    monthly = _by_month(chosen, first.areas, study.assigned[first.key], study.calendar)
    changed = _change(recipe, theme, study, monthly)
    layers = tuple(
        Layer(place.key, place.kind, place.label, _count(recipe, chosen, study, place, changed))
        for place in study.places
    )
    table = layers[0].table
    people = people_of_theme(
        recipe,
        theme,
        chosen,
        first.areas,
        every=of_source(study.incidents, theme.incidents),
        assigned=study.assigned[first.key],
        groupings=study.groupings,
        first=first.key,
    )
    surface, contours = _density(recipe, chosen, first.areas, study.months)
    return ThemeResult(
        key,
        theme.name,
        (*layers, *class_layers(recipe, study.groupings, layers, months=study.months)),
        surface,
        contours,
        theme=theme,
        n=table["n"].sum().item(),
        rate=_whole_rate(table, study.months),
        monthly=monthly,
        change=changed,
        breakdowns=people.breakdowns,
        shares=people.shares,
        repeats=people.repeats,
    )


def _change(recipe: Recipe, theme: Theme, study: _Study, monthly: pd.DataFrame | None) -> ThemeChange | None:
    """Return how the theme changed, its incidents outside the reporting period read beside those inside."""
    if study.comparison is None or monthly is None:
        return None
    first, step = study.places[0], recipe.change
    if len(study.before):
        earlier = of_theme(recipe, theme, study.before, before=True)
        counts = count_incidents(earlier, first.areas, per="month", assigned=study.before_in[earlier.index])
        monthly = pd.concat([counts, monthly], axis=1)
    how: dict[str, Any] = (
        {} if step is None else {"dispersion": step.dispersion, "flagged_by": step.flagged_by}
    )
    changed = theme_change(monthly, study.comparison, districts=first.areas.get("district"), **how)
    if step is not None and step.dispersion is None:
        used, source = changed.areas.attrs["dispersion"], changed.areas.attrs["dispersion_from"]
        log.info("%s, change: dispersion %.2f (%s; set it with 'dispersion')", first.label, used, source)
    return changed


def _count(
    recipe: Recipe, chosen: pd.DataFrame, study: _Study, place: _Place, changed: ThemeChange | None
) -> gpd.GeoDataFrame:
    """Return the table of one place with all that the recipe asks for."""
    first = place is study.places[0]
    assigned = study.assigned[place.key]
    layer = count_layer(
        chosen,
        place.areas,
        assigned=assigned,
        months=study.months,
        min_population=recipe.count.min_population,
        dispersion=_dispersion(recipe, study, place, changed),
        limits=recipe.count.limits,
        label=place.label,
    )
    flagged = recipe.flag is not None and (_named(place, recipe.flag.layers) if recipe.flag.layers else first)
    if flagged:
        layer = _flag(recipe, place.label, layer)
    if recipe.change is not None and first and changed is not None:
        layer = _add_change(recipe, study, layer, changed, flagged=flagged)
    if recipe.gistar is not None and place.key in study.neighbours:
        step = recipe.gistar
        layer = gistar_layer(
            layer,
            value="n"
            if place.kind == "cells"
            else step.value,  # cells are of one size and have no population
            neighbours=study.neighbours[place.key],
            inference=step.inference,
            cap=step.cap,
            permutations=step.permutations,
            seed=step.seed,
        )
    if recipe.outliers is not None and place.key in study.beside:
        beside = recipe.outliers
        layer = outliers_layer(
            layer,
            value="n" if place.kind == "cells" else beside.value,
            neighbours=study.beside[place.key],
            cap=beside.cap,
        )
    if recipe.risk is not None and (_named(place, recipe.risk.layers) if recipe.risk.layers else first):
        layer = _risk(recipe, study.months, place.label, layer)
    return layer


def _add_change(
    recipe: Recipe, study: _Study, layer: gpd.GeoDataFrame, changed: ThemeChange, *, flagged: bool
) -> gpd.GeoDataFrame:
    """Return the layer with the change of its areas and, where they are flagged, who is newly or no longer above."""
    layer = add_columns(layer, changed.areas)
    layer.attrs["change_dispersion"] = changed.areas.attrs["dispersion"]
    if flagged and recipe.flag is not None and study.comparison is not None:
        found = theme_standing(
            changed, study.comparison, layer, flag=recipe.flag, min_population=recipe.count.min_population
        )
        layer = add_columns(layer, found)
    return layer


def _dispersion(recipe: Recipe, study: _Study, place: _Place, changed: ThemeChange | None) -> float | None:
    """Return the dispersion asked for or, of a period that cannot be halved, that of the two periods compared."""
    given = recipe.count.dispersion
    if given is not None or changed is None or study.comparison is None or place is not study.places[0]:
        return given
    if len(study.calendar) > 1 or len(study.comparison.after) != len(study.calendar):
        return None
    told = float(changed.areas.attrs["dispersion"])
    log.info("%s: the dispersion is that of the two periods compared, %.2f", place.label, told)
    return told


def _risk(recipe: Recipe, months: float, label: str, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    step = recipe.risk
    assert step is not None  # noqa: S101 - the caller checked; this tells the type checker
    if "rate" not in layer:
        raise DataError(
            f"[risk] compares rates, but the areas of '{label}' have no population",
            hint="name a 'population_table' for them, or leave the table [risk] out",
        )
    asked = {field.name: getattr(step, field.name) for field in fields(step) if field.name != "layers"}
    return risk_layer(layer, months=months, min_population=recipe.count.min_population, **asked)


def _whole_rate(table: gpd.GeoDataFrame, months: float) -> float | None:
    """Return the rate of all areas that have one, taken together."""
    rated = table[table["rate"].notna()] if "rate" in table else table[:0]
    if rated.empty:
        return None
    whole = rate(pd.Series([rated["n"].sum()]), pd.Series([rated["population"].sum()]), months=months)
    return float(whole.iloc[0])


def _select(recipe: Recipe, study: _Study, against: pd.DataFrame | None) -> Selection:
    """Return the priority areas as layers among the others: the areas, and their localities where there are any."""
    assert recipe.select is not None  # noqa: S101 - the caller checked; this tells the type checker
    first = study.places[0]
    plan = read_plan(recipe.path(recipe.select.plan))
    held = of_source(study.incidents, recipe.select.incidents)
    counted = tally(held, first.areas, every=plan.periods, assigned=study.assigned[first.key])
    made = prioritise(first.areas, counted, plan, wide="overall" if recipe.areas[0].only else None)
    layers = [Layer(first.key, "areas", first.label, made.layer)]
    if made.localities is not None:
        layers.append(Layer(LOCALITIES, "localities", LOCALITIES.capitalize(), made.localities))
    return Selection(
        SELECTION,
        SELECTION.capitalize(),
        tuple(layers),
        plan=plan,
        priorities=made,
        tally=counted,
        matrix=_matrix(recipe, first.areas, counted, against, noun=made.noun),
    )


def _standings(recipe: Recipe, first: _Place, themes: list[ThemeResult]) -> Standings | None:
    """Return where each area stands against all areas, whatever group ``[flag]`` compares it with."""
    if recipe.places is None:
        return None
    step = recipe.flag or Flag()
    flags = {}
    for theme in themes:
        table = theme.first
        if "sd_flag" not in table or step.within != "all":
            if step.value not in table:
                raise DataError(
                    f"[places] compares rates, but the areas of '{first.label}' have no population",
                    hint="name a 'population_table' for them, or compare counts with [flag] value = \"n\"",
                )
            log.info("Theme: %s, for the places at greatest risk", theme.name)
            table = flag_layer(table, value=step.value, ddof=step.ddof, near=step.near)
        flags[theme.name] = table[["sd_flag", "sd_score", "sd_near"]]
    counts = pd.DataFrame({theme.name: theme.first["n"] for theme in themes})
    return find_standings(first.areas, flags, counts, before=_left(step, themes), top=recipe.places.top)


def _left(step: Flag, themes: list[ThemeResult]) -> dict[str, pd.Series[Any]]:
    """Return the flags before of the areas that are no longer above in the same months, by theme.

    The flags of the reporting period may be of other months, so that they alone do not tell who left.
    """
    tables = {theme.name: theme.first for theme in themes if step.within == "all"}
    return {
        name: table["sd_before"].where(table["sd_since"] == "no longer above")
        for name, table in tables.items()
        if "sd_since" in table
    }


def _matrix(
    recipe: Recipe, areas: gpd.GeoDataFrame, counted: Tally, against: pd.DataFrame | None, *, noun: str
) -> DistrictMatrix | None:
    """Return which themes are a priority of which district, or None where districts cannot be compared."""
    groups = [find_group(name) for name in THEMES]
    themes = [
        Indicator(group=group.key) for group in groups if counted.mask(group.category, group.exclude).any()
    ]
    if not themes:
        log.info("There are no priorities by partnership: no incident is of any of their themes")
        return None
    name = recipe.comparators.matrix if recipe.comparators else None
    comparator = None
    if name is not None and against is not None:
        kinds = {group.name: (group.category, group.exclude) for group in groups}
        months = float(sum(counted.months))
        comparator = theme_comparator(against, name, kinds, months=months, kinds=counted.categories)
    try:
        return district_matrix(
            areas,
            counted,
            themes,
            min_population=recipe.count.min_population,
            noun=noun,
            comparator=comparator,
            compared_with=name or "the comparator",
        )
    except DataError as error:
        log.info("There are no priorities by partnership: %s", error.message)
        return None


def _profile(recipe: Recipe, study: _Study, comparators: pd.DataFrame | None) -> Profile | None:
    """Return the profile of each partnership, or None where the areas tell of none or incidents have no category."""
    first, asked = study.places[0], recipe.incidents[0]
    if asked.category or {name.casefold() for name in asked.exclude} - {DISORDER.casefold()}:
        log.info("There is no profile of partnerships: the recipe takes only some offences of the files")
        return None
    incidents, before = (of_source(held, asked.name) for held in (study.incidents, study.before))
    if len(recipe.incidents) > 1:
        log.info("Profile of partnerships: of '%s', the first of the [[incidents]]", asked.name)
    try:
        return profile_incidents(
            incidents,
            first.areas,
            assigned=study.assigned[first.key].loc[incidents.index],
            months=study.months,
            comparison=study.comparison,
            before=before,
            before_in=study.before_in.loc[before.index],
            comparators=comparators,
            margin=recipe.comparators.margin if recipe.comparators else 0,
        )
    except DataError as error:
        if comparators is not None:
            raise
        log.info("There is no profile of partnerships: %s", error.message)
        return None


def _assess(recipe: Recipe, results: Sequence[ThemeResult]) -> pd.DataFrame | None:
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
    choices: dict[str, Any] = {
        "cell_size": step.cell_size,
        "kernel": step.kernel,
        "edge": step.edge,
        "months": months,
    }
    if step.bandwidth == "best":
        surface = density_at_best(incidents, areas, **choices)
    else:
        surface = kernel_density(incidents, areas, bandwidth=step.bandwidth, **choices)
    surface = surface.classed(step.classes)
    return surface, make_contours(surface, areas=areas)


def _by_month(
    chosen: pd.DataFrame, areas: gpd.GeoDataFrame, assigned: pd.Series, calendar: tuple[pd.Period, ...]
) -> pd.DataFrame | None:
    """Return the chosen incidents by area and month, with a column for every month that any incident has."""
    if not calendar or chosen["month"].isna().all():
        return None
    counts = count_incidents(chosen, areas, per="month", assigned=assigned)
    return counts.reindex(columns=pd.Index(calendar, name="month"), fill_value=0)
