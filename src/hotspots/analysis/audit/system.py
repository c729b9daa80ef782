"""Statements about several counts at once, and what follows from all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.base.errors import DataError
from hotspots.disclosure.bounds import Enough, bounds
from hotspots.disclosure.propagate import propagate
from hotspots.disclosure.statements import System

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Row:
    """A statement: ``low <= sum of factors x counts <= high``.

    Attributes
    ----------
    cells : ndarray of int
    factors : ndarray of float
    low, high : float
    why : str
        What makes it true, in words.
    areal : bool
        Whether it rests on areas being made of others, which borders that were simplified apart may belie.
    """

    cells: npt.NDArray[np.intp]
    factors: Floats
    low: float
    high: float
    why: str
    areal: bool = False

    @property
    def whole(self) -> int:
        """The count that the others are parts of, or the first."""
        alone = np.flatnonzero(self.factors != np.median(self.factors))
        return int(self.cells[alone[0] if len(alone) == 1 else 0])

    def agrees(self, low: Floats, high: Floats) -> bool:
        """Whether counts between limits can agree with it."""
        least = np.where(self.factors > 0, low[self.cells], high[self.cells]) * self.factors
        most = np.where(self.factors > 0, high[self.cells], low[self.cells]) * self.factors
        return bool(least.sum() <= self.high + 1e-6 and most.sum() >= self.low - 1e-6)

    def leaves(self, place: int, low: Floats, high: Floats) -> tuple[float, float]:
        """Return the least and the most that its limits, and those of the others, leave for the count at a place."""
        others = np.arange(len(self.cells)) != place
        cells, factors, own = self.cells[others], self.factors[others], self.factors[place]
        least = float((np.where(factors > 0, low[cells], high[cells]) * factors).sum())
        most = float((np.where(factors > 0, high[cells], low[cells]) * factors).sum())
        ends = ((self.high - least) / own, (self.low - most) / own)
        return min(ends), max(ends)


def sum_row(whole: int, parts: Sequence[int], why: str, *, slack: bool = False, areal: bool = False) -> Row:
    """Return the statement that a whole is the sum of its parts, or, with slack, at least that."""
    cells = np.array([whole, *parts], dtype=np.intp)
    factors = np.array([1.0, *[-1.0] * len(parts)])
    return Row(cells, factors, 0.0, np.inf if slack else 0.0, why, areal)


def make_rows_system(low: Floats, high: Floats, rows: Sequence[Row]) -> System:
    """Return limits and statements as one system of whole counts, whose cells are numbered."""
    sizes = [len(row.cells) for row in rows]
    cells = np.concatenate([row.cells for row in rows] or [np.zeros(0, dtype=np.intp)])
    factors = np.concatenate([row.factors for row in rows] or [np.zeros(0)])
    return System(
        cells=pd.RangeIndex(len(low)),
        lower=low,
        upper=high,
        matrix=sparse.csr_array(
            (factors, (np.repeat(np.arange(len(rows)), sizes), cells)), shape=(len(rows), len(low))
        ),
        least=np.array([row.low for row in rows], dtype=float),
        most=np.array([row.high for row in rows], dtype=float),
        sources=tuple(row.why for row in rows),
    )


def narrow(low: Floats, high: Floats, rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """Narrow limits by each statement in turn until none narrows any further, as a reader subtracts.

    Examples
    --------
    A ward of 9 that is made of LSOAs of 7 and of one that is hidden:

    >>> low, high = narrow(np.array([9.0, 7, 0]), np.array([9, 7, np.inf]), [sum_row(0, [1, 2], "sum")])
    >>> low.tolist(), high.tolist()
    ([9.0, 7.0, 2.0], [9.0, 7.0, 2.0])
    """
    least, most = propagate(make_rows_system(low, high, rows))
    return least + 0.0, most + 0.0  # no minus zero


TRIES = 500
"""So often statements are tried in turn; those not told apart by then are left out together."""


def contradicting(low: Floats, high: Floats, sure: Sequence[Row], others: Sequence[Row]) -> set[Row]:
    """Return which of other statements cannot hold beside sure ones, and beside those before them.

    Halves of what cannot hold together are tried until single statements are left.

    Examples
    --------
    A ward of 9 with LSOAs of 7 and 2, said to be in two districts, of which one has 5 incidents in all:

    >>> limits = np.array([9.0, 7, 2, 5]), np.array([9.0, 7, 2, 5])
    >>> lsoas, district = sum_row(0, [1, 2], "lsoas"), sum_row(3, [0], "district")
    >>> [row.why for row in contradicting(*limits, [], [lsoas, district])]
    ['district']
    """
    kept, belied, tries = list(sure), set[Row](), 0
    waiting = [list(others)] if others else []
    while waiting:
        part = waiting.pop()
        tries += 1
        try:
            low, high = narrow(low, high, [*kept, *part])
            kept += part
        except DataError:
            if len(part) == 1 or tries > TRIES:
                belied |= set(part)
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
    return belied


def solve(
    low: Floats,
    high: Floats,
    rows: Sequence[Row],
    wanted: npt.NDArray[np.bool_],
    *,
    enough: Enough | None = None,
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return the least and the most that the wanted counts can be by all statements at once, and which are proved.

    Counts that are known to have `enough` values are not searched any further; see `hotspots.disclosure.bounds.bounds`.
    """
    low, high = low.copy(), high.copy()
    proved = np.ones(len(low), dtype=bool)
    places = np.flatnonzero(wanted)
    if len(places):
        found = bounds(make_rows_system(low, high, rows), pd.Index(places), enough=enough)
        low[places], high[places] = (
            found["lower"].to_numpy() + 0.0,
            found["upper"].to_numpy() + 0.0,
        )  # no minus zero
        proved[places] = found["exact"].to_numpy()
    return low, high, proved
