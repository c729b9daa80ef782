"""Areas that the files do not cover: `count` gives them no number, and what follows no class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten wards of 1,000 people: 30, 31, ..., 37 incidents in the district with files, none in the other."""
    codes = [f"E050000{number:02d}" for number in range(1, 11)]
    held = {"code": codes, "district": ["Near"] * 8 + ["Far"] * 2, "population": 1000}
    shapes = [box(x, 330_000, x + 1000, 331_000) for x in range(400_000, 410_000, 1000)]
    gpd.GeoDataFrame(held, geometry=shapes, crs="EPSG:27700").to_file(tmp_path / "wards.gpkg")
    rows = [
        f"2025-06,{400_500 + 1000 * k},330500,{'Drugs' if i < 20 else 'Robbery'}"
        for k in range(8)
        for i in range(30 + k)
    ]
    text = "\n".join(["Month,Easting,Northing,Crime type", *rows]) + "\n"
    (tmp_path / "2025-06-shire-street.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COUNT = ("count", "2025-06-shire-street.csv", "--areas", "wards.gpkg")
WARNED = (
    "areas: not covered by the files, which are of Shire, and left out of every figure: Far (2 areas) "
    "(where this is wrong, name them in 'covered')"
)


def test_a_district_without_files_has_no_number_and_no_class(hotspots: Run, shire: Path) -> None:
    # 268 incidents among 8,000 people are 33.5 per 1,000: Far's 2,000 would have had 67, over 50.
    status, _, told = hotspots(*COUNT, "-o", "n.gpkg")
    assert status == 0
    assert WARNED in " ".join(told.split())
    layer = gpd.read_file("n.gpkg")
    assert layer["n"].tolist()[:8] == list(range(30, 38))
    assert layer["n"].isna().tolist() == [False] * 8 + [True] * 2
    assert layer["coverage"].tolist() == ["covered"] * 8 + ["not covered"] * 2
    assert hotspots("flag", "n.gpkg", "--value", "n", "-o", "flag.gpkg")[0] == 0
    flagged = gpd.read_file("flag.gpkg")
    assert flagged["sd_mean"].dropna().unique().tolist() == [33.5]
    assert flagged["sd_flag"].isna().tolist() == [False] * 8 + [True] * 2
    assert hotspots("gistar", "n.gpkg", "--value", "n", "-o", "gi.gpkg")[0] == 0
    assert gpd.read_file("gi.gpkg")["gi_class"].isna().tolist() == [False] * 8 + [True] * 2


def test_what_is_said_outright_and_a_choice_of_offences(hotspots: Run, shire: Path) -> None:
    assert hotspots(*COUNT, "--covered", "Far", "-o", "zero.gpkg")[0] == 0
    assert gpd.read_file("zero.gpkg")["n"].tolist() == [*range(30, 38), 0, 0]
    # Of robbery alone Far would have had 27, which says nothing: a zero may be true.
    assert hotspots(*COUNT, "--category", "Robbery", "-o", "robbery.gpkg")[0] == 0
    assert gpd.read_file("robbery.gpkg")["n"].tolist() == [*range(10, 18), 0, 0]
    assert hotspots(*COUNT, "--category", "Robbery", "--not-covered", "far", "-o", "said.gpkg")[0] == 0
    assert gpd.read_file("said.gpkg")["n"].isna().tolist() == [False] * 8 + [True] * 2


def test_a_name_that_no_district_has(hotspots: Run, shire: Path) -> None:
    status, _, told = hotspots(*COUNT, "--not-covered", "Fur", "-o", "n.gpkg")
    assert status == 1
    assert "no area has the district or the code 'Fur', which coverage is said of" in told
    assert "'Far'" in told


@pytest.fixture
def two_years(shire: Path) -> Path:
    """The same a year later, ten incidents more in each ward with files."""
    text = Path("2025-06-shire-street.csv").read_text(encoding="utf-8").replace("2025-06", "2026-06")
    more = [f"2026-06,{400_500 + 1000 * k},330500,Drugs" for k in range(8) for _ in range(10)]
    Path("2026-06-shire-street.csv").write_text(text + "\n".join(more) + "\n", encoding="utf-8")
    return shire


YEARS = ("2025-06-shire-street.csv", "2026-06-shire-street.csv", "--areas", "wards.gpkg")
BETWEEN = ("--before", "2025-06", "--after", "2026-06")


def test_a_change_is_of_covered_areas_alone(hotspots: Run, two_years: Path) -> None:
    status, _, told = hotspots("change", *YEARS, *BETWEEN, "-o", "change.gpkg")
    assert status == 0
    assert "and left out of every figure: Far (2 areas)" in " ".join(told.split())
    changed = gpd.read_file("change.gpkg")
    assert changed["coverage"].tolist() == ["covered"] * 8 + ["not covered"] * 2
    assert changed["n_after"].isna().tolist() == [False] * 8 + [True] * 2
    assert changed["ch_flag"].isna().tolist() == [False] * 8 + [True] * 2
    assert hotspots("change", *YEARS, *BETWEEN, "--covered", "Far", "-o", "zero.gpkg")[0] == 0
    assert gpd.read_file("zero.gpkg")["n_after"].tolist() == [*range(40, 48), 0, 0]


def test_areas_are_selected_among_covered_ones_alone(hotspots: Run, two_years: Path) -> None:
    status, _, told = hotspots("select", *YEARS, "--indicator", "crime", "-o", "chosen.gpkg")
    assert status == 0, told
    assert "and left out of every figure: Far (2 areas)" in " ".join(told.split())
    chosen = gpd.read_file("chosen.gpkg")
    assert chosen["rank"].isna().tolist() == [False] * 8 + [True] * 2
    assert chosen["rank"].max() == 8
    assert chosen["coverage"].tolist()[-1] == "not covered"
