"""A GeoPackage as a store of editions: the layers of several runs in one file, and the record of each."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.base.errors import FileError, ParameterError
from hotspots.base.files import replacing
from hotspots.export.geopackage import append_layers

if TYPE_CHECKING:
    import geopandas as gpd

TABLE = "hotspots_editions"
_MAKE = """
CREATE TABLE IF NOT EXISTS hotspots_editions (
  edition TEXT PRIMARY KEY, title TEXT, period TEXT, made_with TEXT, layers TEXT NOT NULL, record TEXT NOT NULL);
INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, last_change)
  VALUES ('hotspots_editions', 'attributes', 'hotspots_editions', '2000-01-01T00:00:00.000Z');
"""


def check_edition(path: Path, edition: str, *, overwrite: bool) -> dict[str, dict[str, Any]]:
    """Return what a store holds, where an edition may be added to it; nothing of a file that is still to be made.

    Raises
    ------
    FileError
        When the edition exists and `overwrite` is false, or the file is no store of editions.
    ParameterError
        When the name of the edition is not one that layers can have.
    """
    if not edition or not all(letter.isalnum() or letter in "-_ ." for letter in edition):
        raise ParameterError(
            f"'{edition}' cannot be the name of an edition",
            hint="use letters, digits, spaces, dots and hyphens, such as '2025-26'",
        )
    held = read_editions(path) if path.exists() else {}
    if edition in held and not overwrite:
        raise FileError(
            f"'{path.name}' has an edition '{edition}' already",
            hint="choose another name, or allow it with 'overwrite'",
        )
    return held


def add_edition(
    path: Path,
    edition: str,
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    record: Mapping[str, Any],
    overwrite: bool = False,
) -> None:
    """Add an edition to a store, which is made where there is none; the file changes in one step.

    Parameters
    ----------
    path : Path
        A GeoPackage.
    edition : str
        What the edition is called: its layers are called so too, as in ``2025_burglary_wards``.
    layers : mapping of str to GeoDataFrame
        The layers of the run, by name.
    record : mapping
        The record of the run.
    overwrite : bool, default False
        Whether an edition of that name may be replaced.

    Raises
    ------
    FileError, ParameterError
        See `check_edition`; and when another edition has a layer of the same name.
    """
    held = check_edition(path, edition, overwrite=overwrite)
    named = {f"{edition}_{name}": layer for name, layer in layers.items()}
    others = {layer for name, other in held.items() if name != edition for layer in other["layers"]}
    if taken := sorted(others.intersection(named)):
        raise ParameterError(
            f"another edition of '{path.name}' has a layer '{taken[0]}'", hint="give the edition another name"
        )
    with replacing(path, overwrite=True) as draft:
        if path.exists():
            shutil.copyfile(path, draft)
        if edition in held:
            _drop(draft, held[edition]["layers"])
        append_layers(named, draft)
        with closing(sqlite3.connect(draft)) as database, database:
            database.executescript(_MAKE)
            database.execute(
                f"INSERT OR REPLACE INTO {TABLE} VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own name
                (
                    edition,
                    *(str(record.get(key, "")) for key in ("title", "period", "made_with")),
                    json.dumps(list(named), ensure_ascii=False),
                    json.dumps(record, ensure_ascii=False, sort_keys=True),
                ),
            )


def read_editions(path: Path) -> dict[str, dict[str, Any]]:
    """Return what each edition of a store is, in the order of their names: title, period, layers and record.

    Raises
    ------
    FileError
        When there is no such file, or it is no store of editions.
    """
    if not path.is_file():
        raise FileError(f"there is no file '{path}'", hint="check the spelling and the folder")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute(
                f"SELECT edition, title, period, made_with, layers, record FROM {TABLE} ORDER BY edition"  # noqa: S608
            ).fetchall()
    except sqlite3.DatabaseError:
        raise FileError(
            f"'{path.name}' is no store of editions",
            hint="make one with: hotspots editions add STORE.gpkg FOLDER --edition NAME",
        ) from None
    return {
        str(edition): {
            "title": title,
            "period": period,
            "made_with": made_with,
            "layers": json.loads(layers),
            "record": json.loads(record),
        }
        for edition, title, period, made_with, layers, record in rows
    }


def _drop(path: Path, layers: list[str]) -> None:
    """Remove layers, and all that the file says of them."""
    with closing(sqlite3.connect(path)) as database, database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for layer in layers:
            for held in (f"rtree_{layer}_geom", layer):
                quoted = held.replace('"', '""')
                database.execute(f'DROP TABLE IF EXISTS "{quoted}"')
            for held in (
                "gpkg_contents",
                "gpkg_geometry_columns",
                "gpkg_extensions",
                "gpkg_data_columns",
                "gpkg_ogr_contents",
            ):
                if held in tables:
                    database.execute(f"DELETE FROM {held} WHERE table_name = ?", (layer,))  # noqa: S608 - our own names
