"""An extract of a force's own, full of what must not be published: none of it is in any file of a public folder."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.publish.folder import run_recipe

RECIPE = """
title = "Loamshire"
source = "Loamshire Police"
attribution = "No licence."
[incidents]
source = "{home}/crimes seen by PC 1234.csv"
time_column = "At"
id_column = "Victim"
[[areas]]
label = "Wards"
source = "{home}/wards.gpkg"
[[theme]]
name = "All crime"
[[theme]]
name = "Burglary"
category = "Burglary"
[[breakdown]]
name = "Occupation"
by = ["Occupation"]
[count]
[flag]
value = "n"
[kde]
[repeats]
[map]
[report]
formats = ["html", "docx", "pptx"]
[publish]
profile = "documents"
"""
SECRETS = {
    "a victim's name": "Roe, Jane",
    "an address": "12 Hidden Lane",
    "free text": "saw her husband",
    "an identifier": "V-77441",
    "an exact time": "14:37",
    "an exact day": "03/02/2025",
    "a place's coordinates": "401234.5",
    "a user's name": "ann.smith",
    "a category that one row has": "Kidnap of a councillor",
    "a job that one person has": "Lighthouse keeper",
}


def unpacked(path: Path) -> bytes:
    """Return all bytes of a file, of an archive those of its members."""
    held = path.read_bytes()
    if not held.startswith(b"PK"):
        return held
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The extract, and the folder for publication."""
    home = tmp_path_factory.mktemp("ann.smith")
    codes = [f"E0500000{number}" for number in range(9)]
    squares = [
        box(x, y, x + 1000, y + 1000)
        for y in (330_000, 331_000, 332_000)
        for x in (400_000, 401_000, 402_000)
    ]
    names = {
        "code": codes,
        "name": [f"Ward {code[-1]}" for code in codes],
        "district": "Mid",
        "population": 2000,
    }
    gpd.GeoDataFrame(names, geometry=squares, crs="EPSG:27700").to_file(home / "wards.gpkg")
    rng = np.random.default_rng(4)
    count = 1_200
    rows = pd.DataFrame(
        {
            "Easting": rng.uniform(400_050, 402_950, count).round(1),
            "Northing": rng.uniform(330_050, 332_950, count).round(1),
            "Category": rng.choice(["Burglary", "Drugs"], count),
            "Date": "14/02/2025",
            "At": "12:00",
            "Victim": [f"V-{number}" for number in rng.integers(0, 800, count)],
            "Name": "Doe, John",
            "Address": "1 Long Road",
            "Notes": "Nothing",
            "Occupation": rng.choice(["Nurse", "Driver", "None"], count),
        }
    )
    one: dict[str, Any] = {
        "Easting": 401_234.5, "Category": SECRETS["a category that one row has"], "Date": SECRETS["an exact day"],
        "At": SECRETS["an exact time"], "Victim": SECRETS["an identifier"], "Name": SECRETS["a victim's name"],
        "Address": SECRETS["an address"], "Notes": SECRETS["free text"],
        "Occupation": SECRETS["a job that one person has"],
    }  # fmt: skip
    for column, value in one.items():
        rows.loc[7, column] = value
    extract = home / "crimes seen by PC 1234.csv"
    rows.to_csv(extract, index=False)
    (home / "a.toml").write_text(RECIPE.format(home=home.as_posix()), encoding="utf-8")
    return extract, run_recipe(read_recipe(home / "a.toml"), home / "out").folder


def test_nothing_that_tells_of_a_person_or_a_machine_is_in_any_file(made: tuple[Path, Path]) -> None:
    extract, folder = made
    digest = hashlib.sha256(extract.read_bytes()).hexdigest()
    secrets = SECRETS | {"the path": extract.parent.as_posix(), "a hash of the extract": digest[:16]}
    secrets |= {"the extract's name": extract.name, "of whom it is": "PC 1234"}
    files = {
        path.relative_to(folder).as_posix(): unpacked(path) for path in folder.rglob("*") if path.is_file()
    }
    assert {path.rpartition(".")[2] for path in files} >= {
        "csv", "xlsx", "geojson", "gpkg", "html", "docx", "pptx", "tif", "qgz", "json", "txt", "qml",
    }  # fmt: skip
    found = {
        what: [name for name, held in files.items() if secret.encode() in held]
        for what, secret in secrets.items()
    }
    assert {what: names for what, names in found.items() if names} == {}
    # What it looks for would be seen: what stands for the name of the file is.
    assert b'"name": "Extract 1"' in files["about/provenance.json"]
    assert b"which are numbered" in files["about/disclosure.html"]
    assert any(b"Nurse" in held for held in files.values())
