"""Areas that the files of incidents do not cover, in tables and words; see `hotspots.counting.coverage`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.outline import districts_of
from hotspots.base.crs import reproject
from hotspots.base.text import counted, list_words

if TYPE_CHECKING:
    import geopandas as gpd

COVERED, NOT_COVERED = "covered", "not covered"
NAMED = 6  # at most so many districts are named


def not_covered(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows of a table are of areas that the files do not cover, or not in every month.

    Examples
    --------
    >>> said = ["covered", "not covered", "not covered in June 2025 (11 of 12 months)"]
    >>> not_covered(pd.DataFrame({"coverage": said})).tolist(), not_covered(pd.DataFrame({"n": [3]})).tolist()
    ([False, True, True], [False])
    """
    if "coverage" not in table:
        return np.zeros(len(table), dtype=bool)
    return table["coverage"].map(is_lacking).to_numpy(dtype=bool)


def is_lacking(note: Any) -> bool:
    """Return whether what is said of an area is that the files do not cover it, or not in every month."""
    return str(note).startswith(NOT_COVERED)


def coverage_label(areas: pd.DataFrame) -> str:
    """Return what a legend calls areas that are not covered: as their table says, where it says one thing.

    Examples
    --------
    >>> table = pd.DataFrame({"coverage": ["not covered", "not covered in June 2025 (11 of 12 months)"]})
    >>> coverage_label(table), coverage_label(table[1:]), coverage_label(table[[]])
    ('Not covered, or not in every month', 'Not covered in June 2025 (11 of 12 months)', 'Not covered')
    """
    said = sorted(set(_said(areas, NOT_COVERED)))
    if len(said) == 1:
        label = said[0]
    elif NOT_COVERED in said:
        label = f"{NOT_COVERED}, or not in every month"
    else:
        label = f"{NOT_COVERED} in every month"
    return label[:1].upper() + label[1:]


def with_coverage(counted_areas: gpd.GeoDataFrame, missing: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table of covered areas with those that are not, in the order of codes, and which are which.

    Parameters
    ----------
    counted_areas : GeoDataFrame
        Covered areas with results.
    missing : GeoDataFrame
        Areas that are not covered, or not in every month, and then ``coverage`` says so; of its columns, those of the
        first table are kept, and all else is missing.

    Returns
    -------
    GeoDataFrame
        With the column ``coverage``; the table itself where nothing is missing.
    """
    if missing.empty:
        return counted_areas
    geometry = counted_areas.geometry.name
    others: Any = missing.rename_geometry(geometry) if missing.geometry.name != geometry else missing
    others = reproject(others, counted_areas.crs) if others.crs != counted_areas.crs else others
    joined = _together(counted_areas.drop(columns=geometry), others)
    codes = joined.index
    shapes = [*counted_areas.geometry.to_numpy(), *others.geometry.to_numpy()]
    result = type(counted_areas)(joined, geometry=pd.Series(shapes, index=codes), crs=counted_areas.crs)
    if result.geometry.name != geometry:
        result = result.rename_geometry(geometry)
    result = result.sort_index()
    result.index.name = counted_areas.index.name
    result.attrs = dict(counted_areas.attrs)
    return result


def rows_with_coverage(table: pd.DataFrame, missing: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a table without geometry as `with_coverage` returns a layer."""
    if missing.empty:
        return table
    result = _together(table, missing).sort_index()
    result.index.name = table.index.name
    return result


def _together(table: pd.DataFrame, missing: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows of a table, those of areas that are not covered below them, and which are which."""
    longer = {name: _longer(table[name], missing.index, missing.get(name)) for name in table.columns}
    index = table.index.append(missing.index)
    known = [*_said(table, COVERED), *_said(missing, NOT_COVERED)]
    return pd.DataFrame(longer | {"coverage": pd.Series(known, index=index, dtype=object)}, index=index)


def _said(table: pd.DataFrame, otherwise: str) -> list[str]:
    """Return what a table says of the coverage of its areas; of one that says nothing, the same of each."""
    if "coverage" not in table:
        return [otherwise] * len(table)
    return [str(word) for word in table["coverage"]]


def _longer(values: Any, index: pd.Index[Any], known: Any) -> Any:
    """Return values with those of other rows below them: the known ones, else missing."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        below = pd.Series(None, index=index, dtype=object) if known is None else known.astype(object)
        return pd.concat([values.astype(object), below]).astype(values.dtype)
    if known is not None and pd.api.types.is_numeric_dtype(known.dtype):
        return pd.concat([values, known])
    if known is not None:
        return pd.concat([values.astype(object), known.astype(object)]).infer_objects()
    whole = pd.api.types.is_integer_dtype(values.dtype)
    kind: Any = "Int64" if whole else "boolean" if pd.api.types.is_bool_dtype(values.dtype) else None
    added: Any = pd.Series([None] * len(index), index=index, dtype=object)
    if kind:
        return pd.concat([values.astype(kind), added.astype(kind)])
    if pd.api.types.is_float_dtype(values.dtype):
        return pd.concat([values, added.astype(float)])
    return pd.concat([values.astype(object), added])


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
