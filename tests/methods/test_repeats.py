from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.repeats import places_there_are, repeat_places, repeat_targets

MONTHS = ["2023-01", "2023-06", "2023-02", "2024-03", "2024-05"]


def when(*months: str) -> pd.Series:
    return pd.Series(pd.PeriodIndex(months, freq="M"))


def days(*dates: str) -> pd.Series:
    return pd.Series(pd.to_datetime(list(dates), format="ISO8601"))


def test_repeat_places_by_hand() -> None:
    # 6, 2, 1 and 1 at four of 10 places: a mean of 1. Chance has 1 - exp(-1) at two or more, and at five or more
    # P(4 or more) = 1 - exp(-1) (1 + 1 + 1/2 + 1/6) = 0.0190.
    found = repeat_places(pd.Series([6, 2, 1, 1]), places=10)
    assert found["at_least"].tolist() == [2, 5]
    assert found["places"].tolist() == [2, 1]
    assert found["n"].tolist() == [8, 6]
    assert found["share_n"].tolist() == [0.8, 0.6]
    assert found["by_chance"].tolist() == pytest.approx([0.6321, 0.0190], abs=1e-4)


def test_chance_gives_what_chance_is_said_to_give() -> None:
    counts = pd.Series(np.random.default_rng(5).poisson(1.5, 200_000))
    found = repeat_places(counts[counts > 0], places=200_000)
    assert found["share_n"].tolist() == pytest.approx(found["by_chance"].tolist(), abs=0.003)


def test_the_number_of_places_is_told_from_those_seen() -> None:
    counts = pd.Series(np.random.default_rng(6).poisson(0.8, 100_000))
    assert places_there_are(counts[counts > 0]) == pytest.approx(100_000, rel=0.01)
    assert places_there_are(pd.Series([1, 1, 1])) == float("inf")
    assert repeat_places(pd.Series([2, 1]), places=float("inf"))["by_chance"].tolist() == [0.0]


def test_what_places_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="'places' is 3, but incidents are at 4 places"):
        repeat_places(pd.Series([6, 2, 1, 1]), places=3)
    with pytest.raises(ParameterError, match="'at_least' holds 1"):
        repeat_places(pd.Series([6, 2]), places=3, at_least=[1])
    with pytest.raises(DataError, match="no incident has coordinates"):
        places_there_are(pd.Series([], dtype=float))


def test_repeat_targets_by_hand() -> None:
    # a: January and June 2023; b: February 2023 and March 2024; c: May 2024 only.
    found = repeat_targets(pd.Series(list("aabbc")), when(*MONTHS), end=pd.Period("2024-06"))
    assert (found.events, found.targets, found.repeated) == (5, 3, 2)
    assert found.share == pytest.approx(2 / 3)
    assert found.share_n == pytest.approx(4 / 5)
    # Twelve months from May 2024 are not over in June 2024; of a and b, a was met again after 5, b after 13.
    assert (found.followed, found.again, found.again_share) == (2, 1, 0.5)


def test_the_length_of_the_follow_up_decides() -> None:
    found = repeat_targets(pd.Series(list("aabbc")), when(*MONTHS), end=pd.Period("2024-06"), months=13)
    assert (found.followed, found.again) == (2, 2)
    short = repeat_targets(pd.Series(list("aabbc")), when(*MONTHS), end=pd.Period("2024-06"), months=1)
    assert (short.followed, short.again) == (3, 0)


def test_events_of_a_day_are_one() -> None:
    dates = days("2023-01-05 10:00", "2023-01-05 23:00", "2023-03-01")
    found = repeat_targets(pd.Series(list("aab")), dates, end=pd.Timestamp("2024-12-31"))
    assert (found.events, found.repeated) == (2, 0)


def test_a_follow_up_of_days_ends_on_the_same_day_a_year_later() -> None:
    dates = days("2023-01-05", "2024-01-05", "2023-01-05", "2024-01-06")
    found = repeat_targets(pd.Series(list("aabb")), dates, end=pd.Timestamp("2024-12-31"))
    assert (found.followed, found.again) == (2, 1)


def test_three_reports_in_six_months_make_a_case_wherever_they_lie() -> None:
    # a: three from March to September are within six months; b: from March to October are not.
    months = when("2023-01", "2023-03", "2023-06", "2023-09", "2023-03", "2023-06", "2023-10")
    target = pd.Series(list("aaaabbb"))
    assert repeat_targets(target, months, end=pd.Period("2024-12")).reached == 1
    assert repeat_targets(target, months, end=pd.Period("2024-12"), in_months=7).reached == 2
    assert repeat_targets(target, months, end=pd.Period("2024-12"), reports=4).reached == 0


def test_who_is_not_known_is_left_out() -> None:
    found = repeat_targets(pd.Series(["a", None, None]), when(*MONTHS[:3]), end=pd.Period("2024-06"))
    assert (found.events, found.targets) == (1, 1)


def test_what_nobody_named_counts_for_none() -> None:
    target = pd.Series(pd.Categorical(["a", "a"], categories=["a", "b"]))
    assert repeat_targets(target, when("2023-01", "2023-02"), end=pd.Period("2024-06")).targets == 1


def test_what_targets_cannot_be_is_refused() -> None:
    with pytest.raises(DataError, match="no incident has both a target and a time"):
        repeat_targets(pd.Series([None, None], dtype=object), when(*MONTHS[:2]), end=pd.Period("2024-06"))
    with pytest.raises(ParameterError, match="'reports' is 1"):
        repeat_targets(pd.Series(list("a")), when("2023-01"), end=pd.Period("2024-06"), reports=1)
    with pytest.raises(ParameterError, match="'months' is 0"):
        repeat_targets(pd.Series(list("a")), when("2023-01"), end=pd.Period("2024-06"), months=0)
    for name in ("months", "reports", "in_months"):
        with pytest.raises(ParameterError, match=f"'{name}' is 2000000000\nHint: .* from [12] to 1200"):
            repeat_targets(
                pd.Series(list("a")), when("2023-01"), end=pd.Period("2024-06"), **{name: 2_000_000_000}
            )
