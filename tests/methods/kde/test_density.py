from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator
from sklearn.neighbors import KernelDensity

from hotspots.base.errors import CRSError, DataError, HotspotsWarning, ParameterError
from hotspots.incidents import read_incidents
from hotspots.methods.kde.density import Kernel, kernel_density
from hotspots.methods.kde.grid import Grid, cells_inside
from hotspots.methods.kde.kernels import collapse

BNG = "EPSG:27700"
KERNELS = get_args(Kernel)
COMPACT = [kernel for kernel in KERNELS if kernel != "gaussian"]


def make_incidents(x: Any, y: Any, **columns: Any) -> pd.DataFrame:
    incidents = pd.DataFrame({"x": np.asarray(x, dtype=float), "y": np.asarray(y, dtype=float), **columns})
    incidents.attrs["crs"] = BNG
    return incidents


def make_areas(*polygons: Any, crs: str | None = BNG) -> gpd.GeoDataFrame:
    index = pd.Index([f"A{k}" for k in range(len(polygons))], name="code")
    return gpd.GeoDataFrame(geometry=list(polygons), index=index, crs=crs)


def square(side: float) -> gpd.GeoDataFrame:
    return make_areas(shapely.box(0, 0, side, side))


def cloud(n: int, side: float, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, side, n), rng.uniform(0, side, n)


def brute_force(kernel: str, x: Any, y: Any, w: Any, centre_x: Any, centre_y: Any, h: float) -> Any:
    """Every incident at every centre, from the definitions, per square metre."""
    u = np.hypot(x[:, None, None] - centre_x[None, None, :], y[:, None, None] - centre_y[None, :, None]) / h
    rim = np.minimum(u, 1.0)
    height = {
        "quartic": 3 / math.pi * (1 - rim**2) ** 2,
        "triweight": 4 / math.pi * (1 - rim**2) ** 3,
        "epanechnikov": 2 / math.pi * (1 - rim**2),
        "triangular": 3 / math.pi * (1 - rim),
        "uniform": (u < 1) / math.pi,
        "gaussian": np.exp(-(u**2) / 2) / (2 * math.pi),
    }[kernel]
    return (w[:, None, None] * height).sum(axis=0) / h**2


# ------------------------------------------------------------------------------------------------ by hand


@pytest.mark.parametrize(
    ("kernel", "at_centre", "half_way"),
    [
        # 30 incidents on one spot, h = 1,000 m = 1 km: density = 30 K(u) per km².
        # Half-way, at (300, 400) m, u = 0.5.
        ("quartic", 30 * 3 / math.pi, 30 * 3 / math.pi * 0.5625),  # (1 - 0.25)² = 0.5625
        ("triweight", 30 * 4 / math.pi, 30 * 4 / math.pi * 0.421875),  # 0.75³
        ("epanechnikov", 30 * 2 / math.pi, 30 * 2 / math.pi * 0.75),
        ("triangular", 30 * 3 / math.pi, 30 * 3 / math.pi * 0.5),
        ("uniform", 30 / math.pi, 30 / math.pi),
        ("gaussian", 30 / (2 * math.pi), 30 / (2 * math.pi) * math.exp(-0.125)),
    ],
)
def test_one_place(kernel: Any, at_centre: float, half_way: float) -> None:
    incidents = make_incidents([2050.0] * 30, [2050.0] * 30)
    surface = kernel_density(incidents, square(4100), bandwidth=1000, cell_size=100, kernel=kernel, months=12)
    # x = 2,050 is the centre of column 20; y = 2,050 that of row 40 - 20 = 20, counted from the north.
    assert surface.values[20, 20] == pytest.approx(at_centre, rel=1e-14)
    assert surface.values[20 + 4, 20 + 3] == pytest.approx(half_way, rel=1e-13)
    assert surface.values[20 - 3, 20 - 4] == pytest.approx(half_way, rel=1e-13)


@pytest.mark.parametrize("kernel", COMPACT)
def test_exactly_one_bandwidth_away_is_exactly_zero(kernel: Any) -> None:
    # (6, 8) cells of 100 m are exactly 1,000 m away; beyond, every kernel but the Gaussian is 0 too.
    incidents = make_incidents([2050.0] * 30, [2050.0] * 30)
    surface = kernel_density(incidents, square(4100), bandwidth=1000, cell_size=100, kernel=kernel, months=12)
    assert surface.values[20 + 8, 20 + 6] == 0
    assert surface.values[20, 20 + 10] == 0
    assert surface.values[0, 0] == 0
    assert surface.values[20, 20 + 9] > 0


def test_density_is_per_year() -> None:
    x, y = cloud(40, 2000)
    choices: Any = {"bandwidth": 500, "cell_size": 100}
    year = kernel_density(make_incidents(x, y), square(2000), months=12, **choices)
    quarter = kernel_density(make_incidents(x, y), square(2000), months=3, **choices)
    np.testing.assert_allclose(quarter.values, 4 * year.values, rtol=1e-14)


def test_months_are_counted_from_the_incidents(caplog: pytest.LogCaptureFixture) -> None:
    x, y = cloud(40, 2000)
    month = pd.PeriodIndex(["2025-01", "2025-03", "2025-03", None] * 10, freq="M")
    with (
        caplog.at_level(logging.INFO),
        pytest.warns(HotspotsWarning, match="1 month between 2025-01 and 2025-03"),
    ):
        counted = kernel_density(
            make_incidents(x, y, month=month), square(2000), bandwidth=500, cell_size=100
        )
    given_two = kernel_density(make_incidents(x, y), square(2000), bandwidth=500, cell_size=100, months=2)
    assert counted.parameters["months"] == 2
    np.testing.assert_array_equal(counted.values, given_two.values)
    assert caplog.messages == [
        "Period of 2 months (those of the data, from 2025-01 to 2025-03; give another length with 'months')"
    ]


def test_rule_of_thumb(caplog: pytest.LogCaptureFixture) -> None:
    # 32 incidents at the corners of a square of 4,000 m about (5,000, 5,000): every one √8 km from the mean
    # centre. SD = D = 2,828.4 m, so SD < D / √ln 2; n^(-1/5) = 0.5; 0.9 · 2,828.4 · 0.5 = 1,272.8.
    x, y = [3000.0, 7000.0] * 16, [3000.0, 3000.0, 7000.0, 7000.0] * 8
    with caplog.at_level(logging.INFO):
        surface = kernel_density(make_incidents(x, y), square(10_000), bandwidth="rule-of-thumb", months=12)
    assert surface.parameters["bandwidth"] == 1300
    assert surface.parameters["bandwidth_from"] == "rule of thumb"
    assert surface.cell_size == 260
    assert caplog.messages == [
        "Bandwidth 1,300 m (rule of thumb; choose another with 'bandwidth')",
        "Cell size 260 m (a fifth of the bandwidth; choose another with 'cell_size')",
    ]
    # 1,272.8 / √8 = 450.
    gaussian = kernel_density(
        make_incidents(x, y), square(10_000), bandwidth="rule-of-thumb", months=12, kernel="gaussian"
    )
    assert gaussian.parameters["bandwidth"] == 450


def test_far_incidents_change_neither_extent_nor_bandwidth() -> None:
    x, y = cloud(200, 4000)
    near = kernel_density(make_incidents(x, y), square(4000), months=12)
    far = make_incidents([*x, 400_000.0, np.nan], [*y, 600_000.0, np.nan])
    again = kernel_density(far, square(4000), months=12)
    np.testing.assert_array_equal(near.values, again.values)
    assert near.parameters == again.parameters


def test_parameters_hold_every_choice() -> None:
    x, y = cloud(50, 2000)
    incidents = make_incidents(x, y, weight=np.full(50, 2.0))
    surface = kernel_density(incidents, square(2000), bandwidth=500, cell_size=100, months=6)
    held = dict(surface.parameters)
    assert [share for share, _ in held.pop("share_limits")] == [0.1, 0.25, 0.5, 0.75]
    assert held == {
        "classes": "share",
        "kernel": "quartic",
        "bandwidth": 500.0,
        "bandwidth_from": "given",
        "cell_size": 100.0,
        "months": 6.0,
        "edge": "none",
        "incidents": 50,
        "weight": 100.0,
    }
    assert surface.crs == BNG
    assert surface.unit == "incidents per km² a year"


# ---------------------------------------------------------------------------------------------- properties


@pytest.mark.parametrize("kernel", KERNELS)
def test_mass_is_the_number_of_incidents(kernel: Any) -> None:
    # Σ density · cell area = Σ w, up to the error of summing at centres (most for the uniform kernel).
    x, y = cloud(300, 3000)
    incidents = make_incidents(x, y, weight=np.linspace(0.5, 2, 300))
    areas = make_areas(shapely.box(-6000, -6000, 9000, 9000))
    surface = kernel_density(incidents, areas, bandwidth=500, cell_size=50, kernel=kernel, months=12)
    mass = surface.values.sum() * 0.05**2
    assert mass == pytest.approx(incidents["weight"].sum(), rel=2e-3 if kernel == "uniform" else 2e-4)


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=25)
@given(data=st.data())
def test_brute_force(kernel: Any, data: Any) -> None:
    seed = data.draw(st.integers(0, 10_000))
    n = data.draw(st.integers(1, 60))
    cell_size = data.draw(st.sampled_from([37.5, 100.0, 250.0]))
    bandwidth = cell_size * data.draw(st.floats(1, 30))
    rng = np.random.default_rng(seed)
    west, south = rng.uniform(0, 500_000, 2)
    x, y = west + rng.uniform(0, 3000, n), south + rng.uniform(0, 2000, n)
    weight = rng.choice([0.5, 1.0, 3.0], n)
    areas = make_areas(shapely.box(west, south, west + 3000, south + 2000))
    surface = kernel_density(
        make_incidents(x, y, weight=weight),
        areas,
        bandwidth=bandwidth,
        cell_size=cell_size,
        kernel=kernel,
        months=12,
        clip=False,
    )
    expected = brute_force(kernel, x, y, weight, *surface.centres(), bandwidth) * 1e6
    # Near its rim a kernel is nothing but rounding, in brute force too: 1e-12 of the peak of one incident.
    np.testing.assert_allclose(surface.values, expected, rtol=1e-9, atol=1e-12 * 3e6 / bandwidth**2)
    assert (surface.values[expected == 0] <= 1e-15 / bandwidth**2 * 1e6).all()


@pytest.mark.parametrize(
    ("kernel", "name"),
    [
        ("gaussian", "gaussian"),
        ("epanechnikov", "epanechnikov"),
        ("uniform", "tophat"),
        ("triangular", "linear"),
    ],
)
def test_scikit_learn(kernel: Any, name: Any) -> None:
    x, y = cloud(500, 3000, seed=3)
    surface = kernel_density(
        make_incidents(x, y), square(3000), bandwidth=400, cell_size=100, kernel=kernel, months=12
    )
    at = np.stack(np.meshgrid(*surface.centres()), axis=-1).reshape(-1, 2)
    peer = KernelDensity(bandwidth=400, kernel=name).fit(np.column_stack((x, y)))
    expected = np.exp(peer.score_samples(at)) * 500 * 1e6
    np.testing.assert_allclose(surface.values.ravel(), expected, rtol=1e-7)


@pytest.mark.parametrize("kernel", KERNELS)
def test_moving_everything_by_whole_cells_changes_nothing(kernel: Any) -> None:
    x, y = (np.round(v, 2) for v in cloud(60, 2000))
    choices: Any = {"bandwidth": 430, "cell_size": 100, "kernel": kernel, "months": 12}
    here = kernel_density(make_incidents(x, y), square(2000), **choices)
    areas = make_areas(shapely.box(400_000, 300_000, 402_000, 302_000))
    there = kernel_density(make_incidents(x + 400_000, y + 300_000), areas, **choices)
    np.testing.assert_allclose(there.values, here.values, rtol=1e-9, atol=1e-10)
    assert (there.west, there.north) == (400_000, 302_000)


def test_surfaces_of_one_cell_size_lie_on_one_another() -> None:
    x, y = cloud(100, 2000)
    choices: Any = {"bandwidth": 300, "cell_size": 100, "months": 12, "clip": False}
    whole = kernel_density(make_incidents(x, y), make_areas(shapely.box(30, 10, 1990, 1960)), **choices)
    part = kernel_density(make_incidents(x, y), make_areas(shapely.box(730, 840, 1250, 1310)), **choices)
    assert (part.west, part.north, part.shape) == (700, 1400, (6, 6))
    np.testing.assert_array_equal(part.values, whole.values[6:12, 7:13])


def test_incidents_that_only_reach_a_rim_cell_count() -> None:
    # The last row's centre (y = 1,950) lies above the areas' top edge, 1,910.
    incidents = make_incidents([950.0] * 30, [2240.0] * 30)
    areas = make_areas(shapely.box(0, 0, 1910, 1910))
    surface = kernel_density(incidents, areas, bandwidth=300, cell_size=100, months=12, clip=False)
    assert surface.values[0, 9] > 0


def test_a_weight_is_a_repetition_and_row_order_does_not_matter() -> None:
    x, y = cloud(50, 2000)
    times = np.random.default_rng(1).integers(0, 5, 50)
    choices: Any = {"bandwidth": 500, "cell_size": 100, "months": 12}
    weighted = kernel_density(make_incidents(x, y, weight=times.astype(float)), square(2000), **choices)
    shuffled = np.random.default_rng(2).permutation(np.repeat(np.arange(50), times))
    repeated = kernel_density(make_incidents(x[shuffled], y[shuffled]), square(2000), **choices)
    np.testing.assert_array_equal(weighted.values, repeated.values)
    assert repeated.parameters["incidents"] == times.sum()
    assert weighted.parameters["incidents"] == (times > 0).sum()


def test_places_are_collapsed_row_by_row_and_keep_the_weight_of_all_that_stand_there() -> None:
    # More places in one row than `collapse` has slots for, each met three times, and one in the row below.
    x = np.r_[np.tile(np.arange(10_000) / 8, 3), 5.0]
    y = np.r_[np.full(30_000, 150.0), 50.0]
    east, up, weights, starts = collapse(x, y, np.ones(x.size), 200.0, 100.0, 0, 2)
    assert starts.tolist() == [0, east.size - 1, east.size]
    assert (up[:-1] == 150.0).all()
    assert (east[-1], up[-1], weights[-1]) == (5.0, 50.0, 1.0)
    places, which = np.unique(east[:-1], return_inverse=True)
    np.testing.assert_array_equal(places, np.arange(10_000) / 8)
    np.testing.assert_array_equal(np.bincount(which, weights[:-1]), np.full(10_000, 3.0))


def test_two_coordinates_of_one_number_are_in_one_order_too(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = cloud(200, 2000)
    choices: Any = {"bandwidth": 500, "cell_size": 100, "months": 12}
    expected = kernel_density(make_incidents(x, y), square(2000), **choices)
    for name in ("HASH_X", "HASH_Y"):
        monkeypatch.setattr(f"hotspots.methods.kde.kernels.{name}", np.uint64(0))
    one = kernel_density(make_incidents(x, y), square(2000), **choices)
    other = kernel_density(make_incidents(x[::-1], y[::-1]), square(2000), **choices)
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_allclose(one.values, expected.values, rtol=1e-13)


def test_repeated_places_are_one_point() -> None:
    x, y = cloud(500, 2000)
    _, _, weights, starts = collapse(np.tile(x, 20), np.tile(y, 20), np.ones(10_000), 2000.0, 100.0, 0, 20)
    # A few pairs of places share a slot, and take turns in it.
    assert starts[-1] == weights.size < 700
    assert weights.sum() == 10_000


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_the_number_of_threads_changes_no_byte(kernel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = cloud(2000, 20_000)
    choices: Any = {"bandwidth": 700, "cell_size": 100, "kernel": kernel, "months": 12}
    results = []
    for threads in (1, 2, 7):
        monkeypatch.setenv("HOTSPOTS_THREADS", str(threads))
        results.append(kernel_density(make_incidents(x, y), square(20_000), **choices).values.tobytes())
    assert results[0] == results[1] == results[2]


def test_inputs_are_left_as_they_were_and_points_are_taken_too() -> None:
    x, y = cloud(50, 2000)
    incidents, areas = make_incidents(x, y, weight=1.0), square(2000)
    before, areas_before = incidents.copy(deep=True), areas.copy(deep=True)
    choices: Any = {"bandwidth": 500, "cell_size": 100, "months": 12}
    surface = kernel_density(incidents, areas, **choices)
    pd.testing.assert_frame_equal(incidents, before)
    assert areas.geom_equals(areas_before).all()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=BNG)
    np.testing.assert_array_equal(kernel_density(points, areas, **choices).values, surface.values)


# ----------------------------------------------------------------------------------------- borders and edges


def test_incidents_beyond_the_border_count() -> None:
    # 30 incidents 100 m west of the areas; the first cell's centre is 150 m from them: u = 0.3.
    surface = kernel_density(
        make_incidents([-100.0] * 30, [50.0] * 30), square(2000), bandwidth=500, cell_size=100, months=12
    )
    assert surface.values[-1, 0] == pytest.approx(30 * 3 / math.pi / 0.25 * (1 - 0.09) ** 2, rel=1e-13)


def test_cells_with_their_centre_outside_are_missing() -> None:
    x, y = cloud(60, 1000)
    triangle = make_areas(shapely.Polygon([(0, 0), (1000, 0), (0, 1000)]))
    choices: Any = {"bandwidth": 300, "cell_size": 100, "months": 12}
    clipped = kernel_density(make_incidents(x, y), triangle, **choices)
    whole = kernel_density(make_incidents(x, y), triangle, clip=False, **choices)
    inside = np.isfinite(clipped.values)
    # Centre (50 + 100 i, 50 + 100 j) lies under x + y = 1,000 when i + j < 9; i + j = 9 is on the border.
    i, j = np.meshgrid(np.arange(10), np.arange(10)[::-1])
    np.testing.assert_array_equal(inside, i + j < 9)
    np.testing.assert_array_equal(clipped.values[inside], whole.values[inside])
    assert np.isfinite(whole.values).all()


def wavy_areas(seed: int) -> gpd.GeoDataFrame:
    """Shared borders, a hole, an island in it, overlaps and an area of two parts."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = 900 + rng.uniform(-150, 150, 60)
    ring = shapely.Polygon(np.column_stack((1000 + radius * np.cos(angles), 1000 + radius * np.sin(angles))))
    hole = shapely.Point(*rng.uniform(800, 1200, 2)).buffer(300)
    island = shapely.Point(hole.centroid.x, hole.centroid.y).buffer(100)
    line = 1000 + rng.uniform(-100, 100)
    west, east = shapely.box(0, 0, line, 2000), shapely.box(line, 0, 2000, 2000)
    body = ring.difference(hole)
    return make_areas(
        body.intersection(west),
        shapely.MultiPolygon([*shapely.get_parts(body.intersection(east)), island]),
        shapely.box(1700, 1700, 1990, 1990),
        shapely.Polygon(),
    )


@pytest.mark.parametrize("seed", range(8))
def test_inside_cells_are_those_of_shapely(seed: int) -> None:
    areas = wavy_areas(seed)
    grid = Grid.over((0, 0, 2000, 2000), 13)
    x = grid.west + (np.arange(grid.columns) + 0.5) * 13
    y = grid.north - (np.arange(grid.rows) + 0.5) * 13
    expected = shapely.contains_xy(shapely.union_all(areas.geometry.to_numpy()), *np.meshgrid(x, y))
    np.testing.assert_array_equal(cells_inside(areas, grid), expected)
    turned = areas.set_geometry(shapely.reverse(areas.geometry.to_numpy()), crs=BNG)
    np.testing.assert_array_equal(cells_inside(turned, grid), expected)


def test_edge_correction_makes_a_uniform_pattern_flat() -> None:
    # One incident in each quarter of every cell inside: density is 4 per 0.01 km² = 400 per km² everywhere.
    steps = np.arange(25, 3000, 50.0)
    x, y = (v.ravel() for v in np.meshgrid(steps, steps))
    choices: Any = {"bandwidth": 500, "cell_size": 100, "months": 12}
    corrected = kernel_density(make_incidents(x, y), square(3000), edge="uniform", **choices)
    np.testing.assert_allclose(corrected.values, 400, rtol=0.005)
    plain = kernel_density(make_incidents(x, y), square(3000), **choices)
    # The corner's centre keeps little more than a quarter of the mass.
    assert plain.values[0, 0] == pytest.approx(0.37 * 400, rel=0.1)
    assert plain.values[15, 15] == pytest.approx(corrected.values[15, 15], rel=1e-12)


def test_edge_correction_has_no_seams() -> None:
    # 1,200 rows of 10 m, more than are corrected at a time, with one incident in the middle of each cell.
    x, y = (v.ravel() for v in np.meshgrid(np.arange(5, 200, 10.0), np.arange(5, 12_000, 10.0)))
    areas = make_areas(shapely.box(0, 0, 200, 12_000))
    surface = kernel_density(
        make_incidents(x, y), areas, bandwidth=50, cell_size=10, months=12, edge="uniform"
    )
    np.testing.assert_allclose(surface.values, surface.values[600, 10], rtol=1e-12)
    np.testing.assert_allclose(surface.values, 10_000, rtol=1e-3)


def test_edge_correction_leaves_out_incidents_outside() -> None:
    x, y = cloud(60, 2000)
    choices: Any = {"bandwidth": 500, "cell_size": 100, "months": 12, "edge": "uniform"}
    inside = kernel_density(make_incidents(x, y), square(2000), **choices)
    more = kernel_density(make_incidents([*x, -50.0], [*y, 1000.0]), square(2000), **choices)
    np.testing.assert_array_equal(inside.values, more.values)
    assert more.parameters["incidents"] == 60


# ------------------------------------------------------------------------------------------------- messages


def refuse(error: type[Exception], message: str, hint: str, **changed: Any) -> None:
    x, y = cloud(30, 2000)
    choices: dict[str, Any] = {
        "incidents": make_incidents(x, y),
        "areas": square(2000),
        "bandwidth": 500,
        "cell_size": 100,
        "months": 12,
    } | changed
    with pytest.raises(error) as caught:
        kernel_density(choices.pop("incidents"), choices.pop("areas"), **choices)
    assert str(caught.value) == f"{message}\nHint: {hint}"


def test_a_bandwidth_farther_than_any_hotspot_reaches() -> None:
    with pytest.raises(ParameterError) as found:
        kernel_density(make_incidents(*cloud(5, 1000)), square(1000), bandwidth=1e9, cell_size=100, months=12)
    assert (
        found.value.message == "bandwidth 1,000,000,000 m is over 100,000 m, farther than any hotspot reaches"
    )
    assert found.value.hint == "give a 'bandwidth' in metres, such as 500"


def test_bandwidth_smaller_than_the_cell() -> None:
    refuse(
        ParameterError,
        "bandwidth 50 m is smaller than the cell size 100 m, so cell centres would miss incidents",
        "give a 'cell_size' of 10 (a fifth of the bandwidth), or a 'bandwidth' of at least 100",
        bandwidth=50,
    )


@pytest.mark.parametrize("value", [0, -5, math.nan, math.inf])
@pytest.mark.parametrize(
    ("name", "unit"), [("bandwidth", "metres"), ("cell_size", "metres"), ("months", "months")]
)
def test_not_a_positive_number(name: str, unit: str, value: float) -> None:
    refuse(
        ParameterError,
        f"'{name}' is {value:g}, but a positive number of {unit} is needed",
        f"give '{name}' a number above 0, or leave it out",
        **{name: value},
    )


def test_too_many_cells_and_the_size_that_fits() -> None:
    areas = make_areas(shapely.box(0, 0, 60_000, 75_000))
    refuse(
        ParameterError,
        "cells of 5 m over 60.0 x 75.0 km make more than 50,000,000 cells",
        # √(60,000 · 75,000 / 50,000,000) = 9.49; a little more for the rim.
        "give a 'cell_size' of at least 9.5",
        areas=areas,
        cell_size=5,
    )
    refuse(
        ParameterError,
        "cells of 1e-09 m over 60.0 x 75.0 km make more than 50,000,000 cells",
        "give a 'cell_size' of at least 9.5",
        areas=areas,
        cell_size=1e-9,
    )
    assert math.ceil(60_000 / 9.5) * math.ceil(75_000 / 9.5) <= 50_000_000


def test_unknown_words() -> None:
    refuse(
        ParameterError,
        "kernel 'quatric' is unknown",
        "did you mean 'quartic'? for 'kernel'",
        kernel="quatric",
    )
    refuse(ParameterError, "edge 'x' is unknown", "choose from 'none', 'uniform' for 'edge'", edge="x")


def test_no_overlap_names_both_extents() -> None:
    refuse(
        DataError,
        "no incident lies within 500 m of the areas: incidents span x 400,000 to 400,900 and "
        "y 300,000 to 300,900, areas x 0 to 2,000 and y 0 to 2,000",
        "choose areas of the same place, or correct the incidents' 'source_crs'",
        incidents=make_incidents([400_000, 400_900], [300_000, 300_900]),
    )
    refuse(
        DataError,
        "no incident lies within the bounds of the areas: incidents span x -100 to -100 and y 0 to 0, "
        "areas x 0 to 2,000 and y 0 to 2,000",
        "choose areas of the same place, or correct the incidents' 'source_crs'",
        incidents=make_incidents([-100], [0]),
        bandwidth="likelihood",
    )
    refuse(
        DataError,
        "no incident lies inside the areas: incidents span x -100 to -100 and y 0 to 0, "
        "areas x 0 to 2,000 and y 0 to 2,000",
        "choose areas of the same place, or correct the incidents' 'source_crs'",
        incidents=make_incidents([-100], [0]),
        edge="uniform",
    )
    refuse(
        DataError,
        "none of the 2 incidents has coordinates",
        "name the coordinate columns with 'x' and 'y' when reading them",
        incidents=make_incidents([np.nan, np.nan], [np.nan, np.nan]),
    )


def test_no_period() -> None:
    message = "no incident has a month, so the length of the period is unknown"
    hint = "say how many months the data cover with 'months', or name their column with 'month_column'"
    refuse(ParameterError, message, hint, months=None)
    undated = make_incidents([1.0], [1.0], month=pd.PeriodIndex([None], freq="M"))
    refuse(ParameterError, message, hint, months=None, incidents=undated)


def test_no_incidents_at_all() -> None:
    refuse(
        DataError,
        "there are no incidents",
        "choose other categories or months",
        incidents=make_incidents([], []),
    )


def test_weights_that_cannot_be() -> None:
    incidents = make_incidents([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], weight=[1.0, -1.0, np.nan])
    refuse(
        DataError,
        "2 of 3 incidents have a weight that is missing, negative or not a finite number, the first in row 1: -1.0",
        "correct the column 'weight', or leave it out to count every incident once",
        incidents=incidents,
    )


def test_one_coordinate_gives_no_bandwidth() -> None:
    refuse(
        DataError,
        "no bandwidth can be derived, because most of the 30 incidents stand on one coordinate",
        "give one in metres with 'bandwidth', for example 500",
        incidents=make_incidents([1000.0] * 30, [1000.0] * 30),
        bandwidth="rule-of-thumb",
    )


def test_areas_smaller_than_a_cell() -> None:
    refuse(
        ParameterError,
        "no cell of 100 m has its centre in an area",
        "give a smaller 'cell_size'",
        areas=make_areas(shapely.box(0, 0, 20, 20)),
    )


def test_areas_in_degrees() -> None:
    refuse(
        CRSError,
        "areas are in WGS 84 (degrees), but distances are in metres",
        "reproject with areas.to_crs('EPSG:27700')",
        areas=make_areas(shapely.box(-2, 52, -1, 53), crs="EPSG:4326"),
    )


def test_few_incidents_are_worth_a_word() -> None:
    x, y = cloud(19, 2000)
    message = "the density rests on 19 incidents: it shows single places, not a pattern"
    with pytest.warns(HotspotsWarning) as caught:
        kernel_density(make_incidents(x, y), square(2000), bandwidth=500, cell_size=100, months=12)
    assert [str(warning.message) for warning in caught] == [message]
    assert caught[0].filename == __file__


# -------------------------------------------------------------------------------------------------- real data


@pytest.mark.shared
def test_a_year_of_staffordshire(shared_data: Path) -> None:
    incidents, _ = read_incidents(shared_data / "staffordshire" / "incidents")
    wards = gpd.read_file(shared_data / "staffordshire" / "boundaries" / "wards_2019.gpkg")
    surface = kernel_density(incidents, wards, bandwidth=800, cell_size=100)
    assert surface.parameters["months"] == 12
    x, y = (incidents[name].to_numpy() for name in ("x", "y"))
    located = np.isfinite(x)
    centre_x, centre_y = surface.centres()
    rows, columns = np.nonzero(surface.values > 0)
    chosen = np.random.default_rng(0).choice(rows.size, 40, replace=False)
    for row, column in zip(rows[chosen], columns[chosen], strict=True):
        at = centre_x[[column]], centre_y[[row]]
        exact = brute_force("quartic", x[located], y[located], np.ones(located.sum()), *at, 800) * 1e6
        assert surface.values[row, column] == pytest.approx(exact[0, 0], rel=1e-9)
    # What is clipped away at the border, less what comes in from beyond it, is about one in a hundred.
    mass = np.nansum(surface.values) * 0.1**2
    assert mass == pytest.approx(surface.parameters["weight"], rel=0.01)


# --------------------------------------------------------------------------------- shares of the incidents


@settings(max_examples=25)
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_the_densest_ground_holds_at_most_its_share(data: Any) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    n = data.draw(st.integers(40, 400))
    spots = rng.uniform(0, 3000, (data.draw(st.integers(1, n)), 2))
    points = spots[(rng.random(n) ** 2 * len(spots)).astype(int)]
    weight = rng.integers(1, 4, n) if data.draw(st.booleans()) else np.ones(n)
    choices: Any = {"bandwidth": data.draw(st.sampled_from([200, 500])), "cell_size": 100, "months": 12}
    incidents = make_incidents(points[:, 0], points[:, 1], weight=weight)
    surface = kernel_density(incidents, square(3000), **choices)
    # The map draws densities that are interpolated between the centres of cells.
    centres_x, centres_y = surface.centres()
    drawn = RegularGridInterpolator((centres_y[::-1], centres_x), surface.values[::-1])(
        np.column_stack((np.clip(points[:, 1], 50, 2950), np.clip(points[:, 0], 50, 2950)))
    )
    limits = surface.share_limits()
    for share, limit in limits.items():
        held = weight[drawn >= limit].sum() / weight.sum()
        assert held <= share + 1e-9
        # The next place would have been too much: no smaller limit would do.
        following = drawn[drawn < limit].max()
        assert weight[drawn >= following * (1 - 1e-9)].sum() / weight.sum() > share
    assert list(limits.values()) == sorted(limits.values(), reverse=True)


def test_incidents_outside_the_areas_have_no_share() -> None:
    x, y = (500 + axis for axis in cloud(200, 1000))
    choices: Any = {"bandwidth": 500, "cell_size": 100, "months": 12}
    alone = kernel_density(make_incidents(x, y), square(2000), **choices)
    beyond = make_incidents([*x, *[9000.0] * 500], [*y, *[9000.0] * 500])
    areas = make_areas(shapely.box(0, 0, 2000, 2000), shapely.box(9900, 9900, 10_000, 10_000))
    both = kernel_density(beyond, areas, **choices).share_limits()
    assert list(both.values()) == pytest.approx(list(alone.share_limits().values()))
