"""Styles and projects for QGIS, written without it: layers named in words, coloured as on the web map.

To open in QGIS without a question, a folder needs data in one CRS, a style for every layer, and a project or
layer definition that names the data by relative paths. QGIS finds styles by itself in two places. A ``.qml``
with the data file's name is applied to that file, and in a GeoPackage to *every* layer of it; a GeoPackage's
table ``layer_styles`` has one for each layer, and wins.
"""

from __future__ import annotations

import io
import os
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

import numpy as np

from hotspots.areas.hidden import FEW
from hotspots.base.crs import BRITISH_NATIONAL_GRID, crs_text
from hotspots.base.errors import FileError, ParameterError
from hotspots.base.files import replacing
from hotspots.export.qgis.labels import Labels
from hotspots.export.qgis.layout import Imprint
from hotspots.export.qgis.parts import plain
from hotspots.export.qgis.project import definition_document, project_document, style_document, to_bytes
from hotspots.export.qgis.style import QgisLayer
from hotspots.export.sizes import BORDERED, HATCHED, PARTED, scale_from
from hotspots.export.style import Style, layer_style, surface_style
from hotspots.export.unsure import unsure_areas, unsure_class

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.base.surface import Surface

__all__ = [
    "Imprint",
    "Labels",
    "QgisLayer",
    "area_layer",
    "context_layer",
    "outline_layer",
    "raster_layer",
    "store_styles",
    "write_qgz",
    "write_qlr",
    "write_qml",
]

_FIXED_DATE = "2000-01-01T00:00:00.000Z"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MARGIN = 0.04  # of the longer side

# As QGIS makes it itself, so that it takes it for its own.
_STYLES_TABLE = """
CREATE TABLE IF NOT EXISTS layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
"""


def area_layer(
    layer: gpd.GeoDataFrame,
    column: str,
    *,
    path: str,
    title: str,
    table: str | None = None,
    group: str = "",
    style: Style | None = None,
    draw: Literal["all", "classed"] = "all",
    visible: bool = False,
    note: str = "",
    labels: Labels | None = None,
    months: Mapping[str, str] | None = None,
) -> QgisLayer:
    """Describe a layer of areas, drawn by one of its columns.

    Parameters
    ----------
    layer : GeoDataFrame
        What was written to `path`; its index became the column ``code``. Left unchanged.
    column : str
        The column to draw.
    path : str
        The data file, relative to the project, with ``/``.
    title, table, group, draw, visible, note, labels
        See `QgisLayer`.
    months : mapping of str to str, optional
        Columns of whole numbers by month, the earliest first, that take the place of `column` as QGIS's temporal
        controller goes; all have the classes of `style`.
    style : Style, optional
        By default the style that `hotspots.export.style.layer_style` gives.

    Raises
    ------
    ParameterError
        When the layer has no such column.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> square = shapely.box(400_000, 300_000, 401_000, 301_000)
    >>> wards = gpd.GeoDataFrame({"gi_class": ["hot99"]}, geometry=[square], index=["E1"], crs="EPSG:27700")
    >>> made = area_layer(wards, "gi_class", path="layers/burglary.gpkg", table="wards", title="Hotspots")
    >>> made.source, made.columns, made.extent
    ('./layers/burglary.gpkg|layername=wards', ('code', 'gi_class'), (400000.0, 300000.0, 401000.0, 301000.0))
    """
    chosen = style or layer_style(layer, column)
    named = any(entry.value is not None for entry in chosen.classes)
    drawn = list((months or {}).values()) or [column]
    values = layer[drawn].stack()  # without missing ones
    return QgisLayer(
        path,
        title,
        _extent(layer),
        chosen,
        table,
        group,
        _columns(layer),
        crs=crs_text(layer.crs),
        visible=visible,
        draw=draw,
        missing=bool(layer[drawn].isna().any(axis=None)),
        span=None if named or values.empty else (float(values.min()), float(values.max())),
        note=note,
        labels=labels,
        months=tuple((months or {}).items()),
        hatched=unsure_class(chosen) is not None and bool(unsure_areas(layer, chosen).any()),
        bordered_from=scale_from(layer, BORDERED),
        hatched_from=scale_from(layer, HATCHED),
        few=int(layer.attrs.get(FEW, 0)),
    )


def outline_layer(
    layer: gpd.GeoDataFrame,
    *,
    path: str,
    title: str,
    table: str | None = None,
    group: str = "",
    visible: bool = True,
    labels: Labels | None = None,
    line: Literal["thin", "thick"] = "thin",
) -> QgisLayer:
    """Describe a layer of areas drawn as outlines, to lie over any other; see `area_layer`."""
    return QgisLayer(
        path,
        title,
        _extent(layer),
        None,
        table,
        group,
        _columns(layer),
        crs=crs_text(layer.crs),
        visible=visible,
        labels=labels,
        line=line,
        bordered_from=scale_from(layer, BORDERED if line == "thin" else PARTED),
    )


def context_layer(
    context: gpd.GeoDataFrame,
    kind: Literal["town", "road", "water"],
    *,
    path: str,
    table: str,
    title: str,
    note: str = "",
) -> QgisLayer:
    """Describe towns, roads or water of the reader's own, to lie over the colours; see `area_layer`.

    Parameters
    ----------
    context : GeoDataFrame
        What was written to `path`: rows of one kind, with ``name``.
    kind : {'town', 'road', 'water'}
        Which.
    path, table, title, note
        See `QgisLayer`.
    """
    towns = kind == "town"
    return QgisLayer(
        path,
        title,
        _extent(context),
        None,
        table,
        columns=_columns(context),
        kind="points" if towns else "lines",
        crs=crs_text(context.crs),
        visible=True,
        note=note,
        labels=Labels("name", size=7.5, stand="beside") if towns else None,
        line="thin" if kind == "town" else kind,
    )


def raster_layer(
    surface: Surface,
    *,
    path: str,
    title: str,
    group: str = "",
    style: Style | None = None,
    visible: bool = False,
    note: str = "",
) -> QgisLayer:
    """Describe a GeoTIFF of a density surface, drawn in its classes; below the lowest it is clear.

    Parameters
    ----------
    surface : Surface
        What was written to `path`.
    path : str
        The GeoTIFF, relative to the project, with ``/``.
    title, group, visible, note
        See `QgisLayer`.
    style : Style, optional
        By default the style of ``density``.

    Examples
    --------
    >>> from hotspots.base.surface import Surface
    >>> values = np.array([[1.0, 3.0], [np.nan, 8.0]])
    >>> grid = Surface(values, 400_000, 301_000, 500.0, "EPSG:27700", "incidents per km² a year")
    >>> made = raster_layer(grid, path="layers/burglary_density.tif", title="Heat-map")
    >>> made.span, made.style.classes[-1].label
    ((1.0, 8.0), 'The other 25% (under 5.50)')
    """
    values = surface.values[np.isfinite(surface.values)]
    return QgisLayer(
        path,
        title,
        surface.bounds,
        style or surface_style(surface),
        None,
        group,
        kind="raster",
        crs=crs_text(surface.crs),
        visible=visible,
        span=(float(values.min()), float(values.max())) if len(values) else None,
        note=note,
    )


def write_qml(layer: QgisLayer, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write one layer's style, which QGIS applies by itself to a data file of the same name.

    Parameters
    ----------
    layer : QgisLayer
        What is drawn, and how.
    path : path
        The data file's path with the suffix ``.qml``. In a GeoPackage of several layers QGIS would give this
        style to all of them: see `store_styles`.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    _write(to_bytes(style_document(layer), "qgis"), path, overwrite)


def store_styles(layers: Sequence[QgisLayer], path: str | os.PathLike[str]) -> None:
    """Store styles in the GeoPackage that holds the layers, so that QGIS draws each layer in its own.

    The first style of a table becomes its default; the others can be chosen in QGIS (*Layer properties,
    Style, Load style, From database*). Styles that the file had for these tables are replaced.

    Parameters
    ----------
    layers : sequence of QgisLayer
        Those with a `table` in this file.
    path : path
        The GeoPackage.

    Raises
    ------
    FileError
        When the file does not exist, or is not a GeoPackage that can be written to.
    ParameterError
        When a layer's `table` is not in the file.
    """
    if not Path(path).is_file():
        raise FileError(f"there is no file '{path}'", hint="write the layers first, with write_geopackage")
    try:
        with closing(sqlite3.connect(path)) as database, database:
            _store_styles(layers, path, database)
    except sqlite3.Error as error:
        raise FileError(
            f"cannot store styles in '{path}' ({error})", hint="close the program that has it open"
        ) from error


def _store_styles(
    layers: Sequence[QgisLayer], path: str | os.PathLike[str], database: sqlite3.Connection
) -> None:
    geometry = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    database.executescript(_STYLES_TABLE)
    seen: set[str] = set()
    for layer in layers:
        if layer.table is None or layer.table not in geometry:
            raise ParameterError(
                f"'{path}' has no layer '{layer.table}'",
                hint="its layers are: " + ", ".join(f"'{name}'" for name in sorted(geometry)),
            )
        if layer.table not in seen:
            database.execute("DELETE FROM layer_styles WHERE f_table_name = ?", (layer.table,))
        database.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            "styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) "
            "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', ?)",
            (
                layer.table,
                geometry[layer.table],
                plain(layer.title),
                to_bytes(style_document(layer), "qgis").decode(),
                int(layer.table not in seen),
                plain(layer.note),
                _FIXED_DATE,
            ),
        )
        seen.add(layer.table)


def write_qlr(
    layers: Sequence[QgisLayer],
    path: str | os.PathLike[str],
    *,
    imprint: Imprint,
    months: Sequence[str] = (),
    overwrite: bool = False,
) -> None:
    """Write a layer definition: dropped on QGIS, it adds all layers to the open project, grouped and styled.

    Parameters
    ----------
    layers : sequence of QgisLayer
        From the top of the legend down; neighbours of the same group share its heading.
    path : path
        The file, in the folder that the layers' paths start from.
    imprint : Imprint
        Its title stands over all groups; source and licence are in each layer's metadata.
    months : sequence of str
        See `write_qgz`.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    ParameterError
        When there is no layer, or two are the same.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    _require_distinct(layers)
    _write(to_bytes(definition_document(layers, imprint, months), "qgis-layer-definition"), path, overwrite)


def write_qgz(
    layers: Sequence[QgisLayer],
    path: str | os.PathLike[str],
    *,
    imprint: Imprint,
    extent: tuple[float, float, float, float] | None = None,
    crs: str = BRITISH_NATIONAL_GRID,
    months: Sequence[str] = (),
    overwrite: bool = False,
) -> None:
    """Write a project: dropped on QGIS, it opens at the extent with all layers grouped and styled.

    One group is seen at a time, and one layer of it: ticking another unticks the one before. There is a map theme for
    each group, and a page to print in A4 and in A3, with legend, scale, north, period, source and licence.

    Parameters
    ----------
    layers : sequence of QgisLayer
        From the top of the legend down; neighbours of the same group share its heading.
    path : path
        The file, in the folder that the layers' paths start from.
    imprint : Imprint
        Title, period, source and licence: on the printed pages, in the metadata of the project and of each layer,
        and the licence in the map's corner. No text of them is taken for a QGIS expression.
    extent : (west, south, east, north), optional
        What the map shows when it opens, in `crs`; by default all layers with a margin.
    crs : str, default "EPSG:27700"
        The map's CRS, best that of the layers.
    months : sequence of str
        The months that the data are of, as ``"2025-01"``, the earliest first: the range of the temporal controller.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    ParameterError
        When there is no layer, two are the same, or all are empty and no extent is given.
    CRSError
        When `crs` is not a coordinate reference system.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    _require_distinct(layers)
    document = project_document(
        layers, imprint=imprint, extent=extent or _whole(layers), crs=crs, months=months
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(PurePosixPath(Path(path).name).stem + ".qgs", _ZIP_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, to_bytes(document, "qgis"))
    _write(packed.getvalue(), path, overwrite)


def _whole(layers: Sequence[QgisLayer]) -> tuple[float, float, float, float]:
    corners = np.array([layer.extent for layer in layers if layer.drawable], dtype=float)
    if not len(corners):
        raise ParameterError("no layer holds any area", hint="say where the map opens with 'extent'")
    west, south = (float(value) for value in corners[:, :2].min(axis=0))
    east, north = (float(value) for value in corners[:, 2:].max(axis=0))
    margin = _MARGIN * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def _require_distinct(layers: Sequence[QgisLayer]) -> None:
    if not layers:
        raise ParameterError("there is no layer to show", hint="describe at least one with area_layer")
    seen: set[str] = set()
    for layer in layers:
        if layer.id in seen:
            raise ParameterError(
                f"'{layer.title}' stands twice in group '{layer.group}'",
                hint="give each layer a title of its own",
            )
        seen.add(layer.id)


def _extent(layer: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = (float(value) for value in layer.total_bounds)
    return west, south, east, north


def _columns(layer: gpd.GeoDataFrame) -> tuple[str, ...]:
    return ("code", *(str(name) for name in layer.columns if name not in ("code", layer.geometry.name)))


def _write(content: bytes, path: str | os.PathLike[str], overwrite: bool) -> None:
    with replacing(path, overwrite=overwrite) as draft:
        draft.write_bytes(content)
