"""`hotspots inspect`: what the incident files hold, and what becomes of every row."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps


@click.command("inspect", short_help="What files hold, every row accounted for.")
@options.incidents_argument
@options.selection
@options.columns
@options.crs
@click.option("--areas", metavar="SOURCE", help="Also count how many lie inside these areas.")
def command(incidents: tuple[str, ...], crs: str, areas: str | None, **given: Any) -> None:
    """Account for every row: months, categories, located share, duplicates, what is dropped and why.

    \b
    hotspots inspect 2025-*-street.csv
    hotspots inspect archive.zip --areas west-yorkshire-wards
    """
    from hotspots.incidents import read_incidents

    with Steps(2) as step:
        step("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        if areas:
            from hotspots.analysis.steps import account
            from hotspots.areas.reading import read_areas
            from hotspots.counting.counts import assign_areas

            step("Locating incidents")
            quality = account(quality, table, assign_areas(table, read_areas(areas, crs=crs)))
    click.echo("\n".join(quality.lines()))
