"""`hotspots run`: a whole analysis from its recipe."""

from __future__ import annotations

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps


@click.command("run", short_help="A whole analysis from its recipe.")
@click.argument("recipe", metavar="RECIPE")
@options.output_folder
@click.option(
    "--since",
    metavar="DIR",
    help="The folder of an earlier run: report, workbook and terminal say what has changed since.",
)
@options.overwrite
def command(recipe: str, output: str, since: str | None, overwrite: bool) -> None:
    """Run a whole analysis, reproducibly: one recipe in, one folder of maps, layers and tables out.

    \b
    hotspots recipe new -o analysis.toml
    hotspots run analysis.toml -o maps/2025
    hotspots run analysis.toml -o maps/2026 --since maps/2025
    """
    run_into(recipe, output, overwrite=overwrite, since=since)


def run_into(recipe: str, output: str, *, overwrite: bool, since: str | None = None) -> None:
    """Run the recipe and say what came of it."""
    from hotspots.base.files import refuse_existing

    refuse_existing(output, overwrite=overwrite)
    from hotspots.analysis.recipe.reading import read_recipe
    from hotspots.publish.folder import run_recipe

    with Steps() as step:
        outcome = run_recipe(read_recipe(recipe), output, overwrite=overwrite, since=since, progress=step)
    for line in outcome.headline:
        click.echo(line)
    click.echo(f"Wrote {len(outcome.files)} files to {outcome.folder}")
    first = "map.html" if "map.html" in outcome.files else "hotspots.qgz"
    click.echo(f"Open {outcome.folder / first}")
