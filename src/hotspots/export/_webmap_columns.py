"""The columns that tooltips and popups of the web map show, each distinct one stored once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.columns import COLUMNS
from hotspots.export.style import layer_style

if TYPE_CHECKING:
    import geopandas as gpd


class Pool:
    """Columns of all tables, each distinct one kept once."""

    def __init__(self) -> None:
        self.columns: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def add(self, column: dict[str, Any]) -> int:
        key = json.dumps(column, ensure_ascii=False)
        if key not in self._places:
            self._places[key] = len(self.columns)
            self.columns.append(column)
        return self._places[key]


def add_table(layer: gpd.GeoDataFrame, pool: Pool) -> list[int]:
    """Return the places of a layer's columns: code, name and district first, the rest in the order of use."""
    frame = pd.DataFrame(layer.drop(columns=[layer.geometry.name, "code"], errors="ignore"))
    frame.insert(0, "code", frame.index.astype(str))
    named = frame["name"].astype(object) if "name" in frame.columns else frame["code"]
    frame["name"] = named.where(named.notna() & (named != ""), frame["code"])
    order = {name: place for place, name in enumerate(COLUMNS)}
    shown = sorted(frame.columns, key=lambda name: order.get(str(name), len(order)))
    return [pool.add(_column(str(name), frame[name], frame)) for name in shown]


def _column(name: str, values: pd.Series[Any], frame: pd.DataFrame) -> dict[str, Any]:
    known = COLUMNS.get(name)
    entry: dict[str, Any] = {
        "name": name,
        "label": known.label if known else name,
        # "Incidents" need no unit that says "incidents".
        "unit": known.unit if known and known.unit != known.label.casefold() else "",
    }
    missing = values.isna().to_numpy()
    if pd.api.types.is_bool_dtype(values.dtype) or (known is not None and known.kind == "boolean"):
        flags = [bool(value) for value in values.where(~values.isna(), False).tolist()]
        return entry | {"values": [None if gap else flag for flag, gap in zip(flags, missing, strict=True)]}
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return entry | _numbers(name, numbers)
    words = values.astype(object).where(~missing, "").astype(str)
    if name in ("gi_class", "sd_flag"):
        labels = {c.value: c.label for c in layer_style(frame, name).classes if c.value is not None}
        words = words.map(lambda word: labels.get(word, word))
    places, distinct = pd.factorize(words)
    if len(distinct) * 2 > len(words):
        return entry | {"values": [None if gap else word for word, gap in zip(words, missing, strict=True)]}
    return entry | {"words": distinct.tolist(), "values": np.where(missing, -1, places).tolist()}


def _numbers(name: str, numbers: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return numbers as short as they are shown; a p value too small to show becomes 0."""
    known = COLUMNS.get(name)
    decimals = known.decimals if known else 3
    rounded = np.round(numbers, decimals) + 0.0
    entry: dict[str, Any] = {"decimals": decimals if known else None}
    if name in ("gi_p", "gi_q"):
        entry["smallest"] = f"{10.0**-decimals:.{decimals}f}"
        rounded[(numbers >= 0) & (numbers < 10.0**-decimals)] = 0.0
    cells = [
        None if value != value else int(value) if value.is_integer() else value for value in rounded.tolist()
    ]
    return entry | {"values": cells}
