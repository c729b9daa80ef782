"""How much the toolkit takes on: each limit once, with its reason, so that it is said before it hurts.

An office computer has 8 GB, of which a program may take 4, and nobody waits for a minute without a word. What is over a
limit is refused in a sentence with the number and the limit, and with the option that asks for less where there is one.
Those that a larger machine could bear are raised in one place, the variable ``HOTSPOTS_LIMITS`` (see `allowed`).
docs/sizes.md lists them for readers.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from hotspots.base.errors import DataError, FileError, ParameterError, RecipeError, did_you_mean

NESTING = 100
"""Lists and tables within each other, in JSON and TOML. GeoJSON needs 10. GDAL ends the process at some 10,000."""

VARIABLE = "HOTSPOTS_LIMITS"
"""The variable of the environment that raises limits, as ``categories=10000, files=20000``."""

_RAISABLE = {
    # Rows of incidents that are held in memory: so many take 4 GB. In batches there is no limit.
    "rows": 12_000_000,
    # Categories of one file of incidents: the Home Office has some 1,500 offence codes, a column of numbers millions.
    "categories": 5_000,
    # Cells of a grid of areas: a country's at 250 m, which take 2.1 GB before anything is counted in them.
    "cells": 2_500_000,
    # Areas, times steps of time, of which emerging hotspots are told: so many take 3.5 GB.
    "histories": 20_000_000,
    # Letters of a category, a code or a name; they stand in every table and map.
    "letters": 1_000,
    # Corners of one polygon. A country's coast in full has 2 million, which take 3 GB in repairs and projections.
    "corners": 5_000_000,
    # Pairs of edges that cross in one polygon. Mending so many takes 4 s and 0.3 GB; 20,000 corners at random, 9 GB.
    "crossings": 100_000,
    # Files in an archive. police.uk's of three years and 44 forces has 4,800.
    "files": 10_000,
    # Files and folders in a folder, at any depth. All that police.uk has published since 2010 are 25,000.
    "entries": 50_000,
    # Thousand million bytes that an archive may unpack to: all of police.uk since 2010 has 30.
    "gigabytes": 68,
    # Times its size that an archive may unpack to: text packs to a fifth or a tenth, a bomb to a thousandth.
    "ratio": 200,
}

RECIPE = 10_000_000
"""Bytes of a recipe, a plan or settings. A long one has twenty thousand."""

OVERLAPS = 200_000
"""Pairs of areas that are measured where more than that may share ground: 10,000 areas over each other took 200 s."""

NEIGHBOURS = 50
"""Neighbours that areas have at the most on average, by their boxes; areas that tile the ground have about eight."""

BANDWIDTH = 100_000.0
"""Metres of a kernel's radius: across a county. Every cell within reach is added to for every incident."""

OFFSETS = 20
"""Places of a grid along each axis: so many lay each size 400 times, and every time costs as much as the first."""

SMALL = 100_000_000
"""Bytes up to which that ratio does not matter."""

FIGURE = 1e13
"""The largest count, population or rate of an area: more is a slip, and figures made from it would be none."""

_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED = re.compile(rf"(?m)(?:^|[\[{{,])[ \t]*+{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{NESTING},}}")
_HOLDERS = re.compile(rb"<(/?)(?:\w+:)?(?:Folder|MultiGeometry|Document)\b")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CHUNK = 1 << 22


def allowed(name: str) -> int:
    """Return a limit that can be raised: what the environment says of it, or the number that comes with hotspots.

    Parameters
    ----------
    name : str
        One of the names that ``HOTSPOTS_LIMITS`` takes, such as ``"categories"``.

    Raises
    ------
    ParameterError
        When ``HOTSPOTS_LIMITS`` holds a name that is none, or no whole number over 0.

    Examples
    --------
    >>> allowed("categories")
    5000
    """
    held = dict(_RAISABLE)
    for entry in filter(None, re.split(r"[,;\s]+", os.environ.get(VARIABLE, ""))):
        known, _, number = entry.partition("=")
        if known not in held:
            raise ParameterError(f"{VARIABLE} names '{known}'", hint=did_you_mean(known, held))
        if not re.fullmatch(r"[1-9][0-9]{0,17}", number):
            raise ParameterError(
                f"{VARIABLE} holds '{entry}', which is no limit",
                hint=f"write it as {known}={_RAISABLE[known]}, and several with commas between them",
            )
        held[known] = int(number)
    return held[name]


def raising(name: str, number: int) -> str:
    """Return what a hint says of how a limit is raised to a number that was met.

    Examples
    --------
    >>> raising("files", 12_500)
    'or allow so many, if there is memory for them, with HOTSPOTS_LIMITS=files=12500 in the environment'
    """
    return (
        f"or allow so many, if there is memory for them, with {VARIABLE}={name}={number} in the environment"
    )


def refuse_long(texts: Iterable[Any], *, what: str) -> None:
    """Refuse names of more letters than any table or map can show.

    Raises
    ------
    DataError
    """
    longest = max((text for text in texts if isinstance(text, str)), key=len, default="")
    if len(longest) > allowed("letters"):
        raise DataError(
            f"{what} holds a name of {len(longest):,} letters, more than {allowed('letters'):,}: '{longest[:40]}...'",
            hint=f"mend the row, or name another column; {raising('letters', len(longest))}",
        )


def refuse_deep_toml(text: str, *, what: str) -> None:
    """Refuse a TOML text whose lists, tables or dotted keys nest deeper than `NESTING`, before it is parsed.

    Raises
    ------
    RecipeError
    """
    if _DOTTED.search(text):
        raise RecipeError(
            f"the {what} has a key of more than {NESTING} parts", hint="keys have one part, such as bandwidth"
        )


def refuse_deep_kml(raw: bytes | mmap.mmap, *, where: str) -> None:
    """Refuse a KML whose folders or geometries nest deeper than `NESTING`; nothing is parsed.

    Raises
    ------
    FileError
    """
    depth = 0
    for found in _HOLDERS.finditer(raw):
        depth += -1 if found[1] else 1
        if depth > NESTING:
            raise FileError(
                f"{where} nests its folders deeper than {NESTING} times, which no layer does",
                hint="export it again",
            )


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
