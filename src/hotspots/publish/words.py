"""What an analysis says of itself in plain sentences: the headline figures and the method notes."""

from __future__ import annotations

import pandas as pd

from hotspots.analysis.provenance import METHODS
from hotspots.analysis.recipe import GiStar
from hotspots.analysis.run import Analysis, ThemeResult
from hotspots.base.columns import format_value

SHOWN = 5  # names in a headline; the map and the tables have them all


def headline(analysis: Analysis) -> tuple[str, ...]:
    """Return the lines that a run ends with: rows accounted for, then what stands out in each theme."""
    quality = analysis.quality
    lines = [
        f"{analysis.recipe.title} ({analysis.period})",
        f"{quality.used:,} of {quality.rows_read:,} rows used: {quality.inside or 0:,} inside the areas, "
        f"{quality.outside or 0:,} outside, {quality.unlocated:,} without coordinates",
    ]
    for result in analysis.themes:
        lines.extend(_theme_lines(result))
    return tuple(lines)


def _theme_lines(result: ThemeResult) -> list[str]:
    lines = [result.theme.name]
    for label, layer in result.layers.items():
        if "sd_flag" in layer:
            lines.append(f"  {label}: {_flag_line(layer)}")
        if "priority" in layer and "reason" in layer and "score" in layer:
            lines += [f"  {label}: {_priority_line(layer)}"]
        if "ch_flag" in layer:
            up, down = (int((layer["ch_flag"] == flag).sum()) for flag in ("up", "down"))
            lines.append(f"  {label}: {up:,} up and {down:,} down between the two periods")
        if "gi_class" in layer:
            hot, cold = (int(layer["gi_class"].isin(_levels(side)).sum()) for side in ("hot", "cold"))
            lines.append(f"  {label}: {hot:,} in hotspots and {cold:,} in coldspots (Gi*, q up to 0.05)")
    return lines


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
        f"{name} ({format_value(column, value)})"
        for name, value in zip(top["name"], top[column], strict=True)
    ]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"{len(named)} significantly above the average: {', '.join(named[:SHOWN])}{more}"


def _priority_line(layer: pd.DataFrame) -> str:
    picked = layer[layer["selected"].astype(bool)].sort_values("rank", kind="stable")
    if picked.empty:
        return "none is a priority"
    shown = ", ".join(
        f"{name} ({priority})"
        for name, priority in zip(picked["name"][:SHOWN], picked["priority"][:SHOWN], strict=True)
    )
    more = f" and {len(picked) - SHOWN} more" if len(picked) > SHOWN else ""
    return f"{len(picked)} priorities: {shown}{more}"


def method_notes(analysis: Analysis) -> tuple[str, ...]:
    """Return what a reader must know to use the map honestly, one sentence or two for each method used."""
    recipe, quality = analysis.recipe, analysis.quality
    notes = [
        f"Counts: {quality.used:,} of {quality.rows_read:,} rows were used; {quality.unlocated:,} have no coordinates "
        f"and {quality.outside or 0:,} lie outside the areas, so they are on no map. Police.uk moves each incident "
        "to the nearest of a fixed set of map points: read areas, not addresses. Recorded crime is not all crime."
    ]
    notes += [entry.note for entry in recipe.areas if entry.note]
    if any("rate" in layer for result in analysis.themes for layer in result.layers.values()):
        notes.append(
            f"Rates: incidents per 1,000 people a year, from {analysis.months:g} months of data scaled to twelve; "
            f"no rate is given for areas of under {recipe.count.min_population:g} people. "
            "Town centres have few residents and many visitors, which raises their rates."
        )
    if recipe.flag is not None:
        scope = "all areas" if recipe.flag.within == "all" else "the areas of the same district"
        spread = "sample" if recipe.flag.ddof == 1 else "population"
        notes.append(
            f"Against the average: 'above' is over the mean of {scope} plus 1 standard deviation, "
            f"'significantly above' over the mean plus 2 ({spread} SD, each area counting alike). "
            "It ranks areas; it is not a significance test."
        )
    if recipe.change is not None:
        notes.append(
            f"Change: {recipe.change.after} against {recipe.change.before}; up or down where the exact 95% limits "
            "of the rate ratio leave out 1, no clear change elsewhere."
        )
    if analysis.priorities is not None and analysis.plan is not None:
        notes += analysis.priorities.notes(analysis.plan)
    notes += [_density_note(result) for result in analysis.themes if result.surface is not None][:1]
    if recipe.gistar is not None:
        notes.append(_gistar_note(recipe.gistar))
    return (*notes, METHODS)


def _gistar_note(step: GiStar) -> str:
    inference = {
        "exact": (
            "exact p values, hotspots and coldspots each tested on one side, the largest values counting as much as "
            f"the {step.cap:g} quantile of those over 0 so that no single area decides"
            if step.cap < 1
            else "exact p values, hotspots and coldspots each tested on one side"
        ),
        "analytic": "two-sided p values from the normal distribution",
        "permutation": f"two-sided p values from {step.permutations:,} permutations (seed {step.seed})",
    }[step.inference]
    promise = (
        "where a few areas hold many incidents, many more of those marked are chance than q says"
        if step.inference == "analytic"
        else "of the areas marked with q up to 0.05, at most 5 in 100 are expected to be chance"
    )
    return (
        f"Hotspots: Getis-Ord Gi* of the {'rate' if step.value == 'rate' else 'count'} over each area and its "
        f"neighbours ({step.neighbours}); {inference}; q corrects for the number of areas tested "
        f"(Benjamini-Hochberg): {promise}. Of counts, Gi* finds where people are."
    )


def _density_note(result: ThemeResult) -> str:
    assert result.surface is not None  # noqa: S101 - the caller chose; this tells the type checker
    made = result.surface.parameters
    edge = "not corrected for" if made["edge"] == "none" else "made up for"
    return (
        f"Density: {made['kernel']} kernel, bandwidth {made['bandwidth']:g} m, cells of {made['cell_size']:g} m, in "
        f"incidents per km² a year; what lies beyond the outer boundary is {edge}. "
        "The heat-map's classes are multiples of the mean over the cells with any density."
    )
