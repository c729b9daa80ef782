"""run --since: what has changed since an earlier edition."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pptx
import pytest

Command = Callable[..., tuple[int, str, str]]

RECIPE = """
title = "Town, {month}"
[incidents]
source = "own.csv"
period = "{month}"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All"
[flag]
value = "n"
near = {near}
{more}
[report]
"""


def write(town: Path, months: dict[str, dict[int, int]]) -> None:
    """Write two incidents in every ward and month, and as many in each as said."""
    rows = ["Easting,Northing,Category,Date"]
    for month, held in months.items():
        for ward in range(9):
            place = f"{400_500 + 1000 * (ward // 3)},{330_500 + 1000 * (ward % 3)}"
            rows += [f"{place},Burglary,{month}-10"] * held.get(ward + 1, 2)
    (town / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def one(town: Path, hotspots: Command) -> Path:
    """The edition of one January, with 30 incidents in the last ward."""
    write(town, {"2024-01": {9: 30}})
    (town / "one.toml").write_text(RECIPE.format(month="2024-01", near=0.1, more=""), encoding="utf-8")
    assert hotspots("run", "one.toml", "-o", "one")[0] == 0
    return town


def test_a_january_since_the_one_before(one: Path, hotspots: Command) -> None:
    # The first January is revised by three rows, the hotspot has moved to the first ward, and near is another share.
    write(one, {"2024-01": {9: 33}, "2025-01": {1: 30}})
    more = '[change]\nbefore = "2024-01"'
    text = RECIPE.format(month="2025-01", near=0.2, more=more) + 'formats = ["html", "pptx"]\n'
    (one / "two.toml").write_text(text, encoding="utf-8")
    code, out, err = hotspots("run", "two.toml", "-o", "two", "--since", "one")
    assert code == 0, err
    said = out[out.index("Since Town, 2024-01 (January 2024).") :]
    assert "1 new month (2025-01)." in said
    assert "1 month of that edition was revised in the files: +3 rows in all." in said
    assert "2 definitions changed: what is new or gone may be so for that reason." in said
    areas = pd.read_csv(one / "two" / "tables" / "since.csv")
    assert areas[["measure", "name", "state"]].to_numpy().tolist() == [
        ["sd_flag", "Ward 1", "new"],
        ["sd_flag", "Ward 9", "gone"],
    ]
    report = (one / "two" / "report.html").read_text(encoding="utf-8")
    assert "Since the last edition" in report
    assert (
        "Wards, significantly above the average: 1 newly (Ward 1 (Abbeyshire)); 1 no longer (Ward 9 (Abbeyshire))."
        in report
    )
    deck = pptx.Presentation(str(one / "two" / "report.pptx"))
    slides = [
        slide for slide in deck.slides if slide.shapes.title.text_frame.text == "Since the last edition"
    ]
    said = " ".join(
        shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame
    )
    assert "All: Wards, significantly above the average: 1 newly (Ward 1 (Abbeyshire))" in said
    assert sum(shape.has_table for slide in slides for shape in slide.shapes) == 2  # months, and definitions
    book = openpyxl.load_workbook(one / "two" / "tables.xlsx")
    changed = {row[0]: row[1:3] for row in book["Definitions changed"].iter_rows(min_row=2, values_only=True)}
    assert changed["[flag] near"] == ("0.1", "0.2")
    assert "Since the last edition" in book.sheetnames


def test_an_edition_beside_itself_has_nothing_new(one: Path, hotspots: Command) -> None:
    code, out, err = hotspots("run", "one.toml", "-o", "again", "--since", "one")
    assert code == 0, err
    assert "0 new months. 1 month of both: none was revised. The periods reported on share 1 month" in out
    assert pd.read_csv(one / "again" / "tables" / "since.csv")["state"].tolist() == ["kept"]


def test_an_edition_can_be_replaced_by_the_next(one: Path, hotspots: Command) -> None:
    code, out, err = hotspots("run", "one.toml", "-o", "one", "--since", "one", "--overwrite")
    assert code == 0, err
    assert "none was revised" in out


def test_other_incidents_are_said_and_months_are_not_compared(one: Path, hotspots: Command) -> None:
    write(one, {"2024-01": {9: 33}})
    text = RECIPE.format(month="2024-01", near=0.1, more="").replace(
        'source = "own.csv"', 'source = "own.csv"\ncategory = "Burglary"'
    )
    (one / "other.toml").write_text(text, encoding="utf-8")
    code, out, err = hotspots("run", "other.toml", "-o", "other", "--since", "one")
    assert code == 0, err
    assert "Rows of months are not compared: the two editions take other incidents from their files." in out
    assert "revised" not in out


def test_areas_of_one_edition_alone_are_counted(one: Path, hotspots: Command) -> None:
    wards = gpd.read_file(one / "wards.gpkg")
    wards.loc[0, "WD19CD"] = "E05000099"
    wards.to_file(one / "wards.gpkg")
    code, out, err = hotspots("run", "one.toml", "-o", "other", "--since", "one")
    assert code == 0, err
    assert "Wards that only one edition has are not compared: 1 of that one, 1 of this one." in out


def test_an_edition_of_other_areas_is_refused(one: Path, hotspots: Command) -> None:
    wards = gpd.read_file(one / "wards.gpkg")
    wards["WD19CD"] = [f"E0600000{i}" for i in range(9)]
    wards.to_file(one / "wards.gpkg")
    code, _, err = hotspots("run", "one.toml", "-o", "other", "--since", "one")
    assert code == 1
    assert "Error: none of the 9 Wards is in the edition 'Town, 2024-01', January 2024" in err
    assert not (one / "other").exists()


@pytest.mark.parametrize("kind", ["none", "broken", "old", "listed"])
def test_a_folder_that_is_no_edition(one: Path, hotspots: Command, kind: str) -> None:
    record = one / "one" / "about" / "provenance.json"
    if kind == "none":
        record.unlink()
        said = "Error: 'one' is not the folder of an earlier run: it has no about/provenance.json"
    elif kind == "broken":
        record.write_text("{", encoding="utf-8")
        said = (
            "Error: the record of 'one', about/provenance.json, is not one that this version can compare with"
        )
    elif kind == "old":
        held = json.loads(record.read_text(encoding="utf-8"))
        del held["rows_by_month"]
        record.write_text(json.dumps(held), encoding="utf-8")
        said = (
            "Error: the record of 'one', about/provenance.json, is not one that this version can compare with"
        )
    else:
        (one / "one" / "tables" / "all_wards.csv").unlink()
        said = "all_wards.csv"
    code, _, err = hotspots("run", "one.toml", "-o", "other", "--since", "one")
    assert code == 1
    assert said in err
    assert "Traceback" not in err
    assert not (one / "other").exists()


def test_a_record_cannot_lead_out_of_its_folder(one: Path, hotspots: Command) -> None:
    record = one / "one" / "about" / "provenance.json"
    held = json.loads(record.read_text(encoding="utf-8"))
    held["files"] += ["tables/../../secret.csv", "/etc/secret.csv", "../tables/secret.csv"]
    record.write_text(json.dumps(held), encoding="utf-8")
    code, _, err = hotspots("run", "one.toml", "-o", "other", "--since", "one")
    assert code == 0, err
