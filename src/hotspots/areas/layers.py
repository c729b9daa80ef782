"""Find a boundary layer, read it, and make sure that its coordinates are what its label says."""

from __future__ import annotations

import json
import logging
import os
import warnings
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.base.crs import (
    BRITISH_NATIONAL_GRID,
    WGS84,
    WORST_SCALE,
    crs_label,
    crs_text,
    parse_crs,
    require_scale,
    suggested_crs,
    transform_xy,
    worst_scale,
)
from hotspots.base.database.address import Address, is_address, parse_address
from hotspots.base.database.rows import read_layer_rows
from hotspots.base.errors import (
    CRSError,
    DataError,
    FileError,
    HotspotsWarning,
    ParameterError,
    did_you_mean,
    listed,
)
from hotspots.base.foreign import reading
from hotspots.base.limits import SMALL, refuse_deep_json
from hotspots.base.named import all_named, find_named, not_fetched
from hotspots.base.tables import is_cells
from hotspots.base.vector import FORMATS, check_vector, points_elsewhere, reading_only, was_cut_off

log = logging.getLogger(__name__)

Source: TypeAlias = "str | os.PathLike[str] | gpd.GeoDataFrame"

_PARQUET = (".parquet", ".geoparquet")


def describe(source: Source) -> str:
    """Return how messages name a source: the file in quotes, or "the layer"."""
    if isinstance(source, gpd.GeoDataFrame):
        return "the layer"
    if is_address(source):
        return f"'{parse_address(str(source)).label}'"
    return "standard input" if str(source) == "-" else f"'{source}'"


def open_layer(source: Source, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a layer of polygons as its file has it, with the geometry column named ``geometry``.

    Parameters
    ----------
    source : path, str or GeoDataFrame
        A file, the address of rows in a database, the id of a bundled layer, or a layer already read. A named index
        becomes a column.
    layer : str, optional
        The layer of a file that holds several.

    Raises
    ------
    FileError
        When there is no such file or bundled layer, or the file is not a layer.
    ParameterError
        When the file holds several polygon layers and none, or an unknown one, is chosen.
    DataError
        When the layer is empty or not made of polygons.
    """
    if isinstance(source, gpd.GeoDataFrame):
        table = _with_index(source)
    elif is_address(source):
        table, _ = read_layer_rows(layer_address(str(source), layer))
    else:
        path, layer = _locate(source, layer)
        check_vector(path)
        table = _read_parquet(path) if path.suffix.lower() in _PARQUET else _read_vector(path, layer)
        if was_cut_off(path):
            warnings.warn(
                f"{describe(source)} says that its service sent only the first {len(table):,} of its areas "
                "(exceededTransferLimit)",
                HotspotsWarning,
                stacklevel=3,
            )
    return check_polygons(table, describe(source))


def open_features(path: Path) -> dict[str, gpd.GeoDataFrame]:
    """Return all layers of a file by their names, whatever their shapes, each geometry column named ``geometry``.

    Raises
    ------
    FileError
        When there is no such file, it is not what its name promises, or holds no layer with shapes.
    """
    import pyogrio

    if not path.exists():
        raise FileError(f"there is no file '{path}'", hint="check the spelling and the folder")
    check_vector(path)
    if path.suffix.lower() in _PARQUET:
        tables = {path.stem: _read_parquet(path)}
    else:
        with reading_only(), _reading_layer(path):
            names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        tables = {name: _read_vector(path, name) for name in names}
    found = {name: table for name, table in tables.items() if isinstance(table, gpd.GeoDataFrame)}
    if not found:
        raise FileError(f"'{path}' holds no layer with shapes", hint=f"give {FORMATS}")
    return {
        name: table if table.geometry.name == "geometry" else table.rename_geometry("geometry")
        for name, table in found.items()
    }


def layer_address(source: str, layer: str | None) -> Address:
    """Return what an address means; a layer that is named beside it is its table, where it names none itself."""
    address = parse_address(source)
    return address if address.rows or layer is None else address.with_rows(layer)


def read_geojson_bytes(text: bytes, *, where: str) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return the layer in a GeoJSON text, and its foreign member ``hotspots`` (empty where it has none)."""
    import pyogrio

    if not text.strip():
        raise FileError(
            f"{where} is empty, but a GeoJSON layer was needed",
            hint="check the step that should have written it",
        )
    refuse_deep_json(text, where=where)
    if points_elsewhere(text):
        raise FileError(f"{where} points to other files", hint=f"give {FORMATS} of areas")
    with reading_only(), reading(f"{where} is not GeoJSON", hint=f"give {FORMATS} of areas"):
        content = json.loads(text)
        table = pyogrio.read_dataframe(text, on_invalid="ignore")
    member = content.get("hotspots") if isinstance(content, dict) else None
    return check_polygons(table, where), dict(member) if isinstance(member, dict) else {}


def check_polygons(table: pd.DataFrame, where: str) -> gpd.GeoDataFrame:
    """Return the table with its geometry column named ``geometry``, once it is sure to hold polygons only."""
    if not isinstance(table, gpd.GeoDataFrame) or table._geometry_column_name not in table.columns:
        raise FileError(
            f"{where} holds a table without geometry, but areas are polygons",
            hint=f"give {FORMATS} of areas",
        )
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise DataError(
            f"{where} has several columns '{twice[0]}'", hint="give each column a name of its own"
        )
    if table.empty:
        raise DataError(f"{where} holds no areas", hint="check that the layer was exported with its features")
    kinds = shapely.get_type_id(table.geometry.to_numpy())
    other = ~np.isin(kinds, (-1, 3, 6))
    if other.any():
        first = table.geometry.iloc[int(np.argmax(other))].geom_type
        raise DataError(
            f"{where} holds geometries that are not polygons "
            f"({int(other.sum()):,} of {len(table):,}, first a {first})",
            hint="give the layer of areas themselves; incidents go to read_incidents",
        )
    return table if table.geometry.name == "geometry" else table.rename_geometry("geometry")


def label_crs(table: gpd.GeoDataFrame, crs: Any) -> gpd.GeoDataFrame:
    """Return a layer under the reference system that the caller knows it to have, whatever it says itself."""
    return table if crs is None else table.set_crs(parse_crs(crs), allow_override=True)


def check_coordinates(
    table: gpd.GeoDataFrame, target: Any, *, where: str, option: str | None = None
) -> gpd.GeoDataFrame:
    """Make sure that a layer's coordinates fit its CRS, and its place the CRS to compute in.

    A layer fits when its centre lies in the area of use of `target` and its edges at most 3 degrees outside.
    Where it fits only with its two coordinates exchanged, they are, with a warning.

    Parameters
    ----------
    table : GeoDataFrame
        The layer as its file has it.
    target : anything that pyproj takes
        The CRS to compute in.
    where : str
        The layer, as messages name it.
    option : str, optional
        What says the layer's true CRS, for hints.

    Returns
    -------
    GeoDataFrame
        The layer.

    Raises
    ------
    CRSError
        When the layer has no CRS, when coordinates labelled degrees are metres or the reverse, or when the
        layer lies in a part of the world that `target` does not serve, or in which its scale is off.
    """
    bounds = shapely.total_bounds(table.geometry.to_numpy())
    span = f"x {bounds[0]:,.6g} to {bounds[2]:,.6g}, y {bounds[1]:,.6g} to {bounds[3]:,.6g}"
    degrees = bool(np.all(np.abs(bounds) <= 180.001))
    likely = WGS84 if degrees else BRITISH_NATIONAL_GRID
    if where == "the layer":
        way = f"give layer.set_crs('{likely}', allow_override=True)"
    else:
        way = f"say it with '{option}', such as '{likely}'" if option else "save it with its true system"
    if table.crs is None:
        raise CRSError(f"{where} has no coordinate reference system (its coordinates: {span})", hint=way)
    if table.crs.is_geographic != degrees:
        unit, needed = ("metres", "degrees") if table.crs.is_geographic else ("degrees", "metres")
        raise CRSError(
            f"{where} is labelled {crs_label(table.crs)}, in {needed}, "
            f"but its coordinates look like {unit} ({span})",
            hint=way,
        )
    goal = parse_crs(target)
    misfit = _misfit(bounds, table.crs, goal)
    if misfit is None:
        return table
    if _misfit(bounds[[1, 0, 3, 2]], table.crs, goal) is None:
        warnings.warn(
            f"{where} has its two coordinates the wrong way round (latitude first): they were exchanged",
            HotspotsWarning,
            stacklevel=3,
        )
        swapped = shapely.transform(table.geometry.to_numpy(), lambda points: points[:, ::-1])
        return table.set_geometry(type(table.geometry)(swapped, index=table.index, crs=table.crs))
    place, suggestion = misfit
    if not place:
        raise CRSError(
            f"the coordinates of {where} are impossible in {crs_label(table.crs)} ({span})", hint=way
        )
    fits = f"a system in metres that fits, such as '{suggestion}'"
    # Only what counts in areas chooses a system; a layer that is read on has the one it was counted in.
    raise CRSError(
        f"{where} lies at {place}", hint=f"set 'crs' to {fits}" if option else f"give a layer in {fits}"
    )


def check_scale(layer: gpd.GeoDataFrame, *, what: str = "areas") -> None:
    """Make sure that distances can be measured where a projected layer lies; see `require_scale`."""
    require_scale(layer.crs, shapely.total_bounds(layer.geometry.to_numpy()), what=what)


def _misfit(bounds: Any, crs: Any, target: Any) -> tuple[str, str] | None:
    """Return where bounds lie that `target` does not serve, and what would; None where it does."""
    x, y = transform_xy(bounds[[0, 0, 2, 2]], bounds[[1, 3, 1, 3]], source=crs, target=WGS84)
    if not np.isfinite([x, y]).all() or np.abs(y).max() > 90.001:
        return "", ""
    served = target.area_of_use
    if served is None:
        return None
    west, east, south, north = x.min(), x.max(), y.min(), y.max()
    lon, lat = (west + east) / 2, (south + north) / 2
    central = served.west <= lon <= served.east and served.south <= lat <= served.north
    beyond = max(served.west - west, east - served.east, served.south - south, north - served.north)
    if central and beyond <= 3:
        return None
    place = (
        f"longitude {west:.2f} to {east:.2f} and latitude {south:.2f} to {north:.2f}, but {crs_label(target)} "
        f"serves longitude {served.west:.2f} to {served.east:.2f} and "
        f"latitude {served.south:.2f} to {served.north:.2f}"
    )
    return place, suggested_crs(lon, lat)


def computing_crs(table: gpd.GeoDataFrame) -> str:
    """Return the system to compute in, for a layer that comes without an option to choose one.

    Its own where that measures distances, else British National Grid or the UTM zone of its place.
    """
    bounds = shapely.total_bounds(table.geometry.to_numpy())
    if table.crs is None or not np.isfinite(bounds).all():
        return BRITISH_NATIONAL_GRID
    own = parse_crs(table.crs)
    if own.is_projected and own.axis_info[0].unit_name == "metre" and worst_scale(own, bounds) <= WORST_SCALE:
        return crs_text(own)
    lon, lat = transform_xy(
        [(bounds[0] + bounds[2]) / 2], [(bounds[1] + bounds[3]) / 2], source=own, target=WGS84
    )
    if not np.isfinite([lon[0], lat[0]]).all():
        return BRITISH_NATIONAL_GRID
    chosen = suggested_crs(float(lon[0]), float(lat[0]))
    if chosen != BRITISH_NATIONAL_GRID:
        log.info("Computing in %s, which fits the place", chosen)
    return chosen


def _with_index(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the layer with the index as a column, where it may hold codes."""
    name = layer.index.name
    if name is None and not pd.api.types.is_integer_dtype(layer.index.dtype):
        name = "code"
    if name is None or name in layer.columns:
        return layer.reset_index(drop=True)
    return layer.rename_axis(name).reset_index()


def named_attribution(source: object) -> str:
    """Return the words that a bundled or fetched layer must carry; empty for any other source."""
    if not isinstance(source, str) or Path(source).exists():
        return ""
    named = find_named(source)
    return "" if named is None else named.attribution


def _locate(source: str | os.PathLike[str], layer: str | None) -> tuple[Path, str | None]:
    path = Path(source)
    if path.exists():
        return path, layer
    named = find_named(str(source))
    if named is None:
        ids = [entry.id for entry in all_named("areas")]
        if fetch := not_fetched(str(source)):
            raise FileError(f"there is no file '{source}', and no layer of that name was fetched", hint=fetch)
        if path.suffix or len(path.parts) > 1:
            hint = "check the spelling and the folder, or name a bundled layer: " + ", ".join(
                f"'{known}'" for known in ids
            )
            raise FileError(f"there is no file '{source}'", hint=hint)
        raise FileError(
            f"'{source}' is neither a file nor a bundled layer", hint=did_you_mean(str(source), ids)
        )
    if named.kind != "areas":
        raise FileError(
            f"'{source}' is a {named.place} file of {named.holds}, but areas were needed",
            hint="give it as 'population_table'" if named.kind == "table" else f"give it as '{named.kind}'",
        )
    return named.path, layer or named.layer


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _reading_layer(path):
        schema = pq.read_schema(path)
        places = json.loads((schema.metadata or {}).get(b"geo", b"{}")).get("columns", {})
        raw = [field.name for field in schema if field.name not in places and not is_cells(field.type)]
        kept = [name for name in schema.names if name not in raw]
        table: pd.DataFrame = gpd.read_parquet(path, columns=kept if raw else None)
        # Arrow takes any bytes for text, and breaks where they are first looked at.
        held: list[Any] = [table.index, *(column for _, column in table.items())]
        for values in held:
            if values.dtype == "str":
                pa.array(values.array).validate(full=True)
    if raw:
        log.info("'%s': left out as columns of bytes, lists or structures: %s", path, listed(raw))
    return table


def _read_vector(path: Path, layer: str | None) -> pd.DataFrame:
    import pyogrio

    with reading_only(), _reading_layer(path):
        chosen = _choose_layer(path, layer, pyogrio.list_layers(path))
        try:
            table: pd.DataFrame = pyogrio.read_dataframe(path, layer=chosen, on_invalid="ignore")
        except UnicodeDecodeError as error:
            if path.suffix.lower() not in (".shp", ".zip", ".shz"):
                raise FileError(
                    f"'{path}' holds text that is not UTF-8, as its format has to", hint="export it again"
                ) from error
            # A Shapefile says its encoding in a file of its own, which often is wrong.
            table = pyogrio.read_dataframe(path, layer=chosen, on_invalid="ignore", encoding="cp1252")
            log.info("'%s' says that its text is UTF-8, but it is not: read as Windows-1252", path)
        return table


def read_provenance(path: Path) -> dict[str, Any]:
    """Return the record that the toolkit wrote into a GeoPackage; empty where it holds none."""
    import pyogrio

    with reading_only(), _reading_layer(path):
        first = pyogrio.list_layers(path)[
            0, 0
        ]  # the record is the file's: naming a layer keeps GDAL from choosing
        held = pyogrio.read_info(path, layer=first).get("dataset_metadata") or {}
    try:
        record = json.loads(held.get("HOTSPOTS", "{}"))
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _reading_layer(path: Path) -> AbstractContextManager[None]:
    """Turn what GDAL, Arrow and shapely raise at a layer of areas into one error."""
    # A damaged number may ask for any memory; a layer that needs much is large itself.
    small = path.exists() and path.stat().st_size < SMALL
    return reading(
        f"'{path}' is not a layer that can be read", hint=f"give {FORMATS} of areas", damaged=small
    )


def _choose_layer(path: Path, layer: str | None, listed: Any) -> str | None:
    names = [str(name) for name, _ in listed]
    if layer is not None:
        if layer not in names:
            raise ParameterError(f"'{path}' has no layer '{layer}'", hint=did_you_mean(layer, names))
        return layer
    if len(names) == 1:
        return names[0]
    polygons = [str(name) for name, kind in listed if "Polygon" in str(kind) or kind == "Unknown"]
    if len(polygons) > 1:
        shown = ", ".join(f"'{name}'" for name in polygons)
        raise ParameterError(
            f"'{path}' holds {len(polygons)} layers of areas: {shown}", hint="choose one with 'layer'"
        )
    if not polygons:
        raise DataError(f"'{path}' holds no layer of polygons", hint=f"give {FORMATS} of areas")
    log.info("Layer '%s' of '%s' (the only one of polygons; choose another with 'layer')", polygons[0], path)
    return polygons[0]
