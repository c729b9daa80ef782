"""Which area each incident belongs to, by polygon, by recorded code or by lookup, and how far two ways agree."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from hotspots.areas.gate import as_areas, code_order
from hotspots.areas.locate.index import AreaIndex
from hotspots.areas.lookup import LookupTable
from hotspots.base.codes import as_code, new_in_2021
from hotspots.base.crs import crs_label
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.counting.lookup import follow_lookup, positions_by_lookup
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents

log = logging.getLogger(__name__)
_STRANGE = 0.02  # a larger share of incidents inside the areas under none of their codes is a warning
By = Literal["polygon", "code"]


def assign_areas(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    by: By = "polygon",
    lookup: Sequence[LookupTable] | None = None,
) -> pd.Series:
    """Return the code of the one area that each incident belongs to.

    By polygon, an incident belongs to an area when it lies inside it or on its border; on a shared border, or
    where areas overlap, it belongs to the first in code order. By code, it belongs to the area that its
    recorded ``lsoa_code`` names, or to which a lookup leads from it. So an incident is counted once or not at
    all, and counts add up.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame of points
        The incidents table.
    areas : GeoDataFrame
        The areas table, in any order.
    by : {'polygon', 'code'}, default 'polygon'
        What decides.
    lookup : sequence of LookupTable, optional
        By code: tables, as `hotspots.read_lookup` returns them, that lead from the recorded codes to the areas',
        such as LSOAs of 2011 to those of 2021, or to wards. A code that leads to several areas is dealt out by
        the tables' shares, weights or populations, else by the incidents' own points.

    Returns
    -------
    Series of category
        Named ``code``, on the incidents' index; the categories are the areas' codes in their order. Missing
        for incidents without coordinates (or without a recorded code) and for those in no area.

    Raises
    ------
    DataError
        When either table is not one (see `hotspots.areas.gate.as_areas` and
        `hotspots.incidents.gate.as_incidents`); when `by` is ``'code'`` and the incidents carry no code, or
        none of the areas', or those of another census or year; when no incident with coordinates lies within
        the areas' extent; when a lookup has no column of the codes needed.
    ParameterError
        When `by` is neither, or a lookup is given by polygon.
    CRSError
        When a table's reference system is missing, or contradicts its coordinates.

    Examples
    --------
    >>> import geopandas, pandas
    >>> from shapely import box
    >>> areas = geopandas.GeoDataFrame(
    ...     geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)],
    ...     index=pandas.Index(["E05000001", "E05000002"], name="code"), crs="EPSG:27700")
    >>> incidents = pandas.DataFrame({"x": [500.0, 1000.0, 1500.0, 9000.0], "y": 500.0})
    >>> assign_areas(incidents, areas).tolist()
    ['E05000001', 'E05000001', 'E05000002', nan]
    """
    areas = as_areas(areas)
    if lookup is not None and by != "code":
        raise ParameterError(
            "a lookup leads from recorded codes to areas, but incidents are placed by polygon",
            hint="place them by code: 'by' = 'code'",
        )
    if by == "code" and lookup is not None:
        positions = _positions_by_lookup(as_incidents(incidents, located=False), areas, lookup)
    elif by == "code":
        held = as_incidents(incidents, located=False)
        positions = recorded_positions(held, areas)
        _check_vintage(held, areas, positions)
    elif by == "polygon":
        positions = _positions_by_polygon(incidents, areas)
    else:
        raise ParameterError(f"'by' is '{by}'", hint="use 'polygon' or 'code'")
    return _as_codes(positions, incidents, areas)


def recorded_areas(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the area whose code each incident recorded, as `assign_areas` does, of whatever year the areas are."""
    areas = as_areas(areas)
    return _as_codes(recorded_positions(as_incidents(incidents, located=False), areas), incidents, areas)


def _as_codes(positions: np.ndarray, incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    held = areas.index if is_integer_dtype(areas.index) else areas.index.astype(str)
    codes = pd.Categorical.from_codes(positions, categories=held)
    return pd.Series(codes, index=incidents.index, name="code")


def _positions_by_polygon(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> np.ndarray:
    x, y = coordinates(incidents, areas.crs)
    west, south, east, north = areas.total_bounds
    if not np.any((x >= west) & (x <= east) & (y >= south) & (y <= north)):
        raise DataError(
            f"no incident lies within the areas: incidents span {_extent(x, y)}, areas span "
            f"{_extent(np.array([west, east]), np.array([south, north]))} ({crs_label(areas.crs)})",
            hint="check that both are of the same place, and that 'source_crs' says what the coordinates are",
        )
    index = AreaIndex(areas.geometry.to_numpy(), points=len(x), order=code_order(areas.index))
    return index.locate(x, y)


def _extent(x: np.ndarray, y: np.ndarray) -> str:
    if not np.isfinite(x).any():
        return "nothing (none has coordinates)"
    return f"{np.nanmin(x):.0f} to {np.nanmax(x):.0f} east, {np.nanmin(y):.0f} to {np.nanmax(y):.0f} north"


def _recorded(incidents: pd.DataFrame) -> pd.Series:
    if "lsoa_code" not in incidents:
        raise DataError(
            "the incidents carry no recorded area code ('lsoa_code')",
            hint="count by polygon instead: 'by' = 'polygon'",
        )
    return incidents["lsoa_code"].astype("category")


def _places(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the incidents' coordinates; NaN where they have none."""
    if "x" in incidents or hasattr(incidents, "geometry"):
        return coordinates(incidents, areas.crs)
    nowhere = np.full(len(incidents), np.nan)
    return nowhere, nowhere


def _positions_by_lookup(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, lookup: Sequence[LookupTable]
) -> np.ndarray:
    recorded = _recorded(incidents)
    held = recorded.cat.remove_unused_categories()
    led = follow_lookup(lookup, pd.Index(held.cat.categories.astype(str)), areas.index.astype(str))
    category = incidents.get("category")
    x, y = _places(incidents, areas)
    return positions_by_lookup(held, category, x, y, areas, led)


def _check_vintage(incidents: pd.DataFrame, areas: gpd.GeoDataFrame, positions: np.ndarray) -> None:
    """Refuse areas of another census or year: incidents inside them recorded codes that none of them has."""
    recorded = _recorded(incidents)
    strange = (positions < 0) & recorded.notna().to_numpy()
    if not strange.any():
        return
    x, y = _places(incidents[strange], areas)
    located = np.isfinite(x)
    if not located.any():
        return
    inside = AreaIndex(areas.geometry.to_numpy(), points=len(x)).locate(x, y) >= 0
    told = pd.DataFrame(
        {"code": recorded[strange].astype(str).to_numpy(), "located": located, "inside": inside}
    )
    refuse_other_census(
        told.groupby("code").sum(),
        recorded=recorded.cat.categories,
        codes=areas.index,
        placed=int((positions >= 0).sum()),
        stacklevel=4,
    )


def refuse_other_census(
    strange: pd.DataFrame, *, recorded: Iterable[object], codes: pd.Index, placed: int, stacklevel: int
) -> None:
    """Refuse areas of another census than the recorded codes, and warn of areas of another year.

    Parameters
    ----------
    strange : DataFrame
        On the recorded codes that no area has, in order: incidents with coordinates (``located``), and those of
        them that are ``inside`` an area.
    recorded, codes : iterable of str, Index
        All recorded codes, and those of the areas.
    placed : int
        How many incidents recorded the code of an area.
    stacklevel : int
        As of `warnings.warn`.

    Raises
    ------
    DataError
        When the one are LSOAs of 2011, and the others of 2021.
    """
    # The code of a neighbour may be recorded just inside the border; most of its incidents are its own.
    ours = strange[strange["inside"] * 2 > strange["located"]]
    n = int(ours["inside"].sum())
    newer = [code for code in ours.index if new_in_2021(as_code(code))]
    of_areas = any(new_in_2021(str(code)) for code in codes)
    if newer and not of_areas:
        ages, example = ("2021", "2011"), newer[0]
    elif of_areas and len(ours) and not any(new_in_2021(as_code(str(c))) for c in recorded):
        ages, example = ("2011", "2021"), ours.index[0]
    else:
        if n > _STRANGE * (n + placed):
            warnings.warn(
                f"{n:,} incidents inside the areas recorded a code that none of the areas has, such as "
                f"{ours.index[0]}, and are counted nowhere: the areas may be of another year",
                HotspotsWarning,
                stacklevel=stacklevel,
            )
        return
    raise DataError(
        f"the recorded codes are LSOAs of {ages[0]}, but the areas are LSOAs of {ages[1]}: {n:,} incidents inside "
        f"the areas recorded a code that none of them has, such as {example}",
        hint=f"give areas of {ages[0]}, a 'lookup' from one to the other, or count by polygon: 'by' = 'polygon'",
    )


def recorded_positions(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> np.ndarray:
    """Return the position in `areas` of the code that each incident recorded; -1 for none of them.

    Raises
    ------
    DataError
        When the incidents carry no code, or none of the areas'.
    """
    recorded = _recorded(incidents)
    texts = pd.Index([as_code(str(text)) for text in recorded.cat.categories], dtype="str")
    lookup = areas.index.astype(str).get_indexer(texts)
    if not (lookup >= 0).any():
        example = recorded.cat.categories[0] if len(recorded.cat.categories) else "none at all"
        raise DataError(
            f"no recorded code is among the areas' (recorded: {example}; areas: {areas.index[0]})",
            hint="use areas of the recorded kind and year, or count by polygon: 'by' = 'polygon'",
        )
    # A missing code has category position -1, which picks the extra last entry.
    return np.append(lookup, -1)[recorded.cat.codes.to_numpy()]


def area_positions(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame, *, by: By = "polygon", assigned: pd.Series | None = None
) -> np.ndarray:
    """Return the position in `areas` of each incident's area; -1 for those in none.

    The parameters are those of `count_incidents`.

    Raises
    ------
    DataError
        As `assign_areas`; also when `assigned` does not cover the incidents, or is of other areas.
    """
    codes = assign_areas(incidents, areas, by=by) if assigned is None else _covering(assigned, incidents)
    lookup = areas.index.get_indexer(codes.cat.categories)
    # A missing code has category position -1, which picks the extra last entry.
    positions = np.append(lookup, -1)[codes.cat.codes.to_numpy()]
    if assigned is not None and codes.notna().any() and not (lookup >= 0).any():
        raise DataError(
            f"the incidents were assigned to other areas ({codes.cat.categories[0]!r}) than these "
            f"({areas.index[0]!r})",
            hint="assign them to these areas with assign_areas, or leave 'assigned' out",
        )
    return positions


def _covering(assigned: pd.Series, incidents: pd.DataFrame) -> pd.Series:
    """Return the part of an earlier assignment that is of these incidents, in their order."""
    held = assigned.astype("category")
    if held.index.equals(incidents.index):
        return held
    if not (held.index.is_unique and incidents.index.is_unique):
        raise DataError(
            "row numbers of the incidents repeat, so an earlier assignment cannot be matched to them",
            hint="number them with incidents.reset_index(drop=True) before they are assigned",
        )
    lacking = incidents.index.difference(held.index)
    if len(lacking):
        raise DataError(
            f"'assigned' says nothing of {len(lacking):,} of {len(incidents):,} incidents, "
            f"the first in row {lacking[0]}",
            hint="assign all incidents with assign_areas before choosing among them",
        )
    return held.loc[incidents.index]


def agreement(first: pd.Series, second: pd.Series) -> tuple[int, float]:
    """Return how far two assignments of the same incidents agree.

    Parameters
    ----------
    first, second : Series
        Results of `assign_areas` on one index.

    Returns
    -------
    both : int
        Incidents that each assignment gave an area.
    share : float
        The share of those that got the same area from both, in [0, 1]; NaN where there are none.
    """
    placed = first.notna() & second.notna()
    both = int(placed.sum())
    if both == 0:
        return 0, float("nan")
    same = first[placed].astype(str).to_numpy() == second[placed].astype(str).to_numpy()
    return both, float(same.mean())
