"""The web map's picture of a surface: in the right place, in the right classes."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt
import pytest

from hotspots.base.crs import transform_xy
from hotspots.base.surface import Surface
from hotspots.export.style import style_for
from hotspots.export.webmap.image import WEB_MERCATOR, draw_surface


def pixels_of(uri: str) -> npt.NDArray[np.uint8]:
    png = base64.b64decode(uri.split(",", 1)[1])
    width, height = struct.unpack(">II", png[16:24])
    start = png.index(b"IDAT")
    length = struct.unpack(">I", png[start - 4 : start])[0]
    lines = np.frombuffer(zlib.decompress(png[start + 4 : start + 4 + length]), dtype=np.uint8)
    return lines.reshape(height, width + 1)[:, 1:]


@pytest.mark.parametrize("easting", [4e5, 2.5e5, 6.2e5])
def test_the_picture_lies_where_the_surface_does(easting: float) -> None:
    values = np.zeros((40, 30))
    values[25, 7] = 10.0
    values[:, 28:] = np.nan
    surface = Surface(values, easting, 3e5, 500.0, "EPSG:27700", "")
    # One class from half the only value up: the pixels nearest to the hot cell.
    style = style_for("density", values.ravel(), multiples=(0.5,))
    overlay = draw_surface(surface, style)
    hot = np.argwhere(pixels_of(overlay.image) == style.classify(np.array([10.0]))[0] + 1)
    (south, west), (north, east) = overlay.bounds
    corners = transform_xy([west, east], [south, north], source="EPSG:4326", target=WEB_MERCATOR)
    rows, columns = pixels_of(overlay.image).shape
    x = corners[0][0] + (hot[:, 1].mean() + 0.5) * (corners[0][1] - corners[0][0]) / columns
    y = corners[1][1] - (hot[:, 0].mean() + 0.5) * (corners[1][1] - corners[1][0]) / rows
    found_x, found_y = transform_xy([x], [y], source=WEB_MERCATOR, target="EPSG:27700")
    # The hot cell is row 25, column 7: its centre lies 7.5 cells east and 25.5 cells south of the corner.
    assert found_x[0] == pytest.approx(
        easting + 7.5 * 500, abs=130
    )  # a quarter of a cell; pixels are half a cell
    assert found_y[0] == pytest.approx(3e5 - 25.5 * 500, abs=130)


def test_the_picture_is_transparent_where_there_is_no_value() -> None:
    flat = Surface(
        np.where(np.arange(20) < 10, 5.0, np.nan)[None, :].repeat(20, axis=0),
        4e5,
        3e5,
        100.0,
        "EPSG:27700",
        "",
    )
    pixels = pixels_of(draw_surface(flat, style_for("density", flat.values.ravel())).image)
    middle = pixels[pixels.shape[0] // 2]
    assert (middle[: middle.size // 2 - 3] > 0).all()
    assert (middle[middle.size // 2 + 3 :] == 0).all()


def test_a_large_surface_is_drawn_with_fewer_pixels() -> None:
    large = Surface(np.ones((1500, 1500)), 3e5, 5e5, 100.0, "EPSG:27700", "")
    assert pixels_of(draw_surface(large, style_for("density", large.values.ravel())).image).size < 2_010_000
