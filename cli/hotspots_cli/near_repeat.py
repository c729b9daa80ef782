"""`hotspots near-repeat`: whether incidents near in place are near in time too."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say
from hotspots_cli.writing import POINT_SUFFIXES, check_output, write_layer


def _numbers(context: click.Context, parameter: click.Parameter, value: str) -> tuple[float, ...]:
    """Return numbers that commas part."""
    try:
        return tuple(float(one) for one in value.split(","))
    except ValueError:
        raise click.BadParameter(
            f"'{value}' is not a list of numbers such as 100,200", context, parameter
        ) from None


@click.command("near-repeat", short_help="Do incidents near in place come near in time?")
@options.incidents_argument
@click.option(
    "--distances",
    default="100,200,300,400",
    show_default=True,
    callback=_numbers,
    metavar="METRES",
    help="Where each band of distances ends. One place is a band of its own.",
)
@click.option(
    "--days", default="7,14,21,28", show_default=True, callback=_numbers, metavar="DAYS",
    help="Where each band of days ends.",
)  # fmt: skip
@click.option(
    "--permutations",
    type=int,
    default=999,
    show_default=True,
    metavar="N",
    help="Random orders of the days; 99 to 99,999.",
)
@options.seed
@click.option(
    "--q",
    type=float,
    default=0.05,
    show_default=True,
    metavar="SHARE",
    help="Mark boxes up to this q: so many of a hundred marked are expected to be chance, at most.",
)
@options.selection
@options.columns
@options.crs
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="A .csv file of the boxes; standard output without it.",
)
@click.option(
    "--roles",
    metavar="FILE",
    help="Where to write the incidents as points, with their part: originator, follower, both. These are places of "
    "incidents: keep them inside.",
)
@options.not_public("places near each other")
@options.overwrite
def command(
    incidents: tuple[str, ...], crs: str, output: str, roles: str | None, overwrite: bool, **given: Any
) -> None:
    """Test whether incidents that are near in place are near in time too, and name who led and who followed.

    It needs the day and the address of each incident: a force's own records, not police.uk's, which have months and
    map points. Give one kind of crime at a time.

    \b
    hotspots near-repeat burglaries.csv --distances 100,200 --days 7,14 -o boxes.csv --roles roles.gpkg
    """
    check_output(output, overwrite=overwrite, suffixes=(".csv",))
    if roles is not None:
        check_output(roles, overwrite=overwrite, suffixes=POINT_SUFFIXES, pipe=False, option="--roles")
    from hotspots.analysis.near_repeats import find_near_repeats
    from hotspots.analysis.provenance import make_provenance
    from hotspots.counting.coverage.words import warn_forces
    from hotspots.export.tables.csv import write_csv
    from hotspots.incidents import read_incidents, to_points
    from hotspots.publish.words.near_repeat import near_repeat_sentences

    settings = {name: given.pop(name) for name in ("distances", "days", "permutations", "seed", "q")}
    with Steps(3) as step:
        step("Reading incidents")
        table, quality = read_incidents(incidents, crs=crs, **options.reading(given))
        warn_forces(quality.sources)
        step("Testing")
        found = find_near_repeats(table, **settings)
        step("Writing")
        write_csv(found.boxes, output, overwrite=overwrite)
        if roles is not None:
            held = table.loc[found.roles.index, ["x", "y", "category", "date"]].join(found.roles)
            held.attrs.update(table.attrs)
            provenance = make_provenance(
                quality=quality, crs=crs, months=None, steps={"near-repeat": settings}
            )
            write_layer(to_points(held), roles, overwrite=overwrite, provenance=provenance, noun="incidents")
    for sentence in near_repeat_sentences(found):
        say(sentence, err=True)
