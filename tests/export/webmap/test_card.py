"""The card of an area in a real browser: what it says, where the focus goes, how it prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from tests.export.conftest import open_page

from hotspots.export.webmap.cards import Card, Measure, Within
from hotspots.export.webmap.make import AreaView, make_map, write_map

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.export.conftest import Opened

pytestmark = pytest.mark.browser

REASON = (
    "<b>High</b> & near: "
    + "recorded crime is above the average in 4 of 4 quarters, and so is the rest; " * 5
    + "so it is."
)


@pytest.fixture(scope="module")
def carded(tmp_path_factory: pytest.TempPathFactory, wards: gpd.GeoDataFrame) -> Path:
    """Nine wards with priorities and burglary, and a small square in the middle of each but the last."""
    order = range(1, 10)
    chosen = wards[["name", "district", "geometry"]].assign(
        priority=["local", *[""] * 8],
        score=[9 - i for i in range(9)],
        rank=order,
        rank_lo=order,
        rank_hi=[*range(3, 10), 9, 9],
        reason=REASON,
    )
    burglary = wards[["name", "district", "rate", "geometry"]].assign(n=wards["n"])
    middles = wards.geometry.centroid
    inside = gpd.GeoDataFrame(
        {"name": [f"{name} 001A" for name in wards["name"]], "n": range(9)},
        geometry=[shapely.box(p.x - 200, p.y - 200, p.x + 200, p.y + 200) for p in middles],
        index=pd.Index([f"E01{i}" for i in range(9)], name="code"),
        crs=wards.crs,
    )
    card = Card(
        "all 9 wards of <i>North</i> and South",
        ranked=chosen,
        sure=pd.Series("<b>Firm</b>.", index=wards.index),
        measures=[
            Measure("<b>Burglary</b>", burglary, "rate", 100.0, change=pd.Series("up 36%", index=wards.index))
        ],
        unit="per 1,000 people a year",
        compared="2018 against 2017",
        offences=pd.DataFrame({"<script>": 3, "Drugs": 1, "Arson": 0}, index=wards.index),
        within=[Within("LSOAs", inside, pd.Series([*range(8), -1]).to_numpy())],
    )
    views = [
        AreaView("Priorities", chosen, "priority", group="Priorities", noun="wards", card=card),
        AreaView("Rate", burglary, "rate", group="Burglary", noun="wards"),
        AreaView("Incidents", inside, "n", group="Burglary", noun="LSOAs"),
    ]
    path = tmp_path_factory.mktemp("card") / "map.html"
    page = {"title": "Priorities", "period": "2018", "source": "police.uk", "attribution": "OGL"}
    write_map(make_map(views, boundary=wards.dissolve("district")[["geometry"]], **page), path)  # type: ignore[arg-type]
    return path


@pytest.fixture
def page(context: BrowserContext, carded: Path) -> Iterator[Opened]:
    found = open_page(context, carded.as_uri())
    yield found
    assert found.troubles == []
    assert found.page.evaluate("window.hacked") is None
    found.page.close()


def focused(page: Opened) -> str:
    return str(page.page.evaluate("document.activeElement.id || document.activeElement.className"))


def test_the_card_says_class_and_reason_first_and_folds_the_figures(
    page: Opened, wards: gpd.GeoDataFrame
) -> None:
    page.page.locator("#hotspots-list ol button").first.click()
    card = page.page.locator("#hotspots-card")
    said = [line for line in card.inner_text().splitlines() if line.strip()]
    assert said[:2] == [wards["name"].iloc[0], "×"]
    assert said[2:6] == [
        "<i>North</i> · E00",
        "Priorities",
        "Local priority: stands out in its own district",
        REASON,
    ]
    assert said[6] == "Rank 1 of 9; between 1 and 3 once chance is allowed for."
    assert "<b>Firm</b>." in said
    burglary = said.index("<b>Burglary</b>")
    # A rate of 0, on a scale that ends at twice the average.
    assert said[burglary + 1 : burglary + 3] == ["0.0average 100.0", "up 36%"]
    assert card.locator(".measure .fill").evaluate("e => e.style.width") == "0%"
    assert card.locator(".measure .tick").evaluate("e => e.style.left") == "50%"
    assert said[said.index("<script>") : said.index("1 (25%)") + 1] == [
        "<script>",
        "3 (75%)",
        "Drugs",
        "1 (25%)",
    ]
    assert said[-1] == "All figures"
    assert "Arson" not in said
    assert page.count(".leaflet-popup") == 0
    assert card.locator("b").count() == 1  # the value: no text of the data became an element


def test_the_focus_goes_to_the_card_and_back_to_where_it_came_from(page: Opened) -> None:
    third = page.page.locator("#hotspots-list ol button").nth(2)
    third.focus()
    page.page.keyboard.press("Enter")
    assert focused(page) == "hotspots-card-name"
    page.page.keyboard.press("Escape")
    assert not page.page.locator("#hotspots-card").is_visible()
    assert third.evaluate("button => button === document.activeElement")
    assert "area" not in page.hash()
    page.page.mouse.click(*page.middle_of(4))
    assert focused(page) == "hotspots-card-name"
    page.page.locator("#hotspots-card .close").click()
    assert page.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_another_theme_keeps_the_card_and_what_was_unfolded(page: Opened) -> None:
    page.page.locator("#hotspots-list ol button").nth(5).click()
    page.page.locator("#hotspots-card summary").click()
    page.group("Burglary")
    assert page.card() == "Six"
    assert page.text("#hotspots-card .about") == "Burglary · Rate"
    assert page.text("#hotspots-card .class") == "1,250.2 per 1,000 people a year"
    # The priority and its reason stay, below the class in sight.
    assert page.page.locator("#hotspots-card .class").nth(1).inner_text() == "Not a priority"
    assert page.page.locator("#hotspots-card .reason").inner_text() == REASON
    assert page.page.locator("#hotspots-card dd").last.is_visible()
    # The heading that was read is a new one, and still has the focus.
    assert focused(page) == "hotspots-card-name"


def test_a_smaller_area_inside_leads_to_its_own_card(page: Opened) -> None:
    page.page.locator("#hotspots-list ol button").nth(5).click()
    inside = page.page.locator("#hotspots-card .within button")
    assert inside.all_inner_texts() == ["Six 001A\nE015\n5"]
    inside.click()
    assert page.card() == "Six 001A"
    assert page.text("#hotspots-card .class") == "5 incidents"
    assert page.hash()["area"] == "E015"
    # The last ward holds none, and does not say so.
    page.page.locator("#hotspots-query").fill("nine")
    page.page.locator("#hotspots-found li").first.click()
    assert page.card() == "Nine"
    assert page.count("#hotspots-card .within") == 0


def test_a_link_opens_the_card_and_leaves_the_focus_alone(context: BrowserContext, carded: Path) -> None:
    opened = open_page(context, carded.as_uri() + "#area=E05")
    assert opened.card() == "Six"
    assert opened.page.evaluate("document.activeElement === document.body")
    opened.page.close()


def test_map_and_card_print_on_one_sheet(page: Opened, tmp_path: Path) -> None:
    page.page.locator("#hotspots-list ol button").first.click()
    assert page.pdf(tmp_path / "card.pdf").count(b"/Type /Page\n") == 1
    page.page.emulate_media(media="print")
    page.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for part in (".reason", ".rank-bar", ".measure", ".offences", ".within"):
        assert page.page.locator(f"#hotspots-card {part}").first.is_visible(), part
    for part in ("#hotspots-card .close", "#hotspots-card .figures", "#hotspots-list"):
        assert not page.page.locator(part).is_visible(), part
    assert page.page.locator("main").is_visible()
    # The areas are printed as lines: a canvas would be a white patch on paper.
    assert page.count("main svg path[fill-opacity]") > 0
    assert not page.page.locator("main canvas").first.is_visible()
    page.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.page.locator("main canvas").first.is_visible()
    assert page.count("main svg path[fill-opacity]") == 0


def test_on_a_narrow_page_the_card_follows_the_map(page: Opened) -> None:
    page.resize(320, 640)
    page.page.mouse.click(*page.middle_of(4))
    ground, card = (page.page.locator(part).bounding_box() for part in ("main", "#hotspots-card"))
    assert ground is not None
    assert card is not None
    assert ground["y"] == pytest.approx(0, abs=1)
    assert ground["y"] + ground["height"] <= card["y"] < 640
    assert page.page.evaluate("document.documentElement.scrollWidth") == 320
