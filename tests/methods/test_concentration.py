"""Concentration: by hand, and by what must hold for any counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.concentration import concentration, lorenz

COUNTS = st.lists(st.integers(0, 30), min_size=2, max_size=40).filter(any)


def test_by_hand() -> None:
    # Ascending shares .1 .1 .2 .6: 2 (1 · .1 + 2 · .1 + 3 · .2 + 4 · .6) - 5 = 1.6; over 4 areas: 0.4.
    found = concentration(pd.Series([6, 2, 1, 1]))
    assert found.gini == pytest.approx(0.4)
    assert found.gini_few == pytest.approx(0.4)
    # The first area holds 60 %, the first two 80 %.
    assert found.smallest == {0.25: 0.25, 0.5: 0.25, 0.8: 0.5}


def test_fewer_incidents_than_areas_are_not_concentrated_by_that_alone() -> None:
    # Two incidents in two of ten areas: as even as can be.
    even = concentration(pd.Series([1, 1, *[0] * 8]))
    assert even.gini == pytest.approx(0.8)
    assert even.gini_few == pytest.approx(0)
    # Both in one area: 1 - 1 / 2.
    assert concentration(pd.Series([2, *[0] * 9])).gini_few == pytest.approx(0.5)


@settings(max_examples=60)
@given(COUNTS)
def test_what_always_holds(counts: Any) -> None:
    found = concentration(pd.Series(counts))
    assert -1e-9 <= found.gini_few <= found.gini + 1e-9
    assert found.gini < 1
    x = np.array(counts, dtype=float)
    differences = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert found.gini == pytest.approx(differences)
    for share, smallest in found.smallest.items():
        held = np.sort(x)[::-1].cumsum() / x.sum()
        taken = round(smallest * len(x))
        assert held[taken - 1] >= share - 1e-9
        assert taken == 1 or held[taken - 2] < share
    curve = lorenz(pd.Series(counts))
    assert curve.iloc[0].tolist() == [0, 0]
    assert curve.iloc[-1].tolist() == pytest.approx([1, 1])
    # From the most to the fewest the curve lies above the diagonal; the area between is half the Gini.
    between = np.trapezoid(curve["share_n"] - curve["share_areas"], curve["share_areas"])
    assert found.gini == pytest.approx(2 * between)


def test_in_words() -> None:
    assert concentration(pd.Series([6, 2, 1, 1])).sentence(noun="ward") == (
        "Of 10 incidents, 25% in 25.0%, 50% in 25.0%, 80% in 50.0% of the 4 wards (Gini 0.40)."
    )
    assert concentration(pd.Series([1, 1, *[0] * 8])).sentence(noun="cell") == (
        "Of 2 incidents, 25% in 10.0%, 50% in 10.0%, 80% in 20.0% of the 10 cells "
        "(Gini 0.00, corrected for fewer incidents than cells; 0.80 uncorrected)."
    )


def test_messages() -> None:
    with pytest.raises(DataError) as caught:
        concentration(pd.Series([0, 0]))
    assert caught.value.message == "there are no incidents, so nothing is concentrated"
    assert caught.value.hint == "choose a category with incidents"
    with pytest.raises(DataError) as caught:
        lorenz(pd.Series([1, -2], index=["a", "b"]))
    assert caught.value.message == "the count of 'b' is -2, but must be 0 or more"
    assert caught.value.hint == "leave out areas without a count"
    with pytest.raises(ParameterError) as caught:
        concentration(pd.Series([1, 2]), shares=[50])
    assert caught.value.message == "'shares' holds 50"
    assert caught.value.hint == "use shares between 0 and 1, such as 0.5"
