from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError
from hotspots.methods.breakdown import breakdown

N = pd.Series({"10-17": 60, "18-24": 90, "25 and over": 150})
PEOPLE = pd.Series({"10-17": 10_000.0, "18-24": 10_000.0, "25 and over": 80_000.0})


def test_shares_and_index_by_hand() -> None:
    found = breakdown(N, PEOPLE)
    assert found["share_n"].tolist() == pytest.approx([0.2, 0.3, 0.5])
    assert found["share_pop"].tolist() == pytest.approx([0.1, 0.1, 0.8])
    assert found["idx"].tolist() == pytest.approx([200, 300, 62.5])
    # The exact limits of 60 of 300 are 0.1562 and 0.2498 (R: binom.test(60, 300)), over a tenth of the people.
    assert found["idx_lo"].iloc[0] == pytest.approx(156.2, abs=0.5)
    assert found["idx_hi"].iloc[0] == pytest.approx(249.8, abs=0.5)
    assert found["idx_flag"].tolist() == ["above", "above", "below"]


def test_a_band_of_no_known_people_has_no_index_and_counts_in_none() -> None:
    found = breakdown(N, PEOPLE.where(PEOPLE.index != "25 and over"))
    # Of the 150 incidents of bands with people, 60 and 90, against half of the people each.
    assert found["idx"].tolist()[:2] == pytest.approx([80, 120])
    assert found.loc["25 and over", ["idx", "idx_lo", "share_pop", "idx_flag"]].isna().all()
    assert found["share_n"].tolist() == pytest.approx([0.2, 0.3, 0.5])


def test_dispersion_widens_the_limits() -> None:
    narrow, wide = breakdown(N, PEOPLE), breakdown(N, PEOPLE, dispersion=4)
    assert (wide["idx_lo"] < narrow["idx_lo"]).all()
    assert (wide["idx_hi"] > narrow["idx_hi"]).all()


def test_without_people_there_are_shares_alone() -> None:
    assert list(breakdown(N).columns) == ["n", "share_n"]


def test_a_band_without_incidents_has_an_index_of_0() -> None:
    found = breakdown(N.where(N.index != "10-17", 0), PEOPLE)
    assert found.loc["10-17", "idx"] == 0
    assert found.loc["10-17", "idx_flag"] == "below"


@pytest.mark.parametrize(
    ("n", "people", "message"),
    [
        (N * 0, PEOPLE, "there are no incidents to break down"),
        (-N, PEOPLE, "there are no incidents to break down"),
        (N - 100, PEOPLE, "there are no incidents to break down"),
        (N - 70, PEOPLE, "the count of '10-17' is negative"),
        (N, PEOPLE - 20_000, "the population of '10-17' is negative"),
        (N, PEOPLE.iloc[:2], "of different bands"),
    ],
)
def test_what_cannot_be_is_refused(n: pd.Series, people: pd.Series, message: str) -> None:
    with pytest.raises(DataError, match=message):
        breakdown(n, people)


def test_limits_are_never_missing_where_the_index_is_not() -> None:
    found = breakdown(pd.Series([0, 1, 999]), pd.Series([1.0, 1.0, 998.0]))
    assert np.isfinite(found[["idx", "idx_lo", "idx_hi"]].to_numpy()).all()
