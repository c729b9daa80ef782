"""`--keep` and the recipe's `keep`: columns of one's own in every file, as text that nobody runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.base.errors import RecipeError
from hotspots.publish.folder import run_recipe

Run = Callable[..., tuple[int, str, str]]
TEAMS = ["<img src=x onerror=alert(1)>", "=1+2", "Team 3"]


@pytest.fixture(scope="module")
def shire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine wards of 1,000 people with 10, 11, ..., 18 incidents, three police teams and whole numbers of officers."""
    folder = tmp_path_factory.mktemp("shire")
    codes = [f"E050000{number:02d}" for number in range(1, 10)]
    held = {"WD24CD": codes, "LAD24NM": "Shire", "pop": 1000, "Police team": TEAMS * 3, "Officers": range(9)}
    shapes = [box(x, 330_000, x + 1000, 331_000) for x in range(400_000, 409_000, 1000)]
    gpd.GeoDataFrame(held, geometry=shapes, crs="EPSG:27700").to_file(folder / "wards.gpkg")
    rows = [f"2025-06,{400_500 + 1000 * k},330500,Drugs,yes" for k in range(9) for _ in range(10 + k)]
    text = "\n".join(["Month,Easting,Northing,Crime type,armed", *rows]) + "\n"
    (folder / "2025-06-shire-street.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def keep(shire: Path, hotspots: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)
    files = (str(shire / "2025-06-shire-street.csv"), "--areas", str(shire / "wards.gpkg"))

    def run(command: str, *options: str, status: int = 0) -> str:
        found, _, told = hotspots(command, *files, "--keep", "Police team", "--keep", "Officers", *options)
        assert found == status, told
        return " ".join(told.split())

    return run


@pytest.mark.parametrize(
    ("suffix", "team"), [("gpkg", "Police team"), ("fgb", "Police team"), ("geojson", "Police team"),
                         ("parquet", "Police team"), ("topojson", "Police team"), ("shp.zip", "Police tea")],
)  # fmt: skip
def test_layers_hold_them_with_their_types(keep: Callable[..., str], suffix: str, team: str) -> None:
    told = keep("count", "-o", f"n.{suffix}")
    read = gpd.read_parquet if suffix == "parquet" else gpd.read_file
    layer = read(f"n.{suffix}").sort_values("code")
    assert layer[team].tolist() == TEAMS * 3
    assert layer["Officers"].tolist() == list(range(9))
    assert pd.api.types.is_integer_dtype(layer["Officers"].dtype)
    assert layer["n"].tolist() == list(range(10, 19))
    assert ("'Police team' is 'Police tea'" in told) is (suffix == "shp.zip")


def test_tables_hold_them_and_no_cell_is_a_formula(keep: Callable[..., str]) -> None:
    keep("count", "-o", "n.csv")
    assert pd.read_csv("n.csv")["Police team"].tolist() == [TEAMS[0], "'=1+2", TEAMS[2]] * 3
    keep("share", "--column", "armed", "-o", "share.csv")
    assert pd.read_csv("share.csv")["Officers"].tolist() == list(range(9))


def test_what_is_wrong_with_them_is_said(keep: Callable[..., str], shire: Path, hotspots: Run) -> None:
    assert "--keep is not taken with --public" in keep(
        "count", "--public", "documents", "-o", "p.gpkg", status=2
    )
    files = (str(shire / "2025-06-shire-street.csv"), "--areas", str(shire / "wards.gpkg"))
    status, _, told = hotspots("count", *files, "--keep", "pop", "--keep", "POP", "-o", "n.gpkg")
    assert (status, "has no column 'POP'" in told) == (1, True)


RECIPE = """
title = "Shire"
attribution = "Contains public sector information licensed under the Open Government Licence v3.0."
source = "Shire"
[incidents]
source = "2025-06-shire-street.csv"
[[areas]]
label = "Wards"
source = "wards.gpkg"
keep = ["Police team", "Officers"]
[[theme]]
name = "All"
[count]
[map]
[report]
formats = ["html"]
{publish}
"""


def written(shire: Path, output: Path, publish: str = "") -> Path:
    path = shire / f"{output.name}.toml"
    path.write_text(RECIPE.replace("{publish}", publish), encoding="utf-8")
    run_recipe(read_recipe(path), output)
    return output


def test_every_file_of_a_run_holds_them(shire: Path, tmp_path: Path) -> None:
    out = written(shire, tmp_path / "out")
    assert pd.read_csv(out / "tables" / "all_wards.csv")["Officers"].tolist() == list(range(9))
    layer = gpd.read_file(out / "layers" / "all_wards.gpkg", layer="all_wards")
    assert layer["Police team"].tolist() == TEAMS * 3
    [first, *_] = json.loads((out / "geojson" / "all_wards.geojson").read_text("utf-8"))["features"]
    assert first["properties"]["Police team"] == TEAMS[0]
    book = openpyxl.load_workbook(out / "tables.xlsx")
    sheets = [
        sheet for sheet in book if "Police team" in {cell.value for row in sheet.iter_rows() for cell in row}
    ]
    assert {"Wards by theme", "All – Wards"} <= {sheet.title for sheet in sheets}
    assert not [
        cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]
    page = (out / "map.html").read_text("utf-8")
    assert '"Police team"' in page
    assert TEAMS[0] not in page  # it stands there as data, its brackets written in another way
    assert "alert(1)" in page


def test_a_public_folder_holds_those_alone_that_are_named_again(shire: Path, tmp_path: Path) -> None:
    none = written(shire, tmp_path / "none", "[publish]")
    some = written(shire, tmp_path / "some", '[publish]\nkeep = ["Officers"]')
    for folder, kept in ((none, []), (some, ["Officers"])):
        table = pd.read_csv(folder / "tables" / "all_wards.csv")
        assert [name for name in ("Police team", "Officers") if name in table] == kept
        for file in folder.rglob("*"):
            # The record of the recipe names the column; what it holds stands nowhere.
            if file.is_file() and file.suffix in (".csv", ".geojson", ".html", ".gpkg", ".qml"):
                assert b"Police team" not in file.read_bytes(), file


def test_what_is_wrong_in_a_recipe_is_said_before_anything_is_read(shire: Path, tmp_path: Path) -> None:
    text = RECIPE.replace("{publish}", '[publish]\nkeep = ["Oficers"]').replace('"Police team"', '"Rate"')
    (shire / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        read_recipe(shire / "wrong.toml")
    assert "'keep' of [publish] names 'Oficers', which no [[areas]] keep" in str(caught.value)
    assert "[[areas]] 'Wards': a column 'Rate' cannot be kept, as results have columns of that name" in str(
        caught.value
    )
