"""The pages for readers without eyes or mouse, on small or enlarged screens: by rule, and by what each page has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.export.document import (
    Document,
    Figures,
    Grid,
    Legend,
    Paragraphs,
    Part,
    Picture,
    Section,
    Slot,
    Table,
    Terms,
)
from hotspots.export.pages.brief import brief_html
from hotspots.export.pages.matrix_page import matrix_html
from hotspots.export.pages.report import report_html
from hotspots.export.times.grid import DOWN, UP, Cell, TimeGrid
from hotspots.export.times.page import times_html

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser


def report() -> str:
    wide = Table("Wards", ["Name", *(f"Measure {i}" for i in range(9))], [["Moor", *["1,000"] * 9]] * 3)
    picture = Picture(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>', "A map", "Map"
    )
    return report_html(
        Document(
            "Burglary",
            "2025",
            [
                Section("Summary", [Figures([("12", "wards")]), Paragraphs(["Lead."], lead=True)]),
                Section("Themes", [wide, Terms([("Rate", "per 1,000")])], [Part("A part", [picture])]),
                Section("Places", [Grid([picture, picture], "Two", Legend("Class", [("#b2182b", "High")]))]),
                Section(
                    "Work", [], [Part("Moor", [Slot("At-risk groups", "Say who.")])], division="partnerships"
                ),
                Section("Methods", [Paragraphs(["Small."], small=True)], division="appendix"),
            ],
            origin=["Source: police.uk"],
            made_with="hotspots",
        )
    )


def brief() -> str:
    rank = pd.array([1, 2, 3], dtype="Int64")
    layer = gpd.GeoDataFrame(
        {
            "name": ["Town", "Moor", "Vale"],
            "district": "Abbeyshire",
            "rank": rank,
            "rank_lo": rank,
            "rank_hi": rank,
            "sel_share": [1.0, 0.6, 0.1],
            "priority": ["force-wide", "borderline local", "watch"],
            "selected": [True, True, False],
            "locality": "",
            "reason": "Because.",
        },
        index=pd.Index(["E1", "E2", "E3"], name="code"),
        geometry=[box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(3)],
        crs="EPSG:27700",
    )
    return brief_html(layer, title="Priorities", summary=["All said"], notes=["How."], noun="ward")


def matrix() -> str:
    places = {f"District {i}": ["✓", "(✓)"] for i in range(9)}
    told = pd.DataFrame(
        {**places, "ticks": 1, "prevalence": ["most prevalent", "less prevalent"]}, index=["A", "B"]
    )
    return matrix_html(told, title="Priorities by partnership", notes=["How."], attribution="OGL")


def times() -> str:
    cells = [
        [
            Cell(ratio, mark)
            for ratio, mark in ((40.0, UP), (2.2, UP), (1.6, ""), (1, ""), (0.6, ""), (0.4, ""), (0.1, DOWN))
        ]
    ]
    return times_html(
        [TimeGrid("Theft", ["Most."], "Hour", ["Friday"], list("0123456"), cells, [])], title="Hot times"
    )


PAGES: dict[str, Callable[[], str]] = {"report": report, "brief": brief, "matrix": matrix, "times": times}


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_barrier_at_any_size(
    page: Page, barriers: Callable[[Page], list[str]], name: str
) -> None:
    page.set_content(PAGES[name]())
    for width, height in ((1280, 800), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert barriers(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.emulate_media(media="print")
    assert barriers(page) == [], "on paper"
    page.emulate_media(media="screen")


@pytest.mark.parametrize("name", PAGES)
def test_pages_say_their_language_title_and_main_part(page: Page, name: str) -> None:
    page.set_content(PAGES[name]())
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert (
        page.locator("meta[name=viewport]").get_attribute("content") == "width=device-width, initial-scale=1"
    )
    assert page.locator("main").count() == page.locator("h1").count() == 1
    assert page.title() == page.locator("h1").inner_text()
    # A table says which way each heading goes.
    assert page.locator("th:not([scope])").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_pages_in_forced_colours_keep_what_colours_mean(page: Page, name: str) -> None:
    page.set_content(PAGES[name]())
    page.emulate_media(forced_colors="active")
    for swatch in page.locator("i[style*=background], .key span[style]").all():
        assert swatch.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "none"
    page.emulate_media(forced_colors="none")
