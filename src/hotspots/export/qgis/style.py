"""How QGIS draws one layer: renderers, aliases and map tips, from the classes that every output shares."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from hotspots.base.columns import COLUMNS, column_label
from hotspots.export.qgis.tip import identifier, map_tip
from hotspots.export.style import Style, StyleClass

# The oldest QGIS that reads all of this. Newer ones take it as it is.
VERSION = "3.22.16"

_BORDER = "#6e6e6e"
_BORDER_MM = 0.15
_OUTLINE = "#3c3c3c"
_OUTLINE_MM = 0.2
_PROBABILITIES = ("gi_p", "gi_se", "gi_q", "lm_p", "lm_q")  # rounded, the smallest would read 0
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class QgisLayer:
    """One layer of a QGIS project: where its data is, what it is called, how it is drawn.

    The same data may stand in a project several times, once for each column that is drawn.

    Attributes
    ----------
    path : str
        The data file, relative to the folder that the project stands in, with ``/``:
        ``"layers/all-crime.gpkg"``.
    title : str
        What the legend calls it, in words.
    extent : tuple of float
        West, south, east and north, in `crs`; NaN for a layer without areas.
    style : Style or None
        Its classes; None draws outlines only.
    table : str or None
        The layer's name inside a GeoPackage; None for a GeoJSON or a raster.
    group : str
        The heading it stands under; empty for none.
    columns : tuple of str
        The columns of its table, for aliases and map tips.
    kind : {'areas', 'raster'}
        Polygons, or one band of numbers.
    crs : str
        Such as ``"EPSG:27700"``.
    visible : bool
        Whether it is ticked when the project opens.
    draw : {'all', 'classed'}
        ``"classed"`` unticks the uneventful middle class and areas without data, and draws no borders: for
        layers of many cells.
    missing : bool
        Whether some values are missing, so that the legend needs their class.
    span : tuple of float or None
        Smallest and largest value, which close the open ends of graduated classes.
    note : str
        A sentence for the layer's properties, such as the bandwidth.
    """

    path: str
    title: str
    extent: tuple[float, float, float, float]
    style: Style | None = None
    table: str | None = None
    group: str = ""
    columns: tuple[str, ...] = ()
    kind: Literal["areas", "raster"] = "areas"
    crs: str = "EPSG:27700"
    visible: bool = False
    draw: Literal["all", "classed"] = "all"
    missing: bool = False
    span: tuple[float, float] | None = None
    note: str = ""

    @property
    def id(self) -> str:
        """An id that only this layer of a project has, the same on every run."""
        column = self.style.column if self.style else ""
        named = "\n".join((self.path, self.table or "", self.group, self.title, column))
        digest = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.kind}_{column}_{digest[:32]}"

    @property
    def drawable(self) -> bool:
        """Whether there is anything on the map."""
        return all(math.isfinite(value) for value in self.extent)

    @property
    def source(self) -> str:
        """The data source as QGIS writes it."""
        return f"./{self.path}" + (f"|layername={self.table}" if self.table else "")


def plain(text: str) -> str:
    """Return text with everything that XML cannot hold replaced."""
    return _NOT_XML.sub("\ufffd", text)


def element(parent: ET.Element | None, tag: str, text: str = "", **attributes: object) -> ET.Element:
    """Add an element; every name and value is made safe for XML."""
    known = {key.rstrip("_"): plain(str(value)) for key, value in attributes.items()}
    made = ET.Element(tag, known) if parent is None else ET.SubElement(parent, tag, known)
    if text:
        made.text = plain(text)
    return made


def style_elements(layer: QgisLayer) -> list[ET.Element]:
    """Return what a layer's `.qml` holds, and its entry in a project too."""
    if layer.kind == "raster":
        return [_raster_pipe(layer), element(None, "blendMode", "0")]
    title = next((name for name in ("name", "code") if name in layer.columns), "")
    return [
        _renderer(layer),
        element(None, "layerOpacity", "1"),
        _field_formats(layer),
        _aliases(layer),
        element(None, "previewExpression", identifier(title) if title else ""),
        element(None, "mapTip", map_tip(layer.columns, layer.style), enabled="1"),
    ]


def _field_formats(layer: QgisLayer) -> ET.Element:
    """Show quantities to their own decimals in the attribute table; the file keeps every digit."""
    made = element(None, "fieldConfiguration")
    for name in layer.columns:
        known = COLUMNS.get(name)
        if known is None or known.kind != "real" or name in _PROBABILITIES:
            continue
        widget = element(element(made, "field", name=name), "editWidget", type="Range")
        options = element(element(widget, "config"), "Option", type="Map")
        element(options, "Option", name="AllowNull", type="bool", value="true")
        element(options, "Option", name="Precision", type="int", value=known.decimals)
    return made


def _aliases(layer: QgisLayer) -> ET.Element:
    made = element(None, "aliases")
    for position, name in enumerate(layer.columns):
        alias = column_label(name)
        element(made, "alias", field=name, index=position, name="" if alias == name else alias)
    return made


def _renderer(layer: QgisLayer) -> ET.Element:
    style = layer.style
    if style is None:
        made = _bare_renderer("singleSymbol")
        _add_symbols(made, [_outline_symbol()])
        return made
    if any(entry.value is not None for entry in style.classes):
        return _categorised(layer, style)
    if layer.missing or layer.span is None:
        return _rule_based(layer, style)
    return _graduated(layer, style, layer.span)


def _bare_renderer(kind: str, **attributes: str) -> ET.Element:
    return element(
        None, "renderer-v2", type=kind, symbollevels="0", enableorderby="0", forceraster="0", **attributes
    )


def _categorised(layer: QgisLayer, style: Style) -> ET.Element:
    made = _bare_renderer("categorizedSymbol", attr=style.column)
    categories = element(made, "categories")
    # The empty value is QGIS's "all other values", and so takes the missing ones.
    drawn = [*style.classes, *([style.missing] if layer.missing else [])]
    for position, entry in enumerate(drawn):
        element(
            categories,
            "category",
            type="string",
            value=entry.value or "",
            symbol=position,
            label=entry.label,
            render="true" if _ticked(layer, entry) else "false",
        )
    _add_symbols(made, [_fill_symbol(layer, entry) for entry in drawn])
    return made


def _graduated(layer: QgisLayer, style: Style, span: tuple[float, float]) -> ET.Element:
    """List the highest first: QGIS gives a value on a limit to the first class listed."""
    made = _bare_renderer("graduatedSymbol", attr=style.column, graduatedMethod="GraduatedColor")
    ranges = element(made, "ranges")
    for position, entry in enumerate(style.classes):
        element(
            ranges,
            "range",
            lower=_number(span[0] if entry.lower is None else entry.lower),
            upper=_number(span[1] if entry.upper is None else entry.upper),
            symbol=position,
            label=entry.label,
            render="true" if _ticked(layer, entry) else "false",
        )
    _add_symbols(made, [_fill_symbol(layer, entry) for entry in style.classes])
    element(made, "classificationMethod", id="Custom")
    return made


def _rule_based(layer: QgisLayer, style: Style) -> ET.Element:
    made = _bare_renderer("RuleRenderer")
    rules = element(made, "rules", key=_key(layer, "rules"))
    drawn = [*style.classes, *([style.missing] if layer.missing else [])]
    for position, entry in enumerate(drawn):
        missing = entry is style.missing
        element(
            rules,
            "rule",
            key=_key(layer, str(position)),
            symbol=position,
            label=entry.label,
            filter=f"{identifier(style.column)} IS NULL" if missing else _condition(style.column, entry),
            checkstate="1" if _ticked(layer, entry) else "0",
        )
    _add_symbols(made, [_fill_symbol(layer, entry) for entry in drawn])
    return made


def _ticked(layer: QgisLayer, entry: StyleClass) -> bool:
    dull = entry.neutral or (layer.style is not None and entry is layer.style.missing)
    return not (layer.draw == "classed" and dull)


def _key(layer: QgisLayer, part: str) -> str:
    """Return a rule's key: QGIS wants one in braces, and any text that differs will do."""
    return "{" + hashlib.sha256(f"{layer.id} {part}".encode()).hexdigest()[:32] + "}"


def _condition(column: str, entry: StyleClass) -> str:
    field = identifier(column)
    limits = [] if entry.lower is None else [f"{field} >= {_number(entry.lower)}"]
    limits += [] if entry.upper is None else [f"{field} < {_number(entry.upper)}"]
    return " AND ".join(limits) or f"{field} IS NOT NULL"


def _number(value: float) -> str:
    return repr(float(value))


def _add_symbols(renderer: ET.Element, symbols: Iterable[dict[str, str]]) -> None:
    parent = element(renderer, "symbols")
    for position, options in enumerate(symbols):
        symbol = element(
            parent, "symbol", name=position, type="fill", alpha="1", clip_to_extent="1", force_rhr="0"
        )
        layer = element(symbol, "layer", class_="SimpleFill", enabled="1", locked="0", **{"pass": "0"})
        # QGIS before 3.20 reads <prop>, later ones <Option>.
        table = element(layer, "Option", type="Map")
        for name, value in options.items():
            element(table, "Option", name=name, type="QString", value=value)
        for name, value in options.items():
            element(layer, "prop", k=name, v=value)


def _fill_symbol(layer: QgisLayer, entry: StyleClass) -> dict[str, str]:
    bordered = layer.draw == "all" and entry.opacity == 1
    return _symbol(
        fill=colour(entry.colour, entry.opacity),
        fill_style="solid",
        line=colour(_BORDER),
        line_style="solid" if bordered else "no",
        width=_BORDER_MM,
    )


def _outline_symbol() -> dict[str, str]:
    return _symbol(
        fill=colour("#ffffff", 0),
        fill_style="no",
        line=colour(_OUTLINE),
        line_style="solid",
        width=_OUTLINE_MM,
    )


def _symbol(*, fill: str, fill_style: str, line: str, line_style: str, width: float) -> dict[str, str]:
    return {
        "color": fill,
        "style": fill_style,
        "outline_color": line,
        "outline_style": line_style,
        "outline_width": str(width),
        "outline_width_unit": "MM",
        "joinstyle": "round",
        "offset": "0,0",
        "offset_unit": "MM",
    }


def colour(code: str, opacity: float = 1.0) -> str:
    """Return ``"#rrggbb"`` as QGIS writes it: red, green, blue and alpha from 0 to 255."""
    red, green, blue = (int(code[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"


def _raster_pipe(layer: QgisLayer) -> ET.Element:
    """Classes by colour; QGIS takes each item's value as the highest that the class holds."""
    entries: Sequence[StyleClass] = tuple(reversed(layer.style.classes)) if layer.style else ()
    low, high = layer.span or (0.0, 0.0)
    pipe = element(None, "pipe")
    renderer = element(
        pipe,
        "rasterrenderer",
        type="singlebandpseudocolor",
        band="1",
        opacity="1",
        alphaBand="-1",
        nodataColor="",
        classificationMin=_number(low),
        classificationMax=_number(high),
    )
    element(renderer, "rasterTransparency")
    origin = element(renderer, "minMaxOrigin")
    for tag, value in (("limits", "None"), ("extent", "WholeRaster"), ("statAccuracy", "Exact")):
        element(origin, tag, value)
    shader = element(
        element(renderer, "rastershader"),
        "colorrampshader",
        colorRampType="DISCRETE",
        classificationMode="1",
        clip="0",
        minimumValue=_number(low),
        maximumValue=_number(high),
        labelPrecision="4",
    )
    for entry in entries:
        top = "inf" if entry.upper is None else _number(math.nextafter(entry.upper, -math.inf))
        element(
            shader, "item", value=top, color=entry.colour, alpha=round(entry.opacity * 255), label=entry.label
        )
    return pipe
