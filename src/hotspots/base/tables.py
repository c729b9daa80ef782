"""One reader for every small table: populations, comparators, indicators, lookups and weights.

A table is rows of text cells under headings, from a CSV of any delimiter and encoding, from a spreadsheet, from
Parquet, or from a database. Titles above the headings and notes below the rows are left out and counted; what a
number's commas mean is judged for a column as a whole, never cell by cell.
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import os
import re
import warnings
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from hotspots.base.database.address import is_address, parse_address
from hotspots.base.database.rows import read_plain_rows
from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError, did_you_mean, listed
from hotspots.base.foreign import reading
from hotspots.base.named import find_named, not_fetched
from hotspots.base.numerals import Decimal, decimal_mark, numbers
from hotspots.base.sheets import read_sheets
from hotspots.base.text import (
    ENCODINGS,
    delimiter_of,
    encoding_of,
    heading_position,
    is_rule,
    plain_text,
    stated_delimiter,
)

log = logging.getLogger(__name__)

Source: TypeAlias = "str | os.PathLike[str] | pd.DataFrame"

READABLE = "a CSV, an Excel workbook (.xlsx) or a Parquet file"
LARGEST = 1 << 30  # bytes that a table may come to that is packed, or in a database

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_PARQUET = (".parquet", ".pq")
_SHEET = re.compile(r"(?P<file>.+\.(?:xlsx|xlsm|xlsb|xls|ods))\[(?P<sheet>[^\]]+)\]", re.IGNORECASE)
_NOTE = re.compile(r"notes?\b|source\b|\*|\(|\[", re.IGNORECASE)
_OPEN_QUOTE = "look for a quotation mark that is opened and never closed"


@dataclass(frozen=True, eq=False)
class Table:
    """A small table as it was read.

    Attributes
    ----------
    rows : DataFrame
        Cells as text, blanks missing, under unique headings. A table that was given as a DataFrame keeps its
        types.
    where : str
        The table, as messages name it.
    decimal : {'.', ',', ''}
        The decimal mark that its numbers show; empty where only a column can tell.
    ambiguous : bool
        Whether it separates cells by semicolons, as countries do that write decimal commas, but shows
        nowhere what its commas mean.
    twice : frozenset of str
        Headings that stand over several columns which differ; only the first of them is kept.
    """

    rows: pd.DataFrame
    where: str
    decimal: Decimal = ""
    ambiguous: bool = False
    twice: frozenset[str] = frozenset()

    def column(self, name: str, *, option: str) -> pd.Series[Any]:
        """Return a column that was asked for, whatever the case and the blanks of its heading.

        Raises
        ------
        ParameterError
            When there is no such column, or several of this name that differ.
        """
        found = self.heading(name)
        if found is None:
            raise ParameterError(
                f"{self.where} has no column '{name}' to take as '{option}'",
                hint=did_you_mean(name, map(str, self.rows.columns)),
            )
        return self.rows[found]

    def heading(self, name: str) -> str | None:
        """Return the heading that is meant by a name, or None where there is none."""
        if name in self.rows.columns:
            found: str | None = name
        else:
            near = {plain_text(str(heading)).casefold(): heading for heading in reversed(self.rows.columns)}
            found = near.get(plain_text(name).casefold())
        if found is not None and found in self.twice:
            raise ParameterError(
                f"{self.where} has several columns '{found}', and they differ",
                hint="give each column a heading of its own",
            )
        return found

    def numbers(
        self,
        values: pd.Series[Any],
        *,
        what: str | None = None,
        fix: str = "correct it, or leave it blank where it is unknown",
        decimal: Decimal = "",
    ) -> pd.Series[Any]:
        """Return a column's cells as numbers; see `numbers`."""
        return numbers(
            values,
            what=what or f"'{values.name}' of {self.where}",
            decimal=self.decimal or decimal,
            ambiguous=self.ambiguous and not decimal,
            fix=fix,
        )


def read_table(source: Source, *, what: str = "the table", codes: Iterable[str] | None = None) -> Table:
    r"""Read a small table.

    Parameters
    ----------
    source : path or DataFrame
        A CSV (commas, semicolons, tabs or bars; UTF-8, UTF-16 or Windows-1252; also packed, as ``.csv.gz``),
        a spreadsheet (``.xlsx``, ``.xls``, ``.xlsb``, ``.ods``; a sheet of it as ``"book.xlsx[Sheet]"``), a
        Parquet file, the address of rows in a database, such as ``"postgresql://server/county#gis.people"``, or
        a table, whose index counts as a column if it has a name.
    what : str, default "the table"
        What it is, for messages.
    codes : iterable of str, optional
        Codes that it should hold: of several sheets, the one with most of them is read.

    Returns
    -------
    Table

    Raises
    ------
    FileError
        When there is no such file, or it is empty or not a table.
    DataError
        When it has no rows under its headings, or a row has more cells than there are headings.

    Warns
    -----
    HotspotsWarning
        When several sheets of a workbook serve equally well.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "people.csv"
    >>> _ = path.write_text("Estimates of 2022;;\ncode;name;people\nE05000001;Hill;1.204,5\n;Total;1.204,5\n")
    >>> table = read_table(path)
    >>> table.numbers(table.rows["people"]).tolist()
    [1204.5, 1204.5]
    """
    if isinstance(source, pd.DataFrame):
        unnamed = source.index.name is None or source.index.name in source.columns
        return Table(source.reset_index(drop=unnamed), what)
    if is_address(source):
        return _of_database(str(source), what)
    path, sheet = _find(source, what)
    shown = (
        path if sheet or Path(source).is_file() else source
    )  # fetched data go by their name, not by their folder
    where = f"'{path.name}'" if what == "the table" else f"{what} '{shown}'"
    if path.suffix.lower() in _WORKBOOKS:
        return _of_workbook(path, sheet, where, frozenset(() if codes is None else codes))
    door = reading(
        f"{where} cannot be read as a table",
        hint=f"save it as {READABLE}, with one row of headings",
        damaged=path.stat().st_size < LARGEST // 10,
    )
    if path.suffix.lower() in _PARQUET:
        with door:
            names, frame = _of_parquet(path)
        if len(set(names)) < len(names):
            raise DataError(
                f"{where} has several columns of one name", hint="give each column a name of its own"
            )
        return Table(frame, where)
    with door:
        raw = _unpacked(path, where)
    return _of_text(raw, where)


def _find(source: str | os.PathLike[str], what: str) -> tuple[Path, str | None]:
    path = Path(source)
    if path.is_file():
        return path, None
    asked = _SHEET.fullmatch(str(source))
    if asked and Path(asked["file"]).is_file():
        return Path(asked["file"]), asked["sheet"]
    if path.is_dir():
        raise FileError(f"'{source}' is a folder, but {what} is a file", hint="name the file in it")
    named = find_named(str(source))
    if named is not None:
        if named.kind != "table":
            raise FileError(
                f"'{source}' is a {named.place} set of {named.holds}, but {what} is a table of figures by area code",
                hint="see the names of all data with: hotspots boundaries list",
            )
        log.info("%s: %s", what[:1].upper() + what[1:], named.title)
        return named.path, None
    wanted = "" if what == "the table" else f" to read {what} from"
    hint = not_fetched(str(source)) or "check the spelling and the folder"
    raise FileError(f"there is no file '{source}'{wanted}", hint=hint)


def _of_database(source: str, what: str) -> Table:
    address = parse_address(source)
    where = f"'{address.label}'" if what == "the table" else f"{what} '{address.label}'"
    rows = read_plain_rows(address, largest=LARGEST)
    if rows.empty:
        raise DataError(f"{where} has no rows", hint="check the table, or loosen the SELECT")
    return Table(rows, where)


def _unpacked(path: Path, where: str) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as stream:
            raw = stream.read(LARGEST + 1)
    except (EOFError, zlib.error) as error:
        raise FileError(
            f"{where} is damaged: its packing ends early", hint="download or export it again"
        ) from error
    if len(raw) > LARGEST:
        raise FileError(f"{where} unpacks to over 1 GB, which no small table does", hint="unpack it and look")
    return raw


def _of_text(raw: bytes, where: str) -> Table:
    encoding = encoding_of(raw)
    try:
        text = raw.decode(ENCODINGS[encoding])
    except UnicodeDecodeError as error:
        raise FileError(
            f"{where} begins as {encoding} text but does not end so: it is cut short or damaged",
            hint="download or export it again",
        ) from error
    if "\0" in text:
        raise FileError(f"{where} holds binary data, not a table", hint=f"give {READABLE}")
    stated, text = stated_delimiter(text)
    delimiter = stated or delimiter_of(text)
    records, lines = _split(text, delimiter, where, first=1 + bool(stated))
    return _of_records(records, lines, where, delimiter)


def _split(text: str, delimiter: str, where: str, *, first: int) -> tuple[list[list[str]], list[int]]:
    """Return the rows of a text, and the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    while True:
        start = reader.line_num + first
        try:
            records.append(next(reader))
        except StopIteration:
            return records, lines
        except csv.Error as error:
            raise DataError(
                f"row {start:,} of {where} cannot be split into cells ({error})", hint=_OPEN_QUOTE
            ) from error
        lines.append(start)


def _of_parquet(path: Path) -> tuple[list[str], pd.DataFrame]:
    """Return the names of a Parquet file's columns, and those of numbers, texts and days; others are no cells.

    What is left out is warned of, but for the extent that GeoParquet keeps of each shape.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    table.validate(full=True)  # Arrow takes any bytes for text, and breaks where they are first looked at
    for place, field in enumerate(table.schema):
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            with suppress(pa.ArrowInvalid):  # some writers mark text as bytes
                table = table.set_column(place, field.name, table.column(place).cast(pa.large_string()))
    kept = [is_cells(field.type) for field in table.schema]
    plain = [place for place, cells in enumerate(kept) if cells]
    left = [
        name for name, cells in zip(table.column_names, kept, strict=True) if not cells and name != "bbox"
    ]
    if left:
        warnings.warn(
            f"'{path}' has columns of lists, structures or bytes, which no table holds and which are left out: "
            f"{listed(left)}",
            HotspotsWarning,
            stacklevel=3,
        )
    return table.column_names, table.select(plain).to_pandas(ignore_metadata=True)


def is_cells(kind: Any) -> bool:
    """Return whether an Arrow type is one of numbers, texts or days, and not of lists, structures or bytes."""
    import pyarrow as pa

    types = pa.types
    if types.is_dictionary(kind):
        return is_cells(kind.value_type)
    raw = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_binary_view)
    return not (types.is_nested(kind) or any(holds(kind) for holds in raw))


def _of_workbook(path: Path, sheet: str | None, where: str, codes: frozenset[str]) -> Table:
    held = read_sheets(path, where=where, readable=READABLE, only=sheet)
    sheets = {name: [[_cell(cell) for cell in row] for row in rows] for name, rows in held.items()}

    def merit(name: str) -> tuple[int, int]:
        held = {cell.strip().upper() for row in sheets[name] for cell in row} if codes else set()
        return len(codes & held), sum(len(row) > 1 for row in sheets[name])

    merits = {name: merit(name) for name in sheets}
    if not sheets:
        raise FileError(f"{where} is empty", hint="export it again, with one row of headings")
    best = max(merits, key=lambda name: merits[name])
    if len(sheets) > 1:
        equals = [name for name in merits if merits[name][0] == merits[best][0] and merits[name][1] > 1]
        how = f"choose another with '{path.name}[{list(sheets)[-1]}]'"
        if merits[best][0] and len(equals) > 1:
            shown = ", ".join(f"'{name}'" for name in equals)
            warnings.warn(
                f"{len(equals)} sheets of {where} hold the codes equally ({shown}); '{best}' is read: {how}",
                HotspotsWarning,
                stacklevel=4,
            )
        else:
            log.info("Sheet '%s' of %s (%s)", best, where, how)
    records = sheets[best]
    return _of_records(records, list(range(1, len(records) + 1)), where, "")


def _cell(value: Any) -> str:
    """Return a spreadsheet's cell as text: whole numbers without decimals, dates as they are written in files."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _of_records(records: list[list[str]], lines: Sequence[int], where: str, delimiter: str) -> Table:
    """Return the table in rows of cells: titles, notes and empty columns left out."""
    top = heading_position(records) if records else 0
    if not any(cell.strip() for record in records for cell in record):
        raise FileError(f"{where} is empty", hint="export it again, with one row of headings")
    headings = [plain_text(cell) for cell in records[top]]
    while headings and not headings[-1]:
        headings.pop()
    body: list[tuple[int, list[str]]] = []
    notes = [lines[i] for i in range(top) if any(cell.strip() for cell in records[i])]
    for line, record in zip(lines[top + 1 :], records[top + 1 :], strict=True):
        if any(cell.strip() for cell in record) and not is_rule(record):
            body.append((line, record))
    while body and _is_note(body[-1][1], len(headings)):
        notes.append(body.pop()[0])
    width = len(headings)
    for line, record in body:
        _check_row(line, record, width, where, delimiter)
    if not body:
        raise DataError(f"{where} has headings but no rows", hint="export it again, with its rows")
    if notes:
        log.info("%s: left out as titles or notes: row %s", where, listed(sorted(notes), count=6))
    cells = [[_tidy(cell) for cell in record[:width]] + [""] * (width - len(record)) for _, record in body]
    frame = pd.DataFrame(cells, dtype="str").replace({"": None})
    frame, twice = _under_headings(frame, headings)
    semicolons = delimiter == ";"
    decimal = decimal_mark(cell for row in cells for cell in row) if semicolons else ""
    return Table(frame, where, decimal, semicolons and not decimal, twice)


def _check_row(line: int, record: Sequence[str], width: int, where: str, delimiter: str) -> None:
    """Refuse a row whose cells slipped: one more than there are headings, or other rows inside one cell."""
    spare = [cell for cell in record[width:] if cell.strip()]
    if spare:
        raise DataError(
            f"row {line:,} of {where} has {len(record)} cells under {width} headings; "
            f"the first without a heading is '{spare[0]}'",
            hint="put a cell that holds a comma in double quotes, or give its column a heading",
        )
    inner = [part for cell in record if "\n" in cell for part in cell.split("\n")[1:]]
    if delimiter and any(part.count(delimiter) >= max(width - 1, 1) for part in inner):
        raise DataError(f"one cell of row {line:,} of {where} holds {len(inner)} more rows", hint=_OPEN_QUOTE)


def _tidy(cell: str) -> str:
    return cell.strip() if cell.isascii() else plain_text(cell)


def _is_note(record: Sequence[str], width: int) -> bool:
    """Whether a row at the end is a note: a sentence in one cell, or one that its own commas have split."""
    filled = [cell.strip() for cell in record if cell.strip()]
    if len(filled) == 1:
        return width > 1 and " " in filled[0]
    return _NOTE.match(filled[0]) is not None


def _under_headings(frame: pd.DataFrame, headings: Sequence[str]) -> tuple[pd.DataFrame, frozenset[str]]:
    """Name the columns; empty ones without a heading go, and of two under one heading the second."""
    kept: dict[str, int] = {}
    twice = set()
    for position, heading in enumerate(headings):
        name = heading or f"column {position + 1}"
        if not heading and frame[position].isna().all():
            continue
        if name not in kept:
            kept[name] = position
        elif not frame[kept[name]].equals(frame[position]):
            twice.add(name)
    named = frame[list(kept.values())]
    named.columns = pd.Index(list(kept))
    return named, frozenset(twice)
