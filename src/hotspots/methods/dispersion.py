"""How much more the counts of areas vary from period to period than chance alone would have them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError


def dispersion(counts: pd.DataFrame | npt.ArrayLike) -> float:
    """Return the dispersion of counts: their variance over their mean, 1 or more.

    Crimes come in series, at one address and by one offender, so that counts vary more than a Poisson
    distribution has it. With n_it incidents in area i and period t, and E_it = n_i. n_.t / n_.. expected of
    areas that all follow the periods' totals, it is ::

        φ = Σ (n_it - E_it)² / E_it / ((I - 1)(T - 1)),  at least 1

    over the I areas with an incident and the T periods with one. What comes and goes in an area counts as
    chance here, and so does a real change in one. Limits of a count n become those of n / φ, times φ.

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
    expected = n.sum(axis=1, keepdims=True) * n.sum(axis=0) / n.sum()
    squares = float(((n - expected) ** 2 / expected).sum())
    return max(1.0, squares / float((areas - 1) * (periods - 1)))
