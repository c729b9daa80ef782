"""The words in which the toolkit fails."""

from __future__ import annotations

from pathlib import Path

import pytest

import hotspots
from hotspots.base.errors import (
    CRSError,
    DataError,
    FileError,
    HotspotsError,
    HotspotsWarning,
    InferenceWarning,
    IslandsWarning,
    ParameterError,
    RecipeError,
    did_you_mean,
)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (DataError, ValueError),
        (CRSError, ValueError),
        (ParameterError, ValueError),
        (RecipeError, ValueError),
        (FileError, OSError),
    ],
)
def test_errors_are_caught_as_ours_and_as_the_builtin(
    kind: type[HotspotsError], builtin: type[Exception]
) -> None:
    for caught in (HotspotsError, builtin):
        with pytest.raises(caught):
            raise kind("what", hint="do")


def test_an_error_shows_its_hint_on_a_line_of_its_own() -> None:
    assert str(DataError("no rows", hint="add some")) == "no rows\nHint: add some"


def test_near_words_are_offered_whatever_their_case() -> None:
    assert did_you_mean("BURGLARRY", ["Burglary", "Robbery", "Drugs"]) == "did you mean 'Burglary'?"


def test_a_word_near_nothing_lists_at_most_twelve_choices() -> None:
    choices = [f"{letter}{letter}" for letter in "abcdefghijklmn"]
    assert (
        did_you_mean("zzzz", choices) == "choose from " + ", ".join(f"'{c}'" for c in choices[:12]) + ", ..."
    )


def test_warnings_are_told_apart_by_class_and_never_by_their_words() -> None:
    source = Path(hotspots.__file__).parent
    for kind in (IslandsWarning, InferenceWarning):
        assert issubclass(kind, HotspotsWarning)
    for path in source.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not ("message=" in line and "HotspotsWarning" in line), f"{path}: {line.strip()}"
