"""One tool on one case, in a process of its own: ``python -m benchmarks.process SUITE CASE TOOL FOLDER SECONDS``.

Prints a line of JSON: the seconds of each run, the peak memory in MB, and whether the answer is right.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.suites import SUITES

# Runs of a tool: a few, or so many that a short one is watched for a second, because a machine's mood changes.
FEW_RUNS, MOST_RUNS = 5, 50


def peak_memory() -> float:
    """Return this process's largest resident memory in MB; `getrusage` would count what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else math.nan


def measure(suite: str, case: str, tool: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Run a tool a few times, but for no longer than `seconds`, after one that does not count."""
    chosen = SUITES[suite]
    settings, work = chosen.cases[case][1], chosen.tools[tool]
    work(chosen.load(settings | (chosen.warm or {}), folder))
    given = chosen.load(settings, folder)
    times: list[float] = []
    while sum(times) < (seconds if len(times) < FEW_RUNS else 1.0) and len(times) < MOST_RUNS:
        begin = time.perf_counter()
        answer = work(given)
        # A tool in a program of its own says itself how long it took, without its start.
        times.append(given.pop("seconds", None) or time.perf_counter() - begin)
    peak = peak_memory()
    right, words = chosen.check(given, answer)
    return {
        "seconds": statistics.median(times),
        "runs": len(times),
        "peak": peak,
        "right": right,
        "words": words,
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    suite, case, tool, folder, seconds = sys.argv[1:]
    sys.stdout.write("\n" + json.dumps(measure(suite, case, tool, Path(folder), float(seconds))) + "\n")
