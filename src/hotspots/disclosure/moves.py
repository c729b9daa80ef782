"""Moves between tables that have the same totals: some counts up, others down, and nothing that is shown changes.

A count belongs to a leaf of each of three axes: a cell. Raising one leaf by 1 on an axis raises all sums that it is
part of; lowering another takes back what both are part of. The product over the axes of such differences is a move:
it changes whole counts of a table into whole counts of another with the same sums, eight counts at the least where
each axis swaps two leaves of one sum. Every change of a table is a sum of moves.

Where sums cross, as wards and LSOAs that cut each other, a swap inside one of them changes two of the others. There a
third leaf may give way for the first in another of its sums, and a fourth take up what the second has left.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

Integers = npt.NDArray[np.int64]
Links = tuple[Integers, Integers, Integers, Integers, Integers, Integers]
"""Of an axis: starts, entries and multiplicities of each leaf, itself first; starts and leaves of each entry; whether
any of its sums cross, 0 or 1."""
Move = tuple[Integers, Integers, Integers]
"""Entries on each axis, their multiplicities, and how many there are."""
Ends = tuple[Integers, Integers, Integers, Integers]
"""The least and the greatest difference of each count, and those that it has once it is hidden."""

ALONE = 0.15
"""The chance that an axis has no second leaf, so that its sums change too."""
CROSS = 0.5
"""The chance that four leaves change on an axis whose sums cross, and not two."""
LOOKS = 6
"""How many leaves are looked at for one whose own count has room."""
MOST = 4096
"""Counts that the moves for one count touch at most, repeats included."""


@kernel()
def empty_move(axes: tuple[Links, Links, Links]) -> Move:
    """Return room for any move: all entries of four leaves of each axis."""
    widest = 0
    for k in range(3):
        starts = axes[k][0]
        for leaf in range(len(starts) - 1):
            widest = max(widest, starts[leaf + 1] - starts[leaf])
    shape = (3, 4 * widest)
    return np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64), np.zeros(3, dtype=np.int64)


@kernel()
def draw_move(
    axes: tuple[Links, Links, Links],
    cell: int,
    sign: int,
    moved: Integers,
    down: Integers,
    up: Integers,
    move: Move,
) -> None:
    """Fill `move` with one at random that changes `cell`, or a leaf under it."""
    n2, n3 = len(axes[1][3]) - 1, len(axes[2][3]) - 1
    width = (n2 * n3, n3, 1)
    spot = (cell // (n2 * n3), cell // n3 % n2, cell % n3)
    leaf, own = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    for _ in range(LOOKS):
        for k in range(3):
            leaf[k] = draw_leaf(axes[k], spot[k])
            own[k] = axes[k][1][axes[k][0][leaf[k]]]
        at = cell_of(own, n2, n3)
        if (up[at] - moved[at] if sign > 0 else moved[at] - down[at]) > 0:
            break
    for k in range(3):
        starts, entries = axes[k][0], axes[k][1]
        other = leaf[k]
        size = starts[leaf[k] + 1] - starts[leaf[k]]
        if size > 1 and np.random.random() >= ALONE:  # noqa: NPY002
            # A second leaf under one of the sums that the first belongs to, and not under the count itself.
            over = entries[starts[leaf[k]] + 1 + np.random.randint(size - 1)]  # noqa: NPY002
            for _ in range(LOOKS):
                drawn = draw_leaf(axes[k], over)
                if drawn == leaf[k] or belongs(axes[k], drawn, spot[k]):
                    continue
                other = drawn
                beside = at + (entries[starts[other]] - own[k]) * width[k]
                if (moved[beside] - down[beside] if sign > 0 else up[beside] - moved[beside]) > 0:
                    break
        size = difference(axes[k], leaf[k], other, move[0][k], move[1][k])
        if axes[k][5][0] and other != leaf[k] and np.random.random() < CROSS:  # noqa: NPY002
            size = cross(axes[k], leaf[k], other, move[0][k], move[1][k], size)
        move[2][k] = size


@kernel()
def draw_leaf(links: Links, entry: int) -> int:
    """Return a leaf of an entry at random."""
    begin, end = links[3][entry], links[3][entry + 1]
    return int(links[4][begin + np.random.randint(end - begin)])  # noqa: NPY002


@kernel()
def belongs(links: Links, leaf: int, entry: int) -> bool:
    """Whether a leaf is part of an entry."""
    for place in range(links[0][leaf], links[0][leaf + 1]):  # noqa: SIM110
        if links[1][place] == entry:
            return True
    return False


@kernel()
def cell_of(entry: Integers, n2: int, n3: int) -> int:
    """Return the place of the count with these entries."""
    return int((entry[0] * n2 + entry[1]) * n3 + entry[2])


@kernel()
def difference(links: Links, leaf: int, other: int, entries: Integers, times: Integers) -> int:
    """Fill in what changes on an axis where one leaf goes up and another down; the same leaf twice is it alone."""
    size = add_leaf(links, leaf, 1, entries, times, 0)
    return size if other == leaf else add_leaf(links, other, -1, entries, times, size)


@kernel()
def cross(links: Links, leaf: int, other: int, entries: Integers, times: Integers, size: int) -> int:
    """Let a third leaf go down in another sum of the first, and a fourth go up in a sum of the second."""
    starts, held = links[0], links[1]
    over = held[starts[leaf] + 1 + np.random.randint(starts[leaf + 1] - starts[leaf] - 1)]  # noqa: NPY002
    under = held[starts[other] + np.random.randint(starts[other + 1] - starts[other])]  # noqa: NPY002
    third, fourth = draw_leaf(links, over), draw_leaf(links, under)
    if third in (leaf, other) or fourth in (leaf, third):
        return size
    return add_leaf(links, fourth, 1, entries, times, add_leaf(links, third, -1, entries, times, size))


@kernel()
def add_leaf(links: Links, leaf: int, sign: int, entries: Integers, times: Integers, size: int) -> int:
    """Add a leaf, or take one away, with all sums that it is part of; return how many entries change now."""
    starts, held, count = links[0], links[1], links[2]
    for place in range(starts[leaf], starts[leaf + 1]):
        at = 0
        while at < size and entries[at] != held[place]:
            at += 1
        if at == size:
            entries[at], times[at] = held[place], 0
            size += 1
        times[at] += sign * count[place]
    kept = 0
    for at in range(size):
        if times[at]:
            entries[kept], times[kept] = entries[at], times[at]
            kept += 1
    return kept


@kernel()
def room_of(
    move: Move,
    n2: int,
    n3: int,
    cell: int,
    sign: int,
    need: int,
    moved: Integers,
    down: Integers,
    up: Integers,
) -> int:
    """Return how often a move can be made, at most `need` times; 0 where it does not change `cell` as wanted."""
    most, hits = need, False
    for i in range(move[2][0]):
        for j in range(move[2][1]):
            for k in range(move[2][2]):
                at = (move[0][0, i] * n2 + move[0][1, j]) * n3 + move[0][2, k]
                step = sign * move[1][0, i] * move[1][1, j] * move[1][2, k]
                hits |= at == cell and step * sign > 0
                room = (up[at] - moved[at]) // step if step > 0 else (moved[at] - down[at]) // -step
                most = min(most, room)
                if most <= 0:
                    return 0
    return most if hits else 0


@kernel()
def make_move(
    move: Move, n2: int, n3: int, times: int, moved: Integers, touched: Integers, count: int
) -> int:
    """Make a move so many times, and note what it touches; return how many are noted."""
    for i in range(move[2][0]):
        for j in range(move[2][1]):
            for k in range(move[2][2]):
                at = (move[0][0, i] * n2 + move[0][1, j]) * n3 + move[0][2, k]
                moved[at] += times * move[1][0, i] * move[1][1, j] * move[1][2, k]
                touched[count] = at
                count += 1
    return count


@kernel()
def keep_table(moved: Integers, touched: Integers, count: int, low: Integers, high: Integers) -> None:
    """Note a table that was found, and go back to the true one."""
    for place in range(count):
        at = touched[place]
        low[at], high[at] = min(low[at], moved[at]), max(high[at], moved[at])
    for place in range(count):
        moved[touched[place]] = 0


@kernel()
def search(
    axes: tuple[Links, Links, Links],
    todo: Integers,
    want_low: Integers,
    want_high: Integers,
    down: Integers,
    up: Integers,
    low: Integers,
    high: Integers,
    tries: int,
    seed: int,
) -> None:
    """Look for tables in which the counts `todo` differ as much as wanted; fill `low` and `high` with what is found."""
    np.random.seed(seed)  # noqa: NPY002
    n2, n3 = len(axes[1][3]) - 1, len(axes[2][3]) - 1
    moved, touched = np.zeros(len(down), dtype=np.int64), np.empty(MOST, dtype=np.int64)
    move = empty_move(axes)
    for cell in todo:
        for sign in (-1, 1):
            need = want_high[cell] if sign > 0 else -want_low[cell]
            if need <= (high[cell] if sign > 0 else -low[cell]):
                continue
            count = 0
            for _ in range(tries):
                draw_move(axes, cell, sign, moved, down, up, move)
                if count + move[2][0] * move[2][1] * move[2][2] > MOST:
                    break
                times = room_of(move, n2, n3, cell, sign, need - sign * moved[cell], moved, down, up)
                if times > 0:
                    count = make_move(move, n2, n3, sign * times, moved, touched, count)
                if sign * moved[cell] >= need:
                    break
            keep_table(moved, touched, count, low, high)


@kernel()
def cost_of(
    move: Move,
    n2: int,
    n3: int,
    times: int,
    moved: Integers,
    down: Integers,
    up: Integers,
    cost: npt.NDArray[np.float64],
) -> float:
    """Return what it costs to hide all that a move takes out of what is shown."""
    total = 0.0
    for i in range(move[2][0]):
        for j in range(move[2][1]):
            for k in range(move[2][2]):
                at = (move[0][0, i] * n2 + move[0][1, j]) * n3 + move[0][2, k]
                after = moved[at] + times * move[1][0, i] * move[1][1, j] * move[1][2, k]
                if after < down[at] or after > up[at]:
                    total += cost[at]
    return total


@kernel()
def cheapest(
    axes: tuple[Links, Links, Links],
    cell: int,
    sign: int,
    left: int,
    moved: Integers,
    ends: Ends,
    cost: npt.NDArray[np.float64],
    tries: int,
    move: Move,
    best: Move,
) -> int:
    """Fill `best` with the move that brings `cell` on at the least cost a step; return how often to make it."""
    down, up, wide_down, wide_up = ends
    n2, n3 = len(axes[1][3]) - 1, len(axes[2][3]) - 1
    least, most = np.inf, 0
    for _ in range(tries):
        draw_move(axes, cell, sign, moved, wide_down, wide_up, move)
        times = room_of(move, n2, n3, cell, sign, left, moved, wide_down, wide_up)
        if times == 0:
            continue
        price = cost_of(move, n2, n3, sign * times, moved, down, up, cost) / times
        if price < least:
            least, most = price, times
            for k in range(3):
                best[0][k], best[1][k], best[2][k] = move[0][k], move[1][k], move[2][k]
        if price == 0:
            break
    return most


@kernel()
def hide_moved(moved: Integers, touched: Integers, count: int, ends: Ends) -> None:
    """Widen what has been moved out of what is shown."""
    down, up, wide_down, wide_up = ends
    for place in range(count):
        at = touched[place]
        if moved[at] < down[at] or moved[at] > up[at]:
            down[at], up[at] = wide_down[at], wide_up[at]


@kernel()
def hide(
    axes: tuple[Links, Links, Links],
    todo: Integers,
    want_low: Integers,
    want_high: Integers,
    ends: Ends,
    cost: npt.NDArray[np.float64],
    low: Integers,
    high: Integers,
    tries: int,
    seed: int,
) -> None:
    """Hide more, of the moves tried what costs least, until each count of `todo` can differ by as much as wanted.

    The first two of `ends` become the others where a count is hidden.
    """
    np.random.seed(seed)  # noqa: NPY002
    n2, n3 = len(axes[1][3]) - 1, len(axes[2][3]) - 1
    moved, touched = np.zeros(len(low), dtype=np.int64), np.empty(MOST, dtype=np.int64)
    move = empty_move(axes)
    best = empty_move(axes)
    for cell in todo:
        for sign in (-1, 1):
            need = want_high[cell] if sign > 0 else -want_low[cell]
            if need <= (high[cell] if sign > 0 else -low[cell]):
                continue
            count = 0
            while sign * moved[cell] < need:
                times = cheapest(
                    axes, cell, sign, need - sign * moved[cell], moved, ends, cost, tries, move, best
                )
                if times == 0 or count + best[2][0] * best[2][1] * best[2][2] > MOST:
                    break
                count = make_move(best, n2, n3, sign * times, moved, touched, count)
            if sign * moved[cell] >= need:
                hide_moved(moved, touched, count, ends)
                keep_table(moved, touched, count, low, high)
            else:
                moved[touched[:count]] = 0
