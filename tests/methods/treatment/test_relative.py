"""The relative effect: by hand, in words, its promise, and what makes no sense."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.treatment.relative import relative_effect


def test_by_hand() -> None:
    # (110 / 207) / (318 / 308) = .531401 / 1.032468; 1/207 + 1/110 + 1/308 + 1/318 = .0203133, its root .1425251;
    # 1.959964 times that is .279344, whose exponential is 1.322262.
    found = relative_effect(treated=(207, 110), control=(308, 318))
    assert found.ratio == pytest.approx(0.514690, abs=1e-6)
    assert found.log_se == pytest.approx(0.142525, abs=1e-6)
    assert (found.lower, found.upper) == pytest.approx((0.514690 / 1.322262, 0.514690 * 1.322262), rel=1e-5)
    # log .514690 = -.664191 is 4.6602 standard errors from 0.
    assert found.p == pytest.approx(3.16e-6, rel=0.01)


def test_the_dispersion_and_the_level_widen_the_limits() -> None:
    plain = relative_effect(treated=(207, 110), control=(308, 318))
    wide = relative_effect(treated=(207, 110), control=(308, 318), dispersion=4)
    assert wide.ratio == plain.ratio
    assert wide.log_se == pytest.approx(2 * plain.log_se)
    assert wide.dispersion == 4
    assert relative_effect(treated=(207, 110), control=(308, 318), level=0.8).upper < plain.upper


def test_like_changes_are_no_effect_whatever_the_size() -> None:
    found = relative_effect(treated=(20, 30), control=(2000, 3000))
    assert found.ratio == pytest.approx(1)
    assert found.p == pytest.approx(1)


def test_a_count_of_0_tells_nothing() -> None:
    found = relative_effect(treated=(20, 0), control=(20, 20))
    assert all(math.isnan(each) for each in (found.ratio, found.lower, found.upper, found.log_se, found.p))
    assert found.sentence() == "No relative effect can be told, because a count is 0."


def test_messages() -> None:
    with pytest.raises(DataError) as error:
        relative_effect(treated=(-1, 2), control=(3, 4))
    assert error.value.message == "a count is negative or missing"
    with pytest.raises(ParameterError) as caught:
        relative_effect(treated=(1, 2), control=(3, 4), dispersion=0)
    assert caught.value.message == "'dispersion' is 0"


def test_the_promise_at_5_percent_needs_the_dispersion() -> None:
    random = np.random.default_rng(4)
    # φ = 2: a negative binomial of size m and probability 1/2 has mean m and variance 2 m.
    counts = random.negative_binomial(100, 0.5, (2000, 4)).astype(float)
    share = {
        phi: np.mean([
            relative_effect(treated=(a, b), control=(c, d), dispersion=phi).p < 0.05 for a, b, c, d in counts
        ])
        for phi in (1.0, 2.0)
    }  # fmt: skip
    assert 0.13 < share[1] < 0.20
    assert 0.035 < share[2] < 0.065
