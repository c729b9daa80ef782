"""Kernels are kept on disk, compiled anew where that is damaged, and at every run where nothing can be kept."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from numba.core.caching import FunctionCache

from hotspots.base import compiled

SCRIPT = """
import logging, sys
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
logging.getLogger("numba").setLevel(logging.WARNING)
from hotspots.base.compiled import kernel

@kernel()
def double(value):
    return 2 * value

print(double(21))
"""


def double(value: int) -> int:
    return 2 * value


def raising(error: Exception) -> Callable[..., None]:
    """A function that takes anything and raises."""

    def fail(*_: object) -> None:
        raise error

    return fail


def said(folder: Path) -> list[str]:
    """What the script says, with its kernel kept in a folder beside it."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "NUMBA_CACHE_DIR": str(folder / "kept"),
    }
    command = [sys.executable, str(folder / "script.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.splitlines()


def test_a_kernel_is_compiled_once_and_again_where_what_was_kept_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    assert said(tmp_path) == [compiled.ONCE, "42"]
    assert said(tmp_path) == ["42"]
    for suffix in (".nbi", ".nbc"):
        (kept,) = (tmp_path / "kept").rglob(f"*{suffix}")
        kept.write_bytes(kept.read_bytes()[:10])
        assert said(tmp_path) == [compiled.ONCE, "42"]
        assert said(tmp_path) == ["42"]


def test_a_kernel_works_where_no_folder_can_be_written(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = RuntimeError("cannot cache function 'double': no locator available for file 'kernels.py'")
    monkeypatch.setattr(FunctionCache, "__init__", raising(nowhere))
    monkeypatch.setattr(compiled.announcer, "kept", True)
    monkeypatch.setattr(compiled.announcer, "silent", False)
    with caplog.at_level(logging.INFO, logger=compiled.log.name):
        assert compiled.kernel()(double)(21) == 42
    assert caplog.messages == [compiled.EVERY_TIME]
    assert "NUMBA_CACHE_DIR" in compiled.EVERY_TIME


def test_a_kernel_that_cannot_be_kept_is_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = raising(OSError(28, "No space left on device"))
    monkeypatch.setattr(FunctionCache, "save_overload", full)
    monkeypatch.setattr(FunctionCache, "flush", full)
    monkeypatch.setattr(compiled.announcer, "kept", True)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert compiled.kernel()(double)(21) == 42
    assert compiled.announcer.kept is False
