"""Small counts of areas are hidden so that neither their districts nor all together give them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.hiding.parts import HiddenParts, hidden_parts

NORTH_SOUTH = pd.Series(["North", "North", "North", "South", "South"])


def hide(numbers: list[int], groups: pd.Series | None = NORTH_SOUTH, fewest: int = 5) -> HiddenParts:
    return hidden_parts(
        pd.DataFrame({"n": numbers}), {} if groups is None else {"district": groups}, fewest=fewest
    )


def test_a_small_area_takes_the_smallest_of_its_district_with_it() -> None:
    # 3 would be 53 less 20 and 30.
    made = hide([3, 20, 30, 40, 50])
    assert made.parts.tolist() == [True, True, False, False, False]
    assert not made.groups["district"].any()
    assert not made.whole


def test_two_small_areas_of_which_little_is_left_take_a_third() -> None:
    # 1 and 2 are 3 together, so neither could be 4; with 20 either could.
    assert hide([1, 2, 20, 40, 50]).parts.tolist() == [True, True, True, False, False]
    assert hide([2, 3, 20, 40, 50]).parts.tolist() == [True, True, False, False, False]


def test_a_small_district_takes_another_and_an_area_of_it() -> None:
    # North has 4 in all; 94 of all less South's 90 would tell that, and South less its two areas that it is South's.
    made = hide([1, 2, 1, 40, 50])
    assert made.groups["district"].to_dict() == {"North": True, "South": True}
    assert made.parts.tolist() == [True, True, True, True, False]
    assert not made.whole


def test_without_districts_all_together_are_the_sum() -> None:
    assert hide([3, 20, 30], None).parts.tolist() == [True, True, False]
    made = hide([3], None)
    assert made.whole
    assert hide([1, 1, 1], None).whole


def test_nothing_small_hides_nothing_and_1_hides_none() -> None:
    for made in (hide([5, 20, 30, 40, 50]), hide([0, 1, 30, 40, 50], fewest=1)):
        assert not made.parts.any()
        assert not made.groups["district"].any()


def test_a_small_no_hides_as_a_small_yes_does() -> None:
    counts = pd.DataFrame({"yes": [20, 20, 20], "no": [2, 20, 30]})
    assert hidden_parts(counts).parts.tolist() == [True, True, False]


def test_a_part_that_is_in_no_table_hides_beside_a_small_one() -> None:
    # 3 of 53 might be any of 3 + 30 where the 30 are in no table.
    made = hidden_parts(pd.DataFrame({"n": [3, 20, 30]}), unshown=pd.Series([False, False, True]))
    assert made.parts.tolist() == [True, False, True]


def test_each_of_several_groupings_is_safe_by_itself() -> None:
    counts = pd.DataFrame({"n": [3, 20, 30, 40]})
    district, kind = pd.Series(list("NNSS")), pd.Series(list("ruru"))
    # 20 hides 3 in its district N, 30 hides 3 in its class r, and 40 hides 20 in its class u.
    made = hidden_parts(counts, {"district": district, "class": kind})
    assert made.parts.all()
    assert not made.groups["district"].any()
    assert not made.groups["class"].any()
    made = hidden_parts(counts, {"class": pd.Series(["u", "r", "r", None])})
    # 3 is all of class u, and what is left of all by it and r is 43: the area of no class hides with it.
    assert made.groups["class"].to_dict() == {"r": True, "u": True}


def ends(counts: np.ndarray, codes: np.ndarray, made: HiddenParts, part: Any) -> tuple[float, float]:
    """The least and most that a part can be, by linear programming over all counts with the same shown ones."""
    left, right = [], []
    for place in np.flatnonzero(~made.parts.to_numpy()):
        left.append(np.eye(len(counts))[place])
        right.append(counts[place])
    for group, dark in enumerate(made.groups["district"]):
        if not dark:
            left.append((codes == group).astype(float))
            right.append(counts[codes == group].sum())
    if not made.whole:
        left.append(np.ones(len(counts)))
        right.append(counts.sum())
    found = [
        linprog(
            sign * np.eye(len(counts))[part],
            A_eq=np.array(left) if left else None,
            b_eq=right or None,
            bounds=(0, None),
        )
        for sign in (1.0, -1.0)
    ]
    low, high = found
    return (low.fun if low.status == 0 else np.inf, -high.fun if high.status == 0 else np.inf)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=9))
def test_nobody_gets_a_small_count_back_from_areas_districts_and_all(drawn: list[tuple[int, int]]) -> None:
    counts = np.array([number for number, _ in drawn])
    codes = pd.factorize(np.array([group for _, group in drawn]), sort=True)[0]
    made = hide(counts.tolist(), pd.Series(codes))
    for part in np.flatnonzero(counts < 5):
        low, high = ends(counts, codes, made, part)
        assert low < 1e-6
        assert high > 4 - 1e-6
    for group, dark in enumerate(made.groups["district"]):
        assert dark or counts[codes == group].sum() >= 5


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(ParameterError, match="'fewest' is 0"):
        hide([3], fewest=0)
    with pytest.raises(DataError, match="a count of the table is negative or missing"):
        hide([-1, 3, 5, 6, 7])
