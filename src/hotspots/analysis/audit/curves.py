"""Columns made from counts by a rule with numbers that nobody printed: what the known counts tell of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.claims import Claim, people_of
from hotspots.analysis.audit.context import Context, period_key
from hotspots.analysis.audit.shown import WHOLE, Shown
from hotspots.disclosure.orders import between_in_order, between_in_rank, straight

Floats = npt.NDArray[np.float64]
Kind = Literal["scaled", "smoothed", "ranked", "ordered"]

ORDERED = ("fn_z", "rk_rate", "rk_times", "rk_lo", "rk_hi", "rk_p")
"""Of two areas the one with more incidents and no more people has the greater value."""
# Doubles that went through a fit agree to about this.
_SAME = 1e-9
# A rank may follow the rate or the number; told from so many known counts.
_FEW = 8


@dataclass(frozen=True, eq=False)
class Curve:
    """A column whose rule is known but for some numbers.

    Attributes
    ----------
    claim : Claim
        Where it stands and what it is of; its limits are the least and the most that each printed value stands for.
    people : ndarray
        Of each area; NaN where it is not known.
    kind : {'scaled', 'smoothed', 'ranked', 'ordered'}
        A rate over months that are not told; a rate that is drawn towards that of all; a place by rate or by number;
        a value that rises with the count and falls with the people.
    scale : float
        What a count per person is multiplied by, NaN where it is not told.
    """

    claim: Claim
    people: Floats
    kind: Kind
    scale: float

    def between(self, low: Floats, high: Floats) -> tuple[Floats, Floats] | None:
        """Return the least and the most of each count, where the counts lie between limits; None where none can."""
        told = np.isfinite(self.claim.low)
        if self.kind != "ranked":
            told &= self.people > 0
        if (told & np.isfinite(high) & (high - low < 1e9)).sum() < _FEW:
            return low, high
        rows = np.flatnonzero(told)
        found = self._of(rows, low[rows], high[rows])
        if found is None:
            return None
        least, most = low.copy(), high.copy()
        least[rows], most[rows] = found
        return least, most

    def _of(self, rows: npt.NDArray[np.intp], low: Floats, high: Floats) -> tuple[Floats, Floats] | None:
        first, last, people = self.claim.low[rows], self.claim.high[rows], self.people[rows]
        if self.kind == "ordered":
            return between_in_order((first + last) / 2, people, low, high)
        if self.kind == "ranked":
            over = [np.ones(len(rows)), *([people] if (people > 0).all() else [])]
            ways = [between_in_rank(first, of, low, high) for of in over]
            # Where both agree, what both say holds whichever it is.
            held = [way for way in ways if way is not None]
            if not held:
                return None
            return np.min([way[0] for way in held], axis=0), np.max([way[1] for way in held], axis=0)
        free = (np.isnan(self.scale), self.kind == "smoothed")
        return straight((first, last), people, low, high, scale=self.scale, free=free)


def curves_of(shown: Shown, context: Context, people: pd.Series[Any]) -> Iterator[Curve]:
    """Yield the columns of a table that give counts back only together with counts that are known."""
    held, number = shown.numbers, people_of(shown, people)
    months = len(context.months)
    scale = 12_000 / months if months else float("nan")
    made = Claim(
        shown.file, shown.where, "", shown.theme, period_key(context.months) or WHOLE, shown.rows.index,
        number, number,
    )  # fmt: skip
    for name, kind in _kinds(held, context):
        values, half, _ = held[name]
        half = 0.0 if kind == "ranked" else half or 0.55
        room = half + (0.0 if kind == "ranked" else _SAME * (1 + np.abs(values)))
        claim = replace(made, column=name, low=values - room, high=values + room)
        yield Curve(claim, number, kind, scale)


def _kinds(held: Mapping[str, Any], context: Context) -> Iterator[tuple[str, Kind]]:
    if "rate" in held and not context.months:
        yield "rate", "scaled"
    if "rate_eb" in held:
        yield "rate_eb", "smoothed"
    if "rank" in held and not {"score", "priority"} & set(held):  # a place by several counts at once
        yield "rank", "ranked"
    for name in ORDERED:
        # Where neighbours share a part of their risk, a value does not rise with the area's own count alone.
        if name in held and (context.risk != "bym2" or not name.startswith("rk_")):
            yield name, "ordered"
