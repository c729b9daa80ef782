from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.run.study import read_places

RECIPE = """
title = "Town"
[[incidents]]
source = "none.csv"
[[areas]]
label = "Wards"
source = "wards.geojson"
[[areas]]
label = "LSOAs"
source = "lsoas.geojson"
[[theme]]
name = "All"
[count]
"""


def write(path: Path, codes: list[str], left: list[float], **columns: list[str]) -> None:
    shapes = [shapely.box(400_000 + x, 300_000, 401_000 + x, 301_000) for x in left]
    layer = gpd.GeoDataFrame({"code": codes, **columns}, geometry=shapes, crs="EPSG:27700")
    layer.to_file(path)


@pytest.mark.parametrize(("ward", "named"), [("E0500000", True), ("W0500000", True), ("Beat ", False)])
def test_small_areas_say_which_ward_they_lie_in(tmp_path: Path, ward: str, named: bool) -> None:
    write(
        tmp_path / "wards.geojson",
        [f"{ward}1", f"{ward}2"],
        [0, 1_000],
        name=["Hill", "Town"],
        district=["A", "B"],
    )
    write(tmp_path / "lsoas.geojson", ["E01000001", "E01000002", "E01000003"], [-400, 600, 9_000])
    wards, lsoas = read_places(parse_recipe(RECIPE, folder=tmp_path))
    assert "ward" not in wards.areas
    assert ("ward" in lsoas.areas) == named
    if named:
        # 600 metres of the first lie in Hill, and of the second 400 in Hill and 600 in Town; the third lies in no ward.
        assert lsoas.areas["ward"].tolist() == ["Hill", "Town", ""]
        assert lsoas.areas["district"].tolist() == ["A", "B", ""]
