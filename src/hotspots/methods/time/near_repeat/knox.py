"""The Knox test: how many more pairs are near in space and in time than if the days fell on incidents by chance."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.crs import require_metres, require_scale
from hotspots.base.discovery import benjamini_hochberg
from hotspots.base.draws import MOST_SLOW, require_draws, require_seed
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.threads import thread_count
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents, row_weights, system_of
from hotspots.methods.time.near_repeat.pairs import Pairs, close_pairs

log = logging.getLogger(__name__)

DISTANCES = (100.0, 200.0, 300.0, 400.0)
DAYS = (7, 14, 21, 28)
_TOGETHER = 16
"""Orders of the days that are counted in one pass over the pairs: 64 bytes a row, one line of the processor's cache."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NearRepeats:
    """What the Knox test found.

    Attributes
    ----------
    boxes : DataFrame
        One row for each band of distances and of days: ``m_over``, ``m_to`` (both 0 for the same place; infinite
        beyond the last), ``days_over``, ``days_to`` (-1 and 7 for the first week, so that every band is over the
        one and up to the other); ``pairs``; ``nr_expect``, their exact mean over all orders of the days;
        ``nr_ratio``, pairs over expected, missing where none is; ``nr_p``; ``nr_q``, by Benjamini-Hochberg over the
        boxes with an end, missing elsewhere; ``nr_flag``, whether the box holds more pairs than chance explains.
    roles : DataFrame
        On the index of the incidents that were used: ``nr_after``, how many later incidents stand to it in a
        marked box, ``nr_before``, how many earlier ones, and ``nr_role``: originator, follower, both or none. Two on
        one day have no order and count for neither.
    incidents, unplaced, undated : int
        How many were used, and how many have no coordinates or, of the others, no day.
    pairs : int
        Pairs of those used, near or not.
    same_day : int
        Pairs on one day, at one place or up to the first distance apart: one incident on several rows looks so.
    permutations, seed : int
    level : float
        The q up to which boxes are marked.
    """

    boxes: pd.DataFrame
    roles: pd.DataFrame
    incidents: int
    unplaced: int
    undated: int
    pairs: int
    same_day: int
    permutations: int
    seed: int
    level: float


def near_repeat(
    incidents: pd.DataFrame,
    *,
    distances: Sequence[float] = DISTANCES,
    days: Sequence[int] = DAYS,
    permutations: int = 999,
    seed: int = 0,
    q: float = 0.05,
) -> NearRepeats:
    """Test whether incidents that are near in space are also near in time, by distance and days apart.

    Every two incidents are a pair, in a box of so many metres and so many days apart. If the days fell on the
    places by chance, a box would hold ``S T / P`` pairs on average, of S pairs at that distance, T at that
    number of days and P in all. The days are drawn anew among the incidents `permutations` times; p is the share
    of the draws, the real order among them, that have at least as many pairs. It is
    ``(1 + draws at least as many) / (1 + permutations)``, never under ``1 / (1 + permutations)``.

    A band holds its end: 100 m is in "up to 100 m", 7 days in "up to 7 days". Incidents at one place are a row
    of their own, since they are repeats, not near repeats.

    Parameters
    ----------
    incidents : DataFrame
        From `read_incidents`, of one kind of crime, with ``date``: a day, not a month. Each row is one incident.
    distances : sequence of float, default (100, 200, 300, 400)
        Where each band of distances ends, in metres, rising, over 0; at most 200 of them.
    days : sequence of int, default (7, 14, 21, 28)
        Where each band of days ends, rising, 0 or more.
    permutations : int, default 999
        From 99 to 99,999.
    seed : int, default 0
        Of the draws.
    q : float, default 0.05
        A box is marked where its q is at most this and it holds more pairs than expected. Over (0, 1).

    Returns
    -------
    NearRepeats

    Raises
    ------
    DataError
        When there are no days, or every date is the first of a month, which is how months are written; when
        rows stand for several incidents; or under 10 incidents have a place and a day.
    ParameterError
        When a parameter is out of its range, or there are over 300 million near pairs.

    Notes
    -----
    An incident with only a month, or moved to a point that stands for a street, cannot be used: its nearest
    neighbours in space and time are made by the moving.

    References
    ----------
    Knox, E. G. (1964) The detection of space-time interactions. Applied Statistics 13(1), 25-30.
    https://doi.org/10.2307/2985220

    Johnson, S. D. et al. (2007) Space-time patterns of risk: a cross national assessment of residential burglary
    victimization. Journal of Quantitative Criminology 23(3), 201-219. https://doi.org/10.1007/s10940-007-9025-3

    Examples
    --------
    Five incidents on one street within a week, and five far apart in place and time.

    >>> import pandas as pd
    >>> near = {"x": [0, 20, 40, 60, 80], "date": pd.date_range("2025-01-01", periods=5)}
    >>> far = {"x": [5_000, 9_000, 14_000, 20_000, 27_000], "date": pd.date_range("2025-02-01", periods=5, freq="20D")}
    >>> incidents = pd.concat([pd.DataFrame(near), pd.DataFrame(far)], ignore_index=True).assign(y=0.0)
    >>> found = near_repeat(incidents, distances=[100], days=[7])
    >>> found.boxes[["m_to", "days_to", "pairs", "nr_expect", "nr_flag"]].iloc[2]
    m_to            100.0
    days_to           7.0
    pairs              10
    nr_expect    2.222222
    nr_flag          True
    Name: 2, dtype: object
    """
    edges, ends = _bands(distances, days)
    require_draws(permutations, name="permutations", usual=999, most=MOST_SLOW)
    require_seed(seed)
    if not 0 < q < 1:
        raise ParameterError(f"'q' is {q}", hint="give a share over 0 and under 1, such as 0.05")
    index, x, y, day, lost = _events(as_incidents(incidents))
    if len(index) < 10:
        raise DataError(
            f"only {len(index)} incidents have a place and a day: near repeats need 10",
            hint="take more months, or more kinds of crime",
        )
    pairs, window = close_pairs(x, y, edges), _windows(day, ends)
    rows, columns = len(edges) + 2, len(ends) + 1
    total = _pairs_by_days(day, window, columns)
    seen = _boxes(pairs, day[:, None].astype(np.int32), window, total, rows)[0]
    log.info("%s incidents, %s pairs up to %g m apart; %s permutations, seed %d",
             f"{len(index):,}", f"{len(pairs.band):,}", edges[-1], f"{permutations:,}", seed)  # fmt: skip
    reached = _permute(pairs, day, window, total, seen, permutations, seed)
    every = len(index) * (len(index) - 1) // 2
    boxes = _table(seen, (1 + reached) / (1 + permutations), every, edges, ends, q)
    marked = boxes["nr_flag"].to_numpy().reshape(rows, columns)
    same_day = int((day[pairs.first] == day[pairs.second])[pairs.band <= 1].sum())
    return NearRepeats(
        boxes,
        _roles(pairs, day, window, marked, index),
        len(index),
        *lost,
        every,
        same_day,
        permutations,
        seed,
        q,
    )


def _bands(distances: Sequence[float], days: Sequence[int]) -> tuple[npt.NDArray[np.float64], Integers]:
    """Return where the bands end, or refuse bands that do not rise."""
    edges, ends = np.asarray(distances, dtype=np.float64).ravel(), np.asarray(days, dtype=np.float64).ravel()
    if not (
        0 < len(edges) <= 200 and np.isfinite(edges).all() and edges[0] > 0 and (np.diff(edges) > 0).all()
    ):
        raise ParameterError(
            f"'distances' are {', '.join(f'{one:g}' for one in edges) or 'none'}",
            hint="give up to 200 numbers of metres over 0, rising, such as 100, 200, 400",
        )
    whole = np.isfinite(ends).all() and (ends == np.floor(ends)).all()
    if not (0 < len(ends) <= 200 and whole and ends[0] >= 0 and (np.diff(ends) > 0).all()):
        raise ParameterError(
            f"'days' are {', '.join(f'{one:g}' for one in ends) or 'none'}",
            hint="give up to 200 whole numbers of days, rising, such as 7, 14, 28",
        )
    return edges, ends.astype(np.int64)


def _events(
    incidents: pd.DataFrame,
) -> tuple[pd.Index, npt.NDArray[np.float64], npt.NDArray[np.float64], Integers, tuple[int, int]]:
    """Return the incidents that have a place and a day, and how many have none."""
    dated = incidents["date"] if "date" in incidents else pd.Series(pd.NaT, index=incidents.index)
    if row_weights(incidents) is not None:
        raise DataError(
            "rows stand for several incidents, which near repeats cannot use: which of them came first is not told",
            hint="give a file with a row for each incident, without a column of weights",
        )
    if dated.isna().all() and ("month" not in incidents or incidents["month"].isna().all()):
        raise DataError("no incident has a date", hint="name the column of dates with 'month_column'")
    if dated.isna().all() or (dated.dropna().dt.day == 1).all():
        raise DataError(
            "the incidents have months, not days, so that near repeats cannot be told",
            hint="give a file with the day of each incident, as police.uk's do not have it",
        )
    crs = require_metres(system_of(incidents), what="incidents")
    x, y = coordinates(incidents, crs)
    placed, known = np.isfinite(x) & np.isfinite(y), dated.notna().to_numpy()
    used = placed & known
    if used.any():  # the few that were placed elsewhere by mistake do not say where all are
        west, east = np.quantile(x[used], (0.01, 0.99))
        south, north = np.quantile(y[used], (0.01, 0.99))
        require_scale(crs, (west, south, east, north), what="incidents")
    day = dated.to_numpy()[used].astype("datetime64[D]").astype(np.int64)
    return incidents.index[used], x[used], y[used], day, (int((~placed).sum()), int((placed & ~known).sum()))


def _windows(day: Integers, ends: Integers) -> npt.NDArray[np.uint8]:
    """Return the band of each number of days apart that there can be."""
    return np.searchsorted(ends, np.arange(day.max() - day.min() + 1), side="left").astype(np.uint8)


def _pairs_by_days(day: Integers, window: npt.NDArray[np.uint8], columns: int) -> Integers:
    """Return how many of all pairs there are in each band of days: no order of the days changes it."""
    on = np.bincount(day - day.min())
    # How many pairs are k days apart is the product of the days' numbers, k days shifted.
    apart = np.array([on[: len(on) - k] @ on[k:] for k in range(len(on))], dtype=np.int64)
    apart[0] = (on * (on - 1) // 2).sum()
    total = np.zeros(columns, dtype=np.int64)
    np.add.at(total, window, apart)
    return total


def _boxes(
    pairs: Pairs, days: npt.NDArray[np.int32], window: npt.NDArray[np.uint8], total: Integers, rows: int
) -> Integers:
    """Return the pairs in each box for each order of the days; those beyond the last distance are all the others."""
    from hotspots.methods.time.near_repeat.kernels import count_boxes

    counts = np.zeros((days.shape[1], rows, len(total)), dtype=np.int64)
    count_boxes(pairs.first, pairs.second, pairs.band, days, window, counts)
    counts[:, -1] = total - counts[:, :-1].sum(axis=1)
    return counts


def _permute(
    pairs: Pairs,
    day: Integers,
    window: npt.NDArray[np.uint8],
    total: Integers,
    seen: Integers,
    permutations: int,
    seed: int,
) -> Integers:
    """Return in how many orders of the days each box holds at least as many pairs as it does."""
    sizes = [min(_TOGETHER, permutations - start) for start in range(0, permutations, _TOGETHER)]

    def reached(given: tuple[int, np.random.SeedSequence]) -> Integers:
        size, drawn = given
        generator = np.random.Generator(np.random.PCG64(drawn))
        days = generator.permuted(np.repeat(day.astype(np.int32)[None, :], size, axis=0), axis=1)
        counts = _boxes(pairs, np.ascontiguousarray(days.T), window, total, len(seen))
        held: Integers = (counts >= seen).sum(axis=0, dtype=np.int64)
        return held

    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    with ThreadPoolExecutor(thread_count()) as pool:  # each block has a seed of its own, whoever counts it
        return sum(pool.map(reached, zip(sizes, seeds, strict=True)), start=np.zeros_like(seen))


def _table(
    seen: Integers,
    p: npt.NDArray[np.float64],
    every: int,
    edges: npt.NDArray[np.float64],
    ends: Integers,
    q: float,
) -> pd.DataFrame:
    """Return one row for each box, by distance, then days."""
    rows, columns = seen.shape
    expected = seen.sum(axis=1, keepdims=True) * seen.sum(axis=0, keepdims=True) / every
    inner = np.zeros(seen.shape, dtype=bool)
    inner[:-1, :-1] = True
    corrected = np.full(seen.shape, np.nan)
    corrected[inner] = benjamini_hochberg(p[inner])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(expected > 0, seen / expected, np.nan)
    over_m, to_m = np.concatenate(([0.0, 0.0], edges)), np.concatenate(([0.0], edges, [np.inf]))
    over_days, to_days = np.concatenate(([-1], ends)), np.concatenate((ends, [np.inf]))
    return pd.DataFrame(
        {
            "m_over": np.repeat(over_m, columns),
            "m_to": np.repeat(to_m, columns),
            "days_over": np.tile(over_days, rows),
            "days_to": np.tile(to_days, rows),
            "pairs": seen.ravel(),
            "nr_expect": expected.ravel(),
            "nr_ratio": ratio.ravel(),
            "nr_p": p.ravel(),
            "nr_q": corrected.ravel(),
            "nr_flag": ((corrected <= q) & (seen > expected)).ravel(),
        }
    )


def _roles(
    pairs: Pairs, day: Integers, window: npt.NDArray[np.uint8], marked: npt.NDArray[np.bool_], index: pd.Index
) -> pd.DataFrame:
    """Return how many incidents came after each in a marked box, and how many before."""
    followed, follows = np.zeros(len(index), dtype=np.int64), np.zeros(len(index), dtype=np.int64)
    step = 10_000_000
    for start in range(0, len(pairs.band), step):
        part = slice(start, start + step)
        first, second = pairs.first[part], pairs.second[part]
        after = day[second] - day[first]
        held = marked[pairs.band[part], window[np.abs(after)]] & (after != 0)
        earlier = np.where(after > 0, first, second)[held]
        later = np.where(after > 0, second, first)[held]
        followed += np.bincount(earlier, minlength=len(index))
        follows += np.bincount(later, minlength=len(index))
    role = np.select(
        [(followed > 0) & (follows > 0), followed > 0, follows > 0],
        ["both", "originator", "follower"],
        "none",
    )
    return pd.DataFrame({"nr_after": followed, "nr_before": follows, "nr_role": role}, index=index)
