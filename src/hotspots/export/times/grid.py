"""A grid of times as plain data, whatever it is drawn on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hotspots.base.classes import TIMES, StyleClass

UP, DOWN = "▲", "▼"
# Fills on which letters are white.
_DARK = (TIMES[0].colour, TIMES[1].colour, TIMES[-1].colour)


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    ratio : float
        How many times the mean; NaN where the period has none of it.
    mark : str
        ``UP`` or ``DOWN`` where it differs beyond chance, else empty.
    words : str
        All that is known of it, in a sentence.
    """

    ratio: float
    mark: str = ""
    words: str = ""

    @property
    def text(self) -> str:
        """What the cell shows."""
        return "–" if math.isnan(self.ratio) else f"{self.ratio:.1f}{self.mark}"

    @property
    def look(self) -> StyleClass | None:
        """Its class, by the number that it shows; None without a value."""
        return None if math.isnan(self.ratio) else class_of(round(self.ratio, 1))

    @property
    def ink(self) -> str:
        """The colour of its letters."""
        return "#ffffff" if self.look is not None and self.look.colour in _DARK else "#1a1a1a"


@dataclass(frozen=True)
class TimeGrid:
    """A grid of cells, and the words that stand around it.

    Attributes
    ----------
    title : str
        Whose times they are.
    lead : sequence of str
        What a reader should take away.
    corner : str
        What rows and columns are, such as ``"Weekday by hour"``.
    rows, columns : sequence of str
        Their headings; the last is ``"All"`` where there are totals.
    cells : sequence of sequence of Cell
        By row.
    notes : sequence of str
        What must be known to read it.
    """

    title: str
    lead: Sequence[str]
    corner: str
    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def class_of(ratio: float) -> StyleClass:
    """Return the class of a multiple of the mean.

    The classes are the same whatever the highest is, so that one spike does not take the colour from all others.

    Examples
    --------
    >>> [class_of(ratio).label for ratio in (40.0, 2.0, 1.0, 0.4)]
    ['3 times the mean or more', '2 to 3 times', 'About the mean', 'A third to a half']
    """
    return next(one for one in TIMES if one.lower is None or ratio >= one.lower)
