"""Read incident files in batches: CSV, archives of CSVs, Parquet, and layers of points.

A file is opened once to learn its columns, encoding and SHA-256, and then gives its rows as Arrow tables of
a few columns, so that files of any size are read in bounded memory.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from hotspots.base.errors import DataError, FileError
from hotspots.base.files import sha256
from hotspots.incidents.columns import (
    POINT_TYPES,
    ColumnNames,
    Columns,
    id_keys,
    labels,
    numbers,
    point_coordinates,
    recognise,
)
from hotspots.incidents.sources import LAYERS, PARQUET, READABLE, Source

Batches = Iterator[tuple[Any, npt.NDArray[np.int64]]]
_HEAD = 1 << 16
_EXAMPLES = 5
# What pyarrow says of a header with nothing after it, with and without a line end.
_NO_ROWS = ("Empty CSV", "file is too short")
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass
class IncidentFile:
    """One source, opened: what is known before its rows are read, and what reading them finds.

    Attributes
    ----------
    source : Source
        Where the rows are.
    sha256 : str
        Of the bytes of the file, or of the member of an archive.
    encoding : str or None
        Of a text file: ``"UTF-8"``, ``"UTF-8 with BOM"``, ``"UTF-16"``, ``"Windows-1252"`` or ``"Latin-1"``.
    columns : Columns
        Which column holds what.
    crs : str or None
        The coordinate reference system that the file itself states.
    rows, malformed : int
        Rows met so far, header apart, and how many of them could not be read.
    examples : list of str
        The first malformed rows, in words.
    header_lines : int
        Lines of a text file before its first row; examples are numbered as a spreadsheet numbers rows.
    """

    source: Source
    sha256: str
    encoding: str | None
    columns: Columns
    crs: str | None
    batches: Callable[[IncidentFile], Batches] = field(repr=False)
    rows: int = 0
    malformed: int = 0
    examples: list[str] = field(default_factory=list)
    header_lines: int = 1

    def reject(self, position: int, reason: str) -> None:
        """Count the row at a position (from 0) as malformed; the first few are kept as examples."""
        self.malformed += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(f"{self.source.name}, row {position + self.header_lines + 1:,}: {reason}")

    def iter_tables(self) -> Iterator[pa.Table]:
        """Read the rows in batches; afterwards `rows`, `malformed` and `examples` are complete.

        Yields
        ------
        pyarrow.Table
            ``row`` (int64, position in the file from 0), ``x`` and ``y`` (float64, as in the file;
            NaN = none), ``category``, ``month`` and ``lsoa_code`` (dictionary of string; null = none),
            ``crime_id`` (uint64, see `id_keys`; 0 = none), ``weight`` (float64, 1 where the file has none).
        """
        for batch, positions in self.batches(self):
            yield self._canonical(batch, positions)

    def empty_table(self) -> pa.Table:
        """Return the table that `iter_tables` promises, without rows."""
        held = {role: pa.array([], pa.string()) for role in ("x", "y", *self.columns.present())}
        return self._canonical(pa.table(held), np.array([], dtype=np.int64))

    def _canonical(self, batch: pa.Table, positions: npt.NDArray[np.int64]) -> pa.Table:
        """Turn a batch whose columns are named by role into the table that `iter_tables` promises."""
        held = {name: _single(batch.column(name)) for name in batch.column_names}
        count = batch.num_rows
        blank = pa.DictionaryArray.from_arrays(pa.nulls(count, pa.int32()), pa.array([], pa.string()))
        x, wrong_x = numbers(held["x"])
        y, wrong_y = numbers(held["y"])
        weight, wrong_weight = (
            numbers(held["weight"]) if "weight" in held else (np.ones(count), np.zeros(count, bool))
        )
        wrong_weight = wrong_weight | ~(weight >= 0)
        for position in np.flatnonzero(wrong_x | wrong_y | wrong_weight):
            role = "x" if wrong_x[position] else "y" if wrong_y[position] else "weight"
            found = held[role][int(position)].as_py()
            what = "a number of at least 0" if role == "weight" else "a number"
            name = getattr(self.columns, role)
            self.reject(int(positions[position]), f"'{found}' in '{name}' is not {what}")
        table = pa.table(
            {
                "row": positions,
                "x": x,
                "y": y,
                **{
                    name: labels(held[name]) if name in held else blank
                    for name in ("category", "month", "lsoa_code")
                },
                "crime_id": id_keys(held["crime_id"]) if "crime_id" in held else np.zeros(count, np.uint64),
                "weight": weight,
            }
        )
        good = ~(wrong_x | wrong_y | wrong_weight)
        return table if good.all() else table.filter(pa.array(good))


def _single(column: Any) -> Any:
    if column.num_chunks == 1:
        return column.chunk(0)
    combined = column.unify_dictionaries().combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def open_incidents(source: Source, named: ColumnNames) -> IncidentFile:
    """Open a source: find its columns, encoding, SHA-256 and reference system.

    Raises
    ------
    FileError
        When it is empty, is not what its name says, or cannot be read.
    DataError
        When it has no coordinates that are recognised.
    """
    if source.suffix in PARQUET:
        return _open_parquet(source, named)
    if source.suffix in LAYERS:
        return _open_layer(source, named)
    return _open_csv(source, named)


def _open_csv(source: Source, named: ColumnNames) -> IncidentFile:
    with source.open() as stream:
        digest, encoding, head = _scan(stream)
    codec = _CODECS[encoding]
    if not head.strip():
        raise FileError(f"'{source.name}' is empty", hint="download or export it again")
    if b"\0" in head and encoding != "UTF-16":
        raise FileError(f"'{source.name}' is not a CSV: it holds binary data", hint=f"save it as {READABLE}")
    text = codecs.getincrementaldecoder(codec)("strict").decode(head).lstrip("\ufeff")
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(record for record in reader if record)]
    columns = recognise(header, named, file=source.name)

    def batches(file: IncidentFile) -> Batches:
        return _csv_batches(file, codec=codec, delimiter=delimiter, header=header)

    return IncidentFile(source, digest, encoding, columns, None, batches, header_lines=reader.line_num)


_CODECS = {
    "UTF-8": "utf-8",
    "UTF-8 with BOM": "utf-8",
    "UTF-16": "utf-16",
    "Windows-1252": "cp1252",
    "Latin-1": "latin-1",
}


def _scan(stream: Any) -> tuple[str, str, bytes]:
    """Return the SHA-256, the encoding and the first bytes of a text file, in one pass over it."""
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    head, latin = b"", False
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
        head = head or chunk[:_HEAD]
        if chunk.isascii() and decoder is not None and not decoder.getstate()[0]:
            continue
        # Windows-1252 leaves these five bytes undefined; Latin-1 defines every byte.
        latin = latin or any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        if decoder is not None:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                decoder = None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "UTF-16"
    elif decoder is not None and not decoder.getstate()[0]:
        encoding = "UTF-8 with BOM" if head.startswith(codecs.BOM_UTF8) else "UTF-8"
    else:
        encoding = "Latin-1" if latin else "Windows-1252"
    return digest.hexdigest(), encoding, head


def _csv_batches(file: IncidentFile, *, codec: str, delimiter: str, header: list[str]) -> Batches:
    roles = {role: f"c{header.index(name)}" for role, name in file.columns.present().items()}
    skipped: list[int] = []

    def skip(row: Any) -> str:
        # pyarrow counts from 1, the header's lines too, but not blank lines.
        position = row.number - file.header_lines - 1
        skipped.append(position)
        lines = row.text.count("\n") + 1
        spans = f", over {lines:,} lines: is a quotation mark left open?" if lines > 1 else ""
        fields = "1 field" if row.actual_columns == 1 else f"{row.actual_columns} fields"
        file.reject(position, f"{fields} where the header has {row.expected_columns}{spans}")
        return "skip"

    types = {name: pa.string() if role == "crime_id" else _DICTIONARY for role, name in roles.items()}
    good = 0
    with file.source.open() as stream:
        try:
            # One thread per file keeps pyarrow's row numbers; several files are read side by side instead.
            reader = pa_csv.open_csv(
                stream,
                pa_csv.ReadOptions(
                    use_threads=False,
                    skip_rows=file.header_lines,
                    column_names=[f"c{number}" for number in range(len(header))],
                    encoding=codec,
                ),
                pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
                pa_csv.ConvertOptions(
                    include_columns=list(dict.fromkeys(roles.values())), column_types=types
                ),
            )
            for batch in reader:
                bad = np.array(skipped, dtype=np.int64)
                order = np.arange(good, good + batch.num_rows)
                positions = order + np.searchsorted(bad - np.arange(len(bad)), order, side="right")
                good += batch.num_rows
                yield pa.table({role: batch.column(name) for role, name in roles.items()}), positions
        except pa.ArrowInvalid as error:
            if not any(words in str(error) for words in _NO_ROWS):
                raise FileError(
                    f"'{file.source.name}' cannot be read as a CSV ({error})",
                    hint="look for a quotation mark that is opened and never closed",
                ) from error
    file.rows = good + len(skipped)


def _open_parquet(source: Source, named: ColumnNames) -> IncidentFile:
    import pyarrow.parquet as pq

    try:
        present = pq.read_schema(source.path).names
    except (pa.ArrowInvalid, OSError) as error:
        raise FileError(f"'{source.name}' is not a Parquet file", hint=f"save it as {READABLE}") from error
    columns = recognise(present, named, file=source.name)

    def batches(file: IncidentFile) -> Batches:
        roles = file.columns.present()
        # Buffered ahead, all row groups that were read would stay in memory to the end.
        with pq.ParquetFile(source.path, pre_buffer=False) as parquet:
            for batch in parquet.iter_batches(1 << 17, columns=list(dict.fromkeys(roles.values()))):
                yield _numbered(
                    file, {role: batch.column(name) for role, name in roles.items()}, batch.num_rows
                )

    return IncidentFile(source, sha256(source.path), None, columns, None, batches)


def _numbered(file: IncidentFile, held: dict[str, Any], count: int) -> tuple[Any, npt.NDArray[np.int64]]:
    positions = np.arange(file.rows, file.rows + count)
    file.rows += count
    return pa.table(held), positions


def _open_layer(source: Source, named: ColumnNames) -> IncidentFile:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        spatial = [str(name) for name, geometry in pyogrio.list_layers(source.path) if geometry is not None]
        layer = _only_layer(source, spatial)
        info = pyogrio.read_info(source.path, layer=layer)
    except (DataSourceError, DataLayerError) as error:
        raise FileError(
            f"'{source.name}' cannot be read as a layer of points", hint=f"save it as {READABLE}"
        ) from error
    columns = recognise(list(info["fields"]), named, file=source.name, geometry=True)

    def batches(file: IncidentFile) -> Batches:
        roles = file.columns.present()
        _, table = pyogrio.raw.read_arrow(
            source.path, layer=layer, columns=list(dict.fromkeys(roles.values()))
        )
        x, y = _point_coordinates(table.column(info["geometry_name"] or "wkb_geometry"), source)
        held = {role: table.column(name) for role, name in roles.items()} | {
            "x": pa.array(x),
            "y": pa.array(y),
        }
        yield _numbered(file, held, table.num_rows)

    return IncidentFile(source, sha256(source.path), None, columns, info["crs"], batches)


def _only_layer(source: Source, spatial: list[str]) -> str:
    if not spatial:
        raise DataError(f"'{source.name}' has no layer with geometries", hint="give a layer of points")
    if len(spatial) > 1:
        listed = ", ".join(f"'{name}'" for name in spatial)
        raise DataError(
            f"'{source.name}' has {len(spatial)} layers ({listed}), and incidents are one",
            hint="save the layer of incidents in a file of its own",
        )
    return spatial[0]


def _point_coordinates(
    geometries: Any, source: Source
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    import shapely

    points = shapely.from_wkb(geometries.to_numpy())
    kinds = {int(kind) for kind in np.unique(shapely.get_type_id(points))} - POINT_TYPES
    if kinds:
        raise DataError(
            f"'{source.name}' holds geometries of the type {shapely.GeometryType(min(kinds)).name}, "
            "but incidents are points",
            hint="give a layer of points; areas are given with 'areas'",
        )
    return point_coordinates(points)
