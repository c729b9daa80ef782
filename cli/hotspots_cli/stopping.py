"""Being stopped by Ctrl-C, by a scheduler or by a terminal that closes: once, and tidily."""

from __future__ import annotations

import signal
from types import FrameType

_asked: list[int] = []


def listen() -> None:
    """Treat a request to end (SIGTERM, SIGHUP) like Ctrl-C, so that drafts are cleared away; what is ignored, stays."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    _asked.append(number)
    raise KeyboardInterrupt


def stop_if_asked() -> None:
    """Stop now where that was asked for and lost: Python drops an exception that meets a finaliser or a callback."""
    if _asked:
        raise KeyboardInterrupt


def exit_code() -> int:
    """Return how a program ends that was stopped: 130 after Ctrl-C, 143 after SIGTERM."""
    return 128 + (_asked[0] if _asked else signal.SIGINT)
