"""Commands that read from and write to databases, without a word of a password anywhere."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from hotspots.areas.reading import read_layer
from hotspots_cli.main import run


@pytest.fixture
def crimes(town: Path) -> str:
    """A DuckDB file with the town's incidents."""
    with duckdb.connect(str(town / "crime.duckdb")) as database:
        database.execute(
            f"CREATE TABLE street AS SELECT * FROM read_csv('{town}/*/*-street.csv', all_varchar = true)"
        )
    return "duckdb:///crime.duckdb"


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_counts_from_and_into_a_database_are_those_of_files(crimes: str, town: Path) -> None:
    options = ("--areas", "wards.gpkg", "--population-table", "people.csv")
    assert run(["count", f"{crimes}#street", *options, "-o", f"{crimes}#lab.counts"]) == 0
    assert run(["count", "2025-*/*.csv", *options, "-o", "counts.gpkg"]) == 0
    found, expected = (read_layer(name) for name in (f"{crimes}#lab.counts", "counts.gpkg"))
    assert found.drop(columns="geometry").equals(expected.drop(columns="geometry"))
    assert found.geometry.to_wkb().tolist() == expected.geometry.to_wkb().tolist()
    told = found.attrs["provenance"]["incidents"]["sources"]
    assert [source["name"] for source in told] == ["crime.duckdb#street"]
    assert run(["flag", f"{crimes}#lab.counts", "-o", f"{crimes}#lab.flags"]) == 0
    assert run(["flag", "counts.gpkg", "-o", "flags.gpkg"]) == 0
    flags = read_layer(f"{crimes}#lab.flags")
    assert flags["sd_flag"].tolist() == read_layer("flags.gpkg")["sd_flag"].tolist()
    assert str(town) not in str(flags.attrs["provenance"])


def said(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert run(list(words)) == 1
    return capsys.readouterr().err.splitlines()[-2:]


def test_what_is_no_output_is_said_before_any_work(crimes: str, capsys: pytest.CaptureFixture[str]) -> None:
    count = ("count", f"{crimes}#street", "--areas", "wards.gpkg", "-o")
    assert said(capsys, *count, crimes) == [
        "Error: the address of the database 'crime.duckdb' names no table to write",
        "Hint: write the table behind a #, as in '-o postgresql://server/database#schema.table'",
    ]
    assert said(capsys, *count, f"{crimes}#street", "--overwrite")[0].endswith(
        "is read by this command, and would be replaced by what it makes"
    )
    with duckdb.connect("crime.duckdb") as database:
        database.execute("CREATE TABLE taken (a int)")
    assert said(capsys, *count, f"{crimes}#taken") == [
        "Error: the database 'crime.duckdb' has a table 'taken' already",
        "Hint: choose another name, or allow it with --overwrite",
    ]
    assert said(capsys, "compare", "force", f"{crimes}#street", "--areas", "wards.gpkg", "--with",
                "recorded-crime-2017-18", "-o", f"{crimes}#table")[0] == (
        "Error: 'crime.duckdb#table' is a table of a database, which only layers are written into"
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("count", "postgresql://ann:s3cret@db/c#t", "--areas", "wards.gpkg", "-o", "a.gpkg"),
        ("count", "2025-*/*.csv", "--areas", "postgresql://ann:s3cret@db/c#t", "-o", "a.gpkg"),
        ("count", "2025-*/*.csv", "--areas", "wards.gpkg", "-o", "postgresql://ann:s3cret@db/c#t"),
        ("inspect", "postgresql://ann:s3cret@db/c#t"),
        ("flag", "postgresql:///c?password=s3cret#t", "-o", "a.gpkg"),
        ("kde", "2025-*/*.csv", "--areas", "wards.gpkg", "-o", "postgresql://ann:s3cret@db/c#t"),
    ],
)
@pytest.mark.usefixtures("town")
def test_a_password_is_refused_at_every_door_and_never_shown(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(list(words)) == 1
    told = capsys.readouterr()
    assert "the address of a database holds a password" in told.err
    assert "s3cret" not in told.err + told.out


RECIPE = """
title = "Abbeyshire"
source = "Calls"
attribution = "None"
[incidents]
source = "duckdb:///crime.duckdb#{rows}"
[[areas]]
label = "Wards"
source = "wards.gpkg"
population_table = "people.csv"
[flag]
"""


@pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")
def test_a_run_reads_from_a_database_and_keeps_its_layers_in_one(
    crimes: str, town: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = "SELECT * FROM street WHERE \\\"Crime type\\\" <> 'Secret matter'"
    (town / "all.toml").write_text(RECIPE.format(rows=chosen), encoding="utf-8")
    (town / "elsewhere").mkdir()
    monkeypatch.chdir(town / "elsewhere")
    first = ("run", "../all.toml", "-o", "first", "--into", "editions.gpkg", "--edition", "first")
    assert run(list(first)) == 0
    assert "Kept its layers in editions.gpkg as first" in capsys.readouterr().out
    assert not list(Path("first").rglob("*.aux.xml"))
    kept = read_layer("editions.gpkg", layer="first_all-incidents_wards")
    layer = read_layer("first/layers/all-incidents_wards.gpkg")
    assert kept.drop(columns="geometry").equals(layer.drop(columns="geometry"))
    record = Path("first/about/provenance.json").read_text(encoding="utf-8")
    assert "crime.duckdb#SELECT " in record
    for hidden in (str(town), "Secret matter"):
        assert hidden not in record
    second = ("run", "../all.toml", "-o", "second", "--into", f"duckdb:///{town}/out.duckdb#second")
    assert run([*second, "--since", "editions.gpkg#first"]) == 0
    assert Path("second/tables/since.csv").is_file()
    assert (
        read_layer(f"duckdb:///{town}/out.duckdb#second.all_incidents_wards")["n"].tolist()
        == layer["n"].tolist()
    )
    capsys.readouterr()
    assert (
        said(capsys, *first, "--overwrite", "--edition", "a/b")[0]
        == "Error: 'a/b' cannot be the name of an edition"
    )
    assert said(capsys, "run", "../all.toml", "-o", "third", "--into", "editions.gpkg", "--edition", "first")[
        0
    ] == ("Error: 'editions.gpkg' has an edition 'first' already")
    assert not Path("third").exists()
    assert run(["run", "../all.toml", "-o", "third", "--edition", "x"]) == 2
    assert said(
        capsys, "run", "../all.toml", "-o", "third", "--since", "editions.gpkg#first", "--public", "documents"
    ) == [
        "Error: 'editions.gpkg#first' is an edition of a store, but what may be published depends on all files of the "
        "earlier one",
        "Hint: name the folder of the earlier run with --since",
    ]
