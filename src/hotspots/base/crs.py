"""Coordinate reference systems: the gate at the door of every distance, and every reprojection."""

from __future__ import annotations

import functools
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjError
from pyproj.transformer import TransformerGroup

from hotspots.base.errors import CRSError

if TYPE_CHECKING:
    import geopandas as gpd

BRITISH_NATIONAL_GRID = "EPSG:27700"
WGS84 = "EPSG:4326"

Floats = npt.NDArray[np.float64]

_FILTERS = threading.Lock()


@dataclass(frozen=True)
class Transformation:
    """Which coordinate operation was used, and how exact its authors say it is.

    Attributes
    ----------
    name : str
        The operation's name in the EPSG registry.
    accuracy : float or None
        Metres; None where the registry does not say.
    best : bool
        False where a better operation exists but its grid file is not installed.
    """

    name: str
    accuracy: float | None
    best: bool

    def __str__(self) -> str:
        accuracy = "accuracy not stated" if self.accuracy is None else f"accurate to {self.accuracy:g} m"
        return f"{self.name}, {accuracy}"


def parse_crs(crs: Any) -> CRS:
    """Return a pyproj CRS from anything that names one, or say what to type.

    Raises
    ------
    CRSError
        When nothing is given or it is not a coordinate reference system.
    """
    if crs is None:
        raise CRSError(
            "no coordinate reference system is given",
            hint=f"name it, for example '{BRITISH_NATIONAL_GRID}' (British National Grid, metres)",
        )
    try:
        return CRS.from_user_input(crs)
    except ProjError as error:
        raise CRSError(
            f"'{crs}' is not a coordinate reference system",
            hint=f"use an EPSG code such as '{BRITISH_NATIONAL_GRID}' or '{WGS84}'",
        ) from error


def crs_label(crs: Any) -> str:
    """Return ``"EPSG:27700"`` where the CRS has an EPSG code, else its name."""
    parsed = parse_crs(crs)
    code = parsed.to_epsg()
    return parsed.name if code is None else f"EPSG:{code}"


def require_metres(crs: Any, *, what: str) -> CRS:
    """Return the CRS when its coordinates are metres, else say how to get there.

    Parameters
    ----------
    crs : anything that pyproj takes
        The CRS of `what`; None means that it is unknown.
    what : str
        The plural noun to name in the message, such as ``"incidents"``.

    Raises
    ------
    CRSError
        When the CRS is missing, geographic (degrees) or in another unit than metres.
    """
    if crs is None:
        raise CRSError(
            f"{what} have no coordinate reference system, but distances need one",
            hint=f"set it with {what}.set_crs('{BRITISH_NATIONAL_GRID}'), if that is what the coordinates are",
        )
    parsed = parse_crs(crs)
    if parsed.is_geographic:
        raise CRSError(
            f"{what} are in {parsed.name} (degrees), but distances are in metres",
            hint=f"reproject with {what}.to_crs('{BRITISH_NATIONAL_GRID}')",
        )
    unit = parsed.axis_info[0].unit_name if parsed.axis_info else "unknown unit"
    if unit not in ("metre", "meter"):
        raise CRSError(
            f"{what} are in {parsed.name} ({unit}), but distances are in metres",
            hint=f"reproject with {what}.to_crs('{BRITISH_NATIONAL_GRID}')",
        )
    return parsed


@functools.lru_cache(maxsize=64)
def _best(source: str, target: str) -> tuple[str, Transformation]:
    """Return the best operation that this machine has, as a PROJ pipeline, and what is to be said of it."""
    # Filters of warnings belong to the whole process, so only one thread may change them at a time.
    with _FILTERS, warnings.catch_warnings():
        # PROJ warns that a grid is missing; `transformation` says so in the project's own words.
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(CRS.from_wkt(source), CRS.from_wkt(target), always_xy=True)
    best = group.transformers[0]
    accuracy = float(best.accuracy)
    known = Transformation(best.description, None if accuracy < 0 else accuracy, bool(group.best_available))
    return best.definition, known


@functools.lru_cache(maxsize=64)
def _operation(pipeline: str, _: int) -> Transformer:
    # PROJ's operations may not be used by two threads at once: each thread has its own.
    return Transformer.from_pipeline(pipeline)


def transformation(source: Any, target: Any) -> Transformation:
    """Return the operation that takes coordinates from `source` to `target` on this machine.

    From WGS 84 to British National Grid the exact operation is OSTN15, a grid file that most Python
    installations lack; without it a seven-parameter shift is used, about 2 m off.
    """
    return _best(parse_crs(source).to_wkt(), parse_crs(target).to_wkt())[1]


def transform_xy(x: npt.ArrayLike, y: npt.ArrayLike, *, source: Any, target: Any) -> tuple[Floats, Floats]:
    """Transform coordinate arrays; x is easting or longitude, y northing or latitude.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Coordinates in `source`. NaN stays NaN.
    source, target : anything that pyproj takes
        The two reference systems.

    Returns
    -------
    x, y : ndarray of float64, shape (n,)
        Coordinates in `target`; NaN where the operation has no answer.
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    source, target = parse_crs(source), parse_crs(target)
    if source == target:
        return xs.copy(), ys.copy()
    pipeline, _ = _best(source.to_wkt(), target.to_wkt())
    east, north = _operation(pipeline, threading.get_ident()).transform(xs, ys)
    outside = ~(np.isfinite(east) & np.isfinite(north))
    return np.where(outside, np.nan, east), np.where(outside, np.nan, north)


def reproject(layer: gpd.GeoDataFrame, target: Any) -> gpd.GeoDataFrame:
    """Return the layer in another CRS, by the same operation that incidents take.

    Layers already in `target` are returned unchanged, never sent through degrees and back.

    Raises
    ------
    CRSError
        When the layer has no CRS.
    """
    import shapely

    if layer.crs is None:
        raise CRSError(
            "the layer has no coordinate reference system",
            hint=f"set it with layer.set_crs('{BRITISH_NATIONAL_GRID}'), if that is what the coordinates are",
        )
    goal = parse_crs(target)
    if layer.crs == goal:
        return layer

    def move(points: Floats) -> Floats:
        return np.column_stack(transform_xy(points[:, 0], points[:, 1], source=layer.crs, target=goal))

    moved = shapely.transform(layer.geometry.to_numpy(), move)
    return layer.set_geometry(type(layer.geometry)(moved, index=layer.index, crs=goal))
