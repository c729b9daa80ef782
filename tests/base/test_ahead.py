"""Kernels are compiled in a process beside, taken from disk, and compiled here where that process fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KERNELS = """
import os
from pathlib import Path
from hotspots.base.compiled import kernel

if os.getpid() != int(os.environ.get("HERE", os.getpid())):
    if "BREAKS" in os.environ:
        os._exit(9)
    if "HANGS" in os.environ:
        import signal
        signal.pause()

@kernel()
def double(values):
    total = 0.0
    for value in values:
        total += 2.0 * value
    return total

@kernel()
def third(value):
    return value / 3.0
"""
SCRIPT = """
import logging, os, subprocess, sys
from pathlib import Path
import numpy as np
os.environ["HERE"] = str(os.getpid())
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
logging.getLogger("numba").setLevel(logging.WARNING)
from numba.core import event
from hotspots.base import compiled
from hotspots.base.ahead import compiling_ahead
import some_kernels

class Here(event.Listener):
    def on_start(self, event): print("compiled here")
    def on_end(self, event): pass

here = Here()
event.register("numba:compile", here)
started, popen = [], subprocess.Popen
def start(*words, **more):
    made = popen(*words, **more)
    if words[0][0] == sys.executable:  # old versions of numba ask others about the processor
        started.append(made)
    return made
subprocess.Popen = start
half = Path(some_kernels.double._cache.cache_path, "half.nbi.tmp.1")
if "HANGS" in os.environ:
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"half")
with compiling_ahead([(some_kernels.double, "float64[::1]"), (some_kernels.third, "float64")]):
    if "HANGS" not in os.environ:
        print(some_kernels.double(np.array([1.0, 20.0])))
    if "ALL" in os.environ:
        print(some_kernels.third(9.0))
if "HANGS" in os.environ:
    print([one.returncode for one in started], half.exists())
print(len(started), "process", [one.poll() is not None for one in started], compiled.awaited)
"""
ONCE = "Compiling the numerical kernels, once on this machine: some seconds"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "some_kernels.py").write_text(KERNELS, encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def said(folder: Path, **more: str) -> list[str]:
    """What the script says, with its kernels kept in a folder beside it."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), *sys.path]),
        "NUMBA_CACHE_DIR": str(folder / "kept"),
        "HOTSPOTS_THREADS": "2",
        **more,
    }
    command = [sys.executable, str(folder / "script.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_kernels_are_compiled_beside_once_and_then_start_no_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What lies where it is started is not taken for a library.
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "numba.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(folder / "elsewhere")
    assert said(folder, ALL="1") == [ONCE, "42.0", "3.0", "1 process [True] None"]
    assert said(folder, ALL="1") == ["42.0", "3.0", "0 process [] None"]
    # One that is damaged counts as none.
    for kept in (folder / "kept").rglob("*third*.nbi"):
        kept.write_bytes(b"")
    assert said(folder) == [ONCE, "42.0", "1 process [True] None"]


def test_a_process_that_is_not_done_at_the_end_is_ended_and_leaves_no_litter(folder: Path) -> None:
    # -9: it was killed, for it would have waited for ever.
    assert said(folder, HANGS="1") == [ONCE, "[-9] False", "1 process [True] None"]
    assert said(folder)[-1] == "1 process [True] None"
    kept = [path.suffix for path in (folder / "kept").rglob("*") if path.is_file()]
    assert set(kept) <= {".nbi", ".nbc"}


def test_what_a_broken_process_has_not_compiled_is_compiled_here(folder: Path) -> None:
    assert said(folder, BREAKS="1", ALL="1") == [
        ONCE,
        "compiled here",
        "42.0",
        "compiled here",
        "3.0",
        "1 process [True] None",
    ]


def test_one_thread_alone_compiles_here(folder: Path) -> None:
    assert said(folder, HOTSPOTS_THREADS="1")[-1] == "0 process [] None"
