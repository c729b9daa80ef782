"""Areas of a run that the files cover in a part of the months: counted and shown, and in nothing that is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.analysis.changes import Comparison, ThemeChange
from hotspots.analysis.facts import find_within
from hotspots.analysis.results import Layer, Selection
from hotspots.analysis.run.place import Held, Place
from hotspots.areas.uncovered import with_coverage
from hotspots.counting.coverage.lapses import Lapses, lapse_words, strays, within_lapses


@dataclass(frozen=True, eq=False)
class Part:
    """Areas of a place that lack a month of the reporting period.

    Attributes
    ----------
    areas : GeoDataFrame
        These areas, with ``coverage``, which says what they lack.
    held : Held
        What is counted in them.
    """

    areas: gpd.GeoDataFrame
    held: Held


@dataclass(frozen=True, eq=False)
class Apart:
    """What of a run's places the files cover in a part of the months.

    Attributes
    ----------
    places, held
        The places, and what is counted in each, with whole areas alone.
    parts : dict of str to Part
        The others, by the key of the place; empty where there are none, and where no area would be left.
    lapses : Series
        The months that the first areas lack, those only compared with among them.
    covered, located, located_before : GeoDataFrame, Series
        The first areas, whole or not, and the area of each incident among them, of those only compared with too.
    """

    places: list[Place]
    held: dict[str, Held]
    parts: dict[str, Part]
    lapses: Lapses
    covered: gpd.GeoDataFrame
    located: pd.Series[Any]
    located_before: pd.Series[Any]


def set_apart(
    places: list[Place],
    held: dict[str, Held],
    lapses: Lapses,
    calendar: Sequence[pd.Period],
    *,
    needed: Sequence[pd.Period] | None = None,
) -> Apart:
    """Return the places without the areas that lack a month of the reporting period, and these.

    What lies in an area in a month that it lacks is in no area. An area of a further place lacks what the first area
    does in which its middle lies.

    Parameters
    ----------
    places, held : list of Place, dict of str to Held
        Covered areas, and what is counted in each place.
    lapses : Series
        The months that the first areas lack.
    calendar : sequence of Period
        The months of the reporting period.
    needed : sequence of Period, optional
        Months of which a whole area lacks none, where they are more than the reporting period's.
    """
    first = places[0]
    kept, counted, parts = list(places), dict(held), {}
    every = held[first.key]
    for position, place in enumerate(places if len(lapses) else ()):
        mine = _inside(place.areas, first.areas, lapses) if position else lapses
        own = _without_strays(held[place.key], mine)
        every = own if place is first else every
        lacking = within_lapses(mine, calendar if needed is None else needed)
        out = place.areas.index.isin(lacking.index)
        if out.all():
            out[:] = False
        counted[place.key] = own
        if out.any():
            said = [lapse_words(mine[code], calendar) for code in place.areas.index[out]]
            areas = place.areas[out].assign(
                coverage=pd.Series(said, index=place.areas.index[out], dtype=object)
            )
            parts[place.key] = Part(areas, own.within(areas))
            kept[position] = replace(place, areas=place.areas[~out])
            counted[place.key] = own.within(kept[position].areas)
    return Apart(kept, counted, parts, lapses, first.areas, every.assigned, every.before_in)


def hidden(
    apart: Apart, uncovered: Mapping[str, gpd.GeoDataFrame]
) -> tuple[Apart, dict[str, gpd.GeoDataFrame]]:
    """Return a run in which areas that lack a month are nowhere, and all areas of which nothing is shown.

    Counts of eleven months beside protected ones of twelve would be one more thing to work with.
    """
    nowhere = dict(uncovered)
    for key, part in apart.parts.items():
        before = nowhere.get(key)
        nowhere[key] = part.areas if before is None else with_coverage(part.areas, before)
    first = apart.places[0]
    own = apart.held[first.key]
    whole = replace(
        apart,
        parts={},
        lapses=apart.lapses[:0],
        covered=first.areas,
        located=own.assigned,
        located_before=own.before_in,
    )
    return whole, nowhere


def _inside(areas: gpd.GeoDataFrame, first: gpd.GeoDataFrame, lapses: Lapses) -> Lapses:
    """Return the months that further areas lack: those of the first area in which the middle of each lies."""
    holder = find_within(areas, first)
    found = {
        code: lapses[first.index[place]]
        for code, place in zip(areas.index, holder, strict=True)
        if place >= 0 and first.index[place] in lapses.index
    }
    return pd.Series(found, dtype=object)


def _without_strays(held: Held, lapses: Lapses) -> Held:
    """Return what is counted without the incidents of months that their area lacks."""
    assigned, before_in = (
        where if "month" not in rows or rows.empty else where.mask(strays(where, rows["month"], lapses))
        for rows, where in ((held.incidents, held.assigned), (held.before, held.before_in))
    )
    return held._replace(assigned=assigned, before_in=before_in)


def noted(
    changed: ThemeChange, comparison: Comparison, lapses: Lapses, areas: gpd.GeoDataFrame
) -> ThemeChange:
    """Return a change that says, where there is none, which of the months compared the files lack."""
    told = within_lapses(lapses, [*comparison.before, *comparison.after])
    if told.empty:
        return changed
    words = {code: lapse_words(gone) for code, gone in told.items()}
    districts = None
    if changed.districts is not None:
        whose = {str(areas["district"][code]): said for code, said in words.items()}
        districts = _with_notes(changed.districts, whose)
    return replace(changed, areas=_with_notes(changed.areas, words), districts=districts)


def _with_notes(found: pd.DataFrame, words: Mapping[Any, str]) -> pd.DataFrame:
    said = pd.Series([words.get(code, "") for code in found.index], index=found.index, dtype=object)
    here = found["ch_flag"].isna() & (said != "")
    result = found.assign(
        **{name: found[name].astype(object).mask(here, said) for name in ("ch_text", "ch_note")}
    )
    result.attrs = dict(found.attrs)
    return result


def with_part(layer: Layer, parts: Mapping[str, Part], known: pd.DataFrame) -> Layer:
    """Return a layer of whole areas with the others of its place among them.

    Parameters
    ----------
    layer : Layer
        Of whole areas.
    parts : mapping of str to Part
        The others, by the key of the layer.
    known : DataFrame
        What is known of these, on their codes; every other column is missing.
    """
    if layer.key not in parts:
        return layer
    areas = parts[layer.key].areas
    named = known[[name for name in known if name not in areas]]
    return replace(layer, table=with_coverage(layer.table, areas.join(named)))


def selection_with_parts(selection: Selection, parts: Mapping[str, Part]) -> Selection:
    """Return a selection whose areas stand among those that lack a month, which have neither rank nor class."""
    if not parts:
        return selection
    layers = [with_part(layer, parts, pd.DataFrame()) for layer in selection.layers]
    return replace(selection, layers=tuple(layers))
