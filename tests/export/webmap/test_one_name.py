"""One rank and one count under one name: in the brief, in the list and the card of the map, and in the report."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.export.conftest import open_page
from tests.publish.test_report import PLAN, RECIPE, SCRIPT, SELECT, table, write_incidents, write_wards

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.publish.folder import Outcome, run_recipe
from hotspots.publish.report.document import make_document

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from tests.export.conftest import Opened

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::hotspots.base.errors.HotspotsWarning")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Twelve wards in two districts, the first two of which stand out."""
    folder = tmp_path_factory.mktemp("one_name")
    write_wards(folder, "Abbeyshire", "Burshire")
    write_incidents(folder, {"2024-07": [10] * 12, "2025-07": [60, 60, *[10] * 10]})
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    recipe = parse_recipe(RECIPE + SELECT + '[map]\n[report]\nformats = ["html"]\n', folder=folder)
    return run_recipe(recipe, folder / "out")


@pytest.fixture
def opened(context: BrowserContext, made: Outcome) -> Opened:
    return open_page(context, (made.folder / "map.html").as_uri())


def brief_ranks(folder: Path) -> dict[str, int]:
    text = (folder / "brief.html").read_text(encoding="utf-8")
    found = re.findall(r'<li value="(\d+)"><b class="rank">(\d+)</b>.*?<strong>(.*?) \(', text)
    assert all(value == shown for value, shown, _ in found)
    return {unescape(name): int(shown) for _, shown, name in found}


def test_an_area_has_one_rank_in_brief_list_card_and_report(made: Outcome, opened: Opened) -> None:
    ranks = brief_ranks(made.folder)
    assert ranks == {SCRIPT: 1, "Ward 1": 2}
    rows = table(make_document(made.analysis), "Selected wards, by rank").rows
    assert {str(row[0]).rpartition(" (")[0]: int(row[1]) for row in rows} == ranks
    listed = {name.split("\n")[0]: rank for rank, name in (row.split("|")[:2] for row in opened.rows()[:2])}
    assert {name.removesuffix("Abbeyshire"): int(rank) for name, rank in listed.items()} == ranks
    for name, rank in ranks.items():
        opened.page.locator("#hotspots-list li button", has_text=name).first.click()
        assert opened.card() == name
        assert f"Rank {rank} of 12" in opened.text("#hotspots-card")
        # 60 in one month of a thousand people: the indicator that the selection rests on, in its latest period.
        bars = opened.page.locator("#hotspots-card .measure").all_inner_texts()
        assert bars[0].split("\n")[0] == "Overall crime in 2025 (per 1,000)"
        assert [bar.split("\n")[0] for bar in bars[1:]] == ["All", "Burglary"]
    opened.page.close()


def test_the_number_of_selected_areas_is_one_in_brief_legend_and_report(
    made: Outcome, opened: Opened
) -> None:
    brief = (made.folder / "brief.html").read_text(encoding="utf-8")
    assert "2 are selected" in brief
    counts = opened.page.locator("#hotspots-legend li .count").all_inner_texts()
    labels = opened.page.locator("#hotspots-legend li .label").all_inner_texts()
    chosen = [int(count) for label, count in zip(labels, counts, strict=True) if "wide" in label.casefold()]
    assert sum(chosen) == 2
    section = next(part for part in make_document(made.analysis).sections if part.title == "Priorities")
    assert section.blocks[0].texts[0] == "Priorities: 2 force-wide, 0 local, 0 watch."  # type: ignore[union-attr]
    opened.page.close()


def test_an_area_has_one_count_called_incidents_in_list_card_and_report(
    made: Outcome, opened: Opened
) -> None:
    opened.group("All")
    report = table(make_document(made.analysis), "All: Ward-level")
    # The report rounds counts to the nearest 10, and 10 + 60 needs no rounding.
    assert report.headings[2].startswith("Count (rounded)")
    assert next(row[2] for row in report.rows if row[0] == "Ward 1") == "70 (420.0 per 1,000)"
    opened.choice("Rate").check()
    opened.page.locator("#hotspots-list li button", has_text="Ward 1").first.click()
    opened.page.locator("#hotspots-card details summary").first.click()
    figures = opened.page.locator("#hotspots-card details .row").all_inner_texts()
    said = dict(row.split("\n", 1) for row in figures if "\n" in row)
    assert said["Incidents"] == "70"
    opened.page.close()
