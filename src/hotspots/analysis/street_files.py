"""Other forces as comparators: counted from their street files, over the reporting period, like the force itself."""

from __future__ import annotations

import logging

import pandas as pd

from hotspots.analysis.force import by_category
from hotspots.analysis.periods import Range, missing_months
from hotspots.analysis.recipe.tables import OtherForce, Recipe
from hotspots.base.errors import DataError
from hotspots.counting.period import period_of
from hotspots.incidents import read_incidents
from hotspots.incidents.filters import range_text
from hotspots.incidents.gate import row_weights
from hotspots.incidents.quality import QualityReport

log = logging.getLogger(__name__)


def read_force(
    recipe: Recipe, other: OtherForce, *, period: Range | None
) -> tuple[pd.DataFrame, QualityReport]:
    """Count another force's street files by offence, and account for their rows.

    Only rows with coordinates count, as in the districts of the force itself, in which the others have no place.

    Parameters
    ----------
    recipe : Recipe
        Whose reference system and folder hold.
    other : OtherForce
        The files, and the people that the force serves.
    period : (int, int), optional
        The months that are counted; all of the files where none are given.

    Returns
    -------
    DataFrame
        In the form of `hotspots.analysis.comparators.choose_comparators`, by category: the columns ``<name> n``,
        ``<name> population`` and ``<name> months``. ``attrs["periods"]`` says which months it is of.
    QualityReport

    Raises
    ------
    FileError, DataError
        As `hotspots.read_incidents`; and when a month of the period is in none of the files, or no row has
        coordinates.
    """
    log.info("Comparators: %s", other.name)
    asked = None if period is None else range_text(period)
    files = [recipe.path(name) for name in other.source]
    incidents, quality = read_incidents(files, crs=recipe.crs, period=asked)
    lacking = None if period is None else missing_months(period, quality.months)
    if lacking:
        raise DataError(
            f"the files of '{other.name}' hold no row of {lacking}, but the period is {asked}",
            hint="add the files of these months, or leave the force out",
        )
    located = incidents[incidents["x"].notna()]
    located.attrs = incidents.attrs
    if located.empty:
        raise DataError(
            f"no row of the files of '{other.name}' has coordinates", hint="give its street-level files"
        )
    log.info(
        "%s: %s of %s incidents have coordinates and count, like those in the districts",
        other.name, f"{len(located):,}", f"{len(incidents):,}",
    )  # fmt: skip
    counts = by_category(located["category"], row_weights(located))
    length = period_of(located)
    table = pd.DataFrame(
        {
            f"{other.name} n": counts.astype(float),
            f"{other.name} population": other.population,
            f"{other.name} months": length.length,
        }
    )
    first, last = length.months[0], length.months[-1]
    when = str(first) if first == last else f"{first} to {last}"
    table.attrs["periods"] = {other.name: f"street-level files, {when}"}
    return table, quality
