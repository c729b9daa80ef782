"""How far the cells of a workbook's sheets reach, told before a library lays out all that is between them."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

Reach = tuple[int, int]
"""The last row and the last column of the cells, counted from 1; 0 and 0 where none may be too far."""

_CHUNK, _OVERLAP = 1 << 20, 32
# With what the sheets of a workbook begin, wherever in the archive they are.
_SHEET, _BINARY_SHEET, _HEAD = b"worksheet", b"\x81\x01", 1024
# Of a cell or, without letters, of a row, whose cells need not say where they are.
_PLACE = re.compile(rb"""r=["']([A-Z]{0,9})([0-9]{1,19})["']""")
# In up to 26 columns and under a million rows no sheet is too large; in more columns one may be with many rows.
_WIDE = re.compile(rb'r="[A-Z]{2}')
_LONG = re.compile(rb'r="[A-Z]{0,9}[0-9]{4}')
_VAST = re.compile(rb'r="[A-Z]{0,9}[0-9]{7}')


def farthest(path: str | os.PathLike[str]) -> Reach:
    """Return how far the sheet reaches that reaches farthest.

    Parameters
    ----------
    path : path
        An ``.xlsx``, ``.xlsm``, ``.xlsb`` or ``.xls`` file.

    Raises
    ------
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError
        When it is damaged. One that is of neither kind, as it is locked or only called so, reaches nowhere.
    """
    if Path(path).suffix.lower() == ".xls":
        return _old_reach(_old_book(Path(path).read_bytes()))
    if not zipfile.is_zipfile(path):
        return 0, 0
    found: list[Reach] = [(0, 0)]
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            with parts.open(name) as part:
                head = part.read(_HEAD)
            if head.startswith(_BINARY_SHEET):
                with parts.open(name) as part:
                    found.append(_binary_reach(part))
            elif _SHEET in head:
                with parts.open(name) as part:
                    suspect = _suspect(part)
                if suspect:
                    with parts.open(name) as part:
                        found.append(_reach(part))
    return max(found, key=lambda one: one[0] * one[1])


def _suspect(sheet: IO[bytes]) -> bool:
    """Return whether a sheet of XML may reach too far: a quick look, as most do not."""
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


def _reach(sheet: IO[bytes]) -> Reach:
    """Return the last row and the last column of a sheet of XML; at least one column."""
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


# Records of a binary sheet [MS-XLSB]: one of a row, and eleven kinds of cells. A kind, a size and the number that a row
# or a cell begins with take ten bytes at the most.
_ROW, _LAST_CELL, _MOST = 0, 11, 10


def _binary_reach(sheet: IO[bytes]) -> Reach:
    """Return the last row and column of the cells of an ``.xlsb`` sheet: records of a kind, a size and bytes each."""
    row = rows = columns = -1
    held, at = b"", 0
    while True:
        while at > len(held):  # a record that is longer than what is held
            at -= len(held)
            held = sheet.read(_CHUNK)
            if not held:
                return rows + 1, columns + 1
        held, at = held[at:] + sheet.read(_CHUNK), 0
        if len(held) < _MOST:
            return rows + 1, columns + 1
        last = len(held) - _MOST
        # There may be millions: this loop takes as long as all else.
        while at <= last:
            kind, size, at = held[at], held[at + 1], at + 2
            if kind > 127:
                kind, size, at = kind & 127 | size << 7, held[at], at + 1
            if size > 127:
                size, at = _size(held, at - 1)
            if kind <= _LAST_CELL:
                number = int.from_bytes(held[at : at + 4], "little")
                if kind == _ROW:
                    row = number
                else:
                    columns = number if number > columns else columns
                    rows = row if row > rows else rows
            at += size


def _size(held: bytes, at: int) -> tuple[int, int]:
    """Return a number of up to four bytes, each of which says by its eighth bit that another follows, and its end."""
    number = 0
    for place in range(4):
        number |= (held[at] & 127) << 7 * place
        at += 1
        if held[at - 1] < 128:
            break
    return number, at


# Records of an old workbook [MS-XLS]: how far a sheet says that it reaches, cells, several cells of a row, and a lock.
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAID, _SEVERAL, _LOCKED = 0x0200, 0x00BD, 0x002F
_CELLS = {0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, 0x0006, _SEVERAL}


def _old_reach(book: bytes) -> Reach:
    """Return the last row and column of the cells of an ``.xls`` file's stream, as far as it is not locked."""
    at = rows = columns = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        if kind == _LOCKED:
            break
        if kind in _CELLS:
            # The row and column of the first, from 0; the column of the last of several is at the end.
            row, column = struct.unpack_from("<HH", book, at + 4)
            if kind == _SEVERAL:
                (column,) = struct.unpack_from("<H", book, at + 2 + size)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _SAID:
            # Before Excel 97 rows were told in two bytes.
            _, row, _, column = struct.unpack_from("<IIHH" if size >= 14 else "<HHHH", book, at + 4)
            rows, columns = max(rows, row), max(columns, column)
        at += 4 + size
    return rows, columns


def _old_book(raw: bytes) -> bytes:
    """Return the stream of an ``.xls`` file in which the sheets are; such a file is a small file system [MS-CFB]."""
    if not raw.startswith(_OLD):
        return b""  # a page or a table that is only called so
    (size,) = struct.unpack_from("<H", raw, 30)
    tables, first, cutoff, small = (struct.unpack_from("<I", raw, at)[0] for at in (44, 48, 56, 60))
    sector = 1 << size
    numbers = f"<{sector // 4}I"
    held = list(struct.unpack_from("<109I", raw, 76))
    (more,) = struct.unpack_from("<I", raw, 68)
    for _ in range(len(raw) // sector):  # where they go in a circle, too
        if len(held) >= tables:
            break
        *found, more = struct.unpack_from(numbers, raw, (more + 1) * sector)
        held += found
    chain = [one for table in held[:tables] for one in struct.unpack_from(numbers, raw, (table + 1) * sector)]
    sectors = raw[sector:]
    entries = [*struct.iter_unpack("<64s52xII4x", _stream(sectors, first, chain, sector))]
    for text, start, length in entries:
        if text.decode("utf-16-le", "replace").partition("\0")[0] not in ("Workbook", "Book"):
            continue
        if length >= cutoff:
            return _stream(sectors, start, chain, sector)[:length]
        # What is short is kept within the stream of the first entry, in parts of 64 bytes.
        within = _stream(sectors, entries[0][1], chain, sector)
        parts = _stream(sectors, small, chain, sector)
        return _stream(within, start, struct.unpack(f"<{len(parts) // 4}I", parts), 64)[:length]
    return b""


def _stream(held: bytes, at: int, chain: Sequence[int], size: int) -> bytes:
    """Return the parts of so many bytes that follow each other from one on; `chain` says which follows each."""
    found: list[bytes] = []
    while at < len(chain) and len(found) < len(chain):  # where they go in a circle, too
        found.append(held[at * size : (at + 1) * size])
        at = chain[at]
    return b"".join(found)
