"""How many threads work side by side: one place that says it. No result depends on it."""

from __future__ import annotations

import os

from hotspots.base.errors import ParameterError

VARIABLE = "HOTSPOTS_THREADS"


def thread_count() -> int:
    """Return how many threads to use: the environment's HOTSPOTS_THREADS, else as many as there are processors.

    Raises
    ------
    ParameterError
        When the variable is set to anything but a whole number from 1 on.
    """
    asked = os.environ.get(VARIABLE, "").strip()
    if not asked:
        return os.cpu_count() or 1
    if not (asked.isascii() and asked.isdigit() and int(asked) > 0):
        raise ParameterError(
            f"{VARIABLE} is '{asked}'", hint=f"set {VARIABLE} to a whole number from 1 on, or unset it"
        )
    return int(asked)
