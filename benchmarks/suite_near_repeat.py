"""Near repeat: from events with a place and a day to pairs up to 200 m and 14 days apart, with 999 random orders.

pointpats and R's surveillance measure every pair in each order, and test one box. Events are made up: towns of unequal
size, days drawn at random.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.suite import Inputs, Suite

HERE = Path(__file__).parent
METRES, DAYS, ORDERS = 200.0, 14, 999


def load_events(settings: dict[str, Any], _: Path) -> Inputs:
    """Return events around 200 towns, as many in each square kilometre whatever their number."""
    random, number = np.random.default_rng(1), settings["events"]
    side = 60_000 * np.sqrt(number / 100_000)
    towns, share = random.random((200, 2)) * side, random.lognormal(0, 1, 200)
    chosen = random.choice(200, number, p=share / share.sum())
    places = towns[chosen] + random.normal(0, side / 40, (number, 2))
    day = random.integers(0, 730, number)
    date = pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")
    table = pd.DataFrame({"x": places[:, 0], "y": places[:, 1], "date": date})
    return {"events": table, "places": places, "day": day.reshape(-1, 1)}


def near_here(given: Inputs) -> int:
    """Count the box and all others, with p, q and the part of each event."""
    from hotspots.methods.time.near_repeat.knox import near_repeat

    boxes = near_repeat(given["events"], distances=[METRES], days=[DAYS], permutations=ORDERS).boxes
    return int(boxes.loc[(boxes["m_to"] <= METRES) & (boxes["days_to"] <= DAYS), "pairs"].sum())


def near_pointpats(given: Inputs) -> int:
    """Count the one box."""
    from pointpats import Knox

    np.random.seed(1)  # noqa: NPY002 - what pointpats draws from
    found = Knox(given["places"], given["day"], METRES, DAYS, permutations=ORDERS)
    return int(found.statistic_)


def near_surveillance(given: Inputs) -> int:
    """Run R's surveillance from a file; only its call is timed."""
    with tempfile.TemporaryDirectory() as folder:
        events = pd.DataFrame(given["places"], columns=["x", "y"]).assign(day=given["day"].ravel())
        events.to_csv(f"{folder}/events.csv", index=False)
        asked = [str(METRES), str(DAYS), str(ORDERS)]
        command = ["Rscript", HERE / "surveillance_knox.R", folder, *asked]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    pairs, seconds = done.stdout.split()[-2:]
    given["seconds"] = float(seconds)
    return int(float(pairs))


def check_near(given: Inputs, pairs: int) -> tuple[bool, str]:
    """Compare the number of pairs in the box with that of a tree of places, day by day."""
    from scipy.spatial import cKDTree

    near = cKDTree(given["places"]).query_pairs(METRES, output_type="ndarray")
    day = given["day"].ravel()
    expected = int((np.abs(day[near[:, 0]] - day[near[:, 1]]) <= DAYS).sum())
    return pairs == expected, f"{pairs:,} pairs up to {METRES:g} m and {DAYS} days apart"


NEAR_REPEAT = Suite(
    "Near repeat, 200 m and 14 days, 999 orders", "events",
    {f"{number:,} events": (number, {"events": number}) for number in (1_000, 5_000, 100_000, 1_000_000)},
    ("1,000 events", "5,000 events"),
    load_events,
    {"hotspots": near_here, "pointpats": near_pointpats, "surveillance": near_surveillance},
    check_near, {"pointpats": 5_000, "surveillance": 1_000},
)  # fmt: skip
