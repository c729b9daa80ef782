"""A small town to publish well and badly: four wards, each of four LSOAs, and what is counted in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.export.geopackage import write_geopackage
from hotspots.export.tables.csv import write_csv

MONTHS = ("2025-01", "2025-02", "2025-03")
WEST, SOUTH = 400_000, 330_000


def _layer(codes: list[str], size: int, across: int, people: list[float]) -> gpd.GeoDataFrame:
    corners = [(WEST + size * (i % across), SOUTH + size * (i // across)) for i in range(len(codes))]
    shapes = [box(x, y, x + size, y + size) for x, y in corners]
    return gpd.GeoDataFrame(
        {"name": [f"Place {code[-3:]}" for code in codes], "district": "Abbeyshire", "population": people},
        geometry=shapes,
        index=pd.Index(codes, name="code"),
        crs="EPSG:27700",
    )


LSOAS = _layer([f"E010000{i:02d}" for i in range(1, 17)], 1000, 4, [1503.0 + 11 * i for i in range(16)])
# LSOAs 1, 2, 5 and 6 make the first ward, and so on.
WARD_OF = np.array([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
WARDS = _layer(
    [f"E050000{i:02d}" for i in range(1, 5)],
    2000,
    2,
    np.bincount(WARD_OF, LSOAS["population"].to_numpy()).tolist(),
)
# By LSOA and month; three of the sums are under 5: 3, 2 and 4.
BURGLARY = np.array(
    [
        [1, 2, 0], [5, 6, 4], [9, 7, 8], [12, 10, 11], [4, 5, 6], [7, 9, 8], [1, 0, 1], [14, 11, 9],
        [6, 6, 5], [8, 7, 9], [3, 4, 5], [2, 1, 1], [10, 12, 9], [5, 5, 7], [9, 9, 9], [6, 8, 6],
    ]
)  # fmt: skip


def table(layer: gpd.GeoDataFrame, **columns: Any) -> gpd.GeoDataFrame:
    """Return a layer with columns."""
    return layer.assign(**columns)[[*[name for name in layer if name != "geometry"], *columns, "geometry"]]


def counts(layer: str = "lsoas", months: int = 3) -> np.ndarray:
    """Return the burglaries of the first months by area."""
    n = BURGLARY[:, :months].sum(axis=1)
    return n if layer == "lsoas" else np.bincount(WARD_OF, n).astype(int)


def rates(n: np.ndarray, layer: gpd.GeoDataFrame, months: int = 3) -> np.ndarray:
    """Return the rate of counts per 1,000 people a year."""
    return np.asarray(n * 12_000 / months / layer["population"].to_numpy())


def rounded(n: np.ndarray, base: int = 10) -> np.ndarray:
    """Return counts to the nearest multiple, upwards where halfway."""
    return (np.floor((2 * n + base) / (2 * base)) * base).astype(int)


def blanked(n: np.ndarray, hide: np.ndarray) -> list[int | None]:
    """Return counts, missing where they are hidden."""
    return [None if dark else int(value) for value, dark in zip(n, hide, strict=True)]


Publish = Callable[..., Path]


@pytest.fixture
def publish(tmp_path: Path) -> Publish:
    """Write layers of burglary as CSV and GeoPackage, with the record of a run, into a folder."""

    def write(
        layers: Mapping[str, gpd.GeoDataFrame],
        *,
        name: str = "public",
        months: tuple[str, ...] = MONTHS,
        as_geopackage: bool = True,
        **record: Any,
    ) -> Path:
        folder = tmp_path / name
        for inside in ("tables", "layers", "about"):
            (folder / inside).mkdir(parents=True, exist_ok=True)
        for key, layer in layers.items():
            write_csv(pd.DataFrame(layer.drop(columns="geometry")), folder / "tables" / f"burglary_{key}.csv")
        if as_geopackage:
            write_geopackage(dict(layers), folder / "layers" / "burglary.gpkg")
        incidents = {"by_month": [{"label": month, "rows": 0, "located": 0} for month in months]}
        recipe = {"theme": [{"name": "Burglary", "category": ["Burglary"]}]}
        told = {
            "incidents": incidents | record.pop("incidents", {}),
            "recipe": recipe | record.pop("recipe", {}),
        }
        (folder / "about" / "provenance.json").write_text(json.dumps(told | record), encoding="utf-8")
        return folder

    return write
