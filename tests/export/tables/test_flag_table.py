"""The ward table: order, rounding, words, files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hotspots.base.errors import DataError, FileError, HotspotsWarning
from hotspots.export.tables.flag_table import make_flag_table, write_flag_table

FLAGGED = pd.DataFrame(
    {
        "name": ["Low", "Town", "Town", "Castle", "Unknown"],
        "district": ["Stafford", "Stafford", "Newcastle", "Tamworth", "Stafford"],
        "n": [4, 1665, 1664, 95, 7],
        "rate": [1.0, 80.05, 120.0, 80.05, None],
        "sd_flag": pd.Categorical(["below", "above", "significantly above", "above", None]),
    },
    index=["E1", "E2", "E3", "E4", "E5"],
)


def test_only_above_by_rate_counts_to_ten_with_five_going_up() -> None:
    table = make_flag_table(FLAGGED)
    assert table["Ward Name"].tolist() == ["Town", "Town", "Castle"]
    assert table.iloc[:, 2].tolist() == [
        "1,660 (120.0 per 1,000)",
        "1,670 (80.0 per 1,000)",
        "100 (80.0 per 1,000)",
    ]
    assert table.iloc[:, 3].tolist() == ["Significantly above", "Above", "Above"]


def test_rates_of_rounded_counts_do_not_give_the_count_away() -> None:
    # 80.05 · 1670 / 1665 = 80.29; 120 · 1660 / 1664 = 119.71; 80.05 · 100 / 95 = 84.26.
    cells = make_flag_table(FLAGGED, rates="rounded").iloc[:, 2].tolist()
    assert cells == ["1,660 (119.7 per 1,000)", "1,670 (80.3 per 1,000)", "100 (84.3 per 1,000)"]


def test_other_areas_than_wards() -> None:
    table = make_flag_table(FLAGGED, area="LSOA")
    assert (table.columns[0], table.columns[3]) == ("LSOA Name", "Difference to lsoa average")


def test_a_layer_that_was_not_flagged_is_refused() -> None:
    with pytest.raises(DataError) as error:
        make_flag_table(FLAGGED.drop(columns="sd_flag"))
    assert error.value.message == "the layer has no column 'sd_flag', which the table prints"
    assert error.value.hint == (
        "count the incidents with populations, then flag the rates: hotspots count, hotspots flag"
    )


@pytest.mark.parametrize("column", ["n", "rate"])
def test_columns_that_are_printed_must_hold_numbers(column: str) -> None:
    with pytest.raises(DataError) as error:
        make_flag_table(FLAGGED.assign(**{column: "many"}))
    assert error.value.message == f"the column '{column}' does not hold numbers, which the table prints"
    with pytest.raises(DataError, match=f"^'{column}' of the layer is infinite for E2"):
        make_flag_table(FLAGGED.assign(**{column: [1.0, float("inf"), 2, 3, 4]}))


def test_a_number_in_words_is_read_and_one_that_is_not_known_is_a_dash() -> None:
    with pytest.warns(HotspotsWarning, match=r"1 holds no number, such as 'many' for E4: taken as unknown$"):
        table = make_flag_table(FLAGGED.assign(n=["4", "1,665", "1,664", "many", "7"]))
    assert table.iloc[:, 2].tolist() == [
        "1,660 (120.0 per 1,000)",
        "1,670 (80.0 per 1,000)",
        "– (80.0 per 1,000)",
    ]


def test_files_and_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = make_flag_table(FLAGGED)
    write_flag_table(table, tmp_path / "wards.csv")
    assert pd.read_csv(tmp_path / "wards.csv").equals(table)
    write_flag_table(table, tmp_path / "wards.txt", title="Overall crime")
    write_flag_table(table, "-", title="Overall crime")
    assert capsys.readouterr().out == (tmp_path / "wards.txt").read_text(encoding="utf-8")
    with pytest.raises(FileError) as error:
        write_flag_table(table, tmp_path / "wards.txt")
    assert error.value.message.endswith("wards.txt' exists already")


def test_a_table_without_rows_still_has_its_headings() -> None:
    empty = make_flag_table(FLAGGED.iloc[:1])
    assert empty.empty
    assert len(empty.columns) == 4


def test_an_area_without_a_district_has_an_empty_cell(capsys: pytest.CaptureFixture[str]) -> None:
    table = make_flag_table(
        FLAGGED.assign(
            district=pd.Series(["Stafford", None, "Newcastle", None, "Stafford"], index=FLAGGED.index)
        )
    )
    assert table["Partnership Area"].tolist() == ["Newcastle", "", ""]
    write_flag_table(table, "-")
    assert "nan" not in capsys.readouterr().out.casefold()
