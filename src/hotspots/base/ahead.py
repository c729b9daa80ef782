"""Kernels compiled in a process beside this one, which reads meanwhile and finds each on disk when it needs it.

Compiling holds the interpreter's lock, so that a thread would gain nothing. Who is warm starts no process, and whatever
becomes of it, what it has not done is compiled here.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from numba.core import sigutils
from numba.core.registry import cpu_target

from hotspots.base import compiled
from hotspots.base.threads import thread_count


@contextmanager
def compiling_ahead(wanted: Sequence[tuple[Any, str]]) -> Iterator[None]:
    """Compile what is not kept on this machine in a process beside this one; it ends with the block at the latest.

    Parameters
    ----------
    wanted : sequence of (kernel, str)
        Kernels, and the types that each will be called with, as numba writes them: in the order in which they will be
        needed. A kernel that is called with others is compiled here.
    """
    missing = {
        compiled.kernel_name(kernel.py_func): (kernel, types)
        for kernel, types in wanted
        if not _kept(kernel, types)
    }
    if not missing or thread_count() == 1 or not compiled.announcer.kept or not _is_python():
        yield
        return
    compiled.announcer.say()
    beside = subprocess.Popen(  # noqa: S603 - this Python, and our own code
        [sys.executable, "-c", _program(missing)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    coming = set(missing)

    def awaited(name: str) -> bool:
        """Wait for a kernel that is on its way; a process that has ended brings no more."""
        was_coming = name in coming
        assert beside.stdout is not None  # noqa: S101 - it is a pipe
        while name in coming:
            line = beside.stdout.readline()
            coming.discard(line.strip())
            if not line:
                coming.clear()
        return was_coming

    compiled.awaited = awaited
    try:
        yield
    finally:
        compiled.awaited = None
        _end(beside, [kernel for kernel, _ in missing.values()])


def _program(missing: Mapping[str, tuple[Any, str]]) -> str:
    """Return what the process beside runs: it takes, compiles and tells of one kernel after the other."""
    lines = [
        "import signal, sys",
        # Who started it hears of Ctrl-C too, and ends it.
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        # The same places to import from, whatever folder it is started in: none of its own comes first.
        f"sys.path[:] = {[str(place) for place in sys.path]!r}",
        "from hotspots.base.ahead import compile_one",
    ]
    for name, (_, types) in missing.items():
        module, function = name.split(":")
        lines += [f"from {module} import {function}", f"compile_one({function}, {name!r}, {types!r})"]
    return "\n".join(lines)


def compile_one(kernel: Any, name: str, types: str) -> None:
    """Compile a kernel, and print its name when it is kept: the process beside does this."""
    with suppress(Exception):  # then it is compiled, and fails, where it is called
        kernel.compile(arguments_of(types))
    print(name, flush=True)  # noqa: T201 - to whoever waits for it


def _kept(kernel: Any, types: str) -> bool:
    """Return whether a kernel need not be compiled, or cannot be kept when it is."""
    cache = kernel._cache
    return not isinstance(cache, compiled.Kept) or cache.holds(arguments_of(types), cpu_target.target_context)


def arguments_of(types: str) -> tuple[Any, ...]:
    """Return the types of a kernel's arguments as numba knows them, and as it files what it keeps."""
    found: tuple[Any, ...] = sigutils.normalize_signature(f"({types},)")[0]  # type: ignore[no-untyped-call]
    return found


def _is_python() -> bool:
    """Return whether what runs here is a Python, and not a program that holds one."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


def _end(beside: subprocess.Popen[str], kernels: Sequence[Any]) -> None:
    """End the process at once, and clear away what it may have left half-written."""
    with beside:
        broken_off = beside.poll() is None
        beside.kill()
    if broken_off:
        for folder in {Path(kernel._cache.cache_path) for kernel in kernels}:
            for half in folder.glob("*.tmp.*"):
                with suppress(OSError):
                    half.unlink()
