"""The columns that tooltips, cards and tables of the web map show, each distinct one stored once."""

from __future__ import annotations

import json
import math
import re
from calendar import month_name
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.hidden import FEW, gap_word, zero_word
from hotspots.base.columns import COLUMNS, Column
from hotspots.base.errors import ParameterError
from hotspots.export.style import layer_style, style_for
from hotspots.export.webmap.shapes import encode_integers

if TYPE_CHECKING:
    import geopandas as gpd


# The largest whole number that a browser's arithmetic keeps exact, in the letters that they are packed in.
_LARGEST = 2**48
_DATED = re.compile(r"([a-z]+)_(\d{4})(?:[-_](0[1-9]|1[0-2]))?")


def dated(name: str) -> tuple[Column, str] | None:
    """Return the measure and the period in words of a column such as ``n_2016`` or ``n_2016-07``.

    Examples
    --------
    >>> column, period = dated("n_2016-07")
    >>> column.label, period
    ('Incidents', 'July 2016')
    >>> dated("gi_z") is None
    True
    """
    match = _DATED.fullmatch(name)
    if match is None or match[1] not in COLUMNS:
        return None
    return COLUMNS[match[1]], f"{month_name[int(match[3])]} {match[2]}" if match[3] else match[2]


def measure_of(name: str) -> Column | None:
    """Return the known column of a name, or the measure of one such as ``n_2016``; None for any other."""
    if name in COLUMNS:
        return COLUMNS[name]
    found = dated(name)
    return found[0] if found else None


def period_columns(layer: pd.DataFrame, measure: str) -> dict[str, str]:
    """Return a layer's columns of one measure by period, the earliest first, as `AreaView.periods` takes them.

    Years and months do not mix: where there are columns of months, those of years are left out.

    Examples
    --------
    >>> period_columns(pd.DataFrame(columns=["n", "n_2017", "n_2016", "rate_2016"]), "n")
    {'2016': 'n_2016', '2017': 'n_2017'}
    """
    names = sorted(str(name) for name in layer.columns if str(name).startswith(f"{measure}_"))
    found = {part[1]: name for name in names if (part := dated(name)) and part[0].name == measure}
    months = {label: name for label, name in found.items() if not label.isdigit()}
    return months or found


class Pool:
    """Columns of all tables, each distinct one kept once."""

    def __init__(self) -> None:
        self.columns: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def add(self, column: dict[str, Any]) -> int:
        """Return the place of a column, which is stored once however often it is added."""
        key = json.dumps(column, ensure_ascii=False)
        if key not in self._places:
            self._places[key] = len(self.columns)
            self.columns.append(column)
        return self._places[key]


def add_table(layer: gpd.GeoDataFrame, pool: Pool) -> list[int]:
    """Return the places of a layer's columns: code, name and district first, the rest in the order of use."""
    frame = pd.DataFrame(layer.drop(columns=[layer.geometry.name, "code"], errors="ignore"))
    frame.attrs = dict(layer.attrs)
    frame.insert(0, "code", frame.index.astype(str))
    named = frame["name"].astype(object) if "name" in frame.columns else frame["code"]
    frame["name"] = named.where(named.notna() & (named != ""), frame["code"])
    order = {name: place for place, name in enumerate(COLUMNS)}
    shown = sorted(frame.columns, key=lambda name: order.get(str(name), len(order)))
    return [pool.add(_column(str(name), frame[name], frame)) for name in shown]


def _column(name: str, values: pd.Series[Any], frame: pd.DataFrame) -> dict[str, Any]:
    period, known = dated(name), measure_of(name)
    entry: dict[str, Any] = {
        "name": name,
        "label": f"{period[0].label}, {period[1]}" if period else known.label if known else name,
        # "Incidents" need no unit that says "incidents".
        "unit": known.unit if known and known.unit != known.label.casefold() else "",
    }
    missing = values.isna().to_numpy()
    if word := gap_word(frame, name):
        entry["missing"] = word
    if word := zero_word(name, frame.attrs.get(FEW, 0)):
        entry["zero"] = word
    if pd.api.types.is_bool_dtype(values.dtype) or (known is not None and known.kind == "boolean"):
        flags = values.where(~values.isna(), False).to_numpy(dtype=bool)
        return entry | {"flag": True} | _packed(np.where(missing, np.nan, flags), 1)
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return entry | _numbers(name, numbers, known)
    words = values.astype(object).where(~missing, "").astype(str)
    if known is not None and known.kind == "flag":
        labels = _class_labels(frame, name)
        words = words.map(lambda word: labels.get(word, word))
    places, distinct = pd.factorize(words)
    if len(distinct) * 2 > len(words):
        return entry | {"values": [None if gap else word for word, gap in zip(words, missing, strict=True)]}
    return entry | {"words": distinct.tolist()} | _packed(np.where(missing, np.nan, places), 1)


def _class_labels(frame: pd.DataFrame, name: str) -> dict[str, str]:
    """Return the labels of a flag's values; none for a flag that no map colours, which speaks for itself."""
    try:
        style_for(name)
    except ParameterError:
        return {}
    return {c.value: c.label for c in layer_style(frame, name).classes if c.value is not None}


def _numbers(name: str, numbers: npt.NDArray[np.float64], known: Column | None) -> dict[str, Any]:
    """Return numbers as short as they are shown; a p value too small to show becomes 0, and an infinite one is none."""
    decimals = known.decimals if known else 3
    numbers = np.where(np.isinf(numbers), np.nan, numbers)
    with np.errstate(over="ignore"):
        rounded = np.round(numbers, decimals) + 0.0
    rounded = np.where(np.isinf(rounded), numbers, rounded)  # so large a number has no decimals
    entry: dict[str, Any] = {"decimals": decimals if known else None}
    if name in ("gi_p", "gi_q", "lm_p", "lm_q"):
        entry["smallest"] = f"{10.0**-decimals:.{decimals}f}"
        rounded[(numbers >= 0) & (numbers < 10.0**-decimals)] = 0.0
    return entry | _packed(rounded, 10**decimals)


def _packed(numbers: npt.NDArray[np.float64], scale: int) -> dict[str, Any]:
    """Return numbers of so many parts of one as text: 0 where there is none, and those from 0 up one higher.

    Numbers that are too large for whole parts stay as they are.
    """
    with np.errstate(over="ignore"):
        parts = np.round(numbers * scale)
    known = np.isfinite(parts)
    if np.array_equal(known, ~np.isnan(numbers)) and (np.abs(parts[known]) < _LARGEST).all():
        whole = np.where(known, parts, 0).astype(np.int64)
        return {"packed": encode_integers(np.where(known & (whole >= 0), whole + 1, whole)), "scale": scale}
    return {"values": [None if math.isnan(value) else value for value in numbers.tolist()]}
