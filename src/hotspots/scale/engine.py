"""Where the rows of a job are read: in batches on this machine, or on Dask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hotspots.incidents.files import IncidentFile
from hotspots.scale.job import Job
from hotspots.scale.rows import Tally
from hotspots.scale.stream import Gathered, Wanted, tally_all

if TYPE_CHECKING:
    from distributed import Client


def read_all(
    job: Job,
    files: Sequence[IncidentFile],
    wanted: Wanted | None,
    *,
    dask: bool,
    scheduler: str | Client | None,
) -> tuple[Job, Tally, Any, Sequence[Any]]:
    """Read all files, once more where they hold the same month.

    Returns
    -------
    Job, Tally, Any, sequence
        The job as it was done, the tally of all rows, what is made of them, and what is known of their places.
    """
    if dask:
        from hotspots.scale.cluster import computed

        return computed(job, wanted, files, scheduler)
    if wanted is None:
        return *tally_all(job, files), None, []
    gathered = Gathered(job, wanted)
    job, tally = tally_all(job, files, gathered)
    return job, tally, gathered.total(), gathered.at
