"""Fixtures that more than one test module uses."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real Staffordshire and national files, where a developer has it."""
    if not SHARED.is_dir():
        pytest.skip("the Staffordshire and England and Wales files are not on this machine")
    return SHARED
