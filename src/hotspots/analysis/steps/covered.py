"""Which areas the files cover, judged once for whatever counts in them, and said in one warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from hotspots.analysis.steps.counted import monthly_counts
from hotspots.areas.outline import districts_of
from hotspots.areas.uncovered import with_coverage
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.counting.coverage.areas import find_coverage
from hotspots.counting.coverage.months import months_lacking
from hotspots.counting.coverage.words import Gaps, warn_uncovered
from hotspots.incidents.quality import QualityReport


class Covering(NamedTuple):
    """What the files cover.

    Attributes
    ----------
    held : Series of bool
        Whether an area has numbers, on the index of the areas.
    gaps : dict of str to tuple of str
        The months that the files lack, by district, of those that have numbers or would have them but for this.
    lacking : dict of str to GeoDataFrame
        The areas that one of several sources does not cover and another does, by its name.
    """

    held: pd.Series[bool]
    gaps: Gaps
    lacking: dict[str, gpd.GeoDataFrame]


class Covered(NamedTuple):
    """Areas that the files cover, and those that they do not."""

    areas: gpd.GeoDataFrame
    missing: gpd.GeoDataFrame

    def whole(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return a layer of the covered areas with the others among them, as missing; see `with_coverage`."""
        return with_coverage(layer, self.missing)


def judge_covering(
    areas: gpd.GeoDataFrame,
    n: pd.Series[Any],
    monthly: pd.DataFrame | None,
    quality: QualityReport,
    *,
    over_time: bool = False,
    by_source: Mapping[str, pd.Series[Any]] | None = None,
    covered: Sequence[str] = (),
    not_covered: Sequence[str] = (),
    label: str = "areas",
    stacklevel: int = 2,
) -> Covering:
    """Return what the files cover, and warn of what they do not.

    Parameters
    ----------
    areas : GeoDataFrame
        With ``district`` and ``population``, as far as they are known.
    n, monthly : Series, DataFrame or None
        All incidents that were read, by area, and by area and month.
    quality : QualityReport
        The account of their rows.
    over_time : bool, default False
        Whether months are compared with one another, so that districts that lack some are left out.
    by_source : mapping of str to Series, optional
        The incidents of each of several sources by area. Together they say what is covered; each is judged by itself,
        too, and what it lacks is told.
    covered, not_covered, label, stacklevel
        See `find_coverage` and `warn_uncovered`.

    Raises
    ------
    ParameterError
        As `find_coverage`.
    """
    whole = not quality.filtered_category
    held = find_coverage(areas, n, whole=whole, covered=covered, not_covered=not_covered)
    district = districts_of(areas)
    said = {name.casefold() for name in covered}
    gaps = {} if monthly is None else months_lacking(areas[held], monthly[held], whole=whole)
    gaps = {name: months for name, months in gaps.items() if name.casefold() not in said}
    missing = areas[~held]
    parted = district.isin(gaps) & ~areas.index.isin(list(covered))
    # Where every district lacks some month, nothing would be left to compare.
    left_out = over_time and bool((held & ~parted).any())
    lacking = {}
    together = areas[held]
    known = [name for name in covered if _there(together, name)]
    for name, own in (by_source or {}).items():
        mine = find_coverage(together, own, whole=whole, covered=known)
        if not mine.all():
            lacking[name] = together[~mine]
    warn_uncovered(
        areas,
        missing,
        gaps=gaps,
        over_time=left_out,
        lacking=lacking,
        sources=quality.sources,
        label=label,
        stacklevel=stacklevel + 1,
    )
    return Covering(held & ~parted if left_out else held, gaps, lacking)


def _there(areas: gpd.GeoDataFrame, name: str) -> bool:
    """Return whether areas have a district or a code of this name."""
    return name in areas.index or name.casefold() in set(districts_of(areas).astype(str).str.casefold())


def covered_areas(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    quality: QualityReport,
    *,
    compared: bool = False,
    covered: Sequence[str] = (),
    not_covered: Sequence[str] = (),
) -> Covered:
    """Return the areas that incidents with coordinates cover and the others, of which it warns; see `judge_covering`.

    Where all months are compared with one another (`compared`), areas that lack some are left out, too.

    Raises
    ------
    ParameterError
        As `find_coverage`.
    """
    assigned = assign_areas(incidents, areas)
    n = count_incidents(incidents, areas, assigned=assigned)
    monthly = monthly_counts(incidents, areas, assigned=assigned)
    judged = judge_covering(
        areas, n, monthly, quality, over_time=compared, covered=covered, not_covered=not_covered, stacklevel=3
    )
    return Covered(areas[judged.held], areas[~judged.held])
