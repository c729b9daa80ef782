from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.classes import class_rates
from hotspots.methods.compare import compare_rate


@pytest.fixture
def areas() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [30, 20, 200, 150],
            "people": [1000.0, 1500.0, 2000.0, 3000.0],
            "class": ["rural", "rural", "urban", "urban"],
        },
        index=["a", "b", "c", "d"],
    )


def test_rates_shares_and_ratio_by_hand(areas: pd.DataFrame) -> None:
    found = class_rates(areas["n"], areas["people"], areas["class"], months=6)
    assert found.index.tolist() == ["rural", "urban"]
    assert found["members"].tolist() == [2, 2]
    assert found["n"].tolist() == [50, 350]
    # 50 in half a year are 100 a year, of 2,500 people: 40 per 1,000. 700 of 5,000: 140.
    assert found["rate"].tolist() == pytest.approx([40, 140])
    assert found["cmp_rate"].tolist() == pytest.approx([140, 40])
    assert found["share_n"].tolist() == pytest.approx([50 / 400, 350 / 400])
    assert found["share_pop"].tolist() == pytest.approx([2500 / 7500, 5000 / 7500])
    assert found["cmp_ratio"].tolist() == pytest.approx([40 / 140, 3.5])
    assert found["cmp_flag"].tolist() == ["below", "above"]
    # Turned over, the limits of the one are those of the other.
    assert found["cmp_lo"].iloc[0] == pytest.approx(1 / found["cmp_hi"].iloc[1])


def test_the_ratio_to_the_rest_is_that_of_areas_compared_with_the_rest(areas: pd.DataFrame) -> None:
    found = class_rates(areas["n"], areas["people"], areas["class"], months=6, dispersion=1.7)
    sums = areas.groupby("class").sum()
    other = compare_rate(sums["n"], sums["people"], months=6, comparator="rest", dispersion=1.7)
    for name in ("cmp_rate", "cmp_ratio", "cmp_lo", "cmp_hi"):
        assert found[name].tolist() == pytest.approx(other[name].tolist())


def test_the_ratio_to_all_counts_the_class_itself(areas: pd.DataFrame) -> None:
    found = class_rates(areas["n"], areas["people"], areas["class"], months=12, against="all")
    # All: 400 of 7,500 people, 53.33 per 1,000. Rural: 20, urban: 70.
    assert found["cmp_rate"].tolist() == pytest.approx([53.333333, 53.333333])
    assert found["cmp_ratio"].tolist() == pytest.approx([0.375, 1.3125])
    # p / w: the exact limits of 50 of 400 over a third of the people.
    from hotspots.base.binomial import share_limits

    lower, upper = share_limits([50], [400])
    assert found["cmp_lo"].iloc[0] == pytest.approx(3 * lower[0])
    assert found["cmp_hi"].iloc[0] == pytest.approx(3 * upper[0])


def test_dispersion_widens_the_limits_and_moves_nothing_else(areas: pd.DataFrame) -> None:
    narrow = class_rates(areas["n"], areas["people"], areas["class"], months=12)
    wide = class_rates(areas["n"], areas["people"], areas["class"], months=12, dispersion=3)
    assert (wide["cmp_lo"] < narrow["cmp_lo"]).all()
    assert (wide["cmp_hi"] > narrow["cmp_hi"]).all()
    assert (wide["rate_lo"] < narrow["rate_lo"]).all()
    assert wide["cmp_ratio"].equals(narrow["cmp_ratio"])


def test_an_area_of_no_class_counts_nowhere(areas: pd.DataFrame) -> None:
    areas.loc["d", "class"] = None
    found = class_rates(areas["n"], areas["people"], areas["class"], months=12)
    assert found["n"].tolist() == [50, 200]
    assert found["share_n"].tolist() == [0.2, 0.8]


def test_an_area_without_people_counts_in_no_rate(areas: pd.DataFrame) -> None:
    areas.loc["b", "people"] = np.nan
    found = class_rates(areas["n"], areas["people"], areas["class"], months=12)
    assert found.loc["rural", "n"] == 50
    assert found.loc["rural", "rate"] == pytest.approx(30)  # 30 of 1,000


def test_without_any_people_there_are_counts_and_shares(areas: pd.DataFrame) -> None:
    found = class_rates(areas["n"], areas["people"] * np.nan, areas["class"], months=12)
    assert found["share_n"].tolist() == [0.125, 0.875]
    assert found[["rate", "rate_hi", "share_pop", "cmp_ratio", "cmp_lo", "cmp_flag"]].isna().all(axis=None)


def test_one_class_has_nothing_to_be_compared_with(areas: pd.DataFrame) -> None:
    found = class_rates(areas["n"], areas["people"], pd.Series("rural", areas.index), months=12)
    assert found["rate"].notna().all()
    assert found[["cmp_ratio", "cmp_flag"]].isna().all(axis=None)


def test_the_order_of_categories_is_kept(areas: pd.DataFrame) -> None:
    classes = pd.Series(pd.Categorical(areas["class"], ["urban", "rural"]), areas.index)
    assert class_rates(areas["n"], areas["people"], classes, months=12).index.tolist() == ["urban", "rural"]


def test_what_cannot_be_is_refused(areas: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="no area has a class"):
        class_rates(areas["n"], areas["people"], pd.Series(None, areas.index, dtype=object), months=12)
    with pytest.raises(ParameterError, match="'against' is 'force'"):
        class_rates(areas["n"], areas["people"], areas["class"], months=12, against="force")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="of different areas"):
        class_rates(areas["n"], areas["people"].iloc[::-1], areas["class"], months=12)


@pytest.mark.parametrize("against", ["rest", "all"])
def test_limits_of_rounded_counts_hold_for_all_that_they_stand_for(areas: pd.DataFrame, against: Any) -> None:
    # Each of four counts rounded to 10 stands for 5 fewer to 4 more; a class of two for 10 fewer to 8 more.
    options: dict[str, Any] = {"months": 12, "against": against}
    found = class_rates(areas["n"], areas["people"], areas["class"], rounded=10, **options)
    plain = class_rates(areas["n"], areas["people"], areas["class"], **options)
    least, most = (
        class_rates(areas["n"] + np.array(shift), areas["people"], areas["class"], **options)
        for shift in ([-5, -5, 4, 4], [4, 4, -5, -5])
    )
    rural, urban = (0, 1)
    for column, lower, upper in (("cmp_lo", least, most), ("cmp_hi", most, least)):
        assert found[column].iloc[rural] == pytest.approx(lower[column].iloc[rural])
        assert found[column].iloc[urban] == pytest.approx(upper[column].iloc[urban])
    pd.testing.assert_frame_equal(
        found.drop(columns=["cmp_lo", "cmp_hi", "cmp_flag"]),
        plain.drop(columns=["cmp_lo", "cmp_hi", "cmp_flag"]),
    )


def test_a_class_that_only_rounding_sets_apart_is_similar() -> None:
    n, people = pd.Series([10, 30]), pd.Series([1000.0, 1000.0])
    classes = pd.Series(["a", "b"])
    assert class_rates(n, people, classes, months=12)["cmp_flag"].tolist() == ["below", "above"]
    # 14 and 25 may stand behind 10 and 30.
    assert class_rates(n, people, classes, months=12, rounded=10)["cmp_flag"].tolist() == [
        "similar",
        "similar",
    ]
