"""A whole run, from the command to the last file: ``python -m benchmarks.whole_run [RECIPE]``.

Without a recipe it is the bundled sample's. Prints a table.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

RUNS = 5
WORDS = """\
From the command to the last file, in a process of its own, kernels compiled: the median of five runs after one that
does not count. "Imports alone" is a fresh process that imports the same modules, "writing files" the time spent in
what draws and writes the layers, tables and the map, "the rest" the difference, in multiples of the imports."""
# What `hotspots.publish.folder` calls to make files.
WRITERS = (
    "write_geopackage", "write_geotiff", "draw_shapes", "write_geojson", "write_csv", "write_qgis", "_write_map",
    "write_brief", "write_report", "write_tables", "_write_text",
)  # fmt: skip


def words(recipe: str, folder: str) -> list[str]:
    """Return the command's arguments."""
    return [*(["run", recipe] if recipe else ["demo"]), "-o", folder]


def command(recipe: str) -> tuple[float, float]:
    """Run the command in a process of its own; return its seconds and its peak memory in MB.

    The peak counts what the calling process had when it called, so call it from a small one.
    """
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "hotspots_cli", "--quiet", *words(recipe, f"{folder}/out")],
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begin
    if status:
        raise SystemExit("the command failed")
    return seconds, usage.ru_maxrss / 1024


def spy(recipe: str) -> dict[str, Any]:
    """Run the command in this process; return the modules that it imports and the seconds that it writes."""
    known = set(sys.modules)
    import hotspots.publish.folder as publish
    from hotspots_cli.main import run

    seconds = 0.0

    def timed(work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        nonlocal seconds
        begin = time.perf_counter()
        result = work(*given, **named)
        seconds += time.perf_counter() - begin
        return result

    for name in WRITERS:
        setattr(publish, name, partial(timed, getattr(publish, name)))
    # Twice: by the second time nothing is left to import, and only writing is timed.
    for _ in range(2):
        seconds = 0.0
        with tempfile.TemporaryDirectory() as folder:
            run(["--quiet", *words(recipe, f"{folder}/out")])
    return {"writing": seconds, "modules": [name for name in sys.modules if name not in known]}


def imports(names: list[str]) -> float:
    """Import modules in this process, and return the seconds."""
    begin = time.perf_counter()
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # parts that only their package can import
    return time.perf_counter() - begin


def in_a_child(what: str, given: str) -> Any:
    """Call a function of this module in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.whole_run", f"--{what}"],
        input=given, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(recipe: str) -> dict[str, float]:
    """Return medians: the command's seconds and peak, its imports, and its writing."""
    in_a_child("command", recipe)
    runs = [in_a_child("command", recipe) for _ in range(RUNS)]
    seen = [in_a_child("spy", recipe) for _ in range(3)]
    modules = json.dumps(seen[0]["modules"])
    return {
        "run": statistics.median(seconds for seconds, _ in runs),
        "peak": max(peak for _, peak in runs),
        "imports": statistics.median(in_a_child("imports", modules) for _ in range(RUNS)),
        "writing": statistics.median(one["writing"] for one in seen),
    }


def table(name: str, found: dict[str, float]) -> list[str]:
    """Return the lines of a Markdown table."""
    rest = (found["run"] - found["writing"]) / found["imports"]
    return [
        "| run | seconds | imports alone | writing files | the rest, in imports | peak MB |",
        "|---|---:|---:|---:|---:|---:|",
        f"| {name} | {found['run']:.2f} | {found['imports']:.2f} | {found['writing']:.2f} | {rest:.2f} "
        f"| {found['peak']:.0f} |",
    ]


def main() -> None:
    """Print the table, or do one part of the measuring."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    if first == "--command":
        sys.stdout.write("\n" + json.dumps(command(sys.stdin.read())) + "\n")
    elif first == "--spy":
        sys.stdout.write("\n" + json.dumps(spy(sys.stdin.read())) + "\n")
    elif first == "--imports":
        sys.stdout.write("\n" + json.dumps(imports(json.loads(sys.stdin.read()))) + "\n")
    else:
        recipe = str(Path(first).resolve()) if first else ""
        sys.stdout.write("\n".join(table(Path(first).stem or "the sample", measure(recipe))) + "\n")


if __name__ == "__main__":
    main()
