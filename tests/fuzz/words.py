"""The words of the command line: every command, and what it takes where nothing is wrong."""

from __future__ import annotations

import functools

import click

from hotspots_cli.main import COMMANDS, cli

_READ = {"layer": "n.geojson", "recipe": "r.toml", "recorded": "recorded.csv", "sheet": "setting.csv"}
"""What an argument of this name is."""

_READ_BY = {
    "times": {"incidents": "d.csv"},
    "near-repeat": {"incidents": "d.csv"},
    "trend": {"incidents": "y.csv"},
    "emerging": {"incidents": "y.csv"},
    "evaluate": {"incidents": "y.csv"},
    "charts": {"incidents": "y.csv"},
    "boundaries": {"identifier": "west-yorkshire-wards"},
    "map": {"layers": "n.geojson"},
}
"""The same of one command."""

_WRITTEN = {
    "kde": "o.tif",
    "map": "o.svg",
    "sensitivity": "o.csv",
    **dict.fromkeys(
        (
            "charts",
            "breakdown",
            "share",
            "repeats",
            "near-repeat",
            "evaluate",
            "comparators",
            "profile",
            "matrix",
        ),
        "o.csv",
    ),
    **dict.fromkeys(("assess", "force", "editions", "trend", "times"), "o.csv"),
    "new": "o.toml",
}
"""What a command writes where that is no layer, by its last word."""

_SOUND = {
    "areas": "w.gpkg",
    "plan": "p.toml",
    "class_table": "classes.csv",
    "comparators": "rates.csv",
    "population_table": "people.csv",
    "recipe": "r.toml",
    "value": "n",
    "by": "Crime type",
    "before": "2025-01",
    "after": "2025-02",
    "indicator": "crime",
    "column": "Crime type",
    "bandwidth": "500",
    "cell_size": "100",
}
"""An option's value, by the option's name."""

_SOUND_BY = {"classes": {"column": "kind"}, "share": {"column": "Weight"}}
"""The same of one command."""

NEEDED = (
    *("i.csv", "d.csv", "y.csv", "w.gpkg", "n.geojson", "people.csv", "r.toml", "p.toml"),
    *("rates.csv", "classes.csv", "recorded.csv", "setting.csv"),
)
"""Files that these name."""


@functools.cache
def commands() -> list[tuple[list[str], click.Command]]:
    """Return every command that ends in a few seconds, with the words that call it."""
    found: list[tuple[list[str], click.Command]] = []
    context = click.Context(cli)
    for name in COMMANDS:
        if name in ("demo", "run", "report", "audit", "page", "fetch"):
            continue
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            found += [([name, below], one) for below, one in command.commands.items()]
        elif command is not None:
            found.append(([name], command))
    return found


def sound_argument(path: list[str], argument: click.Argument) -> str:
    """Return the file that a command reads."""
    read = {**_READ, **_READ_BY.get(path[0], {})}
    return read.get(str(argument.name), "i.csv")


def sound_output(path: list[str], command: click.Command) -> str:
    """Return the file that a command writes, of a kind that it does write; empty where it writes none."""
    if not any(param.name == "output" for param in command.params):
        return ""
    return _WRITTEN.get(path[-1], "o.geojson")


def sound_words(path: list[str], command: click.Command) -> list[str]:
    """Return a command with the arguments and the options that it has to have, apart from its output."""
    words = [*path]
    for param in command.params:
        if isinstance(param, click.Argument):
            words.append(sound_argument(path, param))
        elif param.required and param.name != "output":
            words += [param.opts[-1], sound_option(path, param)]
    return words


def sound_option(path: list[str], option: click.Parameter) -> str:
    """Return what an option holds."""
    choices = option.type.choices if isinstance(option.type, click.Choice) else ("n",)
    held = {**_SOUND, **_SOUND_BY.get(path[0], {})}
    return held.get(str(option.name), str(next(iter(choices))))
