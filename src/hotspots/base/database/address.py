"""Addresses of tables in databases: which database, and which table or SELECT of it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from hotspots.base.errors import ParameterError

_SCHEME = re.compile(r"\s*(postgres(?:ql)?|duckdb)((?:\+\w+)?):/", re.IGNORECASE)
_SECRETS = ("password", "sslpassword", "oauth_client_secret")
_PLACES = re.compile(r"(?:(?:\[[^\]]*\]|[^:,\[\]]*)(?::\d*)?(?:,|$))*")  # machines and their ports
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
EXAMPLES = "'postgresql://server/database#schema.table' or 'duckdb:///crime.duckdb#table'"


@dataclass(frozen=True)
class Address:
    """Where rows are.

    Attributes
    ----------
    kind : {'postgresql', 'duckdb'}
        The database's make.
    place : str
        What the server's own library takes, without a password; of DuckDB the path of a file, or of a folder of
        Parquet files. It may hold the name of a machine and is for messages at most, never for a record.
    name : str
        The database, as records and messages call it.
    rows : str
        What stands behind ``#``: a table, a schema, a SELECT, or nothing.
    timeout : str or None
        How long the database may work at one statement, in PostgreSQL's words, such as ``20min``.
    """

    kind: Literal["postgresql", "duckdb"]
    place: str
    name: str
    rows: str
    timeout: str | None = None

    @property
    def is_query(self) -> bool:
        """Whether the rows are those of a SELECT."""
        return bool(re.match(r"(?i)\s*(?:--[^\n]*\n\s*)*[(\s]*(?:select|with|values|table)[\s(*]", self.rows))

    @property
    def table(self) -> tuple[str, ...]:
        """The parts of the table's name: schema and table, or the table alone."""
        return tuple(quoted.replace('""', '"') or plain for quoted, plain in _PART.findall(self.rows))

    @property
    def label(self) -> str:
        """The database and its table, or a hash of the SELECT: no machine, no folder and no password."""
        if not self.is_query:
            return f"{self.name}#{self.rows}" if self.rows else self.name
        return f"{self.name}#SELECT {hashlib.sha256(self.rows.strip().encode()).hexdigest()[:12]}"

    @property
    def sha256(self) -> str:
        """The SHA-256 of what is asked of which database, in 64 hexadecimal digits."""
        return hashlib.sha256(f"{self.kind}\0{self.name}\0{self.rows.strip()}".encode()).hexdigest()

    def with_rows(self, rows: str) -> Address:
        """Return the address of other rows in the same database."""
        return replace(self, rows=rows)


def is_address(text: object) -> bool:
    """Return whether a source is the address of a database, and no file."""
    return isinstance(text, str) and _SCHEME.match(text) is not None


def parse_address(text: str) -> Address:
    """Return what an address means.

    Parameters
    ----------
    text : str
        ``postgresql://server/database#schema.table``, with all that libpq takes before the ``#``, or
        ``duckdb:///file.duckdb#table``, or ``duckdb:///folder/#file`` for a folder of Parquet files. In place of the
        table there may be a SELECT.

    Raises
    ------
    ParameterError
        When it holds a password, or something that no address holds.

    Examples
    --------
    >>> parse_address("postgresql:///county#crime.incidents").label
    'county#crime.incidents'
    >>> parse_address("postgresql://ann:secret@db/county#crime.incidents")
    Traceback (most recent call last):
    hotspots.base.errors.ParameterError: the address of a database holds a password, which commands, recipes and \
logs would keep
    Hint: leave it out, and give it as PGPASSWORD in the environment, in the file ~/.pgpass, or in a service file, as \
'postgresql:///?service=NAME'
    """
    found = _SCHEME.match(text)
    address, _, rows = text.strip().partition("#")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise ParameterError("the address of a database is not one", hint=f"write it as {EXAMPLES}") from None
    if found is None or found[2]:
        raise ParameterError(
            f"'{parts.scheme}' is not a kind of database that is read", hint=f"write it as {EXAMPLES}"
        )
    asked = parse_qsl(parts.query, keep_blank_values=True)
    login, _, places = parts.netloc.rpartition("@")
    # What stands where a port should be may be a password with a sign in it that ends the address.
    secret = ":" in login or not _PLACES.fullmatch(places)
    if secret or any(name.casefold() in _SECRETS for name, _ in asked):
        raise ParameterError(
            "the address of a database holds a password, which commands, recipes and logs would keep",
            hint="leave it out, and give it as PGPASSWORD in the environment, in the file ~/.pgpass, or in a service "
            "file, as 'postgresql:///?service=NAME'",
        )
    if found[1].casefold() == "duckdb":
        return _duckdb(address, parts.netloc, rows)
    timeout = next((value for name, value in asked if name == "statement_timeout"), None)
    kept = [(name, value) for name, value in asked if name != "statement_timeout"]
    place = f"postgresql://{parts.netloc}{parts.path}" + (f"?{urlencode(kept)}" if kept else "")
    told = dict(kept)
    name = (
        unquote(parts.path.strip("/"))
        or told.get("dbname")
        or told.get("service")
        or os.environ.get("PGDATABASE")
        or os.environ.get("PGSERVICE")
        or "the default database"
    )
    return Address("postgresql", place, name, rows.strip(), timeout)


def _duckdb(address: str, host: str, rows: str) -> Address:
    path, _, asked = re.sub(r"(?i)^\s*duckdb:/{0,3}", "", address).partition("?")
    settings = dict(parse_qsl(asked, keep_blank_values=True))
    if host or not path or settings.keys() - {"statement_timeout"}:
        raise ParameterError(
            "the address of a DuckDB database is a file, or a folder of Parquet files, behind three slashes",
            hint="write it as 'duckdb:///crime.duckdb#table' or 'duckdb:///parquet/#file'",
        )
    path = unquote(path)
    return Address("duckdb", path, Path(path).name, rows.strip(), settings.get("statement_timeout"))


def in_folder(text: str, folder: Path) -> str:
    """Return an address whose file, if it has one, starts from a folder."""
    address = parse_address(text)
    if address.kind != "duckdb":
        return text
    path = f"duckdb:///{quote(str(folder / address.place))}"
    asked = f"?statement_timeout={quote(address.timeout)}" if address.timeout is not None else ""
    return f"{path}{asked}#{address.rows}" if address.rows else f"{path}{asked}"
