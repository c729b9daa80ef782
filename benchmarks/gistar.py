"""Neighbours and Gi* against libpysal and esda, in one run: ``python benchmarks/gistar.py [--areas LAYER]``.

Without a layer, a made-up coverage of 35,000 four-sided areas stands in. Times are medians of several runs
after one that compiles; the esda permutations, which take seconds, are one run after a small one. Prints a
Markdown table.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from esda.getisord import G_Local
from libpysal.graph import Graph

from hotspots.areas.neighbours import Neighbours, from_graph, make_neighbours
from hotspots.methods.getisord.statistic import gi_star

PERMUTATIONS = 999
ESDA_PERMUTATIONS = (999, 9_999)
REPEATS = 5


def made_up_areas(columns: int = 200, rows: int = 175) -> gpd.GeoDataFrame:
    """Return four-sided areas whose corners are moved at random, so that all share their borders."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(columns + 1) * 500.0, np.arange(rows + 1) * 500.0, indexing="ij")
    corners = np.stack([x, y], axis=-1) + rng.uniform(-200, 200, (columns + 1, rows + 1, 2))
    around = [corners[:-1, :-1], corners[1:, :-1], corners[1:, 1:], corners[:-1, 1:]]
    polygons = shapely.polygons(np.stack(around, axis=2).reshape(-1, 4, 2))
    codes = pd.Index([f"A{number:06}" for number in range(len(polygons))], name="code")
    return gpd.GeoDataFrame(geometry=polygons, index=codes, crs="EPSG:27700")


def median_seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the median time of several runs, after one that does not count."""
    work()
    return once_or_more(work, repeats)


def once_or_more(work: Callable[[], Any], repeats: int = 1) -> float:
    """Return the median time of the runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def contiguity(areas: gpd.GeoDataFrame) -> list[tuple[str, float, float | None, str]]:
    """Time queen and rook contiguity, and count the edges that differ."""
    rows = []
    for method in ("queen", "rook"):
        rook = method == "rook"
        ours = make_neighbours(areas, method="rook" if rook else "queen")
        theirs = Graph.build_contiguity(areas, rook=rook)
        differ = (ours.matrix != theirs.sparse).nnz // 2
        rows.append(
            (
                f"{method} contiguity, libpysal",
                median_seconds(lambda m=method: make_neighbours(areas, method=m)),
                median_seconds(lambda r=rook: Graph.build_contiguity(areas, rook=r), 3),
                f"{differ} of {theirs.n_edges // 2:,} edges differ",
            )
        )
    return rows


def inference(values: pd.Series[Any], near: Neighbours) -> list[tuple[str, float, float | None, str]]:
    """Time the closed form and the permutations, and state how far the results lie apart."""
    weights = near.to_graph().to_W()
    x = values.to_numpy()

    def esda(permutations: int) -> Any:
        return G_Local(x, weights, transform="B", star=True, permutations=permutations, seed=1, n_jobs=-1)

    theirs, ours = esda(9), gi_star(values, near)
    apart = float(np.nanmax(np.abs(theirs.Zs - ours["gi_z"])[near.counts.to_numpy() > 0]))
    rows: list[tuple[str, float, float | None, str]] = [
        ("closed form, esda", median_seconds(lambda: gi_star(values, near)), median_seconds(lambda: esda(0)),
         f"largest difference of z {apart:.0e}")
    ]  # fmt: skip
    for permutations in (PERMUTATIONS, 9_999, 99_999):
        seconds = median_seconds(
            lambda r=permutations: gi_star(values, near, inference="permutation", permutations=r)
        )
        peer = once_or_more(lambda r=permutations: esda(r)) if permutations in ESDA_PERMUTATIONS else None
        rows.append((f"{permutations:,} permutations, esda", seconds, peer, ""))
    rng = np.random.default_rng(2)
    uneven = near.to_graph().adjacency
    uneven = uneven * rng.uniform(0.5, 1.5, len(uneven))
    graph = Graph.from_adjacency(uneven.reset_index())
    unequal = from_graph(graph)
    weights = graph.to_W()
    values = values.loc[unequal.index]
    x = values.to_numpy()
    ours_seconds = median_seconds(
        lambda: gi_star(values, unequal, inference="permutation", permutations=PERMUTATIONS), 3
    )
    theirs_seconds = once_or_more(
        lambda: G_Local(x, weights, transform="R", star=False, permutations=PERMUTATIONS, seed=1, n_jobs=-1)
    )
    rows.append((f"{PERMUTATIONS:,} permutations, unequal weights, esda", ours_seconds, theirs_seconds, ""))
    return rows


def main() -> None:
    """Run everything and print the table."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", help="a layer of polygons in a projected CRS (.parquet, .gpkg, .geojson)")
    path = parser.parse_args().areas
    if path is None:
        areas = made_up_areas()
    else:
        areas = gpd.read_parquet(path) if path.endswith(".parquet") else gpd.read_file(path)
    rng = np.random.default_rng(0)
    values = pd.Series(rng.poisson(rng.gamma(1, 100, len(areas))).astype(float), index=areas.index)
    out = [
        f"{len(areas):,} areas",
        "",
        "| work, peer | hotspots, s | peer, s | ratio | |",
        "|---|---:|---:|---:|---|",
    ]
    for label, ours, peer, note in contiguity(areas) + inference(values, make_neighbours(areas)):
        against = f"{peer:.3f} | {peer / ours:.0f}" if peer else "– | –"
        out.append(f"| {label} | {ours:.4f} | {against} | {note} |")
    sys.stdout.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()
