"""The inner loops of Gi* permutation inference.

Throughout, `counts` has shape (3, areas): sums at least as large as the area's own, sums at most as large,
and sums compared. Sums closer than `tie` are equal.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Drawn = npt.NDArray[np.int32]


@kernel()
def draw_sequences(uniform: Floats, n: int) -> Drawn:
    """Return a random sequence without replacement from 0 to n - 1 for each row of numbers in [0, 1).

    The swaps of one draw are left in place for the next: whatever the order was, the next choice is uniform.
    """
    draws, longest = uniform.shape
    drawn = np.empty((draws, longest), dtype=np.int32)
    order = np.arange(n).astype(np.int32)
    for r in range(draws):
        for t in range(longest):
            place = t + int(uniform[r, t] * (n - t))
            chosen = order[place]
            order[place] = order[t]
            order[t] = chosen
            drawn[r, t] = chosen
    return drawn


@kernel()
def sum_subsets(
    y: Floats, drawn: Drawn, slot: Integers, size: Integers, observed: Floats, tie: float, counts: Integers
) -> Floats:
    """Sum each draw's first m values for every subset size m, and take out each area's own draws.

    The first m areas of a sequence are a uniform random m-subset, so one sequence serves all sizes. Of the
    subsets without area i, each is equally likely: leaving out the draws that hold i is all it takes to hold
    i's value fixed. `slot` is the row of the result for each size, or -1; `size` is each area's subset size,
    or 0.
    """
    draws, longest = drawn.shape
    sums = np.empty((slot.max() + 1, draws))
    partial = np.zeros(longest + 1)
    for r in range(draws):
        for t in range(longest):
            partial[t + 1] = partial[t] + y[drawn[r, t]]
            if slot[t + 1] >= 0:
                sums[slot[t + 1], r] = partial[t + 1]
        for t in range(longest):
            area = drawn[r, t]
            m = size[area]
            if t < m:
                counts[0, area] -= partial[m] >= observed[area] - tie
                counts[1, area] -= partial[m] <= observed[area] + tie
                counts[2, area] -= 1
    return sums


@kernel()
def rank_in_draws(areas: Integers, observed: Floats, tie: float, drawn: Floats, counts: Integers) -> None:
    """Add how many of the sorted sums are at least and at most each area's.

    The areas are in ascending order of their own sums, so two pointers pass over the drawn ones once.
    """
    below = 0
    up_to = 0
    for area in areas:
        while below < drawn.size and drawn[below] < observed[area] - tie:
            below += 1
        while up_to < drawn.size and drawn[up_to] <= observed[area] + tie:
            up_to += 1
        counts[0, area] += drawn.size - below
        counts[1, area] += up_to
        counts[2, area] += drawn.size


@kernel()
def compare_weighted(
    y: Floats,
    drawn: Drawn,
    start: Integers,
    weights: Floats,
    areas: Integers,
    observed: Floats,
    tie: float,
    counts: Integers,
) -> None:
    """Compare each area's weighted sum with those over the shared draws from the n - 1 others.

    Column r of `drawn` is a draw from 0 to n - 2; for area i the number i stands for area n - 1, which makes
    the draws uniform over the others. `start[a]` to `start[a + 1]` are the weights of ``areas[a]``.
    """
    values = y[drawn.ravel()].reshape(drawn.shape)
    last = y[y.size - 1]
    total = np.empty(drawn.shape[1])
    for a in range(areas.size):
        area = areas[a]
        own = weights[start[a] : start[a + 1]]
        total[:] = 0.0
        for t in range(own.size):
            for r in range(total.size):
                total[r] += own[t] * (last if drawn[t, r] == area else values[t, r])
        at_least = 0
        at_most = 0
        for r in range(total.size):
            at_least += total[r] >= observed[area] - tie
            at_most += total[r] <= observed[area] + tie
        counts[0, area] += at_least
        counts[1, area] += at_most
        counts[2, area] += total.size
