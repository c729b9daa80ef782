"""Counting and density on Dask: the numbers of one machine, from as many as there are.

Files are cut into parts. Rows without a Crime ID are counted where their part is read; rows with one are dealt
out by ID, so that one task sees all rows of its IDs, in reading order, and keeps the first of each. Counts and
densities of all tasks add up. A task has no effect but its result, so that what a lost machine had done is done
again elsewhere, and nothing is counted twice.
"""

from __future__ import annotations

import dataclasses
import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hotspots.areas.locate.index import AreaIndex
from hotspots.base.errors import HotspotsError, ParameterError
from hotspots.base.threads import thread_count
from hotspots.counting.belonging import By
from hotspots.counting.counts import Per
from hotspots.incidents.files import Found, IncidentFile
from hotspots.incidents.filters import Words
from hotspots.scale.cube import Cube, Summed, make_summed
from hotspots.scale.job import Job, open_job
from hotspots.scale.parts import Part, cut
from hotspots.scale.rows import Table, Tally
from hotspots.scale.stream import (
    Counted,
    Wanted,
    batches,
    checked,
    dealt,
    finish,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from distributed import Client

MOST_DRAWERS = 64


def count_dask(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    scheduler: str | Client | None = None,
    per: Per | None = None,
    by: By = "polygon",
    category: Words = None,
    exclude: Words = None,
    period: Any = None,
    **settings: Any,
) -> Counted:
    """Count incidents in areas on Dask; the same numbers and account as `hotspots.scale.stream.count_stream`.

    A CSV is one part of the work, a Parquet file one for each million rows or so, by its row groups.

    Parameters
    ----------
    source : path, str, or sequence of them
        As for `hotspots.read_incidents`. Every worker must see the files under the same path.
    areas : GeoDataFrame
        The areas table, in a reference system in metres.
    scheduler : str or distributed.Client, optional
        The address of a running scheduler, such as ``"tcp://10.0.0.5:8786"``; without it, workers are started
        on this machine, one for each processor, and stopped at the end.
    per, by, category, exclude, period, **settings
        As for `hotspots.scale.stream.count_stream`.

    Returns
    -------
    Counted
        ``n``, ``split`` and ``report``.

    Raises
    ------
    ParameterError
        When Dask is not installed, or no scheduler answers.
    FileError, DataError, CRSError
        As `hotspots.scale.stream.count_stream`.
    """
    job, files, copies = open_job(
        source, areas, per=per, by=by, category=category, exclude=exclude, period=period, **settings
    )
    job, tally, *_ = computed(job, None, files, scheduler)
    return finish(job, areas, files, tally, copies)


def sum_dask(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    scheduler: str | Client | None = None,
    kinds: bool = True,
    **reading: Any,
) -> Summed:
    """Read incidents on Dask as sums by area, category and month: those of `hotspots.scale.cube.sum_stream`.

    The parameters are those of `count_dask` and `kinds` of `sum_stream`, and so is what it raises.
    """
    job, files, copies = open_job(source, areas, **reading)
    job, tally, sums, _ = computed(job, Cube(kinds=kinds), files, scheduler)
    report = checked(job, areas, files, tally, copies)
    return make_summed(sums, areas, job, tally, report, kinds=kinds)


def computed(
    job: Job, wanted: Wanted | None, files: Sequence[IncidentFile], scheduler: str | Client | None
) -> tuple[Job, Tally, Any, list[Any]]:
    """Run the graph of tasks; once more where files turn out to hold the same month, with a job that knows."""
    with _client(scheduler) as client:
        tally, made, held = _run(job, wanted, files, client)
        shared = tally.sketches.overlaps(files)
        if shared:
            job = dataclasses.replace(job, shared=shared)
            tally, made, held = _run(job, wanted, files, client)
        return job, tally, made, held


def _run(
    job: Job, wanted: Wanted | None, files: Sequence[IncidentFile], client: Client
) -> tuple[Tally, Any, list[Any]]:
    """Build the graph of tasks and run it."""
    from dask.delayed import delayed

    parts = [part for number, file in enumerate(files) for part in cut(number, file)]
    drawers = min(1 << (len(parts) - 1).bit_length(), MOST_DRAWERS)
    shared = delayed(job, traverse=False)
    indexes = delayed(Job.indexes)(shared)
    look = delayed(_look_at_part)
    seen = [look(shared, wanted, indexes, delayed(part, traverse=False), drawers) for part in parts]
    deal, pick = delayed(_look_in_drawer), delayed(_pick)
    for number in range(drawers):
        held = [[pick(one, what, number) for one in seen[: len(parts)]] for what in ("ids", "again")]
        seen.append(deal(shared, wanted, *held, drawers))
    spots = [[pick(one, "spots", number) for one in seen] for number in range(drawers)]
    placed = [delayed(_account_for_places)(shared, held) for held in spots]
    tallies = [delayed(_tally_of)(one) for one in seen] + placed
    total = _gathered(tallies, delayed(_merged))
    made, at = None, []
    if wanted is not None:
        made = _gathered([delayed(_made_of)(one) for one in seen], delayed(wanted.added))
        at = [delayed(_made_at)(wanted, held) for held in spots]
    with warnings.catch_warnings():
        # The areas travel with the graph, so that they outlive every worker.
        warnings.filterwarnings("ignore", message="Sending large graph")
        return _result_of(delayed((total, made, at)), client)


def _result_of(graph: Any, client: Client) -> tuple[Tally, Any, list[Any]]:
    """Return what a graph comes to, and say in a sentence what became of a cluster that did not come to it."""
    from distributed import CancelledError, KilledWorker

    address = client.scheduler_info().get("address", "") if client.status == "running" else ""
    try:
        found: tuple[Tally, Any, list[Any]] = client.compute(graph).result()
    except CancelledError as error:
        raise HotspotsError(
            f"the Dask scheduler at '{address}' was lost before the work was done",
            hint="start it again, with its workers, and type the same command; or leave 'scheduler' out",
        ) from error
    except KilledWorker as error:
        raise HotspotsError(
            "workers of Dask died one after the other at the same part of the work",
            hint="give workers more memory, or cut the largest file of incidents in two",
        ) from error
    return found


@dataclass(frozen=True)
class Seen:
    """What one task knows of the rows that it settled, and the rows that it leaves to others."""

    tally: Tally
    made: Any
    ids: list[Table]
    again: list[Table]
    spots: list[Table]


def _look_at_part(
    job: Job, wanted: Wanted | None, indexes: list[AreaIndex], part: Part, drawers: int
) -> Seen:
    tally = job.tally()
    kept, named, again = [], [np.empty(0, job.dtype)], [np.empty(0, job.shared_dtype)]
    spots = [np.empty(0, job.spot_dtype)]
    # A task may be done again, and a file counts its rows as it is read.
    file = dataclasses.replace(part.file, found=Found())
    for table in batches(file):
        settled, with_id, shared = job.rows(file, part.number, table, indexes, tally)
        named.append(with_id)
        again.append(shared)
        spots.append(job.settle(settled, tally))
        if wanted is not None:
            kept.append(settled)
    tally.note(part.number, file.found)
    made = wanted.over(job, np.concatenate(kept)) if wanted is not None and kept else None
    ids, shares = (dealt(np.concatenate(rows), "key", drawers) for rows in (named, again))
    return Seen(tally, made, ids, shares, dealt(np.concatenate(spots), "place", drawers))


def _look_in_drawer(
    job: Job, wanted: Wanted | None, ids: list[Table], again: list[Table], drawers: int
) -> Seen:
    tally = job.tally()
    named, spots = job.settle_named(np.concatenate(ids), tally)
    shared, more = job.settle_shared(np.concatenate(again), tally)
    made = wanted.over(job, np.concatenate([named, shared])) if wanted is not None else None
    return Seen(tally, made, [], [], dealt(np.concatenate([spots, more]), "place", drawers))


def _account_for_places(job: Job, held: list[Table]) -> Tally:
    tally = job.tally()
    tally.add_spots(np.concatenate(held))
    return tally


def _made_at(wanted: Wanted, spots: list[Table]) -> Any:
    return wanted.at(np.concatenate(spots))


def _merged(one: Tally, other: Tally) -> Tally:
    # Neither is changed: where a machine is lost, both may be needed again.
    return Tally(one.areas, weighted=one.weighted).merge(one).merge(other)


def _pick(seen: Seen, what: str, number: int) -> Table:
    rows: Table = getattr(seen, what)[number]
    return rows


def _tally_of(seen: Seen) -> Tally:
    return seen.tally


def _made_of(seen: Seen) -> Any:
    return seen.made


def _gathered(results: list[Any], add: Callable[[Any, Any], Any]) -> Any:
    """Return the sum of all results, added up two by two, so that no machine holds them all."""
    while len(results) > 1:
        pairs = zip(results[::2], results[1::2], strict=False)
        results = [add(one, other) for one, other in pairs] + results[len(results) // 2 * 2 :]
    return results[0]


@contextmanager
def _client(scheduler: str | Client | None) -> Iterator[Client]:
    """Connect to a scheduler, or start one with a worker for each processor."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ParameterError(
            "the engine 'dask' is not installed",
            hint="python -m pip install 'hotspots-toolkit[distributed]', or choose another 'engine'",
        ) from error
    if isinstance(scheduler, Client):
        yield scheduler
        return
    if scheduler is None:
        with (
            LocalCluster(
                n_workers=thread_count(),
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler)
    except (OSError, ValueError) as error:
        raise ParameterError(
            f"no Dask scheduler answers at '{scheduler}'",
            hint="give its address with 'scheduler', such as tcp://10.0.0.5:8786, or leave it out",
        ) from error
    with client:
        yield client
