from __future__ import annotations

import pandas as pd
import pytest

from hotspots.analysis.breakdowns import break_down
from hotspots.base.errors import HotspotsError, HotspotsWarning


@pytest.fixture
def incidents() -> pd.DataFrame:
    ages = ["10-17"] * 30 + ["18-24"] * 50 + ["25 and over"] * 120
    table = pd.DataFrame({"age": ages, "sex": ["F", "M"] * 100, "x": 0.0, "y": 0.0})
    return table.assign(month=pd.PeriodIndex(["2025-01", "2025-01", "2025-02", "2025-02"] * 50, freq="M"))


PEOPLE = pd.DataFrame(
    {
        "Age": ["10-17", "18-24", "25 and Over"] * 2,
        "sex": ["f"] * 3 + ["m"] * 3,
        "people": ["500", "500", "4,000"] * 2,
    }
)


def cell(table: pd.DataFrame, **where: str) -> pd.Series:
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def message(incidents: pd.DataFrame, by: list[str], **options: object) -> str:
    with pytest.raises(HotspotsError) as caught:
        break_down(incidents, by, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_one_column_against_people_of_finer_bands(incidents: pd.DataFrame) -> None:
    made = break_down(incidents, ["age"], population=PEOPLE, dispersion=1)
    # 30 of 200 incidents, 1,000 of 10,000 people: 150.
    assert cell(made.table, age="10-17")["idx"] == pytest.approx(150)
    assert cell(made.table, age="All")["n"] == 200
    assert made.table["age"].tolist() == ["10-17", "18-24", "25 and over", "All"]


def test_two_columns_have_totals_of_both(incidents: pd.DataFrame) -> None:
    made = break_down(incidents, ["age", "sex"], population=PEOPLE, dispersion=1)
    # 15 of 200 incidents, 500 of 10,000 people.
    assert cell(made.table, age="10-17", sex="F")["idx"] == pytest.approx(150)
    assert cell(made.table, age="10-17", sex="All")["n"] == 30
    assert cell(made.table, age="All", sex="M")["n"] == 100


def test_small_cells_leave_no_number_of_theirs(incidents: pd.DataFrame) -> None:
    incidents.loc[:2, "age"] = "Under 10"
    people = pd.concat([PEOPLE, pd.DataFrame({"Age": ["Under 10"], "sex": ["f"], "people": ["300"]})])
    table = break_down(incidents, ["age"], population=people, dispersion=1).table
    assert table["hidden"].tolist() == [True, True, False, False, False]
    dark = table[table["hidden"]]
    assert dark[["n", "share_n", "idx", "idx_lo", "idx_hi", "idx_flag"]].isna().all(axis=None)
    assert dark["population"].tolist() == [300, 1000]
    shown = break_down(incidents, ["age"], fewest=1).table
    assert shown["n"].tolist() == [3, 27, 50, 120, 200]


def test_a_blank_is_no_band(incidents: pd.DataFrame) -> None:
    incidents.loc[:9, "sex"] = None
    made = break_down(incidents, ["sex"])
    assert (made.recorded, made.unrecorded) == (190, 10)
    assert cell(made.table, sex="All")["n"] == 190


def test_weights_are_what_rows_stand_for(incidents: pd.DataFrame) -> None:
    made = break_down(incidents.assign(weight=2.0), ["sex"])
    assert made.table["n"].tolist() == [200, 200, 400]


def test_bands_of_hours_go_over_midnight(incidents: pd.DataFrame) -> None:
    clock = [f"2025-01-01T{hour:02d}:30" for hour in range(20)] * 10
    made = break_down(
        incidents.assign(at=clock), ["hour"], time_column="at", hours=["21:00-04:00"], dispersion=1
    )
    # Hours 0 to 3 of the twenty: 40 of 200, of 7 of 24 hours.
    assert made.table["hour"].tolist() == ["21:00 to 04:00", "other hours", "All"]
    assert made.table["n"].tolist() == [40, 160, 200]
    assert made.table["idx"].iloc[0] == pytest.approx(100 * 0.2 / (7 / 24))


def test_times_that_stand_for_none_are_warned_of(incidents: pd.DataFrame) -> None:
    with pytest.warns(
        HotspotsWarning, match="50% of the times in 'at' are 00:00, which often stands for a time that"
    ):
        break_down(incidents.assign(at=["00:00", "13:15"] * 100), ["hour"], time_column="at")


def test_bands_without_people_are_warned_of_and_none_refused(incidents: pd.DataFrame) -> None:
    with pytest.warns(HotspotsWarning) as caught:
        break_down(incidents, ["age"], population=PEOPLE[PEOPLE["Age"] != "18-24"])
    assert str(caught[0].message) == (
        "25% of the incidents are in bands that the table of people does not have, such as '18-24': they have no index"
    )
    assert message(incidents, ["age"], population=PEOPLE.assign(Age="old")).startswith(
        "none of the bands is in the table of people, such as '10-17'"
    )


def test_what_cannot_be_is_refused(incidents: pd.DataFrame) -> None:
    assert message(incidents, ["gae"]) == (
        "the incidents have no column 'gae' to be broken down by\nHint: did you mean 'age'?"
    )
    assert message(incidents, ["age", "sex", "month"]).startswith("a breakdown by 3 columns is asked for")
    assert message(incidents.assign(n="a"), ["n"]).startswith("'by' names 'n', which is the name of a result")
    assert message(incidents.assign(sex="All"), ["sex"]).startswith(
        "'sex' holds 'All', which is what totals are called"
    )
    assert message(incidents.assign(sex=None), ["sex"]).startswith("no incident has 'sex' filled")
    many = incidents.assign(sex=[str(i) for i in range(200)])
    assert message(many, ["sex"]).startswith(
        "'sex' has 200 different values, such as '0', more than the 100 bands"
    )
    assert message(incidents, ["age"], population=PEOPLE.drop(columns="people")).startswith(
        "no column of the table of people looks like people; it has Age, sex"
    )
    clock = incidents.assign(at="13:00")
    assert message(clock, ["hour"], time_column="at", hours=["late"]) == (
        "'hours' holds 'late'\nHint: write a band of whole hours such as 21:00-04:00"
    )
    assert message(clock.assign(at="noon"), ["hour"], time_column="at").startswith(
        "'at' holds no time of day"
    )
