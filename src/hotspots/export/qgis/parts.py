"""What all of QGIS's documents are made of: elements that are safe for XML, colours, text that is never evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """Return text with everything that XML cannot hold replaced."""
    return _NOT_XML.sub("\ufffd", text)


def element(parent: ET.Element | None, tag: str, text: str = "", **attributes: Any) -> ET.Element:
    """Add an element; every name and value is made safe for XML."""
    known = {key.rstrip("_"): plain(str(value)) for key, value in attributes.items()}
    made = ET.Element(tag, known) if parent is None else ET.SubElement(parent, tag, known)
    if text:
        made.text = plain(text)
    return made


def colour(code: str, opacity: float = 1.0) -> str:
    """Return ``"#rrggbb"`` as QGIS writes it: red, green, blue and alpha from 0 to 255."""
    red, green, blue = (int(code[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def unevaluated(text: str) -> str:
    """Return text for a place where QGIS evaluates what stands in ``[% %]``, so that it shows as it is.

    Examples
    --------
    >>> unevaluated("Police [% 1 + 1 %]")
    "Police [% '[%' %] 1 + 1 %]"
    """
    return text.replace("[%", "[% '[%' %]")


def inert(name: str) -> str:
    """Return a name that a legend may evaluate, so that it looks the same and holds no expression.

    Between the two signs that begin an expression stands a word joiner, which has no width.
    """
    return name.replace("[%", "[\u2060%")


def add_symbol(
    parent: ET.Element, name: str, kind: str, drawn_as: str, layers: Sequence[Mapping[str, str]]
) -> ET.Element:
    """Add a symbol of one or more layers, the lowest first, and return it.

    Parameters
    ----------
    parent : Element
        The list of symbols.
    name : str
        By which it is chosen.
    kind : {'fill', 'line', 'marker'}
        What it draws.
    drawn_as : str
        What QGIS calls its layers, such as ``"SimpleFill"``.
    layers : sequence of mapping
        The settings of each.
    """
    symbol = element(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    for options in layers:
        layer = element(symbol, "layer", class_=drawn_as, enabled="1", locked="0", **{"pass": "0"})
        # QGIS before 3.20 reads <prop>, later ones <Option>.
        table = element(layer, "Option", type="Map")
        for option, value in options.items():
            element(table, "Option", name=option, type="QString", value=value)
        for option, value in options.items():
            element(layer, "prop", k=option, v=value)
    return symbol
