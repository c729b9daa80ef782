"""`hotspots profile`: each partnership by offence, beside the force and its comparators."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("profile", short_help="Each partnership by offence, beside others.")
@options.incidents_argument
@options.areas
@options.coverage
@options.comparators
@options.selection
@options.columns
@options.crs
@options.by
@engines.engine
@options.months
@options.margin
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="A .csv file; '-' is standard output, as CSV."
)
@options.not_public("figures of partnerships")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    months: float | None,
    margin: float,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Give each district's incidents, rate and share of crime by offence, beside the force's and the comparators'.

    A row for each district and offence, the force at the end. Rates are per 1,000 people a year, of the incidents
    in the district's areas; 'above', 'similar' and 'below' allow for chance and for the dispersion of the counts.
    The force's own column compares with the rest of the force.

    \b
    hotspots profile 2025-*-street.csv --areas wards.gpkg -o profile.csv
    hotspots profile 2025-*-street.csv --areas wards.gpkg --with comparators.csv \\
        --national "England and Wales" --similar Derbyshire --similar Kent -o profile.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.partnerships import profile_incidents
    from hotspots.counting.period import period_of
    from hotspots.export.tables.csv import write_csv
    from hotspots.publish.words.profile import period_words

    with Steps(4) as step:
        against = options.comparing(given)
        read = read_located(
            incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, then="Comparing"
        )
        made = profile_incidents(
            read.incidents,
            read.areas,
            assigned=read.assigned,
            months=period_of(read.incidents, months=months).length,
            comparators=against,
            margin=margin,
        )
        step("Writing")
        write_csv(made.wide(), output, overwrite=overwrite)
    for sentence in period_words(made):
        say(sentence, err=True)
    if output != "-":
        say(f"Wrote {len(made.names):,} districts to {output}", err=True)
