"""Weighted displacement difference: by hand, in words, and what makes no sense."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.treatment.displacement import (
    combine_displacements,
    displacement_of_areas,
    weighted_displacement,
)

PHILADELPHIA: dict[str, Any] = {
    "treated": (207, 110),
    "control": (308, 318),
    "displacement_treated": (178, 157),
    "displacement_control": (150, 140),
}


def test_displacement_by_hand() -> None:
    # Local: (110 - 207) - (318 - 308) = -107. Around: (157 - 178) - (140 - 150) = -11. Counts: 1,568.
    result = weighted_displacement(**PHILADELPHIA)
    assert (result.local, result.displaced, result.total) == (-107, -11, -118)
    assert result.total_se == pytest.approx(np.sqrt(1568))
    assert result.local_se**2 + result.displaced_se**2 == pytest.approx(1568)
    assert (
        result.sentence()
        == "Fewer incidents than the control areas would suggest: -118 (95% limits -196 to -40)."
    )


def test_displacement_in_words_where_nothing_or_the_contrary_is_clear() -> None:
    unclear = weighted_displacement(treated=(20, 18), control=(20, 20))
    assert unclear.sentence() == "No clear difference from the control areas: -2 (95% limits -19 to 15)."
    worse = weighted_displacement(treated=(20, 90), control=(20, 20))
    assert (
        worse.sentence() == "More incidents than the control areas would suggest: +70 (95% limits 46 to 94)."
    )
    assert np.isnan(weighted_displacement(treated=(0, 0), control=(0, 0)).z)


def test_displacement_refuses_what_makes_no_sense() -> None:
    with pytest.raises(DataError) as error:
        weighted_displacement(treated=(-1, 2), control=(3, 4))
    assert error.value.message == "a count is negative or missing"
    with pytest.raises(ParameterError) as caught:
        weighted_displacement(treated=(1, 2), control=(3, 4), time_weights=(0, 12))
    assert caught.value.message == "a weight is not over 0"
    assert caught.value.hint == "give 'time_weights' and 'area_weights' over 0, such as 12"
    with pytest.raises(ParameterError) as caught:
        combine_displacements([weighted_displacement(treated=(1, 2), control=(3, 4))], harm=[1, 2])
    assert caught.value.message == "1 results have 2 weights, or a weight is negative"
    assert caught.value.hint == "give 'harm' one number for each result, 0 or more"


def test_areas_are_named_by_their_codes() -> None:
    # Treated: A and B, 50 to 30 in twelve and six months: 25 to 30 for six; control C: 40 to 20, 20 to 20.
    before, after = pd.Series([30, 20, 40], index=list("ABC")), pd.Series([20, 10, 20], index=list("ABC"))
    periods: dict[str, Any] = {"months_before": 12, "months_after": 6}
    result = displacement_of_areas(before, after, treated=["A", "B"], control=["C"], **periods)
    assert result.total == pytest.approx(5)
    # 30 + 50/4 + 20 + 40/4
    assert result.total_se == pytest.approx(72.5**0.5)
    with pytest.raises(DataError) as error:
        displacement_of_areas(before, after, treated=["A"], control=["D"], **periods)
    assert error.value.message == "no area has the code 'D'"
    with pytest.raises(DataError) as error:
        displacement_of_areas(before, after, treated=["A"], control=["A"], **periods)
    assert error.value.message == "the area 'A' is given twice"
    assert error.value.hint == "put each area in one group only"


def test_the_variance_is_multiplied_by_the_dispersion() -> None:
    plain = weighted_displacement(treated=(207, 110), control=(308, 318))
    wide = weighted_displacement(treated=(207, 110), control=(308, 318), dispersion=4)
    assert wide.total == plain.total
    assert wide.total_se == pytest.approx(2 * plain.total_se)
    assert wide.z == pytest.approx(plain.z / 2)
    assert wide.dispersion == 4
    with pytest.raises(ParameterError) as caught:
        weighted_displacement(treated=(1, 1), control=(1, 1), dispersion=0)
    assert caught.value.message == "'dispersion' is 0"


def test_of_areas_it_is_estimated_from_both_periods() -> None:
    codes = [f"E{i:02d}" for i in range(20)]
    before, after = pd.Series([10, 20] * 10, index=codes), pd.Series([20, 10] * 10, index=codes)
    options: dict[str, Any] = {
        "months_before": 12,
        "months_after": 12,
        "treated": ["E01"],
        "control": ["E00"],
    }
    found = displacement_of_areas(before, after, **options)
    assert found.dispersion == pytest.approx(40 * 25 / 15 / 19)  # see the tests of dispersion
    given = displacement_of_areas(before, after, **options, dispersion=1)
    assert found.total_se == pytest.approx(given.total_se * found.dispersion**0.5)
    # Two areas are too few to tell it.
    few = displacement_of_areas(before.iloc[:2], after.iloc[:2], **options)
    assert few.dispersion == 1


def test_the_promise_at_5_percent_needs_the_dispersion() -> None:
    random = np.random.default_rng(4)
    runs = 2000
    # φ = 2: a negative binomial of size m and probability 1/2 has mean m and variance 2 m.
    counts = random.negative_binomial(100, 0.5, (runs, 4)).astype(float)
    share = {
        phi: np.mean([
            abs(weighted_displacement(treated=(a, b), control=(c, d), dispersion=phi).z) > 1.959964
            for a, b, c, d in counts
        ])
        for phi in (1, 2)
    }  # fmt: skip
    assert 0.14 < share[1] < 0.19  # 0.166, two standard errors of 0.008 either side and more
    assert 0.035 < share[2] < 0.065
