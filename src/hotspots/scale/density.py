"""The density of incidents in batches: what some of them come to, and what all densities add up to."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hotspots.base.errors import DataError, HotspotsWarning, ParameterError
from hotspots.base.surface import Floats, Surface, limits_of_shares
from hotspots.counting.period import period_of_report, report_months
from hotspots.incidents import QualityReport
from hotspots.incidents.doubts import warn_outside
from hotspots.incidents.filters import Words
from hotspots.methods.kde.bandwidth import Rule
from hotspots.methods.kde.density import FEW_INCIDENTS, Edge, Kernel, density_at, kernel_density
from hotspots.scale.job import Job, open_job
from hotspots.scale.rows import LOCATED, WANTED, Table, Tally
from hotspots.scale.stream import Counted, Gathered, account, counts_of, divided, tally_all

if TYPE_CHECKING:
    import geopandas as gpd

Held = tuple[Floats, Floats]
"""Densities at places, and the weights of the incidents there."""


@dataclass(frozen=True)
class Field:
    """The density wanted; its values from some of the incidents and from the others add up to those of all."""

    bandwidth: float
    cell_size: float | None
    kernel: Kernel
    edge: Edge
    clip: bool

    def over(self, job: Job, rows: Table) -> Surface | None:
        """Return the density of rows that are not repeats, for a year; None where none of them is near."""
        import geopandas as gpd

        wanted = LOCATED | WANTED
        kept = rows[(rows["cell"] & wanted) == wanted]
        if len(kept) == 0:
            return None
        incidents = pd.DataFrame({name: kept[name] for name in ("x", "y", "weight")})
        areas = gpd.GeoDataFrame(geometry=job.geometries, index=job.codes, crs=job.crs)
        try:
            with warnings.catch_warnings():
                # How few incidents there are is known when all are added up.
                warnings.simplefilter("ignore", HotspotsWarning)
                return self.density(incidents, areas, months=12)
        except DataError:
            # Coordinates and weights are in order, and the months are given: no incident is near.
            return None

    def added(self, one: Surface | None, other: Surface | None) -> Surface | None:
        """Return the sum of two densities of different incidents on one grid; None is a density of none."""
        if one is None or other is None:
            return other if one is None else one
        counts = {name: one.parameters[name] + other.parameters[name] for name in ("incidents", "weight")}
        values = one.values + other.values  # noqa: PD011 - of Surfaces, not of pandas
        return dataclasses.replace(one, values=values, parameters={**one.parameters, **counts})

    def density(self, incidents: pd.DataFrame, areas: gpd.GeoDataFrame, *, months: float | None) -> Surface:
        """Return the density of some incidents."""
        return kernel_density(
            incidents,
            areas,
            bandwidth=self.bandwidth,
            cell_size=self.cell_size,
            kernel=self.kernel,
            months=months,
            edge=self.edge,
            clip=self.clip,
        )

    def at(self, surface: Surface | None, spots: Table) -> Held:
        """Return the density at each distinct place of some incidents, and how much they weigh."""
        if surface is None:
            return np.empty(0), np.empty(0)
        # As `kernel_density` has it: where the edge is made up for, incidents in an area count.
        kept = spots[(spots["weight"] > 0) & ((spots["area"] >= 0) | (self.edge == "none"))]
        codes, _ = pd.factorize(kept["place"])
        _, first = np.unique(codes, return_index=True)
        density = density_at(surface, kept["x"][first], kept["y"][first])
        weight = np.bincount(codes, kept["weight"]).astype(np.float64)
        return density[density > 0], weight[density > 0]

    def finish(
        self,
        surface: Surface | None,
        held: Sequence[Held],
        areas: gpd.GeoDataFrame,
        report: QualityReport,
        tally: Tally,
        *,
        months: float | None,
    ) -> Surface:
        """Turn the density of all rows for a year into that of their period, or say what is wrong with them."""
        dated = months is not None or bool(report_months(report))
        if surface is None or not dated:
            # In so many words, as with all incidents in one place.
            west, south, east, north = tally.extent
            ends = ([west, east], [south, north]) if report.located else (np.full(report.used, np.nan),) * 2
            return self.density(pd.DataFrame({"x": ends[0], "y": ends[1]}), areas, months=months)
        outside = report.located - (report.inside or 0)
        warn_outside(outside, report.located, label="areas", result="density", stacklevel=3)
        length = float(period_of_report(report, months=months).length)
        counted = surface.parameters["incidents"]
        if counted < FEW_INCIDENTS:
            message = f"the density rests on {counted} incidents: it shows single places, not a pattern"
            warnings.warn(message, HotspotsWarning, stacklevel=3)
        densities, weights = (np.concatenate(part) for part in zip(*held, strict=True))
        limits = limits_of_shares(densities * (12 / length), weights)
        return dataclasses.replace(
            surface,
            values=surface.values * (12 / length),  # noqa: PD011 - of a Surface, not of pandas
            parameters={
                **surface.parameters,
                "months": length,
                "share_limits": [list(pair) for pair in limits.items()],
            },
        )


def density_stream(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    bandwidth: float | Rule,
    cell_size: float | None = None,
    kernel: Kernel = "quartic",
    months: float | None = None,
    edge: Edge = "none",
    clip: bool = True,
    category: Words = None,
    exclude: Words = None,
    period: Any = None,
    **settings: Any,
) -> tuple[Surface, QualityReport]:
    r"""Density of incidents straight from files, in batches, in memory that does not grow with them.

    It is that of `hotspots.kernel_density` but for rounding, under 1e-12 of it. What is held in memory are the areas,
    the grid, two million incidents, a density for each distinct place, and the sums; see `hotspots.count_stream`.

    Parameters
    ----------
    source, category, exclude, period, **settings
        As for `hotspots.count_stream`.
    areas, cell_size, kernel, months, edge, clip
        As for `hotspots.kernel_density`.
    bandwidth : float
        In metres. It must be given, because choosing one needs all incidents in one place.

    Returns
    -------
    Surface, QualityReport
        The density, and the account of every row.

    Raises
    ------
    ParameterError
        When no bandwidth in metres is given.
    FileError, DataError, CRSError
        As `hotspots.read_incidents` and `hotspots.kernel_density`.

    Examples
    --------
    >>> import geopandas, pathlib, tempfile
    >>> from shapely import box
    >>> areas = geopandas.GeoDataFrame(
    ...     geometry=[box(400000, 300000, 402000, 302000)], index=["E05000001"], crs="EPSG:27700")
    >>> calls = pathlib.Path(tempfile.mkdtemp()) / "calls.csv"
    >>> _ = calls.write_text("Easting,Northing,Month\n" + "401000,301000,2025-01\n" * 20)
    >>> surface, report = density_stream(calls, areas, bandwidth=500, cell_size=100)
    >>> surface.parameters["incidents"], report.inside
    (20, 20)
    """
    field = Field(require_metres(bandwidth), cell_size, kernel, edge, clip)
    reading = {"category": category, "exclude": exclude, "period": period, **settings}
    surface, counted = counted_density(source, areas, field, months=months, **reading)
    return surface, counted.report


def counted_density(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    field: Field,
    *,
    months: float | None,
    **reading: Any,
) -> tuple[Surface, Counted]:
    """Return the density of incidents in batches as `density_stream` does, and their counts in the areas."""
    job, files, copies = open_job(source, areas, with_coordinates=True, **reading)
    sums = Gathered(job, field)
    job, tally = tally_all(job, files, sums)
    report = divided(account(job, files, tally, copies), tally)
    surface = field.finish(sums.total(), sums.at, areas, report, tally, months=months)
    return surface, counts_of(job, areas, tally, report)


def require_metres(bandwidth: float | Rule) -> float:
    """Return a bandwidth in metres, and refuse the name of a rule."""
    if isinstance(bandwidth, str):
        raise ParameterError(
            "no bandwidth in metres is given, and choosing one needs all incidents in one place",
            hint="give one in metres with 'bandwidth', for example 500",
        )
    return bandwidth
