"""How much more the counts of areas vary from period to period than chance alone would have them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError
from hotspots.base.poisson import dispersion_of


def dispersion(counts: pd.DataFrame | npt.ArrayLike) -> float:
    """Return the dispersion of counts: their variance over their mean, 1 or more.

    Crimes come in series, at one address and by one offender, so that counts vary more than a Poisson
    distribution has it. With n_it incidents in area i and period t, and E_it = n_i. n_.t / n_.. expected of
    areas that all follow the periods' totals, it is ::

        φ = Σ (n_it - E_it)² / E_it / ((I - 1)(T - 1)),  at least 1

    over the I areas with an incident and the T periods with one. What comes and goes in an area counts as
    chance here, and so does a real change in one. Limits of a count n become those of n / φ, times φ: those
    called 95 % that take φ = 2 for 1 hold the truth in 84 of 100 areas.

    It differs by type of incident, and grows with the length of the periods: estimate it from periods as long
    as those compared (see `long_periods`). From few areas it is itself a matter of chance: its standard error
    is about φ √(2 / ((I - 1)(T - 1))).

    Parameters
    ----------
    counts : DataFrame or array of numbers, areas by periods
        Incidents of one theme, 0 or more, in periods as long as those that are compared.

    Returns
    -------
    float
        1.0 where the counts vary no more than by chance.

    Raises
    ------
    DataError
        When fewer than two areas or two periods have an incident.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989) Generalized Linear Models, 2nd edition, section 4.5. Chapman and
    Hall. https://doi.org/10.1007/978-1-4899-3242-6

    Examples
    --------
    Totals 40 and 40, and 20, 20 and 40 in the areas, expect 10, 10 and 20 in each period; the sum of squares
    is 9/10 four times and 0 twice, 3.6, over 2 x 1:

    >>> dispersion([[13, 7], [7, 13], [20, 20]])
    1.8
    """
    n = np.asarray(counts, dtype=float)
    n = n[n.sum(axis=1) > 0]
    n = n[:, n.sum(axis=0) > 0]
    areas, periods = n.shape
    if areas < 2 or periods < 2:
        raise DataError(
            f"the dispersion cannot be told from {areas} by {periods} areas and periods with incidents",
            hint="give counts of two areas or more in two periods or more",
        )
    return dispersion_of(n, fewest=1)


def long_periods(monthly: pd.DataFrame) -> pd.DataFrame:
    """Return counts by month put together into years, or into two halves where they do not fill two years.

    Parameters
    ----------
    monthly : DataFrame of int
        Incidents in each area, a column for each month in order.

    Returns
    -------
    DataFrame of int
        On the same index. As many columns as whole years, at least two, of equal length to within a month;
        each is called by its first and last month. A single month stays as it is.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2025-01", "2025-12", freq="M")
    >>> long_periods(pd.DataFrame([range(12)], columns=months)).to_dict("records")
    [{'2025-01..2025-06': 15, '2025-07..2025-12': 51}]
    """
    parts = np.array_split(np.arange(monthly.shape[1]), max(2, monthly.shape[1] // 12))
    columns = {
        f"{monthly.columns[part[0]]}..{monthly.columns[part[-1]]}": monthly.iloc[:, part].sum(axis=1)
        for part in parts
        if len(part)
    }
    return pd.DataFrame(columns, index=monthly.index)
