"""The lock, the bill of materials, the licences, and the look-up of advisories."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
TRUST = ROOT / "docs" / "trust"


@pytest.fixture(scope="module")
def advisories(program: Callable[[str], ModuleType]) -> ModuleType:
    return program("docs/check_advisories.py")


def lock() -> str:
    return (TRUST / "requirements.txt").read_text(encoding="utf-8")


def test_every_dependency_is_locked_to_a_version_that_is_allowed(advisories: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = advisories.locked(lock())
    for needed in map(Requirement, project["dependencies"]):
        versions = [version for name, version in locked if name == canonicalize_name(needed.name)]
        assert versions, f"{needed.name}: run python docs/write_trust.py"
        assert all(needed.specifier.contains(version) for version in versions), needed


def test_every_locked_version_has_checksums() -> None:
    for block in re.split(r"\n(?=\S)", lock().strip()):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_bill_and_the_licences_list_what_is_locked(
    advisories: ModuleType, program: Callable[[str], ModuleType]
) -> None:
    bill: dict[str, Any] = json.loads((TRUST / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "hotspots-toolkit")
    locked = set(advisories.locked(lock()))
    listed = {(canonicalize_name(one["name"]), Version(one["version"])) for one in bill["components"]}
    assert listed <= locked
    assert {name for name, _ in listed} == {name for name, _ in locked}
    page = (TRUST / "licences.md").read_text(encoding="utf-8")
    assert page == program("docs/write_trust.py").licences_page(bill)
    assert "not declared" not in page


def test_nothing_is_locked_to_an_address() -> None:
    for path in TRUST.iterdir():
        assert "://" not in path.read_text(encoding="utf-8").replace("http://cyclonedx.org/schema/", ""), path


ADVISORY = {
    "id": "PYSEC-1",
    "summary": "a made up weakness",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Some_Package"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "2.0"}, {"last_affected": "2.4"}]},
            ],
            "versions": ["3.0.0", "not-a-version"],
        }
    ],
}


@pytest.mark.parametrize(
    ("version", "hit"),
    [
        ("1.1.9", True),
        ("1.2", False),
        ("1.9", False),
        ("2.0", True),
        ("2.4", True),
        ("2.4.1", False),
        ("3.0", True),
    ],
)
def test_a_version_is_affected_from_introduced_to_fixed_or_last(
    advisories: ModuleType, version: str, hit: bool
) -> None:
    assert advisories.affected(ADVISORY, "some-package", Version(version)) is hit
    assert not advisories.affected(ADVISORY, "another", Version(version))
    assert not advisories.affected({**ADVISORY, "withdrawn": "2026-01-01"}, "some-package", Version(version))


def test_the_look_up_prints_what_is_affected_and_fails(
    advisories: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advisories.main(tmp_path) == 2
    name, version = advisories.locked(lock())[0]
    entry = {"package": {"ecosystem": "PyPI", "name": name}, "versions": [str(version)]}
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "one.json").write_text(
        json.dumps({**ADVISORY, "affected": [entry]}), encoding="utf-8"
    )
    assert advisories.main(tmp_path) == 1
    assert f"{name} {version}: PYSEC-1 a made up weakness\n" in capsys.readouterr().out
    (tmp_path / "sub" / "one.json").write_text(json.dumps(ADVISORY), encoding="utf-8")
    assert advisories.main(tmp_path) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"\d+ locked versions, 1 advisories, 0 affected\n", said.err)
