"""The gate at the door of every function that takes incidents: all that is wrong with a table, said at once."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from hotspots.base.crs import BRITISH_NATIONAL_GRID
from hotspots.base.errors import CRSError, DataError, HotspotsError, refuse

POINT = 0  # shapely's number for the type; -1 is a missing geometry


def as_incidents(incidents: Any, *, located: bool = True) -> pd.DataFrame:
    """Return the incidents with ``month`` as months, or say all that is wrong with the table at once.

    An incidents table has one row an incident: ``x`` and ``y`` as numbers, or a layer of points; where it has
    them, ``month`` as months, dates or text such as "2025-07", and ``weight`` as numbers of 0 or more.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame of points
        The table. It is not changed.
    located : bool, default True
        Whether it must have coordinates, which a count by recorded code does not need.

    Returns
    -------
    DataFrame
        The same object, or a copy where the months had to be read.

    Raises
    ------
    CRSError
        When a layer states no reference system, and nothing else is wrong.
    DataError
        When anything else, or several things, are wrong.

    Examples
    --------
    >>> table = pd.DataFrame({"x": ["north", "south"], "y": [1.0, 2.0], "weight": [1.0, -1.0]})
    >>> as_incidents(table)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hotspots.base.errors.DataError: 2 things are wrong with the incidents: ...
    """
    if not isinstance(incidents, pd.DataFrame):
        raise DataError(
            f"the incidents are a {type(incidents).__name__}, not a table",
            hint="read them with read_incidents, or make a pandas.DataFrame of them",
        )
    faults = [*(_of_points(incidents) if located else ()), *_of_weights(incidents)]
    months: Any = None
    try:
        months = _months(incidents)
    except DataError as error:
        faults.append(error)
    refuse(faults, what="the incidents")
    return incidents if months is None else incidents.assign(month=months)


def system_of(incidents: pd.DataFrame) -> Any:
    """Return the reference system that incidents are in; the national grid where a table names none."""
    held = incidents.crs if is_layer(incidents) else incidents.attrs.get("crs")
    return BRITISH_NATIONAL_GRID if held is None else held


def row_weights(incidents: pd.DataFrame) -> npt.NDArray[np.float64] | None:
    """Return how many incidents each row stands for; None where each stands for one.

    Parameters
    ----------
    incidents : DataFrame
        From `as_incidents`.
    """
    if "weight" not in incidents:
        return None
    held = incidents["weight"].to_numpy(dtype=np.float64)
    return None if (held == 1).all() else held


def row_numbers(incidents: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return how many rows of the files each row stands for: 1, or in a table of sums its ``rows``.

    Weights say how many incidents a row stands for, and a row of the files may stand for several.
    """
    if "sums" not in incidents.attrs:
        return np.ones(len(incidents), dtype=np.int64)
    return incidents["rows"].to_numpy(dtype=np.int64)


def located_rows(incidents: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return how many rows with coordinates each row stands for; see `row_numbers`."""
    if "x" in incidents:
        return row_numbers(incidents) * incidents["x"].notna().to_numpy()
    return incidents["located"].to_numpy(dtype=np.int64)


def is_layer(incidents: Any) -> bool:
    """Return whether a table is a layer of geometries."""
    # Where geopandas was never imported, nothing can be a GeoDataFrame, and importing it would be for nothing.
    geopandas = sys.modules.get("geopandas")
    return geopandas is not None and isinstance(incidents, geopandas.GeoDataFrame)


def _of_points(incidents: Any) -> list[HotspotsError]:
    if is_layer(incidents):
        return _of_layer(incidents)
    if not {"x", "y"} <= set(incidents.columns):
        return [DataError("the incidents have no columns 'x' and 'y'", hint="read them with read_incidents")]
    faults: list[HotspotsError] = []
    for name in ("x", "y"):
        held = incidents[name]
        wrong = _not_numbers(held)
        if wrong.any():
            faults.append(
                DataError(
                    f"the incidents' column '{name}' holds {held[wrong].tolist()[0]!r}, not a number of metres",
                    hint=f"make it numbers with incidents['{name}'] = pandas.to_numeric(incidents['{name}'])",
                )
            )
    return faults


def _of_layer(layer: Any) -> list[HotspotsError]:
    import shapely

    try:
        points = layer.geometry.to_numpy()
    except AttributeError:
        return [
            DataError(
                "the incidents have no column of geometry",
                hint="name it with incidents.set_geometry('column')",
            )
        ]
    faults: list[HotspotsError] = []
    if layer.crs is None:
        faults.append(
            CRSError(
                "incidents have no coordinate reference system, but distances need one",
                hint=f"set it with incidents.set_crs('{BRITISH_NATIONAL_GRID}'), if that is what the coordinates are",
            )
        )
    if not np.isin(shapely.get_type_id(points), (-1, POINT)).all():
        faults.append(
            DataError(
                "the incidents hold geometries other than points",
                hint="take one point of each with incidents.representative_point()",
            )
        )
    return faults


def _of_weights(incidents: pd.DataFrame) -> list[HotspotsError]:
    if "weight" not in incidents:
        return []
    held = incidents["weight"]
    if not is_numeric_dtype(held) or is_bool_dtype(held):
        bad = _not_numbers(held) | held.isna().to_numpy()
    else:
        values = held.to_numpy(dtype=float, na_value=np.nan)
        bad = ~(np.isfinite(values) & (values >= 0))
    if not bad.any():
        return []
    return [
        DataError(
            f"{int(bad.sum()):,} of {len(held):,} incidents have a weight that is missing, negative or not a "
            f"finite number, the first in row {incidents.index[bad][0]}: {held[bad].tolist()[0]}",
            hint="correct the column 'weight', or leave it out to count every incident once",
        )
    ]


def _not_numbers(held: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Return which values are there and are no number; infinity is none either."""
    if is_numeric_dtype(held) and not is_bool_dtype(held):
        infinite: npt.NDArray[np.bool_] = np.isinf(held.to_numpy(dtype=float, na_value=np.nan))
        return infinite
    # Numbers may stand in a column of objects, as text may not: 1.5 is a number, "1.5" is one to be read first.
    plain = [isinstance(value, (int, float, np.number)) and not isinstance(value, bool) for value in held]
    wrong: npt.NDArray[np.bool_] = held.notna().to_numpy() & ~np.array(plain, dtype=bool)
    return wrong


def _months(incidents: pd.DataFrame) -> Any:
    """Return the months, where they are not months already; None where they are, or there are none."""
    if "month" not in incidents:
        return None
    held = incidents["month"]
    if isinstance(held.dtype, pd.PeriodDtype):
        return None if str(held.dtype) == "period[M]" else held.dt.asfreq("M")
    if is_numeric_dtype(held) and held.notna().any():
        raise _no_month(held, held.notna().to_numpy())
    read = held
    if not is_datetime64_any_dtype(held):
        # Text is a month such as 2025-07, or a date that begins with one; so is a month as an object.
        read = pd.to_datetime(held.astype("str"), errors="coerce", format="ISO8601")
    lost = held.notna().to_numpy() & read.isna().to_numpy()
    if lost.any():
        raise _no_month(held, lost)
    return read.dt.tz_localize(None).dt.to_period("M")


def _no_month(held: pd.Series[Any], lost: npt.NDArray[np.bool_]) -> DataError:
    return DataError(
        f"the incidents' column 'month' holds {held[lost].tolist()[0]!r}, which is not a month",
        hint="write months as 2025-07, or make them so with pandas.PeriodIndex(dates, freq='M')",
    )
