"""What the text of a date means, judged for a column as a whole: 03/04/2025 may be in March or in April."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from hotspots.base.errors import DataError

Order = Literal["day", "month", "year"]
ORDERS: tuple[Order, ...] = ("day", "month", "year")
NO_MONTH = np.iinfo(np.int64).min
"""Stands for no month among months since January 1970."""

_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WELSH = [
    "ionawr",
    "chwefror",
    "mawrth",
    "ebrill",
    "mai",
    "mehefin",
    "gorffennaf",
    "awst",
    "medi",
    "hydref",
    "tachwedd",
    "rhagfyr",
]
_MONTHS = (
    {name[:3]: number for number, name in enumerate(_ENGLISH, start=1)}
    | {name: number for names in (_ENGLISH, _WELSH) for number, name in enumerate(names, start=1)}
    | {"sept": 9}
)
_TIME = r"(?:[T ,]+[^/]*)?"
_WEEKDAY = r"(?:[A-Za-z]{3,9},? )?"
_YEAR = r"(\d{4}|\d{2})"
_NUMBERS = re.compile(rf"(\d{{1,2}})([/.\-])(\d{{1,2}})\2{_YEAR}{_TIME}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}))?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?(?:\.0|[T ].*)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_DAY_NAMED = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[-/ .]?(?:of )?([A-Za-z]{{3,10}})\.?[-/ ,]+{_YEAR}{_TIME}"
)
_NAMED_DAY = re.compile(
    rf"{_WEEKDAY}([A-Za-z]{{3,10}})\.?[-/ ](\d{{1,2}})(?:st|nd|rd|th)?[-/ ,]+{_YEAR}{_TIME}"
)
_NAMED = re.compile(rf"([A-Za-z]{{3,10}})\.?[-/ ,]+{_YEAR}")
_YEAR_NAMED = re.compile(rf"(\d{{4}})[-/ ]([A-Za-z]{{3,10}})\.?(?:[-/ ](\d{{1,2}}){_TIME})?")
# Thu Apr 01 15:30:00 UTC 2010, as programs of Unix write times.
_YEAR_LAST = re.compile(
    r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) \d{1,2}:\d{2}(?::\d{2})?(?: [A-Z]{1,5}| [-+]\d{4})? (\d{4})"
)
_DAY_NUMBER = re.compile(r"(\d{5})(?:\.\d+)?")
_SINCE_1970 = re.compile(r"(\d{10})(\d{3})?(?:\.0)?")
# A spreadsheet's day 1 is 1 January 1900, and it takes 1900 for a leap year.
_DAY_ZERO = date(1899, 12, 30)
_DAY_NUMBERS = range((date(1980, 1, 1) - _DAY_ZERO).days, (date(2100, 1, 1) - _DAY_ZERO).days)
# A share of dates below this, which contradict the others, are mistakes in single cells.
_FEW = 0.02

Date = tuple[int, int, int | None]


def parse_date(text: str, order: Order = "day") -> Date | None:
    """Return the year, month and day that a text names; the day is None for a month, all is None for neither.

    Read are ``2025-01``, ISO dates and date-times, ``202501``, ``20250131``, ``01/2025``, ``31/01/2025`` and
    other dates in numbers, months by name (English or Welsh) in any usual place, ``Jan-25``, which a
    spreadsheet makes of ``2025-01``, a spreadsheet's day numbers, and seconds or milliseconds since 1970.
    Years are 1900 to 2099; of two digits, 00 to 68 are 2000 to 2068, and 69 to 99 are 1969 to 1999.

    Parameters
    ----------
    text : str
        One cell.
    order : {'day', 'month', 'year'}, default 'day'
        What a date in numbers, such as 03/04/25, begins with. Years of four digits stand where they stand.

    Examples
    --------
    >>> parse_date("2025-01")
    (2025, 1, None)
    >>> parse_date("03/04/2025 21:30")
    (2025, 4, 3)
    >>> parse_date("03/04/2025 09:30 PM", "month")
    (2025, 3, 4)
    >>> parse_date("Jan 13 2025 11:30PM")
    (2025, 1, 13)
    >>> parse_date("Thu Apr 01 15:30:00 UTC 2010")
    (2010, 4, 1)
    >>> parse_date("25/13/2025") is None
    True
    """
    text = " ".join(text.split())
    found = _in_numbers(text, order) or _by_name(text) or _counted(text)
    return found if found and _is_date(*found) else None


def _in_numbers(text: str, order: Order) -> Date | None:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = match.groups()
        return int(year), int(month), None if day is None else int(day)
    if match := _NUMBERS.fullmatch(text):
        one, two, three = int(match[1]), int(match[3]), match[4]
        if order == "year" and len(three) == 2:
            return _full_year(match[1].zfill(2)), two, int(three)
        return (_full_year(three), two, one) if order != "month" else (_full_year(three), one, two)
    if match := _MONTH_YEAR.fullmatch(text):
        return int(match[2]), int(match[1]), None
    return None


def _by_name(text: str) -> Date | None:
    if match := _DAY_NAMED.fullmatch(text):
        day, name, year = match[1], match[2], match[3]
    elif match := _NAMED_DAY.fullmatch(text) or _YEAR_LAST.fullmatch(text):
        name, day, year = match[1], match[2], match[3]
    elif match := _NAMED.fullmatch(text):
        name, day, year = match[1], None, match[2]
    elif match := _YEAR_NAMED.fullmatch(text):
        year, name, day = match[1], match[2], match[3]
    else:
        return None
    month = _MONTHS.get(name.casefold())
    return None if month is None else (_full_year(year), month, None if day is None else int(day))


def _counted(text: str) -> Date | None:
    """Read a spreadsheet's day number, or seconds or milliseconds since 1970."""
    if (match := _DAY_NUMBER.fullmatch(text)) and int(match[1]) in _DAY_NUMBERS:
        day = _DAY_ZERO + timedelta(days=int(match[1]))
    elif match := _SINCE_1970.fullmatch(text):
        day = date(1970, 1, 1) + timedelta(seconds=int(match[1]))
    else:
        return None
    return day.year, day.month, day.day


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


def _is_date(year: int, month: int, day: int | None) -> bool:
    if not (1900 <= year <= 2099 and 1 <= month <= 12):
        return False
    return day is None or 1 <= day <= calendar.monthrange(year, month)[1]


def is_day_number(text: str) -> bool:
    """Whether a text is read as a spreadsheet's day number."""
    return (match := _DAY_NUMBER.fullmatch(text.strip())) is not None and int(match[1]) in _DAY_NUMBERS


def month_number(text: str) -> int | None:
    """Return the month that a text names without a year: 1 to 12, or a name."""
    text = text.strip().casefold().removesuffix(".0").removesuffix(".")
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.get(text)


@dataclass
class Evidence:
    """What the dates of a column show of the order of their numbers.

    Attributes
    ----------
    first, second : (int, str)
        How many dates have a first number, or a second, above 12, and one of them.
    open : (int, str)
        The same of dates that may be read both ways, with different results.
    span : list of [int, int]
        The least and the greatest of the first and of the third number, of dates whose year has two digits.
    second_most : int
        The greatest second number of these.
    """

    first: tuple[int, str] = (0, "")
    second: tuple[int, str] = (0, "")
    open: tuple[int, str] = (0, "")
    span: list[list[int]] = field(default_factory=list)
    second_most: int = 0

    def add(self, texts: Iterable[str | None]) -> Evidence:
        """Take account of distinct texts, and return this."""
        for text in texts:
            match = _NUMBERS.fullmatch(" ".join(text.split())) if text else None
            if match is None or text is None:
                continue
            one, two, three = int(match[1]), int(match[3]), int(match[4])
            if len(match[4]) == 2:
                self._widen(one, two, three)
            if one > 12:
                self.first = self.first[0] + 1, self.first[1] or text
            if two > 12:
                self.second = self.second[0] + 1, self.second[1] or text
            if one <= 12 and two <= 12 and one != two:
                self.open = self.open[0] + 1, self.open[1] or text
        return self

    def _widen(self, one: int, two: int, three: int) -> None:
        ends = self.span or [[one, one], [three, three]]
        self.span = [
            [min(low, new), max(high, new)] for (low, high), new in zip(ends, (one, three), strict=True)
        ]
        self.second_most = max(self.second_most, two)

    def merge(self, other: Evidence) -> Evidence:
        """Return both together."""
        for number, (ends, most) in enumerate(
            [(self.span, self.second_most), (other.span, other.second_most)]
        ):
            if number == 0:
                both = Evidence(span=[list(pair) for pair in ends], second_most=most)
            else:
                for one, three in zip(*ends, strict=True) if ends else ():
                    both._widen(one, most, three)
        for name in ("first", "second", "open"):
            mine, others = getattr(self, name), getattr(other, name)
            setattr(both, name, (mine[0] + others[0], mine[1] or others[1]))
        return both

    @property
    def any(self) -> bool:
        """Whether any date is written in numbers with the year last, or in two digits."""
        return bool(self.first[0] or self.second[0] or self.open[0])

    def order(self) -> Order | None:
        """Return what the dates begin with; None where that stays open."""
        if self._year_first():
            return "year"
        few = _FEW * (self.first[0] + self.second[0])
        if self.first[0] and self.second[0] <= few:
            return "day"
        if self.second[0] and self.first[0] <= few:
            return "month"
        return None if self.any else "day"

    def _year_first(self) -> bool:
        if not self.span or self.second_most > 12:
            return False
        (low, high), (last_low, last_high) = self.span
        if high > 31 or low == 0:
            return True
        # Days come to many values, and years to few.
        return last_low >= 1 and last_high <= 31 and high - low <= 1 < last_high - last_low

    def refuse(self, column: str, file: str) -> DataError:
        """Return what is to be said of dates that may be read in two ways."""
        if self.first[0] and self.second[0]:
            return DataError(
                f"'{column}' of '{file}' begins with the day in dates such as '{self.first[1]}', but with the month "
                f"in '{self.second[1]}'",
                hint="write all dates as 2025-01-31, or say which to take with 'date_order': 'day' or 'month'",
            )
        one, two = (parse_date(self.open[1], order) for order in ORDERS[:2])
        read = " or ".join(f"{found[0]}-{found[1]:02}-{found[2]:02}" for found in (one, two) if found)
        return DataError(
            f"'{column}' of '{file}' holds dates such as '{self.open[1]}', which may be {read}, and none that tells",
            hint="say what they begin with: 'date_order' = 'day' or 'month'",
        )


def months_and_days(
    texts: Sequence[str | None], order: Order = "day"
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.datetime64]]:
    """Return the month and the day of each text.

    Returns
    -------
    months : ndarray of int64
        Months since January 1970 (the ordinal of a monthly period); `NO_MONTH` for none.
    days : ndarray of datetime64[D]
        NaT where the text names no day.
    """
    months = np.full(len(texts), NO_MONTH, dtype=np.int64)
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for position, text in enumerate(texts):
        found = parse_date(text, order) if text else None
        if found is None:
            continue
        year, month, day = found
        months[position] = (year - 1970) * 12 + month - 1
        if day is not None:
            days[position] = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D")
    return months, days
