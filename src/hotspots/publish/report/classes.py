"""The report's sections on classes of areas, on who and when, and on repeats; and their tables for files."""

from __future__ import annotations

import math

import pandas as pd

from hotspots.analysis.breakdowns import Breakdown
from hotspots.analysis.recipe.tables import Classes
from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.analysis.shares import Share
from hotspots.base.binomial import FEW
from hotspots.base.columns import format_value
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.classes import (
    ADDRESSES,
    GAP,
    SNAPPED,
    breakdown_note,
    class_sentence,
    percent_words,
    ratio_words,
    repeats_sentences,
    share_note,
    share_sentence,
    share_words,
)
from hotspots.publish.words.coverage import among_sentence
from hotspots.publish.words.publication import count_cell, rate_cell

SHOWN = 10  # locations in a theme's table; the files have as many as were asked for
AREAS = 10  # areas in a table of shares


def classes_section(analysis: Analysis) -> Section | None:
    """Return the classes of areas, a part for each lookup and a table for each theme; None where there is none."""
    parts = []
    for asked in analysis.recipe.classes:
        blocks: list[Block] = []
        for theme in analysis.themes:
            for layer in theme.layers:
                if layer.kind == "classes" and layer.label == asked.name:
                    blocks.append(
                        Paragraphs([f"{theme.name}. {class_sentence(layer.table, against=asked.against)}"])
                    )
                    blocks.append(_class_table(analysis, theme.name, layer.table, asked))
        parts.append(Part(asked.name, [block for block in blocks if block != Paragraphs([""])]))
    return Section("Classes of areas", parts=parts) if parts else None


def _class_table(analysis: Analysis, theme: str, table: pd.DataFrame, asked: Classes) -> Table:
    rated = "rate" in table
    headings = ["Class", "Areas", "Incidents", "Share of incidents"]
    headings += [
        "Share of people",
        "Rate",
        f"Times the rate of {'the rest' if asked.against == 'rest' else 'all'}",
    ] * rated
    rows = []
    for _, row in table.iterrows():
        cells = [
            row["name"],
            f"{row['members']:,}",
            GAP if pd.isna(row["n"]) else count_cell(row["n"], analysis),
            percent_words(row["share_n"] if table["n"].sum() >= FEW else math.nan),
        ]
        if rated:
            ratio = (row.get("cmp_ratio", math.nan), row.get("cmp_lo", math.nan), row.get("cmp_hi", math.nan))
            rate = GAP if pd.isna(row["rate"]) else rate_cell(row["rate"], row["n"], analysis)
            cells += [percent_words(row["share_pop"]), rate, ratio_words(*ratio)]
        rows.append([str(cell) for cell in cells])
    note = (
        "Rates are per 1,000 people a year; 95% limits in brackets allow for the dispersion of the counts. "
    )
    note = note * rated
    if "hidden" in table:
        note += (
            f"{GAP}: hidden, as fewer than {asked.fewest} incidents are of it or of another class, whose number the "
            "total would tell; the areas' own counts stand in the tables of areas."
        )
    return Table(theme, headings, rows, numbers=frozenset(range(1, len(headings))), note=note.strip())


def breakdowns_section(analysis: Analysis) -> Section | None:
    """Return breakdowns and shares, a part for each theme that has any; None where none was asked for."""
    parts = []
    for theme in analysis.themes:
        blocks: list[Block] = []
        for made in theme.breakdowns:
            blocks += [
                _breakdown_table(analysis, made, theme.name),
                Paragraphs([f"{among_sentence(analysis)} {breakdown_note(made)}".strip()], small=True),
            ]
        for share in theme.shares:
            blocks.append(Paragraphs([share_sentence(share, theme.name)]))
            blocks += [
                *_share_tables(analysis, share, theme.name),
                Paragraphs([share_note(share)], small=True),
            ]
        if blocks:
            parts.append(
                Part(theme.name, [block for block in blocks if block != Paragraphs([""], small=True)])
            )
    return Section("Who, when and how", parts=parts) if parts else None


def _breakdown_table(analysis: Analysis, made: Breakdown, theme: str) -> Table:
    indexed = "idx" in made.table
    headings = [*made.by, "Incidents", "Share"]
    headings += [
        "Share of people" if made.people != "hours of the day" else "Share of hours",
        "Index",
    ] * indexed
    rows = []
    for _, row in made.table.iterrows():
        hidden = bool(row["hidden"])
        cells = [str(row[one]) for one in made.by]
        share = GAP if made.recorded < FEW else percent_words(row["share_n"])
        cells += [GAP, GAP] if hidden else [count_cell(row["n"], analysis), share]
        if indexed:
            cells += [percent_words(row["share_pop"]), _index_words(row)]
        rows.append(cells)
    numbers = frozenset(range(len(made.by), len(headings)))
    return Table(f"{theme}: {made.name}", headings, rows, numbers=numbers, total=True)


def _index_words(row: pd.Series) -> str:
    """Return an index with its limits, in brackets where they leave out 100."""
    if pd.isna(row["idx"]):
        return GAP
    limits = "" if pd.isna(row["idx_lo"]) else f" ({row['idx_lo']:.0f} to {row['idx_hi']:.0f})"
    return f"{row['idx']:.0f}{limits}"


def _share_tables(analysis: Analysis, share: Share, theme: str) -> list[Block]:
    tables = [("Class", one) for one in share.classes.values()]
    tables += [("District", share.districts)] if len(share.districts) > 1 else []
    highest = share.areas[share.areas["of_share"].notna()]
    highest = highest.sort_values(["of_share", "of_base"], ascending=False, kind="stable").head(AREAS)
    if len(highest) and {"name", "district"} <= set(highest.columns):
        names = [
            f"{a}, {b}" if b else str(a) for a, b in zip(highest["name"], highest["district"], strict=True)
        ]
        tables.append(("Highest shares", highest.set_axis(names)))
    return [_share_table(analysis, heading, table, f"{share.name}: {theme}") for heading, table in tables]


def _share_table(analysis: Analysis, heading: str, table: pd.DataFrame, caption: str) -> Table:
    rows = [
        [
            str(name),
            GAP
            if row["hidden"]
            else f"{count_cell(row['of_n'], analysis)} of {count_cell(row['of_base'], analysis)}",
            percent_words(row["of_share"]),
            share_words(row["of_lo"], row["of_hi"]),
            percent_words(row["of_rest"]),
            GAP if pd.isna(row["of_flag"]) else str(row["of_flag"]),
        ]
        for name, row in table.iterrows()
    ]
    headings = [heading, "Incidents", "Share", "95% limits", "In the rest", "Against the rest"]
    note = "Above or below where at most 5 in 100 so marked are expected to be chance. No percentage of under 10."
    return Table(caption, headings, rows, numbers=frozenset(range(1, 5)), note=note)


def repeats_section(analysis: Analysis) -> Section | None:
    """Return repeat locations and targets, a part for each theme that has any; None where none was asked for."""
    found = [(theme, theme.repeats) for theme in analysis.themes if theme.repeats is not None]
    if not found:
        return None
    what = SNAPPED if "police.uk" in analysis.origin.source.casefold() else ADDRESSES
    parts = []
    for theme, made in found:
        blocks: list[Block] = [Paragraphs(repeats_sentences(made)), _places_table(theme)]
        parts.append(Part(theme.name, blocks))
    chance = (
        "By chance: where every location at which there may be an incident has as many as any other, on average. "
        "Locations differ in how many homes, shops and visitors they stand for, so some repetition beyond chance is "
        "to be expected."
    )
    return Section("Repeat locations", [Paragraphs([what, chance], small=True)], parts)


def _places_table(theme: ThemeResult) -> Table:
    assert theme.repeats is not None  # noqa: S101 - the caller chose; this tells the type checker
    rows = [
        [
            f"{rank}. {row['spot'] or _coordinate(row)}",
            f"{row['area']}, {row['district']}" if row["district"] else str(row["area"]),
            GAP if row["hidden"] else format_value("n", row["n"]),
            GAP if row["hidden"] else f"{row['months_n']:.0f}",
            str(row["kinds"]) or GAP,
        ]
        for rank, row in theme.repeats.top.head(SHOWN).iterrows()
    ]
    headings = ["Location", "Area", "Incidents", "Months", "Categories"]
    caption = f"{theme.name}: locations with most incidents"
    return Table(caption, headings, rows, numbers=frozenset({2, 3}), prose=frozenset({4}))


def _coordinate(row: pd.Series) -> str:
    return f"{row['x']:.0f}, {row['y']:.0f}"


def people_tables(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return the tables of breakdowns, shares and repeats, by a name that holds the theme's and their own."""
    tables = {}
    for theme in analysis.themes:
        for made in theme.breakdowns:
            tables[f"{theme.name}: {made.name}"] = made.table
        for share in theme.shares:
            if len(share.areas):
                tables[f"{theme.name}: {share.name}"] = share.areas
            if len(share.districts):
                tables[f"{theme.name}: {share.name} by district"] = share.districts
            for name, table in share.classes.items():
                tables[f"{theme.name}: {share.name} by {name}"] = table
        if theme.repeats is not None:
            tables[f"{theme.name}: repeat locations"] = theme.repeats.top
            tables[f"{theme.name}: repeats and chance"] = theme.repeats.spread
            if theme.repeats.targets:
                told = pd.DataFrame({column: vars(one) for column, one in theme.repeats.targets.items()}).T
                tables[f"{theme.name}: repeat targets"] = told.rename_axis("identifier")
    return tables
