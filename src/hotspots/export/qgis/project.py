"""QGIS's own documents: the layer tree, the layers' entries and the project around them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

from pandas import Period
from pyproj import CRS

from hotspots.base.columns import COLUMNS
from hotspots.base.crs import crs_label, parse_crs
from hotspots.export.qgis.layout import Imprint, layouts
from hotspots.export.qgis.parts import colour, element, inert, unevaluated
from hotspots.export.qgis.style import VERSION, QgisLayer, style_elements

Extent = tuple[float, float, float, float]

_ATTRIBUTION_WIDTH = 80  # characters; QGIS does not wrap the text itself
THEMES = "Themes"
# QGIS's number of each kind of geometry, its name, and its name where a row may have several parts.
_GEOMETRIES = {
    "points": ("0", "Point", "MultiPoint"),
    "lines": ("1", "Line", "MultiLineString"),
    "areas": ("2", "Polygon", "MultiPolygon"),
}
_HIDDEN = {"legend/title-style": "hidden"}  # no heading in a printed legend


@dataclass(frozen=True)
class Ticks:
    """Which layer of a group is ticked, and whether the group is: one theme is seen at a time, and one layer of it."""

    layers: Sequence[QgisLayer]

    @property
    def groups(self) -> dict[str, list[QgisLayer]]:
        """The layers of each named group."""
        return {name: members for name, members in _groups(self.layers) if name}

    @property
    def shown(self) -> str:
        """The group that is ticked: the first with a layer to show."""
        return next((layer.group for layer in self.layers if layer.group and layer.visible), "")

    def chosen(self, group: str) -> QgisLayer:
        """Return the layer of a group that is ticked: the first to be visible, else the first."""
        members = self.groups[group]
        return next((layer for layer in members if layer.visible), members[0])

    def is_on(self, layer: QgisLayer) -> bool:
        """Return whether a layer is ticked in its group."""
        return self.chosen(layer.group) is layer if layer.group else layer.visible


def style_document(layer: QgisLayer) -> ET.Element:
    """Return a `.qml`."""
    root = element(None, "qgis", version=VERSION, styleCategories="AllStyleCategories")
    root.set("labelsEnabled", str(int(layer.labels is not None)))
    root.extend(style_elements(layer))
    if layer.kind != "raster":
        element(root, "layerGeometryType", _GEOMETRIES[layer.kind][0])
    return root


def definition_document(
    layers: Sequence[QgisLayer], imprint: Imprint, months: Sequence[str] = ()
) -> ET.Element:
    """Return a `.qlr`: one group of groups, and the layers in it."""
    root = element(None, "qlr")
    outer = element(root, "layer-tree-group", name="", checked="Qt::Checked", expanded="1")
    _add_tree(_add_group(outer, imprint.title), layers)
    _add_layers(element(root, "maplayers"), layers, imprint, months)
    return root


def project_document(
    layers: Sequence[QgisLayer], *, imprint: Imprint, extent: Extent, crs: str, months: Sequence[str] = ()
) -> ET.Element:
    """Return a project: opens at the extent in the CRS, one theme at a time, with pages to print and licence."""
    root = element(None, "qgis", version=VERSION, projectname=imprint.title)
    element(root, "homePath", path="")
    element(root, "title", imprint.title)
    element(root, "autotransaction", active="0")
    _add_crs(element(root, "projectCrs"), crs)
    tree = element(root, "layer-tree-group", name="", checked="Qt::Checked", expanded="1")
    _add_tree(tree, layers)
    _add_canvas(root, extent, crs)
    _add_layers(element(root, "projectlayers"), layers, imprint, months)
    order = element(root, "layerorder")
    for layer in layers:
        element(order, "layer", id=layer.id)
    _add_properties(root, imprint.attribution)
    _add_map_themes(root, layers)
    _add_metadata(root, imprint, months)
    root.append(layouts(imprint, extent))
    view = element(
        element(root, "ProjectViewSettings", UseProjectScales="0"), "DefaultViewExtent", **_corners(extent)
    )
    _add_crs(view, crs)
    if months:
        settings = element(
            root,
            "ProjectTimeSettings",
            timeStep="1",
            timeStepUnit="mon",
            frameRate="1",
            cumulativeTemporalRange="0",
        )
        _add_span(element(settings, "TemporalRange"), months)
    return root


def to_bytes(document: ET.Element, doctype: str) -> bytes:
    """Return the document as UTF-8, indented, the same bytes every time."""
    ET.indent(document, " ")
    head = f"<!DOCTYPE {doctype} PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    body: str = ET.tostring(document, encoding="unicode")
    return f"{head}{body}\n".encode()


def _groups(layers: Sequence[QgisLayer]) -> Iterator[tuple[str, list[QgisLayer]]]:
    for name, members in groupby(layers, key=lambda layer: layer.group):
        yield name, list(members)


def _add_tree(parent: ET.Element, layers: Sequence[QgisLayer]) -> None:
    """Add the layers: those of no group, then the groups, of which one is ticked at a time, and one layer in each."""
    ticks = Ticks(layers)
    for layer in layers:
        if not layer.group:
            _add_node(parent, layer, on=layer.visible)
    named = ticks.groups
    if len(named) > 1:
        place = next((k for k, name in enumerate(named) if name == ticks.shown), -1)
        parent = _add_group(parent, THEMES, only=place, properties=_HIDDEN)
    for name, members in named.items():
        shown = name == ticks.shown
        place = members.index(ticks.chosen(name))
        group = _add_group(parent, name, on=shown, expanded=shown, only=place)
        for layer in members:
            _add_node(group, layer, on=ticks.is_on(layer))


def _add_node(parent: ET.Element, layer: QgisLayer, *, on: bool) -> None:
    node = element(
        parent,
        "layer-tree-layer",
        id=layer.id,
        name=inert(layer.title),
        source=layer.source,
        providerKey=_provider(layer),
        checked=_checked(on),
        expanded="1" if on and layer.style else "0",
    )
    counts = {"showFeatureCount": "1"} if layer.counted else {}
    _add_custom(node, counts | _heading(layer))


def _heading(layer: QgisLayer) -> dict[str, str]:
    """Return what a printed legend calls a layer, where that says more: its unit."""
    known = COLUMNS.get(layer.style.column) if layer.style is not None and layer.kind == "areas" else None
    if known is None or not known.unit or known.unit in layer.title:
        return {}
    return {"legend/title-label": inert(f"{layer.title} ({known.unit})")}


def _add_group(
    parent: ET.Element,
    name: str,
    *,
    on: bool = True,
    expanded: bool = True,
    only: int | None = None,
    properties: Mapping[str, str] = MappingProxyType({}),
) -> ET.Element:
    """Add a group; `only` is the place of the one child that is ticked, where ticking one unticks the others."""
    exclusive: dict[str, Any] = (
        {} if only is None else {"mutually-exclusive": "1", "mutually-exclusive-child": only}
    )
    group = element(
        parent,
        "layer-tree-group",
        name=inert(name),
        checked=_checked(on),
        expanded=str(int(expanded)),
        **exclusive,
    )
    _add_custom(group, properties)
    return group


def _checked(on: bool) -> str:
    return "Qt::Checked" if on else "Qt::Unchecked"


def _add_custom(node: ET.Element, properties: Mapping[str, str]) -> None:
    table = element(element(node, "customproperties"), "Option", type="Map")
    for name, value in properties.items():
        element(table, "Option", name=name, type="QString", value=value)


def _add_map_themes(root: ET.Element, layers: Sequence[QgisLayer]) -> None:
    """Add a map theme for each group: what is seen when it is ticked."""
    ticks = Ticks(layers)
    presets = element(root, "visibility-presets")
    outer = f"{THEMES}/" if len(ticks.groups) > 1 else ""
    for name in ticks.groups:
        preset = element(
            presets,
            "visibility-preset",
            **{"name": inert(name), "has-expanded-info": "1", "has-checked-group-info": "1"},
        )
        seen = [layer for layer in layers if not layer.group and layer.visible] + [ticks.chosen(name)]
        for layer in seen:
            expanded = int(bool(layer.group))
            element(preset, "layer", id=layer.id, visible="1", style="default", expanded=expanded)
        nodes = [*([THEMES] if outer else []), f"{outer}{inert(name)}"]
        for tag in ("checked-group-node", "expanded-group-node"):
            held = element(preset, f"{tag}s")
            for node in nodes:
                element(held, tag, id=node)


def _add_layers(
    parent: ET.Element, layers: Sequence[QgisLayer], imprint: Imprint, months: Sequence[str]
) -> None:
    for layer in layers:
        entry = (
            element(parent, "maplayer", type="raster") if layer.kind == "raster" else _vector(parent, layer)
        )
        element(entry, "id", layer.id)
        element(entry, "datasource", layer.source)
        element(entry, "layername", inert(layer.title))
        # The title is what a printed page says that it shows; lines over the map are not worth a word.
        element(entry, "title", _whole_title(layer) if layer.group else "")
        element(entry, "abstract", layer.note)
        _add_crs(element(entry, "srs"), layer.crs)
        _add_rights(entry, layer, imprint, months)
        provider = element(entry, "provider", _provider(layer))
        if layer.kind != "raster":
            provider.set("encoding", "UTF-8")
        if layer.drawable:
            _add_extent(element(entry, "extent"), layer.extent)
        entry.extend(style_elements(layer))


def _whole_title(layer: QgisLayer) -> str:
    return f"{layer.group} \u2013 {layer.title}" if layer.group else layer.title


def _add_rights(entry: ET.Element, layer: QgisLayer, imprint: Imprint, months: Sequence[str]) -> None:
    """Add a layer's metadata: what it is, of when, and under what licence."""
    metadata = element(entry, "resourceMetadata")
    own = layer.kind in ("lines", "points")  # of the reader, and nothing of the imprint is theirs
    told = [] if own else [f"{imprint.title}."] + [f"Period: {imprint.period}."] * bool(imprint.period)
    told += [f"Source: {imprint.source}."] * bool(imprint.source and not own) + [layer.note] * bool(
        layer.note
    )
    element(metadata, "identifier", layer.id)
    element(metadata, "parentidentifier")
    element(metadata, "language", "ENG")
    element(metadata, "type", "dataset")
    element(metadata, "title", _whole_title(layer))
    # On a line of its own, since a printed page shows the note without the rest; see `layout`.
    element(metadata, "abstract", "\n".join(part for part in (" ".join(told), layer.note) if part))
    element(metadata, "links")
    element(metadata, "fees")
    if not own:
        element(metadata, "rights", imprint.attribution)
    element(metadata, "encoding")
    _add_crs(element(metadata, "crs"), layer.crs)
    extent = element(metadata, "extent")
    if layer.drawable:
        corners = dict(zip(("minx", "miny", "maxx", "maxy"), (f"{v:g}" for v in layer.extent), strict=True))
        element(extent, "spatial", crs=layer.crs, dimensions="2", minz="0", maxz="0", **corners)
    if months and not own:
        _add_span(element(element(extent, "temporal"), "period"), months)


def _add_span(parent: ET.Element, months: Sequence[str]) -> None:
    """Add the first moment of the first month and the last second of the last."""
    last = Period(months[-1], "M")
    element(parent, "start", f"{months[0]}-01T00:00:00Z")
    element(parent, "end", f"{last.end_time:%Y-%m-%d}T23:59:59Z")


def _vector(parent: ET.Element, layer: QgisLayer) -> ET.Element:
    return element(
        parent,
        "maplayer",
        type="vector",
        geometry=_GEOMETRIES[layer.kind][1],
        wkbType=_GEOMETRIES[layer.kind][2],
        labelsEnabled=int(layer.labels is not None),
        hasScaleBasedVisibilityFlag="0",
        simplifyDrawingHints="1",
        simplifyDrawingTol="1",
        simplifyAlgorithm="0",
        simplifyLocal="1",
        simplifyMaxScale="1",
    )


def _provider(layer: QgisLayer) -> str:
    return "gdal" if layer.kind == "raster" else "ogr"


def _add_crs(parent: ET.Element, crs: str) -> None:
    """Write the CRS with its definition: QGIS does not look up a code alone."""
    parsed: CRS = parse_crs(crs)
    entry = element(parent, "spatialrefsys", nativeFormat="Wkt")
    element(entry, "wkt", parsed.to_wkt())
    code = parsed.to_epsg()
    if code is not None:
        element(entry, "srid", str(code))
    element(entry, "authid", crs_label(parsed) if code is not None else "")
    element(entry, "description", parsed.name)
    element(entry, "geographicflag", "true" if parsed.is_geographic else "false")


def _corners(extent: Extent) -> dict[str, str]:
    return dict(zip(("xmin", "ymin", "xmax", "ymax"), (repr(float(value)) for value in extent), strict=True))


def _add_extent(parent: ET.Element, extent: Extent) -> None:
    for name, value in _corners(extent).items():
        element(parent, name, value)


def _add_canvas(root: ET.Element, extent: Extent, crs: str) -> None:
    canvas = element(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    element(canvas, "units", "degrees" if parse_crs(crs).is_geographic else "meters")
    _add_extent(element(canvas, "extent"), extent)
    element(canvas, "rotation", "0")
    _add_crs(element(canvas, "destinationsrs"), crs)


def _add_properties(root: ET.Element, attribution: str) -> None:
    """Turn on the project's CRS and relative paths, and print the attribution in the map's corner."""
    properties = element(root, "properties")
    element(element(properties, "SpatialRefSys"), "ProjectionsEnabled", "1", type="int")
    element(element(properties, "Paths"), "Absolute", "false", type="bool")
    if attribution:
        corner = element(properties, "CopyrightLabel")
        element(corner, "Enabled", "true", type="bool")
        label = unevaluated(textwrap.fill(attribution, _ATTRIBUTION_WIDTH))
        element(corner, "Label", label, type="QString")
        font = element(
            None,
            "text-style",
            fontSize="8",
            fontSizeUnit="Point",
            textColor=colour("#000000"),
            textOpacity="1",
        )
        element(corner, "Font", ET.tostring(font, encoding="unicode"), type="QString")
        element(corner, "Placement", "3", type="int")
        element(corner, "MarginH", "1", type="int")
        element(corner, "MarginV", "1", type="int")


def _add_metadata(root: ET.Element, imprint: Imprint, months: Sequence[str]) -> None:
    metadata = element(root, "projectMetadata")
    for tag in ("identifier", "parentidentifier"):
        element(metadata, tag)
    element(metadata, "language", "ENG")
    element(metadata, "type", "dataset")
    element(metadata, "title", imprint.title)
    element(metadata, "abstract", imprint.foot)
    element(metadata, "links")
    if months:
        _add_span(element(element(element(metadata, "extent"), "temporal"), "period"), months)
