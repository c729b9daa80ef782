"""Open layers of points: whatever GDAL reads of GeoJSON, GeoPackage, Shapefile, FlatGeobuf, KML and geodatabases."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from hotspots.base.errors import DataError, FileError
from hotspots.base.files import sha256
from hotspots.base.foreign import reading
from hotspots.base.vector import begins_as, quiet_gdal, refuse_deep_layer
from hotspots.base.wkb import shapes_of
from hotspots.incidents.cells import POINT_TYPES, is_text, point_coordinates, single_points
from hotspots.incidents.columns import ColumnNames, Columns, recognise
from hotspots.incidents.files import Batches, IncidentFile, Roles, numbered, texts_of
from hotspots.incidents.sources import READABLE, Source

_SAMPLE_ROWS = 200


def open_layer(source: Source, named: ColumnNames) -> IncidentFile:
    """Open a layer of points; see `hotspots.incidents.opening.open_incidents`."""
    import pyogrio

    _refuse_disguise(source)
    path = _gdal_path(source)
    with _reading_points(source.name):
        listed = pyogrio.list_layers(path)
    layer = _only_layer(source, [str(name) for name, geometry in listed if geometry is not None])
    with _reading_points(source.name):
        info = pyogrio.read_info(path, layer=layer)
    columns = recognise(list(info["fields"]), named, file=source.name, geometry=True)
    names = list(dict.fromkeys([*columns.dates, *columns.present().values()]))
    with _reading_points(source.name):
        _, head = pyogrio.raw.read_arrow(path, layer=layer, columns=names, max_features=_SAMPLE_ROWS)
    columns = refuse_types(head.schema, columns, source.name)
    read = functools.partial(_read, path=path, layer=layer, geometry=info["geometry_name"] or "wkb_geometry")
    sample = {name: texts_of(_as_text(head.column(name))) for name in names if name in head.column_names}
    return IncidentFile(source, _checksum(source.path), None, columns, info["crs"], read, sample)


@contextmanager
def _reading_points(name: str) -> Iterator[None]:
    """Turn what GDAL and Arrow raise at a layer of points into one error."""
    try:
        with reading(f"'{name}' cannot be read as a layer of points", hint=f"save it as {READABLE}"):
            quiet_gdal()  # files are read in threads, which share filters of warnings: no `reading_only`
            yield
    except FileError as error:
        if not isinstance(error.__cause__, UnicodeDecodeError):
            raise
        raise FileError(
            f"'{name}' cannot be read as a layer of points: the name of one of its columns is not UTF-8",
            hint="save it again with the encoding UTF-8",
        ) from error


def _refuse_disguise(source: Source) -> None:
    """Refuse a file that begins as no file of its ending does: GDAL would open it as whatever it is."""
    if source.path.is_dir():
        return
    if source.member is None:
        with source.path.open("rb") as stream:
            ours = begins_as(stream, source.suffix)
    else:
        with source.open() as stream:
            ours = begins_as(stream, source.suffix)
    if not ours:
        raise FileError(f"'{source.name}' cannot be read as a layer of points", hint=f"save it as {READABLE}")
    if source.member is None:
        refuse_deep_layer(source.path)


def _gdal_path(source: Source) -> str | Path:
    if source.member is None:
        return source.path
    return f"/vsizip/{{{source.path}}}/{source.member.filename}"


def _checksum(path: Path) -> str:
    """Return the SHA-256 of a file, or of the files of a geodatabase, in the order of their names."""
    if not path.is_dir():
        return sha256(path)
    digest = hashlib.sha256()
    for one in sorted(path.iterdir()):
        if one.is_file():
            digest.update(f"{one.name}\0{sha256(one)}\0".encode())
    return digest.hexdigest()


def _read(file: IncidentFile, roles: Roles, *, path: str | Path, layer: str, geometry: str) -> Batches:
    import pyogrio

    names = list(dict.fromkeys(roles.values()))
    with _reading_points(file.source.name):
        _, table = pyogrio.raw.read_arrow(path, layer=layer, columns=names)
    name = file.source.name
    x, y = coordinates_of(shapes_of(table.column(geometry), where=f"'{name}'"), name)
    held = {role: _as_text(table.column(name)) for role, name in roles.items()}
    yield numbered(file, held | {"x": pa.array(x), "y": pa.array(y)}, table.num_rows)


def _as_text(column: Any) -> Any:
    """Return a column whose texts are all UTF-8: a file may say so and hold others, which are then Windows-1252."""
    if not is_text(column.type):
        return column
    with suppress(pa.ArrowInvalid):
        column.validate(full=True)
        return column
    raw = (
        value.as_buffer() if value.is_valid else None
        for chunk in column.chunks
        for value in chunk.cast(pa.binary(), safe=False)
    )
    return pa.chunked_array(
        [pa.array([None if value is None else _decoded(value.to_pybytes()) for value in raw], pa.string())]
    )


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _only_layer(source: Source, spatial: list[str]) -> str:
    if not spatial:
        raise DataError(f"'{source.name}' has no layer with geometries", hint="give a layer of points")
    if len(spatial) > 1:
        listed = ", ".join(f"'{name}'" for name in spatial)
        raise DataError(
            f"'{source.name}' has {len(spatial)} layers ({listed}), and incidents are one",
            hint="save the layer of incidents in a file of its own",
        )
    return spatial[0]


def coordinates_of(geometries: Any, file: str) -> Any:
    """Return the coordinates of geometries; a multipoint of one is a point.

    Raises
    ------
    DataError
        When there are other geometries than points.
    """
    import shapely

    points = single_points(geometries)
    kinds: Iterable[int] = {int(kind) for kind in set(shapely.get_type_id(points).tolist())} - POINT_TYPES
    for kind in sorted(kinds):
        several = " of several points" if kind == 4 else ""
        raise DataError(
            f"'{file}' holds geometries of the type {shapely.GeometryType(kind).name}{several}, "
            "but incidents are points",
            hint="give a layer of points, one for each incident",
        )
    return point_coordinates(points)


def open_parquet(source: Source, named: ColumnNames) -> IncidentFile:
    """Open a Parquet file, with or without point geometries; see `hotspots.incidents.opening.open_incidents`."""
    import pyarrow.parquet as pq

    with reading(f"'{source.name}' is not a Parquet file", hint=f"save it as {READABLE}"):
        schema = pq.read_schema(source.path)
        about = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    twice = [name for name, count in Counter(schema.names).items() if count > 1]
    if twice:
        raise DataError(
            f"'{source.name}' has several columns '{twice[0]}'", hint="give each column a name of its own"
        )
    geometry = str(about.get("primary_column", "")) if isinstance(about, dict) else ""
    if geometry not in schema.names:
        geometry = ""
    columns = recognise(
        [name for name in schema.names if name != geometry], named, file=source.name, geometry=bool(geometry)
    )
    columns = refuse_types(schema, columns, source.name)
    names = list(dict.fromkeys([*columns.dates, *columns.present().values()]))
    with _reading_parquet(source.name):
        with pq.ParquetFile(source.path, pre_buffer=False) as parquet:
            head = next(parquet.iter_batches(_SAMPLE_ROWS, columns=names), None)
        sample = (
            {}
            if head is None
            else {name: texts_of(_plain(head.column(name), schema.field(name))) for name in names}
        )
        crs = _stated_crs(about["columns"][geometry]) if geometry else None
    read = functools.partial(read_parquet, geometry=geometry, groups=None, start=0)
    return IncidentFile(source, sha256(source.path), None, columns, crs, read, sample)


def _reading_parquet(name: str) -> AbstractContextManager[None]:
    return reading(f"'{name}' is damaged: its rows cannot be read", hint="download or export it again")


def _stated_crs(about: dict[str, Any]) -> str | None:
    """Return the reference system that a GeoParquet file states; where it is silent, longitude and latitude."""
    if "crs" not in about:
        return "OGC:CRS84"
    return None if about["crs"] is None else json.dumps(about["crs"])


def refuse_types(schema: Any, columns: Columns, file: str) -> Columns:
    """Refuse columns of lists, structures and the like, which hold no single number or text; do without a force's."""
    types = pa.types
    for role, name in columns.present().items():
        kind = schema.field(name).type
        plain = kind.value_type if types.is_dictionary(kind) else kind
        number = types.is_integer(plain) or types.is_floating(plain) or types.is_decimal(plain)
        fits = number or is_text(plain) or types.is_null(plain)
        if role not in ("x", "y", "x2", "y2", "weight"):
            fits = (
                fits
                or types.is_boolean(plain)
                or types.is_temporal(plain)
                or isinstance(plain, pa.BaseExtensionType)
            )
        if not fits and role == "force":
            columns = replace(columns, force=None)
        elif not fits:
            wanted = "numbers" if role in ("x", "y", "x2", "y2", "weight") else "texts"
            raise DataError(
                f"column '{name}' of '{file}' holds {kind}, not {wanted}",
                hint="name another column, or save this one as plain " + wanted,
            )
    return columns


def read_parquet(
    file: IncidentFile, roles: Roles, *, geometry: str, groups: list[int] | None, start: int
) -> Batches:
    """Read a Parquet file, or some of its row groups, of which the first row is at the position `start`."""
    import numpy as np
    import pyarrow.parquet as pq

    names = list(dict.fromkeys([*([geometry] if geometry else []), *roles.values()]))
    where = file.source.name
    with _reading_parquet(where):
        # Buffered ahead, all row groups that were read would stay in memory to the end.
        parquet = pq.ParquetFile(file.source.path, pre_buffer=False)
    with parquet:
        batches = parquet.iter_batches(1 << 17, row_groups=groups, columns=names)
        while True:
            with _reading_parquet(where):
                batch = next(batches, None)
                if batch is None:
                    return
                held = {
                    role: _plain(batch.column(name), batch.schema.field(name)) for role, name in roles.items()
                }
                x, y = _geometry_coordinates(batch.column(geometry), where) if geometry else ((), ())
            if geometry:
                held |= {"x": pa.array(np.asarray(x)), "y": pa.array(np.asarray(y))}
            table, positions = numbered(file, held, batch.num_rows)
            yield table, positions + start


def _geometry_coordinates(column: Any, file: str) -> Any:
    storage = column.storage if isinstance(column, pa.ExtensionArray) else column
    if pa.types.is_struct(storage.type):
        return tuple(storage.field(axis).to_numpy(zero_copy_only=False) for axis in ("x", "y"))
    return coordinates_of(shapes_of(storage, where=f"'{file}'"), file)


def _plain(column: Any, kind: Any = None) -> Any:
    """Return a column of pandas' periods as the texts of their months, and others as they are."""
    import pandas as pd

    about = {} if kind is None else kind.metadata or {}
    if isinstance(column, pa.ExtensionArray):
        values = column.to_pandas()
    elif about.get(b"ARROW:extension:name") == b"pandas.period":
        # Where pandas has not told Arrow of its periods, they are numbers of them.
        freq = json.loads(about[b"ARROW:extension:metadata"])["freq"]
        periods: Any = pd.PeriodIndex
        ordinals = column.to_pandas().astype("Int64")
        values = pd.Series(periods.from_ordinals(ordinals.fillna(0), freq=freq)).where(ordinals.notna())
    else:
        return column
    return pa.array(values.astype("str").where(values.notna(), None), pa.string())
