"""The reporting period and what it is compared with, on six wards counted by hand."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.analysis.periods import lacking, settle
from hotspots.analysis.recipe.months import check_months, files_months
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import RecipeError
from hotspots.incidents.filters import range_text

pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

RECIPE = """
title = "Town"
[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"
{incidents}
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All"
[flag]
{change}
"""
# Incidents of each of six wards of 1,000 people; the first three lie in Abbeyshire, the others in Brookshire.
COUNTS = {
    "2023-01": [1] * 6,
    "2024-01": [40, 10, 10, 10, 10, 10],
    "2024-02": [5] * 6,
    "2025-01": [10, 60, 10, 10, 10, 10],
    "2025-02": [20] * 6,
}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    gpd.GeoDataFrame(
        {
            "code": [f"E0500000{i}" for i in range(6)],
            "name": [f"Ward {i}" for i in range(6)],
            "district": ["Abbeyshire"] * 3 + ["Brookshire"] * 3,
            "population": 1000.0,
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(6)],
        crs="EPSG:27700",
    ).to_file(tmp_path / "wards.gpkg")
    rows = [
        {"Easting": 400_500 + 1000 * ward, "Northing": 300_500, "Crime type": "Drugs", "Month": month}
        for month, numbers in COUNTS.items()
        for ward, number in enumerate(numbers)
        for _ in range(number)
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "incidents.csv", index=False)
    return tmp_path


def run(folder: Path, incidents: str = "", change: str = "") -> Analysis:
    return analyse(parse_recipe(RECIPE.format(incidents=incidents, change=change), folder=folder))


def test_tables_are_of_the_period_and_change_is_on_the_same_months_before(town: Path) -> None:
    found = run(town, 'period = "2025-01..2025-02"', '[change]\nbefore = "2024-01"\n')
    theme = found.themes[0]
    # 10 + 20, 60 + 20, 10 + 20 ...: the two months of 2025 alone; 30 in two months among 1,000 are 180 a year.
    assert theme.first["n"].tolist() == [30, 80, 30, 30, 30, 30]
    assert theme.first["rate"].tolist()[0] == pytest.approx(180)
    assert (theme.n, found.months) == (230, 2)
    assert theme.first["n_before"].tolist() == COUNTS["2024-01"]
    assert theme.first["n_after"].tolist() == COUNTS["2025-01"]
    assert theme.change is not None
    assert theme.change.counts == (90, 110)
    assert theme.change.districts is not None
    # 40 + 10 + 10 became 10 + 60 + 10.
    assert theme.change.districts["n_before"].to_dict() == {"Abbeyshire": 60, "Brookshire": 30}
    assert theme.change.districts["n_after"].to_dict() == {"Abbeyshire": 80, "Brookshire": 30}
    assert theme.first["sd_since"].tolist() == ["no longer above", "newly above", *["not above"] * 4]
    quality = found.quality
    # 360 rows: 6 of 2023, 90 of 2024-01, 30 of 2024-02, 230 of 2025, of which 230 are used.
    assert (quality.rows_read, quality.used, quality.compared, quality.filtered_period) == (356, 230, 90, 36)
    assert ("used for the comparison only", 90) in quality.dropped()


def test_places_tell_who_is_no_longer_above(town: Path) -> None:
    found = run(town, 'period = "2025-01..2025-02"', '[change]\nbefore = "2024-01"\n[places]\n')
    assert found.standings is not None
    # Ward 0 stood above in January 2024 (40 among tens); ward 1 does now.
    assert found.standings.grid["All"].tolist() == ["previously", "significantly above", "", "", "", ""]


def test_several_periods_before_are_counted_and_change_is_on_the_last(town: Path) -> None:
    found = run(town, 'period = "2025-01"', '[change]\nbefore = ["2023-01", "2024-01"]\n').themes[0].change
    assert found is not None
    assert found.counts == (6, 90, 110)
    assert found.whole["n_before"] == 90


def test_without_a_period_after_is_the_reporting_period(town: Path) -> None:
    found = run(town, "", '[change]\nbefore = "2024-01"\nafter = "2025-01"\n')
    assert found.themes[0].first["n"].tolist() == COUNTS["2025-01"]
    assert found.months == 1


def test_without_either_all_months_are_pooled_and_it_is_said(
    town: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="hotspots"):
        found = run(town)
    assert found.themes[0].n == 356
    assert (
        "Every table is of all 5 months; the change compares 2025-01..2025-02 with 2024-01..2024-02"
        in caplog.text
    )


def test_months_that_no_file_holds_are_refused_all_at_once(town: Path) -> None:
    text = RECIPE.format(incidents='period = "2025"', change='[change]\nbefore = "2022-01"\n')
    recipe = parse_recipe(text, folder=town)
    with pytest.raises(RecipeError) as caught:
        analyse(recipe)
    held = "which no file holds; the files hold 2023-01, 2024-01..2024-02, 2025-01..2025-02"
    assert f"'period' in [incidents] asks for 2025-03..2025-12, {held}" in caught.value.message
    assert f"'before' in [change] asks for 2022-01, {held}" in caught.value.message
    with pytest.raises(RecipeError) as checked:
        check_months(recipe, files_months(recipe) or ())
    assert checked.value.message == caught.value.message


def test_months_that_the_files_cover_need_no_incident(town: Path) -> None:
    found = run(town, 'period = "2025-01..2025-03"\ncovers = "2025"')
    assert found.months == 3
    assert found.themes[0].n == 230


@pytest.mark.parametrize(
    ("period", "before", "after", "message"),
    [
        (None, ["2024"], None, "[change] says what to compare with, but not what is compared"),
        (
            "2025-07..2025-12", ["2025-01..2025-06"], None,
            "'before' in [change] is 2025-01..2025-06, but the period 2025-07..2025-12 does not hold the same months "
            "of a later year",
        ),
        (
            "2024..2025", ["2023-01"], None,
            "'before' in [change] is 2023-01, but the period 2024-01..2025-12 holds the same months more than once",
        ),
        (
            "2025", ["2024-01"], "2026-01",
            "'after' in [change] is 2026-01, which is not all in the period 2025-01..2025-12",
        ),
        ("2025", ["2024", "2023"], None, "[change]: the ranges of 'before' overlap, or are not in the order of time"),
    ],
)  # fmt: skip
def test_periods_that_cannot_be_compared(
    period: str | None, before: list[str], after: str | None, message: str
) -> None:
    assert message in [slip for slip, _ in settle(period, before, after)[1]]


def test_the_year_after_is_found_over_the_new_year() -> None:
    found, slips = settle("2024-04..2025-03", ["2023-04..2024-03"], None)
    assert not slips
    assert found.after is not None
    assert range_text(found.after) == "2024-04..2025-03"
    assert lacking(found, [], "2023-04..2025-03") == []
