"""Change between two periods: per area with exact limits, and for treated places with displacement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.errors import DataError, ParameterError
from hotspots.poisson import FEW, ratio_limits, require_level

CHANGE_FLAGS = ("down", "no clear change", "up")
"""The flags, from the lowest to the highest."""

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]


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


@dataclass(frozen=True)
class WeightedDisplacement:
    """The result of a weighted displacement difference; see `weighted_displacement`.

    Attributes
    ----------
    local, local_se : float
        Change in the treated area beyond that in its control area, in incidents, and its standard error.
    displaced, displaced_se : float
        Change around the treated area beyond that around the control area, and its standard error.
    total, total_se : float
        Both together: under 0 where incidents fell and were not merely displaced.
    z : float
        ``total / total_se``; NaN where there are no incidents at all.
    lower, upper : float
        Confidence limits of `total`, from the normal distribution.
    level : float
        Their confidence.
    """

    local: float
    local_se: float
    displaced: float
    displaced_se: float
    total: float
    total_se: float
    z: float
    lower: float
    upper: float
    level: float

    def sentence(self) -> str:
        """Return the result in words.

        Examples
        --------
        >>> weighted_displacement(treated=(207, 110), control=(308, 318)).sentence()
        'Fewer incidents than the control areas would suggest: -107 (95% limits -167 to -47).'
        """
        if self.upper < 0:
            verdict = "Fewer incidents than the control areas would suggest"
        elif self.lower > 0:
            verdict = "More incidents than the control areas would suggest"
        else:
            verdict = "No clear difference from the control areas"
        limits = f"{100 * self.level:g}% limits {self.lower:,.0f} to {self.upper:,.0f}"
        return f"{verdict}: {self.total:+,.0f} ({limits})."


def weighted_displacement(
    *,
    treated: Pair,
    control: Pair,
    displacement_treated: Pair = (0, 0),
    displacement_control: Pair = (0, 0),
    time_weights: Pair = (1, 1),
    area_weights: tuple[float, float, float, float] = (1, 1, 1, 1),
    level: float = 0.95,
) -> WeightedDisplacement:
    """Return by how much incidents fell where something was done, displacement to the surroundings included.

    With each count divided by the weights of its period and area, ``local = (treated after - before) -
    (control after - before)``, ``displaced`` the same of the two surrounding areas, and ``total`` their sum,
    from minus to plus infinity in incidents of a period and area of weight 1. The variance is the sum of the
    counts, each over its squared weights: counts are taken as independent and Poisson.

    Parameters
    ----------
    treated, control : pair of numbers
        Incidents before and after, where something was done and in a like place where nothing was.
    displacement_treated, displacement_control : pair of numbers, default (0, 0)
        The same around each, where incidents might have moved to.
    time_weights : pair of numbers, default (1, 1)
        Lengths of the periods before and after, in any unit.
    area_weights : four numbers, default (1, 1, 1, 1)
        Sizes of control, treated, displacement control and displacement treated area: their populations,
        areas or lengths of street, in any unit.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.

    Returns
    -------
    WeightedDisplacement

    Raises
    ------
    ParameterError
        When a weight is not over 0 or `level` not between 0 and 1.
    DataError
        When a count is negative or missing.

    References
    ----------
    Wheeler, A. P. and Ratcliffe, J. H. (2018) A simple weighted displacement difference test to evaluate
    place based crime interventions. Crime Science 7, 11. https://doi.org/10.1186/s40163-018-0085-5

    Examples
    --------
    >>> result = weighted_displacement(
    ...     treated=(207, 110), control=(308, 318),
    ...     displacement_treated=(178, 157), displacement_control=(150, 140),
    ... )
    >>> result.total, round(result.total_se, 3), round(result.z, 2)
    (-118.0, 39.598, -2.98)
    """
    counts = np.array([control, treated, displacement_control, displacement_treated], dtype=float)
    if not (counts >= 0).all():
        raise DataError("a count is negative or missing", hint="give incidents before and after, 0 or more")
    weights = np.outer(np.asarray(area_weights, dtype=float), np.asarray(time_weights, dtype=float))
    if not (weights > 0).all():
        raise ParameterError(
            "a weight is not over 0", hint="give 'time_weights' and 'area_weights' over 0, such as 12"
        )
    change_each = np.diff(counts / weights, axis=1)[:, 0]
    variance_each = (counts / weights**2).sum(axis=1)
    return _displacement(
        local=change_each[1] - change_each[0],
        local_variance=variance_each[:2].sum(),
        displaced=change_each[3] - change_each[2],
        displaced_variance=variance_each[2:].sum(),
        level=level,
    )


def combine_displacements(
    results: Sequence[WeightedDisplacement], *, harm: Sequence[float], level: float = 0.95
) -> WeightedDisplacement:
    """Return the displacement difference of several kinds of incident as one, weighted by their harm.

    Estimates are summed times their weight, variances times its square: the kinds are taken as independent.
    The unit is that of the weights, such as days of sentence.

    Parameters
    ----------
    results : sequence of WeightedDisplacement
        One for each kind of incident.
    harm : sequence of float
        The weight of one incident of each kind, 0 or more.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.

    Returns
    -------
    WeightedDisplacement

    Raises
    ------
    ParameterError
        When there are not as many weights as results, one is negative, or `level` is not between 0 and 1.

    References
    ----------
    Wheeler, A. P. (2020) Amending the WDD test to incorporate harm weights.
    https://andrewpwheeler.com/2020/11/19/amending-the-wdd-test-to-incorporate-harm-weights/

    Examples
    --------
    >>> burglary = weighted_displacement(treated=(50, 30), control=(50, 50))
    >>> robbery = weighted_displacement(treated=(10, 12), control=(10, 10))
    >>> combine_displacements([burglary, robbery], harm=[20, 365]).total
    330.0
    """
    weights = np.asarray(harm, dtype=float)
    if len(weights) != len(results) or not (weights >= 0).all():
        raise ParameterError(
            f"{len(results)} results have {len(weights)} weights, or a weight is negative",
            hint="give 'harm' one number for each result, 0 or more",
        )
    return _displacement(
        local=float(weights @ [result.local for result in results]),
        local_variance=float(weights**2 @ [result.local_se**2 for result in results]),
        displaced=float(weights @ [result.displaced for result in results]),
        displaced_variance=float(weights**2 @ [result.displaced_se**2 for result in results]),
        level=level,
    )


def _displacement(
    *, local: float, local_variance: float, displaced: float, displaced_variance: float, level: float
) -> WeightedDisplacement:
    from scipy import special

    total, total_se = local + displaced, float(np.sqrt(local_variance + displaced_variance))
    reach = float(-special.ndtri(require_level(level))) * total_se
    return WeightedDisplacement(
        local=float(local),
        local_se=float(np.sqrt(local_variance)),
        displaced=float(displaced),
        displaced_se=float(np.sqrt(displaced_variance)),
        total=float(total),
        total_se=total_se,
        z=float(total / total_se) if total_se > 0 else float("nan"),
        lower=float(total - reach),
        upper=float(total + reach),
        level=level,
    )
