"""What a selection of priority areas says: its outcome, and how it was made."""

from __future__ import annotations

import math

from hotspots.base.text import list_words
from hotspots.priorities.budgets import Held
from hotspots.priorities.groups import find_group
from hotspots.priorities.plan import Plan
from hotspots.priorities.prioritise import Priorities
from hotspots.priorities.reasons import SURE
from hotspots.priorities.selection import PRIORITIES
from hotspots.publish.words.names import full_name
from hotspots.publish.words.note import Note
from hotspots.publish.words.reference import all_areas


def summary(made: Priorities) -> list[str]:
    """Return the outcome in words: how many of each priority, what they hold, what changed over the periods."""
    found = made.selection["priority"].astype(str)
    unsure, chosen = int(made.layer["borderline"].sum()), int(made.layer["selected"].sum())
    called = {"force-wide": made.wide}
    tally = [
        f"{int((found == priority).sum()):,} {called.get(priority, priority)}" for priority in PRIORITIES[:3]
    ]
    lines = [
        f"Priorities: {', '.join(tally)}",
        f"Borderline, with a chance of selection under {SURE:.0%}: {unsure:,} of the {chosen:,} selected",
        made.held.sentence(made.layer.apply(full_name, axis=1), noun=made.noun),
    ]
    if made.turnover is not None:
        lines += [
            f"Flagged in {row.Index}: {row.kept} as in the period before, {row.new} new, {row.dropped} no longer"
            for row in made.turnover.itertuples()
        ]
    return lines


def outcome_lines(made: Priorities) -> list[str]:
    """Return the summary, and each locality with its reason."""
    lines = summary(made)
    if made.localities is not None:
        lines += [f"  {full_name(row)}: {row['reason']}" for _, row in made.localities.iterrows()]
    return lines


def _weighed(made: Priorities) -> str:
    """Return the indicators with their weights, and with their sources where there are several."""
    several = len(sources_of(made)) > 1
    return ", ".join(
        f"{entry.name} ({entry.weight:g}"
        + (f", {entry.incidents}" if several and entry.incidents not in (None, entry.name) else "")
        + ")"
        for entry in made.indicators.entries
    )


def sources_of(made: Priorities) -> list[str]:
    """Return the sources that the indicators count, where they name them."""
    return list(dict.fromkeys(entry.incidents for entry in made.indicators.entries if entry.incidents))


def sure_note(plan: Plan, noun: str) -> str:
    """Return, in two or three sentences, what the interval of ranks and the chance of selection are."""
    drawn = f"{plan.sure.runs:,} draws (seed {plan.sure.seed})"
    if plan.sure.method == "resample":
        return (
            f"{drawn} with incidents resampled and weights varied; {plan.sure.level:.0%} of them put the {noun} "
            f"between the two ranks. A selection in under {SURE:.0%} of them is borderline."
        )
    return (
        f"{drawn} of each {noun}'s lasting risk from its posterior distribution (gamma-Poisson, with the dispersion of "
        f"the counts between periods); {plan.sure.level:.0%} of them put the {noun} between the two ranks. The chance "
        f"is the share that selects it; under {SURE:.0%} the selection is borderline. What other weights would change "
        "stands apart from that."
    )


def _pai(found: Held) -> str:
    """Return the prediction accuracy index of the selection as a sentence; nothing where there is none."""
    if math.isnan(found.pai):
        return ""
    return (
        f" PAI (share of the incidents over share of the ground): {found.pai:.2f}, in sample, that is scored on the "
        "incidents that chose the areas, which flatters it."
    )


def _scaled(made: Priorities, plan: Plan) -> str:
    """Return how the values were scaled before they were scored."""
    words = {"log": "of the logarithm of one plus the value over the mean", "capped": "of values cut at 95%"}
    found = made.indicators.scales(plan.scale)
    return "; ".join(
        f"{words.get(scale, 'of the values as they are')} ({', '.join(n for n, s in found.items() if s == scale)})"
        for scale in dict.fromkeys(found.values())
    )


def priority_notes(made: Priorities, plan: Plan) -> list[Note]:
    """Return what a reader must know of the method to use the list honestly."""
    rules, entries = plan.rules, made.indicators.entries
    everyone = all_areas(made.layer, f"{made.noun}s")
    sources = sources_of(made)
    summed = f" Incidents are those of {list_words(sources)} together." if len(sources) > 1 else ""
    groups = [find_group(entry.group) for entry in entries if entry.group]
    return [
        Note(
            "Score",
            f"the mean over indicators and periods of standard deviations above the mean of {everyone}, "
            f"{_scaled(made, plan)}. "
            f"Indicators and their weights: {_weighed(made)}. What is unknown is left out, never taken as zero."
            f"{summed}",
        ),
        Note(
            made.wide.capitalize(),
            f"the score is over {rules.force_wide:g} SD above the mean score of {everyone}. "
            f"Local: over {rules.local:g} SD above that of the district's {made.noun}s that are not {made.wide}. Both: "
            f"flagged (over {rules.flagged:g} SD) in at least {rules.persistent:.0%} of the periods. Watch: at most "
            f"{rules.near:g} SD below a threshold, flagged too seldom, or newly rising.",
        ),
        Note(
            "Ranks and chances",
            sure_note(plan, made.noun),
        ),
        *[Note("Indicators together", " ".join(made.together))] * bool(made.together),
        Note(
            "",
            "It ranks what was recorded; it is not a significance test. Police.uk moves each incident to the nearest "
            f"of a fixed set of map points.{_pai(made.held)}",
        ),
        *[Note(group.name, group.note) for group in groups if group.note],
    ]
