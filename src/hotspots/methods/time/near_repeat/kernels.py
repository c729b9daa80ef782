"""The inner loop of the Knox test: pairs of incidents sorted into boxes, for several orders of the days at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

Integers = npt.NDArray[np.int64]


@kernel()
def count_boxes(
    first: npt.NDArray[np.int32],
    second: npt.NDArray[np.int32],
    band: npt.NDArray[np.uint8],
    days: npt.NDArray[np.int32],
    window: npt.NDArray[np.uint8],
    counts: Integers,
) -> None:
    """Add to `counts` how many pairs are in each box.

    Parameters
    ----------
    first, second : ndarray of int32, shape (pairs,)
        The two incidents of each pair.
    band : ndarray of uint8, shape (pairs,)
        Its band of distances.
    days : ndarray of int32, shape (incidents, orders)
        The day of each incident in each of several orders: one row is read at once, whatever the number of orders.
    window : ndarray of uint8
        The band of days of each number of days apart.
    counts : ndarray of int64, shape (orders, bands of distances, bands of days)
    """
    for pair in range(len(first)):
        one, other, near = first[pair], second[pair], band[pair]
        for order in range(days.shape[1]):
            counts[order, near, window[abs(days[one, order] - days[other, order])]] += 1
