"""What each statement alone says of each count in it, passed on until nothing more follows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel
from hotspots.base.errors import DataError
from hotspots.disclosure.statements import EDGE, System

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.integer]

SWEEPS = 200
"""Passes over all statements; where limits still creep after so many, the rest is left to the solver."""


def propagate(system: System) -> tuple[Floats, Floats]:
    """Return limits of each count that follow from one statement at a time.

    Whole numbers are assumed. The limits are never narrower than what follows from all statements together,
    and often as narrow: what is left is for `bounds`.

    Returns
    -------
    (array, array)
        The least and the greatest value of each cell.

    Raises
    ------
    DataError
        When the statements contradict each other.
    """
    lower = np.ceil(system.lower - EDGE)
    upper = np.floor(system.upper + EDGE)
    matrix = system.matrix
    row = _sweep(
        matrix.indptr, matrix.indices, matrix.data, system.least, system.most, lower, upper, SWEEPS, EDGE
    )
    if row >= 0:
        raise contradiction(system.source(int(row)))
    return lower, upper


def contradiction(source: str) -> DataError:
    """Return the error that no counts at all agree with the statements."""
    return DataError(
        f"what is published cannot all be true: no counts agree with {source} and the rest",
        hint="publish it anew from one set of counts; a table that was edited by hand no longer adds up",
    )


@kernel()
def _sweep(
    starts: Whole,
    columns: Whole,
    factors: Floats,
    least: Floats,
    most: Floats,
    lower: Floats,
    upper: Floats,
    sweeps: int,
    edge: float,
) -> int:
    """Tighten `lower` and `upper` in place; return a row that cannot hold, or -1."""
    for _ in range(sweeps):
        changed = False
        for row in range(len(starts) - 1):
            begin, end = starts[row], starts[row + 1]
            row_cells, row_factors = columns[begin:end], factors[begin:end]
            low, high, open_low, open_high = _sums(row_cells, row_factors, lower, upper)
            if (open_low == 0 and low > most[row] + edge) or (open_high == 0 and high < least[row] - edge):
                return row
            for at in range(end - begin):
                cell, factor = row_cells[at], row_factors[at]
                down, up = _ends(factor, lower[cell], upper[cell])
                # What the others add up to at least and at most leaves this for the cell, times its factor.
                rest, few = (low - down, open_low) if down > -np.inf else (low, open_low - 1)
                top = most[row] - rest if few == 0 else np.inf
                rest, few = (high - up, open_high) if up < np.inf else (high, open_high - 1)
                bottom = least[row] - rest if few == 0 else -np.inf
                floor, ceiling = (
                    (bottom / factor, top / factor) if factor > 0 else (top / factor, bottom / factor)
                )
                floor, ceiling = np.ceil(floor - edge), np.floor(ceiling + edge)
                if ceiling < upper[cell] or floor > lower[cell]:
                    upper[cell], lower[cell] = min(ceiling, upper[cell]), max(floor, lower[cell])
                    changed = True
                    if lower[cell] > upper[cell]:
                        return row
        if not changed:
            return -1
    return -1


@kernel()
def _ends(factor: float, lower: float, upper: float) -> tuple[float, float]:
    """Return the least and the most that a cell adds to a sum."""
    return (factor * lower, factor * upper) if factor > 0 else (factor * upper, factor * lower)


@kernel()
def _sums(cells: Whole, factors: Floats, lower: Floats, upper: Floats) -> tuple[float, float, int, int]:
    """Return the least and the most of a sum over the cells with limits, and how many have none."""
    low, high, open_low, open_high = 0.0, 0.0, 0, 0
    for at in range(len(cells)):
        down, up = _ends(factors[at], lower[cells[at]], upper[cells[at]])
        if down > -np.inf:
            low += down
        else:
            open_low += 1
        if up < np.inf:
            high += up
        else:
            open_high += 1
    return low, high, open_low, open_high
