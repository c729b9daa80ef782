"""The brief for a meeting: what it lists, what it escapes, what it loads (nothing)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.base.errors import FileError
from hotspots.export.pages.brief import brief_html, write_brief

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CODES = [f"E0500000{i}" for i in range(8)]


@pytest.fixture
def layer() -> Any:
    priority = ["force-wide", "local", "watch", "", "", "", "", ""]
    rank = pd.array([1, 2, 3, 4, 5, 6, 7, pd.NA], dtype="Int64")
    return gpd.GeoDataFrame(
        {
            "name": ["Town <b>", *[f"Ward {i}" for i in range(1, 8)]],
            "district": ["Moor & Vale"] * 8,
            "rank": rank,
            "rank_lo": rank,
            "rank_hi": rank,
            "sel_share": [1.0, 0.55, 0.2, 0, 0, 0, 0, 0],
            "priority": priority,
            "selected": [True, True, *[False] * 6],
            "locality": ["Town", "Ward 1", *[""] * 6],
            "reason": ["Because <i>.", *[f"Reason {i}." for i in range(1, 7)], "No score: ASB unknown."],
        },
        index=pd.Index(CODES, name="code"),
        geometry=[box(1000 * i, 0, 1000 * (i + 1), 1000) for i in range(8)],
        crs="EPSG:27700",
    )


def test_selected_and_not_chosen_stand_apart(layer: Any) -> None:
    page = brief_html(
        layer,
        title="Priorities",
        under="Abbeyshire 2025",
        summary=["All said"],
        notes=["How."],
        attribution="OGL",
        noun="ward",
    )
    selected, rest = (page.index(heading) for heading in ("Selected wards", "What was not chosen, and why"))
    assert page.index('<p class="under">Abbeyshire 2025</p>') < page.index("<p>All said.</p>") < selected
    assert selected < page.index("Because &lt;i&gt;.") < page.index("Reason 1.") < rest < page.index("OGL")
    assert ">rank 2; chance 55%<" in page
    # The watched area, the next three of the others, and the one without a score.
    assert (
        "<strong>Ward 2 (Moor &amp; Vale)</strong>: Reason 2. <strong>Ward 3 (Moor &amp; Vale)</strong>: Reason 3."
        in page
    )
    assert "Reason 5.</p>" in page
    assert "Reason 6." not in page
    assert "<p>Without a score: Ward 7 (Moor &amp; Vale): No score: ASB unknown.</p>" in page
    assert '<p class="notes">How.</p>' in page
    # What stands instead where room is short: the names alone.
    assert (
        '<p class="instead">Next in rank or watched: Ward 2 (Moor &amp; Vale), Ward 3 (Moor &amp; Vale), Ward 4 '
        "(Moor &amp; Vale) and Ward 5 (Moor &amp; Vale).</p>"
    ) in page


def test_reasons_given_stand_instead_of_the_layers(layer: Any) -> None:
    page = brief_html(layer, title="P", reasons=pd.Series("In plain words.", index=layer.index))
    assert page.count("In plain words") == 2 + 4 + 1
    assert "Reason" not in page


def test_only_the_first_watched_are_named_and_the_rest_counted(layer: Any) -> None:
    page = brief_html(layer.assign(priority=["force-wide", "local", *["watch"] * 6]), title="Priorities")
    assert "<strong>Ward 3 (Moor &amp; Vale)</strong>: Reason 3. 3 more are watched.</p>" in page


def test_areas_say_which_selected_ones_are_of_their_locality(layer: Any) -> None:
    joined = layer.assign(
        selected=[True, True, True, *[False] * 5],
        locality=["Town", "B", "Town", *[""] * 5],
        district=["Moor", "Moor", "Vale", *["Vale"] * 5],
    )
    page = brief_html(joined, title="Priorities", noun="ward")
    assert "Because &lt;i&gt;. One locality with Ward 2 (Vale).</li>" in page
    assert "Reason 1.</li>" in page
    alike = brief_html(joined.assign(district="Vale"), title="Priorities", noun="ward")
    assert "Because &lt;i&gt;. One locality with Ward 2.</li>" in alike


def test_areas_stand_under_their_district_where_there_are_several(layer: Any) -> None:
    mixed = layer.assign(selected=[True] * 3 + [False] * 5, district=["Vale", "Moor", "Vale"] + ["Moor"] * 5)
    page = brief_html(mixed, title="Priorities", noun="ward")
    # The district of the highest first, and in each the ranks in order.
    assert re.findall(r"<h3>(\w+)</h3>|<li value=\"(\d)\"", page) == [
        ("Vale", ""),
        ("", "1"),
        ("", "3"),
        ("Moor", ""),
        ("", "2"),
    ]
    assert "<h3>" not in brief_html(layer, title="Priorities")


def test_of_more_than_twenty_it_says_how_many_are_left_out_and_where() -> None:
    for count in (4, 20):
        page = brief_html(many(count), title="Priorities", noun="ward")
        assert page.count("<li value=") == count
        assert "not on this page" not in page
    one = brief_html(many(21), title="Priorities", noun="ward")
    assert one.count("<li value=") == 20
    assert "1 more selected ward is not on this page: 1 in Vale of Aylesbury. The map shows it." in one
    places = many(40)
    places["district"] = ["Moor"] * 25 + ["Moor", "Vale", ""] * 5 + ["Vale"] * 5
    more = brief_html(places, title="Priorities", noun="ward", elsewhere="wards.csv")
    # Of the 20 left out, 5 are Moor and then 5 each.
    assert (
        "20 more selected wards are not on this page: 10 in Moor, 5 in Vale and 5 without a district. The map shows "
        "them, and wards.csv lists all 40."
    ) in more


LONG = "Sutton-under-Whitestonecliffe and Mount Pleasant"


def many(count: int) -> Any:
    """Areas of which the first `count` are selected; each has a long name and a long reason, as real ones have."""
    every = count + 5
    reason = (
        "Force-wide priority: anti-social behaviour significantly above the ward average in 4 of 4 quarters (51.8 per "
        "1,000 in 2025 Q4; average 11.2), overall crime significantly above in 4 of 4 quarters. Deprivation: among the "
        "20% most deprived nationally. All crime against January to April 2024: no clear change."
    )
    rank = pd.array(range(1, every + 1), dtype="Int64")
    return gpd.GeoDataFrame(
        {
            "name": [f"{LONG} {i}" for i in range(every)],
            "district": "Vale of Aylesbury",
            "rank": rank,
            "rank_lo": rank,
            "rank_hi": rank,
            "sel_share": 0.5,
            "priority": ["local"] * count + [""] * 5,
            "selected": [True] * count + [False] * 5,
            "locality": [f"Ward {i}" for i in range(count)] + [""] * 5,
            "reason": reason,
        },
        geometry=[box(i % 7, i // 7, i % 7 + 1, i // 7 + 1) for i in range(every)],
        crs="EPSG:27700",
    )


FAMILY = 'font-family: Arial, "Liberation Sans", Helvetica, sans-serif'
SCRIPT = re.compile("<script>.*?</script>", re.S)


def long_brief(count: int, font: str = "Liberation Sans") -> str:
    """A page of `count` selected areas with as much round them as a page has, in a font."""
    page = brief_html(
        many(count),
        title="Priority wards, January to December 2025",
        under="A community safety strategic assessment",
        summary=["Of all 201 wards of 9 districts some are selected because they stand out"] * 3,
        notes=[
            "How they were chosen: each ward is measured against all others, and what was recorded is ranked."
        ]
        * 6,
        attribution="Contains public sector information licensed under the Open Government Licence v3.0. "
        * 3,
        noun="ward",
        elsewhere="tables/priorities_wards.csv",
    )
    assert FAMILY in page
    return page.replace(FAMILY, f'font-family: "{font}"')


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("font", ["Liberation Sans", "Liberation Serif", "DejaVu Sans", "DejaVu Sans Mono"])
@pytest.mark.parametrize("count", [0, 8, 20, 21, 40])
def test_it_is_one_page_in_any_font(count: int, font: str, browser: Browser, tmp_path: Path) -> None:
    assert printed_pages(long_brief(count, font), browser, tmp_path) == 1


@pytest.mark.browser
@pytest.mark.parametrize("count", [8, 14, 20])
def test_without_scripts_it_has_the_size_that_its_length_suggests(
    count: int, browser: Browser, tmp_path: Path
) -> None:
    assert printed_pages(SCRIPT.sub("", long_brief(count)), browser, tmp_path) == 1


@pytest.mark.browser
def test_letters_are_as_large_as_there_is_room_for(browser: Browser) -> None:
    sizes = {count: fitted(long_brief(count), browser)[0] for count in (2, 12, 20)}
    assert sizes[2] == 9 > sizes[12] > sizes[20] >= 6
    # A wider font is printed smaller.
    wide, _ = fitted(long_brief(20, "DejaVu Sans Mono"), browser)
    assert sizes[20] > wide >= 5


@pytest.mark.browser
def test_what_was_not_chosen_loses_its_reasons_before_letters_become_small(browser: Browser) -> None:
    roomy, crowded = (fitted(long_brief(count), browser) for count in (2, 20))
    assert not roomy[1]
    assert crowded[0] < 7
    assert crowded[1]


def fitted(page: str, browser: Browser) -> tuple[float, bool]:
    """The size in points that the page's own script chose, and whether it left out what can be spared."""
    opened = browser.new_page()
    opened.set_content(page, wait_until="load")
    size, spared = opened.locator("main").evaluate(
        "page => [page.style.getPropertyValue('--size'), page.classList.contains('spared')]"
    )
    opened.close()
    return float(size.removesuffix("pt")), spared


def printed_pages(page: str, browser: Browser, folder: Path) -> int:
    """How many sheets of A4 a page takes when it is printed."""
    counter = shutil.which("pdfinfo")
    if counter is None:
        pytest.skip("pdfinfo is not installed")
    opened = browser.new_page()
    opened.set_content(page, wait_until="load")
    opened.pdf(path=folder / "brief.pdf", prefer_css_page_size=True, print_background=True)
    opened.close()
    told = subprocess.run([counter, str(folder / "brief.pdf")], check=True, capture_output=True, text=True)  # noqa: S603
    assert re.search(r"Page size: +59[45][.\d]* x 84[12][.\d]* pts", told.stdout), told.stdout
    (pages,) = re.findall(r"Pages: +(\d+)", told.stdout)
    return int(pages)


def test_the_map_draws_every_area_and_the_ranks_of_the_selected(layer: Any) -> None:
    page = brief_html(layer, title="Priorities")
    # Eight areas and one district.
    assert len(re.findall("<path ", page)) == 9
    assert re.findall(r"<text [^>]*>(\d+)</text>", page) == ["1", "2"]
    assert page.count('fill="#6a001a"') == 1
    assert "Force-wide priority" in page


def test_ranks_that_would_overlap_give_way_to_the_higher(layer: Any) -> None:
    small = layer.set_geometry(
        [box(100 * i, 0, 100 * (i + 1), 100) for i in range(7)] + [box(700, 0, 90_000, 90_000)]
    )
    assert re.findall(r"<text [^>]*>(\d+)</text>", brief_html(small, title="Priorities")) == ["1"]


def test_everything_is_escaped_and_nothing_is_loaded(layer: Any) -> None:
    page = brief_html(layer, title="A < B", summary=["<u>"], notes=["<s>"], attribution="<q>")
    for tag in ("<b>", "<i>", "<u>", "<s>", "<q>"):
        assert tag not in page
    assert "Moor &amp; Vale" in page
    assert "http" not in page
    assert "url(" not in page


def test_nothing_selected_is_said(layer: Any) -> None:
    page = brief_html(layer.assign(selected=False), title="Priorities", noun="ward")
    assert "No ward is selected." in page


def test_an_existing_file_is_kept(layer: Any, tmp_path: Path) -> None:
    write_brief(layer, tmp_path / "brief.html", title="Priorities")
    with pytest.raises(FileError):
        write_brief(layer, tmp_path / "brief.html", title="Priorities")
    write_brief(layer, tmp_path / "brief.html", title="Again", overwrite=True)
    assert "<h1>Again</h1>" in (tmp_path / "brief.html").read_text(encoding="utf-8")
