"""Towns, roads and rivers of the reader's own on the map."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def layers(tmp_path: Path) -> tuple[Path, Path]:
    squares = shapely.box([4e5, 401_000], 3e5, [401_000, 402_000], 301_000)
    wards = gpd.GeoDataFrame({"code": ["E1", "E2"], "n": [3, 4]}, geometry=squares, crs="EPSG:27700")
    wards.to_file(tmp_path / "wards.geojson")
    river = shapely.LineString([(399_000, 300_500), (403_000, 300_500)])
    gpd.GeoDataFrame({"name": ["Trent"]}, geometry=[river], crs="EPSG:27700").to_file(
        tmp_path / "rivers.geojson"
    )
    return tmp_path / "wards.geojson", tmp_path / "rivers.geojson"


def test_a_river_is_in_the_map_and_can_be_taken_off(
    hotspots: Command, layers: tuple[Path, Path], tmp_path: Path
) -> None:
    wards, rivers = layers
    made = tmp_path / "map.html"
    code, _, told = hotspots("map", wards, "--context", rivers, "-o", made)
    assert code == 0, told
    found = re.search(r'id="hotspots-data">(.*?)</script>', made.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert list(json.loads(found[1])["context"]["lines"]) == ["water"]


def test_a_river_is_in_a_picture(hotspots: Command, layers: tuple[Path, Path], tmp_path: Path) -> None:
    wards, rivers = layers
    with_it, without = tmp_path / "with.svg", tmp_path / "without.svg"
    code, _, told = hotspots("map", wards, "--context", rivers, "-o", with_it)
    assert code == 0, told
    hotspots("map", wards, "-o", without)
    assert "#2a6ea6" in with_it.read_text(encoding="utf-8")
    assert "#2a6ea6" not in without.read_text(encoding="utf-8")


@pytest.fixture
def recipe(layers: tuple[Path, Path], tmp_path: Path) -> Path:
    """Two wards with thirty incidents each, a river and a town."""
    rows = [f"2025-01,{x},300500,Burglary" for x in (400_500, 401_500) for _ in range(30)]
    (tmp_path / "incidents.csv").write_text("\n".join(["Month,Easting,Northing,Crime type", *rows]) + "\n")
    stone = gpd.GeoDataFrame(
        {"name": ["Stone"]}, geometry=[shapely.Point(400_200, 300_200)], crs="EPSG:27700"
    )
    stone.to_file(tmp_path / "towns.geojson")
    (tmp_path / "a.toml").write_text(
        'title = "Two wards"\nsource = "Force"\nattribution = "Open"\n'
        'context = ["rivers.geojson", "towns.geojson"]\n'
        '[incidents]\nsource = "incidents.csv"\n[[areas]]\nlabel = "Wards"\nsource = "wards.geojson"\n'
        '[[theme]]\nname = "Burglary"\ncategory = "Burglary"\n[count]\n'
    )
    return tmp_path / "a.toml"


def project_of(folder: Path) -> ET.Element:
    with zipfile.ZipFile(folder / "hotspots.qgz") as archive:
        return ET.fromstring(archive.read("hotspots.qgs"))  # noqa: S314 - our own file


def test_a_run_leaves_towns_and_water_as_layers_of_their_own_in_qgis(
    hotspots: Command, recipe: Path, tmp_path: Path
) -> None:
    code, _, told = hotspots("run", recipe, "-o", tmp_path / "out")
    assert code == 0, told
    found = {path.name for path in (tmp_path / "out/layers").glob("context_*.gpkg")}
    assert found == {"context_towns.gpkg", "context_water.gpkg"}
    layers = {entry.findtext("layername"): entry for entry in project_of(tmp_path / "out").iter("maplayer")}
    towns, water = layers["Towns"], layers["Rivers and water"]
    assert (towns.get("geometry"), towns.get("wkbType")) == ("Point", "MultiPoint")
    assert (water.get("geometry"), water.get("wkbType")) == ("Line", "MultiLineString")
    assert towns.find("labeling") is not None
    assert water.find("labeling") is None
    # They are the reader's own: not of the force, and not under its licence.
    assert towns.find("resourceMetadata/rights") is None
    assert "Force" not in (towns.findtext("resourceMetadata/abstract") or "")
    order = [entry.get("name") for entry in project_of(tmp_path / "out").iter("layer-tree-layer")]
    assert order.index("Towns") < order.index("Rivers and water") < order.index("Wards: incidents")


def test_a_public_folder_has_no_points(hotspots: Command, recipe: Path, tmp_path: Path) -> None:
    code, _, told = hotspots("run", recipe, "-o", tmp_path / "out", "--public", "10-5")
    assert code == 0, told
    found = {path.name for path in (tmp_path / "out/layers").glob("context_*.gpkg")}
    assert found == {"context_water.gpkg"}
    assert "Towns stand on the maps, but not in 'layers', where a public folder has no points" in told
