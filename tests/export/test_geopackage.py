"""GeoPackage: version 1.2, metres, the same bytes."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from unittest import mock

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from hotspots.base.errors import CRSError, FileError, ParameterError
from hotspots.export.geopackage import write_geopackage


def wards() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": ["Tŷ", "Town", None],
            "n": pd.array([3, None, 0], dtype="Int64"),
            "rate": [1.5, None, 0.25],
            "gi_class": pd.Categorical(["hot99", None, "none"]),
            "sd_near": [True, False, True],
        },
        geometry=[shapely.box(i, 0, i + 1, 1) for i in range(3)],
        index=pd.Index(["E2", "E1", "E3"], name="code"),
        crs="EPSG:27700",
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "a.gpkg"
    write_geopackage({"wards": wards(), "cells": wards().iloc[:1]}, path, provenance={"seed": 1})
    return path


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql).fetchall()


def test_layers_come_back_sorted_with_code_and_types(written: Path) -> None:
    assert pyogrio.list_layers(written)[:, 0].tolist() == ["wards", "cells"]
    back = gpd.read_file(written, layer="wards")
    assert back.crs == "EPSG:27700"
    assert back["code"].tolist() == ["E1", "E2", "E3"]
    assert back["gi_class"].tolist()[1:] == ["hot99", "none"]
    assert back["n"].isna().tolist() == [True, False, False]
    assert back["sd_near"].tolist() == [False, True, True]
    assert back.geometry.iloc[0].equals(shapely.box(1, 0, 2, 1))


def test_it_is_version_1_2(written: Path) -> None:
    # GeoPackage 1.2 stores its version as 10200 in SQLite's user_version.
    assert query(written, "PRAGMA user_version") == [(10200,)]


def test_columns_carry_label_and_meaning(written: Path) -> None:
    rows = query(
        written,
        "SELECT title, description FROM gpkg_data_columns WHERE table_name='wards' AND column_name='rate'",
    )
    assert rows == [("Rate (per 1,000 people a year)", "Incidents per 1,000 people a year")]
    assert query(written, "SELECT count(*) FROM gpkg_extensions WHERE extension_name='gpkg_schema'") == [(1,)]


def test_provenance_is_in_the_metadata(written: Path) -> None:
    assert json.loads(pyogrio.read_info(written, layer="wards")["dataset_metadata"]["HOTSPOTS"]) == {
        "seed": 1
    }


def test_bytes_do_not_depend_on_the_clock_or_the_row_order(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "b" / "a.gpkg"
    shuffled = wards().iloc[[2, 0, 1]]
    with mock.patch("time.time", return_value=4e9):
        write_geopackage({"wards": shuffled, "cells": wards().iloc[:1]}, again, provenance={"seed": 1})
    assert again.read_bytes() == written.read_bytes()
    assert query(written, "SELECT DISTINCT last_change FROM gpkg_contents") == [("2000-01-01T00:00:00.000Z",)]
    assert query(written, "SELECT DISTINCT timestamp FROM gpkg_metadata_reference") == [
        ("2000-01-01T00:00:00.000Z",)
    ]


def test_the_clock_setting_is_put_back(written: Path) -> None:
    assert written.exists()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_what_cannot_be_written_is_said(tmp_path: Path, written: Path) -> None:
    with pytest.raises(ParameterError) as nothing:
        write_geopackage({}, tmp_path / "b.gpkg")
    assert str(nothing.value) == "there is no layer to write\nHint: pass at least one, as in {'wards': wards}"
    with pytest.raises(CRSError) as degrees:
        write_geopackage({"wards": wards().to_crs("EPSG:4326")}, tmp_path / "b.gpkg")
    assert (
        degrees.value.message
        == "the areas of layer 'wards' are in WGS 84 (degrees), but distances are in metres"
    )
    with pytest.raises(FileError, match="exists already"):
        write_geopackage({"wards": wards()}, written)


def test_names_that_a_geopackage_cannot_hold_get_a_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = wards().assign(fid=[1.5, 1.5, 2.0], geom="x", Rate=5, NAME="y", n_drugs=1, n_Drugs=2, CODE="z")
    path = tmp_path / "a.gpkg"
    with caplog.at_level(logging.INFO):
        write_geopackage({"wards": own}, path)
    back = gpd.read_file(path)
    assert list(back.columns) == [
        "code", "name", "n", "rate", "gi_class", "sd_near",
        "fid_2", "geom_2", "Rate_2", "NAME_2", "n_drugs", "n_Drugs_2", "CODE_2", "geometry",
    ]  # fmt: skip
    assert back["fid_2"].tolist() == [1.5, 1.5, 2.0]
    assert back["rate"].notna().sum() == 2
    assert caplog.messages[0] == (
        "Columns renamed, as a GeoPackage cannot hold both: 'fid' is 'fid_2', 'geom' is 'geom_2', 'Rate' is 'Rate_2', "
        "'NAME' is 'NAME_2', 'n_Drugs' is 'n_Drugs_2', 'CODE' is 'CODE_2'"
    )
