"""`hotspots demo`: the bundled sample, end to end."""

from __future__ import annotations

from importlib.resources import as_file, files

import click

from hotspots_cli import options
from hotspots_cli.run import run_into


@click.command("demo", short_help="The bundled sample, end to end.")
@options.output_folder
@options.overwrite
def command(output: str, overwrite: bool) -> None:
    """Run the bundled sample end to end: recorded crime of West Yorkshire, July 2018 and the two before.

    The first run on a machine compiles the numerical kernels, once, and takes longer.

    \b
    hotspots demo -o demo
    """
    with as_file(files("hotspots_cli") / "demo.toml") as recipe:
        run_into(str(recipe), output, overwrite=overwrite, engine="memory")
