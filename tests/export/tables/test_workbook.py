"""Workbooks, read back with openpyxl: numbers are numbers, text is text, nothing runs."""

from __future__ import annotations

import csv
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hotspots.base.errors import FileError, ParameterError
from hotspots.export.tables import workbook
from hotspots.export.tables.workbook import Summary, sheet_names, write_workbook

HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "-2+3",
    "+44",
    "https://example.org",
    "<b>&amp;</b>",
    "Tŷ 🏘️",
    "007",
    "\x0b\x1f",
]


def wards() -> gpd.GeoDataFrame:
    count = len(HOSTILE)
    return gpd.GeoDataFrame(
        {
            "name": HOSTILE,
            "n": np.arange(count) * 1000,
            "rate": [1234.5678, np.nan, *np.linspace(0, 9, count - 2)],
            "gi_p": [0.00001, 0.05, *[1.0] * (count - 2)],
            "gi_class": pd.Categorical(["hot99", None, *["none"] * (count - 2)]),
            "sd_flag": ["significantly above", None, *["average"] * (count - 2)],
            "sd_near": pd.array([True, False, None, *[False] * (count - 3)], dtype="boolean"),
            "imd": np.arange(count) + 0.25,
        },
        geometry=[shapely.Point(i, 0).buffer(1) for i in range(count)],
        index=pd.Index([f"E0{i}" for i in range(count)], name="code"),
        crs="EPSG:27700",
    )


def read(path: Path) -> Any:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("book") / "tables.xlsx"
    write_workbook({"Burglary: Wards": wards()}, path, title="=Title", about=[("Period", "July 2018")])
    return read(path)


def test_sheets_are_the_account_the_tables_and_the_columns(book: Any) -> None:
    assert book.sheetnames == ["About", "Burglary – Wards", "Columns"]
    cells = [[cell.value for cell in row] for row in book["About"].iter_rows()]
    assert cells[0][0] == "=Title"
    assert book["About"]["A1"].data_type == "s"
    assert ["Period", "July 2018"] in cells
    assert ["Sheet “Burglary – Wards”", "9 rows"] in cells


def test_headings_have_units_and_stay_in_sight(book: Any) -> None:
    sheet = book["Burglary – Wards"]
    assert [cell.value for cell in sheet[1]] == [
        "Code",
        "Name",
        "Incidents",
        "Rate (per 1,000 people a year)",
        "Gi* p value",
        "Hotspot class",
        "Against the average",
        "Near a threshold",
        "imd",
    ]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:I10"
    assert sheet.column_dimensions["B"].width >= len("https://example.org")


def test_numbers_keep_their_digits_and_show_their_columns_decimals(book: Any) -> None:
    sheet = book["Burglary – Wards"]
    assert (sheet["D2"].value, sheet["D2"].number_format) == (1234.5678, "#,##0.0")
    assert (sheet["C3"].value, sheet["C3"].number_format) == (1000, "#,##0")
    assert sheet["E2"].number_format == '[<0.0001]"under 0.0001";#,##0.0000'
    assert sheet["I2"].number_format == "#,##0.000"
    assert sheet["D3"].value is None


def test_no_text_is_a_formula_or_a_link(book: Any) -> None:
    sheet = book["Burglary – Wards"]
    names = [sheet.cell(row, 2) for row in range(2, 11)]
    assert {cell.data_type for cell in names} == {"s"}
    assert [cell.value for cell in names[:8]] == HOSTILE[:8]
    assert all(cell.hyperlink is None for cell in names)


def test_classes_stand_in_words(book: Any) -> None:
    sheet = book["Burglary – Wards"]
    assert [sheet.cell(2, column).value for column in (6, 7, 8)] == [
        "Hotspot (q ≤ 0.01)",
        "Significantly above",
        "yes",
    ]
    assert [sheet.cell(row, 8).value for row in (3, 4)] == ["no", None]
    assert [sheet.cell(3, column).value for column in (6, 7)] == [None, None]


def test_the_columns_sheet_says_what_each_column_tells(book: Any) -> None:
    rows = [[cell.value for cell in row] for row in book["Columns"].iter_rows()]
    assert rows[0] == ["Column", "Unit", "What it tells", "Name in the files"]
    assert ["Rate", "per 1,000 people a year", "Incidents per 1,000 people a year", "rate"] in rows
    assert not any(row[3] == "imd" for row in rows)


def test_no_part_of_the_file_holds_a_formula_or_a_clock(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook({"Wards": wards()}, tmp_path / name, title="T")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert "<f>" not in text
    assert "<hyperlink" not in text
    assert "2000-01-01T00:00:00Z" in text


def test_a_table_with_ranks_stands_in_their_order(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["A", "B", "C"], "rank": pd.array([2, pd.NA, 1], dtype="Int64")})
    write_workbook({"Priorities": table}, tmp_path / "r.xlsx", title="T")
    assert [cell.value for cell in read(tmp_path / "r.xlsx")["Priorities"]["A"]] == ["Name", "C", "A", "B"]


def test_an_empty_table_is_a_sheet_of_headings(tmp_path: Path) -> None:
    write_workbook({"Empty": wards().iloc[:0]}, tmp_path / "e.xlsx", title="T")
    assert read(tmp_path / "e.xlsx")["Empty"].max_row == 1


def test_too_many_rows_and_existing_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)
    with pytest.raises(ParameterError) as caught:
        write_workbook({"Wards": wards()}, tmp_path / "t.xlsx", title="T")
    assert caught.value.message == "the table 'Wards' has 9 rows, and a sheet holds 5"
    assert caught.value.hint == "write it as CSV, or choose fewer areas"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "t.xlsx").write_bytes(b"")
    with pytest.raises(FileError, match="exists already"):
        write_workbook({}, tmp_path / "t.xlsx", title="T")


def test_the_longest_text_is_cut_to_what_a_cell_holds(tmp_path: Path) -> None:
    write_workbook({"T": pd.DataFrame({"note": ["x" * 40_000]})}, tmp_path / "t.xlsx", title="T")
    value = read(tmp_path / "t.xlsx")["T"]["A2"].value
    assert (len(value), value[-1]) == (32_767, "…")


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_names_become_names_that_a_sheet_can_have(names: list[str]) -> None:
    made = sheet_names(names)
    assert len({name.casefold() for name in made}) == len(names)
    for name in made:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() not in ("summary", "about", "columns", "history")


def test_a_summary_stands_first_and_a_column_of_a_theme_is_that_of_the_vocabulary(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["=A1"], "Burglary: rate": [12.34], "Share (%)": [45.67]})
    write_workbook(
        {"Wards": table},
        tmp_path / "s.xlsx",
        title="T",
        summary=Summary([("Period", "=2025")], {"All": table}),
    )
    book = read(tmp_path / "s.xlsx")
    assert book.sheetnames == ["Summary", "About", "Wards", "Columns"]
    cells = [[cell.value for cell in row] for row in book["Summary"].iter_rows()]
    assert cells == [
        ["T", None, None],
        ["Period", "=2025", None],
        [None, None, None],
        ["All", None, None],
        ["Name", "Burglary: rate (per 1,000 people a year)", "Share (%)"],
        ["=A1", 12.34, 45.67],
    ]
    assert book["Summary"]["A6"].data_type == "s"
    assert [book["Wards"][place].number_format for place in ("B2", "C2")] == ["#,##0.0", "#,##0.0"]
    assert book["Wards"].freeze_panes == "B2"


def test_an_office_opens_it_and_shows_its_cells(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    table = wards()
    write_workbook({"Wards": table}, tmp_path / "w.xlsx", title="T", summary=Summary([], {"Wards": table}))
    # Every sheet as a CSV file of what a reader sees (the last of the options), in UTF-8 (76).
    filters = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    subprocess.run(  # noqa: S603 - by path
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", filters,
         "--outdir", str(tmp_path), str(tmp_path / "w.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "w-Wards.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["Code", "Name", "Incidents", "Rate (per 1,000 people a year)"]
    assert [row[1] for row in rows[1:9]] == HOSTILE[:8]
    assert rows[1][2:5] == ["0", "1,234.6", "under 0.0001"]
    assert [row[2] for row in rows[2:5]] == ["1,000", "2,000", "3,000"]
    with (tmp_path / "w-Summary.csv").open(encoding="utf-8", newline="") as file:
        summary = list(csv.reader(file))
    assert summary[3 : 3 + len(rows)] == rows
