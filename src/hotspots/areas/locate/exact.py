"""Compiled predicates of `hotspots.areas.locate.index`: which side of an edge, and in or out, answered exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_SPLITTER = 134217729.0  # 2**27 + 1: halves a double's digits, so that a product's error can be computed
_FILTER = 3.3306690738754716e-16  # (3 + 16 e) e with e = 2**-53, Shewchuk 1997


@kernel()
def _add_to_expansion(expansion: Floats, length: int, value: float) -> int:
    """Add a double to an exact sum of doubles in increasing order; return its new length."""
    carry = value
    for k in range(length):
        term = expansion[k]
        total = carry + term
        shadow = total - carry
        expansion[k] = (carry - (total - shadow)) + (term - shadow)
        carry = total
    expansion[length] = carry
    return length + 1


@kernel()
def _add_product(expansion: Floats, length: int, a: float, b: float) -> int:
    """Add the exact product of two doubles to the expansion; return its new length."""
    product = a * b
    swollen = _SPLITTER * a
    a_high = swollen - (swollen - a)
    a_low = a - a_high
    swollen = _SPLITTER * b
    b_high = swollen - (swollen - b)
    b_low = b - b_high
    rest = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
    length = _add_to_expansion(expansion, length, rest)
    return _add_to_expansion(expansion, length, product)


@kernel()
def _exact_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Return a number with the exact sign of the orientation of a, b, p."""
    expansion = np.empty(12)
    length = _add_product(expansion, 0, ax, by)
    length = _add_product(expansion, length, -ay, bx)
    length = _add_product(expansion, length, bx, py)
    length = _add_product(expansion, length, -by, px)
    length = _add_product(expansion, length, px, ay)
    length = _add_product(expansion, length, -py, ax)
    for k in range(length - 1, -1, -1):
        if expansion[k] != 0.0:
            return float(expansion[k])
    return 0.0


@kernel()
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Return above 0 where p lies left of the line from a to b, below 0 where right, and 0 exactly on it."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    determinant = left - right
    if abs(determinant) > _FILTER * (abs(left) + abs(right)):
        return determinant
    return _exact_side(ax, ay, bx, by, px, py)


@kernel()
def in_run(px: float, py: float, first: int, stop: int, edges: Ints, coords: Floats, inside: bool) -> bool:
    """Return whether the area that these edges bound holds the point, its boundary included."""
    listed = first < 0
    for k in range(-1 - first if listed else first, stop):
        i = edges[k] if listed else k
        ax, ay = coords[i, 0], coords[i, 1]
        bx, by = coords[i + 1, 0], coords[i + 1, 1]
        if (ay <= py) == (by <= py):
            # Not crossed by the ray, but the point may be the edge's end (its start is another's end) or,
            # where the edge is level, lie on it.
            if by == py and (bx == px or (ay == py and (ax < px) == (px <= bx))):
                return True
            continue
        if ax > px and bx > px:
            continue
        if ax < px and bx < px:
            inside = not inside
            continue
        turn = side(ax, ay, bx, by, px, py)
        if turn == 0.0:
            return True
        if (turn < 0.0) == (ay < by):
            inside = not inside
    return inside
