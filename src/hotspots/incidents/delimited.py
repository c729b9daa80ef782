"""Open text files of incidents: which encoding, which delimiter, and where the headings are."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from hotspots.base.errors import DataError, FileError
from hotspots.base.foreign import reading
from hotspots.base.text import ENCODINGS, delimiter_of, heading_position, plain_text, stated_delimiter
from hotspots.incidents.columns import ColumnNames, recognise
from hotspots.incidents.files import Batches, IncidentFile, Roles
from hotspots.incidents.quotes import mended, open_quotes
from hotspots.incidents.sources import READABLE, Source

_HEAD = 1 << 16
_LONGEST_HEAD = 1 << 24
# Bytes that pyarrow reads at a time: what is distinct among them is looked at once.
_BLOCK = 1 << 21
_TITLES = 40
# What pyarrow says of a header with nothing after it, with and without a line end.
_NO_ROWS = ("Empty CSV", "file is too short")
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a text file finds."""

    sha256: str
    encoding: str
    head: bytes
    quoted: bool


def open_delimited(source: Source, named: ColumnNames) -> IncidentFile:
    """Open a text file; see `hotspots.incidents.opening.open_incidents`."""
    with source.open() as stream:
        scan = scan_text(stream)
    if scan.head.startswith(b"PK\3\4"):
        raise FileError(
            f"'{source.name}' is a ZIP archive or a workbook", hint="give it the ending .zip or .xlsx"
        )
    if b"\0" in scan.head and not scan.encoding.startswith("UTF-16"):
        raise FileError(f"'{source.name}' is not a CSV: it holds binary data", hint=f"save it as {READABLE}")
    codec = ENCODINGS[scan.encoding]
    with reading(
        f"'{source.name}' begins as {scan.encoding} text but does not end so: it is cut short or damaged",
        hint="download or export it again",
    ):
        text = codecs.getincrementaldecoder(codec)("strict").decode(scan.head).lstrip("\ufeff")
    if not text.strip():
        raise FileError(f"'{source.name}' is empty", hint="download or export it again")
    stated, body = stated_delimiter(text)
    delimiter = stated or delimiter_of(body)
    records = _records(body, delimiter, whole=len(scan.head) < _HEAD)
    position = _heading(records, named, source.name)
    header_lines, header = (
        records[position][0] + bool(stated),
        [plain_text(name) for name in records[position][1]],
    )
    rows = [record for _, record in records[position + 1 :]]
    width = _width(header, rows)
    header = (header + [""] * width)[:width]
    columns = recognise(header, named, file=source.name)
    file = IncidentFile(
        source,
        scan.sha256,
        scan.encoding,
        columns,
        None,
        _Reading(codec, delimiter, tuple(header), len(scan.head)),
        sample={
            name: [row[number] if number < len(row) else None for row in rows]
            for number, name in reversed(list(enumerate(header)))
            if name
        },
        header_lines=header_lines,
        has_rows=bool(rows),
    )
    if scan.quoted:
        file.mended = tuple(open_quotes(file, codec, delimiter, width))
    return file


def scan_text(stream: Any) -> Scan:
    """Look at all bytes of a text file once."""
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    head, latin, quoted, more = b"", False, False, True
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
        if more:
            # Headings may be longer than any should be.
            start = chunk[:_HEAD]
            head += start if not head and (b"\n" in start or b"\r" in start.rstrip(b"\r")) else chunk
            more = b"\n" not in head and b"\r" not in head.rstrip(b"\r") and len(head) < _LONGEST_HEAD
        quoted = quoted or b'"' in chunk
        if chunk.isascii() and decoder is not None and not decoder.getstate()[0]:
            continue
        # Windows-1252 leaves these five bytes undefined; Latin-1 defines every byte.
        latin = latin or any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        if decoder is not None:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                decoder = None
    return Scan(digest.hexdigest(), _encoding(head, decoder, latin), head, quoted)


def _encoding(head: bytes, decoder: codecs.IncrementalDecoder | None, latin: bool) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    start = head[:1024]
    if len(start) > 3 and b"\0" in start:
        low, high = start[1::2].count(0), start[::2].count(0)
        if max(low, high) > len(start) / 4 and min(low, high) < len(start) / 16:
            return f"UTF-16 without BOM, {'low' if low > high else 'high'} byte first"
    if decoder is not None and not decoder.getstate()[0]:
        return "UTF-8 with BOM" if head.startswith(codecs.BOM_UTF8) else "UTF-8"
    return "Latin-1" if latin else "Windows-1252"


def _records(text: str, delimiter: str, *, whole: bool) -> list[tuple[int, list[str]]]:
    """Return the first rows that hold anything, each with the number of lines up to its end."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found: list[tuple[int, list[str]]] = []
    # A cell that is longer than any table's ends the sample early: the rows before it tell enough.
    with suppress(csv.Error):
        found += [(reader.line_num, record) for record in reader if any(cell.strip() for cell in record)]
    if not whole and len(found) > 1:
        found.pop()
    return found or [(1, [])]


def _heading(records: list[tuple[int, list[str]]], named: ColumnNames, file: str) -> int:
    """Return which record holds the headings: the first whose names are known, or else looks like headings."""
    for position, (_, record) in enumerate(records[:_TITLES]):
        with suppress(DataError):
            recognise([plain_text(name) for name in record], named, file=file)
            return position
    return heading_position([record for _, record in records])


def _width(header: list[str], rows: Sequence[list[str]]) -> int:
    """Return how many cells a row has, where headings and rows differ by commas at their ends alone."""
    if not rows:
        return len(header)
    widths = [len(row) for row in rows]
    usual = max(sorted(set(widths)), key=widths.count)
    spare = [cell for row in rows for cell in row[len(header) :] if len(row) == usual]
    if usual > len(header) and not any(cell.strip() for cell in spare):
        return usual
    if usual < len(header) and not any(header[usual:]):
        return usual
    return len(header)


@dataclass(frozen=True)
class _Reading:
    """How to read the rows of a text file; a class, so that it can be sent to another machine."""

    codec: str
    delimiter: str
    header: tuple[str, ...]
    head: int

    def __call__(self, file: IncidentFile, roles: Roles) -> Batches:
        names = {role: f"c{self.header.index(name)}" for role, name in roles.items()}
        skipped: list[int] = []

        def skip(row: Any) -> str:
            # pyarrow counts from 1, the header's lines too, but not blank lines.
            position = row.number - file.header_lines - 1
            skipped.append(position)
            fields = "1 field" if row.actual_columns == 1 else f"{row.actual_columns} fields"
            lines = row.text.count("\n") + 1
            spans = f", over {lines:,} lines: is a quotation mark left open?" if lines > 1 else ""
            file.reject(position, "fields", f"{fields} where the header has {row.expected_columns}{spans}")
            return "skip"

        types = {name: pa.string() if role == "crime_id" else _DICTIONARY for role, name in names.items()}
        good = 0
        with file.source.open() as stream:
            try:
                # One thread per file keeps pyarrow's row numbers; several files are read side by side instead.
                reader = pa_csv.open_csv(
                    mended(stream, file, self.codec),
                    pa_csv.ReadOptions(
                        use_threads=False,
                        block_size=max(_BLOCK, 4 * self.head),
                        skip_rows=file.header_lines,
                        column_names=[f"c{number}" for number in range(len(self.header))],
                        encoding="utf-8" if self.codec == "utf-8-sig" else self.codec,
                    ),
                    pa_csv.ParseOptions(
                        delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=skip
                    ),
                    pa_csv.ConvertOptions(
                        include_columns=list(dict.fromkeys(names.values())), column_types=types
                    ),
                )
                for batch in reader:
                    bad = np.array(skipped, dtype=np.int64)
                    order = np.arange(good, good + batch.num_rows)
                    positions = order + np.searchsorted(bad - np.arange(len(bad)), order, side="right")
                    good += batch.num_rows
                    yield pa.table({role: batch.column(name) for role, name in names.items()}), positions
            except UnicodeError as error:
                raise FileError(
                    f"'{file.source.name}' begins as {file.encoding} text but does not end so: "
                    "it is cut short or damaged",
                    hint="download or export it again",
                ) from error
            except pa.ArrowInvalid as error:
                if not any(words in str(error) for words in _NO_ROWS):
                    raise FileError(
                        f"'{file.source.name}' cannot be read as a CSV ({error})",
                        hint="look for a quotation mark that is opened and never closed",
                    ) from error
        file.found.rows = good + len(skipped)
