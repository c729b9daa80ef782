"""Which areas the files cover, judged once for whatever counts in them, and said in one warning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from hotspots.analysis.steps.counted import monthly_counts
from hotspots.areas.outline import districts_of
from hotspots.counting.counts import assign_areas, count_incidents
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
    """

    held: pd.Series[bool]
    gaps: Gaps


def judge_covering(
    areas: gpd.GeoDataFrame,
    n: pd.Series[Any],
    monthly: pd.DataFrame | None,
    quality: QualityReport,
    *,
    over_time: bool = False,
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
    lacking = district.isin(gaps) & ~areas.index.isin(list(covered))
    # Where every district lacks some month, nothing would be left to compare.
    left_out = over_time and bool((held & ~lacking).any())
    warn_uncovered(
        areas,
        missing,
        gaps=gaps,
        over_time=left_out,
        sources=quality.sources,
        label=label,
        stacklevel=stacklevel + 1,
    )
    return Covering(held & ~lacking if left_out else held, gaps)


def covered_areas(
    incidents: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    quality: QualityReport,
    *,
    compared: bool = False,
    covered: Sequence[str] = (),
    not_covered: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Return the areas that incidents with coordinates cover, and warn of the others; see `judge_covering`.

    Where all months are compared with one another (`compared`), areas that lack some are left out, too.

    Raises
    ------
    ParameterError
        As `find_coverage`.
    """
    assigned = assign_areas(incidents, areas)
    n = count_incidents(incidents, areas, assigned=assigned)
    monthly = monthly_counts(incidents, areas, assigned=assigned)
    held, _ = judge_covering(
        areas, n, monthly, quality, over_time=compared, covered=covered, not_covered=not_covered, stacklevel=3
    )
    return areas[held]
