"""Binary workbooks: what their sheets hold, and cells so far apart that no memory holds what is between them."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest
from tests.base.workbooks import FREE, cell, record, xls, xlsb

from hotspots.base.errors import FileError
from hotspots.base.reach import farthest
from hotspots.base.sheets import read_sheets


def several(row: int, first: int, last: int) -> tuple[int, bytes]:
    held = struct.pack("<HI", 0, 7 << 2 | 2) * (last - first + 1)
    return 0x00BD, struct.pack("<HH", row, first) + held + struct.pack("<H", last)


def read(path: Path) -> list[list[object]]:
    return read_sheets(path, where=f"'{path.name}'", readable="CSV")["Data"]


SEVENS = [[7, "", ""], ["", "", ""], ["", "", 7]]


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "sound.xlsb", {(0, 0): 7.0, (2, 2): 7.0})
    assert read(path) == SEVENS
    assert farthest(path) == (3, 3)


def test_records_of_any_size_are_passed(tmp_path: Path) -> None:
    # Longer than a byte of size tells, and than what is read at a time.
    for size in (127, 128, 300, 70_000, 3 << 20):
        path = xlsb(
            tmp_path / f"{size}.xlsb", {(0, 0): 7.0, (2, 2): 7.0}, between=record(1024, b"\x05" * size)
        )
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
        path = xlsb(tmp_path / "far.xlsb", {(0, 0): 7.0, far: 7.0}, part=part)
        with pytest.raises(FileError) as error:
            read(path)
        assert error.value.message == f"a sheet of 'far.xlsb' reaches over {said}, more than 50,000,000 cells"


@pytest.mark.parametrize("small", [False, True])
def test_an_old_workbook_is_read(tmp_path: Path, small: bool) -> None:
    path = xls(tmp_path / "sound.xls", cell(0, 0), several(2, 2, 2), small=small)
    assert read(path) == SEVENS
    assert farthest(path) == (3, 3)


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize(
    ("record", "said"),
    [
        (cell(65_535, 65_534), "65,536 rows and 65,535 columns"),
        (several(65_535, 60_000, 60_002), "65,536 rows and 60,003 columns"),
        # What a sheet says of itself is room that is made for it.
        ((0x0200, struct.pack("<IIHHH", 0, 4_000_000_000, 0, 200, 0)), "4,000,000,000 rows and 200 columns"),
    ],
)
def test_an_old_sheet_that_reaches_too_far_is_refused(
    tmp_path: Path, small: bool, record: tuple[int, bytes], said: str
) -> None:
    path = xls(tmp_path / "far.xls", cell(0, 0), record, small=small)
    with pytest.raises(FileError) as error:
        read(path)
    assert error.value.message == f"a sheet of 'far.xls' reaches over {said}, more than 50,000,000 cells"
    assert error.value.hint == "delete the cells far below or beside the table, or save it as CSV"


def test_a_sheet_of_before_excel_97_says_less_of_itself(tmp_path: Path) -> None:
    said = 0x0200, struct.pack("<HHHHH", 0, 3, 0, 3, 0)
    assert farthest(xls(tmp_path / "older.xls", said, cell(0, 0), cell(2, 2))) == (3, 3)


def test_a_full_old_sheet_is_read(tmp_path: Path) -> None:
    rows = read(xls(tmp_path / "full.xls", cell(0, 0), cell(65_535, 255)))
    assert (len(rows), len(rows[0])) == (65_536, 256)


def test_a_locked_old_workbook_is_said_to_be(tmp_path: Path) -> None:
    # Behind a lock all is scrambled, so that any cell may seem to be anywhere.
    path = xls(tmp_path / "locked.xls", (0x002F, bytes(6)), cell(65_535, 65_534))
    assert farthest(path) == (0, 0)


def test_a_part_that_is_damaged_is_not_left_to_the_reader(tmp_path: Path) -> None:
    # It lays out what it has read before it finds that the sum of a part's bytes is another.
    path = xlsb(tmp_path / "far.xlsb", {(0, 0): 7.0, (1, 1): 7.0})
    raw = path.read_bytes()
    at = raw.index(struct.pack("<IId", 1, 0, 7.0))
    path.write_bytes(raw[:at] + struct.pack("<I", 4_000_000_000) + raw[at + 4 :])
    with pytest.raises(FileError, match=r"^'far.xlsb' is not a workbook that can be read"):
        read(path)


def test_a_panic_of_the_reader_is_one_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # The sheet's place in the archive is told by a name that nobody gave.
    sound = xlsb(tmp_path / "sound.xlsb", {(0, 0): 7.0})
    with zipfile.ZipFile(sound) as given, zipfile.ZipFile(tmp_path / "damaged.xlsb", "w") as made:
        for name in given.namelist():
            made.writestr(
                name, given.read(name).replace("rId1".encode("utf-16-le"), "rId9".encode("utf-16-le"))
            )
    with pytest.raises(FileError, match=r"^'damaged.xlsb' is not a workbook that can be read"):
        read(tmp_path / "damaged.xlsb")
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"


@pytest.mark.parametrize("small", [False, True])
def test_a_damaged_workbook_is_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], small: bool
) -> None:
    whole = xls(tmp_path / "whole.xls", cell(0, 0), cell(2, 2), small=small).read_bytes()
    path = tmp_path / "damaged.xls"
    for length in (0, 7, 76, 600, 1100):
        path.write_bytes(whole[:length])
        with pytest.raises(FileError, match="is not a workbook that can be read"):
            read(path)
    assert "panicked" not in capfd.readouterr().err


@pytest.mark.parametrize("small", [False, True])
def test_parts_that_follow_each_other_in_a_circle_are_left(tmp_path: Path, small: bool) -> None:
    whole = xls(tmp_path / "whole.xls", cell(0, 0), cell(2, 2), small=small).read_bytes()
    path = tmp_path / "circle.xls"
    at = len(whole) - 512 if small else 512
    path.write_bytes(whole[: at + 8] + bytes(4) + whole[at + 12 :])
    assert farthest(path)[0] <= 3
    # The same of the tables that say which follows which, of which there would be four thousand million.
    circle = struct.pack("<127I", *[0] * 127) + struct.pack("<I", len(whole) // 512 - 1)
    path.write_bytes(whole[:44] + struct.pack("<I", FREE) + whole[48:68] + circle[-4:] + whole[72:] + circle)
    with pytest.raises(FileError, match="is not a workbook that can be read"):
        read(path)
