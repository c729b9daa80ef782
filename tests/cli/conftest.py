"""A small town to run commands on: nine wards of a square kilometre, two months of incidents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from hotspots.base.crs import transform_xy
from hotspots_cli.main import run

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context\n"
)
WEST, SOUTH = 400_000.0, 330_000.0


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ``wards.gpkg``, ``people.csv`` and two police.uk files, as the working folder."""
    cells = [(column, row) for column in range(3) for row in range(3)]
    wards = gpd.GeoDataFrame(
        {
            "WD19CD": [f"E0500000{i}" for i in range(1, 10)],
            "WD19NM": [f"Ward {i}" for i in range(1, 10)],
            "LAD19NM": ["Abbeyshire"] * 9,
        },
        geometry=[
            box(WEST + 1000 * c, SOUTH + 1000 * r, WEST + 1000 * (c + 1), SOUTH + 1000 * (r + 1))
            for c, r in cells
        ],
        crs="EPSG:27700",
    )
    wards.to_file(tmp_path / "wards.gpkg")
    people = "\n".join(f"E0500000{i},{1000 * i}" for i in range(1, 10))
    (tmp_path / "people.csv").write_text("WD19CD,pop2019\n" + people + "\n", encoding="utf-8")
    random = np.random.default_rng(7)
    for month in ("2025-01", "2025-02"):
        folder = tmp_path / month
        folder.mkdir()
        # Sixty near the middle of the last ward, forty all over: a hotspot by construction.
        x = np.concatenate([WEST + 2500 + random.normal(0, 120, 60), WEST + random.uniform(0, 3000, 40)])
        y = np.concatenate([SOUTH + 2500 + random.normal(0, 120, 60), SOUTH + random.uniform(0, 3000, 40)])
        lon, lat = transform_xy(x, y, source="EPSG:27700", target="EPSG:4326")
        kinds = ["Burglary" if i % 2 else "Anti-social behaviour" for i in range(100)]
        numbers = [f"{month}-{i:04d}" if kind == "Burglary" else "" for i, kind in enumerate(kinds)]
        rows = [
            f"{number},{month},P,P,{a:.6f},{b:.6f},On or near,E01000001,L,{kind},,"
            for number, a, b, kind in zip(numbers, lon, lat, kinds, strict=True)
        ]
        rows.append(f",{month},P,P,,,No location,,,Burglary,,")
        (folder / f"{month}-abbeyshire-street.csv").write_text(
            HEADER + "\n".join(rows) + "\n", encoding="utf-8"
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hotspots(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line and return its exit code, standard output and standard error."""

    def call(*words: object) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run([str(word) for word in words])
        out, err = capfd.readouterr()
        return code, out, err

    return call
