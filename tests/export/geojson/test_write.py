"""GeoJSON: RFC 7946, exact properties, the same bytes."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from pyproj.transformer import TransformerGroup
from shapely.geometry import shape

from hotspots.base import crs
from hotspots.base.errors import CRSError, DataError, FileError
from hotspots.export.geojson.shapes import _draw, _in_degrees, draw_shapes
from hotspots.export.geojson.text import numerals
from hotspots.export.geojson.write import write_geojson


def layer() -> gpd.GeoDataFrame:
    clockwise = shapely.Polygon(
        [(0, 0), (0, 100), (100, 100), (100, 0)], [[(20, 20), (40, 20), (40, 40), (20, 40)]]
    )
    shapes = shapely.transform(
        np.array([shapely.box(200, 0, 300, 100), clockwise, None]), lambda p: p + np.array([4e5, 3e5])
    )
    return gpd.GeoDataFrame(
        {
            "name": ["Bryn-y-môr", 'St. "Mary\'s" </script>', None],
            "n": pd.array([3, None, 0], dtype="Int64"),
            "rate": [12.345678901234567, np.nan, 0.0],
            "gi_class": pd.Categorical(["hot99", "none", None]),
            "sd_near": pd.array([True, None, False], dtype="boolean"),
            "month": pd.period_range("2025-01", periods=3, freq="M"),
        },
        geometry=shapes,
        index=pd.Index(["E2", "E1", "E3"], name="code"),
        crs="EPSG:27700",
    )


def read(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda word: pytest.fail(word))
    assert isinstance(document, dict)
    return document


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_geojson(
        layer(), tmp_path / "wards.geojson", provenance={"version": "1", "seed": np.int64(3), "to": np.nan}
    )
    return tmp_path / "wards.geojson"


def test_features_are_sorted_and_carry_their_code(written: Path) -> None:
    document = read(written)
    assert [feature["id"] for feature in document["features"]] == ["E1", "E2", "E3"]
    assert document["features"][1]["properties"] == {
        "code": "E2",
        "name": "Bryn-y-môr",
        "n": 3,
        "rate": 12.345678901234567,
        "gi_class": "hot99",
        "sd_near": True,
        "month": "2025-01",
    }
    assert '"n":3,' in written.read_text(encoding="utf-8")


def test_gaps_are_null(written: Path) -> None:
    first, _, last = read(written)["features"]
    assert [first["properties"][name] for name in ("n", "rate", "sd_near")] == [None, None, None]
    assert (last["properties"]["name"], last["properties"]["gi_class"], last["geometry"]) == (
        None,
        None,
        None,
    )


def test_members_of_the_collection(written: Path) -> None:
    document = read(written)
    assert list(document) == ["type", "name", "bbox", "hotspots", "features"]
    assert document["name"] == "wards"
    assert document["hotspots"] == {"version": "1", "seed": 3, "to": None, "crs": "EPSG:27700"}
    points = np.concatenate([shapely.get_coordinates(shape(f["geometry"])) for f in document["features"][:2]])
    assert document["bbox"] == [*points.min(axis=0), *points.max(axis=0)]


def test_rings_follow_the_right_hand_rule_with_seven_decimals(written: Path) -> None:
    for feature in read(written)["features"][:2]:
        outer, *holes = feature["geometry"]["coordinates"]
        assert shapely.LinearRing(outer).is_ccw
        assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
        assert all(value == round(value, 7) for point in outer for value in point)


def test_the_layer_is_left_alone_and_bytes_repeat(tmp_path: Path) -> None:
    wards = layer()
    before = wards.copy()
    write_geojson(wards, tmp_path / "a.geojson")
    write_geojson(wards.iloc[::-1], tmp_path / "again" / "a.geojson")
    assert wards.equals(before)
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "again" / "a.geojson").read_bytes()


def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    write_geojson(layer(), "-")
    document = json.loads(capsys.readouterr().out)
    assert "name" not in document
    assert len(document["features"]) == 3


def test_geojson_validator_agrees(written: Path) -> None:
    validator = pytest.importorskip("geojson_validator")
    assert validator.validate_structure(read(written)) == {}


def test_coordinates_in_degrees_are_not_moved(tmp_path: Path) -> None:
    square = gpd.GeoDataFrame(
        {"n": [1]}, geometry=[shapely.box(-2, 52, -1.5, 53)], index=["a"], crs="EPSG:4326"
    )
    write_geojson(square, tmp_path / "a.geojson")
    assert read(tmp_path / "a.geojson")["bbox"] == [-2.0, 52.0, -1.5, 53.0]


def test_rounding_that_breaks_a_polygon_is_repaired(tmp_path: Path) -> None:
    # The notch is 4e-8 degrees off an edge: rounded to seven decimals, it touches the edge.
    notched = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 4e-8), (0, 1)])
    sliver = shapely.Polygon([(3, 0), (3 + 2e-8, 1e-8), (3, 2e-8)])
    assert notched.is_valid
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[notched, sliver], index=["a", "b"], crs="EPSG:4326")
    write_geojson(frame, tmp_path / "a.geojson")
    repaired, kept = (shape(feature["geometry"]) for feature in read(tmp_path / "a.geojson")["features"])
    assert repaired.is_valid
    assert repaired.area == pytest.approx(notched.area, rel=1e-6)
    assert kept.is_valid
    assert kept.equals(sliver)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=4, max_size=9))
def test_valid_polygons_stay_valid(places: list[tuple[int, int]]) -> None:
    hull = shapely.transform(shapely.convex_hull(shapely.MultiPoint(places)), lambda points: points * 1e-9)
    if hull.geom_type == "Polygon" and hull.is_valid:
        assert shapely.is_valid(_in_degrees(np.array([hull]), CRS("EPSG:4326"))[0]).all()


def test_an_infinite_number_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    frame = layer().assign(rate=np.inf)
    with pytest.raises(DataError) as caught:
        write_geojson(frame, tmp_path / "a.geojson")
    assert caught.value.message == "column 'rate' holds an infinite number, which GeoJSON cannot say"
    assert caught.value.hint == "replace it with a missing value first"
    assert list(tmp_path.iterdir()) == []


def test_a_layer_without_crs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CRSError, match="no coordinate reference system is given"):
        write_geojson(layer().set_crs(None, allow_override=True), tmp_path / "a.geojson")


def test_an_existing_file_is_kept(written: Path) -> None:
    with pytest.raises(FileError, match="exists already"):
        write_geojson(layer(), written)
    write_geojson(layer(), written, overwrite=True)
    assert read(written)["hotspots"] == {"crs": "EPSG:27700"}


def test_an_empty_layer_is_a_collection_without_features(tmp_path: Path) -> None:
    write_geojson(layer().iloc[:0], tmp_path / "a.geojson")
    document = read(tmp_path / "a.geojson")
    assert document["features"] == []
    assert "bbox" not in document


def test_no_number_has_an_exponent(tmp_path: Path) -> None:
    shape_near_zero = shapely.Polygon([(5e-6, 0), (1.5e-5, -3e-7), (2e-5, 51)])
    frame = gpd.GeoDataFrame(
        {"p": [5e-06, 1.5e-300, np.nan], "large 100%": [1e16, -1.25e22, 2.5], "zero": [0.0, -0.0, 1e-4]},
        geometry=[shape_near_zero, None, None],
        index=["a", "b", "c"],
        crs="EPSG:4326",
    )
    write_geojson(frame, tmp_path / "a.geojson")
    text = (tmp_path / "a.geojson").read_text(encoding="utf-8")
    assert not re.search(r"[0-9]e[+-]?[0-9]", text)
    assert '"p":0.000005,"large 100%":10000000000000000.0,"zero":0.0' in text
    assert all(corner in text for corner in ("[0.000005,0.0]", "[0.00002,51.0]", "[0.000015,-0.0000003]"))
    second = read(tmp_path / "a.geojson")["features"][1]["properties"]
    assert second == {"code": "b", "p": 1.5e-300, "large 100%": -1.25e22, "zero": -0.0}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numerals_say_exactly_the_number(value: float) -> None:
    (text,) = numerals(np.array([value]))
    assert float(text) == value
    assert "e" not in text


def drawn(*shapes: Any) -> list[str]:
    texts, _ = _draw(np.array([*shapes, None]), CRS("EPSG:4326"))
    assert texts.pop() == "null"
    return texts


def test_polygons_are_written_as_rfc_7946_shows_them() -> None:
    shell, hole = [(0, 0), (9, 0), (9, 9), (0, 9)], [(1, 1), (1, 2), (2.5, 1)]
    island = [(-100.0000001, -0.5), (-100, -0.5), (-100, 0.00000014)]
    outer = "[[0.0,0.0],[9.0,0.0],[9.0,9.0],[0.0,9.0],[0.0,0.0]]"
    inner = "[[1.0,1.0],[1.0,2.0],[2.5,1.0],[1.0,1.0]]"
    far = "[[-100.0000001,-0.5],[-100.0,-0.5],[-100.0,0.0000001],[-100.0000001,-0.5]]"
    one, two, three, point = drawn(
        shapely.Polygon(shell, [hole]),
        shapely.MultiPolygon([shapely.Polygon(island), shapely.Polygon(shell, [hole])]),
        shapely.MultiPolygon([shapely.Polygon(island)]),
        shapely.Point(1.00000004, 2),
    )
    assert one == f'{{"type":"Polygon","coordinates":[{outer},{inner}]}}'
    assert two == f'{{"type":"MultiPolygon","coordinates":[[{far}],[{outer},{inner}]]}}'
    assert three == f'{{"type":"MultiPolygon","coordinates":[[{far}]]}}'
    assert point == '{"type":"Point","coordinates":[1.0,2.0]}'


def test_a_repeated_vertex_and_coordinates_that_are_no_degrees_are_written_too() -> None:
    (twice,) = drawn(shapely.Polygon([(0, 0), (0, 0), (1, 0), (1, 1)]))
    assert twice == '{"type":"Polygon","coordinates":[[[0.0,0.0],[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]]}'
    (metres,) = drawn(shapely.box(400_000, 300_000, 400_100, 300_100))
    assert json.loads(metres)["coordinates"][0][0] == [400_100.0, 300_000.0]


whole_degrees = st.integers(-1_800_000_000, 1_800_000_000)


@given(st.lists(st.tuples(whole_degrees, whole_degrees), min_size=3, max_size=3, unique=True))
def test_every_coordinate_is_the_shortest_text_of_the_number(corners: list[tuple[int, int]]) -> None:
    triangle = shapely.Polygon(np.array(corners) / 1e7)
    if triangle.is_valid:
        (text,) = drawn(triangle)
        exact = shapely.get_coordinates(shapely.orient_polygons(triangle)).tolist()
        assert json.loads(text)["coordinates"] == [exact]
        assert all(
            re.fullmatch(r"-?[0-9]+\.([0-9]{0,6}[1-9]|0)", word) for word in re.findall("[-0-9.]+", text)
        )


def test_shapes_drawn_once_serve_every_file(tmp_path: Path) -> None:
    first, second = layer(), layer().assign(n=7)
    shapes = draw_shapes(first)
    for frame in (first, second):
        write_geojson(frame, tmp_path / "drawn.geojson", overwrite=True)
        alone = (tmp_path / "drawn.geojson").read_bytes()
        write_geojson(frame, tmp_path / "drawn.geojson", overwrite=True, shapes=shapes)
        assert (tmp_path / "drawn.geojson").read_bytes() == alone


def test_the_projection_is_chosen_once_before_threads_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    # Choosing hides PROJ's warning of a missing grid by filters that shapely's threads would take back.
    chosen = []

    def spy(*given: Any, **named: Any) -> TransformerGroup:
        chosen.append(threading.get_ident())
        return TransformerGroup(*given, **named)

    monkeypatch.setattr("hotspots.base.crs.TransformerGroup", spy)
    crs._best.cache_clear()
    draw_shapes(layer())
    assert chosen == [threading.get_ident()]


def test_many_areas_are_drawn_in_blocks_that_do_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners = 400_000 + 100.0 * np.arange(30)
    frame = gpd.GeoDataFrame(
        geometry=[*shapely.box(corners, 300_000, corners + 100, 300_100), None],
        index=[f"A{number:02}" for number in range(31)],
        crs="EPSG:27700",
    )
    write_geojson(frame, tmp_path / "one" / "a.geojson")
    monkeypatch.setattr("hotspots.export.geojson.shapes._BLOCK", 4)
    write_geojson(frame, tmp_path / "eight" / "a.geojson")
    assert (tmp_path / "one" / "a.geojson").read_bytes() == (tmp_path / "eight" / "a.geojson").read_bytes()


def test_a_polygon_that_is_sound_in_metres_only_is_mended_in_degrees(tmp_path: Path) -> None:
    # A side of 4 km along the north, bent southwards by about 0.3 m in degrees, and a vertex 1 mm south of its middle.
    x, y = 430_000.0, 433_000.0
    notched = shapely.Polygon(
        [(x, y), (x + 4000, y), (x + 4000, y - 1000), (x + 2000, y - 0.001), (x, y - 1000)]
    )
    layer = gpd.GeoDataFrame(geometry=[notched], index=pd.Index(["E1"], name="code"), crs="EPSG:27700")
    assert notched.is_valid
    assert not layer.to_crs("EPSG:4326").is_valid.item()
    write_geojson(layer, tmp_path / "a.geojson")
    back = gpd.read_file(tmp_path / "a.geojson")
    assert back.is_valid.item()
    assert back.to_crs("EPSG:27700").area.item() == pytest.approx(notched.area, rel=1e-3)


def test_a_layer_is_of_one_kind_of_geometry(tmp_path: Path) -> None:
    one = shapely.box(400_000, 300_000, 400_100, 300_100)
    two = shapely.MultiPolygon([shapely.box(x, 300_000, x + 50, 300_050) for x in (400_200, 400_300)])
    for shapes, kind in (([one, two, None], "MultiPolygon"), ([one, one, None], "Polygon")):
        layer = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=shapes, index=["a", "b", "c"], crs="EPSG:27700")
        write_geojson(layer, tmp_path / "a.geojson", overwrite=True)
        features = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
        assert [f["geometry"] and f["geometry"]["type"] for f in features] == [kind, kind, None]
        back = gpd.read_file(tmp_path / "a.geojson").geometry.to_crs(27700)
        assert back[:2].area.tolist() == pytest.approx(layer.geometry[:2].area.tolist(), rel=1e-3)
