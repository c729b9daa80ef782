"""near-repeat, from a file to its boxes, roles and sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def burglaries(town: Path) -> Path:
    """Forty chains of two, 50 m and 2 days apart, far from one another; one without a place."""
    rows = ["Easting,Northing,Category,Date"]
    for k in range(40):
        for j in range(2):
            day = pd.Timestamp("2025-01-02") + pd.Timedelta(days=9 * k + 2 * j)
            rows.append(f"{400_000 + 700 * k + 50 * j},330000,Burglary,{day:%Y-%m-%d}")
    rows.append(",,Burglary,2025-01-05")
    (town / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return town


def test_boxes_and_roles_are_written(burglaries: Path, hotspots: Command) -> None:
    code, out, err = hotspots(
        "near-repeat",
        "own.csv",
        "--distances",
        "100,200",
        "--days",
        "7,14",
        "-o",
        "boxes.csv",
        "--roles",
        "roles.gpkg",
    )
    assert (code, out) == (0, ""), err
    boxes = pd.read_csv(burglaries / "boxes.csv")
    assert boxes.loc[boxes["nr_flag"], ["m_to", "days_to", "pairs"]].to_numpy().tolist() == [[100, 7, 40]]
    roles = gpd.read_file(burglaries / "roles.gpkg")
    assert roles["nr_role"].value_counts().to_dict() == {"originator": 40, "follower": 40}
    assert roles.crs.to_epsg() == 27700
    assert "80 incidents; 1 without a place left out. 999 random orders of the days." in err
    # 40 pairs up to 100 m, and 79 up to 7 days (40 partners 2 days off, and 39 that are 7 days off the next chain's
    # first), of 3,160: 40 * 79 / 3160 = 1.0.
    assert "Up to 100 m, 0 to 7 days apart: 40 pairs, 40.0 times the 1.0 that chance would give" in err
    assert (
        "40 of the incidents came after another that was so near in place and time; 40 were the first" in err
    )


@pytest.mark.parametrize("suffix", [".geojson", ".shp", ".shp.zip", ".parquet", ".fgb"])
def test_roles_are_written_in_every_format_that_holds_points(
    burglaries: Path, hotspots: Command, suffix: str
) -> None:
    bands = ("--distances", "100,200", "--days", "7,14")
    code, _, err = hotspots("near-repeat", "own.csv", *bands, "-o", "a.csv", "--roles", f"roles{suffix}")
    assert code == 0, err
    read = gpd.read_parquet if suffix == ".parquet" else gpd.read_file
    roles = read(burglaries / f"roles{suffix}")
    assert len(roles) == 80
    assert set(roles.geometry.geom_type) == {"Point"}
    assert roles.crs.to_epsg() == (4326 if suffix == ".geojson" else 27700)
    assert roles["nr_role"].value_counts().to_dict() == {"originator": 40, "follower": 40}


def test_roles_are_refused_in_a_format_of_borders(burglaries: Path, hotspots: Command) -> None:
    code, _, err = hotspots("near-repeat", "own.csv", "-o", "a.csv", "--roles", "roles.topojson")
    assert code == 1
    assert "cannot tell the format of 'roles.topojson' from its name" in err
    assert (
        "end the name given to '--roles' in .geojson or .gpkg or .shp or .shp.zip or .parquet or .fgb" in err
    )


def test_boxes_go_to_standard_output(burglaries: Path, hotspots: Command) -> None:
    code, out, _ = hotspots("near-repeat", "own.csv")
    assert code == 0
    assert out.startswith("m_over,m_to,days_over,days_to,pairs,nr_expect,nr_ratio,nr_p,nr_q,nr_flag\n")


def test_nothing_found_is_said(burglaries: Path, hotspots: Command) -> None:
    code, _, err = hotspots("near-repeat", "own.csv", "--distances", "10", "--days", "1")
    assert code == 0
    assert "No box of the 2 holds more pairs than chance explains: no near repeats were found." in err


def test_rows_of_one_incident_are_pointed_out(town: Path, hotspots: Command) -> None:
    rows = ["Easting,Northing,Category,Date"]
    rows += [
        f"{400_000 + 700 * k + 5 * j},330000,Burglary,{pd.Timestamp('2025-01-02') + pd.Timedelta(days=9 * k):%Y-%m-%d}"
        for k in range(30)
        for j in range(2)
    ]
    (town / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    code, _, err = hotspots("near-repeat", "own.csv")
    assert code == 0
    assert (
        "Warning: 30 of the 30 nearest pairs are on one day: rows of one incident look so; give each incident one row"
        in err
    )


def test_map_points_are_pointed_out(town: Path, hotspots: Command) -> None:
    rows = ["Easting,Northing,Category,Date"]
    rows += [f"{400_000 + 300 * (i % 40)},330000,Burglary,{2 + i % 25:02d}/01/2025" for i in range(1_000)]
    (town / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    code, _, err = hotspots("near-repeat", "own.csv", "--permutations", "99")
    assert code == 0
    assert "Warning: the incidents stand on few places, two or more on each" in err


def test_police_uk_is_refused(town: Path, hotspots: Command) -> None:
    rows = "Month,Longitude,Latitude,Crime type\n" + "2025-01,-2.0,52.8,Burglary\n" * 12
    (town / "2025-01-street.csv").write_text(rows, encoding="utf-8")
    code, out, err = hotspots("near-repeat", "2025-01-street.csv", "-o", "boxes.csv")
    assert (code, out) == (1, "")
    assert "Error: the incidents have months, not days, so that near repeats cannot be told" in err
    assert not (town / "boxes.csv").exists()


def test_bands_that_are_no_numbers(burglaries: Path, hotspots: Command) -> None:
    code, _, err = hotspots("near-repeat", "own.csv", "--days", "week")
    assert code == 2
    assert "'week' is not a list of numbers such as 100,200" in err
    code, _, err = hotspots("near-repeat", "own.csv", "--distances", "200,100")
    assert code == 1
    assert "'distances' are 200, 100" in err
    assert "Hint: give up to 200 numbers of metres over 0, rising, such as 100, 200, 400" in err
