"""Change between two periods: up, down or no clear change, with exact limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import FEW, ratio_limits

CHANGE_FLAGS = ("down", "no clear change", "up")
"""The flags, from the lowest to the highest."""

Floats = npt.NDArray[np.float64]


def change(
    n_before: pd.Series[Any],
    n_after: pd.Series[Any],
    *,
    months_before: float,
    months_after: float,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how incidents changed from one period to another, and whether chance alone would explain it.

    The rate ratio is ``(n_after / months_after) / (n_before / months_before)``, from 0 up; its limits are
    exact for two Poisson counts of any size. An area went "up" when the lower limit is over 1, "down" when
    the upper limit is under 1. Of many areas in which nothing changed, up to a share of 1 - `level` goes up
    or down all the same. Neither limits nor flags know of changed recording practice, of seasons where the
    two periods are not the same months of the year, or of incidents that bring about others.

    Parameters
    ----------
    n_before, n_after : Series of int
        Incidents in each area in the two periods, on one index.
    months_before, months_after : float
        Length of each period in months, over 0.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.

    Returns
    -------
    DataFrame
        On the index of `n_before`:

        - ``n_before``, ``n_after``: the counts.
        - ``ch_diff``: change in incidents a year; between two years, the difference of the counts.
        - ``ch_pct``: the same in percent of before; missing where there were under 10 incidents before.
        - ``ch_ratio``, ``ch_lo``, ``ch_hi``: the rate ratio and its limits; missing where infinite.
        - ``ch_flag``: ordered categorical of `CHANGE_FLAGS`; missing where a count is.
        - ``ch_text``: the direction of travel in words.
        - ``ch_note``: why there is no percentage, where there is none; else empty.

    Raises
    ------
    ParameterError
        When a length of period is not over 0 or `level` not between 0 and 1.
    DataError
        When the two indexes differ or a count is negative.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940) Homogeneity of results in testing samples from Poisson series.
    Biometrika 31(3/4), 313-323. https://doi.org/10.1093/biomet/31.3-4.313

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.Series([120, 40, 3], index=["A", "B", "C"])
    >>> after = pd.Series([163, 44, 9], index=["A", "B", "C"])
    >>> change(before, after, months_before=12, months_after=12)["ch_text"].tolist()
    ['up 36% (120 to 163)', 'no clear change (40 to 44)', 'no clear change (3 to 9)']
    """
    for name, months in (("months_before", months_before), ("months_after", months_after)):
        if not months > 0:
            raise ParameterError(f"'{name}' is {months}", hint="give its length in months, such as 12")
    before, after = _counts(n_before, n_after)
    ratio, lower, upper = ratio_limits(after, months_after, before, months_before, level=level)
    yearly_before, yearly_after = before * (12 / months_before), after * (12 / months_after)
    position = np.where(lower > 1, 2, np.where(upper < 1, 0, 1))
    position[np.isnan(before + after)] = -1  # how pandas codes a missing category
    enough = before >= FEW
    percent = np.where(enough, 100 * (ratio - 1), np.nan)
    same_length = months_before == months_after
    words = [
        _in_words(flag, was, now, share, yearly=not same_length)
        for flag, was, now, share in zip(
            position,
            before if same_length else yearly_before,
            after if same_length else yearly_after,
            percent,
            strict=True,
        )
    ]
    few = f"under {FEW} incidents before: no percentage"
    return pd.DataFrame(
        {
            "n_before": n_before,
            "n_after": n_after,
            "ch_diff": yearly_after - yearly_before,
            "ch_pct": percent,
            "ch_ratio": _finite(ratio),
            "ch_lo": _finite(lower),
            "ch_hi": _finite(upper),
            "ch_flag": pd.Categorical.from_codes(position, categories=pd.Index(CHANGE_FLAGS), ordered=True),
            "ch_text": words,
            "ch_note": np.where(before < FEW, few, ""),
        },
        index=n_before.index,
    )


def _counts(n_before: pd.Series[Any], n_after: pd.Series[Any]) -> tuple[Floats, Floats]:
    if not n_before.index.equals(n_after.index):
        raise DataError(
            "the counts before and after are not of the same areas in the same order",
            hint="count both periods with the same areas, or align them with n_after.reindex(n_before.index)",
        )
    arrays = []
    for counts in (n_before, n_after):
        values: Floats = counts.to_numpy(dtype=float, na_value=np.nan)
        if (values < 0).any():
            raise DataError(
                f"the count of '{counts.index[values < 0][0]}' is negative", hint="give counts of 0 or more"
            )
        arrays.append(values)
    return arrays[0], arrays[1]


def _in_words(position: int, before: float, after: float, percent: float, *, yearly: bool) -> str:
    if position < 0:
        return ""
    span = f"{before:,.0f} to {after:,.0f}{' a year' if yearly else ''}"
    flag = CHANGE_FLAGS[position]
    if flag == "no clear change":
        return f"{flag} ({span})"
    if np.isnan(percent):
        return f"{flag} ({span}; too few before for a percentage)"
    return f"{flag} {abs(percent):,.0f}% ({span})"


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
