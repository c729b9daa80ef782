"""Memory given back to the system between the steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def given_back(step: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Yield a step that first gives back to the system what the steps before it have freed.

    What lies free between small things that stay is not given back by itself. Arrow asks the C library for it, but
    only where its own memory comes from there too; so within the block it does.

    Parameters
    ----------
    step : callable
        Called as each step begins.
    """
    import pyarrow as pa

    before = pa.default_memory_pool()
    pool = pa.system_memory_pool()

    def frugal(label: str, total: int | None = None) -> None:
        pool.release_unused()
        step(label, total)

    pa.set_memory_pool(pool)
    try:
        yield frugal
    finally:
        pa.set_memory_pool(before)
