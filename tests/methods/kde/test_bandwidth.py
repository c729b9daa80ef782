"""The bandwidth that a density takes where none is given."""

from __future__ import annotations

import logging
import math
import os
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.kde import bandwidth
from hotspots.methods.kde.bandwidth import BANDWIDTHS, bandwidth_likelihood
from hotspots.methods.kde.density import kernel_density

BNG = "EPSG:27700"
REFERENCE = {"x": [0, 100, 0, 400, 450, 1000], "y": [0, 0, 150, 400, 380, 1000], "weight": [5, 2, 1, 3, 1, 1]}


def table(**columns: Any) -> pd.DataFrame:
    incidents = pd.DataFrame({name: np.asarray(values, dtype=float) for name, values in columns.items()})
    incidents.attrs["crs"] = BNG
    return incidents


def square(side: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(0, 0, side, side)], index=["A"], crs=BNG)


def by_definition(x: Any, y: Any, w: Any, h: float, ground: float) -> float:
    """Every place by all others, from the formula."""
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    heights = 3 / math.pi / h**2 * np.maximum(1 - (apart / h) ** 2, 0) ** 2
    np.fill_diagonal(heights, 0)
    density = heights @ w / (w.sum() - w)
    return float((w * np.log(0.98 * density + 0.02 / ground)).sum() / w.sum())


def towns(n: int, *, spread: float, seed: int = 0) -> pd.DataFrame:
    """Incidents around six centres, no two on one place."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(4000, 16_000, (6, 2))[rng.integers(0, 6, n)] + rng.normal(0, spread, (n, 2))
    return table(x=points[:, 0], y=points[:, 1])


def test_the_reference_values() -> None:
    # Six places of 13 incidents on 4 km², worked out by an independent program.
    found = bandwidth_likelihood(table(**REFERENCE), square(2000), bandwidths=[600, 150, 300])
    assert found.index.tolist() == [150, 300, 600]
    assert found.tolist() == pytest.approx(
        [-13.485508611655687, -13.458482898984126, -14.43897219280756], abs=1e-12
    )


def test_two_places_by_hand() -> None:
    # 3 and 1 incidents 100 m apart, h = 200 m: 3 / (π 200²) · 0.75² = 1.3428689e-5 per m² at each from the other,
    # whatever its weight; 0.98 of it and 0.02 / 1 km² make 1.3180115e-5, with the logarithm -11.2368006.
    found = bandwidth_likelihood(table(x=[0, 100], y=[0, 0], weight=[3, 1]), square(1000), bandwidths=[200])
    assert found.tolist() == [pytest.approx(-11.2368006, abs=1e-6)]


@settings(max_examples=25)
@given(data=st.data())
def test_it_is_the_formula(data: Any) -> None:
    n = data.draw(st.integers(2, 60))
    side = data.draw(st.sampled_from([300.0, 3000.0, 30_000.0]))
    places = data.draw(st.integers(2, n))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    spots = rng.uniform(0, side, (places, 2))
    which = np.r_[0, 1, rng.integers(0, places, n - 2)]
    points, counts = np.unique(which, return_counts=True)
    tried = np.sort(rng.uniform(20, 4000, 7))
    found = bandwidth_likelihood(
        table(x=spots[which, 0], y=spots[which, 1]), square(side), bandwidths=tried.tolist()
    )
    x, y, w = spots[points, 0], spots[points, 1], counts.astype(float)
    assert found.tolist() == pytest.approx([by_definition(x, y, w, h, side**2) for h in tried], abs=1e-9)


def test_places_are_found_again_however_many_share_a_cell() -> None:
    # 6,000 places within 300 m, each met twice in shuffled order: one that started afresh would see itself. Of so
    # many some are left out, whatever the order of the rows.
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 300, 6000), rng.uniform(0, 300, 6000)
    again = rng.permutation(12_000) % 6000
    twice = bandwidth_likelihood(table(x=x[again], y=y[again]), square(300), bandwidths=[10, 40])
    once = bandwidth_likelihood(table(x=x, y=y, weight=np.full(6000, 2)), square(300), bandwidths=[10, 40])
    assert twice.tolist() == pytest.approx(once.tolist(), abs=1e-9)


def test_of_many_places_some_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    incidents = towns(2900, spread=600)
    whole = bandwidth_likelihood(incidents, square(20_000))
    monkeypatch.setattr(bandwidth, "MOST_LEFT_OUT", 500)
    some = bandwidth_likelihood(incidents, square(20_000))
    assert some.tolist() != whole.tolist()
    assert np.abs((some - some.max()) - (whole - whole.max())).max() < 0.05
    assert abs(BANDWIDTHS.index(some.idxmax()) - BANDWIDTHS.index(whole.idxmax())) <= 1


def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    incidents = towns(800, spread=500)
    found = bandwidth_likelihood(incidents, square(20_000))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert bandwidth_likelihood(incidents, square(20_000)).tolist() == found.tolist()


def test_half_of_the_likeliest_is_taken_and_said(caplog: pytest.LogCaptureFixture) -> None:
    incidents = towns(600, spread=900)
    curve = bandwidth_likelihood(incidents, square(20_000))
    assert curve.idxmax() == 1250
    alike = curve.index[curve >= curve.max() - 0.02]
    assert alike.tolist() == [1250, 1600]
    with caplog.at_level(logging.INFO):
        surface = kernel_density(incidents, square(20_000), months=12)
    assert surface.parameters["bandwidth"] == 625
    assert surface.parameters["bandwidth_from"] == "likelihood"
    assert caplog.messages == [
        "Bandwidth 625 m (half of the 1,250 m at which places left out are foreseen best; 625 to 800 m would do "
        "about as well; choose another with 'bandwidth')",
        "Cell size 120 m (a fifth of the bandwidth; choose another with 'cell_size')",
    ]
    gaussian = kernel_density(incidents, square(20_000), months=12, kernel="gaussian")
    assert gaussian.parameters["bandwidth"] == 220  # 625 / √8 = 221.0


def test_it_is_200_m_at_least(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        surface = kernel_density(towns(3000, spread=60), square(20_000), months=12)
    assert surface.parameters["bandwidth"] == 200
    assert caplog.messages[0] == (
        "Bandwidth 200 m (half of the 200 m at which places left out are foreseen best, but at least 200 m; "
        "choose another with 'bandwidth')"
    )


def test_under_a_hundred_places_it_is_500_m(caplog: pytest.LogCaptureFixture) -> None:
    few = towns(99, spread=900)
    with caplog.at_level(logging.INFO):
        surface = kernel_density(pd.concat([few, few], ignore_index=True), square(20_000), months=12)
    assert surface.parameters["bandwidth"] == 500
    assert surface.parameters["bandwidth_from"] == "few places"
    assert caplog.messages[0] == (
        "Bandwidth 500 m (the incidents stand on 99 places, too few to tell by; choose another with 'bandwidth')"
    )
    enough = kernel_density(towns(100, spread=900), square(20_000), months=12)
    assert enough.parameters["bandwidth_from"] == "likelihood"


def test_repeated_places_do_not_narrow_it() -> None:
    # Forty incidents on every place: leaving out one of them would find it 39 times at no distance.
    once = towns(500, spread=900)
    often = table(x=np.repeat(once["x"], 40), y=np.repeat(once["y"], 40))
    assert bandwidth_likelihood(often, square(20_000)).tolist() == pytest.approx(
        bandwidth_likelihood(once, square(20_000)).tolist(), abs=1e-9
    )


def test_incidents_beyond_the_bounds_do_not_choose() -> None:
    inside = towns(300, spread=900)
    far = pd.concat([inside, table(x=[90_000, np.nan], y=[90_000, np.nan])], ignore_index=True)
    far.attrs["crs"] = BNG
    kept = inside[inside["x"].between(0, 20_000) & inside["y"].between(0, 20_000)]
    assert (
        bandwidth_likelihood(far, square(20_000)).tolist()
        == bandwidth_likelihood(kept, square(20_000)).tolist()
    )


def test_what_cannot_be_tried() -> None:
    incidents = table(**REFERENCE)
    for tried in ([], [0, 500], [math.nan]):
        with pytest.raises(ParameterError) as caught:
            bandwidth_likelihood(incidents, square(2000), bandwidths=tried)
        assert caught.value.message == "'bandwidths' needs one or more numbers of metres above 0"
        assert caught.value.hint == "give 'bandwidths' such as 250, 500 and 1000"
    for alone in (table(x=[5, 5], y=[5, 5]), table(x=[-5, 5], y=[5, 5])):
        with pytest.raises(DataError) as refused:
            bandwidth_likelihood(alone, square(2000))
        assert refused.value.message == (
            "the incidents within the bounds of the areas stand on fewer than two places"
        )
        assert refused.value.hint == "give one bandwidth in metres, for example 500"


def test_an_unknown_rule() -> None:
    wrong: Any = "likely"
    with pytest.raises(ParameterError) as caught:
        kernel_density(table(**REFERENCE), square(2000), bandwidth=wrong, months=12)
    assert caught.value.message == "bandwidth 'likely' is unknown"
    assert caught.value.hint == "did you mean 'likelihood'? for 'bandwidth'"


def test_a_cell_size_that_nobody_asked_for_never_makes_too_many_cells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # 1,000 by 500 km in cells of 100 m would be 50 million; √(5e11 / 2e7) = 158.1, rounded up.
    country = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 1000, 1000), shapely.box(999_000, 499_000, 1e6, 5e5)],
        index=["A", "B"],
        crs=BNG,
    )
    x, y = np.random.default_rng(0).uniform(0, 1000, (2, 60))
    with caplog.at_level(logging.INFO):
        surface = kernel_density(table(x=x, y=y), country, bandwidth=500, months=12, clip=False)
    assert surface.cell_size == 160
    assert caplog.messages == [
        "Cell size 160 m (smaller ones would be over 20,000,000; choose another with 'cell_size')"
    ]
