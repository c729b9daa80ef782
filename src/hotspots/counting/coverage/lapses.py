"""Areas that the files cover in a part of the months: which months each lacks, in tables and words.

One rule: what lies in an area in a month that it lacks is a stray of a neighbouring force, and counts as outside. The
area keeps its count of the other months, which is not scaled, and is in no rate, average, rank, test, density or
comparison of a period that holds the month.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from hotspots.areas.outline import districts_of
from hotspots.areas.uncovered import NOT_COVERED
from hotspots.base.months import month_runs, span_words
from hotspots.base.text import counted, list_words

if TYPE_CHECKING:
    import geopandas as gpd

    from hotspots.counting.coverage.words import Gaps

Lapses: TypeAlias = "pd.Series[Any]"
"""The months that the files lack of areas, such as ``("2025-06",)``, on the codes of those that lack any."""

NAMED = 4  # spans of months that are named; of more, their number is


def lapses_of(areas: gpd.GeoDataFrame, gaps: Gaps, *, covered: Container[str] = ()) -> Lapses:
    """Return the months that each area lacks: those of its district, but for areas that are said to be covered.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = [shapely.box(place, 0, place + 1, 1) for place in range(3)]
    >>> wards = gpd.GeoDataFrame({"district": ["A", "B", "B"]}, geometry=squares, index=["a", "b", "c"])
    >>> lapses_of(wards, {"B": ("2025-06",)}, covered=["c"]).to_dict()
    {'b': ('2025-06',)}
    """
    district = districts_of(areas).astype(str)
    mine = {code: gaps[name] for code, name in district.items() if name in gaps and code not in covered}
    return pd.Series(mine, dtype=object)


def within_lapses(lapses: Lapses, months: Iterable[Any]) -> Lapses:
    """Return the areas that lack one of some months, with those of them that they lack."""
    asked = {str(month) for month in months}
    held = [tuple(month for month in gone if month in asked) for gone in lapses]
    kept = [bool(one) for one in held]
    return pd.Series(held, index=lapses.index, dtype=object)[kept]


def strays(assigned: pd.Series[Any], months: pd.Series[Any], lapses: Lapses) -> pd.Series[bool]:
    """Return which incidents lie in an area in a month that it lacks.

    Parameters
    ----------
    assigned, months : Series
        The area and the month of each incident, on one index.
    lapses : Series
        See `Lapses`.
    """
    inside = assigned.isin(lapses.index)
    pairs = pd.Series(
        list(zip(assigned[inside].astype(str), months[inside].astype(str), strict=True)), dtype=object
    )
    gone = {(str(code), month) for code, held in lapses.items() for month in held}
    found = inside.to_numpy(dtype=bool, copy=True)
    found[found] = pairs.isin(gone).to_numpy()
    return pd.Series(found, index=assigned.index)


def blanked(monthly: pd.DataFrame, lapses: Lapses) -> pd.DataFrame:
    """Return counts by area and month, missing where the files lack the month of the area.

    Examples
    --------
    >>> months = pd.period_range("2025-01", periods=2, freq="M")
    >>> n = pd.DataFrame([[4, 5], [6, 0]], index=["a", "b"], columns=months)
    >>> blanked(n, pd.Series({"b": ("2025-02",)})).iloc[:, 1].tolist()
    [5, <NA>]
    """
    places = {str(month): place for place, month in enumerate(monthly.columns)}
    rows = {code: row for row, code in enumerate(monthly.index)}
    out = np.zeros(monthly.shape, dtype=bool)
    for code, gone in lapses.items():
        if code in rows:
            out[rows[code], [places[month] for month in gone if month in places]] = True
    if not out.any():
        return monthly
    result = monthly.copy()
    for place in np.flatnonzero(out.any(axis=0)).tolist():
        name: Any = monthly.columns[place]
        column: pd.Series[Any] = monthly.iloc[:, place]
        whole = pd.api.types.is_integer_dtype(column.dtype)
        result[name] = column.astype("Int64" if whole else float).mask(out[:, place])
    return result


def lapse_words(lacking: Sequence[str], months: Sequence[Any] = ()) -> str:
    """Return the months that an area lacks in words, with how many of a period it has.

    Parameters
    ----------
    lacking : sequence of str
        The months, ascending.
    months : sequence of Period
        Those of the period that counts are of; where one of them is lacking, it is said how many there are.

    Examples
    --------
    >>> year = pd.period_range("2025-01", "2025-12", freq="M")
    >>> lapse_words(["2025-06"], year)
    'not covered in June 2025 (11 of 12 months)'
    >>> lapse_words(["2024-02", "2024-06", "2024-07"], year)
    'not covered in February and June to July 2024'
    """
    runs = month_runs(lacking)
    said = counted(len(lacking), "month")
    if len(runs) <= NAMED:
        # The year is told once of runs that end in one.
        alike = [after[0].year == run[-1].year for run, after in pairwise(runs)] + [False]
        said = list_words([span_words(run, year=not same) for run, same in zip(runs, alike, strict=True)])
    held = [str(month) for month in months]
    gone = len(set(held) & set(lacking))
    part = f" ({len(held) - gone} of {len(held)} months)" if gone else ""
    return f"{NOT_COVERED} in {said}{part}"
