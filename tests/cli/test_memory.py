"""Memory between the steps of a run."""

from __future__ import annotations

import platform
from pathlib import Path

import pyarrow as pa
import pytest

from hotspots_cli.memory import given_back


def held_mb() -> float:
    """Return the megabytes that this process holds, by Linux's account."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def test_each_step_is_passed_on_and_arrow_is_as_before_at_the_end() -> None:
    told: list[tuple[str, int | None]] = []
    before = pa.default_memory_pool().backend_name
    with given_back(lambda label, total=None: told.append((label, total))) as step:
        assert pa.default_memory_pool().backend_name == "system"
        step("Reading", 3)
        step("Writing")
    assert told == [("Reading", 3), ("Writing", None)]
    assert pa.default_memory_pool().backend_name == before


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other C libraries give back in ways of their own"
)
def test_a_step_gives_back_what_lies_free_between_what_stays() -> None:
    with given_back(lambda *_: None) as step:
        pieces = [bytearray(60_000) for _ in range(2_000)]  # 120 MB, each below what is taken and freed alone
        stays = pieces[::50]
        del pieces
        full = held_mb()
        step("Next")
        assert full - held_mb() > 80  # of 117 MB that are free
    assert len(stays) == 40
