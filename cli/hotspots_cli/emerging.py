"""`hotspots emerging`: what kind of hotspot a place is over time, from new to historical."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer


@click.command("emerging", short_help="New, persistent, fading: hotspots over time.")
@options.incidents_argument
@options.areas
@options.keep
@options.coverage
@click.option(
    "--cell-size",
    type=float,
    metavar="METRES",
    help="Test a grid of this size over the areas instead of them.",
)
@options.selection
@options.columns
@options.crs
@options.by
@click.option(
    "--step",
    "step",
    default="1M",
    show_default=True,
    metavar="LENGTH",
    help="A number and M, W or D: months, weeks or days, counted back from the end.",
)
@click.option(
    "--comparison",
    type=click.Choice(["step", "neighbourhood", "cube"]),
    default="step",
    show_default=True,
    help="Compare an area with all areas in the same step; with them over that step and those before, more of which "
    "are found; or with all steps, where a busy season is hot.",
)
@click.option(
    "--previous",
    type=click.IntRange(min=0),
    metavar="N",
    help="Steps before that are added to each: 1 without it, none for --comparison step.",
)
@options.weights
@click.option(
    "--cap",
    type=click.FloatRange(0.5, 1),
    default=0.95,
    show_default=True,
    help="Values above this quantile of those over 0 count as much as it; 1 caps none.",
)
@options.output_file
@options.not_public("steps of time")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    cell_size: float | None,
    crs: str,
    by: Any,
    lookup: tuple[str, ...],
    step: str,
    output: str,
    overwrite: bool,
    comparison: Any,
    previous: int | None,
    neighbours: Any,
    distance: float | None,
    nearest: int,
    cap: float,
    **given: Any,
) -> None:
    """Say what kind of hotspot, or coldspot, each area is over ten or more steps of time.

    Gi* of each step by its exact test, corrected for areas times steps; then the kinds of Esri, in this order: new,
    intensifying, persistent or diminishing, consecutive, sporadic, oscillating, historical.

    \b
    hotspots emerging police/ --areas wards.gpkg --category Burglary -o emerging.gpkg
    hotspots emerging police/ --areas wards.gpkg --cell-size 500 --step 3M -o cells.gpkg
    """
    check_output(output, overwrite=overwrite)
    if cell_size is not None and (by == "code" or lookup):
        raise click.UsageError("no code says in which cell an incident lies: leave out --by or --cell-size")
    from hotspots.analysis.emerging import emerging_layer, find_steps, months_of
    from hotspots.analysis.provenance import make_provenance
    from hotspots.analysis.steps.columns import add_columns
    from hotspots.analysis.steps.counted import account, locate
    from hotspots.analysis.steps.covered import covered_areas
    from hotspots.areas.grid import make_grid
    from hotspots.areas.reading import read_areas
    from hotspots.counting.counts import count_incidents
    from hotspots.incidents import read_incidents
    from hotspots.publish.words.emerging import kinds_found, sentence_of

    with Steps(4) as show:
        show("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        show("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        covered = covered_areas(table, where, quality, **given)
        where = covered.areas if cell_size is None else make_grid(covered.areas, cell_size=cell_size)
        show("Testing")
        steps = find_steps(table, months_of(table), step=step, partial=quality.partial_month)
        assigned = locate(table, where, by=by, lookup=lookup or None)
        settings = {"comparison": comparison, "previous": previous, "cap": cap}
        beside = {"neighbours": neighbours, "distance": distance, "nearest": nearest}
        layer = add_columns(where, count_incidents(table, where, assigned=assigned).to_frame())
        layer = emerging_layer(layer, table, steps, assigned=assigned, **beside, **settings)
        show("Writing")
        provenance = make_provenance(
            crs=crs,
            quality=account(quality, table, assigned),
            months=None,
            steps={"emerging": {"by": by, "step": step, "steps": list(steps.labels), **settings, **beside}},
            areas=where,
        )
        whole = covered.whole(layer) if cell_size is None else layer
        write_layer(whole, output, overwrite=overwrite, provenance=provenance)
    for kind, number in kinds_found(layer):
        say(sentence_of(kind, number, step=step), err=True)
    say(sentence_of("none", int((layer["em_class"] == "none").sum()), step=step), err=True)
