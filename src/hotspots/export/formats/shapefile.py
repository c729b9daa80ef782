"""Shapefile: a layer in five files and its licence: all of the old ones or all of the new."""

from __future__ import annotations

import os
import shutil
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from hotspots.base.crs import crs_text
from hotspots.base.errors import FileError, HotspotsWarning
from hotspots.base.files import put_beside, refuse_existing, replacing, require_whole
from hotspots.export.formats.table import has_points, plain_table, with_names
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd

ZIPPED = ".shp.zip"
_MOST = 1_800  # columns
_LONGEST_NAME = 10  # letters
_LONGEST_TEXT = 254  # bytes
_DATE = "2000-01-01"  # a .dbf has the date of its last change, which would be the clock's
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# What programs leave beside a Shapefile: an index or statistics of an earlier one would be believed.
_PARTS = (".shx", ".dbf", ".prj", ".cpg", ".shp.xml", ".qix", ".sbn", ".sbx", ".qmd", ".qpj")


def write_shapefile(
    layer: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a layer as a Shapefile in its own reference system, rows sorted by ``code``, or as one zipped file.

    Numbers have 15 digits. Text is UTF-8, and a ``.cpg`` says so. Names longer than ten letters are cut, and which is
    which is said. The same layer gives the same bytes.

    Parameters
    ----------
    layer : GeoDataFrame
        Any layer with a CRS; its index is the code. Left unchanged.
    path : path
        The ``.shp``, beside which its parts are written, or a ``.shp.zip`` that holds all.
    provenance : mapping, optional
        Where the layer comes from: in ``.shp.xml``, with the licence as a limit of use.
    overwrite : bool, default False
        Whether existing files may be replaced. What other programs left beside the old one, as an index, is removed.

    Warns
    -----
    HotspotsWarning
        When texts are longer than the 254 bytes that a Shapefile holds, and are cut.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    FileError
        When a file exists and `overwrite` is false, or cannot be written.
    """
    crs_text(layer.crs)
    target = Path(path)
    zipped = target.name.casefold().endswith(ZIPPED)
    stem = target.name[: -len(ZIPPED)] if zipped else target.stem
    if not zipped:
        for part in _PARTS:
            refuse_existing(target.with_suffix(part), overwrite=overwrite)
    with replacing(target, overwrite=overwrite) as draft:
        folder = draft.with_name("parts")
        folder.mkdir()
        _write_parts(_that_fits(layer), folder / f"{stem}.shp", provenance or {})
        if zipped:
            _zip(folder, draft)
        else:
            require_whole(folder)
            shutil.move(folder / f"{stem}.shp", draft)
            _put_beside(folder, draft, target)


def _that_fits(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table with names and texts that a Shapefile can hold."""
    table = with_names(plain_table(layer), "a Shapefile", most=_MOST, longest=_LONGEST_NAME)
    cut = {}
    for name in table.columns.drop(table.geometry.name):
        if not (table[name].dtype == object or str(table[name].dtype).startswith("str")):
            continue
        long = table[name].map(lambda word: isinstance(word, str) and len(word.encode()) > _LONGEST_TEXT)
        if long.any():
            cut[str(name)] = int(long.sum())
            table.loc[long, name] = [
                word.encode()[: _LONGEST_TEXT - 3].decode(errors="ignore") + "…"
                for word in table.loc[long, name]
            ]
    if cut:
        told = ", ".join(f"{count:,} in '{name}'" for name, count in cut.items())
        warnings.warn(
            f"a Shapefile holds texts of {_LONGEST_TEXT} bytes, and longer ones are cut: {told}; GeoPackage and "
            "GeoJSON hold them whole",
            HotspotsWarning,
            stacklevel=4,
        )
    return table


def _write_parts(table: gpd.GeoDataFrame, path: Path, provenance: Mapping[str, Any]) -> None:
    import pyogrio

    pyogrio.write_dataframe(
        table,
        path,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        promote_to_multi=not has_points(table),
        layer_options={"DBF_DATE_LAST_UPDATE": _DATE},
    )
    if provenance:
        path.with_suffix(".shp.xml").write_bytes(_metadata(path.stem, provenance))


def _metadata(title: str, provenance: Mapping[str, Any]) -> bytes:
    """Return metadata that ArcGIS shows: title, where the layer comes from, and the licence as a limit of use."""
    root = ET.Element("metadata")
    about = ET.SubElement(root, "dataIdInfo")
    ET.SubElement(ET.SubElement(about, "idCitation"), "resTitle").text = str(provenance.get("title", title))
    ET.SubElement(about, "idAbs").text = to_json(provenance)
    limits = ET.SubElement(ET.SubElement(about, "resConst"), "Consts")
    ET.SubElement(limits, "useLimit").text = str(provenance.get("attribution", ""))
    ET.indent(root, " ")
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _zip(folder: Path, draft: Path) -> None:
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(part.name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part.read_bytes())


def _put_beside(folder: Path, draft: Path, target: Path) -> None:
    try:
        parts = sorted(entry for entry in folder.iterdir() if entry.is_file())
        put_beside(draft, target, parts, before=[target.with_suffix(part) for part in _PARTS])
    except OSError as error:
        raise FileError(
            f"cannot write the parts of '{target}' ({error.strerror})",
            hint="close the program that has them open, or choose another name with -o",
        ) from error
