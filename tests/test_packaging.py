"""What is installed is all that the toolkit needs, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.source

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("src/hotspots", "cli/hotspots_cli", "boundaries/hotspots_boundaries")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built once."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own command
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_three_packages(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to((ROOT / package).parent).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == expected
    kinds = {Path(name).suffix for name in held} | {
        Path(name).name for name in held if name.endswith("py.typed")
    }
    assert {".py", ".toml", ".zip", ".gpkg", ".js", ".css", "py.typed"} <= kinds


def test_the_wheel_has_the_command_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        about = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "hotspots = hotspots_cli.main:main" in archive.read(about).decode()
        assert any(name.endswith("LICENSE") for name in archive.namelist())
