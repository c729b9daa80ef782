"""Pages ready to print from a QGIS project: what is ticked, what it is and whose it is, on A4 and A3."""

from __future__ import annotations

import base64
import hashlib
import math
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from hotspots.export.qgis.parts import add_symbol, colour, element, unevaluated

Box = tuple[float, float, float, float]
"""Left, top, width and height on a page, in millimetres."""

_PAGES = {"A4 landscape": (297.0, 210.0), "A3 landscape": (420.0, 297.0)}
_LEGEND_SHARE = 0.31  # of the page's width
_MARGIN = 10.0
_FONT = "Open Sans"
# QGIS's numbers for the kinds of items.
_PAGE, _MAP, _PICTURE, _LABEL, _LEGEND, _SCALE_BAR = 65638, 65639, 65640, 65641, 65642, 65646
_LEFT, _TOP = 1, 32
_MAP_ID = "Map"

# What is ticked, and so on the page: a layer of a theme has a title that is not its name, the lines over it have none.
# The texts come out of an expression, and QGIS does not evaluate what comes out of one.
_TICKED = (
    "array_filter(coalesce(map_get(item_variables('Map'), 'map_layers'), array()), "
    "layer_property(@element, 'title') <> layer_property(@element, 'name'))"
)
_SHOWN = f"[% array_to_string(array_foreach({_TICKED}, layer_property(@element, 'title')), ' \u00b7 ') %]"
# Of a layer's metadata, the second line is what it is measured against.
_NOTE = "coalesce(array_get(string_to_array(layer_property(@element, 'abstract'), '\\n'), 1), '')"
_NOTES = f"[% array_to_string(array_foreach({_TICKED}, {_NOTE}), ' ') %]"
_SCALE = "[% '1:' || format_number(map_get(item_variables('Map'), 'map_scale'), 0) %] at "

_ARROW = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 32" width="20" height="32">'
    '<path d="M10 10 L16 30 L10 26 Z" fill="#333"/>'
    '<path d="M10 10 L4 30 L10 26 Z" fill="#fff" stroke="#333" stroke-width=".8"/>'
    '<path d="M7.2 8 V.8 H8.6 L11.6 5.8 V.8 H12.9 V8 H11.5 L8.5 3 V8 Z" fill="#333"/></svg>'
)


@dataclass(frozen=True)
class Imprint:
    """What a printed map says of itself.

    Attributes
    ----------
    title : str
        Of the project.
    period, source, attribution : str
        In words; empty where nothing is known.
    """

    title: str
    period: str = ""
    source: str = ""
    attribution: str = ""

    @property
    def foot(self) -> str:
        """Period, source and licence as the lines at the foot of a page."""
        known = [f"Period: {self.period}"] * bool(self.period) + [f"Source: {self.source}"] * bool(
            self.source
        )
        return "\n".join(line for line in (". ".join(known), self.attribution) if line)


def layouts(imprint: Imprint, extent: Box) -> ET.Element:
    """Return the print layouts of a project; `extent` is (west, south, east, north)."""
    made = element(None, "Layouts")
    for name, size in _PAGES.items():
        made.append(_layout(name, size, imprint, extent))
    return made


def _layout(name: str, size: tuple[float, float], imprint: Imprint, extent: Box) -> ET.Element:
    made = element(None, "Layout", name=name, units="mm", printResolution="300", worldFileMap="")
    element(made, "Snapper", snapToGrid="0", snapToGuides="1", snapToItems="1", tolerance="5")
    element(made, "Grid", resolution="10", resUnits="mm", offsetX="0", offsetY="0", offsetUnits="mm")
    pages = element(made, "PageCollection")
    page = _item(pages, name, _PAGE, "page", (0, 0, *size), background=True)
    for parent in (pages, page):
        _add_paper(parent)
    element(pages, "GuideCollection", visible="1")
    width, height = size
    side = round(_LEGEND_SHARE * width, 1)
    larger = height / 210
    # From the top down: title, what is shown, against what, the map with its legend beside it, the lines at the foot.
    head, foot = 10 * larger, 14 * larger
    top = _MARGIN + head + 12 * larger
    map_box = (_MARGIN, top, width - 2 * _MARGIN - side - 4, height - top - _MARGIN - foot)
    right = width - _MARGIN - side
    _add_map(made, name, map_box, extent)
    _add_legend(made, name, (right, top, side, map_box[3] - 26), larger)
    _add_scale_bar(made, name, (right, top + map_box[3] - 18, side - 16, 12))
    _add_label(made, name, "scale", (right + 1, top + map_box[3] - 5, side - 16, 5), _SCALE + name[:2], 7.5)
    _add_arrow(made, name, (width - _MARGIN - 12, top + map_box[3] - 19, 12, 19))
    line = width - 2 * _MARGIN
    _add_label(
        made,
        name,
        "title",
        (_MARGIN, _MARGIN, line, head),
        unevaluated(imprint.title),
        16 * larger,
        bold=True,
    )
    _add_label(made, name, "shown", (_MARGIN, _MARGIN + head, line, 6.5 * larger), _SHOWN, 11 * larger)
    notes = (_MARGIN, _MARGIN + head + 6.5 * larger, line, 4.5 * larger)
    _add_label(made, name, "notes", notes, _NOTES, 7.5 * larger)
    below = top + map_box[3] + 2
    _add_label(
        made, name, "origin", (_MARGIN, below, line, foot - 2), unevaluated(imprint.foot), 7.5 * larger
    )
    element(made, "customproperties")
    element(made, "Atlas", enabled="0", coverageLayer="", hideCoverage="0")
    return made


def _uuid(page: str, name: str) -> str:
    """Return an id that only this item has, the same in every project."""
    digits = hashlib.sha256(f"{page} {name}".encode()).hexdigest()
    return "{" + "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])) + "}"


def _item(
    parent: ET.Element, page: str, kind: int, name: str, box: Box, *, background: bool = False, **more: Any
) -> ET.Element:
    left, top, width, height = (f"{value:g}" for value in box)
    uuid = _uuid(page, name)
    made = element(
        parent,
        "LayoutItem",
        type=kind,
        id=more.pop("id", ""),
        uuid=uuid,
        templateUuid=uuid,
        position=f"{left},{top},mm",
        positionOnPage=f"{left},{top},mm",
        size=f"{width},{height},mm",
        referencePoint="0",
        itemRotation="0",
        zValue=len(parent.findall("LayoutItem")),
        opacity="1",
        blendMode="0",
        visibility="1",
        excludeFromExports="0",
        positionLock="false",
        groupUuid="",
        frameJoinStyle="miter",
        outlineWidthM="0.2,mm",
        frame=str(kind == _MAP).lower(),
        background=str(background).lower(),
        **more,
    )
    element(made, "FrameColor", red="90", green="90", blue="90", alpha="255")
    element(made, "BackgroundColor", red="255", green="255", blue="255", alpha="255")
    element(made, "LayoutObject")
    return made


def _add_paper(parent: ET.Element) -> None:
    look = {"color": colour("#ffffff"), "style": "solid", "outline_style": "no"}
    add_symbol(parent, "", "fill", "SimpleFill", [look])


def _add_map(layout: ET.Element, page: str, box: Box, extent: Box) -> None:
    """Add the map of what is ticked; its ground is the extent at a round scale, in the middle of the box."""
    made = _item(
        layout,
        page,
        _MAP,
        "map",
        box,
        background=True,
        id=_MAP_ID,
        followPreset="false",
        followPresetName="",
        keepLayerSet="false",
        drawCanvasItems="true",
        mapRotation="0",
        mapFlags="0",
        labelMargin="0,mm",
    )
    west, south, east, north = extent
    exact = max((east - west) / box[2], (north - south) / box[3])
    # A round scale: 1:620,000, and so 620 m to a millimetre.
    step = 10.0 ** (math.floor(math.log10(exact)) - 1)
    scale = math.ceil(exact / step) * step
    x, y = (west + east) / 2, (south + north) / 2
    across, up = scale * box[2] / 2, scale * box[3] / 2
    corners = {"xmin": x - across, "ymin": y - up, "xmax": x + across, "ymax": y + up}
    element(made, "Extent", **{name: repr(float(value)) for name, value in corners.items()})
    element(made, "LayerSet")
    element(made, "AtlasMap", atlasDriven="0", scalingMode="2", margin="0.1")


def _add_label(
    layout: ET.Element, page: str, name: str, box: Box, text: str, size: float, *, bold: bool = False
) -> None:
    made = _item(
        layout,
        page,
        _LABEL,
        name,
        box,
        labelText=text,
        halign=_LEFT,
        valign=_TOP,
        marginX="0",
        marginY="0",
        htmlState="0",
    )
    element(made, "LabelFont", description=_font(size, bold=bold), style="Bold" if bold else "")
    element(made, "FontColor", red="0", green="0", blue="0", alpha="255")
    # The same as versions since 3.24 write it; they read the two above where this is not.
    element(
        made,
        "text-style",
        fontFamily=_FONT,
        namedStyle="Bold" if bold else "Regular",
        fontWeight="75" if bold else "50",
        fontSize=f"{size:g}",
        fontSizeUnit="Point",
        textColor=colour("#000000"),
        textOpacity="1",
    )


def _font(size: float, *, bold: bool = False) -> str:
    return f"{_FONT},{size:g},-1,5,{75 if bold else 50},0,0,0,0,0"


def _add_legend(layout: ET.Element, page: str, box: Box, larger: float) -> None:
    """Add a legend of what the map shows and nothing else."""
    made = _item(
        layout,
        page,
        _LEGEND,
        "legend",
        box,
        title="",
        titleAlignment=_LEFT,
        map_uuid=_uuid(page, "map"),
        legendFilterByMap="1",
        legendFilterByAtlas="0",
        resizeToContents="1",
        columnCount="1",
        splitLayer="0",
        boxSpace="0",
        columnSpace="2",
        lineSpacing="1",
        symbolAlignment=_LEFT,
        symbolWidth="6",
        symbolHeight="3.5",
        wrapChar="",
        fontColor="#000000",
        rasterBorder="0",
        wmsLegendWidth="50",
        wmsLegendHeight="25",
    )
    styles = element(made, "styles")
    looks: dict[str, tuple[float, bool, dict[str, Any]]] = {
        "title": (12, True, {"marginBottom": 2.0}),
        "group": (10, True, {"marginTop": 2}),
        "subgroup": (9, True, {"marginTop": 2}),
        "symbol": (7, False, {"marginTop": 1.5}),
        "symbolLabel": (7, False, {"marginTop": 1.5, "marginLeft": 2}),
    }
    for name, (size, bold, margins) in looks.items():
        style = element(styles, "style", name=name, alignment=_LEFT, indent="0", **margins)
        look = _font(size * larger, bold=bold)
        element(style, "styleFont", description=look, style="Bold" if bold else "")


def _add_scale_bar(layout: ET.Element, page: str, box: Box) -> None:
    """Add a scale bar in kilometres, of as many as fit, whatever part of the map is printed."""
    made = _item(
        layout,
        page,
        _SCALE_BAR,
        "scale bar",
        box,
        mapUuid=_uuid(page, "map"),
        style="Single Box",
        unitType="km",
        unitLabel="km",
        numMapUnitsPerScaleBarUnit="1",
        numUnitsPerSegment="5",
        segmentSizeMode="1",
        minBarWidth=f"{box[2] * 0.4:g}",
        maxBarWidth=f"{box[2] * 0.75:g}",
        numSegments="2",
        numSegmentsLeft="0",
        height="2",
        labelBarSpace="1.5",
        boxContentSpace="1",
        alignment="0",
        lineJoinStyle="miter",
        lineCapStyle="square",
        outlineWidth="0.2",
        labelVerticalPlacement="0",
        labelHorizontalPlacement="0",
    )
    style = element(
        made,
        "text-style",
        fontFamily=_FONT,
        fontSize="8",
        fontSizeUnit="Point",
        textColor=colour("#000000"),
        textOpacity="1",
    )
    element(style, "families")
    for tag, shade in (("strokeColor", "0"), ("fillColor", "0"), ("fillColor2", "255")):
        element(made, tag, red=shade, green=shade, blue=shade, alpha="255")


def _add_arrow(layout: ET.Element, page: str, box: Box) -> None:
    """Add an arrow to grid north, drawn here, as QGIS's own arrows are not where every QGIS is."""
    drawn = base64.b64encode(_ARROW.encode()).decode()
    _item(
        layout,
        page,
        _PICTURE,
        "north",
        box,
        file=f"base64:{drawn}",
        mode="0",
        resizeMode="0",
        anchorPoint="4",
        northMode="0",
        northOffset="0",
        mapUuid=_uuid(page, "map"),
        pictureRotation="0",
        pictureWidth=f"{box[2]:g}",
        pictureHeight=f"{box[3]:g}",
        svgFillColor=colour("#ffffff"),
        svgBorderColor=colour("#000000"),
        svgBorderWidth="0.2",
    )
