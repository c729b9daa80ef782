"""Layers of files that are drawn: read with what they hold, and without what only looks like ours."""

from __future__ import annotations

import logging

import geopandas as gpd
from pandas.api.types import is_numeric_dtype

from hotspots.areas.reading import read_layer
from hotspots.base.columns import COLUMNS
from hotspots.base.errors import listed

log = logging.getLogger(__name__)


def read_drawn(path: str) -> gpd.GeoDataFrame:
    """Read a layer as `hotspots.areas.reading.read_layer` does, without columns of our numbers that hold none.

    Someone else's column may be called ``rate`` and hold words.
    """
    table = read_layer(path)
    words = [
        name
        for name in table.columns.intersection(list(COLUMNS))
        if COLUMNS[name].kind in ("real", "integer") and not is_numeric_dtype(table[name].dtype)
    ]
    if words:
        log.info("'%s': not shown, as they hold no numbers: %s", path, listed(words))
    return table.drop(columns=words)
