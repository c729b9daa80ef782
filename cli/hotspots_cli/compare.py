"""`hotspots compare`: similar to, above or below a comparator, for areas and for a whole force."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.writing import check_output, write_layer


@click.group("compare", short_help="Similar to, above or below a comparator.")
def command() -> None:
    """Compare rates with a comparator by interval: areas one by one, or a whole force by type of offence."""


@command.command("areas", short_help="Each area of a layer against a rate.")
@options.layer_argument
@click.option(
    "--with",
    "comparator",
    default="rest",
    show_default=True,
    metavar="RATE",
    help="A rate per 1,000 people a year, or 'rest': all other areas together.",
)
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column of counts.")
@options.layer_months
@options.margin
@options.min_population
@options.level
@options.dispersion
@options.limits
@options.output_file
@options.not_public("comparisons")
@options.overwrite
def areas_command(
    layer: str, layer_name: str | None, comparator: str, output: str, overwrite: bool, **settings: Any
) -> None:
    """Say for each area whether its rate is similar to, above or below a rate, or that of all others.

    Similar: the comparator lies within the limits of the area's rate, or the limits of the ratio include 1.

    \b
    hotspots compare areas counts.geojson --with 89.5 -o compared.gpkg
    """
    check_output(output, overwrite=overwrite)
    against = _comparator(comparator)
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps.measured import compare_layer
    from hotspots.areas.reading import read_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        step("Comparing")
        result = compare_layer(source, comparator=against, **settings)
        step("Writing")
        provenance = extend_provenance(
            source.attrs.get("provenance"),
            crs=source.crs,
            step="compare",
            settings={"comparator": against, **settings},
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)


def _comparator(word: str) -> Any:
    from hotspots.base.errors import ParameterError

    if word == "rest":
        return word
    try:
        return float(word)
    except ValueError:
        raise ParameterError(
            f"the comparator is '{word}'", hint="give 'with' a rate per 1,000 people a year, or 'rest'"
        ) from None


@command.command("force", short_help="A force by type of offence.")
@options.incidents_argument
@options.areas
@options.coverage
@click.option(
    "--with",
    "comparators",
    required=True,
    metavar="TABLE",
    help="A column 'category' and one of rates per comparator, or two: '... n' and '... population'; or the bundled "
    "recorded-crime-2017-18.",
)
@options.chosen_comparators
@click.option(
    "--force-name", metavar="WORDS", help="Heading of its column; 'Force', or the one district, without it."
)
@options.selection
@options.columns
@options.crs
@options.months
@options.margin
@options.level
@options.dispersion
@options.limits
@click.option(
    "-o", "--output", default="-", metavar="FILE", help="A .csv or .txt file; standard output without it."
)
@options.not_public("comparisons")
@options.overwrite
def force_command(
    incidents: tuple[str, ...],
    areas: str,
    comparators: str,
    national: tuple[str, ...],
    similar: tuple[str, ...],
    force_name: str | None,
    crs: str,
    months: float | None,
    margin: float,
    level: float,
    dispersion: float | None,
    limits: Any,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Print the table of rates of a strategic assessment: the force, its comparators, and who is above.

    The rows are 'Total Recorded Crime' (all but anti-social behaviour) and every category; comparators are
    matched by these names. All incidents of the files count, with coordinates or without; where the areas are a
    part of what the files cover, such as one borough (--only), the incidents in them. The areas give the population.

    \b
    hotspots compare force 2025-*-street.csv --areas wards.gpkg --with comparators.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv", ".txt"))
    from hotspots.analysis.comparators import choose_comparators, read_comparators
    from hotspots.analysis.force import compare_force
    from hotspots.analysis.steps.counted import people_of
    from hotspots.analysis.steps.covered import covered_areas
    from hotspots.areas.reading import read_areas
    from hotspots.export.tables.rate_table import write_rate_table
    from hotspots.incidents import read_incidents

    with Steps(4) as step:
        step("Reading areas")
        against = choose_comparators(read_comparators(comparators), national=national, similar=similar)
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        step("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        where = covered_areas(table, people_of(where, quality), quality, **given).areas
        step("Comparing")
        made = compare_force(
            table,
            where,
            comparators=against,
            months=months,
            name=force_name,
            margin=margin,
            level=level,
            dispersion=dispersion,
            limits=limits,
        )
        step("Writing")
        write_rate_table(made, output, overwrite=overwrite)
