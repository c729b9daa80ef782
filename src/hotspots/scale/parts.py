"""Cut incident files into parts that can be read apart."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hotspots.incidents.files import Batches, IncidentFile
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
            read = functools.partial(_row_groups, groups=list(range(first, group + 1)), start=start)
            yield Part(number, dataclasses.replace(file, source=source, batches=read))
            first, start = group + 1, start + held


def _row_groups(file: IncidentFile, *, groups: list[int], start: int) -> Batches:
    """Read some row groups of a Parquet file, as `IncidentFile.iter_tables` wants its batches."""
    import pyarrow.parquet as pq

    roles = file.columns.present()
    with pq.ParquetFile(file.source.path, pre_buffer=False) as parquet:
        names = list(dict.fromkeys(roles.values()))
        for batch in parquet.iter_batches(1 << 17, row_groups=groups, columns=names):
            positions = np.arange(start + file.rows, start + file.rows + batch.num_rows)
            file.rows += batch.num_rows
            yield pa.table({role: batch.column(name) for role, name in roles.items()}), positions
