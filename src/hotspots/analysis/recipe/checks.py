"""What no single value of a recipe shows: names twice, layers that are not there, months that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from hotspots.analysis.hours import band_of
from hotspots.analysis.periods import COVERS, settle
from hotspots.analysis.recipe.tables import CELLS, Recipe, Theme
from hotspots.analysis.times.ask import Asked
from hotspots.areas.own import refuse_taken
from hotspots.base.draws import MOST_SLOW, require_draws, require_seed
from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.poisson import require_dispersion
from hotspots.base.toml import Slips
from hotspots.counting.rates import require_least_people, require_months
from hotspots.incidents.clock import Clock
from hotspots.incidents.filters import month_range

_NUMBERS: dict[str, Callable[[Any], object]] = {
    "dispersion": require_dispersion,
    "min_population": require_least_people,
    "months": require_months,
    "seed": require_seed,
    "permutations": lambda number: require_draws(number, name="permutations"),
    "draws": lambda number: require_draws(number, most=MOST_SLOW),
}


def check_recipe(recipe: Recipe, slips: Slips) -> None:
    """Note what no single value shows: names twice, layers that are not there, months that cannot be."""
    labels = [areas.label for areas in recipe.areas]
    for kind, word, names in (
        ("areas", "label", labels),
        ("theme", "name", [theme.name for theme in recipe.theme]),
    ):
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                slips.add(f"two [[{kind}]] are called '{name}'", "give each a name of its own")
            if not name.strip():
                slips.add(
                    f"a [[{kind}]] has an empty {word}", f'give it one that a reader knows: {word} = "..."'
                )
            elif not name.isprintable():
                slips.add(
                    f"the {word} {name!r} holds a character that cannot be printed", "write it on one line"
                )
    if recipe.assess is not None and len(recipe.assess.scale) not in (0, 2):
        slips.add(
            "'scale' in [assess] is not a pair", "give the lowest and the highest score: scale = [1, 4]"
        )
    known = [*labels, CELLS] if recipe.grid else labels
    for table, layers in _layers_named(recipe):
        for name in layers:
            if name == CELLS and recipe.grid and CELLS in labels:
                slips.add(
                    f"[{table}] names the layer '{CELLS}', which the grid and an [[areas]] are both called",
                    "give the areas another label",
                )
            elif name not in known:
                no_grid = name == CELLS
                hint = "add a table [grid] with a cell_size" if no_grid else did_you_mean(name, known)
                slips.add(f"[{table}] names the layer '{name}', which is not in the recipe", hint)
    _check_sources(recipe, slips)
    _check_months(recipe, slips)
    _check_people(recipe, slips)
    _check_times(recipe, slips)
    _check_others(recipe, slips)
    _check_publish(recipe, slips)
    _check_kept(recipe, slips)
    _check_numbers(recipe, slips)


def _check_publish(recipe: Recipe, slips: Slips) -> None:
    """Note rules of publication that contradict each other, or that nobody knows."""
    if recipe.publish is None:
        return
    try:
        _ = recipe.publish.rules
    except ParameterError as error:
        slips.add(f"[publish]: {error.message}", error.hint)
    known = [name for entry in recipe.areas for name in entry.keep]
    for name in recipe.publish.keep:
        if name not in known:
            slips.add(
                f"'keep' of [publish] names '{name}', which no [[areas]] keep",
                did_you_mean(name, known) if known else "name it with 'keep' under [[areas]] too",
            )


def _check_kept(recipe: Recipe, slips: Slips) -> None:
    """Note columns to keep under names that results have."""
    for entry in recipe.areas:
        for place, name in enumerate(entry.keep):
            try:
                refuse_taken(name, entry.keep[:place])
            except ParameterError as error:
                slips.add(f"[[areas]] '{entry.label}': {error.message}", error.hint)


def _check_others(recipe: Recipe, slips: Slips) -> None:
    """Note comparators that come from nowhere, and places of which none would be listed."""
    step = recipe.comparators
    if step is not None and step.source is None and not step.force:
        slips.add(
            "[comparators] names nothing to compare with", 'add a line such as: source = "comparators.csv"'
        )
    forces = [] if step is None else [other.name for other in step.force]
    for other in () if step is None else step.force:
        if not other.name.strip() or not other.name.isprintable():
            slips.add("a [[comparators.force]] has no name", 'give it one: name = "Kent"')
        elif forces.count(other.name) > 1:
            slips.add(f"two [[comparators.force]] are called '{other.name}'", "give each a name of its own")
        if not 0 < other.population < float("inf"):
            slips.add(
                f"the population of the force '{other.name}' is {other.population:g}",
                "give the people that it serves: population = 1064000",
            )
    _check_charts(recipe, slips)
    if recipe.places is not None and recipe.places.top < 1:
        slips.add(f"[places]: 'top' is {recipe.places.top}", "list at least 1 place of each district")


def _check_charts(recipe: Recipe, slips: Slips) -> None:
    """Note months that are none, and numbers that no chart can have."""
    step = recipe.charts
    if step is None:
        return
    for text in step.rebase:
        try:
            found = month_range(text)
        except ParameterError:
            found = None
        if found is None or found[0] != found[1]:
            slips.add(
                f"[charts]: 'rebase' is '{text}'", 'name the first month of a new base: rebase = ["2025-07"]'
            )
    if step.starts not in range(1, 13):
        slips.add(f"[charts]: 'starts' is {step.starts}", "give the number of a month, such as 4 for April")
    if step.runs is not None and step.runs < 2:
        slips.add(f"[charts]: 'runs' is {step.runs}", "8 months in a row are usual: runs = 8")


def _check_numbers(recipe: Recipe, slips: Slips) -> None:
    """Note numbers that mean the same in whatever table they stand, and cannot be."""
    for entry in fields(Recipe):
        held = getattr(recipe, entry.name)
        for table in held if isinstance(held, tuple) else (held,):
            for key, require in _NUMBERS.items():
                value = getattr(table, key, None)
                try:
                    if value is not None:
                        require(value)
                except ParameterError as error:
                    slips.add(f"[{entry.name}]: {error.message}", error.hint)


def _layers_named(recipe: Recipe) -> list[tuple[str, tuple[str, ...]]]:
    """Return the layers that each step names."""
    steps = {entry.name: getattr(recipe, entry.name) for entry in fields(Recipe)}
    return [(table, step.layers) for table, step in steps.items() if hasattr(step, "layers")]


def _check_months(recipe: Recipe, slips: Slips) -> None:
    for message, hint in settle(*recipe.asked_months())[1]:
        slips.add(message, hint)
    for one in recipe.incidents:
        try:
            month_range(one.covers)
        except ParameterError as error:
            slips.add(f"{COVERS}: {error.message}", "write it as 2025, 2025-01 or 2025-01..2025-06")


def _check_sources(recipe: Recipe, slips: Slips) -> None:
    """Note sources that cannot be told apart or have no period in common, and what names one that is not there."""
    names, several = [one.name for one in recipe.incidents], len(recipe.incidents) > 1
    for name in dict.fromkeys(names) if several else ():
        if not name.strip() or not name.isprintable():
            slips.add("one of several [[incidents]] has no name", 'give each a name: name = "Fires"')
        elif names.count(name) > 1:
            slips.add(f"two [[incidents]] are called '{name}'", "give each a name of its own")
    said = list(dict.fromkeys(one.period for one in recipe.incidents if one.period is not None))
    if len(said) > 1:
        slips.add(
            f"the [[incidents]] name different periods, '{said[0]}' and '{said[1]}'",
            "one recipe has one reporting period: name it once",
        )
    if (
        several
        and recipe.periods.report is None
        and (recipe.change is None or not settle(*recipe.asked_months())[1])
    ):
        slips.add(
            "there are several [[incidents]], but no period that all are counted over",
            'name the reporting period under the first: period = "2025"',
        )
    for where, named in [
        *((f"the theme '{theme.name}'", theme.incidents) for theme in recipe.theme),
        *(
            []
            if recipe.select is None or not recipe.select.incidents
            else [("[select]", recipe.select.incidents)]
        ),
    ]:
        if named is not None and named not in names:
            slips.add(
                f"{where} names the incidents '{named}', which are not in the recipe",
                did_you_mean(named, names),
            )
        elif named is None and several:
            slips.add(
                f"{where} does not say of which incidents it is, and there are {len(names)}",
                f'add a line such as: incidents = "{names[0]}"',
            )
    for theme in recipe.theme:
        _check_choice(recipe, theme, slips)


def _check_choice(recipe: Recipe, theme: Theme, slips: Slips) -> None:
    """Note a flag that a theme's source does not have, and hours without a column of times."""
    source = recipe.source_of(theme.incidents)
    if theme.flag is not None and theme.flag not in source.flags:
        slips.add(
            f"the theme '{theme.name}' names the flag '{theme.flag}', which its [[incidents]] do not have",
            did_you_mean(theme.flag, source.flags)
            if source.flags
            else f'name the column under them: flags = ["{theme.flag}"]',
        )
    if theme.hours is not None and source.time_column is None:
        slips.add(
            f"the theme '{theme.name}' chooses hours, but its [[incidents]] name no column of times",
            'name the column under them: time_column = "Time"',
        )
    if theme.hours is not None:
        try:
            band_of(theme.hours)
        except ParameterError as error:
            slips.add(f"the theme '{theme.name}': {error.message}", error.hint)


def _check_times(recipe: Recipe, slips: Slips) -> None:
    """Note parts of time, bands, spans and clocks that are none."""
    step = recipe.times
    if step is None:
        return
    try:
        Asked(
            step.by, step.shifts, step.bands, step.longest, step.missing_end, step.leave_out, step.dispersion
        )
        Clock(time_zone=step.time_zone)
    except ParameterError as error:
        slips.add(f"[times]: {error.message}", error.hint)


def _check_people(recipe: Recipe, slips: Slips) -> None:
    """Note names twice, and layers and themes that are not there, of classes, breakdowns, shares and repeats."""
    labels, themes = [areas.label for areas in recipe.areas], [theme.name for theme in recipe.theme]
    for table, entries in (
        ("classes", recipe.classes),
        ("breakdown", recipe.breakdown),
        ("share", recipe.share),
    ):
        names = [entry.name for entry in entries]
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                slips.add(f"two [[{table}]] are called '{name}'", "give each a name of its own")
            if not name.strip() or not name.isprintable():
                slips.add(
                    f"the name {name!r} of a [[{table}]] cannot be shown", "give it one that a reader knows"
                )
    for entry in recipe.classes:
        if entry.layer is not None and entry.layer not in labels:
            slips.add(
                f"[[classes]] '{entry.name}' names the layer '{entry.layer}', which is not in the recipe",
                did_you_mean(entry.layer, labels),
            )
    limited = [(f"[[breakdown]] '{one.name}'", one.theme) for one in recipe.breakdown]
    limited += [(f"[[share]] '{one.name}'", one.theme) for one in recipe.share]
    limited += [] if recipe.repeats is None else [("[repeats]", recipe.repeats.theme)]
    limited += [] if recipe.times is None else [("[times]", recipe.times.theme)]
    for where, named in limited:
        for theme in named:
            if theme not in themes:
                slips.add(
                    f"{where} names the theme '{theme}', which is not in the recipe",
                    did_you_mean(theme, themes),
                )
