"""Which periods of an analysis are compared, and how each theme changed between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hotspots.analysis.periods import Periods, Range
from hotspots.analysis.recipe.tables import Flag
from hotspots.counting.rates import rate
from hotspots.methods.change import FlaggedBy, change
from hotspots.methods.meansd import flag_mean_sd
from hotspots.methods.standing import standing

Months = tuple[pd.Period, ...]


@dataclass(frozen=True)
class Comparison:
    """Periods of an analysis, the latest last; the last two are compared.

    Attributes
    ----------
    periods : tuple of tuple of Period
        The months of each, ascending.
    asked : bool
        Whether the recipe names them; else they are the same months of consecutive years, all in the data.
    """

    periods: tuple[Months, ...]
    asked: bool

    @property
    def before(self) -> Months:
        """The months of the earlier of the two periods compared."""
        return self.periods[-2]

    @property
    def after(self) -> Months:
        """The months of the later one."""
        return self.periods[-1]

    @property
    def same_season(self) -> bool:
        """Whether the two are the same months of the year."""
        return {month.month for month in self.before} == {month.month for month in self.after}


@dataclass(frozen=True, eq=False)
class ThemeChange:
    """How one theme changed between the two periods compared.

    Attributes
    ----------
    areas : DataFrame
        By area of the first layer; the columns of `hotspots.change`.
    whole : Series
        The same over all areas together.
    counts : tuple of int or float
        Incidents inside the areas in each of the comparison's periods.
    districts : DataFrame or None
        The same by district, in alphabetical order; None where no district is known.
    """

    areas: pd.DataFrame
    whole: pd.Series[Any]
    counts: tuple[float, ...]
    districts: pd.DataFrame | None = None


def find_comparison(asked: Periods, calendar: Sequence[pd.Period]) -> Comparison | None:
    """Return the periods that a recipe compares or, where it names none, the latest year and those before it.

    The latest year is the twelve months up to the last one, where the data have the same months of the year
    before; else the calendar year so far. Years before it count where all their months are in the data.

    Parameters
    ----------
    asked : Periods
        What the recipe asks for.
    calendar : sequence of Period
        The months that incidents have, ascending.

    Returns
    -------
    Comparison or None
        None where the recipe names no periods and there are no two years.
    """
    if asked.before and asked.after is not None:
        return Comparison(tuple(_months(one) for one in (*asked.before, asked.after)), asked=True)
    if not calendar:
        return None
    there, last = set(calendar), calendar[-1]
    for latest in (
        [month for month in calendar if month > last - 12],
        [month for month in calendar if month.year == last.year],
    ):
        span = (last.ordinal - calendar[0].ordinal) // 12
        years = [tuple(month - 12 * back for month in latest) for back in range(span, -1, -1)]
        whole = tuple(year for year in years if there.issuperset(year))
        if len(whole) > 1 and there.issuperset(month - 12 for month in latest):
            return Comparison(whole, asked=False)
    return None


def theme_change(
    monthly: pd.DataFrame,
    comparison: Comparison,
    *,
    districts: pd.Series[Any] | None = None,
    dispersion: float | None = None,
    flagged_by: FlaggedBy = "q",
) -> ThemeChange:
    """Return how incidents counted by area and month changed between the two periods compared.

    Parameters
    ----------
    monthly : DataFrame
        Incidents, areas by months; a month without a column has none. An area with a missing count in a month of a
        period has no count of it, and is not among all areas together.
    comparison : Comparison
        The periods.
    districts : Series, optional
        The district of each area; blank where there is none.
    dispersion, flagged_by
        See `hotspots.change`. All areas together, and districts, have the dispersion of the areas.
    """
    by_month = [monthly.reindex(columns=pd.Index(months), fill_value=0) for months in comparison.periods]
    counts = [months.sum(axis=1, skipna=False) for months in by_month]
    districts_counts = None if districts is None else _by_district(counts, districts)
    known = ~pd.concat(counts, axis=1).isna().any(axis=1)
    return change_of_counts(
        counts[-2:],
        tuple(float(count[known].sum()) for count in counts),
        districts_counts,
        comparison,
        dispersion=dispersion,
        monthly=(by_month[-2], by_month[-1]),
        flagged_by=flagged_by,
    )


def change_of_counts(
    areas: Sequence[pd.Series[Any]],
    whole: tuple[float, ...],
    districts: Sequence[pd.Series[Any]] | None,
    comparison: Comparison,
    *,
    dispersion: float | None = None,
    monthly: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    flagged_by: FlaggedBy = "q",
    rounded: int = 1,
) -> ThemeChange:
    """Return how counts changed between the two periods compared, of areas, of districts and of all together.

    Parameters
    ----------
    areas, districts : pair of Series
        Incidents before and after.
    whole : tuple of float
        Incidents of all areas together in each period of the comparison.
    comparison : Comparison
        The periods.
    dispersion, flagged_by, rounded
        See `hotspots.change`.
    monthly : pair of DataFrame, optional
        Incidents of the areas by month, before and after; see `hotspots.change`.
    """
    options: dict[str, Any] = {
        "months_before": len(comparison.before),
        "months_after": len(comparison.after),
        "flagged_by": flagged_by,
        "rounded": rounded,
    }
    found = change(areas[0], areas[1], dispersion=dispersion, monthly=monthly, **options)
    options["dispersion"] = found.attrs["dispersion"]
    together = change(pd.Series([whole[-2]]), pd.Series([whole[-1]]), **options).iloc[0]
    by_district = None if districts is None else change(districts[0], districts[1], **options)
    return ThemeChange(found, together, whole, by_district)


def _by_district(
    counts: list[pd.Series[Any]], districts: pd.Series[Any]
) -> tuple[pd.Series[Any], pd.Series[Any]] | None:
    """Return the counts of each district before and after: the sums of its areas; None where none is named."""
    named = districts.astype(object).where(districts.notna() & (districts != ""))
    if named.isna().all():
        return None
    named = named.reindex(counts[-1].index)
    before, after = (count.groupby(named).sum(skipna=False) for count in counts[-2:])
    return before, after


def theme_standing(
    changed: ThemeChange, comparison: Comparison, areas: pd.DataFrame, *, flag: Flag, min_population: float
) -> pd.DataFrame:
    """Return which areas are newly, still or no longer above the average: both periods flagged alike.

    Both are rates (or numbers) a year of the same people, over the months compared. See `hotspots.standing`.
    """
    flags = []
    for name, months in (("n_before", comparison.before), ("n_after", comparison.after)):
        n = changed.areas[name]
        values = n * (12 / len(months))
        if flag.value == "rate":
            values = rate(n, areas["population"], months=len(months), min_population=min_population)
        within = None if flag.within == "all" else areas[flag.within]
        flags.append(flag_mean_sd(values, within=within, ddof=flag.ddof, near=flag.near))
    return standing(flags[0], flags[1])


def _months(found: Range) -> Months:
    return tuple(pd.Period(ordinal=month, freq="M") for month in range(found[0], found[1] + 1))
