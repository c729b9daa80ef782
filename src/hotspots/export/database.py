"""Layers as tables of a database: plain columns with their meanings, geometry with its reference system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hotspots.base.columns import COLUMNS
from hotspots.base.database.address import Address
from hotspots.base.database.into import write_tables
from hotspots.base.database.tables import GEOMETRY, Table
from hotspots.export.formats.table import plain_table, with_names
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd

_MOST = 1_600  # columns that a table in PostgreSQL may have
_LONGEST = 63  # bytes that a name in PostgreSQL may have


def write_layers(
    layers: Mapping[tuple[str, ...], gpd.GeoDataFrame],
    address: Address,
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    beside: Sequence[Table] = (),
    obsolete: Sequence[tuple[str, ...]] = (),
) -> None:
    """Write layers into a database, all in one transaction.

    Each becomes a table, sorted by code, which is its key; ``geom`` has the layer's reference system and, in
    PostGIS, a spatial index. Columns that this toolkit defines carry their meaning as comments, and the table where
    it comes from.

    Parameters
    ----------
    layers : mapping of tuple of str to GeoDataFrame
        Schema and table, or the table alone, to layer. Left unchanged.
    address : Address
        The database.
    provenance : mapping, optional
        Where the layers come from.
    overwrite : bool, default False
        Whether tables that exist may be replaced.
    beside : sequence of Table
        Other tables to be written in the same transaction.
    obsolete : sequence of tuple of str
        Tables to be removed in it.

    Raises
    ------
    FileError, CRSError, DataError
        See `hotspots.base.database.into.write_tables`.
    """
    made = [_table(name, layer, provenance) for name, layer in layers.items()]
    write_tables([*made, *beside], address, overwrite=overwrite, obsolete=obsolete)


def _table(name: tuple[str, ...], layer: gpd.GeoDataFrame, provenance: Mapping[str, Any] | None) -> Table:
    plain = with_names(plain_table(layer), "a database", most=_MOST, reserved=[GEOMETRY], longest=_LONGEST)
    columns = plain.drop(columns=plain.geometry.name)
    meanings = {
        column: known.label + (f" ({known.unit})" if known.unit else "") + f": {known.meaning}"
        for column in columns
        if (known := COLUMNS.get(str(column))) is not None
    }
    return Table(
        name,
        columns,
        plain.geometry.to_numpy(),
        layer.crs,
        to_json({"hotspots": dict(provenance or {})}),
        meanings,
    )
