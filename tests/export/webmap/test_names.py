"""What names and signs cover: measured on pixels, at the sizes of a desktop, a large screen and a phone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import matplotlib.image
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import shapely
from tests.export.conftest import open_page, resize

from hotspots.areas.outline import outline_of
from hotspots.areas.reading import read_areas
from hotspots.export.webmap.make import AreaView, make_map, write_map

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

SIZES = ((1280, 800), (1920, 1080), (360, 740))
HIDDEN = (
    ".leaflet-names-pane, .leaflet-marks-pane, .hotspots-map .hotspots-name { visibility: hidden !important }"
)


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    """The bundled wards of West Yorkshire: every one coloured by a rate, and a third of them up or down."""
    layer = read_areas("west-yorkshire-wards")
    number = np.arange(len(layer)) * 37 % 101
    change = np.select([number < 17, number > 85], ["up", "down"], "no clear change")
    return layer.assign(n=number, rate=number / 2, ch_flag=change)


@pytest.fixture(scope="module")
def page(context: BrowserContext, wards: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("names") / "map.html"
    views = [
        AreaView("Rate", wards, "rate", noun="wards"),
        AreaView("Change", wards, "ch_flag", noun="wards"),
    ]
    write_map(make_map(views, title="Names", boundary=outline_of(wards)), path)
    opened = open_page(context, path.as_uri())
    yield opened.page
    assert opened.troubles == []
    opened.page.close()


def picture(page: Page) -> npt.NDArray[np.float64]:
    shot = page.locator("#map_hotspots").screenshot()
    return np.asarray(matplotlib.image.imread(io.BytesIO(shot))[..., :3], dtype=np.float64)


def covered(page: Page, areas: gpd.GeoDataFrame) -> pd.Series[float]:
    """The share of each area's pixels that differ with names and signs from what they are without."""
    with_names = picture(page)
    page.add_style_tag(content=HIDDEN)
    without = picture(page)
    page.evaluate(
        "document.querySelectorAll('style').item(document.querySelectorAll('style').length - 1).remove()"
    )
    changed = np.abs(with_names - without).max(axis=2) > 0.08
    height, width = changed.shape
    west, north, east, south = page.evaluate(
        f"""() => {{ const at = (x, y) => L.CRS.EPSG3857.project(map_hotspots.containerPointToLatLng([x, y]));
        const a = at(0, 0), b = at({width}, {height}); return [a.x, a.y, b.x, b.y]; }}"""
    )
    x, y = np.meshgrid(np.arange(0.5, width, 2), np.arange(0.5, height, 2))
    points = shapely.points(west + x / width * (east - west), north + y / height * (south - north))
    pixel, area = shapely.STRtree(areas.to_crs(3857).geometry.to_numpy()).query(
        points.ravel(), predicate="within"
    )
    seen = changed[::2, ::2][: x.shape[0], : x.shape[1]].ravel()[pixel]
    return pd.Series(seen).groupby(areas.index.to_numpy()[area]).mean()


@pytest.mark.parametrize("theme", ["Rate", "Change"])
def test_names_and_signs_cover_less_than_a_quarter_of_any_colour(
    page: Page, wards: gpd.GeoDataFrame, theme: str
) -> None:
    page.get_by_role("radio", name=theme, exact=True).check(force=True)
    coloured = wards if theme == "Rate" else wards[wards["ch_flag"] != "no clear change"]
    for width, height in SIZES:
        resize(page, width, height)
        page.locator("button[title='Whole area']").click()
        shares = covered(page, wards).reindex(coloured.index)
        assert len(shares) > 20
        assert shares.max() < 0.25, (width, shares.idxmax())
        assert shares.max() > 0, "no name was written at all"


def test_a_districts_name_stays_inside_it(page: Page, wards: gpd.GeoDataFrame) -> None:
    districts = outline_of(wards).to_crs(3857).set_index("name").geometry
    for width, height in SIZES:
        resize(page, width, height)
        page.locator("button[title='Whole area']").click()
        boxes = page.evaluate(
            """() => { const frame = map_hotspots.getContainer().getBoundingClientRect();
            const at = (x, y) => L.CRS.EPSG3857.project(
              map_hotspots.containerPointToLatLng([x - frame.left, y - frame.top]));
            return [...document.querySelectorAll(".hotspots-name span")]
              .filter((span) => span.parentElement.style.visibility !== "hidden")
              .filter((span) => !/^\\d+$/.test(span.textContent))
              .map((span) => [span.textContent, span.getBoundingClientRect()])
              .map(([name, box]) => [name, at(box.left, box.top), at(box.right, box.bottom)]); }"""
        )
        assert len(boxes) >= (3 if width > 700 else 1), (width, boxes)
        for name, a, b in boxes:
            box = shapely.box(
                min(a["x"], b["x"]), min(a["y"], b["y"]), max(a["x"], b["x"]), max(a["y"], b["y"])
            )
            assert districts[name].buffer(200).contains(box), (width, name)


def test_a_district_without_room_for_its_name_has_a_number_that_a_key_tells(
    page: Page, wards: gpd.GeoDataFrame
) -> None:
    resize(page, 360, 740)
    page.get_by_role("radio", name="Rate", exact=True).check(force=True)
    page.locator("button[title='Whole area']").click()
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".hotspots-name")].filter((name) => name.style.visibility === "visible")
        .map((name) => name.textContent)"""
    )
    districts = sorted(wards["district"].unique())
    numbers = sorted(int(text) for text in shown if text.isdigit())
    assert numbers, "all names have room"
    # Each of the five has its name or its number, by the alphabet.
    assert (
        sorted({*(text for text in shown if not text.isdigit()), *(districts[k - 1] for k in numbers)})
        == districts
    )
    key = page.locator("#hotspots-key")
    assert key.inner_text() == f"Numbers on the map: {', '.join(f'{k} {districts[k - 1]}' for k in numbers)}."
    page.get_by_role("checkbox", name="Districts").uncheck(force=True)
    assert not key.is_visible()
    page.get_by_role("checkbox", name="Districts").check(force=True)
    resize(page, 1280, 800)
    page.locator("button[title='Whole area']").click()
    assert not key.is_visible(), "on a large screen there is room for all"


def test_no_name_is_cut_off_by_the_edge_of_the_map(page: Page) -> None:
    resize(page, 1280, 800)
    page.evaluate("map_hotspots.setView([53.75, -1.6], 11.5, { animate: false })")
    edges = """() => { const map = map_hotspots.getContainer().getBoundingClientRect();
      return [...document.querySelectorAll(".hotspots-name, .hotspots-area-name")]
        .filter(n => n.style.visibility !== "hidden").map(n => [n.textContent, n.firstChild.getBoundingClientRect()])
        .map(([name, b]) => [name, b.left - map.left, map.right - b.right, b.top - map.top, map.bottom - b.bottom]) }"""
    found = page.evaluate(edges)
    assert len(found) > 10
    assert [name for name, *apart in found if min(apart) < -1] == []


def test_no_name_stands_below_a_button_or_the_scale(page: Page) -> None:
    resize(page, 1280, 800)
    under = """() => { const boxes = (wanted) => [...document.querySelectorAll(wanted)]
        .filter((one) => one.parentElement.style.visibility !== "hidden")
        .map((one) => [one.textContent, one.getBoundingClientRect()]);
      const over = (a, b) => a.left < b.right - 1 && b.left + 1 < a.right
        && a.top < b.bottom - 1 && b.top + 1 < a.bottom;
      const controls = boxes("#map_hotspots .leaflet-control");
      return boxes(".hotspots-name span, .hotspots-area-name span")
        .filter(([, a]) => controls.some(([, b]) => over(a, b))).map(([name]) => name); }"""
    found = []
    for place in ([53.75, -1.6], [53.7, -1.5], [53.68, -1.75], [53.8, -1.9], [53.65, -1.35]):
        page.evaluate(f"map_hotspots.setView({place}, 12, {{ animate: false }})")
        found += page.evaluate(under)
    assert found == []


def test_lines_of_districts_thin_out_where_districts_are_small(page: Page) -> None:
    # At the size of a force's districts on a screen, of a country's there, and of a country's on a phone.
    heights = [200, 30, 8]
    assert page.evaluate(f"{heights}.map(Hotspots.outlines.lineWidth)") == [1.4, 0.75, 0.4]


def test_on_paper_areas_taller_than_wide_have_legend_and_list_beside_them(
    context: BrowserContext, wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    # Half as wide as they are; without districts, whose names are not the question.
    narrow = wards.set_geometry(wards.scale(0.5, 1, origin=(0, 0))).assign(district="")
    write_map(make_map([AreaView("Rate", narrow, "rate", noun="wards")], title="Tall"), tmp_path / "map.html")
    opened = open_page(context, (tmp_path / "map.html").as_uri())
    seen = "() => new Promise(done => requestAnimationFrame(() => done(map_hotspots.getBounds().toBBoxString())))"
    before = opened.page.evaluate(seen)
    assert opened.pdf(tmp_path / "map.pdf").count(b"/Type /Page\n") == 1
    assert opened.page.evaluate(seen) == before
    opened.page.emulate_media(media="print")
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    size = opened.page.evaluate("[map_hotspots.getSize().x, map_hotspots.getSize().y]")
    assert size == pytest.approx([100 / 25.4 * 96, 150 / 25.4 * 96], abs=3)
    boxes = {
        name: opened.page.locator(name).bounding_box()
        for name in ("main", "#hotspots-legend", "#hotspots-list")
    }
    drawn, legend, listed = (box for box in boxes.values() if box is not None)
    assert legend["x"] > drawn["x"] + drawn["width"]
    assert listed["x"] == pytest.approx(legend["x"], abs=1)
    assert legend["y"] == pytest.approx(drawn["y"], abs=1)
    opened.page.emulate_media(media="screen")
    opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.evaluate("document.documentElement.className").strip() == ""
    opened.page.close()
