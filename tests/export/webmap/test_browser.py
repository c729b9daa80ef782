"""The web map in a real browser that reaches no network: what is shown, and how it is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from tests.export.conftest import Opened, open_page

from hotspots.base.columns import format_value
from hotspots.base.crs import WGS84, transform_xy
from hotspots.base.surface import Surface

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser


def test_it_opens_on_the_first_theme_with_its_texts(opened: Opened) -> None:
    assert opened.page.evaluate("map_hotspots.getSize().x") > 500
    assert opened.text("h1") == 'Crime <script>window.hacked = 1</script> & "more"'
    assert opened.page.title() == 'Crime <script>window.hacked = 1</script> & "more"'
    assert opened.text(".period") == "July 2018"
    assert opened.text(".hotspots-source") == "Source: police.uk"
    assert "Open Government Licence <v3.0>" in opened.text(".leaflet-control-attribution")
    assert opened.text(".leaflet-control-scale").split()[1] in ("km", "m")
    assert opened.count(".leaflet-overlay-pane canvas") == 1
    opened.page.locator("summary", has_text="How this map was made").click()
    assert opened.page.locator(".hotspots-about li").is_visible()


def test_the_page_fits_its_window_and_has_no_bar_to_scroll(opened: Opened) -> None:
    opened.page.evaluate("document.getElementById('hotspots-status').textContent = 'Selected'")
    assert opened.page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


def test_nothing_is_global_but_the_name_of_the_toolkit(opened: Opened) -> None:
    found = opened.page.evaluate(
        """() => { const frame = document.body.appendChild(document.createElement("iframe"));
        const usual = new Set(Object.getOwnPropertyNames(frame.contentWindow));
        frame.remove();
        return Object.getOwnPropertyNames(window).filter(name => !usual.has(name) && !/^(_|\\d)/.test(name)); }"""
    )
    # Leaflet and folium's own name for the map, which other folium layers need.
    assert set(found) - {"L", "leaflet", "map_hotspots"} == {"Hotspots"}


def test_title_choices_legend_and_list_are_in_sight(opened: Opened) -> None:
    for selector in (
        "h1",
        "#hotspots-query",
        "#hotspots-group",
        "#hotspots-legend",
        "#hotspots-list li >> nth=3",
    ):
        box = opened.page.locator(selector).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 800
    for choice in opened.page.locator("#hotspots-switch label").all():
        assert choice.is_visible()


def test_the_legend_names_the_limits_and_counts_the_areas(opened: Opened) -> None:
    lines = opened.text("#hotspots-legend").splitlines()
    assert lines[:3] == ["Burglary · Rate by ward", "Rate (per 1,000 people a year)", "wards"]
    assert "No data" in lines
    assert "<b>A note</b>" in lines
    opened.choice("Hotspots").check()
    legend = opened.text("#hotspots-legend")
    assert "Hotspot (q\u00a0≤\u00a00.01)" in legend
    assert "Undefined (no neighbours or no variation)" in legend
    assert "Rate (per 1,000" not in legend


def test_switching_the_theme_recolours_the_same_shapes(opened: Opened) -> None:
    # The square of area 0 has no incidents; it is a hotspot at 99 %, and area 6 undefined.
    low = opened.colour_of(0)
    assert low not in ("", opened.colour_of(5))
    opened.choice("Hotspots").check()
    assert opened.colour_of(0) == "#650000"
    assert opened.colour_of(6) == "#dcdcdc"
    assert opened.count(".leaflet-overlay-pane canvas") == 1
    assert opened.text("#hotspots-status") == "Showing Burglary, Hotspots"


def test_cells_are_drawn_over_the_land_and_give_way_again(opened: Opened) -> None:
    land = "#map_hotspots .leaflet-land-pane canvas"
    opened.choice("Cells").check()
    assert opened.count(".leaflet-overlay-pane canvas") == 1
    assert "Not drawn: 1,634 cells (neither hotspot nor coldspot)." in opened.text("#hotspots-legend")
    assert opened.colour_of(8, land) == "#faf9f6"
    opened.choice("Hotspots").check()
    assert opened.count(".leaflet-overlay-pane canvas") == 1
    assert opened.colour_of(0) == "#650000"


def test_the_pointer_finds_the_area_below_it_and_none_beside_the_map(opened: Opened) -> None:
    page = opened.page
    page.mouse.move(*opened.middle_of(4))
    ring = page.locator(".leaflet-hover-pane path")
    assert ring.count() == 1
    box = ring.bounding_box()
    assert box is not None
    x, y = opened.middle_of(4)
    assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx((x, y), abs=2)
    page.mouse.move(500, 20)
    assert (ring.count(), page.locator(".leaflet-tooltip").count()) == (0, 0)


def test_a_surface_comes_and_goes_with_its_legend_and_follows_the_group(opened: Opened) -> None:
    assert opened.count(".leaflet-overlay-pane img") == 0
    opened.choice("Heat-map").check()
    picture = opened.page.locator(".leaflet-overlay-pane img")
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 30
    assert picture.evaluate("image => getComputedStyle(image).zIndex") == "300"
    legend = opened.text("#hotspots-legend")
    assert legend.splitlines()[:2] == ["Burglary · Heat-map <b>", "Density (incidents per km² a year)"]
    assert "Densest ground, up to 10% of incidents (" in legend
    assert "Quartic kernel. Not drawn: the other 25% (under" in legend
    opened.group("<b>Robbery</b>")
    assert opened.choice("Heat-map").is_checked()
    assert opened.text("#hotspots-legend").startswith("<b>Robbery</b> · Heat-map <b>")
    assert picture.count() == 1
    opened.choice("Heat-map").uncheck()
    assert picture.count() == 0
    assert "Density" not in opened.text("#hotspots-legend")


def test_colours_give_way_to_a_surface_until_they_are_asked_back(opened: Opened) -> None:
    colour = opened.colour_of(5)
    opened.choice("Heat-map").check()
    assert not opened.choice("Colours").is_checked()
    assert opened.colour_of(5) == ""
    assert "Rate by ward" not in opened.text("#hotspots-legend")
    opened.choice("Colours").check()
    assert opened.colour_of(5) == colour != ""
    assert "Rate by ward" in opened.text("#hotspots-legend")
    opened.choice("Colours").uncheck()
    opened.choice("Heat-map").uncheck()
    assert opened.choice("Colours").is_checked()


def test_a_pixel_of_the_surface_lies_where_its_coordinate_does(opened: Opened, hot_square: Surface) -> None:
    opened.choice("Heat-map").check()
    # 10 m on either side of the hot square's borders, in the middle of each side; see `hot_square`.
    inside = [(401_060, 301_750), (401_440, 301_750), (401_250, 301_560), (401_250, 301_940)]
    outside = [(400_890, 301_750), (401_610, 301_750), (401_250, 301_390), (401_250, 302_110)]
    x, y = zip(*inside, *outside, strict=True)
    longitude, latitude = transform_xy(x, y, source="EPSG:27700", target=WGS84)
    found = opened.page.evaluate(
        """places => { const image = document.querySelector(".leaflet-overlay-pane img");
        return image.decode().then(() => { const canvas = document.createElement("canvas");
          Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
          const pen = canvas.getContext("2d"); pen.drawImage(image, 0, 0);
          const frame = image.getBoundingClientRect(), map = map_hotspots.getContainer().getBoundingClientRect();
          return places.map(place => { const p = map_hotspots.latLngToContainerPoint(place);
            const x = (p.x + map.left - frame.left) / frame.width * canvas.width;
            const y = (p.y + map.top - frame.top) / frame.height * canvas.height;
            return pen.getImageData(Math.floor(x), Math.floor(y), 1, 1).data[3] > 0; }); }); }""",
        [[float(lat), float(lon)] for lat, lon in zip(latitude, longitude, strict=True)],
    )
    assert hot_square.values[12, 12] == 50.0
    assert found == [True] * 4 + [False] * 4


def test_names_of_districts_and_areas_can_be_put_away(opened: Opened) -> None:
    names = opened.page.locator(".hotspots-name")
    assert sorted(names.all_inner_texts()) == ["<i>North</i>", "South"]
    opened.choice("Districts").uncheck()
    assert names.count() == 0
    areas = opened.page.locator(".hotspots-area-name")
    assert "Ynys Môn: Tŷ'n-y-gongl" in areas.all_inner_texts()
    assert '<img src=x onerror="window.hacked = 1">' in areas.all_inner_texts()
    opened.choice("Names").uncheck()
    assert areas.count() == 0


def test_periods_are_stepped_through_from_the_keyboard_with_the_same_classes(opened: Opened) -> None:
    opened.choice("By year").check()
    slider = opened.page.locator("#hotspots-period")
    assert opened.page.locator(".ticks span").all_inner_texts() == ["2016", "<b>2017</b>"]
    assert opened.text("output") == "<b>2017</b>"
    labels = opened.page.locator("#hotspots-legend .label").all_inner_texts()
    assert opened.text("#hotspots-legend h2") == "Burglary · By year, <b>2017</b>"
    assert opened.rows()[0] == "1|SixSouth|250"
    slider.focus()
    opened.page.keyboard.press("ArrowLeft")
    assert (opened.text("output"), slider.get_attribute("aria-valuetext")) == ("2016", "2016")
    assert opened.page.locator("#hotspots-legend .label").all_inner_texts() == labels
    assert opened.rows()[:2] == ["1|SixSouth|1,000", "2|NineSouth|40"]
    assert slider.evaluate("slider => slider === document.activeElement")
    assert opened.hash()["period"] == "2016"
    opened.choice("Hotspots").check()
    assert slider.count() == 0


@pytest.mark.parametrize("area", range(5))
def test_hostile_names_are_text(opened: Opened, wards: gpd.GeoDataFrame, area: int) -> None:
    x, y = opened.middle_of(area)
    opened.page.mouse.move(x, y)
    name = opened.page.locator(".leaflet-tooltip .name")
    name.wait_for()
    assert name.evaluate("shown => shown.textContent") == wards["name"].iloc[area]
    opened.page.mouse.click(x, y)
    assert opened.card() == wards["name"].iloc[area]
    assert opened.text("#hotspots-card .place") == f"<i>North</i> · E0{area}"


def test_labels_of_the_choices_are_text(opened: Opened) -> None:
    labels = opened.page.locator("#hotspots-switch label")
    assert [label.strip() for label in labels.all_text_contents()] == [
        "Theme",
        "Rate by ward",
        "Hotspots",
        "By year",
        "Cells",
        "Heat-map <b>",
        "Districts",
        "Colours",
        "Equal hexagons",
        "Names",
        "Side by side",
    ]
    assert opened.page.locator("#hotspots-group option").all_text_contents() == ["Burglary", "<b>Robbery</b>"]
    opened.group("<b>Robbery</b>")
    assert labels.all_text_contents()[1] == "Hotspots of <i>robbery</i>"


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
def test_a_card_folds_away_every_column_as_the_vocabulary_shows_it(
    opened: Opened, wards: gpd.GeoDataFrame, area: int
) -> None:
    row = wards.iloc[area]
    opened.page.mouse.click(*opened.middle_of(area))
    card = opened.page.locator("#hotspots-card")
    assert card.locator(".reason").evaluate("shown => shown.textContent") == row["reason"]
    assert not card.locator("details dt").first.is_visible()
    card.locator("summary").click()
    figures = card.locator("details")
    shown = dict(
        zip(figures.locator("dt").all_inner_texts(), figures.locator("dd").all_inner_texts(), strict=True)
    )
    assert shown["Gi* p value"] == format_value("gi_p", row["gi_p"])
    assert shown["Rate\nper 1,000 people a year"] == format_value("rate", float(row["rate"]))
    assert shown["Population\npeople"] == "5,000"
    assert shown["Incidents, 2016"] == format_value("n", int(row["n_2016"]))
    # The reason is said above, and not again.
    assert len(shown) == 9
    assert "Reason" not in shown


def test_a_surface_alone_is_a_map(surface_alone: Opened) -> None:
    assert surface_alone.count(".leaflet-overlay-pane img") == 1
    assert surface_alone.text("#hotspots-legend h2") == "Heat-map: Burglary"
    assert not surface_alone.page.locator("#hotspots-query").is_visible()
    assert not surface_alone.page.locator("#hotspots-list").is_visible()
    surface_alone.choice("Heat-map: Burglary").uncheck()
    assert surface_alone.count(".leaflet-overlay-pane img") == 0
    assert surface_alone.hash()["over"] == ""


def test_openstreetmap_is_not_asked_where_the_page_is_a_file_and_the_map_says_why(tiled: Opened) -> None:
    assert "this one is opened as a file" in tiled.text(".hotspots-told")
    assert tiled.troubles == []
    assert tiled.count(".leaflet-overlay-pane canvas") == 1
    # The land is drawn, and colours are whole, as without streets.
    assert tiled.page.locator(".legend-block .fill").first.evaluate("e => e.style.opacity") == "1"


def test_a_street_map_that_does_not_come_is_said(context: BrowserContext, documents: dict[str, Path]) -> None:
    found = open_page(context, documents["own"].as_uri())
    found.page.locator(".hotspots-told").wait_for()
    assert found.text(".hotspots-told") == (
        "Some of the street map could not be loaded; the areas and their colours are complete."
    )
    assert all("maps.force.example" in trouble or "ERR_" in trouble for trouble in found.troubles)
    assert found.troubles
    # What lies over streets is as clear in the legend as on the map.
    assert found.page.locator(".legend-block .fill").first.evaluate("e => e.style.opacity") == "0.7"
    found.page.close()
