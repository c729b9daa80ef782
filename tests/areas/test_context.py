"""Towns, roads and rivers: what is taken for what, what is cut, and how little of it a page has to hold."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from hotspots.areas import context
from hotspots.areas.context import read_context
from hotspots.base.errors import CRSError, DataError, FileError, HotspotsWarning

AREA = gpd.GeoDataFrame(geometry=[shapely.box(400_000, 300_000, 410_000, 310_000)], crs="EPSG:27700")


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(400_000 + x, 300_000 + y) for x, y in points])


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(400_000 + x, 300_000 + y)


def written(
    folder: Path,
    file: str,
    shapes: list[Any],
    /,
    crs: str = "EPSG:27700",
    layer: str | None = None,
    **columns: Any,
) -> Path:
    path = folder / file
    table = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    table.to_file(path, layer=layer, mode="a" if path.exists() else "w") if layer else table.to_file(path)
    return path


def test_points_are_towns_and_lines_are_what_their_file_is_called(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "towns.geojson", [point(1_000, 1_000)], name=["Stone"]),
        written(tmp_path, "main_roads.geojson", [line((0, 0), (5_000, 0))], name=["A51"]),
        written(tmp_path, "OpenRivers.geojson", [line((0, 100), (5_000, 100))], name1=["Trent"]),
    ]
    found = read_context(paths, within=AREA)
    assert found[["kind", "name"]].to_numpy().tolist() == [
        ["water", "Trent"],
        ["road", "A51"],
        ["town", "Stone"],
    ]


def test_a_column_of_kinds_and_the_layers_of_one_file_tell_more_than_its_name(tmp_path: Path) -> None:
    mixed = written(
        tmp_path,
        "lines.gpkg",
        [line((0, 0), (900, 0)), line((0, 1), (900, 1))],
        layer="all",
        kind=["river", "A road"],
    )
    written(tmp_path, "lines.gpkg", [line((0, 2), (900, 2))], layer="watercourse", id=[1])
    assert read_context(mixed, within=AREA)["kind"].tolist() == ["water", "water", "road"]


def test_a_built_up_area_is_a_town_and_a_lake_a_shore(tmp_path: Path) -> None:
    lake = shapely.box(401_000, 301_000, 402_000, 302_000)
    paths = [
        written(
            tmp_path, "built_up.geojson", [shapely.box(405_000, 305_000, 407_000, 307_000)], BUA22NM=["Leek"]
        ),
        written(tmp_path, "lakes.geojson", [lake], name=["Rudyard Lake"]),
    ]
    shore, town = read_context(paths, within=AREA).itertuples(index=False)
    assert (shore.kind, shore.geometry.length) == ("water", lake.length)
    assert (town.kind, town.name, town.geometry.geom_type) == ("town", "Leek", "Point")


def test_what_lies_outside_is_cut_a_twentieth_of_the_study_area_away(tmp_path: Path) -> None:
    # The area is 10 km wide: the line, 40 km long, is kept from 500 m west of it to 500 m east.
    path = written(tmp_path, "roads.geojson", [line((-20_000, 50), (20_000, 50))])
    assert read_context(path, within=AREA).total_bounds.tolist() == [399_500, 300_050, 410_500, 300_050]


def test_a_file_with_nothing_there_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, "roads.geojson", [line((50_000, 0), (60_000, 0))])
    with pytest.warns(
        HotspotsWarning, match="has nothing in the study area, so that the map draws nothing of it"
    ):
        assert len(read_context(path, within=AREA)) == 0


def test_towns_with_most_people_come_first_and_those_without_a_name_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "MOST_TOWNS", 2)
    shapes = [point(x, 0) for x in range(4)]
    path = written(
        tmp_path, "towns.geojson", shapes, name=["Small", None, "Large", "Middling"], population=[1, 9, 3, 2]
    )
    assert read_context(path, within=AREA)["name"].tolist() == ["Large", "Middling"]


def test_lines_are_simplified_until_they_fit_and_the_shortest_left_out_at_the_worst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    x = np.linspace(0, 9_000, 200)
    wave = line(*zip(x, 60 * np.sin(x / 50), strict=True))
    path = written(tmp_path, "roads.geojson", [wave, line((0, 500), (900, 500)), line((0, 900), (100, 900))])
    assert shapely.get_num_coordinates(read_context(path, within=AREA).geometry).sum() > 100
    monkeypatch.setattr(context, "MOST_VERTICES", 4)
    caplog.set_level(logging.INFO, "hotspots")
    kept = read_context(path, within=AREA)
    # At 160 m the wave is a straight line: three lines of two vertices, of which two are room for.
    assert shapely.get_num_coordinates(kept.geometry).tolist() == [2, 2]
    assert kept.length.min() == pytest.approx(900)
    assert "Left out of the map: the 1 shortest of 3 roads and rivers" in caplog.text


def test_other_systems_and_collections_are_brought_to_the_same(tmp_path: Path) -> None:
    both = shapely.GeometryCollection(
        [line((0, 0), (900, 0)), shapely.MultiPoint([point(5, 5), point(900, 900)])]
    )
    path = tmp_path / "roads.gpkg"
    gpd.GeoDataFrame({"name": ["M6"]}, geometry=[both], crs="EPSG:27700").to_crs("EPSG:4326").to_file(path)
    found = read_context(path, within=AREA)
    assert found["kind"].tolist() == ["road", "town"]
    assert found.total_bounds[:2].tolist() == pytest.approx([400_000, 300_000], abs=1)


def test_a_coordinate_that_is_no_number_is_refused_in_words(tmp_path: Path) -> None:
    path = written(
        tmp_path, "roads.gpkg", [line((1_000, 5_000), (float("inf"), 5_500), (5_000, 6_000))], name=["A38"]
    )
    with pytest.raises(DataError) as caught:
        read_context(path, within=AREA)
    assert caught.value.message == f"'{path}' has a shape with a coordinate that is no number"


def test_what_is_no_layer_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"there is no file '.*roads.gpkg'"):
        read_context(tmp_path / "roads.gpkg", within=AREA)
    (tmp_path / "roads.geojson").write_text("hello", encoding="utf-8")
    with pytest.raises(FileError, match=r"does not hold what '\.geojson' files do"):
        read_context(tmp_path / "roads.geojson", within=AREA)
    path = written(tmp_path, "none.geojson", [None, None], name=["a", "b"])
    with pytest.raises(DataError, match="holds no points, lines or polygons"):
        read_context(path, within=AREA)
    shapefile = tmp_path / "towns.shp"
    gpd.GeoDataFrame(geometry=[point(0, 0)], crs="EPSG:27700").to_file(shapefile)
    shapefile.with_suffix(".prj").unlink()
    with pytest.raises(CRSError, match="has no coordinate reference system"):
        read_context(shapefile, within=AREA)
