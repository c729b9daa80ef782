"""`hotspots breakdown`: incidents by columns of one's own, against people, small cells hidden."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("breakdown", short_help="By age and sex, segment or hour.")
@options.incidents_argument
@click.option(
    "--by",
    multiple=True,
    required=True,
    metavar="COLUMN",
    help="A column of the incidents, or hour; one or two.",
)
@click.option(
    "--population", metavar="FILE", help="Table with the same columns and one of people, for the index."
)
@click.option(
    "--hours", multiple=True, metavar="BAND", help="Band of hours such as 21:00-04:00; may be repeated."
)
@click.option("--time-column", metavar="COLUMN", help="The column with times of day, for --by hour.")
@options.fewest
@options.selection
@options.columns
@options.crs
@options.dispersion
@options.output_table
@options.not_public("counts of people")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    by: tuple[str, ...],
    population: str | None,
    hours: tuple[str, ...],
    time_column: str | None,
    fewest: int,
    crs: str,
    dispersion: float | None,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Count incidents by one or two of their own columns, with shares and, with people, an index and its limits.

    The index is the share of incidents over the share of people, times 100.

    \b
    hotspots breakdown victims.csv --by age_band --by sex --population people.csv -o victims_by_age.csv
    hotspots breakdown robbery.csv --by hour --time-column Time --hours 21:00-04:00
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.breakdowns import HOUR, break_down
    from hotspots.analysis.people import ALWAYS_THERE
    from hotspots.counting.coverage.words import warn_forces
    from hotspots.export.tables.csv import write_csv
    from hotspots.incidents import read_incidents
    from hotspots.publish.words.classes import breakdown_note

    with Steps(3) as step:
        step("Reading incidents")
        keep = [one for one in by if one not in ALWAYS_THERE and not (one == HOUR and time_column)]
        keep += [time_column] if time_column and HOUR in by else []
        table, quality = read_incidents(incidents, crs=crs, keep=keep, **options.reading(given))
        warn_forces(quality.sources)
        step("Counting")
        made = break_down(
            table,
            by,
            population=population,
            hours=hours,
            time_column=time_column,
            fewest=fewest,
            dispersion=dispersion,
        )
        step("Writing")
        write_csv(made.table, output, overwrite=overwrite)
    note = breakdown_note(made)
    if note:
        say(note, err=True)
