"""The calibration tables of docs/methods.md: their arithmetic, and their essentials drawn anew with another seed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.meansd import flag_mean_sd

DOCS = Path(__file__).resolve().parents[2] / "docs"
SEED = 7  # not the tables'

Table = dict[tuple[str, ...], list[float]]


@pytest.fixture(scope="module")
def calibration(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("docs/write_calibration.py")


@pytest.fixture(scope="module")
def table(calibration: ModuleType) -> Table:
    found: Table = calibration.rows((DOCS / "methods.md").read_text(encoding="utf-8"))
    return found


def four_errors(share: float, runs: int, written_runs: int) -> float:
    """Four standard errors of the difference between two shares of maps, and one map more."""
    chance = min(max(share, 1 / runs), 1 - 1 / runs)
    return 4 * float(np.sqrt(chance * (1 - chance) * (1 / runs + 1 / written_runs))) + 1 / runs


def test_a_share_never_has_an_error_of_0(calibration: ModuleType) -> None:
    # One map more of each kind: 1 of 102, so √(.0098 · .9902 / 100) = .00985.
    assert calibration.share(0, 100) == "0.0% ± 1.0"
    assert calibration.share(50, 100) == "50.0% ± 5.0"


def test_the_error_of_a_share_of_marked_areas_is_over_maps(calibration: ModuleType) -> None:
    # 6 of 10 right; residuals 4 - .6 · 5 = 1 and 2 - 3 = -1; √(2 / 1 · 2) / 10 = .2.
    assert calibration.of_marked([4, 2], [5, 5]) == "60.0% ± 20.0"
    assert calibration.of_marked([0, 0], [0, 0]) == "-"
    # Mean 50%, standard deviation √.02 = .141, over √2.
    assert calibration.over_maps([0.4, 0.6]) == "50.0% ± 10.0"


def test_each_table_takes_its_part_of_the_draws(calibration: ModuleType) -> None:
    assert calibration.runs_of("intervals", 400) == 4 * calibration.runs_of("intervals", 100) == 400
    assert {calibration.runs_of(name, 1) for name in calibration.PARTS} == {2, 20}


def test_one_command_writes_the_page_whole(
    calibration: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two maps of each kind, and on wards where the page has LSOAs, so that it takes seconds."""
    wards = calibration.sample("west-yorkshire-wards")
    monkeypatch.setattr(calibration, "sample", lambda _: wards)
    page = tmp_path / "page.md"
    page.write_text(f"before\n{calibration.START}\nold\n{calibration.END}\nafter\n", encoding="utf-8")
    calibration.main(["--draws", "2", "--page", str(page)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{calibration.START}\n\nOne run, `--draws 2`, seed {calibration.SEED}: ")
    assert text.endswith(f"{calibration.END}\nafter\n")
    sections = dict(re.findall(r"^\*\*(.+?)\*\*(.+?)(?=^\*\*|\Z)", text, re.M | re.S))
    made = {name.rstrip(".,"): re.findall(r"^\|.+\|$", body, re.M) for name, body in sections.items()}
    assert {name: len(lines) - 2 for name, lines in made.items()} == {
        "Nothing there": 6 * 4 + 5 * 3,  # maps of cells have local Moran's I too
        "Real counts, shuffled": 2 * 2 * 2,  # no cells of 250 m by so few draws
        "Something there": 4 * 3 + 2 * 2,
        "Intervals": 2 * len(calibration.NOMINAL),
        "Ranks": 2 * 2,
        "Risk": 3 * 3,
        "Funnel": 2 * 3,
        "Mean + SD": 4,
    }
    for name, (heading, _, *lines) in made.items():
        assert "nominal" in heading + next(
            body for head, body in sections.items() if head.startswith(name)
        ), name
        for line in lines:
            assert line.count("|") == heading.count("|"), line
            assert " ± " in line, line
    assert "nan" not in text
    # The page is read back by the words of each row: no two rows have the same.
    assert len(calibration.rows(text)) == sum(len(lines) - 2 for lines in made.values())


def test_the_page_is_read_back(calibration: ModuleType) -> None:
    body = "| what | rule | a | b |\n| --- | --- | ---: | ---: |\n| cells | exact | - | 1.5% ± 0.2 |\n| c | 1,234 | 3 |"
    page = calibration.written(f"x\n{calibration.START}\nold\n{calibration.END}\ny", body)
    assert page.startswith("x\n")
    assert page.endswith("\ny")
    found = calibration.rows(page)
    assert found["cells", "exact"] == [pytest.approx(float("nan"), nan_ok=True), 0.015]
    assert found[("c",)] == [1234, 3]


def test_a_rule_judges_as_the_library_does(calibration: ModuleType) -> None:
    scenario = next(calibration.planted_scenarios())
    values = scenario.draw(np.random.default_rng(SEED))
    found = gi_star(pd.Series(values, index=scenario.neighbours.index), scenario.neighbours)
    hot, cold, alone = calibration.judge(values, scenario.neighbours, "exact")
    named = found["gi_class"].astype(str)
    assert hot.tolist() == named.isin(["hot95", "hot99"]).tolist()
    assert cold.tolist() == named.isin(["cold95", "cold99"]).tolist()
    assert alone.sum() == ((found["gi_p"] <= 0.05) & (found["gi_z"] > 0)).sum()
    assert scenario.planted.sum() == 9


@pytest.mark.parametrize("rule", ["exact", "normal"])
def test_the_table_of_maps_with_nothing_holds_for_another_seed(
    calibration: ModuleType, table: Table, rule: str
) -> None:
    chosen = ("900 cells, 0.2 incidents each, one risk", "900 cells, 2 incidents on average, risk CV 1.2")
    for scenario in calibration.null_scenarios():
        if scenario.name not in chosen:
            continue
        found = calibration.run(scenario, rule, 80, seed=SEED)
        alone, hot, _ = table[scenario.name, rule]
        assert found.hot.any(axis=1).mean() == pytest.approx(
            hot, abs=four_errors(hot, 80, calibration.runs_of("nothing"))
        )
        # Nine cells share their sums, so a map is worth a ninth of its cells.
        assert found.alone.mean() == pytest.approx(alone, abs=four_errors(alone, 8_000, 20_000) + 5e-4)


def test_what_the_page_says_of_gi_star(calibration: ModuleType, table: Table) -> None:
    error = {
        rule: 3
        * np.sqrt(0.05 * 0.95 / calibration.runs_of("permuted" if rule == "permutations" else "nothing"))
        for rule in calibration.RULES
    }
    null = {s.name for s in calibration.null_scenarios()}
    for (name, *how), numbers in table.items():
        if name in null and how in (["exact"], ["permutations"], ["local Moran"]):
            assert numbers[1] <= 0.05 + error[how[0]], (name, how)
            assert numbers[2] <= 0.05 + error[how[0]], (name, how)
        if name in null and how == ["normal"] and "CV" in name:
            assert numbers[1] > 0.5, name
    # Shuffled: nothing by the exact distribution, much by the normal one.
    shuffled = {words: numbers for words, numbers in table.items() if " m, " in words[0]}
    assert len(shuffled) == 12
    for words, numbers in shuffled.items():
        assert (numbers[2] < 1) == (words[1] == "exact"), words


def of_interval(table: Table, name: str, mean: int) -> list[float]:
    """The three columns of one interval: dispersions 1, 2 and 3."""
    (found,) = [numbers[-3:] for words, numbers in table.items() if words[0] == f"{name}, {mean} incidents"]
    return found


def test_what_the_page_says_of_intervals(calibration: ModuleType, table: Table) -> None:
    error = 3 * np.sqrt(0.05 * 0.95 / calibration.runs_of("intervals"))
    for mean in (5, 50):
        assert min(of_interval(table, "rate limits, dispersion known", mean)) >= 0.945
        assert of_interval(table, "rate limits, Poisson", mean)[2] < 0.85
        assert max(of_interval(table, "change flagged, limits", mean)) <= 0.05
        assert of_interval(table, "change flagged, Poisson limits", mean)[2] > 0.1
        assert max(of_interval(table, "maps with any change flagged, q", mean)) <= 0.05 + error


def test_predicted_funnel_limits_do_as_they_say(calibration: ModuleType, table: Table) -> None:
    for name in ("3 incidents, CV 0.9", "73 incidents, CV 1.2"):
        assert table[name, "lognormal"][0] < 0.004
        assert table[name, "spiegelhalter"][0] > 0.03
    found = calibration.beyond_funnel(73.0, 1.2, "spiegelhalter", 10, seed=SEED).mean(axis=0)
    assert found == pytest.approx(table["73 incidents, CV 1.2", "spiegelhalter"], abs=0.004)


def test_coverage_holds_for_another_seed(calibration: ModuleType, table: Table) -> None:
    found = calibration.coverage(2.0, 50.0, 40, seed=SEED)
    assert set(found) == set(calibration.NOMINAL)
    written = {words[0] for words in table}
    of_shares = [name for name in found if not name.startswith("maps") and f"{name}, 50 incidents" in written]
    assert {"rate limits, dispersion known", "change flagged, limits"} <= set(of_shares)
    for name in of_shares:
        mean, error = found[name]
        assert mean == pytest.approx(of_interval(table, name, 50)[1], abs=5 * error + 0.005), name


def test_the_table_of_the_flag_holds_for_another_seed(calibration: ModuleType, table: Table) -> None:
    for name, expected, population in calibration.flag_cases():
        above, significant, per_map, maps = table[(name,)]
        found = calibration.flag_alarms(expected, population, 500, seed=SEED)
        # Written with one decimal of a percent; 500 maps of 124 areas have a standard error under 0.15%.
        assert found["above"] == pytest.approx(above, abs=0.006)
        assert found["significantly above"] == pytest.approx(significant, abs=0.004)
        assert found["per map"] == pytest.approx(per_map, abs=0.05 + 0.004 * len(expected))
        assert found["maps"] == pytest.approx(maps, abs=0.03)
        # By chance alone, two or three areas in a hundred are significantly above in nearly every map.
        assert 0.02 < significant < 0.04
        assert maps > 0.95


def test_the_flag_of_many_maps_is_that_of_one(calibration: ModuleType) -> None:
    name, expected, population = next(calibration.flag_cases())
    found = calibration.flag_alarms(expected, population, 1, seed=SEED)
    rates = np.random.default_rng(SEED).poisson(expected[:, None], (len(expected), 1))[:, 0] / population
    flags = flag_mean_sd(pd.Series(rates))["sd_flag"]
    assert found["above"] == pytest.approx((flags == "above").mean()), name
    assert found["per map"] == (flags == "significantly above").sum()
