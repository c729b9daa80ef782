"""The analyst's own columns of a boundary layer, such as a police team or a beat, kept beside the results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from hotspots.areas.columns import require_column
from hotspots.base.columns import COLUMNS
from hotspots.base.errors import DataError, ParameterError
from hotspots.base.text import plain_text

# What files of layers call their shapes and rows, and columns that results make one by one: n_Burglary, i_crime.
_TAKEN = frozenset({"geometry", "geom", "shape", "fid", "ogc_fid", "id", "index", "rowid"})
_MADE = re.compile(r"[ni]_.*", re.DOTALL)
_PLAIN = (str, bool, int, float, np.generic)


def own_columns(table: pd.DataFrame, keep: Sequence[str], *, where: str) -> dict[str, pd.Series[Any]]:
    """Return columns of a layer as tables keep them: under their own names, with their own types.

    Whole numbers, numbers and truth values stay what they are, dates become texts such as ``"2025-01-31"``, all else
    is text as it is seen. A blank text, NaN and infinity are missing.

    Parameters
    ----------
    table : DataFrame
        The layer's attributes.
    keep : sequence of str
        Names of its columns.
    where : str
        The layer, as messages name it.

    Raises
    ------
    ParameterError
        When a column does not exist, two differ in case alone, or one has the name of a column of results.
    DataError
        When a column holds lists, structures or bytes.

    Examples
    --------
    >>> layer = pd.DataFrame({"Beat": [" A1 ", "B2"], "Officers": [3, 4]})
    >>> kept = own_columns(layer, ["Beat", "Officers"], where="the layer")
    >>> kept["Beat"].tolist(), kept["Officers"].tolist()
    (['A1', 'B2'], [3, 4])
    """
    kept: dict[str, pd.Series[Any]] = {}
    for name in dict.fromkeys(keep):
        require_column(table, name, option="keep", where=where)
        refuse_taken(name, kept)
        kept[name] = _as_kept(table[name], name, where)
    return kept


def refuse_taken(name: str, others: Sequence[str] | dict[str, Any] = ()) -> None:
    """Refuse to keep a column under a name that results have, or that files take for another kept one."""
    plain = name.casefold()
    if plain in COLUMNS or plain in _TAKEN or _MADE.fullmatch(plain):
        raise ParameterError(
            f"a column '{name}' cannot be kept, as results have columns of that name",
            hint=f"give the boundary file's column another heading, such as 'own {name}'",
        )
    if twin := next((one for one in others if one.casefold() == plain), None):
        raise ParameterError(
            f"the columns '{twin}' and '{name}' cannot both be kept, as they differ in case alone",
            hint="keep one of them, or give the other another heading",
        )


def _as_kept(values: pd.Series[Any], name: str, where: str) -> pd.Series[Any]:
    if types.is_bool_dtype(values.dtype):
        return values
    if types.is_numeric_dtype(values.dtype):
        return values.replace([np.inf, -np.inf], np.nan) if types.is_float_dtype(values.dtype) else values
    if types.is_datetime64_any_dtype(values.dtype):
        days = bool((values.dropna() == values.dropna().dt.normalize()).all())
        told: pd.Series[Any] = values.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%d %H:%M:%S")
        return told.astype(object).where(values.notna(), None)
    texts = values.astype(object).where(values.notna(), None)
    for value in texts.dropna():
        if not isinstance(value, _PLAIN) and not hasattr(value, "isoformat"):
            raise DataError(
                f"'{name}' of {where} holds a {type(value).__name__}, which no table of areas can hold",
                hint="keep columns of texts, numbers, dates, or yes and no",
            )
    return texts.map(lambda value: None if value is None else plain_text(str(value)) or None).astype(object)
