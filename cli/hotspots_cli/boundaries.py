"""`hotspots boundaries`: the bundled layers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from hotspots_cli import options
from hotspots_cli.saying import say

if TYPE_CHECKING:
    from hotspots.base.named import Named


@click.group("boundaries", short_help="Bundled layers: list, show, copy.")
def command() -> None:
    """Bundled boundary and sample layers: what there is, where it comes from, and a copy of it."""


@command.command("list")
def list_layers() -> None:
    """One line per bundled file, then per fetched set. Its name serves wherever a file of its kind does."""
    from hotspots.base.named import all_named

    named = all_named()
    width = max(len(entry.id) for entry in named)
    for entry in named:
        say(f"{entry.id:<{width}}  {entry.rows:>7,} rows  {entry.title}")


@command.command("show")
@click.argument("identifier", metavar="NAME")
def show(identifier: str) -> None:
    """Source, date, licence and columns of one bundled layer or fetched set."""
    entry = _find(identifier)
    say(entry.title)
    for label, text in (
        ("Rows", f"{entry.rows:,}"),
        ("Source", entry.source),
        ("Date", entry.date),
        ("Fetched", str(entry.record.get("retrieved", ""))),
        ("Licence", entry.licence),
        ("Attribution", entry.attribution),
    ):
        if text:
            say(f"  {label + ':':<13}{text}")
    if entry.columns:
        say("  Columns:")
    for name, meaning in entry.columns.items():
        say(f"    {name:<22}{meaning}")


@command.command("copy")
@click.argument("identifier", metavar="NAME")
@options.output_file
@options.overwrite
def copy(identifier: str, output: str, overwrite: bool) -> None:
    """Copy the file that holds a bundled or fetched layer, to load it elsewhere."""
    from hotspots.base.errors import ParameterError
    from hotspots.base.files import replacing

    entry = _find(identifier)
    if entry.path.is_dir():
        raise ParameterError(
            f"'{identifier}' is a folder of {len(entry.record['files'])} files, not one layer",
            hint=f"carry it elsewhere with: hotspots fetch bundle {identifier} -o FILE",
        )
    with replacing(output, overwrite=overwrite) as draft:
        shutil.copyfile(entry.path, draft)
    say(f"Wrote {output}", err=True)


def _find(identifier: str) -> Named:
    from hotspots.base.errors import ParameterError, did_you_mean
    from hotspots.base.named import all_named, find_named

    found = find_named(identifier)
    if found is None:
        names = [entry.id for entry in all_named()]
        raise ParameterError(
            f"there is no bundled layer '{identifier}'", hint=did_you_mean(identifier, names)
        )
    return found
