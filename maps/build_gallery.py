"""Rebuild the gallery, or check that it is current.

    python maps/build_gallery.py
    python maps/build_gallery.py --check

Each example keeps what a reader opens, not all that a run leaves: the recipe, the map and its picture, one layer,
the record of the run, and `numbers.csv`, a line for every column of every table that the run wrote. The check runs
every recipe afresh and compares what a reader would notice: the record of files, inputs and settings, and those
lines. Bytes may differ between versions of the libraries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from hotspots.analysis.recipe.reading import read_recipe
from hotspots.publish.folder import run_recipe

GALLERY = Path(__file__).parent
# The layer that each example keeps, and the brief where it is the point.
LAYERS = {
    "burglary": ("layers/burglary_density.tif", "layers/burglary_density.qml"),
    "change": ("geojson/burglary_wards.geojson",),
    "priorities": ("geojson/priorities_wards.geojson", "brief.html"),
    "west-yorkshire": ("geojson/all-crime_wards.geojson",),
}
# What the picture shows where it is not what the map opens on: a link as the map itself makes them.
VIEWS = {"burglary": "#theme=districts-rate&over=outlines,names,heat-map"}


def main() -> int:
    """Rebuild or check every example; return 1 when one is out of date."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare only; write nothing here")
    check = parser.parse_args().check
    examples = sorted(path.parent for path in GALLERY.glob("*/analysis.toml"))
    stale = [found for example in examples for found in (differences(example) if check else rebuild(example))]
    for line in stale:
        print(line)  # noqa: T201 - this is a script, and this is what it has to say
    return 1 if stale else 0


def rebuild(example: Path) -> list[str]:
    """Run the recipe, keep what a reader opens, and photograph the map."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / example.name
        run_recipe(read_recipe(example / "analysis.toml"), fresh)
        for name in kept(example):
            (example / name).parent.mkdir(exist_ok=True)
            shutil.copy(fresh / name, example / name)
        numbers(fresh).to_csv(example / "numbers.csv", index=False, float_format="%.9g", lineterminator="\n")
    take_picture(example / "map.html", example / "map.png")
    return []


def kept(example: Path) -> tuple[str, ...]:
    """Name the files of a run that its example keeps."""
    return ("map.html", "about/provenance.json", *LAYERS[example.name])


def differences(example: Path) -> list[str]:
    """Run the recipe into a scratch folder and say in what it differs from the example."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / example.name
        run_recipe(read_recipe(example / "analysis.toml"), fresh)
        old, new = (
            json.loads((folder / "about" / "provenance.json").read_text(encoding="utf-8"))
            for folder in (example, fresh)
        )
        found = [
            f"{example.name}: '{key}' of the record differs"
            for key in new
            if key != "density" and old.get(key) != new[key]
        ]
        expected = {*kept(example), "map.png", "numbers.csv", *(path.name for path in example.glob("*.toml"))}
        present = {path.relative_to(example).as_posix() for path in example.rglob("*") if path.is_file()}
        found += [f"{example.name}: {name} is missing" for name in sorted(expected - present)]
        found += [f"{example.name}: {name} does not belong here" for name in sorted(present - expected)]
        return found + changed_numbers(
            example.name, pd.read_csv(example / "numbers.csv", dtype={"words": str}), numbers(fresh)
        )


def numbers(folder: Path) -> pd.DataFrame:
    """Sum up the tables of a run: a line for each column, by which any changed value shows.

    Numbers give their total, their least and greatest, and their total weighted by the number of the row, in which
    two areas that exchange their values show. Words give the beginning of their SHA-256.
    """
    lines = []
    for path in sorted((folder / "tables").glob("*.csv")):
        table = pd.read_csv(path)
        for name in table:
            column = table[name]
            line: dict[str, object] = {"table": path.name, "column": name, "known": int(column.notna().sum())}
            if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
                weighted = (column * np.arange(1, len(column) + 1)).sum()
                line |= {
                    "total": column.sum(),
                    "weighted": weighted,
                    "least": column.min(),
                    "greatest": column.max(),
                }
            else:
                text = "\n".join(column.fillna("").astype(str))
                line |= {"words": hashlib.sha256(text.encode()).hexdigest()[:12]}
            lines.append(line)
    return pd.DataFrame(
        lines, columns=["table", "column", "known", "total", "weighted", "least", "greatest", "words"]
    )


def changed_numbers(example: str, old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Name the columns whose lines differ by more than a reader could ever see."""
    both = old.merge(new, on=["table", "column"], how="outer", suffixes=("", "_new"), indicator=True)
    same = both["_merge"].eq("both") & both["known"].eq(both["known_new"])
    same &= both["words"].fillna("").astype(str).eq(both["words_new"].fillna("").astype(str))
    for name in ("total", "weighted", "least", "greatest"):
        first, second = both[name].astype(float), both[f"{name}_new"].astype(float)
        same &= pd.Series(np.isclose(first, second, rtol=1e-6, atol=1e-9, equal_nan=True), index=both.index)
    wrong = both.loc[~same]
    return [
        f"{example}: {table}, column {name} differs"
        for table, name in zip(wrong["table"], wrong["column"], strict=True)
    ]


def take_picture(page: Path, picture: Path) -> None:
    """Photograph a map in an installed Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is needed for the pictures: install it, or use --check")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 1280, "height": 800})
        opened.goto(page.resolve().as_uri() + VIEWS.get(page.parent.name, ""))
        opened.wait_for_selector(".leaflet-overlay-pane canvas")
        opened.wait_for_timeout(500)
        opened.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
