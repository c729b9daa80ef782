"""Write tables into a database: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

from hotspots.base.database.address import Address
from hotspots.base.database.tables import Table, exists


def write_tables(
    tables: Sequence[Table],
    address: Address,
    *,
    overwrite: bool = False,
    obsolete: Sequence[tuple[str, ...]] = (),
) -> None:
    """Write tables into a database in one transaction.

    Parameters
    ----------
    tables : sequence of Table
        What is written. Missing schemas are made.
    address : Address
        The database; what rows it names does not matter.
    overwrite : bool, default False
        Whether tables of the same name may be replaced. One with the same columns keeps its rights, its views and its
        indices, and whoever reads it sees the old rows until all is written.
    obsolete : sequence of tuple of str
        Tables to be removed along with it, where they exist.

    Raises
    ------
    FileError
        When a table exists and `overwrite` is false, or the database cannot be reached or written to.
    CRSError
        When the database does not know a reference system.
    DataError
        When others in the database stand on a table that has to be replaced.
    """
    if address.kind == "postgresql":
        from hotspots.base.database.into_postgres import write_postgres as write
    else:
        from hotspots.base.database.into_duck import write_duckdb as write
    write(tables, address, overwrite=overwrite, obsolete=obsolete)


def existing_tables(address: Address) -> set[tuple[str, str]]:
    """Return schema and name of every table of a database that we may see; none of a file that does not exist."""
    if address.kind == "postgresql":
        from hotspots.base.database.postgres import list_tables as listed
    else:
        from hotspots.base.database.into_duck import list_tables as listed
    return listed(address)


def refuse_existing_table(address: Address, *, overwrite: bool) -> None:
    """Raise `FileError` when the table that an address names exists and may not be replaced."""
    table = address.table
    found = existing_tables(address)
    name = table if len(table) > 1 else (("public" if address.kind == "postgresql" else "main"), *table)
    if not overwrite and name in found:
        raise exists(address, ".".join(table))
