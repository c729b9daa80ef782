"""The files that are damaged: a town of twelve wards and sixty incidents, in every format that is read."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from shapely import box

WEST, SOUTH = 400_000.0, 330_000.0
KINDS = ("Burglary", "Anti-social behaviour", "Vehicle crime")
LAYERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".kml": "KML",
}
_DAY = "2025-01-01T00:00:00Z"


def build_town(folder: Path) -> None:
    """Write all seeds into a folder; the same bytes every time, but for what libraries date."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DAY, "GDAL_PAM_ENABLED": "NO"})
    incidents, wards = incidents_table(), wards_table()
    placed = incidents[incidents["Easting"] != ""]
    points = gpd.GeoDataFrame(
        placed.drop(columns=["Easting", "Northing"]),
        geometry=gpd.points_from_xy(placed["Easting"], placed["Northing"]),
        crs="EPSG:27700",
    )
    csv = incidents.to_csv(index=False)
    (folder / "i.csv").write_text(csv, encoding="utf-8")
    times = [f"{month}-{1 + i % 28:02} {i % 24:02}:15" for i, month in enumerate(incidents["Month"])]
    dated = incidents.assign(Month=times)
    dated.rename(columns={"Month": "Date"}).to_csv(folder / "d.csv", index=False)
    (folder / "u.csv").write_text(csv.replace(",", ";"), encoding="utf-16")
    (folder / "i.csv.gz").write_bytes(gzip.compress(csv.encode(), mtime=0))
    incidents.to_parquet(folder / "i.parquet", index=False)
    points.to_parquet(folder / "g.parquet", index=False)
    incidents.to_excel(folder / "i.xlsx", index=False)
    _layers(points, folder, "p")
    _layers(wards, folder, "w")
    wards.to_parquet(folder / "w.parquet", index=False)
    _pack(folder / "i.zip", {"2025-01/2025-01-a-street.csv": csv, "2025-02/2025-02-a-street.csv": csv})
    for name in "pw":
        parts = {
            f"{name}{end}": (folder / f"{name}{end}").read_bytes() for end in (".shp", ".shx", ".dbf", ".prj")
        }
        _pack(folder / f"{name}.zip", parts)
    people = pd.DataFrame(
        {"WD24CD": wards["WD24CD"], "WD24NM": wards["WD24NM"], "pop2024": 900 + 100 * np.arange(12)}
    )
    people.to_csv(folder / "people.csv", index=False)
    people.to_excel(folder / "people.xlsx", index=False)
    people.to_parquet(folder / "people.parquet", index=False)
    lookup = pd.DataFrame({"LSOA21CD": [f"E010000{i:02}" for i in range(12)], "WD24CD": wards["WD24CD"]})
    lookup.to_csv(folder / "lookup.csv", index=False)
    (folder / "rates.csv").write_text(_RATES, encoding="utf-8")
    (folder / "r.toml").write_text(_RECIPE, encoding="utf-8")
    (folder / "p.toml").write_text(_PLAN, encoding="utf-8")


def incidents_table() -> pd.DataFrame:
    """Return sixty incidents of three months: two in three near the middle, and one without coordinates."""
    random = np.random.default_rng(7)
    rows = 60
    middle = np.arange(rows) % 3 > 0
    x = np.where(
        middle,
        WEST + 1500 + random.normal(0, 150, rows),
        WEST + random.uniform(0, 4000, rows),
    )
    y = np.where(
        middle,
        SOUTH + 1000 + random.normal(0, 150, rows),
        SOUTH + random.uniform(0, 3000, rows),
    )
    table = pd.DataFrame(
        {
            "Crime ID": [f"{i:08x}" if i % 2 else "" for i in range(rows)],
            "Month": [f"2025-0{1 + i % 3}" for i in range(rows)],
            "Easting": np.round(x, 1).astype(str),
            "Northing": np.round(y, 1).astype(str),
            "LSOA code": [f"E010000{i % 12:02}" for i in range(rows)],
            "Crime type": [KINDS[i % 3] for i in range(rows)],
            "Weight": [1 + i % 2 for i in range(rows)],
        }
    )
    table.loc[rows - 1, ["Easting", "Northing"]] = ""
    return table


def wards_table() -> gpd.GeoDataFrame:
    """Return twelve wards of a square kilometre in two districts."""
    place = np.arange(12)
    east, north = WEST + 1000 * (place % 4), SOUTH + 1000 * (place // 4)
    return gpd.GeoDataFrame(
        {
            "WD24CD": [f"E050000{i:02}" for i in place],
            "WD24NM": [f"Ward {i}" for i in place],
            "LAD24NM": [("Abbeyshire", "Marsh")[i // 6] for i in place],
            "pop2024": 1000 + 100 * place,
        },
        geometry=box(east, north, east + 1000, north + 1000),
        crs="EPSG:27700",
    )


def write_layer(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a layer in the format of the suffix, as badly made as it is."""
    pyogrio.write_dataframe(table, path, driver=LAYERS[path.suffix])


def _layers(table: gpd.GeoDataFrame, folder: Path, name: str) -> None:
    for suffix in LAYERS:
        shown = table if suffix in (".gpkg", ".shp", ".fgb") else table.to_crs("EPSG:4326")
        shown = shown[shown.geometry.notna() & ~shown.geometry.is_empty]
        shown = shown.rename(columns={"Crime type": "crime_type"}) if suffix == ".shp" else shown
        write_layer(shown, folder / f"{name}{suffix}")


def _pack(path: Path, members: Mapping[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


_RATES = "category,North,South,West\n" + "".join(f"{kind},4.5,6.25,5\n" for kind in KINDS)

_PLAN = """periods = "month"
[[indicator]]
name = "burglary"
category = ["Burglary"]
weight = 2
[[indicator]]
name = "anti"
category = "Anti-social behaviour"
[rules]
flagged = 2
[sure]
runs = 99
seed = 3
"""

_RECIPE = """title = "A town"
crs = "EPSG:27700"
[incidents]
source = ["i.csv"]
period = "2025-01..2025-03"
[[areas]]
label = "Wards"
source = "w.gpkg"
population_table = "people.csv"
[[theme]]
name = "All"
[[theme]]
name = "Burglary"
category = ["Burglary"]
[count]
min_population = 100
[flag]
[gistar]
neighbours = "queen"
permutations = 99
[kde]
bandwidth = 500
cell_size = 100
[change]
before = "2025-01"
after = "2025-02"
"""
