"""Charts of months at the size of England and Wales: ``python -m benchmarks.charts [--areas N --months N --themes N]``.

Simulated counts, since three real years are not to be had: areas' means are gamma distributed around the share of
each of 14 categories, months vary by chance and by a season. Prints seconds, after a
small run that compiles the kernels, and the peak memory of the process, its input included.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from hotspots import unusual_months

MEANS = (3.0, 1.1, 0.2, 0.4, 0.6, 0.3, 0.2, 0.5, 0.1, 0.6, 0.1, 0.5, 0.1, 0.4)
"""Incidents a month in an area, by category."""
SEASON = (0.87, 0.87, 0.98, 1.0, 1.06, 1.11, 1.1, 1.05, 1.0, 1.02, 0.98, 0.96)


def simulated(areas: int, months: int, themes: int) -> dict[str, pd.DataFrame]:
    """Return counts by area and month for each theme."""
    random = np.random.default_rng(1)
    columns = pd.period_range("2023-01", periods=months, freq="M")
    season = np.array([SEASON[month.month - 1] for month in columns])
    made = {}
    for place in range(themes):
        mean = MEANS[place % len(MEANS)] * random.gamma(0.8, 1 / 0.8, areas)[:, None] * season
        # Variance 1.3 times the mean.
        n = random.negative_binomial(mean / 0.3 + 1e-9, 1 / 1.3).astype(np.int32)
        made[f"theme {place + 1}"] = pd.DataFrame(n, columns=columns)
    return made


def surveillance(tables: dict[str, pd.DataFrame], areas: int) -> float:
    """Return the seconds that R's surveillance takes for the last month of some areas of each theme."""
    taken = 0.0
    for table in tables.values():
        with tempfile.TemporaryDirectory() as folder:
            table.head(areas).to_csv(f"{folder}/counts.csv", index=False)
            command = ["Rscript", Path(__file__).parent / "surveillance_months.R", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        taken += float(done.stdout.split()[-1])
    return taken


def main() -> None:
    """Time the charts, and say what they needed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.charts", description=__doc__)
    parser.add_argument("--areas", type=int, default=35_672)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--themes", type=int, default=14)
    parser.add_argument("--peer", type=int, metavar="AREAS", help="R's surveillance too, for so many areas")
    chosen = parser.parse_args()
    unusual_months(simulated(200, chosen.months, 2))
    tables = simulated(chosen.areas, chosen.months, chosen.themes)
    began, spent = time.perf_counter(), time.process_time()
    found = unusual_months(tables)
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{found}: {seconds:.1f} s, {processor:.1f} s of processor time")
    if chosen.peer:
        beside = surveillance(tables, chosen.peer)
        each = beside / chosen.peer / chosen.themes / (seconds / chosen.areas / chosen.themes)
        print(f"surveillance: {beside:.1f} s for {chosen.peer:,} areas, {each:,.0f} times as long for each")
    print(f"{peak:,.0f} MB at most, with the input; months are simulated")


if __name__ == "__main__":
    main()
