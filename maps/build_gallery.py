"""Rebuild the gallery, or check that it is current.

    python maps/build_gallery.py
    python maps/build_gallery.py --check

The check runs every recipe afresh and compares what a reader would notice: the files there are, the record of
inputs and settings, and every number in the tables. Bytes may differ between versions of the libraries.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd

from hotspots.analysis.recipe import read_recipe
from hotspots.publish.folder import run_recipe

GALLERY = Path(__file__).parent
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
    """Run the recipe into its own folder and photograph the map."""
    run_recipe(read_recipe(example / "analysis.toml"), example, overwrite=True)
    take_picture(example / "map.html", example / "map.png")
    return []


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
        missing = [name for name in new["files"] if not (example / name).exists()]
        found += [f"{example.name}: {name} is missing" for name in missing]
        tables = [name for name in new["files"] if name.endswith(".csv") and name not in missing]
        return found + [
            f"{example.name}: {name} differs"
            for name in tables
            if not same_table(example / name, fresh / name)
        ]


def same_table(first: Path, second: Path) -> bool:
    """Whether two tables hold the same numbers, to what a reader could ever see."""
    try:
        pd.testing.assert_frame_equal(pd.read_csv(first), pd.read_csv(second), check_exact=False, rtol=1e-6)
    except AssertionError:
        return False
    return True


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
        opened.wait_for_selector(".leaflet-overlay-pane path")
        opened.wait_for_timeout(500)
        opened.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
