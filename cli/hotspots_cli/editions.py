"""`hotspots editions`: several runs in one store, and what has changed from one to another."""

from __future__ import annotations

from pathlib import Path

import click

from hotspots_cli import options
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.group("editions", short_help="Several runs in one store, compared.")
def command() -> None:
    """Keep the layers of several runs in one GeoPackage, with the record of each, and compare them.

    \b
    hotspots run analysis.toml -o maps/2026 --into editions.gpkg --edition 2026
    hotspots editions list editions.gpkg
    hotspots editions compare editions.gpkg 2025 2026
    """


@command.command("list")
@click.argument("store", metavar="STORE")
def list_editions(store: str) -> None:
    """One line per edition of a GeoPackage: its name, its layers, its period and title."""
    from hotspots.export.editions import read_editions

    held = read_editions(Path(store))
    width = max(map(len, held), default=0)
    for name, about in held.items():
        say(f"{name:<{width}}  {len(about['layers']):>4} layers  {about['period']}  {about['title']}")


@command.command("add")
@click.argument("store", metavar="STORE")
@click.argument("folder", metavar="FOLDER")
@click.option(
    "--edition", metavar="NAME", help="What it is called in a GeoPackage; a database has a schema for it."
)
@options.overwrite
def add(store: str, folder: str, edition: str | None, overwrite: bool) -> None:
    """Add the folder of a run to a GeoPackage of editions, or to a schema of a database, whole or not at all.

    \b
    hotspots editions add editions.gpkg maps/2025 --edition 2025
    hotspots editions add postgresql://server/county#hotspots_2025 maps/2025
    """
    from hotspots.publish.store import keep_edition

    layers = keep_edition(Path(folder), store, edition=edition, overwrite=overwrite)
    say(f"Kept {len(layers):,} layers in {store}" + (f" as {edition}" if edition else ""), err=True)


@command.command("compare")
@click.argument("store", metavar="STORE")
@click.argument("before", metavar="BEFORE")
@click.argument("now", metavar="NOW")
@options.output_table
@options.overwrite
def compare(store: str, before: str, now: str, output: str, overwrite: bool) -> None:
    """List each area that one of two editions of a GeoPackage marks as a priority or a hotspot: new, kept or gone."""
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.editions import compare_stored, read_stored
    from hotspots.export.tables.csv import write_csv

    table = compare_stored(read_stored(Path(store), before), read_stored(Path(store), now))
    write_csv(table, output, overwrite=overwrite)
    states = table["state"].value_counts()
    told = ", ".join(f"{int(states.get(state, 0)):,} {state}" for state in ("new", "kept", "gone"))
    say(f"From {before} to {now}: {told}", err=True)
