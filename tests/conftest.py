"""Fixtures that more than one test module uses."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Nothing is timed: a busy machine must not fail a test. A gate draws the same examples each time, a developer new ones.
settings.register_profile(
    "hotspots", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("hotspots")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed Chromium, under whichever of its names."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real Staffordshire and national files, where a developer has it."""
    if not SHARED.is_dir():
        pytest.skip("the Staffordshire and England and Wales files are not on this machine")
    return SHARED
