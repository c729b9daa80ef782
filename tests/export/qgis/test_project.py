"""What a project holds beside its layers: one theme at a time, pages to print, months, rights, names on the map."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from hotspots.export.qgis.labels import Labels, labeling, legible_from
from hotspots.export.qgis.write import (
    Imprint,
    QgisLayer,
    area_layer,
    outline_layer,
    write_qgz,
    write_qlr,
    write_qml,
)
from hotspots.export.style import layer_style

HOSTILE = "Crown copyright [% env('HOME') %] 2025"
IMPRINT = Imprint("Two towns", "January to March 2025", "police.uk", HOSTILE)
MONTHS = {"2025-01": "n_2025_01", "2025-02": "n_2025_02", "2025-03": "n_2025_03"}


@pytest.fixture(scope="module")
def wards() -> gpd.GeoDataFrame:
    columns = {
        "name": ["Abbey", "Bryn"],
        "n": [6, 30],
        "sd_flag": ["average", "above"],
        "n_2025_01": [1, 20],
        "n_2025_02": [2, 10],
        "n_2025_03": [3, 0],
    }
    places = shapely.box([400_000, 402_000], 300_000, [402_000, 404_000], 302_000)
    return gpd.GeoDataFrame(columns, geometry=places, index=["E1", "E2"], crs="EPSG:27700")


@pytest.fixture(scope="module")
def layers(wards: gpd.GeoDataFrame) -> list[QgisLayer]:
    def of(group: str, column: str, title: str, **more: Any) -> QgisLayer:
        return area_layer(
            wards, column, path=f"layers/{group}.gpkg", table="wards", title=title, group=group, **more
        )

    lines = outline_layer(wards, path="layers/a.gpkg", table="wards", title="Lines", labels=Labels("name"))
    return [
        lines,
        of("Burglary", "n", "Wards: incidents"),
        of("Burglary", "sd_flag", "Wards: against the average", visible=True),
        of("Robbery", "n", "Wards: incidents"),
        of("Robbery", "n_2025_03", "Wards: incidents by month", months=MONTHS),
    ]


@pytest.fixture(scope="module")
def root(layers: list[QgisLayer], tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    path = tmp_path_factory.mktemp("project") / "map.qgz"
    write_qgz(layers, path, imprint=IMPRINT, months=list(MONTHS))
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read(archive.namelist()[0]))  # noqa: S314 - our own file


def one(root: ET.Element, path: str) -> ET.Element:
    found = root.find(path)
    assert found is not None, path
    return found


def test_one_theme_is_ticked_and_one_layer_of_each(root: ET.Element, layers: list[QgisLayer]) -> None:
    groups = {group.get("name"): group for group in root.iter("layer-tree-group")}
    themes = groups["Themes"]
    assert (themes.get("mutually-exclusive"), themes.get("mutually-exclusive-child")) == ("1", "0")
    ticked = {name: group.get("checked") for name, group in groups.items() if name in ("Burglary", "Robbery")}
    assert ticked == {"Burglary": "Qt::Checked", "Robbery": "Qt::Unchecked"}
    for name, place in (("Burglary", "1"), ("Robbery", "0")):
        group = groups[name]
        assert (group.get("mutually-exclusive"), group.get("mutually-exclusive-child")) == ("1", place)
        on = [node.get("name") for node in group if node.get("checked") == "Qt::Checked"]
        assert on == [layers[1 + int(place) if name == "Burglary" else 3].title]
    # A printed legend has the themes' names as headings, not the word over all of them.
    hidden = one(themes, "customproperties/Option/Option")
    assert (hidden.get("name"), hidden.get("value")) == ("legend/title-style", "hidden")


def test_a_single_theme_needs_no_group_of_themes(layers: list[QgisLayer], tmp_path: Path) -> None:
    write_qlr(layers[:3], tmp_path / "map.qlr", imprint=IMPRINT)
    found = ET.fromstring((tmp_path / "map.qlr").read_bytes())  # noqa: S314
    assert [group.get("name") for group in found.iter("layer-tree-group")] == ["", "Two towns", "Burglary"]


def test_each_theme_is_a_map_theme(root: ET.Element, layers: list[QgisLayer]) -> None:
    found = {
        preset.get("name"): [layer.get("id") for layer in preset.findall("layer")]
        for preset in root.findall("visibility-presets/visibility-preset")
    }
    assert found == {
        "Burglary": [layers[0].id, layers[2].id],
        "Robbery": [layers[0].id, layers[3].id],
    }
    checked = [
        node.get("id") for node in root.findall(".//visibility-preset[@name='Robbery']/checked-group-nodes/*")
    ]
    assert checked == ["Themes", "Themes/Robbery"]


def test_the_legend_counts_the_areas_of_each_class(root: ET.Element) -> None:
    counted = {
        node.get("name"): node.find("customproperties/Option/Option[@name='showFeatureCount']") is not None
        for node in root.iter("layer-tree-layer")
    }
    assert counted == {
        "Lines": False,
        "Wards: incidents": True,
        "Wards: against the average": True,
        "Wards: incidents by month": True,
    }


def test_a_printed_legend_says_the_unit(rates: gpd.GeoDataFrame, tmp_path: Path) -> None:
    made = area_layer(rates, "rate", path="a.gpkg", table="wards", title="Wards: rate", group="Burglary")
    lines = outline_layer(rates, path="a.gpkg", table="wards", title="Lines")
    write_qgz([lines, made], tmp_path / "a.qgz", imprint=IMPRINT)
    with zipfile.ZipFile(tmp_path / "a.qgz") as archive:
        root = ET.fromstring(archive.read("a.qgs"))  # noqa: S314 - our own file
    found = {
        node.get("name"): [
            entry.get("value") for entry in node.iter("Option") if entry.get("name") == "legend/title-label"
        ]
        for node in root.iter("layer-tree-layer")
    }
    assert found == {"Lines": [], "Wards: rate": ["Wards: rate (per 1,000 people a year)"]}


def test_a4_and_a3_pages_have_map_legend_scale_north_and_origin(root: ET.Element) -> None:
    pages = root.findall("Layouts/Layout")
    assert [page.get("name") for page in pages] == ["A4 landscape", "A3 landscape"]
    for page, size in zip(pages, ("297,210,mm", "420,297,mm"), strict=True):
        assert one(page, "PageCollection/LayoutItem").get("size") == size
        items = {item.get("type"): item for item in page.findall("LayoutItem")}
        assert {"65639", "65640", "65641", "65642", "65646"} == set(items)
        uuid = items["65639"].get("uuid")
        assert items["65646"].get("mapUuid") == items["65640"].get("mapUuid") == uuid
        assert (items["65642"].get("map_uuid"), items["65642"].get("legendFilterByMap")) == (uuid, "1")
        file = items["65640"].get("file") or ""
        assert base64.b64decode(file.removeprefix("base64:")).startswith(b"<svg")
        texts = [item.get("labelText") or "" for item in page.findall("LayoutItem[@type='65641']")]
        assert texts[1] == "Two towns"
        assert texts[-1].startswith("Period: January to March 2025. Source: police.uk\nCrown copyright ")


def test_a_page_shows_the_extent_at_a_round_scale(root: ET.Element) -> None:
    item = one(root, "Layouts/Layout[@name='A4 landscape']/LayoutItem[@type='65639']")
    west, south, east, north = (
        float(one(item, "Extent").get(side) or "nan") for side in ("xmin", "ymin", "xmax", "ymax")
    )
    width, height = (float(value) for value in (item.get("size") or "").split(",")[:2])
    # Wards of 4 by 2 km and 4 % of 4 km around: 4,320 m on 180.9 mm is 23.9 m to a millimetre, and so 24: 1:24,000.
    assert (east - west) / width == pytest.approx(24)
    assert (north - south) / height == pytest.approx(24)
    assert ((west + east) / 2, (south + north) / 2) == pytest.approx((402_000, 301_000))


def test_no_text_of_ours_is_an_expression_of_qgis(root: ET.Element) -> None:
    corner = one(root, "properties/CopyrightLabel/Label").text or ""
    assert corner == "Crown copyright [% '[%' %] env('HOME') %] 2025"
    labels = [item.get("labelText") or "" for item in root.iter("LayoutItem")]
    assert sum("[% '[%' %] env('HOME') %]" in text for text in labels) == 2
    assert not any("[% env" in text for text in labels)


def test_rights_period_and_source_are_in_the_metadata(root: ET.Element, layers: list[QgisLayer]) -> None:
    entries = root.findall("projectlayers/maplayer/resourceMetadata")
    assert [entry.findtext("rights") for entry in entries] == [HOSTILE] * len(layers)
    assert entries[2].findtext("title") == "Burglary – Wards: against the average"
    assert entries[2].findtext("abstract") == "Two towns. Period: January to March 2025. Source: police.uk."
    span = one(entries[2], "extent/temporal/period")
    assert [child.text for child in span] == ["2025-01-01T00:00:00Z", "2025-03-31T23:59:59Z"]
    about = one(root, "projectMetadata")
    assert about.findtext("abstract") == f"Period: January to March 2025. Source: police.uk\n{HOSTILE}"


def test_the_temporal_controller_steps_through_months(root: ET.Element, layers: list[QgisLayer]) -> None:
    settings = one(root, "ProjectTimeSettings")
    assert (settings.get("timeStep"), settings.get("timeStepUnit")) == ("1", "mon")
    assert settings.findtext("TemporalRange/start") == "2025-01-01T00:00:00Z"
    entries = {entry.findtext("id"): entry for entry in root.findall("projectlayers/maplayer")}
    active = {
        key: (one(entry, "temporal").get("enabled"), one(entry, "temporal").get("mode"))
        for key, entry in entries.items()
    }
    assert active == {layer.id: ("1" if layer.months else "0", "5") for layer in layers}
    drawn = one(entries[layers[4].id], "renderer-v2")
    assert drawn.get("attr") == (
        "CASE WHEN format_date(@map_start_time, 'yyyy-MM') = '2025-01' THEN \"n_2025_01\" "
        "WHEN format_date(@map_start_time, 'yyyy-MM') = '2025-02' THEN \"n_2025_02\" "
        "WHEN format_date(@map_start_time, 'yyyy-MM') = '2025-03' THEN \"n_2025_03\" ELSE \"n_2025_03\" END"
    )
    # The classes are closed by the smallest and largest count of any month, 0 and 20.
    ranges = drawn.findall("ranges/range")
    assert (ranges[0].get("upper"), ranges[-1].get("lower")) == ("20.0", "0.0")


def test_names_are_shown_from_a_scale_on_with_a_halo_and_only_where_they_fit() -> None:
    made = labeling(Labels("name", nearest=20_000, farthest=150_000))
    rule = one(made, "rules/rule")
    assert (rule.get("scalemindenom"), rule.get("scalemaxdenom")) == ("20000", "150000")
    assert one(rule, "settings/text-style").get("fieldName") == "name"
    assert one(rule, "settings/text-style/text-buffer").get("bufferDraw") == "1"
    assert one(rule, "settings/placement").get("fitInPolygonOnly") == "1"


def test_labels_keep_apart_in_old_and_new_versions() -> None:
    # Up to 3.24 QGIS reads displayAll, since then overlapHandling.
    settings = one(labeling(Labels("name")), "rules/rule/settings")
    assert one(settings, "rendering").get("displayAll") == "0"
    assert one(settings, "placement").get("overlapHandling") == "PreventOverlap"


def test_symbols_are_written_for_old_and_new_versions(root: ET.Element) -> None:
    # Before 3.20 QGIS reads prop, since then Option.
    seen = 0
    for layer in root.iter("layer"):
        if layer.get("class") != "SimpleFill":
            continue
        seen += 1
        new = {entry.get("name"): entry.get("value") for entry in layer.findall("Option/Option")}
        assert new
        assert {entry.get("k"): entry.get("v") for entry in layer.findall("prop")} == new
    assert seen > 10


def test_a_style_alone_says_whether_there_are_names(layers: list[QgisLayer], tmp_path: Path) -> None:
    for name, layer in (("with", layers[0]), ("without", layers[1])):
        write_qml(layer, tmp_path / f"{name}.qml")
    found = {name: ET.fromstring((tmp_path / f"{name}.qml").read_bytes()) for name in ("with", "without")}  # noqa: S314
    assert {name: entry.get("labelsEnabled") for name, entry in found.items()} == {
        "with": "1",
        "without": "0",
    }
    assert {name: entry.find("labeling") is not None for name, entry in found.items()} == {
        "with": True,
        "without": False,
    }


def test_half_of_the_names_have_room_at_the_scale_that_labels_begin(wards: gpd.GeoDataFrame) -> None:
    # 2 km in 18 mm is 1:111,111, and so 1:100,000 with two digits.
    assert legible_from(wards) == 110_000
    assert legible_from(wards.iloc[:0]) == 0


@pytest.mark.parametrize(
    ("column", "values", "label", "fills"),
    [
        ("ch_flag", ["up", "down"], "▲ Up", ["solid"]),
        ("priority", ["force-wide", "borderline force-wide"], "Force-wide priority", ["solid"]),
        (
            "priority",
            ["force-wide", "borderline force-wide"],
            "Force-wide, borderline: its selection is under 80% sure",
            ["solid", "f_diagonal"],
        ),
    ],
)
def test_marks_and_hatches_are_those_of_the_map(
    wards: gpd.GeoDataFrame, tmp_path: Path, column: str, values: list[str], label: str, fills: list[str]
) -> None:
    made = area_layer(
        wards.assign(**{column: values}),
        column,
        path="a.gpkg",
        table="wards",
        title="Wards",
        group="Burglary",
    )
    write_qml(made, tmp_path / "a.qml")
    style = ET.parse(tmp_path / "a.qml").getroot()  # noqa: S314 - our own file
    drawn = next(entry for entry in style.iter("category") if entry.get("label") == label)
    symbol = next(entry for entry in style.iter("symbol") if entry.get("name") == drawn.get("symbol"))
    options = [entry.get("value") for entry in symbol.iter("Option") if entry.get("name") == "style"]
    assert options == fills


@pytest.fixture
def rates() -> gpd.GeoDataFrame:
    places = shapely.box([0, 1, 2, 3, 4], 0, [1, 2, 3, 4, 5], 1)
    columns = {"n": [3, 9, 10, 10, 10], "rate": [1.0, 2.0, 3.0, 4.0, 5.0]}
    return gpd.GeoDataFrame(columns, geometry=places, index=list("ABCDE"), crs="EPSG:27700")


def rate_rules(layer: gpd.GeoDataFrame, tmp_path: Path) -> tuple[list[ET.Element], ET.Element]:
    """Return the rules of a map of rates, and its style."""
    made = area_layer(layer, "rate", path="a.gpkg", table="wards", title="Wards", group="Burglary")
    write_qml(made, tmp_path / "a.qml")
    style = ET.parse(tmp_path / "a.qml").getroot()  # noqa: S314 - our own file
    return list(style.iter("rule")), style


def test_rates_of_few_incidents_are_hatched_over_their_class(rates: gpd.GeoDataFrame, tmp_path: Path) -> None:
    rules, style = rate_rules(rates, tmp_path)
    classes = layer_style(rates, "rate").classes
    assert [rule.get("label") for rule in rules] == [
        *(entry.label for entry in classes),
        # 1 m is 12 pixels high, 3.175 mm, at 1:315, and so at 1:310 with two digits.
        "Hatched from 1:310: a rate of fewer than 10 incidents",
    ]
    assert [rule.get("scalemaxdenom") for rule in rules] == [*([None] * len(classes)), "310"]
    assert rules[-1].get("filter") == '"n" < 10 AND "rate" IS NOT NULL'
    symbol = next(entry for entry in style.iter("symbol") if entry.get("name") == rules[-1].get("symbol"))
    options = [entry.get("value") for entry in symbol.iter("Option") if entry.get("name") == "style"]
    assert options == ["f_diagonal"]


def test_the_hatch_is_pale_on_dark_classes(rates: gpd.GeoDataFrame, tmp_path: Path) -> None:
    _, style = rate_rules(rates, tmp_path)
    said = [entry.get("value", "") for entry in style.iter("Option") if entry.get("name") == "expression"]
    ink = next(text for text in said if "@symbol_color" not in text)
    classes = layer_style(rates, "rate").classes
    assert len(classes) == ink.count("WHEN")
    first, last = classes[0].lower, classes[-1].upper
    assert f"WHEN \"rate\" >= {first} THEN '255,255,255,255'" in ink  # the highest class is the darkest
    assert f"WHEN \"rate\" < {last} THEN '43,43,43,255'" in ink


def test_rates_that_all_rest_on_enough_have_no_hatch_in_the_legend(
    rates: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    rules, style = rate_rules(rates.assign(n=10), tmp_path)
    assert not rules
    assert "f_diagonal" not in ET.tostring(style, encoding="unicode")
