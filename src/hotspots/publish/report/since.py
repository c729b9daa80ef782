"""The report's section on what has changed since an earlier edition."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hotspots.analysis.results import Analysis
from hotspots.base.text import area_name
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.since import marked_sentence, ranks_moved, since_sentences

GAP = "\u2013"
SHOWN = 20  # definitions and ranks that the report prints; the workbook has all


def since_section(analysis: Analysis) -> Section | None:
    """Return what changed since the edition that the run was told of; None where it was told of none."""
    found = analysis.since
    if found is None:
        return None
    blocks: list[Block] = [Paragraphs([" ".join(since_sentences(found))])]
    changed = found.months[found.months["state"].isin(["revised", "new", "not read"])]
    if len(changed):
        blocks.append(
            Table(
                "Months that differ: rows used",
                ["Month", "Then", "Now", "State"],
                [
                    [str(month), _number(row["before"]), _number(row["now"]), row["state"]]
                    for month, row in changed.iterrows()
                ],
                numbers=frozenset({1, 2}),
            )
        )
    if len(found.definitions):
        rows = found.definitions.head(SHOWN).astype(str).to_numpy().tolist()
        blocks.append(
            Table(
                "Definitions that changed",
                ["Definition", "Then", "Now"],
                rows,
                note=_more(len(found.definitions)),
            )
        )
    parts = []
    for theme, rows_of in found.areas.groupby("theme", sort=False):
        keys = rows_of[["layer", "measure"]].drop_duplicates().itertuples(index=False)
        parts.append(
            Part(
                str(theme),
                [Paragraphs([marked_sentence(found, str(theme), layer, measure) for layer, measure in keys])],
            )
        )
    moved = ranks_moved(found)
    if len(moved):
        rows = [
            [area_name(row["name"], row["district"]), _number(row["before"]), _number(row["now"]),
             f"{_number(row['rank_lo'])} to {_number(row['rank_hi'])}"]
            for _, row in moved.head(SHOWN).iterrows()
        ]  # fmt: skip
        parts.append(
            Part(
                "Ranks that moved",
                [
                    Table(
                        "Areas selected then or now whose rank then lies outside the range of their rank now",
                        ["Area", "Then", "Now", "Range now"],
                        rows,
                        numbers=frozenset({1, 2}),
                        note=_more(len(moved)),
                    )
                ],
            )
        )
    return Section("Since the last edition", blocks, parts)


def _number(value: Any) -> str:
    return GAP if pd.isna(value) else f"{value:,.0f}"


def _more(rows: int) -> str:
    return f"{rows - SHOWN:,} more are in the workbook." if rows > SHOWN else ""
