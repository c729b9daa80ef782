"""Help is quick and plain; errors become two lines and an exit code."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hotspots._version import __version__

Run = Callable[..., tuple[int, str, str]]


def test_help_lists_every_command(hotspots: Run) -> None:
    code, out, _ = hotspots("-h")
    assert code == 0
    for name in ("demo", "run", "recipe", "inspect", "boundaries", "count", "kde", "gistar", "flag", "map"):
        assert f"\n  {name} " in out


def test_help_loads_no_data_library() -> None:
    source = (
        "import sys; from hotspots_cli.main import run; run(['--help']); "
        "heavy = {'numpy', 'pandas', 'geopandas', 'shapely', 'numba', 'folium', 'rasterio', 'esda', 'pyarrow'}; "
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_the_packages(hotspots: Run) -> None:
    assert hotspots("--version")[1] == f"hotspots, version {__version__}\n"


def test_a_mistyped_command_is_guessed(hotspots: Run) -> None:
    code, _, err = hotspots("cuont")
    assert code == 2
    assert "there is no command 'cuont': did you mean 'count'?" in err


def test_a_missing_option_is_the_command_lines_fault(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("count", town / "2025-01", "--areas", "wards.gpkg")
    assert code == 2
    assert "Missing option '-o' / '--output'" in err


def test_an_error_of_the_data_has_a_hint_and_exit_code_1(hotspots: Run, town: Path) -> None:
    code, out, err = hotspots("inspect", town / "none.csv")
    assert (code, out) == (1, "")
    assert err.splitlines()[0].startswith("Error: ")
    assert err.splitlines()[1].startswith("Hint: ")
    assert "Traceback" not in err


def test_too_little_memory_is_said(hotspots: Run, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("hotspots.areas.reading.read_areas", run_out)
    code, out, err = hotspots("count", town / "2025-01", "--areas", "wards.gpkg", "-o", "n.geojson")
    assert (code, out) == (1, "")
    assert err.splitlines()[-2:] == [
        "Error: there is too little memory for so much",
        "Hint: choose larger cells, fewer areas or fewer incidents at a time",
    ]
    assert not (town / "n.geojson").exists()


def test_quiet_keeps_standard_error_empty(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots("-q", "count", town / "2025-01", "--areas", "wards.gpkg", "-o", "-")
    assert (code, err) == (0, "")


def test_a_command_leaves_the_logger_as_it_was(
    hotspots: Callable[..., tuple[int, str, str]], town: Path
) -> None:
    logger = logging.getLogger("hotspots")
    before = logger.handlers, logger.propagate, logger.level
    assert hotspots("inspect", ".")[0] == 0
    assert (logger.handlers, logger.propagate, logger.level) == before


def test_a_hint_names_an_option_that_the_command_has(hotspots: Run, town: Path) -> None:
    code, _, err = hotspots(
        "kde", ".", "--areas", "wards.gpkg", "--cell-size", "900", "--bandwidth", "50", "-o", "k.tif"
    )
    assert code == 1
    hint = next(line for line in err.splitlines() if line.startswith("Hint: "))
    assert (
        hint == "Hint: give a --cell-size of 10 (a fifth of the bandwidth), or a --bandwidth of at least 900"
    )
    assert {"--cell-size", "--bandwidth"} <= set(hotspots("kde", "--help")[1].split())


def test_a_recipe_gets_its_own_words(hotspots: Run, town: Path) -> None:
    text = 'title = "T"\n[incidents]\nsource = "."\n[[areas]]\nlabel = "W"\nsource = "wards.gpkg"\n'
    (town / "a.toml").write_text(text + "[kde]\nbandwidth = 50\ncell_size = 900\n", encoding="utf-8")
    code, _, err = hotspots("run", "a.toml", "-o", "out")
    assert code == 1
    assert (
        "Hint: give a 'cell_size' of 10 (a fifth of the bandwidth), or a 'bandwidth' of at least 900" in err
    )


def test_notes_offer_the_options_of_the_command(hotspots: Run, town: Path) -> None:
    _, _, err = hotspots("count", "2025-01/*.csv", "--areas", "wards.gpkg", "-o", "counts.csv")
    assert "(choose others with --code, --name, --district or --population)" in err
    # What a note quotes of the data stays as it is.
    assert "code from 'WD19CD'" in err


def test_a_name_longer_than_a_file_can_have_is_told(hotspots: Run) -> None:
    code, _, err = hotspots("flag", "x" * 300 + ".geojson", "-o", "f.geojson")
    assert code == 1
    assert err.splitlines()[-2:] == [
        "Error: a name is longer than a file can have",
        "Hint: check what was typed, or shorten the name",
    ]
