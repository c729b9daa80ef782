"""Limits: refused with the number, raised in one place; nesting is told without recursion or parsing."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError, FileError, ParameterError, RecipeError
from hotspots.base.limits import NESTING, allowed, nesting_of, refuse_deep_json, refuse_deep_kml
from hotspots.base.toml import parse_toml, read_text
from hotspots.incidents import read_incidents
from hotspots.scale.stream import count_stream


def test_nesting_counts_lists_and_tables_within_each_other() -> None:
    assert [nesting_of(value) for value in list[object]((1, "[[[", [], {"a": [1, {"b": 2}]}))] == [0, 0, 1, 3]


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_json_that_would_end_the_process_is_refused_before_it_is_parsed(opens: str, closes: str) -> None:
    sound = opens * NESTING + "1" + closes * NESTING
    refuse_deep_json(sound.encode(), where="'a.geojson'")
    with pytest.raises(FileError) as found:
        refuse_deep_json(f"{opens}{sound}{closes}".encode(), where="'a.geojson'")
    assert found.value.message == "'a.geojson' nests its lists deeper than 100 times, which no layer does"
    with pytest.raises(FileError):
        refuse_deep_json((opens * 100_000).encode(), where="'a.geojson'")


def test_brackets_in_texts_are_no_depth() -> None:
    refuse_deep_json(json.dumps({"name": '[{"' * 500 + "\\"}).encode(), where="'a.geojson'")


@pytest.mark.parametrize("holder", ["Folder", "MultiGeometry", "kml:Folder"])
def test_a_kml_that_no_reader_gets_to_the_bottom_of(holder: str) -> None:
    sound = f"<{holder} id='1'>" * NESTING + f"</{holder}>" * NESTING
    refuse_deep_kml(sound.encode() * 2, where="'a.kml'")
    with pytest.raises(FileError) as found:
        refuse_deep_kml(f"<Document>{sound}".encode(), where="'a.kml'")
    assert found.value.message == "'a.kml' nests its folders deeper than 100 times, which no layer does"


def test_a_recipe_with_a_key_of_many_parts() -> None:
    """The parser's time and memory go with the square of the parts: 50,000 took 6 GB and a minute."""
    assert parse_toml("a." * 99 + 'b = "' + "c." * 500 + ' x"', what="recipe")
    for key in ("a." * 100 + "b", "'a' . " * 50_000 + "b", '"a".' * 200 + "b"):
        with pytest.raises(RecipeError) as found:
            parse_toml(f"{key} = 1", what="recipe")
        assert found.value.message == "the recipe has a key of more than 100 parts"


def test_a_recipe_that_nests_or_is_longer_than_any(tmp_path: Path) -> None:
    assert parse_toml("a = " + "[" * 99 + "]" * 99, what="plan")
    with pytest.raises(RecipeError, match="the plan nests lists or tables deeper than 100 times"):
        parse_toml("a = " + "[" * 100 + "]" * 100, what="plan")
    (tmp_path / "r.toml").write_bytes(b"# note\n" * 1_500_000)
    with pytest.raises(FileError, match=r"the recipe '.*r.toml' has 10 MB, more than 10"):
        read_text(tmp_path / "r.toml", what="recipe", hint="start one")


@pytest.mark.parametrize(
    ("held", "message", "hint"),
    [
        ("category=9", "HOTSPOTS_LIMITS names 'category'", "did you mean 'categories'?"),
        (
            "rows=many",
            "HOTSPOTS_LIMITS holds 'rows=many', which is no limit",
            "write it as rows=12000000, and several with commas between them",
        ),
        (
            "files=0",
            "HOTSPOTS_LIMITS holds 'files=0', which is no limit",
            "write it as files=10000, and several with commas between them",
        ),
    ],
)
def test_a_variable_that_says_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, held: str, message: str, hint: str
) -> None:
    monkeypatch.setenv("HOTSPOTS_LIMITS", held)
    with pytest.raises(ParameterError) as found:
        allowed("letters")
    assert (found.value.message, found.value.hint) == (message, hint)


def test_several_limits_are_raised_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_LIMITS", "categories=10000, files=20000;letters=2000")
    assert [allowed(name) for name in ("categories", "files", "letters", "ratio")] == [
        10_000,
        20_000,
        2_000,
        200,
    ]


@pytest.fixture
def incidents(tmp_path: Path) -> Path:
    path = tmp_path / "i.csv"
    rows = [f"2025-01,400{place}00,300100,kind {place}" for place in range(9)]
    path.write_text("Month,Easting,Northing,Crime type\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def areas() -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(
        {"WD24CD": ["E05000001"], "WD24NM": ["Hill"]}, geometry=[box(4e5, 3e5, 401e3, 301e3)], crs=27700
    )
    return read_areas(table)


def test_more_categories_than_any_list_of_offences(
    incidents: Path, areas: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_LIMITS", "categories=8")
    for read in (lambda: read_incidents(incidents), lambda: count_stream([incidents], areas)):
        with pytest.raises(DataError) as found:
            read()
        assert found.value.message == (
            "column 'Crime type' of 'i.csv' holds more than 8 categories, such as 'kind 0'"
        )
        assert found.value.hint == (
            "name the column of categories with 'category_column'; or allow so many, if there is memory for them, "
            "with HOTSPOTS_LIMITS=categories=80 in the environment"
        )
    monkeypatch.setenv("HOTSPOTS_LIMITS", "categories=9")
    assert read_incidents(incidents)[1].used == 9
    assert count_stream([incidents], areas).n.sum() == 9


def test_more_rows_than_memory_is_to_hold_are_read_in_batches_alone(
    incidents: Path, areas: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_LIMITS", "rows=8")
    with pytest.raises(DataError) as found:
        read_incidents(incidents)
    assert found.value.message == (
        "there are more than 8 rows, and what is asked for holds all of them in memory"
    )
    assert count_stream([incidents], areas).n.sum() == 9
    monkeypatch.setenv("HOTSPOTS_LIMITS", "rows=9")
    assert read_incidents(incidents)[1].used == 9


def test_names_of_a_megabyte(incidents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * 1_048_576
    incidents.write_text(incidents.read_text(encoding="utf-8").replace("kind 8", long), encoding="utf-8")
    with pytest.raises(DataError) as found:
        read_incidents(incidents)
    assert found.value.message == (
        f"column 'Crime type' of 'i.csv' holds a name of 1,048,576 letters, more than 1,000: '{'x' * 40}...'"
    )
    table = gpd.GeoDataFrame(
        {"WD24CD": ["E05000001"], "WD24NM": [long]}, geometry=[box(4e5, 3e5, 401e3, 301e3)], crs=27700
    )
    with pytest.raises(DataError, match="the layer holds a name of 1,048,576 letters"):
        read_areas(table)
    monkeypatch.setenv("HOTSPOTS_LIMITS", "letters=2000000")
    assert read_incidents(incidents)[1].used == 9
    assert len(read_areas(table)) == 1
