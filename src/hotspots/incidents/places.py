"""Where incidents are: the reference system of each file's coordinates, and their way into the one wanted."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS

from hotspots.base.crs import (
    BRITISH_NATIONAL_GRID,
    WGS84,
    crs_label,
    parse_crs,
    transform_xy,
    transformation,
    transformation_words,
)
from hotspots.base.errors import CRSError, HotspotsWarning
from hotspots.incidents.cells import Hashes, mixed, text_hash
from hotspots.incidents.files import IncidentFile

_LOG = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Coordinates(Protocol):
    """Rows of some files, in order, as far as their places go."""

    @property
    def files(self) -> tuple[IncidentFile, ...]: ...  # noqa: D102
    @property
    def file(self) -> Integers: ...  # noqa: D102
    @property
    def x(self) -> Floats: ...  # noqa: D102
    @property
    def y(self) -> Floats: ...  # noqa: D102
    @property
    def second(self) -> Mask: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Places:
    """Where the rows are, in one reference system; each distinct coordinate was projected once.

    Attributes
    ----------
    x, y : ndarray of float64, shape (rows,)
        NaN = without coordinates.
    number : ndarray of int64, shape (rows,)
        Which distinct coordinate a row has; -1 = none.
    distinct_x, distinct_y : ndarray of float64
        The distinct coordinates.
    distinct_key : ndarray of uint64
        A hash of each, as it stands in the file, and of its reference system.
    out_of_range : int
        Rows whose coordinates cannot be, and were set aside.
    out_of_range_example : str
        One of them, in words; empty where there is none.
    transformation : str or None
        How the coordinates were projected.
    notes : tuple of str
        What was made of the coordinates, for `announce`.
    doubts : dict of str to str
        What is odd about them, by the file or the reference system that it is about.
    """

    x: Floats
    y: Floats
    number: Integers
    distinct_x: Floats
    distinct_y: Floats
    distinct_key: Hashes
    out_of_range: int
    out_of_range_example: str
    transformation: str | None
    notes: tuple[str, ...]
    doubts: dict[str, str]

    @property
    def key(self) -> Hashes:
        """A hash of each row's place, never 0; 0 for a row without coordinates."""
        return np.append(self.distinct_key, np.uint64(0))[self.number]


def place_rows(rows: Coordinates, *, source_crs: Any, crs: CRS) -> Places:
    """Project the rows' coordinates to `crs`; blank ones, and 0 and 0, are none. Nothing is said: see `announce`.

    Raises
    ------
    CRSError
        When a file's reference system is not known, or its coordinates contradict it.
    """
    notes: list[str] = []
    doubts: dict[str, str] = {}
    held = [
        _file_crs(file, rows, number, source_crs, crs, notes, doubts)
        for number, file in enumerate(rows.files)
    ]
    # Second pairs of columns are longitudes and latitudes, whatever the first are.
    seconds = bool(rows.second.any())
    place = np.full(len(rows.x), -1, dtype=np.int64)
    found: list[tuple[Floats, Floats, Hashes]] = []
    out_of_range, start, how, example = 0, 0, [], ""
    for name in dict.fromkeys([*held, *([parse_crs(WGS84).to_wkt()] if seconds else [])]):
        mine = _rows_of(name, held, rows, seconds)
        number, east, north = _distinct(rows.x[mine], rows.y[mine])
        source = parse_crs(name)
        if source != crs and len(east):
            known = transformation(source, crs)
            how.append(f"from {crs_label(source)}: {known}")
            if known.ballpark:
                doubts[name] = f"incidents: {transformation_words(source, crs)}"
        moved = transform_xy(east, north, source=source, target=crs)
        beyond = impossible(east, north, source) | np.isnan(moved[0])
        # Number -1, no coordinates, takes the last entry.
        set_aside = np.append(beyond, False)[number]
        if beyond.any():
            out_of_range += int(np.count_nonzero(set_aside))
            first = np.flatnonzero(beyond)[0]
            example = (
                example or f"{crs_label(source)} cannot have, such as {east[first]:.10g}, {north[first]:.10g}"
            )
        place[mine] = np.where((number < 0) | set_aside, -1, number + start)
        found.append((*moved, _keys(east, north, text_hash(name))))
        start += len(east)
    distinct_x, distinct_y, keys = (np.concatenate([part[axis] for part in found]) for axis in range(3))
    x, y = np.append(distinct_x, np.nan)[place], np.append(distinct_y, np.nan)[place]
    notes += [f"Coordinates projected {line}" for line in how]
    return Places(
        x,
        y,
        place,
        distinct_x,
        distinct_y,
        keys.astype(np.uint64),
        out_of_range,
        example,
        "; ".join(how) or None,
        tuple(notes),
        doubts,
    )


def announce(notes: Iterable[str], doubts: Iterable[str], *, stacklevel: int) -> None:
    """Say what was made of coordinates, and warn of what is odd about them."""
    for note in notes:
        _LOG.info(note)
    for doubt in doubts:
        warnings.warn(doubt, HotspotsWarning, stacklevel=stacklevel + 1)


def _rows_of(name: str, held: list[str], rows: Coordinates, seconds: bool) -> Any:
    """Return which rows are in one reference system."""
    files = [number for number, other in enumerate(held) if other == name]
    if len(files) == len(held) and not seconds:
        return slice(None)
    mine = np.isin(rows.file, files)
    return (
        np.flatnonzero(mine | rows.second)
        if name == parse_crs(WGS84).to_wkt()
        else np.flatnonzero(mine & ~rows.second)
    )


def _keys(x: Floats, y: Floats, salt: int) -> Hashes:
    # Adding 0 turns -0.0, which equals 0.0, into it.
    east, north = ((values + 0.0).view(np.uint64) for values in (x, y))
    return np.maximum(mixed(mixed(mixed(east) + np.uint64(salt)) ^ north), np.uint64(1))


def _distinct(x: Floats, y: Floats) -> tuple[Integers, Floats, Floats]:
    """Return each row's number among the distinct coordinates, and those; -1 = none, as are 0 and 0."""
    code_x, values_x = pd.factorize(x)
    code_y, values_y = pd.factorize(y)
    none = (code_x < 0) | (code_y < 0) | ((x == 0) & (y == 0))
    packed = code_x.astype(np.int64) * max(len(values_y), 1) + code_y
    packed[none] = -1
    number, pairs = pd.factorize(packed[~none])
    numbers = np.full(len(x), -1, dtype=np.int64)
    numbers[~none] = number
    return numbers, values_x[pairs // max(len(values_y), 1)], values_y[pairs % max(len(values_y), 1)]


def _file_crs(
    file: IncidentFile,
    rows: Coordinates,
    number: int,
    source_crs: Any,
    crs: CRS,
    notes: list[str],
    doubts: dict[str, str],
) -> str:
    """Return the reference system of one file's coordinates as WKT, after a look at whether they agree."""
    mine = slice(*np.searchsorted(rows.file, [number, number + 1]))
    x, y = rows.x[mine], rows.y[mine]
    known = ~(np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0)) | rows.second[mine])
    x, y = x[known], y[known]
    degrees = bool(2 * np.count_nonzero(_like_degrees(x, y)) > len(x))
    if not file.columns.x and not len(x) and file.crs is None:
        # A file of area codes without coordinates has nothing to place.
        return str(crs.to_wkt())
    stated = _stated_crs(file, source_crs, crs, degrees, x, y, notes)
    if len(x):
        _refuse_contradiction(file, stated, degrees, x, y)
        if doubt := _continent(file, stated, crs, x, y):
            doubts[file.source.name] = doubt
    return str(stated.to_wkt())


def _like_degrees(x: Floats, y: Floats) -> Mask:
    return (np.abs(x) <= 180) & (np.abs(y) <= 90)


def _stated_crs(
    file: IncidentFile,
    source_crs: Any,
    crs: CRS,
    degrees: bool,
    x: Floats,
    y: Floats,
    notes: list[str],
) -> CRS:
    if source_crs is not None:
        return parse_crs(source_crs)
    if not file.columns.x:
        if file.crs is None:
            raise CRSError(
                f"'{file.source.name}' states no coordinate reference system",
                hint=f"name it with 'source_crs', for example '{BRITISH_NATIONAL_GRID}'",
            )
        return parse_crs(file.crs)
    grid = parse_crs(BRITISH_NATIONAL_GRID)
    if file.columns.kind == "degrees":
        return parse_crs(WGS84)
    if file.columns.kind == "metres":
        elsewhere = crs != grid and len(x) and impossible(x, y, grid).mean() > 0.5
        return crs if elsewhere else grid
    guess = parse_crs(WGS84) if degrees else crs
    notes.append(
        f"{file.source.name}: '{file.columns.x}' and '{file.columns.y}' taken as {crs_label(guess)} by their values "
        "(choose another with 'source_crs')"
    )
    return guess


def _refuse_contradiction(file: IncidentFile, crs: CRS, degrees: bool, x: Floats, y: Floats) -> None:
    where = f"'{file.columns.x}' and '{file.columns.y}'" if file.columns.x else "the points"
    values = f"'{file.source.name}': {where} hold values such as {x[0]:.10g}, {y[0]:.10g}"
    if crs.is_geographic and not degrees:
        raise CRSError(
            f"{values}, which are metres, but {crs_label(crs)} is in degrees",
            hint=f"name what they are with 'source_crs', for example '{BRITISH_NATIONAL_GRID}'",
        )
    if crs.is_projected and degrees:
        raise CRSError(
            f"{values}, which are degrees, but {crs_label(crs)} is in metres",
            hint=f"name what they are with 'source_crs', for example '{WGS84}'",
        )
    if crs == parse_crs(BRITISH_NATIONAL_GRID) and impossible(x, y, crs).mean() > 0.5:
        raise CRSError(
            f"{values}, which {crs_label(crs)} (British National Grid) cannot have",
            hint="name what they are with 'source_crs'",
        )
    # Great Britain spans latitudes 49 to 61 and longitudes -9 to 2: the other way round, the columns are
    # swapped.
    if crs.is_geographic and np.mean((x > 49) & (x < 61) & (y > -9) & (y < 3)) > 0.5:
        raise CRSError(
            f"{values}: longitude and latitude are swapped",
            hint="name the column of longitudes with 'x' and that of latitudes with 'y'"
            if file.columns.x
            else "save the layer again with longitudes first (QGIS: 'Swap X and Y coordinates')",
        )


def _continent(file: IncidentFile, source: CRS, crs: CRS, x: Floats, y: Floats) -> str:
    """Return what to say of longitudes and latitudes that British National Grid does not reach; empty where it does."""
    if not source.is_geographic or crs != parse_crs(BRITISH_NATIONAL_GRID):
        return ""
    lon, lat = float(np.median(x)), float(np.median(y))
    if -20 <= lon <= 15 and 40 <= lat <= 70:
        return ""
    zone = f"EPSG:{(32600 if lat >= 0 else 32700) + int((lon + 180) // 6) % 60 + 1}"
    return (
        f"'{file.source.name}' lies about longitude {lon:.2f} and latitude {lat:.2f}, where {BRITISH_NATIONAL_GRID} "
        f"(British National Grid) measures no distances (choose a system that fits with 'crs', such as {zone})"
    )


def impossible(x: Floats, y: Floats, crs: CRS) -> Mask:
    """Return which coordinates cannot be where an incident is.

    In degrees these are those off the globe. In metres they are values that look like degrees, an easting or
    a northing of exactly 0, and in British National Grid all that is off the grid or in the ocean south-west
    of it, where units of 100 m and grid references without their letters come to lie.
    """
    if crs.is_geographic:
        beyond: Mask = (np.abs(x) > 180) | (np.abs(y) > 90)
        return beyond
    strange: Mask = _like_degrees(x, y) | (x == 0) | (y == 0)
    if crs == parse_crs(BRITISH_NATIONAL_GRID):
        strange |= (x < 0) | (x > 700_000) | (y < 0) | (y > 1_300_000) | ((x < 75_000) & (y < 400_000))
    return strange
