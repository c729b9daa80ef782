"""The door to workbooks: the cells of their sheets, whichever program wrote them."""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from hotspots.base.errors import FileError, ParameterError, did_you_mean
from hotspots.base.foreign import reading

MOST_CELLS = 50_000_000
"""Cells of a sheet from its first to its last, all of which are laid out in memory: a full sheet of 47 columns."""

_ZIPPED = (".xlsx", ".xlsm")
_CHUNK, _OVERLAP = 1 << 20, 32
# Of a cell or, without letters, of a row, whose cells need not say where they are.
_PLACE = re.compile(rb"""r=["']([A-Z]{0,9})([0-9]{1,19})["']""")
# In up to 26 columns and under a million rows no sheet is too large; in more columns one may be with many rows.
_WIDE = re.compile(rb'r="[A-Z]{2}')
_LONG = re.compile(rb'r="[A-Z]{0,9}[0-9]{4}')
_VAST = re.compile(rb'r="[A-Z]{0,9}[0-9]{7}')


def read_sheets(
    path: str | os.PathLike[str], *, where: str, readable: str, only: str | None = None
) -> dict[str, list[list[Any]]]:
    """Return the rows of cells of every sheet of a workbook, or of one alone, by its name.

    Parameters
    ----------
    path : path
        An ``.xlsx``, ``.xlsm``, ``.xlsb``, ``.xls`` or ``.ods`` file.
    where : str
        The file, as messages name it.
    readable : str
        What could be given in its place, for the hint.
    only : str, optional
        The sheet; the others are not read.

    Returns
    -------
    dict of list of list
        Numbers, texts, dates and truth values; blank cells are empty texts.

    Raises
    ------
    FileError
        When it is locked with a password, is no workbook that can be read, or has a sheet of more than
        50 million cells from its first to its last.
    ParameterError
        When it has no sheet `only`.
    """
    import python_calamine

    if Path(path).suffix.lower() in _ZIPPED:
        _refuse_vast(path, where)
    with reading(f"{where} is not a workbook that can be read", hint=f"save it as {readable}"):
        try:
            with python_calamine.load_workbook(path) as book:
                names = book.sheet_names
                if only is not None and only not in names:
                    raise ParameterError(f"{where} has no sheet '{only}'", hint=did_you_mean(only, names))
                wanted = names if only is None else [only]
                return {name: book.get_sheet_by_name(name).to_python() for name in wanted}
        except python_calamine.PasswordError as error:
            raise FileError(
                f"{where} is locked with a password", hint="save it without a password"
            ) from error


def _refuse_vast(path: str | os.PathLike[str], where: str) -> None:
    """Refuse a sheet with a cell so far from the others that all between them would fill the memory."""
    try:
        rows, columns = _farthest(path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return  # its reader says what is wrong with it
    if rows * columns > MOST_CELLS:
        raise FileError(
            f"a sheet of {where} reaches over {rows:,} rows and {columns:,} columns, more than {MOST_CELLS:,} cells",
            hint="delete the cells far below or beside the table, or save it as CSV",
        )


def _farthest(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Return the last row and column of the sheet that reaches farthest; 0 and 0 where none may reach too far."""
    found = [(0, 0)]
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if re.search(r"worksheets/[^/]+\.xml$", name):
                with parts.open(name) as sheet:
                    suspect = _suspect(sheet)
                if suspect:
                    with parts.open(name) as sheet:
                        found.append(_reach(sheet))
    return max(found, key=lambda one: one[0] * one[1])


def _suspect(sheet: IO[bytes]) -> bool:
    """Return whether a sheet may reach too far: a quick look, as most do not."""
    wide = long = False
    rest = b""
    while chunk := sheet.read(_CHUNK):
        held = rest + chunk
        if _VAST.search(held) or b"r='" in held:
            return True
        wide = wide or _WIDE.search(held) is not None
        long = long or _LONG.search(held) is not None
        rest = held[-_OVERLAP:]
    return wide and long


def _reach(sheet: IO[bytes]) -> tuple[int, int]:
    """Return the last row and the last column of a sheet's cells; at least one column."""
    last, wide = 0, b""
    rest = b""
    while chunk := sheet.read(_CHUNK):
        held = rest + chunk
        found = _PLACE.findall(held)
        wide = max([wide, *(letters for letters, _ in found)], key=lambda letters: (len(letters), letters))
        last = max([last, *(int(row) for _, row in found)])
        rest = held[-_OVERLAP:]
    column = 0
    for letter in wide:
        column = 26 * column + letter - ord("A") + 1
    return last, max(column, 1)
