"""One account of every row, whichever engine reads: with every kind of row that is dropped, mended or doubted."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.steps.counted import account, locate
from hotspots.base.errors import HotspotsWarning
from hotspots.counting.counts import count_incidents
from hotspots.incidents import QualityReport, read_incidents
from hotspots.scale import stream as streaming
from hotspots.scale.cluster import count_dask
from hotspots.scale.stream import Counted, count_stream

distributed = pytest.importorskip("distributed")

CODES = [f"E0100000{number}" for number in range(1, 5)]
FIELDS = ("Crime ID", "Month", "Easting", "Northing", "LSOA code", "Crime type", "Count")
GOOD = ("", "2025-01", "400500", "300500", "E01000001", "Burglary", "1")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=60
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def four_areas() -> gpd.GeoDataFrame:
    squares = [
        box(400_000 + 1000 * c, 300_000 + 1000 * r, 401_000 + 1000 * c, 301_000 + 1000 * r)
        for c in range(2)
        for r in range(2)
    ]
    return gpd.GeoDataFrame(geometry=squares, index=pd.Index(CODES, name="code"), crs="EPSG:27700")


def row(**changed: str) -> tuple[str, ...]:
    """Return a good row with some fields changed; a blank in a name stands as an underscore."""
    words = {name.replace("_", " "): value for name, value in changed.items()}
    return tuple(words.get(name, value) for name, value in zip(FIELDS, GOOD, strict=True))


def every_kind() -> dict[str, list[tuple[str, ...]]]:
    """Rows by what is the matter with them; each as it stands in the file."""
    crime = "ab" * 32
    return {
        "good": [row(Easting=f"40{n % 2}{n:02}0", Count=str(n % 3 + 0.5)) for n in range(40)],
        "text for an easting": [row(Easting="west of the mill")],
        "text for a weight": [row(Count="several")],
        "negative weight": [row(Count="-2")],
        "off the grid": [row(Easting="7000000"), row(Northing="9999999")],
        "placeholder points": [row(Easting="0", Northing="0"), row(Easting="-1", Northing="-1")],
        "no coordinates": [row(Easting="", Northing="")],
        "half of the coordinates": [row(Northing="")],
        "outside all areas": [row(Easting="410000"), row(Northing="310000")],
        "on a border": [row(Easting="401000")],
        "no category": [row(Crime_type="")],
        "another category": [row(Crime_type="Drugs"), row(Crime_type=" drugs ")],
        "no month": [row(Month="")],
        "a month that is not one": [row(Month="spring"), row(Month="2025-13")],
        "a spreadsheet's day number": [row(Month="45689")],
        "outside the period": [row(Month="2024-12"), row(Month="2025-09")],
        "a repeated ID": [row(Crime_ID=crime)] * 3,
        "an ID of two months": [row(Crime_ID=crime, Month="2025-02")],
        "a repeated ID, other category": [row(Crime_ID=crime, Crime_type="Drugs")] * 2,
        "placeholder IDs": [row(Crime_ID="pending")] * 2 + [row(Crime_ID="0")],
        "an ID of many incidents": [row(Crime_ID="A1", Easting=f"4001{n:02}") for n in range(14)],
        "a code that no area has": [row(LSOA_code="E01000099"), row(LSOA_code="", Easting="")],
        "blank": [("",) * len(FIELDS)],
    }  # fmt: skip


def write_every_kind(folder: Path) -> list[Path]:
    """Write four files: the last is the first again, and the third holds a month of the first and more."""
    rows = [one for kind in every_kind().values() for one in kind]
    header = ",".join(FIELDS)
    broken = ["2025-01,only three,fields", '"ef12,2025-01,400100,300100,E01000001,Burglary,1']
    lines = [",".join(one) for one in rows]
    january = [line for line in lines if ",2025-01," in line and not line.startswith(("ab", "A1"))]
    march = [",".join(row(Month="2025-03", Easting=f"4006{n:02}")) for n in range(9)]
    texts = {
        "a.csv": [header, *lines, *broken, *lines[:5]],
        "b.csv": [header, *(line.replace("2025-01", "2025-02") for line in lines[5:60])],
        "c.csv": [header, *january, *march],
    }
    texts["d.csv"] = texts["a.csv"]
    for name, held in texts.items():
        (folder / name).write_text("\n".join(held) + "\n", encoding="utf-8")
    return [folder / name for name in texts]


def in_memory(paths: list[Path], *, by: Any, per: Any, **reading: Any) -> Counted:
    incidents, quality = read_incidents(paths, **reading)
    assigned = locate(incidents, four_areas(), by=by)
    split = count_incidents(incidents, four_areas(), per=per, assigned=assigned)
    n = count_incidents(incidents, four_areas(), assigned=assigned)
    return Counted(n, split, account(quality, incidents, assigned))


def told(report: QualityReport) -> dict[str, Any]:
    """Return a report field by field, so that a difference names its field."""
    return {entry.name: getattr(report, entry.name) for entry in dataclasses.fields(report)}


def warned(count: Any) -> tuple[Counted, list[str]]:
    """Count, and return what was warned of as well."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HotspotsWarning)
        counted: Counted = count()
    return counted, sorted(str(one.message) for one in caught if one.category is HotspotsWarning)


@pytest.mark.parametrize(
    ("by", "weights", "choice"),
    [
        ("polygon", None, {}),
        ("code", "Count", {}),
        ("polygon", "Count", {"exclude": "drugs", "period": "2025-01..2025-03"}),
        ("polygon", None, {"category": ["burglary", "DRUGS"]}),
        ("code", None, {"period": "2025-02"}),
    ],
)
def test_every_row_has_one_account_on_every_engine(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    client: Any,
    by: Any,
    weights: str | None,
    choice: dict[str, Any],
) -> None:
    paths = write_every_kind(tmp_path)
    asked: dict[str, Any] = {"by": by, "per": "category", "weight_column": weights, **choice}
    expected, said = warned(lambda: in_memory(paths, **asked))
    found = {
        "stream": warned(lambda: count_stream(paths, four_areas(), **asked)),
        "dask": warned(lambda: count_dask(paths, four_areas(), scheduler=client, **asked)),
    }
    monkeypatch.setattr(streaming, "BATCH_ROWS", 1)
    monkeypatch.setattr(streaming, "WAITING_BYTES", 2000)
    found["stream, row by row"] = warned(lambda: count_stream(paths, four_areas(), **asked))
    for engine, (counted, doubts) in found.items():
        assert told(counted.report) == told(expected.report), engine
        assert doubts == said, engine
        pd.testing.assert_series_equal(counted.n, expected.n, obj=engine)
        assert counted.split is not None
        assert expected.split is not None
        pd.testing.assert_frame_equal(counted.split, expected.split, obj=engine)


def test_every_kind_of_row_is_met(tmp_path: Path) -> None:
    """The files above hold what they say they hold: were one kind read as another, nothing else would tell."""
    paths = write_every_kind(tmp_path)
    report, doubts = warned(
        lambda: count_stream(paths, four_areas(), weight_column="Count", period="2025-01..2025-03")
    )
    assert doubts == [
        "2 rows hold a spreadsheet's day number for a date, such as '45689': taken as days since 1900",
        "3 of 218 rows repeat the Crime ID, month, category and place of an earlier row and are dropped (Burglary 2, "
        "Drugs 1)",
        "5 of 94 rows of 'a.csv' cannot be read and are left out, such as row 89: 3 fields where the header has 7, and "
        "more in 2 other files",
        "6 rows have 'pending' or the like in the place of a Crime ID: repeats among them are not found",
        "9 rows have coordinates that EPSG:27700 cannot have, such as 7000000, 300500: counted as without coordinates",
        "a.csv, row 90: a quotation mark is opened and not closed; it is left out, and the rows after it are read",
        "areas: 4 of 125 incidents with coordinates lie outside all areas (3.2%), and counts there are without them: "
        "are these all the areas that the files cover?",
        "c.csv repeats 2025-01 of a.csv: 57 rows without a Crime ID are counted once",
        "d.csv is a.csv again, byte for byte, and is left out",
    ]
    found = told(report.report)
    # a.csv and b.csv have different places; c.csv's January is that of a.csv; d.csv is a.csv.
    assert found["copies"] == ("d.csv is a.csv again",)
    assert found["overlaps"] == ("c.csv repeats 2025-01 of a.csv",)
    assert found["sources"][0].reasons == {
        "'Count' is not a number of at least 0": 3,
        "'Easting' is not a number": 1,
        "fields": 1,
    }
    assert found["mended"] == ("a.csv, row 90",)
    for name in ("duplicates", "overlap", "filtered_period", "unlocated", "out_of_range", "identical", "outside",
                 "no_ids", "unread_months", "day_numbers"):  # fmt: skip
        assert found[name] > 0, name
    assert "" in [share.label for share in found["by_category"]]
    assert list(found["notes"]) == ["no_ids", "unread_months", "day_numbers", "out_of_range"]


def write_two_systems(folder: Path) -> list[Path]:
    """Write a file in metres and one in degrees, without a shared month: some rows of each are off the earth."""
    metres = every_kind()
    rows = [*metres["good"], *metres["off the grid"], *metres["an ID of many incidents"], ("",) * len(FIELDS)]
    header = ",".join(FIELDS)
    degrees = header.replace("Easting", "Longitude").replace("Northing", "Latitude")
    there = [row(Month="2025-07", Easting=f"-1.99{n:03}", Northing=f"52.60{n % 7}") for n in range(30)]
    there += [row(Month="2025-07", Easting="1000"), row(Month="2025-07", Easting="0", Northing="0")]
    (folder / "a.csv").write_text("\n".join([header, *map(",".join, rows)]) + "\n", encoding="utf-8")
    (folder / "b.csv").write_text("\n".join([degrees, *map(",".join, there)]) + "\n", encoding="utf-8")
    return [folder / "a.csv", folder / "b.csv"]


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_two_reference_systems_have_one_account_on_every_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any, order: slice
) -> None:
    paths = write_two_systems(tmp_path)[order]
    asked: dict[str, Any] = {"by": "polygon", "per": "month"}
    expected, said = warned(lambda: in_memory(paths, **asked))
    monkeypatch.setattr(streaming, "BATCH_ROWS", 8)
    for count in (count_stream, lambda *given, **named: count_dask(*given, scheduler=client, **named)):
        counted, doubts = warned(lambda count=count: count(paths, four_areas(), **asked))
        assert told(counted.report) == told(expected.report)
        assert doubts == said
        pd.testing.assert_series_equal(counted.n, expected.n)
    assert expected.report.transformation is not None
    assert expected.report.recurring_ids == 14
    assert expected.report.out_of_range == 3
    assert {source.name: source.reasons for source in expected.report.sources} == {
        "a.csv": {"blank": 1},
        "b.csv": {},
    }
