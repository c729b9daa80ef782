from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from hotspots.base.errors import DataError, FileError, HotspotsError
from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.files import IncidentFile
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.sources import READABLE, find_sources

HEADER = "Crime ID,Month,Longitude,Latitude,LSOA code,Crime type\n"


def opened(path: Path, **named: str) -> IncidentFile:
    (file,) = open_incidents(find_sources(path), ColumnNames(**named))  # type: ignore[arg-type]
    return file


def read(path: Path, **named: str) -> tuple[IncidentFile, pd.DataFrame]:
    file = opened(path, **named)
    return file, pa.concat_tables(list(file.iter_tables())).to_pandas()


def error_of(path: Path) -> str:
    with pytest.raises(HotspotsError) as caught:
        read(path)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_a_csv_gives_its_columns_and_its_account(path: Path) -> None:
    text = HEADER + f"{'a' * 64},2025-01,-2.1,52.8,E01000001,Drugs\n,2025-01,,,,Anti-social behaviour\n"
    path.write_text(text, encoding="utf-8")
    file, rows = read(path)
    assert file.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (file.encoding, file.found.rows, file.found.malformed, file.crs) == ("UTF-8", 2, 0, None)
    assert rows.columns.tolist() == [
        "row", "x", "y", "second", "category", "month", "date", "lsoa_code", "crime_id", "weight",
    ]  # fmt: skip
    assert rows["row"].tolist() == [0, 1]
    np.testing.assert_array_equal(rows["x"], [-2.1, np.nan])
    assert rows["category"].tolist() == ["Drugs", "Anti-social behaviour"]
    assert rows["crime_id"].tolist() == [0xAAAAAAAAAAAAAAAA, 0]
    assert rows["weight"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with BOM"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
    ],
)
def test_encodings_are_recognised_in_header_and_rows(path: Path, encoding: str, named: str) -> None:
    path.write_text(
        "Hydred,Lledred,Math o drosedd,Tŷ\n-3.9,52.4,Lladrad – tŷ,â\n".replace("ŷ", "ÿ"), encoding=encoding
    )
    file, rows = read(path)
    assert file.encoding == named
    assert rows["category"].tolist() == ["Lladrad – tÿ"]


def test_welsh_letters_outside_windows_1252(path: Path) -> None:
    path.write_text("Hydred,Lledred,Math o drosedd\n-3.9,52.4,Lladrad tŷ a dŵr\n", encoding="utf-8")
    assert read(path)[1]["category"].tolist() == ["Lladrad tŷ a dŵr"]


def test_bytes_that_windows_1252_lacks_are_latin_1(path: Path) -> None:
    path.write_bytes(b"lon,lat,category\n-3.9,52.4,\x81\xe9\n")
    file, rows = read(path)
    assert file.encoding == "Latin-1"
    # The control character is not seen, and left out.
    assert rows["category"].tolist() == ["é"]


def test_a_letter_split_between_two_blocks_is_still_utf_8(path: Path) -> None:
    start = b"lon,lat,category\n"
    # The first byte of the two-byte letter is the last of the first megabyte.
    row = b"-2,53,"
    filler = b"-2,53,x\n" * ((2**20 - len(start) - len(row) - 1) // 8)
    padding = b"y" * (2**20 - 1 - len(start) - len(filler) - len(row))
    path.write_bytes(start + filler + row + padding + "é\n".encode())
    assert opened(path).encoding == "UTF-8"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_recognised(path: Path, delimiter: str) -> None:
    path.write_text("lon,lat,category\n-2,53,ASB\n".replace(",", delimiter), encoding="utf-8")
    assert read(path)[1]["category"].tolist() == ["ASB"]


def test_malformed_rows_are_counted_skipped_and_named(path: Path) -> None:
    path.write_text(
        "lon,lat,category\n"
        "-2,53,first\n"
        "-2,53\n"  # row 3 of a spreadsheet
        "abc,53,third\n"
        "-2,53,fourth\n"
        "-2,53,fifth,6\n"
        "-2,53,sixth\n",
        encoding="utf-8",
    )
    file, rows = read(path)
    assert (file.found.rows, file.found.malformed) == (6, 3)
    assert rows["category"].tolist() == ["first", "fourth", "sixth"]
    assert rows["row"].tolist() == [0, 3, 5]
    assert sorted(file.found.examples) == [
        "a.csv, row 3: 2 fields where the header has 3",
        "a.csv, row 4: 'abc' in 'lon' is not a number",
        "a.csv, row 6: 4 fields where the header has 3",
    ]


def test_rows_keep_their_numbers_over_many_blocks(path: Path) -> None:
    count, every = 240_000, 1_000
    lines = ["-2,53" if number % every == 7 else f"-2,53,{number % 4_999}" for number in range(count)]
    path.write_text("lon,lat,category\n" + "\n".join(lines) + "\n", encoding="utf-8")
    file, rows = read(path)
    assert len(list(opened(path).iter_tables())) > 1
    assert (file.found.rows, file.found.malformed) == (count, count // every)
    assert rows["category"].astype(int).tolist() == (rows["row"] % 4_999).tolist()
    assert len(file.found.examples) == 5


def test_a_newline_in_quotation_marks_belongs_to_its_row(path: Path) -> None:
    path.write_text('lon,lat,category,note\n-2,53,ASB,"two\nlines"\n-2,53,Drugs,x\n', encoding="utf-8")
    file, rows = read(path)
    assert (file.found.rows, file.found.malformed) == (2, 0)
    assert rows["category"].tolist() == ["ASB", "Drugs"]


@pytest.mark.parametrize("header", ["\n\nlon,lat,category\n", '"lon","lat",\n', '"lon","lat","a\nname"\n'])
def test_headers_over_several_lines(path: Path, header: str) -> None:
    path.write_text(header + "-2,53,ASB\n7\n-2,53,Drugs\n", encoding="utf-8")
    file, rows = read(path)
    assert rows["row"].tolist() == [0, 2]
    assert file.found.examples == [f"a.csv, row {header.count(chr(10)) + 2}: 1 field where the header has 3"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends(path: Path, end: str) -> None:
    path.write_bytes("lon,lat,category\n-2,53,ASB\n-2\n-2,53,Drugs\n".replace("\n", end).encode())
    file, rows = read(path)
    assert rows["category"].tolist() == ["ASB", "Drugs"]
    assert (rows["row"].tolist(), file.found.malformed) == ([0, 2], 1)


@pytest.mark.parametrize(
    ("second", "mended"),
    [
        ('-2,"53,Drugs', (2,)),  # never closed
        ('-2,53,"Drugs', (2,)),  # in the last cell
        ('-2,53,"Drugs\n-2,53,x\n-2,53,"Theft', (2, 4)),  # two stray marks, which would fuse three rows
        ('-2,53,"Drugs\n-2,53,"Theft, other"', (2,)),  # closed by a row that is in order
    ],
)
def test_a_quotation_mark_left_open_swallows_no_rows(
    path: Path, second: str, mended: tuple[int, ...]
) -> None:
    path.write_text(f"lon,lat,category\n-2,53,ASB\n{second}\n-2,53,y\n-2,53,z\n", encoding="utf-8")
    file, rows = read(path)
    assert file.mended == mended
    wanted = [line.split(",")[2].strip('"') for line in ("a,b,ASB", *second.split("\n"), "a,b,y", "a,b,z")]
    assert [str(name).split(",")[0] for name in rows["category"]] == wanted
    assert (file.found.rows, file.found.malformed) == (len(wanted), 0)


def test_weights_are_read_and_must_be_numbers(path: Path) -> None:
    path.write_text("lon,lat,harm\n-2,53,2.5\n-2,53,\n-2,53,-1\n-2,53,many\n", encoding="utf-8")
    file, rows = read(path, weight="harm")
    assert rows["weight"].tolist() == [2.5]
    assert file.found.malformed == 3
    assert file.found.examples == [
        "a.csv, row 3: '' in 'harm' is not a number of at least 0",
        "a.csv, row 4: '-1' in 'harm' is not a number of at least 0",
        "a.csv, row 5: 'many' in 'harm' is not a number of at least 0",
    ]


@pytest.mark.parametrize("text", ["lon,lat,category\n", "lon,lat,category"])
def test_a_header_alone_is_a_file_without_rows(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    file = opened(path)
    assert list(file.iter_tables()) == []
    assert (file.found.rows, file.found.malformed) == (0, 0)
    assert file.empty_table().num_rows == 0


def test_a_file_of_blank_lines_is_empty(path: Path) -> None:
    path.write_text("\n\n  \n", encoding="utf-8")
    assert error_of(path) == "'a.csv' is empty\nHint: download or export it again"


def test_binary_data_is_not_a_csv(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)))
    assert error_of(path) == f"'a.csv' is not a CSV: it holds binary data\nHint: save it as {READABLE}"


def test_parquet_is_read_in_batches_with_dictionaries_and_numbers(tmp_path: Path) -> None:
    count = 300_000
    frame = pd.DataFrame(
        {
            "Easting": np.arange(count, dtype="int64"),
            "Northing": np.float32(5),
            "Crime type": pd.Categorical(["Drugs", None] * (count // 2)),
            "Date": pd.Timestamp("2025-03-31 12:00"),
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    file, rows = read(tmp_path / "a.parquet")
    assert file.found.rows == count
    assert len(list(opened(tmp_path / "a.parquet").iter_tables())) > 1
    assert rows["row"].tolist() == list(range(count))
    assert rows["x"].tolist() == frame["Easting"].tolist()
    assert rows["category"].tolist()[:1] == ["Drugs"]
    assert rows["category"].isna().sum() == count // 2
    # March 2025: 55 * 12 + 2 months after January 1970.
    assert rows["month"].unique().tolist() == [662]
    assert rows["date"].astype(str).unique().tolist() == ["2025-03-31"]


def test_what_is_not_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no", encoding="utf-8")
    assert (
        error_of(tmp_path / "a.parquet") == f"'a.parquet' is not a Parquet file\nHint: save it as {READABLE}"
    )


def layer(**columns: list[object]) -> gpd.GeoDataFrame:
    points = [shapely.Point(-2, 53), shapely.Point(), None]
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_layers_of_points_are_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    layer(category=["Drugs", "ASB", None], month=["2025-01", "2025-02", "2025-02"]).to_file(path)
    file, rows = read(path)
    assert file.encoding is None
    assert file.crs == "EPSG:4326"
    assert file.found.rows == 3
    np.testing.assert_array_equal(np.sort(rows["x"]), [-2, np.nan, np.nan])
    assert set(rows["category"].dropna()) == {"Drugs", "ASB"}
    assert set(rows["month"]) == {660, 661}


def test_polygons_are_not_incidents(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326").to_file(path)
    assert error_of(path) == (
        "'a.geojson' holds geometries of the type POLYGON, but incidents are points\n"
        "Hint: give a layer of points, one for each incident"
    )


def test_two_layers_are_one_too_many(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    for name in ("north", "south"):
        layer(n=[1, 2, 3]).to_file(path, layer=name)
    with pytest.raises(DataError) as caught:
        opened(path)
    assert str(caught.value) == (
        "'a.gpkg' has 2 layers ('north', 'south'), and incidents are one\n"
        "Hint: save the layer of incidents in a file of its own"
    )


def test_what_is_not_geojson(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(FileError) as caught:
        opened(path)
    assert (
        str(caught.value) == f"'a.geojson' cannot be read as a layer of points\nHint: save it as {READABLE}"
    )


def test_a_column_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a\xc3":1},'
        b'"geometry":{"type":"Point","coordinates":[-1.5,53.8]}}]}'
    )
    assert error_of(path) == (
        "'a.geojson' cannot be read as a layer of points: the name of one of its columns is not UTF-8\n"
        "Hint: save it again with the encoding UTF-8"
    )


def test_a_quotation_mark_left_open_over_a_long_file(path: Path) -> None:
    path.write_text('lon,lat,category\n-2,"53,Drugs\n' + "-2,53,x\n" * 300_000, encoding="utf-8")
    file, rows = read(path)
    assert len(rows) == file.found.rows == 300_001


def test_a_cell_longer_than_a_block_is_said(path: Path) -> None:
    # Lines of notes are no rows, so the mark is taken for what it is.
    path.write_text('lon,lat,category\n-2,53,"' + "notes of a long meeting\n" * 200_000, encoding="utf-8")
    assert error_of(path) == (
        "'a.csv' cannot be read as a CSV (straddling object straddles two block boundaries "
        "(try to increase block size?))\n"
        "Hint: look for a quotation mark that is opened and never closed"
    )
