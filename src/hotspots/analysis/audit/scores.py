"""Whether z scores are those of the numbers that are shown, or carry the exact ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.audit.context import Context
from hotspots.analysis.audit.shown import Shown
from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.base.errors import HotspotsError

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]

# Scores of rates that were rounded to a decimal, and of rates that were not, agree to about this.
_AGREE = 0.05
_MOST = 0.95
_EXACT = "column 'gi_z' is not made from the counts shown but from the exact ones, which can be solved for"


def score_troubles(
    tables: Sequence[Shown], context: Context, shapes: Mapping[str, gpd.GeoDataFrame]
) -> tuple[list[str], list[str]]:
    """Return which columns of Gi* carry other counts than those shown, and which could not be compared.

    A z score is a linear map of the values, so that who has the borders and knows two of the values can solve for all
    the others. Where it is the score of the numbers beside it, that gives back those numbers and no more.

    Returns
    -------
    troubles, unread : list of str
    """
    troubles, unread, near = [], [], dict[str, Neighbours]()
    asked = context.gistar
    for table in tables:
        if "gi_z" not in table.rows or table.level not in shapes:
            continue
        z = table.numbers["gi_z"][0]
        values = next((held for name in _names(asked) if (held := _values(table, name)) is not None), None)
        at = f"{table.file}, '{table.where}'" if table.where else table.file
        counts = _values(table, "n")
        if values is None or counts is None or np.isnan(counts).any():
            # What stands in for a hidden count in the mean of all is not known here.
            unread.append(f"{at}: column 'gi_z', as not all counts that it may rest on are shown")
            continue
        if table.level not in near:
            near[table.level] = _neighbours(shapes[table.level], asked)
        found = z_scores(pd.Series(values, index=table.rows.index), near[table.level])
        told = np.isfinite(z) & np.isfinite(found)
        if told.any() and (np.abs(z - found)[told] < _AGREE).mean() < _MOST:
            troubles.append(f"{at}: {_EXACT}")
    return troubles, unread


def _names(asked: Mapping[str, Any]) -> Iterator[str]:
    yield str(asked.get("value") or "n")
    yield from ("n", "rate")


def _values(table: Shown, name: str) -> Floats | None:
    """Return the numbers of a column; None where the table has none of that name."""
    return table.numbers[name][0] if name in table.rows else None


def _neighbours(layer: gpd.GeoDataFrame, asked: Mapping[str, Any]) -> Neighbours:
    kept = {name: asked[name] for name in ("distance", "nearest") if asked.get(name) is not None}
    try:
        return make_neighbours(layer, method=asked.get("neighbours") or "queen", **kept)
    except HotspotsError:
        return make_neighbours(layer, method="queen")


def z_scores(values: pd.Series[Any], near: Neighbours) -> Floats:
    """Return Gi* of values with binary weights, by its formula; NaN where a value or all neighbours are missing."""
    place = near.index.get_indexer(values.index.astype(str))
    x = np.full(len(near.index), np.nan)
    x[place[place >= 0]] = values.to_numpy(dtype=float)[place >= 0]
    kept = np.flatnonzero(np.isfinite(x))
    weights = near.matrix[kept][:, kept]
    n, y = len(kept), x[kept]
    number = np.asarray(weights.sum(axis=1)).ravel() + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = y.std() * np.sqrt((n * number - number**2) / (n - 1))
        z = (weights @ y + y - y.mean() * number) / spread
    found = np.full(len(near.index), np.nan)
    found[kept] = np.where(number > 1, z, np.nan)
    return np.where(place >= 0, found[place], np.nan)
