"""A symmetric sparse matrix factored once: its solutions, its determinant and the diagonal of its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


class Factor:
    """The factor L D Lᵀ of a symmetric positive definite sparse matrix.

    Parameters
    ----------
    matrix : scipy.sparse.csc_matrix, shape (n, n)
        Symmetric and positive definite.
    order : ndarray of int, optional
        A good order of the rows, from an earlier factor of a matrix with the same pattern.
    """

    def __init__(self, matrix: Any, order: Longs | None = None) -> None:
        from scipy.sparse.linalg import splu

        given = matrix if order is None else matrix[order][:, order].tocsc()
        # In symmetric mode without pivoting, SuperLU's U is D Lᵀ.
        self._lu = splu(
            given,
            permc_spec="MMD_AT_PLUS_A" if order is None else "NATURAL",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True, "Equil": False},
        )
        self._given = order
        self._place = self._lu.perm_c.astype(np.int64)
        self._pivots = self._lu.U.diagonal()

    @property
    def order(self) -> Longs:
        """The order of the rows in which the factor was made."""
        inverse = np.argsort(self._place)
        return inverse if self._given is None else self._given[inverse]

    @property
    def log_determinant(self) -> float:
        """Log of the determinant."""
        return float(np.log(self._pivots).sum())

    def solve(self, right: Floats) -> Floats:
        """Return the solution for one right-hand side, or for each column of several."""
        if self._given is None:
            return np.asarray(self._lu.solve(right))
        solution = np.empty_like(right)
        solution[self._given] = self._lu.solve(np.ascontiguousarray(right[self._given]))
        return solution

    def inverse_diagonal(self) -> Floats:
        """Return the diagonal of the inverse, by Takahashi's recursion over the factor's own pattern.

        References
        ----------
        Rue, H. and Martino, S. (2007) Approximate Bayesian inference for hierarchical Gaussian Markov random
        field models. Journal of Statistical Planning and Inference 137(10), 3177-3192.
        https://doi.org/10.1016/j.jspi.2006.07.016
        """
        lower = self._lu.L.tocsc()
        starts, rows = lower.indptr.astype(np.int64), lower.indices.astype(np.int64)
        found: Floats = _inverse_diagonal(starts, rows, lower.data, self._pivots)[self._place]
        if self._given is None:
            return found
        diagonal = np.empty_like(found)
        diagonal[self._given] = found
        return diagonal


@kernel()
def _inverse_diagonal(starts: Longs, rows: Longs, values: Floats, pivots: Floats) -> Floats:
    """Fill in the inverse where L has an entry, from the last column to the first."""
    n = len(pivots)
    inverse = np.zeros(len(values))
    diagonal = np.zeros(n)
    place = np.full(n, -1)
    sums = np.zeros(n)
    for column in range(n - 1, -1, -1):
        start, stop = starts[column], starts[column + 1]
        for at in range(start, stop):
            if rows[at] > column:
                place[rows[at]] = at
                sums[rows[at]] = 0.0
        # The inverse at (i, column) is minus the sum of L[k, column] times the inverse at (i, k).
        for at in range(start, stop):
            k = rows[at]
            if k <= column:
                continue
            sums[k] += values[at] * diagonal[k]
            for other in range(starts[k], starts[k + 1]):
                i = rows[other]
                if i > k and place[i] >= 0:
                    sums[i] += values[at] * inverse[other]
                    sums[k] += values[place[i]] * inverse[other]
        own = 1.0 / pivots[column]
        for at in range(start, stop):
            i = rows[at]
            if i > column:
                inverse[at] = -sums[i]
                own += values[at] * sums[i]
        diagonal[column] = own
        for at in range(start, stop):
            place[rows[at]] = -1
    return diagonal
