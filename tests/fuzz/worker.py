"""Run inputs in processes forked from one that has everything loaded: what kills one kills nothing else."""

from __future__ import annotations

import gc
import io
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path

from tests.fuzz.inputs import Input
from tests.fuzz.judge import Ending
from tests.fuzz.sites import serving

from hotspots_cli.main import run

MEMORY, SECONDS = 4 << 30, 60
_CRASHED = 70
_COUNT = "--areas w.gpkg -o"
_SOUND = (
    *(
        f"inspect {name}"
        for name in (
            "u.csv",
            "i.csv.gz",
            "i.parquet",
            "g.parquet",
            "i.xlsx",
            "i.xlsb",
            "i.xls",
            "p.geojson",
            "p.zip",
        )
    ),
    f"count i.csv {_COUNT} n.geojson",
    f"count i.csv {_COUNT} n.gpkg",
    f"count i.csv --by code --lookup lookup.csv --per category {_COUNT} c.csv",
    f"kde i.csv --bandwidth 500 --cell-size 100 {_COUNT} k.tif",
    f"select i.csv --plan p.toml {_COUNT} s.geojson",
    f"change i.csv --before 2025-01 --after 2025-02 {_COUNT} b.geojson",
    "gistar n.geojson -o g.geojson",
    "flag n.geojson -o f.geojson",
    "outliers n.geojson --value n -o l.geojson",
    "pattern n.geojson --value n --permutations 99",
    "funnel n.geojson -o u.geojson",
    "risk n.geojson -o r.geojson",
    "compare areas n.geojson -o a.geojson",
    "times d.csv",
    "repeats i.csv --areas w.gpkg",
    "count i.csv --population-table people.xlsx --areas w.gpkg -o x.geojson",
    "count i.csv --population-table people.parquet --areas w.gpkg -o y.geojson",
    "compare force i.csv --with rates.csv --areas w.gpkg -o z.csv",
    "recipe check r.toml",
    "map n.geojson -o m.svg",
    "map n.geojson -o m.html",
    "map k.tif -o t.svg",
    *(f"count i.csv {_COUNT} n{suffix}" for suffix in (".shp", ".fgb", ".parquet")),
    "inspect duckdb:///d.duckdb#incidents",
    f"count i.csv --engine stream {_COUNT} v.geojson",
    "assess setting.csv -o q.csv",
    "comparators recorded.csv -o h.csv",
    "run pub.toml -o pub",
    "audit pub",
    "page pub --area E05000001 -o page.html",
    "map n.geojson --context c.gpkg -o j.svg",
)


def warm(seeds: Path) -> None:
    """Load the libraries and compile the kernels once, and make the layers and densities that commands read on."""
    here = Path.cwd()
    os.chdir(seeds)
    try:
        for words in _SOUND:
            said = io.StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                code = run(words.split())
            if code:
                raise RuntimeError(f"a sound input ends badly: hotspots {words}\n{said.getvalue()}")
    finally:
        os.chdir(here)
    gc.collect()
    gc.freeze()  # or every child would copy what it looks at for rubbish


def run_inputs(inputs: Sequence[tuple[Input, Path]]) -> list[Ending]:
    """Run the command of each input in its folder, one after the other, and return how each ended and what it said."""
    endings: list[Ending] = []
    while len(endings) < len(inputs):
        rest = inputs[len(endings) :]
        child = os.fork()
        if not child:
            _child(rest)
        _, status = os.waitpid(child, 0)
        for _, folder in rest:
            said = [_beside(folder, name).read_bytes().decode("utf-8", "replace") for name in ("out", "err")]
            told = _beside(folder, "code").exists()
            code = int(_beside(folder, "code").read_bytes()) if told else os.waitstatus_to_exitcode(status)
            endings.append(Ending(code, *said))
            if not told:
                break  # it took the process with it: the others get another
    return endings


def _beside(folder: Path, name: str) -> Path:
    return folder.parent / f"{folder.name}.{name}"


def _child(inputs: Sequence[tuple[Input, Path]]) -> None:
    # Addresses are all that can be limited. Loaded libraries hold some of which they use nothing: those come on top.
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    most = MEMORY + (int(pages[0]) - int(pages[1])) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for made, folder in inputs:
        os.chdir(folder)
        site = serving(made.site, folder.parent) if made.site else nullcontext()
        with site, _standard_streams(made, folder):
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            signal.alarm(10 * SECONDS)  # one that waits for ever computes nothing
            code = _CRASHED
            try:
                code = run(made.words)
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else _CRASHED
            except BaseException:
                traceback.print_exc()
            signal.setitimer(signal.ITIMER_PROF, 0)
        _beside(folder, "code").write_text(str(code), encoding="utf-8")
    os._exit(0)


@contextmanager
def _standard_streams(made: Input, folder: Path) -> Iterator[None]:
    """Read standard input from the input's file, and write what is said into files beside the folder."""
    opened = [
        os.open(folder / made.stdin if made.stdin else os.devnull, os.O_RDONLY),
        *(os.open(_beside(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in ("out", "err")),
    ]
    for number, stream in enumerate(opened):
        os.dup2(stream, number)
        os.close(stream)
    # They stand for the process's own, and are closed by nobody.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    try:
        yield
    finally:
        for said in (sys.stdout, sys.stderr):
            if not said.closed:
                said.flush()
