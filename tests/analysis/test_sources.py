"""Several sources of incidents in one recipe: crime and fires, with flags and hours, counted apart."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hotspots.analysis.recipe.months import check_months, files_months
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import DataError, FileError, HotspotsError, RecipeError
from hotspots.publish.folder import run_recipe

RECIPE = """
title = "Town, 2025"
[[incidents]]
name = "Crime"
attribution = "Crime data: the police."
source = "crime.csv"
period = "2025-01..2025-02"
flags = "Domestic"
time_column = "Time"
[[incidents]]
name = "Fires"
source = "fires.csv"
category_column = "Cause"
attribution = "Fire data: the fire service."
[[areas]]
label = "Wards"
source = "wards.gpkg"
population = "population"
"""
THEMES = """
[[theme]]
name = "All crime"
incidents = "Crime"
[[theme]]
name = "Domestic"
incidents = "Crime"
flag = "Domestic"
[[theme]]
name = "At night"
incidents = "Crime"
hours = "21:00-04:00"
[[theme]]
name = "Fires"
incidents = "Fires"
[[theme]]
name = "Deliberate fires"
incidents = "Fires"
category = "Other"
"""

# (ward, category, month, domestic, time): five crimes of the period, one of the month compared with.
CRIME = [
    (0, "Violence", "2025-01", "Y", "22:10"),
    (0, "Violence", "2025-01", "no", "03:59"),
    (0, "Other", "2025-02", "", "04:00"),
    (1, "Violence", "2025-02", "TRUE", ""),
    (2, "Other", "2025-02", "0", "12:30"),
    (2, "Violence", "2024-02", "yes", "23:00"),
]
# (ward, cause, month): three fires of the period, two of the month compared with.
FIRES = [
    (2, "Other", "2025-01"),
    (2, "Accident", "2025-01"),
    (1, "Other", "2025-02"),
    (2, "Other", "2024-02"),
    (0, "Accident", "2024-02"),
]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Six wards of 1,000 people, six crimes and five fires."""
    gpd.GeoDataFrame(
        {
            "code": [f"E0500000{i}" for i in range(6)],
            "name": [f"Ward {i}" for i in range(6)],
            "district": ["Abbeyshire"] * 3 + ["Brookshire"] * 3,
            "population": 1000.0,
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(6)],
        crs="EPSG:27700",
    ).to_file(tmp_path / "wards.gpkg")
    write(tmp_path / "crime.csv", CRIME, ["Crime type", "Month", "Domestic", "Time"])
    write(tmp_path / "fires.csv", FIRES, ["Cause", "Month"])
    return tmp_path


def write(path: Path, rows: Sequence[tuple[object, ...]], names: list[str]) -> None:
    table = pd.DataFrame([row[1:] for row in rows], columns=names)
    # Each on a spot of its own, so that none repeats another.
    table.insert(0, "Easting", [400_100 + 1000 * int(str(row[0])) + 50 * i for i, row in enumerate(rows)])
    table.insert(1, "Northing", 300_500)
    table.to_csv(path, index=False)


def run(folder: Path, more: str = THEMES, recipe: str = RECIPE) -> Analysis:
    return analyse(parse_recipe(recipe + more, folder=folder))


def counts(found: Analysis) -> dict[str, list[int]]:
    assert all(theme.first["n"].iloc[3:].sum() == 0 for theme in found.themes)  # nothing happens there
    return {theme.name: theme.first["n"].tolist()[:3] for theme in found.themes}


def test_themes_count_their_own_source_flag_and_hours(town: Path) -> None:
    assert counts(run(town)) == {
        "All crime": [3, 1, 1],
        "Domestic": [1, 1, 0],  # Y and TRUE; "no", blank and 0 are none, and the yes of 2024 is of no table
        "At night": [2, 0, 0],  # 22:10 and 03:59; 04:00 is out of the band, and one has no time
        "Fires": [0, 1, 2],
        "Deliberate fires": [0, 1, 1],  # "Other" is a category of crime, too, which is not counted here
    }


def test_rates_are_of_the_one_period(town: Path) -> None:
    found = run(town)
    assert found.months == 2
    # 3 fires among 6,000 people in 2 months: 3 a year per 1,000.
    assert found.themes[3].rate == pytest.approx(3)


def test_change_is_of_the_themes_own_incidents(town: Path) -> None:
    found = run(town, THEMES + '[change]\nbefore = "2024-02"\n')
    change = {
        theme.name: theme.change.areas[["n_before", "n_after"]].sum().tolist()
        for theme in found.themes
        if theme.change is not None
    }
    # February against February: crime 3 against 1, fires 1 against 2.
    assert change["All crime"] == [1, 3]
    assert change["Domestic"] == [1, 1]
    assert change["At night"] == [1, 0]
    assert change["Fires"] == [2, 1]
    assert change["Deliberate fires"] == [1, 1]


def test_every_row_is_accounted_for_by_source_and_in_all(town: Path) -> None:
    found = run(town)
    assert {
        name: (one.rows_read, one.filtered_period, one.used, one.inside)
        for name, one in found.accounts.items()
    } == {
        "Crime": (6, 1, 5, 5),
        "Fires": (5, 2, 3, 3),
    }
    both = found.quality
    assert (both.rows_read, both.filtered_period, both.used, both.inside) == (11, 3, 8, 8)
    assert [(share.label, share.rows) for share in both.by_category] == [
        ("Crime: Violence", 3),
        ("Crime: Other", 2),
        ("Fires: Other", 2),
        ("Fires: Accident", 1),
    ]
    assert [(share.label, share.rows) for share in both.by_month] == [("2025-01", 4), ("2025-02", 4)]
    assert [source.name for source in both.sources] == ["crime.csv", "fires.csv"]


def test_the_profile_of_partnerships_has_the_offences_and_each_other_source_below(town: Path) -> None:
    found = run(town, THEMES + '[change]\nbefore = "2024-02"\n')
    assert found.profile is not None
    table = found.profile.counts()
    # Two offences among five crimes; three fires, one of them an accident, are in no total of crime.
    assert table.loc["Abbeyshire"].to_dict() == {
        "Total Recorded Crime": 5,
        "Other": 2,
        "Violence": 3,
        "Fires: all": 3,
        "Fires: Accident": 1,
        "Fires: Other": 2,
    }
    own: Any = found.profile.districts.loc["Abbeyshire"]
    assert own["share"].isna().tolist() == [False, False, False, True, True, True]
    # 3 fires among 3,000 people in 2 of 12 months.
    assert own["rate"]["Fires: all"] == pytest.approx(6)
    # February 2024 and 2025: two fires and one; one crime and three.
    assert own.loc["Fires: all", ["n_before", "n_after"]].tolist() == [2, 1]
    assert own.loc["Total Recorded Crime", ["n_before", "n_after"]].tolist() == [1, 3]


def test_a_source_of_many_kinds_has_one_row_in_the_profile(town: Path) -> None:
    write(
        town / "fires.csv",
        [(i % 3, f"Cause {i}", f"2025-0{1 + i % 2}") for i in range(9)],
        ["Cause", "Month"],
    )
    found = run(town, '[[theme]]\nname = "Fires"\nincidents = "Fires"\n')
    assert found.profile is not None
    assert found.profile.offences == ("Total Recorded Crime", "Other", "Violence", "Fires: all")


def test_map_tables_report_and_account_have_both(town: Path) -> None:
    recipe = parse_recipe(RECIPE + THEMES + '[flag]\nvalue = "n"\n[map]\n[report]\n', folder=town)
    outcome = run_recipe(recipe, town / "out")
    assert {"map.html", "report.html", "tables.xlsx", "tables/fires_wards.csv"} <= set(outcome.files)
    assert pd.read_csv(town / "out/tables/fires_wards.csv")["n"].sum() == 3
    assert pd.read_csv(town / "out/tables/all-crime_wards.csv")["n"].sum() == 5
    told = (town / "out/about/quality.txt").read_text(encoding="utf-8")
    assert "\nCrime\n=====\n" in told
    assert "\nFires\n=====\n" in told
    for name in ("map.html", "report.html"):
        text = (town / "out" / name).read_text(encoding="utf-8")
        assert "Fire data: the fire service." in text
        assert "Deliberate fires" in text
    record = json.loads((town / "out/about/provenance.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in record["recipe"]["incidents"]] == ["Crime", "Fires"]
    assert str(town) not in json.dumps(record)


def test_one_source_needs_no_name_and_may_have_flags(town: Path) -> None:
    recipe = """
title = "Town"
[incidents]
source = "crime.csv"
period = "2025"
covers = "2025"
flags = ["Domestic"]
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "Domestic violence"
category = "Violence"
flag = "Domestic"
"""
    found = run(town, "", recipe)
    assert counts(found) == {"Domestic violence": [1, 1, 0]}
    assert found.accounts == {}


def test_a_breakdown_is_of_the_columns_of_its_themes_source(town: Path) -> None:
    found = run(
        town,
        THEMES + '[[share]]\nname = "Domestic"\ncolumn = "Domestic"\ntheme = ["All crime"]\nfewest = 1\n',
    )
    assert found.themes[0].shares[0].n == 2
    assert found.themes[3].shares == ()


def test_priorities_count_the_source_that_select_names(town: Path) -> None:
    (town / "plan.toml").write_text(
        '[[indicator]]\nname = "All"\nexclude = "Nothing"\nmeasure = "n"\n', encoding="utf-8"
    )
    tallies = {}
    for name in ("Crime", "Fires"):
        found = run(town, THEMES + f'[select]\nplan = "plan.toml"\nincidents = "{name}"\n')
        assert found.selection is not None
        tallies[name] = int(found.selection.tally.counts.sum())
    assert tallies == {"Crime": 5, "Fires": 3}


BOTH = """
[[indicator]]
name = "Crime"
incidents = "Crime"
measure = "n"
[[indicator]]
name = "Deliberate fires"
incidents = "Fires"
category = "Other"
measure = "n"
weight = 2
"""


def planned(town: Path, plan: str, select: str = "") -> Analysis:
    (town / "plan.toml").write_text(plan, encoding="utf-8")
    return run(town, THEMES + f'[select]\nplan = "plan.toml"\n{select}')


def test_one_score_takes_indicators_of_several_sources(town: Path) -> None:
    found = planned(town, BOTH)
    assert found.selection is not None
    made = found.selection.priorities
    # Two months are a sixth of a year; "Other" is a category of crime, too, which is not counted here.
    assert made.indicators.table["Crime", "2025"].tolist() == [18, 6, 6, 0, 0, 0]
    assert made.indicators.table["Deliberate fires", "2025"].tolist() == [0, 6, 6, 0, 0, 0]
    assert found.selection.tally.sources == ("Crime", "Crime", "Fires", "Fires")
    # All incidents of both: 5 crimes and 3 fires.
    assert made.layer["n"].tolist() == [3, 2, 3, 0, 0, 0]
    assert {"i_crime", "i_delibera"} <= set(made.layer.columns)


def test_what_select_names_is_for_indicators_that_name_none(town: Path) -> None:
    plan = BOTH.replace('name = "Crime"\nincidents = "Crime"', 'name = "Crime"\ncategory = "Other"')
    found = planned(town, plan, 'incidents = "Crime"\n')
    assert found.selection is not None
    assert found.selection.priorities.indicators.table["Crime", "2025"].tolist() == [6, 0, 6, 0, 0, 0]


def test_the_matrix_ticks_themes_of_every_source(town: Path) -> None:
    """Burglary of both districts and, beside it, what the plan counts of a source without police.uk's categories."""
    rows = [(place, "Burglary", month, "", "") for place in range(6) for month in ("2025-01", "2025-02")]
    write(town / "crime.csv", [*rows, *CRIME], ["Crime type", "Month", "Domestic", "Time"])
    found = planned(town, BOTH)
    assert found.selection is not None
    matrix = found.selection.matrix
    assert matrix is not None
    assert sorted(matrix.rates.index) == ["Burglary", "Deliberate fires"]
    # 6 burglaries and 2 fires among 3,000 people of Abbeyshire in 2 of 12 months.
    assert matrix.rates.loc["Burglary", "Abbeyshire"] == pytest.approx(12)
    assert matrix.rates.loc[["Deliberate fires"]].to_numpy().tolist() == [pytest.approx([4, 0, 2])]


def test_a_comparator_of_the_matrix_says_nothing_of_other_sources(town: Path) -> None:
    rows = [
        (place, "Burglary", month, "", "") for place in (0, 0, 1, 4, 5) for month in ("2025-01", "2025-02")
    ]
    write(town / "crime.csv", rows, ["Crime type", "Month", "Domestic", "Time"])
    # The comparator knows a category of the fires' name, which is another thing.
    (town / "c.csv").write_text(
        "category,England\nTotal Recorded Crime,6\nBurglary,6\nOther,5\n", encoding="utf-8"
    )
    (town / "plan.toml").write_text(BOTH, encoding="utf-8")
    more = '[[theme]]\nname = "Fires"\nincidents = "Fires"\n[select]\nplan = "plan.toml"\n'
    found = run(town, more + '[comparators]\nsource = "c.csv"\nmatrix = "England"\n')
    assert found.selection is not None
    assert found.selection.matrix is not None
    assert (
        "Compared with the other partnerships, as England has no figure: Deliberate fires."
        in found.selection.matrix.notes
    )


@pytest.mark.parametrize(
    ("plan", "select", "message", "hint"),
    [
        (
            BOTH.replace('incidents = "Fires"', 'incidents = "Fire"'),
            "",
            "the indicator 'Deliberate fires' names the incidents 'Fire', which are not in the recipe",
            "did you mean 'Fires'?",
        ),
        (
            BOTH.replace('incidents = "Fires"\n', ""),
            "",
            "the indicator 'Deliberate fires' does not say of which incidents it is, and there are 2",
            'add a line such as: incidents = "Crime"',
        ),
        (
            BOTH + '[[indicator]]\nincidents = "Crime"\nsource = "imd.csv"\ncolumn = "rank"\n',
            "",
            "the indicator 'imd.csv' is described in two ways",
            "give it one of 'group', 'category' (or 'exclude') and 'source'",
        ),
        (
            BOTH + '[[indicator]]\nname = "Nothing"\n',
            'incidents = "Crime"\n',
            "the indicator 'Nothing' says nothing of what it is",
            "give it one of 'group', 'category' (or 'exclude') and 'source'",
        ),
    ],
)
def test_a_plan_whose_sources_cannot_be_told_is_refused(
    town: Path, plan: str, select: str, message: str, hint: str
) -> None:
    with pytest.raises(HotspotsError) as caught:
        planned(town, plan, select)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_single_source_may_be_named_by_its_plan(town: Path) -> None:
    recipe = """
title = "Town"
[incidents]
name = "Crime"
source = "crime.csv"
period = "2025-01..2025-02"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[select]
plan = "plan.toml"
"""
    plan = '[[indicator]]\nincidents = "Crime"\nmeasure = "n"\n'
    (town / "plan.toml").write_text(plan, encoding="utf-8")
    found = run(town, "", recipe)
    assert found.selection is not None
    assert found.selection.priorities.indicators.table["Crime", "2025"].tolist() == [18, 6, 6, 0, 0, 0]
    with pytest.raises(RecipeError) as caught:
        run(town, "", recipe.replace('name = "Crime"\n', ""))
    assert caught.value.message == (
        "the indicator 'Crime' names the incidents 'Crime', which are not in the recipe"
    )
    assert caught.value.hint == "leave 'incidents' out: there is one source, without a name"


def test_report_brief_and_notes_name_the_sources(town: Path) -> None:
    (town / "plan.toml").write_text(BOTH, encoding="utf-8")
    more = THEMES + '[flag]\nvalue = "n"\n[select]\nplan = "plan.toml"\n[report]\n'
    run_recipe(parse_recipe(RECIPE + more, folder=town), town / "out")
    report, brief = (
        re.sub(r"<[^>]+>|\s+", " ", (town / "out" / name).read_text(encoding="utf-8"))
        for name in ("report.html", "brief.html")
    )
    assert "Crime (1), Deliberate fires (2, Fires)" in report
    assert "(weight 1) and deliberate fires (weight 2, Fires)." in brief
    assert "By source: Crime 5 of 6 and Fires 3 of 5." in report
    assert "Incidents are those of Crime and Fires together." in report
    # The account: all, crime, fires.
    squeezed = re.sub(r" +", " ", report)
    assert (
        "The account of the rows, by source Rows All Crime Fires Rows read 11 6 5 less: other months 3 1 2"
        in squeezed
    )


def test_a_source_that_lacks_a_month_is_refused_by_its_name(town: Path) -> None:
    recipe = parse_recipe(RECIPE.replace("2025-02", "2025-03") + THEMES, folder=town)
    write(
        town / "crime.csv",
        [*CRIME, (0, "Other", "2025-03", "", "")],
        ["Crime type", "Month", "Domestic", "Time"],
    )
    with pytest.raises(RecipeError) as caught:
        analyse(recipe)
    assert caught.value.message == (
        "Fires: 'period' in [incidents] asks for 2025-03, which no file holds; the files hold 2024-02, 2025-01..2025-02"
    )
    with pytest.raises(RecipeError) as checked:
        check_months(recipe, files_months(recipe) or ())
    assert checked.value.message == caught.value.message


def test_a_month_without_a_fire_is_no_gap_where_it_is_said(town: Path) -> None:
    recipe = RECIPE.replace("2025-02", "2025-03").replace(
        'name = "Fires"', 'name = "Fires"\ncovers = "2025-03"'
    )
    write(
        town / "crime.csv",
        [*CRIME, (0, "Other", "2025-03", "", "")],
        ["Crime type", "Month", "Domestic", "Time"],
    )
    found = run(town, THEMES, recipe)
    assert found.months == 3
    assert counts(found)["Fires"] == [0, 1, 2]


SECOND = '[[incidents]]\nname = "Fires"\nsource = "fires.csv"\n'


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (
            RECIPE.replace('name = "Crime"', 'name = "Fires"')
            + '[[theme]]\nname = "A"\nincidents = "Fires"\n',
            "two [[incidents]] are called 'Fires'",
        ),
        (
            RECIPE.replace('name = "Fires"\n', "") + '[[theme]]\nname = "A"\nincidents = "Crime"\n',
            "one of several [[incidents]] has no name",
        ),
        (
            RECIPE + '[[theme]]\nname = "A"\nincidents = "Fire"\n',
            "the theme 'A' names the incidents 'Fire', which are not in the recipe",
        ),
        (
            RECIPE + '[[theme]]\nname = "A"\n',
            "the theme 'A' does not say of which incidents it is, and there are 2",
        ),
        (
            RECIPE
            + '[[theme]]\nname = "A"\nincidents = "Crime"\n[select]\nplan = "p.toml"\nincidents = "Fire"\n',
            "[select] names the incidents 'Fire', which are not in the recipe",
        ),
        (
            RECIPE + '[[theme]]\nname = "A"\nincidents = "Fires"\nflag = "Domestic"\n',
            "the theme 'A' names the flag 'Domestic', which its [[incidents]] do not have",
        ),
        (
            RECIPE + '[[theme]]\nname = "A"\nincidents = "Fires"\nhours = "21:00-04:00"\n',
            "the theme 'A' chooses hours, but its [[incidents]] name no column of times",
        ),
        (
            RECIPE + '[[theme]]\nname = "A"\nincidents = "Crime"\nhours = "late"\n',
            "the theme 'A': 'hours' holds 'late'",
        ),
        (
            RECIPE.replace('category_column = "Cause"', 'period = "2024-02"')
            + '[[theme]]\nname = "A"\nincidents = "Crime"\n',
            "the [[incidents]] name different periods, '2025-01..2025-02' and '2024-02'",
        ),
        (
            RECIPE.replace('period = "2025-01..2025-02"\n', "")
            + '[[theme]]\nname = "A"\nincidents = "Crime"\n',
            "there are several [[incidents]], but no period that all are counted over",
        ),
    ],
)
def test_slips_are_a_sentence_each(recipe: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(recipe)
    assert caught.value.message == message
    assert caught.value.hint


def test_a_flag_that_says_neither_yes_nor_no_is_refused_with_its_value(town: Path) -> None:
    write(
        town / "crime.csv",
        [*CRIME[:-1], (2, "Other", "2025-02", "perhaps", "")],
        ["Crime type", "Month", "Domestic", "Time"],
    )
    with pytest.raises(DataError) as caught:
        run(town)
    assert caught.value.message == "Crime: the flag 'Domestic' holds 'perhaps', which is neither yes nor no"


def test_hours_of_a_column_without_times_are_refused(town: Path) -> None:
    rows = [(*row[:4], "2025-01-03") for row in CRIME]
    write(town / "crime.csv", rows, ["Crime type", "Month", "Domestic", "Time"])
    with pytest.raises(DataError) as caught:
        run(town)
    assert caught.value.message == (
        "the theme 'At night' chooses hours, but 'Time' holds no time of day, such as '2025-01-03'"
    )


def test_rows_without_a_time_are_said(town: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="hotspots"):
        run(town)
    assert (
        "At night: 21:00 to 04:00, by 'Time'; 1 of 5 incidents have no time and are left out" in caplog.text
    )


@pytest.mark.filterwarnings("ignore:.* lie outside all areas")
def test_a_theme_without_an_incident_and_a_source_elsewhere_are_refused(town: Path) -> None:
    with pytest.raises(HotspotsError) as caught:
        run(town, '[[theme]]\nname = "A"\nincidents = "Crime"\nflag = "Domestic"\nexclude = "Violence"\n')
    assert caught.value.message == "no incident of the reporting period is of the theme 'A'"
    write(town / "fires.csv", [(90, *row[1:]) for row in FIRES], ["Cause", "Month"])
    with pytest.raises(DataError) as away:
        run(town)
    assert away.value.message == "no incident of 'Fires' lies in the areas 'Wards'"


def test_a_source_without_an_incident_of_the_period_is_refused_by_its_name(town: Path) -> None:
    recipe = RECIPE.replace("2025-01..2025-02", "2025-03").replace(
        'name = "Fires"', 'name = "Fires"\ncovers = "2025-03"'
    )
    write(
        town / "crime.csv",
        [*CRIME, (0, "Other", "2025-03", "", "")],
        ["Crime type", "Month", "Domestic", "Time"],
    )
    theme = '[[theme]]\nname = "Fires"\nincidents = "Fires"\n'
    with pytest.raises(DataError) as caught:
        run(town, theme, recipe)
    assert caught.value.message == (
        "Fires: no incident is in 2025-03: the incidents are from 2024-02 to 2025-02"
    )
    assert caught.value.hint
    (town / "fires.csv").unlink()
    with pytest.raises(FileError) as absent:
        run(town, theme, recipe)
    assert absent.value.message.startswith("Fires: there is no file or folder")
