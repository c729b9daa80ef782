"""An option's default is that of the keyword that it is passed to."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import click
import pytest

import hotspots

FUNCTIONS: dict[str, tuple[Callable[..., Any], ...]] = {
    "kde": (hotspots.kernel_density,),
    "gistar": (hotspots.gi_star, hotspots.make_neighbours),
    "flag": (hotspots.flag_mean_sd,),
    "pattern": (hotspots.global_pattern, hotspots.make_neighbours),
    "sensitivity": (hotspots.sensitivity,),
    "change": (hotspots.change,),
    "funnel": (hotspots.funnel,),
    "count": (hotspots.assign_areas, hotspots.rate_limits),
    "inspect": (hotspots.read_incidents,),
}
# What an option says by its own default, where it says "not given" by another value than the function.
APART = {
    ("flag", "within"): "'all' on the command line, no groups in Python",
    ("count", "dispersion"): "estimated from the periods, which a function of one count cannot",
    ("funnel", "dispersion"): "what the layer's record says",
    ("pattern", "population"): "names a column of the layer, or finds it",
    (
        "count",
        "min_population",
    ): "the analysis hides rates of few people; a function computes what it is given",
    ("funnel", "min_population"): "the same",
    ("funnel", "months"): "a layer says its own",
}


def pairs() -> list[tuple[str, str, Any, Any]]:
    """Each option that a function has a keyword for: command, name, the option's default, the keyword's."""
    found: list[tuple[str, str, Any, Any]] = []
    for name, functions in FUNCTIONS.items():
        command = importlib.import_module(f"hotspots_cli.{name}").command
        keywords = {
            key: parameter.default
            for function in functions
            for key, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        found += [
            (name, str(option.name), option, keywords[option.name])
            for option in command.params
            if isinstance(option, click.Option) and option.name in keywords
        ]
    return found


@pytest.mark.parametrize(
    ("command", "name", "option", "keyword"),
    [pytest.param(*entry, id=f"{entry[0]} {entry[1]}") for entry in pairs() if entry[:2] not in APART],
)
def test_an_option_has_the_default_of_its_keyword(
    command: str, name: str, option: click.Option, keyword: Any
) -> None:
    default = option.get_default(click.Context(click.Command(command)))
    if default in (None, (), False) or repr(default) == "Sentinel.UNSET":
        assert keyword in (None, False, inspect.Parameter.empty, ())
    else:
        assert default == keyword


def test_the_commands_and_functions_share_many_keywords() -> None:
    assert len(pairs()) >= 40
    assert set(APART) <= {(command, name) for command, name, _, _ in pairs()}
