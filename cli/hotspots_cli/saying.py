"""What commands say on the terminal: nothing in it acts on one, whoever wrote it into a file, a name or an option."""

from __future__ import annotations

import click

from hotspots.base.text import json_visible, visible


def say(text: object, *, head: str = "", colour: str = "", err: bool = False, nl: bool = True) -> None:
    """Write a text on standard output or error, behind a coloured word; see `hotspots.base.text.visible`."""
    first = f"{click.style(head, fg=colour)} " if head else ""
    click.echo(first + visible(str(text)), err=err, nl=nl)


def say_json(text: str) -> None:
    """Write JSON on standard output; see `hotspots.base.text.json_visible`."""
    click.echo(json_visible(text))
