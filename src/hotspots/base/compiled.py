"""How numerical kernels are compiled: without the interpreter's lock, kept on disk, and said aloud."""

from __future__ import annotations

import functools
import logging
from typing import Any

from numba import njit
from numba.core import event

log = logging.getLogger(__name__)

kernel = functools.partial(njit, cache=True, nogil=True)


class _Announcer(event.Listener):
    """Says once that kernels are being compiled; those found on disk pass in silence."""

    def __init__(self) -> None:
        self.silent = False

    def on_start(self, event: Any) -> None:
        """Speak when the first kernel is compiled."""
        del event
        if not self.silent:
            log.info("Compiling the numerical kernels, once on this machine: some seconds")
            self.silent = True

    def on_end(self, event: Any) -> None:
        """Stay silent when it is done."""
        del event


event.register("numba:compile", _Announcer())  # type: ignore[no-untyped-call] # numba has no types
