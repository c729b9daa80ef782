"""Maps with everything on them, opened in one Chromium that reaches no network."""

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

from hotspots.base.crs import WGS84, transform_xy
from hotspots.base.surface import Surface
from hotspots.export.webmap.make import AreaView, SurfaceView, make_map, write_map

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
HOSTILE = [
    "<script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    "\"'><b>&amp;</b> {{ 7*7 }} ${window.hacked = 1}",
    "Ynys Môn: Tŷ'n-y-gongl",
    "Town 🏘️ \u2028 centre",
]


def resize(page: Page, width: int, height: int) -> None:
    """Give the window a size, and wait for the map to take it up: until then places on it are those of the old size."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(
        """([width, height]) => { const map = window.map_hotspots, frame = map && map.getContainer();
        return innerWidth === width && innerHeight === height
          && (!map || (map.getSize().x === frame.clientWidth && map.getSize().y === frame.clientHeight)); }""",
        arg=[width, height],
    )


@dataclass
class Opened:
    """A page and what went wrong on it."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def text(self, selector: str) -> str:
        lines = self.page.locator(selector).first.inner_text().splitlines()
        return "\n".join(line for line in lines if line.strip())

    def pdf(self, path: Path) -> bytes:
        """Print the page, and return the file; the page hears a moment later that it was printed."""
        self.page.pdf(path=str(path), prefer_css_page_size=True)
        self.page.wait_for_function("!document.documentElement.classList.contains('printing')")
        return path.read_bytes()

    def resize(self, width: int, height: int) -> None:
        resize(self.page, width, height)

    def choice(self, name: str) -> Locator:
        """The radio button or checkbox of this name."""
        return self.page.locator("#hotspots-switch label").filter(has_text=name).locator("input").first

    def group(self, name: str) -> None:
        self.page.locator("#hotspots-group").select_option(label=name)

    def count(self, selector: str) -> int:
        return self.page.locator(selector).count()

    def middle_of(self, area: int) -> tuple[float, float]:
        """Where on the screen the middle of one of the nine squares is."""
        longitude, latitude = transform_xy(
            [4e5 + 1000 * (area % 3) + 500],
            [3e5 + 1000 * (area // 3) + 500],
            source="EPSG:27700",
            target=WGS84,
        )
        x, y = self.page.evaluate(
            """place => { const p = map_hotspots.latLngToContainerPoint(place);
            const frame = map_hotspots.getContainer().getBoundingClientRect();
            return [p.x + frame.left, p.y + frame.top]; }""",
            [float(latitude[0]), float(longitude[0])],
        )
        return float(x), float(y)

    def colour_of(self, area: int, sheet: str = "#map_hotspots .leaflet-overlay-pane canvas") -> str:
        """What one of the nine squares is filled with, such as "#b2182b", or "" where nothing is."""
        pixel = self.page.locator(sheet).evaluate(
            """(canvas, [x, y]) => { const frame = canvas.getBoundingClientRect(), ratio = canvas.width / frame.width;
            return [...canvas.getContext("2d").getImageData(
              Math.round((x - frame.left) * ratio), Math.round((y - frame.top) * ratio), 1, 1).data]; }""",
            list(self.middle_of(area)),
        )
        return "#" + bytes(pixel[:3]).hex() if pixel[3] else ""

    def rows(self) -> list[str]:
        """The list of areas, a line each, its parts with bars between them."""
        parts = "all => all.map(b => [...b.querySelectorAll('.rank, .name, .value')].map(e => e.textContent).join('|'))"
        found = self.page.locator("#hotspots-list ol button").evaluate_all(parts)
        return [str(row) for row in found]

    def hash(self) -> dict[str, str]:
        """What the address says, once the script had its turn to write it."""
        found = self.page.evaluate(
            """() => new Promise(answer => setTimeout(() =>
            answer(Object.fromEntries(new URLSearchParams(location.hash.slice(1))))))"""
        )
        return {str(name): str(value) for name, value in found.items()}

    def card(self) -> str:
        self.page.locator("#hotspots-card .name").wait_for()
        return str(self.page.locator("#hotspots-card .name").evaluate("shown => shown.textContent"))


@pytest.fixture(scope="session")
def wards() -> gpd.GeoDataFrame:
    """Nine squares, five of them with names that no page should run."""
    names = [*HOSTILE, "Six", "Seven", "Eight", "Nine"]
    places = [(4e5 + 1000 * (i % 3), 3e5 + 1000 * (i // 3)) for i in range(9)]
    return gpd.GeoDataFrame(
        {
            "name": names,
            "district": ["<i>North</i>"] * 5 + ["South"] * 4,
            "population": 5000.0,
            "n": [0, 12, 7, 30, 4, 1250, 3, 8, 90],
            "rate": [0.0, 2.4, np.nan, 6.04, 0.8, 1250.25, 0.6, 1.6, 18.0],
            "gi_z": [4.0, 0.5, np.nan, 0.2, -2.5, 1.0, np.nan, 0.1, 0.1],
            "gi_p": [0.5, 0.00001, 0.2, 0.04, 0.00009, 0.7, 0.3, 0.2, 1.0],
            "gi_class": pd.Categorical(
                ["hot99", "none", "undefined", "none", "cold90", "none", None, "none", "none"]
            ),
            "st_class": ["new", *["none"] * 8],
            "reason": [f"<b>{name}</b>: its rate stands out in its own district" for name in names],
            "n_2016": [0, 6, 7, 10, 2, 1000, 1, 4, 40],
            "n_2017": [0, 6, 0, 20, 2, 250, 2, 4, 50],
        },
        geometry=[shapely.box(x, y, x + 1000, y + 1000) for x, y in places],
        index=pd.Index([f"E0{i}" for i in range(9)], name="code"),
        crs="EPSG:27700",
    )


def _cells(count: int) -> gpd.GeoDataFrame:
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


@pytest.fixture(scope="session")
def hot_square() -> Surface:
    """Low everywhere but on the square from 401000 to 401500 east and 301500 to 302000 north."""
    values = np.ones((30, 30))
    values[10:15, 10:15] = 50.0
    return Surface(values, 4e5, 3e5 + 3000, 100.0, "EPSG:27700", "incidents per km² a year")


@pytest.fixture(scope="session")
def documents(
    tmp_path_factory: pytest.TempPathFactory, wards: gpd.GeoDataFrame, hot_square: Surface
) -> dict[str, Path]:
    """One map with everything, one over street tiles, one of a surface alone."""
    folder = tmp_path_factory.mktemp("maps")
    page: dict[str, Any] = {
        "title": 'Crime <script>window.hacked = 1</script> & "more"',
        "period": "July 2018",
        "source": "police.uk",
        "attribution": "Open Government Licence <v3.0>",
        "method_notes": ["Rates are per 1,000 people a year."],
    }
    years = {"2016": "n_2016", "<b>2017</b>": "n_2017"}
    themes: list[AreaView | SurfaceView] = [
        AreaView("Rate by ward", wards, "rate", group="Burglary", noun="wards", note="<b>A note</b>"),
        AreaView("Hotspots", wards, "gi_class", group="Burglary", noun="wards"),
        AreaView("By year", wards, "n_2017", group="Burglary", noun="wards", periods=years),
        AreaView("Cells", _cells(4_900), "gi_class", group="Burglary", noun="cells", draw="classed"),
        AreaView("Hotspots of <i>robbery</i>", wards, "gi_class", group="<b>Robbery</b>", noun="wards"),
        SurfaceView("Heat-map <b>", hot_square, note="Quartic kernel.", group="Burglary"),
        SurfaceView("Heat-map <b>", hot_square, group="<b>Robbery</b>"),
    ]
    districts = wards.dissolve("district")[["geometry"]]
    write_map(make_map(themes, boundary=districts, **page), folder / "map.html")
    write_map(make_map(themes[:1], basemap="osm", **page), folder / "osm.html")
    own = "https://maps.force.example/{z}/{x}/{y}.png"
    write_map(make_map(themes[:1], tiles=own, **page), folder / "own.html")
    alone = SurfaceView("Heat-map", hot_square, visible=True, group="Burglary")
    write_map(make_map([alone], title="Burglary"), folder / "surface.html")
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def context(chromium: str) -> Iterator[BrowserContext]:
    """A browser that holds still: nothing flies, so that nothing has to be waited for."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        made = browser.new_context(
            offline=True, viewport={"width": 1200, "height": 800}, reduced_motion="reduce"
        )
        made.set_default_timeout(10_000)
        yield made
        browser.close()


def open_page(context: BrowserContext, address: str) -> Opened:
    """Open an address and keep what goes wrong."""
    opened = Opened(context.new_page())
    page = opened.page
    page.on("console", lambda said: opened.troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: opened.troubles.append(str(error)))
    page.on("requestfailed", lambda request: opened.troubles.append(request.url))
    page.goto(address)
    return opened


@pytest.fixture
def tiled(context: BrowserContext, documents: dict[str, Path]) -> Iterator[Opened]:
    """The map over street tiles, which it cannot reach."""
    found = open_page(context, documents["osm"].as_uri())
    yield found
    found.page.close()


@pytest.fixture
def surface_alone(context: BrowserContext, documents: dict[str, Path]) -> Iterator[Opened]:
    """A map without areas."""
    found = open_page(context, documents["surface"].as_uri())
    yield found
    assert found.troubles == []
    found.page.close()


@pytest.fixture
def opened(context: BrowserContext, documents: dict[str, Path]) -> Iterator[Opened]:
    """The map with everything; whatever a test does to it, nothing may go wrong and nothing may be run."""
    found = open_page(context, documents["map"].as_uri())
    yield found
    assert found.troubles == []
    assert found.page.evaluate("window.hacked") is None
    found.page.close()
