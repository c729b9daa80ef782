"""The calibration tables of docs/methods.md: their arithmetic, and their essentials drawn anew with another seed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from hotspots.base.discovery import benjamini_hochberg
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.meansd import flag_mean_sd

DOCS = Path(__file__).resolve().parents[2] / "docs"
SEED = 7  # not the tables'
RUNS = {"normal": 300, "permutations": 150, "flag": 500}
LAW = ("900 equal cells, 5 incidents each", "124 wards, 50 incidents on average, rates")


@pytest.fixture(scope="module")
def calibration() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_calibration", DOCS / "write_calibration.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["write_calibration"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(calibration: ModuleType) -> dict[tuple[str, ...], list[float]]:
    found: dict[tuple[str, ...], list[float]] = calibration.rows(
        (DOCS / "methods.md").read_text(encoding="utf-8")
    )
    return found


def four_errors(share: float, runs: int, written_runs: int) -> float:
    """Four standard errors of the difference between two shares of maps, and one map more."""
    chance = min(max(share, 1 / runs), 1 - 1 / runs)
    return 4 * float(np.sqrt(chance * (1 - chance) * (1 / runs + 1 / written_runs))) + 1 / runs


def of_areas(share: float, areas: int, runs: int, written_runs: int) -> float:
    """The same for shares of areas: nine or so areas share their sums, so a map is worth a ninth of its areas."""
    return 4 * float(np.sqrt(share * (1 - share) / (areas / 9) * (1 / runs + 1 / written_runs))) + 5e-4


def test_many_maps_at_once_have_the_scores_and_q_of_one(calibration: ModuleType) -> None:
    for scenario in calibration.scenarios():
        values = scenario.draw(2, SEED)
        z = calibration.scores(values, scenario.neighbours)
        one = gi_star(pd.Series(values[:, 1], index=scenario.neighbours.index), scenario.neighbours)
        np.testing.assert_allclose(z[:, 1], one["gi_z"], atol=1e-9)
        p = one["gi_p"].to_numpy()
        assert calibration.step_up(p[:, None])[:, 0] == pytest.approx(benjamini_hochberg(p))


def test_the_tables_name_every_case(
    calibration: ModuleType, table: dict[tuple[str, ...], list[float]]
) -> None:
    cases = {(s.name, inference) for s in calibration.scenarios() for inference in ("normal", "permutations")}
    flags = {(name,) for name, *_ in calibration.flag_cases()}
    assert set(table) == cases | flags


@pytest.mark.parametrize("inference", ["normal", "permutations"])
def test_the_table_of_gi_star_holds_for_another_seed(
    calibration: ModuleType, table: dict[tuple[str, ...], list[float]], inference: str
) -> None:
    runs = RUNS[inference]
    alarms = calibration.analytic_alarms if inference == "normal" else calibration.permutation_alarms
    written_runs = calibration.RUNS["analytic" if inference == "normal" else "permutation"]
    for scenario in calibration.scenarios():
        if inference == "permutations" and scenario.name not in (*LAW, "900 equal cells, 0.2 incidents each"):
            continue
        hot05, cold05, hot01, _, any05, q05, q10 = table[scenario.name, inference]
        found = alarms(scenario, runs, seed=SEED)
        n = len(scenario.expected)
        for here, there in ((found.hot05, hot05), (found.cold05, cold05), (found.hot01, hot01)):
            assert here == pytest.approx(there, abs=of_areas(there, n, runs, written_runs)), scenario.name
        for here, there in ((found.any05, any05), (found.q05, q05), (found.q10, q10)):
            assert here == pytest.approx(there, abs=four_errors(there, runs, written_runs)), scenario.name


def test_what_the_tables_say(table: dict[tuple[str, ...], list[float]]) -> None:
    # By permutations, values that chance treats alike keep the promises of p and q.
    alike = [row for (name, *how), row in table.items() if how == ["permutations"] and "counts" not in name]
    assert len(alike) == 5
    for hot05, cold05, hot01, left05, _, q05, q10 in alike:
        assert hot05 < 0.026
        assert cold05 < 0.026
        assert hot01 < 0.0055
        assert left05 < 0.001
        assert q05 < 0.06
        assert q10 < 0.11
    # The normal distribution does not, where incidents are few.
    sparse = [row[5] for (name, *how), row in table.items() if how == ["normal"] and name.startswith("900")]
    assert sparse[0] > 0.4 > 0.1 > sparse[2]
    # Without correction every map shows something; counts of wards show where people live.
    assert all(row[4] > 0.95 for row in table.values() if len(row) == 7)
    assert table["124 wards, 50 incidents on average, counts", "permutations"][5] == 1


def test_the_table_of_the_flag_holds_for_another_seed(
    calibration: ModuleType, table: dict[tuple[str, ...], list[float]]
) -> None:
    for name, expected, population in calibration.flag_cases():
        above, significant, per_map, maps = table[(name,)]
        found = calibration.flag_alarms(expected, population, RUNS["flag"], seed=SEED)
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
