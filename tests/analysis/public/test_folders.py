"""The county's folder for publication, by two profiles: written, audited from its files, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hotspots.analysis.recipe.tables import Publish, Recipe
from hotspots.publish.folder import Outcome, run_recipe

UNNAMED = (
    "Left out: the names of files of incidents that are not police.uk's, which are numbered: a name may be that of a "
    "person or a case."
)


@pytest.fixture(scope="module")
def rounded(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The folder by the profile `documents`."""
    return run_recipe(recipe, tmp_path_factory.mktemp("rounded") / "out")


def left_out(outcome: Outcome) -> list[str]:
    published = outcome.analysis.published
    assert published is not None
    return list(published.left_out)


def test_what_stays_out_of_a_rounded_folder_is_told_with_its_reason(rounded: Outcome) -> None:
    assert left_out(rounded) == [
        "Left out: repeat locations and people met again, since each tells of one place or of single people.",
        "Left out: what is unusual in the last month of single areas and partnerships, and the shape of their history: "
        "where few incidents are rounded or hidden, they would show the rules and not the months.",
        "Left out: times of burglary: 168 cells of time are too many for so few incidents.",
        "Left out: shares of single areas, which would tell on few incidents.",
        UNNAMED,
    ]
    page = unescape((rounded.folder / "about" / "disclosure.html").read_text(encoding="utf-8"))
    for sentence in left_out(rounded):
        assert sentence in page


def test_every_count_without_an_area_is_rounded(rounded: Outcome) -> None:
    tables = {
        path.name: pd.read_csv(path)
        for path in (rounded.folder / "tables").glob("*.csv")
        if path.name.startswith(("people_", "times_"))
    }
    assert {name.partition("_")[0] for name in tables} == {"people", "times"}
    # Age twice, age and sex, three shares by district and class each but one theme's times.
    assert len(tables) == 8
    for name, table in tables.items():
        held = table[[column for column in ("n", "of_n", "of_base") if column in table]].dropna()
        assert (held % 10 == 0).all(axis=None), name


def test_months_of_areas_are_rounded_and_kinds_of_hotspots_are_of_them(rounded: Outcome) -> None:
    theme = rounded.analysis.themes[0]
    assert theme.monthly is not None
    assert (theme.monthly.fillna(0) % 10 == 0).all(axis=None)
    assert theme.first["em_class"].notna().all()


def test_priorities_stay_where_counts_are_hidden(recipe: Recipe, tmp_path: Path) -> None:
    asked = replace(recipe, publish=Publish(profile="nhs"), map=None, report=None, times=None, share=())
    outcome = run_recipe(asked, tmp_path / "out")
    selection = outcome.analysis.selection
    assert selection is not None
    table = selection.layers[0].table
    assert table["rank"].notna().all()
    themes = [theme.first["n"].to_numpy(dtype=float) for theme in outcome.analysis.themes]
    shown = np.isfinite(themes[0]) & np.isfinite(themes[1])
    assert (table["n"].notna().to_numpy() == shown).all()
    assert selection.tally.periods == ("2025",)
    assert left_out(outcome)[-3:] == [
        "Priorities rest on the whole period at once, not on its quarters: counts of single areas in shorter periods "
        "would tell on few incidents.",
        "Priorities by partnership are left out: the rules hide counts that they are made of.",
        UNNAMED,
    ]
