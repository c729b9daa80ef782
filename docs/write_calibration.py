"""Write the calibration tables of docs/methods.md: how often each method finds a hotspot where there is none.

Counts are drawn at random, with nothing to find, and each method is asked for hotspots; whatever it finds is false.
The areas are the bundled sample's, and a grid of 30 by 30 cells. Takes about two minutes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr
from shapely import box

from hotspots.areas.neighbours import Neighbours, make_neighbours
from hotspots.areas.reading import read_areas
from hotspots.base.errors import HotspotsWarning
from hotspots.methods.getisord.statistic import gi_star

PAGE = Path(__file__).with_name("methods.md")
START, END = "<!-- calibration: written by docs/write_calibration.py -->", "<!-- end of calibration -->"
SEED = 20_260
RUNS = {"analytic": 2_000, "permutation": 1_000}
PERMUTATIONS = 99_999

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scenario:
    """What is drawn: independent Poisson counts of these means, divided by a population where there is one."""

    name: str
    expected: Floats
    neighbours: Neighbours
    population: Floats | None = None

    def draw(self, runs: int, seed: int) -> Floats:
        """Return values of shape (areas, runs)."""
        counts = np.random.default_rng(seed).poisson(self.expected[:, None], (len(self.expected), runs))
        values: Floats = counts.astype(float)
        return values if self.population is None else values / self.population[:, None]


@dataclass(frozen=True)
class Alarms:
    """How often something was found where there is nothing, each a share in [0, 1].

    `hot05`, `cold05` and `hot01` are shares of areas with p at most 0.05 and 0.01, and `left05` of areas hot or cold
    with q at most 0.05; `any05`, `q05` and `q10` are shares of maps with any at p ≤ 0.05, and at q ≤ 0.05 and 0.10.
    """

    hot05: float
    cold05: float
    hot01: float
    left05: float
    any05: float
    q05: float
    q10: float


def scenarios() -> Iterator[Scenario]:
    """Return what is tried: cells with few and many incidents, and real wards and LSOAs with one rate for all."""
    cells = [box(500 * x, 500 * y, 500 * x + 500, 500 * y + 500) for x in range(30) for y in range(30)]
    grid = gpd.GeoDataFrame(index=[f"c{k:03}" for k in range(900)], geometry=cells, crs="EPSG:27700")
    near = make_neighbours(grid)
    for mean in (0.2, 1.0, 5.0):
        yield Scenario(
            f"900 equal cells, {mean:g} incident{'s' * (mean != 1)} each", np.full(900, mean), near
        )
    for name, layer, mean in (
        ("124 wards", "west-yorkshire-wards", 50.0),
        ("1,388 LSOAs", "west-yorkshire-lsoa-2011", 5.0),
    ):
        areas = read_areas(layer)
        people = areas["population"].to_numpy(dtype=float)
        expected, near = mean * people / people.mean(), make_neighbours(areas)
        yield Scenario(f"{name}, {mean:g} incidents on average, counts", expected, near)
        yield Scenario(f"{name}, {mean:g} incidents on average, rates", expected, near, people)


def scores(values: Floats, neighbours: Neighbours) -> Floats:
    """Return Gi* of many maps at once, of shape (areas, maps): as `hotspots.gi_star`, which a test compares."""
    n = len(values)
    weight = (neighbours.counts.to_numpy() + 1.0)[:, None]
    spread = values.std(axis=0) * np.sqrt((n * weight - weight**2) / (n - 1))
    sums: Floats = neighbours.matrix @ values + values
    z: Floats = (sums - values.mean(axis=0) * weight) / spread
    return z


def step_up(p: Floats) -> Floats:
    """Return the q of every area of many maps: as `benjamini_hochberg` of each column, which a test compares."""
    order = np.argsort(p, axis=0)
    scaled = np.take_along_axis(p, order, axis=0) * len(p) / np.arange(1, len(p) + 1)[:, None]
    q = np.empty_like(p)
    np.put_along_axis(q, order, np.minimum.accumulate(scaled[::-1], axis=0)[::-1], axis=0)
    return np.minimum(q, 1.0)


def analytic_alarms(scenario: Scenario, runs: int, seed: int = SEED) -> Alarms:
    """Return the false alarms by the normal distribution."""
    z = scores(scenario.draw(runs, seed), scenario.neighbours)
    return _alarms(z, 2 * ndtr(-np.abs(z)))


def permutation_alarms(
    scenario: Scenario, runs: int, seed: int = SEED, permutations: int = PERMUTATIONS
) -> Alarms:
    """Return the false alarms by conditional permutation, each map with its own seed."""
    values = scenario.draw(runs, seed)
    z, p = np.empty_like(values), np.empty_like(values)
    for run in range(runs):
        found = gi_star(
            pd.Series(values[:, run], index=scenario.neighbours.index),
            scenario.neighbours,
            inference="permutation",
            permutations=permutations,
            seed=run,
        )
        z[:, run], p[:, run] = found["gi_z"], found["gi_p"]
    return _alarms(z, p)


def _alarms(z: Floats, p: Floats) -> Alarms:
    q = step_up(p)
    return Alarms(
        hot05=float(((p <= 0.05) & (z > 0)).mean()),
        cold05=float(((p <= 0.05) & (z < 0)).mean()),
        hot01=float(((p <= 0.01) & (z > 0)).mean()),
        left05=float((q <= 0.05).mean()),
        any05=float((p <= 0.05).any(axis=0).mean()),
        q05=float((q <= 0.05).any(axis=0).mean()),
        q10=float((q <= 0.10).any(axis=0).mean()),
    )


def flag_alarms(expected: Floats, population: Floats, runs: int, seed: int = SEED) -> dict[str, float]:
    """Return what the mean + SD flag finds among rates that differ by chance only.

    Shares of areas "above" and "significantly above", areas "significantly above" per map, and the share of maps with
    any. As `hotspots.flag_mean_sd`, which a test compares.
    """
    rates = (
        np.random.default_rng(seed).poisson(expected[:, None], (len(expected), runs)) / population[:, None]
    )
    score = (rates - rates.mean(axis=0)) / rates.std(axis=0, ddof=1)
    significant = score > 2
    return {
        "above": float(((score > 1) & ~significant).mean()),
        "significantly above": float(significant.mean()),
        "per map": float(significant.sum(axis=0).mean()),
        "maps": float(significant.any(axis=0).mean()),
    }


def tables() -> str:
    """Return both tables as Markdown."""
    lines = [
        f"Gi\\* of independent Poisson counts: {RUNS['analytic']:,} maps by the normal distribution and "
        f"{RUNS['permutation']:,} by {PERMUTATIONS:,} permutations, queen neighbours, seed {SEED}. With p ≤ 0.05 and "
        "two sides, 2.5% of areas should come out hot and 2.5% cold; with p ≤ 0.01, 0.5% hot. All are false, so q ≤ "
        "0.05 keeps its promise where at most 5% of maps show anything.",
        "",
        "| what is drawn | p from | hot, p ≤ 0.05 | cold, p ≤ 0.05 | hot, p ≤ 0.01 | either, q ≤ 0.05 "
        "| maps with any, p ≤ 0.05 | maps with any, q ≤ 0.05 | maps with any, q ≤ 0.10 |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for scenario in scenarios():
        for inference, alarms in (
            ("normal", analytic_alarms(scenario, RUNS["analytic"])),
            ("permutations", permutation_alarms(scenario, RUNS["permutation"])),
        ):
            areas = f"{alarms.hot05:.2%} | {alarms.cold05:.2%} | {alarms.hot01:.2%} | {alarms.left05:.3%}"
            maps = f"{alarms.any05:.1%} | {alarms.q05:.1%} | {alarms.q10:.1%}"
            lines.append(f"| {scenario.name} | {inference} | {areas} | {maps} |")
    lines += [
        "",
        f"The mean + SD flag of rates that differ by chance only ({RUNS['analytic']:,} maps, same seed):",
        "",
        "| what is drawn | above | significantly above | significantly above, per map | maps with any |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, expected, population in flag_cases():
        found = flag_alarms(expected, population, RUNS["analytic"])
        shares = f"{found['above']:.1%} | {found['significantly above']:.1%} | {found['per map']:.1f}"
        lines.append(f"| {name} | {shares} | {found['maps']:.1%} |")
    return "\n".join(lines)


def flag_cases() -> Iterator[tuple[str, Floats, Floats]]:
    """Return name, expected counts and populations of what the flag is tried on: one rate for all."""
    people = read_areas("west-yorkshire-wards")["population"].to_numpy(dtype=float)
    for mean in (5.0, 50.0, 500.0):
        yield f"124 wards, {mean:g} incidents on average", mean * people / people.mean(), people
    people = read_areas("west-yorkshire-lsoa-2011")["population"].to_numpy(dtype=float)
    yield "1,388 LSOAs, 5 incidents on average", 5 * people / people.mean(), people


def written(page: str, body: str) -> str:
    """Return the page with what stands between the markers replaced."""
    head, rest = page.split(START)
    _, tail = rest.split(END)
    return f"{head}{START}\n\n{body}\n\n{END}{tail}"


def rows(page: str) -> dict[tuple[str, ...], list[Any]]:
    """Return the numbers of the tables in a page, by the words at the start of each row."""
    found: dict[tuple[str, ...], list[Any]] = {}
    for line in page.split(START)[1].split(END)[0].splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        numbers = [cell for cell in cells if cell.rstrip("%").replace(".", "", 1).isdigit()]
        if len(numbers) >= 3:
            words = tuple(cells[: len(cells) - len(numbers)])
            found[words] = [float(n.rstrip("%")) / (100 if n.endswith("%") else 1) for n in numbers]
    return found


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HotspotsWarning)
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8", newline="\n")
