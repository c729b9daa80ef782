"""Every format and form that incidents come in: the same three incidents each time, or a plain refusal."""

from __future__ import annotations

import gzip
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
import xlsxwriter

from hotspots.base.errors import HotspotsError, HotspotsWarning
from hotspots.counting.counts import count_incidents
from hotspots.incidents import read_incidents
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.sources import READABLE, find_sources
from hotspots.scale.stream import count_stream

EAST, NORTH = [400_500, 401_500, 402_500], [300_500, 300_500, 301_500]
CATEGORIES, MONTHS = ["Burglary", "Drugs", "Burglary"], ["2025-01", "2025-02", "2025-03"]
HEADER = ["Easting", "Northing", "Category", "Month"]
ROWS = list(zip(EAST, NORTH, CATEGORIES, MONTHS, strict=True))
CSV = "\n".join(",".join(map(str, row)) for row in [HEADER, *ROWS]) + "\n"


def table() -> pd.DataFrame:
    return pd.DataFrame(dict(zip(HEADER, [EAST, NORTH, CATEGORIES, MONTHS], strict=True)))


def layer(*, several: bool = False) -> gpd.GeoDataFrame:
    points = [shapely.Point(x, y) for x, y in zip(EAST, NORTH, strict=True)]
    shapes = [shapely.MultiPoint([point]) for point in points] if several else points
    return gpd.GeoDataFrame(table()[["Category", "Month"]], geometry=shapes, crs="EPSG:27700")


def error_of(source: Path, **options: Any) -> str:
    with pytest.raises(HotspotsError) as caught:
        read_incidents(source, **options)
    return str(caught.value)


def assert_three(path: Path, *, within: float = 0, **options: Any) -> None:
    """Hold what a file gives against the three incidents."""
    incidents, report = read_incidents(path, **options)
    np.testing.assert_allclose(incidents["x"], EAST, atol=within)
    np.testing.assert_allclose(incidents["y"], NORTH, atol=within)
    assert incidents["category"].tolist() == CATEGORIES
    assert incidents["month"].astype(str).tolist() == MONTHS
    assert (report.rows_read, report.used, report.located) == (3, 3, 3)


def as_workbook(path: Path) -> None:
    """Write a title, a sheet of notes before it, and months that the workbook holds as dates."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write(0, 0, "Exported on Monday")
        sheet, as_date = book.add_worksheet("Data"), book.add_format({"num_format": "mmm-yy"})
        sheet.write_row(0, 0, ["Incidents of 2025"])
        sheet.write_row(2, 0, HEADER)
        for number, (*cells, month) in enumerate(ROWS, start=3):
            sheet.write_row(number, 0, cells)
            sheet.write_datetime(number, 3, pd.Timestamp(month).to_pydatetime(), as_date)


def as_zipped_shapefile(path: Path) -> None:
    folder = path.parent / "shapefile"
    folder.mkdir()
    layer().to_file(folder / "incidents.shp")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"export/{part.name}")


def as_periods(path: Path) -> None:
    table().assign(Month=pd.PeriodIndex(MONTHS, freq="M")).to_parquet(path)


def as_categories(path: Path) -> None:
    table().astype({"Category": "category", "Month": "category"}).to_parquet(path)


FORMATS: dict[str, Callable[[Path], Any]] = {
    "a.xlsx": as_workbook,
    "a.csv.gz": lambda path: path.write_bytes(gzip.compress(CSV.encode())),
    "a.tab": lambda path: path.write_text(CSV.replace(",", "\t")),
    "a.gdb": lambda path: layer().to_file(path, driver="OpenFileGDB"),
    "a.zip": as_zipped_shapefile,
    "points.parquet": lambda path: layer().to_parquet(path),
    "arrow.parquet": lambda path: layer().to_parquet(path, geometry_encoding="geoarrow"),
    "several.geojson": lambda path: layer(several=True).to_file(path),
    "several.parquet": lambda path: layer(several=True).to_parquet(path),
    "periods.parquet": as_periods,
    "categories.parquet": as_categories,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_incidents(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    FORMATS[name](path)
    assert_three(path)


def test_periods_are_months_where_pandas_has_not_told_arrow_of_them(tmp_path: Path) -> None:
    as_periods(tmp_path / "a.parquet")
    kind = pq.read_schema(tmp_path / "a.parquet").field("Month").type
    pa.unregister_extension_type("pandas.period")
    try:
        assert pq.read_schema(tmp_path / "a.parquet").field("Month").type == pa.int64()
        assert_three(tmp_path / "a.parquet")
    finally:
        pa.register_extension_type(kind)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_counted_in_batches_and_sent_to_other_machines(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    FORMATS[name](path)
    (file,) = open_incidents(find_sources(path), ColumnNames())
    sent = pickle.loads(pickle.dumps(file))  # noqa: S301 - our own bytes
    assert pa.concat_tables(list(sent.iter_tables())).column("x").to_pylist() == EAST
    squares = [
        shapely.box(400_000, 300_000, 402_000, 301_000),
        shapely.box(402_000, 301_000, 403_000, 302_000),
    ]
    codes = pd.Index(["E05000001", "E05000002"], name="code")
    areas = gpd.GeoDataFrame(geometry=squares, index=codes, crs="EPSG:27700")
    counted = count_stream(path, areas, per="category")
    assert counted.split is not None
    assert counted.split.to_dict("list") == {"Burglary": [1, 1], "Drugs": [1, 0]}
    assert counted.report == read_incidents(path)[1].with_areas(inside=3, outside=0)


def test_kml_is_in_degrees(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    layer().to_crs("EPSG:4326").to_file(path, driver="LIBKML")
    # Longitudes and latitudes are written to 15 digits: well within 1 mm.
    assert_three(path, within=0.001)


# --- text files in other forms


FORMS = {
    "sep": "sep=,\n" + CSV,
    "sep of another delimiter": "sep=;\n" + CSV,
    "titles": "Incidents of 2025\n\nExported,by,whom\n" + CSV,
    "trailing commas": CSV.replace("\n", ",\n"),
    "trailing commas in the rows alone": CSV.replace("\n", ",\n").replace("Month,\n", "Month\n"),
    "semicolons": CSV.replace(",", ";"),
    "decimal commas": CSV.replace(",", ";").replace("500;", "500,0;"),
    "decimal commas in quotation marks": CSV.replace("400500", '"400500,0"').replace("300500", '"300500,0"'),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_forms_of_text(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(FORMS[form])
    assert_three(path)


@pytest.mark.parametrize(("codec", "which"), [("utf-16-le", "low"), ("utf-16-be", "high")])
def test_utf_16_without_a_byte_order_mark(tmp_path: Path, codec: str, which: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CSV.encode(codec))
    assert_three(path)
    _, report = read_incidents(path)
    assert report.sources[0].encoding == f"UTF-16 without BOM, {which} byte first"


@pytest.mark.parametrize("footer", ["Total,3", "(3 rows affected)", "-------,--------,---,----"])
def test_footers_are_malformed_rows_and_said(tmp_path: Path, footer: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV + footer + "\n")
    with pytest.warns(
        HotspotsWarning, match=r"^1 of 4 rows of 'a\.csv' cannot be read and are left out, such as row 5"
    ):
        incidents, report = read_incidents(path)
    assert len(incidents) == 3
    assert (report.rows_read, report.malformed, report.used) == (4, 1, 3)


@pytest.mark.parametrize("row", [",,,", " ,-, ,null", ",,,Total"])
def test_rows_that_tell_of_no_incident_are_none(tmp_path: Path, row: str) -> None:
    path = tmp_path / "a.csv"
    # A spreadsheet leaves rows of delimiters alone; an incident of which the category alone is known is one.
    path.write_text(CSV + f"{row}\n,,Robbery,\n{row}\n")
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(path)
    assert incidents["category"].tolist() == [*CATEGORIES, "Robbery"]
    assert incidents.index.tolist() == [0, 1, 2, 4]
    assert (report.rows_read, report.malformed, report.used, report.unlocated) == (6, 2, 4, 1)
    assert report.unread_months == 0
    assert str(caught[0].message) == (
        "2 of 6 rows of 'a.csv' cannot be read and are left out, such as row 5: no cell tells of an incident"
    )


def test_cells_that_look_the_same_are_the_same(tmp_path: Path) -> None:
    texts = [
        "Public order",
        "Public\u00a0order",
        "Public  order",
        "\u200bPublic order",
        " Public order\u200d",
    ]
    path = tmp_path / "a.csv"
    path.write_text(
        "Easting,Northing,Category\n" + "".join(f"400500,300500,{text}\n" for text in texts), "utf-8"
    )
    incidents, _ = read_incidents(path, category="Public\u00a0 order")
    assert incidents["category"].value_counts().to_dict() == {"Public order": 5}


def test_what_a_mac_leaves_beside_files_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "police/2025-01"
    folder.mkdir(parents=True)
    (folder / "2025-01-kent-street.csv").write_text(CSV)
    (folder / "._2025-01-kent-street.csv").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    assert_three(tmp_path / "police")
    assert_three(folder / "*.csv")


# --- archives


def zipped(path: Path, *members: tuple[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return path


def with_fields(path: Path, *, flags: int | None = None, method: int | None = None) -> None:
    """Write other flags or another method over those of an archive's one member and of its directory's entry."""
    raw = bytearray(path.read_bytes())
    # The flags lie 6 and 8 bytes behind the two signatures, and the method two bytes after them.
    for place in (raw.index(b"PK\3\4") + 6, raw.index(b"PK\1\2") + 8):
        for offset, value in ((0, flags), (2, method)):
            if value is not None:
                raw[place + offset : place + offset + 2] = value.to_bytes(2, "little")
    path.write_bytes(raw)


def test_a_locked_archive(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("2025-01-kent-street.csv", CSV))
    with_fields(path, flags=1)
    assert error_of(path) == (
        "'a.zip' is locked with a password\nHint: unpack it first, and give the folder of its files"
    )


@pytest.mark.parametrize(
    ("method", "how"), [(9, "Deflate64, as Windows does over 2 GB"), (12, "method 12"), (14, "method 14")]
)
def test_archives_packed_in_other_ways(tmp_path: Path, method: int, how: str) -> None:
    path = zipped(tmp_path / "a.zip", ("2025-01-kent-street.csv", CSV))
    with_fields(path, method=method)
    assert error_of(path) == (
        f"'2025-01-kent-street.csv' in 'a.zip' is packed in a way that is not read ({how})\n"
        "Hint: unpack the archive first, and give the folder of its files"
    )


def test_two_members_of_one_name_are_two_files(tmp_path: Path) -> None:
    other = CSV.replace("2025", "2024").replace("Drugs", "Robbery")
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "a.zip", ("kent-street.csv", CSV), ("kent-street.csv", other))
    incidents, report = read_incidents(path)
    assert [source.name for source in report.sources] == [
        "a.zip/kent-street.csv",
        "a.zip/kent-street.csv (2)",
    ]
    assert incidents["category"].tolist() == [*CATEGORIES, "Burglary", "Robbery", "Burglary"]
    assert incidents["month"].astype(str).tolist() == [*MONTHS, "2024-01", "2024-02", "2024-03"]


# --- Parquet columns that hold no numbers or texts


@pytest.mark.parametrize(
    ("column", "values", "found", "wanted"),
    [
        ("Easting", pa.array([[1.0]] * 3), "list<element: double>", "numbers"),
        ("Northing", pa.array([0, 1, 2], pa.timestamp("ms")), "timestamp[ms]", "numbers"),
        ("Category", pa.array([["a"]] * 3), "list<element: string>", "texts"),
        ("Month", pa.array([{"year": 2025}] * 3), "struct<year: int64>", "texts"),
    ],
)
def test_parquet_columns_that_are_no_single_values(
    tmp_path: Path, column: str, values: Any, found: str, wanted: str
) -> None:
    held = pa.Table.from_pandas(table())
    path = tmp_path / "a.parquet"
    pq.write_table(held.set_column(HEADER.index(column), column, values), path)
    assert error_of(path) == (
        f"column '{column}' of 'a.parquet' holds {found}, not {wanted}\n"
        f"Hint: name another column, or save this one as plain {wanted}"
    )


# --- coordinates


def test_longitude_and_latitude_stand_in_for_blank_eastings(tmp_path: Path) -> None:
    lon, lat = pyproj.Transformer.from_crs(27700, 4326, always_xy=True).transform(EAST, NORTH)
    both = table().assign(Longitude=lon, Latitude=lat)
    # Where eastings stand, what stands beside them does not matter.
    both["Longitude"] = both["Longitude"].astype(str).where(both.index != 0, "unknown")
    both["Easting"] = both["Easting"].astype("Int64").where(both.index != 1)
    both.to_csv(tmp_path / "half.csv", index=False)
    both.assign(Easting=None, Northing=None, Longitude=lon).to_csv(tmp_path / "none.csv", index=False)
    for name in ("half.csv", "none.csv"):
        assert_three(tmp_path / name, within=0.001)


@pytest.mark.parametrize(
    ("east", "north", "example"),
    [
        ("4015", "3005", "4015, 3005"),  # in units of 100 m
        ("01500", "00500", "1500, 500"),  # without the digits of the 100 km square
        ("1.2876", "52.6123", "1.2876, 52.6123"),  # longitude and latitude among metres
        ("401500", "0", "401500, 0"),
    ],
)
def test_coordinates_in_other_units_are_set_aside(
    tmp_path: Path, east: str, north: str, example: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV.replace("401500,300500", f"{east},{north}"))
    with pytest.warns(HotspotsWarning) as caught:
        incidents, report = read_incidents(path)
    assert [str(warning.message) for warning in caught] == [
        f"1 row has coordinates that EPSG:27700 cannot have, such as {example}: counted as without coordinates"
    ]
    assert incidents["x"].isna().tolist() == [False, True, False]
    assert (report.used, report.located, report.out_of_range) == (3, 2, 1)


def test_codes_without_coordinates_are_counted_by_code(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "LSOA code,Category,Month,Count\nE01000001,Drugs,2025-01,2\ne01000002,Drugs,2025-01,3\n,Drugs,2025-01,4\n"
    )
    squares = [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)]
    codes = pd.Index(["E01000001", "E01000002"], name="code")
    areas = gpd.GeoDataFrame(geometry=squares, index=codes, crs="EPSG:27700")
    incidents, report = read_incidents(path, weight_column="Count")
    assert (report.used, report.located, report.unlocated) == (3, 0, 3)
    assert count_incidents(incidents, areas, by="code").tolist() == [2, 3]
    assert error_of(tmp_path / "a.csv", x="lon", y="lat") == (
        "'a.csv' has no column 'lon' ('x')\nHint: choose from 'LSOA code', 'Category', 'Month', 'Count'"
    )


# --- dates


@pytest.mark.parametrize(
    ("header", "january", "february", "days"),
    [
        # No year has a thirteenth month: the column begins with the month.
        ("Date", "01/13/2025 11:30:00 PM", "02/03/2025 09:00:00 AM", ["2025-01-13", "2025-02-03"]),
        ("Date", "Jan 13 2025 11:30PM", "Feb  3 2025  9:00AM", ["2025-01-13", "2025-02-03"]),
        ("Date", "13/Jan/2025", "03/Feb/2025", ["2025-01-13", "2025-02-03"]),
        ("Date", '"January 13, 2025"', '"February 3, 2025"', ["2025-01-13", "2025-02-03"]),
        ("Date", "Monday 13 January 2025", "Monday 3 February 2025", ["2025-01-13", "2025-02-03"]),
        ("Date", "2025 Jan 13", "2025-Feb-03 09:00", ["2025-01-13", "2025-02-03"]),
        ("Date", "2025.01.13", "2025.02.03", ["2025-01-13", "2025-02-03"]),
        ("Month", "202501", "202502", None),
        ("Month", "202501.0", "202502.0", None),
        ("Month", "01/2025", "02/2025", None),
        ("YEAR,MONTH", "2025,1", "2025,2", None),
        ("Year,Month", "2025,2025-01", "2025,2025-02", None),
        ("YEAR,MONTH", "2025.0,January", "2025.0,february", None),
        ("Year,Month", "2025,JAN", "2025,Feb.", None),
        ("Year,Month", "2025,Ionawr", "2025,Chwefror", None),
        ("Month,Date", "1,13/01/2025", "2,03/02/2025", ["2025-01-13", "2025-02-03"]),
    ],
)  # fmt: skip
def test_dates_and_months_in_any_form(
    tmp_path: Path, header: str, january: str, february: str, days: list[str] | None
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Easting,Northing,{header}\n400500,300500,{january}\n400500,300500,{february}\n")
    incidents, report = read_incidents(path)
    assert incidents["month"].astype(str).tolist() == ["2025-01", "2025-02"]
    assert report.months == ("2025-01", "2025-02")
    assert (incidents["date"].astype(str).tolist() if days else "date" in incidents) == (days or False)


def test_what_may_be_read_is_named_in_the_refusal(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_text(CSV)
    assert error_of(path) == f"'a.docx' is in a format that is not read\nHint: save it as {READABLE}"
    assert "file geodatabase, KML" in READABLE


def test_a_workbook_under_the_name_of_a_csv_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.csv", "w") as archive:
        archive.writestr("book.csv", CSV)
    assert error_of(tmp_path / "a.csv") == (
        "'a.csv' is a ZIP archive or a workbook\nHint: give it the ending .zip or .xlsx"
    )


def test_a_packed_file_that_is_cut_short_is_told(tmp_path: Path) -> None:
    # Numbers that do not pack well, so that the end of the file holds rows.
    rows = "".join(f"{400_000 + number * 7919 % 9973},300500,Drugs,2025-01\n" for number in range(9_000))
    packed = gzip.compress((",".join(HEADER) + "\n" + rows).encode())
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    assert error_of(tmp_path / "a.csv.gz") == (
        "'a.csv.gz' is not a complete gzip file\nHint: download or export it again"
    )


def test_a_file_that_the_disk_does_not_give_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")

    def refuse(path: str) -> Any:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(pa, "OSFile", refuse)
    assert error_of(tmp_path / "a.csv") == (
        "cannot read 'a.csv' (Permission denied)\nHint: check that you may read it"
    )


def test_a_layer_without_geometries_is_refused(tmp_path: Path) -> None:
    import pyogrio

    pyogrio.write_dataframe(table(), tmp_path / "a.gpkg", driver="GPKG")
    assert error_of(tmp_path / "a.gpkg") == (
        "'a.gpkg' has no layer with geometries\nHint: give a layer of points"
    )


def test_parquet_with_damaged_rows_is_told(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"Easting": 4e5 + random.random(5000), "Northing": 3e5 + random.random(5000)})
    frame.to_parquet(tmp_path / "a.parquet")
    whole = bytearray((tmp_path / "a.parquet").read_bytes())
    # What stands behind the first mark are pages of rows; the directory is at the end.
    whole[4:2000] = bytes(1996)
    (tmp_path / "a.parquet").write_bytes(whole)
    assert error_of(tmp_path / "a.parquet") == (
        "'a.parquet' is damaged: its rows cannot be read\nHint: download or export it again"
    )


def test_metres_that_british_national_grid_cannot_have_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Easting,Northing,Category\n740000,7200000,Drugs\n741000,7201000,Drugs\n", encoding="utf-8"
    )
    assert error_of(tmp_path / "a.csv") == (
        "'a.csv': 'Easting' and 'Northing' hold values such as 740000, 7200000, which EPSG:27700 (British National "
        "Grid) cannot have\nHint: name what they are with 'source_crs'"
    )


def test_a_file_without_headings_is_told(tmp_path: Path) -> None:
    rows = "25,1,2013-09-01 00:05:00,201325073873,N 6TH ST,Robbery,-75.1368,40.0169\n" * 3
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    assert error_of(tmp_path / "a.csv") == (
        "'a.csv' has no line of headings: its first line holds values, such as '25'\n"
        "Hint: write a line above it that names each column, such as Longitude, Latitude, Month, Category"
    )


def test_columns_of_american_cities_are_recognised(tmp_path: Path) -> None:
    text = (
        "OFFENSE_ID,OFFENSE_CATEGORY_ID,occurred_at,GEO_LON,GEO_LAT\n"
        "1,larceny,Thu Apr 01 15:30:00 UTC 2010,-1.99,52.6\n2,burglary,Sat May 01 09:00:00 UTC 2010,-1.98,52.6\n"
    )
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    incidents, _ = read_incidents(tmp_path / "a.csv")
    assert incidents["category"].tolist() == ["larceny", "burglary"]
    assert incidents["month"].astype(str).tolist() == ["2010-04", "2010-05"]


@pytest.mark.parametrize(
    ("suffix", "before"),
    [(".geojson", "{}"), (".gpkg", ""), (".kml", "<?xml version='1.0'?>"), (".shp", ""), (".fgb", "")],
)
def test_points_that_stand_elsewhere_are_not_followed(tmp_path: Path, suffix: str, before: str) -> None:
    layer().to_file(tmp_path / "other.geojson")
    path = tmp_path / f"points{suffix}"
    path.write_text(
        f"{before}<OGRVRTDataSource><OGRVRTLayer name='other'><SrcDataSource>{tmp_path}/other.geojson</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert error_of(path).startswith(f"'{path.name}' cannot be read as a layer of points")
    if suffix == ".shp":
        with zipfile.ZipFile(tmp_path / "points.zip", "w") as packed:
            packed.write(path, path.name)
        assert error_of(tmp_path / "points.zip").startswith(
            "'points.zip/points.shp' cannot be read as a layer"
        )
