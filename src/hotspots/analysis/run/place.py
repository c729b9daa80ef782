"""A place to count in, and what is held of it, before any theme is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from hotspots.analysis.results import Kind
from hotspots.analysis.steps.counted import among
from hotspots.counting.belonging import By


@dataclass(frozen=True, eq=False)
class Place:
    """Areas that incidents are counted in, before any theme is."""

    key: str
    kind: Kind
    label: str
    areas: gpd.GeoDataFrame
    by: By
    lookup: tuple[str, ...] = ()


class Held(NamedTuple):
    """What is counted in the areas of a place, before any theme is chosen.

    Attributes
    ----------
    incidents, before : DataFrame
        The incidents of the reporting period, and those of the comparison alone; or their sums by area, category and
        month, see `hotspots.analysis.run.sums`.
    assigned, before_in : Series
        The area of each.
    """

    incidents: pd.DataFrame
    assigned: pd.Series[Any]
    before: pd.DataFrame
    before_in: pd.Series[Any]

    def within(self, areas: gpd.GeoDataFrame) -> Held:
        """Return the same incidents, in none but these areas."""
        earlier = self.before_in if self.before.empty else among(self.before_in, areas)
        return self._replace(assigned=among(self.assigned, areas), before_in=earlier)
