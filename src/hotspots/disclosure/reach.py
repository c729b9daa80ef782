"""Which values counts can be shown to take, by whole tables that a reader cannot tell from the true one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hotspots.disclosure.moves import hide, search
from hotspots.disclosure.tables import Tables

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

ROUNDS = (50, 500)
"""How many moves are tried for each count, in each round for those that the round before has not settled."""
CHOICES = 1_000
"""Among how many moves the one that hides least is chosen."""

PERSISTENCE = 100
"""How many times as many moves are tried, at last, for a count that nothing has protected."""


@dataclass(eq=False)
class Room:
    """By how much each count may differ from the true one, and for how much a whole table was found.

    Parameters
    ----------
    tables : Tables
    down, up : array, one for each count
        The least (0 or less) and the greatest (0 or more) difference that what is said of a count by itself allows.
    want_low, want_high : array
        The differences that must be possible: 0 or less, and 0 or more; 0 wants nothing.
    """

    tables: Tables
    down: Integers
    up: Integers
    want_low: Integers
    want_high: Integers
    low: Integers = field(init=False)
    """The least difference for which a table was found."""
    high: Integers = field(init=False)
    """The greatest."""

    def __post_init__(self) -> None:
        self.low, self.high = np.zeros_like(self.down), np.zeros_like(self.up)
        first, second, third = self.tables.axes
        self.links = first.links, second.links, third.links

    def missing(self) -> Bools:
        """Return for which counts one of the two was not found."""
        return (self.low > self.want_low) | (self.high < self.want_high)

    def explore(self, *, rounds: tuple[int, ...] = ROUNDS, seed: int = 0) -> Bools:
        """Look for tables in which each count is as little and as much as wanted; return for which none is found.

        What is found is certain: a table that agrees with all that is published. What is not found may be there.
        """
        for tries in rounds:
            todo = np.flatnonzero(self.missing())
            if not len(todo):
                break
            search(
                self.links,
                todo,
                self.want_low,
                self.want_high,
                self.down,
                self.up,
                self.low,
                self.high,
                tries,
                seed,
            )
        return self.missing()

    def widen(
        self, wide_down: Integers, wide_up: Integers, cost: Floats, *, tries: int = CHOICES, seed: int = 0
    ) -> Bools:
        """Hide what costs least until each count can differ as wanted, in turn; return which cannot.

        A quarter of those not yet protected at a time, the first ones: what is hidden for some protects others, too,
        which is tried before more is hidden. `wide_down` and `wide_up` are the differences a hidden count may have.
        """
        while (waiting := np.flatnonzero(self.missing())).size:
            batch = waiting[: max(len(waiting) // 4, 50)]
            hide(
                self.links,
                batch,
                self.want_low,
                self.want_high,
                (self.down, self.up, wide_down, wide_up),
                cost,
                self.low,
                self.high,
                tries,
                seed,
            )
            if self.missing()[batch].all():
                if tries >= CHOICES * PERSISTENCE:
                    break
                tries *= 10
            self.explore(rounds=ROUNDS[:1], seed=seed)
        return self.missing()
