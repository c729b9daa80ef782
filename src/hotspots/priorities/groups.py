"""Groups of police.uk categories: the themes that partnerships speak of, and what each can and cannot tell."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from hotspots.base.errors import ParameterError, did_you_mean


@dataclass(frozen=True)
class CategoryGroup:
    """Categories that are counted together.

    Attributes
    ----------
    key : str
        The word by which it is asked for, such as ``"asb"``.
    name : str
        What a reader sees.
    category, exclude : tuple of str
        The categories that it takes or, where it takes all others, leaves out.
    note : str
        What it cannot tell; may be empty.
    """

    key: str
    name: str
    category: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    note: str = ""


@functools.cache
def _document() -> Mapping[str, Any]:
    text = resources.files("hotspots.priorities").joinpath("groups.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


@functools.cache
def category_groups() -> Mapping[str, CategoryGroup]:
    """Return the groups that ship with the toolkit, by key.

    Examples
    --------
    >>> category_groups()["asb"].category
    ('Anti-social behaviour',)
    """
    groups = {}
    for key, entry in _document()["group"].items():
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
        }
        groups[key] = CategoryGroup(key, **fields)
    return MappingProxyType(groups)


def unavailable_themes() -> Mapping[str, str]:
    """Return the themes that police.uk categories cannot give, and why."""
    return MappingProxyType({key: str(reason) for key, reason in _document()["unavailable"].items()})


def find_group(key: str) -> CategoryGroup:
    """Return the group of this key, in any case.

    Raises
    ------
    ParameterError
        When there is none; for a theme that police.uk categories cannot give, with the reason.
    """
    wanted = key.strip().casefold().replace(" ", "-").replace("_", "-")
    found = category_groups().get(wanted)
    if found is not None:
        return found
    reason = unavailable_themes().get(wanted)
    if reason is not None:
        why, _, remedy = reason.partition("; ")
        raise ParameterError(f"there is no group '{key}': {why}", hint=remedy)
    raise ParameterError(f"there is no group '{key}'", hint=did_you_mean(key, category_groups()))
