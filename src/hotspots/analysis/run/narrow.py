"""Themes and priorities of a source that covers a part of the areas: counted there, and not covered elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.facts import find_within
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.results import Layer, Selection, ThemeResult
from hotspots.analysis.run.parts import Part
from hotspots.analysis.run.study import Study, find_neighbours
from hotspots.analysis.steps.counted import among
from hotspots.areas.uncovered import NOT_COVERED, with_coverage

Lacking = Mapping[str, gpd.GeoDataFrame]
"""The first areas that a source does not cover and another does, by the source's name."""


def beyond(sources: Iterable[str | None], lacking: Lacking) -> pd.Index[Any]:
    """Return the codes of the first areas that one of some sources does not cover."""
    named = [name for name in sources if name is not None and name in lacking]
    found: pd.Index[Any] = pd.Index(sorted({code for name in named for code in lacking[name].index}))
    return found


def narrowed(recipe: Recipe, study: Study, gone: pd.Index[Any]) -> Study:
    """Return a study without some of its first areas, and without what lies in them of its other places.

    Parameters
    ----------
    recipe, study : Recipe, Study
        What is asked for, and what all themes share.
    gone : Index
        Codes of first areas.
    """
    if gone.empty:
        return study
    apart, key = study.apart, study.places[0].key
    places, held = [], {}
    parts: dict[str, Part] = {}
    for position, place in enumerate(study.places):
        areas = place.areas[_kept(place.areas, apart.covered, gone, first_areas=position == 0)]
        places.append(replace(place, areas=areas))
        held[place.key] = study.held[place.key].within(areas)
        if place.key in apart.parts:
            part = apart.parts[place.key]
            own = part.areas[_kept(part.areas, apart.covered, gone, first_areas=position == 0)]
            parts |= {place.key: Part(own, part.held.within(own))} if len(own) else {}
    covered = apart.covered[~apart.covered.index.isin(gone)]
    before = apart.located_before
    left = replace(
        apart,
        places=places,
        held=held,
        parts=parts,
        lapses=apart.lapses[apart.lapses.index.isin(covered.index)],
        covered=covered,
        located=among(apart.located, covered),
        located_before=before if held[key].before.empty else among(before, covered),
    )
    return replace(
        study,
        held=held,
        places=places,
        neighbours=find_neighbours(recipe.gistar, places),
        beside=find_neighbours(recipe.outliers, places),
        around=find_neighbours(recipe.emerging, places),
        apart=left,
    )


def _kept(areas: gpd.GeoDataFrame, first: gpd.GeoDataFrame, gone: pd.Index[Any], *, first_areas: bool) -> Any:
    """Return which areas are kept: of others than the first, those whose middle lies in none that is gone."""
    if first_areas:
        return ~areas.index.isin(gone)
    holder = find_within(areas, first)
    return ~((holder >= 0) & np.isin(holder, np.flatnonzero(first.index.isin(gone))))


def theme_among_all(result: ThemeResult, study: Study) -> ThemeResult:
    """Return a theme of a narrowed study whose tables have a row for each area: not covered, where it is not counted.

    Parameters
    ----------
    result : ThemeResult
        From the narrowed study.
    study : Study
        With all areas.
    """
    every = study.apart.covered.index
    monthly, earlier = (
        None if table is None else table.reindex(every) for table in (result.monthly, result.earlier)
    )
    changed = result.change
    if changed is not None:
        areas = changed.areas.reindex(every)
        told = {
            name: areas[name].astype(object).where(areas[name].notna(), NOT_COVERED)
            for name in ("ch_text", "ch_note")
        }
        areas = areas.assign(**told)
        areas.attrs = dict(changed.areas.attrs)
        changed = replace(changed, areas=areas)
    layers = tuple(_among_all(layer, study) for layer in result.layers)
    return replace(result, layers=layers, monthly=monthly, earlier=earlier, change=changed)


def selection_among_all(selection: Selection, study: Study) -> Selection:
    """Return a selection from a narrowed study whose areas stand among all, without rank where not covered."""
    return replace(selection, layers=tuple(_among_all(layer, study) for layer in selection.layers))


def _among_all(layer: Layer, study: Study) -> Layer:
    """Return a layer of a place with a row for each of the place's areas."""
    place = next((one for one in study.places if one.key == layer.key and one.kind == "areas"), None)
    if place is None:
        return layer
    areas = place.areas
    if layer.key in study.parts:
        areas = with_coverage(areas, study.parts[layer.key].areas).drop(columns="coverage")
    missing = areas[~areas.index.isin(layer.table.index)]
    return replace(layer, table=with_coverage(layer.table, missing))
