"""What changed since an earlier edition, as an analysis holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class Since:
    """What changed since an earlier edition.

    Attributes
    ----------
    title, period : str
        Of the earlier edition.
    months : DataFrame
        By month: ``before`` and ``now``, rows used, missing where an edition does not read the month; ``state``:
        new, revised, same, or not read. A month that only one of them reports on and the other compares with counts.
        Empty where the two take other incidents from the files.
    shared : int
        Months that both report on.
    definitions : DataFrame
        What was asked for differently: ``what``, ``before`` and ``now``, as text.
    areas : DataFrame
        One row for each area that either edition marks, by ``theme``, ``layer`` and ``measure``: ``code``, ``name``,
        ``district``, ``state`` (new, kept or gone).
    ranks : DataFrame
        Areas that either edition selects: ``code``, ``name``, ``district``, ``before`` and ``now``, their ranks;
        ``rank_lo`` and ``rank_hi`` now, where known.
    unmatched : dict of str to tuple of int
        Layers whose areas differ, by their label: how many areas only that edition has, and only this one.
    """

    title: str
    period: str
    months: pd.DataFrame
    shared: int
    definitions: pd.DataFrame
    areas: pd.DataFrame
    ranks: pd.DataFrame
    unmatched: Mapping[str, tuple[int, int]]
