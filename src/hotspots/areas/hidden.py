"""Counts that a table for publication leaves out, and what its gaps are called."""

from __future__ import annotations

import pandas as pd

from hotspots.areas.uncovered import NOT_COVERED

HIDDEN = "hidden"
"""What stands for a number that is hidden, and the attribute of a table that says which are, in words."""
_COUNTS = ("n", "n_before", "n_after")


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
    if "coverage" in layer:
        missing = missing & (layer["coverage"] != NOT_COVERED).to_numpy()
    if not (missing & dark).any():
        return ""
    return f"{HIDDEN}, or no data" if (missing & ~dark).any() else HIDDEN
