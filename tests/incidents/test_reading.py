from __future__ import annotations

import json
import logging
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotspots.base.errors import CRSError, DataError, HotspotsError, HotspotsWarning, ParameterError
from hotspots.incidents import coordinates, read_incidents, select_incidents, to_points
from hotspots.incidents.quality import Share, SourceReport

HEADER = "Crime ID,Month,Longitude,Latitude,LSOA code,Crime type\n"
CRIME = f"{'a' * 64},2025-01,-2.1,52.8,E01000001,Burglary\n"
ASB = ",2025-01,-2.1,52.8,E01000001,Anti-social behaviour\n"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


def grid_csv(path: Path, *rows: str, header: str = "Easting,Northing,Category,Date") -> Path:
    return write(path, "\n".join([header, *rows]) + "\n")


def error_of(source: object, **options: object) -> str:
    with pytest.raises(HotspotsError) as caught:
        read_incidents(source, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_police_files_are_joined_projected_and_accounted_for(tmp_path: Path) -> None:
    write(tmp_path / "2025-02/2025-02-kent-street.csv", HEADER + ASB.replace("2025-01", "2025-02") + ASB)
    write(tmp_path / "2025-01/2025-01-kent-street.csv", HEADER + CRIME + ASB + ",2025-01,,,,Drugs\n")
    incidents, report = read_incidents(tmp_path)
    assert incidents.index.tolist() == [0, 1, 2, 3, 4]
    assert incidents.index.dtype == "int64"
    assert incidents.attrs == {"crs": "EPSG:27700", "months": ["2025-01", "2025-02"]}
    assert incidents.columns.tolist() == ["x", "y", "category", "month", "lsoa_code", "weight"]
    assert [str(dtype) for dtype in incidents.dtypes] == [
        "float64", "float64", "category", "period[M]", "category", "float64",
    ]  # fmt: skip
    east, north = pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform(-2.1, 52.8)
    np.testing.assert_allclose(incidents["x"], [east, east, np.nan, east, east], atol=1e-6)
    np.testing.assert_allclose(incidents["y"], [north, north, np.nan, north, north], atol=1e-6)
    assert incidents["month"].astype(str).tolist() == ["2025-01", "2025-01", "2025-01", "2025-02", "2025-01"]
    assert incidents["lsoa_code"].isna().tolist() == [False, False, True, False, False]
    assert [source.name for source in report.sources] == [
        "2025-01/2025-01-kent-street.csv",
        "2025-02/2025-02-kent-street.csv",
    ]
    assert (report.rows_read, report.used, report.located, report.unlocated) == (5, 5, 4, 1)
    # Of the four located rows, one has an ID; two of the three ASB rows share category, month and place.
    assert (report.identical, report.coordinates, report.most_at_one) == (1, 1, 4)
    assert report.transformation is not None
    assert "accurate to" in report.transformation


def test_an_archive_gives_what_its_folder_gives(tmp_path: Path) -> None:
    texts = {f"{month}/{month}-kent-street.csv": HEADER + ASB.replace("2025-01", month) for month in ("2025-01", "2025-02")}  # fmt: skip  # noqa: E501
    with zipfile.ZipFile(tmp_path / "latest.zip", "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
            write(tmp_path / "folder" / name, text)
    zipped, zipped_report = read_incidents(tmp_path / "latest.zip")
    plain, plain_report = read_incidents(tmp_path / "folder")
    pd.testing.assert_frame_equal(zipped, plain)
    assert [s.sha256 for s in zipped_report.sources] == [s.sha256 for s in plain_report.sources]


def test_a_repeat_agrees_in_id_month_category_and_place(tmp_path: Path) -> None:
    other = CRIME.replace("Burglary", "Other theft")
    later, elsewhere = CRIME.replace("2025-01", "2025-02"), CRIME.replace("52.8", "52.9")
    path = write(tmp_path / "a.csv", HEADER + CRIME + ASB + CRIME + other + later + elsewhere + ASB)
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(path)
    # Only row 2 repeats the first in all; alike rows without an ID are several incidents.
    assert incidents.index.tolist() == [0, 1, 3, 4, 5, 6]
    assert (report.rows_read, report.duplicates, report.used, report.identical) == (7, 1, 6, 1)
    assert report.repeated == (Share("Burglary", 1, 1),)
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "1 of 7 rows repeat the Crime ID, month, category and place of an earlier row and are dropped (Burglary 1)"
    ]


def test_few_repeats_are_no_reason_to_worry(tmp_path: Path) -> None:
    others = "".join(CRIME.replace("a" * 64, f"{number:064x}") for number in range(1, 200))
    # 1 repeat in 201 rows is under 0.5 %.
    _, report = read_incidents(write(tmp_path / "a.csv", HEADER + CRIME + others + CRIME))
    assert report.duplicates == 1


@pytest.mark.parametrize("placeholder", ["0", "Not recorded", "1.20E+17"])
def test_what_stands_for_no_id_is_none(tmp_path: Path, placeholder: str) -> None:
    path = write(tmp_path / "a.csv", HEADER + CRIME.replace("a" * 64, placeholder) * 3)
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(path)
    assert (len(incidents), report.no_ids) == (3, 3)
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        f"3 rows have '{placeholder}' or the like in the place of a Crime ID: repeats among them are not found"
    ]


def test_an_id_of_many_incidents_is_none(tmp_path: Path) -> None:
    def rows(incidents: int) -> str:
        places = [CRIME.replace("52.8", f"52.8{number:02}") for number in range(incidents)]
        return HEADER + "".join([*places, places[0]])

    # Eleven incidents are too many for one ID, ten are not; the last row repeats the first.
    with pytest.warns(
        HotspotsWarning, match="^12 rows have a Crime ID that stands for more than ten different"
    ):
        incidents, report = read_incidents(write(tmp_path / "a.csv", rows(11)))
    assert (len(incidents), report.duplicates, report.recurring_ids) == (12, 0, 12)
    with pytest.warns(HotspotsWarning, match="^1 of 11 rows repeat"):
        incidents, report = read_incidents(write(tmp_path / "b.csv", rows(10)))
    assert (len(incidents), report.duplicates, report.recurring_ids) == (10, 1, 0)


def test_any_column_may_hold_the_ids(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", *["385000,345000,Noise,2025-01,7"] * 2, header="Easting,Northing,Category,Month,Log no")  # fmt: skip  # noqa: E501
    assert read_incidents(path)[1].used == 2
    with pytest.warns(HotspotsWarning, match="^1 of 2 rows repeat"):
        assert read_incidents(path, id_column="log no")[1].used == 1


def test_without_crime_ids_nothing_is_dropped_and_the_report_says_so(tmp_path: Path) -> None:
    incidents, report = read_incidents(grid_csv(tmp_path / "a.csv", *["385000,345000,Noise,2025-02-01"] * 3))
    assert len(incidents) == 3
    assert "Duplicates    could not be checked: no file has a Crime ID column" in report.lines()


def test_zero_and_blank_coordinates_are_none(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", "385000,345000,a,", "0,0,a,", ",,a,", "385000,,a,", "0.0,0.0,a,")
    incidents, report = read_incidents(path)
    np.testing.assert_array_equal(incidents["x"], [385000, *[np.nan] * 4])
    np.testing.assert_array_equal(incidents["y"], [345000, *[np.nan] * 4])
    assert (report.located, report.unlocated, report.out_of_range) == (1, 4, 0)
    assert report.transformation is None


def test_malformed_rows_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    a = grid_csv(tmp_path / "a.csv", "385000,345000,a,", "385000,345000", "east,345000,a,")
    b = grid_csv(tmp_path / "b.csv", "385000,345000,b,")
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents([a, b])
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "2 of 3 rows of 'a.csv' cannot be read and are left out, such as row 3: 2 fields where the header has 4"
    ]
    assert report.sources[0].reasons == {"'Easting' is not a number": 1, "fields": 1}
    assert incidents.index.tolist() == [0, 3]
    assert (report.rows_read, report.malformed, report.used) == (4, 2, 2)
    assert report.examples == (
        "a.csv, row 3: 2 fields where the header has 4",
        "a.csv, row 4: 'east' in 'Easting' is not a number",
    )


@pytest.mark.filterwarnings("ignore:1 of 2 rows")
def test_a_category_of_malformed_rows_alone_is_none(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", "385000,345000,Noise,", "east,345000,Litter,")
    assert read_incidents(path)[0]["category"].cat.categories.tolist() == ["Noise"]
    assert error_of(path, category="Litter").startswith("no incident has the category 'Litter'")


def test_dates_are_judged_together_and_unread_ones_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dates = ("03/04/2025", "2025-04-05 10:00", "2025-06", "31/04/2025", "13/06/2025")
    path = grid_csv(tmp_path / "a.csv", *(f"385000,345000,a,{date}" for date in dates))
    with pytest.warns(HotspotsWarning) as caught, caplog.at_level(logging.INFO):
        incidents, report = read_incidents(path)
    # 31 and 13 can be no months, so the first number is the day; April has no 31st.
    assert list(map(str, incidents["month"])) == ["2025-04", "2025-04", "2025-06", "NaT", "2025-06"]
    assert incidents["date"].dtype == "datetime64[s]"
    assert [str(date)[:10] for date in incidents["date"]] == [
        "2025-04-03", "2025-04-05", "NaT", "NaT", "2025-06-13",
    ]  # fmt: skip
    assert [(share.label, share.rows) for share in report.by_month] == [
        ("2025-04", 2),
        ("2025-06", 2),
        ("", 1),
    ]
    assert report.months_missing == ("2025-05",)
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "1 of 5 incidents has no month that can be read, such as '31/04/2025': "
        "counted, but not for the length of the period"
    ]
    assert (
        "a.csv: dates in 'Date' have the day first, as '31/04/2025' (choose with 'date_order')"
        in caplog.messages
    )


def test_months_first_is_found_out_from_one_row_far_down(tmp_path: Path) -> None:
    # 6,000 rows are more than the beginning that is looked at first.
    rows = ["385000,345000,a,02/03/2025 11:30:00 PM"] * 6000
    path = grid_csv(tmp_path / "a.csv", *rows, "385000,345000,a,02/28/2025 01:00:00 AM")
    assert read_incidents(path)[0]["month"].astype(str).unique().tolist() == ["2025-02"]


def test_a_file_takes_after_its_neighbours(tmp_path: Path) -> None:
    grid_csv(tmp_path / "a.csv", "385000,345000,a,02/03/2025")
    grid_csv(tmp_path / "b.csv", "385000,345000,a,14/03/2025")
    assert read_incidents(tmp_path)[0]["month"].astype(str).tolist() == ["2025-03", "2025-03"]


def test_dates_that_stay_open_are_refused(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", "385000,345000,a,03/04/2025")
    assert error_of(path) == (
        "'Date' of 'a.csv' holds dates such as '03/04/2025', which may be 2025-04-03 or 2025-03-04, "
        "and none that tells\nHint: say what they begin with: 'date_order' = 'day' or 'month'"
    )
    assert read_incidents(path, date_order="day")[0]["month"].astype(str).tolist() == ["2025-04"]
    assert read_incidents(path, date_order="month")[0]["month"].astype(str).tolist() == ["2025-03"]
    assert error_of(path, date_order="week") == ("'date_order' is 'week'\nHint: use 'day', 'month' or 'year'")


def test_dates_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", "385000,345000,a,13/04/2025", "385000,345000,a,04/13/2025")
    assert error_of(path) == (
        "'Date' of 'a.csv' begins with the day in dates such as '13/04/2025', but with the month in "
        "'04/13/2025'\nHint: write all dates as 2025-01-31, or say which to take with 'date_order': "
        "'day' or 'month'"
    )


def test_a_month_without_a_year_hides_no_date(tmp_path: Path) -> None:
    rows = ("385000,345000,a,1,13/01/2025", "385000,345000,a,2,14/02/2025")
    path = grid_csv(tmp_path / "a.csv", *rows, header="Easting,Northing,Category,Month,Date")
    assert read_incidents(path)[0]["month"].astype(str).tolist() == ["2025-01", "2025-02"]
    path = grid_csv(tmp_path / "b.csv", "385000,345000,2025,Feb", "385000,345000,2024,12", header="Easting,Northing,Year,Month")  # fmt: skip  # noqa: E501
    assert read_incidents(path)[0]["month"].astype(str).tolist() == ["2025-02", "2024-12"]


def test_a_spreadsheets_day_numbers_are_read_and_said(tmp_path: Path) -> None:
    # Day 45717 is 1 March 2025: 45,717 days after 30 December 1899.
    path = grid_csv(tmp_path / "a.csv", "385000,345000,a,2025-02-28", "385000,345000,a,45717")
    with pytest.warns(HotspotsWarning) as caught:
        incidents, _ = read_incidents(path)
    assert incidents["date"].astype(str).tolist() == ["2025-02-28", "2025-03-01"]
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "1 row holds a spreadsheet's day number for a date, such as '45717': taken as days since 1900"
    ]


def test_mixed_encodings_and_welsh_columns(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    header = "Hydred,Lledred,Math o drosedd,Mis,Cod LSOA\n"
    row = "-3.9,52.4,Ymddygiad gwrthgymdeithasol â sŵn,2025-01,W01000001\n"
    a = write(tmp_path / "a.csv", header + row, "utf-8-sig")
    b = write(tmp_path / "b.csv", header + row.replace("ŵ", "w"), "cp1252")
    with caplog.at_level(logging.INFO):
        incidents, report = read_incidents([a, b])
    assert incidents["category"].tolist() == [
        "Ymddygiad gwrthgymdeithasol â sŵn",
        "Ymddygiad gwrthgymdeithasol â swn",
    ]
    assert incidents["lsoa_code"].tolist() == ["W01000001"] * 2
    assert "Encodings     mixed: UTF-8 with BOM (1), Windows-1252 (1)" in report.lines()
    assert "Rows read: 2, from 2 files; used: 2" in caplog.messages


def test_columns_x_and_y_are_what_their_values_say(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    metres = write(tmp_path / "metres.csv", "x,y\n385000,345000\n")
    degrees = write(tmp_path / "degrees.csv", "x,y\n-2.1,52.8\n")
    with caplog.at_level(logging.INFO):
        incidents, _ = read_incidents([metres, degrees])
    assert incidents["x"].tolist() == pytest.approx([385000, 393354], abs=3)
    assert (
        "degrees.csv: 'x' and 'y' taken as EPSG:4326 by their values (choose another with 'source_crs')"
        in (caplog.messages)
    )


def test_columns_may_be_named(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", "385000,345000,Noise,2025-01,2.5", header="e,n,what,seen,harm")
    incidents, _ = read_incidents(
        path, x="e", y="n", category_column="what", month_column="seen", weight_column="harm"
    )
    assert incidents.iloc[0].astype(str).tolist() == ["385000.0", "345000.0", "Noise", "2025-01", "2.5"]


def test_another_projected_system(tmp_path: Path) -> None:
    # The central meridian of UTM zone 30 is 3 degrees west, where the easting is 500 km.
    incidents, report = read_incidents(write(tmp_path / "a.csv", "lon,lat\n-3,52\n"), crs="EPSG:32630")
    assert incidents["x"].tolist() == pytest.approx([500_000])
    assert incidents.attrs["crs"] == report.crs == "EPSG:32630"


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_layers_of_points_keep_their_own_system(tmp_path: Path, suffix: str) -> None:
    crs = "EPSG:4326" if suffix == "geojson" else "EPSG:27700"
    points = gpd.GeoSeries([shapely.Point(385000, 345000)] * 2, crs="EPSG:27700").to_crs(crs)
    path = tmp_path / f"a.{suffix}"
    gpd.GeoDataFrame({"category": ["a", "b"], "month": ["2025-01"] * 2}, geometry=points).to_file(path)
    incidents, report = read_incidents(path)
    np.testing.assert_allclose(incidents["x"], 385000, atol=0.01)
    assert incidents["category"].tolist() == ["a", "b"]
    assert report.months_missing == ()


def test_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"Longitude": [-2.1, np.nan], "Latitude": [52.8, np.nan], "Crime type": ["a", "b"]})
    frame["Month"] = pd.Timestamp("2025-01-31")
    frame.to_parquet(tmp_path / "a.parquet")
    incidents, report = read_incidents(tmp_path / "a.parquet")
    assert incidents["date"].astype(str).tolist() == ["2025-01-31"] * 2
    assert (report.located, report.unlocated) == (1, 1)


SQUARE = gpd.GeoDataFrame(
    geometry=[shapely.box(385000, 345000, 386000, 346000), shapely.box(386000, 345000, 387000, 346000)],
    crs="EPSG:27700",
)
FOUR = (
    "385500,345500,Noise,2025-01",
    "387000,345500,Litter,2025-02",
    "388000,345500,Litter,2025-03",
    ",,Litter,2025-03",
)


def test_each_filter_has_its_own_count(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", *FOUR, "385500,345500,Noise,2025-04", "385500,345500,Theft,")
    incidents, report = read_incidents(path, exclude="theft", period=("2025-01", "2025-03"), area=SQUARE)
    # The second row stands on the border.
    assert incidents.index.tolist() == [0, 1]
    assert dict(report.dropped()) == {
        "malformed": 0,
        "repeated Crime IDs": 0,
        "in another file already": 0,
        "other categories": 1,
        "other months": 1,
        "without coordinates, so not in the area": 1,
        "outside the area": 1,
    }
    assert json.loads(json.dumps(report.to_dict()))["used"] == 2


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "", "a", "b"]),
            st.sampled_from(["2025-01", "2025-02", "2025-03", ""]),
            st.sampled_from(["385500,345500", "388000,345500", ",", "0,0", "east,1", "short"]),
            st.sampled_from(["Noise", "Litter"]),
        ),
        max_size=30,
    )
)
def test_every_row_is_counted_once(tmp_path: Path, drawn: list[tuple[str, str, str, str]]) -> None:
    # One plain row keeps every filter from leaving nothing.
    rows = [("z", "2025-01", "385500,345500", "Noise"), *drawn]
    lines = [",".join(row) if row[2] != "short" else "1,2" for row in rows]
    path = grid_csv(tmp_path / "a.csv", *lines, header="Crime ID,Month,Easting,Northing,Category")
    incidents, report = read_incidents(path, category="noise", period="2025-01..2025-02", area=SQUARE)
    expected = {
        "malformed": 0,
        "repeat": 0,
        "overlap": 0,
        "category": 0,
        "period": 0,
        "unlocated": 0,
        "area": 0,
        "used": 0,
    }
    seen: set[tuple[str, str, str, str]] = set()
    for identifier, month, place, category in rows:
        if place in ("east,1", "short"):
            outcome = "malformed"
        elif (identifier, month, place.replace("0,0", ","), category) in seen:
            outcome = "repeat"
        elif category != "Noise":
            outcome = "category"
        elif month not in ("2025-01", "2025-02"):
            outcome = "period"
        elif place in (",", "0,0"):
            outcome = "unlocated"
        else:
            outcome = "used" if place == "385500,345500" else "area"
        expected[outcome] += 1
        if identifier and outcome != "malformed":
            seen.add((identifier, month, place.replace("0,0", ","), category))
    assert [*(count for _, count in report.dropped()), report.used] == list(expected.values())
    assert len(incidents) == report.used == report.located


def test_an_area_in_degrees_is_projected(tmp_path: Path) -> None:
    incidents, _ = read_incidents(grid_csv(tmp_path / "a.csv", *FOUR), area=SQUARE.to_crs("EPSG:4326"))
    assert incidents.index.tolist()[0] == 0


def test_categories_are_chosen_without_case(tmp_path: Path) -> None:
    path = grid_csv(tmp_path / "a.csv", *FOUR)
    incidents, report = read_incidents(path, category=["NOISE"])
    assert incidents.index.tolist() == [0]
    assert incidents["category"].cat.categories.tolist() == ["Noise"]
    assert report.filtered_category == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"category": "Nois"}, "no incident has the category 'Nois'\nHint: did you mean 'Noise'?"),
        ({"exclude": "Arson"}, "no incident has the category 'Arson'\nHint: choose from 'Litter', 'Noise'"),
        (
            {"exclude": ["Noise", "Litter"]},
            "there is no incident of the categories asked for\nHint: loosen 'category' or 'exclude'",
        ),
        (
            {"period": "2031-01..2031-02"},
            "no incident is in 2031-01 to 2031-02: the incidents are from 2025-01 to 2025-03\n"
            "Hint: choose months within 2025-01..2025-03",
        ),
        (
            {"category": "Noise", "period": "2025-02"},
            "there is no incident in the months asked for\nHint: loosen 'period' or 'category'",
        ),
        (
            {"period": "2025-13"},
            "'2025-13' is not a month or a range of months\n"
            "Hint: write it as 2025, 2025-01 or 2025-01..2025-06",
        ),
        (
            {"period": "2025-06..2025-01"},
            "the months '2025-06..2025-01' end before they begin\nHint: write it as 2025-01..2025-06",
        ),
        (
            {"area": SQUARE.translate(50_000).to_frame("geometry")},
            "there is no incident inside the area\nHint: check that 'area' is where the incidents are",
        ),
        ({"x": "Easting"}, "only one of 'x' and 'y' is given\nHint: name both columns, or neither"),
        (
            {"crs": "EPSG:4326"},
            "incidents are in WGS 84 (degrees), but distances are in metres\n"
            "Hint: reproject with incidents.to_crs('EPSG:27700')",
        ),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, options: dict[str, object], message: str) -> None:
    assert error_of(grid_csv(tmp_path / "a.csv", *FOUR), **options) == message


def test_months_asked_for_where_there_are_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "lon,lat\n-2,53\n")
    assert error_of(path, period="2025-01") == (
        "no incident is in 2025-01: none has a month\nHint: name the column with 'month_column'"
    )


def test_an_area_where_no_row_has_coordinates(tmp_path: Path) -> None:
    assert error_of(grid_csv(tmp_path / "a.csv", FOUR[3]), area=SQUARE) == (
        "there is no incident with coordinates\nHint: leave out 'area', or loosen the other filters"
    )


def test_degrees_given_as_metres(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Easting,Northing\n-2.1,52.8\n")
    assert error_of(path) == (
        "'a.csv': 'Easting' and 'Northing' hold values such as -2.1, 52.8, which are degrees, "
        "but EPSG:27700 is in metres\n"
        "Hint: name what they are with 'source_crs', for example 'EPSG:4326'"
    )
    assert read_incidents(path, source_crs="EPSG:4326")[0]["x"].tolist() == pytest.approx([393354], abs=3)


def test_metres_given_as_degrees(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Longitude,Latitude\n385123.4,345000\n")
    assert error_of(path) == (
        "'a.csv': 'Longitude' and 'Latitude' hold values such as 385123.4, 345000, which are metres, "
        "but EPSG:4326 is in degrees\n"
        "Hint: name what they are with 'source_crs', for example 'EPSG:27700'"
    )
    assert read_incidents(path, source_crs="EPSG:27700")[0]["x"].tolist() == [385123.4]


def test_longitude_and_latitude_swapped(tmp_path: Path) -> None:
    assert error_of(write(tmp_path / "a.csv", "Longitude,Latitude\n52.8,-2.1\n")) == (
        "'a.csv': 'Longitude' and 'Latitude' hold values such as 52.8, -2.1: "
        "longitude and latitude are swapped\n"
        "Hint: name the column of longitudes with 'x' and that of latitudes with 'y'"
    )


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_layer_that_states_no_system(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.Point(385000, 345000)]).to_file(path)
    assert error_of(path) == (
        "'a.gpkg' states no coordinate reference system\n"
        "Hint: name it with 'source_crs', for example 'EPSG:27700'"
    )
    assert read_incidents(path, source_crs="EPSG:27700")[0]["x"].tolist() == [385000]


def test_coordinates_that_cannot_be_are_set_aside_with_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "lon,lat\n-2.1,52.8\n-2.1,52.8\n-2.1,528\n")
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(path)
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "1 row has coordinates that EPSG:4326 cannot have, such as -2.1, 528: counted as without coordinates"
    ]
    assert caught[0].filename == __file__
    assert incidents["x"].isna().tolist() == [False, False, True]
    assert (report.out_of_range, report.unlocated) == (1, 1)


def test_the_same_file_twice_is_read_once(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, HEADER + ASB * 3)
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(tmp_path)
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "b.csv is a.csv again, byte for byte, and is left out"
    ]
    assert (len(incidents), report.rows_read, report.copies) == (3, 3, ("b.csv is a.csv again",))
    assert "File twice    b.csv is a.csv again" in report.lines()


def asb(month: str, *places: float) -> str:
    return "".join(ASB.replace("2025-01", month).replace("52.8", f"{place}") for place in places)


def test_a_month_that_two_files_hold_is_counted_once(tmp_path: Path) -> None:
    # Two rows of March are alike, in both files: they are two incidents, not four.
    march = asb("2025-03", 52.1, 52.2, 52.3, 52.3)
    first = write(tmp_path / "a.csv", HEADER + asb("2025-02", 52.1) + march + CRIME)
    second = write(tmp_path / "b.csv", HEADER + CRIME + march + asb("2025-03", 52.4) + asb("2025-04", 52.1))
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents([first, second])
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "b.csv repeats 2025-03 of a.csv: 4 rows without a Crime ID are counted once",
        "1 of 13 rows repeat the Crime ID, month, category and place of an earlier row and are dropped "
        "(Burglary 1)",
    ]
    # Of a: 0 to 5. Of b, the crime (6) and the four rows of March (7 to 10) are there already.
    assert incidents.index.tolist() == [0, 1, 2, 3, 4, 5, 11, 12]
    assert (report.overlap, report.duplicates, report.used) == (4, 1, 8)


def test_months_that_are_merely_alike_are_all_counted(tmp_path: Path) -> None:
    # Two of six places are shared: under half.
    write(tmp_path / "a.csv", HEADER + asb("2025-03", 52.1, 52.2, 52.3, 52.4, 52.5, 52.6))
    write(tmp_path / "b.csv", HEADER + asb("2025-03", 52.1, 52.2, 52.7, 52.8, 52.9, 53.0))
    assert read_incidents(tmp_path)[1].used == 12


def test_the_same_month_of_a_force_twice_is_counted_once(tmp_path: Path) -> None:
    write(tmp_path / "old/2025-01-kent-street.csv", HEADER + ASB)
    write(tmp_path / "new/2025-01-kent-street.csv", HEADER + ASB + ASB)
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(tmp_path)
    assert [str(warning.message) for warning in caught if issubclass(warning.category, HotspotsWarning)] == [
        "old/2025-01-kent-street.csv repeats 2025-01 of new/2025-01-kent-street.csv: "
        "1 row without a Crime ID is counted once"
    ]
    assert (len(incidents), report.overlap) == (2, 1)


def test_a_month_without_rows_is_no_trouble(tmp_path: Path) -> None:
    for month in ("2025-01", "2025-02"):
        write(tmp_path / f"{month}-kent-street.csv", HEADER)
    write(tmp_path / "2025-03-kent-street.csv", HEADER + ASB)
    assert read_incidents(tmp_path)[1].used == 1


def test_no_rows_at_all(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", HEADER)
    assert (
        error_of(tmp_path) == "'a.csv' has no row that can be read\nHint: download or export the file again"
    )
    write(tmp_path / "b.csv", HEADER + "1,2\n")
    assert error_of(tmp_path) == (
        "the 2 files have no row that can be read\n"
        "Hint: mend the rows, such as b.csv, row 2: 2 fields where the header has 6"
    )


def table() -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "x": [385000.0, np.nan, 387000.0],
            "y": [345000.0, np.nan, 345000.0],
            "category": pd.Categorical(["Noise", None, "Litter"]),
            "month": pd.PeriodIndex(["2025-01", "2025-02", None], freq="M"),
        },
        index=[5, 7, 9],
    )
    frame.attrs["crs"] = "EPSG:27700"
    return frame


def test_select_keeps_index_order_and_input() -> None:
    incidents = table()
    assert select_incidents(incidents, category=["litter", "NOISE"]).index.tolist() == [5, 9]
    assert select_incidents(incidents, exclude="Noise").index.tolist() == [7, 9]
    assert select_incidents(incidents, period="2025-01..2025-06").index.tolist() == [5, 7]
    assert select_incidents(incidents).attrs == {"crs": "EPSG:27700"}
    pd.testing.assert_frame_equal(incidents, table())


def test_select_takes_layers_and_dates() -> None:
    layer = gpd.GeoDataFrame(
        {"category": ["a", "b"], "month": pd.DatetimeIndex(["2025-01-31", "NaT"])},
        geometry=[shapely.Point(0, 0)] * 2,
        crs="EPSG:27700",
    )
    found = select_incidents(layer, category="A", period="2025-01")
    assert isinstance(found, gpd.GeoDataFrame)
    assert len(found) == 1


def test_select_needs_the_column() -> None:
    with pytest.raises(DataError) as caught:
        select_incidents(pd.DataFrame({"x": [1.0]}), exclude="Noise")
    assert str(caught.value) == (
        "the incidents have no column 'category', which 'exclude' needs\nHint: leave out 'exclude'"
    )
    with pytest.raises(ParameterError):
        select_incidents(table(), period="January")


def test_coordinates_of_a_table_and_of_its_points_are_the_same() -> None:
    for crs in ("EPSG:27700", "EPSG:4326"):
        x, y = coordinates(table(), crs)
        assert np.isnan([x[1], y[1]]).all()
        px, py = coordinates(to_points(table()), crs)
        np.testing.assert_array_equal([px, py], [x[[0, 2]], y[[0, 2]]])


def test_coordinates_of_a_layer_with_gaps() -> None:
    layer = gpd.GeoDataFrame(geometry=[None, shapely.Point(), shapely.Point(1, 2)], crs="EPSG:27700")
    x, y = coordinates(layer, "EPSG:27700")
    np.testing.assert_array_equal(x, [np.nan, np.nan, 1])
    np.testing.assert_array_equal(y, [np.nan, np.nan, 2])


def test_coordinates_are_a_copy() -> None:
    incidents = table()
    x, _ = coordinates(incidents, "EPSG:27700")
    x[:] = 0
    pd.testing.assert_frame_equal(incidents, table())


def test_coordinates_that_look_like_degrees_are_refused() -> None:
    with pytest.raises(CRSError) as caught:
        coordinates(pd.DataFrame({"x": [-2.1], "y": [52.8]}), "EPSG:27700")
    assert str(caught.value) == (
        "incidents are in WGS 84 (degrees), but distances are in metres\n"
        "Hint: reproject with incidents.to_crs('EPSG:27700')"
    )


def test_coordinates_need_a_system_and_points() -> None:
    with pytest.raises(CRSError, match="incidents have no coordinate reference system"):
        coordinates(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "EPSG:27700")
    with pytest.raises(DataError) as caught:
        coordinates(SQUARE, "EPSG:27700")
    assert str(caught.value) == (
        "the incidents hold geometries other than points\n"
        "Hint: take one point of each with incidents.representative_point()"
    )
    with pytest.raises(DataError) as caught:
        coordinates(pd.DataFrame({"n": [1]}), "EPSG:27700")
    assert str(caught.value) == (
        "the incidents have no columns 'x' and 'y'\nHint: read them with read_incidents"
    )


def test_points_are_the_located_rows() -> None:
    points = to_points(table())
    assert points.index.tolist() == [5, 9]
    assert points.columns.tolist() == ["category", "month", "geometry"]
    assert points.crs == "EPSG:27700"
    assert points.geometry.x.tolist() == [385000, 387000]


@pytest.mark.shared
def test_a_real_year_adds_up(shared_data: Path) -> None:
    folder = shared_data / "staffordshire" / "incidents"
    incidents, report = read_incidents(folder)
    plain = pd.concat([pd.read_csv(path) for path in sorted(folder.glob("*.csv"))], ignore_index=True)
    alike = ["Crime ID", "Month", "Crime type", "Longitude", "Latitude"]
    repeated = plain["Crime ID"].notna() & plain.duplicated(alike)
    assert (report.rows_read, report.duplicates, report.malformed) == (102_517, 0, 0)
    assert (report.used, report.located, report.unlocated) == (102_517, 101_988, 529)
    assert report.lsoa_vintage == "2021"
    assert report.duplicates == repeated.sum()
    kept = plain[~repeated]
    assert incidents.index.tolist() == kept.index.tolist()
    assert incidents["category"].tolist() == kept["Crime type"].tolist()
    assert incidents["month"].astype(str).tolist() == kept["Month"].tolist()
    assert incidents["lsoa_code"].astype(object).fillna("").tolist() == kept["LSOA code"].fillna("").tolist()
    x, y = pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform(
        kept["Longitude"], kept["Latitude"]
    )
    np.testing.assert_allclose(incidents["x"], np.where(np.isinf(x), np.nan, x), atol=1e-6)
    np.testing.assert_allclose(incidents["y"], np.where(np.isinf(y), np.nan, y), atol=1e-6)
    by_category = kept.groupby("Crime type")["Longitude"].agg(["size", "count"])
    assert {share.label: (share.rows, share.located) for share in report.by_category} == {
        str(name): (size, count) for name, (size, count) in by_category.T.items()
    }
    without = kept[kept["Crime ID"].isna() & kept["Longitude"].notna()]
    assert report.identical == without.duplicated(["Crime type", "Month", "Longitude", "Latitude"]).sum()


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (["2099-01"], "1 row is of months still to come, such as 2099-01: is the year right?"),
        (["2098-12", "2099-01"], "2 rows are of months still to come, such as 2099-01: is the year right?"),
    ],
)
def test_months_to_come_are_doubted(tmp_path: Path, months: list[str], said: str) -> None:
    rows = [f"385000,345000,Noise,{month}-03" for month in ["2025-01", *months]]
    (tmp_path / "own.csv").write_text(
        "Easting,Northing,Category,Date\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    with pytest.warns(HotspotsWarning) as caught:
        incidents, _ = read_incidents(tmp_path / "own.csv")
    assert said in [str(warning.message) for warning in caught]
    assert len(incidents) == len(rows)


def test_the_forces_of_a_file_and_their_months_are_in_its_account(tmp_path: Path) -> None:
    head = "Month,Easting,Northing,Crime type,Reported by,Falls within\n"
    rows = [
        "2025-02,400500,300500,Drugs,Kent Police,Surrey Police",
        "2025-01,400500,300500,Drugs,Kent Police, Kent  Police ",
        "2025-03,400500,300500,Drugs,Kent Police,Kent Police",
        "2025-03,,,Drugs,Kent Police,",
        "2025-04,400500,300x,Drugs,Kent Police,Wiltshire Police",
    ]
    own = write(tmp_path / "own.csv", head + "\n".join(rows) + "\n")
    with pytest.warns(HotspotsWarning):  # of the malformed row
        _, report = read_incidents(own, period="2025-02")
    # Where an incident lies tells before who recorded it; a row that cannot be read tells nothing.
    assert report.sources[0].forces == {"Kent Police": ("2025-01", "2025-03"), "Surrey Police": ("2025-02",)}
    assert grid_report(tmp_path, "Reported by", ["Kent Police"]).forces == {"Kent Police": ("2025-01",)}
    # A column of sixty-one names is of officers, not of forces.
    assert grid_report(tmp_path, "Reported by", [f"PC {number}" for number in range(61)]).forces == {}
    assert grid_report(tmp_path, "Remarks", ["Kent Police"]).forces == {}


def grid_report(folder: Path, heading: str, names: list[str]) -> SourceReport:
    rows = [f"400500,300500,Drugs,2025-01-02,{name}" for name in names]
    path = grid_csv(folder / "grid.csv", *rows, header=f"Easting,Northing,Category,Date,{heading}")
    return read_incidents(path)[1].sources[0]


def test_a_column_of_forces_that_holds_lists_is_left_alone(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"easting": [4e5], "northing": [3e5], "month": ["2025-01"], "reported_by": [["Kent"]]}
    )
    table.to_parquet(tmp_path / "own.parquet")
    assert read_incidents(tmp_path / "own.parquet")[1].sources[0].forces == {}
