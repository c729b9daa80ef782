"""Times that stand for others: midnight, a minute after it, and noon, where far more incidents have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HEAPS = (0, 1, 720)  # minutes of the day: 00:00, 00:01, 12:00
LEAST = 0.01
SURE = 0.001


@dataclass(frozen=True)
class Heap:
    """A time of day that more incidents have than the times like it before and after.

    Attributes
    ----------
    minute : int
        Of the day.
    n : int
        Incidents that have it.
    share : float
        Of all that have a time.
    expected : float
        Incidents that it would have if it were like those an hour before and after.
    """

    minute: int
    n: int
    share: float
    expected: float

    @property
    def clock(self) -> str:
        """The time as a clock shows it."""
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"


def find_heaps(minutes: npt.ArrayLike) -> list[Heap]:
    """Return which of 00:00, 00:01 and 12:00 stand for times that are not known, to judge by how many have them.

    Full hours are heaps everywhere, as people round. One of these is suspect when it has at least 1 in 100 of the
    incidents, more than twice as many as the mean of the times one hour before and after, and more than chance would
    make of that mean (Poisson, p ≤ 0.001).

    Parameters
    ----------
    minutes : array of int
        The minute of the day of each incident, 0 to 1439.

    Examples
    --------
    >>> [heap] = find_heaps([0] * 60 + [60] * 10 + [1380] * 14 + list(range(200, 1200)))
    >>> heap.clock, heap.n, heap.expected
    ('00:00', 60, 12.0)
    """
    from scipy import special

    held = np.bincount(np.asarray(minutes, dtype=np.int64), minlength=1440)
    total = held.sum()
    found = []
    for minute in HEAPS:
        n, beside = int(held[minute]), (held[minute - 60] + held[(minute + 60) % 1440]) / 2
        sure = n > 0 and special.gammainc(n, max(beside, 1.0)) <= SURE  # the Poisson chance of n or more
        if total and n / total >= LEAST and n > 2 * beside and sure:
            found.append(Heap(minute, n, n / float(total), float(beside)))
    return found
