"""Change between two periods: up, down or no clear change, and whether an area changed otherwise than all."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import FEW, dispersion_of, ratio_limits, require_dispersion, unevenness_of
from hotspots.base.rounded import least_and_most

CHANGE_FLAGS = ("down", "no clear change", "up")
"""The flags, from the lowest to the highest."""
AGAINST_ALL = ("down against all", "as all", "up against all")
"""The flags against the change of all areas together, from the lowest to the highest."""

FlaggedBy = Literal["q", "limits"]
Floats = npt.NDArray[np.float64]


def change(
    n_before: pd.Series[Any],
    n_after: pd.Series[Any],
    *,
    months_before: float,
    months_after: float,
    level: float = 0.95,
    dispersion: float | None = None,
    monthly: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    flagged_by: FlaggedBy = "q",
    rounded: int = 1,
) -> pd.DataFrame:
    r"""Return how incidents changed from one period to another, and whether chance alone would explain it.

    The rate ratio is ``(n_after / months_after) / (n_before / months_before)``, from 0 up, with the exact
    limits of counts whose variance is the dispersion φ times their mean, and with `monthly` more than that in areas
    whose own months vary more. Given s incidents in both periods
    and the share p₀ of them that the second would have if nothing had changed, the lengths of the periods
    alone deciding,

    z = (n_after - s·p₀) / √(φ·s·p₀·(1 - p₀)),

    and p is the two-sided probability of z under the normal distribution. The second question is whether an
    area changed otherwise than all areas together: there p₀ is the share of all incidents that the second
    period has. Of many areas in which nothing changed, a share of 1 - `level` has a p under it all the same.
    So the flags go by q, which is p corrected for the number of areas (Benjamini and Hochberg): of the areas
    called up or down, at most a share of 1 - `level` is expected to be chance.

    Neither knows of changed recording practice, or of seasons where the periods are not the same months of
    the year. Areas picked because they had many incidents before will have fewer after, whatever is done.

    Parameters
    ----------
    n_before, n_after : Series of int
        Incidents in each area in the two periods, on one index.
    months_before, months_after : float
        Length of each period in months, over 0.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1; 1 - `level` is the false discovery rate of the flags.
    dispersion : float, optional
        Variance of the counts over their mean; see `hotspots.dispersion`. Estimated from the two periods
        without it, and taken as 1 (Poisson, the narrowest that can be defended) where they are too few areas.
    monthly : pair of DataFrame, optional
        Incidents in each area by month in the two periods, on the index of `n_before`. An area whose months vary
        more than those of all areas then has a greater dispersion, never a smaller one: φ times
        max(1, (5 f + D) / (5 + d) / f), where D is the sum of (n - E)² / E over its months, E the share of its own
        incidents of the period that all areas have in the month, d the months less one of each period, and f the
        sum of all D over that of all d. Not used where `dispersion` is given.
    flagged_by : {'q', 'limits'}, default 'q'
        ``'limits'`` calls an area up or down wherever the limits of its rate ratio leave out 1, however many
        areas are looked at.
    rounded : int, default 1
        What both counts were rounded to the nearest multiple of, halves upwards; 1 where they are exact. Limits, p
        and flags are then the most cautious of all counts that the rounded ones stand for: rounding alone makes no
        area go up or down.

    Returns
    -------
    DataFrame
        On the index of `n_before`:

        - ``n_before``, ``n_after``: the counts.
        - ``ch_diff``: change in incidents a year; between two years, the difference of the counts.
        - ``ch_pct``: the same in percent of before; missing where there were under 10 incidents before, and where
          those after were rounded to 0.
        - ``ch_ratio``, ``ch_lo``, ``ch_hi``: the rate ratio and its limits; missing where infinite.
        - ``ch_phi``: the dispersion that was allowed for in the area.
        - ``ch_p``, ``ch_q``: of no change, each area alone and corrected for their number; 1 where an area
          has no incident in either period, and then outside the correction.
        - ``ch_flag``: ordered categorical of `CHANGE_FLAGS`; missing where a count is.
        - ``ch_all``, ``ch_all_p``, ``ch_all_q``: the rate ratio over that of all areas together, and its p
          and q.
        - ``ch_all_fl``: ordered categorical of `AGAINST_ALL`, by q.
        - ``ch_text``: the direction of travel in words; of rounded counts a 0 reads "under" what it stands for.
        - ``ch_note``: why there is no percentage, where there is none; else empty.

        ``attrs["dispersion"]`` is the φ of all areas, and ``attrs["dispersion_from"]`` is ``'given'``,
        ``'the two periods'`` or, where it could not be told and is 1, ``'Poisson'``.

    Raises
    ------
    ParameterError
        When a length of period is not over 0, `level` not between 0 and 1, `dispersion` or `rounded` under 1 or
        `flagged_by` unknown.
    DataError
        When indexes differ or a count is negative.

    Notes
    -----
    z is used because it keeps its promise at the counts of crime: with 700 areas of lognormal risk and mean
    counts of 3, 15 and 73 at dispersions of 1 to 3, areas that did not change have p under 0.05 in 3.0 to 3.3,
    4.3 to 4.5 and 4.7 to 5.0 % of cases, and q under 0.05 in at least one area in 0 to 3 % of maps. The exact
    limits are wider, never too narrow: 1 lies outside them in 1.0 to 3.6 %. Real areas do not share one dispersion,
    though: a few, town centres most of all, vary far more, and of maps of real months shuffled within each area up to
    a third had a false flag by a common φ. `monthly` is for that; see docs/methods.md for what it brings.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940) Homogeneity of results in testing samples from Poisson series.
    Biometrika 31(3/4), 313-323. https://doi.org/10.1093/biomet/31.3-4.313

    Benjamini, Y. and Hochberg, Y. (1995) Controlling the false discovery rate: a practical and powerful
    approach to multiple testing. Journal of the Royal Statistical Society B 57(1), 289-300.
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.Series([120, 40, 3], index=["A", "B", "C"])
    >>> after = pd.Series([190, 44, 9], index=["A", "B", "C"])
    >>> change(before, after, months_before=12, months_after=12)["ch_text"].tolist()
    ['up 58% (120 to 190)', 'no clear change (40 to 44)', 'no clear change (3 to 9)']
    >>> change(before.round(-1), after.round(-1), months_before=12, months_after=12, rounded=10)["ch_text"].iloc[2]
    'no clear change (under 5 to 10)'
    """
    _require(months_before, months_after, flagged_by, rounded)
    before, after = _counts(n_before, n_after)
    phi, source = _dispersion(before, after, dispersion)
    own = np.full(len(before), phi)
    if monthly is not None and dispersion is None:
        own *= _unevenness(monthly, n_before.index)
    limits = partial(_limits, months=(months_before, months_after), level=level, dispersion=own)
    ratio, lower, upper = limits((before, after))
    if rounded > 1:
        lower = limits(_shifted(before, after, True, rounded))[1]
        upper = limits(_shifted(before, after, False, rounded))[2]
    p, q = _test(before, after, months_after / (months_before + months_after), own, rounded)
    known = ~np.isnan(before + after)
    clear = (lower > 1) | (upper < 1) if flagged_by == "limits" else q <= 1 - level
    position = _position(clear, ratio > 1, known)
    yearly_before, yearly_after = before * (12 / months_before), after * (12 / months_after)
    # What was rounded to none is not a fall of 100 %.
    gone = (after == 0) if rounded > 1 else np.zeros(len(after), dtype=bool)
    percent = np.where((before >= FEW) & ~gone, 100 * (ratio - 1), np.nan)
    yearly = months_before != months_after
    told = [
        _told(*one, rounded, yearly=yearly)
        for one in ((before, yearly_before, months_before), (after, yearly_after, months_after))
    ]
    words = [_in_words(*one, yearly=yearly) for one in zip(position, *told, percent, gone, strict=True)]
    found = pd.DataFrame(
        {
            "n_before": n_before,
            "n_after": n_after,
            "ch_diff": yearly_after - yearly_before,
            "ch_pct": percent,
            "ch_ratio": _finite(ratio),
            "ch_lo": _finite(lower),
            "ch_hi": _finite(upper),
            "ch_phi": np.where(known, own, np.nan),
            "ch_p": p,
            "ch_q": q,
            "ch_flag": pd.Categorical.from_codes(position, categories=pd.Index(CHANGE_FLAGS), ordered=True),
            **_against_all(before, after, own, level=level, rounded=rounded),
            "ch_text": words,
            "ch_note": _notes(before, gone, rounded),
        },
        index=n_before.index,
    )
    found.attrs = {"dispersion": phi, "dispersion_from": source}
    return found


def _require(months_before: float, months_after: float, flagged_by: str, rounded: int) -> None:
    for name, months in (("months_before", months_before), ("months_after", months_after)):
        if not months > 0:
            raise ParameterError(f"'{name}' is {months}", hint="give its length in months, such as 12")
    if flagged_by not in ("q", "limits"):
        raise ParameterError(f"'flagged_by' is '{flagged_by}'", hint="use 'q' or 'limits'")
    if not rounded >= 1:
        raise ParameterError(f"'rounded' is {rounded}", hint="give what counts are rounded to, such as 10")


def _limits(
    counts: tuple[Floats, Floats], *, months: tuple[float, float], level: float, dispersion: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the rate ratio of counts before and after, and its limits."""
    (was, now), (length_was, length_now) = counts, months
    return ratio_limits(now / dispersion, length_now, was / dispersion, length_was, level=level)


def _unevenness(monthly: tuple[pd.DataFrame, pd.DataFrame], index: pd.Index[Any]) -> Floats:
    """Return by how much more than all areas each varies, from its months before and after."""
    for months in monthly:
        if not months.index.equals(index):
            raise DataError(
                "the counts by month are not of the same areas in the same order as those of the periods",
                hint="align both tables of 'monthly' with n_before.index",
            )
    return unevenness_of(*(months.to_numpy(dtype=float, na_value=np.nan) for months in monthly))


def _notes(before: Floats, gone: npt.NDArray[np.bool_], rounded: int) -> npt.NDArray[np.str_]:
    """Return why there is no percentage, where there is none."""
    few = f"under {FEW} incidents before: no percentage"
    none = f"under {(rounded + 1) // 2} incidents after: no percentage"
    return np.where(before < FEW, few, np.where(gone, none, ""))


def _against_all(before: Floats, after: Floats, phi: Floats, *, level: float, rounded: int) -> dict[str, Any]:
    """Return the columns on how each area changed otherwise than all areas together."""
    known = ~np.isnan(before + after)
    of_all = after[known].sum() / max((before + after)[known].sum(), 1.0)
    p, q = _test(before, after, of_all, phi, rounded)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = after / before * ((1 - of_all) / of_all)
    flags = _position(q <= 1 - level, ratio > 1, known)
    named = pd.Categorical.from_codes(flags, categories=pd.Index(AGAINST_ALL), ordered=True)
    return {"ch_all": _finite(ratio), "ch_all_p": p, "ch_all_q": q, "ch_all_fl": named}


def _dispersion(before: Floats, after: Floats, given: float | None) -> tuple[float, str]:
    """Return the dispersion to use, and where it is from."""
    if given is not None:
        return require_dispersion(given), "given"
    told = dispersion_of(np.column_stack([before, after]))
    return (1.0, "Poisson") if np.isnan(told) else (told, "the two periods")


def _test(before: Floats, after: Floats, share: float, phi: Floats, rounded: int) -> tuple[Floats, Floats]:
    """Return p of each area's second period having this share of its incidents, and q over the areas with any."""
    from scipy import special

    both = before + after
    p = np.where(np.isnan(both), np.nan, 1.0)
    some = both > 0
    if 0 < share < 1:
        up = (after > both * share)[some]
        was, now = _shifted(before[some], after[some], up, rounded)
        beyond = np.where(up, 1, -1) * (now - (was + now) * share)
        spread = np.sqrt(phi[some] * (was + now) * share * (1 - share))
        p[some] = 2 * special.ndtr(-np.maximum(beyond, 0) / spread)
    q = p.copy()
    q[some] = benjamini_hochberg(p[some])
    return p, q


def _shifted(before: Floats, after: Floats, up: Any, rounded: int) -> tuple[Floats, Floats]:
    """Return, of the counts that rounded ones stand for, the pair that speaks least for a rise, or for a fall."""
    (was_least, was_most), (now_least, now_most) = (least_and_most(n, rounded) for n in (before, after))
    return np.where(up, was_most, was_least), np.where(up, now_least, now_most)


def _position(clear: Any, more: Any, known: Any) -> Any:
    """Return the position of each flag among three: down, neither, up; -1, a missing category, where unknown."""
    return np.where(known, np.where(clear, np.where(more, 2, 0), 1), -1)


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


def _told(counts: Floats, by_year: Floats, months: float, rounded: int, *, yearly: bool) -> list[str]:
    """Return counts, or counts by the year, in words; of rounded ones a 0 is under what it stands for."""
    few = np.ceil((rounded + 1) // 2 * (12 / months if yearly else 1))
    zero = f"under {few:,.0f}" if rounded > 1 else "0"
    return [zero if count == 0 else f"{count:,.0f}" for count in (by_year if yearly else counts)]


def _in_words(position: int, before: str, after: str, percent: float, gone: bool, *, yearly: bool) -> str:
    if position < 0:
        return ""
    span = f"{before} to {after}{' a year' if yearly else ''}"
    flag = CHANGE_FLAGS[position]
    if flag == "no clear change":
        return f"{flag} ({span})"
    if np.isnan(percent):
        return f"{flag} ({span}; too few {'after' if gone else 'before'} for a percentage)"
    return f"{flag} {abs(percent):,.0f}% ({span})"


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
