"""Pieces of ground where areas of several layers cut each other: the counts of which all of these areas are sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.areas.overlap import MOST, OUTSIDE, Combination, lay_over

ASTRAY = 0.01
"""The greatest share of incidents that may lie where areas share no more than a sliver of ground."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of the areas of several layers.

    Attributes
    ----------
    names : Series of str
        What each piece is called, by the area of each layer that it lies in.
    within : dict of str to list of str
        The pieces that each area is made of; areas of further layers are called by `called`.
    """

    names: pd.Series[str]
    within: Mapping[str, Sequence[str]]


def called(layer: str, code: object) -> str:
    """Return what an area of a further layer is called among areas of all layers."""
    return f"{layer} {code}"


def count_pieces(assigned: Sequence[pd.Series[Any]]) -> pd.Series[Any] | None:
    """Return how many incidents lie in each area of each layer at once; None where there is one layer.

    Parameters
    ----------
    assigned : sequence of Series
        By layer, the area of each incident, missing outside; on one index.

    Returns
    -------
    Series of int, or None
        By the areas of each layer, `OUTSIDE` where there is none.

    Examples
    --------
    >>> wards, lsoas = pd.Series(["W1", "W1", "W2"]), pd.Series(["E1", None, "E1"])
    >>> count_pieces([wards, lsoas]).to_dict()
    {('W1', ''): 1, ('W1', 'E1'): 1, ('W2', 'E1'): 1}
    """
    if len(assigned) < 2:
        return None
    where = pd.DataFrame(
        {at: one.astype(object).where(one.notna(), OUTSIDE).astype(str) for at, one in enumerate(assigned)}
    )
    return where[(where != OUTSIDE).any(axis=1)].value_counts(sort=False).sort_index()


def find_pieces(layers: Mapping[str, gpd.GeoDataFrame], counted: Sequence[pd.Series[Any]]) -> Pieces | None:
    """Return the pieces of layers of areas: where they share ground, and where incidents lie.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        By key, the first ones first.
    counted : sequence of Series
        Incidents of each theme, from `count_pieces`.

    Returns
    -------
    Pieces or None
        None of more than `MOST` areas, and where more incidents than `ASTRAY` lie where borders say that none can:
        whoever lays the borders over each other would go by what is not true.
    """
    if sum(map(len, layers.values())) > MOST:
        return None
    shared = lay_over(list(layers.values()))
    for at, layer in enumerate(layers.values()):
        lost = {str(code) for code in layer.index} - {one[at] for one in shared}
        shared |= {(*(OUTSIDE,) * at, code, *(OUTSIDE,) * (len(layers) - at - 1)) for code in lost}
    met: set[Combination] = set()
    for table in counted:
        places = [tuple(map(str, one)) for one in table.index]
        met.update(places)
        if table[[one not in shared for one in places]].sum() > ASTRAY * table.sum():
            return None
    every = sorted(shared | met)
    further = list(layers)[1:]
    alone = {
        at: pd.Series([one[at] for one in every]).value_counts().to_dict() for at in range(1, len(layers))
    }
    names, within = {}, dict[str, list[str]]()
    for one in every:
        # An area of a further layer that nothing cuts is a piece itself.
        own = next((at for at in alone if one[at] != OUTSIDE and alone[at][one[at]] == 1), None)
        names[one] = " & ".join(one) if own is None else called(further[own - 1], one[own])
        for at, code in enumerate(one):
            if code != OUTSIDE and at != own:
                within.setdefault(code if at == 0 else called(further[at - 1], code), []).append(names[one])
    return Pieces(pd.Series(names, dtype=object), within)
