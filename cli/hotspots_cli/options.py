"""Every option that more than one command takes, once.

====================  ==================================================
option                commands
====================  ==================================================
``-o``                all that write
``--overwrite``       all that write
``--areas`` etc.      count, kde, change, compare force
``--category`` ..     count, kde, inspect, change, compare force
``--crs``             count, kde, change, compare force
``--by``              count, change
``--covered`` etc.    count
``--months``          count, kde, funnel, compare
``--min-population``  count, funnel, compare areas
``--level``           change, compare
``--dispersion``      count, change, compare, funnel, risk
``--limits``          count, compare
``--fewest``          breakdown, classes, repeats, share
``--source`` etc.     map, matrix, select
``--margin``          compare areas, compare force, profile
``--with`` etc.       profile, matrix
``--neighbours`` ..   gistar, outliers, emerging, pattern
``--seed``            gistar, pattern
====================  ==================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


RULES = ("likelihood", "rule-of-thumb", "best")


def _metres_or_rule(context: click.Context, parameter: click.Parameter, value: str) -> float | str:
    """Return a bandwidth as a number, or the name of the rule that finds one."""
    if value in RULES:
        return value
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter(
            f"'{value}' is neither a number of metres nor one of: {', '.join(RULES)}", context, parameter
        ) from None


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Return one decorator that applies several, in the order in which help shows them."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


incidents_argument = click.argument("incidents", nargs=-1, required=True, metavar="INCIDENTS...")
layer_argument = together(
    click.argument("layer", metavar="LAYER"),
    click.option("--layer", "layer_name", metavar="NAME", help="Layer of a file that holds several."),
)

output_file = click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Where to write, in the format of the suffix; '-' is standard output, as GeoJSON.",
)
output_table = click.option(
    "-o", "--output", default="-", metavar="FILE", help="A .csv file; standard output, as CSV, without it."
)
output_folder = click.option("-o", "--output", required=True, metavar="DIR", help="The folder to write into.")
overwrite = click.option("--overwrite", is_flag=True, help="Replace what exists already.")

categories = together(
    click.option(
        "--category", multiple=True, metavar="NAME", help="Only this category; may be given several times."
    ),
    click.option(
        "--exclude", multiple=True, metavar="NAME", help="All but this category; may be given several times."
    ),
)
selection = together(
    categories,
    click.option(
        "--period", metavar="MONTHS", help="Only these months, such as 2025, 2025-01 or 2025-01..2025-06."
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
        "--weight-column",
        metavar="COLUMN",
        help="Column of how many incidents each row stands for; 1 without it.",
    ),
    click.option(
        "--id-column",
        metavar="COLUMN",
        help="Column of references that tell incidents apart, as Crime ID does.",
    ),
    click.option(
        "--date-order",
        type=click.Choice(["day", "month", "year"]),
        help="What dates such as 03/04/2025 begin with, where none of them tells.",
    ),
)

bandwidth = click.option(
    "--bandwidth",
    callback=_metres_or_rule,
    metavar="METRES",
    default="likelihood",
    show_default=True,
    help="Radius of the kernel, or the rule that finds it: 'likelihood', by how well places left out are "
    "foreseen; 'rule-of-thumb', by how far incidents spread; 'best', by how many later incidents each would find.",
)
months = click.option(
    "--months",
    type=float,
    metavar="N",
    help="Length of the period, where neither the months asked for nor those of the files are it.",
)

layer_months = click.option(
    "--months", type=float, metavar="N", help="Length of the period, where the layer does not say it."
)

min_population = click.option(
    "--min-population",
    type=float,
    default=100,
    show_default=True,
    metavar="PEOPLE",
    help="No rate for smaller areas.",
)

by = together(
    click.option(
        "--by",
        type=click.Choice(["polygon", "code"]),
        default="polygon",
        show_default=True,
        help="Count by where the point lies, or by the LSOA code that the file recorded.",
    ),
    click.option(
        "--lookup",
        multiple=True,
        metavar="FILE",
        help="With --by code: a table from the recorded codes to the areas', such as LSOAs to wards, or LSOAs "
        "of 2011 to those of 2021; may be repeated, one after the other.",
    ),
)

level = click.option(
    "--level", type=float, default=0.95, show_default=True, metavar="SHARE", help="Confidence of the limits."
)

dispersion = click.option(
    "--dispersion",
    type=float,
    metavar="NUMBER",
    help="Variance of the counts over their mean; estimated without it, 1 for Poisson counts.",
)

limits = click.option(
    "--limits",
    type=click.Choice(["exact", "byar"]),
    default="exact",
    show_default=True,
    help="Exact limits of counts, or Byar's approximation from 10 incidents.",
)

fewest = click.option(
    "--fewest",
    type=int,
    default=5,
    show_default=True,
    metavar="N",
    help="Hide smaller counts, 0 among them, and as many others that no total gives them back; 1 hides none.",
)

margin = click.option(
    "--margin",
    type=float,
    default=0,
    show_default=True,
    metavar="SHARE",
    help="How much a clear difference must also be, such as 0.05.",
)

chosen_comparators = together(
    click.option(
        "--national",
        multiple=True,
        metavar="NAME",
        help="A comparator of that table that stands alone; may be repeated. All of them without names.",
    ),
    click.option(
        "--similar",
        multiple=True,
        metavar="NAME",
        help="A force of that table to be added up with others as similar; may be repeated.",
    ),
)
comparators = together(
    click.option(
        "--with",
        "comparators",
        metavar="TABLE",
        help="Comparators by offence: rates, or counts and people; or the bundled recorded-crime-2017-18.",
    ),
    chosen_comparators,
    click.option(
        "--with-months",
        type=click.FloatRange(min=0, min_open=True),
        default=12,
        show_default=True,
        metavar="N",
        help="Months that counts of that table cover, where it does not say so.",
    ),
)

weights = together(
    click.option(
        "--neighbours",
        type=click.Choice(["queen", "rook", "distance", "nearest"]),
        default="queen",
        show_default=True,
        help="Areas that touch, that share an edge, within a distance, or the nearest few.",
    ),
    click.option("--distance", type=float, metavar="METRES", help="Distance band between centroids."),
    click.option(
        "--nearest", type=click.IntRange(min=1), default=8, show_default=True, help="How many nearest."
    ),
)

assets = click.option(
    "--assets",
    is_flag=True,
    help="Put the map's style and scripts into a folder beside it, for web servers that forbid them inside a page.",
)

context = click.option(
    "--context",
    multiple=True,
    metavar="LAYER",
    help="Towns, main roads or rivers of your own, to draw for orientation; may be given again.",
)
# Written here, so that help needs no more than this module; a test holds it to the rules.
PROFILES = "documents, 10-5, nhs or sacro"

public = click.option(
    "--public",
    metavar="PROFILE",
    help=f"Make it fit for publication, by the rules of a profile: {PROFILES}.",
)
public_layer = click.option(
    "--public",
    metavar="PROFILE",
    help="Refuse a layer that was not counted with --public and this profile; what is made of one that was may be "
    "published.",
)

seed = click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the permutations; recorded in the output."
)


def refused(name: str, sentence: str) -> Callable[[Any], Any]:
    """Return an option that is hidden from help and says, where it is used, why it is not taken."""

    def refuse(context: click.Context, _: click.Parameter, value: Any) -> None:
        if value:
            raise click.UsageError(sentence, ctx=context)

    return click.option(
        name, multiple=True, hidden=True, expose_value=False, callback=refuse, help=f"{sentence}."
    )


def not_public(what: str) -> Callable[[Any], Any]:
    """Return `--public` as an option that is refused, with what the command makes and cannot be made safe."""
    return refused(
        "--public",
        f"--public is not taken here: {what} cannot be made safe by themselves. Use hotspots run --public, which "
        "publishes what can be and says what it leaves out",
    )


def renamed(old: str, new: str) -> Callable[[Any], Any]:
    """Return an option that is hidden from help and says, where it is used, what it is called now."""
    return refused(old, f"{old} is now called {new}")


_POINTS = "{} is not taken here: {} by where the points lie. Leave it out, or use hotspots count --by code"


def by_points(what: str) -> Callable[[Any], Any]:
    """Return `--by` and `--lookup` as options that are refused, with what the command does by the points."""
    return together(*(refused(name, _POINTS.format(name, what)) for name in ("--by", "--lookup")))


origin = together(
    click.option(
        "--source",
        default="",
        metavar="TEXT",
        help="Where the incidents and boundaries come from; what police.uk's files or the layer tell, without it.",
    ),
    click.option(
        "--attribution",
        default="",
        metavar="TEXT",
        help="The licence line; that of police.uk's files and bundled layers, or of the layer, without it.",
    ),
)

crs = click.option(
    "--crs",
    default="EPSG:27700",
    show_default=True,
    metavar="CRS",
    help="Projected system, in metres, to compute in.",
)

_of_areas = together(
    click.option("--layer", metavar="NAME", help="Layer of a file that holds several."),
    click.option("--code", metavar="COLUMN", help="Column of codes, where it is not recognised."),
    click.option("--name", metavar="COLUMN", help="Column of names, where it is not recognised."),
    click.option("--district", metavar="COLUMN", help="Column of districts, where it is not recognised."),
    click.option("--population", metavar="COLUMN", help="Column of populations, where it is not recognised."),
    click.option(
        "--population-table",
        metavar="FILE",
        help="Table of populations by code, to join: CSV, Excel, Parquet, or the address of rows in a database.",
    ),
    click.option(
        "--areas-crs",
        metavar="CRS",
        help="What the boundaries' coordinates are, where their file does not say.",
    ),
    click.option(
        "--only", multiple=True, metavar="DISTRICT", help="Only areas of this district; may be repeated."
    ),
    renamed("--within", "--only"),
)
_BOUNDARIES = "Boundary file, or a name from: hotspots boundaries list."
areas = together(click.option("--areas", required=True, metavar="SOURCE", help=_BOUNDARIES), _of_areas)
some_areas = together(click.option("--areas", metavar="SOURCE", help=_BOUNDARIES), _of_areas)


coverage = together(
    click.option(
        "--covered",
        multiple=True,
        metavar="DISTRICT",
        help="This district, or area of this code, is covered by the files, whatever its counts; may be repeated.",
    ),
    click.option(
        "--not-covered",
        multiple=True,
        metavar="DISTRICT",
        help="This one is not: it has no numbers, and is in no figure; may be repeated.",
    ),
)


keep = click.option(
    "--keep",
    multiple=True,
    metavar="COLUMN",
    help="A column of the boundaries, such as a beat, to stand beside the results; may be repeated.",
)


def reading(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options of `selection` and `columns` out of a command's parameters, as `read_incidents` wants them."""
    from hotspots.incidents.columns import SETTINGS

    names = ("category", "exclude", "period", *SETTINGS)
    return {name: given.pop(name) or None for name in names if name in given}


def comparing(given: dict[str, Any]) -> Any:
    """Take the options of `comparators` out of a command's parameters, and return the comparators chosen, if any."""
    source, national, similar = (given.pop(name) for name in ("comparators", "national", "similar"))
    months = given.pop("with_months")
    if source is None:
        if national or similar:
            raise click.UsageError(
                "--national and --similar name comparators of a table: give it with --with"
            )
        return None
    from hotspots.analysis.comparators import choose_comparators, read_comparators

    return choose_comparators(read_comparators(source), national=national, similar=similar, months=months)


def area_reading(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options of `areas`, but for the source, out of a command's parameters, as `read_areas` wants them."""
    names = ("layer", "code", "name", "district", "population", "population_table", "areas_crs", "only")
    kept = given.pop("keep", ())
    if kept and click.get_current_context().params.get("public"):
        raise click.UsageError(
            "--keep is not taken with --public: a column of your own may tell who lives or works there. Name it with "
            "'keep' under [publish] of a recipe, for hotspots run"
        )
    return {name: given.pop(name) or None for name in names} | {"keep": kept}
