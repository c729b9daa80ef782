"""Tables and SELECTs of DuckDB: a file opened for reading only, or a folder of Parquet files as tables."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from hotspots.base.database.address import Address
from hotspots.base.database.patience import PATIENCE, seconds
from hotspots.base.database.refusals import library, no_table, one_statement, too_slow
from hotspots.base.errors import DataError, FileError, HotspotsError, ParameterError
from hotspots.base.limits import allowed, raising

if TYPE_CHECKING:
    import duckdb

_BATCH = 1 << 17
_AGAIN = 0.02  # seconds
SHUT = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""Settings of a database that fetches and loads nothing by itself."""
_PARQUET = (".parquet", ".geoparquet")
# A BLOB under one of these names is a geometry in well-known binary, as files without DuckDB's own type hold it.
_SHAPES = ("geometry", "geom", "wkb_geometry", "wkb", "shape")


class DuckRows:
    """The rows of one table or SELECT of a database that is open.

    Attributes
    ----------
    columns : tuple of str
        All but those of geometry.
    geometries : tuple of str
        The columns of geometry.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, address: Address) -> None:
        import duckdb

        self._connection, self._address = connection, address
        self._patience = patience(address)
        self._table: tuple[str, str] | None = None
        if address.is_query:
            self._from = "(" + re.sub(r"[;\s]+\Z", "", address.rows) + "\n) AS asked"
        else:
            self._table = _find(connection, address)
            self._from = ".".join(map(quoted, self._table))
        look = f"SELECT * FROM {self._from} LIMIT 0"  # noqa: S608 - names are quoted, and a SELECT is asked for
        if len(duckdb.extract_statements(look)) != 1:
            raise one_statement()
        rows = connection.execute(f"DESCRIBE {look}").fetchall()
        self._types: dict[str, str] = {str(name): str(kind) for name, kind, *_ in rows}
        kinds = {name: kind for name, kind in self._types.items() if kind.startswith("GEOMETRY")}
        blobs = (name for name, kind in self._types.items() if kind == "BLOB" and name.casefold() in _SHAPES)
        self.geometries = tuple(kinds or blobs)
        self.columns = tuple(name for name in self._types if name not in self.geometries)

    def kind(self, column: str) -> Any:
        """Return the Arrow type of a column; None: as it comes."""
        del column

    def batches(self, columns: Sequence[str], *, most: int | None = None) -> Iterator[pa.Table]:
        """Yield the rows of some columns; geometries as WKB."""
        wanted = ", ".join(map(self._as_arrow, columns))
        limit = "" if most is None else f" LIMIT {most}"
        # What goes wrong once rows come in is raised by Arrow.
        with speaking(self._address, pa.ArrowException, OSError), patient(self._connection, self._patience):
            asked = f"SELECT {wanted} FROM {self._from}{limit}"  # noqa: S608 - as above
            reader = self._connection.sql(asked).to_arrow_reader(_BATCH)
            for batch in reader:
                yield pa.Table.from_batches([batch]).rename_columns(list(columns))

    def _as_arrow(self, column: str) -> str:
        kind = self._types[column]
        if kind == "BLOB" and column in self.geometries:
            return quoted(column)
        if kind.startswith("GEOMETRY"):
            return f"ST_AsWKB({quoted(column)})"
        plain = re.match(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DATE|TIMESTAMP|BOOLEAN)\b", kind)
        return quoted(column) if plain and "TIME ZONE" not in kind else f"CAST({quoted(column)} AS VARCHAR)"

    def number(self) -> int:
        """Return how many rows there are."""
        with speaking(self._address), patient(self._connection, self._patience):
            found = self._connection.execute(f"SELECT count(*) FROM {self._from}")  # noqa: S608 - as above
            return int((found.fetchone() or (0,))[0])

    def crs(self, geometry: str) -> Any:
        """Return the reference system that a column of geometries states; None where it states none."""
        stated = re.fullmatch(r"GEOMETRY\('(.*)'\)", self._types[geometry], re.DOTALL)
        return stated[1].replace("''", "'") if stated else None

    def comment(self) -> str:
        """Return what the database says of the table; empty where it says nothing."""
        if self._table is None:
            return ""
        said = self._connection.execute(
            "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", list(self._table)
        ).fetchone()
        return str(said[0] or "") if said else ""


def patience(address: Address) -> float:
    """Return the seconds that a statement may take.

    Raises
    ------
    DataError
        When the address says a time that is none.
    """
    return seconds(address.timeout or PATIENCE)


@contextmanager
def patient(connection: duckdb.DuckDBPyConnection, longest: float) -> Iterator[None]:
    """Stop the statement when its time is over; DuckDB itself has no such setting."""
    over = threading.Event()

    def watch() -> None:
        wait = longest
        while not over.wait(wait):
            connection.interrupt()
            wait = _AGAIN  # a statement that had not begun yet has not heard

    clock = threading.Thread(target=watch, daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def quoted(name: str) -> str:
    """Return a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _find(connection: duckdb.DuckDBPyConnection, address: Address) -> tuple[str, str]:
    """Return schema and name of the table that an address names, or say which there are."""
    tables = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2"
    ).fetchall()
    wanted = tuple(part.casefold() for part in address.table)
    for schema, table in tables:
        if wanted in ((schema.casefold(), table.casefold()), (table.casefold(),)):
            return schema, table
    raise no_table(address, [table if schema == "main" else f"{schema}.{table}" for schema, table in tables])


@contextmanager
def open_duckdb(address: Address) -> Iterator[DuckRows]:
    """Open the rows that an address names; see `hotspots.base.database.rows.open_rows`.

    Nothing is written, no extension is fetched, and no file is read but those that the address names.
    """
    duckdb = library("duckdb")
    path = Path(address.place)
    if not path.exists():
        raise FileError(f"there is no DuckDB database '{path}'", hint="check the spelling and the folder")
    with speaking(address):
        if path.is_dir():
            connection = duckdb.connect(config=SHUT)
        else:
            connection = duckdb.connect(str(path), read_only=True, config=SHUT)
        with connection:
            if path.is_dir():
                _offer_files(connection, path.resolve())
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield DuckRows(connection, address)


def _offer_files(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make each Parquet file of a folder a table of its name, and each folder in it that holds some, too."""
    connection.execute("SET allowed_directories = ?", [[str(folder)]])
    for entry, files in _parquet_files(folder).items():
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        connection.execute(
            f"CREATE OR REPLACE VIEW {quoted(entry.stem)} AS "  # noqa: S608 - names and files are quoted
            f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"
        )


def _parquet_files(folder: Path) -> dict[Path, list[str]]:
    """Return the Parquet files of a folder, each by itself, and of each folder in it, all together."""
    found: dict[Path, list[str]] = {}
    seen, most = 0, allowed("files")
    for entry in sorted(folder.iterdir()):
        seen += 1
        files = [str(entry)] if entry.name.endswith(_PARQUET) and entry.is_file() else []
        for above, folders, names in os.walk(entry):
            seen += len(folders) + len(names)
            if seen > most:
                break
            files += [str(Path(above, name)) for name in names if name.endswith(_PARQUET)]
        if seen > most:
            raise FileError(
                f"the folder '{folder.name or folder}' holds more than {most:,} files, which no folder of tables does",
                hint=f"name the folder that holds the Parquet files, {raising('files', 10 * most)}",
            )
        if files:
            found[entry] = sorted(files)
    return found


@contextmanager
def speaking(address: Address, *also: type[Exception]) -> Iterator[None]:
    """Say in the toolkit's words what DuckDB refuses, by its own exceptions or by others."""
    duckdb = library("duckdb")
    try:
        yield
    except (duckdb.Error, *also) as error:
        raise _told(error, address) from error


def _told(error: Exception, address: Address) -> HotspotsError:
    duckdb = library("duckdb")
    said = str(error).split("\n")[0]
    said = said.partition(": ")[2] or said
    if isinstance(error, duckdb.InterruptException) or str(error).startswith("INTERRUPT"):
        return too_slow("DuckDB")
    if isinstance(error, duckdb.IOException) and "lock" in str(error):
        return FileError(
            f"the DuckDB database '{address.name}' is in use by another program",
            hint="close that program, or work on a copy of the file",
        )
    if isinstance(error, duckdb.IOException) and "not a valid DuckDB" in str(error):
        return FileError(f"'{address.name}' is not a DuckDB database", hint="name the file that DuckDB made")
    if isinstance(error, duckdb.PermissionException):
        return FileError(
            f"a table or SELECT of '{address.name}' reads files outside it, which is not allowed here",
            hint="name the folder of Parquet files itself, as in 'duckdb:///folder/#file'",
        )
    if 'near ";"' in said:
        return one_statement()
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        return ParameterError(
            f"DuckDB does not understand the SELECT: {said}", hint="try it with the program duckdb"
        )
    if isinstance(error, duckdb.IOException):
        return FileError(
            f"the DuckDB database '{address.name}' cannot be opened: {without_folders(said)}",
            hint="check that you may read it, and that it is whole",
        )
    return DataError(
        f"the DuckDB database '{address.name}' could not do it: {said}", hint="try it with the program duckdb"
    )


def without_folders(said: str) -> str:
    """Return a sentence in which files have their names alone."""
    return re.sub(r"(?:/[^/\s\"']+)+/", "", said)


def projjson(crs: Any) -> str:
    """Return a reference system as DuckDB's type of geometry takes it."""
    return json.dumps(crs.to_json_dict(), separators=(",", ":"))
