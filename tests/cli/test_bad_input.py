"""Bad input at the command line: two lines that say what is wrong and what to type, and no file left behind."""

from __future__ import annotations

import os
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Polygon, affinity

Run = Callable[..., tuple[int, str, str]]

CSV = "2025-01/2025-01-abbeyshire-street.csv"


def write(name: str, text: str | bytes) -> None:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)


def changed_wards(name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a layer is written without a CRS is the point
        change(gpd.read_file("wards.gpkg")).to_file(name)


def with_geometry(wards: gpd.GeoDataFrame, geometry: object) -> gpd.GeoDataFrame:
    wards.loc[0, "geometry"] = geometry
    return wards


def with_code(wards: gpd.GeoDataFrame, code: str | None) -> gpd.GeoDataFrame:
    wards.loc[1, "WD19CD"] = code
    return wards


def moved(wards: gpd.GeoDataFrame, east: float, north: float) -> gpd.GeoDataFrame:
    return wards.set_geometry(
        [affinity.translate(shape, east, north) for shape in wards.geometry], crs=wards.crs
    )


def refusal(hotspots: Run, *words: str) -> list[str]:
    """Run `hotspots count` on words that must fail, and return the message and the hint."""
    before = sorted(path.name for path in Path().iterdir())
    code, out, err = hotspots("-q", "count", *words, "-o", "out.geojson")
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert sorted(path.name for path in Path().iterdir()) == before
    return err.splitlines()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["Error: 'bad.csv' is empty (0 bytes)", "Hint: download or export it again"]),
        (
            "Month,Crime type\n2025-01,Burglary\n",
            [
                "Error: 'bad.csv' has no coordinate columns that are recognised; its columns are 'Month', 'Crime type'",
                "Hint: name them with --x (easting or longitude) and --y (northing or latitude)",
            ],
        ),
        (
            "Easting,Northing,Month\n-2.0,52.8,2025-01\n-2.1,52.9,2025-01\n",
            [
                "Error: 'bad.csv': 'Easting' and 'Northing' hold values such as -2, 52.8, which are degrees, "
                "but EPSG:27700 is in metres",
                "Hint: name what they are with --source-crs, for example 'EPSG:4326'",
            ],
        ),
        (
            "Longitude,Latitude,Month\n400500,330500,2025-01\n",
            [
                "Error: 'bad.csv': 'Longitude' and 'Latitude' hold values such as 400500, 330500, which are metres, "
                "but EPSG:4326 is in degrees",
                "Hint: name what they are with --source-crs, for example 'EPSG:27700'",
            ],
        ),
    ],
)
def test_files_of_incidents_that_cannot_be_used(
    hotspots: Run, town: Path, text: str, lines: list[str]
) -> None:
    write("bad.csv", text)
    assert refusal(hotspots, "bad.csv", "--areas", "wards.gpkg") == lines


def test_a_missing_file_and_what_is_not_a_table(hotspots: Run, town: Path) -> None:
    assert refusal(hotspots, "2025-03.csv", "--areas", "wards.gpkg")[0] == (
        "Error: there is no file or folder '2025-03.csv'"
    )
    write("bad.csv", bytes(range(256)) * 8)
    assert refusal(hotspots, "bad.csv", "--areas", "wards.gpkg")[0] == (
        "Error: 'bad.csv' is not a CSV: it holds binary data"
    )


def test_a_truncated_archive(hotspots: Run, town: Path) -> None:
    with zipfile.ZipFile("whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(CSV)
    write("part.zip", Path("whole.zip").read_bytes()[:500])
    assert refusal(hotspots, "part.zip", "--areas", "wards.gpkg") == [
        "Error: 'part.zip' is not a complete ZIP archive",
        "Hint: download it again; its size should be that which the site states",
    ]


def test_mixed_encodings_a_byte_order_mark_and_welsh_columns_are_read(hotspots: Run, town: Path) -> None:
    text = Path(CSV).read_text(encoding="utf-8")
    write("latin.csv", text.replace("On or near", "Ar neu gerllaw Tŷ").replace("ŷ", "ÿ").encode("cp1252"))
    write("marked.csv", b"\xef\xbb\xbf" + text.replace("2025-01", "2025-02").encode())
    header, *rows = text.splitlines()
    welsh = (
        header.replace("Longitude", "Hydred")
        .replace("Latitude", "Lledred")
        .replace("Crime type", "Math o drosedd")
    )
    march = [row.replace("2025-01", "2025-03") for row in rows]
    write("welsh.csv", "\n".join([welsh.replace("Month", "Mis"), *march]) + "\n")
    files = ("latin.csv", "marked.csv", "welsh.csv")
    code, _, err = hotspots("-q", "count", *files, "--areas", "wards.gpkg", "-o", "out.gpkg")
    assert (code, err) == (0, "Wrote 9 areas to out.gpkg\n")
    assert gpd.read_file("out.gpkg")["n"].sum() == 300


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.set_crs(None, allow_override=True), "'bad.gpkg' has no coordinate reference system"),
        (
            lambda w: w.set_crs("EPSG:26915", allow_override=True),
            "'bad.gpkg' lies at longitude -93.90 to -93.87",
        ),
        (lambda w: moved(w, 100_000, 50_000), "no incident lies within the areas: incidents span"),
        (
            lambda w: with_code(w, "E05000001"),
            "'bad.gpkg' holds the code E05000001 more than once, with the names 'Ward 1' and 'Ward 2'",
        ),
        (lambda w: with_code(w, None), "column 'WD19CD' of 'bad.gpkg' has no code for 1 area (row 2)"),
        (lambda w: with_geometry(w, Polygon()), "'bad.gpkg' has no polygon for 1 area: E05000001"),
    ],
)
def test_layers_of_areas_that_cannot_be_used(
    hotspots: Run, town: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], message: str
) -> None:
    changed_wards("bad.gpkg", change)
    lines = refusal(hotspots, CSV, "--areas", "bad.gpkg")
    assert lines[0].startswith(f"Error: {message}")
    assert lines[1].startswith("Hint: ")


def test_a_bow_tie_is_repaired_and_said_so(hotspots: Run, town: Path) -> None:
    tie = Polygon([(400_000, 330_000), (401_000, 331_000), (401_000, 330_000), (400_000, 331_000)])
    changed_wards("bow.gpkg", lambda wards: with_geometry(wards, tie))
    code, _, err = hotspots("count", CSV, "--areas", "bow.gpkg", "-o", "out.gpkg")
    assert code == 0
    warned = [line for line in err.splitlines() if line.startswith("Warning: ")]
    assert any("E05000001" in line for line in warned), err


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("WD19CD,pop\nE09000001,5\n", "none of the 9 areas is in the population table 'people2.csv'"),
        (
            "WD19CD,pop\n" + "".join(f"E0500000{i},5\n" for i in range(1, 6)),
            "only 5 of 9 areas are in the population table 'people2.csv' (55%)",
        ),
    ],
)
def test_populations_of_other_areas(hotspots: Run, town: Path, table: str, message: str) -> None:
    write("people2.csv", table)
    lines = refusal(hotspots, CSV, "--areas", "wards.gpkg", "--population-table", "people2.csv")
    assert lines[0].startswith(f"Error: {message}")


def test_a_category_that_is_not_there(hotspots: Run, town: Path) -> None:
    assert refusal(hotspots, CSV, "--areas", "wards.gpkg", "--category", "Burglry") == [
        "Error: no incident has the category 'Burglry'",
        "Hint: did you mean 'Burglary'?",
    ]


@pytest.mark.parametrize(
    ("bandwidth", "cell_size", "lines"),
    [
        (
            "50",
            "100",
            [
                "Error: bandwidth 50 m is smaller than the cell size 100 m, so cell centres would miss incidents",
                "Hint: give a --cell-size of 10 (a fifth of the bandwidth), or a --bandwidth of at least 100",
            ],
        ),
        (
            "50",
            "0.1",
            [
                "Error: cells of 0.1 m over 3.0 x 3.0 km make more than 50,000,000 cells",
                "Hint: give a --cell-size of at least 0.43",
            ],
        ),
    ],
)
def test_densities_that_cannot_be(
    hotspots: Run, town: Path, bandwidth: str, cell_size: str, lines: list[str]
) -> None:
    words = ("--bandwidth", bandwidth, "--cell-size", cell_size, "-o", "out.tif")
    code, _, err = hotspots("-q", "kde", CSV, "--areas", "wards.gpkg", *words)
    assert (code, err.splitlines()) == (1, lines)
    assert not Path("out.tif").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_unwritable_folder(hotspots: Run, town: Path) -> None:
    Path("locked").mkdir(mode=0o500)
    code, _, err = hotspots("-q", "count", CSV, "--areas", "wards.gpkg", "-o", "locked/out.gpkg")
    assert code == 1
    assert err.splitlines()[0] == "Error: cannot write to the folder 'locked' (Permission denied)"
    shutil.rmtree("locked")


@pytest.mark.parametrize("command", ["count", "kde", "select", "change"])
def test_an_option_of_an_earlier_version_says_what_it_is_called_now(hotspots: Run, command: str) -> None:
    code, out, err = hotspots(
        command, ".", "--areas", "wards.gpkg", "--within", "Abbeyshire", "-o", "x.geojson"
    )
    assert (code, out) == (2, "")
    assert "Error: --within is now called --only" in err
    assert "--within" not in hotspots(command, "--help")[1]


def test_no_command_writes_over_what_it_reads(hotspots: Run, town: Path) -> None:
    words = ("count", "2025-01", "--areas", "wards.gpkg")
    before = (town / "wards.gpkg").read_bytes()
    code, _, err = hotspots(*words, "-o", town / "wards.gpkg", "--overwrite")
    assert code == 1
    assert err.splitlines() == [
        f"Error: '{town / 'wards.gpkg'}' is read by this command, and would be replaced by what it makes",
        "Hint: give another name to '-o'",
    ]
    assert (town / "wards.gpkg").read_bytes() == before
    assert hotspots(*words, "-o", "n.geojson")[0] == 0
    assert hotspots("flag", "n.geojson", "--value", "n", "-o", "n.geojson", "--overwrite")[0] == 1
    assert hotspots(*words, "-o", "n.geojson", "--overwrite")[0] == 0
