"""In which months the files do not cover a district, although they cover it in others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.outline import districts_of
from hotspots.counting.coverage.areas import lacks

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]


def months_lacking(
    areas: gpd.GeoDataFrame, monthly: pd.DataFrame, *, whole: bool = True
) -> dict[str, tuple[str, ...]]:
    """Return the months that the files lack of districts that they cover in other months.

    A district lacks a month in which it would have at least 50 incidents, by its mean of the other months and by how
    many the other districts have in that month beside theirs, and has at most 2 % of them. Where only some offences
    were read it would have at least 100, and has none. A month that all districts lack is none: no file is of it.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``district``; of areas without one nothing is said.
    monthly : DataFrame
        Incidents by area (on the index of `areas`) and month, in which every month that is looked at has a column.
    whole : bool, default True
        Whether they are of every category that the files have.

    Returns
    -------
    dict of str to tuple of str
        The months, ascending, such as ``"2025-02"``, by district, in alphabetical order; empty where none is lacking.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = [shapely.box(place, 0, place + 1, 1) for place in range(2)]
    >>> wards = gpd.GeoDataFrame({"district": ["A", "B"]}, geometry=squares, index=["a", "b"])
    >>> months = pd.period_range("2025-01", "2025-03", freq="M")
    >>> months_lacking(wards, pd.DataFrame([[90, 90, 90], [60, 60, 0]], index=wards.index, columns=months))
    {'B': ('2025-03',)}
    """
    district = districts_of(areas).fillna("").astype(str).to_numpy(dtype=object)
    names, group = np.unique(district.astype(str), return_inverse=True)
    held = np.zeros((len(names), monthly.shape[1]))
    np.add.at(held, group, monthly.reindex(areas.index).to_numpy(dtype=float, na_value=0.0))
    out = np.zeros(held.shape, dtype=bool)
    for _ in range(monthly.shape[1]):  # a month that is lacking bears on the means until it is known
        expected = _expected(held, ~out)
        found = lacks(expected, held, whole=whole) & (names != "")[:, None]
        if (found <= out).all():
            break
        out |= found
    months = [str(month) for month in monthly.columns]
    return {
        str(name): tuple(month for month, lacks in zip(months, row, strict=True) if lacks)
        for name, row in zip(names, out, strict=True)
        if row.any()
    }


def _expected(held: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Return what each district would have in each month: its mean of the others, times what others have then."""
    told = held * known
    total, months = told.sum(axis=1, keepdims=True), known.sum(axis=1, keepdims=True)
    mean = _share(total - told, months - known)
    usual = _share(total, months) * known
    season = _share(told.sum(axis=0) - told, usual.sum(axis=0) - usual)
    # What is left of sums after a subtraction must not decide where a limit is met exactly.
    return np.round(mean * season, 9)


def _share(part: Floats, whole: npt.NDArray[Any]) -> Floats:
    found: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return found
