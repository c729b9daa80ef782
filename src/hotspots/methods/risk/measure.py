"""How likely it is that an area's rate is over a multiple of that of all areas, and its rate with chance taken out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.gamma_poisson import fit_gamma_poisson
from hotspots.base.lognormal_poisson import LognormalPosterior, fit_lognormal_poisson
from hotspots.base.poisson import require_dispersion, require_level
from hotspots.base.rounded import least_and_most
from hotspots.base.text import counted
from hotspots.counting.rates import rate

RISK_CLASSES = ("not clear", "likely", "clear")
"""The classes, from the lowest to the highest."""
LIKELY, CLEAR = 0.80, 0.95
"""From which probability each of the two upper classes is."""
FEWEST = 10
"""Areas from which a spread of risks can be told."""

RiskModel = Literal["lognormal", "gamma", "bym2"]
Floats = npt.NDArray[np.float64]

_log = logging.getLogger(__name__)


def risk(
    n: pd.Series[Any],
    population: pd.Series[Any],
    *,
    months: float,
    model: RiskModel = "lognormal",
    neighbours: Neighbours | None = None,
    times: float = 2.0,
    dispersion: float = 1.0,
    level: float = 0.95,
    min_population: float = 0,
    rounded: int = 1,
) -> pd.DataFrame:
    r"""Return the probability that each area's rate is over so many times the rate of all areas together.

    An area's count has two causes, its risk and chance: ``n ~ Poisson(e θ)``, where e is what the area would
    have at the rate of all (its people times it) and θ its relative risk. How risks spread over the areas is
    told from the counts of all of them, by the greatest marginal likelihood; given that, each area's own count
    leaves a distribution of its θ. From it come the probability that θ is over `times`, the rate with chance
    taken out (the mean of θ times the rate of all), and limits that hold the area's own risk.

    The shrunken rate lies between the area's rate and the middle of all, nearer to the latter the fewer
    incidents are expected; so small areas do not fill the top and the bottom of a ranking. A class says what
    the probability supports: 'clear' from 0.95, 'likely' from 0.80. It answers whether an area exceeds its
    people, not where crime is on the ground, and not whether areas that exceed lie together.

    Parameters
    ----------
    n, population : Series of numbers
        Incidents and people of each area, on one index.
    months : float
        Length of the period in months.
    model : {'lognormal', 'gamma', 'bym2'}, default 'lognormal'
        How risks spread. ``'lognormal'`` has the long tail that crime has; ``'gamma'`` a shorter one, with
        closed formulas; ``'bym2'`` is lognormal with risks alike in neighbouring areas, as far as the counts
        say that they are, which tells more of areas with few incidents.
    neighbours : Neighbours, optional
        For ``'bym2'``: which areas are neighbours. Areas without a rate are left out of it.
    times : float, default 2
        The multiple of the rate of all, over 0.
    dispersion : float, default 1
        Variance of the counts over their mean, see `hotspots.dispersion`: counts are taken as n / φ of e / φ.
    level : float, default 0.95
        Of the limits, between 0 and 1.
    min_population : float, default 0
        Areas with fewer people get no rate and tell nothing of the others.
    rounded : int, default 1
        What the counts were rounded to the nearest multiple of, halves upwards; 1 where they are exact. An area's
        probability, class and lower limit are then those of the least that its count stands for among the most that
        the others do, the upper limit that of the most among the least, by the spread fitted to the rounded counts.

    Returns
    -------
    DataFrame
        On the index of `n`; missing where there is no rate:

        - ``rk_rate``: the shrunken rate, per 1,000 people a year, and ``rk_lo``, ``rk_hi``, its limits.
        - ``rk_times``: the same over the rate of all.
        - ``rk_p``: the probability that the area's rate is over `times` that of all, in [0, 1].
        - ``rk_class``: ordered categorical of `RISK_CLASSES`.

        ``attrs["risk"]`` holds the model and what was fitted.

    Raises
    ------
    ParameterError
        When `model` is unknown or `times`, `dispersion` or `level` out of range; when ``'bym2'`` has no
        neighbours, or others have.
    DataError
        When fewer than 10 areas have a rate, or none has an incident; when the neighbours are of other areas;
        as `hotspots.rate`.

    Notes
    -----
    The spread is taken as known once it is fitted, which makes the limits a little narrow where areas are few.

    References
    ----------
    Clayton, D. and Kaldor, J. (1987) Empirical Bayes estimates of age-standardized relative risks for use in
    disease mapping. Biometrics 43(3), 671-681. https://doi.org/10.2307/2532003

    Richardson, S., Thomson, A., Best, N. and Elliott, P. (2004) Interpreting posterior relative risk estimates
    in disease-mapping studies. Environmental Health Perspectives 112(9), 1016-1025.
    https://doi.org/10.1289/ehp.6740

    Riebler, A., Sørbye, S. H., Simpson, D. and Rue, H. (2016) An intuitive Bayesian spatial model for disease
    mapping that accounts for scaling. Statistical Methods in Medical Research 25(4), 1145-1165.
    https://doi.org/10.1177/0962280216660421

    Examples
    --------
    >>> import pandas as pd
    >>> n, people = pd.Series([2, 0, 1, 3, 2, 1, 40, 2, 9, 1, 2]), pd.Series([500.0] * 11)
    >>> found = risk(n, people, months=12)  # all together 11.5 per 1,000
    >>> found["rk_class"].tolist()[5:8]
    ['not clear', 'clear', 'not clear']
    >>> found["rk_rate"].round(1).tolist()[5:7]  # recorded: 2 and 80
    [2.9, 76.4]
    """
    if model not in ("lognormal", "gamma", "bym2"):
        raise ParameterError(f"'model' is '{model}'", hint="use 'lognormal', 'gamma' or 'bym2'")
    if not 0 < times < np.inf:
        raise ParameterError(f"'times' is {times}", hint="use a multiple over 0, such as 'times' = 2")
    tail, phi = require_level(level), require_dispersion(dispersion)
    own = rate(n, population, months=months, min_population=min_population)
    known = own.notna().to_numpy()
    x = n.to_numpy(dtype=float, na_value=np.nan)[known]
    people = population.to_numpy(dtype=float, na_value=np.nan)[known]
    if known.sum() < FEWEST:
        raise DataError(
            f"{counted(known.sum(), 'area has', 'areas have')} a rate, but the spread of risks cannot be told from "
            f"under {FEWEST}",
            hint="supply populations, lower 'min_population', or use smaller areas",
        )
    if not x.any():
        raise DataError("no area has an incident, so there is no risk", hint="check the selection")
    of_all = x.sum() / people.sum()
    y, e = x / phi, people * of_all / phi
    given, fitted = _fit(model, y, e, known, n.index, neighbours)
    found = cautious = daring = given(y, e)
    if rounded > 1:
        low, high = least_and_most(x, rounded)
        cautious, daring = (
            given(own / phi, people * (rest.sum() - rest + own) / people.sum() / phi)
            for own, rest in ((low, high), (high, low))
        )
    over = cautious.over(times)
    _log.info(
        "Risk: rate of all %.4g per 1,000 people a year; %s (dispersion %.2f)",
        of_all * 12_000 / months, ", ".join(f"{name} {value:.3g}" for name, value in fitted.items()), phi,
    )  # fmt: skip
    position = np.full(len(own), -1)  # how pandas codes a missing category
    position[known] = np.where(over >= CLEAR, 2, np.where(over >= LIKELY, 1, 0))
    scale = of_all * 12_000 / months
    means, lower, upper = found.mean, cautious.quantile(tail), daring.quantile(1 - tail)
    columns = {"rk_rate": means * scale, "rk_lo": lower * scale, "rk_hi": upper * scale}
    table = pd.DataFrame(index=n.index)
    for name, values in (columns | {"rk_times": means, "rk_p": over}).items():
        table[name] = np.nan
        table.loc[known, name] = values
    table["rk_class"] = pd.Categorical.from_codes(position, categories=pd.Index(RISK_CLASSES), ordered=True)
    table.attrs = {"risk": {"model": model, "times": times, "dispersion": phi, **fitted}}
    return table


class _Risk(Protocol):
    """What is known of each area's relative risk, given its count."""

    @property
    def mean(self) -> Floats:
        """The mean of it."""

    def over(self, risk: float) -> Floats:
        """Return the probability that it is over this one."""

    def quantile(self, share: float) -> Floats:
        """Return the risk that it lies under with this probability."""


@dataclass(frozen=True, eq=False)
class _GammaRisk:
    """A gamma distribution of the risk of each area."""

    shape: Floats
    inverse: Floats

    @property
    def mean(self) -> Floats:
        return self.shape / self.inverse

    def over(self, risk: float) -> Floats:
        from scipy import special

        return np.asarray(special.gammaincc(self.shape, risk * self.inverse))

    def quantile(self, share: float) -> Floats:
        from scipy import special

        return np.asarray(special.gammaincinv(self.shape, share) / self.inverse)


def _fit(
    model: RiskModel,
    y: Floats,
    e: Floats,
    known: npt.NDArray[np.bool_],
    index: pd.Index[Any],
    neighbours: Neighbours | None,
) -> tuple[Callable[[Floats, Floats], _Risk], dict[str, float]]:
    """Return what makes each area's risk of its count and what is expected, and the spread that was fitted."""
    if (neighbours is not None) != (model == "bym2"):
        raise ParameterError(
            f"the model '{model}' {'needs' if neighbours is None else 'knows no'} neighbours",
            hint="make them with make_neighbours, for 'model' = 'bym2' only",
        )
    if model == "gamma":
        gamma = fit_gamma_poisson(y, e)
        return lambda n, of: _GammaRisk(*gamma.posterior(n, of)), {"shape": gamma.shape, "rate": gamma.rate}
    if model == "lognormal":
        lognormal = fit_lognormal_poisson(y, e)
        return lognormal.posterior, {"sigma": lognormal.sigma}
    from hotspots.methods.risk.bym2 import fit_bym2, make_structure

    assert neighbours is not None  # noqa: S101 - checked above; this tells the type checker
    if not neighbours.index.equals(index):
        raise DataError(
            "the neighbours are not of the same areas in the same order",
            hint="make them from the areas whose counts these are",
        )
    where = np.flatnonzero(known)
    made, sigma, rho = fit_bym2(y, e, make_structure(neighbours.matrix[where][:, where]))
    # What all else says of an area stays as it was fitted; its own count is set against it.
    return lambda n, of: LognormalPosterior(n, of, made.mu, made.sigma), {"sigma": sigma, "rho": rho}
