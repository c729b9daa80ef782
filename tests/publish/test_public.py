"""A folder made for publication: no exact figure in any file of it, the same figures in all, the same bytes twice."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import hotspots
from hotspots.analysis.public.protect import protect
from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.recipe.tables import Publish, Recipe
from hotspots.analysis.results import Analysis
from hotspots.analysis.run.analyse import analyse
from hotspots.disclosure.rules import profile
from hotspots.export.raster import read_geotiff
from hotspots.export.style import layer_style
from hotspots.publish.folder import run_recipe
from hotspots.publish.words.publication import count_cell, rate_cell

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLANTED = 7919  # incidents at one place of one ward: a number that stands nowhere else

RECIPE = """
title = "Calderdale"
source = "police.uk"
attribution = "Open Government Licence."
[incidents]
source = "{incidents}"
weight_column = "weight"
period = "2018-07"
[[areas]]
label = "Wards"
source = "west-yorkshire-wards"
only = ["Calderdale", "Wakefield"]
[[areas]]
label = "LSOAs"
source = "west-yorkshire-lsoa-2011"
only = ["Calderdale", "Wakefield"]
[[theme]]
name = "All crime"
exclude = "Anti-social behaviour"
[[theme]]
name = "Burglary"
category = "Burglary"
[count]
[flag]
[kde]
[gistar]
value = "rate"
[change]
before = "2017-07"
[places]
[select]
plan = "plan.toml"
[map]
[report]
formats = ["html", "docx", "pptx"]
"""
PLAN = """
[sure]
runs = 99
[[indicator]]
group = "crime"
[[indicator]]
group = "burglary"
"""


@dataclass(frozen=True)
class Folders:
    """A run as it is, and made for publication."""

    exact: Analysis
    public: Analysis
    folder: Path
    recipe: Recipe


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    home = tmp_path_factory.mktemp("public")
    table, _ = hotspots.read_incidents("west-yorkshire-incidents", period=None)
    table = table[table["month"].astype(str).isin(["2017-07", "2018-07"]) & table["x"].notna()]
    wards = hotspots.read_areas("west-yorkshire-wards", only=["Calderdale", "Wakefield"])
    table = table[hotspots.assign_areas(table, wards).notna()].assign(weight=1.0)
    planted = table[(table["month"].astype(str) == "2018-07") & (table["category"] == "Burglary")].index[0]
    table.loc[planted, "weight"] = float(PLANTED)
    written = table[["x", "y", "category", "month", "weight"]].astype({"month": str})
    written.to_csv(home / "a-secret-name.csv", index=False)
    (home / "plan.toml").write_text(PLAN)
    recipe = parse_recipe(RECIPE.format(incidents="a-secret-name.csv"), folder=home)
    recipe = replace(recipe, publish=Publish(profile="documents"))
    exact = analyse(recipe)
    outcome = run_recipe(recipe, home / "out")
    return Folders(exact, outcome.analysis, outcome.folder, recipe)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and all text and numbers of every file, packed ones unpacked."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".xlsx", ".docx", ".pptx", ".qgz"):
            with zipfile.ZipFile(path) as packed:
                for member in packed.namelist():
                    yield f"{name}/{member}", packed.read(member).decode("utf-8", "replace")
        elif path.suffix == ".gpkg":
            with sqlite3.connect(path) as base:
                yield name, "\n".join(base.iterdump())
        elif path.suffix == ".tif":
            surface = read_geotiff(path)
            yield name, json.dumps([surface.parameters, np.unique(surface.values).tolist()])
        elif path.is_file():
            yield name, path.read_text(encoding="utf-8")


def test_no_file_holds_an_exact_figure_of_the_planted_ward(folders: Folders) -> None:
    exact = folders.exact.themes[0].first
    ward = exact.loc[exact["n"].idxmax()]
    whole = f"{folders.exact.themes[0].n:.0f}"
    said = [
        f"{ward['n']:.0f}",
        f"{ward['rate']:.2f}",
        f"{ward['rate']:.4f}",
        f"{ward['sd_score']:.4f}",
        whole,
    ]
    assert ward["n"] > PLANTED  # or the number would stand nowhere anyway
    forms = {form for one in said for form in (one, f"{float(one):,.{len(one.partition('.')[2])}f}")}
    found = re.compile("|".join(rf"(?<![\d.]){re.escape(form)}(?!\d)" for form in sorted(forms)))
    hits = [(name, hit[0]) for name, text in texts(folders.folder) if (hit := found.search(text))]
    assert hits == []


def test_every_count_is_a_multiple_of_ten_in_every_kind_of_file(folders: Folders) -> None:
    csv = pd.read_csv(folders.folder / "tables" / "all-crime_wards.csv", index_col="code")
    package = gpd.read_file(
        folders.folder / "layers" / "all-crime_wards.gpkg", layer="all-crime_wards"
    ).set_index("code")
    json_ = gpd.read_file(folders.folder / "geojson" / "all-crime_wards.geojson").set_index("code")
    for table in (csv, package, json_):
        for column in ("n", "n_before", "n_after"):
            assert pd.api.types.is_numeric_dtype(table[column])
            assert (table[column] % 10 == 0).all()
            pd.testing.assert_series_equal(table[column], csv[column], check_dtype=False)
    exact = folders.exact.themes[0].first["n"]
    assert (csv["n"] - exact).abs().max() <= 5
    assert (csv["n"] == np.floor((exact.round() + 5) / 10) * 10).all()  # halves upwards


def test_a_rounded_0_reads_as_what_it_stands_for_in_every_kind_of_file(folders: Folders) -> None:
    """A reader must not take one for none, and a program still adds it."""
    assert (folders.public.themes[1].first["n"] == 0).any()
    files = dict(texts(folders.folder))
    for name, wanted in {
        "report.html": [">too few ("],  # in the legends of rates
        "report.docx/word/document.xml": [">too few ("],
        "map.html": ['"zero":"under 5"', '"zero":"too few"'],
        "tables.xlsx/xl/styles.xml": [
            '"#,##0;-#,##0;&quot;under 5&quot;"',
            '"#,##0.0;-#,##0.0;&quot;too few&quot;"',
        ],
        "layers/burglary_wards.qml": ["= 0, 'under 5', format_number", "; 0 is under 5"],
        "hotspots.qgz/hotspots.qgs": ["= 0, 'under 5', format_number"],
    }.items():
        assert [text for text in wanted if text not in files[name]] == [], name
    # Cells of pages, Word and slides are written by these.
    assert [count_cell(n, folders.public) for n in (0, 20, np.nan)] == ["under 5", "20", "hidden"]
    assert [rate_cell(0.0, n, folders.public) for n in (0, 20)] == ["too few", "0.0"]
    assert count_cell(0, folders.exact) == "0"
    # Numbers stay numbers.
    csv = pd.read_csv(folders.folder / "tables" / "burglary_wards.csv", index_col="code")
    assert (csv["n"] == 0).any()
    book = pd.read_excel(
        folders.folder / "tables.xlsx", sheet_name="Burglary – Wards", index_col="Code", engine="openpyxl"
    )
    assert book["Incidents"].sort_index().tolist() == csv["n"].sort_index().tolist()
    # A row of no incidents is nowhere said to be one.
    rows = re.findall(r"<tr>.*?</tr>", files["report.html"], re.DOTALL)
    assert [row for row in rows if re.search(r"\b0 incidents|down 100%|from 0 to|to 0\b", row)] == []


def test_rates_and_flags_are_those_of_the_rounded_counts(folders: Folders) -> None:
    table = folders.public.themes[0].first
    # Per 1,000 people a year, from one month, to one decimal.
    assert np.allclose(table["rate"], (table["n"] * 12_000 / table["population"]).round(1))
    again = hotspots.flag_mean_sd(table["n"] * 12_000 / table["population"])
    assert np.allclose(table["sd_score"], again["sd_score"])
    assert (table["sd_flag"].astype(str) == again["sd_flag"].astype(str)).all()
    whole = folders.public.themes[0]
    assert whole.n % 10 == 0
    assert whole.n != table["n"].sum() or folders.exact.themes[0].n % 10 == 0


def test_totals_are_rounded_on_their_own(folders: Folders) -> None:
    for public, exact in zip(folders.public.themes, folders.exact.themes, strict=True):
        assert public.n == np.floor((round(exact.n) + 5) / 10) * 10
        assert public.change is not None
        assert exact.change is not None
        assert public.change.districts is not None
        assert (public.change.districts[["n_before", "n_after"]] % 10 == 0).all(axis=None)
        assert public.change.counts[-1] == public.n
    # Rounded months need not add up to the rounded year, so that no sum stands beside them.
    report = (folders.folder / "report.html").read_text(encoding="utf-8")
    table = report[report.index("Rows used, by month") :]
    assert re.findall(r"<th[^>]*>([^<]+)</th>", table[: table.index("</tr>")]) == ["Year", "Jul"]


def test_the_density_holds_classes_and_nothing_of_the_one_heavy_incident(folders: Folders) -> None:
    surface = read_geotiff(folders.folder / "layers" / "all-crime_density.tif")
    assert len(np.unique(surface.values[~np.isnan(surface.values)])) <= 5
    assert surface.parameters["bandwidth"] >= 300
    assert surface.cell_size >= 100
    exact = folders.exact.themes[0]
    assert exact.surface is not None
    assert exact.bears is not None
    # Nearly all the weight within reach of the heavy incident is its own, so that hardly more than one bears on it.
    heaviest = np.unravel_index(np.nanargmax(exact.surface.values), exact.surface.shape)
    assert exact.bears[heaviest] < 2
    assert folders.public.themes[0].surface is not None
    assert folders.public.themes[0].surface.values[heaviest] == 0


def test_every_file_that_tells_where_it_is_from_says_how_counts_are_shown(folders: Folders) -> None:
    said = "Counts rounded to the nearest 10; 0 stands for 0 to 4."
    silent = {
        name
        for name, text in texts(folders.folder)
        if said not in text and name.endswith((".html", ".geojson", ".gpkg", ".json", ".qgz/hotspots.qgs"))
    }
    certificate = {"about/disclosure.html", "about/disclosure.json"}  # whose words on the rules are longer
    assert silent == {"layers/districts.gpkg", *certificate}  # outlines without a figure
    for document in ("report.docx", "report.pptx", "tables.xlsx"):
        assert any(said in text for name, text in texts(folders.folder) if name.startswith(document)), (
            document
        )
    record = json.loads((folders.folder / "about" / "provenance.json").read_text())
    assert record["publication"]["public"] is True
    assert record["publication"]["profile"] == "documents"


def test_the_folder_was_audited_as_it_is_and_holds_the_certificate(folders: Folders) -> None:
    page = (folders.folder / "about" / "disclosure.html").read_text(encoding="utf-8")
    assert "No small count can be worked out from what was read." in page
    record = json.loads((folders.folder / "about" / "provenance.json").read_text(encoding="utf-8"))
    assert {"about/disclosure.html", "about/disclosure.json"} <= set(record["files"])


def test_a_folder_that_gives_a_count_away_never_appears(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that goes round the rules: the exact counts of wards, in a table of its own."""

    def careless(_: Analysis, folder: Path) -> None:
        theme = folders.exact.themes[1]
        folder.mkdir(exist_ok=True)
        counts = theme.first.drop(columns="geometry")[["name", "district", "n"]]
        counts.to_csv(folder / f"{theme.key}_{theme.layers[0].key}.csv")

    monkeypatch.setattr("hotspots.publish.folder._write_tables", careless)
    with pytest.raises(
        hotspots.HotspotsError, match="would give away what its rules protect, and was not published"
    ):
        run_recipe(replace(folders.recipe, report=None, map=None), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_are_the_same_bytes(folders: Folders, tmp_path: Path) -> None:
    again = replace(folders.recipe, report=None, map=None)
    first = run_recipe(again, tmp_path / "a")
    second = run_recipe(again, tmp_path / "b")
    assert first.files == second.files
    for name in first.files:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_protecting_is_of_published_numbers_alone(folders: Folders) -> None:
    """What is protected twice is what was protected once: every figure is a function of the shown counts."""
    once = protect(folders.exact, profile("documents"))
    table = once.themes[1].first
    assert (table["n"] == folders.public.themes[1].first["n"]).all()
    assert table["gi_z"].equals(folders.public.themes[1].first["gi_z"])


@pytest.mark.browser
def test_axe_finds_no_barrier_in_any_page(
    folders: Folders, chromium: str, barriers: Callable[[Page], list[str]]
) -> None:
    from playwright.sync_api import sync_playwright

    pages = {path.relative_to(folders.folder).as_posix(): path for path in folders.folder.rglob("*.html")}
    assert set(pages) == {"map.html", "brief.html", "report.html", "about/disclosure.html"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for name, path in pages.items():
            page.goto(path.as_uri())
            assert barriers(page) == [], name
        browser.close()


@pytest.fixture(scope="module")
def suppressed(folders: Folders) -> Analysis:
    """The same run by a profile that hides counts under 10 and rounds the others to 5."""
    return protect(folders.exact, profile("10-5"))


def test_small_counts_are_missing_with_all_that_is_made_of_them(
    folders: Folders, suppressed: Analysis
) -> None:
    exact, table = folders.exact.themes[1].first, suppressed.themes[1].first
    assert table["n"].isna().any()
    assert table.loc[exact["n"] < 10, "n"].isna().all()
    assert (table["n"].dropna() % 5 == 0).all()
    blank = table[table["hidden"]]
    for column in ("n", "rate"):
        assert layer_style(table, column).missing.label == "Hidden (under 10, or to protect others)"
    assert layer_style(exact, "n").missing.label == "No data"
    assert (
        blank[["n", "rate", "rate_lo", "sd_score", "sd_flag", "gi_z", "gi_class", "n_after", "ch_pct"]]
        .isna()
        .all(axis=None)
    )
    assert (blank["ch_text"] == "").all()
    assert list(blank["population"]) == list(exact.loc[blank.index, "population"])


def test_no_hidden_count_is_the_only_one_of_its_district(suppressed: Analysis) -> None:
    for theme in suppressed.themes:
        assert theme.change is not None
        districts = theme.change.districts
        assert districts is not None
        for name, rows in theme.first.groupby("district"):
            if districts["n_after"].notna()[name]:
                assert rows["n"].isna().sum() != 1, (theme.key, name)


MONTHS = """
title = "Two months"
source = "police.uk"
[incidents]
source = "months.csv"
period = "2018-06..2018-07"
[[areas]]
label = "Wards"
source = "west-yorkshire-wards"
[[theme]]
name = "Burglary"
category = "Burglary"
[count]
[change]
before = "2018-05"
after = "2018-07"
[report]
"""


def test_what_a_shorter_period_leaves_of_a_partnership_is_protected_too(tmp_path: Path) -> None:
    table, _ = hotspots.read_incidents("west-yorkshire-incidents", period=None)
    months = {
        "2016-07": "2018-05",
        "2017-07": "2018-06",
        "2018-07": "2018-07",
    }  # as if they were three in a row
    table = table.assign(month=table["month"].astype(str).map(months))[table["x"].notna()]
    table[["x", "y", "category", "month"]].to_csv(tmp_path / "months.csv", index=False)
    analysis = analyse(parse_recipe(MONTHS, folder=tmp_path))
    made = protect(analysis, profile("10-5"))
    assert analysis.profile is not None
    assert made.profile is not None
    exact, shown = analysis.profile.districts, made.profile.districts
    rest = exact["n"] - exact["n_after"]
    # Possession of weapons: 19 of 27 in July, shown as 20 and 25, would leave 1 to 9 for the 8 of June.
    assert rest["Calderdale", "Possession of weapons"] == 8
    both = shown["n"].notna() & shown["n_after"].notna()
    assert both.any()
    assert not (both & (rest < 10)).any()


def test_one_geography_and_no_sum_of_weights_where_counts_are_hidden(
    folders: Folders, suppressed: Analysis
) -> None:
    assert [layer.key for layer in suppressed.themes[0].layers] == ["wards"]
    assert suppressed.published is not None
    assert any(sentence.startswith("Left out: LSOAs") for sentence in suppressed.published.left_out)
    with pytest.raises(hotspots.HotspotsError, match="which sums of weights do not tell"):
        protect(folders.exact, profile("sacro"))


def test_what_has_changed_since_an_exact_edition_is_not_published(folders: Folders, tmp_path: Path) -> None:
    exact = replace(folders.recipe, publish=None, report=None, map=None, select=None, kde=None)
    run_recipe(exact, tmp_path / "before")
    asked = replace(exact, publish=folders.recipe.publish)
    with pytest.raises(
        hotspots.HotspotsError, match="has exact figures, but what has changed since may be published"
    ):
        run_recipe(asked, tmp_path / "now", since=tmp_path / "before")
    assert not (tmp_path / "now").exists()
