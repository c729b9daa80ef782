"""`hotspots run`: a whole analysis from its recipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotspots_cli import engines, options
from hotspots_cli.memory import given_back
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say

if TYPE_CHECKING:
    from hotspots.analysis.recipe.tables import Recipe

ENOUGH = 20_000
"""Rows of incidents from which on a first run gains by a second process; fewer need few of the kernels."""


@click.command("run", short_help="A whole analysis from its recipe.")
@click.argument("recipe", metavar="RECIPE")
@options.output_folder
@click.option(
    "--since",
    metavar="DIR",
    help="The folder of an earlier run, or STORE.gpkg#EDITION: report, workbook and terminal say what has changed "
    "since.",
)
@options.context
@click.option(
    "--into",
    metavar="STORE",
    help="Keep the layers as well: in a GeoPackage of editions, or in a schema of a database, such as "
    "postgresql://server/database#schema.",
)
@click.option("--edition", metavar="NAME", help="What the edition is called in that GeoPackage.")
@options.assets
@options.public
@engines.engine
@options.overwrite
def command(
    recipe: str,
    output: str,
    since: str | None,
    context: tuple[str, ...],
    into: str | None,
    edition: str | None,
    assets: bool,
    public: str | None,
    engine: str,
    scheduler: str | None,
    overwrite: bool,
) -> None:
    """Run a whole analysis, reproducibly: one recipe in, one folder of maps, layers and tables out.

    \b
    hotspots recipe new -o analysis.toml
    hotspots run analysis.toml -o maps/2025
    hotspots run analysis.toml -o maps/2026 --since maps/2025
    hotspots run analysis.toml -o website/2026 --public documents
    hotspots run analysis.toml -o maps/2026 --into editions.gpkg --edition 2026
    """
    if edition is not None and into is None:
        raise click.UsageError("--edition names what a store is to hold: name the store with --into")
    run_into(
        recipe,
        output,
        overwrite=overwrite,
        since=since,
        context=context,
        assets=assets,
        public=public,
        into=into,
        edition=edition,
        engine=engine,
        scheduler=scheduler,
    )


def run_into(
    recipe: str,
    output: str,
    *,
    overwrite: bool,
    since: str | None = None,
    context: tuple[str, ...] = (),
    assets: bool = False,
    public: str | None = None,
    into: str | None = None,
    edition: str | None = None,
    engine: str = "auto",
    scheduler: str | None = None,
) -> None:
    """Run the recipe and say what came of it."""
    from hotspots.base.files import refuse_existing

    refuse_existing(output, overwrite=overwrite)
    from hotspots.analysis.recipe.reading import read_recipe

    asked = published_by(read_recipe(recipe), public)
    if context:
        asked = replace(asked, context=tuple(str(Path(layer).absolute()) for layer in context))
    if assets and asked.map is not None:
        asked = replace(asked, map=replace(asked.map, parts="beside"))
    chosen = engines.engine_of_recipe(engine, scheduler, asked)
    with _compiling_ahead(asked), Steps() as steps, given_back(steps) as step:
        from hotspots.publish.folder import run_recipe

        outcome = run_recipe(
            asked,
            output,
            overwrite=overwrite,
            since=since,
            into=into,
            edition=edition,
            engine=chosen,
            scheduler=scheduler,
            progress=step,
        )
    for line in outcome.headline:
        say(line)
    say(f"Wrote {len(outcome.files)} files to {outcome.folder}")
    if into is not None:
        say(f"Kept its layers in {into}" + (f" as {edition}" if edition else ""))
    first = "map.html" if "map.html" in outcome.files else "hotspots.qgz"
    say(f"Open {outcome.folder / first}")


@contextmanager
def _compiling_ahead(recipe: Recipe) -> Iterator[None]:
    """Compile the kernels of a run beside it, where there is enough to read meanwhile."""
    from hotspots.base.database.address import is_address
    from hotspots.scale.stream import input_rows

    files = [recipe.path(name) for source in recipe.incidents for name in source.source]
    if not any(is_address(file) for file in files) and input_rows(files) < ENOUGH:
        yield
        return
    from hotspots.analysis.run.kernels import kernels_of
    from hotspots.base.ahead import compiling_ahead

    with compiling_ahead(kernels_of(recipe)):
        yield


def published_by(recipe: Recipe, public: str | None) -> Recipe:
    """Return a recipe whose folder is made for publication by the rules of a profile, where one is named.

    Where the recipe names the same profile, its own numbers stay.
    """
    if public is None or (recipe.publish is not None and recipe.publish.profile == public):
        return recipe
    from hotspots.analysis.recipe.tables import Publish

    asked = Publish(profile=public)
    _ = asked.rules  # an unknown profile is told before anything is read
    return replace(recipe, publish=asked)
