"""Other weights on the page: sliders, banner, who enters and leaves, the link; and the same numbers in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.export.conftest import open_page
from tests.publish.test_whatif import asked, drawn_weights, squares

from hotspots.base.classes import PRIORITY
from hotspots.export.webmap.cards import Card
from hotspots.export.webmap.make import AreaView, make_map, write_map
from hotspots.priorities.selection import PRIORITIES, select_areas

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page
    from tests.export.conftest import Opened

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")]

SAID = ("force-wide", "local", "watch", "")


def chosen(weights: list[float]) -> pd.DataFrame:
    whatif, indicators, options = asked("other rules")
    return select_areas(indicators, weights=dict(zip(whatif.names, weights, strict=True)), **options)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A map of sixty-four areas with priorities by three indicators of equal weight."""
    whatif, _, _ = asked("other rules")
    classes = {entry.value: entry for entry in PRIORITY}
    made = chosen([1, 1, 1])
    layer = squares().join(made[["score", "rank", "selected"]]).assign(priority=made["priority"].astype(str))
    layer["name"] = [f"<b>Area</b> {code}" for code in layer.index]
    layer["reason"] = "Because."
    view = AreaView(
        "Wards: priorities",
        layer,
        "priority",
        group="Priorities",
        noun="wards",
        measure="Priorities",
        card=Card("all 64 wards", ranked=layer),
        whatif=replace(whatif, classes=[classes[value] for value in SAID]),
    )
    ranks = layer[["name", "district", "rank", "geometry"]]
    other = AreaView("Wards: rank", ranks, "rank", group="Else", noun="wards")
    path = tmp_path_factory.mktemp("scenario") / "map.html"
    write_map(make_map([view, other], title="Priorities"), path)
    return path


@pytest.fixture
def page(context: BrowserContext, tried: Path) -> Iterator[Opened]:
    found = open_page(context, tried.as_uri())
    yield found
    assert found.troubles == []
    found.page.close()


def fold(page: Opened) -> None:
    page.page.locator("#hotspots-whatif summary").click()


def weight(page: Opened, index: int, value: str) -> None:
    page.page.locator("#hotspots-whatif input[type=number]").nth(index).fill(value)


def names(table: pd.DataFrame, picked: Any) -> str:
    """The areas as the page names them: in order of rank, those of a district with it."""
    districts = squares()["district"]
    rows = table[picked].sort_values("rank")
    return ", ".join(
        f"<b>Area</b> {code}" + (f" ({districts[code]})" if districts[code] else "") for code in rows.index
    )


def test_the_browser_selects_as_the_toolkit_does(page: Opened) -> None:
    script = """weights => { const data = JSON.parse(document.getElementById("hotspots-data").textContent);
      const held = Hotspots.whatif.unpacked(data.whatif), model = new Hotspots.model.Model(data);
      const codes = model.tables[data.whatif.table].codes();
      return weights.map(one => {
        const { score, rank, priority, selected } = Hotspots.whatif.selectAreas(held, one, codes);
        return { score: [...score], rank, priority, selected }; }); }"""
    for weights, found in zip(drawn_weights(), page.page.evaluate(script, drawn_weights()), strict=True):
        wanted = chosen(weights)
        ours = np.array([np.nan if value is None else value for value in found["score"]], dtype=float)
        assert np.allclose(ours, wanted["score"], rtol=0, atol=1.0000001e-9, equal_nan=True)
        assert found["rank"] == [None if pd.isna(rank) else int(rank) for rank in wanted["rank"]]
        assert [PRIORITIES[place] for place in found["priority"]] == wanted["priority"].astype(str).tolist()
        assert found["selected"] == wanted["selected"].tolist()


def test_other_weights_recolour_map_list_and_legend_and_say_so(page: Opened) -> None:
    fold(page)
    assert not page.page.locator("#hotspots-banner").is_visible()
    weight(page, 0, "0.5")
    weight(page, 2, "3")
    banner = "Scenario, not the published selection: Crime 0.5, ASB 1, Deprivation 3."
    assert page.text("#hotspots-banner") == banner
    assert banner in page.text("#hotspots-legend")
    before, after = chosen([1, 1, 1]), chosen([0.5, 1, 3])
    enters, leaves = after["selected"] & ~before["selected"], before["selected"] & ~after["selected"]
    assert enters.any()
    assert leaves.any()
    assert page.page.locator("#hotspots-whatif .outcome p").all_inner_texts() == [
        f"Enters: {names(after, enters)}",
        f"Leaves: {names(after, leaves)}",
    ]
    counts = page.page.locator("#hotspots-legend li .count").all_inner_texts()
    assert counts == [str(int((after["priority"] == priority).sum())) for priority in PRIORITIES]
    listed = [row.split("|") for row in page.rows()]
    first = after.assign(place=[PRIORITIES.index(p) for p in after["priority"]]).sort_values(
        ["place", "score"], ascending=[True, False]
    )
    assert [row[0] for row in listed] == [str(rank) for rank in first["rank"][:10]]
    # No text of the data became an element of the page.
    assert page.count("#hotspots-whatif .outcome b") == 2


def test_the_link_keeps_the_scenario_and_the_button_ends_it(page: Opened, context: BrowserContext) -> None:
    fold(page)
    weight(page, 1, "2.25")
    assert page.hash()["weights"] == "1,2.25,1"
    again = open_page(context, page.page.url)
    assert (
        again.text("#hotspots-banner")
        == "Scenario, not the published selection: Crime 1, ASB 2.25, Deprivation 1."
    )
    assert again.page.locator("#hotspots-whatif input[type=number]").nth(1).input_value() == "2.25"
    assert again.page.locator("#hotspots-whatif .outcome").is_visible()
    assert again.rows() == page.rows()
    again.page.locator("#hotspots-whatif button").click()
    assert not again.page.locator("#hotspots-banner").is_visible()
    assert "weights" not in again.hash()
    assert again.page.locator("#hotspots-whatif input[type=number]").nth(1).input_value() == "1"
    again.page.close()
    for nonsense in ("1,1", "0,0,0", "1,-1,1", "a,b,c", "1,,1", "1,1,1"):
        page.page.evaluate("hash => { location.hash = hash; }", f"#weights={nonsense}")
        page.page.wait_for_function("document.getElementById('hotspots-banner').hidden")


def test_a_slider_is_moved_with_the_keyboard_and_is_one_step_back(page: Opened) -> None:
    fold(page)
    slider = page.page.locator("#hotspots-weight-0")
    slider.focus()
    for _ in range(4):
        page.page.keyboard.press("ArrowRight")
    assert page.hash()["weights"] == "1.2,1,1"
    assert page.page.evaluate("document.activeElement.id") == "hotspots-weight-0"
    page.page.go_back()
    page.page.wait_for_function("document.getElementById('hotspots-banner').hidden")


def test_weights_that_mean_nothing_are_refused_and_change_nothing(page: Opened) -> None:
    fold(page)
    rows = page.rows()
    for index in range(3):
        weight(page, index, "0")
    assert (
        page.text("#hotspots-whatif .outcome")
        == "A weight is a number of 0 or more, and one of them is over 0."
    )
    weight(page, 0, "-1")
    assert (
        page.text("#hotspots-whatif .outcome")
        == "A weight is a number of 0 or more, and one of them is over 0."
    )
    for index in range(3):
        weight(page, index, "1")
    assert page.rows() == rows
    assert page.page.locator("#hotspots-whatif .outcome").inner_text() == ""


def test_a_card_in_a_scenario_says_what_was_published(page: Opened) -> None:
    fold(page)
    weight(page, 2, "3")
    code = "E00"
    page.page.locator("#hotspots-query").fill(code)
    page.page.keyboard.press("Enter")
    before, after = chosen([1, 1, 1]).loc[code], chosen([1, 1, 3]).loc[code]

    def stands(row: Any) -> str:
        return f"rank {row['rank']} of 63, {'selected' if row['selected'] else 'not selected'}"

    assert page.page.locator("#hotspots-card .about").all_inner_texts() == ["Scenario", "As published"]
    assert page.page.locator("#hotspots-card .reason").all_inner_texts() == [
        f"In this scenario {stands(after)}; as published {stands(before)}.",
        "Because.",
    ]
    assert page.text("#hotspots-card .rank p").startswith("As published: Rank ")
    page.group("Else")
    assert not page.page.locator("#hotspots-whatif").is_visible()
    assert not page.page.locator("#hotspots-banner").is_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_barrier_while_weights_are_tried(
    page: Opened, barriers: Callable[[Page], list[str]], width: int
) -> None:
    page.resize(width, 800)
    fold(page)
    weight(page, 0, "3")
    assert page.page.locator("#hotspots-banner").is_visible()
    assert barriers(page.page) == []
