"""Who and when: how many incidents fall to each band of people or hours, against how many people it has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.binomial import rounded_limits
from hotspots.base.classes import COMPARED
from hotspots.base.errors import DataError


def breakdown(
    n: pd.Series[Any],
    population: pd.Series[Any] | None = None,
    *,
    level: float = 0.95,
    dispersion: float = 1.0,
    rounded: int = 1,
) -> pd.DataFrame:
    """Return each band's share of the incidents and its index against its share of the people.

    ``index = 100 · (share of incidents) / (share of people)``, from 0 up: 100 is as many as people of the
    band would have if all had the same risk, 200 twice as many. Its limits are the exact limits of the share
    of incidents over the share of people, which is taken as known. Every band is looked at alone.

    Parameters
    ----------
    n : Series of numbers
        Incidents of each band, 0 or more; of those recorded, so that a blank is no band.
    population : Series of numbers, optional
        People (or hours, or households) of each band, on the same index; missing for a band of which none are
        known, whose incidents then count in no index.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`. One person with many incidents
        raises it.
    rounded : int, default 1
        What the counts were rounded to the nearest multiple of, halves upwards; 1 where they are exact. Limits and
        flags then hold for all counts that the rounded ones stand for.

    Returns
    -------
    DataFrame
        On the index of `n`:

        - ``n``, ``share_n``: incidents, and the share of all, in [0, 1].
        - ``population``, ``share_pop``: people, and the share of all; only with `population`.
        - ``idx``, ``idx_lo``, ``idx_hi``: the index and its limits; missing without people.
        - ``idx_flag``: 'above' where the lower limit is over 100, 'below' where the upper one is under 100,
          else 'similar'; missing without an index.

    Raises
    ------
    DataError
        When the indexes differ, there are no incidents, or a count or population is negative.
    ParameterError
        When `level` or `dispersion` is out of range.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Examples
    --------
    Of 60 victims 30 are under 25, as 1 in 4 people are: (30 / 60) / (1 / 4) = 2.

    >>> import pandas as pd
    >>> n = pd.Series({"under 25": 30, "25 and over": 30})
    >>> breakdown(n, pd.Series({"under 25": 1000, "25 and over": 3000}))["idx"].round(1).to_dict()
    {'under 25': 200.0, '25 and over': 66.7}
    """
    if not n.sum() > 0:
        raise DataError("there are no incidents to break down", hint="choose incidents that have the columns")
    if (n < 0).any():
        raise DataError(f"the count of '{n.index[n < 0][0]}' is negative", hint="count rows, or sum weights")
    table = pd.DataFrame({"n": n, "share_n": n / n.sum()})
    if population is None:
        return table
    if not n.index.equals(population.index):
        raise DataError("the incidents and people are of different bands", hint="give both on one index")
    if (population < 0).any():
        raise DataError(
            f"the population of '{population.index[population < 0][0]}' is negative",
            hint="correct the table of people; use a blank for unknown",
        )
    people = population.where(population > 0).astype(float)
    counted = n.where(people.notna()).astype(float)
    share = people / people.sum()
    lower, upper = rounded_limits(counted, rounded=rounded, level=level, dispersion=dispersion)
    with np.errstate(invalid="ignore", divide="ignore"):
        idx = 100 * counted / counted.sum() / share
        low, high = 100 * lower / share, 100 * upper / share
    place = np.where(idx.isna(), -1, np.where(low > 100, 2, np.where(high < 100, 0, 1)))
    order = [str(entry.value) for entry in reversed(COMPARED)]  # from the lowest to the highest
    flag = pd.Categorical.from_codes(place, categories=pd.Index(order), ordered=True)
    return table.assign(
        population=population, share_pop=share, idx=idx, idx_lo=low, idx_hi=high, idx_flag=flag
    )
