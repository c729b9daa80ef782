"""`hotspots outliers`: areas like their neighbours and unlike them, by local Moran's I."""

from __future__ import annotations

from typing import Any

import click

from hotspots_cli import options
from hotspots_cli.progress import Steps
from hotspots_cli.public import require_published
from hotspots_cli.writing import check_output, write_layer


@click.command("outliers", short_help="Busy among quiet, quiet among busy.")
@options.layer_argument
@click.option("--value", default="n", show_default=True, metavar="COLUMN", help="The column to test.")
@options.weights
@click.option(
    "--cap",
    type=click.FloatRange(0.5, 1),
    default=0.95,
    show_default=True,
    help="For p, values above this quantile of those over 0 count as much as it; 1 caps none.",
)
@options.output_file
@options.public_layer
@options.overwrite
def command(
    layer: str, layer_name: str | None, output: str, public: str | None, overwrite: bool, **settings: Any
) -> None:
    """Find clusters and outliers of a column by local Moran's I, corrected for the number of areas tested.

    Marks the areas whose neighbours are higher or lower than chance would have it: high-high, high-low (a busy area
    among quiet ones), low-high (a quiet one among busy ones) and low-low. Of the areas marked, at most 5 in 100 are
    expected to be chance.

    \b
    hotspots outliers counts.geojson --value rate -o outliers.gpkg
    """
    check_output(output, overwrite=overwrite)
    from hotspots.analysis.provenance import extend_provenance
    from hotspots.analysis.steps.measured import outliers_layer
    from hotspots.areas.reading import read_layer

    with Steps(3) as step:
        step("Reading the layer")
        source = read_layer(layer, layer=layer_name)
        require_published(source.attrs.get("provenance"), layer, public)
        step("Testing")
        result = outliers_layer(source, **settings)
        step("Writing")
        provenance = extend_provenance(
            source.attrs.get("provenance"), crs=source.crs, step="outliers", settings=settings
        )
        write_layer(result, output, overwrite=overwrite, provenance=provenance)
