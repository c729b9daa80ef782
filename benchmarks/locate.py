"""Points to areas: this toolkit beside geopandas and shapely, same input, same run.

Run with ``python -m benchmarks.locate``. Real files may be named with ``--areas`` and ``--incidents``
(GeoParquet of polygons; Parquet with Longitude and Latitude).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from hotspots.areas.locate.index import AreaIndex

WEST, SOUTH, WIDTH, HEIGHT = 390_000.0, 300_000.0, 60_000.0, 75_000.0
WAVES = ((200, 5000), (30, 700), (6, 130), (2, 45))  # metres: size and length of what makes borders wiggle
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def make_areas(count: int, *, step: float = 11.2, seed: int = 1) -> Any:
    """Return a Voronoi coverage of clustered places with wiggly shared borders, about 850 vertices each."""
    rng = np.random.default_rng(seed)
    towns, spread = rng.uniform((0, 0), (WIDTH, HEIGHT), (45, 2)), rng.lognormal(np.log(2400), 0.5, 45)
    town = rng.integers(0, 45, count)
    places = towns[town] + rng.normal(size=(count, 2)) * spread[town][:, None]
    rural = rng.random(count) < 0.2
    places[rural] = rng.uniform((0, 0), (WIDTH, HEIGHT), (rural.sum(), 2))
    frame = shapely.box(0, 0, WIDTH, HEIGHT)
    places = np.clip(places, 1, (WIDTH - 1, HEIGHT - 1))
    diagram = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places), extend_to=frame))
    cells = shapely.intersection(diagram, frame)

    def warp(points: Any) -> Any:
        x, y = points.T
        for size, length in WAVES:
            x, y = x + size * np.sin(2 * np.pi * y / length), y + size * np.sin(2 * np.pi * x / length)
        return np.column_stack((x + WEST, y + SOUTH))

    return shapely.transform(shapely.segmentize(cells[shapely.area(cells) > 0], step), warp)


def make_points(count: int, *, seed: int = 2) -> tuple[Any, Any]:
    """Return points in 450 clusters, 8 % of them anywhere."""
    rng = np.random.default_rng(seed)
    spots, spread = rng.uniform((0, 0), (WIDTH, HEIGHT), (450, 2)), rng.lognormal(np.log(600), 0.6, 450)
    spot = rng.integers(0, 450, count)
    points = spots[spot] + rng.normal(size=(count, 2)) * spread[spot][:, None]
    anywhere = rng.random(count) < 0.08
    points[anywhere] = rng.uniform((0, 0), (WIDTH, HEIGHT), (anywhere.sum(), 2))
    return points[:, 0] + WEST, points[:, 1] + SOUTH


def by_this_toolkit(areas: Any, x: Any, y: Any) -> Any:
    """Build the index and look every point up."""
    return AreaIndex(areas, points=len(x)).locate(x, y)


def by_sjoin(areas: Any, x: Any, y: Any) -> Any:
    """Join with `geopandas.sjoin`, the making of points included; "within" is its fast predicate."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    joined = gpd.sjoin(points, gpd.GeoDataFrame(geometry=areas), predicate="within")
    return first_owner(len(x), joined.index.to_numpy(), joined["index_right"].to_numpy())


def by_point_tree(areas: Any, x: Any, y: Any) -> Any:
    """Query a tree of all points with every area."""
    area, point = shapely.STRtree(shapely.points(x, y)).query(areas, predicate="intersects")
    return first_owner(len(x), point, area)


def by_contains_xy(areas: Any, x: Any, y: Any) -> Any:
    """Test x-sorted points within each prepared area's bounding box (points on borders are lost)."""
    order = np.argsort(x, kind="stable")
    sorted_x, sorted_y = x[order], y[order]
    bounds = shapely.bounds(areas)
    starts, stops = np.searchsorted(sorted_x, bounds[:, 0]), np.searchsorted(sorted_x, bounds[:, 2], "right")
    owner = np.full(len(x), -1, dtype=np.int32)
    for position in np.flatnonzero(starts < stops)[::-1]:
        near = slice(starts[position], stops[position])
        south, north = bounds[position, [1, 3]]
        inside = np.flatnonzero((sorted_y[near] >= south) & (sorted_y[near] <= north))
        if len(inside):
            shapely.prepare(areas[position])
            hit = shapely.contains_xy(areas[position], sorted_x[near][inside], sorted_y[near][inside])
            shapely.destroy_prepared(areas[position])
            owner[order[near][inside[hit]]] = position
    return owner


def first_owner(count: int, point: Any, area: Any) -> Any:
    """Return the first area of each point from the pairs of a join."""
    owner = np.full(count, -1, dtype=np.int32)
    order = np.argsort(-area, kind="stable")
    owner[point[order]] = area[order]
    return owner


def median_time(work: Callable[..., Any], *inputs: Any, budget: float = 3.0) -> tuple[float, Any]:
    """Return the median of up to nine runs, fewer where they take long, and the last result."""
    taken: list[float] = []
    while not taken or (len(taken) < 9 and sum(taken) + taken[-1] < budget):
        begin = time.perf_counter()
        result = work(*inputs)
        taken.append(time.perf_counter() - begin)
    return float(np.median(taken)), result


def compare(label: str, areas: Any, x: Any, y: Any) -> None:
    """Print one row of the table."""
    ours, owner = median_time(by_this_toolkit, areas, x, y)
    peers = {}
    for name, work in (("sjoin", by_sjoin), ("tree", by_point_tree), ("contains_xy", by_contains_xy)):
        peers[name], other = median_time(work, areas, x, y)
        if (different := np.count_nonzero(other != owner)) > 0:
            print(f"{name} differs at {different:,} points")
    best = min(peers.values())
    cells = [label, f"{len(x):,}", f"{ours:.4g}", *(f"{taken:.4g}" for taken in peers.values())]
    print("|", " | ".join([*cells, f"{best / ours:.1f}", f"{peers['sjoin'] / ours:.1f}"]), "|", flush=True)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--areas", type=Path)
    options.add_argument("--incidents", type=Path)
    options.add_argument("--points", type=int, nargs="+", default=SIZES, help="numbers of points")
    chosen = options.parse_args()
    if chosen.areas is None:
        areas = make_areas(700)
        points = make_points(max(chosen.points))
    else:
        layer = gpd.read_parquet(chosen.areas)
        table = gpd.pd.read_parquet(chosen.incidents, columns=["Longitude", "Latitude"]).dropna()
        table = table.sample(frac=1.0, random_state=0)
        placed = gpd.GeoSeries(gpd.points_from_xy(*table.to_numpy().T), crs=4326).to_crs(layer.crs)
        areas, points = layer.geometry.to_numpy(), (placed.x.to_numpy(), placed.y.to_numpy())
    begin = time.perf_counter()
    AreaIndex([shapely.box(0, 0, 1, 1)]).locate([0.5], [0.5])
    print(f"first use (import, and compile where not cached): {time.perf_counter() - begin:.2f} s")
    print("| areas | points | this, s | sjoin | point tree | contains_xy loop | best / this | sjoin / this |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for count in sorted({min(count, len(points[0])) for count in chosen.points}):
        compare(f"{len(areas):,}", areas, points[0][:count].copy(), points[1][:count].copy())


if __name__ == "__main__":
    main()
