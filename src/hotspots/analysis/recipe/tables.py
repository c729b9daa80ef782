"""The tables of a recipe and their keys: a step runs when its table stands in the recipe, even empty."""

from __future__ import annotations

import typing
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from hotspots.analysis.periods import Periods, settle
from hotspots.base.database.address import in_folder, is_address
from hotspots.base.named import path_or_name
from hotspots.disclosure.rules import Profile, profile

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
    to_column: str | None = None
    to_time_column: str | None = None
    offsets: Literal["convert", "ignore"] = "convert"
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
    covered: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
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
class Emerging:
    """``[emerging]``: what `hotspots.make_neighbours` and `hotspots.emerging_hotspots` take, and the steps of time.

    `step` is a number and M, W or D: months, weeks or days.
    """

    layers: tuple[str, ...] = ()
    step: str = "1M"
    comparison: Literal["step", "neighbourhood", "cube"] = "step"
    previous: int | None = None
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

    `incidents` names the source that it counts, where there are several; each indicator of the plan may name its own
    instead.
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
    fewest: int = 5


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
    fewest: int = 5
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
    fewest: int = 5
    theme: tuple[str, ...] = ()


@dataclass(frozen=True)
class Times:
    """``[times]``: at what hours, weekdays, months and seasons incidents are; see `hotspots.analysis.times`.

    The times are those of the sources' columns of dates, `time_column`, `to_column` and `to_time_column`.
    """

    by: tuple[Literal["hour", "weekday", "month", "season"], ...] = ("weekday", "hour")
    shifts: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    longest: float = 24
    missing_end: Literal["exclude", "start"] = "exclude"
    leave_out: tuple[str, ...] = ()
    dispersion: float | None = None
    time_zone: str = "Europe/London"
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
class Charts:
    """``[charts]``: what is unusual in the last month, and the shape of each area's history.

    See `hotspots.unusual_months` and `hotspots.histories`; of the recipe's first areas. `starts` is the month in which
    a year starts.
    """

    season: Literal["all", "own", "none"] = "all"
    dispersion: float | None = None
    flagged_by: Literal["q", "limits"] = "q"
    rebase: tuple[str, ...] = ()
    runs: int | None = None
    starts: int = 1


@dataclass(frozen=True)
class Map:
    """``[map]``: how the web map looks."""

    basemap: Literal["none", "osm"] = "none"
    tiles: str = ""
    parts: Literal["inside", "beside"] = "inside"


@dataclass(frozen=True)
class Publish:
    """``[publish]``: the folder is made for publication, by the rules of a profile; see `hotspots.disclosure.rules`.

    `keep` names those of the areas' own columns that are published, too. The other keys take the place of the
    profile's own numbers.
    """

    profile: str = "documents"
    threshold: int | None = None
    base: int | None = None
    zeros: Literal["shown", "hidden"] | None = None
    hide: Literal["suppress", "round"] | None = None
    dominance: tuple[float, ...] = ()
    rate_decimals: int | None = None
    cell_size: float | None = None
    bandwidth: float | None = None
    fewest: int | None = None
    keep: tuple[str, ...] = ()

    @property
    def rules(self) -> Profile:
        """The rules themselves; a `ParameterError` where the numbers make no sense."""
        own = {
            entry.name: getattr(self, entry.name)
            for entry in fields(self)
            if entry.name not in ("profile", "keep")
        }
        numbers = {name: value for name, value in own.items() if value not in (None, ())}
        if self.dominance and float(self.dominance[0]).is_integer():
            numbers["dominance"] = (int(self.dominance[0]), *self.dominance[1:])
        return profile(self.profile, **numbers)


Section = Literal[
    "summary",
    "since",
    "charts",
    "themes",
    "assess",
    "profile",
    "places",
    "classes",
    "breakdowns",
    "times",
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
    "emerging",
    "maps",
]


SECTIONS: tuple[Section, ...] = typing.get_args(Section)

ReportFormat = Literal["html", "docx", "pptx"]


@dataclass(frozen=True)
class Report:
    """``[report]``: which sections the printed report has, in what order; also asks for the workbook.

    The appendix has its sections, from "methods" on, behind the others whatever the order. The sections
    "priorities" and "matrix" are left out where the recipe has no table ``[select]``, "risk" where it has no
    ``[risk]``, "emerging" where it has no ``[emerging]``, "places" where it has no ``[places]``, "assess" where it has
    no ``[assess]``, "charts" where it has no ``[charts]``, and "since" where no earlier edition is named. `formats` are
    the files that it is written as: a page for a browser and, to be edited, a Word file and slides. `partnerships` are
    those that have a page and a list of places of their own: by default all where there are up to 50, else none.
    """

    sections: tuple[Section, ...] = SECTIONS
    formats: tuple[ReportFormat, ...] = ("html",)
    partnerships: tuple[str, ...] = ()


# What every recipe has, asked for or not.
ALWAYS = frozenset(
    ["title", "incidents", "areas", "theme", "count", "source", "attribution", "crs", "context", "folder"]
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
    flag, kde, grid, gistar, outliers, emerging, risk, change, select, assess, places : dataclass or None
        The optional steps; None where the recipe does not have the table.
    charts, map, report : dataclass or None
        What is made of all themes together; None as before.
    publish : Publish or None
        By what rules the folder is made for publication; None where it is not to be published.
    source, attribution : str
        Whose data they are, and the words of the licence; see `hotspots.analysis.origins` for what is shown where they
        are not named.
    crs : str
        The projected CRS, in metres, in which everything is computed.
    context : tuple of str
        Layers of towns, main roads and rivers to draw for orientation; see `hotspots.areas.context.read_context`.
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
    emerging: Emerging | None = None
    risk: Risk | None = None
    change: Change | None = None
    select: Select | None = None
    places: Places | None = None
    assess: Assess | None = None
    classes: tuple[Classes, ...] = ()
    breakdown: tuple[Breakdown, ...] = ()
    share: tuple[Share, ...] = ()
    repeats: Repeats | None = None
    times: Times | None = None
    comparators: Comparators | None = None
    charts: Charts | None = None
    map: Map | None = None
    report: Report | None = None
    publish: Publish | None = None
    source: str = ""
    attribution: str = ""
    crs: str = "EPSG:27700"
    context: tuple[str, ...] = ()
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
        return settle(*self.asked_months())[0]

    def asked_months(self) -> tuple[str | None, tuple[str, ...], str | None]:
        """Return the reporting period, the months before and those after, as they are written."""
        step = self.change
        return self.period, step.before if step else (), step.after if step else None

    def path(self, name: str) -> str:
        """Return a path of the recipe from where its file stands; names of data stay as they are."""
        return in_folder(name, self.folder) if is_address(name) else path_or_name(name, self.folder)
