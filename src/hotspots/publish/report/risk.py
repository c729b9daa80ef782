"""The report's section on risk: which areas' rates are over a multiple of that of all areas, chance taken out."""

from __future__ import annotations

from hotspots.analysis.results import Analysis, Layer, ThemeResult
from hotspots.base.columns import format_value
from hotspots.export.document import Block, Paragraphs, Part, Section, Table
from hotspots.publish.words.names import full_name, plural, singular, times_words
from hotspots.publish.words.publication import count_cell, rate_cell

SHOWN = 20  # areas in a theme's table, the surest first
WORDS = {"clear": "clearly", "likely": "likely"}


def risk_section(analysis: Analysis) -> Section | None:
    """Return the areas that are clearly or likely over the multiple, by theme; None where none was asked for."""
    step = analysis.recipe.risk
    if step is None:
        return None
    parts = [
        Part(
            theme.name,
            [_table(analysis, theme, layer) for layer in theme.layers if "rk_class" in layer.table],
        )
        for theme in analysis.themes
    ]
    said = (
        f"An area is clearly over where the probability that its rate is more than {times_words(step.times)} of "
        "all areas is 95% or more, and likely over from 80%. The rate beside it has chance taken out: it is drawn "
        "towards that of all areas, the more so the fewer the incidents."
    )
    return Section("Risk", [Paragraphs([said], small=True)], parts)


def _table(analysis: Analysis, theme: ThemeResult, layer: Layer) -> Block:
    table = layer.whole
    over = table[table["rk_class"].isin(list(WORDS))]
    # The surest first; of equal probabilities the higher rate, then the area that is first in the layer.
    over = over.sort_values(["rk_p", "rk_rate"], ascending=False, kind="stable")
    if over.empty:
        return Paragraphs([f"No {plural(singular(layer.label))} is clearly or likely over it."])
    rows = [
        [
            full_name(row),
            count_cell(row["n"], analysis),
            rate_cell(row["rate"], row["n"], analysis),
            f"{format_value('rk_rate', row['rk_rate'])} ({format_value('rk_lo', row['rk_lo'])} to "
            f"{format_value('rk_hi', row['rk_hi'])})",
            format_value("rk_p", row["rk_p"]),
            WORDS[str(row["rk_class"])],
        ]
        for _, row in over.head(SHOWN).iterrows()
    ]
    which = f", the {SHOWN} surest of {len(over):,}" if len(over) > SHOWN else ""
    caption = f"{theme.name}: {plural(layer.label)} over the multiple{which}"
    area = singular(layer.label)
    headings = [area, "Incidents", "Rate", "Chance taken out (95% limits)", "Probability", "Over"]
    note = "Rates are per 1,000 people a year."
    return Table(caption, headings, rows, numbers=frozenset(range(1, 5)), note=note)
