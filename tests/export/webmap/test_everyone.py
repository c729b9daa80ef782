"""The web map for readers without a mouse, without eyes for colours, or with a small or enlarged screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.export.conftest import Opened

Barriers = Callable[["Page"], list[str]]

pytestmark = pytest.mark.browser

FOCUS = """() => { const e = document.activeElement, box = e.getBoundingClientRect();
const name = e.ariaLabel || (e.labels && e.labels[0] && e.labels[0].textContent) || e.textContent;
return [name.trim(), box.width, box.height]; }"""


def stops(opened: Opened, limit: int = 40) -> list[str]:
    """Names of the stops of the Tab key from where the focus is to the page's end."""
    found: list[str] = []
    for _ in range(limit):
        opened.page.keyboard.press("Tab")
        if opened.page.evaluate("document.activeElement === document.body"):
            return found
        found.append(str(opened.page.evaluate(FOCUS)[0]))
    raise AssertionError(f"the Tab key leads round: {found}")


def onto_the_map(opened: Opened) -> None:
    opened.page.locator(".hotspots-keys").focus()


def outline(opened: Opened) -> str | None:
    drawn = opened.page.locator(".leaflet-selection-pane path").last.get_attribute("d")
    return None if drawn in (None, "M0 0") else drawn


# --- by keyboard


def test_the_map_is_one_stop_and_every_stop_has_a_name(opened: Opened) -> None:
    onto_the_map(opened)
    assert stops(opened) == ["Zoom in", "Whole area"]
    opened.page.evaluate("document.activeElement.blur()")
    assert (
        opened.page.evaluate("[...document.querySelectorAll('path, g')].filter(e => e.tabIndex >= 0).length")
        == 0
    )


def test_on_a_phone_the_keys_go_from_the_map_to_the_list_as_the_eyes_do(opened: Opened) -> None:
    opened.resize(360, 740)
    onto_the_map(opened)
    names = stops(opened)
    assert names[:2] == ["Zoom in", "Whole area"]
    assert names[2].startswith("1Six")
    assert names[3:] == ["Table", "How this map was made", "Print"]
    # With a card there are twelve at the most, as with the table.
    opened.page.locator("#hotspots-list li button").first.click()
    onto_the_map(opened)
    names = stops(opened)
    assert "Close the card" in names
    assert len(names) <= 12
    opened.page.keyboard.press("Escape")
    opened.page.get_by_role("button", name="Table", exact=True).click()
    onto_the_map(opened)
    names = stops(opened)
    assert "Close the table" in names
    assert "Close the card" not in names
    assert len(names) <= 12
    # The table stands in the list's place, so that with a card beside it there are no more.
    opened.page.locator("#hotspots-table tbody button").first.click()
    onto_the_map(opened)
    names = stops(opened)
    assert {"Close the card", "Close the table", "All figures"} <= set(names)
    assert len(names) <= 12
    assert not opened.page.locator("#hotspots-list").is_visible()
    opened.page.locator(".skip-link").focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.className") == "table-frame"


def test_arrow_keys_go_from_one_button_of_a_bar_to_the_next(opened: Opened) -> None:
    focused = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
    zoom = opened.page.evaluate("map_hotspots.getZoom()")
    opened.page.get_by_role("button", name="Zoom in").focus()
    opened.page.keyboard.press("ArrowDown")
    assert opened.page.evaluate(focused) == "Zoom out"
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("map_hotspots.getZoom()") < zoom
    opened.page.get_by_role("button", name="Table", exact=True).focus()
    opened.page.keyboard.press("ArrowRight")
    assert opened.page.evaluate(focused) == "Download what is seen (CSV)"


@pytest.mark.parametrize("theme", ["Rate by ward", "Cells"], ids=["drawn as SVG", "drawn on a canvas"])
def test_arrow_keys_go_from_area_to_area_in_the_order_of_the_list(opened: Opened, theme: str) -> None:
    opened.choice(theme).check()
    first, second = [row.split("|")[1] for row in opened.rows()[:2]]
    said = opened.page.locator("#hotspots-status")
    onto_the_map(opened)
    assert outline(opened) is None
    opened.page.keyboard.press("ArrowDown")
    assert said.inner_text().startswith(first.removesuffix("South").removesuffix("<i>North</i>"))
    one = outline(opened)
    opened.page.keyboard.press("ArrowRight")
    assert said.inner_text().startswith(second.removesuffix("South").removesuffix("<i>North</i>"))
    assert outline(opened) not in (None, one)
    opened.page.keyboard.press("Home")
    assert outline(opened) == one
    opened.page.keyboard.press("Escape")
    assert outline(opened) is None


def test_the_keys_say_rank_class_value_and_reason(opened: Opened) -> None:
    opened.choice("Hotspots").check()
    onto_the_map(opened)
    opened.page.keyboard.press("ArrowDown")
    assert opened.text("#hotspots-status") == (
        "<script>window.hacked = 1</script>, <i>North</i>. Rank 1 of 9 wards. "
        "Hotspot class Hotspot (q\u00a0≤\u00a00.01). Gi* z score 4.00. Incidents 0. "
        "<b><script>window.hacked = 1</script></b>: its rate stands out in its own district"
    )
    opened.page.keyboard.press("End")
    assert "Without a rank, among 9 wards. Hotspot class" in opened.text("#hotspots-status")


def test_enter_chooses_and_escape_leaves(opened: Opened) -> None:
    onto_the_map(opened)
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    assert opened.hash()["area"] == "E05"
    onto_the_map(opened)
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Escape")
    assert opened.hash()["area"] == "E05"
    opened.page.keyboard.press("Escape")
    assert "area" not in opened.hash()
    assert outline(opened) is None


def test_the_keys_go_on_where_they_were_left_unless_the_map_shows_something_else(opened: Opened) -> None:
    onto_the_map(opened)
    for _ in range(3):
        opened.page.keyboard.press("ArrowDown")
    third = outline(opened)
    assert third is not None
    opened.page.keyboard.press("Tab")
    assert outline(opened) is None
    onto_the_map(opened)
    assert outline(opened) == third
    opened.page.keyboard.press("ArrowUp")
    assert "Rank 2 of 9 wards" in opened.text("#hotspots-status")
    # A map of other areas has no such place, and one of which an area was chosen begins with that.
    opened.choice("Cells").check()
    onto_the_map(opened)
    assert outline(opened) is None
    opened.choice("Rate by ward").check()
    onto_the_map(opened)
    opened.page.keyboard.press("ArrowDown")
    opened.page.locator("#hotspots-list li button").nth(4).click()
    onto_the_map(opened)
    opened.page.keyboard.press("ArrowDown")
    assert "Rank 6 of 9 wards" in opened.text("#hotspots-status")


def test_the_area_that_the_keys_are_on_comes_into_view(opened: Opened) -> None:
    opened.page.evaluate(
        "map_hotspots.setView(map_hotspots.getBounds().getSouthWest(), 15, { animate: false })"
    )
    onto_the_map(opened)
    opened.page.keyboard.press("ArrowDown")
    box = opened.page.locator(".leaflet-selection-pane path").last.bounding_box()
    frame = opened.page.locator("main").bounding_box()
    assert box is not None
    assert frame is not None
    assert frame["x"] < box["x"] + box["width"] / 2 < frame["x"] + frame["width"]
    assert frame["y"] < box["y"] + box["height"] / 2 < frame["y"] + frame["height"]


def test_the_map_is_moved_and_zoomed_by_buttons_and_by_keys(opened: Opened) -> None:
    def centre() -> tuple[float, float, float]:
        at = opened.page.evaluate(
            "[map_hotspots.getCenter().lat, map_hotspots.getCenter().lng, map_hotspots.getZoom()]"
        )
        return float(at[0]), float(at[1]), float(at[2])

    opened.page.evaluate("map_hotspots.setZoom(14, { animate: false })")
    for width in (1200, 360):
        opened.resize(width, 740)
        start = centre()
        opened.page.get_by_role("button", name="Move up").click()
        assert centre()[0] > start[0]
        opened.page.get_by_role("button", name="Move right").click()
        assert centre()[1] > start[1]
        opened.page.get_by_role("button", name="Move down").click()
        opened.page.get_by_role("button", name="Move left").click()
        assert centre()[:2] == pytest.approx(start[:2], abs=1e-4)
        opened.page.get_by_role("button", name="Zoom in").click()
        opened.page.get_by_role("button", name="Zoom out").click()
        assert centre()[2] == start[2]
    onto_the_map(opened)
    opened.page.keyboard.press("Shift+ArrowUp")
    assert centre()[0] > start[0]
    opened.page.keyboard.press("+")
    assert centre()[2] > start[2]


def test_on_a_phone_each_control_is_as_high_as_its_buttons(opened: Opened) -> None:
    opened.resize(360, 740)
    for control in (".leaflet-control-zoom", ".hotspots-pad"):
        box = opened.page.locator(control).first.bounding_box()
        last = opened.page.locator(f"{control} > :last-child").first.bounding_box()
        assert box is not None
        assert last is not None
        assert last["y"] + last["height"] == pytest.approx(box["y"] + box["height"], abs=1)


def test_arrow_keys_go_round_the_pad_in_their_direction(opened: Opened) -> None:
    opened.page.locator(".hotspots-whole").focus()
    for key, name in (("ArrowUp", "Move up"), ("ArrowLeft", "Move left"), ("Home", "Whole area")):
        opened.page.keyboard.press(key)
        assert opened.page.evaluate(FOCUS)[0] == name


# --- by rule

STATES: dict[str, list[Callable[[Opened], object]]] = {
    "as opened": [],
    "cells on a canvas": [lambda opened: opened.choice("Cells").check()],
    "search results": [lambda opened: opened.page.locator("#hotspots-query").fill("e")],
    "nothing found": [lambda opened: opened.page.locator("#hotspots-query").fill("zzz")],
    "an area chosen": [lambda opened: opened.page.locator("#hotspots-list ol button").first.click()],
    "pointed at": [lambda opened: opened.page.mouse.move(*opened.middle_of(5))],
    "on the map by keyboard": [onto_the_map, lambda opened: opened.page.keyboard.press("ArrowDown")],
    "heat-map and legends": [
        lambda opened: opened.choice("Heat-map").check(),
        lambda opened: opened.choice("Colours").check(),
    ],
    "by year": [lambda opened: opened.choice("By year").check()],
    "side by side": [lambda opened: opened.choice("Side by side").check()],
    "method open": [lambda opened: opened.page.locator(".hotspots-about summary").click()],
    "on paper": [
        lambda opened: opened.page.emulate_media(media="print"),
        lambda opened: opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))"),
    ],
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_barrier(opened: Opened, barriers: Barriers, state: str) -> None:
    for act in STATES[state]:
        act(opened)
    assert barriers(opened.page) == []
    opened.resize(360, 740)
    assert barriers(opened.page) == [], "on a phone"


def test_axe_finds_no_barrier_while_months_play(opened: Opened, barriers: Barriers) -> None:
    opened.page.emulate_media(reduced_motion="no-preference")
    opened.page.reload()
    opened.choice("By year").check()
    opened.page.locator("#hotspots-play").click()
    assert opened.page.locator("#hotspots-play").inner_text() == "Pause"
    assert barriers(opened.page) == []


def test_axe_finds_a_barrier_where_there_is_one(opened: Opened, barriers: Barriers) -> None:
    opened.page.evaluate("document.querySelector('#hotspots-query').removeAttribute('aria-label')")
    opened.page.evaluate("document.querySelector('#hotspots-query').removeAttribute('placeholder')")
    assert [found.partition(":")[0] for found in barriers(opened.page)] == ["label"]


def test_what_is_pressed_is_24_pixels_wide_and_high(opened: Opened) -> None:
    """Axe counts the room around a small control as its own; here it is the control, or the label that works it."""
    opened.choice("By year").check()
    opened.choice("Side by side").check()
    for width in (1200, 360):
        opened.resize(width, 740)
        small = opened.page.evaluate(
            """() => [...document.querySelectorAll('a, button, select, summary, input:not([type=range])')]
            .filter(e => e.checkVisibility() && !e.closest('.skip-link, .leaflet-control-attribution'))
            .map(e => [e, (e.matches('label input') ? e.closest('label') : e).getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([e, box]) => `${e.tagName} ${e.id || e.className} ${box.width} x ${box.height}`)"""
        )
        assert small == []


# --- in other sizes and colours


@pytest.mark.parametrize(
    ("width", "height"), [(640, 400), (320, 200), (320, 640)], ids=["200 %", "400 %", "320 px"]
)
def test_enlarged_everything_is_read_by_scrolling_down_alone(opened: Opened, width: int, height: int) -> None:
    opened.choice("By year").check()
    opened.choice("Heat-map").check()
    opened.resize(width, height)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    wide = opened.page.evaluate(
        """width => [...document.querySelectorAll('.hotspots-panel *')].filter(e => e.checkVisibility() &&
        !e.closest('.unseen, .hotspots-map') && e.getBoundingClientRect().right > width + 1)
        .map(e => e.outerHTML.slice(0, 80))""",
        width,
    )
    assert wide == []
    # The map leaves room above or below from which the page can be scrolled.
    frame = opened.page.locator("main").bounding_box()
    assert frame is not None
    assert frame["height"] < height


SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


def test_wider_spacing_of_text_cuts_nothing_off(opened: Opened) -> None:
    opened.page.add_style_tag(content=SPACED)
    for width in (1200, 360):
        opened.resize(width, 740)
        cut = opened.page.evaluate(
            """() => [...document.querySelectorAll('.hotspots-panel h1, .hotspots-panel h2, .chips span, .unit, ' +
            '.legend-block li, .list-section li button, .print-button, summary, .period')]
            .filter(e => e.checkVisibility() &&
              (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert cut == []
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_in_forced_colours_swatches_keep_theirs_and_icons_are_drawn_in_the_text_s(opened: Opened) -> None:
    opened.page.emulate_media(forced_colors="active")
    icon = opened.page.locator(".hotspots-whole path")
    stroke, text = icon.evaluate(
        "e => [getComputedStyle(e).stroke, getComputedStyle(e.closest('button')).color]"
    )
    ground = opened.page.locator(".hotspots-whole").evaluate("e => getComputedStyle(e).backgroundColor")
    assert stroke == text
    assert stroke != ground
    fills = opened.page.locator(".legend-block .fill").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert len(set(fills)) > 3
