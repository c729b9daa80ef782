"""Localities: selected areas that touch each other, joined and named."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.areas.gate import as_areas, with_all_columns
from hotspots.areas.neighbours import Neighbours
from hotspots.base.errors import DataError
from hotspots.base.text import list_words

ORDER = (
    "force-wide",
    "borderline force-wide",
    "overall",
    "borderline overall",
    "local",
    "borderline local",
    "watch",
)
"""The priorities of a locality's areas, from the highest; an analysis has force-wide ones or overall ones."""
NAMED = 4
"""At most this many areas are named in a locality's name."""


def join_localities(
    areas: gpd.GeoDataFrame, selection: pd.DataFrame, neighbours: Neighbours
) -> pd.Series[str]:
    """Return the name of the locality that each selected area belongs to.

    Selected areas that are neighbours, directly or through other selected areas, are one locality; one
    without a selected neighbour stays itself. A locality is named after its areas, the highest-ranked first:
    "Burton, Eton Park and Shobnall", or "Burton, Eton Park, Shobnall, Stapenhill and 2 more"; names that hold
    an "and" themselves are set apart by semicolons, "Etruria and Hanley; Burslem Central". Two localities
    of the same name are told apart by their districts or, failing that, by the code of their first area.

    Parameters
    ----------
    areas : GeoDataFrame
        The areas table; its names and districts are read.
    selection : DataFrame
        From `select_areas`, on the areas' index.
    neighbours : Neighbours
        Made from the same areas.

    Returns
    -------
    Series of str
        ``locality``, on the areas' index; empty for areas that are not selected.

    Raises
    ------
    DataError
        When the three are not of the same areas in the same order.

    Examples
    --------
    >>> import geopandas, pandas
    >>> from shapely import box
    >>> from hotspots.areas.neighbours import make_neighbours
    >>> areas = geopandas.GeoDataFrame(
    ...     {"name": ["Shobnall", "Burton", "Rural"], "district": "East Staffordshire"}, index=["a", "b", "c"],
    ...     geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], crs="EPSG:27700")
    >>> chosen = pandas.DataFrame({"selected": [True, True, False], "rank": [2, 1, 3]}, index=areas.index)
    >>> join_localities(areas, chosen, make_neighbours(areas)).tolist()
    ['Burton and Shobnall', 'Burton and Shobnall', '']
    """
    from scipy.sparse.csgraph import connected_components

    if not (areas.index.equals(selection.index) and areas.index.equals(neighbours.index)):
        raise DataError(
            "areas, selection and neighbours are not of the same areas in the same order",
            hint="make the selection and the neighbours from the same areas",
        )
    areas = with_all_columns(as_areas(areas))
    picked = np.flatnonzero(selection["selected"].to_numpy(dtype=bool))
    names = pd.Series("", index=areas.index, name="locality", dtype="str")
    if len(picked) == 0:
        return names
    _, labels = connected_components(neighbours.matrix[picked][:, picked], directed=False)
    rank = selection["rank"].astype("Float64").fillna(np.inf).to_numpy(dtype=float)[picked]
    parts = [
        picked[labels == label][np.argsort(rank[labels == label], kind="stable")]
        for label in np.unique(labels)
    ]
    for part, name in zip(parts, _distinct(areas, parts), strict=True):
        names.iloc[part] = name
    return names


def _distinct(areas: gpd.GeoDataFrame, parts: list[Any]) -> list[str]:
    """Return a name for each part that no other part has."""
    plain = [_joined([str(name) for name in areas["name"].iloc[part]]) for part in parts]
    district = areas["district"]
    fuller = []
    for part, name in zip(parts, plain, strict=True):
        within = ", ".join(dict.fromkeys(str(entry) for entry in district.iloc[part] if entry))
        fuller.append(f"{name} ({within})" if plain.count(name) > 1 and within else name)
    return [
        f"{name} ({areas.index[part[0]]})" if fuller.count(name) > 1 else name
        for part, name in zip(parts, fuller, strict=True)
    ]


def _joined(names: list[str]) -> str:
    if len(names) > NAMED + 1:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    if any(" and " in name or "," in name for name in names):
        return "; ".join(names)
    return list_words(names)


def make_localities(
    areas: gpd.GeoDataFrame,
    selection: pd.DataFrame,
    locality: pd.Series[str],
    *,
    counts: pd.Series[Any] | None = None,
    reason: pd.Series[str] | None = None,
    noun: str = "area",
) -> gpd.GeoDataFrame:
    """Return one polygon for each locality, with its counts and its reason.

    Parameters
    ----------
    areas, selection
        As for `join_localities`.
    locality : Series of str
        From `join_localities`.
    counts : Series of int, optional
        Incidents of each area.
    reason : Series of str, optional
        Reason of each area, from `reasons`; a locality takes that of its highest-ranked area.
    noun : str, default "area"
        What an area is called in the sentence.

    Returns
    -------
    GeoDataFrame
        In order of the highest rank, indexed ``loc_01`` and so on: ``name``, ``district``, ``population``
        (missing where that of a member is), ``members`` (number of areas), ``area_km2``, ``rank`` (the
        highest), ``priority`` (the highest), ``reason`` and, with `counts`, ``n``.

    Raises
    ------
    DataError
        When no area is selected.
    """
    areas = with_all_columns(as_areas(areas, crs="metres"))
    picked = locality != ""
    if not picked.any():
        raise DataError(
            "no area is selected, so there are no localities", hint="lower a threshold, or select by a budget"
        )
    first = selection["rank"].astype("Float64")[picked].groupby(locality[picked]).min()
    rows = []
    for name in first.sort_values(kind="stable").index:
        members = areas.index[(locality == name).to_numpy()]
        rows.append(_locality(str(name), members, areas, selection, counts, reason, noun))
    codes = pd.Index([f"loc_{number:02d}" for number in range(1, len(rows) + 1)], name="code")
    made = gpd.GeoDataFrame(rows, index=codes, geometry="geometry", crs=areas.crs)
    made["rank"] = made["rank"].astype("Int64")
    return made


def _locality(
    name: str,
    members: pd.Index[Any],
    areas: gpd.GeoDataFrame,
    selection: pd.DataFrame,
    counts: pd.Series[Any] | None,
    reason: pd.Series[str] | None,
    noun: str,
) -> dict[str, Any]:
    here, chosen = areas.loc[members], selection.loc[members]
    lead: Any = chosen["rank"].astype("Float64").fillna(np.inf).astype(float).idxmin()
    found = [str(priority) for priority in chosen["priority"]] if "priority" in chosen else []
    row: dict[str, Any] = {
        "name": name,
        "district": ", ".join(dict.fromkeys(str(entry) for entry in here["district"] if entry)),
        "population": here["population"].sum(skipna=False),
        "members": len(members),
        "area_km2": float(here.geometry.area.sum()) / 1e6,
    }
    if counts is not None:
        row["n"] = counts.reindex(members).sum()
    row["rank"] = chosen["rank"].min()
    row["priority"] = next((priority for priority in ORDER if priority in found), "")
    row["reason"] = _reason(
        len(members), found, "" if reason is None else str(reason[lead]), str(here["name"][lead]), noun
    )
    row["geometry"] = here.geometry.union_all()
    return row


def _reason(members: int, found: list[str], lead_reason: str, lead: str, noun: str) -> str:
    if members == 1:
        return lead_reason
    tally = [f"{found.count(priority)} {priority}" for priority in ORDER if priority in found]
    text = f"{members} neighbouring {noun}s" + (f" ({', '.join(tally)})" if tally else "")
    return f"{text}. {lead}: {lead_reason}" if lead_reason else f"{text}."
