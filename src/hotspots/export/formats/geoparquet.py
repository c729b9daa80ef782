"""GeoParquet: one layer in columns, for notebooks and databases."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hotspots.base.crs import crs_text
from hotspots.base.files import replacing
from hotspots.export.formats.table import plain_table
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd


def write_geoparquet(
    layer: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a layer as GeoParquet 1.0 in its own reference system, rows sorted by ``code``.

    The same layer gives the same bytes with the same versions of pandas and Arrow, which sign the file.

    Parameters
    ----------
    layer : GeoDataFrame
        Any layer with a CRS; its index is the code. Left unchanged.
    path : path
        The file.
    provenance : mapping, optional
        Where the layer comes from: kept as JSON in the file's metadata, under ``hotspots``.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    import pyarrow.parquet as pq

    crs_text(layer.crs)
    with replacing(path, overwrite=overwrite) as draft:
        plain_table(layer).to_parquet(draft, index=False)
        if provenance:
            table = pq.read_table(draft)
            told = {**(table.schema.metadata or {}), b"hotspots": to_json(provenance).encode()}
            pq.write_table(table.replace_schema_metadata(told), draft)
