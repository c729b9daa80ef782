"""QGIS expressions: how they quote names and text, and the map tips made of them."""

from __future__ import annotations

from collections.abc import Sequence

from hotspots.areas.hidden import zero_word
from hotspots.base.columns import COLUMNS, MISSING, column_label
from hotspots.export.style import Style

_FIGURES = ("n", "rate", "density", "dens_lo", "dens_hi", "gi_q")


def identifier(column: str) -> str:
    """Return a column as a QGIS expression names it."""
    return '"' + column.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return text as a QGIS expression holds it, also inside the ``[% %]`` of a map tip."""
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    return quoted.replace("%]", "%' || ']")


def map_tip(columns: Sequence[str], style: Style | None, *, few: int = 0) -> str:
    """Return the HTML that QGIS shows on hover: the area's name, its class in words, the main figures.

    Names come from the data, so the expression itself turns them into text that HTML cannot run. Where counts are
    rounded, a 0 reads as what it stands for: fewer than `few`.
    """
    known = [name for name in columns if "%]" not in name]  # which would end the expression
    head = [name for name in known if name in ("name", "district")] or known[:1]
    lines = [_tag("b" if not position else "i", _words(name)) for position, name in enumerate(head)]
    rows = []
    if style is not None and style.column in known and any(c.value is not None for c in style.classes):
        rows.append((style.title, _class_words(style)))
    shown = [style.column] if style is not None and not rows else []
    shown += [name for name in _FIGURES if name not in shown]
    rows += [(column_label(name), _figure(name, few)) for name in shown if name in known]
    lines += [f"{_html(label)}: {_tag('b', expression)}" for label, expression in rows]
    return "<br>".join(lines)


def _tag(name: str, expression: str) -> str:
    return f"<{name}>[% {expression} %]</{name}>"


def _html(text: str) -> str:
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("[%", "&#91;%")


def _words(column: str) -> str:
    text = f"coalesce({identifier(column)}, '')"
    for raw, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = f"replace({text}, '{raw}', '{safe}')"
    return text


def _figure(column: str, few: int) -> str:
    known = COLUMNS.get(column)
    decimals = known.decimals if known else 2
    written = f"format_number({identifier(column)}, {decimals})"
    if word := zero_word(column, few):
        written = f"if({identifier(column)} = 0, {literal(word)}, {written})"
    return f"coalesce({written}, {literal(MISSING)})"


def _class_words(style: Style) -> str:
    field = identifier(style.column)
    cases = " ".join(
        f"WHEN {field} = {literal(entry.value)} THEN {literal(_html(entry.label))}"
        for entry in style.classes
        if entry.value is not None
    )
    return f"CASE {cases} ELSE {literal(_html(style.missing.label))} END"
