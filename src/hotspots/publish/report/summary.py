"""The report's first page: three sentences, a map and five rows, for who reads nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.base.columns import format_value
from hotspots.base.text import counted, list_words, percent
from hotspots.export.document import Paragraphs, Picture, Section, Table
from hotspots.publish.report.plates import WIDTH, Kinds, area_plate, origin_words
from hotspots.publish.report.themes import FEW, first_column, flags_of, scale_words
from hotspots.publish.words.change import calendar_words, change_words, compared_words
from hotspots.publish.words.coverage import apart_words
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.publication import count_words, few_of

ROWS = 5
_HEIGHTS = (2.7, 3.4)  # inches of the map, the lowest and the highest


def summary_section(analysis: Analysis, kinds: Kinds) -> Section:
    """Return the first page: scale, place and change in a sentence each, the map, and the first five areas."""
    first = first_areas(analysis)
    sentences = [_scale(analysis), _place(analysis), _third(analysis)]
    return Section(
        "Summary",
        [
            Paragraphs([sentence for sentence in sentences if sentence], lead=True),
            first_map(analysis, first, kinds),
            _rows(analysis, first),
        ],
        new_page=False,
    )


def _scale(analysis: Analysis) -> str:
    theme = analysis.themes[0]
    rate = "" if theme.rate is None else f", or {theme.rate:,.0f} a year for every 1,000 people"
    only = analysis.recipe.areas[0].only
    where = f" in {list_words([str(name) for name in only])}" if only else ""
    were = "was" if theme.n == 1 else "were"
    number = counted(theme.n, "incident") if theme.n else f"{count_words(0, few=few_of(analysis))} incidents"
    incidents = f"{number} of {plural(theme.name)}"
    apart = apart_words(analysis, theme)
    return f"There {were} {incidents}{where} in {calendar_words(analysis.calendar)}{apart}{rate}."


def _place(analysis: Analysis) -> str:
    """Return how much of the incidents the priority areas hold or, without any, how many areas stand out."""
    label = plural(analysis.recipe.areas[0].label)
    if analysis.selection is not None and analysis.selection.priorities.held.areas:
        held = analysis.selection.priorities.held
        verb = "is a priority" if held.areas == 1 else "are priorities"
        if analysis.themes[0].n < FEW:
            return f"{held.areas:,} of {held.of_areas:,} {label} {verb}."
        people = "" if np.isnan(held.population) else f" but only {held.population:.0%} of the people"
        if not held.incidents > held.population:
            people = people.replace(" but only", " and")
        return (
            f"{held.areas:,} of {held.of_areas:,} {label} {verb}: they have {held.incidents:.0%} of all "
            f"incidents{people}."
        )
    flags = flags_of(analysis)
    if flags.empty:
        return ""
    high = int((flags == "significantly above").any(axis=1).sum())
    return f"{high:,} of {len(flags):,} {label} are significantly above the average in at least one theme."


def _third(analysis: Analysis) -> str:
    """Return which themes changed or, where nothing is compared, which has the most incidents."""
    changed = [theme for theme in analysis.themes if theme.change is not None]
    if changed and analysis.comparison is not None:
        before, after = compared_words(analysis.comparison)
        moved = {"up": "rose", "down": "fell"}
        said = {flag: _moved(changed, flag, verb) for flag, verb in moved.items()}
        if not any(said.values()):
            return f"No theme changed clearly between {before} and {after}."
        still = [plural(theme.name) for theme in changed if _flag(theme) not in moved]
        rest = f"{still[0][:1].upper()}{still[0][1:]}" if len(still) == 1 else "The others"
        rest = f" {rest} did not change clearly." if still else ""
        sentences = [text for text in said.values() if text]
        later = [f"{text[:1].upper()}{text[1:]}" for text in sentences[1:]]
        return f"{after} set against {before}: {' '.join([*sentences[:1], *later])}{rest}"
    others = analysis.themes[1:]
    if not others:
        return ""
    most = max(others, key=lambda theme: theme.n)
    return f"Of the other themes, {plural(most.name)} is the largest: {scale_words(analysis, most)}"


def _flag(theme: ThemeResult) -> str:
    return "" if theme.change is None else str(theme.change.whole["ch_flag"])


def _moved(themes: list[ThemeResult], flag: str, verb: str) -> str:
    """Return which themes went one way and how far: ``"all crime fell by 6%, burglary by 33%."``; empty for none."""
    said: list[str] = []
    for theme in themes:
        if theme.change is not None and _flag(theme) == flag:
            words = change_words(theme.change.whole).removeprefix(flag).strip()
            by = f"{'' if said else f'{verb} '}by {words}" if words[:1].isdigit() else verb
            said.append(f"{plural(theme.name)} {by}")
    return f"{', '.join(said)}." if said else ""


def first_areas(analysis: Analysis) -> list[str]:
    """Return the codes of the first five areas: by rank where areas are selected, else by flags and rate."""
    if analysis.selection is not None:
        layer = analysis.selection.layers[0].whole
        ordered = layer[layer["rank"].notna()].sort_values("rank", kind="stable")
    else:
        flags, table = flags_of(analysis), analysis.themes[0].layers[0].whole
        value = table["rate"] if "rate" in table and table["rate"].notna().any() else table["n"]
        high = (flags == "significantly above").sum(axis=1)
        ordered = pd.DataFrame({"high": high, "value": value}, index=table.index).sort_values(
            ["high", "value"], ascending=False, kind="stable"
        )
    return [str(code) for code in ordered.index[:ROWS]]


def first_map(analysis: Analysis, first: list[str], kinds: Kinds, **look: Any) -> Picture:
    """Return the map on which the first areas bear the numbers of the table; `look` as `area_plate` takes it."""
    layer, column = _mapped(analysis)
    west, south, east, north = analysis.areas.total_bounds
    height = float(np.clip(0.62 * WIDTH * (north - south) / (east - west), *_HEIGHTS))
    label = plural(analysis.recipe.areas[0].label)
    what = f"priority {label}" if column == "priority" else f"{analysis.themes[0].name}, {label}"
    caption = (
        f"{what[:1].upper()}{what[1:]}; the numbers are those of the table. Boxes enlarge the small ones. "
        f"{origin_words(analysis)}"
    )
    return area_plate(
        analysis,
        layer,
        column,
        kinds=kinds,
        caption=caption,
        marked=tuple(first),
        **({"size": (WIDTH, height)} | look),
    )


def _mapped(analysis: Analysis) -> tuple[Layer, str]:
    if analysis.selection is not None:
        return analysis.selection.layers[0], "priority"
    layer = analysis.themes[0].layers[0]
    return layer, first_column(layer)


def _rows(analysis: Analysis, first: list[str]) -> Table:
    flags, theme = flags_of(analysis), analysis.themes[0]
    names, districts = analysis.areas["name"].astype(str), analysis.areas["district"].astype(str)
    known = bool((districts != "").any())
    rated = theme.rate is not None and "rate" in theme.first
    rows = [
        [
            f"{number}. {names[code]}",
            *([districts[code]] if known else []),
            _why(flags, code),
            format_value("rate" if rated else "n", theme.first["rate" if rated else "n"][code]),
        ]
        for number, code in enumerate(first, start=1)
    ]
    headings = [singular(analysis.recipe.areas[0].label), *(["District"] if known else []), "Why"]
    figure = f"{theme.name}, {'rate' if rated else 'incidents'}"
    rate = format_value("rate", theme.rate)
    notes = [f"Rate: incidents a year for every 1,000 people; that of all is {rate}."] if rated else []
    note = " ".join([*notes, *_unplaced(analysis)])
    last = len(headings)
    return Table("", [*headings, figure], rows, frozenset({last}), note, prose=frozenset({last - 1}))


def _unplaced(analysis: Analysis) -> list[str]:
    """Return how many incidents have no place in the areas, as a sentence: the files hold more than is counted here.

    Nothing where the areas are a part of what the files cover, where recorded codes place incidents that have no
    coordinates, or where counts are protected.
    """
    quality = analysis.quality
    apart = quality.used - (quality.used if quality.inside is None else quality.inside)
    areas = analysis.recipe.areas[0]
    placed = areas.by == "polygon" and not areas.only and not analysis.uncovered
    if not apart or not placed or analysis.published is not None:
        return []
    label = plural(areas.label)
    share = percent(apart, quality.used)
    return [
        f"{share} of the incidents read have no coordinates or lie outside the {label}, and are not counted."
    ]


def _why(flags: pd.DataFrame, code: str) -> str:
    """Return in which themes an area is above the average."""
    said = []
    for flag, words in (
        ("significantly above", "Far above the average"),
        ("above", "Above it" if (flags.loc[code] == "significantly above").any() else "Above the average"),
    ):
        named = [plural(str(name)) for name in flags.columns if flags.loc[code, name] == flag]
        if named and len(named) == len(flags.columns) and len(named) > 1:
            said.append(f"{words} in all {len(named)} themes.")
        elif named:
            said.append(f"{words} in {', '.join(named)}.")
    return " ".join(said) or "Above the average in no theme."
