"""Which numbers follow from protected ones, which carry the exact ones, and what each cell is left with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.claims import Claim
from hotspots.analysis.audit.curves import Curve
from hotspots.analysis.audit.links import Cells
from hotspots.disclosure.counts import known_closely, may_be_small, small
from hotspots.disclosure.rounding import stands_for
from hotspots.disclosure.rules import Profile

Floats = npt.NDArray[np.float64]

_CLOSE = 1e-7
# So few numbers may be multiples of ten, or formulas fail, by chance.
_FEW = 8
_ODD = 0.02


@dataclass(eq=False)
class Known:
    """What is known of each cell, from the files directly.

    Attributes
    ----------
    low, high : list of float
        By the number of the cell.
    shown : list of float
        The published number; NaN where none is.
    by : list of int
        The place in `sources` of what narrowed it most; -1 for nothing.
    sources : list of (str, str, str)
        File, place in it and column.
    columns : list of tuple
        Of every column with numbers: file, place, column, theme, how many, what was found, and how many small counts
        it gives back by itself.
    disagree : list of str
        Numbers of one cell of one folder that cannot both be true.
    revised : set of int
        Cells of which two folders show numbers that cannot both be true: what is counted was revised between them, so
        that neither says anything of the other, and nothing is known of the cell in both together.
    base : int
        What the counts are rounded to.
    """

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    by: list[int] = field(default_factory=list)
    sources: list[tuple[str, str, str]] = field(default_factory=list)
    columns: list[tuple[str, str, str, str, int, str, int]] = field(default_factory=list)
    disagree: list[str] = field(default_factory=list)
    revised: set[int] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)
    base: int = 1

    def grow(self, count: int) -> None:
        """Make room for so many cells, of which nothing is known yet."""
        more = count - len(self.low)
        self.low += [0.0] * more
        self.high += [float("inf")] * more
        self.shown += [float("nan")] * more
        self.by += [-1] * more


def base_of(values: Floats, rules: Profile | None) -> int:
    """Return what the counts of a column are rounded to: what the rules say, else 10 or 5 where all are multiples.

    Examples
    --------
    >>> base_of(np.array([10.0, 20, 50, 30, 110, 40, 70, 490]), None), base_of(np.array([10.0, 20]), None)
    (10, 1)
    """
    told = values[np.isfinite(values) & (values > 0)]
    if rules is not None:
        base = rules.rounded_to
        return base if not (told % base).any() else 1
    if len(told) < _FEW:
        return 1
    return next((base for base in (10, 5) if not (told % base).any()), 1)


def _least_shown(rules: Profile | None) -> int:
    return 0 if rules is None else rules.least_shown


def weigh(
    claims: Sequence[Claim],
    cells: Cells,
    rules: Profile | None,
    promised: Profile,
    *,
    curves: Sequence[Curve] = (),
) -> Known:
    """Return what the claims of all files leave each cell with.

    A column of numbers made from counts either follows from the counts that are shown, and then tells nothing new
    but for counts that are hidden, or does not, and then was made from the exact ones: of each column all its numbers
    decide. A formula that fits neither is not the one that the column was made by, and is said to be unexplained.

    Parameters
    ----------
    claims : sequence of Claim
    cells : Cells
        New ones are added.
    rules : Profile or None
        What the numbers are said to be published by; None where nothing is said.
    promised : Profile
        What they are held to.
    curves : sequence of Curve
        Columns that say something only beside counts that are known.
    """
    known = Known()
    places = [_places(claim, cells) for claim in claims]
    along = [_places(curve.claim, cells) for curve in curves]
    known.grow(len(cells.places))
    bases: list[int] = [1]
    for claim, place in zip(claims, places, strict=True):
        if claim.is_count:
            bases.append(_take_counts(known, claim, place, rules, promised))
    for cell in known.revised:
        known.low[cell], known.high[cell], known.shown[cell], known.by[cell] = (
            0.0,
            float("inf"),
            float("nan"),
            -1,
        )
    known.base = base = max(bases) if rules is None else rules.rounded_to
    for claim, place in zip(claims, places, strict=True):
        if not claim.is_count:
            _take_derived(known, claim, place, (base, rules), promised)
    for curve, place in zip(curves, along, strict=True):
        _take_curve(known, curve, place, (base, rules), promised)
    return known


def _places(claim: Claim, cells: Cells) -> npt.NDArray[np.intp]:
    return np.array(
        [cells.place((claim.theme, str(area), claim.period)) for area in claim.areas], dtype=np.intp
    )


def _take_counts(
    known: Known, claim: Claim, place: npt.NDArray[np.intp], rules: Profile | None, promised: Profile
) -> int:
    """Take the counts of a column, and return what they are rounded to."""
    one = claim.low == claim.high
    base = base_of(claim.low[one], rules)
    if base == 1 and rules is None:
        base = _base_beside(known, claim, place, one)
    low, high = stands_for(claim.low, base, _least_shown(rules)) if base > 1 else (claim.low, claim.high)
    low, high = np.where(one, low, claim.low), np.where(one, high, claim.high)
    source = _source(known, claim)
    for at, (cell, least, most, single, value) in enumerate(
        zip(place, low, high, one, claim.low, strict=True)
    ):
        if np.isnan(least):
            continue
        if most < known.low[cell] or least > known.high[cell]:
            if known.by[cell] >= 0 and known.folders[known.by[cell]] != claim.folder:
                known.revised.add(int(cell))
                continue
            known.disagree.append(_apart(known, claim, int(cell), at))
            continue
        if most - least < known.high[cell] - known.low[cell]:
            known.by[cell] = source
        known.low[cell], known.high[cell] = max(known.low[cell], least), min(known.high[cell], most)
        if single and (np.isnan(known.shown[cell]) or base == 1):
            known.shown[cell] = value
    words = "exact counts" if base == 1 else f"counts rounded to {base}"
    _list(known, claim, words, low, high, promised)
    return base


def _list(known: Known, claim: Claim, found: str, low: Floats, high: Floats, promised: Profile) -> None:
    """List a column, with how many small counts it gives back by itself."""
    told = np.isfinite(low) & (low <= high)
    gives = int((judge(low[told], high[told], promised) == "given back").sum())
    number = int(np.isfinite(claim.low).sum())
    known.columns.append((claim.file, claim.where, claim.column, claim.theme, number, found, gives))


def _base_beside(known: Known, claim: Claim, place: npt.NDArray[np.intp], one: npt.NDArray[np.bool_]) -> int:
    """Return what few counts are rounded to that stand beside the exact ones elsewhere."""
    values, cells = claim.low[one], place[one]
    off = [
        not known.low[cell] <= value <= known.high[cell] for value, cell in zip(values, cells, strict=True)
    ]
    if not any(off):
        return 1
    return next((base for base in (10, 5) if not (values % base).any()), 1)


def _apart(known: Known, claim: Claim, cell: int, at: int) -> str:
    """Say that two files show numbers of one count that cannot both be true."""
    other = known.sources[known.by[cell]] if known.by[cell] >= 0 else ("", "", "")
    low, high = known.low[cell], known.high[cell]
    between = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return (
        f"{where_words((claim.file, claim.where, claim.column))} shows {claim.low[at]:g} of {claim.theme} in "
        f"{claim.areas[at]}, and {where_words(other)} says {between}"
    )


def _source(known: Known, claim: Claim) -> int:
    known.sources.append((claim.file, claim.where, claim.column))
    known.folders.append(claim.folder)
    return len(known.sources) - 1


def _take_derived(
    known: Known,
    claim: Claim,
    place: npt.NDArray[np.intp],
    by: tuple[int, Profile | None],
    promised: Profile,
) -> None:
    """Take a column that was made from counts, the shown or the exact."""
    base, rules = by
    least = np.ceil(claim.low - _CLOSE * (1 + np.abs(claim.low)))
    most = np.floor(claim.high + _CLOSE * (1 + np.abs(claim.high)))
    told = np.isfinite(claim.low)
    if not told.any():
        return
    shown = np.array([known.shown[cell] for cell in place])
    low, high = np.array([known.low[cell] for cell in place]), np.array([known.high[cell] for cell in place])
    listed = told & np.isfinite(shown)
    off = listed & ((shown < least) | (shown > most))
    impossible = told & ((least > most) | (least > high) | (most < low))
    source = _source(known, claim)
    number = int(told.sum())
    if off.any() and impossible.sum() > _ODD * number:
        _list(known, claim, "unexplained", np.full(len(least), np.nan), most, promised)
        return
    if off.any():
        words = "made from exact counts"
        usable = told & ~impossible
    else:
        words = "follows from the counts shown" if listed.any() else "counts that are not shown"
        usable = told & ~listed & (least <= most)
        least, most = _as_rounded(least, most, base, rules)
    _narrow(known, place[usable], least[usable], most[usable], source)
    _list(known, claim, words, least, most, promised)


def _narrow(known: Known, cells: npt.NDArray[np.intp], least: Floats, most: Floats, source: int) -> None:
    """Narrow what is known of cells by what a column says of them."""
    for cell, first, last in zip(cells.tolist(), least.tolist(), most.tolist(), strict=True):
        if cell not in known.revised and (first > known.low[cell] or last < known.high[cell]):
            known.by[cell] = source
            known.low[cell], known.high[cell] = max(known.low[cell], first), min(known.high[cell], last)


def _take_curve(
    known: Known,
    curve: Curve,
    place: npt.NDArray[np.intp],
    by: tuple[int, Profile | None],
    promised: Profile,
) -> None:
    """Take a column by what it says beside the counts that are shown, or else beside all that may be behind these."""
    told = np.isfinite(curve.claim.low)
    shown = np.array(known.shown)[place]
    seen = np.isfinite(shown)
    low, high = np.array(known.low)[place], np.array(known.high)[place]
    if not told.any() or not (high > low).any():
        return
    words, open_ = "follows from the counts shown", told & ~seen
    found = curve.between(np.where(seen, shown, 0.0), np.where(seen, shown, np.inf))
    if found is None:
        words, open_ = "made from exact counts", told
        found = curve.between(low, high)
    if found is None:
        _list(known, curve.claim, "unexplained", np.full(len(told), np.nan), high, promised)
        return
    least = np.ceil(found[0] - _CLOSE * (1 + np.abs(found[0])))
    most = np.floor(found[1] + _CLOSE * (1 + np.abs(found[1])))
    if words.startswith("follows"):
        least, most = _as_rounded(least, most, *by)
    open_ &= (least <= most) & (least <= high) & (most >= low)
    _narrow(known, place[open_], least[open_], most[open_], _source(known, curve.claim))
    least[~open_] = np.nan
    _list(known, curve.claim, words, least, most, promised)


def _as_rounded(least: Floats, most: Floats, base: int, rules: Profile | None) -> tuple[Floats, Floats]:
    """Widen limits of a number that may have been rounded before anything was made of it."""
    if base == 1:
        return least, most
    first, last = np.ceil(least / base) * base, np.floor(most / base) * base
    shown_from = _least_shown(rules)
    if shown_from:  # no number between 0 and the threshold is shown
        fewest = np.ceil(shown_from / base) * base
        first = np.where(first > 0, np.maximum(first, fewest), first)
        last = np.where((last > 0) & (last < fewest), 0, last)
    held = first <= last
    return (
        np.where(held, stands_for(first, base, shown_from)[0], least),
        np.where(held, stands_for(last, base, shown_from)[1], most),
    )


def judge(low: Floats, high: Floats, rules: Profile, exact: Floats | None = None) -> npt.NDArray[np.object_]:
    """Return of each count whether it is shown, protected, or given back.

    A count that is surely small must be possible anywhere from the least to the most that small counts are. One that
    may be small must have as many values left. Where the exact count is given and is small, its least must be
    possible too.

    Examples
    --------
    >>> from hotspots.disclosure.rules import profile
    >>> low, high = np.array([0.0, 2, 0, 3, 7]), np.array([4.0, 2, 0, 30, 7])
    >>> judge(low, high, profile("own", threshold=5, zeros="shown")).tolist()
    ['protected', 'given back', 'shown', 'protected', 'shown']
    """
    closely = known_closely(low, high, rules)
    if exact is not None:
        closely |= small(exact, rules) & (low > (rules.zeros == "shown"))
    state = np.where(closely, "given back", "protected")
    return np.where(may_be_small(low, high, rules), state, "shown").astype(object)


def as_arrays(known: Known) -> tuple[Floats, Floats]:
    """Return the limits of all cells as arrays."""
    return np.array(known.low, dtype=float), np.array(known.high, dtype=float)


def where_words(source: tuple[str, str, str] | Any) -> str:
    """Return a place in a file in words.

    Examples
    --------
    >>> where_words(("tables.xlsx", "Burglary – Wards", "rate"))
    "tables.xlsx, 'Burglary – Wards', column 'rate'"
    """
    file, where, column = source
    return f"{file}{f', {where!r}' if where else ''}, column '{column}'"


def frame_of(known: Known) -> pd.DataFrame:
    """Return what was found of each column, as a table."""
    return pd.DataFrame(
        known.columns, columns=["file", "where", "column", "theme", "numbers", "found", "gives"]
    )
