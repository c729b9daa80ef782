"""Coordinate reference systems: the gate at the door of every distance, and every reprojection."""

from __future__ import annotations

import functools
import logging
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import ProjError
from pyproj.network import is_network_enabled, set_network_enabled  # type: ignore[attr-defined]
from pyproj.transformer import AreaOfInterest, TransformerGroup

from hotspots.base.errors import CRSError, HotspotsWarning

if TYPE_CHECKING:
    import geopandas as gpd

BRITISH_NATIONAL_GRID = "EPSG:27700"
WGS84 = "EPSG:4326"

Floats = npt.NDArray[np.float64]

WORST_SCALE = 0.01
"""A projection that is off by more than this share in any direction serves no distances."""

_AXES = "axis order change (2D)"  # which of latitude and longitude comes first says nothing to a reader
_FILTERS = threading.Lock()

log = logging.getLogger(__name__)


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
    ballpark : bool
        Whether two reference systems are taken for one because no operation between them is known here.
    """

    name: str
    accuracy: float | None
    best: bool
    ballpark: bool = False

    def __str__(self) -> str:
        if self.ballpark:
            return f"{self.name}, which may be off by 100 m or more"
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
    """Return what messages call a CRS: ``"EPSG:27700"`` where it has a code, else its name."""
    parsed = parse_crs(crs)
    code = _code(parsed)
    if code is None and parsed.name == "unknown":
        operation = parsed.coordinate_operation
        return (
            f"a system without a code ({operation.method_name})" if operation else "a system without a code"
        )
    return parsed.name if code is None else code


def crs_text(crs: Any) -> str:
    """Return the text by which tables and files carry a CRS: its code, or its whole definition (WKT)."""
    parsed = parse_crs(crs)
    return _code(parsed) or parsed.to_wkt()


def _code(crs: CRS) -> str | None:
    epsg = crs.to_epsg()
    if epsg is not None:
        return f"EPSG:{epsg}"
    other = crs.to_authority()
    return None if other is None else ":".join(other)


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


def suggested_crs(longitude: float, latitude: float) -> str:
    """Return a projected system in metres for a place: British National Grid, else its UTM zone."""
    britain = parse_crs(BRITISH_NATIONAL_GRID).area_of_use
    if britain and britain.west <= longitude <= britain.east and britain.south <= latitude <= britain.north:
        return BRITISH_NATIONAL_GRID
    zone = int((longitude + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"


def worst_scale(crs: Any, bounds: Sequence[float]) -> float:
    """Return how far lengths on the map are from those on the ground, as a share, at worst within bounds.

    Parameters
    ----------
    crs : anything that pyproj takes
        A projected system.
    bounds : sequence of float
        West, south, east and north in it. The corners, the middle of each side and the centre are looked at.

    Returns
    -------
    float
        0.004 where 1 km is drawn as 996 or 1,004 m in the worst direction; 0 where it cannot be told.
    """
    parsed = parse_crs(crs)
    west, south, east, north = bounds
    x = np.array([west, (west + east) / 2, east] * 3)
    y = np.repeat([south, (south + north) / 2, north], 3)
    geodetic = parsed.geodetic_crs
    if geodetic is None or not parsed.is_projected:
        return 0.0
    try:
        # The same datum on both sides: a change of projection only, which needs no grid.
        lon, lat = Transformer.from_crs(parsed, geodetic, always_xy=True).transform(x, y)
        factors = Proj(parsed).get_factors(lon, lat)
    except ProjError:
        return 0.0  # a projection that PROJ does not know
    scales = np.concatenate([factors.tissot_semimajor, factors.tissot_semiminor])
    return float(np.abs(scales[np.isfinite(scales)] - 1).max(initial=0.0))


def require_scale(crs: Any, bounds: Sequence[float], *, what: str) -> None:
    """Make sure that distances within bounds can be measured in a projected system.

    Raises
    ------
    CRSError
        When its scale is off by more than 1 % there.
    """
    off = worst_scale(crs, bounds)
    if off <= WORST_SCALE:
        return
    west, south, east, north = bounds
    lon, lat = transform_xy([(west + east) / 2], [(south + north) / 2], source=crs, target=WGS84)
    raise CRSError(
        f"lengths in {crs_label(crs)} are off by up to {100 * off:.0f}% where {what} lie, "
        "so distances and densities would be wrong",
        hint=f"set 'crs' to a system that fits, such as '{suggested_crs(float(lon[0]), float(lat[0]))}'",
    )


@contextmanager
def _offline() -> Iterator[None]:
    """Keep PROJ from fetching grids: coordinates must not depend on whether there is a network."""
    before = is_network_enabled()
    set_network_enabled(False)
    try:
        yield
    finally:
        set_network_enabled(before)


@functools.lru_cache(maxsize=64)
def _best(source: str, target: str) -> tuple[tuple[str, ...], Transformation]:
    """Return the best operations that this machine has, as PROJ pipelines, and what is to be said of them."""
    ends = CRS.from_wkt(source), CRS.from_wkt(target)
    try:
        return _best_between(*ends)
    except (IndexError, ProjError) as error:
        # A projection that PROJ does not know has a name, and no operation.
        raise CRSError(
            f"no operation is known from {crs_label(ends[0])} to {crs_label(ends[1])}",
            hint=f"save the layer again in a system that is known, such as '{BRITISH_NATIONAL_GRID}'",
        ) from error


def _best_between(start: CRS, goal: CRS) -> tuple[tuple[str, ...], Transformation]:
    # Filters of warnings belong to the whole process, so only one thread may change them at a time.
    with _FILTERS, warnings.catch_warnings(), _offline():
        # PROJ warns that a grid is missing; `transformation` says so in the project's own words.
        warnings.simplefilter("ignore", UserWarning)
        direct = _operations(start, goal)
        if direct.transformers:
            found = [direct]
        else:
            # Without the grid between two datums PROJ takes them for one; both may be known against WGS 84.
            middle = CRS.from_user_input(WGS84)
            found = [_operations(start, middle), _operations(middle, goal)]
        known = all(group.transformers for group in found)
        if not known:
            found = [TransformerGroup(start, goal, always_xy=True)]
    steps = [group.transformers[0] for group in found]
    accuracy = (
        sum(float(step.accuracy) for step in steps) if all(step.accuracy >= 0 for step in steps) else None
    )
    parts = [part for step in steps for part in step.description.split(" + ") if part != _AXES]
    name = " + ".join(parts) or steps[0].description
    best = len(found) == 1 and bool(found[0].best_available)
    return tuple(step.definition for step in steps), Transformation(name, accuracy, best, not known)


def _operations(source: CRS, target: CRS) -> TransformerGroup:
    """Return the operations between two systems, the best for the smaller of their areas of use first."""
    areas = [crs.area_of_use for crs in (source, target) if crs.area_of_use is not None]
    # Areas that cross the 180th meridian have their west end in the east.
    areas = [area for area in areas if area.west < area.east]
    use = min(areas, key=lambda area: (area.east - area.west) * (area.north - area.south), default=None)
    place = None if use is None else AreaOfInterest(use.west, use.south, use.east, use.north)
    return TransformerGroup(source, target, always_xy=True, area_of_interest=place, allow_ballpark=False)


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


def transformation_words(source: Any, target: Any) -> str:
    """Return from which system to which coordinates are brought, and by what operation."""
    return f"from {crs_label(source)} to {crs_label(target)} by {transformation(source, target)}"


def announce_transformation(source: Any, target: Any, *, what: str) -> Transformation | None:
    """Say by which operation coordinates are brought to a CRS, and how exact it is; None where by none.

    Warns
    -----
    HotspotsWarning
        When no operation is known here, and the two systems are taken for one.
    """
    start, goal = parse_crs(source), parse_crs(target)
    if start == goal:
        return None
    known = transformation(start, goal)
    said = f"{what}: {transformation_words(start, goal)}"
    if known.ballpark:
        warnings.warn(said, HotspotsWarning, stacklevel=3)
    else:
        log.info(said)
    return known


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
    pipelines, _ = _best(source.to_wkt(), target.to_wkt())
    east, north = xs, ys
    for pipeline in pipelines:
        east, north = _operation(pipeline, threading.get_ident()).transform(east, north)
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
