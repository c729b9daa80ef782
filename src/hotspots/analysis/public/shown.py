"""Counts as a public folder shows them, all through one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from hotspots.disclosure.counts import published
from hotspots.disclosure.rules import Profile

Name = tuple[str, ...]
"""What a table of counts is called: a theme's key, a layer's key and what is counted."""


@dataclass(frozen=True, eq=False)
class Shown:
    """How counts are shown: by the rules of a profile, and hidden where others would give them back.

    Attributes
    ----------
    profile : Profile
        The rules.
    hidden : mapping
        By the name of a table, which of its counts are hidden to protect others.
    exact : mapping
        The exact counts of these tables, by which other tables of the same counts are known.
    layers : frozenset of str
        The keys of the layers of areas that were protected.
    """

    profile: Profile
    hidden: Mapping[Name, pd.Series[bool]] = field(default_factory=dict)
    exact: Mapping[Name, pd.Series[Any]] = field(default_factory=dict)
    layers: frozenset[str] = frozenset()

    @property
    def suppresses(self) -> bool:
        """Whether counts are left out, so that what is shown of them must be protected with all that ties it."""
        return self.profile.hide == "suppress"

    @property
    def base(self) -> int:
        """What shown counts are rounded to; 1 where they are exact."""
        return self.profile.rounded_to

    def twin(self, counts: pd.Series[Any]) -> Name | None:
        """Return the name of the table that holds these very counts, if one does."""
        values = counts.round().to_numpy(dtype=float)
        return next(
            (name for name, held in self.exact.items() if np.array_equal(held.to_numpy(dtype=float), values)),
            None,
        )

    def counts(self, name: Name, counts: pd.Series[Any]) -> pd.Series[Any]:
        """Return counts as they are shown; missing where they are hidden."""
        shown = published(counts.round(), self.profile)["shown"].set_axis(counts.index)
        also = self.hidden.get(name)
        if also is not None:
            shown = shown.mask(also.reindex(shown.index, fill_value=False))
        return whole(shown)

    def table(self, name: Name, counts: pd.DataFrame) -> pd.DataFrame:
        """Return the columns of a table as they are shown; each is a table of its own, named by its heading."""
        return pd.DataFrame(
            {column: self.counts((*name, str(column)), counts[column]) for column in counts.columns},
            index=counts.index,
            columns=counts.columns,
        )

    def number(self, name: Name, n: float) -> float:
        """Return one number as it is shown; NaN where it is hidden."""
        return float(self.counts(name, pd.Series([n], index=["all"])).iloc[0])


def whole(counts: pd.Series[Any]) -> pd.Series[Any]:
    """Return counts as whole numbers where none is missing."""
    return counts if counts.isna().any() else counts.astype(np.int64)


def standing_in(shown: pd.Series[Any], total: float, weights: pd.Series[Any] | None = None) -> pd.Series[Any]:
    """Return counts in which hidden ones are stood in for by what a reader can tell of them.

    What the shown counts leave of the published total is shared out among the hidden ones, in whole numbers and in
    proportion to their weights, such as people; of equal remainders the first gets one more. So a measure over all
    areas has the right mean, and is made of published numbers alone.

    Parameters
    ----------
    shown : Series
        Missing where hidden.
    total : float
        Published; where it is missing, or less than what is shown, nothing is left and hidden counts are 0.
    weights : Series, optional
        Missing ones weigh nothing.

    Examples
    --------
    >>> standing_in(pd.Series([90.0, np.nan, np.nan]), 100, pd.Series([5, 1, 3])).tolist()
    [90, 3, 7]
    """
    dark = shown.isna().to_numpy()
    if not dark.any():
        return shown.astype(np.int64)
    left = 0.0 if np.isnan(total) else max(total - float(shown.sum()), 0.0)
    share = np.ones(len(shown)) if weights is None else weights.to_numpy(dtype=float, na_value=np.nan)
    share = np.where(dark, np.nan_to_num(share), 0.0)
    if share.sum() <= 0:
        share = dark.astype(float)
    exact = left * share / share.sum()
    given = np.floor(exact + 1e-9)
    more = np.argsort(-(exact - given), kind="stable")[: round(left - given.sum())]
    given[more] += 1
    return pd.Series(np.where(dark, given, shown.fillna(0)), index=shown.index, name=shown.name).astype(
        np.int64
    )
