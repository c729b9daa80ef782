"""The report's section on change: between the recipe's two periods, else since the year before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hotspots.analysis.changes import Comparison
from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.areas.uncovered import is_lacking
from hotspots.base.months import span_words
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.change import (
    change_words,
    compared_words,
    limits_words,
    season_words,
    standing_words,
    year_words,
)
from hotspots.publish.words.coverage import change_lacks
from hotspots.publish.words.names import plural
from hotspots.publish.words.publication import count_cell, few_of

SHOWN = 12  # areas with a clear change in a theme's table, the largest changes first


def change_section(analysis: Analysis) -> Section | None:
    """Return how each theme changed; None where there is nothing to compare, or a theme has no months."""
    comparison = analysis.comparison
    if comparison is None or any(theme.change is None for theme in analysis.themes):
        return None
    before, after = compared_words(comparison)
    title = f"Change from {before} to {after}" if comparison.asked else "Change since the year before"
    parts = [_areas_part(analysis, theme, (before, after)) for theme in analysis.themes]
    return Section(title, [_whole_table(analysis, comparison), _caveat(analysis)], parts)


def _whole_table(analysis: Analysis, comparison: Comparison) -> Table:
    """Return the change of each theme over all areas together."""
    rows = []
    for theme in analysis.themes:
        assert theme.change is not None  # noqa: S101 - the caller checked; this tells the type checker
        found = theme.change.whole
        counts = [count_cell(count, analysis) for count in theme.change.counts]
        rows.append([theme.name, *counts, change_words(found, few=few_of(analysis)), limits_words(found)])
    if comparison.asked:
        names = [span_words(months) for months in comparison.periods]
        which = "the two periods" if len(names) == 2 else "the periods compared"
        caption, changed = f"Incidents inside the areas in {which}", "Change"
    else:
        names = [year_words(months) for months in comparison.periods]
        caption = f"Incidents inside the areas in {season_words(comparison.after)} of each year"
        changed = f"Change, {names[-2]} to {names[-1]}"
    headings = ["Theme", *names, changed, "95% limits of the change"]
    return Table(
        caption,
        headings,
        rows,
        numbers=frozenset(range(1, len(headings))),
        note=_unlike(analysis, comparison),
    )


def _unlike(analysis: Analysis, comparison: Comparison) -> str:
    notes = [f"Without {words}." for words in change_lacks(analysis)]
    if len(comparison.before) != len(comparison.after):
        notes.append("The periods differ in length; the change is that of rates a year.")
    if not comparison.same_season:
        notes.append("They are not the same months of the year, so the seasons are in the change.")
    return " ".join(notes)


def _caveat(analysis: Analysis) -> Paragraphs:
    step = analysis.recipe.change
    if step is not None and step.flagged_by == "limits":
        rule = (
            "'Up' and 'down' are said where the 95% limits of the ratio of the two counts leave out 1. Of many areas "
            "in which nothing changed, one in twenty or more would be called up or down all the same."
        )
    else:
        rule = (
            "'Up' and 'down' are said only where chance would not explain the change: of the areas called so, at most "
            "5 in 100 are expected to be chance."
        )
    texts = [
        f"{rule} Limits and flags allow for counts that vary more than chance alone, as far as the areas tell. They "
        "know nothing of changes in recording; and areas picked because they were high fall back by themselves."
    ]
    partial = analysis.quality.partial_month
    if partial is not None:
        texts.append(f"The last month, {partial}, looks incomplete; where it is, the change is understated.")
    return Paragraphs(texts, small=True)


def _areas_part(analysis: Analysis, theme: ThemeResult, periods: tuple[str, str]) -> Part:
    assert theme.change is not None  # noqa: S101 - the caller checked; this tells the type checker
    found, label = theme.change.areas, theme.layers[0].label
    flags = found["ch_flag"].astype(str)
    up, down = int((flags == "up").sum()), int((flags == "down").sum())
    sentence = (
        f"Of {int(found['ch_flag'].notna().sum()):,} {plural(label)}, {up:,} went up and {down:,} went down; "
        "in the others chance alone could explain the change."
    )
    clear = found[flags.isin(["up", "down"])]
    order = clear["ch_diff"].abs().sort_values(ascending=False, kind="stable").index
    standing = standing_words(theme.first, periods[0])
    blocks: list[Block] = [Paragraphs([sentence, standing] if standing else [sentence])]
    if theme.change.districts is not None and len(theme.change.districts) > 1:
        blocks.append(_districts_table(analysis, theme.change.districts, periods))
    if len(clear):
        blocks.append(_areas_table(analysis, clear.loc[order[:SHOWN]], periods, len(clear)))
    return Part(theme.name, blocks)


def _counts(analysis: Analysis, row: pd.Series[Any]) -> list[str]:
    """Return the counts of the two periods in words, a dash where the files lack one of its months."""
    lacking = is_lacking(row["ch_note"])
    counts = [row["n_before"], row["n_after"]]
    return ["–" if lacking and pd.isna(count) else count_cell(count, analysis) for count in counts]


def _districts_table(analysis: Analysis, found: pd.DataFrame, periods: tuple[str, str]) -> Table:
    """Return the change of each partnership area, in alphabetical order."""
    rows = [
        [
            str(name),
            *_counts(analysis, row),
            change_words(row, few=few_of(analysis)),
            limits_words(row),
        ]
        for name, row in found.iterrows()
    ]
    headings = ["Partnership area", *periods, "Change", "95% limits"]
    return Table("Change by partnership area", headings, rows, numbers=frozenset(range(1, 5)))


def _areas_table(analysis: Analysis, clear: pd.DataFrame, periods: tuple[str, str], count: int) -> Table:
    names = analysis.areas["name"].astype(str)
    district = analysis.areas["district"].astype(str)
    known = bool((district != "").any())
    rows = [
        [
            names[code],
            *([district[code]] if known else []),
            count_cell(row["n_before"], analysis),
            count_cell(row["n_after"], analysis),
            change_words(row, few=few_of(analysis)),
            limits_words(row),
        ]
        for code, row in clear.iterrows()
    ]
    headings = ["Name", *(["Partnership area"] if known else []), *periods, "Change", "95% limits"]
    first = len(headings) - 4
    which = f", the {SHOWN} largest of {count:,}" if count > SHOWN else ""
    return Table(
        f"{analysis.recipe.areas[0].label} with a clear change{which}",
        headings,
        rows,
        numbers=frozenset(range(first, len(headings))),
    )
