"""Find incidents that stand in the files twice: recorded again under one Crime ID, or downloaded again.

Everything rests on hashes that are the same wherever they are made: a category is known by a hash of its
text, a place by one of its coordinates. So a file read in batches, on several machines too, gives the repeats
that it gives when it is read in one go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.incidents.cells import Hashes, mixed, text_hash
from hotspots.incidents.dates import NO_MONTH
from hotspots.incidents.files import IncidentFile

Mask = npt.NDArray[np.bool_]
Months = npt.NDArray[np.int64]

MOST_INCIDENTS = 10
"""An ID that stands for more different incidents than this tells none of them from another."""

MONTH_BITS, CATEGORY_BITS = np.uint64(8), np.uint64(24)
# Months are counted from this one, so that those of any date that is read are above 0, which means none.
FIRST_MONTH = (1799 - 1970) * 12
# Of each month of each file, so many fingerprints are kept: the smallest, a sample that all files draw alike.
_SKETCH = 1024
_FEWEST = 3
_STREET = re.compile(r"\d{4}-\d{2}-.+-street\.csv", re.IGNORECASE)


def what_of(category: Hashes, month: Months) -> Hashes:
    """Return 64 bits that hold each row's category, by its hash, and month; the last 8 are left free."""
    known = np.where(month == NO_MONTH, 0, month - FIRST_MONTH).astype(np.uint64)
    return (category << CATEGORY_BITS) | (known << MONTH_BITS)


def fingerprints(what: Hashes, place: Hashes, code: Hashes, weight: npt.NDArray[np.float64]) -> Hashes:
    """Return a hash, never 0, of each row's category, month, place, recorded area code and weight."""
    bits = mixed(mixed(mixed(what) ^ place) ^ mixed(code + np.uint64(1)) ^ weight.view(np.uint64))
    return np.maximum(bits, np.uint64(1))


def repeated_ids(ids: Hashes, what: Hashes, place: Hashes, *, shared: bool = False) -> tuple[Mask, Mask]:
    """Return which rows repeat an earlier row's Crime ID, month, category and place, and whose IDs are none.

    Parameters
    ----------
    ids : ndarray of uint64
        0 for a row without an ID. All rows of an ID must be here, in reading order.
    what, place : ndarray of uint64
        As of `what_of`, and a hash of the place.
    shared : bool, default False
        Whether files hold the same months: rows that agree in all are then more likely one incident that was
        downloaded twice, however often their ID recurs, and none is taken to recur.

    Returns
    -------
    repeated : ndarray of bool
        Rows to be dropped.
    recurring : ndarray of bool
        Rows whose ID stands for more than `MOST_INCIDENTS` different incidents; they are kept.
    """
    rows = np.flatnonzero(ids)
    mine = ids[rows]
    again = pd.Series(mixed(mixed(mixed(mine) ^ what[rows]) ^ place[rows])).duplicated().to_numpy()
    codes, distinct = pd.factorize(mine)
    incidents = np.bincount(codes[~again], minlength=len(distinct))
    often = incidents[codes] > (len(ids) if shared else MOST_INCIDENTS)
    repeated, recurring = np.zeros(len(ids), dtype=bool), np.zeros(len(ids), dtype=bool)
    repeated[rows], recurring[rows] = again & ~often, often
    return repeated, recurring


@dataclass
class Sketches:
    """A sample of the fingerprints of each month of each file: enough to find months that two files share.

    Attributes
    ----------
    held : dict
        The smallest distinct fingerprints of rows without an ID, in order, by file and month.
    """

    held: dict[tuple[int, int], Hashes] = field(default_factory=dict)

    def add(self, file: int, months: Months, prints: Hashes) -> None:
        """Take account of rows without an ID of one file."""
        for month in pd.unique(months).tolist():
            chosen = prints if len(months) and (months == month).all() else prints[months == month]
            mine = self.held.get((file, month), np.empty(0, np.uint64))
            if len(mine) == _SKETCH:
                chosen = chosen[chosen < mine[-1]]
            self.held[file, month] = np.unique(np.concatenate([mine, chosen]))[:_SKETCH]

    def merge(self, other: Sketches) -> None:
        """Take account of what another has seen."""
        for (file, month), prints in other.held.items():
            self.add(file, np.full(len(prints), month), prints)

    def overlaps(self, files: Sequence[IncidentFile]) -> dict[tuple[int, int], int]:
        """Return the months of files that stand in another file too, each with the first of the files that share it.

        Two files share a month where at least half of the fingerprints of the smaller, and no fewer than three,
        are in the other, or where both are named as the same month of the same force.
        """
        by_month: dict[int, list[int]] = {}
        for file, month in sorted(self.held):
            by_month.setdefault(month, []).append(file)
        shared: dict[tuple[int, int], int] = {}
        for month, held in by_month.items():
            for one, other in self._alike(month, held, files):
                first = shared.get((one, month), one)
                shared[one, month] = first
                shared[other, month] = min(first, shared.get((other, month), first))
        return shared

    def _alike(self, month: int, held: list[int], files: Sequence[IncidentFile]) -> Iterable[tuple[int, int]]:
        if len(held) < 2:
            return
        # Only files that share a fingerprint with another are looked at in pairs.
        values, counts = np.unique(
            np.concatenate([self.held[file, month] for file in held]), return_counts=True
        )
        twice = values[counts > 1]
        near = [file for file in held if np.isin(self.held[file, month], twice, assume_unique=True).any()]
        names = [_street_name(files[file]) for file in held]
        near = [
            file
            for file, name in zip(held, names, strict=True)
            if file in near or (name and names.count(name) > 1)
        ]
        for position, one in enumerate(near):
            for other in near[position + 1 :]:
                name = _street_name(files[one])
                if (name and name == _street_name(files[other])) or self._share(one, other, month):
                    yield one, other

    def _share(self, one: int, other: int, month: int) -> bool:
        mine, others = self.held[one, month], self.held[other, month]
        # Above the last of a full sketch, nothing is known of its file.
        known = min((prints[-1] for prints in (mine, others) if len(prints) == _SKETCH), default=None)
        if known is not None:
            mine, others = mine[mine <= known], others[others <= known]
        both = len(np.intersect1d(mine, others, assume_unique=True))
        return both >= _FEWEST and 2 * both >= min(len(mine), len(others))


def _street_name(file: IncidentFile) -> str:
    name = PurePosixPath(file.source.name).name.casefold()
    return name if _STREET.fullmatch(name) else ""


def shared_rows(
    shared: Mapping[tuple[int, int], int], file: npt.NDArray[np.int64], month: Months, without_id: Mask
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the positions of rows without an ID of months that files share, and each one's first such file."""
    group = np.full(len(file), -1, dtype=np.int64)
    for (number, at), first in shared.items():
        mine = slice(*np.searchsorted(file, [number, number + 1]))
        group[mine][(month[mine] == at) & without_id[mine]] = first
    rows = np.flatnonzero(group >= 0)
    return rows, group[rows]


def downloaded_again(prints: Hashes, file: npt.NDArray[np.int64], group: npt.NDArray[np.int64]) -> Mask:
    """Return which rows of shared months stand in an earlier file already.

    As many rows of one fingerprint are kept as the file has that has most of them: alike rows of one file are
    several incidents, alike rows of two files that hold the same month are one.

    Parameters
    ----------
    prints : ndarray of uint64
        Fingerprints, in reading order.
    file, group : ndarray of int64
        The number of each row's file, and of the first file that shares its month.
    """
    frame = pd.DataFrame({"print": mixed(prints) ^ group.astype(np.uint64), "file": file})
    frame["number"] = frame.groupby(["print", "file"], sort=False).cumcount()
    return frame.duplicated(["print", "number"]).to_numpy()


def without_copies(files: Sequence[IncidentFile]) -> tuple[list[IncidentFile], tuple[str, ...]]:
    """Return the files but for those with the same bytes as an earlier one, and what is to be said of these.

    Files without rows are alike without being copies, and are kept.
    """
    first: dict[tuple[str, int], str] = {}
    kept, copies = [], []
    for file in files:
        key = file.sha256, file.source.size
        if key in first and file.has_rows:
            copies.append(f"{file.source.name} is {first[key]} again")
        else:
            first.setdefault(key, file.source.name)
            kept.append(file)
    return kept, tuple(copies)


def told(shared: Mapping[tuple[int, int], int], files: Sequence[IncidentFile]) -> tuple[str, ...]:
    """Return what is to be said of months that several files share, in the order of the files."""
    months: dict[tuple[int, int], list[int]] = {}
    for (file, month), first in sorted(shared.items()):
        if file != first:
            months.setdefault((file, first), []).append(month)
    return tuple(
        f"{files[file].source.name} repeats {_listed(held)} of {files[first].source.name}"
        for (file, first), held in months.items()
    )


def _listed(months: Sequence[int]) -> str:
    known = [f"{1970 + month // 12:04d}-{month % 12 + 1:02d}" for month in months if month != NO_MONTH]
    if not known:
        return "rows without a month"
    return known[0] if len(known) == 1 else f"{known[0]} to {known[-1]}"


def category_hashes(categories: Iterable[Any], codes: npt.NDArray[Any]) -> Hashes:
    """Return each row's hash of its category or area code, by its number; 0 for none, number -1."""
    hashes: Hashes = np.array([*(text_hash(str(text)) for text in categories), 0], dtype=np.uint64)
    chosen: Hashes = hashes[codes]
    return chosen
