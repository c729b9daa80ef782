"""The comparison of methods: means of a surface over areas, and the periods that are used."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.base.errors import HotspotsWarning
from hotspots.base.surface import Surface
from hotspots.priorities.evaluation import evaluate, mean_over
from hotspots.priorities.plan import Plan, scoring_plan

CODES = [f"E0500000{i}" for i in range(1, 9)]


def wards() -> Any:
    return gpd.GeoDataFrame(
        {"name": CODES, "district": "A", "population": np.nan},
        index=pd.Index(CODES, name="code"),
        geometry=[
            box(1000 * (i % 4), 1000 * (i // 4), 1000 * (i % 4 + 1), 1000 * (i // 4 + 1)) for i in range(8)
        ],
        crs="EPSG:27700",
    )


def incidents(counts: Any, month: Any) -> Any:
    """Spread so many incidents in each ward, in one month."""
    random = np.random.default_rng(sum(counts))
    x, y = [], []
    for i, n in enumerate(counts):
        x.append(1000 * (i % 4) + random.uniform(1, 999, n))
        y.append(1000 * (i // 4) + random.uniform(1, 999, n))
    frame = pd.DataFrame({"x": np.concatenate(x), "y": np.concatenate(y)})
    return frame.assign(month=pd.Period(month, "M"), category="Burglary")


def both(first: Any, second: Any) -> Any:
    frame = pd.concat([incidents(first, "2024-03"), incidents(second, "2025-03")], ignore_index=True)
    frame["month"] = pd.PeriodIndex(frame["month"], freq="M")
    frame.attrs["crs"] = "EPSG:27700"
    return frame


def test_means_over_areas_by_hand() -> None:
    # Two columns of cells a kilometre wide and two rows: the northern row is 1, 2, the southern 3, 4.
    surface = Surface(np.array([[1.0, 2.0], [3.0, np.nan]]), 0, 2000, 1000, "EPSG:27700", "")
    areas = gpd.GeoDataFrame(
        geometry=[box(0, 0, 1000, 2000), box(1000, 1000, 2000, 2000), box(900, 1100, 990, 1200)],
        index=["a", "b", "c"],
        crs="EPSG:27700",
    )
    # The first holds the centres of 1 and 3; the third none, and its point lies in the cell of 1.
    assert mean_over(surface, areas).tolist() == [2, 2, 1]


def test_the_last_period_scores_the_earlier_ones_only() -> None:
    # The first ward leads in 2024 and has nothing in 2025: whoever knew 2025 would not choose it.
    table = both([90, 10, 10, 10, 10, 10, 10, 10], [0, 10, 10, 10, 10, 10, 10, 80])
    found = evaluate(table, wards(), Plan(scoring_plan(None, (), None).indicator), grounds=[0.125]).table
    scores = found.set_index("method")
    assert scores.loc[["count", "mean_sd", "composite"], "n"].tolist() == [0, 0, 0]
    assert scores.loc["count", "pai"] == 0
    assert np.isnan(scores.loc["count", "recovery"])
    flattered = evaluate(table, wards(), scoring_plan(None, (), None), grounds=[0.125], in_sample=True)
    assert flattered.table.set_index("method").loc["count", "n"] == 90
    assert flattered.selected_by == flattered.scored_on == "2024 to 2025"


def test_a_stable_pattern_is_found_by_every_method() -> None:
    pattern = [80, 40, 5, 5, 40, 20, 5, 5]
    found = evaluate(both(pattern, pattern), wards(), scoring_plan(None, (), None), grounds=[0.25])
    scores = found.table.set_index("method")
    # The two highest wards hold 120 of 200 on a quarter of the ground.
    assert scores.loc[["count", "mean_sd", "composite"], "hit_rate"].tolist() == pytest.approx(
        [0.6, 0.6, 0.6]
    )
    assert scores.loc["count", ["pai", "pei", "recovery"]].tolist() == pytest.approx([2.4, 1, 1])
    assert (scores["pai"] > 1).all()
    assert found.lines()[0] == "Selected by 2024, scored on 2025"


def test_small_areas_and_map_points_are_worth_a_warning() -> None:
    rng = np.random.default_rng(2)
    spots = rng.uniform(0, 1000, (100, 2))
    chosen = spots[rng.integers(0, 100, 1200)]
    table = pd.DataFrame({"x": chosen[:, 0], "y": chosen[:, 1], "category": "Burglary"})
    table["month"] = pd.PeriodIndex(np.where(np.arange(1200) % 2, "2024-03", "2025-03"), freq="M")
    table.attrs["crs"] = "EPSG:27700"
    small = wards()
    small["geometry"] = [
        box(250 * (i % 4), 500 * (i // 4), 250 * (i % 4 + 1), 500 * (i // 4 + 1)) for i in range(8)
    ]
    plan = scoring_plan(None, (), None)
    message = r"^the incidents stand on map points, and areas about 354 m wide score by finding the same points again"
    with pytest.warns(HotspotsWarning, match=message):
        snapped = evaluate(table, small, plan, grounds=[0.25])
    spread = evaluate(table, small, plan, grounds=[0.25], scoring="unsnapped")
    assert not np.allclose(snapped.table["n"], spread.table["n"])


def test_folds_of_blocks_by_hand() -> None:
    # Two blocks of 2 km: wards 1, 2, 5, 6 and wards 3, 4, 7, 8. A quarter of the ground is one ward of each.
    table = both([80, 40, 8, 5, 30, 20, 5, 6], [60, 10, 2, 3, 20, 10, 1, 4])
    made = evaluate(table, wards(), scoring_plan(None, (), None), grounds=[0.25], blocks=2000, folds=2)
    count = made.table.set_index("method").loc["count"]
    # West: ward 1 holds 60 of 100; east: ward 3 holds 2 of 10. Mean 0.4, SD 0.2 · √2, standard error 0.2.
    assert sorted(count[["hit_1", "hit_2"]]) == pytest.approx([0.2, 0.6])
    assert sorted(count[["pai_1", "pai_2"]]) == pytest.approx([0.8, 2.4])
    assert count[["folds", "hit_mean", "hit_se", "pai_mean", "pai_se"]].tolist() == pytest.approx(
        [2, 0.4, 0.2, 1.6, 0.8]
    )
    # The plain score takes wards 1 and 2, both west, as without blocks.
    assert count["hit_rate"] == pytest.approx(70 / 110)
    line = next(line for line in made.lines() if "folds" in line)
    assert line.startswith("PAI in 2 folds of blocks, mean ± standard error: ")
    assert "count 1.60 ± 0.80" in line


def test_one_fold_is_the_whole() -> None:
    table = both([80, 40, 8, 5, 30, 20, 5, 6], [60, 10, 2, 3, 20, 10, 1, 4])
    choices: Any = {"grounds": [0.1, 0.25]}
    plain = evaluate(table, wards(), scoring_plan(None, (), None), **choices).table
    folded = evaluate(table, wards(), scoring_plan(None, (), None), blocks=500, folds=1, **choices).table
    pd.testing.assert_frame_equal(folded[plain.columns], plain)
    for measure in ("hit_rate", "pai"):
        short = measure.removesuffix("_rate")
        assert folded[f"{short}_1"].tolist() == pytest.approx(plain[measure].tolist())
        assert folded[f"{short}_mean"].tolist() == pytest.approx(plain[measure].tolist())
    assert folded["pai_se"].isna().all()


def test_a_fold_without_later_incidents_is_left_out_and_said() -> None:
    table = both([80, 40, 8, 5, 30, 20, 5, 6], [60, 10, 0, 0, 20, 10, 0, 0])
    with pytest.warns(HotspotsWarning, match=r"^1 of 2 folds have no later incident"):
        made = evaluate(table, wards(), scoring_plan(None, (), None), grounds=[0.25], blocks=2000, folds=2)
    count = made.table.set_index("method").loc["count"]
    assert count[["folds", "hit_mean"]].tolist() == pytest.approx([1, 0.6])
    assert "±" not in next(line for line in made.lines() if "folds" in line).split(":")[1]
