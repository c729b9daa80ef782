"""Which column of a boundary layer is the code, which the name, the district and the population.

ONS names its columns after the geography, the year and the part: ``WD19CD``, ``lsoa21_name``, ``LAD22NM``.
Of several geographies in one layer the finest whose codes are unique is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hotspots.base.codes import GSS_CODE, as_code
from hotspots.base.errors import DataError, ParameterError, did_you_mean
from hotspots.base.limits import FIGURE
from hotspots.base.numerals import Decimal, numbers

# From the finest to the coarsest; a longer spelling stands before the shorter one that it begins with.
_GEOGRAPHIES = (
    ("oa", "outputarea"),
    ("lsoa", "datazone", "dz"),
    ("msoa", "iz"),
    ("wd", "ward", "cmwd"),
    ("parncp", "parish", "par", "ced", "ed"),
    ("ladua", "lad", "ltla", "localauthoritydistrict", "localauthority", "la", "district"),
    ("ctyua", "utla", "cty", "county"),
    ("csp", "partnership"),
    ("pfa", "force"),
)
_RANKS = {word: rank for rank, words in enumerate(_GEOGRAPHIES) for word in words}
_DISTRICT = _RANKS["lad"]
_PATTERN = re.compile(
    rf"({'|'.join(sorted(_RANKS, key=len, reverse=True))})(\d{{4}}|\d{{2}})?(code|cd|names|name|nm)?"
)
_CODES = ("code", "geocode", "geographycode", "areacode", "areacd", "gsscode", "gss")
# What the areas of other countries' police and councils are known by; "id" alone is as good as nothing.
_OTHERS = ("precinct", "beat", "sector", "zone", "tract", "geoid", "zip", "zipcode", "postcode", "postalcode")
_IDS = re.compile(r".*(id|code|cd|number|key)")
_NAMES = ("name", "geoname", "geographyname", "areaname", "areanm", "geography")
_POPULATION = re.compile(
    r"(?:mid|census)?(\d{4})?(?:total)?(?:population|pop|allages|(?:all)?usualresidents|residents)(?:total)?(\d{4})?"
)
_LSOA_NAME = re.compile(r"(.+) \d{3}[A-Z]?")

_WHOLE = 2.0**53  # above it, numbers with decimals are whole because they have no room for any


@dataclass(frozen=True)
class Columns:
    """The columns that were taken; None where the layer has none."""

    code: str
    name: str | None
    district: str | None
    population: str | None


@dataclass(frozen=True)
class _Part:
    column: str
    rank: int
    year: str
    is_code: bool


def as_codes(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return values as text as it is seen; whole numbers lose their decimals, gaps stay gaps.

    Blanks are single and none stand around, zero-width characters go, and a GSS code is in capitals.
    """
    if pd.api.types.is_float_dtype(values.dtype):
        known = values.dropna()
        if bool(((known % 1 == 0) & (known.abs() < _WHOLE)).all()):
            values = values.astype("Int64")
    text = values.astype("string")
    seen = {value: as_code(value) or None for value in text.dropna().unique()}
    return text.map(seen).astype("str")


def find_columns(
    table: pd.DataFrame,
    *,
    where: str,
    code: str | None = None,
    name: str | None = None,
    district: str | None = None,
    population: str | None = None,
) -> Columns:
    """Find the columns by name, but for those that are given.

    Parameters
    ----------
    table : DataFrame
        The layer's attributes.
    where : str
        The layer, as messages name it.
    code, name, district, population : str, optional
        Columns to take without guessing.

    Raises
    ------
    DataError
        When no column looks like codes.
    ParameterError
        When a given column does not exist.

    Examples
    --------
    >>> table = pd.DataFrame({"LSOA21CD": ["E01000001", "E01000002"], "LAD24NM": "Leeds"})
    >>> find_columns(table, where="the layer")
    Columns(code='LSOA21CD', name=None, district='LAD24NM', population=None)
    """
    for option, given in (("code", code), ("name", name), ("district", district), ("population", population)):
        require_column(table, given, option=option, where=where)
    parts = [part for column in table.columns if (part := _part(table, str(column))) is not None]
    code = code or _code_column(table, parts, where)
    taken = next((part for part in parts if part.column == code), None)
    name = name or _name_column(table, parts, taken)
    if district is None:
        coarser = [part for part in parts if part.rank >= _DISTRICT and part.column not in (code, name)]
        if taken is not None:
            coarser = [part for part in coarser if part.rank > taken.rank]
        district = min(coarser, key=lambda part: (part.rank, part.is_code)).column if coarser else None
    return Columns(code, name, district, population or population_column(table))


def require_column(table: pd.DataFrame, column: str | None, *, option: str, where: str) -> None:
    """Raise `ParameterError` when a column that was asked for does not exist."""
    if column is not None and column not in table.columns:
        guess = did_you_mean(column, map(str, table.columns))
        raise ParameterError(f"{where} has no column '{column}' to take as '{option}'", hint=guess)


def population_column(table: pd.DataFrame) -> str | None:
    """Return the column of populations: one without a year first, then the latest year's."""
    columns = population_columns(table)
    if not columns:
        return None
    return columns[None] if None in columns else columns[max(year for year in columns if year is not None)]


def population_columns(table: pd.DataFrame) -> dict[int | None, str]:
    """Return the columns of populations by their year; None is the year of one that states none.

    Examples
    --------
    >>> population_columns(pd.DataFrame(columns=["code", "pop2019", "census2011_pop", "All usual residents"]))
    {2019: 'pop2019', None: 'All usual residents', 2011: 'census2011_pop'}
    """
    found: dict[int | None, str] = {}
    # Of two columns of one year an estimate goes before a census, and the first before the second.
    for column in sorted(map(str, table.columns), key=lambda name: "census" in _plain(name)):
        match = _POPULATION.fullmatch(_plain(column))
        if match:
            year = match[1] or match[2]
            found.setdefault(int(year) if year else None, column)
    return found


def stated_year(column: str) -> int | None:
    """Return the year in a column's name, or None where it has none, or several."""
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", column))
    return int(years.pop()) if len(years) == 1 else None


def district_of_names(names: pd.Series[Any]) -> pd.Series[Any] | None:
    """Return the districts in the names of LSOAs and MSOAs ("Leeds 012A"), or None where one is none."""
    found = names.str.extract(f"^{_LSOA_NAME.pattern}$", expand=False)
    return None if found.isna().any() else found


def _part(table: pd.DataFrame, column: str) -> _Part | None:
    match = _PATTERN.fullmatch(_plain(column))
    if match is None:
        return None
    word, year, suffix = match.groups()
    is_code = suffix in ("cd", "code") if suffix else _holds_gss_codes(table[column])
    return _Part(column, _RANKS[word], year or "", is_code)


def _plain(column: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(column).lower())


def _holds_gss_codes(values: pd.Series[Any]) -> bool:
    texts = values.dropna().astype(str)
    return len(texts) > 0 and bool(texts.str.fullmatch(GSS_CODE.pattern).all())


def _first(table: pd.DataFrame, words: Sequence[str]) -> list[str]:
    plain = {_plain(column): str(column) for column in reversed(table.columns)}
    return [plain[word] for word in words if word in plain]


def _code_column(table: pd.DataFrame, parts: Sequence[_Part], where: str) -> str:
    patterned = sorted((part for part in parts if part.is_code), key=lambda part: part.rank)
    candidates = _first(table, _CODES) + [part.column for part in patterned]
    if not candidates:
        candidates = [str(column) for column in table.columns if _holds_gss_codes(table[column])]
    if not candidates:
        candidates = _other_ids(table)
    unique = [column for column in candidates if table[column].notna().all() and table[column].is_unique]
    if unique or candidates:
        return (unique or candidates)[0]
    shown = ", ".join(f"'{column}'" for column in table.columns[:12])
    raise DataError(
        f"no column of {where} looks like area codes; it has {shown or 'no columns'}",
        hint="name the column of codes with 'code'",
    )


def _other_ids(table: pd.DataFrame) -> list[str]:
    """Return columns that tell rows apart where none says that it holds codes: known ones, else the only one."""
    known = _first(table, _OTHERS)
    if known:
        return known
    ids = [
        str(column)
        for column in table.columns
        if _IDS.fullmatch(_plain(column)) and table[column].notna().all() and table[column].is_unique
    ]
    return ids if len(ids) == 1 else []


def _name_column(table: pd.DataFrame, parts: Sequence[_Part], taken: _Part | None) -> str | None:
    generic = _first(table, _NAMES)
    if taken is None:
        if generic:
            return generic[0]
        finest = sorted(
            (part for part in parts if not part.is_code and part.rank < _DISTRICT), key=lambda part: part.rank
        )
        return finest[0].column if finest else None
    same = [part for part in parts if not part.is_code and part.rank == taken.rank]
    same.sort(key=lambda part: part.year != taken.year)
    return same[0].column if same else (generic[0] if generic else None)


def as_numbers(values: pd.Series[Any], *, what: str, decimal: Decimal = ".") -> pd.Series[Any]:
    """Return populations as float64; thousands commas are understood, blanks and suppression marks are NaN.

    Parameters
    ----------
    values : Series
        Numbers or texts, indexed by area code.
    what : str
        The column, as messages name it.
    decimal : {'.', ','}, default '.'
        The decimal mark. People are whole, so "12,34" is a slip unless the table writes decimal commas.

    Raises
    ------
    DataError
        When a value is neither a number nor a known mark of a gap, or is negative or infinite.
    """
    hint = "correct it, leave it blank, or name another column with 'population'"
    result = numbers(values, what=what, decimal=decimal, fix=hint)
    strange = ((result < 0) | (result > FIGURE)).to_numpy()
    if strange.any():
        raise DataError(
            f"{what} is '{values[strange].iloc[0]}' for {values.index[strange][0]}, "
            "which is not a possible number of people",
            hint=hint,
        )
    return result
