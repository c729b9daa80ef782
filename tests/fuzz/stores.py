"""The door of databases: files of DuckDB, folders of Parquet, and addresses, some of servers that are not there."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fuzz import mutate, tables, values
from tests.fuzz.inputs import Input, take

# Nobody listens at port 9, which every machine refuses at once.
_SERVER = "postgresql://127.0.0.1:9/county"
_ROWS = (
    "incidents",
    "main.incidents",
    "nothing",
    "odd",
    "SELECT * FROM incidents",
    "SELECT 1",
    "SELECT * FROM incidents; DROP TABLE wards",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * EXCLUDE (Month) FROM incidents",
    "SELECT *, * FROM incidents",
    "SELECT * FROM incidents LIMIT 0",
    "SELECT Easting / 0 AS Easting, Northing, Month FROM incidents",
    "SELECT [Easting] AS Easting, {'a': 1} AS Northing, Month FROM incidents",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 500) SELECT n AS Easting FROM t",
    "(" * 3_000,
    "SELECT",
    '"',
    "",
)
_ADDRESSES = (
    "duckdb:///d.duckdb",
    "duckdb:///none.duckdb#incidents",
    "duckdb:///i.csv#incidents",
    "duckdb://d.duckdb#incidents",
    "duckdb:////#incidents",
    "duckdb:///.#i",
    "duckdb:///d.duckdb?x=1#incidents",
    "duckdb:///d.duckdb?statement_timeout=1us#incidents",
    "duckdb:///d.duckdb?statement_timeout=soon#incidents",
    "duckdb:///%00#incidents",
    "duckdb+x:///d.duckdb#incidents",
    f"{_SERVER}#crime.incidents",
    f"{_SERVER}?connect_timeout=x#crime.incidents",
    f"{_SERVER}?nonsense=1#crime.incidents",
    "postgresql://ann:secret@127.0.0.1:9/county#a",
    "postgresql://127.0.0.1:99999/county#a",
    "postgresql://[::1/county#a",
    "postgresql:///?service=nobody#a",
    "postgres:/",
)


def stores(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """Incidents or areas of a database, or a layer into one: a damaged file, odd rows, or an odd address."""
    take(seeds, folder, "d.duckdb", "i.csv", "w.gpkg", "i.parquet")
    kind = rng.randrange(6)
    address, damaged = "duckdb:///d.duckdb#incidents", "d.duckdb"
    if kind < 2:
        mutate.bytes_of(folder / "d.duckdb", rng)
    elif kind == 2:
        tables.parquet_of(folder / "i.parquet", rng)
        address, damaged = "duckdb:///./#i", "i.parquet"
    elif kind == 3:
        address, damaged = "duckdb:///d.duckdb#" + rng.choice(_ROWS), "rows"
    elif kind == 4:
        address, damaged = rng.choice(_ADDRESSES), "address"
    else:
        text = values.text(rng).replace("\0", "")[:500]
        address, damaged = f"{rng.choice(['duckdb:///', 'duckdb:///d.duckdb#', _SERVER])}{text}", "address"
    words, output = rng.choice(
        [
            (["inspect", address], ""),
            (["count", address, "--areas", "w.gpkg"], "o.geojson"),
            (["count", address, "--areas", "w.gpkg", "--engine", "stream"], "o.geojson"),
            (["count", "i.csv", "--areas", address.replace("incidents", "wards")], "o.geojson"),
            (["count", "i.csv", "--areas", "w.gpkg"], address.replace("incidents", "made")),
            (["count", "i.csv", "--areas", "w.gpkg", "--population-table", address], "o.geojson"),
            (["count", "i.csv", "--areas", "w.gpkg", "--by", "code", "--lookup", address], "o.geojson"),
        ]
    )
    written = "d.duckdb" if "d.duckdb" in output else "" if "://" in output else output
    return Input([*words, *(["-o", output] if output else [])], damaged, output=written)
