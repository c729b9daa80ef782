"""A TOML file as one of the project's dataclasses: every key known, every value of the type declared."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Literal, Union

from hotspots.base.errors import FileError, RecipeError, did_you_mean


def read_text(path: str | Path, *, what: str, hint: str) -> str:
    """Return the text of a recipe or a plan; `hint` says how to make one where there is none.

    Raises
    ------
    FileError
        When the file is missing or is not UTF-8 text.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise FileError(f"there is no {what} '{path}'", hint=hint) from error
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            f"the {what} '{path}' cannot be read as UTF-8 text", hint="save it as a UTF-8 text file"
        ) from error


def build(cls: type[Any], table: dict[str, Any], *, where: str) -> Any:
    """Make one of the dataclasses above from a TOML table, checking every key."""
    known = {entry.name: entry for entry in fields(cls)}
    shown = [name for name in known if name != "folder"]
    for key in table:
        if key not in known:
            raise RecipeError(
                f"{where or 'the recipe'} has the unknown key '{key}'", hint=did_you_mean(key, shown)
            )
    for name, entry in known.items():
        if entry.default is MISSING and entry.default_factory is MISSING and name not in table:
            raise RecipeError(f"{where or 'the recipe'} lacks '{name}'", hint=_example(name, where))
    wanted = typing.get_type_hints(cls)
    values = {key: _fit(value, wanted[key], where=where, key=key) for key, value in table.items()}
    return cls(**values)


def _example(name: str, where: str) -> str:
    examples = {
        "title": 'add a line such as: title = "Burglary, 2025"',
        "incidents": 'add a table [incidents] with: source = "2025-*-street.csv"',
        "areas": 'add a table [[areas]] with: label = "Wards" and source = "wards.gpkg"',
        "cell_size": "add a line such as: cell_size = 250",
        "before": 'add a line such as: before = "2024-01..2024-12"',
        "after": 'add a line such as: after = "2025-01..2025-12"',
        "plan": 'add a line such as: plan = "priorities.toml"',
    }
    return examples.get(name, f'add a line such as: {name} = "..."' + (f" under {where}" if where else ""))


def _fit(value: Any, wanted: Any, *, where: str, key: str) -> Any:
    """Return a TOML value as the type that the dataclass declares, or say what was needed."""
    origin = typing.get_origin(wanted)
    if origin in (Union, types.UnionType):
        wanted = next(option for option in typing.get_args(wanted) if option is not type(None))
        origin = typing.get_origin(wanted)
    label = f"'{key}' in {where}" if where else f"'{key}'"
    if origin is Literal:
        choices = typing.get_args(wanted)
        if value not in choices:
            raise RecipeError(f"{label} is {value!r}", hint=did_you_mean(str(value), choices))
        return value
    if origin is tuple:
        return _fit_tuple(value, typing.get_args(wanted)[0], where=where, key=key)
    if hasattr(wanted, "__dataclass_fields__"):
        if not isinstance(value, dict):
            raise RecipeError(f"{label} is {value!r}, not a table", hint=f"write it as a table: [{key}]")
        return build(wanted, value, where=f"[{key}]")
    accepted = (int, float) if wanted is float else wanted
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted is not bool):
        names = {str: "text in double quotes", float: "a number", int: "a whole number"}
        raise RecipeError(f"{label} is {value!r}", hint=f"it takes {names.get(wanted, wanted.__name__)}")
    return value


def _fit_tuple(value: Any, wanted: Any, *, where: str, key: str) -> tuple[Any, ...]:
    if hasattr(wanted, "__dataclass_fields__"):
        tables = value if isinstance(value, list) else [value]
        if not tables or not all(isinstance(entry, dict) for entry in tables):
            raise RecipeError(f"'{key}' holds no table", hint=f"write each as a table of its own: [[{key}]]")
        return tuple(build(wanted, entry, where=f"[[{key}]]") for entry in tables)
    entries = value if isinstance(value, list) else [value]
    return tuple(_fit(entry, wanted, where=where, key=key) for entry in entries)
