"""Write docs/recipe.md from the recipe's tables and the template's notes; a test holds it to be current."""

from __future__ import annotations

import inspect
import re
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from importlib.resources import files
from pathlib import Path

from hotspots.analysis.recipe.tables import Recipe

PAGE = Path(__file__).with_name("recipe.md")

HEAD = """# Every key of a recipe

Written by `python docs/write_recipe.py`. A step runs when its table stands in the recipe, even empty;
`hotspots recipe new` writes a file that has them all, to be cut down, and `hotspots recipe check` lists every slip at
once. Paths start from the folder in which the recipe stands.
"""

_COLUMNS = "| key | takes | default | example | |\n| --- | --- | --- | --- | --- |\n"
_WORDS: dict[type, str] = {str: "text", int: "a whole number", float: "a number"}
_SEVERAL = {"text": "texts", "a whole number": "whole numbers", "a number": "numbers"}

Note = tuple[str, str]  # an example and a note

# One line of the template: a key, what stands there as an example, and a note.
LINE = re.compile(r"^(?:# )?(?P<key>[a-z_]+) = (?P<value>\[.*?\]|\".*?\"|[^#\s]+)\s*(?:# (?P<note>.*))?$")
TABLE = re.compile(r"^(?:# )?\[+(?P<table>[a-z.]+)\]+\s*(?:#.*)?$")


def recipe_page() -> str:
    """Return the page: the keys that stand above all tables, then each table with its keys."""
    notes = _template()
    kinds = typing.get_type_hints(Recipe)
    top, tables = [], []
    for entry in fields(Recipe):
        kind = _table_of(kinds[entry.name])
        if kind is None:
            if entry.name != "folder":
                top.append(_line(entry, kinds[entry.name], notes.get(("", entry.name), ("", ""))))
        else:
            several = "tuple" in str(kinds[entry.name])
            tables.append(_section(entry.name, kind, notes, several=several))
    return f"{HEAD}\n{_COLUMNS}{''.join(top)}{''.join(tables)}"


def _template() -> dict[tuple[str, str], Note]:
    """Return the template's example of each key of each table, and its note on it."""
    notes: dict[tuple[str, str], Note] = {}
    table = ""
    for line in files("hotspots_cli").joinpath("template.toml").read_text(encoding="utf-8").splitlines():
        if heading := TABLE.match(line):
            table = heading["table"]
        elif key := LINE.match(line):
            notes.setdefault((table, key["key"]), (key["value"], key["note"] or ""))
    return notes


def _table_of(kind: object) -> type | None:
    """Return the dataclass that a field of the recipe holds, one or several of it, if it is one."""
    for part in (kind, *typing.get_args(kind)):
        if isinstance(part, type) and is_dataclass(part):
            return part
    return None


def _section(name: str, kind: type, notes: dict[tuple[str, str], Note], *, several: bool) -> str:
    hints = typing.get_type_hints(kind)
    lines, below = [], []
    for entry in fields(kind):
        inner = _table_of(hints[entry.name])
        if inner is None:
            lines.append(_line(entry, hints[entry.name], notes.get((name, entry.name), ("", ""))))
        else:
            below.append(_section(f"{name}.{entry.name}", inner, notes, several=True))
    heading = f"[[{name}]]" if several else f"[{name}]"
    return f"\n## `{heading}`\n\n{_described(kind)}\n\n{_COLUMNS}{''.join(lines)}{''.join(below)}"


def _described(kind: type) -> str:
    """Return what the table's docstring says, behind the table's name and with no rooms before names."""
    told = inspect.cleandoc(kind.__doc__ or "")
    if told.startswith("``["):
        told = told.partition(": ")[2]
    told = re.sub(r"`(?:hotspots\.)?(?:[a-z_]+\.)*([A-Za-z_]+)`", r"`\1`", told.replace("``", "`"))
    return f"{told[:1].upper()}{told[1:]}"


def _line(entry: Field[typing.Any], kind: object, note: Note) -> str:
    default = _default(entry)
    example = "" if note[0] in ('""', '"..."', default.strip("`")) or not note[0] else f"`{note[0]}`"
    cells = (f"`{entry.name}`", _takes(kind), default, example, note[1])
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _takes(kind: object) -> str:
    """Say in words what a key takes."""
    parts = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return " or ".join(f"`{_toml(part)}`" for part in parts)
    if typing.get_origin(kind) is tuple:
        inner = _takes(parts[0])
        return f"{inner}; or a list" if "`" in inner else f"{inner}, or a list of {_SEVERAL[inner]}"
    if parts:
        return " or ".join(_takes(part) for part in parts if part is not type(None))
    return _WORDS[typing.cast("type", kind)]


def _default(entry: Field[typing.Any]) -> str:
    if entry.default is MISSING and entry.default_factory is MISSING:
        return "must be given"
    if entry.default is None or entry.default is MISSING or entry.default in ((), ""):
        return ""
    if isinstance(entry.default, tuple) and len(entry.default) > 5:
        return "all of them"
    return f"`{_toml(entry.default)}`"


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"


if __name__ == "__main__":
    PAGE.write_text(recipe_page(), encoding="utf-8", newline="\n")
