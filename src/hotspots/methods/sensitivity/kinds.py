"""The three ways in which a run of the sensitivity analysis calls an area hot."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.areas.gate import as_areas, code_order
from hotspots.areas.grid import default_cell_size, make_grid
from hotspots.areas.locate.index import AreaIndex
from hotspots.areas.neighbours import Method, make_neighbours
from hotspots.base.crs import Floats
from hotspots.base.errors import DataError, HotspotsWarning
from hotspots.base.gamma_poisson import fit_gamma_poisson
from hotspots.base.sums import add_up
from hotspots.incidents import coordinates
from hotspots.incidents.gate import as_incidents, row_weights
from hotspots.methods.getisord.statistic import gi_star
from hotspots.methods.kde.density import kernel_density

if TYPE_CHECKING:
    import geopandas as gpd

Bools = npt.NDArray[np.bool_]
Hot = Any
"""A nullable boolean Series on the areas' index: whether each is hot, NA where that cannot be said."""

_CELLS_IN_BANDWIDTH = 5
_POINTS_IN_CELL = 2
"""Points along the side of a default cell at which an area's people are taken to live."""


@dataclass(frozen=True, eq=False)
class Study:
    """The two tables, where the incidents that lie in an area are, and where its people live.

    The people of an area are spread evenly over it, at points of a lattice; None where it is counts that are
    judged.
    """

    incidents: pd.DataFrame
    areas: gpd.GeoDataFrame
    index: AreaIndex
    x: Floats
    y: Floats
    place: npt.NDArray[np.int32]
    people: pd.DataFrame | None
    weights: Floats | None = None

    @property
    def counts(self) -> npt.NDArray[Any]:
        """Incidents in each area, or the sums of their weights."""
        found: npt.NDArray[Any] = add_up(self.place, len(self.areas), self.weights)
        return found

    def share(self, chosen: Bools) -> Floats:
        """Return the share of each area's incidents that are chosen; 0 where it has none."""
        weights = 1.0 if self.weights is None else self.weights
        hits = np.bincount(self.place, weights=chosen * weights, minlength=len(self.areas))
        counts = self.counts
        shares: Floats = hits / np.where(counts > 0, counts, 1)
        return shares


def make_study(incidents: pd.DataFrame, areas: gpd.GeoDataFrame, *, rates: bool = False) -> Study:
    """Return the incidents and areas with what every run needs of them."""
    areas, incidents = as_areas(areas, crs="metres"), as_incidents(incidents)
    x, y = coordinates(incidents, areas.crs)
    index = AreaIndex(areas.geometry.to_numpy(), points=len(x), order=code_order(areas.index))
    place = index.locate(x, y)
    inside = place >= 0
    if not inside.any():
        raise DataError(
            f"none of the {len(x):,} incidents lies in an area",
            hint="choose areas of the same place, or correct the incidents' 'source_crs'",
        )
    people = _people(areas, index) if rates else None
    weights = row_weights(incidents)
    held = None if weights is None else weights[inside]
    return Study(incidents, areas, index, x[inside], y[inside], place[inside], people, held)


def _people(areas: gpd.GeoDataFrame, index: AreaIndex) -> pd.DataFrame:
    """Return points with the people that live about each, of every area whose population is known."""
    step = default_cell_size(areas) / _POINTS_IN_CELL
    west, south, east, north = areas.total_bounds
    across, down = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step)
        )
    )
    place = index.locate(across, down)
    held = np.bincount(place[place >= 0], minlength=len(areas))
    bare = np.flatnonzero(held == 0)  # too small for a point of the lattice
    point = areas.geometry.iloc[bare].representative_point()
    place = np.concatenate([place, bare])
    weight = areas["population"].to_numpy(dtype=float, na_value=np.nan)[place] / np.maximum(held, 1)[place]
    living = (place >= 0) & (weight > 0)
    table = {
        "x": np.concatenate([across, point.x.to_numpy()])[living],
        "y": np.concatenate([down, point.y.to_numpy()])[living],
        "weight": weight[living],
    }
    people = pd.DataFrame(table)
    people.attrs["crs"] = areas.crs.to_string()
    return people


def _risk(counts: npt.NDArray[Any], people: Floats) -> Floats:
    """Return the risk of each place against that of all, drawn towards it the more the fewer its people.

    It is the posterior mean of the gamma-Poisson model; NaN where nobody lives.
    """
    lived = people > 0
    expected = np.where(lived, people, 0.0) * (counts[lived].sum() / people[lived].sum())
    shape, rate = fit_gamma_poisson(counts[lived], expected[lived]).posterior(counts, expected)
    risk: Floats = np.where(lived, shape / rate, np.nan)
    return risk


def _hot(values: npt.NDArray[Any], areas: gpd.GeoDataFrame, q: float, **choice: Any) -> Hot:
    """Return where Gi* is a hotspot, as nullable booleans."""
    found = gi_star(pd.Series(values, index=areas.index, dtype=float), make_neighbours(areas, **choice))
    hot = (found["gi_z"] > 0) & (found["gi_q"] <= q)
    return hot.astype("boolean").mask(found["gi_z"].isna())


def hot_areas(study: Study, method: Method, number: float | None, q: float) -> Hot:
    """Return which areas are hotspots of risk, or of counts, with neighbours of one kind."""
    choice: dict[str, Any] = {"method": method}
    if number is not None:
        choice[method] = int(number) if method == "nearest" else number
    if study.people is None:
        return _hot(study.counts, study.areas, q, **choice)
    population = study.areas["population"].to_numpy(dtype=float, na_value=np.nan)
    return _hot(_risk(study.counts, population), study.areas, q, **choice)


def areas_of_hot_cells(study: Study, size: float, moved: tuple[float, float], q: float) -> Hot:
    """Return which areas have at least half of their incidents in hot cells, on one grid."""
    # Grids are anchored to the origin, so the world is moved instead of the grid.
    areas = study.areas.set_geometry(study.areas.translate(-moved[0], -moved[1]))
    grid = make_grid(areas, cell_size=size)
    x, y = study.x - moved[0], study.y - moved[1]
    cell = AreaIndex(grid.geometry.to_numpy(), points=len(x)).locate(x, y)
    found = cell >= 0
    weights = None if study.weights is None else study.weights[found]
    values: npt.NDArray[Any] = add_up(cell[found], len(grid), weights)
    if study.people is not None:
        lived = AreaIndex(grid.geometry.to_numpy(), points=len(study.people)).locate(
            study.people["x"].to_numpy() - moved[0], study.people["y"].to_numpy() - moved[1]
        )
        inside, weight = lived >= 0, study.people["weight"].to_numpy()
        people: Floats = np.bincount(lived[inside], weights=weight[inside], minlength=len(grid)).astype(float)
        values = _risk(values, people)
    with warnings.catch_warnings():
        # A cell alone in a corner of the border, or few cells, is no news to a reader of areas.
        warnings.simplefilter("ignore", HotspotsWarning)
        hot = _hot(values, grid, q).fillna(False).to_numpy(dtype=bool)
    in_hot = np.zeros(len(x), dtype=bool)
    in_hot[found] = hot[cell[found]]
    return _flags(study, study.share(in_hot) >= 0.5)


def dense_areas(study: Study, bandwidth: float, multiple: float) -> Hot:
    """Return which areas are dense, at one bandwidth and multiple: of incidents over people, or of the mean."""
    average, mean = _mean_density(study, study.incidents, bandwidth)
    if study.people is None:
        return _flags(study, average >= multiple * mean)
    people, _ = _mean_density(study, study.people, bandwidth)
    known = study.areas["population"].to_numpy(dtype=float, na_value=np.nan) > 0
    of_all = study.counts[known].sum() / study.people["weight"].sum()
    return _flags(study, average >= multiple * of_all * people).mask(~known)


def _mean_density(study: Study, points: pd.DataFrame, bandwidth: float) -> tuple[Floats, float]:
    """Return the mean density of points over each area, and over all cells with any."""
    surface = kernel_density(
        points,
        study.areas,
        bandwidth=bandwidth,
        cell_size=bandwidth / _CELLS_IN_BANDWIDTH,
        months=12,
        clip=False,
    )
    values = surface.values  # noqa: PD011 - a Surface's, not a Series'
    across, down = (axis.ravel() for axis in np.meshgrid(*surface.centres()))
    place, density = study.index.locate(across, down), values.ravel()
    inside = place >= 0
    reached = density[inside & (density > 0)]
    mean = float(reached.mean()) if reached.size else np.inf
    cells = np.bincount(place[inside], minlength=len(study.areas))
    total = np.bincount(place[inside], weights=density[inside], minlength=len(study.areas))
    average = total / np.maximum(cells, 1)
    bare = np.flatnonzero(cells == 0)  # smaller than a cell: the density at the cell that holds it
    point = study.areas.geometry.iloc[bare].representative_point()
    rows = ((surface.north - point.y.to_numpy()) // surface.cell_size).astype(np.int64)
    columns = ((point.x.to_numpy() - surface.west) // surface.cell_size).astype(np.int64)
    average[bare] = values[rows, columns]
    return average, mean


def _flags(study: Study, hot: Bools) -> Hot:
    return pd.Series(pd.array(hot, dtype="boolean"), index=study.areas.index)
