"""A batch of incidents as a few numbers a row, and what such rows add up to.

Everything here is the same wherever it is made, without agreement between the makers: a category is known by
a hash of its text, a place by a hash of its coordinates. So batches can be counted apart, on several machines
too, and added up in any order.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hotspots.incidents.columns import month_numbers
from hotspots.incidents.files import IncidentFile
from hotspots.incidents.filters import Words, month_range
from hotspots.incidents.tables import Places, Rows

Hashes = npt.NDArray[np.uint64]
Table = npt.NDArray[Any]

# `key` is the Crime ID's, or for a row without one that of its category, month and place together; `place` is
# 0 where there is none, `area` -1. `cell` holds the category, the month and the bits below.
ROW = np.dtype([("key", "u8"), ("place", "u8"), ("cell", "u8"), ("area", "i4")])
PLACED_ROW = np.dtype([*ROW.descr, ("x", "f8"), ("y", "f8"), ("weight", "f8")])
SPOT = np.dtype([("place", "u8"), ("same", "u8")])

WANTED, LOCATED, WITH_ID, CODED, AGREES = (np.uint64(1 << bit) for bit in range(5))
_MONTH, _CATEGORY = np.uint64(8), np.uint64(24)
NO_MONTH = np.iinfo(np.int64).min
# Months are counted from this one, so that those of any date that is read are above 0, which means none.
_FIRST_MONTH = (1799 - 1970) * 12


@dataclass(frozen=True)
class Filters:
    """The categories and months asked for, as `hotspots.incidents.read_incidents` takes them."""

    category: Words = None
    exclude: Words = None
    period: Any = None

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
        return text.casefold() in {word.strip().casefold() for word in listed}

    def by_month(self, months: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which of the months are wanted."""
        wanted = month_range(self.period)
        if wanted is None:
            return np.ones(len(months), dtype=bool)
        return (months >= wanted[0]) & (months <= wanted[1])


@dataclass
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
        Wanted rows in each area, by what they are split by.
    months : dict
        The same by month.
    labels : dict
        The text of each category's hash.
    codes : set of str
        Recorded area codes.
    rows, malformed : Counter
        By the number of the file.
    examples : dict
        The first malformed rows of each file.
    transformations : dict
        How coordinates were projected, in order of appearance.
    duplicates, out_of_range, identical, coordinates, most_at_one : int
        As in `hotspots.QualityReport`.
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
    rows: Counter[int] = field(default_factory=Counter)
    malformed: Counter[int] = field(default_factory=Counter)
    examples: dict[int, list[str]] = field(default_factory=dict)
    transformations: dict[str, None] = field(default_factory=dict)
    duplicates: int = 0
    out_of_range: int = 0
    identical: int = 0
    coordinates: int = 0
    most_at_one: int = 0
    near: int = 0
    extent: tuple[float, float, float, float] = (math.inf, math.inf, -math.inf, -math.inf)

    def add_rows(self, rows: Table, split: npt.NDArray[np.int64]) -> None:
        """Count rows that are not repeats; `split` says under what each is counted by area."""
        for counter, chosen in ((self.cells, rows["cell"]), (self.placed, rows["cell"][rows["area"] >= 0])):
            cells, numbers = _tallied(chosen)
            counter.update(dict(zip(cells.tolist(), numbers.tolist(), strict=True)))
        counted = ((rows["cell"] & WANTED) > 0) & (rows["area"] >= 0)
        areas = rows["area"][counted]
        for held, labels in ((self.counts, split), (self.months, month_of(rows["cell"]))):
            codes, values = pd.factorize(labels[counted])
            flat = codes.astype(np.int64) * self.areas + areas
            table = np.bincount(flat, minlength=len(values) * self.areas).reshape(len(values), self.areas)
            _add_lines(held, dict(zip(values.tolist(), table, strict=True)))

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
        for name in ("cells", "placed", "rows", "malformed"):
            getattr(self, name).update(getattr(other, name))
        for name in ("labels", "examples", "transformations"):
            getattr(self, name).update(getattr(other, name))
        _add_lines(self.counts, other.counts)
        _add_lines(self.months, other.months)
        self.codes |= other.codes
        for name in ("duplicates", "out_of_range", "identical", "coordinates", "near"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.most_at_one = max(self.most_at_one, other.most_at_one)
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


def dictionary(column: Any) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct texts of a column and each row's position among them; -1 for none."""
    joined = column.unify_dictionaries().combine_chunks()
    single = joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
    codes = pc.fill_null(single.indices, -1).to_numpy(zero_copy_only=False)
    return single.dictionary.to_pylist(), codes.astype(np.int64)


def only_places(file: IncidentFile, table: pa.Table) -> Rows:
    """Return as much of a batch of one file as `hotspots.incidents.tables.place_rows` looks at."""
    nothing: Any = None
    return Rows(
        files=(file,),
        file=np.zeros(table.num_rows, dtype=np.int64),
        row=table.column("row").to_numpy(),
        x=table.column("x").to_numpy(),
        y=table.column("y").to_numpy(),
        category=nothing,
        month=nothing,
        date=None,
        lsoa_code=None,
        crime_id=nothing,
        weight=nothing,
    )


def place_keys(x: Any, y: Any, places: Places, salt: int) -> Hashes:
    """Return a hash of each row's coordinates as they stand in the file, never 0; 0 for a row without any."""
    first = np.zeros(len(places.distinct_x), dtype=np.int64)
    located = np.flatnonzero(places.number >= 0)[::-1]
    first[places.number[located]] = located
    # Adding 0 turns -0.0, which equals 0.0, into it.
    east, north = ((values[first] + 0.0).view(np.uint64) for values in (x, y))
    keys = np.maximum(mixed(mixed(mixed(east) + np.uint64(salt)) ^ north), np.uint64(1))
    return np.append(keys, np.uint64(0))[places.number]


def mixed(values: Hashes) -> Hashes:
    """Return 64 bits for each 64 bits, one to one and without pattern (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def text_hash(text: str) -> int:
    """Return 40 bits for a text, never 0: among 1,000 different texts two agree with probability 5e-7."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=5).digest(), "big") or 1


def describe_rows(
    table: pa.Table, place: Hashes, filters: Filters, tally: Tally
) -> tuple[Hashes, Hashes, npt.NDArray[np.bool_]]:
    """Return `key` and `cell` of each row, and whether it has a Crime ID; note the categories in the tally."""
    texts, category = dictionary(table.column("category"))
    hashes = [text_hash(text) for text in texts]
    tally.labels.update(zip(hashes, texts, strict=True))
    # Code -1, no category or month, takes the last entry.
    categories = np.array([*hashes, 0], dtype=np.uint64)[category]
    month_texts, month = dictionary(table.column("month"))
    months, _ = month_numbers([*month_texts, ""])
    known = np.where(months == NO_MONTH, 0, months - _FIRST_MONTH).astype(np.uint64)[month]
    wanted = filters.by_category(texts)[category] & filters.by_month(months)[month]
    ids = table.column("crime_id").to_numpy()
    with_id = ids != 0
    cell = (categories << _CATEGORY) | (known << _MONTH)
    key = np.where(with_id, ids, mixed(mixed(cell) ^ place))
    cell |= wanted * WANTED | (place > 0) * LOCATED | with_id * WITH_ID
    return key, cell, with_id


def category_of(cell: Any) -> Any:
    """Return the hash of the category of a cell, or of each; 0 for none."""
    return np.asarray(cell, dtype=np.uint64) >> _CATEGORY


def month_of(cell: Any) -> Any:
    """Return the month of a cell, or of each, as the ordinal of a monthly period; the smallest for none."""
    month = ((np.asarray(cell, dtype=np.uint64) >> _MONTH) & np.uint64(0xFFFF)).astype(np.int64)
    return np.where(month == 0, NO_MONTH, month + _FIRST_MONTH)


def first_of_each(rows: Table) -> Table:
    """Return the rows, in their order, whose key no earlier row has."""
    kept: Table = rows[~pd.Series(rows["key"]).duplicated().to_numpy()]
    return kept
