"""What q is worth stands, true of the inference that was used, wherever the classes of Gi* are shown."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import geopandas as gpd
import matplotlib.text
import openpyxl
import pandas as pd
import pytest
import shapely

from hotspots.analysis.recipe.reading import parse_recipe
from hotspots.analysis.recipe.tables import GiStar
from hotspots.areas.reading import read_layer
from hotspots.base.classes import hotspot_classes
from hotspots.export.style import layer_style
from hotspots.publish.folder import run_recipe
from hotspots.publish.pictures import file_picture
from hotspots.publish.words.notes import hotspot_promise

RECIPE = """
title = "Town"
attribution = "Our own."
[incidents]
source = "incidents.csv"
source_crs = "EPSG:27700"
[[areas]]
label = "Wards"
source = "wards.gpkg"
[[theme]]
name = "All"
[gistar]
value = "n"
neighbours = "nearest"
nearest = 6
inference = "{inference}"
permutations = 9999
[map]
[report]
formats = ["html"]
"""
LABELS = {
    "exact": "Hotspot: at most 5 in 100 by chance (q ≤ 0.05)",
    "permutation": "Hotspot: at most 5 in 100 by chance (q ≤ 0.05)",
    "analytic": "Hotspot: more than 5 in 100 may be chance (q ≤ 0.05)",
}
PROMISES = {
    "exact": "of the areas marked with q up to 0.05, at most 5 in 100 are expected to be chance.",
    "permutation": "at most 5 in 100 are expected to be chance, but most hotspots are missed where a few areas hold "
    "many incidents.",
    "analytic": "where a few areas hold many incidents, many more of those marked are chance than q says.",
}


@pytest.fixture(scope="module", params=["exact", "analytic", "permutation"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Forty wards in a row, of which eight side by side had 30 incidents each and the others 2."""
    folder = tmp_path_factory.mktemp(request.param)
    gpd.GeoDataFrame(
        {"code": [f"E050000{i:02d}" for i in range(40)], "name": [f"Ward {i}" for i in range(40)]},
        geometry=[shapely.box(4e5 + 1000 * i, 3e5, 4e5 + 1000 * (i + 1), 301_000) for i in range(40)],
        crs="EPSG:27700",
    ).to_file(folder / "wards.gpkg")
    places = [i for i in range(40) for _ in range(30 if 8 <= i < 16 else 2)]
    pd.DataFrame(
        {
            "Easting": [4e5 + 1000 * i + 500 for i in places],
            "Northing": 300_500,
            "Crime type": "Burglary",
            "Month": "2025-07",
        }
    ).to_csv(folder / "incidents.csv", index=False)
    run_recipe(parse_recipe(RECIPE.format(inference=request.param), folder=folder), folder / "out")
    return request.param, folder / "out"


def others(inference: str) -> set[str]:
    return set(LABELS.values()) - {LABELS[inference]}


def plain(path: Path) -> str:
    return (
        path.read_text(encoding="utf-8")
        .replace("\u00a0", " ")
        .replace("\\u00a0", " ")
        .replace("\\u2264", "≤")
    )


def test_on_the_map(run: tuple[str, Path]) -> None:
    inference, folder = run
    page = plain(folder / "map.html")
    assert LABELS[inference] in page
    assert not any(other in page for other in others(inference))
    assert PROMISES[inference].rstrip(".") in page


def test_in_qgis(run: tuple[str, Path]) -> None:
    inference, folder = run
    with zipfile.ZipFile(folder / "hotspots.qgz") as project:
        (name,) = [name for name in project.namelist() if name.endswith(".qgs")]
        said = project.read(name).decode().replace("\u00a0", " ")
    assert LABELS[inference] in said
    assert not any(other in said for other in others(inference))


def test_under_the_figures_of_the_report(run: tuple[str, Path]) -> None:
    inference, folder = run
    page = plain(folder / "report.html")
    promised = re.findall(r"Hotspots: Gi\*; ([^<]*)<", page)
    assert [text.endswith(PROMISES[inference]) for text in promised] == [True]
    assert ("are chance than q says" in page) == (inference == "analytic")


def test_in_the_workbook(run: tuple[str, Path]) -> None:
    inference, folder = run
    rows = openpyxl.load_workbook(folder / "tables.xlsx")["All – Wards"].iter_rows(values_only=True)
    said = {str(cell) for row in rows for cell in row if str(cell).startswith("Hotspot: ")}
    assert said
    allowed = {entry.label.replace("\u00a0", " ") for entry in hotspot_classes(inference)}
    assert said <= allowed


def test_on_a_picture_of_the_layer_that_was_written(run: tuple[str, Path]) -> None:
    inference, folder = run
    layer = folder / "layers" / "all_wards.gpkg"
    figure = file_picture((str(layer),), column="gi_class")
    said = " ".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))
    shown = re.findall(r"Hotspot: [^;()]*\(q ≤ [0-9.]*\)", re.sub(r"\s+", " ", said))
    assert shown
    assert set(shown) <= {entry.label.replace("\u00a0", " ") for entry in hotspot_classes(inference)}
    style = layer_style(read_layer(layer), "gi_class")
    assert style.classes == hotspot_classes(inference)


def test_nothing_is_promised_where_the_inference_is_unknown() -> None:
    unknown = pd.DataFrame({"gi_class": ["hot95"]})
    labels = [entry.label.replace("\u00a0", " ") for entry in layer_style(unknown, "gi_class").classes]
    assert labels[:4] == [
        "Hotspot (q ≤ 0.01)",
        "Hotspot (q ≤ 0.05)",
        "Hotspot (q ≤ 0.10)",
        "Neither hotspot nor coldspot",
    ]


def test_the_latest_step_decides_over_the_record_of_the_file() -> None:
    layer = pd.DataFrame({"gi_class": ["hot95"]})
    layer.attrs = {
        "provenance": {"steps": {"gistar": {"inference": "analytic"}}},
        "gistar": {"inference": "exact"},
    }
    assert layer_style(layer, "gi_class").classes == hotspot_classes("exact")


def test_the_method_note_says_it_of_every_inference() -> None:
    for inference in ("exact", "analytic", "permutation"):
        assert (hotspot_promise(GiStar(inference=inference)) + ".").endswith(PROMISES[inference])
