"""What the card of an area tells beside the columns of its layers, and how the page reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

MAIN = 5  # offences that a card lists


@dataclass(frozen=True, eq=False)
class Measure:
    """One bar of the card: an area's value beside the average of all.

    Attributes
    ----------
    label : str
        What is measured, such as ``"Burglary"``.
    layer : GeoDataFrame
        The layer of a view that has the column.
    column : str
        The column of values.
    average : float
        The average of all areas.
    standing : str
        A column of the same layer that says where the value stands; empty for none.
    decimals : int, optional
        How many are shown; by default those of the column.
    change : Series of str, optional
        How it has changed, in words, on the index of the areas; empty where nothing can be said.
    """

    label: str
    layer: gpd.GeoDataFrame
    column: str
    average: float
    standing: str = ""
    decimals: int | None = None
    change: pd.Series[Any] | None = None


@dataclass(frozen=True, eq=False)
class Within:
    """Smaller areas inside those that have cards.

    Attributes
    ----------
    label : str
        What they are called, such as ``"LSOAs"``.
    layer : GeoDataFrame
        A layer of a view that draws them.
    holder : array of int
        For each of its rows, the position of the area that holds it in the layer of the card; -1 for none.
    """

    label: str
    layer: gpd.GeoDataFrame
    holder: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Card:
    """What the cards of one layer's areas tell.

    Every other view of the same areas shows the same card, with the class and the numbers of its own layer.

    Attributes
    ----------
    everyone : str
        All of them in words: ``"all 201 wards of 9 districts"``.
    ranked : GeoDataFrame, optional
        The layer with ``rank`` and, where it is known, ``rank_lo`` and ``rank_hi``, ``priority`` and ``reason``.
    sure : Series of str, optional
        How sure the selection of each is, in words.
    measures : sequence of Measure
        The bars, in their order.
    unit : str
        The unit of all of them.
    compared : str
        The periods that the changes are between; empty for none.
    offences : DataFrame, optional
        Incidents by area and offence.
    within : sequence of Within
        Layers of smaller areas.
    """

    everyone: str
    ranked: gpd.GeoDataFrame | None = None
    sure: pd.Series[Any] | None = None
    measures: Sequence[Measure] = ()
    unit: str = ""
    compared: str = ""
    offences: pd.DataFrame | None = None
    within: Sequence[Within] = field(default_factory=tuple)


TableOf = Callable[[Any], int | None]
"""The number of the page's table of a layer; None where no view draws it."""


def card_data(
    card: Card,
    kept: npt.NDArray[np.bool_],
    table_of: TableOf,
    stores: Mapping[int, tuple[int, npt.NDArray[np.bool_]]],
) -> dict[str, Any]:
    """Return a layer's cards, ready for JSON: facts by the position of the area among those that are drawn.

    Parameters
    ----------
    card : Card
        What they tell.
    kept : array of bool
        Which rows of the layer are drawn.
    table_of : callable
        The number of the table of a layer.
    stores : mapping
        The number of the set of polygons of a layer, and which of its rows are drawn, by the layer's identity.
    """
    ranked = None if card.ranked is None else table_of(card.ranked)
    told: dict[str, Any] = {
        "everyone": card.everyone,
        "unit": card.unit,
        "compared": card.compared,
        "ranked": ranked,
        "measures": [
            _measure(measure, table, kept)
            for measure in card.measures
            if (table := table_of(measure.layer)) is not None
        ],
        "within": [
            _within(inner, kept, *stores[id(inner.layer)])
            for inner in card.within
            if id(inner.layer) in stores
        ],
    }
    if card.sure is not None:
        told["sure"] = _words(card.sure[kept])
    if card.offences is not None and card.offences.shape[1]:
        told["offences"] = _offences(card.offences[kept])
    return told


def _measure(measure: Measure, table: int, kept: npt.NDArray[np.bool_]) -> dict[str, Any]:
    told = {
        "label": measure.label,
        "table": table,
        "column": measure.column,
        "average": round(measure.average, 6),
    }
    if measure.decimals is not None:
        told["decimals"] = measure.decimals
    if measure.standing:
        told["standing"] = measure.standing
    if measure.change is not None:
        told["change"] = _words(measure.change[kept])
    return told


def _within(
    inner: Within, kept: npt.NDArray[np.bool_], store: int, drawn: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    holder = np.where(inner.holder >= 0, place[inner.holder], -1)[drawn]
    return {"label": inner.label, "store": store, "holder": holder.tolist()}


def _words(values: pd.Series[Any]) -> dict[str, Any]:
    """Return words as a list of the distinct ones and a number for each area."""
    places, distinct = pd.factorize(values.astype(str))
    return {"words": distinct.tolist(), "values": places.tolist()}


def _offences(counts: pd.DataFrame) -> dict[str, Any]:
    """Return the most frequent offences of each area, as pairs of number and count, with its total before them."""
    values = counts.to_numpy(dtype=float, na_value=np.nan)
    rows = []
    for row in values:
        known = np.nan_to_num(row)
        order = np.argsort(-known, kind="stable")[:MAIN]
        pairs = [part for i in order if known[i] > 0 for part in (int(i), _number(known[i]))]
        rows.append([_number(known.sum()), *pairs])
    return {"labels": [str(name) for name in counts.columns], "rows": rows}


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else round(float(value), 1)
