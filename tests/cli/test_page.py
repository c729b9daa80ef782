"""`hotspots page`: the card of one area, from a map, a folder and a layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from tests.export.conftest import open_page

from hotspots.base.errors import FileError, ParameterError
from hotspots.export.webmap.one import page_of_area
from hotspots.publish.area_page import area_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

ORIGIN = {"source": "police.uk", "attribution": "OGL"}
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """Three wards, each with a rank and a reason."""
    wards = gpd.GeoDataFrame(
        {
            "name": ["Town", "<b>Moor</b>", "Vale"],
            "n": [9, 4, 2],
            "rate": [30.0, 20.0, 10.0],
            "priority": ["force-wide", "", ""],
            "rank": [1, 2, 3],
            "score": [2.5, 0.1, -1.0],
            "gi_p": [0.2, 0.00002, 0.5],
            "reason": ["High.", "Because.", "Low."],
        },
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * i + 1000, 3e5 + 1000) for i in range(3)],
        index=["E05000001", "E05000002", "E05000003"],
        crs="EPSG:27700",
    )
    wards.index.name = "code"
    path = tmp_path / "wards.geojson"
    wards.reset_index().to_file(path)
    return path


@pytest.mark.browser
def test_the_page_shows_the_card_of_the_map_alone(layer: Path, tmp_path: Path, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    page = tmp_path / "moor.html"
    page.write_text(area_page(str(layer), "e05000002", title="Priorities 2025", **ORIGIN), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(offline=True, reduced_motion="reduce")
        opened = open_page(context, page.as_uri())
        assert opened.page.title() == "<b>Moor</b>: Priorities 2025"
        assert opened.card() == "<b>Moor</b>"
        assert opened.text("#hotspots-card .reason") == "Because."
        assert "Rank 2 of 3." in opened.text("#hotspots-card")
        for part in (
            "#hotspots-search",
            "#hotspots-switch",
            "#hotspots-list",
            "#hotspots-card .close",
            ".skip-link",
        ):
            assert not opened.page.locator(part).is_visible(), part
        for part in ("h1", "main", "#hotspots-legend", "#hotspots-print"):
            assert opened.page.locator(part).is_visible(), part
        opened.page.keyboard.press("Escape")
        assert opened.card() == "<b>Moor</b>"
        opened.page.pdf(path=str(tmp_path / "moor.pdf"), prefer_css_page_size=True)
        assert (tmp_path / "moor.pdf").read_bytes().count(b"/Type /Page\n") == 1
        assert opened.troubles == []
        browser.close()


def test_a_folder_gives_the_page_of_its_map(layer: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    made = area_page(str(layer), "E05000001", **ORIGIN)
    (folder / "map.html").write_text(made, encoding="utf-8")
    again = area_page(str(folder), "E05000003")
    assert '"page":"E05000003"' in again
    assert again == page_of_area(made, "E05000003") == area_page(str(folder / "map.html"), "E05000003")


def test_an_unknown_area_is_refused_with_those_nearest(layer: Path) -> None:
    with pytest.raises(ParameterError) as error:
        area_page(str(layer), "E05000009", **ORIGIN)
    assert error.value.message == "the map has no area 'E05000009'"
    assert error.value.hint.startswith("did you mean 'E0500000")


def test_a_folder_without_a_map_and_a_page_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError) as error:
        area_page(str(tmp_path), "E1")
    assert error.value.message == f"'{tmp_path}' has no map.html, from which the page of an area is made"
    assert error.value.hint == "add [map] to the recipe and run it again, or give a layer of the folder"
    missing = tmp_path / "none.html"
    with pytest.raises(FileError) as error:
        area_page(str(missing), "E1")
    assert error.value.message == f"cannot read '{missing}'"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello</p>",
        '<script type="application/json" id="hotspots-data">{"themes": [</script>',
        '<script type="application/json" id="hotspots-data">[1]</script>',
        '<script type="application/json" id="hotspots-data">{"themes":[{"table":3}],"tables":[],"columns":[]}</script>',
    ],
)
def test_a_page_that_is_no_map_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="this is no map of the toolkit, and holds no areas") as error:
        page_of_area(text, "E1")
    assert getattr(error.value, "hint", "") == "give the folder of a run, its map.html, or a layer"


def test_the_command_writes_the_page_and_does_not_replace_one(hotspots: Command, layer: Path) -> None:
    output = layer.parent / "town.html"
    asked = ("page", str(layer), "--area", "E05000001", "-o", str(output))
    code, out, err = hotspots(*asked)
    assert (code, out) == (0, "")
    assert err.splitlines()[-1] == f"Wrote {output}: open it in a browser, or print it"
    assert output.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert hotspots(*asked)[0] == 1


def test_without_scripts_the_page_shows_the_area_and_not_the_list_of_all(layer: Path) -> None:
    still = (
        area_page(str(layer), "E05000002", **ORIGIN)
        .partition('<div class="hotspots-still">')[2]
        .partition("</main>")[0]
    )
    assert "<svg" in still
    assert "<h2>&lt;b&gt;Moor&lt;/b&gt;</h2>" in still
    assert "<dt>Rate per 1,000 people a year</dt><dd>20.0</dd>" in still
    assert "<dd>Because.</dd>" in still
    assert "<dt>Gi* p value</dt><dd>under 0.0001</dd>" in still
    assert "Vale" not in still


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_barrier_on_the_page_of_an_area(
    chromium: str, layer: Path, barriers: Callable[[Page], list[str]], width: int
) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    made = layer.parent / "axe.html"
    made.write_text(area_page(str(layer), "E05000001", **ORIGIN), encoding="utf-8")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = open_page(browser.new_context(offline=True), made.as_uri())
        opened.resize(width, 800)
        assert barriers(opened.page) == []
        browser.close()
