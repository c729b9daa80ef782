"""What is wrong with how an input ended; see the package's docstring for what holds for all."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import click
from tests.fuzz.inputs import Input
from tests.fuzz.words import commands

from hotspots_cli.main import COMMANDS, cli

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_KEYED = re.compile(r" in \[[a-z_]+\]$")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+|(?<![\w-])-[a-zA-Z](?![\w-])")
_ALWAYS = {"--help", "-h", "-v", "-q"}
_DROPPED = (
    "malformed",
    "duplicates",
    "overlap",
    "filtered_category",
    "filtered_period",
    "filtered_unlocated",
    "filtered_area",
    "compared",
)
_PARTS = sorted(
    {part for name in COMMANDS for part in getattr(cli.get_command(click.Context(cli), name), "commands", ())}
)
_NAMED = re.compile(rf"hotspots ({'|'.join(COMMANDS)})(?: ({'|'.join(_PARTS)}))?\b")


# Commands that find something amiss say so on standard output, and end with 1 without an error.
_FINDINGS = {"inspect": "Nothing here can be counted", "audit": ""}


@dataclass
class Ending:
    """How an input ended: its code or signal, and what it said."""

    code: int
    out: str
    err: str


def picture(folder: Path) -> dict[str, str]:
    """Return every file of a folder with the SHA-256 of its bytes, and every folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }


def faults(made: Input, ending: Ending, *, before: dict[str, str], folder: Path) -> list[str]:
    """Return what is wrong with an ending, the worst first; nothing where all is as it should be."""
    found = []
    if ending.code not in (0, 1, 2):
        found.append("signal " + str(-ending.code) if ending.code < 0 else f"exit code {ending.code}")
    if "Traceback (most recent call last)" in ending.err or "Fatal Python error" in ending.err:
        found.append("traceback")
    if "panicked at" in ending.err:
        found.append("a library's own words")
    if "too little memory" in ending.err:
        found.append("memory")
    if _FORBIDDEN.search(ending.err) or _FORBIDDEN.search(ending.out):
        found.append("control character")
    finding = _FINDINGS.get(made.words[0])
    told = finding is not None and finding in ending.out and "Error: " not in ending.err
    if not found and ending.code and not told:
        found += _message(made, ending)
    if ending.code:
        after = picture(folder)
        found += [f"left {name}" for name in after if name not in before]
    after = picture(folder)
    found += [
        f"changed {name}"
        for name in before
        if after.get(name) != before[name] and (ending.code or name != made.output)
    ]
    if not ending.code and not found:
        found += _balance(made, folder)
    return found


def _message(made: Input, ending: Ending) -> list[str]:
    lines = ending.err.splitlines()
    if ending.code == 2 and lines and lines[-1].startswith("Error: "):
        return []
    hints = [line for line in lines if line.startswith("Hint: ")]
    if not any(line.startswith("Error: ") for line in lines) or len(hints) != 1 or not hints[0][6:].strip():
        return ["no error with one hint"]
    error = next(line for line in lines if line.startswith("Error: "))
    return untyped(made.words, hints[0][6:], keyed=bool(_KEYED.search(error)))


def _command(words: list[str]) -> click.Command | None:
    command: click.Command | None = (
        cli.get_command(click.Context(cli), words[0]) if words[0] in COMMANDS else None
    )
    if isinstance(command, click.Group) and len(words) > 1:
        return command.commands.get(words[1])
    return command


def untyped(words: list[str], hint: str, *, keyed: bool = False) -> list[str]:
    """Return what stands in a hint and cannot be typed: options that are none, keywords that are options elsewhere.

    What is `keyed` is about a table of a recipe or a plan, and speaks of its keys.
    """
    if hint.startswith(("did you mean", "choose from")):
        return []
    named = _NAMED.search(hint)
    command = _command([part for part in named.groups() if part]) if named else _command(words)
    if command is None:
        return [f"hint names no command: {hint}"]
    real = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | _ALWAYS
    found = [
        f"hint's option {one} is none" for one in _OPTION.findall(_QUOTED.sub("", hint)) if one not in real
    ]
    if words[0] not in ("run", "recipe") and not keyed:
        known = {
            str(param.name)
            for _, one in commands()
            for param in one.params
            if isinstance(param, click.Option)
        }
        # An option's values may be called as another option is: they stand behind "such as".
        named_in = hint.partition(" such as ")[0]
        found += [f"hint's keyword {one}" for one in re.findall(r"'([a-z_]+)'", named_in) if one in known]
    return found


def _balance(made: Input, folder: Path) -> list[str]:
    """Add up the record of a map, and hold it against the areas, and the rows against the lines of the file."""
    path = folder / made.output
    if made.words[0] != "count" or path.suffix != ".geojson" or {"--weight-column", "--by"} & set(made.words):
        return []
    written = json.loads(path.read_bytes())
    record = written["hotspots"]["incidents"]
    found = []
    if record["rows_read"] != sum(record[name] for name in _DROPPED) + record["used"]:
        found.append("rows do not add up")
    shown = sum(one["properties"]["n"] or 0 for one in written["features"])
    if record.get("inside") is not None and shown != record["inside"]:
        found.append(f"areas show {shown}, the record {record['inside']}")
    if made.damaged == "i.csv":
        found += _lines(folder / "i.csv", record["rows_read"])
    return found


def _lines(path: Path, rows: int) -> list[str]:
    """Hold rows against lines; where quotation marks or titles make lines of another kind, nothing is said."""
    raw = path.read_bytes()
    if b'"' in raw or b"\0" in raw or not raw.startswith(b"Crime ID,Month,Easting"):
        return []
    lines = [line for line in raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n") if line.strip()]
    return [] if rows == len(lines) - 1 else [f"{len(lines) - 1} lines, {rows} rows"]
