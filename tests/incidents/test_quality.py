from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hotspots.incidents.quality import QualityReport, Share, SourceReport, describe

NONE = np.empty(0, dtype=np.uint64)
REPORT = QualityReport(
    sources=(
        SourceReport("2025-01-kent-street.csv", "ab" * 32, 1200, 2, "UTF-8", has_ids=True),
        SourceReport("calls.csv", "cd" * 32, 34, 0, "Windows-1252", has_ids=False),
    ),
    crs="EPSG:27700",
    transformation="from EPSG:4326: OSGB36 to WGS 84 (6), accurate to 2 m",
    rows_read=1234,
    malformed=2,
    duplicates=3,
    filtered_category=100,
    filtered_period=0,
    filtered_unlocated=4,
    filtered_area=25,
    used=1100,
    located=1099,
    unlocated=1,
    out_of_range=1,
    by_category=(Share("Anti-social behaviour", 1000, 1000), Share("Drugs", 90, 89), Share("", 10, 10)),
    by_month=(Share("2025-01", 1000, 999), Share("2025-03", 90, 90), Share("", 10, 10)),
    months_missing=("2025-02",),
    partial_month="2025-03",
    identical=40,
    coordinates=500,
    most_at_one=61,
    lsoa_vintage="2011",
    examples=("calls.csv, row 7: 2 fields where the header has 3",),
)


def test_the_account_reads_like_this() -> None:
    assert REPORT.with_areas(inside=1090, outside=9).lines() == [
        "2 files",
        "  2025-01-kent-street.csv       1,200 rows  UTF-8",
        "  calls.csv                        34 rows  Windows-1252",
        "",
        "Rows read                                         1,234",
        "  malformed                                          -2",
        "  repeated Crime IDs                                 -3",
        "  other categories                                 -100",
        "  without coordinates, so not in the area            -4",
        "  outside the area                                  -25",
        "Rows used                                         1,100",
        "  with coordinates                                1,099   99.9%",
        "    inside the areas                              1,090   99.1%",
        "    outside all areas                                 9    0.8%",
        "  without coordinates                                 1    0.1%",
        "",
        "Category                       Rows       Located   Share",
        "Anti-social behaviour         1,000         1,000  100.0%",
        "Drugs                            90            89   98.9%",
        "(no category)                    10            10  100.0%",
        "Total                         1,100         1,099   99.9%",
        "",
        "Month               Rows       Located   Share",
        "2025-01            1,000           999   99.9%",
        "2025-03               90            90  100.0%",
        "(no month)            10            10  100.0%",
        "Total              1,100         1,099   99.9%",
        "",
        "Period        2025-01 to 2025-03, 2 months; nothing in 2025-02; 2025-03 looks incomplete",
        "Places        500 distinct coordinates, at most 61 incidents on one",
        "Duplicates    3 rows repeat a Crime ID, month, category and place, and were dropped, the first of each "
        "kept; could not be checked in 1 file without a Crime ID column",
        "Identical     40 rows without a Crime ID repeat another's category, month and place; "
        "kept, as separate incidents share snap points",
        "LSOA codes    2011 vintage",
        "Encodings     mixed: UTF-8 (1), Windows-1252 (1)",
        "Coordinates   EPSG:27700 (from EPSG:4326: OSGB36 to WGS 84 (6), accurate to 2 m)",
        "Out of range  1 row, counted as without coordinates",
        "Malformed     calls.csv, row 7: 2 fields where the header has 3",
    ]


def test_a_plain_account_is_short() -> None:
    report = dataclasses.replace(
        REPORT,
        sources=(SourceReport("calls.csv", "cd" * 32, 34, 0, None, has_ids=False),),
        transformation=None,
        rows_read=1,
        malformed=0,
        duplicates=0,
        filtered_category=0,
        filtered_unlocated=0,
        filtered_area=0,
        used=1,
        located=1,
        unlocated=0,
        out_of_range=0,
        by_category=(Share("", 1, 1),),
        by_month=(Share("", 1, 1),),
        months_missing=(),
        partial_month=None,
        identical=0,
        coordinates=1,
        most_at_one=1,
        lsoa_vintage=None,
        examples=(),
    )
    assert report.lines() == [
        "1 file",
        "  calls.csv          34 rows",
        "",
        "Rows read                         1",
        "  malformed                       0",
        "  repeated Crime IDs              0",
        "Rows used                         1",
        "  with coordinates                1  100.0%",
        "  without coordinates             0    0.0%",
        "",
        "Period        no months are recorded",
        "Places        1 distinct coordinate, at most 1 incident on one",
        "Duplicates    could not be checked: no file has a Crime ID column",
        "Coordinates   EPSG:27700",
    ]


def test_missing_months_are_shown_as_spans() -> None:
    missing = ("2024-12", "2025-01", "2025-02", "2025-04", "2025-06", "2025-07")
    lines = dataclasses.replace(REPORT, months_missing=missing, partial_month=None).lines()
    assert (
        "Period        2025-01 to 2025-03, 2 months; "
        "nothing in 2024-12 to 2025-02, 2025-04, 2025-06 to 2025-07"
    ) in lines


def test_many_files_are_shown_in_part() -> None:
    sources = tuple(
        SourceReport(f"{number:03}.csv", f"{number:064}", 1, 0, "UTF-8", has_ids=True) for number in range(30)
    )
    lines = dataclasses.replace(REPORT, sources=sources).lines()
    assert lines[0] == "30 files"
    assert lines[12:15] == [
        "  011.csv           1 rows  UTF-8",
        "  ... 6 more ...",
        "  018.csv           1 rows  UTF-8",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows_read": 1235}, "rows read: 1,235 in all, but the parts add up to 1,234"),
        ({"located": 1098}, "rows used: 1,100 in all, but the parts add up to 1,099"),
        ({"inside": 1, "outside": 2}, "located rows: 1,099 in all, but the parts add up to 3"),
    ],
)
def test_sums_that_do_not_add_up_are_a_defect(change: dict[str, int], message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        dataclasses.replace(REPORT, **change)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_the_dictionary_survives_json() -> None:
    plain = REPORT.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["by_category"][1] == {"label": "Drugs", "rows": 90, "located": 89}


def table(months: list[Any], categories: list[Any], codes: list[Any] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"category": pd.Categorical(categories), "month": pd.PeriodIndex(months, freq="M")},
    )
    if codes is not None:
        frame["lsoa_code"] = pd.Categorical(codes)
    return frame


def test_describe_counts_by_hand() -> None:
    # Four ASB rows at place 0, the last of another month; a burglary with an ID; one without place.
    incidents = table(
        ["2025-01", "2025-01", "2025-01", "2025-04", "2025-01", None],
        ["ASB", "ASB", "ASB", "ASB", "Burglary", None],
    )
    found = describe(
        incidents,
        place=np.array([0, 0, 0, 0, 3, -1]),
        # The ASB rows' fingerprints: the last is of another month.
        alike=np.array([7, 7, 7, 8], dtype=np.uint64),
    )
    assert found == {
        "used": 6,
        "located": 5,
        "unlocated": 1,
        "by_category": (Share("ASB", 4, 4), Share("Burglary", 1, 1), Share("", 1, 0)),
        "by_month": (Share("2025-01", 4, 4), Share("2025-04", 1, 1), Share("", 1, 0)),
        "months_missing": ("2025-02", "2025-03"),
        "partial_month": None,
        # The second and third ASB rows repeat the first.
        "identical": 2,
        "coordinates": 2,
        "most_at_one": 4,
        "lsoa_vintage": None,
    }


@pytest.mark.parametrize(("last", "expected"), [(4, "2025-03"), (5, None)])
def test_a_last_month_of_under_half_the_mean_looks_incomplete(last: int, expected: str | None) -> None:
    # The other months have 8 and 12 rows: mean 10, half of it 5.
    months = ["2025-01"] * 8 + ["2025-02"] * 12 + ["2025-03"] * last
    incidents = table(months, ["ASB"] * len(months))
    nothing = np.zeros(len(months), dtype=np.int64)
    assert describe(incidents, place=nothing, alike=NONE)["partial_month"] == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["E01000001", "E01033769"], "2021"),
        (["W01000001", "W01001910"], "2021"),
        (["E01000001", "E01033768"], None),
        ([f"E010{number:05}" for number in range(1, 101)], "2011"),
    ],
)
def test_the_vintage_of_lsoa_codes(codes: list[str], expected: str | None) -> None:
    incidents = table(["2025-01"] * len(codes), ["ASB"] * len(codes), codes)
    place = np.arange(len(codes))
    assert describe(incidents, place=place, alike=NONE)["lsoa_vintage"] == expected
