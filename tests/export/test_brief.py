"""The brief for a meeting: what it lists, what it escapes, what it loads (nothing)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from hotspots.errors import FileError
from hotspots.export.brief import brief_html, write_brief

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


def test_selected_watched_and_not_chosen_stand_apart(layer: Any) -> None:
    page = brief_html(
        layer, title="Priorities", summary=["All said."], notes=["How."], attribution="OGL", noun="ward"
    )
    selected, watched, rest = (
        page.index(heading)
        for heading in ("Selected wards", "<h2>Watched", "<h2>Not chosen, though next in rank")
    )
    assert selected < page.index("Because &lt;i&gt;.") < page.index("Reason 1.") < watched
    assert watched < page.index("Reason 2.") < rest < page.index("Reason 3.")
    # Five that were not chosen at most; the one without a score is named with its reason.
    assert "Reason 6." in page
    assert "Without a score: Ward 7 (No score: ASB unknown)." in page
    assert "0.55" in page
    assert page.index("All said.") < selected < page.index("<li>How.</li>") < page.index("OGL")


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
