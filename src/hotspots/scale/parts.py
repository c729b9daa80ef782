"""Cut incident files into parts that can be read apart."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from hotspots.incidents.files import IncidentFile
from hotspots.incidents.sources import PARQUET

# About as many rows of a Parquet file as one task reads.
PART_ROWS = 1 << 20


@dataclass(frozen=True)
class Part:
    """A piece of the input that one task reads: a file, or some row groups of a Parquet file.

    Attributes
    ----------
    number : int
        Of the file among all.
    file : IncidentFile
        The file, opened and not read.
    """

    number: int
    file: IncidentFile


def cut(number: int, file: IncidentFile) -> Iterator[Part]:
    """Cut a file into parts: a Parquet file by its row groups, others not at all."""
    path = file.source.path.resolve()
    source = dataclasses.replace(file.source, path=path)
    if source.suffix not in PARQUET:
        yield Part(number, dataclasses.replace(file, source=source))
        return
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    lengths = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    first = start = 0
    for group, length in enumerate(lengths):
        held = sum(lengths[first : group + 1])
        if held + length / 2 > PART_ROWS or group == len(lengths) - 1:
            groups = list(range(first, group + 1))
            read = functools.partial(cast("Any", file.batches), groups=groups, start=start)
            yield Part(number, dataclasses.replace(file, source=source, batches=read))
            first, start = group + 1, start + held
