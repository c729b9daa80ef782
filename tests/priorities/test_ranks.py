"""Intervals of rank: they hold still for the same seed, widen where counts are small, and hold the true rank."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.priorities.budgets import Budget
from hotspots.priorities.ranks import rank_intervals
from hotspots.priorities.selection import select_areas

CODES = [f"E0500000{i}" for i in range(8)]
TABLE = pd.DataFrame({"a": [10.0, 12, 11, 13, 12, 11, 10, 60], "b": [30.0, 4, 6, 5, 4, 6, 5, 5]}, index=CODES)


def poisson(values: Any) -> Any:
    base = values.to_numpy()[:, :, None]
    return lambda random: random.poisson(base).astype(float)


def test_same_seed_same_ranks() -> None:
    varied = {"draw": poisson(TABLE), "concentration": 4.0, "runs": 99}
    first = rank_intervals(TABLE, seed=3, **varied)
    pd.testing.assert_frame_equal(first, rank_intervals(TABLE, seed=3, **varied))
    assert not first.equals(rank_intervals(TABLE, seed=4, **varied))


def test_the_interval_holds_the_rank_and_large_counts_narrow_it() -> None:
    rank = select_areas(TABLE)["rank"]
    small = rank_intervals(TABLE, draw=poisson(TABLE), runs=199)
    large = rank_intervals(TABLE * 1e6, draw=poisson(TABLE * 1e6), runs=199)
    assert ((small["rank_lo"] <= rank) & (rank <= small["rank_hi"])).all()
    width = small["rank_hi"] - small["rank_lo"]
    assert (large["rank_hi"] - large["rank_lo"]).sum() < width.sum()


def test_weights_that_decide_are_seen_to() -> None:
    # Area 0 leads on b, area 7 on a: which of them is first is a matter of weights.
    found = rank_intervals(TABLE, runs=499, concentration=4, budget=Budget(max_areas=1))
    assert found.loc[["E05000000", "E05000007"], "rank_lo"].tolist() == [1, 1]
    assert found.loc[["E05000000", "E05000007"], "rank_hi"].tolist() == [2, 2]
    assert found["sel_share"].sum() == pytest.approx(1)
    assert 0.2 < found.loc["E05000007", "sel_share"] < 0.8
    # So sure of the weights that nothing moves, and a weight of 0 that stays 0.
    firm = rank_intervals(TABLE, runs=99, concentration=1e9, weights={"b": 2}, budget=Budget(max_areas=1))
    assert firm.loc["E05000000", "sel_share"] == 1
    none = rank_intervals(TABLE, runs=99, concentration=4, weights={"b": 0}, budget=Budget(max_areas=1))
    assert none.loc["E05000007", "sel_share"] == 1


def test_an_area_without_a_score_has_no_interval() -> None:
    table = TABLE.copy()
    table.loc["E05000001"] = np.nan
    found = rank_intervals(table, runs=99, concentration=4)
    assert found.loc["E05000001", ["rank_lo", "rank_hi"]].isna().all()
    assert found.loc["E05000001", "sel_share"] == 0


def test_the_chance_of_the_first_ranks() -> None:
    """Over all areas the chances of being among the first k sum to k; more ranks are never less likely."""
    one, three, all_of_them = (
        rank_intervals(TABLE, draw=poisson(TABLE), runs=199, top=k)["top_share"] for k in (1, 3, 8)
    )
    assert one.sum() == pytest.approx(1)
    assert three.sum() == pytest.approx(3)
    assert (one <= three).all()
    assert (all_of_them == 1).all()
    assert "top_share" not in rank_intervals(TABLE, draw=poisson(TABLE), runs=99)


def test_a_run_that_cannot_meet_the_budget_selects_nothing() -> None:
    km2 = pd.Series([5.0, *[1.0] * 7], index=CODES)
    found = rank_intervals(TABLE, runs=199, concentration=4, budget=Budget(max_km2=1), km2=km2)
    assert found.loc["E05000000", "sel_share"] == 0
    assert 0 < found.loc["E05000007", "sel_share"] < 1


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (
            {"concentration": None},
            "neither values nor weights vary, so every run is the same",
            "give 'draw' or 'concentration'",
        ),
        (
            {"concentration": 0},
            "'concentration' is 0, but must be more than 0",
            "set 'concentration' to a number such as 4",
        ),
        (
            {"concentration": 4, "top": 0},
            "'top' is 0, but must be 1 or more",
            "set 'top' to a number such as 10",
        ),
        (
            {"concentration": 4, "runs": 9},
            "'runs' is 9, too few to tell anything from chance",
            "set 'runs' to a number such as 999",
        ),
        (
            {"concentration": 4, "runs": 10**23},
            "'runs' is 100000000000000000000000, but more than 9,999 tell nothing further",
            "set 'runs' to a number such as 999",
        ),
        (
            {"concentration": 4, "seed": -1},
            "'seed' is -1, but must be 0 or more",
            "set 'seed' to a whole number such as 0",
        ),
        (
            {"concentration": 4, "level": 95},
            "'level' is 95",
            "use a share between 0 and 1, such as 'level' = 0.95",
        ),
        (
            {"draw": lambda _: np.zeros((8, 3))},
            "'draw' returned values of shape (8, 3), but the indicators have (8, 2, 1)",
            "return (areas, indicators, periods), such as hotspots.priorities.draws.posterior does",
        ),
    ],
)
def test_messages(options: Any, message: str, hint: str) -> None:
    with pytest.raises((ParameterError, DataError)) as caught:
        rank_intervals(TABLE, **options)
    assert caught.value.message == message
    assert caught.value.hint == hint
