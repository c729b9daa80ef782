"""Tables without areas for publication: incidents of a theme by bands of people, and by times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.breakdowns import Breakdown
from hotspots.analysis.hours import band_of
from hotspots.analysis.public.account import about
from hotspots.analysis.public.shown import Shown, standing_in
from hotspots.analysis.public.tables import protected
from hotspots.analysis.public.theme import coarse
from hotspots.analysis.times.grid import ALL, HotTimes
from hotspots.base.binomial import share_limits
from hotspots.base.errors import DataError
from hotspots.disclosure.tables import make_tables
from hotspots.methods.breakdown import breakdown
from hotspots.methods.time.heaps import Heap
from hotspots.methods.time.peak import Peak, find_peak
from hotspots.methods.time.times import time_grid

_AREAS = frozenset({"lsoa_code"})
FEW_EACH = "Others, few each"
"""What bands are called together that have too few incidents to be named."""
_SHARES = ("share_n", "idx", "idx_lo", "idx_hi", "idx_flag")
_TIMES = ("per_hour", "tm_ratio", "tm_lo", "tm_hi", "tm_q", "tm_flag")


def shown_bands(counts: pd.Series[Any], shown: Shown) -> pd.Series[Any] | None:
    """Return counts by one or two parts with all their totals, called "All", as they may be published by themselves.

    Parameters
    ----------
    counts : Series
        By named levels; sums of weights are taken to the nearest whole number.
    shown : Shown
        How counts are shown.

    Returns
    -------
    Series or None
        Missing where hidden; None where the rules cannot be met.
    """
    levels = [str(name) for name in counts.index.names]
    within = {
        name: {ALL: [str(one) for one in counts.index.unique(level)]} for level, name in enumerate(levels)
    }
    tables = make_tables(counts.round().astype(np.int64), within=within)
    try:
        return protected(tables, shown.profile).table["shown"]
    except DataError:
        return None


def _rows_of(table: pd.DataFrame, by: tuple[str, ...]) -> Any:
    """Return what the rows of a table are called in `shown_bands`."""
    keys = [table[one].astype(str) for one in by]
    return pd.MultiIndex.from_arrays(keys, names=by) if len(by) > 1 else pd.Index(keys[0], name=by[0])


def _groups(table: pd.DataFrame, by: tuple[str, ...]) -> Iterator[pd.Index[Any]]:
    """Yield the rows that make up the whole together: the cells, and of two parts the totals by each."""
    whole = pd.DataFrame({one: table[one].astype(str) == ALL for one in by})
    for key, rows in whole.groupby(list(by), sort=False):
        if not all(key):
            yield rows.index


def _put(table: pd.DataFrame, again: pd.DataFrame, names: list[str]) -> None:
    """Put figures that were measured anew in the place of others."""
    for name in names:
        column = again[name]
        plain = column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
        table.loc[again.index, name] = plain


def public_breakdown(made: Breakdown, shown: Shown) -> tuple[Breakdown | None, str]:
    """Return a breakdown made of published counts, or None and why.

    Parameters
    ----------
    made : Breakdown
        With exact counts, none of them hidden.
    shown : Shown
        How counts are shown.
    """
    rules = shown.profile
    if _AREAS & set(made.by):
        return None, "its bands are areas, whose counts stand elsewhere"
    if shown.suppresses and 0 < made.unrecorded < rules.threshold:
        return None, "few incidents lack what it is by, and could be told from the total"
    made = _folded(made, rules.threshold)
    cells = made.table[~np.logical_or.reduce([made.table[one].astype(str) == ALL for one in made.by])]
    told = shown_bands(cells["n"].set_axis(_rows_of(cells, made.by)), shown)
    if told is None or np.isnan(told.iloc[-1]) or not told.drop(told.index[-1]).gt(0).any():
        return None, "its counts are too few"
    table = made.table.copy()
    n = told.reindex(_rows_of(table, made.by)).set_axis(table.index)
    if shown.suppresses and n.isna().sum() > len(n) / 2:
        return None, "most of its counts would be hidden"
    table["n"] = n
    names = [name for name in _SHARES if name in table]
    for rows in _groups(table, made.by):
        filled = standing_in(n[rows], float(told.iloc[-1])).astype(float)
        people = table.loc[rows, "population"] if "population" in table else None
        if filled.sum() > 0:
            again = breakdown(filled, people, dispersion=coarse(made.dispersion), rounded=rules.rounded_to)
            _put(table, again, names)
        else:
            table.loc[rows, names] = None
    table["hidden"] = n.isna()
    table[names] = table[names].mask(table["hidden"])
    if not table["hidden"].any():
        table["n"] = table["n"].astype(np.int64)
    return replace(
        made,
        table=table,
        recorded=float(told.iloc[-1]),
        unrecorded=float(about(made.unrecorded, rules)),
        fewest=rules.threshold,
        dispersion=coarse(made.dispersion),
    ), ""


def _folded(made: Breakdown, fewest: int) -> Breakdown:
    """Return a breakdown whose bands of fewer incidents are one, since the name of each alone tells that there is one.

    Where a table of people says which bands there are, their names tell nothing.
    """
    if made.people:
        return made
    table = made.table[[*made.by, "n", "hidden"]].copy()
    for one in made.by:
        others = [table[other].astype(str) == ALL for other in made.by if other != one]
        totals = table[np.logical_and.reduce([table[one].astype(str) != ALL, *others])]
        few = set(totals[one].astype(str)[totals["n"].astype(float).round() < fewest])
        table[one] = table[one].astype(str).map(lambda name, few=few: FEW_EACH if name in few else name)
    if not (table[list(made.by)] == FEW_EACH).any(axis=None):
        return made
    sums = table.groupby(list(made.by), sort=False)[["n", "hidden"]].agg({"n": "sum", "hidden": "any"})
    whole = sums["n"].to_numpy(dtype=float)[-1]
    return replace(made, table=sums.assign(share_n=sums["n"] / whole if whole else np.nan).reset_index())


def public_times(made: HotTimes, shown: Shown, *, total: float) -> tuple[HotTimes | None, str]:
    """Return hot times made of published counts, or None and why.

    Limits, marks, the run of hours that stands out and the shares of bands are measured anew. Where an average cell
    has fewer incidents than counts are rounded to, or than may be shown, the grid would show the rules and not the
    times: it is left out.

    Parameters
    ----------
    made : HotTimes
        With exact figures.
    shown : Shown
        How counts are shown.
    total : float
        The published total of the theme.
    """
    rules, cells = shown.profile, made.cells
    if made.n / len(cells) < max(rules.base, rules.threshold):
        return None, f"{len(cells):,} cells of time are too many for so few incidents"
    told = shown_bands(cells["n"].set_axis(_rows_of(cells, made.by)), shown)
    if told is None or told.isna().any():
        return None, "some cells of time hold too few incidents"
    table, phi = made.table.copy(), coarse(made.dispersion)
    table["n"] = told.reindex(_rows_of(table, made.by)).to_numpy()
    names = [name for name in _TIMES if name in table]
    for rows in _groups(table, made.by):
        again = time_grid(
            table.loc[rows, "n"], table.loc[rows, "hours"], dispersion=phi, rounded=rules.rounded_to
        )
        _put(table, again, names)
    whole = table.index[-1]
    table.loc[whole, "per_hour"] = table.loc[whole, "n"] / table.loc[whole, "hours"]
    near = partial(about, profile=rules)
    return replace(
        made,
        table=table,
        bands=_bands(made, table, phi),
        peak=_peak(table, made.by, phi) if made.by == ("weekday", "hour") and made.peak else None,
        daily=_peak(table, made.by, phi, weekday=ALL) if made.daily and "hour" in made.by else None,
        total=near(total),
        n=float(told.iloc[-1]),
        left={why: near(number) for why, number in made.left.items() if near(number)},
        spans=near(made.spans),
        heaps=tuple(_heap(heap, near) for heap in made.heaps),
        dispersion=phi,
    ), ""


def _heap(heap: Heap, near: Callable[[float], int]) -> Heap:
    return replace(heap, n=near(heap.n), share=round(heap.share, 2), expected=float(near(heap.expected)))


def _of_hours(table: pd.DataFrame, by: tuple[str, ...], weekday: str | None = ALL) -> pd.DataFrame:
    """Return the rows of the hours of the day, of all other parts together; of the hours of the week for None."""
    others = [one for one in by if one != "hour"]
    held = table[table["hour"].astype(str) != ALL]
    for one in others:
        held = held[(held[one].astype(str) == ALL) == (weekday is not None)]
    return held


def _peak(table: pd.DataFrame, by: tuple[str, ...], phi: float, weekday: str | None = None) -> Peak | None:
    """Return the run of hours that stands out most among published counts; None where hours stand in shifts."""
    rows = _of_hours(table, by, weekday)
    if len(rows) != (24 if weekday else 168) or not (rows["hours"] > 0).all():
        return None
    return find_peak(rows["n"].to_numpy(dtype=float), rows["hours"].to_numpy(dtype=float), dispersion=phi)


def _bands(made: HotTimes, table: pd.DataFrame, phi: float) -> pd.DataFrame:
    """Return the bands of hours, added up from the published hours; none where hours stand in shifts."""
    if "hour" not in made.by or not len(made.bands):
        return pd.DataFrame()
    hours = _of_hours(table, made.by)
    if len(hours) != 24:
        return pd.DataFrame()
    rows = []
    of = float(hours["n"].sum())
    for row in made.bands.to_dict("records"):
        inside = hours["hour"].astype(str).str[:2].astype(int).isin(band_of(str(row["band"]))[1])
        n = float(hours.loc[inside, "n"].sum())
        low, high = share_limits([n], [of], dispersion=phi)
        told = {"n": n, "share_n": n / of, "share_lo": float(low[0]), "share_hi": float(high[0])}
        rows.append(dict(row) | told | {"tm_ratio": n / of / float(row["share_hrs"])})
    return pd.DataFrame(rows)
