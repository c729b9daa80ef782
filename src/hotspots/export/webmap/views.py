"""What a caller gives the web map: one way to colour one layer of areas, or one surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt
import pandas as pd

from hotspots.base.columns import DRAWN
from hotspots.base.errors import ParameterError, did_you_mean
from hotspots.base.surface import Surface
from hotspots.export.style import Style, layer_style, style_for
from hotspots.export.webmap.cards import Card
from hotspots.export.webmap.columns import dated
from hotspots.export.webmap.whatif import WhatIf

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, eq=False)
class Sparks:
    """The months of each area, drawn small in its card: counts over the range of ordinary months.

    Attributes
    ----------
    label : str
        What it shows, for who cannot see it.
    months : sequence of str
        In words, ascending.
    n, lower, upper : array of numbers, shape (areas, months)
        In the order of the layer's rows.
    signal : array of numbers, same shape
        1 and -1 where a month is marked as unusually high or low, else 0.
    """

    label: str
    months: Sequence[str]
    n: npt.NDArray[Any]
    lower: npt.NDArray[Any]
    upper: npt.NDArray[Any]
    signal: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class AreaView:
    """One way to colour one layer of areas; views exclude each other on the map.

    Attributes
    ----------
    title : str
        What the legend calls it, such as ``"Wards: rate"``.
    layer : GeoDataFrame
        Areas indexed by code, with the column to draw and whatever the card should tell. Views whose layers
        have the same areas share one set of polygons.
    column : str
        The column to draw; with `periods`, the one of them to open on.
    group : str
        What it is about, such as ``"Burglary"``: the reader first chooses the group, then the view.
    note : str
        A sentence below its legend.
    tooltip_columns : sequence of str, optional
        Shown on hover; by default the drawn column and the number of incidents.
    style : Style, optional
        By default the style that `hotspots.export.style.layer_style` gives; with `periods`, the classes of all
        their values together, so that a colour means the same in each.
    noun : str
        What an area is called in the plural: ``"wards"``, ``"LSOAs"``, ``"cells"``.
    draw : {'all', 'classed'}
        ``"classed"`` leaves out areas in the uneventful middle class and those without data, and the legend
        says so: for layers of many cells.
    measure : str
        What its button says, beside the noun: ``"Rate"``; by default the title.
    rank_column : str, optional
        The numbers that order the list of areas; areas in classes are ordered by class first. By default the
        drawn column if it holds numbers, the number behind it if it holds classes (``gi_z`` for ``gi_class``),
        else ``rate`` or ``n``.
    periods : mapping of str to str
        Columns of numbers to step through, by what each is called: ``{"2016": "n_2016", "2017": "n_2017"}``.
    sparks : Sparks, optional
        The months of each area, for its card; views of one layer share those of the first.
    card : Card, optional
        What the card of an area tells beside the columns of its layer; views of the same areas share that of the
        first that has one.
    whatif : WhatIf or str, optional
        Other weights for a view of priorities, or why there are none; a map has one such view.
    """

    title: str
    layer: gpd.GeoDataFrame
    column: str
    group: str = ""
    note: str = ""
    tooltip_columns: Sequence[str] | None = None
    style: Style | None = None
    noun: str = "areas"
    draw: Literal["all", "classed"] = "all"
    measure: str = ""
    rank_column: str | None = None
    periods: Mapping[str, str] = field(default_factory=dict)
    sparks: Sparks | None = None
    card: Card | None = None
    whatif: WhatIf | str | None = None

    def resolved_style(self) -> Style:
        """Return the style it is drawn with.

        Raises
        ------
        ParameterError
            When the layer lacks a column that it names, or `column` is none of its periods.
        """
        for column in (self.column, *self.periods.values(), *filter(None, [self.rank_column])):
            layer_has(self.layer, column)
        if self.periods and self.column not in self.periods.values():
            raise ParameterError(
                f"view '{self.title}' draws '{self.column}', which is none of its periods",
                hint="draw one of: " + ", ".join(f"'{column}'" for column in self.periods.values()),
            )
        if self.style is not None:
            return self.style
        if not self.periods:
            return layer_style(self.layer, self.column)
        values = pd.concat([self.layer[column].astype(float) for column in self.periods.values()])
        found = dated(self.column)
        return style_for(found[0].name if found else self.column, values)

    def ranking(self) -> str | None:
        """Return the column that orders the list of areas, or None where no number does."""
        if self.rank_column is not None:
            return self.rank_column
        behind = DRAWN[self.column].behind if self.column in DRAWN else ""
        for name in (behind or self.column, "rate", "n"):
            if name in self.layer.columns and pd.api.types.is_numeric_dtype(self.layer[name].dtype):
                return name
        return None


@dataclass(frozen=True)
class SurfaceView:
    """A density surface that can be laid over any view.

    Attributes
    ----------
    title : str
        What the layer list and the legend call it, such as ``"Heat-map"``.
    surface : Surface
        Drawn in its classes (see `surface_style`); below the lowest nothing is drawn.
    note : str
        A sentence below its legend, such as the bandwidth.
    style : Style, optional
        Other classes.
    visible : bool
        Whether it is shown when the map opens.
    group : str
        The group of views it belongs to: it is offered with them, and one of the same title follows the
        reader to another group. Without a group it is offered always.
    """

    title: str
    surface: Surface
    note: str = ""
    style: Style | None = None
    visible: bool = False
    group: str = ""


def layer_has(layer: gpd.GeoDataFrame, column: str) -> None:
    """Raise ParameterError when a layer has no such column."""
    if column not in layer.columns:
        raise ParameterError(
            f"the layer has no column '{column}'",
            hint=did_you_mean(column, [str(name) for name in layer.columns if name != "geometry"]),
        )
