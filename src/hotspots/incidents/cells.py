"""What the text of a cell means: numbers, labels, area codes and Crime IDs."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hotspots.base.text import plain_text

Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]

BLANK = frozenset({"", "null", "none", "na", "n/a", "nan", "-", "#n/a"})
# What databases write where there is no reference; zeros and numbers that a spreadsheet rounded are found by form.
_NO_ID = frozenset(
    {"no id", "no crime id", "no reference", "none recorded", "not applicable", "not available", "not known",
     "not recorded", "nil", "pending", "tbc", "test", "unassigned", "unknown", "unspecified", "xxx", "#value!",
     "#ref!", "(blank)"}
)  # fmt: skip
_NO_NUMBER = re.compile(r"[-+]?0*\.?0+|\d(?:\.\d+)?E\+\d+|-1|9{4,}", re.IGNORECASE)
_POINT = re.compile(r"(?=[+-]?[.,]?\d)[+-]?(?:\d{1,3}(?:[, ]\d{3})+|\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?")
_COMMA = re.compile(r"(?=[+-]?[.,]?\d)[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d*)(?:,\d*)?(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_GSS = re.compile(r"[ensw]\d{8}", re.IGNORECASE)


def has_decimal_commas(texts: Iterable[str | None], *, degrees: bool) -> bool:
    """Whether numbers are written with decimal commas.

    A comma separates thousands where groups of three digits follow it everywhere, unless the numbers are
    longitudes and latitudes, which have no thousands.
    """
    found = [plain_text(text) for text in texts if text and "," in text]
    commas = [text for text in found if _COMMA.fullmatch(text)]
    if not commas or len(commas) * 2 < len(found):
        return False
    return degrees or not all(_THOUSANDS.fullmatch(text) for text in commas)


def numbers(column: Any, *, decimal_commas: bool = False) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return a column's numbers and which of its cells hold something that is not a number.

    Parameters
    ----------
    column : pyarrow Array
        Numbers, text, or dictionary-encoded text. Each distinct text is read once.
    decimal_commas : bool, default False
        Whether a comma is the decimal mark; otherwise it separates thousands, in groups of three digits.

    Returns
    -------
    values : ndarray of float64
        NaN for blank cells, words for "none", and what is not a number.
    wrong : ndarray of bool
        True where the cell is neither blank nor a finite number.
    """
    if not pa.types.is_dictionary(column.type):
        if not is_text(column.type):
            values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
            return values, np.isinf(values)
        column = column.dictionary_encode()
    texts = column.dictionary.cast(pa.string())
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    distinct, wrong = _all_numbers(texts, decimal_commas)
    distinct[wrong] = np.nan
    # One more entry, for rows whose code is null.
    codes = pc.fill_null(column.indices, len(texts)).to_numpy(zero_copy_only=False)
    return np.append(distinct, np.nan)[codes], np.append(wrong, False)[codes]


def _all_numbers(texts: Any, decimal_commas: bool) -> tuple[Floats, npt.NDArray[np.bool_]]:
    if not decimal_commas:
        try:
            plain = texts.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
        except pa.ArrowInvalid:
            pass
        else:
            return plain, np.isinf(plain)
    parsed = [_number(text, decimal_commas) for text in texts.to_pylist()]
    return np.array([value for value, _ in parsed], dtype=float), np.array(
        [bad for _, bad in parsed], dtype=bool
    )


def _number(text: str | None, decimal_commas: bool) -> tuple[float, bool]:
    plain = plain_text(text or "").replace("\u2212", "-")
    if plain.casefold() in BLANK:
        return math.nan, False
    form, thousands = (_COMMA, "[. ]") if decimal_commas else (_POINT, "[, ]")
    if not form.fullmatch(plain) or not any(letter.isdecimal() for letter in plain):
        return math.nan, True
    value = float(re.sub(thousands, "", plain).replace(",", "."))
    return value, not math.isfinite(value)


def is_text(kind: Any) -> bool:
    """Whether an Arrow type is text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def labels(column: Any, *, codes: bool = False) -> Any:
    """Return a column as dictionary-encoded text, as it is seen on a page; blank cells are null.

    Parameters
    ----------
    column : pyarrow Array
        Text, numbers, dates, or a dictionary of them.
    codes : bool, default False
        Whether the cells are area codes, which are then in capitals.

    Returns
    -------
    pyarrow DictionaryArray
        Of string, with int32 codes.
    """
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    plain = [
        None if text is None else _label(text, codes)
        for text in column.dictionary.cast(pa.string()).to_pylist()
    ]
    # Two texts that look the same fall together here, and so get one code.
    merged = pa.array(plain, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(
        pc.take(merged.indices, column.indices).cast(pa.int32()), merged.dictionary
    )


@lru_cache(maxsize=1 << 16)
def _label(text: str, code: bool) -> str | None:
    plain = plain_text(text)
    if code and _GSS.fullmatch(plain):
        plain = plain.upper()
    return plain or None


def dictionary(column: Any) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct texts of a dictionary column and each row's position among them; -1 for none."""
    joined = column.unify_dictionaries().combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    single = joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined
    codes = pc.fill_null(single.indices, -1).to_numpy(zero_copy_only=False)
    return single.dictionary.to_pylist(), codes.astype(np.int64)


_HEX = np.full(256, 255, dtype=np.uint8)
for _value, _digit in enumerate("0123456789abcdef"):
    _HEX[ord(_digit)] = _HEX[ord(_digit.upper())] = _value


def id_keys(column: Any) -> Hashes:
    """Return 64 bits that stand for each Crime ID; 0 stands for none, and for a word in an ID's place.

    police.uk's IDs are 64 hexadecimal digits of a hash, of which the first 16 are taken: among 40 million
    incidents two different ones share them with probability 0.00004. Other IDs are hashed to as many bits.
    Zeros, words such as "Not recorded" and numbers that a spreadsheet rounded (1.20E+17) are no IDs.

    Parameters
    ----------
    column : pyarrow Array
        Text, or numbers.
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
    if re.fullmatch(r"[0-9a-fA-F]{64}", stripped):
        return int(stripped[:16], 16)
    if stripped.casefold() in BLANK or is_no_id(stripped):
        return 0
    return int.from_bytes(hashlib.blake2b(stripped.encode(), digest_size=8).digest(), "big")


def is_no_id(text: str) -> bool:
    """Whether a text that stands where a Crime ID should tells no incident from another."""
    return text.casefold() in _NO_ID or _NO_NUMBER.fullmatch(text) is not None


def mixed(values: Hashes) -> Hashes:
    """Return 64 bits for each 64 bits, one to one and without pattern (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def text_hash(text: str) -> int:
    """Return 40 bits for a text, never 0: among 1,000 different texts two agree with probability 5e-7."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=5).digest(), "big") or 1


# Shapely's numbers for no geometry and for a point.
POINT_TYPES = frozenset({-1, 0})
_MULTIPOINT = 4


def point_coordinates(points: Any) -> tuple[Floats, Floats]:
    """Return the coordinates of an array of shapely points; NaN for a missing or empty one."""
    import shapely

    there = ~(shapely.is_missing(points) | shapely.is_empty(points))
    x, y = np.full(len(points), np.nan), np.full(len(points), np.nan)
    x[there], y[there] = shapely.get_x(points[there]), shapely.get_y(points[there])
    return x, y


def single_points(points: Any) -> Any:
    """Return shapely geometries with each multipoint of one point turned into that point."""
    import shapely

    alone = (shapely.get_type_id(points) == _MULTIPOINT) & (shapely.get_num_geometries(points) == 1)
    return np.where(alone, shapely.get_geometry(points, 0), points) if alone.any() else points


def month_ordinals(months: pd.Series[Any]) -> npt.NDArray[np.int64]:
    """Return monthly periods as months since January 1970; the smallest integer for none."""
    ordinals: npt.NDArray[np.int64] = months.array.asi8
    return ordinals
