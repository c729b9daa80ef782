"""What a profile makes of counts by themselves: how each is shown, which are small, and which look it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.disclosure.rounding import counted, rounded, stands_for
from hotspots.disclosure.rules import Profile

Bools = npt.NDArray[np.bool_]


def published(counts: pd.Series | npt.ArrayLike, rules: Profile) -> pd.DataFrame:
    """Return counts as they are published, and what a reader knows of each from it alone.

    Nothing is hidden here to protect another: `protect` does that for all tables of a folder together. Since a
    hidden count may be either, to a reader it is any number of 0 or more.

    Parameters
    ----------
    counts : Series or array of int
        Counts or totals, 0 or more; totals are rounded on their own. A missing count is not published.
    rules : Profile

    Returns
    -------
    DataFrame
        On the same index: `shown`, the published number, missing where it is hidden; `lower` and `upper`, the
        least and greatest count for which that would be shown (0 and infinity where it is hidden).

    Raises
    ------
    DataError
        When a count is negative or not a whole number.

    Examples
    --------
    >>> from hotspots.disclosure.rules import profile
    >>> published([0, 7, 8, 493], profile("nhs"))
       shown  lower  upper
    0    0.0    0.0    0.0
    1    NaN    0.0    inf
    2   10.0    8.0   12.0
    3  495.0  493.0  497.0
    """
    index = counts.index if isinstance(counts, pd.Series) else None
    values = counted(counts)
    shown = rounded(values, rules.base)
    if rules.hide == "suppress":
        shown[small(values, rules)] = np.nan
    lower, upper = stands_for(shown, rules.base, rules.least_shown)
    return pd.DataFrame({"shown": shown, "lower": lower, "upper": upper}, index=index)


def small(counts: npt.ArrayLike, rules: Profile) -> Bools:
    """Return which counts a profile protects for being small."""
    values = np.asarray(counts, dtype=float)
    return (values < rules.threshold) & ((values > 0) | (rules.zeros == "hidden"))


def may_be_small(lower: npt.NDArray[np.float64], upper: npt.NDArray[np.float64], rules: Profile) -> Bools:
    """Return which counts may be small, as far as a reader knows who knows these limits of each."""
    return np.asarray((lower < rules.threshold) & ~((upper == 0) & (rules.zeros == "shown")))


def known_closely(lower: npt.NDArray[np.float64], upper: npt.NDArray[np.float64], rules: Profile) -> Bools:
    """Return which counts have fewer values left than small ones have, or are surely small and have not all of these.

    Examples
    --------
    >>> from hotspots.disclosure.rules import profile
    >>> known_closely(np.array([6.0, 0, 1]), np.array([12.0, 9, 9]), profile("10-5")).tolist()
    [True, False, True]
    """
    least, most = (1.0 if rules.zeros == "shown" else 0.0), rules.threshold - 1.0
    return np.asarray((upper - lower < most - least) | ((upper <= most) & ((lower > least) | (upper < most))))
