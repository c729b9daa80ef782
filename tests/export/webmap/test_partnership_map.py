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
    shared.resize(1200, 800)
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
    # Two of the four have 3 and 8 incidents, and are hatched beside their class.
    assert seen.page.locator("#hotspots-legend li:has(.hatched) .count").inner_text() == "2"
    assert sum(int(count) for count in counts(seen)) == 4 + 2
    assert seen.text("#hotspots-list h2") == "All 4 wards in South"
    assert seen.colour_of(5) == before[0]
    assert seen.page.evaluate("map_hotspots.getZoom()") >= bounds
    tick(seen, NORTH)
    assert seen.text("#hotspots-headline").startswith("<i>North</i> and South: 9 of 9 wards")
    seen.page.get_by_role("button", name="Show the whole area").click()
    assert seen.page.locator("#hotspots-headline").is_hidden()
    assert len(seen.rows()) == 9
    assert seen.colour_of(1) == before[1]


def test_a_rate_of_few_incidents_is_hatched_where_the_wards_are_large_enough_and_the_legend_says_so(
    seen: Opened,
) -> None:
    line = seen.page.locator("#hotspots-legend li:has(.hatched) .label")
    assert line.inner_text() == "Hatched: a rate of fewer than 10 incidents"
    here = seen.page.evaluate("map_hotspots.getZoom()")
    seen.page.evaluate(f"map_hotspots.setMinZoom(0).setZoom({here - 5}, {{animate: false}})")
    assert line.inner_text() == "Hatched from a closer zoom: a rate of fewer than 10 incidents"
    seen.page.evaluate(f"map_hotspots.setZoom({here}, {{animate: false}})")
    assert line.inner_text() == "Hatched: a rate of fewer than 10 incidents"


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


# --- the table


def table(seen: Opened) -> list[list[str]]:
    rows = "all => all.map(row => [...row.children].map(cell => cell.textContent))"
    found: list[list[str]] = seen.page.locator("#hotspots-table tbody tr:not(.gap)").evaluate_all(rows)
    return found


def sorted_by(seen: Opened) -> dict[str, str]:
    heads = seen.page.locator("#hotspots-table [aria-sort]:not([aria-sort=none])")
    return dict(
        heads.evaluate_all("all => all.map(head => [head.firstChild.firstChild.textContent, head.ariaSort])")
    )


def test_the_table_has_every_area_and_column_and_sorts_by_its_headings(seen: Opened) -> None:
    seen.page.get_by_role("button", name="Table", exact=True).click()
    assert seen.text("#hotspots-table caption") == "Burglary, Rate by ward: 9 wards"
    heads = seen.page.locator("#hotspots-table thead th").evaluate_all(
        "all => all.map(head => head.textContent.replace(/[▲▼]/, ''))"
    )
    assert [head[:4] for head in heads[:4]] == ["Rank", "Name", "Dist", "Rate"]
    assert len(heads) == len(set(heads)) >= 12
    assert [row[0] for row in table(seen)] == ["1", "2", "3", "4", "5", "6", "7", "8", "–"]
    assert sorted_by(seen) == {}
    incidents = seen.page.locator("#hotspots-table thead button[data-column=n]")
    incidents.click()
    assert sorted_by(seen) == {"Incidents": "descending"}
    assert [row[1] for row in table(seen)][:2] == ["Six", "Nine"]
    assert seen.page.evaluate("document.activeElement.dataset.column") == "n"
    incidents.click()
    assert sorted_by(seen) == {"Incidents": "ascending"}
    assert [row[1] for row in table(seen)][-2:] == ["Nine", "Six"]
    assert seen.hash()["sort"] == "n"
    tick(seen, SOUTH)
    assert [row[1] for row in table(seen)] == ["Seven", "Eight", "Nine", "Six"]
    assert seen.text("#hotspots-table caption") == "Burglary, Rate by ward, South: 4 wards"
    seen.page.get_by_role("button", name="Close the table").click()
    assert seen.page.locator("#hotspots-table").is_hidden()
    assert "table" not in seen.hash()


def test_a_name_too_long_for_its_column_on_a_phone_is_cut_where_it_says_so(seen: Opened) -> None:
    seen.resize(360, 740)
    seen.page.get_by_role("button", name="Table", exact=True).click()
    beyond = """all => all.map(name => [name.scrollWidth > name.clientWidth, getComputedStyle(name).textOverflow,
      name.getBoundingClientRect().right <= name.parentNode.getBoundingClientRect().right])"""
    cut = seen.page.locator("#hotspots-table tbody th button").evaluate_all(beyond)
    assert [True, "ellipsis", True] in cut
    assert all(inside for _, _, inside in cut)


def test_a_row_of_the_table_marks_its_area_and_chooses_it(seen: Opened) -> None:
    seen.page.get_by_role("button", name="Table", exact=True).click()
    outline = ".leaflet-selection-pane path >> nth=-1"
    assert seen.page.locator(outline).get_attribute("d") in (None, "M0 0")
    row = seen.page.locator("#hotspots-table tbody tr").nth(1)
    row.hover()
    assert seen.page.locator(outline).get_attribute("d") not in (None, "M0 0")
    row.get_by_role("button").click()
    assert seen.card() == "Nine"
    assert seen.page.locator("#hotspots-table .chosen").inner_text().split("\t")[1].strip() == "Nine"


def test_bars_rows_and_areas_mark_one_another(seen: Opened) -> None:
    seen.page.get_by_role("button", name="Table", exact=True).click()
    pointed = "all => all.map(e => e.tagName + ' ' + e.querySelector('button, .name').textContent)"

    def marked() -> list[str]:
        return list(seen.page.locator("#hotspots-table .pointed").evaluate_all(pointed))

    bars = seen.page.locator(".table-bars button")
    assert bars.first.inner_text().split() == ["Six", "1,250.2"]
    assert bars.count() == 9
    bars.nth(1).hover()
    assert marked() == ["TR Nine", "BUTTON Nine"]
    assert seen.page.locator(".leaflet-selection-pane path").last.get_attribute("d") not in (None, "M0 0")
    seen.page.mouse.move(*seen.middle_of(5))
    assert marked() == ["TR Six", "BUTTON Six"]
    seen.page.locator("#hotspots-table tbody button").nth(1).focus()
    assert marked() == ["TR Nine", "BUTTON Nine"]
    seen.page.locator("#hotspots-table thead button[data-column=n]").click()
    assert bars.first.inner_text().split() == ["Six", "1,250"]
    bars.nth(1).click()
    assert seen.card() == "Nine"


def test_of_many_areas_the_table_makes_rows_as_it_scrolls(seen: Opened) -> None:
    seen.choice("Cells").check()
    seen.page.get_by_role("button", name="Table", exact=True).click()
    count = int(seen.page.locator("#hotspots-table table").get_attribute("aria-rowcount") or 0) - 1
    assert count > 3000
    assert len(table(seen)) < 200
    seen.page.locator("#hotspots-table tbody button").first.focus()
    seen.page.keyboard.press("End")
    focused = "document.activeElement.closest('tr').ariaRowIndex"
    assert seen.page.evaluate(focused) == str(count + 1)
    assert len(table(seen)) < 200
    seen.page.keyboard.press("Home")
    assert seen.page.evaluate(focused) == "2"


WORK = """() => { window.work = { paintings: 0, rows: 0 };
const make = document.createElement.bind(document);
document.createElement = (name) => { if (name === "tr") work.rows += 1; return make(name); };
new MutationObserver((all) => { work.paintings += all.filter((one) => one.attributeName === "width").length; })
  .observe(document.querySelector("#map_hotspots .leaflet-overlay-pane canvas"), { attributes: true }); }"""


def test_the_map_is_painted_once_when_the_table_takes_room_and_not_for_a_longer_list(seen: Opened) -> None:
    seen.choice("Cells").check()
    seen.page.evaluate(WORK)
    seen.page.locator("#hotspots-list .more").click()
    assert seen.page.evaluate("work") == {"paintings": 0, "rows": 0}
    seen.page.get_by_role("button", name="Table", exact=True).click()
    # The headings, 24 rows of 3,266 and the room for the others.
    assert seen.page.evaluate("work") == {"paintings": 1, "rows": 26}
    seen.page.get_by_role("button", name="Close the table").click()
    assert seen.page.evaluate("work.paintings") == 2
    tick(seen, SOUTH)
    assert seen.page.evaluate("work.paintings") == 3


def test_a_link_to_the_table_opens_on_the_whole_of_what_is_left_of_the_map(
    context: BrowserContext, documents: dict[str, Path]
) -> None:
    opened = open_page(context, documents["map"].as_uri() + "#table=1")
    whole = "map_hotspots.getBounds().contains(JSON.parse(document.getElementById('hotspots-data').textContent).bounds)"
    assert opened.page.locator(".table-frame tbody th").first.is_visible()
    assert opened.page.evaluate(whole) is True
    opened.page.close()


def test_the_open_table_adds_three_stops_of_the_tab_key_and_its_close_button(seen: Opened) -> None:
    seen.page.get_by_role("button", name="Table", exact=True).click()
    assert seen.page.evaluate("document.activeElement.className") == "table-frame"
    names: list[str] = []
    while len(names) < 9:
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement === document.body"):
            break
        names.append(str(seen.page.evaluate("document.activeElement.textContent")))
    assert len(names) == 3
    assert names[0].startswith("Name")
    assert names[1] == "Six"


def test_what_is_seen_is_downloaded_from_a_file(seen: Opened) -> None:
    tick(seen, SOUTH)
    with seen.page.expect_download() as got:
        seen.page.get_by_role("button", name="Download what is seen").click()
    assert got.value.suggested_filename == "burglary-rate-by-ward-south.csv"
    text = Path(got.value.path()).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    lines = text.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("Code,Name,District")
    assert "per 1,000" in lines[0]
    assert [line.split(",")[1] for line in lines[1:5]] == ["Six", "Nine", "Eight", "Seven"]
    assert lines[5:] == [
        "",
        'Shown,"Burglary, Rate by ward, South"',
        "Period,July 2018",
        "Source,police.uk",
        "Licence,Open Government Licence <v3.0>",
        "",
    ]


def test_from_a_ward_to_the_cells_inside_it_and_back(seen: Opened) -> None:
    seen.page.locator("#hotspots-list ol button").first.click()
    zoom = "map_hotspots.getZoom()"
    seen.page.get_by_role("button", name="cells in Six").click()
    assert seen.choice("Cells").is_checked()
    assert seen.page.locator("#hotspots-card").is_hidden()
    # Six is the last of the second row: its middle is the middle of the map.
    x, y = seen.middle_of(5)
    frame = seen.page.locator("main").bounding_box()
    assert frame is not None
    assert abs(x - frame["x"] - frame["width"] / 2) < 5
    assert abs(y - frame["y"] - frame["height"] / 2) < 5
    assert seen.page.evaluate(zoom) > 14
    assert seen.hash()["from"] == "rate-by-ward:E05"
    assert seen.page.evaluate("document.activeElement.textContent") == "← Back to Six (wards)"
    seen.page.keyboard.press("Enter")
    assert seen.card() == "Six"
    assert seen.choice("Rate by ward").is_checked()
    assert "from" not in seen.hash()
    assert seen.page.locator("#hotspots-back button").is_hidden()


@pytest.mark.parametrize("width", [1200, 360])
def test_axe_finds_no_barrier(seen: Opened, barriers: Callable[[Page], list[str]], width: int) -> None:
    seen.resize(width, 740)
    tick(seen, SOUTH)
    seen.page.get_by_role("button", name="Table", exact=True).click()
    assert barriers(seen.page) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
