"""What is said alike of every database: a package that is missing, a table that is not there, several statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from hotspots.base.database.address import Address
from hotspots.base.errors import DataError, FileError, HotspotsError, ParameterError, did_you_mean

_PACKAGES = {"postgresql": ("PostgreSQL", "psycopg"), "duckdb": ("DuckDB", "duckdb")}


def library(kind: Literal["postgresql", "duckdb"]) -> Any:
    """Return the package that reads a make of database, or say how to get it."""
    make, package = _PACKAGES[kind]
    try:
        if kind == "postgresql":
            import psycopg

            return psycopg
        import duckdb

        return duckdb
    except ImportError as error:
        raise FileError(
            f"{make} is read with the package {package}, which is not installed",
            hint="type: python -m pip install 'hotspots-toolkit[databases]'",
        ) from error


def no_table(address: Address, tables: Sequence[str]) -> HotspotsError:
    """Return the error that says which tables there are."""
    if not tables:
        return DataError(
            f"the database '{address.name}' holds no table that you may read",
            hint="ask whoever keeps it for the right to read",
        )
    if not address.rows:
        shown = ", ".join(f"'{name}'" for name in tables[:12]) + (", ..." if len(tables) > 12 else "")
        return ParameterError(
            f"the address of the database '{address.name}' names no table; it holds {shown}",
            hint=f"write the table, or a SELECT, behind a #, such as '#{tables[0]}'",
        )
    asked = [part.casefold() for part in address.table[-1:]]
    same = [name for name in tables if [name.split(".")[-1].casefold()] == asked]
    hint = did_you_mean(same[0], same) if same else did_you_mean(address.rows, tables)
    return ParameterError(f"the database '{address.name}' has no table '{address.rows}'", hint=hint)


def one_statement() -> ParameterError:
    """Return the error that refuses several statements."""
    return ParameterError(
        "behind the # stands more than one statement", hint="give one SELECT, without semicolons"
    )


def too_slow(who: str) -> DataError:
    """Return the error of a statement that was stopped when its time was over."""
    return DataError(
        f"{who} stopped the statement, which took too long",
        hint="allow it more time in the address, as in '?statement_timeout=2h', or ask for fewer rows",
    )
