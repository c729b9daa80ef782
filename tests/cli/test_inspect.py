"""The first look at files: what is there, what was understood, what looks wrong, what to type."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest

from hotspots.incidents import QualityReport

Run = Callable[..., tuple[int, str, str]]
HEAD = "Month,Longitude,Latitude,LSOA code,Crime type\n"


def test_the_page_ends_with_a_command_that_runs_and_lines_that_a_recipe_takes(
    hotspots: Run, town: Path
) -> None:
    code, out, err = hotspots(
        "inspect", ".", "--areas", "wards.gpkg", "--category", "Burglary", "--period", "2025-01..2025-02"
    )
    assert (code, err) == (0, "")
    lines = out.splitlines()
    command = lines[lines.index("To count them") + 1].strip()
    assert command == (
        "hotspots count . --areas wards.gpkg --category Burglary --period 2025-01..2025-02 -o counts.geojson"
    )
    assert hotspots(*shlex.split(command)[1:])[0] == 0
    recipe = tomllib.loads("\n".join(line.strip() for line in lines[lines.index("In a recipe") + 1 :]))
    assert recipe["incidents"] == {"source": ["."], "category": ["Burglary"], "period": "2025-01..2025-02"}
    assert recipe["areas"] == [{"label": "Areas", "source": "wards.gpkg"}]
    assert "Nothing looks wrong" in lines
    assert "  By polygon: 100.0% of the located incidents lie in one of 9 areas" in lines


def test_what_looks_wrong_is_said_with_the_figures(hotspots: Run, town: Path) -> None:
    rows = ["2025-01,-1.99,52.87,E01000001,Drugs\n"] * 30 + ["2025-01,,,E01000001,Shoplifting\n"] * 30
    rows += ["2025-04,-1.99,52.87,,Drugs\n"] * 5
    (town / "odd.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    code, out, _ = hotspots("inspect", "odd.csv")
    assert code == 0
    assert "  Only 0.0% of the 30 rows of Shoplifting have coordinates: their maps show part of them" in out
    assert "  No row falls in 2025-02, 2025-03: is a file missing?" in out
    assert "hotspots count odd.csv --areas AREAS -o counts.geojson" in out


def test_rows_with_codes_alone_are_counted_by_code(hotspots: Run, town: Path) -> None:
    rows = [f"2025-01,,,E0500000{i},Drugs\n" for i in range(1, 10)]
    (town / "coded.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    code, out, _ = hotspots("inspect", "coded.csv", "--areas", "wards.gpkg")
    assert code == 0
    assert "  By code: 100.0% of the recorded codes are an area's" in out
    assert "--areas wards.gpkg --by code -o counts.geojson" in out


def test_files_without_any_place_end_with_code_one(hotspots: Run, town: Path) -> None:
    (town / "bare.csv").write_text(HEAD + "2025-01,,,,Drugs\n" * 3, encoding="utf-8")
    code, out, _ = hotspots("inspect", "bare.csv")
    assert code == 1
    assert (
        out.splitlines()[-1] == "Nothing here can be counted: no row has coordinates, or the code of an area"
    )
    assert "To count them" not in out


def test_machines_get_the_same_as_json(hotspots: Run, town: Path) -> None:
    code, out, err = hotspots("inspect", ".", "--areas", "wards.gpkg", "--json")
    assert (code, err) == (0, "")
    page = json.loads(out)
    assert page["usable"] is True
    assert page["account"]["rows_read"] == page["account"]["used"] == 202
    assert page["placed"]["by"] == "polygon"
    assert page["placed"]["coded"] == 0.0
    assert page["placed"]["agreed"] is None
    assert page["command"] == "hotspots count . --areas wards.gpkg -o counts.geojson"


def test_inspect_takes_every_option_that_says_how_to_read(hotspots: Run) -> None:
    _, told, _ = hotspots("inspect", "--help")
    _, counted, _ = hotspots("count", "--help")
    reading = {word.split()[0] for word in counted.split() if word.startswith("--")}
    counting = {"--per", "--smooth", "--min-population", "--months", "--dispersion", "--limits", "--engine"}
    counting |= {
        "--scheduler",
        "--output",
        "--overwrite",
        "--by",
        "--help",
        "--lookup",
        "--keep",
        "--public",
        "--covered",
        "--not-covered",
    }
    assert {word for word in reading if word not in told} <= counting


def test_the_recipes_lines_keep_the_reference_system(hotspots: Run, town: Path) -> None:
    code, out, _ = hotspots("inspect", ".", "--crs", "EPSG:32630")
    assert code == 0
    assert "hotspots count . --areas AREAS --crs EPSG:32630 -o counts.geojson" in out
    lines = out.splitlines()
    recipe = tomllib.loads("\n".join(line.strip() for line in lines[lines.index("In a recipe") + 1 :]))
    assert recipe["crs"] == "EPSG:32630"


def test_what_can_be_chosen_is_named_as_it_is_typed(hotspots: Run, town: Path) -> None:
    rows = "2025-01,28.01,-26.2,Burglary\n" * 9
    (town / "abroad.csv").write_text(f"Month,x,y,Crime type\n{rows}", encoding="utf-8")
    _, out, _ = hotspots("inspect", "abroad.csv")
    assert "taken as EPSG:4326 by their values (choose another with --source-crs)" in out
    fits = "measures no distances (choose a system that fits with --crs, such as EPSG:32735)"
    assert fits in out
    _, _, err = hotspots("count", "abroad.csv", "--areas", "wards.gpkg", "-o", "o.csv")
    assert "Warning: 'abroad.csv' lies about longitude 28.01 and latitude -26.20, where EPSG:27700 " in err
    assert fits in err


def test_a_place_far_from_all_others_is_told(hotspots: Run, town: Path) -> None:
    rows = "".join(f"2025-01,{-1.5 - n / 1000},{53.8 + n / 1000},Burglary\n" for n in range(9))
    (town / "far.csv").write_text(
        f"Month,Longitude,Latitude,Crime type\n{rows}2025-01,-1,-1,Burglary\n", encoding="utf-8"
    )
    code, out, _ = hotspots("inspect", "far.csv")
    assert code == 0
    told = [line for line in out.splitlines() if "km from the middle of all" in line]
    assert len(told) == 1
    assert told[0].startswith("  1 incident lies over 1,500 km from the middle of all, such as at ")
    (town / "near.csv").write_text("Month,Longitude,Latitude,Crime type\n" + rows, encoding="utf-8")
    assert "Nothing looks wrong" in hotspots("inspect", "near.csv")[1]


def test_many_rows_are_looked_at_in_batches_and_told_alike(
    hotspots: Run, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"2025-0{n % 3 + 1},{-1.99 + n / 5000},52.87,E0500000{n % 9 + 1},Drugs\n" for n in range(60)]
    rows += ["2025-01,,,E05000009,Shoplifting\n"] * 30 + ["2025-01,-1,-1,E09000001,Drugs\n", "spring,,,,\n"]
    (town / "many.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    coded = [f"2025-01,,,E0500000{n},Drugs\n" for n in range(1, 10)]
    (town / "coded.csv").write_text(HEAD + "".join(coded), encoding="utf-8")
    asked = [
        ["many.csv"],
        ["many.csv", "--areas", "wards.gpkg"],
        ["many.csv", "--areas", "wards.gpkg", "--category", "Shoplifting"],
        ["coded.csv", "--areas", "wards.gpkg"],
    ]
    expected = [hotspots("inspect", *words) for words in asked]
    assert "over 1,500 km" in expected[0][1]
    monkeypatch.setattr("hotspots_cli.engines.MOST_IN_MEMORY", 0)
    monkeypatch.setattr("hotspots.analysis.doctor.read_incidents", None)
    assert [hotspots("inspect", *words) for words in asked] == expected


def test_machines_get_every_field_of_the_account(hotspots: Run, town: Path) -> None:
    rows = "2025-01,-1.99,52.87,E05000001,Drugs,2\n" * 3 + "spring,-1.99,52.87,E05000001,Drugs,1\n"
    (town / "all.csv").write_text(HEAD.strip() + ",Count\n" + rows, encoding="utf-8")
    code, out, _ = hotspots("inspect", "all.csv", "--weight-column", "Count", "--json")
    assert code == 0
    page = json.loads(out)
    held = page["account"]
    assert set(held) == {entry.name for entry in dataclasses.fields(QualityReport)}
    # Three rows of 2 and one of 1.
    assert held["weight"] == 7
    assert held["unread_months"] == 1
    assert held["notes"] == {"unread_months": "spring"}
    assert held["sources"][0]["reasons"] == {}
    assert page["looks_wrong"] == [
        "1 of 4 incidents has no month that can be read, such as 'spring': counted, but not for the length of the "
        "period"
    ]


def test_wards_of_another_year_are_told_on_the_page_and_to_machines(hotspots: Run, town: Path) -> None:
    # Nine in ten carry the code of their ward; one in ten that of a ward which these boundaries do not have.
    rows = [f"2025-01,-1.99,52.87,E0500000{1 if n % 10 else 'X'},Drugs\n" for n in range(40)]
    text = HEAD + "".join(rows).replace("E0500000X", "E05999999")
    (town / "older.csv").write_text(text, encoding="utf-8")
    sentence = (
        "By code: 4 incidents inside the areas recorded a code that none of the areas has, such as E05999999, and "
        "are counted nowhere: the areas may be of another year"
    )
    code, out, _ = hotspots("inspect", "older.csv", "--areas", "wards.gpkg")
    assert code == 0
    assert f"  {sentence}" in out.splitlines()
    page = json.loads(hotspots("inspect", "older.csv", "--areas", "wards.gpkg", "--json")[1])
    assert sentence in page["looks_wrong"]


def test_areas_of_another_census_are_told(hotspots: Run, town: Path) -> None:
    wards = gpd.read_file(town / "wards.gpkg")
    wards["WD19CD"] = [f"E0100000{n}" for n in range(1, 10)]
    wards.rename(columns={"WD19CD": "LSOA11CD", "WD19NM": "LSOA11NM"}).to_file(town / "lsoa.gpkg")
    rows = [f"2025-01,-1.99,52.87,{code},Drugs\n" for code in ("E01000001", "E01035000", "E01035000")]
    (town / "newer.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    code, out, _ = hotspots("inspect", "newer.csv", "--areas", "lsoa.gpkg")
    assert code == 0
    assert (
        "  Not countable by code: the recorded codes are LSOAs of 2021, but the areas are LSOAs of 2011: 2 incidents "
        "inside the areas recorded a code that none of them has, such as E01035000"
    ) in out.splitlines()


def test_columns_that_are_not_recognised_are_told(hotspots: Run, town: Path) -> None:
    (town / "bare.csv").write_text(
        "lon,lat,law,when_was_it\n" + "-1.99,52.87,Theft Act,2025-01\n" * 3, encoding="utf-8"
    )
    out = hotspots("inspect", "bare.csv")[1].splitlines()
    assert "  No row has a category that is read: name the column that holds it with --category-column" in out
    # The command to type is refused without it where the areas have populations.
    assert (
        "  No row has a month that is read: name the column that holds it with --month-column, "
        "or tell 'hotspots count' how many months there are with --months: rates need it"
    ) in out
    named = ("--category-column", "law", "--month-column", "when_was_it")
    assert "Nothing looks wrong" in hotspots("inspect", "bare.csv", *named)[1]


def test_one_is_one(hotspots: Run, town: Path) -> None:
    wards = gpd.read_file("wards.gpkg")
    wards.iloc[:1].to_file("one.gpkg")
    at = wards.geometry.iloc[0].representative_point()
    (town / "few.csv").write_text(
        "Crime ID,Month,x,y,Crime type\n"
        + "".join(f"{name},2025-01,{at.x:.0f},{at.y:.0f},Drugs\n" for name in ("", "unknown", "a1", "a2")),
        encoding="utf-8",
    )
    _, out, _ = hotspots("inspect", "few.csv", "--areas", "one.gpkg")
    assert "  By polygon: 100.0% of the located incidents lie in the only area" in out.splitlines(), out
    assert (
        "  1 row has 'unknown' or the like in the place of a Crime ID: repeats among them are not found"
        in out
    ), out


def test_gdal_writes_nothing_of_a_file_to_the_terminal(town: Path) -> None:
    path = town / "points.gpkg"
    table = gpd.GeoDataFrame(
        {"Month": ["2025-01"], "kind": ["Drugs"]},
        geometry=gpd.points_from_xy([400_000], [300_000]),
        crs=27700,
    )
    table.to_file(path)
    with closing(sqlite3.connect(path)) as held:
        held.execute("DROP TRIGGER IF EXISTS gpkg_geometry_columns_ri")
        held.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = ?", ("\x1b]0;owned\x07",))
        held.commit()
    # GDAL keeps for a whole process where it writes: this one may have been told before.
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "hotspots_cli", "inspect", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "owned" not in done.stdout + done.stderr
