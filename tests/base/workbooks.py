"""Binary workbooks as no library writes them: of one sheet, "Data", with cells wherever they are wanted."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Cells = Mapping[tuple[int, int], str | float]
FREE, END = 0xFFFFFFFF, 0xFFFFFFFE
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{}"/></Relationships>'
)


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of a binary sheet [MS-XLSB]."""
    head, size = [kind] if kind < 128 else [kind & 127 | 128, kind >> 7], len(body)
    while size > 127:
        head, size = [*head, size & 127 | 128], size >> 7
    return bytes([*head, size]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(path: Path, cells: Cells, *, part: str = "worksheets/sheet1.bin", between: bytes = b"") -> Path:
    """A workbook of cells in the order of rows, with something after each."""
    name = wide("rId1") + wide("Data")
    book = [record(131), record(143), record(156, struct.pack("<II", 0, 1) + name), record(144), record(132)]
    sheet = [record(129), record(148, bytes(16)), record(145)]
    for (row, column), value in cells.items():
        sheet.append(record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0)))
        place = struct.pack("<II", column, 0)
        if isinstance(value, str):
            sheet.append(record(6, place + wide(value)) + between)
        else:
            sheet.append(record(5, place + struct.pack("<d", value)) + between)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("xl/_rels/workbook.bin.rels", RELATIONS.format(part))
        made.writestr("xl/workbook.bin", b"".join(book))
        made.writestr(f"xl/{part}", b"".join([*sheet, record(146), record(130)]))
    return path


def xls(path: Path, *records: tuple[int, bytes], small: bool = False) -> Path:
    """A workbook of one sheet with these records, in sectors of 512 bytes or, if it is `small`, in parts of 64."""

    def told(kind: int, body: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    name = struct.pack("<BB", 4, 0) + b"Data"
    start = told(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    place = len(start) + len(told(0x0085, bytes(6) + name)) + len(told(0x000A))
    stream = start + told(0x0085, struct.pack("<IH", place, 0) + name) + told(0x000A)
    stream += told(0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 0, 0, 0))
    stream += b"".join(told(kind, body) for kind, body in records) + told(0x000A)
    length = len(stream) if small else max(len(stream), 4096)
    held = stream.ljust(-(-length // 512) * 512, b"\0")
    # The table of sectors, the directory, and the stream or what holds its small parts, whose table stands last.
    count = len(held) // 512
    table = [0xFFFFFFFD, END, *range(3, 2 + count), END, END]
    parts = [*range(1, -(-length // 64)), END] if small else []
    entries = [
        ("Root Entry", 5, 2 if small else END, len(held) if small else 0),
        ("Workbook", 2, 0 if small else 2, length),
    ]
    directory = b"".join(
        text.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBIII", 2 * len(text) + 2, kind, 1, FREE, FREE, 1 if kind == 5 else FREE)
        + bytes(36)
        + struct.pack("<IQ", first, size)
        for text, kind, first, size in entries
    )
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<9I", 0, 1, 1, 0, 4096, 2 + count if small else END, int(small), END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    numbers = [struct.pack(f"<{len(one)}I", *one).ljust(512, b"\xff") for one in (table, parts)]
    path.write_bytes(head + numbers[0] + directory.ljust(512, b"\0") + held + (numbers[1] if small else b""))
    return path


def cell(row: int, column: int, value: str | float = 7.0) -> tuple[int, bytes]:
    """A record of a cell of an old workbook."""
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        return 0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
    return 0x0203, place + struct.pack("<d", value)


def cells_of(rows: Sequence[Sequence[str | float]]) -> dict[tuple[int, int], str | float]:
    """The cells of a table from its first."""
    return {(row, column): value for row, held in enumerate(rows) for column, value in enumerate(held)}
