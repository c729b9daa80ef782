"""Times of day and ends of spans, as files write them, by the local clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from hotspots.base.errors import DataError, ParameterError
from hotspots.incidents import read_incidents
from hotspots.incidents.clock import Clock

LONDON = Clock()
GAPS = pytest.mark.filterwarnings(
    "ignore::hotspots.base.errors.HotspotsWarning"
)  # of months not known, and day numbers


def read(path: Path, header: str, rows: list[str], clock: Clock = LONDON, **options: Any) -> pd.DataFrame:
    """The incidents of a small file, all at one place."""
    lines = [f"Easting,Northing,{header}", *(f"385000,345000,{row}" for row in rows)]
    file = path / "incidents.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    incidents, _ = read_incidents(file, clock=clock, **options)
    return incidents


def walls(incidents: pd.DataFrame, column: str = "start") -> list[str]:
    """What the local clock shows, to the minute; empty for nothing."""
    texts: list[str] = incidents[column].dt.strftime("%Y-%m-%d %H:%M").fillna("").tolist()
    return texts


@GAPS
@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("13/06/2025 22:30", "2025-06-13 22:30"),
        ("2025-06-13T22:30:59.123", "2025-06-13 22:30"),
        ("13 June 2025 10:30 PM", "2025-06-13 22:30"),
        ("13-Jun-2025 12:05am", "2025-06-13 00:05"),
        ("13/06/2025 12:05 p.m.", "2025-06-13 12:05"),
        ("13/06/2025 24:00", "2025-06-14 00:00"),
        ("45821.9375", "2025-06-13 22:30"),  # a spreadsheet's day, and 22.5 of 24 hours
        ("2025-06-13T21:30:00Z", "2025-06-13 22:30"),  # summer time is an hour ahead of UTC
        ("2025-06-13T22:30:00+01:00", "2025-06-13 22:30"),
        ("2025-06-13T16:30:00-0500", "2025-06-13 22:30"),
        ("2025-01-13T22:30:00Z", "2025-01-13 22:30"),
        ("2025-06-30T23:30:00Z", "2025-07-01 00:30"),
        ("1749850200", "2025-06-13 22:30"),  # seconds since 1970, UTC
    ],
)
def test_times_that_stand_with_the_date_are_kept(tmp_path: Path, text: str, wall: str) -> None:
    incidents = read(tmp_path, "Offence date", [text, "14/06/2025 09:00"])
    assert walls(incidents)[0] == wall
    assert incidents["timing"].tolist() == ["time", "time"]
    assert str(incidents["start"].dtype) == "datetime64[s, Europe/London]"


@pytest.mark.parametrize(
    ("text", "wall"),
    [("22:30", "22:30"), ("2230", "22:30"), ("905", "09:05"), ("22.30", "22:30"), ("9:05 pm", "21:05"),
     ("22:30 hrs", "22:30"), ("213000", "21:30"), ("0.9375", "22:30"), ("24:00", "00:00")],
)  # fmt: skip
def test_times_in_a_column_of_their_own_are_recognised(tmp_path: Path, text: str, wall: str) -> None:
    incidents = read(tmp_path, "Date,Time", [f"13/06/2025,{text}", "14/06/2025,09:00"])
    assert walls(incidents)[0].split()[1] == wall
    assert incidents["timing"].tolist() == ["time", "time"]


@pytest.mark.parametrize("text", ["25:00", "12:60", "13:00 pm", "24:01", "about ten", "::", "-5:00"])
def test_a_text_that_is_no_time_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    incidents = read(tmp_path, "Date,Time", [f"13/06/2025,{text}", "14/06/2025,09:00"])
    assert incidents["timing"].tolist() == ["unread", "time"]
    assert walls(incidents)[0] == ""


@pytest.mark.parametrize("blank", ["", "n/a", "NULL", "-"])
def test_a_blank_time_leaves_the_day(tmp_path: Path, blank: str) -> None:
    incidents = read(tmp_path, "Date,Time", [f"13/06/2025,{blank}", "14/06/2025,09:00"])
    assert incidents["timing"].tolist() == ["day", "time"]
    assert (walls(incidents)[0], walls(incidents, "end")[0]) == ("2025-06-13 00:00", "2025-06-14 00:00")


@GAPS
def test_months_and_nothing_have_no_day(tmp_path: Path) -> None:
    incidents = read(tmp_path, "Category,Date", ["Theft,2025-06", "Theft,", "Theft,14/06/2025 09:00"])
    assert incidents["timing"].tolist() == ["no day", "no day", "time"]


FOUR = "Committed From Date,Committed From Time,Committed To Date,Committed To Time"


@GAPS
@pytest.mark.parametrize(
    ("row", "timing", "start", "end"),
    [
        ("13/06/2025,22:30,14/06/2025,01:15", "span", "2025-06-13 22:30", "2025-06-14 01:15"),
        (
            "13/06/2025,22:30,,01:15",
            "span",
            "2025-06-13 22:30",
            "2025-06-14 01:15",
        ),  # the next day: it is earlier
        ("13/06/2025,22:30,,23:15", "span", "2025-06-13 22:30", "2025-06-13 23:15"),
        ("13/06/2025,22:30,13/06/2025,22:30", "time", "2025-06-13 22:30", ""),
        ("13/06/2025,22:30,,", "open", "2025-06-13 22:30", ""),
        ("13/06/2025,22:30,14/06/2025,", "open", "2025-06-13 22:30", ""),
        ("14/06/2025,22:30,13/06/2025,23:00", "backwards", "2025-06-14 22:30", "2025-06-13 23:00"),
        ("13/06/2025,22:30,14/06/2025,26:00", "unread", "", ""),
        ("13/06/2025,,15/06/2025,", "days", "2025-06-13 00:00", "2025-06-16 00:00"),
        ("13/06/2025,,12/06/2025,", "backwards", "2025-06-13 00:00", ""),
        ("13/06/2025,,13/06/2025,", "day", "2025-06-13 00:00", "2025-06-14 00:00"),
        (",22:30,13/06/2025,23:00", "no day", "", ""),
    ],
)
def test_spans_in_four_columns(tmp_path: Path, row: str, timing: str, start: str, end: str) -> None:
    incidents = read(tmp_path, FOUR, [row, "20/06/2025,10:00,20/06/2025,11:00"])
    assert incidents["timing"].iloc[0] == timing
    if timing != "backwards":
        assert (walls(incidents)[0], walls(incidents, "end")[0]) == (start, end)


def test_spans_in_two_columns_and_in_columns_of_any_name(tmp_path: Path) -> None:
    two = read(tmp_path, "Date From,Date To", ["13/06/2025 22:30,14/06/2025 01:15"])
    assert (walls(two)[0], walls(two, "end")[0]) == ("2025-06-13 22:30", "2025-06-14 01:15")
    clock = Clock("When", "Until", "At")
    named = read(tmp_path, "Date,When,Until,At", ["13/06/2025,22:30,14/06/2025,01:15"], clock)
    assert (walls(named)[0], walls(named, "end")[0]) == ("2025-06-13 22:30", "2025-06-14 01:15")


def test_a_time_that_the_clocks_skipped_cannot_have_been(tmp_path: Path) -> None:
    rows = ["30/03/2025 01:30", "30/03/2025 02:30", "29/03/2025 01:30"]
    incidents = read(tmp_path, "Offence date", rows)
    assert incidents["timing"].tolist() == ["skipped", "time", "time"]
    assert walls(incidents)[0] == ""


def test_spans_over_a_change_of_the_clocks_have_their_true_length(tmp_path: Path) -> None:
    rows = [
        "29/03/2025 22:00,30/03/2025 04:00",  # the clocks go forward: 5 hours
        "25/10/2025 22:00,26/10/2025 04:00",  # and back: 7
        "26/10/2025 01:30,26/10/2025 01:30",  # an hour that is twice: the widest span that it may be
    ]
    incidents = read(tmp_path, "Date From,Date To", rows)
    assert ((incidents["end"] - incidents["start"]).dt.total_seconds() / 3600).tolist() == [5, 7, 1]


def test_offsets_are_converted_and_said_or_ignored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="hotspots")
    rows = ["2018-10-19T12:00:00Z", "2018-10-19T12:30:00"]
    new_york = Clock(time_zone="America/New_York")
    assert walls(read(tmp_path, "Date", rows, new_york)) == ["2018-10-19 08:00", "2018-10-19 12:30"]
    said = (
        "1 times have an offset and are told by the clock of America/New_York: 12:00 is 08:00 (where a program wrote "
        "local times as if they were UTC, choose 'ignore' with 'offsets')"
    )
    assert said in caplog.messages
    caplog.clear()
    ignored = Clock(time_zone="America/New_York", offsets="ignore")
    assert walls(read(tmp_path, "Date", rows, ignored)) == ["2018-10-19 12:00", "2018-10-19 12:30"]
    assert said not in caplog.messages


def test_a_file_whose_every_time_is_midnight_has_days_alone(tmp_path: Path) -> None:
    dates = read(tmp_path, "Date", ["2025-06-13T00:00:00", "2025-06-14T00:00:00"])
    assert dates["timing"].tolist() == ["day", "day"]
    assert walls(dates, "end") == ["2025-06-14 00:00", "2025-06-15 00:00"]
    one = read(tmp_path, "Date", ["2025-06-13T00:00:00", "2025-06-14T00:01:00"])
    assert one["timing"].tolist() == ["time", "time"]
    ends = read(tmp_path, "Date From,Date To", ["13/06/2025 00:00,15/06/2025 00:00", "14/06/2025 00:00,"])
    assert ends["timing"].tolist() == ["days", "day"]
    assert walls(ends, "end") == ["2025-06-16 00:00", "2025-06-15 00:00"]


def test_stamps_of_layers_and_parquet_are_read_as_those_of_text(tmp_path: Path) -> None:
    stamps = pd.to_datetime(["2025-06-13T21:30:00", "2025-01-13T21:30:00"])
    points = [Point(385_000, 345_000)] * 2
    gpd.GeoDataFrame({"Date": stamps.tz_localize("UTC")}, geometry=points, crs="EPSG:27700").to_file(
        tmp_path / "a.gpkg"
    )
    table = pd.DataFrame({"Easting": 385_000, "Northing": 345_000, "Date": stamps})
    table.to_parquet(tmp_path / "a.parquet")
    assert walls(read_incidents(tmp_path / "a.gpkg", clock=LONDON)[0]) == [
        "2025-06-13 22:30",
        "2025-01-13 21:30",
    ]
    assert walls(read_incidents(tmp_path / "a.parquet", clock=LONDON)[0]) == [
        "2025-06-13 21:30",
        "2025-01-13 21:30",
    ]


def test_times_of_a_workbook_are_read(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "Easting": [385_000, 385_000],
            "Northing": [345_000, 345_000],
            "Date": pd.to_datetime(["2025-06-13", "2025-06-14"]),
            "Time": [pd.Timestamp("2025-01-01 22:30").time(), pd.Timestamp("2025-01-01 09:05").time()],
        }
    )
    table.to_excel(tmp_path / "a.xlsx", index=False)
    assert walls(read_incidents(tmp_path / "a.xlsx", clock=LONDON)[0]) == [
        "2025-06-13 22:30",
        "2025-06-14 09:05",
    ]


def test_nothing_of_times_is_read_where_none_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Easting,Northing,Date,Time\n385000,345000,13/06/2025,22:30\n")
    assert list(read_incidents(path)[0].columns) == ["x", "y", "category", "month", "date", "weight"]


def test_columns_and_zones_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"^'incidents.csv' has no column 'Tme' \('time_column'\)\n"
    ) as raised:
        read(tmp_path, "Date,Time", ["13/06/2025,22:30"], Clock("Tme"))
    assert "Time" in str(raised.value.hint)
    for zone in ("Europe/Londn", "", "../etc/passwd", "/etc/localtime"):
        with pytest.raises(ParameterError) as refused:
            Clock(time_zone=zone)
        assert refused.value.message == f"'time_zone' is '{zone}', which is no time zone"
        assert refused.value.hint == (
            "name a place of the IANA database, such as 'time_zone' = 'Europe/London' or 'UTC'"
        )
    with pytest.raises(ParameterError, match=r"^'offsets' is 'both'\n"):
        Clock(offsets="both")  # type: ignore[arg-type]
