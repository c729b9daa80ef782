"""Join a table of populations to areas by code; refuse one that belongs to other areas or another year."""

from __future__ import annotations

import logging
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hotspots.areas.columns import (
    GSS_CODE,
    as_codes,
    as_numbers,
    find_columns,
    population_column,
    require_column,
)
from hotspots.base.errors import DataError, FileError, HotspotsWarning, ParameterError, listed

log = logging.getLogger(__name__)

LEAST_SHARE = 0.9

_KINDS = {
    "E00": "output areas",
    "E01": "LSOAs",
    "E02": "MSOAs",
    "E04": "parishes",
    "E05": "wards",
    "E06": "districts",
    "E07": "districts",
    "E08": "districts",
    "E09": "districts",
    "E10": "counties",
    "E22": "partnerships",
    "E23": "police force areas",
    "W00": "output areas",
    "W01": "LSOAs",
    "W02": "MSOAs",
    "W04": "communities",
    "W05": "wards",
    "W06": "districts",
    "W15": "police force areas",
}


@dataclass(frozen=True)
class PopulationTable:
    """Populations by area code, with names and districts where the table has them.

    Attributes
    ----------
    where : str
        The table, as messages name it.
    code_column : str
        The column of codes.
    population, name, district : Series
        Indexed by code, in the table's order; `name` and `district` are None where the table has none.
    """

    where: str
    code_column: str
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


def read_population(
    source: str | os.PathLike[str] | pd.DataFrame, codes: pd.Index, *, population: str | None = None
) -> PopulationTable:
    """Read a table of populations for the areas of these codes.

    The column of codes is the one that holds most of the areas' codes. The column of populations is
    `population`, or the one whose name says so, of the latest year.

    Parameters
    ----------
    source : path or DataFrame
        A CSV file with a header, or a table.
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
    where = "the population table" if isinstance(source, pd.DataFrame) else f"the population table '{source}'"
    table = _with_index(source) if isinstance(source, pd.DataFrame) else _read_csv(source, where)
    require_column(table, population, option="population", where=where)
    code = _code_column(table, codes, where)
    column = population or population_column(table)
    if column is None:
        raise ParameterError(
            f"no column of {where} looks like populations; it has {listed(table.columns, count=12)}",
            hint="name the column with 'population'",
        )
    if population is None:
        log.info("Population from column '%s' of %s (choose another with 'population')", column, where)
    table = table.assign(**{code: as_codes(table[code])}).dropna(subset=[code])
    repeated = table[code].duplicated()
    if repeated.any():
        raise DataError(
            f"column '{code}' of {where} holds {listed(table[code][repeated].unique())} more than once",
            hint="give a table with one row for each area; sum smaller areas to these first",
        )
    table = table.set_index(code)
    named = find_columns(table.reset_index(), where=where, code=code)
    numbers = as_numbers(table[column], what=f"'{column}' of {where}")
    return PopulationTable(where, code, numbers, _text(table, named.name), _text(table, named.district))


def _with_index(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index(drop=table.index.name is None or table.index.name in table.columns)


def _read_csv(path: str | os.PathLike[str], where: str) -> pd.DataFrame:
    if not Path(path).is_file():
        raise FileError(
            f"there is no file '{path}' to read populations from", hint="check the spelling and the folder"
        )
    # Excel on Windows writes CSV in code page 1252, everything else in UTF-8.
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return pd.read_csv(
                path, dtype=str, keep_default_na=False, encoding=encoding, skipinitialspace=True
            )
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise _not_a_table(where) from error
    raise _not_a_table(where)


def _not_a_table(where: str) -> FileError:
    return FileError(
        f"{where} is not a CSV table", hint="save it as CSV, with one header row and one row for each area"
    )


def _code_column(table: pd.DataFrame, codes: pd.Index, where: str) -> str:
    """Return the column that holds most of the codes, the first of them where several do."""
    matched = {str(column): int(codes.isin(as_codes(table[column])).sum()) for column in table.columns}
    best = max(matched, key=lambda column: matched[column], default="")
    if best and matched[best]:
        return best
    return find_columns(table, where=where).code


def _text(table: pd.DataFrame, column: str | None) -> pd.Series[Any] | None:
    return None if column is None else as_codes(table[column])


def _kinds(areas: pd.Index, table: pd.Index) -> str:
    here, there = _kind(areas), _kind(table)
    if here and there and here != there:
        return f" (the areas are {here}, the table is of {there})"
    return " (both are " + here + ", so of different years or places)" if here and here == there else ""


def _another_year(areas: pd.Index, table: pd.Index) -> str:
    """Say that the codes look like another year's, where both are the same kind of area."""
    here = _kind(areas)
    if here is None or here != _kind(table):
        return ""
    example = " (such as 2011 and 2021)" if here in ("LSOAs", "MSOAs", "output areas") else ""
    return f"; boundaries and table may be of different years{example}"


def _kind(codes: pd.Index) -> str | None:
    """Return what nearly all codes are, by the first three characters of the GSS code."""
    texts = [str(code) for code in codes]
    known = [_KINDS.get(text[:3]) for text in texts if re.fullmatch(GSS_CODE, text)]
    if not known or len(known) < LEAST_SHARE * len(texts):
        return None
    common = max(set(known), key=known.count)
    return common if known.count(common) >= LEAST_SHARE * len(known) else None
