"""What a reader can work out: the least and greatest value of each count, given everything that is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from hotspots.base.errors import DataError, listed
from hotspots.disclosure.near import Ties
from hotspots.disclosure.propagate import contradiction, propagate
from hotspots.disclosure.solver import CEILING, for_solver, solve_whole
from hotspots.disclosure.statements import EDGE, System

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Enough = Callable[[Places, Floats, Floats], npt.NDArray[np.bool_]]
Away = Callable[[Places, float], npt.NDArray[np.bool_]]

NODES = 1_000
"""In how many branches one end of one count is searched before what was found is returned as not exact."""
_PATIENCE = 30
"""How many times as many the first search may take, on which all counts hang, and those for the few left at last."""
_STEPS = (3, 5)
"""How far off counts may change, in statements, when one is moved and all others stay as they were."""
_TOGETHER = 200
"""Branches of a search for many counts at once, which need not find the best of all tables."""
_GAP = 0.02
"""By so much of the best it may fall short."""
_WORTH = 0.05
"""A table for many counts at once is looked for as long as the last settled this share of them."""
_FEW = 1_000
"""Near so few cells, one is moved by itself."""
_ASIDE = 0.1
"""What it is worth to move another along, where moving the one itself is worth 1."""
_INFEASIBLE = 2  # the solver's word for it


def bounds(
    system: System,
    cells: pd.Index | None = None,
    *,
    nodes: int = NODES,
    enough: Enough | None = None,
) -> pd.DataFrame:
    """Return the least and greatest value that each count can have, given every statement.

    Counts are whole numbers of 0 or more. For each asked cell c the two integer programs ::

        min x_c  and  max x_c   subject to   lower <= x <= upper,   least <= A x <= most

    are solved to their optimum (HiGHS), after interval propagation, in each connected part of the system by
    itself; a table found for one cell serves all others whose limits it reaches. Tables are looked for first in which
    many cells are at an end at once, then such in which only cells near one differ from a table that is known, and
    only then by the whole programme. A value that is returned as
    exact is therefore attained by at least one set of counts that agrees with all that is said, and none beyond
    it is. Where the solver does not finish, the narrower interval, which is known to be attained, is returned: never
    wider, so that nothing is called safer than it is known to be. What it may search is counted in branches, not in
    seconds, so that every machine returns the same.

    Parameters
    ----------
    system : System
    cells : Index, optional
        The cells to solve for; all, if it is not given.
    nodes : int, default 1,000
        Branches for each of the two problems of a cell; thirty times as many are shared by those that need more.
    enough : function, optional
        Called with the places of cells and the least and the greatest value that tables show for each: which of them
        need not be searched any further, as for a promise that so many values keep already. Their limits are those
        that were met, and not called exact unless they are.

    Returns
    -------
    DataFrame
        By cell: `lower` and `upper` (infinite where there is no limit), and `exact`, whether both are proved.

    Raises
    ------
    DataError
        When the statements contradict each other, a cell is not in the system, or no counts at all that agree are found
        in thirty times the branches for one.

    Examples
    --------
    Two hidden counts, their published total, and another that two decimals of a rate give away:

    >>> from hotspots.disclosure.statements import Statement, make_system
    >>> said = [Statement({"a": 1, "b": 1}, 7, 7), Statement({"b": 0.5}, 1.49, 1.51)]
    >>> bounds(make_system(said))
       lower  upper  exact
    a    4.0    4.0   True
    b    3.0    3.0   True
    """
    asked = np.arange(len(system.cells)) if cells is None else system.cells.get_indexer(cells)
    if (asked < 0).any():
        missing = [cell for cell, at in zip(cells if cells is not None else [], asked, strict=True) if at < 0]
        raise DataError(
            f"not in the system: {listed(missing)}", hint="ask for cells that statements are about"
        )
    lower, upper = propagate(system)
    low, high = lower.copy(), upper.copy()
    exact = np.ones(len(system.cells), dtype=bool)
    wanted = np.zeros(len(system.cells), dtype=bool)
    wanted[asked] = True
    for part in _parts(system, lower, upper):
        if wanted[part.cells].any() or not part.known:
            _solve(part, wanted[part.cells], nodes, enough)
        low[part.cells], high[part.cells], exact[part.cells] = part.low, part.high, part.exact
    return pd.DataFrame(
        {"lower": low[asked], "upper": high[asked], "exact": exact[asked]}, index=system.cells[asked]
    )


@dataclass(eq=False)
class _Part:
    """Cells that statements connect, the statements, and the extremes found of each so far."""

    cells: Places
    lower: Floats
    upper: Floats
    matrix: sparse.csr_array
    least: Floats
    most: Floats
    source: str
    known: bool
    low: Floats
    high: Floats
    exact: npt.NDArray[np.bool_]
    table: Floats = field(default_factory=lambda: np.zeros(0))
    """The set of counts found last."""

    @cached_property
    def ties(self) -> Ties:
        """Which cells stand in which statements."""
        return Ties(self.matrix)

    def take(self, table: Floats) -> None:
        """Widen what has been found by one more set of counts."""
        self.table = table
        self.low = np.minimum(self.low, table)
        self.high = np.maximum(self.high, table)


def _parts(system: System, lower: Floats, upper: Floats) -> Iterator[_Part]:
    """Yield the connected parts of what propagation leaves open, the known counts taken out."""
    free = np.flatnonzero(upper > lower)
    if not len(free):
        return
    known = lower.copy()
    known[free] = 0
    shift = system.matrix @ known
    matrix = system.matrix[:, free].tocsr()
    rows = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[rows]
    graph = sparse.block_array([[None, matrix], [matrix.T, None]])
    _, label = connected_components(graph, directed=False)
    of_row, of_cell = label[: len(rows)], label[len(rows) :]
    by_cell, by_row = np.argsort(of_cell, kind="stable"), np.argsort(of_row, kind="stable")
    first = np.unique(of_cell[by_cell], return_index=True)
    ends = np.append(first[1][1:], len(by_cell))
    for name, start, end in zip(*first, ends, strict=True):
        mine = by_cell[start:end]
        here = by_row[np.searchsorted(of_row[by_row], name) : np.searchsorted(of_row[by_row], name, "right")]
        cells = free[mine]
        yield _Part(
            cells=cells,
            lower=lower[cells],
            upper=upper[cells],
            matrix=for_solver(matrix[here][:, mine].tocsr()),
            least=system.least[rows[here]] - shift[rows[here]],
            most=system.most[rows[here]] - shift[rows[here]],
            source=system.source(int(rows[here[0]])) if len(here) else "",
            known=not len(here),
            low=np.full(len(cells), np.inf) if len(here) else lower[cells],
            high=np.full(len(cells), -np.inf) if len(here) else upper[cells],
            exact=np.ones(len(cells), dtype=bool),
        )


def _solve(part: _Part, wanted: npt.NDArray[np.bool_], nodes: int, enough: Enough | None) -> None:
    """Find the extremes of the wanted cells of a part."""
    if part.known:
        return
    # With nothing met yet there is nothing to fall back on.
    optimum(part, np.zeros(len(part.cells)), _PATIENCE * nodes)

    def open_of(cells: Places) -> npt.NDArray[np.bool_]:
        """Return which cells have to be searched further, as far as they are not at their ends."""
        if enough is None:
            return np.ones(len(cells), dtype=bool)
        return ~enough(part.cells[cells], part.low[cells], part.high[cells])

    def away(cells: Places, sign: float) -> npt.NDArray[np.bool_]:
        """Return for which wanted cells an end is still to be searched for."""
        return np.asarray(wanted[cells] & ~_reached(part, cells, sign) & open_of(cells))

    def is_away(cell: int, sign: float) -> bool:
        return bool(away(np.array([cell]), sign)[0])

    _reach_together(part, np.flatnonzero(wanted), away)
    ends = [(cell, sign) for cell in np.flatnonzero(wanted).tolist() for sign in (1.0, -1.0)]
    open_ = [end for end in ends if is_away(*end) and not _reach_near(part, *end, nodes, away)]
    # Those that are left after all have had a turn are few, and share out what is searched for many.
    for limit in (nodes, _PATIENCE * nodes):
        share = max(limit // max(len(open_), 1), nodes)
        open_ = [end for end in open_ if is_away(*end) and not _settled(part, *end, share)]
    for cell, sign in ends:
        part.exact[cell] &= bool(_reached(part, cell, sign))
    part.high[part.high >= CEILING / 2] = np.inf


def _settled(part: _Part, cell: int, sign: float, nodes: int) -> bool:
    """Solve for an end of a cell among all others; return whether it was found and is proved."""
    goal = np.zeros(len(part.cells))
    goal[cell] = sign
    best = optimum(part, goal, nodes)
    if best is None:
        # Whether one value is possible is sooner told than which is the best of all.
        return _possible(part, cell, (part.lower if sign > 0 else part.upper)[cell], nodes)
    if sign > 0:
        part.lower[cell] = max(part.lower[cell], best)
    else:
        part.upper[cell] = min(part.upper[cell], -best)
    return True


def _reached(part: _Part, cells: Any, sign: float) -> Any:
    """Return whether tables were met in which cells are at an end: the least for 1, the greatest for -1."""
    if sign > 0:
        return part.low[cells] <= part.lower[cells]
    return part.high[cells] >= np.minimum(part.upper[cells], CEILING)


def _reach_together(part: _Part, wanted: Places, away: Away) -> None:
    """Find tables in which many wanted cells are at an end of their limits at once, while that still finds many more.

    One table with fifty cells at their least spares fifty searches; what no table shows is left to a search of its own.
    It need not be the best: a search that is stopped has found some as well.
    """
    for sign in (1.0, -1.0):
        before = np.inf
        while True:
            left = wanted[away(wanted, sign)]
            if not 1 < len(left) < (1 - _WORTH) * before:
                break
            before = float(len(left))
            goal = np.zeros(len(part.cells))
            goal[left] = sign
            _searched(part, goal, (part.lower, part.upper), _TOGETHER, gap=_GAP)


def _reach_near(part: _Part, cell: int, sign: float, nodes: int, away: Away) -> bool:
    """Find a table in which a cell is at an end, and only cells near it differ from the one found last.

    Among many cells such a table is dear, and others that are away from the same end are brought to it as well.
    """
    for steps in _STEPS:
        near = part.ties.near(cell, steps)
        goal = np.where(near == cell, sign, 0.0)
        if len(near) > _FEW:
            also = goal + sign * _ASIDE * away(near, sign)
            _search_near(part, near, also, _TOGETHER, gap=_GAP)
        if not _reached(part, cell, sign):
            _search_near(part, near, goal, nodes)
        if _reached(part, cell, sign) or len(near) == len(part.cells):
            break
    return bool(_reached(part, cell, sign))


def _search_near(part: _Part, near: Places, goal: Floats, nodes: int, *, gap: float = 0.0) -> None:
    """Take the table of the least value of a goal in which only cells near one differ from the one found last."""
    rows = part.ties.rows_of(near)
    rest = part.table.copy()
    rest[near] = 0
    shift = (part.matrix @ rest)[rows]
    found = solve_whole(
        goal,
        part.matrix[rows][:, near].tocsr(),
        (part.lower[near], part.upper[near]),
        (part.least[rows] - shift - EDGE, part.most[rows] - shift + EDGE),
        gap=gap,
        nodes=nodes,
    )
    if found.x is not None:
        rest[near] = np.rint(found.x) + 0.0
        part.take(rest)


def _possible(part: _Part, cell: int, value: float, nodes: int) -> bool:
    """Return whether a table is found in which a cell has a value; it is kept."""
    lower, upper = part.lower.copy(), part.upper.copy()
    lower[cell] = upper[cell] = min(value, CEILING)
    return bool(_searched(part, np.zeros(len(lower)), (lower, upper), nodes).x is not None)


def _searched(
    part: _Part, goal: Floats, limits: tuple[Floats, Floats], nodes: int, *, gap: float = 0.0
) -> Any:
    """Return what the solver says of the least value of a goal within limits, keeping the table that it met."""
    sums = part.least - EDGE, part.most + EDGE
    found = solve_whole(goal, part.matrix, limits, sums, gap=gap, nodes=nodes)
    if found.x is not None:
        part.take(np.rint(found.x) + 0.0)  # no minus zero
    return found


def optimum(part: _Part, goal: Floats, nodes: int) -> float | None:
    """Return the least value of a goal over all whole counts that agree, keeping every table met; None if unproved."""
    found = _searched(part, goal, (part.lower, part.upper), nodes)
    if found.x is None and not np.isfinite(part.low).all():
        if found.status == _INFEASIBLE:
            raise contradiction(part.source)
        raise DataError(
            f"no counts that agree with {part.source} and the rest were found in {nodes:,} branches of the search",
            hint="publish fewer areas, themes or periods",
        )
    return float(np.rint(found.fun)) if found.status == 0 else None
