"""Rates of classes of areas: rural and urban, deprived and affluent, whatever a lookup says."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from hotspots.base.classes import COMPARED
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.poisson import Limits, ratio_limits
from hotspots.base.rounded import least_and_most
from hotspots.counting.rates import rate, rate_limits

Against = Literal["rest", "all"]


def class_rates(
    n: pd.Series[Any],
    population: pd.Series[Any],
    classes: pd.Series[Any],
    *,
    months: float,
    against: Against = "rest",
    level: float = 0.95,
    dispersion: float = 1.0,
    limits: Limits = "exact",
    rounded: int = 1,
) -> pd.DataFrame:
    """Return counts, rates, shares and rate ratios of classes of areas.

    The ratio is that of a class's rate to the rate of all other classes together, or to that of all classes;
    its limits are exact. With p the class's share of the incidents, of which Clopper-Pearson gives the limits,
    and w its share of the people, the ratio to the rest is ``p / (1 - p) · (1 - w) / w``, and that to all
    ``p / w``. They allow for chance in the counts of this period alone: areas are not a sample of others.

    Parameters
    ----------
    n, population : Series of numbers
        Incidents and people of each area, on one index. The incidents of areas without people known count in
        `n` and its share, and in no rate or ratio.
    classes : Series
        The class of each area, on the same index; missing for an area of no class, which counts nowhere. Of a
        categorical, the order of its categories is kept.
    months : float
        Length of the period in months.
    against : {'rest', 'all'}, default 'rest'
        What the ratio is to.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`.
    limits : {'exact', 'byar'}, default 'exact'
        How the limits of a class's own rate are made; see `hotspots.base.poisson.count_limits`.
    rounded : int, default 1
        What each count of `n` was rounded to the nearest multiple of, halves upwards; 1 where they are exact. The
        limits of the ratio and the flag then hold for all counts that the rounded ones stand for.

    Returns
    -------
    DataFrame
        On the classes, in order:

        - ``members``: number of areas.
        - ``n``, ``population``, ``rate``, ``rate_lo``, ``rate_hi``: as of one area.
        - ``share_n``, ``share_pop``: share of the incidents and of the people of all classes, in [0, 1].
        - ``cmp_rate``: the rate of the rest, or of all, per 1,000 people a year.
        - ``cmp_ratio``, ``cmp_lo``, ``cmp_hi``: the ratio to it, from 0 up, and its limits; missing where infinite.
        - ``cmp_flag``: 'above' where the lower limit is over 1, 'below' where the upper one is under 1, else
          'similar'; missing without a ratio.

    Raises
    ------
    DataError
        When the indexes differ, or no area has a class.
    ParameterError
        When `months` is not over 0, `against` is neither, or `level` or `dispersion` is out of range.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940) Homogeneity of results in testing samples from Poisson series.
    Biometrika 31(3/4), 313-323. https://doi.org/10.1093/biomet/31.3-4.313

    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    >>> import pandas as pd
    >>> areas = pd.DataFrame({"n": [20, 10, 30], "people": [1000.0, 1000.0, 1000.0],
    ...                       "class": ["rural", "rural", "urban"]})
    >>> class_rates(areas["n"], areas["people"], areas["class"], months=12)[["rate", "share_n", "cmp_ratio"]]
           rate  share_n  cmp_ratio
    class
    rural  15.0      0.5        0.5
    urban  30.0      0.5        2.0
    """
    if against not in ("rest", "all"):
        raise ParameterError(f"'against' is '{against}'", hint="use 'rest' or 'all'")
    if not (n.index.equals(population.index) and n.index.equals(classes.index)):
        raise DataError(
            "the incidents, people and classes are of different areas", hint="give all three on one index"
        )
    if classes.isna().all():
        raise DataError("no area has a class", hint="give a lookup of these areas")
    known = population.notna()
    low, high = (np.where(known, end, 0) for end in least_and_most(n.to_numpy(dtype=float), rounded))
    held = pd.DataFrame(
        {
            "n": n, "rated": n.where(known, 0), "least": low, "most": high, "people": population,
            "class": classes, "members": 1,
        }
    ).dropna(subset="class")  # fmt: skip
    sums = held.groupby("class", observed=True).agg(
        members=("members", "sum"), n=("n", "sum"), rated=("rated", "sum"), least=("least", "sum"),
        most=("most", "sum"), people=("people", lambda people: people.sum(min_count=1)),
    )  # fmt: skip
    people, rated = sums["people"], sums["rated"]
    ratio, lower, upper = _ratios(sums, level=level, dispersion=dispersion)
    base = rate(rated.sum() - rated, people.sum() - people, months=months)
    if against == "all":
        whole = pd.Series(float(rated.sum()), index=sums.index)
        base = rate(whole, pd.Series(float(people.sum()), index=sums.index), months=months)
        share = (people / people.sum()).to_numpy()
        ratio, lower, upper = (_to_all(one, share) for one in (ratio, lower, upper))
    own = rate(rated, people, months=months)
    ends = rate_limits(rated, people, months=months, level=level, dispersion=dispersion, limits=limits)
    there = own.notna().to_numpy() & base.notna().to_numpy()
    return pd.DataFrame(
        {
            "members": sums["members"],
            "n": sums["n"],
            "population": people,
            "rate": own,
            **ends[["rate_lo", "rate_hi"]],
            "share_n": sums["n"] / sums["n"].sum() if sums["n"].sum() else np.nan,
            "share_pop": people / people.sum(),
            "cmp_rate": base,
            "cmp_ratio": np.where(there & np.isfinite(ratio), ratio, np.nan),
            "cmp_lo": np.where(there & np.isfinite(lower), lower, np.nan),
            "cmp_hi": np.where(there & np.isfinite(upper), upper, np.nan),
            "cmp_flag": _flags(there, lower, upper),
        }
    )


def _ratios(sums: pd.DataFrame, *, level: float, dispersion: float) -> tuple[Any, ...]:
    """Return the ratio of each rate to that of the rest, and the ends that hold for all counts there may be."""
    people, rated = sums["people"], sums["rated"]
    others = people.sum() - people
    least, most = sums["least"], sums["most"]
    return tuple(
        ratio_limits(
            own, people.where(people > 0), other, others.where(others > 0), level=level, dispersion=dispersion
        )[which]
        for which, own, other in (
            (0, rated, rated.sum() - rated), (1, least, most.sum() - most), (2, most, least.sum() - least),
        )
    )  # fmt: skip


def _to_all(ratio: Any, share: Any) -> Any:
    """Return the ratio to the rate of all, from that to the rate of the rest and the class's share of people."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(ratio), 1 / share, ratio / (share * ratio + 1 - share))


def _flags(there: Any, lower: Any, upper: Any) -> Any:
    order = [str(entry.value) for entry in reversed(COMPARED)]  # from the lowest to the highest
    place = np.where(~there, -1, np.where(lower > 1, 2, np.where(upper < 1, 0, 1)))
    return pd.Categorical.from_codes(place, categories=pd.Index(order), ordered=True)
