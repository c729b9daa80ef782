"""Workbooks, and those whose cells lie so far apart that no memory holds what is between them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from hotspots.base.errors import FileError
from hotspots.base.sheets import read_sheets


def workbook(path: Path, *cells: str) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for cell in cells:
            sheet.write(cell, 7)
    return path


def read(path: Path) -> list[list[object]]:
    return read_sheets(path, where=f"'{path.name}'", readable="CSV")["Data"]


@pytest.mark.parametrize(
    ("far", "said"),
    [
        ("XFD1048576", "1,048,576 rows and 16,384 columns"),
        ("AZ1000000", "1,000,000 rows and 52 columns"),
        ("ABC70000", "70,000 rows and 731 columns"),
    ],
)
def test_a_sheet_that_reaches_too_far_is_refused(tmp_path: Path, far: str, said: str) -> None:
    path = workbook(tmp_path / "far.xlsx", "A1", far)
    with pytest.raises(FileError) as error:
        read(path)
    assert error.value.message == f"a sheet of 'far.xlsx' reaches over {said}, more than 50,000,000 cells"
    assert error.value.hint == "delete the cells far below or beside the table, or save it as CSV"


@pytest.mark.parametrize(
    ("place", "damaged", "said"),
    [
        (b'r="B2"', b'r="B99999999"', "99,999,999 rows and 2 columns"),
        (b'r="B2"', b"r='B99999999'", "99,999,999 rows and 2 columns"),
        # Of seven digits, as the last row of a sheet has, but farther.
        (b'r="B2"', b'r="Z9999999"', "9,999,999 rows and 26 columns"),
        # A cell that does not say where it is is in its row.
        (b'<row r="2"', b'<row r="99999999"', "99,999,999 rows and 2 columns"),
    ],
)
def test_a_row_that_no_sheet_has_is_refused(tmp_path: Path, place: bytes, damaged: bytes, said: str) -> None:
    whole, path = workbook(tmp_path / "whole.xlsx", "A1", "B2"), tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(path, "w") as made:
        for name in given.namelist():
            raw = given.read(name)
            made.writestr(name, raw.replace(place, damaged) if "worksheets/" in name else raw)
    with pytest.raises(FileError, match=f"reaches over {said}"):
        read(path)


@pytest.mark.parametrize("far", ["Z100000", "AB20000", "ZZ9", "XFD2"])
def test_a_large_sheet_is_read(tmp_path: Path, far: str) -> None:
    rows = read(workbook(tmp_path / "large.xlsx", "A1", far))
    assert rows[0][0] == rows[-1][-1] == 7
