"""A recipe with charts of months: what its layers, tables, report, workbook and map then hold."""

from __future__ import annotations

from pathlib import Path

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pptx
import pytest
import shapely
from pptx.enum.shapes import MSO_SHAPE_TYPE

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.export.document import Grid, Paragraphs, Section, Table
from hotspots.export.webmap.make import AreaView
from hotspots.publish.folder import run_recipe
from hotspots.publish.report.charts import charts_section
from hotspots.publish.views import analysis_views
from hotspots.publish.words.headline import headline

pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

RECIPE = """
title = "Sixteen wards"
[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All crime"
[[theme]]
name = "Burglary"
category = "Burglary"
[charts]
"""


def write(folder: Path, *, months: int = 12) -> Path:
    """Write sixteen wards of two districts; 60 burglaries in the last month of ward 3, where 10 are usual."""
    random = np.random.default_rng(3)
    wards = gpd.GeoDataFrame(
        {
            "code": [f"E05{k:06}" for k in range(16)],
            "name": [f"Ward {k}" for k in range(16)],
            "district": ["Northshire"] * 8 + ["Southshire"] * 8,
        },
        geometry=[shapely.box(400_000 + 900 * k, 300_000, 400_900 + 900 * k, 300_900) for k in range(16)],
        crs="EPSG:27700",
    )
    wards.to_file(folder / "wards.gpkg")
    rows = []
    for number, month in enumerate(pd.period_range("2025-01", periods=months, freq="M")):
        for k in range(16):
            for kind, mean in (("Burglary", 10), ("Drugs", 6)):
                n = 60 if (k, number, kind) == (3, months - 1, "Burglary") else random.poisson(mean)
                rows += [(str(month), 400_450 + 900 * k, 300_450, kind)] * int(n)
    table = pd.DataFrame(rows, columns=["Month", "Easting", "Northing", "Crime type"])
    table.to_csv(folder / "incidents.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    folder = write(tmp_path_factory.mktemp("charts"))
    return analyse(parse_recipe(RECIPE, folder=folder))


def section_of(analysis: Analysis) -> Section:
    found = charts_section(analysis, ("svg",))
    assert found is not None
    return found


def test_the_layer_tells_the_month_and_the_history(analysed: Analysis) -> None:
    table = analysed.themes[1].first
    row = table.loc["E05000003"]
    assert row["un_flag"] == "unusually high"
    assert row["un_text"].startswith("60 in December 2025, ")
    assert (table["un_flag"] == "as expected").sum() == 15
    assert set(table["hi_shape"].dropna().astype(str)) <= {"steady", "step up", "rising"}


def test_the_report_lists_it_first_and_draws_it(analysed: Analysis) -> None:
    section = section_of(analysed)
    assert section.title == "Unusual in December 2025"
    words = [text for block in section.blocks if isinstance(block, Paragraphs) for text in block.texts]
    assert any(text.startswith("Burglary in Ward 3 (Northshire): 60 in December 2025, ") for text in words)
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert table.rows[0][:3] == ["Ward 3 (Northshire)", "Burglary", "60"]
    assert table.rows[0][-1] == "unusually high"
    grids = [block for block in section.blocks if isinstance(block, Grid)]
    assert [len(grid.pictures) for grid in grids] == [2, 2]
    captions = [block.caption for block in section.blocks if isinstance(block, Table)]
    assert "The year" in captions, "it ends in December: nothing is left of it"
    drawn = grids[1].pictures[0]
    assert drawn.caption.startswith("Burglary in Ward 3")
    assert "December 2025 unusually high" in drawn.alt
    assert drawn.svg.startswith(b"<?xml")


def test_the_headline_names_the_most_unusual(analysed: Analysis) -> None:
    lines = headline(analysed)
    assert any(
        line.startswith("  Wards: 1 unusual in the last month charted, Ward 3 the most: 60 in ")
        for line in lines
    )


def test_a_recipe_without_the_table_has_no_section(tmp_path: Path) -> None:
    plain = analyse(parse_recipe(RECIPE.replace("[charts]", ""), folder=write(tmp_path)))
    assert plain.charts is None
    assert charts_section(plain, ("svg",)) is None
    assert "un_flag" not in plain.themes[0].first


def test_one_month_is_a_section_of_sentences(tmp_path: Path) -> None:
    found = analyse(parse_recipe(RECIPE, folder=write(tmp_path, months=1)))
    words = [
        text for block in section_of(found).blocks if isinstance(block, Paragraphs) for text in block.texts
    ]
    assert "There are no charts of areas: 1 month cannot tell what is usual." in words
    assert "un_flag" not in found.themes[0].first


def test_an_area_view_has_the_months_of_its_theme(analysed: Analysis) -> None:
    views = [
        view for view in analysis_views(analysed) if isinstance(view, AreaView) and view.group == "Burglary"
    ]
    assert {view.measure for view in views} >= {"Unusual", "History"}
    sparks = views[0].sparks
    assert sparks is not None
    assert sparks.months[-1] == "December 2025"
    assert sparks.n[3].tolist()[-1] == 60
    assert sparks.signal[3].tolist()[-1] == 1


def test_the_folder_has_tables_and_the_workbook_a_sheet(tmp_path: Path) -> None:
    recipe = parse_recipe(RECIPE + "[map]\n[report]\nsections = ['charts']\n", folder=write(tmp_path))
    made = run_recipe(recipe, tmp_path / "out")
    assert {"tables/unusual.csv", "tables/months.csv", "tables/year.csv"} <= set(made.files)
    first = pd.read_csv(tmp_path / "out" / "tables" / "unusual.csv").iloc[0]
    assert first[["code", "theme", "n"]].tolist() == ["E05000003", "Burglary", 60]
    assert len(pd.read_csv(tmp_path / "out" / "tables" / "months.csv")) == 16 * 2 * 12
    sheets = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx").sheetnames
    assert "Unusual this month" in sheets
    # The files end with December: the year is over.
    assert "The year" in sheets
    assert '"Incidents by month"' in (tmp_path / "out" / "map.html").read_text(encoding="utf-8")


def test_the_months_stand_in_word_and_on_slides(tmp_path: Path) -> None:
    asked = RECIPE + "[report]\nsections = ['charts']\nformats = ['docx', 'pptx']\n"
    run_recipe(parse_recipe(asked, folder=write(tmp_path)), tmp_path / "out")
    line = "Burglary in Ward 3 (Northshire): 60 in December 2025, "
    word = docx.Document(str(tmp_path / "out" / "report.docx"))
    assert any(paragraph.text.startswith(line) for paragraph in word.paragraphs)
    assert word.tables[0].cell(1, 0).text == "Ward 3 (Northshire)"
    pictures = len(word.inline_shapes)
    assert pictures == 4  # both themes of all areas, and the two areas that were least to be expected
    assert all("by month" in shape._inline.docPr.get("descr") for shape in word.inline_shapes)
    deck = pptx.Presentation(str(tmp_path / "out" / "report.pptx"))
    slides = [
        slide for slide in deck.slides if slide.shapes.title.text_frame.text == "Unusual in December 2025"
    ]
    shapes = [shape for slide in slides for shape in slide.shapes]
    assert sum(shape.shape_type == MSO_SHAPE_TYPE.PICTURE for shape in shapes) == pictures
    said = " ".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    notes = " ".join(slide.notes_slide.notes_text_frame.text for slide in slides)
    assert line in said + notes
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert [len(table.rows) for table in tables] == [11, 3]  # the twelve months, ten to a slide
    assert tables[0].cell(1, 0).text == "Ward 3 (Northshire)"
