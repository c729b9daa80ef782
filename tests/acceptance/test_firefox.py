"""The web map in Firefox: the same words, colours and names as in Chromium, and the same keys."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.image
import numpy as np
import numpy.typing as npt
import pytest
from tests.acceptance.marionette import Firefox

from hotspots.areas.outline import outline_of
from hotspots.areas.reading import read_areas
from hotspots.export.webmap.make import AreaView, make_map, write_map

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.source]  # long: once is enough

SIZE = (1280, 800)
ARROW_DOWN, ENTER = "\ue015", "\ue007"
# What a page says, and where it says what: the parts of the panel, the names on the map, and what the address holds.
TOLD = """const words = (name) => [...document.querySelectorAll(name)].map((part) => part.textContent);
return {
  list: words("#hotspots-list li"), legend: words("#hotspots-legend li"), headline: words("#hotspots-headline"),
  card: words("#hotspots-card .name, #hotspots-card .rank-words"), status: words("#hotspots-status"),
  table: words(".table-frame thead th, .table-frame tbody th"), address: location.hash.replace(/&at=[^&]*/, ""),
  names: [...document.querySelectorAll(".hotspots-name")].filter((name) => name.style.visibility === "visible").length,
  fits: document.documentElement.scrollWidth <= innerWidth,
};"""
STATES = (
    "",
    "#in=leeds",
    "#theme=change",
    "#over=outlines,names,hexagons",
    "#table=1&sort=-rate",
    "#beside=change&at=53.75,-1.6,11.5",
)


@pytest.fixture(scope="module")
def map_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled wards of West Yorkshire: every one coloured by a rate, and a third of them up or down."""
    wards = read_areas("west-yorkshire-wards")
    number = np.arange(len(wards)) * 37 % 101
    change = np.select([number < 17, number > 85], ["up", "down"], "no clear change")
    wards = wards.assign(n=number, rate=number / 2, ch_flag=change)
    views = [
        AreaView("Rate", wards, "rate", noun="wards"),
        AreaView("Change", wards, "ch_flag", noun="wards"),
    ]
    path = tmp_path_factory.mktemp("firefox") / "map.html"
    write_map(make_map(views, title="West Yorkshire", boundary=outline_of(wards)), path)
    return path


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    if not (shutil.which("firefox-esr") or shutil.which("firefox")):
        pytest.skip("Firefox is not installed")
    started = Firefox(tmp_path_factory.mktemp("profile"), *SIZE)
    yield started
    started.close()


@pytest.fixture(scope="module")
def chromium_page(chromium: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce")
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        yield page
        assert troubles == []
        browser.close()


def pixels(picture: bytes) -> npt.NDArray[np.float64]:
    """Return the map's part of a picture."""
    read = matplotlib.image.imread(io.BytesIO(picture))
    return np.asarray(read[:, 400:, :3], dtype=np.float64)


def test_firefox_shows_what_chromium_shows(map_file: Path, firefox: Firefox, chromium_page: Page) -> None:
    for state in STATES:
        address = map_file.as_uri() + state
        shown: list[Any] = []
        for visit, run, picture in (
            (firefox.open, firefox.run, firefox.picture),
            (
                chromium_page.goto,
                lambda script: chromium_page.evaluate(f"() => {{ {script} }}"),
                chromium_page.screenshot,
            ),
        ):
            # Another hash alone would not open the page anew.
            visit("about:blank")
            visit(address)
            shown.append((run(TOLD), pixels(picture())))
        (ours, drawn), (theirs, expected) = shown
        assert ours["list"], state
        assert ours["fits"], state
        for part, said in theirs.items():
            if part != "names":
                assert ours[part] == said, (state, part)
        # A pixel more or less in the size of letters may cost or win a name or two.
        assert abs(ours["names"] - theirs["names"]) <= 1, state
        apart = np.abs(drawn - expected).max(axis=2) > 0.25
        assert apart.mean() < 0.03, state


def test_the_keys_walk_and_choose_in_firefox(map_file: Path, firefox: Firefox) -> None:
    firefox.open("about:blank")
    firefox.open(map_file.as_uri())
    firefox.run("document.querySelector('.hotspots-keys').focus()")
    firefox.press(ARROW_DOWN, ARROW_DOWN)
    said = firefox.run("return document.getElementById('hotspots-status').textContent")
    assert "Rank 2 of 124 wards" in said
    firefox.press(ENTER)
    name = firefox.run("return document.querySelector('#hotspots-card .name').textContent")
    assert said.startswith(name)
    assert "area=" in firefox.run("return location.hash")
