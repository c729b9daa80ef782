"""From an analysis with exact figures to one that may be published."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.against import COLUMNS, Against, offence_of
from hotspots.analysis.charts import ALL, MonthCharts, find_charts
from hotspots.analysis.profile import FORCE, Profile, profile_of
from hotspots.analysis.profile import TOTAL as TOTAL_OFFENCE
from hotspots.analysis.public.account import EXTRACT, public_account, public_rows, told_names
from hotspots.analysis.public.bands import public_breakdown, public_times
from hotspots.analysis.public.months import Months, public_months, steps_of
from hotspots.analysis.public.priorities import public_selection
from hotspots.analysis.public.shares import public_share
from hotspots.analysis.public.shown import Shown
from hotspots.analysis.public.since import hide_since
from hotspots.analysis.public.spared import Spared
from hotspots.analysis.public.tables import Hidden, exact_counts, find_hidden
from hotspots.analysis.public.theme import areas_of, coarse, public_theme
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.results import Analysis, Published, ThemeResult
from hotspots.analysis.run.place import Place
from hotspots.analysis.run.study import find_neighbours
from hotspots.analysis.run.whole import assess, make_standings, set_against
from hotspots.analysis.standings import Standings
from hotspots.analysis.steps.columns import add_columns
from hotspots.areas.hidden import FEW
from hotspots.base.text import list_words
from hotspots.disclosure.case import UnmetError
from hotspots.disclosure.rules import Profile as Rules
from hotspots.methods.hiding.cells import TOTAL
from hotspots.methods.time.emerging import emerging_hotspots

log = logging.getLogger(__name__)


def protect(analysis: Analysis, rules: Rules, *, earlier: str | os.PathLike[str] | None = None) -> Analysis:
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
    earlier : path, optional
        The folder of an edition that readers have already: more is hidden where the two together would give a count
        back.
    """
    analysis, dark, undivided = _hidden_at_last(analysis, rules)
    months = public_months(analysis, rules, dark.protections[analysis.themes[0].layers[0].label])
    shown = Shown(rules, {**dark.counts, **months.hidden}, exact_counts(analysis), dark.layers)
    since: tuple[str, ...] = ()
    if earlier is not None:
        shown, months, told = hide_since(analysis, shown, months, earlier)
        since = (told,)
    places = [
        Place(layer.key, layer.kind, layer.label, areas_of(layer), "polygon")
        for layer in analysis.themes[0].layers
        if layer.kind in ("areas", "cells")
    ]
    beside = find_neighbours(analysis.recipe.outliers, places)
    spared = Spared(rules)
    themes = tuple(
        public_theme(analysis, theme, shown, beside, spared, months.counts.get(theme.key))
        for theme in analysis.themes
    )
    themes, unwaning = _emerging(analysis, themes, places[0])
    themes, untold = _people(analysis, themes, shown)
    selection, unselected = public_selection(analysis, shown)
    profile = _profile(analysis, shown)
    recipe = _recipe_of(analysis, themes)
    standings = _standings(recipe, places[0], themes, spared)
    left_out = (*_left_out(analysis, themes, months), *unwaning, *untold, *unselected)
    left_out = (*left_out, *undivided, *spared.told, *_unnamed(analysis))
    made = replace(
        analysis,
        recipe=recipe,
        quality=public_account(analysis.quality, rules),
        accounts={name: public_account(one, rules) for name, one in analysis.accounts.items()},
        others={name: public_account(one, rules) for name, one in analysis.others.items()},
        rows_by_month=public_rows(analysis.rows_by_month, rules),
        themes=themes,
        selection=selection,
        standings=standings,
        assessment=assess(recipe, themes),
        profile=profile,
        charts=_charts(analysis, themes, shown),
        against=_against(replace(analysis, recipe=recipe), themes, profile, shown),
        facts=None
        if analysis.facts is None
        else replace(analysis.facts, offences=pd.DataFrame(index=analysis.areas.index)),
        published=Published(rules, left_out),
    )
    if rules.hide == "round":
        for group in made.groups:
            for layer in group.layers:
                layer.table.attrs[FEW] = rules.threshold
    for sentence in (*rules.sentences(), *left_out, *dark.sentences(), *since):
        log.info("For publication: %s", sentence)
    return made


def _hidden_at_last(analysis: Analysis, rules: Rules) -> tuple[Analysis, Hidden, tuple[str, ...]]:
    """Return which counts are hidden, of an analysis without what of partnerships the rules cannot be met with.

    Partnerships by offence tell of each other by all crime, and of their areas. Where hiding more does not help, their
    change is left out first, then their table: the districts of each theme are protected with its areas in any case.
    """
    held = analysis.profile
    told: tuple[str, ...] = ()
    while True:
        try:
            return analysis, find_hidden(analysis, rules), told
        except UnmetError:  # it names a small count, and so is not told
            if analysis.profile is None or held is None:
                raise
            changed = "n_before" in analysis.profile.districts
            what = "change of partnerships by offence" if changed else "partnerships by offence"
            told = (
                f"Left out: {what}, which would tell too much of single areas and offences: the profile '{rules.name}' "
                "cannot be met with it.",
            )
            analysis = replace(analysis, profile=_without_change(held) if changed else None)


def _without_change(held: Profile) -> Profile:
    """Return a profile of partnerships over the whole period alone."""
    gone = [name for name in held.districts if name in ("n_before", "n_after") or str(name).startswith("ch_")]
    return replace(held, districts=held.districts.drop(columns=gone), force=held.force.drop(columns=gone))


def _standings(
    recipe: Recipe, first: Place, themes: Sequence[ThemeResult], spared: Spared
) -> Standings | None:
    """Return the standings in the themes that tell them, which know that a 0 of rounded counts stands for several."""
    made = make_standings(
        recipe, first, themes, attempt=lambda name: partial(spared.attempt, name, first.label)
    )
    rules = spared.profile
    return made if made is None or rules.hide != "round" else replace(made, few=rules.threshold)


def _recipe_of(analysis: Analysis, themes: Sequence[ThemeResult]) -> Recipe:
    """Return what the recipe asks for of what is there to be published."""
    recipe = analysis.recipe
    kept = {layer.label for layer in themes[0].layers if layer.kind == "classes"}
    return replace(
        recipe,
        emerging=recipe.emerging if any("em_class" in theme.first for theme in themes) else None,
        breakdown=recipe.breakdown if any(theme.breakdowns for theme in themes) else (),
        share=recipe.share if any(theme.shares for theme in themes) else (),
        repeats=None,
        times=recipe.times if any(theme.times for theme in themes) else None,
        classes=tuple(one for one in recipe.classes if one.name in kept),
    )


def _emerging(
    analysis: Analysis, themes: tuple[ThemeResult, ...], place: Place
) -> tuple[tuple[ThemeResult, ...], tuple[str, ...]]:
    """Return themes with the kinds of hotspots of their first areas by published months, or why there are none."""
    step = analysis.recipe.emerging
    if step is None:
        return themes, ()
    steps = [steps_of(analysis, theme) for theme in themes]
    near = find_neighbours(step, [place]).get(place.key)
    if near is None or any(counts is None for counts in steps):
        return themes, (
            "Left out: emerging hotspots, which compare areas month by month: these months are not published.",
        )
    made = []
    for theme, counts in zip(themes, steps, strict=True):
        assert counts is not None  # noqa: S101 - looked at above; this tells the type checker
        found = emerging_hotspots(
            counts, near, comparison=step.comparison, previous=step.previous, cap=step.cap
        )
        layer = replace(theme.layers[0], table=add_columns(theme.first, found))
        made.append(replace(theme, layers=(layer, *theme.layers[1:])))
    others = [layer for layer in analysis.themes[0].layers[1:] if "em_class" in layer.table]
    told = (
        f"Left out: emerging hotspots of {list_words([layer.label for layer in others])}, whose months are not shown.",
    )
    return tuple(made), told if others else ()


def _people(
    analysis: Analysis, themes: tuple[ThemeResult, ...], shown: Shown
) -> tuple[tuple[ThemeResult, ...], tuple[str, ...]]:
    """Return themes with breakdowns, shares and times of all areas together, as far as these may be published."""
    groups: dict[str, pd.Series[Any]] = dict(analysis.classes)
    district = analysis.areas["district"].astype(str) if "district" in analysis.areas else None
    if district is not None and (district != "").any():
        groups[""] = district.where(district != "")
    made, told = [], []
    for theme, exact in zip(themes, analysis.themes, strict=True):
        found = [(one.name, public_breakdown(one, shown)) for one in exact.breakdowns]
        shares = [(one.name, public_share(one, groups, shown, theme=theme.key)) for one in exact.shares]
        times = (None, "") if exact.times is None else public_times(exact.times, shown, total=float(theme.n))
        told += [
            f"Left out: {name} of {theme.name.lower()}: {why}."
            for name, (_, why) in [*found, *shares, ("times", times)]
            if why
        ]
        made.append(
            replace(
                theme,
                breakdowns=tuple(one for _, (one, _) in found if one is not None),
                shares=tuple(one for _, (one, _) in shares if one is not None),
                times=times[0],
            )
        )
    if any(theme.shares for theme in made):
        kept = "single areas" + (", districts and classes" if shown.suppresses else "")
        told.append(f"Left out: shares of {kept}, which would tell on few incidents.")
    return _agreeing(made, told)


def _agreeing(themes: list[ThemeResult], told: list[str]) -> tuple[tuple[ThemeResult, ...], tuple[str, ...]]:
    """Return themes of which no breakdown shows what another of its own hides."""
    kept = []
    for theme in themes:
        seen: dict[tuple[str, ...], bool] = {}
        breakdowns = []
        for made in theme.breakdowns:
            hidden = {
                tuple(f"{one}: {row[one]}" for one in made.by if row[one] != TOTAL): bool(row["hidden"])
                for _, row in made.table.iterrows()
            }
            if any(seen.get(key, dark) != dark for key, dark in hidden.items()):
                told.append(
                    f"Left out: {made.name} of {theme.name.lower()}: it shows what another breakdown has to hide."
                )
                continue
            seen |= hidden
            breakdowns.append(made)
        kept.append(replace(theme, breakdowns=tuple(breakdowns)))
    return tuple(kept), tuple(told)


def _left_out(analysis: Analysis, themes: tuple[ThemeResult, ...], months: Months) -> Iterator[str]:
    """Yield a sentence on each thing that the recipe asks for and a public folder cannot have."""
    recipe = analysis.recipe
    if recipe.repeats is not None:
        yield "Left out: repeat locations and people met again, since each tells of one place or of single people."
    stepped = len(analysis.calendar) > 1 and (recipe.map is not None or recipe.charts is not None)
    if stepped and months.why:
        yield f"Left out: months of single areas: {months.why}."
    if stepped and recipe.charts is not None:
        yield (
            "Left out: what is unusual in the last month of single areas and partnerships, and the shape of their "
            "history: where few incidents are rounded or hidden, they would show the rules and not the months."
        )
    here = [layer.label for layer in themes[0].layers]
    classes = [one.name for one in recipe.classes if one.name not in here]
    if classes:
        yield f"Left out: {list_words(classes)}, classes of areas whose own counts are left out."
    others = [
        layer.label
        for layer in analysis.themes[0].layers
        if layer.kind in ("areas", "cells") and layer.label not in here
    ]
    if others:
        yield f"Left out: {list_words(others)}, since they would tell on areas that they cut, and these on them."
    lost = [
        theme.name
        for theme, exact in zip(themes, analysis.themes, strict=True)
        if exact.surface is not None and theme.surface is None
    ]
    if lost:
        yield f"There is no density of {list_words(lost)}: too few incidents bear on it."


def _unnamed(analysis: Analysis) -> Iterator[str]:
    """Yield a sentence on the files of extracts, whose names are not told."""
    names = [source.name for one in (analysis.quality, *analysis.accounts.values()) for source in one.sources]
    if any(name.startswith(EXTRACT) for name in told_names(names, EXTRACT)):
        yield (
            "Left out: the names of files of incidents that are not police.uk's, which are numbered: a name may be "
            "that of a person or a case."
        )


def _against(
    analysis: Analysis, themes: tuple[ThemeResult, ...], profile: Profile | None, shown: Shown
) -> dict[str, Against]:
    """Return each theme beside others; where counts are hidden, only themes of which the profile has the figures."""
    found = set_against(
        analysis.recipe, themes, profile, analysis.comparators, months=analysis.months, rounded=shown.base
    )
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

    kinds = _named_offences(held, shown.profile)

    def crossed(column: str) -> pd.DataFrame:
        table = pd.DataFrame({kind: held.districts[column].xs(kind, level="offence") for kind in kinds})
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
        held.dispersion[held.dispersion.index.isin(kinds)].map(coarse),
        months=held.months,
        comparators=analysis.comparators,
        margin=margin,
        beside=held.beside,
        rounded=shown.base,
        **changed,
    )
    decimals = dict.fromkeys(("rate", "rate_lo", "rate_hi"), shown.profile.rate_decimals)
    return replace(made_of, districts=made_of.districts.round(decimals), force=made_of.force.round(decimals))


def _named_offences(held: Profile, rules: Rules) -> list[str]:
    """Return the offences that are named: of one with few incidents in all the name alone tells that there is one."""
    columns = [name for name in ("n", "n_before", "n_after") if name in held.force]
    most = held.force[columns].max(axis=1)
    return [kind for kind in held.offences if kind == TOTAL_OFFENCE or most[kind] >= rules.threshold]


def _charts(analysis: Analysis, themes: Sequence[ThemeResult], shown: Shown) -> MonthCharts | None:
    """Return the charts of all areas together, from their published months.

    A year so far that is a period with a published total has this, and not the sum of its rounded months.
    """
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
    asked: dict[str, Any] = {"rebase": step.rebase, "runs": step.runs, "starts": step.starts}
    found = find_charts(tables, **asked)
    if len(found.years):
        so_far = list(found.years.attrs["months"])
        ends = {theme.name: _totals(analysis, theme) for theme in themes}
        years = {theme: _adding_up(table, so_far, ends[theme]) for theme, table in tables.items()}
        found = replace(found, years=find_charts(years, **asked).years)
    return replace(found, areas=None, districts=None, histories={})


def _totals(analysis: Analysis, theme: ThemeResult) -> dict[tuple[pd.Period, ...], float]:
    """Return the published totals of a theme by the months that they are of."""
    compared = analysis.comparison
    found: dict[tuple[pd.Period, ...], float] = {}
    if compared is not None and theme.change is not None:
        found = dict(zip(compared.periods, theme.change.counts, strict=True))
    return found | {tuple(analysis.calendar): float(theme.n)}


def _adding_up(
    table: pd.DataFrame, so_far: Sequence[pd.Period], totals: Mapping[tuple[pd.Period, ...], float]
) -> pd.DataFrame:
    """Return months of which those of a year so far, and of a year before, add up to what is published of these."""
    made = table.astype(float)
    for back in (0, 12):
        months = [month - back for month in so_far]
        total = totals.get(tuple(months), np.nan)
        if not np.isnan(total) and set(months) <= set(made.columns):
            highest = made[months].iloc[0].idxmax()
            made[highest] += total - made[months].iloc[0].sum()
    return made
