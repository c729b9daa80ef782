"""Compiled writing of polygons as GeoJSON text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.base.compiled import kernel

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]

UNIT = 10_000_000
"""Coordinates are whole numbers of ten-millionths of a degree."""
_POLYGON = np.frombuffer(b'{"type":"Polygon","coordinates":', np.uint8)
_MULTIPOLYGON = np.frombuffer(b'{"type":"MultiPolygon","coordinates":', np.uint8)
# Bytes that a vertex, and the brackets of a ring, a part and an area, take at most.
_VERTEX, _RING, _PART, _AREA = len("[-180.0000000,-180.0000000],"), 3, 3, 48
_COMMA, _MINUS, _POINT, _ZERO, _OPEN, _CLOSE, _END = (ord(sign) for sign in ",-.0[]}")


@kernel()
def _put_number(text: Bytes, at: int, number: int) -> int:
    """Write a coordinate with as few decimals as say it, at least one; return where it ends."""
    if number < 0:
        text[at] = _MINUS
        at += 1
        number = -number
    whole, rest = number // UNIT, number % UNIT
    size = 3 if whole >= 100 else 2 if whole >= 10 else 1
    for place in range(at + size - 1, at - 1, -1):
        text[place] = _ZERO + whole % 10
        whole //= 10
    at += size
    text[at] = _POINT
    at += 1
    for place in range(at + 6, at - 1, -1):
        text[place] = _ZERO + rest % 10
        rest //= 10
    last = at + 6
    while last > at and text[last] == _ZERO:
        last -= 1
    return last + 1


@kernel()
def write_polygons(
    vertices: Longs, rings: Longs, parts: Longs, areas: Longs, several: npt.NDArray[np.bool_]
) -> tuple[Bytes, Longs]:
    """Return the texts of areas one after the other, and where each begins.

    Ring ``k`` has the vertices from ``rings[k, 0]`` up to ``rings[k, 1]``; part ``k`` has the rings from
    ``parts[k]`` up to ``parts[k + 1]``, and an area has parts likewise. An area is written as a MultiPolygon
    where `several` says so, else as the Polygon of its one part.
    """
    room = _VERTEX * len(vertices) + _RING * len(rings) + _PART * len(parts) + _AREA * len(areas)
    text = np.empty(room, np.uint8)
    begins = np.zeros(len(areas), np.int64)
    at = 0
    for area in range(len(areas) - 1):
        head = _MULTIPOLYGON if several[area] else _POLYGON
        for letter in head:
            text[at] = letter
            at += 1
        if several[area]:
            text[at] = _OPEN
            at += 1
        for part in range(areas[area], areas[area + 1]):
            text[at] = _OPEN
            at += 1
            for ring in range(parts[part], parts[part + 1]):
                text[at] = _OPEN
                at += 1
                for vertex in range(rings[ring, 0], rings[ring, 1]):
                    text[at] = _OPEN
                    at = _put_number(text, at + 1, vertices[vertex, 0])
                    text[at] = _COMMA
                    at = _put_number(text, at + 1, vertices[vertex, 1])
                    text[at], text[at + 1] = _CLOSE, _COMMA
                    at += 2
                text[at - 1], text[at] = _CLOSE, _COMMA
                at += 1
            text[at - 1], text[at] = _CLOSE, _COMMA
            at += 1
        if several[area]:
            text[at - 1] = _CLOSE
            at += 1
        text[at - 1] = _END
        begins[area + 1] = at
    return text[:at].copy(), begins
