"""GeoPackage for QGIS: every layer in its own metres, the same bytes from the same layers."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.base.columns import COLUMNS
from hotspots.base.crs import require_metres
from hotspots.base.errors import ParameterError
from hotspots.base.files import replacing
from hotspots.export.formats.table import plain_table, with_names
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd

_MOST = 1_990  # columns, beside those that GDAL adds: SQLite has 2,000
_RESERVED = ("fid", "geom")  # what GDAL calls the key and the geometry of a row

# Stands in every "last change" of the file, which would otherwise hold the clock.
_FIXED_DATE = "2000-01-01T00:00:00.000Z"

_SCHEMA_EXTENSION = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
"""
_SCHEMA_URL = "http://www.geopackage.org/spec121/#extension_schema"


def write_geopackage(
    layers: Mapping[str, gpd.GeoDataFrame],
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write named layers into one GeoPackage 1.2, each in its own projected CRS.

    Rows are sorted by code, which becomes the column ``code``. The columns that this toolkit defines carry
    their label and meaning (the GeoPackage schema extension), which QGIS shows as alias and comment. The date
    of change is fixed, so that the same layers give the same bytes. A column whose name a GeoPackage keeps for
    itself (``fid``, ``geom``), or which differs from another's in case alone, gets a number, and that is said.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        Layer name to layer. Left unchanged.
    path : path
        The file.
    provenance : mapping, optional
        Where the layers come from: kept as JSON in the file's metadata, under ``HOTSPOTS``.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    ParameterError
        When there is no layer.
    CRSError
        When a layer has no CRS or one that is not in metres.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    if not layers:
        raise ParameterError("there is no layer to write", hint="pass at least one, as in {'wards': wards}")
    for name, layer in layers.items():
        require_metres(layer.crs, what=f"the areas of layer '{name}'")
    with replacing(path, overwrite=overwrite) as draft:
        append_layers(layers, draft, provenance=provenance)


def append_layers(
    layers: Mapping[str, gpd.GeoDataFrame], draft: Path, *, provenance: Mapping[str, Any] | None = None
) -> None:
    """Write named layers into a file that nobody reads yet, beside those that it holds."""
    with _as_ever():
        for name, layer in layers.items():
            _write_layer(layer, draft, name, provenance)
        _describe_columns(draft, layers)


def _write_layer(
    layer: gpd.GeoDataFrame, draft: Path, name: str, provenance: Mapping[str, Any] | None
) -> None:
    import pyogrio

    first = not draft.exists()
    metadata = {"HOTSPOTS": to_json(provenance)} if first and provenance else None
    pyogrio.write_dataframe(
        with_names(plain_table(layer), "a GeoPackage", most=_MOST, reserved=_RESERVED),
        draft,
        layer=name,
        driver="GPKG",
        append=not first,
        promote_to_multi=True,
        dataset_options={"VERSION": "1.2"} if first else None,
        dataset_metadata=metadata,
    )


@contextmanager
def _as_ever() -> Iterator[None]:
    """Write the same bytes whatever the clock and the user's settings of GDAL and SQLite say."""
    import pyogrio

    ours = {"OGR_CURRENT_DATE": _FIXED_DATE, "OGR_SQLITE_PRAGMA": ""}
    before = {name: pyogrio.get_gdal_config_option(name) for name in ours}
    pyogrio.set_gdal_config_options(ours)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _describe_columns(draft: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    rows = []
    for name, layer in layers.items():
        for column in ("code", *layer.columns):
            known = COLUMNS.get(str(column))
            if known is not None:
                unit = f" ({known.unit})" if known.unit else ""
                rows.append((name, known.name, known.label + unit, known.meaning))
    with closing(sqlite3.connect(draft)) as database, database:
        database.executescript(_SCHEMA_EXTENSION)
        database.executemany(
            "INSERT OR IGNORE INTO gpkg_data_columns (table_name, column_name, name, title, description) "
            "VALUES (?, ?, ?, ?, ?)",
            [(table, column, column, title, meaning) for table, column, title, meaning in rows],
        )
        database.execute(
            "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) "
            "SELECT 'gpkg_data_columns', NULL, 'gpkg_schema', ?, 'read-write' "
            "WHERE NOT EXISTS (SELECT 1 FROM gpkg_extensions WHERE extension_name = 'gpkg_schema')",
            (_SCHEMA_URL,),
        )
