"""Weighted displacement difference: whether incidents fell where something was done, and did not just move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.poisson import dispersion_of, require_dispersion, require_level

Pair = tuple[float, float]


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
    dispersion : float
        By how much the counts were taken to vary more than Poisson counts do, 1 for not at all;
        of several kinds together, the most.
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
    dispersion: float = 1.0

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
    dispersion: float = 1.0,
) -> WeightedDisplacement:
    """Return by how much incidents fell where something was done, displacement to the surroundings included.

    With each count divided by the weights of its period and area, ``local = (treated after - before) -
    (control after - before)``, ``displaced`` the same of the two surrounding areas, and ``total`` their sum,
    from minus to plus infinity in incidents of a period and area of weight 1. The variance is the sum of the
    counts, each over its squared weights, times the dispersion. With a dispersion of 1 counts are taken as
    Poisson, and a test at 5 % finds something in 16 of 100 cases without any effect where the dispersion is 2.

    Areas chosen because they had many incidents will have fewer without anything being done: chance helped
    to put them on top, and does not come twice. Choose the control by the same rule, or read the fall as an
    upper bound.

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
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`.

    Returns
    -------
    WeightedDisplacement

    Raises
    ------
    ParameterError
        When a weight is not over 0, `level` not between 0 and 1, or `dispersion` under 1.
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
    phi = require_dispersion(dispersion)
    variance_each = phi * (counts / weights**2).sum(axis=1)
    return _displacement(
        local=change_each[1] - change_each[0],
        local_variance=variance_each[:2].sum(),
        displaced=change_each[3] - change_each[2],
        displaced_variance=variance_each[2:].sum(),
        level=level,
        dispersion=phi,
    )


def displacement_of_areas(
    n_before: pd.Series[Any],
    n_after: pd.Series[Any],
    *,
    months_before: float,
    months_after: float,
    treated: Sequence[str],
    control: Sequence[str],
    displacement_treated: Sequence[str] = (),
    displacement_control: Sequence[str] = (),
    level: float = 0.95,
    dispersion: float | None = None,
) -> WeightedDisplacement:
    """Return the weighted displacement difference of areas named by their codes.

    Parameters
    ----------
    n_before, n_after, months_before, months_after
        As for `hotspots.change`.
    treated, control, displacement_treated, displacement_control : sequences of str
        The codes of each group; see `weighted_displacement`.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.
    dispersion : float, optional
        Variance of the counts over their mean. Without it, it is estimated from both counts of all areas (see
        `hotspots.dispersion`), and taken as 1 where these are too few to tell.

    Returns
    -------
    WeightedDisplacement
        In incidents of the second period.

    Raises
    ------
    DataError
        When no area has a code, or it is given twice; as `weighted_displacement`.
    """
    groups = (treated, control, displacement_treated, displacement_control)
    named = [code for group in groups for code in group]
    for place, code in enumerate(named):
        if code not in n_before.index:
            raise DataError(f"no area has the code '{code}'", hint=did_you_mean(code, n_before.index))
        if code in named[:place]:
            raise DataError(f"the area '{code}' is given twice", hint="put each area in one group only")
    sums = [(float(n_before[list(codes)].sum()), float(n_after[list(codes)].sum())) for codes in groups]
    if dispersion is None:
        told = dispersion_of(np.column_stack([n_before, n_after]))
        dispersion = 1.0 if np.isnan(told) else told
    return weighted_displacement(
        treated=sums[0],
        control=sums[1],
        displacement_treated=sums[2],
        displacement_control=sums[3],
        time_weights=(months_before / months_after, 1),
        level=level,
        dispersion=dispersion,
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
        dispersion=max((result.dispersion for result in results), default=1.0),
    )


def _displacement(
    *,
    local: float,
    local_variance: float,
    displaced: float,
    displaced_variance: float,
    level: float,
    dispersion: float,
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
        dispersion=dispersion,
    )
