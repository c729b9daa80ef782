"""A TOML file as one of the project's dataclasses: every key known, every value of the type declared.

All slips of a file are gathered before any is raised, so that they are mended in one go.
"""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, Union

from hotspots.base.errors import FileError, ParameterError, RecipeError, did_you_mean
from hotspots.base.limits import NESTING, RECIPE, nesting_of, refuse_deep_toml

_UNFIT = object()  # stands for a value that does not fit, until all of the file has been seen
_WHOLE = 2**63  # beyond it a whole number is none of TOML's, and of no library's
_TYPES = {str: "text in double quotes", float: "a number", int: "a whole number"}


class Slips:
    """What is wrong in a file: messages, each with its hint, in the order in which they were found.

    Parameters
    ----------
    what : str
        What the file is, such as ``"recipe"``.
    renamed : mapping of str to mapping of str to str
        By table, the keys of earlier versions and what they are called now.
    """

    def __init__(self, what: str, *, renamed: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.what = what
        self.renamed = renamed or {}
        self.found: list[tuple[str, str]] = []

    def add(self, message: str, hint: str) -> None:
        """Note one slip; the same one twice counts once."""
        if (message, hint) not in self.found:
            self.found.append((message, hint))

    def raise_any(self) -> None:
        """Raise one error that names all of them; do nothing where there is none.

        Raises
        ------
        RecipeError
        """
        if len(self.found) == 1:
            message, hint = self.found[0]
            raise RecipeError(message, hint=hint)
        if self.found:
            lines = [f"  {message} ({hint})" for message, hint in self.found]
            raise RecipeError(
                "\n".join([f"the {self.what} has {len(self.found)} slips:", *lines]),
                hint="mend them all; nothing has been read or written",
            )


def read_text(path: str | Path, *, what: str, hint: str) -> str:
    """Return the text of a recipe or a plan; `hint` says how to make one where there is none.

    Raises
    ------
    FileError
        When the file is missing or is not UTF-8 text.
    """
    try:
        size = Path(path).stat().st_size
        if size > RECIPE:
            raise FileError(
                f"the {what} '{path}' has {size / 1e6:,.0f} MB, more than {RECIPE // 1_000_000}", hint=hint
            )
        return Path(path).read_text(encoding="utf-8-sig")
    except FileError:
        raise
    except FileNotFoundError as error:
        raise FileError(f"there is no {what} '{path}'", hint=hint) from error
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            f"the {what} '{path}' cannot be read as UTF-8 text", hint="save it as a UTF-8 text file"
        ) from error


def parse_toml(text: str, *, what: str, start: str = "") -> dict[str, Any]:
    """Return the tables of a TOML text; `start` says what a whole file can be started from.

    Raises
    ------
    RecipeError
        When it is not TOML, or nests its lists too deep to be one.

    Examples
    --------
    >>> parse_toml("bandwidth = 500", what="recipe")
    {'bandwidth': 500}
    """
    refuse_deep_toml(text, what=what)
    try:
        found = tomllib.loads(text)
        if nesting_of(found) > NESTING:
            raise RecursionError
        return found
    except tomllib.TOMLDecodeError as error:
        hint = "text stands in double quotes, lists in square brackets" + start
        if "\\" in text and ("hex value" in str(error) or "'\\'" in str(error)):
            hint = "put paths with \\ in single quotes, as in 'C:\\data\\wards.gpkg', or write / instead"
        raise RecipeError(f"the {what} is not valid TOML: {error}", hint=hint) from error
    except RecursionError as error:
        raise RecipeError(
            f"the {what} nests lists or tables deeper than {NESTING} times",
            hint="lists hold text or numbers, not other lists",
        ) from error


def build(cls: type[Any], table: dict[str, Any], *, where: str, slips: Slips) -> Any:
    """Make a dataclass from a TOML table, noting whatever does not fit.

    Parameters
    ----------
    cls : type
        The dataclass; its fields are the keys.
    table : dict
        From `parse_toml`.
    where : str
        What a message calls the table, such as ``"[kde]"``; empty for the file itself.
    slips : Slips
        Where slips are noted.

    Returns
    -------
    object
        The dataclass, of no use where a slip was noted.
    """
    known = {entry.name: entry for entry in fields(cls)}
    shown = [name for name in known if name != "folder"]
    place = where or f"the {slips.what}"
    for key in table:
        now = slips.renamed.get(where, {}).get(key)
        if key not in known and now is not None:
            slips.add(f"'{key}' in {place} is now called '{now}'", f"write: {now} = ...")
        elif key not in known:
            slips.add(f"{place} has the unknown key '{key}'", did_you_mean(key, shown))
    lacking = [
        name
        for name, entry in known.items()
        if entry.default is MISSING and entry.default_factory is MISSING and name not in table
    ]
    for name in lacking:
        slips.add(f"{place} lacks '{name}'", _example(name, where))
    wanted = typing.get_type_hints(cls)
    values = {
        key: _fit(value, wanted[key], where=where, key=key, slips=slips)
        for key, value in table.items()
        if key in known
    }
    fit = {key: value for key, value in values.items() if value is not _UNFIT}
    if lacking or len(fit) < len(values):
        return _UNFIT
    try:
        return cls(**fit)
    except ParameterError as error:
        slips.add(f"{error.message} in {where}" if where else error.message, error.hint)
        return _UNFIT


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


def _fit(value: Any, wanted: Any, *, where: str, key: str, slips: Slips) -> Any:
    """Return a TOML value as the type that the dataclass declares, or note what was needed."""
    options = _options(wanted)
    wanted = options[0]
    label = f"'{key}' in {where}" if where else f"'{key}'"
    if typing.get_origin(wanted) is dict:
        if isinstance(value, dict):
            return value
        slips.add(f"{label} is {value!r}, not a table", f"write it as a table: [{key}]")
        return _UNFIT
    if typing.get_origin(wanted) is tuple:
        return _fit_tuple(value, typing.get_args(wanted)[0], where=where, key=key, slips=slips)
    if is_dataclass(wanted):
        if isinstance(value, dict):
            return build(typing.cast("type[Any]", wanted), value, where=f"[{key}]", slips=slips)
        slips.add(f"{label} is {value!r}, not a table", f"write it as a table: [{key}]")
        return _UNFIT
    if int in options and isinstance(value, int) and not -_WHOLE <= value < _WHOLE:
        slips.add(f"{label} is {value}", "give a smaller whole number")
        return _UNFIT
    choices = [choice for option in options for choice in typing.get_args(option)]
    if value in choices or any(_is(value, option) for option in options if isinstance(option, type)):
        return value
    if choices:
        numbers = " or a number" if float in options or int in options else ""
        slips.add(f"{label} is {value!r}", did_you_mean(str(value), choices) + numbers)
    else:
        slips.add(f"{label} is {value!r}", f"it takes {_TYPES.get(wanted, wanted.__name__)}")
    return _UNFIT


def _options(wanted: Any) -> list[Any]:
    """Return what a declared type admits, apart from being left out."""
    if typing.get_origin(wanted) in (Union, types.UnionType):
        return [option for option in typing.get_args(wanted) if option is not type(None)]
    return [wanted]


def _is(value: Any, wanted: type[Any]) -> bool:
    """Return whether a TOML value is of a type; a whole number serves as a number, true and false as neither."""
    accepted = (int, float) if wanted is float else wanted
    if typing.get_origin(wanted) is not None:  # isinstance refuses Literal and tuple[...]
        return False
    return isinstance(value, accepted) and (wanted is bool or not isinstance(value, bool))


def _fit_tuple(value: Any, wanted: Any, *, where: str, key: str, slips: Slips) -> Any:
    if is_dataclass(wanted):
        tables = value if isinstance(value, list) else [value]
        if not tables or not all(isinstance(entry, dict) for entry in tables):
            slips.add(f"'{key}' holds no table", f"write each as a table of its own: [[{key}]]")
            return _UNFIT
        shown = f"[{key}]" if isinstance(value, dict) and key == "incidents" else f"[[{key}]]"
        made = [build(typing.cast("type[Any]", wanted), entry, where=shown, slips=slips) for entry in tables]
    else:
        entries = value if isinstance(value, list) else [value]
        made = [_fit(entry, wanted, where=where, key=key, slips=slips) for entry in entries]
    return _UNFIT if any(entry is _UNFIT for entry in made) else tuple(made)
