"""Folders that cannot be audited are refused in a sentence; numbers that contradict each other are told."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from matplotlib.figure import Figure

from hotspots.analysis.audit.audit import audit_folders
from hotspots.base.errors import DataError, FileError
from hotspots.disclosure.rules import profile

from .conftest import LSOAS, WARDS, Publish, counts, rounded, table


def test_a_missing_an_empty_and_a_strange_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        audit_folders([tmp_path / "none"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError) as empty:
        audit_folders([tmp_path / "empty"])
    assert empty.value.message == f"'{tmp_path / 'empty'}' is empty"
    (tmp_path / "notes.txt").write_text("Nothing of ours.", encoding="utf-8")
    with pytest.raises(FileError, match=r"is a file, not a folder"):
        audit_folders([tmp_path / "notes.txt"])
    with pytest.raises(DataError) as strange:
        audit_folders([tmp_path])
    assert strange.value.message == f"'{tmp_path}' holds no table of areas that can be audited"


def test_a_number_changed_by_hand_is_found_where_files_differ(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=counts())})
    path = folder / "tables" / "burglary_lsoas.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",27\n", ",72\n", 1), encoding="utf-8")
    audit = audit_folders([folder])
    assert not audit.passed
    (told,) = audit.disagree
    assert told == (
        "tables/burglary_lsoas.csv, column 'n' shows 72 of burglary in E01000015, and layers/burglary.gpkg, 'lsoas', "
        "column 'n' says 27"
    )


def test_a_damaged_file_and_a_damaged_record_are_named(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=counts())})
    (folder / "tables.xlsx").write_bytes(b"PK not a workbook")
    with pytest.raises(FileError) as damaged:
        audit_folders([folder])
    assert damaged.value.message == "tables.xlsx cannot be read as XLSX: it is damaged or was changed by hand"
    (folder / "tables.xlsx").unlink()
    (folder / "about" / "provenance.json").write_text('{"incidents": {"by_month": [{}]}}', encoding="utf-8")
    with pytest.raises(DataError, match=r"about/provenance\.json, cannot be read: it was changed by hand"):
        audit_folders([folder])


def test_a_damaged_border_and_a_damaged_database_are_said_and_not_traced(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    path = folder / "layers" / "burglary.gpkg"
    said = "layers/burglary.gpkg cannot be read as GPKG: it is damaged or was changed by hand"
    with closing(sqlite3.connect(path)) as base, base:
        # The triggers of the index on borders call functions that only GDAL has.
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("UPDATE lsoas SET geom = substr(geom, 1, 60) WHERE code = 'E01000003'")
    with pytest.raises(FileError) as cut:
        audit_folders([folder])
    assert cut.value.message == said
    assert cut.value.hint == "run the recipe again, or take the file out of the folder"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE lsoas SET geom = NULL WHERE code = 'E01000003'")
    assert audit_folders(
        [folder], rules=profile("documents")
    ).passed  # an area without a border has its counts still
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)
    with pytest.raises(FileError) as spoilt:
        audit_folders([folder])
    assert spoilt.value.message == said


def test_a_table_without_borders_in_a_geopackage_is_read_without_them(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=counts())})
    with closing(sqlite3.connect(folder / "layers" / "burglary.gpkg")) as base, base:
        base.execute("CREATE TABLE wards (code TEXT, n INTEGER)")
        base.executemany(
            "INSERT INTO wards VALUES (?, ?)", zip(WARDS.index, counts("wards").tolist(), strict=True)
        )
        base.execute("INSERT INTO gpkg_contents (table_name, data_type) VALUES ('wards', 'attributes')")
    assert set(WARDS.index) <= set(audit_folders([folder]).cells["area"])


def test_editions_of_other_areas_are_refused(publish: Publish) -> None:
    here = publish({"lsoas": table(LSOAS, n=counts())}, name="here")
    moved = LSOAS.set_axis([f"E019999{i:02d}" for i in range(16)], axis=0)
    there = publish({"lsoas": table(moved, n=counts())}, name="there")
    with pytest.raises(DataError) as other:
        audit_folders([here, there])
    assert other.value.message == f"'{here}' and '{there}' have no area in common"


def test_totals_that_do_not_add_are_left_out_and_counted(publish: Publish) -> None:
    # The wards' counts are not those of their LSOAs, as where they were counted by code.
    layers = {"lsoas": table(LSOAS, n=counts()), "wards": table(WARDS, n=counts("wards") + 1)}
    audit = audit_folders([publish(layers)])
    wards = list(WARDS.index)
    assert audit.links.to_dict("records") == [
        {"why": "wards less their lsoas", "hold": 0, "fail": 4, "of": wards}
    ]
    assert not audit.disagree


def test_a_profile_that_a_folder_states_is_what_it_is_held_to(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))}, profile="documents")
    audit = audit_folders([folder])
    assert (audit.rules, audit.stated, audit.passed) == (profile("documents"), True, True)
    assert audit_folders([folder], rules=profile("own", threshold=9)).passed is False
    (folder / "about" / "provenance.json").write_text(json.dumps({"profile": "nobody's"}), encoding="utf-8")
    with pytest.raises(DataError, match="states rules of publication that are none"):
        audit_folders([folder])


def test_all_zeros_and_one_area_are_no_small_counts(publish: Publish) -> None:
    one = LSOAS.iloc[:1]
    assert audit_folders([publish({"lsoas": table(one, n=[0])})]).narrowest is None
    hidden = publish({"lsoas": table(one, n=[None])}, name="hidden")
    assert audit_folders([hidden]).passed


def picture(path: Path, text: str) -> None:
    """Write a picture with a text into a PDF."""
    figure = Figure(figsize=(6, 2))
    figure.text(0.05, 0.5, text)
    figure.savefig(path, metadata={"CreationDate": None})


def test_what_a_pdf_says_is_read_and_a_damaged_one_is_told(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    picture(folder / "burglary_map.pdf", "Burglary in E01000001: 3 incidents")
    back = audit_folders([folder], rules=profile("documents")).given_back
    assert back[["area", "low", "high", "by"]].to_numpy().tolist() == [
        ["E01000001", 3, 3, "burglary_map.pdf, column 'text'"]
    ]
    (folder / "burglary_map.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(FileError) as damaged:
        audit_folders([folder])
    assert (
        damaged.value.message
        == "burglary_map.pdf cannot be read as PDF: it is damaged or was changed by hand"
    )


def test_files_that_are_not_read_are_said(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=rounded(counts()))})
    picture(folder / "map.pdf", "A map")
    (folder / "page.html").write_text(
        "<h2>Burglary</h2><table><tr><th>Ward</th><th>Incidents</th></tr><tr><td>Nowhere</td><td>3</td></tr></table>"
        "<table><tr><th>Weather</th><th>Days</th></tr><tr><td>Rain</td><td>3</td></tr></table>",
        encoding="utf-8",
    )
    assert set(audit_folders([folder]).unread) == {
        "map.pdf: a PDF, of which sentences are read, and tables and pictures are not",
        "page.html: the table 'Burglary', whose rows are not areas",
        "page.html, 'Burglary': 1 of 1 rows, whose names are of no one area",
    }


def test_areas_in_several_tables_are_one_area(publish: Publish) -> None:
    named = LSOAS.assign(name=[f"Street {i}" for i in range(16)])
    folder = publish({"lsoas": table(gpd.GeoDataFrame(named), n=rounded(counts()))})
    rows = "".join(
        f"<tr><td>{name}</td><td>{n}</td></tr>" for name, n in zip(named["name"], counts(), strict=True)
    )
    (folder / "report.html").write_text(
        f"<table><caption>Table 3. Burglary: all LSOAs</caption><tr><th>Ward</th><th>Incidents</th></tr>{rows}</table>",
        encoding="utf-8",
    )
    back = audit_folders([folder], rules=profile("documents")).given_back
    assert pd.Series(back["low"].to_numpy(), back["area"]).to_dict() == {
        "E01000001": 3,
        "E01000007": 2,
        "E01000012": 4,
    }
    assert set(back["by"]) == {"report.html, 'Burglary: all LSOAs', column 'n'"}


def test_a_row_without_a_code_is_told_and_the_others_are_audited(publish: Publish) -> None:
    folder = publish({"lsoas": table(LSOAS, n=counts())})
    path = folder / "tables" / "burglary_lsoas.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    _, comma, rest = lines[1].partition(",")
    lines[1] = comma + rest
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    audit = audit_folders([folder])
    assert any(
        "tables/burglary_lsoas.csv: 1 of 16 rows, which have no code" in line for line in audit.unread
    ), audit.unread
