"""`hotspots evaluate`: which way of choosing areas finds later incidents."""

from __future__ import annotations

import logging
from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.writing import check_output

log = logging.getLogger("hotspots")


@click.command("evaluate", short_help="Which method finds later incidents?")
@options.incidents_argument
@options.areas
@options.selection
@options.columns
@options.crs
@click.option(
    "--indicator",
    multiple=True,
    metavar="GROUP[:WEIGHT]",
    help="Indicators of the composite score, as for select; all incidents without it.",
)
@click.option("--plan", metavar="TOML", help="A plan, as for select, instead of --indicator.")
@click.option(
    "--periods",
    type=click.Choice(["year", "half", "quarter", "month"]),
    help="Into what the incidents are divided; the last period scores the others. Years without it.",
)
@click.option(
    "--ground",
    multiple=True,
    type=float,
    default=(0.01, 0.05, 0.1),
    show_default=True,
    metavar="SHARE",
    help="Share of the ground to compare on; may be repeated.",
)
@click.option(
    "--cell-size", type=float, metavar="METRES", help="Compare on a grid of this size instead of the areas."
)
@options.bandwidth
@click.option("--in-sample", is_flag=True, help="Score on the incidents that chose the areas: this flatters.")
@click.option("-o", "--output", required=True, metavar="FILE", help="A CSV to write; '-' is standard output.")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    ground: tuple[float, ...],
    cell_size: float | None,
    bandwidth: Any,
    in_sample: bool,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Compare count, density, Gi*, mean + SD and composite score by the later incidents that each would find.

    All periods but the last choose areas; the incidents of the last score the choice, on the same share of
    the ground for every method. PAI 1 is what chance gives.

    \b
    hotspots evaluate 2025-*-street.csv --areas wards.gpkg --periods quarter -o accuracy.csv
    hotspots evaluate 2025-*-street.csv --areas wards.gpkg --periods month --cell-size 500 -o cells.csv
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    from hotspots.analysis.steps import people_of
    from hotspots.areas.grid import make_grid
    from hotspots.areas.reading import read_areas
    from hotspots.export.tables.csv import write_csv
    from hotspots.incidents import read_incidents
    from hotspots.priorities.evaluation import evaluate
    from hotspots.priorities.plan import scoring_plan
    from hotspots.priorities.prioritise import area_noun

    plan = scoring_plan(given.pop("plan"), given.pop("indicator"), given.pop("periods"))
    with Steps(4) as step:
        step("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        if cell_size is not None:
            where = make_grid(where, cell_size=cell_size)
        step("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        where = people_of(where, quality)
        step("Comparing")
        made = evaluate(
            table,
            where,
            plan,
            grounds=ground,
            in_sample=in_sample,
            bandwidth=bandwidth,
            noun=area_noun(where.index),
        )
        step("Writing")
        write_csv(made.table, output, overwrite=overwrite)
    for line in made.lines():
        log.info(line)
    if output != "-":
        click.echo(f"Wrote {output}", err=True)
