"""Hot times through a recipe: section, sheet, table, record; what is not there is said."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pptx
import pytest
from pptx.enum.shapes import MSO_SHAPE_TYPE
from shapely import box

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import DataError, HotspotsWarning, RecipeError
from hotspots.export.document import Terms
from hotspots.publish.folder import run_recipe
from hotspots.publish.report.document import make_document

RECIPE = """
title = "Robbery"
source = "Made up"
attribution = "No licence."
[incidents]
source = "robbery.csv"
time_column = "At"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "Robbery"
[report]
"""
TIMES = """
[times]
bands = ["21:00-04:00"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve wards and 240 robberies of June 2025, two of them outside the wards."""
    squares = [box(x, 330_000, x + 1000, 331_000) for x in range(400_000, 412_000, 1000)]
    codes = [f"E050000{number:02d}" for number in range(1, 13)]
    table = {"code": codes, "name": codes, "district": "West", "population": 1000}
    gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700").to_file(tmp_path / "wards.gpkg")
    rng = np.random.default_rng(4)
    rows = [
        f"{400_500 + 1000 * (number % 12 if number % 120 else 40)},330500,Robbery,{rng.integers(1, 31):02d}/06/2025,"
        f"{rng.integers(0, 24):02d}:{rng.integers(2, 60):02d}"
        for number in range(240)
    ]
    text = "\n".join(["Easting,Northing,Category,Date,At", *rows]) + "\n"
    (tmp_path / "robbery.csv").write_text(text, encoding="utf-8")
    return tmp_path


def recipe(folder: Path, text: str) -> Path:
    path = folder / "a.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_leaves_the_grid_in_report_workbook_table_and_record(folder: Path) -> None:
    asked = RECIPE.replace("[report]", '[report]\nformats = ["html", "pptx"]') + TIMES
    analysis = analyse(read_recipe(recipe(folder, asked)))
    made = analysis.themes[0].times
    assert made is not None
    assert made.n == analysis.themes[0].n == 238  # inside the wards
    assert made.zone == "Europe/London"
    section = next(one for one in make_document(analysis).sections if one.title == "Hot times")
    assert [part.title for part in section.parts] == ["Robbery"]
    (theme,) = next(one for one in make_document(analysis).sections if one.title == "Themes").parts
    terms = next(dict(block.pairs) for block in theme.blocks if isinstance(block, Terms))
    assert terms["When:"] == "No hours stand out beyond chance."  # days and hours are drawn at random
    run_recipe(read_recipe(folder / "a.toml"), folder / "out")
    deck = pptx.Presentation(str(folder / "out" / "report.pptx"))
    (slide,) = [one for one in deck.slides if one.shapes.title.text_frame.text == "Hot times: Robbery"]
    words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert "No hours stand out beyond chance." in words
    assert "21:00 to 04:00: " in words
    assert any(shape.shape_type == MSO_SHAPE_TYPE.PICTURE for shape in slide.shapes)
    table = pd.read_csv(folder / "out" / "tables" / "times_robbery.csv")
    assert table["n"].iloc[-1] == made.n
    assert "Robbery – hot times" in openpyxl.load_workbook(folder / "out" / "tables.xlsx").sheetnames
    record = json.loads((folder / "out" / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert "times" in json.dumps(record["dispersion"])


def test_without_the_table_no_times_are_read(folder: Path) -> None:
    analysis = analyse(read_recipe(recipe(folder, RECIPE)))
    assert analysis.themes[0].times is None
    assert "Hot times" not in [one.title for one in make_document(analysis).sections]


def test_themes_without_times_are_said_and_refused_where_they_are_named(folder: Path) -> None:
    text = (folder / "robbery.csv").read_text(encoding="utf-8").splitlines()
    bare = "\n".join(line.rsplit(",", 1)[0] + "," for line in text[1:])
    (folder / "robbery.csv").write_text(f"{text[0]}\n{bare}\n", encoding="utf-8")
    path = recipe(folder, RECIPE + TIMES)
    with pytest.warns(
        HotspotsWarning, match=r"^Robbery: there are no hot times: no incident has a time of day"
    ):
        assert analyse(read_recipe(path)).themes[0].times is None
    with pytest.raises(DataError, match=r"^no incident has a time of day"):
        analyse(read_recipe(recipe(folder, RECIPE + TIMES + 'theme = ["Robbery"]\n')))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('time_zone = "Londn"', "[times]: 'time_zone' is 'Londn', which is no time zone"),
        ('shifts = ["22:00-07:00", "9-5"]', "[times]: 'hours' holds '9-5'"),
        ('by = ["weekday", "hour", "month"]', "[times]: 'by' is weekday and hour and month"),
        ('theme = ["Burglary"]', "[times] names the theme 'Burglary', which is not in the recipe"),
    ],
)
def test_slips_are_told_before_anything_is_read(folder: Path, line: str, message: str) -> None:
    with pytest.raises(RecipeError) as raised:
        read_recipe(recipe(folder, f"{RECIPE}[times]\n{line}\n"))
    assert raised.value.message == message
    assert raised.value.hint
