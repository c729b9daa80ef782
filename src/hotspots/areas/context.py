"""Towns, main roads and rivers from the reader's own layers: shown for orientation, and nothing is counted in them."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.layers import check_coordinates, open_features
from hotspots.base.crs import BRITISH_NATIONAL_GRID, reproject
from hotspots.base.errors import DataError, HotspotsWarning

log = logging.getLogger(__name__)

Kind = Literal["town", "road", "water"]

MOST_VERTICES = 45_000
"""Vertices of all lines together: under 300 kB on the web map."""
MOST_TOWNS = 500
_FINEST, _COARSEST = 10.0, 320.0  # metres by which lines are simplified
_BEYOND = 0.05  # of the study area's width and height, on each side
_WATER = re.compile(r"water|river|stream|canal|lake|reservoir|shore|coast", re.IGNORECASE)
_ROAD = re.compile(r"road|street|motorway|highway", re.IGNORECASE)
_KIND = re.compile("kind", re.IGNORECASE)
_NAMES = re.compile(r"name|name_?1|[a-z]+\d\dnm", re.IGNORECASE)
_PEOPLE = re.compile(r"pop(ulation)?\d*", re.IGNORECASE)


def read_context(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    within: gpd.GeoDataFrame,
    crs: str = BRITISH_NATIONAL_GRID,
) -> gpd.GeoDataFrame:
    """Read towns, roads and water to draw on a map, cut to the study area and simplified to what a page can hold.

    Points are towns, and so are polygons that are not water, each at a place inside it. Lines are roads, unless they
    are water: what a column ``kind`` says of a row, else the name of the layer, else the name of the file. Lines and
    shores are simplified by 10 m, or by as much as brings all of them under 45,000 vertices; where 320 m do not
    suffice, the shortest are left out, and said. Of more than 500 towns those with most people are kept, the first
    where no column tells of people.

    Parameters
    ----------
    sources : path or sequence of paths
        GeoPackages, GeoJSON, Shapefiles or any other format that areas are read from; all layers of each.
    within : GeoDataFrame
        The study area; what lies more than a twentieth of its width or height outside is cut away.
    crs : str, default "EPSG:27700"
        The projected system in metres to bring all to.

    Returns
    -------
    GeoDataFrame
        With ``kind`` ("town", "road" or "water"), ``name`` (empty where unknown) and ``geometry`` (points and lines):
        the water first, then roads, then towns from the largest.

    Warns
    -----
    HotspotsWarning
        When a file has nothing in the study area.

    Raises
    ------
    FileError
        When a file is missing or no layer.
    DataError
        When a file has no shapes, or one with a coordinate that is no number.
    CRSError
        When a layer's system is unknown, or contradicts its coordinates.

    Examples
    --------
    >>> import tempfile
    >>> area = gpd.GeoDataFrame(geometry=[shapely.box(400_000, 300_000, 410_000, 310_000)], crs="EPSG:27700")
    >>> line = shapely.LineString([(390_000, 305_000), (420_000, 305_000)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/rivers.geojson"
    ...     gpd.GeoDataFrame({"name": ["Trent"]}, geometry=[line], crs="EPSG:27700").to_file(path)
    ...     read_context(path, within=area)[["kind", "name"]].values.tolist()
    [['water', 'Trent']]
    """
    paths = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    west, south, east, north = reproject(within, crs).total_bounds
    wide, high = _BEYOND * (east - west), _BEYOND * (north - south)
    frame = (west - wide, south - high, east + wide, north + high)
    found = []
    for path in paths:
        seen = _read(Path(path), frame, crs)
        if seen.empty:
            warnings.warn(
                f"'{path}' has nothing in the study area, so that the map draws nothing of it",
                HotspotsWarning,
                stacklevel=2,
            )
        found.append(seen)
    whole = pd.concat(found, ignore_index=True)
    towns = whole[whole["kind"] == "town"].sort_values("people", ascending=False, kind="stable")
    lines = _simplified(whole[whole["kind"] != "town"].sort_values("kind", ascending=False, kind="stable"))
    kept = pd.concat([lines, towns.head(MOST_TOWNS)], ignore_index=True)
    return gpd.GeoDataFrame(kept[["kind", "name"]], geometry=kept["geometry"].to_numpy(), crs=crs)


def _read(path: Path, frame: tuple[float, float, float, float], crs: str) -> pd.DataFrame:
    """Return what one file has in a frame: kind, name, people and geometry."""
    found, shapes = [], 0
    for layer, table in open_features(path).items():
        table = table[~(table.geometry.isna() | table.geometry.is_empty)]
        if table.empty:
            continue
        shapes += len(table)
        if not np.isfinite(shapely.get_coordinates(table.geometry.to_numpy())).all():
            raise DataError(
                f"'{path}' has a shape with a coordinate that is no number",
                hint="mend the shape or delete it; in QGIS, 'Fix geometries' finds it",
            )
        table = reproject(check_coordinates(table, crs, where=f"'{path}'"), crs)
        found.append(_cut(table, frame, f"{layer} {path.stem}"))
    if not shapes:
        raise DataError(
            f"'{path}' holds no points, lines or polygons", hint="give layers of towns, roads or rivers"
        )
    return pd.concat(found, ignore_index=True)


def _cut(table: gpd.GeoDataFrame, frame: tuple[float, float, float, float], where: str) -> pd.DataFrame:
    """Return a layer's towns as points, and its roads and water as lines, in a frame."""
    parts, owner = shapely.force_2d(table.geometry.to_numpy()), np.arange(len(table))
    while (
        shapely.get_type_id(parts) >= 4
    ).any():  # of several parts, which may have several parts themselves
        parts, of = shapely.get_parts(parts, return_index=True)
        owner = owner[of]
    dimension, kinds = shapely.get_dimensions(parts), _kinds(table, where)[owner]
    town = (dimension == 0) | ((dimension == 2) & (kinds != "water"))
    solid, shore = town & (dimension == 2), ~town & (dimension == 2)
    parts[shore] = shapely.boundary(parts[shore])
    parts[solid] = shapely.point_on_surface(parts[solid])
    rows = pd.DataFrame(
        {
            "kind": np.where(town, "town", kinds),
            "name": _column(table, _NAMES).astype(object).fillna("").astype(str).to_numpy()[owner],
            "people": pd.to_numeric(_column(table, _PEOPLE), errors="coerce").fillna(0).to_numpy()[owner],
            "geometry": shapely.clip_by_rect(parts, *frame),
        }
    )
    rows = rows[~shapely.is_empty(rows["geometry"].to_numpy())]
    # A town of several polygons is one town; a point without a name tells nobody where they are.
    town_rows = rows["kind"] == "town"
    kept: pd.DataFrame = rows[~town_rows | ((rows["name"] != "") & ~rows.duplicated(["kind", "name"]))]
    return kept


def _kinds(table: gpd.GeoDataFrame, where: str) -> npt.NDArray[np.object_]:
    """Return whether each row's lines are water or, where nothing says so, a road."""
    told = _column(table, _KIND).astype(object).fillna("").astype(str)
    layer = _kind_of(where) or "road"
    return np.array([_kind_of(words) or layer for words in told], dtype=object)


def _kind_of(words: str) -> Kind | None:
    """Return what a name says that lines are; a waterway is water, and a road over a brook a road."""
    if _WATER.search(words):
        return "water"
    return "road" if _ROAD.search(words) else None


def _column(table: gpd.GeoDataFrame, pattern: re.Pattern[str]) -> pd.Series[Any]:
    """Return the first column whose whole name fits, and nothing for each row where none does."""
    fits = [name for name in table.columns if name != "geometry" and pattern.fullmatch(str(name))]
    return table[fits[0]] if fits else pd.Series(None, index=table.index, dtype=object)


def _simplified(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines with few enough vertices for a page: simplified, and at the worst the shortest left out."""
    shapes, tolerance = lines["geometry"].to_numpy(), _FINEST
    simple = shapely.simplify(shapes, tolerance)
    while shapely.get_num_coordinates(simple).sum() > MOST_VERTICES and tolerance < _COARSEST:
        tolerance *= 2
        simple = shapely.simplify(shapes, tolerance)
    lines = lines.assign(geometry=simple)
    longest = np.argsort(-shapely.length(simple), kind="stable")
    room = np.cumsum(shapely.get_num_coordinates(simple[longest])) <= MOST_VERTICES
    if not room.all():
        log.info(
            "Left out of the map: the %s shortest of %s roads and rivers",
            f"{(~room).sum():,}",
            f"{len(room):,}",
        )
    kept: pd.DataFrame = lines.iloc[np.sort(longest[room])]
    return kept
