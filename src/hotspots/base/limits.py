"""How much the toolkit takes on: each limit once, with its reason, so that it is said before it hurts.

An office computer has 8 GB, of which a program may take 4, and nobody waits for a minute without a word. What is over a
limit is refused in a sentence with the number and the limit, and with the option that asks for less where there is one.
docs/sizes.md lists them for readers.
"""

from __future__ import annotations

import mmap
import re
from typing import Any

import numpy as np

from hotspots.base.errors import FileError

NESTING = 100
"""Lists and tables within each other, in JSON and TOML. GeoJSON needs 10. GDAL ends the process at some 10,000."""

VERTICES = 5_000_000
"""Corners of one polygon. A country's coast in full has 2 million, which take 3 GB in repairs and projections."""

CROSSINGS = 100_000
"""Pairs of edges that cross in one polygon. Mending so many takes 4 s and 0.3 GB; 20,000 corners at random, 9 GB."""

OVERLAPS = 200_000
"""Pairs of areas that are measured where more than that may share ground: 10,000 areas over each other took 200 s."""

NEIGHBOURS = 50
"""Neighbours that areas have at the most on average, by their boxes; areas that tile the ground have about eight."""

PERMUTATIONS = 9_999_999
"""Permutations. p values have steps of 1 in so many; more tell nothing further, and 2 billion never end."""

BANDWIDTH = 100_000.0
"""Metres of a kernel's radius: across a county. Every cell within reach is added to for every incident."""

MEMBERS = 10_000
"""Files in an archive. police.uk's of three years and 44 forces has 4,800."""

RATIO = 200
"""Times its size that an archive may unpack to: text packs to a fifth or a tenth, a bomb to a thousandth."""

SMALL = 100_000_000
"""Bytes up to which that ratio does not matter."""

UNPACKED = 64 << 30
"""Bytes that an archive may unpack to: all of police.uk since 2010 has 30 GB."""

FIGURE = 1e13
"""The largest count, population or rate of an area: more is a slip, and figures made from it would be none."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CHUNK = 1 << 22


def nesting_of(value: Any) -> int:
    """Return how many lists and tables stand within each other; 0 for a plain value. It is not recursive.

    Examples
    --------
    >>> nesting_of(1), nesting_of([1, {"a": []}])
    (0, 3)
    """
    depth, level = 0, [value]
    while holders := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [below for held in holders for below in (held.values() if isinstance(held, dict) else held)]
    return depth


def refuse_deep_json(raw: bytes | mmap.mmap, *, where: str) -> None:
    """Refuse a JSON text whose lists and objects nest deeper than `NESTING`; nothing is parsed.

    Raises
    ------
    FileError
    """
    # Brackets in texts may only look like depth: those texts are taken out where it matters.
    if _depth_of(raw) > NESTING and _depth_of(_STRING.sub(b"", raw)) > NESTING:
        raise FileError(
            f"{where} nests its lists deeper than {NESTING} times, which no layer does",
            hint="export it again",
        )


def _depth_of(raw: bytes | mmap.mmap) -> int:
    deepest = here = 0
    for start in range(0, len(raw), _CHUNK):
        # { and [ differ by one bit alone, as } and ] do.
        letters = np.frombuffer(raw, np.uint8, count=min(_CHUNK, len(raw) - start), offset=start) | np.uint8(
            32
        )
        steps = (letters == ord("{")).astype(np.int8) - (letters == ord("}")).astype(np.int8)
        depth = np.cumsum(steps, dtype=np.int64)
        deepest = max(deepest, here + int(depth.max(initial=0)))
        here += int(depth[-1])
    return deepest
