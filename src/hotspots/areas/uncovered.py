"""Areas that the files of incidents do not cover, in tables and words; see `hotspots.counting.coverage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from hotspots.areas.outline import districts_of
from hotspots.base.text import counted, list_words

if TYPE_CHECKING:
    import geopandas as gpd

COVERED, NOT_COVERED = "covered", "not covered"
NAMED = 6  # at most so many districts are named


def with_coverage(counted_areas: gpd.GeoDataFrame, missing: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table of covered areas with those that are not, in the order of codes, and which are which.

    Parameters
    ----------
    counted_areas : GeoDataFrame
        Covered areas with results.
    missing : GeoDataFrame
        Areas that are not covered; of its columns, those of the first table are kept, and all else is missing.

    Returns
    -------
    GeoDataFrame
        With the column ``coverage``; the table itself where nothing is missing.
    """
    if missing.empty:
        return counted_areas
    geometry = counted_areas.geometry.name
    told = counted_areas.assign(coverage=COVERED)
    others: Any = missing.rename_geometry(geometry) if missing.geometry.name != geometry else missing
    others = others.to_crs(counted_areas.crs) if others.crs != counted_areas.crs else others
    columns = [name for name in told.columns if name != geometry]
    codes = told.index.append(others.index)
    longer = {}
    for name in columns:
        known = others.get(name)
        fill = NOT_COVERED if name == "coverage" else None
        longer[name] = _longer(told[name], others.index, known, fill)
    joined = pd.DataFrame(longer, index=codes)
    shapes = [*told.geometry.to_numpy(), *others.geometry.to_numpy()]
    result = type(counted_areas)(joined, geometry=pd.Series(shapes, index=codes), crs=counted_areas.crs)
    if result.geometry.name != geometry:
        result = result.rename_geometry(geometry)
    result = result.sort_index()
    result.index.name = counted_areas.index.name
    result.attrs = dict(counted_areas.attrs)
    return result


def _longer(values: Any, index: pd.Index[Any], known: Any, fill: Any) -> Any:
    """Return values with those of other rows below them: the known ones, else one for all, else missing."""
    if known is not None:
        return pd.concat([values.astype(object), known.astype(object)]).infer_objects()
    whole = pd.api.types.is_integer_dtype(values.dtype)
    kind: Any = "Int64" if whole else "boolean" if pd.api.types.is_bool_dtype(values.dtype) else None
    held = values.astype(kind) if kind else values.astype(object) if fill is not None else values
    added: Any = pd.Series([fill] * len(index), index=index, dtype=object)
    if kind:
        return pd.concat([held, added.astype(kind)])
    if pd.api.types.is_float_dtype(values.dtype):
        return pd.concat([held, added.astype(float)])
    return pd.concat([held.astype(object), added])


def uncovered_words(missing: gpd.GeoDataFrame, *, noun: str = "area", head: bool = True) -> str:
    """Return what is not covered, in words: ``"Cheshire East (12 areas)"``; empty where all is.

    Parameters
    ----------
    missing : GeoDataFrame
        The areas that are not covered.
    noun : str
        What one area is called.
    head : bool, default True
        Whether the number of areas stands behind the names of the districts.
    """
    if missing.empty:
        return ""
    number = counted(len(missing), noun)
    names = sorted({str(name) for name in districts_of(missing).dropna() if name})
    if not names:
        first = missing["name"].iloc[0] if "name" in missing else ""
        return f"{number}, among them {first or missing.index[0]}"
    shown = names if len(names) <= NAMED else [*names[:NAMED], f"{len(names) - NAMED} more"]
    return f"{list_words(shown)} ({number})" if head else list_words(shown)
