"""One file of incidents, opened: which column holds what, and its rows in batches, in plain types.

What a row's cells mean does not depend on the batch that it comes in: the order of dates and the decimal mark
are settled when the file is opened, so that whoever reads the batches, and however many, finds the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hotspots.base.errors import DataError
from hotspots.base.limits import allowed, raising, refuse_long
from hotspots.incidents.cells import id_keys, is_no_id, is_text, labels, numbers
from hotspots.incidents.clock import TIMINGS, UNKNOWN, Clock, tell_times
from hotspots.incidents.columns import Columns, kept_role
from hotspots.incidents.dates import NO_MONTH, Order, is_day_number, month_number, months_and_days
from hotspots.incidents.sources import Source

Positions = npt.NDArray[np.int64]
Batches = Iterator[tuple[Any, Positions]]
Roles = Mapping[str, str]
_EXAMPLES = 5
MOST_FORCES = 60
"""The United Kingdom has 48 police forces, and a column of more names is of something else."""
# From here on, the times of day are cut off before dates are read: there are as many texts as minutes.
_MANY_DATES = 5_000
_MONTHS = 1 << 20  # more than there are months between any two dates
_TIME_OF_DAY = r"^(\S*\d[-/.]\d{1,2}[-/.]\d{2,4})[T ]\S.*$"


@dataclass
class Found:
    """What reading a file, or some of its rows, has found.

    Attributes
    ----------
    rows : int
        Rows met, header apart.
    reasons : Counter of str
        Rows that could not be read, by what is wrong with them.
    examples : list of str
        The first of them, in words.
    unread : Counter of str
        Months and dates that were not understood, with how many rows have each; no more than a few texts.
    day_numbers : Counter of str
        The same of dates that were taken as a spreadsheet's day numbers.
    no_ids : Counter of str
        The same of what stands in the place of a Crime ID and is none.
    forces : dict of str to set of int
        The months (ordinals of monthly periods) that the rows of each police force are of. Where there are more
        names than forces, they are none.
    categories : set of str
        The categories met.
    """

    rows: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    day_numbers: Counter[str] = field(default_factory=Counter)
    no_ids: Counter[str] = field(default_factory=Counter)
    forces: dict[str, set[int]] = field(default_factory=dict)
    categories: set[str] = field(default_factory=set)

    @property
    def malformed(self) -> int:
        """How many rows could not be read."""
        return self.reasons.total()

    def add(self, other: Found) -> Found:
        """Add what was found in later rows of the same file, and return this."""
        self.rows += other.rows
        self.reasons.update(other.reasons)
        self.examples = (self.examples + other.examples)[:_EXAMPLES]
        for name in ("unread", "day_numbers", "no_ids"):
            note(getattr(self, name), getattr(other, name))
        for name, months in other.forces.items():
            self.note_force(name, months)
        self.categories |= other.categories
        return self

    def note_force(self, name: str, months: Iterable[int]) -> None:
        """Add months of a force; one name more than there are forces is enough to tell that they are none."""
        if name in self.forces or len(self.forces) <= MOST_FORCES:
            self.forces.setdefault(name, set()).update(months)


def note(held: Counter[str], new: Mapping[str, int]) -> None:
    """Add numbers of rows by text; of texts only the first few are kept, and of the others the sum, under ""."""
    for text, count in new.items():
        held[text if text in held or len(held) < _EXAMPLES else ""] += count


@dataclass
class IncidentFile:
    """One source, opened: what is known before its rows are read, and what reading them finds.

    Attributes
    ----------
    source : Source
        Where the rows are.
    sha256 : str
        Of the bytes of the file, or of the member of an archive.
    encoding : str or None
        Of a text file, one of `hotspots.base.text.ENCODINGS`.
    columns : Columns
        Which column holds what.
    crs : str or None
        The coordinate reference system that the file itself states.
    batches : callable
        Gives the rows of some columns, named by their roles, and their positions.
    sample : dict
        Texts of the first rows, by column.
    date_order : {'day', 'month', 'year'}
        What dates in numbers begin with.
    decimal_commas : bool
        Whether a comma is the decimal mark of coordinates and weights.
    header_lines : int
        Lines of a text file before its first row; examples are numbered as a spreadsheet numbers rows.
    mended : tuple of int
        Lines of a text file whose quotation mark was left open, and is not taken for one.
    has_rows : bool
        Whether it has more than headings.
    clock : Clock or None
        By what clock times of day are read; None where they are not.
    found : Found
        What reading has found so far.
    """

    source: Source
    sha256: str
    encoding: str | None
    columns: Columns
    crs: str | None
    batches: Callable[[IncidentFile, Roles], Batches] = field(repr=False)
    sample: dict[str, list[str | None]] = field(default_factory=dict, repr=False)
    date_order: Order = "day"
    decimal_commas: bool = False
    header_lines: int = 1
    mended: tuple[int, ...] = ()
    has_rows: bool = True
    clock: Clock | None = None
    found: Found = field(default_factory=Found)

    def reject(self, position: int, reason: str, example: str) -> None:
        """Count the row at a position (from 0) as malformed; the first few are kept as examples."""
        self.found.reasons[reason] += 1
        if len(self.found.examples) < _EXAMPLES:
            row = position + self.header_lines + 1
            self.found.examples.append(f"{self.source.name}, row {row:,}: {example}")

    def iter_tables(self) -> Iterator[pa.Table]:
        """Read the rows in batches; afterwards `found` is complete.

        Yields
        ------
        pyarrow.Table
            ``row`` (int64, position in the file from 0), ``x`` and ``y`` (float64, as in the file; NaN =
            none), ``second`` (bool: they are of the second pair of columns, longitude and latitude),
            ``category`` and ``lsoa_code`` (dictionary of string; null = none), ``month`` (int64, ordinal of a
            monthly period; `NO_MONTH` = none), ``date`` (date32; null = none), ``crime_id`` (uint64, see
            `id_keys`; 0 = none), ``weight`` (float64, 1 where the file has none), and a dictionary of string
            for each column that is kept, under its role. Where times are read also ``start``, ``end``, ``timing``
            and ``written``; see `hotspots.incidents.clock.tell_times`.
        """
        for batch, positions in self.batches(self, self.columns.present()):
            yield self._canonical(batch, positions)

    def empty_table(self) -> pa.Table:
        """Return the table that `iter_tables` promises, without rows."""
        held = {role: pa.array([], pa.string()) for role in ("category", *self.columns.present())}
        return self._canonical(pa.table(held), np.array([], dtype=np.int64))

    def _canonical(self, batch: pa.Table, positions: Positions) -> pa.Table:
        """Turn a batch whose columns are named by role into the table that `iter_tables` promises."""
        held = {name: _single(batch.column(name)) for name in batch.column_names}
        count = batch.num_rows
        x, y, second, wrong = self._coordinates(held, count)
        weight = np.ones(count)
        if "weight" in held:
            weight, bad = numbers(held["weight"], decimal_commas=self.decimal_commas)
            wrong["weight"] = bad | ~(weight >= 0)
        blank = pa.DictionaryArray.from_arrays(pa.nulls(count, pa.int32()), pa.array([], pa.string()))
        category = labels(held["category"]) if "category" in held else blank
        self._refuse_many(category)
        code = labels(held["lsoa_code"], codes=True) if "lsoa_code" in held else blank
        ids = self._ids(held, count)
        month, date, noted = self._dates(held, count)
        if "category" in held or "month" in held:
            told = pc.or_(category.is_valid(), code.is_valid()).to_numpy(zero_copy_only=False)
            wrong[""] = ~(told | (ids != 0) | (month != NO_MONTH) | ~np.isnan(x) | ~np.isnan(y))
        bad_rows = np.logical_or.reduce([*wrong.values(), np.zeros(count, bool)])
        if bad_rows.any():
            self._reject_cells(held, wrong, np.flatnonzero(bad_rows), positions)
        good = ~bad_rows
        noted(good)
        if "force" in held:
            self._note_forces(labels(held["force"]), month, good)
        table = pa.table(
            {
                "row": positions,
                "x": x,
                "y": y,
                "second": second,
                "category": category,
                "month": month,
                "date": pa.array(date),
                "lsoa_code": code,
                "crime_id": ids,
                "weight": weight,
            }
            | {role: labels(held[role]) for role in (kept_role(name) for name, _ in self.columns.kept)}
            | self._times(held, count)
        )
        return table if good.all() else table.filter(pa.array(good))

    def _refuse_many(self, category: Any) -> None:
        """Refuse categories that are too many or too long to be any: numbers, references or free text."""
        new = {text for text in category.dictionary.to_pylist() if text is not None} - self.found.categories
        what = f"column '{self.columns.category}' of '{self.source.name}'"
        refuse_long(new, what=what)
        self.found.categories |= new
        most, met = allowed("categories"), len(self.found.categories)
        if met > most:
            raise DataError(
                f"{what} holds more than {most:,} categories, such as '{min(self.found.categories)}'",
                hint=f"name the column of categories with 'category_column'; {raising('categories', 10 * most)}",
            )

    def _coordinates(self, held: Mapping[str, Any], count: int) -> tuple[Any, Any, Any, dict[str, Any]]:
        """Return the coordinates, which are of the second pair, and which cells of each column are no numbers."""
        x, y, second = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, dtype=bool)
        wrong: dict[str, Any] = {}
        if "x" in held:
            x, wrong["x"] = numbers(held["x"], decimal_commas=self.decimal_commas)
            y, wrong["y"] = numbers(held["y"], decimal_commas=self.decimal_commas)
        if "x2" in held:
            blank = (np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0))) & ~wrong["x"] & ~wrong["y"]
            if blank.any():
                x2, wrong_x = numbers(held["x2"], decimal_commas=self.decimal_commas)
                y2, wrong_y = numbers(held["y2"], decimal_commas=self.decimal_commas)
                second = blank & ~np.isnan(x2) & ~np.isnan(y2)
                x, y = np.where(second, x2, x), np.where(second, y2, y)
                wrong["x2"], wrong["y2"] = wrong_x & blank, wrong_y & blank
        return x, y, second, wrong

    def _reject_cells(
        self, held: Mapping[str, Any], wrong: Mapping[str, Any], bad: Any, positions: Positions
    ) -> None:
        for position in bad:
            role = next(role for role, cells in wrong.items() if cells[position])
            if not role:
                self.reject(int(positions[position]), "blank", "no cell tells of an incident")
                continue
            what = "a number of at least 0" if role == "weight" else "a number"
            name = getattr(self.columns, role) or role
            found = str(held[role][int(position)].as_py() if held[role][int(position)].is_valid else "")[:60]
            self.reject(
                int(positions[position]), f"'{name}' is not {what}", f"'{found}' in '{name}' is not {what}"
            )

    def _ids(self, held: Mapping[str, Any], count: int) -> npt.NDArray[np.uint64]:
        if "crime_id" not in held:
            return np.zeros(count, np.uint64)
        column = held["crime_id"]
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        keys = id_keys(column)
        none = keys == 0
        if none.any():
            texts = pc.drop_null(column.filter(pa.array(none)).cast(pa.string()))
            for text, number in zip(
                *(part.to_pylist() for part in texts.value_counts().flatten()), strict=True
            ):
                if is_no_id(text.strip()):
                    note(self.found.no_ids, {text.strip(): number})
        return keys

    def _note_forces(self, forces: Any, month: Any, good: Any) -> None:
        """Note which months the good rows of each force are of."""
        codes = pc.fill_null(forces.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        told = good & (codes >= 0) & (month != NO_MONTH)
        names = forces.dictionary.to_pylist()
        # One number for both, whose parts come back by division.
        for both in pd.unique(codes[told] * _MONTHS + month[told] + _MONTHS // 2).tolist():
            self.found.note_force(names[both // _MONTHS][:60], [both % _MONTHS - _MONTHS // 2])

    def _dates(self, held: Mapping[str, Any], count: int) -> tuple[Any, Any, Callable[[Any], None]]:
        """Return the month of each row, its day, and what notes the texts of good rows that are strange."""
        if "month" not in held:
            none = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
            return np.full(count, NO_MONTH), none, lambda _: None
        column = held["month"]
        if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
            days = column.cast(pa.date32(), safe=False).to_numpy(zero_copy_only=False).astype("datetime64[D]")
            since = days.astype("datetime64[M]").astype(np.int64)
            return np.where(np.isnat(days), NO_MONTH, since), days, lambda _: None
        texts, codes = _distinct_dates(column, held.get("year"))
        # One more entry, for rows whose code is -1.
        months, days = months_and_days([*texts, None], self.date_order)

        def noted(good: Any) -> None:
            used = np.bincount(codes[good] + 1, minlength=len(texts) + 1)[1:]
            strange = np.flatnonzero((months[:-1] == NO_MONTH) & (used > 0))
            note(self.found.unread, {texts[n]: int(used[n]) for n in strange})
            numbered_days = {t: int(n) for t, n in zip(texts, used, strict=True) if n and is_day_number(t)}
            note(self.found.day_numbers, numbered_days)

        return months[codes], days[codes], noted

    def _times(self, held: Mapping[str, Any], count: int) -> dict[str, Any]:
        """Return when each row was; nothing where no times are read."""
        if self.clock is None:
            return {}
        date, time, to, to_time = (held.get(role) for role in ("month", "time", "to", "to_time"))
        if date is None and time is None:
            nothing = np.full(count, UNKNOWN)
            timing = np.full(count, len(TIMINGS) - 1, dtype=np.int8)
            return {
                "start": nothing,
                "end": nothing,
                "timing": timing,
                "written": np.full(count, -1, np.int32),
            }
        return tell_times(self.clock, date, time, to, to_time, order=self.date_order)


def _distinct_dates(column: Any, years: Any) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct texts of dates and each row's position among them; -1 for none."""
    encoded = column if pa.types.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()
    if years is not None:
        encoded = _with_years(encoded, years)
    if len(encoded.dictionary) > _MANY_DATES:
        cut = pc.replace_substring_regex(encoded.dictionary.cast(pa.string()), _TIME_OF_DAY, r"\1")
        merged = cut.dictionary_encode()
        encoded = pa.DictionaryArray.from_arrays(pc.take(merged.indices, encoded.indices), merged.dictionary)
    plain = labels(encoded)
    codes = pc.fill_null(plain.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    texts = plain.dictionary.to_pylist()
    # A blank cell is null among the texts.
    blank = np.array([text is None for text in texts] + [True])
    return [text or "" for text in texts], np.where(blank[codes], -1, codes)


def _with_years(months: Any, years: Any) -> Any:
    """Return months without years put together with their years."""
    both = pa.table({"month": months.cast(pa.string()), "year": years.cast(pa.string())})
    pairs = pc.binary_join_element_wise(both.column("year"), both.column("month"), "\0")
    encoded = _single(pairs).dictionary_encode()
    return pa.DictionaryArray.from_arrays(
        encoded.indices,
        pa.array([_year_and_month(text) for text in encoded.dictionary.to_pylist()], pa.string()),
    )


def _year_and_month(pair: str) -> str:
    year, month = pair.split("\0")
    number = month_number(month)
    return (
        f"{year.strip().removesuffix('.0')} {month}"
        if number is None
        else f"{year.strip().removesuffix('.0')}-{number}"
    )


def _single(column: Any) -> Any:
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    combined = column.unify_dictionaries().combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def numbered(file: IncidentFile, held: Mapping[str, Any], count: int) -> tuple[Any, Positions]:
    """Return a batch of the next rows of a file, and their positions."""
    positions = np.arange(file.found.rows, file.found.rows + count)
    file.found.rows += count
    return pa.table(dict(held)), positions


def texts_of(column: Any) -> list[str | None]:
    """Return the cells of a column as texts; what has no text, such as a list, is left out."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if is_text(kind):
        texts: list[str | None] = column.cast(pa.string()).to_pylist()
        return texts
    return [None if value is None else str(value) for value in column.to_pylist()]
