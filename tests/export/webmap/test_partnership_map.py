"""My partnership in a real browser: some districts alone, on the map, in the list, the legend and the headline."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.export.conftest import Opened, open_page

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

NORTH, SOUTH = "<i>North</i>", "South"


@pytest.fixture(scope="module")
def shared(context: BrowserContext, documents: dict[str, Path]) -> Iterator[Opened]:
    found = open_page(context, documents["map"].as_uri())
    yield found
    assert found.troubles == []
    assert found.page.evaluate("window.hacked") is None
    found.page.close()


@pytest.fixture
def seen(shared: Opened) -> Opened:
    """The page as it opens."""
    shared.page.set_viewport_size({"width": 1200, "height": 800})
    shared.page.evaluate("history.replaceState(null, '', '#'); dispatchEvent(new Event('hashchange'))")
    shared.page.evaluate("document.querySelector('#hotspots-districts details').open = true")
    return shared


def tick(seen: Opened, district: str) -> None:
    seen.page.locator("#hotspots-districts label").filter(has_text=district).locator("input").click()


def counts(seen: Opened) -> list[str]:
    return seen.page.locator("#hotspots-legend li .count").all_inner_texts()


def test_a_district_narrows_list_legend_map_and_headline(seen: Opened) -> None:
    before = seen.colour_of(5), seen.colour_of(1)
    bounds = seen.page.evaluate("map_hotspots.getZoom()")
    tick(seen, SOUTH)
    # Ranks stay those among all nine wards.
    assert [row.split("|")[:2] for row in seen.rows()] == [
        ["1", "SixSouth"],
        ["2", "NineSouth"],
        ["5", "EightSouth"],
        ["7", "SevenSouth"],
    ]
    # 1,250 + 3 + 8 + 90 of 1,404.
    assert seen.text("#hotspots-headline") == "South: 4 of 9 wards; 1,351 of 1,404 incidents (96%)"
    assert sum(int(count) for count in counts(seen)) == 4
    assert seen.text("#hotspots-list h2") == "All 4 wards in South"
    assert seen.colour_of(5) == before[0]
    assert seen.page.evaluate("map_hotspots.getZoom()") >= bounds
    tick(seen, NORTH)
    assert seen.text("#hotspots-headline").startswith("<i>North</i> and South: 9 of 9 wards")
    seen.page.get_by_role("button", name="Show the whole area").click()
    assert seen.page.locator("#hotspots-headline").is_hidden()
    assert len(seen.rows()) == 9
    assert seen.colour_of(1) == before[1]


def test_areas_outside_are_dimmed_and_cannot_be_pointed_at(seen: Opened) -> None:
    alpha = """([x, y]) => { const canvas = document.querySelector('#map_hotspots .leaflet-overlay-pane canvas');
    const frame = canvas.getBoundingClientRect(), ratio = canvas.width / frame.width;
    return canvas.getContext('2d').getImageData((x - frame.left) * ratio, (y - frame.top) * ratio, 1, 1).data[3]; }"""
    full = seen.page.evaluate(alpha, list(seen.middle_of(0)))
    tick(seen, SOUTH)
    assert 0 < seen.page.evaluate(alpha, list(seen.middle_of(0))) < full / 2
    seen.page.mouse.move(*seen.middle_of(0))
    assert seen.count(".hotspots-tooltip") == 0
    seen.page.mouse.move(*seen.middle_of(7))
    assert seen.count(".hotspots-tooltip") == 1


def test_cells_that_name_no_district_are_found_in_its_outline(seen: Opened) -> None:
    seen.choice("Cells").check()
    all_ = int(seen.text("#hotspots-list h2").split()[-2].replace(",", ""))
    tick(seen, SOUTH)
    south = int(seen.text("#hotspots-list h2").split(" of ")[1].split()[0].replace(",", ""))
    tick(seen, SOUTH)
    tick(seen, NORTH)
    north = int(seen.text("#hotspots-list h2").split(" of ")[1].split()[0].replace(",", ""))
    assert south + north == all_
    assert min(south, north) > 0
    assert "drawn" in seen.text("#hotspots-headline")


def test_the_choice_is_in_the_link_and_comes_back_with_it(seen: Opened) -> None:
    tick(seen, SOUTH)
    assert seen.hash()["in"] == "south"
    seen.choice("Hotspots").check()
    assert seen.hash()["in"] == "south"
    assert seen.text("#hotspots-headline").startswith("South: 4 of 9 wards")
    seen.page.evaluate(
        "history.replaceState(null, '', '#in=i-north-i'); dispatchEvent(new Event('hashchange'))"
    )
    assert seen.text("#hotspots-headline").startswith("<i>North</i>: 5 of 9 wards")
    assert seen.page.locator("#hotspots-districts input:checked").count() == 1


def test_an_area_found_elsewhere_ends_the_choice(seen: Opened) -> None:
    tick(seen, NORTH)
    seen.page.get_by_role("combobox", name="Find an area").fill("Nine")
    seen.page.keyboard.press("Enter")
    assert seen.card() == "Nine"
    assert seen.page.locator("#hotspots-headline").is_hidden()
    tick(seen, SOUTH)
    assert seen.card() == "Nine"
    tick(seen, SOUTH)
    tick(seen, NORTH)
    assert seen.page.locator("#hotspots-card").is_hidden()


def test_the_card_ranks_among_all_areas(seen: Opened) -> None:
    tick(seen, SOUTH)
    seen.page.locator("#hotspots-list ol button").nth(1).click()
    assert "Rank 2 of " in seen.text("#hotspots-card .rank")
    assert "Rank 2 of 9 wards" in seen.text("#hotspots-status")


def test_districts_are_one_stop_of_the_tab_key_and_arrows_go_on(seen: Opened) -> None:
    seen.page.locator("#hotspots-districts summary").focus()
    seen.page.keyboard.press("Tab")
    focused = "document.activeElement.parentElement.textContent"
    seen.page.keyboard.press("Home")
    assert seen.page.evaluate(focused) == NORTH
    seen.page.keyboard.press("ArrowDown")
    assert seen.page.evaluate(focused) == SOUTH
    seen.page.keyboard.press("Space")
    assert seen.text("#hotspots-headline").startswith("South")
    assert seen.text("#hotspots-status").startswith("South: 4 of 9 wards")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "Show the whole area"


@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_no_barrier(seen: Opened, barriers: Callable[[Page], list[str]], width: int) -> None:
    seen.page.set_viewport_size({"width": width, "height": 740})
    tick(seen, SOUTH)
    assert barriers(seen.page) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
