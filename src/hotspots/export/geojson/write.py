"""GeoJSON as RFC 7946 wants it, the same bytes from the same layer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hotspots.base.crs import crs_text
from hotspots.base.errors import DataError
from hotspots.base.files import replacing
from hotspots.export.geojson.shapes import DECIMALS, Shapes, draw_shapes
from hotspots.export.geojson.text import numerals, to_json

if TYPE_CHECKING:
    import geopandas as gpd

_quoted: Callable[[str], str] = json.encoder.encode_basestring


def write_geojson(
    layer: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    shapes: Shapes | None = None,
) -> None:
    """Write a layer as GeoJSON: WGS 84, right-hand rule, seven decimals, bounding box.

    Features are sorted by code; each has its code as ``id`` and as the property ``code``. Missing values and
    empty geometries are null. One feature stands on each line, and nothing in the file depends on the clock,
    so that the same layer gives the same bytes.

    Seven decimals are about a centimetre. Where rounding would make a valid polygon invalid, that polygon is
    snapped to the same seven-decimal grid with its topology repaired; what collapses entirely on that grid
    keeps all its decimals.

    Parameters
    ----------
    layer : GeoDataFrame
        Any layer with a CRS; its index is the code. Left unchanged.
    path : path
        The file, or ``"-"`` for standard output.
    provenance : mapping, optional
        Where the layer comes from. It becomes the foreign member ``hotspots``, which always holds ``crs``,
        the layer's own reference system.
    overwrite : bool, default False
        Whether an existing file may be replaced.
    shapes : Shapes, optional
        What `draw_shapes` made of this layer, or of another with the same geometries in the same order; it
        spares drawing them again.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    DataError
        When a column holds an infinite number, which JSON cannot say.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> square = shapely.box(400_000, 300_000, 400_100, 300_100)
    >>> layer = gpd.GeoDataFrame({"n": [3]}, geometry=[square], index=["E05000001"], crs="EPSG:27700")
    >>> write_geojson(layer, "-")  # doctest: +ELLIPSIS
    {"type":"FeatureCollection","bbox":[-2.00...,52.597...],"hotspots":{"crs":"EPSG:27700"},"features":[
    {"type":"Feature","id":"E05000001","properties":{"code":"E05000001","n":3},"geometry":{"type":"Polygon",...
    ]}
    """
    text = _geojson(layer, None if str(path) == "-" else Path(path).stem, provenance or {}, shapes)
    if str(path) == "-":
        sys.stdout.write(text)
        return
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _geojson(
    layer: gpd.GeoDataFrame, name: str | None, provenance: Mapping[str, Any], shapes: Shapes | None
) -> str:
    codes = layer.index.astype(str)
    order = codes.argsort(kind="stable")
    with ThreadPoolExecutor(1) as beside:
        # Python writes the properties while other threads, mostly in C, draw.
        drawing = beside.submit(lambda: shapes or draw_shapes(layer))
        line, cells = _properties(layer.set_axis(codes, axis=0).take(order))
        drawn = drawing.result()
    members = ['"type":"FeatureCollection"']
    if name is not None:
        members.append(f'"name":{to_json(name)}')
    if not np.isnan(drawn.bounds).any():
        sides = np.array([round(float(side), DECIMALS) for side in drawn.bounds])
        members.append(f'"bbox":[{",".join(numerals(sides))}]')
    members.append(f'"hotspots":{to_json({**provenance, "crs": crs_text(layer.crs)})}')
    geometries = map(drawn.texts.__getitem__, order.tolist())
    lines = ",\n".join(map(line.__mod__, zip(*cells, geometries, strict=True)))
    return "".join(("{", ",".join(members), ',"features":[\n', lines, "\n" if lines else "", "]}\n"))


def _properties(layer: gpd.GeoDataFrame) -> tuple[str, list[list[str]]]:
    """Return a pattern for one feature, and the columns of texts that fill it, but for the last: the geometry."""
    codes = list(map(_quoted, layer.index.tolist()))
    columns = [column for column in layer.columns if column not in ("code", layer.geometry.name)]
    cells = [_cells(layer[column], str(column)) for column in columns]
    names = "".join(",{}:%s".format(to_json(str(column)).replace("%", "%%")) for column in columns)
    pattern = f'{{"type":"Feature","id":%s,"properties":{{"code":%s{names}}},"geometry":%s}}'
    return pattern, [codes, codes, *cells]


def _cells(values: pd.Series[Any], name: str) -> list[str]:
    """Return a column's cells as JSON texts."""
    missing = values.isna().to_numpy()
    texts: list[str]
    if pd.api.types.is_bool_dtype(values.dtype):
        texts = ["true" if value is True else "false" for value in values.fillna(False).astype(bool).tolist()]
    elif pd.api.types.is_integer_dtype(values.dtype):
        texts = [str(value) for value in values.fillna(0).astype("int64").tolist()]
    elif pd.api.types.is_float_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        if np.isinf(numbers).any():
            raise DataError(
                f"column '{name}' holds an infinite number, which GeoJSON cannot say",
                hint="replace it with a missing value first",
            )
        texts = numerals(numbers)
    elif isinstance(values.dtype, pd.CategoricalDtype):
        # One text more, for cells that are missing and so have the code -1.
        kinds = np.array([*(_quoted(str(value)) for value in values.cat.categories), "null"], dtype=object)
        return list(kinds[values.cat.codes.to_numpy()])
    else:
        texts = [_quoted(str(value)) for value in values.astype(object).tolist()]
    if not missing.any():
        return texts
    return ["null" if gap else text for text, gap in zip(texts, missing.tolist(), strict=True)]
