"""Funnel limits: which rates lie further from the rate of all than their population size explains."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import funnel_limits, require_level
from hotspots.counting.counts import rate

FUNNEL_FLAGS = (
    "below 99.8% limit",
    "below 95% limit",
    "within limits",
    "above 95% limit",
    "above 99.8% limit",
)
"""The flags, from the lowest to the highest."""

Overdispersion = Literal["spiegelhalter", "none"]
Floats = npt.NDArray[np.float64]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Funnel:
    """A funnel: the rate of all, and how far rates spread around it beyond chance; see `fit_funnel`.

    Attributes
    ----------
    rate : float
        The rate of all areas together, per 1,000 people a year.
    tau : float
        Standard deviation of the areas' true rates, in the same unit; 0 where chance explains their spread.
    phi : float
        Mean of the squared z scores, winsorised: 1 or less where chance explains the spread.
    months : float
        Length of the period in months.
    """

    rate: float
    tau: float
    phi: float
    months: float

    def limits(self, population: npt.ArrayLike, *, level: float) -> tuple[Floats, Floats]:
        """Return the limits of the rate at each population; exact Poisson limits where `tau` is 0."""
        people = np.asarray(population, dtype=float)
        scale = 12_000 / self.months / people
        if self.tau == 0:
            lower, upper = funnel_limits(self.rate / scale, level=level)
            return lower * scale, upper * scale
        from scipy import special

        reach = -special.ndtri(require_level(level)) * self.standard_error(people)
        return np.maximum(self.rate - reach, 0.0), self.rate + reach

    def standard_error(self, population: npt.ArrayLike) -> Floats:
        """Return the standard deviation of a rate at each population: chance and `tau` together."""
        people = np.asarray(population, dtype=float)
        return np.sqrt(self.rate * 12_000 / self.months / people + self.tau**2)


def funnel(
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    months: float,
    overdispersion: Overdispersion = "spiegelhalter",
    winsorise: float = 0.1,
    min_population: float = 0,
) -> pd.DataFrame:
    """Flag areas whose rate lies outside the limits that chance, and their usual spread, put around it.

    The limits narrow with population: they ask how unusual a rate is for an area of that size, which mean +
    SD flags do not. See `fit_funnel` for the model.

    Parameters
    ----------
    n, population, months, overdispersion, winsorise, min_population
        See `fit_funnel`.

    Returns
    -------
    DataFrame
        On the index of `n`; missing where there is no rate:

        - ``fn_expect``: the rate of all areas together, per 1,000 people a year.
        - ``fn_lo95``, ``fn_hi95``, ``fn_lo998``, ``fn_hi998``: 95 and 99.8 % limits at the area's population,
          in the same unit; no lower limit is under 0.
        - ``fn_z``: distance from the rate of all in standard errors (chance and spread together).
        - ``fn_flag``: ordered categorical of `FUNNEL_FLAGS`; a rate equal to a limit is within it.

    Raises
    ------
    ParameterError, DataError
        As `fit_funnel`.

    References
    ----------
    Spiegelhalter, D. J. (2005) Funnel plots for comparing institutional performance. Statistics in Medicine
    24(8), 1185-1202. https://doi.org/10.1002/sim.1970

    Examples
    --------
    >>> import pandas as pd
    >>> n = pd.Series([50, 52, 49, 51, 110], index=list("abcde"))
    >>> people = pd.Series([1000.0] * 5, index=list("abcde"))
    >>> funnel(n, people, months=12, overdispersion="none")["fn_flag"].tolist()[-2:]
    ['within limits', 'above 99.8% limit']
    """
    fitted = fit_funnel(
        n,
        population,
        months=months,
        overdispersion=overdispersion,
        winsorise=winsorise,
        min_population=min_population,
    )
    return place_in_funnel(fitted, n, population, min_population=min_population)


def place_in_funnel(
    fitted: Funnel, n: pd.Series[Any], population: pd.Series[Any], *, min_population: float = 0
) -> pd.DataFrame:
    """Return where each rate lies in a funnel fitted before; the columns are those of `funnel`."""
    own = rate(n, population, months=fitted.months, min_population=min_population)
    y, people = own.to_numpy(), population.where(own.notna()).to_numpy(dtype=float)
    lower, upper = fitted.limits(people, level=0.95)
    far_lower, far_upper = fitted.limits(people, level=0.998)
    position = np.full(len(y), 2)
    for place, beyond in ((1, y < lower), (0, y < far_lower), (3, y > upper), (4, y > far_upper)):
        position[beyond] = place
    position[np.isnan(y)] = -1  # how pandas codes a missing category
    return pd.DataFrame(
        {
            "fn_expect": np.where(np.isnan(y), np.nan, fitted.rate),
            "fn_lo95": lower,
            "fn_hi95": upper,
            "fn_lo998": far_lower,
            "fn_hi998": far_upper,
            "fn_z": (y - fitted.rate) / fitted.standard_error(people),
            "fn_flag": pd.Categorical.from_codes(position, categories=pd.Index(FUNNEL_FLAGS), ordered=True),
        },
        index=n.index,
    )


def fit_funnel(
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    months: float,
    overdispersion: Overdispersion = "spiegelhalter",
    winsorise: float = 0.1,
    min_population: float = 0,
) -> Funnel:
    r"""Return the funnel around the rate of all areas together.

    With y the rates, θ the rate of all, s² the variance that a Poisson count gives a rate of θ, w = 1/s², I
    areas and φ the mean of the squared scores z = (y - θ)/s, each pulled in to the winsorising quantiles:

    τ² = (I·φ - (I - 1)) / (Σw - Σw²/Σw), or 0 where that is negative.

    Limits then are θ ± z·√(s² + τ²). Where τ is 0 they are the exact Poisson limits.

    Parameters
    ----------
    n, population : Series of numbers
        Incidents and people of each area, on one index.
    months : float
        Length of the period in months.
    overdispersion : {'spiegelhalter', 'none'}, default 'spiegelhalter'
        Whether rates may spread more than chance makes them. Rates of crime nearly always do: ``'none'``
        flags most large areas, and answers whether chance alone explains a rate, not whether it is unusual.
    winsorise : float, default 0.1
        The share of scores at each end that are pulled in before the spread is measured, so that the areas
        looked for do not hide themselves; from 0 to under 0.5.
    min_population : float, default 0
        Areas with fewer people are left out.

    Returns
    -------
    Funnel

    Raises
    ------
    ParameterError
        When `overdispersion` is unknown or `winsorise` out of range.
    DataError
        When fewer than 3 areas have a rate, or none has an incident; as `hotspots.rate`.

    Notes
    -----
    θ is the mean of the rates weighted by w, so I·φ without winsorising is Cochran's Q about its own mean. If
    true rates have variance τ², its expected value is (I - 1) + τ²(Σw - Σw²/Σw), which is what the formula
    inverts: the estimator of DerSimonian and Laird, unbiased but for θ in s². Winsorising lowers φ also where
    nothing is extreme, so the limits of a well-behaved spread are narrow. Simulated wards (populations
    lognormal around 5,400, true rates normal or gamma around 80 with an SD of 10 to 40) lie outside the 95 %
    limits in 5 % of cases and outside the 99.8 % ones in 0.1 to 0.9 % without winsorising; with a tenth
    winsorised at each end, as Spiegelhalter proposes, in 10 to 12 % and 1 to 3 %. Where chance is all there
    is, both keep their promise.

    References
    ----------
    Spiegelhalter, D. J. (2005) Handling over-dispersion of performance indicators. Quality and Safety in
    Health Care 14(5), 347-351. https://doi.org/10.1136/qshc.2005.013755

    DerSimonian, R. and Laird, N. (1986) Meta-analysis in clinical trials. Controlled Clinical Trials 7(3),
    177-188. https://doi.org/10.1016/0197-2456(86)90046-2

    Examples
    --------
    >>> import pandas as pd
    >>> n = pd.Series([50, 52, 49, 45, 110])
    >>> round(fit_funnel(n, pd.Series([1000.0] * 5), months=12).rate, 1)
    61.2
    """
    if overdispersion not in ("spiegelhalter", "none"):
        raise ParameterError(f"'overdispersion' is '{overdispersion}'", hint="use 'spiegelhalter' or 'none'")
    if not 0 <= winsorise < 0.5:
        raise ParameterError(
            f"'winsorise' is {winsorise}", hint="use a share from 0 to under 0.5, such as 'winsorise' = 0.1"
        )
    own = rate(n, population, months=months, min_population=min_population).dropna()
    if len(own) < 3:
        raise DataError(
            f"{len(own)} areas have a rate, but a funnel needs at least 3",
            hint="supply populations, or lower 'min_population'",
        )
    people, x = population[own.index].to_numpy(dtype=float), n[own.index].to_numpy(dtype=float)
    theta = float(x.sum() / people.sum() * 12_000 / months)
    if theta == 0:
        raise DataError(
            "no area has an incident, so there is no rate to compare with", hint="check the selection"
        )
    weights = people * months / 12_000 / theta
    z = (own.to_numpy() - theta) * np.sqrt(weights)
    phi = float(np.mean(np.clip(z, *np.quantile(z, [winsorise, 1 - winsorise])) ** 2))
    excess = len(z) * phi - (len(z) - 1)
    spread = excess / float(weights.sum() - (weights**2).sum() / weights.sum())
    tau = float(np.sqrt(max(spread, 0.0))) if overdispersion == "spiegelhalter" else 0.0
    _log.info(
        "Funnel: rate of all %.4g, spread of rates beyond chance %.4g (SD; 'overdispersion' %s, phi %.3g)",
        theta, tau, overdispersion, phi,
    )  # fmt: skip
    return Funnel(rate=theta, tau=tau, phi=phi, months=months)
