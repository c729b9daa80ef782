from __future__ import annotations

import logging
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.areas.population import Populations, population_near, read_population
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError

WARDS = pd.Index([f"E050000{number:02d}" for number in range(20)], name="code")
LSOAS = pd.Index([f"E010000{number:02d}" for number in range(20)], name="code")


def populations(codes: pd.Index, column: str = "WD19CD") -> pd.DataFrame:
    return pd.DataFrame({column: list(codes), "pop2019": 100, "pop2020": np.arange(len(codes)) + 200})


def test_the_latest_population_is_joined_by_code(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        table = read_population(populations(WARDS[::-1]), WARDS)
    # Given in reverse, so the first ward's number is the last: 200 + 19.
    assert table.join(WARDS).iloc[0] == 219
    assert table.join(WARDS).index.equals(WARDS)
    assert caplog.messages == [
        "Population from column 'pop2020' of the population table (choose another with 'population')"
    ]


def test_a_named_population_is_taken_silently(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert set(read_population(populations(WARDS), WARDS, population="pop2019").join(WARDS)) == {100}
    assert caplog.messages == []


def test_the_code_column_is_the_one_that_holds_the_areas_codes() -> None:
    both = populations(LSOAS, "lsoa11_code").assign(WD19CD=list(WARDS), LAD19NM="Leeds")
    assert read_population(both, LSOAS).code_column == "lsoa11_code"
    assert read_population(both, WARDS).code_column == "WD19CD"
    assert read_population(both, WARDS).district.unique().tolist() == ["Leeds"]  # type: ignore[union-attr]


def test_a_table_indexed_by_code() -> None:
    series = pd.DataFrame({"population": [5.0] * 20}, index=WARDS)
    assert read_population(series, WARDS).join(WARDS).sum() == 100


def test_a_workbook_of_populations(tmp_path: Path) -> None:
    populations(WARDS).to_excel(tmp_path / "people.xlsx", index=False)
    # 200 to 219, of the later year: the mean is 209.5.
    assert read_population(tmp_path / "people.xlsx", WARDS).join(WARDS).mean() == 209.5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "populations.csv"
    path.write_text(
        'Ward code,Ward name,Population\nE05000000,Ynys Môn,"1,234"\nE05000001,b, 56\n', encoding=encoding
    )
    table = read_population(path, WARDS[:2])
    assert table.join(WARDS[:2]).tolist() == [1234, 56]
    assert table.name is not None
    assert table.name["E05000000"] == "Ynys Môn"


def test_a_table_of_other_areas() -> None:
    with pytest.raises(DataError) as error:
        read_population(populations(WARDS), LSOAS).join(LSOAS)
    assert str(error.value) == (
        "none of the 20 areas is in the population table: "
        "the areas are E01000000, E01000001, E01000002, ..., "
        "its column 'WD19CD' holds E05000000, E05000001, E05000002, ... "
        "(the areas are LSOAs, the table is of wards)\n"
        "Hint: give a population table of the same geography, place and year as the areas"
    )


def test_a_table_of_another_place() -> None:
    elsewhere = pd.Index([f"E059999{number:02d}" for number in range(2)])
    with pytest.raises(DataError) as error:
        read_population(populations(elsewhere), WARDS).join(WARDS)
    assert error.value.message == (
        "none of the 20 areas is in the population table: "
        "the areas are E05000000, E05000001, E05000002, ..., "
        "its column 'WD19CD' holds E05999900, E05999901 (both are wards, so of different years or places)"
    )


def test_a_table_with_under_nine_tenths_of_the_areas() -> None:
    with pytest.raises(DataError) as error:
        read_population(populations(LSOAS[:17], "LSOA11CD"), LSOAS).join(LSOAS)
    assert str(error.value) == (
        "only 17 of 20 areas are in the population table (85%); it lacks E01000017, E01000018, E01000019; "
        "boundaries and table may be of different years (such as 2011 and 2021)\n"
        "Hint: give a table of the boundaries' year and place, or keep its districts with 'only'"
    )


def test_a_table_with_nine_tenths_of_the_areas_is_a_warning() -> None:
    table = read_population(populations(WARDS[:18]), WARDS)
    with pytest.warns(HotspotsWarning) as caught:
        joined = table.join(WARDS)
    assert joined.isna().sum() == 2
    assert str(caught[0].message) == (
        "no population in the population table, so no rate, for 2 of 20 areas (E05000018, E05000019); "
        "boundaries and table may be of different years"
    )


def test_blank_populations_are_named_but_blamed_on_no_year() -> None:
    table = populations(WARDS).astype({"pop2020": "str"})
    table.loc[3, "pop2020"] = "-"
    with pytest.warns(HotspotsWarning) as caught:
        read_population(table, WARDS).join(WARDS)
    assert str(caught[0].message) == (
        "no population in the population table, so no rate, for 1 of 20 areas (E05000003)"
    )


def test_a_complete_table_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_population(populations(WARDS), WARDS).join(WARDS).notna().all()


def test_codes_that_repeat() -> None:
    with pytest.raises(DataError) as error:
        read_population(pd.concat([populations(WARDS), populations(WARDS[:2])]), WARDS)
    assert str(error.value) == (
        "column 'WD19CD' of the population table holds E05000000, E05000001 more than once\n"
        "Hint: give a table with one row for each area; sum smaller areas to these first"
    )


def test_a_negative_population() -> None:
    table = populations(WARDS)
    table.loc[4, "pop2020"] = -1
    with pytest.raises(DataError) as error:
        read_population(table, WARDS)
    assert str(error.value) == (
        "'pop2020' of the population table is '-1' for E05000004, which is not a possible number of people\n"
        "Hint: correct it, leave it blank, or name another column with 'population'"
    )


def test_no_column_of_populations() -> None:
    with pytest.raises(ParameterError) as error:
        read_population(pd.DataFrame({"WD19CD": list(WARDS), "heads": 5}), WARDS)
    assert str(error.value) == (
        "no column of the population table looks like populations; it has WD19CD, heads\n"
        "Hint: name the column with 'population'"
    )


def test_a_named_population_that_does_not_exist() -> None:
    with pytest.raises(ParameterError) as error:
        read_population(populations(WARDS), WARDS, population="pop2021")
    assert str(error.value) == (
        "the population table has no column 'pop2021' to take as 'population'\n"
        "Hint: did you mean 'pop2020' or 'pop2019'?"
    )


def test_a_file_that_is_missing_or_empty(tmp_path: Path) -> None:
    with pytest.raises(FileError) as missing:
        read_population("nowhere.csv", WARDS)
    assert str(missing.value) == (
        "there is no file 'nowhere.csv' to read the population table from\nHint: check the spelling and the folder"
    )
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(FileError) as error:
        read_population(empty, WARDS)
    assert str(error.value) == (
        f"the population table '{empty}' is empty\nHint: export it again, with one row of headings"
    )


OLD = pd.Index([f"E010000{number:02d}" for number in range(19)] + ["E01000099"], name="code")
NEW = pd.Index([f"E010000{number:02d}" for number in range(19)] + ["E01033800"], name="code")


@pytest.mark.parametrize(
    ("table", "areas", "said"),
    [
        (OLD, NEW, ("2011", "2021", "2021", "2011", "E01033800")),
        (NEW, OLD, ("2021", "2011", "2011", "2021", "E01000099")),
    ],
)
def test_a_table_of_the_other_census_is_refused(
    table: pd.Index, areas: pd.Index, said: tuple[str, ...]
) -> None:
    # 19 of 20 codes are the same, so the share alone would let it pass.
    read = read_population(populations(table, "LSOA"), areas)
    with pytest.raises(DataError) as error:
        read.join(areas)
    assert str(error.value) == (
        f"the population table is of LSOAs of {said[0]}, but the areas are LSOAs of {said[1]}: "
        f"it lacks 1 of 20, such as {said[4]}\n"
        f"Hint: give a population table of LSOAs of {said[2]}, or areas of {said[0]}"
    )


def wards_of_years() -> gpd.GeoDataFrame:
    """Two wards with populations of three years and of the census."""
    return gpd.GeoDataFrame(
        {
            "WD19CD": ["E05000000", "E05000001"],
            "pop2017": [1, 2],
            "pop2019": [3, 4],
            "census2011_pop": [5, 6],
        },
        geometry=shapely.box([430_000, 431_000], 433_000, [431_000, 432_000], 434_000),
        crs="EPSG:27700",
    )


@pytest.mark.parametrize(
    ("months", "year", "population"),
    [
        (["2025-01", "2025-12"], 2019, [3, 4]),
        (["2017-03"], 2017, [1, 2]),
        # Half-way between the middles of 2017 and 2019 the later is taken.
        (["2018-06", "2018-07"], 2019, [3, 4]),
        (["2012-01", "2013-12"], 2011, [5, 6]),
    ],
)
@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_the_population_of_the_nearest_year_is_taken_and_said(
    caplog: pytest.LogCaptureFixture, months: list[str], year: int, population: list[int]
) -> None:
    areas = read_areas(wards_of_years())
    with caplog.at_level(logging.INFO):
        near = population_near(areas, months)
    assert near["population"].tolist() == population
    assert areas["population"].tolist() == [3, 4]
    assert near.attrs["populations"].to_dict()["year"] == year
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[1]}"
    assert caplog.messages == [
        f"Population of {year}, the year nearest to the incidents ({span}); at hand: 2011, 2017, 2019"
    ]


def test_a_population_asked_for_by_name_stays(caplog: pytest.LogCaptureFixture) -> None:
    areas = read_areas(wards_of_years(), population="pop2017")
    with caplog.at_level(logging.INFO):
        assert population_near(areas, ["2019-06"])["population"].tolist() == [1, 2]
    assert caplog.messages == ["Population of 2017; incidents of 2019-06"]


def test_a_population_of_long_ago_is_a_doubt() -> None:
    areas = read_areas(wards_of_years(), population="census2011_pop")
    with pytest.warns(HotspotsWarning) as caught:
        population_near(areas, ["2025-01", "2025-12"])
    assert str(caught[0].message) == (
        "the population is of 2011, the incidents are of 2025-01 to 2025-12: "
        "rates are per head of people counted long before or after"
    )


def test_only_the_areas_own_rows_have_to_make_sense() -> None:
    table = pd.DataFrame({"code": [*WARDS, "Total", "Total"], "population": ["5"] * 20 + ["many", "12,34"]})
    assert read_population(table, WARDS).join(WARDS).sum() == 100
    slip = pd.DataFrame({"code": list(WARDS), "population": ["5"] * 19 + ["12,34"]})
    with pytest.raises(DataError, match="is '12,34' for E05000019, which is not a number"):
        read_population(slip, WARDS)


def test_a_column_of_codes_that_calls_itself_populations() -> None:
    table = pd.DataFrame({"pop2024": list(WARDS), "name": "Hill"})
    with pytest.raises(DataError) as found:
        read_population(table, WARDS)
    assert found.value.message == (
        "column 'pop2024' of the population table holds codes, but its name says populations"
    )


def test_a_record_names_the_file_alone() -> None:
    for where in (
        "the population table 'people.csv'",
        "'people.csv'",
        "the population table '/home/ann/people.csv'",
    ):
        assert Populations(where, "n", 2022).to_dict()["source"] == "people.csv"
    assert Populations("the layer", "n", 2022).to_dict()["source"] == "the layer"
