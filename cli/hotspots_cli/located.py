"""The areas, the incidents and the area of each: what most commands read before they count."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hotspots_cli import engines, options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from hotspots.analysis.steps.covered import Partial
    from hotspots.incidents.quality import QualityReport
    from hotspots_cli.progress import Steps


@dataclass(frozen=True, eq=False)
class Located:
    """What was read.

    Attributes
    ----------
    areas : GeoDataFrame
        With the populations of the incidents' year, where there are several. Where the command takes
        `options.coverage`, those that the files cover.
    incidents : DataFrame
        All of them or, in batches and on Dask, their sums by area, category and month.
    quality : QualityReport
        The account of their rows; see `accounted`.
    assigned : Series
        The area of each; missing outside all of them.
    missing : GeoDataFrame or None
        The areas that the files do not cover, or not in every month; None where the command does not ask.
    partly : mapping
        What is said of the areas that lack a month and are counted all the same.
    """

    areas: gpd.GeoDataFrame
    incidents: pd.DataFrame
    quality: QualityReport
    assigned: pd.Series[Any]
    missing: gpd.GeoDataFrame | None = None
    partly: Mapping[Any, str] = field(default_factory=dict)

    def told(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table of the areas with ``coverage``, where some are covered in a part of the months."""
        from hotspots.areas.uncovered import COVERED

        said = [self.partly.get(code, COVERED) for code in table.index]
        return table.assign(coverage=said) if self.partly else table

    def whole(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return a layer of the areas with those among them that the files do not cover, as missing."""
        from hotspots.areas.uncovered import with_coverage

        return layer if self.missing is None else with_coverage(layer, self.missing)

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
    compared: Sequence[str] = (),
    partial: Partial = "out",
    kinds: bool = True,
    check: Callable[[gpd.GeoDataFrame], object] | None = None,
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
    compared : sequence of str, default none
        Months, such as ``"2025-01..2025-06"``, that the command takes; all where none are named.
    partial : {'out', 'told'}, default 'out'
        What becomes of districts of which the files lack one of these months.
    kinds : bool, default True
        Whether the command tells categories apart; where it does not, sums are far fewer.
    check : callable, optional
        Is given the areas before any incident is read, to refuse those that lack what the command needs.
    **keeping
        Further options of `read_incidents`: columns to keep.
    """
    from hotspots.analysis.steps.counted import locate, people_of
    from hotspots.areas.reading import read_areas
    from hotspots.incidents import read_incidents

    said: dict[str, Any] = {name: given.pop(name) for name in ("covered", "not_covered") if name in given}
    engine, scheduler = given.pop("engine", "memory"), given.pop("scheduler", None)
    engine = engines.chosen_engine(engine, scheduler, incidents, lookup=lookup)
    step("Reading areas")
    where = read_areas(areas, crs=crs, **options.area_reading(given))
    if check is not None:
        check(where)
    reading = options.reading(given)
    if engine != "memory":
        step("Reading and counting incidents")
        summed = engines.sums(engine, scheduler, incidents, where, kinds=kinds, by=by, **reading)
        step(then)
        return _covered(
            Located(people_of(where, summed.report), summed.incidents, summed.report, summed.assigned),
            said,
            compared,
            partial,
        )
    step("Reading incidents")
    table, quality = read_incidents(incidents, crs=crs, **keeping, **reading)
    where = people_of(where, quality)
    step(then)
    assigned = locate(table, where, by=by, lookup=lookup or None)
    return _covered(Located(where, table, quality, assigned), said, compared, partial)


def _covered(read: Located, said: dict[str, Any], compared: Sequence[str], partial: Partial) -> Located:
    """Return what was read without the areas that the files do not cover, of which a warning tells.

    Incidents there, strays of a neighbouring force, are outside the areas.
    """
    if not said:
        return read
    from hotspots.analysis.steps.counted import among, monthly_counts
    from hotspots.analysis.steps.covered import judge_covering
    from hotspots.counting.counts import count_incidents
    from hotspots.counting.coverage.lapses import lapse_words
    from hotspots.incidents.filters import month_range, within_months

    areas, quality = read.areas, read.quality
    n = count_incidents(read.incidents, areas, assigned=read.assigned)
    monthly = monthly_counts(read.incidents, areas, assigned=read.assigned)
    if compared and monthly is not None:
        spans = [month_range(one) for one in compared]
        monthly = monthly.loc[:, within_months(monthly.columns.to_series(), spans)]
    judged = judge_covering(areas, n, monthly, quality, partial=partial, stacklevel=3, **said)
    held = judged.held
    kept = judged.lapses[judged.lapses.index.isin(areas.index[held])]
    read = replace(read, partly={code: lapse_words(gone, judged.months) for code, gone in kept.items()})
    if held.all():
        return replace(read, missing=areas.iloc[:0])
    if quality.inside is not None and quality.outside is not None:
        lost = int(n[~held].sum())
        quality = quality.with_areas(inside=quality.inside - lost, outside=quality.outside + lost)
    return replace(
        read,
        areas=areas[held],
        quality=quality,
        assigned=among(read.assigned, areas[held]),
        missing=judged.missing(areas),
    )
