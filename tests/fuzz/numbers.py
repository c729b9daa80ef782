"""The door of numbers: a sound command, plan or recipe, in which one number is at an extreme."""

from __future__ import annotations

import dataclasses
import functools
import random
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from tests.fuzz.inputs import Input, take
from tests.fuzz.sections import FILES, HEAD, SECTIONS
from tests.fuzz.words import NEEDED, commands, sound_output, sound_words

from hotspots.analysis.recipe.tables import Recipe
from hotspots.priorities.budgets import Budget
from hotspots.priorities.indicators import Indicator
from hotspots.priorities.plan import Plan, Sure
from hotspots.priorities.selection import Rules

NUMBERS = (
    "0",
    "-1",
    "1",
    "2",
    "0.5",
    "99",
    "5000",
    "1e-9",
    "1e9",
    "1e308",
    "inf",
    "nan",
    "2000000000",
    "9" * 23,
)
PLAN = {
    "": (Plan, 'periods = "month"'),
    "[indicator]": (Indicator, 'category = ["Burglary"]'),
    "rules": (Rules, "flagged = 2"),
    "budget": (Budget, ""),
    "sure": (Sure, "runs = 99\nseed = 3"),
}
TAKEN = tuple(dict.fromkeys([*NEEDED, *FILES]))


def numbers(seeds: Path, folder: Path, rng: random.Random) -> Input:
    """A number of a command, a plan or a recipe."""
    return at_extreme(seeds, folder, *rng.choice(cases()), rng.choice(NUMBERS))


def at_extreme(seeds: Path, folder: Path, kind: str, place: str, key: str, number: str) -> Input:
    """Make the input of one of `cases` with this number."""
    take(seeds, folder, *TAKEN)
    if kind == "option":
        path, command = next(one for one in commands() if " ".join(one[0]) == place)
        output = sound_output(path, command)
        words = [*sound_words(path, command), key, number, *(["-o", output] if output else [])]
        return Input(words, f"{key} {number}", output=output)
    if kind == "plan":
        tables = [_table(table, text, key, number, here=table == place) for table, (_, text) in PLAN.items()]
        (folder / "p.toml").write_text("\n".join(tables) + '[[indicator]]\ngroup = "asb"\n', encoding="utf-8")
        words = ["select", "i.csv", "--areas", "w.gpkg", "--plan", "p.toml", "-o", "o.geojson"]
        return Input(words, f"[{place}] {key} = {number}", output="o.geojson")
    text = HEAD + _table(place, SECTIONS[place], key, number, here=True)
    (folder / "r.toml").write_text(text, encoding="utf-8")
    return Input(["run", "r.toml", "-o", "o"], f"[{place}] {key} = {number}", output="o")


def _table(table: str, text: str, key: str, number: str, *, here: bool) -> str:
    """Return a table of TOML, in which a key has a number in the place of whatever it had; empty if it has nothing."""
    lines = [line for line in text.splitlines() if not here or line.partition(" = ")[0] != key]
    if here:
        lines.append(f"{key} = {number}")
    head = [f"[{table}]"] if table and lines else []
    return "\n".join([*head, *lines, ""])


@functools.cache
def cases() -> list[tuple[str, str, str]]:
    """Return every number that can be given: as an option, or as a key of a plan's or a recipe's table."""
    found = [
        ("option", " ".join(path), option.opts[-1])
        for path, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and _holds_number(option.type)
    ]
    found += [("plan", table, key) for table, (cls, _) in PLAN.items() for key in _numeric(cls)]
    hints = typing.get_type_hints(Recipe)
    for table in SECTIONS:
        cls = next(one for one in _parts(hints[table.strip("[]")]) if dataclasses.is_dataclass(one))
        found += [("recipe", table, key) for key in _numeric(cls)]
    return found


def _holds_number(kind: Any) -> bool:
    return isinstance(kind, click.types.IntParamType | click.types.FloatParamType)


def _numeric(cls: Any) -> list[str]:
    hints = typing.get_type_hints(cls)
    return [entry.name for entry in dataclasses.fields(cls) if {int, float} & set(_parts(hints[entry.name]))]


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for part in typing.get_args(hint):
        yield from _parts(part)
