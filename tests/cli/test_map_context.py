"""Towns, roads and rivers of the reader's own on the map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

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
