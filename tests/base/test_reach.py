"""Binary workbooks: what their sheets hold, and cells so far apart that no memory holds what is between them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from hotspots.base.errors import FileError
from hotspots.base.reach import farthest
from hotspots.base.sheets import read_sheets

Cells = Sequence[tuple[int, int]]
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


def xlsb(path: Path, cells: Cells, *, part: str = "worksheets/sheet1.bin", between: bytes = b"") -> Path:
    """A workbook of one sheet, in which these cells hold 7."""
    name = b"".join(struct.pack("<I", len(text)) + text.encode("utf-16-le") for text in ("rId1", "Data"))
    book = [record(131), record(143), record(156, struct.pack("<II", 0, 1) + name), record(144), record(132)]
    sheet = [record(129), record(148, bytes(16)), record(145)]
    for row, column in cells:
        sheet.append(record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0)))
        sheet.append(record(5, struct.pack("<IId", column, 0, 7.0)) + between)
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


def number(row: int, column: int) -> tuple[int, bytes]:
    return 0x0203, struct.pack("<HHHd", row, column, 0, 7.0)


def several(row: int, first: int, last: int) -> tuple[int, bytes]:
    held = struct.pack("<HI", 0, 7 << 2 | 2) * (last - first + 1)
    return 0x00BD, struct.pack("<HH", row, first) + held + struct.pack("<H", last)


def read(path: Path) -> list[list[object]]:
    return read_sheets(path, where=f"'{path.name}'", readable="CSV")["Data"]


SEVENS = [[7, "", ""], ["", "", ""], ["", "", 7]]


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "sound.xlsb", [(0, 0), (2, 2)])
    assert read(path) == SEVENS
    assert farthest(path) == (3, 3)


def test_records_of_any_size_are_passed(tmp_path: Path) -> None:
    # Longer than a byte of size tells, and than what is read at a time.
    for size in (127, 128, 300, 70_000, 3 << 20):
        path = xlsb(tmp_path / f"{size}.xlsb", [(0, 0), (2, 2)], between=record(1024, b"\x05" * size))
        assert farthest(path) == (3, 3)


@pytest.mark.parametrize(
    ("far", "said"),
    [
        ((1_048_575, 16_383), "1,048,576 rows and 16,384 columns"),
        ((1, 4_000_000_000), "2 rows and 4,000,000,001 columns"),
    ],
)
def test_a_binary_sheet_that_reaches_too_far_is_refused(
    tmp_path: Path, far: tuple[int, int], said: str
) -> None:
    for part in ("worksheets/sheet1.bin", "elsewhere.dat"):
        path = xlsb(tmp_path / "far.xlsb", [(0, 0), far], part=part)
        with pytest.raises(FileError) as error:
            read(path)
        assert error.value.message == f"a sheet of 'far.xlsb' reaches over {said}, more than 50,000,000 cells"


@pytest.mark.parametrize("small", [False, True])
def test_an_old_workbook_is_read(tmp_path: Path, small: bool) -> None:
    path = xls(tmp_path / "sound.xls", number(0, 0), several(2, 2, 2), small=small)
    assert read(path) == SEVENS
    assert farthest(path) == (3, 3)


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize(
    ("record", "said"),
    [
        (number(65_535, 65_534), "65,536 rows and 65,535 columns"),
        (several(65_535, 60_000, 60_002), "65,536 rows and 60,003 columns"),
        # What a sheet says of itself is room that is made for it.
        ((0x0200, struct.pack("<IIHHH", 0, 4_000_000_000, 0, 200, 0)), "4,000,000,000 rows and 200 columns"),
    ],
)
def test_an_old_sheet_that_reaches_too_far_is_refused(
    tmp_path: Path, small: bool, record: tuple[int, bytes], said: str
) -> None:
    path = xls(tmp_path / "far.xls", number(0, 0), record, small=small)
    with pytest.raises(FileError) as error:
        read(path)
    assert error.value.message == f"a sheet of 'far.xls' reaches over {said}, more than 50,000,000 cells"
    assert error.value.hint == "delete the cells far below or beside the table, or save it as CSV"


def test_a_full_old_sheet_is_read(tmp_path: Path) -> None:
    rows = read(xls(tmp_path / "full.xls", number(0, 0), number(65_535, 255)))
    assert (len(rows), len(rows[0])) == (65_536, 256)


def test_a_locked_old_workbook_is_said_to_be(tmp_path: Path) -> None:
    # Behind a lock all is scrambled, so that any cell may seem to be anywhere.
    path = xls(tmp_path / "locked.xls", (0x002F, bytes(6)), number(65_535, 65_534))
    assert farthest(path) == (0, 0)


@pytest.mark.parametrize("small", [False, True])
def test_a_damaged_workbook_is_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], small: bool
) -> None:
    whole = xls(tmp_path / "whole.xls", number(0, 0), number(2, 2), small=small).read_bytes()
    path = tmp_path / "damaged.xls"
    for length in (0, 7, 76, 600, 1100):
        path.write_bytes(whole[:length])
        with pytest.raises(FileError, match="is not a workbook that can be read"):
            read(path)
    assert "panicked" not in capfd.readouterr().err
    # Sectors, or the small parts, that follow each other in a circle.
    at = len(whole) - 512 if small else 512
    path.write_bytes(whole[: at + 8] + bytes(4) + whole[at + 12 :])
    assert farthest(path)[0] <= 3
