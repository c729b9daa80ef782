"""Vector files, each opened as what its name says it is.

GDAL chooses a driver by a file's content, so that a list of web addresses called ``wards.geojson`` would be
followed. Here a file has to begin as its suffix promises; formats that only point elsewhere are never opened.
"""

from __future__ import annotations

import logging
import mmap
import os
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hotspots.base.errors import FileError
from hotspots.base.foreign import reading
from hotspots.base.limits import refuse_deep_json, refuse_deep_kml

log = logging.getLogger(__name__)

FORMATS = "a GeoPackage, GeoJSON, Shapefile (also zipped), FlatGeobuf, file geodatabase, KML or GeoParquet"

_HEAD = 1 << 12
_SEARCHED = 1 << 20
_ELSEWHERE = re.compile(rb"<\s*(?:OGR|VRT|GDAL_)", re.IGNORECASE)
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]")
_BEGINS = {
    ".gpkg": re.compile(rb"SQLite format 3\0.{52}(?:GPKG|GP10|GP11)", re.DOTALL),
    ".geojson": _JSON,
    ".json": _JSON,
    ".shp": re.compile(rb"\0\0\x27\x0a"),
    ".fgb": re.compile(rb"fgb"),
    ".parquet": re.compile(rb"PAR1"),
    ".geoparquet": re.compile(rb"PAR1"),
    ".kml": re.compile(
        rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?kml\b", re.DOTALL
    ),
}
_NESTED = (".shp", ".geojson", ".json", ".gpkg", ".fgb", ".kml")
_NEVER = (".vrt", ".tab", ".mif")  # may point to other files, or to the web
_CUT_OFF = re.compile(rb'"exceededTransferLimit"\s*:\s*true')


def check_vector(path: Path) -> None:
    """Make sure that a file is of the format that its suffix promises, and nests no deeper than GDAL can read.

    Raises
    ------
    FileError
        When it is not, or the suffix is of no format that is read.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        if suffix != ".gdb" or not any(path.glob("*.gdbtable")):
            raise _not_a_layer(path)
    elif suffix in (".zip", ".shz"):
        _check_archive(path)
    elif suffix not in _BEGINS:
        raise _not_a_layer(path)
    else:
        with path.open("rb") as stream:
            if not begins_as(stream, suffix):
                raise _not_a_layer(path, suffix)
        refuse_deep_layer(path)


def refuse_deep_layer(path: Path) -> None:
    """Refuse a GeoJSON or KML that nests so deep that reading it would end the process, or cannot be done.

    Raises
    ------
    FileError
    """
    refuse = {".geojson": refuse_deep_json, ".json": refuse_deep_json, ".kml": refuse_deep_kml}.get(
        path.suffix.lower()
    )
    if refuse is not None and path.stat().st_size:
        with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            refuse(content, where=f"'{path}'")


def _check_archive(path: Path) -> None:
    unpacked = f"'{path}' cannot be unpacked: it is damaged, locked or packed in a way that is not known"
    with reading(unpacked, hint="unpack it first"), zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        for name in names:
            suffix = Path(name).suffix.lower()
            if suffix in _NEVER or (suffix in _NESTED and not _member_begins(archive, name, suffix)):
                raise _not_a_layer(path, suffix)
    if not any(Path(name).suffix.lower() in (*_NESTED, ".gdbtable") for name in names):
        raise _not_a_layer(path)


def _member_begins(archive: zipfile.ZipFile, name: str, suffix: str) -> bool:
    with archive.open(name) as stream:
        return begins_as(stream, suffix)


def begins_as(stream: IO[bytes], suffix: str) -> bool:
    """Return whether bytes begin as files of a suffix do, and point nowhere else."""
    start, known = stream.read(_SEARCHED), _BEGINS.get(suffix)
    return known is not None and known.match(start[:_HEAD]) is not None and not points_elsewhere(start)


def points_elsewhere(text: bytes) -> bool:
    """Return whether GDAL would take a text for a list of other files: it looks for the mark anywhere in its start.

    Examples
    --------
    >>> points_elsewhere(b'{"a": "<OGRVRTDataSource>"}'), points_elsewhere(b'{"a": "<b>"}')
    (True, False)
    """
    return _ELSEWHERE.search(text[:_SEARCHED].partition(b"\0")[0]) is not None


def _not_a_layer(path: Path, suffix: str = "") -> FileError:
    what = f"does not hold what '{suffix}' files do" if suffix else "is not a layer that can be read"
    return FileError(f"'{path}' {what}", hint=f"give {FORMATS}")


def was_cut_off(path: Path) -> bool:
    """Whether a GeoJSON says of itself that its service sent only the first part of the features."""
    if path.suffix.lower() not in (".geojson", ".json") or not path.stat().st_size:
        return False
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _CUT_OFF.search(content) is not None


def quiet_gdal() -> None:
    """Let GDAL write nothing to the terminal itself, where a file's bytes would stand as they are.

    What it says through Python is not touched. Where the variable ``CPL_LOG`` names a file, it writes there.
    """
    import pyogrio

    if pyogrio.get_gdal_config_option("CPL_LOG") is None:
        pyogrio.set_gdal_config_options({"CPL_LOG": os.devnull})


@contextmanager
def reading_only() -> Iterator[None]:
    """Keep GDAL from leaving a file beside a GeoPackage with metadata; its own warnings become notes."""
    import pyogrio

    quiet_gdal()
    before = pyogrio.get_gdal_config_option("GDAL_PAM_ENABLED")
    pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO"})
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", RuntimeWarning)
            yield
    finally:
        pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": before})
    for warning in said:
        log.info("GDAL: %s", warning.message)
