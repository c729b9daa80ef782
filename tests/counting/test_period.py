"""One rule for the length of a period: given, else asked for, else the months of the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hotspots.base.errors import HotspotsWarning, ParameterError
from hotspots.counting.period import months_covered, over_months, period_of, period_of_report
from hotspots.incidents import read_incidents, select_incidents


def months_of(*names: str, **attrs: Any) -> pd.DataFrame:
    table = pd.DataFrame({"month": pd.PeriodIndex(names, freq="M")})
    table.attrs.update(attrs)
    return table


@pytest.fixture
def fireworks(tmp_path: Path) -> Path:
    """A file of twelve months of noise, with fireworks in October and November only."""
    rows = [f"400500,300500,Noise,2025-{month:02d}" for month in range(1, 13)]
    rows += [f"400500,300500,Fireworks,2025-{month}" for month in (10, 11) for _ in range(10)]
    path = tmp_path / "calls.csv"
    path.write_text("Easting,Northing,Category,Month\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_months_present_are_counted_once() -> None:
    period = period_of(months_of("2025-01", "2025-01", "2025-02"))
    assert (period.length, period.months_from) == (2, "files")
    assert str(period) == "2 months (those of the data, from 2025-01 to 2025-02)"


def test_a_rare_category_does_not_shorten_the_period(fireworks: Path) -> None:
    for table, report in (
        read_incidents(fireworks, category="Fireworks"),
        read_incidents(fireworks, exclude="Noise"),
    ):
        assert len(table) == 20
        assert period_of(table).length == period_of_report(report).length == 12
    everything, _ = read_incidents(fireworks)
    assert period_of(select_incidents(everything, category="fireworks")).length == 12


def test_the_months_asked_for_are_the_period(fireworks: Path) -> None:
    table, report = read_incidents(fireworks, category="Fireworks", period="2025-09..2025-11")
    for period in (period_of(table), period_of_report(report)):
        assert (period.length, period.months_from) == (3, "asked")
        assert str(period) == "3 months (those asked for, from 2025-09 to 2025-11)"
    chosen = select_incidents(
        select_incidents(read_incidents(fireworks)[0], period="2025-10"), category="Noise"
    )
    assert str(period_of(chosen)) == "1 month (those asked for, 2025-10)"


def test_a_length_given_stands(fireworks: Path) -> None:
    table, report = read_incidents(fireworks, period="2025-10")
    assert period_of(table, months=6).months_from == "given"
    assert period_of_report(report, months=2.5).length == 2.5
    assert str(period_of(table, months=6)) == "6 months (given)"


def test_months_asked_for_that_the_files_lack_are_counted_and_warned_of(fireworks: Path) -> None:
    table, report = read_incidents(fireworks, period="2025-11..2026-02")
    said = (
        r"2 of the 4 months asked for have no incident of any category \(2026-01, 2026-02\): "
        "where their files are missing, rates are too low"
    )
    with pytest.warns(HotspotsWarning, match=said):
        assert period_of(table).length == 4
    with pytest.warns(HotspotsWarning, match=said):
        assert period_of_report(report).length == 4


def test_a_gap_in_the_months_is_warned_of() -> None:
    with pytest.warns(
        HotspotsWarning,
        match="1 month between 2025-01 and 2025-03 has no incidents; rates use the months present",
    ):
        assert period_of(months_of("2025-01", "2025-03")).length == 2


def test_one_month_of_several_years_is_a_choice_not_a_gap() -> None:
    assert period_of(months_of("2016-07", "2017-07", "2018-07")).length == 3


def test_no_month_at_all_says_what_to_give() -> None:
    with pytest.raises(ParameterError) as caught:
        period_of(pd.DataFrame({"x": [1.0]}))
    assert caught.value.message == "no incident has a month, so the length of the period is unknown"
    assert (
        caught.value.hint
        == "say how many months the data cover with 'months', or name their column with 'month_column'"
    )


def test_rows_added_to_a_table_add_their_months() -> None:
    table = months_of("2025-01", "2025-03", months=["2025-01", "2025-02"])
    assert [str(month) for month in months_covered(table)] == ["2025-01", "2025-02", "2025-03"]


def test_counts_by_month_have_every_month_covered() -> None:
    covered = months_covered(months_of("2025-02", months=["2025-01", "2025-02"]))
    counts = pd.DataFrame({covered[1]: [3, 4]})
    assert over_months(counts, covered).to_numpy().tolist() == [[0, 3], [0, 4]]
