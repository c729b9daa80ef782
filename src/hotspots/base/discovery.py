"""How many of the areas that a test marks are chance: the false discovery rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def benjamini_hochberg(p: npt.ArrayLike) -> Floats:
    """Return p values after the Benjamini-Hochberg step-up correction, in [0, 1], never less than before.

    Rejecting where the result is at most q keeps the expected share of false discoveries under q.

    Parameters
    ----------
    p : array_like of float, shape (n,)
        All between 0 and 1; none missing.

    Returns
    -------
    ndarray of float64, shape (n,)
        For the j-th smallest p, the least of n p / j over it and all larger ones.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995) Controlling the false discovery rate. Journal of the Royal
    Statistical Society B 57(1), 289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    given = np.asarray(p, dtype=float)
    order = np.argsort(given, kind="stable")
    scaled = given[order] * len(given) / np.arange(1, len(given) + 1)
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
