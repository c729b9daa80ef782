"""A layer's table as other programs' formats can hold it: plain columns, the code among them, in the order of codes."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from hotspots.base.columns import COLUMNS
from hotspots.base.errors import DataError

if TYPE_CHECKING:
    import geopandas as gpd

log = logging.getLogger(__name__)


def plain_table(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the layer with plain text for categories and periods, and its code as the first column."""
    codes = layer.index.astype(str)
    plain = layer.drop(columns="code", errors="ignore").set_axis(codes, axis=0)
    plain = plain.sort_index(kind="stable")
    for column in plain.columns.drop(plain.geometry.name):
        dtype = plain[column].dtype
        if isinstance(dtype, pd.CategoricalDtype | pd.PeriodDtype):
            words = plain[column].astype(object)
            plain[column] = words.where(words.isna(), words.astype(str))
    plain.insert(0, "code", plain.index.to_numpy(dtype=object))
    plain = plain.reset_index(drop=True)
    # What the toolkit notes beside a table is no part of it, and GeoParquet would write it down.
    plain.attrs = {}
    return plain


def has_points(layer: gpd.GeoDataFrame) -> bool:
    """Return whether a layer is of points, of which each is one: files hold other layers as shapes of several parts."""
    return len(layer) > 0 and bool((layer.geom_type == "Point").all())


def with_names(
    layer: gpd.GeoDataFrame,
    what: str,
    *,
    most: int,
    reserved: Collection[str] = (),
    longest: int | None = None,
) -> gpd.GeoDataFrame:
    """Return the layer with names that a format can hold beside its own and each other, and say which are new.

    Parameters
    ----------
    layer : GeoDataFrame
        From `plain_table`.
    what : str
        What the format is called, as in "a GeoPackage".
    most : int
        How many columns it holds.
    reserved : collection of str
        The names that the format keeps for itself. Names that differ in case alone are taken as one.
    longest : int, optional
        How many bytes a name may have.

    Raises
    ------
    DataError
        When the layer has more columns than the format holds.
    """
    if len(layer.columns) > most:
        raise DataError(
            f"{what} holds {most:,} columns, and the layer has {len(layer.columns):,}",
            hint="take fewer categories or months, or write it as .csv, .parquet or .fgb",
        )
    names = [str(column) for column in layer.columns if column != layer.geometry.name]
    # The toolkit's own columns keep their names, and so does the first of two of someone else.
    names.sort(key=lambda name: name not in COLUMNS)
    taken, renamed = set(reserved), {}
    for name in names:
        chosen, number = _cut(name, longest), 2
        while chosen.casefold() in taken:
            end = f"_{number}"
            chosen, number = _cut(name, longest and longest - len(end)) + end, number + 1
        taken.add(chosen.casefold())
        if chosen != name:
            renamed[name] = chosen
    if renamed:
        shown = ", ".join(f"'{old}' is '{new}'" for old, new in renamed.items())
        why = "cannot hold both" if longest is None else f"holds names of {longest} letters"
        log.info("Columns renamed, as %s %s: %s", what, why, shown)
    return layer.rename(columns=renamed)


def _cut(name: str, longest: int | None) -> str:
    return name if longest is None else name.encode()[:longest].decode(errors="ignore")
