"""From the codes that incidents recorded to the areas they are counted in: best fit, by shares, or by the point."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from hotspots.areas.locate.index import AreaIndex
from hotspots.areas.lookup import LookupTable
from hotspots.base.codes import as_code
from hotspots.base.errors import DataError, HotspotsWarning, listed

log = logging.getLogger(__name__)

LOST = 0.02  # a larger share of incidents whose code leads nowhere is a warning

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lookup:
    """Which areas each recorded code leads to.

    Attributes
    ----------
    where : str
        The tables, as messages name them.
    pairs : DataFrame
        ``recorded``, ``code`` and ``share``: one row for each pair; a code's shares add up to 1, and are missing
        where it leads to several areas and the tables do not say how much of it to each.
    """

    where: str
    pairs: pd.DataFrame


def follow_lookup(tables: Sequence[LookupTable], recorded: pd.Index, codes: pd.Index) -> Lookup:
    """Return how recorded codes become those of areas, over one table or several, one after the other.

    Which column holds which codes is found by the codes themselves. Where a code stands on several rows, the
    table's shares, weights or populations say how much of it goes where.

    Parameters
    ----------
    tables : sequence of LookupTable
        As `hotspots.read_lookup` returns them.
    recorded, codes : Index of str
        The codes that incidents recorded, and those of the areas.

    Raises
    ------
    DataError
        When a table has no column of the codes needed.

    Examples
    --------
    >>> from hotspots.areas.lookup import read_lookup
    >>> table = pd.DataFrame({"LSOA11CD": ["E01000001", "E01000002"], "WD19CD": ["E05000001", "E05000001"]})
    >>> follow_lookup(read_lookup(table), pd.Index(["E01000001"]), pd.Index(["E05000001"])).pairs.to_dict("list")
    {'recorded': ['E01000001', 'E01000002'], 'code': ['E05000001', 'E05000001'], 'share': [1.0, 1.0]}
    """
    wanted = pd.Series(list(recorded), dtype="str").map(as_code)
    first = _best(tables[0], set(wanted), f"the recorded codes, such as {listed(wanted, count=1)}")
    last = _best(tables[-1], set(codes), f"the areas' codes, such as {codes[0]}")
    pairs, start = None, first
    for number, table in enumerate(tables):
        end, onward = last, ""
        if number + 1 < len(tables):
            end, onward = _shared(table, tables[number + 1], start, last)
        step = _relation(table, start, end)
        pairs = step if pairs is None else _followed(pairs, step)
        start = onward
    assert pairs is not None  # noqa: S101 - there is at least one table; this tells the type checker
    return Lookup(", ".join(table.where for table in tables), pairs.reset_index(drop=True))


def _best(table: LookupTable, codes: set[Any], what: str) -> str:
    found = {str(name): len(codes & set(values)) for name, values in table.codes.items()}
    best = max(found, key=lambda name: found[name], default="")
    if not best or not found[best]:
        raise DataError(
            f"no column of {table.where} holds {what}",
            hint="give a table with one column of the recorded codes and one of the areas'",
        )
    return best


def _shared(table: LookupTable, after: LookupTable, start: str, last: str) -> tuple[str, str]:
    """Return the columns by which one table leads to the next: those that share most codes."""
    values = {str(name): set(column.dropna()) for name, column in after.codes.items() if name != last}
    shared = {
        (str(left), right): len(set(column.dropna()) & codes)
        for left, column in table.codes.items()
        if left != start
        for right, codes in values.items()
    }
    best = max(shared, key=lambda pair: shared[pair], default=("", ""))
    if not shared.get(best):
        raise DataError(
            f"{table.where} and {after.where} share no codes",
            hint="give the lookups in the order of their codes",
        )
    return best


def _relation(table: LookupTable, start: str, end: str) -> pd.DataFrame:
    """Return what one table says: pairs of codes, each with its share of the first."""
    pairs = pd.DataFrame({"recorded": table.codes[start], "code": table.codes[end], "share": np.nan})
    several = pairs.drop_duplicates().groupby("recorded").size().max() > 1
    if several and table.share is not None:
        pairs["share"] = table.share
    pairs = pairs.dropna(subset=["recorded", "code"])
    return _completed(pairs.groupby(["recorded", "code"])["share"].sum(min_count=1).reset_index())


def _completed(pairs: pd.DataFrame) -> pd.DataFrame:
    """Scale each code's shares to add up to 1; one that leads to one area has all of it."""
    whole = pairs.groupby("recorded")["share"].transform("sum", min_count=1)
    unknown = pairs["share"].isna().groupby(pairs["recorded"]).transform("any")
    alone = pairs.groupby("recorded")["code"].transform("size") == 1
    share = (pairs["share"] / whole).mask(unknown | ~(whole > 0))
    return pairs.assign(share=share.mask(alone, 1.0))


def _followed(first: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Return where codes lead over two tables."""
    both = first.rename(columns={"code": "middle"}).merge(
        then.rename(columns={"recorded": "middle", "share": "onward"}), on="middle"
    )
    both["share"] = both["share"] * both["onward"]
    both["known"] = both["share"].notna()
    led = both.groupby(["recorded", "code"], as_index=False).agg(
        share=("share", "sum"), known=("known", "all")
    )
    return _completed(led.assign(share=led["share"].where(led["known"]))[["recorded", "code", "share"]])


def positions_by_lookup(
    recorded: pd.Series[Any],
    category: pd.Series[Any] | None,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    areas: gpd.GeoDataFrame,
    lookup: Lookup,
) -> Integers:
    """Return the position of the area that each incident's recorded code leads to; -1 for none.

    A code that leads to one area takes its incidents there. Of one that leads to several with shares, each
    takes as many as its share says, to within one, in the order of categories and rows. Without shares the
    incident's own point decides: the area of those that it lies in, else the nearest.

    Parameters
    ----------
    recorded : Series of category
        The recorded codes.
    category : Series or None
        The incidents' categories, where they have any, so that shares hold in each.
    x, y : ndarray of float64
        Coordinates in the areas' system; NaN where there are none.
    areas : GeoDataFrame
        The areas.
    lookup : Lookup
        See `follow_lookup`.

    Warns
    -----
    HotspotsWarning
        When more than 2 % of the codes are in no table, or an incident of a split code has no coordinates.
    """
    texts = pd.Index([as_code(str(text)) for text in recorded.cat.categories], dtype="str")
    cells = np.asarray(recorded.cat.codes.to_numpy(), dtype=np.int64)
    rows = np.bincount(cells[cells >= 0], minlength=len(texts))
    pairs = lookup.pairs.assign(position=areas.index.get_indexer(lookup.pairs["code"]))
    pairs = pairs[pairs["recorded"].isin(texts)].sort_values(["recorded", "position"])
    leads = {str(code): part for code, part in pairs.groupby("recorded") if (part["position"] >= 0).any()}
    place = np.full(len(texts) + 1, -1, dtype=np.int64)
    split = []
    for number, text in enumerate(texts):
        if text in leads and len(leads[text]) == 1:
            place[number] = leads[text]["position"].iloc[0]
        elif text in leads and rows[number]:
            split.append(number)
    result = place[cells]
    dealt, decided, adrift = 0, 0, 0
    index = AreaIndex(areas.geometry.to_numpy(), points=int(rows[split].sum())) if split else None
    by_category = None if category is None else category.astype("str").fillna("").to_numpy()
    order = np.arange(len(cells)) if by_category is None else np.argsort(by_category, kind="stable")
    for number in split:
        part, mine = leads[texts[number]], order[cells[order] == number]
        if part["share"].notna().all():
            result[mine] = part["position"].to_numpy()[_dealt(part["share"].to_numpy(), len(mine))]
            dealt += len(mine)
        else:
            assert index is not None  # noqa: S101 - there are codes that are split; this tells the type checker
            result[mine] = _by_point(x[mine], y[mine], part["position"].to_numpy(), areas, index)
            decided += len(mine)
            adrift += int(np.count_nonzero(~np.isfinite(x[mine])))
    _account(lookup, texts, rows, leads, split, (dealt, decided, adrift))
    return result


def _dealt(shares: npt.NDArray[np.float64], count: int) -> Integers:
    """Return which of several each of `count` in a row goes to, so that every stretch keeps to the shares."""
    given = np.zeros(len(shares))
    dealt = np.empty(count, dtype=np.int64)
    for number in range(count):
        dealt[number] = np.argmax(shares * (number + 1) - given)
        given[dealt[number]] += 1
    return dealt


def _by_point(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    candidates: Integers,
    areas: gpd.GeoDataFrame,
    index: AreaIndex,
) -> Integers:
    """Return the candidate that each point lies in, else the nearest; -1 without coordinates.

    Where one of the candidates (-1) is none of our areas, a point in none of the others is there.
    """
    found = index.locate(x, y).astype(np.int64)
    found[~np.isin(found, candidates)] = -1
    astray = np.flatnonzero(np.isfinite(x) & (found < 0))
    if len(astray) and candidates.min() >= 0:
        shapes = areas.geometry.to_numpy()[candidates]
        distance = shapely.distance(shapely.points(x[astray], y[astray])[:, None], shapes[None, :])
        found[astray] = candidates[np.argmin(distance, axis=1)]
    return found


def _account(
    lookup: Lookup,
    texts: pd.Index,
    rows: Integers,
    leads: dict[str, pd.DataFrame],
    split: list[int],
    numbers: tuple[int, int, int],
) -> None:
    """Say what became of the codes: taken whole, split, merged, or in no table."""
    dealt, decided, adrift = numbers
    whole = [
        text for number, text in enumerate(texts) if rows[number] and text in leads and number not in split
    ]
    merged = pd.Series([leads[text]["code"].iloc[0] for text in whole], dtype="str").value_counts()
    log.info(
        "%s: %s recorded codes lead to the areas, %s of them to several: %s incidents dealt out by shares, %s by "
        "their points; %s areas take several codes",
        lookup.where, f"{len(whole) + len(split):,}", f"{len(split):,}", f"{dealt:,}", f"{decided:,}",
        f"{(merged > 1).sum():,}",
    )  # fmt: skip
    unknown = ~texts.isin(lookup.pairs["recorded"]) & (rows > 0)
    total, lost = int(rows.sum()), int(rows[unknown].sum())
    if lost:
        message = (
            f"{lost:,} of {total:,} incidents recorded a code that {lookup.where} does not hold, such as "
            f"{texts[unknown][0]}: they are counted nowhere"
        )
        if lost > LOST * total:
            warnings.warn(message, HotspotsWarning, stacklevel=5)
        else:
            log.info(message)
    if adrift:
        warnings.warn(
            f"{adrift:,} incidents recorded a code that was split and have no coordinates to tell the part: "
            "they are counted nowhere",
            HotspotsWarning,
            stacklevel=5,
        )
