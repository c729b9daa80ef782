"""What the page shows by itself stays in sight when the window is turned, and is no place in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.export.conftest import Opened, open_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser

WHOLE = """() => { const { bounds } = JSON.parse(document.getElementById('hotspots-data').textContent);
return map_hotspots.getBounds().contains(bounds); }"""
PLACED = "new URLSearchParams(location.hash.slice(1)).has('at')"


def turned(opened: Opened, width: int, height: int) -> None:
    """Give the window a size, and wait until the map has heard of it."""
    opened.resize(width, height)
    opened.page.wait_for_function(
        """() => { const { clientWidth, clientHeight } = map_hotspots.getContainer(), { x, y } = map_hotspots.getSize();
        return x === clientWidth && y === clientHeight; }"""
    )
    # Leaflet says that the map has moved some time after the last change of its size.
    opened.page.evaluate("void map_hotspots.fire('moveend')")


def test_a_window_that_is_turned_shows_the_whole_until_the_reader_moves_the_map(opened: Opened) -> None:
    zooms = []
    for width, height in ((1280, 800), (360, 740), (740, 360), (1920, 1080)):
        turned(opened, width, height)
        assert opened.page.evaluate(WHOLE), (width, height)
        assert not opened.page.evaluate(PLACED), (width, height)
        zooms.append(opened.page.evaluate("map_hotspots.getZoom()"))
    assert zooms[3] > zooms[0] > zooms[1], "a larger map is drawn larger"
    opened.page.evaluate("map_hotspots.panBy([700, 0], { animate: false })")
    opened.page.wait_for_function(PLACED)
    turned(opened, 1280, 800)
    assert not opened.page.evaluate(WHOLE), "the reader's place is kept"
    opened.page.get_by_role("button", name="Whole area").click()
    opened.page.wait_for_function(f"!{PLACED}")
    turned(opened, 1000, 700)
    assert opened.page.evaluate(WHOLE)


def test_paper_is_no_move_of_the_readers(opened: Opened, tmp_path: Path) -> None:
    opened.pdf(tmp_path / "a.pdf")
    opened.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert not opened.page.evaluate(PLACED)
    turned(opened, 1000, 700)
    assert opened.page.evaluate(WHOLE)


def test_a_place_in_the_address_is_kept_when_the_window_is_turned(
    context: BrowserContext, documents: dict[str, Path]
) -> None:
    opened = open_page(context, documents["map"].as_uri() + "#at=52.6070,-1.9890,13.5")
    turned(opened, 900, 600)
    assert opened.page.evaluate("map_hotspots.getZoom()") == 13.5
    assert opened.page.evaluate(PLACED)
    opened.page.close()
