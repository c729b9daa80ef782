from __future__ import annotations

from pathlib import Path

import pytest

from hotspots.base.errors import HotspotsError
from hotspots.fetch.settings import as_toml, read_settings


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOTSPOTS_SETTINGS", str(tmp_path / "own.toml"))
    return tmp_path / "own.toml"


def message() -> str:
    with pytest.raises(HotspotsError) as caught:
        read_settings()
    return str(caught.value)


def test_the_bundled_addresses_are_encrypted_and_complete(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOTSPOTS_SETTINGS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    made = read_settings()
    addresses = [made.police_archives, made.police_api, made.ons, *made.tables.values()]
    assert all(address.startswith("https://") for address in addresses)
    for kind, year in (("wards", 2024), ("lsoa", 2021), ("districts", 2024)):
        for detail in ("generalised", "full"):
            assert made.layer(kind, year, detail).startswith(made.ons)
            assert made.layer(kind, year, detail).endswith("/FeatureServer/0")


def test_a_key_of_ones_own_replaces_that_key_alone(own: Path) -> None:
    own.write_text(
        'ons = "https://ons.example/rest"\n[layers]\nwards-2024-full = "https://w.example/FeatureServer/3"\n'
    )
    made = read_settings()
    assert made.layer("wards", 2024, "full") == "https://w.example/FeatureServer/3"
    assert made.layer("wards", 2024, "generalised") == (
        "https://ons.example/rest/Wards_December_2024_Boundaries_UK_BGC/FeatureServer/0"
    )
    assert made.police_api == "https://data.police.uk/api"


def test_what_is_printed_can_be_read_back(own: Path) -> None:
    own.write_text('ons = "https://ons.example/rest"\n')
    made = read_settings()
    own.write_text(as_toml(made))
    assert read_settings() == made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('onss = "x"', "the settings file has the unknown key 'onss'\nHint: did you mean 'ons'?"),
        ("ons = 3", "'ons' is 3\nHint: it takes text in double quotes"),
        ('ons = "ftp://x"', "'ons' is 'ftp://x', which is no address\nHint: write it from https:// on"),
        (
            'ons = "https://me:secret@x"',
            "'ons' holds a name or a password\nHint: leave them out of addresses: these data are public",
        ),
        ("layers = 3", "'layers' is 3, not a table\nHint: write it as a table: [layers]"),
        ("[tables]\nimd-2025 = 3", "'tables.imd-2025' is 3\nHint: it takes text in double quotes"),
        (
            "ons = ",
            "the settings file is not valid TOML: Invalid value (at end of document)\nHint: text stands",
        ),
    ],
)
def test_slips_are_said(own: Path, text: str, expected: str) -> None:
    own.write_text(text)
    assert message().startswith(expected)


def test_a_file_that_is_named_and_not_there(own: Path) -> None:
    assert message() == (
        f"there is no settings file '{own}'\nHint: unset HOTSPOTS_SETTINGS, or write the file that it names"
    )
