"""Limits of one series of months: individuals (XmR), and counts a day that vary more than chance (Laney's u')."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError
from hotspots.methods.time.calendar import as_counts, as_months, days_of, ordinals

Floats = npt.NDArray[np.float64]

D2 = 2 / math.sqrt(math.pi)
"""Mean absolute difference of two normal values, in their standard deviations."""
D4 = 1 + 3 * math.sqrt(2 - 4 / math.pi) / D2
"""Upper limit of a moving range over the mean moving range."""
SIGMAS = 3.0
FEWEST_MONTHS = 6
"""A series of fewer months does not tell what is usual in it."""


def xmr_chart(values: pd.Series[Any]) -> pd.DataFrame:
    """Return the individuals chart of one value a month: what is usual in it, by how far one month is from the next.

    With the mean x̄ and the mean moving range mR̄, the mean of |x_t - x_(t-1)| over months that follow each other,
    the limits are ``x̄ ± 3 mR̄ / d₂`` with d₂ = 2/√π (3/d₂ = 2.6587; the 2.66 of handbooks is that, rounded). The
    upper one is the "upper-most range of normal variation". A moving range over ``D₄ mR̄`` = 3.2665 mR̄ is unusual
    by itself. A season, a trend or a step widen the limits or break them; a month of 28 days is one tenth short.

    Parameters
    ----------
    values : Series of numbers
        Indexed by month, ascending; months may be missing. Counts, rates, or anything else.

    Returns
    -------
    DataFrame
        On the index of `values`: ``n``, the value; ``expected``, x̄; ``exp_lo`` and ``exp_hi``, the limits, the
        lower at least 0 where no value is under 0; ``mr``, the moving range, missing for the first month and after
        a gap; ``mr_hi``, its upper limit.

    Raises
    ------
    DataError
        When there are fewer than 6 months, they are not months in order, or a value is missing.

    References
    ----------
    Wheeler, D. J. and Chambers, D. S. (1992) Understanding Statistical Process Control, 2nd edition. SPC Press.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2025-01", periods=12, freq="M")
    >>> chart = xmr_chart(pd.Series([12, 15, 11, 14, 13, 30, 12, 16, 14, 10, 13, 15], index=months))
    >>> chart[["expected", "exp_lo", "exp_hi"]].iloc[0].round(6).tolist()
    [14.583333, 0.0, 29.326927]
    """
    months = as_months(values.index)
    x = np.asarray(values, dtype=np.float64)
    if np.isnan(x).any():
        raise DataError("a value is missing", hint="leave months without a file out")
    require_series(len(x))
    centre, sigma, ranges = individual_limits(x[None, :], ordinals(months))
    low = centre[0] - SIGMAS * sigma[0]
    return pd.DataFrame(
        {
            "n": values,
            "expected": centre[0],
            "exp_lo": max(low, 0.0) if (x >= 0).all() else low,
            "exp_hi": centre[0] + SIGMAS * sigma[0],
            "mr": ranges[0],
            "mr_hi": D4 * D2 * sigma[0],
        },
        index=values.index,
    )


def laney_chart(counts: pd.Series[Any], *, days: Sequence[float] | None = None) -> pd.DataFrame:
    """Return Laney's u' chart of counts a day: limits for counts that vary more than chance, months of unlike length.

    With u_t = n_t / d_t incidents a day and ū of all months together, chance alone gives u_t the standard deviation
    s_t = √(ū / d_t). σ_z is the mean absolute difference between months that follow each other of (u_t - ū) / s_t,
    over d₂ = 2/√π: 1 where chance alone varies the counts. Limits are ``ū ± 3 s_t max(σ_z, 1)``, the lower at least
    0. A force's counts vary by many more incidents than chance has it: of a year of 102,000, chance alone would call
    seven months unusual, and u' none.

    Parameters
    ----------
    counts : Series of numbers
        Indexed by month, ascending; months may be missing.
    days : sequence of float, optional
        Days of each month that the counts cover; those of the calendar without it.

    Returns
    -------
    DataFrame
        On the index of `counts`, in incidents a month: ``n``; ``expected``, ū d_t; ``exp_lo`` and ``exp_hi``; and
        ``z``, (u_t - ū) / (s_t max(σ_z, 1)), which is beyond ±3 outside the limits. ``attrs["sigma_z"]`` is σ_z.

    Raises
    ------
    DataError
        When there are fewer than 6 months, they are not months in order, or a count is missing or negative.

    References
    ----------
    Laney, D. B. (2002) Improved control charts for attributes. Quality Engineering 14(4), 531-537.
    https://doi.org/10.1081/QEN-120003555

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2025-01", periods=12, freq="M")
    >>> chart = laney_chart(pd.Series([12, 15, 11, 14, 13, 30, 12, 16, 14, 10, 13, 15], index=months))
    >>> round(chart.attrs["sigma_z"], 6), round(float(chart["exp_hi"].iloc[1]) / 28, 6)
    (1.388917, 1.024696)
    """
    months = as_months(counts.index)
    n = as_counts(counts, what="the series")
    require_series(len(n))
    exposure = days_of(months, days)
    z, sigma_z, expected = laney_scores(n[None, :], exposure, ordinals(months))
    spread = SIGMAS * np.sqrt(expected[0]) * max(sigma_z[0], 1.0)
    found = pd.DataFrame(
        {
            "n": counts,
            "expected": expected[0],
            "exp_lo": np.maximum(expected[0] - spread, 0.0),
            "exp_hi": expected[0] + spread,
            "z": z[0],
        },
        index=counts.index,
    )
    found.attrs["sigma_z"] = float(sigma_z[0])
    return found


def require_series(months: int) -> None:
    """Refuse a series that is too short to tell what is usual in it."""
    if months < FEWEST_MONTHS:
        raise DataError(
            f"{months} month{'' if months == 1 else 's'} cannot tell what is usual in one series",
            hint=f"give {FEWEST_MONTHS} months or more",
        )


def individual_limits(x: Floats, position: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return the mean, the standard deviation by moving ranges, and the moving ranges of each row of values.

    The deviation is 0 where no month follows another.
    """
    follows = np.diff(position) == 1
    step = np.where(follows, np.abs(np.diff(x, axis=1)), np.nan)
    ranges = np.column_stack([np.full(len(x), np.nan), step])
    mean = np.nansum(step, axis=1) / max(int(follows.sum()), 1)
    return x.mean(axis=1), mean / D2, ranges


def laney_scores(n: Floats, days: Floats, position: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return z with σ_z taken out, σ_z, and the expected counts of each row of counts; see `laney_chart`."""
    expected = n.sum(axis=1, keepdims=True) / days.sum() * days
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.where(expected > 0, (n - expected) / np.sqrt(expected), 0.0)
    _, sigma_z, _ = individual_limits(plain, position)
    return plain / np.maximum(sigma_z, 1.0)[:, None], sigma_z, expected
