"""What the order of values, or a straight line through them, says of the counts that they were made from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ends = tuple[Floats, Floats]

_TIE = 1e-9
"""Values nearer to each other are taken for one: a computer's last digits say nothing."""
_EDGE = 1e-6
MOST = 2_000
"""Of more counts that are not known the limits are those of the rule's own numbers, each by itself."""


def between_in_order(values: Floats, people: Floats, low: Floats, high: Floats) -> Ends | None:
    """Return limits of counts narrowed by the order of values, see `least_in_order`; None where no counts have it.

    What it says of the least counts it says of the most where values, people and counts are turned round.
    """
    return _met(least_in_order(values, people, low), -least_in_order(-values, -people, -high))


def between_in_rank(ranks: Floats, people: Floats, low: Floats, high: Floats) -> Ends | None:
    """Return limits of counts narrowed by their ranks, see `least_in_rank`; None where no counts have them.

    Turned round are ranks and counts: the last rank of counts below none.
    """
    return _met(least_in_rank(ranks, people, low), -least_in_rank(-ranks, people, -high))


def _met(least: Floats, most: Floats) -> Ends | None:
    return None if (least > most + _EDGE).any() else (least, most)


def least_in_order(values: Floats, people: Floats, low: Floats) -> Floats:
    """Return the least whole counts behind values that rise with the count and fall with the people.

    Where an area has a greater value than another, and as many people or more, it has more incidents: with as many
    or fewer its value could not be greater.

    Examples
    --------
    Of three areas the second has a greater value than the first among more people, and the third among fewer:

    >>> least_in_order(np.array([1.0, 1.4, 1.9]), np.array([900.0, 1000, 800]), np.array([4.0, 0, 0])).tolist()
    [4.0, 5.0, 0.0]
    """
    found = low.copy()
    place = np.unique(people, return_inverse=True)[1] + 1
    best = [-np.inf] * (int(place.max(initial=0)) + 1)  # a tree of the greatest of all before
    order = np.argsort(values, kind="stable")
    apart = np.diff(values[order]) > _TIE * (1 + np.abs(values[order][1:]))
    ends = [0, *(np.flatnonzero(apart) + 1).tolist(), len(order)]
    for start, end in pairwise(ends):
        alike = order[start:end].tolist()
        for at in alike:
            step, most = int(place[at]), -np.inf
            while step > 0:
                most = max(most, best[step])
                step -= step & -step
            found[at] = max(found[at], most + 1)
        for at in alike:
            step, value = int(place[at]), float(found[at])
            while step < len(best):
                best[step] = max(best[step], value)
                step += step & -step
    return found


def least_in_rank(ranks: Floats, people: Floats, low: Floats) -> Floats:
    """Return the least whole counts where 1 is the rank of the highest count over people.

    Examples
    --------
    5 among 1,000 people rank second, so that the first of 2,000 has 10 or more:

    >>> least_in_rank(np.array([1.0, 2, 3]), np.array([2000.0, 1000, 1000]), np.array([0.0, 5, 0])).tolist()
    [10.0, 5.0, 0.0]
    """
    found = low.copy()
    order = np.argsort(-ranks, kind="stable")
    ends = [0, *(np.flatnonzero(np.diff(ranks[order])) + 1).tolist(), len(order)]
    most = -np.inf
    for start, end in pairwise(ends):
        alike = order[start:end]
        found[alike] = np.maximum(found[alike], np.ceil(most * people[alike] - _EDGE))
        most = max(most, float((found[alike] / people[alike]).max()))
    return found


def straight(
    values: tuple[Floats, Floats],
    people: Floats,
    low: Floats,
    high: Floats,
    *,
    scale: float,
    free: tuple[bool, bool],
) -> Ends | None:
    """Return the limits of counts x behind values v, where v (p + c) = s (x + a) for numbers that all have in common.

    With c and a both 0 that is a rate of p people. A rate that is drawn towards the rate m of all, as
    ``m + (y - m) s² / (s² + m / p)``, has c = m / s² and a = m c. For each value the equation is straight in x, 1/s,
    c/s and a; so each end of each count is a linear programme.

    Parameters
    ----------
    values : (array, array)
        The least and the most that each can be.
    people, low, high : arrays
        And the least and the most that each count can be.
    scale : float
        s, where it is known.
    free : (bool, bool)
        Whether s is not known; whether c and a are not.

    Returns
    -------
    (array, array) or None
        None where no such numbers are.

    Examples
    --------
    Rates over a period that is not told, 4.0 of 8 among 1,000: 6.0 among 500 are 6.

    >>> values = np.array([4.0, 6, 2]) - 0.05, np.array([4.0, 6, 2]) + 0.05
    >>> people, low, high = np.array([1000.0, 500, 500]), np.array([8.0, 0, 2]), np.array([8.0, 99, 2])
    >>> least, most = straight(values, people, low, high, scale=np.nan, free=(True, False))
    >>> least.round(2).tolist(), most.round(2).tolist()
    ([8.0, 5.88, 2.0], [8.0, 6.13, 2.0])
    """
    from scipy.optimize import linprog

    first, last = values
    # x = (1/s) v p + (c/s) v - a, least with the least value and most with the most.
    below = np.column_stack([first * people, first, -np.ones(len(first))])
    above = np.column_stack([last * people, last, -np.ones(len(last))])
    known = np.isfinite(high)
    left = np.vstack([below[known], -above])
    right = np.append(high[known], -low) + _EDGE
    ends: list[tuple[float, float | None]] = [
        (0.0, None) if free[0] else (1 / scale, 1 / scale),
        *([(0.0, None if free[1] else 0.0)] * 2),
    ]

    def least_of(goal: Floats) -> float | None:
        solved = linprog(goal, A_ub=left, b_ub=right, bounds=ends, method="highs")
        return float(solved.fun) if solved.status == 0 else -np.inf if solved.status in (3, 4) else None

    sides = [least_of(way * unit) for unit in np.eye(3) for way in (1, -1)]
    found = [side for side in sides if side is not None]
    if len(found) < len(sides):
        return None
    box = np.array(found).reshape(3, 2) * [1, -1]
    with np.errstate(invalid="ignore"):
        least = np.nansum(np.where(below > 0, below * box[:, 0], below * box[:, 1]), axis=1)
        most = np.nansum(np.where(above > 0, above * box[:, 1], above * box[:, 0]), axis=1)
    wide = np.flatnonzero(high - low > 0)
    for at in wide if len(wide) <= MOST and np.isfinite(box).all() else ():
        for goal, limits, sign in ((below[at], least, 1.0), (-above[at], most, -1.0)):
            best = least_of(goal)
            if best is not None:
                limits[at] = sign * best
    return np.maximum(low, least - 10 * _EDGE), np.minimum(high, most + 10 * _EDGE)
