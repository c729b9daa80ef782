"""Open the rows that an address names, whichever database has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from hotspots.base.database.address import Address
from hotspots.base.errors import CRSError, DataError, FileError
from hotspots.base.wkb import shapes_of

if TYPE_CHECKING:
    import geopandas as gpd


class Rows(Protocol):
    """The rows of one table or SELECT, open for reading."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns but those of geometry."""

    @property
    def geometries(self) -> tuple[str, ...]:
        """The columns of geometry."""

    def kind(self, column: str) -> Any:
        """Return the Arrow type that the values of a column are to have; None: as they come."""

    def batches(self, columns: Sequence[str], *, most: int | None = None) -> Iterator[pa.Table]:
        """Yield the rows of some columns, or the first of them; geometries as well-known binary."""

    def number(self) -> int:
        """Return how many rows there are."""

    def crs(self, geometry: str) -> Any:
        """Return the reference system of a column of geometries; None where it is not known."""

    def comment(self) -> str:
        """Return what the database says of the table."""


@contextmanager
def open_rows(address: Address) -> Iterator[Rows]:
    """Open the rows that an address names, for reading alone, as they stand at one moment.

    Raises
    ------
    FileError
        When the database cannot be reached or opened, or the package that reads it is not installed.
    ParameterError
        When there is no such table, or the SELECT is not understood, or is more than one statement.
    """
    if address.kind == "postgresql":
        from hotspots.base.database.postgres import open_postgres

        with open_postgres(address) as rows:
            yield rows
    else:
        from hotspots.base.database.duck import open_duckdb

        with open_duckdb(address) as found:
            yield found


def only_geometry(rows: Rows, address: Address) -> str | None:
    """Return the column of geometries; None where there is none.

    Raises
    ------
    DataError
        When there are several.
    """
    if len(rows.geometries) > 1:
        raise DataError(
            f"'{address.label}' has {len(rows.geometries)} columns of geometry: "
            + ", ".join(f"'{name}'" for name in rows.geometries),
            hint="choose one with a SELECT behind the #, such as 'SELECT code, name, geom FROM ...'",
        )
    return rows.geometries[0] if rows.geometries else None


def one_srid(geometries: Any, address: Address) -> None:
    """Make sure that geometries are all of one reference system.

    Raises
    ------
    CRSError
        When they are not.
    """
    import shapely

    held = np.unique(shapely.get_srid(geometries[~shapely.is_missing(geometries)]))
    if len(held) > 1:
        raise CRSError(
            f"'{address.label}' holds geometries of several reference systems (SRID "
            + ", ".join(str(srid) for srid in held.tolist())
            + ")",
            hint="bring them to one with a SELECT behind the #, such as "
            "'SELECT code, name, ST_Transform(geom, 27700) AS geom FROM ...'",
        )


def read_layer_rows(address: Address) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return a table or SELECT as a layer with all its columns, and the record that the toolkit wrote with it.

    Raises
    ------
    FileError
        When a geometry is not one.
    DataError
        When there is no column of geometries, or there are several.
    CRSError
        When the geometries are of several reference systems.
    """
    import geopandas as gpd
    import shapely

    with open_rows(address) as rows:
        geometry = only_geometry(rows, address)
        if geometry is None:
            raise DataError(
                f"'{address.label}' has no column of geometry, but areas are polygons",
                hint="name the table that has it, or join it in a SELECT behind the #",
            )
        tables = list(rows.batches([*rows.columns, geometry]))
        kinds = {name: rows.kind(name) for name in rows.columns}
        record = record_of(rows.comment())
        # Older files of DuckDB hold no reference systems; what the toolkit wrote is in that of its record.
        crs = rows.crs(geometry) or record.get("crs")
    if not tables:
        raise DataError(f"'{address.label}' holds no rows", hint="check the table, or loosen the SELECT")
    whole = pa.concat_tables(tables)
    shapes = shapes_of(whole.column(geometry), where=f"'{address.label}'")
    one_srid(shapes, address)
    shapes = shapely.set_srid(shapes, 0)
    return gpd.GeoDataFrame(_typed(whole, kinds), geometry=shapes, crs=crs), record


def read_plain_rows(address: Address, *, largest: int) -> pd.DataFrame:
    """Return a table or SELECT with all its columns but those of geometry; none of them where it has no rows.

    Parameters
    ----------
    address : Address
        Which rows.
    largest : int
        Bytes that they may take, and that reading stops at.

    Raises
    ------
    FileError
        When they take more.
    """
    with open_rows(address) as rows:
        kinds = {name: rows.kind(name) for name in rows.columns}
        tables, size = [], 0
        for table in rows.batches(rows.columns) if kinds else ():
            tables.append(table)
            size += table.nbytes
            if size > largest:
                raise FileError(
                    f"'{address.label}' comes to over {largest // 10**9} GB, which no small table does",
                    hint="ask for fewer rows or columns with a SELECT behind the #",
                )
    return pd.DataFrame(_typed(pa.concat_tables(tables), kinds)) if tables else pd.DataFrame()


def _typed(whole: pa.Table, kinds: Mapping[str, Any]) -> dict[str, pd.Series[Any]]:
    return {
        name: (whole.column(name) if kind is None else whole.column(name).cast(kind)).to_pandas()
        for name, kind in kinds.items()
    }


def record_of(comment: str) -> dict[str, Any]:
    """Return the record in the comment of a table that the toolkit wrote; empty where there is none."""
    try:
        held = json.loads(comment or "{}")
    except ValueError:
        return {}
    record = held.get("hotspots") if isinstance(held, dict) else None
    return record if isinstance(record, dict) else {}
