"""Which column of a file holds what, and what the text in it means: coordinates, months, Crime IDs."""

from __future__ import annotations

import calendar
import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hotspots.base.errors import DataError, did_you_mean

Kind = Literal["degrees", "metres", "unknown"]
Floats = npt.NDArray[np.float64]

# Compared without case, spaces, hyphens and underscores. The Welsh names are those of Welsh extracts.
_PAIRS: tuple[tuple[Kind, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "metres",
        ("easting", "eastings", "osx", "osgbx", "gridx", "xbng", "bngx", "dwyreiniad"),
        ("northing", "northings", "osy", "osgby", "gridy", "ybng", "bngy", "gogleddiad"),
    ),
    (
        "degrees",
        ("longitude", "lon", "lng", "long", "xlongitude", "wgs84longitude", "hydred"),
        ("latitude", "lat", "ylatitude", "wgs84latitude", "lledred"),
    ),
    ("unknown", ("x", "xcoord", "xcoordinate", "coordx"), ("y", "ycoord", "ycoordinate", "coordy")),
)
_USUAL: dict[str, tuple[str, ...]] = {
    "category": (
        "crimetype", "category", "crimecategory", "offencecategory", "offencetype", "offence", "incidenttype",
        "incidentcategory", "primarytype", "type", "crime", "mathodrosedd", "categori",
    ),
    "month": (
        "month", "date", "incidentdate", "offencedate", "dateofoffence", "dateofincident", "dateoccurred",
        "occurreddate", "datereported", "reporteddate", "daterecorded", "recordeddate", "datetime",
        "mis", "dyddiad",
    ),
    "lsoa_code": (
        "lsoacode", "lsoa", "lsoa21cd", "lsoa11cd", "lsoa21", "lsoa11", "lsoa2021", "lsoa2011",
        "codlsoa", "codacehi",
    ),
    "crime_id": ("crimeid", "iddrosedd"),
}  # fmt: skip
_NO_COLUMNS: tuple[str, str, Kind] = ("", "", "unknown")
_BLANK = frozenset({"", "null", "none", "na", "n/a", "nan", "-", "#n/a"})


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


@dataclass(frozen=True)
class ColumnNames:
    """The columns that the caller named; None means: recognise it."""

    x: str | None = None
    y: str | None = None
    category: str | None = None
    month: str | None = None
    weight: str | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of one file that hold an incident's values; None where the file has no such column.

    Attributes
    ----------
    x, y : str
        Easting or longitude, and northing or latitude; empty for a file with geometries.
    kind : {'degrees', 'metres', 'unknown'}
        What the names of `x` and `y` promise.
    category, month, lsoa_code, crime_id, weight : str or None
        The other columns.
    """

    x: str
    y: str
    kind: Kind
    category: str | None
    month: str | None
    lsoa_code: str | None
    crime_id: str | None
    weight: str | None

    def present(self) -> dict[str, str]:
        """Return the columns to read: what each holds, and its name in the file."""
        roles = ("x", "y", "category", "month", "lsoa_code", "crime_id", "weight")
        return {role: getattr(self, role) for role in roles if getattr(self, role)}


def recognise(present: Sequence[str], named: ColumnNames, *, file: str, geometry: bool = False) -> Columns:
    """Find the columns of an incident file, by the names given or by the usual ones.

    Parameters
    ----------
    present : sequence of str
        The file's columns.
    named : ColumnNames
        What the caller chose; these are matched without regard to case.
    file : str
        The file's name, for messages.
    geometry : bool, default False
        Whether the file has point geometries, so that it needs no coordinate columns.

    Raises
    ------
    DataError
        When a named column is not there, or no pair of coordinate columns is recognised.
    """
    by_plain: dict[str, str] = {}
    for name in present:
        by_plain.setdefault(_plain(name), name)

    def chosen(option: str, name: str) -> str:
        found = name if name in present else by_plain.get(_plain(name))
        if found is None:
            raise DataError(
                f"'{file}' has no column '{name}' ('{option}')",
                hint=did_you_mean(name, present) if present else "give a file with a header line",
            )
        return found

    def usual(role: str) -> str | None:
        return next((by_plain[name] for name in _USUAL[role] if name in by_plain), None)

    x, y, kind = _NO_COLUMNS if geometry else _coordinate_columns(by_plain, named, chosen, file)
    return Columns(
        x=x,
        y=y,
        kind=kind,
        category=chosen("category_column", named.category) if named.category else usual("category"),
        month=chosen("month_column", named.month) if named.month else usual("month"),
        lsoa_code=usual("lsoa_code"),
        crime_id=usual("crime_id"),
        weight=chosen("weight_column", named.weight) if named.weight else None,
    )


def _coordinate_columns(
    by_plain: dict[str, str], named: ColumnNames, chosen: Any, file: str
) -> tuple[str, str, Kind]:
    if named.x and named.y:
        x, y = chosen("x", named.x), chosen("y", named.y)
        kinds = (kind for kind, east, north in _PAIRS if _plain(x) in east and _plain(y) in north)
        return x, y, next(kinds, "unknown")
    for kind, east, north in _PAIRS:
        x = next((by_plain[name] for name in east if name in by_plain), None)
        y = next((by_plain[name] for name in north if name in by_plain), None)
        if x is not None and y is not None:
            return x, y, kind
    columns = ", ".join(f"'{name}'" for name in by_plain.values())
    raise DataError(
        f"'{file}' has no coordinate columns that are recognised; its columns are {columns}",
        hint="name them with 'x' (easting or longitude) and 'y' (northing or latitude)",
    )


def numbers(column: Any) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return a column's numbers and which of its cells hold something that is not a number.

    Parameters
    ----------
    column : pyarrow Array
        Numbers, text, or dictionary-encoded text. Each distinct text is read once.

    Returns
    -------
    values : ndarray of float64
        NaN for blank cells, words for "none", and what is not a number.
    wrong : ndarray of bool
        True where the cell is neither blank nor a finite number.
    """
    if not pa.types.is_dictionary(column.type):
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
            return values, np.isinf(values)
        column = column.dictionary_encode()
    texts = column.dictionary.cast(pa.string())
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    try:
        distinct = texts.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
        wrong = np.isinf(distinct)
    except pa.ArrowInvalid:
        parsed = [_number(text) for text in texts.to_pylist()]
        distinct = np.array([value for value, _ in parsed], dtype=float)
        wrong = np.array([bad for _, bad in parsed], dtype=bool)
    distinct[wrong] = np.nan
    # One more entry, for rows whose code is null.
    codes = pc.fill_null(column.indices, len(texts)).to_numpy(zero_copy_only=False)
    return np.append(distinct, np.nan)[codes], np.append(wrong, False)[codes]


def _number(text: str | None) -> tuple[float, bool]:
    stripped = (text or "").strip()
    if stripped.casefold() in _BLANK:
        return math.nan, False
    try:
        value = float(stripped)
    except ValueError:
        return math.nan, True
    return value, not math.isfinite(value) or "_" in stripped


# Shapely's numbers for no geometry and for a point.
POINT_TYPES = frozenset({-1, 0})


def point_coordinates(points: Any) -> tuple[Floats, Floats]:
    """Return the coordinates of an array of shapely points; NaN for a missing or empty one."""
    import shapely

    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    x, y = np.full(len(points), np.nan), np.full(len(points), np.nan)
    x[there], y[there] = shapely.get_x(points[there]), shapely.get_y(points[there])
    return x, y


def labels(column: Any) -> Any:
    """Return a column as dictionary-encoded text without surrounding spaces; blank cells are null.

    Parameters
    ----------
    column : pyarrow Array
        Text, numbers, dates, or a dictionary of them.

    Returns
    -------
    pyarrow DictionaryArray
        Of string, with int32 codes.
    """
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    texts = pc.utf8_trim_whitespace(column.dictionary.cast(pa.string()))
    trimmed = pc.if_else(pc.equal(texts, ""), None, texts)
    # Two texts that differ in spaces alone fall together here, and so get one code.
    merged = trimmed.dictionary_encode()
    return pa.DictionaryArray.from_arrays(
        pc.take(merged.indices, column.indices).cast(pa.int32()), merged.dictionary
    )


_HEX = np.full(256, 255, dtype=np.uint8)
for _value, _digit in enumerate("0123456789abcdef"):
    _HEX[ord(_digit)] = _HEX[ord(_digit.upper())] = _value


def id_keys(column: Any) -> npt.NDArray[np.uint64]:
    """Return 64 bits that stand for each Crime ID; 0 stands for none.

    police.uk's IDs are 64 hexadecimal digits of a hash, of which the first 16 are taken: among 40 million
    incidents two different ones share them with probability 0.00004. Other IDs are hashed to as many bits.

    Parameters
    ----------
    column : pyarrow Array
        Text.
    """
    texts = pc.fill_null(column.cast(pa.string()), "")
    length = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    filled = length > 0
    keys = np.zeros(len(texts), dtype=np.uint64)
    if not filled.any():
        return keys
    if np.all(length[filled] == 64):
        offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[
            texts.offset : texts.offset + len(texts) + 1
        ]
        letters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]].reshape(-1, 64)
        digits = _HEX[letters[:, :16]]
        if digits.max() < 16:
            octets = np.ascontiguousarray(digits[:, 0::2] << 4 | digits[:, 1::2])
            keys[filled] = octets.view(">u8").ravel()
            return keys
    keys[:] = [_id_key(text) for text in texts.to_pylist()]
    return keys


def _id_key(text: str) -> int:
    stripped = text.strip()
    if stripped.casefold() in _BLANK:
        return 0
    if re.fullmatch(r"[0-9a-fA-F]{64}", stripped):
        return int(stripped[:16], 16)
    return int.from_bytes(hashlib.blake2b(stripped.encode(), digest_size=8).digest(), "big")


_MONTHS = {
    name[:size]: number
    for number, name in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
         "november", "december"), start=1)
    for size in (3, len(name))
} | {"sept": 9}  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[T ].*)?")
_NAMED = re.compile(r"(?:(\d{1,2})[- ])?([A-Za-z]{3,9})[- ](\d{4}|\d{2})(?:[T ].*)?")


def parse_month(text: str) -> tuple[int, int, int | None] | None:
    """Return the year, month and day that a text names; the day is None for a month, all is None for neither.

    Read are ``2025-01``, ISO dates and date-times, ``202501``, ``20250131``, days first as in ``31/01/2025``,
    and ``Jan-25``, which a spreadsheet makes of ``2025-01``. Two-digit years are 2000 to 2099.

    Examples
    --------
    >>> parse_month("2025-01")
    (2025, 1, None)
    >>> parse_month("03/04/2025 21:30")
    (2025, 4, 3)
    >>> parse_month("Jan-25")
    (2025, 1, None)
    >>> parse_month("25/13/2025") is None
    True
    """
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
    elif (match := _NAMED.fullmatch(text)) and match[2].casefold() in _MONTHS:
        day, month, year = match[1], str(_MONTHS[match[2].casefold()]), match[3]
    else:
        return None
    found = (int(year) + (2000 if len(year) == 2 else 0), int(month), None if day is None else int(day))
    return found if _is_date(*found) else None


def _is_date(year: int, month: int, day: int | None) -> bool:
    if not (1800 <= year <= 2200 and 1 <= month <= 12):
        return False
    return day is None or 1 <= day <= calendar.monthrange(year, month)[1]


def month_numbers(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.datetime64]]:
    """Return the month and the day of each text.

    Returns
    -------
    months : ndarray of int64
        Months since January 1970 (the ordinal of a monthly period); the smallest integer for none.
    days : ndarray of datetime64[D]
        NaT where the text names no day.
    """
    months = np.full(len(texts), np.iinfo(np.int64).min, dtype=np.int64)
    days = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[D]")
    for position, text in enumerate(texts):
        found = parse_month(text)
        if found is None:
            continue
        year, month, day = found
        months[position] = (year - 1970) * 12 + month - 1
        if day is not None:
            days[position] = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D")
    return months, days


def month_ordinals(months: pd.Series[Any]) -> npt.NDArray[np.int64]:
    """Return monthly periods as months since January 1970; the smallest integer for none."""
    ordinals: npt.NDArray[np.int64] = months.array.asi8
    return ordinals
