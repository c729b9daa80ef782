from __future__ import annotations

import json
import logging
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from hotspots.areas.layers import check_coordinates, computing_crs, label_crs, open_layer, read_geojson_bytes
from hotspots.areas.reading import read_areas
from hotspots.base.errors import (
    CRSError,
    DataError,
    FileError,
    HotspotsError,
    HotspotsWarning,
    ParameterError,
)

FORMATS = "a GeoPackage, GeoJSON, Shapefile (also zipped), FlatGeobuf, file geodatabase, KML or GeoParquet"


def squares(crs: str | None = "EPSG:27700") -> gpd.GeoDataFrame:
    polygons = shapely.box([430_000, 431_000], 433_000, [431_000, 432_000], 434_000)
    return gpd.GeoDataFrame({"WD24CD": ["E05000001", "E05000002"]}, geometry=polygons, crs=crs)


def failure(source: Any, **options: Any) -> str:
    with pytest.raises(HotspotsError) as error:
        open_layer(source, **options)
    return str(error.value)


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb", "parquet"])
def test_every_format_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"wards.{suffix}"
    layer = squares().to_crs("EPSG:4326") if suffix == "geojson" else squares()
    if suffix == "parquet":
        layer.to_parquet(path)
    else:
        layer.to_file(path)
    found = open_layer(path)
    assert sorted(found["WD24CD"]) == ["E05000001", "E05000002"]
    assert found.crs == layer.crs
    assert found.geometry.name == "geometry"


def test_a_layer_already_read_keeps_its_index_as_a_column() -> None:
    named = squares().set_index("WD24CD").rename_geometry("shape")
    assert open_layer(named).columns.tolist() == ["WD24CD", "geometry"]
    assert named.columns.tolist() == ["shape"]
    unnamed = squares()[["geometry"]].set_axis(["E05000001", "E05000002"], axis=0)
    assert open_layer(unnamed)["code"].tolist() == ["E05000001", "E05000002"]


def test_the_only_layer_of_polygons_is_taken_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "all.gpkg"
    squares().to_file(path, layer="wards")
    squares().set_geometry(squares().centroid).to_file(path, layer="centres")
    with caplog.at_level(logging.INFO, logger="hotspots"):
        assert len(open_layer(path)) == 2
    assert caplog.messages == [
        f"Layer 'wards' of '{path}' (the only one of polygons; choose another with 'layer')"
    ]


def test_several_layers_of_polygons_must_be_chosen_from(tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    squares().to_file(path, layer="wards")
    squares().iloc[:1].to_file(path, layer="parishes")
    assert len(open_layer(path, layer="parishes")) == 1
    assert (
        failure(path)
        == f"'{path}' holds 2 layers of areas: 'wards', 'parishes'\nHint: choose one with 'layer'"
    )
    assert failure(path, layer="ward") == f"'{path}' has no layer 'ward'\nHint: did you mean 'wards'?"


def test_layers_without_polygons(tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    points = squares().set_geometry(squares().centroid)
    points.to_file(path, layer="a")
    points.to_file(path, layer="b")
    assert failure(path) == f"'{path}' holds no layer of polygons\nHint: give {FORMATS} of areas"
    assert failure(path, layer="a") == (
        f"'{path}' holds geometries that are not polygons (2 of 2, first a Point)\n"
        "Hint: give the layer of areas themselves; incidents go to read_incidents"
    )


def test_no_such_file() -> None:
    assert failure("maps/wards.gpkg") == (
        "there is no file 'maps/wards.gpkg'\n"
        "Hint: check the spelling and the folder, or name a bundled layer: "
        "'west-yorkshire-lsoa-2011', 'west-yorkshire-wards', 'west-yorkshire-districts'"
    )


def test_no_such_bundled_layer() -> None:
    assert failure("west-yorks-wards") == (
        "'west-yorks-wards' is neither a file nor a bundled layer\n"
        "Hint: did you mean 'west-yorkshire-wards' or 'west-yorkshire-districts' "
        "or 'west-yorkshire-lsoa-2011'?"
    )


def test_a_bundled_file_of_incidents() -> None:
    assert failure("west-yorkshire-incidents") == (
        "'west-yorkshire-incidents' is a bundled file of incidents, but areas were needed\n"
        "Hint: give it as 'incidents'"
    )


@pytest.mark.parametrize("name", ["notes.gpkg", "notes.geojson", "notes.parquet", "notes.md"])
def test_a_file_that_is_not_a_layer(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("not a layer\n")
    what = (
        "is not a layer that can be read"
        if name == "notes.md"
        else f"does not hold what '{path.suffix}' files do"
    )
    assert failure(path) == f"'{path}' {what}\nHint: give {FORMATS}"


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".fgb", ".kml", ".vrt"])
def test_a_file_that_points_elsewhere_is_never_followed(tmp_path: Path, suffix: str) -> None:
    # GDAL itself would open the other file, or a web address, whatever the suffix.
    squares().to_file(tmp_path / "other.geojson")
    link = (
        f"<OGRVRTDataSource><OGRVRTLayer name='other'><SrcDataSource>{tmp_path}/other.geojson</SrcDataSource>"
    )
    path = tmp_path / f"wards{suffix}"
    path.write_text(link + "</OGRVRTLayer></OGRVRTDataSource>")
    assert failure(path).startswith(f"'{path}' ")
    archive = tmp_path / "wards.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(path, path.name)
    assert failure(archive).startswith(f"'{archive}' ")


@pytest.mark.parametrize(
    ("suffix", "before", "after"),
    [(".geojson", '{"a": "', '"}'), (".json", "[", "]"), (".kml", "<kml></kml>", "")],
)
def test_a_file_that_is_two_things_at_once_is_not_followed(
    tmp_path: Path, suffix: str, before: str, after: str
) -> None:
    # GDAL looks for the mark of a list of files anywhere in a file's start.
    squares().to_file(tmp_path / "other.geojson")
    link = (
        f"<OGRVRTDataSource><OGRVRTLayer name='other'><SrcDataSource>{tmp_path}/other.geojson</SrcDataSource>"
    )
    path = tmp_path / f"wards{suffix}"
    text = f"{before}{link}</OGRVRTLayer></OGRVRTDataSource>{after}"
    path.write_text(text)
    assert pyogrio.list_layers(path)[0][0] == "other"
    assert failure(path) == f"'{path}' does not hold what '{suffix}' files do\nHint: give {FORMATS}"
    with pytest.raises(FileError) as caught:
        read_geojson_bytes(text.encode(), where="standard input")
    if suffix == ".geojson":  # the only one that is JSON too
        assert caught.value.message == "standard input points to other files"


def test_reading_leaves_nothing_beside_the_file_and_no_setting_behind(tmp_path: Path) -> None:
    path = tmp_path / "wards.gpkg"
    squares().to_file(path, dataset_metadata={"HOTSPOTS": "{}"})
    before = pyogrio.get_gdal_config_option("GDAL_PAM_ENABLED")
    open_layer(path)
    assert [file.name for file in tmp_path.iterdir()] == ["wards.gpkg"]
    assert pyogrio.get_gdal_config_option("GDAL_PAM_ENABLED") == before


def test_zipped_shapefiles_are_read_and_archives_of_other_things_are_not(tmp_path: Path) -> None:
    squares().to_file(tmp_path / "wards.shp")
    archive, other = tmp_path / "wards.zip", tmp_path / "other.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for suffix in ("shp", "shx", "dbf", "prj"):
            packed.write(tmp_path / f"wards.{suffix}", f"wards.{suffix}")
    assert open_layer(archive)["WD24CD"].tolist() == ["E05000001", "E05000002"]
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("notes.txt", "nothing")
    assert failure(other) == f"'{other}' is not a layer that can be read\nHint: give {FORMATS}"
    other.write_bytes(b"not an archive")
    assert failure(other) == (
        f"'{other}' cannot be unpacked: it is damaged, locked or packed in a way that is not known\n"
        "Hint: unpack it first"
    )


def test_a_service_that_cut_the_layer_off(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    squares().to_crs("EPSG:4326").to_file(path)
    path.write_text(
        path.read_text().replace('"features"', '"properties": {"exceededTransferLimit": true}, "features"')
    )
    with pytest.warns(HotspotsWarning) as caught:
        assert len(open_layer(path)) == 2
    assert str(caught[0].message) == (
        f"'{path}' says that its service sent only the first 2 of its areas (exceededTransferLimit)"
    )


def test_text_that_is_not_utf8(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    welsh = squares().assign(WD24NM="Ynys Môn")
    welsh.to_file(tmp_path / "wards.shp", encoding="CP1252")
    (tmp_path / "wards.cpg").write_text("UTF-8")
    with caplog.at_level(logging.INFO):
        assert set(open_layer(tmp_path / "wards.shp")["WD24NM"]) == {"Ynys Môn"}
    assert caplog.messages == [
        f"'{tmp_path}/wards.shp' says that its text is UTF-8, but it is not: read as Windows-1252"
    ]
    path = tmp_path / "wards.geojson"
    path.write_bytes(welsh.to_json(ensure_ascii=False).encode("latin-1"))
    assert (
        failure(path) == f"'{path}' holds text that is not UTF-8, as its format has to\nHint: export it again"
    )


def test_rings_of_two_points_are_no_polygon(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    ring = [[[-1.5, 53.5], [-1.4, 53.5]]]
    feature = {
        "type": "Feature",
        "properties": {"code": "E1"},
        "geometry": {"type": "Polygon", "coordinates": ring},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(DataError, match="has no polygon for 1 area: E1"):
        read_areas(path)


@pytest.mark.parametrize("indexed", [True, False])
def test_parquet_whose_text_is_no_text_is_said(tmp_path: Path, indexed: bool) -> None:
    path = tmp_path / "wards.parquet"
    wards = gpd.GeoDataFrame(
        {"code": ["E05000001"]}, geometry=[shapely.box(4e5, 3e5, 4e5 + 9, 3e5 + 9)], crs=27700
    )
    (wards.set_index("code") if indexed else wards).to_parquet(path)
    raw = path.read_bytes()
    assert raw.count(b"E05000001") > 1  # in the column, and in its least and largest values
    path.write_bytes(raw.replace(b"E05000001", b"E0500\x99001"))
    assert failure(path) == f"'{path}' is not a layer that can be read\nHint: give {FORMATS} of areas"


def test_columns_of_bytes_are_no_columns_of_a_layer(tmp_path: Path) -> None:
    path = tmp_path / "wards.parquet"
    held = {"code": ["E05000001"], "name": [b"\xff\xd8"]}
    gpd.GeoDataFrame(held, geometry=[shapely.box(4e5, 3e5, 4e5 + 9, 3e5 + 9)], crs=27700).to_parquet(path)
    assert open_layer(path).columns.tolist() == ["code", "geometry"]


def test_tables_without_geometry(tmp_path: Path) -> None:
    csv = tmp_path / "wards.csv"
    csv.write_text("WD24CD,n\nE05000001,3\n")
    assert failure(csv) == f"'{csv}' is not a layer that can be read\nHint: give {FORMATS}"
    parquet = tmp_path / "wards.parquet"
    pd.DataFrame({"n": [1]}).to_parquet(parquet)
    assert failure(parquet) == f"'{parquet}' is not a layer that can be read\nHint: give {FORMATS} of areas"
    assert failure(gpd.GeoDataFrame({"n": [1]})) == (
        f"the layer holds a table without geometry, but areas are polygons\nHint: give {FORMATS} of areas"
    )


def test_an_empty_layer() -> None:
    assert failure(squares().iloc[:0]) == (
        "the layer holds no areas\nHint: check that the layer was exported with its features"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            b" \n",
            "standard input is empty, but a GeoJSON layer was needed\n"
            "Hint: check the step that should have written it",
        ),
        (b"code,n\n", f"standard input is not GeoJSON\nHint: give {FORMATS} of areas"),
        (b'{"type":', f"standard input is not GeoJSON\nHint: give {FORMATS} of areas"),
        (b'{"n": 1}', f"standard input is not GeoJSON\nHint: give {FORMATS} of areas"),
        (b"[1, 2]", f"standard input is not GeoJSON\nHint: give {FORMATS} of areas"),
    ],
)
def test_text_that_is_not_geojson(text: bytes, problem: str) -> None:
    with pytest.raises(FileError) as error:
        read_geojson_bytes(text, where="standard input")
    assert str(error.value) == problem


def test_a_layer_without_a_reference_system() -> None:
    with pytest.raises(CRSError) as metres:
        check_coordinates(squares(None), "EPSG:27700", where="'wards.shp'", option="areas_crs")
    assert str(metres.value) == (
        "'wards.shp' has no coordinate reference system "
        "(its coordinates: x 430,000 to 432,000, y 433,000 to 434,000)\n"
        "Hint: say it with 'areas_crs', such as 'EPSG:27700'"
    )
    degrees = squares().to_crs("EPSG:4326").set_crs(None, allow_override=True)
    with pytest.raises(CRSError) as error:
        check_coordinates(degrees, "EPSG:27700", where="'wards.shp'")
    assert error.value.hint == "save it with its true system"
    assert check_coordinates(label_crs(degrees, "EPSG:4326"), "EPSG:27700", where="it").crs == "EPSG:4326"


def test_metres_in_a_geojson_that_names_no_system(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    path.write_text(squares(None).to_json(drop_id=True))
    with pytest.raises(CRSError) as error:
        check_coordinates(open_layer(path), "EPSG:27700", where="'wards.geojson'")
    assert str(error.value) == (
        "'wards.geojson' is labelled EPSG:4326, in degrees, but its coordinates look like metres "
        "(x 430,000 to 432,000, y 433,000 to 434,000)\n"
        "Hint: save it with its true system"
    )


def test_degrees_labelled_as_metres() -> None:
    degrees = place(-1.5, 53.7, -1.25, 54).set_crs("EPSG:27700", allow_override=True)
    with pytest.raises(CRSError) as error:
        check_coordinates(degrees, "EPSG:27700", where="the layer")
    assert str(error.value) == (
        "the layer is labelled EPSG:27700, in metres, but its coordinates look like degrees "
        "(x -1.5 to -1.25, y 53.7 to 54)\n"
        "Hint: give layer.set_crs('EPSG:4326', allow_override=True)"
    )


def place(*bounds: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(*bounds)], crs="EPSG:4326")


def test_a_layer_in_another_country() -> None:
    with pytest.raises(CRSError) as error:
        check_coordinates(place(-87.94, 41.64, -87.52, 42.02), "EPSG:27700", where="'chicago.geojson'")
    assert str(error.value) == (
        "'chicago.geojson' lies at longitude -87.94 to -87.52 and latitude 41.64 to 42.02, "
        "but EPSG:27700 serves longitude -9.01 to 2.01 and latitude 49.75 to 61.01\n"
        "Hint: give a layer in a system in metres that fits, such as 'EPSG:32616'"
    )
    check_coordinates(place(-87.94, 41.64, -87.52, 42.02), "EPSG:32616", where="'chicago.geojson'")


def test_the_system_that_is_proposed_fits_the_southern_hemisphere_too() -> None:
    with pytest.raises(CRSError) as error:
        check_coordinates(place(151.0, -34.0, 151.4, -33.7), "EPSG:27700", where="it")
    assert error.value.hint == "give a layer in a system in metres that fits, such as 'EPSG:32756'"


def test_latitude_before_longitude_is_put_right_with_a_warning() -> None:
    with pytest.warns(HotspotsWarning) as caught:
        turned = check_coordinates(place(53.7, -1.6, 53.9, -1.4), "EPSG:27700", where="'wards.geojson'")
    assert turned.total_bounds.tolist() == [-1.6, 53.7, -1.4, 53.9]
    assert str(caught[0].message) == (
        "'wards.geojson' has its two coordinates the wrong way round (latitude first): they were exchanged"
    )


def test_a_layer_may_reach_a_little_beyond_what_its_system_serves() -> None:
    check_coordinates(place(-97.3, 43.5, -89.5, 49.4), "EPSG:26915", where="Minnesota")


def test_coordinates_that_are_nowhere() -> None:
    lost = gpd.GeoDataFrame(geometry=[shapely.box(1e9, 1e9, 2e9, 2e9)], crs="EPSG:27700")
    with pytest.raises(CRSError) as error:
        check_coordinates(lost, "EPSG:27700", where="it")
    assert str(error.value) == (
        "the coordinates of it are impossible in EPSG:27700 (x 1e+09 to 2e+09, y 1e+09 to 2e+09)\n"
        "Hint: save it with its true system"
    )


def test_points_among_polygons_are_counted() -> None:
    mixed = squares()
    mixed.loc[1, "geometry"] = shapely.LineString([(430_000, 433_000), (431_000, 433_000)])
    with pytest.raises(DataError) as error:
        open_layer(mixed)
    assert (
        error.value.message == "the layer holds geometries that are not polygons (1 of 2, first a LineString)"
    )


def test_an_unknown_layer_of_a_single_layer_file(tmp_path: Path) -> None:
    path = tmp_path / "wards.gpkg"
    squares().to_file(path, layer="wards")
    with pytest.raises(ParameterError) as error:
        open_layer(path, layer="lsoas")
    assert str(error.value) == f"'{path}' has no layer 'lsoas'\nHint: choose from 'wards'"


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (squares(), "EPSG:27700"),
        (squares().to_crs("EPSG:32630"), "EPSG:32630"),
        (squares().to_crs("EPSG:4326"), "EPSG:27700"),
        # Web Mercator's metres are 1.7 times too long here.
        (squares().to_crs("EPSG:3857"), "EPSG:27700"),
        (place(-87.94, 41.64, -87.52, 42.02), "EPSG:32616"),
    ],
)
def test_the_system_to_compute_in_where_none_can_be_chosen(layer: gpd.GeoDataFrame, expected: str) -> None:
    assert computing_crs(layer) == expected
