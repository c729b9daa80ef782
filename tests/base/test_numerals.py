"""Numbers are read as people write them, and what is not a number is told."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.base.numerals import Decimal, mostly_numbers, numbers


@pytest.mark.parametrize(
    ("texts", "decimal", "expected"),
    [
        (["1,234", "1,234,567.5", "12"], "", [1234, 1234567.5, 12]),
        (["10,5", "1.234,5", "12"], "", [10.5, 1234.5, 12]),
        (["1 234", "1\u00a0234", "5%"], "", [1234, 1234, 5]),
        (["1.234", "2.5"], "", [1.234, 2.5]),
        # The rest of the table tells what this column does not.
        (["1.234", "1,234"], ",", [1234, 1.234]),
        (["\u22121.5", "+2", "1.2e3", "1.20E+03"], "", [-1.5, 2, 1200, 1200]),
        (["..", "[c]", "N/A", "", None], "", [np.nan] * 5),
    ],
)
def test_numbers(texts: list[str], decimal: Decimal, expected: list[float]) -> None:
    result = numbers(pd.Series(texts), what="score", decimal=decimal)
    np.testing.assert_array_equal(result.to_numpy(), expected)
    assert result.dtype == "float64"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ["10,5", "10.5"],
            "score is '10,5' for 0, which is not a number: its groups of thousands are not of three digits",
        ),
        (["12", "high"], "score is 'high' for 1, which is not a number"),
        (
            ["1,23,456"],
            "score is '1,23,456' for 0, which is not a number: its groups of thousands are not of three digits",
        ),
        ([np.inf], "score is infinite for 0"),
        ([True, False], "score holds yes and no, not numbers"),
    ],
)
def test_what_is_not_a_number(texts: list[object], message: str) -> None:
    with pytest.raises(DataError) as caught:
        numbers(pd.Series(texts), what="score")
    assert caught.value.message == message


def test_decimal_commas_are_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        numbers(pd.Series(["10,5"]), what="'score' of 'a.csv'")
    assert caplog.messages == ["'score' of 'a.csv': decimal commas ('10,5' is 10.5)"]


def test_few_words_in_a_column_of_numbers_are_told_and_unknown() -> None:
    values = pd.Series(["x", "1,234.5", "7", None, "n/a"], index=["a", "b", "c", "d", "e"])
    with pytest.warns(HotspotsWarning) as caught:
        read = mostly_numbers(values, what="'rate' of 'l.geojson'")
    assert [str(entry.message) for entry in caught] == [
        "'rate' of 'l.geojson': of 5 values 2 hold no number, such as 'x' for a: taken as unknown"
    ]
    assert read is not None
    assert read.tolist()[1:3] == [1234.5, 7.0]
    assert read.isna().tolist() == [True, False, False, True, True]


def test_a_column_of_words_is_none_of_numbers() -> None:
    for words in (["high", "low", "1"], [True, False], ["1st", "2nd"]):
        assert mostly_numbers(pd.Series(words), what="rank") is None


def test_a_column_without_values_is_unknown_numbers() -> None:
    read = mostly_numbers(pd.Series([None, "", None], dtype="object"), what="population")
    assert read is not None
    assert read.dtype == "float64"
    assert read.isna().all()
