"""A chart of months: counts, the range of ordinary months behind them, and what is unusual marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hotspots.base.classes import UNUSUAL
from hotspots.base.errors import DataError
from hotspots.export.picture.parts import FONT, GREY, INK
from hotspots.export.picture.saving import steady

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = "#d9e3ec"
COLOURS = {str(entry.value): entry.colour for entry in UNUSUAL if not entry.neutral}
_TICKS = 4


@steady()
def draw_months(table: pd.DataFrame, *, size: tuple[float, float], letters: float = 7.6) -> Figure:
    """Draw one chart of months as a picture.

    Parameters
    ----------
    table : DataFrame
        Indexed by month, ascending, with ``n``, ``expected``, ``exp_lo``, ``exp_hi`` and ``un_flag``; see
        `hotspots.Charts.one`. Between months that do not follow each other nothing is drawn, and nothing in a month
        without a count.
    size : (float, float)
        Width and height in inches.
    letters : float, default 7.6
        Size of the letters in points.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DataError
        When there is no month.
    """
    from matplotlib.ticker import MaxNLocator

    from hotspots.export.picture.figure import MapFigure

    if table.empty:
        raise DataError("there is no month to draw", hint="chart three months or more")
    months = pd.PeriodIndex(table.index, freq="M")
    at = np.array([month.ordinal for month in months])
    figure = MapFigure(figsize=size, facecolor="white")
    axes = figure.add_axes((0.14, 0.17, 0.81, 0.78))
    there = np.flatnonzero(table["n"].notna().to_numpy())
    for part in np.split(there, np.flatnonzero(np.diff(at[there]) > 1) + 1):
        held = table.iloc[part]
        edges = np.concatenate([[at[part[0]] - 0.5], at[part], [at[part[-1]] + 0.5]])
        low, high, middle = (
            np.pad(held[name].to_numpy(dtype=float), 1, mode="edge")
            for name in ("exp_lo", "exp_hi", "expected")
        )
        axes.fill_between(edges, low, high, color=BAND, linewidth=0)
        axes.plot(edges, middle, color="#8aa0b4", linewidth=0.8, linestyle=(0, (4, 2)))
        axes.plot(
            at[part], held["n"].to_numpy(dtype=float), color=INK, linewidth=1.1, marker="o", markersize=2.2
        )
    for flag, colour in COLOURS.items():
        marked = (table["un_flag"].astype(str) == flag).to_numpy()
        axes.plot(
            at[marked], table["n"].to_numpy(dtype=float)[marked], "o", color=colour, markersize=5.5, zorder=5
        )
    highest = float(np.nanmax(table[["n", "exp_hi"]].to_numpy(dtype=float)))
    axes.set_ylim(0, max(highest, 1) * 1.08)
    axes.set_xlim(at[0] - 0.6, at[-1] + 0.6)
    step = max(1, -(-len(at) // _TICKS))
    shown = list(range(len(at) - 1, -1, -step))[::-1]
    axes.set_xticks(at[shown], [months[place].strftime("%b %Y") for place in shown])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=_TICKS, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(labelsize=letters, labelcolor=GREY, color="#c8c8c8", length=2.5, labelfontfamily=FONT)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color("#c8c8c8")
    return figure
