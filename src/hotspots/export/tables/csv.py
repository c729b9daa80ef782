"""Tables for spreadsheets: plain CSV in which no text turns into a formula."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from hotspots.base.files import replacing

# A cell that starts with one of these is run as a formula, or hides one, in Excel and LibreOffice.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(frame: pd.DataFrame, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a layer or a table as CSV, without its geometry.

    A file is UTF-8 with a byte-order mark, because Excel takes a file without one for the local code page and
    spoils Welsh names; standard output is UTF-8 without one. Lines end with a single line feed on every
    system. Numbers keep all their digits and a missing value is an empty cell. Text (headings too) that a
    spreadsheet would run as a formula, because it starts with ``= + - @``, a tab or a carriage return, gets a
    leading apostrophe; numbers are left alone.

    Parameters
    ----------
    frame : DataFrame
        Any table or layer; a named index becomes the first column. Left unchanged.
    path : path
        The file, or ``"-"`` for standard output.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.

    Examples
    --------
    >>> write_csv(pd.DataFrame({"name": ["=1+1", "Town"], "change": [-2.5, None]}), "-")
    name,change
    '=1+1,-2.5
    Town,
    """
    text = _plain_cells(frame).to_csv(index=False, lineterminator="\n")
    if str(path) == "-":
        sys.stdout.write(text)
        return
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8-sig", newline="")


def _plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    geometry = [column for column in frame.columns if str(frame[column].dtype) == "geometry"]
    plain = pd.DataFrame(frame.drop(columns=geometry))
    if any(name is not None for name in plain.index.names):
        repeated = [name for name in plain.index.names if name in plain.columns]
        plain = plain.drop(columns=repeated).reset_index()
    columns = {_inert(str(name)): _inert_column(plain[name]) for name in plain.columns}
    return pd.DataFrame(columns, index=plain.index)


def _inert_column(values: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return values
    return values.astype(object).map(_inert, na_action="ignore")


def _inert(cell: Any) -> Any:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
    return cell


def write_table(
    table: pd.DataFrame, text: str, path: str | os.PathLike[str], *, overwrite: bool = False
) -> None:
    """Write a table that has a printed form: as CSV to a name that ends in .csv, else its text; "-" prints it."""
    if Path(path).suffix.casefold() == ".csv":
        write_csv(table, path, overwrite=overwrite)
    elif str(path) == "-":
        sys.stdout.write(text)
    else:
        with replacing(path, overwrite=overwrite) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")
