"""Small cells are hidden so that no one who has the totals gets them back."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError, ParameterError
from hotspots.methods.hiding.cells import hidden_cells

# A published example of 4 by 4 cells, of which 3 and 4 are small.
EXAMPLE = pd.DataFrame([[20, 50, 10, 3], [8, 19, 22, 15], [17, 32, 12, 9], [4, 11, 30, 40]])


def may_be(counts: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return every table of whole numbers that shows the same as a table of 2 by 2 whose cells may be hidden."""
    most = int(counts.sum()) + 6  # further up than any promise
    grid = np.array(list(itertools.product(range(most + 1), repeat=4))).reshape(-1, 2, 2)

    def whole(tables: np.ndarray) -> np.ndarray:
        wide = np.concatenate([tables, tables.sum(axis=2, keepdims=True)], axis=2)
        return np.concatenate([wide, wide.sum(axis=1, keepdims=True)], axis=1)

    same = whole(grid) == whole(counts[None])
    kept: np.ndarray = grid[(same | hidden).all(axis=(1, 2))]
    return kept


def test_one_small_cell_of_a_list_takes_another_with_it() -> None:
    # 3 alone would be 53 less 20 and 30: the smallest other, 20, goes too.
    assert hidden_cells(pd.DataFrame({"n": [3, 20, 30]}))["n"].tolist() == [True, True, False, False]


def test_two_small_cells_of_which_little_is_left_take_a_third() -> None:
    # 1 and 1 are 2 together, so each would be known to be 0, 1 or 2; with 9 they may be anything to 11.
    assert hidden_cells(pd.DataFrame({"n": [1, 1, 9, 30]}))["n"].tolist() == [True, True, True, False, False]


def test_two_small_cells_that_hide_each_other_need_no_third() -> None:
    # 4 and 4 are 8 together: each may be 0 to 8.
    assert hidden_cells(pd.DataFrame({"n": [4, 4, 9, 30]}))["n"].tolist() == [True, True, False, False, False]


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert not hidden_cells(pd.DataFrame({"n": [5, 20, 30]})).any(axis=None)


def test_where_the_total_is_small_all_goes() -> None:
    assert hidden_cells(pd.DataFrame({"n": [1, 2, 0]})).all(axis=None)


def test_a_0_is_hidden_like_any_small_number() -> None:
    assert bool(hidden_cells(pd.DataFrame({"n": [0, 20, 30]}))["n"].iloc[0])


def test_the_rectangle_that_looks_enough_is_not() -> None:
    # Hiding (1,1) and (4,4) too would make a rectangle, in which (4,1) is at least 1, since (1,1) + 3 = 23.
    hidden = hidden_cells(EXAMPLE)
    assert bool(hidden.iloc[0, 3])
    assert bool(hidden.iloc[3, 0])
    assert hidden.to_numpy().sum() > 4


@settings(max_examples=25)
@given(st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_by_trying_all_tables_no_small_cell_is_known_closer_than_promised(cells: list[int]) -> None:
    counts = np.array(cells).reshape(2, 2)
    hidden = hidden_cells(pd.DataFrame(counts), fewest=3).to_numpy()
    possible = may_be(counts, hidden)
    for row, column in itertools.product(range(2), repeat=2):
        if counts[row, column] < 3:
            assert {0, 1, 2} <= set(possible[:, row, column].tolist())


def test_it_can_be_turned_off_and_set_higher() -> None:
    counts = pd.DataFrame({"n": [3, 7, 30, 40]})
    assert not hidden_cells(pd.concat([counts, counts * 0]), fewest=1).any(axis=None)
    assert hidden_cells(counts, fewest=10)["n"].tolist() == [True, True, False, False, False]


def test_the_same_table_hides_the_same_cells() -> None:
    counts = pd.DataFrame(np.random.default_rng(3).poisson(6, (6, 3)))
    pd.testing.assert_frame_equal(hidden_cells(counts), hidden_cells(counts.copy()))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ParameterError, match="'fewest' is 0"):
        hidden_cells(EXAMPLE, fewest=0)
    with pytest.raises(DataError, match="negative or missing"):
        hidden_cells(EXAMPLE - 10)
    with pytest.raises(DataError, match="the table has 300 by 1 cells, more than 240"):
        hidden_cells(pd.DataFrame({"n": range(300)}))
