"""What the cards of a map tell: the facts chosen from an analysis, or from a layer that was written earlier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.results import Analysis, Layer, Selection, ThemeResult
from hotspots.base.columns import COLUMNS
from hotspots.export.webmap.cards import Card, Measure, Within
from hotspots.publish.words.card import sure_words
from hotspots.publish.words.change import change_words, compared_words
from hotspots.publish.words.publication import few_of
from hotspots.publish.words.reference import all_areas

MANY = 5_000  # of a layer of more areas no card says which lie inside it


def analysis_card(analysis: Analysis, shown: Mapping[int, gpd.GeoDataFrame]) -> Card:
    """Return what the cards of an analysis' first areas tell.

    Parameters
    ----------
    analysis : Analysis
        What was computed.
    shown : mapping of int to GeoDataFrame
        The table that the map shows of each layer, by the identity of the layer's own table.
    """
    label, selection = analysis.recipe.areas[0].label, analysis.selection
    ranked = None if selection is None else shown[id(selection.layers[0].table)]
    themes = [theme for theme in analysis.themes if _measured(theme) is not None]
    column = "rate" if themes and all(_measured(theme) == "rate" for theme in themes) else "n"
    return Card(
        everyone=all_areas(analysis.whole, label),
        ranked=ranked,
        sure=None if ranked is None else sure_of(ranked),
        measures=[
            *(() if selection is None or ranked is None else _indicators(selection, ranked)),
            *(_measure(analysis, theme, shown[id(theme.first)], column) for theme in themes),
        ],
        unit=COLUMNS[column].unit if selection is None else f"themes: {COLUMNS[column].unit}",
        compared=_compared(analysis),
        offences=None if analysis.facts is None else analysis.facts.offences,
        within=_within(analysis, shown),
    )


def layer_card(layer: gpd.GeoDataFrame) -> Card:
    """Return what the cards of a layer from a file tell: its rank, how sure it is, and its rate or its number."""
    column = next((name for name in ("rate", "n") if name in layer and layer[name].notna().any()), None)
    measures = []
    if column is not None:
        measures = [
            Measure(
                COLUMNS[column].label,
                layer,
                column,
                _mean(layer, column),
                "sd_flag" if "sd_flag" in layer else "",
            )
        ]
    ranked = "rank" in layer
    return Card(
        everyone=all_areas(layer, "Areas"),
        ranked=layer if ranked else None,
        sure=sure_of(layer) if ranked else None,
        measures=measures,
        unit="" if column is None else COLUMNS[column].unit,
    )


def sure_of(layer: pd.DataFrame) -> pd.Series[str] | None:
    """Return how sure the selection of each area of a layer is, in words; None where it does not say."""
    if not {"sel_share", "selected"} <= set(layer.columns):
        return None
    chances = pd.to_numeric(layer["sel_share"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    selected = layer["selected"].fillna(False).astype(bool).to_numpy()
    said = [
        sure_words(float(chance), selected=bool(one)) for chance, one in zip(chances, selected, strict=True)
    ]
    return pd.Series(said, index=layer.index, dtype="str")


def _measured(theme: ThemeResult) -> str | None:
    return next(
        (name for name in ("rate", "n") if name in theme.first and theme.first[name].notna().any()), None
    )


def _mean(table: pd.DataFrame, column: str) -> float:
    return float(table[column].astype(float).mean())


def _measure(analysis: Analysis, theme: ThemeResult, table: gpd.GeoDataFrame, column: str) -> Measure:
    step = analysis.recipe.flag
    flagged = "sd_flag" in table and step is not None and step.value == column
    change = None
    if theme.change is not None and analysis.comparison is not None:
        rows: Any = theme.change.areas.reindex(table.index)
        change = pd.Series(
            [change_words(row, few=few_of(analysis)) for _, row in rows.iterrows()],
            index=table.index,
            dtype="str",
        )
    return Measure(
        theme.name, table, column, _mean(table, column), "sd_flag" if flagged else "", change=change
    )


def _indicators(selection: Selection, table: gpd.GeoDataFrame) -> list[Measure]:
    """Return what the selection rests on: each indicator in its latest period, named with its unit."""
    names = selection.priorities.indicators.headings.values()
    return [Measure(name, table, name, _mean(table, name), decimals=1) for name in names if name in table]


def _compared(analysis: Analysis) -> str:
    """Return the periods that the changes are between: ``"January to April 2025 against January to April 2024"``."""
    if analysis.comparison is None or all(theme.change is None for theme in analysis.themes):
        return ""
    before, after = compared_words(analysis.comparison)
    return f"{after} against {before}"


def _within(analysis: Analysis, shown: Mapping[int, gpd.GeoDataFrame]) -> list[Within]:
    """Return the layers of smaller areas, by the tables of the first theme: all themes share their polygons."""
    if analysis.facts is None or not analysis.themes:
        return []
    layers: dict[str, Layer] = {layer.key: layer for layer in analysis.themes[0].layers}
    return [
        Within(layers[key].label, shown[id(layers[key].table)], holder)
        for key, holder in analysis.facts.within.items()
        if key in layers and len(holder) <= MANY
    ]
