"""What a file shows: tables of numbers tied to areas, and sentences, whatever kind of file they stand in."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.keys import make_keys
from hotspots.base.columns import COLUMNS, column_label

Floats = npt.NDArray[np.float64]
Numbers = tuple[Floats, float, npt.NDArray[np.object_]]

WHOLE = ""
"""The period of a folder's reporting period, before it is known which months that is."""
CARDS = "cards"
"""Where in a map's page the offences of each area stand."""
ALL = "all areas"
"""The area that stands for all of a layer together."""
BAND, BETWEEN, OF_BANDS = "band ", " | ", "All"
"""How a cell of a table without areas begins, what stands between its parts, and what their totals are called."""

HIDDEN = re.compile(
    r"(?:(?:under|fewer than|less than|up to|<|≤)\s*(\d+)|\[?[cxz*]\]?|\.\.|suppressed|hidden)", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+−]?\d[\d,  ]*(?:\.\d+)?(?:[eE][-+]?\d+)?%?")
_DATED = re.compile(r"([a-z][a-z_]*?)_(\d{4}(?:[-_](?:0[1-9]|1[0-2]))?)")
# A number is as wide as its last digit; doubles written in full are right to about fifteen.
_FULL = 11


@dataclass(frozen=True, eq=False)
class Shown:
    """A table of one theme whose rows are areas.

    Attributes
    ----------
    file, where : str
        The file from its folder, and the sheet, layer, view or table in it; empty for the only one.
    theme : str
        The key of the theme; before it is settled, names that the theme may have, one on a line.
    level : str
        The key of the layer of areas, such as ``wards``; empty where it is not known.
    rows : DataFrame
        By area: a code, ``district NAME``, or `ALL`. Columns are those of `hotspots.base.columns`, with a period
        where they are of one: ``n_2018-07``. Cells as they stand in the file.
    """

    file: str
    where: str
    theme: str
    level: str
    rows: pd.DataFrame

    @cached_property
    def numbers(self) -> dict[str, Numbers]:
        """What `numbers_of` reads in each column, by its name; read once, for there is much to read."""
        return {str(name): numbers_of(list(self.rows[name])) for name in self.rows.columns}


@dataclass(frozen=True)
class Said:
    """A piece of text: a title, a description, an alternative text, a sentence."""

    file: str
    where: str
    text: str


@dataclass(eq=False)
class Page:
    """All that one file shows.

    Attributes
    ----------
    tables : list of Shown
        Its tables.
    texts : list of Said
        Its pieces of text.
    unread : list of str
        What is in it and was not understood, each as a sentence.
    troubles : list of str
        What is not to be in a published file whatever the numbers: a hidden sheet, a path, raw points.
    """

    tables: list[Shown] = field(default_factory=list)
    texts: list[Said] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def add(self, other: Page) -> None:
        """Take what another page shows as well."""
        self.tables += other.tables
        self.texts += other.texts
        self.unread += other.unread
        self.troubles += other.troubles


def theme_key(name: str) -> str:
    """Return the key by which a theme is known, from its name in words or from its key.

    Examples
    --------
    >>> theme_key("Violence & sexual offences"), theme_key("violence-sexual-offences")
    ('violence-sexual-offences', 'violence-sexual-offences')
    """
    return make_keys([name], fallback="theme")[0]


def measure_of(column: str) -> tuple[str, str]:
    """Return the measure and the period of a column; the period is empty for the whole.

    Examples
    --------
    >>> measure_of("n_2018-07"), measure_of("n_2018_07"), measure_of("rate_lo"), measure_of("n_before")
    (('n', '2018-07'), ('n', '2018-07'), ('rate_lo', ''), ('n_before', ''))
    """
    if column in COLUMNS:
        return column, WHOLE
    match = _DATED.fullmatch(column)
    return (match[1], match[2].replace("_", "-")) if match and match[1] in COLUMNS else (column, WHOLE)


_BY_LABEL = {column_label(name).casefold(): name for name in reversed(COLUMNS)} | {
    column.label.casefold(): name for name, column in reversed(COLUMNS.items())
}
_HEADINGS = {
    "incidents, rounded": "n",
    "count": "n",
    "count (rounded)": "n",
    "per 1,000 people a year": "rate",
    "rate per 1,000 people a year": "rate",
    "offence": "offence",
    "theme": "theme",
    "ward": "name",
    "ward name": "name",
    "lsoa": "name",
    "lsoa name": "name",
    "area": "name",
    "partnership area": "district",
    "partnership": "district",
}
_MONTHS = {
    words.casefold(): f"{number:02d}"
    for number in range(1, 13)
    for words in (month_name[number], month_abbr[number])
}


def column_of(heading: str) -> str:
    """Return the column that a heading names, in words or as itself; an unknown heading stands for itself.

    Examples
    --------
    >>> column_of("Rate (per 1,000 people a year)"), column_of("Incidents, July 2016"), column_of("n"), column_of("x")
    ('rate', 'n_2016-07', 'n', 'x')
    """
    plain = " ".join(re.sub(r"[¹²³]|\s1$", "", heading).split())
    if plain in COLUMNS:
        return plain
    folded = plain.casefold()
    if folded in _BY_LABEL or folded in _HEADINGS:
        return _HEADINGS.get(folded) or _BY_LABEL[folded]
    label, comma, time = plain.rpartition(", ")
    period = period_of(time)
    if comma and period and label.casefold() in _BY_LABEL:
        return f"{_BY_LABEL[label.casefold()]}_{period}"
    return f"n_{period_of(plain)}" if period_of(plain) else plain


def period_of(words: str) -> str:
    """Return the month or year that words name, as columns write it; nothing for other words.

    Examples
    --------
    >>> period_of("July 2016"), period_of("2016"), period_of("2016-07"), period_of("Leeds")
    ('2016-07', '2016', '2016-07', '')
    """
    text = words.strip()
    if re.fullmatch(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?", text):
        return text
    match = re.fullmatch(r"([A-Za-z]+) ((?:19|20)\d\d)", text)
    return f"{match[2]}-{_MONTHS[match[1].casefold()]}" if match and match[1].casefold() in _MONTHS else ""


def numbers_of(cells: Sequence[Any]) -> Numbers:
    """Return the numbers of a column, half of its last digit, and the words of the cells that hold none.

    A column is written alike throughout, so that its finest cell says how finely it is written.

    Returns
    -------
    values : ndarray of float64
        NaN where a cell is empty or holds words.
    half : float
        How far a number may be from the one it was rounded from; 0 for whole numbers, which counts are.
    words : ndarray of str
        The text of cells that hold words; empty elsewhere.

    Examples
    --------
    >>> values, half, words = numbers_of(["1,140", "12.5", "under 5", None])
    >>> values.tolist(), half, words.tolist()
    ([1140.0, 12.5, nan, nan], 0.05, ['', '', 'under 5', ''])
    """
    values, words = np.full(len(cells), np.nan), np.full(len(cells), "", dtype=object)
    most = 0
    for place, cell in enumerate(cells):
        if cell is None or cell is pd.NA or isinstance(cell, bool | np.bool_):
            continue
        if isinstance(cell, int | np.integer):
            values[place] = float(cell)
            continue
        text = repr(float(cell)) if isinstance(cell, float | np.floating) else str(cell).strip()
        if not text or text == "nan" or text == "<NA>":
            continue
        if not _NUMBER.fullmatch(text):
            words[place] = text
            continue
        plain = re.sub(r"[,  %]", "", text).replace("−", "-")
        values[place] = float(plain) / (100 if text.endswith("%") else 1)
        mantissa, _, power = plain.casefold().partition("e")
        decimals = len(mantissa.partition(".")[2].rstrip("0" if not isinstance(cell, str) else "")) - int(
            power or 0
        )
        most = max(most, decimals + 2 * text.endswith("%"))
    return values, 0.5 * 10.0 ** -min(most, _FULL) if most > 0 else 0.0, words


def least_hidden(words: str) -> tuple[float, float] | None:
    """Return the least and the greatest count that a cell of words may stand for; None where it hides none.

    Examples
    --------
    >>> least_hidden("under 5"), least_hidden("[c]"), least_hidden("no data")
    ((0.0, 4.0), (0.0, inf), None)
    """
    match = HIDDEN.fullmatch(words.strip())
    if match is None:
        return None
    if match[1] is None:
        return 0.0, float("inf")
    limit = float(match[1])
    return 0.0, limit if words.strip().casefold().startswith(("up to", "≤")) else limit - 1


def tidy_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table under the names of the columns that its headings mean; of two alike the first keeps the name."""
    names: list[str] = []
    for heading in frame.columns:
        name = column_of(str(heading))
        names.append(name if name not in names else f"{heading} ({len(names)})")
    return frame.set_axis(names, axis=1)
