"""Read the tables by which one kind of code becomes another: LSOAs to wards, those of 2011 to those of 2021."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hotspots.areas.columns import as_codes, population_column
from hotspots.base.errors import DataError
from hotspots.base.tables import Source, Table, read_table

_SHARE = re.compile(
    r"(?<![a-z])(?:share|weight|proportion|percent|percentage|pct|ratio)(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True, eq=False)
class LookupTable:
    """One table of codes.

    Attributes
    ----------
    where : str
        The table, as messages name it.
    codes : DataFrame of str
        Every column, its cells as codes are read.
    share : Series of float64 or None
        How much each row counts where a code stands on several: a column of shares, weights or populations.
    """

    where: str
    codes: pd.DataFrame
    share: pd.Series[Any] | None


def read_lookup(sources: Source | Sequence[Source]) -> tuple[LookupTable, ...]:
    """Read one table of codes, or several of which each leads on to the next.

    Parameters
    ----------
    sources : path or DataFrame, or sequence of them
        Tables as `hotspots.base.tables.read_table` takes them. For `hotspots.assign_areas` the first has the
        codes that incidents recorded, the last those of the areas; which columns hold them is found by the
        codes themselves.

    Raises
    ------
    FileError, DataError
        When a table cannot be read.

    Examples
    --------
    >>> table = pd.DataFrame({"LSOA11CD": ["E01000001", "E01000002"], "WD19CD": ["E05000001", "E05000001"]})
    >>> read_lookup(table)[0].codes["WD19CD"].tolist()
    ['E05000001', 'E05000001']
    """
    one = isinstance(sources, (str, os.PathLike, pd.DataFrame))
    given: Sequence[Source] = [sources] if one else sources  # type: ignore[list-item, assignment]
    tables = [read_table(source, what="the lookup") for source in given]
    return tuple(
        LookupTable(table.where, table.rows.apply(as_codes, result_type="expand"), _share(table))
        for table in tables
    )


def _share(table: Table) -> pd.Series[Any] | None:
    column = next((str(name) for name in table.rows.columns if _SHARE.search(str(name))), None)
    column = column or population_column(table.rows)
    if column is None:
        return None
    try:
        return table.numbers(table.rows[column])
    except DataError:  # words, such as how a code was matched: no numbers to share by
        return None
