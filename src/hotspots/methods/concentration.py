"""How concentrated incidents are: Lorenz curve, Gini, and the smallest share of areas with half of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Concentration:
    """How unevenly incidents lie over areas.

    Attributes
    ----------
    n : float
        Incidents.
    areas : int
        Areas.
    gini : float
        0 where every area has as many, towards 1 where one has all.
    gini_few : float
        The generalised Gini: corrected for there being fewer incidents than areas, when even the most even
        spread leaves areas without any; the same as `gini` where there are as many or more.
    smallest : dict of float to float
        For each share of incidents, the smallest share of areas that holds it.
    """

    n: float
    areas: int
    gini: float
    gini_few: float
    smallest: dict[float, float]

    def sentence(self, *, noun: str = "area") -> str:
        """Return the same in words."""
        held = ", ".join(f"{share:.0%} in {of:.1%}" for share, of in self.smallest.items())
        gini = f"Gini {self.gini_few:.2f}"
        if self.n < self.areas:
            gini += f", corrected for fewer incidents than {noun}s; {self.gini:.2f} uncorrected"
        return f"Of {self.n:,.0f} incidents, {held} of the {self.areas:,} {noun}s ({gini})."


def lorenz(counts: pd.Series[Any]) -> pd.DataFrame:
    """Return the Lorenz curve, from the areas with most incidents to those with fewest.

    Parameters
    ----------
    counts : Series of numbers
        Incidents of each area, 0 or more.

    Returns
    -------
    DataFrame
        One row more than there are areas, from (0, 0) to (1, 1): ``share_areas`` and ``share_n``.

    Raises
    ------
    DataError
        When a count is missing or negative, or all are 0.

    Examples
    --------
    >>> import pandas as pd
    >>> lorenz(pd.Series([3, 0, 1]))["share_n"].tolist()
    [0.0, 0.75, 1.0, 1.0]
    """
    x = _checked(counts)
    held = np.concatenate([[0.0], np.cumsum(np.sort(x)[::-1]) / x.sum()])
    return pd.DataFrame({"share_areas": np.arange(len(x) + 1) / len(x), "share_n": held})


def concentration(counts: pd.Series[Any], *, shares: Sequence[float] = (0.25, 0.5, 0.8)) -> Concentration:
    r"""Measure how concentrated incidents are in areas.

    With y the areas' shares of the incidents in ascending order, m areas and c incidents, the Gini coefficient
    is :math:`G = (2 \sum_i i y_i - m - 1) / m`, and the generalised one
    :math:`G' = \max(1/c, 1/m) (2 \sum_i i y_i - m - 1) - \max(m/c, 1) + 1`, which is 0 where c < m incidents
    stand in c different areas, as evenly as they can.

    Parameters
    ----------
    counts : Series of numbers
        Incidents of each area, 0 or more.
    shares : sequence of float, default (0.25, 0.5, 0.8)
        Shares of the incidents, in (0, 1].

    Returns
    -------
    Concentration

    Raises
    ------
    DataError
        When a count is missing or negative, or all are 0.
    ParameterError
        When a share is not in (0, 1].

    References
    ----------
    Bernasco, W. and Steenbeek, W. (2017) More places than crimes: implications for evaluating the law of
    crime concentration at place. Journal of Quantitative Criminology 33, 451-467.
    https://doi.org/10.1007/s10940-016-9324-7

    Weisburd, D. (2015) The law of crime concentration and the criminology of place. Criminology 53(2),
    133-157. https://doi.org/10.1111/1745-9125.12070

    Examples
    --------
    >>> import pandas as pd
    >>> found = concentration(pd.Series([6, 2, 1, 1]))
    >>> round(found.gini, 3), found.smallest[0.5]
    (0.4, 0.25)
    """
    x = np.sort(_checked(counts))
    for share in shares:
        if not 0 < share <= 1:
            raise ParameterError(f"'shares' holds {share:g}", hint="use shares between 0 and 1, such as 0.5")
    m, c = len(x), float(x.sum())
    spread = float(2 * (np.arange(1, m + 1) * x / c).sum() - m - 1)
    held = np.cumsum(x[::-1]) / c
    # A share that is reached but for rounding is reached.
    smallest = {float(share): float((np.searchsorted(held, share - 1e-12) + 1) / m) for share in shares}
    gini_few = max(1 / c, 1 / m) * spread - max(m / c, 1.0) + 1
    return Concentration(c, m, spread / m, gini_few, smallest)


def _checked(counts: pd.Series[Any]) -> Floats:
    x: Floats = counts.to_numpy(dtype=float, na_value=np.nan)
    wrong = ~np.isfinite(x) | (x < 0)
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"the count of '{counts.index[position]}' is {x[position]:g}, but must be 0 or more",
            hint="leave out areas without a count",
        )
    if not x.sum() > 0:
        raise DataError(
            "there are no incidents, so nothing is concentrated", hint="choose a category with incidents"
        )
    return x
