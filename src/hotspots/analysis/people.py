"""What a recipe asks of each theme beside its areas: classes of areas, bands of people, shares of a kind, repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.breakdowns import HOUR, Breakdown, break_down
from hotspots.analysis.classes import Classes, class_layer, outlines_of, read_classes
from hotspots.analysis.keys import make_keys
from hotspots.analysis.recipe.tables import Breakdown as BreakdownAsked
from hotspots.analysis.recipe.tables import Classes as ClassesAsked
from hotspots.analysis.recipe.tables import Incidents, Recipe, Theme
from hotspots.analysis.repeats import Repeats, find_repeats
from hotspots.analysis.results import Layer
from hotspots.analysis.shares import Share, share_in_areas

ALWAYS_THERE = ("category", "month", "lsoa_code")


def asks_of(recipe: Recipe, themes: tuple[str, ...], source: Incidents) -> bool:
    """Return whether a step that is limited to some themes, or to none, is asked of incidents of a source."""
    return any(
        recipe.source_of(theme.incidents) is source
        for theme in recipe.theme
        if not themes or theme.name in themes
    )


def kept_columns(recipe: Recipe, source: Incidents) -> list[str]:
    """Return the columns of a source that the breakdowns, shares and repeats of its themes need."""
    breakdowns = [asked for asked in recipe.breakdown if asks_of(recipe, asked.theme, source)]
    wanted = [one for asked in breakdowns for one in (*asked.by, asked.time_column) if one]
    hour = any(HOUR in asked.by and asked.time_column for asked in breakdowns)
    wanted = [one for one in wanted if not (one == HOUR and hour)]
    wanted += [asked.column for asked in recipe.share if asks_of(recipe, asked.theme, source)]
    repeats = recipe.repeats
    if repeats is not None and repeats.place_column and asks_of(recipe, repeats.theme, source):
        wanted.append(repeats.place_column)
    return [one for one in dict.fromkeys(wanted) if one not in ALWAYS_THERE]


@dataclass(frozen=True, eq=False)
class Grouping:
    """A lookup of classes as the recipe asks for it: the key of its layers, the areas' layer, and their outlines."""

    key: str
    asked: ClassesAsked
    of: str
    classes: Classes
    outlines: gpd.GeoDataFrame


def read_groupings(
    recipe: Recipe, areas: Sequence[tuple[str, str, gpd.GeoDataFrame]], *, taken: Sequence[str]
) -> tuple[Grouping, ...]:
    """Read the lookups of classes of a recipe.

    Parameters
    ----------
    recipe : Recipe
        What is asked for.
    areas : sequence of (key, label, GeoDataFrame)
        The layers of areas, the first of which is meant where no layer is named.
    taken : sequence of str
        Keys that no layer may have.
    """
    keys = make_keys([one.name for one in recipe.classes], fallback="classes", taken=taken)
    made = []
    for asked, key in zip(recipe.classes, keys, strict=True):
        of, _, table = next((one for one in areas if one[1] == asked.layer), areas[0])
        classes = read_classes(
            recipe.path(asked.table), table.index, column=asked.column, scale=asked.scale, ranked=asked.ranked
        )
        made.append(Grouping(key, asked, of, classes, outlines_of(table, classes)))
    return tuple(made)


def classes_of(groupings: Sequence[Grouping], key: str) -> dict[str, pd.Series[Any]]:
    """Return the class of each area of the layer of that key, by the name of the lookup."""
    return {one.asked.name: one.classes.of for one in groupings if one.of == key}


def class_layers(
    recipe: Recipe, groupings: Sequence[Grouping], layers: Sequence[Layer], *, months: float
) -> tuple[Layer, ...]:
    """Return the layers of classes of one theme, from those of its areas."""
    tables = {layer.key: layer.table for layer in layers}
    return tuple(
        Layer(
            one.key,
            "classes",
            one.asked.name,
            class_layer(
                tables[one.of],
                one.classes,
                one.outlines,
                months=months,
                against=one.asked.against,
                limits=recipe.count.limits,
                fewest=one.asked.fewest,
            ),
            one.classes.of,
        )
        for one in groupings
    )


@dataclass(frozen=True, eq=False)
class People:
    """What is asked of one theme's incidents, where it is."""

    breakdowns: tuple[Breakdown, ...]
    shares: tuple[Share, ...]
    repeats: Repeats | None


def people_of_theme(
    recipe: Recipe,
    theme: Theme,
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    every: pd.DataFrame,
    assigned: pd.Series[Any],
    groupings: Sequence[Grouping],
    first: str,
) -> People:
    """Return the breakdowns, shares and repeats of a theme: of its incidents inside the areas.

    Parameters
    ----------
    recipe, theme : Recipe, Theme
        What is asked for, and of which theme.
    incidents, every : DataFrame
        The theme's incidents, and all.
    areas : GeoDataFrame
        The first areas.
    assigned : Series
        The area of each incident.
    groupings : sequence of Grouping
        From `read_groupings`.
    first : str
        The key of the first areas.
    """
    inside = incidents[assigned.reindex(incidents.index).notna()]

    def asked(of: tuple[str, ...]) -> bool:
        return len(inside) > 0 and (not of or theme.name in of)

    classes = classes_of(groupings, first)
    told: dict[str, Any] = {"dispersion": recipe.count.dispersion}
    step = recipe.repeats
    return People(
        tuple(_breakdown(recipe, one, inside, **told) for one in recipe.breakdown if asked(one.theme)),
        tuple(
            share_in_areas(
                inside,
                areas,
                one.column,
                assigned=assigned,
                value=one.value,
                name=one.name,
                classes=classes,
                fewest=_fewest(recipe, one.fewest),
                **told,
            )
            for one in recipe.share
            if asked(one.theme)
        ),
        None
        if step is None or not asked(step.theme) or inside["x"].isna().all()
        else find_repeats(
            inside,
            areas,
            every=every,
            assigned=assigned,
            place_column=step.place_column,
            identifiers=step.identifiers,
            top=step.top,
            places=step.places,
            follow_up=step.follow_up,
            reports=step.reports,
            in_months=step.in_months,
            fewest=step.fewest,
        ),
    )


def _breakdown(recipe: Recipe, asked: BreakdownAsked, incidents: pd.DataFrame, **told: Any) -> Breakdown:
    return break_down(
        incidents,
        asked.by,
        name=asked.name,
        population=recipe.path(asked.population) if asked.population else None,
        hours=asked.hours,
        time_column=asked.time_column,
        fewest=_fewest(recipe, asked.fewest),
        **told,
    )


def _fewest(recipe: Recipe, asked: int) -> int:
    """Return the smallest count that is shown: any in what is to be published, whose rules hide them later."""
    return asked if recipe.publish is None else 1
