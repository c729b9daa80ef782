"""Square and hexagonal cells over areas, clipped to them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.fit import polygon_parts, union
from hotspots.areas.gate import as_areas, code_order
from hotspots.base.crs import BRITISH_NATIONAL_GRID, parse_crs
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.limits import allowed, raising
from hotspots.base.threads import thread_count

Shape = Literal["square", "hexagon"]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

CELL_BYTES = 850  # in memory, measured: a polygon, its code and its columns
SLIVER = 1e-9  # share of a full cell below which a clipped cell is rounding, not ground
_DIGITS = 6
_READABLE = (1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class _Lattice:
    """Where the cells of one size and shape lie, anchored to the origin of the CRS."""

    shape: Shape
    size: float

    @property
    def row_height(self) -> float:
        """Distance between the centres of two rows."""
        return self.size if self.shape == "square" else self.size * math.sqrt(3) / 2

    @property
    def cell_area(self) -> float:
        return self.size * self.row_height

    def span(self, bounds: Floats) -> tuple[int, int, int, int]:
        """Return the first and last column and row whose cells can reach into the bounds."""
        west, south, east, north = bounds
        if self.shape == "square":
            edges = np.floor(np.array([west, south, east, north]) / self.size)
        else:
            # A hexagon reaches two thirds of a row height beyond its centre, half a width to each side,
            # and odd rows stand half a width further east.
            columns = np.array([west / self.size - 1, east / self.size + 0.5])
            rows = np.array([south, north]) / self.row_height + [-2 / 3, 2 / 3]
            edges = np.array([np.floor(columns[0]), np.floor(rows[0]), np.ceil(columns[1]), np.ceil(rows[1])])
        first_column, first_row, last_column, last_row = edges.astype(np.int64).tolist()
        return first_column, last_column, first_row, last_row

    def boxes(self, columns: Positions, rows: Positions, side: int) -> Geometries:
        """Return the box around each block of `side` by `side` cells that starts at a column and row."""
        if self.shape == "square":
            edges = columns, rows, columns + side, rows + side
            return np.asarray(shapely.box(*(edge * self.size for edge in edges)))
        step, part = self.size / 2, self.row_height / 3
        shift = 1 if side > 1 else rows & 1
        west = 2 * columns - 1 + (0 if side > 1 else shift)
        east = 2 * (columns + side - 1) + 1 + shift
        south, north = 3 * rows - 2, 3 * (rows + side - 1) + 2
        return np.asarray(shapely.box(west * step, south * part, east * step, north * part))

    def cells(self, columns: Positions, rows: Positions) -> Geometries:
        """Return the full cells; neighbours share their corners to the last bit."""
        if self.shape == "square":
            return self.boxes(columns, rows, 1)
        # Corners counter-clockwise from the south, in half widths and thirds of a row height.
        x = (2 * columns + (rows & 1))[:, np.newaxis] + np.array([0, 1, 1, 0, -1, -1, 0])
        y = (3 * rows)[:, np.newaxis] + np.array([-2, -1, 1, 2, 1, -1, -2])
        corners = np.stack([x * (self.size / 2), y * (self.row_height / 3)], axis=-1)
        return np.asarray(shapely.polygons(corners))

    def centres(self, columns: Positions, rows: Positions) -> tuple[Floats, Floats]:
        """Return the centres of full cells."""
        x, y = columns.astype(np.float64), rows.astype(np.float64)
        if self.shape == "square":
            return (x + 0.5) * self.size, (y + 0.5) * self.size
        return (x + 0.5 * (rows & 1)) * self.size, y * self.row_height


def make_grid(areas: gpd.GeoDataFrame, *, cell_size: float, shape: Shape = "square") -> gpd.GeoDataFrame:
    """Cover areas with square or hexagonal cells, clipped to the areas' outer border.

    Cells are anchored to the origin of the CRS, whatever the areas: grids of one size and shape line up, and
    a cell has the same code in all of them. Square (c, r) spans x from c to c + 1 and y from r to r + 1 cell
    sizes. Hexagons stand on a corner; the centre of hexagon (c, r) lies at y = r · 0.866 cell sizes and
    x = c cell sizes, half a size further east in odd rows.

    Only cells that share ground with the areas are made. A cell that shares less than a billionth of its area
    is rounding, and left out. A cell cut in pieces by the border is one multipolygon.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas in a projected CRS in metres. They may overlap.
    cell_size : float
        Metres: the side of a square, or the distance between opposite sides of a hexagon.
    shape : {'square', 'hexagon'}, default 'square'
        Shape of the cells.

    Returns
    -------
    GeoDataFrame
        An areas table, indexed by ``cell_<column>_<row>`` (at least six digits each) and sorted by it:
        ``name`` (the OS grid reference of the full cell's centre in British National Grid, to 10 m, or to 1 m
        for cells under 10 m; elsewhere the code), ``district`` (of the area that holds the centre of the full
        cell or, where that lies outside, a point inside the clipped cell), ``population`` (NaN), ``area_km2``
        (of the clipped cell) and ``geometry``. ``attrs`` holds `shape` and `cell_size`.

    Raises
    ------
    ParameterError
        When `cell_size` is not a positive number, `shape` is unknown, or more than 2.5 million cells would be
        needed to cover the areas (``HOTSPOTS_LIMITS=cells=`` allows more).
    CRSError
        When the areas are not in metres.
    DataError
        When there are no areas.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(
    ...     {"district": ["Leeds"]},
    ...     index=["E05000001"],
    ...     geometry=[shapely.box(430_000, 433_000, 431_500, 434_000)],
    ...     crs="EPSG:27700",
    ... )
    >>> make_grid(areas, cell_size=1000)[["name", "district", "area_km2"]]
                                  name district  area_km2
    code
    cell_000430_000433  SE 3050 3350    Leeds       1.0
    cell_000431_000433  SE 3150 3350    Leeds       0.5
    """
    areas = as_areas(areas, crs="metres")
    crs = parse_crs(areas.crs)
    lattice = _Lattice(_known_shape(shape), _positive(cell_size))
    ground = union(areas.geometry.to_numpy())
    _refuse_too_many(lattice, shapely.area(ground))
    columns, rows, cells = _clip(lattice, ground)
    codes = _codes(columns, rows)
    order = np.argsort(codes, kind="stable")
    cells, codes = cells[order], codes[order]
    x, y = lattice.centres(columns[order], rows[order])
    values = {
        "name": _names(x, y, codes, lattice.size) if crs == parse_crs(BRITISH_NATIONAL_GRID) else codes,
        "district": _districts(areas, x, y, cells),
        "population": np.nan,
        "area_km2": shapely.area(cells) / 1e6,
    }
    index = pd.Index(codes, dtype="str", name="code")
    grid = gpd.GeoDataFrame(values, index=index, geometry=cells, crs=areas.crs)
    grid = grid.astype({"name": "str", "district": "str"})
    grid.attrs.update(shape=shape, cell_size=lattice.size)
    return grid


def default_cell_size(areas: gpd.GeoDataFrame) -> float:
    """Return a cell size to start from: the study area's shorter side over 150, in a readable number.

    It is a convention, not a result: try another, as `hotspots.sensitivity` does. The number is the nearest
    (by ratio) of 10, 25, 50, 100, 250, 500, ... metres, down to 1 m.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas in a projected CRS in metres.

    Raises
    ------
    CRSError
        When the areas are not in metres.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame(geometry=[shapely.box(380_000, 310_000, 440_000, 385_000)], crs="EPSG:27700")
    >>> default_cell_size(areas)
    500.0
    """
    west, south, east, north = as_areas(areas, crs="metres").total_bounds
    exact = max(min(east - west, north - south) / 150, 1.0)
    unit = 10.0 ** math.floor(math.log10(exact))
    return min((step * unit for step in _READABLE), key=lambda size: abs(math.log(size / exact)))


def cell_positions(grid: pd.DataFrame | pd.Index) -> tuple[Positions, Positions]:
    """Return the column and row of each cell, read from the codes of a grid or of an index of them.

    Raises
    ------
    DataError
        When a code is not a cell's.

    Examples
    --------
    >>> cell_positions(pd.Index(["cell_000430_000433", "cell_000431_000433"]))
    (array([430, 431]), array([433, 433]))
    """
    codes = grid if isinstance(grid, pd.Index) else grid.index
    parts = codes.to_series().astype("str").str.extract(r"^cell_(-?\d+)_(-?\d+)$")
    wrong = parts[0].isna().to_numpy()
    if wrong.any():
        raise DataError(
            f"'{codes[int(np.argmax(wrong))]}' is not the code of a grid's cell",
            hint="give a grid from make_grid, with its index as it was",
        )
    return parts[0].to_numpy(dtype=np.int64), parts[1].to_numpy(dtype=np.int64)


def _known_shape(shape: str) -> Shape:
    known: tuple[Shape, ...] = get_args(Shape)
    for name in known:
        if shape == name:
            return name
    raise ParameterError(f"'{shape}' is not a shape of cells", hint=did_you_mean(str(shape), known))


def _positive(cell_size: float) -> float:
    if isinstance(cell_size, bool) or not isinstance(cell_size, int | float | np.number):
        size = math.nan
    else:
        size = float(cell_size)
    if not (size > 0 and math.isfinite(size)):
        raise ParameterError(
            f"'cell_size' is {cell_size}, but a cell needs a positive size in metres",
            hint="set 'cell_size' to a number such as 250",
        )
    return size


def _refuse_too_many(lattice: _Lattice, ground: float) -> None:
    """Refuse a grid of more cells than are allowed over so many square metres."""
    most = allowed("cells")
    cells = ground / lattice.cell_area
    if cells <= most:
        return
    exact = lattice.size * math.sqrt(cells / most)
    unit = 10.0 ** min(0, math.floor(math.log10(exact)) - 1)
    raised = f", {raising('cells', math.ceil(cells))}" if cells < 1e17 else ""
    raise ParameterError(
        f"a grid of {lattice.size:g} m cells over these areas would have {cells / 1e6:,.1f} million cells, "
        f"which take about {cells * CELL_BYTES / 1e9:,.0f} GB of memory; the limit is {most:,}",
        hint=f"use 'cell_size' of at least {math.ceil(exact / unit) * unit:g}{raised}",
    )


def _clip(lattice: _Lattice, ground: Any) -> tuple[Positions, Positions, Geometries]:
    """Return column, row and geometry of every cell that shares area with the ground, in no set order.

    A block of cells is quartered until it lies wholly inside or outside, and each quarter carries only its
    own piece of the ground: a border cell is cut from the few vertices near it, an inner cell never.
    """
    span = lattice.span(shapely.bounds(ground))
    side = 1 << (max(span[1] - span[0], span[3] - span[2])).bit_length()
    columns, rows = np.array([span[0]]), np.array([span[2]])
    pieces = np.array([ground], dtype=object)
    found_columns, found_rows = [], []
    while side > 1:
        side //= 2
        columns = (columns[:, np.newaxis] + [0, side, 0, side]).ravel()
        rows = (rows[:, np.newaxis] + [0, 0, side, side]).ravel()
        boxes = lattice.boxes(columns, rows, side)
        pieces = _shared(boxes, np.repeat(pieces, 4))
        inside = _fills(pieces, boxes)
        steps = np.arange(side)
        found_columns.append((columns[inside, None, None] + steps[:, None] + 0 * steps).ravel())
        found_rows.append((rows[inside, None, None] + 0 * steps[:, None] + steps).ravel())
        open_ = ~inside & ~shapely.is_empty(pieces)
        columns, rows, pieces = columns[open_], rows[open_], pieces[open_]
    cut = _shared(lattice.cells(columns, rows), pieces)
    kept = shapely.area(cut) > SLIVER * lattice.cell_area
    inner = np.concatenate([np.zeros(0, dtype=np.int64), *found_columns])
    inner_rows = np.concatenate([np.zeros(0, dtype=np.int64), *found_rows])
    cells = np.concatenate([lattice.cells(inner, inner_rows), cut[kept]])
    return np.concatenate([inner, columns[kept]]), np.concatenate([inner_rows, rows[kept]]), cells


def _shared(boxes: Geometries, pieces: Geometries) -> Geometries:
    """Return the polygons that each box has in common with its piece; threads take turns along the arrays."""
    shared = np.empty(len(boxes), dtype=object)
    threads = thread_count()

    def cut(first: int) -> None:
        shared[first::threads] = shapely.intersection(boxes[first::threads], pieces[first::threads])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(cut, range(threads)))
    return polygon_parts(shared)


def _fills(pieces: Geometries, boxes: Geometries) -> npt.NDArray[np.bool_]:
    """Mark the boxes that lie wholly inside: what is left of them has their four corners and their area."""
    four = shapely.get_num_coordinates(pieces) == 5
    size = shapely.area(boxes)
    return np.asarray(four & (np.abs(shapely.area(pieces) - size) <= 1e-12 * size))


def _codes(columns: Positions, rows: Positions) -> npt.NDArray[np.str_]:
    add = np.strings.add
    return add(add("cell_", _padded(columns)), add("_", _padded(rows)))


def _padded(numbers: Positions) -> npt.NDArray[np.str_]:
    """Return whole numbers as texts of at least six digits; each distinct number is written once."""
    distinct, places = np.unique(numbers, return_inverse=True)
    return np.array([f"{number:0{_DIGITS + (number < 0)}d}" for number in distinct.tolist()], dtype=str)[
        places
    ]


def _names(x: Floats, y: Floats, codes: npt.NDArray[np.str_], size: float) -> npt.NDArray[np.str_]:
    """Return OS grid references, such as "SJ 8825 4725"; outside the lettered squares, the codes."""
    metres, digits = (10, 4) if size >= 10 else (1, 5)
    east, north = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    lettered = (east >= 0) & (east < 700_000) & (north >= 0) & (north < 1_300_000)
    # The 500 km squares are lettered from V in the south-west of a 5 by 5 block without I, the 100 km
    # squares within them alike; the false origin is the corner of S.
    alphabet = np.array(list("ABCDEFGHJKLMNOPQRSTUVWXYZ"))
    column, row = east // 100_000 % 100, north // 100_000 % 100
    large = alphabet[(17 - row // 5 * 5 + column // 5) % 25]
    small = alphabet[(4 - row % 5) * 5 + column % 5]
    table = np.array([f"{number:0{digits}d}" for number in range(10**digits)])
    parts = large, small, " ", table[east % 100_000 // metres], " ", table[north % 100_000 // metres]
    names = parts[0]
    for part in parts[1:]:
        names = np.strings.add(names, part)
    return np.where(lettered, names, codes)


def _districts(areas: gpd.GeoDataFrame, x: Floats, y: Floats, cells: Geometries) -> Any:
    """Return each cell's district: that of the area at its centre, or at a point inside it."""
    if "district" not in areas.columns:
        return ""
    districts = areas["district"].fillna("").to_numpy(dtype=object)
    if len(set(districts)) == 1:
        return districts[0]
    from hotspots.areas.locate.index import AreaIndex

    index = AreaIndex(areas.geometry.to_numpy(), points=len(x), order=code_order(areas.index))
    found = index.locate(x, y)
    strays = np.flatnonzero(found < 0)
    inner = shapely.point_on_surface(cells[strays])
    found[strays] = index.locate(shapely.get_x(inner), shapely.get_y(inner))
    return np.append(districts, "")[found]
