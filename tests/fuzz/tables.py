"""Tables and layers that are sound files with unsound content: columns of odd types, impossible shapes."""

from __future__ import annotations

import datetime
import decimal
import random
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from shapely import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon
from tests.fuzz import values
from tests.fuzz.town import SOUTH, WEST, write_layer

_GEO = (b"", b"{}", b"[]", b"1", b'{"primary_column": "Month"}', b'{"columns": {}}', b"\xff", b"[" * 5000)
_NAMES = ("n", "rate", "rank", "name", "code", "population", "months", "fid", "x" * 300, "İ")


def parquet_of(path: Path, rng: random.Random) -> None:
    """Give one column of a Parquet file another type, another name or other values."""
    table = pq.read_table(path)
    at = rng.randrange(table.num_columns)
    name = table.column_names[at]
    kind = rng.randrange(8)
    if kind == 0:
        table = table.drop_columns([name])
    elif kind == 1:
        table = table.rename_columns(
            [values.text(rng)[:80] if one == name else one for one in table.column_names]
        )
    elif kind == 2:
        table = table.append_column(name, table.column(rng.randrange(table.num_columns)))
    elif kind == 3:
        table = table.slice(0, rng.choice([0, 1, 3]))
    elif kind == 4:
        about = dict(table.schema.metadata or {})
        about[b"geo"] = rng.choice(
            [
                b"",
                b"{}",
                b"[]",
                b"1",
                b'{"primary_column": "Month"}',
                b'{"columns": {}}',
                b"\xff",
                b"[" * 5000,
            ]
        )
        table = table.replace_schema_metadata(about)
    else:
        table = table.set_column(at, name, _odd_column(table.num_rows, rng))
    pq.write_table(
        table,
        path,
        row_group_size=rng.choice([7, 1000]),
        compression=rng.choice(["snappy", "gzip", "zstd", "none"]),
    )


def _odd_column(rows: int, rng: random.Random) -> Any:
    day = datetime.datetime(2025, 1, 2, 3)
    made: list[Any] = rng.choice(
        [
            [[1.0, 2.0]] * rows,
            [{"a": 1}] * rows,
            [day] * rows,
            [day.date()] * rows,
            [day.time()] * rows,
            [datetime.timedelta(1)] * rows,
            [decimal.Decimal("52.80")] * rows,
            [b"\xff\xfe"] * rows,
            [True] * rows,
            [None] * rows,
            [float("nan")] * rows,
            [values.text(rng)] * rows,
            [f"{number}" for number in range(rows)],
            [1e308] * rows,
            [[("a", 1)]] * rows,
            list(range(rows)),
        ]
    )
    column = (
        pa.array(made, pa.map_(pa.string(), pa.int64())) if made and made[0] == [("a", 1)] else pa.array(made)
    )
    if rng.random() < 0.3 and not pa.types.is_nested(column.type) and not pa.types.is_null(column.type):
        column = column.dictionary_encode()
    return column


def layer_of(table: gpd.GeoDataFrame, path: Path, rng: random.Random) -> None:
    """Write a layer with impossible shapes, other reference systems, or columns of odd names and values."""
    table = table.copy()
    kind = rng.randrange(7)
    if kind < 3:
        shape = rng.choice(_shapes(rng))
        some = rng.choice([slice(0, 1), slice(None), slice(2, 4)])
        shapes = table.geometry.to_numpy().copy()
        shapes[some] = shape
        table = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))
    elif kind == 3:
        crs = rng.choice(
            [None, "EPSG:4326", "EPSG:3857", "EPSG:32630", "EPSG:29903", "EPSG:4978", "EPSG:27700"]
        )
        table = table.set_crs(crs, allow_override=True)
    elif kind == 4:
        name = rng.choice([one for one in table.columns if one != "geometry"])
        table[name] = _odd_values(len(table), rng)
    elif kind == 5:
        name = rng.choice([one for one in table.columns if one != "geometry"])
        table = table.rename(columns={name: rng.choice(_NAMES)})
    elif rng.random() < 0.4:
        table = table.head(rng.randrange(2))
    else:
        table = pd.concat([table] * rng.choice([2, 3])).reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path.unlink(missing_ok=True)
        table.to_parquet(path) if path.suffix == ".parquet" else write_layer(table, path)


def _odd_values(rows: int, rng: random.Random) -> Any:
    choices: list[Any] = [
        [values.text(rng)[:200].replace("\0", "")] * rows,
        [rng.choice(values.NUMBERS[:9]) for _ in range(rows)],
        [None] * rows,
        [True] * rows,
        [f"{number}" for number in range(rows)],
        [float("nan"), *range(rows - 1)][:rows],
        [1e308] * rows,
        [-1.5] * rows,
        [pd.Timestamp("2025-01-02")] * rows,
        [float("inf")] * rows,
    ]
    return rng.choice(choices)


def _shapes(rng: random.Random) -> list[Any]:
    x, y = WEST + rng.uniform(0, 3000), SOUTH + rng.uniform(0, 2000)
    turn = np.linspace(0, 2 * np.pi, rng.choice([5, 50, 400]))
    star = np.column_stack([x + 900 * np.cos(turn * 7 % 6.28), y + 900 * np.sin(turn * 5 % 6.28)])
    return [
        None,
        Polygon(),
        Point(),
        Point(x, y),
        Point(float("nan"), y),
        Point(x, 1e300),
        Point(0, 0),
        MultiPoint([(x, y)]),
        MultiPoint([(x, y), (x + 1, y)]),
        LineString([(x, y), (x + 100, y)]),
        GeometryCollection([Point(x, y)]),
        GeometryCollection([shapely.box(x, y, x + 500, y + 500), Point(x, y)]),
        Polygon([(x, y), (x + 500, y + 500), (x + 500, y), (x, y + 500)]),
        Polygon(star),
        Polygon([(x, y)] * 4),
        Polygon([(x, y), (x + 500, y), (x + 1000, y)]),
        Polygon([(x, y), (x + 500, y), (x, float("nan"))]),
        Polygon([(x, y), (x + 1e9, y), (x, y + 1e9)]),
        Polygon([(x, y, 1), (x + 500, y, 2), (x, y + 500, 3)]),
        MultiPolygon([shapely.box(x, y, x + 500, y + 500), shapely.box(x + 100, y, x + 600, y + 500)]),
        shapely.box(WEST - 5000, SOUTH - 5000, WEST + 9000, SOUTH + 9000),
        shapely.box(-3, 52, -2, 53),
    ]
