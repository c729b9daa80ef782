"""Which values counts can be shown to take, by whole tables that a reader cannot tell from the true one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hotspots.disclosure.moves import hide, search
from hotspots.disclosure.near import Ties
from hotspots.disclosure.propagate import propagate
from hotspots.disclosure.solver import for_solver, solve_whole
from hotspots.disclosure.statements import System
from hotspots.disclosure.tables import Tables

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

ROUNDS = (50, 500)
"""How many moves are tried for each count, in each round for those that the round before has not settled."""
CHOICES = 1_000
"""Among how many moves the one that hides least is chosen."""

STEPS = (3, 5)
"""How many sums off counts may differ from the true table where a programme looks for one."""
NODES = 100
"""Branches of such a programme after which it is given up."""
GAP = 0.02
"""A table for many counts at once need not be the best of all."""
MANY, MOST = 200, 20_000
"""A table that serves many counts at once is looked for where so many are left, in tables of no more counts."""
WIDEST = 1_500
"""Counts that a programme for one count is about at most."""
FAILURES = 20
"""When so many more of them have found nothing than something, no more are tried."""
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

    def prove(self) -> Bools:
        """Look for such tables by integer programmes as well; return for which counts none is found.

        First for tables in which as many counts as can be differ as wanted at once, each of which proves hundreds;
        then for one for each count that is left, in which only counts near it differ from the true table. Where most of
        these find nothing, nothing is there most often, and the search ends.
        """
        sums = for_solver(sparse.csr_array(self.tables.sums))
        lower, upper = self._limits(sums)
        possible = (lower <= self.want_low) & (upper >= self.want_high)
        if (self.missing() & possible).sum() > MANY and len(self.down) <= MOST:
            for sign in (-1, 1):
                self._look_together(sums, possible, sign)
        ties, balance = Ties(sums), 0
        for cell in np.flatnonzero(self.missing() & possible).tolist():
            for sign, steps in itertools.product((-1, 1), STEPS):
                if self._short(sign)[cell] and len(near := ties.near(cell, steps)) <= WIDEST:
                    rows = ties.rows_of(near)
                    self._solve(sums[rows][:, near].tocsr(), near, near == cell, sign)
            balance += -1 if self.missing()[cell] else 1
            if balance < -FAILURES:
                break
        return self.missing()

    def _limits(self, sums: sparse.csr_array) -> tuple[Floats, Floats]:
        """Return how far each count can differ at most, as far as one sum after the other tells."""
        zero = np.zeros(sums.shape[0])
        ends = self.down.astype(float), self.up.astype(float)
        return propagate(System(self.tables.counts.index, *ends, matrix=sums, least=zero, most=zero))

    def _short(self, sign: int) -> Bools:
        """Return for which counts no table was found in which they differ to one side as wanted."""
        return self.low > self.want_low if sign < 0 else self.high < self.want_high

    def _look_together(self, sums: sparse.csr_array, possible: Bools, sign: int) -> None:
        """Note tables in which many counts differ to one side as wanted, while each finds a tenth of the rest."""
        every = np.arange(len(self.down))
        while (left := self._short(sign) & possible).any():
            self._solve(sums, every, left, sign)
            if (self._short(sign) & possible).sum() > 0.9 * left.sum():
                break

    def _solve(self, sums: sparse.csr_array, cells: Integers, goal: Bools, sign: int) -> None:
        """Note the table of these cells in which those of a goal differ most to one side, as far as wanted."""
        down, up = self.down[cells].astype(float), self.up[cells].astype(float)
        if sign < 0:
            down[goal] = np.maximum(down, self.want_low[cells])[goal]
        else:
            up[goal] = np.minimum(up, self.want_high[cells])[goal]
        found = solve_whole(np.where(goal, -float(sign), 0.0), sums, (down, up), (0, 0), gap=GAP, nodes=NODES)
        if found.x is None:
            return
        table = np.rint(found.x).astype(np.int64)
        if not (sums @ table).any():
            self.low[cells] = np.minimum(self.low[cells], table)
            self.high[cells] = np.maximum(self.high[cells], table)

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
