from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.share import share_of

N = pd.Series({"Moor": 13, "Town": 31, "Hill": 2})
OF = pd.Series({"Moor": 120, "Town": 580, "Hill": 9})


def test_shares_by_hand() -> None:
    found = share_of(N, OF)
    assert found["of_share"].iloc[:2].tolist() == pytest.approx([13 / 120, 31 / 580])
    # The rest of Moor: 33 of 589; of Town: 15 of 129; of Hill: 44 of 700.
    assert found["of_rest"].tolist() == pytest.approx([33 / 589, 15 / 129, 44 / 700])


def test_no_percentage_of_under_10() -> None:
    found = share_of(N, OF).loc["Hill"]
    assert found[["of_share", "of_lo", "of_hi", "of_q", "of_flag"]].isna().all()
    assert (found["of_n"], found["of_base"]) == (2, 9)


def test_the_q_value_is_that_of_fishers_exact_test() -> None:
    found = share_of(N, OF)
    # Each against the rest of the 46 of 709, doubled smaller tails.
    p = []
    for area in ("Moor", "Town"):
        table = [[N[area], OF[area] - N[area]], [46 - N[area], 709 - OF[area] - 46 + N[area]]]
        tails = [stats.fisher_exact(table, alternative=side)[1] for side in ("less", "greater")]
        p.append(min(1.0, 2 * min(tails)))
    assert found["of_q"].iloc[:2].tolist() == pytest.approx(benjamini_hochberg(p).tolist())


def test_an_area_is_above_by_its_q() -> None:
    many = share_of(pd.Series({"Moor": 60, "Town": 60}), pd.Series({"Moor": 300, "Town": 1000}))
    assert many["of_flag"].tolist() == ["above", "below"]
    strict = share_of(pd.Series({"Moor": 13, "Town": 31}), pd.Series({"Moor": 120, "Town": 580}), q=0.01)
    assert strict["of_flag"].tolist() == ["similar", "similar"]


def test_alike_areas_are_hardly_ever_marked() -> None:
    # 200 maps of 40 areas with one share of 10 in 100: by Benjamini-Hochberg at most 5 in 100 maps have a mark.
    rng = np.random.default_rng(11)
    of = pd.Series(rng.integers(20, 200, 40))
    marked = sum(
        share_of(pd.Series(rng.binomial(of, 0.1)), of)["of_flag"].ne("similar").any() for _ in range(200)
    )
    assert marked <= 16  # 5 % of 200, and twice its standard error of 3


def test_one_area_has_no_rest() -> None:
    found = share_of(N.iloc[:1], OF.iloc[:1])
    assert found["of_share"].notna().all()
    assert found[["of_rest", "of_q", "of_flag"]].isna().all(axis=None)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(DataError, match="'Moor' has 13 of 12 incidents"):
        share_of(N, OF // 10)
    with pytest.raises(DataError, match="of different areas"):
        share_of(N, OF.iloc[::-1])
    with pytest.raises(ParameterError, match="'q' is 5"):
        share_of(N, OF, q=5)
