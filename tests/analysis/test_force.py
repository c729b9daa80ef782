"""A whole force: its comparators read, its incidents counted, wherever they lie."""

from __future__ import annotations

import logging
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.comparators import read_comparators
from hotspots.analysis.force import compare_force
from hotspots.base.errors import DataError, FileError, HotspotsWarning

RATES = pd.DataFrame(
    {"England & Wales": [10.0, 20.0]}, index=["Total Recorded Crime", "Anti-social behaviour"]
)


def force(people: tuple[float, float] = (1000.0, 3000.0)) -> gpd.GeoDataFrame:
    index = pd.Index(["E05000001", "E05000002"], name="code")
    return gpd.GeoDataFrame(
        {"population": people},
        index=index,
        geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)],
        crs="EPSG:27700",
    )


def incidents(x: list[float], category: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"x": x, "y": np.where(np.isnan(x), np.nan, 500.0)})
    return table.assign(
        category=pd.Categorical(category), month=pd.PeriodIndex(["2025-01"] * len(x), freq="M")
    )


def test_all_incidents_count_and_disorder_is_no_crime(caplog: pytest.LogCaptureFixture) -> None:
    table = incidents([10.0, 1500.0, np.nan, 20.0], ["Theft", "Burglary", "Theft", "Anti-social behaviour"])
    with caplog.at_level(logging.INFO, logger="hotspots"):
        made = compare_force(table, force(), comparators=RATES, months=12, name="Abbeyshire")
    assert made["Abbeyshire"].to_dict() == {
        "Total Recorded Crime": 0.75,
        "Burglary": 0.25,
        "Theft": 0.5,
        "Anti-social behaviour": 0.25,
    }
    assert made.loc["Total Recorded Crime", "Against England & Wales"] == "below"
    assert "Abbeyshire: 4 incidents among 4,000 people in 2 areas" in caplog.messages


def test_the_months_present_are_the_period() -> None:
    table = incidents([10.0, 20.0], ["Theft", "Anti-social behaviour"])
    assert compare_force(table, force(), comparators=RATES)["Force"].tolist() == [3.0, 3.0, 3.0]


def test_rates_of_a_part_are_of_the_incidents_in_it() -> None:
    # Two of three thefts with coordinates are elsewhere, and one is nowhere: 1 among 4,000 people, not 4.
    table = incidents([10.0, 9000.0, 9500.0, np.nan], ["Theft"] * 4)
    with pytest.warns(HotspotsWarning) as warned:
        made = compare_force(table, force(), comparators=RATES, months=12)
    assert made["Force"].to_dict() == {"Total Recorded Crime": 0.25, "Theft": 0.25}
    assert [str(entry.message) for entry in warned] == [
        "2 of 3 incidents with coordinates lie outside the areas, which are a part of what the files cover: the 1 "
        "inside count, and none of the 1 without coordinates"
    ]


def test_a_part_where_no_incident_lies_is_refused() -> None:
    with pytest.raises(DataError) as error:
        compare_force(incidents([9000.0], ["Theft"]), force(), comparators=RATES, months=12)
    assert error.value.message == "no incident lies in an area"


def test_one_district_is_called_by_its_name() -> None:
    borough = force().assign(district="East Abbey")
    made = compare_force(incidents([10.0], ["Theft"]), borough, comparators=RATES, months=12)
    assert made.columns[0] == "East Abbey"


def test_a_force_without_population_or_category_is_refused() -> None:
    table = incidents([10.0], ["Theft"])
    with pytest.raises(DataError) as error:
        compare_force(table, force((1000.0, np.nan)), comparators=RATES)
    assert error.value.message == "1 of 2 areas have no population, so the force's is not known"
    assert error.value.hint == "name its column with 'population', or join a table with 'population_table'"
    with pytest.raises(DataError) as error:
        compare_force(table.drop(columns="category"), force(), comparators=RATES)
    assert error.value.message == "no incident has a category"


def test_comparators_as_people_write_them(tmp_path: Path) -> None:
    path = tmp_path / "comparators.csv"
    path.write_bytes('\ufeffcategory,Cymru n,Cymru population\nBurglary,"1,200", 90000\nDrugs,..,\n'.encode())
    read = read_comparators(path)
    assert list(read.loc["Burglary"]) == [1200, 90000]
    assert read.loc["Drugs"].isna().all()


def test_comparators_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError) as error:
        read_comparators(tmp_path / "none.csv")
    assert error.value.message == f"there is no file '{tmp_path / 'none.csv'}' to read the comparators from"
    assert error.value.hint == "check the spelling and the folder"
    path = tmp_path / "comparators.csv"
    path.write_text("kind,England\nBurglary,1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_comparators(path)
    assert caught.value.message == (
        "'comparators.csv' needs a column 'category' and one for each comparator, but has 'kind', 'England'"
    )
    assert caught.value.hint == "write a first line such as: category,England & Wales,Similar Forces"
    path.write_text("category,England\nBurglary,seven\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_comparators(path)
    assert caught.value.message == (
        f"'England' of the comparators '{path}' is 'seven' for Burglary, which is not a number"
    )
    assert caught.value.hint == "write a number, or leave the cell blank"


@pytest.mark.parametrize(
    "content",
    [
        "category,Région\nTotal Recorded Crime,85.1,\nBurglary,4.2,\n".encode("cp1252"),
        "Rates of the year;\ncategory;Région\nTotal Recorded Crime;85,1\nBurglary;4,2\n".encode("utf-16"),
        "category\tRégion\n Total  Recorded\u00a0Crime\t85.1\nBurglary\t4.2\n".encode(),
    ],
)
def test_comparators_of_any_encoding_and_delimiter(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "comparators.csv"
    path.write_bytes(content)
    read = read_comparators(path)
    assert read["Région"].to_dict() == {"Total Recorded Crime": 85.1, "Burglary": 4.2}
