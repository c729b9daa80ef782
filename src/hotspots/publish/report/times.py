"""The report's section on hot times: for each theme the words, the grid as a picture, and its totals."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.results import Analysis
from hotspots.analysis.times.grid import ALL, HotTimes
from hotspots.base.columns import format_value
from hotspots.export.document import Block, Paragraphs, Part, Picture, Section, Table
from hotspots.export.picture.saving import picture_bytes
from hotspots.export.times.picture import draw_times
from hotspots.publish.report.plates import Kinds, origin_words
from hotspots.publish.times import grid_of
from hotspots.publish.words.classes import percent_words, share_words
from hotspots.publish.words.coverage import among_sentence
from hotspots.publish.words.publication import count_cell
from hotspots.publish.words.times import lead_sentences, notes_of


def times_section(analysis: Analysis, kinds: Kinds) -> Section | None:
    """Return the hot times of each theme that has any; None where there are none."""
    parts = [
        Part(theme.name, _blocks(analysis, theme.times, kinds))
        for theme in analysis.themes
        if theme.times is not None
    ]
    return Section("Hot times", parts=parts) if parts else None


def _blocks(analysis: Analysis, made: HotTimes, kinds: Kinds) -> list[Block]:
    grid = grid_of(made)
    drawn = draw_times(grid, on="page")
    picture = Picture(
        picture_bytes(drawn, "svg"),
        f"{grid.corner}: times the mean rate per hour. {' '.join(lead_sentences(made))}",
        f"{made.name}, {grid.corner.lower()}: times the mean rate per hour; {origin_words(analysis)}",
        picture_bytes(drawn, "png") if "png" in kinds else b"",
    )
    blocks: list[Block] = [Paragraphs(lead_sentences(made)), picture]
    if len(made.bands):
        blocks.append(_band_table(analysis, made))
    totals = made.table[made.table[made.by[0]].astype(str) != ALL]
    if len(made.by) == 2:
        totals = totals[totals[made.by[1]].astype(str) == ALL]
    among = [said] if (said := among_sentence(analysis)) else []
    return [*blocks, _total_table(analysis, made, totals), Paragraphs([*among, *notes_of(made)], small=True)]


def _band_table(analysis: Analysis, made: HotTimes) -> Table:
    rows = [
        [
            str(row["band"]),
            count_cell(row["n"], analysis),
            percent_words(row["share_n"]),
            share_words(row["share_lo"], row["share_hi"]),
            percent_words(row["share_hrs"]),
            f"{row['tm_ratio']:.1f}",
        ]
        for row in made.bands.to_dict("records")
    ]
    headings = ["Hours", "Incidents", "Share", "95% limits", "Share of hours", "Times the mean"]
    return Table(f"{made.name}: bands of hours", headings, rows, numbers=frozenset(range(1, 6)))


def _total_table(analysis: Analysis, made: HotTimes, totals: pd.DataFrame) -> Table:
    """Return the totals by the first part of time: a row each, with limits and marks in words."""
    by = made.by[0]
    rows = [
        [
            str(row[by]),
            count_cell(row["n"], analysis),
            format_value("hours", row["hours"]),
            f"{format_value('tm_ratio', row['tm_ratio'])} ({row['tm_lo']:.1f} to {row['tm_hi']:.1f})"
            if row["hours"] > 0
            else "–",
            str(row["tm_flag"]) if row["hours"] > 0 else "–",
        ]
        for row in totals.to_dict("records")
    ]
    headings = [by.capitalize(), "Incidents", "Hours", "Times the mean (95% limits)", "Against the mean"]
    return Table(f"{made.name} by {by}", headings, rows, numbers=frozenset({1, 2, 3}))
