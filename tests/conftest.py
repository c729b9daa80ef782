"""Fixtures that more than one test module uses."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Nothing is timed: a busy machine must not fail a test. A gate draws the same examples each time, a developer new ones.
settings.register_profile(
    "hotspots", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("hotspots")

# What someone has fetched on this machine is no part of any test.
os.environ["HOTSPOTS_CACHE"] = str(Path(__file__).with_name("no-cache"))

ROOT = Path(__file__).resolve().parents[1]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def program() -> Callable[[str], ModuleType]:
    """Return what loads a program of the project that is in no package, such as ``docs/write_columns.py``."""

    @cache
    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(Path(name).stem, ROOT / name)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # dataclasses look it up
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed Chromium, under whichever of its names."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a database with PostGIS, on a server that was started for these tests in a folder of its own.

    The server answers on a socket in that folder alone. It is started as the user "postgres" where the tests run as
    the superuser, as whom it refuses to run. The user "guarded" has the password "kept", "reader" needs none.
    """
    import pwd

    if not (found := sorted(Path("/usr/lib/postgresql").glob("*/bin"))):
        pytest.skip("PostgreSQL is not installed")
    folder = tempfile.mkdtemp(prefix="hotspots-")
    owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def run(*words: str) -> None:
        other = ("runuser", "-u", owner, "--") if os.geteuid() == 0 else ()
        subprocess.run([*other, *words], check=True, capture_output=True, cwd="/")  # noqa: S603 - our own words

    if os.geteuid() == 0:
        shutil.chown(folder, owner)
    data = f"{folder}/data"
    run(
        f"{found[-1]}/initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
        "-A",
        "trust",
    )
    with Path(data, "pg_hba.conf").open("r+", encoding="utf-8") as rules:
        held = rules.read()
        rules.seek(0)
        rules.write(f"local all guarded scram-sha-256\n{held}")
    quiet = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=20"
    run(f"{found[-1]}/pg_ctl", "-D", data, "-o", quiet, "-l", f"{folder}/log", "-w", "start")
    try:
        run(f"{found[-1]}/createdb", "-h", folder, "-U", "postgres", "county")
        start = (
            "CREATE EXTENSION postgis; CREATE ROLE reader LOGIN; CREATE ROLE guarded LOGIN PASSWORD 'kept'"
        )
        run(f"{found[-1]}/psql", "-q", "-h", folder, "-U", "postgres", "-d", "county", "-c", start)
        yield f"postgresql:///county?host={folder}&user=postgres"
    finally:
        run(f"{found[-1]}/pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


# The rules of WCAG 2.2 AA, and the order of headings and landmarks.
_AXE = """() => axe.run(document, {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
  rules: Object.fromEntries(["heading-order", "landmark-one-main", "region", "page-has-heading-one", "empty-heading",
    "tabindex", "scope-attr-valid", "empty-table-header", "image-redundant-alt",
    "label-title-only"].map((rule) => [rule, { enabled: true }])) })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    [id, node.target.join(" "), [...node.any, ...node.all, ...node.none].map((one) => one.message)[0]].join(": "))))"""


@pytest.fixture(scope="session")
def barriers() -> Callable[[Page], list[str]]:
    """Return what finds each element of a page that a rule of axe-core finds fault with: rule, element and fault.

    `npm install --prefix tests/js` brings axe-core.
    """
    beside = Path(__file__).resolve().parent / "js" / "node_modules" / "axe-core" / "axe.min.js"
    script = Path(os.environ.get("HOTSPOTS_AXE", beside))
    if not script.is_file():
        pytest.skip("axe-core is not installed")
    axe = script.read_text(encoding="utf-8")

    def found(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe)
        return [str(one) for one in page.evaluate(_AXE)]

    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real Staffordshire and national files, where a developer has it."""
    if not SHARED.is_dir():
        pytest.skip("the Staffordshire and England and Wales files are not on this machine")
    return SHARED
