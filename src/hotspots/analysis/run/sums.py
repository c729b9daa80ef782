"""The incidents of a recipe as sums, made in batches or on Dask: what a run counts, without holding every row."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from hotspots.analysis.charts import MONTHS_ALONE
from hotspots.analysis.recipe.months import check_months
from hotspots.analysis.recipe.tables import Incidents, Recipe
from hotspots.analysis.run.place import Held, Place
from hotspots.analysis.sources import Sources, covered_too, join_sources, named, said_columns
from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.incidents.filters import range_text
from hotspots.incidents.quality import QualityReport, add_reports

if TYPE_CHECKING:
    from distributed import Client

    from hotspots.scale.sums import Pass

Engine = Literal["memory", "stream", "dask"]
"""Where the rows are read: all in memory, in batches, or on Dask."""


def rows_needed(recipe: Recipe) -> str | None:
    """Return the first thing that a recipe asks for and sums cannot tell, as it stands in the recipe; None for none.

    Examples
    --------
    >>> from hotspots.analysis.recipe.tables import Areas, Incidents, Kde, Recipe
    >>> asked = Recipe("Town", (Incidents(("crime.csv",)),), (Areas("Wards", "wards.gpkg"),))
    >>> rows_needed(asked) is None
    True
    >>> import dataclasses
    >>> rows_needed(dataclasses.replace(asked, kde=Kde(bandwidth="best")))
    '[kde] bandwidth = "best"'
    """
    kde, emerging = recipe.kde, recipe.emerging
    asked = {
        "[publish]": recipe.publish is not None,
        "[[breakdown]]": bool(recipe.breakdown),
        "[[share]]": bool(recipe.share),
        "[repeats]": recipe.repeats is not None,
        "[times]": recipe.times is not None,
        "[[theme]] hours": any(theme.hours for theme in recipe.theme),
        "[[incidents]] flags": any(source.flags for source in recipe.incidents),
        "[[areas]] lookup": any(areas.lookup for areas in recipe.areas),
        f'[kde] bandwidth = "{kde.bandwidth if kde else ""}"': kde is not None
        and kde.bandwidth in ("best", "rule-of-thumb"),
        f'[emerging] step = "{emerging.step if emerging else ""}"': emerging is not None
        and not emerging.step.strip().upper().endswith("M"),
    }
    return next((name for name, wanted in asked.items() if wanted), None)


def refuse_rows(recipe: Recipe, engine: Engine) -> None:
    """Refuse what sums cannot tell.

    Raises
    ------
    ParameterError
    """
    needed = rows_needed(recipe)
    if needed is not None:
        raise ParameterError(
            f"{needed} needs every row, but the engine '{engine}' keeps sums of them",
            hint="leave it out of the recipe, or hold all rows with 'engine' = memory",
        )


def sum_sources(
    recipe: Recipe, places: Sequence[Place], *, engine: Engine, scheduler: str | Client | None = None
) -> tuple[Sources, dict[str, Held], pd.DataFrame]:
    """Read the incidents of all sources once, as sums.

    Parameters
    ----------
    recipe, places : Recipe, sequence of Place
        What is asked for, and its areas.
    engine, scheduler
        ``"stream"`` or ``"dask"``, and the address of a running scheduler.

    Returns
    -------
    Sources, dict of str to Held, DataFrame
        What `read_sources` returns, of the first areas; what is counted in each place, by its key; and how much is
        where, as far as the recipe asks for densities or cells.

    Raises
    ------
    ParameterError
        When the recipe asks for what sums cannot tell.
    RecipeError, DataError
        As `hotspots.analysis.sources.read_sources` and `hotspots.assign_areas`.
    """
    refuse_rows(recipe, engine)
    passes = []
    for asked in recipe.incidents:
        with named(recipe, asked):
            passes.append(_pass(recipe, asked, places, engine, scheduler))
    check_months(recipe, [one.months for one in passes])
    if recipe.charts is not None and any(one.tally.dated for one in passes):
        warnings.warn(MONTHS_ALONE, HotspotsWarning, stacklevel=3)
    reports: dict[str, QualityReport] = {}
    tables: list[list[Held]] = []
    spots: list[pd.DataFrame] = []
    for asked, one in zip(recipe.incidents, passes, strict=True):
        with named(recipe, asked):
            report = one.report()
            tables.append([Held(*one.tables(number, report)) for number in range(len(places))])
            spots.append(one.by_place(report))
        reports[asked.name] = report
        for table in (*(held.incidents for held in tables[-1]), spots[-1]):
            covered_too(table, asked)
    if len(passes) == 1:
        held, where, quality = tables[0], spots[0], next(iter(reports.values()))
    else:
        held = [_joined([of[number] for of in tables], list(reports)) for number in range(len(places))]
        where = join_sources(spots, list(reports), _starts(spots))
        quality = add_reports(reports, where)
    first = held[0]
    read = Sources(first.incidents, first.before, quality, reports if len(passes) > 1 else {})
    return read, {place.key: one for place, one in zip(places, held, strict=True)}, where


def _pass(
    recipe: Recipe,
    asked: Incidents,
    places: Sequence[Place],
    engine: Engine,
    scheduler: str | Client | None,
) -> Pass:
    from hotspots.scale.sums import pass_over

    periods = recipe.periods
    emerging = recipe.emerging is not None and recipe.grid is not None
    return pass_over(
        [recipe.path(name) for name in asked.source],
        [(place.areas, place.by) for place in places],
        dask=engine == "dask",
        scheduler=scheduler,
        places=recipe.kde is not None or recipe.grid is not None or len(recipe.incidents) > 1,
        dated=emerging,
        **said_columns(asked),
        category=asked.category or None,
        exclude=asked.exclude or None,
        period=None if periods.report is None else range_text(periods.report),
        compared=tuple(range_text(one) for one in periods.before),
    )


def _starts(tables: Sequence[pd.DataFrame]) -> list[int]:
    lengths: list[int] = np.cumsum([0, *map(len, tables)]).tolist()
    return lengths


def _joined(parts: Sequence[Held], names: Sequence[str]) -> Held:
    """Return what several sources come to in the areas of one place."""
    made: list[Any] = []
    for tables, within in (
        ([part.incidents for part in parts], [part.assigned for part in parts]),
        ([part.before for part in parts], [part.before_in for part in parts]),
    ):
        made += [join_sources(tables, names, _starts(tables)), pd.concat(within, ignore_index=True)]
    return Held(*made)
