"""What the card of an area tells beside its layers' columns: its offences, and the smaller areas inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from hotspots.areas.locate.index import AreaIndex
from hotspots.incidents.gate import row_weights


@dataclass(frozen=True, eq=False)
class AreaFacts:
    """What is known of the first areas of a run beside its themes.

    Attributes
    ----------
    offences : DataFrame of numbers
        Incidents of the first source, by area and category; categories without an incident are left out. No column
        where incidents have no category.
    within : mapping of str to ndarray of int
        By the key of a layer of smaller areas: the position of the first area in which the middle of each of them
        lies, -1 for none.
    """

    offences: pd.DataFrame
    within: Mapping[str, Any] = field(default_factory=dict)


def count_offences(incidents: pd.DataFrame, areas: pd.DataFrame, assigned: pd.Series[Any]) -> pd.DataFrame:
    """Return the incidents of each area by category, 0 where there are none.

    Parameters
    ----------
    incidents : DataFrame
        The incidents table; those without a category, or in no area, are not counted.
    areas : DataFrame
        Indexed by code.
    assigned : Series
        The code of the area of each incident, on their index.

    Examples
    --------
    >>> incidents = pd.DataFrame({"category": ["Burglary", "Drugs", "Drugs", None]})
    >>> areas = pd.DataFrame(index=["E1", "E2"])
    >>> count_offences(incidents, areas, pd.Series(["E1", "E1", "E1", "E1"])).loc["E1"].to_dict()
    {'Burglary': 1, 'Drugs': 2}
    """
    if "category" not in incidents:
        return pd.DataFrame(index=areas.index)
    weights = row_weights(incidents)
    rows = pd.DataFrame(
        {
            "area": assigned.reindex(incidents.index).astype(object).to_numpy(),
            "category": incidents["category"].astype(object).to_numpy(),
            "n": 1 if weights is None else weights,
        }
    ).dropna(subset=["area", "category"])
    if rows.empty:
        return pd.DataFrame(index=areas.index)
    counted = rows.pivot_table(index="area", columns="category", values="n", aggfunc="sum", fill_value=0)
    return counted.reindex(areas.index, fill_value=0)


def find_within(smaller: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Any:
    """Return the position of the area in which the middle of each smaller one lies; -1 for none.

    The middle is a point inside the smaller area, so that every one belongs to at most one area; one that straddles a
    border belongs to the area of that point alone.

    Parameters
    ----------
    smaller, areas : GeoDataFrame
        Areas tables of one reference system.

    Returns
    -------
    ndarray of int, one for each of `smaller`
    """
    middle = shapely.get_coordinates(shapely.point_on_surface(smaller.geometry.to_numpy()))
    index = AreaIndex(areas.geometry.to_numpy(), points=len(middle))
    return index.locate(np.ascontiguousarray(middle[:, 0]), np.ascontiguousarray(middle[:, 1]))


def find_facts(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    assigned: pd.Series[Any],
    others: Sequence[tuple[str, gpd.GeoDataFrame]],
) -> AreaFacts:
    """Return the facts of the first areas of a run.

    Parameters
    ----------
    incidents : DataFrame
        Those of the first source.
    areas : GeoDataFrame
        The first areas.
    assigned : Series
        The code of the area of each incident.
    others : sequence of (str, GeoDataFrame)
        The other layers of areas by their keys. Those whose areas are not smaller, by the median, hold nothing.
    """
    size = float(np.median(areas.geometry.area))
    within = {
        key: find_within(layer, areas)
        for key, layer in others
        if len(layer) > len(areas) and float(np.median(layer.geometry.area)) < size
    }
    return AreaFacts(count_offences(incidents, areas, assigned), within)
