"""A progress bar for what takes long, on terminals only."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import click

from hotspots_cli.stopping import stop_if_asked

WIDTH = 24
PATIENCE = 2.0  # seconds before a bar is worth a line


class Steps:
    """Shows how many of the steps are done, once they have taken over two seconds and stderr is a terminal.

    Call it with each step's name as the step begins.
    """

    def __init__(self, total: int = 0) -> None:
        self.total = total
        self.done = 0
        self.shown = False
        self.began = time.monotonic()

    def __enter__(self) -> Steps:
        return self

    def __call__(self, label: str, total: int | None = None) -> None:
        """Say that the next step begins; `total` corrects the number of steps."""
        stop_if_asked()
        self.total = total or self.total
        if sys.stderr.isatty() and time.monotonic() - self.began >= PATIENCE:
            filled = min(WIDTH, WIDTH * self.done // max(self.total, 1))
            bar = "#" * filled + "-" * (WIDTH - filled)
            click.echo(f"\r\x1b[K[{bar}] {self.done}/{self.total} {label}", err=True, nl=False)
            self.shown = True
        self.done += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shown:
            click.echo("\r\x1b[K", err=True, nl=False)
