"""The report's sections on priority areas: which were selected and why, and which themes weigh in which district."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.results import Analysis
from hotspots.base.columns import format_value
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.priorities.groups import find_group
from hotspots.priorities.matrix import THEMES
from hotspots.publish.words.names import full_name, plural, singular
from hotspots.publish.words.priorities import summary, sure_note
from hotspots.publish.words.publication import count_cell

OTHERS = 5
"""How many of the watched areas, and of the highest-ranked others, are listed as not selected."""


def priorities_section(analysis: Analysis) -> Section | None:
    """Return the selected areas by rank, their localities, and the next in rank; None without a selection."""
    if analysis.selection is None:
        return None
    made, plan = analysis.selection.priorities, analysis.selection.plan
    label = analysis.selection.layers[0].label
    ranked = made.layer[made.layer["rank"].notna()].sort_values("rank", kind="stable")
    picked = ranked["selected"].astype(bool)
    sure = f"¹ {sure_note(plan, plural(singular(label)))}"
    blocks: list[Block] = [Paragraphs([_stopped(line) for line in summary(made)])]
    if picked.any():
        blocks.append(_ranked_table(f"Selected {plural(label)}, by rank", ranked[picked], label, sure))
    parts = []
    if made.localities is not None:
        parts.append(Part("Localities", [_localities_table(analysis, made.localities, label)]))
    rest = ranked[~picked]
    watched = rest["priority"].astype(str) == "watch"
    others = pd.concat([rest[watched].head(OTHERS), rest[~watched].head(OTHERS)])
    if len(others):
        caption = f"{label} that are watched, and those next in rank"
        parts.append(Part("What was not selected, and why", [_ranked_table(caption, others, label, sure)]))
    return Section("Priorities", blocks, parts)


def matrix_section(analysis: Analysis) -> Section | None:
    """Return which themes are a priority of which district; None without a selection, or where none can be told."""
    if analysis.selection is None or analysis.selection.matrix is None:
        return None
    made = analysis.selection.matrix
    blocks: list[Block] = []
    for prevalence in ("most prevalent", "less prevalent"):
        rows = made.matrix[made.matrix["prevalence"] == prevalence].drop(columns=["ticks", "prevalence"])
        if len(rows):
            headings = ["Priority", *map(str, rows.columns)]
            cells = [[str(theme), *map(str, marks)] for theme, *marks in rows.itertuples()]
            marks = frozenset(range(1, len(headings)))
            blocks.append(Table(f"{prevalence.capitalize()} priorities", headings, cells, marks=marks))
    absent = [name for name in map(_group_name, THEMES) if name not in made.matrix.index]
    notes = [*made.notes, *([f"Without an incident: {', '.join(absent)}."] if absent else [])]
    return Section("Priorities by partnership", [*blocks, Paragraphs(notes, small=True)])


def _group_name(key: str) -> str:
    return find_group(key).name


def _ranked_table(caption: str, rows: pd.DataFrame, label: str, note: str) -> Table:
    cells = [
        [
            full_name(row),
            format_value("rank", row["rank"]),
            f"{format_value('rank_lo', row['rank_lo'])} to {format_value('rank_hi', row['rank_hi'])}",
            f"{row['sel_share']:.0%}",
            str(row["reason"]),
        ]
        for _, row in rows.iterrows()
    ]
    headings = [singular(label), "Rank", "Likely ranks ¹", "Chance ¹", "Why"]
    return Table(caption, headings, cells, numbers=frozenset({1, 2, 3}), prose=frozenset({4}), note=note)


def _localities_table(analysis: Analysis, localities: pd.DataFrame, label: str) -> Table:
    """Return the table of a partnership's agreement: in which district, where, how high, and why."""
    ordered = localities.assign(order=localities.groupby("district", sort=False)["rank"].transform("min"))
    cells = [
        [
            str(row["district"]),
            str(row["name"]),
            (str(row["priority"]) or "selected within the budget").capitalize(),
            count_cell(row["n"], analysis),
            str(row["reason"]),
        ]
        for _, row in ordered.sort_values(["order", "rank"], kind="stable").iterrows()
    ]
    headings = ["District", "Locality", "Priority type", "Incidents", "Rationale"]
    if not any(row[0] for row in cells):
        headings, cells = headings[1:], [row[1:] for row in cells]
    last = len(headings) - 1
    return Table(
        f"Selected {plural(label)} that touch, joined, by district",
        headings,
        cells,
        numbers=frozenset({last - 1}),
        prose=frozenset({last}),
    )


def _stopped(line: str) -> str:
    return line if line.endswith(".") else f"{line}."
