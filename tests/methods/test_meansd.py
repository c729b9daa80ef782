"""Mean + SD flags: by hand, on the thresholds, against mapclassify, and the bound on a score."""

from __future__ import annotations

import logging
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.methods.meansd import SD_FLAGS, flag_mean_sd


def series(values: Any) -> pd.Series[Any]:
    return pd.Series(values, index=[f"E{number:08}" for number in range(len(values))], dtype=float)


def test_hand_worked_flags() -> None:
    # Mean (5 * 10 + 2 * 16 + 30) / 8 = 14; squared deviations 5 * 16 + 2 * 4 + 256 = 344; sample SD
    # sqrt(344 / 7) = 7.0102: above from 21.0102, significantly above from 28.0205.
    result = flag_mean_sd(series([10, 10, 10, 10, 10, 16, 16, 30]))
    sd = (344 / 7) ** 0.5
    assert list(result) == ["sd_flag", "sd_score", "sd_mean", "sd_above", "sd_signif", "sd_margin", "sd_near"]
    assert result["sd_flag"].tolist() == ["average"] * 7 + ["significantly above"]
    assert result["sd_score"].to_numpy() == pytest.approx(np.array([-4, -4, -4, -4, -4, 2, 2, 16]) / sd)
    assert (result["sd_mean"] == 14).all()
    assert result["sd_above"].to_numpy() == pytest.approx(14 + sd)
    assert result["sd_signif"].to_numpy() == pytest.approx(14 + 2 * sd)
    # The nearest thresholds: 14 - sd = 6.99 for 10, 21.01 for 16, 28.02 for 30.
    assert result["sd_margin"].to_numpy() == pytest.approx([sd - 4] * 5 + [2 - sd] * 2 + [16 - 2 * sd])
    assert not result["sd_near"].any()


def test_a_value_on_a_threshold_belongs_to_the_class_nearer_the_average() -> None:
    # Mean 0; squares 2 * 16 + 2 * 4 + 0 = 40 over n = 10: population SD 2, exactly. So 4 and -4 stand on the
    # outer thresholds and 2 and -2 on the inner ones.
    values = series([-4, 4, -2, 2, 0, 0, 0, 0, 0, 0])
    result = flag_mean_sd(values, ddof=0)
    assert result["sd_above"].iloc[0] == 2
    assert result["sd_flag"].tolist()[:4] == ["below", "above", "average", "average"]
    assert result["sd_margin"].tolist()[:4] == [0, 0, 0, 0]
    assert result["sd_near"].tolist()[:4] == [True] * 4
    # In the middle both inner thresholds are 2 away: the higher counts.
    assert result["sd_margin"].iloc[4] == -2


def test_all_five_flags_and_their_order() -> None:
    values = series([-9, -4, *[-1, 0, 1] * 6, 4, 9])
    result = flag_mean_sd(values)
    assert result["sd_flag"].cat.ordered
    assert list(result["sd_flag"].cat.categories) == list(SD_FLAGS)
    assert result["sd_flag"].iloc[[0, 1, 2, -2, -1]].tolist() == list(SD_FLAGS)


def test_mirrored_values_have_mirrored_flags() -> None:
    values = series(np.random.default_rng(0).normal(size=60))
    up, down = flag_mean_sd(values)["sd_flag"], flag_mean_sd(-values)["sd_flag"]
    assert (up.cat.codes == 4 - down.cat.codes).all()


def test_near_is_counted_in_sds() -> None:
    # Population SD 2 as above plus a value at 1.75: near the threshold of "above" if near is 0.2 SD, not if
    # 0.1.
    base = [-4.0, 4, -2, 2, 0, 0, 0, 0, 0, 0]
    values = series([*base, 1.75])
    sd = float(values.std(ddof=0))
    margin = 1.75 - (float(values.mean()) + sd)
    for near in (0.05, 0.1, 0.3):
        result = flag_mean_sd(values, ddof=0, near=near)
        assert result["sd_margin"].iloc[-1] == pytest.approx(margin)
        assert bool(result["sd_near"].iloc[-1]) == (abs(margin) <= near * sd)
    assert flag_mean_sd(series(base), ddof=0, near=0)["sd_near"].tolist() == [True] * 4 + [False] * 6


def test_missing_values_are_left_out() -> None:
    values = series([10, 10, np.nan, 10, 10, 10, 16, 16, np.nan, 30])
    result = flag_mean_sd(values)
    expected = flag_mean_sd(values.dropna())
    pd.testing.assert_frame_equal(result.dropna(), expected)
    gaps = result.iloc[[2, 8]]
    assert gaps[["sd_flag", "sd_score", "sd_margin", "sd_near"]].isna().all(axis=None)
    assert (gaps["sd_mean"] == 14).all()


def test_within_groups_each_is_its_own_scope() -> None:
    rng = np.random.default_rng(1)
    values = series(rng.normal(size=40))
    district = pd.Series(np.where(np.arange(40) % 3 == 0, "Leeds", "Bradford"), index=values.index)
    district.iloc[5] = None
    result = flag_mean_sd(values, within=district.iloc[::-1])
    assert result.index.equals(values.index)
    for name in ("Leeds", "Bradford"):
        members = (district == name).to_numpy()
        pd.testing.assert_frame_equal(result[members], flag_mean_sd(values[members]))
    assert result.iloc[5].isna().all()


def test_categories_without_areas_are_no_groups() -> None:
    values = series(range(12))
    peers = pd.Series(
        pd.Categorical(["rural"] * 6 + ["town"] * 6, categories=["coast", "rural", "town"]), values.index
    )
    assert flag_mean_sd(values, within=peers)["sd_mean"].tolist() == [2.5] * 6 + [8.5] * 6


def test_equal_values_have_no_flag() -> None:
    with pytest.warns(HotspotsWarning) as caught:
        result = flag_mean_sd(series([7.1] * 9))
    assert str(caught[0].message) == "all 9 values are equal, so none is above or below the average"
    assert caught[0].filename == __file__
    assert result[["sd_flag", "sd_score", "sd_near"]].isna().all(axis=None)
    assert result["sd_mean"].to_numpy() == pytest.approx(7.1)
    labels = pd.Series(["A"] * 6 + ["B"] * 6, index=series(range(12)).index)
    with pytest.warns(HotspotsWarning, match="all 6 values in 'A' are equal, so none is above"):
        result = flag_mean_sd(series([1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6]), within=labels)
    assert result["sd_flag"].notna().tolist() == [False] * 6 + [True] * 6


def test_the_choice_is_announced(caplog: pytest.LogCaptureFixture) -> None:
    values = series([10, 10, 10, 10, 10, 16, 16, 30])
    with caplog.at_level(logging.INFO, logger="hotspots"):
        flag_mean_sd(values)
        flag_mean_sd(values, ddof=0, within=pd.Series("Leeds", index=values.index))
    assert caplog.messages == [
        "Mean 14, sample SD 7.01 (ddof 1) of 8 areas: above from 21.01, significantly above from 28.02",
        "Mean 14, population SD 6.557 (ddof 0) of 8 areas in 'Leeds': above from 20.56, "
        "significantly above from 27.11",
    ]


@pytest.mark.parametrize("seed", range(5))
def test_mapclassify_agrees(seed: int) -> None:
    # Its classes are closed on the right, so on the lower thresholds a value is one class lower than here;
    # random values do not stand there.
    from mapclassify import StdMean

    rng = np.random.default_rng(seed)
    values = series(rng.gamma(1.5, 30, 80))
    result = flag_mean_sd(values)
    theirs = StdMean(values.to_numpy())
    inner, outer = theirs.bins[-3:-1] if len(theirs.bins) == 5 else theirs.bins[2:4]
    assert result["sd_above"].iloc[0] == pytest.approx(inner, rel=1e-12)
    assert result["sd_signif"].iloc[0] == pytest.approx(outer, rel=1e-12)
    assert result["sd_flag"].cat.codes.tolist() == theirs.yb.tolist()


@settings(max_examples=100)
@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=40), st.sampled_from([0, 1]))
def test_no_score_passes_its_bound(values: list[float], ddof: Literal[0, 1]) -> None:
    assume(np.ptp(values) > 1e-3)
    n = len(values)
    bound = (n - 1) / n**0.5 if ddof else (n - 1) ** 0.5
    result = flag_mean_sd(series(values), ddof=ddof)
    assert result["sd_score"].abs().max() <= bound * (1 + 1e-9)
    extreme = flag_mean_sd(series([1e6] + [0] * (n - 1)), ddof=ddof)
    assert extreme["sd_score"].iloc[0] == pytest.approx(bound)
    assert extreme["sd_flag"].iloc[0] == "significantly above"


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_order_unit_and_origin_change_no_flag(seed: int, unit: float, origin: float) -> None:
    rng = np.random.default_rng(seed)
    values = series(rng.normal(size=30))
    first = flag_mean_sd(values)
    second = flag_mean_sd((values * unit + origin).iloc[rng.permutation(30)]).loc[values.index]
    assert first["sd_flag"].tolist() == second["sd_flag"].tolist()
    np.testing.assert_allclose(first["sd_margin"] * unit, second["sd_margin"], atol=1e-9 * max(1, unit))


def refusal(kind: type[Exception], *positional: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(kind) as error:
        flag_mean_sd(*positional, **options)
    caught: Any = error.value
    return caught.message, caught.hint


def test_fewer_than_six_areas_are_refused_with_the_reason() -> None:
    together = "compare with all areas, or put small groups together in 'within'"
    five = series([1, 2, 3, 4, 5])
    assert refusal(ParameterError, five) == (
        "5 areas with a value, but at least 6 are needed for a value to exceed the mean by 2 SD: "
        "among 5 the largest possible score is 1.79 SD",
        together,
    )
    assert refusal(ParameterError, five, ddof=0)[0].endswith("among 5 the largest possible score is 2.00 SD")
    labels = pd.Series(["Leeds"] * 7 + ["Ryedale"], index=series(range(8)).index)
    assert refusal(ParameterError, series(range(8)), within=labels) == (
        "1 area with a value in 'Ryedale', but at least 6 are needed for a value to exceed the mean by 2 SD",
        together,
    )
    gaps = series([1, 2, 3, 4, 5, np.nan])
    assert refusal(ParameterError, gaps)[0].startswith("5 areas with a value, but at least 6")


def test_values_and_options_that_make_no_sense() -> None:
    values = series(range(8))
    assert refusal(DataError, values.astype(str)) == (
        "the values are str, but numbers are needed",
        "choose a column of numbers",
    )
    assert refusal(DataError, values.replace(3, -np.inf)) == (
        "the value of 'E00000003' is infinite",
        "make it NaN where nothing is known",
    )
    assert refusal(ParameterError, values, ddof=2) == (
        "'ddof' is 2, but only 0 and 1 are defined",
        "set 'ddof' to 1, the sample SD",
    )
    assert refusal(ParameterError, values, near=-0.1) == (
        "'near' is -0.1 SD, but must be 0 or more",
        "set 'near' in SDs, such as 0.1",
    )
    labels = pd.Series("Leeds", index=values.index)
    assert refusal(DataError, values, within=labels.iloc[2:]) == (
        "2 of 8 areas have no row in 'within', such as 'E00000000'",
        "give every area a label: its district, or its peer group",
    )
    assert refusal(DataError, values, within=labels.iloc[[0, 0, 1, 2, 3, 4, 5, 6, 7]]) == (
        "the code 'E00000000' has more than one label in 'within'",
        "give one label per area",
    )
