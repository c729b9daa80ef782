"""Which areas the files cover, judged once for whatever counts in them, and said in one warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import pandas as pd

from hotspots.analysis.steps.counted import monthly_counts
from hotspots.areas.outline import districts_of
from hotspots.areas.uncovered import NOT_COVERED, with_coverage
from hotspots.counting.belonging import assign_areas
from hotspots.counting.counts import count_incidents
from hotspots.counting.coverage.areas import find_coverage
from hotspots.counting.coverage.lapses import Lapses, lapse_words, lapses_of
from hotspots.counting.coverage.months import months_lacking
from hotspots.counting.coverage.words import Gaps, warn_uncovered
from hotspots.incidents.quality import QualityReport

Partial = Literal["out", "told"]
"""Whether areas that lack a month are left out of what is measured, or counted all the same and told."""


class Covering(NamedTuple):
    """What the files cover.

    Attributes
    ----------
    covered : Series of bool
        Whether the files have any month of an area, on the index of the areas.
    held : Series of bool
        Whether it is in rates, ranks and comparisons: covered, and in every month where that is asked.
    lapses : Series
        The months that areas lack; see `hotspots.counting.coverage.lapses`.
    gaps : dict of str to tuple of str
        The same by district.
    lacking : dict of str to GeoDataFrame
        The areas that one of several sources does not cover and another does, by its name.
    months : tuple
        Of which it was judged; none where the months are not known.
    """

    covered: pd.Series[bool]
    held: pd.Series[bool]
    lapses: Lapses
    gaps: Gaps
    lacking: dict[str, gpd.GeoDataFrame]
    months: tuple[Any, ...] = ()

    def missing(self, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return the areas without figures, and in ``coverage`` why: not covered, or not in these of the months."""
        found = areas[~self.held]
        said = [
            lapse_words(self.lapses[code], self.months) if code in self.lapses else NOT_COVERED
            for code in found.index
        ]
        return found.assign(coverage=pd.Series(said, index=found.index, dtype=object))


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
    partial: Partial = "out",
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
    partial : {'out', 'told'}, default 'out'
        What becomes of areas that lack a month; where every area lacks one, nothing would be left to compare, and they
        are told.
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
    found = find_coverage(areas, n, whole=whole, covered=covered, not_covered=not_covered)
    said = {name.casefold() for name in covered}
    gaps = {} if monthly is None else months_lacking(areas[found], monthly[found], whole=whole)
    gaps = {name: months for name, months in gaps.items() if name.casefold() not in said}
    lapses = lapses_of(areas[found], gaps, covered=covered)
    parted = areas.index.isin(lapses.index)
    left_out = partial == "out" and bool((found & ~parted).any())
    lacking = {}
    together = areas[found]
    known = [name for name in covered if _there(together, name)]
    for name, own in (by_source or {}).items():
        mine = find_coverage(together, own, whole=whole, covered=known)
        if not mine.all():
            lacking[name] = together[~mine]
    warn_uncovered(
        areas,
        areas[~found],
        gaps=gaps,
        left_out=left_out,
        lacking=lacking,
        sources=quality.sources,
        label=label,
        stacklevel=stacklevel + 1,
    )
    months = () if monthly is None else tuple(monthly.columns)
    return Covering(found, found & ~parted if left_out else found, lapses, gaps, lacking, months)


def _there(areas: gpd.GeoDataFrame, name: str) -> bool:
    """Return whether areas have a district or a code of this name."""
    return name in areas.index or name.casefold() in set(districts_of(areas).astype(str).str.casefold())


def covered_areas(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    quality: QualityReport,
    *,
    partial: Partial = "out",
    covered: Sequence[str] = (),
    not_covered: Sequence[str] = (),
) -> Covered:
    """Return the areas that incidents with coordinates cover and the others, of which it warns; see `judge_covering`.

    Raises
    ------
    ParameterError
        As `find_coverage`.
    """
    assigned = assign_areas(incidents, areas)
    n = count_incidents(incidents, areas, assigned=assigned)
    monthly = monthly_counts(incidents, areas, assigned=assigned)
    judged = judge_covering(
        areas, n, monthly, quality, partial=partial, covered=covered, not_covered=not_covered, stacklevel=3
    )
    return Covered(areas[judged.held], judged.missing(areas))
