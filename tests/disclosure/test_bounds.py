"""What a reader can work out: by hand, against every table there is, and what contradicts itself."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import milp

from hotspots.base.errors import DataError
from hotspots.disclosure.bounds import bounds
from hotspots.disclosure.propagate import propagate
from hotspots.disclosure.statements import Statement, make_system

COUNTS = np.array([[20, 50, 10, 3], [8, 19, 22, 15], [17, 32, 12, 9], [4, 11, 30, 40]])


def with_margins(inner: npt.NDArray[np.int64]) -> dict[tuple[int, int], int]:
    """Cells by row and column; the last of each is the total."""
    rows, columns = inner.shape
    whole = np.zeros((rows + 1, columns + 1), dtype=int)
    whole[:rows, :columns] = inner
    whole[rows] = whole.sum(axis=0)
    whole[:, columns] = whole.sum(axis=1)
    return {(int(i), int(j)): int(n) for (i, j), n in np.ndenumerate(whole)}


def adding_up(rows: int, columns: int) -> list[Statement]:
    """Each row and each column, the totals' own among them, adds up to its last cell."""
    return [
        *(
            Statement({**{(i, j): 1.0 for j in range(columns)}, (i, columns): -1.0}, 0, 0)
            for i in range(rows + 1)
        ),
        *(
            Statement({**{(i, j): 1.0 for i in range(rows)}, (rows, j): -1.0}, 0, 0)
            for j in range(columns + 1)
        ),
    ]


def interval(hidden: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """What the margins and all cells but the hidden ones leave to these."""
    cells = with_margins(COUNTS)
    said = adding_up(4, 4) + [Statement({cell: 1}, n, n) for cell, n in cells.items() if cell not in hidden]
    found = bounds(make_system(said), pd.Index(hidden, tupleize_cols=False))
    assert found["exact"].all()
    return [(float(low), float(high)) for low, high in found[["lower", "upper"]].to_numpy()]


def test_two_small_counts_hidden_alone_are_given_back() -> None:
    assert interval([(0, 3), (3, 0)]) == [(3, 3), (4, 4)]


def test_a_rectangle_leaves_one_of_them_known_to_be_1_or_more() -> None:
    # (1,4) can go down by 3 and up by min(20, 40) = 20; with it (4,1) goes down to 4 - 3 and up to 24.
    assert interval([(0, 3), (3, 0), (0, 0), (3, 3)])[:2] == [(0, 23), (1, 24)]


def test_the_optimum_leaves_both_anything_from_0_to_12() -> None:
    hidden = [(0, 3), (3, 0), (0, 2), (1, 0), (1, 1), (2, 2), (2, 3), (3, 1)]
    # One cycle through all eight. From 3 and 4 the two move together by at most -3 .. +9 and -4 .. +8.
    assert interval(hidden)[:2] == [(0, 12), (0, 12)]


def test_rounded_to_10_with_its_margins_every_interval_keeps_its_width() -> None:
    said = adding_up(4, 4)
    given_back = []
    for cell, n in with_margins(COUNTS).items():
        shown = (n + 5) // 10 * 10
        low, high = max(shown - 5, 0), shown + 4
        said.append(Statement({cell: 1}, low, high))
        given_back.append((cell, low, high))
    found = bounds(make_system(said))
    inner = [(low, high) for (i, j), low, high in given_back if max(i, j) < 4]
    there = found[["lower", "upper"]].reindex([cell for cell, _, _ in given_back if max(cell) < 4])
    assert [(int(low), int(high)) for low, high in there.to_numpy()] == inner


def test_a_rate_to_one_decimal_gives_the_count_itself() -> None:
    said = [Statement({"n": 1}, 485, 494), Statement({"n": 1000 / 6484}, 75.95, 76.05, "rate of E05")]
    assert bounds(make_system(said)).to_numpy().tolist() == [[493, 493, True]]


def test_what_has_no_limit_is_infinite() -> None:
    found = bounds(make_system([Statement({"a": 1, "b": -1}, 0, 0), Statement({"c": 1}, 3, np.inf)]))
    assert found.to_numpy().tolist() == [[0, np.inf, True], [0, np.inf, True], [3, np.inf, True]]


@st.composite
def small_systems(draw: st.DrawFn) -> tuple[list[Statement], list[int]]:
    """Statements that are true of some counts of 0 to 4, with whole and broken coefficients."""
    truth = draw(st.lists(st.integers(0, 4), min_size=2, max_size=5))
    said = [Statement({cell: 1}, 0, 4) for cell in range(len(truth))]
    for _ in range(draw(st.integers(1, 4))):
        factors = draw(
            st.lists(
                st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 1.0]), min_size=len(truth), max_size=len(truth)
            )
        )
        total = float(np.dot(factors, truth))
        below, above = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        if any(factors):
            said.append(Statement(dict(enumerate(factors)), total - below, total + above))
    return said, truth


@settings(max_examples=60)
@given(small_systems())
def test_against_every_table_there_is(made: tuple[list[Statement], list[int]]) -> None:
    said, truth = made
    tables = np.array(list(itertools.product(range(5), repeat=len(truth))), dtype=float)
    for one in said:
        factors = np.array([one.cells.get(cell, 0.0) for cell in range(len(truth))])
        sums = tables @ factors
        tables = tables[(sums >= one.lower - 1e-9) & (sums <= one.upper + 1e-9)]
    system = make_system(said, cells=pd.RangeIndex(len(truth)))
    found = bounds(system)
    assert found["exact"].all()
    assert found["lower"].tolist() == tables.min(axis=0).tolist()
    assert found["upper"].tolist() == tables.max(axis=0).tolist()
    lower, upper = propagate(system)
    assert (lower <= found["lower"]).all()
    assert (upper >= found["upper"]).all()


def test_totals_that_do_not_add_are_told_with_their_place() -> None:
    said = [
        *(Statement({cell: 1}, n, n) for cell, n in {"a": 3, "b": 4, "all": 9}.items()),
        Statement({"a": 1, "b": 1, "all": -1}, 0, 0, "row 1 of tables/crime.csv"),
    ]
    with pytest.raises(DataError) as caught:
        bounds(make_system(said))
    assert caught.value.message == (
        "what is published cannot all be true: no counts agree with row 1 of tables/crime.csv and the rest"
    )
    assert caught.value.hint == (
        "publish it anew from one set of counts; a table that was edited by hand no longer adds up"
    )


def test_a_contradiction_that_only_several_sums_show_is_told() -> None:
    # a + b, b + c and a + c are each 1, so that twice a + b + c is 3: no whole numbers do.
    said = [Statement({x: 1, y: 1}, 1, 1) for x, y in ("ab", "bc", "ac")]
    with pytest.raises(DataError, match="no counts agree with the sum of a, b and the rest"):
        bounds(make_system(said))


def test_one_count_said_twice_to_be_two_things_is_told() -> None:
    with pytest.raises(DataError) as caught:
        make_system([Statement({"a": 1}, 5, 14), Statement({"a": 1}, 15, 24, "table 2")])
    assert (
        caught.value.message
        == "what is said of 'a' cannot be true: it would be 15 or more and 14 or less (table 2)"
    )


def test_a_cell_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="not in the system: b"):
        bounds(make_system([Statement({"a": 1}, 0, 4)]), pd.Index(["a", "b"]))
    with pytest.raises(DataError, match="a statement is about 'b', which is no cell"):
        make_system([Statement({"b": 1}, 0, 4)], cells=pd.Index(["a"]))


def test_a_search_that_ended_early_is_not_told_as_a_contradiction() -> None:
    # Twelve areas by twelve themes with their totals: nothing is found in no branch at all.
    random = np.random.default_rng(4)
    table = random.integers(0, 30, (12, 12))
    cells = [(i, j) for i in range(12) for j in range(12)]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    said = [Statement({(i, j): 1 for j in range(12)}, rows[i], rows[i], "a row") for i in range(12)]
    said += [Statement({(i, j): 1 for i in range(12)}, columns[j], columns[j]) for j in range(12)]
    with pytest.raises(DataError) as caught:
        bounds(make_system(said, cells=pd.Index(cells, tupleize_cols=False)), nodes=0)
    assert (
        caught.value.message
        == "no counts that agree with a row and the rest were found in 0 branches of the search"
    )
    assert caught.value.hint == "publish fewer areas, themes or periods"


def test_an_end_is_proved_by_one_table_where_the_best_of_all_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(goal: npt.NDArray[np.float64], **asked: Any) -> Any:
        if goal.any():
            return SimpleNamespace(x=None, fun=None, status=1)
        return milp(goal, **asked)

    monkeypatch.setattr("hotspots.disclosure.solver.milp", slow)
    # 7 in all, and no more than 5 in b: a can be 2 to 7, b 0 to 5, and tables say so.
    found = bounds(make_system([Statement({"a": 1, "b": 1}, 7, 7), Statement({"b": 1}, 0, 5)]))
    assert found.to_dict("list") == {"lower": [2, 0], "upper": [7, 5], "exact": [True, True]}


def test_ends_are_proved_by_tables_that_differ_nearby_where_no_search_among_all_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Counts far off stay as they are, so that the problem has 11 counts in the place of 300.
    cells = [Statement({f"a{place}": 1, f"b{place}": 1, f"a{place + 1}": 1}, 5, 9) for place in range(150)]
    sizes: list[int] = []

    def slow(goal: npt.NDArray[np.float64], **asked: Any) -> Any:
        if goal.any() and len(goal) > 20:
            return SimpleNamespace(x=None, fun=None, status=1)
        sizes.append(len(goal))
        return milp(goal, **asked)

    monkeypatch.setattr("hotspots.disclosure.solver.milp", slow)
    found = bounds(make_system(cells), pd.Index(["a75", "b75"]))
    assert found.to_dict("list") == {"lower": [0, 0], "upper": [9, 9], "exact": [True, True]}
    assert max(sizes[1:]) < 20


def test_the_few_that_are_left_share_out_what_is_searched_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []

    def slow(goal: npt.NDArray[np.float64], **asked: Any) -> Any:
        limits.append(asked["options"]["node_limit"])
        if goal.any() and limits[-1] < 10:
            return SimpleNamespace(x=None, fun=None, status=1)
        return milp(goal, **asked)

    monkeypatch.setattr("hotspots.disclosure.solver.milp", slow)
    monkeypatch.setattr("hotspots.disclosure.bounds._reach_together", lambda *_: None)
    monkeypatch.setattr("hotspots.disclosure.bounds._possible", lambda *_: False)
    # a + b, b + c and a + c are each 2 or 3. Of one sum alone a is 0 to 3; but with a at 0 the other two are 2 or more,
    # and make 4, and with a at 3 they are 0.
    said = [Statement({x: 1, y: 1}, 2, 3) for x, y in ("ab", "bc", "ac")]
    found = bounds(make_system(said), pd.Index(["a"]), nodes=1)
    assert found.to_dict("list") == {"lower": [1], "upper": [2], "exact": [True]}
    assert limits[-1] == 30 / 2  # two ends are left
