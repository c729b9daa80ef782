"""`hotspots comparators`: the table that forces are compared with, from the Home Office's."""

from __future__ import annotations

import click

from hotspots_cli import options
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output


@click.command("comparators", short_help="Comparators from the Home Office's table.")
@click.argument("recorded", metavar="TABLE")
@click.option(
    "--force",
    "forces",
    multiple=True,
    metavar="NAME",
    help="Only this force, beside England and Wales; may be repeated.",
)
@click.option("--population", metavar="FILE", help="Table of people: columns force and population.")
@click.option(
    "--mapping",
    metavar="FILE",
    help="Table from Offence Code to Policeuk_Cat, where the other has no such column.",
)
@click.option("-o", "--output", required=True, metavar="FILE", help="A .csv file; '-' is standard output.")
@options.overwrite
def command(
    recorded: str,
    forces: tuple[str, ...],
    population: str | None,
    mapping: str | None,
    output: str,
    overwrite: bool,
) -> None:
    """Make a table of comparators from the open table of recorded crime by force, offence and quarter.

    A row for each force and police.uk category, England and Wales first. Bodies without residents, such as Action
    Fraud and British Transport Police, are left out. Forces without a population cannot be compared with.

    \b
    hotspots comparators prc-pfa-2025.csv --population forces.csv --force Kent -o comparators.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.recorded import comparators_of
    from hotspots.export.tables.csv import write_csv

    made = comparators_of(recorded, forces=forces, population=population, mapping=mapping)
    write_csv(made, output, overwrite=overwrite)
    if output != "-":
        say(f"Wrote {made['force'].nunique():,} comparators to {output}", err=True)
