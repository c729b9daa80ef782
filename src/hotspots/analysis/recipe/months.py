"""The months that a recipe asks for, held to those of its files."""

from __future__ import annotations

from collections.abc import Sequence

from hotspots.analysis.periods import lacking
from hotspots.analysis.recipe.tables import Incidents, Recipe
from hotspots.base.toml import Slips
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.months import months_in


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
