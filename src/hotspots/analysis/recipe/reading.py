"""Read a recipe; unknown keys and wrong types are told, with what was probably meant, before any data is read."""

from __future__ import annotations

from pathlib import Path

from hotspots.analysis.recipe.checks import check_recipe
from hotspots.analysis.recipe.tables import Recipe
from hotspots.base.toml import Slips, build, parse_toml, read_text


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
        check_recipe(recipe, slips)
    slips.raise_any()
    made: Recipe = recipe
    return made
