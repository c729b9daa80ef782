"""The year so far beside the same days a year before, and where it will end if it goes on so."""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.negative_binomial import mean_limits
from hotspots.base.poisson import dispersion_of, ratio_limits, require_dispersion
from hotspots.methods.time.calendar import Integers, as_counts, as_months, ordinals

Floats = npt.NDArray[np.float64]


def year_to_date(
    counts: pd.DataFrame,
    *,
    starts: int = 1,
    day: int | None = None,
    cut: pd.DataFrame | None = None,
    dispersion: float | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Return each area's incidents of the year so far, the same days a year before, and the whole year projected.

    Whole months are compared with whole months. Where the last month is known up to a `day` only, and `cut` holds the
    counts of its days up to it, both years end on that day of that month. A 29 February counts in the year that has
    one: the two years then differ by a day, which ``attrs["days"]`` tells.

    With Y incidents in the year so far, the months to come are expected to hold R Y, where R is what they held for each
    incident of the same months in the whole years before, all areas together; with no such year, R is their days over
    the days so far, and no season is allowed for. Their count is taken as negative binomial with the mean R Y and the
    variance ``φ R Y (1 + R + R Y (1/C + 1/D))``: its own, that of Y times R, and that of R, told from C incidents in
    the same months of the years before and D in those that followed (0 without years). It is the range of one area's
    year if nothing changes but by chance; a step or a new trend will break it.

    Parameters
    ----------
    counts : DataFrame of numbers
        Areas by months, ascending. The last column ends the year so far; it must be a whole month, unless it is `cut`.
    starts : int, default 1
        The month that a year starts in: 4 for financial years.
    day : int, optional
        The last day of the last month that the counts cover, where they do not cover it all.
    cut : DataFrame of numbers, optional
        With `day`: the incidents up to that day of the month, of the same areas, in the last month and in the same
        month of years before. A year before whose month it lacks is not compared with.
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
        those so far; ``left``, how many are to come, the rest of a cut one among them; ``until``, the last day counted;
        ``days``, how many days the year so far and the same a year before have; ``projected_by``,
        ``'the years before'`` or ``'days'``; and ``dispersion``.

    Raises
    ------
    ParameterError
        When `starts` is no month, `day` no day of the last month, `cut` lacks it or is of other areas, or only one of
        the two is given, `dispersion` under 1 or `level` not between 0 and 1.
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
    span = _Span(n, at, so_far, day, _require_cut(counts, months[-1], day, cut))
    now = span.so_far(0)
    assert now is not None  # noqa: S101 - looked at above; this tells the type checker
    found = _beside(now, span.so_far(12), phi, level)
    expected, spread, by = _to_come(span, now)
    low, high = _limits(expected, phi * spread, level)
    found |= {"year_n": now + expected, "year_lo": now + low, "year_hi": now + high}
    made = pd.DataFrame(found, index=counts.index)
    made.attrs = {
        "months": tuple(months[np.isin(at, so_far)]),
        "left": len(span.rest) + (day is not None),
        "until": span.until,
        "days": (span.days(0)[0], span.days(12)[0]),
        "projected_by": by,
        "dispersion": phi,
    }
    return made


def _require_cut(
    counts: pd.DataFrame, last: pd.Period, day: int | None, cut: pd.DataFrame | None
) -> dict[int, Floats]:
    """Return the counts up to the day, by the ordinal of the month; empty where no month is cut."""
    if (day is None) != (cut is None):
        raise ParameterError("'day' and 'cut' go together", hint="give both, or leave both out")
    if day is None or cut is None:
        return {}
    if day not in range(1, last.days_in_month + 1):
        raise ParameterError(
            f"'day' is {day}, which {last} does not have", hint="give the last day of the counts"
        )
    if not cut.index.equals(counts.index) or last not in cut.columns:
        raise ParameterError(
            f"'cut' is of other areas, or lacks {last}", hint="count the same areas, up to the day, by month"
        )
    held = as_counts(cut, what="the areas up to the day")
    return {month.ordinal: held[:, place] for place, month in enumerate(as_months(cut.columns))}


class _Span:
    """The year so far and what is left of it, and the same of years before."""

    def __init__(
        self, n: Floats, at: Integers, so_far: Integers, day: int | None, early: dict[int, Floats]
    ) -> None:
        self.n, self.known, self.months, self.day, self.early = n, at, so_far, day, early
        self.rest = np.arange(so_far[-1] + 1, so_far[0] + 12)

    @property
    def until(self) -> datetime.date:
        """The last day that is counted."""
        last = pd.Period(ordinal=int(self.months[-1]), freq="M")
        return datetime.date(last.year, last.month, self.day or last.days_in_month)

    def so_far(self, back: int) -> Floats | None:
        """Return the incidents so far, so many months back; None where they are not all known."""
        months = self.months - back
        last = int(months[-1])
        if not np.isin(months, self.known).all() or (self.day is not None and last not in self.early):
            return None
        found: Floats = self.n[:, np.isin(self.known, months)].sum(axis=1)
        return found if self.day is None else found - self._month(last) + self.early[last]

    def left(self, back: int) -> Floats | None:
        """Return the incidents of what is left, so many months back; None where they are not all known."""
        months = self.rest - back
        last = int(self.months[-1]) - back
        if not np.isin(months, self.known).all() or (self.day is not None and last not in self.early):
            return None
        found: Floats = self.n[:, np.isin(self.known, months)].sum(axis=1)
        return found if self.day is None else found + self._month(last) - self.early[last]

    def days(self, back: int) -> tuple[int, int]:
        """Return the days so far, and those left, so many months back."""
        months = [
            pd.Period(ordinal=int(month) - back, freq="M").days_in_month
            for month in np.concatenate([self.months, self.rest])
        ]
        gone = sum(months[: len(self.months)])
        if self.day is not None:
            last = months[len(self.months) - 1]
            gone -= last - min(self.day, last)
        return gone, sum(months) - gone

    def _month(self, month: int) -> Floats:
        held: Floats = self.n[:, self.known == month][:, 0]
        return held


def _beside(now: Floats, before: Floats | None, phi: float, level: float) -> dict[str, Floats]:
    """Return the year so far, the same days a year before, and the change with its limits."""
    gone = np.full(len(now), np.nan)
    found = {"ytd": now, "ytd_before": gone, "ytd_pct": gone, "ytd_lo": gone, "ytd_hi": gone}
    if before is None:
        return found
    told = ratio_limits(now, 1, before, 1, level=level, dispersion=phi)
    percent = [np.where(np.isfinite(ratio), 100 * (ratio - 1), np.nan) for ratio in told]
    return found | {"ytd_before": before} | dict(zip(("ytd_pct", "ytd_lo", "ytd_hi"), percent, strict=True))


def _to_come(span: _Span, now: Floats) -> tuple[Floats, Floats, str]:
    """Return what the days to come are expected to hold, by how much more than φ it varies, and what tells so."""
    gone, left = span.days(0)
    if not left:
        return np.zeros(len(now)), np.ones(len(now)), "the years before"
    same = followed = 0.0
    for back in range(12, int(span.months[0] - span.known[0]) + 12, 12):
        before, after = span.so_far(back), span.left(back)
        if before is not None and after is not None:
            same += float(before.sum())
            followed += float(after.sum())
    if same and followed:
        ratio = followed / same
        expected = ratio * now
        return expected, 1 + ratio + expected * (1 / same + 1 / followed), "the years before"
    ratio = left / gone
    return ratio * now, np.full(len(now), 1 + ratio), "days"


def _limits(expected: Floats, dispersion: Floats, level: float) -> tuple[Floats, Floats]:
    low, high = np.empty_like(expected), np.empty_like(expected)
    for value in np.unique(dispersion):
        rows = dispersion == value
        low[rows], high[rows] = mean_limits(expected[rows], dispersion=float(value), level=level)
    return low, high
