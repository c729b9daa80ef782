"""A workbook for spreadsheets: one sheet per table, numbers as numbers, text as text, and an account of itself."""

from __future__ import annotations

import datetime
import os
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hotspots.areas.hidden import hidden_cells, zero_word
from hotspots.base.columns import COLUMNS, Column, column_label
from hotspots.base.errors import ParameterError
from hotspots.base.files import replacing
from hotspots.export.style import layer_style

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SUMMARY, ABOUT, DICTIONARY = "Summary", "About", "Columns"
MAX_ROWS = 1_048_575  # of data; a sheet has one more, for the headings
_NAME_LENGTH = 31  # letters in a sheet's name
_CELL_LENGTH = 32_767  # letters in a cell
_WIDEST, _NARROWEST = 48, 9  # of a column, in letters
_PROSE = 90  # letters of a line in a column of sentences of the summary
_LINE = 15  # points that a line is high
_MEASURED = 1_000  # rows that decide a column's width
# No clock is read, so that same tables give same bytes.
_MADE = datetime.datetime(2000, 1, 1)


@dataclass(frozen=True, eq=False)
class Summary:
    """A first sheet: lines, each a word and a text, and small tables by their captions, one below the other.

    A row of which a text begins with "Borderline" is shaded.
    """

    lines: Sequence[tuple[str, str]]
    tables: Mapping[str, pd.DataFrame]


def write_workbook(
    tables: Mapping[str, pd.DataFrame],
    path: str | os.PathLike[str],
    *,
    title: str,
    about: Sequence[tuple[str, str]] = (),
    summary: Summary | None = None,
    hidden: str = "",
    few: int = 0,
    overwrite: bool = False,
) -> None:
    r"""Write tables as the sheets of one XLSX workbook, without their geometry.

    After the summary, where there is one, a sheet says what the workbook is, and the last what its columns mean. Each
    sheet has a frozen row of headings with filters, its names stay in sight, and a table with ranks stands in their
    order; numbers keep all their digits and are shown with the decimals of `hotspots.base.columns`, in which a column
    ``"Burglary: rate"`` is the ``rate`` of burglary. A missing value is an empty cell. Every
    text is stored as text, whatever it looks like: no cell is a formula or a link. The same tables give the same
    bytes.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The sheets' names and tables, in order; a named index becomes the first column. Names that a
        spreadsheet cannot have are changed as little as needed (31 letters, none of ``[]:*?/\``, no name twice).
    path : path
        The file.
    title : str
        The first line of the first sheet and of the account.
    about : sequence of (str, str)
        What else the account says: a word and a text, such as ``("Period", "July 2018")``.
    summary : Summary, optional
        What stands on a sheet before all others.
    hidden : str, optional
        What a cell says that is blank because a count behind it is hidden, such as ``"[c]"``; nothing by default. The
        other cells of its column stay numbers.
    few : int, default 0
        What a 0 of counts that were rounded stands for fewer than: the cell stays a 0 and reads ``"under 5"``, a rate
        made of one ``"too few"``. 0 where a 0 is a 0.
    overwrite : bool, default False
        Whether an existing file may be replaced.

    Raises
    ------
    ParameterError
        When a table has more rows than a sheet can hold.
    FileError
        When the file exists and `overwrite` is false, or cannot be written.
    """
    from xlsxwriter import Workbook

    for name, table in tables.items():
        if len(table) > MAX_ROWS:
            raise ParameterError(
                f"the table '{name}' has {len(table):,} rows, and a sheet holds {MAX_ROWS:,}",
                hint="write it as CSV, or choose fewer areas",
            )
    names = sheet_names(tables)
    with replacing(path, overwrite=overwrite) as draft:
        book = Workbook(draft, {"in_memory": True, "nan_inf_to_errors": False})
        book.set_properties({"title": title, "created": _MADE})
        looks = _Looks(book, few)
        if summary is not None:
            _write_summary(book.add_worksheet(SUMMARY), looks, title, summary)
        _write_about(
            book.add_worksheet(ABOUT), looks, title, about, list(zip(names, tables.values(), strict=True))
        )
        plain = {name: _plain(table) for name, table in zip(names, tables.values(), strict=True)}
        for name, table in plain.items():
            _write_table(book.add_worksheet(name), looks, table, hidden)
        _write_dictionary(book.add_worksheet(DICTIONARY), looks, plain.values())
        book.close()


def sheet_names(names: Sequence[str] | Mapping[str, Any]) -> list[str]:
    r"""Return names that sheets can have: 31 letters, no ``[]:*?/\``, all different whatever their case.

    Of a long name like ``"Violence and sexual offences: Wards"`` the end is kept and the beginning cut.

    Examples
    --------
    >>> sheet_names(["Burglary: Wards", "Violence and sexual offences: Wards", "burglary: wards"])
    ['Burglary – Wards', 'Violence and sexual of… – Wards', 'burglary – wards (2)']
    """
    taken = {SUMMARY.casefold(), ABOUT.casefold(), DICTIONARY.casefold(), "history", ""}
    found = []
    for name in names:
        plain = re.sub(r"[\[\]*?/\\\x00-\x1f]", " ", name.replace(": ", " – ").replace(":", " ")).strip(" '")
        number, made = 1, _shortened(plain, _NAME_LENGTH)
        while made.casefold() in taken:
            number += 1
            suffix = f" ({number})"
            made = _shortened(plain, _NAME_LENGTH - len(suffix)) + suffix
        taken.add(made.casefold())
        found.append(made)
    return found


def _shortened(name: str, length: int) -> str:
    if len(name) <= length:
        return name
    head, dash, tail = name.rpartition(" – ")
    tail = f"{dash}{tail}" if dash and len(tail) < length // 2 else ""
    return (head if tail else name)[: length - len(tail) - 1].rstrip(" '") + "…" + tail


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any, few: int) -> None:
        self._book, self._few = book, few
        self.head = book.add_format(
            {
                "bold": True,
                "bg_color": "#E8EDF3",
                "bottom": 1,
                "text_wrap": True,
                "valign": "top",
                "indent": 1,
            }
        )
        self.borderline = book.add_format({"bg_color": "#FFF2CC", "italic": True})
        self.caption = book.add_format({"bold": True, "font_size": 12})
        self.cell = book.add_format({"valign": "top", "align": "left", "indent": 1})
        self.head_number = book.add_format(
            {
                "bold": True,
                "bg_color": "#E8EDF3",
                "bottom": 1,
                "text_wrap": True,
                "valign": "top",
                "align": "right",
            }
        )
        self.hidden = book.add_format({"valign": "top", "align": "right", "font_color": "#595959"})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.label = book.add_format({"bold": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top", "align": "left", "indent": 1})
        self._numbers: dict[str, Format] = {}

    def number(self, name: str, values: pd.Series[Any]) -> Format:
        """Return the format of a column of numbers: the decimals of the vocabulary, thousands set apart."""
        known = _known(name)
        if known is None:
            whole = bool((values.dropna() % 1 == 0).all())
            # A heading that tells its unit, such as "(%)", is in words, and its numbers are for reading.
            told = name.endswith(")") or name[:1].isupper()
            code = ("#,##0" if whole else "#,##0.0") if told else "General" if whole else "#,##0.000"
        elif name in ("gi_p", "gi_q", "lm_p", "lm_q"):
            smallest = f"{10.0**-known.decimals:.{known.decimals}f}"
            code = f'[<{smallest}]"under {smallest}";{_decimals(known)}'
        else:
            code = _decimals(known)
        if word := zero_word(name, self._few):
            code = f'{code};-{code};"{word}"'
        if code not in self._numbers:
            self._numbers[code] = self._book.add_format({"num_format": code, "valign": "top"})
        return self._numbers[code]


def _decimals(column: Column) -> str:
    return "#,##0" + ("." + "0" * column.decimals if column.decimals else "")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    geometry = [name for name in table.columns if str(table[name].dtype) == "geometry"]
    plain = pd.DataFrame(table.drop(columns=geometry))
    plain.attrs = dict(table.attrs)
    if any(name is not None for name in plain.index.names):
        repeated = [name for name in plain.index.names if name in plain.columns]
        plain = plain.drop(columns=repeated).reset_index()
    return plain.sort_values("rank", kind="stable") if "rank" in plain.columns else plain


def _write_about(
    sheet: Worksheet,
    looks: _Looks,
    title: str,
    about: Sequence[tuple[str, str]],
    tables: Sequence[tuple[str, pd.DataFrame]],
) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, _text(title), looks.title)
    row = 2
    sheets = [(f"Sheet “{name}”", f"{len(table):,} rows") for name, table in tables]
    for word, text in (*about, *sheets, (f"Sheet “{DICTIONARY}”", "What every column means")):
        sheet.write_string(row, 0, _text(word), looks.label)
        sheet.write_string(row, 1, _text(text), looks.text)
        row += 1


def _write_summary(sheet: Worksheet, looks: _Looks, title: str, summary: Summary) -> None:
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, _text(title), looks.title)
    row = 1
    for word, text in summary.lines:
        sheet.write_string(row, 0, _text(word), looks.label)
        sheet.write_string(row, 1, _text(text))
        row += 1
    widths: dict[int, int] = {}
    for caption, table in summary.tables.items():
        sheet.write_string(row + 1, 0, _text(caption), looks.caption)
        for place, width in enumerate(_write_cells(sheet, looks, _plain(table), top=row + 2, widest=_PROSE)):
            widths[place] = max(width, widths.get(place, 0))
        row += len(table) + 3
    for place, width in widths.items():
        sheet.set_column(place, place, width)
    _print_landscape(sheet)


def _write_table(sheet: Worksheet, looks: _Looks, table: pd.DataFrame, hidden: str) -> None:
    sheet.freeze_panes(1, _names(table))
    if hidden:
        dark = hidden_cells(table).to_numpy()
        for row, place in zip(*(found.tolist() for found in np.nonzero(dark)), strict=True):
            sheet.write_string(row + 1, place, hidden, looks.hidden)
    for place, width in enumerate(_write_cells(sheet, looks, table, top=0)):
        sheet.set_column(place, place, width)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)
    sheet.repeat_rows(0)
    _print_landscape(sheet)


def _names(table: pd.DataFrame) -> int:
    """Return how many columns stay in sight: up to the name, else the texts before the first number, two at most."""
    columns = [str(column) for column in table.columns[:2]]
    if "name" in columns:
        return columns.index("name") + 1
    return next((place for place, dtype in enumerate(table.dtypes[:2]) if _is_number(dtype)), len(columns))


def _is_number(dtype: Any) -> bool:
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def _write_cells(
    sheet: Worksheet, looks: _Looks, table: pd.DataFrame, *, top: int, widest: int = _WIDEST
) -> list[int]:
    """Write headings and rows from a row of the sheet on, and return how wide the columns should be, in letters."""
    widths = []
    lines = [1] * (len(table) + 1)
    for place, name in enumerate(map(str, table.columns)):
        values, heading = table.iloc[:, place], _heading(name)
        number = _is_number(values.dtype)
        sheet.write_string(top, place, _text(heading), looks.head_number if number else looks.head)
        words = [] if number else _words(table, place)
        shown = 10 if number else max((len(word) for word in words[:_MEASURED]), default=0)
        # Headings wrap, so only their longest word must fit; 3 more leave room for the filter's arrow.
        longest = max(len(word) for word in heading.split(" ")) + 3
        width = min(widest, max(_NARROWEST, shown + 2, longest))
        widths.append(width)
        lines[0] = max(lines[0], len(textwrap.wrap(heading, width - 3)))
        if number:
            look = looks.number(name, values)
            numbers = values.to_numpy(dtype=float, na_value=np.nan)
            for row in np.flatnonzero(np.isfinite(numbers)).tolist():
                sheet.write_number(top + row + 1, place, float(numbers[row]), look)
        for row, word in enumerate(words, start=1):
            wrapped = widest > _WIDEST and len(word) > width
            if word:
                sheet.write_string(top + row, place, _text(word), looks.text if wrapped else looks.cell)
            if wrapped:
                lines[row] = max(lines[row], len(textwrap.wrap(word, width - 8)))
    for row, count in enumerate(lines):
        if count > 1:
            sheet.set_row(top + row, _LINE * count)
    if "Priority" in table.columns and len(table):
        letter = chr(ord("A") + list(table.columns).index("Priority"))
        rule = {"type": "formula", "criteria": f'=LEFT(${letter}{top + 2},10)="Borderline"'}
        last = len(table.columns) - 1
        sheet.conditional_format(top + 1, 0, top + len(table), last, {**rule, "format": looks.borderline})
    return widths


def _print_landscape(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _known(name: str) -> Column | None:
    """Return the column of the vocabulary: of ``"Burglary: rate"`` that of ``"rate"``."""
    return COLUMNS.get(name.rpartition(": ")[2])


def _heading(name: str) -> str:
    """Return a column's label with its unit; "Incidents" need no unit that says "incidents"."""
    of, colon, own = name.rpartition(": ")
    known = COLUMNS.get(own)
    if known is None:
        return name
    label = known.label if known.unit == known.label.casefold() else column_label(own)
    if known.unit == "incidents" and known.label.startswith("Incidents"):
        label = known.label
    return f"{of}: {label[:1].lower()}{label[1:]}" if colon else label


def _words(table: pd.DataFrame, place: int) -> list[str]:
    """Return a column's text as a reader should see it: classes by their label, truth values as yes and no."""
    name, values = str(table.columns[place]), table.iloc[:, place]
    known = _known(name)
    missing = values.isna().to_numpy()
    if pd.api.types.is_bool_dtype(values.dtype) or (known is not None and known.kind == "boolean"):
        return ["" if gap else "yes" if value else "no" for value, gap in zip(values, missing, strict=True)]
    words = ["" if gap else str(value) for value, gap in zip(values, missing, strict=True)]
    if name in ("gi_class", "lm_class"):
        labels = {
            entry.value: entry.label.replace("\u00a0", " ") for entry in layer_style(table, name).classes
        }
        return [labels.get(word, word) for word in words]
    if known is not None and known.kind == "flag":
        return [word[:1].upper() + word[1:] for word in words]
    return words


def _write_dictionary(sheet: Worksheet, looks: _Looks, tables: Any) -> None:
    used = {str(name).rpartition(": ")[2] for table in tables for name in table.columns}
    rows = [
        (column.label, column.unit, column.meaning, name) for name, column in COLUMNS.items() if name in used
    ]
    for place, (heading, width) in enumerate(
        (("Column", 30), ("Unit", 26), ("What it tells", 90), ("Name in the files", 18))
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, looks.head)
    for row, cells in enumerate(rows, start=1):
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, _text(cell), looks.text)
    sheet.freeze_panes(1, 0)


def _text(words: str) -> str:
    return words if len(words) <= _CELL_LENGTH else words[: _CELL_LENGTH - 1] + "…"
