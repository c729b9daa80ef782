"""The least more to hide so that counts which are known too closely no longer are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hotspots.base.errors import DataError
from hotspots.disclosure.near import Places, Ties
from hotspots.disclosure.solver import CEILING, for_solver, solve_whole
from hotspots.disclosure.statements import EDGE, System
from hotspots.disclosure.tables import named

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_STEPS = (2, 4, 7, None)
"""How far off, in statements, counts are hidden and changed to release one; None for all, where nothing near does.

A total that stays as it is holds down all near counts together, as a district of which all are hidden: what then
differs lies in other districts, to which no short way of statements leads.
"""
_FAR = 200.0
"""By so much at most a count differs from what was shown of it to release another."""
_NODES = 1_000
"""In how many branches one choice is searched; what is found by then is taken."""
_GAP = 0.01
"""By so much of the least cost it may fall short."""


@dataclass(frozen=True, eq=False)
class Release:
    """A system some of whose counts may be hidden.

    Parameters
    ----------
    system : System
        What a reader knows where none of them is.
    may : array of bool
        Which counts may be hidden.
    lower, upper : array
        The limits that a count has where it is hidden: those that are known of it from elsewhere.
    cost : array
        What hiding each costs, above 0.
    """

    system: System
    may: Bools
    lower: Floats
    upper: Floats
    cost: Floats

    def hidden(self, chosen: Bools) -> System:
        """Return what a reader knows where some counts are hidden."""
        s = self.system
        lower, upper = (
            np.where(chosen, self.lower, s.lower),
            np.where(chosen, self.upper, s.upper),
        )
        return System(s.cells, lower, upper, s.matrix, s.least, s.most, s.sources)

    def choose(self, cells: Places, highest: Floats, lowest: Floats) -> Bools:
        """Return which counts to hide so that others can be more, or less, than they could.

        For each of `cells` in turn the integer programme is solved that hides at the least cost what lets it be
        as much as `highest` or, where nothing does, as little as `lowest`: ::

            min Σ cost_i y_i   subject to   lower_i - M y_i <= x_i <= upper_i + M y_i,   least <= A x <= most

        in which only counts near it differ from a table that agrees with all that is shown, and any where this does
        not help; what is hidden for one is hidden for the next. A table in which it is so much is thus there to prove
        it.

        Parameters
        ----------
        cells : array of int
            Places of the counts to release.
        highest, lowest : array
            For each of them, what it must be possible to be: one of the two.

        Returns
        -------
        array of bool

        Raises
        ------
        DataError
            When hiding all that may be hidden releases one of them to neither end, or no counts agree with what is
            shown.
        """
        ties = Ties(for_solver(self.system.matrix))
        table = _any_table(self.system)
        everywhere = np.arange(len(self.may), dtype=np.int64)
        chosen = np.zeros(len(self.may), dtype=bool)
        for cell, most, least in zip(cells.tolist(), highest.tolist(), lowest.tolist(), strict=True):
            for steps in _STEPS:
                near = everywhere if steps is None else ties.near(cell, steps)
                found = self._near(ties, near, table, chosen, (cell, most, np.inf))
                if found is None and least >= 0:
                    found = self._near(ties, near, table, chosen, (cell, 0.0, least))
                if found is not None:
                    chosen |= found
                    break
            else:
                told = named(self.system.cells[cell])
                raise DataError(
                    f"what is published already tells too much of the count of {told}: hiding more does not help",
                    hint="publish larger areas or longer periods, or leave the earlier edition's months out",
                )
        return chosen

    def _near(
        self,
        ties: Ties,
        near: Places,
        table: Floats,
        chosen: Bools,
        want: tuple[int, float, float],
    ) -> Bools | None:
        """Return what to hide so that one count lies within limits; None where no choice nearby does."""
        held = self.hidden(chosen)
        rows = ties.rows_of(near)
        rest = table.copy()
        rest[near] = 0
        shift = (ties.by_row @ rest)[rows]
        lower, upper = held.lower[near], np.minimum(held.upper[near], CEILING)
        picks = np.flatnonzero(self.may[near] & ~chosen[near])
        wide_low = np.maximum(self.lower[near][picks], np.floor(lower[picks]) - _FAR)
        wide_high = np.minimum(self.upper[near][picks], np.ceil(upper[picks]) + _FAR)
        down, up = lower[picks] - wide_low, wide_high - upper[picks]
        ends = [lower.copy(), upper.copy()]
        ends[0][picks], ends[1][picks] = wide_low, wide_high
        at = int(np.flatnonzero(near == want[0])[0])
        ends[0][at], ends[1][at] = max(ends[0][at], want[1]), min(ends[1][at], want[2])
        if ends[0][at] > ends[1][at]:
            return None
        count, more = len(near), len(picks)
        unit = sparse.csr_array((np.ones(more), (np.arange(more), picks)), shape=(more, count))
        matrix = (
            sparse.block_array(
                [
                    [ties.by_row[rows][:, near], None],
                    [unit, sparse.diags_array(-up)],
                    [unit, sparse.diags_array(down)],
                ],
                format="csr",
            )
            if more
            else ties.by_row[rows][:, near]
        )
        least, most = self.system.least[rows] - shift - EDGE, self.system.most[rows] - shift + EDGE
        found = solve_whole(
            np.append(np.zeros(count), self.cost[near][picks]),
            sparse.csr_array(matrix),
            (np.append(ends[0], np.zeros(more)), np.append(ends[1], np.ones(more))),
            (
                np.concatenate([least, np.full(more, -np.inf), lower[picks]]),
                np.concatenate([most, upper[picks], np.full(more, np.inf)]),
            ),
            gap=_GAP,
            nodes=_NODES,
        )
        if found.x is None:
            return None
        made = np.zeros(len(chosen), dtype=bool)
        made[near[picks[found.x[count:] > 0.5]]] = True
        return made


def _any_table(system: System) -> Floats:
    """Return whole counts that agree with all statements."""
    sums = system.least - EDGE, system.most + EDGE
    found = solve_whole(np.zeros(len(system.lower)), system.matrix, (system.lower, system.upper), sums)
    if found.x is None:
        raise DataError(
            "what is published cannot all be true: no counts agree with it",
            hint="publish it anew from one set of counts",
        )
    return np.asarray(np.rint(found.x) + 0.0)
