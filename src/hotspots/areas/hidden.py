"""Counts that a table for publication leaves out, and what its gaps are called."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from hotspots.areas.uncovered import not_covered
from hotspots.base.columns import COLUMNS

HIDDEN = "hidden"
"""What stands for a number that is hidden, and the attribute of a table that says which are, in words."""
CONFIDENTIAL = "[c]"
"""What a hidden cell of a workbook says: confidential, in the shorthand of the UK's Government Analysis Function."""
FEW = "few"
"""The attribute of a table of rounded counts that says what a 0 stands for fewer than."""
TOO_FEW = "too few"
"""What stands for a rate of a count that was rounded to 0."""
_COUNTS = ("n", "n_before", "n_after")
_MONTH = re.compile(r"n_\d{4}_\d{2}")
# What areas are told by, which no count is behind.
_PLACE = frozenset(
    [
        "code",
        "name",
        "district",
        "ward",
        "population",
        "area_km2",
        "coverage",
        "members",
        "share_pop",
        "hidden",
        "hidden_in",
    ]
)


def gap_word(layer: pd.DataFrame, column: str) -> str:
    """Return what a missing value of a column is: hidden, or that too; empty where nothing of the table is hidden.

    A value is taken to be hidden where a count of its area is: all that is made of a hidden count is hidden with it.

    Examples
    --------
    >>> layer = pd.DataFrame({"n": [20, None, 30], "rate": [2.0, None, None]})
    >>> gap_word(layer, "n")
    ''
    >>> layer.attrs["hidden"] = "under 10, or to protect others"
    >>> gap_word(layer, "n"), gap_word(layer, "rate")
    ('hidden', 'hidden, or no data')
    """
    if HIDDEN not in layer.attrs:
        return ""
    missing = layer[column].isna().to_numpy()
    counts = [name for name in _COUNTS if name in layer]
    dark = layer[counts].isna().any(axis=1).to_numpy()
    missing = missing & ~not_covered(layer)
    if not (missing & dark).any():
        return ""
    return f"{HIDDEN}, or no data" if (missing & ~dark).any() else HIDDEN


def zero_word(column: str, few: int) -> str:
    """Return what a 0 of a column reads as where counts are rounded; empty where it is a 0.

    Parameters
    ----------
    column : str
        Of a column ``"Burglary: n"`` the count is ``n``.
    few : int
        What a rounded 0 stands for fewer than; 0 where counts are not rounded.

    Examples
    --------
    >>> zero_word("n_2025-03", 5), zero_word("Burglary: rate", 5), zero_word("rate_lo", 5), zero_word("n", 0)
    ('under 5', 'too few', '', '')
    """
    own = column.rpartition(": ")[2]
    if not few:
        return ""
    if own in (*_COUNTS, "of_n", "of_base") or _MONTH.fullmatch(own.replace("-", "_")):
        return f"under {few}"
    return TOO_FEW if own == "rate" else ""


def hidden_counts(layer: pd.DataFrame) -> list[str]:
    """Return, for each row of a published table, which of its counts are hidden, by the names of their columns.

    A count is never without a value but where it is hidden, or where the files do not cover the area.

    Examples
    --------
    >>> layer = pd.DataFrame({"n": [20, None], "n_before": [None, None], "rate": [2.0, None]})
    >>> hidden_counts(layer)
    ['n_before', 'n n_before']
    """
    names = [str(name) for name in layer.columns if name in _COUNTS or _MONTH.fullmatch(str(name))]
    missing = layer[names].isna().to_numpy()
    missing = missing & ~not_covered(layer)[:, None]
    return [" ".join(np.asarray(names, dtype=object)[row]) for row in missing]


def with_hidden(layer: Any) -> Any:
    """Return a published table that names in each row which of its counts are hidden, where any is.

    All that is made of a hidden count is blank with it, so that a reader can tell a hidden value from one that there
    is not; columns of numbers stay numbers.
    """
    told = hidden_counts(layer)
    if not any(told):
        return layer
    made = layer.copy()
    after = "hidden" if "hidden" in made else next(name for name in made if name in _COUNTS)
    made.insert(list(made.columns).index(after) + 1, "hidden_in", told)
    made.attrs = dict(layer.attrs)
    return made


def hidden_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return which cells of a published table are blank because a count behind them is hidden.

    Of a column ``"Burglary: rate"`` the count is ``"Burglary: n"``. Texts are not marked. Where areas are ranked, as
    priorities are, only counts and indicators are: ranks and classes rest on what stands in for hidden counts.

    Examples
    --------
    >>> table = pd.DataFrame({"n": [20, None], "rate": [2.0, None], "ch_pct": [1.5, None], "name": ["A", None]})
    >>> hidden_cells(table).to_numpy().tolist()
    [[False, False, False, False], [True, True, True, False]]
    """
    columns = {}
    for name in map(str, table.columns):
        of, colon, own = name.rpartition(": ")
        behind = (
            [name]
            if own in _COUNTS or _MONTH.fullmatch(own)
            else [f"{of}{colon}{count}" for count in (_COUNTS if own.startswith("ch_") else _COUNTS[:1])]
        )
        behind = [count for count in behind if count in table]
        dark = (
            table[behind].isna().any(axis=1)
            if behind and own not in _PLACE
            else pd.Series(False, table.index)
        )
        values = table[name]
        number = pd.api.types.is_numeric_dtype(values.dtype)
        told = number or (own in COLUMNS and COLUMNS[own].kind == "flag")
        if "priority" in table:
            told = own in _COUNTS or own.startswith("i_")
        blank = values.isna() | (values.astype(object) == "")
        columns[name] = (dark & blank & told).to_numpy()
    found = pd.DataFrame(columns, index=table.index)
    return found.mask(pd.Series(not_covered(table), index=table.index), other=False)
