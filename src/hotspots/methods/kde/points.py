"""The incidents of a density as arrays: their weights, which of them are near, and what to say if none is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.crs import Floats
from hotspots.base.errors import DataError
from hotspots.incidents.gate import row_weights


def weights_of(incidents: pd.DataFrame) -> Floats:
    """Return the weight of each incident: the column ``weight``, or 1."""
    held = row_weights(incidents)
    return np.ones(len(incidents)) if held is None else held


def near(x: Floats, y: Floats, bounds: Sequence[float], distance: float) -> npt.NDArray[np.bool_]:
    """Return which points lie within bounds that are widened by a distance."""
    west, south, east, north = bounds
    within: npt.NDArray[np.bool_] = (
        (x >= west - distance) & (x <= east + distance) & (y >= south - distance) & (y <= north + distance)
    )
    return within


def nothing_near(x: Floats, y: Floats, bounds: Sequence[float], where: str) -> DataError:
    """Return the error of a density without incidents, naming both extents."""
    located = np.isfinite(x) & np.isfinite(y)
    if not located.any():
        return DataError(
            f"none of the {x.size:,} incidents has coordinates",
            hint="name the coordinate columns with 'x' and 'y' when reading them",
        )
    extent = (x[located].min(), y[located].min(), x[located].max(), y[located].max())
    return DataError(
        f"no incident lies {where}: incidents span {_extent(extent)}, areas {_extent(bounds)}",
        hint="choose areas of the same place, or correct the incidents' 'source_crs'",
    )


def _extent(bounds: Sequence[float]) -> str:
    west, south, east, north = bounds
    return f"x {west:,.0f} to {east:,.0f} and y {south:,.0f} to {north:,.0f}"


def figure(value: float) -> str:
    """Return a number as a message shows it."""
    return f"{value:,.10g}"
