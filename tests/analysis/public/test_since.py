"""The county's folder of November and of December: what the second hides because of the first, and its certificate."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hotspots.analysis.audit.audit import audit_folders
from hotspots.analysis.recipe.tables import Recipe
from hotspots.publish.folder import run_recipe

pytestmark = pytest.mark.source  # long: once is enough


def until(recipe: Recipe, month: str) -> Recipe:
    """The recipe of an edition with counts, flags and months alone."""
    return replace(
        recipe,
        incidents=(replace(recipe.incidents[0], period=f"2025-01..{month}"),),
        gistar=None,
        emerging=None,
        select=None,
        repeats=None,
        times=None,
        map=None,
        report=None,
        classes=(),
        breakdown=(),
        share=(),
    )


def test_december_is_published_beside_november(
    recipe: Recipe, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = run_recipe(until(recipe, "2025-11"), tmp_path / "november").folder
    with caplog.at_level(logging.INFO, "hotspots"):
        second = run_recipe(until(recipe, "2025-12"), tmp_path / "december", since=first).folder
    told = re.search(
        r"Of [\d,]+ counts that could be shown (\d+) are hidden because of what the earlier edition shows",
        caplog.text,
    )
    assert told is not None
    assert int(told[1]) > 0  # or nothing was tried
    assert audit_folders([first, second]).passed
    held = json.loads((second / "about" / "disclosure.json").read_text(encoding="utf-8"))
    assert held["folders"] == ["this folder", "november"]
    assert str(tmp_path) not in (second / "about" / "disclosure.html").read_text(encoding="utf-8")
