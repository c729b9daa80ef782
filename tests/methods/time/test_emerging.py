"""Emerging hotspots: the kinds by hand, the probabilities by every subset, and the traps of season and windows."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from hotspots.areas.neighbours import Neighbours
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.subset_sums import neighbourhood_tails
from hotspots.methods.time.emerging import EM_CLASSES, classify_steps, emerging_hotspots
from hotspots.methods.time.trend import mann_kendall

TREND = {"0": 0, "+": 1, "-": -1}


def by_matrix(dense: Any) -> Neighbours:
    matrix = sparse.csr_array(np.asarray(dense, dtype=float))
    return Neighbours(
        pd.Index([f"a{i:05}" for i in range(matrix.shape[0])], name="code"), matrix, "graph", "by hand"
    )


def ring(n: int) -> Neighbours:
    return by_matrix(np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1))


def board(side: int) -> Neighbours:
    """Cells on a ball, each with eight neighbours."""
    place, dense = np.arange(side**2).reshape(side, side), np.zeros((side**2, side**2))
    for step in ((0, 1), (1, 0), (1, 1), (1, -1)):
        other = np.roll(place, step, (0, 1)).ravel()
        dense[place.ravel(), other] = dense[other, place.ravel()] = 1
    return by_matrix(dense)


def by_month(neighbours: Neighbours, counts: Any) -> pd.DataFrame:
    table = np.asarray(counts)
    return pd.DataFrame(
        table, index=neighbours.index, columns=[f"m{t:02}" for t in range(1, table.shape[1] + 1)]
    )


def a_town(side: int = 12, steps: int = 12, seed: int = 0) -> tuple[Neighbours, pd.DataFrame]:
    """A board on which a square of nine cells is busy throughout, and another in the last four steps."""
    mean = np.ones((side, side, steps))
    mean[1:4, 1:4] = 8
    mean[7:10, 7:10, -4:] = 12
    return board(side), by_month(
        board(side), np.random.default_rng(seed).poisson(mean.reshape(side**2, steps))
    )


@pytest.mark.parametrize(
    ("steps", "trend", "kind"),
    [
        ("000000000001", "0", "new hotspot"),
        ("000000000011", "0", "consecutive hotspot"),
        ("111111111111", "0", "persistent hotspot"),
        ("111111111111", "+", "intensifying hotspot"),
        ("111111111111", "-", "diminishing hotspot"),
        ("011111111111", "+", "intensifying hotspot"),
        ("001111111111", "+", "consecutive hotspot"),  # 10 of 12 are not 90%
        ("110111111111", "0", "persistent hotspot"),
        ("010000100001", "0", "sporadic hotspot"),
        ("0-0000100001", "0", "oscillating hotspot"),
        ("-00000000001", "0", "new hotspot"),  # new before it is oscillating
        ("-00000000011", "0", "consecutive hotspot"),
        ("111111111110", "0", "historical hotspot"),
        ("11111111111-", "0", "historical hotspot"),  # before it is an oscillating coldspot
        ("101010101010", "0", "none"),
        ("000000000000", "+", "none"),
        ("10000000000-", "0", "new coldspot"),
        ("------------", "-", "intensifying coldspot"),
        ("------------", "+", "diminishing coldspot"),
        ("-----------0", "0", "historical coldspot"),
        ("0111111111", "0", "persistent hotspot"),  # 9 of 10 are 90%
        ("0011111111", "0", "consecutive hotspot"),
    ],
)
def test_the_kinds_in_their_order(steps: str, trend: str, kind: str) -> None:
    letters = np.array([list(steps)])
    found = classify_steps(letters == "1", letters == "-", np.array([TREND[trend]]))
    assert found.tolist() == [kind]


def test_a_town_with_an_old_hotspot_and_one_that_is_new() -> None:
    neighbours, counts = a_town()
    found: Any = emerging_hotspots(counts, neighbours)
    old, young = found.loc["a00026"], found.loc["a00104"]  # the middles: row 2, column 2 and row 8, column 8
    assert old["em_class"] in ("persistent hotspot", "intensifying hotspot", "diminishing hotspot")
    assert (old["em_hot"], old["em_last"], old["em_steps"]) == (12, "m12", "H" * 12)
    assert (young["em_class"], young["em_hot"]) == ("consecutive hotspot", 4)
    assert young["em_steps"] == "........HHHH"
    far = found.loc["a00071"]  # row 5, column 11
    assert (far["em_class"], far["em_hot"], far["em_last"]) == ("none", 0, "")
    assert pd.isna(far["em_p"])
    assert pd.isna(far["em_trend"])


def expected_steps(counts: pd.DataFrame, neighbours: Neighbours, comparison: str, previous: int) -> list[str]:
    """Return the letters of each area of a ring, every three of the areas looked at."""
    n, sums = counts.to_numpy(), neighbours.matrix.toarray() + np.eye(len(counts))
    areas, steps = n.shape
    threes = np.array(list(combinations(range(areas), 3)))
    upper, lower = np.ones(n.shape), np.ones(n.shape)
    for t in range(steps):
        length = min(t, previous) + 1
        ends = range(length - 1, steps) if comparison == "cube" else [t]
        windows = [n[:, end - length + 1 : end + 1].sum(axis=1) for end in ends]
        own = sums @ n[:, t - length + 1 : t + 1].sum(axis=1)
        chance = np.array([window[threes].sum(axis=1) for window in windows]).ravel()
        upper[:, t] = (chance[:, None] >= own).mean(axis=0)
        lower[:, t] = (chance[:, None] <= own).mean(axis=0)
    hot, cold = (benjamini_hochberg(p.ravel()).reshape(n.shape) <= 0.05 for p in (upper, lower))
    return ["".join(row) for row in np.where(hot, "H", np.where(cold, "C", "."))]


@pytest.mark.parametrize(
    ("comparison", "previous"), [("step", 0), ("neighbourhood", 1), ("cube", 0), ("cube", 2)]
)
def test_hot_and_cold_are_those_of_every_arrangement_of_the_areas(comparison: Any, previous: int) -> None:
    neighbours = ring(20)
    mean = np.full((20, 10), 9.0)
    mean[3:6], mean[12:15, 4:] = 25, 0.2
    counts = by_month(neighbours, np.random.default_rng(4).poisson(mean))
    found = emerging_hotspots(counts, neighbours, comparison=comparison, previous=previous, cap=1)
    expected = expected_steps(counts, neighbours, comparison, previous)
    assert found["em_steps"].tolist() == expected
    assert {*"".join(expected)} == {*"HC."}


def test_the_correction_is_over_all_areas_and_steps() -> None:
    neighbours, counts = a_town()
    tails = [
        neighbourhood_tails(counts[t].to_numpy(float), neighbours.matrix, own="moved")[0] for t in counts
    ]
    q = benjamini_hochberg(np.concatenate(tails)).reshape(12, -1).T
    found: Any = emerging_hotspots(counts, neighbours)
    assert found["em_hot"].tolist() == (q <= 0.05).sum(axis=1).tolist()


def test_a_season_makes_no_hotspot_but_against_all_steps() -> None:
    neighbours, counts = a_town()
    summer = counts * np.where(np.arange(12) % 6 < 2, 4, 1)  # four of twelve months are four times as busy
    pd.testing.assert_frame_equal(
        emerging_hotspots(counts, neighbours), emerging_hotspots(summer, neighbours)
    )
    plain, busy = (emerging_hotspots(c, neighbours, comparison="cube", previous=0) for c in (counts, summer))
    assert busy["em_steps"].tolist() != plain["em_steps"].tolist()


def test_steps_before_are_added_and_the_cap_holds_one_cell_down() -> None:
    neighbours, counts = a_town()
    alone = emerging_hotspots(counts, neighbours, comparison="neighbourhood", previous=0)
    pd.testing.assert_frame_equal(alone, emerging_hotspots(counts, neighbours))
    added = emerging_hotspots(counts, neighbours, comparison="neighbourhood")
    pd.testing.assert_frame_equal(
        added, emerging_hotspots(counts, neighbours, comparison="neighbourhood", previous=1)
    )
    assert added["em_hot"].sum() > alone["em_hot"].sum()
    counts.loc["a00071"] = 500
    # The nine of 144 sums that hold those 500 are the highest: without a cap, no other is among the first 5 in 100.
    capped, plain = (emerging_hotspots(counts, neighbours, cap=cap)["em_hot"] for cap in (0.95, 1))
    assert (capped["a00071"], capped["a00026"], plain["a00026"]) == (0, 12, 0)


def test_the_trend_is_that_of_single_steps_whatever_is_added_up() -> None:
    # Hot cells whose months are shuffled have no trend: about 5 in 100 are found to have one. On sums of two months,
    # which share a month, Mann-Kendall finds over twice as many.
    neighbours, random, steps = board(16), np.random.default_rng(8), 12
    mean = np.where(np.arange(256) < 64, 30, 3)
    single, shared = [], []
    for _ in range(60):
        counts = random.poisson(mean[:, None] * np.ones(steps))
        found: Any = emerging_hotspots(by_month(neighbours, counts), neighbours, comparison="neighbourhood")
        assert (found["em_hot"] >= 11).sum() > 50
        single.append((found["em_p"].dropna() <= 0.05).mean())
        sums = counts[:, 1:] + counts[:, :-1]
        shared.append((mann_kendall(sums)["p"] <= 0.05).mean())
    assert 0.02 < np.mean(single) < 0.08
    assert np.mean(shared) > 2 * np.mean(single)


def test_whole_steps_change_places_where_the_trend_is_of_sums_that_share_steps() -> None:
    # Months of hot cells in any order: Mann-Kendall on sums of three months finds a trend in 20 and more of 100 cells,
    # random orders of whole months in about 5.
    neighbours, random = board(10), np.random.default_rng(3)
    mean = np.where(np.arange(100) < 40, 30, 3)
    whole, shared = [], []
    for seed in range(40):
        counts = random.poisson(mean[:, None] * np.ones(12))
        found: Any = emerging_hotspots(
            by_month(neighbours, counts), neighbours, comparison="neighbourhood", previous=2, trend="sums",
            draws=199, seed=seed,
        )  # fmt: skip
        whole.append((found["em_p"].dropna() <= 0.05).mean())
        shared.append(
            (
                mann_kendall(np.lib.stride_tricks.sliding_window_view(counts, 3, axis=1).sum(axis=2))["p"]
                <= 0.05
            ).mean()
        )
    assert 0.01 < np.mean(whole) < 0.09
    assert np.mean(shared) > 0.18


@pytest.mark.parametrize("comparison", ["neighbourhood", "cube"])
def test_a_trend_of_sums_is_seen_and_its_seed_recorded(comparison: Any) -> None:
    neighbours = board(12)
    mean = np.full((12, 12, 12), 2.0)
    mean[1:4, 1:4] = 12 + 3 * np.arange(12)
    counts = by_month(neighbours, np.random.default_rng(1).poisson(mean.reshape(144, 12)))
    one, again, other = (
        emerging_hotspots(counts, neighbours, comparison=comparison, trend="sums", seed=seed)
        for seed in (0, 0, 1)
    )
    assert one["em_trend"]["a00026"] == "up"
    assert one["em_p"]["a00026"] == 1 / 1000  # as steep as none of 999 other orders
    pd.testing.assert_frame_equal(one, again)
    assert not one["em_p"].equals(other["em_p"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"trend": "sum"}, "'trend' is 'sum'\nHint: did you mean 'sums'?"),
        (
            {"trend": "sums", "draws": 9},
            "'draws' is 9, too few to tell anything from chance\nHint: set 'draws' to a number such as 999",
        ),
        (
            {"trend": "sums", "seed": -1},
            "'seed' is -1, but must be 0 or more\nHint: set 'seed' to a whole number such as 0",
        ),
    ],
)
def test_a_trend_that_is_none_is_refused(given: dict[str, Any], said: str) -> None:
    neighbours, counts = a_town()
    with pytest.raises(ParameterError) as caught:
        emerging_hotspots(counts, neighbours, **given)
    assert str(caught.value) == said


def test_a_rising_hotspot_intensifies_and_the_season_is_no_trend() -> None:
    neighbours = board(12)
    mean = np.full((12, 12, 12), 2.0)
    mean[1:4, 1:4] = 12 + 3 * np.arange(12)
    counts = by_month(neighbours, np.random.default_rng(1).poisson(mean.reshape(144, 12)))
    falling = counts.iloc[:, ::-1].set_axis(counts.columns, axis=1)
    up, down = (emerging_hotspots(table, neighbours) for table in (counts, falling))
    assert (up["em_class"]["a00026"], up["em_trend"]["a00026"]) == ("intensifying hotspot", "up")
    assert (down["em_class"]["a00026"], down["em_trend"]["a00026"]) == ("diminishing hotspot", "down")


def test_rows_keep_their_order_and_the_table_is_left_alone() -> None:
    neighbours, counts = a_town()
    turned = counts.iloc[::-1]
    kept = turned.copy()
    found: Any = emerging_hotspots(turned, neighbours)
    pd.testing.assert_frame_equal(turned, kept)
    pd.testing.assert_frame_equal(found.sort_index(), emerging_hotspots(counts, neighbours))
    assert list(found["em_class"].cat.categories) == list(EM_CLASSES)


def test_an_area_without_neighbours_and_one_beside_all_are_undefined() -> None:
    dense = ring(30).matrix.toarray()
    dense[0] = dense[:, 0] = 0
    dense[1] = 1
    dense[1, 1] = dense[0, 1] = 0
    dense[1, 0] = 1
    neighbours = by_matrix(dense)
    counts = by_month(neighbours, np.random.default_rng(0).poisson(5, (30, 10)))
    found: Any = emerging_hotspots(counts, neighbours)
    assert found["em_class"].tolist()[:2] == ["undefined", "undefined"]
    assert found["em_note"].tolist()[:3] == ["no neighbours", "its neighbourhood covers every area", ""]
    assert found["em_steps"].iloc[0] == "." * 10


def test_a_step_without_an_incident_is_said_and_hot_nowhere() -> None:
    neighbours, counts = a_town()
    counts["m05"] = 0
    with pytest.warns(HotspotsWarning) as caught:
        found: Any = emerging_hotspots(counts, neighbours)
    assert (
        str(caught[0].message)
        == "in 1 of 12 steps, such as m05, all areas have equal counts, so that none is hot"
    )
    assert found.loc["a00026", "em_steps"] == "HHHH.HHHHHHH"


@pytest.mark.parametrize(
    ("change", "options", "message", "hint"),
    [
        (
            lambda counts: counts.iloc[:, :9],
            {},
            "there are 9 steps of time, but emerging hotspots need 10 or more to tell a pattern from chance",
            "give incidents of more months, or shorter steps",
        ),
        (
            lambda counts: counts.assign(m03=-1),
            {},
            "a count in m03 is missing or negative",
            "leave steps without a file out; steps without an incident are 0",
        ),
        (
            lambda counts: counts.assign(m03=np.nan),
            {},
            "a count in m03 is missing or negative",
            "leave steps without a file out; steps without an incident are 0",
        ),
        (
            lambda counts: counts,
            {"comparison": "cubes"},
            "'comparison' is 'cubes', which is not one of its choices",
            "did you mean 'cube'?",
        ),
        (
            lambda counts: counts,
            {"previous": 1},
            "'previous' is 1, but 'comparison' = 'step' looks at each step alone",
            "set 'comparison' to 'neighbourhood' to add up steps, or leave 'previous' out",
        ),
        (
            lambda counts: counts,
            {"comparison": "cube", "previous": -1},
            "'previous' is -1, but must be 0 or more",
            "set 'previous' to a number of steps such as 1",
        ),
        (
            lambda counts: counts,
            {"cap": 0.2},
            "'cap' is 0.2, but must be a share from 0.5 to 1",
            "set 'cap' to 0.95, or to 1 for no cap",
        ),
    ],
)
def test_what_is_wrong_is_said(change: Any, options: dict[str, Any], message: str, hint: str) -> None:
    neighbours, counts = a_town()
    with pytest.raises((DataError, ParameterError)) as caught:
        emerging_hotspots(change(counts), neighbours, **options)
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_more_histories_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbours, counts = a_town()
    monkeypatch.setenv("HOTSPOTS_LIMITS", f"histories={counts.size}")
    assert len(emerging_hotspots(counts, neighbours)) == len(counts)
    monkeypatch.setenv("HOTSPOTS_LIMITS", f"histories={counts.size - 1}")
    with pytest.raises(
        DataError, match=f" are {counts.size:,} numbers, more than {counts.size - 1:,}"
    ) as error:
        emerging_hotspots(counts, neighbours)
    assert f"HOTSPOTS_LIMITS=histories={counts.size} in" in error.value.hint
