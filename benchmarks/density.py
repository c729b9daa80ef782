"""Kernel density against scikit-learn and a binned FFT, in one run: ``python -m benchmarks.density``.

The points are made up: 45 towns and some countryside in 60 x 75 km. Each tool sums the same kernel over the same
cells. Times are medians after one run that compiles, but scikit-learn's is one run. Errors are relative to
brute force at 400 random cells above a thousandth of the peak. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.signal import oaconvolve
from sklearn.neighbors import KernelDensity

from hotspots.base.crs import Floats
from hotspots.methods.kde.density import kernel_density

Cells = list[tuple[int, int]]

WIDE, HIGH = 60_000, 75_000
# Incidents, bandwidth and cell size in metres.
CASES = (
    (10_000, 500, 100),
    (100_000, 500, 100),
    (100_000, 1500, 50),
    (1_000_000, 500, 100),
    (1_000_000, 500, 50),
)
# scikit-learn would take minutes beyond this.
MOST_FOR_SKLEARN = 100_000
REPEATS = 5
AREAS = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, WIDE, HIGH)], crs="EPSG:27700")


def made_up_points(n: int) -> tuple[Floats, Floats]:
    """Return clustered coordinates inside the box."""
    rng = np.random.default_rng(n)
    towns = rng.uniform((0, 0), (WIDE, HIGH), (45, 2))
    points = towns[rng.integers(0, 45, n)] + rng.normal(0, 1500, (n, 2))
    rural = rng.random(n) < 0.08
    points[rural] = rng.uniform((0, 0), (WIDE, HIGH), (int(rural.sum()), 2))
    return np.clip(points[:, 0], 0, WIDE - 1), np.clip(points[:, 1], 0, HIGH - 1)


def product(x: Floats, y: Floats, bandwidth: float, cell: float, kernel: Any) -> Floats:
    """Densities by this project."""
    incidents = pd.DataFrame({"x": x, "y": y})
    incidents.attrs["crs"] = "EPSG:27700"
    surface = kernel_density(incidents, AREAS, bandwidth=bandwidth, cell_size=cell, kernel=kernel, months=12)
    return np.flipud(surface.values)


def binned_fft(x: Floats, y: Floats, bandwidth: float, cell: float, _: Any) -> Floats:
    """Quartic densities of counts per cell, convolved by FFT: what is usually written by hand."""
    counts, _, _ = np.histogram2d(
        y, x, bins=(int(HIGH / cell), int(WIDE / cell)), range=((0, HIGH), (0, WIDE))
    )
    reach = int(bandwidth // cell)
    offsets = np.arange(-reach, reach + 1) * cell / bandwidth
    room = np.maximum(1 - offsets[:, None] ** 2 - offsets[None, :] ** 2, 0)
    smoothed: Floats = oaconvolve(counts, 3e6 / np.pi / bandwidth**2 * room**2, mode="same")
    return smoothed


def sklearn_tree(x: Floats, y: Floats, bandwidth: float, cell: float, _: Any) -> Floats:
    """Epanechnikov densities by a ball tree, exact."""
    columns, rows = np.arange(cell / 2, WIDE, cell), np.arange(cell / 2, HIGH, cell)
    at = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    tree = KernelDensity(bandwidth=bandwidth, kernel="epanechnikov").fit(np.column_stack((x, y)))
    density: Floats = np.exp(tree.score_samples(at)).reshape(rows.size, columns.size) * x.size * 1e6
    return density


def some_cells(values: Floats) -> Cells:
    """Return rows and columns of random cells above a thousandth of the peak."""
    row, column = np.nonzero(values > values.max() / 1000)
    some = np.random.default_rng(0).choice(row.size, min(400, row.size), replace=False)
    return list(zip(row[some].tolist(), column[some].tolist(), strict=True))


def worst_error(
    values: Floats, cells: Cells, x: Floats, y: Floats, bandwidth: float, cell: float, power: int
) -> float:
    """Return the largest relative error at the cells, by brute force; `power` 1 is Epanechnikov, 2 quartic."""
    worst = 0.0
    for r, c in cells:
        squared = ((x - (c + 0.5) * cell) ** 2 + (y - (r + 0.5) * cell) ** 2) / bandwidth**2
        exact = float((power + 1) * 1e6 / np.pi / bandwidth**2 * (np.maximum(1 - squared, 0) ** power).sum())
        worst = max(worst, abs(float(values[r, c]) / exact - 1))
    return worst


def timed(work: Callable[[], Floats], repeats: int) -> tuple[float, Floats]:
    """Return the median time of several runs, and the last result."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out scikit-learn and the larger cases")
    quick = parser.parse_args().quick
    product(*made_up_points(1000), 500, 100, "quartic")
    write = sys.stdout.write
    write(
        "| incidents | bandwidth | cell | tool | seconds | times slower | largest error |\n|"
        + "---|" * 7
        + "\n"
    )
    for n, bandwidth, cell in CASES[:2] if quick else CASES:
        x, y = made_up_points(n)
        tools: list[tuple[str, Callable[..., Floats], str, int]] = [
            ("hotspots, quartic", product, "quartic", REPEATS),
            ("hotspots, Epanechnikov", product, "epanechnikov", REPEATS),
            ("binned FFT, quartic", binned_fft, "quartic", REPEATS),
        ]
        if n <= MOST_FOR_SKLEARN and not quick:
            tools.append(("scikit-learn, Epanechnikov", sklearn_tree, "epanechnikov", 1))
        base = 0.0
        cells = some_cells(product(x, y, bandwidth, cell, "quartic"))
        for name, tool, kernel, repeats in tools:
            seconds, values = timed(partial(tool, x, y, bandwidth, cell, kernel), repeats)
            base = base or seconds
            error = worst_error(values, cells, x, y, bandwidth, cell, 2 if kernel == "quartic" else 1)
            write(
                f"| {n:,} | {bandwidth:,} m | {cell} m | {name} | {seconds:.4f} | {seconds / base:,.1f} "
                f"| {error:.1e} |\n"
            )


if __name__ == "__main__":
    main()
