"""Which areas are neighbours: shared borders, a distance, or the nearest few; and areas without any."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.gate import as_areas
from hotspots.base.errors import DataError, IslandsWarning, ParameterError, did_you_mean

if TYPE_CHECKING:
    import geopandas as gpd
    import libpysal


Method = Literal["queen", "rook", "distance", "nearest"]
Positions = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Pairs = tuple[Positions, Positions]

_METHODS = ("queen", "rook", "distance", "nearest")
_ISLANDS = ("keep", "nearest")
_NAMED = 5
"""At most this many areas are named in a message."""
_SAME_DISTANCE = 1e-6
"""Relative difference under which two distances are the same: rounding must not drop a grid's diagonals."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of every area, as one sparse matrix of weights.

    Attributes
    ----------
    index : Index, length n
        The areas' codes, in the order of the areas that they were made from.
    matrix : scipy.sparse.csr_array of float64, shape (n, n)
        Row i holds the weights of area i's neighbours: 1.0 each when made by `make_neighbours`, whatever the
        graph held when made by `from_graph`. No zeros are stored. The diagonal is empty, unless a graph
        brought one.
    method : str
        ``"queen"``, ``"rook"``, ``"distance"``, ``"nearest"`` or ``"graph"``.
    description : str
        The same in words, for a method note: ``"queen contiguity, 5.9 neighbours on average"``.
    """

    index: pd.Index[str]
    matrix: Any
    method: str
    description: str

    def __repr__(self) -> str:
        return f"<Neighbours of {len(self.index):,} areas: {self.description}, {len(self.islands):,} without any>"

    @property
    def counts(self) -> pd.Series[int]:
        """Number of neighbours of each area, itself not counted."""
        stored = np.diff(self.matrix.indptr) - (self.matrix.diagonal() != 0)
        return pd.Series(stored.astype(np.int64), index=self.index, name="neighbours")

    @property
    def islands(self) -> pd.Index[str]:
        """Codes of the areas without a neighbour."""
        alone: pd.Index[str] = self.index[self.counts.to_numpy() == 0]
        return alone

    def align(self, values: pd.Series[Any]) -> tuple[Floats, Positions]:
        """Return values in the order of the areas, and where each of the caller's rows stands in it.

        Parameters
        ----------
        values : Series of numbers
            One for every area, in any order; NaN where nothing is known.

        Returns
        -------
        x : ndarray of float64, shape (n,)
        place : ndarray of int64, shape (n,)
            ``x[place]`` is `values` again.

        Raises
        ------
        DataError
            When values are not numbers, are infinite, or stand on other codes than the areas.
        """
        if not (pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype)):
            raise DataError(
                f"the values are {values.dtype}, but numbers are needed", hint="choose a column of numbers"
            )
        if not values.index.is_unique:
            code = values.index[values.index.duplicated()][0]
            raise DataError(f"the code '{code}' has more than one value", hint="give one value per area")
        place = self.index.get_indexer(values.index)
        if (place < 0).any():
            lost = values.index[place < 0]
            raise DataError(
                f"{len(lost):,} of {len(values):,} values stand on codes "
                f"that the neighbours do not know, such as '{lost[0]}'",
                hint="make the neighbours from the same areas as the values",
            )
        if len(values) < len(self.index):
            lost = self.index.difference(values.index)
            raise DataError(
                f"{len(lost):,} of {len(self.index):,} areas have no row "
                f"among the values, such as '{lost[0]}'",
                hint="give every area a row: 0 where nothing was counted, NaN where nothing is known",
            )
        x = np.empty(len(values))
        x[place] = values.to_numpy(dtype=float, na_value=np.nan)
        if np.isinf(x).any():
            code = self.index[np.isinf(x)][0]
            raise DataError(f"the value of '{code}' is infinite", hint="make it NaN where nothing is known")
        return x, place.astype(np.int64)

    def to_graph(self) -> libpysal.graph.Graph:
        """Return the same neighbours as a ``libpysal.graph.Graph``, for PySAL's own statistics."""
        from libpysal.graph import Graph

        return Graph.from_sparse(self.matrix, ids=self.index.to_numpy())


def make_neighbours(
    areas: gpd.GeoDataFrame,
    *,
    method: Method = "queen",
    distance: float | None = None,
    nearest: int = 8,
    islands: Literal["keep", "nearest"] = "keep",
    tolerance: float = 0.1,
) -> Neighbours:
    """Find the neighbours of every area: those that share a border, lie within a distance, or are nearest.

    Queen and rook contiguity match borders by their vertices (to the millimetre). Only where a stretch of
    border has no twin is the geometry itself compared, so layers whose vertices differ along a common border
    (simplified one by one, or joined from two sources) get the right neighbours too, and clean layers are
    fast. Square and hexagonal cells made by `make_grid` are matched by column and row: cells whose neighbour
    was clipped keep it.

    Parameters
    ----------
    areas : GeoDataFrame, n rows
        Areas or cells, indexed by unique codes, in a projected CRS in metres.
    method : {'queen', 'rook', 'distance', 'nearest'}, default 'queen'
        ``"queen"``: areas that share a stretch of border or a corner. ``"rook"``: areas that share a stretch
        of border, at least fifty times `tolerance` long where vertices do not match. ``"distance"``: areas
        whose centroids lie at most `distance` apart. ``"nearest"``: the `nearest` areas by distance of
        centroids, equally distant ones in order of code; this one need not be mutual.
    distance : float, optional
        Metres, for ``"distance"``. By default the smallest that gives every area a neighbour, which is
        announced. Distances that agree to one part in a million are the same.
    nearest : int, default 8
        Number of neighbours, for ``"nearest"``.
    islands : {'keep', 'nearest'}, default 'keep'
        What becomes of areas without a neighbour. ``"keep"``: they stay so, and a warning names them.
        ``"nearest"``: each becomes a mutual neighbour of the area nearest to its border.
    tolerance : float, default 0.1
        Metres: for queen and rook, unmatched borders this close are one border (slivers and gaps).

    Returns
    -------
    Neighbours
        Weights of 1.0 in the order of `areas`; symmetric but for ``"nearest"``.

    Raises
    ------
    CRSError
        When the CRS is missing or not in metres.
    DataError
        When there are no areas, a code repeats, or an area has no geometry.
    ParameterError
        When an option is unknown or out of range.

    Warns
    -----
    IslandsWarning
        When areas without a neighbour are kept.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> squares = gpd.GeoDataFrame(
    ...     {"name": ["West", "East", "North"]},
    ...     index=["E05000001", "E05000002", "E05000003"],
    ...     geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100), box(100, 100, 200, 200)],
    ...     crs="EPSG:27700",
    ... )
    >>> make_neighbours(squares).counts.to_dict()
    {'E05000001': 2, 'E05000002': 2, 'E05000003': 2}
    >>> make_neighbours(squares, method="rook").description
    'rook contiguity, 1.3 neighbours on average'
    """
    areas = as_areas(areas, crs="metres", shapes="any")
    _check_options(method, distance, nearest, islands, tolerance, len(areas))
    geometries = areas.geometry.to_numpy()
    if method in ("queen", "rook"):
        pairs, words = _contiguous(areas, geometries, method, tolerance), f"{method} contiguity"
    elif method == "distance":
        pairs, words = _within(geometries, distance)
    else:
        pairs, words = _nearest(geometries, areas.index, nearest), f"the {nearest} nearest centroids"
    if islands == "nearest":
        pairs = _join_islands(areas, geometries, pairs)
    matrix = _matrix(pairs, len(areas))
    made = Neighbours(
        areas.index, matrix, method, f"{words}, {matrix.nnz / len(areas):.1f} neighbours on average"
    )
    _warn_of_islands(areas, made)
    return made


def from_graph(graph: libpysal.graph.Graph | libpysal.weights.W) -> Neighbours:
    """Take over the neighbours and weights of a libpysal ``Graph`` or ``W``.

    Parameters
    ----------
    graph : libpysal.graph.Graph or libpysal.weights.W
        Any weights: binary, row-standardised, distance decay. A diagonal is kept: it is the weight that Gi*
        gives to an area's own value.

    Returns
    -------
    Neighbours
        In the order of the graph's ids; ``method`` is ``"graph"``.

    Raises
    ------
    DataError
        When a weight is negative or not finite.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> chain = Graph.from_arrays(["a", "b", "b", "c"], ["b", "a", "c", "b"], [1.0, 0.5, 0.5, 1.0])
    >>> from_graph(chain).counts.tolist()
    [1, 2, 1]
    """
    from scipy import sparse

    ids = graph.unique_ids if hasattr(graph, "unique_ids") else graph.id_order
    matrix = sparse.csr_array(graph.sparse, dtype=np.float64)
    if not (np.isfinite(matrix.data).all() and (matrix.data >= 0).all()):
        raise DataError(
            "the graph has negative or infinite weights, but a neighbour's weight is a positive number",
            hint="look at graph.adjacency, and build the graph without them",
        )
    matrix.eliminate_zeros()
    matrix.sort_indices()
    average = (matrix.nnz - np.count_nonzero(matrix.diagonal())) / max(len(ids), 1)
    index: pd.Index[str] = pd.Index(ids, name="code")
    return Neighbours(
        index, matrix, "graph", f"weights of a libpysal graph, {average:.1f} neighbours on average"
    )


def as_neighbours(
    neighbours: Neighbours | libpysal.graph.Graph | libpysal.weights.W, index: Any
) -> Neighbours:
    """Return neighbours as they are, or a libpysal ``Graph`` or ``W`` as neighbours in the order of an index.

    A graph of other ids than the index holds keeps its own order, for its user to be told of.

    Raises
    ------
    DataError
        When it is neither; else as `from_graph`.
    """
    if isinstance(neighbours, Neighbours):
        return neighbours
    if not (
        hasattr(neighbours, "sparse")
        and (hasattr(neighbours, "unique_ids") or hasattr(neighbours, "id_order"))
    ):
        raise DataError(
            f"the neighbours are a {type(neighbours).__name__}, not neighbours",
            hint="make them with make_neighbours, or give a libpysal Graph or W",
        )
    made = from_graph(neighbours)
    places = made.index.get_indexer(index)
    if len(places) != len(made.index) or (places < 0).any():
        return made
    return Neighbours(index, made.matrix[places][:, places], made.method, made.description)


def _check_options(
    method: str, distance: float | None, nearest: int, islands: str, tolerance: float, n: int
) -> None:
    for name, value, choices in (("method", method, _METHODS), ("islands", islands, _ISLANDS)):
        if value not in choices:
            raise ParameterError(
                f"'{name}' is '{value}', which is not one of its choices", hint=did_you_mean(value, choices)
            )
    if distance is not None and method != "distance":
        raise ParameterError(
            f"'distance' is set, but the method is '{method}'",
            hint="leave 'distance' out, or choose method 'distance'",
        )
    if distance is not None and not 0 < distance < np.inf:
        raise ParameterError(
            f"'distance' is {distance:g} m, but must be more than 0",
            hint="set 'distance' in metres, such as 2000",
        )
    if not 0 <= tolerance < np.inf:
        raise ParameterError(
            f"'tolerance' is {tolerance:g} m, but must be 0 or more",
            hint="set 'tolerance' in metres, such as 0.1",
        )
    if method == "nearest" and not 1 <= nearest < n:
        raise ParameterError(
            f"'nearest' is {nearest}, but must be at least 1 and less than the {n:,} areas",
            hint="set 'nearest' to a whole number such as 8, or choose method 'queen'",
        )


def _contiguous(
    areas: gpd.GeoDataFrame, geometries: npt.NDArray[np.object_], method: Method, tolerance: float
) -> Pairs:
    from hotspots.areas import contiguity

    shape = areas.attrs.get("shape")
    known = shape in ("square", "hexagon")
    pairs = contiguity.cell_pairs(areas.index, shape, corners=method == "queen") if known else None
    if pairs is not None:
        return pairs
    if not contiguity.all_polygons(geometries):
        raise DataError(
            f"'{method}' neighbours share borders, but some areas are not polygons",
            hint="choose method 'distance' or 'nearest'",
        )
    return contiguity.border_pairs(geometries, corners=method == "queen", tolerance=tolerance)


def _centroids(geometries: npt.NDArray[np.object_]) -> Floats:
    import shapely

    xy: Floats = shapely.get_coordinates(shapely.centroid(geometries))
    return xy


def _within(geometries: npt.NDArray[np.object_], distance: float | None) -> tuple[Pairs, str]:
    from scipy.spatial import cKDTree

    tree = cKDTree(_centroids(geometries))
    if distance is None:
        closest = tree.query(tree.data, k=2)[0][:, 1] if len(geometries) > 1 else np.zeros(1)
        distance = float(closest.max())
        _log.info(
            "Neighbour distance %s m (the least that leaves no area alone; choose another with 'distance')",
            f"{distance:,.0f}",
        )
    found = tree.query_pairs(distance * (1 + _SAME_DISTANCE), output_type="ndarray").astype(np.int64)
    pairs = np.concatenate([found[:, 0], found[:, 1]]), np.concatenate([found[:, 1], found[:, 0]])
    return pairs, f"centroids within {distance:,.0f} m"


def _nearest(geometries: npt.NDArray[np.object_], codes: pd.Index[str], k: int) -> Pairs:
    """Return the k nearest of each, equally distant ones in order of code.

    More are asked for, twice as many each time, until the farthest found lies beyond the k-th: then every
    area that ties with the k-th is among them.
    """
    from scipy.spatial import cKDTree

    xy = _centroids(geometries)
    n, tree, rank = (
        len(xy),
        cKDTree(xy),
        np.argsort(np.argsort(codes.to_numpy(), kind="stable"), kind="stable"),
    )
    chosen = np.empty((n, k), dtype=np.int64)
    open_rows, asked = np.arange(n), min(k + 2, n)
    while len(open_rows):
        distances, found = tree.query(xy[open_rows], k=asked)
        distances = np.where(found == open_rows[:, None], -1.0, distances)
        distances[
            (distances >= 0).all(axis=1), -1
        ] = -1.0  # with many on one spot, the area itself may be missing
        kth = np.partition(distances, k, axis=1)[:, k]
        settled = (distances.max(axis=1) > kth * (1 + _SAME_DISTANCE)) | (asked == n)
        rows, kth = open_rows[settled], kth[settled, None]
        distances, found = distances[settled], found[settled]
        tied = np.abs(distances - kth) <= kth * _SAME_DISTANCE
        order = np.lexsort((rank[found], np.where(tied, kth, distances)), axis=1)
        chosen[rows] = np.take_along_axis(found, order[:, 1 : k + 1], axis=1)
        open_rows, asked = open_rows[~settled], min(2 * asked, n)
    return np.repeat(np.arange(n), k), chosen.ravel()


def _join_islands(areas: gpd.GeoDataFrame, geometries: npt.NDArray[np.object_], pairs: Pairs) -> Pairs:
    import shapely

    alone = np.flatnonzero(np.bincount(pairs[0], minlength=len(geometries)) == 0)
    if len(alone) == 0 or len(geometries) == 1:
        return pairs
    asked, found = shapely.STRtree(geometries).query_nearest(geometries[alone], exclusive=True)
    codes = areas.index.to_numpy()
    order = np.lexsort((codes[found], asked))
    first = order[np.unique(asked[order], return_index=True)[1]]
    here, there = alone[asked[first]], found[first]
    for i, j in zip(here, there, strict=True):
        metres = float(shapely.distance(geometries[i], geometries[j]))
        _log.info("%s joined to %s, the nearest area, %s m away", codes[i], codes[j], f"{metres:,.0f}")
    return np.concatenate([pairs[0], here, there]), np.concatenate([pairs[1], there, here])


def _matrix(pairs: Pairs, n: int) -> Any:
    from scipy import sparse

    matrix = sparse.csr_array((np.ones(len(pairs[0])), pairs), shape=(n, n))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def _warn_of_islands(areas: gpd.GeoDataFrame, made: Neighbours) -> None:
    alone = made.islands
    if len(alone) == 0:
        return
    names = areas["name"].reindex(alone) if "name" in areas else pd.Series("", index=alone)
    labels = [
        f"{code} ({name})" if isinstance(name, str) and name else str(code) for code, name in names.items()
    ]
    warnings.warn(
        f"{_count(len(alone))} no neighbours: {_listed(labels)}. Gi* is undefined there; join "
        "each to the area nearest to it with 'islands' set to 'nearest'",
        IslandsWarning,
        stacklevel=3,
    )


def _count(n: int) -> str:
    return "1 area has" if n == 1 else f"{n:,} areas have"


def _listed(labels: pd.Index[str] | list[str]) -> str:
    shown = ", ".join(str(label) for label in labels[:_NAMED])
    return shown if len(labels) <= _NAMED else f"{shown} and {len(labels) - _NAMED:,} more"
