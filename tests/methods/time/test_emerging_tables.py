"""The tables of docs/methods.md on emerging hotspots: what they count, and that one command writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from hotspots.areas.neighbours import Neighbours

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "write_emerging.py"


@pytest.fixture(scope="module")
def script(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("docs/write_emerging.py")


def a_ring(n: int = 150) -> tuple[pd.DataFrame, Neighbours]:
    """Areas that differ for good, so that each month tells of the next; nothing is beside anything of its kind."""
    random = np.random.default_rng(3)
    matrix = sparse.csr_array(np.roll(np.eye(n), 1, axis=1) + np.roll(np.eye(n), -1, axis=1))
    codes = pd.Index([f"a{i:03}" for i in range(n)], name="code")
    counts = random.poisson(np.repeat(random.gamma(0.8, 10, (n, 1)), 12, axis=1))
    return pd.DataFrame(counts, codes, [f"m{t:02}" for t in range(12)]), Neighbours(
        codes, matrix, "graph", ""
    )


def test_shuffling_keeps_the_counts(script: ModuleType) -> None:
    counts, _ = a_ring()
    random = np.random.default_rng(0)
    places, months = script.places_shuffled(counts, random), script.months_shuffled(counts, random)
    assert sorted(map(tuple, places.to_numpy())) == sorted(map(tuple, counts.to_numpy()))
    assert places.iloc[0].tolist() != counts.iloc[0].tolist()
    assert np.array_equal(np.sort(months, axis=1), np.sort(counts, axis=1))
    assert sorted(months.sum()) == sorted(counts.sum())


def test_both_tables_have_a_row_for_each_rule(script: ModuleType) -> None:
    counts, neighbours = a_ring()
    text = script.tables([("Ring, all", counts, neighbours)], "A ring", 4)
    rows = [line for line in text.splitlines() if line.startswith("| Ring")]
    assert [row.split(" | ")[1] for row in rows] == [*script.RULES, "as published, 1 before", *script.RULES]
    assert text.startswith("A ring, by month; 4 shuffles, seed 20260.")


def test_months_that_go_apart_make_hotspots_of_chance(script: ModuleType) -> None:
    counts, neighbours = a_ring()
    random = np.random.default_rng(1)
    maps = [script.places_shuffled(counts, random) for _ in range(10)]
    together = [script.hot_months(one, neighbours=neighbours, comparison="neighbourhood") for one in maps]
    apart = [
        (script.benjamini_hochberg(script.as_published(one, neighbours).ravel()) <= 0.05).sum()
        for one in maps
    ]
    assert np.count_nonzero(together) <= 2
    assert np.count_nonzero(apart) >= 5


def test_the_page_holds_the_tables(script: ModuleType) -> None:
    page = script.PAGE.read_text(encoding="utf-8").partition(script.START)[2].partition(script.END)[0]
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith(("| Wards", "| LSOAs"))]
    assert len(rows) == 2 * 3 * (len(script.RULES) + 1) + 2 * 3 * len(script.RULES)
