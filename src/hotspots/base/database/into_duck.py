"""Write tables into a DuckDB file, in one transaction; a new file appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from hotspots.base.database.address import Address
from hotspots.base.database.duck import SHUT, patience, patient, projjson, quoted, speaking
from hotspots.base.database.refusals import library
from hotspots.base.database.tables import GEOMETRY, KEY, Table, exists
from hotspots.base.errors import FileError
from hotspots.base.files import replacing

if TYPE_CHECKING:
    import duckdb


def write_duckdb(
    tables: Sequence[Table], address: Address, *, overwrite: bool, obsolete: Sequence[tuple[str, ...]]
) -> None:
    """Write tables into DuckDB; see `hotspots.base.database.into.write_tables`."""
    longest = patience(address)
    with speaking(address), _opened(address) as connection:
        found = _tables(connection)
        connection.execute("BEGIN")
        for name in obsolete:
            connection.execute(f"DROP TABLE IF EXISTS {'.'.join(map(quoted, name))}")
        for table in tables:
            if _full(table.name) in found and not overwrite:
                raise exists(address, table.label)
            _write(connection, table, longest)
        connection.execute("COMMIT")


@contextmanager
def _opened(address: Address) -> Iterator[duckdb.DuckDBPyConnection]:
    path = Path(address.place)
    if path.is_dir():
        raise FileError(
            f"'{path}' is a folder, and tables are written into a file",
            hint="name a file, as in 'duckdb:///crime.duckdb#table'",
        )
    if path.exists():
        with library("duckdb").connect(str(path), config=SHUT) as connection:
            yield connection
        return
    with replacing(path) as draft:
        # A file of an older kind would forget the reference systems of its geometries.
        newest = {**SHUT, "storage_compatibility_version": "latest"}
        with library("duckdb").connect(str(draft), config=newest) as connection:
            yield connection


def _write(connection: duckdb.DuckDBPyConnection, table: Table, longest: float) -> None:
    name = ".".join(map(quoted, table.name))
    if len(table.name) > 1:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table.name[0])}")
    kinds = table.kinds()
    held: dict[str, Any] = dict(zip(kinds, table.rows(), strict=True))
    chosen = [quoted(column) for column in kinds]
    if table.shapes is not None:
        crs = "" if table.crs is None else "('" + projjson(table.crs).replace("'", "''") + "')"
        kinds[GEOMETRY] = f"GEOMETRY{crs}"
        held[GEOMETRY] = shapely.to_wkb(table.whole_shapes()[0])
        chosen.append(f"ST_GeomFromWKB({quoted(GEOMETRY)})")
    types = {
        "boolean": pa.bool_(),
        "bigint": pa.int64(),
        "double precision": pa.float64(),
        "text": pa.string(),
    }
    types["timestamp"] = pa.timestamp("us")
    rows = pa.table(
        {column: pa.array(values, types.get(kinds[column], pa.binary())) for column, values in held.items()}
    )
    columns = [f"{quoted(column)} {kind}" for column, kind in kinds.items()]
    if table.keyed:
        columns.append(f"PRIMARY KEY ({quoted(KEY)})")
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    connection.register("hotspots_rows", rows)
    with patient(connection, longest):
        connection.execute(f"INSERT INTO {name} SELECT {', '.join(chosen)} FROM hotspots_rows")  # noqa: S608 - all quoted
    connection.unregister("hotspots_rows")
    for place, said in [
        (f"TABLE {name}", table.comment),
        *((f"COLUMN {name}.{quoted(column)}", meaning) for column, meaning in table.meanings.items()),
    ]:
        text = said.replace("'", "''")
        connection.execute(f"COMMENT ON {place} IS '{text}'")


def list_tables(address: Address) -> set[tuple[str, str]]:
    """Return schema and name of every table; none of a file that does not exist."""
    patience(address)  # a time that is none is said before anything is made
    if not Path(address.place).is_file():
        return set()
    with (
        speaking(address),
        library("duckdb").connect(address.place, read_only=True, config=SHUT) as connection,
    ):
        return _tables(connection)


def _tables(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    found = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
    return {(str(schema), str(table)) for schema, table in found}


def _full(name: tuple[str, ...]) -> tuple[str, ...]:
    return name if len(name) > 1 else ("main", *name)
