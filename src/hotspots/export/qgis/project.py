"""QGIS's own documents: the layer tree, the layers' entries and the project around them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from pyproj import CRS

from hotspots.base.crs import crs_label, parse_crs
from hotspots.export.qgis.style import VERSION, QgisLayer, colour, element, style_elements

Extent = tuple[float, float, float, float]

_ATTRIBUTION_WIDTH = 80  # characters; QGIS does not wrap the text itself


def style_document(layer: QgisLayer) -> ET.Element:
    """Return a `.qml`."""
    root = element(None, "qgis", version=VERSION, styleCategories="AllStyleCategories")
    root.extend(style_elements(layer))
    if layer.kind == "areas":
        element(root, "layerGeometryType", "2")
    return root


def definition_document(layers: Sequence[QgisLayer], title: str) -> ET.Element:
    """Return a `.qlr`: one group of groups, and the layers in it."""
    root = element(None, "qlr")
    outer = element(root, "layer-tree-group", name="", checked="Qt::Checked", expanded="1")
    _add_tree(_add_group(outer, title, expanded=True), layers)
    _add_layers(element(root, "maplayers"), layers)
    return root


def project_document(
    layers: Sequence[QgisLayer], *, title: str, extent: Extent, crs: str, attribution: str
) -> ET.Element:
    """Return a project, which opens at the extent in the CRS and says who owns the data."""
    root = element(None, "qgis", version=VERSION, projectname=title)
    element(root, "homePath", path="")
    element(root, "title", title)
    element(root, "autotransaction", active="0")
    _add_crs(element(root, "projectCrs"), crs)
    tree = element(root, "layer-tree-group", name="", checked="Qt::Checked", expanded="1")
    _add_tree(tree, layers)
    _add_canvas(root, extent, crs)
    _add_layers(element(root, "projectlayers"), layers)
    order = element(root, "layerorder")
    for layer in layers:
        element(order, "layer", id=layer.id)
    _add_properties(root, attribution)
    _add_metadata(root, title, attribution)
    view = element(
        element(root, "ProjectViewSettings", UseProjectScales="0"), "DefaultViewExtent", **_corners(extent)
    )
    _add_crs(view, crs)
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
    for name, members in _groups(layers):
        open_ = any(layer.visible for layer in members)
        group = _add_group(parent, name, expanded=open_) if name else parent
        for layer in members:
            element(
                group,
                "layer-tree-layer",
                id=layer.id,
                name=layer.title,
                source=layer.source,
                providerKey=_provider(layer),
                checked="Qt::Checked" if layer.visible else "Qt::Unchecked",
                expanded="1" if layer.visible and layer.style else "0",
            )


def _add_group(parent: ET.Element, name: str, *, expanded: bool) -> ET.Element:
    """Add a group, ticked, so that one tick on a layer is enough to see it."""
    return element(
        parent, "layer-tree-group", name=name, checked="Qt::Checked", expanded="1" if expanded else "0"
    )


def _add_layers(parent: ET.Element, layers: Sequence[QgisLayer]) -> None:
    for layer in layers:
        entry = _vector(parent) if layer.kind == "areas" else element(parent, "maplayer", type="raster")
        element(entry, "id", layer.id)
        element(entry, "datasource", layer.source)
        element(entry, "layername", layer.title)
        element(entry, "abstract", layer.note)
        _add_crs(element(entry, "srs"), layer.crs)
        provider = element(entry, "provider", _provider(layer))
        if layer.kind == "areas":
            provider.set("encoding", "UTF-8")
        if layer.drawable:
            _add_extent(element(entry, "extent"), layer.extent)
        entry.extend(style_elements(layer))


def _vector(parent: ET.Element) -> ET.Element:
    return element(
        parent,
        "maplayer",
        type="vector",
        geometry="Polygon",
        wkbType="MultiPolygon",
        labelsEnabled="0",
        hasScaleBasedVisibilityFlag="0",
        simplifyDrawingHints="1",
        simplifyDrawingTol="1",
        simplifyAlgorithm="0",
        simplifyLocal="1",
        simplifyMaxScale="1",
    )


def _provider(layer: QgisLayer) -> str:
    return "ogr" if layer.kind == "areas" else "gdal"


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
        element(corner, "Label", textwrap.fill(attribution, _ATTRIBUTION_WIDTH), type="QString")
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


def _add_metadata(root: ET.Element, title: str, attribution: str) -> None:
    metadata = element(root, "projectMetadata")
    element(metadata, "type", "dataset")
    element(metadata, "title", title)
    element(metadata, "rights", attribution)
