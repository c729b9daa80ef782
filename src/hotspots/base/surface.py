"""The one type of a continuous surface."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
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

    def _repr_png_(self) -> bytes:
        """Return the surface as a picture, for notebooks."""
        from hotspots.export.picture.draw import draw_heatmap, picture_bytes

        return picture_bytes(draw_heatmap(self, size=(8, 4.5)), "png", dpi=100)

    def _repr_html_(self) -> str:
        """Return what the surface is, in words, above its picture, for notebooks."""
        rows, columns = self.values.shape
        facts = {
            "surface": f"{rows:,} × {columns:,} cells of {self.cell_size:g} m, {self.unit}",
            "crs": self.crs,
        }
        said = "; ".join(f"{name}: {value}" for name, value in {**facts, **self.parameters}.items())
        coded = base64.b64encode(self._repr_png_()).decode("ascii")
        return f'<p>{escape(said)}</p><img width="800" alt="Heat-map" src="data:image/png;base64,{coded}">'
