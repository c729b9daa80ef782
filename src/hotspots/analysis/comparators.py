"""What a force and its partnerships are compared with: rates or counts by offence, of a nation and of other forces."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import hotspots_boundaries
from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError, did_you_mean, listed
from hotspots.base.tables import Table, read_table
from hotspots.base.text import plain_text
from hotspots.methods.compare import comparator_columns

SIMILAR = "Similar forces"
"""What the forces that are named as similar are called together."""

MOST = 6
"""Comparators that a table has room for where none are named."""

BUNDLED = "recorded-crime-2017-18"
"""The id of the bundled table of comparators."""

DISORDER = "Anti-social behaviour"
"""What is not recorded as crime, so that no comparator of recorded crime has it."""

_LONG = ("comparator", "force")  # the heading that tells a row for each comparator and offence
_FAR, _IMPOSSIBLE = 5.0, 50.0  # times the data's rates: likely of other units, and surely
_EXACT = 1e9  # people of a comparator of which only a rate is known: its chance is none

log = logging.getLogger(__name__)


def read_comparators(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table of comparators: by offence, the rates or the counts of each.

    Parameters
    ----------
    path : path
        A table, or the id of a bundled one, with a column ``category``, in one of two forms:

        - a row for each category. Every other column is a comparator's rates per 1,000 people a year, or one of
          two, ``<comparator> n`` and ``<comparator> population``, with a third ``<comparator> months`` where the
          counts are of another length of time than those compared. Blank or ``..`` where none is known.
        - a row for each comparator and category, with columns ``comparator`` (or ``force``), ``n``,
          ``population`` and, where known, ``months`` and ``period``; as `hotspots comparators` writes it.

    Returns
    -------
    DataFrame of float64
        On the categories, in the first form; for `hotspots.compare_categories`. ``attrs["periods"]`` holds the
        period of each comparator in words, where the table says it.

    Raises
    ------
    FileError
        When the file is missing or not a table, or a bundled file of another kind.
    DataError
        When it lacks a column, a comparator has a category twice, or a cell is not a number.

    Examples
    --------
    >>> table = read_comparators("recorded-crime-2017-18")
    >>> int(table.loc["Burglary", "England and Wales n"])
    437128
    """
    path = _located(path)
    table = read_table(path, what="the comparators")
    rows, heading = table.rows, table.heading("category")
    if heading is None or len(rows.columns) < 2:
        raise DataError(
            f"'{Path(path).name}' needs a column 'category' and one for each comparator, but has "
            + ", ".join(f"'{column}'" for column in rows.columns),
            hint="write a first line such as: category,England & Wales,Similar Forces",
        )
    name = next((found for word in _LONG if (found := table.heading(word)) is not None), None)
    if name is not None:
        return _widened(table, Path(path).name, heading, name)
    names = rows[heading].map(plain_text, na_action="ignore")
    values = rows.drop(columns=heading)[names.notna()]
    values.index = pd.Index(names.dropna(), name="category")
    for column in values.columns:
        table.column(str(column), option="comparators")
    fix = "write a number, or leave the cell blank"
    return values.apply(lambda column: table.numbers(column, fix=fix))


def _located(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """Return where a table lies: that of the bundled file, where the path is an id and no file of that name."""
    entry = next((one for one in hotspots_boundaries.bundled() if one.id == str(path)), None)
    if entry is None or Path(path).exists():
        return path
    if entry.kind != "comparators":
        raise FileError(
            f"'{entry.id}' is a bundled file of {entry.kind}, but comparators were needed",
            hint=f"give a table of your own, or '{BUNDLED}'",
        )
    log.info("Comparators: %s", entry.title)
    return hotspots_boundaries.path(entry.id)


def _widened(table: Table, file: str, category: str, name: str) -> pd.DataFrame:
    """Return a table with a row for each comparator and category as one with a row for each category."""
    parts = {part: table.heading(part) for part in ("n", "population", "months")}
    lacking = [part for part in ("n", "population") if parts[part] is None]
    if lacking:
        raise DataError(
            f"'{file}' has a row for each '{name}' and category, but no column '{lacking[0]}'",
            hint=f"write a first line such as: {name},category,n,population,months",
        )
    rows = table.rows
    keys = pd.DataFrame({"name": rows[name], "category": rows[category]}).map(plain_text, na_action="ignore")
    whole = keys.notna().all(axis=1)
    keys = keys[whole]
    twice = keys[keys.apply(lambda column: column.str.casefold()).duplicated()]
    if len(twice):
        raise DataError(
            f"'{file}' has the category '{twice['category'].iloc[0]}' of '{twice['name'].iloc[0]}' twice",
            hint="give one row for each comparator and category; add up their counts",
        )
    fix = "write a number, or leave the cell blank"
    categories = list(dict.fromkeys(keys["category"]))
    made: dict[str, pd.Series[Any]] = {}
    for label, part_keys in keys.groupby("name", sort=False):
        for part, column in parts.items():
            if column is not None:
                cells = rows.loc[part_keys.index, column].set_axis(pd.Index(part_keys["category"]))
                made[f"{label} {part}"] = table.numbers(cells, fix=fix).reindex(categories)
    wide = pd.DataFrame(made, index=pd.Index(categories, name="category"))
    period = table.heading("period")
    if period is not None:
        said = pd.DataFrame({"name": keys["name"], "period": rows.loc[keys.index, period]}).dropna()
        wide.attrs["periods"] = said.drop_duplicates("name").set_index("name")["period"].to_dict()
    return wide


def choose_comparators(
    comparators: pd.DataFrame,
    *,
    national: Sequence[str] = (),
    similar: Sequence[str] = (),
    months: float | None = None,
    period: str | None = None,
) -> pd.DataFrame:
    """Return the comparators that are named: some as they are, and those that are similar added up as one.

    Parameters
    ----------
    comparators : DataFrame
        See `read_comparators`.
    national : sequence of str
        Names of comparators that stand by themselves.
    similar : sequence of str
        Names of forces whose counts and people are added up to `SIMILAR`; one alone keeps its name. Of a category
        that some lack, those that have it are added up, which is said.
    months : float, optional
        Months that all counts cover, where the table does not say it.
    period : str, optional
        That period in words.

    Returns
    -------
    DataFrame
        In the same form. All comparators where none are named. ``attrs["members"]`` holds `similar` where they
        were added up, ``attrs["periods"]`` the period of each comparator, where known, and ``attrs["street"]``
        those that were counted from street files alone.

    Raises
    ------
    ParameterError
        When a name is not in the table, or none are named and they are more than `MOST`.
    DataError
        When one that is similar has rates, which cannot be added up, or their counts cover different times.
    """
    if months is not None:
        comparators = _over(comparators, months)
    columns = comparator_columns(comparators)
    named = {_find(name, columns): name for name in (*national, *similar)}
    if not named and len(columns) > MOST:
        raise ParameterError(
            f"there are {len(columns)} comparators ({listed(columns)}), and no table has room for all",
            hint="name one with 'national', and those to be added up with 'similar'",
        )
    alone = [_find(name, columns) for name in national] if named else list(columns)
    others = list(dict.fromkeys(_find(name, columns) for name in similar))
    if len(others) == 1:
        alone, others = [*alone, *others], []
    kept = [column for label in dict.fromkeys(alone) for column in columns[label].values()]
    chosen = comparators[kept].copy()
    if others:
        for part, values in _together(comparators, others, columns).items():
            chosen[f"{SIMILAR} {part}"] = values
    periods = dict(comparators.attrs.get("periods", {}))
    chosen.attrs["periods"] = {
        label: period or periods.get(others[0] if label == SIMILAR and others else label, "")
        for label in comparator_columns(chosen)
    }
    chosen.attrs["members"] = others
    street = set(comparators.attrs.get("street", []))
    chosen.attrs["street"] = [
        label
        for label in comparator_columns(chosen)
        if set(others if label == SIMILAR and others else [label]) <= street
    ]
    return chosen


def _over(comparators: pd.DataFrame, months: float) -> pd.DataFrame:
    """Return comparators whose counts cover so many months, unless their table says how many."""
    if not 0 < months < np.inf:
        raise ParameterError(
            f"'months' of the comparators is {months:g}",
            hint="give the months that their counts cover, such as 12",
        )
    timed = comparators.copy()
    for label, columns in comparator_columns(comparators).items():
        if "n" in columns:
            known = timed[columns["months"]] if "months" in columns else pd.Series(np.nan, index=timed.index)
            # Of a category that one lacks no length is known either, which would differ from the others'.
            timed[f"{label} months"] = known.fillna(float(months)).where(timed[columns["n"]].notna())
    return timed


def _find(name: str, columns: Mapping[str, Any]) -> str:
    near = {plain_text(label).casefold(): label for label in columns}
    found = near.get(plain_text(name).casefold())
    if found is None:
        raise ParameterError(f"there is no comparator '{name}'", hint=did_you_mean(name, columns))
    return found


def _together(
    comparators: pd.DataFrame, labels: list[str], columns: Mapping[str, Mapping[str, str]]
) -> dict[str, pd.Series[Any]]:
    """Return the counts and the people of several comparators added up, and how many months they cover."""
    for label in labels:
        if "rate" in columns[label]:
            raise DataError(
                f"'{label}' has rates, which cannot be added up",
                hint=f"give its counts and people in two columns, '{label} n' and '{label} population'",
            )
    counts = comparators[[columns[label]["n"] for label in labels]].set_axis(labels, axis=1)
    people = comparators[[columns[label]["population"] for label in labels]].set_axis(labels, axis=1)
    known = counts.notna() & people.notna()
    for category in comparators.index[known.any(axis=1) & ~known.all(axis=1)]:
        without = known.columns[~known.loc[category]]
        log.info("%s: '%s' leaves out %s, of which no figure is known", SIMILAR, category, listed(without))
    summed = {
        "n": counts.where(known).sum(axis=1, min_count=1),
        "population": people.where(known).sum(axis=1, min_count=1),
    }
    timed = [label for label in labels if "months" in columns[label]]
    lengths = comparators[[columns[label]["months"] for label in timed]]
    if not timed:
        return summed
    if len(timed) < len(labels) or lengths.nunique(axis=1).gt(1).any():
        raise DataError(
            f"the counts of {listed(labels)} do not all cover as many months, and cannot be added up",
            hint="give all of them for one period, with its length in a column 'months'",
        )
    return summed | {"months": lengths.max(axis=1)}


def check_comparators(rates: pd.DataFrame, own: pd.Series[Any]) -> None:
    """Refuse comparators of other units than the data's, and warn of offences that they lack.

    Parameters
    ----------
    rates : DataFrame of float
        The comparators' rates per 1,000 people a year, by the data's offences; missing where unknown.
    own : Series of float
        The data's own rates on the same offences, where told by enough incidents.

    Raises
    ------
    DataError
        When the rates of one are 50 times the data's or more, or a fiftieth or less, in half of the offences.

    Warns
    -----
    HotspotsWarning
        When they are 5 times or a fifth; and of each comparator that lacks an offence other than anti-social
        behaviour, which is not recorded as crime.
    """
    for label in rates:
        both = rates[label].notna() & (rates[label] > 0) & (own > 0)
        times = float(np.median(rates[label][both] / own[both])) if both.any() else 1.0
        ratio = f"{times:,.0f} times" if times > 1 else f"a {1 / times:,.0f}th of"
        if not 1 / _IMPOSSIBLE < times < _IMPOSSIBLE:
            raise DataError(
                f"the rates of '{label}' are {ratio} those of the data: they are in other units",
                hint="give rates per 1,000 people a year, or counts and people with 'months' for how long they cover",
            )
        if not 1 / _FAR < times < _FAR:
            warnings.warn(
                f"the rates of '{label}' are {ratio} those of the data; they should be per 1,000 people a year",
                HotspotsWarning,
                stacklevel=3,
            )
        lacking = [
            kind for kind in rates.index[rates[label].isna()] if kind.casefold() != DISORDER.casefold()
        ]
        if len(lacking) < rates[label].isna().sum():
            log.info("'%s' has no anti-social behaviour, which is not recorded as crime", label)
        if lacking:
            warnings.warn(
                f"'{label}' says nothing of {listed(map(repr, lacking))}"
                + (f" ({len(lacking)} offences)" if len(lacking) > 3 else "")
                + ": no comparison there; add a row of that name to the comparators",
                HotspotsWarning,
                stacklevel=3,
            )


def one_comparator(comparators: pd.DataFrame) -> str:
    """Return the name of the only comparator of a table.

    Raises
    ------
    ParameterError
        When there are several.
    """
    names = list(comparator_columns(comparators))
    if len(names) > 1:
        raise ParameterError(
            f"there are {len(names)} comparators ({listed(names)}), and each district is compared with one",
            hint="name one with 'national', or forces to be added up with 'similar'",
        )
    return names[0]


def theme_comparator(
    comparators: pd.DataFrame,
    name: str,
    themes: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    *,
    months: float,
    kinds: Iterable[str] = (),
) -> pd.DataFrame:
    """Return one comparator's incidents and people by theme, as `hotspots.priorities.matrix` compares districts with.

    Parameters
    ----------
    comparators : DataFrame
        See `read_comparators`.
    name : str
        The comparator.
    themes : mapping of str to (categories, categories left out)
        What each theme counts; no categories are all.
    months : float
        The period of the districts' counts.
    kinds : iterable of str
        The categories of the districts' incidents: those of a theme that the comparator must know, since a theme
        less one of its categories would look low there.

    Returns
    -------
    DataFrame of float64
        On the themes: ``n`` in as many months and ``population``; missing where the comparator lacks one of
        `kinds` that the theme takes, or all of a theme's categories. Of rates, people are so many
        that the rate is as good as exact.

    Raises
    ------
    ParameterError
        When there is no such comparator.
    """
    columns = comparator_columns(comparators)
    label = _find(name, columns)
    parts = columns[label]
    lowered = comparators.set_axis(comparators.index.str.casefold())
    single = lowered[~lowered.index.str.startswith("total")]
    made = {}
    for theme, (category, exclude) in themes.items():
        wanted, left = ({one.casefold() for one in names} for names in (category, exclude))
        figures = single[[part for key, part in parts.items() if key != "months"]].notna().all(axis=1)
        taken = [(not wanted or kind in wanted) and kind not in left for kind in single.index]
        rows = single[figures & np.array(taken, dtype=bool)]
        held = {one.casefold() for one in kinds} - left
        if not (held & wanted if wanted else held) <= set(rows.index):
            made[theme] = {"n": np.nan, "population": np.nan}
        elif "rate" in parts:
            total = rows[parts["rate"]].sum(min_count=1) * _EXACT / 12_000 * months
            made[theme] = {"n": total, "population": _EXACT}
        else:
            length = rows[parts["months"]].max() if "months" in parts else months
            people = rows[parts["population"]].max() * length / months
            made[theme] = {"n": rows[parts["n"]].sum(min_count=1), "population": people}
    return pd.DataFrame.from_dict(made, orient="index", columns=["n", "population"])
