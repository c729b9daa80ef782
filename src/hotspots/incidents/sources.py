"""Find the incident files that a path, wildcard, folder, archive or bundled name stands for."""

from __future__ import annotations

import glob
import io
import logging
import math
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import pyarrow as pa

from hotspots.base.database.address import Address, is_address, parse_address
from hotspots.base.errors import FileError, HotspotsWarning, did_you_mean
from hotspots.base.limits import SMALL, allowed, raising
from hotspots.base.named import find_named, not_fetched
from hotspots.base.walking import files_under

CSV = (".csv", ".txt", ".tsv", ".tab")
PARQUET = (".parquet", ".pq", ".geoparquet")
LAYERS = (".geojson", ".json", ".gpkg", ".shp", ".fgb", ".gdb", ".kml")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ARCHIVES = (".zip",)
_NOT_STREET = ("-outcomes.csv", "-stop-and-search.csv")
READABLE = (
    "CSV (also packed, as .csv.gz), an Excel workbook, Parquet, GeoJSON, GeoPackage, Shapefile, file geodatabase, KML, "
    "or a ZIP archive or folder of CSVs"
)
_PACKED = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}
_CHUNK = 1 << 18
_MONTHS = "the folder that holds the police.uk months (2025-01, 2025-02, ...)"

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """One file of incidents, one member of an archive, or the rows that an address of a database names.

    Attributes
    ----------
    name : str
        How reports and messages call it; never a whole path.
    path : Path
        The file or archive.
    member : ZipInfo or None
        The member of the archive.
    address : Address or None
        Of rows in a database; `path` is then no file.
    """

    name: str
    path: Path
    member: zipfile.ZipInfo | None = None
    address: Address | None = None

    @property
    def suffix(self) -> str:
        """The lower-case ending of the file's or the member's name, without that of its packing."""
        if self.address is not None:
            return ""
        path = PurePosixPath(self.member.filename if self.member else self.path.name)
        return PurePosixPath(path.stem if path.suffix.casefold() == ".gz" else path.name).suffix.casefold()

    @property
    def size(self) -> int:
        """Bytes of the file, or of the member unpacked; a packed file is taken to unpack to ten times its size.

        Of rows in a database 0, whatever they hold.
        """
        if self.address is not None:
            return 0
        if self.member is not None:
            return self.member.file_size
        size = self.path.stat().st_size
        return 10 * size if self.path.suffix.casefold() == ".gz" else size

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open the bytes as a pyarrow file; what is packed is unpacked as it is read, in bounded memory."""
        try:
            if self.member is not None:
                stream = pa.PythonFile(io.BufferedReader(_Member(self.path, self.member), _CHUNK), mode="r")
            elif self.path.suffix.casefold() == ".gz":
                stream = pa.CompressedInputStream(pa.OSFile(str(self.path)), "gzip")
            else:
                stream = pa.OSFile(str(self.path))
            with stream:
                yield stream
        except (zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise _damaged(self.path) from error
        except OSError as error:
            if isinstance(error, FileError):
                raise
            if self.path.suffix.casefold() == ".gz" and not error.errno:
                raise FileError(
                    f"'{self.name}' is not a complete gzip file", hint="download or export it again"
                ) from error
            raise FileError(
                f"cannot read '{self.name}' ({error.strerror or error})", hint="check that you may read it"
            ) from error


class _Member(io.RawIOBase):
    """The bytes of one member of an archive, unpacked as they are read.

    It is found by the place that the archive's directory gave, so that reading all members takes one look at
    the directory, and two members of one name are two.
    """

    def __init__(self, path: Path, info: zipfile.ZipInfo) -> None:
        self._stream = path.open("rb")
        self._stream.seek(info.header_offset)
        header = self._stream.read(30)
        if header[:4] != b"PK\3\4" or len(header) < 30:
            self._stream.close()
            raise zipfile.BadZipFile(f"no member at byte {info.header_offset}")
        self._stream.seek(
            int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1
        )
        self._packed = info.compress_size
        self._unpacker = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        self._length, self._sum, self._info, self._waiting = 0, 0, info, b""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _next(self, most: int) -> bytes:
        """Return up to so many bytes; none at the end, where length and checksum must be as the archive says."""
        data = b""
        while not data:
            if self._unpacker is None:
                data = self._stream.read(min(most, self._packed))
                self._packed -= len(data)
            else:
                if not self._waiting:
                    self._waiting = self._stream.read(min(_CHUNK, self._packed))
                    self._packed -= len(self._waiting)
                ended = not self._waiting
                data = self._unpacker.decompress(self._waiting, most)
                self._waiting = self._unpacker.unconsumed_tail
                if not data and not ended and not self._unpacker.eof:
                    continue
            if not data:
                if self._length != self._info.file_size or self._sum != self._info.CRC:
                    raise zipfile.BadZipFile(f"'{self._info.filename}' is damaged")
                return b""
        self._length += len(data)
        self._sum = zlib.crc32(data, self._sum)
        return data


def _damaged(path: Path) -> FileError:
    return FileError(
        f"'{path.name}' is not a complete ZIP archive",
        hint="download it again; its size should be that which the site states",
    )


def find_sources(source: str | Path | Sequence[str | Path]) -> list[Source]:
    """List the incident files that a path, a wildcard, a folder, an archive or a sequence of them stands for.

    An address of a database (see `hotspots.base.database.address.parse_address`) stands for its rows.

    Of a folder or an archive that holds police.uk's street files (``*-street.csv``, at any depth) those alone
    are taken, otherwise its CSVs but for outcomes and stop-and-search; an archive without CSVs may hold
    Shapefiles. Files of a folder, archive or wildcard are sorted by name; a sequence keeps its order. A path
    that is given twice is taken once, and outcomes and stop-and-search that are given together with street
    files (by a wildcard, say) are left out. Files that a Mac leaves beside others (``._...``) are no files.

    Raises
    ------
    FileError
        When there is no such file, nothing in it to read, or its format is not one of those that are read.
    """
    found, left_out = list_sources(source)
    if left_out:
        _LOG.info("Left out, as they are not street files: %s", ", ".join(left_out))
    return found


def list_sources(source: str | Path | Sequence[str | Path]) -> tuple[list[Source], list[str]]:
    """Return what `find_sources` does, and the names of the files left out, without saying so."""
    given = [source] if isinstance(source, str | Path) else list(source)
    if not given:
        raise FileError("no incident file is given", hint="name a file, a folder or an archive of incidents")
    found = [one for item in given for one in _expand(item)]
    first: dict[tuple[Any, int | None], Source] = {}
    for one in found:
        place = one.address or one.path.resolve()
        first.setdefault((place, one.member.header_offset if one.member else None), one)
    street = any(_is_street(one.name) for one in first.values())
    left_out = [one.name for one in first.values() if street and one.name.casefold().endswith(_NOT_STREET)]
    taken = [one for one in first.values() if one.name not in left_out]
    names = Counter(one.name for one in taken)
    told = [
        replace(one, name=f"{one.path.parent.name}/{one.name}")
        if names[one.name] > 1 and not one.member and one.address is None
        else one
        for one in taken
    ]
    return _numbered_apart(told), left_out


def would_read(source: str | Path | Sequence[str | Path], output: str | Path) -> bool:
    """Return whether a file is, or as soon as it is written would be, among those that a source stands for.

    A source that stands for nothing reads nothing.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "2025.csv").write_text("x,y")
    ...     before = [would_read(folder, Path(folder, name)) for name in ("2025.csv", "new.csv", "new.gpkg")]
    ...     _ = Path(folder, "2025-01-kent-street.csv").write_text("x,y")
    ...     before, would_read(folder, Path(folder, "new.csv"))
    ([True, True, False], False)
    """
    for item in [source] if isinstance(source, str | Path) else source:
        try:
            with warnings.catch_warnings():
                # Who reads them says what is left out.
                warnings.simplefilter("ignore", HotspotsWarning)
                files = [one.path.resolve() for one in _expand(item)]
        except (FileError, OSError, ValueError):
            continue
        place, folder = Path(output).resolve(), Path(item)
        if place in files:
            return True
        swept = folder.is_dir() and place.name.casefold().endswith((".csv", ".csv.gz"))
        if (
            swept
            and place.is_relative_to(folder.resolve())
            and not any(_is_street(one.name) for one in files)
        ):
            return True
    return False


def _numbered_apart(sources: list[Source]) -> list[Source]:
    """Return sources of which those that still have one name are numbered: an archive may repeat a name."""
    seen: Counter[str] = Counter()
    apart = []
    for one in sources:
        seen[one.name] += 1
        apart.append(one if seen[one.name] == 1 else replace(one, name=f"{one.name} ({seen[one.name]})"))
    return apart


def _is_street(name: str) -> bool:
    return name.casefold().endswith("-street.csv")


def _expand(item: str | Path) -> list[Source]:
    if isinstance(item, str) and is_address(item):
        address = parse_address(item)
        return [Source(address.label, Path(address.sha256), address=address)]
    path = Path(item)
    if path.is_dir():
        return _file(path) if path.suffix.casefold() == ".gdb" else _folder(path)
    if path.is_file():
        return _file(path)
    if glob.has_magic(str(item)):
        return _wildcard(str(item))
    named = _named(path)
    if named is None:
        raise _absent(path)
    return named


def _wildcard(pattern: str) -> list[Source]:
    found = [Path(match) for match in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    matches = [match for match in found if not match.name.startswith("._")]
    if not matches:
        folder = Path(pattern).parent
        raise FileError(f"no file matches '{pattern}'", hint=f"check the wildcard and the folder '{folder}'")
    return [one for match in matches for one in _expand(match)]


def _named(path: Path) -> list[Source] | None:
    """Return the files of incidents that a name stands for; None where it is no name of any data."""
    named = find_named(path.as_posix())
    if named is None:
        return None
    if named.kind != "incidents":
        hint = (
            "name it under [comparators] of a recipe, or with --with" if named.kind == "comparators" else ""
        )
        raise FileError(
            f"'{named.id}' is a {named.place} file of {named.holds}, but incidents were needed",
            hint=hint or "see the names of all data with: hotspots boundaries list",
        )
    return _folder(named.path) if named.path.is_dir() else _file(named.path)


def _absent(path: Path) -> FileError:
    there = [near.name for near in path.parent.iterdir()] if path.parent.is_dir() else []
    guess = did_you_mean(path.name, there)
    hint = guess if guess.startswith("did you mean") else not_fetched(path.as_posix()) or f"give {READABLE}"
    return FileError(f"there is no file or folder '{path}'", hint=hint)


def _street_first(files: list[T], *, key: Callable[[T], str]) -> list[T]:
    street = [one for one in files if _is_street(key(one))]
    return street or [one for one in files if not key(one).casefold().endswith(_NOT_STREET)]


def _folder(folder: Path) -> list[Source]:
    found, closed = files_under(folder, what=_MONTHS)
    files = [path for path in found if path.name.casefold().endswith((".csv", ".csv.gz"))]
    named = sorted(
        (path.relative_to(folder).as_posix(), path) for path in files if not path.name.startswith("._")
    )
    taken = [Source(name, path) for name, path in _street_first(named, key=lambda pair: pair[0])]
    if closed:
        names = sorted(path.relative_to(folder).as_posix() for path in closed)
        warnings.warn(
            f"left out of '{folder}', as you may not look into them: {', '.join(names[:3])}"
            + (f" and {len(names) - 3:,} more" if len(names) > 3 else ""),
            HotspotsWarning,
            stacklevel=2,
        )
    if not taken:
        raise FileError(
            f"the folder '{folder}' holds no CSV of incidents", hint=f"give {_MONTHS}, or name the files"
        )
    return taken


def _file(path: Path) -> list[Source]:
    source = Source(path.name, path)
    if path.suffix.casefold() in ARCHIVES:
        return _archive(path)
    if source.suffix not in (*CSV, *PARQUET, *LAYERS, *WORKBOOKS) or (
        path.suffix.casefold() == ".gz" and source.suffix not in CSV
    ):
        raise FileError(f"'{path.name}' is in a format that is not read", hint=f"save it as {READABLE}")
    if path.is_file() and path.stat().st_size == 0:
        raise FileError(f"'{path.name}' is empty (0 bytes)", hint="download or export it again")
    return [source]


def _archive(path: Path) -> list[Source]:
    if path.stat().st_size == 0:
        raise FileError(f"'{path.name}' is empty (0 bytes)", hint="download or export it again")
    try:
        with zipfile.ZipFile(path) as archive:
            held = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise _damaged(path) from error
    _refuse_bomb(path, held)
    ours = [info for info in held if not PurePosixPath(info.filename).name.startswith("._")]
    ours.sort(key=lambda info: info.filename)
    tables = [info for info in ours if PurePosixPath(info.filename).suffix.casefold() in CSV[:1]]
    tables = tables or [info for info in ours if PurePosixPath(info.filename).suffix.casefold() in CSV]
    taken = _street_first(tables, key=lambda info: info.filename) or [
        info for info in ours if info.filename.casefold().endswith(".shp")
    ]
    if not taken:
        raise FileError(
            f"'{path.name}' holds no street-level file (*-street.csv) and no other CSV or Shapefile of incidents",
            hint="download it from data.police.uk with 'Include crime data' ticked",
        )
    for info in taken:
        _refuse_packing(path, info)
    return [Source(f"{path.name}/{info.filename}", path, info) for info in taken]


def _refuse_bomb(path: Path, held: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse an archive that says it holds more files or bytes than any of incidents, or far more than it packs."""
    whole, packed = sum(info.file_size for info in held), path.stat().st_size
    files, gigabytes, ratio = (allowed(name) for name in ("files", "gigabytes", "ratio"))
    if len(held) > files:
        what, more = f"{len(held):,} files, more than {files:,}", raising("files", len(held))
    elif whole > gigabytes * 1e9:
        what, more = (
            f"{whole / 1e9:,.0f} GB, more than {gigabytes:,}",
            raising("gigabytes", math.ceil(whole / 1e9)),
        )
    elif whole > SMALL and whole > ratio * packed:
        what = f"{whole / 1e6:,.0f} MB in {packed / 1e6:,.1f}, over {ratio} times its size"
        more = raising("ratio", math.ceil(whole / packed))
    else:
        return
    raise FileError(
        f"'{path.name}' holds {what}",
        hint=f"unpack it where there is room, and give the folder of its files; {more}",
    )


def _refuse_packing(path: Path, info: zipfile.ZipInfo) -> None:
    """Refuse a member that is locked or packed in a way that Python does not unpack."""
    if info.flag_bits & 1:
        raise FileError(
            f"'{path.name}' is locked with a password",
            hint="unpack it first, and give the folder of its files",
        )
    if info.compress_type not in _PACKED:
        how = (
            "Deflate64, as Windows does over 2 GB"
            if info.compress_type == 9
            else f"method {info.compress_type}"
        )
        raise FileError(
            f"'{info.filename}' in '{path.name}' is packed in a way that is not read ({how})",
            hint="unpack the archive first, and give the folder of its files",
        )
