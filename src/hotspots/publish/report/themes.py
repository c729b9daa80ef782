"""A page for each theme, in the order of a strategic assessment: scale, where, change, others, hotspots, what to do."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.base.text import area_name, counted, list_words
from hotspots.export.document import Block, Paragraphs, Part, Section, Slot, Table, Terms
from hotspots.priorities.matrix_rules import TICK
from hotspots.publish.report.plates import Kinds, group_plates, is_flat
from hotspots.publish.words.against import against_words, rate_words
from hotspots.publish.words.change import change_words, compared_words
from hotspots.publish.words.coverage import apart_words, change_lacks, without_words
from hotspots.publish.words.emerging import kinds_line, steps_words
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.publication import count_cell, count_words, few_of, printed_base, rate_cell
from hotspots.publish.words.times import peak_sentence

SHOWN = 5  # areas in a theme's table
FEW = 10  # of fewer incidents no share is said
AT_RISK = "who is harmed most, where they live, and how this is known."
RECOMMENDED = "what the partnership will do, who leads, and by when."


def themes_section(analysis: Analysis, kinds: Kinds) -> Section:
    """Return a page for each theme of the recipe."""
    parts = [
        Part(theme.name, _blocks(analysis, theme, kinds), new_page=place > 0)
        for place, theme in enumerate(analysis.themes)
    ]
    return Section("Themes", parts=parts)


def _blocks(analysis: Analysis, theme: ThemeResult, kinds: Kinds) -> list[Block]:
    banner = banner_words(analysis, theme)
    blocks: list[Block] = [Paragraphs([banner], lead=True)] if banner else []
    blocks.append(Terms(theme_words(analysis, theme), compact=True))
    columns = _columns(analysis, theme)
    if columns or theme.surface is not None:
        blocks.append(group_plates(analysis, theme, columns, kinds))
    return [
        *blocks,
        _highest(analysis, theme),
        Slot("At-risk groups", AT_RISK, _paragraphs(theme.theme.at_risk)),
        Slot("Recommendations", RECOMMENDED, _paragraphs(theme.theme.recommendations)),
    ]


def theme_words(analysis: Analysis, theme: ThemeResult) -> list[tuple[str, str]]:
    """Return what is said of a theme, each with its word: scale, where and change first."""
    said = [
        ("Scale:", scale_words(analysis, theme)),
        ("Where:", _where(theme, whole=not without_words(analysis))),
        ("Change:", _change(analysis, theme)),
        ("Against others:", against_words(analysis, theme)),
        ("Hotspots:", _hotspots(theme)),
        ("Kind of hotspot:", _over_time(analysis, theme)),
        ("When:", "" if theme.times is None else peak_sentence(theme.times)),
        ("A priority of:", _partnerships(analysis, theme)),
    ]
    return [(word, text) for word, text in said if text]


def banner_words(analysis: Analysis, theme: ThemeResult) -> str:
    """Return how much there is of a theme and whom it harms, as people scored it; empty where they did not."""
    made = analysis.assessment
    return "" if made is None or theme.name not in made.index else str(made.loc[theme.name, "banner"])


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which empty lines part."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _columns(analysis: Analysis, theme: ThemeResult) -> list[tuple[Layer, str]]:
    """Return what the page's maps show: the first areas, then hotspots and change where four have room."""
    first = theme.layers[0]
    found = [(first, first_column(first))]
    found += [(layer, "gi_class") for layer in reversed(theme.layers) if "gi_class" in layer.table][:1]
    if "ch_flag" in first.table:
        found.append((first, "ch_flag"))
    found += [(layer, "em_class") for layer in theme.layers if "em_class" in layer.table][:1]
    most = 4 if is_flat(analysis.areas) else 2
    # An odd one would leave a gap in its row.
    count = min(most - (theme.surface is not None), len(found))
    count -= (count + (theme.surface is not None)) % 2 if count > 1 else 0
    return found[:count]


def first_column(layer: Layer) -> str:
    """Return what the first map of a page shows: flags, or else rates, or else counts."""
    return next(name for name in ("sd_flag", "rate", "n") if name in layer.table)


def scale_words(analysis: Analysis, theme: ThemeResult) -> str:
    """Return how many incidents a theme has, their rate, and their share of the first theme's where it is a part."""
    said = f"{count_words(theme.n, few=few_of(analysis))} incidents{apart_words(analysis, theme)}"
    if theme.rate is not None:
        said += f", or {rate_words(theme.rate)} a year for every 1,000 people"
    whole = analysis.themes[0]
    if theme is not whole and theme.n >= FEW and _is_part(theme, whole):
        said += f". That is {theme.n / whole.n:.0%} of {plural(whole.name)}"
    return f"{said}."


def _is_part(theme: ThemeResult, whole: ThemeResult) -> bool:
    """Return whether all categories of a theme are among those of another."""
    kinds = {name.casefold() for name in theme.theme.category}
    within = {name.casefold() for name in whole.theme.category}
    without = {name.casefold() for name in whole.theme.exclude}
    return bool(kinds) and (not within or kinds <= within) and not kinds & without


def _where(theme: ThemeResult, *, whole: bool) -> str:
    """Return where a theme's incidents are; `whole` says whether the files have every month of all areas."""
    table, label = theme.layers[0].whole, theme.layers[0].label
    said = []
    if "sd_flag" in table:
        top = int((table["sd_flag"] == "significantly above").sum())
        verb = "is" if top == 1 else "are"
        number = f"{top:,}" if top else "None"
        said.append(f"{number} of {len(table):,} {plural(label)} {verb} significantly above the average.")
    by = table.groupby(table["district"].astype(str))[["n", "population"]].sum()
    if len(by) > 1 and theme.n >= FEW and not table["n"].isna().any():
        name = by["n"].idxmax()
        share, people = by["n"][name] / by["n"].sum(), by["population"][name] / by["population"].sum()
        of = f" and {people:.0%} of the people" if people > 0 else ""
        most = f"{name or 'Elsewhere'} has most: {share:.0%} of the incidents{of}."
        said.append(most if whole else f"Among those with every month, {most}")
    return " ".join(said)


def _change(analysis: Analysis, theme: ThemeResult) -> str:
    if theme.change is None or analysis.comparison is None:
        return ""
    before, after = compared_words(analysis.comparison)
    was, now = (count_words(count, few=few_of(analysis)) for count in theme.change.counts[-2:])
    found = change_words(theme.change.whole, few=few_of(analysis)) or "not known"
    flags = theme.change.areas["ch_flag"].astype(str)
    up, down = int((flags == "up").sum()), int((flags == "down").sum())
    label = plural(theme.layers[0].label)
    season = "" if analysis.comparison.same_season else " The two are not the same months of the year."
    areas = f"No {singular(label)} changed clearly by itself."
    if up or down:
        went_up = counted(up, singular(label), label) if up else f"no {singular(label)}"
        areas = f"{went_up[:1].upper()}{went_up[1:]} went up clearly and {down or 'none'} went down."
    lacking = "".join(f" Without {words}." for words in change_lacks(analysis))
    return f"{found[:1].upper()}{found[1:]}: {was} in {before}, {now} in {after}. {areas}{season}{lacking}"


def _hotspots(theme: ThemeResult) -> str:
    said, some = [], False
    for layer in theme.layers:
        if "gi_class" not in layer.table:
            continue
        hot = int(layer.whole["gi_class"].isin(["hot99", "hot95"]).sum())
        what = "squares of the map" if layer.kind == "cells" else plural(layer.label)
        said.append(f"{hot or 'none'} of {len(layer.whole):,} {what}")
        some = some or hot > 0
    words, there = list_words(said), " High numbers lie side by side there." if some else ""
    return f"{words[:1].upper()}{words[1:]}.{there}" if said else ""


def _over_time(analysis: Analysis, theme: ThemeResult) -> str:
    """Return how many areas are of each kind of emerging hotspot, by layer."""
    said = [
        f"Over {steps_words(analysis)}: of {len(layer.whole):,} "
        f"{'squares of the map' if layer.kind == 'cells' else plural(layer.label)}, {kinds_line(layer.whole)}."
        for layer in theme.layers
        if "em_class" in layer.table
    ]
    return " ".join(said)


def _partnerships(analysis: Analysis, theme: ThemeResult) -> str:
    """Return the partnerships of which a theme is a priority, where it is one of the matrix's themes."""
    made = None if analysis.selection is None else analysis.selection.matrix
    if made is None:
        return ""
    ticks = made.matrix.drop(columns=["prevalence", "ticks"])
    row = next(
        (ticks.loc[name] for name in ticks.index if str(name).casefold() == theme.name.casefold()), None
    )
    named = [] if row is None else [str(name) for name in row.index[row == TICK]]
    return f"{list_words(named)}." if named else ""


def _highest(analysis: Analysis, theme: ThemeResult) -> Table:
    """Return the areas with the highest rates, or counts where there are no rates; counts as they are printed."""
    base = printed_base(analysis)
    table, label = theme.layers[0].whole, theme.layers[0].label
    order = "rate" if "rate" in table and table["rate"].notna().any() else "n"
    top = table[table[order].notna()].sort_values(order, ascending=False, kind="stable").head(SHOWN)
    changed = None if theme.change is None else theme.change.areas
    rows = [
        [
            area_name(str(row["name"]), str(row["district"])),
            count_cell(int(row["n"] + base / 2) // base * base, analysis),
            *([rate_cell(row["rate"], row["n"], analysis)] if order == "rate" else []),
            *([change_words(changed.loc[code], few=few_of(analysis))] if changed is not None else []),
        ]
        for code, row in top.iterrows()
    ]
    headings = [singular(label), f"Incidents{', rounded' * (base > 1)}"]
    headings += ["Per 1,000 people a year"] * (order == "rate") + ["Change"] * (changed is not None)
    numbers = frozenset({1, 2} if order == "rate" else {1})
    return Table(f"{theme.name}: the highest {plural(label)}", headings, rows, numbers=numbers)


def flags_of(analysis: Analysis) -> pd.DataFrame:
    """Return where each area stands in each theme: ``sd_flag`` of the first areas, by theme; empty without flags."""
    return pd.DataFrame(
        {
            theme.name: theme.first["sd_flag"].astype(object)
            for theme in analysis.themes
            if "sd_flag" in theme.first
        },
        index=analysis.areas.index,
    )
