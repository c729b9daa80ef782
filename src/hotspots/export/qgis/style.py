"""How QGIS draws one layer: renderers, aliases and map tips, from the classes that every output shares."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from hotspots.areas.hidden import zero_word
from hotspots.base.columns import COLUMNS, column_label
from hotspots.base.poisson import FEW
from hotspots.export.qgis.context import add_context_symbol
from hotspots.export.qgis.labels import Labels, labeling
from hotspots.export.qgis.parts import add_symbol, colour, element, inert
from hotspots.export.qgis.tip import identifier, literal, map_tip
from hotspots.export.style import Style, StyleClass
from hotspots.export.unsure import counts_behind, ink_on, unsure_class

# The oldest QGIS that reads all of this. Newer ones take it as it is.
VERSION = "3.22.16"

_BORDER = "#6e6e6e"
_BORDER_MM = 0.12
_OUTLINES: Mapping[str, tuple[str, float]] = {"thin": (_BORDER, _BORDER_MM), "thick": ("#262626", 0.5)}
_FAR_MM = 0.2  # of thick lines where they lie close together
_PROBABILITIES = ("gi_p", "gi_se", "gi_q", "lm_p", "lm_q")  # rounded, the smallest would read 0


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
    kind : {'areas', 'lines', 'points', 'raster'}
        Polygons; roads or water, and towns, of the reader's own; or one band of numbers.
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
    labels : Labels or None
        The names on the map; None for none.
    line : {'thin', 'thick', 'road', 'water'}
        How outlines or lines are drawn, where there is no `style`.
    months : tuple of (str, str)
        Months and their columns, the earliest first, of a layer that QGIS's temporal controller steps through:
        ``(("2025-01", "n_2025_01"), ...)``. Without the controller the last is drawn.
    hatched : bool
        Whether some of its rates are of so few incidents that they are hatched.
    bordered_from, hatched_from : float
        Denominators of the scales from which on areas are large enough for borders (thick ones: for their full width)
        and for hatches; 0 for all scales.
    few : int
        What a 0 of its counts stands for fewer than, where they are rounded; else 0.
    """

    path: str
    title: str
    extent: tuple[float, float, float, float]
    style: Style | None = None
    table: str | None = None
    group: str = ""
    columns: tuple[str, ...] = ()
    kind: Literal["areas", "lines", "points", "raster"] = "areas"
    crs: str = "EPSG:27700"
    visible: bool = False
    draw: Literal["all", "classed"] = "all"
    missing: bool = False
    span: tuple[float, float] | None = None
    note: str = ""
    labels: Labels | None = None
    line: Literal["thin", "thick", "road", "water"] = "thin"
    months: tuple[tuple[str, str], ...] = ()
    hatched: bool = False
    bordered_from: float = 0
    hatched_from: float = 0
    few: int = 0

    @property
    def id(self) -> str:
        """An id that only this layer of a project has, the same on every run."""
        column = self.style.column if self.style else ""
        named = "\n".join((self.path, self.table or "", self.group, self.title, column))
        digest = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.kind}_{column}_{digest[:32]}"

    @property
    def counted(self) -> bool:
        """Whether the legend says how many areas each class has; of contours, which are one a class, it does not."""
        return self.kind == "areas" and self.style is not None and "dens_lo" not in self.columns

    @property
    def drawable(self) -> bool:
        """Whether there is anything on the map."""
        return all(math.isfinite(value) for value in self.extent)

    @property
    def source(self) -> str:
        """The data source as QGIS writes it."""
        return f"./{self.path}" + (f"|layername={self.table}" if self.table else "")


def style_elements(layer: QgisLayer) -> list[ET.Element]:
    """Return what a layer's `.qml` holds, and its entry in a project too."""
    if layer.kind == "raster":
        return [_raster_pipe(layer), element(None, "blendMode", "0")]
    title = next((name for name in ("name", "code") if name in layer.columns), "")
    return [
        _temporal(layer),
        _renderer(layer),
        *([] if layer.labels is None else [labeling(layer.labels)]),
        element(None, "layerOpacity", "1"),
        _field_formats(layer),
        _aliases(layer),
        element(None, "previewExpression", identifier(title) if title else ""),
        element(None, "mapTip", map_tip(layer.columns, layer.style, few=layer.few), enabled="1"),
    ]


def _temporal(layer: QgisLayer) -> ET.Element:
    """Let QGIS draw the layer again for every month that its temporal controller steps to."""
    made = element(
        None,
        "temporal",
        enabled=str(int(bool(layer.months))),
        mode="5",  # redraw
        limitMode="0",
        fixedDuration="0",
        accumulate="0",
        durationUnit="min",
        **dict.fromkeys(("startField", "endField", "durationField", "startExpression", "endExpression"), ""),
    )
    span = element(made, "fixedRange")
    element(span, "start")
    element(span, "end")
    return made


def _drawn_by(layer: QgisLayer, style: Style) -> str:
    """Return the expression whose value is drawn: a column, or that of the month that is stepped to."""
    if not layer.months:
        return style.column
    cases = " ".join(
        f"WHEN format_date(@map_start_time, 'yyyy-MM') = {literal(month)} THEN {identifier(column)}"
        for month, column in layer.months
    )
    return f"CASE {cases} ELSE {identifier(layer.months[-1][1])} END"


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
        alias, word = column_label(name), zero_word(name, layer.few)
        alias = f"{alias}; 0 is {word}" if word else alias
        element(made, "alias", field=name, index=position, name="" if alias == name else alias)
    return made


def _renderer(layer: QgisLayer) -> ET.Element:
    style = layer.style
    if style is None:
        return _outlines(layer)
    if any(entry.value is not None for entry in style.classes):
        return _categorised(layer, style)
    if layer.hatched or layer.missing or layer.span is None:
        return _rule_based(layer, style)
    return _graduated(layer, style, layer.span)


def _outlines(layer: QgisLayer) -> ET.Element:
    """Draw lines or points at all scales, and borders of areas from the scale on where they hide no colours."""
    if layer.kind == "areas" and layer.line == "thin" and layer.bordered_from:
        made = _bare_renderer("RuleRenderer")
        rules = element(made, "rules", key=_key(layer, "rules"))
        said = f"Borders, from 1:{layer.bordered_from:,.0f}"
        limit = {"scalemaxdenom": f"{layer.bordered_from:.0f}"}
        element(rules, "rule", key=_key(layer, "0"), symbol="0", label=said, checkstate="1", **limit)
        _add_symbols(made, [[_outline_symbol(layer)]])
        return made
    made = _bare_renderer("singleSymbol")
    if layer.kind == "areas":
        _add_symbols(made, [[_outline_symbol(layer)]])
        if layer.bordered_from:
            near = _OUTLINES[layer.line][1]
            width = f"CASE WHEN @map_scale > {layer.bordered_from:.0f} THEN {_FAR_MM} ELSE {near} END"
            _define(made.findall("symbols/symbol/layer")[0], "outlineWidth", width)
    else:
        add_context_symbol(made, layer.kind, layer.line)
    return made


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
            label=inert(_label(entry)),
            render="true" if _ticked(layer, entry) else "false",
        )
    _add_symbols(made, [_fills(layer, entry) for entry in drawn])
    _thin_out(layer, made)
    return made


def _graduated(layer: QgisLayer, style: Style, span: tuple[float, float]) -> ET.Element:
    """List the highest first: QGIS gives a value on a limit to the first class listed."""
    made = _bare_renderer("graduatedSymbol", attr=_drawn_by(layer, style), graduatedMethod="GraduatedColor")
    ranges = element(made, "ranges")
    for position, entry in enumerate(style.classes):
        element(
            ranges,
            "range",
            lower=_number(span[0] if entry.lower is None else entry.lower),
            upper=_number(span[1] if entry.upper is None else entry.upper),
            symbol=position,
            label=inert(_label(entry)),
            render="true" if _ticked(layer, entry) else "false",
        )
    _add_symbols(made, [_fills(layer, entry) for entry in style.classes])
    _thin_out(layer, made)
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
            label=inert(_label(entry)),
            filter=f"{identifier(style.column)} IS NULL" if missing else _condition(style.column, entry),
            checkstate="1" if _ticked(layer, entry) else "0",
        )
    symbols = [_fills(layer, entry) for entry in drawn]
    if layer.hatched:
        _add_hatch_rule(layer, style, rules, len(symbols))
        symbols.append([_hatch("#ffffff")])
    _add_symbols(made, symbols)
    _thin_out(layer, made)
    if layer.hatched:
        # The hatch is dark on pale classes and pale on dark ones, as on the web.
        _add_ink(made.findall("symbols/symbol/layer")[-1], style)
    return made


def _add_hatch_rule(layer: QgisLayer, style: Style, rules: ET.Element, symbol: int) -> None:
    """Add the rule that hatches rates of few incidents over the colours of their classes."""
    where = f" from 1:{layer.hatched_from:,.0f}" if layer.hatched_from else ""
    line = unsure_class(style, lead=f"Hatched{where}")
    if line is None:
        return
    element(
        rules,
        "rule",
        key=_key(layer, "hatched"),
        symbol=symbol,
        label=inert(_label(line)),
        filter=f"{identifier(counts_behind(style.column))} < {FEW} AND {identifier(style.column)} IS NOT NULL",
        checkstate="1",
        **({"scalemaxdenom": f"{layer.hatched_from:.0f}"} if layer.hatched_from else {}),
    )


def _add_ink(fill: ET.Element, style: Style) -> None:
    """Let the colour of a hatch follow from the class that it lies over."""
    cases = " ".join(
        f"WHEN {_condition(style.column, entry)} THEN {literal(colour(ink_on(entry.colour)))}"
        for entry in style.classes
    )
    _define(fill, "fillColor", f"CASE {cases} END")


def _thin_out(layer: QgisLayer, renderer: ET.Element) -> None:
    """Let borders take the colour that they enclose where they would hide it, so that areas leave no gaps."""
    if not layer.bordered_from:
        return
    for fill in renderer.findall("symbols/symbol/layer"):
        if fill.find("Option/Option[@name='outline_style']").get("value") == "solid":  # type: ignore[union-attr]
            near = f"@map_scale <= {layer.bordered_from:.0f}"
            _define(
                fill,
                "outlineColor",
                f"CASE WHEN {near} THEN {literal(colour(_BORDER))} ELSE @symbol_color END",
            )


def _define(fill: ET.Element, setting: str, expression: str) -> None:
    """Let an expression say a setting of a symbol."""
    table = element(element(fill, "data_defined_properties"), "Option", type="Map")
    element(table, "Option", name="name", type="QString", value="")
    held = element(
        element(table, "Option", name="properties", type="Map"), "Option", name=setting, type="Map"
    )
    element(held, "Option", name="active", type="bool", value="true")
    element(held, "Option", name="expression", type="QString", value=expression)
    element(held, "Option", name="type", type="int", value="3")
    element(table, "Option", name="type", type="QString", value="collection")


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


def _label(entry: StyleClass) -> str:
    """Return what the legend calls a class, behind its mark where it has one."""
    return f"{entry.mark} {entry.label}" if entry.mark else entry.label


def _add_symbols(renderer: ET.Element, symbols: Iterable[Sequence[dict[str, str]]]) -> None:
    parent = element(renderer, "symbols")
    for position, fills in enumerate(symbols):
        add_symbol(parent, str(position), "fill", "SimpleFill", fills)


def _fills(layer: QgisLayer, entry: StyleClass) -> list[dict[str, str]]:
    """Return the colour of a class and, where it could come out otherwise, a hatch over it."""
    if not entry.unsure:
        return [_fill_symbol(layer, entry)]
    return [_fill_symbol(layer, entry), _hatch(entry.colour)]


def _hatch(ground: str) -> dict[str, str]:
    """Return the hatch over a colour."""
    return _symbol(
        fill=colour(ink_on(ground)),
        fill_style="f_diagonal",
        line=colour(_BORDER),
        line_style="no",
        width=_BORDER_MM,
    )


def _fill_symbol(layer: QgisLayer, entry: StyleClass) -> dict[str, str]:
    bordered = layer.draw == "all" and entry.opacity == 1
    return _symbol(
        fill=colour(entry.colour, entry.opacity),
        fill_style="solid",
        line=colour(_BORDER),
        line_style="solid" if bordered else "no",
        width=_BORDER_MM,
    )


def _outline_symbol(layer: QgisLayer) -> dict[str, str]:
    shade, width = _OUTLINES[layer.line]
    return _symbol(
        fill=colour("#ffffff", 0),
        fill_style="no",
        line=colour(shade),
        line_style="solid",
        width=width,
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
            shader,
            "item",
            value=top,
            color=entry.colour,
            alpha=round(entry.opacity * 255),
            label=inert(_label(entry)),
        )
    return pipe
