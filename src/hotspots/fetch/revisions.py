"""What a later archive of police.uk has changed in a month that was here already."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_UPDATED = (
    "last outcome category",
    "context",
)  # what changes from archive to archive while an incident stays itself


@dataclass(frozen=True)
class Revision:
    """How a month's file differs from an earlier edition of it.

    Attributes
    ----------
    month : str
    before, now : int
        Rows of each edition.
    came, went : int
        Rows of one that have no like in the other, outcomes set aside.
    outcomes : int
        Rows that differ in their outcome alone.
    """

    month: str
    before: int
    now: int
    came: int
    went: int
    outcomes: int

    def __str__(self) -> str:
        return (
            f"{self.month} has been revised: {self.before:,} rows before, {self.now:,} now ({self.came:,} new or "
            f"changed, {self.went:,} gone or changed); {self.outcomes:,} others have another outcome"
        )


def rows_of(path: Path) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the headings of a month's file, plain, and its rows."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        reader = csv.reader(stream)
        heading = [cell.strip().casefold() for cell in next(reader, [])]
        return heading, [tuple(row) for row in reader if row]


def compare(month: str, before: Path, now: Path) -> Revision:
    """Return how a later edition of a month's file differs from an earlier one, in whatever order their rows are."""
    (old_heading, old), (new_heading, new) = rows_of(before), rows_of(now)
    old_bare, new_bare = _bare(old_heading, old), _bare(new_heading, new)
    came, went = new_bare - old_bare, old_bare - new_bare
    changed = Counter(new) - Counter(old) if old_heading == new_heading else Counter[tuple[str, ...]]()
    return Revision(
        month, len(old), len(new), came.total(), went.total(), max(changed.total() - came.total(), 0)
    )


def _bare(heading: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
    """Return the rows without what is updated from archive to archive, and how often each stands."""
    kept = [place for place, name in enumerate(heading) if name not in _UPDATED]
    return Counter(tuple(row[place] for place in kept if place < len(row)) for row in rows)
