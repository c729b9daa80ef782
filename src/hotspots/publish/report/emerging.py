"""The report's section on emerging hotspots: what kind of hotspot the areas are, in a sentence for each kind."""

from __future__ import annotations

from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.base.text import list_words
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.emerging import emerging_note, kind_words, kinds_found, step_word, steps_of
from hotspots.publish.words.names import full_name, plural

SHOWN = 8  # areas named of each kind


def emerging_section(analysis: Analysis) -> Section | None:
    """Return the kinds of hotspot by theme and layer; None where none was asked for."""
    step = analysis.recipe.emerging
    if step is None:
        return None
    word = step_word(step.step)
    note = emerging_note(step, steps_of(analysis))
    parts = [
        Part(theme.name, [_table(theme, layer, word) for layer in theme.layers if "em_class" in layer.table])
        for theme in analysis.themes
    ]
    return Section("Emerging hotspots", [Paragraphs([note.entry()[1]], small=True)], parts)


def _table(theme: ThemeResult, layer: Layer, word: str) -> Block:
    found = kinds_found(layer.whole)
    areas = "cells" if layer.kind == "cells" else plural(layer.label)
    if not found:
        return Paragraphs([f"No {areas} are hot or cold in the last {word}, or in 90% of {word}s."])
    rows = []
    for kind, number in found:
        meaning = kind_words(kind, step=word)
        row = [kind[:1].upper() + kind[1:], f"{meaning[:1].upper()}{meaning[1:]}.", f"{number:,}"]
        rows.append(row if layer.kind == "cells" else [*row, _named(layer, kind)])
    headings = [
        "Kind",
        "What it is",
        "Number",
        *(["Which, most often hot or cold first"] * (layer.kind != "cells")),
    ]
    return Table(f"{theme.name}: {areas}", headings, rows, numbers=frozenset({2}))


def _named(layer: Layer, kind: str) -> str:
    """Return the areas of a kind, those with most steps first; of as many, in the order of the layer."""
    held = layer.whole[layer.whole["em_class"].astype(str) == kind]
    order = "em_hot" if kind.endswith("hotspot") else "em_cold"
    names = [full_name(row) for _, row in held.sort_values(order, ascending=False, kind="stable").iterrows()]
    return (
        list_words(names)
        if len(names) <= SHOWN
        else f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"
    )
