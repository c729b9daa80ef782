"""Accuracy of a prediction: the published values of ptools, by hand, and by property."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.accuracy import accuracy, accuracy_at


def series(*values: Any) -> Any:
    return pd.Series(values, index=[f"E0500000{i}" for i in range(len(values))], dtype="float64")


def test_ptools_first_example() -> None:
    found = accuracy(series(3, 2, 1), series(6, 3, 0), series(1, 1, 1))
    assert found["pai"].tolist() == [2, 1.5, 1]
    assert found["pei"].tolist() == [1, 1, 1]


def test_ptools_second_example_with_its_tie() -> None:
    # Predicted 8, 4, 4, 2, 1, 0: of the two fours the one with 3 observed comes before the one with 7.
    found = accuracy(series(8, 4, 4, 2, 1, 0), series(6, 7, 3, 2, 1, 0), series(1, 1, 1, 1, 1, 1))
    assert found.index.tolist() == [f"E0500000{i}" for i in (0, 2, 1, 3, 4, 5)]
    assert found["pai"].round(4).tolist() == [1.8947, 1.4211, 1.6842, 1.4211, 1.2, 1]
    assert found["pei"].round(4).tolist() == [0.8571, 0.6923, 1, 1, 1, 1]
    assert found["recovery"].round(4).tolist() == [1.3333, 1.3333, 1, 1, 1, 1]


def test_by_hand_with_areas_of_unequal_size() -> None:
    # Per km²: 4 / 1, 6 / 3, 1 / 1; taken in that order. Observed 5, 4, 1 of 10 on 1, 3, 1 of 5 km².
    found = accuracy(series(4, 6, 1), series(5, 4, 1), series(1, 3, 1))
    assert found["hit_rate"].tolist() == [0.5, 0.9, 1]
    assert found["ground"].tolist() == [0.2, 0.8, 1]
    assert found["pai"].tolist() == pytest.approx([2.5, 1.125, 1])
    assert found["ser"].tolist() == pytest.approx([5, 9 / 4, 2])
    # By the number as it is, the second comes first.
    assert accuracy(series(4, 6, 1), series(5, 4, 1), series(1, 3, 1), per_km2=False).index[0] == "E05000001"


def test_nothing_observed_yet_has_no_rri_and_the_unknown_come_last() -> None:
    found = accuracy(series(3, np.nan, 1), series(0, 4, 1), series(1, 1, 1))
    assert found.index.tolist() == ["E05000000", "E05000002", "E05000001"]
    assert np.isnan(found["recovery"].iloc[0])
    assert found["recovery"].iloc[1] == 4


def test_a_share_of_the_ground_ends_within_an_area() -> None:
    # 30 % of 5 km² is 1.5: the first (1 km², 5 incidents) and a sixth of the second (3 km², 4 incidents).
    found = accuracy_at(series(4, 6, 1), series(5, 4, 1), series(1, 3, 1), ground=0.3)
    assert found["n"] == pytest.approx(5 + 4 / 6)
    assert found["pai"] == pytest.approx((5 + 4 / 6) / 10 / 0.3)
    assert found["recovery"] == pytest.approx((4 + 1) / (5 + 4 / 6))
    assert found["km2"] == 1.5
    assert found["pei"] == pytest.approx(1)


areas = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 20), min_size=n, max_size=n),
        st.lists(st.integers(0, 20), min_size=n, max_size=n).filter(any),
        st.lists(st.floats(0.1, 10), min_size=n, max_size=n),
    )
)


@settings(max_examples=60)
@given(areas)
def test_what_always_holds(table: Any) -> None:
    predicted, observed, km2 = (pd.Series(values, dtype="float64") for values in table)
    found = accuracy(predicted, observed, km2)
    assert found["hit_rate"].iloc[-1] == pytest.approx(1)
    assert found["pai"].iloc[-1] == pytest.approx(1)
    assert found["pei"].between(0, 1 + 1e-9).all()
    assert found["hit_rate"].is_monotonic_increasing
    # No choice of the same ground does better than the perfect prediction.
    perfect = accuracy(observed, observed, km2)
    assert perfect["pei"].to_numpy() == pytest.approx(1)
    # Scaling the ground or the prediction changes nothing.
    again = accuracy(predicted * 3, observed, km2 * 7)
    assert again["pai"].tolist() == pytest.approx(found["pai"].tolist())


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (
            {"observed": series(0, 0, 0)},
            "nothing was observed, so there is nothing to score",
            "choose a period or a category with incidents",
        ),
        (
            {"km2": series(1, 0, 1)},
            "the area 'E05000001' has no size",
            "give 'km2', over 0, for every area",
        ),
        (
            {"observed": series(1, 1)},
            "'observed' lacks the area 'E05000002'",
            "give 'observed' for every area predicted",
        ),
        (
            {"ground": 5},
            "'ground' is 5, but a share lies between 0 and 1",
            "set 'ground' to a share such as 0.05",
        ),
    ],
)
def test_messages(options: Any, message: str, hint: str) -> None:
    given = {"observed": series(1, 2, 3), "km2": series(1, 1, 1), "ground": 0.5} | options
    with pytest.raises((DataError, ParameterError)) as caught:
        accuracy_at(series(3, 2, 1), given["observed"], given["km2"], ground=given["ground"])
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_penalised_recapture_and_jaccard_by_hand() -> None:
    # Four areas of 1 km², half of the ground taken: a and b are predicted, a and c turn out densest.
    codes = list("abcd")
    predicted = pd.Series([8.0, 4.0, 2.0, 1.0], index=codes)
    observed = pd.Series([6, 1, 3, 0], index=codes)
    earlier = pd.Series([8, 4, 2, 2], index=codes)
    found = accuracy_at(predicted, observed, pd.Series(1.0, index=codes), ground=0.5, earlier=earlier)
    assert found["hit_rate"] == 0.7
    assert found["pai"] == pytest.approx(1.4)
    assert found["ppai"] == pytest.approx(0.7 / 0.5**0.5)
    assert found["recovery"] == pytest.approx(12 / 7)
    assert found["recapture"] == pytest.approx(0.7 / (12 / 16))  # both over the same half of the ground
    assert found["jaccard"] == pytest.approx(1 / 3)
    # A tenth less ground: b is taken to four fifths, and so is c of the truth: a over a, b and c in part.
    part = accuracy_at(predicted, observed, pd.Series(1.0, index=codes), ground=0.45)
    assert part["jaccard"] == pytest.approx(1 / 2.6)
    assert np.isnan(part["recapture"])
