"""The table of rates of a strategic assessment: a force beside its comparators, as CSV or plain text."""

from __future__ import annotations

import os

import pandas as pd

from hotspots.export.tables.csv import write_table
from hotspots.export.tables.flag_table import aligned

_HEAD = "Rate per 1,000 population"
_GAP = ".."


def rate_table_text(table: pd.DataFrame) -> str:
    """Return a table of rates as plain text: one decimal, and ``..`` where there is no value.

    Parameters
    ----------
    table : DataFrame
        Made by `hotspots.compare_categories`.
    """
    shown = pd.DataFrame({table.index.name: table.index.astype(str)})
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            shown[name] = [_GAP if pd.isna(value) else f"{value:,.1f}" for value in column]
        else:
            shown[name] = [_GAP if pd.isna(value) else str(value) for value in column]
    return "\n".join([_HEAD, "", *aligned(shown)]) + "\n"


def write_rate_table(table: pd.DataFrame, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a table of rates: as CSV with all digits to a name that ends in .csv, else as plain text.

    Parameters
    ----------
    table : DataFrame
        Made by `hotspots.compare_categories`.
    path : path
        The file, or ``"-"`` for plain text on standard output.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    write_table(table, rate_table_text(table), path, overwrite=overwrite)
