"""What is in incident files, what was understood how, and what looks wrong, before anything is counted."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.analysis.steps.counted import account, people_of
from hotspots.areas.reading import read_areas
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.counting.counts import By, agreement, assign_areas
from hotspots.incidents import read_incidents
from hotspots.incidents.quality import QualityReport, Share

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

    Returns
    -------
    Diagnosis

    Raises
    ------
    HotspotsError
        Whatever the readers raise.
    """
    placed, by_code = None, list[str]()
    with _listening() as (notes, doubts):
        incidents, quality = read_incidents(source, crs=crs, **(reading or {}))
        if areas is None:
            _doubt_far(incidents)
        else:
            where = people_of(read_areas(areas, crs=crs, **(area_reading or {})), quality)
            by_polygon = _by_polygon(incidents, where)
            quality = account(quality, incidents, by_polygon)
            placed = _placed(incidents, where.index, by_polygon)
            if placed.coded:
                by_code = _code_doubts(incidents, where)
    return Diagnosis(quality, tuple(notes), (*doubts, *by_code), placed)


def _doubt_far(incidents: pd.DataFrame) -> None:
    """Warn of places farther off than incidents of one country are; with areas, such are told as outside them."""
    x, y = incidents["x"].to_numpy(), incidents["y"].to_numpy()
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return
    away = np.hypot(x - np.median(x[known]), y - np.median(y[known]))
    far = known & (away > FAR)
    if not far.any():
        return
    first = int(np.argmax(far))
    lie = "1 incident lies" if far.sum() == 1 else f"{int(far.sum()):,} incidents lie"
    warnings.warn(
        f"{lie} over {FAR // 1000:,} km from the middle of all, such as at {x[first]:.0f}, {y[first]:.0f}: "
        "are the coordinates there a slip, or a mark of none?",
        HotspotsWarning,
        stacklevel=3,
    )


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


def _code_doubts(incidents: pd.DataFrame, areas: gpd.GeoDataFrame) -> list[str]:
    """Return what counting by recorded code would warn of, or why it would refuse: areas of another year."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assign_areas(incidents, areas, by="code")
    except DataError as error:
        return [f"Not countable by code: {error.message}"]
    return [f"By code: {doubt}" for doubt in _split(caught)]


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
