"""`hotspots boundaries`: the bundled layers."""

from __future__ import annotations

import shutil

import click

from hotspots_cli import options


@click.group("boundaries", short_help="Bundled layers: list, show, copy.")
def command() -> None:
    """Bundled boundary and sample layers: what there is, where it comes from, and a copy of it."""


@command.command("list")
def list_layers() -> None:
    """One line per bundled file. Its name serves wherever a file of its kind does."""
    from hotspots_boundaries import bundled

    width = max(len(entry.id) for entry in bundled())
    for entry in bundled():
        click.echo(f"{entry.id:<{width}}  {entry.rows:>7,} rows  {entry.title}")


@command.command("show")
@click.argument("identifier", metavar="NAME")
def show(identifier: str) -> None:
    """Source, date, licence and columns of one bundled layer."""
    entry = _find(identifier)
    click.echo(entry.title)
    for label, text in (
        ("Rows", f"{entry.rows:,}"),
        ("Source", entry.source),
        ("Date", entry.date),
        ("Licence", entry.licence),
        ("Attribution", entry.attribution),
    ):
        click.echo(f"  {label + ':':<13}{text}")
    click.echo("  Columns:")
    for name, meaning in entry.columns.items():
        click.echo(f"    {name:<22}{meaning}")


@command.command("copy")
@click.argument("identifier", metavar="NAME")
@options.output_file
@options.overwrite
def copy(identifier: str, output: str, overwrite: bool) -> None:
    """Copy the file that holds a bundled layer, to load it elsewhere."""
    import hotspots_boundaries
    from hotspots.base.files import replacing

    _find(identifier)
    with replacing(output, overwrite=overwrite) as draft:
        shutil.copyfile(hotspots_boundaries.path(identifier), draft)
    click.echo(f"Wrote {output}", err=True)


def _find(identifier: str):  # type: ignore[no-untyped-def] # the type lives in a package imported lazily
    import hotspots_boundaries
    from hotspots.base.errors import ParameterError, did_you_mean

    try:
        return hotspots_boundaries.find(identifier)
    except KeyError as error:
        names = [entry.id for entry in hotspots_boundaries.bundled()]
        raise ParameterError(
            f"there is no bundled layer '{identifier}'", hint=did_you_mean(identifier, names)
        ) from error
