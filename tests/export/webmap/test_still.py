"""The map's page where no script runs, and where a server forbids scripts and styles inside a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import geopandas as gpd
import pytest
from tests.export.conftest import open_page

from hotspots.base.errors import FileError, ParameterError
from hotspots.export.webmap.make import AreaView, make_map, write_map
from hotspots.export.webmap.still import still_html

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route
    from tests.export.conftest import Opened

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"


@pytest.fixture
def served(context: BrowserContext, wards: gpd.GeoDataFrame, tmp_path: Path) -> Iterator[str]:
    """A map with its parts beside it and one with all inside, from a server with such a policy."""
    made = make_map([AreaView("Rate", wards, "rate", noun="wards")], title="Burglary", method_notes=["How."])
    write_map(made, tmp_path / "the map.html", parts="beside")
    write_map(made, tmp_path / "inside.html")
    address = "http://strict.example"

    def serve(route: Route) -> None:
        file = tmp_path / unquote(route.request.url.removeprefix(f"{address}/"))
        route.fulfill(
            path=file, headers={"Content-Security-Policy": POLICY, "Content-Type": TYPES[file.suffix]}
        )

    context.route(f"{address}/**", serve)
    yield address
    context.unroute(f"{address}/**")


def test_a_class_that_is_less_sure_is_hatched_in_drawing_and_legend(wards: gpd.GeoDataFrame) -> None:
    classes = ["force-wide", "borderline force-wide", *[""] * 7]
    layer = wards.assign(priority=classes, score=range(9, 0, -1))
    told = still_html(AreaView("Priorities", layer, "priority", noun="wards"))
    (place,) = re.findall(
        r'<pattern id="still-hatch-(\d)"[^>]*><rect[^>]*/><line [^>]*stroke="#ffffff"', told
    )
    assert re.findall(r'<path [^>]*fill="url\(#still-hatch-(\d)\)"', told) == [place]
    assert re.findall(rf'fill="url\(#still-hatch-{place}\)"[^>]*/></svg> ([^:,]*)', told) == ["Force-wide"]


def test_the_drawing_says_what_where_and_which_areas_are_first(wards: gpd.GeoDataFrame) -> None:
    told = still_html(AreaView("Hotspots", wards, "gi_class", group="<b>Burglary</b>", noun="wards"))
    assert '<title id="still-title">&lt;b&gt;Burglary&lt;/b&gt;: Hotspots</title>' in told
    # The first of nine squares, row by row from the south-west, is the one hotspot.
    assert "in the south-west around &lt;script&gt;" in told
    assert told.count("<path ") == 9
    items = re.findall(r"<li>(.*?)</li>", told.partition("<ol>")[2])
    assert len(items) == 9
    assert items[0].startswith(
        "&lt;script&gt;window.hacked = 1&lt;/script&gt; (&lt;i&gt;North&lt;/i&gt;). Hotspot (q"
    )
    assert items[0].endswith("its rate stands out in its own district")
    assert items[-1].startswith("Seven")
    assert len(told) < 10_000


def test_where_no_class_stands_out_the_drawing_says_so(wards: gpd.GeoDataFrame) -> None:
    told = still_html(AreaView("Hotspots", wards.assign(gi_class="none"), "gi_class", noun="wards"))
    assert '<desc id="still-words">No area stands out.</desc>' in told


def test_of_very_many_areas_the_drawing_says_which_it_shows(
    wards: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = AreaView("Rate", wards, "rate", noun="wards")
    assert "Drawn are" not in still_html(view)
    monkeypatch.setattr("hotspots.export.webmap.still.DRAWN", 4)
    told = still_html(view)
    assert "Drawn are the 4 highest of 9 wards." in told
    assert told.count("<path ") == 4


@pytest.mark.browser
def test_without_scripts_the_map_is_a_picture_with_its_first_areas_and_method(
    context: BrowserContext, documents: dict[str, Path]
) -> None:
    browser = context.browser
    assert browser is not None
    quiet = browser.new_context(offline=True, java_script_enabled=False)
    page = quiet.new_page()
    page.goto(documents["map"].as_uri())
    assert page.locator(".hotspots-still > svg").is_visible()
    assert page.locator(".hotspots-still ol li").count() == 9
    page.locator("summary").click()
    assert page.get_by_text("Rates are per 1,000 people a year.").is_visible()
    for control in ("#hotspots-print", "#hotspots-list", ".skip-link"):
        assert not page.locator(control).is_visible()
    for width in (1200, 320):
        page.set_viewport_size({"width": width, "height": 700})
        box = page.locator(".hotspots-still > svg").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    quiet.close()


@pytest.mark.browser
def test_scripts_take_the_place_of_the_picture(opened: Opened) -> None:
    assert opened.count(".hotspots-still") == 0
    assert opened.page.locator("#hotspots-print").is_visible()


@pytest.mark.browser
def test_a_strict_server_serves_the_map_with_its_parts_beside_it(
    context: BrowserContext, served: str
) -> None:
    found = open_page(context, f"{served}/the map.html")
    assert found.troubles == []
    assert found.text("#hotspots-list h2") == "All 9 wards"
    assert found.page.evaluate("getComputedStyle(document.querySelector('.hotspots-page')).display") == "grid"
    found.page.locator("#hotspots-list ol button").first.click()
    assert found.text("#hotspots-card-name") == "Six"
    assert found.troubles == []
    found.page.close()
    # All inside, the same policy leaves the picture.
    refused = open_page(context, f"{served}/inside.html")
    assert refused.count(".hotspots-still > svg") == 1
    assert any("Content Security Policy" in trouble for trouble in refused.troubles)
    refused.page.close()


def test_parts_beside_are_refused_where_they_are_and_named_where_they_are_not(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    made = make_map([AreaView("Rate", wards, "rate")], title="T")
    files = write_map(made, tmp_path / "map.html", parts="beside")
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "map_files/1.css",
        "map_files/2.js",
        "map_files/3.js",
        "map.html",
    ]
    assert not re.search(
        r"<style|<script>|style=\"|onclick", (tmp_path / "map.html").read_text(encoding="utf-8")
    )
    (tmp_path / "map.html").unlink()
    with pytest.raises(FileError, match=r"1\.css"):
        write_map(made, tmp_path / "map.html", parts="beside")
    assert not (tmp_path / "map.html").exists()
    with pytest.raises(ParameterError, match="'parts' is 'apart'"):
        write_map(made, tmp_path / "map.html", parts="apart")  # type: ignore[arg-type]
