"""Which areas of a map rest on little, so that they are hatched beside their colour."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.poisson import FEW
from hotspots.export.style import Style, StyleClass

_DATED_RATE = re.compile(r"rate_(?P<period>\d{4}(-\d{2})?)")
TOO_SMALL = "Too small here to be hatched"
CLOSER = "Hatched from a closer zoom"
ON_FEW = f"a rate of fewer than {FEW} incidents"
_DARK = 140  # of 255: luma under which a colour is dark


def unsure_areas(layer: pd.DataFrame, style: Style) -> npt.NDArray[np.bool_]:
    """Return which areas are hatched: rates of fewer than ten incidents, and classes that could come out otherwise.

    Parameters
    ----------
    layer : DataFrame
        Areas with the column that is drawn, and ``n`` beside a rate, or ``n_2025`` beside ``rate_2025``.
    style : Style
        How the column is drawn.

    Returns
    -------
    array of bool
        In the order of the rows; none where the count behind a rate is not known, as when it is hidden.

    Examples
    --------
    >>> from hotspots.export.style import layer_style
    >>> wards = pd.DataFrame({"n": [9, 10, None], "rate": [4.5, 3.0, None]})
    >>> unsure_areas(wards, layer_style(wards, "rate")).tolist()
    [True, False, False]
    """
    values = layer[style.column]
    named = [entry.value for entry in style.classes if entry.unsure]
    if named:
        return np.asarray(values.isin(named), dtype=bool)
    counts = counts_behind(style.column)
    if counts not in layer:
        return np.zeros(len(layer), dtype=bool)
    few = layer[counts].to_numpy(dtype=float, na_value=np.nan) < FEW
    return np.asarray(few & values.notna().to_numpy(), dtype=bool)


def counts_behind(column: str) -> str:
    """Return the column of counts that a rate rests on; empty for what is no rate.

    Examples
    --------
    >>> counts_behind("rate"), counts_behind("rate_2025"), counts_behind("n")
    ('n', 'n_2025', '')
    """
    if column == "rate":
        return "n"
    found = _DATED_RATE.fullmatch(column)
    return f"n_{found['period']}" if found else ""


def unsure_class(style: Style, *, lead: str = "Hatched") -> StyleClass | None:
    """Return the line of the legend that says what the hatch means on a map of rates; None on one of classes.

    A class that is hatched says in its own words why.

    Parameters
    ----------
    style : Style
        How the column is drawn.
    lead : str, default "Hatched"
        Where areas are hatched, such as ``"Hatched from 1:200,000"``, or `TOO_SMALL`: see `hotspots.export.sizes`.
    """
    if not counts_behind(style.column):
        return None
    hatched = lead != TOO_SMALL
    return StyleClass(f"{lead}: {ON_FEW}", "#ffffff", opacity=float(hatched), unsure=hatched)


def ink_on(colour: str) -> str:
    """Return the colour of lines and letters that can be seen on another: near black on a pale one, else white.

    Examples
    --------
    >>> ink_on("#faf9f6"), ink_on("#650000")
    ('#2b2b2b', '#ffffff')
    """
    red, green, blue = bytes.fromhex(colour.lstrip("#"))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else "#2b2b2b"
