"""The brief for a meeting: what it lists, what it escapes, what it loads (nothing)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.base.errors import FileError
from hotspots.export.pages.brief import brief_html, write_brief

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
        layer, title="Priorities", summary=["All said"], notes=["How."], attribution="OGL", noun="ward"
    )
    selected, rest = (page.index(heading) for heading in ("Selected wards", "What was not chosen, and why"))
    assert page.index("<p>All said.</p>") < selected < page.index("Because &lt;i&gt;.")
    assert page.index("Reason 1.") < rest < page.index("OGL")
    assert "rank 2 to 2; chance 55%" in page
    # The watched area, the next three of the others, and the one without a score.
    assert (
        "<strong>Ward 2 (Moor &amp; Vale)</strong>: Reason 2. <strong>Ward 3 (Moor &amp; Vale)</strong>: Reason 3."
        in page
    )
    assert "Reason 5.</p>" in page
    assert "Reason 6." not in page
    assert "<p>Without a score: Ward 7 (Moor &amp; Vale): No score: ASB unknown.</p>" in page
    assert '<p class="notes">How.</p>' in page


def test_only_the_first_watched_are_named_and_the_rest_counted(layer: Any) -> None:
    page = brief_html(layer.assign(priority=["force-wide", "local", *["watch"] * 6]), title="Priorities")
    assert "<strong>Ward 3 (Moor &amp; Vale)</strong>: Reason 3. 3 more are watched.</p>" in page


def test_areas_of_one_locality_stand_together_under_its_name(layer: Any) -> None:
    joined = layer.assign(
        selected=[True, True, True, *[False] * 5], locality=["Town", "B", "Town", *[""] * 5]
    )
    page = brief_html(joined, title="Priorities", noun="ward")
    assert page.count('<tr class="place">') == 1
    locality, third, second = (
        page.index(text) for text in ("Locality: Town (2 wards)", "Reason 2.", "Reason 1.")
    )
    assert locality < third < second


def test_type_shrinks_before_the_list_goes_overleaf() -> None:
    sizes = {}
    for count in (4, 16, 40):
        page = brief_html(many(count), title="Priorities", noun="ward", notes=["How."])
        sizes[count] = float(re.findall(r"font-size: calc\(([\d.]+)pt", page)[0])
        assert len(re.findall("stands out in its district", page)) == count + 3
        assert ("overleaf" in page) == (count == 40)
    assert sizes[4] == 9 > sizes[16] >= sizes[40] == 7
    on_first, more = re.split("The list continues overleaf with", page)
    assert int(more.split()[0]) == 40 - on_first.count('<td class="n">')


def many(count: int) -> Any:
    """Areas of which the first `count` are selected; each has a long reason, as real ones are."""
    every = count + 5
    reason = "Local priority: stands out in its district (2.1 SD above the average score); " + "because " * 30
    rank = pd.array(range(1, every + 1), dtype="Int64")
    return gpd.GeoDataFrame(
        {
            "name": [f"Ward {i}" for i in range(every)],
            "district": "Vale",
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


@pytest.mark.browser
@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (8, 1), (12, 1), (16, 1), (30, 2)])
def test_it_prints_on_one_page_where_it_says_so(
    count: int, pages: int, chromium: str, tmp_path: Path
) -> None:
    assert printed_pages(long_brief(count), chromium, tmp_path) == pages


FONTS = re.compile('Arial, "Liberation Sans", Helvetica, Narrowed, sans-serif')
SCRIPT = re.compile("<script>.*?</script>", re.S)


@pytest.mark.browser
@pytest.mark.parametrize(("count", "pages"), [(12, 1), (16, 1), (30, 2)])
def test_in_letters_wider_than_arials_it_prints_smaller_and_on_as_many_pages(
    count: int, pages: int, chromium: str, tmp_path: Path
) -> None:
    # Each letter of a monospaced font is as wide as an m, so that none in use is wider.
    wide = FONTS.sub("monospace", long_brief(count), count=1)
    assert printed_pages(wide, chromium, tmp_path) == pages


@pytest.mark.browser
@pytest.mark.parametrize(("count", "pages"), [(12, 1), (30, 2)])
def test_without_scripts_it_fits_in_the_common_wide_fonts(
    count: int, pages: int, chromium: str, tmp_path: Path
) -> None:
    page = FONTS.sub("Narrowed, sans-serif", long_brief(count), count=1)
    assert printed_pages(SCRIPT.sub("", page), chromium, tmp_path) == pages


def long_brief(count: int) -> str:
    """A page of `count` selected areas with as much round them as a page ever has."""
    return brief_html(many(count), title="Priorities", summary=["Summary. " * 40], notes=["How. " * 100])


def printed_pages(page: str, chromium: str, folder: Path) -> int:
    """How many sheets of A4 a page takes."""
    counter = shutil.which("pdfinfo")
    if counter is None:
        pytest.skip("pdfinfo is not installed")
    (folder / "brief.html").write_text(page, encoding="utf-8")
    printed = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
    printed += [f"--print-to-pdf={folder}/brief.pdf", str(folder / "brief.html")]
    subprocess.run(printed, check=True, capture_output=True, timeout=60)  # noqa: S603 - both by path
    told = subprocess.run([counter, str(folder / "brief.pdf")], check=True, capture_output=True, text=True)  # noqa: S603
    (pages,) = re.findall(r"Pages: +(\d+)", told.stdout)
    return int(pages)


def test_the_map_draws_every_area_and_the_ranks_of_the_selected(layer: Any) -> None:
    page = brief_html(layer, title="Priorities")
    # Eight areas and one district.
    assert len(re.findall("<path ", page)) == 9
    assert re.findall(r"<text [^>]*>(\d+)</text>", page) == ["1", "2"]
    assert page.count('fill="#b2182b"') == 1
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
