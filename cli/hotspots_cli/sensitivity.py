"""`hotspots sensitivity`: how far the hotspots depend on a choice."""

from __future__ import annotations

from typing import Any, Literal

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import check_output, write_layer


def _metres(ctx: click.Context, param: click.Parameter, value: str | None) -> list[float] | None:
    """Return the lengths of a list with commas; an empty text is none."""
    del ctx, param
    try:
        return None if value is None else [float(part) for part in value.split(",") if part.strip()]
    except ValueError:
        raise click.BadParameter(f"'{value}' is not a list of metres such as 250,500") from None


@click.command("sensitivity", short_help="Do the hotspots depend on a choice?")
@options.incidents_argument
@options.areas
@options.keep
@options.coverage
@options.selection
@options.columns
@options.crs
@click.option(
    "--neighbours",
    multiple=True,
    metavar="NAME",
    help="Neighbours to try: queen, rook, 'nearest 6', distance, 'distance 3000'; may be repeated. "
    "Without it: queen, rook, the nearest 4, 6 and 8, and a distance.",
)
@click.option(
    "--cell-sizes",
    callback=_metres,
    metavar="METRES",
    help="Cell sizes to try, such as 250,500; '' tries none. Without it: three, by the areas' extent.",
)
@click.option(
    "--offsets",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Places of each grid along each axis, 20 at most: 2 lays every size four times.",
)
@click.option(
    "--bandwidths",
    callback=_metres,
    metavar="METRES",
    help="Bandwidths to try, such as 600,1200; '' tries none. Without it: six around the default.",
)
@click.option(
    "--q", type=float, default=0.05, show_default=True, metavar="Q", help="The q value of a hotspot."
)
@options.by_points("its grids and densities count")
@options.renamed("--weights", "--neighbours")
@options.renamed("--level", "--q")
@click.option(
    "--multiple",
    type=float,
    metavar="TIMES",
    help="Density of a hotspot, in times the rate of all (2 without it) or, of counts, the mean density (3).",
)
@click.option(
    "--value",
    type=click.Choice(["rate", "n"]),
    help="Whether rates are judged, or counts; rates where a population is known.",
)
@options.output_file
@options.not_public("runs with other choices")
@options.overwrite
def command(
    incidents: tuple[str, ...],
    areas: str,
    crs: str,
    neighbours: tuple[str, ...],
    cell_sizes: list[float] | None,
    offsets: int,
    bandwidths: list[float] | None,
    q: float,
    multiple: float | None,
    value: Literal["rate", "n"] | None,
    output: str,
    overwrite: bool,
    **given: Any,
) -> None:
    """Find in how many runs each area is hot when neighbours, cell size, grid offset and bandwidth change.

    A hotspot that comes and goes with a choice is a hotspot of the choice. Draw the layer with: hotspots map

    \b
    hotspots sensitivity police/ --areas wards.gpkg --category Burglary -o sensitivity.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.provenance import make_provenance
    from hotspots.analysis.steps.counted import account, locate, people_of
    from hotspots.analysis.steps.covered import covered_areas
    from hotspots.areas.reading import read_areas
    from hotspots.counting.counts import count_incidents
    from hotspots.incidents import read_incidents
    from hotspots.methods.sensitivity.runs import sensitivity_runs, summarise_runs

    with Steps(4) as step:
        step("Reading areas")
        where = read_areas(areas, crs=crs, **options.area_reading(given))
        step("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        covered = covered_areas(table, people_of(where, quality), quality, **given)
        where = covered.areas
        step("Trying choices")
        settings: dict[str, Any] = {
            "neighbours": list(neighbours) or None,
            "cell_sizes": cell_sizes,
            "offsets": offsets,
            "bandwidths": bandwidths,
            "q": q,
            "multiple": multiple,
            "value": value,
        }
        assigned = locate(table, where)
        runs = sensitivity_runs(table, where, **settings)
        layer = where.join(count_incidents(table, where, assigned=assigned)).join(summarise_runs(runs))
        step("Writing")
        settings["runs"] = [": ".join(run) for run in runs.columns]
        provenance = make_provenance(
            crs=crs,
            quality=account(quality, table, assigned),
            months=None,
            steps={"sensitivity": settings},
            areas=where,
        )
        write_layer(covered.whole(layer), output, overwrite=overwrite, provenance=provenance)
    times = layer["sens_class"].value_counts()
    say(
        f"Robust: {times['robust']}, depends on a choice: {times['depends on a choice']}, never: {times['never']}",
        err=True,
    )
