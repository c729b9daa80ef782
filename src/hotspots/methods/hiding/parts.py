"""Small counts of parts whose sums are shown too: areas, their districts, their classes, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.hiding.cells import FEWEST

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HiddenParts:
    """What is to be hidden of parts and of their sums.

    Attributes
    ----------
    parts : Series of bool
        On the index of the counts.
    groups : dict of str to Series of bool
        By grouping: which of its groups.
    whole : bool
        Whether the sum of all is.
    """

    parts: pd.Series[bool]
    groups: dict[str, pd.Series[bool]]
    whole: bool


def hidden_parts(
    counts: pd.DataFrame,
    groupings: Mapping[str, pd.Series[Any]] | None = None,
    *,
    fewest: int = FEWEST,
    unshown: pd.Series[bool] | None = None,
) -> HiddenParts:
    """Return which parts, such as areas, and which of their sums, such as districts, are to be hidden.

    A part is hidden whole, with all its counts, where one of them is under `fewest`, 0 among them; and so is a
    group. Then further parts are, the smallest first, until in every sum that is shown, and in what is left of the
    sum of all by the groups that are shown, two hidden parts share at least ``fewest - 1`` of what each small count
    is of. By that sum alone any of them may then be anything from 0 to ``fewest - 1`` or further up. A group of which
    that cannot be had is hidden too, and with it another.

    With one grouping (areas in districts) nobody can get a small count back from all that is shown. With several
    (by district and by class) each of them is safe by itself, and who puts them together may narrow some counts: say
    so beside them.

    Parameters
    ----------
    counts : DataFrame of numbers
        Of each part, 0 or more: one column or several, such as yes and no, whose sum is no secret either.
    groupings : mapping of str to Series, optional
        The group of each part, on the same index, for each kind of sums that is shown; missing for a part of none.
    fewest : int, default 5
        The smallest count that is shown; 1 hides none.
    unshown : Series of bool, optional
        Parts of which nothing is shown anyway, as they stand in no table.

    Returns
    -------
    HiddenParts

    Raises
    ------
    DataError
        When a count is negative or missing.
    ParameterError
        When `fewest` is under 1.

    References
    ----------
    Hundepool, A. et al. (2012) Statistical Disclosure Control. Wiley, Chichester.
    https://doi.org/10.1002/9781118348239

    Examples
    --------
    The 3 is hidden, and so is the 20 of the same district, or the district's 53 would tell it:

    >>> counts = pd.DataFrame({"n": [3, 20, 30, 40, 50]})
    >>> district = pd.Series(["North", "North", "North", "South", "South"])
    >>> hidden_parts(counts, {"district": district}).parts.tolist()
    [True, True, False, False, False]
    """
    if not fewest >= 1:
        raise ParameterError(f"'fewest' is {fewest}", hint="use 5, or 1 to hide none")
    if not (counts >= 0).all(axis=None):
        raise DataError("a count of the table is negative or missing", hint="count rows, or sum weights")
    values = counts.to_numpy(dtype=float)
    fewest = 0 if fewest == 1 else fewest  # where one incident may be shown, none may be too
    made = _Hiding.begun(values, fewest, None if unshown is None else unshown.to_numpy(dtype=bool))
    sorts = {name: _Grouping.of(groups, values, fewest) for name, groups in (groupings or {}).items()}
    while any(made.settle_groups(one) for one in sorts.values()) or made.settle_whole(sorts):
        pass
    return HiddenParts(
        pd.Series(made.hidden, index=counts.index),
        {name: pd.Series(one.dark, index=one.names) for name, one in sorts.items()},
        made.whole,
    )


@dataclass(eq=False)
class _Grouping:
    """The groups of one kind: their names, the parts of each, and which are dark."""

    names: pd.Index[Any]
    codes: npt.NDArray[np.intp]  # -1 for a part of no group
    sums: Floats
    dark: Mask

    @classmethod
    def of(cls, groups: pd.Series[Any], values: Floats, fewest: int) -> _Grouping:
        codes, names = pd.factorize(groups, sort=True)
        sums = np.zeros((len(names), values.shape[1]))
        np.add.at(sums, codes[codes >= 0], values[codes >= 0])
        return cls(pd.Index(names), codes, sums, np.asarray((sums < fewest).any(axis=1)))

    @property
    def beyond(self) -> Mask:
        """The parts whose groups are dark, or that are of none: those whose sum the sum of all gives away."""
        return np.append(self.dark, True)[self.codes]


@dataclass(eq=False)
class _Hiding:
    """Which parts are hidden so far."""

    values: Floats
    small: Mask
    unshown: Mask
    hidden: Mask
    fewest: int
    whole: bool

    @classmethod
    def begun(cls, values: Floats, fewest: int, unshown: Mask | None) -> _Hiding:
        small = values < fewest
        unshown = np.zeros(len(values), dtype=bool) if unshown is None else unshown
        whole = bool((values.sum(axis=0) < fewest).any())
        return cls(values, small, unshown, small.any(axis=1) | unshown, fewest, whole)

    def told(self, line: Mask) -> bool:
        """Whether the sum of some parts tells more of a hidden one than is allowed."""
        held = self.hidden & line
        if not (held & ~self.unshown).any():
            return False
        of_small = self.small[held].any(axis=0)
        left = self.values[held].sum(axis=0)[of_small]
        return bool(held.sum() < 2 or (left < self.fewest - 1).any())

    def hide_more(self, line: Mask) -> bool:
        """Hide the smallest of the parts that are shown, and say whether there was one."""
        shown = np.flatnonzero(line & ~self.hidden)
        if len(shown):
            self.hidden[shown[np.argmin(self.values[shown].sum(axis=1))]] = True
        return len(shown) > 0

    def settle_groups(self, one: _Grouping) -> bool:
        """Hide parts until no shown group tells on any, and what cannot be had hide whole; say whether any was."""
        changed = False
        for group in np.flatnonzero(~one.dark):
            line = one.codes == group
            while self.told(line):
                changed = True
                if not self.hide_more(line):
                    one.dark[group] = True
                    break
        if self.whole or not one.dark.any():
            return changed
        while self._lone(one) or self.told(one.beyond):
            changed = True
            if not self._darken(one):
                self.whole = True
                break
        return changed

    def settle_whole(self, sorts: Mapping[str, _Grouping]) -> bool:
        """Hide parts until the sum of all tells on none, where no sums of groups are shown that do so already."""
        line = np.ones(len(self.hidden), dtype=bool)
        changed = False
        while not sorts and not self.whole and self.told(line):
            changed = True
            if not self.hide_more(line):
                self.whole = True
        return changed

    def _lone(self, one: _Grouping) -> bool:
        """Whether the dark groups have hidden parts in fewer than two groups, so that the rest of all is one's sum."""
        return len(np.unique(one.codes[self.hidden & one.beyond])) < 2

    def _darken(self, one: _Grouping) -> bool:
        """Hide the smallest group that is shown, with a part of it, and say whether there was one."""
        shown = np.flatnonzero(~one.dark)
        if len(shown):
            group = shown[np.argmin(one.sums[shown].sum(axis=1))]
            one.dark[group] = True
            line = one.codes == group
            if not (self.hidden & line).any():
                self.hide_more(line)
        return len(shown) > 0
