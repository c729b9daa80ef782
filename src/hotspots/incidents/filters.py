"""Choose incidents by category, month and area: each test is an array of true and false, one for each row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.crs import reproject
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.text import plain_text
from hotspots.incidents.cells import month_ordinals
from hotspots.incidents.places import Places

if TYPE_CHECKING:
    import geopandas as gpd

Mask = npt.NDArray[np.bool_]
Words = str | Sequence[str] | None
Period = str | tuple[str, str] | None


def words_of(words: Words) -> list[str]:
    """Return one word, several or none as a list."""
    return [words] if isinstance(words, str) else list(words or ())


def refuse_nothing(alive: Mask, name: str) -> None:
    """Raise when a test has left no row."""
    if alive.any():
        return
    options = {
        "overlap": ("that no other file holds", "give each file once"),
        "filtered_category": ("of the categories asked for", "loosen 'category' or 'exclude'"),
        "filtered_period": ("in the months asked for", "loosen 'period' or 'category'"),
        "filtered_unlocated": ("with coordinates", "leave out 'area', or loosen the other filters"),
        "filtered_area": ("inside the area", "check that 'area' is where the incidents are"),
    }
    what, hint = options[name]
    raise DataError(f"there is no incident {what}", hint=hint)


def _require(incidents: pd.DataFrame, column: str, option: str) -> pd.Series[Any]:
    if column not in incidents:
        raise DataError(
            f"the incidents have no column '{column}', which '{option}' needs", hint=f"leave out '{option}'"
        )
    return incidents[column]


def category_mask(incidents: pd.DataFrame, category: Words, exclude: Words) -> Mask:
    """Return which incidents have one of the categories, and none of those excluded."""
    held = _require(incidents, "category", "exclude" if category is None else "category").astype("category")
    names = [str(name) for name in held.cat.categories]
    codes = held.cat.codes.to_numpy()

    def having(words: Words) -> Mask:
        passed = np.zeros(len(names) + 1, dtype=bool)
        for word in words_of(words):
            same = [name.casefold() == plain_text(word).casefold() for name in names]
            if not any(same):
                raise DataError(f"no incident has the category '{word}'", hint=did_you_mean(word, names))
            passed[:-1] |= same
        # Code -1, no category, takes the last entry.
        return passed[codes]

    kept = np.ones(len(codes), dtype=bool) if category is None else having(category)
    return kept if exclude is None else kept & ~having(exclude)


def month_range(period: Period) -> tuple[int, int] | None:
    """Return the first and last month asked for, as ordinals of monthly periods."""
    if period is None:
        return None
    ends = period.split("..") if isinstance(period, str) else list(period)
    # A year stands for its first month where a range begins, and for its last where it ends.
    both = [ends[0], ends[-1]]
    whole = [
        re.sub(r"^\s*(\d{4})\s*$", rf"\1-{month}", str(end))
        for end, month in zip(both, ("01", "12"), strict=True)
    ]
    found = [re.fullmatch(r"\s*(\d{4})-(0[1-9]|1[0-2])\s*", end) for end in whole]
    if len(ends) not in (1, 2) or not all(found):
        raise ParameterError(
            f"'{period}' is not a month or a range of months",
            hint="write it as 2025, 2025-01 or 2025-01..2025-06",
        )
    ordinals = [(int(match[1]) - 1970) * 12 + int(match[2]) - 1 for match in found if match]
    first, last = ordinals[0], ordinals[-1]
    if first > last:
        raise ParameterError(
            f"the months '{period}' end before they begin", hint=f"write it as {ends[1]}..{ends[0]}"
        )
    return first, last


def range_text(wanted: tuple[int, int]) -> str:
    """Return a range of months as it is typed: "2025-01" or "2025-01..2025-06"."""
    return "..".join(str(pd.Period(ordinal=end, freq="M")) for end in dict.fromkeys(wanted))


def period_attrs(months: pd.Series[Any], wanted: tuple[int, int] | None) -> dict[str, Any]:
    """Return what a table is to know of its period: the months of the files, and those asked for."""
    there = {"months": [str(month) for month in sorted(months.dropna().unique())]}
    return there if wanted is None else {**there, "period": range_text(wanted)}


def period_fields(months: pd.Series[Any], wanted: tuple[int, int] | None) -> dict[str, Any]:
    """Return the same for a `QualityReport`."""
    known = period_attrs(months, wanted)
    return {"months": tuple(known["months"]), "period": known.get("period")}


def month_mask(incidents: pd.DataFrame, wanted: tuple[int, int]) -> Mask:
    """Return which incidents are in a range of months; raise when none is."""
    held = _require(incidents, "month", "period")
    periods = held if isinstance(held.dtype, pd.PeriodDtype) else pd.to_datetime(held).dt.to_period("M")
    ordinals = month_ordinals(periods)
    known = ~periods.isna().to_numpy()
    passed: Mask = known & (ordinals >= wanted[0]) & (ordinals <= wanted[1])
    if passed.any():
        return passed
    asked = " to ".join(str(pd.Period(ordinal=end, freq="M")) for end in dict.fromkeys(wanted))
    if not known.any():
        raise DataError(
            f"no incident is in {asked}: none has a month", hint="name the column with 'month_column'"
        )
    first, last = periods[known].min(), periods[known].max()
    raise DataError(
        f"no incident is in {asked}: the incidents are from {first} to {last}",
        hint=f"choose months within {first}..{last}",
    )


def within_months(months: pd.Series[Any], ranges: Sequence[tuple[int, int] | None]) -> Mask:
    """Return which of monthly periods lie in any of some ranges; none is no error."""
    ordinals = month_ordinals(months)
    passed = np.zeros(len(months), dtype=bool)
    for found in ranges:
        if found is not None:
            passed |= (ordinals >= found[0]) & (ordinals <= found[1])
    return passed


def area_mask(places: Places, area: gpd.GeoDataFrame, crs: Any) -> Mask:
    """Return which rows lie inside or on the border of the polygons of a layer."""
    import shapely

    union = shapely.union_all(reproject(area, crs).geometry.to_numpy())
    shapely.prepare(union)
    west, south, east, north = union.bounds
    x, y = places.distinct_x, places.distinct_y
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    inside[inside] = shapely.intersects_xy(union, x[inside], y[inside])
    # Number -1, no coordinates, takes the last entry.
    return np.append(inside, False)[places.number]
