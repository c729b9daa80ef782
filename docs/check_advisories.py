"""Look up what is locked in a folder of security advisories, without a network.

    python docs/check_advisories.py FOLDER

FOLDER holds advisories in the OSV format (https://ossf.github.io/osv-schema/), one JSON file each, as the export of
OSV's PyPI ecosystem has them when it is unpacked; sub-folders are read too. Prints a line for each locked version that
one of them affects, and exits with 1; with 0 where there is none, and 2 where the folder holds no advisory.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LOCK = Path(__file__).resolve().parent / "trust" / "requirements.txt"


def locked(text: str) -> list[tuple[str, Version]]:
    """Return the names and versions of a lock; a package has several where Pythons need different ones."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.M)
    return [(canonicalize_name(name), Version(version)) for name, version in found]


def affected(advisory: dict[str, Any], name: str, version: Version) -> bool:
    """Say whether an advisory, unless it was withdrawn, is about that version."""
    if advisory.get("withdrawn"):
        return False
    for entry in advisory.get("affected", []):
        package = entry.get("package", {})
        if package.get("ecosystem") != "PyPI" or canonicalize_name(package.get("name", "")) != name:
            continue
        if any(_same(text, version) for text in entry.get("versions", [])):
            return True
        ranges = [one for one in entry.get("ranges", []) if one.get("type") == "ECOSYSTEM"]
        if any(_within(one.get("events", []), version) for one in ranges):
            return True
    return False


def _same(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False


def _within(events: list[dict[str, str]], version: Version) -> bool:
    """Follow the events up to the version: introduced, fixed, or affected for the last time."""
    inside = False
    for event in sorted(events, key=_place):
        if "introduced" in event and version >= _place(event):
            inside = True
        elif ("fixed" in event and version >= _place(event)) or (
            "last_affected" in event and version > _place(event)
        ):
            inside = False
    return inside


def _place(event: dict[str, str]) -> Version:
    (text,) = event.values()
    return Version(text)


def advisories(folder: Path) -> Iterator[dict[str, Any]]:
    """Read the advisories of a folder, in the order of their names."""
    for path in sorted(folder.rglob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def main(folder: Path) -> int:
    """Print what is affected, and return the exit code."""
    packages = locked(LOCK.read_text(encoding="utf-8"))
    read, hits = 0, 0
    for advisory in advisories(folder):
        read += 1
        for name, version in packages:
            if affected(advisory, name, version):
                hits += 1
                click.echo(f"{name} {version}: {advisory['id']} {advisory.get('summary', '')}".rstrip())
    if read == 0:
        click.echo(f"no advisory in '{folder}'", err=True)
        return 2
    click.echo(f"{len(packages)} locked versions, {read:,} advisories, {hits} affected", err=True)
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
