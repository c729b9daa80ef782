"""The report and the workbook of a whole analysis, with figures worked by hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pptx
import pytest
import shapely

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import RecipeError
from hotspots.export.document import Document, Grid, Paragraphs, Picture, Section, Slot, Table, Terms
from hotspots.export.pages.report import report_html
from hotspots.publish.folder import run_recipe
from hotspots.publish.report.document import make_document, write_tables
from hotspots.publish.words.change import season_words, year_words

# So few areas and incidents draw warnings that are not the report's.
pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

SCRIPT = '<script>alert("1")</script>'
RECIPE = """
title = "Town & <b>country</b>"
source = "police.uk"
attribution = "OGL v3.0"
[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All"
[[theme]]
name = "Burglary"
category = "Burglary"
[flag]
"""
# Six wards of 1,000 people. July 2024: 10 incidents each; July 2025: 60 in the first ward, 10 in the others.
COUNTS = {"2024-07": [10] * 6, "2025-07": [60, 10, 10, 10, 10, 10]}


def write_wards(folder: Path, *districts: str) -> None:
    """Six wards a district, side by side."""
    count = 6 * len(districts)
    wards = gpd.GeoDataFrame(
        {
            "code": [f"E050000{i:02d}" for i in range(count)],
            "name": [SCRIPT, *(f"Ward {i}" for i in range(1, count))],
            "district": [name for name in districts for _ in range(6)],
            "population": 1000.0,
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(count)],
        crs="EPSG:27700",
    )
    wards.to_file(folder / "wards.gpkg")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    write_wards(tmp_path, "Abbeyshire")
    write_incidents(tmp_path, COUNTS)
    return tmp_path


def write_incidents(folder: Path, counts: dict[str, list[int]]) -> None:
    rows = [
        {"Easting": 4e5 + 1000 * ward + 500, "Northing": 300_500, "Crime type": kind, "Month": month}
        for month, numbers in counts.items()
        for ward, number in enumerate(numbers)
        for kind in ["Burglary"] * (number // 10) + ["Drugs"] * (number - number // 10)
    ]
    rows.append({"Easting": None, "Northing": None, "Crime type": "Drugs", "Month": min(counts)})
    pd.DataFrame(rows).to_csv(folder / "incidents.csv", index=False)


def run(folder: Path, more: str = "") -> Analysis:
    return analyse(parse_recipe(RECIPE + more, folder=folder))


def blocks(document: Document, kind: type[Any]) -> list[Any]:
    every = [
        block
        for section in document.sections
        for block in (*section.blocks, *(block for part in section.parts for block in part.blocks))
    ]
    every += [picture for block in every if isinstance(block, Grid) for picture in block.pictures]
    return [block for block in every if isinstance(block, kind)]


def table(document: Document, caption: str) -> Table:
    found: Table = next(block for block in blocks(document, Table) if block.caption.startswith(caption))
    return found


def test_the_ward_table_is_that_of_a_strategic_assessment(town: Path) -> None:
    # n = 70, 20, 20, 20, 20, 20 over 2 months; rates n x 6 = 420, 120, ...; mean 170, sample SD
    # sqrt((250² + 5 x 50²) / 5) = 122.5: above over 292.5, significantly above over 414.9.
    found = table(make_document(run(town)), "All: Ward-level")
    assert (
        found.caption
        == "All: Ward-level count and rate, July 2024, July 2025 (where the rate is above the ward-level average)"
    )
    assert found.headings == [
        "Ward Name",
        "Partnership Area",
        "Count (rounded) + rate per 1,000 population",
        "Difference to ward average ¹",
    ]
    assert found.rows == [[SCRIPT, "Abbeyshire", "70 (420.0 per 1,000)", "Significantly above"]]
    assert found.note == (
        "¹ Above: over the mean of the wards compared (170.0) plus one standard deviation (292.5). Significantly "
        "above: over the mean plus two standard deviations (414.9). The standard deviation is the sample's, and each "
        "area counts alike. Counts are rounded to the nearest 10; rates are per 1,000 people a year, from the exact "
        "counts. The order is that of the rate."
    )


def test_flagged_counts_have_no_rate_and_districts_no_common_limits(town: Path) -> None:
    write_wards(town, "Abbeyshire", "Burshire")
    write_incidents(town, {"2025-07": [70, *[20] * 5, *[10] * 5, 50]})
    document = make_document(run(town, 'value = "n"\nwithin = "district"\n'))
    found = table(document, "All: Ward-level")
    # Each district's largest is 2.04 SD above its own mean of six, whatever the other's.
    assert found.rows == [
        [SCRIPT, "Abbeyshire", "70", "Significantly above"],
        ["Ward 11", "Burshire", "50", "Significantly above"],
    ]
    assert found.headings[2:] == ["Count (rounded)", "Difference to ward average ¹"]
    assert found.note.startswith(
        "¹ Above: over the mean of the wards of its own district plus one standard deviation."
    )
    assert "rates" not in found.note


def test_where_no_area_is_above_the_average_it_says_so(town: Path) -> None:
    write_incidents(town, {"2025-07": [10] * 6})
    document = make_document(run(town))
    said = [text for block in blocks(document, Paragraphs) for text in block.texts]
    assert "All: no ward is above the average." in said
    assert ("All:", "No ward is significantly above the average.") in [
        pair for block in blocks(document, Terms) for pair in block.pairs
    ]


def test_the_headline_has_each_themes_figures(town: Path) -> None:
    document = make_document(run(town))
    found = table(document, "The themes at a glance")
    assert found.headings == [
        "Theme",
        "Incidents",
        "Rate per 1,000 people a year",
        "Change since the year before",
        "Wards significantly above average",
    ]
    # 170 incidents, 6,000 people, 2 months: 170 / 6 x 6 = 170 a year; 60 became 110. Burglary: 6 became 11.
    assert found.rows == [
        ["All", "170", "170.0", "up 83%", "1"],
        ["Burglary", "17", "17.0", "no clear change", "1"],
    ]
    terms = [pair for block in blocks(document, Terms) for pair in block.pairs]
    assert next(pair for pair in terms if pair[0] == "All:") == (
        "All:",
        f"1 ward is significantly above the average: {SCRIPT} (Abbeyshire, 420.0) (per 1,000 people a year).",
    )


def test_risk_lists_the_areas_over_the_multiple_with_their_probability(town: Path) -> None:
    # The first ward has 70 incidents where the twelve have 24.2 on average, 2.9 times the rate of all.
    write_wards(town, "Abbeyshire", "Burshire")
    write_incidents(town, {"2025-07": [70, *[20] * 11]})
    document = make_document(run(town, "[risk]\n"))
    found = table(document, "All: wards over the multiple")
    assert [row[:3] for row in found.rows] == [[f"{SCRIPT} (Abbeyshire)", "70", "840.0"]]
    assert 0.8 <= float(found.rows[0][4]) <= 1
    assert found.rows[0][5] in ("clearly", "likely")
    assert "more than 2 times that of all areas" in report_html(document)
    five = make_document(run(town, "[risk]\ntimes = 5\n"))
    assert "more than 5 times that of all areas" in report_html(five)
    assert "No ward is clearly or likely over it." in report_html(five)
    assert "Risk" not in [section.title for section in make_document(run(town)).sections]


def test_change_compares_the_same_months(town: Path) -> None:
    document = make_document(run(town))
    years = table(document, "Incidents inside the areas in July of each year")
    assert years.headings[1:4] == ["2024", "2025", "Change, 2024 to 2025"]
    assert years.rows[0][:4] == ["All", "60", "110", "up 83%"]
    assert years.rows[0][4].startswith("+")
    areas = table(document, "Wards with a clear change")
    assert areas.headings == ["Name", "Partnership area", "July 2024", "July 2025", "Change", "95% limits"]
    assert [row[:5] for row in areas.rows] == [[SCRIPT, "Abbeyshire", "10", "60", "up 500%"]]
    said = [text for block in blocks(document, Paragraphs) for text in block.texts]
    assert (
        "Of 6 wards, 1 went up and 0 went down; in the others chance alone could explain the change." in said
    )


@pytest.mark.parametrize(
    ("months", "words", "labels"),
    [
        (
            ["2023-01", "2023-02", "2024-01", "2024-02", "2025-01", "2025-02"],
            "January to February",
            ("2023", "2024", "2025"),
        ),
        (
            ["2023-02", "2024-01", "2024-02", "2024-03", "2025-01", "2025-03"],
            "January, March",
            ("2024", "2025"),
        ),
        (
            [str(month) for month in pd.period_range("2022-04", "2025-03", freq="M")],
            "April to March",
            ("2022/23", "2023/24", "2024/25"),
        ),
        (
            [str(month) for month in pd.period_range("2024-01", "2025-04", freq="M")],
            "January to April",
            ("2024", "2025"),
        ),
        (["2024-01", "2025-01", "2025-02"], None, None),
        (["2025-01", "2025-02"], None, None),
    ],
)
def test_years_are_compared_where_both_have_all_months(
    town: Path, months: list[str], words: str | None, labels: tuple[str, ...] | None
) -> None:
    write_incidents(town, {month: [10] * 6 for month in months})
    analysis = run(town)
    found = analysis.comparison
    assert (found and season_words(found.after)) == words
    assert (found and tuple(year_words(year) for year in found.periods)) == labels
    titles = [section.title for section in make_document(analysis).sections]
    assert ("Change since the year before" in titles) == (words is not None)


def test_a_last_month_that_looks_incomplete_is_pointed_out(town: Path) -> None:
    whole = {str(month): [10] * 6 for month in pd.period_range("2024-01", "2025-02", freq="M")}
    write_incidents(town, whole | {"2025-03": [1] * 6, "2024-03": [10] * 6})
    said = [text for block in blocks(make_document(run(town)), Paragraphs) for text in block.texts]
    assert "The last month, 2025-03, looks incomplete; where it is, the change is understated." in said
    assert "The last month, 2025-03, looks incomplete: it has under half the usual rows." in said


def test_every_row_is_accounted_for(town: Path) -> None:
    document = make_document(run(town))
    assert table(document, "The account of the rows").rows == [
        ["Rows read", "171", ""],
        ["Rows used", "171", "100.0%"],
        ["of which inside the areas", "170", "99.4%"],
        ["of which outside all areas", "0", "0.0%"],
        ["of which without coordinates", "1", "0.6%"],
    ]
    assert table(document, "Rows with coordinates, by category").rows == [
        ["Drugs", "154", "153", "99.4%"],
        ["Burglary", "17", "17", "100.0%"],
        ["All", "171", "170", "99.4%"],
    ]
    assert table(document, "Rows used, by month").rows == [["2024", "61", "61"], ["2025", "110", "110"]]
    assert table(document, "The files").rows[0][:2] == ["incidents.csv", "171"]


def test_the_recipe_chooses_the_sections_and_their_order(town: Path) -> None:
    document = make_document(run(town, '[report]\nsections = ["methods", "tables"]\n'))
    assert [section.title for section in document.sections] == ["How it was made", "Areas above the average"]
    with pytest.raises(RecipeError) as caught:
        run(town, '[report]\nsections = ["table"]\n')
    assert caught.value.message == "'sections' in [report] is 'table'"
    assert caught.value.hint == "did you mean 'tables'?"


PLAN = '[[indicator]]\ngroup = "crime"\n[sure]\nruns = 99\n'
SELECT = '[select]\nplan = "plan.toml"\n'


@pytest.fixture
def two_towns(town: Path) -> Path:
    """Twelve wards in two districts; the first two had 60 incidents in July 2025, the others 10, as before."""
    write_wards(town, "Abbeyshire", "Burshire")
    write_incidents(town, {"2024-07": [10] * 12, "2025-07": [60, 60, *[10] * 10]})
    (town / "plan.toml").write_text(PLAN, encoding="utf-8")
    return town


def test_priorities_stand_by_rank_with_reasons_and_how_sure(two_towns: Path) -> None:
    document = make_document(run(two_towns, SELECT))
    section = next(section for section in document.sections if section.title == "Priorities")
    # 140 of 340 incidents, 2,000 of 12,000 people, 2 of 12 km²; one more holds 20 of 340.
    assert isinstance(section.blocks[0], Paragraphs)
    assert section.blocks[0].texts == [
        "Priorities: 2 force-wide, 0 local, 0 watch.",
        # Six times as many in one of two years: what comes and goes counts as chance, so that neither is sure.
        "Borderline, with a chance of selection under 80%: 2 of the 2 selected.",
        "2 of 12 wards hold 41.2% of the incidents and 16.7% of the people on 16.7% of the ground. One "
        "more, Ward 2 (Abbeyshire), would add 5.9% of the incidents and 8.3% of the ground.",
        "Flagged in 2025: 0 as in the period before, 2 new, 0 no longer.",
    ]
    found = table(document, "Selected wards, by rank")
    assert found.headings == ["Ward", "Rank", "Likely ranks ¹", "Chance ¹", "Why"]
    # 60 in one month of 1,000 people: 720 a year; the mean of the wards (2 x 720 + 10 x 120) / 12 = 220.
    reason = (
        "Force-wide priority: overall crime significantly above the ward average in 1 of 1 year "
        "(720.0 per 1,000 in 2025; average 220.0); overall crime higher than in 2024."
    )
    assert [row[:2] for row in found.rows] == [[f"{SCRIPT} (Abbeyshire)", "1"], ["Ward 1 (Abbeyshire)", "2"]]
    for row in found.rows:
        assert row[4] == f"Borderline (chance of selection {row[3]}). {reason}"
    assert found.note.startswith("¹ 99 draws (seed 0) of each ward's lasting risk")
    joined = table(document, "Selected wards that touch, joined")
    assert joined.headings == ["District", "Locality", "Priority type", "Incidents", "Rationale"]
    # The first ward's reason is its locality's.
    assert [row[:4] for row in joined.rows] == [
        ["Abbeyshire", f"{SCRIPT} and Ward 1", "Borderline force-wide", "140"]
    ]
    assert joined.rows[0][4].startswith(f"2 neighbouring wards (2 borderline force-wide). {SCRIPT}: ")
    assert reason in joined.rows[0][4]
    # 41.2% of the incidents on 16.7% of the ground: said in the appendix alone.
    notes = next(section for section in document.sections if section.title == "How it was made").blocks[0]
    assert isinstance(notes, Terms)
    said = "PAI (share of the incidents over share of the ground): 2.47, in sample"
    assert len([text for _, text in notes.pairs if said in text]) == 1
    others = table(document, "Wards that are watched, and those next in rank")
    assert [row[:2] for row in others.rows] == [
        [f"Ward {i} ({'Abbeyshire' if i < 6 else 'Burshire'})", str(i + 1)] for i in range(2, 7)
    ]


@pytest.mark.parametrize("of", ["one district", "a part by 'only'"])
def test_a_borough_never_says_force_wide(two_towns: Path, of: str) -> None:
    recipe = RECIPE + SELECT
    if of == "one district":
        # Of six values, one of which differs, that one is 5 / √6 = 2.04 SD above the mean.
        write_wards(two_towns, "Abbeyshire")
        write_incidents(two_towns, COUNTS)
    else:
        write_wards(two_towns, "Abbeyshire", "Burshire", "Carshire")
        recipe = recipe.replace('"wards.gpkg"', '"wards.gpkg"\nonly = ["Abbeyshire", "Burshire"]')
    made = run_recipe(
        parse_recipe(recipe + '[map]\n[report]\nformats = ["html"]\n', folder=two_towns), two_towns / "out"
    )
    layer = gpd.read_file(two_towns / "out" / "layers" / "priorities_wards.gpkg", layer="priorities_wards")
    called = set(layer["priority"])
    pages = {
        name: (two_towns / "out" / name).read_text(encoding="utf-8")
        for name in ("map.html", "brief.html", "report.html", "about/provenance.json")
    }
    for name, page in pages.items():
        assert "force-wide" not in page.casefold(), name
    number, wards = (
        (1, "6 wards of Abbeyshire") if of == "one district" else (2, "12 wards of Abbeyshire and Burshire")
    )
    assert called == {"borderline overall", ""}
    held = "it stands" if number == 1 else "they stand"
    selected = "1 is" if number == 1 else "2 are"
    assert (
        f"Of the {wards}, {selected} selected: {number} because {held} out of all (overall)."
        in pages["brief.html"]
    )
    assert "Overall, borderline" in pages["brief.html"]
    assert "Overall: far above their average" in pages["brief.html"]
    assert "Overall priority: overall crime significantly above the ward average" in pages["report.html"]
    assert f"the mean score of the {wards}" in pages["report.html"]
    # The indicator's column in popups and workbook: no raw name.
    assert "Overall crime in 2025 (per 1,000)" in pages["map.html"]
    assert "i_crime" not in pages["map.html"]
    book = openpyxl.load_workbook(two_towns / "out" / "tables.xlsx", read_only=True)
    heads = [
        str(cell) for sheet in book for row in sheet.iter_rows(max_row=3, values_only=True) for cell in row
    ]
    assert "Overall crime in 2025 (per 1,000)" in heads
    assert "i_crime" not in heads
    assert f"{SCRIPT} (Abbeyshire, borderline overall)" in "\n".join(made.headline)


def test_themes_are_ticked_for_districts(two_towns: Path) -> None:
    document = make_document(run(two_towns, SELECT))
    section = next(section for section in document.sections if section.title == "Priorities by partnership")
    found = section.blocks[0]
    assert isinstance(found, Table)
    # Of 340 incidents 220 are in Abbeyshire, whose wards doubled; of burglary, a tenth, that is not clear for the
    # dispersion. One district of two is not more than half of them.
    assert (found.caption, found.headings) == (
        "Less prevalent priorities",
        ["Priority", "Abbeyshire", "Burshire"],
    )
    assert found.rows == [["Drugs", "✓", ""], ["Burglary", "", ""]]
    notes = section.blocks[-1]
    assert isinstance(notes, Paragraphs)
    assert notes.texts[-1].startswith("Without an incident: Anti-social behaviour, ")
    page = report_html(document)
    assert '<td class="mark">✓</td>' in page
    assert '<td class="prose">Borderline (chance of selection ' in page


def test_themes_ticked_for_most_districts_come_first(two_towns: Path) -> None:
    write_wards(two_towns, "Abbeyshire", "Burshire", "Coshire")
    # Drugs are nine tenths: 216, 216 and 54 in districts of 6,000 people, 1.6 times the 270 of two others, clearly
    # over it. Burglary has the same ratio, 24 to 30, but too few for the limits.
    write_incidents(two_towns, {"2025-07": [*([100] * 2 + [10] * 4) * 2, *[10] * 6]})
    document = make_document(run(two_towns, SELECT))
    found = table(document, "Most prevalent priorities")
    assert found.headings == ["Priority", "Abbeyshire", "Burshire", "Coshire"]
    assert found.rows == [["Drugs", "✓", "✓", ""]]
    assert table(document, "Less prevalent priorities").rows == [["Burglary", "", "", ""]]


def test_one_district_has_no_table_of_themes_and_the_log_says_why(
    town: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (town / "plan.toml").write_text(PLAN, encoding="utf-8")
    caplog.set_level("INFO", logger="hotspots")
    titles = [section.title for section in make_document(run(town, SELECT)).sections]
    assert "Priorities" in titles
    assert "Priorities by partnership" not in titles
    assert (
        "There are no priorities by partnership: the areas are of one district or none, but the table compares "
        "districts"
    ) in caplog.messages


def test_priorities_are_in_the_report_only_where_the_recipe_selects(two_towns: Path) -> None:
    plain = make_document(run(two_towns))
    chosen = make_document(run(two_towns, SELECT))
    new = ["Priorities", "Priorities by partnership"]
    titles = [section.title for section in chosen.sections]
    assert [title for title in titles if title not in new] == [section.title for section in plain.sections]
    assert [title for title in titles if title in new] == new
    # The theme of the selected areas has no counts of its own, and is in no other table.
    for caption in ("The themes at a glance", "All: Ward-level", "Incidents inside the areas in July"):
        assert table(chosen, caption) == table(plain, caption)


def test_change_is_between_the_recipes_periods_where_it_has_them(two_towns: Path) -> None:
    document = make_document(run(two_towns, '[change]\nbefore = "2024-07"\nafter = "2025-07"\n' + SELECT))
    titles = [section.title for section in document.sections]
    assert "Change from July 2024 to July 2025" in titles
    assert "Change since the year before" not in titles
    found = table(document, "Incidents inside the areas in the two periods")
    assert found.headings == ["Theme", "July 2024", "July 2025", "Change", "95% limits of the change"]
    # 12 x 10 became 2 x 60 + 10 x 10.
    assert [row[:4] for row in found.rows] == [
        ["All", "120", "220", "up 83%"],
        ["Burglary", "12", "22", "no clear change"],
    ]
    assert found.note == ""
    clear = table(document, "Wards with a clear change")
    assert clear.headings[2:4] == ["July 2024", "July 2025"]
    assert [row[:5] for row in clear.rows] == [
        [SCRIPT, "Abbeyshire", "10", "60", "up 500%"],
        ["Ward 1", "Abbeyshire", "10", "60", "up 500%"],
    ]


def test_periods_of_other_months_and_lengths_are_said_to_be_so(two_towns: Path) -> None:
    write_incidents(two_towns, {month: [10] * 12 for month in ("2025-01", "2025-02", "2025-03")})
    document = make_document(run(two_towns, '[change]\nbefore = "2025-01..2025-02"\nafter = "2025-03"\n'))
    found = table(document, "Incidents inside the areas in the two periods")
    # 240 in two months and 120 in one are both 1,440 a year.
    assert found.rows[0][:4] == ["All", "240", "120", "no clear change"]
    assert found.note == (
        "The periods differ in length; the change is that of rates a year. "
        "They are not the same months of the year, so the seasons are in the change."
    )


def test_every_theme_has_its_pictures_with_words_for_who_cannot_see_them(town: Path) -> None:
    document = make_document(run(town, "[kde]\nbandwidth = 500\n[gistar]\n"))
    pictures = blocks(document, Picture)
    # Of three the third would leave a gap in its row; it is among the further maps.
    # Behind that of the summary and that of the one partnership.
    assert [picture.caption for picture in pictures[2:4]] == ["Wards: against the average", "Heat-map"]
    assert pictures[-1].caption == "Wards: hotspots and coldspots"
    assert pictures[2].alt == f"Wards: against the average. Significantly above in {SCRIPT} (Abbeyshire)."
    assert pictures[3].alt == f"Heat-map. The densest ground is in {SCRIPT} (Abbeyshire)."
    assert pictures[2].legend is not None
    assert [words for _, words in pictures[2].legend.entries] == ["Significantly above (1)", "Average (5)"]
    assert all(picture.svg.startswith(b"<?xml") and not picture.png for picture in pictures)
    drawn = blocks(make_document(run(town), pictures=("svg", "png")), Picture)
    assert all(picture.png.startswith(b"\x89PNG") for picture in drawn)
    grids = blocks(document, Grid)
    assert grids[0].caption == "All: July 2024, July 2025; source: police.uk."
    assert all(2 <= len(grid.pictures) <= 4 for grid in grids[:2])


def test_four_pictures_of_a_wide_study_area_and_two_of_a_tall_one_have_room_on_a_page(town: Path) -> None:
    more = '[kde]\nbandwidth = 500\n[gistar]\n[change]\nbefore = "2024-07"\nafter = "2025-07"\n'
    assert [len(grid.pictures) for grid in blocks(make_document(run(town, more)), Grid)[:2]] == [4, 4]
    wards = gpd.read_file(town / "wards.gpkg")
    # Six squares one above the other, where before they stood side by side.
    turned = wards.set_geometry(wards.geometry.affine_transform([0, 1, 1, 0, 1e5, -1e5]))
    turned.to_file(town / "wards.gpkg")
    rows = pd.read_csv(town / "incidents.csv")
    rows[["Easting", "Northing"]] = rows[["Northing", "Easting"]] + [1e5, -1e5]
    rows.to_csv(town / "incidents.csv", index=False)
    assert [len(grid.pictures) for grid in blocks(make_document(run(town, more)), Grid)[:2]] == [2, 2]


def test_without_flags_and_months_the_report_says_what_there_is(town: Path) -> None:
    table_of_rows = pd.read_csv(town / "incidents.csv").drop(columns=["Month"])
    table_of_rows.to_csv(town / "incidents.csv", index=False)
    recipe = RECIPE.replace("[flag]\n", "[count]\nmonths = 12\n")
    document = make_document(analyse(parse_recipe(recipe, folder=town)))
    assert [section.title for section in document.sections] == [
        "Summary",
        "Themes",
        "Each partnership",
        "How it was made",
        "Quality of the data",
        "Headline figures",
        "Further maps",
    ]
    assert [picture.caption for picture in blocks(document, Picture)[2:4]] == ["Wards: rate", "Wards: rate"]


def test_the_page_holds_no_markup_of_the_data_and_is_the_same_twice(town: Path) -> None:
    pages = [report_html(make_document(run(town, "[kde]\nbandwidth = 500\n"))) for _ in range(2)]
    assert pages[0] == pages[1]
    assert "<script" not in pages[0]
    assert "<b>country</b>" not in pages[0]
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in pages[0]
    assert str(town) not in pages[0]


def test_the_workbook_has_a_sheet_for_each_theme_and_layer(town: Path) -> None:
    analysis = run(town, "[grid]\ncell_size = 250\n[gistar]\n")
    for name in ("a.xlsx", "b.xlsx"):
        write_tables(analysis, town / name)
    assert (town / "a.xlsx").read_bytes() == (town / "b.xlsx").read_bytes()
    book = openpyxl.load_workbook(town / "a.xlsx")
    assert book.sheetnames == [
        "Summary",
        "About",
        "Wards by theme",
        "Partnerships",
        "Change by district",
        "All – Wards",
        "Burglary – Wards",
        "Columns",
    ]
    sheet = book["All – Wards"]
    headings = [cell.value for cell in sheet[1]]
    first = dict(zip(headings, [cell.value for cell in sheet[2]], strict=True))
    assert (first["Name"], first["Incidents"], first["Rate (per 1,000 people a year)"]) == (SCRIPT, 70, 420)
    assert first["Against the average"] == "Significantly above"
    about = {row[0].value: row[1].value for row in book["About"].iter_rows() if row[0].value}
    assert about["Period"] == "July 2024, July 2025"
    assert about["File: incidents.csv"].startswith("171 rows, SHA-256 ")
    assert about["Method: Counts"].startswith("171 of 171 rows were used")


def cells(book: Any, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_the_workbook_begins_with_the_main_figures_and_the_priorities_by_rank(two_towns: Path) -> None:
    analysis = run(two_towns, SELECT)
    write_tables(analysis, two_towns / "tables.xlsx")
    book = openpyxl.load_workbook(two_towns / "tables.xlsx")
    rows = cells(book, "Summary")
    assert rows[0][0] == "Town & <b>country</b>"
    themes = next(place for place, row in enumerate(rows) if row[0] == "Theme")
    theme = dict(zip(rows[themes], rows[themes + 1], strict=True))
    assert theme["Theme"] == "All"
    assert theme["Incidents"] == analysis.themes[0].n
    assert theme["Rate (per 1,000 people a year)"] == pytest.approx(analysis.themes[0].rate)
    flags = analysis.themes[0].first["sd_flag"].astype(str)
    assert theme["Wards significantly above the average"] == int((flags == "significantly above").sum())
    start = next(place for place, row in enumerate(rows) if row[0] == "Ward")
    found = [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]
    assert analysis.selection is not None
    layer = analysis.selection.priorities.layer
    chosen = layer[layer["selected"]].sort_values("rank")
    assert [row["Ward"] for row in found] == list(chosen["name"])
    assert [row["District"] for row in found] == list(chosen["district"])
    assert [row["Rank"] for row in found] == list(chosen["rank"])
    assert [row["Reason"] for row in found] == list(chosen["reason"])
    assert {row["Priority"] for row in found} == {"Borderline force-wide"}
    (shaded,) = book["Summary"].conditional_formatting
    assert f"{shaded.sqref}" == f"A{start + 2}:I{start + 1 + len(found)}"


def test_no_sheet_has_a_raw_column_name_and_names_stay_in_sight(two_towns: Path) -> None:
    analysis = run(two_towns, SELECT + "[places]\n")
    write_tables(analysis, two_towns / "tables.xlsx")
    book = openpyxl.load_workbook(two_towns / "tables.xlsx")
    for sheet in book:
        if sheet.title in ("Summary", "About", "Columns"):
            continue
        headings = [str(cell.value) for cell in sheet[1]]
        raw = [name for name in headings if re.fullmatch("[a-z][a-z0-9_]*", name)]
        assert [name for name in raw if not name.startswith("i_")] == [], sheet.title
        assert sheet.freeze_panes[0] in "BCD", sheet.title
        assert sheet.print_title_rows == "$1:$1"
    wards = cells(book, "Wards by theme")
    assert wards[0][:6] == [
        "Code",
        "Name",
        "District",
        "Rank",
        "All: incidents",
        "All: rate (per 1,000 people a year)",
    ]
    assert analysis.standings is not None
    ranks = [row[3] for row in wards[1:] if row[3] is not None]
    assert ranks == sorted(ranks)
    matrix = analysis.selection.matrix  # type: ignore[union-attr]
    if matrix is not None:
        assert cells(book, "Priorities by partnership")[0][:1] == ["Theme"]


def test_a_run_leaves_the_formats_that_its_recipe_asks_for(town: Path) -> None:
    asked = parse_recipe(RECIPE + '[report]\nformats = ["docx", "pptx"]\n', folder=town)
    made = run_recipe(asked, town / "out").files
    assert [name for name in made if name.startswith("report")] == ["report.docx", "report.pptx"]
    again = run_recipe(parse_recipe(RECIPE + "[report]\n", folder=town), town / "out", overwrite=True).files
    assert [name for name in again if name.startswith("report")] == ["report.html"]
    assert not (town / "out" / "report.docx").exists()


WORDS_OF_STATISTICS = (
    r"\bSDs?\b|standard deviation|\bPAI\b|Jaccard|\bq\b|Gi\*|percentile|quantile|posterior|\bp values?\b"
)
MORE_OF_THEM = WORDS_OF_STATISTICS + r"|kernel|bandwidth|dispersion|95%|confidence"


def reading_age(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text plus five years.

    0.39 words to a sentence + 11.8 syllables to a word - 15.59 (Kincaid, Fishburne, Rogers and Chissom, 1975,
    Derivation of new readability formulas for Navy enlisted personnel). A syllable is a run of vowels; a last e that
    is not heard is none.
    """
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", text) if re.search(r"[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z][A-Za-z'-]*|\d[\d,.]*", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<![aeiouyl])e$", "", word.lower())))) for word in words
    )
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59 + 5


def first_page(document: Document) -> str:
    """Return the sentences of the first page and the reasons of its table."""
    section = document.sections[0]
    said = [text for block in section.blocks if isinstance(block, Paragraphs) for text in block.texts]
    tables = [block for block in section.blocks if isinstance(block, Table)]
    said += [row[place] for block in tables for row in block.rows for place in block.prose]
    return " ".join(said)


def shown(sections: Sequence[Section]) -> str:
    """Return the text that a reader sees of some sections."""
    page = report_html(Document("", "", sections))
    return re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S))


FULL = (
    '[kde]\nbandwidth = 500\n[gistar]\n[risk]\n[places]\n[change]\nbefore = "2024-07"\nafter = "2025-07"\n'
    + SELECT
)


def test_reading_age_is_that_of_the_formula() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 x 6 + 11.8 x 1 - 15.59 = -1.45, and 5.
    assert reading_age("The cat sat on the mat.") == pytest.approx(3.55)
    # 3 words, 10 syllables (ex-tra-or-di-na-ry counts the two vowels ao as one run: 5; po-lice 2; sta-tion 2).
    assert reading_age("Extraordinary police station.") == pytest.approx(0.39 * 3 + 11.8 * 9 / 3 - 10.59)


def test_the_first_page_is_for_a_chief_inspector(two_towns: Path) -> None:
    document = make_document(run(two_towns, FULL))
    section = document.sections[0]
    assert [type(block) for block in section.blocks] == [Paragraphs, Picture, Table]
    lead, picture, rows = section.blocks
    assert isinstance(lead, Paragraphs)
    assert isinstance(picture, Picture)
    assert isinstance(rows, Table)
    # The two first have 60 of 220 each, and 2,000 of 12,000 people. 220 in a month: 220 / 12 x 12 = 220 a year.
    assert lead.texts == [
        "There were 220 incidents of all in July 2025, or 220 a year for every 1,000 people.",
        "2 of 12 wards are priorities: they have 55% of all incidents but only 17% of the people.",
        "July 2025 set against July 2024: all rose by 83%. Burglary did not change clearly.",
    ]
    assert rows.headings == ["Ward", "District", "Why", "All, rate"]
    # 60 incidents among 1,000 people in a month: 720 a year.
    assert rows.rows[0] == [f"1. {SCRIPT}", "Abbeyshire", "Far above the average in all 2 themes.", "720.0"]
    assert len(rows.rows) == 5
    assert rows.note == "Rate: incidents a year for every 1,000 people; that of all is 220.0."
    assert picture.caption.endswith("July 2025; source: police.uk.")
    assert f"in {SCRIPT} (Abbeyshire), Ward 1 (Abbeyshire)" in picture.alt
    assert reading_age(first_page(document)) <= 14


def test_no_word_of_statistics_stands_before_the_appendix(two_towns: Path) -> None:
    document = make_document(run(two_towns, FULL))
    before = [section for section in document.sections if section.division != "appendix"]
    assert re.findall(WORDS_OF_STATISTICS, shown(before)) == []
    assert [section.title for section in before[:2]] == ["Summary", "Themes"]
    assert re.findall(MORE_OF_THEM, shown(before[:2])) == []
    divisions = [section.division for section in document.sections]
    assert divisions == sorted(divisions, key=["report", "partnerships", "appendix"].index)
    appendix = [section.title for section in document.sections if section.division == "appendix"]
    assert appendix[:2] == ["How it was made", "Quality of the data"]
    # The search can find what it looks for: the whole report has these words.
    assert re.search(WORDS_OF_STATISTICS, shown(document.sections))


def test_a_theme_has_slots_that_the_recipe_fills(town: Path) -> None:
    words = 'at_risk = "Older people."\nrecommendations = """\nMend the\nlocks.\n\nTell them."""\n'
    recipe = RECIPE.replace('category = "Burglary"\n', f'category = "Burglary"\n{words}')
    analysis = analyse(parse_recipe(recipe, folder=town))
    slots = blocks(make_document(analysis), Slot)
    assert [(slot.title, list(slot.texts)) for slot in slots] == [
        ("At-risk groups", []),
        ("Recommendations", []),
        ("At-risk groups", ["Older people."]),
        ("Recommendations", ["Mend the locks.", "Tell them."]),
    ]


def test_a_themes_page_has_the_order_of_the_document_and_its_banner(two_towns: Path) -> None:
    (two_towns / "setting.csv").write_text(
        "theme,likelihood: volume,impact: individual harm\nAll,3,2\nBurglary,1,3\n", encoding="utf-8"
    )
    assess = (
        '[assess]\nsheet = "setting.csv"\nscale = [1, 3]\nbands = ["Low", "Moderate", "High"]\n'
        'banner = ["volume", "individual harm"]\n'
    )
    document = make_document(run(two_towns, FULL + assess))
    parts = next(section for section in document.sections if section.title == "Themes").parts
    banners = [block.texts for block in parts[0].blocks if isinstance(block, Paragraphs) and block.lead]
    assert banners == [["High volume / Moderate individual harm"]]
    said = next(block for block in parts[0].blocks if isinstance(block, Terms))
    words = [word for word, _ in said.pairs]
    assert words == ["Scale:", "Where:", "Change:", "Against others:", "Hotspots:"]
    # July 2025: 110 in each of the two districts, the first two wards being in Abbeyshire: 60 + 60 + 4 x 10 = 160.
    assert dict(said.pairs)["Change:"].endswith("2 wards went up clearly and none went down.")
    assert dict(said.pairs)["Against others:"] == (
        "No national or similar figure is at hand. Of the 2 districts, Abbeyshire (320) is statistically above all "
        "others together; Burshire (120) is statistically below."
    )
    bare = make_document(run(two_towns, FULL))
    assert not [
        block
        for part in next(one for one in bare.sections if one.title == "Themes").parts
        for block in part.blocks
        if isinstance(block, Paragraphs)
    ]


def test_a_theme_is_one_slide_with_its_map_and_three_lines(two_towns: Path) -> None:
    asked = parse_recipe(RECIPE + '[report]\nformats = ["pptx"]\n' + FULL, folder=two_towns)
    run_recipe(asked, two_towns / "out")
    deck = pptx.Presentation(str(two_towns / "out" / "report.pptx"))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles == [
        "Town & <b>country</b>",
        "Summary",
        "Priorities: the first wards",
        "All",
        "Burglary",
        "Priorities by partnership",
        "Abbeyshire",
        "Burshire",
        "How it was made",
    ]
    theme = deck.slides[3]
    assert [shape.name for shape in theme.shapes if shape.has_text_frame is False] == ["Map"]
    lines = next(shape for shape in theme.shapes if shape.name == "Text").text_frame.text.split("\n")
    assert [line.split(":")[0] for line in lines] == ["Scale", "Where", "Change"]
    notes = theme.notes_slide.notes_text_frame.text
    assert "Against others: " in notes
    assert "Hotspots: " in notes
    picture = next(shape for shape in theme.shapes if shape.name == "Map")
    # Drawn for the slide, not blown up from the page: 8.2 inches at 200 dots.
    assert picture.image.size[0] == 1640
    last = next(shape for shape in deck.slides[-1].shapes if shape.name == "Text").text_frame.text
    assert last.startswith("How to read the rates of partnerships: ")
    assert "Counts: " in last
    assert "The report's appendix holds: How it was made" in last


def test_the_first_page_says_what_share_has_no_place(two_towns: Path) -> None:
    analysis = run(two_towns, FULL)
    held = analysis.quality
    quality = replace(held, rows_read=held.rows_read + 20, used=held.used + 20, unlocated=held.unlocated + 20)
    rows = make_document(replace(analysis, quality=quality)).sections[0].blocks[2]
    assert isinstance(rows, Table)
    # 20 of 240.
    assert rows.note.endswith(
        " 8.3% of the incidents read have no coordinates or lie outside the wards, and are not counted."
    )


def test_maps_of_change_name_the_months_compared(two_towns: Path) -> None:
    sections = make_document(run(two_towns, FULL)).sections
    further = next(section for section in sections if section.title == "Further maps")
    captions = [block.caption for part in further.parts for block in part.blocks if isinstance(block, Grid)]
    told = [text for text in captions if text.endswith("above: July 2025 against July 2024.")]
    assert told
    assert len(told) < len(captions), "maps of the period alone say nothing of change"


@pytest.mark.browser
def test_each_theme_prints_on_one_page(two_towns: Path, chromium: str) -> None:
    document = make_document(run(two_towns, FULL))
    # The first page fills its sheet, so that of it alone the lines of source stand on another; before themes alone the
    # report's heading has a page to itself.
    for section, count in zip(document.sections, (1 + 1, 1 + 2), strict=False):
        path = two_towns / "report.html"
        path.write_text(report_html(Document(document.title, "2025", [section])), encoding="utf-8")
        assert pages(chromium, path) == count, section.title


def pages(chromium: str, page: Path) -> int:
    """Return on how many pages a browser prints an HTML file."""
    counter = shutil.which("pdfinfo")
    if counter is None:
        pytest.skip("pdfinfo is not installed")
    printed = page.with_suffix(".pdf")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    subprocess.run([*command, f"--print-to-pdf={printed}", str(page)], check=True, capture_output=True)  # noqa: S603
    told = subprocess.run([counter, str(printed)], check=True, capture_output=True, text=True)  # noqa: S603
    return int(re.findall(r"Pages:\s+(\d+)", told.stdout)[0])
