"""Files: reading and projecting CSVs, writing GeoJSON, and counting from a file of any size."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from benchmarks.suite import Inputs, Suite


def load_reading(settings: dict[str, Any], folder: Path) -> Inputs:
    """Return the paths of monthly CSVs."""
    return {"paths": sorted((folder / f"csv-{settings['rows']}").glob("*.csv")), **settings}


def reading_hotspots(given: Inputs) -> Any:
    """Read, project, and account for every row."""
    from hotspots.incidents import read_incidents

    incidents, _ = read_incidents(given["paths"])
    return incidents["x"].to_numpy(), incidents["y"].to_numpy()


def _projected(lon: Any, lat: Any) -> Any:
    from hotspots.base.crs import transform_xy

    return transform_xy(lon, lat, source="EPSG:4326", target="EPSG:27700")


_COLUMNS = ["Crime ID", "Month", "Longitude", "Latitude", "LSOA code", "Crime type"]


def reading_pandas(given: Inputs) -> Any:
    """Read the same columns with pandas, then call PROJ once."""
    table = pd.concat([pd.read_csv(path, usecols=_COLUMNS) for path in given["paths"]])
    return _projected(table["Longitude"].to_numpy(), table["Latitude"].to_numpy())


def reading_geopandas(given: Inputs) -> Any:
    """Read the same columns with pandas, then make points and use `to_crs`, as most do."""
    table = pd.concat([pd.read_csv(path, usecols=_COLUMNS) for path in given["paths"]])
    points = gpd.GeoSeries(gpd.points_from_xy(table["Longitude"], table["Latitude"]), crs=4326).to_crs(27700)
    return points.x.to_numpy(), points.y.to_numpy()


def reading_duckdb(given: Inputs) -> Any:
    """Read the same columns with DuckDB, then call PROJ once."""
    import duckdb

    names = ", ".join(f'"{name}"' for name in _COLUMNS)
    files = [str(path) for path in given["paths"]]
    table = duckdb.execute(f"SELECT {names} FROM read_csv(?)", [files]).df()  # noqa: S608 - our own names
    return _projected(table["Longitude"].to_numpy(), table["Latitude"].to_numpy())


def check_reading(given: Inputs, answer: Any) -> tuple[bool, str]:
    """Compare the number of rows and the sum of their coordinates with those written."""
    truth = np.load(given["paths"][0].parent / "truth.npy")
    x, y = answer
    apart = abs(np.nansum(x) / len(x) - truth[1]) + abs(np.nansum(y) / len(y) - truth[2])
    right = len(x) == int(truth[0]) and apart < 0.05
    return bool(right), "every row" if right else f"{len(x):,} rows, mean off by {apart:.2f} m"


def load_writing(settings: dict[str, Any], folder: Path) -> Inputs:
    """Return a layer of areas with results."""
    layer = gpd.read_parquet(folder / f"{settings['areas']}.parquet")
    rng = np.random.default_rng(0)
    layer["n"] = rng.poisson(100, len(layer))
    for name in ("rate", "rate_lo", "rate_hi", "gi_z", "gi_p"):
        layer[name] = rng.random(len(layer))
    layer.index = pd.Index([f"E{number:08}" for number in range(len(layer))], name="code")
    return {"layer": layer, "path": Path(tempfile.mkdtemp(dir=folder), "layer.geojson")}


def writing_hotspots(given: Inputs) -> Any:
    """Write RFC 7946: projected, rounded and valid."""
    from hotspots.export.geojson.write import write_geojson

    write_geojson(given["layer"], given["path"], overwrite=True)
    return given["path"]


def writing_pyogrio(given: Inputs) -> Any:
    """Write with GDAL's driver and RFC7946=YES."""
    import pyogrio

    pyogrio.write_dataframe(given["layer"].reset_index(), given["path"], driver="GeoJSON", RFC7946="YES")
    return given["path"]


def writing_geopandas(given: Inputs) -> Any:
    """Write `GeoDataFrame.to_json` after `to_crs`; all decimals."""
    given["path"].write_text(given["layer"].to_crs(4326).to_json(), encoding="utf-8")
    return given["path"]


def check_writing(given: Inputs, path: Any) -> tuple[bool, str]:
    """Read the file back, and compare its vertices with the projected layer's, and its numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        back = gpd.read_file(path)
    truth = given["layer"].to_crs(4326)
    apart = np.abs(shapely.bounds(back.geometry.to_numpy()) - shapely.bounds(truth.geometry.to_numpy())).max()
    right = (
        len(back) == len(truth) and apart < 1.01e-7 and np.allclose(back["rate"], truth["rate"], rtol=1e-14)
    )
    size = path.stat().st_size / 1e6
    return bool(right), f"{size:.0f} MB" + ("" if right else f", off by {apart:.1e} degrees")


def load_scale(settings: dict[str, Any], folder: Path) -> Inputs:
    """Return a Parquet file of incidents and the areas."""
    areas = gpd.read_parquet(folder / f"{settings['areas']}.parquet")
    areas.index = pd.Index([f"E{number:08}" for number in range(len(areas))], name="code")
    return {**settings, "path": folder / f"incidents-{settings['rows']}.parquet", "areas": areas}


def scale_stream(given: Inputs) -> Any:
    """Count in batches."""
    from hotspots.scale.stream import count_stream

    return count_stream(given["path"], given["areas"]).n.to_numpy()


def scale_memory(given: Inputs) -> Any:
    """Count all rows at once."""
    from hotspots.counting.counts import count_incidents
    from hotspots.incidents import read_incidents

    incidents, _ = read_incidents(given["path"])
    return count_incidents(incidents, given["areas"]).to_numpy()


def scale_dask(given: Inputs) -> Any:
    """Count on Dask: workers on this machine, their start included; the peak memory is the client's alone."""
    from hotspots.scale.cluster import count_dask

    return count_dask(given["path"], given["areas"]).n.to_numpy()


def scale_geopandas(given: Inputs) -> Any:
    """Use `read_parquet`, `points_from_xy`, `to_crs` and `sjoin`."""
    table = pd.read_parquet(given["path"], columns=["Longitude", "Latitude"]).dropna()
    points = gpd.GeoSeries(gpd.points_from_xy(table["Longitude"], table["Latitude"]), crs=4326).to_crs(27700)
    frame = gpd.GeoDataFrame(geometry=points.to_numpy(), crs=27700)
    joined = gpd.sjoin(frame, given["areas"][["geometry"]].reset_index(drop=True), predicate="within")
    return np.bincount(joined["index_right"].to_numpy(), minlength=len(given["areas"]))


def check_scale(given: Inputs, n: Any) -> tuple[bool, str]:
    """Compare with a count by shapely's tree, which was made with the input."""
    truth = np.load(given["path"].with_suffix(".npy"))
    wrong = int(np.count_nonzero(n != truth))
    return wrong == 0, f"{wrong:,} areas wrong" if wrong else "exact"


READING = Suite(
    "Reading police.uk CSVs and projecting them", "rows",
    {f"{rows:,} rows, 12 files": (rows, {"rows": rows}) for rows in (100_000, 1_000_000)},
    ("100,000 rows, 12 files",),
    load_reading,
    {"hotspots": reading_hotspots, "pandas + PROJ": reading_pandas, "duckdb + PROJ": reading_duckdb,
     "geopandas": reading_geopandas},
    check_reading, {},
)  # fmt: skip
WRITING = Suite(
    "Writing GeoJSON", "areas",
    {"700 areas of 840 vertices": (700, {"areas": "700"}),
     "35,000 areas, generalised": (35_000, {"areas": "35000"})},
    ("35,000 areas, generalised",),
    load_writing,
    {"hotspots": writing_hotspots, "pyogrio": writing_pyogrio, "geopandas to_json": writing_geopandas},
    check_writing, {},
)  # fmt: skip
SCALE = Suite(
    "From a file to counts in 35,000 areas", "rows",
    {f"{rows:,} rows": (rows, {"areas": "35000", "rows": rows}) for rows in (1_000_000, 4_000_000, 16_000_000)},
    ("1,000,000 rows",),
    load_scale,
    {"hotspots, in batches": scale_stream, "hotspots, in memory": scale_memory, "hotspots, on Dask": scale_dask,
     "geopandas": scale_geopandas},
    check_scale, {"geopandas": 4_000_000, "hotspots, in memory": 4_000_000},
)  # fmt: skip
