"""`hotspots pattern`: whether there is any pattern at all, before a local hotspot is read."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.saying import say


@click.command("pattern", short_help="Is there any pattern? Moran's I, General G.")
@options.layer_argument
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column to test.")
@options.weights
@click.option(
    "--population",
    default="auto",
    show_default=True,
    metavar="COLUMN",
    help="The column of people with which VALUE is a count and its rate is tested; 'none' tests the value as it is; "
    "'auto' takes 'population' where VALUE is a rate.",
)
@click.option(
    "--permutations", type=click.IntRange(min=99), default=9_999, show_default=True, help="How many."
)
@options.seed
@click.option(
    "--subject", metavar="WORDS", help="What was counted, for the sentence; the column's name without it."
)
@click.option(
    "--between",
    default="areas",
    show_default=True,
    metavar="WORDS",
    help="What the areas are, such as wards.",
)
def command(layer: str, layer_name: str | None, subject: str | None, between: str, **settings: Any) -> None:
    """Say in plain sentences whether like values lie together over all areas: Moran's I and General G.

    Where no pattern is clear, local hotspots are to be read with care.

    \b
    hotspots pattern counts.geojson --subject burglary --between wards
    """
    from hotspots.analysis.steps.measured import layer_pattern
    from hotspots.areas.reading import read_layer
    from hotspots.base.columns import column_label

    with Steps(2) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        step("Testing")
        found = layer_pattern(source, **settings)
    say(found.sentence(subject or column_label(settings["value"]), between=between))
    say(found.sentence_of_g())
    say(f"{found.n:,} areas; neighbours: {found.neighbours}; seed {found.seed}.")
