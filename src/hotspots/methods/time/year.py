"""The year so far beside the same months a year before, and where it will end if it goes on so."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.negative_binomial import mean_limits
from hotspots.base.poisson import dispersion_of, ratio_limits, require_dispersion
from hotspots.methods.time.calendar import as_counts, as_months, days_of, ordinals

Floats = npt.NDArray[np.float64]


def year_to_date(
    counts: pd.DataFrame, *, starts: int = 1, dispersion: float | None = None, level: float = 0.95
) -> pd.DataFrame:
    r"""Return each area's incidents of the year so far, the same months a year before, and the whole year projected.

    With Y incidents in the year so far, the months to come are expected to hold R Y, where R is what they held for each
    incident of the same months in the whole years before, all areas together; with no such year, R is their days over
    the days so far, and no season is allowed for. Their count is taken as negative binomial with the mean R Y and the
    variance ``φ R Y (1 + R + R Y (1/C + 1/D))``: its own, that of Y times R, and that of R, told from C incidents in
    the same months of the years before and D in those that followed (0 without years). It is the range of one area's
    year if nothing changes but by chance; a step or a new trend will break it.

    Parameters
    ----------
    counts : DataFrame of numbers
        Areas by months, ascending. The last column ends the year so far; it must be a whole month, or leave it out.
    starts : int, default 1
        The month that a year starts in: 4 for financial years.
    dispersion : float, optional
        φ, 1 or more; told from all areas' months without it, 1 where they are too few.
    level : float, default 0.95
        Confidence of the limits.

    Returns
    -------
    DataFrame
        On the index of `counts`: ``ytd``, the year so far; ``ytd_before``, the same months a year before, and
        ``ytd_pct``, ``ytd_lo`` and ``ytd_hi``, the change in percent with its limits, all missing where those months
        are not all there; ``year_n``, the year projected, with ``year_lo`` and ``year_hi``. ``attrs`` has ``months``,
        those so far; ``left``, how many are to come; ``projected_by``, ``'the years before'`` or ``'days'``; and
        ``dispersion``.

    Raises
    ------
    ParameterError
        When `starts` is no month, `dispersion` under 1 or `level` not between 0 and 1.
    DataError
        When there is no month, one of the year so far is missing, or a count is missing or negative.

    Examples
    --------
    90 so far beside 60; the year before the other nine months held 180, three for each one so far:

    >>> import pandas as pd
    >>> months = pd.period_range("2024-01", periods=15, freq="M")
    >>> n = pd.DataFrame([[20] * 12 + [30] * 3], index=["All"], columns=months)
    >>> year_to_date(n)[["ytd", "ytd_before", "ytd_pct", "year_n", "year_lo", "year_hi"]].round().loc["All"].tolist()
    [90.0, 60.0, 50.0, 360.0, 267.0, 471.0]
    """
    if starts not in range(1, 13):
        raise ParameterError(f"'starts' is {starts}", hint="give the number of a month, such as 4 for April")
    months = as_months(counts.columns)
    if not len(months):
        raise DataError("there is no month", hint="give counts by month")
    n, at = as_counts(counts, what="the areas"), ordinals(months)
    told = dispersion_of(n) if dispersion is None else require_dispersion(dispersion)
    phi = 1.0 if np.isnan(told) else told
    first = at[-1] - (months[-1].month - starts) % 12
    so_far = np.arange(first, at[-1] + 1)
    if not np.isin(so_far, at).all():
        gone = next(int(month) for month in so_far if month not in at)
        raise DataError(
            f"the year so far lacks {pd.Period(ordinal=gone, freq='M')}",
            hint="add its file, or count from another month",
        )
    now = n[:, np.isin(at, so_far)].sum(axis=1)
    found = _beside(n, at, so_far, now, phi, level)
    left = 12 - len(so_far)
    expected, spread, by = _to_come(n, at, so_far, now, left)
    low, high = _limits(expected, phi * spread, level)
    found |= {"year_n": now + expected, "year_lo": now + low, "year_hi": now + high}
    made = pd.DataFrame(found, index=counts.index)
    made.attrs = {
        "months": tuple(months[np.isin(at, so_far)]),
        "left": left,
        "projected_by": by,
        "dispersion": phi,
    }
    return made


def _beside(
    n: Floats, at: npt.NDArray[Any], so_far: npt.NDArray[Any], now: Floats, phi: float, level: float
) -> dict[str, Floats]:
    """Return the year so far, the same months a year before, and the change with its limits."""
    gone = np.full(len(n), np.nan)
    found = {"ytd": now, "ytd_before": gone, "ytd_pct": gone, "ytd_lo": gone, "ytd_hi": gone}
    if not np.isin(so_far - 12, at).all():
        return found
    before = n[:, np.isin(at, so_far - 12)].sum(axis=1)
    told = ratio_limits(now, 1, before, 1, level=level, dispersion=phi)
    percent = [np.where(np.isfinite(ratio), 100 * (ratio - 1), np.nan) for ratio in told]
    return found | {"ytd_before": before} | dict(zip(("ytd_pct", "ytd_lo", "ytd_hi"), percent, strict=True))


def _to_come(
    n: Floats, at: npt.NDArray[Any], so_far: npt.NDArray[Any], now: Floats, left: int
) -> tuple[Floats, Floats, str]:
    """Return what the months to come are expected to hold, by how much more than φ it varies, and what tells so."""
    if not left:
        return np.zeros(len(n)), np.ones(len(n)), "the years before"
    rest = np.arange(so_far[-1] + 1, so_far[-1] + 1 + left)
    same = followed = 0.0
    for back in range(12, int(so_far[0] - at[0]) + 12, 12):
        if np.isin(np.concatenate([so_far, rest]) - back, at).all():
            same += float(n[:, np.isin(at, so_far - back)].sum())
            followed += float(n[:, np.isin(at, rest - back)].sum())
    if same and followed:
        ratio = followed / same
        expected = ratio * now
        return expected, 1 + ratio + expected * (1 / same + 1 / followed), "the years before"
    spans = [_days(span) for span in (rest, so_far)]
    ratio = spans[0] / spans[1]
    return ratio * now, np.full(len(n), 1 + ratio), "days"


def _days(span: npt.NDArray[Any]) -> float:
    months = pd.PeriodIndex([pd.Period(ordinal=int(month), freq="M") for month in span])
    return float(days_of(months).sum())


def _limits(expected: Floats, dispersion: Floats, level: float) -> tuple[Floats, Floats]:
    low, high = np.empty_like(expected), np.empty_like(expected)
    for value in np.unique(dispersion):
        rows = dispersion == value
        low[rows], high[rows] = mean_limits(expected[rows], dispersion=float(value), level=level)
    return low, high
