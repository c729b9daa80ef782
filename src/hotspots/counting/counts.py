"""How many incidents each area has, by category, month or year too."""

from __future__ import annotations

from typing import Literal, overload

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.areas.gate import as_areas
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.sums import add_up
from hotspots.counting.belonging import By, area_positions
from hotspots.incidents.gate import as_incidents, row_weights

Per = Literal["category", "month", "year"]


@overload
def count_incidents(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    per: None = None,
    by: By = "polygon",
    assigned: pd.Series | None = None,
) -> pd.Series: ...


@overload
def count_incidents(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    per: Per,
    by: By = "polygon",
    assigned: pd.Series | None = None,
) -> pd.DataFrame: ...


def count_incidents(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    per: Per | None = None,
    by: By = "polygon",
    assigned: pd.Series | None = None,
) -> pd.Series | pd.DataFrame:
    """Return the number of incidents in each area; zero where there are none.

    Where the incidents have a column ``weight``, a row stands for that many: ``n`` is the sum of the weights,
    each taken to the millionth, whatever the order of the rows.

    Parameters
    ----------
    incidents : DataFrame or GeoDataFrame of points
        The incidents table, or any selection of its rows.
    areas : GeoDataFrame
        The areas table, with any codes in any order.
    per : {'category', 'month', 'year'}, optional
        Count separately per value of this; the columns then are those values in their order.
    by : {'polygon', 'code'}, default 'polygon'
        See `assign_areas`. Ignored when `assigned` is given.
    assigned : Series, optional
        An earlier result of `assign_areas` that covers these incidents, to save doing it again.

    Returns
    -------
    Series of int64, or DataFrame of int64
        ``n`` on the areas' index, or one column per value of `per`; of float64 where the sum of some area's
        weights is not a whole number.

    Raises
    ------
    DataError
        As `assign_areas`; also when `per` asks for a month and no incident has one.

    Examples
    --------
    >>> import geopandas, pandas
    >>> from shapely import box
    >>> areas = geopandas.GeoDataFrame(
    ...     geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)],
    ...     index=pandas.Index(["E05000001", "E05000002"], name="code"), crs="EPSG:27700")
    >>> incidents = pandas.DataFrame({"x": [500.0, 600.0], "y": [500.0, 600.0]})
    >>> count_incidents(incidents, areas).tolist()
    [2, 0]
    """
    areas, incidents = as_areas(areas), as_incidents(incidents, located=False)
    positions = area_positions(incidents, areas, by=by, assigned=assigned)
    weights = row_weights(incidents)
    if per is None:
        kept = positions >= 0
        n = add_up(positions[kept], len(areas), None if weights is None else weights[kept])
        return pd.Series(n, index=areas.index, name="n")
    labels, values = _split(incidents, per)
    kept = (positions >= 0) & (labels >= 0)
    flat = positions[kept].astype(np.int64) * len(values) + labels[kept]
    table = add_up(flat, len(areas) * len(values), None if weights is None else weights[kept])
    return pd.DataFrame(table.reshape(len(areas), len(values)), index=areas.index, columns=values)


def _split(incidents: pd.DataFrame, per: Per) -> tuple[np.ndarray, pd.Index]:
    if per == "category":
        if "category" not in incidents:
            raise DataError(
                "the incidents have no column 'category', so none can be counted per category",
                hint="name it with 'category_column'",
            )
        category = incidents["category"].astype("category").cat.remove_unused_categories()
        return category.cat.codes.to_numpy(), pd.Index(category.cat.categories, name="category")
    if per not in ("month", "year"):
        raise ParameterError(f"'per' is '{per}'", hint="use 'category', 'month' or 'year'")
    if "month" not in incidents or (len(incidents) and incidents["month"].isna().all()):
        raise DataError(
            f"no incident has a month, so none can be counted per {per}", hint="name it with 'month_column'"
        )
    month = incidents["month"]
    labels, values = pd.factorize(month.dt.year if per == "year" else month, sort=True)
    return labels, pd.Index(values, name=per)
