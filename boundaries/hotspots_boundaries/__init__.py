"""Bundled layers, sample incidents and comparators: what there is, where each comes from, where its file lies.

The facts are in ``index.toml`` beside this module. This is the lowest layer of the house: it reads no layer,
imports nothing of the toolkit, and costs next to nothing to import.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal


@dataclass(frozen=True)
class BundledFile:
    """One bundled file, as the index describes it.

    Attributes
    ----------
    id : str
        What users type in place of a file name.
    kind : {'areas', 'incidents', 'comparators'}
        Which of the toolkit's two tables it becomes, or the table of what forces are compared with.
    file : str
        The file's name in the data folder.
    layer : str or None
        The layer inside a GeoPackage; None for incidents and comparators.
    title : str
        The name that a reader sees, with whatever must never be left out of it.
    rows : int
        Features, incidents or lines.
    columns : mapping of str to str
        Every column, in the file's order, with its meaning. The geometry is not among them.
    source : str
        Who published the data, and which package it was taken from.
    date : str
        The vintage of everything in it.
    licence, attribution : str
        The terms, and the words that any map or copy must carry.
    sha256 : str
        SHA-256 of the file's bytes.
    contents : str
        SHA-256 of what the file holds, whatever program wrote it; ``boundaries/build_sample.py`` defines it.
    """

    id: str
    kind: Literal["areas", "incidents", "comparators"]
    file: str
    layer: str | None
    title: str
    rows: int
    columns: Mapping[str, str] = field(hash=False)
    source: str
    date: str
    licence: str
    attribution: str
    sha256: str
    contents: str


@functools.cache
def bundled() -> tuple[BundledFile, ...]:
    """Return every bundled file, in the index's order.

    Examples
    --------
    >>> [entry.id for entry in bundled()][:2]
    ['west-yorkshire-incidents', 'west-yorkshire-lsoa-2011']
    """
    index = tomllib.loads(files(__name__).joinpath("index.toml").read_text(encoding="utf-8"))
    return tuple(_entry(table) for table in index["file"])


def _entry(table: dict[str, Any]) -> BundledFile:
    columns = MappingProxyType(table.pop("columns"))
    return BundledFile(layer=table.pop("layer", None), columns=columns, **table)


def find(id: str) -> BundledFile:  # noqa: A002 - the index's own word
    """Return the bundled file of that id.

    Raises
    ------
    KeyError
        When there is none; its argument is the id that was asked for.

    Examples
    --------
    >>> find("west-yorkshire-wards").rows
    124
    """
    for entry in bundled():
        if entry.id == id:
            return entry
    raise KeyError(id)


def path(id: str) -> Path:  # noqa: A002 - the index's own word
    """Return where the bundled file of that id lies on this machine.

    Raises
    ------
    KeyError
        When there is none; its argument is the id that was asked for.

    Examples
    --------
    >>> path("west-yorkshire-wards").name
    'west-yorkshire-wards.gpkg'
    """
    return Path(str(files(__name__).joinpath("data", find(id).file)))
