"""The areas, the incidents and the area of each: what most commands read before they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotspots_cli import engines, options

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from hotspots.incidents.quality import QualityReport
    from hotspots_cli.progress import Steps


@dataclass(frozen=True, eq=False)
class Located:
    """What was read.

    Attributes
    ----------
    areas : GeoDataFrame
        With the populations of the incidents' year, where there are several.
    incidents : DataFrame
        All of them or, in batches and on Dask, their sums by area, category and month.
    quality : QualityReport
        The account of their rows; see `accounted`.
    assigned : Series
        The area of each.
    """

    areas: gpd.GeoDataFrame
    incidents: pd.DataFrame
    quality: QualityReport
    assigned: pd.Series[Any]

    def accounted(self) -> QualityReport:
        """Return the account of the rows with those inside the areas and those outside."""
        if self.quality.inside is not None:
            return self.quality
        from hotspots.analysis.steps.counted import account

        return account(self.quality, self.incidents, self.assigned)


def read_located(
    incidents: Sequence[str],
    areas: str,
    given: dict[str, Any],
    *,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    step: Steps,
    then: str = "Counting",
    **keeping: Any,
) -> Located:
    """Read areas and incidents and locate these, taking the options of both out of a command's parameters.

    Parameters
    ----------
    incidents, areas
        As the command line names them.
    given : dict
        The command's parameters; those of `engines.engine` among them where it takes them.
    crs, by, lookup
        Those of `options.crs` and `options.by`.
    step : Steps
        Told of each step; the locating is the beginning of `then`.
    then : str
        What the command does next.
    **keeping
        Further options of `read_incidents`: columns to keep.
    """
    from hotspots.analysis.steps.counted import locate, people_of
    from hotspots.areas.reading import read_areas
    from hotspots.incidents import read_incidents

    engine, scheduler = given.pop("engine", "memory"), given.pop("scheduler", None)
    engine = engines.chosen_engine(engine, scheduler, incidents, lookup=lookup)
    step("Reading areas")
    where = read_areas(areas, crs=crs, **options.area_reading(given))
    reading = options.reading(given)
    if engine != "memory":
        step("Reading and counting incidents")
        summed = engines.sums(engine, scheduler, incidents, where, by=by, **reading)
        step(then)
        return Located(people_of(where, summed.report), summed.incidents, summed.report, summed.assigned)
    step("Reading incidents")
    table, quality = read_incidents(incidents, crs=crs, **keeping, **reading)
    where = people_of(where, quality)
    step(then)
    assigned = locate(table, where, by=by, lookup=lookup or None)
    return Located(where, table, quality, assigned)
