"""The charts of months of a run: of all themes together, and what they say of each area."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import pandas as pd

from hotspots.analysis.charts import LastDay, MonthCharts, chart_columns, find_charts, last_day, up_to_day
from hotspots.analysis.recipe.tables import Recipe
from hotspots.analysis.results import ThemeResult
from hotspots.analysis.run.study import Study
from hotspots.analysis.sources import of_theme
from hotspots.analysis.steps.columns import add_columns

log = logging.getLogger(__name__)


def make_charts(
    recipe: Recipe, study: Study, results: Sequence[ThemeResult], *, partial: str | None
) -> MonthCharts | None:
    """Return the charts of the recipe's first areas, or None where it does not ask for them."""
    if recipe.charts is None:
        return None
    monthly = {theme.name: theme.monthly for theme in results if theme.monthly is not None}
    if len(monthly) < len(results):
        return MonthCharts(notes=("There are no charts: a theme has no incident with a month.",))
    first = study.places[0]
    earlier = {result.name: result.earlier for result in results if result.earlier is not None}
    step = recipe.charts
    asked: dict[str, Any] = {entry.name: getattr(step, entry.name) for entry in fields(step)}
    found = find_charts(
        monthly,
        districts=study.apart.covered.get("district"),
        partial=partial,
        earlier=earlier if len(earlier) == len(results) else None,
        cut=_cut(recipe, study, results),
        **asked,
    )
    if found.areas is not None and step.dispersion is None:
        told = ", ".join(
            f"{name} {phi:.2f}" for name, phi in zip(found.areas.themes, found.areas.dispersion, strict=True)
        )
        log.info("%s, charts: dispersion %s (set it with 'dispersion')", first.label, told)
    return found


def _cut(recipe: Recipe, study: Study, results: Sequence[ThemeResult]) -> LastDay | None:
    """Return where the last month ends, where the incidents of all sources have days."""
    if "date" not in study.incidents or ("date" not in study.before and len(study.before)):
        return None
    every = pd.concat([part[["date", "month"]] for part in (study.before, study.incidents) if len(part)])
    ended = last_day(every)
    if ended is None:
        return None
    apart, (month, day) = study.apart, ended
    counts = {}
    for result in results:
        parts = [(of_theme(recipe, result.theme, study.incidents), apart.located)]
        if len(study.before):
            parts.append((of_theme(recipe, result.theme, study.before, before=True), apart.located_before))
        held = [up_to_day(rows, apart.covered, where, month=month, day=day) for rows, where in parts]
        counts[result.name] = pd.concat(held, axis=1).sort_index(axis=1)
    return LastDay(month, day, counts)


def with_charts(result: ThemeResult, charts: MonthCharts | None) -> ThemeResult:
    """Return a theme whose first layer says what is unusual in each area, and the shape of its history."""
    added = None if charts is None else chart_columns(charts, result.name)
    if added is None:
        return result
    first = result.layers[0]
    return replace(result, layers=(replace(first, table=add_columns(first.table, added)), *result.layers[1:]))
