"""What QGIS itself makes of the files, where it is installed: its Python, and its desktop on a virtual screen."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hotspots.base.columns import column_label
from hotspots.base.surface import Surface
from hotspots.export.geojson.write import write_geojson
from hotspots.export.geopackage import write_geopackage
from hotspots.export.qgis.write import (
    Imprint,
    Labels,
    QgisLayer,
    area_layer,
    context_layer,
    outline_layer,
    raster_layer,
    store_styles,
    write_qgz,
    write_qlr,
    write_qml,
)
from hotspots.export.raster import write_geotiff
from hotspots.export.style import Style, layer_style

# QGIS comes with the system's own Python, not with that of a virtual environment.
QGIS_PYTHON = shutil.which("python3", path=os.defpath) or "python3"
DESKTOP = shutil.which("qgis.bin") or shutil.which("qgis")
MONTHS = {"2025-01": "n_2025_01", "2025-02": "n_2025_02"}
RIGHTS = "Crown copyright & [% 1 + 1 %] database right"
HOSTILE = "<b onclick='x()'>Llan & [% 1 + 1 %] \"d\"</b>"
TITLE = "West Yorkshire <& 2025>"
NOTE = "January 2025, against [% 1 + 1 %] areas."
IMPRINT = Imprint(TITLE, "January 2025", "police.uk", RIGHTS)

READ_LAYERS = """
import json, os, sys
from pathlib import Path
from qgis.core import (QgsApplication, QgsExpression, QgsExpressionContext, QgsExpressionContextUtils,
                       QgsExpressionContextScope, QgsLayerDefinition, QgsLayerTreeModel, QgsLayoutExporter,
                       QgsLayoutItemLabel, QgsProject, QgsRasterLayer, QgsRenderContext,
                       QgsSimpleFillSymbolLayer, QgsSymbolLayer, QgsVectorLayer)
from qgis.PyQt.QtCore import QDate, QDateTime, Qt, QTime

def fill(layer, context):
    if not isinstance(layer, QgsSimpleFillSymbolLayer):
        return [layer.layerType()]
    # As QGIS draws it: a colour that an expression gives goes before the symbol's own.
    colour = layer.dataDefinedProperties().valueAsColor(
        QgsSymbolLayer.PropertyFillColor, context.expressionContext(), layer.fillColor())[0]
    pattern = [] if layer.brushStyle() == Qt.SolidPattern else ["hatched"]
    return [colour.name(), colour.alpha(), *pattern]

def drawn(layer, month=None):
    # The fills that QGIS picks for each feature: one, or none where it draws nothing.
    found, renderer, context = {}, layer.renderer().clone(), QgsRenderContext()
    context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    if month:
        scope = QgsExpressionContextScope()
        scope.setVariable("map_start_time", QDateTime(QDate(2025, month, 1), QTime(0, 0)))
        context.expressionContext().appendScope(scope)
    renderer.startRender(context, layer.fields())
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbols = renderer.symbolsForFeature(feature, context)
        found[feature["code"]] = [fill(symbol.symbolLayer(0), context) for symbol in symbols if symbol]
    renderer.stopRender(context)
    return found

def at_scale(layer, scale):
    # Widths and colours of the borders that QGIS draws at a scale, and how many symbols each feature has.
    renderer, context = layer.renderer().clone(), QgsRenderContext()
    context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setRendererScale(scale)
    said = QgsExpressionContextScope()
    said.setVariable("map_scale", scale)
    context.expressionContext().appendScope(said)
    feature = next(layer.getFeatures())
    renderer.startRender(context, layer.fields())
    context.expressionContext().setFeature(feature)
    found = []
    for symbol in renderer.symbolsForFeature(feature, context):
        within = QgsExpressionContextScope()
        within.setVariable("symbol_color", symbol.color())
        context.expressionContext().appendScope(within)
        own = symbol.symbolLayer(0)
        given, usual = own.dataDefinedProperties(), own.strokeColor()
        colour = given.valueAsColor(QgsSymbolLayer.PropertyStrokeColor, context.expressionContext(), usual)[0]
        usual = own.strokeWidth()
        width = given.valueAsDouble(QgsSymbolLayer.PropertyStrokeWidth, context.expressionContext(), usual)[0]
        found.append([colour.name(), round(width, 2), own.brushStyle() == Qt.SolidPattern])
    renderer.stopRender(context)
    return found

def tip(layer):
    feature = next(layer.getFeatures())
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    return QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)

def described(layer):
    made = {"valid": layer.isValid(), "crs": layer.crs().authid(), "renderer": layer.renderer().type()}
    if isinstance(layer, QgsRasterLayer):
        shader = layer.renderer().shader().rasterShaderFunction()
        return made | {"shades": {str(v): list(shader.shade(v)[1:]) for v in PROBES},
                       "labels": [item.label for item in shader.colorRampItemList()]}
    aliases = {field.name(): layer.attributeAlias(i) for i, field in enumerate(layer.fields())}
    return made | {"drawn": drawn(layer), "aliases": aliases, "tip": tip(layer),
                   "labels": [item.label() for item in layer.renderer().legendSymbolItems()]}

def opened(project):
    tree = [[node.parent().name(), node.name(), node.isVisible()] for node in project.layerTreeRoot().findLayers()]
    return {"tree": tree, "layers": {node.name(): described(node.layer())
                                     for node in project.layerTreeRoot().findLayers()}}

PROBES = json.loads(sys.argv[2])
folder = Path(sys.argv[1])
app = QgsApplication([], False)
app.initQgis()
report = {}
project = QgsProject.instance()
assert project.read(str(folder / "map.qgz"))
view = project.viewSettings().defaultViewExtent()
report["qgz"] = opened(project) | {"title": project.title(), "crs": project.crs().authid(),
    "extent": [view.xMinimum(), view.yMinimum(), view.xMaximum(), view.yMaximum()]}
root = project.layerTreeRoot()
by_name = {node.name(): node for node in root.findLayers()}
months = by_name["by month"].layer()
report["months"] = {str(month): drawn(months, month) for month in (None, 1, 2)}
report["scales"] = {name: {str(scale): at_scale(by_name[name].layer(), scale) for scale in (50000, 400000, 600000)}
                    for name in ("n", "rates of few", "Wards: outlines", "Districts")}
report["rights"] = sorted({right for node in root.findLayers() for right in node.layer().metadata().rights()})
report["about"] = project.metadata().abstract()
report["labels"] = [name for name, node in by_name.items() if getattr(node.layer(), "labelsEnabled", bool)()]
span = project.timeSettings().temporalRange()
report["span"] = [span.begin().toString("yyyy-MM-dd"), span.end().toString("yyyy-MM-dd")]
report["themes"] = {}
for name in project.mapThemeCollection().mapThemes():
    project.mapThemeCollection().applyTheme(name, root, QgsLayerTreeModel(root))
    report["themes"][name] = [node.name() for node in root.findLayers() if node.isVisible()]
by_name["Heat-map"].setItemVisibilityCheckedParentRecursive(True)
report["ticked"] = [node.name() for node in root.findLayers() if node.isVisible()]
report["pages"] = {}
for page in project.layoutManager().printLayouts():
    path = str(folder / page.name()) + ".pdf"
    code = QgsLayoutExporter(page).exportToPdf(path, QgsLayoutExporter.PdfExportSettings())
    texts = [item.currentText() for item in page.items() if isinstance(item, QgsLayoutItemLabel)]
    report["pages"][page.name()] = {"code": code, "bytes": os.path.getsize(path), "texts": sorted(texts)}
project.clear()
ok, message = QgsLayerDefinition.loadLayerDefinition(str(folder / "map.qlr"), project, project.layerTreeRoot())
report["qlr"] = opened(project) | {"ok": ok, "message": message}
project.clear()
alone = {"wards": QgsVectorLayer(str(folder / "layers/burglary.gpkg") + "|layername=wards", "wards", "ogr"),
         "contours": QgsVectorLayer(str(folder / "layers/burglary.gpkg") + "|layername=contours", "c", "ogr"),
         "geojson": QgsVectorLayer(str(folder / "geojson/burglary_wards.geojson"), "geojson", "ogr"),
         "raster": QgsRasterLayer(str(folder / "layers/burglary_density.tif"), "raster", "gdal")}
report["alone"] = {name: described(layer) for name, layer in alone.items()}
(folder / "report.json").write_text(json.dumps(report))
sys.stdout.flush()
os._exit(0)  # tearing Qt down can crash without a screen
"""

DROP_FILES = """
import json, os, time
from qgis.PyQt.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QApplication, QDialog, QPushButton
from qgis.core import QgsProject
from qgis.utils import iface

files, report, started, asked = os.environ["DROP"].split(":"), {}, time.monotonic(), []
os.environ["DROP"] = ""

def drop(path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    window, at = iface.mainWindow(), QPoint(300, 300)
    QApplication.sendEvent(window, QDragEnterEvent(at, Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))
    QApplication.sendEvent(window, QDropEvent(at, Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))

def windows():
    return [f"{type(w).__name__}: {w.windowTitle()}" for w in QApplication.topLevelWidgets()
            if w.isVisible() and w is not iface.mainWindow()]

def answer():
    # Press Enter, as who only wants to see the file does.
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and isinstance(window, QDialog):
            asked.append(window.windowTitle())
            next(b for b in window.findChildren(QPushButton) if b.isDefault() or "Add" in b.text()).click()

def watch(path):
    if path.endswith(".gpkg") and windows():
        return answer()
    layers = list(QgsProject.instance().mapLayers().values())
    late = time.monotonic() - started > 40
    done = layers and not iface.mapCanvas().isDrawing()
    if not (done or windows() or late):
        return
    timer.stop()
    report[os.path.basename(path)] = {"asked": list(asked), "windows": windows(),
                                      "valid": [layer.isValid() for layer in layers],
                                      "title": QgsProject.instance().title()}
    if files and not windows():
        QgsProject.instance().clear()
        QTimer.singleShot(0, following)
    else:
        open(os.environ["REPORT"], "w").write(json.dumps(report))
        os._exit(0)

def following():
    path = files.pop(0)
    timer.timeout.disconnect()
    timer.timeout.connect(lambda: watch(path))
    timer.start()
    drop(path)

timer = QTimer()
timer.setInterval(200)
timer.timeout.connect(lambda: None)
QTimer.singleShot(1000, following)
"""


OUR_PYTHON = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}


@dataclass(frozen=True)
class Folder:
    path: Path
    wards: gpd.GeoDataFrame
    contours: gpd.GeoDataFrame
    surface: Surface
    layers: tuple[QgisLayer, ...]


def missing_qgis() -> str:
    if not Path(QGIS_PYTHON).exists():
        return f"there is no {QGIS_PYTHON}"
    tried = subprocess.run(  # noqa: S603 - a fixed command
        [QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False
    )
    return "QGIS's Python package (python3-qgis) is not installed" if tried.returncode else ""


def squares(columns: dict[str, Any]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    places = [shapely.box(400_000 + 1_000 * k, 300_000, 401_000 + 1_000 * k, 301_000) for k in range(count)]
    codes = pd.Index([f"E{k:02d}" for k in range(count)], name="code")
    return gpd.GeoDataFrame(columns, geometry=places, index=codes, crs="EPSG:27700")


def context_of(folder: Path) -> list[QgisLayer]:
    """Write a town, a road and a river, and return how QGIS draws them."""
    line = shapely.LineString([(400_000, 300_200), (406_000, 300_800)])
    layers = []
    kinds: dict[Literal["town", "road", "water"], Any] = {
        "town": shapely.Point(401_000, 300_500),
        "road": line,
        "water": shapely.reverse(line),
    }
    for kind, shape in kinds.items():
        table = gpd.GeoDataFrame({"name": [HOSTILE]}, geometry=[shape], index=["a"], crs="EPSG:27700")
        write_geopackage({kind: table}, folder / f"layers/{kind}.gpkg")
        made = context_layer(table, kind, path=f"layers/{kind}.gpkg", table=kind, title=kind)
        layers.append(replace(made, group="Burglary: cells", visible=False))
    return layers


def six_wards() -> gpd.GeoDataFrame:
    flags = ["significantly above", "above", "average", "below", "significantly below", None]
    classes = ["hot99", "hot95", "none", "cold99", "undefined", None]
    return squares(
        {
            "name": [HOSTILE, "Bryn", "Cwm", "Dale", "Esk", "Fenton"],
            "n": [10, 20, 30, 40, 50, 60],
            "rate": [1.5, 2.55, 3.5, 4.5, np.nan, 0.04],  # 2.55 lies on a limit
            "n_2024": [9, 10, 3, 40, 2, 0],
            "rate_2024": [1.0, 2.0, 30.0, 4.0, np.nan, 0.0],
            "sd_flag": flags,
            "gi_class": classes,
            "n_2025_01": [60, 50, 40, 30, 20, 10],
            "n_2025_02": [10, 20, 30, 40, 50, 60],
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    path, wards = tmp_path_factory.mktemp("run"), six_wards()
    contours = squares({"multiple": [1, 2, 3], "dens_lo": [10.0, 20.0, 30.0], "dens_hi": [20.0, 30.0, 60.0]})
    values = np.array([[0.0, 2.0, 4.0], [np.nan, 6.0, 28.0]])  # mean above zero: 10
    surface = Surface(values, 400_000, 301_000, 500.0, "EPSG:27700", "incidents per km² a year")
    data, group = "layers/burglary.gpkg", "Burglary & theft"
    layers = [
        outline_layer(wards, path=data, table="wards", title="Wards: outlines", labels=Labels("name")),
        raster_layer(surface, path="layers/burglary_density.tif", title="Heat-map", group=group, note=NOTE),
        area_layer(contours, "multiple", path=data, table="contours", title="Contours", group=group),
        *(
            area_layer(
                wards, column, path=data, table="wards", title=column, group=group, visible=column == "n"
            )
            for column in ("n", "rate", "sd_flag", "gi_class")
        ),
        area_layer(
            wards,
            "gi_class",
            path=data,
            table="wards",
            title="cells",
            group="Burglary: cells",
            draw="classed",
        ),
        area_layer(
            wards,
            "n_2025_02",
            path=data,
            table="wards",
            title="by month",
            group="Burglary: cells",
            style=replace(layer_style(wards, "n"), column="n_2025_02"),
            months=MONTHS,
        ),
        area_layer(
            wards, "rate_2024", path=data, table="wards", title="rates of few", group="Burglary: cells"
        ),
    ]
    layers += context_of(path)
    districts = outline_layer(wards, path=data, table="wards", title="Districts", line="thick", visible=False)
    layers.append(replace(districts, group="Burglary: cells"))
    write_geopackage({"wards": wards}, path / "layers/alone.gpkg")
    store_styles([layers[3]], path / "layers/alone.gpkg")
    write_geopackage({"wards": wards, "contours": contours}, path / data)
    store_styles([layer for layer in layers if layer.table and layer.style], path / data)
    write_geotiff(surface, path / "layers/burglary_density.tif")
    write_geojson(wards, path / "geojson/burglary_wards.geojson")
    write_qml(layers[1], path / "layers/burglary_density.qml")
    write_qml(layers[3], path / "layers/burglary.qml")
    write_qml(layers[5], path / "geojson/burglary_wards.qml")
    write_qlr(layers, path / "map.qlr", imprint=IMPRINT)
    write_qgz(layers, path / "map.qgz", imprint=IMPRINT, months=list(MONTHS))
    return Folder(path, wards, contours, surface, tuple(layers))


@pytest.fixture(scope="module")
def probes(folder: Folder) -> list[float]:
    limits = [entry.lower for entry in _style(folder, "Heat-map").classes if entry.lower is not None]
    return [0.0, *limits, *(np.nextafter(limits, 0).tolist()), 28.0, 1e6]


@pytest.fixture(scope="module")
def report(folder: Folder, probes: list[float]) -> dict[str, Any]:
    reason = missing_qgis()
    if reason:
        pytest.skip(reason)
    run = subprocess.run(  # noqa: S603 - a fixed command
        [QGIS_PYTHON, "-c", READ_LAYERS, str(folder.path), json.dumps(probes)],
        env={"PATH": os.defpath, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads((folder.path / "report.json").read_text(encoding="utf-8"))
    return found


def _style(folder: Folder, title: str) -> Style:
    style = next(layer.style for layer in folder.layers if layer.title == title)
    assert style is not None
    return style


def fills(style: Style, layer: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    entries = [*style.classes, style.missing]
    return {
        code: [[entries[position].colour, round(entries[position].opacity * 255)]]
        for code, position in zip(layer.index, style.classify(layer[style.column]), strict=True)
    }


def test_the_project_opens_with_its_title_crs_extent_and_groups(report: dict[str, Any]) -> None:
    opened = report["qgz"]
    assert (opened["title"], opened["crs"]) == (TITLE, "EPSG:27700")
    # Six squares of 1 km from (400, 300) km, and 4 % of 6 km on every side.
    assert opened["extent"] == pytest.approx([399_760, 299_760, 406_240, 301_240])
    assert opened["tree"] == [
        ["", "Wards: outlines", True],
        ["Burglary & theft", "Heat-map", False],
        ["Burglary & theft", "Contours", False],
        ["Burglary & theft", "n", True],
        ["Burglary & theft", "rate", False],
        ["Burglary & theft", "sd_flag", False],
        ["Burglary & theft", "gi_class", False],
        ["Burglary: cells", "cells", False],
        ["Burglary: cells", "by month", False],
        ["Burglary: cells", "rates of few", False],
        ["Burglary: cells", "town", False],
        ["Burglary: cells", "road", False],
        ["Burglary: cells", "water", False],
        ["Burglary: cells", "Districts", False],
    ]


def test_the_definition_adds_the_same_layers_under_its_title(report: dict[str, Any]) -> None:
    assert (report["qlr"]["ok"], report["qlr"]["message"]) == (True, "")
    inside = [[group, *rest] for group, *rest in report["qlr"]["tree"]]
    assert inside[0] == [TITLE, "Wards: outlines", True]
    assert inside[1:] == report["qgz"]["tree"][1:]


@pytest.mark.parametrize("kind", ["qgz", "qlr"])
def test_every_layer_is_valid_and_in_british_national_grid(report: dict[str, Any], kind: str) -> None:
    layers = report[kind]["layers"].values()
    assert {(layer["valid"], layer["crs"]) for layer in layers} == {(True, "EPSG:27700")}


@pytest.mark.parametrize("kind", ["qgz", "qlr"])
@pytest.mark.parametrize("column", ["n", "rate", "sd_flag", "gi_class"])
def test_qgis_draws_every_area_in_the_colour_of_its_class(
    folder: Folder, report: dict[str, Any], kind: str, column: str
) -> None:
    assert report[kind]["layers"][column]["drawn"] == fills(_style(folder, column), folder.wards)


def test_qgis_hatches_rates_of_fewer_than_ten_incidents(folder: Folder, report: dict[str, Any]) -> None:
    drawn = report["qgz"]["layers"]["rates of few"]["drawn"]
    coloured = fills(_style(folder, "rates of few"), folder.wards)
    assert {code: found[:1] for code, found in drawn.items()} == coloured
    # 9 of a pale class, 3 of the darkest, and none without a rate; 10 are enough.
    hatches = {code: found[1:] for code, found in drawn.items() if found[1:]}
    pale, dark = ["#ffffff", 255, "hatched"], ["#2b2b2b", 255, "hatched"]
    assert hatches == {"E00": [dark], "E02": [pale], "E05": [dark]}


def test_qgis_draws_towns_roads_and_water(report: dict[str, Any]) -> None:
    layers = report["qgz"]["layers"]
    assert [layers[kind]["drawn"] for kind in ("town", "road", "water")] == [
        {"a": [["SimpleMarker"]]},
        {"a": [["SimpleLine"]]},
        {"a": [["SimpleLine"]]},
    ]
    assert "town" in report["labels"]


def test_qgis_draws_borders_and_hatches_only_where_areas_are_large_enough(report: dict[str, Any]) -> None:
    # Wards of 1 km: borders from 1:540,000, hatches from 1:310,000, thick district lines from 1:94,000.
    grey, found = "#6e6e6e", report["scales"]
    (near, *_), (far, *_) = found["n"]["400000"], found["n"]["600000"]
    assert near[0] == grey
    assert far[0] not in (grey, "#000000"), "far away a border has the colour of its area"
    assert [len(found["Wards: outlines"][scale]) for scale in ("400000", "600000")] == [1, 0]
    assert [[solid for *_, solid in found["rates of few"][scale]] for scale in ("50000", "400000")] == [
        [True, False],
        [True],
    ]
    assert [found["Districts"][scale][0][1] for scale in ("50000", "400000")] == [0.5, 0.2]


def test_qgis_draws_contours_in_the_colours_of_their_classes(folder: Folder, report: dict[str, Any]) -> None:
    found = report["qgz"]["layers"]["Contours"]
    assert found["drawn"] == fills(_style(folder, "Contours"), folder.contours)
    assert found["renderer"] == "graduatedSymbol"


def test_dull_cells_are_not_drawn(report: dict[str, Any]) -> None:
    drawn = report["qgz"]["layers"]["cells"]["drawn"]
    assert [code for code, fill in drawn.items() if not fill] == ["E02", "E05"]


def test_legend_entries_are_the_styles_words(folder: Folder, report: dict[str, Any]) -> None:
    for title in ("n", "rate", "sd_flag", "gi_class"):
        style = _style(folder, title)
        words = [entry.label for entry in style.classes] + ([] if title == "n" else ["No data"])
        assert report["qgz"]["layers"][title]["labels"] == words


def test_qgis_shades_the_surface_as_the_style_says(
    folder: Folder, report: dict[str, Any], probes: list[float]
) -> None:
    style = _style(folder, "Heat-map")
    for found in (report["qgz"]["layers"]["Heat-map"], report["alone"]["raster"]):
        for probe, position in zip(probes, style.classify(np.array(probes)), strict=True):
            entry = style.classes[position]
            expected = [int(entry.colour[k : k + 2], 16) for k in (1, 3, 5)] + [round(entry.opacity * 255)]
            assert found["shades"][str(probe)] == expected, probe
        assert found["labels"] == [entry.label for entry in reversed(style.classes)]


def test_a_file_opened_alone_is_styled_by_itself(folder: Folder, report: dict[str, Any]) -> None:
    alone = report["alone"]
    assert alone["wards"]["drawn"] == fills(_style(folder, "n"), folder.wards)
    assert alone["contours"]["drawn"] == fills(_style(folder, "Contours"), folder.contours)
    assert alone["geojson"]["drawn"] == fills(_style(folder, "sd_flag"), folder.wards)
    assert alone["raster"]["renderer"] == "singlebandpseudocolor"


def test_columns_have_their_labels_as_aliases(folder: Folder, report: dict[str, Any]) -> None:
    for found in (report["qgz"]["layers"]["n"], report["alone"]["wards"], report["alone"]["geojson"]):
        shown = {name: alias for name, alias in found["aliases"].items() if name not in ("fid", "id")}
        assert shown == {
            name: "" if column_label(name) == name else column_label(name)
            for name in ("code", *folder.wards.columns.drop("geometry"))
        }


def test_the_map_tip_shows_a_name_as_text_and_the_class_in_words(report: dict[str, Any]) -> None:
    tip = report["qgz"]["layers"]["gi_class"]["tip"]
    assert tip == (
        "<b>&lt;b onclick='x()'&gt;Llan &amp; [% 1 + 1 %] \"d\"&lt;/b&gt;</b>"
        "<br>Hotspot class: <b>Hotspot (q\u00a0≤\u00a00.01)</b>"
        "<br>Incidents (incidents): <b>10</b>"
        "<br>Rate (per 1,000 people a year): <b>1.5</b>"
    )


def test_a_map_theme_shows_one_layer_of_its_group_under_the_lines(report: dict[str, Any]) -> None:
    assert report["themes"] == {
        "Burglary & theft": ["Wards: outlines", "n"],
        "Burglary: cells": ["Wards: outlines", "cells"],
    }


def test_a_tick_on_another_layer_takes_the_place_of_the_one_before(report: dict[str, Any]) -> None:
    # The theme of cells was shown; a tick on the other's heat-map leaves that alone.
    assert report["ticked"] == ["Wards: outlines", "Heat-map"]


def test_pages_are_printed_with_title_and_origin_as_they_were_written(report: dict[str, Any]) -> None:
    assert sorted(report["pages"]) == ["A3 landscape", "A4 landscape"]
    for name, page in report["pages"].items():
        assert page["code"] == 0
        assert page["bytes"] > 10_000
        assert f"Period: January 2025. Source: police.uk\n{RIGHTS}" in page["texts"]
        assert TITLE in page["texts"]
        assert "Burglary & theft \u2013 Heat-map" in page["texts"]
        assert NOTE in page["texts"]
        assert any(re.fullmatch(rf"1:[0-9,]+0 at {name[:2]}", text) for text in page["texts"])


def test_rights_names_and_months_are_read_by_qgis(report: dict[str, Any]) -> None:
    assert report["rights"] == [RIGHTS]
    assert report["about"].endswith(RIGHTS)
    assert report["labels"] == ["Wards: outlines", "town"]
    assert report["span"] == ["2025-01-01", "2025-02-28"]


def test_the_temporal_controller_draws_the_month_that_it_shows(
    folder: Folder, report: dict[str, Any]
) -> None:
    style = layer_style(folder.wards, "n")
    for month, column in (("1", "n_2025_01"), ("2", "n_2025_02"), ("None", "n_2025_02")):
        expected = fills(replace(style, column=column), folder.wards)
        assert report["months"][month] == expected, month


@pytest.fixture(scope="module")
def dropped(folder: Folder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if os.environ.get("CI_QGIS") != "1":
        pytest.skip("set CI_QGIS=1 to drop the files on a real desktop, which takes up to two minutes")
    if DESKTOP is None or shutil.which("xvfb-run") is None:
        pytest.skip("QGIS's desktop (qgis) or a virtual screen (xvfb, xauth) is not installed")
    scratch = tmp_path_factory.mktemp("desktop")
    (scratch / "run").mkdir(mode=0o700)
    (scratch / "drop.py").write_text(DROP_FILES, encoding="utf-8")
    files = [str(folder.path / name) for name in ("map.qlr", "map.qgz", "layers/alone.gpkg")]
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24", DESKTOP, "--nologo", "--noversioncheck"]
    command += [
        "--noplugins",
        "--profiles-path",
        str(scratch / "profile"),
        "--code",
        str(scratch / "drop.py"),
    ]
    names = {key: value for key, value in os.environ.items() if key not in OUR_PYTHON | {"QT_QPA_PLATFORM"}}
    # QGIS's Python is the one that it finds first, which must be the system's, not that of these tests.
    names |= {"PATH": os.defpath, "XDG_RUNTIME_DIR": str(scratch / "run")}
    report = scratch / "report.json"
    desktop = subprocess.Popen(  # noqa: S603 - a fixed command
        command,
        env=names | {"DROP": ":".join(files), "REPORT": str(report)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        desktop.wait(timeout=120)
    finally:
        # Whatever hangs is several programs: the script, the screen and the desktop.
        with suppress(ProcessLookupError):
            os.killpg(desktop.pid, signal.SIGKILL)
    assert report.exists()
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def test_dropped_on_the_desktop_both_open_without_another_window(dropped: dict[str, Any]) -> None:
    assert {name: dropped[name] for name in ("map.qlr", "map.qgz")} == {
        "map.qlr": {"asked": [], "windows": [], "valid": [True] * 14, "title": ""},
        "map.qgz": {"asked": [], "windows": [], "valid": [True] * 14, "title": TITLE},
    }


def test_a_geopackage_of_one_layer_asks_one_question_and_covers_nothing(dropped: dict[str, Any]) -> None:
    # QGIS asks whether its table of styles is wanted too; nothing about transformations follows.
    once = {"asked": ["Select Items to Add | alone"], "windows": [], "valid": [True], "title": ""}
    assert dropped["alone.gpkg"] == once
