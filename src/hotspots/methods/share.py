"""So many of so many: how often incidents of one kind are of another too, in each area and against the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.binomial import FEW, share_limits
from hotspots.base.classes import COMPARED
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.rounded import least_and_most

Floats = npt.NDArray[np.float64]


def share_of(
    n: pd.Series[Any],
    of: pd.Series[Any],
    *,
    level: float = 0.95,
    q: float = 0.05,
    dispersion: float = 1.0,
    rounded: int = 1,
) -> pd.DataFrame:
    """Return the share of incidents of one kind that are of another too, with its limits, against the rest.

    Of 120 burglaries of an area 13 took a vehicle: 11 %, between 6 % and 18 %. Limits are exact
    (Clopper-Pearson). The share is compared with that of all other areas together by Fisher's exact test, p
    being twice the smaller tail, and an area is above or below by q, p corrected for the number of areas
    (Benjamini-Hochberg). Incidents of one offender's series are not independent of one another: a dispersion over 1
    widens the limits, those of both counts over it, and divides the test's normal score by its root.

    Parameters
    ----------
    n, of : Series of whole numbers
        Incidents of both kinds, and all of the one kind, of each area; on one index, ``0 <= n <= of``.
    level : float, default 0.95
        Confidence of the limits, between 0 and 1.
    q : float, default 0.05
        An area is above or below where its q is at most this.
    dispersion : float, default 1
        Variance of the counts over their mean; see `hotspots.dispersion`.
    rounded : int, default 1
        What both counts were rounded to the nearest multiple of, halves upwards; 1 where they are exact. Limits, q
        and flags are then the most cautious of all counts that the rounded ones stand for.

    Returns
    -------
    DataFrame
        On the index of `n`:

        - ``of_n``, ``of_base``: the two counts.
        - ``of_share``, ``of_lo``, ``of_hi``: the share and its limits, in [0, 1]; missing where `of` is under
          10, as no percentage is said of so few.
        - ``of_rest``: the share in all other areas together; missing where it is of under 10.
        - ``of_q``: the q value; missing where either share is.
        - ``of_flag``: 'above', 'similar' or 'below'; missing with the q value.

    Raises
    ------
    DataError
        When the indexes differ, or a count is missing, negative or over what it is of.
    ParameterError
        When `level` or `q` is not between 0 and 1, or `dispersion` under 1.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934) The use of confidence or fiducial limits illustrated in the case
    of the binomial. Biometrika 26(4), 404-413. https://doi.org/10.1093/biomet/26.4.404

    Benjamini, Y. and Hochberg, Y. (1995) Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57(1), 289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> import pandas as pd
    >>> found = share_of(pd.Series({"Moor": 13, "Town": 31}), pd.Series({"Moor": 120, "Town": 580}))
    >>> found[["of_share", "of_lo", "of_hi", "of_rest"]].round(3)
          of_share  of_lo  of_hi  of_rest
    Moor     0.108  0.059  0.178    0.053
    Town     0.053  0.037  0.075    0.108
    """
    from scipy import stats

    if not 0 < q < 1:
        raise ParameterError(f"'q' is {q}", hint="use a share between 0 and 1, such as 'q' = 0.05")
    if not n.index.equals(of.index):
        raise DataError("the two counts are of different areas", hint="give both on one index")
    wrong = ~((n >= 0) & (n <= of))
    if wrong.any():
        first = n.index[wrong][0]
        raise DataError(
            f"'{first}' has {n[first]} of {of[first]} incidents", hint="count the same incidents in both"
        )
    a, base = n.to_numpy(dtype=float), of.to_numpy(dtype=float)
    enough, rest = base >= FEW, base.sum() - base
    (a_low, a_high), (base_low, base_high) = least_and_most(a, rounded), least_and_most(base, rounded)
    lower = share_limits(a_low, base_high, level=level, dispersion=dispersion)[0]
    upper = share_limits(a_high, np.maximum(base_low, a_high), level=level, dispersion=dispersion)[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share, others = a / base, (a.sum() - a) / rest
    tested = enough & (rest >= FEW)
    # What speaks least for a greater share than in the rest, and least for a smaller one.
    above = _tails((a_low, base_high), (a_high, base_low))[1]
    below = _tails((a_high, base_low), (a_low, base_high))[0]
    tail = np.minimum(0.5, np.minimum(above, below))[tested]
    p = 2 * stats.norm.sf(stats.norm.isf(tail) / np.sqrt(dispersion))
    corrected = np.full(len(a), np.nan)
    corrected[tested] = benjamini_hochberg(p)
    marked = corrected <= q  # false where missing
    place = np.where(~tested, -1, np.where(marked & (share > others), 2, np.where(marked, 0, 1)))
    order = [str(entry.value) for entry in reversed(COMPARED)]  # from the lowest to the highest
    return pd.DataFrame(
        {
            "of_n": n,
            "of_base": of,
            "of_share": np.where(enough, share, np.nan),
            "of_lo": np.where(enough, lower, np.nan),
            "of_hi": np.where(enough, upper, np.nan),
            "of_rest": np.where(rest >= FEW, others, np.nan),
            "of_q": corrected,
            "of_flag": pd.Categorical.from_codes(place, categories=pd.Index(order), ordered=True),
        },
        index=n.index,
    )


def _tails(one: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return the lower and the upper tail of each area's count, given what it and what all others are taken at.

    Given all margins, the area's count is hypergeometric where its share is that of the rest.
    """
    from scipy import stats

    x, base = np.rint(one[0]), np.maximum(np.rint(one[1]), np.rint(one[0]))
    kind = np.rint(others[0]).sum() - np.rint(others[0])
    rest = np.maximum(np.rint(others[1]).sum() - np.rint(others[1]), kind)
    drawn = stats.hypergeom(base + rest, x + kind, base)
    return drawn.cdf(x), drawn.sf(x - 1)
