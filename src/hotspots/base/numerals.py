"""Numbers as tables write them: commas, points, percentages, and marks of what is not known."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.base.text import plain_text

log = logging.getLogger(__name__)
Decimal = Literal[".", ",", ""]
GAPS = frozenset(
    {"", "-", "--", ":", ".", "..", "...", "*", "~", "c", "x", "z", "[c]", "[x]", "[z]", "[low]"}
    | {"n/a", "#n/a", "na", "<na>", "nan", "null", "none", "not available", "suppressed"}
)
"""What tables write where no value is known or may be shown."""
_EXPONENT = r"(?:[eE][+-]?\d+)?"
_POINT = re.compile(
    rf"(?=[+-]?[.,]?\d)[+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?: \d{{3}})+|\d*)(?:\.\d*)?{_EXPONENT}"
)
_COMMA = re.compile(
    rf"(?=[+-]?[.,]?\d)[+-]?(?:\d{{1,3}}(?:\.\d{{3}})+|\d{{1,3}}(?: \d{{3}})+|\d*)(?:,\d*)?{_EXPONENT}"
)
_DIGIT = re.compile(r"\d")


def decimal_mark(texts: Iterable[str]) -> Decimal:
    """Return the decimal mark that texts show beyond doubt; empty where they show none, or both."""
    shown: set[Decimal] = set()
    for text in texts:
        if ("," in text or "." in text) and _DIGIT.search(text):
            point, comma = bool(_POINT.fullmatch(text)), bool(_COMMA.fullmatch(text))
            if point != comma:
                shown.add("." if point else ",")
    return shown.pop() if len(shown) == 1 else ""


def numbers(
    values: pd.Series[Any],
    *,
    what: str,
    decimal: Decimal = "",
    ambiguous: bool = False,
    fix: str = "correct it, or leave it blank where it is unknown",
) -> pd.Series[Any]:
    """Return a column's texts as numbers of any sign; blanks and marks of suppression are missing.

    A comma separates thousands only where groups of three digits follow it. A column with one cell that it
    cannot explain so ("10,5") and none that only a decimal point explains ("10.5") has decimal commas.

    Parameters
    ----------
    values : Series
        Numbers or texts, indexed by what messages name their rows.
    what : str
        The column, as messages name it.
    decimal : {'.', ',', ''}, optional
        What the table's numbers show their decimal mark to be; by default the column alone tells.
    ambiguous : bool, default False
        Whether a column that does not tell is refused, instead of read with decimal points.
    fix : str, optional
        The hint for a cell that is not a number.

    Returns
    -------
    Series of float64
        On the same index.

    Raises
    ------
    DataError
        When a cell is not a number, is infinite, or may mean two.

    Examples
    --------
    >>> numbers(pd.Series(["1,234", "12", "-"]), what="people").tolist()
    [1234.0, 12.0, nan]
    >>> numbers(pd.Series(["10,5", "11"]), what="score").tolist()
    [10.5, 11.0]
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        raise DataError(f"{what} holds yes and no, not numbers", hint=fix)
    if pd.api.types.is_numeric_dtype(values.dtype):
        result = values.astype("float64")
    else:
        texts = values.astype("object").map(_number_text, na_action="ignore")
        texts = texts.mask(texts.isna() | texts.isin(GAPS), None)
        mark = _mark_of(texts, what, decimal, ambiguous)
        form, thousands = (_COMMA, r"[. ]") if mark == "," else (_POINT, r"[, ]")
        read = {
            text: float(re.sub(thousands, "", text).replace(",", "."))
            for text in texts.dropna().unique()
            if form.fullmatch(text) and _DIGIT.search(text)
        }
        result = texts.map(read).astype("float64")
        wrong = (texts.notna() & result.isna()).to_numpy(dtype=bool)
        if wrong.any():
            _refuse(values[wrong], what, _why(str(texts[wrong].iloc[0])), fix)
    infinite = np.isinf(result.to_numpy())
    if infinite.any():
        raise DataError(f"{what} is infinite for {values.index[infinite][0]}", hint="leave it blank")
    return result


def mostly_numbers(values: pd.Series[Any], *, what: str) -> pd.Series[Any] | None:
    """Return a column of a layer as numbers where at least half of its values are, the others being unknown.

    A column of numbers in which a few cells hold something else has come to be text, and would be no column of
    numbers to any measure; one of names is none.

    Parameters
    ----------
    values : Series
        Of any type.
    what : str
        The column, as messages name it.

    Returns
    -------
    Series of float64 or None
        On the same index; None where most values are no numbers. A column without any value is unknown throughout.

    Warns
    -----
    HotspotsWarning
        When a value is no number: how many are not, and one of them. Marks of suppression are such values.

    Examples
    --------
    >>> mostly_numbers(pd.Series(["1,234", "12"]), what="people").tolist()
    [1234.0, 12.0]
    >>> mostly_numbers(pd.Series(["high", "low", "1"]), what="rate") is None
    True
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        return None
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype("float64")
    held = values.mask(values.map(lambda value: not plain_text(str(value)), na_action="ignore").eq(True))
    known = held.dropna()
    told = [_is_number(value) for value in known]
    if 2 * sum(told) < len(told):
        return None
    strange = known[[not number for number in told]]
    if len(strange):
        hold = "1 holds" if len(strange) == 1 else f"{len(strange):,} hold"
        warnings.warn(
            f"{what}: of {len(values):,} values {hold} no number, such as '{strange.iloc[0]}' for {strange.index[0]}: "
            "taken as unknown",
            HotspotsWarning,
            stacklevel=3,
        )
    return numbers(held.mask(held.index.isin(strange.index)), what=what)


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    text = _number_text(value)
    return bool(_DIGIT.search(text)) and bool(_POINT.fullmatch(text) or _COMMA.fullmatch(text))


def _number_text(value: object) -> str:
    return (
        plain_text(str(value))
        .casefold()
        .removesuffix("%")
        .rstrip()
        .replace("\u2212", "-")
        .replace("\u2019", " ")
    )


def _mark_of(texts: pd.Series[Any], what: str, decimal: Decimal, ambiguous: bool) -> Decimal:
    distinct = texts.dropna().unique()
    shown = decimal_mark(distinct)
    if shown == "," and decimal != ".":
        example = next(text for text in distinct if not _POINT.fullmatch(text))
        log.info(
            "%s: decimal commas ('%s' is %s)", what, example, re.sub("[. ]", "", example).replace(",", ".")
        )
    if ambiguous and not shown:
        doubtful = next((text for text in distinct if "," in text), None)
        if doubtful is not None:
            raise DataError(
                f"{what} is '{doubtful}', which may mean {doubtful.replace(',', '')} or {doubtful.replace(',', '.')}",
                hint="write it without separators of thousands and with a decimal point",
            )
    return decimal or shown or "."


def _why(text: str) -> str:
    if re.fullmatch(r"[+-]?[\d,. ]+", text):
        return "not a number: its groups of thousands are not of three digits"
    return "not a number"


def _refuse(values: pd.Series[Any], what: str, why: str, fix: str) -> None:
    raise DataError(f"{what} is '{values.iloc[0]}' for {values.index[0]}, which is {why}", hint=fix)
