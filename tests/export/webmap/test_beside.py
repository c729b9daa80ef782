"""The web map in a real browser: months that go by, and a second map beside the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.export.conftest import open_page

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.export.conftest import Opened

pytestmark = pytest.mark.browser

PERIOD = "#hotspots-switch output"


def second(opened: Opened) -> Any:
    return opened.page.locator("#hotspots-beside")


def middle_beside(opened: Opened, area: int) -> tuple[float, float]:
    """Where the middle of one of the nine squares is in the second map, which shows the same ground."""
    x, y = opened.middle_of(area)
    left, right = (
        opened.page.locator(place).bounding_box() for place in ("main.hotspots-map", "#hotspots-beside")
    )
    assert left is not None
    assert right is not None
    # The second map has a border on its left.
    edge = second(opened).evaluate("place => place.clientLeft")
    return x + right["x"] + edge - left["x"], y + right["y"] - left["y"]


def test_the_year_before_stands_beside_and_moves_in_step(opened: Opened) -> None:
    opened.choice("By year").check()
    opened.choice("Side by side").check()
    captions = opened.page.locator(".map-caption").all_text_contents()
    assert captions == ["Burglary, By year, <b>2017</b>", "Burglary, By year, 2016"]
    wide, beside = (
        opened.page.locator(place).bounding_box() for place in ("main.hotspots-map", "#hotspots-beside")
    )
    assert wide is not None
    assert beside is not None
    assert beside["x"] >= wide["x"] + wide["width"] - 1
    assert abs(beside["width"] - wide["width"]) < 3
    opened.page.locator(".leaflet-control-zoom-out").click()
    opened.page.mouse.move(*middle_beside(opened, 5))
    assert second(opened).locator(".leaflet-tooltip .name").text_content() == "Six"
    assert opened.hash()["beside"] == "burglary.by-year"
    assert opened.hash()["shift"] == "-1"
    # A step back in the first leaves the second without a period, and says so.
    opened.page.locator("#hotspots-period").press("ArrowLeft")
    assert opened.page.locator(".map-caption").all_text_contents()[1] == "No such period in these files"
    assert opened.count("#hotspots-beside .leaflet-overlay-pane canvas") == 0
    opened.choice("Side by side").uncheck()
    assert not second(opened).is_visible()
    assert "beside" not in opened.hash()


def test_another_theme_stands_beside_with_its_legend(opened: Opened) -> None:
    opened.choice("Side by side").check()
    assert opened.page.locator(".map-caption").all_text_contents()[1] == "Burglary, Hotspots"
    opened.page.locator("#hotspots-beside-theme").select_option(
        label="<b>Robbery</b>: Hotspots of <i>robbery</i>"
    )
    assert (
        opened.page.locator(".map-caption").all_text_contents()[1]
        == "<b>Robbery</b>, Hotspots of <i>robbery</i>"
    )
    assert opened.count("#hotspots-legend .legend-block") == 2
    # Robbery is not in the group in sight; its area is found in the first map all the same.
    opened.page.mouse.click(*middle_beside(opened, 5))
    assert opened.card() == "Six"


def test_the_period_beside_is_chosen_and_goes_along(opened: Opened) -> None:
    opened.choice("By year").check()
    opened.choice("Side by side").check()
    opened.page.locator("#hotspots-beside-period").select_option(label="<b>2017</b>")
    assert opened.page.locator(".map-caption").all_text_contents()[1] == "Burglary, By year, <b>2017</b>"
    opened.page.locator("#hotspots-period").press("ArrowLeft")
    assert opened.page.locator(".map-caption").all_text_contents() == ["Burglary, By year, 2016"] * 2


def test_a_link_opens_both_maps(context: BrowserContext, documents: dict[str, Path]) -> None:
    address = (
        documents["map"].as_uri()
        + "#group=burglary&theme=by-year&period=b-2017-b&beside=burglary.by-year&shift=-1"
    )
    found = open_page(context, address)
    assert found.page.locator(".map-caption").all_text_contents() == [
        "Burglary, By year, <b>2017</b>",
        "Burglary, By year, 2016",
    ]
    assert found.choice("Side by side").is_checked()
    found.page.close()
    for nonsense in ("beside=x.y", "beside=", "beside=burglary.by-year&shift=a", "beside=.&shift=1e9"):
        found = open_page(context, documents["map"].as_uri() + f"#{nonsense}")
        assert found.count("#hotspots-list li") > 0
        assert found.troubles == []
        found.page.close()


def test_years_go_by_until_paused(context: BrowserContext, documents: dict[str, Path]) -> None:
    found = open_page(context, "about:blank")
    page = found.page
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install()
    page.goto(documents["map"].as_uri() + "#group=burglary&theme=by-year&period=2016")
    assert page.locator(PERIOD).text_content() == "2016"
    page.locator("#hotspots-play").click()
    assert page.locator("#hotspots-play").text_content() == "Pause"
    page.clock.run_for(1300)
    assert page.locator(PERIOD).text_content() == "<b>2017</b>"
    page.clock.run_for(1200)
    assert page.locator(PERIOD).text_content() == "2016"  # and round again
    page.locator("#hotspots-play").click()
    page.clock.run_for(5000)
    assert page.locator(PERIOD).text_content() == "2016"
    assert page.locator("#hotspots-play").text_content() == "Play"
    page.close()


def test_a_link_plays_and_a_hand_on_the_slider_stops_it(
    context: BrowserContext, documents: dict[str, Path]
) -> None:
    found = open_page(context, "about:blank")
    page = found.page
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install()
    page.goto(documents["map"].as_uri() + "#group=burglary&theme=by-year&period=2016&play=1")
    page.clock.run_for(1300)
    assert page.locator(PERIOD).text_content() == "<b>2017</b>"
    page.locator("#hotspots-period").press("ArrowLeft")
    page.clock.run_for(5000)
    assert page.locator(PERIOD).text_content() == "2016"
    page.close()


def test_who_wants_less_motion_is_offered_none(context: BrowserContext, documents: dict[str, Path]) -> None:
    found = open_page(context, documents["map"].as_uri() + "#group=burglary&theme=by-year&period=2016&play=1")
    assert found.count("#hotspots-play") == 0
    assert found.page.locator(PERIOD).text_content() == "2016"
    found.page.close()


def test_on_a_phone_the_second_map_stands_below_the_first(
    context: BrowserContext, documents: dict[str, Path]
) -> None:
    found = open_page(context, documents["map"].as_uri())
    found.resize(360, 740)
    found.choice("Side by side").check()
    first = found.page.locator("main.hotspots-map").bounding_box()
    other = second(found).bounding_box()
    assert first is not None
    assert other is not None
    assert other["y"] >= first["y"] + first["height"] - 1
    assert found.page.evaluate("document.documentElement.scrollWidth") <= 360
    # Nor does a theme of a long name widen the page.
    long = "all => all.forEach(one => { one.textContent = 'Violence and sexual offences: '.repeat(3); })"
    found.page.locator("#hotspots-beside-theme option").evaluate_all(long)
    assert found.page.evaluate("document.documentElement.scrollWidth") <= 360
    found.page.close()
