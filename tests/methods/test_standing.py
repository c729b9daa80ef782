"""Which areas are newly, still and no longer above the average."""

from __future__ import annotations

import pandas as pd
import pytest

from hotspots.base.errors import DataError
from hotspots.methods.meansd import flag_mean_sd
from hotspots.methods.standing import standing


def test_each_standing_by_hand() -> None:
    codes = list("abcdefgh")
    # Eight areas: mean 25, sum of squares 2 * 75^2 + 6 * 25^2 = 15,000, population SD sqrt(1,875) = 43.3.
    before = pd.Series([100.0, 100, 0, 0, 0, 0, 0, 0], index=codes)
    after = pd.Series([100.0, 0, 100, 70, 0, 0, 0, 0], index=codes)
    flags = [flag_mean_sd(values, ddof=0, near=0.2) for values in (before, after)]
    # After: mean 33.75; squares 2 * 66.25^2 + 36.25^2 + 5 * 33.75^2 = 15,787.5; SD 44.42; threshold 78.17;
    # d lies 8.17 = 0.18 SD under it.
    found = standing(*flags)
    assert found["sd_since"].tolist() == [
        "still above", "no longer above", "newly above", "narrowly below", *["not above"] * 4
    ]  # fmt: skip
    assert found["sd_before"].tolist()[:3] == ["above", "above", "average"]
    assert found["sd_after"].tolist()[:4] == ["above", "average", "above", "average"]
    near = standing(flags[0], flag_mean_sd(after, ddof=0, near=0.1))
    assert near.loc["d", "sd_since"] == "not above"


def test_an_area_without_a_value_has_no_standing() -> None:
    before = flag_mean_sd(pd.Series([1.0, 2, 3, 4, 5, 6, None]))
    after = flag_mean_sd(pd.Series([1.0, 2, 3, 4, 5, 6, 7]))
    assert standing(before, after)["sd_since"].isna().tolist() == [False] * 6 + [True]


def test_other_areas_are_refused() -> None:
    one = flag_mean_sd(pd.Series(range(6), index=list("abcdef")))
    other = flag_mean_sd(pd.Series(range(6), index=list("fedcba")))
    with pytest.raises(DataError) as caught:
        standing(one, other)
    assert (
        str(caught.value.message) == "the flags before and after are not of the same areas in the same order"
    )
