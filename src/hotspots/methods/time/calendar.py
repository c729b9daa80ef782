"""The months of a table of counts: their days, the gaps between them, and what they must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def as_months(columns: pd.Index[Any]) -> pd.PeriodIndex:
    """Return the columns of a table of counts, or the index of a series, as months, ascending.

    Raises
    ------
    DataError
        When they are not months, or not ascending.
    """
    try:
        months = pd.PeriodIndex(columns, freq="M")
    except (ValueError, TypeError) as error:
        raise DataError(
            f"the counts are not by month: '{columns[0] if len(columns) else ''}' is none",
            hint="count with per = 'month'",
        ) from error
    if not months.is_monotonic_increasing or not months.is_unique:
        raise DataError("the months are not in order", hint="sort the columns, and add up what stands twice")
    return months


def days_of(months: pd.PeriodIndex, days: Sequence[float] | None = None) -> Floats:
    """Return the days of each month: as given, or those of the calendar.

    Raises
    ------
    ParameterError
        When they are not as many as the months, or not over 0.
    """
    if days is None:
        return np.asarray(months.days_in_month, dtype=np.float64)
    given = np.asarray(days, dtype=np.float64)
    if given.shape != (len(months),) or not (given > 0).all():
        raise ParameterError(
            f"'days' are {len(given)} numbers for {len(months)} months",
            hint="give the days, over 0, of each month",
        )
    return given


def ordinals(months: pd.PeriodIndex) -> Integers:
    """Return each month as a number that grows by one from month to month."""
    return np.asarray([month.ordinal for month in months], dtype=np.int64)


def as_counts(values: Any, *, what: str, gaps: bool = False) -> Floats:
    """Return counts as numbers; where there may be `gaps`, those that are missing as NaN.

    Raises
    ------
    DataError
        When one is missing that may not be, or negative.
    """
    if isinstance(values, pd.DataFrame | pd.Series):
        values = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    counts = np.asarray(values, dtype=np.float64)
    if not gaps and np.isnan(counts).any():
        raise DataError(
            f"a count of {what} is missing",
            hint="leave months without a file out; months without incidents are 0",
        )
    if (counts < 0).any():
        raise DataError(f"a count of {what} is negative", hint="give counts of 0 or more")
    return counts
