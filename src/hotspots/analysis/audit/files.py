"""Every file of a folder, read for what it shows; what cannot be read is said."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from hotspots.analysis.audit.context import CERTIFICATE, Context
from hotspots.analysis.audit.density import density_troubles
from hotspots.analysis.audit.pages import read_html, read_markup, read_office, read_pdf
from hotspots.analysis.audit.sheets import opening, read_csv, read_geojson, read_geopackage, read_workbook
from hotspots.analysis.audit.shown import Page, Said
from hotspots.base.errors import DataError, FileError
from hotspots.base.walking import files_under

_PATH = re.compile(
    r"(?:\b[A-Za-z]:[\\/]|(?<![\w.:/])/(?:home|Users|root|mnt|media|srv|tmp|var|work|data)/)[^\s\"'<>|*?]+"
)
_AUTHOR = re.compile(r"<(?:dc:creator|cp:lastModifiedBy)>([^<]+)<")
_PACKED = (".docx", ".pptx", ".xlsx", ".qgz")
_IGNORED = frozenset({".css", ".js", ".qmd"})
_READERS: dict[str, Callable[[Path, str], Page]] = {
    ".csv": read_csv,
    ".xlsx": read_workbook,
    ".geojson": read_geojson,
    ".gpkg": read_geopackage,
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_office,
    ".pptx": read_office,
    ".pdf": read_pdf,
}


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder in order.

    Raises
    ------
    FileError
        When there is no such folder, it is empty, or not all of it can be seen.
    """
    if not folder.exists():
        raise FileError(f"'{folder}' does not exist", hint="name the folder that 'hotspots run' wrote")
    if not folder.is_dir():
        raise FileError(f"'{folder}' is a file, not a folder", hint="name the folder that it lies in")
    found, closed = files_under(folder, what="the folder that 'hotspots run' wrote")
    if closed:
        raise FileError(
            f"'{min(closed)}' cannot be looked into, so that '{folder}' cannot be audited as a whole",
            hint="ask for the right to read it, or audit a copy of the folder without it",
        )
    if not found:
        raise FileError(f"'{folder}' is empty", hint="name the folder that 'hotspots run' wrote")
    return sorted(found)


def read_files(folder: Path, context: Context, *, fewest: int) -> Page:
    """Read every file of a folder.

    Raises
    ------
    FileError
        When there is no such folder, or it is empty.
    DataError
        When none of its files holds a table of areas.
    """
    page = Page()
    for path in files_of(folder):
        file = path.relative_to(folder).as_posix()
        if file == CERTIFICATE or file == "about/disclosure.html":
            continue
        page.add(_read(path, file, context, fewest))
    if not page.tables:
        raise DataError(
            f"'{folder}' holds no table of areas that can be audited",
            hint="name a folder that 'hotspots run' wrote, or one with CSV, XLSX, GeoJSON or GeoPackage files "
            "whose columns are named as docs/columns.md has them",
        )
    return page


def _read(path: Path, file: str, context: Context, fewest: int) -> Page:
    suffix = path.suffix.casefold()
    page = Page()
    with opening(path, file):
        if suffix in _READERS:
            page = _READERS[suffix](path, file)
        elif suffix == ".svg":
            page = read_markup(path.read_text(encoding="utf-8"), file)
        elif suffix in (".tif", ".tiff"):
            page.troubles += density_troubles(path, file, months=len(context.months), fewest=fewest)
        elif suffix in (".txt", ".md", ".json"):
            page.texts.append(Said(file, "", path.read_text(encoding="utf-8")))
        elif suffix not in (".qml", ".qlr", ".qgz", *_IGNORED):
            kind = {".png": "a picture", ".jpg": "a picture", ".jpeg": "a picture"}
            page.unread.append(f"{file}: {kind.get(suffix, 'a file of another kind')}, which is not read")
        page.troubles += _identifiers(path, file)
    return page


def _identifiers(path: Path, file: str) -> list[str]:
    """Return which paths and names of people a file holds."""
    told = []
    for name, text in _texts(path):
        found = _PATH.search(text)
        if found:
            told.append(f"{file} holds a path of the machine that made it, '{found[0]}'")
        author = _AUTHOR.search(text)
        if author and not author[1].casefold().startswith("hotspots"):
            told.append(f"{file} names its author, '{author[1]}', in {name}")
    return told


def _texts(path: Path) -> list[tuple[str, str]]:
    """Return the texts in which a path or a name may stand unseen."""
    suffix = path.suffix.casefold()
    if suffix in _PACKED:
        with zipfile.ZipFile(path) as archive:
            return [
                (name, archive.read(name).decode("utf-8", "replace"))
                for name in sorted(archive.namelist())
                if name.startswith("docProps/") or name.endswith((".qgs", ".rels"))
            ]
    if suffix in (".json", ".qml", ".qlr", ".svg", ".txt"):
        return [("", path.read_text(encoding="utf-8", errors="replace"))]
    if suffix in (".geojson", ".html", ".pdf"):
        with path.open("rb") as stream:
            return [("", stream.read(100_000).decode("utf-8", "replace"))]
    return []
