"""What is published does not depend on how fast the machine is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import milp

from hotspots.disclosure.bounds import bounds
from hotspots.disclosure.protect import protect
from hotspots.disclosure.release import Release
from hotspots.disclosure.rules import profile
from hotspots.disclosure.statements import Statement, make_system
from hotspots.disclosure.tables import make_tables


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A machine so slow that whatever is given a time has none: such searches come back with nothing."""
    searches: list[int] = []

    def slow(goal: Any, **asked: Any) -> Any:
        searches.append(len(goal))
        if "time_limit" in asked["options"]:
            return SimpleNamespace(x=None, fun=None, status=1)
        return milp(goal, **asked)

    monkeypatch.setattr("hotspots.disclosure.solver.milp", slow)
    return searches


def counts_by_area_and_theme() -> pd.Series[int]:
    random = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([[f"E{at}" for at in range(9)], list("abcd")], names=["area", "theme"])
    return pd.Series(random.poisson(12, len(index)), index=index)


def test_a_slow_machine_hides_the_same(request: pytest.FixtureRequest) -> None:
    counts = counts_by_area_and_theme()
    within = {"area": {"All": [f"E{at}" for at in range(9)]}, "theme": {"every": list("abcd")}}
    tables, rules = make_tables(counts, within=within), profile("nhs")
    fast = protect(tables, rules)
    searches: list[int] = request.getfixturevalue("stopped")
    slow = protect(tables, rules)
    assert searches
    assert (fast.table["why"] == "secondary").any()
    pd.testing.assert_frame_equal(slow.table, fast.table)


def test_a_slow_machine_works_out_the_same(request: pytest.FixtureRequest) -> None:
    # Each pair makes 2 or 3, so that of a alone 0 to 3 follow, but of all three 1 to 2.
    system = make_system([Statement({x: 1, y: 1}, 2, 3) for x, y in ("ab", "bc", "ac")])
    fast = bounds(system)
    searches: list[int] = request.getfixturevalue("stopped")
    assert bounds(system).equals(fast)
    assert searches
    assert fast["lower"].tolist() == [1, 1, 1]


def test_a_slow_machine_hides_the_same_beside_an_earlier_edition(stopped: list[int]) -> None:
    # 9 in all, of which a second edition shows 7: the other is 2. Hiding the 7, which costs 7, leaves it 0 to 9; hiding
    # the 9 costs more.
    system = make_system([Statement({"a": 1, "b": 1, "all": -1}, 0, 0)], cells=pd.Index(["a", "b", "all"]))
    lower, upper = np.array([0.0, 7, 9]), np.array([np.inf, 7, 9])
    known = type(system)(system.cells, lower, upper, system.matrix, system.least, system.most)
    release = Release(
        known, np.array([False, True, True]), np.zeros(3), np.full(3, np.inf), np.array([1.0, 7, 9])
    )
    chosen = release.choose(np.array([0]), np.array([4.0]), np.array([0.0]))
    assert stopped
    assert chosen.tolist() == [False, True, False]
