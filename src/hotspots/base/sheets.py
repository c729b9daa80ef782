"""The door to workbooks: the cells of their sheets, whichever program wrote them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hotspots.base.errors import FileError, ParameterError, did_you_mean
from hotspots.base.foreign import reading, silently
from hotspots.base.reach import farthest

MOST_CELLS = 50_000_000
"""Cells of a sheet from its first to its last, all of which are laid out in memory: a full sheet of 47 columns."""

_LAID_OUT = (".xlsx", ".xlsm", ".xlsb", ".xls")


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

    with reading(f"{where} is not a workbook that can be read", hint=f"save it as {readable}"):
        if Path(path).suffix.lower() in _LAID_OUT:
            _refuse_vast(path, where)
        try:
            with silently(), python_calamine.load_workbook(path) as book:
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
    rows, columns = farthest(path)
    if rows * columns > MOST_CELLS:
        raise FileError(
            f"a sheet of {where} reaches over {rows:,} rows and {columns:,} columns, more than {MOST_CELLS:,} cells",
            hint="delete the cells far below or beside the table, or save it as CSV",
        )
