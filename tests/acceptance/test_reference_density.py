"""Kernel density: constants, masses, peers on real incidents, and where a peer is wrong by brute force."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.integrate import quad
from sklearn.neighbors import KernelDensity

from hotspots.areas.reading import read_areas
from hotspots.incidents import read_incidents
from hotspots.methods.kde.density import CONSTANTS, Kernel, kernel_density

SHAPES: dict[str, Callable[[Any], Any]] = {
    "quartic": lambda u: (1 - u**2) ** 2,
    "triweight": lambda u: (1 - u**2) ** 3,
    "epanechnikov": lambda u: 1 - u**2,
    "triangular": lambda u: 1 - u,
    "uniform": lambda u: 1 + 0 * u,
    "gaussian": lambda u: np.exp(-(u**2) / 2),
}


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    return read_areas("west-yorkshire-wards")


@pytest.fixture(scope="module")
def robberies() -> pd.DataFrame:
    incidents, _ = read_incidents(["west-yorkshire-incidents"], category=["Robbery"])
    return incidents[incidents["x"].notna()]


def on_one_spot(times: int = 30) -> pd.DataFrame:
    incidents = pd.DataFrame({"x": [5.0] * times, "y": [5.0] * times})
    incidents.attrs["crs"] = "EPSG:27700"
    return incidents


def around(metres: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(-metres, -metres, metres, metres)], crs="EPSG:27700")


# ----------------------------------------------------------------------------------- constants and masses


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_kernels_integrate_to_one_over_the_plane(kernel: str) -> None:
    end = np.inf if kernel == "gaussian" else 1.0
    volume, _ = quad(lambda u: 2 * math.pi * u * SHAPES[kernel](u), 0, end)
    assert CONSTANTS[kernel] * volume == pytest.approx(1, abs=1e-12)


def test_published_constants() -> None:
    per_pi = {name: constant * math.pi for name, constant in CONSTANTS.items()}
    assert per_pi == pytest.approx(
        {"quartic": 3, "triweight": 4, "epanechnikov": 2, "triangular": 3, "uniform": 1, "gaussian": 0.5}
    )


def test_the_constant_of_a_line_loses_mass_in_the_plane() -> None:
    # 15/16 makes the quartic integrate to 1 along a line; around a point it gives 15/16 · π/3 = 0.9817.
    along, _ = quad(lambda u: 15 / 16 * (1 - u**2) ** 2, -1, 1)
    around_a_point, _ = quad(lambda u: 2 * math.pi * u * 15 / 16 * (1 - u**2) ** 2, 0, 1)
    assert along == pytest.approx(1)
    assert around_a_point == pytest.approx(15 * math.pi / 48)


@pytest.mark.parametrize("kernel", get_args(Kernel))
def test_the_mass_of_real_incidents_is_their_number(kernel: Any, robberies: pd.DataFrame) -> None:
    x, y = robberies["x"], robberies["y"]
    everything = shapely.box(x.min() - 9000, y.min() - 9000, x.max() + 9000, y.max() + 9000)
    areas = gpd.GeoDataFrame(geometry=[everything], crs="EPSG:27700")
    surface = kernel_density(
        robberies, areas, bandwidth=1000, cell_size=100, kernel=kernel, months=3, clip=False
    )
    # Per km² a year, from three months: a quarter of the sum over cells of 0.01 km².
    mass = surface.values.sum() * 0.01 / 4
    assert mass == pytest.approx(len(robberies), rel=1e-3 if kernel == "uniform" else 2e-5)


def test_the_spread_behind_the_default_bandwidth() -> None:
    # In a round normal cloud of SD 1 per axis the standard distance is √2 and the median distance from the
    # middle √(2 ln 2), so that D / √ln 2 is the standard distance too.
    from scipy.stats import rayleigh

    assert rayleigh.median() / math.sqrt(math.log(2)) == pytest.approx(math.sqrt(2))
    assert math.sqrt(rayleigh.moment(2)) == pytest.approx(math.sqrt(2))
    # The quartic's SD per axis is 1/√8 of its bandwidth: half of ∫ u² · K · 2πu du = 1/8. The Gaussian takes that.
    variance, _ = quad(lambda u: math.pi * u**3 * 3 / math.pi * (1 - u**2) ** 2, 0, 1)
    assert math.sqrt(variance) == pytest.approx(1 / math.sqrt(8))


# ------------------------------------------------------------------------------------------ wrong peers


def quartic_by_brute_force(constant: float, bandwidth: float) -> float:
    """Volume under constant / h² · (1 - d²/h²)², summed over squares of a hundredth of the bandwidth."""
    axis = np.arange(-99.5, 100) / 100 * bandwidth
    squared = (axis[:, None] ** 2 + axis[None, :] ** 2) / bandwidth**2
    heights = np.where(squared < 1, (1 - squared) ** 2, 0.0) * constant / bandwidth**2
    return float(heights.sum() * (bandwidth / 100) ** 2)


def test_the_scaled_quartic_of_qgis_before_2025_was_seven_and_a_quarter_times_too_high() -> None:
    # Its constant was 116/(5π) · 15/16 = 21.75/π (qgis/QGIS issue 60616, fixed by pull request 60631), and
    # SpatialKDE 0.8.2 has it still; 16/(5π) · 15/16 is 3/π, and an incident then counts as one.
    assert quartic_by_brute_force(116 / (5 * math.pi) * 15 / 16, 800) == pytest.approx(7.25, rel=1e-5)
    assert quartic_by_brute_force(16 / (5 * math.pi) * 15 / 16, 800) == pytest.approx(1, rel=1e-5)
    surface = kernel_density(on_one_spot(), around(1000), bandwidth=800, cell_size=10, months=12)
    assert surface.values.sum() * 0.01**2 == pytest.approx(30, rel=1e-5)


def test_an_unscaled_quartic_is_no_density() -> None:
    # sfhotspot's hotspot_kde sums (1 - d²/h²)² without a constant: an incident then weighs π h²/3 square
    # metres, four times as much when the bandwidth doubles. A density keeps its mass.
    for bandwidth in (400.0, 800.0):
        assert quartic_by_brute_force(bandwidth**2, bandwidth) == pytest.approx(
            math.pi * bandwidth**2 / 3, rel=1e-5
        )
        surface = kernel_density(on_one_spot(), around(1000), bandwidth=bandwidth, cell_size=10, months=12)
        assert surface.values.sum() * 0.01**2 == pytest.approx(30, rel=1e-4)


# ----------------------------------------------------------------------------------- peers on real incidents


@pytest.mark.parametrize(
    ("kernel", "name"),
    [
        ("gaussian", "gaussian"),
        ("epanechnikov", "epanechnikov"),
        ("uniform", "tophat"),
        ("triangular", "linear"),
    ],
)
def test_scikit_learn_on_real_incidents(
    kernel: Any, name: Any, wards: gpd.GeoDataFrame, robberies: pd.DataFrame
) -> None:
    surface = kernel_density(
        robberies, wards, bandwidth=1500, cell_size=500, kernel=kernel, months=12, clip=False
    )
    xy = robberies[["x", "y"]].to_numpy()
    west, south, east, north = surface.bounds
    reach = 12_000 if kernel == "gaussian" else 1500
    near = (xy[:, 0] > west - reach) & (xy[:, 0] < east + reach) & (xy[:, 1] > south - reach)
    xy = xy[near & (xy[:, 1] < north + reach)]
    at = np.stack(np.meshgrid(*surface.centres()), axis=-1).reshape(-1, 2)
    peer = np.exp(KernelDensity(bandwidth=1500, kernel=name, rtol=1e-10).fit(xy).score_samples(at))
    ours = surface.values.ravel()
    np.testing.assert_allclose(ours, peer * len(xy) * 1e6, rtol=1e-9, atol=1e-9 * ours.max())


@pytest.mark.parametrize("kernel", ["quartic", "triweight"])
def test_brute_force_on_real_incidents(kernel: Any, wards: gpd.GeoDataFrame, robberies: pd.DataFrame) -> None:
    surface = kernel_density(
        robberies, wards, bandwidth=1500, cell_size=500, kernel=kernel, months=12, clip=False
    )
    x, y = (robberies[name].to_numpy()[:, None, None] for name in ("x", "y"))
    centre_x, centre_y = surface.centres()
    u = np.hypot(x - centre_x[None, None, :], y - centre_y[None, :, None]) / 1500
    heights = np.where(u < 1, SHAPES[kernel](np.minimum(u, 1)), 0).sum(axis=0)
    expected = heights * CONSTANTS[kernel] / 1.5**2
    np.testing.assert_allclose(surface.values, expected, rtol=1e-9, atol=1e-12 * expected.max())


def test_uniform_edge_correction_makes_a_uniform_pattern_flat_in_a_real_outline(
    wards: gpd.GeoDataFrame,
) -> None:
    # An incident in the middle of every 250 m cell whose middle is inside: 16 per km² everywhere, which is
    # what spatstat's default edge correction shows too. Uncorrected, half is missing along the border.
    ground = shapely.union_all(wards.geometry.to_numpy())
    west, south, east, north = ground.bounds
    grid = np.meshgrid(
        np.arange(math.floor(west / 250) * 250 + 125, east, 250),
        np.arange(math.floor(south / 250) * 250 + 125, north, 250),
    )
    x, y = (axis.ravel() for axis in grid)
    inside = shapely.contains_xy(ground, x, y)
    incidents = pd.DataFrame({"x": x[inside], "y": y[inside]})
    incidents.attrs["crs"] = "EPSG:27700"
    choices: Any = {"bandwidth": 1000, "cell_size": 250, "months": 12}
    corrected = kernel_density(incidents, wards, edge="uniform", **choices).values
    plain = kernel_density(incidents, wards, **choices).values
    known = np.isfinite(plain)
    # Flat to the last digits; the level is that of a sum over a lattice, 0.16 % off the integral.
    np.testing.assert_allclose(corrected[known], np.nanmax(plain), rtol=1e-12)
    assert np.nanmax(plain) == pytest.approx(16, rel=2e-3)
    assert plain[known].min() < 0.5 * 16


def test_the_share_of_the_kernel_inside_is_that_of_brute_force() -> None:
    # A cell's centre 290 m from a straight border, quartic of 800 m: the mass on this side of a chord at
    # 0.3625 of the radius, integrated over strips. Ours sums over cells of 20 m.
    def strip(t: float) -> float:
        half = math.sqrt(1 - t**2)
        return float(quad(lambda s: 3 / math.pi * (1 - t**2 - s**2) ** 2, -half, half)[0])

    exact, _ = quad(strip, -1, 0.3625)
    incidents = pd.DataFrame({"x": [-290.0] * 30, "y": [10.0] * 30})
    incidents.attrs["crs"] = "EPSG:27700"
    half_plane = gpd.GeoDataFrame(geometry=[shapely.box(-4000, -3000, 0, 3000)], crs="EPSG:27700")
    choices: Any = {"bandwidth": 800, "cell_size": 20, "months": 12}
    plain = kernel_density(incidents, half_plane, **choices)
    corrected = kernel_density(incidents, half_plane, edge="uniform", **choices)
    row, column = (int(k[0]) for k in np.nonzero(plain.values == np.nanmax(plain.values)))
    assert plain.centres()[0][column] == -290
    assert plain.values[row, column] / corrected.values[row, column] == pytest.approx(exact, abs=5e-4)
