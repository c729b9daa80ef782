"""The files that are damaged: a town of twelve wards and sixty incidents, in every format that is read."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from shapely import LineString, Point, box
from tests.base.workbooks import cell, cells_of, xls, xlsb

WEST, SOUTH = 400_000.0, 330_000.0
KINDS = ("Burglary", "Anti-social behaviour", "Vehicle crime", "Violence and sexual offences")
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
    months = [f"{2024 + i // 12}-{1 + i % 12:02}" for i in range(16)]
    years = pd.concat([incidents.assign(Month=month) for month in months])
    years.to_csv(folder / "y.csv", index=False)
    (folder / "u.csv").write_text(csv.replace(",", ";"), encoding="utf-16")
    (folder / "i.csv.gz").write_bytes(gzip.compress(csv.encode(), mtime=0))
    incidents.to_parquet(folder / "i.parquet", index=False)
    points.to_parquet(folder / "g.parquet", index=False)
    incidents.to_excel(folder / "i.xlsx", index=False)
    rows = [list(incidents.columns), *incidents.to_numpy().tolist()]
    cells = {
        place: value if isinstance(value, str) else float(value) for place, value in cells_of(rows).items()
    }
    xlsb(folder / "i.xlsb", cells)
    xls(folder / "i.xls", *(cell(*place, value) for place, value in cells.items()))
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
    for name, text in _TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    _context(folder)
    _database(folder, incidents, wards)


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
            "Crime type": [KINDS[i % 4] for i in range(rows)],
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


def _context(folder: Path) -> None:
    """Write a river, a road and two towns, as maps show them for orientation."""
    shapes = [
        LineString([(WEST, SOUTH + 500), (WEST + 4000, SOUTH + 2500)]),
        LineString([(WEST + 2000, SOUTH), (WEST + 2000, SOUTH + 3000)]),
        Point(WEST + 1500, SOUTH + 1000),
        Point(WEST + 3500, SOUTH + 2500),
    ]
    named = {"name": ["River", "Road", "Town", "Village"], "kind": ["water", "road", "town", "town"]}
    made = gpd.GeoDataFrame(named, geometry=shapes, crs="EPSG:27700")
    write_layer(made, folder / "c.gpkg")
    write_layer(made.to_crs("EPSG:4326"), folder / "c.geojson")
    write_layer(made.tail(2), folder / "c.shp")


def _database(folder: Path, incidents: pd.DataFrame, wards: gpd.GeoDataFrame) -> None:
    """Write a DuckDB file with incidents, wards and a table of odd types."""
    shapes = wards.to_wkb()
    with duckdb.connect(str(folder / "d.duckdb")) as made:
        made.register("rows", incidents.drop(columns="Crime ID"))
        made.register("shapes", shapes)
        made.execute("CREATE TABLE incidents AS SELECT * FROM rows")
        made.execute("CREATE TABLE wards AS SELECT * FROM shapes")
        made.execute(
            "CREATE TABLE odd AS SELECT *, [1, 2] AS list, {'a': 1} AS pair, INTERVAL 1 DAY AS span, "
            "'\\x00'::BLOB AS raw, uuid() AS id, 1e300 AS large, NULL AS nothing FROM rows"
        )


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

_WARDS = [f"E050000{i:02}" for i in range(12)]
_RECORDED = (
    "Financial Year,Financial Quarter,Force_Name,Offence Description,Offence_Code,Number of Offences,"
    "Policeuk_Cat\n"
)

_TABLES = {
    "rates.csv": _RATES,
    "p.toml": _PLAN,
    "r.toml": _RECIPE,
    "pub.toml": _RECIPE.partition("[gistar]")[0] + '[change]\nbefore = "2025-01"\nafter = "2025-02"\n'
    '[map]\n[publish]\nprofile = "documents"\n',
    "classes.csv": "code,kind\n" + "".join(f"{code},{'AB'[i % 2]}\n" for i, code in enumerate(_WARDS)),
    "kinds.csv": "Crime type,people\n" + "".join(f"{kind},{1000 + len(kind)}\n" for kind in KINDS),
    "recorded.csv": _RECORDED
    + "".join(
        f"2024/25,{quarter},{force},{kind},{quarter},{100 * quarter},{kind}\n"
        for quarter in (1, 2)
        for force in ("Kent", "Essex")
        for kind in KINDS[::2]
    ),
    "setting.csv": "theme,impact: harm,likelihood: volume,confidence: evidence\nAll,2,3,1\nBurglary,4,2,1\n",
}
"""Seeds that are small texts, by their names."""
