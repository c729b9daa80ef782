"""Which periods of an analysis are compared, and how each theme changed between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hotspots.analysis.recipe import Change
from hotspots.incidents.filters import month_range
from hotspots.methods.change import FlaggedBy, change

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
    """

    areas: pd.DataFrame
    whole: pd.Series[Any]
    counts: tuple[float, ...]


def find_comparison(asked: Change | None, calendar: Sequence[pd.Period]) -> Comparison | None:
    """Return the periods that a recipe compares or, where it names none, the latest year and those before it.

    The latest year is the twelve months up to the last one, where the data have the same months of the year
    before; else the calendar year so far. Years before it count where all their months are in the data.

    Parameters
    ----------
    asked : Change or None
        The recipe's table ``[change]``.
    calendar : sequence of Period
        The months that incidents have, ascending.

    Returns
    -------
    Comparison or None
        None where the recipe names no periods and there are no two years.
    """
    if asked is not None:
        return Comparison((_range(asked.before), _range(asked.after)), asked=True)
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
    dispersion: float | None = None,
    flagged_by: FlaggedBy = "q",
) -> ThemeChange:
    """Return how incidents counted by area and month changed between the two periods compared.

    Parameters
    ----------
    monthly : DataFrame
        Incidents, areas by months; a month without a column has none.
    comparison : Comparison
        The periods.
    dispersion, flagged_by
        See `hotspots.change`. All areas together have the dispersion of the areas.
    """
    counts = [
        monthly.reindex(columns=pd.Index(months), fill_value=0).sum(axis=1) for months in comparison.periods
    ]
    options: dict[str, Any] = {
        "months_before": len(comparison.before),
        "months_after": len(comparison.after),
        "flagged_by": flagged_by,
    }
    totals = tuple(float(count.sum()) for count in counts)
    areas = change(counts[-2], counts[-1], dispersion=dispersion, **options)
    together = pd.Series([totals[-2]]), pd.Series([totals[-1]])
    whole = change(*together, dispersion=areas.attrs["dispersion"], **options).iloc[0]
    return ThemeChange(areas, whole, totals)


def _range(period: str) -> Months:
    first, last = month_range(period) or (0, -1)
    return tuple(pd.Period(ordinal=month, freq="M") for month in range(first, last + 1))
