"""A row that stands for several incidents counts as several in every command and engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

Run = Callable[..., tuple[int, str, str]]
AREAS = ("--areas", "wards.gpkg", "--population-table", "people.csv")
WEIGHT = ("--weight-column", "Count")
# Ward i has i rows in each of the two months.
ROWS = [
    f"{400_100 + 1000 * (i // 3)},{330_100 + 1000 * (i % 3)},Burglary,2025-{month:02d}"
    for i in range(9)
    for month in (1, 2)
    for _ in range(i + 1)
]


def write(path: Path, weight: str) -> None:
    lines = [f"{row},{weight}" for row in ROWS]
    path.write_text("Easting,Northing,Category,Month,Count\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def tens(town: Path) -> Path:
    """Calls of which each row stands for ten; ``ones.csv`` has a row for each of them."""
    write(town / "tens.csv", "10")
    lines = [f"{row},1" for row in ROWS for _ in range(10)]
    (town / "ones.csv").write_text(
        "Easting,Northing,Category,Month,Count\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    return town


def both(hotspots: Run, command: tuple[object, ...], output: str, *options: object) -> tuple[Path, Path]:
    made = []
    for name in ("tens", "ones"):
        path = Path(f"{name}-{output}")
        words = (*command, f"{name}.csv", *AREAS, *WEIGHT, *options, "-o", path)
        code, _, err = hotspots(*words)
        assert code == 0, err
        made.append(path)
    return made[0], made[1]


@pytest.mark.parametrize("engine", ["memory", "stream"])
@pytest.mark.parametrize("per", ["category", "month"])
def test_count(hotspots: Run, tens: Path, engine: str, per: str) -> None:
    one, other = both(hotspots, ("count",), "n.csv", "--engine", engine, "--per", per)
    assert one.read_bytes() == other.read_bytes()
    assert pd.read_csv(one)["n"].tolist() == [20 * i for i in range(1, 10)]


def test_what_rows_stand_for_is_said_and_recorded(hotspots: Run, tens: Path) -> None:
    for engine in ("memory", "stream"):
        code, _, err = hotspots(
            "count", "tens.csv", *AREAS, *WEIGHT, "--engine", engine, "-o", f"{engine}.geojson"
        )
        assert code == 0
        assert "Weights: 90 used rows stand for 900 incidents; counts are sums of weights, " in err
        assert "and limits take them as counts" in err
        record = json.loads(Path(f"{engine}.geojson").read_text(encoding="utf-8"))["hotspots"]
        assert record["incidents"]["weight"] == 900


def test_weights_that_are_no_whole_numbers_are_added_to_the_digit(hotspots: Run, tens: Path) -> None:
    write(tens / "tenths.csv", "0.1")
    found = []
    for engine in ("memory", "stream"):
        code, _, err = hotspots(
            "count", "tenths.csv", *AREAS, *WEIGHT, "--engine", engine, "-o", f"{engine}.csv"
        )
        assert code == 0, err
        found.append(Path(f"{engine}.csv").read_bytes())
    assert found[0] == found[1]
    # Ward i has 2 i rows of a tenth.
    assert pd.read_csv("memory.csv")["n"].tolist() == [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8]


def test_select(hotspots: Run, tens: Path) -> None:
    plan = 'periods = "month"\n[[indicator]]\ngroup = "crime"\nmeasure = "n"\n[sure]\nruns = 99\n'
    (tens / "plan.toml").write_text(plan, encoding="utf-8")
    one, other = both(hotspots, ("select",), "p.csv", "--plan", "plan.toml")
    assert one.read_bytes() == other.read_bytes()


def test_compare_force(hotspots: Run, tens: Path) -> None:
    (tens / "others.csv").write_text("category,Others\nBurglary,1\n", encoding="utf-8")
    one, other = both(hotspots, ("compare", "force"), "f.csv", "--with", "others.csv")
    assert one.read_bytes() == other.read_bytes()


def test_sensitivity(hotspots: Run, tens: Path) -> None:
    options = ("--neighbours", "queen", "--cell-sizes", "500", "--offsets", "1", "--bandwidths", "700")
    one, other = both(hotspots, ("sensitivity",), "s.csv", *options)
    assert one.read_bytes() == other.read_bytes()


def test_change(hotspots: Run, tens: Path) -> None:
    one, other = both(hotspots, ("change",), "c.csv", "--before", "2025-01", "--after", "2025-02")
    assert one.read_bytes() == other.read_bytes()


def test_a_recipe(hotspots: Run, tens: Path) -> None:
    layers = []
    for name in ("tens", "ones"):
        (tens / f"{name}.toml").write_text(
            f'title = "T"\n[incidents]\nsource = "{name}.csv"\nweight_column = "Count"\n'
            '[[areas]]\nlabel = "Wards"\nsource = "wards.gpkg"\npopulation_table = "people.csv"\n'
            "[count]\n[flag]\n[gistar]\n[grid]\ncell_size = 500\n",
            encoding="utf-8",
        )
        code, _, err = hotspots("run", f"{name}.toml", "-o", name)
        assert code == 0, err
        layers.append(gpd.read_file(next(Path(name).rglob("*wards*.geojson"))))
    assert layers[0]["n"].tolist() == [20 * i for i in range(1, 10)]
    pd.testing.assert_frame_equal(layers[0].drop(columns="geometry"), layers[1].drop(columns="geometry"))
