"""The gallery's check notices what a reader would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

GALLERY = Path(__file__).resolve().parents[1] / "maps"


@pytest.fixture(scope="module")
def gallery(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("maps/build_gallery.py")


def lines(gallery: ModuleType, folder: Path, rate: list[float], flag: list[str]) -> pd.DataFrame:
    (folder / "tables").mkdir(exist_ok=True)
    pd.DataFrame({"rate": rate, "flag": flag}).to_csv(folder / "tables" / "wards.csv", index=False)
    summed: pd.DataFrame = gallery.numbers(folder)
    return summed


def test_a_table_is_summed_up_by_a_line_for_each_column(gallery: ModuleType, tmp_path: Path) -> None:
    summed = lines(gallery, tmp_path, [3.0, 1.5], ["Above", "Average"]).set_index("column")
    # weighted: 1 x 3 + 2 x 1.5 = 6
    row = summed.loc["rate"]
    assert [row[name] for name in ("known", "total", "weighted", "least", "greatest")] == [2, 4.5, 6, 1.5, 3]
    assert len(str(summed.loc["flag", "words"])) == 12


@pytest.mark.parametrize(
    ("rate", "flag", "column"),
    [([1.5, 3.0], ["Above", "Average"], "rate"), ([3.0, 1.5], ["Average", "Above"], "flag")],
    ids=["two areas exchange their rates", "two areas exchange their flags"],
)
def test_values_that_change_places_are_noticed(
    gallery: ModuleType, tmp_path: Path, rate: list[float], flag: list[str], column: str
) -> None:
    old = lines(gallery, tmp_path, [3.0, 1.5], ["Above", "Average"])
    new = lines(gallery, tmp_path, rate, flag)
    assert gallery.changed_numbers("x", old, old) == []
    assert gallery.changed_numbers("x", old, new) == [f"x: wards.csv, column {column} differs"]


def test_a_table_that_came_or_went_is_noticed(gallery: ModuleType, tmp_path: Path) -> None:
    old = lines(gallery, tmp_path, [3.0, 1.5], ["Above", "Average"])
    said = ["x: wards.csv, column flag differs", "x: wards.csv, column rate differs"]
    assert gallery.changed_numbers("x", old, old.iloc[:0]) == said
    assert gallery.changed_numbers("x", old.iloc[:0], old) == said


def test_an_example_keeps_what_a_reader_opens_and_no_more(gallery: ModuleType) -> None:
    examples = {path.parent for path in GALLERY.glob("*/analysis.toml")}
    assert {example.name for example in examples} == set(gallery.LAYERS)
    for example in examples:
        present = {path.relative_to(example).as_posix() for path in example.rglob("*") if path.is_file()}
        recipes = {path.name for path in example.glob("*.toml")}
        assert present == {*gallery.kept(example), *recipes, "map.png", "numbers.csv"}
    assert sum(path.stat().st_size for path in GALLERY.rglob("*")) < 8_000_000, "the gallery grows"
