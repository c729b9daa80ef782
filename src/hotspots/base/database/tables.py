"""Tables on their way into a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from hotspots.base.database.address import Address
from hotspots.base.errors import FileError

GEOMETRY = "geom"
"""What the column of geometry is called."""
KEY = "code"
"""The column that tells rows apart, where there is one."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table to be written.

    Attributes
    ----------
    name : tuple of str
        Schema and table, or the table alone.
    columns : DataFrame
        Plain numbers, texts and truth values, in order.
    shapes : ndarray of geometries or None
        One a row; None for a table without geometry.
    crs : pyproj.CRS or None
        Of the shapes.
    comment : str
        What the database is to say of the table.
    meanings : mapping of str to str
        What it is to say of columns, by their names.
    """

    name: tuple[str, ...]
    columns: pd.DataFrame
    shapes: Any = None
    crs: Any = None
    comment: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name as an address has it."""
        return ".".join(self.name)

    @property
    def keyed(self) -> bool:
        """Whether the codes tell the rows apart."""
        return KEY in self.columns and bool(self.columns[KEY].is_unique and self.columns[KEY].notna().all())

    def kinds(self) -> dict[str, str]:
        """Return the SQL type of each column."""
        return {str(name): _kind(self.columns[name]) for name in self.columns}

    def whole_shapes(self) -> tuple[Any, str]:
        """Return the shapes in two dimensions, polygons and lines as several, and the type that holds all of them."""
        flat = shapely.force_2d(np.asarray(self.shapes, dtype=object))
        kinds = set(shapely.get_type_id(flat).tolist()) - {-1}
        for one, several, name in ((3, 6, "MultiPolygon"), (1, 5, "MultiLineString")):
            if kinds and kinds <= {one, several}:
                make = shapely.multipolygons if one == 3 else shapely.multilinestrings
                return np.array(
                    [make([shape]) if shapely.get_type_id(shape) == one else shape for shape in flat], object
                ), name
        return flat, "Point" if kinds == {0} else "Geometry"

    def rows(self) -> list[list[Any]]:
        """Return the values of the columns by column, None for what is missing."""
        return [
            [
                None if missing else value
                for value, missing in zip(values.tolist(), values.isna(), strict=True)
            ]
            for values in (self.columns[name] for name in self.columns)
        ]


def _kind(values: pd.Series[Any]) -> str:
    types = pd.api.types
    if types.is_bool_dtype(values.dtype):
        return "boolean"
    if types.is_integer_dtype(values.dtype):
        return "bigint"
    if types.is_float_dtype(values.dtype):
        return "double precision"
    return "timestamp" if types.is_datetime64_dtype(values.dtype) else "text"


def exists(address: Address, label: str) -> FileError:
    """Return the error of a table that exists and may not be replaced."""
    return FileError(
        f"the database '{address.name}' has a table '{label}' already",
        hint="choose another name, or allow it with 'overwrite'",
    )
