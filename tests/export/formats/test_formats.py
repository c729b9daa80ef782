"""Shapefile, GeoParquet, FlatGeobuf and TopoJSON: read back, the same numbers; the same layer, the same bytes."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from hotspots.areas.reading import read_areas, read_layer
from hotspots.base.errors import CRSError, DataError, FileError, HotspotsWarning
from hotspots.export.formats.flatgeobuf import write_flatgeobuf
from hotspots.export.formats.geoparquet import write_geoparquet
from hotspots.export.formats.shapefile import write_shapefile
from hotspots.export.formats.topojson import write_topojson
from hotspots.export.geopackage import write_geopackage

Write = Callable[..., None]
TOLD = {"title": "Burglary", "attribution": "Crown copyright & database right"}
WRITERS = {
    "a.shp": write_shapefile,
    "a.shp.zip": write_shapefile,
    "a.parquet": write_geoparquet,
    "a.fgb": write_flatgeobuf,
    "a.topojson": write_topojson,
}
each = pytest.mark.parametrize(("name", "write"), list(WRITERS.items()), ids=list(WRITERS))


@pytest.fixture
def wards() -> gpd.GeoDataFrame:
    """Three squares in a row; the middle one has a hole, and an island that is a part of it."""
    squares = list(shapely.box([400_000, 401_000, 402_000], 300_000, [401_000, 402_000, 403_000], 301_000))
    hole, island = (
        shapely.box(401_400, 300_400, 401_600, 300_600),
        shapely.box(404_000, 300_000, 404_500, 300_500),
    )
    squares[1] = shapely.MultiPolygon([squares[1].difference(hole), island])
    return gpd.GeoDataFrame(
        {
            "name": ["Tŷ", "Town", "Ynys Môn"],
            "n": [3, 0, 12],
            "rate": [1.5, np.nan, 0.1 + 0.2],
            "gi_class": pd.Categorical(["hot99", None, "none"]),
            "sd_near": [True, False, True],
        },
        geometry=squares,
        index=pd.Index(["E2", "E1", "E3"], name="code"),
        crs="EPSG:27700",
    )


def back(path: Path) -> gpd.GeoDataFrame:
    read = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    return read.set_index("code").sort_index()


@each
def test_numbers_and_names_come_back_as_they_were(
    wards: gpd.GeoDataFrame, tmp_path: Path, name: str, write: Write
) -> None:
    before = wards.copy()
    write(wards, tmp_path / name, provenance=TOLD)
    found, expected = back(tmp_path / name), wards.sort_index()
    assert found["n"].tolist() == [0, 3, 12]
    # A Shapefile has fifteen digits of a number, the others all.
    last = 0.3 if ".shp" in name else 0.1 + 0.2
    assert found["rate"].astype(float).tolist()[1:] == [1.5, last]
    assert np.isnan(float(found["rate"].iloc[0]))
    assert found["name"].tolist() == ["Town", "Tŷ", "Ynys Môn"]
    assert found["gi_class"].tolist()[1:] == ["hot99", "none"]
    assert found["sd_near"].astype(bool).tolist() == [False, True, True]
    placed = (
        found.geometry
        if name != "a.topojson"
        else found.geometry.set_crs(4326, allow_override=True).to_crs(27700)
    )
    assert shapely.is_valid(placed).all()
    apart = placed.symmetric_difference(expected.geometry, align=False).area
    # The grid of TopoJSON has steps of about 5 cm here; sides are some 4 km long.
    assert apart.max() < (200 if name == "a.topojson" else 1e-6)
    pd.testing.assert_frame_equal(wards, before)


@each
def test_the_same_layer_gives_the_same_bytes_whatever_the_clock_and_the_order(
    wards: gpd.GeoDataFrame, tmp_path: Path, name: str, write: Write
) -> None:
    write(wards, tmp_path / "one" / name, provenance=TOLD)
    with mock.patch("time.time", return_value=4e9):
        write(wards.iloc[[2, 0, 1]], tmp_path / "two" / name, provenance=TOLD)
    made = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert made == sorted(path.name for path in (tmp_path / "two").iterdir())
    for file in made:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file


@each
def test_an_existing_file_is_refused_unless_it_may_be_replaced(
    wards: gpd.GeoDataFrame, tmp_path: Path, name: str, write: Write
) -> None:
    write(wards, tmp_path / name)
    with pytest.raises(FileError, match="exists already"):
        write(wards, tmp_path / name)
    write(wards.assign(n=7), tmp_path / name, overwrite=True)
    assert back(tmp_path / name)["n"].tolist() == [7, 7, 7]
    assert not list(tmp_path.glob(".writing-*"))


@each
def test_a_layer_without_reference_system_is_refused(
    wards: gpd.GeoDataFrame, tmp_path: Path, name: str, write: Write
) -> None:
    with pytest.raises(CRSError):
        write(wards.set_crs(None, allow_override=True), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.shp", "a.shp.zip", "a.parquet", "a.fgb"])
def test_the_toolkit_reads_what_it_wrote(wards: gpd.GeoDataFrame, tmp_path: Path, name: str) -> None:
    WRITERS[name](wards, tmp_path / name, provenance=TOLD)
    assert read_layer(tmp_path / name)["n"].sort_index().tolist() == [0, 3, 12]
    assert read_areas(tmp_path / name)["name"].tolist() == ["Town", "Tŷ", "Ynys Môn"]


def test_provenance_is_where_each_format_can_hold_it(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    for name, write in WRITERS.items():
        write(wards, tmp_path / name, provenance=TOLD)
    assert json.loads((tmp_path / "a.topojson").read_text(encoding="utf-8"))["hotspots"] == {
        **TOLD,
        "crs": "EPSG:27700",
    }
    assert json.loads(pq.read_schema(tmp_path / "a.parquet").metadata[b"hotspots"]) == TOLD
    said = pyogrio.read_info(tmp_path / "a.fgb")["layer_metadata"]
    assert json.loads(said["DESCRIPTION"]) == TOLD
    xml = ET.fromstring((tmp_path / "a.shp.xml").read_bytes())  # noqa: S314 - our own file
    assert xml.findtext("dataIdInfo/resConst/Consts/useLimit") == TOLD["attribution"]
    assert json.loads(xml.findtext("dataIdInfo/idAbs") or "") == TOLD


def test_a_shapefile_is_whole_and_says_its_encoding(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    write_shapefile(wards, tmp_path / "a.shp", provenance=TOLD)
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.shp", "a.shx", "a.dbf", "a.prj", "a.cpg", "a.shp.xml",
    }  # fmt: skip
    assert (tmp_path / "a.cpg").read_text() == "UTF-8"
    write_shapefile(wards, tmp_path / "a.shp.zip", provenance=TOLD)
    with zipfile.ZipFile(tmp_path / "a.shp.zip") as archive:
        assert archive.namelist() == ["a.cpg", "a.dbf", "a.prj", "a.shp", "a.shp.xml", "a.shx"]


def test_parts_of_an_earlier_shapefile_are_refused_or_go(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    (tmp_path / "a.qix").write_text("an index of other shapes")
    (tmp_path / "b.dbf").write_text("another's")
    with pytest.raises(FileError, match=r"a\.qix' exists already"):
        write_shapefile(wards, tmp_path / "a.shp")
    assert not (tmp_path / "a.shp").exists()
    write_shapefile(wards, tmp_path / "a.shp", overwrite=True)
    assert not (tmp_path / "a.qix").exists()
    assert (tmp_path / "b.dbf").read_text() == "another's"


def test_a_shapefile_that_cannot_be_placed_leaves_the_old_one_whole(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    write_shapefile(wards, tmp_path / "a.shp")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    place = Path.replace

    def stuck(self: Path, target: Path) -> Path:
        if self.name == "a.prj" and self.parent.name == "parts":
            raise PermissionError(13, "Permission denied")
        return place(self, target)

    with mock.patch.object(Path, "replace", stuck), pytest.raises(FileError) as caught:
        write_shapefile(wards.assign(n=7), tmp_path / "a.shp", overwrite=True)
    assert caught.value.message == f"cannot write the parts of '{tmp_path / 'a.shp'}' (Permission denied)"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_long_names_of_ones_own_are_cut_and_it_is_said(
    wards: gpd.GeoDataFrame, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = wards.assign(deprivation_rank=[1, 2, 3], deprivation_decile=[4, 5, 6], N=[7, 8, 9])
    with caplog.at_level(logging.INFO):
        write_shapefile(own, tmp_path / "a.shp")
    found = back(tmp_path / "a.shp")
    assert (found["deprivatio"].tolist(), found["deprivat_2"].tolist()) == ([2, 1, 3], [5, 4, 6])
    assert (found["n"].tolist(), found["N_2"].tolist()) == ([0, 3, 12], [8, 7, 9])
    assert caplog.messages[0] == (
        "Columns renamed, as a Shapefile holds names of 10 letters: 'deprivation_rank' is 'deprivatio', "
        "'deprivation_decile' is 'deprivat_2', 'N' is 'N_2'"
    )


def test_long_texts_are_cut_with_a_warning(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.warns(HotspotsWarning) as caught:
        write_shapefile(wards.assign(reason=["ŷ" * 200, "short", "x" * 254]), tmp_path / "a.shp")
    assert str(caught[0].message) == (
        "a Shapefile holds texts of 254 bytes, and longer ones are cut: 1 in 'reason'; "
        "GeoPackage and GeoJSON hold them whole"
    )
    # 254 bytes less three for the sign: 125 letters of two bytes.
    assert back(tmp_path / "a.shp")["reason"].tolist() == ["short", "ŷ" * 125 + "…", "x" * 254]


def topology(layer: gpd.GeoDataFrame, folder: Path) -> dict[str, Any]:
    write_topojson(layer, folder / "wards.topojson", overwrite=True)
    made: dict[str, Any] = json.loads((folder / "wards.topojson").read_text(encoding="utf-8"))
    return made


def test_a_border_between_two_areas_is_written_once(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    made = topology(wards, tmp_path)
    areas = {area["id"]: area for area in made["objects"]["wards"]["geometries"]}
    assert list(areas) == ["E1", "E2", "E3"]
    assert [areas[code]["type"] for code in areas] == ["MultiPolygon", "Polygon", "Polygon"]
    # Two borders; the outer sides of both end squares, and top and bottom of the middle one; its hole; its island.
    assert len(made["arcs"]) == 2 + 2 + 2 + 1 + 1
    used = [
        arc
        for area in areas.values()
        for arc in np.hstack([np.ravel(ring) for ring in _rings(area)]).tolist()
    ]
    counts = pd.Series([arc if arc >= 0 else -1 - arc for arc in used]).value_counts()
    assert sorted(counts) == [1] * 6 + [2, 2]
    # A border that one area runs along forwards, the other runs along backwards.
    assert sum(arc < 0 for arc in used) == 2


def _rings(area: dict[str, Any]) -> list[list[int]]:
    parts = area["arcs"] if area["type"] == "MultiPolygon" else [area["arcs"]]
    return [ring for part in parts for ring in part]


def test_topojson_is_in_whole_steps_of_a_grid_and_clockwise(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    made = topology(wards.iloc[[0]], tmp_path)
    assert made["type"] == "Topology"
    (arc,) = made["arcs"]
    assert all(isinstance(value, int) for step in arc for value in step)
    points = np.cumsum(arc, axis=0)
    assert points[0].tolist() == points[-1].tolist()
    assert points.min() == 0
    assert 990_000 < points.max() <= 1_000_000
    assert not shapely.is_ccw(shapely.LinearRing(points))
    scale, corner = made["transform"]["scale"], made["transform"]["translate"]
    assert corner == made["bbox"][:2]
    assert (points * scale + corner).max(axis=0).tolist() == pytest.approx(made["bbox"][2:], abs=2e-8)


def test_an_area_without_shape_stays_in_topojson(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    wards.loc["E1", "geometry"] = None
    areas = topology(wards, tmp_path)["objects"]["wards"]["geometries"]
    assert areas[0]["type"] is None
    assert areas[0]["properties"]["name"] == "Town"
    nothing = topology(wards.iloc[:0], tmp_path)
    assert (nothing["arcs"], nothing["objects"]["wards"]["geometries"]) == ([], [])


def test_topojson_says_its_reference_system_where_gdal_looks_for_it(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    write_topojson(wards, tmp_path / "a.topojson")
    assert gpd.read_file(tmp_path / "a.topojson").crs.to_epsg() == 4326


@pytest.mark.parametrize("name", ["a.shp", "a.shp.zip", "a.parquet", "a.fgb"])
def test_points_stay_points(wards: gpd.GeoDataFrame, tmp_path: Path, name: str) -> None:
    WRITERS[name](wards.set_geometry(wards.centroid), tmp_path / name)
    assert set(back(tmp_path / name).geom_type) == {"Point"}


def test_what_is_noted_beside_a_table_is_not_written(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    wards.attrs["populations"] = object()
    write_geoparquet(wards, tmp_path / "a.parquet")
    assert back(tmp_path / "a.parquet")["n"].tolist() == [0, 3, 12]
    assert back(tmp_path / "a.parquet").attrs == {}


@pytest.mark.parametrize(("name", "most"), [("a.gpkg", "1,990"), ("a.shp", "1,800")])
def test_more_columns_than_a_format_holds_are_refused(
    wards: gpd.GeoDataFrame, tmp_path: Path, name: str, most: str
) -> None:
    more = pd.DataFrame({f"n_kind {number}": 1 for number in range(2_500)}, index=wards.index)
    wide = wards.join(more)
    with pytest.raises(DataError) as caught:
        write_geopackage({"a": wide}, tmp_path / name) if name == "a.gpkg" else write_shapefile(
            wide, tmp_path / name
        )
    what = "a GeoPackage" if name == "a.gpkg" else "a Shapefile"
    assert caught.value.message == f"{what} holds {most} columns, and the layer has {len(wide.columns) + 1:,}"
    assert caught.value.hint == "take fewer categories or months, or write it as .csv, .parquet or .fgb"
    assert not list(tmp_path.iterdir())
