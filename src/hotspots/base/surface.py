"""The one type of a continuous surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Classes = Literal["share", "mean"]

SHARES = (0.1, 0.25, 0.5, 0.75)
"""The shares of the incidents by which a heat-map is classed."""


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
        What made the surface: bandwidth, kernel, months, edge rule, number of incidents; how it is classed
        ("classes") and the densities above which it holds shares of the incidents ("share_limits").
    """

    values: npt.NDArray[np.float64]
    west: float
    north: float
    cell_size: float
    crs: str
    unit: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        """Return whether both are the same values (NaN equals NaN) on the same grid, made in the same way."""
        if not isinstance(other, Surface):
            return NotImplemented
        mine, theirs = (
            (s.west, s.north, s.cell_size, s.crs, s.unit, dict(s.parameters)) for s in (self, other)
        )
        return mine == theirs and np.array_equal(self.values, other.values, equal_nan=True)

    def __repr__(self) -> str:
        rows, columns = self.values.shape
        return f"Surface({rows:,} x {columns:,} cells of {self.cell_size:g} m, {self.unit}, {self.crs})"

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

    @property
    def classes(self) -> Classes:
        """How a map classes it: by the share of incidents on the densest ground, or by multiples of the mean."""
        return "mean" if self.parameters.get("classes") == "mean" else "share"

    def classed(self, classes: Classes) -> Surface:
        """Return the same surface, to be classed in this way."""
        return replace(self, parameters={**self.parameters, "classes": classes})

    def share_limits(self) -> dict[float, float]:
        """Return, for each of `SHARES`, the density above which the densest ground holds at most that share.

        Of the incidents, where what made the surface has said so; else of the surface's own volume, as for a
        raster from elsewhere. Above 0, and falling as the share rises; empty where all values are 0.
        """
        said = self.parameters.get("share_limits")
        if said is not None:
            return {float(share): float(limit) for share, limit in said}
        held = self.values[self.values > 0]
        return limits_of_shares(held, held)

    def centres(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the x of each column's and the y of each row's centre."""
        rows, columns = self.values.shape
        x = self.west + (np.arange(columns, dtype=np.float64) + 0.5) * self.cell_size
        y = self.north - (np.arange(rows, dtype=np.float64) + 0.5) * self.cell_size
        return x, y


def limits_of_shares(densities: Floats, weights: Floats) -> dict[float, float]:
    """Return, for each of `SHARES`, a density that places with at most that share of the weight exceed.

    Half-way between the least dense place that counts and the next, so that rounding moves no place across;
    places of equal density are in or out together. Where a single place has more than the share, the limit is
    just above it, and nothing exceeds it.

    Examples
    --------
    Ten incidents at densities 1 to 10: one of them, a tenth, is denser than 9.5, two (not three) than 8.5.

    >>> limits_of_shares(np.arange(1.0, 11), np.ones(10))
    {0.1: 9.5, 0.25: 8.5, 0.5: 5.5, 0.75: 3.5}
    """
    if not densities.size:
        return {}
    if (weights == weights[0]).all():  # numbers alone sort several times faster than places
        falling, held = np.sort(densities)[::-1], np.arange(1, densities.size + 1) * weights[0]
    else:
        order = np.argsort(densities)[::-1]
        falling, held = densities[order], np.cumsum(weights[order])
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    limits = {}
    for share in SHARES:
        whole = int(np.searchsorted(held[last], share * held[-1] * (1 + 1e-12), side="right"))
        if whole == 0:
            limits[share] = float(falling[0] * (1 + 1e-6))
        else:
            following = falling[last[whole]] if whole < last.size else 0.0
            limits[share] = float((falling[last[whole - 1]] + following) / 2)
    return limits
