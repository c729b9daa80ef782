"""Small cells of a table of people: which to hide, so that none is got back from the totals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError

TOTAL = "All"
FEWEST = 5
"""The smallest count that is shown where no other is asked for."""
MOST_CELLS = 240
"""A larger table is not one that people read, nor one whose cells can be protected in reasonable time."""

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def with_totals(counts: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a last row and, where it has several columns, a last column of totals, called "All".

    Examples
    --------
    >>> with_totals(pd.DataFrame({"F": [3, 4], "M": [5, 6]}, index=["young", "old"])).to_numpy().tolist()
    [[3, 5, 8], [4, 6, 10], [7, 11, 18]]
    """
    table = counts.copy()
    if counts.shape[1] > 1:
        table[TOTAL] = counts.sum(axis=1)
    table.loc[TOTAL] = table.sum(axis=0)
    return table


def hidden_cells(counts: pd.DataFrame, *, fewest: int = FEWEST) -> pd.DataFrame:
    """Return which cells of a table, totals among them, are to be hidden.

    Cells and totals under `fewest` are hidden, 0 among them, since a 0 that is shown tells that what is hidden
    beside it is not 0. Then further ones, the smallest first, until who knows all that is shown can say of
    none of them more than that it lies somewhere from 0 to `fewest` - 1 or further up: the range that each may
    have is found exactly, by linear programming over all tables of 0 or more with the same shown cells. Of what
    was hidden to protect others, all that can be is shown again, the largest first. The total of all goes last.

    Each table is protected by itself: two tables of the same people that share a column, or of all people and
    of some of them, may still tell on one another.

    Parameters
    ----------
    counts : DataFrame of numbers
        Counts of 0 or more, without totals: one column for a breakdown by one variable, several for two.
    fewest : int, default 5
        The smallest count that is shown; 1 hides none.

    Returns
    -------
    DataFrame of bool
        In the shape of `with_totals`; True is hidden.

    Raises
    ------
    DataError
        When a count is negative or missing, or there are more than 240 cells.
    ParameterError
        When `fewest` is under 1.

    References
    ----------
    Fischetti, M. and Salazar, J. J. (2001) Solving the cell suppression problem on tabular data with linear
    constraints. Management Science 47(7), 1008-1027. https://doi.org/10.1287/mnsc.47.7.1008.9805

    Examples
    --------
    The 3 is hidden, and so is the 20, or 53 - 50 would tell it:

    >>> hidden_cells(pd.DataFrame({"n": [3, 20, 30]}))["n"].tolist()
    [True, True, False, False]
    """
    if not fewest >= 1:
        raise ParameterError(f"'fewest' is {fewest}", hint="use 5, or 1 to hide none")
    if not (counts >= 0).all(axis=None):
        raise DataError("a count of the table is negative or missing", hint="count rows, or sum weights")
    if counts.size > MOST_CELLS:
        raise DataError(
            f"the table has {counts.shape[0]:,} by {counts.shape[1]:,} cells, more than {MOST_CELLS}",
            hint="put what it is divided by in fewer bands",
        )
    whole = with_totals(counts)
    values = whole.to_numpy(dtype=float).ravel()
    small = (values < fewest) & (fewest > 1)  # where one incident may be shown, none may be too
    lines = _lines(whole.shape)
    hidden = small.copy()
    waiting = [int(cell) for cell in np.flatnonzero(small)]
    while waiting:
        _complete_lines(hidden, values, lines)
        if _protected(waiting[0], hidden, values, lines, fewest):
            waiting.pop(0)
        else:
            _hide_another(waiting[0], hidden, values, lines)
    _show_again(hidden, small, values, lines, fewest)
    return pd.DataFrame(hidden.reshape(whole.shape), index=whole.index, columns=whole.columns)


def _lines(shape: tuple[int, int]) -> list[npt.NDArray[np.int64]]:
    """Return the rows and columns as positions of cells; the last of each line is the sum of the others."""
    place = np.arange(shape[0] * shape[1]).reshape(shape)
    rows = list(place) if shape[1] > 1 else []
    return [*rows, *place.T]


def _complete_lines(hidden: Mask, values: Floats, lines: list[npt.NDArray[np.int64]]) -> None:
    """Hide a second cell in every line that has but one hidden, which its total would give back."""
    while True:
        alone = next((line for line in lines if hidden[line].sum() == 1), None)
        if alone is None:
            return
        hidden[_cheapest(alone[~hidden[alone]], hidden, values, lines)] = True


def _hide_another(cell: int, hidden: Mask, values: Floats, lines: list[npt.NDArray[np.int64]]) -> None:
    """Hide one more cell in a line of a cell that is too closely known."""
    beside = np.unique(np.concatenate([line[~hidden[line]] for line in lines if cell in line]))
    if not len(beside):  # all beside it is hidden: what tells on it is a cell further off
        beside = np.flatnonzero(~hidden)
    hidden[_cheapest(beside, hidden, values, lines)] = True


def _cheapest(
    cells: npt.NDArray[np.int64], hidden: Mask, values: Floats, lines: list[npt.NDArray[np.int64]]
) -> int:
    """Return the cell whose hiding costs least: no total, none that starts another line, the smallest, the first."""

    def cost(cell: int) -> tuple[int, int, float, int]:
        mine = [line for line in lines if cell in line]
        totals = sum(cell == line[-1] for line in mine)
        fresh = sum(not hidden[line].any() for line in mine)
        return totals, fresh, float(values[cell]), cell

    return min((int(cell) for cell in cells), key=cost)


def _protected(
    cell: int, hidden: Mask, values: Floats, lines: list[npt.NDArray[np.int64]], fewest: int
) -> bool:
    """Whether what is shown leaves a cell anywhere from 0 to `fewest` - 1."""
    low, high = possible(cell, hidden, values, lines)
    return low < 1e-6 and high > fewest - 1 - 1e-6


def possible(
    cell: int, hidden: Mask, values: Floats, lines: list[npt.NDArray[np.int64]]
) -> tuple[float, float]:
    """Return the least and the most that a hidden cell can be, given all cells that are shown."""
    from scipy.optimize import linprog

    places = np.flatnonzero(hidden)
    column = np.full(len(hidden), -1)
    column[places] = np.arange(len(places))
    touched = [line for line in lines if hidden[line].any()]
    left, right = np.zeros((len(touched), len(places))), np.zeros(len(touched))
    for row, line in enumerate(touched):
        signs = np.where(np.arange(len(line)) == len(line) - 1, -1.0, 1.0)
        unknown = hidden[line]
        left[row, column[line[unknown]]] = signs[unknown]
        right[row] = -(signs * values[line])[~unknown].sum()
    ends = []
    for sign in (1.0, -1.0):
        goal = np.zeros(len(places))
        goal[column[cell]] = sign
        found = linprog(goal, A_eq=left, b_eq=right, bounds=(0, None), method="highs")
        ends.append(float(sign * found.fun) if found.status == 0 else float("inf"))
    return ends[0], ends[1]


def _show_again(
    hidden: Mask, small: Mask, values: Floats, lines: list[npt.NDArray[np.int64]], fewest: int
) -> None:
    """Show what need not be hidden for the others' sake, totals first, then the largest."""
    totals = {int(line[-1]) for line in lines}
    extra = [int(cell) for cell in np.flatnonzero(hidden & ~small)]
    for cell in sorted(extra, key=lambda cell: (cell not in totals, -values[cell], cell)):
        hidden[cell] = False
        if not all(_protected(int(one), hidden, values, lines, fewest) for one in np.flatnonzero(small)):
            hidden[cell] = True
