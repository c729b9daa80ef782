"""What is in incident files, what was understood how, and what looks wrong, before anything is counted."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.analysis.steps.counted import account, monthly_counts, people_of
from hotspots.analysis.steps.covered import judge_covering
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.counting.belonging import By, agreement, assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.counting.coverage.words import warn_forces
from hotspots.incidents import read_incidents
from hotspots.incidents.quality import QualityReport, Share
from hotspots.scale.look import Looked, count_codes, look_over
from hotspots.scale.stream import Counted

if TYPE_CHECKING:
    from hotspots.analysis.run.sums import Engine

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LOW = 0.9  # a category with a smaller share of located rows is pointed out
FAR = 1_500_000  # metres from the middle of all, beyond which no two places of Great Britain are apart
FEW = 20  # of fewer rows, a share says little


@dataclass(frozen=True)
class Placed:
    """How well the incidents fit the areas.

    Attributes
    ----------
    areas : int
        How many areas there are.
    inside : float
        Share of the located incidents that lie inside an area, in [0, 1]; NaN where none is located.
    coded : float or None
        Share of the recorded codes that are an area's; None where the files record none.
    both, agreed : int, float
        How many incidents have an area by either way, and the share of those for which it is the same one.
    by : {'polygon', 'code'}
        The way that fits: by polygon, unless under half of the incidents have coordinates and their codes are the
        areas'.
    """

    areas: int
    inside: float
    coded: float | None
    both: int
    agreed: float
    by: By


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What a first look at files found.

    Attributes
    ----------
    quality : QualityReport
        What became of every row.
    understood : tuple of str
        What columns, dates and reference systems were taken for, as the readers said.
    doubts : tuple of str
        What the readers warned of.
    placed : Placed or None
        How the incidents fit the areas, where areas were given.
    """

    quality: QualityReport
    understood: tuple[str, ...]
    doubts: tuple[str, ...]
    placed: Placed | None = None

    @property
    def usable(self) -> bool:
        """Whether anything can be counted: a row with coordinates, or one with the code of an area."""
        coded = self.placed is not None and bool(self.placed.coded)
        return bool(self.quality.located) or coded

    @property
    def unlocated(self) -> tuple[Share, ...]:
        """The categories of which many rows have no coordinates."""
        return tuple(share for share in self.quality.by_category if share.rows >= FEW and share.share < LOW)


def diagnose(
    source: Any,
    *,
    areas: Any = None,
    crs: Any = "EPSG:27700",
    reading: Mapping[str, Any] | None = None,
    area_reading: Mapping[str, Any] | None = None,
    engine: Engine = "memory",
    scheduler: str | None = None,
) -> Diagnosis:
    """Look at incident files and, where given, at areas, and say what a count would rest on.

    Parameters
    ----------
    source : path, str, or sequence of them
        As `hotspots.read_incidents` takes it.
    areas : path or str, optional
        As `hotspots.read_areas` takes it.
    crs : anything that pyproj takes, default 'EPSG:27700'
        The reference system to compute in.
    reading, area_reading : mapping, optional
        Further keywords of `hotspots.read_incidents` and `hotspots.read_areas`.
    engine : {'memory', 'stream', 'dask'}, default 'memory'
        Hold all rows in memory, or read them in batches or on Dask, and once more where their codes are the areas';
        what is found is the same.
    scheduler : str, optional
        The address of a running scheduler of Dask.

    Returns
    -------
    Diagnosis

    Raises
    ------
    HotspotsError
        Whatever the readers raise.
    """
    asked = dict(reading or {})
    with _listening() as (notes, doubts):
        where = None if areas is None else read_areas(areas, crs=crs, **(area_reading or {}))
        if engine == "memory":
            quality, placed, by_code = _look(source, where, crs, asked)
        else:
            place = {"dask": engine == "dask", "scheduler": scheduler}
            quality, placed, by_code = _look_in_batches(source, where, crs, asked, place)
    return Diagnosis(quality, tuple(notes), (*doubts, *by_code), placed)


_Looked = tuple[QualityReport, Placed | None, list[str]]


def _look(source: Any, areas: gpd.GeoDataFrame | None, crs: Any, reading: dict[str, Any]) -> _Looked:
    """Return the account of all rows, how they fit the areas, and what their codes make doubtful."""
    incidents, quality = read_incidents(source, crs=crs, **reading)
    if areas is None:
        x, y = incidents["x"].to_numpy(), incidents["y"].to_numpy()
        known = np.isfinite(x) & np.isfinite(y)
        _doubt_far(x[known], y[known], np.ones(int(known.sum()), dtype=np.int64))
        warn_forces(quality.sources)
        return quality, None, []

    def counted(assigned: pd.Series[Any]) -> Counted:
        """Return the counts by the area of each incident."""
        n = count_incidents(incidents, areas, assigned=assigned)
        return Counted(n, None, quality, monthly_counts(incidents, areas, assigned=assigned))

    areas = people_of(areas, quality)
    by_polygon = _by_polygon(incidents, areas)
    quality = account(quality, incidents, by_polygon)
    placed = _placed(incidents, areas.index, by_polygon)
    by_code, told = _by_code(lambda: counted(assign_areas(incidents, areas, by="code")), placed)
    _doubt_covering(areas, counted(by_polygon) if placed.by == "polygon" else by_code)
    return quality, placed, told


def _look_in_batches(
    source: Any,
    areas: gpd.GeoDataFrame | None,
    crs: Any,
    reading: dict[str, Any],
    place: dict[str, Any],
) -> _Looked:
    """Return the same as `_look`, in memory that does not grow with the rows."""
    looked = look_over(source, areas, crs=crs, **place, **reading)
    report = looked.counted.report
    if areas is None:
        _doubt_far(*looked.places)
        warn_forces(report.sources)
        return report, None, []
    areas = people_of(areas, report)
    placed = _judged(len(areas), looked)
    by_code, told = _by_code(lambda: count_codes(source, areas, **place, **reading), placed)
    _doubt_covering(areas, looked.counted if placed.by == "polygon" else by_code)
    return report, placed, told


def _doubt_covering(areas: gpd.GeoDataFrame, counted: Counted | None) -> None:
    """Warn of areas and months that the files do not cover, as counting does."""
    if counted is not None:
        judge_covering(areas, counted.n, counted.monthly, counted.report)


def _doubt_far(x: Floats, y: Floats, rows: Integers) -> None:
    """Warn of places farther off than incidents of one country are; with areas, such are told as outside them."""
    if not len(x):
        return
    away = np.hypot(x - _middle(x, rows), y - _middle(y, rows))
    far = away > FAR
    if not far.any():
        return
    # The farthest, whatever order they come in.
    first = np.lexsort((y, x, -away))[0]
    number = int(rows[far].sum())
    lie = "1 incident lies" if number == 1 else f"{number:,} incidents lie"
    warnings.warn(
        f"{lie} over {FAR // 1000:,} km from the middle of all, such as at {x[first]:.0f}, {y[first]:.0f}: "
        "are the coordinates there a slip, or a mark of none?",
        HotspotsWarning,
        stacklevel=3,
    )


def _middle(values: Floats, rows: Integers) -> float:
    """Return a value with half of the rows on either side."""
    order = np.argsort(values)
    held = np.cumsum(rows[order])
    return float(values[order[np.searchsorted(held, held[-1] / 2)]])


def _by_polygon(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the area of each incident by its coordinates; none where no incident has any."""
    if incidents["x"].isna().all():
        return pd.Series(None, index=incidents.index, dtype=object)
    return assign_areas(incidents, areas)


def _placed(incidents: pd.DataFrame, codes: pd.Index[Any], by_polygon: pd.Series) -> Placed:
    located = incidents["x"].notna()
    inside = float(by_polygon[located].notna().mean()) if located.any() else float("nan")
    coded, both, agreed = None, 0, float("nan")
    if "lsoa_code" in incidents and incidents["lsoa_code"].notna().any():
        recorded = incidents["lsoa_code"].astype(object)
        known = recorded.where(recorded.isin(codes))
        coded = float(known.notna().sum() / recorded.notna().sum())
        both, agreed = agreement(by_polygon, known)
    by: By = "code" if coded and located.mean() < 0.5 else "polygon"
    return Placed(len(codes), inside, coded, both, agreed, by)


def _judged(areas: int, looked: Looked) -> Placed:
    """Return how well rows that were never all in memory fit the areas."""
    report = looked.counted.report
    located = report.located
    inside = (report.inside or 0) / located if located else float("nan")
    coded = looked.known / looked.recorded if looked.recorded else None
    agreed = looked.agreed / looked.both if looked.both else float("nan")
    by: By = "code" if coded and located / report.used < 0.5 else "polygon"
    return Placed(areas, inside, coded, looked.both, agreed, by)


def _by_code(count: Callable[[], Counted], placed: Placed) -> tuple[Counted | None, list[str]]:
    """Return the counts by recorded code, and what they would warn of, or why not: areas of another year."""
    if not placed.coded:
        return None, []
    try:
        with _listening() as (_, doubts):
            counted = count()
    except DataError as error:
        return None, [f"Not countable by code: {error.message}"]
    return counted, [f"By code: {doubt}" for doubt in doubts]


@contextmanager
def _listening() -> Iterator[tuple[list[str], list[str]]]:
    """Gather the library's notes and warnings instead of letting them be shown; leave all as it was."""
    logger, notes, doubts = logging.getLogger("hotspots"), _Notes(), list[str]()
    before = logger.handlers, logger.level, logger.propagate
    logger.handlers, logger.propagate = [notes], False
    logger.setLevel(logging.INFO)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield notes.told, doubts
    finally:
        logger.handlers, logger.propagate = before[0], before[2]
        logger.setLevel(before[1])
    doubts += _split(caught)


def _split(caught: Sequence[warnings.WarningMessage]) -> list[str]:
    """Return the project's own warnings as texts, each once, and pass the others on."""
    ours = []
    for entry in caught:
        if issubclass(entry.category, HotspotsWarning):
            ours.append(str(entry.message))
        else:
            warnings.warn_explicit(entry.message, entry.category, entry.filename, entry.lineno)
    return list(dict.fromkeys(ours))


class _Notes(logging.Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())
