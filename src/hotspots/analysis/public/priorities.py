"""Priority areas selected by published counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.public.shown import Shown, standing_in
from hotspots.analysis.public.theme import blanked
from hotspots.analysis.results import Analysis, Selection
from hotspots.analysis.run.whole import make_matrix, selection_of
from hotspots.counting.tally import Tally
from hotspots.priorities.groups import find_group
from hotspots.priorities.indicators import Indicator
from hotspots.priorities.prioritise import prioritise

ALONE = (
    "Priorities are left out: the rules hide counts, and they rest on some that no theme has; give each indicator of "
    "the plan a theme of its own."
)
WHOLE = (
    "Priorities rest on the whole period at once, not on its {parts}: counts of single areas in shorter periods would "
    "tell on few incidents."
)
MATRIX = "Priorities by partnership are left out: the rules hide counts that they are made of."
HARM = "Priorities are left out: they weigh incidents by harm, and sums of weights cannot be rounded like counts."


def public_selection(analysis: Analysis, shown: Shown) -> tuple[Selection | None, tuple[str, ...]]:
    """Return the priority areas as published counts would select them, and in a sentence why not, if not.

    Every indicator is counted on its own and shown as counts are; scores, ranks, their intervals, reasons and the
    priorities by partnership are made of these.
    """
    held = analysis.selection
    if held is None:
        return None, ()
    exact = held.priorities
    entries = exact.indicators.entries
    if any(entry.harm for entry in entries):
        return None, (HARM,)
    told: tuple[str, ...] = ()
    if shown.suppresses and len(held.tally.periods) > 1:
        told = (WHOLE.format(parts=f"{held.plan.periods.replace('half', 'half-year')}s"),)
        held = replace(
            held,
            tally=at_once(held.tally),
            plan=replace(held.plan, periods="year", period_weights={}),
        )
    if shown.suppresses and not _all_are_themes(held.tally, entries, shown):
        return None, (ALONE,)
    areas = analysis.areas
    counted_entries = [entry for entry in entries if entry.counted]
    counted, named, dark = _recounted(held.tally, counted_entries, shown, areas["population"])
    replaced = iter(named)
    plan = replace(
        held.plan, indicator=tuple(next(replaced) if entry.counted else entry for entry in entries)
    )
    if shown.suppresses:  # no further sum is published: the most that one of the indicators counts
        filled = pd.Series(counted.counts.sum(axis=2).max(axis=1), index=areas.index, name="n")
    else:
        n = shown.counts(("priorities", "n"), exact.layer["n"])
        filled = n.rename("n")
    made = prioritise(areas, counted, plan, wide=exact.wide, n=filled)
    figures = ["n", *made.indicators.columns.values()]
    rates = [name for name in figures[1:] if name in made.layer]
    made = replace(made, layer=made.layer.round(dict.fromkeys(rates, shown.profile.rate_decimals)))
    kept = [name for name in made.layer.columns if name not in figures]
    made = replace(made, layer=blanked(made.layer, dark, kept))

    def recount(counted: Tally, wanted: Sequence[Indicator]) -> tuple[Tally, list[Indicator], pd.DataFrame]:
        made, named, _ = _recounted(counted, wanted, shown, areas["population"])
        return made, named, _by_district(counted, wanted, areas["district"], shown)

    matrix = None
    if held.matrix is not None and shown.suppresses:
        told = (*told, MATRIX)
    elif held.matrix is not None:
        matrix = make_matrix(
            analysis.recipe, areas, exact.indicators, analysis.comparators, noun=made.noun, recount=recount
        )
    if matrix is not None:
        matrix = replace(matrix, rates=matrix.rates.round(shown.profile.rate_decimals))
    first = held.layers[0]
    return selection_of(made, held.plan, counted, matrix, key=first.key, label=first.label), told


def at_once(counted: Tally) -> Tally:
    """Return a tally of one period in the place of several, with its halves to tell the dispersion from.

    Examples
    --------
    >>> counts = np.array([[[3, 5, 9, 4]]])
    >>> index, quarters = pd.Index(["E1"]), ("2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4")
    >>> made = at_once(Tally(index, ("Burglary",), quarters, (3, 3, 3, 3), counts))
    >>> made.periods, made.months, made.counts.tolist(), made.halves.tolist()
    (('2025',), (12,), [[[21]]], [[[8, 13]]])
    """
    first, last, half = counted.periods[0], counted.periods[-1], len(counted.periods) // 2
    years = dict.fromkeys((first[:4], last[:4]))
    parts = (counted.counts[:, :, :half], counted.counts[:, :, half:])
    return replace(
        counted,
        periods=(" to ".join(years),),
        months=(sum(counted.months),),
        counts=counted.counts.sum(axis=2, keepdims=True),
        halves=np.stack([part.sum(axis=2) for part in parts], axis=2),
    )


def _all_are_themes(counted: Tally, entries: Sequence[Indicator], shown: Shown) -> bool:
    """Return whether every indicator counts in each period what a theme counts, so that the same counts are hidden."""
    return all(
        shown.twin(exact) is not None
        for entry in entries
        if entry.counted
        for _, exact in counted.of(_mask(counted, entry)).items()
    )


def _named(entry: Indicator) -> Indicator:
    """Return an indicator of incidents as one of a category that has its name."""
    name = entry.name or (find_group(entry.group).name if entry.group is not None else "")
    return replace(entry, name=name, group=None, category=(name,), exclude=())


def _mask(counted: Tally, entry: Indicator) -> Any:
    chosen = (entry.category, entry.exclude)
    if entry.group is not None:
        group = find_group(entry.group)
        chosen = (group.category, group.exclude)
    return counted.mask(*chosen, source=entry.incidents)


def _recounted(
    counted: Tally, entries: Sequence[Indicator], shown: Shown, people: pd.Series[Any]
) -> tuple[Tally, list[Indicator], pd.Series[bool]]:
    """Return a tally with a category for each indicator, these indicators, and in which areas one is hidden."""
    named = [_named(entry) for entry in entries]
    dark = pd.Series(False, index=counted.index)
    cubes, halves = [], []
    for entry, plain in zip(entries, named, strict=True):
        factor = _mask(counted, entry)
        columns = []
        for period, exact in counted.of(factor).items():
            name = shown.twin(exact) or ("indicator", plain.name, str(period))
            found = shown.counts(name, exact)
            dark |= found.isna()
            whole = (name[0], "all") if name in shown.exact else (*name, "all")
            total = shown.number(whole, float(exact.sum()))
            columns.append(standing_in(found, total, people).to_numpy())
        cubes.append(np.column_stack(columns))
        if counted.halves is not None:
            parts = np.einsum("nct,c->nt", counted.halves, factor)
            halves.append(_halves(cubes[-1][:, 0], parts))
    made = replace(
        counted,
        categories=tuple(entry.name for entry in named),
        counts=np.stack(cubes, axis=1),
        halves=np.stack(halves, axis=1) if halves else None,
        sources=tuple(entry.incidents or "" for entry in named) if counted.sources else (),
        rounded=shown.base,
    )
    return made, named, dark


def _halves(whole: Any, parts: Any) -> Any:
    """Return published counts divided as all areas' incidents are between the halves of the period.

    The halves of single areas are not published, so that what areas differ by between them cannot be told from it.
    """
    share = parts[:, 0].sum() / max(parts.sum(), 1.0)
    early = np.rint(whole * round(float(share), 2))
    return np.column_stack([early, whole - early])


def _by_district(
    counted: Tally, entries: Sequence[Indicator], districts: pd.Series[Any], shown: Shown
) -> pd.DataFrame:
    """Return the published counts of each district and of all areas, by theme, over all periods."""
    found = {}
    for entry in entries:
        exact = counted.of(_mask(counted, entry)).sum(axis=1)
        name = _named(entry).name
        sums = exact.groupby(districts.to_numpy()).sum().drop("", errors="ignore")
        found[name] = shown.counts(("indicator", name, "districts"), sums).astype(float)
        found[name].loc["all"] = shown.number(("indicator", name, "all"), float(exact.sum()))
    return pd.DataFrame(found)
