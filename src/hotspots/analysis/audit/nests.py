"""Which areas of one layer are made of areas of another, and which pieces the areas of both are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from hotspots.areas.overlap import OUTSIDE, SLIVER, lay_over

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Nests:
    """How the areas of a finer layer lie in those of a coarser one.

    Attributes
    ----------
    parts : dict of str to list of str
        By coarser area: the finer ones that lie in it, but for slivers.
    touched : dict of str to list of str
        By coarser area: all that it shares more than a sliver of.
    whole : frozenset of str
        Coarser areas that their `parts` fill, but for slivers.
    """

    parts: dict[str, list[str]]
    touched: dict[str, list[str]]
    whole: frozenset[str]


def find_nests(coarse: gpd.GeoDataFrame, fine: gpd.GeoDataFrame) -> Nests:
    """Compare two layers of polygons, both by code and of one reference system in metres.

    Examples
    --------
    >>> import geopandas as gpd
    >>> ward = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 1)], index=["W"], crs="EPSG:27700")
    >>> lsoas = gpd.GeoDataFrame(geometry=[shapely.box(i, 0, i + 1, 1) for i in range(3)], index=list("abc"), crs=27700)
    >>> find_nests(ward, lsoas)
    Nests(parts={'W': ['a', 'b']}, touched={'W': ['a', 'b']}, whole=frozenset({'W'}))
    """
    outer, inner = (shapely.make_valid(layer.geometry.to_numpy()) for layer in (coarse, fine))
    left, right = shapely.STRtree(outer).query(inner, predicate="intersects")
    shared = shapely.area(shapely.intersection(inner[left], outer[right]))
    size, own = shapely.area(outer), shapely.area(inner)
    found = pd.DataFrame(
        {
            "outer": coarse.index.astype(str).to_numpy()[right],
            "inner": fine.index.astype(str).to_numpy()[left],
            "shared": shared,
            "inside": shared >= (1 - SLIVER) * own[left],
            "some": shared > SLIVER * np.minimum(own[left], size[right]),
            "of": size[right],
        }
    ).sort_values(["outer", "inner"])
    inside, some = found[found["inside"]], found[found["some"]]
    filled = inside.groupby("outer").agg(shared=("shared", "sum"), of=("of", "first"))
    return Nests(
        {str(name): rows["inner"].tolist() for name, rows in inside.groupby("outer")},
        {str(name): rows["inner"].tolist() for name, rows in some.groupby("outer")},
        frozenset(filled.index[filled["shared"] >= (1 - SLIVER) * filled["of"]].astype(str)),
    )


@dataclass(frozen=True, eq=False)
class Pieces:
    """The pieces of ground that the areas of two layers are made of, by the areas that they lie in.

    Attributes
    ----------
    outer, inner : dict of str to list of (str, str)
        By area of the coarser layer, and of the finer: its pieces, `OUTSIDE` where one lies in no area of the other.
    """

    outer: dict[str, list[tuple[str, str]]]
    inner: dict[str, list[tuple[str, str]]]


def find_pieces(coarse: gpd.GeoDataFrame, fine: gpd.GeoDataFrame) -> Pieces:
    """Lay two layers of polygons over each other, both by code and of one reference system in metres.

    Examples
    --------
    >>> import geopandas as gpd
    >>> ward = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 1)], index=["W"], crs="EPSG:27700")
    >>> boxes = [shapely.box(i, 0, i + 1.5, 1) for i in (0, 1.5)]
    >>> lsoas = gpd.GeoDataFrame(geometry=boxes, index=list("ab"), crs=27700)
    >>> find_pieces(ward, lsoas)
    Pieces(outer={'W': [('W', 'a'), ('W', 'b')]}, inner={'b': [('', 'b'), ('W', 'b')], 'a': [('W', 'a')]})
    """
    found = Pieces({}, {})
    for outer, inner in sorted(lay_over([coarse, fine])):
        if outer != OUTSIDE:
            found.outer.setdefault(outer, []).append((outer, inner))
        if inner != OUTSIDE:
            found.inner.setdefault(inner, []).append((outer, inner))
    return found
