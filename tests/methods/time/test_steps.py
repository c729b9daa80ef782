"""Change points: the coal-mining disasters, a series worked by hand, and the chance of one where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.time.steps import change_points

# Coal-mining disasters in Great Britain by year, 1851 to 1962 (Jarrett 1979): 191 in 112 years.
COAL = [
    4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5, 3, 4, 2, 5, 2, 2, 3, 4, 2, 1, 3,
    2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1, 0, 3, 2, 2, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1,
    0, 2, 3, 3, 1, 1, 2, 1, 1, 1, 1, 2, 3, 3, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1,
]  # fmt: skip


def test_coal() -> None:
    assert (sum(COAL), len(COAL)) == (191, 112)
    row = change_points(pd.DataFrame([COAL], columns=range(1851, 1963)), dispersion=1).iloc[0]
    assert row["st_after"] == 1891
    assert row["st_before"] == pytest.approx(3.097561, abs=1e-6)
    assert row["st_now"] == pytest.approx(0.901408, abs=1e-6)
    assert row["st_lr"] == pytest.approx(69.988344747, abs=1e-8)
    assert row["st_p"] < 1e-6
    assert row["st_flag"] == "step down"


def test_twelve_months_with_a_step_by_hand() -> None:
    # 77 in six months and 134 in six: 2 (77 ln(77/6) + 134 ln(134/6) - 211 ln(211/12)) = 15.591079.
    row = change_points(
        pd.DataFrame([[12, 15, 11, 14, 13, 12, 22, 25, 19, 24, 21, 23]], columns=range(1, 13))
    ).iloc[0]
    assert row["st_after"] == 6
    assert row["st_lr"] == pytest.approx(15.591079, abs=1e-6)


def test_dispersed_counts_need_a_larger_step() -> None:
    n = pd.DataFrame([[12, 15, 11, 14, 13, 12, 22, 25, 19, 24, 21, 23]])
    plain, wide = (change_points(n, dispersion=phi)["st_p"].iloc[0] for phi in (1, 4))
    assert plain < 0.01 < wide


def test_a_step_of_all_is_no_step_against_all() -> None:
    one = np.array([10] * 6 + [30] * 6)
    n = pd.DataFrame([one, 2 * one, 3 * one])
    assert change_points(n, dispersion=1)["st_flag"].tolist() == ["step up"] * 3
    against = change_points(n, exposure=n.sum().tolist(), dispersion=1)
    assert against["st_lr"].to_numpy() == pytest.approx(0, abs=1e-9)
    assert against["st_flag"].tolist() == ["no clear step"] * 3


def test_chance_alone_finds_a_step_as_often_as_it_says() -> None:
    n = pd.DataFrame(np.random.default_rng(4).poisson(8, (1500, 12)))
    found = change_points(n, dispersion=1)
    # The share under 0.05 has a standard error of 0.6 points; of a χ² with one degree it would be 28.
    assert 0.03 < (found["st_p"] <= 0.05).mean() < 0.065
    assert (found["st_lr"] > 3.84).mean() > 0.2
    assert (found["st_flag"] == "no clear step").all()


def test_beyond_the_draws_the_tail_falls_on() -> None:
    random = np.random.default_rng(9)
    n = pd.DataFrame(random.multinomial(100, np.ones(12) / 12, size=20_000))
    found = change_points(n, dispersion=1, draws=999)
    # Of 20,000 series without a step 20 should have p under 0.001 (4.5 either way), which 999 draws alone never say.
    assert 5 < (found["st_p"] < 0.001).sum() < 40


def test_the_same_seed_gives_the_same_chances() -> None:
    n = pd.DataFrame(np.random.default_rng(1).poisson(8, (20, 12)))
    first, again, other = (change_points(n, seed=seed)["st_p"] for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_few_incidents_have_no_step() -> None:
    found = change_points(pd.DataFrame([[0] * 6 + [1] * 6, [5] * 12]))
    assert found["st_after"].isna().tolist() == [True, False]
    assert found["st_flag"].tolist() == ["no clear step"] * 2


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(
        DataError, match=r"^no step in 4 months could be told from chance\nHint: give 5 months or more"
    ):
        change_points(pd.DataFrame([[5] * 4]))
    with pytest.raises(ParameterError, match=r"^'exposure' is 2 numbers for 12 columns"):
        change_points(pd.DataFrame([[5] * 12]), exposure=[1, 2])
    with pytest.raises(ParameterError, match=r"^'draws' is 9, too few"):
        change_points(pd.DataFrame([[5] * 12]), draws=9)
    with pytest.raises(ParameterError, match=r"^'draws' is 2000000000, but more than 99,999"):
        change_points(pd.DataFrame([[5] * 12]), draws=2_000_000_000)
    with pytest.raises(ParameterError, match=r"^'seed' is -1, but must be 0 or more"):
        change_points(pd.DataFrame([[5] * 12]), seed=-1)
