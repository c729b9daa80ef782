"""Write docs/commands.md from the commands' own help; a test holds it to be current."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from hotspots_cli.main import cli

PAGE = Path(__file__).with_name("commands.md")


def commands_page() -> str:
    """Return the page: each command's ``--help``, word for word."""
    parts = ["# Every command's help\n\nWritten by `python docs/write_commands.py`.\n"]
    root = click.Context(cli, **cli.context_settings)
    for name, command in _walk(cli, "hotspots"):
        context = click.Context(command, root, info_name=name, max_content_width=100, terminal_width=100)
        shown = command.get_help(context).replace("Usage:  hotspots", "Usage: hotspots")
        parts.append(f"\n## {name}\n\n```text\n{shown}\n```\n")
    return "".join(parts)


def _walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _walk(found, f"{name} {child}")


if __name__ == "__main__":
    PAGE.write_text(commands_page(), encoding="utf-8", newline="\n")
