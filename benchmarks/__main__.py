"""The toolkit beside its peers: ``python -m benchmarks [--quick] [--only locate,density]`` writes RESULTS.md.

Each tool runs each case in a process of its own, on the same input; its answer is checked, and a wrong one is
shown as wrong, not as a time. Times are medians of five runs after one that does not count (of the same or of a
smaller case), fewer where they take many seconds and up to fifty where they take milliseconds; imports and the
making of the input are left out. Peak memory is that of the whole process with its input.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import inputs, whole_run
from benchmarks.suite import Suite, available
from benchmarks.suites import SUITES

HERE = Path(__file__).parent
WHOLE_RUN = "run"
PACKAGES = (
    "dask", "duckdb", "esda", "geopandas", "KDEpy", "libkdv", "numba", "numpy", "pandas", "pointpats", "pyarrow",
    "pygeoda", "pyogrio", "pyproj", "scikit-learn", "sedonadb", "shapely",
)  # fmt: skip
Row = dict[str, Any]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the smaller cases, under ten minutes in all")
    names = (*SUITES, WHOLE_RUN)
    parser.add_argument(
        "--only", default=",".join(names), metavar="NAMES", help=f"some of {', '.join(names)}"
    )
    parser.add_argument("--lsoa", type=Path, help="GeoParquet of real areas, for the cases of 35,000")
    parser.add_argument("--incidents", type=Path, help="Parquet of real Longitude and Latitude, for them")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", help="where to write")
    parser.add_argument(
        "--recipe", type=Path, help="a recipe of your own, for a whole run besides the sample's"
    )
    chosen = parser.parse_args()
    chosen.only = chosen.only.split(",")
    if unknown := set(chosen.only) - set(names):
        parser.error(f"there is no '{min(unknown)}': choose from {', '.join(names)}")
    chosen.suites = [name for name in chosen.only if name != WHOLE_RUN]
    return chosen


def prepare(chosen: argparse.Namespace, folder: Path) -> None:
    """Make the inputs of all the cases chosen."""
    wanted = [
        SUITES[name].cases[case][1] | {"suite": name}
        for name in chosen.suites
        for case in cases(SUITES[name], quick=chosen.quick)
    ]
    for name in sorted({one["areas"] for one in wanted if "areas" in one}):
        inputs.make_areas(folder, name, chosen.lsoa)
        if points := [one["points"] for one in wanted if one.get("areas") == name and "points" in one]:
            inputs.make_points(folder, name, max(points), chosen.lsoa, chosen.incidents)
    for one in wanted:
        if one["suite"] == "reading":
            inputs.make_csvs(folder, one["rows"])
        if one["suite"] == "scale":
            real = chosen.incidents if chosen.lsoa else None
            inputs.make_incidents(folder, one["rows"], one["areas"], real)


def cases(suite: Suite, *, quick: bool) -> list[str]:
    """Return the cases to run."""
    return [case for case in suite.cases if case in suite.quick or not quick]


def run(name: str, case: str, tool: str, folder: Path, *, quick: bool) -> Row:
    """Run one tool on one case in its own process."""
    words = [sys.executable, "-m", "benchmarks.process", name, case, tool, str(folder), "2" if quick else "6"]
    row: Row = {"suite": name, "case": case, "tool": tool, "size": SUITES[name].cases[case][0]}
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, cwd=HERE.parent, timeout=90 if quick else 400
        )
    except subprocess.TimeoutExpired:
        return row | {"failed": "took too long"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return row | {"failed": f"failed: {last[:100]}"}
    return row | json.loads(done.stdout.strip().splitlines()[-1])


def measured(chosen: argparse.Namespace, folder: Path) -> tuple[list[Row], dict[str, str]]:
    """Run everything that can be; return the rows, and why the others cannot."""
    rows: list[Row] = []
    missing: dict[str, str] = {}
    for name in chosen.suites:
        suite = SUITES[name]
        tools = list(suite.tools)
        for tool in tools:
            if reason := available(tool):
                missing[tool] = reason
        for case in cases(suite, quick=chosen.quick):
            # Compiles what is not compiled yet; the kernels are then kept on disk.
            if case == cases(suite, quick=chosen.quick)[0]:
                run(name, case, tools[0], folder, quick=chosen.quick)
            for tool in tools:
                if tool in missing or suite.cases[case][0] > suite.limits.get(tool, 1 << 60):
                    continue
                rows.append(run(name, case, tool, folder, quick=chosen.quick))
                sys.stderr.write(f"{name}: {case}: {tool}: {_time(rows[-1], suite)}\n")
    return rows, missing


def _time(row: Row, suite: Suite) -> str:
    if "failed" in row:
        return str(row["failed"])
    if not row["right"] and row["tool"] not in suite.approximate:
        return "**wrong**"
    return f"{row['seconds']:.3g}"


def tables(rows: list[Row]) -> list[str]:
    """Return one Markdown table for each suite."""
    lines = []
    for name in dict.fromkeys(row["suite"] for row in rows):
        suite = SUITES[name]
        lines += [f"\n## {suite.title}\n", "| case | tool | seconds | times the first | peak MB | answer |"]
        lines.append("|---|---|---:|---:|---:|---|")
        for case in suite.cases:
            mine = [row for row in rows if (row["suite"], row["case"]) == (name, case)]
            for row in mine:
                shown = _time(row, suite)
                timed = "failed" not in row and shown != "**wrong**" and "seconds" in mine[0]
                ratio = f"{row['seconds'] / mine[0]['seconds']:.3g}" if timed else "–"
                peak = f"{row['peak']:.0f}" if "peak" in row else "–"
                lines.append(
                    f"| {case} | {row['tool']} | {shown} | {ratio} | {peak} | {row.get('words', '–')} |"
                )
    return lines


def whole_runs(recipe: Path | None) -> list[str]:
    """Return a table of whole runs, of the sample and of the recipe given."""
    given = {"the sample": "", **({recipe.stem: str(recipe.resolve())} if recipe else {})}
    head, *_ = parts = [whole_run.table(name, whole_run.measure(path)) for name, path in given.items()]
    return ["\n## A whole run\n", whole_run.WORDS, "", *head, *(rows[-1] for rows in parts[1:])]


def picture(rows: list[Row], path: Path) -> None:
    """Draw seconds over size, both logarithmic, one panel for each suite."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    names = list(dict.fromkeys(row["suite"] for row in rows))
    figure, panels = plt.subplots(
        -(-len(names) // 2), 2, figsize=(13, 4.6 * -(-len(names) // 2)), squeeze=False
    )
    for panel, name in zip(panels.flat, names, strict=False):
        suite = SUITES[name]
        timed = [row for row in rows if row["suite"] == name and _time(row, suite)[0].isdigit()]
        for tool in suite.tools:
            # Of several cases of one size, the first.
            spots: dict[int, float] = {}
            for row in timed:
                if row["tool"] == tool:
                    spots.setdefault(row["size"], row["seconds"])
            if spots:
                first = tool.startswith("hotspots")
                panel.loglog(
                    *zip(*sorted(spots.items()), strict=True),
                    "o-" if first else ".--",
                    lw=2 if first else 1,
                    label=tool,
                )
        panel.set(title=suite.title, xlabel=suite.unit, ylabel="seconds")
        panel.grid(alpha=0.3)
        panel.legend(fontsize=8)
    for panel in panels.flat[len(names) :]:
        panel.set_axis_off()
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})


def machine() -> str:
    """Name the machine by what matters, and no more."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, Python {platform.python_version()}"


def versions() -> str:
    """List the packages that take part."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def main() -> None:
    """Run the benchmarks and write the results."""
    chosen = options()
    with tempfile.TemporaryDirectory(prefix="hotspots-benchmarks-") as folder:
        prepare(chosen, Path(folder))
        rows, missing = measured(chosen, Path(folder))
    image = chosen.output.with_name("results.png")
    picture(rows, image)
    real = "The cases of 35,000 areas use real ones." if chosen.lsoa else "All inputs are made up from seeds."
    text = [
        "# The toolkit beside its peers\n",
        f"Written by `python -m benchmarks{' --quick' * chosen.quick}` on {machine()}. {real}\n",
        *(__doc__ or "").strip().split("\n")[2:],
        "",
        f"Packages: {versions()}.\n",
        *(
            [f"Not run: {'; '.join(f'{tool} ({why})' for tool, why in missing.items())}.\n"]
            if missing
            else []
        ),
        f"![Seconds over size]({image.name})",
        *tables(rows),
        *(whole_runs(chosen.recipe) if WHOLE_RUN in chosen.only else []),
    ]
    chosen.output.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
