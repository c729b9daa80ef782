"""One TOML file is one analysis: its tables are the steps, its keys the functions' keywords.

A step runs when its table stands in the recipe, even empty. Unknown keys and wrong types are errors that say
what was probably meant, before any data is read.
"""

from __future__ import annotations

import typing
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal

from hotspots.analysis.hours import band_of
from hotspots.analysis.periods import COVERS, Periods, lacking, settle
from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.toml import Slips, build, parse_toml, read_text
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.filters import month_range
from hotspots.incidents.months import months_in

CELLS = "cells"


@dataclass(frozen=True)
class Incidents:
    """``[incidents]``, or one of several ``[[incidents]]``: what `hotspots.read_incidents` takes.

    `period` is the reporting period, one for all sources. `covers` are months that the files do cover, so that one
    without any incident is none that they lack. `name` tells several sources apart, `flags` are columns of yes and
    no that themes may choose by, and `attribution` holds the words of the source's licence.
    """

    source: tuple[str, ...]
    name: str = ""
    flags: tuple[str, ...] = ()
    time_column: str | None = None
    attribution: str = ""
    source_crs: str | None = None
    x: str | None = None
    y: str | None = None
    category_column: str | None = None
    month_column: str | None = None
    weight_column: str | None = None
    id_column: str | None = None
    date_order: Literal["day", "month", "year"] | None = None
    category: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    period: str | None = None
    covers: str | None = None


@dataclass(frozen=True)
class Areas:
    """``[[areas]]``: what `hotspots.read_areas` takes, and a label for the layer."""

    label: str
    source: str
    layer: str | None = None
    code: str | None = None
    name: str | None = None
    district: str | None = None
    population: str | None = None
    population_table: str | None = None
    areas_crs: str | None = None
    only: tuple[str, ...] = ()
    by: Literal["polygon", "code"] = "polygon"
    lookup: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Theme:
    """``[[theme]]``: a selection of incidents that is counted and mapped on its own.

    `incidents` names the source, where there are several; `flag` one of its columns of yes and no; `hours` a band
    of whole hours, such as ``"21:00-04:00"``, of its column of times.

    `at_risk` and `recommendations` are the partnership's own words for the theme's page of the report; empty lines
    part paragraphs. Where there are none, the page says that they are to be written.
    """

    name: str
    category: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    at_risk: str = ""
    recommendations: str = ""
    incidents: str | None = None
    flag: str | None = None
    hours: str | None = None


@dataclass(frozen=True)
class Count:
    """``[count]``: how counts become rates, and what the limits of rates allow for; see `hotspots.rate_limits`."""

    min_population: float = 100
    months: float | None = None
    dispersion: float | None = None
    limits: Literal["exact", "byar"] = "exact"


@dataclass(frozen=True)
class Flag:
    """``[flag]``: what `hotspots.flag_mean_sd` takes."""

    layers: tuple[str, ...] = ()
    value: Literal["rate", "n"] = "rate"
    within: Literal["all", "district"] = "all"
    ddof: Literal[0, 1] = 1
    near: float = 0.1


@dataclass(frozen=True)
class Kde:
    """``[kde]``: what `hotspots.kernel_density` takes, and how the heat-map and its contours are classed."""

    bandwidth: float | Literal["likelihood", "rule-of-thumb", "best"] = "likelihood"
    cell_size: float | None = None
    kernel: Literal["quartic", "triweight", "epanechnikov", "triangular", "uniform", "gaussian"] = "quartic"
    edge: Literal["none", "uniform"] = "none"
    classes: Literal["share", "mean"] = "share"


@dataclass(frozen=True)
class Grid:
    """``[grid]``: what `hotspots.make_grid` takes, and which of its cells are kept.

    `keep` = "incidents" keeps those in which any incident of any theme lies: the ground where people are, as far as
    incidents tell, so that Gi* compares built-up cells with one another and not with fields.
    """

    cell_size: float
    shape: Literal["square", "hexagon"] = "square"
    keep: Literal["all", "incidents"] = "all"


@dataclass(frozen=True)
class GiStar:
    """``[gistar]``: what `hotspots.make_neighbours` and `hotspots.gi_star` take."""

    layers: tuple[str, ...] = ()
    value: Literal["n", "rate"] = "n"
    neighbours: Literal["queen", "rook", "distance", "nearest"] = "queen"
    distance: float | None = None
    nearest: int = 8
    inference: Literal["exact", "analytic", "permutation"] = "exact"
    cap: float = 0.95
    permutations: int = 99_999
    seed: int = 0


@dataclass(frozen=True)
class Outliers:
    """``[outliers]``: what `hotspots.make_neighbours` and `hotspots.local_moran` take."""

    layers: tuple[str, ...] = ()
    value: Literal["n", "rate"] = "n"
    neighbours: Literal["queen", "rook", "distance", "nearest"] = "queen"
    distance: float | None = None
    nearest: int = 8
    cap: float = 0.95


@dataclass(frozen=True)
class Risk:
    """``[risk]``: what `hotspots.risk` takes."""

    layers: tuple[str, ...] = ()
    model: Literal["lognormal", "gamma", "bym2"] = "lognormal"
    times: float = 2.0
    neighbours: Literal["queen", "rook", "distance", "nearest"] = "queen"
    distance: float | None = None
    nearest: int = 8
    dispersion: float | None = None


@dataclass(frozen=True)
class Change:
    """``[change]``: what the reporting period is compared with; see `hotspots.change` and `periods.settle`.

    `before` may name several ranges of months, the earliest first: change is measured from the last of them, and
    the counts of the others stand beside it. Without `after` it is the same months of the reporting period.
    """

    before: tuple[str, ...]
    after: str | None = None
    dispersion: float | None = None
    flagged_by: Literal["q", "limits"] = "q"


@dataclass(frozen=True)
class Select:
    """``[select]``: the plan by which priority areas are selected; see `hotspots.priorities.plan.Plan`.

    `incidents` names the source that it counts, where there are several.
    """

    plan: str
    incidents: str | None = None


@dataclass(frozen=True)
class Places:
    """``[places]``: the areas of each district at greatest risk; see `hotspots.analysis.standings`.

    Measured as ``[flag]`` says, but always against all areas; `top` of each district are always listed.
    """

    top: int = 5


@dataclass(frozen=True)
class Assess:
    """``[assess]``: themes scored by people; see `hotspots.read_sheet` and `hotspots.assess_themes`."""

    sheet: str
    scale: tuple[float, ...] = ()
    volume: tuple[float, ...] = ()
    combine: Literal["product", "sum"] = "product"
    groups: tuple[str, ...] = ()
    step: float = 1.0
    draws: int = 9_999
    seed: int = 0
    top: int = 3
    bands: tuple[str, ...] = ()
    banner: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classes:
    """``[[classes]]``: a lookup that puts areas in classes; see `hotspots.analysis.classes`."""

    name: str
    table: str
    column: str
    layer: str | None = None
    scale: Literal["names", "decile", "rank"] | None = None
    ranked: int | None = None
    against: Literal["rest", "all"] = "rest"


@dataclass(frozen=True)
class Breakdown:
    """``[[breakdown]]``: incidents by one's own columns; see `hotspots.analysis.breakdowns`."""

    name: str
    by: tuple[str, ...]
    population: str | None = None
    hours: tuple[str, ...] = ()
    time_column: str | None = None
    fewest: int = 5
    theme: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """``[[share]]``: in how many incidents a column of one's own says yes; see `hotspots.analysis.shares`."""

    name: str
    column: str
    value: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repeats:
    """``[repeats]``: locations and, where identifiers are named, people met again; see `hotspots.analysis.repeats`."""

    place_column: str | None = None
    identifiers: tuple[str, ...] = ()
    top: int = 20
    places: float | None = None
    follow_up: int = 12
    reports: int = 3
    in_months: int = 6
    theme: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherForce:
    """``[[comparators.force]]``: street files of another force, and the people it serves."""

    name: str
    source: tuple[str, ...]
    population: float


@dataclass(frozen=True)
class Comparators:
    """``[comparators]``: what the force and its partnerships are compared with.

    `source` is a table of rates or counts by offence (see `hotspots.read_comparators`); `national` names those that
    stand alone, `similar` the forces that are added up as one, `matrix` the one that the priorities by partnership
    are ticked against instead of the rest of the force.
    """

    source: str | None = None
    national: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    matrix: str | None = None
    months: float | None = None
    period: str | None = None
    margin: float = 0
    force: tuple[OtherForce, ...] = ()


@dataclass(frozen=True)
class Map:
    """``[map]``: how the web map looks."""

    basemap: Literal["none", "osm"] = "none"


Section = Literal[
    "summary",
    "themes",
    "assess",
    "profile",
    "places",
    "classes",
    "breakdowns",
    "repeats",
    "partnerships",
    "methods",
    "quality",
    "headline",
    "tables",
    "change",
    "priorities",
    "matrix",
    "risk",
    "maps",
]
SECTIONS: tuple[Section, ...] = typing.get_args(Section)

ReportFormat = Literal["html", "docx", "pptx"]


@dataclass(frozen=True)
class Report:
    """``[report]``: which sections the printed report has, in what order; also asks for the workbook.

    The appendix has its sections, from "methods" on, behind the others whatever the order. The sections
    "priorities" and "matrix" are left out where the recipe has no table ``[select]``, "risk" where it
    has no ``[risk]``, "places" where it has no ``[places]`` and "assess" where it has no ``[assess]``. `formats` are
    the files that it is written as: a page for a browser and, to be edited, a Word file and slides.
    """

    sections: tuple[Section, ...] = SECTIONS
    formats: tuple[ReportFormat, ...] = ("html",)


# What every recipe has, asked for or not.
ALWAYS = frozenset(
    ["title", "incidents", "areas", "theme", "count", "source", "attribution", "crs", "folder"]
)


@dataclass(frozen=True, repr=False)
class Recipe:
    """A whole analysis.

    Attributes
    ----------
    title : str
        The heading of the map.
    incidents, areas, theme, count : dataclass or tuple of dataclasses
        What is counted, where, and how. The first of `areas` is the one whose outline is the study area.
    flag, kde, grid, gistar, outliers, risk, change, select, assess, places, map, report : dataclass or None
        The optional steps; None where the recipe does not have the table.
    source, attribution : str
        Shown on the map and written into every layer.
    crs : str
        The projected CRS, in metres, in which everything is computed.
    folder : Path
        The folder that relative paths start from.
    """

    title: str
    incidents: tuple[Incidents, ...]
    areas: tuple[Areas, ...]
    theme: tuple[Theme, ...] = (Theme("All incidents"),)
    count: Count = field(default_factory=Count)
    flag: Flag | None = None
    kde: Kde | None = None
    grid: Grid | None = None
    gistar: GiStar | None = None
    outliers: Outliers | None = None
    risk: Risk | None = None
    change: Change | None = None
    select: Select | None = None
    places: Places | None = None
    assess: Assess | None = None
    classes: tuple[Classes, ...] = ()
    breakdown: tuple[Breakdown, ...] = ()
    share: tuple[Share, ...] = ()
    repeats: Repeats | None = None
    comparators: Comparators | None = None
    map: Map | None = None
    report: Report | None = None
    source: str = "police.uk"
    attribution: str = "Contains public sector information licensed under the Open Government Licence v3.0."
    crs: str = "EPSG:27700"
    folder: Path = Path()

    def __repr__(self) -> str:
        steps = [
            entry.name for entry in fields(self) if entry.name not in ALWAYS and getattr(self, entry.name)
        ]
        layers = ", ".join(areas.label for areas in self.areas)
        return (
            f"<Recipe '{self.title}': {layers}; themes {len(self.theme)}; steps {', '.join(steps) or 'none'}>"
        )

    @property
    def period(self) -> str | None:
        """The reporting period as it is written; the sources that name one agree."""
        return next((one.period for one in self.incidents if one.period is not None), None)

    def source_of(self, name: str | None) -> Incidents:
        """Return the source of that name; the first, and where none is named the only one, without it."""
        return next((one for one in self.incidents if one.name == name), self.incidents[0])

    @property
    def periods(self) -> Periods:
        """The months that the recipe reports on, and those that it compares them with."""
        return settle(*self._months())[0]

    def _months(self) -> tuple[str | None, tuple[str, ...], str | None]:
        step = self.change
        return self.period, step.before if step else (), step.after if step else None

    def path(self, name: str) -> str:
        """Return a path of the recipe from where its file stands; names of bundled layers stay as they are."""
        from hotspots_boundaries import bundled

        if any(name == entry.id for entry in bundled()):
            return name
        return str(self.folder / name)


def read_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe file.

    Parameters
    ----------
    path : path
        A TOML file. Relative paths in it start from its own folder.

    Returns
    -------
    Recipe

    Raises
    ------
    FileError
        When the file is missing or unreadable.
    RecipeError
        When it is not TOML, has an unknown table or key, lacks one, or holds a value of the wrong type.
    """
    text = read_text(path, what="recipe", hint="make one with: hotspots recipe new -o analysis.toml")
    return parse_recipe(text, folder=Path(path).parent)


def parse_recipe(text: str, *, folder: Path = Path()) -> Recipe:
    """Check the text of a recipe; see `read_recipe`.

    Examples
    --------
    >>> recipe = parse_recipe('''
    ... title = "Burglary 2025"
    ... [incidents]
    ... source = "2025-*-street.csv"
    ... category = "Burglary"
    ... [[areas]]
    ... label = "Wards"
    ... source = "wards.gpkg"
    ... [flag]
    ... ''')
    >>> recipe.flag.ddof, recipe.kde is None
    (1, True)
    """
    document = parse_toml(text, what="recipe", start="; start from: hotspots recipe new")
    slips = Slips("recipe", renamed={"[[areas]]": {"within": "only"}})
    recipe = build(Recipe, document | {"folder": folder}, where="", slips=slips)
    if isinstance(recipe, Recipe):
        _check(recipe, slips)
    slips.raise_any()
    made: Recipe = recipe
    licences = dict.fromkeys([made.attribution, *(one.attribution for one in made.incidents)])
    return replace(made, attribution=" ".join(text for text in licences if text))


def _check(recipe: Recipe, slips: Slips) -> None:
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
    _check_others(recipe, slips)


def _check_others(recipe: Recipe, slips: Slips) -> None:
    """Note comparators that come from nowhere, and places of which none would be listed."""
    step = recipe.comparators
    if step is not None and step.source is None and not step.force:
        slips.add(
            "[comparators] names nothing to compare with", 'add a line such as: source = "comparators.csv"'
        )
    if recipe.places is not None and recipe.places.top < 1:
        slips.add(f"[places]: 'top' is {recipe.places.top}", "list at least 1 place of each district")


def _layers_named(recipe: Recipe) -> list[tuple[str, tuple[str, ...]]]:
    """Return the layers that each step names."""
    steps = {entry.name: getattr(recipe, entry.name) for entry in fields(Recipe)}
    return [(table, step.layers) for table, step in steps.items() if hasattr(step, "layers")]


def _check_months(recipe: Recipe, slips: Slips) -> None:
    for message, hint in settle(*recipe._months())[1]:
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
        and (recipe.change is None or not settle(*recipe._months())[1])
    ):
        slips.add(
            "there are several [[incidents]], but no period that all are counted over",
            'name the reporting period under the first: period = "2025"',
        )
    for where, named in [
        *((f"the theme '{theme.name}'", theme.incidents) for theme in recipe.theme),
        *([] if recipe.select is None else [("[select]", recipe.select.incidents)]),
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
    for where, named in limited:
        for theme in named:
            if theme not in themes:
                slips.add(
                    f"{where} names the theme '{theme}', which is not in the recipe",
                    did_you_mean(theme, themes),
                )


def check_months(recipe: Recipe, months: Sequence[Sequence[str]]) -> None:
    """Refuse a recipe that asks for months that its files do not hold, all of them at once.

    Parameters
    ----------
    recipe : Recipe
        What is asked for.
    months : sequence of sequence of str
        The months of each of its sources.

    Raises
    ------
    RecipeError
    """
    slips = Slips("recipe")
    for source, held in zip(recipe.incidents, months, strict=True):
        for message, hint in lacking(recipe.periods, held, source.covers):
            slips.add(f"{source.name}: {message}" if len(recipe.incidents) > 1 else message, hint)
    slips.raise_any()


def files_months(recipe: Recipe) -> tuple[tuple[str, ...], ...] | None:
    """Return the months that the files of each source hold; None where the recipe asks for none.

    The other columns are left unread.
    """
    if not recipe.periods.asked:
        return None
    return tuple(_months_of(recipe, one) for one in recipe.incidents)


def _months_of(recipe: Recipe, asked: Incidents) -> tuple[str, ...]:
    named = ColumnNames(
        asked.x, asked.y, asked.category_column, asked.month_column, asked.weight_column, asked.id_column,
        asked.date_order,
    )  # fmt: skip
    return tuple(months_in([recipe.path(name) for name in asked.source], named))
