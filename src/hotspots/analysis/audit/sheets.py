"""Tables of areas in files of rows and columns: CSV, workbooks, GeoJSON and GeoPackage."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from hotspots.analysis.audit.shown import (
    ALL,
    BAND,
    BETWEEN,
    Page,
    Said,
    Shown,
    column_of,
    theme_key,
    tidy_columns,
)
from hotspots.base.foreign import reading

if TYPE_CHECKING:
    import geopandas as gpd

# Sheets that speak of the workbook, not of areas.
_TALK = ("about", "columns", "summary")
# What a workbook may hold unseen.
_STORED = {
    "pivotCache": "a pivot table's copy of its source",
    "externalLinks": "links to other files",
    "comments": "comments",
}
# What names the row of a table that has no codes, in this order.
_ROWS = ("name", "district", "area", "spot")
_TOTALS = frozenset({"all", "total", "all areas", "force"})
_NO_POINTS = "places of single incidents must not be published"
_TEXTS = ("ch_text", "un_text", "hi_text", "st_text", "sens_text", "reason", "themes")


def opening(path: Path, file: str) -> AbstractContextManager[None]:
    """Return the door behind which a library reads a file: whatever it raises there says that the file is damaged."""
    return reading(
        f"{file} cannot be read as {path.suffix.lstrip('.').upper() or 'text'}: it is damaged or was changed by hand",
        hint="run the recipe again, or take the file out of the folder",
        damaged=True,
    )


def read_csv(path: Path, file: str) -> Page:
    """Read a table of comma-separated values."""
    with opening(path, file):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    theme, _, level = path.stem.rpartition("_")
    bands = _bands(tidy_columns(frame))
    if bands is not None:
        return Page(tables=[Shown(file, "", path.stem, "", bands)])
    return page_of(frame, file, "", theme or level, level if theme else "")


def _bands(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return a table without areas by its bands, such as ages or hours; None of a table of areas, or of none.

    Its counts stand behind what they are by. Of shares, both counts of a group are told.
    """
    names = [str(name) for name in table.columns]
    if "code" in names or table.empty:
        return None
    if {"of_n", "of_base"} <= set(names):
        first = table.iloc[:, 0].astype(str)
        parts = [
            pd.DataFrame(
                {"n": table[name].to_numpy()}, index=[f"{BAND}{one}{BETWEEN}{kind}" for one in first]
            )
            for name, kind in (("of_n", "yes"), ("of_base", "of"))
        ]
        return pd.concat(parts)
    by = names[: names.index("n")] if "n" in names else []
    if not by or set(by) & {*_ROWS, "theme", "offence", "month"}:
        return None
    index = [f"{BAND}{BETWEEN.join(map(str, row))}" for row in table[by].itertuples(index=False)]
    return table[["n"]].set_axis(index, axis=0) if len(set(index)) == len(index) else None


def read_workbook(path: Path, file: str) -> Page:
    """Read every sheet of a workbook, hidden ones too, and say what else is stored in it."""
    from openpyxl import load_workbook

    page = Page()
    with opening(path, file):
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()
        with closing(load_workbook(path, read_only=True)) as book:
            sheets = [
                (sheet.title, sheet.sheet_state, [list(row) for row in sheet.iter_rows(values_only=True)])
                for sheet in book.worksheets
            ]
    for part, words in _STORED.items():
        if any(part in name for name in inside):
            page.troubles.append(f"{file} holds {words}")
    for title, state, rows in sheets:
        if state != "visible":
            page.troubles.append(f"{file} has a hidden sheet, '{title}'")
        if title.casefold() in _TALK or len(rows) < 2:
            page.texts += [
                Said(file, title, str(cell)) for row in rows for cell in row if isinstance(cell, str)
            ]
            continue
        heads = ["" if cell is None else str(cell) for cell in rows[0]]
        name, dash, level = title.rpartition(" – ")
        theme = name if dash else title
        frame = pd.DataFrame(rows[1:], columns=heads, dtype=object)
        page.add(page_of(frame, file, title, theme, theme_key(level) if dash else ""))
    return page


def read_geojson(path: Path, file: str) -> Page:
    """Read the properties of a GeoJSON file's features."""
    with opening(path, file):
        held = json.loads(path.read_text(encoding="utf-8"))
    features = held.get("features", [])
    frame = pd.DataFrame([feature.get("properties") or {} for feature in features], dtype=object)
    theme, _, level = path.stem.rpartition("_")
    own = (held.get("hotspots") or {}).get("theme") or {}
    page = page_of(frame, file, "", str(own.get("name") or theme or level), level if theme else "")
    if any((feature.get("geometry") or {}).get("type") in ("Point", "MultiPoint") for feature in features):
        page.troubles.append(f"{file} holds points: {_NO_POINTS}")
    return page


def read_geopackage(path: Path, file: str) -> Page:
    """Read the attributes of every layer of a GeoPackage, and look for tables that no layer names."""
    page = Page()
    with opening(path, file), closing(_base_of(path)) as base:
        described = base.execute(
            "SELECT table_name, geometry_type_name, column_name FROM gpkg_geometry_columns"
        ).fetchall()
        content = [
            name for (name,) in base.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")
        ]
        every = [
            name
            for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        frames = {
            name: pd.read_sql_query(f"SELECT * FROM {_quoted(name)}", base)  # noqa: S608 -- the file's own name, quoted
            for name in content
        }
    kinds = {name: str(kind).upper() for name, kind, _ in described}
    shapes = {name: column for name, _, column in described}
    own = ("gpkg_", "sqlite_", "rtree_", "layer_styles")
    for name in every:
        if name not in content and not name.startswith(own):
            page.troubles.append(f"{file} holds a table that no layer names, '{name}'")
    for name, frame in frames.items():
        if "POINT" in kinds.get(name, ""):
            page.troubles.append(f"{file} holds points in '{name}': {_NO_POINTS}")
        drop = [column for column in ("fid", "ogc_fid", shapes.get(name)) if column in frame]
        theme, level = _layer_of(path.stem, name)
        page.add(page_of(frame.drop(columns=drop).astype(object), file, name, theme, level))
    return page


def _base_of(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _layer_of(stem: str, name: str) -> tuple[str, str]:
    """Return the theme and the layer of a GeoPackage's table: of a file of one theme, or of ``theme_layer``."""
    if name == stem and "_" in name:
        theme, _, level = name.rpartition("_")
        return theme, level
    return stem, theme_key(name)


def page_of(frame: pd.DataFrame, file: str, where: str, theme: str, level: str) -> Page:
    """Return what a table shows, by theme and area, or that it was not understood.

    The theme may be one of several that the table may be of, one on a line, the likeliest first.
    """
    page = Page()
    if frame.empty:
        return page
    table = tidy_columns(frame)
    key = next((name for name in ("offence", "theme") if name in table), None)
    if key is not None and _indexed(table) is not None:
        for name, rows in table.groupby(key, sort=False):
            page.add(_of_rows(rows.drop(columns=key), file, where, theme_key(str(name)), level))
        return page
    return _of_rows(table, file, where, theme, level)


def _of_rows(table: pd.DataFrame, file: str, where: str, theme: str, level: str) -> Page:
    page = Page()
    rows = _indexed(table)
    if rows is None:
        page.unread.append(f"{_at(file, where)}: its rows are not areas")
        return page
    blank = rows.index.to_numpy() == ""
    if blank.any():
        page.unread.append(f"{_at(file, where)}: {int(blank.sum())} of {len(rows)} rows, which have no code")
        rows = rows[~blank]
    for column in _TEXTS:
        if column in rows:
            page.texts += [
                Said(file, f"{area}|{theme_key(theme)}|{column}", str(text))
                for area, text in rows[column].items()
                if text
            ]
    if "month" in rows.columns:
        rows = _by_month(rows)
    for name, part in _parts(rows):
        page.tables.append(Shown(file, where, name or theme, level, part))
    return page


def _indexed(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return a table by area: by code, by district where there is no code, `ALL` for a total."""
    if "code" in table:
        return table.set_index(table["code"].astype(str).fillna("")).drop(columns="code")
    held = next((name for name in _ROWS if name in table), None)
    if held is None:
        return None
    names = table[held].astype(str).fillna("").str.strip()
    index = [ALL if name.casefold() in _TOTALS else f"{held} {name}" for name in names]
    return table.set_index(pd.Index(index)).drop(columns=held)


def _by_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn a row for each area and month into a row for each area, with a column for each month."""
    months = rows["month"].astype(str)
    if rows.set_index(months, append=True).index.has_duplicates:
        return rows
    held = rows[[column for column in ("n", "rate") if column in rows]]
    parts = [held[months == month].add_suffix(f"_{month}") for month in sorted(set(months))]
    return pd.concat(parts, axis=1)


def _parts(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield a table's own columns, then those of each theme that it names before a colon, as "Burglary: rate"."""
    named: dict[str, dict[str, Any]] = {}
    for heading in rows.columns:
        name, colon, measure = str(heading).rpartition(": ")
        if colon:
            named.setdefault(name, {})[column_of(measure)] = rows[heading]
    own = [heading for heading in rows.columns if ": " not in str(heading)]
    yield "", rows[own]
    beside = {name: rows[name] for name in ("population", "name", "district") if name in rows}
    for name, columns in named.items():
        yield name, pd.DataFrame(beside | columns, index=rows.index)


def _at(file: str, where: str) -> str:
    return f"{file}, '{where}'" if where else file


def read_shapes(path: Path, layer: str, file: str) -> gpd.GeoDataFrame:
    """Read the polygons of a layer of a GeoPackage by their codes, leaving nothing beside the file.

    A table without borders or without codes has none.

    Raises
    ------
    FileError
        When a geometry is damaged.
    """
    import geopandas as gpd
    import shapely

    with opening(path, file), closing(_base_of(path)) as base:
        found = base.execute(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
        ).fetchone()
        columns = {row[1] for row in base.execute(f"PRAGMA table_info({_quoted(layer)})")}
        if found is None or "code" not in columns:
            return gpd.GeoDataFrame(geometry=[])
        rows = base.execute(f"SELECT code, {_quoted(found[0])} FROM {_quoted(layer)}").fetchall()  # noqa: S608 -- the file's own names
        shapes = shapely.from_wkb([_well_known(blob) for _, blob in rows])
        index = pd.Index([str(code) for code, _ in rows], name="code")
        held = gpd.GeoDataFrame(
            geometry=shapes, index=index, crs=f"EPSG:{found[1]}" if found[1] > 0 else None
        )
    return held[held.geometry.notna()]


def _well_known(blob: bytes | None) -> bytes | None:
    """Return the well-known binary of a GeoPackage's geometry, which stands behind a header and an envelope."""
    if blob is None:
        return None
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return blob[8 + envelope :]
