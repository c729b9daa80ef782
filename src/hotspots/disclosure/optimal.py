"""The least that must be hidden, for tables small enough to find it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from hotspots.disclosure.reach import Room
from hotspots.disclosure.solver import for_solver, solve_whole

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

STEPS = 200
"""Rounds of the master problem after which the search for the least is given up."""
NODES = 20_000
"""Branches of one master problem after which it is given up."""


def least_hidden(
    room: Room,
    may: Bools,
    wide_down: Integers,
    wide_up: Integers,
    cost: Floats,
    *,
    doubtful: Callable[[Bools], Integers],
    safe: Callable[[Bools], bool],
) -> Bools | None:
    """Return which further counts to hide so that their cost is least; None where that is not found.

    Which of the counts i are hidden (y_i = 1) is decided by an integer programme that minimizes Σ cost_i y_i, as
    Fischetti and Salazar state it. For each protected count p and either end, the counts that a reader may think of are
    those with x_i - a_i between down_i and up_i, widened where y_i = 1; if they do not let x_p go as far as it should,
    linear duality tells a weighted sum of the y that must be greater, which is added (Benders), until none is left.
    What the linear programmes call safe is asked again of `safe`, in whole numbers; if it is not, at least one more
    count must be hidden.

    Parameters
    ----------
    room : Room
        What each count may differ by while it is shown, and what must be possible.
    may : array of bool
        The counts that may be hidden.
    wide_down, wide_up : array
        What each may differ by once it is hidden.
    cost : array
        Of hiding each, above 0.
    doubtful : function
        The counts that hiding these does not protect, as far as quick moves can tell: only they are solved for.
    safe : function
        Whether hiding these is enough, in whole numbers.

    Returns
    -------
    array of bool, or None

    References
    ----------
    Fischetti, M. and Salazar, J. J. (2001) Solving the cell suppression problem on tabular data with linear
    constraints. Management Science 47(7), 1008-1027. https://doi.org/10.1287/mnsc.47.7.1008.9805
    """
    limit = 10.0 * (
        room.tables.counts.to_numpy(dtype=float).max(initial=0) + room.want_high.max(initial=0) + 1
    )
    narrow = _Ends(room.down.astype(float), np.minimum(room.up, limit).astype(float))
    wide = _Ends(wide_down.astype(float), np.minimum(wide_up, limit).astype(float))
    picked = np.flatnonzero(may)
    cuts: list[Floats] = []
    needs: list[float] = []
    for _ in range(STEPS):
        hidden = _master(cost[picked], cuts, needs)
        if hidden is None:
            return None
        chosen = np.zeros(len(cost), dtype=bool)
        chosen[picked[hidden]] = True
        found = _violated(room, chosen, doubtful(chosen), picked, narrow, wide)
        if not found:
            if safe(chosen):
                return chosen
            found = [((~hidden).astype(float), 1.0)]
        cuts += [cut for cut, _ in found]
        needs += [need for _, need in found]
    return None


class _Ends:
    """The least and greatest difference of each count."""

    def __init__(self, down: Floats, up: Floats) -> None:
        self.down, self.up = down, up


def _master(cost: Floats, cuts: list[Floats], needs: list[float]) -> Bools | None:
    """Return the cheapest choice that satisfies all cuts; None where there is none, or it is not found."""
    if not cuts:
        return np.zeros(len(cost), dtype=bool)
    if not len(cost):
        return None
    either = np.zeros(len(cost)), np.ones(len(cost))
    sums = np.array(needs) - 1e-7, np.inf
    found = solve_whole(cost, sparse.csr_array(np.array(cuts)), either, sums, nodes=NODES)
    return np.rint(found.x).astype(bool) if found.status == 0 else None


def _violated(
    room: Room, chosen: Bools, doubtful: Integers, picked: Integers, narrow: _Ends, wide: _Ends
) -> list[tuple[Floats, float]]:
    """Return a cut, and what it must come to, for each count that hiding `chosen` leaves too closely known."""
    down, up = np.where(chosen, wide.down, narrow.down), np.where(chosen, wide.up, narrow.up)
    sums = for_solver(room.tables.sums)
    cuts = []
    for cell in doubtful:
        for sign, need in ((1.0, float(room.want_high[cell])), (-1.0, float(-room.want_low[cell]))):
            if need <= 0:
                continue
            goal = np.zeros(len(down))
            goal[cell] = -sign
            found = linprog(
                goal,
                A_eq=sums,
                b_eq=np.zeros(sums.shape[0]),
                bounds=np.stack([down, up], axis=1),
                method="highs",
            )
            if -found.fun >= need - 1e-6:
                continue
            alpha, beta = -found.upper.marginals, found.lower.marginals
            already = float(alpha @ narrow.up - beta @ narrow.down)
            gained = alpha * (wide.up - narrow.up) + beta * (narrow.down - wide.down)
            missing = need - already
            cuts.append((np.minimum(gained[picked], missing) / missing, 1.0))
    return cuts
