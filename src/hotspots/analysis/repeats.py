"""Repeat locations and, where a column of identifiers is named, people and premises that are met again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.sums import add_up
from hotspots.incidents import coordinates
from hotspots.incidents.gate import row_weights
from hotspots.methods.hiding.cells import FEWEST
from hotspots.methods.hiding.parts import hidden_parts
from hotspots.methods.repeats import (
    RepeatTargets,
    places_there_are,
    repeat_places,
    repeat_targets,
    require_terms,
)

TOP = 20


@dataclass(frozen=True, eq=False)
class Repeats:
    """Where incidents repeat, and whom they befall again; small counts are hidden.

    Attributes
    ----------
    n : float
        Incidents with coordinates.
    seen : int
        Coordinates at which there is one.
    places : float
        How many there are at which one could be; see `hotspots.methods.repeats.places_there_are`.
    spread : DataFrame
        See `hotspots.methods.repeats.repeat_places`; a row that would tell of few incidents is left out, as the
        next one above or below holds them too.
    top : DataFrame
        The locations with most incidents, by ``rank``: ``n``, ``share_n``, ``spot`` (the source's name for it),
        ``area``, ``district``, ``kinds``, ``months_n``, ``x`` and ``y``. Of equal numbers the western, then the
        southern comes first. Where it is ``hidden``, neither count, share, months nor categories stand.
    targets : dict of str to RepeatTargets
        By column of identifiers.
    fewest : int
        The smallest count that is shown.
    """

    n: float
    seen: int
    places: float
    spread: pd.DataFrame
    top: pd.DataFrame
    targets: dict[str, RepeatTargets]
    fewest: int = FEWEST


def find_repeats(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    every: pd.DataFrame | None = None,
    assigned: pd.Series[Any],
    place_column: str | None = None,
    identifiers: Sequence[str] = (),
    top: int = TOP,
    places: float | None = None,
    follow_up: int = 12,
    reports: int = 3,
    in_months: int = 6,
    fewest: int = FEWEST,
) -> Repeats:
    """Find the locations with most incidents, and repeat targets; see `repeat_places` and `repeat_targets`.

    Parameters
    ----------
    incidents : DataFrame
        Those of one theme.
    areas : GeoDataFrame
        The areas table.
    every : DataFrame, optional
        All incidents, from which it is told how many places there are at which one could be.
    assigned : Series
        The area of each incident.
    place_column : str, optional
        A column, kept when reading, of what the source calls the place; police.uk's is ``Location``.
    identifiers : sequence of str
        Columns of identifiers, hashed when reading; see `read_incidents`.
    top : int, default 20
        Locations to list.
    places : float, optional
        The number of addresses or map points, where it is known.
    follow_up, reports, in_months : int
        See `repeat_targets`.
    fewest : int, default 5
        Smaller counts are hidden, and others that would give them back; 1 hides none.

    Raises
    ------
    ParameterError
        When there is no such column, `top` or `fewest` is under 1, or `places` is fewer than have incidents.
    DataError
        When no incident has coordinates, or none has an identifier and a time.
    """
    if top < 1:
        raise ParameterError(f"'top' is {top}", hint="list 1 location or more")
    require_terms(follow_up=follow_up, in_months=in_months, reports=reports)
    for column in (*identifiers, *([place_column] if place_column else [])):
        if column not in incidents:
            raise ParameterError(
                f"the incidents have no column '{column}'",
                hint=did_you_mean(column, map(str, incidents.columns)),
            )
    found, place = _by_place(incidents, areas)
    counts = found["n"]
    if places is None:
        there = places_there_are(_by_place(incidents if every is None else every, areas)[0]["n"])
        places = max(there, float(len(counts)))
    order = found.sort_values(["n", "x", "y"], ascending=[False, True, True], kind="stable")
    listed = order.head(top)
    rows = [
        _described(incidents[place == number], assigned, areas, place_column, fewest)
        for number in listed.index
    ]
    table = pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="rank"))
    table.insert(0, "n", listed["n"].to_numpy())
    table.insert(1, "share_n", listed["n"].to_numpy() / counts.sum())
    table = table.assign(x=listed["x"].to_numpy().round(1), y=listed["y"].to_numpy().round(1))
    table = _hide(table, order["n"], fewest)
    times, end = _times(incidents)
    told = {
        column: repeat_targets(
            incidents[column], times, end=end, months=follow_up, reports=reports, in_months=in_months
        )
        for column in identifiers
    }
    spread = _spread(repeat_places(counts, places=places), float(counts.sum()), fewest)
    told = {column: one.hiding(fewest) for column, one in told.items()}
    return Repeats(float(counts.sum()), len(counts), float(places), spread, table, told, fewest)


def _hide(table: pd.DataFrame, every: pd.Series[Any], fewest: int) -> pd.DataFrame:
    """Return the listed locations with small counts blank, so that those of all locations do not give them back."""
    unlisted = pd.Series(np.arange(len(every)) >= len(table), index=every.index)
    dark = (
        hidden_parts(every.to_frame("n"), fewest=fewest, unshown=unlisted)
        .parts[: len(table)]
        .set_axis(table.index)
    )
    told = ["n", "share_n", "months_n"]
    table[told] = table[told].mask(dark)
    table["kinds"] = table["kinds"].mask(dark, "")
    return table.assign(hidden=dark)


def _spread(table: pd.DataFrame, total: float, fewest: int) -> pd.DataFrame:
    """Return the rows of which neither the incidents nor what they differ by from the rows beside them are few."""
    if fewest == 1:
        return table
    kept, above = [], 0.0
    for place in reversed(range(len(table))):  # from those at fewest locations to all
        n = float(table["n"].iloc[place])
        if n - above >= fewest and (total - n >= fewest or total == n):
            kept.append(place)
            above = n
    return table.iloc[kept[::-1]].reset_index(drop=True)


def _by_place(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> tuple[pd.DataFrame, Any]:
    """Return each coordinate with its incidents, and the number of each row's; -1 without coordinates."""
    x, y = coordinates(incidents, areas.crs)
    located = np.isfinite(x)
    pairs = pd.MultiIndex.from_arrays([x[located], y[located]], names=["x", "y"])
    codes = pairs.factorize()[0]
    distinct = pairs[~pd.Series(codes).duplicated()]  # in the order of their first incident, as the codes are
    weights = row_weights(incidents)
    n = add_up(codes, len(distinct), None if weights is None else weights[located])
    number = np.full(len(x), -1)
    number[located] = codes
    table = pd.DataFrame(
        {"x": distinct.get_level_values(0), "y": distinct.get_level_values(1), "n": n},
        index=pd.RangeIndex(len(distinct), name="number"),
    )
    return table[table["n"] > 0], number


def _described(
    rows: pd.DataFrame,
    assigned: pd.Series[Any],
    areas: gpd.GeoDataFrame,
    place_column: str | None,
    fewest: int,
) -> dict[str, Any]:
    """Return what is said of one location beside its count."""
    code = assigned.reindex(rows.index).dropna()
    area = areas.loc[code.iloc[0]] if len(code) else None
    spots = rows[place_column].dropna().astype(str) if place_column else pd.Series(dtype=str)
    kinds = rows["category"].value_counts() if "category" in rows else pd.Series(dtype=int)
    there = kinds[kinds > 0]
    # Of two kinds the count of one and that of all tell the other.
    numbered = bool((there >= fewest).all())
    shown = [f"{kind} {count:,}" if numbered else str(kind) for kind, count in there.items()]
    return {
        "spot": spots.mode().iloc[0] if len(spots) else "",
        "area": "" if area is None else str(area.get("name", code.iloc[0])),
        "district": "" if area is None else str(area.get("district", "")),
        "kinds": ", ".join(shown[:3]) + (", ..." if len(shown) > 3 else ""),
        "months_n": int(rows["month"].nunique()) if "month" in rows else 0,
    }


def _times(incidents: pd.DataFrame) -> tuple[pd.Series[Any], Any]:
    """Return when each incident was, by day where days are known of nearly all, and the last day or month covered."""
    months = incidents.get("month", pd.Series(pd.NaT, index=incidents.index, dtype="period[M]"))
    last = months.max()
    if "date" in incidents and incidents["date"].notna().mean() > 0.9 and not pd.isna(last):
        return incidents["date"], last.end_time
    return months, last
