"""Values by area code from a CSV, straight or rolled up through a lookup; weights of harm."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hotspots.areas.columns import as_codes, population_column, require_column
from hotspots.base.errors import DataError, FileError, HotspotsWarning, listed
from hotspots.priorities.harm import checked_weights

LEAST_FOUND = 0.9
"""A table that holds fewer than this share of the codes is of another place or year."""

Source = str | os.PathLike[str] | pd.DataFrame

log = logging.getLogger(__name__)


def read_area_values(
    source: Source,
    codes: pd.Index[Any],
    *,
    column: str,
    period_column: str | None = None,
    lookup: Source | None = None,
    lookup_weight: str | None = None,
    least_known: float = 0.5,
) -> pd.DataFrame:
    """Read an indicator of areas from a table by area code: deprivation, children in care, a survey.

    The column of codes is the one that holds most of the areas' codes. With a lookup, values of smaller areas
    (LSOAs) become those of the areas (wards): their mean, weighted by the lookup's population. Values that
    are missing stay missing; they are never zero.

    Parameters
    ----------
    source : path or DataFrame
        A CSV, one row per area, or per area and period.
    codes : Index of str
        The areas wanted.
    column : str
        The column of values.
    period_column : str, optional
        The column that tells periods apart, such as a year.
    lookup : path or DataFrame, optional
        A CSV with a column of the source's codes, one of the areas' codes, and one of populations. It may be
        the source itself.
    lookup_weight : str, optional
        The lookup's column of weights, where it is not recognised as a population.
    least_known : float, default 0.5
        With a lookup, an area has a value when at least this share of its weight has one.

    Returns
    -------
    DataFrame of float64
        On `codes`, one column per period in ascending order, or one called "all".

    Raises
    ------
    FileError
        When a file cannot be read.
    ParameterError
        When a column is not there.
    DataError
        When the codes are of another place or year, a code repeats, or a value is not a number.

    Warns
    -----
    HotspotsWarning
        When an area has no value.
    """
    table, where = _read(source)
    require_column(table, column, option="column", where=where)
    if period_column is not None:
        require_column(table, period_column, option="period_column", where=where)
    if lookup is None:
        long = _long(table, _code_column(table, codes, where), column, period_column, where)
        values = long.reindex(codes)
    else:
        values = _rolled_up(table, where, column, period_column, lookup, lookup_weight, codes, least_known)
    missing = codes[values.isna().all(axis=1).to_numpy()]
    if len(missing):
        warnings.warn(
            f"'{column}' of {where} is unknown for {len(missing):,} of {len(codes):,} areas ({listed(missing)}); "
            "it is left out of their scores",
            HotspotsWarning,
            stacklevel=2,
        )
    return values


def roll_up(
    values: pd.DataFrame, belongs: pd.Series[Any], weights: pd.Series[Any], *, least_known: float = 0.5
) -> pd.DataFrame:
    """Return the weighted mean of small areas' values in each area that they belong to.

    Parameters
    ----------
    values : DataFrame of float
        By the small areas' codes, one column per period.
    belongs : Series of str
        The area that each small one belongs to, by small area.
    weights : Series of float
        Population of each small area, by small area, 0 or more.
    least_known : float, default 0.5
        Share of an area's weight that must have a value; below it the area's value is missing.

    Returns
    -------
    DataFrame of float64
        By area, in ascending order.

    Examples
    --------
    >>> import pandas as pd
    >>> small = pd.DataFrame({"all": [10.0, 40.0]}, index=["E01000001", "E01000002"])
    >>> ward = pd.Series({"E01000001": "E05000001", "E01000002": "E05000001"})
    >>> roll_up(small, ward, pd.Series({"E01000001": 1000, "E01000002": 2000}))["all"].tolist()
    [30.0]
    """
    found = values.reindex(belongs.index)
    weight = weights.reindex(belongs.index).astype(float).fillna(0.0)
    known = found.notna().mul(weight, axis=0)
    sums = found.mul(weight, axis=0).groupby(belongs).sum(min_count=1)
    known_weight = known.groupby(belongs).sum()
    share = known_weight.div(weight.groupby(belongs).sum(), axis=0)
    return (sums / known_weight).where((known_weight > 0) & (share >= least_known))


def read_harm_weights(source: Source) -> pd.Series[float]:
    """Read a table of harm weights: a column ``category`` and a column ``weight``.

    Returns
    -------
    Series of float64
        By category in lower case.

    Raises
    ------
    FileError, ParameterError, DataError
        When the file cannot be read, a column is not there, or a weight cannot be meant.
    """
    table, where = _read(source)
    for column in ("category", "weight"):
        require_column(table, column, option=column, where=where)
    return checked_weights(_numbers(table.set_index("category")["weight"], f"'weight' of {where}"))


def _read(source: Source) -> tuple[pd.DataFrame, str]:
    if isinstance(source, pd.DataFrame):
        named = source.index.name is not None
        return (source.reset_index() if named else source), "the table"
    where = f"'{Path(source).name}'"
    try:
        return pd.read_csv(source, dtype=str, encoding="utf-8-sig", skipinitialspace=True), where
    except FileNotFoundError as error:
        raise FileError(
            f"there is no file '{source}'", hint="check the path; it starts from the plan's folder"
        ) from error
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileError(
            f"{where} cannot be read as a CSV", hint="save it as CSV UTF-8, with one row of headings"
        ) from error


def _code_column(table: pd.DataFrame, codes: pd.Index[Any], where: str) -> str:
    found = {str(column): as_codes(table[column]).isin(codes).sum() for column in table.columns}
    best = max(found, key=lambda column: found[column], default="")
    if not best or found[best] == 0:
        raise DataError(
            f"no column of {where} holds the areas' codes, such as {codes[0]}",
            hint="give a table by the areas' codes, or a 'lookup' from its codes to theirs",
        )
    held = codes.isin(pd.Index(as_codes(table[best]).dropna().unique()))
    if held.mean() < LEAST_FOUND:
        raise DataError(
            f"only {held.sum():,} of {len(codes):,} areas are in {where}; it lacks {listed(codes[~held])}",
            hint="give a table of the boundaries' year and place",
        )
    return best


def _long(table: pd.DataFrame, code: str, column: str, period_column: str | None, where: str) -> pd.DataFrame:
    """Return values by code and period."""
    keys = as_codes(table[code])
    period = pd.Series("all", index=table.index) if period_column is None else as_codes(table[period_column])
    frame = pd.DataFrame({"code": keys, "period": period, "value": table[column]})
    frame = frame[frame["code"].notna() & frame["period"].notna()]
    twice = frame.duplicated(["code", "period"])
    if twice.any():
        row = frame[twice].iloc[0]
        of = "" if period_column is None else f" for {row['period']}"
        raise DataError(
            f"the code '{row['code']}' has two rows{of} in {where}",
            hint="leave one row for each area, or name the column that tells them apart with 'period_column'",
        )
    frame["value"] = _numbers(frame.set_index("code")["value"], f"'{column}' of {where}").to_numpy()
    return frame.pivot(index="code", columns="period", values="value")  # noqa: PD010 - repeats are refused, not averaged


def _rolled_up(
    table: pd.DataFrame,
    where: str,
    column: str,
    period_column: str | None,
    lookup: Source,
    lookup_weight: str | None,
    codes: pd.Index[Any],
    least_known: float,
) -> pd.DataFrame:
    pairs, pairs_where = _read(lookup)
    target = _code_column(pairs, codes, pairs_where)
    weight = lookup_weight or population_column(pairs)
    if weight is None:
        raise DataError(
            f"{pairs_where} has no column of populations to weight by", hint="name one with 'lookup_weight'"
        )
    require_column(pairs, weight, option="lookup_weight", where=pairs_where)
    rows = pairs[as_codes(pairs[target]).isin(codes)]
    small, code = _shared_codes(rows, table, target, pairs_where, where)
    keys = as_codes(rows[small])
    if keys.duplicated().any():
        raise DataError(
            f"{pairs_where} gives '{keys[keys.duplicated()].iloc[0]}' to two areas",
            hint="use a best-fit lookup, in which each small area belongs to one",
        )
    values = _long(table, code, column, period_column, where)
    lost = keys[~keys.isin(values.index)]
    if len(lost) > (1 - LEAST_FOUND) * len(keys):
        raise DataError(
            f"only {len(keys) - len(lost):,} of {len(keys):,} codes of {pairs_where} are in {where}; "
            f"it lacks {listed(pd.Index(lost))}",
            hint="give a lookup from the codes of the table's year, such as LSOA 2011 or 2021",
        )
    if len(lost):
        log.info("%s lacks %d codes of %s: %s", where, len(lost), pairs_where, listed(pd.Index(lost)))
    belongs = pd.Series(as_codes(rows[target]).to_numpy(), index=keys.to_numpy())
    people = _numbers(
        pd.Series(rows[weight].to_numpy(), index=keys.to_numpy()), f"'{weight}' of {pairs_where}"
    )
    if (people < 0).any():
        raise DataError(
            f"'{weight}' of {pairs_where} is negative for {people.index[people < 0][0]}",
            hint="correct the lookup",
        )
    log.info(
        "'%s': mean of %s areas of %s in each area, weighted by '%s'", column, f"{len(keys):,}", where, weight
    )
    return roll_up(values, belongs, people, least_known=least_known).reindex(codes)


def _shared_codes(
    rows: pd.DataFrame, table: pd.DataFrame, target: str, pairs_where: str, where: str
) -> tuple[str, str]:
    """Return the lookup's and the table's column that share most codes, the areas' own column left out."""
    held = {str(column): set(as_codes(table[column]).dropna()) for column in table.columns}
    best, most = ("", ""), 0
    for small in rows.columns:
        if small == target:
            continue
        keys = as_codes(rows[small]).dropna()
        if len(keys) == 0 or keys.duplicated().any() or not keys.str.contains("[A-Za-z]").all():
            continue
        for code, values in held.items():
            shared = int(keys.isin(values).sum())
            if shared > most:
                best, most = (str(small), code), shared
    if most == 0:
        raise DataError(
            f"{pairs_where} and {where} share no codes, so values cannot be rolled up",
            hint="give a lookup with one column of the table's codes and one of the areas'",
        )
    return best


def _numbers(values: pd.Series[Any], what: str) -> pd.Series[float]:
    """Return numbers of any sign; blanks and suppression marks are missing."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype("float64")
    else:
        texts = values.astype("string").str.strip().str.replace(",", "", regex=False).str.removesuffix("%")
        gaps = texts.isna() | texts.str.lower().isin(
            ["", "-", ":", "..", "*", "n/a", "na", "nan", "null", "c", "[c]", "[x]"]
        )
        numbers = pd.to_numeric(texts.mask(gaps), errors="coerce").astype("Float64")
        unread = (numbers.isna() & ~gaps).to_numpy(dtype=bool)
        if unread.any():
            raise DataError(
                f"{what} is '{values[unread].iloc[0]}' for {values.index[unread][0]}, which is not a number",
                hint="correct it, or leave it blank where it is unknown",
            )
        numbers = numbers.astype("float64")
    if np.isinf(numbers).any():
        raise DataError(
            f"{what} is infinite for {numbers.index[np.isinf(numbers)][0]}", hint="leave it blank"
        )
    return numbers
