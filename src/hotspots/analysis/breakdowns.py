"""Breakdowns of incidents by columns of one's own: age and sex, segment, hour; small cells hidden."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hotspots.analysis.classes import natural_order
from hotspots.analysis.hours import band_of, clock_of
from hotspots.analysis.steps.counted import choose_dispersion
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError, did_you_mean, listed
from hotspots.base.sums import add_up
from hotspots.base.tables import Source, Table, read_table
from hotspots.base.text import plain_text
from hotspots.incidents.gate import row_weights
from hotspots.methods.breakdown import breakdown
from hotspots.methods.hiding.cells import FEWEST, TOTAL, hidden_cells

log = logging.getLogger(__name__)

MOST_BANDS = 100
HOUR = "hour"
_HEAPS = ("00:00", "00:01", "12:00")
_HEAPED = 0.1
_PEOPLE = ("population", "people", "persons", "residents", "n", "count", "total")
_RESULTS = ("n", "share_n", "population", "share_pop", "idx", "idx_lo", "idx_hi", "idx_flag")


@dataclass(frozen=True, eq=False)
class Breakdown:
    """Incidents by one column or two.

    Attributes
    ----------
    name : str
        What a reader calls it.
    by : tuple of str
        The columns.
    table : DataFrame
        One row for each combination of bands, with totals, called "All": a column for each of `by`, those of
        `hotspots.methods.breakdown.breakdown`, and ``hidden``. What is hidden has neither count nor share nor index.
    recorded, unrecorded : float
        Incidents in which all the columns are filled, and the others, which are in no row.
    fewest : int
        The smallest count that is shown.
    people : str
        Where the people are from; empty without them.
    dispersion : float
        What the limits allow for.
    """

    name: str
    by: tuple[str, ...]
    table: pd.DataFrame
    recorded: float
    unrecorded: float
    fewest: int
    people: str
    dispersion: float


def break_down(
    incidents: pd.DataFrame,
    by: Sequence[str],
    *,
    name: str = "",
    population: Source | None = None,
    hours: Sequence[str] = (),
    time_column: str | None = None,
    fewest: int = FEWEST,
    dispersion: float | None = None,
) -> Breakdown:
    """Count incidents by one column or two of theirs, against people by the same bands; see `breakdown`.

    Parameters
    ----------
    incidents : DataFrame
        With the columns, as `read_incidents` keeps them.
    by : sequence of str
        One column, or two. ``"hour"`` is the hour of `time_column`, unless the incidents have such a column.
    name : str, optional
        What a reader calls it; the columns where not given.
    population : path or DataFrame, optional
        A table with the same columns and one of people. Finer bands of other columns are summed. By hour alone,
        each hour counts as a twenty-fourth of the day without it.
    hours : sequence of str
        Bands of hours, such as ``"21:00-04:00"``; the other hours are one more. Each hour by itself without them.
    time_column : str, optional
        The column with a time of day that ``"hour"`` is taken from.
    fewest : int, default 5
        Smaller cells are hidden, and others with them; see `hidden_cells`.
    dispersion : float, optional
        Variance of the counts over their mean; estimated from the bands over the months without it.

    Raises
    ------
    ParameterError
        When `by` names no column, three, or one that is not there; when a band of hours is none.
    DataError
        When no incident has the columns filled, there are more than 100 bands, or the table of people has none
        of the bands.

    Warns
    -----
    HotspotsWarning
        When incidents are in bands of which no people are known, or many times are midnight or noon.
    """
    by = tuple(dict.fromkeys(by))
    if not 1 <= len(by) <= 2:
        raise ParameterError(
            f"a breakdown by {len(by)} columns is asked for", hint="name one or two with 'by'"
        )
    bands = [_bands(incidents, one, hours, time_column) for one in by]
    filled = np.logical_and.reduce([band.notna().to_numpy() for band in bands])
    weights = row_weights(incidents)
    places = [band.cat.categories for band in bands]
    shape = [len(categories) for categories in places]
    codes = [band.cat.codes.to_numpy()[filled] for band in bands]
    if not filled.any():
        raise DataError(
            f"no incident has {' and '.join(repr(one) for one in by)} filled",
            hint="name other columns with 'by'",
        )
    flat = np.ravel_multi_index(codes, shape)
    counts = add_up(flat, int(np.prod(shape)), None if weights is None else weights[filled])
    index = pd.MultiIndex.from_product(places, names=by)
    n = pd.Series(counts, index=index)
    people, where = None, ""
    if population is not None:
        people, where = _people(read_table(population, what="the table of people"), n)
    elif by == (HOUR,):
        people, where = _exposure(n), "hours of the day"
    phi = choose_dispersion(_monthly(incidents, flat, filled), dispersion, label=name or " and ".join(by))
    unrecorded = float((~filled).sum() if weights is None else weights[~filled].sum())
    table = _with_margins(n, people, by, fewest, phi)
    return Breakdown(name or " and ".join(by), by, table, float(n.sum()), unrecorded, fewest, where, phi)


def _bands(
    incidents: pd.DataFrame, column: str, hours: Sequence[str], time_column: str | None
) -> pd.Series[Any]:
    """Return a column as ordered bands; missing where blank."""
    if column in _RESULTS or column == "hidden":
        raise ParameterError(
            f"'by' names '{column}', which is the name of a result", hint="give the column another heading"
        )
    if column == HOUR and HOUR not in incidents and time_column is not None:
        return _hours(incidents[time_column], hours)
    if column not in incidents:
        raise ParameterError(
            f"the incidents have no column '{column}' to be broken down by",
            hint=did_you_mean(column, map(str, incidents.columns)),
        )
    texts = incidents[column].astype("object")
    texts = texts.where(incidents[column].notna(), None).map(
        lambda one: plain_text(str(one)), na_action="ignore"
    )
    kinds = natural_order(texts.dropna())
    if TOTAL in kinds:
        raise DataError(
            f"'{column}' holds '{TOTAL}', which is what totals are called",
            hint="leave totals out of the incidents",
        )
    if len(kinds) > MOST_BANDS:
        raise DataError(
            f"'{column}' has {len(kinds):,} different values, such as '{kinds[0]}', more than the {MOST_BANDS} bands "
            "that a breakdown takes",
            hint="put it in bands first, such as ages in age bands",
        )
    return pd.Series(pd.Categorical(texts, kinds, ordered=True), index=incidents.index)


def _hours(times: pd.Series[Any], hours: Sequence[str]) -> pd.Series[Any]:
    """Return the band of hours that each time of day is in."""
    texts, clock = clock_of(times)
    hour = pd.to_numeric(clock[0])
    known = clock[0].notna()
    if not known.any():
        raise DataError(
            f"'{times.name}' holds no time of day, such as '{texts.iloc[0]}'", hint="name a column of times"
        )
    whole = (clock[0].str.zfill(2) + ":" + clock[1])[known]
    for heap in _HEAPS:
        share = float((whole == heap).mean())
        if share > _HEAPED:
            warnings.warn(
                f"{100 * share:.0f}% of the times in '{times.name}' are {heap}, which often stands for a time that is "
                "not known",
                HotspotsWarning,
                stacklevel=4,
            )
    bands = [band_of(text) for text in hours] or [(f"{one:02d}:00", {one}) for one in range(24)]
    label = pd.Series("other hours", index=times.index, dtype=object)
    for text, held in bands:
        label[hour.isin(held)] = text
    order = [text for text, _ in bands] + (["other hours"] if hours else [])
    return pd.Series(pd.Categorical(label.where(known, None), order, ordered=True), index=times.index)


def _exposure(n: pd.Series[Any]) -> pd.Series[Any]:
    """Return the hours of the day that each band has."""
    labels = [str(one[0]) for one in n.index]
    held = [len(band_of(one)[1]) if " to " in one else 1 for one in labels]
    rest = 24 - sum(number for one, number in zip(labels, held, strict=True) if one != "other hours")
    return pd.Series(
        [rest if one == "other hours" else number for one, number in zip(labels, held, strict=True)],
        index=n.index,
        dtype=float,
    )


def _people(table: Table, n: pd.Series[Any]) -> tuple[pd.Series[Any], str]:
    """Return the people of each combination of bands; missing for one that the table does not have."""
    columns = [str(table.column(str(name), option="by").name) for name in n.index.names]
    heading = next((found for one in _PEOPLE if (found := table.heading(one)) and found not in columns), None)
    heading = heading or next(
        (str(c) for c in table.rows.columns if re.search("pop|people", str(c), re.I)), None
    )
    if heading is None:
        raise ParameterError(
            f"no column of {table.where} looks like people; it has {listed(table.rows.columns, count=12)}",
            hint="call its column of people 'population'",
        )
    keys = [
        table.rows[one].astype("string").fillna("").map(lambda text: plain_text(text).casefold())
        for one in columns
    ]
    people = table.numbers(table.rows[heading]).groupby([key.to_numpy() for key in keys]).sum(min_count=1)
    wanted = [[plain_text(str(one)).casefold() for one in level] for level in zip(*n.index, strict=True)]
    keyed = pd.MultiIndex.from_arrays(wanted) if len(columns) > 1 else pd.Index(wanted[0])
    held = pd.Series(people.reindex(keyed).to_numpy(dtype=float), index=n.index)
    lost = held.isna() & (n > 0)
    example = f"'{' / '.join(map(str, n.index[lost.to_numpy()][0]))}'" if lost.any() else ""
    if held.isna().all():
        raise DataError(
            f"none of the bands is in {table.where}, such as {example or n.index[0]}",
            hint="write the bands alike in the incidents and the table of people",
        )
    if lost.any():
        warnings.warn(
            f"{100 * float(n[lost].sum() / n.sum()):.0f}% of the incidents are in bands that {table.where} does not "
            f"have, such as {example}: they have no index",
            HotspotsWarning,
            stacklevel=4,
        )
    return held, table.where


def _monthly(incidents: pd.DataFrame, flat: Any, filled: Any) -> pd.DataFrame | None:
    """Return the rows of each band by month, for the dispersion; None where no month is known."""
    if "month" not in incidents or incidents["month"].isna().all():
        return None
    return pd.crosstab(np.asarray(flat), incidents["month"][filled].to_numpy())


def _with_margins(
    n: pd.Series[Any], people: pd.Series[Any] | None, by: tuple[str, ...], fewest: int, phi: float
) -> pd.DataFrame:
    """Return all bands and totals as one table, with what is hidden left blank."""
    parts = [breakdown(n, people, dispersion=phi).reset_index()]
    if len(by) == 2:
        for one, other in (by, by[::-1]):
            margin = n.groupby(level=one, observed=True, sort=False).sum()
            of = (
                None
                if people is None
                else people.groupby(level=one, observed=True, sort=False).sum(min_count=1)
            )
            parts.append(breakdown(margin, of, dispersion=phi).reset_index().assign(**{other: TOTAL}))
        wide = n.unstack(by[1])  # noqa: PD010 - one value for each pair, and nothing to be added up
    else:
        wide = pd.DataFrame({"n": n.to_numpy()}, index=n.index.get_level_values(0))
    whole: dict[str, Any] = dict.fromkeys(by, TOTAL) | {"n": n.sum(), "share_n": 1.0}
    if people is not None:
        whole |= {"population": people.sum(), "share_pop": 1.0, "idx": 100.0}
    table = pd.concat([*parts, pd.DataFrame([whole])], ignore_index=True)
    dark = hidden_cells(wide, fewest=fewest)
    dark.index, dark.columns = dark.index.astype(str), dark.columns.astype(str)
    columns = [str(one) for one in table[by[1]]] if len(by) == 2 else ["n"] * len(table)
    table["hidden"] = [
        bool(dark.loc[row, column]) for row, column in zip(table[by[0]].astype(str), columns, strict=True)
    ]
    blank = [name for name in ("n", "share_n", "idx", "idx_lo", "idx_hi", "idx_flag") if name in table]
    table[blank] = table[blank].mask(table["hidden"])
    ordered = [*by, *(name for name in _RESULTS if name in table), "hidden"]
    return table[ordered]
