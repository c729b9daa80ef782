"""The brief in words for a meeting: its title, its outcome, why each area, and how they were chosen."""

from __future__ import annotations

import math

import pandas as pd

from hotspots.analysis.classes import FIFTHS
from hotspots.analysis.results import Analysis
from hotspots.base.text import counted, list_words
from hotspots.priorities.plan import Plan
from hotspots.priorities.prioritise import Priorities
from hotspots.priorities.reasons import SURE
from hotspots.publish.words.change import change_words, compared_words
from hotspots.publish.words.classes import percent_words
from hotspots.publish.words.names import plural
from hotspots.publish.words.priorities import sources_of
from hotspots.publish.words.publication import few_of
from hotspots.publish.words.reference import all_areas

_UNITS = {"year": "year", "half": "half-year", "quarter": "quarter", "month": "month"}


def brief_title(made: Priorities, period: str) -> str:
    """Return the heading: the partnership where the areas are of one, what they are, and the period."""
    districts = {str(name) for name in made.layer["district"] if str(name)}
    what = f"priority {made.noun}s{f', {period}' if period else ''}"
    return f"{districts.pop()}: {what}" if len(districts) == 1 else what[:1].upper() + what[1:]


def brief_summary(made: Priorities) -> list[str]:
    """Return the outcome: of how many areas how many were selected, why, what they hold, and how sure that is."""
    found, chosen = made.held, made.layer["selected"].astype(bool)
    everyone = all_areas(made.layer, f"{made.noun}s")
    if not found.areas:
        return [f"Of {everyone} none is selected"]
    kinds = made.selection["priority"].astype(str)[chosen]
    high, local = int((kinds == "force-wide").sum()), int((kinds == "local").sum())
    within = len(kinds) - high - local
    reasons = [
        f"{high:,} because {'it stands' if high == 1 else 'they stand'} out of all ({made.wide})"
    ] * bool(high)
    reasons += [
        f"{local:,} for standing out in {'its' if local == 1 else 'their'} own district (local)"
    ] * bool(local)
    reasons += [f"{within:,} as next in rank within the budget"] * bool(within)
    why = f": {list_words(reasons)}" if reasons else ""
    held = [
        f"{percent_words(share)} of {what}"
        for share, what in ((found.incidents, "the incidents"), (found.population, "the people"))
        if not math.isnan(share)
    ]
    said = [f"Of {everyone}, {found.areas:,} {'is' if found.areas == 1 else 'are'} selected{why}"]
    if held:
        pronoun = "It holds" if found.areas == 1 else "Together they hold"
        said.append(f"{pronoun} {list_words(held)}, on {percent_words(found.ground)} of the ground")
    if unsure := int(made.layer["borderline"].sum()):
        which = "It is" if found.areas == 1 else f"{unsure:,} of them {'is' if unsure == 1 else 'are'}"
        said.append(
            f"{which} borderline: {'its' if unsure == 1 else 'their'} chance of selection is under {SURE:.0%}"
        )
    return said


def brief_reasons(made: Priorities, analysis: Analysis | None = None) -> pd.Series[str]:
    """Return why each area is a priority or not, in plain words; with its deprivation and its change where known."""
    said = made.layer["reason"].astype(str) if made.plain is None else made.plain.astype(str)
    if analysis is None:
        return said
    for fifths in analysis.classes.values():
        if set(map(str, fifths.cat.categories)) <= set(FIFTHS):
            said += [
                "" if pd.isna(fifth) else f" Deprivation: {str(fifth)[:1].lower()}{str(fifth)[1:]}."
                for fifth in fifths.reindex(said.index)
            ]
    theme = analysis.themes[0]
    if theme.change is not None and analysis.comparison is not None:
        before = compared_words(analysis.comparison)[0]
        rows = theme.change.areas.reindex(said.index)
        said += [
            f" {theme.name} against {before}: {words}."
            if (words := change_words(row, few=few_of(analysis)))
            else ""
            for _, row in rows.iterrows()
        ]
    return said


def brief_note(made: Priorities, plan: Plan) -> str:
    """Return in plain words how the areas were chosen; the notes on method say all of it."""
    noun = made.noun
    periods = made.flags.shape[1]
    when = f", in each of {counted(periods, _UNITS[plan.periods])}" if periods > 1 else ""
    often = (
        f", and high in at least {plan.rules.persistent:.0%} of the {_UNITS[plan.periods]}s"
        if periods > 1
        else ""
    )
    return (
        f"How they were chosen: each {noun} is measured against {all_areas(made.layer, f'{noun}s')} by "
        f"{_weighed(made)}{when}. "
        f"{made.wide.capitalize()}: far above their average{often}. Local: far above the average of its district's "
        f"{noun}s{often}. Watch: narrowly below, high too seldom, or newly rising. {_sure(plan, noun)} What was "
        "recorded is ranked; that is not all crime, and no test of chance. Files of police.uk give the nearest of a "
        "fixed set of map points, not addresses."
    )


def _weighed(made: Priorities) -> str:
    """Return what areas are measured by: weights where they differ, and sources where there are several."""
    entries, several = made.indicators.entries, len(sources_of(made)) > 1
    alike = len({entry.weight for entry in entries}) == 1
    said = []
    for entry in entries:
        beside = [] if alike else [f"weight {entry.weight:g}"]
        beside += [str(entry.incidents)] if several and entry.incidents not in (None, entry.name) else []
        said.append(plural(entry.name) + (f" ({', '.join(beside)})" if beside else ""))
    return list_words(said)


def _sure(plan: Plan, noun: str) -> str:
    """Return what the ranks and the chance beside an area are."""
    if plan.sure.method == "resample":
        return (
            f"Beside each {noun}: the ranks that {plan.sure.level:.0%} of {plan.sure.runs:,} repeats gave it, with "
            "other weights and incidents drawn anew, and how many of them selected it."
        )
    return (
        f"Beside each {noun}: the ranks between which its lasting risk lies ({plan.sure.level:.0%} sure), and the "
        "chance that this selects it."
    )
