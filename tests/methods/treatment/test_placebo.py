"""Placebo areas: p by hand, who may be one, what falls back by itself, and what makes no sense."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.treatment.placebo import placebo_effects

CODES = [f"E{i:02}" for i in range(40)]


def table(before: Any, after: Any) -> tuple[pd.Series, pd.Series]:
    return pd.Series(before, index=CODES, dtype=float), pd.Series(after, index=CODES, dtype=float)


def test_by_hand() -> None:
    # 39 placebos of 50, now 31 to 69. 34 is the fourth lowest of them (31, 32, 33, 34): p = 2 · (4 + 1) / 40.
    before, after = table([50] * 40, [34, *range(31, 70)])
    found = placebo_effects(before, after, treated=["E00"])
    assert found.p == pytest.approx(0.25)
    assert (found.effect, found.middle, found.placebos) == (0.68, 1.0, 39)
    # The 2.5% quantile of 39 values in steps of .02 from .62: .62 + 38 · .025 · .02 = .639.
    assert (found.lower, found.upper) == pytest.approx((0.639, 1.361))
    assert found.sentence() == (
        "Areas with as many incidents before, where nothing was done, came to 1.00 times as many "
        "(95% of them 0.64 to 1.36); the treated ones to 0.68 (p 0.25, from 39 placebos)."
    )


def test_in_the_middle_p_is_1_and_a_rise_counts_as_a_fall_does() -> None:
    before, after = table([50] * 40, [50, *range(31, 70)])
    assert placebo_effects(before, after, treated=["E00"]).p == 1
    before, after = table([50] * 40, [200, *range(31, 70)])
    assert placebo_effects(before, after, treated=["E00"]).p == pytest.approx(0.05)


def test_the_lengths_of_the_periods_are_allowed_for() -> None:
    before, after = table([50] * 40, [34, *range(31, 70)])
    found = placebo_effects(before, after, treated=["E00"], months_before=12, months_after=6)
    assert found.effect == pytest.approx(1.36)
    assert found.p == pytest.approx(0.25)


def test_placebos_have_half_to_twice_as_many_before_and_are_not_left_out() -> None:
    before, after = table([50] * 40, range(30, 70))
    before.iloc[1:4] = [24, 101, 0]
    found = placebo_effects(before, after, treated=["E00"], leave_out=["E10", "E11"])
    assert found.placebos == 40 - 1 - 3 - 2
    before.iloc[1:3] = [25, 100]
    assert placebo_effects(before, after, treated=["E00"], leave_out=["E10", "E11"]).placebos == 36


def test_too_few_placebos_give_no_p() -> None:
    before, after = table([50] * 40, range(30, 70))
    before.iloc[19:] = 500
    found = placebo_effects(before, after, treated=["E00"])
    assert math.isnan(found.p)
    assert found.placebos == 18
    assert found.sentence() == (
        "Areas with as many incidents before: 18, too few to say how often such a change comes by itself."
    )


def test_several_treated_areas_are_replaced_by_as_many_others() -> None:
    before, after = table([50] * 40, [10, 10, 10, *[50] * 37])
    found = placebo_effects(before, after, treated=["E00", "E01", "E02"], runs=199, seed=1)
    assert found.placebos == 199
    assert (found.middle, found.lower, found.upper) == (1, 1, 1)
    assert found.p == pytest.approx(2 / 200)
    again = placebo_effects(before, after, treated=["E00", "E01", "E02"], runs=199, seed=1)
    assert found == again
    noisy = np.random.default_rng(1).poisson(50, 40)
    one, other = (
        placebo_effects(*table([50] * 40, noisy), treated=["E00", "E01"], seed=seed) for seed in (1, 2)
    )
    assert one != other


def test_areas_picked_because_they_were_high_are_not_called_a_success() -> None:
    """Nothing is done anywhere. The highest of 40 alike areas falls by a third, and p promises 5% and keeps it."""
    random, fell, found = np.random.default_rng(3), [], []
    for _ in range(200):
        before, after = table(random.poisson(20, 40), random.poisson(20, 40))
        found.append(placebo_effects(before, after, treated=[str(before.idxmax())]))
        fell.append(found[-1].effect)
    assert 0.6 < np.mean(fell) < 0.7
    assert np.mean([each.p <= 0.05 for each in found]) <= 0.05
    assert (
        np.nanmean([each.middle for each in found]) < 1
    )  # others like it fall too, though less than the highest


def test_p_is_spread_evenly_where_nothing_was_done() -> None:
    random = np.random.default_rng(5)
    p = [placebo_effects(*table(*random.poisson(900, (2, 40))), treated=["E07"]).p for _ in range(400)]
    assert 0.02 < np.mean([each <= 0.05 for each in p]) < 0.085  # 5%, with a standard error of 1.1
    assert 0.42 < np.mean([each <= 0.5 for each in p]) < 0.58


def test_messages() -> None:
    before, after = table([50] * 40, [50] * 40)
    with pytest.raises(DataError) as error:
        placebo_effects(before, after, treated=["E99"])
    assert error.value.message == "no area has the code 'E99'"
    with pytest.raises(ParameterError) as caught:
        placebo_effects(before, after, treated=[])
    assert caught.value.message == "no area is treated"
    with pytest.raises(ParameterError) as caught:
        placebo_effects(before, after, treated=["E00"], runs=18)
    assert caught.value.message == "'runs' is 18, too few for a p value"
    before["E00"] = 0
    with pytest.raises(DataError) as error:
        placebo_effects(before, after, treated=["E00"])
    assert error.value.message == "the treated areas had no incident before"
