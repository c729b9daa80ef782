"""Which bandwidth finds later incidents."""

from __future__ import annotations

import logging
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.base.errors import DataError, ParameterError
from hotspots.priorities.bandwidths import bandwidth_curve, density_at_best

BNG = "EPSG:27700"
AREAS = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10_000, 10_000)], index=["A"], crs=BNG)


def incidents(x: Any, y: Any, month: Any) -> pd.DataFrame:
    table = pd.DataFrame({"x": np.asarray(x, float), "y": np.asarray(y, float)})
    table["month"] = pd.PeriodIndex(month, freq="M")
    table.attrs["crs"] = BNG
    return table


def towns(n: int, spread: float) -> pd.DataFrame:
    """Incidents of three quarters around the same five centres."""
    rng = np.random.default_rng(5)
    points = rng.uniform(1500, 8500, (5, 2))[rng.integers(0, 5, n)] + rng.normal(0, spread, (n, 2))
    month = np.array(["2025-01", "2025-05", "2025-08"])[rng.integers(0, 3, n)]
    return incidents(points[:, 0], points[:, 1], month)


def test_later_incidents_are_counted_on_the_densest_ground() -> None:
    # Thirty in January at one place; in May three of four stand there and one far off. 1% of 10,000 cells are the
    # 100 densest, all within 600 m of the place.
    table = incidents([5050] * 33 + [9050], [5050] * 33 + [9050], ["2025-01"] * 30 + ["2025-05"] * 4)
    found = bandwidth_curve(table, AREAS, bandwidths=[800, 400], grounds=[0.01], scoring="snapped")
    assert found["bandwidth"].tolist() == [400, 800]
    assert found["n"].tolist() == [3, 3]
    assert found["hit_rate"].tolist() == [0.75, 0.75]
    assert found["pai"].tolist() == pytest.approx([75, 75])
    assert found["periods"].tolist() == [1, 1]


def test_each_period_is_scored_by_those_before_it_alone() -> None:
    # The place of May is new in May and old in August: found once of twice; January's is found in neither.
    table = incidents(
        [1050] * 20 + [5050] * 20 + [5050] * 20,
        [1050] * 20 + [5050] * 20 + [5050] * 20,
        ["2025-01"] * 20 + ["2025-05"] * 20 + ["2025-08"] * 20,
    )
    found = bandwidth_curve(table, AREAS, bandwidths=[200], grounds=[0.01], scoring="snapped")
    assert found["n"].tolist() == [20]
    assert found["hit_rate"].tolist() == [0.5]
    halves = bandwidth_curve(table, AREAS, bandwidths=[200], grounds=[0.01], scoring="snapped", every="half")
    assert halves["hit_rate"].tolist() == [1]
    assert halves["periods"].tolist() == [1]


def test_spreading_takes_away_the_reward_for_finding_a_point_again() -> None:
    table = towns(900, 700)
    on_points = table.assign(x=(table["x"] // 400) * 400 + 200, y=(table["y"] // 400) * 400 + 200)
    on_points.attrs["crs"] = BNG
    choices: Any = {"bandwidths": [100, 200, 800], "grounds": [0.01]}
    snapped = bandwidth_curve(on_points, AREAS, scoring="snapped", **choices)["n"].tolist()
    spread = bandwidth_curve(on_points, AREAS, **choices)["n"].tolist()
    assert max(snapped) == snapped[0]
    assert snapped[0] > 2 * spread[0]


def test_bandwidths_are_scored_in_folds_of_blocks() -> None:
    # West, thirty at one place and later three there and one far off; east, thirty at another and later one there and
    # one far off. Alone, each finds its place on 1% of its half: 3 of 4 and 1 of 2, mean 0.625, error 0.125.
    table = incidents(
        [2050] * 33 + [4050] + [7050] * 31 + [9050],
        [2050] * 33 + [4550] + [2050] * 31 + [4550],
        ["2025-01"] * 30 + ["2025-05"] * 4 + ["2025-01"] * 30 + ["2025-05"] * 2,
    )
    choices: Any = {"bandwidths": [400], "grounds": [0.01], "scoring": "snapped"}
    wide = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 10_000, 5_000)], index=["A"], crs=BNG)
    found = bandwidth_curve(table, wide, blocks=5000, folds=2, **choices).iloc[0]
    assert sorted(found[["hit_1", "hit_2"]]) == pytest.approx([0.5, 0.75])
    assert found[["folds", "hit_mean", "hit_se", "pai_mean"]].tolist() == pytest.approx(
        [2, 0.625, 0.125, 62.5]
    )
    plain = bandwidth_curve(table, wide, **choices)
    whole = bandwidth_curve(table, wide, blocks=5000, folds=1, **choices)
    pd.testing.assert_frame_equal(whole[plain.columns], plain)
    assert whole["hit_1"].tolist() == plain["hit_rate"].tolist()


def test_the_best_is_taken_and_said(caplog: pytest.LogCaptureFixture) -> None:
    table = towns(600, 500)
    curve = bandwidth_curve(table, AREAS, grounds=[0.01])
    best = curve.iloc[int(curve["hit_rate"].argmax())]
    with caplog.at_level(logging.INFO):
        surface = density_at_best(table, AREAS, months=12, cell_size=100)
    assert surface.parameters["bandwidth"] == best["bandwidth"]
    assert surface.parameters["bandwidth_from"] == "best"
    assert caplog.messages == [
        f"Bandwidth {best['bandwidth']:,g} m (of 13 tried it finds most later incidents: "
        f"{100 * best['hit_rate']:.1f}% of them on 1% of the ground)"
    ]


def test_what_cannot_be_scored() -> None:
    one = incidents([5000] * 30, [5000] * 30, ["2025-01"] * 30)
    with pytest.raises(ParameterError) as caught:
        bandwidth_curve(one, AREAS)
    assert caught.value.message == "there is only one period, 2025 Q1, so nothing later to score on"
    assert caught.value.hint == (
        "divide the incidents with 'periods' quarter or month, or give a bandwidth in metres"
    )
    with pytest.raises(ParameterError) as caught:
        bandwidth_curve(one, AREAS, grounds=[2])
    assert caught.value.message == "'ground' is 2, but a share lies between 0 and 1"
    gone = incidents([5000] * 30 + [99_000], [5000] * 31, ["2025-01"] * 30 + ["2025-05"])
    with pytest.raises(DataError) as refused:
        bandwidth_curve(gone, AREAS)
    assert refused.value.message == "no later incident lies in the areas"
