"""Every command of the tutorials can be typed as it stands, and says what the page says it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from hotspots_cli.main import run

PAGES = Path(__file__).resolve().parents[1] / "docs" / "tutorials"


def commands(page: str) -> list[list[str]]:
    """The page's commands in order, without the demo, which has tests of its own."""
    lines = re.findall(r"^    hotspots (.+)$", (PAGES / f"{page}.md").read_text(encoding="utf-8"), re.M)
    return [shlex.split(line) for line in lines if not line.startswith("demo ")]


def test_the_analysts_tutorial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    told = []
    for command in commands("analyst"):
        assert run(command) == 0, command
        told.append("".join(capfd.readouterr()))
    inspected, counted = told[:2]
    assert re.search(r"without coordinates +3,771 +4\.3%", inspected)
    assert re.search(r"Robbery +763 +655 +85\.8%", inspected)  # so 14.2 % are without
    assert "1,996 of 2,029 incidents placed by polygon" in counted
    made = ["analysis.toml", "burglary.gpkg", "burglary.html", "burglary.png", "burglary.tif"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*made, "counted.gpkg", "flagged.gpkg"]


def test_the_gis_officers_tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in commands("gis-officer"):
        assert run(command) == 0, command
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["wards.gpkg", "wards_2018.geojson", "wards_2018.gpkg"]
