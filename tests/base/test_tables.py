"""One reader for every small table."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError
from hotspots.base.tables import read_table

ROWS = "code,name,people\nE05000001,Hill,1200\nE05000002,Town,3400\n"


def write(folder: Path, content: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        ROWS.replace(",", ";"),
        ROWS.replace(",", "\t"),
        ROWS.replace(",", "|"),
        ROWS.encode("utf-16"),
        ROWS.encode("utf-16-le"),
        ROWS.encode("utf-8-sig"),
        "sep=,\r\n" + ROWS,
        "Estimates of people,,\nONS,,\n,,\n" + ROWS,
        ROWS.replace("\nE", ",\nE"),
        ROWS.replace("0\n", "0,\n"),
        ROWS.replace("people\n", "people\n---------,----,------\n"),
        ROWS + "\n(2 rows affected)\n",
        ROWS + "Source: estimates of people, by hand, and rounded\n",
        ROWS.replace("E0", "\u200bE0"),
        ROWS.replace("\n", "\r\n"),
        ROWS.replace("people\n", " people \n"),
    ],
)
def test_the_same_table_however_it_is_written(tmp_path: Path, content: str | bytes) -> None:
    rows = read_table(write(tmp_path, content)).rows
    assert rows.to_dict("list") == {
        "code": ["E05000001", "E05000002"],
        "name": ["Hill", "Town"],
        "people": ["1200", "3400"],
    }


def test_columns_of_lists_are_left_out_of_parquet_with_one_warning(tmp_path: Path) -> None:
    held = {"code": ["E1"], "people": [5], "parts": [[1, 2]], "by_age": [{"0": 1}], "bbox": [{"xmin": 0.0}]}
    held |= {"name": [b"Hill"], "photo": [b"\xff\xd8"]}
    held["seal"] = pd.Categorical([b"\xff\xd8"])
    pd.DataFrame(held).to_parquet(tmp_path / "people.parquet")
    with pytest.warns(HotspotsWarning) as caught:
        table = read_table(tmp_path / "people.parquet")
    assert table.rows.columns.tolist() == ["code", "people", "name"]
    assert table.rows["name"].tolist() == ["Hill"]
    assert [str(one.message) for one in caught] == [
        f"'{tmp_path / 'people.parquet'}' has columns of lists, structures or bytes, which no table holds and which "
        "are left out: parts, by_age, photo, ..."
    ]


def test_parquet_whose_text_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pd.DataFrame({"code": ["E05000001"], "people": [5]}).to_parquet(path, index=False)
    path.write_bytes(path.read_bytes().replace(b"E05000001", b"E0500\x99001"))
    with pytest.raises(FileError, match=r"'people\.parquet' cannot be read as a table"):
        read_table(path)


def test_packed_and_parquet(tmp_path: Path) -> None:
    packed = write(tmp_path, gzip.compress(ROWS.encode()), "people.csv.gz")
    pd.DataFrame({"code": ["E1"], "people": [5]}).to_parquet(tmp_path / "people.parquet")
    assert read_table(packed).rows["people"].tolist() == ["1200", "3400"]
    assert read_table(tmp_path / "people.parquet").rows["people"].tolist() == [5]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


SHEET: list[list[object]] = [
    ["Mid-2022"],
    ["code", "people", 2021],
    ["E05000001", 1200, 0.5],
    ["E05000002", 3400, 7],
]


def test_a_workbook(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = workbook(tmp_path / "people.xlsx", {"Cover": [["Estimates"], ["of", "people"]], "Data": SHEET})
    with caplog.at_level(logging.INFO):
        table = read_table(path, codes=["E05000001"])
    # Whole numbers have no decimals, in headings neither.
    assert table.rows.to_dict("list") == {
        "code": ["E05000001", "E05000002"],
        "people": ["1200", "3400"],
        "2021": ["0.5", "7"],
    }
    assert caplog.messages[0] == "Sheet 'Data' of 'people.xlsx' (choose another with 'people.xlsx[Data]')"
    assert caplog.messages[1] == "'people.xlsx': left out as titles or notes: row 1"


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    other: list[list[object]] = [["code", "people"], ["E05000001", 9]]
    path = workbook(tmp_path / "people.xlsx", {"2021": SHEET, "2022": other})
    assert read_table(f"{path}[2022]").rows["people"].tolist() == ["9"]
    with pytest.raises(ParameterError) as caught:
        read_table(f"{path}[2023]")
    assert str(caught.value) == "'people.xlsx' has no sheet '2023'\nHint: did you mean '2022' or '2021'?"


def test_sheets_that_serve_equally_are_a_doubt(tmp_path: Path) -> None:
    path = workbook(tmp_path / "people.xlsx", {"2021": SHEET, "2022": SHEET})
    with pytest.warns(HotspotsWarning) as caught:
        read_table(path, codes=["E05000001", "E05000002"])
    assert str(caught[0].message) == (
        "2 sheets of 'people.xlsx' hold the codes equally ('2021', '2022'); '2021' is read: "
        "choose another with 'people.xlsx[2022]'"
    )


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("", "'people.csv' is empty", "export it again, with one row of headings"),
        ("code,people\n", "'people.csv' has headings but no rows", "export it again, with its rows"),
        (
            b"PK\x03\x04\x00\x00a\x00",
            "'people.csv' holds binary data, not a table",
            "give a CSV, an Excel workbook (.xlsx) or a Parquet file",
        ),
        (
            ROWS.encode("utf-16")[:-1],
            "'people.csv' begins as UTF-16 text but does not end so: it is cut short or damaged",
            "download or export it again",
        ),
        (
            ROWS.replace("Hill,1200", "Hill,1,200"),
            "row 2 of 'people.csv' has 4 cells under 3 headings; the first without a heading is '200'",
            "put a cell that holds a comma in double quotes, or give its column a heading",
        ),
        (
            ROWS.replace("Hill", '"Hill'),
            "row 2 of 'people.csv' cannot be split into cells (unexpected end of data)",
            "look for a quotation mark that is opened and never closed",
        ),
        (
            'code,name,people\nE1,"Hill,5\nE2,a,6\nE3,b,7\nE4,c",8\n',
            "one cell of row 2 of 'people.csv' holds 3 more rows",
            "look for a quotation mark that is opened and never closed",
        ),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, content: str | bytes, message: str, hint: str) -> None:
    with pytest.raises((DataError, FileError)) as caught:
        read_table(write(tmp_path, content))
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    cases = {
        "none.csv": f"there is no file '{tmp_path}/none.csv' to read populations from",
        "locked.xlsx": "populations '{}' is not a workbook that can be read",
        "cut.csv.gz": "populations '{}' is damaged: its packing ends early",
        "cut.parquet": "populations '{}' cannot be read as a table",
    }
    for name, message in cases.items():
        if name != "none.csv":
            write(
                tmp_path, gzip.compress(ROWS.encode() * 50)[:-20] if name == "cut.csv.gz" else b"PAR1", name
            )
        with pytest.raises(FileError) as caught:
            read_table(tmp_path / name, what="populations")
        assert caught.value.message == message.format(tmp_path / name)


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "code,people,people,code\nE1,5,6,E1\n"))
    # The second column of codes says the same, so it does no harm.
    assert table.column("code", option="code").tolist() == ["E1"]
    with pytest.raises(ParameterError) as caught:
        table.column("people", option="population")
    assert str(caught.value) == (
        "'people.csv' has several columns 'people', and they differ\nHint: give each column a heading of its own"
    )


def test_headings_are_found_whatever_their_case_and_blanks(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Code, Index  Score \nE1,5\n"))
    assert table.column("index score", option="column").tolist() == ["5"]
    with pytest.raises(ParameterError) as caught:
        table.column("rank", option="column")
    assert str(caught.value) == (
        "'people.csv' has no column 'rank' to take as 'column'\nHint: choose from 'Code', 'Index Score'"
    )


def test_a_semicolon_table_that_does_not_tell_is_refused(tmp_path: Path) -> None:
    doubtful = read_table(write(tmp_path, "code;score\nE1;1,234\nE2;2,345\n"))
    with pytest.raises(DataError) as caught:
        doubtful.numbers(doubtful.rows["score"])
    assert str(caught.value) == (
        "'score' of 'people.csv' is '1,234', which may mean 1234 or 1.234\n"
        "Hint: write it without separators of thousands and with a decimal point"
    )
    told = read_table(write(tmp_path, "code;score;other\nE1;1,234;0,5\nE2;2,345;0,7\n"))
    assert told.numbers(told.rows["score"]).tolist() == [1.234, 2.345]
    # One that separates cells by commas has to quote such numbers, and has thousands.
    quoted = read_table(write(tmp_path, 'code,score\nE1,"1,234"\nE2,"2,345"\n'))
    assert quoted.numbers(quoted.rows["score"]).tolist() == [1234, 2345]


def test_a_given_table_keeps_its_types_and_its_index() -> None:
    frame = pd.DataFrame({"people": [5]}, index=pd.Index(["E1"], name="code"))
    assert read_table(frame).rows.to_dict("list") == {"code": ["E1"], "people": [5]}
