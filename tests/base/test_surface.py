"""A surface knows where its cells are."""

from __future__ import annotations

import numpy as np

from hotspots.base.surface import Surface


def test_row_zero_is_the_northernmost_and_centres_lie_half_a_cell_in() -> None:
    surface = Surface(np.zeros((2, 3)), west=1000.0, north=5000.0, cell_size=100.0, crs="EPSG:27700", unit="")
    x, y = surface.centres()
    assert x.tolist() == [1050.0, 1150.0, 1250.0]
    assert y.tolist() == [4950.0, 4850.0]
    assert surface.bounds == (1000.0, 4800.0, 1300.0, 5000.0)
    assert surface.transform == (100.0, 0.0, 1000.0, 0.0, -100.0, 5000.0)
    assert surface.shape == (2, 3)


def test_surfaces_compare_and_tell_what_they_are() -> None:
    def made(value: float) -> Surface:
        return Surface(np.array([[value, np.nan]]), 0, 100, 100, "EPSG:27700", "incidents per km² a year")

    assert made(1.0) == made(1.0)
    assert made(1.0) != made(2.0)
    assert made(1.0) != "a surface"
    assert repr(made(1.0)) == "Surface(1 x 2 cells of 100 m, incidents per km² a year, EPSG:27700)"
