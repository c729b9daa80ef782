"""The web map in a real browser that reaches no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.columns import format_value
from hotspots.export.webmap import AreaTheme, SurfaceTheme, make_map, write_map
from hotspots.surface import Surface

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
HOSTILE = [
    "<script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    "\"'><b>&amp;</b> {{ 7*7 }} ${window.hacked = 1}",
    "Ynys Môn: Tŷ'n-y-gongl",
    "Town 🏘️ \u2028 centre",
]


def wards() -> gpd.GeoDataFrame:
    names = [*HOSTILE, "Six", "Seven", "Eight", "Nine"]
    places = [(4e5 + 1000 * (i % 3), 3e5 + 1000 * (i // 3)) for i in range(9)]
    return gpd.GeoDataFrame(
        {
            "name": names,
            "district": ["<i>North</i>"] * 5 + ["South"] * 4,
            "population": 5000.0,
            "n": [0, 12, 7, 30, 4, 1250, 3, 8, 90],
            "rate": [0.0, 2.4, np.nan, 6.04, 0.8, 1250.25, 0.6, 1.6, 18.0],
            "gi_p": [0.5, 0.00001, 0.2, 0.04, 0.00009, 0.7, 0.3, 0.2, 1.0],
            "gi_class": pd.Categorical(
                ["hot99", "none", "undefined", "none", "cold90", "none", None, "none", "none"]
            ),
        },
        geometry=[shapely.box(x, y, x + 1000, y + 1000) for x, y in places],
        index=pd.Index([f"E0{i}" for i in range(9)], name="code"),
        crs="EPSG:27700",
    )


def cells(count: int) -> gpd.GeoDataFrame:
    side = int(np.sqrt(count))
    x, y = (part.ravel() for part in np.meshgrid(np.arange(side) * 40 + 4e5, np.arange(side) * 40 + 3e5))
    classes = np.where(np.arange(side * side) % 3, "hot95", "none")
    index = pd.Index([f"cell_{i:06d}" for i in range(side * side)], name="code")
    return gpd.GeoDataFrame(
        {"n": 1, "gi_class": classes},
        geometry=shapely.box(x, y, x + 40, y + 40),
        index=index,
        crs="EPSG:27700",
    )


def surface() -> Surface:
    values = np.ones((30, 30))
    values[10:15, 10:15] = 50.0
    return Surface(values, 4e5, 3e5 + 3000, 100.0, "EPSG:27700", "incidents per km² a year")


@dataclass
class Opened:
    """A page and what went wrong on it."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        lines = self.page.locator(selector).first.inner_text().splitlines()
        return "\n".join(line for line in lines if line.strip())

    def radio(self, name: str) -> Locator:
        return self.page.locator(".leaflet-control-layers-base label", has_text=name).locator("input")

    def overlay(self, name: str) -> Locator:
        return self.page.locator(".leaflet-control-layers-overlays label", has_text=name).locator("input")

    def count(self, selector: str) -> int:
        return self.page.locator(selector).count()

    def middle_of(self, area: int) -> tuple[float, float]:
        box = self.page.locator(".leaflet-overlay-pane svg path").nth(area).bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        made = browser.new_context(offline=True, viewport={"width": 1200, "height": 800})
        made.set_default_timeout(10_000)
        yield made
        browser.close()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("maps")
    layer = wards()
    districts = layer.dissolve("district")[["geometry"]]
    page: dict[str, Any] = {
        "title": 'Crime <script>window.hacked = 1</script> & "more"',
        "period": "July 2018",
        "source": "police.uk",
        "attribution": "Open Government Licence <v3.0>",
        "method_notes": ["Rates are per 1,000 people a year."],
    }
    themes: list[AreaTheme | SurfaceTheme] = [
        AreaTheme("Rate by ward", layer, "rate", group="Burglary", noun="wards", note="<b>A note</b>"),
        AreaTheme("Hotspots", layer, "gi_class", group="Burglary", noun="wards"),
        AreaTheme("Hotspots of <i>robbery</i>", layer, "gi_class", group="<b>Robbery</b>", noun="wards"),
        AreaTheme("Cells", cells(10_000), "gi_class", group="<b>Robbery</b>", noun="cells", draw="classed"),
        SurfaceTheme("Heat-map <b>", surface(), note="Quartic kernel, bandwidth 300 m."),
    ]
    write_map(make_map(themes, boundary=districts, **page), folder / "map.html")
    write_map(make_map(themes[:1], basemap="osm", **page), folder / "osm.html")
    return {path.stem: path for path in folder.iterdir()}


def open_page(context: BrowserContext, path: Path) -> Opened:
    opened = Opened(context.new_page())
    page = opened.page
    page.on("console", lambda said: opened.troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: opened.troubles.append(str(error)))
    page.on("requestfailed", lambda request: opened.troubles.append(request.url))
    page.goto(path.as_uri())
    return opened


@pytest.fixture
def opened(context: BrowserContext, documents: dict[str, Path]) -> Iterator[Opened]:
    found = open_page(context, documents["map"])
    yield found
    assert found.troubles == []
    assert found.page.evaluate("window.hacked") is None
    found.page.close()


def test_it_opens_on_the_first_theme_with_its_texts(opened: Opened) -> None:
    assert opened.page.evaluate("map_hotspots.getSize().x") > 500
    assert opened.text("h1") == 'Crime <script>window.hacked = 1</script> & "more"'
    assert opened.page.title() == 'Crime <script>window.hacked = 1</script> & "more"'
    assert opened.text(".period") == "July 2018"
    assert opened.text(".hotspots-source") == "Source: police.uk"
    assert "Open Government Licence <v3.0>" in opened.text(".leaflet-control-attribution")
    assert opened.text(".leaflet-control-scale").split()[1] in ("km", "m")
    assert opened.count(".leaflet-overlay-pane svg path") == 9
    opened.page.locator("summary", has_text="How this map was made").click()
    assert opened.page.locator(".hotspots-about li").is_visible()


def test_the_legend_names_the_limits_and_counts_the_areas(opened: Opened) -> None:
    lines = opened.text(".hotspots-legend").splitlines()
    assert lines[:4] == ["Burglary", "Rate by ward", "Rate (per 1,000 people a year)", "wards"]
    assert "No data" in lines
    assert "<b>A note</b>" in lines
    opened.radio("Hotspots").first.check()
    legend = opened.text(".hotspots-legend")
    assert "Hotspot, 99% confidence (q\u00a0≤\u00a00.01)" in legend
    assert "Undefined (no neighbours or no variation)" in legend
    assert "Rate (per 1,000" not in legend


def test_switching_the_theme_recolours_the_same_shapes(opened: Opened) -> None:
    first = opened.page.locator(".leaflet-overlay-pane svg path").first
    opened.page.evaluate("document.querySelector('.leaflet-overlay-pane svg path').dataset.mark = 'kept'")
    opened.radio("Hotspots").first.check()
    assert first.get_attribute("data-mark") == "kept"
    assert first.get_attribute("fill") == "#b2182b"
    missing = opened.page.locator(".leaflet-overlay-pane svg path").nth(6)
    assert (missing.get_attribute("fill"), missing.get_attribute("stroke-dasharray")) == ("#dcdcdc", "3 3")


def test_cells_are_drawn_on_a_canvas_and_give_way_again(opened: Opened) -> None:
    opened.page.locator("summary", has_text="Robbery").click()
    opened.radio("Cells").check()
    assert (opened.count(".leaflet-overlay-pane canvas"), opened.count(".leaflet-overlay-pane svg")) == (1, 0)
    assert "Not drawn: 3,334 cells (neither hotspot nor coldspot)." in opened.text(".hotspots-legend")
    opened.radio("Hotspots").first.check()
    assert (opened.count(".leaflet-overlay-pane canvas"), opened.count(".leaflet-overlay-pane svg path")) == (
        0,
        9,
    )


def test_overlays_come_and_go_with_their_legend(opened: Opened) -> None:
    assert opened.count(".leaflet-overlay-pane img") == 0
    opened.overlay("Heat-map").check()
    picture = opened.page.locator(".leaflet-overlay-pane img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 30
    assert picture.evaluate("image => getComputedStyle(image).zIndex") == "300"
    legend = opened.text(".hotspots-legend")
    assert "Density (incidents per km² a year)" in legend
    assert "5 × the mean or more" in legend
    assert "Quartic kernel, bandwidth 300 m. Not drawn: under the mean (under" in legend
    opened.overlay("Heat-map").uncheck()
    assert opened.count(".leaflet-overlay-pane img") == 0
    assert "Density" not in opened.text(".hotspots-legend")
    names = opened.page.locator(".hotspots-name")
    assert sorted(names.all_inner_texts()) == ["<i>North</i>", "South"]
    opened.overlay("Districts").uncheck()
    assert names.count() == 0


@pytest.mark.parametrize("area", range(5))
def test_hostile_names_are_text(opened: Opened, area: int) -> None:
    x, y = opened.middle_of(area)
    opened.page.mouse.move(x, y)
    name = opened.page.locator(".leaflet-tooltip .name")
    name.wait_for()
    assert name.evaluate("shown => shown.textContent") == HOSTILE[area]
    opened.page.mouse.click(x, y)
    opened.page.locator(".leaflet-popup .name").wait_for()
    assert opened.page.locator(".leaflet-popup .name").evaluate("shown => shown.textContent") == HOSTILE[area]
    assert opened.text(".leaflet-popup .place") == f"<i>North</i> · E0{area}"


def test_labels_of_the_layer_list_are_text(opened: Opened) -> None:
    labels = opened.page.locator(".leaflet-control-layers label").evaluate_all(
        "all => all.map(l => l.textContent.trim())"
    )
    assert labels == [
        "Rate by ward",
        "Hotspots",
        "Hotspots of <i>robbery</i>",
        "Cells",
        "Boundaries only",
        "Heat-map <b>",
        "Districts",
    ]
    assert opened.text("details.theme-group:nth-of-type(2) summary") == "<b>Robbery</b>"


def test_a_tooltip_tells_name_district_and_value(opened: Opened) -> None:
    opened.page.mouse.move(*opened.middle_of(5))
    opened.page.locator(".leaflet-tooltip").wait_for()
    assert opened.text(".leaflet-tooltip").splitlines() == [
        "Six",
        "South",
        "Rate",
        "per 1,000 people a year",
        "1,250.2",
        "Incidents",
        "1,250",
    ]


@pytest.mark.parametrize("area", [1, 2, 4])
def test_a_popup_shows_every_column_as_the_vocabulary_does(opened: Opened, area: int) -> None:
    row = wards().iloc[area]
    opened.page.mouse.click(*opened.middle_of(area))
    popup = opened.page.locator(".leaflet-popup")
    popup.wait_for()
    shown = dict(
        zip(popup.locator("dt").all_inner_texts(), popup.locator("dd").all_inner_texts(), strict=True)
    )
    assert shown["Gi* p value"] == format_value("gi_p", row["gi_p"])
    assert shown["Rate\nper 1,000 people a year"] == format_value("rate", float(row["rate"]))
    assert shown["Population\npeople"] == "5,000"
    assert len(shown) == 5


def test_the_layer_list_works_from_the_keyboard(opened: Opened) -> None:
    opened.radio("Rate by ward").focus()
    opened.page.keyboard.press("ArrowDown")
    assert opened.radio("Hotspots").first.is_checked()
    assert opened.text(".hotspots-legend").startswith("Burglary\nHotspots")


def test_a_phone_sees_map_and_legend_and_opens_the_list(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 360, "height": 740})
    wide = opened.page.evaluate("document.documentElement.scrollWidth")
    assert wide == 360
    assert opened.page.locator(".leaflet-control-layers-toggle").is_visible()
    assert not opened.radio("Rate by ward").is_visible()
    box = opened.page.locator("main").bounding_box()
    assert box is not None
    assert (box["width"], box["height"] > 300) == (360, True)
    opened.page.locator(".leaflet-control-layers-toggle").press("Enter")
    assert opened.radio("Rate by ward").is_visible()
    opened.page.set_viewport_size({"width": 1200, "height": 800})
    opened.page.locator("#hotspots-layers .leaflet-control-layers").wait_for()
    assert not opened.page.locator(".leaflet-control-layers-toggle").is_visible()


def test_without_a_network_street_tiles_are_missed_and_the_map_still_works(
    context: BrowserContext, documents: dict[str, Path]
) -> None:
    found = open_page(context, documents["osm"])
    assert found.count(".leaflet-overlay-pane svg path") == 9
    assert "OpenStreetMap" in found.text(".leaflet-control-attribution")
    assert all("tile.openstreetmap.org" in trouble or "ERR_" in trouble for trouble in found.troubles)
    found.page.close()
