"""The period is the same to the digit in every command, recipe step and engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.export.raster import read_geotiff

Run = Callable[..., tuple[int, str, str]]
AREAS = ("--areas", "wards.gpkg", "--population-table", "people.csv")
RARE = ("--category", "Fireworks")
ASKED = ("--period", "2025-01..2025-12")
RECIPE = """
title = "Fireworks"
[incidents]
source = "calls.csv"
category = "Fireworks"
{asked}
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[count]
[flag]
[kde]
bandwidth = 500
[select]
plan = "plan.toml"
"""
# Twenty incidents in twelve months among 9,000 people: 20 / 9 per 1,000 a year.
RATE = 20 / 9


@pytest.fixture
def calls(town: Path) -> Path:
    """Twelve months of noise, one call a ward; 20 fireworks in ward 9 in October and November."""
    rows = [
        f"{400_500 + 1000 * c},{330_500 + 1000 * r},Noise,2025-{month:02d}"
        for month in range(1, 13)
        for c in range(3)
        for r in range(3)
    ]
    rows += [f"402500,332500,Fireworks,2025-{month}" for month in (10, 11) for _ in range(10)]
    (town / "calls.csv").write_text(
        "Easting,Northing,Category,Month\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    (town / "plan.toml").write_text(
        'periods = "quarter"\n[[indicator]]\nname = "Fireworks"\ncategory = "Fireworks"\n[sure]\nruns = 99\n',
        encoding="utf-8",
    )
    return town


@pytest.mark.parametrize("asked", [(), ASKED], ids=["files", "asked"])
@pytest.mark.parametrize("engine", ["memory", "stream"])
def test_count(hotspots: Run, calls: Path, engine: str, asked: tuple[str, ...]) -> None:
    code, _, err = hotspots(
        "count", "calls.csv", *AREAS, *RARE, *asked, "--engine", engine, "-o", "n.geojson"
    )
    assert code == 0, err
    text = json.loads((calls / "n.geojson").read_text(encoding="utf-8"))
    assert (text["hotspots"]["months"], text["hotspots"]["months_from"]) == (
        12,
        "asked" if asked else "files",
    )
    (ward,) = [f["properties"] for f in text["features"] if f["properties"]["code"] == "E05000009"]
    assert ward["rate"] == pytest.approx(RATE, rel=1e-12)
    said = "those asked for" if asked else "those of the data"
    assert f"Period of 12 months ({said}, from 2025-01 to 2025-12; give another length with " in err


def test_a_length_given_is_said_in_provenance(hotspots: Run, calls: Path) -> None:
    code, _, err = hotspots("count", "calls.csv", *AREAS, *RARE, "--months", 6, "-o", "n.geojson")
    assert code == 0, err
    record = json.loads((calls / "n.geojson").read_text(encoding="utf-8"))["hotspots"]
    assert (record["months"], record["months_from"]) == (6, "given")


def test_kde(hotspots: Run, calls: Path) -> None:
    for name, asked in (("files", ()), ("asked", ASKED), ("given", ("--months", 12))):
        code, _, err = hotspots(
            "kde", "calls.csv", *AREAS, *RARE, *asked, "--bandwidth", 500, "-o", f"{name}.tif"
        )
        assert code == 0, err
    files, asked_for, given = (read_geotiff(calls / f"{name}.tif") for name in ("files", "asked", "given"))
    np.testing.assert_array_equal(files.values, given.values)
    np.testing.assert_array_equal(asked_for.values, given.values)


def test_compare_force(hotspots: Run, calls: Path) -> None:
    (calls / "others.csv").write_text("category,Others\nFireworks,1\n", encoding="utf-8")
    words = ("compare", "force", "calls.csv", *AREAS, *RARE, "--with", "others.csv", "-o", "force.csv")
    code, _, err = hotspots(*words)
    assert code == 0, err
    # Twenty a year among 45,000 people: 20 / 45 per 1,000; in two months it would be 2.7.
    (row,) = [
        line for line in (calls / "force.csv").read_text(encoding="utf-8").splitlines() if "Fireworks" in line
    ]
    assert float(row.split(",")[1]) == pytest.approx(20 / 45)


@pytest.mark.parametrize("asked", ["", 'period = "2025-01..2025-12"'], ids=["files", "asked"])
def test_a_recipe(hotspots: Run, calls: Path, asked: str) -> None:
    (calls / "rare.toml").write_text(RECIPE.format(asked=asked), encoding="utf-8")
    code, _, err = hotspots("run", "rare.toml", "-o", "out")
    assert code == 0, err
    record = json.loads((calls / "out" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert (record["months"], record["months_from"]) == (12, "asked" if asked else "files")
    assert "January to December 2025" in json.dumps(record)
    tables = [pd.read_csv(path) for path in (calls / "out").rglob("*.csv")]
    rates = [
        float(table.loc[table["code"] == "E05000009", "rate"].iloc[0])
        for table in tables
        if {"code", "rate"} <= set(table.columns)
    ]
    assert rates
    assert rates == pytest.approx([RATE] * len(rates))


def test_select_has_every_quarter_of_the_files(hotspots: Run, calls: Path) -> None:
    code, _, err = hotspots("select", "calls.csv", *AREAS, *RARE, "--plan", "plan.toml", "-o", "p.geojson")
    assert code == 0, err
    assert "Periods: 2025 Q1 (3 months), 2025 Q2 (3 months), 2025 Q3 (3 months), 2025 Q4 (3 months)" in err
    layer = json.loads((calls / "p.geojson").read_text(encoding="utf-8"))
    assert (layer["hotspots"]["months"], layer["hotspots"]["months_from"]) == (12, "files")


BURGLARY = ("--category", "Burglary")
# Each command, as it takes the period that its figures rest on.
COMMANDS: dict[str, tuple[str, ...]] = {
    "count": ("count", *AREAS),
    "kde": ("kde", *AREAS, "--bandwidth", "500"),
    "compare force": ("compare", "force", *AREAS, "--with", "others.csv"),
    "select": ("select", *AREAS, "--plan", "plan.toml"),
    "matrix": ("matrix", *AREAS, "--theme", "burglary", "--with", "others.csv"),
    "evaluate": ("evaluate", *AREAS, "--periods", "half", "--ground", "0.2", "--bandwidth", "500"),
    "profile": ("profile", *AREAS, "--with", "others.csv"),
    "classes": ("classes", *AREAS, "--classes", "deprived.csv", "--column", "decile"),
}


@pytest.fixture
def burglaries(town: Path) -> Path:
    """Burglaries in June, October and November; in another file, a year of noise beside them."""
    random = np.random.default_rng(5)
    wards = [(400_500 + 1000 * c, 330_500 + 1000 * r) for c in range(3) for r in range(3)]
    rare = [
        f"{x},{y},Burglary,2025-{month}"
        for month in ("06", 10, 11)
        for number, (x, y) in enumerate(wards)
        for n in range(int(random.integers(2, 9)) + number)
    ]
    noise = [f"{x},{y},Noise,2025-{month:02d}" for month in range(1, 13) for x, y in wards]
    header = "Easting,Northing,Category,Month"
    for name, rows in (("rare", rare), ("year", noise + rare)):
        (town / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (town / "others.csv").write_text("category,Others\nBurglary,4\n", encoding="utf-8")
    layer = gpd.read_file(town / "wards.gpkg")
    layer["LAD19NM"] = ["North", "Mid", "South"] * 3
    layer.to_file(town / "wards.gpkg")
    deciles = "\n".join(f"E0500000{n},{n}" for n in range(1, 10))
    (town / "deprived.csv").write_text(f"code,decile\n{deciles}\n", encoding="utf-8")
    (town / "plan.toml").write_text(
        'periods = "quarter"\n[[indicator]]\nname = "Burglary"\ncategory = "Burglary"\n[sure]\nruns = 99\n',
        encoding="utf-8",
    )
    return town


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize("name", COMMANDS)
def test_the_period_is_that_of_the_files_or_that_asked_for_in_every_command(
    hotspots: Run, burglaries: Path, name: str
) -> None:
    first, *rest = COMMANDS[name]
    start = (first, *rest[:1]) if first == "compare" else (first,)
    rest = rest[len(start) - 1 :]
    suffix = "tif" if first == "kde" else "csv"

    def written(source: str, *choice: str) -> bytes:
        code, _, err = hotspots(*start, source, *rest, *choice, "-o", f"out.{suffix}", "--overwrite")
        assert code == 0, err
        return (burglaries / f"out.{suffix}").read_bytes()

    files = written("year.csv", *BURGLARY)
    # The same burglaries, whatever else their file holds, and whether the year is asked for or that of the files.
    assert written("year.csv", *BURGLARY, *ASKED) == files
    assert written("rare.csv", *ASKED) == files
    # Without the year, three months are all that is known of the period, and the figures are others.
    assert written("rare.csv") != files


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_the_period_is_one_on_every_engine(hotspots: Run, burglaries: Path) -> None:
    for start, engines in ((COMMANDS["count"], ("stream", "dask")), (COMMANDS["kde"], ("dask",))):
        written = {}
        suffix = "tif" if start[0] == "kde" else "geojson"
        for engine in ("memory", *engines):
            given = (
                start[0],
                "year.csv",
                *start[1:],
                *BURGLARY,
                "--engine",
                engine,
                "-o",
                f"out.{suffix}",
                "--overwrite",
            )
            code, _, err = hotspots(*given)
            assert code == 0, err
            written[engine] = (burglaries / f"out.{suffix}").read_bytes()
        assert set(written.values()) == {written["memory"]}
