"""The report's table of main figures: each theme's count, rate, change and hotspots, and what stands out in it."""

from __future__ import annotations

from collections.abc import Sequence

from hotspots.analysis.results import Analysis, ThemeResult
from hotspots.base.columns import MISSING, format_value
from hotspots.base.text import area_name, list_words, percent
from hotspots.export.document import Block, Figures, Section, Table, Terms
from hotspots.publish.words.change import change_words, compared_words
from hotspots.publish.words.coverage import lacking_sentence, without_words
from hotspots.publish.words.names import district_of, plural, singular
from hotspots.publish.words.notes import hotspot_promise
from hotspots.publish.words.publication import count_cell, few_of, rate_cell

NAMED = 5  # areas in a sentence; the tables have them all
_GAPS = 6  # missing months named one by one
_FILES = 40  # listed one by one
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def headline_section(analysis: Analysis) -> Section:
    """Return the figures that a reader should take away, and what stands out in each theme."""
    quality = analysis.quality
    only = analysis.recipe.areas[0].only
    of_all = (
        []
        if only
        else [
            (f"{quality.used:,}", "incidents used"),
            (percent(quality.located, quality.used), "of them have coordinates"),
        ]
    )
    where = (
        f"incidents in {list_words([str(name) for name in only])}"
        if only
        else "incidents on the maps and in the tables"
    )
    tiles = [
        *of_all,
        (f"{quality.inside or 0:,}", where),
        (f"{analysis.months:g}", "month of data" if analysis.months == 1 else "months of data"),
    ]
    blocks: list[Block] = [Figures(tiles), _glance(analysis)]
    standing = [(theme.name, _standing_out(analysis, theme)) for theme in analysis.themes]
    if any(text for _, text in standing):
        blocks.append(Terms([(f"{name}:", text) for name, text in standing if text], compact=True))
    return Section("Headline figures", blocks, new_page=False)


def _glance(analysis: Analysis) -> Table:
    themes = analysis.themes
    flagged, tested = _places_with(themes, "sd_flag"), _places_with(themes, "gi_class")
    rated = all("rate" in theme.first for theme in themes)
    comparison = analysis.comparison
    compared = comparison is not None and all(theme.change for theme in themes)
    headings = ["Theme", "Incidents"]
    headings += ["Rate per 1,000 people a year"] * rated
    if compared and comparison is not None:
        asked = f"Change on {compared_words(comparison)[0]}"
        headings.append(asked if comparison.asked else "Change since the year before")
    headings += [f"{themes[0].layers[place].label} significantly above average" for place in flagged]
    headings += [f"{themes[0].layers[place].label} in hotspots" for place in tested]
    rows = []
    for theme in themes:
        row = [theme.name, count_cell(theme.n, analysis)]
        row += [MISSING if theme.rate is None else rate_cell(theme.rate, theme.n, analysis)] * rated
        if compared and theme.change is not None:
            row.append(change_words(theme.change.whole, few=few_of(analysis)))
        row += [_how_many(theme, place, "sd_flag", ["significantly above"]) for place in flagged]
        row += [_how_many(theme, place, "gi_class", ["hot99", "hot95"]) for place in tested]
        rows.append(row)
    without = without_words(analysis)
    rest = f"Rates, areas and hotspots are {without}. " if without and analysis.parts else ""
    note = f"Incidents inside the areas. {rest or lacking_sentence(analysis)} "
    if tested and analysis.recipe.gistar is not None:
        note += f"Hotspots: Gi*; {hotspot_promise(analysis.recipe.gistar)}."
    return Table(
        "The themes at a glance",
        headings,
        rows,
        numbers=frozenset(range(1, len(headings))),
        note=note.strip(),
    )


def _places_with(themes: Sequence[ThemeResult], column: str) -> list[int]:
    """Return the positions of the layers that have a column in any theme; a public folder may leave it out of some."""
    return [
        place
        for place in range(len(themes[0].layers))
        if any(column in theme.layers[place].table for theme in themes)
    ]


def _how_many(theme: ThemeResult, place: int, column: str, classes: Sequence[str]) -> str:
    if column not in theme.layers[place].table:
        return MISSING
    return f"{int(theme.layers[place].whole[column].isin(classes).sum()):,}"


def _standing_out(analysis: Analysis, theme: ThemeResult) -> str:
    value = analysis.recipe.flag.value if analysis.recipe.flag is not None else "rate"
    sentences = []
    for layer in theme.layers:
        if "sd_flag" not in layer.table:
            continue
        flags = layer.whole["sd_flag"]
        top = layer.whole[flags == "significantly above"].sort_values(value, ascending=False, kind="stable")
        kind = plural(singular(layer.label))
        if top.empty:
            sentences.append(f"No {kind} is significantly above the average.")
            continue
        named = [
            area_name(str(row["name"]), district_of(row), figure=format_value(value, row[value]))
            for _, row in top.iloc[:NAMED].iterrows()
        ]
        unit = "per 1,000 people a year" if value == "rate" else "incidents"
        more = f", and {len(top) - NAMED} more" if len(top) > NAMED else ""
        verb = f"{kind} is" if len(top) == 1 else f"{plural(layer.label)} are"
        sentences.append(
            f"{len(top)} {verb} significantly above the average: {', '.join(named)}{more} ({unit})."
        )
    return " ".join(sentences)
