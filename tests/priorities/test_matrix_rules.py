"""Priorities by locality: each rule by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, ParameterError
from hotspots.export.pages.matrix_page import matrix_html, write_matrix
from hotspots.priorities.matrix_rules import TickRules, priority_matrix

PLACES = ["Stoke", "Stafford", "Lichfield"]
PEOPLE = pd.Series([10_000.0, 10_000, 10_000], index=PLACES)


def matrix(counts: Any, flagged: Any = None, **rules: Any) -> Any:
    table = pd.DataFrame(counts, index=PLACES)
    flags = pd.DataFrame(flagged or {theme: [0, 0, 0] for theme in counts}, index=PLACES)
    return priority_matrix(table, PEOPLE, flags, rules=TickRules(**rules))


def marks(made: Any, theme: Any) -> Any:
    return made.loc[theme, PLACES].tolist()


def test_a_rate_clearly_over_that_of_all_is_ticked() -> None:
    # All: 900 among 30,000, so 300 each. 450 is 1.5 times that; 310 is over it, but under 1.1 times.
    assert marks(matrix({"ASB": [450, 310, 140]}), "ASB") == ["✓", "(✓)", ""]


def test_a_rate_of_few_incidents_is_not_clear() -> None:
    # 4 against 2.67 on average is 1.5 times, but its limits hold 1.
    assert marks(matrix({"ASB": [4, 3, 1]}), "ASB") == ["(✓)", "(✓)", ""]


def test_areas_that_stand_out_are_enough() -> None:
    made = matrix({"ASB": [300, 300, 300]}, {"ASB": [2, 1, 0]})
    assert marks(made, "ASB") == ["✓", "(✓)", ""]
    assert marks(matrix({"ASB": [300, 300, 300]}, {"ASB": [2, 1, 0]}, tick_areas=3), "ASB") == [
        "(✓)",
        "(✓)",
        "",
    ]


def test_the_most_prevalent_stand_first() -> None:
    made = matrix(
        {"Burglary": [300, 300, 300], "ASB": [300, 300, 300], "Drugs": [300, 300, 300]},
        {"Burglary": [2, 0, 0], "ASB": [2, 2, 0], "Drugs": [2, 1, 0]},
    )
    assert made.index.tolist() == ["ASB", "Drugs", "Burglary"]
    assert made["ticks"].tolist() == [2, 1, 1]
    # Two of three is more than half; one is not.
    assert made["prevalence"].tolist() == ["most prevalent", "less prevalent", "less prevalent"]


def test_rules_in_words() -> None:
    assert TickRules().sentences(noun="ward") == (
        "✓: the rate is at least 1.1 times that of all partnerships together, and clearly over it (95% limits), or at "
        "least 2 wards are significantly above the ward average.",
        "(✓): not that, but the rate is over 1 times that of all together, or at least 1 ward is significantly above.",
        "Most prevalent: ticked without brackets in more than 50% of the partnerships.",
    )


def test_messages() -> None:
    with pytest.raises(ParameterError) as caught:
        TickRules(tick_ratio=0.9)
    assert caught.value.message == "a tick in brackets asks for more than a tick"
    assert caught.value.hint == (
        "keep 'bracket_ratio' at most 'tick_ratio', and 'bracket_areas' at most 'tick_areas'"
    )
    with pytest.raises(ParameterError) as caught:
        TickRules(prevalent=50)
    assert caught.value.message == "'prevalent' is 50, but a share lies between 0 and 1"
    table = pd.DataFrame({"ASB": [1, 2, 3]}, index=PLACES)
    with pytest.raises(DataError) as other:
        priority_matrix(table, PEOPLE.replace({10_000.0: np.nan}), table)
    assert other.value.message == "the population of 'Stoke' is unknown or 0"
    assert other.value.hint == "name a 'population_table' for the areas, complete for every partnership"
    with pytest.raises(DataError) as other:
        priority_matrix(table, PEOPLE, table.iloc[::-1])
    assert other.value.message == "counts and flags are not of the same partnerships and themes"


def test_the_page_escapes_what_it_is_given(tmp_path: Path) -> None:
    made = matrix({"<script>": [450, 310, 140]}).rename(columns={"Stoke": "Stoke & <b>Trent"})
    page = matrix_html(made, title="A < B", notes=["<i>"], attribution="OGL & co")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;" in page
    assert "Stoke &amp; &lt;b&gt;Trent" in page
    assert "<h1>A &lt; B</h1>" in page
    assert "http" not in page
    assert '<td title="priority in part">(✓)</td>' in page
    write_matrix(made, tmp_path / "m.html", title="A < B", notes=["<i>"], attribution="OGL & co")
    assert (tmp_path / "m.html").read_text(encoding="utf-8") == page
