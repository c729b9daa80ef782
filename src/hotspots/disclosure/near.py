"""Counts near one another: those that statements tie together within a few steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

Places = npt.NDArray[np.int64]

WIDE = 60
"""Statements about more counts than this lead to no neighbours: by them all would be near to all."""


class Ties:
    """Which statements each count stands in, and which counts each statement is about.

    Parameters
    ----------
    matrix : sparse array, statements by counts
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        self.by_row = matrix
        self.by_cell = sparse.csc_array(matrix)
        self.wide = np.diff(matrix.indptr) > WIDE

    def rows_of(self, cells: Places) -> Places:
        """Return the statements that are about any of these counts."""
        return _entries(self.by_cell.indptr, self.by_cell.indices, cells)

    def near(self, cell: int, steps: int) -> Places:
        """Return the counts that so many statements, one after the other, lead to from a count, itself too.

        Examples
        --------
        Of four counts, the first two make one sum, the second and the third another:

        >>> ties = Ties(sparse.csr_array(np.array([[1, 1, 0, 0], [0, 1, 1, 0]])))
        >>> ties.near(0, 1).tolist(), ties.near(0, 2).tolist()
        ([0, 1], [0, 1, 2])
        """
        found = np.array([cell], dtype=np.int64)
        for _ in range(steps):
            rows = self.rows_of(found)
            inside = _entries(self.by_row.indptr, self.by_row.indices, rows[~self.wide[rows]])
            found = np.union1d(found, inside)
        return found


def _entries(starts: npt.NDArray[np.integer], held: npt.NDArray[np.integer], which: Places) -> Places:
    """Return the different entries of some rows or columns, in order."""
    sizes = starts[which + 1] - starts[which]
    first = np.repeat(starts[which] - np.append(0, np.cumsum(sizes)[:-1]), sizes)
    return np.unique(held[first + np.arange(sizes.sum())]).astype(np.int64)
