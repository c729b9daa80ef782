"""The places at greatest risk as the report, the table and the workbook have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.base.errors import DataError, RecipeError
from hotspots.export.document import Paragraphs, Section, Table
from hotspots.publish.folder import run_recipe
from hotspots.publish.report.document import make_document
from hotspots.publish.report.places import places_section

# So few areas and incidents draw warnings that are not the report's.
pytestmark = pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")

RECIPE = """
title = "Two towns"
[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"
[[areas]]
label = "Wards"
source = "wards.gpkg"
MORE
[[theme]]
name = "All crime"
[[theme]]
name = "Robbery"
category = "Robbery"
[places]
"""
# Twelve wards of 1,000 people, six a district, "Town" the first of each. Drugs and robberies of January 2025.
DRUGS = [90, 10, 10, 10, 10, 10, 40, 10, 10, 10, 10, 10]
ROBBERY = [8, *[0] * 11]


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    write_wards(tmp_path)
    write_incidents(tmp_path, DRUGS)
    return tmp_path


def write_wards(folder: Path, districts: tuple[str, str] = ("Northshire", "Southshire")) -> None:
    wards = gpd.GeoDataFrame(
        {
            "code": [f"E050000{i:02d}" for i in range(12)],
            "name": ["Town", *(f"Ward {i}" for i in range(1, 6))] * 2,
            "district": [name for name in districts for _ in range(6)],
            "population": 1000.0,
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(12)],
        crs="EPSG:27700",
    )
    wards.to_file(folder / "wards.gpkg")


def write_incidents(folder: Path, drugs: list[int]) -> None:
    rows = [
        {"Easting": 4e5 + 1000 * ward + 500, "Northing": 300_500, "Crime type": kind, "Month": "2025-01"}
        for kind, numbers in (("Drugs", drugs), ("Robbery", ROBBERY))
        for ward, number in enumerate(numbers)
        for _ in range(number)
    ]
    pd.DataFrame(rows).to_csv(folder / "incidents.csv", index=False)


def run(folder: Path, more: str = "", areas: str = "") -> Analysis:
    return analyse(parse_recipe(RECIPE.replace("MORE", areas) + more, folder=folder))


def places(analysis: Analysis) -> Section:
    found = places_section(analysis)
    assert found is not None
    return found


def opening(section: Section) -> str:
    (first,) = of_kind(section.blocks, Paragraphs)
    return str(first.texts[0])


def of_kind(blocks: Any, kind: type[Any]) -> list[Any]:
    return [block for block in blocks if isinstance(block, kind)]


def test_each_district_has_its_places_with_their_themes(towns: Path) -> None:
    # All crime: 98, 10 x 5, 40, 10 x 5: mean 19.8, sample SD 26.1: above over 45.9, significantly above over 72.0.
    # Robbery: 8 and nothing else: mean 0.67, SD 2.3: significantly above, from 8 incidents.
    north, south = places(run(towns, "top = 2")).parts
    assert (north.title, south.title) == ("Northshire", "Southshire")
    (table,) = of_kind(north.blocks, Table)
    assert table.headings == ["Place", "Ward", "Themes"]
    assert table.rows == [
        ["1", "Town", "significantly above: All crime, Robbery (8 incidents)"],
        ["2", "Ward 1", "in no theme above, the highest of the others"],
    ]
    assert of_kind(north.blocks, Paragraphs)[0].texts == ["Of the 6 wards, 1 is above in at least one theme."]
    assert of_kind(south.blocks, Table)[0].rows[0] == [
        "1",
        "Town",
        "in no theme above, the highest of the others",
    ]
    assert of_kind(south.blocks, Paragraphs)[0].texts == ["None of the 6 wards is above in any theme."]


def test_what_is_beyond_the_first_places_is_named_with_its_themes(towns: Path) -> None:
    # All crime: mean 28.25, SD 29.95: above over 58.2, significantly over 88.1; 46 and 45 are 0.41 and 0.44 SD under.
    write_incidents(towns, [90, 70, *[10] * 4, 45, 46, *[10] * 4])
    north, south = places(run(towns, "top = 1\n[flag]\nnear = 0.5")).parts
    assert of_kind(north.blocks, Paragraphs)[1].texts == ["Also above in a theme: Ward 1 (above: All crime)."]
    assert of_kind(south.blocks, Table)[0].rows == [["1", "Ward 1", "narrowly below: All crime"]]
    assert of_kind(south.blocks, Paragraphs)[1].texts == [
        "Narrowly below in a theme, above in none: Town (All crime)."
    ]


def test_no_longer_above_names_the_months_that_it_speaks_of(towns: Path) -> None:
    # January 2024: Ward 1 of Northshire and Town of Southshire above. 2025: Town of Southshire not in January, but in
    # January and February together, so that it is "above" of the whole and "no longer above" of January.
    months = {"2024-01": {1: 90, 6: 90}, "2025-01": {0: 90}, "2025-02": {6: 200}}
    rows = [
        {"Easting": 4e5 + 1000 * ward + 500, "Northing": 300_500, "Crime type": "Drugs", "Month": month}
        for month, more in months.items()
        for ward in range(12)
        for _ in range(10 + more.get(ward, 0))
    ]
    pd.DataFrame(rows).to_csv(towns / "incidents.csv", index=False)
    recipe = RECIPE.replace("MORE", "").replace(
        '[[theme]]\nname = "Robbery"\ncategory = "Robbery"\n', ""
    ).replace("[[areas]]", 'period = "PERIOD"\n[[areas]]') + (
        'top = 2\n[flag]\n[change]\nbefore = "2024-01"\nafter = "2025-01"\n'
    )

    def made(period: str) -> Analysis:
        return analyse(parse_recipe(recipe.replace("PERIOD", period), folder=towns))

    part, whole = made("2025-01..2025-02"), made("2025-01")
    assert opening(places(part)).endswith(
        " Above before, no longer: above in January 2024, and neither in January 2025 nor in the whole period."
    )
    assert opening(places(whole)).endswith(" above in January 2024, and not in January 2025.")
    pages = next(one for one in make_document(part).sections if one.title == "Each partnership")
    assert (
        "neither in January 2025 nor in the whole period." in of_kind(pages.blocks, Paragraphs)[-1].texts[0]
    )
    headings = [
        next(
            table.headings[-1]
            for section in make_document(analysis).sections
            if section.title == "Areas above the average"
            for table in of_kind(section.parts[0].blocks, Table)
        )
        for analysis in (part, whole)
    ]
    assert headings == ["In January 2025, since January 2024", "Since January 2024"]


def test_the_measure_is_all_areas_whatever_the_flags_compare(towns: Path) -> None:
    # Among its own six wards Town of Southshire, 40 against 10, is 2.04 SD above; among all twelve it is average.
    analysis = run(towns, '[flag]\nwithin = "district"')
    assert analysis.themes[0].first["sd_flag"].tolist()[6] == "significantly above"
    assert analysis.standings is not None
    assert analysis.standings.grid["All crime"].tolist()[6] == ""
    assert opening(places(analysis)).startswith(
        "The rate of each ward in each theme is measured against the 12 wards of Northshire and Southshire. "
    )


def test_a_district_alone_is_measured_against_itself_and_says_so(towns: Path) -> None:
    section = places(run(towns, "top = 1", areas='only = ["Southshire"]'))
    assert "measured against the 6 wards of Southshire." in opening(section)
    assert of_kind(section.parts[0].blocks, Table)[0].rows == [
        ["1", "Town", "significantly above: All crime"]
    ]


def test_without_districts_there_is_one_list(towns: Path) -> None:
    write_wards(towns, ("", ""))
    section = places(run(towns, "top = 1"))
    assert [part.title for part in section.parts] == ["Wards"]
    assert "measured against all 12 wards." in opening(section)


def test_table_and_workbook_have_every_area_and_where_it_stands(towns: Path) -> None:
    recipe = parse_recipe(RECIPE.replace("MORE", "") + "[report]\n", folder=towns)
    outcome = run_recipe(recipe, towns / "out")
    assert "tables/places.csv" in outcome.files
    table = pd.read_csv(towns / "out" / "tables" / "places.csv", keep_default_na=False)
    assert len(table) == 12
    assert table.iloc[0].to_dict() == {
        "code": "E05000000", "name": "Town", "district": "Northshire", "place": 1, "themes":
        "significantly above: All crime, Robbery (8 incidents)", "listed": "greatest risk", "th_signif": 2,
        "th_above": 0, "th_near": 0, "th_left": 0, "All crime": "significantly above",
        "Robbery": "significantly above",
    }  # fmt: skip
    book = openpyxl.load_workbook(towns / "out" / "tables.xlsx")
    sheet = book["Places at greatest risk"]
    assert [cell.value for cell in sheet[1]][-2:] == ["All crime", "Robbery"]
    assert sheet.max_row == 13
    (towns / "out" / "report.html").read_text(encoding="utf-8").index("Places at greatest risk")


def test_a_theme_may_be_called_as_a_column_is(towns: Path) -> None:
    text = RECIPE.replace("MORE", "").replace('"Robbery"\ncategory', '"Name"\ncategory')
    outcome = run_recipe(parse_recipe(text, folder=towns), towns / "out")
    assert outcome.analysis.standings is not None
    assert "Name (theme)" in (towns / "out" / "tables" / "places.csv").read_text(encoding="utf-8-sig")


def test_without_the_table_there_are_no_places(towns: Path) -> None:
    recipe = parse_recipe(RECIPE.replace("MORE", "").replace("[places]", ""), folder=towns)
    analysis = analyse(recipe)
    assert analysis.standings is None
    assert "Places at greatest risk" not in [section.title for section in make_document(analysis).sections]


def test_no_place_asked_for_is_refused(towns: Path) -> None:
    with pytest.raises(RecipeError) as refused:
        run(towns, "top = 0")
    assert refused.value.message == "[places]: 'top' is 0"
    assert refused.value.hint == "list at least 1 place of each district"


def test_rates_need_people(towns: Path) -> None:
    wards = gpd.read_file(towns / "wards.gpkg").drop(columns="population")
    wards.to_file(towns / "wards.gpkg")
    with pytest.raises(DataError) as refused:
        run(towns)
    assert refused.value.message == "[places] compares rates, but the areas of 'Wards' have no population"
    assert run(towns, '[flag]\nvalue = "n"').standings is not None
