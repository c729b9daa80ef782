"""Priority areas: worked by hand, by property, and every message."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.methods.meansd import flag_mean_sd
from hotspots.priorities.budgets import Budget, held_by
from hotspots.priorities.selection import Rules, flags_over_time, select_areas

CODES = [f"E0500000{i}" for i in range(9)]
plain = functools.partial(select_areas, scale="plain")


def table(**columns: Any) -> Any:
    """Make a table from ``name_period`` columns."""
    frame = pd.DataFrame(columns, index=CODES[: len(next(iter(columns.values())))], dtype="float64")
    frame.columns = pd.MultiIndex.from_tuples([tuple(name.split("_")) for name in columns])
    return frame


def chain(n: int) -> Any:
    """Return neighbours in a row: 0-1-2-..."""
    matrix = sparse.diags_array([np.ones(n - 1), np.ones(n - 1)], offsets=[-1, 1], shape=(n, n)).tocsr()
    return Neighbours(pd.Index(CODES[:n]), matrix, "queen", "a row")


cubes = st.integers(0, 2**32 - 1).map(
    lambda seed: pd.DataFrame(
        np.random.default_rng(seed).gamma(2.0, 10.0, (9, 6)).round(1),
        index=CODES,
        columns=pd.MultiIndex.from_product([["a", "b", "c"], ["2024", "2025"]]),
    )
)


def test_a_score_is_on_the_flags_own_scale() -> None:
    x = pd.Series([10.0, 12, 11, 13, 12, 11, 10, 60], index=CODES[:8])
    chosen = plain(x.to_frame("crime"))
    assert chosen["score"].to_numpy() == pytest.approx(flag_mean_sd(x)["sd_score"].to_numpy(), abs=1e-9)
    population = plain(x.to_frame("crime"), rules=Rules(ddof=0))
    assert population["score"].to_numpy() == pytest.approx(
        flag_mean_sd(x, ddof=0)["sd_score"].to_numpy(), abs=1e-9
    )


def test_indicators_and_periods_are_weighted() -> None:
    # Columns of 0, 0, 0, 0, 0, 6: mean 1, sample SD sqrt((5 + 25) / 5) = sqrt 6; the last scores 5 / sqrt 6.
    one = [0, 0, 0, 0, 0, 6]
    other = [6, 0, 0, 0, 0, 0]
    high, low = 5 / np.sqrt(6), -1 / np.sqrt(6)
    frame = table(a_2024=one, a_2025=other, b_2024=other, b_2025=other)
    # Weights 3 and 1, periods 1 and 2: a24 3, a25 6, b24 1, b25 2, of 12.
    chosen = plain(frame, weights={"a": 3}, period_weights={"2025": 2})
    assert chosen["score"].iloc[-1] == pytest.approx((3 * high + 9 * low) / 12)
    assert chosen["score"].iloc[0] == pytest.approx((3 * low + 9 * high) / 12)


def test_low_can_be_bad_and_a_static_indicator_counts_in_every_period() -> None:
    rank = [600, 500, 550, 580, 520, 1]
    frame = table(deprivation_all=rank, crime_2024=[1, 2, 1, 2, 1, 2], crime_2025=[1, 2, 1, 2, 1, 2])
    chosen = plain(frame, bad={"deprivation": "low"})
    assert chosen["rank"].iloc[-1] == 1
    twice = table(
        deprivation_2024=rank,
        deprivation_2025=rank,
        crime_2024=[1, 2, 1, 2, 1, 2],
        crime_2025=[1, 2, 1, 2, 1, 2],
    )
    pd.testing.assert_frame_equal(chosen, plain(twice, bad={"deprivation": "low"}))


@pytest.mark.filterwarnings("ignore:'a' is missing:hotspots.base.errors.HotspotsWarning")
def test_missing_is_left_out_and_never_zero() -> None:
    frame = table(a_2025=[1, 2, 3, 4, 5, 30, np.nan], b_2025=[1, 2, 3, 4, 5, 6, 30])
    chosen = plain(frame)
    alone = plain(frame[[("b", "2025")]])
    # The last area is known by b only: its score is b's, not half of it.
    assert chosen["score"].iloc[-1] == alone["score"].iloc[-1]
    assert chosen["known"].tolist() == [1, 1, 1, 1, 1, 1, 0.5]
    strict = plain(frame, rules=Rules(least_known=0.6))
    assert np.isnan(strict["score"].iloc[-1])
    assert pd.isna(strict["rank"].iloc[-1])
    assert strict["priority"].iloc[-1] == ""
    assert not strict["selected"].iloc[-1]


def test_what_no_area_has_is_not_missing() -> None:
    frame = table(a_2024=[1, 2, 3, 4, 5, 30], a_2025=[1, 2, 3, 4, 5, 30], b_2025=[1, 2, 3, 4, 5, 6])
    assert plain(frame)["known"].tolist() == [1.0] * 6


def test_areas_that_miss_an_indicator_are_named_in_a_warning() -> None:
    with pytest.warns(HotspotsWarning) as caught:
        plain(table(a_2025=[1, 2, 3, 4, 5, 30, np.nan], b_2025=[1, 2, 3, 4, 5, 6, 30]))
    assert [str(entry.message) for entry in caught] == [
        "'a' is missing for 1 of 7 areas (E05000006): their score is the mean over what is known, which favours "
        "them where the unknown is their worst"
    ]


def test_values_are_scored_by_their_logarithms() -> None:
    """Mean 10: ln(1 + 0/10) = 0 five times, ln(1 + 60/10) = ln 7. One of six that are otherwise equal: 5 / sqrt 6."""
    chosen = select_areas(table(a_2025=[0, 0, 0, 0, 0, 60]))
    assert chosen["score"].tolist() == pytest.approx([-1 / np.sqrt(6)] * 5 + [5 / np.sqrt(6)])
    # Mean 2: ln 1, ln 1.5, ln 2, ln 2, ln 2.5, ln 3.5, of which a town centre of 5 takes less than of 0 to 5.
    values = [0, 1, 2, 2, 3, 4]
    logs = np.log1p(np.array(values) / 2)
    by_hand = (logs - logs.mean()) / logs.std(ddof=1)
    assert select_areas(table(a_2025=values))["score"].tolist() == pytest.approx(by_hand)


def test_logarithms_tame_a_town_centre_and_know_no_unit() -> None:
    values = np.array([10.0, 12, 11, 13, 12, 11, 30, 60])
    frame = pd.DataFrame({"a": values}, index=CODES[:8])
    assert select_areas(frame)["score"].iloc[-1] < plain(frame)["score"].iloc[-1]
    # The second town is nearer to the first than on the plain scale.
    assert select_areas(frame)["score"].iloc[-2] > plain(frame)["score"].iloc[-2]
    pd.testing.assert_frame_equal(select_areas(frame), select_areas(frame * 1000))


def test_capped_values_end_where_95_in_100_areas_end() -> None:
    # 21 values 0, 1, ..., 19 and 500: their 95 % quantile is the 20th, 19.
    values = [*range(20), 500.0]
    codes = [f"E050000{i:02d}" for i in range(21)]
    capped = select_areas(pd.DataFrame({"a": values}, index=codes), scale="capped")["score"]
    by_hand = plain(pd.DataFrame({"a": [*range(20), 19.0]}, index=codes))["score"]
    assert capped.tolist() == by_hand.tolist()
    # Where low is bad, the low end is cut: 500 turned round.
    low = select_areas(
        pd.DataFrame({"a": [-value for value in values]}, index=codes), scale="capped", bad={"a": "low"}
    )["score"]
    assert low.tolist() == by_hand.tolist()


def test_each_indicator_may_have_its_own_scale() -> None:
    frame = table(a_2025=[0, 1, 2, 2, 3, 40], b_2025=[-3, 1, 2, 2, 3, 4])
    mixed = select_areas(frame, scale={"b": "plain"})["score"]
    a, b = select_areas(frame[[("a", "2025")]])["score"], plain(frame[[("b", "2025")]])["score"]
    assert mixed.tolist() == pytest.approx(((a + b) / 2).tolist(), abs=2e-9)


def test_scales_that_cannot_be() -> None:
    frame = table(a_2025=[0, 1, 2, 2, 3, -1])
    with pytest.raises(DataError) as caught:
        select_areas(frame)
    assert caught.value.message == "the indicator 'a' is below 0 somewhere, where no logarithm can be had"
    assert caught.value.hint == "set its 'scale' to 'capped' or 'plain'"
    with pytest.raises(ParameterError) as wrong:
        select_areas(frame, scale="square")
    assert wrong.value.message == "'scale' is 'square' for 'a'"
    assert wrong.value.hint == "use 'log', 'capped' or 'plain'"
    with pytest.raises(ParameterError) as unknown:
        select_areas(frame, scale={"b": "plain"})
    assert unknown.value.message == "'scale' names 'b', which is not in the table"


def test_flags_are_on_the_same_scale() -> None:
    # Plain: mean 48, SD 57.2: 100 is 0.91 SD above it, 140 is 1.61.
    # Logs of 1 + v / 48: .24 .21 .22 .22 1.126 1.365, mean .564, SD .533: 100 is 1.05 SD above it.
    frame = table(a_2025=[13, 11, 12, 12, 100, 140])
    assert flags_over_time(frame, scale="plain")["2025"].tolist() == [False] * 5 + [True]
    assert flags_over_time(frame)["2025"].tolist() == [False] * 4 + [True] * 2


def test_priorities_force_wide_and_local() -> None:
    # District A's first area stands far out of all; district B's only among its own.
    values = [100.0, 10, 11, 9, 10, 11, 9, 10, 12, 4.0, 3, 2, 3, 2, 3, 2, 3, 2]
    codes = [f"E050000{i:02d}" for i in range(18)]
    frame = pd.DataFrame({"crime": values}, index=codes)
    districts = pd.Series(["A"] * 9 + ["B"] * 9, index=codes)
    frame.loc["E05000009", "crime"] = 9.0
    chosen = plain(frame, districts=districts)
    assert chosen["priority"].astype(str).tolist() == ["force-wide", *[""] * 8, "local", *[""] * 8]
    assert chosen["score_sd"].iloc[9] < 0 < 2 < chosen["score_loc"].iloc[9]
    assert chosen.index[chosen["selected"]].tolist() == ["E05000000", "E05000009"]
    # In order of turn: the selected by rank, then the others by rank.
    assert chosen["turn"].iloc[0] == 1
    assert chosen["turn"].iloc[9] == 2


def test_a_force_wide_area_does_not_hide_the_others_of_its_district() -> None:
    # The second area stands out of its district once the town centre is left aside.
    values = [100.0, 20, 11, 9, 10, 11, 9, 10, 12]
    codes = [f"E050000{i:02d}" for i in range(18)]
    frame = pd.DataFrame({"crime": [*values, 10.0, 9, 11, 10, 9, 11, 10, 9, 11]}, index=codes)
    chosen = plain(frame, districts=pd.Series(["A"] * 9 + ["B"] * 9, index=codes))
    assert chosen["priority"].astype(str).tolist()[:3] == ["force-wide", "local", ""]
    # By hand: the other eight are 20 and 11 9 10 11 9 10 12, mean 11.5, sample SD sqrt(90 / 7).
    mean, sd = 11.5, np.sqrt(90 / 7)
    assert chosen["score_loc"].iloc[1] == pytest.approx((20 - mean) / sd)
    assert chosen["score_loc"].iloc[0] == pytest.approx((100 - mean) / sd)


def test_a_small_district_has_no_local_priority(caplog: Any) -> None:
    codes = CODES[:8]
    districts = pd.Series(["A"] * 6 + ["B"] * 2, index=codes)
    with caplog.at_level("INFO", logger="hotspots"):
        chosen = plain(pd.DataFrame({"crime": [1.0, 2, 3, 4, 5, 6, 7, 8]}, index=codes), districts=districts)
    assert chosen["score_loc"].isna().tolist() == [False] * 6 + [True] * 2
    assert caplog.messages == ["No local priorities in districts of under 6 areas: B"]


def test_one_freak_period_makes_no_priority() -> None:
    quiet = [10, 11, 9, 10, 11, 9, 10, 12, 10]
    freak = [400, 11, 9, 10, 11, 9, 10, 12, 10]
    frame = table(a_2022=quiet, a_2023=quiet, a_2024=freak, a_2025=quiet)
    chosen = plain(frame, rules=Rules(force_wide=0.5))
    assert chosen["persist"].iloc[0] == 0.25
    assert chosen[["priority", "watch"]].iloc[0].tolist() == ["watch", "brief"]
    assert plain(frame, rules=Rules(force_wide=0.5, persistent=0.25))["priority"].iloc[0] == "force-wide"


def test_narrowly_below_and_newly_rising_are_watched() -> None:
    quiet = [10, 11, 9, 10, 11, 9, 10, 12, 10]
    frame = table(a_2024=quiet, a_2025=[22, 11, 9, 10, 11, 9, 10, 40, 10])
    level = plain(frame)["score_sd"].iloc[7]
    near = plain(frame, rules=Rules(force_wide=level + 0.1))
    assert near[["priority", "watch"]].iloc[7].tolist() == ["watch", "near force-wide"]
    rising = plain(table(a_2024=quiet, a_2025=[30, 11, 9, 10, 11, 29, 10, 12, 10]))
    assert rising[["priority", "watch"]].iloc[5].tolist() == ["watch", "rising"]


def test_equal_scores_go_by_the_latest_period_and_then_by_code() -> None:
    # Areas 0 and 1 swap their values: equal over both years, and area 0 is the higher in the latest.
    frame = table(a_2024=[1, 9, 5, 5, 5, 5, 5], a_2025=[9, 1, 5, 5, 5, 5, 5])
    chosen = plain(frame)
    assert chosen["score"].iloc[0] == chosen["score"].iloc[1]
    assert chosen["rank"].iloc[0] < chosen["rank"].iloc[1]
    equal = chosen["rank"].iloc[2:].tolist()
    assert equal == sorted(equal)


@settings(max_examples=25)
@given(cubes, st.floats(0.01, 1000), st.randoms())
def test_scaling_weights_and_reordering_change_nothing(frame: Any, factor: Any, random: Any) -> None:
    weights = {"a": 1.0, "b": 2.0, "c": 0.5}
    districts = pd.Series(["X"] * 9, index=CODES)
    chosen = plain(frame, weights=weights, districts=districts)
    scaled = plain(frame, weights={k: v * factor for k, v in weights.items()}, districts=districts)
    pd.testing.assert_frame_equal(chosen, scaled)
    order = random.sample(CODES, 9)
    columns = random.sample(frame.columns.to_list(), 6)
    shuffled = plain(frame.loc[order, columns], weights=weights, districts=districts)
    pd.testing.assert_frame_equal(chosen, shuffled.loc[CODES])


@settings(max_examples=25)
@given(cubes)
def test_a_score_does_not_depend_on_names(frame: Any) -> None:
    renamed = frame.set_axis([f"X{code[::-1]}" for code in CODES])
    assert plain(renamed)["score"].tolist() == plain(frame)["score"].tolist()


@settings(max_examples=25)
@given(cubes, st.booleans(), st.integers(0, 2**32 - 1))
def test_a_bigger_budget_only_adds_areas(frame: Any, contiguous: Any, seed: int) -> None:
    random = np.random.default_rng(seed)
    more = {
        "counts": pd.Series(random.integers(0, 50, 9) + 1.0, index=CODES),
        "km2": pd.Series(random.uniform(0.5, 5, 9), index=CODES),
        "neighbours": chain(9),
    }
    for name, small, large in (("max_areas", 3, 5), ("max_km2", 6.0, 11.0), ("min_share", 0.3, 0.6)):
        sets = [
            set(
                frame.index[
                    plain(frame, budget=Budget(**{name: size}, contiguous=contiguous), **more)["selected"]
                ]
            )
            for size in (small, large)
        ]
        assert sets[0] <= sets[1]


def test_a_share_takes_the_smallest_set() -> None:
    frame = table(a_2025=[9, 8, 7, 6, 5, 4, 3])
    counts = pd.Series([1, 2, 3, 40, 30, 20, 4], index=CODES[:7])
    chosen = plain(frame, budget=Budget(min_share=0.7), counts=counts)
    assert chosen.index[chosen["selected"]].tolist() == CODES[3:5]
    by_score = plain(frame, budget=Budget(min_share=0.05, order="score"), counts=counts)
    # 1 + 2 + 3 = 6 of 100 is the first to reach 5 %.
    assert by_score.index[by_score["selected"]].tolist() == CODES[:3]


def test_ground_is_spent_in_order_and_not_skipped() -> None:
    frame = table(a_2025=[9, 8, 7, 6, 5, 4, 3])
    km2 = pd.Series([2.0, 5, 1, 1, 1, 1, 1], index=CODES[:7])
    chosen = plain(frame, budget=Budget(max_km2=4), km2=km2)
    # The second would break the limit, so the third is not taken either.
    assert chosen.index[chosen["selected"]].tolist() == CODES[:1]


def test_a_contiguous_selection_grows_from_the_first() -> None:
    frame = table(a_2025=[9, 1, 8, 7, 2, 3, 4])
    chosen = plain(frame, budget=Budget(max_areas=3, contiguous=True), neighbours=chain(7))
    assert chosen.index[chosen["selected"]].tolist() == CODES[:3]
    assert chosen["turn"].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_what_is_held_says_what_one_more_would_add() -> None:
    frame = table(a_2025=[9, 8, 7, 6, 5, 4])
    chosen = plain(frame, budget=Budget(max_areas=1))
    counts = pd.Series([50, 20, 10, 10, 5, 5], index=CODES[:6])
    km2 = pd.Series([1.0, 3, 2, 2, 1, 1], index=CODES[:6])
    found = held_by(chosen, counts=counts, km2=km2, population=pd.Series(100.0, index=CODES[:6]))
    # Half of the incidents on a tenth of the ground: PAI 5.
    assert found.pai == pytest.approx(5)
    assert found.next_code == CODES[1]
    names = pd.Series("Town (Stafford)", index=CODES[:6])
    assert found.sentence(names, noun="ward") == (
        "1 of 6 wards holds 50.0% of the incidents and 16.7% of the people on 10.0% of the ground. One more, Town "
        "(Stafford), would add 20.0% of the incidents and 30.0% of the ground."
    )
    none = chosen.assign(selected=False)
    assert held_by(none, counts=counts, km2=km2).sentence() == "No area of 6 is selected."


def test_the_input_is_left_alone() -> None:
    frame = table(a_2025=[9, 8, 7, 6, 5, 4])
    before = frame.copy(deep=True)
    plain(frame, budget=Budget(max_areas=2))
    pd.testing.assert_frame_equal(frame, before)


def test_equal_indicators_are_left_out_with_a_warning() -> None:
    frame = table(a_2025=[1, 1, 1, 1, 1, 1], b_2025=[1, 2, 3, 4, 5, 30])
    with pytest.warns(
        HotspotsWarning, match=r"^'a' is left out: all its values are equal, or known for under 6 areas$"
    ):
        assert plain(frame)["known"].tolist() == [1.0] * 6


SIX = {"a_2025": [9, 8, 7, 6, 5, 4]}


@pytest.mark.parametrize(
    ("frame", "options", "message", "hint"),
    [
        (
            SIX,
            {"weights": {"a": -1}},
            "the weight of 'a' is -1, but must be 0 or more",
            "give 0 or more; an indicator is turned round with 'bad' = \"low\"",
        ),
        (SIX, {"weights": {"a": 0}}, "all 'weights' are 0", "give at least one a weight over 0"),
        (SIX, {"weights": {"asb": 1}}, "'weights' names 'asb', which is not in the table", "choose from 'a'"),
        (SIX, {"bad": {"a": "down"}}, "'bad' is 'down' for 'a'", "use 'high' or 'low'"),
        (
            SIX,
            {"budget": {"max_areas": 0}},
            "'max_areas' is 0, which is smaller than one area",
            "set 'max_areas' to 1 or more",
        ),
        (
            SIX,
            {"budget": {"max_km2": -1}},
            "'max_km2' is -1, but must be more than 0",
            "set 'max_km2' in square kilometres, such as 25",
        ),
        (
            SIX,
            {"budget": {"max_km2": 1}},
            "'max_km2' is 1, but the first area alone, E05000000, is 2.00 km²",
            "set 'max_km2' to 2.00 or more, or select smaller areas",
        ),
        (
            SIX,
            {"budget": {"min_share": 25}},
            "'min_share' is 25, but a share lies between 0 and 1",
            "set 'min_share' to a share such as 0.25",
        ),
        (
            SIX,
            {"budget": {"min_share": 0.9, "max_areas": 2}},
            "90% of the incidents take 6 areas, but 'max_areas' allows 2",
            "raise 'max_areas', or lower 'min_share'",
        ),
        (SIX, {"budget": {}}, "the budget limits nothing", "set 'max_areas', 'max_km2' or 'min_share'"),
        (SIX, {"budget": {"max_areas": 1, "order": "name"}}, "'order' is 'name'", "use 'score' or 'count'"),
        (
            SIX,
            {"rules": {"force_wide": -1}},
            "'force_wide' is -1 SD, but must be 0 or more",
            "set 'force_wide' in SDs, such as 1",
        ),
        (
            SIX,
            {"rules": {"persistent": 2}},
            "'persistent' is 2, but a share lies between 0 and 1",
            "set 'persistent' to a share such as 0.5",
        ),
        (
            SIX,
            {"rules": {"ddof": 2}},
            "'ddof' is 2, but only 0 and 1 are defined",
            "set 'ddof' to 1, the sample SD",
        ),
        (
            {"a_2025": [1, 2, 3]},
            {},
            "there are 3 areas, but at least 6 are needed to stand out by 2 SD",
            "use smaller areas, or more districts",
        ),
        (
            {"a_2025": [1, 2, 3, 4, 5, np.inf]},
            {},
            "the indicator 'a' is infinite somewhere",
            "leave unknown values blank",
        ),
    ],
)
def test_messages(frame: Any, options: Any, message: str, hint: str) -> None:
    km2 = pd.Series([2.0, 1, 1, 1, 1, 1], index=CODES[:6])
    counts = pd.Series([1.0, 1, 1, 1, 1, 1], index=CODES[:6])
    made = {"budget": Budget, "rules": Rules}

    def settled() -> Any:
        return {name: made[name](**value) if name in made else value for name, value in options.items()}

    with pytest.raises((ParameterError, DataError)) as caught:
        plain(table(**frame), km2=km2, counts=counts, **settled())
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_a_piece_that_cannot_hold_the_share_says_so() -> None:
    frame = table(**SIX)
    apart = Neighbours(pd.Index(CODES[:6]), sparse.csr_array((6, 6)), "queen", "none touch")
    counts = pd.Series([40.0, 20, 10, 10, 10, 10], index=CODES[:6])
    with pytest.raises(ParameterError) as caught:
        plain(frame, budget=Budget(min_share=0.5, contiguous=True), counts=counts, neighbours=apart)
    assert caught.value.message == (
        "the piece that grows from E05000000 ends after 1 area with 40% of the incidents, but 'min_share' is 50%"
    )
    assert caught.value.hint == "leave 'contiguous' out, or lower 'min_share'"


def test_all_indicators_equal_is_an_error() -> None:
    with (
        pytest.warns(HotspotsWarning, match="'a' is left out"),
        pytest.raises(DataError) as caught,
    ):
        plain(table(a_2025=[1, 1, 1, 1, 1, 1]))
    assert caught.value.message == (
        "no area has a score: every indicator is equal everywhere, or known for too few areas"
    )
    assert (
        caught.value.hint == "give an indicator that differs between areas and is known for 6 or more of them"
    )
