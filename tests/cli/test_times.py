"""`hotspots times`: pages, pictures, tables and workbooks; areas; what is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def timed(town: Path) -> Path:
    """The town with ``timed.csv``: 400 robberies of June 2025 with times, 200 in ward 1, which has them by night."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(400):
        night = number < 200
        x = 400_500 if night else 402_500
        hour = int(rng.choice([22, 23, 0, 1])) if night else int(rng.integers(0, 24))
        rows.append(
            f"{x},330500,Robbery,{rng.integers(1, 31):02d}/06/2025,{hour:02d}:{rng.integers(2, 60):02d}"
        )
    rows += ["400500,330500,Robbery,03/06/2025,", "400500,330500,Robbery,03/06/2025,99:99"]
    text = "\n".join(["Easting,Northing,Category,Date,Time", *rows]) + "\n"
    (town / "timed.csv").write_text(text, encoding="utf-8")
    return town


def test_a_page_a_picture_a_table_and_a_workbook_of_one_run(hotspots: Run, timed: Path) -> None:
    names = ["t.html", "t.png", "t.svg", "t.csv", "t.xlsx"]
    code, out, err = hotspots(
        "times", "timed.csv", "--band", "21:00-04:00", *(part for n in names for part in ("-o", n))
    )
    assert (code, out) == (0, ""), err
    table = pd.read_csv(timed / "t.csv")
    assert list(table.columns) == [
        "weekday", "hour", "n", "hours", "per_hour", "tm_ratio", "tm_lo", "tm_hi", "tm_q", "tm_flag",
    ]  # fmt: skip
    assert len(table) == 7 * 24 + 7 + 24 + 1
    assert table["n"].iloc[-1] == 400
    times = pd.read_csv(timed / "timed.csv")["Time"].str[:2]
    by_hour = table[(table["weekday"] == "All") & (table["hour"] != "All")].set_index("hour")["n"]
    assert by_hour["23:00"] == (times == "23").sum()
    page = (timed / "t.html").read_text(encoding="utf-8")
    assert (
        "Not in the grid are 2 of 402 incidents: a time that cannot be read (1), no time of day (1)." in page
    )
    assert (timed / "t.png").read_bytes().startswith(b"\x89PNG")
    assert (timed / "t.svg").read_bytes().startswith(b"<?xml")
    book = openpyxl.load_workbook(timed / "t.xlsx")
    assert "All incidents – hot times" in book.sheetnames
    assert "All incidents – bands of hours" in book.sheetnames
    assert "of all days 22:00 to 02:00" in err
    assert "timed.csv: times from 'Time' (--time-column)" in err


def test_the_same_command_writes_the_same_bytes(hotspots: Run, timed: Path) -> None:
    names = ["t.html", "t.png", "t.csv", "t.xlsx"]
    given = ("times", "timed.csv", *(part for n in names for part in ("-o", n)), "--overwrite")
    assert hotspots(*given)[0] == 0
    first = [(timed / name).read_bytes() for name in names]
    assert hotspots(*given)[0] == 0
    assert [(timed / name).read_bytes() for name in names] == first


def test_an_area_several_together_and_each(hotspots: Run, timed: Path) -> None:
    layer = ("--areas", "wards.gpkg")
    wards = ("E05000001", "E05000007")
    code, out, err = hotspots("times", "timed.csv", *layer, "--area", wards[0], "--by", "hour")
    assert code == 0, err
    table = pd.read_csv(io.StringIO(out)).set_index("hour")
    assert table.loc["All", "n"] == 200
    assert table.loc["22:00":"23:00", "tm_flag"].tolist() == ["above", "above"]
    code, out, err = hotspots(
        "times", "timed.csv", *layer, "--area", wards[0], "--area", wards[1], "--by", "hour"
    )
    assert code == 0, err
    assert pd.read_csv(io.StringIO(out)).set_index("hour").loc["All", "n"] == 400
    code, _, err = hotspots("times", "timed.csv", *layer, "--each", "-o", "each.csv", "-o", "each.html")
    assert code == 0, err
    each = pd.read_csv(timed / "each.csv")
    assert each.columns[0] == "area"
    assert each["area"].unique().tolist() == ["Ward 1 (E05000001)", "Ward 7 (E05000007)"]
    assert (timed / "each.html").read_text(encoding="utf-8").count("<table>") == 2
    assert "Ward 1 (E05000001): Most: " in err


@pytest.mark.parametrize(
    ("given", "exit_code", "said"),
    [
        (("--areas", "wards.gpkg", "--area", "E05000099"), 1, "'wards.gpkg' has no area 'E05000099'"),
        (("--area", "E05000001"), 2, "--area and --each need the layer of areas: give it with --areas"),
        (("--areas", "wards.gpkg", "--each", "-o", "a.png"), 2, "a picture is of one grid: leave out --each"),
        (
            ("--shift", "22:00-07:00", "--by", "weekday"),
            1,
            "--shift is 22:00-07:00, and 'by' has no hour to be divided",
        ),
        (("--band", "9pm-4am"), 1, "'hours' holds '9pm-4am'"),
        (("--time-zone", "London"), 1, "--time-zone is 'London', which is no time zone"),
        (("--time-column", "Tim"), 1, "'timed.csv' has no column 'Tim'"),
        (("--leave-out", "midnight"), 1, "--leave-out is 'midnight'"),
        (("--longest", "0"), 1, "--longest is 0"),
        (("-o", "a.doc"), 1, "cannot tell the format of 'a.doc' from its name"),
        (("-o", "timed.csv", "--overwrite"), 1, "'timed.csv' is read by this command"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    hotspots: Run, timed: Path, given: tuple[str, ...], exit_code: int, said: str
) -> None:
    before = sorted(path.name for path in timed.iterdir())
    code, _, err = hotspots("times", "timed.csv", *given)
    assert (code, said in err) == (exit_code, True), err
    assert "Traceback" not in err
    assert sorted(path.name for path in timed.iterdir()) == before


def test_police_uk_files_are_refused_with_the_reason(hotspots: Run, town: Path) -> None:
    street = next(town.glob("*/*-street.csv"))
    code, _, err = hotspots("times", street, "-o", "t.html")
    assert code == 1
    assert "no incident has a day: the files tell months alone, as those of police.uk do" in err
    assert not (town / "t.html").exists()
