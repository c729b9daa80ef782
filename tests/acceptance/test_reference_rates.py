"""Rates, intervals, funnels and displacement against published values.

Intervals: the examples and tests of PHEindicatormethods (Public Health England). Displacement: the tests of
ptools and the paper and posts of A. P. Wheeler that they name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.poisson import count_limits, exact_limits, funnel_limits
from hotspots.counting.rates import rate_limits
from hotspots.methods.treatment.displacement import combine_displacements, weighted_displacement


@pytest.mark.parametrize(
    ("count", "level", "lower", "upper"),
    [
        (65, 0.95, 50.1631877, 82.8491385),
        (1045, 0.95, 982.593202, 1110.331213),
        (65, 0.998, 42.8802615, 94.0002908),
        (10, 0.998, 2.91631837, 24.1937249),
    ],
)
def test_byars_limits(count: int, level: float, lower: float, upper: float) -> None:
    assert [float(limit) for limit in count_limits(count, level=level, limits="byar")] == pytest.approx(
        [lower, upper], rel=1e-8
    )


@pytest.mark.parametrize(
    ("count", "level", "lower", "upper"),
    [
        (0, 0.95, 0, 3.68887945),
        (0, 0.998, 0, 6.90775528),
        (1, 0.95, 0.02531781, 5.57164339),
        (5, 0.95, 1.62348639, 11.66833208),
    ],
)
def test_exact_limits_of_few(count: int, level: float, lower: float, upper: float) -> None:
    assert [float(limit) for limit in exact_limits(count, level=level)] == pytest.approx(
        [lower, upper], abs=5e-9
    )
    assert [float(limit) for limit in count_limits(count, level=level, limits="byar")] == pytest.approx(
        [lower, upper], abs=5e-9
    )


def test_the_limits_of_a_rate_are_those_of_its_count() -> None:
    limits = rate_limits(pd.Series([65]), pd.Series([100.0]), months=6, limits="byar")
    # 1000 · (12 / 6) / 100 people is 20 for each incident.
    assert limits["rate_lo"].iloc[0] == pytest.approx(20 * 50.1631877, rel=1e-8)
    assert limits["rate_hi"].iloc[0] == pytest.approx(20 * 82.8491385, rel=1e-8)


@pytest.mark.parametrize(
    ("level", "side", "expected"),
    [
        (0.95, 0, (5.571643, 7.224688, 8.767273, 11.668332)),
        (0.95, 1, (0.0253178, 0.2422093, 0.6186721, 1.6234864)),
        (0.998, 0, (9.233413, 11.228872, 13.062241, 16.454745)),
        (0.998, 1, (0.0010005, 0.0454020, 0.1905334, 0.7393717)),
    ],
)
def test_where_one_two_three_and_five_incidents_touch_a_funnel(
    level: float, side: int, expected: float
) -> None:
    touched = funnel_limits(expected, level=level)[side]
    np.testing.assert_allclose(touched, [1, 2, 3, 5], atol=3e-5)


PHILADELPHIA: dict[str, Any] = {
    "treated": (207, 110),
    "control": (308, 318),
    "displacement_treated": (178, 157),
    "displacement_control": (150, 140),
}


def test_displacement_of_the_paper() -> None:
    result = weighted_displacement(**PHILADELPHIA)
    assert result.total == -118
    assert result.total_se == pytest.approx(1568**0.5)
    assert (round(result.z, 2), round(result.lower), round(result.upper)) == (-2.98, -196, -40)


def test_displacement_with_areas_of_unlike_size() -> None:
    result = weighted_displacement(**PHILADELPHIA, area_weights=(0.9, 1.2, 1.6, 1.5))
    found = (result.total, result.total_se, result.z, result.lower, result.upper)
    assert found == pytest.approx(
        (-99.69444444, 35.4280755, -2.813995483, -169.1321965, -30.25669241), rel=1e-8
    )


def test_displacement_with_periods_of_unlike_length() -> None:
    result = weighted_displacement(treated=(80, 20), control=(100, 50), time_weights=(2, 1))
    assert result.total == -20
    assert result.total_se == pytest.approx(115**0.5)


def test_displacement_of_harm() -> None:
    treated = [(130, 74), (327, 202), (398, 190), (144, 92), (183, 96)]
    control = [(133, 91), (388, 305), (148, 97), (86, 64), (94, 67)]
    each = [weighted_displacement(treated=t, control=c) for t, c in zip(treated, control, strict=True)]
    result = combine_displacements(each, harm=[3, 2, 5, 7, 10])
    found = (result.total, result.total_se, result.z, result.lower, result.upper)
    assert found == pytest.approx(
        (-1721, 304.10360077, -5.65925558, -2317.03210507, -1124.96789493), rel=1e-8
    )
