"""Comparators: read in either form, added up, chosen by name, and refused in a sentence where they cannot serve."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd
import pytest

from hotspots.analysis.comparators import (
    SIMILAR,
    check_comparators,
    choose_comparators,
    read_comparators,
    theme_comparator,
)
from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError
from hotspots.incidents import read_incidents
from hotspots.methods.compare import comparator_values

LONG = """force,category,n,population,months,period
Kent,Burglary,200,1000,12,2017/18
Essex,Burglary,100,3000,12,2017/18
Kent,Drugs,30,1000,12,2017/18
Dorset,Burglary,9,500,6,2017 H1
"""


@pytest.fixture
def forces(tmp_path: Path) -> pd.DataFrame:
    (tmp_path / "forces.csv").write_text(LONG, encoding="utf-8")
    return read_comparators(tmp_path / "forces.csv")


def test_a_row_for_each_force_and_category(forces: pd.DataFrame) -> None:
    assert forces.columns.tolist()[:3] == ["Kent n", "Kent population", "Kent months"]
    assert forces.loc["Burglary", "Essex n"] == 100
    assert forces["Essex n"].isna().tolist() == [False, True]
    assert forces.attrs["periods"] == {"Kent": "2017/18", "Essex": "2017/18", "Dorset": "2017 H1"}


def test_counts_of_another_length_of_time_keep_their_rate(forces: pd.DataFrame) -> None:
    # Dorset: 9 in 6 months among 500 is 36 per 1,000 a year; against one month, people count six times.
    told = comparator_values(forces, pd.Index(["Burglary", "Robbery"]), months=1)
    assert told["Dorset"] == [(9.0, 3000.0), None]
    assert 9 * 12_000 / 1 / 3000 == 36


def test_similar_forces_are_added_up(forces: pd.DataFrame, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="hotspots"):
        chosen = choose_comparators(forces, national=["kent"], similar=["Kent", "Essex"])
    assert chosen.loc["Burglary", f"{SIMILAR} n"] == 300
    assert chosen.loc["Burglary", f"{SIMILAR} population"] == 4000
    assert chosen.loc["Burglary", f"{SIMILAR} months"] == 12
    # Essex says nothing of drugs, so neither its crimes nor its people count there.
    assert list(chosen.loc["Drugs", [f"{SIMILAR} n", f"{SIMILAR} population"]]) == [30, 1000]
    assert "Similar forces: 'Drugs' leaves out Essex, of which no figure is known" in caplog.messages
    assert chosen.attrs["members"] == ["Kent", "Essex"]
    assert chosen.attrs["periods"] == {"Kent": "2017/18", SIMILAR: "2017/18"}


def test_one_similar_force_keeps_its_name_and_none_named_are_all(forces: pd.DataFrame) -> None:
    assert list(choose_comparators(forces, similar=["Essex"]).attrs["periods"]) == ["Essex"]
    assert list(choose_comparators(forces).attrs["periods"]) == ["Kent", "Essex", "Dorset"]


def test_what_cannot_be_chosen_is_said(forces: pd.DataFrame) -> None:
    with pytest.raises(ParameterError) as error:
        choose_comparators(forces, similar=["Esex"])
    assert error.value.message == "there is no comparator 'Esex'"
    assert error.value.hint == "did you mean 'Essex'?"
    with pytest.raises(DataError) as caught:
        choose_comparators(forces, similar=["Kent", "Dorset"])
    assert caught.value.message == (
        "the counts of Kent, Dorset do not all cover as many months, and cannot be added up"
    )
    rates = pd.DataFrame({name: [1.0] for name in "ABCDEFG"}, index=["Burglary"])
    with pytest.raises(ParameterError) as error:
        choose_comparators(rates)
    assert error.value.message == "there are 7 comparators (A, B, C, ...), and no table has room for all"
    assert error.value.hint == "name one with 'national', and those to be added up with 'similar'"
    with pytest.raises(DataError) as caught:
        choose_comparators(rates, similar=["A", "B"])
    assert caught.value.message == "'A' has rates, which cannot be added up"
    assert caught.value.hint == "give its counts and people in two columns, 'A n' and 'A population'"


def test_months_that_a_table_does_not_say() -> None:
    table = pd.DataFrame({"Kent n": [24.0], "Kent population": [1000.0]}, index=["Burglary"])
    chosen = choose_comparators(table, months=12, period="2024/25")
    assert chosen["Kent months"].tolist() == [12.0]
    assert chosen.attrs["periods"] == {"Kent": "2024/25"}
    with pytest.raises(ParameterError) as error:
        choose_comparators(table, months=0)
    assert error.value.message == "'months' of the comparators is 0"


def test_a_long_table_that_lacks_a_column_or_says_a_thing_twice(tmp_path: Path) -> None:
    path = tmp_path / "forces.csv"
    path.write_text("force,category,n\nKent,Burglary,1\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_comparators(path)
    assert error.value.message == (
        "'forces.csv' has a row for each 'force' and category, but no column 'population'"
    )
    path.write_text(LONG + "Kent,burglary,5,1000,12,\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_comparators(path)
    assert error.value.message == "'forces.csv' has the category 'burglary' of 'Kent' twice"


def test_a_bundled_table_is_named_by_its_id(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="hotspots"):
        held = read_comparators("recorded-crime-2017-18")
    assert held.loc["Total Recorded Crime", "England and Wales n"] == 4_821_452
    assert held.attrs["periods"]["Kent"] == "April 2017 to March 2018; people of the Census 2011"
    assert caplog.messages == [
        "Comparators: Police recorded crime by force and police.uk category, England and Wales, April 2017 to March "
        "2018 (not street-level counts)"
    ]
    both = choose_comparators(held, national=["England and Wales"], similar=["Kent", "Essex"])
    # 177,187 of Kent and 134,153 of Essex.
    assert both.loc["Total Recorded Crime", f"{SIMILAR} n"] == 311_340


def test_a_bundled_file_of_another_kind_and_a_file_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileError) as error:
        read_comparators("west-yorkshire-wards")
    assert error.value.message == (
        "'west-yorkshire-wards' is a bundled file of areas, but comparators were needed"
    )
    assert error.value.hint == "give a table of your own, or 'recorded-crime-2017-18'"
    with pytest.raises(FileError) as error:
        read_incidents("recorded-crime-2017-18")
    assert error.value.message == (
        "'recorded-crime-2017-18' is a bundled file of comparators, but incidents were needed"
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recorded-crime-2017-18").write_text("category,E\nDrugs,2\n", encoding="utf-8")
    assert read_comparators("recorded-crime-2017-18").loc["Drugs", "E"] == 2


def test_anti_social_behaviour_is_no_recorded_crime_and_no_doubt(caplog: pytest.LogCaptureFixture) -> None:
    own = pd.Series({"Burglary": 5.0, "Anti-social behaviour": 20.0})
    with caplog.at_level(logging.INFO, logger="hotspots"):
        check_comparators(pd.DataFrame({"E": [5.0, float("nan")]}, index=own.index), own)
    assert caplog.messages == ["'E' has no anti-social behaviour, which is not recorded as crime"]


def test_other_units_are_refused_and_what_is_lacking_is_said() -> None:
    own = pd.Series({"Burglary": 5.0, "Drugs": 2.0, "Robbery": 1.0})
    with pytest.raises(DataError) as error:
        check_comparators(pd.DataFrame({"E": own * 100}), own)
    assert error.value.message == "the rates of 'E' are 100 times those of the data: they are in other units"
    with pytest.warns(
        HotspotsWarning, match="the rates of 'E' are a 10th of those of the data; they should be"
    ):
        check_comparators(pd.DataFrame({"E": own / 10}), own)
    with pytest.warns(HotspotsWarning) as warned:
        check_comparators(pd.DataFrame({"E": own.where(own > 1)}), own)
    assert [str(one.message) for one in warned] == [
        "'E' says nothing of 'Robbery': no comparison there; add a row of that name to the comparators"
    ]


def test_a_theme_is_the_sum_of_its_categories(forces: pd.DataFrame) -> None:
    themes = {"Both": (("Burglary", "Drugs"), ()), "Robbery": (("Robbery",), ())}
    made = theme_comparator(forces, "Kent", themes, months=3)
    # 230 in 12 months among 1,000 is the rate of 230 in 3 months among 4,000.
    assert list(made.loc["Both"]) == [230, 4000]
    assert made["n"].isna().tolist() == [False, True]
    # A theme of two offences, of which the comparator knows one, would look low there.
    both = {"Both": (("Burglary", "Robbery"), ()), "Rest": ((), ("robbery",))}
    made = theme_comparator(forces, "Kent", both, months=12, kinds=["Burglary", "Robbery"])
    assert made["n"].isna().tolist() == [True, False]
    rates = pd.DataFrame({"E": [90.0, 7.0, 3.0]}, index=["Total Recorded Crime", "Burglary", "Drugs"])
    made = theme_comparator(rates, "E", {"All": ((), ())}, months=12)
    rate = made["n"] / made["population"] * 1000
    assert rate.tolist() == pytest.approx([10])
