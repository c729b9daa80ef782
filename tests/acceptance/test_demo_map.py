"""The map that a newcomer opens first, in a real browser without a network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.analysis.run.kernels import kernels_of
from hotspots.base import ahead
from hotspots_cli.main import run

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


@pytest.fixture(scope="module")
def demo_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's map, or the one that ``HOTSPOTS_MAP`` names."""
    if "HOTSPOTS_MAP" in os.environ:
        return Path(os.environ["HOTSPOTS_MAP"])
    folder = tmp_path_factory.mktemp("demo") / "demo"
    assert run(["-q", "demo", "-o", str(folder)]) == 0
    return folder / "map.html"


@pytest.fixture(scope="module")
def page(chromium: str, demo_map: Path) -> Iterator[tuple[Any, list[str]]]:
    """The page as it opens, and everything that went wrong on it so far."""
    from playwright.sync_api import sync_playwright

    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.on("requestfailed", lambda request: troubles.append(request.url))
        opened.goto(demo_map.as_uri())
        opened.wait_for_selector(".leaflet-overlay-pane canvas")
        yield opened, troubles
        browser.close()


@pytest.mark.source  # the suite of the wheel takes the map from a run before it
@pytest.mark.usefixtures("demo_map")
def test_the_demo_calls_every_kernel_with_the_types_that_are_compiled_ahead() -> None:
    with as_file(files("hotspots_cli") / "demo.toml") as recipe:
        wanted = kernels_of(read_recipe(recipe))
    assert len(wanted) == 10
    for kernel, types in wanted:
        assert ahead.arguments_of(types) in kernel.signatures, kernel


@pytest.mark.browser
def test_the_demo_opens_without_a_network_on_the_flagged_wards(page: tuple[Any, list[str]]) -> None:
    opened, troubles = page
    assert opened.title() == "West Yorkshire: recorded crime"
    legend = opened.locator("[class*=legend]").first.inner_text()
    assert "Significantly above" in legend
    legend_counts = opened.locator("#hotspots-legend .count").all_inner_texts()[1:]
    assert sum(int(count) for count in legend_counts) == 124
    drawn = opened.locator(".leaflet-overlay-pane canvas").evaluate(
        """canvas => { const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value === 255).length / (data.length / 4); }"""
    )
    assert drawn > 0.1
    assert troubles == []


@pytest.mark.browser
def test_the_demo_says_where_it_comes_from_and_how_it_was_made(page: tuple[Any, list[str]]) -> None:
    opened, _ = page
    text = opened.locator("body").text_content()
    assert "Open Government Licence v3.0" in text
    assert "it is not a significance test" in text
    assert "Ward boundaries are approximate" in text
    assert opened.locator("html").get_attribute("lang") == "en-GB"


@pytest.mark.browser
def test_every_theme_and_overlay_of_the_demo_can_be_shown(page: tuple[Any, list[str]]) -> None:
    opened, troubles = page
    groups = opened.locator("#hotspots-group option").all_inner_texts()
    assert groups == ["All crime", "Anti-social behaviour", "Violence and sexual offences", "Burglary"]
    for group in groups:
        opened.locator("#hotspots-group").select_option(label=group)
        themes = opened.locator("#hotspots-switch input[type=radio]")
        assert themes.count() == 8
        for position in range(themes.count()):
            themes.nth(position).check()
            assert opened.locator("#hotspots-legend h2").first.inner_text().startswith(f"{group} · ")
            assert opened.locator("#hotspots-list ol button").count() == 10
        overlays = opened.locator("#hotspots-switch input[type=checkbox]")
        for position in range(overlays.count()):
            overlays.nth(position).click()
            overlays.nth(position).click()
    assert troubles == []


@pytest.mark.browser
def test_title_choices_legend_and_list_are_in_sight(page: tuple[Any, list[str]]) -> None:
    opened, _ = page
    opened.locator("#hotspots-group").select_option(label="All crime")
    opened.locator("#hotspots-switch input[type=radio]").first.check()
    for selector in ("h1", "#hotspots-group", "#hotspots-legend", "#hotspots-list li >> nth=2"):
        box = opened.locator(selector).bounding_box()
        assert box["y"] + box["height"] < 800
    heads = "[...document.querySelectorAll('#hotspots-switch label')].every(l => l.getBoundingClientRect().height < 40)"
    assert opened.evaluate(heads)


@pytest.mark.browser
def test_a_ward_is_found_by_name(page: tuple[Any, list[str]]) -> None:
    opened, troubles = page
    opened.locator("#hotspots-query").fill("little london")
    assert (
        opened.locator("#hotspots-found li").first.inner_text().split("\n")[0] == "Little London & Woodhouse"
    )
    opened.keyboard.press("Enter")
    opened.locator("#hotspots-card .name", has_text="Little London & Woodhouse").wait_for()
    opened.wait_for_function("location.hash.includes('area=E05')")
    assert troubles == []


@pytest.mark.browser
def test_the_months_of_a_run_play_stand_side_by_side_and_are_in_the_link(
    page: tuple[Any, list[str]], demo_map: Path
) -> None:
    opened, _ = page
    troubles: list[str] = []
    shown = opened.context.browser.new_page(reduced_motion="no-preference")
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    shown.clock.install()
    shown.goto(demo_map.as_uri() + "#group=burglary&theme=wards-incidents-by-month&period=july-2016")
    period, captions = shown.locator("#hotspots-switch output"), shown.locator(".map-caption")
    assert period.text_content() == "July 2016"
    shown.locator("#hotspots-play").click()
    shown.clock.run_for(1300)
    assert period.text_content() == "July 2017"
    shown.clock.run_for(2400)
    assert period.text_content() == "July 2016"  # July 2018, and round again
    shown.locator("#hotspots-play").click()
    shown.clock.run_for(5000)
    assert period.text_content() == "July 2016"
    shown.locator("#hotspots-period").press("End")
    shown.locator("#hotspots-besides").check()
    assert captions.all_text_contents() == [
        f"Burglary, Wards: incidents by month, July {y}" for y in (2018, 2017)
    ]
    shown.locator("#hotspots-list ol button").first.click()
    rows = shown.locator("#hotspots-card dt").all_text_contents()
    assert [row for row in rows if row.startswith("Incidents,")] == ["Incidents, July 2018"]
    shown.clock.run_for(100)
    link = shown.evaluate("location.href")
    shown.close()
    again = opened.context.browser.new_page(reduced_motion="reduce")
    again.goto(link)
    assert again.locator("#hotspots-switch output").text_content() == "July 2018"
    assert again.locator(".map-caption").all_text_contents()[1].endswith("July 2017")
    again.close()
    assert troubles == []
