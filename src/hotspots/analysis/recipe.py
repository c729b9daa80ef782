"""One TOML file is one analysis: its tables are the steps, its keys the functions' keywords.

A step runs when its table stands in the recipe, even empty. Unknown keys and wrong types are errors that say
what was probably meant, before any data is read.
"""

from __future__ import annotations

import tomllib
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hotspots.base.errors import RecipeError, did_you_mean
from hotspots.base.toml import build, read_text

CELLS = "cells"


@dataclass(frozen=True)
class Incidents:
    """``[incidents]``: what `hotspots.read_incidents` takes."""

    source: tuple[str, ...]
    source_crs: str | None = None
    x: str | None = None
    y: str | None = None
    category_column: str | None = None
    month_column: str | None = None
    weight_column: str | None = None
    category: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    period: str | None = None


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
    within: tuple[str, ...] = ()
    by: Literal["polygon", "code"] = "polygon"
    note: str = ""


@dataclass(frozen=True)
class Theme:
    """``[[theme]]``: a selection of categories that is counted and mapped on its own."""

    name: str
    category: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """``[count]``: how counts become rates."""

    min_population: float = 100
    months: float | None = None


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
    """``[kde]``: what `hotspots.kernel_density` takes."""

    bandwidth: float | None = None
    cell_size: float | None = None
    kernel: Literal["quartic", "triweight", "epanechnikov", "triangular", "uniform", "gaussian"] = "quartic"
    edge: Literal["none", "uniform"] = "none"


@dataclass(frozen=True)
class Grid:
    """``[grid]``: what `hotspots.make_grid` takes."""

    cell_size: float
    shape: Literal["square", "hexagon"] = "square"


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
class Change:
    """``[change]``: two ranges of months of the incidents; see `hotspots.change`."""

    before: str
    after: str


@dataclass(frozen=True)
class Select:
    """``[select]``: the plan by which priority areas are selected; see `hotspots.priorities.plan.Plan`."""

    plan: str


@dataclass(frozen=True)
class Map:
    """``[map]``: how the web map looks."""

    basemap: Literal["none", "osm"] = "none"


Section = Literal["headline", "priorities", "matrix", "maps", "tables", "change", "quality", "methods"]
SECTIONS: tuple[Section, ...] = typing.get_args(Section)


@dataclass(frozen=True)
class Report:
    """``[report]``: which sections the printed report has, in what order; also asks for the workbook.

    The sections "priorities" and "matrix" are left out where the recipe has no table ``[select]``.
    """

    sections: tuple[Section, ...] = SECTIONS


@dataclass(frozen=True)
class Recipe:
    """A whole analysis.

    Attributes
    ----------
    title : str
        The heading of the map.
    incidents, areas, theme, count : dataclass or tuple of dataclasses
        What is counted, where, and how. The first of `areas` is the one whose outline is the study area.
    flag, kde, grid, gistar, change, select, map, report : dataclass or None
        The optional steps; None where the recipe does not have the table.
    source, attribution : str
        Shown on the map and written into every layer.
    crs : str
        The projected CRS, in metres, in which everything is computed.
    folder : Path
        The folder that relative paths start from.
    """

    title: str
    incidents: Incidents
    areas: tuple[Areas, ...]
    theme: tuple[Theme, ...] = (Theme("All incidents"),)
    count: Count = field(default_factory=Count)
    flag: Flag | None = None
    kde: Kde | None = None
    grid: Grid | None = None
    gistar: GiStar | None = None
    change: Change | None = None
    select: Select | None = None
    map: Map | None = None
    report: Report | None = None
    source: str = "police.uk"
    attribution: str = "Contains public sector information licensed under the Open Government Licence v3.0."
    crs: str = "EPSG:27700"
    folder: Path = Path()

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
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(
            f"the recipe is not valid TOML: {error}",
            hint="text stands in double quotes, lists in square brackets; start from: hotspots recipe new",
        ) from error
    recipe: Recipe = build(Recipe, document | {"folder": folder}, where="")
    _check_layers(recipe)
    return recipe


def _check_layers(recipe: Recipe) -> None:
    labels = [areas.label for areas in recipe.areas]
    for kind, names in (("areas", labels), ("theme", [theme.name for theme in recipe.theme])):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise RecipeError(f"two [[{kind}]] are called '{twice}'", hint="give each a name of its own")
    known = [*labels, CELLS] if recipe.grid else labels
    for table, step in (("flag", recipe.flag), ("gistar", recipe.gistar)):
        for name in step.layers if step else ():
            if name not in known:
                hint = did_you_mean(name, known)
                if name == CELLS:
                    hint = "add a table [grid] with a cell_size"
                raise RecipeError(
                    f"[{table}] names the layer '{name}', which is not in the recipe", hint=hint
                )
