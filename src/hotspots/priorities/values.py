"""Values by area code from a table, straight or rolled up through a lookup; weights of harm."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import pandas as pd

from hotspots.areas.columns import as_codes, population_column
from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError, listed
from hotspots.base.tables import Source, Table, read_table
from hotspots.base.text import plain_text
from hotspots.priorities.harm import category_weights, checked_weights

LEAST_FOUND = 0.9
"""A table that holds fewer than this share of the codes is of another place or year."""

WEIGHTS_SHEET = "List of weights"
"""The sheet of the Crime Severity Score's data tool that holds the weights."""

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
        A table, as `hotspots.base.tables.read_table` takes it: one row per area, or per area and period.
    codes : Index of str
        The areas wanted.
    column : str
        The column of values.
    period_column : str, optional
        The column that tells periods apart, such as a year.
    lookup : path or DataFrame, optional
        A table with a column of the source's codes, one of the areas' codes, and one of populations. It may be
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
    table = read_table(source, codes=codes)
    where = table.where
    column = str(table.column(column, option="column").name)
    if period_column is not None:
        period_column = str(table.column(period_column, option="period_column").name)
    if lookup is None:
        values = _long(table, _code_column(table, codes), column, period_column, codes).reindex(codes)
    else:
        values = _rolled_up(table, column, period_column, lookup, lookup_weight, codes, least_known)
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


def read_harm_weights(source: Source, *, offences: Source | None = None) -> pd.Series[float]:
    """Read a table of harm weights: by category or, with a table of offences recorded, by offence.

    Parameters
    ----------
    source : path or DataFrame
        With a column ``category`` and a column ``weight``. With `offences`, a table by offence, such as the
        Crime Severity Score's data tool as the ONS publishes it, whose sheet "List of weights" is read: its first
        columns whose headings hold the words ``offence`` and ``weight``, codes apart.
    offences : path or DataFrame, optional
        How many of each offence were recorded: columns ``offence``, ``category`` (of the incidents) and ``n``.

    Returns
    -------
    Series of float64
        By category in lower case.

    Raises
    ------
    FileError, ParameterError, DataError
        When the file cannot be read, a column is not there, or a weight cannot be meant.
    """
    if offences is not None:
        mixed = category_weights(_offence_weights(source), _recorded(offences))
        return mixed.rename(index=str.casefold)
    table = read_table(source)
    category, weight = (table.column(name, option=name) for name in ("category", "weight"))
    named = pd.Series(weight.to_numpy(), index=category.map(plain_text, na_action="ignore"), name=weight.name)
    return checked_weights(table.numbers(named[named.index.notna()]))


def _offence_weights(source: Source) -> pd.Series[float]:
    try:
        table = read_table(f"{source}[{WEIGHTS_SHEET}]" if not isinstance(source, pd.DataFrame) else source)
    except (FileError, ParameterError):  # a table of another form, or a workbook without that sheet
        table = read_table(source)
    columns = {}
    for word in ("offence", "weight"):
        headings = {str(name): str(name).casefold() for name in table.rows.columns}
        found = [name for name, plain in headings.items() if word in plain and "code" not in plain]
        if not found:
            raise ParameterError(
                f"{table.where} has no column of {word}s, which harm by offence needs",
                hint="head one with 'offence' and one with 'weight', or leave out 'offences'",
            )
        columns[word] = found[0]
    names = table.rows[columns["offence"]].map(plain_text, na_action="ignore")
    numbers = table.numbers(table.rows[columns["weight"]])
    known = names.notna() & numbers.notna()  # headings of groups stand between the offences
    return pd.Series(numbers[known].to_numpy(dtype=float), index=pd.Index(names[known]))


def _recorded(offences: Source) -> pd.DataFrame:
    table = read_table(offences, what="the table of offences")
    read = {name: table.column(name, option=name) for name in ("offence", "category", "n")}
    made = pd.DataFrame(read | {"n": table.numbers(read["n"])}).dropna()
    return made.groupby(["offence", "category"], sort=False)[["n"]].sum().reset_index()


def _code_column(table: Table, codes: pd.Index[Any]) -> str:
    found = {str(column): as_codes(table.rows[column]).isin(codes).sum() for column in table.rows.columns}
    best = max(found, key=lambda column: found[column], default="")
    if not best or found[best] == 0:
        raise DataError(
            f"no column of {table.where} holds the areas' codes, such as {codes[0]}",
            hint="give a table by the areas' codes, or a 'lookup' from its codes to theirs",
        )
    held = codes.isin(pd.Index(as_codes(table.rows[best]).dropna().unique()))
    if held.mean() < LEAST_FOUND:
        raise DataError(
            f"only {held.sum():,} of {len(codes):,} areas are in {table.where}; it lacks {listed(codes[~held])}",
            hint="give a table of the boundaries' year and place",
        )
    return best


def _long(
    table: Table, code: str, column: str, period_column: str | None, codes: pd.Index[Any]
) -> pd.DataFrame:
    """Return values by code and period; rows of no code that is wanted, such as totals, need not make sense."""
    keys = as_codes(table.rows[code])
    wanted = keys.isin(codes)
    period = (
        pd.Series("all", index=keys.index) if period_column is None else as_codes(table.rows[period_column])
    )
    frame = pd.DataFrame({"code": keys, "period": period, "value": table.rows[column]})
    frame = frame[wanted & frame["period"].notna()]
    twice = frame.duplicated(["code", "period"])
    if twice.any():
        row = frame[twice].iloc[0]
        of = "" if period_column is None else f" for {row['period']}"
        raise DataError(
            f"the code '{row['code']}' has two rows{of} in {table.where}",
            hint="leave one row for each area, or name the column that tells them apart with 'period_column'",
        )
    what = f"'{column}' of {table.where}"
    frame["value"] = table.numbers(frame.set_index("code")["value"], what=what).to_numpy()
    return frame.pivot(index="code", columns="period", values="value")  # noqa: PD010 - repeats are refused, not averaged


def _rolled_up(
    table: Table,
    column: str,
    period_column: str | None,
    lookup: Source,
    lookup_weight: str | None,
    codes: pd.Index[Any],
    least_known: float,
) -> pd.DataFrame:
    pairs, where = read_table(lookup, codes=codes), table.where
    target = _code_column(pairs, codes)
    weight = lookup_weight or population_column(pairs.rows)
    if weight is None:
        raise DataError(
            f"{pairs.where} has no column of populations to weight by", hint="name one with 'lookup_weight'"
        )
    weight = str(pairs.column(weight, option="lookup_weight").name)
    rows = pairs.rows[as_codes(pairs.rows[target]).isin(codes)]
    small, code = _shared_codes(rows, table, target, pairs.where)
    keys = as_codes(rows[small])
    if keys.duplicated().any():
        raise DataError(
            f"{pairs.where} gives '{keys[keys.duplicated()].iloc[0]}' to two areas",
            hint="use a best-fit lookup, in which each small area belongs to one",
        )
    values = _long(table, code, column, period_column, pd.Index(keys))
    lost = keys[~keys.isin(values.index)]
    if len(lost) > (1 - LEAST_FOUND) * len(keys):
        raise DataError(
            f"only {len(keys) - len(lost):,} of {len(keys):,} codes of {pairs.where} are in {where}; "
            f"it lacks {listed(pd.Index(lost))}",
            hint="give a lookup from the codes of the table's year, such as LSOA 2011 or 2021",
        )
    if len(lost):
        log.info("%s lacks %d codes of %s: %s", where, len(lost), pairs.where, listed(pd.Index(lost)))
    belongs = pd.Series(as_codes(rows[target]).to_numpy(), index=keys.to_numpy())
    held = pd.Series(rows[weight].to_numpy(), index=keys.to_numpy())
    people = pairs.numbers(held, what=f"'{weight}' of {pairs.where}")
    if (people < 0).any():
        raise DataError(
            f"'{weight}' of {pairs.where} is negative for {people.index[people < 0][0]}",
            hint="correct the lookup",
        )
    log.info(
        "'%s': mean of %s areas of %s in each area, weighted by '%s'", column, f"{len(keys):,}", where, weight
    )
    return roll_up(values, belongs, people, least_known=least_known).reindex(codes)


def _shared_codes(rows: pd.DataFrame, table: Table, target: str, pairs_where: str) -> tuple[str, str]:
    """Return the lookup's and the table's column that share most codes, the areas' own column left out."""
    held = {str(column): set(as_codes(table.rows[column]).dropna()) for column in table.rows.columns}
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
            f"{pairs_where} and {table.where} share no codes, so values cannot be rolled up",
            hint="give a lookup with one column of the table's codes and one of the areas'",
        )
    return best
