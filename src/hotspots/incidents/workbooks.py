"""Open Excel workbooks of incidents: the first sheet whose headings are known."""

from __future__ import annotations

import datetime
import functools
from contextlib import suppress
from typing import Any

import pyarrow as pa

from hotspots.base.errors import DataError, FileError
from hotspots.base.files import sha256
from hotspots.base.sheets import read_sheets
from hotspots.base.text import heading_position, plain_text
from hotspots.incidents.columns import ColumnNames, Columns, recognise
from hotspots.incidents.files import Batches, IncidentFile, Roles, numbered
from hotspots.incidents.sources import READABLE, Source

_TITLES = 40
_SAMPLE_ROWS = 200

Rows = list[list[Any]]


def open_workbook(source: Source, named: ColumnNames) -> IncidentFile:
    """Open a workbook; see `hotspots.incidents.opening.open_incidents`."""
    sheets = read_sheets(source.path, where=f"'{source.name}'", readable=READABLE)
    filled = {name: rows for name, rows in sheets.items() if any(_text(cell) for row in rows for cell in row)}
    if not filled:
        raise FileError(f"'{source.name}' is empty", hint="download or export it again")
    position, columns, rows = _choose(source, filled, named)
    header = [plain_text(str(cell)) for cell in rows[position]]
    body = rows[position + 1 :]
    texts = {
        name: [_text(row[number]) for row in body]
        for number, name in reversed(list(enumerate(header)))
        if name
    }
    return IncidentFile(
        source,
        sha256(source.path),
        None,
        columns,
        None,
        functools.partial(_read, texts=texts, count=len(body)),
        sample={name: [cell or None for cell in cells[:_SAMPLE_ROWS]] for name, cells in texts.items()},
        header_lines=position + 1,
    )


def _choose(source: Source, sheets: dict[str, Rows], named: ColumnNames) -> tuple[int, Columns, Rows]:
    """Return where the headings are, what they mean, and the rows of the first sheet that has known ones."""
    for rows in sheets.values():
        for position, row in enumerate(rows[:_TITLES]):
            with suppress(DataError):
                return (
                    position,
                    recognise([plain_text(str(cell)) for cell in row], named, file=source.name),
                    rows,
                )
    rows = next(iter(sheets.values()))
    position = heading_position([[_text(cell) for cell in row] for row in rows])
    return (
        position,
        recognise([plain_text(str(cell)) for cell in rows[position]], named, file=source.name),
        rows,
    )


def _text(cell: Any) -> str:
    """Return a cell as the text that a CSV would hold: a date year first, a whole number without decimals."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell).strip()


def _read(file: IncidentFile, roles: Roles, *, texts: dict[str, list[str]], count: int) -> Batches:
    filled = [number for number in range(count) if any(texts[name][number] for name in set(roles.values()))]
    held = {
        role: pa.array([texts[name][number] for number in filled], pa.string())
        for role, name in roles.items()
    }
    yield numbered(file, held, len(filled))
