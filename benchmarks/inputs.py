"""Make the inputs that all tools share: areas, points, police.uk-like CSVs, and Parquet files of incidents."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import shapely
from benchmarks import locate as pip

from hotspots.base.crs import transform_xy

KINDS = ["Anti-social behaviour", "Burglary", "Drugs", "Robbery", "Shoplifting", "Vehicle crime"]
# As dense as police.uk's snap points.
PLACES = 120_000


def make_areas(folder: Path, name: str, lsoa: Path | None) -> None:
    """Write one set of areas: a made-up coverage, or for ``35000`` the file given."""
    if name == "35000" and lsoa is not None:
        shapes = gpd.read_parquet(lsoa).to_crs(27700).geometry.to_numpy()
    else:
        shapes = pip.make_areas(int(name), step=11.2 if name == "700" else 40.0)
    shapes = shapes[shapely.is_valid(shapes)]
    gpd.GeoDataFrame(geometry=shapes, crs=27700).to_parquet(folder / f"{name}.parquet")


def make_points(folder: Path, name: str, count: int, lsoa: Path | None, incidents: Path | None) -> None:
    """Write points for one set of areas: made up, or for ``35000`` those of the incidents given."""
    if name == "35000" and lsoa is not None and incidents is not None:
        lon, lat = _real(incidents)
        points = np.array(transform_xy(lon, lat, source="EPSG:4326", target="EPSG:27700"))[:, :count]
    else:
        points = np.array(pip.make_points(count))
    np.save(folder / f"points-{name}.npy", points)


def _real(incidents: Path) -> tuple[Any, Any]:
    table = pd.read_parquet(incidents, columns=["Longitude", "Latitude"]).dropna()
    table = table.sample(frac=1.0, random_state=0)
    return table["Longitude"].to_numpy(), table["Latitude"].to_numpy()


def _places(incidents: Path | None) -> tuple[Any, Any]:
    """Return the coordinates on which incidents stand, in degrees of six decimals."""
    if incidents is not None:
        return _real(incidents)
    x, y = pip.make_points(PLACES, seed=4)
    lon, lat = transform_xy(x, y, source="EPSG:27700", target="EPSG:4326")
    return np.round(lon, 6), np.round(lat, 6)


def _table(rows: int, lon: Any, lat: Any, place: Any, start: int) -> pa.Table:
    rng = np.random.default_rng(start)
    months = [f"2025-{month:02}" for month in range(1, 13)]
    return pa.table(
        {
            "Month": pa.DictionaryArray.from_arrays(rng.integers(0, 12, rows).astype("i4"), months),
            "Longitude": lon[place],
            "Latitude": lat[place],
            "Crime type": pa.DictionaryArray.from_arrays(rng.integers(0, 6, rows).astype("i4"), KINDS),
        }
    )


def make_incidents(folder: Path, rows: int, areas: str, incidents: Path | None) -> None:
    """Write a Parquet file of incidents, a million to a row group, and the true counts by area."""
    lon, lat = _places(incidents)
    path, times = folder / f"incidents-{rows}.parquet", np.zeros(len(lon), dtype=np.int64)
    writer = None
    for start in range(0, rows, 1 << 20):
        count = min(1 << 20, rows - start)
        place = np.random.default_rng(100 + start).integers(0, len(lon), count)
        times += np.bincount(place, minlength=len(lon))
        table = _table(count, lon, lat, place, start)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
    shapes = gpd.read_parquet(folder / f"{areas}.parquet").geometry.to_numpy()
    x, y = transform_xy(lon, lat, source="EPSG:4326", target="EPSG:27700")
    area, point = shapely.STRtree(shapely.points(x, y)).query(shapes, predicate="intersects")
    owner = pip.first_owner(len(x), point, area)
    truth = np.bincount(owner[owner >= 0], weights=times[owner >= 0], minlength=len(shapes))
    np.save(path.with_suffix(".npy"), truth.astype(np.int64))


def make_csvs(folder: Path, rows: int) -> None:
    """Write twelve months of police.uk street CSVs, and what the mean of their coordinates is."""
    target = folder / f"csv-{rows}"
    target.mkdir()
    lon, lat = _places(None)
    sums, each = np.zeros(2), rows // 12
    for month in range(1, 13):
        place = np.random.default_rng(month).integers(0, len(lon), each)
        table = _table(each, lon, lat, place, month)
        ids = [hashlib.sha256(f"{month}-{number}".encode()).hexdigest() for number in range(each)]
        columns = {
            "Crime ID": pa.array(ids),
            "Month": pa.array([f"2025-{month:02}"] * each),
            "Reported by": pa.array(["Abbeyshire Police"] * each),
            "Falls within": pa.array(["Abbeyshire Police"] * each),
            "Longitude": table.column("Longitude"),
            "Latitude": table.column("Latitude"),
            "Location": pa.array(["On or near Supermarket"] * each),
            "LSOA code": pa.array([f"E0{1_000_000 + number % 700}" for number in place.tolist()]),
            "LSOA name": pa.array(["Abbeyshire 001A"] * each),
            "Crime type": table.column("Crime type").cast(pa.string()),
            "Last outcome category": pa.array(["Under investigation"] * each),
            "Context": pa.array([""] * each),
        }
        pa_csv.write_csv(pa.table(columns), target / f"2025-{month:02}-abbeyshire-street.csv")
        moved = transform_xy(lon[place], lat[place], source="EPSG:4326", target="EPSG:27700")
        sums += [values.sum() for values in moved]
    np.save(target / "truth.npy", np.array([12 * each, *(sums / (12 * each))]))
