"""Which months files of incidents hold: their column of months alone is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hotspots.incidents.columns import ColumnNames
from hotspots.incidents.dates import NO_MONTH
from hotspots.incidents.opening import open_incidents
from hotspots.incidents.sources import find_sources


def months_in(source: str | Path | Sequence[str | Path], named: ColumnNames) -> tuple[str, ...]:
    """Return the months that some row of the files has, ascending, as ``"2025-01"``.

    Raises
    ------
    FileError, DataError
        When a file cannot be read; see `hotspots.read_incidents`.
    """
    found: set[int] = set()
    for file in open_incidents(find_sources(source), named):
        held: Any = [np.unique(table.column("month").to_numpy()) for table in file.iter_tables()]
        found.update(int(month) for months in held for month in months if month != NO_MONTH)
    return tuple(str(pd.Period(ordinal=month, freq="M")) for month in sorted(found))
