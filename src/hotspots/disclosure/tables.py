"""Counts of several tables that belong together, and the sums that tie them: areas, themes, periods and totals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.base.errors import DataError, listed
from hotspots.disclosure.rounding import counted

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Links = tuple[Integers, Integers, Integers, Integers, Integers, Integers]
Within = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, eq=False)
class Tables:
    """Counts, and the sums that tie them.

    Parameters
    ----------
    counts : Series of int
        Every count and every total, by whatever identifies it; most often area, theme and period.
    sums : sparse array, sums by counts
        One row a sum: 1 for each part and -1 for their total.
    published : array of bool
        Which of them are to be published. What is not stays hidden, costs nothing, and still ties the others.
    axes : tuple of Axis
        The three levels, of which the counts are all combinations; those of `make_tables`.

    Raises
    ------
    DataError
        When a count is missing, negative or not whole, a name repeats, or a total is not the sum of its parts.
    """

    counts: pd.Series
    sums: sparse.csr_array
    published: Bools
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        if not self.counts.index.is_unique:
            twice = self.counts.index[self.counts.index.duplicated()]
            raise DataError(f"counts are named twice: {named(twice[0])}", hint="name each count once")
        values = counted(self.counts)
        if np.isnan(values).any():
            first = self.counts.index[int(np.flatnonzero(np.isnan(values))[0])]
            raise DataError(
                f"the count of {named(first)} is missing", hint="give 0 where nothing was counted"
            )
        off = self.sums @ values
        if off.any():
            row = int(np.flatnonzero(off)[0])
            here = slice(self.sums.indptr[row], self.sums.indptr[row + 1])
            total = self.sums.indices[here][self.sums.data[here] < 0][0]
            raise DataError(
                f"the count of {named(self.counts.index[total])} is {values[total]:,.0f}, "
                f"but its parts add up to {values[total] + off[row]:,.0f}",
                hint="protect counts that were made together, or leave the total out",
            )


def make_tables(counts: pd.Series, *, within: Within) -> Tables:
    """Return counts with all totals over areas, themes and periods, of every combination of these.

    Parameters
    ----------
    counts : Series of int
        The finest counts, by one to three named levels, as area, theme and period; combinations that are not there
        are 0.
    within : mapping
        For each level by its name, what is added up of what: ``{"area": {"Ward 1": ["E01", "E02"], "All": ["Ward 1",
        "Ward 2"]}, "theme": {"All crime": [...]}}``. Parts may be sums that stand before, and belong to several.

    Returns
    -------
    Tables
        Counts and totals by the same levels.

    Raises
    ------
    DataError
        When a sum is made of what is not there, or called like a count.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["E1", "E2"], ["burglary", "theft"]], names=["area", "theme"])
    >>> whole = make_tables(pd.Series([3, 9, 12, 30], index=index), within={"area": {"All": ["E1", "E2"]}})
    >>> whole.counts["All"].tolist()
    [15, 39]
    """
    levels = [str(name) for name in counts.index.names]
    if len(levels) > 3:
        raise DataError(
            f"the counts have {len(levels)} levels: {', '.join(levels)}",
            hint="give three at most; put two into one",
        )
    unknown = [name for name in within if name not in levels]
    if unknown:
        raise DataError(
            f"the counts have no level {listed(unknown)}", hint=f"their levels are {', '.join(levels)}"
        )
    axes = [
        _axis(counts.index.get_level_values(k).unique(), within.get(name, {}))
        for k, name in enumerate(levels)
    ]
    leaves = [axis.parts.shape[1] for axis in axes]
    cube = np.zeros(leaves)
    place = [axis.leaves.get_indexer(counts.index.get_level_values(k)) for k, axis in enumerate(axes)]
    np.add.at(cube, tuple(place), counts.to_numpy(dtype=float))
    for k, axis in enumerate(axes):
        front = np.moveaxis(cube, k, 0)
        added = axis.parts @ front.reshape(len(front), -1)
        cube = np.moveaxis(added.reshape(-1, *front.shape[1:]), 0, k)
    sizes = [len(axis.nodes) for axis in axes]
    sums = [
        sparse.kron(
            sparse.kron(sparse.eye_array(math.prod(sizes[:k])), axis.sums),
            sparse.eye_array(math.prod(sizes[k + 1 :])),
        )
        for k, axis in enumerate(axes)
        if axis.sums.shape[0]
    ]
    names = (
        pd.MultiIndex.from_product([axis.nodes for axis in axes], names=levels)
        if len(axes) > 1
        else pd.Index(axes[0].nodes, name=counts.index.name)
    )
    total = cube.size
    matrix = sparse.vstack(sums, format="csr") if sums else sparse.csr_array((0, total))
    return Tables(
        counts=pd.Series(np.rint(cube).astype(np.int64).ravel(), index=names),
        sums=_without_zeros(matrix),
        published=np.ones(total, dtype=bool),
        axes=tuple(axes) + (_axis(pd.Index(["All"]), {}),) * (3 - len(axes)),
    )


def _without_zeros(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a matrix without the zeros that a product by blocks has left in it."""
    made = sparse.csr_array(matrix)
    made.eliminate_zeros()
    return made


def named(name: object) -> str:
    """Return what a count is called, in words."""
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


@dataclass(frozen=True, eq=False)
class Axis:
    """One level: its finest entries, all entries with the sums, what each is made of, and what adds up to what."""

    leaves: pd.Index
    nodes: pd.Index
    parts: sparse.csr_array
    sums: sparse.csr_array

    @property
    def links(self) -> Links:
        """Each leaf's entries how often it counts in each, itself first; each entry's leaves; whether sums cross."""
        up, down = sparse.csc_array(self.parts), self.parts
        starts, nodes, times = up.indptr, up.indices.copy(), up.data.astype(np.int64)
        own = self.nodes.get_indexer(self.leaves)
        for leaf, (begin, end) in enumerate(itertools.pairwise(starts)):
            at = begin + int(np.flatnonzero(nodes[begin:end] == own[leaf])[0])
            for values in (nodes, times):
                values[begin], values[at] = values[at], values[begin]
        whole = [
            np.asarray(part, dtype=np.int64) for part in (starts, nodes, times, down.indptr, down.indices)
        ]
        return whole[0], whole[1], whole[2], whole[3], whole[4], np.array([self.crossed], dtype=np.int64)

    @property
    def crossed(self) -> bool:
        """Whether two sums have some leaves in common, and each has others besides."""
        inside = self.parts.astype(bool).astype(np.int64)
        both = sparse.coo_array(inside @ inside.T)
        sizes = np.diff(inside.indptr)
        return bool((both.data < np.minimum(sizes[both.row], sizes[both.col])).any())


def _axis(leaves: pd.Index, within: Mapping[str, Sequence[str]]) -> Axis:
    """Return a level with its sums, each after its parts, so that what belongs together stands together."""
    known, finest = set(leaves), set(leaves)
    for total, parts in within.items():
        missing = [part for part in parts if part not in known]
        if missing or total in finest:
            what = f"is made of {listed(missing)}, not among the counts" if missing else "is a count itself"
            raise DataError(
                f"the sum {total!r} {what}", hint="name each sum after its parts, by a name of its own"
            )
        known.add(total)
    order: dict[str, None] = {}

    def add(name: str) -> None:
        for part in within.get(name, ()):
            add(part)
        order.setdefault(name)

    for name in [*reversed(list(within)), *leaves]:
        add(name)
    nodes = pd.Index(list(order))
    place = {name: at for at, name in enumerate(order)}
    held = {leaf: {at: 1.0} for at, leaf in enumerate(leaves)}
    for total, parts in within.items():
        added: dict[int, float] = {}
        for part in parts:
            for at, times in held[part].items():
                added[at] = added.get(at, 0.0) + times
        held[total] = added
    sums = [{**{place[part]: 1.0 for part in parts}, place[total]: -1.0} for total, parts in within.items()]
    return Axis(
        leaves=leaves,
        nodes=nodes,
        parts=_rows([held[name] for name in order], len(leaves)),
        sums=_rows(sums, len(nodes)),
    )


def _rows(rows: list[dict[int, float]], width: int) -> sparse.csr_array:
    """Return rows of place and value as a sparse array."""
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([at for row in rows for at in row], dtype=np.int64)
    values = np.array([value for row in rows for value in row.values()], dtype=float)
    return sparse.csr_array((values, columns, starts), shape=(len(rows), width))
