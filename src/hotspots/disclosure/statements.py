"""What a reader is told, as linear statements about counts: this one is 5 to 14, these three and that one add up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.base.errors import DataError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Statement:
    """Something published about counts: `lower` <= the sum of coefficient x count <= `upper`.

    Parameters
    ----------
    cells : mapping from cell to float
        The counts that it is about, by whatever identifies them, and how often each counts.
    lower, upper : float
        The least and the greatest that the sum can be.
    source : str, optional
        Where it is said, for messages.

    Examples
    --------
    A rate of 76.0 per 1,000 people, to one decimal, among 6,484 people in a year:

    >>> Statement({"E05": 1000 / 6484}, 75.95, 76.05).cells["E05"]
    0.15422578655151142
    """

    cells: Mapping[Hashable, float]
    lower: float
    upper: float
    source: str = ""


@dataclass(frozen=True, eq=False)
class System:
    """Statements about the same counts, together.

    Parameters
    ----------
    cells : Index
        What the counts are called.
    lower, upper : array, one for each cell
        The least and greatest value that each may have for itself; 0 and infinity where nothing is said.
    matrix : sparse array, statements by cells
        The coefficients of the statements about several cells.
    least, most : array, one for each statement
        What each sum lies between.
    sources : tuple of str
        Where each is said; may be empty.
    """

    cells: pd.Index
    lower: Floats
    upper: Floats
    matrix: sparse.csr_array
    least: Floats
    most: Floats
    sources: tuple[str, ...] = ()

    def source(self, row: int) -> str:
        """Return where a statement stands, or what it is about."""
        if self.sources and self.sources[row]:
            return self.sources[row]
        about = self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]]
        named = ", ".join(str(self.cells[place]) for place in about[:3])
        return f"the sum of {named}" + (f" and {len(about) - 3:,} others" if len(about) > 3 else "")


def make_system(statements: Iterable[Statement], *, cells: pd.Index | None = None) -> System:
    """Return statements as one system.

    Counts are whole numbers of 0 or more. What is said of a single count becomes its limits; where several
    statements are about one, all hold.

    Parameters
    ----------
    statements : iterable of Statement
    cells : Index, optional
        All counts, in the order wanted; from the statements, in the order met, if it is not given.

    Returns
    -------
    System

    Raises
    ------
    DataError
        When a statement is about a cell that `cells` has not, about none, or contradicts another about one count.

    Examples
    --------
    >>> system = make_system([Statement({"a": 1}, 5, 14), Statement({"a": 1, "b": 1, "all": -1}, 0, 0)])
    >>> system.lower.tolist(), system.matrix.shape
    ([5.0, 0.0, 0.0], (1, 3))
    """
    said = list(statements)
    if cells is None:
        cells = pd.Index(pd.unique(pd.Series([cell for one in said for cell in one.cells], dtype=object)))
    place = {cell: number for number, cell in enumerate(cells)}
    unknown = next((cell for one in said for cell in one.cells if cell not in place), None)
    if unknown is not None:
        raise DataError(f"a statement is about {unknown!r}, which is no cell", hint="name it among 'cells'")
    lower, upper = np.zeros(len(cells)), np.full(len(cells), np.inf)
    kept: list[Statement] = []
    for one in said:
        used = {cell: factor for cell, factor in one.cells.items() if factor}
        if len(used) != 1:
            kept.append(Statement(used, one.lower, one.upper, one.source))
            continue
        ((cell, factor),) = used.items()
        ends = sorted((one.lower / factor, one.upper / factor))
        where = place[cell]
        lower[where], upper[where] = max(lower[where], ends[0]), min(upper[where], ends[1])
        if np.ceil(lower[where] - EDGE) > np.floor(upper[where] + EDGE):
            raise DataError(
                f"what is said of {cell!r} cannot be true: "
                f"it would be {lower[where]:g} or more and {upper[where]:g} or less"
                + (f" ({one.source})" if one.source else ""),
                hint="publish it anew from one set of counts",
            )
    rows = np.repeat(np.arange(len(kept)), [len(one.cells) for one in kept])
    columns = np.array([place[cell] for one in kept for cell in one.cells], dtype=np.int64)
    values = np.array([factor for one in kept for factor in one.cells.values()], dtype=float)
    return System(
        cells=cells,
        lower=lower,
        upper=upper,
        matrix=sparse.csr_array((values, (rows, columns)), shape=(len(kept), len(cells))),
        least=np.array([one.lower for one in kept], dtype=float),
        most=np.array([one.upper for one in kept], dtype=float),
        sources=tuple(one.source for one in kept),
    )


EDGE = 1e-6
"""Sums of printed numbers agree to within this."""
