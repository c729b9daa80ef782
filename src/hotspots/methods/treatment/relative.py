"""Relative effect: how many times as many incidents as the control areas would suggest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.base.errors import DataError
from hotspots.base.poisson import require_dispersion, require_level

Pair = tuple[float, float]


@dataclass(frozen=True)
class RelativeEffect:
    """The result of a comparison of two rate ratios; see `relative_effect`.

    Attributes
    ----------
    ratio : float
        1 where treated and control areas changed alike, under 1 where incidents fell more where something was
        done; NaN where a count is 0.
    lower, upper : float
        Its limits.
    log_se : float
        Standard error of the logarithm of the ratio.
    p : float
        Of no effect, two-sided, from the normal distribution of the logarithm.
    level : float
        Confidence of the limits.
    dispersion : float
        By how much the counts were taken to vary more than Poisson counts do, 1 for not at all.
    """

    ratio: float
    lower: float
    upper: float
    log_se: float
    p: float
    level: float
    dispersion: float = 1.0

    def sentence(self) -> str:
        """Return the result in words.

        Examples
        --------
        >>> relative_effect(treated=(207, 110), control=(308, 318)).sentence()
        '0.51 times as many incidents as the control areas would suggest (95% limits 0.39 to 0.68).'
        """
        if np.isnan(self.ratio):
            return "No relative effect can be told, because a count is 0."
        limits = f"{100 * self.level:g}% limits {self.lower:.2f} to {self.upper:.2f}"
        return f"{self.ratio:.2f} times as many incidents as the control areas would suggest ({limits})."


def relative_effect(
    *, treated: Pair, control: Pair, level: float = 0.95, dispersion: float = 1.0
) -> RelativeEffect:
    """Return how many times as many incidents there were as the change of the control areas would suggest.

    With counts before and after, the effect is ``(treated after / treated before) / (control after / control
    before)``, from 0 up and 1 for no effect. The standard error of its logarithm is the square root of the
    dispersion times the sum of one over each count. It is the change in treated areas in percent, where
    `hotspots.weighted_displacement` tells it in incidents: where treated and control areas differ in size,
    like changes are alike in percent and not in incidents. The lengths of the periods cancel out.

    Areas treated because they had many incidents fall without any treatment: see `hotspots.placebo_effects`.

    Parameters
    ----------
    treated, control : pair of numbers
        Incidents before and after, where something was done and in a like place where nothing was.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`.

    Returns
    -------
    RelativeEffect
        All NaN but `level` and `dispersion` where a count is 0.

    Raises
    ------
    ParameterError
        When `level` is not between 0 and 1, or `dispersion` under 1.
    DataError
        When a count is negative or missing.

    References
    ----------
    Woolf, B. (1955) On estimating the relation between blood group and disease. Annals of Human Genetics
    19(4), 251-253. https://doi.org/10.1111/j.1469-1809.1955.tb01348.x

    Examples
    --------
    >>> found = relative_effect(treated=(207, 110), control=(308, 318))
    >>> round(found.ratio, 4), round(found.log_se, 4), round(found.lower, 3), round(found.upper, 3)
    (0.5147, 0.1425, 0.389, 0.681)
    """
    from scipy import special

    counts = np.array([*treated, *control], dtype=float)
    if not (counts >= 0).all():
        raise DataError("a count is negative or missing", hint="give incidents before and after, 0 or more")
    phi, tail = require_dispersion(dispersion), require_level(level)
    if (counts == 0).any():
        nan = float("nan")
        return RelativeEffect(nan, nan, nan, nan, nan, level, phi)
    log_ratio = float(np.log(counts) @ [-1, 1, 1, -1])
    log_se = float(np.sqrt(phi * (1 / counts).sum()))
    reach = float(-special.ndtri(tail)) * log_se
    return RelativeEffect(
        ratio=float(np.exp(log_ratio)),
        lower=float(np.exp(log_ratio - reach)),
        upper=float(np.exp(log_ratio + reach)),
        log_se=log_se,
        p=float(2 * special.ndtr(-abs(log_ratio) / log_se)),
        level=level,
        dispersion=phi,
    )
