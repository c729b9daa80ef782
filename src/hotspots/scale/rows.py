"""A batch of incidents as a few numbers a row, and what such rows add up to.

Everything here is the same wherever it is made, without agreement between the makers: a category is known by
a hash of its text, a place by a hash of its coordinates. So batches can be counted apart, on several machines
too, and added up in any order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from hotspots.base.codes import GSS_CODE
from hotspots.base.sums import millionths
from hotspots.base.text import plain_text
from hotspots.incidents.cells import Hashes, dictionary, text_hash
from hotspots.incidents.dates import NO_MONTH
from hotspots.incidents.files import Found, IncidentFile
from hotspots.incidents.filters import Words, month_range
from hotspots.incidents.repeats import (
    CATEGORY_BITS,
    FIRST_MONTH,
    MONTH_BITS,
    Sketches,
    category_hashes,
    fingerprints,
    what_of,
)

Table = npt.NDArray[Any]

# `key` is the Crime ID's, or for a row without one its fingerprint; `place` is 0 where there is none, `area`
# -1, or by code the `code_number` of a recorded code that no area has. `cell` holds the category, the month and
# the bits below.
ROW = np.dtype([("key", "u8"), ("place", "u8"), ("cell", "u8"), ("area", "i4")])
WEIGHTED_ROW = np.dtype([*ROW.descr, ("weight", "f8")])
PLACED_ROW = np.dtype([*ROW.descr, ("x", "f8"), ("y", "f8"), ("weight", "f8")])
SPOT = np.dtype([("place", "u8"), ("same", "u8")])
PLACED_SPOT = np.dtype(
    [*SPOT.descr, ("cell", "u8"), ("area", "i4"), ("x", "f8"), ("y", "f8"), ("weight", "f8")]
)

WANTED, LOCATED, WITH_ID, CODED, AGREES, INSIDE, RECORDED, KNOWN = (np.uint64(1 << bit) for bit in range(8))
# With what a GSS code begins.
_COUNTRIES = "EWSNKJ"
# What a row is, without the bits above.
_WHAT = ~np.uint64(0xFF)
MONTH = np.uint64(0xFFFF) << MONTH_BITS
"""The bits of a row's month."""


@dataclass(frozen=True)
class Filters:
    """The categories and months asked for, as `hotspots.incidents.read_incidents` takes them.

    `compared` are ranges of months that the period is compared with: their rows are accounted for as such.
    """

    category: Words = None
    exclude: Words = None
    period: Any = None
    compared: tuple[str, ...] = ()

    def by_category(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which of the categories are wanted; one more answer, the last, is for rows without one."""
        kept = [
            self._has(self.category, text, True) and not self._has(self.exclude, text, False)
            for text in texts
        ]
        return np.array([*kept, self.category is None])

    @staticmethod
    def _has(words: Words, text: str, otherwise: bool) -> bool:
        if words is None:
            return otherwise
        listed = [words] if isinstance(words, str) else words
        return text.casefold() in {plain_text(word).casefold() for word in listed}

    def by_month(self, months: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which of the months are wanted."""
        wanted = month_range(self.period)
        if wanted is None:
            return np.ones(len(months), dtype=bool)
        return (months >= wanted[0]) & (months <= wanted[1])

    def beside(self, months: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which of the months are only compared with: none where no period is asked for."""
        passed = np.zeros(len(months), dtype=bool)
        if self.period is not None:
            for first, last in filter(None, map(month_range, self.compared)):
                passed |= (months >= first) & (months <= last)
        return passed & ~self.by_month(months)


@dataclass(eq=False)
class Tally:
    """What rows add up to: enough for counts by area, and for the account of every row.

    Attributes
    ----------
    areas : int
        How many areas there are.
    cells : Counter
        Rows by `cell`, whether wanted or not.
    placed : Counter
        The same for rows in an area.
    counts : dict
        Wanted rows in each area, by what they are split by; millionths of their weights where rows carry some.
    months : dict
        The same by month.
    labels : dict
        The text of each category's hash.
    codes : set of str
        Recorded area codes.
    strange, strange_inside : Counter
        Wanted rows with coordinates under a code that no area has, by its `code_number`; those inside an area.
    found : dict
        What reading found in each file, by its number.
    sketches : Sketches
        By which months that two files hold are found.
    repeats : Counter
        Dropped rows by `cell`, of those whose Crime ID is repeated.
    transformations : dict
        How coordinates were projected, in order of appearance.
    notes : dict
        What was made of coordinates, in order of appearance.
    doubts : dict of str to str
        What is odd about them, by what it is about; the first that was found of each.
    weighted : bool
        Whether rows carry weights, and counts are millionths of them.
    weight : int
        Millionths of the weights of all wanted rows.
    overlap, recurring_ids, out_of_range, identical, coordinates, most_at_one : int
        As in `hotspots.QualityReport`.
    out_of_range_example : str
        A coordinate that cannot be, in words.
    dated : bool
        Whether any row has a day.
    near : int
        Wanted rows, repeats included, within the bounds of the areas.
    extent : tuple of float
        West, south, east and north of those wanted, wherever they are.
    """

    areas: int
    cells: Counter[int] = field(default_factory=Counter)
    placed: Counter[int] = field(default_factory=Counter)
    counts: dict[int, npt.NDArray[np.int64]] = field(default_factory=dict)
    months: dict[int, npt.NDArray[np.int64]] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    strange: Counter[int] = field(default_factory=Counter)
    strange_inside: Counter[int] = field(default_factory=Counter)
    found: dict[int, Found] = field(default_factory=dict)
    sketches: Sketches = field(default_factory=Sketches)
    repeats: Counter[int] = field(default_factory=Counter)
    transformations: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    weighted: bool = False
    weight: int = 0
    overlap: int = 0
    recurring_ids: int = 0
    out_of_range: int = 0
    out_of_range_example: str = ""
    identical: int = 0
    coordinates: int = 0
    most_at_one: int = 0
    dated: bool = False
    near: int = 0
    extent: tuple[float, float, float, float] = (math.inf, math.inf, -math.inf, -math.inf)

    def add_rows(self, rows: Table, split: npt.NDArray[np.int64]) -> None:
        """Count rows that are not repeats; `split` says under what each is counted by area."""
        for counter, chosen in ((self.cells, rows["cell"]), (self.placed, rows["cell"][rows["area"] >= 0])):
            _count(counter, chosen)
        astray = rows[((rows["cell"] & (WANTED | LOCATED)) == (WANTED | LOCATED)) & (rows["area"] < -1)]
        _count(self.strange, astray["area"])
        _count(self.strange_inside, astray["area"][(astray["cell"] & INSIDE) > 0])
        counted = ((rows["cell"] & WANTED) > 0) & (rows["area"] >= 0)
        areas = rows["area"][counted]
        units = None
        if self.weighted:
            units = millionths(rows["weight"][counted])
            self.weight += int(millionths(rows["weight"][(rows["cell"] & WANTED) > 0]).sum())
        for held, labels in ((self.counts, split), (self.months, month_of(rows["cell"]))):
            codes, values = pd.factorize(labels[counted])
            flat = codes.astype(np.int64) * self.areas + areas
            sums = np.bincount(flat, weights=units, minlength=len(values) * self.areas).astype(np.int64)
            table = sums.reshape(len(values), self.areas)
            _add_lines(held, dict(zip(values.tolist(), table, strict=True)))

    def add_repeats(self, rows: Table) -> None:
        """Count rows that are dropped, as their Crime ID is repeated."""
        _count(self.repeats, rows["cell"])

    def note(self, number: int, found: Found) -> None:
        """Note what reading some more rows of a file has found."""
        self.found.setdefault(number, Found()).add(found)

    def add_spots(self, spots: Table) -> None:
        """Take account of located, wanted rows that are not repeats: all those of their places."""
        if len(spots) == 0:
            return
        _, at_one = _tallied(spots["place"])
        self.coordinates += len(at_one)
        self.most_at_one = max(self.most_at_one, int(at_one.max()))
        without_id = spots["same"][spots["same"] > 0]
        self.identical += len(without_id) - len(pd.unique(without_id))

    def merge(self, other: Tally) -> Tally:
        """Add another tally, of other rows, to this one, and return this one."""
        for name in (
            "cells",
            "placed",
            "repeats",
            "strange",
            "strange_inside",
            "labels",
            "transformations",
            "notes",
        ):
            getattr(self, name).update(getattr(other, name))
        self.doubts = other.doubts | self.doubts
        _add_lines(self.counts, other.counts)
        _add_lines(self.months, other.months)
        for number, found in other.found.items():
            self.note(number, found)
        self.sketches.merge(other.sketches)
        self.out_of_range_example = self.out_of_range_example or other.out_of_range_example
        self.codes |= other.codes
        for name in (
            "weight",
            "overlap",
            "recurring_ids",
            "out_of_range",
            "identical",
            "coordinates",
            "near",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.most_at_one = max(self.most_at_one, other.most_at_one)
        self.dated = self.dated or other.dated
        self.widen(*other.extent)
        return self

    def widen(self, west: float, south: float, east: float, north: float) -> None:
        """Make the extent hold this one."""
        mine = self.extent
        self.extent = (min(west, mine[0]), min(south, mine[1]), max(east, mine[2]), max(north, mine[3]))


def _add_lines(held: dict[int, Any], lines: dict[int, Any]) -> None:
    """Add the counts by area under each label to those held."""
    for value, line in lines.items():
        held[value] = held[value] + line if value in held else line


def _tallied(values: Any) -> tuple[Any, Any]:
    codes, distinct = pd.factorize(values)
    return distinct, np.bincount(codes, minlength=len(distinct))


def code_number(code: str) -> int:
    """Return a number below -1 that stands for an area code: of its own for a GSS code, by a hash for others."""
    if GSS_CODE.fullmatch(code):
        return -2 - _COUNTRIES.index(code[0]) * 10**8 - int(code[1:])
    return -2 - len(_COUNTRIES) * 10**8 - text_hash(code) % 10**9


def stray_number(code: npt.NDArray[np.int64], inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return a number below -2 for a recorded code that no area has, by its `code_number`: odd inside an area."""
    return 2 * code - inside


def _count(counter: Counter[int], values: Any) -> None:
    cells, numbers = _tallied(values)
    counter.update(dict(zip(cells.tolist(), numbers.tolist(), strict=True)))


@dataclass(frozen=True, eq=False)
class Placing:
    """As much of a batch of one file as `hotspots.incidents.places.place_rows` looks at."""

    files: tuple[IncidentFile, ...]
    file: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    second: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, file: IncidentFile, table: pa.Table) -> Placing:
        """Return that of a batch."""
        x, y, second = (table.column(name).to_numpy() for name in ("x", "y", "second"))
        return cls((file,), np.zeros(table.num_rows, dtype=np.int64), x, y, second)


def describe_rows(
    table: pa.Table, place: Hashes, filters: Filters, tally: Tally
) -> tuple[Hashes, Hashes, npt.NDArray[np.bool_]]:
    """Return `key` and `cell` of each row, and whether it has a Crime ID; note the categories in the tally."""
    texts, category = dictionary(table.column("category"))
    tally.labels.update(zip(map(text_hash, texts), texts, strict=True))
    months = table.column("month").to_numpy()
    wanted = filters.by_category(texts)[category] & filters.by_month(months)
    ids = table.column("crime_id").to_numpy()
    with_id = ids != 0
    what = what_of(category_hashes(texts, category), months)
    code = category_hashes(*dictionary(table.column("lsoa_code")))
    key = np.where(with_id, ids, fingerprints(what, place, code, table.column("weight").to_numpy()))
    return key, what | wanted * WANTED | (place > 0) * LOCATED | with_id * WITH_ID, with_id


def category_of(cell: Any) -> Any:
    """Return the hash of the category of a cell, or of each; 0 for none."""
    return np.asarray(cell, dtype=np.uint64) >> CATEGORY_BITS


def month_of(cell: Any) -> Any:
    """Return the month of a cell, or of each, as the ordinal of a monthly period; the smallest for none."""
    month = ((np.asarray(cell, dtype=np.uint64) >> MONTH_BITS) & np.uint64(0xFFFF)).astype(np.int64)
    return np.where(month == 0, NO_MONTH, month + FIRST_MONTH)


def what_is(cell: Hashes) -> Hashes:
    """Return the category and month of each cell, as `hotspots.incidents.repeats.what_of` has them."""
    return cell & _WHAT
