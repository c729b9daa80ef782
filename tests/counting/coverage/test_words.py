"""One warning tells what the files do not cover, by districts, months and forces."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.base.errors import HotspotsWarning
from hotspots.counting.coverage.words import warn_uncovered
from hotspots.incidents.quality import SourceReport


def squares(districts: list[str]) -> gpd.GeoDataFrame:
    shapes = [shapely.box(1000 * k, 0, 1000 * k + 1000, 1000) for k in range(len(districts))]
    index = pd.Index([f"w{k:02d}" for k in range(len(districts))], name="code")
    return gpd.GeoDataFrame({"name": index, "district": districts}, geometry=shapes, index=index, crs=27700)


def read(name: str, **forces: tuple[str, ...]) -> SourceReport:
    return SourceReport(name, "", 1, 0, None, has_ids=True, forces=forces)


FILES = [
    read("2025-01-staffordshire-street.csv", **{"Staffordshire Police": ("2025-01",)}),
    read("2025-02-staffordshire-street.csv", **{"Staffordshire Police": ("2025-02",)}),
    read("2025-01-derbyshire-street.csv"),
    read("own.csv"),
]


def test_areas_and_months_are_told_in_one_warning() -> None:
    areas = squares(["Stafford", "Cheshire East", "Cheshire East", "Derby"])
    with pytest.warns(HotspotsWarning) as caught:
        warn_uncovered(areas, areas.iloc[1:3], gaps={"Derby": ("2025-02",)}, sources=FILES, label="Wards")
    assert [str(one.message) for one in caught] == [
        "Wards: not covered by the files, which are of Derbyshire and Staffordshire Police, and left out of every "
        "figure: Cheshire East (2 areas) (where this is wrong, name them with 'covered'); covered in a part of the "
        "months, so that their counts are too low: Derby (1 area) without 2025-02 (no file of Derbyshire) (add the "
        "files, choose months that all files hold, or, where this is wrong, name them with 'covered')"
    ]


def test_districts_that_lack_months_are_left_out() -> None:
    areas = squares(["Stafford", "Derby", "Erewash", "Ely"])
    gaps = {"Derby": ("2025-02", "2025-03"), "Erewash": ("2025-02", "2025-03"), "Ely": ("2025-01",)}
    with pytest.warns(HotspotsWarning) as caught:
        warn_uncovered(areas, areas.iloc[:0], gaps=gaps, left_out=True, sources=[])
    assert [str(one.message) for one in caught] == [
        "areas: covered in a part of the months, so that they are in no rate, average, rank or comparison: Derby and "
        "Erewash (2 areas) without 2025-02 to 2025-03; Ely (1 area) without 2025-01 (add the files, choose months that "
        "all files hold, or, where this is wrong, name them with 'covered')"
    ]


def test_nothing_is_said_where_all_is_covered() -> None:
    areas = squares(["Stafford"])
    warn_uncovered(areas, areas.iloc[:0], gaps={}, sources=FILES)
