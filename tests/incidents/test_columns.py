from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotspots.base.errors import DataError
from hotspots.incidents.cells import id_keys, labels, numbers
from hotspots.incidents.columns import ColumnNames, recognise
from hotspots.incidents.dates import months_and_days, parse_date

POLICE = ["Crime ID", "Month", "Reported by", "Longitude", "Latitude", "LSOA code", "Crime type"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (POLICE, ("Longitude", "Latitude", "degrees", "Crime type", "Month", "LSOA code", "Crime ID")),
        (["LON", "Lat", "CATEGORY", "date"], ("LON", "Lat", "degrees", "CATEGORY", "date", None, None)),
        (["eastings", "Northings", "Crime"], ("eastings", "Northings", "metres", "Crime", None, None, None)),
        (["X", "Y", "Incident_Type"], ("X", "Y", "unknown", "Incident_Type", None, None, None)),
        (["Hydred", "Lledred", "Mis"], ("Hydred", "Lledred", "degrees", None, "Mis", None, None)),
        # Metres go before degrees: they need no projecting.
        (["lat", "lon", "Easting", "Northing"], ("Easting", "Northing", "metres", None, None, None, None)),
    ],
)  # fmt: skip
def test_usual_columns_are_recognised(header: list[str], expected: tuple[str | None, ...]) -> None:
    found = recognise(header, ColumnNames(), file="a.csv")
    assert (
        found.x,
        found.y,
        found.kind,
        found.category,
        found.month,
        found.lsoa_code,
        found.crime_id,
    ) == expected
    assert found.weight is None


def test_named_columns_win_and_case_does_not_matter() -> None:
    header = ["Longitude", "Latitude", "my_e", "MY N", "severity", "kind", "seen"]
    named = ColumnNames(x="My E", y="my n", category="KIND", month="seen", weight="Severity")
    found = recognise(header, named, file="a.csv")
    assert (found.x, found.y, found.kind) == ("my_e", "MY N", "unknown")
    assert (found.category, found.month, found.weight) == ("kind", "seen", "severity")


def test_no_coordinates_lists_the_columns() -> None:
    with pytest.raises(DataError) as caught:
        recognise(["Ward", "Crime type"], ColumnNames(), file="a.csv")
    assert str(caught.value) == (
        "'a.csv' has no coordinate columns that are recognised; its columns are 'Ward', 'Crime type'\n"
        "Hint: name them with 'x' (easting or longitude) and 'y' (northing or latitude)"
    )


def test_a_named_column_that_is_missing() -> None:
    with pytest.raises(DataError) as caught:
        recognise(POLICE, ColumnNames(category="Crime tipe"), file="a.csv")
    assert str(caught.value) == (
        "'a.csv' has no column 'Crime tipe' ('category_column')\n"
        "Hint: did you mean 'Crime type' or 'Crime ID'?"
    )


def test_numbers_tell_blanks_from_what_is_not_a_number() -> None:
    texts = ["-1.5", " 2 ", "", "NULL", "n/a", "abc", "1_000", "inf", None, "1,5"]
    values, wrong = numbers(pa.array(texts).dictionary_encode())
    np.testing.assert_array_equal(values, [-1.5, 2, *[np.nan] * 8])
    np.testing.assert_array_equal(wrong, [text in ("abc", "1_000", "inf", "1,5") for text in texts])


def test_numbers_are_read_exactly() -> None:
    values, wrong = numbers(pa.array(["-1.926599", "52.543103", ""]).dictionary_encode())
    np.testing.assert_array_equal(values, [-1.926599, 52.543103, np.nan])
    assert not wrong.any()


def test_labels_are_trimmed_and_blanks_are_null() -> None:
    found = labels(pa.array(["Drugs ", "", " Drugs", None, "  ", "ASB"]).dictionary_encode())
    assert found.to_pylist() == ["Drugs", None, "Drugs", None, None, "ASB"]
    assert sorted(found.dictionary.drop_null().to_pylist()) == ["ASB", "Drugs"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01", (2025, 1, None)),
        ("2025-01-31", (2025, 1, 31)),
        ("2025-01-31T23:59:00Z", (2025, 1, 31)),
        ("2025/01/31", (2025, 1, 31)),
        ("202501", (2025, 1, None)),
        ("20250131", (2025, 1, 31)),
        ("03/04/2025", (2025, 4, 3)),
        ("3.4.25 21:30", (2025, 4, 3)),
        ("29/02/2024", (2024, 2, 29)),
        ("29/02/2025", None),
        ("12/31/2025", None),
        ("Jan-25", (2025, 1, None)),
        ("September 2025", (2025, 9, None)),
        ("3 Sept 2025", (2025, 9, 3)),
        ("Smarch 2025", None),
        ("2025-13", None),
        ("soon", None),
        ("", None),
    ],
)
def test_months_are_read_in_the_usual_ways(text: str, expected: tuple[int, int, int | None] | None) -> None:
    assert parse_date(text) == expected


def test_month_numbers_count_from_1970() -> None:
    months, days = months_and_days(["1970-01", "2025-03-31", "?"])
    # March 2025: 55 * 12 + 2 = 662.
    assert months.tolist() == [0, 662, np.iinfo(np.int64).min]
    assert days.astype(str).tolist() == ["NaT", "2025-03-31", "NaT"]


def hexadecimal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_id_keys_are_the_first_sixteen_digits() -> None:
    ids = [hexadecimal("a"), "", hexadecimal("b"), None, hexadecimal("a").upper()]
    keys = id_keys(pa.array(ids))
    a, b = int(hexadecimal("a")[:16], 16), int(hexadecimal("b")[:16], 16)
    assert keys.tolist() == [a, 0, b, 0, a]


def test_id_keys_do_not_depend_on_what_else_is_in_the_batch() -> None:
    alone = id_keys(pa.array([hexadecimal("a")]))
    mixed = id_keys(pa.array(["CR/1", hexadecimal("a"), "n/a", "CR/1", "CR/2"]))
    assert mixed[1] == alone[0]
    assert mixed[2] == 0
    assert mixed[0] == mixed[3] != mixed[4]


@settings(max_examples=50)
@given(st.lists(st.text(max_size=4), max_size=12), st.integers(0, 3))
def test_id_keys_are_equal_just_where_ids_are(ids: list[str], start: int) -> None:
    padded = [hexadecimal(text) if text else "" for text in ids]
    keys = id_keys(pa.array(padded, pa.string()).slice(start)).tolist()
    wanted = [int(text[:16], 16) if text else 0 for text in padded[start:]]
    assert keys == wanted
