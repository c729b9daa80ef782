"""Open tables and SELECTs of databases as incident files: their rows are read as those of a file are."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from hotspots.base.database.address import Address
from hotspots.base.database.rows import one_srid, only_geometry, open_rows
from hotspots.base.wkb import shapes_of
from hotspots.incidents.columns import ColumnNames, recognise
from hotspots.incidents.files import Batches, IncidentFile, Roles, numbered, texts_of
from hotspots.incidents.layers import coordinates_of, refuse_types
from hotspots.incidents.sources import Source

_SAMPLE_ROWS = 200


def open_database(source: Source, named: ColumnNames) -> IncidentFile:
    """Open a table or SELECT; see `hotspots.incidents.opening.open_incidents`.

    Points are taken where there is a column of them, else two columns of coordinates.
    """
    address = source.address
    assert address is not None  # noqa: S101 - a source without an address is a file
    with open_rows(address) as rows:
        geometry = None if named.x else only_geometry(rows, address)
        columns = recognise(rows.columns, named, file=source.name, geometry=geometry is not None)
        names = list(dict.fromkeys([*columns.dates, *columns.present().values()]))
        first = list(rows.batches(names, most=_SAMPLE_ROWS)) if names else []
        columns = refuse_types(first[0].schema, columns, source.name) if first else columns
        crs = None if geometry is None else rows.crs(geometry)
    held = {name: [text for table in first for text in texts_of(table.column(name))] for name in names}
    read = functools.partial(_read, address=address, geometry=geometry)
    return IncidentFile(source, address.sha256, None, columns, crs, read, held, header_lines=0)


def _read(file: IncidentFile, roles: Roles, *, address: Address, geometry: str | None) -> Batches:
    names = list(dict.fromkeys([*([] if geometry is None else [geometry]), *roles.values()]))
    seen: Any = None
    with open_rows(address) as rows:
        for table in rows.batches(names):
            held = {role: table.column(name) for role, name in roles.items()}
            if geometry is not None:
                shapes = shapes_of(table.column(geometry), where=f"'{address.label}'")
                seen = _same_srid(shapes, seen, address)
                x, y = coordinates_of(shapes, file.source.name)
                held |= {"x": pa.array(np.asarray(x)), "y": pa.array(np.asarray(y))}
            yield numbered(file, held, table.num_rows)


def _same_srid(shapes: Any, seen: Any, address: Address) -> Any:
    """Return a geometry of the rows so far, once all of these are of one reference system."""
    shapes = shapes[~shapely.is_missing(shapes)]
    one_srid(shapes if seen is None else np.append(shapes, seen), address)
    return shapes[0] if seen is None and len(shapes) else seen
