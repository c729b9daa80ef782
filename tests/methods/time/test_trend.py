"""A trend by Mann-Kendall: by hand, by every order of small series, and published values."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.base.errors import ParameterError
from hotspots.methods.time.trend import mann_kendall


def test_twelve_rising_months() -> None:
    # S = 12 · 11 / 2; V = 12 · 11 · 29 / 18 = 212.67; z = 65 / √V
    found = mann_kendall([range(1, 13)]).loc[0]
    assert found["s"] == 66
    assert found["z"] == pytest.approx(4.457216, abs=1e-6)


def test_a_published_series_with_ties() -> None:
    # pymannkendall and R's Kendall: z 2.7802, p 0.005433
    series = [2.1, 1.4, 2.1, 3.3, 2.9, 2.9, 4.0, 3.1, 4.4, 2.9, 5.0, 4.4]
    found = mann_kendall([series]).loc[0]
    assert found["s"] == 41
    assert found["z"] == pytest.approx(2.780192187, abs=1e-9)
    assert found["p"] == pytest.approx(0.005432674, abs=1e-9)


@pytest.mark.parametrize("n", [5, 6, 7, 10])
def test_the_least_exact_p_is_of_one_order_up_and_one_down(n: int) -> None:
    found = mann_kendall([range(n), range(n, 0, -1)])
    assert found["p"].tolist() == pytest.approx([2 / factorial(n)] * 2, rel=1e-12)
    assert found["s"].tolist() == [n * (n - 1) / 2, -n * (n - 1) / 2]


@given(st.lists(st.integers(0, 4), min_size=5, max_size=6))
def test_exact_p_is_the_share_of_all_orders(series: list[int]) -> None:
    def s_of(values: tuple[int, ...]) -> int:
        return sum(np.sign(b - a) for i, a in enumerate(values) for b in values[i + 1 :])

    every = [abs(s_of(order)) for order in permutations(series)]
    expected = np.mean([one >= abs(s_of(tuple(series))) for one in every])
    found = mann_kendall([series])
    assert found["p"].item() == pytest.approx(expected, abs=1e-12)


def test_equal_values_have_no_trend() -> None:
    for n in (6, 12):
        assert mann_kendall([[3] * n]).to_numpy().tolist() == [[0, 0, 1]]


def test_rows_keep_their_index_and_one_that_lacks_a_value_has_none() -> None:
    table = pd.DataFrame([[1, 2, 3, 4, 5], [1, 2, None, 4, 5]], index=["a", "b"])
    found = mann_kendall(table)
    assert list(found.index) == ["a", "b"]
    assert found.loc["a", "p"] == pytest.approx(2 / 120)
    assert found.loc["b"].isna().all()


def test_four_values_are_too_few() -> None:
    with pytest.raises(ParameterError) as caught:
        mann_kendall([[1, 2, 3, 4]])
    assert caught.value.message == "a trend cannot be told from 4 values"
    assert caught.value.hint == "give 5 or more, one after the other in time"
