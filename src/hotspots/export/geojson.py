"""GeoJSON as RFC 7946 wants it, the same bytes from the same layer."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.crs import WGS84, crs_label, parse_crs, transform_xy
from hotspots.errors import DataError
from hotspots.files import replacing

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

DECIMALS = 7
# Areas to a task, at most: fewer where there are few, so that every thread has its share.
_BLOCK = 2048
_EXPONENT = re.compile(r"-?[0-9.]+e[+-]?[0-9]+")
_quoted: Callable[[str], str] = json.encoder.encode_basestring


def write_geojson(
    layer: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
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
    >>> import geopandas as gpd
    >>> square = shapely.box(400_000, 300_000, 400_100, 300_100)
    >>> layer = gpd.GeoDataFrame({"n": [3]}, geometry=[square], index=["E05000001"], crs="EPSG:27700")
    >>> write_geojson(layer, "-")  # doctest: +ELLIPSIS
    {"type":"FeatureCollection","bbox":[-2.00...,52.597...],"hotspots":{"crs":"EPSG:27700"},"features":[
    {"type":"Feature","id":"E05000001","properties":{"code":"E05000001","n":3},"geometry":{"type":"Polygon",...
    ]}
    """
    text = _geojson(layer, None if str(path) == "-" else Path(path).stem, provenance or {})
    if str(path) == "-":
        sys.stdout.write(text)
        return
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _geojson(layer: gpd.GeoDataFrame, name: str | None, provenance: Mapping[str, Any]) -> str:
    ordered = layer.set_axis(layer.index.astype(str), axis=0).sort_index(kind="stable")
    geometries, crs = ordered.geometry.to_numpy(), parse_crs(ordered.crs)
    threads = os.cpu_count() or 1
    size = max(min(_BLOCK, len(geometries) // (4 * threads)), 1)
    with ThreadPoolExecutor(threads) as pool:
        blocks = [geometries[start : start + size] for start in range(0, len(geometries), size)]
        drawing = pool.map(_draw, blocks, [crs] * len(blocks))
        # Python writes the properties while the threads, mostly in C, draw.
        line, cells = _properties(ordered)
        drawn = list(drawing)
    members = ['"type":"FeatureCollection"']
    if name is not None:
        members.append(f'"name":{to_json(name)}')
    bounds = [sides for _, sides in drawn if not np.isnan(sides).any()]
    if bounds:
        (west, south), (east, north) = np.min(bounds, axis=0)[:2], np.max(bounds, axis=0)[2:]
        sides = np.array([round(float(side), DECIMALS) for side in (west, south, east, north)])
        members.append(f'"bbox":[{",".join(_numerals(sides))}]')
    members.append(f'"hotspots":{to_json({**provenance, "crs": crs_label(layer.crs)})}')
    shapes = itertools.chain.from_iterable(texts for texts, _ in drawn)
    lines = ",\n".join(map(line.__mod__, zip(*cells, shapes, strict=True)))
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
        texts = _numerals(numbers)
    elif isinstance(values.dtype, pd.CategoricalDtype):
        # One text more, for cells that are missing and so have the code -1.
        kinds = np.array([*(_quoted(str(value)) for value in values.cat.categories), "null"], dtype=object)
        return list(kinds[values.cat.codes.to_numpy()])
    else:
        texts = [_quoted(str(value)) for value in values.astype(object).tolist()]
    if not missing.any():
        return texts
    return ["null" if gap else text for text, gap in zip(texts, missing.tolist(), strict=True)]


def _numerals(numbers: npt.NDArray[np.float64]) -> list[str]:
    """Return the shortest decimals that stand for the numbers, none with an exponent."""
    import pyarrow as pa

    # Arrow is five times as quick as Python, and finds the same digits, but leaves ".0" off whole numbers and
    # has exponents below a millionth and from ten to the tenth on.
    texts: list[str] = pa.array(numbers).cast(pa.string()).to_pylist()
    size = np.abs(numbers)
    other = (numbers == np.floor(numbers)) | (size >= 1e10) | (size < 1e-6)
    for position in np.flatnonzero(other).tolist():
        texts[position] = _plain_numeral(repr(float(numbers[position])))
    return texts


def _plain_numeral(text: str) -> str:
    """Return a number's text without exponent: 0.000005 for 5e-06."""
    digits, mark, exponent = text.partition("e")
    if not mark:
        return text
    sign = "-" if digits.startswith("-") else ""
    whole, _, fraction = digits.lstrip("-").partition(".")
    power = int(exponent)
    if power < 0:
        return f"{sign}0.{'0' * (-power - len(whole))}{whole}{fraction}"
    return f"{sign}{whole}{fraction.ljust(power, '0')[:power]}.{fraction[power:] or '0'}"


def _draw(geometries: npt.NDArray[np.object_], crs: CRS) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return each geometry in degrees as JSON text, and the bounds of all; NaN where there is none."""
    shapes, rounded = _in_degrees(geometries, crs)
    bounds = shapely.bounds(shapes)
    kinds = shapely.get_type_id(shapes)
    polygons = (kinds == shapely.GeometryType.POLYGON) | (kinds == shapely.GeometryType.MULTIPOLYGON)
    quick = rounded & polygons & (np.abs(bounds).max(axis=1) <= 360)
    texts = np.full(len(shapes), "null", dtype=object)
    texts[quick] = _polygon_texts(shapes[quick])
    texts[~quick] = [
        # GEOS writes a coordinate within a ten-thousandth of a degree of 0 with an exponent.
        _EXPONENT.sub(lambda found: _plain_numeral(found[0]), text) if text else "null"
        for text in shapely.to_geojson(shapes[~quick]).tolist()
    ]
    return texts.tolist(), shapely.total_bounds(shapes)


def _polygon_texts(shapes: npt.NDArray[np.object_]) -> list[str]:
    """Return polygons of seven decimals as JSON texts."""
    from hotspots._rings import vertices_and_rings
    from hotspots.export._geojson_kernels import UNIT, write_polygons

    coordinates, rings, ring_starts = vertices_and_rings(shapes)
    part_counts = np.maximum(shapely.get_num_geometries(shapes), 1)
    # An area of as many rings as parts has no holes; only the others need to be taken apart.
    holed = np.diff(ring_starts) > part_counts
    ring_counts = np.ones(part_counts.sum(), dtype=np.int64)
    ring_counts[np.repeat(holed, part_counts)] += shapely.get_num_interior_rings(
        shapely.get_parts(shapes[holed])
    )
    text, begins = write_polygons(
        np.rint(coordinates * UNIT).astype(np.int64),
        rings,
        np.concatenate(([0], np.cumsum(ring_counts))),
        np.concatenate(([0], np.cumsum(part_counts, dtype=np.int64))),
        shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON,
    )
    everything, cuts = text.tobytes().decode("ascii"), begins.tolist()
    return [everything[begin:end] for begin, end in itertools.pairwise(cuts)]


def _in_degrees(
    geometries: npt.NDArray[np.object_], crs: CRS
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Return flat geometries in WGS 84, valid where the originals are, wound as RFC 7946 asks; which are rounded."""

    def move(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        # Areas share their borders: each vertex is moved once.
        place, distinct = pd.factorize(np.ascontiguousarray(points).view(np.complex128).ravel())
        moved = transform_xy(distinct.real, distinct.imag, source=crs, target=WGS84)
        return np.column_stack(moved)[place]

    def rounding(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(points, DECIMALS)

    moved = shapely.transform(geometries, lambda points: rounding(move(points)))
    rounded = np.ones(len(moved), dtype=bool)
    broken = np.flatnonzero(~shapely.is_valid(moved) & ~shapely.is_missing(moved))
    if len(broken):
        exact = shapely.transform(geometries[broken], move)
        # Snapping may leave a coordinate one bit beside its decimal; rounding again says it shortly.
        snapped = shapely.transform(shapely.set_precision(exact, 10.0**-DECIMALS), rounding)
        gone = shapely.is_empty(snapped) | ~shapely.is_valid(snapped)
        moved[broken] = np.where(gone, exact, snapped)
        rounded[broken] = ~gone
    moved[shapely.is_empty(moved)] = None
    return np.asarray(shapely.orient_polygons(moved), dtype=object), rounded


def to_json(value: Any) -> str:
    """Return compact JSON with letters kept as they are; numpy scalars, paths and gaps are understood."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [
            _plain(item) for item in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)
        ]
    if isinstance(value, np.generic):
        value = value.item()
    if (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and not math.isfinite(value))
    ):
        return None
    return value if isinstance(value, bool | int | float | str) else str(value)
