"""The layers of a run as files hold them: cells without anything to show left out, months beside the first areas."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd

from hotspots.analysis.charts import whole_months
from hotspots.analysis.results import Analysis, Group, Layer, ThemeResult
from hotspots.areas.uncovered import with_coverage
from hotspots.base.columns import COLUMNS

LEFT_OUT = "Cells without an incident that are neither hotspot nor coldspot are left out"
NOTHING: Mapping[str, gpd.GeoDataFrame] = MappingProxyType({})
_CLASSES = ("gi_class", "em_class", "lm_class")


def written_table(layer: Layer, uncovered: Mapping[str, gpd.GeoDataFrame] = NOTHING) -> gpd.GeoDataFrame:
    """Return a layer's table as files hold it: of cells, those with an incident, and those in a hotspot or coldspot.

    A grid over a county has some forty thousand cells, nearly all of them fields; what is left out of the files
    counts in every figure.

    Parameters
    ----------
    layer : Layer
        What is written.
    uncovered : mapping of str to GeoDataFrame
        The areas that the files do not cover, by the key of the layer: rows of missing values among the others.
    """
    table = layer.table
    if layer.key in uncovered:
        return with_coverage(table, uncovered[layer.key])
    if layer.kind != "cells" or "n" not in table:
        return table
    kept = table["n"] > 0
    for column in _CLASSES:
        if column in table:
            dull = {entry.value for entry in COLUMNS[column].classes if entry.neutral}
            words = table[column].astype(object)
            kept |= words.notna() & ~words.isin(dull)
    return table[kept]


def left_out_words(layer: Layer) -> str:
    """Return the sentence that says how many cells a layer's files hold; empty where they hold all rows."""
    held = len(written_table(layer))
    if held == len(layer.table):
        return ""
    return f"{LEFT_OUT}: {held:,} of {len(layer.table):,} are here."


def month_columns(group: Group, partial: str | None) -> dict[str, str]:
    """Return the columns of a theme's months by month, the earliest first; empty where there is no second month.

    A last month that is not whole (`partial`) is left out.

    They stand beside the first areas in the GeoPackage, which is what QGIS steps through.
    """
    if not isinstance(group, ThemeResult) or group.monthly is None:
        return {}
    months = whole_months(group.monthly, partial).columns
    return {str(month): f"n_{str(month).replace('-', '_')}" for month in months} if len(months) > 1 else {}


def with_months(
    group: Group, layer: Layer, partial: str | None, uncovered: Mapping[str, gpd.GeoDataFrame] = NOTHING
) -> gpd.GeoDataFrame:
    """Return a layer's table as its GeoPackage holds it: the first areas of a theme with their months."""
    table, months = written_table(layer, uncovered), month_columns(group, partial)
    if (
        not months
        or layer is not group.layers[0]
        or not isinstance(group, ThemeResult)
        or group.monthly is None
    ):
        return table
    counts = whole_months(group.monthly, partial).set_axis(list(months.values()), axis=1)
    return table.join(counts[[name for name in counts if name not in table]])


def has_districts(analysis: Analysis) -> bool:
    """Return whether there are lines of districts to draw: two districts at least, or one that is known."""
    return bool((analysis.outline["name"] != "").any())
