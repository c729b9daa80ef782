"""Names on a QGIS map: from a scale on, with a halo, and only where they fit into their area."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree as ET

import numpy as np

from hotspots.export.qgis.parts import colour, element
from hotspots.export.sizes import two_digits

if TYPE_CHECKING:
    import geopandas as gpd

_NAME_WIDTH = 0.018  # metres on paper that a name of one or two lines needs at the least
_LETTERS_A_LINE = "14"
_PLACES = {
    "inside": {
        "placement": "4",  # horizontal
        "fitInPolygonOnly": "1",
        "overlapHandling": "PreventOverlap",
        "allowDegraded": "0",
        "centroidWhole": "1",
        "polygonPlacementFlags": "2",
    },
    "beside": {
        "placement": "6",  # the first of these places that is free
        "predefinedPositionOrder": "R,L,TSR,BSR",
        "fitInPolygonOnly": "0",
        "overlapHandling": "PreventOverlap",
        "allowDegraded": "0",
        "dist": "0.6",
        "distUnits": "MM",
        "offsetType": "1",  # from the dot's edge
    },
}
_FAMILIES = ("Open Sans", "Liberation Sans", "Arial", "Sans Serif")


@dataclass(frozen=True)
class Labels:
    """The labels of a layer.

    Attributes
    ----------
    column : str
        Whose text is shown.
    nearest, farthest : float
        Denominators of the scales between which labels are shown; 0 for no limit.
    size : float
        Of the letters, in points.
    bold : bool
        Whether they stand out, as names of districts do.
    stand : {'inside', 'beside'}
        Inside an area, or beside the dot of a town.
    """

    column: str
    nearest: float = 0
    farthest: float = 0
    size: float = 8
    bold: bool = False
    stand: Literal["inside", "beside"] = "inside"


def legible_from(layer: gpd.GeoDataFrame) -> float:
    """Return the denominator of the scale from which the names of half of a layer's areas have room; 0 without areas.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> wards = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1_800, 1_800)], crs="EPSG:27700")
    >>> legible_from(wards)  # 1.8 km in 18 mm
    100000.0
    """
    sizes = np.sqrt(layer.geometry.area.to_numpy())
    sizes = sizes[sizes > 0]
    if not len(sizes):
        return 0.0
    return two_digits(float(np.median(sizes)) / _NAME_WIDTH)


def labeling(labels: Labels) -> ET.Element:
    """Return a layer's labels as one rule with limits of scale.

    Both the settings that QGIS knew up to 3.24 (``displayAll``) and those since (``overlapHandling``) say that labels
    never lie on one another.
    """
    made = element(None, "labeling", type="rule-based")
    key = hashlib.sha256(repr(labels).encode()).hexdigest()
    rules = element(made, "rules", key="{" + key[:32] + "}")
    limits = {"scalemindenom": labels.nearest, "scalemaxdenom": labels.farthest}
    rule = element(
        rules,
        "rule",
        key="{" + key[32:] + "}",
        description="Names, where they fit",
        **{name: f"{value:.0f}" for name, value in limits.items() if value},
    )
    settings = element(rule, "settings", calloutType="simple")
    _add_text(settings, labels)
    element(
        settings,
        "text-format",
        autoWrapLength=_LETTERS_A_LINE,
        useMaxLineLengthForAutoWrap="1",
        wrapChar="",
        multilineAlign="1",
    )
    element(settings, "placement", **_PLACES[labels.stand], priority="8" if labels.bold else "5")
    element(
        settings,
        "rendering",
        drawLabels="1",
        displayAll="0",
        obstacle="0",
        scaleVisibility="0",
        labelPerPart="0",
        fontMinPixelSize="3",
        fontMaxPixelSize="10000",
        unplacedVisibility="0",
    )
    properties = element(element(settings, "dd_properties"), "Option", type="Map")
    element(properties, "Option", name="name", type="QString", value="")
    element(properties, "Option", name="properties")
    element(properties, "Option", name="type", type="QString", value="collection")
    return made


def _add_text(settings: ET.Element, labels: Labels) -> None:
    style = element(
        settings,
        "text-style",
        fieldName=labels.column,
        isExpression="0",
        fontFamily=_FAMILIES[0],
        namedStyle="Bold" if labels.bold else "Regular",
        fontWeight="75" if labels.bold else "50",
        fontSize=f"{labels.size:g}",
        fontSizeUnit="Point",
        textColor=colour("#333333" if labels.bold else "#1a1a1a"),
        textOpacity="1",
        multilineHeight="0.9",
        multilineHeightUnit="Percentage",
        allowHtml="0",
    )
    families = element(style, "families")
    for name in _FAMILIES:
        element(families, "family", name=name)
    element(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.7",
        bufferSizeUnits="MM",
        bufferColor=colour("#ffffff"),
        bufferOpacity="0.85",
        bufferNoFill="1",
        bufferJoinStyle="128",
    )
