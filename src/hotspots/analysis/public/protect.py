"""From an analysis with exact figures to one that may be published."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.against import COLUMNS, Against, offence_of
from hotspots.analysis.charts import ALL, MonthCharts, find_charts
from hotspots.analysis.profile import FORCE, Profile, profile_of
from hotspots.analysis.public.account import public_account, public_rows
from hotspots.analysis.public.priorities import public_selection
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.public.tables import exact_counts, find_hidden
from hotspots.analysis.public.theme import areas_of, coarse, public_theme
from hotspots.analysis.results import Analysis, Published, ThemeResult
from hotspots.analysis.run.study import Place, find_neighbours
from hotspots.analysis.run.whole import assess, make_standings, set_against
from hotspots.base.text import list_words
from hotspots.disclosure.rules import Profile as Rules

log = logging.getLogger(__name__)


def protect(analysis: Analysis, rules: Rules) -> Analysis:
    """Return an analysis of which every figure is made of counts that may be published.

    Counts are shown by the rules; rates, limits, flags, scores, change, hotspots, ranks and all else are measured
    anew from the shown counts, by the measures that made the exact ones, so that they tell nothing that the counts do
    not. Totals are shown on their own and need not be the sums of their parts. What cannot be made of shown counts is
    left out, and `Analysis.published` says so.

    Parameters
    ----------
    analysis : Analysis
        With exact figures, from a recipe with a table ``[publish]``.
    rules : Profile
        What is kept from readers.
    """
    dark = find_hidden(analysis, rules)
    shown = Shown(rules, dark.counts, exact_counts(analysis))
    first = analysis.themes[0].layers[0]
    places = [
        Place(layer.key, layer.kind, layer.label, areas_of(layer), "polygon")
        for layer in analysis.themes[0].layers
        if layer.kind in ("areas", "cells")
    ]
    beside = find_neighbours(analysis.recipe.outliers, places)
    themes = tuple(public_theme(analysis, theme, shown, beside) for theme in analysis.themes)
    selection, unselected = public_selection(analysis, shown)
    profile = _profile(analysis, shown)
    recipe = replace(
        analysis.recipe, emerging=None, breakdown=(), share=(), repeats=None, times=None, classes=()
    )
    place = next(one for one in places if one.key == first.key)
    left_out = (*_left_out(analysis, themes), *unselected)
    made = replace(
        analysis,
        recipe=recipe,
        quality=public_account(analysis.quality, rules),
        accounts={name: public_account(one, rules) for name, one in analysis.accounts.items()},
        others={name: public_account(one, rules) for name, one in analysis.others.items()},
        rows_by_month=public_rows(analysis.rows_by_month, rules),
        themes=themes,
        selection=selection,
        standings=make_standings(recipe, place, list(themes)),
        assessment=assess(recipe, themes),
        profile=profile,
        classes={},
        charts=_charts(analysis, shown),
        against=_against(replace(analysis, recipe=recipe), themes, profile, shown),
        facts=None
        if analysis.facts is None
        else replace(analysis.facts, offences=pd.DataFrame(index=analysis.areas.index)),
        published=Published(rules, left_out),
    )
    for sentence in (*rules.sentences(), *left_out, *dark.sentences()):
        log.info("For publication: %s", sentence)
    return made


def _left_out(analysis: Analysis, themes: tuple[ThemeResult, ...]) -> Iterator[str]:
    """Yield a sentence on each thing that the recipe asks for and a public folder cannot have."""
    recipe = analysis.recipe
    gone = [
        (recipe.emerging is not None, "emerging hotspots, which compare areas month by month"),
        (bool(recipe.classes), "classes of areas"),
        (bool(recipe.breakdown), "breakdowns by people's own columns"),
        (bool(recipe.share), "shares of a kind by area"),
        (recipe.repeats is not None, "repeat locations and people met again"),
        (recipe.times is not None, "times of day and week"),
        (
            len(analysis.calendar) > 1 and (recipe.map is not None or recipe.charts is not None),
            "months of single areas and what is unusual in them",
        ),
    ]
    named = [what for asked, what in gone if asked]
    if named:
        yield f"Left out, as they would tell on few incidents: {list_words(named)}."
    others = [layer.label for layer in analysis.themes[0].layers[1:] if layer.kind in ("areas", "cells")]
    if others and len(themes[0].layers) == 1:
        yield f"Left out: {list_words(others)}, since two geographies would tell on each other where they overlap."
    lost = [
        theme.name
        for theme, exact in zip(themes, analysis.themes, strict=True)
        if exact.surface is not None and theme.surface is None
    ]
    if lost:
        yield f"There is no density of {list_words(lost)}: too few incidents bear on it."


def _against(
    analysis: Analysis, themes: tuple[ThemeResult, ...], profile: Profile | None, shown: Shown
) -> dict[str, Against]:
    """Return each theme beside others; where counts are hidden, only themes of which the profile has the figures."""
    found = set_against(analysis.recipe, themes, profile, analysis.comparators, months=analysis.months)
    if not shown.suppresses:
        return found
    told = {
        theme.key
        for theme in themes
        if profile is not None and offence_of(analysis.recipe, theme.theme, profile) is not None
    }
    none = pd.DataFrame(columns=[*COLUMNS, "rate"])
    return {
        key: one if key in told else replace(one, comparators=none, districts=none)
        for key, one in found.items()
    }


def _profile(analysis: Analysis, shown: Shown) -> Profile | None:
    """Return the profile of partnerships made of their published counts, the force's on its own."""
    held = analysis.profile
    if held is None:
        return None
    people = pd.concat([held.people, pd.Series({FORCE: held.people.sum()})])
    people[FORCE] = float(analysis.areas["population"].sum())

    def crossed(column: str) -> pd.DataFrame:
        table = pd.DataFrame(
            {kind: held.districts[column].xs(kind, level="offence") for kind in held.offences}
        )
        table.loc[FORCE] = held.force[column]
        return table

    def seen(what: str, table: pd.DataFrame) -> pd.DataFrame:
        return shown.table(("profile", what), table.round()).astype(float)

    n = crossed("n")
    # Counts of the areas with people, which rates are made of: back from the rates, where they differ from all.
    rated = crossed("rate").mul(people, axis=0) * analysis.months / 12_000
    near = np.isclose(rated, n, rtol=1e-6, atol=1e-6) | rated.isna()
    made = seen("n", n)
    changed: dict[str, Any] = {}
    if "n_before" in held.districts and analysis.comparison is not None:
        changed = {
            "was": seen("before", crossed("n_before")),
            "now": seen("after", crossed("n_after")),
            "months_before": len(analysis.comparison.before),
            "months_after": len(analysis.comparison.after),
        }
    margin = analysis.recipe.comparators.margin if analysis.recipe.comparators else 0
    made_of = profile_of(
        made,
        made.where(near) if shown.suppresses else made.where(near, seen("rated", rated.fillna(0))),
        people,
        held.dispersion.map(coarse),
        months=held.months,
        comparators=analysis.comparators,
        margin=margin,
        beside=held.beside,
        **changed,
    )
    decimals = dict.fromkeys(("rate", "rate_lo", "rate_hi"), shown.profile.rate_decimals)
    return replace(made_of, districts=made_of.districts.round(decimals), force=made_of.force.round(decimals))


def _charts(analysis: Analysis, shown: Shown) -> MonthCharts | None:
    """Return the charts of all areas together, from their published months."""
    held, step = analysis.charts, analysis.recipe.charts
    if held is None or step is None or held.whole is None:
        return held if held is None else MonthCharts(notes=held.notes)
    monthly = {
        theme: shown.counts(
            ("months", theme), pd.Series(held.whole.one(theme, ALL)["n"].to_numpy(), index=held.whole.months)
        )
        for theme in held.whole.themes
    }
    if any(counts.isna().any() for counts in monthly.values()):
        return MonthCharts(notes=("There are no charts of months: some hold too few incidents to be shown.",))
    tables = {theme: counts.to_frame(ALL).T for theme, counts in monthly.items()}
    found = find_charts(tables, rebase=step.rebase, runs=step.runs, starts=step.starts)
    return replace(found, areas=None, districts=None, histories={})
