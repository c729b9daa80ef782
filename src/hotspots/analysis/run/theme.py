"""One theme of a run: its tables, change, density and people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.changes import Comparison, ThemeChange, theme_change, theme_standing
from hotspots.analysis.emerging import emerging_layer
from hotspots.analysis.people import class_layers, people_of_theme
from hotspots.analysis.public.density import measured_anew
from hotspots.analysis.public.pieces import count_pieces
from hotspots.analysis.recipe.tables import Recipe, Theme
from hotspots.analysis.results import Layer, ThemeResult
from hotspots.analysis.run.parts import noted, with_part
from hotspots.analysis.run.place import Place
from hotspots.analysis.run.study import Study, is_named
from hotspots.analysis.sources import of_source, of_theme
from hotspots.analysis.steps.changed import spread_words
from hotspots.analysis.steps.columns import add_columns
from hotspots.analysis.steps.counted import count_layer
from hotspots.analysis.steps.measured import flag_layer, gistar_layer, outliers_layer, risk_layer
from hotspots.analysis.times.themes import times_of_theme
from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError
from hotspots.base.surface import Floats, Surface
from hotspots.counting.counts import count_incidents
from hotspots.counting.coverage.lapses import blanked
from hotspots.counting.rates import rate
from hotspots.methods.contours import make_contours
from hotspots.methods.kde.density import kernel_density
from hotspots.priorities.bandwidths import density_at_best

log = logging.getLogger(__name__)

FLAGS = "flags against the mean"
STANDING = "flags since the period before"
GISTAR = "hotspots by Gi*"
OUTLIERS = "outliers by local Moran's I"
RISK = "areas over a limit of risk"
"""What the measures of a layer are called where one of them is left out."""
Measure = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]
Attempt = Callable[[str, gpd.GeoDataFrame, Measure], gpd.GeoDataFrame]
"""Makes a measure of a layer, of which it is told what it is called: the layer with the measure's columns."""


def at_once(_: str, layer: gpd.GeoDataFrame, measure: Measure) -> gpd.GeoDataFrame:
    """Return a layer with a measure that must be there."""
    return measure(layer)


def compute_theme(recipe: Recipe, theme: Theme, key: str, study: Study) -> ThemeResult:
    """Return all that a recipe asks of one theme."""
    log.info("Theme: %s", theme.name)
    chosen = of_theme(recipe, theme, study.incidents)
    first = study.places[0]
    every, located = study.apart.covered, study.apart.located
    monthly = _by_month(chosen, every, located, study.calendar)
    monthly = None if monthly is None else blanked(monthly, study.apart.lapses)
    earlier = _earlier_months(recipe, theme, study)
    changed = _change(recipe, study, monthly, earlier)
    layers = tuple(
        Layer(place.key, place.kind, place.label, _count(recipe, theme, chosen, study, place, changed))
        for place in study.places
    )
    table = layers[0].table
    people = people_of_theme(
        recipe,
        theme,
        chosen,
        every,
        every=of_source(study.incidents, theme.incidents),
        assigned=located,
        groupings=study.groupings,
        first=first.key,
    )
    spots = chosen if study.spots is study.incidents else of_theme(recipe, theme, study.spots, before=True)
    surface, contours, bears = _density(recipe, spots, first.areas, study.months)
    return ThemeResult(
        key,
        theme.name,
        (
            *(_with_part(recipe, theme, chosen, study, layer, changed) for layer in layers),
            *class_layers(recipe, study.groupings, layers, months=study.months),
        ),
        surface,
        contours,
        theme=theme,
        n=count_incidents(chosen, every, assigned=located).to_numpy().sum().item(),
        rate=whole_rate(table, study.months),
        monthly=monthly,
        earlier=earlier,
        change=changed,
        breakdowns=people.breakdowns,
        shares=people.shares,
        repeats=people.repeats,
        bears=bears,
        pieces=_pieces(recipe, study, chosen),
        times=times_of_theme(recipe, theme, chosen[located.reindex(chosen.index).notna()]),
    )


def _pieces(recipe: Recipe, study: Study, chosen: pd.DataFrame) -> pd.Series[Any] | None:
    """Return a theme's incidents by the areas of all layers at once, where they are to be published."""
    if recipe.publish is None:
        return None
    places = [place for place in study.places if place.kind == "areas"]
    return count_pieces([study.assigned[place.key].reindex(chosen.index) for place in places])


def _change(
    recipe: Recipe, study: Study, monthly: pd.DataFrame | None, earlier: pd.DataFrame | None
) -> ThemeChange | None:
    """Return how the theme changed, its incidents outside the reporting period read beside those inside."""
    if study.comparison is None or monthly is None:
        return None
    first, step = study.places[0], recipe.change
    if earlier is not None:
        monthly = pd.concat([earlier, monthly], axis=1)
    every = study.apart.covered
    how: dict[str, Any] = (
        {} if step is None else {"dispersion": step.dispersion, "flagged_by": step.flagged_by}
    )
    changed = theme_change(monthly, study.comparison, districts=every.get("district"), **how)
    if step is not None and step.dispersion is None:
        source = changed.areas.attrs["dispersion_from"]
        said = spread_words(changed.areas)
        log.info("%s, change: dispersion %s (%s; set it with 'dispersion')", first.label, said, source)
    return noted(changed, study.comparison, study.apart.lapses, every)


def _earlier_months(recipe: Recipe, theme: Theme, study: Study) -> pd.DataFrame | None:
    """Return the theme's incidents in each of the first areas by month, of those read for a comparison alone."""
    if not len(study.before):
        return None
    chosen = of_theme(recipe, theme, study.before, before=True)
    apart = study.apart
    counts = count_incidents(chosen, apart.covered, per="month", assigned=apart.located_before[chosen.index])
    held = sorted(study.before["month"].dropna().unique())
    return blanked(counts.reindex(columns=pd.Index(held, name="month"), fill_value=0), apart.lapses)


def _with_part(
    recipe: Recipe,
    theme: Theme,
    chosen: pd.DataFrame,
    study: Study,
    layer: Layer,
    changed: ThemeChange | None,
) -> Layer:
    """Return a layer with its areas that lack a month: their counts, and how they changed where that is known."""
    if layer.key not in study.parts:
        return layer
    part = study.parts[layer.key]
    if part.held.incidents is not study.incidents:
        chosen = of_theme(recipe, theme, part.held.incidents, before=True)
    known = count_incidents(chosen, part.areas, assigned=part.held.assigned).to_frame()
    if recipe.change is not None and changed is not None and layer.key == study.places[0].key:
        known = known.join(changed.areas)
    return with_part(layer, study.parts, known)


def _count(
    recipe: Recipe,
    theme: Theme,
    chosen: pd.DataFrame,
    study: Study,
    place: Place,
    changed: ThemeChange | None,
) -> gpd.GeoDataFrame:
    """Return the table of one place with all that the recipe asks for."""
    first = place is study.places[0]
    held = study.held[place.key]
    assigned = held.assigned
    if held.incidents is not study.incidents:
        # Of a theme whose incidents have no coordinates, none is in a cell.
        chosen = of_theme(recipe, theme, held.incidents, before=True)
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
    layer = measure_layer(
        recipe,
        place,
        layer,
        first=first,
        changed=changed,
        comparison=study.comparison,
        neighbours=study.neighbours.get(place.key),
        beside=study.beside.get(place.key),
    )
    if recipe.emerging is not None and study.steps is not None and place.key in study.around:
        over = recipe.emerging
        layer = emerging_layer(
            layer,
            chosen,
            study.steps,
            assigned=assigned,
            neighbours=study.around[place.key],
            comparison=over.comparison,
            previous=over.previous,
            cap=over.cap,
        )
    return risk_of_layer(recipe, study.months, place, layer, first=first)


def measure_layer(
    recipe: Recipe,
    place: Place,
    layer: gpd.GeoDataFrame,
    *,
    first: bool,
    changed: ThemeChange | None,
    comparison: Comparison | None,
    neighbours: Neighbours | None,
    beside: Neighbours | None,
    attempt: Attempt = at_once,
) -> gpd.GeoDataFrame:
    """Return a counted layer with its flags, change, Gi* and outliers, as far as the recipe asks for them.

    Parameters
    ----------
    recipe, place : Recipe, Place
        What is asked for, and of which areas.
    layer : GeoDataFrame
        The areas with ``n`` and, where people are known, rates.
    first : bool
        Whether these are the recipe's first areas.
    changed, comparison : ThemeChange, Comparison, optional
        How the theme changed between which periods; the first areas show it.
    neighbours, beside : Neighbours, optional
        What Gi* and local Moran's I take as neighbours; without them there is neither.
    attempt : callable, optional
        Makes each measure; it may leave one out.
    """
    flagged = recipe.flag is not None and (
        is_named(place, recipe.flag.layers) if recipe.flag.layers else first
    )
    if flagged:
        layer = attempt(FLAGS, layer, partial(_flag, recipe, place.label))
    if recipe.change is not None and first and changed is not None:
        layer = add_columns(layer, changed.areas.loc[layer.index])
        layer.attrs["change_dispersion"] = changed.areas.attrs["dispersion"]
        if "sd_flag" in layer and comparison is not None:
            layer = attempt(STANDING, layer, partial(_add_standing, recipe, comparison, changed))
    if recipe.gistar is not None and neighbours is not None:
        step = recipe.gistar
        layer = attempt(
            GISTAR,
            layer,
            partial(
                gistar_layer,
                # cells are of one size and have no population
                value="n" if place.kind == "cells" else step.value,
                neighbours=neighbours,
                inference=step.inference,
                cap=step.cap,
                permutations=step.permutations,
                seed=step.seed,
            ),
        )
    if recipe.outliers is not None and beside is not None:
        value = "n" if place.kind == "cells" else recipe.outliers.value
        layer = attempt(
            OUTLIERS,
            layer,
            partial(outliers_layer, value=value, neighbours=beside, cap=recipe.outliers.cap),
        )
    return layer


def _add_standing(
    recipe: Recipe, comparison: Comparison, changed: ThemeChange, layer: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return a flagged layer with which areas are newly, still or no longer above the average."""
    assert recipe.flag is not None  # noqa: S101 - the layer is flagged; this tells the type checker
    found = theme_standing(
        replace(changed, areas=changed.areas.loc[layer.index]),
        comparison,
        layer,
        flag=recipe.flag,
        min_population=recipe.count.min_population,
    )
    return add_columns(layer, found)


def _dispersion(recipe: Recipe, study: Study, place: Place, changed: ThemeChange | None) -> float | None:
    """Return the dispersion asked for or, of a period that cannot be halved, that of the two periods compared."""
    given = recipe.count.dispersion
    if given is not None or changed is None or study.comparison is None or place is not study.places[0]:
        return given
    if len(study.calendar) > 1 or len(study.comparison.after) != len(study.calendar):
        return None
    told = float(changed.areas.attrs["dispersion"])
    log.info("%s: the dispersion is that of the two periods compared, %.2f", place.label, told)
    return told


def risk_of_layer(
    recipe: Recipe, months: float, place: Place, layer: gpd.GeoDataFrame, *, first: bool, rounded: int = 1
) -> gpd.GeoDataFrame:
    """Return the layer with its risks, where the recipe asks for them of its areas; see `risk_layer`."""
    step = recipe.risk
    if step is None or not (is_named(place, step.layers) if step.layers else first):
        return layer
    if "rate" not in layer:
        raise DataError(
            f"[risk] compares rates, but the areas of '{place.label}' have no population",
            hint="name a 'population_table' for them, or leave the table [risk] out",
        )
    asked = {field.name: getattr(step, field.name) for field in fields(step) if field.name != "layers"}
    return risk_layer(
        layer, months=months, min_population=recipe.count.min_population, rounded=rounded, **asked
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


def whole_rate(table: gpd.GeoDataFrame, months: float) -> float | None:
    """Return the rate of all areas that have one, taken together."""
    rated = table[table["rate"].notna()] if "rate" in table else table[:0]
    if rated.empty:
        return None
    whole = rate(pd.Series([rated["n"].sum()]), pd.Series([rated["population"].sum()]), months=months)
    return float(whole.iloc[0])


def _density(
    recipe: Recipe, incidents: pd.DataFrame, areas: gpd.GeoDataFrame, months: float
) -> tuple[Surface | None, gpd.GeoDataFrame | None, Floats | None]:
    """Return the density, its contours and, where it is to be published, how many incidents bear on each cell."""
    step = recipe.kde
    if step is None:
        return None, None, None
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
    bears = None
    if recipe.publish is not None:
        surface, bears = measured_anew(incidents, areas, surface, recipe.publish.rules)
    surface = surface.classed(step.classes)
    return surface, make_contours(surface, areas=areas), bears


def _by_month(
    chosen: pd.DataFrame, areas: gpd.GeoDataFrame, assigned: pd.Series, calendar: tuple[pd.Period, ...]
) -> pd.DataFrame | None:
    """Return the chosen incidents by area and month, with a column for every month that any incident has."""
    if not calendar or chosen["month"].isna().all():
        return None
    counts = count_incidents(chosen, areas, per="month", assigned=assigned)
    return counts.reindex(columns=pd.Index(calendar, name="month"), fill_value=0)
