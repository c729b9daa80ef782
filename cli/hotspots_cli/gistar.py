"""`hotspots gistar`: hotspots and coldspots by Getis-Ord Gi*."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.public import require_published
from hotspots_cli.writing import check_output, write_layer


@click.command("gistar", short_help="Hotspots and coldspots by Gi*.")
@options.layer_argument
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column to test.")
@options.weights
@click.option(
    "--inference",
    type=click.Choice(["exact", "analytic", "permutation"]),
    default="exact",
    show_default=True,
    help="Where p comes from: the exact distribution of capped sums; the normal distribution, which on crime marks "
    "many places that are chance; or conditional permutations, which miss most.",
)
@click.option(
    "--cap",
    type=click.FloatRange(0.5, 1),
    default=0.95,
    show_default=True,
    help="For 'exact': values above this quantile of those over 0 count as much as it; 1 caps none.",
)
@click.option(
    "--permutations",
    type=click.IntRange(min=99),
    default=99_999,
    show_default=True,
    help="For 'permutation': how many.",
)
@options.seed
@options.output_file
@options.public_layer
@options.overwrite
def command(
    layer: str, layer_name: str | None, output: str, public: str | None, overwrite: bool, **settings: Any
) -> None:
    """Find hotspots and coldspots of a column by Getis-Ord Gi*, corrected for the number of areas tested.

    Of the areas marked with q up to 0.05, at most 5 in 100 are expected to be chance by the exact test and by
    permutations; by the normal distribution more are, 3 to 53 on shuffled cells of crime for every 100 on real ones.

    \b
    hotspots gistar counts.geojson --value n -o hotspots.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps.measured import gistar_layer
    from hotspots.areas.reading import read_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        require_published(source.attrs.get("provenance"), layer, public)
        step("Testing")
        result = gistar_layer(source, **settings)
        step("Writing")
        provenance = extend_provenance(
            source.attrs.get("provenance"), crs=source.crs, step="gistar", settings=settings
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)
