"""Points to areas: each tool from arrays of coordinates to the position of each point's area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from benchmarks import locate as pip
from benchmarks.suite import Inputs, Suite


def load_locate(settings: dict[str, Any], folder: Path) -> Inputs:
    """Return areas and points."""
    areas = gpd.read_parquet(folder / f"{settings['areas']}.parquet").geometry.to_numpy()
    points = np.load(folder / f"points-{settings['areas']}.npy", mmap_mode="r")[:, : settings["points"]]
    return {"areas": areas, "x": points[0].copy(), "y": points[1].copy()}


def duckdb_join(given: Inputs) -> Any:
    """Join in DuckDB with its spatial extension, from arrays to positions."""
    import duckdb
    import duckdb_extension_spatial

    folder = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    (extension,) = folder.rglob("spatial.duckdb_extension")
    points = pd.DataFrame({"i": np.arange(len(given["x"])), "x": given["x"], "y": given["y"]})
    areas = pd.DataFrame({"k": np.arange(len(given["areas"])), "g": shapely.to_wkb(given["areas"])})
    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as db:
        db.execute(f"LOAD '{extension}'")
        db.register("p", points)
        db.register("a", areas)
        db.execute("CREATE TABLE polygons AS SELECT k, ST_GeomFromWKB(g) AS g FROM a")
        found = db.execute(
            "SELECT i, k FROM (SELECT i, ST_Point(x, y) AS g FROM p) q JOIN polygons ON ST_Intersects(polygons.g, q.g)"
        ).fetchnumpy()
    return pip.first_owner(len(points), found["i"], found["k"])


def sedonadb_join(given: Inputs) -> Any:
    """Join in SedonaDB, from arrays to positions."""
    import pyarrow as pa
    import sedonadb

    db = sedonadb.connect()
    areas = pa.table({"k": np.arange(len(given["areas"])), "b": pa.array(shapely.to_wkb(given["areas"]))})
    points = pa.table({"i": np.arange(len(given["x"])), "x": given["x"], "y": given["y"]})
    db.create_data_frame(areas).to_view("areas", overwrite=True)
    db.create_data_frame(points).to_view("points", overwrite=True)
    found = pa.table(
        db.sql(
            "SELECT p.i, a.k FROM (SELECT i, ST_Point(x, y) AS g FROM points) p "
            "JOIN (SELECT k, ST_GeomFromWKB(b) AS g FROM areas) a ON ST_Intersects(a.g, p.g)"
        )
    )
    return pip.first_owner(len(points), found.column("i").to_numpy(), found.column("k").to_numpy())


def check_locate(given: Inputs, owner: Any) -> tuple[bool, str]:
    """Compare some points with the plain test of every area whose box holds them."""
    some = np.random.default_rng(0).choice(len(owner), min(5_000, len(owner)), replace=False)
    tree = shapely.STRtree(given["areas"])
    point, area = tree.query(shapely.points(given["x"][some], given["y"][some]))
    holds = shapely.intersects_xy(given["areas"][area], given["x"][some][point], given["y"][some][point])
    truth = pip.first_owner(len(some), point[holds], area[holds])
    wrong = int(np.count_nonzero(owner[some] != truth))
    return wrong == 0, f"{wrong:,} of {len(some):,} points wrong" if wrong else "exact"


LOCATE = Suite(
    "Points to areas", "points",
    {f"{areas} areas, {points:,} points": (points, {"areas": areas, "points": points})
     for areas in ("700", "35000") for points in (1_000, 10_000, 100_000, 1_000_000, 4_000_000, 10_000_000)
     if not (areas == "35000" and points == 10_000_000)},
    (*(f"700 areas, {points:,} points" for points in (1_000, 100_000, 1_000_000)),
     "35000 areas, 1,000,000 points"),
    load_locate,
    {"hotspots": lambda given: pip.by_this_toolkit(given["areas"], given["x"], given["y"]),
     "geopandas sjoin": lambda given: pip.by_sjoin(given["areas"], given["x"], given["y"]),
     "shapely tree": lambda given: pip.by_point_tree(given["areas"], given["x"], given["y"]),
     "shapely contains_xy": lambda given: pip.by_contains_xy(given["areas"], given["x"], given["y"]),
     "sedonadb": sedonadb_join, "duckdb spatial": duckdb_join},
    check_locate, {"duckdb spatial": 1_000_000}, warm={"points": 1_000},
)  # fmt: skip
