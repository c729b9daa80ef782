from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hotspots.base.binomial import share_limits
from hotspots.base.errors import ParameterError


@pytest.mark.parametrize(("x", "of"), [(0, 10), (1, 10), (13, 120), (120, 120)])
def test_limits_are_the_shares_under_which_the_count_is_just_strange(x: int, of: int) -> None:
    # Against scipy's own exact interval.
    expected = stats.binomtest(x, of).proportion_ci(0.95, "exact")
    lower, upper = share_limits([x], [of])
    assert (lower[0], upper[0]) == pytest.approx((expected.low, expected.high))


def test_dispersion_widens_as_if_there_were_fewer() -> None:
    # 20 of 100 with a dispersion of 2 is as sure as 10 of 50.
    assert np.allclose(share_limits([20], [100], dispersion=2), share_limits([10], [50]))


def test_of_none_there_are_no_limits() -> None:
    assert np.isnan(share_limits([0], [0])).all()


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ParameterError, match="'level' is 95"):
        share_limits([1], [2], level=95)
