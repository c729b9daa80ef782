"""Areas that the files do not cover: `count` gives them no number, and what follows no class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
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
    "(where this is wrong, name them with --covered)"
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


@pytest.fixture(scope="module")
def vale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve wards of 1,000 people and twelve months: Near's eight wards have 10 each month, Next's two 30, Far's none.

    Next's force has no file of June.
    """
    folder = tmp_path_factory.mktemp("vale")
    codes = [f"E050000{number:02d}" for number in range(1, 13)]
    district = ["Near"] * 8 + ["Next"] * 2 + ["Far"] * 2
    shapes = [box(x, 330_000, x + 1000, 331_000) for x in range(400_000, 412_000, 1000)]
    held = {"code": codes, "name": codes, "district": district, "population": 1000}
    gpd.GeoDataFrame(held, geometry=shapes, crs="EPSG:27700").to_file(folder / "wards.gpkg")
    for month in range(1, 13):
        for force, wards, each in (("shire", range(8), 10), ("vale", range(8, 10), 30)):
            if force == "vale" and month == 6:
                continue
            rows = [
                f"2025-{month:02d},{400_500 + 1000 * k},330500,{('Drugs', 'Robbery')[i % 2]},Place {k},"
                f"{('yes', 'no')[i % 2]},{force.title()} Police"
                for k in wards
                for i in range(each)
            ]
            head = "Month,Easting,Northing,Crime type,Location,armed,Falls within"
            text = "\n".join([head, *rows]) + "\n"
            (folder / f"2025-{month:02d}-{force}-street.csv").write_text(text, encoding="utf-8")
    kinds = ["town"] * 8 + ["country"] * 4
    table = "\n".join(["code,kind", *map(",".join, zip(codes, kinds, strict=True))])
    (folder / "kinds.csv").write_text(table, encoding="utf-8")
    rates = "category,England\nTotal Recorded Crime,100\nDrugs,50\nRobbery,50\n"
    (folder / "rates.csv").write_text(rates, encoding="utf-8")
    return folder


FAR = "which are of Shire Police and Vale Police, and left out of every figure: Far (2 areas) (where this is wrong"
LACKS = "Next (2 areas) without 2025-06 (no file of Vale Police)"
IN_PART = "not covered in June 2025 (11 of 12 months)"
PART = ["covered"] * 8 + [IN_PART] * 2 + ["not covered"] * 2
NEAR = ("--only", "Near")
BOTH = (*NEAR, "--only", "Next")


@pytest.fixture
def year(vale: Path, hotspots: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    """Run a command on the twelve months, and return what it says in one line."""
    monkeypatch.chdir(tmp_path)
    street = sorted(map(str, vale.glob("*-street.csv")))

    def run(command: str, *options: str) -> str:
        asked = [one.replace("@", f"{vale}/") for one in options]
        status, _, told = hotspots(*command.split(), *street, "--areas", str(vale / "wards.gpkg"), *asked)
        assert status == 0, told
        return " ".join(told.split())

    return run


def test_a_month_without_a_file_is_told_by_its_force_and_its_districts(year: Callable[..., str]) -> None:
    told = year("count", "-o", "n.gpkg")
    assert FAR in told
    assert (
        f"covered in a part of the months, so that they are in no rate, average, rank or comparison: {LACKS}"
        in told
    )
    assert told.count("Warning") == 1
    layer = gpd.read_file("n.gpkg")
    assert layer["coverage"].tolist() == PART
    # Eleven months of 30 stand as they are, and make no rate.
    assert layer["n"].tolist()[:10] == [120.0] * 8 + [330.0] * 2
    assert layer["rate"].isna().tolist() == [False] * 8 + [True] * 4


def test_no_count_of_a_part_of_the_months_is_published(year: Callable[..., str]) -> None:
    # 330 would stand there exactly, beside counts that are rounded.
    year("count", "--per", "category", "--public", "documents", "-o", "n.gpkg")
    layer = gpd.read_file("n.gpkg")
    assert layer["coverage"].tolist() == PART
    figures = layer[["n", "n_Drugs", "n_Robbery"]]
    assert figures.notna().all(axis=1).tolist() == [True] * 8 + [False] * 4
    assert (figures[:8] % 10 == 0).all(axis=None)


def test_a_month_without_a_file_is_blank_among_the_months(year: Callable[..., str]) -> None:
    year("count", "--per", "month", "-o", "n.gpkg")
    layer = gpd.read_file("n.gpkg")
    assert layer["n_2025-05"].tolist()[:10] == [10.0] * 8 + [30.0] * 2
    assert layer["n_2025-06"].isna().tolist() == [False] * 8 + [True] * 4


@pytest.mark.parametrize("engine", ["memory", "stream"])
def test_a_density_is_that_of_covered_ground(year: Callable[..., str], engine: str) -> None:
    asked = ("--bandwidth", "800", "--cell-size", "200", "--engine", engine)
    told = year("kde", *asked, "-o", "all.tif")
    assert FAR in told
    assert told.count("Warning") == 1
    year("kde", *asked, *NEAR, "-o", "held.tif")
    with rasterio.open("all.tif") as one, rasterio.open("held.tif") as other:
        assert one.bounds == other.bounds
        np.testing.assert_array_equal(one.read(1), other.read(1))
    year("kde", *asked, "--covered", "Next", "--covered", "Far", "-o", "zero.tif")
    with rasterio.open("all.tif") as one, rasterio.open("zero.tif") as zero:
        assert zero.bounds.right - one.bounds.right == 4000


def test_a_force_is_held_to_the_people_of_covered_areas(year: Callable[..., str]) -> None:
    assert FAR in year("compare force", "--with", "@rates.csv", "-o", "force.csv")
    # 960 in Near among 8,000 people in a year are 120 per 1,000; with Next's eleven months it would be 162.
    assert pd.read_csv("force.csv").iloc[0, 1] == 120.0


def test_a_trend_takes_no_missing_month_for_a_fall(year: Callable[..., str]) -> None:
    told = year("trend", "-o", "trend.gpkg")
    assert FAR in told
    assert f"in no rate, average, rank or comparison: {LACKS}" in told
    layer = gpd.read_file("trend.gpkg")
    assert layer["coverage"].tolist() == PART
    assert layer["hi_shape"].isna().tolist() == [False] * 8 + [True] * 4
    year("trend", "--covered", "Next", "-o", "said.gpkg")
    assert gpd.read_file("said.gpkg")["hi_shape"].isna().tolist() == [False] * 10 + [True] * 2


def test_a_change_leaves_out_what_lacks_a_month_of_either_period_alone(year: Callable[..., str]) -> None:
    assert LACKS in year(
        "change", "--before", "2025-01..2025-06", "--after", "2025-07..2025-12", "-o", "half.gpkg"
    )
    half = gpd.read_file("half.gpkg")
    assert half["coverage"].tolist() == PART
    assert half["ch_flag"].isna().tolist() == [False] * 8 + [True] * 4
    told = year("change", "--before", "2025-01..2025-03", "--after", "2025-07..2025-09", "-o", "quarter.gpkg")
    assert "in a part of the months" not in told
    assert gpd.read_file("quarter.gpkg")["n_after"].tolist()[:10] == [30.0] * 8 + [90.0] * 2


def test_charts_list_no_area_without_files(year: Callable[..., str]) -> None:
    assert LACKS in year("charts", "-o", "charts.csv")
    assert set(pd.read_csv("charts.csv")["code"]) == {f"E050000{number:02d}" for number in range(1, 9)}


def test_classes_have_the_people_of_covered_areas(year: Callable[..., str]) -> None:
    assert FAR in year("classes", "--classes", "@kinds.csv", "--column", "kind", "-o", "classes.gpkg")
    classes = gpd.read_file("classes.gpkg").set_index("name")
    # The country is Next and Far, and neither has a whole year; with Near's wards as towns, 960 among 8,000 are 120.
    assert classes.loc["town", "rate"] == pytest.approx(120)
    assert "country" not in classes.index or pd.isna(classes.loc["country", "rate"])


def test_a_share_of_what_is_not_covered_is_blank(year: Callable[..., str]) -> None:
    assert FAR in year("share", "--column", "armed", "-o", "share.csv")
    table = pd.read_csv("share.csv")
    assert table["coverage"].tolist() == PART
    assert table["of_share"].tolist()[:10] == [0.5] * 10
    assert table["of_share"].isna().tolist() == [False] * 10 + [True] * 2


def test_locations_are_those_of_covered_areas(year: Callable[..., str]) -> None:
    assert FAR in year("repeats", "--place-column", "Location", "-o", "places.csv")
    year("repeats", "--place-column", "Location", *BOTH, "-o", "held.csv")
    pd.testing.assert_frame_equal(pd.read_csv("places.csv"), pd.read_csv("held.csv"))


def test_emerging_kinds_and_choices_tried_are_of_covered_areas(year: Callable[..., str]) -> None:
    assert LACKS in year("emerging", "-o", "emerging.gpkg")
    assert gpd.read_file("emerging.gpkg")["em_class"].isna().tolist() == [False] * 8 + [True] * 4
    fast = ("--cell-sizes", "500", "--bandwidths", "800", "--offsets", "1")
    assert FAR in year("sensitivity", *fast, "-o", "sensitivity.gpkg")
    assert gpd.read_file("sensitivity.gpkg")["sens_class"].isna().tolist() == [False] * 8 + [True] * 4


def test_what_counts_in_no_areas_names_the_force_that_lacks_a_month(
    vale: Path, hotspots: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    street = sorted(map(str, vale.glob("*-street.csv")))
    status, _, told = hotspots("breakdown", *street, "--by", "armed", "-o", "armed.csv")
    assert status == 0, told
    assert (
        "not covered in every month: no file of Vale Police holds 2025-06, so that counts are too low there (add the "
        "files, or choose months that all files hold)"
    ) in " ".join(told.split())
    status, _, told = hotspots("breakdown", *street[:4], "--by", "armed", "-o", "first.csv")
    assert status == 0, told
    assert "not covered" not in told


@pytest.mark.parametrize("engine", ["memory", "stream"])
def test_a_first_look_tells_what_counting_would(
    vale: Path, hotspots: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, engine: str
) -> None:
    monkeypatch.chdir(tmp_path)
    street = sorted(map(str, vale.glob("*-street.csv")))
    asked = ("inspect", *street, "--engine", engine)
    status, told, _ = hotspots(*asked, "--areas", str(vale / "wards.gpkg"))
    assert status == 0
    assert FAR in told
    assert f"in no rate, average, rank or comparison: {LACKS}" in told
    assert told.count("not covered by the files") == 1
    lacking = (
        "not covered in every month: no file of Vale Police holds 2025-06, so that counts are too low there"
    )
    assert f"  {lacking} (add the files, or choose months that all files hold)" in hotspots(*asked)[1]
    held = hotspots("inspect", *street[:10], "--engine", engine, "--areas", str(vale / "wards.gpkg"), *BOTH)
    assert "Nothing looks wrong" in held[1].splitlines()


def test_hours_of_areas_tell_what_is_not_covered(
    vale: Path, hotspots: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    table = pd.concat([pd.read_csv(name) for name in sorted(vale.glob("*-street.csv"))], ignore_index=True)
    days = [f"{month}-{1 + place % 28:02d}" for place, month in enumerate(table.pop("Month"))]
    table.assign(Date=days).to_csv("dated.csv", index=False)
    status, _, told = hotspots(
        "times", "dated.csv", "--areas", str(vale / "wards.gpkg"), "--by", "weekday", "-o", "days.csv"
    )
    assert status == 0, told
    said = " ".join(told.split())
    assert "left out of every figure: Far (2 areas)" in said
    assert f"covered in a part of the months, so that their counts are too low: {LACKS}" in said
