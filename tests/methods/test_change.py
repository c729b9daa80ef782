"""Change between two periods: worked by hand and by property."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.change import change

OLD: dict[str, Any] = {"dispersion": 1.0, "flagged_by": "limits"}
COUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12)


def series(*values: float) -> pd.Series[Any]:
    return pd.Series(values, index=[f"E0500000{i}" for i in range(len(values))], dtype="float64")


def test_unequal_periods_are_put_on_a_year() -> None:
    # 24 in six months are 48 a year; 30 in twelve are 30 a year: 18 fewer, a ratio of 30 / 48 = 0.625.
    row = change(series(24), series(30), months_before=6, months_after=12).iloc[0]
    assert row["ch_diff"] == -18
    assert row["ch_ratio"] == pytest.approx(0.625)
    assert row["ch_pct"] == pytest.approx(-37.5)
    assert row["ch_text"] == "no clear change (48 to 30 a year)"
    assert (row["n_before"], row["n_after"]) == (24, 30)


def test_direction_in_words() -> None:
    result = change(
        series(100, 200, 50, 2, 0, 0), series(150, 100, 50, 30, 8, 0), months_before=12, months_after=12
    )
    assert result["ch_text"].tolist() == [
        "up 50% (100 to 150)",
        "down 50% (200 to 100)",
        "no clear change (50 to 50)",
        "up (2 to 30; too few before for a percentage)",
        "up (0 to 8; too few before for a percentage)",
        "no clear change (0 to 0)",
    ]
    assert result["ch_flag"].astype(str).tolist() == [
        "up", "down", "no clear change", "up", "up", "no clear change",
    ]  # fmt: skip


def test_no_percentage_from_under_ten_and_the_note_says_so() -> None:
    result = change(series(9, 10), series(18, 20), months_before=12, months_after=12)
    assert np.isnan(result["ch_pct"].iloc[0])
    assert result["ch_pct"].iloc[1] == 100
    assert result["ch_note"].tolist() == ["under 10 incidents before: no percentage", ""]


def test_what_is_infinite_or_unknown_is_missing() -> None:
    result = change(series(0, 0, np.nan), series(8, 0, 3), months_before=12, months_after=12)
    assert result[["ch_ratio", "ch_hi"]].isna().all(axis=None)
    assert result["ch_lo"].iloc[0] > 1
    assert result["ch_flag"].iloc[1] == "no clear change"
    assert pd.isna(result["ch_flag"].iloc[2])
    assert result["ch_text"].iloc[2] == ""


@settings(max_examples=60)
@given(counts=COUNTS, level=st.sampled_from([0.8, 0.95, 0.998]))
def test_swapping_the_periods_turns_everything_round(counts: list[tuple[int, int]], level: float) -> None:
    before, after = series(*(a for a, _ in counts)), series(*(b for _, b in counts))
    there = change(before, after, months_before=12, months_after=6, level=level, **OLD)
    back = change(after, before, months_before=6, months_after=12, level=level, **OLD)
    assert there["ch_diff"].tolist() == (-back["ch_diff"]).tolist()
    turned = {"up": "down", "down": "up", "no clear change": "no clear change"}
    assert there["ch_flag"].astype(str).tolist() == back["ch_flag"].astype(str).map(turned).tolist()
    known = (before > 0) & (after > 0)
    np.testing.assert_allclose(there["ch_lo"][known], 1 / back["ch_hi"][known], rtol=1e-9)
    assert there.index.equals(before.index)


@settings(max_examples=60)
@given(counts=COUNTS)
def test_the_flag_is_what_the_limits_say(counts: list[tuple[int, int]]) -> None:
    before, after = series(*(a for a, _ in counts)), series(*(b for _, b in counts))
    result = change(before, after, months_before=12, months_after=12, **OLD)
    assert ((result["ch_lo"] > 1) == (result["ch_flag"] == "up")).all()
    assert ((result["ch_hi"] < 1) == (result["ch_flag"] == "down")).all()


def test_p_and_q_by_hand() -> None:
    # Two periods of a year: 190 of 310 where 155 were to be; z = 35 / √(310 / 4) = 3.9757, p = 0.0000702.
    # 44 of 84: z = 2 / √21 = 0.4364, p = 0.6625. 9 of 12: z = 3 / √3 = 1.7321, p = 0.08326.
    # q: 3 · 0.0000702; 3/2 · 0.08326; 0.6625.
    result = change(series(120, 40, 3), series(190, 44, 9), months_before=12, months_after=12, dispersion=1)
    assert result["ch_p"].tolist() == pytest.approx([7.018e-05, 0.66252, 0.083265], rel=1e-3)
    assert result["ch_q"].tolist() == pytest.approx([2.105e-04, 0.66252, 0.124897], rel=1e-3)
    assert result["ch_flag"].tolist() == ["up", "no clear change", "no clear change"]
    assert result.attrs == {"dispersion": 1.0, "dispersion_from": "given"}
    # A dispersion of 4 halves z: 1.9878 and p 0.04683, corrected 0.1405: no longer clear.
    wide = change(series(120, 40, 3), series(190, 44, 9), months_before=12, months_after=12, dispersion=4)
    assert wide["ch_p"].iloc[0] == pytest.approx(0.04683, rel=1e-3)
    assert wide["ch_flag"].tolist() == ["no clear change"] * 3


def test_change_against_all_takes_out_what_all_areas_share() -> None:
    # All double but one, which stays at 300: it did not change, but all did. Altogether 1200 to 2100.
    result = change(series(*[300] * 4), series(600, 600, 600, 300), months_before=6, months_after=6)
    assert result["ch_flag"].tolist() == ["up", "up", "up", "no clear change"]
    assert result["ch_all"].tolist() == pytest.approx([2 / 1.75] * 3 + [1 / 1.75])
    # 300 of 600 where 600 · 2100/3300 = 381.82 were to be: z = -81.82 / √(381.82 · 0.363636) = -6.944.
    assert result["ch_all_p"].iloc[3] == pytest.approx(2 * norm.sf(6.9437), rel=1e-3)
    assert result["ch_all_fl"].iloc[3] == "down against all"
    assert result["ch_p"].iloc[3] == 1


def test_the_dispersion_is_estimated_from_the_two_periods_and_widens_the_limits() -> None:
    before, after = series(*[10, 20] * 10), series(*[20, 10] * 10)
    result = change(before, after, months_before=12, months_after=12)
    assert result.attrs == {
        "dispersion": pytest.approx(40 * 25 / 15 / 19),
        "dispersion_from": "the two periods",
    }
    narrow = change(before, after, months_before=12, months_after=12, dispersion=1)
    assert (result["ch_lo"] < narrow["ch_lo"]).all()
    assert (result["ch_hi"] > narrow["ch_hi"]).all()
    assert (result["ch_p"] > narrow["ch_p"]).all()
    # Too few areas to tell it: Poisson, and said to be.
    few = change(series(10, 20), series(20, 10), months_before=12, months_after=12)
    assert few.attrs == {"dispersion": 1.0, "dispersion_from": "Poisson"}


def test_areas_that_do_not_change_are_flagged_as_rarely_as_promised() -> None:
    random = np.random.default_rng(8)
    maps, small = 40, []
    flagged = 0
    for _ in range(maps):
        means = 20 * random.lognormal(-0.5, 1, 500)
        counts = [random.poisson(means * random.gamma(means, 1 / means)) for _ in range(2)]  # φ = 2
        result = change(series(*counts[0]), series(*counts[1]), months_before=6, months_after=6)
        small.append((result["ch_p"] <= 0.05).mean())
        flagged += bool((result["ch_flag"] != "no clear change").any())
    assert 0.03 < np.mean(small) < 0.055
    assert flagged <= 5  # 5 % of 40 maps are 2; more than 5 has a chance of 1 in 70


def test_an_area_whose_own_months_vary_more_has_a_wider_dispersion() -> None:
    # Three areas of 40 in each period; in the first the third has them all in one month, the others about 10 in each.
    # Months of 19, 61, 20 and 20 expect 6.33, 20.33, 6.67 and 6.67 in each area. D is then, from first to third,
    # 2.12 + 5.25 + 1.67 + 1.67 = 10.71, 1.12 + 4.28 + 1.67 + 1.67 = 8.74 and 6.33 + 19.02 + 6.67 + 6.67 = 38.69; the
    # even second period adds 0. d is 6 each, f = 58.14 / 18 = 3.23: u = max(1, (5 · 3.23 + D) / 11 / 3.23).
    before = pd.DataFrame([[10, 10, 10, 10], [9, 11, 10, 10], [0, 40, 0, 0]])
    after = pd.DataFrame([[10] * 4] * 3)
    options: dict[str, Any] = {"months_before": 4, "months_after": 4}
    found = change(before.sum(axis=1), after.sum(axis=1), **options, monthly=(before, after))
    assert found["ch_phi"].tolist() == pytest.approx([1, 1, (5 * 3.2300 + 38.69) / 11 / 3.2300], rel=1e-3)
    assert found.attrs["dispersion"] == 1
    one = change(before.sum(axis=1), after.sum(axis=1), **options)
    assert one["ch_phi"].tolist() == [1, 1, 1]
    assert (found["ch_hi"] > one["ch_hi"]).tolist() == [False, False, True]
    # What is given is taken, and single months tell nothing.
    given = change(before.sum(axis=1), after.sum(axis=1), **options, monthly=(before, after), dispersion=2)
    assert given["ch_phi"].tolist() == [2, 2, 2]
    single = (before[[0]], after[[0]])
    few = change(single[0][0], single[1][0], months_before=1, months_after=1, monthly=single)
    assert few["ch_phi"].tolist() == [1, 1, 1]


def test_months_of_other_areas_are_refused() -> None:
    counts, months = series(1, 2), pd.DataFrame([[1], [2]], index=["A", "C"])
    with pytest.raises(DataError) as caught:
        change(counts, counts, months_before=1, months_after=1, monthly=(months, months))
    assert str(caught.value) == (
        "the counts by month are not of the same areas in the same order as those of the periods\n"
        "Hint: align both tables of 'monthly' with n_before.index"
    )


def test_a_few_areas_that_vary_far_more_than_the_others_flag_no_more_maps_than_promised() -> None:
    random = np.random.default_rng(11)
    maps, flagged = 60, {"one": 0, "own": 0}
    phi = np.where(np.arange(200) < 10, 8.0, 1.2)[:, None]
    for _ in range(maps):
        months = pd.DataFrame(random.negative_binomial(10 / (phi - 1), 1 / phi, size=(200, 12)))
        halves = months.iloc[:, :6], months.iloc[:, 6:]
        sums = [half.sum(axis=1) for half in halves]
        for name, monthly in (("one", None), ("own", halves)):
            found = change(*sums, months_before=6, months_after=6, monthly=monthly)
            flagged[name] += bool((found["ch_flag"] != "no clear change").any())
    assert flagged["one"] > 20
    assert flagged["own"] <= 7  # 5 % of 60 maps are 3; more than 7 has a chance of 1 in 100


def test_an_area_without_incidents_is_no_test() -> None:
    result = change(series(0, 5, np.nan), series(0, 30, 4), months_before=12, months_after=12, dispersion=1)
    assert result["ch_p"].iloc[0] == 1
    assert result["ch_q"].iloc[1] == result["ch_p"].iloc[1]  # one area tested: nothing to correct for
    assert result[["ch_p", "ch_q", "ch_all_p", "ch_all_q"]].iloc[2].isna().all()
    assert pd.isna(result["ch_all_fl"].iloc[2])


def test_unlike_areas_lengths_and_counts_are_refused() -> None:
    with pytest.raises(DataError) as error:
        change(series(1, 2), series(1), months_before=12, months_after=12)
    assert error.value.message == "the counts before and after are not of the same areas in the same order"
    assert error.value.hint.startswith("count both periods with the same areas")
    with pytest.raises(DataError) as error:
        change(series(1), series(-1), months_before=12, months_after=12)
    assert error.value.message == "the count of 'E05000000' is negative"
    with pytest.raises(ParameterError) as caught:
        change(series(1), series(1), months_before=12, months_after=12, flagged_by="p")  # type: ignore[arg-type]
    assert (caught.value.message, caught.value.hint) == ("'flagged_by' is 'p'", "use 'q' or 'limits'")
    with pytest.raises(ParameterError) as caught:
        change(series(1), series(1), months_before=12, months_after=0)
    assert caught.value.message == "'months_after' is 0"
    assert caught.value.hint == "give its length in months, such as 12"


def test_rounding_alone_makes_no_area_go_up() -> None:
    # 4 and 5 incidents, rounded to 10, are 0 and 10: z = (10 - 5) / sqrt(10 / 4) = 3.2, and both are far "up"
    # and "down". They stand for 4 and 5 at the nearest: z = (5 - 4.5) / sqrt(9 / 4) = 1 / 3.
    before, after = series(0, 10, 0, 40), series(10, 0, 40, 80)
    periods: dict[str, Any] = {"months_before": 4, "months_after": 4, "dispersion": 1.0}
    taken_as_exact = change(before, after, **periods)
    assert taken_as_exact["ch_flag"].tolist() == ["up", "down", "up", "up"]
    found = change(before, after, **periods, rounded=10)
    assert found["ch_flag"].tolist() == ["no clear change", "no clear change", "up", "up"]
    assert found["ch_p"].iloc[0] == pytest.approx(2 * norm.sf(1 / 3))
    # The limits are those of 44 and 75, and of 35 and 84.
    nearest, farthest = (
        change(series(*two[:1]), series(*two[1:]), **periods) for two in ((44, 75), (35, 84))
    )
    assert found["ch_lo"].iloc[3] == pytest.approx(nearest["ch_lo"].iloc[0])
    assert found["ch_hi"].iloc[3] == pytest.approx(farthest["ch_hi"].iloc[0])
    with pytest.raises(ParameterError, match="'rounded' is 0"):
        change(before, after, **periods, rounded=0)


@given(COUNTS, st.sampled_from([2, 5, 10]), st.sampled_from(["q", "limits"]))
def test_areas_that_go_up_when_rounded_go_up_when_exact(
    counts: list[tuple[int, int]], base: int, flagged_by: Any
) -> None:
    before, after = series(*(one for one, _ in counts)), series(*(one for _, one in counts))
    options: dict[str, Any] = {
        "months_before": 3,
        "months_after": 6,
        "dispersion": 1.5,
        "flagged_by": flagged_by,
    }
    exact = change(before, after, **options)
    shown = [((2 * n + base) // (2 * base)) * base for n in (before, after)]
    found = change(*shown, **options, rounded=base)
    # p and limits of each area are never narrower; q follows, where none is left out as empty by rounding.
    assert (found["ch_p"] >= exact["ch_p"] - 1e-12).all()
    assert (found["ch_lo"].fillna(0) <= exact["ch_lo"].fillna(0) + 1e-9).all()
    if flagged_by == "limits" or (shown[0] + shown[1] > 0).all():
        clear = found["ch_flag"] != "no clear change"
        assert (found["ch_flag"][clear] == exact["ch_flag"][clear]).all()


def test_what_was_rounded_to_none_did_not_fall_by_all() -> None:
    options: dict[str, Any] = {"months_before": 12, "months_after": 12, "dispersion": 1}
    before, after = series(60, 60, 0), series(0, 30, 0)
    rounded = change(before, after, rounded=10, **options)
    assert rounded["ch_text"].tolist() == [
        "down (60 to under 5; too few after for a percentage)",
        "down 50% (60 to 30)",
        "no clear change (under 5 to under 5)",
    ]
    assert rounded["ch_note"].tolist() == [
        "under 5 incidents after: no percentage", "", "under 10 incidents before: no percentage",
    ]  # fmt: skip
    assert change(before, after, **options)["ch_text"].iloc[0] == "down 100% (60 to 0)"
