"""`hotspots gistar`: hotspots and coldspots by Getis-Ord Gi*."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.writing import check_output, write_layer


@click.command("gistar", short_help="Hotspots and coldspots by Gi*.")
@options.layer_argument
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column to test.")
@options.weights
@click.option(
    "--inference",
    type=click.Choice(["analytic", "permutation"]),
    default="analytic",
    show_default=True,
    help="The p value from the normal distribution, or from conditional permutations.",
)
@click.option(
    "--permutations", type=click.IntRange(min=99), default=99_999, show_default=True, help="How many."
)
@options.seed
@options.output_file
@options.overwrite
def command(layer: str, layer_name: str | None, output: str, overwrite: bool, **settings: Any) -> None:
    """Find hotspots and coldspots of a column by Getis-Ord Gi*, corrected for the number of areas tested.

    \b
    hotspots gistar counts.geojson --value n -o hotspots.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps import gistar_layer
    from hotspots.areas.reading import read_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        step("Testing")
        result = gistar_layer(source, **settings)
        step("Writing")
        provenance = extend_provenance(
            source.attrs.get("provenance"), crs=source.crs, step="gistar", settings=settings
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)
