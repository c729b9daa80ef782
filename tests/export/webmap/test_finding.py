"""The web map in a real browser: finding an area, keeping a view, doing without a pointer, printing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.export.conftest import Opened

pytestmark = pytest.mark.browser


def found(opened: Opened) -> list[str]:
    """Names that the search lists."""
    return opened.page.locator("#hotspots-found .name").all_text_contents()


# --- search


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("ynys mon", "Ynys Môn: Tŷ'n-y-gongl"),
        ("TYN Y GONGL", "Ynys Môn: Tŷ'n-y-gongl"),
        ("Tŷ’n", "Ynys Môn: Tŷ'n-y-gongl"),
        ("e05", "Six"),
        ("<script>", "<script>window.hacked = 1</script>"),
    ],
)
def test_a_search_cares_for_letters_and_not_for_how_they_are_written(
    opened: Opened, asked: str, name: str
) -> None:
    opened.page.locator("#hotspots-query").fill(asked)
    assert found(opened)[0] == name


def test_a_search_is_worked_with_the_keyboard(opened: Opened) -> None:
    box = opened.page.locator("#hotspots-query")
    box.press_sequentially("e0")
    assert len(found(opened)) == 8
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-activedescendant") == "hotspots-found-0"
    assert (
        opened.text("#hotspots-found li") == "<script>window.hacked = 1</script>\n<i>North</i> · wards · E00"
    )
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowUp")
    chosen = opened.page.locator("#hotspots-found [aria-selected=true] .name")
    assert chosen.all_text_contents() == ['<img src=x onerror="window.hacked = 1">']
    opened.page.keyboard.press("Enter")
    assert opened.card() == '<img src=x onerror="window.hacked = 1">'
    assert not opened.page.locator("#hotspots-found").is_visible()
    assert opened.hash()["area"] == "E01"
    opened.page.keyboard.press("Escape")
    assert not opened.page.locator("#hotspots-card").is_visible()
    assert "area" not in opened.hash()


def test_a_search_closes_and_says_when_it_finds_nothing(opened: Opened) -> None:
    box = opened.page.locator("#hotspots-query")
    box.fill("atlantis")
    assert opened.text("#hotspots-found") == "No area found"
    assert opened.text("#hotspots-search [role=status]") == "No found"
    box.press("Escape")
    assert not opened.page.locator("#hotspots-found").is_visible()
    box.fill("nine")
    opened.page.locator("#hotspots-found li").click()
    assert opened.card() == "Nine"


def test_an_area_of_another_layer_brings_its_theme(opened: Opened) -> None:
    opened.choice("Cells").check()
    opened.page.locator("#hotspots-query").fill("seven")
    opened.page.keyboard.press("Enter")
    assert opened.card() == "Seven"
    assert opened.choice("Rate by ward").is_checked()
    opened.page.locator("#hotspots-query").fill("cell_000100")
    opened.page.keyboard.press("Enter")
    assert opened.card() == "cell_000100"
    assert opened.choice("Cells").is_checked()


# --- the list


def test_the_list_ranks_by_value_with_ties_and_gaps_last(opened: Opened) -> None:
    assert opened.text("#hotspots-list header").splitlines() == [
        "All 9 wards",
        "Rate, per 1,000 people a year",
    ]
    assert opened.rows() == [
        "1|SixSouth|1,250.2",
        "2|NineSouth|18.0",
        "3|Ynys Môn: Tŷ'n-y-gongl<i>North</i>|6.0",
        '4|<img src=x onerror="window.hacked = 1"><i>North</i>|2.4',
        "5|EightSouth|1.6",
        "6|Town 🏘️ \u2028 centre<i>North</i>|0.8",
        "7|SevenSouth|0.6",
        "8|<script>window.hacked = 1</script><i>North</i>|0.0",
        "–|\"'><b>&amp;</b> {{ 7*7 }} ${window.hacked = 1}<i>North</i>|no data",
    ]


def test_classes_are_listed_by_class_and_then_by_value(opened: Opened) -> None:
    opened.choice("Hotspots").check()
    assert opened.text("#hotspots-list header p") == "By class, then Gi* z score"
    rows = [row.split("|") for row in opened.rows()]
    # Hotspot, five of neither (0.1 twice), coldspot; those without a z score last.
    assert [row[2] for row in rows] == ["4.00", "1.00", "0.50", "0.20", "0.10", "0.10", "-2.50"] + 2 * [
        "no data"
    ]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "5", "7", "–", "–"]
    first = opened.page.locator("#hotspots-list ol button").first
    assert "Hotspot (q" in str(first.text_content())
    assert first.locator(".fill").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(101, 0, 0)"


def test_the_list_is_short_until_all_is_asked_for(opened: Opened) -> None:
    opened.choice("Cells").check()
    assert opened.text("#hotspots-list h2") == "Top 10 of 3,266 cells"
    assert len(opened.rows()) == 10
    more = opened.page.locator("#hotspots-list .more")
    assert more.inner_text() == "Show all 3,266"
    more.click()
    assert opened.text("#hotspots-list h2") == "All 3,266 cells"
    # Rows are made as they come into sight, and each says its place among all.
    assert 10 < len(opened.rows()) < 100
    row = opened.page.locator("#hotspots-list li").nth(10)
    assert (row.get_attribute("aria-posinset"), row.get_attribute("aria-setsize")) == ("11", "3266")
    opened.page.locator("#hotspots-list ol button").first.focus()
    opened.page.keyboard.press("End")
    assert opened.page.evaluate("document.activeElement.parentElement.ariaPosInSet") == "3266"
    assert opened.page.locator("#hotspots-list li").last.is_visible()
    assert len(opened.rows()) < 100
    opened.page.keyboard.press("ArrowUp")
    assert opened.page.evaluate("document.activeElement.parentElement.ariaPosInSet") == "3265"
    more.click()
    assert len(opened.rows()) == 10


def test_the_list_leads_to_the_map_without_a_pointer(opened: Opened, wards: gpd.GeoDataFrame) -> None:
    opened.page.locator("#hotspots-list ol button").first.focus()
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    assert opened.card() == "Ynys Môn: Tŷ'n-y-gongl"
    chosen = opened.page.locator("#hotspots-list [aria-current=true] .name")
    assert chosen.evaluate("name => name.firstChild.textContent") == wards["name"].iloc[3]
    assert opened.text("#hotspots-status") == (
        "Ynys Môn: Tŷ'n-y-gongl, <i>North</i>. Rank 3 of 9 wards. Rate 6.0 per 1,000 people a year. Incidents 30. "
        "<b>Ynys Môn: Tŷ'n-y-gongl</b>: its rate stands out in its own district"
    )
    centre = opened.page.evaluate("map_hotspots.getBounds().contains(map_hotspots.getCenter())")
    assert centre
    outline = opened.page.locator(".leaflet-selection-pane path").last
    assert outline.get_attribute("d") != "M0 0"
    opened.choice("Hotspots").check()
    assert opened.text("#hotspots-card .about") == "Burglary · Hotspots"


# --- the address


def test_choices_are_in_the_address_and_back_undoes_them(opened: Opened) -> None:
    assert opened.hash() == {}
    opened.choice("Hotspots").check()
    assert opened.hash()["theme"] == "hotspots"
    opened.choice("Heat-map").check()
    assert opened.hash()["over"] == "outlines,names,heat-map-b"
    opened.page.locator("#hotspots-list ol button").first.click()
    assert opened.hash()["area"] == "E00"
    opened.page.go_back()
    opened.page.locator("#hotspots-card").wait_for(state="hidden")
    assert opened.choice("Heat-map").is_checked()
    opened.page.go_back()
    opened.page.locator(".leaflet-overlay-pane img").wait_for(state="detached")
    opened.page.go_back()
    opened.page.wait_for_function(
        "document.querySelector('#hotspots-legend h2').textContent.includes('Rate')"
    )
    assert opened.choice("Rate by ward").is_checked()
    opened.page.go_forward()
    opened.page.wait_for_function("document.querySelector('[data-key=hotspots]').checked")


def test_an_address_opens_the_same_view_elsewhere(
    opened: Opened, context: BrowserContext, documents: dict[str, Path]
) -> None:
    address = documents["map"].as_uri() + (
        "#group=burglary&theme=by-year&period=2016&over=names&at=52.6070,-1.9890,13.5&area=E05"
    )
    page = context.new_page()
    page.goto(address)
    page.locator("#hotspots-card .name").wait_for()
    assert page.locator("#hotspots-card .name").inner_text() == "Six"
    assert page.locator("output").inner_text() == "2016"
    assert page.locator(".hotspots-name").count() == 0
    place = page.evaluate(
        "[map_hotspots.getCenter().lat, map_hotspots.getCenter().lng, map_hotspots.getZoom()]"
    )
    assert place == pytest.approx([52.607, -1.989, 13.5], abs=2e-4)
    page.close()
    assert opened.choice("Rate by ward").is_checked()


@pytest.mark.parametrize(
    "nonsense",
    ["#hotspots-list", "#theme=none&group=x&at=a,b&area=<b>&period=9", "#at=1,2", "#%", "#at=99,0,5"],
)
def test_an_address_that_means_nothing_opens_the_map_as_it_is(opened: Opened, nonsense: str) -> None:
    opened.page.evaluate("hash => { location.hash = hash; }", nonsense)
    opened.page.wait_for_function("document.querySelector('#hotspots-legend h2') !== null")
    assert opened.choice("Rate by ward").is_checked()
    assert opened.count(".leaflet-overlay-pane canvas") == 1
    assert not opened.page.locator("#hotspots-card").is_visible()


def test_inside_another_page_the_map_works_without_an_address(
    opened: Opened, documents: dict[str, Path]
) -> None:
    # As a notebook shows it. The frame is put beside the map, so that what goes wrong in it is seen, too.
    opened.page.evaluate(
        """text => { const frame = document.createElement("iframe"); frame.srcdoc = text; frame.id = "inner";
        Object.assign(frame.style, { position: "fixed", inset: 0, width: "100%", height: "100%", zIndex: 9999 });
        document.body.append(frame); }""",
        documents["map"].read_text(encoding="utf-8"),
    )
    inner = opened.page.frame_locator("#inner")
    inner.locator("#hotspots-list ol button").first.click()
    inner.locator("#hotspots-card .name", has_text="Six").wait_for()
    inner.locator("#hotspots-switch label", has_text="Hotspots").first.click()
    assert inner.locator("#hotspots-legend h2").inner_text() == "Burglary · Hotspots"
    assert opened.hash() == {}


# --- for everyone

CONTRASTS = """() => {
  const parse = text => { const n = (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
    return n.length < 4 ? [...n, 1] : n; };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const behind = element => { const layers = [];
    for (let e = element; e; e = e.parentElement) layers.unshift(parse(getComputedStyle(e).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255]); };
  const light = colour => { const [r, g, b] = colour.map(c => { const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || /SCRIPT/.test(element.tagName)) continue;
    const ground = behind(element), ink = over(parse(getComputedStyle(element).color), ground);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    found.push([(high + 0.05) / (low + 0.05), element.className + ": " + node.textContent.trim().slice(0, 30)]);
  }
  return found; }"""


def test_every_text_stands_out_from_its_ground(opened: Opened) -> None:
    opened.page.locator(".hotspots-about summary").click()
    opened.choice("By year").check()
    opened.choice("Heat-map").check()
    opened.choice("Colours").check()
    opened.page.locator("#hotspots-list ol button").first.click()
    opened.page.locator("#hotspots-query").fill("e")
    contrasts = opened.page.evaluate(CONTRASTS)
    assert len(contrasts) > 80
    assert [entry for entry in contrasts if entry[0] < 4.5] == []


def test_every_control_has_a_name_and_shows_the_focus(opened: Opened) -> None:
    opened.page.keyboard.press("Tab")
    names = []
    for _ in range(16):
        name, shown = opened.page.evaluate(
            """() => { const e = document.activeElement;
            const name = e.ariaLabel || (e.labels && e.labels[0] && e.labels[0].textContent) || e.textContent;
            const ringed = x => x !== null && getComputedStyle(x).outlineStyle === "solid";
            return [name.trim(), ringed(e) || ringed(e.nextElementSibling)]; }"""
        )
        assert name
        assert shown, name
        names.append(name)
        opened.page.keyboard.press("Tab")
    assert names[:5] == [
        "Skip to the list of areas",
        "Find an area by name or code",
        "Theme",
        "Rate by ward",
        "Heat-map <b>",
    ]


def test_the_skip_link_leads_to_the_list_and_leaves_the_address_alone(opened: Opened) -> None:
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "hotspots-list"
    assert opened.hash() == {}
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.closest('ol') !== null")


def test_nothing_moves_for_readers_who_asked_for_less_motion(opened: Opened) -> None:
    options = opened.page.evaluate("map_hotspots.options")
    moving = ("zoomAnimation", "fadeAnimation", "markerZoomAnimation", "inertia")
    assert [options[name] for name in moving] == [False] * 4
    moves = "() => { let n = 0; map_hotspots.on('move', () => n++); return () => n; }"
    counter = opened.page.evaluate_handle(moves)
    opened.page.locator("#hotspots-list ol button").first.click()
    opened.card()
    assert counter.evaluate("count => count()") == 1


def test_themes_are_chosen_with_the_arrow_keys_and_keep_the_focus(opened: Opened) -> None:
    opened.choice("Rate by ward").focus()
    opened.page.keyboard.press("ArrowRight")
    assert opened.choice("Hotspots").is_checked()
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press("ArrowRight")
    assert opened.choice("Cells").is_checked()
    assert opened.page.evaluate("document.activeElement.dataset.key") == "cells"


def test_the_whole_comes_back_with_one_button(opened: Opened) -> None:
    before = opened.page.evaluate("map_hotspots.getZoom()")
    opened.page.evaluate("map_hotspots.setZoom(15, { animate: false })")
    opened.page.locator(".hotspots-whole").click()
    assert opened.page.evaluate("map_hotspots.getZoom()") == before


def test_a_phone_sees_choices_map_legend_and_list_in_turn(opened: Opened) -> None:
    opened.resize(360, 740)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 360
    tops = []
    for part in (
        "#hotspots-query",
        "#hotspots-switch",
        "main",
        "#hotspots-legend",
        "#hotspots-list",
        ".panel-foot",
    ):
        box = opened.page.locator(part).bounding_box()
        assert box is not None
        assert box["width"] <= 360
        tops.append(box["y"])
    assert tops == sorted(tops)
    assert opened.page.locator(".hotspots-source .licence").is_visible()
    opened.page.locator("#hotspots-list ol button").nth(2).click()
    # The area stays in sight, and its card follows it.
    ground, card = (opened.page.locator(part).bounding_box() for part in ("main", "#hotspots-card"))
    assert ground is not None
    assert card is not None
    assert ground["y"] == pytest.approx(0, abs=1)
    assert ground["y"] + ground["height"] <= card["y"] < 740 - 100
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= 360


def test_a_map_that_opens_on_a_phone_shows_its_areas(opened: Opened) -> None:
    opened.resize(360, 740)
    # Opened anew, without the place that the address of the wide page may hold by now.
    opened.page.goto(opened.page.url.partition("#")[0])
    size = opened.page.evaluate("[map_hotspots.getSize().x, map_hotspots.getSize().y]")
    box = opened.page.locator("#map_hotspots").bounding_box()
    assert box is not None
    assert size == pytest.approx([box["width"], box["height"]], abs=1)
    where = "[map_hotspots.getCenter().lat, map_hotspots.getCenter().lng, map_hotspots.getZoom()]"
    first = opened.page.evaluate(where)
    opened.page.locator(".hotspots-whole").click()
    assert opened.page.evaluate(where) == pytest.approx(first, abs=1e-6)


def test_it_prints_title_map_legend_list_notes_and_licence_on_one_sheet(
    opened: Opened, tmp_path: Path
) -> None:
    printed = opened.pdf(tmp_path / "map.pdf")
    # Chromium writes one such object for each page; 595 x 842 points are A4.
    assert printed.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed
    opened.page.emulate_media(media="print")
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for part in (
        "h1",
        "main",
        "#hotspots-legend",
        "#hotspots-list ol",
        ".hotspots-about li",
        ".licence >> nth=0",
    ):
        assert opened.page.locator(part).first.is_visible(), part
    for part in (
        "#hotspots-query",
        "#hotspots-switch",
        ".leaflet-control-zoom",
        ".print-button",
        ".skip-link",
    ):
        assert not opened.page.locator(part).is_visible(), part
    assert opened.page.evaluate("map_hotspots.getSize().x") == pytest.approx(188 / 25.4 * 96, abs=3)
    opened.page.emulate_media(media="screen")
    opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.evaluate("document.querySelector('.hotspots-about').open") is False
    assert opened.page.evaluate("map_hotspots.getSize().x") > 750
