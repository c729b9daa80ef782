"""Hidden counts in files: every reader can tell them from values that there are not, and numbers stay numbers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook
from shapely import box

from hotspots.areas.hidden import CONFIDENTIAL, hidden_cells, with_hidden
from hotspots.areas.uncovered import NOT_COVERED
from hotspots.export.geopackage import write_geopackage
from hotspots.export.tables.csv import write_csv
from hotspots.export.tables.workbook import write_workbook

CODES = pd.Index(["E1", "E2", "E3", "E4"], name="code")


@pytest.fixture
def table() -> gpd.GeoDataFrame:
    """A ward with all, one whose count is hidden, one whose earlier count is, and one that no file covers."""
    columns = {
        "name": ["Ash", "Birch", "Cedar", "Date"],
        "population": [1000.0, 2000, 3000, 4000],
        "coverage": ["", "", "", NOT_COVERED],
        "n": [20.0, None, 30, None],
        "hidden": [False, True, False, False],
        "rate": [20.0, None, 10, None],
        "sd_flag": ["Above", None, "Average", None],
        "n_before": [20.0, None, None, None],
        "ch_pct": [0.0, None, None, None],
        "gi_note": ["", "", "", ""],
    }
    return gpd.GeoDataFrame(
        columns, geometry=[box(i, 0, i + 1, 1) for i in range(4)], index=CODES, crs="EPSG:27700"
    )


def test_a_row_names_its_hidden_counts_and_every_column_keeps_its_type(
    table: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    told = with_hidden(table)
    assert told["hidden_in"].tolist() == ["", "n n_before", "n_before", ""]
    write_csv(told, tmp_path / "a.csv")
    write_geopackage({"wards": told}, tmp_path / "a.gpkg")
    for read in (pd.read_csv(tmp_path / "a.csv"), gpd.read_file(tmp_path / "a.gpkg")):
        for column in ("n", "rate", "n_before", "ch_pct"):
            assert pd.api.types.is_numeric_dtype(read[column]), column
        assert read["hidden_in"].fillna("").tolist() == ["", "n n_before", "n_before", ""]
    assert with_hidden(table.iloc[:1]) is not None
    assert "hidden_in" not in with_hidden(table.iloc[[0, 3]])


def test_a_workbook_says_which_cells_are_hidden_and_its_sums_pass_over_them(
    table: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook({"Wards": table}, path, title="T", hidden=CONFIDENTIAL)
    book = load_workbook(path)
    heads, *rows = [[cell.value for cell in row] for row in book["Wards"].iter_rows()]
    told = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert [
        told["E2"][name] for name in ("Incidents", "Rate (per 1,000 people a year)", "Incidents before")
    ] == ["[c]"] * 3
    assert told["E2"]["Against the average"] == "[c]"
    assert told["E2"]["Change in percent (%)"] == "[c]"
    assert (told["E3"]["Incidents"], told["E3"]["Change in percent (%)"]) == (30, "[c]")
    assert told["E4"]["Incidents"] is None  # no file covers it: there is no value to hide
    assert told["E2"]["Population (people)"] == 2000
    write_workbook({"Wards": table}, tmp_path / "b.xlsx", title="T")
    assert "[c]" not in [
        cell.value for row in load_workbook(tmp_path / "b.xlsx")["Wards"].iter_rows() for cell in row
    ]


def test_libreoffice_adds_up_the_column_and_keeps_its_numbers(
    table: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    write_workbook({"Wards": table}, tmp_path / "a.xlsx", title="T", hidden=CONFIDENTIAL)
    book = load_workbook(tmp_path / "a.xlsx")
    heads = [cell.value for cell in book["Wards"][1]]
    letter = chr(ord("A") + heads.index("Incidents"))
    sums = book.create_sheet("Sums", 0)
    sums["A1"], sums["B1"] = f"=SUM(Wards!{letter}2:{letter}5)", f"=COUNT(Wards!{letter}2:{letter}5)"
    sums["C1"] = f"=MAX(Wards!{letter}2:{letter}5)"
    book.save(tmp_path / "sums.xlsx")
    subprocess.run(  # noqa: S603 - by path
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "csv",
         "--outdir", str(tmp_path), str(tmp_path / "sums.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    # 20 + 30 in two cells that are numbers; the hidden one is a text that no formula takes.
    assert (tmp_path / "sums.csv").read_text(encoding="utf-8").strip() == "50,2,30"


def test_ranks_and_texts_of_areas_that_are_ranked_are_not_called_hidden() -> None:
    ranked = pd.DataFrame(
        {
            "n": [None, 20.0],
            "rank": [2, 1],
            "priority": ["", "watch"],
            "score_loc": [None, 1.0],
            "i_burglary": [None, 3.0],
        }
    )
    assert hidden_cells(ranked).iloc[0].to_dict() == {
        "n": True, "rank": False, "priority": False, "score_loc": False, "i_burglary": True,
    }  # fmt: skip
