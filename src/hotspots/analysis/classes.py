"""Classes of areas from a lookup: rural and urban, deprived and affluent, and what each of them comes to."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.areas.columns import as_codes
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, listed
from hotspots.base.numerals import GAPS
from hotspots.base.tables import Source, Table, read_table
from hotspots.methods.classes import Against, class_rates
from hotspots.methods.hiding.cells import FEWEST, hidden_cells

log = logging.getLogger(__name__)

Scale = Literal["names", "decile", "rank"]

MOST_CLASSES = 60
_DEPRIVATION = re.compile(r"imd|depriv", re.IGNORECASE)
FIFTHS = (
    "Among the 20% most deprived nationally",
    "20% to 40% most deprived nationally",
    "Middle 20% nationally",
    "20% to 40% least deprived nationally",
    "Among the 20% least deprived nationally",
)
"""What fifths of deprivation are called, from the first, the most deprived, to the last."""


@dataclass(frozen=True, eq=False)
class Classes:
    """Which class each area is of.

    Attributes
    ----------
    where, column : str
        The lookup, as messages name it, and its column.
    scale : {'names', 'decile', 'rank'}
        What the column was taken to hold.
    of : Series of ordered category
        The class of each area, on the areas' index; missing where the lookup has none.
    """

    where: str
    column: str
    scale: Scale
    of: pd.Series[Any]


def read_classes(
    source: Source,
    codes: pd.Index[Any],
    *,
    column: str,
    scale: Scale | None = None,
    ranked: int | None = None,
) -> Classes:
    """Read which class each area is of, from a table with a column of codes and one of classes.

    Deprivation is told in national fifths, "among the 20% most deprived nationally" the first, never by rank.

    Parameters
    ----------
    source : path or DataFrame
        A table, as `hotspots.base.tables.read_table` takes it; the column that holds most of the areas' codes is
        that of codes.
    codes : Index of str
        The areas' codes.
    column : str
        The column of classes: names, national deciles of deprivation (1 the most deprived), or national ranks.
    scale : {'names', 'decile', 'rank'}, optional
        What it holds. By default deciles or ranks where its heading says so of deprivation or of the IMD, else
        names.
    ranked : int, optional
        Of how many areas a rank is: 32,844 for the English indices of 2019, 33,755 for those of 2025.

    Returns
    -------
    Classes

    Raises
    ------
    FileError
        When the table cannot be read.
    DataError
        When none of the areas is in it, an area is in two classes, there are more than 60, or a decile or rank
        cannot be one.
    ParameterError
        When it has no such column, or it is not said of how many a rank is.

    Warns
    -----
    HotspotsWarning
        When areas have no class.

    Examples
    --------
    >>> table = pd.DataFrame({"LSOA": ["E01000001", "E01000002"], "IMD decile": [1, 10]})
    >>> read_classes(table, pd.Index(["E01000001", "E01000002"]), column="IMD decile").of.tolist()
    ['Among the 20% most deprived nationally', 'Among the 20% least deprived nationally']
    """
    table = read_table(source, what="the lookup of classes", codes=codes)
    heading = str(table.column(column, option="column").name)
    code = _code_column(table, codes)
    taken = scale or _scale_of(heading)
    rows = table.rows.assign(**{code: as_codes(table.rows[code])}).dropna(subset=[code])
    if heading == code:
        raise DataError(
            f"column '{heading}' of {table.where} holds the areas' codes, not their classes",
            hint="name another column with 'column'",
        )
    rows = rows[rows[code].isin(codes)].drop_duplicates([code, heading]).set_index(code)
    twice = rows.index[rows.index.duplicated()]
    if len(twice):
        both = listed(f"'{value}'" for value in rows.loc[twice[0], heading])
        raise DataError(
            f"{twice[0]} is in several classes of '{heading}' in {table.where}: {both}",
            hint="give each area one row, such as the class that most of its people are of",
        )
    if taken == "names":
        told = _names(rows[heading], heading, table.where)
    else:
        told = _fifths(table, rows[heading], taken, ranked)
    found = told.reindex(codes)
    if found.isna().all():
        raise DataError(
            f"'{heading}' of {table.where} is blank for all areas", hint="name another column with 'column'"
        )
    _warn_of_none(found, table.where)
    return Classes(table.where, heading, taken, found)


def _code_column(table: Table, codes: pd.Index[Any]) -> str:
    matched = {str(name): int(codes.isin(as_codes(table.rows[name])).sum()) for name in table.rows.columns}
    best = max(matched, key=lambda name: matched[name])
    if not matched[best]:
        first = str(table.rows.columns[0])
        raise DataError(
            f"none of the {len(codes):,} areas is in {table.where}: the areas are {listed(codes)}, its first column "
            f"'{first}' holds {listed(table.rows[first].dropna())}",
            hint="give a lookup of these areas, or areas of the lookup's kind",
        )
    return best


def _scale_of(heading: str) -> Scale:
    if not _DEPRIVATION.search(heading):
        return "names"
    taken: Scale = "names"
    if "rank" in heading.casefold():
        taken = "rank"
    elif "dec" in heading.casefold():
        taken = "decile"
    if taken != "names":
        log.info(
            "'%s' is taken as a national %s of deprivation, 1 the most deprived (choose with 'scale')",
            heading,
            taken,
        )
    return taken


def natural_order(texts: Any) -> list[str]:
    """Return texts in the order that people count in: "5-9" before "10-14", "Under 5" first, other words last.

    Examples
    --------
    >>> natural_order(["10-14", "5-9", "90 and over", "Under 5", "Not known"])
    ['Under 5', '5-9', '10-14', '90 and over', 'Not known']
    """

    def parts(text: str) -> list[tuple[int, float, str]]:
        below = re.match(r"(?:under|below|less than|<)\s*(\d+)", text, re.IGNORECASE)
        if below:
            return [(0, float(below[1]) - 0.5, "")]
        pieces = re.split(r"(\d+)", text.casefold())
        return [(0, float(one), "") if one.isdecimal() else (1, 0.0, one) for one in pieces if one]

    return sorted({str(text) for text in texts}, key=lambda text: (parts(text), text))


def _names(values: pd.Series[Any], heading: str, where: str) -> pd.Series[Any]:
    texts = as_codes(values)
    texts = texts.mask(texts.str.casefold().isin(GAPS))
    kinds = natural_order(texts.dropna())
    if len(kinds) > MOST_CLASSES:
        raise DataError(
            f"'{heading}' of {where} has {len(kinds):,} different values, such as '{kinds[0]}', which are no classes",
            hint=f"name a column of at most {MOST_CLASSES} classes with 'column'",
        )
    return pd.Series(pd.Categorical(texts, kinds, ordered=True), index=values.index)


def _fifths(table: Table, values: pd.Series[Any], scale: Scale, ranked: int | None) -> pd.Series[Any]:
    """Return national deciles or ranks as fifths, in words."""
    if scale == "rank" and ranked is None:
        raise ParameterError(
            f"'{values.name}' of {table.where} holds ranks, but not of how many areas",
            hint="say so with 'ranked': 32844 for the English indices of 2019, 33755 for those of 2025",
        )
    most = 10 if ranked is None or scale == "decile" else ranked
    numbers = table.numbers(values)
    wrong = numbers.notna() & ~((numbers >= 1) & (numbers <= most) & (numbers % 1 == 0))
    if wrong.any():
        first = numbers[wrong]
        raise DataError(
            f"'{values.name}' of {table.where} is {first.iloc[0]:g} for {first.index[0]}, but a {scale} is a whole "
            f"number from 1 to {most:,}",
            hint="name another column with 'column', or say with 'scale' what it holds",
        )
    fifth = np.ceil(numbers * 5 / most)
    codes = fifth.fillna(0).astype(int).to_numpy() - 1
    return pd.Series(
        pd.Categorical.from_codes(codes, categories=pd.Index(FIFTHS), ordered=True), index=values.index
    )


def _warn_of_none(found: pd.Series[Any], where: str) -> None:
    bare = found.index[found.isna()]
    if len(bare):
        warnings.warn(
            f"{len(bare):,} of {len(found):,} areas ({100 * len(bare) / len(found):.0f}%) have no class in {where}, "
            f"such as {bare[0]}: they count in no class",
            HotspotsWarning,
            stacklevel=3,
        )


def outlines_of(areas: gpd.GeoDataFrame, classes: Classes) -> gpd.GeoDataFrame:
    """Return the areas of each class joined into one shape, on the classes."""
    joined = areas[["geometry"]].assign(class_=classes.of).dropna(subset="class_")
    made: gpd.GeoDataFrame = joined.dissolve("class_", method="unary", observed=True)
    return made


def class_layer(
    layer: gpd.GeoDataFrame,
    classes: Classes,
    outlines: gpd.GeoDataFrame,
    *,
    months: float,
    against: Against = "rest",
    limits: Literal["exact", "byar"] = "exact",
    fewest: int = FEWEST,
) -> gpd.GeoDataFrame:
    """Return the classes as a layer, with their counts, rates, shares and ratios; see `class_rates`.

    What tells the incidents of a class is blank where they are fewer than `fewest`, and of as many other classes as
    that takes, so that the incidents of all do not give them back; see `hotspots.hidden_cells`.

    Parameters
    ----------
    layer : GeoDataFrame
        Areas with ``n`` and, where known, ``population``, as `hotspots.analysis.steps.counted.count_layer` returns
        them; the dispersion that its limits allow for is allowed for here.
    classes : Classes
        Of these areas.
    outlines : GeoDataFrame
        From `outlines_of`.
    months, against, limits
        See `class_rates`.
    fewest : int, default 5
        The smallest count that is shown; 1 hides none.

    Returns
    -------
    GeoDataFrame
        Indexed by class, which is also its ``name``; with ``hidden`` where any is.
    """
    people = layer["population"] if "population" in layer else pd.Series(np.nan, index=layer.index)
    table = class_rates(
        layer["n"],
        people.astype(float),
        classes.of,
        months=months,
        against=against,
        dispersion=layer.attrs.get("dispersion") or 1.0,
        limits=limits,
    )
    table.index = pd.Index(table.index.astype(str), name="code")
    dark = hidden_cells(table[["n"]].set_axis(range(len(table))), fewest=fewest)["n"][:-1].set_axis(
        table.index
    )
    if dark.any():
        told = [name for name in table.columns if name not in ("members", "population", "share_pop")]
        table[told] = table[told].mask(dark)
        table["hidden"] = dark
    # Where both of two classes are hidden, the counts stay, blank: a table of classes has them.
    kept = ("n", "share_n")
    empty = [name for name in table.columns if table[name].isna().all() and name not in kept]
    shapes = outlines.geometry.set_axis(outlines.index.astype(str)).reindex(table.index)
    made = gpd.GeoDataFrame(table.drop(columns=empty), geometry=shapes, crs=layer.crs)
    made.insert(0, "name", made.index)
    made.insert(1, "district", "")
    made.insert(2, "area_km2", made.geometry.area / 1e6)
    made.attrs = dict(layer.attrs)
    return made
