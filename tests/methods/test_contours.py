from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.surface import Surface
from hotspots.methods.contours import make_contours, mean_of_cells
from hotspots.methods.kde.density import kernel_density

BNG = "EPSG:27700"


def make_surface(values: Any, *, cell_size: float = 100.0, west: float = 400_000.0) -> Surface:
    grid = np.asarray(values, dtype=float)
    return Surface(grid, west, 300_000.0, cell_size, BNG, "incidents per km² a year", {})


def make_areas(*polygons: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(polygons), crs=BNG)


def cone(n: int = 81) -> Surface:
    """A cone of height 40 in the middle, falling by 1 a cell; 0 beyond 40 cells."""
    step = np.arange(n) - n // 2
    return make_surface(np.maximum(40 - np.hypot(*np.meshgrid(step, step)), 0))


def test_mean_is_over_the_cells_that_incidents_reach() -> None:
    # (1 + 2 + 6) / 3; the 0 was not reached, the NaN is outside the areas.
    assert mean_of_cells(make_surface([[1, 2], [6, 0], [np.nan, np.nan]])) == 3


def test_bands_of_a_cone_are_rings() -> None:
    surface = cone()
    mean = mean_of_cells(surface)
    contours = make_contours(surface, classes="mean", multiples=(1, 2))
    assert list(contours.index) == ["contour_1", "contour_2"]
    assert contours.index.name == "code"
    assert list(contours.columns) == ["multiple", "dens_lo", "dens_hi", "area_km2", "geometry"]
    assert contours["multiple"].tolist() == [1, 2]
    assert contours["multiple"].dtype == np.int64
    np.testing.assert_allclose(contours["dens_lo"], [mean, 2 * mean])
    assert contours.loc["contour_1", "dens_hi"] == 2 * mean
    assert math.isnan(contours.loc["contour_2", "dens_hi"])
    # The cone is above z within 40 - z cells of 0.1 km: area π (4 - z / 10)² km².
    disc = [math.pi * (4 - k * mean / 10) ** 2 for k in (1, 2)]
    np.testing.assert_allclose(contours["area_km2"], [disc[0] - disc[1], disc[1]], rtol=0.005)
    np.testing.assert_allclose(contours.area / 1e6, contours["area_km2"])
    assert contours.crs == BNG
    # The peak's centre: column 40 from 400,000 m and row 40 from 300,000 m, down.
    peak = shapely.Point(400_000 + 4050, 300_000 - 4050)
    assert contours.geometry["contour_2"].contains(peak)
    assert not contours.geometry["contour_1"].contains(peak)


def test_bands_are_valid_disjoint_and_reach_the_border() -> None:
    rng = np.random.default_rng(5)
    values = rng.gamma(0.4, 10, (60, 50))
    rows, columns = np.meshgrid(np.arange(60), np.arange(50), indexing="ij")
    values[np.hypot(rows - 30, columns - 25) > 24] = np.nan
    contours = make_contours(make_surface(values), classes="mean", multiples=(0.01, 1, 2, 3, 4, 5))
    assert contours.is_valid.all()
    assert set(contours.geom_type) == {"MultiPolygon"}
    shapes = contours.geometry.to_numpy()
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)
    # All but the places under a hundredth of the mean, within the cells that have a value.
    present = np.isfinite(values).sum() * 100**2
    low = np.nanmean(values < 0.01 * mean_of_cells(make_surface(values)))
    assert 1 - 1.5 * low < shapely.area(shapes).sum() / present < 1 - 0.1 * low


def test_a_band_has_holes_where_it_is_lower_inside() -> None:
    values = np.ones((9, 9))
    values[2:7, 2:7] = 5.0
    values[4, 4] = 1.0
    band = make_contours(make_surface(values), classes="mean", multiples=(2,)).geometry.iloc[0]
    assert len(band.geoms) == 1
    assert len(band.geoms[0].interiors) == 1
    assert not band.contains(shapely.Point(400_450, 300_000 - 450))


def test_a_value_equal_to_a_limit_belongs_to_the_upper_class() -> None:
    # A constant surface is everywhere exactly 1 times its mean.
    contours = make_contours(make_surface(np.full((4, 5), 7.0)), classes="mean", multiples=(1, 2))
    assert list(contours.index) == ["contour_1"]
    assert contours["area_km2"].tolist() == pytest.approx([0.2])


def test_a_class_that_no_place_reaches_has_no_row() -> None:
    contours = make_contours(make_surface([[1, 1], [1, 1.1]]), classes="mean", multiples=(0.5, 1, 9))
    assert list(contours.index) == ["contour_1", "contour_2"]
    assert contours["multiple"].tolist() == [0.5, 1.0]
    nowhere = make_contours(make_surface([[1, 1], [1, 1.1]]), classes="mean", multiples=(7, 9))
    assert len(nowhere) == 0
    assert nowhere.crs == BNG


def test_one_place_of_all_incidents_has_no_classes_by_share_and_says_so() -> None:
    # Twenty incidents on one corner of four cells: each centre is as dense as the place itself, and none denser.
    incidents = pd.DataFrame({"x": [401_000.0] * 20, "y": [301_000.0] * 20})
    areas = make_areas(shapely.box(400_000, 300_000, 402_000, 302_000))
    surface = kernel_density(incidents, areas, bandwidth=500, cell_size=100, months=12)
    with pytest.warns(HotspotsWarning) as warned:
        assert len(make_contours(surface)) == 0
    assert [str(one.message) for one in warned] == [
        "no ground is in a class: one place has over 75% of the incidents, and nothing is denser; "
        "set 'classes' to 'mean' for contours"
    ]
    # A quartic's peak is three times the mean of its disc, which no centre of a cell reaches.
    assert make_contours(surface, classes="mean")["multiple"].tolist() == [1, 2]


def test_cut_to_areas() -> None:
    surface = cone()
    # The western half: the cone's axis is at x = 404,050.
    west = make_areas(
        shapely.box(400_000, 290_000, 404_050, 296_000), shapely.box(400_000, 296_000, 404_050, 301_000)
    )
    whole, half = make_contours(surface), make_contours(surface, areas=west)
    np.testing.assert_allclose(half["area_km2"], whole["area_km2"] / 2, rtol=1e-6)
    np.testing.assert_array_equal(half["dens_lo"], whole["dens_lo"])
    again = make_contours(surface, areas=west.to_crs("EPSG:4326"))
    np.testing.assert_allclose(again["area_km2"], half["area_km2"], rtol=1e-4)


def test_ten_classes_sort_by_code() -> None:
    contours = make_contours(cone(), classes="mean", multiples=np.linspace(0.1, 1, 10).tolist())
    assert contours.index.tolist() == sorted(contours.index)
    assert contours.index[0] == "contour_01"


def test_inputs_stay_and_results_repeat() -> None:
    surface = cone()
    before = surface.values.copy()
    first, second = make_contours(surface), make_contours(surface)
    np.testing.assert_array_equal(surface.values, before)
    assert first.to_wkb().equals(second.to_wkb())


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.full((3, 3), np.nan)])
def test_nothing_above_zero(values: Any) -> None:
    with pytest.raises(DataError) as caught:
        make_contours(make_surface(values))
    assert str(caught.value) == (
        "the surface has no value above 0, so it has no contours\n"
        "Hint: check that the incidents lie in the areas, or give a larger 'bandwidth'"
    )


@pytest.mark.parametrize(
    ("multiples", "shown"),
    [((), ""), ((2, 1), "2, 1"), ((0, 1), "0, 1"), ((1, 1), "1, 1"), ((1, math.nan), "1, nan")],
)
def test_multiples_that_do_not_rise(multiples: Any, shown: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make_contours(cone(), classes="mean", multiples=multiples)
    assert str(caught.value) == (
        f"multiples ({shown}) are not rising numbers above 0\nHint: give 'multiples' such as (1, 2, 3, 4, 5)"
    )


# ------------------------------------------------------------------------------- by the share of the incidents


def shared(surface: Surface, *limits: float) -> Surface:
    """The same surface, by which shares of 10, 25, 50 and 75% were said to exceed these densities."""
    said = [list(pair) for pair in zip((0.1, 0.25, 0.5, 0.75), limits, strict=True)]
    return replace(surface, parameters={"share_limits": said})


def test_bands_by_share_are_the_densest_ground_first() -> None:
    contours = make_contours(shared(cone(), 35, 30, 20, 10))
    assert list(contours.columns) == ["dens_share", "dens_lo", "dens_hi", "area_km2", "geometry"]
    assert contours["dens_share"].tolist() == [0.75, 0.5, 0.25, 0.1]
    assert contours["dens_lo"].tolist() == [10, 20, 30, 35]
    assert contours["dens_hi"].tolist()[:3] == [20, 30, 35]
    # The cone is above z within 40 - z cells of 0.1 km.
    assert contours.loc["contour_4", "area_km2"] == pytest.approx(math.pi * 0.5**2, rel=0.01)
    assert contours.loc["contour_3", "area_km2"] == pytest.approx(math.pi * (1 - 0.25), rel=0.01)


def test_shares_of_equal_limits_make_one_band() -> None:
    # One place has over a quarter of the incidents: nothing is left for 10 and 25%, whose limit it sets.
    contours = make_contours(shared(cone(), 41, 41, 20, 10))
    assert contours["dens_share"].tolist() == [0.75, 0.5]
    contours = make_contours(shared(cone(), 35, 35, 20, 10))
    assert contours["dens_share"].tolist() == [0.75, 0.5, 0.1]


def test_a_surface_says_how_it_is_classed_and_the_caller_may_differ() -> None:
    surface = shared(cone(), 35, 30, 20, 10)
    assert "dens_share" in make_contours(surface.classed("share"))
    assert "multiple" in make_contours(surface.classed("mean"))
    assert "dens_share" in make_contours(surface.classed("mean"), classes="share")
    unknown: Any = "quantile"
    with pytest.raises(ParameterError) as caught:
        make_contours(surface, classes=unknown)
    assert caught.value.message == "classes 'quantile' are unknown"
    assert caught.value.hint == "give 'share' or 'mean' for 'classes'"
