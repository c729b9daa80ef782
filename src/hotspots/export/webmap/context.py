"""What the page reads of towns, roads and water: lines as short text, and towns by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from hotspots.base.crs import WGS84, crs_text, transform_xy
from hotspots.export.webmap.shapes import encode_lines

if TYPE_CHECKING:
    import geopandas as gpd


def context_data(context: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the layers of `hotspots.areas.context.read_context`, ready for JSON.

    Lines of each kind are text as borders are; towns are latitude, longitude and name, in the order of their turn.
    """
    crs = crs_text(context.crs)
    lines = {
        kind: encode_lines(context.geometry[(context["kind"] == kind).to_numpy()].to_numpy(), crs)
        for kind in ("water", "road")
    }
    towns = context[(context["kind"] == "town").to_numpy()]
    points = towns.geometry.to_numpy()
    longitude, latitude = transform_xy(shapely.get_x(points), shapely.get_y(points), source=crs, target=WGS84)
    places = np.round(np.column_stack([latitude, longitude]), 5).tolist()
    return {
        "lines": {
            kind: {"lengths": lengths, "points": text} for kind, (lengths, text) in lines.items() if lengths
        },
        "towns": [[*place, name] for place, name in zip(places, towns["name"], strict=True)],
    }
