"""One fetch at a time changes the cache; what a killed one leaves is gone on from, and what is old is cleared away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fetch.conftest import Handler, Site

from hotspots.base.errors import FileError
from hotspots.base.named import find_named
from hotspots.fetch.areas import fetch_areas
from hotspots.fetch.bundle import unpack_bundle, write_bundle
from hotspots.fetch.settings import Settings
from hotspots.fetch.store import KEPT_DAYS, alone, remove
from hotspots.fetch.web import Web

WARDS = "/services/Wards24/FeatureServer/0/query"


def refused(action: Callable[[], Any]) -> str:
    with pytest.raises(FileError) as caught:
        action()
    return f"{caught.value.message}; {caught.value.hint}"


def test_two_fetches_at_once_into_one_cache(web: Web, settings: Settings, site: Site, cache: Path) -> None:
    heard: list[str] = []

    def another(handler: Handler) -> bool:
        """Before the second page of the first goes out, a second fetch comes and asks for nothing."""
        del handler
        before = len(site.asked)
        with Web() as other:
            heard.append(refused(lambda: fetch_areas(other, settings, "wards", year=2024)))
        assert len(site.asked) == before
        return False

    site.faults[WARDS] = [lambda _: False, lambda _: False, another]
    entry = fetch_areas(web, settings, "wards", year=2024)
    assert entry.rows == 9
    assert heard == [
        f"another hotspots fetch is at work in the cache '{cache}'; wait until it has ended, or give this one a folder "
        "of its own with the variable HOTSPOTS_CACHE"
    ]
    bundle = cache.parent / "wards.zip"
    write_bundle(bundle, [entry.id])
    with alone():
        assert "at work" in refused(lambda: remove(entry))
        assert "at work" in refused(lambda: unpack_bundle(bundle, overwrite=True))
    remove(entry)
    assert find_named(entry.id) is None


def test_a_fetch_that_is_killed_holds_nobody_up_and_is_gone_on_from(
    web: Web, settings: Settings, site: Site, cache: Path
) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def kill(handler: Handler) -> bool:
        del handler
        running[0].send_signal(signal.SIGKILL)
        return False

    site.faults[WARDS] = [lambda _: False, lambda _: False, kill]
    words = [sys.executable, "-m", "hotspots_cli", "fetch", "areas", "wards", "--year", "2024"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE) as process:  # noqa: S603
        running.append(process)
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert list((cache / ".parts").iterdir())
    site.asked.clear()
    assert fetch_areas(web, settings, "wards", year=2024).rows == 9
    assert "0" not in [query.get("resultOffset") for path, query, _ in site.asked if path == WARDS]
    assert not list((cache / ".parts").iterdir())


def test_parts_that_nobody_came_back_for_are_swept(
    web: Web, settings: Settings, site: Site, cache: Path
) -> None:
    del site
    for name, days in (("left", KEPT_DAYS + 1), ("recent", KEPT_DAYS - 1)):
        part = cache / ".parts" / name / "archive.zip.part"
        part.parent.mkdir(parents=True)
        part.write_bytes(b"PK")
        then = part.stat().st_mtime - 86_400 * days
        for path in (part, part.parent):
            os.utime(path, (then, then))
    fetch_areas(web, settings, "wards", year=2024)
    assert [path.name for path in (cache / ".parts").iterdir()] == ["recent"]
