"""Columns that are kept as they are, and identifiers that are hashed as they are read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hotspots.base.errors import HotspotsError
from hotspots.incidents import read_incidents

ROWS = (
    "Easting,Northing,Category,Date,Age Band,Sex,Victim\n"
    "385000,345000,Theft,13/04/2025,18-24,F,V17\n"
    "385000,345000,Theft,14/04/2025, 25-34 ,M,v17 \n"
    "385100,345000,Theft,15/04/2025,,M,unknown\n"
    "385100,345000,Theft,16/04/2025,18-24,F,V18\n"
)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "extract.csv"
    path.write_text(ROWS)
    return path


def test_kept_columns_stand_under_the_name_that_was_asked_for(extract: Path) -> None:
    incidents, _ = read_incidents(extract, keep=["age band", "Sex"])
    assert list(incidents.columns) == ["x", "y", "category", "month", "date", "weight", "age band", "Sex"]
    assert incidents["age band"].astype(object).where(incidents["age band"].notna(), None).tolist() == [
        "18-24", "25-34", None, "18-24",
    ]  # fmt: skip
    assert incidents["Sex"].tolist() == ["F", "M", "M", "F"]


def test_nothing_else_is_kept_where_nothing_is_asked(extract: Path) -> None:
    incidents, _ = read_incidents(extract)
    assert list(incidents.columns) == ["x", "y", "category", "month", "date", "weight"]


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx", ".gpkg"])
def test_every_format_keeps_the_same(extract: Path, suffix: str, tmp_path: Path) -> None:
    expected, _ = read_incidents(extract, keep="Sex")
    table, path = pd.read_csv(extract), tmp_path / f"extract{suffix}"
    if suffix == ".parquet":
        table.to_parquet(path)
    elif suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        import geopandas as gpd

        points = gpd.points_from_xy(table["Easting"], table["Northing"], crs="EPSG:27700")
        gpd.GeoDataFrame(table.drop(columns=["Easting", "Northing"]), geometry=points).to_file(path)
    found, _ = read_incidents(path, keep="Sex")
    assert found["Sex"].astype(str).tolist() == expected["Sex"].astype(str).tolist()


def test_texts_that_no_row_has_any_more_go(extract: Path) -> None:
    extract.write_text(ROWS.replace("16/04/2025,18-24", "16/05/2025,65 and over"))
    incidents, _ = read_incidents(extract, keep="Age Band", period="2025-04")
    assert incidents["Age Band"].cat.categories.tolist() == ["18-24", "25-34"]


def test_identifiers_are_hashed_and_no_trace_of_them_stays(extract: Path) -> None:
    incidents, _ = read_incidents(extract, keep="Sex", identifiers="Victim")
    victims = incidents["Victim"]
    assert victims[0] == victims[1], "case and blanks make no other person"
    assert victims[0] != victims[3]
    assert victims.isna().tolist() == [False, False, True, False], "'unknown' is nobody"
    assert not victims.astype(str).str.contains("v1", case=False).any()
    again, _ = read_incidents(extract, identifiers="Victim")
    assert not set(victims.dropna()) & set(again["Victim"].dropna()), "the key is drawn anew each time"


def message(source: Path, **options: object) -> str:
    with pytest.raises(HotspotsError) as caught:
        read_incidents(source, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_column_that_is_not_there_is_refused(extract: Path) -> None:
    assert message(extract, keep="Age Bnd") == (
        "'extract.csv' has no column 'Age Bnd' ('keep')\nHint: did you mean 'Age Band'?"
    )
    assert message(extract, identifiers="Victim ID").startswith("'extract.csv' has no column 'Victim ID'")


def test_a_column_of_a_name_that_every_table_has_is_refused(extract: Path) -> None:
    assert message(extract, keep="category") == (
        "'category' cannot be kept, as every table of incidents has a column 'category' of its own\n"
        "Hint: give the file's column another heading"
    )
