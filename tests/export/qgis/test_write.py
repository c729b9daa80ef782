from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from hotspots.base.columns import column_label
from hotspots.base.errors import FileError, ParameterError
from hotspots.base.surface import Surface
from hotspots.export.geopackage import write_geopackage
from hotspots.export.qgis.write import (
    Imprint,
    QgisLayer,
    area_layer,
    outline_layer,
    raster_layer,
    store_styles,
    write_qgz,
    write_qlr,
    write_qml,
)
from hotspots.export.style import Style, StyleClass, layer_style

HOSTILE = "<script>alert(\"1\")</script> & 'Llanfair \u2013 \U0001f3e0' \x00\x08\ud800 [% 1 %]"
TABLE = "wards"
PATH = "layers/burglary.gpkg"


def row_of_squares(columns: dict[str, Any]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    squares = [shapely.box(400_000 + 1_000 * k, 300_000, 401_000 + 1_000 * k, 301_000) for k in range(count)]
    codes = [f"E{k:02d}" for k in range(count)]
    return gpd.GeoDataFrame(columns, geometry=squares, index=codes, crs="EPSG:27700")


@pytest.fixture
def wards() -> gpd.GeoDataFrame:
    return row_of_squares(
        {
            "name": ["Abbey", "Bryn", "Cwm", "Dale"],
            "n": [10, 20, 30, 40],
            "rate": [1.5, 2.5, 3.5, np.nan],
            "gi_class": ["hot99", "none", "cold90", "undefined"],
            "imd_rank": [4, 3, 2, 1],
        }
    )


@pytest.fixture
def surface() -> Surface:
    values = np.array([[0.0, 2.0, 4.0], [np.nan, 6.0, 28.0]])  # mean above zero: 40 / 4 = 10
    return Surface(values, 400_000, 301_000, 500.0, "EPSG:27700", "incidents per km² a year")


def described(layer: gpd.GeoDataFrame, column: str, **options: Any) -> QgisLayer:
    return area_layer(layer, column, **{"path": PATH, "table": TABLE, "title": "Wards", **options})


def qml(layer: QgisLayer, folder: Path) -> ET.Element:
    path = folder / "style.qml"
    write_qml(layer, path, overwrite=True)
    return ET.fromstring(path.read_bytes())  # noqa: S314 - our own file


def qgs(path: Path) -> ET.Element:
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read(archive.namelist()[0]))  # noqa: S314


def fills(root: ET.Element) -> list[str]:
    return [
        symbol.find("layer/prop[@k='color']").get("v")  # type: ignore[union-attr,misc]
        for symbol in root.findall("renderer-v2/symbols/symbol")
    ]


def rgba(entry: StyleClass) -> str:
    parts = [str(int(entry.colour[k : k + 2], 16)) for k in (1, 3, 5)]
    return ",".join([*parts, str(round(entry.opacity * 255))])


def attributes(root: ET.Element, path: str, *names: str) -> list[tuple[str | None, ...]]:
    return [tuple(entry.get(name) for name in names) for entry in root.findall(path)]


def test_named_classes_become_categories_in_the_styles_order_words_and_colours(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    root = qml(described(wards, "gi_class"), tmp_path)
    classes = layer_style(wards, "gi_class").classes
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "gi_class")
    found = attributes(root, "renderer-v2/categories/category", "value", "label", "render")
    assert found == [(c.value, c.label, "true") for c in classes]
    assert fills(root) == [rgba(c) for c in classes]


def test_missing_categories_get_the_no_data_class(tmp_path: Path) -> None:
    layer = row_of_squares({"sd_flag": ["above", None]})
    root = qml(described(layer, "sd_flag"), tmp_path)
    last = root.findall("renderer-v2/categories/category")[-1]
    assert (last.get("value"), last.get("label")) == ("", "No data")
    assert fills(root)[-1] == "220,220,220,255"


def test_numbers_become_graduated_classes_closed_by_the_data(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    root = qml(described(wards, "n"), tmp_path)
    classes = layer_style(wards, "n").classes
    assert [c.label for c in classes] == ["31 to 40", "21 to 30", "11 to 20", "10"]
    found = attributes(root, "renderer-v2/ranges/range", "lower", "upper", "label")
    assert found == [
        ("30.5", "40.0", "31 to 40"),
        ("20.5", "30.5", "21 to 30"),
        ("10.5", "20.5", "11 to 20"),
        ("10.0", "10.5", "10"),
    ]
    assert fills(root) == [rgba(c) for c in classes]


def test_numbers_with_gaps_become_rules_with_a_no_data_class(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    root = qml(described(wards, "rate"), tmp_path)
    found = attributes(root, "renderer-v2/rules/rule", "label", "filter")
    assert found[-1] == ("No data", '"rate" IS NULL')
    assert found[0] == ("2.6 to 3.5", '"rate" >= 2.55')
    assert found[1] == ("1.6 to 2.5", '"rate" >= 1.55 AND "rate" < 2.55')
    assert found[2] == ("1.5", '"rate" < 1.55')
    style = layer_style(wards, "rate")
    assert fills(root) == [rgba(c) for c in (*style.classes, style.missing)]


def test_a_column_without_any_value_is_all_no_data(tmp_path: Path) -> None:
    layer = row_of_squares({"rate": [np.nan, np.nan]})
    root = qml(described(layer, "rate"), tmp_path)
    assert attributes(root, "renderer-v2/rules/rule", "label") == [("No data",)]


def test_cells_keep_the_dull_classes_unticked_and_have_no_borders(tmp_path: Path) -> None:
    layer = row_of_squares({"gi_class": ["hot99", "none", None]})
    root = qml(described(layer, "gi_class", draw="classed"), tmp_path)
    unticked = [
        entry.get("label")
        for entry in root.findall("renderer-v2/categories/category")
        if entry.get("render") == "false"
    ]
    assert unticked == ["Neither hotspot nor coldspot", "No data"]
    borders = {prop.get("v") for prop in root.findall(".//prop[@k='outline_style']")}
    assert borders == {"no"}


def test_rules_of_cells_keep_no_data_unticked(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    root = qml(described(wards, "rate", draw="classed"), tmp_path)
    assert attributes(root, "renderer-v2/rules/rule", "checkstate") == [("1",), ("1",), ("1",), ("0",)]


def test_every_column_of_the_vocabulary_has_its_label_as_alias(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    root = qml(described(wards, "gi_class"), tmp_path)
    aliases = {entry.get("field"): entry.get("name") for entry in root.findall("aliases/alias")}
    assert aliases == {
        "code": "Code",
        "name": "Name",
        "n": "Incidents (incidents)",
        "rate": column_label("rate"),
        "gi_class": "Hotspot class",
        "imd_rank": "",
    }


def test_the_attribute_table_shows_all_but_probabilities_to_their_own_decimals(tmp_path: Path) -> None:
    layer = row_of_squares(
        {"n": [1, 2], "population": [5.0, 6.0], "rate": [0.5, 1.5], "gi_p": [0.00001, 1.0]}
    )
    root = qml(described(layer, "n"), tmp_path)
    decimals = {
        field.get("name"): option.get("value")
        for field in root.findall("fieldConfiguration/field")
        for option in field.findall(".//Option[@name='Precision']")
    }
    assert decimals == {"population": "0", "rate": "1"}


def test_the_map_tip_names_the_area_the_class_in_words_and_the_figures(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    tip = qml(described(wards, "gi_class"), tmp_path).findtext("mapTip")
    assert tip is not None
    assert tip.startswith("<b>[% replace(replace(replace(coalesce(\"name\", ''), '&', '&amp;'), '<', '&lt;')")
    assert "WHEN \"gi_class\" = 'hot99' THEN 'Hotspot (q\u00a0≤\u00a00.01)'" in tip
    assert "Incidents (incidents): <b>[% coalesce(format_number(\"n\", 0), 'no data') %]</b>" in tip


def test_a_raster_is_clear_under_the_mean_and_classed_by_multiples(surface: Surface, tmp_path: Path) -> None:
    by_mean = surface.classed("mean")
    root = qml(raster_layer(by_mean, path="layers/burglary_density.tif", title="Heat-map"), tmp_path)
    items = attributes(root, ".//colorrampshader/item", "value", "label", "color", "alpha")
    # A class holds what is below its upper limit; QGIS wants the highest number that it holds.
    assert items[0] == ("9.999999999999998", "Under the mean (under 10.0)", "#faf9f6", "0")
    assert items[1] == ("19.999999999999996", "1 to 2 × the mean (10.0 to 20.0)", "#e4b935", "204")
    assert items[-1] == ("inf", "5 × the mean or more (50.0 or more)", "#430003", "204")
    shader = root.find(".//colorrampshader")
    assert shader is not None
    assert (shader.get("colorRampType"), shader.get("minimumValue"), shader.get("maximumValue")) == (
        "DISCRETE",
        "0.0",
        "28.0",
    )


def test_a_raster_is_classed_by_the_share_of_incidents(surface: Surface, tmp_path: Path) -> None:
    said = replace(surface, parameters={"share_limits": [[0.1, 25], [0.25, 20], [0.5, 10], [0.75, 5]]})
    root = qml(raster_layer(said, path="layers/burglary_density.tif", title="Heat-map"), tmp_path)
    items = attributes(root, ".//colorrampshader/item", "value", "label", "color", "alpha")
    assert [label for _, label, _, _ in items] == [
        "The other 25% (under 5.00)",
        "Next, up to 75% (5.00 to 10.0)",
        "Next, up to 50% (10.0 to 20.0)",
        "Next, up to 25% (20.0 to 25.0)",
        "Densest ground, up to 10% of incidents (25.0 to 28.0, the highest)",
    ]
    assert [alpha for *_, alpha in items] == ["0", "204", "204", "204", "204"]


def test_outlines_are_drawn_without_a_fill(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    root = qml(outline_layer(wards, path=PATH, table=TABLE, title="Wards: outlines"), tmp_path)
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("type") == "RuleRenderer"
    # 1 km is 7 pixels high, 1.852 mm, at 1:539,957, and so at 1:540,000.
    assert attributes(root, "renderer-v2/rules/rule", "label", "scalemaxdenom") == [
        ("Borders, from 1:540,000", "540000")
    ]
    assert [prop.get("v") for prop in root.findall(".//prop[@k='style']")] == ["no"]


@pytest.fixture
def project(wards: gpd.GeoDataFrame, surface: Surface) -> list[QgisLayer]:
    return [
        outline_layer(wards, path=PATH, table=TABLE, title="Outlines"),
        raster_layer(surface, path="layers/burglary_density.tif", title="Heat-map", group="Burglary"),
        described(wards, "gi_class", title="Hotspots", group="Burglary", visible=True, note="Queen"),
        described(wards, "rate", title="Rate", group="Burglary"),
        described(wards, "n", title="Incidents", group="Robbery", path="layers/robbery.gpkg"),
    ]


def tree(parent: ET.Element) -> list[Any]:
    found: list[Any] = []
    for entry in parent:
        if entry.tag == "layer-tree-group":
            found.append((entry.get("name"), tree(entry)))
        elif entry.tag == "layer-tree-layer":
            ticked = entry.get("checked") == "Qt::Checked"
            found.append(("+" if ticked else "-") + str(entry.get("name")))
    return found


THEMES = ("Themes", [("Burglary", ["-Heat-map", "+Hotspots", "-Rate"]), ("Robbery", ["+Incidents"])])
LEGEND = ["+Outlines", THEMES]


def test_a_project_has_title_extent_crs_groups_and_relative_paths(
    project: list[QgisLayer], tmp_path: Path
) -> None:
    path = tmp_path / "map.qgz"
    write_qgz(project, path, imprint=Imprint("West Yorkshire", attribution="Crown copyright"))
    root = qgs(path)
    assert root.findtext("title") == "West Yorkshire"
    wkt = root.findtext("projectCrs/spatialrefsys/wkt")
    assert wkt is not None
    assert CRS.from_wkt(wkt) == CRS.from_epsg(27700)
    assert root.findtext("projectCrs/spatialrefsys/authid") == "EPSG:27700"
    assert root.findtext("properties/SpatialRefSys/ProjectionsEnabled") == "1"
    assert root.findtext("properties/Paths/Absolute") == "false"
    assert root.findtext("properties/CopyrightLabel/Label") == "Crown copyright"
    outer = root.find("layer-tree-group")
    assert outer is not None
    assert tree(outer) == LEGEND
    # Four squares of 1 km: 400 to 404 km east, 300 to 301 km north, and a margin of 4 % of 4 km.
    view = root.find("ProjectViewSettings/DefaultViewExtent")
    assert view is not None
    assert [float(view.attrib[key]) for key in ("xmin", "ymin", "xmax", "ymax")] == [
        399_840,
        299_840,
        404_160,
        301_160,
    ]
    sources = [entry.text for entry in root.findall("projectlayers/maplayer/datasource")]
    assert sources == [
        "./layers/burglary.gpkg|layername=wards",
        "./layers/burglary_density.tif",
        "./layers/burglary.gpkg|layername=wards",
        "./layers/burglary.gpkg|layername=wards",
        "./layers/robbery.gpkg|layername=wards",
    ]


def test_a_project_opens_where_it_is_told(project: list[QgisLayer], tmp_path: Path) -> None:
    path = tmp_path / "map.qgz"
    write_qgz(project, path, imprint=Imprint("Map"), extent=(1.0, 2.0, 3.0, 4.0))
    root = qgs(path)
    assert [root.findtext(f"mapcanvas/extent/{key}") for key in ("xmin", "ymin", "xmax", "ymax")] == [
        "1.0",
        "2.0",
        "3.0",
        "4.0",
    ]
    assert root.find("properties/CopyrightLabel") is None


def test_a_definition_holds_the_same_layers_under_its_title(project: list[QgisLayer], tmp_path: Path) -> None:
    path = tmp_path / "map.qlr"
    write_qlr(project, path, imprint=Imprint("West Yorkshire"))
    root = ET.fromstring(path.read_bytes())  # noqa: S314
    outer = root.find("layer-tree-group")
    assert outer is not None
    assert tree(outer) == [("West Yorkshire", LEGEND)]
    ids = [entry.text for entry in root.findall("maplayers/maplayer/id")]
    assert ids == [layer.id for layer in project]
    assert {entry.get("id") for entry in root.iter("layer-tree-layer")} == set(ids)
    assert all(entry is not None and len(entry) > 10 for entry in ids)
    assert len(root.findall("maplayers/maplayer/renderer-v2")) == 4
    assert len(root.findall("maplayers/maplayer/pipe")) == 1
    assert [entry.text for entry in root.findall("maplayers/maplayer/abstract")] == [
        None,
        None,
        "Queen",
        None,
        None,
    ]


def test_the_same_layers_give_the_same_bytes(project: list[QgisLayer], tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_qml(project[1], tmp_path / name / "style.qml")
        write_qlr(project, tmp_path / name / "map.qlr", imprint=Imprint("Map"))
        write_qgz(project, tmp_path / name / "map.qgz", imprint=Imprint("Map"))
    for name in ("style.qml", "map.qlr", "map.qgz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_hostile_names_stay_text_and_the_xml_well_formed(tmp_path: Path) -> None:
    layer = row_of_squares({"name": ["a", "b"], "q\"uo'te": [1.0, np.nan]})
    style = Style("q\"uo'te", HOSTILE, (StyleClass(HOSTILE, "#ff0000", lower=0.5),))
    odd = described(layer, style.column, style=style, title=HOSTILE, group=HOSTILE, note=HOSTILE)
    named = replace(odd, style=Style("name", HOSTILE, (StyleClass(HOSTILE, "#00ff00", value=HOSTILE),)))
    write_qgz([odd, named], tmp_path / "odd.qgz", imprint=Imprint(HOSTILE, attribution=HOSTILE))
    write_qlr([odd, named], tmp_path / "odd.qlr", imprint=Imprint(HOSTILE))
    shown = HOSTILE.replace("\x00", "\ufffd").replace("\x08", "\ufffd").replace("\ud800", "\ufffd")
    root = qgs(tmp_path / "odd.qgz")
    assert root.findtext("title") == shown
    assert ET.fromstring((tmp_path / "odd.qlr").read_bytes()) is not None  # noqa: S314
    rule = root.find(".//rule")
    assert rule is not None
    joined = shown.replace("[%", "[\u2060%")  # what a legend would evaluate
    assert (rule.get("label"), rule.get("filter")) == (joined, '"q""uo\'te" >= 0.5')
    tips = [entry.text or "" for entry in root.iter("mapTip")]
    assert all("<script" not in re.sub(r"\[%.*?%\]", "", tip) for tip in tips)
    # Text of the data cannot end or begin an expression of its own.
    assert "1 %' || ']" in tips[1]
    assert "[% 1" not in tips[0]


@pytest.fixture
def geopackage(wards: gpd.GeoDataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "burglary.gpkg"
    write_geopackage({TABLE: wards, "cells": wards}, path)
    return path


def stored(path: Path) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(
            "SELECT f_table_name, styleName, useAsDefault FROM layer_styles ORDER BY id"
        ).fetchall()


def test_a_geopackage_keeps_a_style_for_each_layer_and_the_first_is_the_default(
    wards: gpd.GeoDataFrame, geopackage: Path
) -> None:
    layers = [
        described(wards, "gi_class", title="Hotspots"),
        described(wards, "rate", title="Rate"),
        described(wards, "n", title="Cells", table="cells"),
    ]
    store_styles(layers, geopackage)
    store_styles(layers, geopackage)
    assert stored(geopackage) == [("wards", "Hotspots", 1), ("wards", "Rate", 0), ("cells", "Cells", 1)]
    assert len(gpd.read_file(geopackage, layer=TABLE)) == 4


def test_stored_styles_keep_a_geopackages_bytes_the_same(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_geopackage({TABLE: wards}, tmp_path / name / "burglary.gpkg")
        store_styles([described(wards, "n")], tmp_path / name / "burglary.gpkg")
    assert (tmp_path / "a/burglary.gpkg").read_bytes() == (tmp_path / "b/burglary.gpkg").read_bytes()


def test_a_table_that_the_geopackage_lacks_is_named(wards: gpd.GeoDataFrame, geopackage: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        store_styles([described(wards, "n", table="lsoas")], geopackage)
    assert str(caught.value) == (
        f"'{geopackage}' has no layer 'lsoas'\nHint: its layers are: 'cells', 'wards'"
    )


def test_styles_need_a_geopackage_that_exists(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "none.gpkg"
    with pytest.raises(FileError) as caught:
        store_styles([described(wards, "n")], path)
    assert str(caught.value) == (
        f"there is no file '{path}'\nHint: write the layers first, with write_geopackage"
    )
    assert not path.exists()


def test_styles_are_not_stored_in_another_kind_of_file(wards: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = tmp_path / "text.gpkg"
    path.write_text("not a database, but long enough to be read as the header of one" * 20)
    with pytest.raises(FileError) as caught:
        store_styles([described(wards, "n")], path)
    assert str(caught.value) == (
        f"cannot store styles in '{path}' (file is not a database)\nHint: close the program that has it open"
    )


def test_a_project_needs_layers(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        write_qgz([], tmp_path / "map.qgz", imprint=Imprint("Map"))
    assert str(caught.value) == ("there is no layer to show\nHint: describe at least one with area_layer")


def test_an_empty_layer_does_not_move_the_map(project: list[QgisLayer], tmp_path: Path) -> None:
    nothing = gpd.GeoDataFrame({"multiple": []}, geometry=[], crs="EPSG:27700")
    empty = described(nothing, "multiple", title="Contours")
    write_qgz(project, tmp_path / "without.qgz", imprint=Imprint("Map"))
    write_qgz([*project, empty], tmp_path / "with.qgz", imprint=Imprint("Map"))
    without, alike = (qgs(tmp_path / f"{name}.qgz").find("mapcanvas/extent") for name in ("without", "with"))
    assert without is not None
    assert alike is not None
    assert [entry.text for entry in alike] == [entry.text for entry in without]
    with pytest.raises(ParameterError) as caught:
        write_qgz([empty], tmp_path / "empty.qgz", imprint=Imprint("Map"))
    assert str(caught.value) == "no layer holds any area\nHint: say where the map opens with 'extent'"


def test_a_layer_stands_in_a_project_once(project: list[QgisLayer], tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        write_qlr([*project, project[2]], tmp_path / "map.qlr", imprint=Imprint("Map"))
    assert str(caught.value) == (
        "'Hotspots' stands twice in group 'Burglary'\nHint: give each layer a title of its own"
    )


def test_an_existing_file_is_refused(project: list[QgisLayer], tmp_path: Path) -> None:
    path = tmp_path / "map.qlr"
    write_qlr(project, path, imprint=Imprint("Map"))
    with pytest.raises(FileError, match="exists already"):
        write_qlr(project, path, imprint=Imprint("Map"))
    write_qlr(project, path, imprint=Imprint("Other"), overwrite=True)
    assert "Other" in path.read_text(encoding="utf-8")


def expressions(root: ET.Element, setting: str) -> set[str | None]:
    """Return the expressions that say a setting of the symbols of a style."""
    path = f".//data_defined_properties/Option/Option/Option[@name='{setting}']/Option[@name='expression']"
    return {entry.get("value") for entry in root.findall(path)}


@pytest.mark.parametrize("column", ["n", "rate", "gi_class"])
def test_borders_take_the_colour_of_their_areas_where_these_are_small(
    wards: gpd.GeoDataFrame, tmp_path: Path, column: str
) -> None:
    root = qml(described(wards, column), tmp_path)
    assert expressions(root, "outlineColor") == {
        "CASE WHEN @map_scale <= 540000 THEN '110,110,110,255' ELSE @symbol_color END"
    }


def test_cells_have_no_borders_at_any_scale(tmp_path: Path) -> None:
    cells = row_of_squares({"gi_class": ["hot99", "none"]})
    root = qml(described(cells, "gi_class", draw="classed"), tmp_path)
    assert expressions(root, "outlineColor") == set()


def test_the_thick_line_of_districts_thins_out_where_they_are_small(
    wards: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    root = qml(outline_layer(wards, path=PATH, table=TABLE, title="Districts", line="thick"), tmp_path)
    # 1 km is 40 pixels high, 10.58 mm, at 1:94,488.
    assert expressions(root, "outlineWidth") == {"CASE WHEN @map_scale > 94000 THEN 0.2 ELSE 0.5 END"}
