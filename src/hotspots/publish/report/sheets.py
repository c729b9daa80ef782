"""The sheets of the workbook: a summary, areas by theme, partnerships and their priorities, change, every layer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.analysis.since import Since
from hotspots.export.tables.workbook import Summary
from hotspots.publish.report.charts import charts_sheets
from hotspots.publish.report.classes import people_tables
from hotspots.publish.report.places import places_table
from hotspots.publish.times import times_tables
from hotspots.publish.views import in_words
from hotspots.publish.words.change import calendar_words, change_words, compared_words
from hotspots.publish.words.emerging import kinds_line
from hotspots.publish.words.names import plural, singular
from hotspots.publish.words.publication import few_of
from hotspots.publish.words.since import MARKED
from hotspots.publish.words.times import peak_sentence


def summary_sheet(analysis: Analysis) -> Summary:
    """Return the first sheet: the main figures of each theme, and the selected areas by rank with their reasons."""
    lines = [("Period", calendar_words(analysis.calendar)), ("Source", analysis.origin.source)]
    tables = {"Themes": pd.DataFrame([_figures(analysis, theme) for theme in analysis.themes])}
    if analysis.selection is not None:
        layer = analysis.selection.layers[0]
        chosen = layer.whole[layer.whole["selected"].astype(bool)].sort_values("rank", kind="stable")
        if len(chosen):
            tables[f"Priorities: selected {plural(layer.label)}, by rank (borderline ones shaded)"] = (
                _priorities(chosen, layer)
            )
        else:
            lines.append(("Priorities", f"No {plural(singular(layer.label))} is selected."))
    return Summary([line for line in lines if line[1]], tables)


def make_sheets(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return the other sheets by name: those that a meeting reads first, then each theme and layer but the cells.

    Areas stand by rank where they have one, else from the highest rate, or count where there are no rates.
    """
    label = analysis.recipe.areas[0].label
    sheets = {f"{label} by theme": _areas_by_theme(analysis)}
    if analysis.standings is not None:
        sheets["Places at greatest risk"] = places_table(analysis.standings)
    sheets |= charts_sheets(analysis)
    if analysis.profile is not None:
        sheets["Partnerships"] = _partnerships(analysis)
    if analysis.selection is not None and analysis.selection.matrix is not None:
        made = analysis.selection.matrix
        ticks = made.matrix.rename(columns={"prevalence": "Prevalence", "ticks": "Ticks"})
        sheets["Priorities by partnership"] = ticks.rename_axis("Theme")
        rates = made.rates.rename(columns={"all": "All"}).add_suffix(": rate")
        counts = made.flagged.rename(columns={"all": "All"})
        counts = counts.add_suffix(f": {plural(label)} significantly above")
        sheets["Figures by partnership"] = rates.join(counts).rename_axis("Theme")
    if (change := _change_by_district(analysis)) is not None:
        sheets["Change by district"] = change
    if analysis.since is not None:
        sheets |= _since(analysis.since)
    for group in analysis.groups:
        for layer in group.layers:
            if layer.kind != "cells":
                sheets[f"{group.name}: {layer.label}"] = _ordered(in_words(group, layer))
    times = {theme.name: theme.times for theme in analysis.themes if theme.times is not None}
    return sheets | people_tables(analysis) | times_tables(times)


def _since(found: Since) -> dict[str, pd.DataFrame]:
    """Return what changed since an earlier edition: areas, definitions and ranks, each where there is any."""
    measure = found.areas["measure"].map(MARKED)
    sheets = {
        "Since the last edition": found.areas.assign(measure=measure).set_index("code"),
        "Definitions changed": found.definitions.set_index("what"),
        "Ranks then and now": found.ranks.set_index("code"),
    }
    return {name: table for name, table in sheets.items() if len(table)}


def _figures(analysis: Analysis, theme: ThemeResult) -> dict[str, Any]:
    """Return the main figures of a theme by their headings."""
    row: dict[str, Any] = {"Theme": theme.name, "n": theme.n}
    if theme.rate is not None:
        row["rate"] = theme.rate
    if theme.change is not None and analysis.comparison is not None:
        before, after = compared_words(analysis.comparison)
        row |= {f"Incidents, {before}": theme.change.whole["n_before"]}
        row |= {f"Incidents, {after}": theme.change.whole["n_after"]}
        row["Change"] = change_words(theme.change.whole, few=few_of(analysis))
    for layer in theme.layers:
        if "sd_flag" in layer.table:
            flags = layer.whole["sd_flag"].astype(str)
            row[f"{layer.label} significantly above the average"] = int(
                (flags == "significantly above").sum()
            )
            row[f"{layer.label} above the average"] = int((flags == "above").sum())
        if "gi_class" in layer.table:
            hot = layer.whole["gi_class"].isin(["hot99", "hot95"])
            row[f"{layer.label} in hotspots"] = int(hot.sum())
        if "em_class" in layer.table:
            row[f"{layer.label} over time"] = kinds_line(layer.whole)
    if theme.times is not None:
        row["Hours that stand out"] = peak_sentence(theme.times)
    return row


def _priorities(chosen: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    kind = [
        _priority_words(str(priority), unsure=bool(unsure))
        for priority, unsure in zip(chosen["priority"], chosen["borderline"], strict=True)
    ]
    columns = {
        singular(layer.label): chosen["name"].astype(str),
        "district": chosen["district"].astype(str),
        "rank": chosen["rank"],
        "Priority": kind,
        "rank_lo": chosen["rank_lo"],
        "rank_hi": chosen["rank_hi"],
        "Chance of selection (%)": 100 * chosen["sel_share"],
        "n": chosen["n"],
        "reason": chosen["reason"].astype(str),
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def _priority_words(priority: str, *, unsure: bool) -> str:
    """Return a priority such as "Borderline local"; one that a budget alone selects says so."""
    words = priority or "within the budget"
    if unsure and not words.startswith("borderline"):
        words = f"borderline, {words}"
    return words[:1].upper() + words[1:]


def _areas_by_theme(analysis: Analysis) -> pd.DataFrame:
    """Return a row for each area: its rank, and its count, rate and standing in each theme."""
    first = analysis.themes[0].first
    own = [name for name in ("coverage", *analysis.recipe.areas[0].keep) if name in first]
    table = pd.DataFrame(first[["name", "district", *own]])
    if analysis.selection is not None:
        table["rank"] = analysis.selection.priorities.layer["rank"].reindex(table.index)
    for theme in analysis.themes:
        areas = theme.first
        table[f"{theme.name}: n"] = areas["n"]
        if "rate" in areas:
            table[f"{theme.name}: rate"] = areas["rate"]
        if analysis.standings is not None and theme.name in analysis.standings.grid:
            table[f"{theme.name}: standing"] = analysis.standings.grid[theme.name]
        elif "sd_flag" in areas:
            table[f"{theme.name}: sd_flag"] = areas["sd_flag"].astype(object)
    if "rank" in table:
        return table
    by = next(
        name for name in (f"{analysis.themes[0].name}: {kind}" for kind in ("rate", "n")) if name in table
    )
    return table.sort_values(by, ascending=False, kind="stable")


def _partnerships(analysis: Analysis) -> pd.DataFrame:
    """Return the profile with headings in words and its shares in percent."""
    assert analysis.profile is not None  # noqa: S101 - the caller checked; this tells the type checker
    table = analysis.profile.wide().reset_index()
    names = {"offence": "Offence", "share": "Share of its crime (%)"}
    for label in analysis.profile.comparators:
        names[f"{label}: difference"] = f"{label}: difference (per 1,000 people a year)"
        names[f"{label}: against"] = f"{label}: cmp_flag"
    return table.assign(share=100 * table["share"]).rename(columns=names)


def _change_by_district(analysis: Analysis) -> pd.DataFrame | None:
    """Return the change of each district in each theme; None where there is no comparison or no district."""
    found = {
        theme.name: theme.change.districts
        for theme in analysis.themes
        if theme.change is not None and theme.change.districts is not None and len(theme.change.districts)
    }
    return pd.concat(found, names=["Theme", "district"]) if found else None


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    by = next((name for name in ("rank", "rate", "n") if name in table), None)
    return table if by is None else table.sort_values(by, ascending=by == "rank", kind="stable")
