"""The density of incidents in batches and on Dask: that of their sums by place, which is that of all rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from hotspots.base.errors import ParameterError
from hotspots.base.surface import Surface
from hotspots.incidents import QualityReport
from hotspots.incidents.doubts import warn_outside
from hotspots.methods.kde.bandwidth import Rule
from hotspots.methods.kde.density import Edge, Kernel, kernel_density
from hotspots.scale.stream import Counted, counts_of, divided
from hotspots.scale.sums import pass_over

if TYPE_CHECKING:
    import geopandas as gpd
    from distributed import Client

NEED_ROWS = ("rule-of-thumb", "best")
"""Rules that find a bandwidth from every row."""


class Placed(NamedTuple):
    """Incidents as sums by place.

    Attributes
    ----------
    incidents : DataFrame
        Of what category how much is where; see `hotspots.scale.sums.Pass.by_place`.
    counted : Counted
        How many are in the areas, and the account of every row.
    """

    incidents: pd.DataFrame
    counted: Counted

    def density(self, areas: gpd.GeoDataFrame, *, bandwidth: float | str, **choices: Any) -> Surface:
        """Return the density; the choices are those of `hotspots.kernel_density`.

        Raises
        ------
        ParameterError
            When the bandwidth is to be found by a rule that needs every row.
        """
        refuse_rule(bandwidth)
        report, incidents = self.counted.report, self.incidents
        if not len(incidents):
            # In so many words, as of rows without coordinates.
            nowhere = np.full(report.used, np.nan)
            incidents = pd.DataFrame({"x": nowhere, "y": nowhere})
            incidents.attrs = {key: value for key, value in self.incidents.attrs.items() if key != "sums"}
        surface = kernel_density(incidents, areas, bandwidth=bandwidth, **choices)  # type: ignore[arg-type]
        outside = report.located - (report.inside or 0)
        warn_outside(outside, report.located, label="areas", result="density", stacklevel=3)
        return surface


def refuse_rule(bandwidth: float | str) -> None:
    """Refuse a rule that needs every row.

    Raises
    ------
    ParameterError
    """
    if bandwidth in NEED_ROWS:
        raise ParameterError(
            f"the bandwidth '{bandwidth}' needs every row, but batches and Dask keep sums of them",
            hint="give one in metres with 'bandwidth', for example 500, or leave it out",
        )


def read_placed(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    dask: bool = False,
    scheduler: str | Client | None = None,
    **reading: Any,
) -> Placed:
    """Read incidents as sums by place; the parameters are those of `hotspots.scale.sums.pass_over`."""
    made = pass_over(source, [(areas, "polygon")], dask=dask, scheduler=scheduler, places=True, **reading)
    report = divided(made.report(), made.tally)
    return Placed(made.by_place(report), counts_of(made.job, areas, made.tally, report))


def density_stream(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    bandwidth: float | Rule = "likelihood",
    cell_size: float | None = None,
    kernel: Kernel = "quartic",
    months: float | None = None,
    edge: Edge = "none",
    clip: bool = True,
    **reading: Any,
) -> tuple[Surface, QualityReport]:
    r"""Density of incidents straight from files, in batches, in memory that does not grow with them.

    It is that of `hotspots.kernel_density`; weights that are not whole numbers may differ by rounding. What is held in
    memory are the areas, the grid, a batch, and how much of each category is at each distinct place.

    Parameters
    ----------
    source, **reading
        As for `hotspots.count_stream`.
    areas, cell_size, kernel, months, edge, clip
        As for `hotspots.kernel_density`.
    bandwidth : float or 'likelihood'
        As there; the rule of thumb needs every row.

    Returns
    -------
    Surface, QualityReport
        The density, and the account of every row.

    Raises
    ------
    ParameterError
        When the bandwidth is ``'rule-of-thumb'``.
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
    refuse_rule(bandwidth)
    placed = read_placed(source, areas, **reading)
    surface = placed.density(
        areas,
        bandwidth=bandwidth,
        cell_size=cell_size,
        kernel=kernel,
        months=months,
        edge=edge,
        clip=clip,
    )
    return surface, placed.counted.report


def density_dask(
    source: str | Path | Sequence[str | Path],
    areas: gpd.GeoDataFrame,
    *,
    scheduler: str | Client | None = None,
    bandwidth: float | Rule = "likelihood",
    cell_size: float | None = None,
    kernel: Kernel = "quartic",
    months: float | None = None,
    edge: Edge = "none",
    clip: bool = True,
    **reading: Any,
) -> tuple[Surface, QualityReport]:
    """Density of incidents read on Dask; the same as by `density_stream`, whose parameters these are.

    Parameters
    ----------
    scheduler : str or distributed.Client, optional
        As for `hotspots.count_dask`.

    Returns
    -------
    Surface, QualityReport
        The density, and the account of every row.

    Raises
    ------
    ParameterError
        When the bandwidth is ``'rule-of-thumb'``, Dask is not installed, or no scheduler answers.
    FileError, DataError, CRSError
        As `density_stream`.
    """
    refuse_rule(bandwidth)
    placed = read_placed(source, areas, dask=True, scheduler=scheduler, **reading)
    surface = placed.density(
        areas,
        bandwidth=bandwidth,
        cell_size=cell_size,
        kernel=kernel,
        months=months,
        edge=edge,
        clip=clip,
    )
    return surface, placed.counted.report
