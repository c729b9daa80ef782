"""`hotspots repeats`: locations with many incidents, and people or premises met again."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("repeats", short_help="Repeat locations, victims and callers.")
@options.incidents_argument
@options.areas
@options.coverage
@click.option(
    "--place-column", metavar="COLUMN", help="The source's name for the place; of police.uk Location."
)
@click.option(
    "--identifier",
    "identifiers",
    multiple=True,
    metavar="COLUMN",
    help="A column that names victims, callers or premises. It is hashed as it is read, with a key that is not "
    "kept; only numbers of repeats come out. May be repeated.",
)
@click.option("--top", type=int, default=20, show_default=True, metavar="N", help="Locations to list.")
@click.option(
    "--places",
    type=float,
    metavar="N",
    help="Addresses or map points there are; told from the data without it.",
)
@click.option(
    "--follow-up", type=int, default=12, show_default=True, metavar="MONTHS", help="From each first event."
)
@click.option(
    "--reports", type=int, default=3, show_default=True, metavar="N", help="Reports that make a case."
)
@click.option(
    "--in-months", type=int, default=6, show_default=True, metavar="MONTHS", help="Within so many months."
)
@options.selection
@options.columns
@options.crs
@options.by
@options.fewest
@options.output_table
@options.not_public("locations and people met again")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    place_column: str | None,
    identifiers: tuple[str, ...],
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    output: str,
    overwrite: bool,
    top: int,
    places: float | None,
    follow_up: int,
    reports: int,
    in_months: int,
    fewest: int,
    **given: Any,
) -> None:
    """List the locations with most incidents, and say how many people were met again, beside what chance would give.

    A location of police.uk is a map point of eight or more addresses, or of none, never a house.

    \b
    hotspots repeats 2025-*-street.csv --areas wards.gpkg --place-column Location -o locations.csv
    hotspots repeats asb.csv --areas wards.gpkg --identifier caller_id --reports 3 --in-months 6
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.repeats import find_repeats
    from hotspots.export.tables.csv import write_csv
    from hotspots.publish.words.classes import repeats_sentences

    with Steps(4) as step:
        kept: dict[str, Any] = {
            "keep": place_column,
            "identifiers": identifiers,
            "then": "Looking for repeats",
        }
        read = read_located(
            incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, partial="told", **kept
        )
        made = find_repeats(
            read.incidents[read.assigned.notna()],
            read.areas,
            assigned=read.assigned,
            place_column=place_column,
            identifiers=identifiers,
            top=top,
            places=places,
            follow_up=follow_up,
            reports=reports,
            in_months=in_months,
            fewest=fewest,
        )
        step("Writing")
        write_csv(made.top, output, overwrite=overwrite)
    for sentence in repeats_sentences(made):
        say(sentence, err=True)
