"""Find the incident files that a path, wildcard, folder, archive or bundled name stands for."""

from __future__ import annotations

import glob
import logging
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import pyarrow as pa

from hotspots.base.errors import FileError, did_you_mean

CSV = (".csv", ".txt", ".tsv")
PARQUET = (".parquet", ".pq")
LAYERS = (".geojson", ".json", ".gpkg", ".shp", ".fgb")
ARCHIVES = (".zip",)
_NOT_STREET = ("-outcomes.csv", "-stop-and-search.csv")
READABLE = "CSV, Parquet, GeoJSON, GeoPackage, Shapefile, or a ZIP archive or folder of CSVs"

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """One file of incidents, or one member of an archive.

    Attributes
    ----------
    name : str
        How reports and messages call it; never a whole path.
    path : Path
        The file or archive.
    member : str or None
        The member of the archive.
    """

    name: str
    path: Path
    member: str | None = None

    @property
    def suffix(self) -> str:
        """The lower-case ending of the file's or the member's name."""
        return PurePosixPath(self.member or self.path.name).suffix.casefold()

    @contextmanager
    def open(self) -> Iterator[Any]:
        """Open the bytes as a pyarrow file; a member of an archive is unpacked in memory alone."""
        try:
            if self.member is None:
                stream = pa.OSFile(str(self.path))
            else:
                with zipfile.ZipFile(self.path) as archive:
                    stream = pa.BufferReader(archive.read(self.member))
        except (zipfile.BadZipFile, EOFError, zlib.error) as error:
            raise _damaged(self.path) from error
        except OSError as error:
            raise FileError(
                f"cannot read '{self.name}' ({error.strerror or error})", hint="check that you may read it"
            ) from error
        with stream:
            yield stream


def _damaged(path: Path) -> FileError:
    return FileError(
        f"'{path.name}' is not a complete ZIP archive",
        hint="download it again; its size should be that which the site states",
    )


def find_sources(source: str | Path | Sequence[str | Path]) -> list[Source]:
    """List the incident files that a path, a wildcard, a folder, an archive or a sequence of them stands for.

    Of a folder or an archive that holds police.uk's street files (``*-street.csv``, at any depth) those alone
    are taken, otherwise its CSVs but for outcomes and stop-and-search. Files of a folder, archive or wildcard
    are sorted by name; a sequence keeps its order. A path that is given twice is taken once, and outcomes and
    stop-and-search that are given together with street files (by a wildcard, say) are left out.

    Raises
    ------
    FileError
        When there is no such file, nothing in it to read, or its format is not one of those that are read.
    """
    given = [source] if isinstance(source, str | Path) else list(source)
    if not given:
        raise FileError("no incident file is given", hint="name a file, a folder or an archive of incidents")
    found = [one for item in given for one in _expand(item)]
    first: dict[tuple[Path, str | None], Source] = {}
    for one in found:
        first.setdefault((one.path.resolve(), one.member), one)
    street = any(_is_street(one.name) for one in first.values())
    left_out = [one.name for one in first.values() if street and one.name.casefold().endswith(_NOT_STREET)]
    if left_out:
        _LOG.info("Left out, as they are not street files: %s", ", ".join(left_out))
    taken = [one for one in first.values() if one.name not in left_out]
    names = [one.name for one in taken]
    return [
        replace(one, name=f"{one.path.parent.name}/{one.name}") if names.count(one.name) > 1 else one
        for one in taken
    ]


def _is_street(name: str) -> bool:
    return name.casefold().endswith("-street.csv")


def _expand(item: str | Path) -> list[Source]:
    path = Path(item)
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        return _file(path)
    if glob.has_magic(str(item)):
        return _wildcard(str(item))
    bundled = _bundled(path)
    if bundled is None:
        raise _absent(path)
    return _file(bundled)


def _wildcard(pattern: str) -> list[Source]:
    matches = [Path(match) for match in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    if not matches:
        folder = Path(pattern).parent
        raise FileError(f"no file matches '{pattern}'", hint=f"check the wildcard and the folder '{folder}'")
    return [one for match in matches for one in _expand(match)]


def _bundled(path: Path) -> Path | None:
    if path.suffix or path.name != str(path):
        return None
    import hotspots_boundaries

    try:
        return Path(hotspots_boundaries.path(path.name))
    except KeyError:
        return None


def _absent(path: Path) -> FileError:
    there = [near.name for near in path.parent.iterdir()] if path.parent.is_dir() else []
    guess = did_you_mean(path.name, there)
    hint = guess if guess.startswith("did you mean") else f"give {READABLE}"
    return FileError(f"there is no file or folder '{path}'", hint=hint)


def _street_first(files: list[T], *, key: Callable[[T], str]) -> list[T]:
    street = [one for one in files if _is_street(key(one))]
    return street or [one for one in files if not key(one).casefold().endswith(_NOT_STREET)]


def _folder(folder: Path) -> list[Source]:
    files = [path for path in folder.rglob("*") if path.suffix.casefold() == ".csv" and path.is_file()]
    named = sorted((path.relative_to(folder).as_posix(), path) for path in files)
    taken = [Source(name, path) for name, path in _street_first(named, key=lambda pair: pair[0])]
    if not taken:
        raise FileError(
            f"the folder '{folder}' holds no CSV of incidents",
            hint="give the folder that holds the police.uk months (2025-01, 2025-02, ...), or name the files",
        )
    return taken


def _file(path: Path) -> list[Source]:
    suffix = path.suffix.casefold()
    if suffix not in (*CSV, *PARQUET, *LAYERS, *ARCHIVES):
        raise FileError(f"'{path.name}' is in a format that is not read", hint=f"save it as {READABLE}")
    if path.stat().st_size == 0:
        raise FileError(f"'{path.name}' is empty (0 bytes)", hint="download or export it again")
    if suffix not in ARCHIVES:
        return [Source(path.name, path)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(name for name in archive.namelist() if name.casefold().endswith(".csv"))
    except zipfile.BadZipFile as error:
        raise _damaged(path) from error
    kept = [name for name in members if not PurePosixPath(name).name.startswith("._")]
    taken = _street_first(kept, key=str)
    if not taken:
        raise FileError(
            f"'{path.name}' holds no street-level file (*-street.csv) and no other CSV of incidents",
            hint="download it from data.police.uk with 'Include crime data' ticked",
        )
    return [Source(f"{path.name}/{name}", path, name) for name in taken]
