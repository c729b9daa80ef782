"""Towns, roads and water of the reader's own on a QGIS map, in the colours that the web map and pictures have."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hotspots.export.qgis.parts import add_symbol, colour, element
from hotspots.export.style import ROAD, TOWN, WATER

# Width in millimetres, colour and opacity, the pale line below first, so that each shows on every colour.
_LINES = {
    "water": ((0.6, "#ffffff", 0.55), (0.3, WATER, 0.9)),
    "road": ((0.65, "#ffffff", 0.6), (0.26, ROAD, 0.9)),
}
_DOT = 1.2  # millimetres across


def add_context_symbol(renderer: ET.Element, kind: str, line: str) -> None:
    """Add the symbol of roads, water or towns.

    Parameters
    ----------
    renderer : Element
        Of a single symbol.
    kind : {'lines', 'points'}
    line : {'road', 'water'}
        What the lines are.
    """
    parent = element(renderer, "symbols")
    if kind == "points":
        dot = {
            "name": "circle",
            "color": colour(TOWN),
            "outline_color": colour("#ffffff"),
            "outline_style": "solid",
            "outline_width": "0.2",
            "outline_width_unit": "MM",
            "size": f"{_DOT:g}",
            "size_unit": "MM",
        }
        add_symbol(parent, "0", "marker", "SimpleMarker", [dot])
        return
    strokes = [
        {
            "line_color": colour(shade, opacity),
            "line_style": "solid",
            "line_width": f"{width:g}",
            "line_width_unit": "MM",
            "capstyle": "round",
            "joinstyle": "round",
        }
        for width, shade, opacity in _LINES[line]
    ]
    add_symbol(parent, "0", "line", "SimpleLine", strokes)
