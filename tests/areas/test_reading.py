from __future__ import annotations

import io
import logging
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from hotspots.areas.reading import read_areas, read_layer
from hotspots.base.errors import CRSError, DataError, HotspotsError, HotspotsWarning, ParameterError
from hotspots.export.geojson.write import write_geojson
from hotspots.export.geopackage import write_geopackage


def wards(**columns: Any) -> gpd.GeoDataFrame:
    """Four squares of a kilometre in a row, in two districts that both have a ward called Town."""
    west = np.arange(430_000, 434_000, 1_000)
    given = {
        "WD24CD": ["E05000004", "E05000003", "E05000002", "E05000001"],
        "WD24NM": ["Town", "Hill", "Town", "Mill"],
        "LAD24CD": ["E08000035", "E08000035", "E08000036", "E08000036"],
        "LAD24NM": ["Leeds", "Leeds", "Wakefield", "Wakefield"],
        "extra": [1, 2, 3, 4],
    }
    polygons = shapely.box(west, 433_000, west + 1_000, 434_000)
    return gpd.GeoDataFrame({**given, **columns}, geometry=polygons, crs="EPSG:27700")


def failure(source: Any, **options: Any) -> str:
    with pytest.raises(HotspotsError) as error:
        read_areas(source, **options)
    return str(error.value)


def test_the_areas_table() -> None:
    areas = read_areas(wards())
    assert areas.index.tolist() == ["E05000001", "E05000002", "E05000003", "E05000004"]
    assert areas.index.name == "code"
    assert areas.columns.tolist() == ["name", "district", "population", "geometry"]
    assert areas["name"].tolist() == ["Mill", "Town", "Hill", "Town"]
    assert areas["district"].tolist() == ["Wakefield", "Wakefield", "Leeds", "Leeds"]
    assert areas.dtypes.astype(str).tolist() == ["str", "str", "float64", "geometry"]
    assert areas["population"].isna().all()
    assert areas.crs == "EPSG:27700"
    assert areas.geometry["E05000004"].equals(shapely.box(430_000, 433_000, 431_000, 434_000))


def test_what_was_guessed_is_announced(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="hotspots"):
        read_areas(wards(pop2020=[1, 2, 3, 4]), name="LAD24NM")
    assert caplog.messages == [
        "Columns of the layer: code from 'WD24CD', district from 'LAD24CD', population from 'pop2020' "
        "(choose others with 'code', 'name', 'district' or 'population')"
    ]


def test_columns_of_the_areas_table_itself_go_without_saying(caplog: pytest.LogCaptureFixture) -> None:
    areas = read_areas(wards())
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="hotspots"):
        again = read_areas(areas)
    assert caplog.messages == []
    pd.testing.assert_frame_equal(again, areas)


def test_the_source_is_left_as_it_was() -> None:
    source = wards()
    before = source.copy(deep=True)
    read_areas(source, only="Leeds")
    assert source.equals(before)


def test_without_names_the_code_stands_for_them() -> None:
    assert read_areas(wards()[["WD24CD", "geometry"]])["name"].tolist()[0] == "E05000001"
    blank = read_areas(wards(WD24NM=["Town", "", None, "Mill"]))
    assert blank["name"].tolist() == ["Mill", "E05000002", "E05000003", "Town"]


def test_lsoa_names_give_the_district(caplog: pytest.LogCaptureFixture) -> None:
    names = ["Leeds 001A", "Leeds 001B", "Wakefield 001A", "Wakefield 002C"]
    lsoas = wards()[["geometry"]].assign(LSOA21CD=[f"E0100000{n}" for n in range(4)], LSOA21NM=names)
    with caplog.at_level(logging.INFO, logger="hotspots"):
        assert read_areas(lsoas, only="wakefield")["name"].tolist() == names[2:]
    assert "Districts taken from the areas' names (choose a column with 'district')" in caplog.messages


@pytest.mark.parametrize("within", ["LEEDS ", ["leeds"], ("Leeds", "LEEDS")])
def test_within_keeps_the_districts_named(within: Any) -> None:
    assert read_areas(wards(), only=within).index.tolist() == ["E05000003", "E05000004"]


def test_within_names_several() -> None:
    assert len(read_areas(wards(), only=["Leeds", "Wakefield"])) == 4


def test_within_an_unknown_district() -> None:
    assert failure(wards(), only="Leads") == "the layer has no district 'Leads'\nHint: did you mean 'Leeds'?"


def test_within_without_districts() -> None:
    assert failure(wards()[["WD24CD", "geometry"]], only="Leeds") == (
        "the layer has no districts, so 'only' cannot choose among its areas\n"
        "Hint: name the column of districts with 'district'"
    )


def test_layers_are_brought_to_the_crs_and_those_in_it_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "wards.geojson"
    wards().to_crs("EPSG:4326").to_file(path)
    areas = read_areas(path)
    assert areas.crs == "EPSG:27700"
    square = shapely.box(430_000, 433_000, 431_000, 434_000)
    # Without the OSTN15 grid the way there and back is by one and the same shift, good to centimetres.
    assert areas.geometry["E05000004"].symmetric_difference(square).area < 0.1 * 4_000
    assert read_areas(path, crs="EPSG:32630").crs == "EPSG:32630"
    same = read_areas(wards())
    assert shapely.get_coordinates(same.geometry.to_numpy()).max() == 434_000


def test_heights_are_dropped() -> None:
    source = wards()
    source = source.set_geometry(
        gpd.GeoSeries(shapely.force_3d(source.geometry.to_numpy(), 5.0), crs=source.crs)
    )
    assert not shapely.has_z(read_areas(source).geometry.to_numpy()).any()


def test_multi_part_areas_are_welcome() -> None:
    source = wards().dissolve("LAD24CD").reset_index()[["LAD24CD", "LAD24NM", "geometry"]]
    source.loc[0, "geometry"] = shapely.MultiPolygon(
        [shapely.box(430_000, 433_000, 430_500, 434_000), shapely.box(431_000, 433_000, 431_500, 434_000)]
    )
    areas = read_areas(source)
    assert areas["name"].tolist() == ["Leeds", "Wakefield"]
    assert areas.geometry.iloc[0].geom_type == "MultiPolygon"


def test_repeated_codes() -> None:
    twice = ["E05000001", "E05000001", "E05000002", "E05000002"]
    assert failure(wards(WD24CD=twice, LAD24CD="E08000035", LAD24NM="Leeds")) == (
        "the layer holds the code E05000001 more than once, with the names 'Town' and 'Hill'\n"
        "Hint: name another column with 'code'"
    )


@pytest.mark.parametrize(
    ("population", "expected", "said"),
    [
        # The same number beside each part is the area's; different ones are the parts'.
        ([500, 500, 700, 700], [500, 700], ""),
        ([100, 200, 700, 700], [300, 1400], "; their populations were added up"),
    ],
)
def test_parts_that_repeat_a_code_become_one_area(
    population: list[int], expected: list[int], said: str
) -> None:
    twice = ["E05000001", "E05000001", "E05000002", "E05000002"]
    names = ["Town", "Town", "Hill", "Hill"]
    parts = wards(WD24CD=twice, WD24NM=names, LAD24CD="E08000035", LAD24NM="Leeds", population=population)
    with pytest.warns(HotspotsWarning) as caught:
        areas = read_areas(parts)
    assert str(caught[0].message) == (
        f"the layer holds E05000001, E05000002 more than once: 4 rows were joined into 2 areas{said}"
    )
    assert areas.index.tolist() == ["E05000001", "E05000002"]
    assert areas["population"].tolist() == expected
    assert areas.geometry.area.sum() == parts.geometry.area.sum()
    assert areas.geometry.geom_type.tolist() == ["Polygon", "Polygon"]


def test_missing_codes() -> None:
    assert failure(wards(WD24CD=["E05000001", None, " ", "E05000002"])) == (
        "column 'WD24CD' of the layer has no code for 2 areas (row 2, 3)\n"
        "Hint: complete it, or name another column with 'code'"
    )


def test_bow_ties_are_repaired_and_said_so() -> None:
    source = wards()
    # Two triangles of 500 m x 1,000 m / 2 = 250,000 m² that meet at a point.
    bow_tie = shapely.Polygon(
        [(430_000, 433_000), (431_000, 434_000), (431_000, 433_000), (430_000, 434_000)]
    )
    source.loc[0, "geometry"] = bow_tie
    with pytest.warns(HotspotsWarning) as caught:
        areas = read_areas(source)
    assert [str(warning.message) for warning in caught] == [
        "repaired 1 polygon of the layer with a border that crosses itself: E05000004"
    ]
    assert caught[0].filename == __file__
    assert shapely.is_valid(areas.geometry.to_numpy()).all()
    assert areas.geometry["E05000004"].area == pytest.approx(500_000)


def test_parts_that_overlap_are_merged_not_made_a_hole() -> None:
    source = wards()
    source.loc[0, "geometry"] = shapely.MultiPolygon(
        [shapely.box(430_000, 433_000, 430_600, 434_000), shapely.box(430_400, 433_000, 431_000, 434_000)]
    )
    with pytest.warns(HotspotsWarning, match="crosses itself: E05000004"):
        areas = read_areas(source)
    assert areas.geometry["E05000004"].area == pytest.approx(1_000_000)


@pytest.mark.parametrize("nothing", [None, shapely.Polygon()])
def test_areas_without_a_polygon(nothing: Any) -> None:
    source = wards()
    source["geometry"] = gpd.GeoSeries(
        [source.geometry[0], nothing, nothing, source.geometry[3]], crs=source.crs
    )
    assert failure(source) == (
        "the layer has no polygon for 2 areas: E05000002, E05000003\nHint: draw them, or delete their rows"
    )


def test_overlaps_worth_a_warning() -> None:
    source = wards()
    source.loc[0, "geometry"] = shapely.box(430_000, 433_000, 431_100, 434_000)  # 100 m x 1,000 m too far
    with pytest.warns(HotspotsWarning) as caught:
        read_areas(source)
    assert [str(warning.message) for warning in caught] == [
        "the layer: 1 overlap between areas, 0.1 km² in all (the largest: E05000003 and E05000004); "
        "an incident there counts in the first of the two"
    ]


def test_small_overlaps_and_gaps_are_announced_only(caplog: pytest.LogCaptureFixture) -> None:
    source = wards()
    # 1 m x 1,000 m of overlap is 0.025% of 4 km².
    holed = shapely.box(430_000, 433_000, 431_001, 434_000).difference(
        shapely.box(430_100, 433_100, 430_200, 433_300)
    )
    source.loc[0, "geometry"] = holed
    with caplog.at_level(logging.INFO, logger="hotspots"):
        read_areas(source)
    assert caplog.messages[1:] == [
        "the layer: 1 gap between areas, 0.02 km² in all",
        "the layer: 1 overlap between areas, 0.001 km² in all (the largest: E05000003 and E05000004); "
        "an incident there counts in the first of the two",
    ]


def test_a_crs_in_degrees_is_refused() -> None:
    assert failure(wards(), crs="EPSG:4326") == (
        "areas are in WGS 84 (degrees), but distances are in metres\n"
        "Hint: reproject with areas.to_crs('EPSG:27700')"
    )


def test_a_layer_without_crs_is_refused() -> None:
    assert failure(wards().set_crs(None, allow_override=True)).startswith(
        "the layer has no coordinate reference system"
    )


def test_populations_of_the_layer() -> None:
    areas = read_areas(wards(pop2019=["1,000", "2,000", "", "4,000"]))
    assert areas["population"].tolist() == pytest.approx([4000, np.nan, 2000, 1000], nan_ok=True)


def test_a_population_table_fills_names_and_districts_too() -> None:
    table = pd.DataFrame(wards().drop(columns="geometry")).assign(population=[10, 20, 30, 40])
    areas = read_areas(wards()[["WD24CD", "geometry"]], population_table=table, only="Wakefield")
    assert areas["name"].tolist() == ["Mill", "Town"]
    assert areas["population"].tolist() == [40, 30]


def test_the_population_table_is_judged_by_the_areas_kept() -> None:
    table = pd.DataFrame({"WD24CD": ["E05000001", "E05000002"], "population": [10, 20]})
    assert read_areas(wards(), only="Wakefield", population_table=table)["population"].sum() == 30
    assert failure(wards(), population_table=table).startswith(
        "only 2 of 4 areas are in the population table (50%)"
    )


def test_the_warning_of_a_missing_population_points_at_the_caller() -> None:
    table = pd.DataFrame(
        {"WD24CD": ["E05000001", "E05000002", "E05000003", "E05000004"], "population": [1, 2, 3, None]}
    )
    with pytest.warns(HotspotsWarning, match="no rate, for 1 of 4 areas") as caught:
        read_areas(wards(), population_table=table)
    assert caught[0].filename == __file__


def test_population_names_a_column_of_the_table() -> None:
    table = pd.DataFrame({"code": wards()["WD24CD"], "day": [1, 2, 3, 4], "population": 9})
    assert read_areas(wards(), population_table=table, population="day")["population"].sum() == 10
    with pytest.raises(ParameterError):
        read_areas(wards(), population="day")


def test_the_bundled_wards() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        areas = read_areas("west-yorkshire-wards")
    assert len(areas) == 124
    assert sorted(set(areas["district"])) == ["Bradford", "Calderdale", "Kirklees", "Leeds", "Wakefield"]
    assert areas["population"].sum() == 2_226_058  # census 2011, West Yorkshire


def layer_with_results() -> gpd.GeoDataFrame:
    return read_areas(wards()).assign(
        n=[3, 0, 5, 1], rate=[1.5, np.nan, 2.0, 3.0], gi_class=["hot99", "none", None, "none"], sd_near=True
    )


def test_a_layer_written_and_read_again(tmp_path: Path) -> None:
    layer = layer_with_results()
    path = tmp_path / "layer.geojson"
    write_geojson(layer, path, provenance={"months": 12, "seed": 0})
    again = read_layer(path)
    assert again.index.equals(layer.index)
    assert again.index.name == "code"
    assert again.columns.tolist() == [*layer.columns.drop("geometry"), "geometry"]
    assert again.attrs["provenance"] == {"months": 12, "seed": 0, "crs": "EPSG:27700"}
    assert again.crs == "EPSG:27700"
    assert again["n"].tolist() == [3, 0, 5, 1]
    assert again["n"].dtype == "int64"
    assert again["population"].dtype == "float64"
    assert again["population"].isna().all()
    assert again["rate"].tolist() == pytest.approx([1.5, np.nan, 2.0, 3.0], nan_ok=True)
    assert again["gi_class"].isna().tolist() == [False, False, True, False]
    assert again["sd_near"].tolist() == [True] * 4
    moved = shapely.hausdorff_distance(again.geometry.to_numpy(), layer.geometry.to_numpy())
    assert moved.max() < 0.02  # seven decimals of a degree are about a centimetre


def test_a_layer_returns_to_the_crs_it_was_made_in(tmp_path: Path) -> None:
    layer = read_areas(wards(), crs="EPSG:32630")
    path = tmp_path / "layer.geojson"
    write_geojson(layer, path)
    assert read_layer(path).crs == "EPSG:32630"
    assert read_layer(path, crs="EPSG:27700").crs == "EPSG:27700"


def test_a_geopackage_stays_in_its_own_metres_and_degrees_go_to_the_national_grid(tmp_path: Path) -> None:
    layer = read_areas(wards(), crs="EPSG:32630")
    layer.reset_index().to_file(tmp_path / "metres.gpkg")
    layer.reset_index().to_crs("EPSG:4326").to_file(tmp_path / "degrees.gpkg")
    assert read_layer(tmp_path / "metres.gpkg").crs == "EPSG:32630"
    assert read_layer(tmp_path / "degrees.gpkg").crs == "EPSG:27700"
    assert "provenance" not in read_layer(tmp_path / "metres.gpkg").attrs


def test_missing_whole_numbers_and_truth_values_stay_missing(tmp_path: Path) -> None:
    layer = layer_with_results().astype({"n": "Int64", "sd_near": "boolean"})
    layer.loc["E05000002", ["n", "sd_near"]] = pd.NA
    write_geojson(layer, tmp_path / "layer.geojson")
    again = read_layer(tmp_path / "layer.geojson")
    assert again["n"].isna().tolist() == [False, True, False, False]
    assert again["sd_near"].isna().tolist() == [False, True, False, False]
    assert again["n"].dtype == "Int64"


def test_a_dash_is_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_geojson(layer_with_results(), tmp_path / "layer.geojson", provenance={"months": 6})
    text = (tmp_path / "layer.geojson").read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    assert read_layer("-").attrs["provenance"]["months"] == 6
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with pytest.raises(HotspotsError) as error:
        read_layer("-")
    assert str(error.value) == (
        "standard input is empty, but a GeoJSON layer was needed\n"
        "Hint: check the step that should have written it"
    )


def test_a_layer_without_codes(tmp_path: Path) -> None:
    path = tmp_path / "layer.geojson"
    wards()[["extra", "geometry"]].to_crs("EPSG:4326").to_file(path)
    with pytest.raises(DataError) as error:
        read_layer(path)
    assert str(error.value) == (
        f"no column of '{path}' looks like area codes; it has 'extra'\n"
        "Hint: give a layer that hotspots wrote, or name its column of codes: code"
    )


def test_a_layer_in_no_place_at_all(tmp_path: Path) -> None:
    path = tmp_path / "layer.geojson"
    path.write_text(wards().set_crs(None, allow_override=True).to_json(drop_id=True))
    with pytest.raises(CRSError, match="its coordinates look like metres"):
        read_layer(path)


@pytest.mark.shared
def test_staffordshire(shared_data: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = shared_data / "staffordshire"
    with caplog.at_level(logging.INFO, logger="hotspots"):
        areas = read_areas(
            folder / "boundaries" / "wards_2019.gpkg",
            population_table=folder / "population" / "ward_2019_population_best_fit.csv",
        )
    assert len(areas) == 201
    assert (areas["name"] == "Town").sum() == 2
    assert areas["population"].notna().all()
    assert any("53 overlaps between areas, 0.14 km² in all" in message for message in caplog.messages)


@pytest.mark.shared
def test_every_lsoa_of_england_and_wales(shared_data: Path) -> None:
    areas = read_areas(shared_data / "england_wales" / "lsoa_2021.parquet")
    assert len(areas) == 35_672
    assert len(read_areas(areas, only="Stoke-on-Trent")) == (areas["district"] == "Stoke-on-Trent").sum()


def test_a_geopackage_of_the_toolkit_brings_its_provenance_and_is_left_alone(tmp_path: Path) -> None:
    layer = gpd.GeoDataFrame(
        {"name": ["Town"], "n": [3]},
        geometry=[shapely.box(400_000, 300_000, 401_000, 301_000)],
        index=pd.Index(["E05000001"], name="code"),
        crs="EPSG:27700",
    )
    write_geopackage({"wards": layer}, tmp_path / "wards.gpkg", provenance={"months": 12, "steps": {}})
    assert read_layer(tmp_path / "wards.gpkg").attrs["provenance"] == {"months": 12, "steps": {}}
    assert [path.name for path in tmp_path.iterdir()] == ["wards.gpkg"]


def test_etrs89_boundaries_lie_where_british_ones_do() -> None:
    source = wards()
    # Corners in ETRS89, by the shift that PROJ takes point by point.
    for crs in ("EPSG:4258", "EPSG:3035", "EPSG:25830", "EPSG:3034", "EPSG:4937"):
        again = read_areas(source.to_crs(crs))
        expected = shapely.get_coordinates(read_areas(source).geometry.to_numpy())
        moved = shapely.get_coordinates(again.geometry.to_numpy())
        assert abs(moved - expected).max() < 0.01, crs


def test_areas_crs_says_what_the_file_does_not() -> None:
    bare = wards().set_crs(None, allow_override=True)
    assert read_areas(bare, areas_crs="EPSG:27700").geometry.equals(read_areas(wards()).geometry)
    wrong = wards().set_crs("EPSG:4326", allow_override=True)
    assert read_areas(wrong, areas_crs="EPSG:27700").geometry.equals(read_areas(wards()).geometry)


def test_a_projection_that_stretches_is_refused() -> None:
    assert failure(wards(), crs="EPSG:3857") == (
        "lengths in EPSG:3857 are off by up to 69% where areas lie, so distances and densities would be wrong\n"
        "Hint: set 'crs' to a system that fits, such as 'EPSG:27700'"
    )


def test_a_system_without_a_code_serves(tmp_path: Path) -> None:
    own = "+proj=laea +lat_0=53.8 +lon_0=-1.5 +datum=WGS84 +units=m"
    areas = read_areas(wards(), crs=own)
    assert areas.geometry.area.sum() == pytest.approx(wards().geometry.area.sum(), rel=1e-3)
    write_geojson(areas, tmp_path / "a.geojson", provenance={"made_with": "a test"})
    again = read_layer(tmp_path / "a.geojson")
    assert again.crs == areas.crs


def test_an_area_in_the_gap_is_taken_off(caplog: pytest.LogCaptureFixture) -> None:
    # A square of 3 km with a hole of 1 km², in which stands one of 0.25 km²: 0.75 km² are a gap.
    outer = shapely.box(430_000, 433_000, 433_000, 436_000).difference(
        shapely.box(431_000, 434_000, 432_000, 435_000)
    )
    inner = shapely.box(431_250, 434_250, 431_750, 434_750)
    layer = gpd.GeoDataFrame(
        {"WD24CD": ["E05000001", "E05000002"]}, geometry=[outer, inner], crs="EPSG:27700"
    )
    with caplog.at_level(logging.INFO):
        read_areas(layer)
    assert caplog.messages[-1] == "the layer: 1 gap between areas, 0.75 km² in all"


def test_names_lose_what_nobody_sees() -> None:
    # A carriage return within a name would begin a line of its own in a CSV.
    areas = read_areas(wards(WD24NM=["Town\r=1+1", "Hill\u200b", "a  b", "c\u00a0d"]))
    assert set(areas["name"]) == {"Town =1+1", "Hill", "a b", "c d"}


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("n", [0.9, 0.4], [0.9, 0.4]),
        ("n", [3.0, 4.0], [3, 4]),
        ("n", ["1,234", "5"], [1234, 5]),
        ("rate", ["high", "low"], ["high", "low"]),
        ("rank", ["1st", "2nd"], ["1st", "2nd"]),
        ("population", ["1,234", "1,000"], [1234.0, 1000.0]),
        ("selected", ["yes", "no"], [True, False]),
        ("selected", [1, 0], [True, False]),
        ("selected", ["chosen", "no"], ["chosen", "no"]),
    ],
)
def test_columns_of_others_under_our_names_keep_what_they_say(
    tmp_path: Path, column: str, values: list[Any], expected: list[Any]
) -> None:
    squares = shapely.box([430_000, 431_000], 433_000, [431_000, 432_000], 434_000)
    layer = gpd.GeoDataFrame({"code": ["A1", "A2"], column: values}, geometry=squares, crs="EPSG:27700")
    layer.to_file(tmp_path / "own.gpkg")
    read = read_layer(tmp_path / "own.gpkg")[column].tolist()
    assert read == expected
    assert [type(value) for value in read] == [type(value) for value in expected]


def test_columns_of_bytes_and_structures_of_parquet_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "wards.parquet"
    square = shapely.box(400_000, 300_000, 401_000, 301_000)
    wards = {"code": ["E05000001"], "name": ["Abbey"], "n": [3], "district": ["Vale"]}
    gpd.GeoDataFrame(wards, geometry=[square], crs="EPSG:27700").to_parquet(path)
    table = pq.read_table(path)
    odd = {
        "n": pa.array([{"a": 3}]),
        "district": pa.array([b"\xff"]).dictionary_encode(),
        "rate": pa.array([[1.0]]),
    }
    for name, values in odd.items():
        place = table.schema.get_field_index(name)
        table = table.append_column(name, values) if place < 0 else table.set_column(place, name, values)
    pq.write_table(table, path)
    with caplog.at_level("INFO", logger="hotspots"):
        layer = read_layer(path)
    assert not {"n", "rate"} & set(layer.columns)
    assert layer["name"].tolist() == ["Abbey"]
    assert "left out as columns of bytes, lists or structures" in caplog.text


@pytest.mark.parametrize(("people", "shown"), [(True, "[True]"), ("many", "['many']")])
def test_a_layer_whose_people_are_no_numbers(tmp_path: Path, people: object, shown: str) -> None:
    path = tmp_path / "n.gpkg"
    square = shapely.box(400_000, 300_000, 401_000, 301_000)
    held = {"code": ["E05000001"], "name": ["Abbey"], "population": [people]}
    gpd.GeoDataFrame(held, geometry=[square], crs="EPSG:27700").to_file(path)
    with pytest.raises(DataError) as error:
        read_layer(path)
    assert error.value.message == f"the population of '{path}' is {shown}, which is no number"
    assert error.value.hint == "correct it, or leave the column out"
