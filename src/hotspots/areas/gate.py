"""The gate at the door of every function that takes areas: all that is wrong with a table, said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pandas.api.types import infer_dtype, is_integer_dtype, is_numeric_dtype

from hotspots.base.crs import BRITISH_NATIONAL_GRID, require_metres
from hotspots.base.errors import CRSError, DataError, HotspotsError, listed, refuse

if TYPE_CHECKING:
    import geopandas as gpd

Crs = Literal["metres", "any"]
Shapes = Literal["polygons", "any"]

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def as_areas(areas: Any, *, crs: Crs = "any", shapes: Shapes = "polygons") -> gpd.GeoDataFrame:
    """Return the areas as they are, when they are an areas table, or say all that is wrong with them at once.

    An areas table is a GeoDataFrame of one row an area, with an index of codes: text or whole numbers (a plain
    numbering will do), each once, in any order. Of the columns ``name``, ``district`` and ``population``, each
    may be absent, but one that is there holds text or numbers, as its name says.

    Parameters
    ----------
    areas : GeoDataFrame
        The table. It is not changed and not copied.
    crs : {'any', 'metres'}, default 'any'
        ``'metres'`` where distances or areas are measured, which degrees cannot give.
    shapes : {'polygons', 'any'}, default 'polygons'
        ``'any'`` where points or lines serve as well.

    Returns
    -------
    GeoDataFrame
        The same object.

    Raises
    ------
    CRSError
        When the reference system is missing, or not in metres where it must be, and nothing else is wrong.
    DataError
        When anything else, or several things, are wrong.

    Examples
    --------
    >>> import geopandas as gpd
    >>> table = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), None], index=["a", "a"])
    >>> as_areas(table)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    hotspots.base.errors.DataError: 3 things are wrong with the areas: ...
    """
    import geopandas as gpd

    if not isinstance(areas, gpd.GeoDataFrame):
        raise DataError(
            f"the areas are a {type(areas).__name__}, not a layer of polygons",
            hint="read them with read_areas, or make a geopandas.GeoDataFrame of them",
        )
    if len(areas) == 0:
        raise DataError("there are no areas", hint="look at the areas' file or at what chose among them")
    refuse(
        [*_of_codes(areas.index), *_of_geometry(areas, crs, shapes), *_of_columns(areas)], what="the areas"
    )
    return areas


def with_all_columns(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas with the columns of an areas table that they lack, and no gaps in the texts.

    A missing ``name`` is the code, a missing ``district`` empty, a missing ``population`` unknown (NaN).
    """
    codes = pd.Series(areas.index.astype("str"), index=areas.index)
    added: dict[str, Any] = {}
    for name, instead in (("name", codes), ("district", "")):
        if name not in areas:
            added[name] = pd.Series(instead, index=areas.index, dtype="str")
        elif areas[name].isna().any() or areas[name].dtype == "category":
            added[name] = areas[name].astype("str").fillna(instead)
    if "population" not in areas or not is_numeric_dtype(areas["population"]):
        added["population"] = areas["population"].astype("float64") if "population" in areas else np.nan
    return areas.assign(**added) if added else areas


def code_order(codes: pd.Index[Any]) -> npt.NDArray[np.int64] | None:
    """Return the positions of the codes in ascending order; None where they are in it."""
    if codes.is_monotonic_increasing:
        return None
    order: npt.NDArray[np.int64] = np.argsort(codes.to_numpy(), kind="stable")
    return order


def _of_codes(codes: pd.Index[Any]) -> list[HotspotsError]:
    if codes.nlevels > 1:
        return [
            DataError(
                f"the areas' index has {codes.nlevels} levels, but an area has one code",
                hint="take one column of codes with areas.reset_index().set_index('code')",
            )
        ]
    faults: list[HotspotsError] = []
    missing = int(np.count_nonzero(codes.isna()))
    if missing:
        faults.append(
            DataError(f"{_no(missing)} no code", hint="complete the areas' index, or drop those rows")
        )
    if _kind(codes) not in ("string", "integer", "empty"):
        shown = ", ".join(repr(value) for value in dict.fromkeys(codes.dropna()[:3].tolist()))
        faults.append(
            DataError(
                f"the areas' codes are neither all text nor all whole numbers: {shown}",
                hint="make them text with areas.index = areas.index.astype(str), or set_index a column of codes",
            )
        )
    elif not codes.is_unique:
        code = codes[codes.duplicated()][0]
        faults.append(
            DataError(f"the code '{code}' stands on more than one area", hint="make the areas' index unique")
        )
    return faults


def _of_geometry(areas: gpd.GeoDataFrame, crs: Crs, shapes: Shapes) -> list[HotspotsError]:
    try:
        geometries = areas.geometry.to_numpy()
    except AttributeError:
        return [
            DataError(
                "the areas have no column of geometry", hint="name it with areas.set_geometry('column')"
            )
        ]
    faults: list[HotspotsError] = []
    if areas.crs is None and crs == "any":
        faults.append(
            CRSError(
                "the areas have no coordinate reference system",
                hint=f"set it with areas.set_crs('{BRITISH_NATIONAL_GRID}'), if that is what the coordinates are",
            )
        )
    elif crs == "metres":
        try:
            require_metres(areas.crs, what="areas")
        except CRSError as error:
            faults.append(error)
    kinds = shapely.get_type_id(geometries)
    bare = (kinds < 0) | shapely.is_empty(geometries)
    if bare.any():
        faults.append(
            DataError(
                f"{_no(int(bare.sum()))} no geometry: {listed(areas.index[bare])}",
                hint="drop them from the areas first",
            )
        )
    other = ~bare & ~np.isin(kinds, _POLYGONS)
    if shapes == "polygons" and other.any():
        first = np.flatnonzero(other)[0]
        faults.append(
            DataError(
                f"{int(other.sum()):,} of {len(areas):,} areas are not polygons: "
                f"{areas.index[first]} is a {geometries[first].geom_type}",
                hint="keep the polygons with areas[areas.geom_type.isin(['Polygon', 'MultiPolygon'])]",
            )
        )
    return faults


def _of_columns(areas: gpd.GeoDataFrame) -> list[HotspotsError]:
    faults: list[HotspotsError] = []
    for name in ("name", "district"):
        if name in areas and _kind(areas[name]) not in ("string", "empty"):
            held = areas[name]
            faults.append(
                DataError(
                    f"the areas' column '{name}' holds {held.dropna().tolist()[0]!r}, not text",
                    hint=f"make it text with areas['{name}'] = areas['{name}'].astype(str)",
                )
            )
    if "population" in areas and not _numbers(areas["population"]):
        faults.append(
            DataError(
                f"the areas' column 'population' holds {areas['population'].dropna().tolist()[0]!r}, not numbers",
                hint="make it numbers with areas['population'] = pandas.to_numeric(areas['population'])",
            )
        )
    return faults


def _kind(values: pd.Series[Any] | pd.Index[Any]) -> str:
    """Return what kind of values these are, in pandas' words; those of categories for categorical ones."""
    if values.dtype == "str":
        return "string"
    held = values.dtype.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
    return str(infer_dtype(held, skipna=True))


def _numbers(values: pd.Series[Any]) -> bool:
    if is_numeric_dtype(values) or is_integer_dtype(values):
        return values.dtype != "bool"
    return infer_dtype(values, skipna=True) in (
        "integer",
        "floating",
        "mixed-integer-float",
        "decimal",
        "empty",
    )


def _no(count: int) -> str:
    return "1 area has" if count == 1 else f"{count:,} areas have"
