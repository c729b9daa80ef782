"""The tables on charts of months in docs/methods.md: the program that writes them, and what the page says by them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.source

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "methods.md"


@pytest.fixture(scope="module")
def charts(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("docs/write_charts.py")


def months(seed: int) -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(seed)
    columns = pd.period_range("2025-01", periods=12, freq="M")
    return {
        name: pd.DataFrame(random.poisson(mean, (40, 12)), columns=columns)
        for name, mean in (("a", 5), ("b", 50))
    }


def test_shuffling_keeps_the_counts_of_each_chart(charts: ModuleType) -> None:
    held = months(1)
    mixed = charts.shuffled(held, np.random.default_rng(2))
    assert np.array_equal(np.sort(mixed["a"].to_numpy(), axis=1), np.sort(held["a"].to_numpy(), axis=1))
    assert not mixed["a"].equals(held["a"])


def test_the_table_ranks_the_rules_by_their_false_alarms(charts: ModuleType) -> None:
    lines = charts.false_table([months(seed) for seed in range(4)], "Nothing.")
    shares = {line.split(" | ")[0][2:]: float(line.split(" | ")[1].split("%")[0]) for line in lines[4:]}
    assert (
        shares["expected, by q (the default)"] <= shares["expected, by limits"] < shares["individuals (XmR)"]
    )


def test_a_trebled_month_of_a_large_chart_is_found(charts: ModuleType) -> None:
    hits = [charts._found(months(seed), 40, 70, 1, 3, seed) for seed in range(4)]
    assert all(hit[2] and hit[3] for hit in hits)
    assert charts._found(months(1), 400, 700, 1, 3, 1) is None


def test_the_page_has_the_tables_and_they_keep_what_is_promised() -> None:
    text = PAGE.read_text(encoding="utf-8")
    body = text.split("<!-- charts: written by docs/write_charts.py -->")[1].split("<!-- end of charts -->")[
        0
    ]
    row = next(line for line in body.splitlines() if line.startswith("| expected, by q (the default)"))
    share, error = re.findall(r"([0-9.]+)% ± ([0-9.]+)", row)[-1]
    assert float(share) - 2 * float(error) <= 5
    assert "| 40 to 70 | month x 3 |" in body
