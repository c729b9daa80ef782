"""The XML held to what newer versions of QGIS write (3.38 to 3.40), since the one that is tested with is older (3.22).

An attribute that a newer version does not write is one that it may not read: each of ours is among those in styles and
projects that 3.38 to 3.40 saved, or is an old spelling beside the new one. Sets of what they write are facts about
those files; what they leave out of this list, we do not write.
"""

from __future__ import annotations

import re
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from hotspots.export.qgis.labels import Labels
from hotspots.export.qgis.write import Imprint, area_layer, context_layer, outline_layer, write_qgz

WRITTEN = {
    "renderer-v2": "type symbollevels referencescale enableorderby forceraster attr graduatedMethod",
    "rules": "key",
    "rule": "key symbol filter label description checkstate scalemindenom scalemaxdenom",
    "category": "type value symbol label render uuid",
    "range": "lower upper symbol label render uuid",
    "symbol": "name type alpha clip_to_extent force_rhr is_animated frame_rate",
    "labeling": "type",
    "settings": "calloutType",
    "text-style": "fieldName isExpression fontFamily namedStyle fontWeight fontSize fontSizeUnit textColor textOpacity "
    "multilineHeight multilineHeightUnit allowHtml fontItalic fontKerning fontLetterSpacing fontWordSpacing blendMode "
    "forcedBold forcedItalic legendString previewBkgrdColor textOrientation capitalization useSubstitutions",
    "text-buffer": "bufferDraw bufferSize bufferSizeUnits bufferColor bufferOpacity bufferNoFill bufferJoinStyle "
    "bufferBlendMode bufferSizeMapUnitScale",
    "text-format": "autoWrapLength useMaxLineLengthForAutoWrap wrapChar multilineAlign formatNumbers plussign decimals "
    "addDirectionSymbol leftDirectionSymbol rightDirectionSymbol reverseDirectionSymbol placeDirectionSymbol",
    "placement": "placement fitInPolygonOnly overlapHandling allowDegraded priority centroidWhole centroidInside "
    "polygonPlacementFlags predefinedPositionOrder dist distUnits offsetType offsetUnits quadOffset prioritization "
    "layerType rotationAngle",
    "rendering": "drawLabels obstacle scaleVisibility labelPerPart fontMinPixelSize fontMaxPixelSize "
    "unplacedVisibility scaleMin scaleMax obstacleType obstacleFactor zIndex mergeLines minFeatureSize",
    "layer-tree-group": "name checked expanded mutually-exclusive mutually-exclusive-child groupLayer",
    "layer-tree-layer": "id name source providerKey checked expanded legend_exp legend_split_behavior patch_size",
    "ProjectTimeSettings": "timeStep timeStepUnit frameRate cumulativeTemporalRange totalMovieFrames",
    "temporal": "enabled mode limitMode fixedDuration accumulate durationUnit startField endField durationField "
    "startExpression endExpression",
}
OLD = {"rendering": {"displayAll": "placement/overlapHandling"}}
"""Old spellings, for versions up to 3.24, and the new one that has to stand beside each."""
OPTIONS = {
    "SimpleFill": "color style outline_color outline_style outline_width outline_width_unit joinstyle offset "
    "offset_unit",
    "SimpleLine": "line_color line_style line_width line_width_unit capstyle joinstyle offset offset_unit",
    "SimpleMarker": "name color size size_unit outline_color outline_style outline_width outline_width_unit joinstyle",
}
WORDS = {
    "overlapHandling": {"PreventOverlap", "AllowOverlapIfRequired", "AllowOverlapAtNoCost"},
    "distUnits": {"MM", "MapUnit", "Pixel", "Percentage", "Point", "Inch"},
    "fontSizeUnit": {"MM", "MapUnit", "Pixel", "Percentage", "Point", "Inch"},
    "multilineHeightUnit": {"MM", "MapUnit", "Pixel", "Percentage", "Point", "Inch"},
    "bufferSizeUnits": {"MM", "MapUnit", "Pixel", "Percentage", "Point", "Inch"},
    "timeStepUnit": {"ms", "s", "min", "h", "d", "wk", "mon", "y"},
    "durationUnit": {"ms", "s", "min", "h", "d", "wk", "mon", "y"},
    "checked": {"Qt::Checked", "Qt::Unchecked", "Qt::PartiallyChecked"},
}
"""What is written as a word, since a newer version reads no number there."""
PLACES = {"TL", "TSL", "T", "TSR", "TR", "L", "R", "BL", "BSL", "B", "BSR", "BR", "O"}
COLOUR = re.compile(r"\d{1,3},\d{1,3},\d{1,3},\d{1,3}")  # newer ones add ",rgb:..." and read it without


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ET.Element:
    """A project with every kind of layer, renderer, label and setting."""
    squares = shapely.box([0, 1_000, 2_000], 0, [1_000, 2_000, 3_000], 1_000)
    columns = {
        "name": ["Abbey", "Bryn", "Cwm"],
        "n": [3, 20, 40],
        "rate": [1.0, 2.0, 3.0],
        "gi_class": ["hot99", "none", None],
        "priority": ["borderline force-wide", "none", "none"],
        "n_2025_01": [1, 2, 3],
    }
    wards = gpd.GeoDataFrame(columns, geometry=squares, index=list("ABC"), crs="EPSG:27700")
    where: dict[str, Any] = {"path": "layers/a.gpkg", "table": "a", "group": "Burglary"}
    river = gpd.GeoDataFrame(
        {"name": ["Trent"]}, geometry=[shapely.LineString([(0, 0), (3_000, 900)])], index=["w"], crs=wards.crs
    )
    town = river.set_geometry(shapely.points([[500, 500]]), crs=wards.crs)
    layers = [
        outline_layer(
            wards, path="layers/d.gpkg", table="d", title="Lines", labels=Labels("name", bold=True)
        ),
        context_layer(town, "town", path="layers/t.gpkg", table="t", title="Towns"),
        context_layer(river, "water", path="layers/w.gpkg", table="w", title="Water"),
        *(
            area_layer(wards, column, title=column, **where)
            for column in ("n", "rate", "gi_class", "priority")
        ),
        area_layer(wards, "n_2025_01", title="by month", months={"2025-01": "n_2025_01"}, **where),
        area_layer(wards, "n", path="layers/a.gpkg", table="a", title="n", group="Robbery"),
    ]
    path = tmp_path_factory.mktemp("newer") / "a.qgz"
    write_qgz(layers, path, imprint=Imprint("Title", attribution="Open"), months=["2025-01"])
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read("a.qgs"))  # noqa: S314 - our own file


@pytest.mark.parametrize("tag", WRITTEN)
def test_every_attribute_is_one_that_newer_versions_write(project: ET.Element, tag: str) -> None:
    found = [entry for entry in project.iter(tag) if tag != "settings" or entry.get("calloutType")]
    assert found, f"the project has no {tag}"
    ours = {name for entry in found for name in entry.keys()}  # noqa: SIM118 - an element's attributes
    assert ours - set(WRITTEN[tag].split()) <= OLD.get(tag, {}).keys()


def test_an_old_spelling_stands_beside_the_new_one(project: ET.Element) -> None:
    for settings in project.iter("settings"):
        if settings.find("rendering") is None:
            continue
        for tag, spellings in OLD.items():
            for old, new in spellings.items():
                place, _, name = new.partition("/")
                holder, beside = settings.find(tag), settings.find(place)
                assert holder is not None
                assert beside is not None
                assert (holder.get(old) is None) or (beside.get(name) is not None)


@pytest.mark.parametrize("kind", OPTIONS)
def test_symbols_have_options_of_newer_versions_and_the_old_properties_say_the_same(
    project: ET.Element, kind: str
) -> None:
    layers = [entry for entry in project.iter("layer") if entry.get("class") == kind]
    assert layers
    for layer in layers:
        options = {entry.get("name"): entry.get("value") for entry in layer.findall("Option/Option")}
        assert options.keys() <= set(OPTIONS[kind].split())
        assert options == {entry.get("k"): entry.get("v") for entry in layer.findall("prop")}
        assert all(COLOUR.fullmatch(str(value)) for name, value in options.items() if "color" in str(name))


def test_words_are_those_that_newer_versions_know(project: ET.Element) -> None:
    seen = set()
    for entry in project.iter():
        for name, value in entry.items():
            if name in WORDS:
                seen.add(name)
                assert value in WORDS[name], f"{entry.tag} {name}"
        if order := entry.get("predefinedPositionOrder"):
            assert set(order.split(",")) <= PLACES
    assert seen == set(WORDS)


def test_a_colour_of_a_hatch_is_an_expression_that_is_switched_on(project: ET.Element) -> None:
    path = "Option/Option[@name='properties']/Option[@name='fillColor']"
    found = (entry.find(path) for entry in project.iter("data_defined_properties"))
    option = next((entry for entry in found if entry is not None), None)
    assert option is not None
    told = {entry.get("name"): (entry.get("type"), entry.get("value")) for entry in option}
    assert told["active"] == ("bool", "true")
    assert told["type"] == ("int", "3")  # an expression, in every version
    assert str(told["expression"][1]).startswith("CASE WHEN")


def test_labels_of_a_page_have_their_letters_in_both_spellings(project: ET.Element) -> None:
    # Since 3.24 a label has a text-style; versions before read LabelFont: family, size in points, ..., weight.
    labels = [item for item in project.iter("LayoutItem") if item.find("LabelFont") is not None]
    assert labels
    for label in labels:
        old, new = label.find("LabelFont"), label.find("text-style")
        assert old is not None
        assert new is not None
        family, size, _, _, weight, *_ = str(old.get("description")).split(",")
        assert (family, size, weight) == (new.get("fontFamily"), new.get("fontSize"), new.get("fontWeight"))
        assert (old.get("style") or "Regular") == new.get("namedStyle")
