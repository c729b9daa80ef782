"""Clusters and outliers by local Moran's I: a busy area among quiet ones, a quiet one among busy ones."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.neighbours import Neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.base.subset_sums import neighbourhood_tails

LM_CLASSES = ("high-high", "high-low", "low-high", "low-low", "none", "undefined")
"""The classes of ``lm_class``: the area itself, then its neighbours."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_LEVEL = 0.05
_SAME = 1e-12  # relative spread under which values, or the weights of a row, are all equal


def local_moran(values: pd.Series[Any], neighbours: Neighbours, *, cap: float = 0.95) -> pd.DataFrame:
    r"""Tell areas that are like their neighbours from those that are not: local Moran's I.

    For values :math:`z_i` in standard deviations from the mean, and neighbours' weights that sum to 1 in each row,
    :math:`I_i = \frac{n - 1}{n} z_i \sum_j w_{ij} z_j`: over 0 where an area and its neighbours are both high or
    both low (a cluster), under 0 where one is high and the other low (an outlier). Whether the neighbours are so
    high, or so low, by chance is tested with the area's own value held and all others changing places.

    Parameters
    ----------
    values : Series of numbers, n rows
        One value per area, on the codes of `neighbours` in any order. An area without a value (NaN) is left out.
        Rates rather than counts where populations differ.
    neighbours : Neighbours
        From `make_neighbours` or `from_graph`, the weights in each row alike; an area's own is not used.
    cap : float, default 0.95
        For p, values above this quantile of those over 0 count as much as it (where some values are negative, both
        ends are pulled in); at 1 none is capped. I is of the values as they are.

    Returns
    -------
    DataFrame
        On the index of `values`, in its order:

        - ``lm_i``: local Moran's I, any real number; NaN where undefined.
        - ``lm_p``: p in [0, 1] that the neighbours are so high, or so low, by chance: one-sided, of the less likely
          side.
        - ``lm_q``: p after the Benjamini-Hochberg correction over the p values of that side.
        - ``lm_class``: categorical; where q is at most 0.05, ``"high-high"`` (over the mean, among high
          neighbours), ``"high-low"``, ``"low-high"`` or ``"low-low"``, else ``"none"``; ``"undefined"``. Of the
          areas so marked, at most 5 in 100 are expected to be chance.
        - ``lm_note``: why it is undefined: ``"no value"``, ``"all values are equal"`` or ``"no neighbours"``;
          otherwise ``""``.

    Raises
    ------
    DataError
        When values are not numbers, are infinite, or stand on other codes than the neighbours.
    ParameterError
        When `cap` is out of range, weights differ within a row, or an area has more neighbours than can be computed.

    Warns
    -----
    HotspotsWarning
        When all values are equal.

    Notes
    -----
    p comes from the exact distribution of the neighbours' sum (`hotspots.base.subset_sums`): no draws, no seed. I is
    computed by ``esda.Moran_Local``, whose own p is not used: where many sums tie, as sums of counts do, it leaves
    the ties of one side out, and gives the least p there is to every busy area whose neighbours are empty, however
    common empty neighbours are.

    References
    ----------
    Anselin, L. (1995) Local indicators of spatial association: LISA. Geographical Analysis 27(2), 93-115.
    https://doi.org/10.1111/j.1538-4632.1995.tb00338.x

    Examples
    --------
    Twenty areas in a ring, of which one busy one stands among quiet ones and one quiet one among busy ones:

    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> from hotspots.areas.neighbours import from_graph
    >>> codes = [f"E{i:02}" for i in range(20)]
    >>> after = codes[1:] + codes[:1]
    >>> ring = from_graph(Graph.from_arrays(codes + after, after + codes, [1.0] * 40))
    >>> values = pd.Series([9, 9, 8, 0, 9, 8, 9, 4, 5, 3, 4, 5, 3, 1, 1, 9, 1, 1, 4, 5], index=codes)
    >>> found = local_moran(values, ring)
    >>> found["lm_i"].iloc[[3, 5, 15]].round(2).tolist()
    [-1.69, 1.22, -1.54]
    """
    _check_cap(cap)
    x, place = neighbours.align(values)
    has_value = np.isfinite(x)
    notes = np.full(len(x), "", dtype=object)
    notes[~has_value] = "no value"
    kept = np.flatnonzero(has_value)
    moran, p, q = (np.full(len(x), np.nan) for _ in range(3))
    classes = np.full(len(x), "undefined", dtype=object)
    if len(kept) and np.ptp(x[kept]) <= _SAME * np.abs(x[kept]).max():
        notes[kept] = "all values are equal"
        warnings.warn(
            f"Local Moran's I is undefined everywhere: all {len(kept):,} values are equal",
            HotspotsWarning,
            stacklevel=2,
        )
    elif len(kept):
        links = _links(neighbours.matrix, kept)
        notes[kept[np.diff(links.indptr) == 0]] = "no neighbours"
        defined = notes == ""
        linked = np.flatnonzero(defined[kept])
        moran[kept] = _statistic(x[kept], links)
        moran[~defined] = np.nan
        _require_equal_weights(neighbours.index[kept], links)
        upper, lower = neighbourhood_tails(x[kept], links, own="held", cap=cap)
        high = upper <= lower
        corrected = np.where(high[linked], *(benjamini_hochberg(tail[linked]) for tail in (upper, lower)))
        p[defined], q[defined] = np.minimum(upper, lower)[linked], corrected
        own = np.where(x[defined] > x[kept].mean(), "high-", "low-").astype(object)
        named = own + np.where(high[linked], "high", "low").astype(object)
        classes[defined] = np.where(q[defined] <= _LEVEL, named, "none")
    return pd.DataFrame(
        {
            "lm_i": moran[place],
            "lm_p": p[place],
            "lm_q": q[place],
            "lm_class": pd.Categorical(classes[place], categories=list(LM_CLASSES)),
            "lm_note": pd.array(notes[place], dtype="str"),
        },
        index=values.index,
    )


def _check_cap(cap: float) -> None:
    if not 0.5 <= cap <= 1:
        raise ParameterError(
            f"'cap' is {cap:g}, but must be a share from 0.5 to 1",
            hint="set 'cap' to 0.95, or to 1 for no cap",
        )


def _links(matrix: Any, kept: Integers) -> Any:
    """Return the weights between the areas with a value, without the diagonal, the largest of each row being 1."""
    from scipy import sparse

    links = sparse.coo_array(matrix[kept][:, kept])
    apart = links.coords[0] != links.coords[1]
    rows, columns = links.coords[0][apart], links.coords[1][apart]
    largest = np.zeros(len(kept))
    np.maximum.at(largest, rows, links.data[apart])
    return sparse.csr_array((links.data[apart] / largest[rows], (rows, columns)), shape=links.shape)


def _statistic(x: Floats, links: Any) -> Floats:
    """Return local Moran's I by esda."""
    from esda.moran import Moran_Local
    from libpysal.graph import Graph

    with warnings.catch_warnings():  # esda changes the process's own filters
        warnings.simplefilter("ignore")
        found: Floats = Moran_Local(x, Graph.from_sparse(links), permutations=0).Is
    return found


def _require_equal_weights(codes: pd.Index[Any], links: Any) -> None:
    unequal = np.flatnonzero(links.data < 1 - _SAME)
    if len(unequal):
        row = int(np.searchsorted(links.indptr, unequal[0], side="right")) - 1
        raise ParameterError(
            f"the weights of '{codes[row]}' differ, but local Moran's I is tested with equal ones",
            hint="make the neighbours with 'make_neighbours', which weighs them alike",
        )
