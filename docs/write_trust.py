"""Write docs/trust/: exact versions of all that is installed, with checksums, and what each is, under which licence.

Needs a network, uv and cyclonedx-bom (`python -m pip install ".[trust]"`). Run it for a release; a test holds what it
wrote to be complete and to be within what pyproject.toml allows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "trust"
LOCK = FOLDER / "requirements.txt"
BILL = FOLDER / "sbom.cdx.json"
LICENCES = FOLDER / "licences.md"

# What packages leave unsaid in their own metadata, read in the files that they carry.
UNDECLARED = {"cligj": "BSD-3-Clause", "XStatic-Leaflet": "BSD-2-Clause (Leaflet)"}

LICENCES_HEAD = """# Licences of what is installed

Written by `python docs/write_trust.py` from [the bill of materials](sbom.cdx.json): what `python -m pip install .`
brings to Linux with Python 3.11. The toolkit is under the MIT licence; none of these is changed or copied into it.

| package | version | licence |
| --- | --- | --- |
"""


def lock() -> None:
    """Choose the versions, for every system and Python from 3.11 on, with the checksums of their files."""
    kept = ("--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate")
    _run("uv", "pip", "compile", "-q", "pyproject.toml", "--universal", "--upgrade", *kept, "-o", str(LOCK))


def bill() -> dict[str, Any]:
    """Install what is locked, and list it as CycloneDX does, without addresses."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "bill.json"
        environment = Path(folder) / "environment"
        _run("venv", "--without-pip", str(environment))
        python = str(environment / "bin" / "python")
        _run("uv", "pip", "install", "-q", "--python", python, "--require-hashes", "-r", str(LOCK))
        asked = ("--pyproject", "pyproject.toml", "--mc-type", "application", "--output-reproducible")
        _run("cyclonedx_py", "environment", *asked, "-o", str(made), python)
        listed: dict[str, Any] = json.loads(made.read_text(encoding="utf-8"))
    listed["metadata"].pop("tools", None)
    for component in [listed["metadata"]["component"], *listed["components"]]:
        component.pop("externalReferences", None)
    return listed


def _run(*words: str) -> None:
    """Run a module of this Python in the project's folder."""
    subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=True)  # noqa: S603 - our own words


def licences_page(listed: dict[str, Any]) -> str:
    """Return the page of licences, a line for each package."""
    lines = [
        f"| {one['name']} | {one['version']} | {_licence(one)} |\n"
        for one in sorted(listed["components"], key=lambda one: one["name"].lower())
    ]
    return LICENCES_HEAD + "".join(lines)


def _licence(component: dict[str, Any]) -> str:
    """Return the SPDX names that a package declares, or the first words of what it says instead."""
    said = []
    for entry in component.get("licenses", []):
        licence = entry.get("license", {})
        said.append(entry.get("expression") or licence.get("id") or licence.get("name", ""))
    named = sorted(
        {words.splitlines()[0].removeprefix("License :: OSI Approved :: ") for words in said if words}
    )
    return "; ".join(named).replace("|", "/") or UNDECLARED.get(component["name"], "not declared")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    lock()
    found = bill()
    BILL.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    LICENCES.write_text(licences_page(found), encoding="utf-8", newline="\n")
