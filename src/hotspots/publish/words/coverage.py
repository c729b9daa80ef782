"""What a run's files do not cover, in words: the same in map, brief, report, workbook and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotspots.analysis.results import Analysis
from hotspots.areas.uncovered import NOT_COVERED, uncovered_words


def partly_words(analysis: Analysis) -> list[str]:
    """Return which areas lack which months: ``"Not covered in June 2025 (11 of 12 months): Next (6 areas)"``."""
    return [f"{said[:1].upper()}{said[1:]}: {areas}" for said, areas in _grouped(analysis, analysis.partly)]


def change_lacks(analysis: Analysis) -> list[str]:
    """Return which areas no change can be told of: ``"Next (6 areas), not covered in June 2025"``."""
    changed = analysis.themes[0].change if analysis.themes else None
    if changed is None:
        return []
    notes = changed.areas["ch_note"].astype(str)
    told = notes[notes.str.startswith(NOT_COVERED)].to_dict()
    return [f"{areas}, {said}" for said, areas in _grouped(analysis, told)]


def _grouped(analysis: Analysis, told: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Return what is said of areas, each once, with the areas in words."""
    alike: dict[str, list[Any]] = {}
    for code, said in told.items():
        alike.setdefault(said, []).append(code)
    return [(said, uncovered_words(analysis.areas.loc[codes])) for said, codes in alike.items()]
