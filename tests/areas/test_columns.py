from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.areas.columns import (
    Columns,
    as_codes,
    as_numbers,
    district_of_names,
    find_columns,
    population_column,
)
from hotspots.base.errors import DataError, ParameterError

CODES = {
    "oa": ["E00000001", "E00000002"],
    "lsoa": ["E01000001", "E01000002"],
    "ward": ["E05000001", "E05000001"],
    "district": ["E08000035", "E08000035"],
}


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # Wards of several years, as the ONS and others spell them.
        (["WD19CD", "WD19NM", "LAD19CD", "LAD19NM"], ("WD19CD", "WD19NM", "LAD19NM")),
        (["OBJECTID", "WD22CD", "WD22NM", "WD22NMW", "LAD22CD"], ("WD22CD", "WD22NM", "LAD22CD")),
        (
            ["ward24_code", "ward24_name", "ltla24_code", "ltla24_name"],
            ("ward24_code", "ward24_name", "ltla24_name"),
        ),
        (["WD2023CD", "WD2023NM"], ("WD2023CD", "WD2023NM", None)),
        (["wd11cd", "wd22cd", "wd11nm", "wd22nm"], ("wd11cd", "wd11nm", None)),
        # Larger and smaller areas.
        (["LSOA11CD", "LSOA11NM"], ("LSOA11CD", "LSOA11NM", None)),
        (["msoa11cd", "msoa11nm", "lad11nm"], ("msoa11cd", "msoa11nm", "lad11nm")),
        (["OA11CD", "LAD11CD"], ("OA11CD", None, "LAD11CD")),
        (["LAD21CD", "LAD21NM", "CTY21NM"], ("LAD21CD", "LAD21NM", "CTY21NM")),
        # Without a geography.
        (["geo_code", "geo_name"], ("geo_code", "geo_name", None)),
        (["code", "name", "district_code", "district", "ward_code", "ward"], ("code", "name", "district")),
        (["geography code", "geography"], ("geography code", "geography", None)),
        (["code", "ward_name", "local authority"], ("code", "ward_name", "local authority")),
    ],
)
def test_columns_are_recognised_by_name(columns: list[str], expected: tuple[str | None, ...]) -> None:
    codes = [column for column in columns if column.lower().endswith(("cd", "code"))]
    values = {column: ["E05000001", "E05000002"] if column in codes else ["One", "Two"] for column in columns}
    found = find_columns(pd.DataFrame(values), where="'a.gpkg'")
    assert (found.code, found.name, found.district) == expected


def test_the_finest_geography_with_unique_codes_is_taken() -> None:
    lsoas = table(LAD22NM=["Leeds"] * 2, WD22CD=CODES["ward"], LSOA21CD=CODES["lsoa"], LSOA21NM=["a", "b"])
    assert find_columns(lsoas, where="it") == Columns("LSOA21CD", "LSOA21NM", "LAD22NM", None)
    # A layer of wards that also says which LSOA holds each ward's centre, the same for both.
    wards = table(LSOA21CD=["E01000001"] * 2, WD22CD=["E05000001", "E05000002"])
    assert find_columns(wards, where="it").code == "WD22CD"


def test_a_column_without_a_suffix_is_judged_by_its_values() -> None:
    assert find_columns(table(LSOA11=CODES["lsoa"], ward=["A", "B"]), where="it").code == "LSOA11"


def test_official_codes_are_recognised_under_any_name() -> None:
    assert find_columns(table(ident=CODES["oa"], label=["a", "b"]), where="it").code == "ident"


def test_named_columns_are_taken_unguessed() -> None:
    layer = table(
        WD22CD=["E05000001", "E05000002"], ref=[1, 2], title=["a", "b"], hub=["x", "y"], heads=[5, 6]
    )
    found = find_columns(layer, where="it", code="ref", name="title", district="hub", population="heads")
    assert found == Columns("ref", "title", "hub", "heads")


def test_no_column_looks_like_codes() -> None:
    with pytest.raises(DataError) as error:
        find_columns(table(POLYID=[1.0, 2.0], OTHER_ID=[3.0, 4.0]), where="'columbus.geojson'")
    assert str(error.value) == (
        "no column of 'columbus.geojson' looks like area codes; it has 'POLYID', 'OTHER_ID'\n"
        "Hint: name the column of codes with 'code'"
    )


def test_the_only_id_column_is_the_code() -> None:
    assert find_columns(table(POLYID=[1.0, 2.0], CRIME=[3.0, 4.0]), where="the layer").code == "POLYID"
    # One that repeats tells no areas apart, so the other is the only one.
    assert find_columns(table(ID=[1, 2], TYPE_ID=[3, 3]), where="the layer").code == "ID"
    # Words that police areas go by come before numbers of rows.
    assert find_columns(table(OBJECTID=[1, 2], Precinct=["1A", "1B"]), where="the layer").code == "Precinct"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (" e01000001 ", "E01000001"),
        ("E01000001\u200b", "E01000001"),
        ("\ufeffw01000001", "W01000001"),
        ("Castle\u00a0 Ward", "Castle Ward"),
        # Only GSS codes are known to be written in capitals.
        ("cell_0_1", "cell_0_1"),
    ],
)
def test_codes_are_read_as_they_are_seen(written: str, code: str) -> None:
    assert as_codes(pd.Series([written, "  ", None])).tolist()[0] == code
    assert as_codes(pd.Series([written, "  ", None])).isna().tolist() == [False, True, True]


@pytest.mark.parametrize("option", ["code", "name", "district", "population"])
def test_a_named_column_that_does_not_exist(option: str) -> None:
    with pytest.raises(ParameterError) as error:
        find_columns(table(WD22CD=CODES["lsoa"]), where="'a.gpkg'", **{option: "WD21CD"})
    assert (
        str(error.value)
        == f"'a.gpkg' has no column 'WD21CD' to take as '{option}'\nHint: did you mean 'WD22CD'?"
    )


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["pop2017", "pop2020", "pop2019"], "pop2020"),
        (["pop2019", "population"], "population"),
        (["census2011_pop", "pop2017"], "pop2017"),
        (["census2011_pop"], "census2011_pop"),
        (["All Ages"], "All Ages"),
        (["All usual residents"], "All usual residents"),
        (["Total population"], "Total population"),
        (["population_2021"], "population_2021"),
        (["popular", "n"], None),
    ],
)
def test_the_latest_population_is_taken(columns: list[str], expected: str | None) -> None:
    assert population_column(pd.DataFrame(columns=columns)) == expected


def test_codes_are_text_without_blanks() -> None:
    assert as_codes(pd.Series([1.0, 2.0])).tolist() == ["1", "2"]
    assert as_codes(pd.Series([7, 8])).tolist() == ["7", "8"]
    assert as_codes(pd.Series([" E05000001 ", "", None])).isna().tolist() == [False, True, True]
    assert as_codes(pd.Series([" E05000001 "])).tolist() == ["E05000001"]


def test_lsoa_names_hold_their_district() -> None:
    found = district_of_names(pd.Series(["Stoke-on-Trent 012A", "Leeds 003"]))
    assert found is not None
    assert found.tolist() == ["Stoke-on-Trent", "Leeds"]
    assert district_of_names(pd.Series(["Leeds 003A", "Town"])) is None


def test_numbers_as_people_write_them() -> None:
    written = pd.Series(["1,234", " 56 ", "7.5", "", "-", "n/a", "[c]", None])
    assert as_numbers(written, what="it").tolist() == pytest.approx(
        [1234, 56, 7.5] + [np.nan] * 5, nan_ok=True
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("many", "not a number"),
        ("-5", "not a possible number of people"),
        ("inf", "not a number"),
        ("12,34", "not a number: its groups of thousands are not of three digits"),
    ],
)
def test_a_population_that_is_no_number_of_people(value: str, why: str) -> None:
    with pytest.raises(DataError) as error:
        as_numbers(pd.Series(["10", value], index=["E05000001", "E05000002"]), what="'pop2020' of 'a.csv'")
    assert str(error.value) == (
        f"'pop2020' of 'a.csv' is '{value}' for E05000002, which is {why}\n"
        "Hint: correct it, leave it blank, or name another column with 'population'"
    )
