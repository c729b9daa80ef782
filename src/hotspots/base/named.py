"""Data that are known by a name: what comes with hotspots, and what `hotspots fetch` has brought to this machine.

A fetched set is a folder under the cache, ``<publisher>/<what>``, with a record (``fetched.json``) of where its files
come from, of their checksums, and of the folder in it that they stand in. The set's name is that of its folder, and
serves wherever a file of its kind does. Nothing here reaches for a network.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import hotspots_boundaries
from hotspots.base.errors import FileError

Kind = Literal["areas", "incidents", "comparators", "table"]
Place = Literal["bundled", "fetched"]

RECORD = "fetched.json"
"""The record in the folder of a fetched set."""

CACHE = "HOTSPOTS_CACHE"
"""The variable of the environment that names another folder for what is fetched."""

NAME = re.compile(r"[a-z0-9][a-z0-9.]*/[a-z0-9]+(?:-[a-z0-9]+)*")
"""How fetched sets are named: police.uk/staffordshire, ons/wards-2024."""

_WORDS = {
    "areas": "areas",
    "incidents": "incidents",
    "comparators": "comparators",
    "table": "figures by area",
}


@dataclass(frozen=True)
class Named:
    """One set of data that a name stands for.

    Attributes
    ----------
    id : str
        The name.
    kind : {'areas', 'incidents', 'comparators', 'table'}
        What it holds; a table has figures by area code, such as populations.
    place : {'bundled', 'fetched'}
        Whether it came with hotspots or was fetched.
    path : Path
        Its file; of fetched incidents the folder of their months.
    layer : str or None
        The layer inside a GeoPackage.
    title, source, date, licence, attribution : str
        What a reader must know of it.
    rows : int
        Features, incidents or lines.
    columns : mapping of str to str
        Its columns and their meanings, where they are told.
    record : mapping
        Of a fetched set, all that its record holds.
    """

    id: str
    kind: Kind
    place: Place
    path: Path
    layer: str | None
    title: str
    rows: int
    source: str
    date: str
    licence: str
    attribution: str
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    record: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)

    @property
    def files(self) -> dict[str, Path]:
        """Where each file of a fetched set lies, by its place in the set; empty for what came with hotspots."""
        file = self.record.get("file", ".")
        folder = self.path if file == "." else self.path.parents[file.count("/")]
        return {place: folder.joinpath(*place.split("/")) for place in self.record.get("files", {})}

    @property
    def holds(self) -> str:
        """What it holds, in words."""
        return _WORDS[self.kind]


def cache_folder() -> Path:
    """Return the folder of what is fetched: that of ``HOTSPOTS_CACHE``, else the user's own for data of programs."""
    chosen = os.environ.get(CACHE)
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("hotspots", appauthor=False)


def find_named(name: str) -> Named | None:
    """Return the data of that name, or None where there are none.

    Raises
    ------
    FileError
        When data of that name were fetched, but their record cannot be read.

    Examples
    --------
    >>> find_named("west-yorkshire-wards").rows
    124
    >>> find_named("wards.gpkg") is None
    True
    """
    for entry in hotspots_boundaries.bundled():
        if entry.id == name:
            return _of_bundled(entry)
    if NAME.fullmatch(name) is None:
        return None
    folder = cache_folder().joinpath(*name.split("/"))
    return read_record(folder, name) if (folder / RECORD).is_file() else None


def all_named(kind: Kind | None = None) -> list[Named]:
    """Return all data that have a name: the bundled in their order, then the fetched by name."""
    bundled = [_of_bundled(entry) for entry in hotspots_boundaries.bundled()]
    found = sorted(cache_folder().glob(f"*/*/{RECORD}"))
    names = [f"{path.parent.parent.name}/{path.parent.name}" for path in found]
    fetched = [
        read_record(path.parent, name)
        for path, name in zip(found, names, strict=True)
        if NAME.fullmatch(name)
    ]
    return [one for one in [*bundled, *fetched] if kind in (None, one.kind)]


def path_or_name(text: str, folder: Path) -> str:
    """Return a path from the folder that it starts in; the name of data stays as it is, where no such file is.

    Examples
    --------
    >>> path_or_name("west-yorkshire-wards", Path("data")), Path(path_or_name("wards.gpkg", Path("data"))).parts
    ('west-yorkshire-wards', ('data', 'wards.gpkg'))
    """
    named = find_named(text)
    if named is None or (named.place == "fetched" and (folder / text).exists()):
        return str(folder / text)
    return text


def not_fetched(name: str) -> str | None:
    """Return what to type where a text is written as the name of fetched data, and nothing of that name is here."""
    if NAME.fullmatch(name) is None:
        return None
    publisher, what = name.split("/")
    if publisher == "police.uk":
        return f"fetch it with: hotspots fetch incidents --force {what} --from YYYY-MM --to YYYY-MM"
    return "see what has been fetched with: hotspots fetch list"


def read_record(folder: Path, name: str) -> Named:
    """Return the fetched data of a folder.

    Raises
    ------
    FileError
        When the record is not as `hotspots fetch` writes it.
    """
    try:
        held = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return of_record(held, folder, name)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileError(
            f"the record of '{name}' in the cache cannot be read ('{RECORD}')",
            hint=f"delete the folder of '{name}' from the cache, and fetch it again",
        ) from error


def _of_bundled(entry: hotspots_boundaries.BundledFile) -> Named:
    return Named(
        entry.id, entry.kind, "bundled", hotspots_boundaries.path(entry.id), entry.layer, entry.title, entry.rows,
        entry.source, entry.date, entry.licence, entry.attribution, entry.columns,
    )  # fmt: skip


def of_record(held: Mapping[str, Any], folder: Path, name: str) -> Named:
    """Return fetched data as their record tells of them.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it is not as `hotspots fetch` writes it.
    """
    words = {key: held[key] for key in ("title", "source", "date", "licence", "attribution")}
    files, file = held["files"], held["file"]
    if held["name"] != name or held["kind"] not in get_args(Kind) or not all(map(_is_text, words.values())):
        raise ValueError("not a record of this folder")
    if not isinstance(files, dict) or not (file == "." or file in files):
        raise ValueError("no such file")
    if re.fullmatch(r"[0-9]{1,9}", held["folder"]) is None:
        raise ValueError("no such folder")
    layer, columns = held.get("layer"), held.get("columns", {})
    place = folder / held["folder"] if file == "." else folder / held["folder"] / file
    return Named(name, held["kind"], "fetched", place, layer, rows=int(held["rows"]), columns=columns,
                 record=held, **words)  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str)
