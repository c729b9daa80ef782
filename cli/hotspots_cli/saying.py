"""What commands say on the terminal: nothing in it acts on one, whoever wrote it into a file, a name or an option."""

from __future__ import annotations

import click

from hotspots.base.text import json_visible, visible


def say(text: object, *, err: bool = False, nl: bool = True) -> None:
    """Write a text on standard output, or on standard error; see `hotspots.base.text.visible`."""
    click.echo(visible(str(text)), err=err, nl=nl)


def say_json(text: str) -> None:
    """Write JSON on standard output; see `hotspots.base.text.json_visible`."""
    click.echo(json_visible(text))
