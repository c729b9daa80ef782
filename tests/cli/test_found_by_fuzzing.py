"""Input that a fuzzer found to end in a traceback, once for each kind: what is said of it now."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Run = Callable[..., tuple[int, str, str]]


def refusal(hotspots: Run, *words: str) -> list[str]:
    """Run a command that must fail and leave nothing, and return the message and the hint."""
    before = sorted(path.name for path in Path().iterdir())
    code, out, err = hotspots("-q", *words)
    assert (code, out) == (1, "")
    assert sorted(path.name for path in Path().iterdir()) == before
    return err.splitlines()


def test_a_population_that_no_area_has(hotspots: Run, town: Path) -> None:
    """Its powers overflowed, and the limits of a funnel were none."""
    assert hotspots("-q", "count", "2025-01", "--areas", "wards.gpkg", "-o", "n.geojson")[0] == 0
    layer = json.loads(Path("n.geojson").read_bytes())
    layer["features"][2]["properties"]["population"] = 1e308
    Path("n.geojson").write_text(json.dumps(layer), encoding="utf-8")
    code = layer["features"][2]["properties"]["code"]
    assert refusal(hotspots, "funnel", "n.geojson", "-o", "o.geojson") == [
        f"Error: 'population' of 'n.geojson' is 1e+308 for {code}, and no figure of an area is over 10,000,000,000,000",
        "Hint: correct it, or leave it blank where it is unknown",
    ]
    people = pd.DataFrame({"code": gpd.read_file("wards.gpkg").iloc[:, 0], "population": 1e300})
    people.to_csv("people2.csv", index=False)
    said = refusal(
        hotspots,
        "count",
        "2025-01",
        "--areas",
        "wards.gpkg",
        "--population-table",
        "people2.csv",
        "-o",
        "o.csv",
    )
    assert "which is not a possible number of people" in said[0]


def test_columns_of_a_database_that_hold_no_numbers(hotspots: Run, town: Path) -> None:
    with duckdb.connect("d.duckdb") as made:
        made.execute(
            "CREATE TABLE i AS SELECT TIMESTAMP '2025-01-02 03:00' AS Easting, 330000.0 AS Northing, '2025-01' AS Month"
        )
    assert refusal(hotspots, "inspect", "duckdb:///d.duckdb#i")[0] == (
        "Error: column 'Easting' of 'd.duckdb#i' holds timestamp[us], not numbers"
    )
    assert refusal(hotspots, "inspect", 'duckdb:///d.duckdb#"')[0] == (
        "Error: the database 'd.duckdb' has no table '\"'"
    )


def test_geometries_of_a_file_that_are_structures_of_something_else(hotspots: Run, town: Path) -> None:
    about = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}
    table = pa.table({"Month": ["2025-01"], "geometry": [{"a": 1}]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), "g.parquet")
    assert refusal(hotspots, "inspect", "g.parquet") == [
        "Error: 'g.parquet' is damaged: its rows cannot be read",
        "Hint: download or export it again",
    ]


def test_incidents_without_category_are_dealt_out_by_a_lookup(hotspots: Run, town: Path) -> None:
    wards = gpd.read_file("wards.gpkg")
    codes = wards[wards.columns[0]].tolist()
    lookup = pd.DataFrame({"LSOA21CD": ["E01000001"] * 2, "WD24CD": codes[:2], "population": [1, 1]})
    lookup.to_csv("lookup.csv", index=False)
    place = wards.to_crs("EPSG:27700").geometry.iloc[0].representative_point()
    rows = [f"2025-01,{place.x:.0f},{place.y:.0f},E01000001,{kind}" for kind in ("Burglary", "", "Drugs", "")]
    Path("i.csv").write_text(
        "Month,Easting,Northing,LSOA code,Crime type\n" + "\n".join(rows), encoding="utf-8"
    )
    words = (
        "count",
        "i.csv",
        "--areas",
        "wards.gpkg",
        "--by",
        "code",
        "--lookup",
        "lookup.csv",
        "-o",
        "o.csv",
    )
    code, _, err = hotspots("-q", *words)
    assert code == 0, err
    assert pd.read_csv("o.csv")["n"].sum() == 4


def test_a_blank_band_in_a_table_of_people(hotspots: Run, town: Path) -> None:
    Path("kinds.csv").write_text("Crime type,people\nBurglary,100\n,50\nDrugs,20\n", encoding="utf-8")
    code, _, err = hotspots(
        "-q", "breakdown", "2025-01", "--by", "Crime type", "--population", "kinds.csv", "-o", "o.csv"
    )
    assert code == 0, err
    # The people of the blank band are in none; the sample's town knows no drugs, and no people of the other.
    table = pd.read_csv("o.csv", index_col="Crime type")
    assert table["n"].to_dict() == {"Anti-social behaviour": 50, "Burglary": 51, "All": 101}
    assert table["population"].fillna(-1).to_dict() == {
        "Anti-social behaviour": -1,
        "Burglary": 100,
        "All": 100,
    }


def test_a_title_that_acts_on_a_terminal_is_shown_written_out(hotspots: Run, town: Path) -> None:
    text = '[incidents]\nsource = "2025-01"\n[[areas]]\nlabel = "Wards"\nsource = "wards.gpkg"\n'
    Path("r.toml").write_text(f'title = "a\\rb\\u001b[31m"\n{text}', encoding="utf-8")
    code, out, _ = hotspots("recipe", "check", "r.toml")
    assert (code, out.splitlines()[0]) == (0, r"a\rb\x1b[31m")


def test_a_layer_without_codes_is_told_without_an_option_that_is_none(hotspots: Run, town: Path) -> None:
    layer = gpd.read_file("wards.gpkg")[["geometry"]].assign(n=1.5)
    layer.to_file("n.gpkg")
    assert refusal(hotspots, "pattern", "n.gpkg", "--value", "n")[1] == (
        "Hint: give a layer that hotspots wrote, or name its column of codes: code"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a_wards.geojson", b'{"features": ["x"]}'),
        ("book.qgz", b"PK, but no archive"),
        ("a.json", b"\xff\xfe\xff"),
    ],
)
def test_a_folder_with_a_damaged_file_is_audited_no_further(
    hotspots: Run, town: Path, name: str, content: bytes
) -> None:
    Path("pub").mkdir()
    (Path("pub") / name).write_bytes(content)
    kind = name.rpartition(".")[2].upper()
    assert refusal(hotspots, "audit", "pub") == [
        f"Error: {name} cannot be read as {kind}: it is damaged or was changed by hand",
        "Hint: run the recipe again, or take the file out of the folder",
    ]


def test_an_archive_that_is_none_within_a_folder(hotspots: Run, town: Path) -> None:
    Path("pub").mkdir()
    with zipfile.ZipFile("pub/a.docx", "w") as made:
        made.writestr("word/document.xml", "<a>")
    assert refusal(hotspots, "audit", "pub")[0].startswith("Error: a.docx cannot be read as DOCX")


def test_a_column_of_codes_is_no_column_of_classes(hotspots: Run, town: Path) -> None:
    Path("classes.csv").write_text("kind;code\nE05000001;A\nE05000002;B\n", encoding="utf-8")
    words = (
        "classes",
        "2025-01",
        "--areas",
        "wards.gpkg",
        "--classes",
        "classes.csv",
        "--column",
        "kind",
        "-o",
        "o.csv",
    )
    assert refusal(hotspots, *words) == [
        "Error: column 'kind' of the lookup of classes 'classes.csv' holds the areas' codes, not their classes",
        "Hint: name another column with --column",
    ]


def test_a_layer_with_rates_and_no_counts_is_drawn(hotspots: Run, town: Path) -> None:
    words = ("--areas", "wards.gpkg", "--population-table", "people.csv")
    assert hotspots("-q", "count", "2025-01", *words, "-o", "n.gpkg")[0] == 0
    gpd.read_file("n.gpkg").drop(columns="n").to_file("rates.gpkg")
    assert hotspots("-q", "map", "rates.gpkg", "-o", "o.html")[0] == 0


def test_a_small_layer_whose_damaged_numbers_ask_for_all_memory(
    hotspots: Run, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asks(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("pyogrio.read_dataframe", asks)
    assert refusal(hotspots, "count", "2025-01", "--areas", "wards.gpkg", "-o", "o.csv")[0] == (
        "Error: 'wards.gpkg' is not a layer that can be read"
    )


def test_a_theme_without_incidents_in_a_last_month_that_has_not_ended(hotspots: Run, town: Path) -> None:
    place = gpd.read_file("wards.gpkg").geometry.iloc[0].representative_point()
    days = [(f"2025-{month:02}-{day:02}", "Drugs") for month in range(1, 5) for day in range(1, 12)]
    days.append(("2025-01-05", "Burglary"))
    rows = [f"{day},{place.x:.0f},{place.y:.0f},{kind}" for day, kind in days]
    Path("i.csv").write_text("Date,Easting,Northing,Crime type\n" + "\n".join(rows), encoding="utf-8")
    Path("r.toml").write_text(
        'title = "Town"\n[incidents]\nsource = "i.csv"\n[[areas]]\nlabel = "Wards"\nsource = "wards.gpkg"\n'
        '[[theme]]\nname = "All"\n[[theme]]\nname = "Burglary"\ncategory = "Burglary"\n[charts]\nseason = "none"\n',
        encoding="utf-8",
    )
    code, _, err = hotspots("-q", "run", "r.toml", "-o", "out")
    assert code == 0, err
