"""The one type of a continuous surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Surface:
    """Values on a north-up grid of square cells, with all that is needed to read them.

    Attributes
    ----------
    values : ndarray of float64, shape (rows, columns)
        Value at each cell's centre. Row 0 is the northernmost. NaN outside the areas.
    west, north : float
        Outer corner of the first cell, in the units of `crs`.
    cell_size : float
        Side of a cell in metres.
    crs : str
        Such as ``"EPSG:27700"``.
    unit : str
        The unit of `values` in words, such as ``"incidents per km² a year"``.
    parameters : mapping
        What made the surface: bandwidth, kernel, months, edge rule, number of incidents.
    """

    values: npt.NDArray[np.float64]
    west: float
    north: float
    cell_size: float
    crs: str
    unit: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.values.shape
        return rows, columns

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north edges."""
        rows, columns = self.values.shape
        return (
            self.west,
            self.north - rows * self.cell_size,
            self.west + columns * self.cell_size,
            self.north,
        )

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """The affine transform in the order that rasterio's ``Affine`` takes."""
        return (self.cell_size, 0.0, self.west, 0.0, -self.cell_size, self.north)

    def centres(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the x of each column's and the y of each row's centre."""
        rows, columns = self.values.shape
        x = self.west + (np.arange(columns, dtype=np.float64) + 0.5) * self.cell_size
        y = self.north - (np.arange(rows, dtype=np.float64) + 0.5) * self.cell_size
        return x, y
