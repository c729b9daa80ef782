"""Funnel limits: which rates lie further from the rate of all than their population size explains."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.base.gamma_poisson import GammaPoisson, fit_gamma_poisson
from hotspots.base.lognormal_poisson import LognormalPoisson, fit_lognormal_poisson
from hotspots.base.poisson import funnel_limits, require_dispersion, require_level
from hotspots.base.rounded import least_and_most
from hotspots.counting.rates import rate

FUNNEL_FLAGS = (
    "below 99.8% limit",
    "below 95% limit",
    "within limits",
    "above 95% limit",
    "above 99.8% limit",
)
"""The flags, from the lowest to the highest."""

Overdispersion = Literal["lognormal", "gamma", "spiegelhalter", "none"]
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
    spread : LognormalPoisson, GammaPoisson or None
        How true rates spread, where limits are predicted from that; `tau` then is not used for them.
    dispersion : float
        Variance of an area's counts over their mean, at its true rate.
    """

    rate: float
    tau: float
    phi: float
    months: float
    spread: LognormalPoisson | GammaPoisson | None = None
    dispersion: float = 1.0

    def limits(self, population: npt.ArrayLike, *, level: float) -> tuple[Floats, Floats]:
        """Return the limits of the rate at each population; exact Poisson limits where nothing spreads."""
        people = np.asarray(population, dtype=float)
        scale = 12_000 / self.months / people
        if self.spread is not None:
            lower, upper = self.spread.limits(self.rate / scale / self.dispersion, level=level)
            return lower * scale * self.dispersion, upper * scale * self.dispersion
        if self.tau == 0:
            lower, upper = funnel_limits(self.rate / scale, level=level)
            return lower * scale, upper * scale
        from scipy import special

        reach = -special.ndtri(require_level(level)) * self.standard_error(people)
        return np.maximum(self.rate - reach, 0.0), self.rate + reach

    def scores(self, n: npt.ArrayLike, population: npt.ArrayLike) -> Floats:
        """Return how far each count lies from what is expected, in standard errors.

        Where limits are predicted, the score is that of the normal distribution with the same probability below
        it: that of fewer incidents and half that of as many.
        """
        x, people = np.asarray(n, dtype=float), np.asarray(population, dtype=float)
        expected = self.rate * people * self.months / 12_000
        if self.spread is None:
            scores: Floats = (x - expected) / expected * self.rate / self.standard_error(people)
            return scores
        from scipy import special

        y, e = x / self.dispersion, expected / self.dispersion
        known = np.isfinite(y) & np.isfinite(e)
        found = np.full(len(y), np.nan)
        reached, passed = (self.spread.at_least(y[known] + more, e[known]) for more in (0, 1))
        found[known] = -special.ndtri((reached + passed) / 2)
        return found

    def standard_error(self, population: npt.ArrayLike) -> Floats:
        """Return the standard deviation of a rate at each population: chance and `tau` together."""
        people = np.asarray(population, dtype=float)
        return np.sqrt(self.rate * 12_000 / self.months / people + self.tau**2)


def funnel(
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    months: float,
    overdispersion: Overdispersion = "lognormal",
    dispersion: float = 1.0,
    winsorise: float = 0.1,
    min_population: float = 0,
) -> pd.DataFrame:
    """Flag areas whose rate lies outside the limits that chance, and their usual spread, put around it.

    The limits narrow with population: they ask how unusual a rate is for an area of that size, which mean +
    SD flags do not. See `fit_funnel` for the model.

    Parameters
    ----------
    n, population, months, overdispersion, dispersion, winsorise, min_population
        See `fit_funnel`.

    Returns
    -------
    DataFrame
        On the index of `n`; missing where there is no rate:

        - ``fn_expect``: the rate of all areas together, per 1,000 people a year.
        - ``fn_lo95``, ``fn_hi95``, ``fn_lo998``, ``fn_hi998``: 95 and 99.8 % limits at the area's population,
          in the same unit; no lower limit is under 0.
        - ``fn_z``: distance from the rate of all in standard errors (chance and spread together); see
          `Funnel.scores`.
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
        dispersion=dispersion,
        winsorise=winsorise,
        min_population=min_population,
    )
    return place_in_funnel(fitted, n, population, min_population=min_population)


def place_in_funnel(
    fitted: Funnel,
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    min_population: float = 0,
    rounded: int = 1,
) -> pd.DataFrame:
    """Return where each rate lies in a funnel fitted before; the columns are those of `funnel`.

    Of counts that were `rounded` to the nearest multiple, an area is outside where all that its count stands for are.
    """
    own = rate(n, population, months=fitted.months, min_population=min_population)
    y, people = own.to_numpy(), population.where(own.notna()).to_numpy(dtype=float)
    lower, upper = fitted.limits(people, level=0.95)
    far_lower, far_upper = fitted.limits(people, level=0.998)
    position = np.full(len(y), 2)
    least, most = (
        rate(pd.Series(end, index=n.index), population, months=fitted.months).to_numpy()
        for end in least_and_most(n.to_numpy(dtype=float), rounded)
    )
    for place, beyond in (
        (1, most < lower),
        (0, most < far_lower),
        (3, least > upper),
        (4, least > far_upper),
    ):
        position[beyond] = place
    position[np.isnan(y)] = -1  # how pandas codes a missing category
    return pd.DataFrame(
        {
            "fn_expect": np.where(np.isnan(y), np.nan, fitted.rate),
            "fn_lo95": lower,
            "fn_hi95": upper,
            "fn_lo998": far_lower,
            "fn_hi998": far_upper,
            "fn_z": fitted.scores(n.where(own.notna()).to_numpy(dtype=float), people),
            "fn_flag": pd.Categorical.from_codes(position, categories=pd.Index(FUNNEL_FLAGS), ordered=True),
        },
        index=n.index,
    )


def fit_funnel(
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    months: float,
    overdispersion: Overdispersion = "lognormal",
    dispersion: float = 1.0,
    winsorise: float = 0.1,
    min_population: float = 0,
) -> Funnel:
    r"""Return the funnel around the rate of all areas together.

    By default the limits are predictions: how risks spread over the areas is fitted as for `hotspots.risk`
    (counts y ~ Poisson(e θ), log θ normal, by the greatest marginal likelihood), and an area lies above the
    upper limit where a count as high as its own or higher has a probability under (1 - level) / 2 in an area of
    its population drawn from that spread. So what lies outside is unusual among areas that differ as these do.

    With ``'spiegelhalter'``, y the rates, θ the rate of all, s² the variance that a Poisson count gives a rate
    of θ, w = 1/s², I areas and φ the mean of the squared scores z = (y - θ)/s, each pulled in to the
    winsorising quantiles:

    τ² = (I·φ - (I - 1)) / (Σw - Σw²/Σw), or 0 where that is negative.

    Limits then are θ ± z·√(s² + τ²). Where τ is 0 they are the exact Poisson limits.

    Parameters
    ----------
    n, population : Series of numbers
        Incidents and people of each area, on one index.
    months : float
        Length of the period in months.
    overdispersion : {'lognormal', 'gamma', 'spiegelhalter', 'none'}, default 'lognormal'
        How rates may spread more than chance makes them. Rates of crime nearly always do: ``'none'`` flags
        most large areas, and answers whether chance alone explains a rate, not whether it is unusual.
    dispersion : float, default 1
        Variance of an area's counts over their mean, see `hotspots.dispersion`; for the predicted limits.
    winsorise : float, default 0.1
        For ``'spiegelhalter'``: the share of scores at each end that are pulled in before the spread is
        measured, so that the areas looked for do not hide themselves; from 0 to under 0.5.
    min_population : float, default 0
        Areas with fewer people are left out.

    Returns
    -------
    Funnel

    Raises
    ------
    ParameterError
        When `overdispersion` is unknown, or `dispersion` or `winsorise` out of range.
    DataError
        When fewer than 3 areas have a rate, or none has an incident; as `hotspots.rate`.

    Notes
    -----
    In ``'spiegelhalter'`` θ is the mean of the rates weighted by w, so I·φ without winsorising is Cochran's Q
    about its own mean, and τ² the estimator of DerSimonian and Laird, unbiased but for θ in s². It takes true
    rates as normal. Those of crime are not, but have a long tail upwards: where nothing but ordinary lognormal
    spread makes them differ, 3 to 5 % of areas lie above its upper 99.8 % limit, which 0.1 % should, and next
    to none below the lower ones. The predicted limits keep their promise there.

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
    if overdispersion not in ("lognormal", "gamma", "spiegelhalter", "none"):
        raise ParameterError(
            f"'overdispersion' is '{overdispersion}'",
            hint="use 'lognormal', 'gamma', 'spiegelhalter' or 'none'",
        )
    given = require_dispersion(dispersion)
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
    fitted: LognormalPoisson | GammaPoisson | None = None
    if overdispersion in ("lognormal", "gamma"):
        fit = fit_lognormal_poisson if overdispersion == "lognormal" else fit_gamma_poisson
        fitted = fit(x / given, people * x.sum() / people.sum() / given)
    _log.info(
        "Funnel: rate of all %.4g, spread of rates beyond chance %s ('overdispersion' %s, phi %.3g)",
        theta, _spread_in_words(fitted, tau), overdispersion, phi,
    )  # fmt: skip
    return Funnel(rate=theta, tau=tau, phi=phi, months=months, spread=fitted, dispersion=given)


def _spread_in_words(fitted: LognormalPoisson | GammaPoisson | None, tau: float) -> str:
    if isinstance(fitted, LognormalPoisson):
        return f"{fitted.sigma:.3g} (SD of their logs)"
    if isinstance(fitted, GammaPoisson):
        return f"{fitted.shape**-0.5:.3g} (SD over mean)"
    return f"{tau:.4g} (SD)"
