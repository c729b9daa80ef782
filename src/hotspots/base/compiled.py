"""How numerical kernels are compiled: without the interpreter's lock, kept on disk if that can be, and said aloud."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import event
from numba.core.caching import FunctionCache

F = TypeVar("F", bound=Callable[..., Any])

log = logging.getLogger(__name__)

ONCE = "Compiling the numerical kernels, once on this machine: some seconds"
EVERY_TIME = (
    "Compiling the numerical kernels, some seconds at every run, because neither the installation nor the home folder "
    "can be written (NUMBA_CACHE_DIR names a folder to keep them in)"
)


class _Announcer(event.Listener):
    """Says once that kernels are being compiled; those found on disk pass in silence."""

    def __init__(self) -> None:
        self.silent = False
        self.kept = True

    def on_start(self, event: Any) -> None:
        """Speak when the first kernel is compiled."""
        del event
        self.say()

    def say(self) -> None:
        """Speak, if nothing has been said yet."""
        if not self.silent:
            log.info(ONCE if self.kept else EVERY_TIME)
            self.silent = True

    def on_end(self, event: Any) -> None:
        """Stay silent when it is done."""
        del event


announcer = _Announcer()
awaited: Callable[[str], bool] | None = None
"""Waits until a process beside this one has compiled a kernel; says whether it was to do so (see `base.ahead`)."""
event.register("numba:compile", announcer)  # type: ignore[no-untyped-call] # numba has no types


class Kept(FunctionCache):
    """A kernel's machine code on disk. What is damaged there is written anew, and a full disk stops nothing."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what is kept for a signature, None where nothing is or it cannot be read."""
        found = self._load(sig, target_context)
        if found is None and awaited is not None and awaited(kernel_name(self._py_func)):
            found = self._load(sig, target_context)
        return found

    def _load(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:
            self._forget()
            return None

    def holds(self, sig: Any, target_context: Any) -> bool:
        """Return whether machine code is kept for a signature, without loading it."""
        try:
            index = self._cache_file._load_index()  # type: ignore[no-untyped-call]
            return self._index_key(sig, target_context.codegen()) in index  # type: ignore[no-untyped-call]
        except Exception:  # damaged: it is as good as none
            return False

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for a signature, if that can be done."""
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except Exception:
            self._forget()

    def _forget(self) -> None:
        try:
            self.flush()  # type: ignore[no-untyped-call]
        except OSError:
            announcer.kept = False


def kernel_name(function: Callable[..., Any]) -> str:
    """Return what a kernel is called: its module and its name in it."""
    return f"{function.__module__}:{function.__name__}"


def kernel(**options: Any) -> Callable[[F], F]:
    """Compile a function with numba when it is first called, and keep the result for later runs.

    Parameters
    ----------
    **options
        What `numba.njit` takes beside ``nogil`` and ``cache``.

    Returns
    -------
    callable
        A decorator.
    """

    def decorate(function: F) -> F:
        made = njit(nogil=True, **options)(function)
        try:
            # What njit(cache=True) does, with a cache that gives way.
            made._cache = Kept(function)  # type: ignore[no-untyped-call]
        except RuntimeError:  # numba finds no folder that may be written
            announcer.kept = False
        return cast("F", made)

    return decorate
