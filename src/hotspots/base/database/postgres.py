"""Tables and SELECTs of PostgreSQL, read in a transaction that cannot write, and streamed as they come."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from hotspots.base.database.address import Address
from hotspots.base.database.patience import PATIENCE
from hotspots.base.database.refusals import library, no_table, one_statement, too_slow
from hotspots.base.errors import DataError, FileError, HotspotsError, ParameterError

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

_CHUNK = 1 << 22  # bytes of rows that are turned into a table at a time
_GEOMETRY = ("geometry", "geography")
_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8"), pa.int64()),
    **dict.fromkeys(("float4", "float8", "numeric"), pa.float64()),
    "bool": pa.bool_(),
}

_TABLES = """
SELECT n.nspname, c.relname, c.oid, pg_table_is_visible(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_schema_privilege(n.oid, 'USAGE')
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND c.relname NOT IN ('spatial_ref_sys', 'geometry_columns', 'geography_columns')
ORDER BY 1, 2
"""
_KEY = """
SELECT a.attname FROM pg_index i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indrelid = %s AND i.indisprimary ORDER BY k.place
"""
# Rows come in the order in which they are stored, dates as files have them, and times by the local clock.
_SETTINGS = {
    "synchronize_seqscans": "off",
    "max_parallel_workers_per_gather": "0",
    "datestyle": "ISO, YMD",
    "timezone": "Europe/London",
    "extra_float_digits": "1",
    "bytea_output": "hex",
}


class PostgresRows:
    """The rows of one table or SELECT, within an open transaction.

    Attributes
    ----------
    columns : tuple of str
        All but those of geometry.
    geometries : tuple of str
        The columns of geometry.
    """

    def __init__(self, connection: psycopg.Connection[Any], address: Address) -> None:
        from psycopg import sql

        self._connection, self._address = connection, address
        self._order: Any = sql.SQL("")
        self._number: int | None = None
        if address.is_query:
            query = re.sub(r"[;\s]+\Z", "", address.rows)
            self._from: Any = sql.SQL("({}\n) AS asked").format(sql.SQL(query))
        else:
            schema, table, self._number = _find(connection, address)
            self._from = sql.Identifier(schema, table)
            key = [name for (name,) in connection.execute(_KEY, [self._number])]
            if key:
                self._order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(map(sql.Identifier, key)))
        self._types = self._describe()
        self.geometries = tuple(name for name, kind in self._types.items() if kind in _GEOMETRY)
        self.columns = tuple(name for name in self._types if name not in self.geometries)

    def _describe(self) -> dict[str, str]:
        from psycopg import sql

        # Sent as a prepared statement, which can only be one: what follows a semicolon is refused, not run.
        look = self._connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(self._from), binary=True)
        described = look.description or []
        names = [column.name for column in described]
        for name in names:
            if names.count(name) > 1:
                raise DataError(
                    f"the SELECT gives {names.count(name)} columns called '{name}'",
                    hint="name each column once, as in SELECT a.code, b.code AS other",
                )
        numbers = [column.type_code for column in described]
        kinds: dict[int, str] = dict(
            self._connection.execute(
                "SELECT oid, typname FROM pg_type WHERE oid = ANY(%s)", [numbers]
            ).fetchall()
        )
        return {name: kinds.get(number, "") for name, number in zip(names, numbers, strict=True)}

    def kind(self, column: str) -> Any:
        """Return the Arrow type that a column's texts stand for."""
        return _KINDS.get(self._types[column], pa.string())

    def batches(self, columns: Sequence[str], *, most: int | None = None) -> Iterator[pa.Table]:
        """Yield the rows of some columns as texts; geometries as hexadecimal WKB with their SRID.

        The server sends rows as it finds them, so that memory does not grow with their number.
        """
        from psycopg import sql

        limit = sql.SQL("") if most is None else sql.SQL(" LIMIT {}").format(most)
        statement = sql.SQL("COPY (SELECT {} FROM {}{}{}) TO STDOUT (FORMAT csv)").format(
            sql.SQL(", ").join(map(self._as_text, columns)), self._from, self._order, limit
        )
        with speaking(self._address), self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            waiting, size = [], 0
            for row in copy:
                waiting.append(row)
                size += len(row)
                if size >= _CHUNK:
                    yield _table(waiting, columns)
                    waiting, size = [], 0
            if waiting:
                yield _table(waiting, columns)

    def _as_text(self, column: str) -> Any:
        from psycopg import sql

        form = {"bool": "{}::text", "timestamptz": "to_char({}, 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM')"}
        return sql.SQL(form.get(self._types[column], "{}")).format(sql.Identifier(column))

    def number(self) -> int:
        """Return how many rows there are."""
        from psycopg import sql

        with speaking(self._address):
            found = self._connection.execute(sql.SQL("SELECT count(*) FROM {}").format(self._from))
            return int((found.fetchone() or (0,))[0])

    def crs(self, geometry: str) -> Any:
        """Return the reference system of a column of geometries; None where it has none or the database knows none.

        That of the first geometry: whoever reads the others sees whether they agree.
        """
        import shapely
        from psycopg import sql

        column = sql.Identifier(geometry)
        first = self._connection.execute(
            sql.SQL("SELECT {}::text FROM {} WHERE {} IS NOT NULL LIMIT 1").format(column, self._from, column)
        ).fetchone()
        srid = 0 if first is None else int(shapely.get_srid(shapely.from_wkb(first[0])))
        return None if srid == 0 else self._defined(srid)

    def _defined(self, srid: int) -> str | None:
        from psycopg import sql

        schema = postgis_schema(self._connection)
        found = (
            schema
            and self._connection.execute(
                sql.SQL("SELECT auth_name, auth_srid, srtext FROM {} WHERE srid = %s").format(
                    sql.Identifier(schema, "spatial_ref_sys")
                ),
                [srid],
            ).fetchone()
        )
        if not found:
            log.info("The database '%s' does not define the SRID %d", self._address.name, srid)
            return None
        authority, number, text = found
        return f"EPSG:{number}" if authority == "EPSG" else str(text)

    def comment(self) -> str:
        """Return what the database says of the table; empty where it says nothing."""
        if self._number is None:
            return ""
        said = self._connection.execute("SELECT obj_description(%s, 'pg_class')", [self._number]).fetchone()
        return str(said[0] or "") if said else ""


def postgis_schema(connection: psycopg.Connection[Any]) -> str | None:
    """Return where PostGIS is installed; None where it is not."""
    found = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'postgis'"
    ).fetchone()
    return str(found[0]) if found else None


def _table(rows: list[bytes | bytearray | memoryview], columns: Sequence[str]) -> pa.Table:
    from pyarrow import csv

    held = b"".join(rows)
    return csv.read_csv(
        io.BytesIO(held),
        read_options=csv.ReadOptions(column_names=list(columns), block_size=len(held) + 1, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _find(connection: psycopg.Connection[Any], address: Address) -> tuple[str, str, int]:
    """Return schema, name and number of the table that an address names, or say which there are."""
    tables = connection.execute(_TABLES).fetchall()
    wanted = address.table
    for schema, table, number, visible in tables:
        if wanted in ((schema, table), (table,)) and (visible or len(wanted) == 2):
            return schema, table, number
    raise no_table(address, [f"{schema}.{table}" for schema, table, *_ in tables])


def list_tables(address: Address) -> set[tuple[str, str]]:
    """Return schema and name of every table that we may see."""
    with connected(address) as connection:
        return {(schema, table) for schema, table, *_ in connection.execute(_TABLES)}


@contextmanager
def connected(address: Address, *, writing: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """Open one transaction, which cannot write unless that is asked for; it is kept where the block ends well.

    Raises
    ------
    FileError
        When the server cannot be reached, or does not let us in.
    """
    psycopg = library("postgresql")
    waiting = (
        {}
        if "connect_timeout" in address.place or "PGCONNECT_TIMEOUT" in os.environ
        else {"connect_timeout": 10}
    )
    with speaking(address):
        try:
            connection = psycopg.connect(address.place, application_name="hotspots", **waiting)
        except psycopg.ProgrammingError as error:
            raise ParameterError(
                f"the address of the database '{address.name}' is not understood ({str(error).strip()})",
                hint="write it as 'postgresql://server/database?sslmode=require#schema.table'",
            ) from None
    with connection:
        connection.read_only = not writing
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with speaking(address):
            for name, value in _SETTINGS.items():
                connection.execute("SELECT set_config(%s, %s, true)", [name, value])
            _be_patient(connection, address)
            yield connection
            connection.commit()


@contextmanager
def open_postgres(address: Address) -> Iterator[PostgresRows]:
    """Open the rows that an address names; see `hotspots.base.database.rows.open_rows`."""
    with connected(address) as connection:
        yield PostgresRows(connection, address)


def _be_patient(connection: psycopg.Connection[Any], address: Address) -> None:
    """Limit how long a statement may take: as the address says, else as the server does, else half an hour."""
    if address.timeout is None:
        held = connection.execute("SHOW statement_timeout").fetchone()
        if held != ("0",):
            return
    connection.execute("SELECT set_config('statement_timeout', %s, true)", [address.timeout or PATIENCE])


@contextmanager
def speaking(address: Address) -> Iterator[None]:
    """Say in the toolkit's words what the server refuses."""
    psycopg = library("postgresql")
    try:
        yield
    except psycopg.Error as error:
        raise _told(error, address) from error


# What libpq and the server say before there is a session: a pattern, what it means, and what to do.
_NO_SESSION = (
    (
        r"could not translate host|failed to resolve host|not known|getaddrinfo",
        "the server of the database '{name}' is not known on this network",
        "check the name behind postgresql://, and that you are on the network that has it",
    ),
    (
        r"[Rr]efused|No such file or directory|timeout|unreachable|No route|not accept",
        "no server answers for the database '{name}'",
        "check machine and port behind postgresql://, that the server runs, and that no firewall is between",
    ),
    (
        r'database "[^"]*" does not exist',
        "the server has no database '{name}'",
        "list its databases with: psql -l",
    ),
    (
        r"no password supplied|password authentication failed|[Ee]mpty password",
        "the server of the database '{name}' did not take the password, or was given none",
        "give it as PGPASSWORD in the environment, in the file ~/.pgpass, or in a service file",
    ),
    (
        r"definition of service|service file",
        "the service that the address names is in no service file",
        "write it into ~/.pg_service.conf, or name the file with PGSERVICEFILE",
    ),
    (
        r'role "[^"]*" does not exist|authentication failed|pg_hba\.conf|not permitted|permission denied',
        "the server of the database '{name}' does not let you in",
        "name the user, as in postgresql://user@server/database, or ask whoever keeps it",
    ),
    (
        r"SSL|certificate",
        "no secure connection to the server of the database '{name}' came about",
        "ask whoever keeps it for sslmode and certificate, and add them as ?sslmode=verify-full&sslrootcert=FILE",
    ),
)
_REFUSED = {
    "42501": ("permission denied: {said}", "ask whoever keeps the database '{name}' for the right"),
    "25006": (
        "the SELECT would change the database ({said}), but sources are only read",
        "write a SELECT that changes nothing",
    ),
    "22023": (
        "the database does not take a setting: {said}",
        "write '?statement_timeout=20min' in the address",
    ),
    "53100": ("the database server has no room left", "ask whoever keeps it for room"),
    "2BP01": (
        "the table cannot be replaced, as others in the database stand on it: {said}",
        "write to another table, or drop those first",
    ),
    "55P03": ("the table is in use: {said}", "try again"),
    "40001": ("the table was changed by someone else meanwhile", "try again"),
}


def _told(error: Any, address: Address) -> HotspotsError:
    code, said = error.sqlstate, error.diag.message_primary or " ".join(str(error).split())
    named = {"name": address.name, "said": said}
    if code is None or code.startswith(("28", "3D")):
        for pattern, message, hint in _NO_SESSION:
            if re.search(pattern, str(error)):
                return FileError(message.format(**named), hint=hint)
        return FileError(
            f"the connection to the database '{address.name}' failed: {said}",
            hint="try it with psql and the same address",
        )
    if code == "57014":
        return too_slow("the server")
    if code in _REFUSED:
        message, hint = _REFUSED[code]
        kind = FileError if code in ("42501", "53100") else DataError
        return kind(message.format(**named), hint=hint.format(**named))
    if "multiple commands" in said or 'near ";"' in said:
        return one_statement()
    if code.startswith(("42", "0A")) and address.is_query:
        return ParameterError(f"the database does not understand the SELECT: {said}", hint=_where(error))
    if code.startswith(("08", "57")):
        return FileError(f"the connection to the database '{address.name}' broke: {said}", hint="try again")
    return DataError(f"the database '{address.name}' could not do it: {said}", hint=_where(error))


def _where(error: Any) -> str:
    hint = error.diag.message_hint
    return f"{hint[0].lower()}{hint[1:]}" if hint else "try the statement with psql"
