"""Write tables into PostgreSQL with PostGIS: type, key, SRID, spatial index and comments, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import shapely

from hotspots.base.crs import crs_label
from hotspots.base.database.address import Address
from hotspots.base.database.postgres import connected, postgis_schema
from hotspots.base.database.tables import GEOMETRY, KEY, Table, exists
from hotspots.base.errors import CRSError, DataError

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]

_COLUMNS = """
SELECT a.attname, regexp_replace(format_type(a.atttypid, a.atttypmod), '^.*\\.', '') FROM pg_attribute a
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


def write_postgres(
    tables: Sequence[Table], address: Address, *, overwrite: bool, obsolete: Sequence[tuple[str, ...]]
) -> None:
    """Write tables into PostgreSQL; see `hotspots.base.database.into.write_tables`."""
    from psycopg import sql

    with connected(address, writing=True) as connection:
        connection.execute("SET LOCAL lock_timeout = '30s'")
        postgis = postgis_schema(connection)
        if postgis is None and any(table.shapes is not None for table in tables):
            raise DataError(
                f"the database '{address.name}' has no PostGIS, and so cannot hold layers",
                hint="ask whoever keeps it for: CREATE EXTENSION postgis",
            )
        for schema in dict.fromkeys(table.name[0] for table in tables if len(table.name) > 1):
            if not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone():
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for name in obsolete:
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(*name)))
        for table in tables:
            _write(connection, table, address, postgis, overwrite=overwrite)


def _write(
    connection: Connection, table: Table, address: Address, postgis: str | None, *, overwrite: bool
) -> None:
    from psycopg import sql

    name = sql.Identifier(*table.name)
    kinds = {
        column: kind.replace("timestamp", "timestamp without time zone")
        for column, kind in table.kinds().items()
    }
    shapes: Any = None
    if table.shapes is not None:
        shapes, kind = table.whole_shapes()
        srid = _srid(connection, table, str(postgis), address)
        kinds[GEOMETRY] = f"geometry({kind},{srid})"
        shapes = shapely.to_wkb(shapely.set_srid(shapes, srid), hex=True, include_srid=True)
    if not _emptied(connection, table, kinds, address, overwrite=overwrite):
        parts = [
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(_qualified(kind, postgis)))
            for column, kind in kinds.items()
        ]
        if table.keyed:
            parts.append(sql.SQL("PRIMARY KEY ({})").format(sql.Identifier(KEY)))
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(parts)))
        if shapes is not None:
            connection.execute(
                sql.SQL("CREATE INDEX ON {} USING gist ({})").format(name, sql.Identifier(GEOMETRY))
            )
    columns = sql.SQL(", ").join(map(sql.Identifier, kinds))
    values = table.rows() + ([] if shapes is None else [shapes.tolist()])
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)) as copy,
    ):
        for row in zip(*values, strict=True):
            copy.write_row(row)
    connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(name, table.comment))
    for column, meaning in table.meanings.items():
        place = sql.Identifier(*table.name, column)
        connection.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(place, meaning))
    connection.execute(sql.SQL("ANALYZE {}").format(name))


def _emptied(
    connection: Connection, table: Table, kinds: dict[str, str], address: Address, *, overwrite: bool
) -> bool:
    """Return whether the table is there and empty: one with the same columns is kept, another one dropped."""
    from psycopg import sql

    name = sql.Identifier(*table.name)
    found = connection.execute("SELECT to_regclass(%s)::oid", [name.as_string(connection)]).fetchone()
    if found is None or found[0] is None:
        return False
    if not overwrite:
        raise exists(address, table.label)
    if connection.execute(_COLUMNS, [found[0]]).fetchall() == list(kinds.items()):
        connection.execute(sql.SQL("DELETE FROM {}").format(name))
        return True
    connection.execute(sql.SQL("DROP TABLE {}").format(name))
    return False


def _qualified(kind: str, postgis: str | None) -> Any:
    """Return a type with the schema of PostGIS, which may not be where names are looked for."""
    quoted = str(postgis).replace('"', '""')
    return f'"{quoted}".{kind}' if kind.startswith("geometry") else kind


def _srid(connection: Connection, table: Table, postgis: str, address: Address) -> int:
    from psycopg import sql

    number = None if table.crs is None else table.crs.to_epsg()
    known = (
        number
        and connection.execute(
            sql.SQL("SELECT srid FROM {} WHERE auth_name = 'EPSG' AND auth_srid = %s").format(
                sql.Identifier(postgis, "spatial_ref_sys")
            ),
            [number],
        ).fetchone()
    )
    if not known:
        label = "no reference system" if table.crs is None else crs_label(table.crs)
        raise CRSError(
            f"the database '{address.name}' does not know {label}",
            hint="compute in a system that has an EPSG code, such as 'EPSG:27700', with 'crs'",
        )
    return int(known[0])
