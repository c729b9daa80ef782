"""Whole counts of the least cost within limits: the one door to the solver of integer programmes.

A search is ended by how much was searched, never by the clock: a slow machine must find, and publish, the same.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Floats = npt.NDArray[np.float64]

CEILING = 1e7
"""A count that can be as much can be anything."""


def solve_whole(
    costs: Floats,
    matrix: sparse.csr_array,
    ends: tuple[Floats, Floats],
    sums: tuple[Any, Any],
    *,
    gap: float = 0.0,
    nodes: int | None = None,
) -> Any:
    """Return what HiGHS says of the whole numbers of least cost.

    Parameters
    ----------
    costs : array, one for each number
    matrix : sparse array, sums by numbers
    ends : (array, array)
        The least and the most of each number; `CEILING` stands for more.
    sums : (array or float, array or float)
        The least and the most of each sum.
    gap : float, default 0
        By so much of the best the cost may fall short.
    nodes : int, optional
        In how many branches is searched; what was found by then is in the result.

    Returns
    -------
    scipy.optimize.OptimizeResult
        Its ``x`` is None where nothing was found.

    Examples
    --------
    >>> both = sparse.csr_array(np.array([[1.0, 1.0]]))
    >>> solve_whole(np.array([1.0, 3.0]), both, (np.zeros(2), np.array([4.0, 9.0])), (6, 6)).x.tolist()
    [4.0, 2.0]
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the solver's own words about its options
        return milp(
            costs,
            integrality=np.ones(len(costs)),
            bounds=Bounds(ends[0], np.minimum(ends[1], CEILING)),
            constraints=LinearConstraint(for_solver(matrix), *sums),
            options={"mip_rel_gap": gap} | ({} if nodes is None else {"node_limit": nodes}),
        )


def for_solver(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a matrix with places of 32 bits, the only ones that the solver of older versions of scipy takes."""
    places = (matrix.indices.astype(np.int32, copy=False), matrix.indptr.astype(np.int32, copy=False))
    return sparse.csr_array((matrix.data, *places), shape=matrix.shape)
