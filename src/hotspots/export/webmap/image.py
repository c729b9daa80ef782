"""A density surface as a picture that lies exactly where a web map expects it."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.base.crs import WGS84, transform_xy
from hotspots.base.surface import Surface
from hotspots.export.style import Style

Floats = npt.NDArray[np.float64]

WEB_MERCATOR = "EPSG:3857"
MAX_PIXELS = 2_000_000
# Every 16th pixel is projected exactly; between them the projection is straight to within millimetres.
_STRIDE = 16
# Rows that are worked on at a time, so that what is in between stays in the processor's cache.
_BAND_ROWS = 128


@dataclass(frozen=True)
class Overlay:
    """A picture and where it lies.

    Attributes
    ----------
    image : str
        PNG as a data URI.
    bounds : ((float, float), (float, float))
        South-west and north-east corners, latitude first.
    """

    image: str
    bounds: tuple[tuple[float, float], tuple[float, float]]


def draw_surface(surface: Surface, style: Style) -> Overlay:
    """Draw a surface in the classes of `style` on the grid of a web map (EPSG:3857).

    Each pixel takes the surface's value at its own centre, interpolated between the four nearest cell centres
    (where one of them has no value, the nearest cell decides). Pixels are half a cell wide, or as wide as
    needed to stay under two million.
    """
    west, south, east, north = _mercator_bounds(surface)
    middle = transform_xy([(west + east) / 2], [(south + north) / 2], source=WEB_MERCATOR, target=WGS84)[1][0]
    pixel = surface.cell_size / 2 / math.cos(math.radians(float(middle)))
    pixel = max(pixel, math.sqrt((east - west) * (north - south) / MAX_PIXELS))
    columns, rows = math.ceil((east - west) / pixel), math.ceil((north - south) / pixel)
    x = west + (np.arange(columns) + 0.5) * (east - west) / columns
    y = north - (np.arange(rows) + 0.5) * (north - south) / rows
    found = np.empty((rows, columns), dtype=np.int16)
    for band, east_of, north_of in _places_in_surface(x, y, surface.crs):
        values = _sample(surface, east_of, north_of)
        found[band] = style.classify(values.ravel()).reshape(values.shape)
    longitude, latitude = transform_xy([west, east], [south, north], source=WEB_MERCATOR, target=WGS84)
    corners = tuple(
        (round(float(lat), 7), round(float(lon), 7)) for lat, lon in zip(latitude, longitude, strict=True)
    )
    return Overlay(_data_uri(_palette_png(found, style)), (corners[0], corners[1]))


def _mercator_bounds(surface: Surface) -> tuple[float, float, float, float]:
    west, south, east, north = surface.bounds
    along = np.linspace(0, 1, 65)
    x = west + (east - west) * np.concatenate([along, along, np.zeros(65), np.ones(65)])
    y = south + (north - south) * np.concatenate([np.zeros(65), np.ones(65), along, along])
    edge_x, edge_y = transform_xy(x, y, source=surface.crs, target=WEB_MERCATOR)
    return float(edge_x.min()), float(edge_y.min()), float(edge_x.max()), float(edge_y.max())


def _places_in_surface(x: Floats, y: Floats, crs: str) -> Iterator[tuple[slice, Floats, Floats]]:
    """Yield bands of rows, with the place in `crs` of every pixel centre, from exact places at every 16th."""
    some_x, weight_x = _knots(x)
    some_y, weight_y = _knots(y)
    grid_x, grid_y = np.meshgrid(some_x, some_y)
    exact = transform_xy(grid_x.ravel(), grid_y.ravel(), source=WEB_MERCATOR, target=crs)
    east, north = (part.reshape(grid_x.shape) @ weight_x.T for part in exact)
    for first in range(0, len(y), _BAND_ROWS):
        band = slice(first, first + _BAND_ROWS)
        yield band, weight_y[band] @ east, weight_y[band] @ north


def _knots(centres: Floats) -> tuple[Floats, Floats]:
    """Return every 16th centre (and the last) and the weights that interpolate all from them."""
    count = len(centres)
    places = np.unique(np.r_[np.arange(0, count, _STRIDE), count - 1])
    if len(places) == 1:
        return centres[places], np.ones((count, 1))
    left = np.clip(np.searchsorted(places, np.arange(count), side="right") - 1, 0, len(places) - 2)
    share = (np.arange(count) - places[left]) / (places[left + 1] - places[left])
    weights = np.zeros((count, len(places)))
    weights[np.arange(count), left] = 1 - share
    weights[np.arange(count), left + 1] += share
    return centres[places], weights


def _sample(surface: Surface, x: Floats, y: Floats) -> Floats:
    grid = surface.values
    rows, columns = grid.shape
    across = (x - surface.west) / surface.cell_size - 0.5
    down = (surface.north - y) / surface.cell_size - 0.5
    inside = (across >= -0.5) & (across < columns - 0.5) & (down >= -0.5) & (down < rows - 0.5)
    nearest_row = np.clip(np.rint(down).astype(np.int64), 0, rows - 1)
    nearest_column = np.clip(np.rint(across).astype(np.int64), 0, columns - 1)
    nearest = grid[nearest_row, nearest_column]
    drawn = inside & ~np.isnan(nearest)
    values = np.full(x.shape, np.nan)
    values[drawn] = _blend(grid, across[drawn], down[drawn], nearest[drawn])
    return values


def _blend(grid: Floats, across: Floats, down: Floats, nearest: Floats) -> Floats:
    """Interpolate between the four cell centres around each place, counted in cells from the first centre."""
    rows, columns = grid.shape
    top = np.clip(np.floor(down).astype(np.int64), 0, max(rows - 2, 0))
    left = np.clip(np.floor(across).astype(np.int64), 0, max(columns - 2, 0))
    below, right = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
    share_down, share_across = np.clip(down - top, 0, 1), np.clip(across - left, 0, 1)
    upper = grid[top, left] * (1 - share_across) + grid[top, right] * share_across
    lower = grid[below, left] * (1 - share_across) + grid[below, right] * share_across
    blended = upper * (1 - share_down) + lower * share_down
    return np.where(np.isnan(blended), nearest, blended)


def _palette_png(found: npt.NDArray[np.int16], style: Style) -> bytes:
    """Return a PNG with one palette entry per class; entry 0 is fully transparent and means no value."""
    colours, opacities = bytearray(b"\x00\x00\x00"), bytearray(b"\x00")
    for entry in style.classes:
        colours += bytes.fromhex(entry.colour.lstrip("#"))
        opacities.append(round(255 * entry.opacity))
    height, width = found.shape
    lines = np.zeros((height, width + 1), dtype=np.uint8)  # the first byte of a line says "no filter"
    lines[:, 1:] = found + 1
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(colours)),
        (b"tRNS", bytes(opacities)),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    body = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
