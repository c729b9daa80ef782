"""Sums in the place of rows: whatever only counts comes to the same bytes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.incidents import read_incidents
from hotspots.scale import cube, stream
from hotspots.scale.cluster import sum_dask
from hotspots.scale.cube import sum_stream
from hotspots_cli.main import run

pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

CODES = [f"E05{number:06}" for number in range(1, 13)]
MONTHS = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve areas in two districts, and two years of incidents in two files, some without a place, month or ID."""
    made = tmp_path_factory.mktemp("sums")
    squares = [
        box(400_000 + 1000 * c, 300_000 + 1000 * r, 401_000 + 1000 * c, 301_000 + 1000 * r)
        for c in range(4)
        for r in range(3)
    ]
    areas = {"name": CODES, "district": ["North"] * 6 + ["South"] * 6, "population": [1000.0] * 12}
    gpd.GeoDataFrame({"code": CODES, **areas}, geometry=squares, crs="EPSG:27700").to_file(
        made / "areas.gpkg"
    )
    pd.DataFrame({"code": CODES, "decile": np.arange(12) % 10 + 1}).to_csv(made / "imd.csv", index=False)
    random, rows = np.random.default_rng(5), 3000
    for number in range(2):
        table = pd.DataFrame(
            {
                "Crime ID": [f"{one:064x}" if one < 900 else "" for one in random.integers(0, 2000, rows)],
                "Month": random.choice([*MONTHS, ""], rows),
                "Easting": 399_900 + random.integers(0, 42, rows) ** 2 * 2.5,
                "Northing": 300_050 + random.integers(0, 30, rows) * 100,
                "Crime type": random.choice(["Burglary", "Drugs", "Anti-social behaviour", ""], rows),
                "LSOA code": random.choice([*CODES, ""], rows),
                "Count": random.choice([1, 2, 0.5], rows),
            }
        )
        table.loc[::19, ["Easting", "Northing"]] = np.nan
        table.to_csv(made / f"part-{number}.csv", index=False)
    return made


@pytest.mark.parametrize("by", ["polygon", "code"])
@pytest.mark.parametrize("weight", [None, "Count"])
def test_sums_count_as_rows_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, by: Any, weight: str | None
) -> None:
    monkeypatch.setattr(stream, "WAITING_ROWS", 700)
    monkeypatch.setattr(cube, "PART_ROWS", 97)
    areas = read_layer(folder)
    files = sorted(folder.glob("part-*.csv"))
    reading: dict[str, Any] = {"weight_column": weight, "exclude": "Drugs", "period": "2024-03..2025-10"}
    table, _ = read_incidents(files, **reading)
    assigned = assign_areas(table, areas, by=by)
    found = sum_stream(files, areas, by=by, **reading)
    for per in ("category", "month", "year"):
        expected = count_incidents(table, areas, per=per, assigned=assigned)
        counted = count_incidents(found.incidents, areas, per=per, assigned=found.assigned)
        pd.testing.assert_frame_equal(counted, expected)
    assert found.incidents.attrs == table.attrs | {"sums": True}
    assert not found.incidents.assign(area=found.assigned).duplicated(["area", "category", "month"]).any()


def test_sums_without_categories_count_months_as_those_with_them_do(folder: Path) -> None:
    areas, files = read_layer(folder), sorted(folder.glob("part-*.csv"))
    asked: dict[str, Any] = {"category": ["Burglary", "Drugs"], "period": "2024-03..2025-10"}
    every, together = (sum_stream(files, areas, kinds=kinds, **asked) for kinds in (True, False))
    expected, counted = (
        count_incidents(one.incidents, areas, per="month", assigned=one.assigned) for one in (every, together)
    )
    pd.testing.assert_frame_equal(counted, expected)
    assert "category" not in together.incidents
    assert len(together.incidents) < len(every.incidents)
    assert not together.incidents.assign(area=together.assigned).duplicated(["area", "month"]).any()
    assert together.report == every.report


def test_charts_of_days_say_that_sums_know_months_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    table = pd.read_csv("part-0.csv")
    days = pd.Series(range(len(table))) % 20 + 1
    table.assign(Date=table.pop("Month") + "-" + days.astype(str).str.zfill(2)).to_csv(
        "days.csv", index=False
    )
    assert run(["charts", "days.csv", "--areas", "areas.gpkg", "--engine", "stream"]) == 0
    told = " ".join(capfd.readouterr().err.split())
    assert "the charts show the last month as it stands, even if it ends early" in told


def read_layer(folder: Path) -> gpd.GeoDataFrame:
    """Return the areas as a method takes them."""
    return gpd.read_file(folder / "areas.gpkg").set_index("code")


def test_sums_on_dask_are_those_in_batches(folder: Path) -> None:
    distributed = pytest.importorskip("distributed")
    files, areas = sorted(folder.glob("part-*.csv")), read_layer(folder)
    expected = sum_stream(files, areas)
    with distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as client:
        found = sum_dask(files, areas, scheduler=client)
    pd.testing.assert_frame_equal(found.incidents, expected.incidents)
    pd.testing.assert_series_equal(found.assigned, expected.assigned)
    assert found.report == expected.report


@pytest.mark.parametrize(
    "words",
    [
        ["change", "--before", "2024-01..2024-12", "--after", "2025-01..2025-12", "-o", "out.geojson"],
        ["select", "--indicator", "asb", "--indicator", "burglary:2", "-o", "out.geojson"],
        ["trend", "--category", "Burglary", "-o", "out.geojson"],
        ["classes", "--classes", "imd.csv", "--column", "decile", "-o", "out.geojson"],
        ["charts", "--every-month", "-o", "out.csv"],
        ["profile", "-o", "out.csv"],
        ["matrix", "--theme", "asb", "--theme", "burglary", "-o", "out.csv"],
    ],
    ids=lambda words: words[0],
)
def test_every_engine_writes_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(folder)
    output = tmp_path / words[-1]
    command = [words[0], "part-0.csv", "part-1.csv", "--areas", "areas.gpkg", *words[1:-1], str(output)]
    assert run([*command, "--engine", "memory"]) == 0
    expected = output.read_bytes()
    monkeypatch.setattr("hotspots_cli.engines.MOST_IN_MEMORY", 10)
    monkeypatch.setattr("hotspots.incidents.read_incidents", _never)
    # Many rows are read in batches without being asked.
    assert run([*command, "--overwrite"]) == 0
    assert output.read_bytes() == expected


_never: Callable[..., Any] = lambda *_, **__: pytest.fail("all rows were read at once")  # noqa: E731


@pytest.mark.parametrize("rows", [1, 10, 1000])
def test_sums_are_merged_to_the_same_whatever_the_size_of_a_part(
    monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    random, by = np.random.default_rng(8), ("what", "area")
    sums = [cube.grouped(some_sums(random, size), by) for size in (3000, 1, 200)]
    expected = cube.grouped(np.concatenate(sums), by)
    monkeypatch.setattr(cube, "PART_ROWS", rows)
    for one, two, three in (sums, sums[::-1]):
        made = cube.merged(cube.merged(one, two, by), three, by)
        assert np.array_equal(made, expected)
    assert np.array_equal(cube.merged(expected, expected[:0], by), expected)
    assert np.array_equal(cube.merged(expected[:0], expected, by), expected)


def test_few_sums_are_added_to_many_in_little_more_room_than_the_result_takes() -> None:
    random, by = np.random.default_rng(8), ("what", "area")
    many, few = (cube.grouped(some_sums(random, size), by) for size in (3_000_000, 10_000))
    tracemalloc.start()
    try:
        made = cube.merged(many, few, by)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert made["rows"].sum() == many["rows"].sum() + few["rows"].sum()
    assert peak < 2 * made.nbytes


def some_sums(random: np.random.Generator, size: int) -> Any:
    """Rows of some kinds and many areas, as they come."""
    sums = np.empty(size, dtype=[("what", "u8"), ("area", "i8"), ("rows", "i4"), ("located", "i4")])
    sums["what"], sums["area"] = random.integers(1, 40, size) << 8, random.integers(-3, 100_000, size)
    sums["rows"], sums["located"] = 1, random.integers(0, 2, size)
    return sums
