"""Marks on rounded counts say only what every count behind them would say: by trying them, in each measure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hotspots.base.rounded import least_and_most
from hotspots.methods.breakdown import breakdown
from hotspots.methods.change import change
from hotspots.methods.share import share_of
from hotspots.methods.time.times import time_grid
from hotspots.priorities.reasons import reasons
from hotspots.priorities.selection import select_areas

BASE = 10


def behind(n: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Return counts that the rounded ones may stand for."""
    low, high = least_and_most(n, BASE)
    return pd.Series(rng.integers(low.astype(int), high.astype(int) + 1), n.index)


@pytest.mark.parametrize("seed", range(3))
def test_a_band_an_hour_and_a_share_are_marked_only_where_all_counts_behind_would_be(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = pd.Index(list("abcdefgh"))
    n = pd.Series(np.round(rng.gamma(2, 60, 8), -1), codes)
    people = pd.Series(rng.integers(900, 1100, 8).astype(float), codes)
    of = n + pd.Series(np.round(rng.gamma(3, 100, 8), -1), codes)
    marks: dict[str, Callable[..., pd.Series]] = {
        "idx_flag": lambda n, _, rounded: breakdown(n, people, rounded=rounded)["idx_flag"],
        "tm_flag": lambda n, _, rounded: time_grid(n, people, rounded=rounded)["tm_flag"],
        "of_flag": lambda n, of, rounded: share_of(n, of, rounded=rounded)["of_flag"],
    }
    seen = dict.fromkeys(marks, 0)
    for name, mark in marks.items():
        cautious = mark(n, of, BASE).astype(str)
        told = cautious.isin(["above", "below"])
        assert not (told & (mark(n, of, 1).astype(str) != cautious)).any(), name
        seen[name] += int(told.sum())
        for _ in range(60):
            one = behind(n, rng)
            whole = one + behind(of - n, rng)
            exact = mark(one, whole, 1).astype(str)
            assert (exact[told] == cautious[told]).all(), name
    assert seen["idx_flag"] > 0
    assert seen["tm_flag"] > 0


def test_what_was_rounded_is_marked_less_often() -> None:
    # 40 of 100 in a quarter of the people; at the least it is 35 of 35 + 72.
    n, people = pd.Series([40.0, 20, 20, 20]), pd.Series([100.0] * 4)
    assert breakdown(n, people)["idx_flag"].tolist()[0] == "above"
    assert breakdown(n, people, rounded=10)["idx_flag"].tolist()[0] == "similar"
    assert time_grid(n, people)["tm_flag"].tolist()[0] == "above"
    assert time_grid(n, people, rounded=10)["tm_flag"].tolist()[0] == "similar"
    # 30 of 150 and 40 of 400; at the least 25 of 154, beside at most 48 of 390.
    few, all_ = pd.Series([30.0, 20, 20]), pd.Series([150.0, 200, 200])
    assert share_of(few, all_)["of_flag"].tolist()[0] == "above"
    assert share_of(few, all_, rounded=10)["of_flag"].tolist()[0] == "similar"


def test_a_zero_of_rounded_counts_is_called_under_what_it_stands_for() -> None:
    before, after = pd.Series([0, 120]), pd.Series([10, 0])
    words = change(before, after, months_before=12, months_after=12, rounded=10)["ch_text"].tolist()
    assert words == [
        "no clear change (under 5 to 10)",
        "down (120 to under 5; too few after for a percentage)",
    ]
    assert (
        change(before, after, months_before=12, months_after=12)["ch_text"].iloc[0].startswith("up (0 to 10;")
    )
    # Four months on twelve: under 5 of four months is under 15 a year.
    yearly = change(before, after, months_before=4, months_after=12, rounded=10)["ch_text"].iloc[0]
    assert yearly == "no clear change (under 15 to 10 a year)"


def test_a_reason_names_a_change_only_where_all_counts_behind_would_show_it() -> None:
    columns = pd.MultiIndex.from_product([["Burglary"], ["2024", "2025"]])
    index = pd.Index(list("abcdefgh"))
    counts = pd.DataFrame([[20, 40], *[[20, 20], [30, 20]] * 3, [20, 20]], index, columns, dtype=float)
    table = counts * 2.0
    selection, months = select_areas(table), {"2024": 12.0, "2025": 12.0}
    # 20 to 40: limits 1.14 to 3.6; of 24 to 35, 0.84 to 2.6.
    assert "than in 2024" in reasons(table, selection, counts=counts, months=months)["a"]
    assert "than in 2024" not in reasons(table, selection, counts=counts, months=months, rounded=10)["a"]
