"""`hotspots classes`: areas in classes by a lookup, with rates, shares and rate ratios."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import engines, options
from hotspots_cli.located import read_located
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer


@click.command("classes", short_help="Classes of areas: rural, urban, deprived.")
@options.incidents_argument
@options.areas
@options.coverage
@click.option(
    "--classes", "class_table", required=True, metavar="FILE", help="Table of area codes and classes."
)
@click.option("--column", required=True, metavar="COLUMN", help="Its column of classes.")
@click.option(
    "--scale",
    type=click.Choice(["names", "decile", "rank"]),
    help="What the column holds; deciles and ranks are of deprivation, 1 the most deprived. By its heading without it.",
)
@click.option("--ranked", type=int, metavar="N", help="Of how many areas a rank is, such as 33755.")
@click.option(
    "--against",
    type=click.Choice(["rest", "all"]),
    default="rest",
    show_default=True,
    help="Compare each class with all others together, or with all.",
)
@options.selection
@options.columns
@options.crs
@options.by
@options.months
@options.dispersion
@options.limits
@options.fewest
@engines.engine
@options.output_file
@options.not_public("counts of classes")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    class_table: str,
    column: str,
    scale: Any,
    ranked: int | None,
    against: Any,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    months: float | None,
    dispersion: float | None,
    limits: Any,
    fewest: int,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Give each class of areas its incidents, people, rate and shares, and how many times the rate of the rest it has.

    Deprivation is said in national fifths: among the 20% most deprived nationally.

    \b
    hotspots classes 2025-*-street.csv --areas lsoas.gpkg --classes imd.csv --column "IMD decile" -o classes.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.classes import class_layer, outlines_of, read_classes
    from hotspots.analysis.provenance import make_provenance
    from hotspots.analysis.steps.counted import count_layer
    from hotspots.counting.period import period_of

    with Steps(4) as step:
        read = read_located(incidents, areas, given, crs=crs, by=by, lookup=lookup, step=step, kinds=False)
        where, table, assigned = read.areas, read.incidents, read.assigned
        classes = read_classes(class_table, where.index, column=column, scale=scale, ranked=ranked)
        period = period_of(table, months=months)
        layer = count_layer(
            table, where, assigned=assigned, months=period.length, dispersion=dispersion, limits=limits
        )
        outlines = outlines_of(where, classes)
        made = class_layer(
            layer, classes, outlines, months=period.length, against=against, limits=limits, fewest=fewest
        )
        step("Writing")
        settings = {"column": classes.column, "scale": classes.scale, "against": against, "fewest": fewest}
        provenance = make_provenance(
            crs=crs,
            quality=read.accounted(),
            months=period.length,
            months_from=period.months_from,
            steps={"classes": settings | {"dispersion": layer.attrs.get("dispersion"), "limits": limits}},
            areas=where,
        )
        write_layer(made, output, overwrite=overwrite, provenance=provenance)
    if "hidden" in made:
        say(
            f"Classes with a blank are hidden: fewer than {fewest} incidents, or they would tell those.",
            err=True,
        )
