from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.areas.fit import check_fit, union
from hotspots.areas.grid import Shape, cell_positions, default_cell_size, make_grid
from hotspots.areas.reading import read_areas
from hotspots.base.errors import CRSError, DataError, ParameterError

SHAPES: tuple[Shape, ...] = ("square", "hexagon")


def areas_of(*polygons: Any, crs: str | None = "EPSG:27700", **columns: Any) -> gpd.GeoDataFrame:
    codes = [f"E0500000{number}" for number in range(len(polygons))]
    return gpd.GeoDataFrame(columns, index=pd.Index(codes, name="code"), geometry=list(polygons), crs=crs)


@st.composite
def blobs(draw: st.DrawFn) -> gpd.GeoDataFrame:
    """A few discs and boxes anywhere on the grid, some of them overlapping, some with a hole."""
    polygons = []
    for _ in range(draw(st.integers(1, 4))):
        x, y = draw(st.floats(400_000, 402_000)), draw(st.floats(300_000, 302_000))
        radius = draw(st.floats(20, 900))
        disc = shapely.Point(x, y).buffer(radius, quad_segs=draw(st.integers(1, 8)))
        polygons.append(
            disc.difference(shapely.Point(x, y).buffer(radius / 3)) if draw(st.booleans()) else disc
        )
    return areas_of(*polygons)


@given(blobs(), st.sampled_from([50.0, 130.0, 333.3, 5000.0]), st.sampled_from(SHAPES))
@settings(max_examples=60)
def test_cells_tile_the_ground_exactly(areas: gpd.GeoDataFrame, cell_size: float, shape: Shape) -> None:
    ground = shapely.union_all(areas.geometry.to_numpy())
    grid = make_grid(areas, cell_size=cell_size, shape=shape)
    cells = grid.geometry.to_numpy()
    assert shapely.is_valid(cells).all()
    assert grid["area_km2"].sum() * 1e6 == pytest.approx(ground.area, rel=1e-7)
    assert grid["area_km2"].min() > 0
    assert shapely.area(shapely.difference(cells, ground)).max() < 1e-6
    assert check_fit(cells, tolerance=1e-6).overlaps.tolist() == []
    assert grid.index.is_unique
    assert grid.index.is_monotonic_increasing


@given(blobs(), st.sampled_from(SHAPES))
@settings(max_examples=30)
def test_every_cell_is_its_full_cell_cut_by_the_ground(areas: gpd.GeoDataFrame, shape: Shape) -> None:
    ground = shapely.union_all(areas.geometry.to_numpy())
    grid = make_grid(areas, cell_size=200, shape=shape)
    for column, row, cell in zip(*cell_positions(grid), grid.geometry, strict=True):
        if shape == "square":
            full = shapely.box(200 * column, 200 * row, 200 * (column + 1), 200 * (row + 1))
        else:
            centre_x, centre_y = 200 * (column + 0.5 * (row % 2)), 200 * math.sqrt(3) / 2 * row
            turns = np.radians(np.arange(30, 390, 60))
            radius = 200 / math.sqrt(3)
            full = shapely.Polygon(
                np.column_stack([centre_x + radius * np.cos(turns), centre_y + radius * np.sin(turns)])
            )
        assert cell.symmetric_difference(full.intersection(ground)).area < 1e-5


def test_squares_are_anchored_to_the_origin_and_clipped() -> None:
    # 250 m cells over x 430,100 to 430,600: columns 1720 (150 m of it), 1721 (250 m) and 1722 (100 m).
    # 430,000 / 250 = 1720; 433,000 / 250 = 1732, one row exactly.
    grid = make_grid(areas_of(shapely.box(430_100, 433_000, 430_600, 433_250)), cell_size=250)
    assert grid.index.tolist() == ["cell_001720_001732", "cell_001721_001732", "cell_001722_001732"]
    assert grid["area_km2"].tolist() == pytest.approx([0.0375, 0.0625, 0.025])
    assert grid.index.name == "code"
    assert grid.columns.tolist() == ["name", "district", "population", "area_km2", "geometry"]
    assert grid["population"].isna().all()
    assert grid["name"].tolist() == ["SE 3012 3312", "SE 3037 3312", "SE 3062 3312"]
    assert grid.attrs == {"shape": "square", "cell_size": 250.0}
    assert grid.crs == "EPSG:27700"


def test_cells_that_only_touch_the_ground_are_not_made() -> None:
    assert len(make_grid(areas_of(shapely.box(430_000, 433_000, 431_000, 434_000)), cell_size=500)) == 4
    triangle = shapely.Polygon([(430_000, 433_000), (431_000, 433_000), (430_000, 434_000)])
    # The diagonal passes through the corner of the north-eastern cell only.
    assert len(make_grid(areas_of(triangle), cell_size=500)) == 3


def test_a_cell_cut_in_two_is_one_multipolygon() -> None:
    pair = areas_of(
        shapely.box(430_000, 433_000, 430_100, 434_000), shapely.box(430_900, 433_000, 431_000, 434_000)
    )
    grid = make_grid(pair, cell_size=1000)
    assert grid.index.tolist() == ["cell_000430_000433"]
    assert grid.geometry.iloc[0].geom_type == "MultiPolygon"
    assert grid["area_km2"].iloc[0] == pytest.approx(0.2)


def test_hexagons_have_the_width_asked_for_and_share_corners_exactly() -> None:
    grid = make_grid(
        areas_of(shapely.box(430_000, 433_000, 434_000, 437_000)), cell_size=300, shape="hexagon"
    )
    whole = grid[grid["area_km2"] > 0.9999 * grid["area_km2"].max()]
    west, _, east, _ = whole.bounds.to_numpy().T
    assert (east - west).tolist() == pytest.approx([300] * len(whole))
    # A hexagon 300 m across has 300² · √3 / 2 = 77,942 m².
    assert whole["area_km2"].to_numpy() == pytest.approx(0.0779423, abs=1e-6)
    corners = shapely.get_coordinates(whole.geometry.to_numpy())
    assert len(np.unique(corners, axis=0)) == len(np.unique(corners.round(3), axis=0))


@pytest.mark.parametrize("shape", SHAPES)
def test_grids_of_overlapping_study_areas_agree_where_both_have_whole_cells(shape: Shape) -> None:
    wide = make_grid(areas_of(shapely.box(430_000, 433_000, 436_000, 439_000)), cell_size=400, shape=shape)
    part = make_grid(areas_of(shapely.box(431_234, 434_321, 434_567, 437_654)), cell_size=400, shape=shape)
    full = part["area_km2"].max()
    inner = part.index[part["area_km2"] > 0.9999 * full]
    assert len(inner) > 20
    assert all(part.geometry[code].equals(wide.geometry[code]) for code in inner)


def test_negative_coordinates_have_codes_too_and_cells_are_named_by_code_abroad() -> None:
    grid = make_grid(areas_of(shapely.box(-500, 0, 500, 500), crs="EPSG:3035"), cell_size=500)
    assert grid.index.tolist() == ["cell_-000001_000000", "cell_000000_000000"]
    assert grid["name"].tolist() == grid.index.tolist()
    columns, rows = cell_positions(grid)
    assert columns.tolist() == [-1, 0]
    assert rows.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (538_890, 177_320, "TQ 3889 7732"),  # the Royal Observatory, Greenwich
        (216_650, 771_250, "NN 1665 7125"),  # Ben Nevis
        (134_200, 25_300, "SW 3420 2530"),  # Land's End
        (460_500, 1_213_800, "HP 6050 1380"),  # Unst
        (651_400, 313_100, "TG 5140 1310"),  # Great Yarmouth
    ],
)
def test_cells_are_named_by_the_grid_reference_of_their_centre(x: int, y: int, name: str) -> None:
    grid = make_grid(areas_of(shapely.box(x, y, x + 10, y + 10)), cell_size=10)
    assert grid["name"].tolist() == [name]


def test_small_cells_are_named_to_the_metre() -> None:
    grid = make_grid(areas_of(shapely.box(430_000, 433_000, 430_002, 433_001)), cell_size=1)
    assert grid["name"].tolist() == ["SE 30000 33000", "SE 30001 33000"]


def test_a_cell_takes_the_district_at_its_centre_or_inside_it() -> None:
    leeds = shapely.box(430_000, 433_000, 430_900, 434_000)
    # The second cell's centre (431,500) lies outside, the rest of it is Bradford's.
    bradford = shapely.box(430_900, 433_000, 431_200, 434_000)
    grid = make_grid(areas_of(leeds, bradford, district=["Leeds", "Bradford"]), cell_size=1000)
    assert grid["district"].tolist() == ["Leeds", "Bradford"]


def test_one_district_is_every_cells_and_none_is_blank() -> None:
    square = shapely.box(430_000, 433_000, 431_000, 434_000)
    assert set(make_grid(areas_of(square, district=["Leeds"]), cell_size=500)["district"]) == {"Leeds"}
    assert set(make_grid(areas_of(square), cell_size=500)["district"]) == {""}


def test_the_areas_are_left_as_they_were() -> None:
    areas = areas_of(shapely.box(430_000, 433_000, 431_000, 434_000), district=["Leeds"])
    before = areas.copy(deep=True)
    make_grid(areas, cell_size=300)
    assert areas.equals(before)
    assert areas.attrs == {}


def test_too_many_cells_are_refused_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    # 100 km x 100 km in 12 m cells: 10 000 000 000 / 144 = 69.4 million. 12 m x √(69.44 / 2.5) = 63.2, so 64 m suffice.
    areas = areas_of(shapely.box(400_000, 300_000, 500_000, 400_000))
    with pytest.raises(ParameterError) as error:
        make_grid(areas, cell_size=12)
    assert str(error.value) == (
        "a grid of 12 m cells over these areas would have 69.4 million cells, "
        "which take about 59 GB of memory; the limit is 2,500,000\n"
        "Hint: use 'cell_size' of at least 64, or allow so many, if there is memory for them, with "
        "HOTSPOTS_LIMITS=cells=69444445 in the environment"
    )
    with pytest.raises(ParameterError, match=r"^a grid of 1e-09 m cells") as error:
        make_grid(areas, cell_size=1e-9)
    assert error.value.hint == "use 'cell_size' of at least 64"
    monkeypatch.setenv("HOTSPOTS_LIMITS", "cells=3")
    square = areas_of(shapely.box(400_000, 300_000, 401_000, 301_000))
    with pytest.raises(ParameterError, match=r"the limit is 3\n"):
        make_grid(square, cell_size=500)
    monkeypatch.setenv("HOTSPOTS_LIMITS", "cells=4")
    assert len(make_grid(square, cell_size=500)) == 4


@pytest.mark.parametrize("cell_size", [0, -250, math.nan, math.inf, "wide", True])
def test_a_cell_size_that_is_no_size(cell_size: Any) -> None:
    with pytest.raises(ParameterError) as error:
        make_grid(areas_of(shapely.box(430_000, 433_000, 431_000, 434_000)), cell_size=cell_size)
    assert str(error.value) == (
        f"'cell_size' is {cell_size}, but a cell needs a positive size in metres\n"
        "Hint: set 'cell_size' to a number such as 250"
    )


def test_an_unknown_shape() -> None:
    with pytest.raises(ParameterError) as error:
        make_grid(areas_of(shapely.box(430_000, 433_000, 431_000, 434_000)), cell_size=250, shape="hexagons")  # type: ignore[arg-type]
    assert str(error.value) == "'hexagons' is not a shape of cells\nHint: did you mean 'hexagon'?"


def test_degrees_are_refused() -> None:
    with pytest.raises(CRSError) as error:
        make_grid(areas_of(shapely.box(-2, 52, -1, 53), crs="EPSG:4326"), cell_size=250)
    assert str(error.value) == (
        "areas are in WGS 84 (degrees), but distances are in metres\n"
        "Hint: reproject with areas.to_crs('EPSG:27700')"
    )


def test_no_areas() -> None:
    with pytest.raises(DataError) as error:
        make_grid(areas_of(), cell_size=250)
    assert str(error.value) == (
        "there are no areas\nHint: look at the areas' file or at what chose among them"
    )


def test_positions_of_codes_that_are_not_cells() -> None:
    with pytest.raises(DataError) as error:
        cell_positions(pd.Index(["cell_000001_000002", "E05000001"]))
    assert str(error.value) == (
        "'E05000001' is not the code of a grid's cell\n"
        "Hint: give a grid from make_grid, with its index as it was"
    )


@pytest.mark.parametrize(
    ("shorter_side", "cell_size"),
    # 60 km / 150 = 400: 500 is nearer by ratio than 250. 3 km / 150 = 20: 25. 100 m / 150 < 1: 1.
    [(60_000, 500), (3_000, 25), (13_500, 100), (100, 1), (1_300_000, 10_000)],
)
def test_the_default_cell_size_is_a_readable_150th_of_the_shorter_side(
    shorter_side: float, cell_size: float
) -> None:
    areas = areas_of(shapely.box(0, 0, 2 * shorter_side, shorter_side))
    assert default_cell_size(areas) == cell_size


@pytest.mark.shared
def test_staffordshire_in_250_m_cells(shared_data: Path) -> None:
    wards = read_areas(shared_data / "staffordshire" / "boundaries" / "wards_2019.gpkg")
    grid = make_grid(wards, cell_size=250)
    ground = union(wards.geometry.to_numpy())
    assert grid["area_km2"].sum() == pytest.approx(ground.area / 1e6, rel=1e-12)
    assert set(grid["district"]) == set(wards["district"])
    assert check_fit(grid.geometry.to_numpy(), tolerance=1e-6).overlaps.tolist() == []
