"""Join a table of populations to areas by code; refuse one that belongs to other areas or another year."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from hotspots.areas.columns import (
    as_codes,
    as_numbers,
    find_columns,
    population_column,
    population_columns,
    stated_year,
)
from hotspots.base.codes import kind_of, new_in_2021
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, listed
from hotspots.base.tables import Source, Table, read_table

log = logging.getLogger(__name__)

LEAST_SHARE = 0.9
FAR = 10  # years from the incidents to the population, from which on a warning is due


@dataclass(frozen=True, eq=False)
class Populations:
    """Where the populations of areas come from, and those of other years that stand beside them.

    Attributes
    ----------
    where, column : str
        The source, as messages name it, and its column.
    year : int or None
        The year that the column states.
    others : mapping of int to Series
        The populations of each year at hand, by area; empty where the column was asked for by name.
    """

    where: str
    column: str
    year: int | None
    others: Mapping[int, tuple[str, pd.Series[Any]]] = field(default_factory=dict, repr=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> Populations:
        # pandas copies what travels with a table at every step; this never changes.
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return what a record of provenance says of it: the file's name, never the folder of a machine."""
        return {
            "source": re.split(r"[/\\]", self.where.partition("'")[2].rstrip("'") or self.where)[-1],
            "column": self.column,
            "year": self.year,
        }


@dataclass(frozen=True, eq=False)
class PopulationTable:
    """Populations by area code, with names and districts where the table has them.

    Attributes
    ----------
    where : str
        The table, as messages name it.
    code_column, column : str
        The columns of codes and of the populations.
    year : int or None
        The year that the column of populations states.
    years : mapping of int to (str, Series)
        The column and the populations of each year in the table, where none was asked for.
    population, name, district : Series
        Indexed by code, in the table's order; `name` and `district` are None where the table has none.
    """

    where: str
    code_column: str
    column: str
    year: int | None
    years: Mapping[int, tuple[str, pd.Series[Any]]]
    population: pd.Series[Any]
    name: pd.Series[Any] | None
    district: pd.Series[Any] | None

    def join(self, codes: pd.Index) -> pd.Series[Any]:
        """Return the population of each code.

        Warns
        -----
        HotspotsWarning
            When up to a tenth of the areas have none.

        Raises
        ------
        DataError
            When the table holds fewer than nine tenths of the codes, with the likely reason.
        """
        table = self.population.index
        there = codes.isin(table)
        found, total = int(there.sum()), len(codes)
        if found == 0:
            raise DataError(
                f"none of the {total:,} areas is in {self.where}: the areas are {listed(codes)}, "
                f"its column '{self.code_column}' holds {listed(table)}{_kinds(codes, table)}",
                hint="give a population table of the same geography, place and year as the areas",
            )
        _refuse_other_vintage(codes, table, there, self.where)
        if found < LEAST_SHARE * total:
            another_year = _another_year(codes, table) if found >= total / 2 else ""
            raise DataError(
                f"only {found:,} of {total:,} areas are in {self.where} ({100 * found // total}%); "
                f"it lacks {listed(codes[~there])}{another_year}",
                hint="give a table of the boundaries' year and place, or keep its districts with 'only'",
            )
        joined = self.population.reindex(codes)
        bare = joined.index[joined.isna()]
        if len(bare):
            another_year = _another_year(codes, table) if found < total else ""
            warnings.warn(
                f"no population in {self.where}, so no rate, for {len(bare):,} of {total:,} areas "
                f"({listed(bare)}){another_year}",
                HotspotsWarning,
                stacklevel=3,
            )
        return joined


def read_population(source: Source, codes: pd.Index, *, population: str | None = None) -> PopulationTable:
    """Read a table of populations for the areas of these codes.

    The column of codes is the one that holds most of the areas' codes. The column of populations is
    `population`, or the one whose name says so, of the latest year; see also `population_near`.

    Parameters
    ----------
    source : path or DataFrame
        A table, as `hotspots.base.tables.read_table` takes it.
    codes : Index of str
        The areas' codes.
    population : str, optional
        The column of populations.

    Raises
    ------
    FileError
        When the file is missing or not a table.
    DataError
        When a code has several rows, or a population is not a number of people.
    ParameterError
        When no column holds populations, or not the one named.
    """
    table = read_table(source, what="the population table", codes=codes)
    where, rows = table.where, table.rows
    if population is not None:
        population = str(table.column(population, option="population").name)
    code = _code_column(rows, codes, where)
    column = population or population_column(rows)
    if column is None:
        raise ParameterError(
            f"no column of {where} looks like populations; it has {listed(rows.columns, count=12)}",
            hint="name the column with 'population'",
        )
    table.column(column, option="population")
    if population is None:
        log.info("Population from column '%s' of %s (choose another with 'population')", column, where)
    rows = rows.assign(**{code: as_codes(rows[code])}).dropna(subset=[code])
    # Totals and notes below the rows have no area's code, and are none of our business.
    ours = rows[code].isin(codes)
    repeated = rows[code][ours & rows[code].duplicated()]
    if len(repeated):
        raise DataError(
            f"column '{code}' of {where} holds {listed(repeated.unique())} more than once",
            hint="give a table with one row for each area; sum smaller areas to these first",
        )
    if column == code:
        raise DataError(
            f"column '{column}' of {where} holds codes, but its name says populations",
            hint="give the columns of codes and of populations names of their own",
        )
    rows = rows.drop_duplicates(code).set_index(code)
    named = find_columns(rows.reset_index(), where=where, code=code)
    held = rows.index.isin(codes)
    years = {} if population else {year: name for year, name in population_columns(rows).items() if year}
    read = {name: _people(table, rows[name], held) for name in {column, *years.values()}}
    return PopulationTable(
        where,
        code,
        column,
        stated_year(column),
        {year: (name, read[name]) for year, name in sorted(years.items())},
        read[column],
        _text(rows, named.name),
        _text(rows, named.district),
    )


def _people(table: Table, values: pd.Series[Any], held: Any) -> pd.Series[Any]:
    """Return a column as numbers of people; only the areas' own rows have to make sense."""
    what = f"'{values.name}' of {table.where}"
    return as_numbers(values[held], what=what, decimal=table.decimal or ".").reindex(values.index)


def population_near(areas: gpd.GeoDataFrame, months: Sequence[str]) -> gpd.GeoDataFrame:
    """Return the areas with the population of the year nearest to the incidents, and say which it is.

    Populations are of the middle of their year. Where the column was named, or no other year is at hand, it
    stays; of two years equally near the later is taken.

    Parameters
    ----------
    areas : GeoDataFrame
        As `hotspots.read_areas` returns it.
    months : sequence of str
        The months of the incidents, such as ``"2025-01"``.

    Warns
    -----
    HotspotsWarning
        When the population is of ten or more years before or after the incidents.
    """
    held = areas.attrs.get("populations")
    if not isinstance(held, Populations) or held.year is None or not months:
        return areas
    first, last = min(months), max(months)
    middle = sum(int(month[:4]) + (int(month[5:7]) - 0.5) / 12 for month in (first, last)) / 2
    year = min(held.others or [held.year], key=lambda year: (abs(year + 0.5 - middle), -year))
    span = first if first == last else f"{first} to {last}"
    if year != held.year:
        column, values = held.others[year]
        areas = areas.assign(population=values.reindex(areas.index))
        held = Populations(held.where, column, year, held.others)
        areas.attrs["populations"] = held
    if len(held.others) > 1:
        at_hand = ", ".join(map(str, sorted(held.others)))
        log.info("Population of %d, the year nearest to the incidents (%s); at hand: %s", year, span, at_hand)
    else:
        log.info("Population of %d; incidents of %s", year, span)
    if abs(year + 0.5 - middle) >= FAR:
        warnings.warn(
            f"the population is of {year}, the incidents are of {span}: "
            "rates are per head of people counted long before or after",
            HotspotsWarning,
            stacklevel=2,
        )
    return areas


def _code_column(table: pd.DataFrame, codes: pd.Index, where: str) -> str:
    """Return the column that holds most of the codes, the first of them where several do."""
    matched = {str(column): int(codes.isin(as_codes(table[column])).sum()) for column in table.columns}
    best = max(matched, key=lambda column: matched[column], default="")
    if best and matched[best]:
        return best
    return find_columns(table, where=where).code


def _text(table: pd.DataFrame, column: str | None) -> pd.Series[Any] | None:
    return as_codes(table[column]) if column in table else None


def _refuse_other_vintage(areas: pd.Index, table: pd.Index, there: Any, where: str) -> None:
    """Refuse a table of LSOAs of the other census: it lacks those that were split, merged or redrawn."""
    lacking = [code for code in areas[~there] if isinstance(code, str)]
    if not lacking or kind_of(areas) != "LSOAs" or kind_of(table) != "LSOAs":
        return
    held = any(new_in_2021(code) for code in table)
    newer = [code for code in lacking if new_in_2021(code)]
    if newer and not held:
        ours, theirs, examples = "2021", "2011", newer
    elif held and not any(new_in_2021(code) for code in areas):
        ours, theirs, examples = "2011", "2021", lacking
    else:
        return
    raise DataError(
        f"{where} is of LSOAs of {theirs}, but the areas are LSOAs of {ours}: "
        f"it lacks {len(lacking):,} of {len(areas):,}, such as {listed(examples)}",
        hint=f"give a population table of LSOAs of {ours}, or areas of {theirs}",
    )


def _kinds(areas: pd.Index, table: pd.Index) -> str:
    here, there = kind_of(areas), kind_of(table)
    if here and there and here != there:
        return f" (the areas are {here}, the table is of {there})"
    return " (both are " + here + ", so of different years or places)" if here and here == there else ""


def _another_year(areas: pd.Index, table: pd.Index) -> str:
    """Say that the codes look like another year's, where both are the same kind of area."""
    here = kind_of(areas)
    if here is None or here != kind_of(table):
        return ""
    example = " (such as 2011 and 2021)" if here in ("LSOAs", "MSOAs", "output areas") else ""
    return f"; boundaries and table may be of different years{example}"
