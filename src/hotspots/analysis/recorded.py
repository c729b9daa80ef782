"""Comparators from the Home Office's open table of recorded crime by force, offence and quarter."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError, ParameterError, did_you_mean, listed
from hotspots.base.tables import Table, read_table
from hotspots.base.text import plain_text

NATION = "England and Wales"
"""What all forces together are called."""

BODIES = ("Action Fraud", "CIFAS", "UK Finance", "Financial Fraud Action UK", "British Transport Police")
"""What the table lists beside the forces that have residents."""

TOTAL = "Total Recorded Crime"

_NAMES = {"london, city of": "City of London"}
_HEADINGS = {
    "year": "Financial Year",
    "quarter": "Financial Quarter",
    "force": "Force Name",
    "code": "Offence Code",
    "n": "Number of Offences",
}
_CATEGORY = ("policeukcat", "policeukcategory", "category")

log = logging.getLogger(__name__)


def comparators_of(
    source: str | os.PathLike[str],
    *,
    forces: Sequence[str] = (),
    population: str | os.PathLike[str] | None = None,
    mapping: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return the offences that forces recorded by police.uk category, as `read_comparators` reads them.

    Parameters
    ----------
    source : path
        The Home Office's open table: Financial Year, Financial Quarter, Force Name, Offence Code and Number of
        Offences, with underscores or blanks in the headings. Negative numbers correct earlier quarters and stay.
        The police.uk category of each offence stands in a column ``Policeuk_Cat``, or in `mapping`.
    forces : sequence of str
        The forces wanted; all where none are named. `NATION` is the sum of all, and stands first.
    population : path, optional
        A table of people: columns ``force`` and ``population``. The nation's are those of its own row, else the
        sum of all forces' where each is known.
    mapping : path, optional
        A table from ``Offence Code`` to ``Policeuk_Cat``.

    Returns
    -------
    DataFrame
        A row for each force and category: ``force``, ``category``, ``n``, ``population`` (missing where unknown),
        ``months`` and ``period``. `TOTAL` is the sum of all categories.

    Raises
    ------
    DataError
        When a column is missing, or an offence has no category.
    ParameterError
        When a force is not in the table.
    """
    table = read_table(source, what="the recorded crime")
    parts = {key: _column(table, heading) for key, heading in _HEADINGS.items()}
    rows = pd.DataFrame(
        {key: table.rows[name].map(plain_text, na_action="ignore") for key, name in parts.items()}
    )
    rows["n"] = table.numbers(table.rows[parts["n"]], fix="write a number")
    rows["category"] = _categories(table, rows["code"], mapping)
    whole = rows[["force", "n"]].notna().all(axis=1)
    if not whole.all():
        log.info("Left out: %d of %d rows without a force or a number", int((~whole).sum()), len(rows))
    rows = rows[whole]
    rows["force"] = rows["force"].map(lambda name: _NAMES.get(name.casefold(), name))
    without = rows["force"].str.casefold().isin([name.casefold() for name in BODIES])
    if without.any():
        log.info(
            "Left out, as they have no residents: %s (%s offences)",
            ", ".join(dict.fromkeys(rows["force"][without])),
            f"{rows['n'][without].sum():,.0f}",
        )
    rows = rows[~without]
    if (lacking := rows["category"].isna()).any():
        raise DataError(
            f"no police.uk category is known of the offences {listed(dict.fromkeys(rows['code'][lacking]))}",
            hint="give a table from 'Offence Code' to 'Policeuk_Cat' with 'mapping'",
        )
    if (negative := rows["n"] < 0).any():
        log.info("Negative numbers, which correct earlier quarters and count: %d", int(negative.sum()))
    quarters = list(
        rows[["year", "quarter"]].drop_duplicates().sort_values(["year", "quarter"]).itertuples(index=False)
    )
    period = ", ".join(dict.fromkeys(str(year) for year, _ in quarters))
    if len(quarters) % 4:
        period += f" ({len(quarters)} quarters)"
    sums = rows.pivot_table(index="force", columns="category", values="n", aggfunc="sum", fill_value=0)
    sums = pd.concat([sums.sum().to_frame(NATION).T, sums])
    sums.insert(0, TOTAL, sums.sum(axis=1))
    people = _people(population, list(sums.index))
    wanted = [_force(name, sums.index) for name in forces] or list(sums.index)
    kept = sums.loc[[name for name in sums.index if name in {*wanted, NATION}]]
    order = {str(name): place for place, name in enumerate(kept.index)}
    made = (
        kept.rename_axis(index="force", columns=None)
        .reset_index()
        .melt("force", var_name="category", value_name="n")
    )
    made = made.sort_values("force", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    if (made["n"] % 1 == 0).all():
        made["n"] = made["n"].astype("int64")
    made["population"] = made["force"].map(people)
    return made.assign(months=3 * len(quarters), period=period)


def _column(table: Table, heading: str) -> str:
    found = _near(table).get(_key(heading))
    if found is None:
        raise DataError(
            f"{table.where} has no column '{heading}'",
            hint="give the Home Office's open table of recorded crime by force, offence and quarter",
        )
    return found


def _key(heading: object) -> str:
    return re.sub(r"[^a-z0-9]+", "", str(heading).casefold())


def _near(table: Table) -> dict[str, str]:
    return {_key(name): str(name) for name in reversed(table.rows.columns)}


def _categories(
    table: Table, codes: pd.Series[Any], mapping: str | os.PathLike[str] | None
) -> pd.Series[Any]:
    """Return the police.uk category of each row, in police.uk's own case: all but the first letter small."""
    other = table if mapping is None else read_table(mapping, what="the categories")
    near = _near(other)
    heading = next((near[name] for name in _CATEGORY if name in near), None)
    if heading is None:
        raise DataError(
            f"{other.where} has no column 'Policeuk_Cat'",
            hint="add one, or give a table from 'Offence Code' to 'Policeuk_Cat' with 'mapping'",
        )
    named = other.rows[heading].map(lambda name: plain_text(name).capitalize(), na_action="ignore")
    if mapping is None:
        return named
    keys = other.rows[_column(other, _HEADINGS["code"])].map(plain_text, na_action="ignore")
    known = pd.Series(named.to_numpy(), index=keys).loc[lambda one: one.index.notna() & one.notna()]
    known = known.groupby(level=0).agg(
        lambda found: found.iloc[0] if (found == found.iloc[0]).all() else np.nan
    )
    return codes.map(known)


def _people(source: str | os.PathLike[str] | None, forces: Sequence[str]) -> dict[str, float]:
    """Return the people of each force that are known, and of the nation."""
    if source is None:
        log.info("No population is known: fill it in, or give a table with 'population'")
        return {}
    table = read_table(source, what="the populations")
    names = table.column("force", option="population").map(plain_text, na_action="ignore")
    values = table.numbers(table.column("population", option="population"))
    given = {
        _NAMES.get(name.casefold(), name).casefold(): float(value)
        for name, value in zip(names, values, strict=True)
        if isinstance(name, str) and value > 0
    }
    people = {name: given[name.casefold()] for name in forces if name.casefold() in given}
    single = [name for name in forces if name != NATION]
    lacking = [name for name in single if name not in people]
    if lacking:
        log.info("No population is known of %d forces: %s", len(lacking), listed(lacking))
    elif NATION not in people:
        people[NATION] = sum(people[name] for name in single)
    return people


def _force(name: str, forces: pd.Index[Any]) -> str:
    near = {label.casefold(): str(label) for label in forces}
    wanted = plain_text(name).casefold()
    found = near.get(_NAMES.get(wanted, wanted).casefold())
    if found is None:
        raise ParameterError(f"there is no force '{name}'", hint=did_you_mean(name, forces))
    return found
