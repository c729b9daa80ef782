"""The ward table of a strategic assessment: the areas above the average, by rate, as it is printed there."""

from __future__ import annotations

import os
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.base.errors import DataError
from hotspots.base.numerals import mostly_numbers, numbers
from hotspots.export.tables.csv import write_table

_NEEDED = ("name", "district", "sd_flag")
_HINT = "count the incidents with populations, then flag the rates: hotspots count, hotspots flag"
_NOTE = (
    "Difference is calculated as above the mean plus one increment of {area}-level standard deviation. "
    "Significant difference is calculated as above the mean plus two increments of {area}-level standard deviation."
)


def make_flag_table(
    layer: pd.DataFrame,
    *,
    count: str = "n",
    value: str = "rate",
    area: str = "Ward",
    rates: Literal["exact", "rounded"] = "exact",
    base: int = 10,
) -> pd.DataFrame:
    """Return the areas above the average as a strategic assessment prints them, highest rate first.

    Parameters
    ----------
    layer : DataFrame
        Flagged areas (see `hotspots.flag_mean_sd`): ``name``, ``district``, ``sd_flag`` and the two below.
    count : str, default 'n'
        The column of counts; printed to the nearest multiple of `base`, halves going up.
    value : str, default 'rate'
        The column that was flagged, a rate per 1,000; printed to one decimal.
    area : str, default 'Ward'
        What an area is called in the headings.
    rates : {'exact', 'rounded'}, default 'exact'
        Whether the printed rate is that of the count or of the rounded count. Exact rates beside populations
        that anyone can look up give the count away to within a fraction of an incident.
    base : int, default 10
        What counts are rounded to; 1 prints them as they are.

    Returns
    -------
    DataFrame of str
        Name, district, ``"1,670 (432.3 per 1,000)"`` and ``"Significantly above"`` or ``"Above"``; where the
        layer has ``sd_since``, whether it is newly or still above. Of equal values, the area that is
        first in the layer comes first.

    Raises
    ------
    DataError
        When a column is missing, or one that is printed as numbers holds none, or an infinite one.

    Warns
    -----
    HotspotsWarning
        When some cells of such a column hold no number: they are unknown, and printed as "–".

    Examples
    --------
    >>> flagged = pd.DataFrame({"name": ["Burton"], "district": ["East Staffordshire"], "n": [1668],
    ...                         "rate": [432.31], "sd_flag": ["significantly above"]})
    >>> make_flag_table(flagged).iloc[0].tolist()
    ['Burton', 'East Staffordshire', '1,670 (432.3 per 1,000)', 'Significantly above']
    """
    for column in (*_NEEDED, count, value):
        if column not in layer:
            raise DataError(
                f"the layer has no column '{column}', which the table prints",
                hint=_HINT,
            )
    above = layer[layer["sd_flag"].isin(["above", "significantly above"])]
    above = above.assign(**{column: _numbers(above, column) for column in dict.fromkeys((count, value))})
    above = above.sort_values(value, ascending=False, kind="stable")
    counts = above[count].to_numpy(dtype=float)
    rounded = np.floor(counts / base + 0.5) * base
    heading, cells = "Count (rounded)" if base > 1 else "Count", [_printed(n, 0) for n in rounded]
    if value != count:
        printed = above[value].to_numpy(dtype=float)
        if rates == "rounded":
            printed = printed * np.divide(rounded, counts, out=np.ones_like(counts), where=counts > 0)
        heading += " + rate per 1,000 population"
        cells = [f"{n} ({_printed(one, 1)} per 1,000)" for n, one in zip(cells, printed, strict=True)]
    since = (
        {"Since the period before": _words(above["sd_since"].astype(object)).astype(object)}
        if "sd_since" in above
        else {}
    )
    return pd.DataFrame(
        {
            f"{area} Name": _words(above["name"]),
            "Partnership Area": _words(above["district"]),
            heading: cells,
            f"Difference to {area.lower()} average": above["sd_flag"].astype(str).str.capitalize().to_numpy(),
            **since,
        }
    )


def _numbers(layer: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return a column as numbers, or say that it holds none."""
    what = f"'{column}' of the layer"
    held = mostly_numbers(layer[column], what=what)
    if held is None:
        raise DataError(f"the column '{column}' does not hold numbers, which the table prints", hint=_HINT)
    return numbers(held, what=what)


def _printed(number: float, decimals: int) -> str:
    return "–" if np.isnan(number) else f"{number:,.{decimals}f}"


def _words(column: pd.Series[Any]) -> npt.NDArray[Any]:
    """Return the texts of a column, empty where there is none."""
    return column.astype(object).where(column.notna(), "").astype(str).to_numpy()


def aligned(table: pd.DataFrame) -> list[str]:
    """Return a table of text as lines with aligned columns, its headings first."""
    rows = [list(table.columns), *table.to_numpy().tolist()]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def flag_table_text(table: pd.DataFrame, *, title: str = "", area: str = "Ward") -> str:
    """Return the table as plain text in aligned columns, with its title and the footnote on the flags."""
    lines = aligned(table)
    head = [title, ""] if title else []
    return "\n".join([*head, *lines, "", _NOTE.format(area=area.lower())]) + "\n"


def write_flag_table(
    table: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    title: str = "",
    area: str = "Ward",
    overwrite: bool = False,
) -> None:
    """Write the table: as CSV to a name that ends in .csv, else as plain text.

    Parameters
    ----------
    table : DataFrame
        Made by `make_flag_table`.
    path : path
        The file, or ``"-"`` for plain text on standard output.
    title : str, default ''
        The line above the plain text; a CSV has none.
    area : str, default 'Ward'
        What an area is called in the footnote.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    write_table(table, flag_table_text(table, title=title, area=area), path, overwrite=overwrite)
