"""What an analysis says of itself in plain sentences: the headline figures and the method notes."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.changes import Comparison
from hotspots.analysis.results import Analysis, Group
from hotspots.base.columns import format_value
from hotspots.base.text import area_name, counted, list_words
from hotspots.publish.words.change import calendar_words, compared_words
from hotspots.publish.words.emerging import kinds_line
from hotspots.publish.words.names import district_of
from hotspots.publish.words.since import since_sentences

SHOWN = 5  # names in a headline; the map and the tables have them all


def headline(analysis: Analysis) -> tuple[str, ...]:
    """Return the lines that a run ends with: rows accounted for, then what stands out in each theme."""
    lines = [f"{analysis.recipe.title} ({calendar_words(analysis.calendar)})", _rows_line(analysis)]
    for group in analysis.groups:
        lines.extend(_group_lines(group, analysis.comparison))
    if analysis.since is not None:
        lines.append(" ".join(since_sentences(analysis.since)))
    return tuple(lines)


def _rows_line(analysis: Analysis) -> str:
    """Return what became of the rows; a run over some districts leads with theirs, not with those of all the files."""
    quality, only = analysis.quality, analysis.recipe.areas[0].only
    inside = quality.inside or 0
    around = f"{quality.outside or 0:,} outside, {quality.unlocated:,} without coordinates"
    compared = f", and {quality.compared:,} for the comparison only" if quality.compared else ""
    if only:
        names = list_words([str(name) for name in only])
        return f"{counted(inside, 'incident')} in {names}; of the other rows used {around}{compared}"
    rows = f"{quality.used:,} of {quality.rows_read:,} rows used"
    return f"{rows}: {inside:,} inside the areas, {around}{compared}"


def _group_lines(group: Group, comparison: Comparison | None = None) -> list[str]:
    lines = [group.name]
    for shown in group.layers:
        label, layer = shown.label, shown.whole
        if "sd_flag" in layer:
            lines.append(f"  {label}: {_flag_line(layer)}")
        if "priority" in layer and "reason" in layer and "score" in layer:
            lines += [f"  {label}: {_priority_line(layer)}"]
        if "ch_flag" in layer and comparison is not None:
            up, down = (int((layer["ch_flag"] == flag).sum()) for flag in ("up", "down"))
            before, after = compared_words(comparison)
            lines.append(f"  {label}: {up:,} up and {down:,} down between {before} and {after}")
        if "un_flag" in layer:
            lines.append(f"  {label}: {_unusual_line(shown.table)}")
        if "gi_class" in layer:
            hot, cold = (int(layer["gi_class"].isin(_levels(side)).sum()) for side in ("hot", "cold"))
            lines.append(f"  {label}: {hot:,} in hotspots and {cold:,} in coldspots (Gi*, q up to 0.05)")
        if "em_class" in layer:
            lines.append(f"  {label}: {kinds_line(layer)} (emerging)")
        if "lm_class" in layer:
            lines.append(f"  {label}: {_outlier_line(layer)}")
    return lines


def _unusual_line(layer: pd.DataFrame) -> str:
    """Return how many areas are unusual in the last month, and the one that is most so."""
    marked = layer[layer["un_flag"].notna() & (layer["un_flag"].astype(str) != "as expected")]
    if marked.empty:
        return "none unusual in the last month charted"
    first = marked.loc[marked["un_score"].abs().sort_values(ascending=False, kind="stable").index[0]]
    return f"{len(marked):,} unusual in the last month charted, {first['name']} the most: {first['un_text']}"


def _outlier_line(layer: pd.DataFrame) -> str:
    found = layer["lm_class"].value_counts()
    return (
        f"{found.get('high-low', 0):,} high among low and {found.get('low-high', 0):,} low among high neighbours "
        "(local Moran's I, q up to 0.05)"
    )


def _levels(side: str) -> list[str]:
    return [f"{side}99", f"{side}95"]


def _flag_line(layer: pd.DataFrame) -> str:
    column = "rate" if "rate" in layer else "n"
    top = layer[layer["sd_flag"] == "significantly above"].sort_values(
        [column], ascending=False, kind="stable"
    )
    if top.empty:
        return "none significantly above the average"
    named = [
        area_name(str(row["name"]), district_of(row), figure=format_value(column, row[column]))
        for _, row in top.iterrows()
    ]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"{len(named)} significantly above the average: {', '.join(named[:SHOWN])}{more}"


def _priority_line(layer: pd.DataFrame) -> str:
    picked = layer[layer["selected"].astype(bool)].sort_values("rank", kind="stable")
    if picked.empty:
        return "none is a priority"
    first = picked[:SHOWN]
    bare = first["borderline"] & ~first["priority"].str.startswith("borderline")  # selected by a budget alone
    words = first["priority"].mask(bare, "borderline")
    shown = ", ".join(
        area_name(str(row["name"]), district_of(row), figure=str(word))
        for word, (_, row) in zip(words, first.iterrows(), strict=True)
    )
    more = f" and {len(picked) - SHOWN} more" if len(picked) > SHOWN else ""
    unsure = int(picked["borderline"].sum())
    number = counted(len(picked), "priority", "priorities")
    return f"{number}{f', {unsure} of them borderline' if unsure else ''}: {shown}{more}"
