"""How often change is flagged where nothing changed: ``python docs/write_changes.py --incidents FOLDER --areas LAYER``.

The months of each area are shuffled, so that no half of the year differs from the other but by chance, and the halves
compared: by one dispersion for all areas, and by that of the area where its own months vary more. Prints the table of
"Change between two periods" in methods.md for the areas given.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np
import pandas as pd

from hotspots import change, count_incidents, read_areas, read_incidents

SEED = 20260
CATEGORIES = ("all", "Anti-social behaviour", "Shoplifting", "Vehicle crime", "Burglary")


def flags(monthly: pd.DataFrame, *, own: bool) -> int:
    """Return how many areas are flagged as changed from the first half of the months to the second."""
    half = monthly.shape[1] // 2
    before, after = monthly.iloc[:, :half], monthly.iloc[:, half:]
    lengths: dict[str, Any] = {"months_before": half, "months_after": monthly.shape[1] - half}
    found = change(before.sum(axis=1), after.sum(axis=1), **lengths, monthly=(before, after) if own else None)
    return int((found["ch_flag"] != "no clear change").sum())


def row(category: str, monthly: pd.DataFrame, draws: int) -> str:
    """Return a row of the table."""
    random, maps = np.random.default_rng(SEED), np.zeros(2)
    for _ in range(draws):
        shuffled = pd.DataFrame(random.permuted(monthly.to_numpy(), axis=1), index=monthly.index)
        maps += [flags(shuffled, own=own) > 0 for own in (False, True)]
    common, own = (f"{share:.0%}" for share in maps / draws)
    real = " | ".join(str(flags(monthly, own=own)) for own in (False, True))
    return f"| {category} | {monthly.to_numpy().sum() / len(monthly):,.1f} | {common} | {own} | {real} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", required=True)
    parser.add_argument("--areas", required=True)
    parser.add_argument("--draws", type=int, default=200)
    asked = parser.parse_args()
    incidents, _ = read_incidents(asked.incidents)
    areas = read_areas(asked.areas)
    say = sys.stdout.write
    say(
        "| incidents | a year, mean of areas | maps with a false flag, one dispersion "
        "| the area's own where greater | flagged in truth, one | own |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    )
    for category in CATEGORIES:
        chosen = incidents if category == "all" else incidents[incidents["category"] == category]
        say(row(category, count_incidents(chosen, areas, per="month"), asked.draws) + "\n")


if __name__ == "__main__":
    main()
