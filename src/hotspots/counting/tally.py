"""Incidents counted once, by area, source, category and period: what every indicator of them is a sum of."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.gate import as_areas
from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.sums import add_up
from hotspots.counting.belonging import By, area_positions
from hotspots.counting.period import months_covered
from hotspots.incidents.gate import as_incidents, row_weights

Every = Literal["year", "half", "quarter", "month"]
_LENGTH = {"year": 12, "half": 6, "quarter": 3, "month": 1}

Integers = npt.NDArray[np.integer[Any]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts by area, category and period.

    Attributes
    ----------
    index : Index, n areas
        The areas' codes.
    categories : tuple of str
        In alphabetical order; where there are several sources, those of the first, then of the second, and so on.
    periods : tuple of str
        In time order: ``"2025"``, ``"2025 H1"``, ``"2025 Q3"`` or ``"2025-07"``.
    months : tuple of int
        How many months of each period are covered (see `hotspots.counting.period`): the length that its rates
        are scaled from.
    counts : ndarray of int64 or float64, shape (areas, categories, periods)
        Incidents; the sums of their weights where they have some.
    halves : ndarray of the same, shape (areas, categories, 2), optional
        Where there is one period of two months or more, its incidents in the first half of its months and in the
        second, from which their dispersion can be told.
    sources : tuple of str
        The source of each of the categories; empty where sources are not told apart.
    rounded : int
        What the counts are rounded to the nearest multiple of; 1 where they are exact.
    """

    index: pd.Index[Any]
    categories: tuple[str, ...]
    periods: tuple[str, ...]
    months: tuple[int, ...]
    counts: npt.NDArray[Any]
    halves: npt.NDArray[Any] | None = None
    sources: tuple[str, ...] = ()
    rounded: int = 1

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories as a reader tells them apart: with their source, where there are several."""
        if not self.sources:
            return self.categories
        return tuple(f"{one}: {name}" for one, name in zip(self.sources, self.categories, strict=True))

    def mask(
        self, category: Sequence[str] = (), exclude: Sequence[str] = (), *, source: str | None = None
    ) -> npt.NDArray[np.float64]:
        """Return 1 for each category that is chosen, of one source or of all, and 0 for the others.

        Case does not matter in categories.
        """
        chosen = {name.strip().casefold() for name in category}
        dropped = {name.strip().casefold() for name in exclude}
        held = self.sources if source is not None and self.sources else (source,) * len(self.categories)
        return np.array(
            [
                float(
                    of == source
                    and (not chosen or name.casefold() in chosen)
                    and name.casefold() not in dropped
                )
                for of, name in zip(held, self.categories, strict=True)
            ]
        )

    def of(self, factors: npt.NDArray[np.float64]) -> pd.DataFrame:
        """Return the sum over the categories, each times its factor: areas by periods."""
        sums = np.einsum("nct,c->nt", self.counts, factors)
        return pd.DataFrame(sums, index=self.index, columns=pd.Index(self.periods, name="period"))


def tally(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    *,
    every: Every = "year",
    by: By = "polygon",
    assigned: pd.Series[Any] | None = None,
    sources: pd.Series[Any] | None = None,
) -> Tally:
    """Count incidents by area, category and period.

    Parameters
    ----------
    incidents, areas : DataFrame, GeoDataFrame
        The two tables. Incidents without a category are counted as "No category"; those without a month, or
        in no area, are not counted.
    every : {'year', 'half', 'quarter', 'month'}, default 'year'
        Length of a period, by the calendar.
    by, assigned
        As for `hotspots.count_incidents`.
    sources : Series of categorical, optional
        The source of each incident, on their index. Categories of one name are then counted apart where their
        sources differ, in the order of the categories of `sources`.

    Returns
    -------
    Tally

    Raises
    ------
    ParameterError
        When `every` is unknown.
    DataError
        When no incident has a month, or none lies in an area.

    Warns
    -----
    HotspotsWarning
        When the periods do not all have the same months of the year: seasons then differ between them.
    """
    if every not in _LENGTH:
        raise ParameterError(f"'every' is '{every}'", hint="use 'year', 'half', 'quarter' or 'month'")
    areas, incidents = as_areas(areas), as_incidents(incidents, located=False)
    if "month" not in incidents or incidents["month"].isna().all():
        raise DataError(
            "no incident has a month, so there are no periods", hint="name it with 'month_column'"
        )
    # Rows may be tens of millions: places on each side of the cube are held as small numbers.
    area = area_positions(incidents, areas, by=by, assigned=assigned).astype(np.int32)
    if not (area >= 0).any():
        raise DataError(
            "no incident lies in an area", hint="check that incidents and areas are of the same place"
        )
    months = months_covered(incidents)
    labels = [period_label(entry, every) for entry in months]
    periods = tuple(dict.fromkeys(labels))
    # Position -1, no month, takes the last entry.
    month = pd.PeriodIndex(months, freq="M").get_indexer(pd.PeriodIndex(incidents["month"])).astype(np.int16)
    period = np.array([periods.index(label) for label in labels] + [-1], dtype=np.int16)[month]
    category, names = _categories(incidents)
    of: tuple[str, ...] = ()
    if sources is not None:
        category, names, of = _by_source(category, names, sources.loc[incidents.index])
    kept = (area >= 0) & (period >= 0)
    shape = (len(areas), len(names), len(periods))
    held = row_weights(incidents)
    weights = None if held is None else held[kept]
    counts = _cube(area[kept], category[kept], period[kept], shape, weights)
    halves = None
    if len(periods) == 1 and len(months) > 1:
        late = (2 * month[kept] >= len(months)).astype(np.int64)
        halves = _cube(area[kept], category[kept], late, (len(areas), len(names), 2), weights)
    lengths = tuple(labels.count(label) for label in periods)
    _report_periods(periods, lengths, months, labels, every)
    return Tally(areas.index, names, periods, lengths, counts, halves, of)


def _cube(
    area: Integers, category: Integers, period: Integers, shape: tuple[int, int, int], weights: Any
) -> npt.NDArray[Any]:
    flat = np.ravel_multi_index((area, category, period), shape)
    cube: npt.NDArray[Any] = add_up(flat, int(np.prod(shape)), weights).reshape(shape)
    return cube


def period_label(month: pd.Period, every: Every) -> str:
    """Return the period that a month falls in.

    Examples
    --------
    >>> [period_label(pd.Period("2025-08", "M"), every) for every in ("year", "half", "quarter", "month")]
    ['2025', '2025 H2', '2025 Q3', '2025-08']
    """
    if every == "year":
        return str(month.year)
    if every == "month":
        return f"{month.year}-{month.month:02d}"
    block = (month.month - 1) // _LENGTH[every] + 1
    return f"{month.year} {every[0].upper()}{block}"


def _categories(incidents: pd.DataFrame) -> tuple[Integers, tuple[str, ...]]:
    if "category" not in incidents:
        return np.zeros(len(incidents), dtype=np.int32), ("No category",)
    # By what is in the table rather than by row: there are few categories, and rows may be millions.
    held = incidents["category"].astype("category").cat.remove_unused_categories()
    words = [str(name) for name in held.cat.categories]
    lacking = ["No category"] if held.isna().any() else []
    names = tuple(sorted({*words, *lacking}))
    place = {name: number for number, name in enumerate(names)}
    # Position -1, no category, takes the last entry.
    codes = np.array([place[name] for name in [*words, *lacking]], dtype=np.int32)
    return codes[held.cat.codes.to_numpy()], names


def _by_source(
    category: Integers, names: tuple[str, ...], sources: pd.Series[Any]
) -> tuple[Integers, tuple[str, ...], tuple[str, ...]]:
    """Return the pairs of source and category that there are, which each incident is of, and both in words."""
    told = sources.cat.categories
    pair = sources.cat.codes.to_numpy(dtype=np.int64) * len(names) + category
    held, position = np.unique(pair, return_inverse=True)
    return (
        position.astype(np.int64),
        tuple(names[one % len(names)] for one in held),
        tuple(str(told[one // len(names)]) for one in held),
    )


def _report_periods(
    periods: tuple[str, ...], lengths: tuple[int, ...], months: Any, labels: list[str], every: Every
) -> None:
    words = [f"{label} ({n} month{'' if n == 1 else 's'})" for label, n in zip(periods, lengths, strict=True)]
    shown = words if len(words) <= 6 else [*words[:2], "...", words[-1]]
    log.info("Periods: %s", ", ".join(shown))
    seasons = {
        label: frozenset(entry.month for entry, name in zip(months, labels, strict=True) if name == label)
        for label in periods
    }
    if every == "year" and len(set(seasons.values())) > 1:
        warnings.warn(
            f"the years do not have the same months ({', '.join(shown)}): they differ by season too",
            HotspotsWarning,
            stacklevel=3,
        )
