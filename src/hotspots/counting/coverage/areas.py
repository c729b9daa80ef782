"""Which areas the files of incidents cover: where no file is of, nothing is known, and 0 would be a false figure.

An area is taken as not covered only as part of ground that is too large to be empty. A small ward without a burglary
is covered; a district without any incident, although its people would have had hundreds, is one whose force's files
were not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.outline import districts_of
from hotspots.base.errors import ParameterError, did_you_mean

if TYPE_CHECKING:
    import geopandas as gpd

EXPECTED = (
    50.0  # incidents that a district would have at the rate of the others, for its lack of them to tell
)
STRAYS = 0.02  # of these, what a neighbouring force's files hold of it: points moved over the border
CHOSEN = (
    100.0  # where only some offences were read, which can be those of towns; and then there are no strays
)
_CONNECTED = 200.0  # where districts are not known, of areas that lie together
_PEOPLE = 20_000  # and so many people live there,
_AREAS = 5  # or, where that is not known, so many areas


def find_coverage(
    areas: gpd.GeoDataFrame,
    n: pd.Series[Any],
    *,
    whole: bool = True,
    covered: Sequence[str] = (),
    not_covered: Sequence[str] = (),
) -> pd.Series[bool]:
    """Return which areas are covered by the files that their incidents were read from.

    A district is not covered where it would have at least 50 incidents at the rate of the other districts, by
    population or, where that is not known, by number of areas, and has at most 2 % of them, as points near the border
    of the next force are. Where only some offences were read, it would have at least 100, and has none. Areas without
    districts are not covered where those without an incident lie together, would have 200 incidents, and have 20,000
    people or, where that is not known, are at least 5; nothing is said of them where only some offences were read.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``district`` and ``population``, as far as they are known.
    n : Series
        Incidents of every category and month that were read, on the index of `areas`.
    whole : bool, default True
        Whether they are of every category that the files have.
    covered, not_covered : sequence of str
        Districts or codes of areas of which it is known; they need no judgement.

    Returns
    -------
    Series of bool
        On the index of `areas`.

    Raises
    ------
    ParameterError
        When a name is neither a district nor a code, is given as both, or no area is left.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = [shapely.box(place, 0, place + 1, 1) for place in range(3)]
    >>> held = {"district": ["A", "A", "B"], "population": [900.0, 100.0, 500.0]}
    >>> wards = gpd.GeoDataFrame(held, geometry=squares, index=["a1", "a2", "b1"])
    >>> find_coverage(wards, pd.Series([200, 0, 0], index=wards.index)).tolist()
    [True, True, False]
    """
    district = districts_of(areas).fillna("").astype(str).to_numpy(dtype=object)
    said = {True: _chosen(areas, district, covered), False: _chosen(areas, district, not_covered)}
    if (said[True] & said[False]).any():
        name = areas.index[said[True] & said[False]][0]
        raise ParameterError(
            f"'{name}' is both in 'covered' and in 'not_covered'", hint="name each district in one of them"
        )
    counts = n.reindex(areas.index).to_numpy(dtype=float, na_value=0.0)
    known = said[True] | said[False]
    if not counts[~said[False]].any():
        lacking = np.zeros(len(areas), dtype=bool)
    elif (district != "").any():
        lacking = _lacking_districts(areas, counts, district, said[False], whole=whole)
    else:
        lacking = _lacking_ground(areas, counts, whole=whole)
    found = ~np.where(known, said[False], lacking)
    if not found.any():
        raise ParameterError("no area is left that is covered", hint="name fewer districts in 'not_covered'")
    result: pd.Series[bool] = pd.Series(found, index=areas.index, name="covered", dtype=bool)
    return result


def lacks(expected: npt.NDArray[Any], held: npt.NDArray[Any], *, whole: bool) -> npt.NDArray[np.bool_]:
    """Return where so many incidents would be, and so few are, that files must be wanting."""
    if whole:
        return np.asarray((expected >= EXPECTED) & (held <= STRAYS * expected))
    return np.asarray((expected >= CHOSEN) & (held == 0))


def _chosen(
    areas: gpd.GeoDataFrame, district: npt.NDArray[np.object_], names: Sequence[str]
) -> npt.NDArray[np.bool_]:
    """Return which areas are named, by district or by code."""
    codes = areas.index.astype(str)
    folded = {str(name).casefold() for name in district}
    for name in names:
        if name.casefold() not in folded and name not in codes:
            raise ParameterError(
                f"no area has the district or the code '{name}', which coverage is said of",
                hint=did_you_mean(name, [*sorted({str(one) for one in district if one}), *codes[:1000]]),
            )
    asked = {name.casefold() for name in names}
    mine = np.array([str(name).casefold() in asked for name in district], dtype=bool)
    return np.asarray(mine | codes.isin(list(names)), dtype=bool)


def _size(areas: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.float64], bool]:
    """Return what incidents are in proportion to: people, where they are known of every area; else areas alike."""
    if "population" in areas:
        people = pd.to_numeric(areas["population"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if np.isfinite(people).all() and people.sum() > 0:
            return people, True
    return np.ones(len(areas)), False


def _lacking_districts(
    areas: gpd.GeoDataFrame,
    counts: npt.NDArray[np.float64],
    district: npt.NDArray[np.object_],
    not_covered: npt.NDArray[np.bool_],
    *,
    whole: bool,
) -> npt.NDArray[np.bool_]:
    names, group = np.unique(district.astype(str), return_inverse=True)
    size = np.bincount(group, _size(areas)[0] * ~not_covered)
    held = np.bincount(group, counts * ~not_covered)
    out = np.zeros(len(names), dtype=bool)
    for _ in range(len(names)):  # strays and empty ground bear on the rate until they are known
        reference = ~out & (held > 0)
        # At the rate of the others, without its own.
        rest = (size[reference].sum() - size * reference, held[reference].sum() - held * reference)
        expected = size * np.divide(rest[1], rest[0], out=np.zeros(len(names)), where=rest[0] > 0)
        found = lacks(expected, held, whole=whole) & (names != "")
        if (found <= out).all():
            break
        out |= found
    return np.asarray(out[group], dtype=bool)


def _lacking_ground(
    areas: gpd.GeoDataFrame, counts: npt.NDArray[np.float64], *, whole: bool
) -> npt.NDArray[np.bool_]:
    """Return which areas lie together without any incident, although there would be many."""
    lacking = np.zeros(len(areas), dtype=bool)
    size, people = _size(areas)
    empty = np.flatnonzero(counts == 0)
    each = size / max(size[counts > 0].sum(), 1e-9) * counts.sum()
    if not whole or each[empty].sum() < _CONNECTED:
        return lacking
    label = _together(areas.geometry.to_numpy()[empty])
    expected = np.bincount(label, each[empty])
    large = np.bincount(label, size[empty]) >= (_PEOPLE if people else _AREAS)
    lacking[empty] = ((expected >= _CONNECTED) & large)[label]
    return lacking


def _together(shapes: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return a number for each shape that those have in common which touch, or touch the same."""
    from scipy import sparse

    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    touching = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(len(shapes),) * 2)
    _, label = sparse.csgraph.connected_components(touching, directed=False)
    return np.asarray(label, dtype=np.int64)
