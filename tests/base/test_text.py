"""What a text file is."""

from __future__ import annotations

import pytest

from hotspots.base.text import (
    delimiter_of,
    encoding_of,
    heading_position,
    is_rule,
    plain_text,
    stated_delimiter,
)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Anti-social  behaviour", "Anti-social behaviour"),
        ("\ufeffE01000001\u200b", "E01000001"),
        ("Ynys\u00a0Môn\r\n", "Ynys Môn"),
        ("\u202ename\u202c", "name"),
        ("a\x00b\x1bc", "abc"),
        ("   ", ""),
    ],
)
def test_text_as_it_is_seen(written: str, seen: str) -> None:
    assert plain_text(written) == seen


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"code,name", "UTF-8"),
        ("Môn".encode(), "UTF-8"),
        ("Môn".encode("utf-8-sig"), "UTF-8 with BOM"),
        ("Môn".encode("utf-16"), "UTF-16"),
        ("code,name\n".encode("utf-16-le"), "UTF-16 without BOM, low byte first"),
        ("code,name\n".encode("utf-16-be"), "UTF-16 without BOM, high byte first"),
        ("Môn – west".encode("cp1252"), "Windows-1252"),
        (b"M\xf4n\x81", "Latin-1"),
    ],
)
def test_encodings(raw: bytes, encoding: str) -> None:
    assert encoding_of(raw) == encoding


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_the_delimiter_is_what_rows_agree_on(delimiter: str) -> None:
    rows = ["code", "score", "note"], ["E1", "10", "a; b, c | d"], ["E2", "11", "e"]
    # The stray delimiters in one cell make that row alone longer.
    assert delimiter_of("\n".join(delimiter.join(row) for row in rows)) == delimiter


def test_decimal_commas_are_not_the_delimiter() -> None:
    # Every row has one comma, which would make two columns; semicolons make three.
    assert delimiter_of("code;name;score\nE1;a;1,5\nE2;b;2,5\nE3;c;3,5\n") == ";"


def test_excel_states_its_delimiter() -> None:
    assert stated_delimiter("sep=;\r\ncode;n\r\n") == (";", "code;n\r\n")
    # A line that an export left over a file of another delimiter promises nothing.
    assert stated_delimiter("sep=;\ncode,n\na,1\n") == (",", "code,n\na,1\n")
    assert stated_delimiter("code,n\n") == ("", "code,n\n")


@pytest.mark.parametrize(
    ("records", "position"),
    [
        ([["code", "people"], ["E1", "5"]], 0),
        ([["People of 2022"], [], ["code", "people"], ["E1", "5"], ["E2", "6"]], 2),
        # An index without a heading of its own.
        ([["", "people"], ["E1", "5"], ["E2", "6"]], 0),
        # A title in the first of three columns, padded as spreadsheets pad it.
        ([["People", "", ""], ["code", "name", "people"], ["E1", "a", "5"], ["E2", "b", "6"]], 1),
        ([], 0),
    ],
)
def test_headings_are_the_first_row_as_full_as_the_rest(records: list[list[str]], position: int) -> None:
    assert heading_position(records) == position


def test_lines_of_dashes_are_no_rows() -> None:
    assert is_rule(["-----", " --- "])
    assert not is_rule(["", ""])
    assert not is_rule(["-", "5"])
