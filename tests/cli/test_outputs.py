"""Outputs that are inputs, and two of one name: refused before any work, and nothing is replaced."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import hotspots as hotspots_package
import hotspots_cli

Run = Callable[..., tuple[int, str, str]]

CSV = "2025-01/2025-01-abbeyshire-street.csv"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            ["count", CSV, "--areas", "wards.gpkg", "-o", "./wards.gpkg"],
            [
                "Error: './wards.gpkg' is read by this command, and would be replaced by what it makes",
                "Hint: give another name to '-o'",
            ],
        ),
        (
            ["count", "plain", "--areas", "wards.gpkg", "-o", "plain/new.csv"],
            [
                "Error: 'plain/new.csv' is among what 'plain' stands for, and would be read as incidents",
                "Hint: give a name elsewhere to '-o', or name the files of incidents themselves",
            ],
        ),
        (
            ["count", "plain/*.csv", "--areas", "wards.gpkg", "-o", "plain/a.csv"],
            [
                "Error: 'plain/a.csv' is among what 'plain/*.csv' stands for, and would be read as incidents",
                "Hint: give a name elsewhere to '-o', or name the files of incidents themselves",
            ],
        ),
        (
            ["select", CSV, "--areas", "wards.gpkg", "-o", "a.gpkg", "--localities", "./a.gpkg"],
            [
                "Error: './a.gpkg' is named by '-o' and by '--localities', and holds one of them only",
                "Hint: give another name to '--localities'",
            ],
        ),
    ],
)
def test_what_is_read_or_written_otherwise_is_not_written(
    hotspots: Run, town: Path, words: list[str], lines: list[str]
) -> None:
    (town / "plain").mkdir()
    (town / "plain" / "a.csv").write_bytes((town / CSV).read_bytes())
    before = {path: path.read_bytes() for path in town.rglob("*") if path.is_file()}
    code, _, err = hotspots("-q", *words, "--overwrite")
    assert (code, err.splitlines()) == (1, lines)
    assert {path: path.read_bytes() for path in town.rglob("*") if path.is_file()} == before


def test_second_outputs_are_replaced_where_that_is_asked_for(hotspots: Run, town: Path) -> None:
    words = [
        "count",
        "2025-01",
        "--areas",
        "wards.gpkg",
        "-o",
        "2025-01/counts.csv",
    ]
    for more in ([], ["--overwrite"]):
        code, _, err = hotspots("-q", *words, *more)
        assert code == 0, err
    (town / "brief.html").write_text("old")
    words = [
        "select",
        CSV,
        "2025-02/2025-02-abbeyshire-street.csv",
        "--areas",
        "wards.gpkg",
        "--population-table",
        "people.csv",
        "--periods",
        "month",
    ]
    code, _, err = hotspots("-q", *words, "-o", "a.gpkg", "--brief", "brief.html", "--overwrite")
    assert code == 0, err
    assert (town / "brief.html").read_text() != "old"


RECIPE = f"""
title = "Town"
[incidents]
source = "{CSV}"
[[areas]]
source = "wards.gpkg"
label = "Wards"
[[theme]]
name = "All crime"
[count]
"""
# A run that comes to an end at its last step: the exchange of the new folder for the old.
ENDING = """
import errno, os, sys
from hotspots.base import exchange
from hotspots_cli.main import main
whole = exchange.change_places
def ending(one, other):
    if {after}:
        whole(one, other)
    {end}
exchange.change_places = ending
sys.argv = ["hotspots", "-q", "run", "r.toml", "-o", "out", "--overwrite"]
main()
"""


def test_a_run_that_ends_in_its_last_step_leaves_old_or_new(hotspots: Run, town: Path) -> None:
    (town / "r.toml").write_text(RECIPE)
    assert hotspots("run", "r.toml", "-o", "out")[0] == 0
    (town / "out" / "notes.txt").write_text("mine")
    (town / "r.toml").write_text(RECIPE.replace("All crime", "Everything"))

    def run(*, end: str, after: bool) -> tuple[int, str, list[str]]:
        roots = [str(Path(str(package.__file__)).parents[1]) for package in (hotspots_package, hotspots_cli)]
        done = subprocess.run(  # noqa: S603 - the command itself
            [sys.executable, "-c", ENDING.format(end=end, after=after)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*roots, os.environ.get("PYTHONPATH", "")])},
            capture_output=True,
            text=True,
            check=False,
        )
        layers = sorted(path.name for path in (town / "out" / "layers").glob("*_wards.gpkg"))
        assert (town / "out" / "notes.txt").read_text() == "mine"
        return done.returncode, done.stderr, layers

    old, new = ["all-crime_wards.gpkg"], ["everything_wards.gpkg"]
    full = f"raise OSError({errno.ENOSPC}, os.strerror({errno.ENOSPC}))"
    code, err, layers = run(end=full, after=False)
    assert (code, layers) == (1, old)
    assert err.splitlines() == [
        "Error: cannot write 'out' (No space left on device)",
        "Hint: make room on that disk, and on that of temporary files, or choose a folder on another with -o",
    ]
    assert run(end="os.kill(os.getpid(), 15)", after=False) == (143, "\nStopped.\n", old)
    assert not [path.name for path in town.iterdir() if path.name.startswith(".")]
    assert run(end="os.kill(os.getpid(), 9)", after=False) == (-9, "", old)
    assert [path.name for path in town.iterdir() if path.name.startswith(".")]
    assert run(end="os.kill(os.getpid(), 9)", after=True) == (-9, "", new)
    # The next run of any recipe beside it clears away what the killed ones left.
    assert hotspots("run", "r.toml", "-o", "other")[0] == 0
    assert not [path.name for path in town.iterdir() if path.name.startswith(".")]
