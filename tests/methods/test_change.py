"""Change between two periods: worked by hand and by property."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.change import change

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


@settings(deadline=None, max_examples=60)
@given(counts=COUNTS, level=st.sampled_from([0.8, 0.95, 0.998]))
def test_swapping_the_periods_turns_everything_round(counts: list[tuple[int, int]], level: float) -> None:
    before, after = series(*(a for a, _ in counts)), series(*(b for _, b in counts))
    there = change(before, after, months_before=12, months_after=6, level=level)
    back = change(after, before, months_before=6, months_after=12, level=level)
    assert there["ch_diff"].tolist() == (-back["ch_diff"]).tolist()
    turned = {"up": "down", "down": "up", "no clear change": "no clear change"}
    assert there["ch_flag"].astype(str).tolist() == back["ch_flag"].astype(str).map(turned).tolist()
    known = (before > 0) & (after > 0)
    np.testing.assert_allclose(there["ch_lo"][known], 1 / back["ch_hi"][known], rtol=1e-9)
    assert there.index.equals(before.index)


@settings(deadline=None, max_examples=60)
@given(counts=COUNTS)
def test_the_flag_is_what_the_limits_say(counts: list[tuple[int, int]]) -> None:
    result = change(
        series(*(a for a, _ in counts)), series(*(b for _, b in counts)), months_before=12, months_after=12
    )
    assert ((result["ch_lo"] > 1) == (result["ch_flag"] == "up")).all()
    assert ((result["ch_hi"] < 1) == (result["ch_flag"] == "down")).all()


def test_unlike_areas_lengths_and_counts_are_refused() -> None:
    with pytest.raises(DataError) as error:
        change(series(1, 2), series(1), months_before=12, months_after=12)
    assert error.value.message == "the counts before and after are not of the same areas in the same order"
    assert error.value.hint.startswith("count both periods with the same areas")
    with pytest.raises(DataError) as error:
        change(series(1), series(-1), months_before=12, months_after=12)
    assert error.value.message == "the count of 'E05000000' is negative"
    with pytest.raises(ParameterError) as caught:
        change(series(1), series(1), months_before=12, months_after=0)
    assert caught.value.message == "'months_after' is 0"
    assert caught.value.hint == "give its length in months, such as 12"
