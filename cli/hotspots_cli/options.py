"""Every option that more than one command takes, once.

=================  ===========================================
option             commands
=================  ===========================================
``-o``             all that write
``--overwrite``    all that write
``--areas`` etc.   count, kde
``--category`` ..  count, kde, inspect
``--crs``          count, kde
``--seed``         gistar
=================  ===========================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Return one decorator that applies several, in the order in which help shows them."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


incidents_argument = click.argument("incidents", nargs=-1, required=True, metavar="INCIDENTS...")
layer_argument = click.argument("layer", metavar="LAYER")

output_file = click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Where to write; '-' is standard output, as GeoJSON.",
)
output_folder = click.option("-o", "--output", required=True, metavar="DIR", help="The folder to write into.")
overwrite = click.option("--overwrite", is_flag=True, help="Replace what exists already.")

selection = together(
    click.option(
        "--category", multiple=True, metavar="NAME", help="Only this category; may be given several times."
    ),
    click.option(
        "--exclude", multiple=True, metavar="NAME", help="All but this category; may be given several times."
    ),
    click.option(
        "--period", metavar="MONTHS", help="Only these months, such as 2025-01 or 2025-01..2025-06."
    ),
)

columns = together(
    click.option(
        "--x", metavar="COLUMN", help="Column of eastings or longitudes, where it is not recognised."
    ),
    click.option(
        "--y", metavar="COLUMN", help="Column of northings or latitudes, where it is not recognised."
    ),
    click.option("--source-crs", metavar="CRS", help="What the coordinates are, such as EPSG:27700."),
    click.option(
        "--category-column", metavar="COLUMN", help="Column of categories, where it is not recognised."
    ),
    click.option(
        "--month-column", metavar="COLUMN", help="Column of months or dates, where it is not recognised."
    ),
    click.option(
        "--weight-column", metavar="COLUMN", help="Column of weights; each incident counts 1 without it."
    ),
)

months = click.option(
    "--months", type=float, metavar="N", help="Length of the period, where the months present are not it."
)

crs = click.option(
    "--crs",
    default="EPSG:27700",
    show_default=True,
    metavar="CRS",
    help="Projected system, in metres, to compute in.",
)

areas = together(
    click.option(
        "--areas",
        required=True,
        metavar="SOURCE",
        help="Boundary file, or a name from: hotspots boundaries list.",
    ),
    click.option("--layer", metavar="NAME", help="Layer of a file that holds several."),
    click.option("--code", metavar="COLUMN", help="Column of codes, where it is not recognised."),
    click.option("--name", metavar="COLUMN", help="Column of names, where it is not recognised."),
    click.option("--district", metavar="COLUMN", help="Column of districts, where it is not recognised."),
    click.option("--population", metavar="COLUMN", help="Column of populations, where it is not recognised."),
    click.option("--population-table", metavar="CSV", help="Table of populations by code, to join."),
    click.option(
        "--within", multiple=True, metavar="DISTRICT", help="Only areas of this district; may be repeated."
    ),
)


def reading(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options of `selection` and `columns` out of a command's parameters, as `read_incidents` wants them."""
    names = (
        "category",
        "exclude",
        "period",
        "x",
        "y",
        "source_crs",
        "category_column",
        "month_column",
        "weight_column",
    )
    return {name: given.pop(name) or None for name in names if name in given}


def area_reading(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options of `areas`, but for the source, out of a command's parameters, as `read_areas` wants them."""
    names = ("layer", "code", "name", "district", "population", "population_table", "within")
    return {name: given.pop(name) or None for name in names}
