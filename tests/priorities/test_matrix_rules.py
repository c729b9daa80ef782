"""Priorities by partnership: each rule by hand."""

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


def ticked(
    counts: Any, flagged: Any = None, *, members: Any = None, dispersion: Any = None, **rules: Any
) -> Any:
    table = pd.DataFrame(counts, index=PLACES)
    flags = pd.DataFrame(flagged or {theme: [0, 0, 0] for theme in counts}, index=PLACES)
    held = None if members is None else pd.Series(members, index=PLACES)
    return priority_matrix(
        table, PEOPLE, flags, rules=TickRules(**rules), members=held, dispersion=dispersion
    )


def matrix(counts: Any, flagged: Any = None, **more: Any) -> Any:
    return ticked(counts, flagged, **more).matrix


def counted(counts: Any, flagged: Any = None, **more: Any) -> Any:
    return matrix(counts, flagged, rule="counted", **more)


def marks(made: Any, theme: Any) -> Any:
    return made.loc[theme, PLACES].tolist()


def test_a_rate_clearly_over_that_of_the_rest_is_ticked() -> None:
    # 450 among 10,000 against 450 among 20,000 is 2 times; 310 against 590, 1.05 times, has limits that hold 1.
    assert marks(matrix({"ASB": [450, 310, 140]}), "ASB") == ["✓", "", ""]
    # 1,050 times as much of each: 1.05 times is now clear, but no tick, which asks for 1.1 times.
    assert marks(matrix({"ASB": [450_000, 310_000, 140_000]}), "ASB") == ["✓", "(✓)", ""]
    assert marks(matrix({"ASB": [450_000, 310_000, 140_000]}, tick_ratio=1.0), "ASB") == ["✓", "✓", ""]


def test_nothing_is_ticked_for_chance_or_for_dispersed_counts() -> None:
    # 4 against 4 among twice the people is 2 times, but its limits hold 1: no mark at all.
    assert marks(matrix({"ASB": [4, 3, 1]}), "ASB") == ["", "", ""]
    # 60 against 80 among twice the people, 1.5 times: limits 1.06 to 2.12, but 0.88 to 2.55 where the dispersion is 2.
    assert marks(matrix({"ASB": [60, 40, 40]}), "ASB") == ["✓", "", ""]
    assert marks(matrix({"ASB": [60, 40, 40]}, dispersion={"ASB": 2.0}), "ASB") == ["", "", ""]


def test_areas_that_stand_out_count_where_chance_would_not_put_them() -> None:
    even = {"ASB": [300, 300, 300]}
    # 3 of 30 stand out, all in the place of 5: 10 / C(30, 3) = 10 / 4,060. In that of 20: 1,140 / 4,060 = 28 %.
    small, large = {"ASB": [3, 0, 0]}, {"ASB": [0, 0, 3]}
    assert marks(matrix(even, small, members=[5, 5, 20]), "ASB") == ["(✓)", "", ""]
    assert marks(matrix(even, large, members=[5, 5, 20]), "ASB") == ["", "", ""]
    # Two of the three in a place of 5: (10 x 25 + 10) / 4,060 = 6.4 %, over 5 %.
    assert marks(matrix(even, {"ASB": [2, 0, 1]}, members=[5, 5, 20]), "ASB") == ["", "", ""]
    assert marks(matrix(even, {"ASB": [2, 0, 1]}, members=[5, 5, 20], level=0.9), "ASB") == ["(✓)", "", ""]


def test_the_number_of_ticks_by_chance_is_told() -> None:
    """300 each: s = 900, share 1/3, SD sqrt(200) = 14.14, so a tick starts at the count of 1.1 times, 319.35.

    That is 1.368 SD above 300, less than 1.96: three boxes of 2.5 %. With 40,000 times as much, 1.1 times is
    out of reach of chance. Clearly over but under 1.1 times is then what chance can give: in brackets.
    """
    made = ticked({"ASB": [300, 300, 300]})
    assert made.by_chance == pytest.approx(3 * 0.025, rel=1e-3)
    assert made.in_brackets_by_chance == pytest.approx(0, abs=1e-9)
    many = ticked({"ASB": [12_000_000] * 3})
    assert many.by_chance == pytest.approx(0, abs=1e-9)
    assert many.in_brackets_by_chance == pytest.approx(3 * 0.025, rel=1e-3)
    assert made.sentence() == (
        "Of 3 boxes, 0 are ticked, where 0.1 would be by chance if no partnership differed from the others; 0 in "
        "brackets, where 0.0 would be."
    )
    assert ticked({"ASB": [300, 300, 300]}, rule="counted").sentence() == ""


def test_chance_ticks_as_many_boxes_as_are_told() -> None:
    """Themes of one risk everywhere, partnerships of 5 to 40 areas: the ticks that come are those expected."""
    random = np.random.default_rng(6)
    sizes = np.array([5, 10, 20, 40])
    places = list("abcd")
    expected, found, large = 0.0, 0, 0
    for _ in range(60):
        n = pd.DataFrame(random.poisson(np.outer(sizes, [30.0] * 8)), index=places)
        flags = pd.DataFrame(random.multivariate_hypergeometric(sizes, 4, 8).T, index=places)
        members = pd.Series(sizes, index=places)
        made = priority_matrix(n, members * 1000.0, flags, members=members)
        expected += made.by_chance + made.in_brackets_by_chance
        marked = made.matrix[places].to_numpy() != ""
        found += int(marked.sum())
        large += int(marked[:, 3].sum())
    # 1,920 boxes of which some 5 % are marked: a standard deviation of about a tenth.
    assert found == pytest.approx(expected, rel=0.25)
    # The largest place has no more of them than a quarter, give or take.
    assert large / found < 0.4


def test_a_comparator_stands_in_for_the_rest() -> None:
    table = pd.DataFrame({"ASB": [450, 450, 450]}, index=PLACES)
    flags = table * 0
    country = pd.DataFrame({"n": [300_000], "population": [10_000_000]}, index=["ASB"])
    assert marks(priority_matrix(table, PEOPLE, flags).matrix, "ASB") == ["", "", ""]
    # 45 against 30 per 1,000.
    assert marks(priority_matrix(table, PEOPLE, flags, comparator=country).matrix, "ASB") == ["✓"] * 3
    with pytest.raises(DataError) as caught:
        priority_matrix(table, PEOPLE, flags, comparator=country.rename({"ASB": "Drugs"}))
    assert caught.value.message == "the comparator lacks the theme 'ASB'"
    assert caught.value.hint == "give it a row for every theme of the table"


def test_the_old_rule_is_to_be_had() -> None:
    # All: 900 among 30,000, so 300 each. 450 is 1.5 times that; 310 is over it, but under 1.1 times.
    assert marks(counted({"ASB": [450, 310, 140]}), "ASB") == ["✓", "(✓)", ""]
    # 4 against 2.67 on average is 1.5 times, but its limits hold 1.
    assert marks(counted({"ASB": [4, 3, 1]}), "ASB") == ["(✓)", "(✓)", ""]
    even = {"ASB": [300, 300, 300]}
    assert marks(counted(even, {"ASB": [2, 1, 0]}), "ASB") == ["✓", "(✓)", ""]
    assert marks(counted(even, {"ASB": [2, 1, 0]}, tick_areas=3), "ASB") == ["(✓)", "(✓)", ""]


def test_the_most_prevalent_stand_first() -> None:
    made = counted(
        {"Burglary": [300, 300, 300], "ASB": [300, 300, 300], "Drugs": [300, 300, 300]},
        {"Burglary": [2, 0, 0], "ASB": [2, 2, 0], "Drugs": [2, 1, 0]},
    )
    assert made.index.tolist() == ["ASB", "Drugs", "Burglary"]
    assert made["ticks"].tolist() == [2, 1, 1]
    # Two of three is more than half; one is not.
    assert made["prevalence"].tolist() == ["most prevalent", "less prevalent", "less prevalent"]


def test_rules_in_words() -> None:
    assert TickRules().sentences(noun="ward") == (
        "✓: the rate is at least 1.1 times that of the rest together, and clearly over it (95% limits, with the "
        "dispersion of the counts).",
        "(✓): not that, but clearly over it all the same, or more of its wards are significantly above the ward "
        "average than chance would put there in 5% of cases.",
        "Most prevalent: ticked without brackets in more than 50% of the partnerships.",
    )
    assert TickRules(rule="counted").sentences(noun="ward") == (
        "✓: the rate is at least 1.1 times that of all partnerships together, and clearly over it (95% limits), or at "
        "least 2 wards are significantly above the ward average.",
        "(✓): not that, but the rate is over that of all together, or at least 1 ward is significantly above.",
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
    assert caught.value.hint == "set 'prevalent' to a share such as 0.5"
    with pytest.raises(ParameterError) as caught:
        TickRules(rule="both")  # type: ignore[arg-type]
    assert (caught.value.message, caught.value.hint) == ("'rule' is 'both'", "use 'limits' or 'counted'")
    table = pd.DataFrame({"ASB": [1, 2, 3]}, index=PLACES)
    with pytest.raises(DataError) as other:
        priority_matrix(table, PEOPLE.replace({10_000.0: np.nan}), table)
    assert other.value.message == "the population of 'Stoke' is unknown or 0"
    assert other.value.hint == "name a 'population_table' for the areas, complete for every partnership"
    with pytest.raises(DataError) as other:
        priority_matrix(table, PEOPLE, table.iloc[::-1])
    assert other.value.message == "counts and flags are not of the same partnerships and themes"


def test_the_page_escapes_what_it_is_given(tmp_path: Path) -> None:
    made = counted({"<script>": [450, 310, 140]}).rename(columns={"Stoke": "Stoke & <b>Trent"})
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


def test_a_theme_that_a_comparator_lacks_is_compared_with_the_rest() -> None:
    counts = pd.DataFrame({"ASB": [300, 100], "Burglary": [50, 55]}, index=["Town", "Vale"])
    flags, people = counts * 0, pd.Series({"Town": 10_000, "Vale": 10_000})
    nation = pd.DataFrame(
        {"n": [np.nan, 300.0], "population": [np.nan, 100_000.0]}, index=["ASB", "Burglary"]
    )
    made: Any = priority_matrix(counts, people, flags, comparator=nation).matrix[["Town", "Vale"]]
    # Burglary is 5 and 5.5 per 1,000 beside 3: ticked in both, as neither stands out from the other.
    assert made.loc["Burglary"].tolist() == ["✓", "✓"]
    assert made.loc["ASB"].tolist() == ["✓", ""]
