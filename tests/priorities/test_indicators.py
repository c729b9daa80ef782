"""Indicators: what is counted, what is read, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from shapely import box

from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError, RecipeError
from hotspots.counting.tally import tally
from hotspots.methods.risk.measure import risk
from hotspots.priorities.draws import resampled
from hotspots.priorities.groups import category_groups, find_group, unavailable_themes
from hotspots.priorities.harm import category_weights, harm
from hotspots.priorities.indicators import Indicator, make_indicators
from hotspots.priorities.plan import parse_indicator, parse_plan, read_plan
from hotspots.priorities.ranks import rank_intervals
from hotspots.priorities.values import read_area_values, read_harm_weights, roll_up

CODES = [f"E0500000{i}" for i in range(1, 8)]
POLICE_UK = {
    "Anti-social behaviour", "Bicycle theft", "Burglary", "Criminal damage and arson", "Drugs", "Other crime",
    "Other theft", "Possession of weapons", "Public order", "Robbery", "Shoplifting", "Theft from the person",
    "Vehicle crime", "Violence and sexual offences", "Violent crime", "Public disorder and weapons",
}  # fmt: skip


@pytest.fixture
def wards() -> Any:
    return gpd.GeoDataFrame(
        {"name": CODES, "district": "Abbeyshire", "population": [1000.0, 2000, 3000, 4000, 5000, 6000, 50]},
        index=pd.Index(CODES, name="code"),
        geometry=[box(i, 0, i + 1, 1) for i in range(7)],
        crs="EPSG:27700",
    )


def incidents(*rows: Any) -> Any:
    """Make incidents from (ward number, month, category, how many)."""
    table = [(ward - 0.5, month, category) for ward, month, category, n in rows for _ in range(n)]
    frame = pd.DataFrame(table, columns=["x", "month", "category"])
    frame["y"] = 0.5
    frame["month"] = pd.PeriodIndex(frame["month"], freq="M")
    frame["category"] = frame["category"].astype("category")
    frame.attrs["crs"] = "EPSG:27700"
    return frame


ROWS = [
    (1, "2024-01", "Burglary", 10),
    (1, "2024-02", "Anti-social behaviour", 5),
    (2, "2025-01", "Burglary", 4),
    (7, "2025-01", "Robbery", 3),
    (7, "2025-02", "Robbery", 1),
]


@pytest.fixture
def counted(wards: Any) -> Any:
    return tally(incidents(*ROWS), wards)


def test_incidents_are_counted_once_by_area_category_and_period(counted: Any) -> None:
    assert counted.categories == ("Anti-social behaviour", "Burglary", "Robbery")
    assert counted.periods == ("2024", "2025")
    assert counted.months == (2, 2)
    assert counted.counts.sum() == 23
    assert counted.counts[0].tolist() == [[5, 0], [10, 0], [0, 0]]
    assert counted.counts[6].tolist() == [[0, 0], [0, 0], [0, 4]]


@pytest.mark.parametrize(
    ("every", "periods"),
    [
        ("half", ("2024 H1", "2025 H1")),
        ("quarter", ("2024 Q1", "2025 Q1")),
        ("month", ("2024-01", "2024-02", "2025-01", "2025-02")),
    ],
)
def test_periods_follow_the_calendar(wards: Any, every: Any, periods: Any) -> None:
    assert tally(incidents(*ROWS), wards, every=every).periods == periods


def test_years_of_different_months_draw_a_warning(wards: Any) -> None:
    with pytest.warns(HotspotsWarning) as caught:
        tally(incidents(*ROWS, (1, "2025-07", "Burglary", 1)), wards)
    assert str(caught[0].message) == (
        "the years do not have the same months (2024 (2 months), 2025 (3 months)): they differ by season too"
    )


def test_tally_messages(wards: Any) -> None:
    frame = incidents(*ROWS)
    with pytest.raises(ParameterError) as caught:
        tally(frame, wards, every="week")
    assert (caught.value.message, caught.value.hint) == (
        "'every' is 'week'", "use 'year', 'half', 'quarter' or 'month'"
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        tally(frame.drop(columns="month"), wards)
    assert (caught.value.message, caught.value.hint) == (
        "no incident has a month, so there are no periods", "name it with 'month_column'"
    )  # fmt: skip


def test_rates_respect_the_months_and_small_areas_have_none(wards: Any, counted: Any) -> None:
    made = make_indicators(
        [Indicator(group="crime"), Indicator(group="burglary", measure="n")], wards, counted=counted
    )
    # Ward 1, 2024: 10 crimes (ASB is not crime) in 2 of 12 months among 1,000 people: 60 per 1,000 a year.
    assert made.table.loc["E05000001", ("Overall crime", "2024")] == pytest.approx(60)
    assert made.table.loc["E05000001", ("Burglary", "2024")] == 60
    # Ward 7 has 50 people: no rate, rather than 480 per 1,000; and not zero.
    assert made.table.loc["E05000007", "Overall crime"].isna().all()
    assert made.missing().to_dict() == {"E05000007": "Overall crime"}
    assert made.counts.loc["E05000007", ("Overall crime", "2025")] == 4
    assert made.units == {"Overall crime": "per 1,000", "Burglary": "a year"}
    assert made.columns == {"Overall crime": "i_crime", "Burglary": "i_burglary"}
    assert made.latest().loc["E05000002"].tolist() == [12, 24]


def test_harm_weighs_each_category(wards: Any, counted: Any, tmp_path: Path) -> None:
    (tmp_path / "harm.csv").write_text("category,weight\nBURGLARY,20\nrobbery,365\nAnti-social behaviour,1\n")
    entry = Indicator(
        name="Harm", exclude=("Anti-social behaviour",), harm=str(tmp_path / "harm.csv"), measure="n"
    )
    made = make_indicators([entry], wards, counted=counted)
    # Ward 7, 2025: 4 robberies of 365 in 2 of 12 months.
    assert made.table.loc["E05000007", ("Harm", "2025")] == 4 * 365 * 6
    assert made.table.loc["E05000001", ("Harm", "2024")] == 10 * 20 * 6
    assert made.plain_counts().shape[1] == 0


def test_harm_by_offence_weighs_a_category_by_what_is_recorded_in_it(
    wards: Any, counted: Any, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("List of weights")
    for row in (
        ["Offence code", "Offence category", "Weight"],
        [None, "Theft offences", None],
        ["28E", "Burglary residential", 400],
        ["30C", "Burglary - Business and community", 200],
        ["34B", "Robbery of personal property", 700],
    ):
        sheet.append(row)
    book.save(tmp_path / "datatool.xlsx")
    (tmp_path / "offences.csv").write_text(
        "offence,category,n\nBurglary Residential,Burglary,300\nBurglary Business and Community,Burglary,100\n"
        "Robbery of personal property,Robbery,95\nRobbery of business property,Robbery,5\n"
    )
    weights = read_harm_weights(tmp_path / "datatool.xlsx", offences=tmp_path / "offences.csv")
    # (300 x 400 + 100 x 200) / 400; the 5 % of robberies without a weight count as the others.
    assert weights.to_dict() == {"burglary": 350, "robbery": 700}
    entry = Indicator(
        name="Harm",
        exclude=("Anti-social behaviour",),
        harm=str(tmp_path / "datatool.xlsx"),
        offences=str(tmp_path / "offences.csv"),
        measure="n",
    )
    made = make_indicators([entry], wards, counted=counted)
    assert made.table.loc["E05000007", ("Harm", "2025")] == 4 * 700 * 6
    bounded = make_indicators([replace(entry, at_least=5)], wards, counted=counted)
    # Ward 7 has four incidents, ward 1 ten in each year.
    assert np.isnan(bounded.table.loc["E05000007", ("Harm", "2025")])
    assert bounded.table.loc["E05000001", ("Harm", "2024")] == 10 * 350 * 6


def test_weights_by_offence_that_leave_much_out_are_doubted_or_refused() -> None:
    recorded = pd.DataFrame(
        {"offence": ["Arson", "Damage", "Fraud"], "category": ["A", "A", "B"], "n": [20, 80, 5]}
    )
    with pytest.warns(
        HotspotsWarning, match="80% of the offences recorded as 'A' have no harm weight, such as 'Damage'"
    ):
        assert category_weights(pd.Series({"ARSON": 9.0}), recorded).to_dict() == {"A": 9.0}
    with pytest.raises(DataError) as refused:
        category_weights(pd.Series({"Homicide": 9.0}), recorded)
    assert refused.value.message == "none of the 3 offences recorded has a harm weight, such as 'Arson'"
    with pytest.raises(
        ParameterError, match="the indicator 'asb' has 'offences' or 'at_least', but no 'harm'"
    ):
        make_indicators(
            [Indicator(group="asb", at_least=5)],
            gpd.GeoDataFrame(
                {"name": ["a"]}, index=["E05000001"], geometry=[box(0, 0, 1, 1)], crs="EPSG:27700"
            ),
        )


def test_resampled_indicators_move_together_and_keep_their_mean(wards: Any, counted: Any) -> None:
    entries = [Indicator(group="crime", measure="n"), Indicator(group="burglary", measure="n")]
    made = make_indicators(entries, wards, counted=counted)
    resample = resampled(made)
    assert resample is not None
    random = np.random.default_rng(1)
    drawn = np.stack([resample(random) for _ in range(400)])
    # Ward 1's crime is all burglary: one draw serves both.
    assert (drawn[:, 0, 0] == drawn[:, 0, 1]).all()
    assert drawn.mean(axis=0)[0, 0, 0] == pytest.approx(60, rel=0.05)
    # Six times a Poisson count of 10: variance 360.
    assert drawn.var(axis=0)[0, 0, 0] == pytest.approx(360, rel=0.25)
    assert rank_intervals(made.table, draw=resample, runs=99)["rank_lo"].iloc[0] == 1


def test_a_table_by_area_code_is_read_as_it_is(wards: Any, tmp_path: Path) -> None:
    rows = [f"{code},{year},{i * 10 + year - 2024}" for i, code in enumerate(CODES) for year in (2024, 2025)]
    (tmp_path / "care.csv").write_text("\n".join(["WD19CD,year,lac", *rows]))
    values = read_area_values(tmp_path / "care.csv", wards.index, column="lac", period_column="year")
    assert values.columns.tolist() == ["2024", "2025"]
    assert values.loc["E05000003"].tolist() == [20, 21]


def test_missing_rows_and_marks_are_missing_and_listed(wards: Any) -> None:
    codes = [f"E0500000{i}" for i in range(10)]
    table = pd.DataFrame({"code": codes, "score": ["1", "2", "", "..", "1,000", "5%", "-3", "8", "9", "10"]})
    with pytest.warns(HotspotsWarning) as caught:
        values = read_area_values(table, wards.index, column="score")
    assert values["all"].isna().tolist() == [False, True, True, False, False, False, False]
    assert values["all"].tolist()[3:6] == [1000, 5, -3]
    assert str(caught[0].message) == (
        "'score' of the table is unknown for 2 of 7 areas (E05000002, E05000003); it is left out of their scores"
    )


LSOAS = [f"E0100000{i}" for i in range(14)]
LOOKUP = pd.DataFrame(
    {"lsoa": LSOAS, "ward": [CODES[i // 2] for i in range(14)], "population": [1000, 3000] * 7}
)


def test_lsoas_roll_up_weighted_by_population(wards: Any) -> None:
    imd = pd.DataFrame({"LSOA code": LSOAS, "rank": range(14)})
    values = read_area_values(imd, wards.index, column="rank", lookup=LOOKUP)
    # Ward 1: (0 · 1000 + 1 · 3000) / 4000 = 0.75.
    assert values["all"].tolist() == [0.75 + 2 * i for i in range(7)]


def test_an_unknown_lsoa_takes_its_weight_with_it(wards: Any) -> None:
    imd = pd.DataFrame({"LSOA code": LSOAS, "rank": [np.nan, *range(1, 14)]})
    assert read_area_values(imd, wards.index, column="rank", lookup=LOOKUP)["all"].iloc[0] == 1
    # The other way round three quarters are unknown: no value, and a warning.
    imd = pd.DataFrame({"LSOA code": LSOAS, "rank": [0, np.nan, *range(2, 14)]})
    with pytest.warns(HotspotsWarning, match="unknown for 1 of 7 areas"):
        assert np.isnan(read_area_values(imd, wards.index, column="rank", lookup=LOOKUP)["all"].iloc[0])


def test_rolling_up_keeps_a_constant() -> None:
    small = pd.DataFrame({"all": [7.0] * 14}, index=LSOAS)
    pairs = LOOKUP.set_index("lsoa")
    assert roll_up(small, pairs["ward"], pairs["population"])["all"].tolist() == [7.0] * 7


def csv(frame: Any, path: Any) -> Any:
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("table", "lookup", "message", "hint"),
    [
        (
            pd.DataFrame({"code": ["X1"], "v": [1]}),
            None,
            "no column of 't.csv' holds the areas' codes, such as E05000001",
            "give a table by the areas' codes, or a 'lookup' from its codes to theirs",
        ),
        (
            pd.DataFrame({"code": CODES[:5], "v": 1}),
            None,
            "only 5 of 7 areas are in 't.csv'; it lacks E05000006, E05000007",
            "give a table of the boundaries' year and place",
        ),
        (
            pd.DataFrame({"code": [*CODES, CODES[0]], "v": 1}),
            None,
            "the code 'E05000001' has two rows in 't.csv'",
            "leave one row for each area, or name the column that tells them apart with 'period_column'",
        ),
        (
            pd.DataFrame({"code": CODES, "v": ["1", "2", "lots", "4", "5", "6", "7"]}),
            None,
            "'v' of 't.csv' is 'lots' for E05000003, which is not a number",
            "correct it, or leave it blank where it is unknown",
        ),
        (
            pd.DataFrame({"code": LSOAS, "v": 1}),
            LOOKUP.drop(columns="population"),
            "'l.csv' has no column of populations to weight by",
            "name one with 'lookup_weight'",
        ),
        (
            pd.DataFrame({"code": [f"E0199999{i}" for i in range(9)], "v": 1}),
            LOOKUP,
            "'l.csv' and 't.csv' share no codes, so values cannot be rolled up",
            "give a lookup with one column of the table's codes and one of the areas'",
        ),
        (
            pd.DataFrame({"code": LSOAS[:10], "v": 1}),
            LOOKUP,
            "only 10 of 14 codes of 'l.csv' are in 't.csv'; it lacks E010000010, E010000011, E010000012, ...",
            "give a lookup from the codes of the table's year, such as LSOA 2011 or 2021",
        ),
        (
            pd.DataFrame({"code": LSOAS, "v": 1}),
            LOOKUP.assign(ward="E05999999"),
            "no column of 'l.csv' holds the areas' codes, such as E05000001",
            "give a table by the areas' codes, or a 'lookup' from its codes to theirs",
        ),
    ],
)
def test_tables_that_do_not_fit(
    wards: Any, tmp_path: Path, table: Any, lookup: Any, message: str, hint: str
) -> None:
    paths = {"lookup": None if lookup is None else csv(lookup, tmp_path / "l.csv")}
    with pytest.raises(DataError) as caught:
        read_area_values(csv(table, tmp_path / "t.csv"), wards.index, column="v", **paths)
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_a_table_that_is_not_there(wards: Any) -> None:
    with pytest.raises(FileError) as caught:
        read_area_values("none.csv", wards.index, column="v")
    assert caught.value.message == "there is no file 'none.csv'"
    assert caught.value.hint == "check the spelling and the folder"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('code,v\nW1,"10,5"\nW2,"11,5"\n', [10.5, 11.5]),
        ("code;v\nW1;10,5\nW2;11,5\n", [10.5, 11.5]),
        ('code,v\nW1,"1,234"\nW2,12\n', [1234, 12]),
        ("Scores of 2019,\ncode,v \nW1,10.5\nW2,..\nTotal,many\n", [10.5, np.nan]),
    ],
)
@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_numbers_of_a_table_as_people_write_them(tmp_path: Path, content: str, expected: list[float]) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(content, encoding="utf-16")
    values = read_area_values(path, pd.Index(["W1", "W2"]), column="v")
    np.testing.assert_array_equal(values["all"].to_numpy(), expected)


@pytest.mark.parametrize(
    ("entries", "message", "hint"),
    [
        ([], "there are no indicators", "give at least one, such as 'group' = \"crime\""),
        (
            [Indicator(name="A")],
            "the indicator 'A' says nothing of what it is",
            "give it one of 'group', 'category' (or 'exclude') and 'source'",
        ),
        (
            [Indicator(group="asb", source="x.csv")],
            "the indicator 'asb' is described in two ways",
            "give it one of 'group', 'category' (or 'exclude') and 'source'",
        ),
        ([Indicator(source="x.csv")], "the indicator 'x.csv' names no column of 'x.csv'", "add 'column'"),
        (
            [Indicator(group="asb", lookup="x.csv")],
            "the indicator 'asb' has 'column' or 'lookup', but no table",
            "name the table with 'source'",
        ),
        (
            [Indicator(group="asb", weight=-1)],
            "the weight of 'asb' is -1, but must be 0 or more",
            "give 0 or more; an indicator is turned round with 'bad' = \"low\"",
        ),
        (
            [Indicator(group="asb"), Indicator(group="ASB")],
            "two indicators are called 'Anti-social behaviour'",
            "give one of them another 'name'",
        ),
        (
            [Indicator(group="drugs")],
            "no incident is of the indicator 'Drugs' ('Drugs')",
            "choose from 'Anti-social behaviour', 'Burglary', 'Robbery'",
        ),
    ],
)
def test_indicators_that_cannot_be(wards: Any, counted: Any, entries: Any, message: str, hint: str) -> None:
    with pytest.raises((ParameterError, DataError)) as caught:
        make_indicators(entries, wards, counted=counted)
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_counts_need_incidents_and_rates_people(wards: Any, counted: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        make_indicators([Indicator(group="asb")], wards)
    assert (
        caught.value.message == "the indicator 'Anti-social behaviour' counts incidents, but there are none"
    )
    with pytest.raises(DataError) as other:
        make_indicators([Indicator(group="asb")], wards.assign(population=np.nan), counted=counted)
    assert other.value.message == (
        "the indicator 'Anti-social behaviour' is a rate, but the areas have no population"
    )
    assert other.value.hint == "name a 'population_table' for them, or compare counts with 'measure' = \"n\""


def test_every_group_is_made_of_police_uk_categories() -> None:
    for group in category_groups().values():
        assert set(group.category) | set(group.exclude) <= POLICE_UK, group.key
        assert bool(group.category) != bool(group.exclude) or group.key == "all"
    assert {"crime", "asb", "violence", "public-place", "burglary", "vehicle", "drugs"} <= set(
        category_groups()
    )
    assert "Assaults in public are not in it" in category_groups()["public-place"].note
    assert not set(unavailable_themes()) & set(category_groups())


def test_groups_that_are_not_there() -> None:
    assert find_group("Public Place").name == "Public-place violence (proxy)"
    with pytest.raises(ParameterError) as caught:
        find_group("domestic abuse")
    assert (
        caught.value.message
        == "there is no group 'domestic abuse': police.uk does not mark domestic offences"
    )
    assert caught.value.hint == "take a local extract as a CSV by area code"
    with pytest.raises(ParameterError) as caught:
        find_group("burglry")
    assert caught.value.message == "there is no group 'burglry'"
    assert caught.value.hint == "did you mean 'burglary'?"


def test_harm_by_hand_and_what_has_no_weight() -> None:
    counts = pd.DataFrame({"Burglary": [2, 0], "Robbery": [1, 3], "Drugs": [0, 0]}, index=CODES[:2])
    # 2 · 20 + 1 · 365, 3 · 365; drugs have no weight and no incidents.
    assert harm(counts, pd.Series({" burglary": 20, "ROBBERY": 365})).tolist() == [405, 1095]
    with pytest.raises(DataError) as caught:
        harm(counts, pd.Series({"Burglary": 20}))
    assert caught.value.message == "no harm weight is given for 'Robbery'"
    assert (
        caught.value.hint == "add a row for each to the table of weights; 0 says that a category does no harm"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("category,weight\nDrugs,1\ndrugs,2\n", "'drugs' has two harm weights"),
        ("category,weight\nDrugs,-1\n", "the harm weight of 'drugs' is -1, but must be 0 or more"),
        ("category,weight\nDrugs,\n", "the harm weight of 'drugs' is nan, but must be 0 or more"),
    ],
)
def test_harm_weights_that_cannot_be_meant(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "w.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        read_harm_weights(tmp_path / "w.csv")
    assert caught.value.message.casefold() == message


def test_a_plan_has_its_own_folder_and_its_own_defaults(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        'periods = "half"\nperiod_weights = {"2025 H2" = 2}\n[[indicator]]\ngroup = "asb"\n[rules]\nlocal = 1.5\n'
    )
    plan = read_plan(tmp_path / "plan.toml")
    assert plan.path("imd.csv") == str(tmp_path / "imd.csv")
    assert plan.period_weights == {"2025 H2": 2}
    assert (plan.rules.local, plan.rules.force_wide, plan.sure.runs, plan.budget) == (1.5, 2, 999, None)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "the plan lacks an indicator", 'add a table [[indicator]] with: group = "crime"'),
        (
            '[[indicator]]\ngrup = "asb"',
            "[[indicator]] has the unknown key 'grup'",
            "did you mean 'group'?",
        ),
        (
            '[[indicator]]\ngroup = "asb"\n[rule]\nlocal = 1',
            "the plan has the unknown key 'rule'",
            "did you mean 'rules'?",
        ),
        (
            'period_weights = 3\n[[indicator]]\ngroup = "asb"',
            "'period_weights' in the plan holds no weights",
            'write it as: {"2018" = 2, "2017" = 1}',
        ),
    ],
)
def test_plan_messages(text: str, message: str, hint: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_plan(text)
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_more_plan_messages(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        read_plan(tmp_path / "no.toml")
    assert caught.value.hint == "write one as shown by: hotspots select --help"
    with pytest.raises(RecipeError) as broken:
        parse_plan("indicator = [")
    assert broken.value.message.startswith("the plan is not valid TOML: ")
    with pytest.raises(RecipeError) as word:
        parse_indicator("asb:two")
    assert word.value.message == "'two' is not a weight, in the indicator 'asb:two'"
    assert word.value.hint == "write it as a number: asb:2"


def test_an_indicator_may_be_the_rate_with_chance_taken_out(tmp_path: Path) -> None:
    codes = [f"E05{i:06d}" for i in range(1, 13)]
    areas = gpd.GeoDataFrame(
        {"name": codes, "district": "Abbeyshire", "population": [500.0] * 11 + [50.0]},
        index=pd.Index(codes, name="code"),
        geometry=[box(i, 0, i + 1, 1) for i in range(12)],
        crs="EPSG:27700",
    )
    numbers = [2, 1, 1, 3, 2, 1, 40, 2, 9, 1, 2, 5]
    table = incidents(*((i + 1, "2025-01", "Burglary", n) for i, n in enumerate(numbers)))
    counted = tally(table, areas)
    entry = Indicator(group="burglary", measure="risk")
    made = make_indicators([entry], areas, counted=counted, min_population=100).table.iloc[:, 0]
    n = pd.Series(numbers, index=areas.index)
    expected = risk(n, areas["population"], months=1, min_population=100)["rk_rate"]
    np.testing.assert_allclose(made, expected)
    assert np.isnan(made.iloc[11])
    (tmp_path / "weights.csv").write_text("category,weight\nBurglary,3\n", encoding="utf-8")
    harmful = Indicator(name="Harm", group="burglary", measure="risk", harm=str(tmp_path / "weights.csv"))
    with pytest.raises(ParameterError) as caught:
        make_indicators([harmful], areas, counted=counted)
    assert caught.value.message == (
        "the indicator 'Harm' weighs incidents by harm, so their chance is not that of counts"
    )
    assert caught.value.hint == "leave out 'harm', or measure it with 'measure' = \"rate\""
