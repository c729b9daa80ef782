"""The same files from the same inputs, on any desk: other hashes, threads, clocks, languages and orders of files."""

from __future__ import annotations

import hashlib
import io
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

import hotspots
import hotspots_cli

RECIPE = """
title = "Town"
[incidents]
source = "data"
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[[theme]]
name = "All crime"
[[theme]]
name = "Burglary"
category = "burglary"
[count]
[flag]
[kde]
bandwidth = 400
cell_size = 100
[gistar]
value = "rate"
inference = "permutation"
[map]
[report]
"""
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context\n"
)


def town(folder: Path, *, months: list[str], shuffled: bool = False) -> Path:
    """Make a town's files, the months in an order, their rows too where they are not to be shuffled."""
    (folder / "data").mkdir(parents=True)
    corners = [(east, north) for east in range(5) for north in range(5)]
    codes = [f"E050000{number:02}" for number in range(len(corners))]
    squares = [box(4e5 + 1000 * e, 33e4 + 1000 * n, 401e3 + 1000 * e, 331e3 + 1000 * n) for e, n in corners]
    names = {"WD19NM": [f"Ward {code[-2:]}" for code in codes], "LAD19NM": ["Abbeyshire"] * len(codes)}
    wards = gpd.GeoDataFrame({"WD19CD": codes, **names}, geometry=squares, crs="EPSG:27700")
    wards.to_file(folder / "wards.gpkg")
    people = "".join(f"{code},{1000 + 37 * i}\n" for i, code in enumerate(codes))
    (folder / "people.csv").write_text("WD19CD,pop2019\n" + people)
    for month in months:
        chance = np.random.default_rng(int(month[-1]))
        # In degrees of about 70 m: many rows share a place, and sums of their kernels depend on no order.
        east, north = (
            np.round(chance.normal(-1.97, 0.02, 400), 3),
            np.round(chance.normal(52.89, 0.01, 400), 3),
        )
        rows = [
            f"{month}-{i},{month},P,P,{x},{y},On or near,E01000001,L,{('Burglary', 'Drugs')[i % 2]},,\n"
            for i, (x, y) in enumerate(zip(east, north, strict=True))
        ]
        if shuffled:
            random.Random(3).shuffle(rows)  # noqa: S311 - an order, not a secret
        (folder / "data" / f"{month}-kent-street.csv").write_text(HEADER + "".join(rows))
    (folder / "r.toml").write_text(RECIPE)
    return folder


def run(folder: Path, **settings: str) -> dict[str, bytes]:
    """Run the recipe in a process of its own, and return its files."""
    roots = [str(Path(str(package.__file__)).parents[1]) for package in (hotspots, hotspots_cli)]
    path = os.pathsep.join([*roots, os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "hotspots_cli", "-q", "run", "r.toml", "-o", "out"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out = folder / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = town(tmp_path_factory.mktemp("first"), months=["2025-01", "2025-02"])
    return folder, run(folder, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8")


def test_other_desks_write_the_same_bytes(tmp_path: Path, first: tuple[Path, dict[str, bytes]]) -> None:
    folder = town(tmp_path / "Österreich", months=["2025-02", "2025-01"])
    # Written by SQLite and so with a clock in it: an input, whose bytes have to be the same.
    (folder / "wards.gpkg").write_bytes((first[0] / "wards.gpkg").read_bytes())
    other = run(
        folder,
        PYTHONHASHSEED="77",
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        NUMBA_NUM_THREADS="1",
        OMP_NUM_THREADS="3",
        OPENBLAS_NUM_THREADS="3",
        OGR_SQLITE_PRAGMA="page_size=8192",
        COLUMNS="40",
    )
    assert sorted(other) == sorted(first[1])
    assert [name for name, held in other.items() if held != first[1][name]] == []


def test_rows_in_another_order_change_nothing_but_the_checksum_of_their_file(
    tmp_path: Path, first: tuple[Path, dict[str, bytes]]
) -> None:
    folder = town(tmp_path / "shuffled", months=["2025-01", "2025-02"], shuffled=True)
    (folder / "wards.gpkg").write_bytes((first[0] / "wards.gpkg").read_bytes())
    other = run(folder)
    sums = {_sum(folder / "data" / path.name): _sum(path) for path in sorted((first[0] / "data").iterdir())}
    assert len(set(sums) | set(sums.values())) == 4
    assert sorted(other) == sorted(first[1])
    # Sums of kernels are added up in the order of rows, and so may differ in their fifteenth digit, with what is drawn
    # along them; all that is printed is the same.
    sharp = [name for name in other if not re.search("contours|density|hotspots.q|provenance|xlsx", name)]
    assert {Path(name).suffix for name in sharp} >= {".csv", ".geojson", ".gpkg", ".html", ".txt"}
    for name in sharp:
        held = other[name]
        for new, old in sums.items():
            held = held.replace(new.encode(), old.encode()).replace(new[:16].encode(), old[:16].encode())
        assert held == first[1][name], name
    rows = {top: _cells(files["tables.xlsx"]) for top, files in (("first", first[1]), ("other", other))}
    assert len(rows["first"]) > 300
    assert rows["first"] == rows["other"]
    for name in ("geojson/all-crime_contours.geojson", "geojson/burglary_contours.geojson"):
        both = [gpd.read_file(io.BytesIO(files[name])) for files in (first[1], other)]
        assert np.allclose(both[0]["area_km2"], both[1]["area_km2"], rtol=1e-9)
        assert both[0].geometry.geom_equals_exact(both[1].geometry, tolerance=1e-7).all()


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cells(book: bytes) -> list[object]:
    """Return the cells of a workbook, without checksums."""
    from openpyxl import load_workbook

    held = load_workbook(io.BytesIO(book), read_only=True)
    cells = [
        cell for sheet in held.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell
    ]
    return [re.sub("[0-9a-f]{64}", "", cell) if isinstance(cell, str) else cell for cell in cells]
