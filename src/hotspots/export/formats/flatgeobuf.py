"""FlatGeobuf: one layer in a file that a program reads by parts, also over a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hotspots.base.crs import crs_text
from hotspots.base.files import replacing
from hotspots.export.formats.table import has_points, plain_table
from hotspots.export.geojson.text import to_json

if TYPE_CHECKING:
    import geopandas as gpd


def write_flatgeobuf(
    layer: gpd.GeoDataFrame,
    path: str | os.PathLike[str],
    *,
    provenance: Mapping[str, Any] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a layer as FlatGeobuf, in its own reference system, with its spatial index.

    The index puts features in its own order; each has its ``code``. The same layer gives the same bytes.

    Parameters
    ----------
    layer : GeoDataFrame
        Any layer with a CRS; its index is the code. Left unchanged.
    path : path
        The file.
    provenance : mapping, optional
        Where the layer comes from: kept as JSON in the file's description.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    import pyogrio

    crs_text(layer.crs)
    options = {"TITLE": Path(path).stem}
    if provenance:
        options["DESCRIPTION"] = to_json(provenance)
    with replacing(path, overwrite=overwrite) as draft:
        pyogrio.write_dataframe(
            plain_table(layer),
            draft,
            layer=Path(path).stem,
            driver="FlatGeobuf",
            promote_to_multi=not has_points(layer),
            layer_options=options,
        )
