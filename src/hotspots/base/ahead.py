"""Kernels compiled in a process beside this one, which reads meanwhile and finds each on disk when it needs it.

Compiling holds the interpreter's lock, so that a thread would gain nothing. Who is warm starts no process, and whatever
becomes of it, what it has not done is compiled here.
"""

from __future__ import annotations

import importlib
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from numba.core import sigutils
from numba.core.registry import cpu_target

from hotspots.base import compiled
from hotspots.base.threads import thread_count

log = logging.getLogger(__name__)


@contextmanager
def compiling_ahead(wanted: Mapping[str, str]) -> Iterator[None]:
    """Compile what is not kept on this machine in a process beside this one; it ends with the block at the latest.

    Parameters
    ----------
    wanted : mapping of str to str
        The types that each kernel will be called with, as numba writes them, by the kernel's module and name: in the
        order in which they will be needed. A kernel that is called with others is compiled here.
    """
    missing = {name: types for name, types in wanted.items() if not _kept(name, types)}
    if not missing or thread_count() == 1 or not compiled.announcer.kept or not _is_python():
        yield
        return
    log.info(compiled.ONCE)
    compiled.announcer.silent = True
    # The same places to import from, whatever folder it is started in: none of its own comes first.
    code = (
        f"import sys; sys.path[:] = {[str(place) for place in sys.path]!r}\n"
        f"from hotspots.base.ahead import compile_each; compile_each({missing!r})"
    )
    beside = subprocess.Popen(  # noqa: S603 - this Python, and our own code
        [sys.executable, "-c", code],
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
        _end(beside, missing)


def compile_each(wanted: Mapping[str, str]) -> None:
    """Compile kernels one after the other, and print the name of each that is kept: the process beside does this."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it hears of Ctrl-C too, and ends it
    for name, types in wanted.items():
        with suppress(Exception):  # then it is compiled, and fails, where it is called
            kernel_of(name).compile(arguments_of(types))
        try:
            print(name, flush=True)  # noqa: T201 - to whoever waits for it
        except OSError:  # nobody does any more
            return


def kernel_of(name: str) -> Any:
    """Return a kernel by its module and name."""
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)


def _kept(name: str, types: str) -> bool:
    """Return whether a kernel need not be compiled, or cannot be kept when it is."""
    cache = kernel_of(name)._cache
    return not isinstance(cache, compiled.Kept) or cache.holds(arguments_of(types), cpu_target.target_context)


def arguments_of(types: str) -> tuple[Any, ...]:
    """Return the types of a kernel's arguments as numba knows them, and as it files what it keeps."""
    found: tuple[Any, ...] = sigutils.normalize_signature(f"({types},)")[0]  # type: ignore[no-untyped-call]
    return found


def _is_python() -> bool:
    """Return whether what runs here is a Python, and not a program that holds one."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


def _end(beside: subprocess.Popen[str], missing: Mapping[str, str]) -> None:
    """End the process at once, and clear away what it may have left half-written."""
    with beside:
        broken_off = beside.poll() is None
        beside.kill()
    if broken_off:
        for folder in {Path(kernel_of(name)._cache.cache_path) for name in missing}:
            for half in folder.glob("*.tmp.*"):
                with suppress(OSError):
                    half.unlink()
