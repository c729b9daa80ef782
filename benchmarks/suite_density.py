"""Density: each tool from arrays of coordinates to values at the centres of the same cells, south row first."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks import density as kde
from benchmarks.suite import HERE, Inputs, Suite


def load_density(settings: dict[str, Any], _: Path) -> Inputs:
    """Return points; the same for every tool, because they come from one seed."""
    x, y = kde.made_up_points(settings["points"])
    return {"x": x, "y": y, "power": 2, **settings}


def density_hotspots(given: Inputs) -> Any:
    """Sum quartics exactly."""
    return kde.product(given["x"], given["y"], given["bandwidth"], given["cell"], "quartic")


def density_fft(given: Inputs) -> Any:
    """Convolve counts in cells with a quartic, by FFT."""
    return kde.binned_fft(given["x"], given["y"], given["bandwidth"], given["cell"], None)


def density_kdepy(given: Inputs) -> Any:
    """Bin linearly and convolve with a quartic, by FFT."""
    from KDEpy import FFTKDE

    cell, h = given["cell"], given["bandwidth"]
    points = np.column_stack((given["x"], given["y"]))
    # KDEpy counts a bandwidth in standard deviations; it takes a quartic to have h / sqrt(7). Its grid must
    # hold all points, and has a cell more on each side.
    columns, rows = kde.WIDE // cell, kde.HIGH // cell
    across = (np.arange(-h // cell - 1, columns + h // cell + 1) + 0.5) * cell
    up = (np.arange(-h // cell - 1, rows + h // cell + 1) + 0.5) * cell
    grid = np.stack(np.meshgrid(across, up, indexing="ij"), axis=-1).reshape(-1, 2)
    model = FFTKDE(kernel="biweight", norm=2, bw=h / np.sqrt(7)).fit(points)
    # Its own constant aside, which a factor over all cells takes out.
    values = model.evaluate(grid).reshape(len(across), len(up)).T
    edge = h // cell + 1
    inner = values[edge : edge + rows, edge : edge + columns]
    return inner * (len(points) * 1e6 / (inner.sum() * cell * cell)) if inner.sum() > 0 else inner


def density_sklearn(given: Inputs) -> Any:
    """Sum Epanechnikov kernels by a ball tree: scikit-learn has no quartic."""
    given["power"] = 1
    return kde.sklearn_tree(given["x"], given["y"], given["bandwidth"], given["cell"], None)


def density_libkdv(given: Inputs) -> Any:
    """Sum Epanechnikov kernels exactly: LIBKDV has no quartic."""
    from libkdv import kdv

    given["power"] = 1
    cell = given["cell"]
    columns, rows = kde.WIDE // cell, kde.HIGH // cell
    # It doubles the bandwidth, puts its pixels from bound to bound, and takes those of y first.
    bound = [cell / 2, kde.HIGH - cell / 2, cell / 2, kde.WIDE - cell / 2]
    model = kdv(
        np.column_stack((given["x"], given["y"])), GPS=False, bound=bound, num_threads=2,
        row_pixels=columns, col_pixels=rows, bandwidth=given["bandwidth"] / 2,
    )  # fmt: skip
    found = model.compute()
    values = np.zeros((rows, columns))
    column = np.rint((found["x"] - cell / 2) / cell).astype(int).clip(0, columns - 1)
    row = np.rint((found["y"] - cell / 2) / cell).astype(int).clip(0, rows - 1)
    values[row, column] = found["val"]
    # Rescaled to colours: the peak is brought to that of the product.
    given["free_scale"] = True
    return values


def density_qgis(given: Inputs) -> Any:
    """Run QGIS's own algorithm in the Python that Debian's QGIS goes with."""
    with tempfile.TemporaryDirectory() as folder:
        points, out = Path(folder, "points.npy"), Path(folder, "out")
        np.save(points, np.array([given["x"], given["y"]]))
        words = [points, out, given["bandwidth"], given["cell"], kde.WIDE, kde.HIGH]
        done = subprocess.run(
            ["/usr/bin/python3", HERE / "qgis_density.py", *map(str, words)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        given["seconds"] = float(done.stdout.split()[-1])
        given["free_scale"] = True
        return np.load(f"{out}.npy")


def check_density(given: Inputs, values: Any) -> tuple[bool, str]:
    """Compare cells above a thousandth of the peak with brute force."""
    x, y, h, cell, power = (given[name] for name in ("x", "y", "bandwidth", "cell", "power"))
    reference = density_hotspots(given)
    cells = kde.some_cells(reference)
    if given.get("free_scale"):
        exact = np.array([_brute(x, y, r, c, h, cell, power) for r, c in cells])
        found = np.array([values[r, c] for r, c in cells])
        values = values * (np.median(exact / np.maximum(found, 1e-300)))
    error = kde.worst_error(values, cells, x, y, h, cell, power)
    return error < 1e-6, f"largest error {error:.1e}" if error < 0.001 else f"largest error {error:.1%}"


def _brute(x: Any, y: Any, r: int, c: int, h: float, cell: float, power: int) -> float:
    squared = ((x - (c + 0.5) * cell) ** 2 + (y - (r + 0.5) * cell) ** 2) / h**2
    return float((power + 1) * 1e6 / np.pi / h**2 * (np.maximum(1 - squared, 0) ** power).sum())


DENSITY = Suite(
    "Density", "incidents",
    {f"{points:,} incidents, {h:,} m / {cell} m": (points, {"points": points, "bandwidth": h, "cell": cell})
     for points, h, cell in ((1_000, 500, 100), *kde.CASES)},
    tuple(f"{points:,} incidents, 500 m / 100 m" for points in (10_000, 100_000)),
    load_density,
    {"hotspots": density_hotspots, "binned FFT": density_fft, "KDEpy FFTKDE": density_kdepy,
     "QGIS": density_qgis, "LIBKDV": density_libkdv, "scikit-learn": density_sklearn},
    check_density, {"scikit-learn": 100_000, "LIBKDV": 100_000},
    ("binned FFT", "KDEpy FFTKDE", "QGIS"), {"points": 1_000},
)  # fmt: skip
