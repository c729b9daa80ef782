"""`hotspots share`: in how many incidents of an area a column says yes."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("share", short_help="So many of so many, by area or district.")
@options.incidents_argument
@options.areas
@options.keep
@options.coverage
@click.option(
    "--column", required=True, metavar="COLUMN", help="The column that tells, such as vehicle_taken."
)
@click.option(
    "--value",
    multiple=True,
    metavar="TEXT",
    help="What it must hold; a yes in any form without it. May be repeated.",
)
@click.option(
    "--per",
    type=click.Choice(["area", "district"]),
    default="area",
    show_default=True,
    help="A row for each area, or for each district.",
)
@options.selection
@options.columns
@options.crs
@options.by
@options.dispersion
@options.fewest
@options.output_table
@options.not_public("shares of a kind")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    column: str,
    value: tuple[str, ...],
    per: str,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    dispersion: float | None,
    fewest: int,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Give the share of incidents in which a column says yes, with exact limits, against the rest; none of under 10.

    \b
    hotspots share crimes.csv --areas wards.gpkg --category Burglary --column vehicle_taken -o taken.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.shares import share_in_areas
    from hotspots.areas.uncovered import rows_with_coverage
    from hotspots.export.tables.csv import write_csv
    from hotspots.publish.words.classes import share_note, share_sentence

    with Steps(4) as step:
        read = read_located(
            incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, partial="told", keep=column
        )
        inside = read.incidents[read.assigned.notna()]
        made = share_in_areas(
            inside,
            read.areas,
            column,
            assigned=read.assigned,
            value=value,
            fewest=fewest,
            dispersion=dispersion,
        )
        step("Writing")
        assert read.missing is not None  # noqa: S101 - the command takes the options of coverage
        shown = rows_with_coverage(read.told(made.areas), read.missing) if per == "area" else made.districts
        write_csv(shown, output, overwrite=overwrite)
    say(share_sentence(made, "all incidents"), err=True)
    say(share_note(made), err=True)
