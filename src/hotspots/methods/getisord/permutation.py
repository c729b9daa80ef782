"""Permutation inference for Gi and Gi*: draws shared by all areas."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from hotspots.base.threads import thread_count
from hotspots.methods.getisord.sums import Sums

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_TIE = 1e-9
"""Sums of values that differ by less than this many SDs are ties."""
_BLOCK = 4_000_000
"""At most this many numbers are drawn at once ..."""
_BLOCK_DRAWS = 8_192
"""... and as a rule this many draws: their sorted sums stay in the processor's cache."""

_log = logging.getLogger(__name__)


def permutation_p(sums: Sums, defined: Flags, permutations: int, seed: int) -> tuple[Floats, Floats]:
    """Return two-sided pseudo-p values and their standard errors; NaN where undefined."""
    n, floor = len(sums.y), 2 / (permutations + 1)
    needed = max(1, int(np.ceil(floor * n / 0.05)))
    _log.info(
        "%s permutations, seed %d: the least p is %.2g; q reaches 0.05 when at least %s of %s areas have it",
        f"{permutations:,}", seed, floor, f"{needed:,}", f"{n:,}",
    )  # fmt: skip
    shared, single = np.random.SeedSequence(seed).spawn(2)
    unmoved = sums.equal & (sums.number == n - 1)  # whatever changes places, the sum stays: p is 1
    counts = _shared_counts(sums, np.flatnonzero(defined & sums.equal & ~unmoved), permutations, shared)
    counts += _weighted_counts(sums, np.flatnonzero(defined & ~sums.equal), permutations, single)
    extreme, draws = np.minimum(counts[0], counts[1]), counts[2]
    p = np.where(defined, np.minimum(1.0, 2 * (extreme + 1) / (draws + 1)), np.nan)
    # p is twice the share t of the draws, so its error is 2 √(t (1 − t) / R) = √(p (2 − p) / R).
    return p, np.where(unmoved, 0.0, np.sqrt(p * (2 - p) / np.maximum(draws, 1)))


def _shared_counts(sums: Sums, areas: Integers, permutations: int, seeds: np.random.SeedSequence) -> Integers:
    """Count, for areas of equal weights, the shared draws at least and at most their sum, and the draws.

    An area with most others for neighbours is compared by the few that it leaves out: no subset is longer
    than half of the areas, so at least half of the draws serve every area.
    """
    from hotspots.methods.getisord.kernels import draw_sequences, rank_in_draws, sum_subsets

    n = len(sums.y)
    if len(areas) == 0:
        return np.zeros((3, n), dtype=np.int64)
    plain = sums.lag[areas] * sums.number[areas] / sums.total[areas]
    few = sums.number[areas] <= (n - 1) // 2
    size, observed = np.zeros(n, dtype=np.int64), np.zeros(n)
    size[areas] = np.where(few, sums.number[areas], n - 1 - sums.number[areas])
    observed[areas] = np.where(few, plain, sums.y.sum() - sums.y[areas] - plain)
    sizes, longest = np.unique(size[areas]), int(size.max())
    slot = np.full(longest + 1, -1, dtype=np.int64)
    slot[sizes] = np.arange(len(sizes))
    groups = [areas[size[areas] == m] for m in sizes]
    groups = [group[np.argsort(observed[group], kind="stable")] for group in groups]

    def count(generator: np.random.Generator, draws: int) -> Integers:
        counts = np.zeros((3, n), dtype=np.int64)
        drawn = draw_sequences(generator.random((draws, longest)), n)
        subsets = sum_subsets(sums.y, drawn, slot, size, observed, _TIE, counts)
        subsets.sort(axis=1)
        for group, row in zip(groups, subsets, strict=True):
            rank_in_draws(group, observed, _TIE, row, counts)
        return counts

    draws = int(np.ceil(permutations * n / (n - longest)))  # so many that an area keeps `permutations`
    return _in_blocks(count, draws, max(1, min(_BLOCK // longest, max(_BLOCK_DRAWS, n // 16))), seeds)


def _weighted_counts(
    sums: Sums, areas: Integers, permutations: int, seeds: np.random.SeedSequence
) -> Integers:
    """Count the same for areas whose neighbours' weights differ: each area's own weighted sums over draws."""
    from hotspots.methods.getisord.kernels import compare_weighted, draw_sequences

    n = len(sums.y)
    if len(areas) == 0:
        return np.zeros((3, n), dtype=np.int64)
    rows = sums.rows[areas]
    start, longest = rows.indptr.astype(np.int64), int(sums.number[areas].max())
    tie = _TIE * float(rows.data.max())

    def count(generator: np.random.Generator, draws: int) -> Integers:
        counts = np.zeros((3, n), dtype=np.int64)
        drawn = np.ascontiguousarray(draw_sequences(generator.random((draws, longest)), n - 1).T)
        compare_weighted(sums.y, drawn, start, rows.data, areas, sums.lag, tie, counts)
        return counts

    return _in_blocks(count, permutations, max(1, min(_BLOCK // longest, _BLOCK_DRAWS // 8)), seeds)


def _in_blocks(
    count: Callable[[np.random.Generator, int], Integers],
    draws: int,
    most: int,
    seeds: np.random.SeedSequence,
) -> Integers:
    """Add up the counts of blocks of draws, each with its own stream: alike on any number of cores."""
    lengths = [most] * (draws // most) + [draws % most] * (draws % most > 0)
    generators = [np.random.Generator(np.random.PCG64(seed)) for seed in seeds.spawn(len(lengths))]
    with ThreadPoolExecutor(thread_count()) as pool:
        blocks = pool.map(count, generators, lengths)
        total = next(blocks)
        for block in blocks:
            total += block
    return total
