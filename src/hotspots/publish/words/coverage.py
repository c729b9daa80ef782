"""What a run's files do not cover, in words: the same in map, brief, report, workbook and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd

from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.areas.uncovered import NOT_COVERED, is_lacking, uncovered_words


def partly_words(analysis: Analysis) -> list[str]:
    """Return which areas lack which months: ``"Not covered in June 2025 (11 of 12 months): Next (6 areas)"``."""
    return [f"{said[:1].upper()}{said[1:]}: {areas}" for said, areas in _grouped(analysis, analysis.partly)]


def change_lacks(analysis: Analysis) -> list[str]:
    """Return which areas no change can be told of: ``"Next (6 areas), not covered in June 2025"``."""
    changed = analysis.themes[0].change if analysis.themes else None
    if changed is None:
        return []
    notes = changed.areas["ch_note"].astype(str)
    told = notes[notes.map(is_lacking)].to_dict()
    return [f"{areas}, {said}" for said, areas in _grouped(analysis, told)]


def without_words(analysis: Analysis) -> str:
    """Return which areas are in no rate and no comparison: ``"without Next (6 areas), not covered in June 2025"``.

    Areas of which the files have no month at all are not told of: nobody counts on them.
    """
    left_out = analysis.lacking_months
    for areas in analysis.uncovered.values():
        if "coverage" in areas and left_out.empty:
            left_out = areas[areas["coverage"] != NOT_COVERED]
    told = [f"{areas}, {said}" for said, areas in _alike(left_out, left_out["coverage"].to_dict())]
    return f"without {'; '.join(told)}" if told else ""


def lacking_sentence(analysis: Analysis) -> str:
    """Return which areas a table of all is without, as a sentence; nothing where it is without none."""
    said = without_words(analysis)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def among_sentence(analysis: Analysis) -> str:
    """Return the same for figures of incidents, whichever their area, in which those of the other months are."""
    if not analysis.parts:
        return lacking_sentence(analysis)
    said = without_words(analysis).removeprefix("without ")
    return f"With the other months of {said}."


def force_sentence(analysis: Analysis) -> str:
    """Return what the force stands for where it is not whole; nothing where it is."""
    said = without_words(analysis)
    return f"The force is all areas together {said}." if said else ""


def legend_sentence(analysis: Analysis, column: str, layer: str = "") -> str:
    """Return what the legend of a column says of areas that lack a month, of one layer where its key is given."""
    if column == "un_flag":  # of one month, which these areas have or not; the card of each says so
        return ""
    if column in ("ch_flag", "sd_since") and (told := change_lacks(analysis)):
        return " ".join(f"Without {words}." for words in told)
    if not analysis.parts:
        return lacking_sentence(analysis)
    rank = "; without rank" if column == "priority" else ""
    lacking = analysis.parts.get(layer, analysis.lacking_months)
    whole = _alike(lacking, lacking["coverage"].to_dict())
    return " ".join(f"{said[:1].upper()}{said[1:]}: {areas}{rank}." for said, areas in whole)


def apart_words(analysis: Analysis, theme: ThemeResult) -> str:
    """Return what follows a theme's total, and precedes its rate: which areas the rate is without, and their total."""
    without = without_words(analysis)
    if not without:
        return ""
    # Of a folder for publication they are in no total either.
    held = theme.layers[0].whole["n"].sum()
    return f"; {without}, {held:,.0f}" if analysis.parts else f", {without}"


def _grouped(analysis: Analysis, told: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Return what is said of the first areas, each once, with the areas in words."""
    return _alike(analysis.areas, told)


def _alike(areas: gpd.GeoDataFrame, told: Mapping[Any, str]) -> list[tuple[str, str]]:
    alike: dict[str, list[Any]] = {}
    for code, said in told.items():
        alike.setdefault(said, []).append(code)
    return [(said, uncovered_words(areas.loc[codes])) for said, codes in alike.items()]
