"""Linked tables: all totals by hand, sums of sums, and counts that do not add."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from hotspots.base.errors import DataError
from hotspots.disclosure.tables import Tables, make_tables

LEAVES = pd.MultiIndex.from_product([["E1", "E2", "E3"], ["burglary", "theft"]], names=["area", "theme"])
WITHIN = {"area": {"W1": ["E1", "E2"], "All": ["W1", "E3"]}, "theme": {"All crime": ["burglary", "theft"]}}


def test_wards_over_areas_and_all_over_both_by_hand() -> None:
    whole = make_tables(pd.Series([1, 2, 3, 4, 5, 6], index=LEAVES), within=WITHIN)
    table = whole.counts
    assert table["W1"].to_dict() == {"burglary": 4, "theft": 6, "All crime": 10}
    assert table["All"].to_dict() == {"burglary": 9, "theft": 12, "All crime": 21}
    # Two sums over areas for each of 3 themes, one over themes for each of 5 areas.
    assert whole.sums.shape == (2 * 3 + 5, 15)
    assert not (whole.sums @ whole.counts.to_numpy()).any()


def test_a_part_may_belong_to_several_sums_and_what_is_not_there_is_0() -> None:
    counts = pd.Series([7, 5], index=LEAVES[[0, 5]])
    whole = make_tables(
        counts, within={"theme": {"Homes": ["burglary"], "Things": ["burglary", "theft"]}}
    ).counts
    assert whole["E1"].to_dict() == {"burglary": 7, "Homes": 7, "theft": 0, "Things": 7}
    assert whole["E3"].to_dict() == {"burglary": 0, "Homes": 0, "theft": 5, "Things": 5}


def test_a_total_that_is_not_the_sum_of_its_parts_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Tables(
            counts=pd.Series([3, 4, 9], index=["E1", "E2", "All"]),
            sums=sparse.csr_array(np.array([[1.0, 1.0, -1.0]])),
            published=np.ones(3, dtype=bool),
            axes=(),
        )
    assert caught.value.message == "the count of All is 9, but its parts add up to 7"
    assert caught.value.hint == "protect counts that were made together, or leave the total out"


@pytest.mark.parametrize(
    ("within", "message"),
    [
        ({"area": {"All": ["E1", "E9"]}}, "the sum 'All' is made of E9, not among the counts"),
        ({"area": {"E1": ["E2"]}}, "the sum 'E1' is a count itself"),
        ({"month": {"All": ["E1"]}}, "the counts have no level month"),
    ],
)
def test_sums_of_what_is_not_there_are_refused(within: dict[str, dict[str, list[str]]], message: str) -> None:
    with pytest.raises(DataError) as caught:
        make_tables(pd.Series(1, index=LEAVES), within=within)
    assert caught.value.message == message


def test_a_missing_count_and_a_name_given_twice_are_refused() -> None:
    nothing = sparse.csr_array((0, 2))
    with pytest.raises(DataError, match="the count of E2 is missing"):
        Tables(
            counts=pd.Series([1, np.nan], index=["E1", "E2"]),
            sums=nothing,
            published=np.ones(2, dtype=bool),
            axes=(),
        )
    with pytest.raises(DataError, match="counts are named twice: E1"):
        Tables(
            counts=pd.Series([1, 2], index=["E1", "E1"]),
            sums=nothing,
            published=np.ones(2, dtype=bool),
            axes=(),
        )


def test_more_than_three_levels_are_refused() -> None:
    index = pd.MultiIndex.from_tuples([("E1", "a", "m1", "x")], names=["area", "theme", "month", "sex"])
    with pytest.raises(DataError) as caught:
        make_tables(pd.Series(1, index=index), within={})
    assert caught.value.message == "the counts have 4 levels: area, theme, month, sex"
    assert caught.value.hint == "give three at most; put two into one"
