"""The commands as an analyst types them, against a site on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.fetch.conftest import Handler, Site, archive, estimates, months_to

from hotspots_cli.main import run

Output = pytest.CaptureFixture[str]


@pytest.fixture
def desk(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, and a site with everything on it."""
    site.files["/archive/2025-06.zip"] = archive(months_to("2025-06", 6))
    site.files["/wards.xlsx"] = estimates(tmp_path / "book.xlsx", "wards")
    monkeypatch.setattr("hotspots.fetch.web.time.sleep", lambda _: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hotspots(capsys: Output, *words: str) -> tuple[int, str, str]:
    code = run(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_from_nothing_to_a_map_by_names_and_at_another_desk(
    desk: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = hotspots(
        capsys, "fetch", "incidents", "--force", "abbeyshire", "--from", "2025-01", "--to", "2025-07"
    )
    assert code == 0
    assert err.splitlines()[1:] == [
        "police.uk/abbeyshire: Police-recorded crime and anti-social behaviour, Abbeyshire Police, 2025-01 to 2025-06 "
        "(6 months); 360 rows",
        "  Contains public sector information licensed under the Open Government Licence v3.0 (data.police.uk).",
        '  Use it by its name: source = "police.uk/abbeyshire" under [incidents]',
        "  6 months fetched: 2025-01 to 2025-06",
        "  1 month not yet published: 2025-07",
    ]
    code, _, err = hotspots(capsys, "fetch", "areas", "wards", "--force", "abbeyshire")
    assert code == 0
    assert (
        "ons/wards-2024-abbeyshire: Wards 2024, Abbeyshire: generalised (20 m), clipped to the coast; 9 rows"
        in err
    )
    assert hotspots(capsys, "fetch", "population", "wards")[0] == 0
    code, out, _ = hotspots(capsys, "fetch", "list")
    assert [line.split()[0] for line in out.splitlines()] == [
        "ons/population-wards-2024", "ons/wards-2024-abbeyshire", "police.uk/abbeyshire",
    ]  # fmt: skip
    code, _, err = hotspots(capsys, "fetch", "bundle", "-o", "desk.zip")
    assert code == 0
    assert err.endswith("There, type: hotspots fetch unpack desk.zip\n")

    monkeypatch.setenv("HOTSPOTS_CACHE", str(desk / "elsewhere"))
    monkeypatch.setitem(sys.modules, "httpx", None)  # a desk without a network needs none of it
    assert hotspots(capsys, "fetch", "unpack", "desk.zip")[0] == 0
    assert hotspots(capsys, "fetch", "check")[2] == "8 files of 3 sets are as they were fetched\n"
    (desk / "recipe.toml").write_text(
        'title = "Burglary"\n[incidents]\nsource = "police.uk/abbeyshire"\ncategory = "Burglary"\n'
        'period = "2025-01..2025-06"\n[[areas]]\nlabel = "Wards"\nsource = "ons/wards-2024-abbeyshire"\n'
        'population_table = "ons/population-wards-2024"\n'
    )
    code, _, err = hotspots(capsys, "run", "recipe.toml", "-o", "out")
    assert code == 0, err
    record = (desk / "out" / "about" / "provenance.json").read_text(encoding="utf-8")
    assert "2025-01/2025-01-abbeyshire-street.csv" in record
    assert "Source: Office for National Statistics licensed under the Open Government Licence v3.0." in record
    assert str(desk) not in record
    assert str(desk) not in err


def test_what_is_removed_is_gone_and_can_be_fetched_again(desk: Path, capsys: Output) -> None:
    hotspots(capsys, "fetch", "areas", "districts")
    assert hotspots(capsys, "boundaries", "show", "ons/districts-2024")[1].startswith(
        "Districts 2024, England and Wales"
    )
    assert hotspots(capsys, "boundaries", "copy", "ons/districts-2024", "-o", "d.gpkg")[0] == 0
    assert hotspots(capsys, "fetch", "remove", "ons/districts-2024") == (
        0,
        "",
        "Removed ons/districts-2024\n",
    )
    assert not (desk / "cache" / "ons").exists()
    code, _, err = hotspots(capsys, "fetch", "remove", "ons/districts-2024")
    assert (code, err) == (1, "Error: nothing has been fetched yet\nHint: see: hotspots fetch --help\n")


def test_a_changed_file_fails_the_check(desk: Path, capsys: Output) -> None:
    hotspots(capsys, "fetch", "population", "wards")
    path = next((desk / "cache").rglob("*.csv"))
    path.write_text("edited")
    assert hotspots(capsys, "fetch", "check")[::2] == (
        1,
        "Error: ons/population-wards-2024: 'population-wards-2024.csv' has changed since it was fetched\n"
        "Hint: fetch these sets again\n",
    )


def test_a_site_that_is_ill_is_asked_a_few_times_and_then_left(
    desk: Path, site: Site, capsys: Output
) -> None:
    def ill(handler: Handler) -> bool:
        handler.send(500, b"")
        return True

    site.faults["/api/forces"] = [ill] * 9
    code, _, err = hotspots(
        capsys, "fetch", "incidents", "--force", "a", "--from", "2025-01", "--to", "2025-01"
    )
    assert code == 1
    assert err.count("127.0.0.1: the server answers 500; trying again in") == 5
    assert "Error: 127.0.0.1 did not answer as it should: the server answers 500" in err


def test_settings_are_printed_as_they_are_used(desk: Path, site: Site, capsys: Output) -> None:
    code, out, err = hotspots(capsys, "fetch", "settings")
    assert code == 0
    assert f'police_api = "{site.url}/api"' in out
    assert err == f"Keys that differ belong into {desk / 'settings.toml'}\n"


def test_only_fetch_asks_for_anything(desk: Path, site: Site, capsys: Output) -> None:
    for words in (("boundaries", "list"), ("fetch", "list"), ("fetch", "check"), ("count", "police.uk/abbeyshire",
                  "--areas", "ons/wards-2024", "-o", "x.csv")):  # fmt: skip
        hotspots(capsys, *words)
    assert site.asked == []
