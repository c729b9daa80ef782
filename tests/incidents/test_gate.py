"""Every fault of an incidents table is named, all at once; months may be months, dates or text."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from hotspots.base.errors import CRSError, DataError, HotspotsError
from hotspots.incidents.gate import as_incidents, row_weights


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": [1.0, 2.0], "y": [1.0, 2.0], **columns})


def test_a_sound_table_passes_as_it_is() -> None:
    sound = table(month=pd.PeriodIndex(["2025-01", "NaT"], freq="M"), weight=[1.0, 0.0])
    assert as_incidents(sound) is sound
    assert as_incidents(sound[["month"]], located=False)["month"].tolist() == sound["month"].tolist()


@pytest.mark.parametrize(
    "months",
    [
        ["2025-01", "2025-02"],
        ["2025-01-31", "2025-02-01 23:59"],
        pd.to_datetime(["2025-01-31", "2025-02-01"]),
        pd.to_datetime(["2025-01-31", "2025-02-01"]).tz_localize("Europe/London"),
        [pd.Period("2025-01", "M"), pd.Period("2025-02", "M")],
        pd.PeriodIndex(["2025-01-31", "2025-02-01"], freq="D"),
        pd.Categorical(["2025-01", "2025-02"]),
    ],
    ids=["text", "dates as text", "dates", "dates of a zone", "objects", "days", "categories"],
)
def test_months_of_any_type_are_months(months: Any) -> None:
    read = as_incidents(table(month=months))["month"]
    assert str(read.dtype) == "period[M]"
    assert read.astype(str).tolist() == ["2025-01", "2025-02"]


FAULTS: list[tuple[Any, type[HotspotsError], str, str]] = [
    (
        [1, 2],
        DataError,
        "the incidents are a list, not a table",
        "read them with read_incidents, or make a pandas.DataFrame of them",
    ),
    (
        pd.DataFrame({"lon": [1.0]}),
        DataError,
        "the incidents have no columns 'x' and 'y'",
        "read them with read_incidents",
    ),
    (
        table(y=["1.0", "north"]),
        DataError,
        "the incidents' column 'y' holds '1.0', not a number of metres",
        "make it numbers with incidents['y'] = pandas.to_numeric(incidents['y'])",
    ),
    (
        table(x=[1.0, float("inf")]),
        DataError,
        "the incidents' column 'x' holds inf, not a number of metres",
        "make it numbers with incidents['x'] = pandas.to_numeric(incidents['x'])",
    ),
    (
        table(weight=[1.0, None]),
        DataError,
        "1 of 2 incidents have a weight that is missing, negative or not a finite number, the first in row 1: nan",
        "correct the column 'weight', or leave it out to count every incident once",
    ),
    (
        table(weight=["2", "two"]),
        DataError,
        "2 of 2 incidents have a weight that is missing, negative or not a finite number, the first in row 0: 2",
        "correct the column 'weight', or leave it out to count every incident once",
    ),
    (
        table(month=["2025-01", "Jan"]),
        DataError,
        "the incidents' column 'month' holds 'Jan', which is not a month",
        "write months as 2025-07, or make them so with pandas.PeriodIndex(dates, freq='M')",
    ),
    (
        table(month=[202501, 202502]),
        DataError,
        "the incidents' column 'month' holds 202501, which is not a month",
        "write months as 2025-07, or make them so with pandas.PeriodIndex(dates, freq='M')",
    ),
    (
        gpd.GeoDataFrame(geometry=[Point(0, 0)]),
        CRSError,
        "incidents have no coordinate reference system, but distances need one",
        "set it with incidents.set_crs('EPSG:27700'), if that is what the coordinates are",
    ),
    (
        gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs="EPSG:27700"),
        DataError,
        "the incidents hold geometries other than points",
        "take one point of each with incidents.representative_point()",
    ),
    (
        gpd.GeoDataFrame({"n": [1]}),
        DataError,
        "the incidents have no column of geometry",
        "name it with incidents.set_geometry('column')",
    ),
]


@pytest.mark.parametrize(("held", "kind", "message", "hint"), FAULTS, ids=[row[2] for row in FAULTS])
def test_each_fault_says_what_is_wrong_and_what_to_type(
    held: Any, kind: type[HotspotsError], message: str, hint: str
) -> None:
    with pytest.raises(HotspotsError) as error:
        as_incidents(held)
    assert (type(error.value), error.value.message, error.value.hint) == (kind, message, hint)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(DataError) as error:
        as_incidents(table(x=["a", "b"], weight=[-1.0, 1.0], month=["x", "y"]))
    assert error.value.message == (
        "3 things are wrong with the incidents: (1) the incidents' column 'x' holds 'a', not a number of metres; "
        "(2) 1 of 2 incidents have a weight that is missing, negative or not a finite number, the first in row 0: "
        "-1.0; (3) the incidents' column 'month' holds 'x', which is not a month"
    )


def test_weights_of_one_are_none() -> None:
    assert row_weights(table()) is None
    assert row_weights(table(weight=[1.0, 1.0])) is None
    held = row_weights(table(weight=[1.0, 2.5]))
    assert held is not None
    assert held.tolist() == [1.0, 2.5]
