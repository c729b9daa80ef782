"""Hot times as grids to be drawn, and as tables for files."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hotspots.analysis.times.grid import ALL, HotTimes
from hotspots.export.times.grid import DOWN, UP, Cell, TimeGrid
from hotspots.publish.words.times import cell_words, lead_sentences, notes_of

_MARKS = {"above": UP, "below": DOWN}


def grid_of(made: HotTimes) -> TimeGrid:
    """Return hot times as a grid: hours, of which there are most, across; of one part a single row."""
    by = made.by if len(made.by) == 2 and made.by[0] != "hour" else made.by[::-1]
    down, across = by if len(by) == 2 else (None, by[0])
    table = made.table.fillna({"tm_flag": ""}) if "tm_flag" in made.table else made.table
    columns = list(dict.fromkeys(table[across]))
    rows = [ALL] if down is None else list(dict.fromkeys(table[down]))
    held: dict[tuple[str, str], Cell] = {}
    for _, row in table.iterrows():
        key = (ALL if down is None else str(row[down]), str(row[across]))
        held[key] = Cell(
            float(row["tm_ratio"]), _MARKS.get(str(row["tm_flag"]), ""), cell_words(row, made.by)
        )
    corner = across.capitalize() if down is None else f"{down.capitalize()} by {across}"
    names = [_short(name) for name in columns]
    cells = [[held[row, column] for column in columns] for row in rows]
    return TimeGrid(made.name, lead_sentences(made), corner, rows, names, cells, notes_of(made))


def _short(column: str) -> str:
    """Return a heading of a column: of an hour its number alone, since 24 stand side by side."""
    return column[:2] if len(column) == 5 and column.endswith(":00") else column


def times_tables(each: Mapping[str, HotTimes]) -> dict[str, pd.DataFrame]:
    """Return hot times as tables, by name: the grid of each and, where there are any, its bands."""
    tables = {}
    for name, made in each.items():
        tables[f"{name}: hot times"] = made.table
        if len(made.bands):
            tables[f"{name}: bands of hours"] = made.bands
    return tables
