"""Which partnerships have a page of their own in the report: all of a force's, of a country's those that are named."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from hotspots.analysis.recipe.tables import Recipe, Report
from hotspots.base.errors import ParameterError, did_you_mean

log = logging.getLogger(__name__)

ALL = "all"
MOST_PAGES = 50
"""Partnerships up to which each has a page, where the recipe says nothing: more than any force has."""


def paged(recipe: Recipe, names: Sequence[str]) -> tuple[str, ...]:
    """Return the partnerships of which the report has a page, in the order of `names`.

    Parameters
    ----------
    recipe : Recipe
        Its ``[report]`` may name them, or say ``"all"``.
    names : sequence of str
        All partnerships.

    Examples
    --------
    >>> recipe = Recipe("Burglary", (), (), report=Report())
    >>> paged(recipe, ["Leeds", "York"]), paged(recipe, [f"District {k}" for k in range(51)])
    (('Leeds', 'York'), ())
    >>> paged(Recipe("Burglary", (), (), report=Report(partnerships=("York",))), ["Leeds", "York"])
    ('York',)
    """
    asked = (recipe.report or Report()).partnerships
    if ALL in asked:
        return tuple(names)
    if asked:
        return tuple(name for name in names if name in asked)
    return tuple(names) if len(names) <= MOST_PAGES else ()


def check_pages(recipe: Recipe, districts: Iterable[str]) -> None:
    """Refuse a page for a partnership that no area is in, and say which pages a report of many leaves out.

    Parameters
    ----------
    recipe : Recipe
    districts : iterable of str
        Of each area; empty for one in no partnership.

    Raises
    ------
    ParameterError
        When ``partnerships`` of ``[report]`` names one that there is not.
    """
    if recipe.report is None or not {"partnerships", "places"} & set(recipe.report.sections):
        return
    names = sorted({name.strip() for name in districts} - {""})
    for name in recipe.report.partnerships:
        if name not in (*names, ALL):
            raise ParameterError(
                f"there is no partnership '{name}' to have a page in the report",
                hint=did_you_mean(name, names),
            )
    found = paged(recipe, names)
    if not recipe.report.partnerships and not found:
        log.info(
            "The report has no page for each of the %s partnerships, which are more than %d "
            "(name those that should have one with 'partnerships' under [report], or write \"%s\")",
            f"{len(names):,}",
            MOST_PAGES,
            ALL,
        )
