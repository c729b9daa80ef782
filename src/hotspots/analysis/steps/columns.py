"""Columns of a layer, asked for by name, and added to it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.areas.uncovered import NOT_COVERED, not_covered
from hotspots.base.errors import DataError, did_you_mean
from hotspots.base.numerals import mostly_numbers


def column_of(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a column of a layer; a name that it lacks is told with those like it."""
    choices = [column for column in layer.columns if column != layer.geometry.name]
    if name not in choices:
        raise DataError(f"the layer has no column '{name}'", hint=did_you_mean(name, choices))
    column: pd.Series = layer[name]
    return column


def numbers_of(layer: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a column of a layer as numbers, missing where the files do not cover the area in every month.

    A column of texts, or of yes and no, is refused.
    """
    values = column_of(layer, name)
    held = mostly_numbers(values, what=f"'{name}' of the layer")
    if held is None or pd.api.types.is_bool_dtype(values):
        numeric = [c for c in layer.columns if pd.api.types.is_numeric_dtype(layer[c])]
        example = "" if values.dropna().empty else f", but '{values.dropna().iloc[0]}'"
        raise DataError(
            f"the column '{name}' does not hold numbers{example}", hint=did_you_mean(name, numeric)
        )
    return held.mask(not_covered(layer)) if "coverage" in layer else held


def add_columns(layer: gpd.GeoDataFrame, added: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the layer with columns added or replaced, the geometry last; what is not covered is in no class."""
    if "coverage" in layer:
        out = (layer["coverage"] == NOT_COVERED).to_numpy()
        words = [name for name in added if not pd.api.types.is_numeric_dtype(added[name].dtype)]
        added = added.copy()
        for name in words:
            added[name] = added[name].astype(object).mask(out, None)
    kept = layer.drop(columns=[name for name in added.columns if name in layer.columns])
    joined: Any = kept.join(added)
    geometry = layer.geometry.name
    order = [name for name in joined.columns if name != geometry] + [geometry]
    result: gpd.GeoDataFrame = joined[order]
    result.attrs = dict(layer.attrs)
    return result
